//! The sample's figures and series: real official statistics typed in as facts, with vintages, a
//! break, a suppressed value, one figure known only from a secondary source and one unverified.

use domain::series::{Origin, SourceKind};
use monitoring::edition::frozen::{Point, Series};
use monitoring::gate::{Figure, Gated, pass};

use super::text;

const BULLETIN: &str = "National Referral Mechanism and Duty to Notify statistics";
const BULLETIN_URL: &str = "https://www.gov.uk/government/collections/national-referral-mechanism-statistics";

fn official(value: Option<f64>, unit: &str, vintage: &str) -> Figure {
    Figure {
        value,
        mark: String::new(),
        unit: text(unit),
        n: None,
        d: None,
        interval: None,
        origin: Origin::Official,
        source_kind: SourceKind::Primary,
        is_unverified: false,
        source: text(BULLETIN),
        source_url: text(BULLETIN_URL),
        vintage: text(vintage),
        vintage_note: String::new(),
        licence: text("OGL-UK-3.0"),
        is_invented: false,
    }
}

fn gated(figure: Figure) -> Gated {
    pass(figure).expect("the sample has official and typed-in figures with sources only")
}

pub(super) fn referrals(value: f64, vintage: &str) -> Gated {
    gated(official(Some(value), "persons", vintage))
}

/// A share in per cent, with numerator and denominator where they are known.
pub(super) fn share(value: f64, basis: Option<(f64, f64)>, vintage: &str) -> Gated {
    gated(Figure {
        n: basis.map(|b| b.0),
        d: basis.map(|b| b.1),
        ..official(Some(value), "per cent", vintage)
    })
}

pub(super) fn suppressed(unit: &str, vintage: &str) -> Gated {
    gated(Figure {
        mark: text("[c]"),
        ..official(None, unit, vintage)
    })
}

pub(super) fn secondary(value: f64, unit: &str) -> Gated {
    gated(Figure {
        source_kind: SourceKind::Secondary,
        source: text("A parliamentary briefing that quotes the publisher"),
        source_url: String::new(),
        ..official(Some(value), unit, "2024-11-14")
    })
}

pub(super) fn unverified(value: f64, unit: &str) -> Gated {
    gated(Figure {
        is_unverified: true,
        vintage_note: text("day of publication not recorded: dated by the day after the period"),
        ..official(Some(value), unit, "2025-11-06")
    })
}

/// A survey of the invented coalition: the one sample in the sample, so it has an interval.
pub(super) fn survey(value: f64, basis: (f64, f64), interval: (f64, f64), vintage: &str) -> Gated {
    gated(Figure {
        n: Some(basis.0),
        d: Some(basis.1),
        interval: Some(interval),
        origin: Origin::Typed,
        licence: String::new(),
        source: text("Invented survey of people leaving support"),
        source_url: String::new(),
        is_invented: true,
        ..official(Some(value), "per cent", vintage)
    })
}

pub(super) fn invented(value: f64, unit: &str, vintage: &str) -> Gated {
    gated(Figure {
        origin: Origin::Typed,
        licence: String::new(),
        source: text("Invented return of the Department for Demonstration"),
        source_url: String::new(),
        is_invented: true,
        ..official(Some(value), unit, vintage)
    })
}

fn year(year: u16, figure: Gated, is_superseded: bool) -> Point {
    Point {
        period: (format!("{year}-01-01"), format!("{year}-12-31")),
        breakdown: text("total"),
        category: text("total"),
        figure,
        is_superseded,
    }
}

fn age(year: u16, category: &str, figure: Gated) -> Point {
    Point {
        period: (format!("{year}-01-01"), format!("{year}-12-31")),
        breakdown: text("age_at_exploitation"),
        category: text(category),
        figure,
        is_superseded: false,
    }
}

/// A quarter, 1 to 4.
fn quarter(year: u16, quarter: usize, figure: Gated) -> Point {
    const ENDS: [(&str, &str); 4] = [
        ("01-01", "03-31"),
        ("04-01", "06-30"),
        ("07-01", "09-30"),
        ("10-01", "12-31"),
    ];
    let (first, last) = ENDS[quarter - 1];
    Point {
        period: (format!("{year}-{first}"), format!("{year}-{last}")),
        breakdown: text("total"),
        category: text("total"),
        figure,
        is_superseded: false,
    }
}

pub(super) fn series() -> Vec<Series> {
    let series = |code: &str, title: &str, unit: &str, rule: &str, points| Series {
        code: text(code),
        title: text(title),
        publisher: text("Home Office"),
        unit: text(unit),
        counting_rule: text(rule),
        points,
    };
    vec![
        series(
            "nrm-referrals",
            "People referred to the National Referral Mechanism",
            "persons",
            "A person is counted once for each referral in the period in which it was received.",
            vec![
                age(2020, "adult", referrals(5_087.0, "2021-03-18")),
                age(2023, "adult", referrals(8_622.0, "2024-03-07")),
                age(2020, "child", referrals(4_946.0, "2021-03-18")),
                age(2022, "child", referrals(7_019.0, "2023-03-02")),
                age(2023, "child", referrals(7_432.0, "2024-03-07")),
                year(2017, referrals(5_142.0, "2018-03-26"), false),
                year(2018, referrals(6_993.0, "2019-03-20"), false),
                year(2019, referrals(10_627.0, "2020-04-02"), false),
                year(2020, referrals(10_613.0, "2021-03-18"), false),
                year(2021, referrals(12_727.0, "2022-03-03"), false),
                year(2022, referrals(16_938.0, "2023-03-02"), true),
                year(2022, referrals(16_921.0, "2024-03-07"), false),
                year(2023, referrals(17_004.0, "2024-03-07"), true),
                year(2023, referrals(16_990.0, "2025-03-06"), false),
                year(2024, referrals(19_125.0, "2025-03-06"), false),
                year(2025, referrals(23_411.0, "2026-02-26"), false),
            ],
        ),
        series(
            "nrm-rg-positive",
            "Reasonable grounds decisions that are positive",
            "per cent",
            "Positive decisions as a share of all decisions made in the period.",
            vec![
                quarter(2022, 3, share(88.0, None, "2022-11-03")),
                quarter(2022, 4, share(85.0, None, "2023-03-02")),
                quarter(2023, 1, share(58.0, None, "2023-05-04")),
                year(2024, share(53.0, None, "2025-03-06"), false),
                quarter(2025, 4, share(62.0, None, "2026-02-26")),
            ],
        ),
    ]
}

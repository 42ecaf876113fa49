//! Quarters and what is said of the period agree with the days that the pack is about, whatever the rows are written in.

use domain::Day;
use domain::pack::Days;

use super::*;

fn pack_of(period: Option<(&str, &str)>) -> Pack {
    let day = |text: &str| Day::parse(text).expect("a day");
    Pack {
        period: period.map(|(from, until)| Days {
            from: day(from),
            until: day(until),
        }),
        ..shipped_pack("2025")
    }
}

/// What is said of a row with a quarter and what stands beside it, from CSV; from JSON and from cells it is the same.
fn said(pack: &Pack, quarter: (&str, &str), flag: (&str, &str)) -> String {
    let text = format!("row,{},{}\n{},{},{}\n", quarter.0, flag.0, id(1), quarter.1, flag.1);
    let of_csv = csv(pack, text.as_bytes())
        .err()
        .map(|refused| refused.faults)
        .unwrap_or_default();
    let mut taking = Taking::under(pack, &["row", quarter.0, flag.0]);
    let cells = [id(1).to_string(), quarter.1.to_owned(), flag.1.to_owned()];
    taking.row(2, cells.iter().map(String::as_bytes));
    let of_cells = taking.finish().err().map(|refused| refused.faults).unwrap_or_default();
    assert_eq!(of_csv, of_cells);
    let code = |text: &str| Value::Code(text.to_owned());
    let rows = vec![row(1, &[(quarter.0, code(quarter.1)), (flag.0, code(flag.1))])];
    let of_json = contribution(pack, &file(pack, Body::Rows(rows)))
        .err()
        .map(|refused| refused.faults)
        .unwrap_or_default();
    let words = |faults: &[Fault]| -> Vec<String> {
        let one = |fault: &Fault| format!("{}: {}; {}", fault.column, fault.what, fault.remedy);
        faults.iter().map(one).collect()
    };
    assert_eq!(words(&of_csv), words(&of_json));
    words(&of_csv).join("\n")
}

#[test]
fn a_quarter_after_the_period_is_refused_by_row_and_column() {
    let pack = pack_of(Some(("2025-01-01", "2025-12-31")));
    for column in ["referral_quarter", "rg_quarter", "cg_quarter"] {
        for late in ["2099-Q4", "2026-Q1", "2026"] {
            assert_eq!(
                said(&pack, (column, late), ("gender", "female")),
                format!(
                    "{column}: it is after the period, which ends on 31 December 2025; correct it, or leave out what \
                     happened after the period"
                )
            );
        }
        for sound in ["2025-Q4", "2025", "2019-Q2"] {
            assert_eq!(said(&pack, (column, sound), ("gender", "female")), "");
        }
    }
    let refused = csv(&pack, format!("row,rg_quarter\n{},2099-Q4\n", id(1)).as_bytes()).expect_err("it is refused");
    assert_eq!(refused.faults[0].row, Some(2));
}

#[test]
fn what_is_said_to_be_of_the_period_has_a_quarter_in_it() {
    // The period begins and ends within a quarter, of which the days outside cannot be told from those inside.
    let pack = pack_of(Some(("2025-02-15", "2025-11-15")));
    for (quarter, flag) in [
        ("referral_quarter", "referred_in_period"),
        ("rg_quarter", "rg_in_period"),
        ("cg_quarter", "cg_in_period"),
    ] {
        for before in ["2024-Q4", "2024"] {
            assert_eq!(
                said(&pack, (quarter, before), (flag, "yes")),
                format!(
                    "{flag}: it says yes, but {quarter} is before the period, which begins on 15 February 2025; correct \
                     one of the two"
                )
            );
            assert_eq!(said(&pack, (quarter, before), (flag, "no")), "");
        }
        for within in ["2025-Q1", "2025-Q4", "2025"] {
            assert_eq!(said(&pack, (quarter, within), (flag, "yes")), "");
        }
    }
    // A recovery period ends on a day of its own, and another decision has one too.
    assert_eq!(
        said(&pack, ("rg_quarter", "2024-Q4"), ("recovery_in_period", "yes")),
        ""
    );
    assert_eq!(said(&pack, ("rg_quarter", "2024-Q4"), ("cg_in_period", "yes")), "");
}

#[test]
fn a_pack_without_a_period_takes_every_quarter() {
    let pack = pack_of(None);
    assert_eq!(said(&pack, ("rg_quarter", "2099-Q4"), ("rg_in_period", "yes")), "");
    assert_eq!(said(&pack, ("rg_quarter", "2001-Q1"), ("rg_in_period", "yes")), "");
}

#[test]
fn invented_rows_are_of_the_period_of_their_cycle() {
    let pack = pack_of(Some(("2025-01-01", "2025-12-31")));
    let text = lines(&pack, 50, 0, &mut Random(1)).join("\n");
    assert_eq!(csv(&pack, text.as_bytes()).expect("no fault").len(), 50);
}

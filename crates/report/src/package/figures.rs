//! Tables of figures: measurements, series with every vintage, and breaks.

use std::collections::BTreeSet;

use interchange::package::{Resource, Source};
use interchange::table::Cell;
use monitoring::edition::frozen::{Edition, Measurement};
use monitoring::gate::Gated;

use super::columns::{date, day, figure, figure_columns, flag, list, ordinal, references, text, truth, whole, word};
use super::{resource, standards};

/// Every measurement once, with the code of its indicator.
fn measured(edition: &Edition) -> Vec<(&str, &Measurement)> {
    let mut seen = BTreeSet::new();
    let all = standards::standing(edition).flat_map(|(_, indicator)| {
        indicator
            .measurements
            .iter()
            .map(move |one| (indicator.code.as_str(), one))
    });
    all.filter(|(_, one)| seen.insert(one.slug.as_str())).collect()
}

/// Publications from which figures were taken, each once, in order.
pub(super) fn publications(edition: &Edition) -> Vec<Source> {
    let mut figures: Vec<&Gated> = edition.summary.figures.iter().map(|(_, figure)| figure).collect();
    for (_, one) in measured(edition) {
        figures.push(&one.now);
        if let Some((_, then, today)) = &one.before {
            figures.push(then);
            figures.extend(today);
        }
    }
    figures.extend(
        edition
            .series
            .iter()
            .flat_map(|series| series.points.iter().map(|point| &point.figure)),
    );
    let named: BTreeSet<(&str, &str, &str)> = figures
        .iter()
        .map(|figure| (figure.source(), figure.vintage(), figure.source_url()))
        .collect();
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    named
        .into_iter()
        .map(|(title, vintage, url)| Source {
            title: title.to_owned(),
            path: filled(url),
            version: filled(vintage),
        })
        .collect()
}

pub(super) fn measurements(edition: &Edition) -> Resource {
    let mut columns = vec![
        text("measurement", "Address of the measurement, unique in the edition.").required(),
        text("reading", "now: of this audit. before_frozen: of the audit before, as frozen then. before_revised: the same, as revised since.")
            .required()
            .one_of(&["now", "before_frozen", "before_revised"]),
        text("cycle", "Code of the audit to which the value belongs.").required(),
        text("indicator", "Code of the indicator.").required(),
        text("measure", "Code of the measure.").required(),
        text("name", "Name of the measure."),
        text("stratum", "Of whom: all, women, Scotland."),
        text("comparison", "The comparison with the audit before in words, or why none is made."),
        text("note", "What was left out, missing shares, whose data."),
        references("evidence", "Evidence."),
        text("series", "Code of the series from which it was taken."),
    ];
    columns.extend(figure_columns());
    let known: BTreeSet<&str> = edition.series.iter().map(|series| series.code.as_str()).collect();
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for (indicator, one) in measured(edition) {
        // A series that the edition does not print cannot be followed, so it is not named here either.
        let series = if known.contains(one.series.as_str()) {
            one.series.as_str()
        } else {
            ""
        };
        let mut row = |reading: &str, cycle: &str, value: &Gated| {
            let words = [
                one.slug.as_str(),
                reading,
                cycle,
                indicator,
                &one.measure,
                &one.name,
                &one.stratum,
                &one.comparison,
                &one.note,
            ];
            let mut cells = words.map(word).to_vec();
            cells.extend([list(&one.cites), word(series)]);
            cells.extend(figure(value));
            rows.push(cells);
        };
        row("now", &edition.cycle, &one.now);
        if let Some((cycle, then, today)) = &one.before {
            row("before_frozen", cycle, then);
            if let Some(today) = today {
                row("before_revised", cycle, today);
            }
        }
        for (of, part) in one
            .breakdowns
            .iter()
            .flat_map(|of| of.parts.iter().map(move |part| (of, part)))
        {
            let slug = format!("{}-{}-{}", one.slug, of.column, part.code);
            let stratum = format!("{}: {}", of.by, part.words);
            let words = [
                slug.as_str(),
                "now",
                &edition.cycle,
                indicator,
                &one.measure,
                &one.name,
                &stratum,
                "",
                &of.missing,
            ];
            let mut cells = words.map(word).to_vec();
            cells.extend([Cell::Empty, Cell::Empty]);
            cells.extend(figure(&part.figure));
            rows.push(cells);
        }
    }
    resource(
        "measurements",
        columns,
        &["measurement", "reading"],
        &[
            (&["indicator"], "indicators", &["indicator"]),
            (&["series"], "series", &["series"]),
        ],
        rows,
    )
}

pub(super) fn series(edition: &Edition) -> Resource {
    let columns = vec![
        text("series", "Code of the series.").required(),
        text("title", "Title."),
        text("publisher", "Publisher."),
        text("unit", "Unit of its values.").required(),
        text("counting_rule", "What is counted, in words."),
    ];
    let rows = edition.series.iter().map(|one| {
        [
            one.code.as_str(),
            &one.title,
            &one.publisher,
            &one.unit,
            &one.counting_rule,
        ]
        .map(word)
        .to_vec()
    });
    resource("series", columns, &["series"], &[], rows.collect())
}

pub(super) fn observations(edition: &Edition) -> Resource {
    let mut columns = vec![
        text("series", "Code of the series.").required(),
        whole(
            "position",
            "Position of the row within its series, from 1; it orders and has no other meaning.",
        ),
        day("first_day", "First day of the period.").required(),
        day("last_day", "Last day of the period.").required(),
        text(
            "breakdown",
            "total, or the dimension by which the value is broken down.",
        )
        .required(),
        text("category", "total, or the category of the breakdown.").required(),
        flag("is_superseded", "Whether a later vintage of the same value exists."),
    ];
    columns.extend(figure_columns());
    let rows = edition.series.iter().flat_map(|series| {
        (1..).zip(&series.points).map(move |(position, point)| {
            let mut cells = vec![
                word(&series.code),
                ordinal(position),
                date(&point.period.0),
                date(&point.period.1),
                word(&point.breakdown),
                word(&point.category),
                truth(point.is_superseded),
            ];
            cells.extend(figure(&point.figure));
            cells
        })
    });
    resource(
        "observations",
        columns,
        &["series", "position"],
        &[(&["series"], "series", &["series"])],
        rows.collect(),
    )
}

pub(super) fn breaks(edition: &Edition) -> Resource {
    let columns = vec![
        whole("position", "Position of the row, from 1."),
        text("code", "Code of the series or of the indicator that breaks.").required(),
        text("what", "Its title."),
        day("on", "First day after the break.").required(),
        text("reason", "Why values before and after must not be compared."),
    ];
    let rows = (1..).zip(&edition.breaks).map(|(position, one)| {
        vec![
            ordinal(position),
            word(&one.code),
            word(&one.what),
            date(&one.on),
            word(&one.reason),
        ]
    });
    resource("breaks", columns, &["position"], &[], rows.collect())
}

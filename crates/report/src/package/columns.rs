//! How values become cells, and the columns that several tables share.

use interchange::package::{Column, Kind};
use interchange::table::Cell;
use monitoring::gate::Gated;

pub(super) fn text(name: &str, description: &str) -> Column {
    column(name, Kind::Text, description)
}

pub(super) fn flag(name: &str, description: &str) -> Column {
    column(name, Kind::Boolean, description).required()
}

pub(super) fn day(name: &str, description: &str) -> Column {
    column(name, Kind::Date, description)
}

/// A whole number that orders or counts; it is no statistic.
pub(super) fn whole(name: &str, description: &str) -> Column {
    column(name, Kind::Integer, description).required()
}

/// A column of codes from a closed list, with the meaning of each in its description.
pub(super) fn coded(name: &str, description: &str, choices: &[(&'static str, &'static str)]) -> Column {
    let meanings: Vec<String> = choices
        .iter()
        .map(|(code, words)| format!("{code} ({})", words.trim_start_matches(code).trim_start_matches(": ")))
        .collect();
    let codes: Vec<&str> = choices.iter().map(|(code, _)| *code).collect();
    text(name, &format!("{description} Codes: {}.", meanings.join(", "))).one_of(&codes)
}

pub(super) fn invented() -> Column {
    flag("is_invented", "Whether this row was invented for a demonstration.")
}

fn column(name: &str, kind: Kind, description: &str) -> Column {
    Column::new(name, kind, &name.replace('_', " "), description)
}

/// References into the table of evidence.
pub(super) fn references(name: &str, description: &str) -> Column {
    text(
        name,
        &format!("{description} References into the table evidence, separated by spaces."),
    )
}

pub(super) fn word(text: &str) -> Cell {
    Cell::from(text)
}

pub(super) fn truth(value: bool) -> Cell {
    Cell::Text(if value { "true" } else { "false" }.to_owned())
}

pub(super) fn ordinal(value: u32) -> Cell {
    Cell::Number(f64::from(value))
}

/// A day; what is not one stays empty rather than break the column.
pub(super) fn date(iso: &str) -> Cell {
    iso.parse::<jiff::civil::Date>()
        .map_or(Cell::Empty, |day| Cell::Date(day.at(0, 0, 0, 0)))
}

pub(super) fn list(references: &[u32]) -> Cell {
    let words: Vec<String> = references.iter().map(u32::to_string).collect();
    Cell::from(words.join(" ").as_str())
}

/// Columns of a figure, in the order of [`figure`].
pub(super) fn figure_columns() -> Vec<Column> {
    let number = |name: &str, description: &str| column(name, Kind::Number, description);
    vec![
        number(
            "value",
            "The value, in the unit of the column unit; empty where the publisher gives none.",
        ),
        text(
            "mark",
            "The publisher's own mark where there is no value, such as [c] for suppressed. Of what was computed from cases: withheld, where it would tell of few people; at least, where the value rests on a number that is cut at the top.",
        ),
        text("unit", "The unit of value.").required(),
        number(
            "n",
            "Numerator, where the value is a share, rate or ratio; in units counted.",
        )
        .unit("units counted"),
        number("d", "Denominator, likewise.").unit("units counted"),
        number(
            "low",
            "Lower end of the 95% interval, in the unit of value; only where the value comes from a sample.",
        ),
        number("high", "Upper end of the 95% interval, likewise."),
        coded(
            "origin",
            "Where the value comes from.",
            &domain::series::Origin::choices(),
        )
        .required(),
        coded(
            "source_kind",
            "Whether the value was read in its publisher's own publication.",
            &domain::series::SourceKind::choices(),
        )
        .required(),
        flag(
            "is_unverified",
            "Whether nobody has yet compared the value with its source.",
        ),
        text("source", "The publication.").required(),
        text("source_url", "Address of the publication."),
        text(
            "vintage",
            "When that publication appeared: an ISO day. Where the day is not recorded, vintage_note says for what it stands.",
        ),
        text(
            "vintage_note",
            "What has to be said of the vintage: that its day is not recorded, what was restated, how it was rounded.",
        ),
        text(
            "licence",
            "Licence of the publication, where it is recorded; it stays in force here.",
        ),
        invented(),
    ]
}

/// Cells of a figure.
pub(super) fn figure(figure: &Gated) -> Vec<Cell> {
    let number = |value: Option<f64>| value.map_or(Cell::Empty, Cell::Number);
    vec![
        number(figure.value()),
        word(figure.mark()),
        word(figure.unit()),
        number(figure.n()),
        number(figure.d()),
        number(figure.interval().map(|interval| interval.0)),
        number(figure.interval().map(|interval| interval.1)),
        word(figure.origin().code()),
        word(figure.source_kind().code()),
        truth(figure.is_unverified()),
        word(figure.source()),
        word(figure.source_url()),
        word(figure.vintage()),
        word(figure.vintage_note()),
        word(figure.licence()),
        truth(figure.is_invented()),
    ]
}

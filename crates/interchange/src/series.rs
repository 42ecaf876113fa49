//! Published statistics in long form: one row per figure.
//!
//! A row says which series, which period, which breakdown and category, and the value as it was
//! published on a date. The date of publication makes the vintage, because official figures are
//! restated: the same figure with another date is a new vintage, the same figure with the same date
//! twice in one file is a mistake.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::date::{self, Dated, Span};
use crate::fault::{BadValue, Fault};
use crate::mapping;
use crate::personal;
use crate::rows::{Read, RowFault, RowReader};
use crate::table::Table;
use crate::value::{self, Value};

/// The fields of an observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    Series,
    /// The whole period in one cell; instead of start and end.
    Period,
    PeriodStart,
    PeriodEnd,
    Breakdown,
    Category,
    Value,
    Unit,
    PublishedOn,
    VintageNote,
    SourceTitle,
    SourceUrl,
    Licence,
}

pub type Mapping = mapping::Mapping<Field>;

impl mapping::Field for Field {
    const ALL: &'static [Self] = &[
        Self::Series,
        Self::Period,
        Self::PeriodStart,
        Self::PeriodEnd,
        Self::Breakdown,
        Self::Category,
        Self::Value,
        Self::Unit,
        Self::PublishedOn,
        Self::VintageNote,
        Self::SourceTitle,
        Self::SourceUrl,
        Self::Licence,
    ];

    fn label(self) -> &'static str {
        match self {
            Self::Series => "series",
            Self::Period => "period",
            Self::PeriodStart => "start of the period",
            Self::PeriodEnd => "end of the period",
            Self::Breakdown => "breakdown",
            Self::Category => "category",
            Self::Value => "value",
            Self::Unit => "unit",
            Self::PublishedOn => "date of publication",
            Self::VintageNote => "vintage note",
            Self::SourceTitle => "title of the source",
            Self::SourceUrl => "address of the source",
            Self::Licence => "licence",
        }
    }

    fn usual_headings(self) -> &'static [&'static str] {
        match self {
            Self::Series => &["series", "series_code", "indicator", "measure"],
            Self::Period => &["period", "quarter", "year", "time_period", "date"],
            Self::PeriodStart => &["period_start", "start", "start_date", "from"],
            Self::PeriodEnd => &["period_end", "end", "end_date", "to"],
            Self::Breakdown => &["breakdown", "dimension", "disaggregation"],
            Self::Category => &["category", "group", "subgroup"],
            Self::Value => &["value", "obs_value", "count", "number", "total"],
            Self::Unit => &["unit", "unit_of_measurement", "unit_of_measure", "units"],
            Self::PublishedOn => &[
                "published_on",
                "as_published_on",
                "publication_date",
                "published",
                "vintage",
            ],
            Self::VintageNote => &["vintage_note", "note", "notes", "comment"],
            Self::SourceTitle => &["source_title", "source", "publication"],
            Self::SourceUrl => &["source_url", "url", "link", "address"],
            Self::Licence => &["licence", "license"],
        }
    }

    fn missing(mapping: &Mapping) -> Option<String> {
        let whole = mapping.has(Self::Period);
        let ends = mapping.has(Self::PeriodStart) || mapping.has(Self::PeriodEnd);
        if whole && ends {
            return Some("The period is mapped twice: as a whole, and by its start or end.".to_owned());
        }
        if !whole && !ends {
            return Some("Nothing is mapped to the period.".to_owned());
        }
        [Self::Series, Self::Value, Self::Unit, Self::PublishedOn]
            .into_iter()
            .find(|field| !mapping.has(*field))
            .map(|field| format!("Nothing is mapped to the {}.", field.label()))
    }
}

/// One published figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// The row's number in the file.
    pub row: u32,
    pub series: String,
    /// First day; `None` if the publisher does not say. Never both ends are `None`.
    pub start: Option<Dated>,
    /// Last day, included; `None` if the publisher does not say.
    pub end: Option<Dated>,
    /// What the figure is broken down by; `total` if the file says nothing.
    pub breakdown: String,
    /// Which part of the breakdown; `total` if the file says nothing.
    pub category: String,
    /// Never empty.
    pub value: Value,
    pub unit: String,
    /// The date that makes the vintage.
    pub published_on: Dated,
    pub vintage_note: Option<String>,
    pub source_title: Option<String>,
    pub source_url: Option<String>,
    pub licence: Option<String>,
    /// Columns without a field, by heading, as they stand in the file.
    pub other: Vec<(String, String)>,
}

/// What makes two rows the same figure in the same vintage.
type Key = (String, Option<Dated>, Option<Dated>, String, String, String, Dated);

impl Observation {
    fn key(&self) -> Key {
        (
            self.series.clone(),
            self.start,
            self.end,
            self.breakdown.clone(),
            self.category.clone(),
            self.unit.clone(),
            self.published_on,
        )
    }
}

const TOTAL: &str = "total";

/// Reads every row of the table.
///
/// # Errors
/// Columns about people, and a mapping that does not fit. Bad rows are not errors but faults in the
/// result.
pub fn read(table: &Table, mapping: &Mapping) -> Result<Read<Observation>, Fault> {
    personal::refuse(&table.headers)?;
    let bound = mapping.bind(table)?;
    let mut good = Vec::with_capacity(table.rows.len());
    let mut faults = Vec::new();
    for row in &table.rows {
        let mut reader = RowReader::new(table, &bound, row);
        let observation = observation(&mut reader, mapping.has(Field::Period), table);
        match observation {
            Some(observation) if reader.faults.is_empty() => good.push(observation),
            _ => faults.extend(reader.faults),
        }
    }
    refuse_repeated(&mut good, &mut faults, bound.name(Field::Value));
    faults.sort_by_key(|fault| fault.row);
    Ok(Read { good, faults })
}

/// `None` only together with a fault in the reader.
fn observation(reader: &mut RowReader<'_, Field>, whole_period: bool, table: &Table) -> Option<Observation> {
    let series = reader.required(Field::Series);
    let mut span = |field| reader.read(field, |cell| date::of(cell, table.epoch)).flatten();
    let (first, last): (Option<Span>, Option<Span>) = if whole_period {
        let period = span(Field::Period);
        (period, period)
    } else {
        (span(Field::PeriodStart), span(Field::PeriodEnd))
    };
    let published = span(Field::PublishedOn);
    let (start, end) = (first.map(Span::start), last.map(Span::end));
    check_period(reader, start, end, whole_period);
    let unit = reader.required(Field::Unit);
    let value = reader.read(Field::Value, value::of);
    check_value(reader, value.as_ref(), &unit);
    if published.is_none() && blank(reader, Field::PublishedOn) {
        reader.required(Field::PublishedOn);
    }
    let breakdown = reader.optional(Field::Breakdown);
    let category = reader.optional(Field::Category);
    let vintage_note = reader.optional(Field::VintageNote);
    let source_title = reader.optional(Field::SourceTitle);
    let source_url = reader.optional(Field::SourceUrl);
    if let Some(url) = &source_url {
        check_url(reader, url);
    }
    let licence = reader.optional(Field::Licence);
    Some(Observation {
        row: reader.row.number,
        series,
        start,
        end,
        breakdown: breakdown.unwrap_or_else(|| TOTAL.to_owned()),
        category: category.unwrap_or_else(|| TOTAL.to_owned()),
        value: value?,
        unit,
        published_on: published?.start(),
        vintage_note,
        source_title,
        source_url,
        licence,
        other: reader
            .bound
            .rest(reader.row)
            .map(|(_, header, cell)| (header.to_owned(), cell.text().into_owned()))
            .collect(),
    })
}

fn blank(reader: &RowReader<'_, Field>, field: Field) -> bool {
    reader.bound.cell(reader.row, field).is_blank()
}

fn check_period(reader: &mut RowReader<'_, Field>, start: Option<Dated>, end: Option<Dated>, whole: bool) {
    match (start, end) {
        (Some(start), Some(end)) if start.date > end.date => reader.fault(
            Field::PeriodEnd,
            BadValue::new(
                format!("The period ends ({}) before it starts ({}).", end.date, start.date),
                "Correct one of the two dates.",
            ),
        ),
        (None, None) if whole && blank(reader, Field::Period) => {
            reader.required(Field::Period);
        }
        (None, None) if !whole && blank(reader, Field::PeriodStart) && blank(reader, Field::PeriodEnd) => {
            let field = if reader.bound.has(Field::PeriodStart) {
                Field::PeriodStart
            } else {
                Field::PeriodEnd
            };
            reader.fault(
                field,
                BadValue::new(
                    "The period has neither start nor end.",
                    "Give at least one of them, such as 2024-03-31, 2024-03 or 2024.",
                ),
            );
        }
        _ => {}
    }
}

fn check_value(reader: &mut RowReader<'_, Field>, value: Option<&Value>, unit: &str) {
    if value == Some(&Value::Empty) {
        reader.fault(
            Field::Value,
            BadValue::new(
                "The value is missing.",
                "Write the number, or the publisher's mark for a missing one, such as [x] or .. .",
            ),
        );
        return;
    }
    let written = reader.bound.cell(reader.row, Field::Value).text().trim().ends_with('%');
    let lower = unit.to_lowercase();
    let per_cent = ["%", "percent", "per cent", "percentage", "pct", "share"]
        .iter()
        .any(|word| lower.contains(word));
    if written && !per_cent && !unit.is_empty() {
        reader.fault(
            Field::Value,
            BadValue::new(
                format!("The value is a percentage but the unit is “{unit}”."),
                "Write the unit as percent, or the value without the sign.",
            ),
        );
    }
}

fn check_url(reader: &mut RowReader<'_, Field>, url: &str) {
    let web = url.starts_with("https://") || url.starts_with("http://");
    if !web || url.contains(char::is_whitespace) {
        reader.fault(
            Field::SourceUrl,
            BadValue::new(
                "The address of the source is not a web address.",
                "Write it in full, beginning with https://.",
            ),
        );
    }
}

/// Refuses repeated figures: of equal ones the later rows, of contradicting ones all.
fn refuse_repeated(good: &mut Vec<Observation>, faults: &mut Vec<RowFault>, column: &str) {
    let mut groups: HashMap<Key, Vec<usize>> = HashMap::with_capacity(good.len());
    for (at, observation) in good.iter().enumerate() {
        groups.entry(observation.key()).or_default().push(at);
    }
    let mut refused = vec![false; good.len()];
    for group in groups.into_values().filter(|group| group.len() > 1) {
        let first = &good[group[0]];
        let equal = group.iter().all(|at| good[*at].value == first.value);
        for (position, at) in group.iter().enumerate() {
            if equal && position == 0 {
                continue;
            }
            refused[*at] = true;
            let row = good[*at].row;
            let twin = good[group[usize::from(position == 0)]].row;
            let message = if equal {
                format!("Row {row} repeats row {twin}.")
            } else {
                format!("Rows {row} and {twin} give different values for the same figure of the same publication date.")
            };
            faults.push(RowFault {
                row,
                column: column.to_owned(),
                value: shown(&good[*at].value),
                message,
                remedy: "Delete one of the rows, or correct what tells them apart: series, period, breakdown, category, unit or date of publication.".to_owned(),
            });
        }
    }
    let mut keep = refused.iter().map(|refused| !refused);
    good.retain(|_| keep.next().unwrap_or(true));
}

fn shown(value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::Mark(mark) => mark.clone(),
        Value::Empty => String::new(),
    }
}

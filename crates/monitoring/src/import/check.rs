//! Checking the rows of a file against what is known: which series exist, which figures are new, which
//! are known, and which contradict a figure of the same vintage.

use std::collections::{BTreeSet, HashMap};

use domain::fold::fold;
use domain::ids::ImportId;
use domain::series::SourceKind;
use interchange::date::{Dated, Precision};
use interchange::series::Observation;
use interchange::value::Value;
use interchange::{Read, RowFault};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use store::row::{observation, series};
use store::{AppError, Cx};
use uuid::Uuid;

use super::Fault;

/// What a check found.
pub(super) struct Checked {
    /// Rows that can be taken in, ready to be inserted.
    pub new: Vec<observation::ActiveModel>,
    /// Rows that are known already.
    pub n_known: usize,
    /// Faults in the order of rows.
    pub faults: Vec<Fault>,
}

impl Checked {
    /// How many rows have a fault.
    pub(super) fn n_refused(&self) -> usize {
        self.faults
            .iter()
            .map(|fault| fault.said.row)
            .collect::<BTreeSet<_>>()
            .len()
    }
}

/// What makes two values the same figure of the same vintage from the same source.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    series: Uuid,
    start: String,
    end: String,
    breakdown: String,
    category: String,
    published_on: String,
    source_title: String,
}

type Known = (
    Uuid,
    String,
    String,
    String,
    String,
    String,
    String,
    Option<f64>,
    String,
);

/// How many ids a condition may list.
const CHUNK: usize = 500;

/// Checks rows. Time and memory grow with the rows of the file and with the figures known of its series.
pub(super) async fn check(
    db: &impl ConnectionTrait,
    cx: &Cx<'_>,
    import: ImportId,
    read: Read<Observation>,
) -> Result<Checked, AppError> {
    let by_code: HashMap<String, (Uuid, String)> = series::Entity::find()
        .all(db)
        .await?
        .into_iter()
        .map(|series| (series.code, (series.id, series.unit)))
        .collect();
    let named: BTreeSet<Uuid> = read
        .good
        .iter()
        .filter_map(|row| by_code.get(&row.series))
        .map(|(id, _)| *id)
        .collect();
    let known = known(db, &named.into_iter().collect::<Vec<_>>()).await?;
    let mut checked = Checked {
        new: Vec::with_capacity(read.good.len()),
        n_known: 0,
        faults: read.faults.into_iter().map(Fault::from).collect(),
    };
    for row in read.good {
        let fault = |column: &str, value: &str, message: String, remedy: &str| {
            Fault::from(RowFault {
                row: row.row,
                column: column.to_owned(),
                value: value.to_owned(),
                message,
                remedy: remedy.to_owned(),
            })
        };
        let Some((series, unit)) = by_code.get(&row.series) else {
            let mut fault = fault(
                "series",
                &row.series,
                format!("There is no series with the code “{}”.", row.series),
                "Add the series, or correct the code.",
            );
            fault.missing = Some((row.series.clone(), row.unit.clone()));
            checked.faults.push(fault);
            continue;
        };
        if fold(unit) != fold(&row.unit) {
            checked.faults.push(fault(
                "unit",
                &row.unit,
                format!("The unit is “{}” but the series “{}” is in “{unit}”: counts of different things are not one series.", row.unit, row.series),
                "Correct the unit, or give these rows the code of a series of their own.",
            ));
            continue;
        }
        let (source_kind, is_unverified) = match marks(&row.other) {
            Ok(marks) => marks,
            Err((column, value, remedy)) => {
                checked
                    .faults
                    .push(fault(&column, &value, format!("“{value}” is not known here."), remedy));
                continue;
            }
        };
        let (value, mark) = match &row.value {
            Value::Number(number) => (Some(*number), String::new()),
            Value::Mark(mark) => (None, mark.clone()),
            Value::Empty => (None, String::new()),
        };
        let day = |dated: Option<Dated>| dated.map(|dated| dated.date.to_string()).unwrap_or_default();
        let key = Key {
            series: *series,
            start: day(row.start),
            end: day(row.end),
            breakdown: row.breakdown.clone(),
            category: row.category.clone(),
            published_on: row.published_on.date.to_string(),
            source_title: row.source_title.clone().unwrap_or_default(),
        };
        match known.get(&key) {
            Some((known_value, known_mark)) if *known_value == value && *known_mark == mark => checked.n_known += 1,
            Some((known_value, known_mark)) => {
                let is = known_value.map_or_else(|| known_mark.clone(), |value| value.to_string());
                let says = value.map_or_else(|| mark.clone(), |value| value.to_string());
                checked.faults.push(fault(
                    "value",
                    &says,
                    format!("This figure of the same publication is already known as {is}."),
                    "If it was restated, give the day of the new publication; otherwise correct the value, or undo the import that brought the other.",
                ));
            }
            None => checked.new.push(observation::ActiveModel {
                id: Set(cx.ids.ordered()),
                series_id: Set(key.series),
                import_id: Set(Some(import.0)),
                period_start: Set(key.start),
                period_end: Set(key.end),
                breakdown: Set(key.breakdown),
                category: Set(key.category),
                value: Set(value),
                mark: Set(mark),
                published_on: Set(key.published_on),
                vintage_note: Set(note(&row)),
                source_kind: Set(source_kind.code().to_owned()),
                is_unverified: Set(is_unverified),
                source_title: Set(key.source_title),
                source_url: Set(row.source_url.unwrap_or_default()),
                licence: Set(row.licence.unwrap_or_default()),
            }),
        }
    }
    checked.faults.sort_by_key(|fault| fault.said.row);
    Ok(checked)
}

async fn known(db: &impl ConnectionTrait, series: &[Uuid]) -> Result<HashMap<Key, (Option<f64>, String)>, AppError> {
    use observation::Column as C;
    let mut known = HashMap::new();
    for ids in series.chunks(CHUNK) {
        let found: Vec<Known> = observation::Entity::find()
            .select_only()
            .columns([
                C::SeriesId,
                C::PeriodStart,
                C::PeriodEnd,
                C::Breakdown,
                C::Category,
                C::PublishedOn,
                C::SourceTitle,
                C::Value,
                C::Mark,
            ])
            .filter(C::SeriesId.is_in(ids.iter().copied()))
            .into_tuple()
            .all(db)
            .await?;
        known.extend(found.into_iter().map(
            |(series, start, end, breakdown, category, published_on, source_title, value, mark)| {
                (
                    Key {
                        series,
                        start,
                        end,
                        breakdown,
                        category,
                        published_on,
                        source_title,
                    },
                    (value, mark),
                )
            },
        ));
    }
    Ok(known)
}

/// Whether the figure is the publisher's own, and whether someone checked it, from the two columns of
/// that name; without them it is the publisher's own and checked. A value that is neither is given
/// back with its column and what may stand there.
fn marks(other: &[(String, String)]) -> Result<(SourceKind, bool), (String, String, &'static str)> {
    let plain = |heading: &str| heading.trim().to_lowercase().replace([' ', '-'], "_");
    let column = |name: &str| other.iter().find(|(heading, _)| plain(heading) == name);
    let kind = match column("source_kind") {
        None => SourceKind::Primary,
        Some((heading, value)) => SourceKind::parse(value.trim().to_lowercase().as_str()).map_err(|_| {
            (heading.clone(), value.clone(), "Write primary for the publisher's own publication, or secondary where it is known only from elsewhere.")
        })?,
    };
    let is_unverified = match column("is_unverified") {
        None => false,
        Some((heading, value)) => match value.trim().to_lowercase().as_str() {
            "true" | "yes" | "1" => true,
            "false" | "no" | "0" => false,
            _ => {
                return Err((
                    heading.clone(),
                    value.clone(),
                    "Write true where nobody has checked the figure, otherwise false.",
                ));
            }
        },
    };
    Ok((kind, is_unverified))
}

/// The vintage note, with word of a day of publication that the file does not give.
fn note(row: &Observation) -> String {
    let imprecise = match row.published_on.precision {
        Precision::Day => None,
        Precision::Month => Some("only the month of publication is known"),
        Precision::Quarter => Some("only the quarter of publication is known"),
        Precision::Year => Some("only the year of publication is known"),
    };
    row.vintage_note
        .as_deref()
        .into_iter()
        .chain(imprecise)
        .collect::<Vec<_>>()
        .join("; ")
}

//! Contribution files and packs as JSON.

use std::collections::HashSet;

use domain::pack::{Aggregates, FORMAT, Pack, ROW, Row, Value};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::given::Given;
use super::place::{self, Step};
use super::{Contents, Fault, Refused, Taking, aggregates, is_utf_16, not_utf_8};
use crate::rows::shown;
use crate::{Rows, definition};

/// A [`Contribution`](domain::pack::Contribution) whose rows may hold anything: each that is wrong is named by its number, and
/// not by a line of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    cycle: String,
    pack: u32,
    body: Body,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Body {
    Rows(Vec<Given>),
    Aggregates(Aggregates),
}

/// Reads a contribution file against the pack it must answer.
///
/// # Errors
///
/// A file that is not a contribution, answers another pack, or every fault of its rows or aggregates.
pub fn contribution(pack: &Pack, bytes: &[u8]) -> Result<Contents, Refused> {
    if is_utf_16(bytes) {
        return Err(not_utf_8("write it in UTF-8"));
    }
    let text = str::from_utf8(bytes).map_err(|_| Refused::whole("it is not UTF-8", "write it in UTF-8"))?;
    let read: File = serde_json::from_str(text).map_err(|error| misshapen(pack, text, &error))?;
    if read.format != FORMAT {
        return Err(Refused::whole(
            format!("its format is {}", shown(read.format.as_bytes())),
            format!("this program reads {FORMAT}"),
        ));
    }
    if read.cycle != pack.cycle || read.pack != pack.version {
        return Err(Refused::whole(
            format!(
                "it answers version {} of the pack of cycle {}, not version {} of that of {}",
                read.pack,
                shown(read.cycle.as_bytes()),
                pack.version,
                shown(pack.cycle.as_bytes())
            ),
            "fill in the pack of this cycle",
        ));
    }
    match read.body {
        Body::Rows(given) => Ok(Contents::Rows(taken(pack, given)?)),
        Body::Aggregates(given) => {
            aggregates::check(pack, &given)?;
            Ok(Contents::Aggregates(given))
        }
    }
}

/// What mends a text that is no JSON.
const MEND: &str = "look there for a comma, a bracket or a quotation mark that is missing or too many; a code stands between \
                    quotation marks, a number without";
/// What mends a file that is cut off.
const AGAIN: &str = "save or send it again";
/// What mends JSON of another shape.
const COMPARE: &str = "compare it with the JSON Schema (docs/reference/contribution.schema.json), or fill in the workbook \
                       that `rapporteur contribute template` writes";

/// The refusal of a file that could not be read to its end: by row and column where it stopped in a row, else by line,
/// character and the members that lead there. Of what stands there nothing is said but the names of members.
fn misshapen(pack: &Pack, text: &str, error: &serde_json::Error) -> Refused {
    // What is no JSON goes first: in the middle of a value, the reader would blame the value.
    let broken = serde_json::from_str::<IgnoredAny>(text).err();
    let error = broken.as_ref().unwrap_or(error);
    let steps = place::of(text.as_bytes(), error);
    let line = line(error);
    let at = at(&line, &steps);
    if error.is_eof() {
        return Refused::whole(format!("the file is cut off: it ends in the middle ({at})"), AGAIN);
    }
    // JSON that stops short of a column stands beside the rows, and not in one.
    if let [Step::Member(body), Step::Member(rows), Step::Item(index), within @ ..] = steps.as_slice()
        && (body.as_str(), rows.as_str()) == ("body", "rows")
        && (broken.is_some() || !within.is_empty())
    {
        let column = match within.first() {
            Some(Step::Member(name)) if name == ROW || pack.schema.column(name).is_some() => name.clone(),
            Some(Step::Member(name)) => shown(name.as_bytes()),
            Some(Step::Item(_)) | None => String::new(),
        };
        let what = format!("what stands here is not JSON ({line})");
        return Refused {
            faults: vec![Fault::new(Some(index.saturating_add(1)), &column, what, MEND)],
            more: 0,
        };
    }
    if broken.is_some() {
        return Refused::whole(format!("it is not JSON ({at})"), MEND);
    }
    let expected = match steps.as_slice() {
        [Step::Member(body), Step::Member(aggregates), _, ..]
            if error.is_data() && (body.as_str(), aggregates.as_str()) == ("body", "aggregates") =>
        {
            "its figures are whole numbers, under the names that the schema has and no others".to_owned()
        }
        _ => format!(
            "one is an object with `format` (“{FORMAT}”), `cycle` (text), `pack` (a whole number) and `body`, each once and \
             nothing else; `body` is an object with either `rows`, a list with an object for each case, or `aggregates`, an \
             object"
        ),
    };
    Refused::whole(format!("it is not a contribution file ({at}): {expected}"), COMPARE)
}

/// Where in a text the reader stopped.
fn line(error: &serde_json::Error) -> String {
    format!("line {}, character {}", error.line(), error.column().max(1))
}

/// The same, with the members that lead there.
fn at(line: &str, steps: &[Step]) -> String {
    match place::words(steps) {
        words if words.is_empty() => line.to_owned(),
        words => format!("{line}, in {words}"),
    }
}

/// Takes in rows as they stand in a file, counted from 1.
fn taken(pack: &Pack, given: Vec<Given>) -> Result<Rows, Refused> {
    let mut taking = Taking::new(pack);
    for (row, number) in given.into_iter().zip(1..) {
        match row {
            Given::Object(cells) => take(&mut taking, number, &cells),
            other => taking.refuse(
                number,
                format!("it is {}, and not a row", other.words()),
                "write an object with `row` and columns of the pack",
            ),
        }
    }
    taking.finish()
}

/// Takes in one row with whatever stands in its columns.
fn take(taking: &mut Taking<'_>, number: u64, cells: &[(String, Given)]) {
    let mut ids = cells.iter().filter(|(name, _)| name == ROW).map(|(_, given)| given);
    let id = match ids.next() {
        Some(Given::Value(Value::Code(text))) => taking.id(number, text.as_bytes()),
        Some(other) => {
            taking.not_an_id(number, &other.words());
            None
        }
        None => {
            let (what, remedy) = ("the row has no id", "write a random id (UUID version 4)");
            taking.fault(Fault::new(Some(number), ROW, what, remedy));
            None
        }
    };
    if ids.next().is_some() {
        twice(taking, number, ROW);
    }
    taking.begin(number, id);
    let mut named = HashSet::new();
    for (name, given) in cells.iter().filter(|(name, _)| name != ROW) {
        match given {
            // `null` says the same as leaving it out.
            Given::Nothing => {}
            _ if !named.insert(name) => twice(taking, number, name),
            Given::Value(value) => taking.value(number, name, value),
            other => taking.misfit(number, name, &other.words()),
        }
    }
    taking.end(number);
}

/// Refuses a column that a row has twice.
fn twice(taking: &mut Taking<'_>, number: u64, name: &str) {
    let (what, remedy) = ("it stands twice in the row", "keep one of the two");
    taking.fault(Fault::new(Some(number), &shown(name.as_bytes()), what, remedy));
}

/// Takes in coded rows that were made elsewhere in the program; they are counted from 1.
///
/// # Errors
///
/// Every fault, by row and column.
pub fn rows(pack: &Pack, given: &[Row]) -> Result<Rows, Refused> {
    let mut taking = Taking::new(pack);
    for (row, number) in given.iter().zip(1..) {
        taking.values(number, row.id, row.values.iter());
    }
    taking.finish()
}

/// The refusal of a file that is no pack, by where the reader stopped.
fn no_pack(bytes: &[u8], error: &serde_json::Error) -> Refused {
    let broken = serde_json::from_slice::<IgnoredAny>(bytes).err();
    let error = broken.as_ref().unwrap_or(error);
    let at = at(&line(error), &place::of(bytes, error));
    if error.is_eof() && !bytes.trim_ascii().is_empty() {
        return Refused::whole(format!("the pack is cut off: it ends in the middle ({at})"), AGAIN);
    }
    let what = if broken.is_some() {
        format!("it is not a pack: one is JSON, and this is not ({at})")
    } else {
        format!("it is not a pack: it is JSON of another shape ({at})")
    };
    Refused::whole(
        what,
        "take the cycle's pack from whoever runs the audit, or the one that `rapporteur contribute pack` writes, as it is",
    )
}

/// Reads a pack and checks its definitions against its schema.
///
/// # Errors
///
/// A file that is not a pack, or every fault of its definitions.
pub fn pack(bytes: &[u8]) -> Result<Pack, Refused> {
    let read: Pack = serde_json::from_slice(bytes).map_err(|error| no_pack(bytes, &error))?;
    if read.threshold < domain::pack::THRESHOLD {
        return Err(Refused::whole(
            format!("its threshold is {}", read.threshold),
            format!(
                "a cycle may ask for more than {}, never for less",
                domain::pack::THRESHOLD
            ),
        ));
    }
    let mut faults = Vec::new();
    for (index, one) in read.definitions.iter().enumerate() {
        faults.extend(definition::check("the pack", one, &read.schema));
        if read.definitions[..index].iter().any(|other| other.code == one.code) {
            faults.push(definition::Fault {
                file: "the pack".to_owned(),
                measure: one.code.clone(),
                field: "code".to_owned(),
                what: "it is defined twice".to_owned(),
                remedy: "a pack has one version of each measure".to_owned(),
            });
        }
    }
    if faults.is_empty() {
        return Ok(read);
    }
    let mut refused = Refused {
        more: faults.len().saturating_sub(super::MOST_FAULTS) as u64,
        faults: Vec::new(),
    };
    for fault in faults.into_iter().take(super::MOST_FAULTS) {
        let place = format!("{}, {}", fault.measure, fault.field);
        refused.faults.push(Fault::new(None, &place, fault.what, fault.remedy));
    }
    Err(refused)
}

//! The reading of signs: its questions, and its page, which prints and ends in what to do now; and each list on a page of its
//! own, blank, for before there is a case.

#[cfg(test)]
mod tests;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use casework::case;
use casework::event::{Kind, What, what};
use casework::recognition::{Call, Source, signs};
use casework::sheet::{Answer as _, Choice, Field, Input};
use domain::casework::{Act, Aim, Dimension, Known, Means, ReadingSet, Strength};
use domain::permission::Action;
use store::AppError;
use uuid::Uuid;

use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::Form;
use crate::page::Page;
use crate::routes::{Route, route};
use crate::sheet::frame;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/cases/{id}/events/{event}/reading", Action::ReadCase, get(show)),
        route("/recognition", Action::ReadAudit, get(list)),
        route("/recognition/{set}", Action::ReadAudit, get(blank)),
    ]
}

/// The address of a reading.
pub(crate) fn reading(case: Uuid, event: Uuid) -> String {
    format!("/cases/{case}/events/{event}/reading")
}

/// The questions of a reading, under their headings, with the signs of one list.
pub(crate) fn groups(set: ReadingSet, on: Field, note: Field) -> Vec<(&'static str, Vec<Field>)> {
    let mut elements = vec![on];
    let mut seen = Vec::new();
    let mut last = Vec::new();
    let mut dimensions = Dimension::ALL.iter();
    for mut field in Kind::Recognition.fields() {
        match field.key {
            "set" => {}
            "acts" | "aims" => elements.push(field),
            "means" => {
                if set.is_child() {
                    field.hint = "None is needed for a child: tick what you know.";
                }
                elements.push(field);
            }
            "seen" | "in_danger" => last.push(field),
            _ => {
                if let Some(dimension) = dimensions.next() {
                    field.input = Input::Boxes(signs().offered(set, *dimension));
                }
                seen.push(field);
            }
        }
    }
    last.push(note);
    vec![
        ("What makes trafficking", elements),
        ("Signs", seen),
        ("In words", last),
    ]
}

/// One of the six parts, with what was seen of it.
struct Part {
    words: &'static str,
    seen: Vec<Seen>,
}

/// A sign that was seen.
struct Seen {
    words: &'static str,
    strength: Option<Strength>,
}

/// A page that prints.
#[derive(Template)]
#[template(path = "recognition/reading.html")]
struct Reading {
    page: Page,
    form: Form,
    id: Uuid,
    whose: String,
    on: String,
    by: String,
    set: ReadingSet,
    /// Act, means and purpose, each in words.
    elements: [(&'static str, String); 3],
    parts: Vec<Part>,
    in_words: String,
    note: String,
    is_in_danger: bool,
    /// Whether they were a child: by the list that was taken, or by what is recorded of their age.
    is_child: bool,
    /// Where the list is not the one for their age; otherwise empty.
    other_list: &'static str,
    calls: Vec<&'static Call>,
    is_checked: bool,
    source: &'static Source,
}

impl Reading {
    fn record(&self) -> String {
        format!("/cases/{}/events/new", self.id)
    }
}

fn part<const D: usize>(set: ReadingSet, seen: &[casework::recognition::Sign<D>]) -> Part {
    let dimension = casework::recognition::Sign::<D>::DIMENSION;
    Part {
        words: dimension.words(),
        seen: seen
            .iter()
            .map(|sign| Seen {
                words: sign.words_of(),
                strength: sign.entry().lists.get(&set).copied().flatten(),
            })
            .collect(),
    }
}

fn parts(sheet: &what::Recognition) -> Vec<Part> {
    vec![
        part(sheet.set, &sheet.deceived),
        part(sheet.set, &sheet.forced),
        part(sheet.set, &sheet.abused),
        part(sheet.set, &sheet.conditions),
        part(sheet.set, &sheet.held),
        part(sheet.set, &sheet.dependent),
    ]
}

async fn show(Path((id, event)): Path<(Uuid, Uuid)>, visitor: Visitor) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let of = case::open(&visitor.cx(), id).await.map_err(shown)?;
    let found = of.history.find(event).map(|event| &event.entry);
    let Some((entry, What::Recognition(sheet))) = found.map(|entry| (entry, &entry.what)) else {
        return Err(shown(AppError::NotFound("reading")));
    };
    let was_child = of.person.identity.age(&of.history).was_child(entry.on);
    // Either of the two is enough: who may be a child is treated as one.
    let is_child = sheet.set.is_child() || was_child == Some(Known::Yes);
    page(&Reading {
        page: frame(&visitor, "A reading of signs", id),
        form: Form::small(&visitor),
        id,
        whose: of.person.identity.name.0.clone(),
        on: entry.on.to_string(),
        by: of.names.get(&entry.by).cloned().unwrap_or_default(),
        set: sheet.set,
        elements: [
            ("Act: what was done", sheet.acts.words()),
            ("Means: how", sheet.means.words()),
            ("Purpose: what for", sheet.aims.words()),
        ],
        parts: parts(sheet),
        in_words: sheet.seen.words(),
        note: entry.note.clone(),
        is_in_danger: sheet.in_danger == Some(Known::Yes),
        is_child,
        other_list: match (sheet.set.is_child(), was_child) {
            (false, Some(Known::Yes)) => "They are recorded as under 18; the list for a child is the other one.",
            (true, Some(Known::No)) => "They are recorded as 18 or over; the list for an adult is the other one.",
            _ => "",
        },
        calls: signs().calls(of.about.nation, is_child).collect(),
        is_checked: signs().checked.contains(&sheet.set),
        source: &signs().source,
    })
}

#[derive(Template)]
#[template(path = "recognition/list.html")]
struct List {
    page: Page,
    sets: &'static [ReadingSet],
}

async fn list(visitor: Visitor) -> Result<Response, WebError> {
    page(&List {
        page: Page::new(&visitor, "Signs to look for")
            .within("/cases")
            .under("/cases", "Cases"),
        sets: ReadingSet::ALL,
    })
}

/// One list as it is printed before there is a case. It takes nothing in and keeps nothing.
#[derive(Template)]
#[template(path = "recognition/blank.html")]
struct Blank {
    page: Page,
    set: ReadingSet,
    /// Act, means and purpose, each with its words.
    elements: [(&'static str, Vec<&'static str>); 3],
    /// Every sign of the list, in the words and with the strength that it has there.
    parts: Vec<Part>,
    calls: Vec<&'static Call>,
    has_strengths: bool,
    is_checked: bool,
    source: &'static Source,
    may_record: bool,
}

async fn blank(Path(set): Path<String>, visitor: Visitor) -> Result<Response, WebError> {
    let set = ReadingSet::parse(&set).map_err(|_| WebError::of(&visitor, AppError::NotFound("list of signs")))?;
    let parts: Vec<Part> = Dimension::ALL
        .iter()
        .map(|dimension| Part {
            words: dimension.words(),
            seen: signs()
                .within(set, *dimension)
                .map(|sign| Seen {
                    words: &sign.words,
                    strength: sign.lists.get(&set).copied().flatten(),
                })
                .collect(),
        })
        .collect();
    page(&Blank {
        page: Page::new(&visitor, "Signs to look for")
            .within("/cases")
            .under("/cases", "Cases")
            .under("/recognition", "Signs to look for"),
        set,
        elements: [
            (
                "Act: what was done",
                Act::ALL.iter().map(|one| Act::words(*one)).collect(),
            ),
            ("Means: how", Means::ALL.iter().map(|one| Means::words(*one)).collect()),
            (
                "Purpose: what for",
                Aim::ALL.iter().map(|one| Aim::words(*one)).collect(),
            ),
        ],
        has_strengths: parts
            .iter()
            .flat_map(|part| &part.seen)
            .any(|seen| seen.strength.is_some()),
        parts,
        calls: signs().calls_anywhere(set.is_child()).collect(),
        is_checked: signs().checked.contains(&set),
        source: &signs().source,
        may_record: visitor.may(Action::RecordCase),
    })
}

//! Cases as tables: in words, a sheet for each kind of record; and in codes, as one file that can be brought in again.

use std::collections::{BTreeMap, HashMap};

use domain::casework::{Certainty, KnownFrom};
use interchange::table::Cell;
use interchange::xlsx_out::Sheet as Page;
use uuid::Uuid;

use super::house::{self, House};
use super::read::Whole;
use crate::background::Background;
use crate::case::About;
use crate::contact::Contact;
use crate::event::History;
use crate::exploitation::Episode;
use crate::import::{Place, targets};
use crate::need::Need;
use crate::person::{Identity, SafeContact};
use crate::sheet::{Field, Input, Sheet};
use crate::time_entry::Given;
use crate::voice::Voice;

pub(super) fn text(words: impl Into<String>) -> Cell {
    Cell::from(words.into().as_str())
}

fn captions<S: Sheet>() -> Vec<String> {
    S::fields().into_iter().map(|field| field.caption.to_owned()).collect()
}

fn answers<S: Sheet>(sheet: &S) -> Vec<Cell> {
    sheet.shown().into_iter().map(|(_, words)| text(words)).collect()
}

/// The sheets of the workbook.
pub(super) fn all(all: &[Whole], house: &House) -> Vec<Page> {
    let mut pages = vec![
        cases(all),
        events(all),
        episodes(all),
        needs(all),
        background(all),
        contacts(all),
        voices(all),
        before(all),
        time(all),
        sent(all),
    ];
    pages.extend(house::pages(house));
    pages
}

pub(super) fn page(name: &str, first: &[&str], more: Vec<String>, rows: Vec<Vec<Cell>>) -> Page {
    Page {
        name: name.to_owned(),
        headers: first.iter().map(|heading| (*heading).to_owned()).chain(more).collect(),
        rows,
    }
}

fn cases(all: &[Whole]) -> Page {
    let more = [captions::<Identity>(), captions::<About>(), captions::<SafeContact>()].concat();
    let rows = all.iter().map(|of| {
        let mut row = vec![
            text(of.id.to_string()),
            text(if of.is_open { "open" } else { "closed" }),
            text(of.members.join(", ")),
            text(
                of.history
                    .status(of.person.identity.age(&of.history))
                    .map_or("", domain::casework::Status::words),
            ),
        ];
        row.extend(answers(&of.person.identity));
        row.extend(answers(&of.about));
        row.extend(answers(&of.person.contact));
        row
    });
    page(
        "cases",
        &["Case", "Open", "Who works on it", "How far"],
        more,
        rows.collect(),
    )
}

fn events(all: &[Whole]) -> Page {
    let first = [
        "Case",
        "Event",
        "Day",
        "What happened",
        "Answers",
        "More in words",
        "Where it is known from",
        "How sure",
        "Recorded by",
        "Recorded at",
        "Takes the place of",
        "Stands",
    ];
    let mut rows = Vec::new();
    for of in all {
        let standing: Vec<Uuid> = of.history.standing().map(|event| event.id).collect();
        for event in of.history.all() {
            let entry = &event.entry;
            rows.push(vec![
                text(of.id.to_string()),
                text(event.id.to_string()),
                text(entry.on.iso()),
                text(entry.what.kind().words()),
                text(given(entry.what.shown())),
                text(entry.note.clone()),
                text(entry.basis.known_from.map_or("", KnownFrom::words)),
                text(entry.basis.certainty.map_or("", Certainty::words)),
                text(of.names.get(&entry.by).cloned().unwrap_or_default()),
                text(entry.at.to_string()),
                text(entry.supersedes.map_or_else(String::new, |id| id.to_string())),
                text(if standing.contains(&event.id) { "yes" } else { "no" }),
            ]);
        }
    }
    page("events", &first, Vec::new(), rows)
}

fn of_parts<S: Sheet>(name: &str, parts: impl Iterator<Item = (Uuid, Vec<Cell>)>) -> Page {
    let rows = parts.map(|(case, answers)| [vec![text(case.to_string())], answers].concat());
    page(name, &["Case"], captions::<S>(), rows.collect())
}

fn episodes(all: &[Whole]) -> Page {
    let parts = all
        .iter()
        .flat_map(|of| of.episodes.iter().map(|part| (of.id, answers(&part.of))));
    of_parts::<Episode>("exploitation", parts)
}

fn needs(all: &[Whole]) -> Page {
    let parts = all
        .iter()
        .flat_map(|of| of.needs.iter().map(|part| (of.id, answers(&part.of))));
    of_parts::<Need>("needs", parts)
}

fn background(all: &[Whole]) -> Page {
    let parts = all
        .iter()
        .flat_map(|of| of.background.iter().map(|part| (of.id, answers(&part.of))));
    of_parts::<Background>("background", parts)
}

fn contacts(all: &[Whole]) -> Page {
    let parts = all
        .iter()
        .flat_map(|of| of.contacts.iter().map(|part| (of.id, answers(&part.of))));
    of_parts::<Contact>("whom to speak to", parts)
}

fn voices(all: &[Whole]) -> Page {
    let more = [captions::<Voice>(), vec!["May be used now for".to_owned()]].concat();
    let rows = all.iter().flat_map(|of| {
        of.voices.iter().map(|part| {
            let allowed = text(part.of.say_allowed(&of.history));
            [vec![text(of.id.to_string())], answers(&part.of), vec![allowed]].concat()
        })
    });
    page("what they say", &["Case"], more, rows.collect())
}

/// What was said before something was amended.
fn before(all: &[Whole]) -> Page {
    let first = ["Case", "Record", "Which", "Until", "Amended by", "Answers"];
    let rows = all.iter().flat_map(|of| {
        of.earlier().map(|before| {
            vec![
                text(of.id.to_string()),
                text(before.name),
                text(before.id.to_string()),
                text(before.until.to_string()),
                text(of.names.get(&before.by).cloned().unwrap_or_default()),
                text(given(before.shown)),
            ]
        })
    });
    page("before amendments", &first, Vec::new(), rows.collect())
}

/// The answers that were given, one to a line.
fn given(shown: Vec<(&'static str, String)>) -> String {
    let given = shown.into_iter().filter(|(_, words)| !words.is_empty());
    let given: Vec<String> = given.map(|(caption, words)| format!("{caption}: {words}")).collect();
    given.join("\n")
}

fn time(all: &[Whole]) -> Page {
    let parts = all
        .iter()
        .flat_map(|of| of.unpaid_time.iter().map(|part| (of.id, answers(&part.of.given))));
    of_parts::<Given>("unpaid time", parts)
}

/// What went to other organisations, and who holds it.
fn sent(all: &[Whole]) -> Page {
    let first = [
        "Case",
        "Referral",
        "To",
        "State",
        "Offered on",
        "Does somebody hold a copy?",
        "What was asked",
        "Sent without consent because",
        "Answers",
    ];
    let rows = all.iter().flat_map(|of| {
        of.referrals_sent.iter().map(|sent| {
            let answers = sent.answers.iter().map(|answer| {
                let why = answer.why.map_or(String::new(), |why| format!(", {why}"));
                let how = answer.how.map_or(String::new(), |how| format!(", {how}"));
                format!("{}: {}{why}{how} {}", answer.on.iso(), answer.state, answer.words)
            });
            let answers: Vec<String> = answers.map(|line| line.trim().to_owned()).collect();
            vec![
                text(of.id.to_string()),
                text(sent.id.to_string()),
                text(sent.note.receiver.clone()),
                text(sent.state.words()),
                text(sent.offered_on.iso()),
                text(if sent.is_held { "yes" } else { "no" }),
                text(sent.note.copy.summary.clone()),
                text(
                    sent.note
                        .without
                        .as_ref()
                        .map_or_else(String::new, |without| format!("{}: {}", without.why, without.words)),
                ),
                text(answers.join("\n")),
            ]
        })
    });
    page("referrals sent", &first, Vec::new(), rows.collect())
}

/// An answer as one cell of a file that is brought in: a code, several parted by semicolons, a day as ISO text.
fn code(field: &Field, kept: &[(String, String)]) -> String {
    let value = |key: &str| {
        kept.iter()
            .find(|(name, _)| name == key)
            .map_or("", |(_, value)| value.as_str())
    };
    match field.input {
        Input::Day(_) => {
            let two = |part: &str| match part {
                "" => String::new(),
                part => format!("-{part:0>2}"),
            };
            let year = value(&field.part("year"));
            if year.is_empty() {
                return String::new();
            }
            format!(
                "{year:0>4}{}{}",
                two(value(&field.part("month"))),
                two(value(&field.part("day")))
            )
        }
        Input::Boxes(_) => {
            let all: Vec<&str> = kept
                .iter()
                .filter(|(name, _)| name == field.key)
                .map(|(_, value)| value.as_str())
                .collect();
            all.join("; ")
        }
        _ => value(field.key).to_owned(),
    }
}

/// Characters of a shared reference that its cases keep, so that it is still a line with what tells them apart behind it.
const KEPT_OF_SHARED: usize = 380;

/// The organisation's own reference of a case; empty where nobody gave it one.
fn own_reference(of: &Whole) -> &str {
    of.about.reference.as_ref().map_or("", |line| line.0.trim())
}

/// A shared reference with the end of the case's id, by which its file is found too.
fn told_apart(shared: &str, case: Uuid) -> String {
    let kept: String = shared.chars().take(KEPT_OF_SHARED).collect();
    let id = case.simple().to_string();
    let end: String = id.chars().skip(20).collect();
    format!("{kept} ({end})")
}

/// What each case is called in the file that is brought in again, where rows of one reference are one case: its own reference
/// where no other case has it. A person who came back often has that of the first time; such cases would be read as one.
fn references(all: &[Whole]) -> Vec<String> {
    let mut n_of: HashMap<&str, usize> = HashMap::new();
    for of in all {
        *n_of.entry(own_reference(of)).or_default() += 1;
    }
    let called = |of: &Whole| match own_reference(of) {
        "" => of.id.to_string(),
        own if n_of.get(own) == Some(&1) => own.to_owned(),
        shared => told_apart(shared, of.id),
    };
    all.iter().map(called).collect()
}

/// A line for each reference that several cases share, with what each of them is called in the file instead.
pub(super) fn shared_references(all: &[Whole]) -> Vec<String> {
    let mut called: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (of, reference) in all.iter().zip(references(all)) {
        called.entry(own_reference(of)).or_default().push(reference);
    }
    called
        .into_iter()
        .filter(|(own, called)| !own.is_empty() && called.len() > 1)
        .map(|(own, called)| format!("{own}: {}", called.join(", ")))
        .collect()
}

/// One file of all cases that can be brought in: a row for each case with what is known of the person, then one for each
/// episode, need and other part, and for each event that stands.
pub(super) fn again(all: &[Whole]) -> (Vec<String>, Vec<Vec<Cell>>) {
    let columns: Vec<_> = targets()
        .iter()
        .filter(|target| !matches!(target.place, Place::Event(_) | Place::Consent(_)))
        .collect();
    let headers = columns.iter().map(|target| target.code.clone()).collect();
    let row = |said: &dyn Fn(Place, &Field) -> String| -> Vec<Cell> {
        columns
            .iter()
            .map(|target| text(said(target.place, &target.field)))
            .collect()
    };
    let mut rows = Vec::new();
    for (of, reference) in all.iter().zip(references(all)) {
        let (person, about, contact) = (of.person.identity.kept(), of.about.kept(), of.person.contact.kept());
        let mut episodes = of.episodes.iter().map(|part| part.of.kept());
        let first = episodes.next().unwrap_or_default();
        rows.push(row(&|place, field| match place {
            Place::Person => code(field, &person),
            Place::Case if field.key == "reference" => reference.clone(),
            Place::Case => code(field, &about),
            Place::Contact => code(field, &contact),
            Place::Episode => code(field, &first),
            _ => String::new(),
        }));
        let mut parts: Vec<(Place, Vec<(String, String)>)> = episodes.map(|kept| (Place::Episode, kept)).collect();
        parts.extend(of.needs.iter().map(|part| (Place::Need, part.of.kept())));
        parts.extend(of.background.iter().map(|part| (Place::Background, part.of.kept())));
        parts.extend(of.contacts.iter().map(|part| (Place::Colleague, part.of.kept())));
        parts.extend(of.voices.iter().map(|part| (Place::Voice, part.of.kept())));
        parts.extend(of.unpaid_time.iter().map(|part| (Place::Time, part.of.given.kept())));
        for (whose, kept) in &parts {
            rows.push(row(&|place, field| match place {
                Place::Case if field.key == "reference" => reference.clone(),
                place if place == *whose => code(field, kept),
                _ => String::new(),
            }));
        }
        for entry in recorded(&of.history) {
            let kept = entry.what.kept();
            let asked = entry.what.kind().fields();
            let basis = entry.basis.kept();
            rows.push(row(&|place, field| match (place, field.key) {
                (Place::Case, "reference") => reference.clone(),
                (Place::Row, "kind") => entry.what.kind().code().to_owned(),
                (Place::Row, "on") => entry.on.iso(),
                (Place::Row, "note") => entry.note.clone(),
                (Place::Row, _) => code(field, &basis),
                // The same name may be asked in another way by another kind.
                (Place::Answer, key) => asked
                    .iter()
                    .find(|asked| asked.key == key)
                    .map_or_else(String::new, |asked| code(asked, &kept)),
                _ => String::new(),
            }));
        }
    }
    (headers, rows)
}

/// The entries that stand and that a member can record.
fn recorded(history: &History) -> impl Iterator<Item = &crate::event::Entry> {
    history
        .standing()
        .map(|event| &event.entry)
        .filter(|entry| entry.what.kind().is_recorded())
}

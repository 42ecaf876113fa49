//! “Who can see what”: the permission matrix in words, made from the code that decides, so that a trustee can
//! read what holds and not what was meant.

use askama::Template;
use axum::response::Response;
use axum::routing::get;
use domain::permission::{Action, Relation, Role, allows};

use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::page::Page;
use crate::routes::{Route, route};

#[cfg(test)]
mod tests;

pub(crate) fn routes() -> Vec<Route> {
    vec![route("/who-can-see-what", Action::ReadMatrix, get(show))]
}

/// The rooms that acts are grouped by, with the tables (the first half of an act's code) that belong to each.
/// What is in none of them stands in the last.
const ROOMS: &[(&str, &[&str])] = &[
    (
        "Coming in",
        &["public", "session", "account", "passphrase", "factor", "invitation"],
    ),
    (
        "Members, keys and security",
        &[
            "member",
            "organisation",
            "key",
            "mode",
            "log",
            "matrix",
            "export",
            "receipt",
            "retention",
            "backup",
        ],
    ),
    (
        "Evidence and statistics",
        &[
            "evidence", "personal", "call", "answer", "series", "claim", "body", "area",
        ],
    ),
    (
        "Casework",
        &[
            "case",
            "event",
            "exploitation",
            "need",
            "time",
            "person",
            "referral",
            "voice",
            "feedback",
            "contribution",
        ],
    ),
    ("Standards and indicators", &["standard", "indicator"]),
    (
        "The audit",
        &[
            "audit",
            "draft",
            "cycle",
            "measurement",
            "assessment",
            "opinion",
            "interest",
            "finding",
            "recommendation",
        ],
    ),
    ("Publishing", &["edition", "withdrawal"]),
    ("List studies", &["study"]),
    ("Everything else", &[]),
];

/// One act and who may do it.
struct Line {
    act: &'static str,
    /// Whether it asks to show again who one is.
    is_dangerous: bool,
    /// Role and whose record, in words; anyone is said once.
    who: Vec<(String, &'static str)>,
}

/// A room with its acts.
struct Room {
    key: String,
    name: &'static str,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "matrix/page.html")]
struct Matrix {
    page: Page,
    rooms: Vec<Room>,
}

async fn show(visitor: Visitor) -> Result<Response, WebError> {
    page(&Matrix {
        page: Page::new(&visitor, "Who can see what").within("/who-can-see-what"),
        rooms: rooms(),
    })
}

fn rooms() -> Vec<Room> {
    let room_of = |action: Action| {
        let table = action.code().split('.').next().unwrap_or_default();
        ROOMS
            .iter()
            .position(|(_, tables)| tables.contains(&table))
            .unwrap_or(ROOMS.len() - 1)
    };
    ROOMS
        .iter()
        .enumerate()
        .map(|(number, (name, _))| Room {
            key: format!("room-{number}"),
            name,
            lines: Action::ALL
                .iter()
                .filter(|action| room_of(**action) == number)
                .map(|action| line(*action))
                .collect(),
        })
        .filter(|room| !room.lines.is_empty())
        .collect()
}

fn line(action: Action) -> Line {
    let who = if action.is_public() {
        vec![("Anyone, signed in or not".to_owned(), "")]
    } else {
        let whose = |role: Role| {
            let relations: Vec<Relation> = Relation::ALL
                .iter()
                .copied()
                .filter(|relation| allows(&[role], action, *relation))
                .collect();
            whose(&relations)
        };
        let all: Vec<Option<&'static str>> = Role::ALL.iter().map(|role| whose(*role)).collect();
        match all.first() {
            Some(Some(words)) if all.iter().all(|other| other == &all[0]) => vec![("Every member".to_owned(), *words)],
            _ => Role::ALL
                .iter()
                .zip(all)
                .filter_map(|(role, words)| Some((name(*role), words?)))
                .collect(),
        }
    };
    Line {
        act: action.words(),
        is_dangerous: action.is_dangerous(),
        who,
    }
}

/// A role's name, without what it does.
fn name(role: Role) -> String {
    role.words().split(':').next().unwrap_or_default().to_owned()
}

/// Whose records, in words; `None` for nobody's.
fn whose(relations: &[Relation]) -> Option<&'static str> {
    use Relation as R;
    let has = |relation| relations.contains(&relation);
    Some(match relations.len() {
        0 => return None,
        n if n == R::ALL.len() => "",
        _ if has(R::OtherOrganisation) && !has(R::Withheld) => "except what another organisation keeps for itself",
        _ if has(R::NamedOrganisation) => "their own organisation’s, and what is shared with it by name",
        _ if has(R::OwnOrganisation) => "their own organisation’s only",
        1 if has(R::OwnAssignment) => "only what is assigned to them in person",
        _ => "only some records",
    })
}

//! The figures of a cycle by indicator, each with all that has to be said beside it.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use domain::cycle::CycleState;
use domain::indicator::Direction;
use domain::permission::Action;
use monitoring::cycle::{self, Cycle};
use monitoring::measurement::{self, Compared};

use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::page::Page;

/// The measurements of one indicator.
struct Group {
    heading: String,
    /// The address of the indicator.
    href: String,
    direction: &'static str,
    lines: Vec<Compared>,
}

fn groups(lines: Vec<Compared>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for line in lines {
        let heading = format!("{} {}", line.indicator.code, line.indicator.name);
        match groups.last_mut().filter(|group| group.heading == heading) {
            Some(group) => group.lines.push(line),
            None => groups.push(Group {
                heading,
                href: format!("/indicators/{}", line.indicator.id),
                direction: Direction::parse(&line.indicator.direction).map_or("", Direction::words),
                lines: vec![line],
            }),
        }
    }
    groups
}

/// The first word of a comparison as the look of its mark.
fn look(words: &str) -> &'static str {
    match words.split(':').next() {
        Some("Better") => "better",
        Some("Worse") => "worse",
        Some("No clear change") => "unchanged",
        Some("Not compared") => "incomparable",
        _ => "first",
    }
}

#[derive(Template)]
#[template(path = "measurement/list.html")]
struct List {
    page: Page,
    cycle: Cycle,
    /// The title of the cycle before; empty for the first.
    previous: String,
    groups: Vec<Group>,
    may_record: bool,
}

pub(super) async fn list(visitor: Visitor, id: Path<String>) -> Result<Response, WebError> {
    let row = crate::cycle::found(&visitor, &id).await?;
    let cx = visitor.cx();
    let framed = |error| WebError::of(&visitor, error);
    let lines = measurement::compared(&cx, row.id.into()).await.map_err(framed)?;
    let previous = match row.previous_id {
        Some(previous) => cycle::get(&cx, previous.into()).await.map_err(framed)?.title,
        None => String::new(),
    };
    let is_open = matches!(
        cycle::state(&row).map_err(framed)?,
        CycleState::Gathering | CycleState::Assessing
    );
    page(&List {
        page: crate::cycle::frame(&visitor, "Measurements", &row),
        cycle: row,
        previous,
        groups: groups(lines),
        may_record: is_open && visitor.may(Action::RecordMeasurement),
    })
}

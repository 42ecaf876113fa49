//! The form that records a recommendation and amends it: one page for both.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::FindingId;
use monitoring::recommendation::{self, Amend, Recommendation, Record};
use monitoring::{body, cycle, evidence, finding};
use store::{AppError, FieldErrors};

use super::{frame, is_open, recommendation_id, sentence};
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::finding::asked_cycle;
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::{Page, day};

/// The verbs with how strongly each speaks.
const URGENCIES: [(&str, &str, &str); 3] = [
    ("urges", "Urges", "A duty is not kept: “urges the addressee to …”."),
    (
        "considers",
        "Considers that it should",
        "Something is needed to keep a duty well: “considers that the addressee should …”.",
    ),
    (
        "invites",
        "Invites",
        "It would help, and is not owed: “invites the addressee to …”.",
    ),
];

/// Provisions of one chapter, folded away under its title.
struct Chapter {
    title: String,
    options: Vec<(String, String)>,
    n_chosen: usize,
}

#[derive(Template)]
#[template(path = "recommendation/form.html")]
struct Editor {
    page: Page,
    form: Form,
    /// Where the form is sent.
    action: String,
    /// The one being amended; `None` where one is recorded.
    of: Option<Recommendation>,
    /// The revision the form was opened on.
    revision: i32,
    cycles: Vec<(String, String)>,
    bodies: Vec<(String, String)>,
    findings: Vec<(String, String)>,
    earlier: Vec<(String, String)>,
    chapters: Vec<Chapter>,
    /// Answers that differ from what someone else stored meanwhile: (caption, stored, typed).
    differs: Vec<(&'static str, String, String)>,
}

impl Editor {
    fn verb(&self) -> &'static str {
        if self.of.is_some() {
            "Save the changes"
        } else {
            "Record the recommendation"
        }
    }
}

async fn editor(visitor: &Visitor, form: Form, of: Option<Recommendation>) -> Result<Editor, AppError> {
    let cx = visitor.cx();
    let cycles = cycle::list(&cx).await?;
    let mut findings = Vec::new();
    for cycle in cycles.iter().filter(|cycle| is_open(cycle)) {
        findings.extend(
            finding::list(&cx, cycle.id.into())
                .await?
                .into_iter()
                .map(|row| (row.id.to_string(), format!("{} ({})", row.title, cycle.code))),
        );
    }
    let own_cycle = of.as_ref().map(|of| of.row.cycle_id);
    let chosen = form.values.all("provisions");
    let mut chapters: Vec<Chapter> = Vec::new();
    for (standard, rows) in evidence::provision_choices(&cx).await? {
        for row in rows {
            let title = match row.chapter.as_str() {
                "" => standard.short_title.clone(),
                number => format!("{}, chapter {number}: {}", standard.short_title, row.chapter_title),
            };
            let id = row.id.to_string();
            let is_chosen = usize::from(chosen.contains(&id));
            let option = (id, format!("{} {}", row.number, row.title));
            match chapters.last_mut().filter(|chapter| chapter.title == title) {
                Some(chapter) => {
                    chapter.n_chosen += is_chosen;
                    chapter.options.push(option);
                }
                None => chapters.push(Chapter {
                    title,
                    options: vec![option],
                    n_chosen: is_chosen,
                }),
            }
        }
    }
    Ok(Editor {
        page: frame(
            visitor,
            if of.is_some() {
                "Amend a recommendation"
            } else {
                "Record a recommendation"
            },
            of.as_ref(),
        ),
        action: of.as_ref().map_or_else(
            || "/recommendations/new".to_owned(),
            |of| format!("/recommendations/{}/amend", of.row.id),
        ),
        revision: of.as_ref().map_or(0, |of| of.row.revision),
        cycles: cycles
            .iter()
            .filter(|cycle| is_open(cycle))
            .map(|cycle| (cycle.id.to_string(), cycle.title.clone()))
            .collect(),
        bodies: body::list(&cx)
            .await?
            .into_iter()
            .map(|body| (body.id.to_string(), body.name))
            .collect(),
        findings,
        earlier: recommendation::list(&cx)
            .await?
            .iter()
            .filter(|other| own_cycle != Some(other.row.cycle_id))
            .map(|other| {
                (
                    other.row.id.to_string(),
                    format!("{} no. {}: {}", other.cycle, other.row.number, sentence(other)),
                )
            })
            .collect(),
        chapters,
        differs: Vec::new(),
        form,
        of,
    })
}

pub(super) async fn open(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let cx = visitor.cx();
    let asked = Values::parse(&query.unwrap_or_default());
    let cycles = cycle::list(&cx).await.map_err(shown)?;
    let cycle = asked_cycle(&cycles, asked.get("cycle"))
        .map_err(shown)?
        .or(cycles.iter().find(|cycle| is_open(cycle)));
    let mut values = Values::default();
    values.set("cycle", cycle.map(|cycle| cycle.id.to_string()).unwrap_or_default());
    for provision in asked.all("provision") {
        values.add("provisions", provision);
    }
    if let Ok(id) = asked.get("finding").parse::<FindingId>() {
        let row = finding::get(&cx, id).await.map_err(shown)?.row;
        values.set("finding", id.to_string());
        values.set("cycle", row.cycle_id.to_string());
        values.add("provisions", row.provision_id.to_string());
    }
    let form = Form::open(&visitor, values).await.map_err(shown)?;
    page(&editor(&visitor, form, None).await.map_err(shown)?)
}

pub(super) async fn reopen(visitor: Visitor, Path(id): Path<String>) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let of = recommendation::get(&visitor.cx(), recommendation_id(&id).map_err(shown)?)
        .await
        .map_err(shown)?;
    let form = Form::open(&visitor, stored(&of)).await.map_err(shown)?;
    let revision = form.opened_on(of.row.revision);
    let mut editor = editor(&visitor, form, Some(of)).await.map_err(shown)?;
    editor.revision = revision;
    page(&editor)
}

/// What is stored, as the form would have been filled in.
fn stored(of: &Recommendation) -> Values {
    let mut values = Values::default();
    let row = &of.row;
    let id = |id: Option<uuid::Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    values.set("body", row.body_id.to_string());
    values.set("finding", id(row.finding_id));
    values.set("urgency", &row.urgency);
    values.set("wording", &row.wording);
    values.set("success", &row.success);
    values.set_day("due_on", &row.due_on);
    values.set("of_revision", row.revision.to_string());
    values.set("repeat_of", id(row.repeat_of_id));
    for provision in &of.provisions {
        values.add("provisions", provision.id.to_string());
    }
    values
}

fn input(posted: &Posted) -> Record {
    let values = &posted.values;
    let get = |field: &str| values.get(field).to_owned();
    Record {
        cycle: values.get("cycle").parse().ok(),
        body: values.get("body").parse().ok(),
        finding: values.get("finding").parse().ok(),
        urgency: get("urgency"),
        wording: get("wording"),
        success: get("success"),
        due_on: values.day("due_on"),
        repeat_of: values.get("repeat_of").parse().ok(),
        provisions: values
            .all("provisions")
            .iter()
            .filter_map(|id| id.parse().ok())
            .collect(),
        is_invented: posted.visitor.app.settings.is_demo,
    }
}

pub(super) async fn record(posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    match outcome(recommendation::record(&posted.cx(), input(&posted)).await).map_err(shown)? {
        Outcome::Done(id) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(Redirect::to(&format!("/recommendations/{id}")).into_response())
        }
        Outcome::Again(errors) => again(&editor(&visitor, posted.again(errors), None).await.map_err(shown)?),
    }
}

pub(super) async fn amend(Path(id): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let id = recommendation_id(&id).map_err(shown)?;
    let of = recommendation::get(&visitor.cx(), id).await.map_err(shown)?;
    let revision = posted.revision();
    let answer = match recommendation::amend(
        &posted.cx(),
        id,
        Amend {
            record: input(&posted),
            revision,
        },
    )
    .await
    {
        Err(AppError::Conflict(_)) => return both_versions(&visitor, posted, of).await,
        answer => outcome(answer).map_err(shown)?,
    };
    match answer {
        Outcome::Done(id) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(Redirect::to(&format!("/recommendations/{id}")).into_response())
        }
        Outcome::Again(errors) => {
            let mut editor = editor(&visitor, posted.again(errors), Some(of)).await.map_err(shown)?;
            // Still the revision that was read: a change since then must not be missed the second time.
            editor.revision = revision;
            again(&editor)
        }
    }
}

/// Someone else amended it meanwhile: shows what is stored beside what was typed. Sending the form
/// again, with both in view, stores what was typed.
async fn both_versions(visitor: &Visitor, posted: Posted, of: Recommendation) -> Result<Response, WebError> {
    let words = "Someone else amended this recommendation while you were editing it: compare both versions, then send the form again";
    let form = posted.again(FieldErrors::of("versions", words));
    let (now, typed) = (stored(&of), form.values.clone());
    let mut editor = editor(visitor, form, Some(of))
        .await
        .map_err(|error| WebError::of(visitor, error))?;
    let named = |code: &str| {
        let chapters = editor.chapters.iter().flat_map(|chapter| &chapter.options);
        let mut known = editor
            .bodies
            .iter()
            .chain(&editor.findings)
            .chain(&editor.earlier)
            .chain(chapters);
        known
            .find(|(id, _)| id == code)
            .map_or_else(|| code.to_owned(), |(_, words)| words.clone())
    };
    let words = |values: &Values, field: &str| match field {
        "due_on" => day(&values.day(field)),
        "urgency" => URGENCIES
            .iter()
            .find(|(code, _, _)| *code == values.get(field))
            .map_or("", |(_, words, _)| words)
            .to_owned(),
        _ => values
            .all(field)
            .iter()
            .map(|code| named(code))
            .collect::<Vec<_>>()
            .join("; "),
    };
    let differs: Vec<_> = [
        ("body", "Addressee"),
        ("urgency", "How strongly it speaks"),
        ("wording", "What should be done"),
        ("success", "How success would be known"),
        ("due_on", "By when"),
        ("provisions", "Provisions"),
        ("finding", "Finding"),
        ("repeat_of", "Repeats"),
    ]
    .into_iter()
    .map(|(field, caption)| (caption, words(&now, field), words(&typed, field)))
    .filter(|(_, now, typed)| now != typed)
    .collect();
    editor.differs = differs;
    Ok((StatusCode::CONFLICT, page(&editor)?).into_response())
}

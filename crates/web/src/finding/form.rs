//! The form that records a finding and amends it: one page for both.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::assessment::Proof;
use domain::cycle::{CycleState, Jurisdiction};
use domain::ids::{CycleId, EvidenceId, ProvisionId};
use monitoring::cycle::{self, Cycle};
use monitoring::evidence::{self, Cited};
use monitoring::finding::{self, Amend, Read, Record};
use store::{AppError, FieldErrors};

use super::{asked_cycle, finding_id, frame};
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::{Page, day, jurisdiction};

/// Standards of proof with what each asks for.
const PROOFS: [(&str, &str, &str); 3] = [
    (
        "reasonable_grounds",
        Proof::ReasonableGrounds.words(),
        "Enough reliable information that a careful person would believe it. For patterns that nobody can count.",
    ),
    (
        "balance",
        Proof::Balance.words(),
        "It is more likely so than not, all evidence weighed. The usual choice.",
    ),
    (
        "clear_convincing",
        Proof::ClearConvincing.words(),
        "It is much more likely so than not, and nothing serious speaks against it. For grave claims about one body.",
    ),
];

/// An item of evidence in the form.
struct Weighed {
    cited: Cited,
    supports: bool,
    speaks_against: bool,
}

#[derive(Template)]
#[template(path = "finding/form.html")]
struct Editor {
    page: Page,
    form: Form,
    /// Where the form is sent.
    action: String,
    /// The finding being amended; `None` where one is recorded.
    of: Option<Read>,
    /// The revision the form was opened on.
    revision: i32,
    cycles: Vec<(String, String)>,
    provisions: Vec<(String, String)>,
    items: Vec<Weighed>,
    /// Answers that differ from what someone else stored meanwhile: (caption, stored, typed).
    differs: Vec<(&'static str, String, String)>,
}

impl Editor {
    fn verb(&self) -> &'static str {
        if self.of.is_some() {
            "Save the changes"
        } else {
            "Record the finding"
        }
    }
}

/// Cycles that still take findings, by id.
fn open_cycles(cycles: &[Cycle]) -> Vec<(String, String)> {
    let is_open = |cycle: &&Cycle| {
        matches!(
            CycleState::parse(&cycle.state),
            Ok(CycleState::Gathering | CycleState::Assessing)
        )
    };
    cycles
        .iter()
        .filter(is_open)
        .map(|cycle| (cycle.id.to_string(), cycle.title.clone()))
        .collect()
}

/// What this member may cite on the provision, and whatever is ticked already.
async fn items(visitor: &Visitor, values: &Values) -> Result<Vec<Weighed>, AppError> {
    let cx = visitor.cx();
    let (supporting, contrary) = (values.all("supporting"), values.all("contrary"));
    let ticked = ids(&supporting).into_iter().chain(ids(&contrary)).collect::<Vec<_>>();
    let mut found = evidence::cited(&cx, &ticked).await?;
    if let Ok(provision) = values.get("provision").parse::<ProvisionId>() {
        let cycle = values.get("cycle").parse::<CycleId>().ok();
        for choice in evidence::choices(&cx, cycle, Some(provision), values.get("words")).await? {
            found.push(Cited {
                id: choice.id,
                label: choice.label,
                is_visible: true,
            });
        }
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|cited| seen.insert(cited.id));
    let is_in = |list: &[String], id: EvidenceId| list.iter().any(|text| *text == id.to_string());
    Ok(found
        .into_iter()
        .map(|cited| Weighed {
            supports: is_in(&supporting, cited.id),
            speaks_against: is_in(&contrary, cited.id),
            cited,
        })
        .collect())
}

fn ids(texts: &[String]) -> Vec<EvidenceId> {
    texts.iter().filter_map(|text| text.parse().ok()).collect()
}

async fn editor(visitor: &Visitor, form: Form, of: Option<Read>) -> Result<Editor, AppError> {
    let cx = visitor.cx();
    let mut editor = Editor {
        page: frame(
            visitor,
            if of.is_some() {
                "Amend a finding"
            } else {
                "Record a finding"
            },
            of.as_ref(),
        ),
        action: of.as_ref().map_or_else(
            || "/findings/new".to_owned(),
            |of| format!("/findings/{}/amend", of.row.id),
        ),
        revision: of.as_ref().map_or(0, |of| of.row.revision),
        cycles: Vec::new(),
        provisions: Vec::new(),
        items: items(visitor, &form.values).await?,
        differs: Vec::new(),
        form,
        of,
    };
    if editor.of.is_none() {
        editor.cycles = open_cycles(&cycle::list(&cx).await?);
        editor.provisions.clone_from(&evidence::names(&cx).await?.provisions);
    }
    Ok(editor)
}

pub(super) async fn open(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let asked = Values::parse(&query.unwrap_or_default());
    let cycles = cycle::list(&visitor.cx()).await.map_err(shown)?;
    let newest = open_cycles(&cycles)
        .first()
        .map(|(id, _)| id.clone())
        .unwrap_or_default();
    let cycle = asked_cycle(&cycles, asked.get("cycle")).map_err(shown)?;
    let mut values = Values::default();
    values.set("provision", asked.get("provision"));
    values.set("cycle", cycle.map_or(newest, |cycle| cycle.id.to_string()));
    values.set("jurisdiction", Jurisdiction::Uk.code());
    let form = Form::open(&visitor, values).await.map_err(shown)?;
    page(&editor(&visitor, form, None).await.map_err(shown)?)
}

pub(super) async fn reopen(visitor: Visitor, Path(id): Path<String>) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let of = finding::read(&visitor.cx(), finding_id(&id).map_err(shown)?)
        .await
        .map_err(shown)?;
    let mut form = Form::open(&visitor, stored(&of)).await.map_err(shown)?;
    fix(&mut form.values, &of);
    let revision = form.opened_on(of.row.revision);
    let mut editor = editor(&visitor, form, Some(of)).await.map_err(shown)?;
    editor.revision = revision;
    page(&editor)
}

/// Cycle and provision stay as they were recorded, whatever a form says.
fn fix(values: &mut Values, of: &Read) {
    values.set("cycle", of.row.cycle_id.to_string());
    values.set("provision", of.row.provision_id.to_string());
}

/// What is stored, as the form would have been filled in.
fn stored(of: &Read) -> Values {
    let mut values = Values::default();
    let row = &of.row;
    for (field, value) in [
        ("jurisdiction", &row.jurisdiction),
        ("title", &row.title),
        ("claim", &row.claim),
        ("wording", &row.wording),
        ("proof", &row.proof),
        ("contrary_search", &row.contrary_search),
        ("method_note", &row.method_note),
    ] {
        values.set(field, value);
    }
    values.set_day("contrary_searched_on", &row.contrary_searched_on);
    values.set("of_revision", row.revision.to_string());
    for (field, items) in [("supporting", &of.supporting), ("contrary", &of.contrary)] {
        for item in items {
            values.add(field, item.id.to_string());
        }
    }
    fix(&mut values, of);
    values
}

fn input(posted: &Posted) -> Record {
    let values = &posted.values;
    let get = |field: &str| values.get(field).to_owned();
    Record {
        cycle: values.get("cycle").parse().ok(),
        provision: values.get("provision").parse().ok(),
        jurisdiction: get("jurisdiction"),
        title: get("title"),
        claim: get("claim"),
        wording: get("wording"),
        proof: get("proof"),
        supporting: ids(&values.all("supporting")),
        contrary: ids(&values.all("contrary")),
        contrary_search: get("contrary_search"),
        contrary_searched_on: values.day("contrary_searched_on"),
        method_note: get("method_note"),
        is_invented: posted.visitor.app.settings.is_demo,
    }
}

/// Whether the button pressed only asks for other evidence to choose from.
fn only_looks(posted: &Posted) -> bool {
    posted.values.get("step") == "look"
}

pub(super) async fn record(posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    if only_looks(&posted) {
        return page(
            &editor(&visitor, posted.again(FieldErrors::new()), None)
                .await
                .map_err(shown)?,
        );
    }
    match outcome(finding::record(&posted.cx(), input(&posted)).await).map_err(shown)? {
        Outcome::Done(id) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(Redirect::to(&format!("/findings/{id}")).into_response())
        }
        Outcome::Again(errors) => again(&editor(&visitor, posted.again(errors), None).await.map_err(shown)?),
    }
}

pub(super) async fn amend(Path(id): Path<String>, mut posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let id = finding_id(&id).map_err(shown)?;
    let of = finding::read(&visitor.cx(), id).await.map_err(shown)?;
    fix(&mut posted.values, &of);
    let revision = posted.revision();
    let answer = if only_looks(&posted) {
        Ok(Outcome::Again(FieldErrors::new()))
    } else {
        match finding::amend(
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
            answer => outcome(answer),
        }
    };
    match answer.map_err(shown)? {
        Outcome::Done(id) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(Redirect::to(&format!("/findings/{id}")).into_response())
        }
        Outcome::Again(errors) => {
            let is_look = errors.is_empty();
            let mut editor = editor(&visitor, posted.again(errors), Some(of)).await.map_err(shown)?;
            // Still the revision that was read: a change since then must not be missed the second time.
            editor.revision = revision;
            if is_look { page(&editor) } else { again(&editor) }
        }
    }
}

/// Someone else amended it meanwhile: shows what is stored beside what was typed. Sending the form
/// again, with both in view, stores what was typed.
async fn both_versions(visitor: &Visitor, posted: Posted, of: Read) -> Result<Response, WebError> {
    let words =
        "Someone else amended this finding while you were editing it: compare both versions, then send the form again";
    let form = posted.again(FieldErrors::of("versions", words));
    let (now, typed) = (stored(&of), form.values.clone());
    let mut editor = editor(visitor, form, Some(of))
        .await
        .map_err(|error| WebError::of(visitor, error))?;
    let label = |id: &str| {
        editor
            .items
            .iter()
            .find(|item| item.cited.id.to_string() == id)
            .map_or_else(|| id.to_owned(), |item| item.cited.label.clone())
    };
    let words = |values: &Values, field: &str| match field {
        "contrary_searched_on" => day(&values.day(field)),
        "jurisdiction" => jurisdiction(values.get(field)).to_owned(),
        "proof" => super::proof(values.get(field)).to_owned(),
        "supporting" | "contrary" => {
            let mut cited: Vec<String> = values.all(field).iter().map(|id| label(id)).collect();
            cited.sort();
            cited.join("; ")
        }
        _ => values.get(field).to_owned(),
    };
    let differs: Vec<_> = [
        ("title", "Title"),
        ("jurisdiction", "Where it holds"),
        ("claim", "What is claimed"),
        ("wording", "The words to be published"),
        ("proof", "Standard of proof"),
        ("supporting", "Supports it"),
        ("contrary", "Speaks against it"),
        ("contrary_search", "Search for contrary evidence"),
        ("contrary_searched_on", "When it was searched"),
        ("method_note", "Note of method"),
    ]
    .into_iter()
    .map(|(field, caption)| (caption, words(&now, field), words(&typed, field)))
    .filter(|(_, now, typed)| now != typed)
    .collect();
    editor.differs = differs;
    Ok((StatusCode::CONFLICT, page(&editor)?).into_response())
}

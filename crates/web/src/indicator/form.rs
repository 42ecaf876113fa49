//! Proposing an indicator, or a new version of one: one form for both.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::IndicatorVersionId;
use domain::indicator::{Comparability, Direction, Statistic};
use monitoring::evidence::provision_choices;
use monitoring::indicator::{self, Indicator, Measure, Propose};
use monitoring::standard::library;
use store::{AppError, FieldErrors};

use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::Page;

/// Measures the form has room for; the letter after the code names each.
const LETTERS: [char; 4] = ['a', 'b', 'c', 'd'];

type Options = Vec<(String, String)>;

#[derive(Template)]
#[template(path = "indicator/form.html")]
struct Editor {
    page: Page,
    form: Form,
    chosen: Chosen,
    action: String,
    /// The version that the new one would replace; `None` where the indicator is new.
    before: Option<(String, i32)>,
    chapters: Vec<Chapter>,
    sources: Options,
    breakdowns: Options,
    groups: Vec<Group>,
}

/// What is ticked in the form's lists of boxes.
struct Chosen {
    provisions: Vec<String>,
    sources: Vec<String>,
    breakdowns: Vec<String>,
}

impl Editor {
    fn is_chosen(&self, provision: &str) -> bool {
        self.chosen.provisions.iter().any(|chosen| chosen == provision)
    }
}

/// Provisions that fold away under their chapter.
struct Chapter {
    title: String,
    options: Options,
    n_chosen: usize,
}

/// The names of one measure's fields.
struct Group {
    nth: usize,
    name: String,
    statistic: String,
    numerator: String,
    denominator: String,
    unit: String,
    levels: String,
}

impl Group {
    fn new(nth: usize) -> Self {
        let field = |name: &str| format!("measure_{name}_{nth}");
        Self {
            nth,
            name: field("name"),
            statistic: field("statistic"),
            numerator: field("numerator"),
            denominator: field("denominator"),
            unit: field("unit"),
            levels: field("levels"),
        }
    }

    /// What was typed, or nothing where the group was left alone.
    fn read(&self, code: &str, values: &Values) -> Option<Measure> {
        let typed = |field: &str| values.get(field).trim().to_owned();
        let levels: Vec<String> = typed(&self.levels)
            .lines()
            .map(|line| line.trim().to_owned())
            .filter(|line| !line.is_empty())
            .collect();
        let measure = Measure {
            code: format!("{code}{}", LETTERS[self.nth - 1]),
            name: typed(&self.name),
            statistic: Statistic::parse(values.get(&self.statistic)).unwrap_or(Statistic::Share),
            numerator: typed(&self.numerator),
            denominator: typed(&self.denominator),
            unit: typed(&self.unit),
            levels,
        };
        let is_blank = [&measure.name, &measure.numerator, &measure.denominator, &measure.unit]
            .iter()
            .all(|text| text.is_empty());
        (!is_blank || !measure.levels.is_empty()).then_some(measure)
    }

    fn fill(&self, measure: &Measure, values: &mut Values) {
        values.set(&self.name, &measure.name);
        values.set(&self.statistic, measure.statistic.code());
        values.set(&self.numerator, &measure.numerator);
        values.set(&self.denominator, &measure.denominator);
        values.set(&self.unit, &measure.unit);
        values.set(&self.levels, measure.levels.join("\n"));
    }
}

fn groups() -> Vec<Group> {
    (1..=LETTERS.len()).map(Group::new).collect()
}

async fn chapters(visitor: &Visitor, chosen: &[String]) -> Result<Vec<Chapter>, AppError> {
    let mut found: Vec<Chapter> = Vec::new();
    for (standard, rows) in provision_choices(&visitor.cx()).await? {
        for row in rows {
            let title = match row.chapter.as_str() {
                "" => standard.short_title.clone(),
                number => format!("{}, chapter {number}: {}", standard.short_title, row.chapter_title),
            };
            if found.last().is_none_or(|chapter| chapter.title != title) {
                found.push(Chapter {
                    title,
                    options: Vec::new(),
                    n_chosen: 0,
                });
            }
            if let Some(chapter) = found.last_mut() {
                let id = row.id.to_string();
                chapter.n_chosen += usize::from(chosen.contains(&id));
                chapter.options.push((id, format!("{} {}", row.number, row.title)));
            }
        }
    }
    Ok(found)
}

async fn editor(visitor: &Visitor, form: Form, before: Option<&Indicator>) -> Result<Editor, AppError> {
    let frame = |title: &str| {
        Page::new(visitor, title)
            .within("/audit")
            .under("/indicators", "Indicators")
    };
    let (page, action) = match before {
        None => (frame("Propose an indicator"), "/indicators/new".to_owned()),
        Some(of) => {
            let address = format!("/indicators/{}", of.row.id);
            let title = format!("Propose a new version of {}", of.row.code);
            (
                frame(&title).under(address.clone(), format!("{} {}", of.row.code, of.row.name)),
                format!("{address}/new-version"),
            )
        }
    };
    let options = |files: &[monitoring::standard::files::CodeFile]| {
        files
            .iter()
            .map(|file| (file.code.clone(), file.words.clone()))
            .collect()
    };
    let chosen = Chosen {
        provisions: form.chosen("provisions"),
        sources: form.chosen("sources"),
        breakdowns: form.chosen("disaggregation"),
    };
    Ok(Editor {
        page,
        action,
        before: before.map(|of| {
            (
                of.row.code.clone(),
                of.versions.last().map_or(of.row.version, |last| last.version),
            )
        }),
        chapters: chapters(visitor, &chosen.provisions).await?,
        sources: options(&library().sources),
        breakdowns: options(&library().breakdowns),
        groups: groups(),
        chosen,
        form,
    })
}

/// What a form says, for an indicator with this code.
fn read(code: &str, values: &Values) -> Propose {
    let value = |field: &str| values.get(field).to_owned();
    Propose {
        code: code.to_owned(),
        provisions: values
            .all("provisions")
            .iter()
            .filter_map(|id| id.parse().ok())
            .collect(),
        kind: value("kind"),
        name: value("name"),
        definition: value("definition"),
        direction: value("direction"),
        sources: values.all("sources"),
        disaggregation: values.all("disaggregation"),
        limits: value("limits"),
        measures: groups().iter().filter_map(|group| group.read(code, values)).collect(),
        comparability: value("comparability"),
        comparability_why: value("comparability_why"),
    }
}

/// Faults under the names of this form's fields. A new indicator whose code is in use has no field for
/// comparing versions: there the code is at fault.
fn named(errors: &FieldErrors, is_new: bool) -> FieldErrors {
    let mut named = FieldErrors::new();
    for (field, message) in errors.iter() {
        match field {
            "measure_name" => named.add("measure_name_1", message),
            "measure_denominator" => named.add("measure_denominator_1", message),
            "comparability" if is_new => named.add(
                "code",
                "Another indicator has this code: choose a free one, or open that indicator and propose a new version",
            ),
            _ => named.add(field, message),
        }
    }
    named
}

/// The form for a new indicator, with the provision it was asked from and a free code.
pub(super) async fn open(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let mut values = Values::default();
    for provision in Values::parse(query.as_deref().unwrap_or_default()).all("provision") {
        values.add("provisions", provision);
    }
    values.set("code", indicator::suggested_code(&visitor.cx()).await?);
    let form = Form::open(&visitor, values).await?;
    page(&editor(&visitor, form, None).await?)
}

pub(super) async fn propose(posted: Posted) -> Result<Response, WebError> {
    let code = posted.values.get("code").trim().to_uppercase();
    let answer = indicator::propose(&posted.cx(), read(&code, &posted.values)).await;
    finish(posted, answer, None).await
}

async fn before(visitor: &Visitor, id: &str) -> Result<Indicator, AppError> {
    let id: IndicatorVersionId = id.parse().map_err(|_| AppError::NotFound("indicator"))?;
    indicator::get(&visitor.cx(), id).await
}

/// The form for a new version, filled in from the one it starts from.
pub(super) async fn reopen(visitor: Visitor, Path(id): Path<String>) -> Result<Response, WebError> {
    let of = before(&visitor, &id)
        .await
        .map_err(|error| WebError::of(&visitor, error))?;
    let mut values = Values::default();
    let row = &of.row;
    for (field, value) in [
        ("name", &row.name),
        ("kind", &row.kind),
        ("definition", &row.definition),
        ("direction", &row.direction),
        ("limits", &row.limits),
    ] {
        values.set(field, value);
    }
    for provision in &of.provisions {
        values.add("provisions", provision.id.to_string());
    }
    for code in indicator::codes(&row.sources) {
        values.add("sources", code);
    }
    for code in indicator::codes(&row.disaggregation) {
        values.add("disaggregation", code);
    }
    for (group, measure) in groups().iter().zip(&of.measures) {
        group.fill(measure, &mut values);
    }
    let form = Form::open(&visitor, values).await?;
    page(&editor(&visitor, form, Some(&of)).await?)
}

pub(super) async fn propose_version(Path(id): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let of = before(&posted.visitor, &id)
        .await
        .map_err(|error| WebError::of(&posted.visitor, error))?;
    let answer = indicator::propose(&posted.cx(), read(&of.row.code, &posted.values)).await;
    finish(posted, answer, Some(of)).await
}

async fn finish(
    posted: Posted,
    answer: Result<IndicatorVersionId, AppError>,
    before: Option<Indicator>,
) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    match outcome(answer).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done(id) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(Redirect::to(&format!("/indicators/{id}")).into_response())
        }
        Outcome::Again(errors) => {
            let errors = named(&errors, before.is_none());
            again(&editor(&visitor, posted.again(errors), before.as_ref()).await?)
        }
    }
}

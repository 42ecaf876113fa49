//! One cycle: what it froze, where it stands, every assessment, and its next step.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use domain::assessment::AssessmentState;
use domain::cycle::CycleState;
use domain::permission::Action;
use monitoring::assessment;
use monitoring::cycle::{self, Cycle, Frozen};
use store::{AppError, FieldErrors};

use super::{found, period};
use crate::assessment::line::{Chapter, Line, chapters};
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Posted};
use crate::page::Page;

/// A step to the state that follows.
struct Next {
    words: &'static str,
    /// What it does, before it is done.
    what: String,
    /// Whether it cannot be taken back and ends the work.
    is_last: bool,
}

impl Next {
    fn of(state: CycleState, cycle: &Cycle) -> Option<Self> {
        let cutoff = crate::page::day(&cycle.cutoff_on);
        let (words, what) = match state.next()? {
            CycleState::Opened => return None,
            CycleState::Gathering => ("Begin gathering evidence", "Members record evidence and measurements, and assessors may begin to rate.".to_owned()),
            CycleState::Assessing => (
                "Freeze the evidence and begin assessing",
                format!("The evidence recorded by {cutoff} is frozen as it stands: what is recorded later waits for the next cycle. Possible from that day on."),
            ),
            CycleState::Closed => (
                "Close the cycle",
                "Nothing in it changes any more, and it can be published. Possible once every assessment is reconciled.".to_owned(),
            ),
        };
        Some(Self {
            words,
            what,
            is_last: state.next() == Some(CycleState::Closed),
        })
    }
}

#[derive(Template)]
#[template(path = "cycle/show.html")]
struct Show {
    page: Page,
    form: Form,
    cycle: Cycle,
    state: CycleState,
    previous: Option<Cycle>,
    period: String,
    cutoff: String,
    frozen: Frozen,
    /// State steps: (address, words, look, state).
    steps: Vec<(String, String, &'static str, &'static str)>,
    next: Option<Next>,
    chapters: Vec<Chapter>,
    n_assessments: usize,
    n_reconciled: usize,
    n_waiting: usize,
    /// What stands in the way of closing, where that was tried: (address, words).
    obstacles: Vec<(String, String)>,
    method: Vec<Paragraph>,
    may_assign: bool,
    may_measure: bool,
    may_receive: bool,
}

/// A piece of the method's text: headings begin with `## `.
struct Paragraph {
    is_heading: bool,
    words: String,
}

fn paragraphs(text: &str) -> Vec<Paragraph> {
    text.split("\n\n")
        .flat_map(|block| match block.trim().strip_prefix("## ") {
            Some(rest) => {
                let (heading, after) = rest.split_once('\n').unwrap_or((rest, ""));
                vec![(true, heading), (false, after)]
            }
            None => vec![(false, block)],
        })
        .filter(|(_, words)| !words.trim().is_empty())
        .map(|(is_heading, words)| Paragraph {
            is_heading,
            words: words.trim().to_owned(),
        })
        .collect()
}

fn steps(state: CycleState) -> Vec<(String, String, &'static str, &'static str)> {
    let marked = |step: CycleState| match step.cmp(&state) {
        std::cmp::Ordering::Less => ("done", "done"),
        std::cmp::Ordering::Equal if state == CycleState::Closed => ("done", "done"),
        std::cmp::Ordering::Equal => ("due", "now"),
        std::cmp::Ordering::Greater => ("framework", "to come"),
    };
    CycleState::ALL
        .iter()
        .map(|step| {
            let (look, words) = marked(*step);
            (String::new(), step.words().to_owned(), look, words)
        })
        .collect()
}

async fn show_page(visitor: &Visitor, cycle: Cycle, form: Form) -> Result<Show, WebError> {
    let framed = |error: AppError| WebError::of(visitor, error);
    let cx = visitor.cx();
    let id = cycle.id.into();
    let state = cycle::state(&cycle).map_err(framed)?;
    let frozen = cycle::frozen(&cx, id).await.map_err(framed)?;
    let lines: Vec<Line> = assessment::list(&cx, id)
        .await
        .map_err(framed)?
        .into_iter()
        .map(Line::new)
        .collect();
    let open: Vec<&Line> = lines
        .iter()
        .filter(|line| line.state != AssessmentState::Reconciled)
        .collect();
    let is_refused = !form.error("form").is_empty();
    let obstacles = if is_refused && state == CycleState::Assessing {
        open.iter()
            .map(|line| {
                (
                    format!("/assessments/{}", line.id),
                    format!("{}, {}: {}", line.name(), line.jurisdiction, line.state),
                )
            })
            .collect()
    } else {
        Vec::new()
    };
    let previous = match cycle.previous_id {
        Some(previous) => Some(cycle::get(&cx, previous.into()).await.map_err(framed)?),
        None => None,
    };
    Ok(Show {
        page: Page::new(visitor, &cycle.title)
            .within("/audit")
            .under("/audit", "Audit")
            .under("/cycles", "Cycles"),
        form,
        period: period(&cycle),
        cutoff: crate::page::day(&cycle.cutoff_on),
        steps: steps(state),
        next: Next::of(state, &cycle).filter(|_| visitor.may(Action::MoveCycle)),
        n_assessments: lines.len(),
        n_reconciled: lines.len() - open.len(),
        n_waiting: lines.iter().filter(|line| line.waits.is_some()).count(),
        obstacles,
        chapters: chapters(lines, &frozen.standards),
        method: paragraphs(&cycle.method),
        may_assign: visitor.may(Action::AssignAssessment) && state != CycleState::Closed,
        may_receive: visitor.may(Action::ReceiveContribution),
        may_measure: visitor.may(Action::RecordMeasurement)
            && matches!(state, CycleState::Gathering | CycleState::Assessing),
        previous,
        frozen,
        state,
        cycle,
    })
}

pub(super) async fn show(visitor: Visitor, id: Path<String>) -> Result<Response, WebError> {
    let cycle = found(&visitor, &id).await?;
    page(&show_page(&visitor, cycle, Form::small(&visitor)).await?)
}

/// Moves the cycle on. A refusal is said on the cycle's own page, with what stands in the way.
pub(super) async fn advance(id: Path<String>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let row = found(&visitor, &id).await?;
    let address = format!("/cycles/{}", row.id);
    // The form names the state it was opened on: a second press, or a stale page, moves nothing twice.
    if posted.values.get("from") != row.state {
        return Ok(Redirect::to(&address).into_response());
    }
    match cycle::advance(&posted.cx(), row.id.into()).await {
        Ok(_) | Err(AppError::Repeated(_)) => Ok(Redirect::to(&address).into_response()),
        Err(AppError::Refused(words)) => {
            let form = posted.again(FieldErrors::of("form", words));
            again(&show_page(&visitor, row, form).await?)
        }
        Err(error) => Err(WebError::of(&visitor, error)),
    }
}

#[cfg(test)]
mod text {
    use super::paragraphs;

    #[test]
    fn a_heading_in_the_method_stands_alone() {
        let text = "First.\n\n## How we rate\nTwo assessors.\n\nThen more.";
        let found: Vec<(bool, String)> = paragraphs(text)
            .into_iter()
            .map(|one| (one.is_heading, one.words))
            .collect();
        let expected = [
            (false, "First."),
            (true, "How we rate"),
            (false, "Two assessors."),
            (false, "Then more."),
        ];
        assert_eq!(
            found,
            expected.map(|(is_heading, words)| (is_heading, words.to_owned()))
        );
    }
}

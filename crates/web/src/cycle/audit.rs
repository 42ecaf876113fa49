//! The Audit room's front page: the current cycle, what waits for the member, and the way to all else.

use askama::Template;
use axum::response::Response;
use domain::assessment::AssessmentState;
use domain::cycle::CycleState;
use domain::permission::Action;
use monitoring::assessment::{self, Waits};
use monitoring::cycle;

use super::Line;
use crate::assessment::line::Line as AssessmentLine;
use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::page::Page;

/// The cycle at work, with how far it is.
struct Current {
    line: Line,
    n_assessments: usize,
    /// How many opinions are in, of two for each assessment.
    n_opinions: usize,
    n_rated: usize,
    n_reconciled: usize,
    opinions: Vec<AssessmentLine>,
    reconciliations: Vec<AssessmentLine>,
    positions: Vec<AssessmentLine>,
}

#[derive(Template)]
#[template(path = "cycle/audit.html")]
struct Front {
    page: Page,
    current: Option<Current>,
    earlier: Vec<Line>,
    may_open: bool,
    may_assign: bool,
}

/// The newest cycle that is not closed is the current one; all others are earlier ones.
pub(super) async fn front(visitor: Visitor) -> Result<Response, WebError> {
    let cx = visitor.cx();
    let mut lines: Vec<Line> = cycle::list(&cx)
        .await?
        .into_iter()
        .map(Line::new)
        .collect::<Result<_, _>>()?;
    let current = match lines.iter().position(|line| line.state != CycleState::Closed) {
        Some(position) => Some(at_work(&visitor, lines.remove(position)).await?),
        None => None,
    };
    page(&Front {
        page: Page::new(&visitor, "Audit").within("/audit"),
        current,
        earlier: lines,
        may_open: visitor.may(Action::OpenCycle),
        may_assign: visitor.may(Action::AssignAssessment),
    })
}

async fn at_work(visitor: &Visitor, line: Line) -> Result<Current, WebError> {
    let all: Vec<AssessmentLine> = assessment::list(&visitor.cx(), line.cycle.id.into())
        .await?
        .into_iter()
        .map(AssessmentLine::new)
        .collect();
    let in_state = |state: AssessmentState| all.iter().filter(|line| line.state == state).count();
    let n_reconciled = in_state(AssessmentState::Reconciled);
    let mut current = Current {
        line,
        n_assessments: all.len(),
        n_opinions: all.iter().map(|line| line.n_in).sum(),
        n_rated: n_reconciled + in_state(AssessmentState::Reconciling),
        n_reconciled,
        opinions: Vec::new(),
        reconciliations: Vec::new(),
        positions: Vec::new(),
    };
    for line in all {
        match line.waits {
            Some(Waits::Opinion) => current.opinions.push(line),
            Some(Waits::Reconciliation) => current.reconciliations.push(line),
            Some(Waits::Position) => current.positions.push(line),
            None => {}
        }
    }
    Ok(current)
}

//! One contribution: everything that leaves, how far it could point back to a person, and what can be done with it.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use casework::contribution::{self, Opened, Reading, Step, left_out};
use domain::contribution::ContributionState;
use domain::pack::{Body, Pack, Schema};
use domain::permission::Action;
use monitoring::contribution::Received;
use monitoring::{cycle, definition};
use store::AppError;
use store::envelope::Recipient;
use uuid::Uuid;

use super::table::{Coded, Figures, Recorded, coded, figures, merged, recorded};
use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::{Form, Values};
use crate::page::Page;

#[derive(Template)]
#[template(path = "contribution/show.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is a thing that the visitor may do")]
pub(super) struct Show {
    page: Page,
    form: Form,
    of: Opened,
    /// Whether its cycle is closed: nothing more is sent into it.
    is_closed: bool,
    figures: Vec<Figures>,
    /// Measures in which no case is counted.
    folded: Vec<Figures>,
    /// Breakdowns in which small parts were merged.
    merged: Vec<String>,
    /// How often what breakdowns use is recorded, of coded rows.
    recorded: Vec<Recorded>,
    /// In how many measures nothing can be counted.
    n_silent: usize,
    rows: Option<Coded>,
    reading: Option<Reading>,
    /// How less is said already, in words.
    steps: Vec<String>,
    /// How many cells of what identifies were left out, of how many.
    left_out: (u64, u64),
    /// What the coalition has of it, where it works in this same program.
    received: Option<Received>,
    may_prepare: bool,
    may_approve: bool,
    may_send: bool,
    may_take_people: bool,
}

impl Show {
    fn is(&self, state: ContributionState) -> bool {
        self.of.listed.state == state
    }

    /// Whether more than half of what identifies was left out.
    const fn is_mostly_left_out(&self) -> bool {
        self.left_out.0 > self.left_out.1 / 2
    }

    fn look(&self) -> &'static str {
        match self.of.listed.state {
            ContributionState::Sent => "done",
            ContributionState::Prepared | ContributionState::Approved => "due",
            ContributionState::Refused | ContributionState::Withdrawn | ContributionState::Replaced => "withdrawn",
        }
    }

    /// The fingerprint of the coalition's key that the file is sealed to.
    fn coalition(&self) -> String {
        let key = self.of.recipient.as_deref().map(str::parse::<Recipient>);
        key.and_then(Result::ok)
            .map(|key| key.fingerprint())
            .unwrap_or_default()
    }
}

fn step(schema: &Schema, step: &Step) -> String {
    let label = |column: &str| {
        let found = schema.column(column);
        found.map_or_else(|| column.to_owned(), |(_, column)| column.label.clone())
    };
    match step {
        Step::Wider(column) => format!("{} is told by wider codes in every case", label(column)),
        Step::Without(column) => format!("{} is left out of every case", label(column)),
        Step::Rare(column) => format!(
            "{} is told by wider codes, or left out, where few cases share it",
            label(column)
        ),
        Step::Small => "what singled cases out is told by wider codes, or left out of them".to_owned(),
    }
}

async fn received(visitor: &Visitor, of: &Opened) -> Result<Option<Received>, AppError> {
    let Some(sha256) = of.sha256.as_ref().filter(|_| of.is_here) else {
        return Ok(None);
    };
    let cx = visitor.cx();
    let Some(cycle) = cycle::find(&cx, &of.listed.cycle).await? else {
        return Ok(None);
    };
    let all = monitoring::contribution::receipts(&cx, cycle.id.into()).await?;
    Ok(all.into_iter().find(|one| one.sha256 == *sha256))
}

/// A contribution as its page shows it.
pub(super) async fn shown(visitor: &Visitor, id: Uuid, n_page: usize, form: Form) -> Result<Show, AppError> {
    let of = contribution::open(&visitor.cx(), &visitor.app.caseload, id).await?;
    let pack: Pack = definition::pack(&visitor.cx(), &of.listed.cycle).await?;
    let is_closed = cycle::find(&visitor.cx(), &of.listed.cycle)
        .await?
        .is_some_and(|cycle| super::is_closed(&cycle));
    let mut show = Show {
        page: Page::new(visitor, "Contribution")
            .within("/contributions")
            .under("/contributions", "Contributions"),
        form,
        is_closed,
        figures: Vec::new(),
        folded: Vec::new(),
        merged: Vec::new(),
        recorded: Vec::new(),
        n_silent: 0,
        rows: None,
        reading: None,
        steps: Vec::new(),
        left_out: (0, 0),
        received: received(visitor, &of).await?,
        may_prepare: visitor.may(Action::PrepareContribution),
        may_approve: visitor.may(Action::ApproveContribution),
        may_send: visitor.may(Action::SendContribution),
        may_take_people: visitor.may(Action::TakePeople),
        of,
    };
    if let Some(content) = &show.of.content {
        show.steps = content.steps.iter().map(|one| step(&pack.schema, one)).collect();
        match &content.file.body {
            Body::Aggregates(aggregates) => {
                (show.folded, show.figures) = figures(&pack, aggregates).into_iter().partition(|one| one.is_silent);
                show.n_silent = aggregates.tables.len() - show.figures.len() - show.folded.len();
                show.merged = merged(&pack, aggregates);
            }
            Body::Rows(rows) => {
                show.recorded = recorded(&pack, rows, &content.recorded);
                show.left_out = left_out(&content.recorded, rows);
                show.rows = Some(coded(&pack.schema, rows, n_page));
                show.reading = Some(contribution::reading(rows, &pack.schema, content.threshold));
            }
        }
    }
    Ok(show)
}

pub(super) async fn show(
    Path(id): Path<Uuid>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    let query = Values::parse(&query.unwrap_or_default());
    let form = Form::small(&visitor);
    let n_page = query.get("page").parse().unwrap_or(1);
    page(
        &shown(&visitor, id, n_page, form)
            .await
            .map_err(|error| WebError::of(&visitor, error))?,
    )
}

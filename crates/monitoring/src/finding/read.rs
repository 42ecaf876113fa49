//! Findings as pages show them: with the names of everyone and everything around them.

use std::collections::{HashMap, HashSet};

use domain::assessment::{FindingState, Side, Verdict};
use domain::cycle::CycleState;
use domain::ids::{CycleId, EvidenceId, FindingId, ProvisionId};
use domain::permission::{Action, Relation};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::{
    body, cycle, finding, finding_evidence, finding_review, member, organisation, provision, recommendation,
    reply as reply_row,
};
use store::{AppError, Cx};
use uuid::Uuid;

use super::review::{Requirement, requirements};
use crate::evidence::{Cited, cited};

/// A finding in the list of its cycle.
#[derive(Debug, Clone)]
pub struct Line {
    /// The row.
    pub row: finding::Model,
    /// Number and title of its provision.
    pub provision: provision::Model,
    /// Organisations whose reviewers approved this revision.
    pub n_approved: usize,
    /// Reviewers who returned this revision.
    pub n_returned: usize,
    /// Replies asked for and not yet in, those overdue among them.
    pub n_waiting: usize,
    /// Replies not in on the day they were due.
    pub n_overdue: usize,
    /// Whether the asking member may review it and has not reviewed this revision.
    pub waits_for_me: bool,
}

/// The findings of a cycle in the order of their provisions. Four queries, however many findings.
pub async fn lines(cx: &Cx<'_>, cycle: CycleId) -> Result<Vec<Line>, AppError> {
    let rows = super::list(cx, cycle).await?;
    let db = cx.db.reader();
    let is_open = is_open(&crate::cycle::row(db, cycle).await?);
    let mut provisions: HashMap<Uuid, provision::Model> = HashMap::new();
    let mut reviews: HashMap<Uuid, Vec<finding_review::Model>> = HashMap::new();
    let mut replies: HashMap<Uuid, Vec<reply_row::Model>> = HashMap::new();
    for some in rows.chunks(1_000) {
        let ids = || some.iter().map(|row| row.id);
        let of = provision::Entity::find().filter(provision::Column::Id.is_in(some.iter().map(|row| row.provision_id)));
        provisions.extend(of.all(db).await?.into_iter().map(|row| (row.id, row)));
        for row in finding_review::Entity::find()
            .filter(finding_review::Column::FindingId.is_in(ids()))
            .all(db)
            .await?
        {
            reviews.entry(row.finding_id).or_default().push(row);
        }
        for row in reply_row::Entity::find()
            .filter(reply_row::Column::FindingId.is_in(ids()))
            .all(db)
            .await?
        {
            replies.entry(row.finding_id).or_default().push(row);
        }
    }
    let today = cx.now.day().iso();
    let may_review = cx.actor.may(Action::ReviewFinding, Relation::Coalition);
    let mut lines: Vec<Line> = rows
        .into_iter()
        .filter_map(|row| {
            let provision = provisions.get(&row.provision_id)?.clone();
            let reviews: Vec<_> = reviews
                .remove(&row.id)
                .unwrap_or_default()
                .into_iter()
                .filter(|review| review.revision == row.revision)
                .collect();
            let waiting: Vec<_> = replies
                .remove(&row.id)
                .unwrap_or_default()
                .into_iter()
                .filter(|reply| reply.replied_on.is_none())
                .collect();
            let is_mine = |id: Uuid| cx.actor.member.is_some_and(|me| me.0 == id);
            Some(Line {
                provision,
                n_approved: approving(&reviews).len(),
                n_returned: reviews
                    .iter()
                    .filter(|review| review.verdict == Verdict::Return.code())
                    .count(),
                n_waiting: waiting.len(),
                n_overdue: waiting.iter().filter(|reply| reply.due_on < today).count(),
                waits_for_me: may_review
                    && is_open
                    && row.state == FindingState::Draft.code()
                    && !is_mine(row.member_id)
                    && !reviews.iter().any(|review| is_mine(review.member_id)),
                row,
            })
        })
        .collect();
    lines.sort_by_key(|line| {
        (
            line.provision.standard_id,
            line.provision.position,
            line.row.recorded_at,
        )
    });
    Ok(lines)
}

/// The organisations whose reviewers approved.
fn approving(reviews: &[finding_review::Model]) -> HashSet<Uuid> {
    reviews
        .iter()
        .filter(|review| review.verdict == Verdict::Approve.code())
        .map(|review| review.organisation_id)
        .collect()
}

/// Whether findings of this cycle may still change.
fn is_open(cycle: &cycle::Model) -> bool {
    matches!(
        CycleState::parse(&cycle.state),
        Ok(CycleState::Gathering | CycleState::Assessing)
    )
}

/// A review with names.
#[derive(Debug, Clone)]
pub struct Reviewed {
    /// The row.
    pub row: finding_review::Model,
    /// The reviewer.
    pub member: String,
    /// Their organisation.
    pub organisation: String,
    /// Whether it is about the revision that stands now.
    pub is_current: bool,
}

/// A right of reply with the name of whom it was given.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The row.
    pub row: reply_row::Model,
    /// To whom.
    pub body: String,
    /// Not in on the day it was due.
    pub is_overdue: bool,
}

/// A finding with everything its page shows.
#[derive(Debug, Clone)]
pub struct Read {
    /// The row.
    pub row: finding::Model,
    /// Its cycle.
    pub cycle: cycle::Model,
    /// Its provision.
    pub provision: provision::Model,
    /// The short title of the provision's standard.
    pub standard: String,
    /// Who recorded it.
    pub member: String,
    /// Their organisation.
    pub organisation: String,
    /// Evidence that supports it.
    pub supporting: Vec<Cited>,
    /// Evidence that speaks against it.
    pub contrary: Vec<Cited>,
    /// Reviews, oldest first, those of earlier revisions among them.
    pub reviews: Vec<Reviewed>,
    /// Organisations whose reviewers approved the revision that stands now.
    pub n_approved: usize,
    /// Rights of reply, in the order they were given.
    pub replies: Vec<Asked>,
    /// What it takes to be approved, met or not.
    pub requirements: Vec<Requirement>,
    /// Recommendations that follow from it.
    pub recommendations: Vec<recommendation::Model>,
    /// Whether its cycle still takes changes.
    pub is_open: bool,
}

impl Read {
    /// Whether this member may review it: reviewers who did not record it, while the cycle is open.
    pub fn may_review(&self, cx: &Cx<'_>) -> bool {
        self.is_open
            && !self.is_withdrawn()
            && cx.actor.may(Action::ReviewFinding, Relation::Coalition)
            && cx.actor.member.is_none_or(|me| me.0 != self.row.member_id)
    }

    /// Whether its authors took it back.
    pub fn is_withdrawn(&self) -> bool {
        self.row.state == FindingState::Withdrawn.code()
    }

    /// Whether nothing stands in the way of an approval.
    pub fn is_complete(&self) -> bool {
        self.requirements.iter().all(|requirement| requirement.lack.is_none())
    }
}

/// Reads one finding with the names around it.
pub async fn read(cx: &Cx<'_>, id: FindingId) -> Result<Read, AppError> {
    let found = super::get(cx, id).await?;
    let db = cx.db.reader();
    let row = found.row;
    let (standard, provision) = crate::standard::provision(cx, ProvisionId(row.provision_id)).await?;
    let cycle = crate::cycle::row(db, CycleId(row.cycle_id)).await?;
    let people = found
        .reviews
        .iter()
        .map(|review| review.member_id)
        .chain([row.member_id]);
    let members: HashMap<Uuid, String> = member::Entity::find()
        .filter(member::Column::Id.is_in(people))
        .all(db)
        .await?
        .into_iter()
        .map(|member| (member.id, member.name))
        .collect();
    let organisations: HashMap<Uuid, String> = organisation::Entity::find()
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect();
    let bodies: HashMap<Uuid, String> = body::Entity::find()
        .filter(body::Column::Id.is_in(found.replies.iter().map(|reply| reply.body_id)))
        .all(db)
        .await?
        .into_iter()
        .map(|body| (body.id, body.name))
        .collect();
    let named = |names: &HashMap<Uuid, String>, id: &Uuid| names.get(id).cloned().unwrap_or_default();
    let today = cx.now.day().iso();
    let current: Vec<_> = found
        .reviews
        .iter()
        .filter(|review| review.revision == row.revision)
        .cloned()
        .collect();
    Ok(Read {
        member: named(&members, &row.member_id),
        organisation: named(&organisations, &row.organisation_id),
        supporting: cited(cx, &on_side(&found.evidence, Side::Supporting)).await?,
        contrary: cited(cx, &on_side(&found.evidence, Side::Contrary)).await?,
        n_approved: approving(&current).len(),
        reviews: found
            .reviews
            .into_iter()
            .map(|review| Reviewed {
                member: named(&members, &review.member_id),
                organisation: named(&organisations, &review.organisation_id),
                is_current: review.revision == row.revision,
                row: review,
            })
            .collect(),
        replies: found
            .replies
            .into_iter()
            .map(|reply| Asked {
                body: named(&bodies, &reply.body_id),
                is_overdue: reply.replied_on.is_none() && reply.due_on < today,
                row: reply,
            })
            .collect(),
        requirements: requirements(db, &row).await?,
        recommendations: recommendation::Entity::find()
            .filter(recommendation::Column::FindingId.eq(id.0))
            .order_by_asc(recommendation::Column::RecordedAt)
            .order_by_asc(recommendation::Column::Number)
            .all(db)
            .await?,
        is_open: is_open(&cycle),
        standard: standard.short_title,
        provision,
        cycle,
        row,
    })
}

fn on_side(links: &[finding_evidence::Model], side: Side) -> Vec<EvidenceId> {
    links
        .iter()
        .filter(|link| link.side == side.code())
        .map(|link| EvidenceId(link.evidence_id))
        .collect()
}

//! Whose cases may still be counted in the audit, asked of the lines in memory: nothing is revealed for it.

use std::collections::{HashMap, HashSet};

use domain::permission::Action;
use store::seal::Confidential;
use store::{AppError, Cx};
use uuid::Uuid;

use super::list::read;
use super::load::{Caseload, Kept, Load};
use super::sealed;
use crate::consent::{groups, is_ruled_out};

/// The cases of the member's own organisation that are still there and whose person did not take back, since a case was last
/// written, that they may be counted, in none of their cases that are linked.
///
/// Each line answers three questions, about 6 µs for a case; one that is linked answers as many more for each of its links as
/// halving the number of cases takes (14 of 10,000), and those of one person are compared with each other. No case is opened
/// for it. A line that was written before it held links is linked by what the other one holds.
pub(crate) async fn agreed(cx: &Cx<'_>, caseload: &Caseload) -> Result<HashSet<Uuid>, AppError> {
    let load = caseload.of(cx).await?;
    let is_agreed = |line: &Vec<u8>, (): &()| read(line).is_ok_and(|digest| digest.agrees != Some(false));
    let mut agreed: HashSet<Uuid> = load
        .cases
        .values()
        .filter(|case| case.line.answers(&(), is_agreed))
        .map(|case| case.row.id)
        .collect();
    let ids = in_order(&load);
    let links: HashMap<Uuid, Vec<Uuid>> = load
        .cases
        .iter()
        .map(|(id, case)| (*id, linked_among(&case.line, &ids)))
        .collect();
    let overrules = |no: Uuid, other: Uuid| match (load.cases.get(&no), load.cases.get(&other)) {
        (Some(no), Some(other)) => overrules(no, other),
        _ => false,
    };
    let is_lost = |id: &&Uuid| load.cases.get(*id).is_some_and(|case| is_lost(case, &ids));
    let lost: Vec<Uuid> = ids.iter().filter(is_lost).copied().collect();
    for id in &lost {
        agreed.remove(id);
    }
    for group in groups(&links) {
        if group.iter().any(|id| lost.contains(id)) || is_ruled_out(&group, overrules) {
            for id in &group {
                agreed.remove(id);
            }
        }
    }
    Ok(agreed)
}

/// Why another case of a person leaves all of theirs out of counting, whatever they said in this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoElsewhere {
    /// They said no later in that case; `None` where the member may not open it.
    Said(Option<Uuid>),
    /// One that was linked was forgotten, and what they said last may have stood in it.
    Forgotten,
}

/// Whether a case is left out of counting because of another that is linked to it, or was, however many links away. The lines of
/// those cases answer yes or no, and nothing is revealed.
pub async fn no_elsewhere(cx: &Cx<'_>, caseload: &Caseload, id: Uuid) -> Result<Option<NoElsewhere>, AppError> {
    sealed(cx, id, Action::ReadCase).await?;
    let load = caseload.of(cx).await?;
    let group = group_of(&load, id);
    let rules_out = |no: &&Kept| no.row.id != id && group.iter().all(|other| overrules(no, other));
    let Some(no) = group.iter().copied().find(rules_out) else {
        let ids = in_order(&load);
        let is_lost = group.iter().any(|case| is_lost(case, &ids));
        return Ok(is_lost.then_some(NoElsewhere::Forgotten));
    };
    match sealed(cx, no.row.id, Action::ReadCase).await {
        Ok(_) => Ok(Some(NoElsewhere::Said(Some(no.row.id)))),
        Err(AppError::NotFound(_)) => Ok(Some(NoElsewhere::Said(None))),
        Err(error) => Err(error),
    }
}

/// The other cases of the same person that are still there, however many links away. Nothing is revealed for it.
pub async fn linked(cx: &Cx<'_>, caseload: &Caseload, id: Uuid) -> Result<Vec<Uuid>, AppError> {
    sealed(cx, id, Action::ReadCase).await?;
    let load = caseload.of(cx).await?;
    let ids = group_of(&load, id).into_iter().map(|case| case.row.id);
    Ok(ids.filter(|other| *other != id).collect())
}

/// A case with all that are linked to it, however many links away.
fn group_of(load: &Load, id: Uuid) -> Vec<&Kept> {
    let ids = in_order(load);
    let (mut group, mut waiting): (Vec<&Kept>, Vec<Uuid>) = (Vec::new(), vec![id]);
    while let Some(next) = waiting.pop() {
        if group.iter().any(|known| known.row.id == next) {
            continue;
        }
        if let Some(case) = load.cases.get(&next) {
            group.push(case);
            waiting.extend(linked_among(&case.line, &ids));
        }
    }
    group
}

/// The ids of all cases, in order.
fn in_order(load: &Load) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = load.cases.keys().copied().collect();
    ids.sort_unstable();
    ids
}

/// Whether a case is linked to one that is not among these, in order: it was forgotten, and what the person said last may have
/// stood in it.
fn is_lost(case: &Kept, ids: &[Uuid]) -> bool {
    case.line.answers(ids, |line, ids| {
        read(line).is_ok_and(|digest| digest.counting.is_linked_beside(ids))
    })
}

/// To which of some cases, in order, a line is linked. It is asked of all of them, and of halves as long as the answer is yes:
/// a line answers nothing but yes and no.
fn linked_among(line: &Confidential<Vec<u8>>, ids: &[Uuid]) -> Vec<Uuid> {
    let is_linked = line.answers(ids, |line, ids| {
        read(line).is_ok_and(|digest| digest.counting.is_linked_to_any(ids))
    });
    match ids {
        _ if !is_linked => Vec::new(),
        [one] => vec![*one],
        _ => {
            let (first, second) = ids.split_at(ids.len() / 2);
            [linked_among(line, first), linked_among(line, second)].concat()
        }
    }
}

/// Whether one case holds a no that no yes of another came after. The one line is asked of the other: the answer alone
/// leaves them.
fn overrules(no: &Kept, other: &Kept) -> bool {
    no.line.answers(&other.line, |no, other| {
        read(no).is_ok_and(|no| {
            other.answers(&no.counting, |other, no| {
                read(other).is_ok_and(|other| no.overrules(&other.counting))
            })
        })
    })
}

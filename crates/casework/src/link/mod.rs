//! Links between cases of one organisation: a person who is met again has an earlier case. Both cases hold the link, each
//! under its own person's key; nothing in clear tells that two cases are of one person.

#[cfg(test)]
mod tests;

use domain::Day;
use domain::casework::{Known, LinkedAs};
use domain::permission::Action;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use store::row::support_case;
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use crate::case::{self, About, Unsealed};
use crate::event::{self, Fresh, History, What, what};

/// Another case of the same person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The other case.
    pub case: Uuid,
    /// Which of the two that one is.
    pub linked_as: LinkedAs,
    /// Whether the person was trafficked again in between.
    pub is_again: Known,
    /// The event that holds it.
    pub event: Uuid,
}

/// The links of a history.
pub fn links(history: &History) -> Vec<Link> {
    history
        .standing()
        .filter_map(|event| match &event.entry.what {
            What::Linked(sheet) => Some(Link {
                case: sheet.case.0,
                linked_as: sheet.linked_as,
                is_again: sheet.is_again,
                event: event.id,
            }),
            _ => None,
        })
        .collect()
}

/// The links of a history to cases that are still there: the person of another may have been forgotten.
pub(crate) async fn of(db: &impl ConnectionTrait, history: &History) -> Result<Vec<Link>, AppError> {
    let mut links = links(history);
    if links.is_empty() {
        return Ok(links);
    }
    let there = there(db, links.iter().map(|link| link.case)).await?;
    links.retain(|link| there.contains(&link.case));
    Ok(links)
}

/// Those of some cases that are there.
async fn there(db: &impl ConnectionTrait, cases: impl Iterator<Item = Uuid>) -> Result<Vec<Uuid>, AppError> {
    Ok(support_case::Entity::find()
        .select_only()
        .column(support_case::Column::Id)
        .filter(support_case::Column::Id.is_in(cases))
        .into_tuple()
        .all(db)
        .await?)
}

/// Links a case to an earlier one of a person who is met again today.
pub async fn link(cx: &Cx<'_>, later: Uuid, earlier: Uuid, is_again: Known) -> Result<Uuid, AppError> {
    link_on(cx, later, earlier, is_again, cx.now.british_day()).await
}

/// Links a case to an earlier one of the same person, in both. The member must be allowed to record in both. `on`: the day on
/// which the person was met again.
pub async fn link_on(cx: &Cx<'_>, later: Uuid, earlier: Uuid, is_again: Known, on: Day) -> Result<Uuid, AppError> {
    if later == earlier {
        return Err(AppError::Refused("a case cannot be linked to itself".to_owned()));
    }
    let (here, there) = both(cx, later, earlier).await?;
    if there.row.organisation_id != here.row.organisation_id {
        return Err(AppError::NotFound("case"));
    }
    let known = links(&case::history(cx.db.reader(), &here).await?);
    if known.iter().any(|link| link.case == earlier) {
        return Err(AppError::Refused("these two cases are linked already".to_owned()));
    }
    let began = |of: &Unsealed| -> Result<Day, AppError> {
        let about: About = of.read(&case::about(of.row.id), &of.row.sealed_about)?;
        Ok(about.opened_on)
    };
    may_follow(began(&there)?, began(&here)?, on, cx.now.british_day())?;
    let linked = |case, linked_as| {
        let what = What::Linked(what::Linked {
            case: what::About(case),
            linked_as,
            is_again,
        });
        Fresh {
            on,
            ..Fresh::today(cx, what, String::new())
        }
    };
    let pair = [
        (&here, linked(earlier, LinkedAs::Earlier)),
        (&there, linked(later, LinkedAs::Later)),
    ];
    event::append_all(cx, Action::RecordEvent, pair).await
}

/// Refuses a case as the earlier one that began later, and a day on which the person cannot have been met again.
fn may_follow(earlier: Day, later: Day, on: Day, today: Day) -> Result<(), AppError> {
    if earlier > later {
        return Err(AppError::Refused(format!(
            "support in that case began on {earlier}, after this one, which began on {later}: open that case and link this one \
             to it, or correct one of the two days"
        )));
    }
    let mut errors = FieldErrors::new();
    if on > today {
        errors.add("on", "They cannot have been met again after today");
    } else if on < earlier {
        errors.add(
            "on",
            format!("Support in the earlier case began on {earlier}: they cannot have been met again before that"),
        );
    }
    errors.into_result()
}

/// Takes a link out of both cases, with the reason; out of this one alone where the person of the other was forgotten.
pub async fn unlink(cx: &Cx<'_>, case: Uuid, other: Uuid, reason: &str) -> Result<Uuid, AppError> {
    let mut errors = FieldErrors::new();
    let reason = errors.required("reason", reason, "Say why, in a few words");
    errors.into_result()?;
    let here = case::unseal(cx, case, Action::RecordEvent).await?;
    let find = async |of: &Unsealed, other: Uuid| {
        let all = links(&case::history(cx.db.reader(), of).await?);
        let found = all.into_iter().find(|link| link.case == other);
        found.map(|link| link.event).ok_or(AppError::NotFound("link"))
    };
    let struck = |event| Fresh {
        supersedes: Some(event),
        ..Fresh::today(cx, What::Struck(what::Struck {}), reason.clone())
    };
    let one = struck(find(&here, other).await?);
    if there(cx.db.reader(), std::iter::once(other)).await?.is_empty() {
        return event::append_all(cx, Action::RecordEvent, [(&here, one)]).await;
    }
    let there = case::unseal(cx, other, Action::RecordEvent).await?;
    let two = struck(find(&there, case).await?);
    event::append_all(cx, Action::RecordEvent, [(&here, one), (&there, two)]).await
}

async fn both(cx: &Cx<'_>, one: Uuid, two: Uuid) -> Result<(Unsealed, Unsealed), AppError> {
    let here = case::unseal(cx, one, Action::RecordEvent).await?;
    let there = case::unseal(cx, two, Action::RecordEvent).await?;
    Ok((here, there))
}

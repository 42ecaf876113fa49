//! Publishing the rounded estimate, and closing a study.

use std::collections::HashSet;

use domain::ids::StudyId;
use domain::permission::{Action, Relation};
use domain::study::StudyState;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use store::row::{study, study_token_file};
use store::{AppError, Cx};
use uuid::Uuid;

use super::destroy::{Why, destroy, give_up};
use super::{expect_state, lists_of, locked, present, shown, state};

/// Publishes what the gate lets through of a study's estimate, and closes the study: coordinators and publishers. Where there
/// is not enough overlap to say, that is published, and no number. Refused beside a published study from which this one's
/// numbers could be subtracted.
pub async fn publish(cx: &Cx<'_>, id: StudyId) -> Result<(), AppError> {
    let work = cx.begin(Action::PublishStudy, Relation::Coalition).await?;
    // All are held until the end, so that of two that are published at once the second sees the first.
    let studies = study::Entity::find()
        .order_by_asc(study::Column::Id)
        .lock_exclusive()
        .all(&work.tx)
        .await?;
    let found = studies
        .iter()
        .find(|row| row.id == id.0)
        .ok_or(AppError::NotFound("study"))?;
    expect_state(
        found,
        StudyState::Estimated,
        "there is no estimate to publish yet, or the study is closed",
    )?;
    refuse_beside(&work.tx, found, &studies).await?;
    let mut changed: study::ActiveModel = found.clone().into();
    changed.state = Set(StudyState::Closed.code().to_owned());
    changed.published_on = Set(Some(cx.now.day().iso()));
    changed.update(&work.tx).await?;
    work.finish(cx, "study", Some(id.0)).await
}

/// Refuses a study beside a published one of some of the same days and, but for one, the same organisations: the difference
/// between their numbers would tell of one organisation's list.
async fn refuse_beside(
    tx: &impl ConnectionTrait,
    row: &study::Model,
    studies: &[study::Model],
) -> Result<(), AppError> {
    let Some(fewest) = fewest_lists(tx, row).await? else {
        return Ok(());
    };
    let own = linked(tx, row).await?;
    let beside = studies.iter().filter(|other| {
        other.id != row.id && other.published_on.is_some() && row.from_on <= other.to_on && other.from_on <= row.to_on
    });
    for other in beside {
        let others = linked(tx, other).await?;
        let shared = own.intersection(&others).count();
        let Some(others_fewest) = fewest_lists(tx, other).await? else {
            continue;
        };
        if shared + 1 >= fewest.min(others_fewest) {
            return Err(AppError::Refused(format!(
                "“{}” is published, of some of the same days and of the same organisations but one at most. Beside it this \
                 estimate would tell of one organisation’s list: close the study without publishing",
                other.title
            )));
        }
    }
    Ok(())
}

/// On how many lists the numbers rest that everybody reads, or would read, of a study: one less than it has where the estimate
/// without a list goes out too. `None` where there are no such numbers.
async fn fewest_lists(tx: &impl ConnectionTrait, row: &study::Model) -> Result<Option<usize>, AppError> {
    let shown = shown::of(tx, row).await?.filter(|shown| shown.gives_numbers);
    Ok(shown.map(|shown| shown.fewest_lists()))
}

/// The organisations whose lists were linked.
async fn linked(tx: &impl ConnectionTrait, row: &study::Model) -> Result<HashSet<Uuid>, AppError> {
    let lists = lists_of(tx, StudyId(row.id)).await?;
    let files = study_token_file::Entity::find()
        .filter(study_token_file::Column::StudyListId.is_in(lists.iter().map(|list| list.id)))
        .filter(study_token_file::Column::DestroyedFor.eq(Why::Linked.words()))
        .all(tx)
        .await?;
    let is_linked = |list: Uuid| files.iter().any(|file| file.study_list_id == list);
    let linked = lists.iter().filter(|list| is_linked(list.id));
    Ok(linked.map(|list| list.organisation_id).collect())
}

/// Closes a study without publishing anything: coordinators. Token files that are still here are destroyed. Closing twice is
/// no fault.
pub async fn close(cx: &Cx<'_>, id: StudyId) -> Result<(), AppError> {
    let work = cx.begin(Action::OpenStudy, Relation::Coalition).await?;
    let found = locked(&work.tx, id).await?;
    let mut given_up = Vec::new();
    if state(&found)? != StudyState::Closed {
        for list in lists_of(&work.tx, id).await? {
            if let Some(record) = present(&work.tx, list.id).await? {
                given_up.push(give_up(cx, &work.tx, record, Why::Closed).await?);
            }
        }
        let mut changed: study::ActiveModel = found.into();
        changed.state = Set(StudyState::Closed.code().to_owned());
        changed.update(&work.tx).await?;
    }
    work.finish(cx, "study", Some(id.0)).await?;
    destroy(cx, &given_up).await
}

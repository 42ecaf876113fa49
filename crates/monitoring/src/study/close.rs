//! Publishing the rounded estimate, and closing a study.

use domain::ids::StudyId;
use domain::permission::{Action, Relation};
use domain::study::StudyState;
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use store::row::study;
use store::{AppError, Cx};

use super::links::destroy_all;
use super::{expect_state, lists_of, present, row, state};

/// Publishes what the gate lets through of a study's estimate, and closes the study: coordinators and publishers.
pub async fn publish(cx: &Cx<'_>, id: StudyId) -> Result<(), AppError> {
    let work = cx.begin(Action::PublishStudy, Relation::Coalition).await?;
    let found = row(&work.tx, id).await?;
    expect_state(
        &found,
        StudyState::Estimated,
        "there is no estimate to publish yet, or the study is closed",
    )?;
    let mut changed: study::ActiveModel = found.into();
    changed.state = Set(StudyState::Closed.code().to_owned());
    changed.published_on = Set(Some(cx.now.day().iso()));
    changed.update(&work.tx).await?;
    work.finish(cx, "study", Some(id.0)).await
}

/// Closes a study without publishing anything: coordinators. Token files that are still here are destroyed. Closing twice is
/// no fault.
pub async fn close(cx: &Cx<'_>, id: StudyId) -> Result<(), AppError> {
    let work = cx.begin(Action::OpenStudy, Relation::Coalition).await?;
    let found = row(&work.tx, id).await?;
    if state(&found)? != StudyState::Closed {
        let mut records = Vec::new();
        for list in lists_of(&work.tx, id).await? {
            records.extend(present(&work.tx, list.id).await?);
        }
        destroy_all(cx, &work.tx, records, "study closed").await?;
        let mut changed: study::ActiveModel = found.into();
        changed.state = Set(StudyState::Closed.code().to_owned());
        changed.update(&work.tx).await?;
    }
    work.finish(cx, "study", Some(id.0)).await
}

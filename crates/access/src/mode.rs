//! The security mode of the whole program, read and set.

use domain::mode::Mode;
use domain::permission::{Action, Relation};
use sea_orm::EntityTrait;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait};
use store::row::mode;
use store::work::log;
use store::{AppError, Cx};

pub use store::mode::find;

/// Sets the mode. Coordinators only. Closing ends every session, this one too.
pub async fn set(cx: &Cx<'_>, wanted: Mode) -> Result<(), AppError> {
    let work = cx.begin(Action::SetMode, Relation::Coalition).await?;
    write(&work.tx, cx, wanted).await?;
    work.finish(cx, "mode", None).await?;
    end_sessions_if_closed(cx, wanted).await
}

/// Sets the mode from the machine itself, where whoever runs it must be able to close the door
/// without a sign-in. Logged as an act of nobody.
pub async fn set_by_operator(cx: &Cx<'_>, wanted: Mode) -> Result<(), AppError> {
    let tx = cx.db.begin().await?;
    write(&tx, cx, wanted).await?;
    log(&tx, cx, Action::SetMode, "mode", None, "done").await?;
    tx.commit().await.map_err(AppError::from)?;
    end_sessions_if_closed(cx, wanted).await
}

async fn write(tx: &impl ConnectionTrait, cx: &Cx<'_>, wanted: Mode) -> Result<(), AppError> {
    mode::Entity::insert(mode::ActiveModel {
        id: Set(1),
        mode: Set(wanted.code().to_owned()),
        set_at: Set(cx.now.0),
    })
    .on_conflict(
        OnConflict::column(mode::Column::Id)
            .update_columns([mode::Column::Mode, mode::Column::SetAt])
            .to_owned(),
    )
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

async fn end_sessions_if_closed(cx: &Cx<'_>, wanted: Mode) -> Result<(), AppError> {
    if wanted == Mode::Closed {
        crate::session::end_all(cx.db).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use testkit::{Coalition, on_both};

    use super::*;

    #[tokio::test]
    async fn only_a_coordinator_sets_the_mode_and_then_no_command_writes() {
        on_both(async |stage| {
            let coalition = Coalition::on(stage).await;
            let refused = set(&stage.cx(&coalition.operator), Mode::Closed).await;
            assert!(matches!(refused, Err(AppError::Forbidden(_))));
            let cx = stage.cx(&coalition.coordinator);
            set(&cx, Mode::ReadOnly).await.expect("set");
            assert_eq!(find(&stage.db).await.expect("read"), Mode::ReadOnly);
            let input = crate::organisation::Add {
                name: "Late".into(),
                about: String::new(),
            };
            let refused = crate::organisation::add(&cx, input.clone()).await;
            assert!(
                matches!(refused, Err(AppError::Restricted(Mode::ReadOnly))),
                "{refused:?}"
            );
            set(&cx, Mode::Normal).await.expect("opened again");
            crate::organisation::add(&cx, input).await.expect("written");
        })
        .await;
    }

    #[tokio::test]
    async fn closing_ends_every_session() {
        on_both(async |stage| {
            let coalition = Coalition::on(stage).await;
            let (secret, _) = testkit::cast::session(stage, &coalition.observer).await;
            let secret = crate::secret::Secret::presented(secret.expose());
            let found = crate::session::find(&stage.db, &secret, stage.now).await.expect("read");
            assert!(found.is_some());
            let nobody = store::work::Actor::nobody();
            set_by_operator(&stage.cx(&nobody), Mode::Closed).await.expect("closed");
            let found = crate::session::find(&stage.db, &secret, stage.now).await.expect("read");
            assert!(found.is_none());
        })
        .await;
    }
}

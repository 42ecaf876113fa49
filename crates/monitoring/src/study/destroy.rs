//! How a token file is destroyed: a command gives it up, its bytes go once the command is committed, and then the record says
//! so. What is cut off between these is completed at start-up. So no record says that something is gone which is still here,
//! and a command that fails has lost nothing.

use domain::Instant;
use domain::ids::{MemberId, OrganisationId};
use domain::permission::Action;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter,
};
use store::files::Files;
use store::row::{file, member, study_token_file};
use store::work::{Actor, IDS};
use store::{AppError, Cx, Db};

/// Why a token file is destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// Its sender sent another.
    Replaced,
    /// Its links are counted.
    Linked,
    /// Its study was closed.
    Closed,
}

impl Why {
    /// As it stands in the record.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Replaced => "replaced by a newer file",
            Self::Linked => "linked",
            Self::Closed => "study closed",
        }
    }

    /// The act by which it was given up, for the log.
    fn action(words: &str) -> Action {
        match words {
            words if words == Self::Linked.words() => Action::RecordLinks,
            words if words == Self::Replaced.words() => Action::SendTokens,
            _ => Action::OpenStudy,
        }
    }
}

/// Says, in the transaction of a command, that a token file is to be destroyed.
pub(super) async fn give_up(
    cx: &Cx<'_>,
    tx: &impl ConnectionTrait,
    record: study_token_file::Model,
    why: Why,
) -> Result<study_token_file::Model, AppError> {
    let mut changed: study_token_file::ActiveModel = record.into();
    changed.destroyed_by_id = Set(cx.actor.member.map(uuid::Uuid::from));
    changed.destroyed_for = Set(Some(why.words().to_owned()));
    Ok(changed.update(tx).await?)
}

/// Destroys token files that a command gave up and committed.
pub(super) async fn destroy(cx: &Cx<'_>, records: &[study_token_file::Model]) -> Result<(), AppError> {
    for record in records {
        remove(cx, record).await?;
    }
    Ok(())
}

/// Destroys the token files that were given up before the program was cut off. At start-up, and after a restore.
pub async fn complete(db: &Db, files: &Files, now: Instant) -> Result<(), AppError> {
    let records = study_token_file::Entity::find()
        .filter(study_token_file::Column::DestroyedFor.is_not_null())
        .filter(study_token_file::Column::DestroyedAt.is_null())
        .all(db.reader())
        .await?;
    for record in records {
        let by = match record.destroyed_by_id {
            Some(id) => member::Entity::find_by_id(id).one(db.reader()).await?,
            None => None,
        };
        let actor = Actor {
            member: by.as_ref().map(|row| MemberId(row.id)),
            organisation: by.map(|row| OrganisationId(row.organisation_id)),
            ..Actor::nobody()
        };
        let cx = Cx {
            db,
            files,
            actor: &actor,
            now,
            ids: &IDS,
            once: None,
            key: None,
        };
        remove(&cx, &record).await?;
    }
    Ok(())
}

/// Removes the bytes, unless another file has the same, and then what points to them.
async fn remove(cx: &Cx<'_>, record: &study_token_file::Model) -> Result<(), AppError> {
    let mut others = file::Entity::find().filter(file::Column::Sha256.eq(record.sha256.as_str()));
    if let Some(own) = record.file_id {
        others = others.filter(file::Column::Id.ne(own));
    }
    if others.count(cx.db.reader()).await? == 0 {
        cx.files.remove(&record.sha256).await?;
    }
    let tx = cx.db.begin().await?;
    let marked = study_token_file::Entity::update_many()
        .col_expr(study_token_file::Column::FileId, Expr::value(None::<uuid::Uuid>))
        .col_expr(study_token_file::Column::DestroyedAt, Expr::value(cx.now.0))
        .filter(study_token_file::Column::Id.eq(record.id))
        .filter(study_token_file::Column::DestroyedAt.is_null())
        .exec(&tx)
        .await?;
    // Another node may have been first.
    if marked.rows_affected == 1 {
        if let Some(kept) = record.file_id {
            file::Entity::delete_by_id(kept).exec(&tx).await?;
        }
        let action = Why::action(record.destroyed_for.as_deref().unwrap_or_default());
        store::work::log(&tx, cx, action, "study_token_file", Some(record.id), "destroyed").await?;
    }
    tx.commit().await?;
    Ok(())
}

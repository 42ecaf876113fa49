//! How a command runs: who asks, when, and one transaction that cannot be committed without its
//! row in the log of acts.

use domain::ids::{IdSource, MemberId, OrganisationId};
use domain::permission::{Action, Relation, Role, allows};
use domain::{Ids, Instant};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, EntityTrait};
use uuid::Uuid;

use crate::db::Db;
use crate::error::AppError;
use crate::files::Files;
use crate::row;
use crate::seal::{Disclosure, PrivateKey};

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The member; `None` for nobody and for the program itself.
    pub member: Option<MemberId>,
    /// Their organisation.
    pub organisation: Option<OrganisationId>,
    /// Their name, for the page they see; never logged.
    pub name: String,
    /// What they are trusted with.
    pub roles: Vec<Role>,
}

impl Actor {
    /// A visitor without a sign-in.
    pub const fn nobody() -> Self {
        Self {
            member: None,
            organisation: None,
            name: String::new(),
            roles: Vec::new(),
        }
    }

    /// Whether the matrix allows this.
    pub fn may(&self, action: Action, relation: Relation) -> bool {
        allows(&self.roles, action, relation)
    }

    /// How a record of an organisation relates to this member.
    pub fn relation(&self, organisation: Uuid) -> Relation {
        if self.organisation.is_some_and(|own| own.0 == organisation) {
            Relation::OwnOrganisation
        } else {
            Relation::OtherOrganisation
        }
    }
}

static NOBODY: Actor = Actor::nobody();

/// The surroundings of a command or query: the database, the files, who asks, and when.
#[derive(Clone)]
pub struct Cx<'a> {
    /// The database.
    pub db: &'a Db,
    /// The files.
    pub files: &'a Files,
    /// Who asks.
    pub actor: &'a Actor,
    /// When.
    pub now: Instant,
    /// Where ids come from.
    pub ids: &'a dyn IdSource,
    /// The token of the form that was posted, so that a double click makes one record.
    pub once: Option<&'a str>,
    /// The private key of the member asking, where their session has it: what opens their organisation's seals.
    pub key: Option<&'a PrivateKey>,
}

/// The id source of the running program.
pub static IDS: Ids = Ids;

impl Cx<'_> {
    /// Refuses what the matrix does not allow.
    pub fn permit(&self, action: Action, relation: Relation) -> Result<(), AppError> {
        if self.actor.may(action, relation) {
            Ok(())
        } else {
            Err(AppError::Forbidden(action.words()))
        }
    }

    /// Checks the matrix and the security mode, and begins the transaction of a command.
    pub async fn begin(&self, action: Action, relation: Relation) -> Result<Work, AppError> {
        self.permit(action, relation)?;
        let tx = self.db.begin().await?;
        let mode = crate::mode::find_in(&tx).await?;
        if !mode.allows_write(action) {
            return Err(AppError::Restricted(mode));
        }
        if let Some(token) = self.once
            && let Some(made) = row::form_post::Entity::find_by_id(token.to_owned()).one(&tx).await?
        {
            return Err(AppError::Repeated(made.subject_id));
        }
        Ok(Work { tx, action })
    }

    /// Writes in the log of acts that the member asking is shown these sealed records, one row for each, and
    /// gives what reveals them. Costs one transaction, and a row per record.
    pub async fn disclose(
        &self,
        action: Action,
        relation: Relation,
        subject: &'static str,
        records: &[Uuid],
    ) -> Result<Disclosure, AppError> {
        self.permit(action, relation)?;
        let tx = self.db.begin().await?;
        let acts = records
            .iter()
            .map(|record| act(self, action, subject, Some(*record), "done"))
            .collect();
        crate::chain::append_all(&tx, acts).await?;
        tx.commit().await?;
        Ok(Disclosure::of(records))
    }

    /// The same with nobody asking: no member, no key of theirs, and no form that is remembered.
    pub fn as_nobody(&self) -> Self {
        Self {
            actor: &NOBODY,
            once: None,
            key: None,
            ..self.clone()
        }
    }

    /// The private key of the member asking; without one, says how to come by it.
    pub fn key(&self) -> Result<&PrivateKey, AppError> {
        self.key.ok_or_else(|| {
            AppError::Refused("this session opens no seal: sign in again with your passphrase".to_owned())
        })
    }

    /// The member asking; nobody may not.
    pub fn member(&self) -> Result<MemberId, AppError> {
        self.actor.member.ok_or(AppError::Forbidden("sign in first"))
    }

    /// The organisation of the member asking.
    pub fn organisation(&self) -> Result<OrganisationId, AppError> {
        self.actor.organisation.ok_or(AppError::Forbidden("sign in first"))
    }
}

/// The transaction of one command. Dropped without [`Work::finish`], it leaves nothing behind.
pub struct Work {
    /// The transaction.
    pub tx: DatabaseTransaction,
    action: Action,
}

impl Work {
    /// Writes the row of the log and commits both together. `subject` is the table changed.
    pub async fn finish(self, cx: &Cx<'_>, subject: &'static str, id: Option<Uuid>) -> Result<(), AppError> {
        log(&self.tx, cx, self.action, subject, id, "done").await?;
        if let (Some(token), Some(member)) = (cx.once, cx.actor.member) {
            let post = row::form_post::ActiveModel {
                token: Set(token.to_owned()),
                member_id: Set(member.0),
                subject_id: Set(id),
                at: Set(cx.now.0),
            };
            match row::form_post::Entity::insert(post)
                .exec_without_returning(&self.tx)
                .await
            {
                Ok(_) => {}
                // The other click committed first: this one leaves nothing behind and lands where it did.
                Err(error) if crate::error::is_duplicate(&error) => {
                    drop(self.tx);
                    let made = row::form_post::Entity::find_by_id(token.to_owned())
                        .one(cx.db.reader())
                        .await?;
                    return Err(AppError::Repeated(made.and_then(|post| post.subject_id)));
                }
                Err(error) => return Err(error.into()),
            }
        }
        self.tx.commit().await?;
        Ok(())
    }
}

/// Writes one row of the log of acts, ids only, as the next link of its chain.
pub async fn log(
    tx: &impl sea_orm::ConnectionTrait,
    cx: &Cx<'_>,
    action: Action,
    subject: &'static str,
    id: Option<Uuid>,
    outcome: &str,
) -> Result<(), AppError> {
    crate::chain::append(tx, act(cx, action, subject, id, outcome)).await
}

/// An act, before it has its place in a chain.
fn act(cx: &Cx<'_>, action: Action, subject: &'static str, id: Option<Uuid>, outcome: &str) -> row::audit::Model {
    row::audit::Model {
        id: cx.ids.ordered(),
        at: cx.now.0,
        organisation_id: cx.actor.organisation.map(Uuid::from),
        member_id: cx.actor.member.map(Uuid::from),
        action: action.code().to_owned(),
        subject: subject.to_owned(),
        subject_id: id,
        outcome: outcome.to_owned(),
        sequence: 0,
        hash: String::new(),
    }
}

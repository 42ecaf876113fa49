//! A small coalition: three organisations and a member for each role.

use domain::fold::fold;
use domain::ids::{MemberId, OrganisationId};
use domain::permission::Role;
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use store::row::{member, member_role, organisation};
use store::seal::{PrivateKey, SealKey};
use store::work::Actor;

use access::secret::Secret;
use access::session::Opening;

use crate::stage::Stage;

/// Three organisations and their members.
pub struct Coalition {
    /// The organisations, “First”, “Second” and “Third”.
    pub organisations: [OrganisationId; 3],
    /// Runs the audit; of the first organisation.
    pub coordinator: Actor,
    /// An assessor of the first organisation.
    pub first_assessor: Actor,
    /// An assessor of the second organisation.
    pub second_assessor: Actor,
    /// A reviewer of the first organisation.
    pub first_reviewer: Actor,
    /// A reviewer of the second organisation.
    pub second_reviewer: Actor,
    /// A publisher of the second organisation.
    pub publisher: Actor,
    /// Speaks for the first organisation.
    pub first_manager: Actor,
    /// Speaks for the second organisation.
    pub second_manager: Actor,
    /// Records evidence for the second organisation.
    pub contributor: Actor,
    /// Answers for the cases of the third organisation.
    pub supervisor: Actor,
    /// Supports people, in the third organisation.
    pub caseworker: Actor,
    /// Reads, in the third organisation.
    pub observer: Actor,
    /// Keeps the machine running; of the first organisation.
    pub operator: Actor,
    /// Links the lists of studies; of the third organisation.
    pub linkage_officer: Actor,
}

impl Coalition {
    /// Brings the cast on stage.
    pub async fn on(stage: &Stage) -> Self {
        let mut organisations = Vec::new();
        for name in ["First", "Second", "Third"] {
            organisations.push(organisation(stage, name).await);
        }
        let [first, second, third] = organisations.try_into().expect("three organisations");
        Self {
            organisations: [first, second, third],
            coordinator: member(stage, first, "coordinator", &[Role::Coordinator]).await,
            first_assessor: member(stage, first, "assessor-1", &[Role::Assessor]).await,
            second_assessor: member(stage, second, "assessor-2", &[Role::Assessor]).await,
            first_reviewer: member(stage, first, "reviewer-1", &[Role::Reviewer]).await,
            second_reviewer: member(stage, second, "reviewer-2", &[Role::Reviewer]).await,
            publisher: member(stage, second, "publisher", &[Role::Publisher]).await,
            first_manager: member(stage, first, "manager-1", &[Role::Manager]).await,
            second_manager: member(stage, second, "manager-2", &[Role::Manager]).await,
            contributor: member(stage, second, "contributor", &[Role::Contributor]).await,
            supervisor: member(stage, third, "supervisor", &[Role::Supervisor]).await,
            caseworker: member(stage, third, "caseworker", &[Role::Caseworker]).await,
            observer: member(stage, third, "observer", &[Role::Observer]).await,
            operator: member(stage, first, "operator", &[Role::Operator]).await,
            linkage_officer: member(stage, third, "linkage-officer", &[Role::LinkageOfficer]).await,
        }
    }

    /// Everyone, with a name for messages.
    pub fn everyone(&self) -> Vec<(&'static str, &Actor)> {
        vec![
            ("coordinator", &self.coordinator),
            ("assessor", &self.first_assessor),
            ("reviewer", &self.first_reviewer),
            ("publisher", &self.publisher),
            ("manager", &self.first_manager),
            ("contributor", &self.contributor),
            ("supervisor", &self.supervisor),
            ("caseworker", &self.caseworker),
            ("observer", &self.observer),
            ("operator", &self.operator),
            ("linkage officer", &self.linkage_officer),
        ]
    }
}

/// Adds an organisation without asking who may.
pub async fn organisation(stage: &Stage, name: &str) -> OrganisationId {
    let id = uuid_of(stage);
    let tx = stage.db.begin().await.expect("a transaction");
    organisation::ActiveModel {
        id: Set(id),
        name: Set(name.to_owned()),
        name_folded: Set(fold(name)),
        about: Set(String::new()),
        is_active: Set(true),
        created_at: Set(stage.now.0),
    }
    .insert(&tx)
    .await
    .expect("an organisation is added");
    tx.commit().await.expect("it stays");
    OrganisationId(id)
}

fn uuid_of(stage: &Stage) -> uuid::Uuid {
    use domain::ids::IdSource as _;
    stage.ids.ordered()
}

/// Adds a member without asking who may. They have a key pair and no passphrase: a test signs them in by
/// session.
pub async fn member(stage: &Stage, organisation: OrganisationId, name: &str, roles: &[Role]) -> Actor {
    let id = uuid_of(stage);
    let tx = stage.db.begin().await.expect("a transaction");
    member::ActiveModel {
        id: Set(id),
        organisation_id: Set(organisation.0),
        name: Set(format!("Test {name}")),
        sign_in: Set(name.to_owned()),
        passphrase: Set(String::new()),
        is_active: Set(true),
        created_at: Set(stage.now.0),
    }
    .insert(&tx)
    .await
    .expect("a member is added");
    for role in roles {
        member_role::ActiveModel {
            member_id: Set(id),
            role: Set(role.code().to_owned()),
        }
        .insert(&tx)
        .await
        .expect("a role is given");
    }
    let actor = Actor {
        member: Some(MemberId(id)),
        organisation: Some(organisation),
        name: format!("Test {name}"),
        roles: roles.to_vec(),
    };
    access::key::make(&tx, &stage.cx(&actor), MemberId(id), &wrap())
        .await
        .expect("a key pair is made");
    tx.commit().await.expect("they stay");
    actor
}

/// What wraps every test member's private key, in place of what a passphrase gives.
pub const WRAP: [u8; 32] = [7; 32];

fn wrap() -> SealKey {
    SealKey::from_bytes(WRAP)
}

/// A member's private key, as their passphrase would give it.
pub async fn key(stage: &Stage, actor: &Actor) -> PrivateKey {
    access::key::unwrap(&stage.db, actor.member.expect("a member"), &wrap())
        .await
        .expect("read")
        .expect("every member of the cast has a key pair")
}

/// Gives a member a new key pair, as a reset does.
pub async fn reset_key(stage: &Stage, actor: &Actor) -> PrivateKey {
    let tx = stage.db.begin().await.expect("a transaction");
    let member = actor.member.expect("a member");
    let key = access::key::make(&tx, &stage.cx(actor), member, &wrap())
        .await
        .expect("a key pair is made");
    tx.commit().await.expect("it stays");
    key
}

/// Opens a session for a member without asking for a passphrase; gives its secret and form token.
pub async fn session(stage: &Stage, actor: &Actor) -> (Secret, String) {
    let opening = Opening::random("");
    let key = key(stage, actor).await;
    access::session::keep(&stage.cx(actor), uuid_of(stage), Some(&key), &opening)
        .await
        .expect("a session is opened");
    (opening.secret, opening.csrf.expose().to_owned())
}

//! Giving, taking, rotating and recovering keys, each on both databases.

use domain::ids::OrganisationId;
use sea_orm::{ActiveModelTrait as _, EntityTrait as _};
use store::row::{key_grant, person_key};
use store::seal::{Identity, PrivateKey, SealKey};
use store::work::Actor;
use store::{AppError, Cx};
use testkit::{Coalition, Stage, cast, on_both};
use uuid::Uuid;

use super::{COALITION, establish, grant, opener, person, recover, reseal, rotate, standing, withdraw};

/// A member with their private key, and the surroundings of what they do.
struct Keyed(Actor, PrivateKey);

impl Keyed {
    async fn on(stage: &Stage, actor: &Actor) -> Self {
        Self(actor.clone(), cast::key(stage, actor).await)
    }

    async fn reset(stage: &Stage, actor: &Actor) -> Self {
        Self(actor.clone(), cast::reset_key(stage, actor).await)
    }

    fn cx<'a>(&'a self, stage: &'a Stage) -> Cx<'a> {
        Cx {
            key: Some(&self.1),
            ..stage.cx(&self.0)
        }
    }
}

const WORDS: &[u8] = b"the canary sings";

fn identity(id: Uuid) -> Identity {
    Identity::new("evidence", id, "summary")
}

/// Seals words under a new person key of an organisation.
async fn sealed(stage: &Stage, by: &Keyed, owner: OrganisationId) -> (Uuid, Vec<u8>) {
    let (id, key) = person::make(&by.cx(stage), owner.0).await.expect("a key is made");
    (id, key.seal(&identity(id), WORDS))
}

/// Whether a member opens what was sealed.
async fn opens(stage: &Stage, by: &Keyed, owner: OrganisationId, (id, sealed): &(Uuid, Vec<u8>)) -> bool {
    let Ok(opener) = opener(&by.cx(stage), owner.0).await else {
        return false;
    };
    let key: Result<SealKey, AppError> = person::open(&stage.db, &opener, *id).await;
    key.is_ok_and(|key| key.open(&identity(*id), sealed).is_ok())
}

#[tokio::test]
async fn a_manager_makes_the_key_once_and_gives_it_to_those_whose_role_reads() {
    on_both(async |stage| {
        let cast = Coalition::on(stage).await;
        let second = cast.organisations[1];
        let manager = Keyed::on(stage, &cast.second_manager).await;
        let contributor = Keyed::on(stage, &cast.contributor).await;
        establish(&manager.cx(stage), second.0).await.expect("established");
        assert!(establish(&manager.cx(stage), second.0).await.is_err(), "once only");

        let words = sealed(stage, &manager, second).await;
        assert!(opens(stage, &manager, second, &words).await);
        assert!(
            !opens(stage, &contributor, second, &words).await,
            "not before it was given"
        );
        let member = contributor.0.member.expect("a member");
        grant(&manager.cx(stage), second.0, member).await.expect("given");
        grant(&manager.cx(stage), second.0, member)
            .await
            .expect("giving twice is no fault");
        assert!(opens(stage, &contributor, second, &words).await);

        let assessor = cast.second_assessor.member.expect("a member");
        let refused = grant(&manager.cx(stage), second.0, assessor).await;
        assert!(matches!(refused, Err(AppError::Invalid(_))), "their role does not read");
    })
    .await;
}

#[tokio::test]
async fn no_other_organisation_and_no_session_without_a_passphrase_opens_anything() {
    on_both(async |stage| {
        let cast = Coalition::on(stage).await;
        let second = cast.organisations[1];
        let manager = Keyed::on(stage, &cast.second_manager).await;
        let stranger = Keyed::on(stage, &cast.first_manager).await;
        establish(&manager.cx(stage), second.0).await.expect("established");
        let words = sealed(stage, &manager, second).await;
        assert!(!opens(stage, &stranger, second, &words).await);
        assert!(matches!(
            establish(&stranger.cx(stage), second.0).await,
            Err(AppError::Forbidden(_))
        ));
        assert!(matches!(
            opener(&stage.cx(&cast.second_manager), second.0).await,
            Err(AppError::Refused(_))
        ));
        // Nor does a stolen grant row: it is sealed to its member's own key.
        let grants = key_grant::Entity::find().all(stage.db.reader()).await.expect("read");
        let grant = grants.first().expect("one grant");
        let own = Identity::new("owner_key", second.0, "private_key");
        assert!(stranger.1.open(&own, &grant.sealed_key).is_err());
    })
    .await;
}

#[tokio::test]
async fn after_someone_left_the_key_is_rotated_and_every_older_record_sealed_anew() {
    on_both(async |stage| {
        let cast = Coalition::on(stage).await;
        let second = cast.organisations[1];
        let manager = Keyed::on(stage, &cast.second_manager).await;
        let leaver = Keyed::on(stage, &cast.contributor).await;
        establish(&manager.cx(stage), second.0).await.expect("established");
        let member = leaver.0.member.expect("a member");
        grant(&manager.cx(stage), second.0, member).await.expect("given");
        let before = sealed(stage, &manager, second).await;

        let tx = stage.db.begin().await.expect("a transaction");
        withdraw(&tx, member, &[], stage.now).await.expect("withdrawn");
        tx.commit().await.expect("it stays");
        assert!(!opens(stage, &leaver, second, &before).await, "at once");
        let due = standing(&manager.cx(stage), second.0)
            .await
            .expect("read")
            .expect("a key");
        assert_eq!(due.exposed_at, Some(stage.now));

        rotate(&manager.cx(stage), second.0, false).await.expect("rotated");
        let after = sealed(stage, &manager, second).await;
        assert!(
            opens(stage, &manager, second, &before).await,
            "before the keys are sealed anew"
        );
        assert_eq!(reseal(&manager.cx(stage), second.0).await.expect("sealed anew"), 0);
        for words in [&before, &after] {
            assert!(opens(stage, &manager, second, words).await);
        }
        let rows = person_key::Entity::find()
            .all(stage.db.key_reader())
            .await
            .expect("read");
        assert!(rows.iter().all(|row| row.number == 2));
        let grants = key_grant::Entity::find().all(stage.db.reader()).await.expect("read");
        assert!(
            grants
                .iter()
                .all(|grant| grant.number == 2 && grant.member_id != member.0)
        );
        let rotated = standing(&manager.cx(stage), second.0)
            .await
            .expect("read")
            .expect("a key");
        assert_eq!((rotated.number, rotated.exposed_at, rotated.to_reseal), (2, None, 0));
    })
    .await;
}

#[tokio::test]
async fn a_lost_passphrase_is_mended_by_a_colleague_or_by_the_printed_recovery_key() {
    on_both(async |stage| {
        let cast = Coalition::on(stage).await;
        let second = cast.organisations[1];
        let manager = Keyed::on(stage, &cast.second_manager).await;
        let printed = establish(&manager.cx(stage), second.0)
            .await
            .expect("established")
            .text();
        let words = sealed(stage, &manager, second).await;

        // A reset gives the account a new key pair: the old grant is gone, and so is what it opened.
        let again = Keyed::reset(stage, &cast.second_manager).await;
        assert!(!opens(stage, &again, second, &words).await);
        assert!(!opens(stage, &manager, second, &words).await);

        let slip = printed.replacen(|c: char| c.is_ascii_digit(), "x", 1);
        for wrong in ["", "abcd", slip.as_str()] {
            assert!(matches!(
                recover(&again.cx(stage), second.0, wrong).await,
                Err(AppError::Invalid(_))
            ));
        }
        let typed = printed.to_uppercase().replace(' ', "-");
        recover(&again.cx(stage), second.0, &typed).await.expect("recovered");
        assert!(opens(stage, &again, second, &words).await);

        let rotation = rotate(&again.cx(stage), second.0, true).await.expect("rotated");
        reseal(&again.cx(stage), second.0).await.expect("sealed anew");
        let third = Keyed::reset(stage, &cast.second_manager).await;
        assert!(
            recover(&third.cx(stage), second.0, &printed).await.is_err(),
            "the old print is void"
        );
        let new = rotation.recovery.expect("one was asked for").text();
        recover(&third.cx(stage), second.0, &new).await.expect("recovered");
        assert!(opens(stage, &third, second, &words).await);
    })
    .await;
}

#[tokio::test]
async fn what_is_erased_opens_for_nobody_wherever_the_erasing_was_cut_off() {
    on_both(async |stage| {
        let cast = Coalition::on(stage).await;
        let second = cast.organisations[1];
        let manager = Keyed::on(stage, &cast.second_manager).await;
        establish(&manager.cx(stage), second.0).await.expect("established");
        let (gone, kept) = (
            sealed(stage, &manager, second).await,
            sealed(stage, &manager, second).await,
        );
        let copy = person_key::Entity::find_by_id(gone.0)
            .one(stage.db.key_reader())
            .await
            .expect("read")
            .expect("a key");
        person::erase(&manager.cx(stage), second.0, &[gone.0])
            .await
            .expect("erased");
        assert!(!opens(stage, &manager, second, &gone).await);
        assert!(opens(stage, &manager, second, &kept).await);

        // A key that comes back from an older backup of the key store goes again with the ledger's replay.
        let keys = stage.db.begin_keys().await.expect("a transaction");
        let active: person_key::ActiveModel = copy.into();
        person_key::Entity::insert(active.reset_all())
            .exec_without_returning(&keys)
            .await
            .expect("restored");
        keys.commit().await.expect("it stays");
        assert!(opens(stage, &manager, second, &gone).await);
        person::replay(&stage.db).await.expect("replayed");
        assert!(!opens(stage, &manager, second, &gone).await);

        // Keys without a record are swept once nothing can be writing one any more.
        let used = [kept.0].into();
        let orphan = sealed(stage, &manager, second).await;
        assert_eq!(person::sweep(&stage.db, &used, stage.now).await.expect("swept"), 0);
        let later = stage.now.plus_seconds(2 * 3600);
        assert_eq!(person::sweep(&stage.db, &used, later).await.expect("swept"), 1);
        assert!(!opens(stage, &manager, second, &orphan).await);
        assert!(opens(stage, &manager, second, &kept).await);
    })
    .await;
}

#[tokio::test]
async fn a_key_store_that_belongs_to_other_records_is_not_swept() {
    on_both(async |stage| {
        let cast = Coalition::on(stage).await;
        let second = cast.organisations[1];
        let manager = Keyed::on(stage, &cast.second_manager).await;
        establish(&manager.cx(stage), second.0).await.expect("established");
        for _ in 0..101 {
            person::make(&manager.cx(stage), second.0).await.expect("a key is made");
        }
        let later = stage.now.plus_seconds(2 * 3600);
        let used = person::used(&stage.db).await.expect("read");
        let swept = person::sweep(&stage.db, &used, later).await;
        assert!(matches!(swept, Err(AppError::Refused(_))));
        let left = person_key::Entity::find().all(stage.db.key_reader()).await;
        assert_eq!(left.expect("read").len(), 101);
    })
    .await;
}

#[tokio::test]
async fn the_coalition_has_a_key_like_an_organisation_read_by_coordinators_alone() {
    on_both(async |stage| {
        let cast = Coalition::on(stage).await;
        let coordinator = Keyed::on(stage, &cast.coordinator).await;
        let manager = Keyed::on(stage, &cast.first_manager).await;
        establish(&coordinator.cx(stage), COALITION).await.expect("established");
        let nobody = Actor::nobody();
        let (id, key) = person::make(&stage.cx(&nobody), COALITION).await.expect("anyone seals");
        let words = (id, key.seal(&identity(id), WORDS));
        assert!(opens(stage, &coordinator, OrganisationId(COALITION), &words).await);
        assert!(!opens(stage, &manager, OrganisationId(COALITION), &words).await);
    })
    .await;
}

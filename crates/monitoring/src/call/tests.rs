//! Calls for evidence, on both databases.

use access::key::{self, COALITION};
use domain::call::AnswerState;
use domain::ids::{AnswerId, CallId, ProvisionId};
use domain::permission::Role;
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use store::row::{audit, call_answer, draft, evidence, person_key};
use store::seal::PrivateKey;
use store::work::Actor;
use store::{AppError, Cx};
use testkit::{Coalition, Stage, cast, on_both, provisions};

use access::secret::Secret;

use super::{
    Answer, Item, ORIGIN, Open, Receipt, answer, answers, approve, close, complete, erase, find, list, look_up, open,
    redact, set_aside, unseal, withdraw,
};

/// A coordinator with their key.
struct Keyed(Actor, PrivateKey);

impl Keyed {
    async fn on(stage: &Stage, actor: &Actor) -> Self {
        Self(actor.clone(), cast::key(stage, actor).await)
    }

    fn cx<'a>(&'a self, stage: &'a Stage) -> Cx<'a> {
        Cx {
            key: Some(&self.1),
            ..stage.cx(&self.0)
        }
    }
}

/// Two coordinators who hold the coalition's key, and a provision.
struct Scene {
    cast: Coalition,
    first: Keyed,
    second: Keyed,
    provision: ProvisionId,
}

impl Scene {
    async fn on(stage: &Stage) -> Self {
        let cast = Coalition::on(stage).await;
        let first = Keyed::on(stage, &cast.coordinator).await;
        let second = cast::member(stage, cast.organisations[1], "coordinator-2", &[Role::Coordinator]).await;
        let second = Keyed::on(stage, &second).await;
        key::establish(&first.cx(stage), COALITION).await.expect("a key");
        let member = second.0.member.expect("a member");
        key::grant(&first.cx(stage), COALITION, member).await.expect("given");
        let provision = provisions(stage, &[("12(1)", "mandatory")]).await[0];
        Self {
            cast,
            first,
            second,
            provision,
        }
    }

    async fn opened(&self, stage: &Stage) -> CallId {
        open(&self.first.cx(stage), typed("2025-05-01", "2025-06-30"))
            .await
            .expect("opened")
    }

    fn item(&self) -> Item {
        Item {
            kind: "interview".into(),
            title: "Waiting for an interpreter".into(),
            publisher: "People who answered the call".into(),
            effective_on: "2025-06-01".into(),
            reliability: "F".into(),
            credibility: "6".into(),
            handling: "coalition".into(),
            quoting: "anonymised".into(),
            provisions: vec![self.provision],
            names_nobody: true,
            ..Item::default()
        }
    }
}

fn typed(opens_on: &str, closes_on: &str) -> Open {
    Open {
        title: "Interpreters".into(),
        asks: "How long did you wait for an interpreter?".into(),
        opens_on: opens_on.into(),
        closes_on: closes_on.into(),
        is_invented: false,
    }
}

fn words(call: CallId, words: &str) -> Answer {
    Answer {
        call,
        words: words.into(),
        contact: "a friend, after six".into(),
    }
}

/// Answers as nobody, and gives the receipt and the answer.
async fn answered(stage: &Stage, call: CallId, said: &str) -> (Receipt, AnswerId) {
    let before = call_answer::Entity::find().all(stage.db.reader()).await.expect("read");
    let receipt = Receipt::of(&Secret::random());
    answer(&stage.cx(&Actor::nobody()), words(call, said), &receipt)
        .await
        .expect("taken");
    let rows = call_answer::Entity::find().all(stage.db.reader()).await.expect("read");
    let new = rows.into_iter().find(|row| before.iter().all(|old| old.id != row.id));
    (receipt, AnswerId(new.expect("a new row").id))
}

async fn state(stage: &Stage, receipt: &Receipt) -> Option<AnswerState> {
    look_up(&stage.cx(&Actor::nobody()), receipt).await.expect("looked up")
}

#[tokio::test]
async fn without_the_coalition_s_key_no_call_opens() {
    on_both(async |stage| {
        let cast = Coalition::on(stage).await;
        let refused = open(&stage.cx(&cast.coordinator), typed("2025-05-01", "2025-06-30")).await;
        assert!(matches!(refused, Err(AppError::Refused(words)) if words.contains("under “Keys”")));
        let refused = open(&stage.cx(&cast.first_manager), typed("2025-05-01", "2025-06-30")).await;
        assert!(matches!(refused, Err(AppError::Forbidden(_))));
    })
    .await;
}

#[tokio::test]
async fn a_call_takes_answers_from_its_first_day_to_its_last_or_until_it_is_closed() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let cx = scene.first.cx(stage);
        for wrong in [
            typed("2025-06-02", "2025-06-01"),
            typed("2025-05-01", "2025-05-31"),
            typed("", ""),
        ] {
            assert!(matches!(open(&cx, wrong).await, Err(AppError::Invalid(_))));
        }
        let now = scene.opened(stage).await;
        let coming = open(&cx, typed("2025-06-02", "2025-06-30")).await.expect("opened");
        let nobody = Actor::nobody();
        let public = stage.cx(&nobody);
        assert_eq!(list(&public).await.expect("listed").len(), 1);
        assert_eq!(list(&cx).await.expect("listed").len(), 2);
        assert!(matches!(find(&public, coming).await, Err(AppError::NotFound(_))));
        let receipt = Receipt::of(&Secret::random());
        let early = answer(&public, words(coming, "too early"), &receipt).await;
        assert!(matches!(early, Err(AppError::Refused(_))));
        answered(stage, now, "in time").await;
        close(&cx, now).await.expect("closed");
        close(&cx, now).await.expect("closing twice is no fault");
        let late = answer(&public, words(now, "too late"), &receipt).await;
        assert!(matches!(late, Err(AppError::Refused(_))));
        assert!(list(&public).await.expect("listed").is_empty());
        assert_eq!(answers(&cx, now).await.expect("listed").len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_answer_says_who_sent_it_to_nobody_and_when_to_the_day() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let call = scene.opened(stage).await;
        let receipt = Receipt::of(&Secret::random());
        // Even whoever is signed in answers as nobody, and a second click makes no second answer.
        for _ in 0..2 {
            answer(&scene.first.cx(stage), words(call, "what I saw"), &receipt)
                .await
                .expect("taken");
        }
        let rows = call_answer::Entity::find().all(stage.db.reader()).await.expect("read");
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].received_on, "2025-06-01");
        assert_eq!((rows[0].sealed_answer.len() - 40) % 1024, 0, "its length tells little");
        let key = person_key::Entity::find_by_id(rows[0].person_key_id)
            .one(stage.db.key_reader())
            .await
            .expect("read")
            .expect("a key");
        assert_eq!(key.created_at, stage.now.day().start().plus_seconds(86_399).0);
        let acts = audit::Entity::find()
            .filter(audit::Column::Action.eq("call.answer"))
            .all(stage.db.reader())
            .await
            .expect("read");
        assert_eq!(acts.len(), 1);
        assert_eq!((acts[0].member_id, acts[0].organisation_id), (None, None));
        assert_eq!(acts[0].subject_id, Some(call.0));

        for (said, contact) in [
            ("", ""),
            (&"a".repeat(super::LONGEST + 1) as &str, ""),
            ("a", &"b".repeat(301)),
        ] {
            let input = Answer {
                call,
                words: said.into(),
                contact: contact.into(),
            };
            let refused = answer(&stage.cx(&Actor::nobody()), input, &Receipt::of(&Secret::random())).await;
            assert!(matches!(refused, Err(AppError::Invalid(_))));
        }
        assert_eq!(state(stage, &Receipt::of(&Secret::random())).await, None);
    })
    .await;
}

#[tokio::test]
async fn only_a_coordinator_who_holds_the_key_opens_an_answer_and_the_log_says_so() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let call = scene.opened(stage).await;
        let (receipt, id) = answered(stage, call, "what I saw").await;
        assert_eq!(state(stage, &receipt).await, Some(AnswerState::New));
        let manager = Keyed::on(stage, &scene.cast.first_manager).await;
        assert!(matches!(
            unseal(&manager.cx(stage), id).await,
            Err(AppError::Forbidden(_))
        ));
        assert!(matches!(
            answers(&manager.cx(stage), call).await,
            Err(AppError::Forbidden(_))
        ));
        let third = cast::member(
            stage,
            scene.cast.organisations[2],
            "coordinator-3",
            &[Role::Coordinator],
        )
        .await;
        let third = Keyed::on(stage, &third).await;
        assert!(matches!(unseal(&third.cx(stage), id).await, Err(AppError::Refused(_))));

        let opened = unseal(&scene.second.cx(stage), id).await.expect("opened");
        assert_eq!(
            (opened.words.as_str(), opened.contact.as_str()),
            ("what I saw", "a friend, after six")
        );
        assert_eq!(state(stage, &receipt).await, Some(AnswerState::Reading));
        let acts = audit::Entity::find()
            .filter(audit::Column::Action.eq("answer.unseal"))
            .all(stage.db.reader())
            .await
            .expect("read");
        assert_eq!(acts.len(), 1, "those who were refused saw nothing");
        assert_eq!(acts[0].subject_id, Some(id.0));
        assert_eq!(acts[0].member_id, scene.second.0.member.map(|member| member.0));
    })
    .await;
}

#[tokio::test]
async fn only_a_redacted_copy_that_another_coordinator_approved_becomes_evidence() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let call = scene.opened(stage).await;
        let (receipt, id) = answered(stage, call, "Canary waited nine weeks").await;
        let (first, second) = (scene.first.cx(stage), scene.second.cx(stage));
        let unread = approve(&second, id, 0, scene.item()).await;
        assert!(matches!(unread, Err(AppError::Refused(_))), "nothing was redacted");
        redact(&first, id, "Someone waited nine weeks").await.expect("kept");
        let own = approve(&first, id, 1, scene.item()).await;
        assert!(matches!(own, Err(AppError::Refused(words)) if words.contains("another coordinator")));
        redact(&first, id, "Someone waited about nine weeks")
            .await
            .expect("kept");
        assert!(matches!(
            approve(&second, id, 1, scene.item()).await,
            Err(AppError::Conflict(_))
        ));
        let unsure = Item {
            names_nobody: false,
            ..scene.item()
        };
        assert!(matches!(
            approve(&second, id, 2, unsure).await,
            Err(AppError::Invalid(_))
        ));
        assert_eq!(
            evidence::Entity::find()
                .count(stage.db.reader())
                .await
                .expect("counted"),
            0
        );

        let made = approve(&second, id, 2, scene.item()).await.expect("approved");
        let row = evidence::Entity::find_by_id(made.0)
            .one(stage.db.reader())
            .await
            .expect("read")
            .expect("an item");
        assert_eq!(
            (row.summary.as_str(), row.origin.as_str()),
            ("Someone waited about nine weeks", ORIGIN)
        );
        assert_eq!(state(stage, &receipt).await, Some(AnswerState::Recorded));
        assert!(approve(&second, id, 2, scene.item()).await.is_err(), "once only");
        assert!(redact(&first, id, "more").await.is_err());
        assert!(set_aside(&first, id, "twice").await.is_err());
        assert_eq!(
            evidence::Entity::find()
                .count(stage.db.reader())
                .await
                .expect("counted"),
            1
        );
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_set_aside_for_a_reason_and_comes_back_with_a_redacted_copy() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let call = scene.opened(stage).await;
        let (receipt, id) = answered(stage, call, "what I saw").await;
        let cx = scene.first.cx(stage);
        assert!(matches!(
            set_aside(&cx, id, "no such reason").await,
            Err(AppError::Invalid(_))
        ));
        set_aside(&cx, id, "off_topic").await.expect("set aside");
        assert_eq!(state(stage, &receipt).await, Some(AnswerState::SetAside));
        assert!(approve(&scene.second.cx(stage), id, 0, scene.item()).await.is_err());
        redact(&cx, id, "after all").await.expect("kept");
        assert_eq!(state(stage, &receipt).await, Some(AnswerState::Reading));
    })
    .await;
}

#[tokio::test]
async fn whoever_has_the_receipt_erases_the_answer_and_nobody_else_by_guessing() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let call = scene.opened(stage).await;
        let (receipt, _) = answered(stage, call, "what I saw").await;
        let nobody = Actor::nobody();
        let cx = stage.cx(&nobody);
        let guessed = withdraw(&cx, &Receipt::typed("0000-0000-0000-0000")).await;
        assert!(!guessed.expect("looked for"));
        let row = call_answer::Entity::find()
            .one(stage.db.reader())
            .await
            .expect("read")
            .expect("an answer");
        let form = format!("/calls/{call}/answers/{}/review", row.id);
        store::draft::save(&scene.second.cx(stage), &form, "half typed")
            .await
            .expect("kept");
        assert!(withdraw(&cx, &receipt).await.expect("erased"));
        assert!(!withdraw(&cx, &receipt).await.expect("gone"));
        assert_eq!(state(stage, &receipt).await, None);
        let keys = person_key::Entity::find().count(stage.db.key_reader()).await;
        assert_eq!(keys.expect("counted"), 0);
        let drafts = draft::Entity::find().count(stage.db.reader()).await;
        assert_eq!(drafts.expect("counted"), 0, "what was half typed about it is gone too");
    })
    .await;
}

#[tokio::test]
async fn an_erasing_that_was_cut_off_is_completed_at_the_next_start() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let call = scene.opened(stage).await;
        let (cut_off, id) = answered(stage, call, "what I saw").await;
        let (kept, _) = answered(stage, call, "what I heard").await;
        let row = call_answer::Entity::find_by_id(id.0).one(stage.db.reader()).await;
        let key_id = row.expect("read").expect("an answer").person_key_id;
        key::person::erase(&scene.first.cx(stage), COALITION, &[key_id])
            .await
            .expect("the key goes first");
        let opened = unseal(&scene.first.cx(stage), id).await;
        assert!(matches!(opened, Err(AppError::Refused(words)) if words.contains("erased")));
        complete(&stage.db).await.expect("completed");
        assert_eq!(state(stage, &cut_off).await, None);
        assert_eq!(state(stage, &kept).await, Some(AnswerState::New));
    })
    .await;
}

#[tokio::test]
async fn an_erased_answer_is_gone_with_its_key_and_its_receipt() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let call = scene.opened(stage).await;
        let (receipt, id) = answered(stage, call, "what I saw").await;
        let (kept, _) = answered(stage, call, "what I heard").await;
        let manager = stage.cx(&scene.cast.first_manager);
        assert!(matches!(erase(&manager, id).await, Err(AppError::Forbidden(_))));
        erase(&scene.first.cx(stage), id).await.expect("erased");
        assert_eq!(state(stage, &receipt).await, None);
        assert_eq!(state(stage, &kept).await, Some(AnswerState::New));
        let keys = person_key::Entity::find().count(stage.db.key_reader()).await;
        assert_eq!(keys.expect("counted"), 1);
        assert!(matches!(
            erase(&scene.first.cx(stage), id).await,
            Err(AppError::NotFound(_))
        ));
    })
    .await;
}

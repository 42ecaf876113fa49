//! From preparing to the sealed file: two people, one number each, nobody without consent, and what is destroyed; on both
//! databases. That no sequence of acts lets anybody else or anything else leave is shown in `crates/cli/tests/contribute`, where
//! casework and measures meet.

use access::key;
use domain::contribution::{ContributionState, Holds};
use domain::pack::{Aggregates, Body, Contribution, Pack, Row};
use domain::permission::{Action, Relation, Role};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use store::AppError;
use store::envelope::{Envelope, Recipient};
use store::row::{contribution, person_key};
use store::seal::{Identity, PrivateKey};
use testkit::{Stage, cast, on_both};
use uuid::Uuid;

use super::super::{
    Approve, Listed, Prepare, Step, approve, file, generalise, list, open, prepare, refuse, sent, withdraw,
};
use super::{AGREED, Answers, REFERRED, pack, says, year};
use crate::case::tests::{CANARY, House, Keyed, house, input};
use crate::case::{self, Caseload};
use crate::event::{self as events, Kind};

mod linked;
mod people;

const WITHDRAWN: (Kind, &str, Answers<'_>) = (
    Kind::Consent,
    "2025-05-30",
    &[("purpose", "monitoring"), ("said", "withdrawn"), ("said_by", "person")],
);

/// An organisation with two managers and a contributor, and a coalition on another machine.
struct Sending {
    house: House,
    second: Keyed,
    contributor: Keyed,
    coalition: PrivateKey,
    recipient: String,
    caseload: Caseload,
}

async fn sending(stage: &Stage) -> Sending {
    let house = house(stage).await;
    let own = house.manager.0.organisation.expect("an organisation");
    let member = async |name, role| {
        let actor = cast::member(stage, own, name, &[role]).await;
        let keyed = Keyed(actor.clone(), cast::key(stage, &actor).await);
        let id = actor.member.expect("a member");
        key::grant(&house.manager.cx(stage), own.0, id).await.expect("given");
        keyed
    };
    let coalition = PrivateKey::generate();
    Sending {
        second: member("manager-4", Role::Manager).await,
        contributor: member("contributor-4", Role::Contributor).await,
        recipient: Recipient {
            number: 4,
            public: coalition.public(),
        }
        .to_string(),
        coalition,
        house,
        caseload: Caseload::default(),
    }
}

/// Stands for what adds rows up, which this crate does not know.
#[expect(clippy::unnecessary_wraps, reason = "what adds rows up may fail")]
fn added(_: &Pack, rows: &[Row]) -> Result<Aggregates, AppError> {
    Ok(Aggregates {
        cases: rows.len() as u64,
        tables: Vec::new(),
    })
}

async fn begin(stage: &Stage, by: &Keyed, holds: Holds) -> Result<Uuid, AppError> {
    let input = Prepare {
        pack: &pack(),
        period: year(),
        holds,
    };
    prepare(&by.cx(stage), input, &added).await
}

impl Sending {
    async fn case(&self, stage: &Stage) -> Uuid {
        let worker = self.house.worker.cx(stage);
        let id = case::record(&worker, input(CANARY)).await.expect("recorded");
        says(stage, &self.house.worker, id, AGREED).await;
        id
    }

    async fn approve(&self, stage: &Stage, by: &Keyed, id: Uuid) -> Result<(), AppError> {
        let revision = open(&by.cx(stage), &self.caseload, id).await?.revision;
        let input = Approve {
            id,
            revision,
            recipient: &self.recipient,
            least_number: 1,
        };
        approve(&by.cx(stage), &self.caseload, input).await
    }

    /// What the coalition reads of a file.
    async fn read(&self, stage: &Stage, envelope: &Envelope) -> Contribution {
        let record = Uuid::from_u128(5);
        let key = Identity::of_key(envelope.head().key);
        let key = self
            .coalition
            .open_key(&key, envelope.sealed_key())
            .expect("the coalition's");
        let opened = envelope.open(&key, record).expect("opens");
        let cx = self.second.cx(stage);
        let shown = cx
            .disclose(
                Action::ReadContribution,
                Relation::OwnOrganisation,
                "contribution",
                &[record],
            )
            .await
            .expect("disclosed");
        serde_json::from_slice(opened.reveal(&shown).expect("disclosed")).expect("a contribution")
    }

    async fn line(&self, stage: &Stage, id: Uuid) -> Listed {
        let all = list(&self.second.cx(stage), &self.caseload).await.expect("a list");
        all.into_iter().find(|one| one.id == id).expect("listed")
    }
}

fn refused(answer: Result<(), AppError>) -> String {
    match answer {
        Err(AppError::Refused(words)) => words,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn whoever_prepared_a_contribution_does_not_approve_it_and_what_was_approved_is_numbered_sealed_and_signed() {
    on_both(async |stage| {
        let all = sending(stage).await;
        all.case(stage).await;
        let manager = &all.house.manager;
        let id = begin(stage, manager, Holds::Rows).await.expect("prepared");
        assert!(refused(all.approve(stage, manager, id).await).contains("another manager"));
        assert!(matches!(
            all.approve(stage, &all.contributor, id).await,
            Err(AppError::Forbidden(_))
        ));
        assert!(refused(file(&all.second.cx(stage), &all.caseload, id).await.map(|_| ())).contains("not approved"));
        all.approve(stage, &all.second, id).await.expect("approved");
        assert!(refused(all.approve(stage, &all.second, id).await).contains("look at it again"));
        let first = file(&all.contributor.cx(stage), &all.caseload, id)
            .await
            .expect("a file");
        assert_eq!((first.head().number, first.head().coalition_key), (1, 4));
        assert_eq!((first.head().cycle.as_str(), first.head().pack), ("2025", 1));
        let content = open(&all.second.cx(stage), &all.caseload, id)
            .await
            .expect("opened")
            .content;
        assert_eq!(all.read(stage, &first).await, content.expect("kept").file);
        let clear = String::from_utf8_lossy(first.bytes());
        assert!(!clear.contains("referral") && !clear.contains("Canaria"));
        sent(&all.contributor.cx(stage), id).await.expect("sent");
        // A double click.
        sent(&all.contributor.cx(stage), id).await.expect("sent");
        // The next is signed by the same key, replaces the first, and destroys what that one held.
        let next = begin(stage, &all.contributor, Holds::Aggregates)
            .await
            .expect("prepared");
        all.approve(stage, manager, next).await.expect("approved");
        let second = file(&manager.cx(stage), &all.caseload, next).await.expect("a file");
        assert_eq!(second.head().number, 2);
        assert_eq!(second.signer(), first.signer());
        assert!(matches!(all.read(stage, &second).await.body, Body::Aggregates(one) if one.cases == 1));
        assert_eq!(
            all.line(stage, id).await.state,
            ContributionState::Sent,
            "not before the next was sent"
        );
        sent(&manager.cx(stage), next).await.expect("sent");
        let replaced = open(&all.second.cx(stage), &all.caseload, id).await.expect("opened");
        assert_eq!(replaced.listed.state, ContributionState::Replaced);
        assert_eq!((replaced.content, replaced.sha256), (None, Some(first.sha256())));
        assert!(file(&manager.cx(stage), &all.caseload, id).await.is_err());
        let row = contribution::Entity::find_by_id(id)
            .one(stage.db.reader())
            .await
            .expect("read");
        let row = row.expect("a row");
        assert_eq!((row.sealed_content, row.sealed_cases, row.file), (None, None, None));
    })
    .await;
}

#[tokio::test]
async fn a_contribution_has_no_lower_number_than_the_coalition_takes() {
    on_both(async |stage| {
        let all = sending(stage).await;
        all.case(stage).await;
        let cx = all.second.cx(stage);
        for (least_number, given) in [(4, 4), (2, 5)] {
            let id = begin(stage, &all.contributor, Holds::Rows).await.expect("prepared");
            let input = Approve {
                id,
                revision: 1,
                recipient: &all.recipient,
                least_number,
            };
            approve(&cx, &all.caseload, input).await.expect("approved");
            sent(&cx, id).await.expect("sent");
            assert_eq!(all.line(stage, id).await.number, Some(given));
        }
    })
    .await;
}

#[tokio::test]
async fn an_organisation_with_one_manager_is_told_how_two_can_look() {
    on_both(async |stage| {
        let all = sending(stage).await;
        all.case(stage).await;
        let cx = all.house.manager.cx(stage);
        let second = all.second.0.member.expect("a member");
        access::member::deactivate(&cx, second).await.expect("left");
        let id = begin(stage, &all.house.manager, Holds::Rows).await.expect("prepared");
        let words = refused(all.approve(stage, &all.house.manager, id).await);
        assert!(
            words.contains("no other manager") && words.contains("contributor"),
            "{words}"
        );
        let id = begin(stage, &all.contributor, Holds::Rows).await.expect("prepared");
        all.approve(stage, &all.house.manager, id).await.expect("approved");
    })
    .await;
}

#[tokio::test]
async fn nobody_who_took_their_consent_back_or_was_forgotten_leaves_and_a_new_one_is_due() {
    on_both(async |stage| {
        let all = sending(stage).await;
        let (stays, goes) = (all.case(stage).await, all.case(stage).await);
        let worker = &all.house.worker;
        let id = begin(stage, &all.contributor, Holds::Rows).await.expect("prepared");
        let back = says(stage, worker, goes, WITHDRAWN).await;
        assert!(refused(all.approve(stage, &all.second, id).await).contains("prepare it anew"));
        events::strike(&worker.cx(stage), goes, back, "another person’s")
            .await
            .expect("struck");
        all.approve(stage, &all.second, id).await.expect("approved");
        let back = says(stage, worker, goes, WITHDRAWN).await;
        assert!(
            file(&all.second.cx(stage), &all.caseload, id).await.is_err(),
            "approved and not sent"
        );
        events::strike(&worker.cx(stage), goes, back, "another person’s")
            .await
            .expect("struck");
        sent(&all.second.cx(stage), id).await.expect("sent");
        assert!(!all.line(stage, id).await.is_due);
        says(stage, worker, goes, WITHDRAWN).await;
        assert!(all.line(stage, id).await.is_due);
        let third = all.case(stage).await;
        crate::person::forget(&all.house.supervisor.cx(stage), stays)
            .await
            .expect("forgotten");
        let opened = open(&all.second.cx(stage), &all.caseload, id).await.expect("opened");
        assert_eq!((opened.gone.n_withdrawn, opened.gone.n_forgotten), (1, 1));
        assert!(opened.listed.is_due);
        let next = begin(stage, &all.contributor, Holds::Rows).await.expect("prepared");
        let opened = open(&all.second.cx(stage), &all.caseload, next).await.expect("opened");
        assert_eq!((opened.gone.any(), opened.content.expect("kept").n_rows), (false, 1));
        says(stage, worker, third, WITHDRAWN).await;
        let words = match begin(stage, &all.contributor, Holds::Rows).await {
            Err(AppError::Refused(words)) => words,
            other => panic!("{other:?}"),
        };
        assert!(words.contains("nobody can be counted yet"), "{words}");
    })
    .await;
}

#[tokio::test]
async fn less_is_said_before_it_is_approved_and_what_was_changed_is_looked_at_again() {
    on_both(async |stage| {
        let all = sending(stage).await;
        let id = all.case(stage).await;
        says(stage, &all.house.worker, id, REFERRED).await;
        let id = begin(stage, &all.contributor, Holds::Rows).await.expect("prepared");
        let cx = all.contributor.cx(stage);
        let step = || Step::parse("without", "referrer").expect("a step");
        assert_eq!(generalise(&cx, id, step(), &pack(), 1).await.expect("done"), 1);
        assert!(matches!(
            generalise(&cx, id, Step::Small, &pack(), 1).await,
            Err(AppError::Conflict(_))
        ));
        assert!(matches!(
            generalise(&cx, id, step(), &pack(), 2).await,
            Err(AppError::Refused(_))
        ));
        let wider = || Step::parse("wider", "referral_quarter").expect("a step");
        assert_eq!(generalise(&cx, id, wider(), &pack(), 2).await.expect("done"), 1);
        assert!(matches!(
            generalise(&cx, id, wider(), &pack(), 3).await,
            Err(AppError::Refused(_))
        ));
        let stale = Approve {
            id,
            revision: 1,
            recipient: &all.recipient,
            least_number: 1,
        };
        let answer = approve(&all.second.cx(stage), &all.caseload, stale).await;
        assert!(matches!(answer, Err(AppError::Conflict(_))));
        all.approve(stage, &all.second, id).await.expect("approved");
        let envelope = file(&cx, &all.caseload, id).await.expect("a file");
        let Body::Rows(rows) = all.read(stage, &envelope).await.body else {
            panic!("rows")
        };
        assert!(!rows[0].values.contains_key("referrer"));
        let year = domain::pack::Value::Code("2025".to_owned());
        assert_eq!(rows[0].values.get("referral_quarter"), Some(&year), "the year alone");
        let opened = open(&cx, &all.caseload, id).await.expect("opened");
        assert_eq!(opened.content.expect("kept").steps, [step(), wider()]);
        assert!(
            generalise(&cx, id, Step::Small, &pack(), 3).await.is_err(),
            "approved already"
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_refused_or_withdrawn_is_destroyed_and_its_reason_kept() {
    on_both(async |stage| {
        let all = sending(stage).await;
        all.case(stage).await;
        let before = person_key::Entity::find()
            .count(stage.db.key_reader())
            .await
            .expect("counted");
        let id = begin(stage, &all.contributor, Holds::Rows).await.expect("prepared");
        let cx = all.second.cx(stage);
        assert!(matches!(refuse(&cx, id, " ").await, Err(AppError::Invalid(_))));
        refuse(&cx, id, "The hours look wrong").await.expect("refused");
        let opened = open(&all.contributor.cx(stage), &all.caseload, id)
            .await
            .expect("opened");
        assert_eq!(opened.listed.state, ContributionState::Refused);
        assert_eq!((opened.content, opened.reason.as_str()), (None, "The hours look wrong"));
        let id = begin(stage, &all.contributor, Holds::Rows).await.expect("prepared");
        withdraw(&all.contributor.cx(stage), id).await.expect("withdrawn");
        // Prepared again, the one before is withdrawn too.
        let one = begin(stage, &all.contributor, Holds::Rows).await.expect("prepared");
        let two = begin(stage, &all.contributor, Holds::Rows).await.expect("prepared");
        assert_eq!(all.line(stage, one).await.state, ContributionState::Withdrawn);
        withdraw(&cx, two).await.expect("withdrawn");
        assert!(withdraw(&cx, two).await.is_err());
        let after = person_key::Entity::find()
            .count(stage.db.key_reader())
            .await
            .expect("counted");
        assert_eq!(after, before + 1, "that of the reason");
    })
    .await;
}

#[tokio::test]
async fn contributions_are_seen_by_whom_the_matrix_names_and_by_nobody_of_another_organisation() {
    on_both(async |stage| {
        let all = sending(stage).await;
        all.case(stage).await;
        let id = begin(stage, &all.contributor, Holds::Rows).await.expect("prepared");
        for other in [&all.house.worker, &all.house.supervisor] {
            assert!(matches!(
                open(&other.cx(stage), &all.caseload, id).await,
                Err(AppError::Forbidden(_))
            ));
        }
        let elsewhere = all.house.outsider.0.organisation.expect("an organisation");
        let other = cast::member(stage, elsewhere, "manager-9", &[Role::Manager]).await;
        let other = Keyed(other.clone(), cast::key(stage, &other).await);
        let cx = other.cx(stage);
        assert!(matches!(open(&cx, &all.caseload, id).await, Err(AppError::NotFound(_))));
        assert!(matches!(file(&cx, &all.caseload, id).await, Err(AppError::NotFound(_))));
        assert!(matches!(
            all.approve(stage, &other, id).await,
            Err(AppError::NotFound(_))
        ));
        assert!(matches!(withdraw(&cx, id).await, Err(AppError::NotFound(_))));
        assert!(list(&cx, &all.caseload).await.expect("a list").is_empty());
        let log = store::row::audit::Entity::find()
            .all(stage.db.reader())
            .await
            .expect("read");
        let acts = |action: &str| {
            log.iter()
                .filter(|row| row.action == action && row.subject_id == Some(id))
                .count()
        };
        assert_eq!((acts("contribution.prepare"), acts("contribution.approve")), (1, 0));
        let wrong = Approve {
            id,
            revision: 1,
            recipient: "rapporteur-coalition-key-1+4",
            least_number: 1,
        };
        let answer = approve(&all.second.cx(stage), &all.caseload, wrong).await;
        assert!(matches!(answer, Err(AppError::Invalid(errors)) if errors.get("recipient").is_some()));
        let none = Approve { recipient: "", ..wrong };
        let answer = approve(&all.second.cx(stage), &all.caseload, none).await;
        assert!(refused(answer).contains("coalition has no key yet"));
    })
    .await;
}

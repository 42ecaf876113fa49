//! What goes and what does not, who may send, open and answer, and what is left when it is over; on both databases.

mod consent;
mod contact;

use domain::casework::{Channel, HowFinished, ReferralState, ServiceArea, WhyRefused};
use domain::permission::Action;
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use store::row::{audit, person_key, referral};
use store::{AppError, Cx};
use testkit::{Stage, on_both};
use uuid::Uuid;

use super::*;
use crate::case::tests::{CANARY, House, Keyed, house, input};
use crate::case::{self, Opened};
use crate::event::{self, Kind, Record};
use crate::need::Need;
use crate::part;
use crate::person::{self, Amend, SafeContact};
use crate::sheet::Typed;

/// What the receiver must never see, whatever is ticked.
const REFUGE: &str = "Starling House, ZZ99 9ZZ";

/// The second organisation, which receives.
fn second(house: &House) -> Uuid {
    house.outsider.0.organisation.expect("an organisation").0
}

/// What of a case the offers of these tests hold.
const HELD: [&str; 4] = ["identity", "contact", "exploitation", "legal"];

/// What a person says to these parts going to somebody; to nobody by name where that is empty.
async fn say(stage: &Stage, by: &Keyed, case: Uuid, said: &str, (to, parts): (&str, &[&str])) -> Uuid {
    let today = stage.now.british_day().iso();
    let typed = [
        ("on", today.as_str()),
        ("purpose", "sharing"),
        ("said", said),
        ("said_by", "person"),
        ("to_whom", to),
    ];
    let typed = Typed::of(typed.into_iter().chain(parts.iter().map(|part| ("parts", *part))));
    let kind = Kind::Consent;
    event::record(&by.cx(stage), case, Record { kind, typed })
        .await
        .expect("recorded")
}

/// What they say to everything that these tests offer to the second organisation; a no is to everybody.
async fn consent(stage: &Stage, by: &Keyed, case: Uuid, said: &str) {
    let to = if said == "given" { "Second" } else { "" };
    say(stage, by, case, said, (to, &HELD)).await;
}

/// Ways of contact that were gone through the day before.
fn ways(how: &str) -> SafeContact {
    SafeContact {
        channels: vec![Channel::Text],
        how: Some(how.into()),
        confirmed_on: Day::new(2025, 5, 31),
        ..SafeContact::none()
    }
}

/// A case with a need, an event of each kind of privacy, and an address where none should be.
async fn begun(stage: &Stage, house: &House) -> (Uuid, Uuid, Uuid) {
    let cx = house.worker.cx(stage);
    let case = case::record(&cx, input(CANARY)).await.expect("recorded");
    let need = [
        ("area", "legal"),
        ("horizon", "emergency"),
        ("since", "2025-05-21"),
        ("plan", "A lawyer"),
        ("provider", REFUGE),
    ];
    let need = part::record::<Need>(&cx, case, &Typed::of(need))
        .await
        .expect("recorded");
    let typed = Typed::of([
        ("on", "2025-05-21"),
        ("agency", "own"),
        ("note", "Words that stay here"),
    ]);
    let kind = Kind::Encounter;
    let met = event::record(&cx, case, Record { kind, typed })
        .await
        .expect("recorded");
    let contact = ways(&format!("text 000\n{REFUGE}"));
    person::amend(&cx, case, Amend::Contact(contact), 1)
        .await
        .expect("amended");
    (case, need, met)
}

/// The same, of somebody who agrees that it goes to the second organisation.
async fn agreed(stage: &Stage) -> (House, Uuid, Uuid, Uuid) {
    let house = house(stage).await;
    let (case, need, met) = begun(stage, &house).await;
    consent(stage, &house.worker, case, "given").await;
    (house, case, need, met)
}

fn asked(receiver: Uuid, need: Uuid, met: Uuid) -> Offer {
    Offer {
        receiver: receiver.to_string(),
        need: need.to_string(),
        summary: "Please take on her appeal".to_owned(),
        parts: ["name", "language", "contact"].map(ToOwned::to_owned).to_vec(),
        needs: vec![need.to_string()],
        events: vec![met.to_string()],
        ..Offer::default()
    }
}

async fn opened(stage: &Stage, by: &Keyed, case: Uuid) -> Opened {
    case::open(&by.cx(stage), case).await.expect("theirs")
}

async fn n_acts(stage: &Stage, action: Action) -> u64 {
    audit::Entity::find()
        .filter(audit::Column::Action.eq(action.code()))
        .count(stage.db.reader())
        .await
        .expect("counted")
}

/// The member's surroundings, days later.
fn later<'a>(by: &'a Keyed, stage: &'a Stage, days: i64) -> Cx<'a> {
    Cx {
        now: stage.now.plus_seconds(days * 24 * 3600),
        ..by.cx(stage)
    }
}

#[tokio::test]
async fn another_organisation_takes_a_person_on_with_what_was_chosen_and_nothing_else() {
    on_both(async |stage| {
        let (house, case, need, met) = agreed(stage).await;
        let input = asked(second(&house), need, met);
        let cx = house.worker.cx(stage);
        let drawn = draw(&cx, case, &input).await.expect("drawn");
        assert_eq!(drawn.n_struck, 1, "the refuge among the ways of contact");
        let shown = format!("{:?}", drawn.copy.sections());
        for words in [
            "Starling",
            "ZZ99",
            "Words that stay here",
            "HO/Canaria",
            "SC-7",
            "This organisation",
        ] {
            assert!(!shown.contains(words), "{words} would leave: {shown}");
        }
        for words in [
            CANARY,
            "Specimen",
            "text 000",
            "A lawyer",
            "Please take on her appeal",
            "Agreed to on",
            "(\"Who met them\", \"Third\")",
        ] {
            assert!(shown.contains(words), "{words} is chosen: {shown}");
        }
        let made = offer(&cx, case, &input).await.expect("offered");
        assert_eq!(made.passphrase, None);
        assert_eq!(stage.traces_of("her appeal").await, Vec::<String>::new());

        // Until there is an answer the sender's supervisor and the receiver see it climb, and nobody else does.
        let receiver = &house.outsider;
        let waiting = to_us(&receiver.cx(stage)).await.expect("listed");
        assert_eq!((waiting.len(), waiting[0].whose.as_str()), (1, ""));
        assert!(to_us(&house.supervisor.cx(stage)).await.expect("listed").is_empty());
        assert_eq!(tally(&later(receiver, stage, 0)).await.expect("counted").to_us, 1);
        assert_eq!(
            tally(&later(&house.worker, stage, 0)).await.expect("counted").from_us,
            0
        );
        for by in [&house.worker, &house.supervisor] {
            assert_eq!(tally(&later(by, stage, 1)).await.expect("counted").from_us, 1);
            let sent = from_us(&later(by, stage, 10)).await.expect("listed");
            assert_eq!(sent[0].whose, CANARY);
            assert_eq!(sent[0].waits.expect("it waits").step, Step::Alarming);
        }
        assert!(from_us(&house.colleague.cx(stage)).await.expect("listed").is_empty());
        assert!(matches!(
            to_us(&house.manager.cx(stage)).await,
            Err(AppError::Forbidden(_))
        ));

        // The sender cannot read the receiver's copy, and a third cannot either.
        for by in [&house.worker, &house.supervisor] {
            assert!(matches!(
                inbox(&by.cx(stage), made.id).await,
                Err(AppError::NotFound(_))
            ));
        }
        let came = inbox(&receiver.cx(stage), made.id).await.expect("theirs");
        assert_eq!(came.copy.as_ref(), Some(&drawn.copy));
        assert_eq!(n_acts(stage, Action::OpenReferral).await, 1);

        let once = Cx {
            once: Some("one press"),
            ..receiver.cx(stage)
        };
        let words = "Ask for Canaria Solicitor".to_owned();
        let accepted = accept(&once, made.id, &Accept { words }).await.expect("accepted");
        let again = accept(&once, made.id, &Accept::default()).await;
        assert!(matches!(again, Err(AppError::Repeated(Some(id))) if id == accepted));
        let theirs = opened(stage, receiver, accepted).await;
        assert_eq!(theirs.person.identity.name.0, CANARY);
        assert_eq!(theirs.person.identity.references, None);
        assert_eq!(theirs.needs[0].sheet.provider, None);
        assert_eq!(
            theirs.referrals.came_by.as_ref().map(|came| came.sender.as_str()),
            Some("Third")
        );
        let told: Vec<_> = theirs.history.standing().map(|event| event.entry.what.kind()).collect();
        assert_eq!(told, [Kind::Encounter, Kind::Note]);
        let met = theirs.history.standing().next().expect("the encounter");
        assert!(
            format!("{:?}", met.entry.what).contains("OtherNgo"),
            "the sender is another there"
        );
        assert!(
            theirs.consents.iter().all(|standing| standing.last.is_none()),
            "nobody agreed to anything there"
        );
        assert!(opened(stage, &house.worker, case).await.referrals.came_by.is_none());

        // The copy is gone with its key; the sender sees the answer, on the need too, and that a copy is held.
        let row = referral::Entity::find_by_id(made.id)
            .one(stage.db.reader())
            .await
            .expect("read")
            .expect("there");
        assert_eq!((row.sealed_copy, row.person_key_id), (None, None));
        let ours = opened(stage, &house.worker, case).await.referrals;
        let sent = ours.about(need)[0];
        assert_eq!(
            (sent.state, sent.note.area),
            (ReferralState::Accepted, Some(ServiceArea::Legal))
        );
        assert_eq!(sent.answers[0].words, "Ask for Canaria Solicitor");
        assert!(sent.is_held);
        assert_eq!(stage.traces_of("Canaria Solicitor").await, Vec::<String>::new());

        // Whom to telephone stands in the answer: the sender is told of it until one of them has read it.
        for by in [&house.worker, &house.supervisor] {
            assert_eq!(tally(&by.cx(stage)).await.expect("counted").answered, 1);
        }
        for by in [&house.colleague, receiver] {
            assert_eq!(tally(&by.cx(stage)).await.expect("counted").answered, 0);
        }
        let news = async || {
            let listed = from_us(&house.worker.cx(stage)).await.expect("listed");
            listed.iter().map(|of| (of.state, of.has_news)).collect::<Vec<_>>()
        };
        assert_eq!(news().await, [(ReferralState::Accepted, true)]);
        read_answer(&house.worker.cx(stage), case, made.id).await.expect("read");
        assert_eq!(news().await, [(ReferralState::Accepted, false)], "it is not at its end");
        assert_eq!(tally(&house.worker.cx(stage)).await.expect("counted").answered, 0);

        let how = HowFinished::Partly.code().to_owned();
        finish(
            &receiver.cx(stage),
            made.id,
            &Finish {
                how,
                words: String::new(),
            },
        )
        .await
        .expect("finished");
        let ours = opened(stage, &house.worker, case).await.referrals;
        assert_eq!(ours.sent[0].answers[1].how, Some(HowFinished::Partly));
        assert_eq!(n_acts(stage, Action::AnswerReferral).await, 2);
        // At its end it stays on the sender's list until one of them has read what came of it.
        let supervisor = house.supervisor.cx(stage);
        let listed = from_us(&supervisor).await.expect("listed");
        assert_eq!(
            listed.iter().map(|of| (of.state, of.has_news)).collect::<Vec<_>>(),
            [(ReferralState::Finished, true)]
        );
        read_answer(&supervisor, case, made.id).await.expect("read");
        assert!(from_us(&supervisor).await.expect("listed").is_empty());
        // Forgotten by the receiver, the sender no longer counts them as holding anything.
        let supervisor = receiver;
        person::forget(&supervisor.cx(stage), accepted)
            .await
            .expect("forgotten");
        assert!(opened(stage, &house.worker, case).await.referrals.held().is_empty());
    })
    .await;
}

#[tokio::test]
async fn without_consent_it_goes_for_safety_alone_and_another_supervisor_reads_why() {
    on_both(async |stage| {
        let house = house(stage).await;
        let (case, need, met) = begun(stage, &house).await;
        let mut input = asked(second(&house), need, met);
        let cx = house.worker.cx(stage);
        let refused = |answer: Result<Offered, AppError>, field: &str| match answer {
            Err(AppError::Invalid(errors)) => assert!(errors.get(field).is_some(), "{field}: {errors:?}"),
            other => panic!("{other:?}"),
        };
        refused(offer(&cx, case, &input).await, "agreed_by");
        for said in ["refused", "given", "withdrawn"] {
            consent(stage, &house.worker, case, said).await;
            if said != "given" {
                refused(offer(&cx, case, &input).await, "agreed_by");
            }
        }
        input.why = "danger".to_owned();
        input.why_words = "urgent".to_owned();
        match offer(&cx, case, &input).await {
            Err(AppError::Invalid(errors)) => {
                let fault = errors.get("why_words").expect("too short");
                assert!(fault.contains("at least 20 characters"), "{fault}");
            }
            other => panic!("{other:?}"),
        }
        input.why_words = "Her trafficker waits outside the shelter tonight".to_owned();
        let made = offer(&house.supervisor.cx(stage), case, &input).await.expect("offered");
        assert_eq!(n_acts(stage, Action::OverrideConsent).await, 1);
        let came = inbox(&house.outsider.cx(stage), made.id).await.expect("theirs");
        assert!(matches!(came.copy.expect("there").ground, Ground::Safety { .. }));

        assert_eq!(tally(&house.supervisor.cx(stage)).await.expect("counted").unread, 1);
        assert_eq!(tally(&house.worker.cx(stage)).await.expect("counted").unread, 0);
        let listed = from_us(&house.supervisor.cx(stage)).await.expect("listed");
        assert_eq!(
            listed[0].unread.as_ref().map(|without| without.words.as_str()),
            Some(input.why_words.as_str())
        );
        assert_eq!(from_us(&house.worker.cx(stage)).await.expect("listed")[0].unread, None);
        assert!(matches!(review(&cx, case, made.id).await, Err(AppError::Forbidden(_))));
        // Whoever sent it cannot be the one who reads it.
        let own = review(&house.supervisor.cx(stage), case, made.id).await;
        assert!(matches!(own, Err(AppError::Refused(_))));
        let second = testkit::cast::member(
            stage,
            house.worker.0.organisation.expect("an organisation"),
            "supervisor-3",
            &[domain::permission::Role::Supervisor],
        )
        .await;
        access::key::grant(
            &house.supervisor.cx(stage),
            second.organisation.expect("an organisation").0,
            second.member.expect("a member"),
        )
        .await
        .expect("given");
        let key = testkit::cast::key(stage, &second).await;
        let second = Keyed(second, key);
        review(&second.cx(stage), case, made.id).await.expect("read");
        assert_eq!(tally(&house.supervisor.cx(stage)).await.expect("counted").unread, 0);
        let kept = opened(stage, &house.worker, case).await.referrals;
        assert!(
            kept.sent[0]
                .note
                .without
                .as_ref()
                .is_some_and(|without| without.read.is_some())
        );
        assert_eq!(stage.traces_of("trafficker waits").await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_refusal_says_why_and_what_is_taken_back_opens_for_nobody() {
    on_both(async |stage| {
        let (house, case, need, met) = agreed(stage).await;
        let input = asked(second(&house), need, met);
        let cx = house.worker.cx(stage);
        let receiver = house.outsider.cx(stage);
        let made = offer(&cx, case, &input).await.expect("offered");
        let answer = refuse(&receiver, made.id, &Reply::default()).await;
        assert!(matches!(answer, Err(AppError::Invalid(_))));
        let why = WhyRefused::Full.code().to_owned();
        let words = "Again in July".to_owned();
        refuse(&receiver, made.id, &Reply { why, words })
            .await
            .expect("refused");
        let late = accept(&receiver, made.id, &Accept::default()).await;
        assert!(matches!(late, Err(AppError::Refused(_))), "one answer ends it");
        let sent = opened(stage, &house.worker, case).await.referrals.sent;
        assert_eq!(sent[0].answers[0].why, Some(WhyRefused::Full));
        assert!(!sent[0].is_held);

        // Refused, it falls between nobody: it stays on the sender's list until one of them has read it or refers anew.
        let listed = from_us(&cx).await.expect("listed");
        assert_eq!(
            listed
                .iter()
                .map(|of| (of.id, of.state, of.has_news))
                .collect::<Vec<_>>(),
            [(made.id, ReferralState::Refused, true)]
        );
        assert_eq!(tally(&cx).await.expect("counted").answered, 1);
        assert_eq!(tally(&house.colleague.cx(stage)).await.expect("counted").answered, 0);
        assert!(read_answer(&house.colleague.cx(stage), case, made.id).await.is_err());
        let refused = made.id;
        let made = offer(&cx, case, &input).await.expect("offered anew");
        assert_eq!(tally(&cx).await.expect("counted").answered, 0, "referred anew");
        assert!(from_us(&cx).await.expect("listed").iter().all(|of| of.id != refused));
        refuse(
            &receiver,
            made.id,
            &Reply {
                why: WhyRefused::Full.code().to_owned(),
                words: String::new(),
            },
        )
        .await
        .expect("refused");
        assert_eq!(tally(&cx).await.expect("counted").answered, 1);
        read_answer(&cx, case, made.id).await.expect("read");
        assert_eq!(tally(&cx).await.expect("counted").answered, 0);
        assert!(from_us(&cx).await.expect("listed").is_empty());
        assert_eq!(n_acts(stage, Action::ReadAnswer).await, 1);

        let made = offer(&cx, case, &input).await.expect("offered anew");
        let n_keys = async || {
            person_key::Entity::find()
                .count(stage.db.key_reader())
                .await
                .expect("counted")
        };
        let before = n_keys().await;
        assert!(revoke(&house.colleague.cx(stage), case, made.id).await.is_err());
        revoke(&cx, case, made.id).await.expect("taken back");
        assert_eq!(n_keys().await, before - 1, "the copy's key is destroyed");
        let gone = inbox(&receiver, made.id).await.expect("a row");
        assert_eq!((gone.state, gone.copy), (ReferralState::Revoked, None));
        assert!(matches!(
            accept(&receiver, made.id, &Accept::default()).await,
            Err(AppError::Refused(_))
        ));
        assert!(matches!(revoke(&cx, case, made.id).await, Err(AppError::Refused(_))));
    })
    .await;
}

#[tokio::test]
async fn when_a_person_is_forgotten_what_nobody_answered_goes_too_and_a_file_is_made_anew_with_another_passphrase() {
    on_both(async |stage| {
        let (house, case, need, met) = agreed(stage).await;
        let cx = house.worker.cx(stage);
        let inside = asked(second(&house), need, met);
        let (taken, waiting) = (
            offer(&cx, case, &inside).await.expect("offered"),
            offer(&cx, case, &inside).await.expect("offered"),
        );
        let theirs = accept(&house.outsider.cx(stage), taken.id, &Accept::default())
            .await
            .expect("accepted");
        let outside = Offer {
            receiver: OUTSIDE.to_owned(),
            outside: "Specimen Law Centre".to_owned(),
            agreed_by: "person".to_owned(),
            ..inside
        };
        let file = offer(&cx, case, &outside).await.expect("offered");
        let first = file.passphrase.clone().expect("shown once");
        let html = take_file(&cx, case, file.id).await.expect("there");
        assert!(!html.contains("Canaria") && !html.contains(&first));
        let anew = make_file(&cx, case, file.id)
            .await
            .expect("made")
            .passphrase
            .expect("shown once");
        assert_ne!(anew, first);
        assert_ne!(take_file(&cx, case, file.id).await.expect("there"), html);
        for words in ["Canaria", "Specimen Law", "sealed letter", anew.as_str()] {
            assert_eq!(stage.traces_of(words).await, Vec::<String>::new(), "{words}");
        }
        // Nobody outside can answer here: the sender says what they said.
        let none = report(&cx, case, file.id, "revoked", "", "", "").await;
        assert!(matches!(none, Err(AppError::Invalid(_))));
        report(&cx, case, file.id, "accepted", "", "", "By telephone")
            .await
            .expect("recorded");
        report(&cx, case, file.id, "finished", "", "done", "")
            .await
            .expect("recorded");
        let all = opened(stage, &house.worker, case).await.referrals;
        assert_eq!(all.held().len(), 3);
        assert_eq!(
            all.sent
                .iter()
                .find(|sent| sent.id == file.id)
                .expect("there")
                .answers
                .len(),
            2
        );

        person::forget(&house.supervisor.cx(stage), case)
            .await
            .expect("forgotten");
        let gone = inbox(&house.outsider.cx(stage), waiting.id).await.expect("a row");
        assert_eq!((gone.state, gone.copy), (ReferralState::Revoked, None));
        opened(stage, &house.outsider, theirs).await;
        let how = HowFinished::Done.code().to_owned();
        finish(
            &house.outsider.cx(stage),
            taken.id,
            &Finish {
                how,
                words: String::new(),
            },
        )
        .await
        .expect("they may still end it, and tell nobody");
        let left = referral::Entity::find().all(stage.db.reader()).await.expect("read");
        assert!(
            left.iter()
                .all(|row| row.sealed_note.is_none() && row.sealed_copy.is_none() && row.case_id.is_none())
        );
        let keys = person_key::Entity::find()
            .count(stage.db.key_reader())
            .await
            .expect("counted");
        assert_eq!(keys, 1, "the receiver's own person's");
    })
    .await;
}

#[tokio::test]
async fn what_nobody_looked_at_does_not_go_and_nothing_goes_again_once_consent_is_taken_back() {
    on_both(async |stage| {
        let house = house(stage).await;
        let (case, need, met) = begun(stage, &house).await;
        say(stage, &house.worker, case, "given", ("Specimen Law Centre", &HELD)).await;
        let cx = house.worker.cx(stage);
        let outside = Offer {
            receiver: OUTSIDE.to_owned(),
            outside: "Specimen Law Centre".to_owned(),
            ..asked(second(&house), need, met)
        };
        let look = async || {
            let drawn = draw(&cx, case, &outside).await.expect("drawn");
            Offer {
                seen: drawn.copy.digest().expect("a digest"),
                ..outside.clone()
            }
        };
        let looked = look().await;
        person::amend(&cx, case, Amend::Contact(ways("text 111")), 2)
            .await
            .expect("amended");
        let Err(AppError::Invalid(errors)) = offer(&cx, case, &looked).await else {
            panic!("it is not what was looked at")
        };
        assert!(
            errors
                .get("form")
                .is_some_and(|words| words.contains("look at it again"))
        );
        let made = offer(&cx, case, &look().await).await.expect("as it was looked at");
        letter(&cx, case, made.id).await.expect("a letter");

        consent(stage, &house.worker, case, "withdrawn").await;
        let refused = |error: AppError| {
            assert!(
                matches!(&error, AppError::Refused(words) if words.contains("no longer agrees")),
                "{error}"
            );
        };
        refused(take_file(&cx, case, made.id).await.expect_err("no file"));
        refused(make_file(&cx, case, made.id).await.expect_err("no file anew"));
        refused(letter(&cx, case, made.id).await.expect_err("no letter"));
        let mut unsafe_now = Offer {
            why: "danger".to_owned(),
            why_words: "waits outside ".repeat(400),
            ..outside.clone()
        };
        let answer = offer(&cx, case, &unsafe_now).await;
        assert!(matches!(answer, Err(AppError::Invalid(errors)) if errors.get("why_words").is_some()));
        unsafe_now.why_words = "Her trafficker waits outside the shelter tonight".to_owned();
        let by = house.supervisor.cx(stage);
        let made = offer(&by, case, &unsafe_now).await.expect("for safety");
        take_file(&by, case, made.id).await.expect("which needs no consent");
    })
    .await;
}

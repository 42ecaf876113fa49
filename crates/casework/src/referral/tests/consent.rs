//! The gate: what the person agreed to, to whom and of what; tried with another receiver, with more, and once it is taken back.
//! On both databases.

use domain::casework::{ConsentPart, Known, Purpose, Said, SaidBy};

use super::*;
use crate::case::tests::identity;
use crate::event::{Fresh, What, append, strike, what};
use crate::person::Identity;

/// A refusal at a field, with its words.
fn fault<T: std::fmt::Debug>(answer: Result<T, AppError>, field: &str) -> String {
    match answer {
        Err(AppError::Invalid(errors)) => errors
            .get(field)
            .unwrap_or_else(|| panic!("{field}: {errors:?}"))
            .to_owned(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn consent_for_another_receiver_or_for_less_opens_no_gate() {
    on_both(async |stage| {
        let house = house(stage).await;
        let (case, need, met) = begun(stage, &house).await;
        let input = asked(second(&house), need, met);
        let cx = house.worker.cx(stage);
        // To somebody else.
        say(stage, &house.worker, case, "given", ("Specimen Law Centre", &HELD)).await;
        let words = fault(offer(&cx, case, &input).await, "agreed_by");
        assert!(words.contains("to Specimen Law Centre, not to Second"), "{words}");
        let outside = Offer {
            receiver: OUTSIDE.to_owned(),
            outside: " specimen law  centre".to_owned(),
            ..input.clone()
        };
        offer(&cx, case, &outside).await.expect("to them it may");
        let elsewhere = Offer {
            outside: "Another Law Centre".to_owned(),
            ..outside
        };
        fault(offer(&cx, case, &elsewhere).await, "agreed_by");
        // To them, but not of everything that is ticked: what the need is about is told by the words that ask, too.
        say(
            stage,
            &house.worker,
            case,
            "given",
            ("second", &["identity", "contact", "legal"]),
        )
        .await;
        let words = fault(draw(&cx, case, &input).await, "parts");
        assert!(words.contains("What was done to them"), "{words}");
        fault(offer(&cx, case, &input).await, "parts");
        let less = Offer {
            events: Vec::new(),
            ..input.clone()
        };
        let made = offer(&cx, case, &less).await.expect("as much as they agreed to");
        say(
            stage,
            &house.worker,
            case,
            "given",
            ("Second", &["identity", "contact"]),
        )
        .await;
        let words = fault(offer(&cx, case, &less).await, "parts");
        assert!(words.contains("Law: decisions"), "{words}");
        let least = Offer {
            need: String::new(),
            needs: Vec::new(),
            ..less
        };
        let sent = offer(&cx, case, &least).await.expect("offered");
        // What was offered before on more than they agree to now is halted; what they still agree to is not.
        let receiver = house.outsider.cx(stage);
        assert!(inbox(&receiver, made.id).await.expect("a row").is_halted);
        let came = inbox(&receiver, sent.id).await.expect("theirs");
        let copy = came.copy.expect("there");
        assert_eq!(
            copy.holds().into_iter().collect::<Vec<_>>(),
            [ConsentPart::Identity, ConsentPart::Contact]
        );
        assert!(copy.events.is_empty() && copy.needs.is_empty() && copy.asked.is_none());
        assert!(copy.ground.words().contains("To: Second"), "{}", copy.ground.words());
        // A yes that names nobody, as a file or an earlier version brings it, opens nothing.
        let old = what::Consent::answer(Purpose::Sharing, Said::Given, SaidBy::Person);
        say(stage, &house.worker, case, "withdrawn", ("", &[])).await;
        let of = case::unseal(&cx, case, Action::RecordEvent).await.expect("theirs");
        let fresh = Fresh::today(&cx, What::Consent(old), String::new());
        append(&cx, Action::RecordEvent, &of, fresh).await.expect("recorded");
        let words = fault(offer(&cx, case, &least).await, "agreed_by");
        assert!(words.contains("names nobody"), "{words}");
    })
    .await;
}

#[tokio::test]
async fn what_is_agreed_to_at_the_form_is_recorded_with_the_referral_in_one_go() {
    on_both(async |stage| {
        let house = house(stage).await;
        let (case, need, met) = begun(stage, &house).await;
        let cx = house.worker.cx(stage);
        let input = Offer {
            agreed_by: "person".to_owned(),
            ..asked(second(&house), need, met)
        };
        let before = n_acts(stage, Action::RecordEvent).await;
        draw(&cx, case, &input).await.expect("drawn");
        assert_eq!(
            n_acts(stage, Action::RecordEvent).await,
            before,
            "a look records nothing"
        );
        let wrong = Offer {
            agreed_by: "nobody".to_owned(),
            ..input.clone()
        };
        fault(offer(&cx, case, &wrong).await, "agreed_by");
        let made = offer(&cx, case, &input).await.expect("offered");
        assert_eq!(
            n_acts(stage, Action::RecordEvent).await,
            before + 1,
            "a row in the log for each"
        );
        let of = opened(stage, &house.worker, case).await;
        let agreed = crate::consent::agreed_with(&of.history, "Second").expect("recorded");
        assert_eq!(agreed.on, stage.now.british_day());
        let parts: Vec<&str> = agreed.parts.iter().map(|part| part.code()).collect();
        assert_eq!(parts, HELD);
        let wording = of.history.standing().find_map(|event| match &event.entry.what {
            What::Consent(sheet) => sheet.wording.clone(),
            _ => None,
        });
        assert_eq!(wording.expect("by itself").0, "consent_sharing 2, English, unchecked");
        assert!(
            inbox(&house.outsider.cx(stage), made.id)
                .await
                .expect("theirs")
                .copy
                .is_some()
        );
        // Sent again to the same receiver, it is on record.
        let again = Offer {
            agreed_by: String::new(),
            ..input
        };
        offer(&cx, case, &again).await.expect("offered");
    })
    .await;
}

#[tokio::test]
async fn nothing_is_agreed_to_for_an_adult_as_for_a_child_and_nothing_goes_because_a_child_is_in_danger() {
    on_both(async |stage| {
        let house = house(stage).await;
        let (case, need, met) = begun(stage, &house).await;
        let cx = house.worker.cx(stage);
        let by_guardian = Offer {
            agreed_by: "guardian".to_owned(),
            ..asked(second(&house), need, met)
        };
        let for_child = Offer {
            why: "child".to_owned(),
            why_words: "His trafficker waits outside the shelter tonight".to_owned(),
            ..asked(second(&house), need, met)
        };
        // As long as nobody knows their age they may be a child.
        draw(&cx, case, &by_guardian).await.expect("drawn");
        draw(&cx, case, &for_child).await.expect("drawn");
        let grown = Identity {
            is_child: Some(Known::No),
            ..identity(CANARY)
        };
        person::amend(&cx, case, Amend::Identity(grown), 2)
            .await
            .expect("amended");
        let words = fault(draw(&cx, case, &by_guardian).await, "agreed_by");
        assert!(words.contains("someone who decides for them by law"), "{words}");
        let words = fault(draw(&cx, case, &for_child).await, "why");
        assert!(words.contains("18 or over"), "{words}");
        fault(offer(&cx, case, &by_guardian).await, "agreed_by");
        let by_attorney = Offer {
            agreed_by: "attorney".to_owned(),
            ..by_guardian.clone()
        };
        draw(&cx, case, &by_attorney).await.expect("drawn");
        // While their age is in dispute they are presumed to be a child.
        let dispute = Record {
            kind: Kind::AgeDispute,
            typed: Typed::of([("on", "2025-06-01"), ("stage", "disputed")]),
        };
        event::record(&cx, case, dispute).await.expect("recorded");
        draw(&cx, case, &by_guardian).await.expect("drawn");
        draw(&cx, case, &for_child).await.expect("drawn");
    })
    .await;
}

#[tokio::test]
async fn nobody_accepts_or_opens_what_the_person_no_longer_agrees_to_unless_it_came_for_safety() {
    on_both(async |stage| {
        let house = house(stage).await;
        let (case, need, met) = begun(stage, &house).await;
        let cx = house.worker.cx(stage);
        let receiver = house.outsider.cx(stage);
        let input = Offer {
            agreed_by: "person".to_owned(),
            ..asked(second(&house), need, met)
        };
        let made = offer(&cx, case, &input).await.expect("offered");
        let given = opened(stage, &house.worker, case).await.history;
        let given = given.standing().find(|event| event.entry.what.kind() == Kind::Consent);
        let given = given.expect("recorded with it").id;
        let refused = async || {
            let answer = accept(&receiver, made.id, &Accept::default()).await;
            assert!(
                matches!(&answer, Err(AppError::Refused(words)) if words.contains("no longer agrees")),
                "{answer:?}"
            );
            let came = inbox(&receiver, made.id).await.expect("a row");
            assert_eq!((came.is_halted, came.copy), (true, None));
            assert_eq!(n_acts(stage, Action::AnswerReferral).await, 0);
        };
        // Taken back for this receiver, for everybody, or recorded by mistake.
        for to in ["Second", ""] {
            say(stage, &house.worker, case, "withdrawn", (to, &[])).await;
            refused().await;
            let sent = opened(stage, &house.worker, case).await.referrals;
            assert!(sent.sent[0].is_halted);
            say(stage, &house.worker, case, "given", ("Second", &HELD)).await;
            assert!(inbox(&receiver, made.id).await.expect("theirs").copy.is_some());
        }
        for event in opened(stage, &house.worker, case).await.history.standing() {
            if event.entry.what.kind() == Kind::Consent && event.id != given {
                strike(&cx, case, event.id, "Another person’s").await.expect("struck");
            }
        }
        assert!(inbox(&receiver, made.id).await.expect("theirs").copy.is_some());
        strike(&cx, case, given, "Another person’s").await.expect("struck");
        refused().await;
        // What another one says changes nothing.
        say(stage, &house.worker, case, "given", ("Specimen Law Centre", &HELD)).await;
        refused().await;
        let urgent = Offer {
            agreed_by: String::new(),
            why: "danger".to_owned(),
            why_words: "Her trafficker waits outside the shelter tonight".to_owned(),
            ..input
        };
        let for_safety = offer(&house.supervisor.cx(stage), case, &urgent)
            .await
            .expect("offered");
        say(stage, &house.worker, case, "withdrawn", ("", &[])).await;
        accept(&receiver, for_safety.id, &Accept::default())
            .await
            .expect("for safety it is taken on");
        say(stage, &house.worker, case, "given", ("Second", &HELD)).await;
        accept(&receiver, made.id, &Accept::default())
            .await
            .expect("agreed to anew");
    })
    .await;
}

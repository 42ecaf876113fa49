//! Answers that contradict each other, their day, or what is known of the case.

use super::*;

#[tokio::test]
async fn answers_that_contradict_each_other_are_refused_at_their_field_and_a_decision_before_its_referral_is_a_caution()
{
    on_both(async |stage| {
        let (house, id) = begun(stage).await;
        let cx = house.worker.cx(stage);
        let answer = async |kind, answers: &[(&str, &str)]| {
            let typed = Typed::of(answers.iter().copied());
            record(&cx, id, Record { kind, typed }).await
        };
        for (kind, answers, field) in [
            (
                Kind::ConclusiveGrounds,
                [("on", "1990-05-01"), ("outcome", "positive"), ("authority", "sca")].as_slice(),
                "on",
            ),
            (
                Kind::Subsistence,
                &[("on", "2025-05-20"), ("weeks_due", "3"), ("weeks_paid", "9")],
                "weeks_paid",
            ),
            (
                Kind::RecoveryPeriod,
                &[("on", "2025-05-20"), ("ends_on", "2025-05-19")],
                "ends_on",
            ),
            (
                Kind::NrmReferral,
                &[("on", "2025-05-20"), ("agency", "police"), ("asked_on", "2025-05-21")],
                "asked_on",
            ),
            (
                Kind::ReturnContact,
                &[
                    ("on", "2025-05-20"),
                    ("point", "month_6"),
                    ("is_reached", "no"),
                    ("is_safe", "yes"),
                ],
                "is_safe",
            ),
            (
                Kind::CareCharge,
                &[("on", "2025-05-20"), ("is_charged", "no"), ("pounds", "1,000")],
                "pounds",
            ),
            (
                Kind::Outcomes,
                &[
                    ("on", "2025-05-20"),
                    ("point", "entry"),
                    ("answered_by", "nobody"),
                    ("housing", "fully"),
                ],
                "answered_by",
            ),
            (
                Kind::KnownBefore,
                &[("on", "2025-05-20"), ("is_known", "no"), ("agencies", "police")],
                "agencies",
            ),
            (
                Kind::Guardian,
                &[
                    ("on", "2025-05-20"),
                    ("stage", "appointed"),
                    ("offered_on", "2025-05-21"),
                ],
                "offered_on",
            ),
            (
                Kind::RemovalStep,
                &[
                    ("on", "2025-05-20"),
                    ("step", "directions"),
                    ("removal_on", "2025-05-19"),
                ],
                "removal_on",
            ),
            (
                Kind::Return,
                &[
                    ("on", "2025-05-20"),
                    ("destination", "Exampleland"),
                    ("is_voluntary", "yes"),
                    ("risk_assessed", "yes"),
                    ("package", "none"),
                    ("package", "journey"),
                ],
                "package",
            ),
            (
                Kind::Compensation,
                &[
                    ("on", "2025-05-20"),
                    ("route", "cica"),
                    ("stage", "refused"),
                    ("pounds", "20000"),
                ],
                "pounds",
            ),
            (
                Kind::Offender,
                &[("on", "2025-05-20"), ("stage", "arrested"), ("act_on", "2025-06")],
                "act_on",
            ),
            // Support began in May 2025.
            (
                Kind::Outcomes,
                &[("on", "2025-05-20"), ("point", "month_36"), ("answered_by", "person")],
                "point",
            ),
            (
                Kind::Outcomes,
                &[("on", "2025-05-20"), ("point", "month_6"), ("answered_by", "nobody")],
                "point",
            ),
            (
                Kind::Recognition,
                &[("on", "2025-05-20"), ("set", "adult_labour"), ("seen", " ")],
                "acts",
            ),
            (
                Kind::Recognition,
                &[("on", "2025-05-20"), ("set", "adult_labour"), ("in_danger", "no")],
                "acts",
            ),
        ] {
            assert_eq!(faults(answer(kind, answers).await), [field], "{kind}");
        }
        let cautious = async || {
            let opened = case::open(&cx, id).await.expect("opened");
            crate::event::before_referral(&opened.history).is_some()
        };
        let decided = [("on", "2025-05-20"), ("outcome", "positive"), ("authority", "sca")];
        answer(Kind::ReasonableGrounds, &decided).await.expect("recorded");
        assert!(!cautious().await, "no referral is recorded");
        let referred = record(&cx, id, referral("2025-05-21")).await.expect("taken");
        assert!(cautious().await);
        strike(&cx, id, referred, "the wrong day").await.expect("struck");
        record(&cx, id, referral("2025-05-20")).await.expect("recorded");
        assert!(!cautious().await);
    })
    .await;
}

#[tokio::test]
async fn nobody_dies_twice_or_goes_missing_again_before_they_were_found() {
    on_both(async |stage| {
        let (house, id) = begun(stage).await;
        let cx = house.worker.cx(stage);
        let happened = |kind: Kind, on: &str| Record {
            kind,
            typed: Typed::of([("on", on), ("is_reported", "yes")]),
        };
        let put = async |kind, on| record(&cx, id, happened(kind, on)).await;
        let missing = put(Kind::Missing, "2025-05-22").await.expect("recorded");
        for on in ["2025-05-25", "2025-05-22", "2025-05-20"] {
            let answer = put(Kind::Missing, on).await;
            let Err(AppError::Invalid(errors)) = &answer else {
                panic!("{on}: {answer:?}")
            };
            let words = errors.get("on").expect("at the day");
            assert!(
                words.contains("22 May 2025") && words.contains("when they were found"),
                "{words}"
            );
        }
        put(Kind::Found, "2025-05-24").await.expect("recorded");
        assert_eq!(faults(put(Kind::Missing, "2025-05-23").await), ["on"]);
        put(Kind::Missing, "2025-05-24").await.expect("gone again that day");
        // A correction stands in the place of what it corrects, and is no second one.
        let corrected = |event, kind, on| {
            let typed = happened(kind, on).typed;
            correct(&cx, id, Correct { event, typed })
        };
        let missing = corrected(missing, Kind::Missing, "2025-05-24").await.expect("that day");
        assert_eq!(faults(corrected(missing, Kind::Missing, "2025-05-25").await), ["on"]);

        let died = put(Kind::Death, "2025-05-28").await.expect("recorded");
        assert_eq!(faults(put(Kind::Death, "2025-05-30").await), ["on"]);
        let died = corrected(died, Kind::Death, "2025-05-27").await.expect("corrected");
        strike(&cx, id, died, "it was somebody else").await.expect("struck");
        put(Kind::Death, "2025-05-30").await.expect("none stands there");
    })
    .await;
}

#[tokio::test]
async fn support_cannot_be_said_to_have_begun_so_late_that_recorded_outcomes_come_too_early() {
    on_both(async |stage| {
        let house = house(stage).await;
        let cx = house.worker.cx(stage);
        let began = |on: &str| case::About {
            opened_on: Day::parse(on).expect("a day"),
            ..input("Specimen").about
        };
        let new = case::Record {
            about: began("2024-05-20"),
            ..input("Specimen")
        };
        let id = case::record(&cx, new).await.expect("recorded");
        let rated = |point: &str| Typed::of([("on", "2025-05-20"), ("point", point), ("answered_by", "nobody")]);
        let kind = Kind::Outcomes;
        let typed = rated("month_12");
        let event = record(&cx, id, Record { kind, typed }).await.expect("recorded");
        let answer = case::amend(&cx, id, began("2024-10-01"), 1).await;
        let Err(AppError::Invalid(errors)) = &answer else {
            panic!("{answer:?}")
        };
        let words = errors.get("opened_on").expect("at its field");
        assert!(words.contains("“After 12 months” of 20 May 2025"), "{words}");
        case::amend(&cx, id, began("2024-08-01"), 1).await.expect("it fits");
        // The day was wrong that stands there: the outcomes first, then the day.
        let typed = rated("month_6");
        correct(&cx, id, Correct { event, typed }).await.expect("it fits both");
        case::amend(&cx, id, began("2024-10-01"), 2).await.expect("amended");
    })
    .await;
}

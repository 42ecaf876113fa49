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

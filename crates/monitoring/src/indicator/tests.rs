//! Proposing, discussing and agreeing.

use domain::indicator::{IndicatorState, Statistic};
use store::AppError;
use testkit::{Coalition, on_both};

use super::{Measure, Propose, Take, close, comment, get, propose, take_position};

fn proposal(provision: domain::ids::ProvisionId) -> Propose {
    Propose {
        code: "I71".into(),
        provisions: vec![provision],
        kind: "outcome".into(),
        name: "Safe a year on".into(),
        definition: "The share of people who are safe one year after they left support.".into(),
        direction: "higher".into(),
        sources: vec!["NGO".into()],
        limits: "Says nothing of those who cannot be reached.".into(),
        measures: vec![Measure {
            code: "I71a".into(),
            name: "Safe after a year".into(),
            statistic: Statistic::Share,
            numerator: "people found safe".into(),
            denominator: "people reached".into(),
            unit: "%".into(),
            levels: Vec::new(),
        }],
        ..Propose::default()
    }
}

#[tokio::test]
async fn agreement_dissent_abstention_and_silence_are_kept_per_organisation() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let provision = testkit::provision::provisions(stage, &[("12(1)a", "mandatory")]).await[0];
        let id = propose(&stage.cx(&coalition.contributor), proposal(provision))
            .await
            .expect("proposed");
        comment(&stage.cx(&coalition.first_assessor), id, "Who counts as safe?")
            .await
            .expect("commented");
        let silent_dissent = take_position(
            &stage.cx(&coalition.first_manager),
            id,
            Take {
                stance: "dissent".into(),
                reason: String::new(),
            },
        )
        .await;
        assert!(matches!(silent_dissent, Err(AppError::Invalid(_))));
        take_position(
            &stage.cx(&coalition.first_manager),
            id,
            Take {
                stance: "agree".into(),
                reason: String::new(),
            },
        )
        .await
        .expect("taken");
        take_position(
            &stage.cx(&coalition.first_manager),
            id,
            Take {
                stance: "dissent".into(),
                reason: "Too few".into(),
            },
        )
        .await
        .expect("changed");
        take_position(
            &stage.cx(&coalition.second_manager),
            id,
            Take {
                stance: "abstain".into(),
                reason: String::new(),
            },
        )
        .await
        .expect("taken");
        let seen = get(&stage.cx(&coalition.observer), id).await.expect("visible");
        let stances: Vec<Option<&str>> = seen
            .positions
            .iter()
            .map(|(_, position)| position.as_ref().map(|p| p.stance.as_str()))
            .collect();
        assert_eq!(stances, [Some("dissent"), Some("abstain"), None]);
        assert_eq!(seen.comments.len(), 1);
        assert!(matches!(
            close(&stage.cx(&coalition.first_manager), id, IndicatorState::Agreed).await,
            Err(AppError::Forbidden(_))
        ));
        close(&stage.cx(&coalition.coordinator), id, IndicatorState::Agreed)
            .await
            .expect("closed");
        let late = take_position(
            &stage.cx(&coalition.second_manager),
            id,
            Take {
                stance: "agree".into(),
                reason: String::new(),
            },
        )
        .await;
        assert!(matches!(late, Err(AppError::Refused(_))));
    })
    .await;
}

#[tokio::test]
async fn a_new_version_states_whether_it_may_be_compared() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let provision = testkit::provision::provisions(stage, &[("12(1)a", "mandatory")]).await[0];
        let cx = stage.cx(&coalition.contributor);
        propose(&cx, proposal(provision)).await.expect("proposed");
        let unstated = propose(&cx, proposal(provision)).await;
        assert!(matches!(unstated, Err(AppError::Invalid(errors)) if errors.get("comparability").is_some()));
        let unreasoned = propose(
            &cx,
            Propose {
                comparability: "with_care".into(),
                ..proposal(provision)
            },
        )
        .await;
        assert!(matches!(unreasoned, Err(AppError::Invalid(errors)) if errors.get("comparability_why").is_some()));
        let second = Propose {
            comparability: "with_care".into(),
            comparability_why: "The clock starts earlier.".into(),
            ..proposal(provision)
        };
        let id = propose(&cx, second).await.expect("proposed");
        let seen = get(&cx, id).await.expect("visible");
        assert_eq!((seen.row.version, seen.versions.len()), (2, 2));
    })
    .await;
}

#[tokio::test]
async fn a_share_without_a_denominator_is_refused() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let provision = testkit::provision::provisions(stage, &[("12(1)a", "mandatory")]).await[0];
        let mut input = proposal(provision);
        input.measures[0].denominator.clear();
        let refused = propose(&stage.cx(&coalition.contributor), input).await;
        assert!(matches!(refused, Err(AppError::Invalid(errors)) if errors.get("measure_denominator").is_some()));
    })
    .await;
}

//! What may be published, and beside what.

use super::super::estimate::{Given, Said};
use super::*;

/// An answer of two methods; their numbers do not matter here.
fn answer(verdict: Said) -> Answer {
    let given = |method: &str| Given {
        method: method.into(),
        people: Some(1_234.0),
        lower: Some(1_100.0),
        upper: Some(1_400.0),
        model: Vec::new(),
        warnings: Vec::new(),
        carries_links: false,
        spread: None,
    };
    Answer {
        results: vec![given("stepwise"), given("graphs")],
        left_out: Vec::new(),
        verdict,
        without: Vec::new(),
        merged: Vec::new(),
        trust: None,
        goes_out: true,
        n_resamples: 1_000,
        estimated_on: "2025-06-01".into(),
    }
}

fn agree() -> Said {
    Said::Agree { methods: 2 }
}

fn not_enough() -> Said {
    Said::NotEnough {
        why: "even the narrowest interval is too wide".into(),
    }
}

impl Scene {
    /// A study of these organisations and days, whose methods said this.
    async fn estimated(&self, stage: &Stage, input: Open, verdict: Said) -> StudyId {
        let cx = stage.cx(&self.cast.coordinator);
        let id = open(&cx, input).await.expect("it opens");
        self.sent(stage, id).await;
        collected(&cx, id).await.expect("collected");
        record_links(&stage.cx(&self.cast.linkage_officer), id, links())
            .await
            .expect("recorded");
        keep(&cx, id, &answer(verdict)).await.expect("kept");
        id
    }
}

#[tokio::test]
async fn where_there_is_not_enough_overlap_no_number_is_published() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let id = scene.estimated(stage, scene.input(), not_enough()).await;
        publish(&stage.cx(&scene.cast.publisher), id).await.expect("published");
        let nobody = Actor::nobody();
        let (_, public) = published(&stage.cx(&nobody), id).await.expect("everybody reads it");
        assert_eq!(public.verdict, "There is not enough overlap to say.");
        assert!(public.span.is_none() && public.lines.is_empty() && public.left_out.is_empty());
        let printed = format!("{public:?}");
        for number in ["1,200", "1,100", "1,400", "narrowest"] {
            assert!(!printed.contains(number), "{number} in {printed}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_study_from_which_another_could_be_subtracted_is_not_published_beside_it() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let publisher = stage.cx(&scene.cast.publisher);
        let first = scene.estimated(stage, scene.input(), agree()).await;
        publish(&publisher, first).await.expect("published");
        let later = Open {
            from_on: "2024-12-31".into(),
            to_on: "2025-12-31".into(),
            ..scene.input()
        };
        let second = scene.estimated(stage, later, agree()).await;
        let refused = publish(&publisher, second).await;
        assert!(matches!(refused, Err(AppError::Refused(words)) if words.contains("“Specimen study”")));
        assert_eq!(published_list(&publisher).await.expect("a list").len(), 1);
        // Other days, or no number, tell nothing by subtraction.
        let other = Open {
            from_on: "2025-01-01".into(),
            to_on: "2025-12-31".into(),
            ..scene.input()
        };
        let third = scene.estimated(stage, other, agree()).await;
        publish(&publisher, third).await.expect("other days");
        let fourth = scene.estimated(stage, scene.input(), not_enough()).await;
        publish(&publisher, fourth).await.expect("no number");
    })
    .await;
}

#[tokio::test]
async fn all_but_one_of_the_organisations_are_as_good_as_all() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let publisher = scene.cast.publisher.clone();
        let publisher = stage.cx(&publisher);
        let first = scene.estimated(stage, scene.input(), agree()).await;
        publish(&publisher, first).await.expect("published");
        // Two organisations of the first and one of its own.
        let fifth = cast::organisation(stage, "Fifth").await;
        let sender = cast::member(stage, fifth, "contributor-5", &[Role::Contributor]).await;
        let mut other = Scene {
            invited: [scene.invited[0], scene.invited[1], fifth],
            senders: [scene.senders[0].clone(), scene.senders[1].clone(), sender],
            identity: Identity::generate(),
            cast: scene.cast,
        };
        let second = other.estimated(stage, other.input(), agree()).await;
        let refused = publish(&publisher, second).await;
        assert!(
            matches!(refused, Err(AppError::Refused(_))),
            "one list is the difference"
        );
        // One organisation in common is not.
        let sixth = cast::organisation(stage, "Sixth").await;
        let sender = cast::member(stage, sixth, "contributor-6", &[Role::Contributor]).await;
        (other.invited[1], other.senders[1]) = (sixth, sender);
        let third = other.estimated(stage, other.input(), agree()).await;
        publish(&publisher, third).await.expect("two lists are others");
    })
    .await;
}

//! Whose a contribution is: who says so of a file without a signature or under another key, and which numbers keep nobody out; on
//! both databases.

use super::*;

/// Another coordinator, who holds no key.
async fn second_coordinator(stage: &Stage, scene: &Scene) -> Actor {
    cast::member(
        stage,
        scene.cast.organisations[2],
        "coordinator-2",
        &[Role::Coordinator],
    )
    .await
}

impl Scene {
    /// What became of what the second organisation sent, newest first.
    async fn states(&self, stage: &Stage) -> Vec<ReceivedState> {
        let all = receipts(&stage.cx(&self.cast.second_manager), self.id()).await;
        all.expect("read").iter().map(|one| one.state).collect()
    }
}

async fn n_kept(stage: &Stage) -> u64 {
    received_file::Entity::find()
        .count(stage.db.reader())
        .await
        .expect("counted")
}

#[tokio::test]
async fn a_plain_file_of_an_organisation_that_signs_waits_for_a_second_coordinator() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let second_coordinator = second_coordinator(stage, &scene).await;
        let sender = Sender::generate();
        let signed = scene.envelope(stage, 1, 1, &sender, first()).await;
        let signed = receive(&stage.cx(&scene.cast.second_manager), signed)
            .await
            .expect("received");
        // Nor does it take the place of one that still waits for its fingerprint.
        let plain = scene.take(stage, 1, bytes(second())).await.expect("taken");
        assert_eq!(plain.state, ReceivedState::Waiting);
        assert_eq!(scene.states(stage).await, [ReceivedState::Waiting; 2]);
        refuse(&scene.cx(stage), plain.id).await.expect("refused");
        confirm(&scene.cx(stage), signed.id).await.expect("confirmed");

        let plain = scene.take(stage, 1, bytes(second())).await.expect("taken");
        assert_eq!((plain.number, plain.state), (3, ReceivedState::Waiting));
        assert_eq!(n_kept(stage).await, 2, "the signed one is not erased");
        let words = refused(confirm(&scene.cx(stage), plain.id).await);
        assert!(words.contains("another coordinator"), "{words}");
        let n_waiting = async |actor: &Actor| tally(&stage.cx(actor), scene.id()).await.expect("told").n_waiting;
        assert_eq!(n_waiting(&scene.cast.coordinator).await, 0, "they can do nothing");
        assert_eq!(n_waiting(&second_coordinator).await, 1);
        let counts = ReceivedState::Current;
        assert_eq!(
            scene.states(stage).await,
            [ReceivedState::Waiting, ReceivedState::Refused, counts]
        );

        confirm(&stage.cx(&second_coordinator), plain.id)
            .await
            .expect("confirmed");
        assert_eq!(
            scene.states(stage).await,
            [counts, ReceivedState::Refused, ReceivedState::Replaced]
        );
        assert_eq!(n_kept(stage).await, 1);
    })
    .await;
}

#[tokio::test]
async fn whoever_took_in_a_file_under_another_key_than_the_confirmed_one_does_not_confirm_it_alone() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let second_coordinator = second_coordinator(stage, &scene).await;
        let one = scene.envelope(stage, 1, 1, &Sender::generate(), first()).await;
        let one = scene.take(stage, 1, one.into()).await.expect("taken");
        assert!(!one.needs_another(one.taken_by), "no key was confirmed yet");
        confirm(&scene.cx(stage), one.id).await.expect("confirmed");

        let other = scene.envelope(stage, 1, 2, &Sender::generate(), second()).await;
        let other = scene.take(stage, 1, other.into()).await.expect("taken");
        assert!(other.needs_another(other.taken_by));
        let words = refused(confirm(&scene.cx(stage), other.id).await);
        assert!(words.contains("another coordinator"), "{words}");
        let tally = tally(&scene.cx(stage), scene.id()).await.expect("told");
        assert_eq!(tally.n_waiting, 0, "they can do nothing");
        let (counts, waits) = (ReceivedState::Current, ReceivedState::Waiting);
        assert_eq!(scene.states(stage).await, [waits, counts]);
        confirm(&stage.cx(&second_coordinator), other.id)
            .await
            .expect("confirmed");
        assert_eq!(scene.states(stage).await, [counts, ReceivedState::Replaced]);
    })
    .await;
}

#[tokio::test]
async fn a_high_number_that_was_refused_or_waits_keeps_nobody_out() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let manager = stage.cx(&scene.cast.second_manager);
        let sender = Sender::generate();
        let one = scene.envelope(stage, 1, 1, &sender, first()).await;
        let one = receive(&manager, one).await.expect("received");
        confirm(&scene.cx(stage), one.id).await.expect("confirmed");
        let highest = i32::MAX.unsigned_abs();
        let high = scene
            .envelope(stage, 1, highest - 1, &Sender::generate(), first())
            .await;
        let high = receive(&manager, high).await.expect("received");
        let highest = scene.envelope(stage, 1, highest, &Sender::generate(), first()).await;
        let highest = receive(&manager, highest).await.expect("received");
        refuse(&scene.cx(stage), highest.id).await.expect("refused");

        let later = Cx {
            now: stage.now.plus_seconds(60),
            ..stage.cx(&scene.cast.second_manager)
        };
        let two = scene.envelope(stage, 1, 2, &sender, second()).await;
        let two = receive(&later, two).await.expect("received");
        assert_eq!((two.number, two.state), (2, ReceivedState::Current));
        // What waited meanwhile does not take the place of what came after it.
        let words = refused(confirm(&scene.cx(stage), high.id).await);
        assert!(words.contains("no. 2 came later and counts already"), "{words}");
        refuse(&scene.cx(stage), high.id).await.expect("refused");

        let plain = scene.take(stage, 1, bytes(first())).await.expect("taken");
        assert_eq!((plain.number, plain.state), (3, ReceivedState::Waiting));
        assert_eq!(next_number(&manager, scene.id()).await.expect("told"), 4);
        let three = scene.envelope(stage, 1, 3, &sender, first()).await;
        let words = refused(receive(&manager, three).await);
        assert!(words.contains("number it 4 or higher"), "{words}");
    })
    .await;
}

#[tokio::test]
async fn one_file_is_not_counted_as_two_organisations() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        scene.take(stage, 0, bytes(first())).await.expect("taken");
        let same = scene.take(stage, 1, bytes(first())).await;
        assert!(
            matches!(&same, Err(AppError::Invalid(errors)) if errors.get("organisation").is_some_and(|words| words.contains("no. 1 of"))),
            "{same:?}"
        );
        // Nor where it was written anew, or sealed, and some of its rows are others.
        let (headings, rest) = first().split_once('\n').expect("rows");
        let row = second().lines().nth(1).expect("a row");
        let most = format!("{headings}\n{row}\n{rest}");
        scene.take(stage, 1, bytes(&most)).await.expect("taken");
        let words = refused(compute(&scene.cx(stage), scene.id(), None).await);
        assert!(words.contains("stand in another organisation’s too"), "{words}");
        scene.take(stage, 1, bytes(second())).await.expect("taken");
        scene.compute(stage).await;
    })
    .await;
}

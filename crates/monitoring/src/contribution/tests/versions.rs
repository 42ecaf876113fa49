//! A measure whose definition changed is held against what the version before showed.

use super::*;

#[tokio::test]
async fn a_new_version_of_a_definition_is_held_against_what_the_version_before_showed() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        scene.take(stage, 0, bytes(first())).await.expect("taken");
        scene.take(stage, 1, bytes(second())).await.expect("taken");
        scene.compute(stage).await;
        let lines = scene.lines(stage).await;
        let shown = lines.iter().find(|line| line.shown.total().is_given());
        let code = shown.expect("a measure is shown").code.clone();
        let measure = crate::definition::find(&scene.cx(stage), &code).await.expect("there");
        let mut definition = measure.newest().definition.clone();
        definition.note = "Counted as before.".to_owned();
        let input = crate::definition::Revise {
            version: definition.version,
            definition,
            why: "Its words were not plain.".to_owned(),
        };
        let version = crate::definition::revise(&scene.cx(stage), input).await.expect("saved");
        // A cycle takes what stood before it opened.
        let later = Cx {
            now: stage.now.plus_seconds(60),
            ..stage.cx(&scene.cast.coordinator)
        };
        let cycle = opened_in(&later, "2026", "2025").await;
        let scene = Scene { cycle, ..scene };
        // Of the same organisations as many cases, and five more.
        for (place, n, from, seed) in [(0, 605, 0, 1), (1, 400, 10_000, 2)] {
            let sent = rows_of("2026", n, from, seed);
            scene.take(stage, place, bytes(&sent)).await.expect("taken");
        }
        scene.compute(stage).await;
        let lines = scene.lines(stage).await;
        let line = lines.iter().find(|line| line.code == code).expect("computed");
        assert_eq!(line.version, version);
        assert!(!line.shown.total().is_given(), "five more are few");
    })
    .await;
}

//! Coded rows that are counted once by what the linkage officer gives back.

use domain::ids::{IdSource as _, StudyId, TokenFileId};
use measures::invented;
use statistics::linkage::row_clusters::RowClusters;
use store::row::case_computation;

use super::*;

/// Row ids of the first contribution, then of the second.
fn ids() -> Vec<[u8; 16]> {
    let first = (0..600).map(invented::id);
    let second = (10_000..10_400).map(invented::id);
    first.chain(second).map(Uuid::into_bytes).collect()
}

/// The first so many of each contribution are one person each.
fn same(n: u32) -> Vec<u32> {
    let second = |at: u32| if at < n { at } else { 1_000 + at };
    (0..600).chain((0..400).map(second)).collect()
}

fn clusters(n: u32, draws: std::ops::Range<u32>) -> Bytes {
    let clusters = RowClusters::new(ids(), same(n), draws.map(same).collect());
    Bytes::from(clusters.expect("each row once").write())
}

async fn both_sent(stage: &Stage) -> Scene {
    let scene = Scene::on(stage).await;
    scene.take(stage, 0, bytes(first())).await.expect("taken");
    scene.take(stage, 1, bytes(second())).await.expect("taken");
    scene
}

async fn computed(scene: &Scene, stage: &Stage, clusters: Bytes) -> Result<Computed, AppError> {
    compute(&scene.cx(stage), scene.id(), Some(clusters)).await
}

#[tokio::test]
async fn a_person_whom_two_organisations_know_is_counted_once_and_the_doubt_is_told() {
    on_both(async |stage| {
        let scene = both_sent(stage).await;
        computed(&scene, stage, clusters(150, 120..180))
            .await
            .expect("computed");
        let lines = scene.lines(stage).await;
        let told = lines.iter().filter(|line| line.shown.total().is_given()).count();
        assert!(told > 10, "{told}");
        let mut ranges = 0;
        for line in &lines {
            let whose = line.shown.whose();
            assert!(
                !line.shown.total().is_given()
                    || whose.starts_with(
                        "of 850 cases seen by 2 organisations; a person whom several know is counted once"
                    ),
                "{whose}"
            );
            assert!(!whose.contains("same person twice"));
            let links = line.shown.links();
            assert_eq!(
                links.is_empty(),
                !line.shown.total().is_given(),
                "{}: {links}",
                line.code
            );
            ranges += usize::from(links.contains("in 95 of 100 draws"));
        }
        assert!(ranges > 10, "{ranges}");
        // Neither an id nor a cluster is kept.
        let kept: Vec<String> = case_measurement::Entity::find()
            .all(stage.db.reader())
            .await
            .expect("read")
            .into_iter()
            .map(|row| row.measurement)
            .collect();
        let one = case_computation::Entity::find()
            .one(stage.db.reader())
            .await
            .expect("read");
        let all = format!("{kept:?}{:?}", one.expect("a computation"));
        for id in ids().into_iter().map(Uuid::from_bytes) {
            assert!(!all.contains(&id.simple().to_string()) && !all.contains(&id.to_string()));
        }
    })
    .await;
}

#[tokio::test]
async fn figures_that_were_added_up_elsewhere_keep_the_words_that_somebody_may_count_twice() {
    on_both(async |stage| {
        let scene = both_sent(stage).await;
        let pack = measures::shipped_pack("2025");
        let third = rows(300, 50_000, 5);
        let Ok(read) = contents(&pack, third.as_bytes(), "rows.csv") else {
            panic!("the rows fit the pack");
        };
        let mut added = read.aggregates(&pack).expect("sound definitions");
        measures::small::merge_small(&mut added, pack.threshold);
        let body = Body::Aggregates(added);
        let sent = Contribution {
            format: FORMAT.to_owned(),
            cycle: "2025".to_owned(),
            pack: 5,
            body,
        };
        let sent = serde_json::to_vec(&sent).expect("JSON");
        scene.take(stage, 2, Bytes::from(sent)).await.expect("taken");
        computed(&scene, stage, clusters(150, 0..0)).await.expect("computed");
        for line in scene.lines(stage).await {
            let whose = line.shown.whose();
            let starts = "of 1,150 cases seen by 3 organisations; may include the same person twice, although";
            assert!(!line.shown.total().is_given() || whose.starts_with(starts), "{whose}");
            assert!(whose.contains("coded rows of 2 of them"), "{whose}");
            if line.shown.total().is_given() {
                assert!(
                    line.shown
                        .note()
                        .contains("how far that carries the figure was not computed")
                );
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_no_file_of_clusters_or_belongs_elsewhere_is_refused_and_nothing_is_kept() {
    on_both(async |stage| {
        let scene = both_sent(stage).await;
        let other = RowClusters::new(vec![[9; 16]], vec![1], Vec::new())
            .expect("one row")
            .write();
        let tokens = b"rapporteur tokens 1\n{\"check\":\"\"}\n".to_vec();
        let sealed = b"age-encryption.org/v1\n-> X25519 ".to_vec();
        let names = b"row,given_name,family_name\n1,Canary,Specimen\n".to_vec();
        for (bytes, says) in [
            (other.into_bytes(), "belongs to other contributions"),
            (tokens, "is not what `rapporteur link --row-clusters` writes"),
            (sealed, "is not what `rapporteur link --row-clusters` writes"),
            (names, "is not what `rapporteur link --row-clusters` writes"),
            (b"row,cluster\n1,2\n".to_vec(), "Line 2"),
        ] {
            let refused = computed(&scene, stage, Bytes::from(bytes)).await;
            let Err(AppError::Invalid(errors)) = refused else {
                panic!("{refused:?}");
            };
            assert!(
                errors.get("clusters").is_some_and(|words| words.contains(says)),
                "{errors:?}"
            );
        }
        let n = case_computation::Entity::find().count(stage.db.reader()).await;
        assert_eq!(n.expect("counted"), 0);
    })
    .await;
}

/// Whoever opens tokens sees no coded row, whoever opens coded rows gets no token, and nobody is both.
#[tokio::test]
async fn tokens_and_coded_rows_never_meet() {
    on_both(async |stage| {
        let scene = both_sent(stage).await;
        let forbidden = |error: AppError| matches!(error, AppError::Forbidden(_) | AppError::NotFound(_));
        let (study, file) = (StudyId(stage.ids.ordered()), TokenFileId(stage.ids.ordered()));
        let officer = cast::member(stage, scene.cast.organisations[2], "officer", &[Role::LinkageOfficer]).await;
        let cx = stage.cx(&officer);
        assert!(computed_as(&cx, scene.id()).await.is_err_and(forbidden));
        assert!(overview(&cx, scene.id()).await.is_err_and(forbidden));
        let coordinator = crate::study::take(&scene.cx(stage), study, file).await;
        assert!(coordinator.is_err_and(forbidden));
        for role in Role::ALL {
            let may = |action, relation| domain::permission::allows(&[*role], action, relation);
            let takes = may(Action::TakeTokens, Relation::OwnAssignment);
            let computes = may(Action::ComputeMeasures, Relation::Coalition);
            let reads = may(Action::ReadContribution, Relation::OwnOrganisation);
            assert!(!(takes && (computes || reads)), "{role}");
        }
    })
    .await;
}

async fn computed_as(cx: &Cx<'_>, cycle: CycleId) -> Result<Computed, AppError> {
    compute(cx, cycle, Some(clusters(150, 0..0))).await
}

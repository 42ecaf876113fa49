//! Deciding: taking, undoing, and what comes in meanwhile.

use super::*;

#[tokio::test]
async fn a_mapping_that_does_not_fit_is_named_and_changes_nothing() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cx = with_series(stage, &coalition.contributor).await;
        let id = stage_file(&cx, csv(&[row("1", "2024-03-07")]))
            .await
            .expect("it is staged");
        assert!(words(take(&cx, id).await.expect_err("no mapping yet")).contains("which column"));
        let bad = Plan {
            mapping: Some(Mapping::default().column(Field::Value, "value")),
            ..Plan::default()
        };
        assert!(words(plan(&cx, id, bad).await.expect_err("no period")).contains("period"));
        assert!(
            words(
                plan(
                    &cx,
                    id,
                    Plan {
                        header_row: Some(77),
                        ..Plan::default()
                    }
                )
                .await
                .expect_err("no such row")
            )
            .contains("Row 77")
        );
        assert_eq!(find(&cx, id).await.expect("an import").plan, Plan::default());
    })
    .await;
}

#[tokio::test]
async fn rows_of_a_missing_series_wait_until_it_is_added() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cx = with_series(stage, &coalition.contributor).await;
        let rows = [
            row("1", "2024-03-07"),
            row("2", "2024-03-08").replace("nrm_referrals", "other"),
            row("3", "2024-03-09").replace("persons", "cases"),
        ];
        let id = staged_and_mapped(&cx, csv(&rows)).await;
        let (kept, missing) = faults(&cx, id).await.expect("faults");
        assert_eq!(
            missing,
            [Missing {
                code: "other".into(),
                unit: "persons".into(),
                n_rows: 1
            }]
        );
        assert!(
            kept[1]
                .said
                .message
                .contains("the series “nrm_referrals” is in “persons”"),
            "{:?}",
            kept[1]
        );
        let new = series::Record {
            code: "other".into(),
            title: " ".into(),
            publisher: "Sample Office".into(),
            unit: "persons".into(),
            counting_rule: "person".into(),
            about: String::new(),
        };
        let AppError::Invalid(errors) = add_series(&cx, id, vec![new.clone()]).await.expect_err("no title") else {
            panic!("not a fault")
        };
        assert!(errors.get("title-0").is_some());
        add_series(
            &cx,
            id,
            vec![series::Record {
                title: "Other".into(),
                ..new
            }],
        )
        .await
        .expect("it is added");
        let line = find(&cx, id).await.expect("an import");
        assert_eq!((line.n_good, line.n_refused), (2, 1));
    })
    .await;
}

#[tokio::test]
async fn figures_that_came_in_meanwhile_stop_the_taking_and_are_shown() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cx = with_series(stage, &coalition.contributor).await;
        let waiting = staged_and_mapped(&cx, csv(&[row("4142", "2024-03-07"), row("4134", "2024-05-10")])).await;
        take_file(&cx, "a.csv", csv(&[row("4142", "2024-03-07")]), None)
            .await
            .expect("it is taken");
        assert!(words(take(&cx, waiting).await.expect_err("the outcome changed")).contains("checked again"));
        let line = find(&cx, waiting).await.expect("an import");
        assert_eq!((line.n_good, line.n_known, line.state), (1, 1, ImportState::Staged));
        take(&cx, waiting).await.expect("it is taken as now shown");
        assert_eq!(n_observations(stage).await, 2);
    })
    .await;
}

#[tokio::test]
async fn marks_of_doubt_come_with_the_row_and_a_wrong_one_is_a_fault() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cx = with_series(stage, &coalition.contributor).await;
        let rows = [
            row("1", "2024-01-01").replace("primary,false", "secondary,true"),
            row("2", "2024-01-02").replace("primary,false", ","),
            row("3", "2024-01-03").replace("primary", "hearsay"),
            row("4", "2024-01-04").replace(",false", ",perhaps"),
        ];
        let summary = take_file(&cx, "a.csv", csv(&rows), None).await.expect("it is taken");
        let columns: Vec<&str> = summary.faults.iter().map(|fault| fault.said.column.as_str()).collect();
        assert_eq!(columns, ["source_kind", "is_unverified"]);
        let mut taken = observation::Entity::find().all(stage.db.reader()).await.expect("rows");
        taken.sort_by(|a, b| a.published_on.cmp(&b.published_on));
        let marks: Vec<(&str, bool)> = taken
            .iter()
            .map(|row| (row.source_kind.as_str(), row.is_unverified))
            .collect();
        assert_eq!(marks, [("secondary", true), ("primary", false)]);
    })
    .await;
}

/// A measurement that rests on an observation, with just enough around it.
async fn measured(stage: &Stage, actor: &Actor, observation: Uuid) {
    use domain::ids::IdSource as _;
    let tx = stage.db.begin().await.unwrap();
    let (cycle_id, version) = (stage.ids.ordered(), stage.ids.ordered());
    let text = |text: &str| Set(text.to_owned());
    let at = "2024-01-01";
    cycle::ActiveModel {
        id: Set(cycle_id),
        code: text("2024"),
        title: text(""),
        period_start: text(at),
        period_end: text(at),
        cutoff_on: text(at),
        state: text("opened"),
        previous_id: Set(None),
        is_invented: Set(true),
        method: text(""),
        opened_at: Set(0),
        closed_at: Set(None),
        revision: Set(1),
    }
    .insert(&tx)
    .await
    .unwrap();
    indicator_version::ActiveModel {
        id: Set(version),
        code: text("I01"),
        version: Set(1),
        name: text(""),
        kind: text("outcome"),
        definition: text(""),
        direction: text("none"),
        sources: text("[]"),
        disaggregation: text(""),
        limits: text(""),
        measures: text("[]"),
        state: text("agreed"),
        comparability: Set(None),
        comparability_why: text(""),
        member_id: Set(None),
        created_at: Set(0),
    }
    .insert(&tx)
    .await
    .unwrap();
    measurement::ActiveModel {
        id: Set(stage.ids.ordered()),
        cycle_id: Set(cycle_id),
        indicator_version_id: Set(version),
        measure: text("I01a"),
        stratum: text("all"),
        jurisdiction: text("uk"),
        numerator: Set(None),
        denominator: Set(None),
        value: Set(1.0),
        unit: text("persons"),
        origin: text("official"),
        is_sample: Set(false),
        lower: Set(None),
        upper: Set(None),
        excluded: text(""),
        missing_share: Set(None),
        whose: text(""),
        source: text("Bulletin"),
        source_url: text(""),
        vintage_on: text(at),
        observation_id: Set(Some(observation)),
        evidence_id: Set(None),
        note: text(""),
        is_invented: Set(true),
        member_id: Set(actor.member.unwrap().0),
        recorded_at: Set(0),
    }
    .insert(&tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn an_import_that_a_measurement_rests_on_is_not_undone() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cx = with_series(stage, &coalition.contributor).await;
        let summary = take_file(&cx, "a.csv", csv(&[row("1", "2024-03-07")]), None)
            .await
            .expect("it is taken");
        let figure = observation::Entity::find()
            .one(stage.db.reader())
            .await
            .expect("rows")
            .expect("a row");
        measured(stage, &coalition.contributor, figure.id).await;
        assert!(words(undo(&cx, summary.import).await.expect_err("it is used")).contains("1 measurement rests"));
        assert_eq!(
            find(&cx, summary.import).await.expect("an import").state,
            ImportState::Taken
        );
        assert_eq!(n_observations(stage).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_double_click_takes_once_and_lands_in_the_same_place() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cx = with_series(stage, &coalition.contributor).await;
        let id = staged_and_mapped(&cx, csv(&[row("1", "2024-03-07")])).await;
        let cx = Cx {
            once: Some("the-form"),
            ..cx
        };
        take(&cx, id).await.expect("it is taken");
        assert!(matches!(take(&cx, id).await, Err(AppError::Repeated(Some(same))) if same == id.0));
        assert!(matches!(
            stage_file(&stage.cx(&coalition.observer), csv(&[])).await,
            Err(AppError::Forbidden(_))
        ));
    })
    .await;
}

/// The real reference files, where the check script says where they are.
#[tokio::test]
async fn the_official_files_are_taken_row_for_row() {
    let Ok(folder) = std::env::var("RAPPORTEUR_REFERENCE") else {
        eprintln!("RAPPORTEUR_REFERENCE is not set: the official files were not tried");
        return;
    };
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cx = stage.cx(&coalition.contributor);
        let folder = std::path::Path::new(&folder).join("uk-official-figures");
        let mut files: Vec<_> = std::fs::read_dir(&folder)
            .expect("the folder")
            .map(|entry| entry.expect("an entry").path())
            .collect();
        files.retain(|path| path.extension().is_some_and(|extension| extension == "csv"));
        files.sort();
        assert!(!files.is_empty());
        for path in files {
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .expect("a name")
                .to_owned();
            let bytes = Bytes::from(std::fs::read(&path).expect("the file"));
            let id = stage_file(&cx, bytes.clone()).await.expect(&name);
            let Suggestion::Confirm { mapping, .. } = suggestion(&cx, id).await.expect(&name) else {
                panic!("{name} asks")
            };
            plan(
                &cx,
                id,
                Plan {
                    mapping: Some(mapping),
                    ..Plan::default()
                },
            )
            .await
            .expect(&name);
            let (_, missing) = faults(&cx, id).await.expect("faults");
            let new = missing.iter().map(|missing| series::Record {
                code: missing.code.clone(),
                title: missing.code.clone(),
                publisher: "Home Office".into(),
                unit: missing.unit.clone(),
                counting_rule: "other".into(),
                about: String::new(),
            });
            add_series(&cx, id, new.collect()).await.expect(&name);
            let line = find(&cx, id).await.expect(&name);
            let (left, _) = faults(&cx, id).await.expect("faults");
            for fault in &left {
                eprintln!(
                    "{name} row {}: {} {}",
                    fault.said.row, fault.said.column, fault.said.message
                );
            }
            assert!(
                left.iter()
                    .all(|fault| fault.said.message.contains("counts of different things")),
                "{name}: {left:?}"
            );
            assert_eq!(line.n_rows, line.n_good + line.n_refused + line.n_known, "{name}");
            if line.n_good > 0 {
                take(&cx, id).await.expect(&name);
            }
            let again = take_file(&cx, &name, bytes, None).await.expect(&name);
            assert_eq!((again.n_good, again.n_known), (0, line.n_good + line.n_known), "{name}");
        }
    })
    .await;
}

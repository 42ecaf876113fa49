//! Imports: staged, mapped, checked, taken or not, undone; and everything that can be wrong with a file.

use bytes::Bytes;
use domain::ids::ImportId;
use domain::series::ImportState;
use interchange::series::{Field, Mapping};
use interchange::table::Cell;
use interchange::xlsx_out;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, PaginatorTrait};
use store::row::{cycle, file, indicator_version, measurement, observation};
use store::work::Actor;
use store::{AppError, Cx};
use testkit::{Coalition, Stage, on_both};

use super::*;
use crate::series;

const HEADER: &str = "series,period_start,period_end,breakdown,category,value,unit,as_published_on,vintage_note,source_title,source_url,licence,source_kind,is_unverified";

fn row(value: &str, published: &str) -> String {
    format!(
        "nrm_referrals,2023-10-01,2023-12-31,total,total,{value},persons,{published},,Bulletin,https://example.org/b,OGL-UK-3.0,primary,false"
    )
}

fn csv(rows: &[String]) -> Bytes {
    Bytes::from(format!("{HEADER}\n{}\n", rows.join("\n")))
}

/// Quarters of a hundred years in as many categories as it takes, each with its own value.
fn many(n: u32) -> Vec<String> {
    (0..n)
        .map(|nth| {
            let (year, quarter, category) = (1900 + nth / 4 % 100, nth % 4, nth / 400);
            let (start, end) = [
                ("01-01", "03-31"),
                ("04-01", "06-30"),
                ("07-01", "09-30"),
                ("10-01", "12-31"),
            ][quarter as usize];
            format!("nrm_referrals,{year}-{start},{year}-{end},part,c{category},{nth},persons,2024-03-07,,Bulletin,,,,")
        })
        .collect()
}

async fn with_series<'a>(stage: &'a Stage, actor: &'a Actor) -> Cx<'a> {
    let cx = stage.cx(actor);
    series::record(
        &cx,
        series::Record {
            code: "nrm_referrals".into(),
            title: "Referrals".into(),
            publisher: "Sample Office".into(),
            unit: "persons".into(),
            counting_rule: "person".into(),
            about: String::new(),
        },
    )
    .await
    .expect("the series is recorded");
    cx
}

async fn n_observations(stage: &Stage) -> u64 {
    observation::Entity::find()
        .count(stage.db.reader())
        .await
        .expect("a count")
}

fn words(error: AppError) -> String {
    match error {
        AppError::Invalid(errors) => errors.iter().map(|(_, words)| words).collect::<Vec<_>>().join(" "),
        AppError::Refused(words) => words,
        other => panic!("neither a fault nor a refusal: {other:?}"),
    }
}

/// Stages a file and confirms the mapping that its headings suggest.
async fn staged_and_mapped(cx: &Cx<'_>, bytes: Bytes) -> ImportId {
    let id = stage(cx, "figures.csv", "text/csv", bytes).await.expect("it is staged");
    let Suggestion::Confirm { mapping, .. } = suggestion(cx, id).await.expect("a suggestion") else {
        panic!("a question")
    };
    plan(
        cx,
        id,
        Plan {
            mapping: Some(mapping),
            ..Plan::default()
        },
    )
    .await
    .expect("the mapping fits")
}

#[tokio::test]
async fn good_rows_are_taken_and_can_be_undone() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cx = with_series(stage, &coalition.contributor).await;
        let id = staged_and_mapped(
            &cx,
            csv(&[
                row("4142", "2024-03-07"),
                row("[c]", "2023-03-07"),
                row("many", "2022-03-07"),
            ]),
        )
        .await;
        let line = find(&cx, id).await.expect("an import");
        assert_eq!(
            (line.n_rows, line.n_good, line.n_refused, line.n_known, line.state),
            (3, 2, 1, 0, ImportState::Staged)
        );
        assert_eq!(n_observations(stage).await, 0, "nothing is taken before the decision");
        let (faults, _) = faults(&cx, id).await.expect("faults");
        assert_eq!(
            (faults[0].row, faults[0].column.as_str(), faults[0].value.as_str()),
            (4, "value", "many")
        );
        take(&cx, id).await.expect("it is taken");
        assert_eq!(n_observations(stage).await, 2);
        assert!(words(take(&cx, id).await.expect_err("taken already")).contains("decided already"));

        let (name, refused) = refused_rows(&cx, id).await.expect("a file");
        let text = String::from_utf8(refused).expect("text");
        assert_eq!((name.as_str(), text.lines().count()), ("figures-refused.csv", 2));
        assert!(text.contains("many") && text.contains("remedy"), "{text}");

        let stranger = stage.cx(&coalition.first_assessor);
        assert!(
            matches!(undo(&stranger, id).await, Err(AppError::Forbidden(_))),
            "another organisation's import"
        );
        undo(&cx, id).await.expect("it is undone");
        assert_eq!(n_observations(stage).await, 0);
        assert!(words(undo(&cx, id).await.expect_err("undone already")).contains("undone"));
        assert_eq!(list(&cx, 1).await.expect("a list").0[0].state, ImportState::Undone);
    })
    .await;
}

#[tokio::test]
async fn the_same_figures_again_are_known_a_contradiction_is_a_fault_and_a_new_vintage_is_new() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cx = with_series(stage, &coalition.contributor).await;
        let first = take_file(&cx, "a.csv", csv(&[row("4142", "2024-03-07")]), None)
            .await
            .expect("it is taken");
        assert_eq!((first.n_good, first.n_known, first.n_refused), (1, 0, 0));
        let again = take_file(&cx, "a.csv", csv(&[row("4142", "2024-03-07")]), None)
            .await
            .expect("it is looked at");
        assert_eq!((again.n_good, again.n_known, again.n_refused), (0, 1, 0));
        assert_eq!(find(&cx, again.import).await.expect("kept").state, ImportState::Dropped);
        let other = take_file(
            &cx,
            "b.csv",
            csv(&[row("9", "2024-03-07"), row("4134", "2024-05-10")]),
            None,
        )
        .await
        .expect("it is taken");
        assert_eq!((other.n_good, other.n_known, other.n_refused), (1, 0, 1));
        assert!(
            other.faults[0].message.contains("already known as 4142"),
            "{:?}",
            other.faults
        );
        undo(&cx, other.import).await.expect("it is undone");
        assert_eq!(n_observations(stage).await, 1, "the first import's figure stays");
    })
    .await;
}

#[tokio::test]
async fn a_wrong_date_in_row_900_is_the_only_row_refused() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cx = with_series(stage, &coalition.contributor).await;
        let mut rows = many(1000);
        rows[898] = rows[898].replace("2024-03-07", "2024-02-30");
        let id = staged_and_mapped(&cx, csv(&rows)).await;
        let (faults, _) = faults(&cx, id).await.expect("faults");
        assert_eq!(faults.len(), 1);
        assert_eq!(
            (faults[0].row, faults[0].column.as_str(), faults[0].value.as_str()),
            (900, "as_published_on", "2024-02-30")
        );
        drop_all(&cx, id).await.expect("none is taken");
        assert_eq!(n_observations(stage).await, 0);
    })
    .await;
}

#[tokio::test]
async fn twenty_thousand_rows_are_taken_in_one_transaction() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cx = with_series(stage, &coalition.contributor).await;
        let begun = std::time::Instant::now();
        let taken = take_file(&cx, "large.csv", csv(&many(20_000)), None)
            .await
            .expect("it is taken");
        eprintln!("20,000 rows staged, checked twice and taken in {:?}", begun.elapsed());
        assert_eq!((taken.n_good, n_observations(stage).await), (20_000, 20_000));
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_no_table_or_is_about_people_is_refused_and_not_kept() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cx = with_series(stage, &coalition.contributor).await;
        let unmarked: Vec<u8> = format!("{HEADER}\n{}\n", row("1", "2024-03-07"))
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let cases = [
            (Bytes::from(unmarked), "UTF-16"),
            (
                Bytes::from("series,value,date of birth\nx,1,2001-01-01\n"),
                "columns about people: “date of birth”",
            ),
            (
                Bytes::from("a note\nseries,value,surname\nx,1,Y\nx,2,Z\n"),
                "columns about people: “surname”",
            ),
            (Bytes::from_static(b"PK\x03\x04 and then nothing"), "damaged"),
            (Bytes::from_static(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "."),
            (Bytes::new(), "."),
        ];
        for (bytes, cause) in cases {
            let said = words(stage_file(&cx, bytes).await.expect_err(cause));
            assert!(said.contains(cause), "{cause}: {said}");
        }
        assert_eq!(file::Entity::find().count(stage.db.reader()).await.expect("a count"), 0);
        assert!(list(&cx, 1).await.expect("a list").0.is_empty());
    })
    .await;
}

async fn stage_file(cx: &Cx<'_>, bytes: Bytes) -> Result<ImportId, AppError> {
    stage(cx, "figures.csv", "text/csv", bytes).await
}

/// A workbook whose headings come twice, as codes and in words.
fn two_headings(last: &str) -> Bytes {
    let cells = |texts: &[&str]| {
        texts
            .iter()
            .map(|text| text.parse::<f64>().map_or_else(|_| Cell::from(*text), Cell::Number))
            .collect::<Vec<_>>()
    };
    let headers = ["Code of series", "Quarter", "Published", "Count", "Unit", last]
        .map(str::to_owned)
        .to_vec();
    let rows = vec![
        cells(&["series", "period", "published_on", "value", "unit", "note"]),
        cells(&["nrm_referrals", "2023 Q4", "2024-03-07", "4142", "persons", ""]),
    ];
    Bytes::from(
        xlsx_out::write(
            &[xlsx_out::Sheet {
                name: "Table 1".into(),
                headers,
                rows,
            }],
            "2024-03-07".parse().expect("a day"),
        )
        .expect("a workbook"),
    )
}

#[tokio::test]
async fn a_workbook_with_two_heading_rows_asks_which_and_remembers_the_mapping() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cx = with_series(stage, &coalition.contributor).await;
        let id = stage_file(&cx, two_headings("Note")).await.expect("it is staged");
        let Suggestion::Ask(Question::HeaderRow(_, rows)) = suggestion(&cx, id).await.expect("a question") else {
            panic!("no question")
        };
        assert!(rows.iter().any(|(row, _)| *row == 2), "{rows:?}");
        plan(
            &cx,
            id,
            Plan {
                header_row: Some(2),
                ..Plan::default()
            },
        )
        .await
        .expect("the row is chosen");
        let Suggestion::Confirm {
            headers,
            mapping,
            is_remembered,
            ..
        } = suggestion(&cx, id).await.expect("a mapping")
        else {
            panic!("a question")
        };
        assert_eq!((headers[0].as_str(), is_remembered), ("series", false));
        let chosen = Plan {
            header_row: Some(2),
            mapping: Some(mapping.constant(Field::Licence, "OGL-UK-3.0")),
            ..Plan::default()
        };
        plan(&cx, id, chosen.clone()).await.expect("the mapping fits");
        take(&cx, id).await.expect("it is taken");

        let next = stage_file(&cx, two_headings("Note")).await.expect("it is staged");
        plan(
            &cx,
            next,
            Plan {
                header_row: Some(2),
                ..Plan::default()
            },
        )
        .await
        .expect("the row is chosen");
        let Suggestion::Confirm {
            mapping, is_remembered, ..
        } = suggestion(&cx, next).await.expect("a mapping")
        else {
            panic!("a question")
        };
        assert!(is_remembered);
        assert_eq!(Some(mapping), chosen.mapping);
        let elsewhere = stage.cx(&coalition.first_assessor);
        let other = stage_file(&elsewhere, two_headings("Note"))
            .await
            .expect("it is staged");
        plan(
            &elsewhere,
            other,
            Plan {
                header_row: Some(2),
                ..Plan::default()
            },
        )
        .await
        .expect("the row is chosen");
        assert!(matches!(
            suggestion(&elsewhere, other).await.expect("a mapping"),
            Suggestion::Confirm {
                is_remembered: false,
                ..
            }
        ));
    })
    .await;
}

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
            kept[1].message.contains("the series “nrm_referrals” is in “persons”"),
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
        let columns: Vec<&str> = summary.faults.iter().map(|fault| fault.column.as_str()).collect();
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
                eprintln!("{name} row {}: {} {}", fault.row, fault.column, fault.message);
            }
            assert!(
                left.iter()
                    .all(|fault| fault.message.contains("counts of different things")),
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

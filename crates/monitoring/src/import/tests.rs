//! Imports: staged, mapped, checked, taken or not, undone; and everything that can be wrong with a file.

mod decide;

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
            (
                faults[0].said.row,
                faults[0].said.column.as_str(),
                faults[0].said.value.as_str()
            ),
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
            other.faults[0].said.message.contains("already known as 4142"),
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
            (
                faults[0].said.row,
                faults[0].said.column.as_str(),
                faults[0].said.value.as_str()
            ),
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
async fn the_command_line_reads_a_file_as_the_organisation_said_of_the_last_one_like_it() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cx = with_series(stage, &coalition.contributor).await;
        let unguessable = |row: &str| Bytes::from(format!("What,When,How many,Seen\n{row}\n"));
        let said = Mapping::default()
            .column(Field::Series, "What")
            .column(Field::Period, "When")
            .column(Field::Value, "How many")
            .column(Field::PublishedOn, "Seen")
            .constant(Field::Unit, "persons");
        let first = unguessable("nrm_referrals,2023 Q4,4142,2024-03-07");
        let guessed = take_file(&cx, "a.csv", first.clone(), None).await;
        assert!(guessed.is_err(), "nothing can be guessed from these headings");
        take_file(&cx, "a.csv", first, Some(said)).await.expect("it is taken");
        let second = unguessable("nrm_referrals,2024 Q1,4524,2024-05-02");
        let taken = take_file(&cx, "b.csv", second.clone(), None)
            .await
            .expect("it is read as the first was");
        assert_eq!((taken.n_good, taken.n_refused), (1, 0));
        // What one organisation said is not said by another.
        let elsewhere = stage.cx(&coalition.first_assessor);
        assert!(take_file(&elsewhere, "b.csv", second, None).await.is_err());
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

//! Amending: what may be put right, and what the values hold fast.

use domain::permission::Action;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::audit;
use store::{AppError, FieldErrors};
use testkit::{Coalition, Stage, on_both};

use super::*;
use crate::import;

fn change(record: Record, revision: i32) -> Amend {
    Amend { record, revision }
}

fn titled(title: &str) -> Record {
    Record {
        title: title.into(),
        ..referrals()
    }
}

/// The members who amended a series, as the log of acts has them.
async fn amenders(stage: &Stage, id: SeriesId) -> Vec<Option<Uuid>> {
    let acts = audit::Entity::find()
        .filter(audit::Column::Action.eq(Action::AmendSeries.code()))
        .filter(audit::Column::SubjectId.eq(id.0))
        .order_by_asc(audit::Column::Sequence);
    let acts = acts.all(stage.db.reader()).await.expect("acts");
    acts.into_iter().map(|act| act.member_id).collect()
}

fn faults(answer: Result<SeriesId, AppError>) -> FieldErrors {
    match answer {
        Err(AppError::Invalid(errors)) => errors,
        other => panic!("not faults of the form: {other:?}"),
    }
}

#[tokio::test]
async fn all_that_is_said_of_a_series_without_values_is_amended_and_who_did_so_is_in_the_log() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cx = stage.cx(&coalition.contributor);
        let id = record(&cx, referrals()).await.expect("it is recorded");
        let before = find(&cx, id, "").await.expect("a view").series;
        assert_eq!(before.revision, 1);
        let right = Record {
            code: "nrm_decisions".into(),
            title: "Decisions".into(),
            publisher: "Specimen Agency".into(),
            unit: "decisions".into(),
            counting_rule: "decision".into(),
            about: "One person may have several.".into(),
        };
        let other = stage.cx(&coalition.first_assessor);
        assert_eq!(amend(&other, id, change(right, 1)).await.expect("it is amended"), id);
        assert_eq!(
            find(&cx, id, "").await.expect("a view").series,
            series::Model {
                code: "nrm_decisions".into(),
                title: "Decisions".into(),
                publisher: "Specimen Agency".into(),
                unit: "decisions".into(),
                counting_rule: "decision".into(),
                about: "One person may have several.".into(),
                revision: 2,
                ..before
            }
        );
        assert_eq!(
            amenders(stage, id).await,
            [coalition.first_assessor.member.map(|member| member.0)]
        );
        record(&cx, referrals()).await.expect("the first code is free again");
        let errors = faults(amend(&cx, id, change(referrals(), 2)).await);
        assert!(errors.get("code").is_some_and(|words| words.contains("already")));
    })
    .await;
}

#[tokio::test]
async fn what_its_values_mean_stays_until_their_import_is_undone() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cx = stage.cx(&coalition.contributor);
        let id = record(&cx, referrals()).await.expect("it is recorded");
        let import = with_a_value(&cx).await;
        let values = find(&cx, id, "").await.expect("a view").figures;
        let other = Record {
            code: "referrals".into(),
            unit: "cases".into(),
            counting_rule: "case".into(),
            ..referrals()
        };
        let errors = faults(amend(&cx, id, change(other.clone(), 1)).await);
        for (field, is) in [
            ("code", "“nrm_referrals”"),
            ("unit", "“persons”"),
            ("counting_rule", "“Persons”"),
        ] {
            let words = errors.get(field).expect(field);
            assert!(
                words.contains(is) && words.contains("undo the imports") && words.contains("add another series"),
                "{words}"
            );
        }
        let described = Record {
            title: "People referred".into(),
            publisher: "Specimen Agency".into(),
            about: "Quarterly.".into(),
            ..referrals()
        };
        amend(&cx, id, change(described, 1))
            .await
            .expect("what is said of it may be put right");
        let view = find(&cx, id, "").await.expect("a view");
        assert_eq!(
            (view.series.title.as_str(), view.series.unit.as_str()),
            ("People referred", "persons")
        );
        assert_eq!(view.figures, values, "values and vintages are as they were");

        import::undo(&cx, import).await.expect("it is undone");
        amend(&cx, id, change(other, 2))
            .await
            .expect("nothing rests on them any more");
        assert_eq!(find(&cx, id, "").await.expect("a view").series.unit, "cases");
        assert_eq!(amenders(stage, id).await.len(), 2, "what was refused is no act");
    })
    .await;
}

#[tokio::test]
async fn of_a_change_of_unit_and_an_import_at_once_only_one_comes_through() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cx = stage.cx(&coalition.contributor);
        let id = record(&cx, referrals()).await.expect("it is recorded");
        let file = "series,period_start,period_end,breakdown,category,value,unit,as_published_on,source_title\n\
                    nrm_referrals,2023-10-01,2023-12-31,total,total,4142,persons,2024-03-07,Bulletin\n";
        let other = Record {
            unit: "cases".into(),
            ..referrals()
        };
        let coordinator = stage.cx(&coalition.coordinator);
        let (taken, changed) = tokio::join!(
            import::take_file(&cx, "figures.csv", file.into(), None),
            amend(&coordinator, id, change(other, 1))
        );
        let view = find(&cx, id, "").await.expect("a view");
        let is_as_published = view.series.unit == "persons" || view.figures.is_empty();
        assert!(is_as_published, "{taken:?}, {changed:?}");
        assert_eq!(changed.is_ok(), view.series.unit == "cases");
    })
    .await;
}

#[tokio::test]
async fn of_two_who_amend_one_series_the_second_is_told() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cx = stage.cx(&coalition.contributor);
        let id = record(&cx, referrals()).await.expect("it is recorded");
        amend(&cx, id, change(titled("First words"), 1))
            .await
            .expect("it is amended");
        let other = stage.cx(&coalition.coordinator);
        let late = amend(&other, id, change(titled("Late words"), 1)).await;
        assert!(matches!(late, Err(AppError::Conflict("series"))));
        let series = find(&cx, id, "").await.expect("a view").series;
        assert_eq!((series.title.as_str(), series.revision), ("First words", 2));
        assert_eq!(amenders(stage, id).await.len(), 1);

        let (one, other) = tokio::join!(
            amend(&cx, id, change(titled("One's words"), 2)),
            amend(&other, id, change(titled("The other's words"), 2))
        );
        assert!(one.is_ok() != other.is_ok(), "{one:?} and {other:?}");
        assert!(matches!(one.and(other), Err(AppError::Conflict("series"))));
    })
    .await;
}

#[tokio::test]
async fn a_series_is_amended_only_by_those_who_record_and_only_to_something_whole() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let cx = stage.cx(&coalition.contributor);
        let id = record(&cx, referrals()).await.expect("it is recorded");
        for stranger in [&coalition.observer, &coalition.first_reviewer, &coalition.publisher] {
            let refused = amend(&stage.cx(stranger), id, change(titled("A stranger's words"), 1)).await;
            assert!(matches!(refused, Err(AppError::Forbidden(_))));
        }
        let errors = faults(amend(&cx, id, Amend::default()).await);
        for field in ["code", "title", "publisher", "unit", "counting_rule"] {
            assert!(errors.get(field).is_some(), "{field}");
        }
        assert!(matches!(
            amend(&cx, SeriesId(Uuid::nil()), change(referrals(), 1)).await,
            Err(AppError::NotFound("series"))
        ));
        assert_eq!(find(&cx, id, "").await.expect("a view").series.revision, 1);
        assert!(amenders(stage, id).await.is_empty());
    })
    .await;
}

//! Time outside cases, and the organisation's total, on both databases.

use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use store::row::audit;
use testkit::on_both;

use super::*;
use crate::case::tests::{house, input};
use crate::time_entry;

fn hours(minutes: &str, agency: &str, body: &str) -> Typed {
    Typed::of([
        ("on", "2025-05-21"),
        ("minutes", minutes),
        ("kind", "training"),
        ("agency", agency),
        ("body", body),
    ])
}

#[tokio::test]
async fn time_outside_cases_is_added_to_that_of_all_cases_and_the_log_names_each() {
    on_both(async |stage| {
        let house = house(stage).await;
        let (worker, supervisor) = (house.worker.cx(stage), house.supervisor.cx(stage));
        let case = case::record(&worker, input("Specimen")).await.expect("recorded");
        time_entry::record(&worker, case, &hours("90", "ukvi", "police"))
            .await
            .expect("recorded");
        let id = record(&worker, &hours("60", "police", "")).await.expect("recorded");
        record(&supervisor, &hours("45", "ukvi", "local_authority"))
            .await
            .expect("recorded");
        let Err(AppError::Invalid(errors)) = record(&worker, &hours("0", "police", "")).await else {
            panic!("no minutes");
        };
        assert!(errors.get("minutes").is_some());
        let listed = list(&worker).await.expect("listed");
        assert_eq!(listed.len(), 2);
        assert_eq!(listed.iter().filter(|entry| entry.is_own).count(), 1);
        let bodies: Vec<_> = listed.iter().filter_map(|entry| entry.given.body).collect();
        assert_eq!(bodies, [Agency::LocalAuthority]);

        assert!(matches!(total(&worker).await, Err(AppError::Forbidden(_))));
        let of = total(&supervisor).await.expect("added up");
        let minutes = (of.outside.minutes, of.in_cases.minutes, of.all.minutes);
        assert_eq!(minutes, (105, 90, 195));
        assert_eq!(of.by_duty, [(Agency::Ukvi, 135), (Agency::Police, 60)]);
        assert_eq!(of.all.worth.pence, of.outside.worth.pence + of.in_cases.worth.pence);
        let opened = audit::Entity::find()
            .filter(audit::Column::Action.eq("time.count"))
            .filter(audit::Column::SubjectId.eq(case))
            .count(stage.db.reader())
            .await
            .expect("counted");
        assert_eq!(opened, 1, "the log names the case");

        // Of another organisation nothing is seen, and nobody removes what a colleague gave.
        assert_eq!(list(&house.outsider.cx(stage)).await.expect("listed"), []);
        for other in [&supervisor, &house.outsider.cx(stage)] {
            assert!(matches!(remove(other, id).await, Err(AppError::NotFound(_))));
        }
        remove(&worker, id).await.expect("removed");
        assert_eq!(list(&worker).await.expect("listed").len(), 1);
    })
    .await;
}

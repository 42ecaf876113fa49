//! Terms, what is due, and keeping it, on both databases.

use sea_orm::{ActiveModelTrait as _, ActiveValue::Set};
use store::row::personal_evidence;
use store::{AppError, Cx};
use testkit::{Coalition, on_both};
use uuid::Uuid;

use super::{DEFAULT_MONTHS, Kind, keep, list, set};
use domain::Day;

#[test]
fn a_term_that_ends_in_a_shorter_month_ends_on_its_last_day() {
    let day = |iso: &str| Day::parse(iso).expect("a day");
    assert_eq!(day("2024-01-31").plus_months(1), day("2024-02-29"));
    assert_eq!(day("2024-11-30").plus_months(3), day("2025-02-28"));
    assert_eq!(day("2024-12-15").plus_months(12), day("2025-12-15"));
}

#[tokio::test]
async fn a_record_is_due_after_its_term_for_its_own_manager_alone_and_can_be_kept() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let id = Uuid::from_u128(9);
        let tx = stage.db.begin().await.expect("a transaction");
        personal_evidence::ActiveModel {
            id: Set(id),
            organisation_id: Set(coalition.organisations[1].0),
            member_id: Set(coalition.contributor.member.expect("a member").0),
            person_key_id: Set(Uuid::from_u128(8)),
            sealed_title: Set(Vec::new()),
            sealed_record: Set(Vec::new()),
            recorded_on: Set("2024-05-31".into()),
            is_invented: Set(true),
        }
        .insert(&tx)
        .await
        .expect("a record");
        tx.commit().await.expect("it stays");

        let manager = stage.cx(&coalition.second_manager);
        let due = async |cx: &Cx<'_>| {
            let lists = list(cx).await.expect("listed");
            lists
                .into_iter()
                .flat_map(|list| list.due)
                .map(|due| due.id)
                .collect::<Vec<_>>()
        };
        let lists = list(&manager).await.expect("listed");
        assert_eq!(
            (lists.len(), lists[0].kind, lists[0].months),
            (1, Kind::PersonalEvidence, DEFAULT_MONTHS)
        );
        assert!(due(&manager).await.is_empty());
        assert!(
            matches!(keep(&manager, id).await, Err(AppError::NotFound(_))),
            "not due yet"
        );
        for wrong in ["", "0", "many", "241"] {
            let refused = set(&manager, "personal_evidence", wrong).await;
            assert!(matches!(refused, Err(AppError::Invalid(_))), "{wrong}");
        }
        set(&manager, "personal_evidence", "12").await.expect("set");
        assert_eq!(due(&manager).await, [id]);
        for other in [&coalition.first_manager, &coalition.coordinator, &coalition.contributor] {
            let cx = stage.cx(other);
            assert!(due(&cx).await.is_empty());
            assert!(keep(&cx, id).await.is_err());
        }
        assert!(
            set(&manager, "call_answer", "12").await.is_err(),
            "answers are the coalition's"
        );
        keep(&manager, id).await.expect("kept");
        assert!(due(&manager).await.is_empty());
        let next_year = Cx {
            now: stage.now.plus_seconds(366 * 24 * 3600),
            ..manager.clone()
        };
        assert_eq!(due(&next_year).await, [id]);
    })
    .await;
}

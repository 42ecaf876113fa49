//! The page of the matrix says what the matrix holds.

use axum::http::StatusCode;
use domain::permission::{Action, Role};
use testkit::{Client, Coalition, on_both};

use super::{line, rooms};
use crate::app::Settings;
use crate::tests::router_on;

#[test]
fn every_act_stands_on_the_page_once_and_whose_records_is_said() {
    let acts: Vec<&str> = rooms()
        .iter()
        .flat_map(|room| room.lines.iter().map(|line| line.act).collect::<Vec<_>>())
        .collect();
    assert_eq!(acts.len(), Action::ALL.len());
    let members = line(Action::ManageMembers);
    assert_eq!(
        members.who,
        [
            ("Coordinator".to_owned(), ""),
            ("Manager".to_owned(), "their own organisation’s only")
        ]
    );
    assert!(members.is_dangerous);
    assert_eq!(
        line(Action::SubmitOpinion).who,
        [("Assessor".to_owned(), "only what is assigned to them in person")]
    );
    assert_eq!(line(Action::ReadAccount).who, [("Every member".to_owned(), "")]);
    assert_eq!(line(Action::ReadPublic).who.len(), 1);
    assert_eq!(
        line(Action::ReadEvidence).who.len(),
        Role::ALL.len() - 1,
        "not the operator"
    );
}

#[tokio::test]
async fn every_member_reads_who_can_see_what_and_strangers_do_not() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        for (_, actor) in coalition.everyone() {
            let member = Client::member(&router, stage, actor).await;
            member
                .get("/who-can-see-what")
                .await
                .expect(StatusCode::OK)
                .says("Rate a provision");
        }
        Client::visitor(&router)
            .get("/who-can-see-what")
            .await
            .expect(StatusCode::SEE_OTHER);
    })
    .await;
}

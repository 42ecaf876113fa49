//! The pages of the log, of who opened one's records, and of its proof.

use axum::http::StatusCode;
use domain::ids::EvidenceId;
use domain::permission::{Action, Relation};
use monitoring::evidence;
use store::checkpoint::note::Signer;
use store::checkpoint::{self, Receipt};
use testkit::{Client, Coalition, Stage, on_both};

use crate::app::Settings;
use crate::tests::router_on;

#[tokio::test]
async fn the_log_shows_a_coordinator_everything_and_a_manager_their_own_organisation() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.coordinator).await;
        member.get("/log").await.expect(StatusCode::OK).says("No act to show");
        let contributor = Client::member(&router, stage, &coalition.contributor).await;
        contributor
            .post("/bodies/new", &[("name", "Specimen Agency")])
            .await
            .expect(StatusCode::SEE_OTHER);
        contributor
            .post("/draft?form=/bodies/new", &[("name", "Half typed")])
            .await
            .expect(StatusCode::NO_CONTENT);
        Client::visitor(&router)
            .post("/sign-in", &[("sign_in", "nobody"), ("password", "wrong")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY);
        let log = member
            .get("/log")
            .await
            .expect(StatusCode::OK)
            .says("Add a public body to the register")
            .says("href=\"/bodies\"");
        let log = log
            .says("Test contributor")
            .says("Second")
            .says("refused")
            .says("nobody signed in");
        assert_eq!(log.body.matches("<th scope=\"row\">Keep a draft").count(), 0);
        member
            .get("/log?action=draft.save")
            .await
            .says("<th scope=\"row\">Keep a draft")
            .lacks("<th scope=\"row\">Add a public body");
        let first = Client::member(&router, stage, &coalition.first_manager).await;
        first
            .get("/log")
            .await
            .expect(StatusCode::OK)
            .lacks("Test contributor")
            .lacks("nobody signed in");
        let second = Client::member(&router, stage, &coalition.second_manager).await;
        second
            .get("/log?page=9")
            .await
            .expect(StatusCode::OK)
            .says("Test contributor");
        contributor.get("/log").await.expect(StatusCode::FORBIDDEN);
    })
    .await;
}

/// An item with a file that the second organisation's contributor records for their own alone.
async fn recorded(stage: &Stage, coalition: &Coalition) -> EvidenceId {
    let record = evidence::Record {
        kind: "document".into(),
        title: "A report".into(),
        publisher: "A publisher".into(),
        effective_on: "2025-03-01".into(),
        reliability: "B".into(),
        credibility: "2".into(),
        handling: "source_only".into(),
        quoting: "no".into(),
        identifies_person: Some(false),
        provisions: testkit::provisions(stage, &[("13(1)", "mandatory")]).await,
        files: vec![evidence::Upload {
            name: "report.txt".into(),
            media_type: "text/plain".into(),
            bytes: bytes::Bytes::from_static(b"words"),
        }],
        ..evidence::Record::default()
    };
    evidence::record(&stage.cx(&coalition.contributor), record)
        .await
        .expect("recorded")
}

#[tokio::test]
async fn whoever_recorded_an_item_sees_who_opened_its_file() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let id = recorded(stage, &coalition).await;
        let owner = Client::member(&router, stage, &coalition.contributor).await;
        let colleague = Client::member(&router, stage, &coalition.second_assessor).await;
        owner
            .get("/log/mine")
            .await
            .expect(StatusCode::OK)
            .says("Nobody but you has touched a record of yours");
        let item = evidence::find(&stage.cx(&coalition.contributor), id)
            .await
            .expect("the item");
        let file = format!("/evidence/{id}/files/{}", item.files[0].id);
        colleague.get(&file).await.expect(StatusCode::OK);
        let trace = format!("/log/mine?record={id}");
        owner.get(&format!("/evidence/{id}")).await.says(&trace);
        owner
            .get(&trace)
            .await
            .says("Open a file of evidence")
            .says("Test assessor-2")
            .lacks("Test contributor</td>");
        owner.get("/log/mine").await.says("Open a file of evidence");
        // Others see nothing of it under their own records; the log shows it to those who may read it.
        colleague
            .get(&trace)
            .await
            .lacks("<th scope=\"row\">Open a file of evidence")
            .says("Nobody");
        for actor in [&coalition.coordinator, &coalition.second_manager] {
            let reader = Client::member(&router, stage, actor).await;
            reader
                .get(&format!("/log?record={id}"))
                .await
                .says("<th scope=\"row\">Open a file of evidence");
        }
        let first = Client::member(&router, stage, &coalition.first_manager).await;
        first
            .get(&format!("/log?record={id}"))
            .await
            .lacks("<th scope=\"row\">Open a file of evidence");
        owner
            .get("/log/mine?record=nothing")
            .await
            .expect(StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_manager_sees_what_others_did_with_a_record_of_their_organisation() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let id = recorded(stage, &coalition).await;
        // Somebody elsewhere acts on it, as a coordinator may.
        let cx = stage.cx(&coalition.coordinator);
        let work = cx
            .begin(Action::OpenEvidenceFile, Relation::NamedOrganisation)
            .await
            .expect("allowed");
        work.finish(&cx, "evidence", Some(id.0)).await.expect("logged");
        let manager = Client::member(&router, stage, &coalition.second_manager).await;
        manager.get(&format!("/log?record={id}")).await.says("Test coordinator");
        manager.get("/log").await.lacks("Test coordinator");
    })
    .await;
}

#[tokio::test]
async fn a_manager_downloads_the_receipt_of_their_own_organisation_and_no_other() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let signer = Signer::new(&[1; 32]);
        let manager = Client::member(&router, stage, &coalition.second_manager).await;
        manager
            .get("/log/proof")
            .await
            .expect(StatusCode::OK)
            .says("No checkpoint has been signed yet");
        manager.get("/log/receipts/1").await.expect(StatusCode::NOT_FOUND);
        checkpoint::take(&stage.db, &signer, stage.now, None)
            .await
            .expect("a checkpoint");
        manager
            .get("/log/proof")
            .await
            .says(&signer.key().to_string())
            .says("href=\"/log/receipts/1\"")
            .lacks("/coalition");
        let answer = manager.get("/log/receipts/1").await.expect(StatusCode::OK);
        let receipt: Receipt = serde_json::from_str(&answer.body).expect("a receipt");
        assert_eq!(receipt.chain, coalition.organisations[1].0);
        assert!(receipt.check(signer.key()).is_ok());
        manager
            .get("/log/receipts/1/coalition")
            .await
            .expect(StatusCode::FORBIDDEN);
        manager
            .get("/log?action=receipt.take")
            .await
            .says("<th scope=\"row\">Download a receipt of the log");
        let coordinator = Client::member(&router, stage, &coalition.coordinator).await;
        let answer = coordinator
            .get("/log/receipts/1/coalition")
            .await
            .expect(StatusCode::OK);
        let receipt: Receipt = serde_json::from_str(&answer.body).expect("a receipt");
        assert_eq!(receipt.chain, store::chain::COALITION);
        let contributor = Client::member(&router, stage, &coalition.contributor).await;
        contributor
            .get("/log/proof")
            .await
            .expect(StatusCode::OK)
            .lacks("/log/receipts");
        contributor.get("/log/receipts/1").await.expect(StatusCode::FORBIDDEN);
    })
    .await;
}

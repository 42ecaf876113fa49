//! The pages of claims.

use axum::http::StatusCode;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, on_both, provisions};

use crate::app::Settings;
use crate::tests::router_on;

fn fields(provision: &str) -> Vec<(&str, &str)> {
    let day = [("made_on_day", "1"), ("made_on_month", "3"), ("made_on_year", "2025")];
    let mut fields = vec![
        ("provision", provision),
        ("jurisdiction", "uk"),
        ("words", "Everyone is housed within a day."),
        ("source", "Answer 1"),
    ];
    fields.extend(day);
    fields
}

#[tokio::test]
async fn a_claim_is_recorded_once_and_found_by_its_provision() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let provision = provisions(stage, &[("12(1)", "mandatory")]).await[0].to_string();
        let member = Client::member(&router, stage, &coalition.contributor).await;
        member
            .get(&format!("/claims?provision={provision}"))
            .await
            .expect(StatusCode::OK)
            .says("No claim is recorded here yet");
        let form = member
            .get(&format!("/claims/new?provision={provision}"))
            .await
            .expect(StatusCode::OK);
        let once = form
            .says(&format!("<option value=\"{provision}\" selected>"))
            .hidden("once");
        let mut sent = fields(&provision);
        sent.push(("once", &once));
        let first = member
            .post("/claims/new", &sent)
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
        assert_eq!(
            member
                .post("/claims/new", &sent)
                .await
                .expect(StatusCode::SEE_OTHER)
                .location,
            first
        );
        member
            .get(&first)
            .await
            .expect(StatusCode::OK)
            .says("Everyone is housed within a day.")
            .says("1 March 2025")
            .says(", 12(1)");
        assert_eq!(
            member.get("/claims").await.body.matches("Everyone is housed").count(),
            1
        );
        let observer = Client::member(&router, stage, &coalition.observer).await;
        observer.post("/claims/new", &sent).await.expect(StatusCode::FORBIDDEN);
        member
            .get("/claims?provision=nonsense")
            .await
            .expect(StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn what_was_typed_of_a_claim_is_kept_beside_the_faults() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.contributor).await;
        let answer = member
            .post("/claims/new", &[("words", "Kept words"), ("made_on_year", "2025")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY);
        answer
            .says("Kept words")
            .says("href=\"#provision\"")
            .says("href=\"#made_on\"")
            .says("href=\"#jurisdiction\"")
            .says("value=\"2025\"");
    })
    .await;
}

/// What is posted to amend: the same answers with these in place of some.
fn with<'f>(mut fields: Vec<(&'f str, &'f str)>, others: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    fields.retain(|(name, _)| others.iter().all(|(other, _)| other != name));
    fields.extend(others);
    fields
}

#[tokio::test]
async fn two_who_amend_one_claim_are_shown_both_versions() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let provision = provisions(stage, &[("12(1)", "mandatory")]).await[0].to_string();
        let member = Client::member(&router, stage, &coalition.contributor).await;
        let recorded = member.post("/claims/new", &fields(&provision)).await;
        let address = recorded.expect(StatusCode::SEE_OTHER).location;
        let amend = format!("{address}/amend");
        member
            .get(&address)
            .await
            .says(&format!("href=\"{amend}\""))
            .says("as first recorded");
        let form = member.get(&amend).await.expect(StatusCode::OK);
        let once = form
            .says("name=\"revision\" value=\"1\"")
            .says(&format!("<option value=\"{provision}\" selected>"))
            .says("Everyone is housed within a day.")
            .says("value=\"2025\"")
            .hidden("once");
        let typed = |words| {
            with(
                fields(&provision),
                &[("words", words), ("revision", "1"), ("of_revision", "1")],
            )
        };
        let first = with(typed("Stored by the first"), &[("once", once.as_str())]);
        for _ in 0..2 {
            let answer = member.post(&amend, &first).await.expect(StatusCode::SEE_OTHER);
            assert_eq!(answer.location, address, "a double click changes it once");
        }
        let other = Client::member(&router, stage, &coalition.second_assessor).await;
        let typed = with(
            typed("Typed by the second"),
            &[("jurisdiction", "sct"), ("made_on_day", "2")],
        );
        other
            .post(&amend, &typed)
            .await
            .expect(StatusCode::CONFLICT)
            .says("Both versions")
            .says("href=\"#versions\"")
            .says("<dd>Stored by the first</dd>")
            .says("<dd>Typed by the second</dd>")
            .says("<dd>United Kingdom</dd>")
            .says("<dd>Scotland</dd>")
            .says("<dd>2 March 2025</dd>")
            .says("name=\"revision\" value=\"2\"")
            .lacks("<dt>Where it was said</dt>");
        member
            .get(&address)
            .await
            .says("Stored by the first")
            .lacks("Typed by the second")
            .lacks("as first recorded");
        // With both in view, sending it again stores what was typed.
        other
            .post(&amend, &with(typed, &[("revision", "2"), ("of_revision", "2")]))
            .await
            .expect(StatusCode::SEE_OTHER);
        member
            .get(&address)
            .await
            .says("Typed by the second")
            .says("Scotland")
            .says("2 March 2025");
    })
    .await;
}

#[tokio::test]
async fn faults_of_an_amended_claim_keep_what_was_typed_and_others_may_not_amend() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let provision = provisions(stage, &[("12(1)", "mandatory")]).await[0].to_string();
        let member = Client::member(&router, stage, &coalition.contributor).await;
        let recorded = member.post("/claims/new", &fields(&provision)).await;
        let address = recorded.expect(StatusCode::SEE_OTHER).location;
        let amend = format!("{address}/amend");
        let change = [("words", "Kept words"), ("source", " "), ("revision", "1")];
        let faulty = with(fields(&provision), &change);
        member
            .post(&amend, &faulty)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Error: Amend a claim")
            .says("Kept words")
            .says("href=\"#source\"")
            .says("name=\"revision\" value=\"1\"");
        for stranger in [&coalition.observer, &coalition.first_reviewer] {
            let stranger = Client::member(&router, stage, stranger).await;
            stranger.get(&address).await.expect(StatusCode::OK).lacks("/amend");
            stranger.get(&amend).await.expect(StatusCode::FORBIDDEN);
            stranger
                .post(&amend, &with(fields(&provision), &[("revision", "1")]))
                .await
                .expect(StatusCode::FORBIDDEN);
        }
        member.get(&address).await.says("Everyone is housed within a day.");
        let nowhere = "/claims/00000000-0000-4000-8000-000000000000/amend";
        member.get(nowhere).await.expect(StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_draft_of_an_amended_claim_keeps_the_revision_it_was_typed_on() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let provision = provisions(stage, &[("12(1)", "mandatory")]).await[0].to_string();
        let member = Client::member(&router, stage, &coalition.contributor).await;
        let recorded = member.post("/claims/new", &fields(&provision)).await;
        let amend = format!("{}/amend", recorded.expect(StatusCode::SEE_OTHER).location);
        let draft = format!("/draft?form={}", amend.replace('/', "%2F"));
        let typed = with(
            fields(&provision),
            &[("words", "Typed and not sent"), ("of_revision", "1")],
        );
        let kept = member.post(&draft, &typed).await;
        assert!(kept.status.is_success(), "{}", kept.status);
        let other = Client::member(&router, stage, &coalition.coordinator).await;
        let stored = with(fields(&provision), &[("words", "Stored meanwhile"), ("revision", "1")]);
        other.post(&amend, &stored).await.expect(StatusCode::SEE_OTHER);
        member
            .get(&amend)
            .await
            .expect(StatusCode::OK)
            .says("Typed and not sent")
            .says("name=\"revision\" value=\"1\"");
        let sent = with(typed, &[("revision", "1")]);
        member
            .post(&amend, &sent)
            .await
            .expect(StatusCode::CONFLICT)
            .says("Stored meanwhile");
    })
    .await;
}

#[tokio::test]
async fn the_pages_of_claims_are_accessible_and_fit() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let router = router_on(&stage, Settings::default());
    let provision = provisions(&stage, &[("12(1)", "mandatory")]).await[0].to_string();
    let member = Client::member(&router, &stage, &coalition.coordinator).await;
    let claim = member
        .post("/claims/new", &fields(&provision))
        .await
        .expect(StatusCode::SEE_OTHER)
        .location;
    let browser = Browser::open(router.clone(), 1280).await;
    let (secret, _) = testkit::cast::session(&stage, &coalition.coordinator).await;
    browser.carry(&secret).await;
    for width in [1280, 320] {
        browser
            .client
            .set_window_size(width, 1000)
            .await
            .expect("the window is sized");
        for path in ["/claims", "/claims/new", &claim, &format!("{claim}/amend")] {
            browser.go(path).await;
            browser.is_accessible().await;
            browser.fits().await;
        }
    }
    browser.close().await;
}

//! The pages of recommendations.

use axum::http::StatusCode;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, on_both, provisions};

use crate::app::Settings;
use crate::finding::tests::gathering;
use crate::tests::router_on;

async fn body(stage: &Stage, coalition: &Coalition) -> String {
    let body = monitoring::body::Record {
        name: "Specimen Agency".into(),
        ..monitoring::body::Record::default()
    };
    monitoring::body::record(&stage.cx(&coalition.coordinator), body)
        .await
        .unwrap()
        .to_string()
}

fn typed<'a>(cycle: &'a str, body: &'a str, provision: &'a str, wording: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("cycle", cycle),
        ("body", body),
        ("urgency", "urges"),
        ("wording", wording),
        ("success", "Places per region"),
        ("due_on_day", "30"),
        ("due_on_month", "6"),
        ("due_on_year", "2024"),
        ("provisions", provision),
    ]
}

#[tokio::test]
async fn a_recommendation_is_recorded_repeated_graded_and_comes_first_while_it_is_overdue() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.first_assessor).await;
        member
            .get("/recommendations")
            .await
            .expect(StatusCode::OK)
            .says("No recommendation has been made yet");
        let provision = provisions(stage, &[("12(1)a", "mandatory")]).await[0].to_string();
        let body = body(stage, &coalition).await;
        let (first, second) = (
            gathering(stage, &coalition, "2023").await.to_string(),
            gathering(stage, &coalition, "2024").await.to_string(),
        );
        let form = member
            .get("/recommendations/new?cycle=2023")
            .await
            .expect(StatusCode::OK)
            .says("Specimen Agency");
        let once = form.hidden("once");
        let mut fields = typed(&first, &body, &provision, "open <places>");
        fields.push(("once", &once));
        let asked = member
            .post("/recommendations/new", &fields)
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
        assert_eq!(
            member
                .post("/recommendations/new", &fields)
                .await
                .expect(StatusCode::SEE_OTHER)
                .location,
            asked
        );
        let page = member
            .get(&asked)
            .await
            .expect(StatusCode::OK)
            .says("The audit urges Specimen Agency to open &#60;places&#62;");
        page.says("overdue")
            .says("It has not been graded yet")
            .says("30 June 2024")
            .says(&format!("{asked}/grade"));

        let mut fields = typed(&second, &body, &provision, "open more places");
        fields.retain(|(name, _)| *name != "due_on_year");
        fields.extend([
            ("due_on_year", "2030"),
            ("repeat_of", asked.rsplit('/').next().unwrap()),
        ]);
        let again = member
            .post("/recommendations/new", &fields)
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
        member
            .get(&again)
            .await
            .says("Asked again and again")
            .says(&asked)
            .lacks("overdue");
        let mut fields = typed(&second, &body, &provision, "print a leaflet");
        fields.retain(|(name, _)| *name != "due_on_year");
        fields.push(("due_on_year", "2030"));
        member
            .post("/recommendations/new", &fields)
            .await
            .expect(StatusCode::SEE_OTHER);
        let list = member
            .get("/recommendations")
            .await
            .expect(StatusCode::OK)
            .says("Overdue or asked before")
            .says("The others")
            .says("repeated");
        let place = |words: &str| list.body.find(words).unwrap();
        assert!(
            place("&#60;places&#62;") < place("open more places")
                && place("open more places") < place("print a leaflet")
        );
        member
            .get("/recommendations?overdue=yes")
            .await
            .says("&#60;places&#62;")
            .lacks("leaflet")
            .says("1 on");
        member
            .get("/recommendations?repeated=yes&cycle=2024")
            .await
            .says("open more places")
            .lacks("leaflet");
        member
            .get("/recommendations?cycle=1999")
            .await
            .says("No recommendation answers this filter");
        member
            .get("/")
            .await
            .expect(StatusCode::OK)
            .says("overdue recommendation to grade");

        let grade = format!("{asked}/grade");
        member
            .get(&grade)
            .await
            .expect(StatusCode::OK)
            .says("Audit 2024")
            .lacks("Audit 2023");
        member
            .post(&grade, &[("reasons", "Kept reasons")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Kept reasons")
            .says("Choose a grade");
        let given = [
            ("cycle", second.as_str()),
            ("grade", "A"),
            ("reasons", "They opened twelve"),
            ("reply", "Done"),
        ];
        member.post(&grade, &given).await.expect(StatusCode::SEE_OTHER);
        member
            .get(&asked)
            .await
            .says("They opened twelve")
            .says("largely carried out")
            .lacks("overdue");
        member.get(&grade).await.says("They opened twelve");
    })
    .await;
}

#[tokio::test]
async fn two_who_amend_one_recommendation_are_shown_both_versions_and_others_may_not() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.coordinator).await;
        let provision = provisions(stage, &[("12(1)a", "mandatory")]).await[0].to_string();
        let body = body(stage, &coalition).await;
        let cycle = gathering(stage, &coalition, "2024").await.to_string();
        let observer = Client::member(&router, stage, &coalition.observer).await;
        observer
            .post("/recommendations/new", &typed(&cycle, &body, &provision, "open places"))
            .await
            .expect(StatusCode::FORBIDDEN);
        observer
            .get("/recommendations")
            .await
            .expect(StatusCode::OK)
            .says("No recommendation has been made yet")
            .lacks("/recommendations/new");
        let faulty = member
            .post("/recommendations/new", &[("wording", "Kept words")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY);
        faulty
            .says("Kept words")
            .says("href=\"#provisions\"")
            .says("href=\"#due_on\"");
        let address = member
            .post("/recommendations/new", &typed(&cycle, &body, &provision, "open places"))
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
        let amend = format!("{address}/amend");
        member
            .get(&amend)
            .await
            .expect(StatusCode::OK)
            .says("name=\"revision\" value=\"1\"");
        let changed = |wording| {
            let mut fields = typed(&cycle, &body, &provision, wording);
            fields.push(("revision", "1"));
            fields
        };
        member
            .post(&amend, &changed("stored by the first"))
            .await
            .expect(StatusCode::SEE_OTHER);
        let conflict = member
            .post(&amend, &changed("typed by the second"))
            .await
            .expect(StatusCode::CONFLICT);
        conflict
            .says("Both versions")
            .says("stored by the first")
            .says("typed by the second")
            .says("name=\"revision\" value=\"2\"");
        member
            .get(&address)
            .await
            .says("stored by the first")
            .lacks("typed by the second");
    })
    .await;
}

#[tokio::test]
async fn the_pages_of_recommendations_are_accessible_and_fit() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let router = router_on(&stage, Settings::default());
    let provision = provisions(&stage, &[("12(1)a", "mandatory")]).await[0].to_string();
    let body = body(&stage, &coalition).await;
    let (first, second) = (
        gathering(&stage, &coalition, "2023").await.to_string(),
        gathering(&stage, &coalition, "2024").await.to_string(),
    );
    let member = Client::member(&router, &stage, &coalition.coordinator).await;
    let asked = member
        .post("/recommendations/new", &typed(&first, &body, &provision, "open places"))
        .await
        .expect(StatusCode::SEE_OTHER)
        .location;
    let mut fields = typed(&second, &body, &provision, "open more places");
    fields.push(("repeat_of", asked.rsplit('/').next().unwrap()));
    member
        .post("/recommendations/new", &fields)
        .await
        .expect(StatusCode::SEE_OTHER);
    let given = [
        ("cycle", second.as_str()),
        ("grade", "C"),
        ("reasons", "Nothing was done"),
        ("reply", "We are considering it"),
    ];
    member
        .post(&format!("{asked}/grade"), &given)
        .await
        .expect(StatusCode::SEE_OTHER);
    let browser = Browser::open(router.clone(), 1280).await;
    let (secret, _) = testkit::cast::session(&stage, &coalition.coordinator).await;
    browser.carry(&secret).await;
    for width in [1280, 320] {
        browser
            .client
            .set_window_size(width, 1000)
            .await
            .expect("the window is sized");
        for path in [
            "/recommendations",
            "/recommendations/new",
            &asked,
            &format!("{asked}/amend"),
            &format!("{asked}/grade"),
        ] {
            browser.go(path).await;
            browser.is_accessible().await;
            browser.fits().await;
        }
    }
    browser.close().await;
}

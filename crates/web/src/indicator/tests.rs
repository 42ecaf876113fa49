//! Proposing, discussing and agreeing, as members without scripts do it.

use axum::http::StatusCode;
use testkit::{Client, Coalition, on_both, provisions};

use crate::app::Settings;
use crate::tests::router_on;

fn typed<'a>(provision: &'a str, name: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("code", "I71"),
        ("name", name),
        (
            "definition",
            "The share of people who are safe one year after they left support.",
        ),
        ("kind", "outcome"),
        ("direction", "higher"),
        ("limits", "Says nothing of those who cannot be reached."),
        ("provisions", provision),
        ("sources", "NGO"),
        ("measure_name_1", "Safe after a year"),
        ("measure_statistic_1", "share"),
        ("measure_numerator_1", "people found safe"),
        ("measure_denominator_1", "people reached"),
        ("measure_unit_1", "%"),
        ("measure_name_3", "Months until safe"),
        ("measure_statistic_3", "median"),
        ("measure_unit_3", "months"),
    ]
}

#[tokio::test]
async fn an_indicator_is_proposed_discussed_agreed_and_replaced_by_a_new_version() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let provision = provisions(stage, &[("12(1)a", "mandatory")]).await[0].to_string();
        let member = Client::member(&router, stage, &coalition.contributor).await;
        member
            .get("/indicators")
            .await
            .expect(StatusCode::OK)
            .says("There is no indicator yet");
        let form = member
            .get(&format!("/indicators/new?provision={provision}"))
            .await
            .expect(StatusCode::OK)
            .says("value=\"I01\"")
            .says("(1 chosen)");
        let once = form.hidden("once");
        let mut fields = typed(&provision, "Safe a year on");
        fields.push(("once", &once));
        let address = member
            .post("/indicators/new", &fields)
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
        assert_eq!(
            member
                .post("/indicators/new", &fields)
                .await
                .expect(StatusCode::SEE_OTHER)
                .location,
            address
        );
        let page = member
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("I71 Safe a year on")
            .says("Share: people found safe out of people reached");
        page.says("I71c Months until safe")
            .says("cases of member organisations, pooled")
            .says("Not measured in any cycle yet");
        member.get("/indicators").await.says("Safe a year on").says("Proposed");
        member
            .get("/indicators?kind=structural")
            .await
            .says("No indicator answers these filters");
        member
            .get("/indicators?source=NGO&kind=outcome&state=proposed")
            .await
            .says("Safe a year on");

        member
            .post(&format!("{address}/comments"), &[("words", " ")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Write a comment");
        let heard = member
            .post(&format!("{address}/comments"), &[("words", "Who counts as safe?")])
            .await
            .expect(StatusCode::SEE_OTHER);
        assert_eq!(heard.location, format!("{address}#comments"));
        let observer = Client::member(&router, stage, &coalition.observer).await;
        observer
            .get(&address)
            .await
            .says("Who counts as safe?")
            .lacks("Your comment");
        observer
            .post(&format!("{address}/comments"), &[("words", "No")])
            .await
            .expect(StatusCode::FORBIDDEN);

        let manager = Client::member(&router, stage, &coalition.first_manager).await;
        let position = format!("{address}/position");
        let answer = manager
            .post(&position, &[("stance", "dissent")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY);
        answer
            .says("Say why your organisation dissents")
            .says("value=\"dissent\" checked");
        manager
            .post(&position, &[("stance", "dissent"), ("reason", "Too few are reached")])
            .await
            .expect(StatusCode::SEE_OTHER);
        member
            .post(&position, &[("stance", "agree")])
            .await
            .expect(StatusCode::FORBIDDEN);
        member
            .get(&address)
            .await
            .says("Too few are reached")
            .says("Has not answered");

        let coordinator = Client::member(&router, stage, &coalition.coordinator).await;
        manager
            .post(&format!("{address}/close"), &[("state", "agreed")])
            .await
            .expect(StatusCode::FORBIDDEN);
        coordinator
            .post(&format!("{address}/close"), &[])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Choose whether the version is agreed");
        coordinator
            .post(&format!("{address}/close"), &[("state", "agreed")])
            .await
            .expect(StatusCode::SEE_OTHER);
        manager.get(&address).await.lacks("Record the position");
        manager
            .post(&position, &[("stance", "agree")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("no longer open");

        let next = format!("{address}/new-version");
        member
            .get(&next)
            .await
            .expect(StatusCode::OK)
            .says("It becomes version 2 of I71")
            .says("people found safe")
            .says("Months until safe");
        let fields = typed(&provision, "Safe two years on");
        member
            .post(&next, &fields)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("say whether the new one may be compared")
            .says("Safe two years on");
        let fields: Vec<_> = fields
            .into_iter()
            .chain([("comparability", "with_care"), ("comparability_why", "Twice the time")])
            .collect();
        let second = member.post(&next, &fields).await.expect(StatusCode::SEE_OTHER).location;
        member
            .get(&second)
            .await
            .says("Comparable with care: Twice the time")
            .says("Version 2 (this one)");
        member
            .get("/indicators")
            .await
            .says("Safe a year on")
            .says("Safe two years on");
    })
    .await;
}

#[tokio::test]
async fn what_was_typed_is_kept_and_every_fault_leads_to_its_field() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let provision = provisions(stage, &[("12(1)a", "mandatory")]).await[0].to_string();
        let member = Client::member(&router, stage, &coalition.contributor).await;
        let answer = member
            .post(
                "/indicators/new",
                &[
                    ("code", "I71"),
                    ("name", "Kept name"),
                    ("measure_name_1", "Half a measure"),
                ],
            )
            .await;
        let answer = answer
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Kept name")
            .says("Half a measure")
            .says("Choose at least one provision");
        for link in answer
            .body
            .split("<li><a href=\"#")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
        {
            assert!(answer.body.contains(&format!("id=\"{link}\"")), "no field {link}");
        }
        member
            .post("/indicators/new", &typed(&provision, "First"))
            .await
            .expect(StatusCode::SEE_OTHER);
        let answer = member
            .post("/indicators/new", &typed(&provision, "Second"))
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY);
        answer.says("Another indicator has this code").says("href=\"#code\"");
        let observer = Client::member(&router, stage, &coalition.observer).await;
        observer
            .post("/indicators/new", &typed(&provision, "Third"))
            .await
            .expect(StatusCode::FORBIDDEN);
        member.get("/indicators").await.lacks("Second").lacks("Third");
    })
    .await;
}

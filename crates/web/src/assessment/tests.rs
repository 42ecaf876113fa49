//! Assessments through the web: blind until both are in, and every act by those who may.

mod agree;
mod figures;

use axum::http::StatusCode;
use domain::ids::EvidenceId;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, on_both, provisions};

use crate::app::Settings;
use crate::cycle::tests::{TYPED, moved, opened};
use crate::tests::router_on;

/// An item of evidence on a provision that everyone may see.
async fn item(stage: &Stage, coalition: &Coalition, provision: domain::ids::ProvisionId) -> EvidenceId {
    let input = monitoring::evidence::Record {
        kind: "document".into(),
        title: "A note on practice".into(),
        summary: "What was seen.".into(),
        publisher: "Specimen Press".into(),
        effective_on: "2025-03-31".into(),
        reliability: "B".into(),
        credibility: "2".into(),
        handling: "coalition".into(),
        quoting: "yes".into(),
        identifies_person: Some(false),
        provisions: vec![provision],
        ..monitoring::evidence::Record::default()
    };
    monitoring::evidence::record(&stage.cx(&coalition.contributor), input)
        .await
        .expect("an item is recorded")
}

/// Everyone who takes part, on one stage.
struct Scene {
    coordinator: Client,
    first: Client,
    second: Client,
    manager: Client,
    observer: Client,
    contributor: Client,
    cycle: String,
    assessment: String,
    cite: String,
    provisions: Vec<String>,
    seats: [String; 2],
}

impl Scene {
    async fn on(stage: &Stage, coalition: &Coalition) -> Self {
        let router = router_on(stage, Settings::default());
        let ids = provisions(
            stage,
            &[
                ("10(1).1", "mandatory"),
                ("13(1).2", "conditional"),
                ("29(4)", "optional"),
            ],
        )
        .await;
        let cite = item(stage, coalition, ids[0]).await.to_string();
        let member = async |actor| Client::member(&router, stage, actor).await;
        let coordinator = member(&coalition.coordinator).await;
        let cycle = opened(&coordinator).await;
        moved(&coordinator, &cycle, "opened").await;
        let seats = [&coalition.first_assessor, &coalition.second_assessor]
            .map(|actor| actor.member.expect("a member").to_string());
        let provisions: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let fields = [
            ("provision", provisions[0].as_str()),
            ("jurisdiction", "uk"),
            ("first", seats[0].as_str()),
            ("second", seats[1].as_str()),
        ];
        let made = coordinator
            .post(&format!("{cycle}/assessments/new"), &fields)
            .await
            .expect(StatusCode::SEE_OTHER);
        Self {
            first: member(&coalition.first_assessor).await,
            second: member(&coalition.second_assessor).await,
            manager: member(&coalition.second_manager).await,
            observer: member(&coalition.observer).await,
            contributor: member(&coalition.contributor).await,
            assessment: made.location,
            coordinator,
            cycle,
            cite,
            provisions,
            seats,
        }
    }

    fn rating<'a>(&'a self, structure: &'a str, reasons: &'a str) -> Vec<(&'a str, &'a str)> {
        vec![
            ("structure", structure),
            ("process", "2"),
            ("outcome", "1"),
            ("confidence", "moderate"),
            ("reasons", reasons),
            ("cites", &self.cite),
        ]
    }

    async fn rate(&self, who: &Client, structure: &str, reasons: &str) {
        let made = who
            .post(
                &format!("{}/opinion", self.assessment),
                &self.rating(structure, reasons),
            )
            .await;
        assert_eq!(made.expect(StatusCode::SEE_OTHER).location, self.assessment);
    }

    async fn both_in(&self) {
        self.rate(&self.first, "4", "The act says so").await;
        self.rate(&self.second, "3", "The act has a gap").await;
        moved(&self.coordinator, &self.cycle, "gathering").await;
    }
}

#[tokio::test]
async fn nothing_of_a_rating_is_in_any_page_before_both_are_in() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let scene = Scene::on(stage, &coalition).await;
        scene
            .first
            .get("/audit")
            .await
            .expect(StatusCode::OK)
            .says("Your rating (1)")
            .says(&format!("{}/opinion", scene.assessment));
        scene.rate(&scene.first, "4", "The act says so").await;
        scene.first.get("/audit").await.lacks("Your rating (1)");
        scene
            .first
            .get(&scene.assessment)
            .await
            .says("The act says so")
            .says("Sealed until both are in");
        let (opinion, reconcile) = (
            format!("{}/opinion", scene.assessment),
            format!("{}/reconcile", scene.assessment),
        );
        for who in [&scene.second, &scene.coordinator, &scene.observer] {
            for path in [
                &scene.assessment,
                &opinion,
                &reconcile,
                &scene.cycle,
                &"/audit".to_owned(),
            ] {
                who.get(path).await.lacks("The act says so");
            }
            let page = who
                .get(&scene.assessment)
                .await
                .expect(StatusCode::OK)
                .says("Sealed until both are in");
            page.lacks("rating rating--structure").lacks("4 of 4");
        }
        // The author's own rating must not be taken for what both agree on.
        scene
            .first
            .get(&reconcile)
            .await
            .expect(StatusCode::OK)
            .says("There is nothing to reconcile yet");
        scene.rate(&scene.second, "3", "The act has a gap").await;
        for who in [&scene.first, &scene.second, &scene.coordinator, &scene.observer] {
            who.get(&scene.assessment)
                .await
                .says("The act says so")
                .says("The act has a gap")
                .lacks("Sealed");
        }
    })
    .await;
}

#[tokio::test]
async fn a_rating_without_reasons_keeps_what_was_chosen_and_more_evidence_is_found_by_words() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let scene = Scene::on(stage, &coalition).await;
        let path = format!("{}/opinion", scene.assessment);
        scene
            .first
            .get(&path)
            .await
            .expect(StatusCode::OK)
            .says("A note on practice")
            .says("No indicator of this provision was measured in this cycle")
            .says("What law and binding rules provide");
        let answer = scene
            .first
            .post(&path, &[("structure", "3"), ("cites", &scene.cite)])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY);
        answer
            .says("href=\"#reasons\"")
            .says("href=\"#process\"")
            .says("value=\"3\" aria-describedby=\"structure-why-4\" checked")
            .says("Error: ");
        let other = item(stage, &coalition, scene.provisions[1].parse().expect("an id"))
            .await
            .to_string();
        scene.first.get(&path).await.lacks(&other);
        let looking = [
            ("look", "yes"),
            ("words", "note practice"),
            ("reasons", "Half typed"),
            ("structure", "2"),
        ];
        scene
            .first
            .post(&path, &looking)
            .await
            .expect(StatusCode::OK)
            .says(&other)
            .says("2 items hold these words")
            .says("Half typed");
        let mut unknown = scene.rating("3", "Because");
        unknown.push(("cites", "00000000-0000-4000-8000-000000000000"));
        scene.first.post(&path, &unknown).await.expect(StatusCode::NOT_FOUND);
        scene.first.get(&scene.assessment).await.says("Rate it");
    })
    .await;
}

#[tokio::test]
async fn only_the_assigned_rate_only_managers_take_positions_and_nobody_else_leaves_a_row() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let scene = Scene::on(stage, &coalition).await;
        let opinion = format!("{}/opinion", scene.assessment);
        for who in [&scene.coordinator, &scene.manager, &scene.observer, &scene.contributor] {
            who.get(&opinion).await.expect(StatusCode::FORBIDDEN);
            who.post(&opinion, &scene.rating("4", "Not mine to say"))
                .await
                .expect(StatusCode::FORBIDDEN);
        }
        let stranger = testkit::cast::member(
            stage,
            coalition.organisations[2],
            "assessor-3",
            &[domain::permission::Role::Assessor],
        )
        .await;
        let stranger = Client::member(&router_on(stage, Settings::default()), stage, &stranger).await;
        stranger.get(&opinion).await.expect(StatusCode::FORBIDDEN);
        stranger
            .post(&opinion, &scene.rating("4", "Not mine to say"))
            .await
            .expect(StatusCode::FORBIDDEN);
        scene
            .coordinator
            .get(&scene.assessment)
            .await
            .lacks("Not mine to say")
            .says("not in yet");
        scene.both_in().await;
        stranger
            .post(
                &format!("{}/reconcile", scene.assessment),
                &scene.rating("3", "Not mine"),
            )
            .await
            .expect(StatusCode::FORBIDDEN);
        for who in [&scene.coordinator, &scene.first, &scene.observer] {
            who.post(&format!("{}/position", scene.assessment), &[("stance", "agree")])
                .await
                .expect(StatusCode::FORBIDDEN);
        }
        scene
            .observer
            .get(&scene.assessment)
            .await
            .says("Both are in: to be reconciled")
            .lacks("Take a position");
    })
    .await;
}

#[tokio::test]
async fn two_who_reconcile_at_once_are_shown_both_versions() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let scene = Scene::on(stage, &coalition).await;
        scene.both_in().await;
        let path = format!("{}/reconcile", scene.assessment);
        scene.coordinator.get("/audit").await.says("To be reconciled (1)");
        let form = scene.coordinator.get(&path).await.expect(StatusCode::OK);
        let revision = form.hidden("revision");
        // Where both agree it is filled in: process 2; where they differ, structure, nothing is.
        form.says("value=\"2\" aria-describedby=\"process-why-3\" checked")
            .lacks("aria-describedby=\"structure-why-4\" checked");
        let mut fields = scene.rating("3", "The gap is small");
        fields.extend([("trend", "new"), ("revision", revision.as_str())]);
        scene.first.post(&path, &fields).await.expect(StatusCode::SEE_OTHER);
        let mut late = scene.rating("4", "There is no gap");
        late.extend([("trend", "new"), ("revision", revision.as_str())]);
        let answer = scene
            .coordinator
            .post(&path, &late)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY);
        let newest = answer.hidden("revision");
        answer
            .says("Stored now")
            .says("The gap is small")
            .says("There is no gap")
            .says("href=\"#versions\"");
        let page = scene
            .observer
            .get(&scene.assessment)
            .await
            .says("The gap is small")
            .lacks("There is no gap");
        page.says("Letter ahead of practice")
            .says("The letter is kept, the practice is not")
            .says("moderate confidence");
        late.retain(|(name, _)| *name != "revision");
        late.push(("revision", &newest));
        scene.coordinator.post(&path, &late).await.expect(StatusCode::SEE_OTHER);
        scene.observer.get(&scene.assessment).await.says("There is no gap");
    })
    .await;
}

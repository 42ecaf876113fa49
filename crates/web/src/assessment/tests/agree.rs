//! From two ratings to one: reconciling, positions, closing.

use super::*;

#[tokio::test]
async fn an_assignment_of_one_organisation_or_of_the_barred_is_refused_at_its_field() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let scene = Scene::on(stage, &coalition).await;
        let path = format!("{}/assessments/new", scene.cycle);
        let form = scene.coordinator.get(&path).await.expect(StatusCode::OK);
        form.says("10(1).1 Title of 10(1).1")
            .says("13(1).2")
            .lacks("29(4)")
            .says("First: Test assessor-1");
        let [first, second] = &scene.seats;
        let one = [
            ("provision", scene.provisions[1].as_str()),
            ("jurisdiction", "sct"),
            ("first", first),
            ("second", first),
        ];
        let answer = scene
            .coordinator
            .post(&path, &one)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY);
        answer
            .says("href=\"#second\"")
            .says("the two must be independent")
            .says("value=\"sct\" checked");
        scene
            .coordinator
            .post(&path, &[])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("href=\"#provision\"")
            .says("href=\"#first\"");
        let interest = [
            ("kind", "party"),
            ("whose", "own"),
            ("words", "Acts in a case"),
            ("provision", scene.provisions[1].as_str()),
            ("bars", "yes"),
        ];
        scene
            .second
            .post("/interests/new", &interest)
            .await
            .expect(StatusCode::SEE_OTHER);
        let barred = [
            ("provision", scene.provisions[1].as_str()),
            ("jurisdiction", "sct"),
            ("first", first),
            ("second", second),
        ];
        scene
            .coordinator
            .post(&path, &barred)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Acts in a case")
            .says("href=\"#second\"");
        let optional = [
            ("provision", scene.provisions[2].as_str()),
            ("jurisdiction", "uk"),
            ("first", first),
            ("second", second),
        ];
        scene
            .coordinator
            .post(&path, &optional)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("never rated as a breach");
        scene.observer.post(&path, &barred).await.expect(StatusCode::FORBIDDEN);
        scene.coordinator.get(&scene.cycle).await.lacks("13(1).2");
    })
    .await;
}

#[tokio::test]
async fn a_cycle_closes_only_when_all_is_reconciled_and_names_what_stands_in_the_way() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let scene = Scene::on(stage, &coalition).await;
        scene.both_in().await;
        let close = format!("{}/advance", scene.cycle);
        let refused = scene
            .coordinator
            .post(&close, &[("from", "assessing")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY);
        refused
            .says("What stands in the way")
            .says(&format!("href=\"{}\"", scene.assessment))
            .says("Reconcile them first");
        let mut fields = scene.rating("3", "The gap is small");
        fields.extend([("trend", "new"), ("revision", "1")]);
        scene
            .coordinator
            .post(&format!("{}/reconcile", scene.assessment), &fields)
            .await
            .expect(StatusCode::SEE_OTHER);
        scene
            .manager
            .get("/audit")
            .await
            .says("Your organisation’s position (1)");
        let position = format!("{}/position", scene.assessment);
        scene
            .manager
            .post(&position, &[("stance", "dissent")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Say why your organisation dissents");
        scene
            .manager
            .post(&position, &[("stance", "dissent"), ("reason", "The note is old")])
            .await
            .expect(StatusCode::SEE_OTHER);
        let page = scene
            .observer
            .get(&scene.assessment)
            .await
            .says("dissents")
            .says("The note is old")
            .says("has not answered");
        page.says("2 organisations have not answered");
        moved(&scene.coordinator, &scene.cycle, "assessing").await;
        scene
            .coordinator
            .get(&scene.cycle)
            .await
            .says("Publish")
            .lacks("Close the cycle")
            .says("Letter ahead of practice");
        let next: Vec<_> = TYPED
            .iter()
            .map(|(name, value)| (*name, if *name == "code" { "2026" } else { *value }))
            .chain([("previous", "2025")])
            .collect();
        let next = scene
            .coordinator
            .post("/cycles/new", &next)
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
        let page = scene.coordinator.get(&next).await.expect(StatusCode::OK);
        let (_, rest) = page
            .body
            .split_once("href=\"/assessments/")
            .expect("the assessment was carried forward");
        let carried = format!("/assessments/{}", rest.split_once('"').expect("its end").0);
        scene
            .coordinator
            .get(&carried)
            .await
            .expect(StatusCode::OK)
            .says("This year beside last")
            .says(&scene.assessment)
            .says("not rated yet");
    })
    .await;
}

/// Looks at the page as a person with little room and as one who cannot see it.
async fn looked_at(browser: &Browser) {
    for width in [320, 1280] {
        browser
            .client
            .set_window_size(width, 1000)
            .await
            .expect("the window is sized");
        browser.is_accessible().await;
        browser.fits().await;
        let small = "const box = a => a.getBoundingClientRect();
            return [...document.querySelectorAll('.crumbs a')].filter(a => box(a).width < 24 || box(a).height < 24).length";
        let n_small = browser.client.execute(small, Vec::new()).await.expect("sizes");
        assert_eq!(n_small, 0, "links to the pages above are too small to be hit");
    }
}

/// Acts as someone else from here on.
async fn as_member(browser: &Browser, stage: &Stage, actor: &store::work::Actor) {
    let (secret, _) = testkit::cast::session(stage, actor).await;
    browser.carry(&secret).await;
}

#[tokio::test]
async fn from_opening_a_cycle_to_closing_it_in_a_browser() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let ids = provisions(&stage, &[("10(1).1", "mandatory"), ("29(4)", "optional")]).await;
    let cite = item(&stage, &coalition, ids[0]).await;
    let browser = Browser::open(router_on(&stage, Settings::default()), 1280).await;
    as_member(&browser, &stage, &coalition.coordinator).await;
    browser.go("/audit").await;
    looked_at(&browser).await;
    browser.go("/cycles").await;
    looked_at(&browser).await;
    browser.press("Open a cycle").await;
    looked_at(&browser).await;
    for (field, text) in TYPED {
        browser.fill(field, text).await;
    }
    browser.press("Open the cycle").await;
    browser.sees("No provision has been assigned yet").await;
    looked_at(&browser).await;
    browser.press("Assign an assessment").await;
    looked_at(&browser).await;
    browser.choose("provision", &ids[0].to_string()).await;
    browser
        .choose("first", &coalition.first_assessor.member.expect("a member").to_string())
        .await;
    browser
        .choose(
            "second",
            &coalition.second_assessor.member.expect("a member").to_string(),
        )
        .await;
    browser.press("Assign both").await;
    browser.sees("Sealed until both are in").await;
    looked_at(&browser).await;
    browser.go("/cycles").await;
    browser.press("Audit 2025").await;
    browser.press("Begin gathering evidence").await;
    browser.press("Freeze the evidence and begin assessing").await;
    browser.press("Close the cycle").await;
    browser.sees("What stands in the way").await;
    looked_at(&browser).await;
    for (actor, structure) in [(&coalition.first_assessor, "4"), (&coalition.second_assessor, "3")] {
        as_member(&browser, &stage, actor).await;
        browser.go("/audit").await;
        browser.sees("Your rating").await;
        looked_at(&browser).await;
        browser.press("10(1).1").await;
        looked_at(&browser).await;
        browser.press("Send your rating").await;
        browser.sees("There is a problem").await;
        looked_at(&browser).await;
        for (field, choice) in [
            ("structure", structure),
            ("process", "2"),
            ("outcome", "1"),
            ("confidence", "moderate"),
        ] {
            browser.choose(field, choice).await;
        }
        browser.choose("cites", &cite.to_string()).await;
        browser.fill("reasons", "The note says so.").await;
        browser.press("Send your rating").await;
        browser.sees("The note says so.").await;
        looked_at(&browser).await;
    }
    browser.press("Reconcile").await;
    looked_at(&browser).await;
    browser.choose("structure", "3").await;
    browser.fill("reasons", "The gap is small.").await;
    browser.press("Reconcile").await;
    browser.sees("The letter is kept, the practice is not").await;
    looked_at(&browser).await;
    as_member(&browser, &stage, &coalition.second_manager).await;
    browser.go("/audit").await;
    browser.press("10(1).1").await;
    looked_at(&browser).await;
    browser.choose("stance", "dissent").await;
    browser.fill("reason", "The note is old.").await;
    browser.press("Take this position").await;
    browser.sees("The note is old.").await;
    looked_at(&browser).await;
    as_member(&browser, &stage, &coalition.coordinator).await;
    browser.go("/cycles").await;
    browser.press("Audit 2025").await;
    looked_at(&browser).await;
    browser.press("Close the cycle").await;
    browser.sees("Publish").await;
    looked_at(&browser).await;
    for path in ["/interests", "/interests/new"] {
        browser.go(path).await;
        looked_at(&browser).await;
    }
    browser.close().await;
}

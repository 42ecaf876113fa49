//! Sealed evidence, as members without scripts use it.

use access::key;
use axum::http::StatusCode;
use domain::permission::Role;
use store::Cx;
use store::work::Actor;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, cast, on_both, provisions};

use crate::app::Settings;
use crate::tests::router_on;

const CANARY: &str = "Canaria";

/// Makes the second organisation's key and gives it to two contributors. Gives the second of them.
async fn keyed(stage: &Stage, coalition: &Coalition) -> Actor {
    let second = coalition.organisations[1];
    let colleague = cast::member(stage, second, "colleague", &[Role::Contributor]).await;
    let private = cast::key(stage, &coalition.second_manager).await;
    let manager = Cx {
        key: Some(&private),
        ..stage.cx(&coalition.second_manager)
    };
    key::establish(&manager, second.0).await.expect("established");
    for member in [&coalition.contributor, &colleague] {
        let member = member.member.expect("a member");
        key::grant(&manager, second.0, member).await.expect("given");
    }
    colleague
}

/// Seals an original through the form and gives its address.
async fn sealed(stage: &Stage, member: &Client) -> String {
    let provision = provisions(stage, &[("13(1)", "mandatory")]).await[0].to_string();
    let fields = [
        ("title", "What Canaria told us"),
        ("kind", "interview"),
        ("summary", "Canaria was moved between three houses."),
        ("publisher", "Second"),
        ("effective_on_day", "31"),
        ("effective_on_month", "3"),
        ("effective_on_year", "2025"),
        ("reliability", "B"),
        ("credibility", "2"),
        ("provisions", provision.as_str()),
        ("identifies_person", "yes"),
        ("handling", "coalition"),
        ("quoting", "anonymised"),
        ("quote_1", "They took my passport, said Canaria"),
        ("page_1", "2"),
    ];
    member
        .upload(
            "/evidence/new",
            &fields,
            ("files", "Canaria.txt", b"Statement of Canaria"),
        )
        .await
        .expect(StatusCode::SEE_OTHER)
        .location
}

#[tokio::test]
async fn without_a_key_the_form_says_who_makes_it_and_keeps_what_was_typed() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.contributor).await;
        member
            .get("/personal")
            .await
            .expect(StatusCode::OK)
            .says("Nothing is sealed yet");
        let provision = provisions(stage, &[("13(1)", "mandatory")]).await[0].to_string();
        let fields = [
            ("title", "Kept words"),
            ("kind", "interview"),
            ("summary", "Words"),
            ("publisher", "Second"),
            ("effective_on_day", "31"),
            ("effective_on_month", "3"),
            ("effective_on_year", "2025"),
            ("reliability", "B"),
            ("credibility", "2"),
            ("provisions", provision.as_str()),
            ("identifies_person", "yes"),
            ("handling", "coalition"),
            ("quoting", "no"),
        ];
        member
            .upload("/evidence/new", &fields, ("files", "a.txt", b"a"))
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("its manager makes it under “Keys”")
            .says("Kept words");
    })
    .await;
}

#[tokio::test]
async fn an_original_is_sealed_redacted_compared_by_another_and_read_by_the_coalition_without_the_name() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let colleague = keyed(stage, &coalition).await;
        let router = router_on(stage, Settings::default());
        let recorder = Client::member(&router, stage, &coalition.contributor).await;
        let address = sealed(stage, &recorder).await;
        recorder
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("Canaria was moved");
        recorder.get("/personal").await.says("What Canaria told us");
        recorder.get("/evidence").await.lacks(CANARY);

        let other = Client::member(&router, stage, &colleague).await;
        other.get("/personal").await.says("Sealed by a colleague").lacks(CANARY);
        let turned = other.get(&address).await.expect(StatusCode::SEE_OTHER);
        assert_eq!(turned.location, format!("{address}/glass"));
        for outsider in [&coalition.coordinator, &coalition.first_manager] {
            let outsider = Client::member(&router, stage, outsider).await;
            let answer = outsider.get(&address).await;
            assert!([StatusCode::NOT_FOUND, StatusCode::FORBIDDEN].contains(&answer.status));
            answer.lacks(CANARY);
        }

        let form = recorder.get(&format!("{address}/redact")).await.expect(StatusCode::OK);
        form.says("They took my passport");
        let copy = [
            ("strike", "canaria"),
            ("title", "What Canaria told us"),
            ("summary", "Canaria was moved between three houses."),
            ("publisher", "Second"),
            ("effective_on_day", "1"),
            ("effective_on_month", "3"),
            ("effective_on_year", "2025"),
            ("handling", "coalition"),
            ("quoting", "anonymised"),
            ("quote_1", "They took my passport"),
            ("page_1", "2"),
        ];
        recorder
            .post(
                &format!("{address}/redact"),
                &[("strike", ""), ("title", ""), ("summary", "Kept words")],
            )
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Enter a title for the copy")
            .says("Kept words");
        recorder
            .post(&format!("{address}/redact"), &copy)
            .await
            .expect(StatusCode::SEE_OTHER);
        let review = format!("{address}/review");
        recorder
            .post(&review, &[("verdict", "approve")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("someone else of your organisation");
        other
            .get(&review)
            .await
            .expect(StatusCode::OK)
            .says("[redacted] was moved");
        other
            .post(&review, &[("verdict", "approve")])
            .await
            .expect(StatusCode::SEE_OTHER);

        let assessor = Client::member(&router, stage, &coalition.first_assessor).await;
        let list = assessor
            .get("/evidence")
            .await
            .says("What [redacted] told us")
            .lacks(CANARY);
        let item = list
            .body
            .split("/evidence/")
            .find(|part| part.len() > 36 && part.as_bytes()[8] == b'-');
        let id = item
            .expect("the item's address")
            .split('"')
            .next()
            .expect("an id")
            .to_owned();
        assessor
            .get(&format!("/evidence/{id}"))
            .await
            .expect(StatusCode::OK)
            .says("They took my passport")
            .says("redacted-copy.txt")
            .lacks(CANARY);
    })
    .await;
}

#[tokio::test]
async fn a_colleague_breaks_the_glass_and_a_manager_closes_it_again() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let colleague = keyed(stage, &coalition).await;
        let router = router_on(stage, Settings::default());
        let recorder = Client::member(&router, stage, &coalition.contributor).await;
        let address = sealed(stage, &recorder).await;
        let other = Client::member(&router, stage, &colleague).await;
        let glass = format!("{address}/glass");
        other
            .post(&glass, &[("reason", "because")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Say in a sentence why");
        other
            .post(&glass, &[("reason", "She rang at night and is in danger")])
            .await
            .expect(StatusCode::SEE_OTHER);
        other
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("Canaria was moved");
        let manager = Client::member(&router, stage, &coalition.second_manager).await;
        manager.get("/personal").await.says("opened by a colleague: review");
        let page = manager.get(&address).await.says("She rang at night");
        let review = page
            .body
            .split("action=\"")
            .find_map(|part| {
                part.split('"')
                    .next()
                    .filter(|path| path.ends_with("/review") && path.contains("glass"))
            })
            .expect("a form to review it")
            .to_owned();
        other
            .post(&review, &[("verdict", "justified")])
            .await
            .expect(StatusCode::FORBIDDEN);
        manager
            .post(&review, &[("verdict", "unjustified")])
            .await
            .expect(StatusCode::SEE_OTHER);
        other.get(&address).await.expect(StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn a_person_is_given_what_is_kept_and_forgotten() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        keyed(stage, &coalition).await;
        let router = router_on(stage, Settings::default());
        let recorder = Client::member(&router, stage, &coalition.contributor).await;
        let address = sealed(stage, &recorder).await;
        recorder
            .post(&format!("{address}/erase"), &[("sure", "yes")])
            .await
            .expect(StatusCode::FORBIDDEN);
        let manager = Client::member(&router, stage, &coalition.second_manager).await;
        let about = format!("{address}/about");
        manager.get(&about).await.expect(StatusCode::OK);
        manager
            .post(&about, &[("as", "page"), ("strike", "three houses")])
            .await
            .expect(StatusCode::OK)
            .says("Canaria was moved between [redacted].")
            .says("Test contributor");
        let json = manager.post(&about, &[("as", "json")]).await.expect(StatusCode::OK);
        assert_eq!(json.headers["content-type"], "application/json");
        json.says("\"summary\": \"Canaria was moved");
        let erase = format!("{address}/erase");
        manager.get(&erase).await.expect(StatusCode::OK).says("Within 30 days");
        manager
            .post(&erase, &[])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Tick the box");
        manager
            .post(&erase, &[("sure", "yes")])
            .await
            .expect(StatusCode::SEE_OTHER);
        manager.get(&address).await.expect(StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn every_page_of_sealed_evidence_is_accessible_and_fits_a_narrow_window() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let colleague = keyed(&stage, &coalition).await;
    let router = router_on(&stage, Settings::default());
    let recorder = Client::member(&router, &stage, &coalition.contributor).await;
    let address = sealed(&stage, &recorder).await;
    let browser = Browser::open(router.clone(), 1280).await;
    let pages = |parts: &[&str]| parts.iter().map(|part| format!("{address}{part}")).collect::<Vec<_>>();
    for (actor, paths) in [
        (&coalition.contributor, pages(&["", "/redact"])),
        (&coalition.second_manager, pages(&["", "/about", "/erase"])),
        (&colleague, vec!["/personal".to_owned(), format!("{address}/glass")]),
    ] {
        let (secret, _) = cast::session(&stage, actor).await;
        browser.carry(&secret).await;
        for width in [1280, 320] {
            browser
                .client
                .set_window_size(width, 1000)
                .await
                .expect("the window is sized");
            for path in &paths {
                browser.go(path).await;
                browser.is_accessible().await;
                browser.fits().await;
            }
        }
    }
    browser.close().await;
}

#[tokio::test]
async fn words_about_a_person_lie_readable_nowhere_whatever_is_done_with_them() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let colleague = keyed(stage, &coalition).await;
        let router = router_on(stage, Settings::default());
        let recorder = Client::member(&router, stage, &coalition.contributor).await;
        let address = sealed(stage, &recorder).await;
        // A faulty form, drafts, a search, a copy that is returned, broken glass, what the person is given.
        recorder
            .upload(
                "/evidence/new",
                &[("title", "Canaria"), ("identifies_person", "yes")],
                ("files", "Canaria.txt", b"Canaria"),
            )
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY);
        for form in ["/evidence/new", &format!("{address}/redact")] {
            recorder
                .post(&format!("/draft?form={form}"), &[("summary", "Canaria, half typed")])
                .await;
        }
        recorder.get("/evidence?words=Canaria").await.expect(StatusCode::OK);
        let copy = [
            ("strike", "three houses"),
            ("title", "What Canaria told us"),
            ("summary", "Canaria was moved."),
            ("publisher", "Second"),
            ("effective_on_day", "1"),
            ("effective_on_month", "3"),
            ("effective_on_year", "2025"),
            ("handling", "coalition"),
            ("quoting", "anonymised"),
        ];
        recorder
            .post(&format!("{address}/redact"), &copy)
            .await
            .expect(StatusCode::SEE_OTHER);
        let other = Client::member(&router, stage, &colleague).await;
        let back = [("verdict", "return"), ("note", "Canaria is still named")];
        other
            .post(&format!("{address}/review"), &back)
            .await
            .expect(StatusCode::SEE_OTHER);
        let reason = [("reason", "Canaria rang at night and is in danger")];
        other
            .post(&format!("{address}/glass"), &reason)
            .await
            .expect(StatusCode::SEE_OTHER);
        let manager = Client::member(&router, stage, &coalition.second_manager).await;
        manager
            .post(&format!("{address}/about"), &[("as", "page")])
            .await
            .expect(StatusCode::OK);

        assert_eq!(stage.traces_of(CANARY).await, Vec::<String>::new());
        assert!(
            !stage.traces_of("Test contributor").await.is_empty(),
            "the search for traces finds what lies open"
        );
    })
    .await;
}

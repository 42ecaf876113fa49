//! Feedback without an account, in a language of one's own, and its reading.

use access::key;
use axum::Router;
use axum::http::StatusCode;
use domain::permission::Role;
use store::Cx;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, cast, on_both};

use crate::app::Settings;
use crate::tests::router_on;

const CANARY: &str = "Canaria";

/// The second organisation with a key in the hands of its manager and a supervisor; gives that supervisor and the page.
async fn begun(stage: &Stage) -> (Coalition, Router, store::work::Actor, String) {
    let coalition = Coalition::on(stage).await;
    let organisation = coalition.organisations[1];
    let private = cast::key(stage, &coalition.second_manager).await;
    let cx = Cx {
        key: Some(&private),
        ..stage.cx(&coalition.second_manager)
    };
    key::establish(&cx, organisation.0).await.expect("established");
    let supervisor = cast::member(stage, organisation, "supervisor-2", &[Role::Supervisor]).await;
    key::grant(&cx, organisation.0, supervisor.member.expect("a member"))
        .await
        .expect("given");
    let page = format!("/feedback/to/{}", organisation.0);
    (coalition, router_on(stage, Settings::default()), supervisor, page)
}

#[tokio::test]
async fn anyone_says_what_they_think_in_their_language_and_takes_it_back_with_a_code() {
    on_both(async |stage| {
        let (coalition, router, supervisor, path) = begun(stage).await;
        let visitor = Client::visitor(&router);
        let without = format!("/feedback/to/{}", coalition.organisations[0].0);
        visitor.get(&without).await.expect(StatusCode::NOT_FOUND);
        let asked = visitor
            .get(&format!("{path}?in=ar"))
            .await
            .expect(StatusCode::OK)
            .says("<html lang=\"ar\" dir=\"rtl\">")
            .says("أخبر \u{2068}Second\u{2069} برأيك")
            .says("وقد تُرجمت آليًا")
            .says("<title>أسئلة");
        for english in [
            "Exit this page",
            "Skip to",
            "Tell Second",
            "optional",
            "Sign in",
            "Questions",
        ] {
            assert!(!asked.body.contains(english), "{english} stands on the Arabic page");
        }
        assert_eq!(asked.headers["cache-control"], "no-store");
        let send = format!("{path}/send");
        let once = asked.hidden("once");
        visitor
            .post(
                &send,
                &[
                    ("words", " "),
                    ("contact", "Canaria’s friend"),
                    ("once", &once),
                    ("in", "ar"),
                ],
            )
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("اكتب شيئًا أولًا")
            .says("خطأ: ")
            .lacks("Write something first")
            .lacks("Error")
            .says("Canaria’s friend")
            .says("<html lang=\"ar\" dir=\"rtl\">");
        let typed = [
            ("words", "Canaria waited for weeks"),
            ("once", once.as_str()),
            ("in", "pl"),
        ];
        let given = visitor.post(&send, &typed).await.expect(StatusCode::OK).lacks(CANARY);
        let again = visitor.post(&send, &typed).await.expect(StatusCode::OK);
        assert!(given.body.contains("Dziękujemy") && !given.body.contains("Thank you"));
        let code = |body: &str| {
            let (_, rest) = body.split_once("<code dir=\"ltr\">").expect("a code");
            rest.split_once("</code>").expect("an end").0.to_owned()
        };
        let code = (code(&given.body), code(&again.body));
        assert_eq!(code.0, code.1);
        let receipt = [("receipt", code.0.as_str())];
        visitor
            .post("/feedback/receipt", &receipt)
            .await
            .expect(StatusCode::OK)
            .says("Nobody has opened it yet");
        let in_polish = [receipt[0], ("in", "pl")];
        visitor
            .post("/feedback/receipt", &in_polish)
            .await
            .expect(StatusCode::OK)
            .says("<html lang=\"pl\" dir=\"ltr\">")
            .says("Nikt jeszcze tego nie otworzył")
            .says("Usuń na zawsze")
            .lacks("Nobody has opened it yet");
        visitor
            .post("/feedback/receipt", &[("receipt", " "), ("in", "vi")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Hãy nhập mã quý vị đã nhận");

        let caseworker = Client::member(&router, stage, &coalition.caseworker).await;
        caseworker.get("/feedback").await.expect(StatusCode::FORBIDDEN);
        let reader = Client::member(&router, stage, &supervisor).await;
        reader
            .get("/cases")
            .await
            .expect(StatusCode::OK)
            .says("piece of feedback that nobody has read");
        let list = reader
            .get("/feedback")
            .await
            .expect(StatusCode::OK)
            .says("not read yet")
            .lacks(CANARY);
        let (_, rest) = list.body.split_once("href=\"/feedback/").expect("a link");
        let one = format!("/feedback/{}", rest.split_once('"').expect("an end").0);
        reader
            .get(&one)
            .await
            .expect(StatusCode::OK)
            .says("Canaria waited for weeks");
        let elsewhere = Client::member(&router, stage, &coalition.supervisor).await;
        elsewhere.get(&one).await.expect(StatusCode::NOT_FOUND).lacks(CANARY);
        visitor
            .post("/feedback/receipt", &receipt)
            .await
            .expect(StatusCode::OK)
            .says("has read it");
        visitor
            .post("/feedback/receipt/erase", &receipt)
            .await
            .expect(StatusCode::OK)
            .says("It is erased");
        reader.get(&one).await.expect(StatusCode::NOT_FOUND);
        reader
            .get("/feedback")
            .await
            .expect(StatusCode::OK)
            .says("Nothing has come yet");
    })
    .await;
}

#[tokio::test]
async fn whoever_has_no_address_finds_the_organisations_that_take_feedback_in_their_language() {
    on_both(async |stage| {
        let (coalition, router, _, path) = begun(stage).await;
        let visitor = Client::visitor(&router);
        for public in ["/", "/calls"] {
            visitor
                .get(public)
                .await
                .expect(StatusCode::OK)
                .says("href=\"/feedback/to\"");
        }
        let without = format!("/feedback/to/{}", coalition.organisations[0].0);
        let english = visitor
            .get("/feedback/to")
            .await
            .expect(StatusCode::OK)
            .says("<title>Questions")
            .says("Exit this page")
            .says(&format!("href=\"{path}?in=en\""))
            .says(">Second</bdi>")
            .lacks(&without);
        assert_eq!(english.headers["cache-control"], "no-store");
        let arabic = visitor
            .get("/feedback/to?in=ar")
            .await
            .expect(StatusCode::OK)
            .says("<html lang=\"ar\" dir=\"rtl\">")
            .says(&format!("href=\"{path}?in=ar\""))
            .says("href=\"/feedback/to?in=en\"");
        for words in [
            "Exit this page",
            "Whom would you like",
            "Choose the organisation",
            "Questions",
        ] {
            assert!(!arabic.body.contains(words), "{words} stands on the Arabic page");
        }
        visitor.get(&format!("{path}?in=ar")).await.expect(StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn where_no_organisation_has_a_key_the_list_says_that_none_takes_feedback() {
    on_both(async |stage| {
        Coalition::on(stage).await;
        let visitor = Client::visitor(&router_on(stage, Settings::default()));
        visitor
            .get("/feedback/to")
            .await
            .expect(StatusCode::OK)
            .says("No organisation takes feedback here yet")
            .lacks("</bdi>");
    })
    .await;
}

#[tokio::test]
async fn a_flood_is_turned_away_and_what_was_typed_stays() {
    let stage = Stage::sqlite().await;
    let (_, router, _, path) = begun(&stage).await;
    let visitor = Client::visitor(&router);
    let send = format!("{path}/send");
    let mut turned_away = None;
    for _ in 0..25 {
        let answer = visitor.post(&send, &[("words", "Canaria again"), ("in", "ro")]).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            turned_away = Some(answer);
            break;
        }
    }
    turned_away
        .expect("turned away")
        .says("Canaria again")
        .says("încercați din nou peste o oră");
}

#[tokio::test]
async fn what_fails_on_the_pages_of_feedback_is_told_in_the_language_of_the_reader() {
    on_both(async |stage| {
        let (coalition, router, _, path) = begun(stage).await;
        let visitor = Client::visitor(&router);
        let send = format!("{path}/send?in=pl");
        visitor
            .get(&format!("{path}?in=pl"))
            .await
            .says(&format!("action=\"{send}\""));
        visitor
            .get("/feedback/receipt?in=pl")
            .await
            .says("action=\"/feedback/receipt?in=pl\"");

        let without = format!("/feedback/to/{}", coalition.organisations[0].0);
        for missing in [without.as_str(), "/feedback/to/nowhere", "/feedback/to/no/such"] {
            visitor
                .get(&format!("{missing}?in=pl"))
                .await
                .expect(StatusCode::NOT_FOUND)
                .says("<html lang=\"pl\" dir=\"ltr\">")
                .says("Tej strony tu nie ma")
                .says("href=\"/feedback/to?in=pl\"")
                .lacks("Not found")
                .lacks("Sign in");
            visitor
                .get(missing)
                .await
                .expect(StatusCode::NOT_FOUND)
                .says("<html lang=\"en-GB\">")
                .says("Not found");
        }
        // Too long to be shown again, and from another site.
        let long = "x".repeat(2 * 1024 * 1024);
        visitor
            .post(&send, &[("words", &long), ("in", "pl")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("To jest za długie. Użyj najwyżej 5000 znaków")
            .lacks("This cannot be done");
        visitor
            .with("origin", "https://elsewhere.example")
            .post(&send, &[("words", "Canaria"), ("in", "pl")])
            .await
            .expect(StatusCode::FORBIDDEN)
            .says("Nie udało się")
            .lacks("You may not do this");
        let coordinator = Client::member(&router, stage, &coalition.coordinator).await;
        coordinator
            .post("/security/mode", &[("mode", "read-only")])
            .await
            .expect(StatusCode::SEE_OTHER);
        visitor
            .post(&send, &[("words", "Canaria"), ("in", "pl")])
            .await
            .expect(StatusCode::SERVICE_UNAVAILABLE)
            .says("W tej chwili nie można niczego wysłać")
            .lacks("Nothing can be changed now");
    })
    .await;
}

#[tokio::test]
async fn the_pages_of_feedback_are_accessible_fit_a_phone_and_work_by_keyboard() {
    let stage = Stage::sqlite().await;
    let (_, router, supervisor, path) = begun(&stage).await;
    let browser = Browser::open(router.clone(), 320).await;
    for tag in ["en", "ar", "am", "vi"] {
        browser.go(&format!("/feedback/to?in={tag}")).await;
        browser.sees("Second").await;
        browser.is_accessible().await;
        browser.fits().await;
        browser.go(&format!("{path}?in={tag}")).await;
        browser.sees("Second").await;
        browser.is_accessible().await;
        browser.fits().await;
        browser.go(&format!("/feedback/to/nowhere?in={tag}")).await;
        browser.is_accessible().await;
        browser.fits().await;
    }
    browser.go(&path).await;
    browser.shows(".exit-link", "Exit this page").await;
    browser.fill("words", "Canaria waited for weeks").await;
    browser.enter("Send").await;
    browser.sees("Your code").await;
    browser.is_accessible().await;
    browser.fits().await;
    browser.go("/feedback/receipt?in=ar").await;
    browser.fill("receipt", "0000-0000-0000-0000").await;
    browser.enter("ابحث عنه").await;
    browser.sees("لا يوجد شيء بهذا الرمز").await;
    browser.is_accessible().await;
    browser.fits().await;
    browser.shows(".exit-link", "اخرج من هذه الصفحة").await;
    browser.go("/feedback/receipt").await;
    browser.fill("receipt", "0000-0000-0000-0000").await;
    browser.enter("Look it up").await;
    browser.sees("There is nothing with this code").await;
    browser.is_accessible().await;
    let (secret, _) = cast::session(&stage, &supervisor).await;
    browser.carry(&secret).await;
    browser.go("/feedback").await;
    browser.is_accessible().await;
    browser.fits().await;
    browser.press("Of 1 June 2025").await;
    browser.sees("Canaria waited for weeks").await;
    browser.is_accessible().await;
    browser.fits().await;
    browser.close().await;
}

//! Calls for evidence: as a visitor without scripts answers one, and as coordinators make evidence of it.

use axum::Router;
use axum::http::StatusCode;
use domain::permission::Role;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, cast, on_both, provisions};

use crate::app::Settings;
use crate::tests::router_on;

/// Words that must lie nowhere in clear.
const CANARY: &str = "canarywaitednineweeks";

/// Makes the coalition's key and opens a call; gives its address.
async fn opened(coordinator: &Client) -> String {
    coordinator
        .post("/keys/coalition/make", &[])
        .await
        .expect(StatusCode::OK);
    let fields = [
        ("title", "Interpreters"),
        ("asks", "How long did you wait?"),
        ("opens_on_day", "1"),
        ("opens_on_month", "5"),
        ("opens_on_year", "2025"),
        ("closes_on_day", "30"),
        ("closes_on_month", "6"),
        ("closes_on_year", "2025"),
    ];
    coordinator
        .post("/calls/new", &fields)
        .await
        .expect(StatusCode::SEE_OTHER)
        .location
}

/// A second coordinator, who was given the coalition's key.
async fn second_coordinator(stage: &Stage, router: &Router, coalition: &Coalition, first: &Client) -> Client {
    let actor = cast::member(stage, coalition.organisations[1], "coordinator-2", &[Role::Coordinator]).await;
    let member = actor.member.expect("a member").to_string();
    first
        .post("/keys/coalition/give", &[("member", &member)])
        .await
        .expect(StatusCode::SEE_OTHER);
    Client::member(router, stage, &actor).await
}

/// The receipt code on the page that thanks.
fn code_on(body: &str) -> String {
    let (_, rest) = body.split_once("<p class=\"lead\"><code>").expect("a code");
    rest.split_once("</code>").expect("a whole code").0.to_owned()
}

/// The address of the only answer in a list.
fn answer_in(body: &str, call: &str) -> String {
    let start = format!("href=\"{call}/answers/");
    let (_, rest) = body.split_once(&start).expect("an answer");
    let id = rest.split_once(['"', '/']).expect("a whole address").0;
    format!("{call}/answers/{id}")
}

#[tokio::test]
async fn no_call_opens_before_the_coalition_has_a_key() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let visitor = Client::visitor(&router);
        visitor
            .get("/calls")
            .await
            .expect(StatusCode::OK)
            .says("No question is open at present")
            .says("<title>Questions – Rapporteur</title>")
            .lacks("has no key yet");
        let coordinator = Client::member(&router, stage, &coalition.coordinator).await;
        coordinator
            .get("/calls")
            .await
            .says("The coalition has no key yet")
            .lacks("href=\"/calls/new\"");
        let fields = [
            ("title", "Interpreters"),
            ("asks", "How long?"),
            ("opens_on_day", "1"),
            ("opens_on_month", "6"),
            ("opens_on_year", "2025"),
            ("closes_on_day", "30"),
            ("closes_on_month", "6"),
            ("closes_on_year", "2025"),
        ];
        coordinator
            .post("/calls/new", &fields)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("the coalition has no key yet")
            .says("How long?");
    })
    .await;
}

#[tokio::test]
async fn anyone_answers_without_an_account_and_has_a_code_that_tells_how_far_it_is() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let coordinator = Client::member(&router, stage, &coalition.coordinator).await;
        let call = opened(&coordinator).await;
        let visitor = Client::visitor(&router);
        visitor.get("/calls").await.says("Interpreters").lacks("answers");
        let form = visitor
            .get(&call)
            .await
            .expect(StatusCode::OK)
            .says("<title>Questions – Rapporteur</title>")
            .says("How long did you wait?")
            .says("Who reads it")
            .says("no e-mail address")
            .says("Exit this page")
            .lacks("Close this call");
        assert_eq!(form.headers["cache-control"], "no-store");
        let address = format!("{call}/answer");
        visitor
            .post(&address, &[("words", " "), ("contact", "a friend")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Write your answer first")
            .says("a friend");
        let once = form.hidden("once");
        let fields = [("words", "Nine weeks"), ("contact", ""), ("once", once.as_str())];
        let first = visitor.post(&address, &fields).await.expect(StatusCode::OK);
        let second = visitor.post(&address, &fields).await.expect(StatusCode::OK);
        let code = code_on(&first.body);
        assert_eq!(code, code_on(&second.body), "a second click makes no second answer");
        assert_eq!(first.headers["cache-control"], "no-store");
        coordinator
            .get(&format!("{call}/answers"))
            .await
            .says("1 June 2025")
            .lacks("answer 2");

        let look_up = async |code: &str| visitor.post("/calls/receipt", &[("receipt", code)]).await;
        look_up(&code)
            .await
            .says("Received")
            .lacks("Nine weeks")
            .lacks("Interpreters");
        look_up("0000-0000-0000-0000")
            .await
            .says("There is no answer with this code");
        visitor
            .post("/calls/receipt/erase", &[("receipt", &code.to_lowercase())])
            .await
            .says("Your answer is erased");
        look_up(&code).await.says("There is no answer with this code");

        coordinator
            .post(&format!("{call}/close"), &[])
            .await
            .expect(StatusCode::SEE_OTHER);
        visitor
            .get(&call)
            .await
            .says("This call is closed")
            .lacks("Send the answer");
        visitor
            .post(&address, &[("words", "Too late")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("takes no answers now");
    })
    .await;
}

#[tokio::test]
async fn the_host_reads_nothing_of_an_answer_until_a_redacted_copy_is_approved() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let first = Client::member(&router, stage, &coalition.coordinator).await;
        let provision = provisions(stage, &[("12(1)", "mandatory")]).await[0].to_string();
        let call = opened(&first).await;
        let second = second_coordinator(stage, &router, &coalition, &first).await;
        assert!(
            !stage.traces_of("Interpreters").await.is_empty(),
            "what is not sealed is found"
        );

        let fields = [
            ("words", &*format!("I am {CANARY}")),
            ("contact", "contact-of-the-canary"),
        ];
        let thanks = Client::visitor(&router).post(&format!("{call}/answer"), &fields).await;
        let code = code_on(&thanks.body);
        thanks
            .expect(StatusCode::OK)
            .lacks(CANARY)
            .lacks("contact-of-the-canary");
        for words in [CANARY, "contact-of-the-canary", &code] {
            assert_eq!(stage.traces_of(words).await, Vec::<String>::new());
        }
        let listed = first.get(&format!("{call}/answers")).await.lacks(CANARY);
        let answer = answer_in(&listed.body, &call);
        first
            .get(&answer)
            .await
            .expect(StatusCode::OK)
            .says(CANARY)
            .says("contact-of-the-canary");
        let redact = format!("{answer}/redact");
        first
            .post(&redact, &[("redaction", "still the redactedcanary")])
            .await
            .expect(StatusCode::SEE_OTHER);
        assert_eq!(stage.traces_of("redactedcanary").await, Vec::<String>::new());

        let review = format!("{answer}/review");
        first.get(&review).await.says("You wrote the redacted copy yourself");
        let form = second.get(&review).await.expect(StatusCode::OK).says(CANARY);
        let number = form.hidden("revision");
        let mut item = vec![
            ("revision", number.as_str()),
            ("kind", "interview"),
            ("title", "Waiting for an interpreter"),
            ("publisher", "People who answered"),
            ("effective_on_day", "1"),
            ("effective_on_month", "6"),
            ("effective_on_year", "2025"),
            ("reliability", "F"),
            ("credibility", "6"),
            ("handling", "coalition"),
            ("quoting", "anonymised"),
            ("provisions", provision.as_str()),
        ];
        second
            .post(&review, &item)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Compare the copy with the answer");
        item.push(("names_nobody", "yes"));
        first
            .post(&review, &item)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("another coordinator approves it");
        let evidence = second.post(&review, &item).await.expect(StatusCode::SEE_OTHER).location;
        second
            .get(&evidence)
            .await
            .expect(StatusCode::OK)
            .says("still the redactedcanary")
            .says("Answer to a call for evidence")
            .lacks(CANARY);
        assert!(
            !stage.traces_of("redactedcanary").await.is_empty(),
            "what was approved is read"
        );
        for words in [CANARY, "contact-of-the-canary", &code] {
            assert_eq!(stage.traces_of(words).await, Vec::<String>::new());
        }
        let visitor = Client::visitor(&router);
        visitor.post("/calls/receipt", &[("receipt", &code)]).await.says("Used");
        first
            .post(&format!("{answer}/erase"), &[])
            .await
            .expect(StatusCode::SEE_OTHER);
        first.get(&answer).await.expect(StatusCode::NOT_FOUND);
        second.get(&evidence).await.expect(StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_opened_by_nobody_but_a_coordinator_with_the_key() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let first = Client::member(&router, stage, &coalition.coordinator).await;
        let call = opened(&first).await;
        let visitor = Client::visitor(&router);
        visitor
            .post(&format!("{call}/answer"), &[("words", CANARY)])
            .await
            .expect(StatusCode::OK);
        let listed = first.get(&format!("{call}/answers")).await;
        let answer = answer_in(&listed.body, &call);
        for actor in [&coalition.first_manager, &coalition.first_reviewer, &coalition.operator] {
            let other = Client::member(&router, stage, actor).await;
            other.get(&answer).await.expect(StatusCode::FORBIDDEN).lacks(CANARY);
            other
                .post(&format!("{answer}/erase"), &[])
                .await
                .expect(StatusCode::FORBIDDEN);
        }
        visitor.get(&answer).await.expect(StatusCode::SEE_OTHER);
        let actor = cast::member(stage, coalition.organisations[2], "coordinator-3", &[Role::Coordinator]).await;
        let keyless = Client::member(&router, stage, &actor).await;
        keyless
            .get(&answer)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("you do not hold the coalition&#39;s key yet")
            .lacks(CANARY);
        // The address of another call opens nothing.
        let elsewhere = answer.replacen(&call, "/calls/00000000-0000-4000-8000-000000000000", 1);
        first.get(&elsewhere).await.expect(StatusCode::NOT_FOUND);
        first
            .post(&format!("{answer}/set-aside"), &[])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Choose why it is set aside");
        first
            .post(&format!("{answer}/set-aside"), &[("reason", "off_topic")])
            .await
            .expect(StatusCode::SEE_OTHER);
        first
            .get(&format!("{call}/answers"))
            .await
            .says("Set aside")
            .says("It is about something else");
    })
    .await;
}

#[tokio::test]
async fn a_flood_of_answers_is_turned_away_and_what_was_typed_is_kept() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let router = router_on(&stage, Settings::default());
    let coordinator = Client::member(&router, &stage, &coalition.coordinator).await;
    let address = format!("{}/answer", opened(&coordinator).await);
    let visitor = Client::visitor(&router);
    for _ in 0..20 {
        visitor
            .post(&address, &[("words", "again")])
            .await
            .expect(StatusCode::OK);
    }
    visitor
        .post(&address, &[("words", "once too often")])
        .await
        .expect(StatusCode::TOO_MANY_REQUESTS)
        .says("try again in an hour")
        .says("once too often");
}

#[tokio::test]
async fn the_pages_of_calls_are_accessible_and_fit() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let router = router_on(&stage, Settings::default());
    let first = Client::member(&router, &stage, &coalition.coordinator).await;
    provisions(&stage, &[("12(1)", "mandatory")]).await;
    let call = opened(&first).await;
    let browser = Browser::open(router.clone(), 1280).await;
    browser.go(&call).await;
    browser.fill("words", "Nine weeks").await;
    browser.press("Send the answer").await;
    browser.sees("Your answer has arrived and is sealed").await;
    browser.is_accessible().await;
    for width in [1280, 320] {
        browser
            .client
            .set_window_size(width, 1000)
            .await
            .expect("the window is sized");
        for path in ["/calls", &call, "/calls/receipt"] {
            browser.go(path).await;
            browser.is_accessible().await;
            browser.fits().await;
        }
    }
    let listed = first.get(&format!("{call}/answers")).await;
    let answer = answer_in(&listed.body, &call);
    let second = cast::member(
        &stage,
        coalition.organisations[1],
        "coordinator-2",
        &[Role::Coordinator],
    )
    .await;
    let member = second.member.expect("a member").to_string();
    first
        .post("/keys/coalition/give", &[("member", &member)])
        .await
        .expect(StatusCode::SEE_OTHER);
    first
        .post(&format!("{answer}/redact"), &[("redaction", "Some wait for weeks")])
        .await
        .expect(StatusCode::SEE_OTHER);
    let (secret, _) = cast::session(&stage, &second).await;
    browser.carry(&secret).await;
    for width in [1280, 320] {
        browser
            .client
            .set_window_size(width, 1000)
            .await
            .expect("the window is sized");
        let paths = [
            "/calls".to_owned(),
            "/calls/new".to_owned(),
            call.clone(),
            format!("{call}/answers"),
            answer.clone(),
            format!("{answer}/review"),
        ];
        for path in paths {
            browser.go(&path).await;
            browser
                .client
                .execute(
                    "document.querySelectorAll('details').forEach(d => d.open = true)",
                    Vec::new(),
                )
                .await
                .expect("what is folded opens");
            browser.is_accessible().await;
            browser.fits().await;
        }
    }
    browser.close().await;
}

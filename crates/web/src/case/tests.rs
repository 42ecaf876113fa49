//! Cases, as members without scripts use them; and a look with the browser.

mod age;
mod clocks;
mod outcomes;
mod search;
mod support;

use access::key;
use axum::Router;
use axum::http::StatusCode;
use domain::permission::Role;
use store::Cx;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, cast, on_both};

use crate::app::Settings;
use crate::tests::router_on;

pub(crate) mod keyboard;

const CANARY: &str = "Canaria";

/// Makes the third organisation's key and gives it to its supervisor and its caseworker.
pub(crate) async fn keyed(stage: &Stage, coalition: &Coalition) {
    let third = coalition.organisations[2];
    let manager = cast::member(stage, third, "manager-3", &[Role::Manager]).await;
    let private = cast::key(stage, &manager).await;
    let cx = Cx {
        key: Some(&private),
        ..stage.cx(&manager)
    };
    key::establish(&cx, third.0).await.expect("established");
    for member in [&coalition.supervisor, &coalition.caseworker] {
        let member = member.member.expect("a member");
        key::grant(&cx, third.0, member).await.expect("given");
    }
}

const PERSON: [(&str, &str); 9] = [
    ("opened_on_day", "20"),
    ("opened_on_month", "5"),
    ("opened_on_year", "2025"),
    ("nation", "england"),
    ("name", "Canaria Plumage"),
    ("nickname", "Birdie"),
    ("language", "Specimen"),
    ("born_year", "1999"),
    ("once", "token-of-the-person"),
];

/// Where the script of a page keeps the draft of its form.
fn draft_of(page: &str) -> String {
    let (_, rest) = page.split_once("data-draft=\"").expect("a form with a draft");
    let address = rest.split_once('"').expect("an end").0;
    address.replace("%2F", "/")
}

pub(crate) async fn begun(stage: &Stage) -> (Coalition, Router, Client, String) {
    let coalition = Coalition::on(stage).await;
    keyed(stage, &coalition).await;
    let router = router_on(stage, Settings::default());
    let worker = Client::member(&router, stage, &coalition.caseworker).await;
    let address = worker
        .post("/cases/new", &PERSON)
        .await
        .expect(StatusCode::SEE_OTHER)
        .location;
    (coalition, router, worker, address)
}

#[tokio::test]
async fn the_empty_list_says_what_to_do_next_and_without_a_key_how_to_come_by_it() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let worker = Client::member(&router, stage, &coalition.caseworker).await;
        worker
            .get("/cases")
            .await
            .expect(StatusCode::OK)
            .says("Nothing can be opened yet")
            .says("href=\"/keys\"");
        worker
            .post("/cases/new", &PERSON)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("has no key yet")
            .says("Canaria Plumage");
        keyed(stage, &coalition).await;
        worker
            .get("/cases")
            .await
            .expect(StatusCode::OK)
            .says("No case is assigned to you")
            .says("href=\"/cases/new\"")
            .says("aria-current=\"true\">Cases");
        let supervisor = Client::member(&router, stage, &coalition.supervisor).await;
        supervisor
            .get("/cases")
            .await
            .expect(StatusCode::OK)
            .says("There are no cases yet");
        let observer = Client::member(&router, stage, &coalition.observer).await;
        observer.get("/").await.expect(StatusCode::OK).lacks("href=\"/cases\"");
    })
    .await;
}

#[tokio::test]
async fn a_day_with_a_case_from_the_first_meeting_to_its_close() {
    on_both(async |stage| {
        let (coalition, router, worker, address) = begun(stage).await;
        // A double click makes one person.
        let again = worker.post("/cases/new", &PERSON).await.expect(StatusCode::SEE_OTHER);
        assert_eq!(again.location, address);
        worker
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("Canaria Plumage")
            .says("Send nothing, do not call")
            .says("Nothing is recorded yet")
            .says("not asked");
        let new = format!("{address}/events/new");
        worker
            .get(&new)
            .await
            .expect(StatusCode::OK)
            .says("What happened?")
            .says("value=\"nrm_referral\"")
            .lacks("events/new?");
        worker
            .post(&new, &[("ask", "nrm_referral")])
            .await
            .expect(StatusCode::OK)
            .says("Which first responder referred them")
            .says("Canaria Plumage");
        worker
            .post(
                &new,
                &[
                    ("kind", "nrm_referral"),
                    ("on_day", "21"),
                    ("on_month", "5"),
                    ("on_year", ""),
                ],
            )
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Enter the year in four figures")
            .says("Choose an answer: Which first responder referred them");
        let referral = [
            ("kind", "nrm_referral"),
            ("on_day", "21"),
            ("on_month", "5"),
            ("on_year", "2025"),
            ("agency", "police"),
            ("is_child", "no"),
        ];
        worker.post(&new, &referral).await.expect(StatusCode::SEE_OTHER);
        worker
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("1 working day late")
            .says("Referred without consent on record");
        worker
            .get("/cases")
            .await
            .expect(StatusCode::OK)
            .says("Late")
            .says("Canaria Plumage")
            .says("1 late, 0 due within a week, 1 in all");
        let home = worker.get("/").await.expect(StatusCode::SEE_OTHER);
        assert_eq!(home.location, "/cases", "a caseworker's day begins with the list");
        // The search is posted: no name in an address.
        let found = worker.post("/cases", &[("words", "birdie"), ("show", "mine")]).await;
        found
            .expect(StatusCode::OK)
            .says("One person goes by")
            .says("Canaria Plumage");
        worker
            .post("/cases", &[("words", "nobody")])
            .await
            .expect(StatusCode::OK)
            .says("None of your cases goes by")
            .lacks(CANARY);
        let consent = [
            ("kind", "consent"),
            ("on_day", "20"),
            ("on_month", "5"),
            ("on_year", "2025"),
            ("purpose", "referral"),
            ("said", "given"),
            ("said_by", "person"),
        ];
        worker.post(&new, &consent).await.expect(StatusCode::SEE_OTHER);
        worker
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .lacks("Referred without consent on record")
            .says("Take it back");
        worker
            .post(
                &format!("{address}/time-entries/new"),
                &[("kind", "chasing"), ("agency", "police"), ("minutes", "30")],
            )
            .await
            .expect(StatusCode::SEE_OTHER);
        worker.get(&address).await.expect(StatusCode::OK).says("30 min so far");
        let supervisor = Client::member(&router, stage, &coalition.supervisor).await;
        supervisor
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("Forget this person");
        worker
            .post(&format!("{address}/close"), &[])
            .await
            .expect(StatusCode::SEE_OTHER);
        worker.get("/cases").await.expect(StatusCode::OK).lacks(CANARY);
        worker
            .get("/cases?show=closed")
            .await
            .expect(StatusCode::OK)
            .says(CANARY);
    })
    .await;
}

#[tokio::test]
async fn corrections_strikes_needs_and_episodes_are_kept_to_the_case_and_show_both_versions() {
    on_both(async |stage| {
        let (coalition, router, worker, address) = begun(stage).await;
        let new = format!("{address}/events/new");
        let day = [("on_day", "21"), ("on_month", "5"), ("on_year", "2025")];
        let note = [day.as_slice(), &[("kind", "note"), ("words", "Wrong words")]].concat();
        worker.post(&new, &note).await.expect(StatusCode::SEE_OTHER);
        let page = worker.get(&address).await.expect(StatusCode::OK);
        let (_, rest) = page
            .body
            .split_once(&format!("{address}/events/"))
            .expect("a link to correct");
        // The first such link is to record; the first with an id belongs to the note.
        let id = rest
            .split(&format!("{address}/events/"))
            .find_map(|part| part.split_once("/correct").map(|(id, _)| id.to_owned()))
            .or_else(|| rest.split_once("/correct").map(|(id, _)| id.to_owned()))
            .expect("an event");
        let correct = format!("{address}/events/{id}/correct");
        worker.get(&correct).await.expect(StatusCode::OK).says("Wrong words");
        let right = [day.as_slice(), &[("words", "Right words")]].concat();
        worker.post(&correct, &right).await.expect(StatusCode::SEE_OTHER);
        worker
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("Right words")
            .says("Corrected by Test caseworker");
        // A second correction of the same entry keeps what was typed and says what to do.
        worker
            .post(&correct, &right)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("another event has taken the place");

        let need = [
            ("area", "housing"),
            ("horizon", "emergency"),
            ("since_day", "21"),
            ("since_month", "5"),
            ("since_year", "2025"),
        ];
        worker
            .post(&format!("{address}/needs/new"), &need)
            .await
            .expect(StatusCode::SEE_OTHER);
        let page = worker
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("open for 11 days");
        let (_, rest) = page
            .body
            .split_once(&format!("href=\"{address}/needs/"))
            .expect("a need");
        let path = format!("{address}/needs/{}", rest.split_once('"').expect("an end").0);
        let plan = |words: &'static str| [need.as_slice(), &[("plan", words), ("revision", "1")]].concat();
        let supervisor = Client::member(&router, stage, &coalition.supervisor).await;
        supervisor
            .post(&path, &plan("A room of their own"))
            .await
            .expect(StatusCode::SEE_OTHER);
        worker
            .post(&path, &plan("A bed"))
            .await
            .expect(StatusCode::CONFLICT)
            .says("Both versions")
            .says("A room of their own")
            .says("A bed");
        worker
            .post(
                &format!("{address}/exploitation/new"),
                &[("began_year", "2021"), ("controls", "threats")],
            )
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Choose at least one form");
        worker
            .post(
                &format!("{address}/exploitation/new"),
                &[("forms", "labour"), ("began_year", "2021")],
            )
            .await
            .expect(StatusCode::SEE_OTHER);
        worker
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("Forced labour or services, from 2021");
    })
    .await;
}

#[tokio::test]
async fn nobody_else_reaches_a_case_by_its_address_and_none_of_its_words_are_in_clear() {
    on_both(async |stage| {
        let (coalition, router, worker, address) = begun(stage).await;
        let contact = [("channels", "text"), ("how", "Canaria on a number"), ("revision", "1")];
        worker
            .post(&format!("{address}/contact"), &contact)
            .await
            .expect(StatusCode::SEE_OTHER);
        let new = format!("{address}/events/new");
        let death = worker.post(&new, &[("ask", "death")]).await.expect(StatusCode::OK);
        worker
            .post(&draft_of(&death.body), &[("kind", "death"), ("note", "Canaria")])
            .await
            .expect(StatusCode::NO_CONTENT);
        worker
            .post(&new, &[("ask", "death")])
            .await
            .expect(StatusCode::OK)
            .says("Your draft was restored");
        for (name, actor) in coalition.everyone() {
            if ["supervisor", "caseworker"].contains(&name) {
                continue;
            }
            let other = Client::member(&router, stage, actor).await;
            for page in [
                "",
                "/events/new",
                "/person",
                "/about",
                "/needs/new",
                "/time-entries/new",
                "/forget",
            ] {
                other
                    .get(&format!("{address}{page}"))
                    .await
                    .expect(StatusCode::FORBIDDEN)
                    .lacks(CANARY);
            }
        }
        // Of another organisation, with the right role and a key.
        let second = coalition.organisations[1];
        let elsewhere = cast::member(stage, second, "supervisor-2", &[Role::Supervisor]).await;
        let elsewhere = Client::member(&router, stage, &elsewhere).await;
        for page in ["", "/events/new", "/person", "/assign", "/forget"] {
            elsewhere
                .get(&format!("{address}{page}"))
                .await
                .expect(StatusCode::NOT_FOUND)
                .lacks(CANARY);
        }
        for words in [CANARY, "Birdie", "canaria", "death"] {
            assert_eq!(stage.traces_of(words).await, Vec::<String>::new(), "{words}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_typed_of_one_kind_of_event_is_not_lost_to_another() {
    on_both(async |stage| {
        let (_, _, worker, address) = begun(stage).await;
        let new = format!("{address}/events/new");
        let ask = async |choice: &str| worker.post(&new, &[("ask", choice)]).await.expect(StatusCode::OK);
        let note = draft_of(&ask("note").await.body);
        let missing = draft_of(&ask("missing").await.body);
        assert_ne!(note, missing);
        for name in [&note, &missing] {
            assert!(name.starts_with(&format!("/draft?form={new}/")), "{name}");
            assert!(!name.contains("note") && !name.contains("missing"), "{name}");
        }
        let half = [("kind", "note"), ("choice", "note"), ("words", "Half a note")];
        worker.post(&note, &half).await.expect(StatusCode::NO_CONTENT);
        let half = [
            ("kind", "missing"),
            ("choice", "missing"),
            ("circumstances", "Half a page"),
        ];
        worker.post(&missing, &half).await.expect(StatusCode::NO_CONTENT);
        worker.get(&new).await.expect(StatusCode::OK).says("(draft kept)");
        // One is sent with a fault and then without: the other is still there.
        let day = [("on_day", "21"), ("on_month", "5"), ("on_year", "2025")];
        let wrong = worker
            .post(&new, &[("kind", "note"), ("choice", "note"), ("words", "")])
            .await;
        assert_eq!(draft_of(&wrong.expect(StatusCode::UNPROCESSABLE_ENTITY).body), note);
        let sent = [
            day.as_slice(),
            &[("kind", "note"), ("choice", "note"), ("words", "A note")],
        ]
        .concat();
        worker.post(&new, &sent).await.expect(StatusCode::SEE_OTHER);
        ask("note").await.lacks("Your draft was restored");
        ask("missing").await.says("Your draft was restored").says("Half a page");
        // A link that names a purpose has a draft of its own.
        let kept = [("kind", "consent"), ("purpose", "monitoring"), ("said", "given")];
        let audit = draft_of(&ask("consent/monitoring").await.body);
        worker.post(&audit, &kept).await.expect(StatusCode::NO_CONTENT);
        ask("consent/monitoring").await.says("Your draft was restored");
        ask("consent/monitoring/withdrawn")
            .await
            .lacks("Your draft was restored")
            .says("value=\"withdrawn\" checked");
        // Where a draft of the same choice says something else by now, the choice counts.
        let other = [("kind", "consent"), ("purpose", "litigation"), ("said", "given")];
        worker.post(&audit, &other).await.expect(StatusCode::NO_CONTENT);
        ask("consent/monitoring").await.lacks("Your draft was restored");
        // A form that outlived its session comes back under its address, and leaves the choice free again.
        worker
            .post(
                &format!("/draft?form={new}"),
                &[("kind", "note"), ("words", "Kept at the door")],
            )
            .await
            .expect(StatusCode::NO_CONTENT);
        worker.get(&new).await.expect(StatusCode::OK).says("Kept at the door");
        worker.get(&new).await.expect(StatusCode::OK).says("What happened?");
        ask("note").await.says("Kept at the door");
        worker
            .post(&new, &[("ask", "struck")])
            .await
            .expect(StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn no_link_of_a_case_tells_what_is_to_be_recorded_and_each_clock_says_where_its_length_stands() {
    on_both(async |stage| {
        let (_, _, worker, address) = begun(stage).await;
        let new = format!("{address}/events/new");
        let day = [("on_day", "21"), ("on_month", "5"), ("on_year", "2025")];
        for more in [
            [("kind", "nrm_referral"), ("agency", "police")].as_slice(),
            &[
                ("kind", "reasonable_grounds"),
                ("outcome", "negative"),
                ("authority", "ieca"),
                ("reasons", "implausible"),
            ],
        ] {
            let event = [day.as_slice(), more].concat();
            worker.post(&new, &event).await.expect(StatusCode::SEE_OTHER);
        }
        for page in [&address, &new] {
            worker
                .get(page)
                .await
                .expect(StatusCode::OK)
                .lacks("events/new?")
                .says("name=\"ask\"");
        }
        worker
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("within 30 calendar days of the decision")
            .says("Not checked: ask a lawyer before you rely on this day");
        worker
            .get(&format!("{address}/forget"))
            .await
            .expect(StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn a_supervisor_assigns_and_forgets_and_signing_out_wipes_the_memory() {
    on_both(async |stage| {
        let (coalition, router, worker, address) = begun(stage).await;
        let supervisor = Client::member(&router, stage, &coalition.supervisor).await;
        worker
            .get(&format!("{address}/assign"))
            .await
            .expect(StatusCode::FORBIDDEN);
        let assign = format!("{address}/assign");
        supervisor
            .get(&assign)
            .await
            .expect(StatusCode::OK)
            .says("Test caseworker");
        supervisor
            .post(&assign, &[])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Choose at least one person");
        let me = coalition.supervisor.member.expect("a member").to_string();
        supervisor
            .post(&assign, &[("members", &me)])
            .await
            .expect(StatusCode::SEE_OTHER);
        worker.get(&address).await.expect(StatusCode::NOT_FOUND);
        let forget = format!("{address}/forget");
        supervisor
            .get(&forget)
            .await
            .expect(StatusCode::OK)
            .says("Within 30 days")
            .says("A half-typed new person");
        supervisor
            .post(&forget, &[])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Tick the box");
        supervisor
            .post(&forget, &[("sure", "yes")])
            .await
            .expect(StatusCode::SEE_OTHER);
        supervisor.get(&address).await.expect(StatusCode::NOT_FOUND);
        supervisor.get("/cases").await.expect(StatusCode::OK).lacks(CANARY);
    })
    .await;
}

#[tokio::test]
async fn the_pages_of_cases_are_accessible_and_fit() {
    let stage = Stage::sqlite().await;
    let (coalition, router, worker, address) = begun(&stage).await;
    let day = [("on_day", "21"), ("on_month", "5"), ("on_year", "2025")];
    let new = format!("{address}/events/new");
    for more in [
        [("kind", "nrm_referral"), ("agency", "police")].as_slice(),
        &[
            ("kind", "reasonable_grounds"),
            ("outcome", "negative"),
            ("authority", "ieca"),
            ("reasons", "implausible"),
            ("reasons", "criminal_conduct"),
        ],
        &[
            ("kind", "reminder"),
            ("task", "Ring the solicitor"),
            ("due_on", "2025-06-03"),
        ],
    ] {
        worker
            .post(&new, &[day.as_slice(), more].concat())
            .await
            .expect(StatusCode::SEE_OTHER);
    }
    let browser = Browser::open(router.clone(), 1280).await;
    let (secret, _) = cast::session(&stage, &coalition.supervisor).await;
    browser.carry(&secret).await;
    for width in [1280, 320] {
        browser
            .client
            .set_window_size(width, 1000)
            .await
            .expect("the window is sized");
        for page in [
            "/cases",
            "/cases/new",
            &address,
            &new,
            &format!("{address}/exploitation/new"),
            &format!("{address}/consents/new"),
            &format!("{address}/contact"),
            &format!("{address}/assign"),
            &format!("{address}/forget"),
        ] {
            browser.go(page).await;
            browser.is_accessible().await;
            browser.fits().await;
        }
        browser.go(&new).await;
        // Far enough up that the quick exit at the foot of a narrow window does not lie over it.
        browser.press("The person was asked to agree").await;
        browser.is_accessible().await;
        browser.fits().await;
    }
    browser.close().await;
}

//! What is seldom known: folded away in the form, shown on the case's page, and what was said before it was amended.

use axum::http::StatusCode;
use testkit::browser::Browser;
use testkit::{cast, on_both};

use crate::case::tests::begun;

const CHARGED: [(&str, &str); 11] = [
    ("kind", "offender"),
    ("on_day", "21"),
    ("on_month", "5"),
    ("on_year", "2025"),
    ("stage", "charged"),
    ("act_on_year", "2024"),
    ("plea", "guilty"),
    ("is_excluded", "no"),
    ("prosecutor", "went_on"),
    ("known_from", "document"),
    ("certainty", "likely"),
];

/// The part of a page from one text on to the next of another.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    let (_, rest) = page.split_once(from).unwrap_or_else(|| panic!("{from} in {page}"));
    rest.split_once(to).unwrap_or_else(|| panic!("{to} after {from}")).0
}

#[tokio::test]
async fn what_is_seldom_known_is_folded_away_and_stands_open_once_it_is_answered() {
    on_both(async |stage| {
        let (_, _, worker, address) = begun(stage).await;
        let new = format!("{address}/events/new");
        let page = worker
            .post(&new, &[("ask", "offender")])
            .await
            .expect(StatusCode::OK)
            .says("<details><summary>More, where it is known");
        let (short, folded) = page.body.split_once("<details><summary>More").expect("folded");
        assert!(short.contains("For which offence") && !short.contains("What the person said to the charge"));
        for words in [
            "What the person said to the charge",
            "Where you know it from",
            "How sure it is",
        ] {
            assert!(folded.contains(words), "{words}");
        }
        // What is to be done is known from nowhere; a note is.
        worker
            .post(&new, &[("ask", "reminder")])
            .await
            .expect(StatusCode::OK)
            .lacks("Where you know it from");
        worker
            .post(&new, &[("ask", "note")])
            .await
            .expect(StatusCode::OK)
            .says("Where you know it from");
        worker.post(&new, &CHARGED).await.expect(StatusCode::SEE_OTHER);
        let page = worker
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("What the person said to the charge")
            .says("A letter or document that you have seen; Likely");
        let event = between(&page.body, "/events/", "/correct")
            .rsplit('/')
            .next()
            .expect("an id");
        worker
            .get(&format!("{address}/events/{event}/correct"))
            .await
            .expect(StatusCode::OK)
            .says("<details open><summary>More, where it is known")
            .says("value=\"2024\"")
            .says("value=\"likely\" selected");
        // A fault under the fold is in view.
        let wrong = [
            ("kind", "offender"),
            ("on", "2025-05-21"),
            ("stage", "charged"),
            ("act_on_year", "20240"),
        ];
        worker
            .post(&new, &wrong)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("<details open><summary>More, where it is known");
    })
    .await;
}

#[tokio::test]
async fn whoever_strikes_an_entry_out_sees_which_one() {
    on_both(async |stage| {
        let (_, _, worker, address) = begun(stage).await;
        let new = format!("{address}/events/new");
        worker.post(&new, &CHARGED).await.expect(StatusCode::SEE_OTHER);
        let page = worker.get(&address).await.expect(StatusCode::OK);
        let event = between(&page.body, "/events/", "/correct")
            .rsplit('/')
            .next()
            .expect("an id");
        let strike = format!("{address}/events/{event}/strike");
        for page in [worker.get(&strike).await, worker.post(&strike, &[]).await] {
            page.says("Treated as an offender")
                .says("21 May 2025")
                .says("What the person said to the charge")
                .lacks("For which offence");
        }
        let reason = [("reason", "Of somebody else")];
        worker.post(&strike, &reason).await.expect(StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn what_was_said_before_it_was_amended_stands_under_earlier() {
    on_both(async |stage| {
        let (_, _, worker, address) = begun(stage).await;
        let need = |plan: &'static str| {
            [
                ("area", "housing"),
                ("horizon", "emergency"),
                ("since_day", "20"),
                ("since_month", "5"),
                ("since_year", "2025"),
                ("plan", plan),
                ("revision", "1"),
            ]
        };
        let new = format!("{address}/needs/new");
        worker
            .post(&new, &need("A room in Specimen Street"))
            .await
            .expect(StatusCode::SEE_OTHER);
        let page = worker
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .lacks("<summary>Earlier");
        let id = between(&page.body, &format!("href=\"{address}/needs/"), "\"");
        let one = format!("{address}/needs/{}", if id == "new" { panic!("no need") } else { id });
        worker.post(&one, &need("A flat")).await.expect(StatusCode::SEE_OTHER);
        worker
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("<summary>Earlier")
            .says("A room in Specimen Street")
            .says("changed it on");
        let contact = format!("{address}/contact");
        let way =
            |how: &'static str, revision: &'static str| [("channels", "text"), ("how", how), ("revision", revision)];
        worker
            .post(&contact, &way("Number one", "1"))
            .await
            .expect(StatusCode::SEE_OTHER);
        worker
            .post(&contact, &way("Number two", "2"))
            .await
            .expect(StatusCode::SEE_OTHER);
        worker
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("Do not use what stands here")
            .says("Number one");
        worker
            .get(&contact)
            .await
            .expect(StatusCode::OK)
            .says("Remove it for good");
        let gone: Vec<_> = way("Number two", "3")
            .into_iter()
            .chain([("forget_earlier", "yes")])
            .collect();
        worker.post(&contact, &gone).await.expect(StatusCode::SEE_OTHER);
        worker
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .lacks("Number one")
            .lacks("Do not use what stands here");
    })
    .await;
}

#[tokio::test]
async fn the_day_on_which_contact_was_gone_through_is_left_open_once_it_was_found_unsafe() {
    on_both(async |stage| {
        let (_, _, worker, address) = begun(stage).await;
        let contact = format!("{address}/contact");
        let way = [
            ("channels", "text"),
            ("how", "Number one"),
            ("confirmed_on_day", "1"),
            ("confirmed_on_month", "6"),
            ("confirmed_on_year", "2025"),
            ("revision", "1"),
        ];
        worker.post(&contact, &way).await.expect(StatusCode::SEE_OTHER);
        let filled = "value=\"2025\"";
        worker.get(&contact).await.expect(StatusCode::OK).says(filled);
        let check = [
            ("kind", "contact_check"),
            ("on_day", "1"),
            ("on_month", "6"),
            ("on_year", "2025"),
            ("is_safe", "no"),
        ];
        let new = format!("{address}/events/new");
        worker.post(&new, &check).await.expect(StatusCode::SEE_OTHER);
        worker.get(&address).await.says("Send nothing, do not call");
        worker
            .get(&contact)
            .await
            .expect(StatusCode::OK)
            .says("Number one")
            .lacks(filled);
    })
    .await;
}

#[tokio::test]
async fn a_folded_form_is_filled_in_on_a_phone() {
    on_both(async |stage| {
        let (coalition, router, _, address) = begun(stage).await;
        let browser = Browser::open(router, 320).await;
        let (secret, _) = cast::session(stage, &coalition.caseworker).await;
        browser.carry(&secret).await;
        browser.go(&format!("{address}/events/new")).await;
        browser.press("Legal advice sought, found or refused").await;
        browser.sees("More, where it is known").await;
        browser.is_accessible().await;
        browser.fits().await;
        let fold = "document.querySelector('main form details summary').click()";
        browser.client.execute(fold, Vec::new()).await.expect("it opens");
        browser.sees("How many miles to the lawyer").await;
        browser.is_accessible().await;
        browser.fits().await;
        browser.go(&format!("{address}/contact")).await;
        browser.client.execute(fold, Vec::new()).await.expect("it opens");
        browser.sees("Remove it for good").await;
        browser.is_accessible().await;
        browser.fits().await;
        browser.close().await;
    })
    .await;
}

//! A reading of signs from its choice to its printed page; and the new pages of a case in the browser.

use axum::http::StatusCode;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, cast, on_both};

use crate::app::Settings;
use crate::case::tests::begun;
use crate::tests::router_on;

const DAY: [(&str, &str); 3] = [("on_day", "21"), ("on_month", "5"), ("on_year", "2025")];

const READING: [(&str, &str); 7] = [
    ("kind", "recognition"),
    ("choice", "recognition/child_labour"),
    ("set", "child_labour"),
    ("acts", "harboured"),
    ("aims", "labour"),
    ("held", "debt"),
    ("in_danger", "yes"),
];

#[tokio::test]
async fn a_reading_is_chosen_by_its_list_and_ends_in_what_to_do_and_in_no_verdict() {
    on_both(async |stage| {
        let (_, _, worker, address) = begun(stage).await;
        let new = format!("{address}/events/new");
        let kinds = worker.get(&new).await.expect(StatusCode::OK);
        kinds
            .says("value=\"recognition/adult_labour\"")
            .says("Go through signs");
        // Which list is said before anything else: without one there is nothing to go through.
        worker
            .post(&new, &[("ask", "recognition")])
            .await
            .expect(StatusCode::NOT_FOUND);
        worker
            .post(&new, &[("ask", "recognition/child_labour")])
            .await
            .expect(StatusCode::OK)
            .says("Papers taken (strong)")
            .says("None is needed for a child")
            .lacks("No social protection");
        let made = worker
            .post(&new, &[DAY.as_slice(), &READING].concat())
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
        assert!(made.ends_with("/reading"), "{made}");
        let page = worker.get(&made).await.expect(StatusCode::OK);
        page.says("Bound by a debt")
            .says("strong")
            .says("Someone is in danger now")
            .says("What to do now")
            .says("children’s services")
            .says("not needed for a child")
            .lacks("Salvation Army")
            .lacks("is a victim");
        worker
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("Read or print it")
            .says(&made);
        let note = [DAY.as_slice(), &[("kind", "note"), ("words", "A note")]].concat();
        worker.post(&new, &note).await.expect(StatusCode::SEE_OTHER);
        let elsewhere = made.replace("/reading", "/strike");
        worker.get(&elsewhere).await.expect(StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn who_is_recorded_as_a_child_is_given_the_advice_for_a_child_whatever_the_list() {
    on_both(async |stage| {
        let (_, _, worker, grown) = begun(stage).await;
        let child = worker
            .post(
                "/cases/new",
                &[
                    ("opened_on_day", "20"),
                    ("opened_on_month", "5"),
                    ("opened_on_year", "2025"),
                    ("nation", "england"),
                    ("name", "Ada Specimen"),
                    ("born_year", "2010"),
                    ("once", "token-of-the-child"),
                ],
            )
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
        let adults = [
            ("kind", "recognition"),
            ("choice", "recognition/adult_labour"),
            ("set", "adult_labour"),
            ("acts", "harboured"),
            ("aims", "labour"),
        ];
        let read = async |address: &str, typed: &[(&str, &str)]| {
            let new = format!("{address}/events/new");
            let made = worker.post(&new, &[DAY.as_slice(), typed].concat()).await;
            let made = made.expect(StatusCode::SEE_OTHER).location;
            worker.get(&made).await.expect(StatusCode::OK)
        };
        read(&child, &adults)
            .await
            .says("They are recorded as under 18; the list for a child is the other one")
            .says("children’s services")
            .says("not needed for a child")
            .lacks("Salvation Army")
            .lacks("Nothing is referred without their agreement")
            .lacks("Record what they say to a referral");
        read(&grown, &READING)
            .await
            .says("They are recorded as 18 or over; the list for an adult is the other one")
            .says("children’s services")
            .lacks("Nothing is referred without their agreement");
        read(&grown, &adults)
            .await
            .lacks("is the other one")
            .says("Nothing is referred without their agreement");
        read(&child, &READING).await.lacks("is the other one");
    })
    .await;
}

#[tokio::test]
async fn a_list_is_read_and_printed_before_there_is_a_case_and_keeps_nothing() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let router = router_on(&stage, Settings::default());
    let worker = Client::member(&router, &stage, &coalition.caseworker).await;
    worker
        .get("/cases")
        .await
        .expect(StatusCode::OK)
        .says("href=\"/recognition\"");
    let lists = worker.get("/recognition").await.expect(StatusCode::OK);
    for set in domain::casework::ReadingSet::ALL {
        let address = format!("/recognition/{}", set.code());
        assert!(lists.body.contains(&address), "{address}");
        let page = worker.get(&address).await.expect(StatusCode::OK);
        let is_read = page.body.contains(">strong</span>");
        let page = page
            .says("What makes trafficking")
            .says("Deception")
            .says("What to do now")
            .says("Confront nobody whom they fear")
            .lacks("<input type=\"checkbox\"")
            .lacks("is a victim");
        assert_eq!(page.body.contains("not needed for a child"), set.is_child());
        assert_eq!(page.body.contains("children’s services"), set.is_child(), "{address}");
        // A strength that nobody read in the source is shown as such, and not as none.
        assert_eq!(
            page.body.contains("nobody has read them in the source"),
            !is_read,
            "{address}"
        );
    }
    worker.get("/recognition/nothing").await.expect(StatusCode::NOT_FOUND);
    let browser = Browser::open(router.clone(), 320).await;
    let (secret, _) = cast::session(&stage, &coalition.caseworker).await;
    browser.carry(&secret).await;
    for page in ["/recognition", "/recognition/adult_labour", "/recognition/child_sexual"] {
        browser.go(page).await;
        browser.is_accessible().await;
        browser.fits().await;
    }
    browser.close().await;
}

#[tokio::test]
async fn the_new_pages_of_a_case_are_accessible_and_fit() {
    let stage = Stage::sqlite().await;
    let (coalition, router, worker, address) = begun(&stage).await;
    let new = format!("{address}/events/new");
    let reading = worker
        .post(&new, &[DAY.as_slice(), &READING].concat())
        .await
        .expect(StatusCode::SEE_OTHER)
        .location;
    let rated = [
        ("kind", "outcomes"),
        ("point", "entry"),
        ("answered_by", "interpreter"),
        ("housing", "little"),
        ("housing_words", "There are four of us in one room"),
    ];
    let agreed = [
        ("kind", "consent"),
        ("purpose", "support"),
        ("said", "given"),
        ("said_by", "person"),
    ];
    for more in [rated.as_slice(), &agreed] {
        worker
            .post(&new, &[DAY.as_slice(), more].concat())
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
            &address,
            &new,
            &reading,
            &format!("{address}/background/new"),
            &format!("{address}/contacts/new"),
            &format!("{address}/link"),
            "/cases/returns",
            "/casework",
        ] {
            browser.go(page).await;
            browser.is_accessible().await;
            browser.fits().await;
        }
        for kind in [
            "Go through signs. An adult: work or services",
            "Outcomes, as the person rates them",
        ] {
            browser.go(&new).await;
            // To the middle, so that the quick exit at the foot of a narrow window does not lie over it.
            let find = "for (const button of document.querySelectorAll('.choose button')) if (button.textContent.trim() === arguments[0]) button.scrollIntoView({block: 'center'})";
            let asked = vec![kind.into()];
            browser.client.execute(find, asked).await.expect("scrolled");
            browser.press(kind).await;
            browser.is_accessible().await;
            browser.fits().await;
        }
    }
    browser.close().await;
}

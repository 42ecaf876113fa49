//! A new person with consent and a referral, by someone who has only a keyboard, at 320 pixels, with fifty open cases on the
//! screen. Counted are keys and not time, which would be that of the machine.

use testkit::keyboard::Keyboard;

use super::*;

/// How many keys it may take: a few more than it does. With as many decisions and pages as now they are 78 seconds by the
/// keystroke-level model.
const MOST_KEYS: usize = 160;
/// Three minutes.
const MOST_SECONDS: f64 = 180.0;

/// From the caseload to the new case of somebody of whom this is known.
pub(crate) async fn records_a_person(keyboard: &Keyboard<'_>, name: &str, known: &[(&str, &str)]) {
    keyboard.skip().await;
    keyboard.tab_to("Record a person").await;
    keyboard.opens().await;
    keyboard.skip().await;
    for (field, typed) in [("Name", name)].iter().chain(known) {
        keyboard.tab_to(field).await;
        keyboard.types(typed).await;
    }
    keyboard.tab_to("In which nation: England").await;
    keyboard.types(" ").await;
    keyboard.opens().await;
}

#[tokio::test]
async fn a_new_case_with_a_referral_takes_under_three_minutes_by_keyboard_alone() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        keyed(stage, &coalition).await;
        let router = router_on(stage, Settings::default());
        let worker = Client::member(&router, stage, &coalition.caseworker).await;
        for number in 1..=50 {
            let name = format!("Specimen Number {number}");
            let person = [
                ("opened_on_day", "1"),
                ("opened_on_month", "4"),
                ("opened_on_year", "2025"),
                ("nation", "england"),
                ("name", name.as_str()),
            ];
            worker.post("/cases/new", &person).await.expect(StatusCode::SEE_OTHER);
        }
        let browser = Browser::open(router.clone(), 320).await;
        let (secret, _) = cast::session(stage, &coalition.caseworker).await;
        browser.carry(&secret).await;
        browser.go("/cases").await;
        browser.sees("50 in all").await;
        browser.fits().await;
        browser.is_accessible().await;
        // All the way down the list: wherever the focus comes to rest, it is seen.
        Keyboard::at(&browser).tab_to("Who was reached after a return").await;
        browser.go("/cases").await;

        let keyboard = Keyboard::at(&browser);
        // Who they are: what a referral asks first.
        let known = [
            ("Date of birth (optional): Day", "14"),
            ("Date of birth (optional): Month", "3"),
            ("Date of birth (optional): Year", "1999"),
            ("Gender", "w"),
            ("Nationality", "Specimen"),
            ("Language they understand best", "Specimen"),
            ("Do they need an interpreter?", "y"),
        ];
        records_a_person(&keyboard, "Canaria Plumage", &known).await;
        browser.sees("Canaria Plumage").await;
        browser.sees("No step recorded yet").await;

        // They agree to be referred.
        keyboard.skip().await;
        keyboard.tab_to("What they agreed to").await;
        keyboard.enters().await;
        keyboard
            .tab_to("Record an answer: Being referred into the National Referral Mechanism")
            .await;
        keyboard.opens().await;
        keyboard.skip().await;
        keyboard.tab_to("What they said: Agreed").await;
        keyboard.types(" ").await;
        keyboard.tab_to("Who said it: The person themselves").await;
        keyboard.types(" ").await;
        keyboard.opens().await;
        browser.sees("Agreed,").await;

        // They are referred.
        keyboard.skip().await;
        keyboard.tab_to("Record what happened").await;
        keyboard.opens().await;
        keyboard.skip().await;
        keyboard.tab_to("Mechanism").await;
        keyboard.enters().await;
        keyboard.tab_to("Referred into the mechanism").await;
        keyboard.opens().await;
        keyboard.skip().await;
        keyboard.tab_to("Which first responder referred them").await;
        keyboard.types("t").await;
        keyboard.tab_to("Reference number").await;
        keyboard.types("NRM 2025 00123").await;
        keyboard.opens().await;
        browser.sees("Referred, waiting for reasonable grounds").await;

        let effort = keyboard.effort();
        println!("{effort:?}: {:.0} s by the keystroke-level model", effort.seconds());
        assert!(
            effort.keys <= MOST_KEYS && effort.seconds() < MOST_SECONDS,
            "{effort:?}"
        );
        browser.close().await;
    })
    .await;
}

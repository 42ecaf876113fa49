//! A new person, what they agree to, and a referral to another organisation, by someone who has only a keyboard, at 320 pixels.

use testkit::keyboard::Keyboard;

use super::*;
use crate::case::tests::keyboard::records_a_person;

/// How many keys it may take: no more than with a referral into the mechanism.
const MOST_KEYS: usize = 160;

#[tokio::test]
async fn a_new_person_with_consent_and_a_referral_to_another_organisation_takes_few_keys() {
    let stage = Stage::sqlite().await;
    let of = begun(&stage).await;
    let browser = Browser::open(of.router.clone(), 320).await;
    let (sender, _) = cast::session(&stage, &of.coalition.caseworker).await;
    browser.carry(&sender).await;
    browser.go("/cases").await;
    let keyboard = Keyboard::at(&browser);
    records_a_person(&keyboard, "Canaria Finch", &[]).await;
    browser.sees("Canaria Finch").await;

    keyboard.skip().await;
    keyboard.tab_to("Referrals").await;
    keyboard.enters().await;
    keyboard.tab_to("Refer to another organisation").await;
    keyboard.opens().await;
    keyboard.skip().await;
    keyboard.tab_to("Who is asked").await;
    keyboard.types("s").await;
    keyboard.tab_to("What you ask them to do").await;
    keyboard.types("Advice on asylum").await;
    keyboard.tab_to("What goes along about the person: Name").await;
    keyboard.types(" ").await;
    // What they say is recorded with it: nothing is asked twice.
    keyboard.tab_to("Who agrees that this goes to them").await;
    keyboard.types("t").await;
    keyboard.tab_to("Look at what would go").await;
    keyboard.opens().await;
    browser.sees("They agree today").await;
    keyboard.skip().await;
    keyboard.tab_to("Seal it and send it").await;
    keyboard.opens().await;
    browser.sees("Referral to Second").await;
    let effort = keyboard.effort();
    println!("{effort:?}: {:.0} s by the keystroke-level model", effort.seconds());
    assert!(effort.keys <= MOST_KEYS, "{effort:?}");
    browser.enter("Back to the case").await;
    browser.sees("Second: Who they are").await;
    browser.close().await;
}

//! A referral from one organisation to another, as members without scripts use it; a sealed file opened from a disk; and a
//! look with the browser.

mod keyboard;
mod namesakes;

use access::key;
use axum::Router;
use axum::http::{StatusCode, header};
use domain::permission::Role;
use store::Cx;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, cast, on_both};

use crate::app::Settings;
use crate::case::tests::keyed;
use crate::tests::{router_earlier, router_on};

const CANARY: &str = "Canaria";

/// What a caseworker of the third organisation and a supervisor of the second begin with.
struct Begun {
    coalition: Coalition,
    router: Router,
    worker: Client,
    receiver: Client,
    /// Who receives.
    second: store::work::Actor,
    /// The case's address.
    case: String,
}

async fn begun(stage: &Stage) -> Begun {
    let coalition = Coalition::on(stage).await;
    keyed(stage, &coalition).await;
    let organisation = coalition.organisations[1];
    let private = cast::key(stage, &coalition.second_manager).await;
    let cx = Cx {
        key: Some(&private),
        ..stage.cx(&coalition.second_manager)
    };
    key::establish(&cx, organisation.0).await.expect("established");
    let second = cast::member(stage, organisation, "supervisor-2", &[Role::Supervisor]).await;
    key::grant(&cx, organisation.0, second.member.expect("a member"))
        .await
        .expect("given");
    let router = router_on(stage, Settings::default());
    let worker = Client::member(&router, stage, &coalition.caseworker).await;
    let receiver = Client::member(&router, stage, &second).await;
    let person = [
        ("opened_on_day", "20"),
        ("opened_on_month", "5"),
        ("opened_on_year", "2025"),
        ("nation", "england"),
        ("name", "Canaria Plumage"),
        ("language", "Specimen"),
        ("place", "Starling House"),
    ];
    let case = worker
        .post("/cases/new", &person)
        .await
        .expect(StatusCode::SEE_OTHER)
        .location;
    let need = [
        ("area", "legal"),
        ("horizon", "emergency"),
        ("since_day", "21"),
        ("since_month", "5"),
        ("since_year", "2025"),
    ];
    worker
        .post(&format!("{case}/needs/new"), &need)
        .await
        .expect(StatusCode::SEE_OTHER);
    Begun {
        coalition,
        router,
        worker,
        receiver,
        second,
        case,
    }
}

impl Begun {
    async fn agree(&self) {
        self.say("given", "21").await;
    }

    /// Records what the person says to passing details on.
    async fn say(&self, said: &str, day: &str) {
        let consent = [
            ("kind", "consent"),
            ("on_day", day),
            ("on_month", "5"),
            ("on_year", "2025"),
            ("purpose", "sharing"),
            ("said", said),
            ("said_by", "person"),
        ];
        // A no is to everybody.
        let agreed = [
            ("to_whom", "Second"),
            ("parts", "identity"),
            ("parts", "contact"),
            ("parts", "legal"),
        ];
        let agreed = if said == "given" { agreed.as_slice() } else { &[] };
        self.worker
            .post(
                &format!("{}/events/new", self.case),
                &[consent.as_slice(), agreed].concat(),
            )
            .await
            .expect(StatusCode::SEE_OTHER);
    }

    /// Where a referral of the case is begun.
    fn form(&self) -> String {
        format!("{}/referrals/new", self.case)
    }

    /// The need's id, as the case's page links to it.
    async fn need(&self) -> String {
        let page = self.worker.get(&self.case).await.body;
        let (_, rest) = page.split_once("referrals/new?need=").expect("a link");
        rest.split_once('"').expect("an end").0.to_owned()
    }
}

#[tokio::test]
async fn a_referral_is_looked_at_sealed_sent_answered_and_seen_by_both_sides() {
    on_both(async |stage| {
        let of = begun(stage).await;
        let need = of.need().await;
        let receiver = of.coalition.organisations[1].0.to_string();
        of.worker
            .get(&format!("{}?need={need}", of.form()))
            .await
            .expect(StatusCode::OK)
            .says("They have not agreed to passing details on")
            .says("Without consent, for safety alone")
            .says("First (no key yet)")
            .says("Second");
        let fields = [
            ("receiver", receiver.as_str()),
            ("need", need.as_str()),
            ("needs", need.as_str()),
            ("parts", "name"),
            ("parts", "language"),
            ("summary", "Please take on her appeal"),
            ("once", "one-press"),
        ];
        of.worker
            .post(&of.form(), &fields)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("has not agreed to passing details on")
            .says("Please take on her appeal");
        of.agree().await;
        let look = of
            .worker
            .post(&of.form(), &fields)
            .await
            .expect(StatusCode::OK)
            .says("Look before it goes")
            .says("name=\"seen\"")
            .says("Canaria Plumage")
            .says("Please take on her appeal")
            .says("Legal advice and representation")
            .lacks("Starling House");
        assert_eq!(
            look.body.matches("name=\"parts\"").count(),
            2,
            "sent again as it was ticked"
        );
        let changed: Vec<_> = fields.iter().copied().chain([("step", "change")]).collect();
        of.worker
            .post(&of.form(), &changed)
            .await
            .expect(StatusCode::OK)
            .says("Look at what would go");
        of.receiver
            .get("/referrals")
            .await
            .expect(StatusCode::OK)
            .says("No referral has come");
        let send: Vec<_> = fields.iter().copied().chain([("step", "send")]).collect();
        // Sent nine days ago, in a session of that day.
        let then = router_earlier(stage, Settings::default());
        let sender = Client::member(&then, stage, &of.coalition.caseworker).await;
        let sent = sender
            .post(&of.form(), &send)
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
        let again = sender
            .post(&of.form(), &send)
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
        assert_eq!(sent, again, "a double click sends it once");
        of.worker
            .get(&sent)
            .await
            .expect(StatusCode::OK)
            .says("What went")
            .says("Take it back for good");

        // By today it has climbed both lists, and the home pages of both: four working days, with a bank holiday between.
        of.worker
            .get("/referrals?show=sent")
            .await
            .expect(StatusCode::OK)
            .says("Canaria Plumage, to Second")
            .says("waits for 4 working days: telephone");
        of.worker
            .get("/cases")
            .await
            .expect(StatusCode::OK)
            .says("referral of yours without an answer for a working day or more");
        of.receiver
            .get("/cases")
            .await
            .expect(StatusCode::OK)
            .says("referral to your organisation that nobody has answered");
        let supervisor = Client::member(&of.router, stage, &of.coalition.supervisor).await;
        supervisor
            .get("/referrals?show=sent")
            .await
            .expect(StatusCode::OK)
            .says("to Second");

        // Taken back meanwhile, the sender is told that an offer still waits.
        of.say("withdrawn", "22").await;
        of.worker
            .get(&of.case)
            .await
            .expect(StatusCode::OK)
            .says("They took back their consent, or contact is no longer safe, and an offer still waits");
        of.worker
            .get(&sent)
            .await
            .expect(StatusCode::OK)
            .says("They no longer agree to this");
        let listed = of.receiver.get("/referrals").await.expect(StatusCode::OK).body;
        let (_, rest) = listed.split_once("<a href=\"/referrals/").expect("a link");
        let halted = format!("/referrals/{}", rest.split_once('"').expect("an end").0);
        of.receiver
            .get(&halted)
            .await
            .expect(StatusCode::OK)
            .says("The person no longer agrees that this goes to you")
            .says("Choose")
            .lacks(CANARY);
        of.receiver
            .post(&format!("{halted}/accept"), &[("accept_words", "")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("the person no longer agrees that this goes to you")
            .lacks(CANARY);
        of.say("given", "24").await;
        of.worker
            .get(&of.case)
            .await
            .expect(StatusCode::OK)
            .lacks("They took back their consent");
        let inbox = of
            .receiver
            .get("/referrals")
            .await
            .expect(StatusCode::OK)
            .says("From Third")
            .lacks(CANARY);
        let (_, rest) = inbox.body.split_once("<a href=\"/referrals/").expect("a link");
        let one = format!("/referrals/{}", rest.split_once('"').expect("an end").0);
        of.receiver
            .get(&one)
            .await
            .expect(StatusCode::OK)
            .says("Canaria Plumage")
            .says("Please take on her appeal");
        for other in [&of.worker, &supervisor] {
            other.get(&one).await.expect(StatusCode::NOT_FOUND).lacks(CANARY);
        }
        of.receiver
            .post(&format!("{one}/refuse"), &[("why", "")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Choose why");
        let long = "Ask for reception. ".repeat(200);
        of.receiver
            .post(&format!("{one}/accept"), &[("accept_words", &long)])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("href=\"#accept_words\"")
            .says("Ask for reception. Ask");
        let accept = [("accept_words", "Ask for reception"), ("once", "accepted-once")];
        let theirs = of
            .receiver
            .post(&format!("{one}/accept"), &accept)
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
        let again = of.receiver.post(&format!("{one}/accept"), &accept).await;
        assert_eq!(again.expect(StatusCode::SEE_OTHER).location, theirs);
        of.receiver
            .get(&theirs)
            .await
            .expect(StatusCode::OK)
            .says("Canaria Plumage")
            .says("came by a referral from Third")
            .says("Please take on her appeal")
            .lacks("Starling House");
        of.worker.get(&theirs).await.expect(StatusCode::NOT_FOUND);
        of.worker
            .get(&of.case)
            .await
            .expect(StatusCode::OK)
            .says("Ask for reception")
            .says("Who holds a copy")
            .says("a case of their own");
        // The acceptance, and the words with it, are marked for the sender until one of them says that they read it.
        let read = format!("{}{one}/read-answer", of.case);
        of.worker
            .get("/cases")
            .await
            .says("referral of yours that was answered, or is finished: read the answer");
        of.worker
            .get("/referrals?show=sent")
            .await
            .says("read the answer")
            .says("I have read it");
        of.worker
            .get(&sent)
            .await
            .says("It is marked on the list of referrals until one of you has read it")
            .says("Ask for reception")
            .lacks("Refer to another organisation");
        of.worker.post(&read, &[]).await.expect(StatusCode::SEE_OTHER);
        of.worker
            .get("/referrals?show=sent")
            .await
            .says("Canaria Plumage, to Second")
            .lacks("I have read it");
        of.worker.get("/cases").await.lacks("read the answer");
        of.receiver
            .get(&one)
            .await
            .expect(StatusCode::OK)
            .lacks(CANARY)
            .says("this case");
        of.receiver
            .post(&format!("{one}/finish"), &[("how", "done"), ("words", "Appeal lodged")])
            .await
            .expect(StatusCode::SEE_OTHER);
        of.worker
            .get(&of.case)
            .await
            .expect(StatusCode::OK)
            .says("What was asked for was done")
            .says("Appeal lodged");
        // What came of it stays on the sender's lists until one of them says that they read it.
        of.worker
            .get("/cases")
            .await
            .says("referral of yours that was answered, or is finished: read the answer");
        of.worker
            .get("/referrals?show=sent")
            .await
            .says("read the answer")
            .says("I have read it");
        let read = of.worker.post(&read, &[]).await.expect(StatusCode::SEE_OTHER);
        assert_eq!(read.location, "/referrals?show=sent");
        of.worker.get("/referrals?show=sent").await.lacks("I have read it");
        of.worker.get("/cases").await.lacks("read the answer");
        supervisor
            .get(&format!("{}/forget", of.case))
            .await
            .expect(StatusCode::OK)
            .says("Others keep what they were given:")
            .says("Second");
    })
    .await;
}

/// Where a page links to a file.
fn outside() -> [(&'static str, &'static str); 7] {
    [
        ("answer_to", "Ann Specimen, 000 111"),
        ("agreed_by", "person"),
        ("receiver", "outside"),
        ("outside", "Specimen Law Centre"),
        ("parts", "name"),
        ("summary", "Please take on her appeal"),
        ("step", "send"),
    ]
}

#[tokio::test]
async fn a_sealed_file_opens_from_a_disk_in_a_browser_with_its_passphrase_and_asks_nothing_of_a_network() {
    let stage = Stage::sqlite().await;
    let of = begun(&stage).await;
    of.agree().await;
    let given = of
        .worker
        .post(&of.form(), &outside())
        .await
        .expect(StatusCode::OK)
        .says("shown this once");
    let (_, rest) = given.body.split_once("<code>").expect("a passphrase");
    let passphrase = rest.split_once("</code>").expect("an end").0.to_owned();
    assert_eq!(passphrase.split('-').count(), 8);
    let (_, rest) = given.body.split_once("href=\"/cases/").expect("a link");
    let (_, rest) = rest.split_once("/referrals/").expect("a referral");
    let one = format!("{}/referrals/{}", of.case, &rest[..36]);
    of.worker
        .get(&one)
        .await
        .expect(StatusCode::OK)
        .lacks(&passphrase)
        .says("Make the file anew");
    let file = of
        .worker
        .get(&format!("{one}/file"))
        .await
        .expect(StatusCode::OK)
        .lacks(CANARY);
    let disposition = &file.headers[header::CONTENT_DISPOSITION];
    assert_eq!(disposition, "attachment; filename=\"sealed-letter.html\"");
    of.worker
        .get(&format!("{one}/letter"))
        .await
        .expect(StatusCode::OK)
        .says("Specimen Law Centre")
        .says("This letter names nobody")
        .says("You reach us so: Ann Specimen, 000 111")
        .lacks(CANARY)
        .lacks("appeal");
    of.worker
        .post(&format!("{one}/letter"), &[("with", "yes")])
        .await
        .expect(StatusCode::OK)
        .says("Canaria Plumage")
        .says("This letter holds personal details");

    let path = stage.folder.path().join("sealed-letter.html");
    std::fs::write(&path, &file.bytes).expect("written");
    let browser = Browser::open(of.router.clone(), 320).await;
    let address = format!("file://{}", path.display());
    browser.client.goto(&address).await.expect("it opens from a disk");
    browser.sees("A sealed letter").await;
    browser.is_accessible().await;
    browser.fits().await;
    let typed = |words: String| {
        browser.client.execute(
            "document.getElementById('passphrase').value = arguments[0]",
            vec![words.into()],
        )
    };
    typed("one-two-three".to_owned()).await.expect("typed");
    browser.press("Open it").await;
    browser.sees("It does not open with this passphrase").await;
    // As it was heard on the telephone.
    typed(passphrase.to_uppercase().replace('-', "  "))
        .await
        .expect("typed");
    browser.press("Open it").await;
    browser.sees("Referral from Third").await;
    browser.sees("Made on 1 June 2025 by Third.").await;
    browser.sees("Ann Specimen, 000 111").await;
    browser
        .sees("Do not contact the person before you have spoken with us")
        .await;
    browser.sees("Canaria Plumage").await;
    browser.sees("Please take on her appeal").await;
    browser.is_accessible().await;
    browser.fits().await;
    let asked = browser
        .client
        .execute("return performance.getEntriesByType('resource').length", Vec::new())
        .await
        .expect("counted");
    assert_eq!(asked, 0, "nothing is asked of a network");
    browser.close().await;
}

#[tokio::test]
async fn the_pages_of_referrals_are_accessible_fit_a_phone_and_work_by_keyboard() {
    let stage = Stage::sqlite().await;
    let of = begun(&stage).await;
    let new = of.form();
    let browser = Browser::open(of.router.clone(), 320).await;
    let look = async || {
        browser.is_accessible().await;
        browser.fits().await;
    };
    let (sender, _) = cast::session(&stage, &of.coalition.caseworker).await;
    let (receiver, _) = cast::session(&stage, &of.second).await;
    browser.carry(&sender).await;
    browser.go(&new).await;
    look().await;
    browser.enter("Look at what would go").await;
    browser.sees("There is a problem").await;
    look().await;
    of.agree().await;
    browser.go(&new).await;
    browser.sees("What they agreed to").await;
    look().await;
    let second = of.coalition.organisations[1].0.to_string();
    browser.choose("receiver", &second).await;
    browser.fill("summary", "Please take on her appeal").await;
    browser.choose("parts", "name").await;
    // The form is sent, and the referral after it, with the keyboard alone.
    browser.enter("Look at what would go").await;
    browser.sees("Look before it goes").await;
    look().await;
    browser.enter("Seal it and send it").await;
    browser.sees("What went").await;
    look().await;
    browser.go("/referrals?show=sent").await;
    browser.sees("Canaria Plumage, to Second").await;
    look().await;
    browser.go(&of.case).await;
    browser.sees("Who holds a copy").await;
    look().await;
    browser.carry(&receiver).await;
    browser.go("/referrals").await;
    browser.sees("From Third").await;
    look().await;
    browser.enter("From Third, 1 June 2025").await;
    browser.sees("What came").await;
    look().await;
    browser.enter("Accept").await;
    browser.sees("came by a referral from Third").await;
    look().await;
    browser.enter("tell them what came of it").await;
    browser.sees("What came of it").await;
    look().await;
    browser.choose("how", "done").await;
    browser.enter("Tell them").await;
    browser.sees("No referral has come").await;
    browser.carry(&sender).await;
    browser.go(&of.case).await;
    browser.sees("What was asked for was done").await;
    // Somebody outside: the passphrase, the page of what went, the letter.
    let given = of.worker.post(&new, &outside()).await.expect(StatusCode::OK).body;
    let (_, rest) = given.split_once("/referrals/").expect("a referral");
    for last in ["", "/letter"] {
        browser
            .go(&format!("{}/referrals/{}{last}", of.case, &rest[..36]))
            .await;
        look().await;
    }
    browser.enter("Show what went in the letter too").await;
    browser.sees("This letter holds personal details").await;
    look().await;
    browser.close().await;
}

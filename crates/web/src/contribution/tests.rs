//! What an organisation sends, as its members without scripts do it; and a look with the browser.

mod closed;
mod gone;
mod plain;
mod waiting;

use access::key::{self, COALITION};
use axum::Router;
use axum::http::{StatusCode, header};
use domain::permission::{Action, Relation, Role};
use measures::{read, shipped_pack};
use store::Cx;
use store::envelope::{Envelope, Recipient};
use store::seal::{Identity, PrivateKey};
use store::work::Actor;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, cast, on_both, provisions};

use crate::app::Settings;
use crate::tests::router_on;

const PERSON: [(&str, &str); 7] = [
    ("opened_on_day", "20"),
    ("opened_on_month", "5"),
    ("opened_on_year", "2025"),
    ("nation", "scotland"),
    ("name", "Canaria Plumage"),
    ("nickname", "Birdie"),
    ("language", "Specimen"),
];

/// The third organisation with its key in the hands of two managers, a contributor and a caseworker, the coalition's in
/// the coordinator's, and a cycle of this year.
struct Begun {
    coalition: Coalition,
    manager: Actor,
    contributor: Actor,
    router: Router,
    /// The cycle's address.
    cycle: String,
}

async fn begun(stage: &Stage) -> Begun {
    let coalition = Coalition::on(stage).await;
    let third = coalition.organisations[2];
    let manager = cast::member(stage, third, "manager-3", &[Role::Manager]).await;
    let contributor = cast::member(stage, third, "contributor-3", &[Role::Contributor]).await;
    cast::key(stage, &contributor).await;
    let private = cast::key(stage, &manager).await;
    let cx = Cx {
        key: Some(&private),
        ..stage.cx(&manager)
    };
    key::establish(&cx, third.0).await.expect("established");
    for holder in [&coalition.caseworker, &coalition.supervisor, &contributor] {
        let holder = holder.member.expect("a member");
        key::grant(&cx, third.0, holder).await.expect("given");
    }
    let coordinator = cast::key(stage, &coalition.coordinator).await;
    let cx = Cx {
        key: Some(&coordinator),
        ..stage.cx(&coalition.coordinator)
    };
    key::establish(&cx, COALITION).await.expect("established");
    provisions(stage, &[("10(1).1", "mandatory")]).await;
    let router = router_on(stage, Settings::default());
    let client = Client::member(&router, stage, &coalition.coordinator).await;
    let cycle = crate::cycle::tests::opened(&client).await;
    Begun {
        coalition,
        manager,
        contributor,
        router,
        cycle,
    }
}

impl Begun {
    async fn client(&self, stage: &Stage, actor: &Actor) -> Client {
        Client::member(&self.router, stage, actor).await
    }

    /// Records a case whose person agrees to being counted, and gives its address.
    async fn agreed(&self, stage: &Stage, once: &str) -> String {
        let worker = self.client(stage, &self.coalition.caseworker).await;
        // Several of one name, each recorded after those that are there were shown.
        let person = [PERSON.as_slice(), &[("once", once), ("shown", "Canaria Plumage")]].concat();
        let address = worker
            .post("/cases/new", &person)
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
        said(&worker, &address, "given").await;
        address
    }
}

impl Begun {
    /// The contributor prepares figures. Gives the contribution's address.
    async fn prepared(&self, stage: &Stage) -> String {
        let contributor = self.client(stage, &self.contributor).await;
        let figures = [("cycle", "2025"), ("holds", "aggregates")];
        let made = contributor.post("/contributions/new", &figures).await;
        made.expect(StatusCode::SEE_OTHER).location
    }

    /// The manager approves what was prepared, which hands it over.
    async fn approved(&self, stage: &Stage, id: &str) {
        let manager = self.client(stage, &self.manager).await;
        let approve = [("verdict", "approve"), ("revision", "1")];
        let made = manager.post(&format!("{id}/decide"), &approve).await;
        made.expect(StatusCode::SEE_OTHER);
    }

    /// The coordinator confirms the key of the contribution that waits.
    async fn confirmed(&self, coordinator: &Client) {
        let page = coordinator.get(&format!("{}/contributions", self.cycle)).await.body;
        let (before, _) = page.split_once("/confirm\"").expect("one that waits");
        let (_, address) = before.rsplit_once('"').expect("its address");
        let made = coordinator.post(&format!("{address}/confirm"), &[]).await;
        made.expect(StatusCode::SEE_OTHER);
    }

    /// The coordinator computes the measures.
    async fn computed(&self, coordinator: &Client) {
        let compute = format!("{}/contributions/compute", self.cycle);
        let made = coordinator.upload(&compute, &[], ("clusters", "", b"")).await;
        made.expect(StatusCode::SEE_OTHER);
    }
}

/// Records on a day of May 2025 what the person of a case says to being counted in the audit.
pub(crate) async fn counting(worker: &Client, case: &str, day: &str, said: &str) {
    let consent = [
        ("kind", "consent"),
        ("on_day", day),
        ("on_month", "5"),
        ("on_year", "2025"),
        ("purpose", "monitoring"),
        ("said", said),
        ("said_by", "person"),
    ];
    let made = worker.post(&format!("{case}/events/new"), &consent).await;
    made.expect(StatusCode::SEE_OTHER);
}

async fn said(worker: &Client, case: &str, said: &str) {
    let day = if said == "given" { "21" } else { "22" };
    counting(worker, case, day, said).await;
}

#[tokio::test]
async fn two_people_prepare_and_approve_what_leaves_and_the_coalition_alone_opens_it() {
    on_both(async |stage| {
        let all = begun(stage).await;
        let contributor = all.client(stage, &all.contributor).await;
        let manager = all.client(stage, &all.manager).await;
        let page = contributor.get("/contributions").await.expect(StatusCode::OK);
        page.says("Audit 2025")
            .says("Nothing sent yet")
            .says("Nothing has been prepared yet");
        let new = "/contributions/new";
        contributor
            .post(new, &[("cycle", "1999")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Choose a cycle")
            .says("Choose what to send");
        let rows = [("cycle", "2025"), ("holds", "rows")];
        contributor
            .post(new, &rows)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("nobody can be counted yet");
        let case = all.agreed(stage, "first").await;
        all.agreed(stage, "second").await;
        let id = contributor
            .post(new, &rows)
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
        let page = contributor.get(&id).await.expect(StatusCode::OK);
        let page = page
            .says("2 of the 2 that your organisation has")
            .says("With so few cases, no row can hide among others")
            .says("Exactly what leaves")
            .says("Recorded in how many of 2 cases")
            .says("2 of 2")
            .says("Scotland")
            .says("You prepared it")
            .lacks("Canaria")
            .lacks("Birdie")
            .lacks("Specimen");
        let revision = page.hidden("revision");
        // Less is said, and what was looked at before is not what would be approved.
        let step = [("step", "without region"), ("revision", revision.as_str())];
        contributor
            .post(&format!("{id}/generalise"), &step)
            .await
            .expect(StatusCode::SEE_OTHER);
        contributor
            .get(&id)
            .await
            .says("region is left out of every case")
            .says("0 of 2 (before: 2 of 2)")
            .lacks("<td>Scotland</td>");
        let decide = format!("{id}/decide");
        let approve = [("verdict", "approve"), ("revision", revision.as_str())];
        contributor.post(&decide, &approve).await.expect(StatusCode::FORBIDDEN);
        manager
            .post(&decide, &approve)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("look at it again");
        let coalition = PrivateKey::generate();
        let recipient = Recipient {
            number: 7,
            public: coalition.public(),
        };
        let (line, fingerprint) = (recipient.to_string(), recipient.fingerprint());
        let wrong = [("verdict", "approve"), ("revision", "2"), ("recipient", "my key")];
        manager
            .post(&decide, &wrong)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Copy the whole line");
        let approve = [("verdict", "approve"), ("revision", "2"), ("recipient", line.as_str())];
        manager.post(&decide, &approve).await.expect(StatusCode::SEE_OTHER);
        let approved = manager.get(&id).await.says(&fingerprint).says("number 1");
        let answer = contributor
            .post(&format!("{id}/file"), &[])
            .await
            .expect(StatusCode::OK);
        assert_eq!(
            answer.headers[header::CONTENT_DISPOSITION],
            "attachment; filename=\"contribution-2025-1.sealed\""
        );
        let envelope = Envelope::read(answer.bytes).expect("an envelope");
        let third = all.coalition.organisations[2];
        assert_eq!(envelope.head().organisation, third.0);
        for fingerprint in [envelope.fingerprint(), envelope.signer_fingerprint()] {
            assert!(approved.body.contains(&fingerprint), "{fingerprint}");
        }
        let file = all.opened(stage, &envelope, &coalition).await;
        let pack = shipped_pack("2025");
        assert_eq!(read::contribution(&pack, &file).expect("sound").cases(), 2);
        let text = String::from_utf8_lossy(&file).into_owned();
        assert!(!text.contains("scotland") && !text.contains("Canaria"));
        contributor
            .get("/contributions")
            .await
            .says("Sent")
            .lacks("A new contribution is due");
        let worker = all.client(stage, &all.coalition.caseworker).await;
        said(&worker, &case, "withdrawn").await;
        contributor
            .get("/contributions")
            .await
            .says("A new contribution is due");
        contributor
            .get(&id)
            .await
            .says("1 case in it is of somebody who has taken back");
        let log = manager.get("/log?action=contribution.approve").await;
        log.says("Approve or refuse what a colleague prepared").lacks("Canaria");
        for other in [
            &all.coalition.caseworker,
            &all.coalition.supervisor,
            &all.coalition.coordinator,
        ] {
            let other = all.client(stage, other).await;
            other.get("/contributions").await.expect(StatusCode::FORBIDDEN);
            other.get(&id).await.expect(StatusCode::FORBIDDEN);
            other
                .post(&format!("{id}/file"), &[])
                .await
                .expect(StatusCode::FORBIDDEN);
        }
        let elsewhere = all.client(stage, &all.coalition.second_manager).await;
        elsewhere.get(&id).await.expect(StatusCode::NOT_FOUND);
    })
    .await;
}

impl Begun {
    /// Opens an envelope as a coalition on another machine does.
    async fn opened(&self, stage: &Stage, envelope: &Envelope, coalition: &PrivateKey) -> Vec<u8> {
        let record = envelope.head().key;
        let key = coalition.open_key(&Identity::of_key(record), envelope.sealed_key());
        let opened = envelope.open(&key.expect("the coalition's"), record).expect("opens");
        let cx = stage.cx(&self.contributor);
        let (action, relation) = (Action::ReadContribution, Relation::OwnOrganisation);
        let shown = cx.disclose(action, relation, "contribution", &[record]).await;
        opened.reveal(&shown.expect("disclosed")).expect("disclosed").clone()
    }
}

#[tokio::test]
async fn figures_are_shown_by_measure_refused_with_a_reason_and_withdrawn() {
    on_both(async |stage| {
        let all = begun(stage).await;
        let contributor = all.client(stage, &all.contributor).await;
        let manager = all.client(stage, &all.manager).await;
        all.agreed(stage, "first").await;
        let figures = [("cycle", "2025"), ("holds", "aggregates")];
        let new = "/contributions/new";
        let id = contributor
            .post(new, &figures)
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
        manager
            .get(&id)
            .await
            .expect(StatusCode::OK)
            .says("Parts with fewer than 11 cases are merged")
            .says("few cases, merged")
            .says("there is no row in them by which a person could be recognised")
            .says("Where parts were merged")
            .says("in which no case is counted")
            .lacks("Scotland");
        let refuse = [("verdict", "refuse"), ("reason", "")];
        manager
            .post(&format!("{id}/decide"), &refuse)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Say what has to change");
        let refuse = [("verdict", "refuse"), ("reason", "Ask the others first")];
        manager
            .post(&format!("{id}/decide"), &refuse)
            .await
            .expect(StatusCode::SEE_OTHER);
        contributor
            .get(&id)
            .await
            .says("Ask the others first")
            .lacks("Exactly what leaves");
        let id = contributor
            .post(new, &figures)
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
        contributor
            .post(&format!("{id}/withdraw"), &[])
            .await
            .expect(StatusCode::SEE_OTHER);
        contributor.get(&id).await.says("Withdrawn before it was sent");
        let own = manager.post(new, &figures).await.expect(StatusCode::SEE_OTHER).location;
        manager
            .post(&format!("{own}/decide"), &[("verdict", "approve"), ("revision", "1")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("no other manager");
        let next = contributor
            .post(new, &figures)
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
        contributor.get(&own).await.says("Withdrawn before it was sent");
        manager
            .post(&format!("{next}/decide"), &[("verdict", "approve"), ("revision", "1")])
            .await
            .expect(StatusCode::SEE_OTHER);
        let page = manager.get(&next).await.says("The coalition’s key, number 1");
        let page = page.says("At the coalition").says("Receipt");
        let (_, link) = page.body.split_once("<a href=\"/cycles/").expect("a receipt");
        let receipt = format!("/cycles/{}", link.split('"').next().expect("an address"));
        contributor.get(&receipt).await.says("Number: 1");
        let (cycle, _) = receipt.split_once("/contributions/").expect("an address");
        let coordinator = all.client(stage, &all.coalition.coordinator).await;
        let theirs = coordinator
            .get(&format!("{cycle}/contributions"))
            .await
            .expect(StatusCode::OK);
        let (_, own) = page.body.split_once("signing key</dt><dd>").expect("a fingerprint");
        theirs
            .says(own.split('<').next().expect("groups of four"))
            .lacks("Canaria");
    })
    .await;
}

#[tokio::test]
async fn the_pages_are_accessible_and_fit_a_narrow_window() {
    let stage = Stage::sqlite().await;
    let all = begun(&stage).await;
    all.agreed(&stage, "first").await;
    let browser = Browser::open(all.router.clone(), 1280).await;
    let (secret, _) = cast::session(&stage, &all.contributor).await;
    browser.carry(&secret).await;
    for (width, holds) in [(1280, "rows"), (320, "rows"), (320, "aggregates")] {
        browser
            .client
            .set_window_size(width, 1000)
            .await
            .expect("the window is sized");
        browser.go("/contributions").await;
        browser.is_accessible().await;
        browser.fits().await;
        // What stays in view over the page would take the click.
        let choose = format!("document.querySelector('[name=holds][value={holds}]').checked = true");
        browser.client.execute(&choose, Vec::new()).await.expect("chosen");
        browser.press("Prepare it").await;
        browser.sees("Exactly what leaves").await;
        browser.is_accessible().await;
        browser.fits().await;
    }
    browser.close().await;
}

#[tokio::test]
async fn the_page_of_a_contributions_people_is_for_supervisors_and_fits_a_narrow_window() {
    let stage = Stage::sqlite().await;
    let all = begun(&stage).await;
    all.agreed(&stage, "first").await;
    let contributor = all.client(&stage, &all.contributor).await;
    let manager = all.client(&stage, &all.manager).await;
    let supervisor = all.client(&stage, &all.coalition.supervisor).await;
    let id = contributor
        .post("/contributions/new", &[("cycle", "2025"), ("holds", "rows")])
        .await
        .expect(StatusCode::SEE_OTHER)
        .location;
    let people = format!("{id}/people");
    supervisor
        .get(&people)
        .await
        .expect(StatusCode::UNPROCESSABLE_ENTITY)
        .says("approved or sent");
    manager
        .post(&format!("{id}/decide"), &[("verdict", "approve"), ("revision", "1")])
        .await
        .expect(StatusCode::SEE_OTHER);
    manager
        .get(&id)
        .await
        .says(&people)
        .says("A supervisor of your organisation");
    manager.get(&people).await.expect(StatusCode::FORBIDDEN);
    supervisor
        .post(&people, &[("passphrase", "password")])
        .await
        .expect(StatusCode::UNPROCESSABLE_ENTITY)
        .says("Use at least")
        .says("value=\"password\"");
    let browser = Browser::open(all.router.clone(), 320).await;
    let (secret, _) = cast::session(&stage, &all.coalition.supervisor).await;
    browser.carry(&secret).await;
    browser.go(&people).await;
    browser.sees("It names people").await;
    browser.is_accessible().await;
    browser.fits().await;
    browser.close().await;
}

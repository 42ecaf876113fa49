//! The whole path of an audit, in a browser, on both databases: a cycle is opened, a series imported from a real file,
//! evidence recorded, a provision rated twice and reconciled, a finding reviewed, the edition published, rendered and read
//! by the public; then a passage is corrected, and one that endangers someone is withdrawn by two people.

use axum::Router;
use axum::http::StatusCode;
use fantoccini::Locator;
use monitoring::edition::{self, Rendered};
use store::work::Actor;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, on_both};
use web::{App, Settings};

const WAIT: &str = "People wait for a doctor for weeks.";

/// The reference table of yearly referrals where it is at hand; else a few rows of the same shape.
fn figures() -> Vec<u8> {
    if let Some(folder) = std::env::var_os("RAPPORTEUR_REFERENCE") {
        let path =
            std::path::Path::new(&folder).join("uk-official-figures/nrm_annual_2009_2016_written_answer_107708.csv");
        return std::fs::read(&path).expect("the reference file is there");
    }
    eprintln!("RAPPORTEUR_REFERENCE is not set: a small table of our own is imported");
    let head = "series,period_start,period_end,breakdown,category,value,unit,as_published_on,vintage_note,source_title,source_url,licence\n";
    let row = "nrm_referrals,2016-01-01,2016-12-31,total,total,3805,persons,2017-11-20,,A written answer,,Open\n";
    format!("{head}{row}").into_bytes()
}

fn router(stage: &Stage) -> Router {
    let clock = || {
        domain::Day::new(2025, 6, 1)
            .expect("a day")
            .start()
            .plus_seconds(12 * 3600)
    };
    web::router(App {
        clock,
        ..App::new(stage.db.clone(), stage.files.clone(), Settings::default())
    })
}

/// What the worker does: renders what waits and keeps it. Gives the addresses of the pages of the last.
async fn render(stage: &Stage) -> Vec<String> {
    let mut pages = Vec::new();
    for id in edition::pending(&stage.db).await.expect("pending") {
        let content = edition::renderable(&stage.db, id).await.expect("content");
        let rendered = report::publish(&content, web::STYLE, &mut |_, _, _| {}).expect("rendered");
        pages = rendered.iter().map(|file| file.path.clone()).collect();
        let files = rendered
            .into_iter()
            .map(|file| Rendered {
                path: file.path,
                media_type: file.media_type.to_owned(),
                bytes: file.bytes.into(),
            })
            .collect();
        edition::keep(&stage.db, &stage.files, id, files).await.expect("kept");
    }
    pages.retain(|path| std::path::Path::new(path).extension().is_some_and(|end| end == "html"));
    pages
}

/// One browser, in which one member after the other sits down.
struct Desk<'s> {
    stage: &'s Stage,
    browser: Browser,
    /// Where the files lie that members send.
    folder: tempfile::TempDir,
}

impl<'s> Desk<'s> {
    async fn on(stage: &'s Stage, router: &Router) -> Self {
        Self {
            stage,
            browser: Browser::open(router.clone(), 1280).await,
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    /// Lets a member sit down at a page.
    async fn sit(&self, actor: &Actor, path: &str) {
        let (secret, _) = testkit::cast::session(self.stage, actor).await;
        self.browser.carry(&secret).await;
        self.browser.go(path).await;
    }

    /// Types into fields.
    async fn fill(&self, fields: &[(&str, &str)]) {
        for (field, text) in fields {
            self.browser.fill(field, text).await;
        }
    }

    /// Fills in a day.
    async fn day(&self, field: &str, day: &str, month: &str, year: &str) {
        for (part, text) in [("day", day), ("month", month), ("year", year)] {
            self.browser.fill(&format!("{field}_{part}"), text).await;
        }
    }

    /// Chooses options, radio buttons and boxes, and leaves alone what is chosen already.
    async fn pick(&self, choices: &[(&str, &str)]) {
        for (field, value) in choices {
            let choice = format!(
                "select[name=\"{field}\"] option[value=\"{value}\"], input[name=\"{field}\"][value=\"{value}\"]"
            );
            let element = self.browser.client.find(Locator::Css(&choice)).await;
            let element = element.unwrap_or_else(|error| panic!("no choice {field}={value}: {error}"));
            if !element.is_selected().await.expect("it can be selected") {
                element.click().await.expect("it is chosen");
            }
        }
    }

    /// Opens what is folded around a box.
    async fn unfold(&self, field: &str, value: &str) {
        let path = format!("//input[@name='{field}' and @value='{value}']/ancestor::details[not(@open)]/summary");
        let element = self.browser.client.find(Locator::XPath(&path)).await;
        element.expect("it is folded").click().await.expect("it opens");
    }

    /// Gives a file to the form's field.
    async fn attach(&self, field: &str, name: &str, bytes: &[u8]) {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file to send");
        let element = self
            .browser
            .client
            .find(Locator::Css(&format!("input[name=\"{field}\"]")))
            .await;
        let path = path.to_str().expect("a path in letters");
        element
            .expect("a field for files")
            .send_keys(path)
            .await
            .expect("the file is chosen");
    }

    /// Presses the button of the form that goes to addresses with this end.
    async fn send(&self, end: &str) {
        let css = format!("main form[action$=\"{end}\"] button[type=\"submit\"]");
        let button = self.browser.client.wait().for_element(Locator::Css(&css)).await;
        button.expect("a form").click().await.expect("it is sent");
    }

    /// The last part of the address, once the page says this.
    async fn id(&self, words: &str) -> String {
        self.browser.sees(words).await;
        let url = self.browser.client.current_url().await.expect("an address");
        url.path().rsplit('/').next().unwrap_or_default().to_owned()
    }

    /// Imports the figures: the file is sent, its columns confirmed, what it waits for added, and the good rows taken.
    async fn import(&self, actor: &Actor) {
        self.sit(actor, "/imports/new").await;
        self.attach("file", "figures.csv", &figures()).await;
        self.browser.press("Send the file").await;
        self.browser.sees("Which column holds what?").await;
        self.browser.press("Check the rows").await;
        self.browser.press("Add these series").await;
        self.browser.sees("Publisher of all of these").await;
        self.fill(&[("publisher", "A publisher")]).await;
        let titles = self
            .browser
            .client
            .find_all(Locator::Css("input[name^=\"title-\"]"))
            .await;
        for (nth, title) in titles.expect("titles").iter().enumerate() {
            title
                .send_keys(&format!("Referrals, kind {nth}"))
                .await
                .expect("it is typed");
            self.pick(&[(&format!("counting_rule-{nth}"), "person")]).await;
        }
        self.browser.press("Add them and check the file again").await;
        self.browser.sees("What was found").await;
        let take = Locator::Css("button[name=\"take\"][value=\"good\"]");
        let take = self.browser.client.wait().for_element(take).await;
        take.expect("good rows").click().await.expect("they are taken");
        self.browser.sees("Taken in").await;
    }

    /// Records an item of evidence with a file.
    async fn evidence(&self, actor: &Actor, publisher: &str, provision: &str) -> String {
        let title = format!("What {publisher} saw");
        self.sit(actor, "/evidence/new").await;
        self.fill(&[
            ("title", &title),
            ("summary", "People waited for a doctor."),
            ("publisher", publisher),
        ])
        .await;
        self.day("effective_on", "31", "3", "2025").await;
        self.unfold("provisions", provision).await;
        self.pick(&[
            ("kind", "document"),
            ("reliability", "B"),
            ("credibility", "2"),
            ("provisions", provision),
            ("forms", "labour"),
            ("groups", "men"),
            ("identifies_person", "no"),
            ("handling", "open"),
            ("quoting", "yes"),
        ])
        .await;
        self.attach("files", "note.txt", b"A note.").await;
        self.browser.press("Record the item").await;
        self.browser.sees("note.txt").await;
        self.id(&title).await
    }

    /// Rates, as one of the two assessors.
    async fn rate(&self, actor: &Actor, assessment: &str, item: &str) {
        self.sit(actor, &format!("/assessments/{assessment}/opinion")).await;
        self.pick(&[
            ("structure", "3"),
            ("process", "2"),
            ("outcome", "1"),
            ("confidence", "moderate"),
            ("cites", item),
        ])
        .await;
        self.fill(&[("reasons", "Both notes say so.")]).await;
        self.browser.press("Send your rating").await;
        self.browser.sees("The two opinions").await;
    }

    /// Takes the cycle one step on.
    async fn advance(&self, actor: &Actor, cycle: &str, state: &str) {
        self.sit(actor, &format!("/cycles/{cycle}")).await;
        self.send("/advance").await;
        let path = format!("//p[contains(@class, 'facts')][contains(., '{state}')]");
        let shown = self.browser.client.wait().for_element(Locator::XPath(&path)).await;
        assert!(
            shown.is_ok(),
            "the cycle is not “{state}”: {}",
            self.browser.text().await
        );
    }

    /// Records a finding on two items, and has it reviewed by two.
    async fn finding(&self, coalition: &Coalition, cycle: &str, provision: &str, items: &[String]) {
        self.sit(&coalition.coordinator, "/findings/new").await;
        self.pick(&[
            ("cycle", cycle),
            ("provision", provision),
            ("jurisdiction", "uk"),
            ("proof", "balance"),
        ])
        .await;
        self.fill(&[
            ("title", "People wait for a doctor"),
            ("claim", "People wait for a doctor."),
            ("wording", WAIT),
        ])
        .await;
        self.browser.press("Show the evidence").await;
        self.browser.sees("Evidence on this provision").await;
        for item in items {
            self.pick(&[("supporting", item)]).await;
        }
        self.fill(&[("contrary_search", "Asked two clinics.")]).await;
        self.day("contrary_searched_on", "2", "5", "2025").await;
        self.browser.press("Record the finding").await;
        let finding = self.id("Nobody has reviewed it yet").await;
        for reviewer in [&coalition.first_reviewer, &coalition.second_reviewer] {
            self.sit(reviewer, &format!("/findings/{finding}/review")).await;
            self.pick(&[("verdict", "approve")]).await;
            self.browser.press("Send the review").await;
            self.browser.sees("Right of reply").await;
        }
    }
}

/// The shipped provision that is audited.
async fn provision(stage: &Stage, actor: &Actor) -> String {
    let cx = stage.cx(actor);
    let standards = monitoring::standard::list(&cx).await.expect("standards");
    let (_, provisions) = monitoring::standard::get(&cx, standards[0].id.into())
        .await
        .expect("provisions");
    let found = provisions.iter().find(|row| row.number == "12(1)b");
    found.expect("shipped").id.to_string()
}

#[tokio::test]
async fn an_audit_goes_from_an_opened_cycle_to_an_edition_that_the_public_reads() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router(stage);
        let desk = Desk::on(stage, &router).await;
        desk.sit(&coalition.coordinator, "/standards").await;
        desk.send("/standards/load").await;
        desk.browser.sees("CETS 197").await;
        let provision = provision(stage, &coalition.coordinator).await;

        desk.browser.go("/cycles/new").await;
        desk.fill(&[
            ("code", "2024"),
            ("title", "Audit 2024"),
            ("method", "## How\n\nTwo assessors rate each provision."),
        ])
        .await;
        desk.day("period_start", "1", "1", "2024").await;
        desk.day("period_end", "31", "12", "2024").await;
        desk.day("cutoff_on", "1", "6", "2025").await;
        desk.browser.press("Open the cycle").await;
        let cycle = desk.id("No provision has been assigned yet").await;
        desk.advance(&coalition.coordinator, &cycle, "Gathering").await;

        desk.import(&coalition.contributor).await;
        let mut items = Vec::new();
        for publisher in ["First Press", "Second Press"] {
            items.push(desk.evidence(&coalition.contributor, publisher, &provision).await);
        }

        desk.sit(&coalition.coordinator, &format!("/cycles/{cycle}/assessments/new"))
            .await;
        let assessor = |actor: &Actor| actor.member.expect("a member").to_string();
        desk.pick(&[
            ("provision", &provision),
            ("jurisdiction", "uk"),
            ("first", &assessor(&coalition.first_assessor)),
            ("second", &assessor(&coalition.second_assessor)),
        ])
        .await;
        desk.browser.press("Assign both").await;
        let assessment = desk.id("Assessment").await;
        desk.advance(&coalition.coordinator, &cycle, "Assessing").await;
        for actor in [&coalition.first_assessor, &coalition.second_assessor] {
            desk.rate(actor, &assessment, &items[0]).await;
        }
        desk.sit(&coalition.coordinator, &format!("/assessments/{assessment}/reconcile"))
            .await;
        desk.pick(&[("confidence", "moderate"), ("trend", "new"), ("cites", &items[0])])
            .await;
        desk.fill(&[("reasons", "Both notes say so.")]).await;
        desk.browser.press("Reconcile").await;
        desk.browser.sees("Reconciled").await;

        desk.finding(&coalition, &cycle, &provision, &items).await;
        desk.advance(&coalition.coordinator, &cycle, "Closed").await;

        desk.sit(&coalition.publisher, "/publish/2024/new").await;
        desk.fill(&[
            ("summary", "People wait for a doctor."),
            ("headlines", "A wait of weeks"),
        ])
        .await;
        desk.pick(&[("licence", "CC-BY-4.0")]).await;
        desk.browser.press("Freeze and publish").await;
        desk.browser.sees("Revision 1").await;
        let pages = render(stage).await;
        desk.browser.close().await;
        read_as_the_public(&router, &pages).await;
        correct_and_withdraw(stage, &coalition, &router).await;
    })
    .await;
}

/// Opens the edition in a browser, follows it down to the finding and its evidence, on a wide and on
/// a narrow screen; axe finds nothing on any page.
async fn read_as_the_public(router: &Router, pages: &[String]) {
    // Of the provisions' pages, which are alike, the one that was rated.
    let pages: Vec<_> = pages
        .iter()
        .filter(|path| !path.starts_with("provisions/") || path.contains("12-1-b"))
        .collect();
    assert!(pages.len() > 10, "{pages:?}");
    for width in [1280, 320] {
        let browser = Browser::open(router.clone(), width).await;
        browser.go("/").await;
        browser.sees("Audit 2024").await;
        browser.is_accessible().await;
        for path in &pages {
            browser.go(&format!("/editions/2024/{path}")).await;
            browser.is_accessible().await;
            browser.fits().await;
        }
        browser.go("/editions/2024/provisions/cets-197-12-1-b.html").await;
        browser.sees(WAIT).await;
        browser.close().await;
    }
    let visitor = Client::visitor(router);
    for path in ["edition.pdf", "brief.pdf"] {
        let answer = visitor
            .get(&format!("/editions/2024/{path}"))
            .await
            .expect(StatusCode::OK);
        assert!(answer.bytes.starts_with(b"%PDF-"), "{path}");
    }
    visitor
        .get("/editions/2024/data/datapackage.json")
        .await
        .expect(StatusCode::OK)
        .says("observations");
}

/// Corrects the summary, and shows what changed; then withdraws the finding by two people, and its words are nowhere.
async fn correct_and_withdraw(stage: &Stage, coalition: &Coalition, router: &Router) {
    let desk = Desk::on(stage, router).await;
    let choose = async |words: &str| {
        let option = format!("//select[@name='passage']/option[contains(normalize-space(.), '{words}')]");
        let option = desk.browser.client.wait().for_element(Locator::XPath(&option)).await;
        option
            .expect("the passage is listed")
            .click()
            .await
            .expect("it is chosen");
    };
    desk.sit(&coalition.publisher, "/publish/2024/correct").await;
    choose("People wait for a doctor").await;
    desk.browser.press("Show its words").await;
    desk.browser.sees("The words as they are").await;
    desk.fill(&[
        ("words", "People wait for a doctor for months."),
        ("reason", "The time was wrong."),
    ])
    .await;
    desk.browser.press("Publish the correction").await;
    desk.browser.sees("Revision 2").await;
    render(stage).await;
    desk.browser.go("/editions/2024/corrections.html").await;
    for words in ["The time was wrong.", WAIT, "People wait for a doctor for months."] {
        desk.browser.sees(words).await;
    }
    desk.browser.is_accessible().await;

    desk.sit(&coalition.publisher, "/publish/2024/withdraw").await;
    choose("People wait for a doctor").await;
    desk.fill(&[("reason", "Somebody could be recognised.")]).await;
    desk.browser.press("Propose this withdrawal").await;
    desk.browser.sees("Somebody could be recognised.").await;
    desk.sit(&coalition.coordinator, "/publish/2024").await;
    desk.browser.press("Approve this withdrawal").await;
    desk.browser.sees("Approved and carried out.").await;
    let pages = render(stage).await;
    let visitor = Client::visitor(router);
    for revision in ["", "r/1/"] {
        for path in &pages {
            let answer = visitor
                .get(&format!("/editions/2024/{revision}{path}"))
                .await
                .expect(StatusCode::OK);
            for gone in [WAIT, "for months."] {
                assert!(!answer.body.contains(gone), "{revision}{path} still says “{gone}”");
            }
        }
    }
    desk.browser.go("/editions/2024/corrections.html").await;
    desk.browser.sees("Somebody could be recognised.").await;
    desk.browser.is_accessible().await;
    desk.browser.close().await;
}

//! A caseworker's day in a browser, on both databases: a new person, signs, consent, referral, a need passed to another
//! organisation that accepts it; days pass and a clock is late; the decision, the outcomes at the beginning, the exit. Then the
//! organisation contributes, and the same number stands on the assessment and in the edition; half a year after support began
//! the follow-up is due, and is recorded.

use access::key;
use access::session::Opening;
use axum::Router;
use domain::cycle::Jurisdiction;
use domain::ids::IdSource as _;
use domain::permission::Role;
use fantoccini::Locator;
use monitoring::{assessment, cycle, indicator, standard};
use store::Cx;
use store::work::Actor;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, cast, on_both};
use web::{App, Settings};

use super::{MEASURE, assessed, published, router};

/// How many others are recorded without a browser: decided about within five working days, and later.
const WITHIN: usize = 13;
const LATER: usize = 14;
/// The same of cases that another organisation, with another system, sends: nobody is shown one organisation's figures.
const ELSEWHERE: (usize, usize) = (14, 9);

/// The program at noon of Tuesday, 20 May 2025: twelve days before the stage's own day.
fn earlier(stage: &Stage) -> Router {
    let clock = || {
        let day = domain::Day::new(2025, 5, 20).expect("a day");
        day.start().plus_seconds(12 * 3600)
    };
    web::router(App {
        clock,
        ..App::new(stage.db.clone(), stage.files.clone(), Settings::default())
    })
}

/// Noon of Thursday, 20 November 2025: six months after support began.
fn half_a_year_on() -> domain::Instant {
    let day = domain::Day::new(2025, 11, 20).expect("a day");
    day.start().plus_seconds(12 * 3600)
}

/// The members of this story beside the cast, and their organisations with keys.
struct Story {
    cast: Coalition,
    manager: Actor,
    contributor: Actor,
    receiver: Actor,
}

async fn begun(stage: &Stage) -> Story {
    let cast = Coalition::on(stage).await;
    let [_, second, third] = cast.organisations;
    let manager = cast::member(stage, third, "manager-3", &[Role::Manager]).await;
    let contributor = cast::member(stage, third, "contributor-3", &[Role::Contributor]).await;
    let receiver = cast::member(stage, second, "supervisor-2", &[Role::Supervisor]).await;
    for (owner, holder, others) in [
        (
            third.0,
            &manager,
            vec![&cast.caseworker, &cast.supervisor, &contributor],
        ),
        (second.0, &cast.second_manager, vec![&receiver]),
        (key::COALITION, &cast.coordinator, Vec::new()),
    ] {
        let private = cast::key(stage, holder).await;
        let cx = Cx {
            key: Some(&private),
            ..stage.cx(holder)
        };
        key::establish(&cx, owner).await.expect("a key is made");
        for other in others {
            key::grant(&cx, owner, other.member.expect("a member"))
                .await
                .expect("it is given");
        }
    }
    Story {
        cast,
        manager,
        contributor,
        receiver,
    }
}

/// One browser, in which one member after the other sits down.
struct Desk<'s> {
    stage: &'s Stage,
    browser: Browser,
}

impl<'s> Desk<'s> {
    async fn on(stage: &'s Stage, router: Router) -> Self {
        Self {
            stage,
            browser: Browser::open(router, 320).await,
        }
    }

    async fn sit(&self, actor: &Actor, path: &str) {
        let (secret, _) = cast::session(self.stage, actor).await;
        self.browser.carry(&secret).await;
        self.browser.go(path).await;
    }

    async fn day(&self, field: &str, day: &str, month: &str) {
        for (part, text) in [("day", day), ("month", month), ("year", "2025")] {
            self.browser.fill(&format!("{field}_{part}"), text).await;
        }
    }

    /// Presses the button of the form that goes to addresses with this end.
    async fn send(&self, end: &str) {
        let css = format!("main form[action$=\"{end}\"] .actions button[type=\"submit\"]");
        let button = self.browser.client.wait().for_element(Locator::Css(&css)).await;
        self.browser.click(button.expect("a form")).await;
    }

    /// The address, once the page says this.
    async fn address(&self, words: &str) -> String {
        self.browser.sees(words).await;
        let url = self.browser.client.current_url().await.expect("an address");
        url.path().to_owned()
    }

    /// Records an event of a case: the kind by its button, the day, the answers.
    async fn event(&self, case: &str, kind: &str, (day, month): (&str, &str), answers: &[(&str, &str)]) {
        self.browser.go(&format!("{case}/events/new")).await;
        self.browser.press(kind).await;
        self.browser.sees("When it happened").await;
        self.day("on", day, month).await;
        for (field, value) in answers {
            self.browser.choose(field, value).await;
        }
        self.browser.is_accessible().await;
        self.browser.fits().await;
        self.send("/events/new").await;
        self.browser.sees("What is due").await;
    }
}

/// The first day: who came, what was seen, what they agree to, and who else is asked. Gives the case's address.
async fn first_day(stage: &Stage, story: &Story) -> String {
    let desk = Desk::on(stage, earlier(stage)).await;
    desk.sit(&story.cast.caseworker, "/cases/new").await;
    desk.browser.fill("name", "Canaria Plumage").await;
    desk.browser.fill("nickname", "Birdie").await;
    desk.day("opened_on", "20", "5").await;
    desk.browser.choose("nation", "england").await;
    desk.send("/cases/new").await;
    let case = desk.address("Nothing is recorded yet").await;
    let today = ("20", "5");
    let screened = [("screened", "signs")];
    desk.event(&case, "Signs were gone through", today, &screened).await;
    desk.browser.press("Next: what they agree to").await;
    desk.browser.sees("What they said to each").await;
    desk.day("on", today.0, today.1).await;
    desk.browser.choose("said_by", "person").await;
    for purpose in ["support", "referral", "monitoring"] {
        desk.browser.choose(purpose, "given").await;
    }
    desk.browser.is_accessible().await;
    desk.browser.fits().await;
    desk.send("/consents/new").await;
    desk.browser.sees("What is due").await;
    let by_us = [("agency", "own")];
    desk.event(&case, "Referred into the mechanism", today, &by_us).await;
    desk.browser.go(&format!("{case}/needs/new")).await;
    desk.browser.choose("area", "legal").await;
    desk.browser.choose("horizon", "emergency").await;
    desk.day("since", "20", "5").await;
    desk.send("/needs/new").await;
    desk.browser.sees("Legal advice and representation").await;
    desk.browser.go(&format!("{case}/referrals/new")).await;
    let second = story.cast.organisations[1].0.to_string();
    desk.browser.choose("receiver", &second).await;
    desk.browser.fill("summary", "Please advise on the claim").await;
    desk.browser.choose("parts", "name").await;
    desk.browser.choose("agreed_by", "person").await;
    desk.browser.is_accessible().await;
    desk.browser.fits().await;
    desk.browser.press("Look at what would go").await;
    desk.browser.sees("Look before it goes").await;
    desk.browser.press("Seal it and send it").await;
    desk.browser.sees("What went").await;
    desk.browser.close().await;
    case
}

/// Twelve days later: what climbed and what is late, then what came of it.
async fn later(story: &Story, desk: &Desk<'_>, case: &str) {
    desk.sit(&story.receiver, "/referrals").await;
    desk.browser.sees("waits for 7 working days").await;
    desk.browser.press("From Third, 20 May 2025").await;
    desk.browser.sees("Please advise on the claim").await;
    desk.browser.press("Accept").await;
    desk.browser.sees("came by a referral from Third").await;
    desk.sit(&story.cast.caseworker, "/cases").await;
    // The others' safe contact was never gone through, which is late as well.
    desk.browser.sees(&format!("{} late", WITHIN + LATER + 1)).await;
    desk.browser.is_accessible().await;
    desk.browser.fits().await;
    desk.browser.go(case).await;
    desk.browser.sees("working days late").await;
    desk.browser.sees("a case of their own").await;
    let decided = [("outcome", "positive"), ("authority", "sca")];
    desk.event(case, "Reasonable-grounds decision", ("30", "5"), &decided)
        .await;
    let told = [("point", "entry"), ("answered_by", "person"), ("housing", "fully")];
    desk.event(case, "Outcomes, as the person rates them", ("30", "5"), &told)
        .await;
    let left = [("reason", "planned"), ("destination", "own_home")];
    desk.event(case, "Support ended", ("31", "5"), &left).await;
}

/// Six months after support began: the list and the case say that the outcomes are due, and the person is asked.
async fn follow_up(stage: &Stage, story: &Story, case: &str) {
    const DUE: &str = "Go through the outcomes: after 6 months";
    let router = web::router(App {
        clock: half_a_year_on,
        ..App::new(stage.db.clone(), stage.files.clone(), Settings::default())
    });
    let desk = Desk::on(stage, router).await;
    // A session of the stage's own day would long have ended.
    let worker = &story.cast.caseworker;
    let (opening, private) = (Opening::random(""), cast::key(stage, worker).await);
    let cx = Cx {
        now: half_a_year_on(),
        ..stage.cx(worker)
    };
    access::session::keep(&cx, stage.ids.random(), Some(&private), &opening)
        .await
        .expect("a session is opened");
    desk.browser.carry(&opening.secret).await;
    desk.browser.go("/cases").await;
    desk.browser.fill("words", "Plumage").await;
    desk.browser.press("Search").await;
    desk.browser.sees(&format!("{DUE}: due today")).await;
    desk.browser.go(case).await;
    desk.browser.sees(&format!("{DUE} by 20 November 2025")).await;
    desk.browser.press(&format!("Go through them: {DUE}")).await;
    desk.browser.sees("When it happened").await;
    desk.day("on", "20", "11").await;
    for (field, value) in [
        ("point", "month_6"),
        ("answered_by", "person"),
        ("housing", "mostly"),
        ("safety", "fully"),
    ] {
        desk.browser.choose(field, value).await;
    }
    desk.browser.is_accessible().await;
    desk.browser.fits().await;
    desk.send("/events/new").await;
    // Beside how it was when support began, and the next point in time takes its place.
    desk.browser
        .sees("When support began: Yes, fully; After 6 months: Mostly")
        .await;
    desk.browser.sees("Go through the outcomes: after 12 months").await;
    assert!(!desk.browser.text().await.contains(DUE), "it is due no more");
    desk.browser.close().await;
}

/// Records the others, each with consent, a referral and a decision.
async fn others(stage: &Stage, story: &Story, router: &Router) {
    let worker = Client::member(router, stage, &story.cast.caseworker).await;
    let on = |day: &'static str, month: &'static str| [("on_day", day), ("on_month", month), ("on_year", "2025")];
    for number in 0..WITHIN + LATER {
        let name = format!("Canaria Number {number}");
        let person = [
            ("opened_on_day", "1"),
            ("opened_on_month", "4"),
            ("opened_on_year", "2025"),
            ("nation", "england"),
            ("name", name.as_str()),
        ];
        let case = worker.post("/cases/new", &person).await.location;
        let new = format!("{case}/events/new");
        let agreed = [
            ("kind", "consent"),
            ("purpose", "monitoring"),
            ("said", "given"),
            ("said_by", "person"),
        ];
        worker.post(&new, &[&agreed[..], &on("1", "4")].concat()).await;
        let referred = [("kind", "nrm_referral"), ("agency", "own")];
        worker.post(&new, &[&referred[..], &on("1", "4")].concat()).await;
        let day = if number < WITHIN { on("3", "4") } else { on("6", "5") };
        let decided = [
            ("kind", "reasonable_grounds"),
            ("outcome", "positive"),
            ("authority", "sca"),
        ];
        let answer = worker.post(&new, &[&decided[..], &day].concat()).await;
        answer.expect(axum::http::StatusCode::SEE_OTHER);
    }
}

/// The other organisation's coded rows.
fn elsewhere() -> String {
    let (within, later) = ELSEWHERE;
    let mut text = "row,rg_in_period,rg_outcome,rg_working_days".to_owned();
    for number in 0..within + later {
        let id = measures::invented::id(number as u64);
        text.push_str(&format!("\n{id},yes,positive,{}", if number < within { 2 } else { 20 }));
    }
    text
}

#[tokio::test]
async fn what_a_caseworker_records_is_the_number_of_the_audit() {
    on_both(async |stage| {
        let story = begun(stage).await;
        let cx = stage.cx(&story.cast.coordinator);
        standard::load(&cx, &standard::files::shipped()).await.expect("loaded");
        let open = cycle::Open {
            code: "2025".into(),
            title: "Audit 2025".into(),
            period_start: "2025-01-01".into(),
            period_end: "2025-05-31".into(),
            cutoff_on: "2025-06-01".into(),
            is_invented: true,
            ..cycle::Open::default()
        };
        let id = cycle::open(&cx, open).await.expect("opened");
        let case = first_day(stage, &story).await;
        let router = router(stage);
        others(stage, &story, &router).await;
        let desk = Desk::on(stage, router).await;
        later(&story, &desk, &case).await;
        for _ in 0..2 {
            cycle::advance(&cx, id).await.expect("moved on");
        }

        // One prepares, a manager who did not approves, and the coalition compares, counts and computes.
        desk.sit(&story.contributor, "/contributions").await;
        desk.browser.choose("cycle", "2025").await;
        desk.browser.choose("holds", "aggregates").await;
        desk.browser.press("Prepare it").await;
        let contribution = desk.address("Exactly what leaves").await;
        desk.browser.is_accessible().await;
        desk.browser.fits().await;
        desk.sit(&story.manager, &contribution).await;
        desk.browser.press("Approve: this may leave").await;
        desk.browser.sees("number 1").await;
        let page = format!("/cycles/{id}/contributions");
        desk.sit(&story.cast.coordinator, &page).await;
        desk.browser.press("It is theirs: count no. 1").await;
        let client = Client::member(&self::router(stage), stage, &story.cast.coordinator).await;
        let first = story.cast.organisations[0].to_string();
        client
            .upload(
                &page,
                &[("organisation", &first)],
                ("file", "rows.csv", elsewhere().as_bytes()),
            )
            .await
            .expect(axum::http::StatusCode::SEE_OTHER);
        desk.browser.press("Compute the measures").await;
        desk.browser.sees("Third no. 1").await;
        desk.browser.is_accessible().await;
        desk.browser.fits().await;

        let (within, cases) = (WITHIN + ELSEWHERE.0, WITHIN + LATER + 1 + ELSEWHERE.0 + ELSEWHERE.1);
        let number = format!("{:.1}", 100.0 * within as f64 / cases as f64);
        let whose = format!("of {cases} cases seen by 2 organisations");
        let versions = indicator::of_cycle(&cx, id).await.expect("read");
        let asks = |version: &&indicator::Version| {
            let measures = indicator::measures(version).expect("measures");
            measures.iter().any(|measure| measure.code == MEASURE)
        };
        let version = versions.iter().find(asks).expect("an indicator asks for it");
        let choices = assessment::choices(&cx, id).await.expect("read").provisions;
        let of = indicator::get(&cx, version.id.into()).await.expect("read");
        let mut provisions = of.provisions.iter();
        let rated = provisions.find(|one| choices.iter().any(|choice| choice.id == one.id));
        let assign = assessment::Assign {
            cycle: id,
            provision: rated.expect("one of its provisions is rated").id.into(),
            jurisdiction: Jurisdiction::Uk,
            first: story.cast.first_assessor.member.expect("a member"),
            second: story.cast.second_assessor.member.expect("a member"),
        };
        let assigned = assessment::assign(&cx, assign).await.expect("assigned");
        desk.sit(&story.cast.first_assessor, &format!("/assessments/{assigned}"))
            .await;
        desk.browser.sees(&number).await;
        desk.browser.sees(&whose).await;
        assessed(stage, &story.cast, assigned).await;
        published(stage, &story.cast, id).await;
        desk.browser.sign_out().await;
        desk.browser.go("/editions/2025/figures.html").await;
        desk.browser.sees(&number).await;
        desk.browser.sees(&whose).await;
        desk.browser.close().await;
        follow_up(stage, &story, &case).await;
    })
    .await;
}

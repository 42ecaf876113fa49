//! The pages of findings, from a draft to its approval and the reply.

use axum::http::StatusCode;
use domain::ids::{CycleId, ProvisionId};
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, on_both, provisions};

use crate::app::Settings;
use crate::tests::router_on;

/// A cycle that gathers evidence. Opening one needs a standard, so it brings a provision of its own.
pub(crate) async fn gathering(stage: &Stage, coalition: &Coalition, code: &str) -> CycleId {
    provisions(stage, &[(&format!("1({code})"), "mandatory")]).await;
    let cx = stage.cx(&coalition.coordinator);
    let open = monitoring::cycle::Open {
        code: code.into(),
        title: format!("Audit {code}"),
        period_start: format!("{code}-01-01"),
        period_end: format!("{code}-12-31"),
        cutoff_on: format!("{code}-12-31"),
        ..monitoring::cycle::Open::default()
    };
    let cycle = monitoring::cycle::open(&cx, open).await.unwrap();
    monitoring::cycle::advance(&cx, cycle).await.unwrap();
    cycle
}

/// Records an item of evidence and gives its id.
async fn item(stage: &Stage, coalition: &Coalition, publisher: &str, provision: ProvisionId) -> String {
    let record = monitoring::evidence::Record {
        kind: "document".into(),
        title: format!("By {publisher}"),
        summary: "What it says".into(),
        publisher: publisher.into(),
        effective_on: "2025-03-31".into(),
        reliability: "B".into(),
        credibility: "2".into(),
        handling: "coalition".into(),
        quoting: "yes".into(),
        identifies_person: Some(false),
        provisions: vec![provision],
        ..monitoring::evidence::Record::default()
    };
    monitoring::evidence::record(&stage.cx(&coalition.coordinator), record)
        .await
        .unwrap()
        .to_string()
}

fn typed<'a>(cycle: &'a str, provision: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("cycle", cycle),
        ("provision", provision),
        ("jurisdiction", "uk"),
        ("title", "People wait"),
        ("claim", "People wait for a safe place."),
        ("wording", "People wait <weeks> for a safe place."),
        ("proof", "balance"),
    ]
}

const SEARCHED: [(&str, &str); 4] = [
    ("contrary_search", "Asked three providers"),
    ("contrary_searched_on_day", "2"),
    ("contrary_searched_on_month", "5"),
    ("contrary_searched_on_year", "2025"),
];

#[tokio::test]
async fn a_finding_is_withdrawn_with_a_reason() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.coordinator).await;
        let cycle = gathering(stage, &coalition, "2025").await.to_string();
        let provision = provisions(stage, &[("12(1)a", "mandatory")]).await[0].to_string();
        let address = member
            .post("/findings/new", &typed(&cycle, &provision))
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
        let withdraw = format!("{address}/withdraw");
        member.get(&address).await.says(&format!("href=\"{withdraw}\""));
        let once = member.get(&withdraw).await.expect(StatusCode::OK).hidden("once");
        let with = |reason, revision| [("reason", reason), ("revision", revision), ("once", once.as_str())];
        member
            .post(&withdraw, &with("", "1"))
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Say why it is withdrawn");
        member
            .post(&withdraw, &with("Kept words", "9"))
            .await
            .expect(StatusCode::CONFLICT)
            .says("Kept words");
        for _ in 0..2 {
            let sent = member.post(&withdraw, &with("The source was misread", "1")).await;
            assert_eq!(sent.expect(StatusCode::SEE_OTHER).location, address);
        }
        member
            .get(&address)
            .await
            .says("This finding was withdrawn")
            .says("“The source was misread”")
            .lacks(&format!("href=\"{withdraw}\""));
        member.get(&withdraw).await.says("It is withdrawn already");
        let observer = Client::member(&router, stage, &coalition.observer).await;
        observer.get(&withdraw).await.expect(StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn a_finding_goes_from_a_draft_to_its_approval_by_two_organisations() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.coordinator).await;
        member
            .get("/findings")
            .await
            .expect(StatusCode::OK)
            .says("No cycle has been opened yet");
        let cycle = gathering(stage, &coalition, "2025").await.to_string();
        let provision = provisions(stage, &[("12(1)a", "mandatory")]).await[0];
        let (a, b) = (
            item(stage, &coalition, "First press", provision).await,
            item(stage, &coalition, "Second press", provision).await,
        );
        let provision = provision.to_string();
        member
            .get("/findings?cycle=2025")
            .await
            .expect(StatusCode::OK)
            .says("This cycle has no finding yet");
        let form = member
            .get(&format!("/findings/new?provision={provision}&cycle=2025"))
            .await
            .expect(StatusCode::OK);
        let once = form
            .says("By First press")
            .says(&format!("<option value=\"{provision}\" selected>"))
            .hidden("once");

        // A draft may rest on one item; the button sent twice makes one finding.
        let mut fields = typed(&cycle, &provision);
        fields.extend([("supporting", a.as_str()), ("once", &once)]);
        let address = member
            .post("/findings/new", &fields)
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
        assert_eq!(
            member
                .post("/findings/new", &fields)
                .await
                .expect(StatusCode::SEE_OTHER)
                .location,
            address
        );
        let page = member.get(&address).await.expect(StatusCode::OK);
        page.says("Two independent sources. It needs")
            .says("0 of 2")
            .says("People wait &#60;weeks&#62;")
            .says("Nobody has reviewed it yet");

        let reviewer = Client::member(&router, stage, &coalition.first_reviewer).await;
        let review = format!("{address}/review");
        reviewer
            .get("/")
            .await
            .expect(StatusCode::OK)
            .says("finding for you to review");
        reviewer
            .get(&review)
            .await
            .expect(StatusCode::OK)
            .says("It cannot be approved yet");
        let refused = reviewer
            .post(&review, &[("verdict", "approve"), ("revision", "1")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY);
        refused
            .says("This finding cannot be approved yet")
            .says("two independent sources")
            .says("search for contrary evidence is not recorded");
        reviewer
            .post(&review, &[("verdict", "return"), ("revision", "1")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Say what should change");
        reviewer
            .post(
                &review,
                &[("verdict", "return"), ("note", "One source only"), ("revision", "1")],
            )
            .await
            .expect(StatusCode::SEE_OTHER);

        let amend = format!("{address}/amend");
        member
            .get(&amend)
            .await
            .expect(StatusCode::OK)
            .says("name=\"revision\" value=\"1\"")
            .says(&format!("value=\"{a}\" checked"));
        let mut fields = typed(&cycle, &provision);
        fields.extend([("supporting", a.as_str()), ("supporting", &b), ("revision", "1")]);
        fields.extend(SEARCHED);
        member.post(&amend, &fields).await.expect(StatusCode::SEE_OTHER);
        reviewer
            .post(&review, &[("verdict", "approve"), ("revision", "1")])
            .await
            .expect(StatusCode::CONFLICT)
            .says("name=\"revision\" value=\"2\"");
        reviewer
            .post(&review, &[("verdict", "approve"), ("revision", "2")])
            .await
            .expect(StatusCode::SEE_OTHER);
        member
            .get("/findings")
            .await
            .expect(StatusCode::OK)
            .says("1 of 2 approved")
            .says("Draft");
        let second = Client::member(&router, stage, &coalition.second_reviewer).await;
        second
            .post(&review, &[("verdict", "approve"), ("revision", "2")])
            .await
            .expect(StatusCode::SEE_OTHER);
        member
            .get(&address)
            .await
            .says("Approved by two reviewers")
            .says("2 of 2")
            .says("amended since")
            .says("One source only");
    })
    .await;
}

#[tokio::test]
async fn two_who_amend_one_finding_are_shown_both_versions() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.coordinator).await;
        let cycle = gathering(stage, &coalition, "2025").await.to_string();
        let provision = provisions(stage, &[("12(1)a", "mandatory")]).await[0].to_string();
        let address = member
            .post("/findings/new", &typed(&cycle, &provision))
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
        let amend = format!("{address}/amend");
        let changed = |title| {
            let mut fields = typed(&cycle, &provision);
            fields.retain(|(name, _)| *name != "title");
            fields.extend([("title", title), ("revision", "1")]);
            fields
        };
        let other = Client::member(&router, stage, &coalition.first_reviewer).await;
        other
            .post(
                &format!("/draft?form={amend}"),
                &[("title", "Half typed"), ("of_revision", "1")],
            )
            .await
            .expect(StatusCode::NO_CONTENT);
        member
            .post(&amend, &changed("Stored by the first"))
            .await
            .expect(StatusCode::SEE_OTHER);
        other
            .get(&amend)
            .await
            .expect(StatusCode::OK)
            .says("Half typed")
            .says("name=\"revision\" value=\"1\"");
        let conflict = member
            .post(&amend, &changed("Typed by the second"))
            .await
            .expect(StatusCode::CONFLICT);
        conflict
            .says("Both versions")
            .says("Stored by the first")
            .says("Typed by the second")
            .says("name=\"revision\" value=\"2\"");
        member
            .get(&address)
            .await
            .says("Stored by the first")
            .lacks("Typed by the second");
    })
    .await;
}

#[tokio::test]
async fn what_was_typed_is_kept_beside_the_faults_and_when_only_looking_for_evidence() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.coordinator).await;
        gathering(stage, &coalition, "2025").await;
        let provision = provisions(stage, &[("12(1)a", "mandatory")]).await[0];
        let a = item(stage, &coalition, "First press", provision).await;
        let provision = provision.to_string();
        let answer = member
            .post(
                "/findings/new",
                &[("claim", "Kept words"), ("supporting", &a), ("contrary", &a)],
            )
            .await;
        let answer = answer
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Kept words")
            .says("Enter a title");
        answer
            .says("One item cannot both support")
            .says("href=\"#contrary\"")
            .says("By First press");
        let look = [
            ("claim", "Kept words"),
            ("provision", provision.as_str()),
            ("step", "look"),
            ("words", "press"),
        ];
        member
            .post("/findings/new", &look)
            .await
            .expect(StatusCode::OK)
            .says("Kept words")
            .says("By First press");
        member.get("/findings").await.says("This cycle has no finding yet");
    })
    .await;
}

#[tokio::test]
async fn whose_role_does_not_let_them_neither_record_nor_review() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let cycle = gathering(stage, &coalition, "2025").await.to_string();
        let provision = provisions(stage, &[("12(1)a", "mandatory")]).await[0].to_string();
        let observer = Client::member(&router, stage, &coalition.observer).await;
        observer
            .post("/findings/new", &typed(&cycle, &provision))
            .await
            .expect(StatusCode::FORBIDDEN);
        observer
            .get("/findings")
            .await
            .expect(StatusCode::OK)
            .says("This cycle has no finding yet")
            .lacks("/findings/new");
        let member = Client::member(&router, stage, &coalition.first_reviewer).await;
        let address = member
            .post("/findings/new", &typed(&cycle, &provision))
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
        let review = format!("{address}/review");
        observer
            .post(&review, &[("verdict", "approve"), ("revision", "1")])
            .await
            .expect(StatusCode::FORBIDDEN);
        member.get(&review).await.expect(StatusCode::OK).says("You recorded it");
        let own = member
            .post(&review, &[("verdict", "return"), ("note", "x"), ("revision", "1")])
            .await;
        own.expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("two others must review it");
    })
    .await;
}

#[tokio::test]
async fn a_finding_is_sent_for_reply_and_the_answer_is_kept() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router_on(stage, Settings::default());
        let member = Client::member(&router, stage, &coalition.coordinator).await;
        let cycle = gathering(stage, &coalition, "2025").await.to_string();
        let provision = provisions(stage, &[("12(1)a", "mandatory")]).await[0].to_string();
        let body = monitoring::body::Record {
            name: "Specimen Agency".into(),
            ..monitoring::body::Record::default()
        };
        let body = monitoring::body::record(&stage.cx(&coalition.coordinator), body)
            .await
            .unwrap()
            .to_string();
        let address = member
            .post("/findings/new", &typed(&cycle, &provision))
            .await
            .expect(StatusCode::SEE_OTHER)
            .location;
        let send = format!("{address}/reply");
        member
            .post(&send, &[("body", &body)])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("href=\"#sent_on\"");
        let dates = [
            ("sent_on_day", "1"),
            ("sent_on_month", "4"),
            ("sent_on_year", "2025"),
            ("due_on_day", "1"),
            ("due_on_month", "5"),
            ("due_on_year", "2025"),
        ];
        let fields: Vec<_> = dates.into_iter().chain([("body", body.as_str())]).collect();
        member.post(&send, &fields).await.expect(StatusCode::SEE_OTHER);
        member.get("/findings").await.says("1 waiting").says("overdue");
        let page = member
            .get(&address)
            .await
            .expect(StatusCode::OK)
            .says("Specimen Agency")
            .says("overdue");
        let answer = page
            .body
            .split(&format!("{address}/replies/"))
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned();
        let answer = format!("{address}/replies/{answer}");
        member
            .get(&answer)
            .await
            .expect(StatusCode::OK)
            .says("due by 1 May 2025");
        member
            .post(&answer, &[("words", "")])
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Enter the answer");
        let words = [
            ("words", "We disagree."),
            ("replied_on_day", "3"),
            ("replied_on_month", "5"),
            ("replied_on_year", "2025"),
        ];
        member.post(&answer, &words).await.expect(StatusCode::SEE_OTHER);
        member
            .get(&address)
            .await
            .says("We disagree.")
            .says("answered")
            .lacks("overdue");
        member
            .get(&format!("{address}/replies/{cycle}"))
            .await
            .expect(StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn the_pages_of_findings_are_accessible_and_fit() {
    let stage = Stage::sqlite().await;
    let coalition = Coalition::on(&stage).await;
    let router = router_on(&stage, Settings::default());
    let cycle = gathering(&stage, &coalition, "2025").await.to_string();
    let provision = provisions(&stage, &[("12(1)a", "mandatory")]).await[0];
    let a = item(&stage, &coalition, "First press", provision).await;
    item(&stage, &coalition, "Second press", provision).await;
    let provision = provision.to_string();
    let member = Client::member(&router, &stage, &coalition.coordinator).await;
    let mut fields = typed(&cycle, &provision);
    fields.push(("supporting", &a));
    let address = member
        .post("/findings/new", &fields)
        .await
        .expect(StatusCode::SEE_OTHER)
        .location;
    let browser = Browser::open(router.clone(), 1280).await;
    for (actor, paths) in [
        (
            &coalition.coordinator,
            vec![
                "/findings".to_owned(),
                format!("/findings/new?provision={provision}"),
                address.clone(),
                format!("{address}/amend"),
                format!("{address}/reply"),
            ],
        ),
        (
            &coalition.first_reviewer,
            vec![
                format!("{address}/review"),
                format!("{address}/withdraw"),
                "/".to_owned(),
            ],
        ),
    ] {
        let (secret, _) = testkit::cast::session(&stage, actor).await;
        browser.carry(&secret).await;
        for width in [1280, 320] {
            browser
                .client
                .set_window_size(width, 1000)
                .await
                .expect("the window is sized");
            for path in &paths {
                browser.go(path).await;
                browser.is_accessible().await;
                browser.fits().await;
            }
        }
    }
    browser.close().await;
}

//! The whole path of an audit, by its forms and in a browser, on both databases: a cycle is opened, a
//! series imported from a real file, evidence recorded, a provision rated twice and reconciled, a
//! finding reviewed, the edition published, rendered and read by the public.

use axum::Router;
use axum::http::StatusCode;
use domain::cycle::Jurisdiction;
use monitoring::edition::{self, Rendered};
use store::work::Actor;
use testkit::browser::Browser;
use testkit::{Client, Coalition, Stage, on_both};
use web::{App, Settings};

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

/// Posts a form and gives the address it leads to.
async fn done(client: &Client, path: &str, fields: &[(&str, &str)]) -> String {
    client.post(path, fields).await.expect(StatusCode::SEE_OTHER).location
}

/// What the worker does: renders what waits and keeps it.
async fn render(stage: &Stage) {
    for id in edition::pending(&stage.db).await.expect("pending") {
        let content = edition::renderable(&stage.db, id).await.expect("content");
        let rendered = report::publish(&content, web::STYLE, &mut |_, _, _| {}).expect("rendered");
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
}

/// Imports the figures through the import's own pages; gives how the import page reads in the end.
async fn import(stage: &Stage, actor: &Actor) {
    let cx = stage.cx(actor);
    for (code, title) in [
        ("nrm_referrals", "Referrals"),
        ("nrm_suspended_pre_rg", "Suspended before the first decision"),
        ("nrm_suspended_pre_cg", "Suspended before the final decision"),
    ] {
        let record = monitoring::series::Record {
            code: code.into(),
            title: title.into(),
            publisher: "A publisher".into(),
            unit: "persons".into(),
            counting_rule: "person".into(),
            about: String::new(),
        };
        monitoring::series::record(&cx, record).await.expect("a series");
    }
    let summary = monitoring::import::take_file(&cx, "figures.csv", figures().into(), None)
        .await
        .expect("imported");
    assert_eq!(
        (summary.n_refused, summary.n_good),
        (0, summary.n_rows),
        "{:?}",
        summary.faults
    );
}

#[tokio::test]
async fn an_audit_goes_from_an_opened_cycle_to_an_edition_that_the_public_reads() {
    on_both(async |stage| {
        let coalition = Coalition::on(stage).await;
        let router = router(stage);
        let coordinator = Client::member(&router, stage, &coalition.coordinator).await;
        done(&coordinator, "/standards/load", &[]).await;
        let standards = monitoring::standard::list(&stage.cx(&coalition.coordinator))
            .await
            .expect("standards");
        let (_, provisions) = monitoring::standard::get(&stage.cx(&coalition.coordinator), standards[0].id.into())
            .await
            .expect("provisions");
        let provision = provisions
            .iter()
            .find(|row| row.number == "12(1)b")
            .expect("shipped")
            .id
            .to_string();

        let cycle = done(
            &coordinator,
            "/cycles/new",
            &[
                ("code", "2024"),
                ("title", "Audit 2024"),
                ("period_start_day", "1"),
                ("period_start_month", "1"),
                ("period_start_year", "2024"),
                ("period_end_day", "31"),
                ("period_end_month", "12"),
                ("period_end_year", "2024"),
                ("cutoff_on_day", "1"),
                ("cutoff_on_month", "6"),
                ("cutoff_on_year", "2025"),
                ("method", "## How\n\nTwo assessors rate each provision."),
            ],
        )
        .await;
        done(&coordinator, &format!("{cycle}/advance"), &[("from", "opened")]).await;
        import(stage, &coalition.contributor).await;

        let contributor = Client::member(&router, stage, &coalition.contributor).await;
        let mut items = Vec::new();
        for publisher in ["First Press", "Second Press"] {
            let title = format!("What {publisher} saw");
            let fields = [
                ("title", title.as_str()),
                ("kind", "document"),
                ("summary", "People waited for a doctor."),
                ("publisher", publisher),
                ("effective_on_day", "31"),
                ("effective_on_month", "3"),
                ("effective_on_year", "2025"),
                ("reliability", "B"),
                ("credibility", "2"),
                ("provisions", provision.as_str()),
                ("forms", "labour"),
                ("groups", "men"),
                ("identifies_person", "no"),
                ("handling", "open"),
                ("quoting", "yes"),
            ];
            let answer = contributor
                .upload("/evidence/new", &fields, ("files", "note.txt", b"A note."))
                .await;
            let address = answer.expect(StatusCode::SEE_OTHER).location;
            items.push(address.trim_start_matches("/evidence/").to_owned());
        }

        let assign = monitoring::assessment::Assign {
            cycle: cycle.trim_start_matches("/cycles/").parse().expect("an id"),
            provision: provision.parse().expect("an id"),
            jurisdiction: Jurisdiction::Uk,
            first: coalition.first_assessor.member.expect("a member"),
            second: coalition.second_assessor.member.expect("a member"),
        };
        let assessment = monitoring::assessment::assign(&stage.cx(&coalition.coordinator), assign)
            .await
            .expect("assigned");
        done(&coordinator, &format!("{cycle}/advance"), &[("from", "gathering")]).await;
        let rating = [
            ("structure", "3"),
            ("process", "2"),
            ("outcome", "1"),
            ("confidence", "moderate"),
            ("reasons", "Both notes say so."),
            ("cites", items[0].as_str()),
        ];
        for assessor in [&coalition.first_assessor, &coalition.second_assessor] {
            let client = Client::member(&router, stage, assessor).await;
            done(&client, &format!("/assessments/{assessment}/opinion"), &rating).await;
        }
        let mut agreed = rating.to_vec();
        agreed.extend([("trend", "new"), ("revision", "1")]);
        done(&coordinator, &format!("/assessments/{assessment}/reconcile"), &agreed).await;

        let cycle_id = cycle.trim_start_matches("/cycles/");
        let finding = done(
            &coordinator,
            "/findings/new",
            &[
                ("cycle", cycle_id),
                ("provision", &provision),
                ("jurisdiction", "uk"),
                ("title", "People wait for a doctor"),
                ("claim", "People wait for a doctor."),
                ("wording", "People wait for a doctor for weeks."),
                ("proof", "balance"),
                ("supporting", &items[0]),
                ("supporting", &items[1]),
                ("contrary_search", "Asked two clinics."),
                ("contrary_searched_on_day", "2"),
                ("contrary_searched_on_month", "5"),
                ("contrary_searched_on_year", "2025"),
            ],
        )
        .await;
        for reviewer in [&coalition.first_reviewer, &coalition.second_reviewer] {
            let client = Client::member(&router, stage, reviewer).await;
            done(
                &client,
                &format!("{finding}/review"),
                &[("verdict", "approve"), ("revision", "1")],
            )
            .await;
        }
        done(&coordinator, &format!("{cycle}/advance"), &[("from", "assessing")]).await;
        let publisher = Client::member(&router, stage, &coalition.publisher).await;
        done(
            &publisher,
            "/publish/2024/new",
            &[
                ("summary", "People wait for a doctor."),
                ("licence", "CC-BY-4.0"),
                ("headlines", "A wait of weeks"),
            ],
        )
        .await;
        render(stage).await;

        read_as_the_public(&router).await;
    })
    .await;
}

/// Opens the edition in a browser, follows it down to the finding and its evidence, on a wide and on
/// a narrow screen; axe finds nothing on any page.
async fn read_as_the_public(router: &Router) {
    let browser = Browser::open(router.clone(), 1280).await;
    browser.go("/").await;
    browser.sees("Audit 2024").await;
    browser.is_accessible().await;
    for path in [
        "/editions/2024/",
        "/editions/2024/provisions/cets-197-12-1-b.html",
        "/editions/2024/evidence.html",
        "/editions/2024/figures.html",
        "/editions/2024/recommendations.html",
        "/editions/2024/reply.html",
    ] {
        browser.go(path).await;
        browser.is_accessible().await;
        browser.fits().await;
    }
    browser.go("/editions/2024/provisions/cets-197-12-1-b.html").await;
    browser.sees("People wait for a doctor for weeks.").await;
    browser.client.set_window_size(500, 900).await.expect("a narrow window");
    browser.fits().await;
    browser.close().await;
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

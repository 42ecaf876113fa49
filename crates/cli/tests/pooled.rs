//! The whole way of a figure from cases, on both databases: two organisations contribute, a coordinator computes, and the same
//! number stands on the pages for members and in the published edition, with its words; nothing small stands anywhere.

mod day;

use axum::Router;
use axum::http::StatusCode;
use domain::cycle::Jurisdiction;
use domain::ids::{CycleId, ProvisionId};
use domain::pack::{Body, Contribution, FORMAT, Row};
use measures::invented::{Random, lines};
use measures::read::Contents;
use monitoring::assessment::{self, Assign, Reconcile, Submit};
use monitoring::contribution::contents;
use monitoring::edition::{self, Rendered, Words};
use monitoring::{cycle, indicator, standard};
use store::envelope::{Envelope, Recipient, Says, Sender};
use testkit::{Client, Coalition, Stage, on_both};
use web::{App, Settings};

/// The measure that is followed: a share, so that it is shown with what it was counted from.
const MEASURE: &str = "I13c";

fn router(stage: &Stage) -> Router {
    let clock = || {
        let day = domain::Day::new(2025, 6, 1).expect("a day");
        day.start().plus_seconds(12 * 3600)
    };
    web::router(App {
        clock,
        ..App::new(stage.db.clone(), stage.files.clone(), Settings::default())
    })
}

/// Invented rows as CSV.
fn rows(n: u64, from: u64, seed: u64) -> String {
    lines(&measures::shipped_pack("2024"), n, from, &mut Random(seed)).join("\n")
}

/// The same rows as a contribution file.
fn json(csv: &str) -> Vec<u8> {
    let pack = measures::shipped_pack("2024");
    let Ok(Contents::Rows(rows)) = contents(&pack, csv.as_bytes(), "rows") else {
        panic!("the rows fit the pack");
    };
    let columns: Vec<&str> = pack
        .schema
        .columns()
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let coded = rows.ids().iter().enumerate().map(|(at, id)| Row {
        id: *id,
        values: columns
            .iter()
            .enumerate()
            .filter_map(|(place, name)| Some(((*name).to_owned(), rows.value(at, place)?)))
            .collect(),
    });
    let contribution = Contribution {
        format: FORMAT.to_owned(),
        cycle: "2024".to_owned(),
        pack: 5,
        body: Body::Rows(coded.collect()),
    };
    serde_json::to_vec(&contribution).expect("it is written")
}

async fn sealed(stage: &Stage, cast: &Coalition, sender: &Sender, csv: &str) -> Vec<u8> {
    use domain::ids::IdSource as _;
    let (number, public) = access::key::public(&stage.db, access::key::COALITION)
        .await
        .expect("a key");
    let says = Says {
        cycle: "2024".into(),
        pack: 5,
        organisation: cast.organisations[1].0,
        organisation_name: "Second".into(),
        number: 1,
        made_on: stage.now.day(),
    };
    let made = Envelope::make(
        &says,
        &Recipient { number, public },
        sender,
        stage.ids.random(),
        &json(csv),
    );
    made.expect("it is made").into_bytes()
}

/// A cycle that is being assessed, and a provision that the measure's indicator measures.
async fn opened(stage: &Stage, cast: &Coalition) -> (CycleId, ProvisionId, indicator::Version) {
    let cx = stage.cx(&cast.coordinator);
    standard::load(&cx, &standard::files::shipped()).await.expect("loaded");
    let open = cycle::Open {
        code: "2024".into(),
        title: "Audit 2024".into(),
        period_start: "2024-01-01".into(),
        period_end: "2024-12-31".into(),
        cutoff_on: "2025-03-31".into(),
        is_invented: true,
        ..cycle::Open::default()
    };
    let id = cycle::open(&cx, open).await.expect("opened");
    for _ in 0..2 {
        cycle::advance(&cx, id).await.expect("moved on");
    }
    let versions = indicator::of_cycle(&cx, id).await.expect("read");
    let asks = |version: &&indicator::Version| {
        let measures = indicator::measures(version).expect("measures");
        measures.iter().any(|measure| measure.code == MEASURE)
    };
    let version = versions.iter().find(asks).expect("an indicator asks for it").clone();
    let choices = assessment::choices(&cx, id).await.expect("read").provisions;
    let of = indicator::get(&cx, version.id.into()).await.expect("read");
    let rated = of
        .provisions
        .iter()
        .find(|one| choices.iter().any(|choice| choice.id == one.id));
    let provision = rated.expect("one of its provisions is rated").id;
    (id, provision.into(), version)
}

/// Rates what is assigned, so that the cycle can close.
async fn assessed(stage: &Stage, cast: &Coalition, id: domain::ids::AssessmentId) {
    let rating = || Submit {
        structure: "N".into(),
        process: "N".into(),
        outcome: "N".into(),
        confidence: "low".into(),
        reasons: "Nothing could be read.".into(),
        cites: Vec::new(),
    };
    for assessor in [&cast.first_assessor, &cast.second_assessor] {
        assessment::submit(&stage.cx(assessor), id, rating())
            .await
            .expect("submitted");
    }
    let input = Reconcile {
        rating: rating(),
        trend: "new".into(),
        revision: 1,
    };
    assessment::reconcile(&stage.cx(&cast.coordinator), id, input)
        .await
        .expect("reconciled");
}

/// Publishes the cycle and keeps what is rendered; gives every file.
async fn published(stage: &Stage, cast: &Coalition, id: CycleId) -> Vec<(String, Vec<u8>)> {
    let words = Words {
        summary: "An invented edition.".into(),
        headlines: String::new(),
        licence: domain::publication::Licence::ALL[0].code().to_owned(),
    };
    cycle::advance(&stage.cx(&cast.coordinator), id).await.expect("closed");
    edition::publish(&stage.cx(&cast.publisher), id, &words)
        .await
        .expect("published");
    let revision = edition::pending(&stage.db).await.expect("read")[0];
    let content = edition::renderable(&stage.db, revision).await.expect("content");
    // What is frozen is read back through the gate.
    let frozen = serde_json::to_string(&content).expect("written");
    assert!(serde_json::from_str::<edition::frozen::Edition>(&frozen).is_ok());
    let rendered = report::publish(&content, web::STYLE, &mut |_, _, _| {}).expect("rendered");
    let all = rendered
        .iter()
        .map(|file| (file.path.clone(), file.bytes.clone()))
        .collect();
    let kept = rendered
        .into_iter()
        .map(|file| Rendered {
            path: file.path,
            media_type: file.media_type.to_owned(),
            bytes: file.bytes.into(),
        })
        .collect();
    edition::keep(&stage.db, &stage.files, revision, kept)
        .await
        .expect("kept");
    all
}

/// Looks for figures of few people among the rows of a published table: counted, not counted, and both.
fn n_from_cases(csv: &[u8]) -> usize {
    let mut reader = csv::Reader::from_reader(csv);
    let headings = reader.headers().expect("headings").clone();
    let place = |name: &str| headings.iter().position(|heading| heading == name).expect("a column");
    let (origin, n, d, value, mark) = (place("origin"), place("n"), place("d"), place("value"), place("mark"));
    let mut found = 0;
    for row in reader.records() {
        let row = row.expect("a row");
        if &row[origin] != "cases" {
            continue;
        }
        found += 1;
        if row[value].is_empty() {
            assert!(
                !row[mark].is_empty() && row[n].is_empty() && row[d].is_empty(),
                "{row:?}"
            );
            continue;
        }
        let d: f64 = row[d].parse().expect("a number");
        assert!(d >= 11.0, "{row:?}");
        if let Ok(n) = row[n].parse::<f64>() {
            assert!(n >= 11.0 && d - n >= 11.0, "{row:?}");
        }
    }
    found
}

#[tokio::test]
async fn the_same_number_stands_on_the_assessment_and_in_the_edition() {
    on_both(async |stage| {
        let cast = Coalition::on(stage).await;
        let (id, provision, version) = opened(stage, &cast).await;
        let router = router(stage);
        let coordinator = Client::member(&router, stage, &cast.coordinator).await;
        let page = format!("/cycles/{id}/contributions");
        coordinator
            .get(&page)
            .await
            .expect(StatusCode::OK)
            .says("The coalition has no key yet");
        coordinator
            .post("/keys/coalition/make", &[])
            .await
            .expect(StatusCode::OK);
        let (plain, others) = (rows(450, 0, 7), rows(350, 50_000, 8));
        let organisation = cast.organisations[0].to_string();
        coordinator
            .upload(
                &page,
                &[("organisation", &organisation)],
                ("file", "rows.csv", plain.as_bytes()),
            )
            .await
            .expect(StatusCode::SEE_OTHER);
        let sender = Sender::generate();
        let envelope = sealed(stage, &cast, &sender, &others).await;
        let sent = monitoring::contribution::receive(&stage.cx(&cast.second_manager), envelope).await;
        let sent = sent.expect("received");
        coordinator
            .get(&page)
            .await
            .says("Compare the fingerprint by voice")
            .says(&sender.fingerprint())
            .says("Third");
        coordinator
            .post(&format!("{page}/{}/confirm", sent.id), &[])
            .await
            .expect(StatusCode::SEE_OTHER);
        coordinator
            .upload(&format!("{page}/compute"), &[], ("clusters", "", b""))
            .await
            .expect(StatusCode::SEE_OTHER);
        coordinator
            .get(&page)
            .await
            .says("First no. 1, Second no. 1")
            .says("1st time");

        let lines = monitoring::contribution::measured(&stage.cx(&cast.observer), id)
            .await
            .expect("read");
        let line = lines.iter().find(|line| line.code == MEASURE).expect("the measure");
        let number = line.shown.total().to_string();
        let basis = line.shown.total().basis();
        assert!(!basis.is_empty(), "the measure is shown: {number}");
        let whose = "of 800 cases seen by 2 organisations; may include the same person twice";
        let assign = Assign {
            cycle: id,
            provision,
            jurisdiction: Jurisdiction::Uk,
            first: cast.first_assessor.member.expect("a member"),
            second: cast.second_assessor.member.expect("a member"),
        };
        let assigned = assessment::assign(&stage.cx(&cast.coordinator), assign)
            .await
            .expect("assigned");
        let assessor = Client::member(&router, stage, &cast.first_assessor).await;
        let strong = format!("<strong>{number}</strong>");
        for path in [
            format!("/assessments/{assigned}"),
            format!("/indicators/{}", version.id),
        ] {
            assessor
                .get(&path)
                .await
                .expect(StatusCode::OK)
                .says(&strong)
                .says(&basis)
                .says(whose);
        }
        assessor
            .get(&format!("/cycles/{id}/pooled/{MEASURE}"))
            .await
            .expect(StatusCode::OK)
            .says(&format!("<b>{number}</b>"))
            .says(whose)
            .says("withheld");
        assessor
            .get(&format!("/cycles/{id}/pooled"))
            .await
            .expect(StatusCode::OK)
            .says(&basis);
        assessed(stage, &cast, assigned).await;

        let files = published(stage, &cast, id).await;
        let find = |end: &str| {
            let found = files.iter().find(|(path, _)| path.ends_with(end));
            found.map_or_else(|| panic!("no {end}"), |(_, bytes)| bytes)
        };
        let figures = String::from_utf8(find("figures.html").clone()).expect("text");
        assert!(figures.contains(&format!("<b>{number}</b>")) && figures.contains(&basis) && figures.contains(whose));
        assert!(!figures.contains("Nothing here was computed"));
        let of_provision = files.iter().filter(|(path, _)| path.starts_with("provisions/"));
        let pages: Vec<String> = of_provision
            .map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned())
            .collect();
        let says =
            |page: &&String| page.contains(&format!("{MEASURE} ")) && page.contains(&number) && page.contains(whose);
        assert!(
            pages.iter().any(|page| says(&page)),
            "the provision's page says it with its words"
        );
        let table = find("measurements.csv");
        assert!(n_from_cases(table) > 50, "totals and parts are in the data");
        // Nothing of a row is anywhere in what is published.
        let ids: Vec<&str> = plain
            .lines()
            .chain(others.lines())
            .filter_map(|row| row.get(..36))
            .collect();
        for (path, bytes) in &files {
            if std::path::Path::new(path)
                .extension()
                .is_some_and(|kind| kind == "html" || kind == "csv" || kind == "json")
            {
                let text = String::from_utf8_lossy(bytes);
                assert!(ids.iter().skip(1).all(|id| !text.contains(id)), "{path}");
            }
        }
        let public = Client::visitor(&router);
        public
            .get("/editions/2024/figures.html")
            .await
            .expect(StatusCode::OK)
            .says(whose);
        public.get(&page).await.expect(StatusCode::SEE_OTHER);
    })
    .await;
}

//! A person whom two hosted organisations support, all the way to one figure that counts them once, on both databases: coded
//! rows, their people in a sealed file, tokens made and linked by the command line elsewhere, and measures computed with what
//! comes back.

use std::process::Command;

use access::key;
use axum::http::StatusCode;
use domain::ids::OrganisationId;
use domain::permission::Role;
use store::Cx;
use store::work::Actor;
use testkit::{Client, Coalition, Stage, cast, on_both};
use web::{App, Settings};

/// Invented people: [`SHARED`] of them are known to both organisations.
const GIVEN: [&str; 6] = ["Anna", "Berta", "Carlo", "Dora", "Emil", "Frida"];
const FAMILY: [&str; 4] = ["Specimen", "Muster", "Prueba", "Vzor"];
const SHARED: usize = 14;
const EACH: usize = 18;

/// Two members of an organisation: one does everything but approve.
struct House {
    worker: Actor,
    manager: Actor,
}

async fn house(stage: &Stage, organisation: OrganisationId, suffix: &str) -> House {
    let roles = [Role::Caseworker, Role::Supervisor, Role::Contributor];
    let worker = cast::member(stage, organisation, &format!("worker-{suffix}"), &roles).await;
    let manager = cast::member(stage, organisation, &format!("manager-{suffix}"), &[Role::Manager]).await;
    cast::key(stage, &worker).await;
    let private = cast::key(stage, &manager).await;
    let cx = Cx {
        key: Some(&private),
        ..stage.cx(&manager)
    };
    key::establish(&cx, organisation.0).await.expect("established");
    let holder = worker.member.expect("a member");
    key::grant(&cx, organisation.0, holder).await.expect("given");
    House { worker, manager }
}

/// Records somebody who agrees to being counted. What is the same of them wherever they are known is told by a number.
async fn recorded(worker: &Client, list: &str, number: usize) {
    let name = format!("{} {}", GIVEN[number % 6], FAMILY[number / 6]);
    let (day, month) = ((number % 27 + 2).to_string(), (number % 11 + 2).to_string());
    let once = format!("{list}-{number}");
    let person = [
        ("once", once.as_str()),
        ("opened_on_day", "20"),
        ("opened_on_month", "5"),
        ("opened_on_year", "2025"),
        ("nation", "scotland"),
        ("name", name.as_str()),
        ("born_day", day.as_str()),
        ("born_month", month.as_str()),
        ("born_year", "1988"),
        ("gender", "female"),
        ("nationality", "Exampleland"),
    ];
    let case = worker
        .post("/cases/new", &person)
        .await
        .expect(StatusCode::SEE_OTHER)
        .location;
    let consent = [
        ("kind", "consent"),
        ("on_day", "21"),
        ("on_month", "5"),
        ("on_year", "2025"),
        ("purpose", "monitoring"),
        ("said", "given"),
        ("said_by", "person"),
    ];
    worker
        .post(&format!("{case}/events/new"), &consent)
        .await
        .expect(StatusCode::SEE_OTHER);
}

/// Prepares coded rows, approves them and hands them over. Gives the contribution's address.
async fn contributed(worker: &Client, manager: &Client) -> String {
    let rows = [("cycle", "2025"), ("holds", "rows")];
    let id = worker
        .post("/contributions/new", &rows)
        .await
        .expect(StatusCode::SEE_OTHER)
        .location;
    let approve = [("verdict", "approve"), ("revision", "1")];
    manager
        .post(&format!("{id}/decide"), &approve)
        .await
        .expect(StatusCode::SEE_OTHER);
    id
}

fn program(arguments: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_rapporteur"))
        .args(arguments)
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{output:?}");
}

/// The people of a contribution, taken by a supervisor and encoded on another machine.
async fn encoded(worker: &Client, contribution: &str, folder: &std::path::Path, list: &str, to: &str) {
    let page = worker
        .get(&format!("{contribution}/people"))
        .await
        .expect(StatusCode::OK)
        .says("It opens with the passphrase below");
    let passphrase = page.body.split("name=\"passphrase\"").nth(1).expect("a field");
    let passphrase = passphrase
        .split("value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    let passphrase = passphrase.expect("a passphrase").to_owned();
    assert_eq!(passphrase.split('-').count(), 8, "{passphrase}");
    let made = worker
        .post(&format!("{contribution}/people"), &[("passphrase", &passphrase)])
        .await
        .expect(StatusCode::OK);
    assert!(made.bytes.starts_with(b"age-encryption.org/v1"));
    let at = |name: &str| folder.join(name).to_str().expect("a path").to_owned();
    let (people, words) = (at(&format!("{list}.csv.age")), at(&format!("{list}.words")));
    std::fs::write(&people, made.bytes).expect("a file");
    std::fs::write(&words, passphrase).expect("a file");
    let (secret, out) = (at("secret"), at(&format!("{list}.tokens")));
    let arguments = ["encode", &people, "--row-ids", "row", "--passphrase-file", &words];
    program(
        &[
            arguments.as_slice(),
            &["--secret-file", &secret, "--to", to, "--out", &out],
        ]
        .concat(),
    );
}

#[tokio::test]
async fn a_person_whom_two_organisations_support_is_counted_once_by_links_that_name_nobody() {
    on_both(async |stage| {
        let cast = Coalition::on(stage).await;
        testkit::provisions(stage, &[("10(1).1", "mandatory")]).await;
        let coordinator = cast::key(stage, &cast.coordinator).await;
        let cx = Cx {
            key: Some(&coordinator),
            ..stage.cx(&cast.coordinator)
        };
        key::establish(&cx, key::COALITION).await.expect("established");
        let open = monitoring::cycle::Open {
            code: "2025".into(),
            title: "Audit 2025".into(),
            period_start: "2025-01-01".into(),
            period_end: "2025-12-31".into(),
            cutoff_on: "2026-03-31".into(),
            ..monitoring::cycle::Open::default()
        };
        let cycle = monitoring::cycle::open(&cx, open).await.expect("opened");
        let router = web::router(App {
            clock: || {
                domain::Day::new(2025, 6, 1)
                    .expect("a day")
                    .start()
                    .plus_seconds(12 * 3600)
            },
            ..App::new(stage.db.clone(), stage.files.clone(), Settings::default())
        });
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name).to_str().expect("a path").to_owned();
        let officer = age::x25519::Identity::generate();
        std::fs::write(
            at("officer.key"),
            age::secrecy::ExposeSecret::expose_secret(&officer.to_string()),
        )
        .expect("a key");
        std::fs::write(at("secret"), "an invented secret of this test\n").expect("a secret");
        for (list, own, from) in [("one", 1, 0), ("two", 2, EACH - SHARED)] {
            let house = house(stage, cast.organisations[own], list).await;
            let worker = Client::member(&router, stage, &house.worker).await;
            let manager = Client::member(&router, stage, &house.manager).await;
            for number in from..from + EACH {
                recorded(&worker, list, number).await;
            }
            let contribution = contributed(&worker, &manager).await;
            manager
                .get(&format!("{contribution}/people"))
                .await
                .expect(StatusCode::FORBIDDEN);
            let to = officer.to_public().to_string();
            encoded(&worker, &contribution, folder.path(), list, &to).await;
        }
        let page = format!("/cycles/{cycle}/contributions");
        let coordinator = Client::member(&router, stage, &cast.coordinator).await;
        let overview = monitoring::contribution::overview(&cx, cycle).await.expect("read");
        for one in overview.from.iter().flat_map(|from| &from.received) {
            coordinator
                .post(&format!("{page}/{}/confirm", one.id), &[])
                .await
                .expect(StatusCode::SEE_OTHER);
        }
        let (one, two, key, out, clusters) = (
            at("one.tokens"),
            at("two.tokens"),
            at("officer.key"),
            at("links.csv"),
            at("clusters.csv"),
        );
        let link = ["link", &one, &two, "--identity-file", &key, "--out", &out];
        program(&[link.as_slice(), &["--row-clusters", &clusters, "--n-draws", "50"]].concat());
        let clusters = std::fs::read(&clusters).expect("clusters");
        let compute = format!("{page}/compute");
        coordinator
            .upload(
                &compute,
                &[],
                ("clusters", "one.tokens", &std::fs::read(&one).expect("tokens")),
            )
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("is not what");
        coordinator
            .upload(&compute, &[], ("clusters", "clusters.csv", &clusters))
            .await
            .expect(StatusCode::SEE_OTHER);
        let people = 2 * EACH - SHARED;
        coordinator
            .get(&format!("/cycles/{cycle}/pooled"))
            .await
            .expect(StatusCode::OK)
            .says(&format!(
                "of {people} cases seen by 2 organisations; a person whom several know is counted once"
            ))
            .lacks("may include the same person twice");
    })
    .await;
}

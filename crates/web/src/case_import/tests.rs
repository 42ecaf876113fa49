//! Cases from a file as a member without scripts brings them in; and a look with the browser.

use axum::Router;
use axum::http::StatusCode;
use store::AppError;
use testkit::browser::Browser;
use testkit::client::Answer;
use testkit::{Client, Coalition, Stage, cast, on_both};
use uuid::Uuid;

use super::running::{self, Doing, Work};
use crate::app::Settings;
use crate::case::tests::keyed;
use crate::form::Values;
use crate::tests::{router_later, router_on};

const FILE: &str = "Case ref,Client name,DOB,Support since,RG decision,RG date,Consent to be counted,Odd column\n\
    A-1,Canaria Plumage,1999-05-01,2025-02-01,Pos,10/02/2025,Y,x\n\
    A-2,Specimen Two,2001,2025-03-01,,,no,\n\
    A-3,Specimen Three,2001,2025-03-01,perhaps,2025-03-09,no,\n\
    A-4,canaria plumage,1999,2025-03-01,,,no,\n";

async fn begun(stage: &Stage) -> (Coalition, Router, Client) {
    let coalition = Coalition::on(stage).await;
    keyed(stage, &coalition).await;
    let router = router_on(stage, Settings::default());
    let supervisor = Client::member(&router, stage, &coalition.supervisor).await;
    (coalition, router, supervisor)
}

async fn send(member: &Client, name: &str, text: &str) -> String {
    let form = member.get("/cases/imports/new").await.expect(StatusCode::OK);
    let once = form.hidden("once");
    let sent = member
        .upload(
            "/cases/imports/new",
            &[("once", &once)],
            ("file", name, text.as_bytes()),
        )
        .await
        .expect(StatusCode::SEE_OTHER);
    sent.location
        .strip_suffix("/mapping")
        .expect("on to the mapping")
        .to_owned()
}

const COLUMNS: [(&str, &str); 7] = [
    ("column_0", "case.reference"),
    ("column_1", "person.name"),
    ("column_2", "person.born"),
    ("column_3", "case.opened_on"),
    ("column_4", "event.reasonable_grounds.outcome"),
    ("column_5", "event.reasonable_grounds.on"),
    ("column_6", "consent.monitoring.said"),
];

async fn map(member: &Client, import: &str) {
    let mut fields = vec![("step", "mapping"), ("fixed_case.nation", "england")];
    fields.extend(COLUMNS);
    member
        .post(&format!("{import}/mapping"), &fields)
        .await
        .expect(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn days_out_of_order_are_shown_before_anything_is_taken() {
    on_both(async |stage| {
        let (_, _, supervisor) = begun(stage).await;
        let text = "Name,Support since,End date,Exit reason\nSpecimen Two,2025-03-01,2025-02-01,planned\n";
        let import = send(&supervisor, "cases.csv", text).await;
        let fields = [
            ("step", "mapping"),
            ("fixed_case.nation", "england"),
            ("column_0", "person.name"),
            ("column_1", "case.opened_on"),
            ("column_2", "event.exit.on"),
            ("column_3", "event.exit.reason"),
        ];
        supervisor
            .post(&format!("{import}/mapping"), &fields)
            .await
            .expect(StatusCode::SEE_OTHER);
        supervisor
            .get(&import)
            .await
            .expect(StatusCode::OK)
            .says("Days out of order")
            .says("Row 2, End date: Support ended on 1 February 2025, before support began, on 1 March 2025.")
            .says("Take 1 case");
    })
    .await;
}

#[tokio::test]
async fn a_file_of_cases_is_sent_mapped_looked_at_taken_and_undone() {
    on_both(async |stage| {
        let (_, _, supervisor) = begun(stage).await;
        supervisor
            .get("/cases/imports")
            .await
            .expect(StatusCode::OK)
            .says("No file has been brought in yet");
        let import = send(&supervisor, "cases.csv", FILE).await;
        supervisor
            .get(&import)
            .await
            .expect(StatusCode::OK)
            .says("The rows have not been checked yet");
        let form = supervisor
            .get(&format!("{import}/mapping"))
            .await
            .expect(StatusCode::OK)
            .says("Odd column (1 filled cell)")
            .says("4 filled cells: Canaria Plumage · Specimen Two")
            .says("value=\"keep\" checked");
        for (_, held) in COLUMNS.into_iter().filter(|(_, held)| *held != "person.name") {
            let name = casework::import::target(held).expect("a target").name();
            assert!(
                form.body.contains(&format!("value=\"{name}\" autocomplete")),
                "{held} is not suggested"
            );
        }
        // What is needed and stands in no column is asked for, and what was chosen is still there.
        let mut fields = vec![("step", "mapping")];
        fields.extend(COLUMNS);
        supervisor
            .post(&format!("{import}/mapping"), &fields)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("id=\"fixed_case.nation-error\"")
            .says("list=\"held\" value=\"Name\"");
        map(&supervisor, &import).await;
        supervisor
            .get(&import)
            .await
            .expect(StatusCode::OK)
            .says("<span class=\"figure\">3</span> cases")
            .says("<span class=\"figure\">1</span> row refused")
            .says("“perhaps” is not among the answers.")
            .says("Row 5: the same name as row 2")
            .says("Odd column (1 filled cell)")
            .says("Their words will be kept in a note of each case")
            .says("Take 2 cases and leave out who may be known")
            .says("Take 3 cases, also who may be known");
        supervisor
            .post(&format!("{import}/decision"), &[("take", "new")])
            .await
            .expect(StatusCode::SEE_OTHER);
        supervisor
            .get("/cases?show=team")
            .await
            .expect(StatusCode::OK)
            .says("Canaria Plumage")
            .says("Specimen Two")
            .lacks("Specimen Three");
        let file = supervisor
            .get(&format!("{import}/refused"))
            .await
            .expect(StatusCode::OK);
        assert!(file.body.contains("A-3") && !file.body.contains("A-1"), "{}", file.body);
        // A file with the same headings is filled in from last time.
        let again = send(&supervisor, "again.csv", FILE).await;
        supervisor
            .get(&format!("{again}/mapping"))
            .await
            .expect(StatusCode::OK)
            .says("Filled in from last time");
        // Whoever wants less of it says so, and sees that it holds.
        let mut fields = vec![
            ("step", "mapping"),
            ("fixed_case.nation", "england"),
            ("others", "leave_out"),
        ];
        fields.extend(COLUMNS);
        supervisor
            .post(&format!("{again}/mapping"), &fields)
            .await
            .expect(StatusCode::SEE_OTHER);
        supervisor
            .get(&again)
            .await
            .expect(StatusCode::OK)
            .says("They will be left out.")
            .says("Odd column (1 filled cell)");
        supervisor
            .post(&format!("{again}/decision"), &[("take", "none")])
            .await
            .expect(StatusCode::SEE_OTHER);
        // Whoever is asked to show who they are reads what for: an import, and not one person.
        supervisor
            .on(&router_later(stage, Settings::default()))
            .post(&format!("{import}/undo"), &[])
            .await
            .expect(StatusCode::UNAUTHORIZED)
            .says("Undo an import of cases")
            .lacks("Erase everything kept of a person");
        supervisor
            .post(&format!("{import}/undo"), &[])
            .await
            .expect(StatusCode::SEE_OTHER);
        supervisor
            .get(&import)
            .await
            .expect(StatusCode::OK)
            .says("Undone")
            .lacks("Canaria");
        supervisor
            .get("/cases?show=team")
            .await
            .expect(StatusCode::OK)
            .lacks("Canaria Plumage");
    })
    .await;
}

/// More people than are checked and taken in before the answer.
fn many() -> String {
    let rows: String = (0..12)
        .map(|nth| format!("M-{nth},Specimen Number {nth},1990,2025-02-01,,,no,\n"))
        .collect();
    format!("{}\n{rows}", FILE.lines().next().expect("headings"))
}

/// The page of an import once nobody works on it any more.
async fn over(member: &Client, import: &str) -> Answer {
    loop {
        let page = member.get(import).await;
        if !page.body.contains("This page renews itself") {
            return page;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn many_rows_are_checked_and_taken_after_the_answer() {
    on_both(async |stage| {
        let (_, _, supervisor) = begun(stage).await;
        let import = send(&supervisor, "many.csv", &many()).await;
        map(&supervisor, &import).await;
        over(&supervisor, &import)
            .await
            .expect(StatusCode::OK)
            .says("<span class=\"figure\">12</span> cases")
            .says("<h1>many.csv</h1>")
            .says("<title>Cases from a file –");
        supervisor
            .post(&format!("{import}/decision"), &[("take", "good")])
            .await
            .expect(StatusCode::SEE_OTHER);
        over(&supervisor, &import)
            .await
            .expect(StatusCode::OK)
            .says("Taken in")
            .says("12 cases are now");
        supervisor
            .get("/cases?show=team")
            .await
            .expect(StatusCode::OK)
            .says("Specimen Number 7");
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_worked_on_says_how_far_and_what_became_of_it_is_told_once() {
    on_both(async |stage| {
        let (coalition, _, supervisor) = begun(stage).await;
        let import = send(&supervisor, "cases.csv", FILE).await;
        map(&supervisor, &import).await;
        let id: Uuid = import.rsplit('/').next().expect("an id").parse().expect("an id");
        let enter = |doing| running::enter(id, Work::new(&coalition.supervisor, doing, stage.now));
        let ending = enter(Doing::Take(3)).expect("nobody works on it yet");
        assert!(enter(Doing::Take(3)).is_none(), "nobody does it twice");
        supervisor
            .get(&import)
            .await
            .expect(StatusCode::OK)
            .says("a key is made for each person");
        ending.told(2);
        let page = supervisor
            .get(&import)
            .await
            .expect(StatusCode::OK)
            .says("2 of 3")
            .lacks("cases.csv");
        assert_eq!(page.headers.get("refresh").expect("it renews itself"), "3");
        for (form, field) in [("decision", ("take", "none")), ("mapping", ("step", "mapping"))] {
            let answer = supervisor.post(&format!("{import}/{form}"), &[field]).await;
            assert_eq!(answer.expect(StatusCode::SEE_OTHER).location, import, "{form}");
        }
        let answer = supervisor.get(&format!("{import}/mapping")).await;
        assert_eq!(answer.expect(StatusCode::SEE_OTHER).location, import);
        ending.with(Err(AppError::Refused("Now look at what was found".into())));
        let told = supervisor.get(&import).await.expect(StatusCode::OK);
        told.says("look at what was found").says("Take 3 cases");
        let again = supervisor.get(&import).await.expect(StatusCode::OK);
        again.lacks("look at what was found");
        // Work that a panic ends leaves the file as it was.
        drop(enter(Doing::Take(3)).expect("nobody works on it any more"));
        supervisor.get(&import).await.expect(StatusCode::INTERNAL_SERVER_ERROR);
        let again = supervisor.get(&import).await.expect(StatusCode::OK);
        again.says("Take 3 cases");
        // What was typed of the columns is there again where it was refused.
        let mut typed = Values::default();
        typed.set("step", "mapping");
        typed.set("column_0", "typed before");
        let ending = enter(Doing::Check(typed)).expect("nobody works on it any more");
        supervisor.get(&import).await.says("The rows are being checked");
        ending.with(Err(AppError::Refused("Please say it again".into())));
        let told = supervisor.get(&import).await.expect(StatusCode::OK);
        told.says("say it again").says("value=\"typed before\"");
    })
    .await;
}

#[tokio::test]
async fn a_wrong_file_is_destroyed_where_its_columns_are_asked_for() {
    on_both(async |stage| {
        let (_, _, supervisor) = begun(stage).await;
        let import = send(&supervisor, "wrong.csv", FILE).await;
        let form = supervisor
            .get(&format!("{import}/mapping"))
            .await
            .expect(StatusCode::OK)
            .says("Is it the wrong file?")
            .says("choose “Name” for each");
        let once = format!("{}none", form.hidden("once"));
        assert!(form.body.contains(&format!("value=\"{once}\"")), "a token of its own");
        supervisor
            .post(&format!("{import}/decision"), &[("once", &once), ("take", "none")])
            .await
            .expect(StatusCode::SEE_OTHER);
        supervisor
            .get(&import)
            .await
            .expect(StatusCode::OK)
            .says("A file that is no longer kept")
            .lacks("wrong.csv");
    })
    .await;
}

#[tokio::test]
async fn only_who_answers_for_the_cases_of_a_team_brings_them_in() {
    on_both(async |stage| {
        let (coalition, router, supervisor) = begun(stage).await;
        let import = send(&supervisor, "cases.csv", FILE).await;
        let worker = Client::member(&router, stage, &coalition.caseworker).await;
        worker.get("/cases/imports").await.expect(StatusCode::FORBIDDEN);
        worker.get(&import).await.expect(StatusCode::FORBIDDEN);
        worker
            .get("/cases")
            .await
            .expect(StatusCode::OK)
            .lacks("/cases/imports");
        supervisor
            .get("/cases")
            .await
            .expect(StatusCode::OK)
            .says("/cases/imports");
    })
    .await;
}

#[tokio::test]
async fn the_pages_of_files_of_cases_are_accessible_and_fit() {
    let stage = Stage::sqlite().await;
    let (coalition, router, supervisor) = begun(&stage).await;
    let empty = Browser::open(router.clone(), 1280).await;
    let (secret, _) = cast::session(&stage, &coalition.supervisor).await;
    empty.carry(&secret).await;
    empty.go("/cases/imports").await;
    empty.sees("No file has been brought in yet").await;
    let waiting = send(&supervisor, "waiting.csv", FILE).await;
    let checked = send(&supervisor, "checked.csv", FILE).await;
    map(&supervisor, &checked).await;
    let taken = send(&supervisor, "taken.csv", FILE).await;
    map(&supervisor, &taken).await;
    supervisor
        .post(&format!("{taken}/decision"), &[("take", "good")])
        .await
        .expect(StatusCode::SEE_OTHER);
    let asked = send(&supervisor, "asked.csv", &format!("A note above the table,,\n{FILE}")).await;
    for width in [1280, 320] {
        empty
            .client
            .set_window_size(width, 1000)
            .await
            .expect("the window is sized");
        let pages = [
            "/cases/imports".to_owned(),
            "/cases/imports/new".to_owned(),
            waiting.clone(),
            format!("{waiting}/mapping"),
            checked.clone(),
            taken.clone(),
            format!("{asked}/mapping"),
        ];
        for path in pages {
            empty.go(&path).await;
            empty.is_accessible().await;
            empty.fits().await;
        }
    }
    empty.sees("Which row holds the headings?").await;
    empty.close().await;
}

#[tokio::test]
async fn everything_leaves_when_a_second_person_agrees_and_a_person_is_given_their_own() {
    on_both(async |stage| {
        let (coalition, router, supervisor) = begun(stage).await;
        let import = send(&supervisor, "cases.csv", FILE).await;
        map(&supervisor, &import).await;
        supervisor
            .post(&format!("{import}/decision"), &[("take", "new")])
            .await
            .expect(StatusCode::SEE_OTHER);
        supervisor
            .get("/exports/new")
            .await
            .expect(StatusCode::OK)
            .says("Everything in your organisation’s cases");
        supervisor
            .post("/exports/new", &[("kind", "cases"), ("reason", "moving on")])
            .await
            .expect(StatusCode::SEE_OTHER);
        let coordinator = Client::member(&router, stage, &coalition.coordinator).await;
        let waiting = coordinator
            .get("/exports")
            .await
            .expect(StatusCode::OK)
            .says("moving on")
            .body;
        let (before, _) = waiting.split_once("/agree\"").expect("a request that waits");
        let address = before.rsplit('"').next().expect("an address").to_owned();
        supervisor
            .get(&format!("{address}/file"))
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("a second person has not agreed");
        coordinator
            .post(&format!("{address}/agree"), &[])
            .await
            .expect(StatusCode::SEE_OTHER);
        coordinator
            .get(&format!("{address}/file"))
            .await
            .expect(StatusCode::NOT_FOUND);
        let file = supervisor.get(&format!("{address}/file")).await.expect(StatusCode::OK);
        assert!(file.body.starts_with("PK"), "an archive");
        // A contributor has no cases to take.
        let contributor = Client::member(&router, stage, &coalition.contributor).await;
        contributor
            .post("/exports/new", &[("kind", "cases"), ("reason", "mine too")])
            .await
            .expect(StatusCode::FORBIDDEN);
        let list = supervisor.get("/cases?show=team").await.expect(StatusCode::OK).body;
        let (before, _) = list.split_once("\">Canaria Plumage").expect("a case");
        let case = before.rsplit('"').next().expect("an address").to_owned();
        supervisor
            .get(&case)
            .await
            .expect(StatusCode::OK)
            .says("Download what is kept about them");
        supervisor
            .post(&format!("{case}/answer"), &[])
            .await
            .expect(StatusCode::OK)
            .says("keeps about you")
            .says("Canaria Plumage");
    })
    .await;
}

#[tokio::test]
async fn what_a_column_holds_is_said_in_words_and_what_is_nothing_is_named_with_its_column() {
    on_both(async |stage| {
        let (_, _, supervisor) = begun(stage).await;
        let import = send(&supervisor, "cases.csv", FILE).await;
        let mut fields = vec![("step", "mapping"), ("fixed_case.nation", "england")];
        fields.extend(COLUMNS);
        let name = casework::import::target("event.reasonable_grounds.outcome")
            .expect("a target")
            .name();
        let said = name.to_uppercase();
        fields[6] = ("column_4", &said);
        fields.push(("column_7", "no such thing"));
        supervisor
            .post(&format!("{import}/mapping"), &fields)
            .await
            .expect(StatusCode::UNPROCESSABLE_ENTITY)
            .says("Column “Odd column”: “no such thing” is nothing that a column can hold")
            .says("value=\"no such thing\"")
            .says(&format!("value=\"{name}\" autocomplete"));
        fields.pop();
        supervisor
            .post(&format!("{import}/mapping"), &fields)
            .await
            .expect(StatusCode::SEE_OTHER);
        supervisor
            .get(&import)
            .await
            .says("<span class=\"figure\">3</span> cases");
    })
    .await;
}

#[tokio::test]
async fn the_mapping_of_a_wide_file_stays_light() {
    let stage = Stage::sqlite().await;
    let (_, _, supervisor) = begun(&stage).await;
    let headings: Vec<String> = (0..200).map(|nth| format!("Column {nth}")).collect();
    let cells: Vec<String> = (0..200).map(|nth| format!("x{nth}")).collect();
    let text = format!("{}\n{}\n", headings.join(","), cells.join(","));
    let import = send(&supervisor, "wide.csv", &text).await;
    let page = supervisor
        .get(&format!("{import}/mapping"))
        .await
        .expect(StatusCode::OK);
    println!("{} bytes of mapping for 200 columns", page.body.len());
    assert!(page.body.len() < 300_000, "{} bytes", page.body.len());
}

#[test]
fn everything_that_a_column_can_hold_is_called_like_nothing_else() {
    for target in casework::import::targets() {
        let found = casework::import::said(&target.name()).map(|found| found.code.as_str());
        assert_eq!(found, Some(target.code.as_str()), "{}", target.name());
    }
}

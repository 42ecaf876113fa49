//! Contributions as they are received, what is computed of them, and what nobody is shown, on both databases.

use std::sync::OnceLock;

use access::key::{self, COALITION};
use bytes::Bytes;
use domain::pack::{Body, Contribution, FORMAT};
use domain::permission::Role;
use measures::invented::{Random, lines};
use measures::read::Contents;
use sea_orm::PaginatorTrait as _;
use store::envelope::{Envelope, Recipient, Says, Sender};
use store::row::{audit, case_measurement, person_key, received_file};
use store::seal::PrivateKey;
use store::work::Actor;
use testkit::{Coalition, Stage, cast, on_both};

use super::*;

mod linked;
mod versions;
mod whose;

/// A coordinator who holds the coalition's key, and an open cycle.
struct Scene {
    cast: Coalition,
    key: PrivateKey,
    cycle: Cycle,
}

impl Scene {
    async fn on(stage: &Stage) -> Self {
        let cast = Coalition::on(stage).await;
        testkit::provisions(stage, &[("12(1)a", "mandatory")]).await;
        let key = cast::key(stage, &cast.coordinator).await;
        let scene = Self {
            cycle: opened(stage, &cast.coordinator, "2025", "").await,
            cast,
            key,
        };
        key::establish(&scene.cx(stage), COALITION).await.expect("a key");
        scene
    }

    fn cx<'a>(&'a self, stage: &'a Stage) -> Cx<'a> {
        Cx {
            key: Some(&self.key),
            ..stage.cx(&self.cast.coordinator)
        }
    }

    fn id(&self) -> CycleId {
        self.cycle.id.into()
    }

    async fn take(&self, stage: &Stage, place: usize, bytes: Bytes) -> Result<Received, AppError> {
        let input = TakeIn {
            cycle: Some(self.id()),
            organisation: Some(self.cast.organisations[place]),
            name: "rows.csv".into(),
            bytes,
        };
        take_in(&self.cx(stage), input).await
    }

    async fn compute(&self, stage: &Stage) -> Computed {
        compute(&self.cx(stage), self.id(), None).await.expect("computed")
    }

    async fn lines(&self, stage: &Stage) -> Vec<Line> {
        measured(&stage.cx(&self.cast.observer), self.id()).await.expect("read")
    }

    /// A sealed, signed file of an organisation of the cast.
    async fn envelope(&self, stage: &Stage, place: usize, number: u32, sender: &Sender, rows: &str) -> Vec<u8> {
        let (pair, public) = key::public(&stage.db, COALITION).await.expect("a key");
        let says = Says {
            cycle: self.cycle.code.clone(),
            pack: 5,
            organisation: self.cast.organisations[place].0,
            organisation_name: "Specimen".into(),
            number,
            made_on: stage.now.day(),
        };
        let to = Recipient { number: pair, public };
        let key = stage.cx(&self.cast.coordinator).ids.random();
        Envelope::make(&says, &to, sender, key, &json(rows))
            .expect("it is made")
            .into_bytes()
    }
}

async fn opened(stage: &Stage, coordinator: &Actor, code: &str, previous: &str) -> Cycle {
    opened_in(&stage.cx(coordinator), code, previous).await
}

async fn opened_in(cx: &Cx<'_>, code: &str, previous: &str) -> Cycle {
    let open = crate::cycle::Open {
        code: code.into(),
        title: format!("Audit {code}"),
        period_start: format!("{code}-01-01"),
        period_end: format!("{code}-12-31"),
        cutoff_on: format!("{code}-12-31"),
        previous: previous.into(),
        method: String::new(),
        ..crate::cycle::Open::default()
    };
    let id = crate::cycle::open(cx, open).await.expect("opens");
    crate::cycle::get(cx, id).await.expect("the cycle")
}

/// Rows of CSV from a seed. The same rows are made once for all tests.
fn rows(n: u64, from: u64, seed: u64) -> String {
    rows_of("2025", n, from, seed)
}

fn rows_of(cycle: &str, n: u64, from: u64, seed: u64) -> String {
    lines(&measures::shipped_pack(cycle), n, from, &mut Random(seed)).join("\n")
}

fn first() -> &'static str {
    static ROWS: OnceLock<String> = OnceLock::new();
    ROWS.get_or_init(|| rows(600, 0, 1))
}

fn second() -> &'static str {
    static ROWS: OnceLock<String> = OnceLock::new();
    ROWS.get_or_init(|| rows(400, 10_000, 2))
}

fn bytes(rows: &str) -> Bytes {
    Bytes::from(rows.to_owned())
}

/// The rows as a contribution file.
fn json(rows: &str) -> Vec<u8> {
    let pack = measures::shipped_pack("2025");
    let Ok(Contents::Rows(rows)) = contents(&pack, rows.as_bytes(), "rows.csv") else {
        panic!("the rows fit the pack");
    };
    let body = rows.ids().iter().enumerate().map(|(at, id)| domain::pack::Row {
        id: *id,
        values: pack
            .schema
            .columns()
            .iter()
            .enumerate()
            .filter_map(|(column, of)| Some((of.name.clone(), rows.value(at, column)?)))
            .collect(),
    });
    let contribution = Contribution {
        format: FORMAT.into(),
        cycle: "2025".into(),
        pack: 5,
        body: Body::Rows(body.collect()),
    };
    serde_json::to_vec(&contribution).expect("it is written")
}

fn refused<T: std::fmt::Debug>(answer: Result<T, AppError>) -> String {
    match answer.expect_err("it is refused") {
        AppError::Refused(words) => words,
        AppError::Invalid(errors) => errors
            .iter()
            .map(|(_, words)| words.to_owned())
            .collect::<Vec<_>>()
            .join("; "),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_plain_file_is_checked_sealed_counted_and_replaced_by_the_next() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let wrong = scene.take(stage, 0, bytes("row,name\n1,canary")).await;
        assert!(
            refused(wrong).contains("name"),
            "a column that is not in the pack is refused by name"
        );
        // What stands in a row is not repeated to whoever takes the file in.
        let (headings, row) = first().split_once('\n').expect("rows");
        let (id, cells) = row.lines().next().expect("a row").split_once(',').expect("cells");
        let cells = format!("Canaria{}", cells.find(',').map_or("", |at| &cells[at..]));
        let wrong = refused(
            scene
                .take(stage, 0, bytes(&format!("{headings}\n{id},{cells}\n")))
                .await,
        );
        assert!(
            wrong.contains("row 2, column ") && !wrong.contains("Canaria"),
            "{wrong}"
        );
        assert_eq!(stage.traces_of("Canaria").await, Vec::<String>::new());
        let one = scene.take(stage, 0, bytes(first())).await.expect("taken");
        assert_eq!((one.number, one.state), (1, ReceivedState::Current));
        assert_eq!(one.sha256, store::files::sha256(first().as_bytes()));
        let kept = received_file::Entity::find()
            .all(stage.db.reader())
            .await
            .expect("read");
        let id = &first().lines().nth(1).expect("a row")[..36];
        let holds = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
        assert!(
            kept.iter()
                .all(|row| !holds(&row.sealed, id) && !holds(&row.sealed, "gender"))
        );
        // Nor anywhere else: not in a file, a log of the database, or either of its parts.
        for words in [id, headings] {
            assert_eq!(stage.traces_of(words).await, Vec::<String>::new(), "{words}");
        }
        let two = scene.take(stage, 0, bytes(second())).await.expect("taken");
        assert_eq!(two.number, 2);
        let all = receipts(&stage.cx(&scene.cast.first_manager), scene.id())
            .await
            .expect("read");
        let states: Vec<ReceivedState> = all.iter().map(|one| one.state).collect();
        assert_eq!(states, [ReceivedState::Current, ReceivedState::Replaced]);
        assert_eq!(all[1].sha256, one.sha256, "the hash stays");
        assert_eq!(
            received_file::Entity::find()
                .count(stage.db.reader())
                .await
                .expect("counted"),
            1
        );
        let keys = person_key::Entity::find()
            .count(stage.db.key_reader())
            .await
            .expect("counted");
        assert_eq!(keys, 1, "the key of what was replaced is destroyed");
        let text = all[0].receipt(&scene.cycle);
        assert!(text.contains(&two.sha256) && text.contains("Number: 2"), "{text}");
        assert!(
            receipts(&stage.cx(&scene.cast.contributor), scene.id())
                .await
                .expect("read")
                .is_empty()
        );
    })
    .await;
}

#[tokio::test]
async fn a_sealed_file_waits_for_its_fingerprint_and_a_lower_number_is_refused() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let sender = Sender::generate();
        let manager = stage.cx(&scene.cast.second_manager);
        let one = scene.envelope(stage, 1, 1, &sender, first()).await;
        let waiting = receive(&manager, one.clone()).await.expect("received");
        assert_eq!(waiting.state, ReceivedState::Waiting);
        assert_eq!(waiting.fingerprint, sender.fingerprint());
        assert_eq!(
            receive(&manager, one.clone()).await.expect("again").id,
            waiting.id,
            "the same file is no fault"
        );
        let other = receive(&stage.cx(&scene.cast.first_manager), one.clone()).await;
        assert!(
            matches!(other, Err(AppError::Forbidden(_))),
            "only for one’s own organisation"
        );
        let nothing = compute(&scene.cx(stage), scene.id(), None).await;
        assert!(refused(nothing).contains("no contribution counts yet"));
        confirm(&scene.cx(stage), waiting.id).await.expect("confirmed");
        let overview = overview(&scene.cx(stage), scene.id()).await.expect("read");
        let from = overview
            .from
            .iter()
            .find(|from| from.organisation == waiting.organisation)
            .expect("theirs");
        assert_eq!(from.known, sender.fingerprint());
        assert_eq!(from.received[0].state, ReceivedState::Current);
        assert_eq!(
            overview.from.iter().filter(|from| from.received.is_empty()).count(),
            2,
            "awaited"
        );
        let three = scene.envelope(stage, 1, 3, &sender, second()).await;
        let three = receive(&manager, three).await.expect("received");
        assert_eq!(three.state, ReceivedState::Current, "the key is known");
        let two = scene.envelope(stage, 1, 2, &sender, first()).await;
        assert!(refused(receive(&manager, two).await).contains("number it 4 or higher"));
        // Another key waits, and what counts goes on counting until a coordinator says whose it is.
        let stranger = Sender::generate();
        let four = scene.envelope(stage, 1, 4, &stranger, first()).await;
        let four = receive(&manager, four).await.expect("received");
        assert_eq!(four.state, ReceivedState::Waiting);
        refuse(&scene.cx(stage), four.id).await.expect("refused");
        let all = receipts(&manager, scene.id()).await.expect("read");
        let states: Vec<ReceivedState> = all.iter().map(|one| one.state).collect();
        assert_eq!(
            states,
            [ReceivedState::Refused, ReceivedState::Current, ReceivedState::Replaced]
        );
        assert_eq!(
            received_file::Entity::find()
                .count(stage.db.reader())
                .await
                .expect("counted"),
            1
        );
        let mut changed = scene.envelope(stage, 1, 5, &sender, first()).await;
        let last = changed.len() - 1;
        changed[last] ^= 1;
        assert!(refused(receive(&manager, changed).await).contains("signature"));
    })
    .await;
}

#[tokio::test]
async fn pooled_measures_rest_on_all_that_counts_and_the_log_names_what_was_opened() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let sender = Sender::generate();
        scene.take(stage, 0, bytes(first())).await.expect("taken");
        let sealed = scene.envelope(stage, 1, 1, &sender, second()).await;
        let sealed = receive(&stage.cx(&scene.cast.contributor), sealed)
            .await
            .expect("received");
        confirm(&scene.cx(stage), sealed.id).await.expect("confirmed");
        let computed = scene.compute(stage).await;
        assert_eq!((computed.number, computed.n_held_back), (1, 0));
        let lines = scene.lines(stage).await;
        let pack = crate::definition::of_cycle(stage.db.reader(), &scene.cycle)
            .await
            .expect("a pack");
        assert_eq!(lines.len(), pack.definitions.len());
        let whose = "of 1,000 cases seen by 2 organisations; may include the same person twice";
        let mut given = lines.iter().filter(|line| line.shown.total().is_given());
        assert!(given.all(|line| line.shown.whose() == whose));
        // The same as over all rows at once.
        let mut pooled = measures::pool::Pooled::new();
        for rows in [first(), second()] {
            let contents = contents(&pack, rows.as_bytes(), "rows").expect("rows");
            pooled.take(&pack, &contents).expect("added");
        }
        for (line, of) in lines.iter().zip(pooled.measurements(&pack)) {
            // The last digit of a number is not kept in JSON.
            let told = |value: Option<f64>| value.map(|value| format!("{value:.9}"));
            let whole = of.total.and_then(|total| total.value);
            assert_eq!(told(line.shown.total().value()), told(whole), "{}", line.code);
        }
        let opened = audit::Entity::find()
            .filter(audit::Column::Action.eq(Action::ComputeMeasures.code()))
            .filter(audit::Column::Subject.eq("received_contribution"))
            .count(stage.db.reader())
            .await
            .expect("counted");
        assert_eq!(opened, 2);
        let again = scene.compute(stage).await;
        assert_eq!(
            (again.number, again.n_held_back),
            (2, 0),
            "nothing changed, so everything is shown again"
        );
        assert_eq!(scene.lines(stage).await.len(), lines.len());
        scene.take(stage, 0, bytes(second())).await.expect("taken");
        assert!(scene.lines(stage).await.iter().all(|line| line.is_stale));
        let overview = overview(&scene.cx(stage), scene.id()).await.expect("read");
        let latest = overview.latest.expect("computed");
        assert!(latest.is_stale && latest.n_new == 1, "{latest:?}");
    })
    .await;
}

#[tokio::test]
async fn a_few_newcomers_leave_what_was_shown_before() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        scene.take(stage, 0, bytes(first())).await.expect("taken");
        scene.take(stage, 1, bytes(second())).await.expect("taken");
        scene.compute(stage).await;
        let before = scene.lines(stage).await;
        let is_told = |line: &Line| !line.shown.whose().contains("withheld");
        let n_told = before.iter().filter(|line| is_told(line)).count();
        assert!(n_told > 10, "{n_told}");
        // Both send anew, and one of them five cases more.
        scene.take(stage, 0, bytes(&rows(605, 0, 1))).await.expect("taken");
        scene.take(stage, 1, bytes(second())).await.expect("taken");
        let computed = scene.compute(stage).await;
        assert_eq!(computed.n_held_back, n_told, "five cases more are few");
        let after = scene.lines(stage).await;
        for (line, before) in after.iter().zip(&before) {
            assert_eq!(line.shown, before.shown);
            assert!(!is_told(before) || line.remarks().contains("what was shown before stays"));
        }
        // The next cycle begins with as many cases and five others: beside this one it would tell of them.
        let cycle = opened(stage, &scene.cast.coordinator, "2026", "2025").await;
        let scene = Scene { cycle, ..scene };
        for (place, n, from, seed) in [(0, 605, 0, 1), (1, 400, 10_000, 2)] {
            let sent = rows_of("2026", n, from, seed);
            scene.take(stage, place, bytes(&sent)).await.expect("taken");
        }
        scene.compute(stage).await;
        for (line, before) in scene.lines(stage).await.iter().zip(&before) {
            let whose = line.shown.whose();
            // Nor does anything tell how many they are in all.
            let is_silent = whose.starts_with("of cases whose number is withheld, seen by 2 organisations");
            let is_given = line.shown.total().is_given();
            assert!(!is_told(before) || (is_silent && !is_given), "{}: {whose}", line.code);
        }
    })
    .await;
}

#[tokio::test]
async fn what_one_organisation_alone_sends_later_changes_no_figure_that_was_shown_until_a_second_does() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        scene.take(stage, 0, bytes(first())).await.expect("taken");
        scene.take(stage, 1, bytes(second())).await.expect("taken");
        scene.compute(stage).await;
        let before = scene.lines(stage).await;
        let is_shown = |line: &&Line| line.shown.total().value().is_some();
        let n_shown = before.iter().filter(is_shown).count();
        assert!(n_shown > 10, "{n_shown}");
        let held = async || {
            scene.compute(stage).await;
            for (line, before) in scene.lines(stage).await.iter().zip(&before) {
                assert_eq!(line.shown, before.shown, "{}", line.code);
            }
        };
        scene.take(stage, 0, bytes(&rows(700, 30_000, 5))).await.expect("taken");
        held().await;
        scene.take(stage, 2, bytes(&rows(500, 20_000, 3))).await.expect("taken");
        // One comes, and another sends the same again or something else: what was added is the one’s all the same.
        held().await;
        scene.take(stage, 1, bytes(second())).await.expect("taken");
        held().await;
    })
    .await;
}

#[tokio::test]
async fn what_two_organisations_send_anew_takes_the_place_of_what_was_shown() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        scene.take(stage, 0, bytes(first())).await.expect("taken");
        scene.take(stage, 1, bytes(second())).await.expect("taken");
        scene.compute(stage).await;
        scene.take(stage, 0, bytes(&rows(700, 30_000, 5))).await.expect("taken");
        scene.take(stage, 1, bytes(&rows(500, 20_000, 3))).await.expect("taken");
        scene.compute(stage).await;
        let after = scene.lines(stage).await;
        let whose = "of 1,200 cases seen by 2 organisations; may include the same person twice";
        let n_new = after.iter().filter(|line| line.shown.whose() == whose).count();
        assert!(n_new > after.len() / 2, "{n_new} of {}", after.len());
    })
    .await;
}

#[tokio::test]
async fn a_contribution_that_does_not_fit_the_pack_is_left_out_and_said_so() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        scene.take(stage, 0, bytes(first())).await.expect("taken");
        let sender = Sender::generate();
        let (pair, public) = key::public(&stage.db, COALITION).await.expect("a key");
        let says = Says {
            cycle: "2025".into(),
            pack: 5,
            organisation: scene.cast.organisations[1].0,
            organisation_name: "Specimen".into(),
            number: 1,
            made_on: stage.now.day(),
        };
        let key = scene.cx(stage).ids.random();
        let broken = Envelope::make(
            &says,
            &Recipient { number: pair, public },
            &sender,
            key,
            b"{\"canary\": 1}",
        );
        let broken = broken.expect("made").into_bytes();
        let sent = receive(&stage.cx(&scene.cast.contributor), broken)
            .await
            .expect("received unopened");
        confirm(&scene.cx(stage), sent.id).await.expect("confirmed");
        let computed = scene.compute(stage).await;
        assert_eq!(computed.faulty, [(scene.cast.organisations[1].0, 1)]);
        let latest = overview(&scene.cx(stage), scene.id())
            .await
            .expect("read")
            .latest
            .expect("computed");
        assert_eq!(latest.left_out.len(), 1);
        assert_eq!(latest.n_new, 0);
        assert!(scene.lines(stage).await[0].shown.whose().contains("by 1 organisation;"));
    })
    .await;
}

#[tokio::test]
async fn contributions_open_after_the_coalition_changed_its_key() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let sender = Sender::generate();
        let old = scene.envelope(stage, 1, 2, &sender, first()).await;
        let sealed = scene.envelope(stage, 1, 1, &sender, second()).await;
        let sealed = receive(&stage.cx(&scene.cast.contributor), sealed)
            .await
            .expect("received");
        confirm(&scene.cx(stage), sealed.id).await.expect("confirmed");
        key::rotate(&scene.cx(stage), COALITION, false).await.expect("rotated");
        while key::reseal(&scene.cx(stage), COALITION).await.expect("sealed anew") > 0 {}
        assert_eq!(scene.compute(stage).await.faulty, []);
        let late = receive(&stage.cx(&scene.cast.contributor), old).await;
        assert!(refused(late).contains("no longer, in use here"));
    })
    .await;
}

#[tokio::test]
async fn only_coordinators_take_in_confirm_and_compute() {
    on_both(async |stage| {
        let scene = Scene::on(stage).await;
        let taken = scene.take(stage, 0, bytes(second())).await.expect("taken");
        for (who, actor) in scene.cast.everyone() {
            let cx = stage.cx(actor);
            let is_coordinator = actor.roles == [Role::Coordinator];
            assert_eq!(overview(&cx, scene.id()).await.is_ok(), is_coordinator, "{who}");
            if is_coordinator {
                continue;
            }
            let forbidden = |answer: Result<(), AppError>| matches!(answer, Err(AppError::Forbidden(_)));
            let input = TakeIn {
                cycle: Some(scene.id()),
                organisation: Some(scene.cast.organisations[0]),
                name: String::new(),
                bytes: bytes(first()),
            };
            assert!(forbidden(take_in(&cx, input).await.map(drop)), "{who}");
            assert!(forbidden(confirm(&cx, taken.id).await), "{who}");
            assert!(forbidden(refuse(&cx, taken.id).await), "{who}");
            assert!(forbidden(compute(&cx, scene.id(), None).await.map(drop)), "{who}");
            let is_sender = actor.organisation == scene.cast.first_manager.organisation
                && actor
                    .roles
                    .iter()
                    .any(|role| matches!(role, Role::Manager | Role::Contributor));
            assert_eq!(find(&cx, scene.id(), taken.id).await.is_ok(), is_sender, "{who}");
        }
        let count = case_measurement::Entity::find()
            .count(stage.db.reader())
            .await
            .expect("counted");
        assert_eq!(count, 0);
    })
    .await;
}

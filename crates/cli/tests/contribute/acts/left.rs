//! What leaves: the pack that it answers, and a file as the coalition opens it, held against those who agreed.

use std::collections::BTreeMap;

use domain::indicator::Statistic;
use domain::pack::{Aggregates, Body, Condition, Contribution, Definition, Pack, ROW, Row, Rule, Test, Value};
use domain::permission::{Action, Relation};
use measures::{read, shipped_pack};
use store::Cx;
use store::envelope::{Envelope, Recipient};
use store::seal::{Identity, PrivateKey};
use uuid::Uuid;

use super::house::{CANARY, gender};

/// The column that tells whose row it is: each person was given another number of hours.
const HOURS: &str = "unpaid_hours";
/// A measure of a column that has nothing to do with consent: the share of women and girls.
const WOMEN: &str = "I99a";
/// The median of the hours, of which a file holds how many cases have each number.
const HALF: &str = "I99b";

/// What the program ships for 2025, and two measures that can be added up with a pencil.
pub(super) fn pack() -> Pack {
    let mut pack = shipped_pack("2025");
    let measure = |code: &str, statistic, of: Option<&str>, all| Definition {
        code: code.to_owned(),
        version: 1,
        statistic,
        of: of.map(str::to_owned),
        out_of: None,
        per: None,
        population: Condition::default(),
        counted: Condition { all, any: Vec::new() },
        strata: Vec::new(),
        note: String::new(),
    };
    let is_female = Test {
        column: "gender".to_owned(),
        rule: Rule::Is(vec!["female".to_owned()]),
    };
    pack.definitions.extend([
        measure(WOMEN, Statistic::Share, None, vec![is_female]),
        measure(HALF, Statistic::Median, Some(HOURS), Vec::new()),
    ]);
    pack
}

/// The coalition, on another machine.
pub(super) struct Coalition(PrivateKey);

impl Coalition {
    pub(super) fn new() -> Self {
        Self(PrivateKey::generate())
    }

    /// Its key, as a line of text.
    pub(super) fn recipient(&self) -> String {
        let public = self.0.public();
        Recipient { number: 4, public }.to_string()
    }

    /// What it reads of a file: the bytes. `cx`: of somebody who may look at contributions.
    pub(super) async fn read(&self, cx: &Cx<'_>, envelope: &Envelope) -> Vec<u8> {
        let record = Uuid::from_u128(5);
        let key = Identity::of_key(envelope.head().key);
        let key = self.0.open_key(&key, envelope.sealed_key()).expect("the coalition's");
        let opened = envelope.open(&key, record).expect("opens");
        let (action, relation) = (Action::ReadContribution, Relation::OwnOrganisation);
        let shown = cx.disclose(action, relation, "contribution", &[record]).await;
        opened.reveal(&shown.expect("logged")).expect("disclosed").clone()
    }
}

/// Holds the bytes of a file against those of whom it may be: it is of each of them and of nobody else, the pack takes it, and
/// nothing that was typed is in it, nor the id of a case.
pub(super) fn check(pack: &Pack, bytes: &[u8], who: &BTreeMap<Uuid, u32>) {
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    assert!(!text.contains(CANARY), "{text}");
    for case in who.keys() {
        assert!(!text.contains(&case.to_string()), "{case}: {text}");
        assert!(!text.contains(&case.simple().to_string()), "{case}: {text}");
    }
    if let Err(refused) = read::contribution(pack, bytes) {
        panic!("{refused}");
    }
    only_columns(pack, bytes);
    let mut numbers: Vec<u32> = who.values().copied().collect();
    numbers.sort_unstable();
    let file: Contribution = serde_json::from_slice(bytes).expect("a contribution");
    match file.body {
        Body::Rows(rows) => check_rows(&rows, &numbers),
        Body::Aggregates(added) => check_aggregates(&added, &numbers),
    }
}

/// Each key of each row is a column of the pack, as the file itself has it and not as the program reads it.
fn only_columns(pack: &Pack, bytes: &[u8]) {
    let file: serde_json::Value = serde_json::from_slice(bytes).expect("JSON");
    let rows = file["body"]["rows"].as_array().into_iter().flatten();
    for key in rows.flat_map(|row| row.as_object().expect("an object").keys()) {
        assert!(key == ROW || pack.schema.column(key).is_some(), "{key}");
    }
}

fn check_rows(rows: &[Row], numbers: &[u32]) {
    let hours = |row: &Row| match row.values.get(HOURS) {
        Some(Value::Number(hours)) => *hours,
        other => panic!("{other:?}"),
    };
    let mut found: Vec<u32> = rows.iter().map(hours).collect();
    found.sort_unstable();
    assert_eq!(found, numbers, "other people than those who agree");
}

fn check_aggregates(added: &Aggregates, numbers: &[u32]) {
    let n = numbers.len() as u64;
    assert_eq!(added.cases, n);
    let total = |code: &str| {
        let table = added.tables.iter().find(|table| table.measure == code);
        &table.unwrap_or_else(|| panic!("no table of {code}")).total
    };
    let women = numbers.iter().filter(|number| gender(**number) == "female").count() as u64;
    let share = total(WOMEN);
    assert_eq!((share.n, share.d, share.missing), (women, n, 0));
    let half = total(HALF);
    assert_eq!((half.n, half.d, half.missing), (n, n, 0));
    let each: BTreeMap<u32, u64> = numbers.iter().map(|number| (*number, 1)).collect();
    assert_eq!(half.histogram, each, "other people than those who agree");
}

/// The check itself: it finds whom a file is of, and not how many alone.
#[test]
fn somebody_else_in_the_place_of_one_who_agrees_is_noticed() {
    let pack = pack();
    let row = |id: u8, hours| Row {
        id: uuid::Builder::from_random_bytes([id; 16]).into_uuid(),
        values: BTreeMap::from([
            (HOURS.to_owned(), Value::Number(hours)),
            ("gender".to_owned(), Value::Code(gender(hours).to_owned())),
        ]),
    };
    let rows = vec![row(1, 1), row(2, 4)];
    let added = web::add_up(&pack, &rows).expect("rows of the pack");
    for body in [Body::Rows(rows), Body::Aggregates(added)] {
        let file = Contribution {
            format: domain::pack::FORMAT.to_owned(),
            cycle: pack.cycle.clone(),
            pack: pack.version,
            body,
        };
        let bytes = serde_json::to_vec(&file).expect("JSON");
        let is_of = |numbers: [u32; 2]| {
            let who: BTreeMap<Uuid, u32> = (100..).map(Uuid::from_u128).zip(numbers).collect();
            std::panic::catch_unwind(|| check(&pack, &bytes, &who)).is_ok()
        };
        assert!(is_of([1, 4]));
        // Of the same gender, and as many.
        assert!(!is_of([1, 2]));
        assert!(!is_of([3, 4]));
    }
}

//! No sequence of records, corrections and consents lets anything out that the pack does not ask for, or anybody who does
//! not agree. (Here and not in `casework`, which does not know `measures`.)

use std::collections::BTreeSet;
use std::sync::LazyLock;

use casework::background::Background;
use casework::case::About;
use casework::contribution::{Case, FILLED, IDENTIFYING, Period, Step, code};
use casework::event::{Basis, Entry, Event, History, Kind, What, what};
use casework::exploitation::Episode;
use casework::need::Need;
use casework::person::{Identity, Person, SafeContact};
use casework::sheet::{Field, Input, Sheet, Typed};
use casework::time_entry::Given;
use domain::casework::{Purpose, Said};
use domain::pack::{Body, Contribution, FORMAT, Pack, Row};
use domain::{Day, Instant};
use measures::{read, shipped_pack};
use proptest::prelude::*;
use store::FieldErrors;
use store::envelope::{Envelope, Recipient, Says, Sender};
use store::seal::{Identity as StoredAs, PrivateKey};
use uuid::{Builder, Uuid};

// Reading the shipped files for each case would take longer than what is tried.
static PACK: LazyLock<Pack> = LazyLock::new(|| shipped_pack("2026"));

fn period() -> Period {
    Period {
        from: day(2024, 1, 1),
        until: day(2025, 12, 31),
    }
}

/// Begins every text that is typed here and is not the name of a code.
const CANARY: &str = "zqx";

fn day(year: i16, month: i8, day: i8) -> Day {
    Day::new(year, month, day).expect("a day")
}

/// Choices, one after the other; the first of each when none is left.
struct Draw<'a>(std::slice::Iter<'a, u32>);

impl Draw<'_> {
    fn below(&mut self, n: usize) -> usize {
        self.0.next().map_or(0, |drawn| *drawn as usize % n)
    }

    fn day(&mut self) -> Day {
        day(2023, 10, 1).plus_days(i32::try_from(self.below(1_000)).expect("small"))
    }

    fn text(&mut self) -> String {
        match self.below(6) {
            0 => "London".to_owned(),
            1 => "Albanian".to_owned(),
            n => format!("{CANARY}{n} {}", self.below(90_000)),
        }
    }

    /// What someone might type into these fields.
    fn typed(&mut self, fields: &[Field]) -> Typed {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for field in fields {
            if field.is_optional && self.below(3) == 0 {
                continue;
            }
            let mut add = |value: String| pairs.push((field.key.to_owned(), value));
            match &field.input {
                Input::Line | Input::Words => add(self.text()),
                Input::Number => add(self.below(400_000).to_string()),
                Input::Money => add(format!("{}.{:02}", self.below(900), self.below(100))),
                Input::Day(false) => add(self.day().iso()),
                // Of a birth and of exploitation: sometimes a year alone.
                Input::Day(true) => {
                    let whole = self
                        .day()
                        .plus_months(-12 * i32::try_from(self.below(60)).expect("small"))
                        .iso();
                    add(whole[..[4, 7, 10][self.below(3)]].to_owned());
                }
                Input::Choice(options) => add(options[self.below(options.len())].0.to_owned()),
                Input::Boxes(options) => {
                    for _ in 0..=self.below(2) {
                        add(options[self.below(options.len())].0.to_owned());
                    }
                }
            }
        }
        Typed::of(pairs)
    }

    fn sheet<S: Sheet>(&mut self) -> S {
        let mut errors = FieldErrors::new();
        let typed = self.typed(&S::fields());
        S::read(&typed, &mut errors).unwrap_or_else(|| panic!("{errors:?}"))
    }

    fn sheets<S: Sheet>(&mut self) -> Vec<S> {
        (0..self.below(4)).map(|_| self.sheet()).collect()
    }

    fn what(&mut self, kind: Kind) -> What {
        let mut errors = FieldErrors::new();
        let typed = self.typed(&kind.fields());
        kind.read(&typed, &mut errors).unwrap_or_else(|| panic!("{errors:?}"))
    }
}

/// An event as it holds now, with what a person would say of it: when it was first recorded, its day, what it says.
struct Held {
    id: Uuid,
    first: usize,
    on: Day,
    what: What,
}

/// A case that was recorded, corrected and struck through.
struct Made {
    person: Person,
    about: About,
    history: History,
    episodes: Vec<Episode>,
    needs: Vec<Need>,
    background: Vec<Background>,
    time: Vec<Given>,
    /// Whether the person agrees to being counted, told from what holds and not by the program.
    is_agreed: bool,
}

fn made(drawn: &[u32]) -> Made {
    let mut draw = Draw(drawn.iter());
    let person = Person {
        identity: draw.sheet::<Identity>(),
        contact: draw.sheet::<SafeContact>(),
        contact_at: Instant(0),
        earlier_contacts: Vec::new(),
    };
    let about = draw.sheet::<About>();
    let (mut events, mut held): (Vec<Event>, Vec<Held>) = (Vec::new(), Vec::new());
    let kinds: Vec<Kind> = Kind::ALL.iter().copied().filter(|kind| kind.is_recorded()).collect();
    // What a life is about: a few kinds again and again, between the decisions. Drawn from all kinds alike, two that belong
    // together would hardly meet.
    let about_what: Vec<Kind> = (0..=draw.below(2)).map(|_| kinds[draw.below(kinds.len())]).collect();
    let decisions = [
        Kind::NrmReferral,
        Kind::ReasonableGrounds,
        Kind::ConclusiveGrounds,
        Kind::Return,
    ];
    for n in 0..draw.below(24) {
        let id = Uuid::from_u128(n as u128 + 1);
        let on = draw.day();
        let earlier = (!held.is_empty()).then(|| draw.below(held.len()));
        let (what, supersedes) = match (draw.below(5), earlier) {
            (0, Some(earlier)) => {
                let struck = held.remove(earlier);
                (What::Struck(what::Struck {}), Some(struck.id))
            }
            (1, Some(earlier)) => {
                let corrected = draw.what(held[earlier].what.kind());
                let before = std::mem::replace(&mut held[earlier].id, id);
                (held[earlier].on, held[earlier].what) = (on, corrected.clone());
                (corrected, Some(before))
            }
            (choice, _) => {
                let kind = match (choice, draw.below(8)) {
                    (2, _) => Kind::Consent,
                    (_, 0) => kinds[draw.below(kinds.len())],
                    (_, 1 | 2) => decisions[draw.below(decisions.len())],
                    _ => about_what[draw.below(about_what.len())],
                };
                let mut what = draw.what(kind);
                // Asked more often than by chance.
                if let (What::Consent(sheet), true) = (&mut what, choice == 2) {
                    sheet.purpose = Purpose::Monitoring;
                }
                let first = n;
                held.push(Held {
                    id,
                    first,
                    on,
                    what: what.clone(),
                });
                (what, None)
            }
        };
        events.push(Event {
            id,
            entry: Entry {
                on,
                what,
                note: draw.text(),
                basis: draw.sheet::<Basis>(),
                supersedes,
                by: Uuid::nil(),
                at: Instant(i64::try_from(n).expect("small")),
            },
        });
    }
    let last = held
        .iter()
        .filter_map(|one| match &one.what {
            What::Consent(sheet) if sheet.purpose == Purpose::Monitoring => Some((one.on, one.first, sheet.said)),
            _ => None,
        })
        .max_by_key(|(on, first, _)| (*on, *first));
    Made {
        is_agreed: last.is_some_and(|(_, _, said)| said == Said::Given),
        person,
        about,
        history: History::new(events),
        episodes: draw.sheets(),
        needs: draw.sheets(),
        background: draw.sheets(),
        time: draw.sheets(),
    }
}

impl Made {
    fn case(&self) -> Case<'_> {
        Case {
            person: &self.person,
            about: &self.about,
            history: &self.history,
            episodes: &self.episodes,
            needs: &self.needs,
            background: &self.background,
            time: &self.time,
            is_open: true,
        }
    }

    fn row(&self) -> Option<Row> {
        let id = Builder::from_random_bytes([7; 16]).into_uuid();
        code(self.case(), &PACK.schema, period(), id)
    }
}

fn drawn() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(any::<u32>(), 0..700)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn nothing_outside_the_pack_and_nobody_without_consent_reaches_a_row(drawn in drawn()) {
        let made = made(&drawn);
        let Some(row) = made.row() else {
            prop_assert!(!made.is_agreed || !made.case().is_within(period()));
            return Ok(());
        };
        prop_assert!(made.is_agreed);
        let read = read::rows(&PACK, std::slice::from_ref(&row));
        prop_assert!(read.is_ok(), "{}", read.expect_err("refused"));
        prop_assert!(row.values.keys().all(|column| FILLED.contains(&column.as_str())));
        let text = serde_json::to_string(&row).expect("JSON").to_lowercase();
        prop_assert!(!text.contains(CANARY), "{text}");
    }
}

/// The sealed file, opened with the coalition's key, is what the coalition reads it as: the rows, with what was left out of
/// them, and nothing else.
struct Expected {
    rows: Vec<Row>,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn nothing_outside_the_pack_reaches_the_sealed_file(
        drawn in prop::collection::vec(drawn(), 4..16),
        steps in prop::collection::vec((0_usize..4, 0_usize..IDENTIFYING.len()), 0..4),
    ) {
        let mut rows: Vec<Row> = drawn.iter().filter_map(|drawn| made(drawn).row()).collect();
        // Nobody to be counted: a contribution without a row is not prepared.
        prop_assume!(!rows.is_empty());
        for (n, row) in (0_u8..).zip(&mut rows) {
            row.id = Builder::from_random_bytes([n; 16]).into_uuid();
        }
        for (what, column) in steps {
            let step = Step::parse(["without", "rare", "small", "wider"][what], IDENTIFYING[column]).expect("a step");
            step.take(&mut rows, &PACK, PACK.threshold);
        }
        let file = Contribution {
            format: FORMAT.to_owned(),
            cycle: PACK.cycle.clone(),
            pack: PACK.version,
            body: Body::Rows(rows.clone()),
        };
        let (pair, sender) = (PrivateKey::generate(), Sender::generate());
        let says = Says {
            cycle: file.cycle.clone(),
            pack: file.pack,
            organisation: Uuid::from_u128(5),
            organisation_name: "Specimen Aid".to_owned(),
            number: 1,
            made_on: day(2026, 1, 2),
        };
        let to = Recipient { number: 1, public: pair.public() };
        let key = Builder::from_random_bytes([9; 16]).into_uuid();
        let bytes = serde_json::to_vec(&file).expect("JSON");
        let sealed = Envelope::make(&says, &to, &sender, key, &bytes).expect("sealed").into_bytes();
        let read = Envelope::read(sealed).expect("an envelope");
        let key = pair.open_key(&StoredAs::of_key(key), read.sealed_key()).expect("the coalition's");
        let opened = read.open(&key, Uuid::from_u128(6)).expect("opens");
        let is_as_expected = opened.answers(&Expected { rows }, |bytes, expected| {
            let text = String::from_utf8_lossy(bytes).to_lowercase();
            let taken = read::contribution(&PACK, bytes);
            let back: Contribution = serde_json::from_slice(bytes).expect("a contribution");
            taken.is_ok() && !text.contains(CANARY) && back.body == Body::Rows(expected.rows.clone())
        });
        prop_assert!(is_as_expected);
    }
}

/// The property above is about rows that hold something, and the table of columns says what is so.
#[test]
fn every_column_that_is_said_to_be_filled_is_filled_in_some_case() {
    // A plain generator: drawing that many by the one above would take longer than coding them.
    let mut state = 1_u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(state >> 32).expect("half of it")
    };
    let mut found = BTreeSet::new();
    let (mut rows, mut none) = (0, 0);
    // Some columns need several rare answers of one case: as many cases as it takes, and an end.
    for _ in 0..200_000 {
        let drawn: Vec<u32> = (0..1_500).map(|_| next()).collect();
        match made(&drawn).row() {
            Some(row) => {
                found.extend(row.values.into_keys());
                rows += 1;
            }
            None => none += 1,
        }
        if found.len() == FILLED.len() && rows > 200 && none > 200 {
            break;
        }
    }
    assert!(rows > 200 && none > 200, "{rows} {none}");
    let missing: Vec<_> = FILLED.iter().filter(|column| !found.contains(**column)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

//! Whatever is recorded, brought in, undone, corrected, struck, amended, linked, forgotten, prepared, generalised, approved and
//! sent, in whatever order, as rows or as figures: a file that can be taken is of exactly those who agree at that moment, and
//! holds nothing that was typed. (Here and not in `casework`, which does not know `measures`.)

mod house;
mod left;
mod told;

use std::cell::Cell;
use std::collections::BTreeMap;

use casework::contribution::{self, Approve, Period, Prepare};
use casework::event::{self as events, Kind};
use casework::exploitation::Episode;
use casework::need::Need;
use casework::{import, link, person};
use domain::Day;
use domain::casework::Known;
use domain::contribution::Holds;
use domain::pack::Pack;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestRunner};
use store::AppError;
use testkit::Stage;
use uuid::Uuid;

use house::{House, asked};
use left::Coalition;
use told::{Answer, People, Told};

/// The most acts that a play has.
const ACTS: usize = 60;
/// How many people: the hours that tell one from another fit into a day. The last is kept for the end of a play.
const MOST: u32 = 24;

#[derive(Debug, Clone, Copy)]
enum Act {
    /// A case, whose person agrees or was not asked.
    Record,
    /// A case from a file, whose person agrees or does not.
    Bring,
    /// An import is undone.
    Undo,
    /// Somebody says yes or no to being counted, on whichever day.
    Say,
    /// What they said, or on which day, was another.
    CorrectAnswer,
    /// They were never asked.
    StrikeAnswer,
    /// A referral was on another day.
    CorrectReferral,
    AmendPerson,
    AmendNeed,
    AmendEpisode,
    /// Two cases are of one person.
    Link,
    /// They are of two.
    Unlink,
    Forget,
    /// A contribution of rows, or of figures.
    Prepare,
    /// Less is said in it.
    Generalise,
    /// It is approved, its file is taken, and it is sent or not yet.
    Leave,
    /// Whether a new one is due.
    Look,
}

/// What is drawn from; what stands there more often is done more often.
const DRAWN: &[Act] = &[
    Act::Record,
    Act::Record,
    Act::Record,
    Act::Record,
    Act::Bring,
    Act::Bring,
    Act::Undo,
    Act::Say,
    Act::Say,
    Act::Say,
    Act::Say,
    Act::Say,
    Act::CorrectAnswer,
    Act::CorrectAnswer,
    Act::StrikeAnswer,
    Act::CorrectReferral,
    Act::AmendPerson,
    Act::AmendNeed,
    Act::AmendEpisode,
    Act::Link,
    Act::Link,
    Act::Link,
    Act::Unlink,
    Act::Forget,
    Act::Prepare,
    Act::Prepare,
    Act::Prepare,
    Act::Generalise,
    Act::Leave,
    Act::Leave,
    Act::Leave,
    Act::Leave,
    Act::Look,
];

/// An act, and what it needs of chance: one case and another, a day of May, yes or no.
#[derive(Debug, Clone)]
struct Turn {
    act: Act,
    which: Index,
    other: Index,
    on: i8,
    is_so: bool,
}

fn turn() -> impl Strategy<Value = Turn> {
    let chance = (any::<Index>(), any::<Index>(), 21_i8..=31, any::<bool>());
    (select(DRAWN), chance).prop_map(|(act, (which, other, on, is_so))| Turn {
        act,
        which,
        other,
        on,
        is_so,
    })
}

fn may(on: i8) -> String {
    format!("2025-05-{on:02}")
}

fn year() -> Period {
    let day = |month, day| Day::new(2025, month, day).expect("a day");
    Period {
        from: day(1, 1),
        until: day(12, 31),
    }
}

/// Where a contribution stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    Prepared,
    Approved,
    Sent,
}

/// A contribution, and of whom it was prepared.
#[derive(Debug, Clone)]
struct Prepared {
    id: Uuid,
    who: BTreeMap<Uuid, u32>,
    holds: Holds,
    revision: i32,
    stands: Stands,
}

/// One sequence of acts, as it goes on.
struct Play<'a> {
    house: &'a House,
    coalition: &'a Coalition,
    pack: &'a Pack,
    people: People,
    /// How many people there were so far.
    n_people: u32,
    /// The contribution that was prepared last, and the one that was sent last.
    last: Option<Prepared>,
    sent: Option<Prepared>,
    n_files: usize,
}

/// Refused by a rule, and not for another reason.
fn is_refused<T>(answer: &Result<T, AppError>) -> bool {
    matches!(answer, Err(AppError::Refused(_)))
}

impl Play<'_> {
    async fn turn(&mut self, turn: &Turn) {
        let at = self.house.tick();
        match turn.act {
            Act::Record | Act::Bring if self.n_people + 1 >= MOST => {}
            Act::Record => self.record(turn.on, turn.is_so, at).await,
            Act::Bring => self.bring(turn.on, turn.is_so, at).await,
            Act::Prepare => {
                let holds = if turn.is_so { Holds::Rows } else { Holds::Aggregates };
                self.prepare(holds).await;
            }
            Act::Generalise => self.generalise().await,
            Act::Leave => self.leave(turn.is_so).await,
            Act::Look => self.look().await,
            Act::Undo => self.undo(turn.which).await,
            Act::Unlink => self.unlink(turn.which).await,
            _ => {
                let ids: Vec<Uuid> = self.people.cases.keys().copied().collect();
                if !ids.is_empty() {
                    let (case, other) = (*turn.which.get(&ids), *turn.other.get(&ids));
                    self.in_case(turn, at, case, other).await;
                }
            }
        }
    }

    /// What is done in one case, or in two.
    async fn in_case(&mut self, turn: &Turn, at: i64, case: Uuid, other: Uuid) {
        let (house, on) = (self.house, may(turn.on));
        let cx = house.cx(&house.supervisor);
        if matches!(turn.act, Act::Link) {
            self.link(case, other).await;
            return;
        }
        let Some(told) = self.people.cases.get_mut(&case) else {
            return;
        };
        let number = told.number;
        match turn.act {
            Act::Say => {
                let said = said(turn);
                let event = house.say(case, number, Kind::Consent, &asked(&on, said)).await;
                told.answers.push(Answer {
                    event,
                    on: turn.on,
                    at,
                    is_yes: turn.is_so,
                });
            }
            Act::CorrectAnswer if !told.answers.is_empty() => {
                let nth = turn.other.index(told.answers.len());
                let answer = &mut told.answers[nth];
                let corrected = asked(&on, said(turn));
                let place = (case, answer.event);
                answer.event = house.correct(place, number, Kind::Consent, &corrected).await;
                (answer.on, answer.is_yes) = (turn.on, turn.is_so);
            }
            Act::StrikeAnswer if !told.answers.is_empty() => {
                let nth = turn.other.index(told.answers.len());
                let answer = told.answers.remove(nth);
                let reason = format!("{} never asked", house::CANARY);
                events::strike(&cx, case, answer.event, &reason).await.expect("struck");
            }
            Act::CorrectReferral => {
                let referred = [("on", on.as_str()), ("agency", "police"), ("is_child", "yes")];
                told.referral = Some(match told.referral {
                    Some(event) => house.correct((case, event), number, Kind::NrmReferral, &referred).await,
                    None => house.say(case, number, Kind::NrmReferral, &referred).await,
                });
            }
            Act::AmendPerson => {
                house.amend_person(case, number, told.revision).await;
                told.revision += 1;
            }
            Act::AmendNeed => {
                let need = [("area", "medical"), ("horizon", "emergency"), ("since", on.as_str())];
                told.need = Some(house.amend_part::<Need>(case, number, told.need, &need).await);
            }
            Act::AmendEpisode => {
                let episode = [("forms", "labour"), ("began", on.as_str())];
                let known = told.episode;
                told.episode = Some(house.amend_part::<Episode>(case, number, known, &episode).await);
            }
            Act::Forget => {
                person::forget(&cx, case).await.expect("forgotten");
                self.people.forget(case);
                return;
            }
            // There is no answer to correct or to strike.
            _ => return,
        }
        told.is_touched = true;
    }

    /// Records somebody, who agrees or is not asked.
    async fn record(&mut self, on: i8, is_yes: bool, at: i64) {
        self.n_people += 1;
        let number = self.n_people;
        let case = self.house.record(number).await;
        let mut told = Told::new(number);
        let referred = [("on", "2025-05-21"), ("agency", "police")];
        told.referral = Some(self.house.say(case, number, Kind::NrmReferral, &referred).await);
        if is_yes {
            let day = may(on);
            let given = asked(&day, "given");
            let event = self.house.say(case, number, Kind::Consent, &given).await;
            told.answers.push(Answer { event, on, at, is_yes });
        }
        self.people.cases.insert(case, told);
    }

    /// Brings somebody in from a file, who agrees or does not.
    async fn bring(&mut self, on: i8, is_yes: bool, at: i64) {
        self.n_people += 1;
        let said = if is_yes { "yes" } else { "no" };
        let (case, import, event) = self.house.bring(self.n_people, &may(on), said).await;
        let mut told = Told::new(self.n_people);
        told.import = Some(import);
        told.answers.push(Answer { event, on, at, is_yes });
        self.people.cases.insert(case, told);
    }

    /// Undoes the import of somebody, which is refused once anything was done in their case.
    async fn undo(&mut self, which: Index) {
        let cases = self.people.cases.iter();
        let brought: Vec<(Uuid, Uuid, bool)> = cases
            .filter_map(|(case, told)| Some((*case, told.import?, told.is_touched)))
            .collect();
        if brought.is_empty() {
            return;
        }
        let (case, import, is_touched) = *which.get(&brought);
        let answer = import::undo(&self.house.cx(&self.house.supervisor), import).await;
        if is_touched {
            assert!(is_refused(&answer), "{answer:?}");
        } else {
            answer.expect("undone");
            self.people.forget(case);
        }
    }

    async fn link(&mut self, one: Uuid, other: Uuid) {
        let cx = self.house.cx(&self.house.supervisor);
        let answer = link::link(&cx, one, other, Known::Yes).await;
        if one == other || self.people.are_linked(one, other) {
            assert!(is_refused(&answer), "{answer:?}");
            return;
        }
        answer.expect("linked");
        self.people.links.insert((one, other));
        self.touch(one, other);
    }

    async fn unlink(&mut self, which: Index) {
        let links: Vec<(Uuid, Uuid)> = self.people.links.iter().copied().collect();
        if links.is_empty() {
            return;
        }
        let (one, other) = *which.get(&links);
        // From a case that is there: the other may have been forgotten.
        let (case, to) = if self.people.cases.contains_key(&one) {
            (one, other)
        } else {
            (other, one)
        };
        let cx = self.house.cx(&self.house.supervisor);
        link::unlink(&cx, case, to, "two people").await.expect("unlinked");
        self.people.links.remove(&(one, other));
    }

    fn touch(&mut self, one: Uuid, other: Uuid) {
        for case in [one, other] {
            if let Some(told) = self.people.cases.get_mut(&case) {
                told.is_touched = true;
            }
        }
    }

    /// Whether everybody of a contribution may still be counted.
    fn stand_by(&self, of: &Prepared) -> bool {
        of.who.keys().all(|case| self.people.agrees(*case))
    }

    async fn prepare(&mut self, holds: Holds) {
        let who = self.people.agreeing();
        let input = Prepare {
            pack: self.pack,
            period: year(),
            holds,
        };
        let cx = self.house.cx(&self.house.contributor);
        let answer = contribution::prepare(&cx, input, &web::add_up).await;
        if who.is_empty() {
            assert!(is_refused(&answer), "{answer:?}");
            return;
        }
        self.last = Some(Prepared {
            id: answer.expect("prepared"),
            who,
            holds,
            revision: 1,
            stands: Stands::Prepared,
        });
    }

    async fn generalise(&mut self) {
        let Some(last) = &mut self.last else { return };
        let cx = self.house.cx(&self.house.contributor);
        let step = contribution::Step::Small;
        let answer = contribution::generalise(&cx, last.id, step, self.pack, last.revision).await;
        if answer.is_ok() {
            assert_eq!((last.stands, last.holds), (Stands::Prepared, Holds::Rows));
            last.revision += 1;
        } else {
            // Figures, approved already, or nothing left to leave out.
            assert!(is_refused(&answer), "{answer:?}");
        }
    }

    /// Approves what was prepared last, takes its file, and says that it was sent or does not: no more of it than may be,
    /// because each of its people agrees at this moment, or does not.
    async fn leave(&mut self, is_sent: bool) {
        let Some(mut last) = self.last.take() else { return };
        let house = self.house;
        let is_agreed = self.stand_by(&last);
        if last.stands == Stands::Prepared {
            let recipient = self.coalition.recipient();
            let input = Approve {
                id: last.id,
                revision: last.revision,
                recipient: &recipient,
                least_number: 1,
            };
            let answer = contribution::approve(&house.cx(&house.manager), &house.caseload, input).await;
            assert_eq!(answer.is_ok(), is_agreed, "{answer:?}");
            assert!(is_agreed || is_refused(&answer), "{answer:?}");
            if is_agreed {
                last.stands = Stands::Approved;
            }
        }
        let cx = house.cx(&house.contributor);
        let file = contribution::file(&cx, &house.caseload, last.id).await;
        let can_be_taken = is_agreed && last.stands != Stands::Prepared;
        assert_eq!(file.is_ok(), can_be_taken);
        assert!(can_be_taken || is_refused(&file));
        if let Ok(envelope) = file {
            let bytes = self.coalition.read(&cx, &envelope).await;
            left::check(self.pack, &bytes, &last.who);
            self.n_files += 1;
        }
        if is_sent && last.stands == Stands::Approved {
            contribution::sent(&cx, last.id).await.expect("sent");
            last.stands = Stands::Sent;
            self.sent = Some(last.clone());
        }
        self.last = Some(last);
        self.look().await;
    }

    /// A new contribution is due where somebody in the one that was sent does not agree any more, or was forgotten.
    async fn look(&self) {
        let Some(sent) = &self.sent else { return };
        let is_due = !self.stand_by(sent);
        let (cx, caseload) = (self.house.cx(&self.house.contributor), &self.house.caseload);
        let all = contribution::list(&cx, caseload).await.expect("a list");
        let listed = all.iter().find(|one| one.id == sent.id).expect("listed");
        assert_eq!(listed.is_due, is_due);
        let tally = contribution::tally(&cx, caseload, &["2025"]).await.expect("counted");
        assert_eq!(tally.due, usize::from(is_due));
    }

    /// Plays turns, and then prepares and sends both kinds, so that in each play there is a file: somebody who agrees is added.
    async fn play(&mut self, turns: &[Turn]) {
        self.house.clear().await;
        for turn in turns {
            self.turn(turn).await;
        }
        let at = self.house.tick();
        self.record(31, true, at).await;
        let before = self.n_files;
        for holds in [Holds::Rows, Holds::Aggregates] {
            self.house.tick();
            self.prepare(holds).await;
            self.leave(true).await;
        }
        assert_eq!(self.n_files, before + 2);
    }
}

/// Said as a form has it: a no in one of two words.
fn said(turn: &Turn) -> &'static str {
    match (turn.is_so, turn.other.index(2)) {
        (true, _) => "given",
        (false, 0) => "withdrawn",
        (false, _) => "refused",
    }
}

/// Plays that many sequences, drawn at random; one that fails is made shorter, told, and kept to be played again.
fn plays(stage: impl Future<Output = Stage>, name: &'static str, cases: u32) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    // On the heap: told at length, a future is too large for the stack.
    let house = runtime.block_on(Box::pin(async { House::on(stage.await).await }));
    let (coalition, pack, n_files) = (Coalition::new(), left::pack(), Cell::new(0));
    let config = Config {
        cases,
        max_shrink_iters: 60,
        source_file: Some(file!()),
        test_name: Some(name),
        ..Config::default()
    };
    let mut runner = TestRunner::new(config);
    let played = runner.run(&prop::collection::vec(turn(), 1..=ACTS), |turns| {
        let mut play = Play {
            house: &house,
            coalition: &coalition,
            pack: &pack,
            people: People::default(),
            n_people: 0,
            last: None,
            sent: None,
            n_files: 0,
        };
        runtime.block_on(Box::pin(play.play(&turns)));
        n_files.set(n_files.get() + play.n_files);
        Ok(())
    });
    if let Err(error) = played {
        panic!("{error}\n{runner}");
    }
    assert!(n_files.get() >= 2 * cases as usize, "{}", n_files.get());
    runtime.block_on(house.stage.db.close()).expect("the database closes");
}

#[test]
fn no_sequence_of_acts_on_the_embedded_database_lets_anybody_without_consent_or_anything_typed_out() {
    plays(Stage::sqlite(), "on_the_embedded_database", 10);
}

#[test]
fn no_sequence_of_acts_on_a_server_lets_anybody_without_consent_or_anything_typed_out() {
    plays(Stage::postgres(), "on_a_server", 4);
}

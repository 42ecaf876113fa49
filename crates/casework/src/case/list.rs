//! The list that a caseworker's day begins with: what is late, what is due, and whoever a name is looked for.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use domain::Day;
use domain::casework::{Nation, ReturnPoint, Status};
use domain::fold::fold_name;
use domain::permission::{Action, Relation};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::row::{case_member, member, support_case};
use store::{AppError, Cx};
use uuid::Uuid;

use super::Digest;
use super::load::{Caseload, Kept, Load, holds};
use super::recount::recount;
use crate::clock::{self, Clock, Nearness};
use crate::follow_up::{Reached, Returned};

/// Cases on a page: each is opened and has its row in the log.
const PAGE: usize = 50;

/// The most cases of one name that whoever records another is shown.
const MOST_NAMESAKES: usize = 10;

/// Which cases are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Words of names, nicknames and references. Where there are any, every case that the member may open is searched,
    /// closed ones and their colleagues' too: nobody who is there is said not to be.
    pub words: String,
    /// Closed ones instead of open ones.
    pub is_closed: bool,
    /// Only those that one works on oneself.
    pub is_mine: bool,
    /// Only those in which a plan waits for a supervisor.
    pub is_waiting: bool,
    /// Which page, from 1.
    pub page: usize,
}

/// A case in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The case.
    pub id: Uuid,
    /// The person's name.
    pub name: String,
    /// Other names.
    pub nickname: String,
    /// How far they have come.
    pub status: Option<Status>,
    /// The nation whose working days count.
    pub nation: Nation,
    /// What runs, earliest due first; of a closed case nothing.
    pub clocks: Vec<Clock>,
    /// How many plans nobody has answered as they now are.
    pub n_plans: usize,
    /// How many plans a supervisor sent back and nobody has changed since.
    pub n_sent_back: usize,
    /// Who works on it, by name.
    pub members: Vec<String>,
    /// The earliest contact after a return that is due and of which nothing is recorded, and since when it is due.
    pub awaited: Option<(ReturnPoint, Day)>,
    /// Whether it is open.
    pub is_open: bool,
    /// Whether it was invented for a demonstration.
    pub is_invented: bool,
}

impl Listed {
    /// Whether it stands above all others, however long those are late.
    pub fn comes_first(&self) -> bool {
        self.clocks.iter().any(|clock| clock.kind.comes_first())
    }
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The cases of this page: open ones first, before all others those of somebody missing of whom the police may not know, late
    /// ones before others, then by their next due day.
    pub cases: Vec<Listed>,
    /// How many there are in all.
    pub n: usize,
    /// How many of them are open and have something late.
    pub n_late: usize,
    /// How many have something due within a week.
    pub n_soon: usize,
    /// This page, from 1.
    pub page: usize,
    /// The last page.
    pub last: usize,
}

/// The cases that the member may open. Those of a page are revealed, with a row in the log for each.
pub async fn list(cx: &Cx<'_>, caseload: &Caseload, filter: &Filter) -> Result<Found, AppError> {
    let (team, me) = reader(cx)?;
    let words = folded(&filter.words);
    let is_asked = |case: &Kept| {
        let is_theirs = (team && !filter.is_mine) || case.members.contains(&me);
        if words.is_empty() {
            is_theirs && case.row.is_open != filter.is_closed
        } else {
            team || is_theirs
        }
    };
    let load = current(cx, caseload, is_asked).await?;
    let today = cx.now.british_day();
    let is_waiting = filter.is_waiting && words.is_empty();
    let mut found: Vec<&Kept> = load
        .cases
        .values()
        .map(AsRef::as_ref)
        .filter(|case| is_asked(case))
        .filter(|case| !is_waiting || case.line.answers(&(), |line, ()| has_plans(line)))
        .filter(|case| words.is_empty() || case.line.answers(words.as_slice(), |line, words| holds(line, words)))
        .collect();
    found.sort_by_cached_key(|case| (!comes_first(case, today), rank(case)));
    let n = |nearness: Nearness| {
        let is_so = |case: &&&Kept| case.row.is_open && clock::nearness(case.row.next_due_on, today) == nearness;
        found.iter().filter(is_so).count()
    };
    let (n_late, n_soon) = (n(Nearness::Late), n(Nearness::Soon));
    let last = found.len().div_ceil(PAGE).max(1);
    let page = filter.page.clamp(1, last);
    let shown: Vec<&Kept> = found.iter().skip((page - 1) * PAGE).take(PAGE).copied().collect();
    let cases = revealed(cx, team, &shown).await?;
    Ok(Found {
        cases,
        n: found.len(),
        n_late,
        n_soon,
        page,
        last,
    })
}

/// Whether the member asking may open every case of their organisation, and who they are.
fn reader(cx: &Cx<'_>) -> Result<(bool, Uuid), AppError> {
    let team = cx.actor.may(Action::ReadCase, Relation::OwnOrganisation);
    if !team {
        cx.permit(Action::ReadCase, Relation::OwnAssignment)?;
    }
    Ok((team, cx.member()?.0))
}

/// The words of a search as lines hold them.
fn folded(words: &str) -> Vec<String> {
    fold_name(words)
        .split(' ')
        .filter(|word| !word.is_empty())
        .map(ToOwned::to_owned)
        .collect()
}

/// The cases in memory, after those that are asked for and were counted by other rules, or on another day, were counted anew.
async fn current(cx: &Cx<'_>, caseload: &Caseload, is_asked: impl Fn(&Kept) -> bool) -> Result<Arc<Load>, AppError> {
    let today = cx.now.british_day();
    let load = caseload.of(cx).await?;
    let stale = load
        .cases
        .values()
        .filter(|case| is_asked(case) && !(case.is_current() && is_of_today(case, today)));
    let stale: Vec<Uuid> = stale.map(|case| case.row.id).collect();
    if stale.is_empty() {
        return Ok(load);
    }
    recount(cx, &stale).await?;
    caseload.of(cx).await
}

/// Whether the next due day that stands in clear is still the one that counts: a window in which nothing can be done any
/// more is late no longer, and nobody writes in a case because a day has gone by.
fn is_of_today(case: &Kept, today: Day) -> bool {
    let Some(due) = case.row.next_due_on.filter(|due| clock::is_past_window(*due, today)) else {
        return true;
    };
    case.line.answers(&(due, today), |line, (due, today)| {
        read(line).is_ok_and(|digest| clock::next_due(&digest.clocks, *today) == Some(*due))
    })
}

/// The cases of one name or nickname, letter for letter but for case and accents, closed ones too, as far as the member may
/// open them: whoever is about to record a person is shown whom they may have here already. Says so, as
/// [`AppError::Repeated`], where the form at hand made one of them.
pub async fn namesakes(cx: &Cx<'_>, caseload: &Caseload, name: &str) -> Result<Vec<Listed>, AppError> {
    let (team, me) = reader(cx)?;
    let words = folded(name);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let is_asked = |case: &Kept| team || case.members.contains(&me);
    let load = current(cx, caseload, is_asked).await?;
    let name = words.join(" ");
    let mut found: Vec<&Kept> = load
        .cases
        .values()
        .map(AsRef::as_ref)
        .filter(|case| is_asked(case))
        .filter(|case| case.line.answers(words.as_slice(), |line, words| holds(line, words)))
        .filter(|case| case.line.answers(name.as_str(), |line, name| goes_by(line, name)))
        .collect();
    if found.is_empty() {
        return Ok(Vec::new());
    }
    // Begun to ask whether this form was sent before, and dropped: nothing is written.
    cx.begin(Action::RecordCase, Relation::OwnOrganisation)
        .await
        .map(drop)?;
    found.sort_by_key(|case| rank(case));
    found.truncate(MOST_NAMESAKES);
    revealed(cx, team, &found).await
}

/// Whether the name or the nickname of a line is a name that is folded already.
fn goes_by(line: &[u8], name: &str) -> bool {
    read(line).is_ok_and(|digest| folded(&digest.name).join(" ") == name || folded(&digest.nickname).join(" ") == name)
}

/// Cases as a list shows them, with a row in the log for each.
async fn revealed(cx: &Cx<'_>, team: bool, shown: &[&Kept]) -> Result<Vec<Listed>, AppError> {
    let today = cx.now.british_day();
    let ids: Vec<Uuid> = shown.iter().map(|case| case.row.id).collect();
    let relation = if team {
        Relation::OwnOrganisation
    } else {
        Relation::OwnAssignment
    };
    let disclosure = cx.disclose(Action::ReadCase, relation, "support_case", &ids).await?;
    let names = names(cx, shown.iter().flat_map(|case| case.members.iter().copied())).await?;
    let mut cases = Vec::with_capacity(shown.len());
    for case in shown {
        let bytes = case.line.reveal(&disclosure)?;
        let mut digest = read(bytes)?;
        digest
            .clocks
            .retain(|clock| case.row.is_open && !clock.has_passed(today));
        let returned = digest.returned.as_ref();
        let awaited = returned.and_then(|of| of.waits_for(today).map(|point| (point, of.due_on(point))));
        let mut members: Vec<String> = case.members.iter().filter_map(|id| names.get(id).cloned()).collect();
        members.sort();
        cases.push(Listed {
            id: case.row.id,
            name: digest.name,
            nickname: digest.nickname,
            status: digest.status,
            nation: digest.nation,
            clocks: clock::shown(digest.clocks, today),
            n_plans: digest.n_plans,
            n_sent_back: digest.n_sent_back,
            members,
            awaited,
            is_open: case.row.is_open,
            is_invented: case.row.is_invented,
        });
    }
    // What is shown of the times for outcomes may be later than what the case stands by.
    cases.sort_by_key(|case| {
        let due = clock::next_due(&case.clocks, today);
        (!case.is_open, !case.comes_first(), due.is_none(), due)
    });
    Ok(cases)
}

/// Whether a case stands above all others. Only what is due is asked, some microseconds each.
fn comes_first(case: &Kept, today: Day) -> bool {
    let is_due = case.row.is_open && case.row.next_due_on.is_some_and(|due| due <= today);
    is_due
        && case.line.answers(&(), |line, ()| {
            read(line).is_ok_and(|digest| digest.clocks.iter().any(|clock| clock.kind.comes_first()))
        })
}

/// Open ones first, by next due day, those without one last; the latest changed first among equals.
fn rank(case: &Kept) -> (bool, bool, Option<Day>, Reverse<i64>, Uuid) {
    let due = case.row.next_due_on;
    (
        !case.row.is_open,
        due.is_none(),
        due,
        Reverse(case.row.changed),
        case.row.id,
    )
}

/// Reads the part of a line that the search does not.
pub(super) fn read(bytes: &[u8]) -> Result<Digest, AppError> {
    let rest = bytes.splitn(3, |byte| *byte == b'\n').nth(2).unwrap_or_default();
    Ok(serde_json::from_slice(rest)?)
}

/// What is asked of a return.
type Asked = fn(&Returned, ReturnPoint, Day) -> bool;

/// Whether a plan waits in a case.
fn has_plans(line: &[u8]) -> bool {
    read(line).is_ok_and(|digest| digest.n_plans > 0)
}

/// How many of the people who returned to another country were reached afterwards, of the cases that the member may open,
/// closed ones too. Nothing is revealed for it: each line answers whether it counts.
pub async fn follow_up(cx: &Cx<'_>, caseload: &Caseload) -> Result<Vec<Reached>, AppError> {
    let (team, me) = reader(cx)?;
    let is_asked = |case: &Kept| team || case.members.contains(&me);
    let load = current(cx, caseload, is_asked).await?;
    let today = cx.now.british_day();
    let count = |point: ReturnPoint, is_so: Asked| {
        load.cases
            .values()
            .filter(|case| is_asked(case))
            .filter(|case| {
                // What is asked is passed along, so that the question captures nothing.
                case.line
                    .answers(&(point, today, is_so), |line, (point, today, is_so)| {
                        let returned = read(line).ok().and_then(|digest| digest.returned);
                        returned.is_some_and(|of| is_so(&of, *point, *today))
                    })
            })
            .count()
    };
    Ok(ReturnPoint::ALL
        .iter()
        .map(|point| Reached {
            point: *point,
            n_returned: count(*point, |_, _, _| true),
            n_due: count(*point, Returned::is_due),
            n_reached: count(*point, |of, point, _| of.at(point) == Some(true)),
            n_lost: count(*point, |of, point, _| of.at(point) == Some(false)),
            n_died: count(*point, |of, point, _| of.has_died_before(point)),
        })
        .collect())
}

/// Whether a line waits for a contact after a return on a day.
fn awaits(line: &[u8], today: Day) -> bool {
    let returned = read(line).ok().and_then(|digest| digest.returned);
    returned.is_some_and(|of| of.waits_for(today).is_some())
}

/// How many closed cases of those that the member may open wait for a contact after a return: whoever returned leaves support,
/// and is to be asked after all the same. Open ones stand in the list. Asks each closed case's line once, some microseconds each;
/// lines that other rules counted are not made anew for it, since a return is in them as it was recorded.
pub async fn n_closed_awaited(cx: &Cx<'_>, caseload: &Caseload) -> Result<usize, AppError> {
    let (team, me) = reader(cx)?;
    let is_asked = |case: &Kept| !case.row.is_open && (team || case.members.contains(&me));
    let load = caseload.of(cx).await?;
    let today = cx.now.british_day();
    let cases = load.cases.values().filter(|case| is_asked(case));
    Ok(cases
        .filter(|case| case.line.answers(&today, |line, today| awaits(line, *today)))
        .count())
}

/// The cases in which a contact after a return is due and nothing is recorded, of those that the member may open, closed ones
/// too: as many as a page takes, with a row in the log for each, and how many there are in all.
pub async fn awaited(cx: &Cx<'_>, caseload: &Caseload) -> Result<(Vec<Listed>, usize), AppError> {
    let (team, me) = reader(cx)?;
    let is_asked = |case: &Kept| team || case.members.contains(&me);
    let load = current(cx, caseload, is_asked).await?;
    let today = cx.now.british_day();
    let mut found: Vec<&Kept> = load
        .cases
        .values()
        .map(AsRef::as_ref)
        .filter(|case| is_asked(case) && case.line.answers(&today, |line, today| awaits(line, *today)))
        .collect();
    found.sort_by_key(|case| rank(case));
    let n = found.len();
    found.truncate(PAGE);
    let mut cases = revealed(cx, team, &found).await?;
    cases.sort_by_key(|case| case.awaited.map(|(_, since)| since));
    Ok((cases, n))
}

async fn names(cx: &Cx<'_>, ids: impl Iterator<Item = Uuid>) -> Result<HashMap<Uuid, String>, AppError> {
    let ids: HashSet<Uuid> = ids.collect();
    Ok(member::Entity::find()
        .filter(member::Column::Id.is_in(ids))
        .all(cx.db.reader())
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect())
}

/// How much waits for a member, told from what stands in clear: nothing is opened for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Open cases of theirs with something late.
    pub n_late: usize,
    /// Open cases of theirs with something due within a week.
    pub n_soon: usize,
}

/// How many of the open cases that the member works on have something late or due soon.
pub async fn tally(cx: &Cx<'_>) -> Result<Tally, AppError> {
    cx.permit(Action::ReadCase, Relation::OwnAssignment)?;
    let today = cx.now.british_day();
    let mine = case_member::Entity::find()
        .filter(case_member::Column::MemberId.eq(cx.member()?.0))
        .all(cx.db.reader())
        .await?;
    let ids: Vec<Uuid> = mine.into_iter().map(|row| row.case_id).collect();
    let mut tally = Tally::default();
    for ids in ids.chunks(10_000) {
        let due = support_case::Entity::find()
            .filter(support_case::Column::Id.is_in(ids.iter().copied()))
            .filter(support_case::Column::IsOpen.eq(true))
            .filter(support_case::Column::NextDueOn.lte(clock::soon(today).iso()))
            .all(cx.db.reader())
            .await?;
        for row in due {
            let day = row.next_due_on.as_deref().and_then(|day| Day::parse(day).ok());
            match clock::nearness(day, today) {
                Nearness::Late => tally.n_late += 1,
                Nearness::Soon => tally.n_soon += 1,
                Nearness::Later | Nearness::Never => {}
            }
        }
    }
    Ok(tally)
}

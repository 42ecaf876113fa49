//! The list of cases: what is late first. A search is posted, so that no name stands in an address.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use casework::case::{self, Filter, Found, Listed};
use casework::clock::{self, Clock, ClockKind, Nearness, Whose};
use casework::plan;
use domain::Day;
use domain::permission::{Action, Relation};
use store::AppError;

use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::{Form, Posted, Values};
use crate::home::waiting::{Waiting, beside_cases};
use crate::page::Page;

/// Cases that are due alike.
struct Group {
    heading: &'static str,
    cases: Vec<Listed>,
}

#[derive(Template)]
#[template(path = "case/list.html")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one part of the page that is shown or not"
)]
struct List {
    page: Page,
    form: Form,
    found: Found,
    groups: Vec<Group>,
    /// Which of the lists this is: `mine`, `team` or `closed`.
    show: &'static str,
    /// The lists that there are: (address, words).
    tabs: Vec<(&'static str, &'static str)>,
    /// What was searched for.
    words: String,
    /// Why nothing can be opened, where it cannot.
    sealed: String,
    may_record: bool,
    may_import: bool,
    /// Whether plans wait for this member, where there are any.
    is_waiting: bool,
    may_set: bool,
    /// Whether the member opens everybody's cases, or only those that they work on.
    has_team: bool,
    /// What else waits for whoever supports people, where nothing is searched for.
    waiting: Vec<Waiting>,
    today: Day,
}

#[expect(
    clippy::unused_self,
    reason = "the template asks the page for everything that it shows"
)]
impl List {
    fn current(&self) -> String {
        format!("/cases?show={}", self.show)
    }

    /// The clock that is shown beside a case: the next that somebody has to act on, else the first that runs.
    fn next<'a>(&self, case: &'a Listed) -> Option<&'a Clock> {
        let acts = |clock: &&Clock| clock.whose != Whose::Nobody && clock.due_on.is_some();
        case.clocks.iter().find(acts).or_else(|| case.clocks.first())
    }

    /// Whether it is said who works on a case: among one's own, only where others do too.
    fn names_members(&self, case: &Listed) -> bool {
        case.members.len() > usize::from(self.show == "mine" && self.words.is_empty())
    }

    fn say(&self, case: &Listed, clock: &Clock) -> String {
        format!("{}: {}", words(clock), clock.say(self.today, case.nation))
    }

    /// Whether the length of a clock was not read in its source.
    fn is_unchecked(&self, case: &Listed, clock: &Clock) -> bool {
        clock.rule(case.nation).is_some_and(|rule| !rule.is_checked)
    }

    fn look(&self, clock: &Clock) -> &'static str {
        look(clock, self.today)
    }

    /// How long the person has waited for a conclusive decision, which nothing makes late.
    fn waits(&self, case: &Listed) -> Option<String> {
        let waits = |clock: &&Clock| clock.kind == ClockKind::ConclusiveGrounds;
        case.clocks
            .iter()
            .find(waits)
            .map(|clock| clock.say(self.today, case.nation))
    }

    /// How many more clocks of a case are late than the one that is shown.
    fn more_late(&self, case: &Listed) -> usize {
        case.clocks
            .iter()
            .filter(|clock| clock.is_late(self.today))
            .count()
            .saturating_sub(1)
    }
}

/// A clock's own words: what a reminder asks for, or what it measures.
pub(super) fn words(clock: &Clock) -> &str {
    if clock.words.is_empty() {
        clock.kind.words()
    } else {
        &clock.words
    }
}

/// The look of a clock's tag; its words say the same.
pub(super) fn look(clock: &Clock, today: Day) -> &'static str {
    match clock.nearness(today) {
        Nearness::Late => "overdue",
        Nearness::Soon => "due",
        Nearness::Later | Nearness::Never => "framework",
    }
}

pub(super) async fn list(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let query = Values::parse(&query.unwrap_or_default());
    let form = Form::small(&visitor);
    page(
        &listed(
            &visitor,
            form,
            query.get("show"),
            query.get("page").parse().unwrap_or(1),
            String::new(),
        )
        .await?,
    )
}

pub(super) async fn search(posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let words = posted.values.get("words").trim().to_owned();
    let show = posted.values.get("show").to_owned();
    page(&listed(&visitor, Form::small(&visitor), &show, 1, words).await?)
}

async fn listed(visitor: &Visitor, form: Form, show: &str, number: usize, words: String) -> Result<List, WebError> {
    let cx = visitor.cx();
    let has_team = cx.actor.may(Action::ReadCase, Relation::OwnOrganisation);
    let mut tabs = vec![("/cases?show=mine", "Yours")];
    if has_team {
        tabs.push(("/cases?show=team", "The team’s"));
    }
    // Plans wait for whoever answers them, and only where the organisation wants that.
    let answers = cx.actor.may(Action::ApprovePlan, Relation::OwnOrganisation)
        && plan::wanted(&cx)
            .await
            .map_err(|error| WebError::of(visitor, error))?
            .approval;
    if answers {
        tabs.push(("/cases?show=plans", "Plans to approve"));
    }
    tabs.push(("/cases?show=closed", "Closed"));
    let show = match show {
        "mine" => "mine",
        "closed" => "closed",
        "plans" if answers => "plans",
        _ if has_team => "team",
        _ => "mine",
    };
    let filter = Filter {
        words: words.clone(),
        is_closed: show == "closed",
        is_mine: show == "mine",
        is_waiting: show == "plans",
        page: number,
    };
    let (found, sealed) = match case::list(&cx, &visitor.app.caseload, &filter).await {
        Ok(found) => (found, String::new()),
        // No key yet, or a session without one: the page says how to come by it.
        Err(AppError::Refused(words)) => (Found::default(), words),
        Err(error) => return Err(WebError::of(visitor, error)),
    };
    let today = cx.now.british_day();
    let mut waiting = Vec::new();
    if words.is_empty() && number <= 1 {
        let shown = |error| WebError::of(visitor, error);
        waiting = beside_cases(visitor).await.map_err(shown)?;
        if sealed.is_empty() {
            let n = case::n_closed_awaited(&cx, &visitor.app.caseload)
                .await
                .map_err(shown)?;
            waiting.extend(Waiting::some(
                n,
                "closed case in which a contact after a return is due",
                "closed cases in which a contact after a return is due",
                "/cases/returns",
            ));
        }
    }
    Ok(List {
        page: Page::new(visitor, "Cases").within("/cases"),
        form,
        groups: grouped(&found.cases, today),
        found,
        show,
        tabs,
        words,
        sealed,
        may_record: visitor.may(Action::RecordCase),
        may_import: visitor.may(Action::ImportCases),
        is_waiting: answers,
        may_set: visitor.may(Action::SetCasework),
        has_team,
        waiting,
        today,
    })
}

/// Cases under the headings of a day's work; they come in the order of their due days. What is closed is due no more. Somebody
/// missing of whom the police may not know stands above all.
fn grouped(cases: &[Listed], today: Day) -> Vec<Group> {
    const HEADINGS: [(Nearness, &str); 4] = [
        (Nearness::Late, "Late"),
        (Nearness::Soon, "Due within a week"),
        (Nearness::Later, "Due later"),
        (Nearness::Never, "Nothing due"),
    ];
    let nearness = |case: &Listed| clock::nearness(clock::next_due(&case.clocks, today), today);
    let of = |is_so: &dyn Fn(&Listed) -> bool| cases.iter().filter(|case| is_so(case)).cloned().collect();
    let at_once = Group {
        heading: "At once",
        cases: of(&Listed::comes_first),
    };
    let by_day = HEADINGS.into_iter().map(|(near, heading)| Group {
        heading,
        cases: of(&|case| case.is_open && !case.comes_first() && nearness(case) == near),
    });
    std::iter::once(at_once)
        .chain(by_day)
        .chain([Group {
            heading: "Closed",
            cases: of(&|case| !case.is_open),
        }])
        .filter(|group| !group.cases.is_empty())
        .collect()
}

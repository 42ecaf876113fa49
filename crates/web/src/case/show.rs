//! One case, opened: what is due, how to contact the person, what they agreed to, what happened, what they need.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use casework::case::{self, NoElsewhere, Opened};
use casework::clock::{Clock, ClockKind, Rule};
use casework::consent::{self, ReferredWithout};
use casework::event::{self, Event, What, what};
use casework::exploitation::Episode;
use casework::need::{Need, Standing};
use casework::part::{self, Kept};
use casework::person::{Assessed, Contact};
use casework::plan;
use casework::referral::{Sent, Waits};
use casework::sheet::{PartDay, Sheet};
use casework::time_entry::timer::Timer;
use casework::time_entry::{self, Worth};
use casework::voice::{RuledOut, Voice};
use domain::casework::{
    Known, Leaning, LinkedAs, OutcomePoint, Purpose, Rating, ReferralState, Status, TimeKind, VoiceUse,
};
use domain::permission::{Action, Relation};
use domain::{Day, Instant};
use uuid::Uuid;

use super::list::{look, words};
use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::Form;
use crate::page::Page;

/// An event as the page shows it.
struct Moment {
    id: Uuid,
    on: String,
    kind: &'static str,
    /// The answers that were given: caption and words.
    answers: Vec<(&'static str, String)>,
    /// What the reasons of a decision lean on.
    leanings: Vec<&'static str>,
    note: String,
    /// Where it is known from, and how sure that is.
    basis: String,
    by: String,
    /// Whether it took the place of an earlier one.
    corrects: bool,
    /// Whether its answers can be put right; what came about by a button is struck out and pressed anew.
    is_corrected: bool,
    /// Whether it is a supervisor's answer, which a supervisor alone strikes out.
    is_of_supervisor: bool,
    /// The page of a reading of signs, which prints.
    reading: String,
}

/// An event that no longer holds, and what took its place.
struct Earlier {
    moment: Moment,
    /// In words: corrected, struck or done, when and why.
    became: String,
}

/// What something said before it was amended.
struct Before {
    /// In words: who amended it, and when.
    until: String,
    answers: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "case/show.html")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one part of the page that is shown or not"
)]
struct Show {
    page: Page,
    form: Form,
    of: Opened,
    /// The member's own organisation, whose page takes feedback.
    own: String,
    /// Latest first.
    moments: Vec<Moment>,
    earlier: Vec<Earlier>,
    /// An adult was referred before they agreed to it.
    referred_without: Option<ReferredWithout>,
    /// Purposes that somebody agreed to for a child who is none; empty where there is none.
    said_for_an_adult: String,
    /// An assessment of their age, where what is recorded of them says otherwise.
    age_contradicted: Option<Assessed>,
    /// They do not agree to being supported and kept on record: their last answer to it.
    no_support: Option<consent::Answer>,
    /// They agreed to being counted here, and another of their cases leaves them out.
    no_elsewhere: Option<NoElsewhere>,
    /// A decision is recorded of a day before its referral.
    before_referral: bool,
    /// A conclusive decision is recorded of a day on which the recovery period still ran; its last day.
    within_recovery: Option<Day>,
    may_assign: bool,
    may_forget: bool,
    may_answer: bool,
    may_approve: bool,
    /// The other supervisors, by name, where the visitor approves plans: what they wrote themselves waits for one of these.
    supervisors: Vec<String>,
    /// The visitor.
    me: Option<Uuid>,
    /// Minutes given free, in all.
    given: String,
    /// What they are worth.
    worth: Worth,
    /// The rates that they are valued at.
    stated: String,
    kinds: Vec<(&'static str, &'static str)>,
    agencies: Vec<(&'static str, &'static str)>,
    /// What the last unpaid time was for, and whose duty: offered again.
    last: (String, String),
    now: Instant,
}

#[expect(
    clippy::unused_self,
    reason = "the template asks the page for everything that it shows"
)]
impl Show {
    fn clock_words<'a>(&self, clock: &'a Clock) -> &'a str {
        words(clock)
    }

    fn clock_look(&self, clock: &Clock) -> &'static str {
        look(clock, self.of.today)
    }

    fn clock_says(&self, clock: &Clock) -> String {
        clock.say(self.of.today, self.of.about.nation)
    }

    fn due(&self, clock: &Clock) -> String {
        clock.due_on.map_or_else(String::new, |day| day.to_string())
    }

    /// The rule that set its last day.
    fn rule(&self, clock: &Clock) -> Option<&'static Rule> {
        clock.rule(self.of.about.nation)
    }

    /// Where an event is recorded.
    fn record(&self) -> String {
        format!("/cases/{}/events/new", self.of.id)
    }

    /// Whether the person was asked about nothing yet: it comes next.
    fn asks_consent(&self) -> bool {
        let has_died = self.of.status == Some(Status::Died);
        self.of.is_open && !has_died && self.of.consents.iter().all(|consent| consent.last.is_none())
    }

    /// What the form is asked for that records an answer about a purpose.
    fn consent(&self, of: &consent::Standing) -> String {
        let said = if of.is_given() { "/withdrawn" } else { "" };
        format!("consent/{}{said}", of.purpose.code())
    }

    /// The words of the button that records another answer.
    fn again(&self, of: &consent::Standing) -> &'static str {
        if of.is_given() { "Take it back" } else { "Ask again" }
    }

    /// The reminder that can be marked as done.
    fn reminder(&self, clock: &Clock) -> Option<Uuid> {
        clock.event.filter(|_| clock.kind == ClockKind::Reminder)
    }

    /// What a clock asks to be recorded, with the words of its button.
    fn asks(&self, clock: &Clock) -> Option<(&'static str, &'static str)> {
        const GO: &str = "Go through them";
        Some(match clock.kind {
            ClockKind::AwaitedReferral => ("nrm_referral", "Record the referral"),
            ClockKind::AskAnother => ("referral_asked", "Record whom you asked"),
            ClockKind::AwaitedReconsideration => ("reconsideration", "Record what came of it"),
            ClockKind::AwaitedCourt => ("judicial_review", "Record what came of it"),
            ClockKind::AwaitedDecision => (self.challenged(clock)?, "Record the new decision"),
            ClockKind::MoveOnPositive | ClockKind::MoveOnNegative => {
                ("needs_assessment/recovery", "Record what was agreed")
            }
            ClockKind::SupportEnds => ("exit", "Record that support ended"),
            ClockKind::OutcomesEntry => ("outcomes/entry", GO),
            ClockKind::Outcomes6 => ("outcomes/month_6", GO),
            ClockKind::Outcomes12 => ("outcomes/month_12", GO),
            ClockKind::Outcomes24 => ("outcomes/month_24", GO),
            ClockKind::Outcomes36 => ("outcomes/month_36", GO),
            ClockKind::Return6 => ("return_contact/month_6", "Record it"),
            ClockKind::Return12 => ("return_contact/month_12", "Record it"),
            ClockKind::Return36 => ("return_contact/month_36", "Record it"),
            ClockKind::PermitEnds => ("residence_permit", "Record what came of it"),
            ClockKind::AsylumAppeal => ("asylum", "Record what came of it"),
            ClockKind::Guardian => ("guardian", "Record the guardian"),
            ClockKind::Detained => ("released", "Record the release"),
            ClockKind::Removal => ("removal_step", "Record what came of it"),
            ClockKind::Missing | ClockKind::Unreported => ("found", "Record that they are back"),
            _ => return None,
        })
    }

    /// The decision that is made again after a review by a court; its code is that of the event too.
    fn challenged(&self, clock: &Clock) -> Option<&'static str> {
        match &self.of.history.find(clock.event?)?.entry.what {
            What::JudicialReview(sheet) => Some(sheet.challenged.code()),
            _ => None,
        }
    }

    /// The event to correct once the police know of somebody missing.
    fn unreported(&self, clock: &Clock) -> Option<Uuid> {
        clock.event.filter(|_| clock.kind == ClockKind::Unreported)
    }

    /// The seven outcomes as they were rated, one time after the other.
    fn outcomes(&self) -> Vec<(&'static str, String)> {
        type Of = fn(&what::Outcomes) -> Option<Rating>;
        const ALL: [(&str, Of); 7] = [
            ("Secure and suitable housing", |of| of.housing),
            ("Safety from any trafficker or other abuser", |of| of.safety),
            ("Long-term consistent support", |of| of.support),
            ("Compassionate, trauma-informed services", |of| of.care),
            ("Purpose in life and self-actualisation", |of| of.purpose),
            ("Access to medical treatment", |of| of.medical),
            ("Access to education", |of| of.education),
        ];
        let gone_through: Vec<what::Answered<'_>> = OutcomePoint::ALL
            .iter()
            .filter_map(|point| what::Answered::at(*point, self.of.history.standing()))
            .collect();
        if gone_through.is_empty() {
            return Vec::new();
        }
        let said = |of: &what::Answered<'_>, rating: Of| {
            let words = match of.on {
                Some(_) => of.rating(rating).unwrap_or(Rating::NotAsked).words(),
                None => "not reached",
            };
            format!("{}: {words}", of.point)
        };
        ALL.iter()
            .map(|(words, rating)| {
                let all: Vec<String> = gone_through.iter().map(|of| said(of, *rating)).collect();
                (*words, all.join("; "))
            })
            .collect()
    }

    /// How the plan of a need stands, where the organisation wants plans to be approved: the look of its tag and its words.
    fn plan(&self, kept: &Kept<Need>) -> Option<(&'static str, String)> {
        let by = |id: &Uuid| self.of.names.get(id).cloned().unwrap_or_default();
        if !self.of.wants_approval {
            return None;
        }
        match plan::standing(&self.of.history, kept) {
            plan::Standing::NoPlan => None,
            plan::Standing::Waiting if self.is_left_to_others(kept) => {
                let who = self.supervisors.join(" or ");
                Some(("due", format!("plan waits for approval by {who}, because you wrote it")))
            }
            plan::Standing::Waiting => Some(("due", "plan waits for approval".to_owned())),
            plan::Standing::Approved(member) => {
                let is_own = plan::writer(kept) == Some(member);
                let who_wrote = if is_own { ", who wrote it" } else { "" };
                Some(("done", format!("plan approved by {}{who_wrote}", by(&member))))
            }
            plan::Standing::SentBack(member, why) => {
                Some(("overdue", format!("plan sent back by {}: {why}", by(&member))))
            }
        }
    }

    /// What something said before it was amended, latest first.
    fn before<P: Sheet>(&self, all: &[part::Earlier<P>]) -> Vec<Before> {
        let before = all.iter().rev().map(|earlier| {
            let by = self.of.names.get(&earlier.by).map_or("", String::as_str);
            Before {
                until: format!("Until {by} changed it on {}", earlier.until.british_day()),
                answers: given_answers(earlier.sheet.shown()),
            }
        });
        before.collect()
    }

    /// Whether the visitor can answer the plan of a need now.
    fn can_answer(&self, kept: &Kept<Need>) -> bool {
        let waits = plan::standing(&self.of.history, kept) == plan::Standing::Waiting;
        self.may_approve && self.of.wants_approval && waits && !self.is_left_to_others(kept)
    }

    /// Whether the visitor wrote the plan of a need, and there are others to answer it.
    fn is_left_to_others(&self, kept: &Kept<Need>) -> bool {
        !self.supervisors.is_empty() && self.me.is_some() && plan::writer(kept) == self.me
    }

    fn contact_heading(&self, kept: &Kept<casework::contact::Contact>) -> String {
        let of = &kept.sheet;
        let name = of.name.as_ref().or(of.organisation.as_ref());
        name.map_or_else(|| of.role.to_string(), |name| name.0.clone())
    }

    fn contact_answers(&self, kept: &Kept<casework::contact::Contact>) -> Vec<(&'static str, String)> {
        given_answers(kept.sheet.shown())
    }

    fn background_answers(&self, kept: &Kept<casework::background::Background>) -> Vec<(&'static str, String)> {
        given_answers(kept.sheet.shown())
    }

    fn is_contact(&self, clock: &Clock) -> bool {
        clock.kind == ClockKind::SafeContact
    }

    /// How an episode is headed: its forms and when.
    fn episode_heading(&self, kept: &Kept<Episode>) -> String {
        let of = &kept.sheet;
        let forms: Vec<&str> = of.forms.iter().map(|form| form.words()).collect();
        let when = |day: Option<PartDay>| day.map(|day| casework::sheet::Answer::words(&day));
        let span = match (when(of.began), when(of.ended)) {
            (Some(began), Some(ended)) => format!(", {began} to {ended}"),
            (Some(began), None) => format!(", from {began}"),
            (None, Some(ended)) => format!(", until {ended}"),
            (None, None) => String::new(),
        };
        format!("{}{span}", forms.join("; "))
    }

    fn episode_answers(&self, kept: &Kept<Episode>) -> Vec<(&'static str, String)> {
        given_answers(kept.sheet.shown())
    }

    /// How a need stands: the look of its tag and its words.
    fn need_standing(&self, kept: &Kept<Need>) -> (&'static str, String) {
        let days = |n: i32| format!("{n} {}", if n == 1 { "day" } else { "days" });
        let waited = kept.sheet.waited(self.of.today).map(days);
        match (kept.sheet.standing(), waited) {
            (Standing::Open, Some(n)) => ("overdue", format!("open for {n}")),
            (Standing::Refused, Some(n)) => ("overdue", format!("refused; open for {n}")),
            (Standing::Offered, Some(n)) => ("due", format!("offered; waiting for {n}")),
            (Standing::Running, Some(n)) => ("done", format!("being met, after {n}")),
            (_, Some(n)) => ("framework", format!("over; it began after {n}")),
            (_, None) => ("framework", "over; it never began".to_owned()),
        }
    }

    fn need_answers(&self, kept: &Kept<Need>) -> Vec<(&'static str, String)> {
        let mut answers = given_answers(kept.sheet.shown());
        answers.retain(|(caption, _)| !matches!(*caption, "Area" | "How soon"));
        answers
    }

    fn time_words(&self, kept: &time_entry::Kept) -> String {
        let who = self.of.names.get(&kept.entry.by).map_or("", String::as_str);
        format!("{}, {who}", kept.entry.given.say())
    }

    /// What is told of words beside themselves.
    fn voice_answers(&self, kept: &Kept<Voice>) -> Vec<(&'static str, String)> {
        let mut answers = given_answers(kept.sheet.shown());
        answers.retain(|(caption, _)| !matches!(*caption, "When they said it" | "What they said"));
        answers
    }

    /// What words may be used for now.
    fn usable(&self, kept: &Kept<Voice>) -> Vec<VoiceUse> {
        kept.sheet.allowed(&self.of.history)
    }

    /// Which uses of words a no to printing, or to another purpose, rules out.
    fn ruled_out(&self, kept: &Kept<Voice>) -> Vec<RuledOut> {
        kept.sheet.ruled_out(&self.of.history)
    }

    fn referral_look(&self, sent: &Sent) -> &'static str {
        match (sent.waits, sent.state) {
            (Some(waits), _) => crate::referral::look(waits),
            (None, ReferralState::Accepted | ReferralState::Finished) => "done",
            (None, ReferralState::Refused) => "overdue",
            (None, _) => "framework",
        }
    }

    fn referral_says(&self, sent: &Sent) -> String {
        sent.waits.map_or_else(|| sent.state.to_string(), Waits::say)
    }

    /// Whether the sender of the referral that this case came by still has to learn what came of it.
    fn came_unfinished(&self) -> bool {
        let came = self.of.referrals.came_by.as_ref();
        came.is_some_and(|came| came.state == ReferralState::Accepted)
    }

    /// How many offers still wait that rested on a consent which was taken back since, or hold a way of contact that is not safe
    /// any more.
    fn offers_without_consent(&self) -> usize {
        let is_halted = |sent: &&Sent| sent.is_halted;
        self.of.referrals.sent.iter().filter(is_halted).count()
    }

    /// The parts that a person agreed may go to somebody, in words.
    fn agreed_parts(&self, agreed: &consent::Agreement) -> String {
        let parts: Vec<&str> = agreed.parts.iter().map(|part| part.words()).collect();
        parts.join("; ")
    }

    /// Whether an answer to passing details on names nobody whom it may go to, as an earlier version recorded it.
    fn names_nobody(&self, of: &consent::Standing) -> bool {
        of.is_said() && !of.is_given()
    }

    /// Whether they agree to being counted in the audit, as far as their cases tell.
    fn agrees_to_counting(&self) -> bool {
        self.no_elsewhere.is_none() && consent::is_counted(&self.of.history)
    }

    /// Offers that nobody has answered.
    fn offers(&self) -> Vec<&Sent> {
        let sent = self.of.referrals.sent.iter();
        sent.filter(|sent| sent.state == ReferralState::Offered).collect()
    }

    /// Why what was agreed to here does not count.
    fn overruled(&self, of: &consent::Standing) -> Option<NoElsewhere> {
        self.no_elsewhere.filter(|_| of.purpose == Purpose::Monitoring)
    }

    /// What somebody else holds of the person.
    fn held(&self, sent: &Sent) -> &'static str {
        match (sent.is_outside, sent.state) {
            (true, _) => "a sealed file, as far as it was given to them; it cannot be called back",
            (false, ReferralState::Offered) => "a sealed copy, which can be taken back",
            (false, _) => "a case of their own; what is in it now, only they know",
        }
    }

    /// Hours given before the first known rate.
    fn without_rate(&self) -> String {
        time_entry::say(self.worth.minutes_without)
    }

    /// Whether a clock ran so long that somebody has to say how long it was.
    fn is_forgotten(&self, timer: &Timer) -> bool {
        timer.is_forgotten(self.now)
    }

    /// How long a clock has run.
    fn runs(&self, timer: &Timer) -> String {
        u32::try_from(timer.minutes(self.now)).map_or_else(|_| String::new(), time_entry::say)
    }

    fn minutes(&self, kept: &time_entry::Kept) -> String {
        time_entry::say(kept.entry.given.minutes)
    }
}

/// Answers that were given.
fn given_answers(all: Vec<(&'static str, String)>) -> Vec<(&'static str, String)> {
    all.into_iter().filter(|(_, words)| !words.is_empty()).collect()
}

/// What somebody agreed to for a child who was none that day, in words.
fn said_for_an_adult(of: &Opened) -> String {
    let purposes = consent::said_for_an_adult(&of.history, of.person.identity.age(&of.history));
    purposes.into_iter().map(Purpose::words).collect::<Vec<_>>().join("; ")
}

fn moment(of: &Opened, event: &Event) -> Moment {
    let entry = &event.entry;
    Moment {
        id: event.id,
        on: entry.on.to_string(),
        kind: entry.what.kind().words(),
        answers: given_answers(entry.what.shown()),
        leanings: entry.what.leanings().into_iter().map(Leaning::words).collect(),
        note: entry.note.clone(),
        basis: given_answers(entry.basis.shown())
            .into_iter()
            .map(|(_, words)| words)
            .collect::<Vec<_>>()
            .join("; "),
        by: of.names.get(&entry.by).cloned().unwrap_or_default(),
        corrects: entry.supersedes.is_some(),
        is_corrected: entry.what.kind().is_recorded(),
        is_of_supervisor: matches!(entry.what, What::PlanAnswered(_)),
        reading: match &entry.what {
            What::Recognition(_) => crate::recognition::reading(of.id, event.id),
            _ => String::new(),
        },
    }
}

fn became(of: &Opened, event: &Event) -> String {
    let Some(later) = of.history.successor(event.id) else {
        return String::new();
    };
    let day = later.entry.at.british_day();
    let by = of.names.get(&later.entry.by).map_or("", String::as_str);
    match &later.entry.what {
        What::Done(_) => format!("Done, {day}, {by}"),
        What::Struck(_) => format!("Recorded by mistake, said {by} on {day}: {}", later.entry.note),
        _ => format!("Corrected by {by} on {day}"),
    }
}

pub(super) async fn show(Path(id): Path<Uuid>, visitor: Visitor) -> Result<Response, WebError> {
    let of = case::open(&visitor.cx(), id)
        .await
        .map_err(|error| WebError::of(&visitor, error))?;
    let standing: Vec<Uuid> = of.history.standing().map(|event| event.id).collect();
    let moments = of.history.standing().rev().map(|event| moment(&of, event)).collect();
    let earlier = of
        .history
        .all()
        .iter()
        .rev()
        .filter(|event| !standing.contains(&event.id) && !matches!(event.entry.what, What::Done(_) | What::Struck(_)))
        .map(|event| Earlier {
            moment: moment(&of, event),
            became: became(&of, event),
        })
        .collect();
    let last = of.time.first().map_or_else(
        || (String::new(), String::new()),
        |kept| {
            let given = &kept.entry.given;
            (given.kind.code().to_owned(), given.agency.code().to_owned())
        },
    );
    let may = |action| visitor.actor.may(action, Relation::OwnOrganisation);
    let supervisors = if may(Action::ApprovePlan) && of.wants_approval {
        let others = plan::others(&visitor.cx()).await;
        others.map_err(|error| WebError::of(&visitor, error))?
    } else {
        Vec::new()
    };
    let is_counted = |one: &consent::Standing| one.purpose == Purpose::Monitoring && one.is_given();
    let is_linked = !casework::link::links(&of.history).is_empty();
    let no_elsewhere = if is_linked && of.consents.iter().any(is_counted) {
        let said = case::no_elsewhere(&visitor.cx(), &visitor.app.caseload, id).await;
        said.map_err(|error| WebError::of(&visitor, error))?
    } else {
        None
    };
    page(&Show {
        page: Page::new(&visitor, "Case").within("/cases").under("/cases", "Cases"),
        form: Form::small(&visitor),
        moments,
        earlier,
        referred_without: consent::referred_without(&of.history, of.person.identity.age(&of.history)),
        said_for_an_adult: said_for_an_adult(&of),
        age_contradicted: of.person.identity.contradicted(&of.history),
        no_support: consent::against(&of.history, Purpose::Support),
        no_elsewhere,
        before_referral: event::before_referral(&of.history).is_some(),
        within_recovery: event::within_recovery(&of.history, of.about.nation),
        may_assign: may(Action::AssignCase),
        may_forget: may(Action::ForgetPerson),
        own: visitor
            .actor
            .organisation
            .map(|own| own.0.to_string())
            .unwrap_or_default(),
        worth: time_entry::worth(&of.time),
        may_answer: may(Action::AnswerCase),
        may_approve: may(Action::ApprovePlan),
        supervisors,
        me: visitor.actor.member.map(|member| member.0),
        given: time_entry::say(time_entry::minutes(of.time.iter().map(|kept| &kept.entry.given))),
        stated: time_entry::stated(of.time.iter().map(|kept| &kept.entry.given)),
        kinds: TimeKind::choices(),
        agencies: time_entry::bodies(),
        last,
        now: visitor.now,
        of,
    })
}

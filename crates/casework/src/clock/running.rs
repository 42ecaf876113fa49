//! Which clocks run in a case, told from its events.

use domain::Day;
use domain::casework::{
    AssessedWhen, AsylumStage, ChallengeStage, Challenged, DisqualificationStage, Grounds, GuardianStage, Known,
    Nation, OutcomePoint, PermitStage, Purpose, RemovalStep, ReturnPoint, ReviewStage, Said,
};
use uuid::Uuid;

use super::{Clock, ClockKind, Unit, Whose, rule};
use crate::event::{Event, History, What, what};
use crate::person::{Age, GoneThrough};

/// What beside its events decides about the clocks of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Whose rules and working days count.
    pub nation: Nation,
    /// When support began.
    pub opened_on: Day,
    /// Whether safe contact was gone through, and what came of it.
    pub gone_through: GoneThrough,
    /// What tells whether the person was under 18 on a day: a child is referred whatever it says.
    pub age: Age,
}

/// What a decision starts, and the next decision thus stops.
const OF_A_DECISION: &[ClockKind] = &[
    ClockKind::ReasonableGrounds,
    ClockKind::Recovery,
    ClockKind::Support,
    ClockKind::ConclusiveGrounds,
    ClockKind::AwaitedReferral,
    ClockKind::AskAnother,
    ClockKind::AwaitedReconsideration,
    ClockKind::AwaitedCourt,
    ClockKind::AwaitedDecision,
    ClockKind::Reconsideration,
    ClockKind::JudicialReview,
    ClockKind::MoveOnPositive,
    ClockKind::MoveOnNegative,
    ClockKind::SupportEnds,
];

/// Clocks on their way through a history.
struct Running {
    clocks: Vec<Clock>,
    setting: Setting,
    /// The recovery period that a disqualification took away.
    taken_away: Option<Clock>,
    /// What was to come of asking a first responder, when a no ended it.
    halted: Option<Clock>,
    /// What the person last said to being referred, where nothing came of it yet.
    said: Option<Said>,
    is_referred: bool,
    /// The day of the last referral.
    referred_on: Option<Day>,
    has_ended: bool,
    has_died: bool,
    /// The last point at which outcomes were gone through.
    gone_through: Option<OutcomePoint>,
}

/// The clock of each point at which outcomes are gone through.
const OUTCOMES: [(OutcomePoint, ClockKind); 5] = [
    (OutcomePoint::Entry, ClockKind::OutcomesEntry),
    (OutcomePoint::Month6, ClockKind::Outcomes6),
    (OutcomePoint::Month12, ClockKind::Outcomes12),
    (OutcomePoint::Month24, ClockKind::Outcomes24),
    (OutcomePoint::Month36, ClockKind::Outcomes36),
];

/// The clock of each contact after a return.
const RETURNS: [(ReturnPoint, ClockKind); 3] = [
    (ReturnPoint::Month6, ClockKind::Return6),
    (ReturnPoint::Month12, ClockKind::Return12),
    (ReturnPoint::Month36, ClockKind::Return36),
];

/// The clocks of a case that run: somebody missing first of whom the police may not know, then the earliest due, and those
/// without a day last; never two of one kind but reminders. Linear in the number of events.
pub fn running(history: &History, setting: Setting) -> Vec<Clock> {
    let mut running = Running {
        clocks: Vec::new(),
        setting,
        taken_away: None,
        halted: None,
        said: None,
        is_referred: false,
        referred_on: None,
        has_ended: false,
        has_died: false,
        gone_through: None,
    };
    for event in history.standing() {
        running.take(event);
    }
    if !running.has_ended {
        running.contact();
    }
    let mut clocks = running.clocks;
    clocks.sort_by_key(|clock| {
        let is_first = clock.kind.comes_first();
        (!is_first, clock.due_on.is_none(), clock.due_on, clock.kind)
    });
    clocks
}

/// Whether a clock is one of the points at which outcomes are gone through. All of them run; [`shown`](super::shown()) puts one in
/// the place of several.
pub(super) fn is_outcomes(kind: ClockKind) -> bool {
    OUTCOMES.iter().any(|(_, of)| *of == kind)
}

impl Running {
    /// Starts a clock in the place of one of the same kind. None starts where no rule set a length on that day.
    fn start(&mut self, kind: ClockKind, on: Day, event: Option<Uuid>) {
        self.stop(&[kind]);
        let rule = rule(kind, self.setting.nation, on);
        if rule.is_none() && kind.has_length() {
            return;
        }
        let whose = if kind == ClockKind::AskAnother {
            Whose::Us
        } else {
            Whose::Authority
        };
        self.clocks.push(Clock {
            kind,
            words: String::new(),
            started_on: on,
            due_on: rule.map(|rule| rule.last_day(self.setting.nation, on)),
            unit: rule.map_or(Unit::Calendar, |rule| rule.unit),
            whose: rule.map_or(whose, |rule| rule.whose),
            is_by_rule: rule.is_some(),
            event,
            n_missed: 0,
        });
    }

    /// Starts a clock in the place of one of the same kind, with a day of its own by which you have to act.
    fn until(&mut self, kind: ClockKind, on: Day, due_on: Day, event: Option<Uuid>) {
        self.stop(&[kind]);
        self.clocks.push(Clock {
            kind,
            words: String::new(),
            started_on: on,
            due_on: Some(due_on),
            unit: Unit::Calendar,
            whose: Whose::Us,
            is_by_rule: false,
            event,
            n_missed: 0,
        });
    }

    fn stop(&mut self, kinds: &[ClockKind]) {
        self.clocks.retain(|clock| !kinds.contains(&clock.kind));
    }

    /// A decision takes the place of the one before, with everything that ran because of it.
    fn decide(&mut self, kinds: &[ClockKind], on: Day, event: Uuid) {
        self.stop(OF_A_DECISION);
        (self.taken_away, self.halted) = (None, None);
        for kind in kinds {
            self.start(*kind, on, Some(event));
        }
    }

    fn reasonable(&mut self, outcome: Grounds, on: Day, event: Uuid) {
        use ClockKind as K;
        let kinds: &[K] = match outcome {
            Grounds::Positive => &[K::Recovery, K::Support, K::ConclusiveGrounds],
            Grounds::Negative => &[K::Reconsideration, K::JudicialReview],
        };
        self.is_referred = true;
        self.decide(kinds, on, event);
    }

    fn conclusive(&mut self, outcome: Grounds, on: Day, event: Uuid) {
        use ClockKind as K;
        let kinds: &[K] = match outcome {
            Grounds::Positive => &[K::MoveOnPositive],
            Grounds::Negative => &[K::MoveOnNegative, K::Reconsideration, K::JudicialReview],
        };
        self.is_referred = true;
        self.decide(kinds, on, event);
    }

    fn take(&mut self, event: &Event) {
        use ClockKind as K;
        let (on, id) = (event.entry.on, event.id);
        // Decisions still come after a death, and nobody has to act on them; what somebody wants to be reminded of stays.
        if self.has_died && !matches!(event.entry.what, What::Reminder(_)) {
            return;
        }
        match &event.entry.what {
            // Met or referred again: support begins anew.
            What::Encounter(_) => self.has_ended = false,
            What::NrmReferral(sheet) => {
                self.has_ended = false;
                self.is_referred = true;
                self.referred_on = Some(on);
                (self.halted, self.said) = (None, None);
                self.stop(&[K::Notification, K::AwaitedReferral, K::AskAnother]);
                self.start(K::ReasonableGrounds, on, Some(id));
                if self.setting.age.is_minor(on) || sheet.is_child == Some(Known::Yes) {
                    self.guardian(on, id);
                }
            }
            What::Declined(_) => self.declined(on, id),
            What::Consent(sheet) if sheet.purpose == Purpose::Referral && !self.setting.age.is_minor(on) => {
                match sheet.said {
                    Said::Given => self.agreed(on),
                    // Taken back is what the last referral rested on: it has been made, and nothing is to be notified.
                    Said::Withdrawn if self.referred_on.is_some() && self.said.is_none() => {}
                    Said::Refused | Said::Withdrawn => self.declined(on, id),
                }
            }
            What::Notified(_) => self.stop(&[K::Notification]),
            What::ReasonableGrounds(sheet) => self.reasonable(sheet.outcome, on, id),
            What::RecoveryPeriod(sheet) => {
                for clock in self.clocks.iter_mut().filter(|clock| clock.kind == K::Recovery) {
                    clock.due_on = Some(sheet.ends_on);
                    clock.is_by_rule = false;
                    clock.event = Some(id);
                }
            }
            What::ConclusiveGrounds(sheet) => self.conclusive(sheet.outcome, on, id),
            What::Disqualification(sheet) => self.disqualified(sheet.stage, on, id),
            What::Reconsideration(sheet) => self.reconsidered(sheet, on, id),
            What::JudicialReview(sheet) if sheet.stage != ReviewStage::Letter => self.reviewed(sheet.stage, on, id),
            What::Withdrawal(_) => {
                self.is_referred = false;
                self.decide(&[], on, id);
            }
            What::Missing(sheet) => {
                self.stop(&[K::Missing, K::Unreported]);
                if sheet.is_reported == Known::Yes {
                    self.start(K::Missing, on, Some(id));
                } else {
                    self.until(K::Unreported, on, on, Some(id));
                }
            }
            What::Found(_) => self.stop(&[K::Missing, K::Unreported]),
            What::Exit(_) => {
                self.stop(&[
                    K::MoveOnPositive,
                    K::MoveOnNegative,
                    K::SupportEnds,
                    K::Notification,
                    K::AwaitedReferral,
                    K::AskAnother,
                    K::Guardian,
                    K::Detained,
                    K::Removal,
                    K::Missing,
                    K::Unreported,
                ]);
                self.halted = None;
                self.is_referred = false;
                self.has_ended = true;
            }
            What::Death(_) => {
                self.clocks.retain(|clock| clock.kind == K::Reminder);
                (self.has_ended, self.has_died) = (true, true);
            }
            What::Reminder(sheet) => self.clocks.push(Clock {
                kind: K::Reminder,
                words: sheet.task.0.clone(),
                started_on: on,
                due_on: Some(sheet.due_on),
                unit: Unit::Calendar,
                whose: Whose::Us,
                is_by_rule: false,
                event: Some(id),
                n_missed: 0,
            }),
            _ => self.take_help(event),
        }
    }

    /// What starts and stops clocks beside the mechanism.
    fn take_help(&mut self, event: &Event) {
        use ClockKind as K;
        let (on, id) = (event.entry.on, event.id);
        match &event.entry.what {
            // Asked and referred on one day, in whichever order they were recorded: nobody waits.
            What::ReferralAsked(_) if self.referred_on != Some(on) => {
                self.halted = None;
                self.stop(&[K::AskAnother]);
                self.wait(K::AwaitedReferral, on, id);
            }
            What::Withheld(_) => self.withheld(on, id),
            What::NeedsAssessment(sheet)
                if matches!(sheet.occasion, AssessedWhen::Recovery | AssessedWhen::Leaving) =>
            {
                self.stop(&[K::MoveOnPositive, K::MoveOnNegative]);
                if let Some(ends_on) = sheet.ends_on {
                    self.until(K::SupportEnds, on, ends_on, Some(id));
                }
            }
            What::Detained(_) => self.wait(K::Detained, on, id),
            What::Released(_) => self.stop(&[K::Detained]),
            What::RemovalStep(sheet) => match (sheet.step, sheet.removal_on) {
                (RemovalStep::Attempted | RemovalStep::Stopped, _) => self.stop(&[K::Removal]),
                (_, Some(removal_on)) => self.until(K::Removal, on, removal_on, Some(id)),
                // What is not known does not take the place of the day that is.
                (_, None) => {}
            },
            What::Consent(sheet) if sheet.purpose == Purpose::Support => self.outcomes(sheet.said == Said::Given, id),
            What::Outcomes(sheet) => {
                self.gone_through = self.gone_through.max(Some(sheet.point));
                // What was not asked at its time is not asked afterwards.
                for (_, kind) in OUTCOMES.iter().filter(|(point, _)| *point <= sheet.point) {
                    self.stop(&[*kind]);
                }
            }
            What::Return(_) => {
                self.stop(&[K::Detained, K::Removal, K::Missing, K::Unreported]);
                for (_, kind) in RETURNS {
                    self.start(kind, on, Some(id));
                }
            }
            What::ReturnContact(sheet) => {
                for (_, kind) in RETURNS.iter().filter(|(point, _)| *point <= sheet.point) {
                    self.stop(&[*kind]);
                }
            }
            What::ResidencePermit(sheet) => self.permit(sheet, on, id),
            What::Asylum(sheet) if sheet.stage == AsylumStage::Refused => {
                self.start(K::AsylumAppeal, on, Some(id));
            }
            What::Asylum(_) => self.stop(&[K::AsylumAppeal]),
            What::Guardian(sheet) if sheet.stage == GuardianStage::Asked => self.guardian(on, id),
            What::Guardian(sheet) if sheet.stage == GuardianStage::Appointed => self.stop(&[K::Guardian]),
            _ => {}
        }
    }

    /// Somebody waits for a guardian: since the first time that one was owed or asked for.
    fn guardian(&mut self, on: Day, event: Uuid) {
        self.wait(ClockKind::Guardian, on, event);
    }

    /// Somebody waits, since the first time that they began to.
    fn wait(&mut self, kind: ClockKind, on: Day, event: Uuid) {
        if !self.clocks.iter().any(|clock| clock.kind == kind) {
            self.start(kind, on, Some(event));
        }
    }

    /// A step of a reconsideration. Until it is answered someone waits for that.
    fn reconsidered(&mut self, sheet: &what::Reconsideration, on: Day, event: Uuid) {
        use ClockKind as K;
        self.stop(&[K::Reconsideration]);
        if sheet.stage == ChallengeStage::Asked {
            return self.wait(K::AwaitedReconsideration, on, event);
        }
        self.stop(&[K::AwaitedReconsideration, K::AwaitedDecision]);
        match sheet.stage {
            ChallengeStage::Overturned => self.overturned(sheet.challenged, on, event),
            // A decision of its own, which a court can be asked about from its own day on.
            ChallengeStage::Upheld => self.start(K::JudicialReview, on, Some(event)),
            ChallengeStage::Asked | ChallengeStage::Refused => {}
        }
    }

    /// A step of a judicial review after the letter. From the claim on, permission given or not yet, someone waits until it is
    /// over; where it has the decision made again, for that.
    fn reviewed(&mut self, stage: ReviewStage, on: Day, event: Uuid) {
        use ClockKind as K;
        self.stop(&[K::JudicialReview]);
        match stage {
            ReviewStage::Begun | ReviewStage::PermissionGiven => self.wait(K::AwaitedCourt, on, event),
            ReviewStage::Settled | ReviewStage::Won => {
                self.stop(&[K::AwaitedCourt]);
                self.wait(K::AwaitedDecision, on, event);
            }
            _ => self.stop(&[K::AwaitedCourt, K::AwaitedDecision]),
        }
    }

    /// A step of a disqualification: it can be challenged as a decision can.
    fn disqualified(&mut self, stage: DisqualificationStage, on: Day, event: Uuid) {
        use ClockKind as K;
        let was_awaited = self.clocks.iter().any(|clock| clock.kind == K::AwaitedDecision);
        match stage {
            DisqualificationStage::Made => {
                let at = self.clocks.iter().position(|clock| clock.kind == K::Recovery);
                self.taken_away = at.map(|at| self.clocks.remove(at)).or(self.taken_away.take());
                self.stop(&[K::AwaitedDecision]);
                for kind in [K::Reconsideration, K::JudicialReview] {
                    self.start(kind, on, Some(event));
                }
            }
            // A court had it decided again, and now it is not made.
            DisqualificationStage::Refused if was_awaited => {
                self.stop(&[K::AwaitedDecision]);
                self.overturned(Challenged::Disqualification, on, event);
            }
            DisqualificationStage::Asked | DisqualificationStage::Refused => {}
        }
    }

    /// A first responder did not refer them. Whoever did not say no can be referred by another.
    fn withheld(&mut self, on: Day, event: Uuid) {
        self.halted = None;
        self.stop(&[ClockKind::AwaitedReferral]);
        let is_willing = self.said != Some(Said::Refused) || self.setting.age.is_minor(on);
        if is_willing && !self.is_referred {
            self.wait(ClockKind::AskAnother, on, event);
        }
    }

    /// Outcomes are gone through with whoever agrees to be supported, counted from the beginning of support.
    fn outcomes(&mut self, is_agreed: bool, event: Uuid) {
        for (point, kind) in OUTCOMES {
            self.stop(&[kind]);
            if is_agreed && self.gone_through < Some(point) {
                self.start(kind, self.setting.opened_on, Some(event));
            }
        }
    }

    /// A permit ends on the day that its letter says, or so many months after it was granted.
    fn permit(&mut self, sheet: &what::ResidencePermit, on: Day, event: Uuid) {
        self.stop(&[ClockKind::PermitEnds]);
        if !matches!(sheet.stage, PermitStage::Granted | PermitStage::Renewed) {
            return;
        }
        let months = sheet.months.and_then(|months| i32::try_from(months.min(1_200)).ok());
        let Some(due_on) = sheet.ends_on.or(months.map(|months| on.plus_months(months))) else {
            return;
        };
        self.until(ClockKind::PermitEnds, on, due_on, Some(event));
    }

    /// The person does not want to be referred. Who has been referred already needs no notification.
    fn declined(&mut self, on: Day, event: Uuid) {
        if !self.setting.age.is_minor(on) {
            self.said = Some(Said::Refused);
            let asked = |clock: &Clock| matches!(clock.kind, ClockKind::AwaitedReferral | ClockKind::AskAnother);
            let at = self.clocks.iter().position(asked);
            self.halted = at.map(|at| self.clocks.remove(at)).or(self.halted.take());
        }
        if !self.is_referred {
            self.start(ClockKind::Notification, on, Some(event));
        }
    }

    /// The person wants to be referred, perhaps after they did not: whoever was asked before is waited for again.
    fn agreed(&mut self, on: Day) {
        self.said = Some(Said::Given).filter(|_| !self.is_referred);
        self.stop(&[ClockKind::Notification]);
        self.clocks.extend(self.halted.take().map(|clock| Clock {
            started_on: on,
            ..clock
        }));
    }

    /// A challenge was won.
    fn overturned(&mut self, challenged: Challenged, on: Day, event: Uuid) {
        match challenged {
            Challenged::ReasonableGrounds => self.reasonable(Grounds::Positive, on, event),
            Challenged::ConclusiveGrounds => self.conclusive(Grounds::Positive, on, event),
            // Protection is back, until the day that it had.
            Challenged::Disqualification => {
                self.stop(&[ClockKind::Reconsideration, ClockKind::JudicialReview]);
                self.clocks.extend(self.taken_away.take());
            }
        }
    }

    /// Going through safe contact: four weeks after the last time; at once where it never was, or was found unsafe.
    fn contact(&mut self) {
        let is_looked_for = |clock: &Clock| matches!(clock.kind, ClockKind::Missing | ClockKind::Unreported);
        let at_once = match self.setting.gone_through {
            GoneThrough::Safe(on) => return self.start(ClockKind::SafeContact, on, None),
            // While they are looked for, nobody can ask them.
            GoneThrough::Missing(_) if self.clocks.iter().any(is_looked_for) => return,
            GoneThrough::Died(_) => return,
            GoneThrough::Never => self.setting.opened_on,
            GoneThrough::Unsafe(on) | GoneThrough::Missing(on) | GoneThrough::Found(on) => on,
        };
        self.until(ClockKind::SafeContact, at_once, at_once, None);
    }
}

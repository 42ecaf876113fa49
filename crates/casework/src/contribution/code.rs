//! Coding one case. Pure: everything it knows is given.
//!
//! What is written goes through [`Coding`], which asks the pack's schema of each value: a column or a code that the schema
//! does not have is left out, and a number never exceeds its top code. No text that was typed gets there: of words only
//! those are used that are, letter for letter, the name of a code.

mod justice;
mod later;
mod settled;
mod status;

use std::collections::{BTreeMap, BTreeSet};

use domain::Day;
use domain::casework::{
    Agency, Authority, ChallengeStage, Challenged, DisqualificationStage, ExpertWeight, ExploitationForm, Gender,
    Grounds, Interpreting, Known, Purpose, ReviewStage, Said, ServiceArea, TimeKind, WhyExit, WhyRefused,
};
use domain::fold::fold_plain;
use domain::pack::codes::{AgeBand, ChallengeResult, Decision, LanguageGroup, OfficialBody, Region};
use domain::pack::{Kind, Quarter, Row, SEVERAL_FORMS, Schema, Value};
use uuid::Uuid;

use super::Period;
use super::coded::{band, body, decision, is_support, known, language, most, pounds, region};
use crate::background::Background;
use crate::calendar::Calendar;
use crate::case::About;
use crate::consent;
use crate::event::{Event, History, What};
use crate::exploitation::Episode;
use crate::need::Need;
use crate::person::Person;
use crate::sheet::Line;
use crate::time_entry::Given;

/// Everything of a case that a row is made from.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The person.
    pub person: &'a Person,
    /// What the case is.
    pub about: &'a About,
    /// Everything that happened.
    pub history: &'a History,
    /// Episodes of exploitation.
    pub episodes: &'a [Episode],
    /// What the person needs.
    pub needs: &'a [Need],
    /// Where the person comes from.
    pub background: &'a [Background],
    /// Unpaid time.
    pub time: &'a [Given],
    /// Whether the case is open, or was closed.
    pub is_open: bool,
}

impl Case<'_> {
    /// Whether the person agrees, now and as this case tells, to being counted. Silence is not consent, and an answer that was
    /// taken back none.
    pub fn is_agreed(&self) -> bool {
        consent::is_counted(self.history)
    }

    /// Whether the person was supported on any day of a period: support had begun by its last day, and had not ended before
    /// its first. It ends with an exit or a death that no meeting or referral follows. After that, and in a case that was
    /// closed without either, only what happened within the period counts; what is written about a case alone does not.
    pub fn is_within(&self, period: Period) -> bool {
        let (mut ended, mut is_active) = (None, self.about.opened_on >= period.from);
        for event in self.history.standing().filter(|event| event.entry.on <= period.until) {
            match &event.entry.what {
                What::Exit(_) | What::Death(_) => ended = Some(event.entry.on),
                What::Encounter(_) | What::NrmReferral(_) => ended = None,
                _ => {}
            }
            is_active |= event.entry.on >= period.from && is_support(&event.entry.what);
        }
        let is_going_on = ended.map_or(self.is_open, |on| on >= period.from);
        self.about.opened_on <= period.until && (is_going_on || is_active)
    }
}

/// Codes a case as it stood at the end of a period; `None` for a person who does not agree to being counted, or was not
/// supported in it. It knows this one case: [`rows`](super::rows) leaves out whoever said no later in another.
pub fn code(case: Case<'_>, schema: &Schema, period: Period, id: Uuid) -> Option<Row> {
    if !case.is_agreed() || !case.is_within(period) {
        return None;
    }
    let story = Story::of(case, period);
    let mut row = Coding {
        schema,
        values: BTreeMap::new(),
    };
    story.person(&mut row);
    story.referral(&mut row);
    story.decisions(&mut row);
    story.challenge(&mut row);
    story.needs(&mut row);
    story.interviews(&mut row);
    story.returns(&mut row);
    story.time(&mut row);
    story.beside(&mut row);
    Some(Row { id, values: row.values })
}

/// A row being filled in. Nothing gets in that the schema does not have.
struct Coding<'a> {
    schema: &'a Schema,
    values: BTreeMap<String, Value>,
}

impl Coding<'_> {
    fn code(&mut self, name: &str, code: Option<&str>) {
        let column = self.schema.column(name).map(|(_, column)| column);
        let (Some(column), Some(code)) = (column, code) else {
            return;
        };
        if self.schema.codes(column).iter().any(|known| known.code == code) {
            self.values.insert(name.to_owned(), Value::Code(code.to_owned()));
        }
    }

    fn flag(&mut self, name: &str, is_so: Option<bool>) {
        self.code(name, is_so.map(|is_so| if is_so { "yes" } else { "no" }));
    }

    /// A number, at most the top code. One below 0 comes from days in an impossible order: it is not known.
    fn number(&mut self, name: &str, number: Option<i32>) {
        let column = self.schema.column(name).map(|(_, column)| column);
        if let Some(Kind::Number { top, .. }) = column.map(|column| &column.kind)
            && let Some(number) = number.and_then(|number| u32::try_from(number).ok())
        {
            self.values.insert(name.to_owned(), Value::Number(number.min(*top)));
        }
    }

    fn quarter(&mut self, name: &str, day: Option<Day>) {
        let column = self.schema.column(name).map(|(_, column)| column);
        if column.is_some_and(|column| column.kind == Kind::Quarter)
            && let Some(quarter) = day.and_then(|day| Quarter::of(day.year(), day.month()))
        {
            self.values.insert(name.to_owned(), Value::Code(quarter.to_string()));
        }
    }
}

/// What happened by the end of the period, and what several columns ask of it.
struct Story<'a> {
    case: Case<'a>,
    period: Period,
    /// What holds, in order.
    events: Vec<&'a Event>,
    /// The first referral.
    referral: Option<Day>,
    /// The first decision on reasonable grounds.
    rg: Option<(Day, Grounds)>,
    /// Since when reasonable grounds are affirmed, by that decision or after a challenge.
    rg_positive: Option<Day>,
    /// The first decision on conclusive grounds.
    cg: Option<(Day, Grounds)>,
}

impl<'a> Story<'a> {
    fn of(case: Case<'a>, period: Period) -> Self {
        // What holds is told from all events first: a correction that puts one after the period's end takes it out.
        let standing = case.history.standing();
        let events: Vec<&Event> = standing.filter(|event| event.entry.on <= period.until).collect();
        let first = |matches: &dyn Fn(&What) -> bool| {
            let event = events.iter().find(|event| matches(&event.entry.what))?;
            Some(event.entry.on)
        };
        let decided = |outcome: &dyn Fn(&What) -> Option<Grounds>| {
            let mut found = events
                .iter()
                .filter_map(|event| Some((event.entry.on, outcome(&event.entry.what)?)));
            found.next()
        };
        Self {
            referral: first(&|what| matches!(what, What::NrmReferral(_))),
            rg: decided(&|what| match what {
                What::ReasonableGrounds(sheet) => Some(sheet.outcome),
                _ => None,
            }),
            rg_positive: first(&|what| match what {
                What::ReasonableGrounds(sheet) => sheet.outcome == Grounds::Positive,
                What::Reconsideration(sheet) => {
                    sheet.challenged == Challenged::ReasonableGrounds && sheet.stage == ChallengeStage::Overturned
                }
                _ => false,
            }),
            cg: decided(&|what| match what {
                What::ConclusiveGrounds(sheet) => Some(sheet.outcome),
                _ => None,
            }),
            case,
            period,
            events,
        }
    }

    /// Whether a day is of the period. No later one is looked at.
    fn is_of_period(&self, on: Day) -> bool {
        self.period.from <= on
    }

    /// What each event says of something, in order.
    fn all<T>(&self, says: impl Fn(&'a What) -> Option<T>) -> impl DoubleEndedIterator<Item = (Day, T)> {
        self.events
            .iter()
            .filter_map(move |event| Some((event.entry.on, says(&event.entry.what)?)))
    }

    fn any(&self, says: impl Fn(&What) -> bool) -> bool {
        self.events.iter().any(|event| says(&event.entry.what))
    }

    /// When the person was identified: referred, else first met, else first supported.
    fn identified_on(&self) -> Day {
        let met = self.all(|what| matches!(what, What::Encounter(_)).then_some(())).next();
        self.referral
            .or(met.map(|(on, ())| on))
            .unwrap_or(self.case.about.opened_on)
    }

    /// The band of their age when they were identified; none by a birth that makes an adult of whoever is held to be a child.
    fn age_band(&self) -> Option<AgeBand> {
        let (identity, at) = (&self.case.person.identity, self.identified_on());
        let band = identity.born.and_then(|born| band(born, at))?;
        let is_child = matches!(band, AgeBand::Under16 | AgeBand::From16);
        (is_child || !identity.age(self.case.history).is_minor(at)).then_some(band)
    }

    fn person(&self, row: &mut Coding<'_>) {
        let identity = &self.case.person.identity;
        row.code("age_band", self.age_band().map(AgeBand::code));
        // An event tells of an authority's dispute; without any, what is said of the person.
        let is_disputed = self.any(|what| matches!(what, What::AgeDispute(_)));
        row.flag(
            "age_disputed",
            if is_disputed {
                Some(true)
            } else {
                known(identity.age_disputed)
            },
        );
        row.code(
            "gender",
            identity
                .gender
                .filter(|gender| *gender != Gender::Unknown)
                .map(Gender::code),
        );
        row.code("language", language(identity).map(LanguageGroup::code));
        row.code("region", region(self.case.about).map(Region::code));
        let forms: BTreeSet<ExploitationForm> = self.case.episodes.iter().flat_map(|one| one.forms.clone()).collect();
        let form = match forms.len() {
            0 => None,
            1 => forms.first().map(|form| form.code()),
            _ => Some(SEVERAL_FORMS),
        };
        row.code("exploitation", form);
    }

    /// Whether the person was referred; not known where nothing that happened says how far they came.
    fn is_referred(&self) -> Option<bool> {
        let is_decided = self.rg.is_some() || self.cg.is_some();
        if self.referral.is_some() || is_decided {
            return Some(true);
        }
        let tells = |what: &What| {
            matches!(
                what,
                What::Encounter(_)
                    | What::Screening(_)
                    | What::Declined(_)
                    | What::Notified(_)
                    | What::Withheld(_)
                    | What::Exit(_)
                    | What::Return(_)
            )
        };
        // Withdrawn from, or disqualified in, a mechanism that they were never recorded as entering.
        let contradicts = |what: &What| {
            matches!(
                what,
                What::Withdrawal(_)
                    | What::Disqualification(_)
                    | What::RecoveryPeriod(_)
                    | What::Reconsideration(_)
                    | What::JudicialReview(_)
            )
        };
        (self.any(tells) && !self.any(contradicts)).then_some(false)
    }

    fn referral(&self, row: &mut Coding<'_>) {
        let is_before = |on: Day| self.referral.is_none_or(|referral| on <= referral);
        let referrer = self
            .all(|what| match what {
                What::NrmReferral(sheet) => Some(sheet.agency),
                _ => None,
            })
            .next();
        let referrer = referrer.map(|(_, agency)| agency);
        row.flag("referred", self.is_referred());
        row.quarter("referral_quarter", self.referral);
        row.flag("referred_in_period", self.of_referral(|on| self.is_of_period(on)));
        row.code("referrer", referrer.map(Agency::code));

        // Whoever met the person and did not refer them missed them, most of all where they saw no signs.
        let missed: BTreeSet<OfficialBody> = self
            .all(|what| match what {
                What::Encounter(sheet) => Some(sheet.agency),
                What::Withheld(sheet) => Some(sheet.agency),
                _ => None,
            })
            .filter(|(on, agency)| is_before(*on) && Some(*agency) != referrer)
            .filter_map(|(_, agency)| body(agency))
            .collect();
        let is_told = self.any(|what| matches!(what, What::Encounter(_)));
        row.code(
            "missed_by",
            match missed.len() {
                // Only who records encounters knows that no such body was among them.
                0 if is_told => Some(OfficialBody::None),
                0 => None,
                1 => missed.first().copied(),
                _ => Some(OfficialBody::Several),
            }
            .map(OfficialBody::code),
        );

        let agreed = self
            .all(|what| match what {
                What::Consent(sheet) if sheet.purpose == Purpose::Referral && sheet.said == Said::Given => Some(sheet),
                _ => None,
            })
            .rfind(|(on, _)| is_before(*on));
        let own = |line: &Option<Line>| line.as_ref().map(|line| fold_plain(&line.0));
        let is_own = agreed.and_then(|(_, sheet)| {
            let (asked, understood) = (own(&sheet.language)?, own(&self.case.person.identity.language)?);
            // Someone may understand more languages than the best.
            (asked == understood).then_some(true)
        });
        let is_alone = agreed.is_some_and(|(_, sheet)| sheet.interpreting == Some(Interpreting::Missing));
        let age = self.case.person.identity.age(self.case.history);
        let is_without = consent::referred_without(self.case.history, age).is_some();
        if self.referral.is_some() {
            row.flag(
                "consent_own_language",
                if is_without || is_alone { Some(false) } else { is_own },
            );
        }
    }

    /// Whether no further decision will come, because the person is no longer in the mechanism.
    fn is_over(&self) -> bool {
        let (mut is_disqualified, mut is_withdrawn) = (false, false);
        for event in &self.events {
            match &event.entry.what {
                What::Death(_) => return true,
                What::Withdrawal(_) => is_withdrawn = true,
                // Referred again: what ended before does not hold.
                What::NrmReferral(_) => is_withdrawn = false,
                What::Disqualification(sheet) => is_disqualified = sheet.stage == DisqualificationStage::Made,
                What::Reconsideration(sheet) if sheet.challenged == Challenged::Disqualification => {
                    is_disqualified &= sheet.stage != ChallengeStage::Overturned;
                }
                _ => {}
            }
        }
        is_disqualified || is_withdrawn
    }

    fn decisions(&self, row: &mut Coding<'_>) {
        let waiting = if self.is_over() {
            Decision::None
        } else {
            Decision::Pending
        };
        let rg = match (self.rg, self.is_referred()) {
            (Some((_, outcome)), _) => Some(decision(outcome)),
            // Conclusive grounds were decided, so these were too, and nobody recorded how.
            (None, _) if self.cg.is_some() => None,
            (None, Some(true)) => Some(waiting),
            (None, Some(false)) => Some(Decision::None),
            (None, None) => None,
        };
        let cg = match (self.cg, rg) {
            (Some((_, outcome)), _) => Some(decision(outcome)),
            (None, Some(Decision::Negative)) if self.rg_positive.is_none() => Some(Decision::None),
            (None, Some(Decision::None)) => Some(Decision::None),
            (None, Some(_)) => Some(waiting),
            (None, None) => None,
        };
        row.code("rg_outcome", rg.map(Decision::code));
        row.code("cg_outcome", cg.map(Decision::code));
        let (rg_on, cg_on) = (self.rg.map(|(on, _)| on), self.cg.map(|(on, _)| on));
        row.quarter("rg_quarter", rg_on);
        row.quarter("cg_quarter", cg_on);
        row.flag(
            "rg_in_period",
            match (rg_on, rg) {
                (Some(on), _) => Some(self.is_of_period(on)),
                (None, Some(_)) => Some(false),
                // Conclusive grounds were decided, and nobody recorded these: they came before.
                (None, None) => cg_on.filter(|on| !self.is_of_period(*on)).map(|_| false),
            },
        );
        row.flag(
            "cg_in_period",
            match cg_on {
                Some(on) => Some(self.is_of_period(on)),
                None => cg.map(|_| false),
            },
        );
        let nation = self.case.about.nation;
        let wait = self.referral.zip(rg_on);
        row.number(
            "rg_working_days",
            wait.map(|(from, until)| Calendar::shipped().working_between(nation, from, until)),
        );
        let until = match cg {
            Some(Decision::Pending) => Some(self.period.until),
            _ => cg_on,
        };
        row.number(
            "cg_wait_days",
            self.rg_positive.zip(until).map(|(from, until)| from.days_until(until)),
        );
        let authority = self.all(|what| match what {
            What::ReasonableGrounds(sheet) => Some(sheet.authority),
            What::ConclusiveGrounds(sheet) => Some(sheet.authority),
            _ => None,
        });
        let authority = authority.last().map(|(_, authority)| authority);
        row.code(
            "authority",
            authority
                .filter(|authority| *authority != Authority::Unknown)
                .map(Authority::code),
        );
        let mut expert = self.all(|what| match what {
            What::ConclusiveGrounds(sheet) => Some(sheet.expert),
            _ => None,
        });
        let weight = expert.next().and_then(|(_, expert)| expert);
        row.code(
            "expert",
            weight.or_else(|| self.weight_of_reports()).map(ExpertWeight::code),
        );
        row.flag("removed_before_cg", self.is_removed());
    }

    /// Whether the person was removed after a positive decision on reasonable grounds and before the conclusive one.
    fn is_removed(&self) -> Option<bool> {
        let since = self.rg_positive?;
        let until = self.cg.map_or(self.period.until, |(on, _)| on);
        let mut is_known = true;
        for event in self
            .events
            .iter()
            .filter(|event| (since..=until).contains(&event.entry.on))
        {
            match &event.entry.what {
                What::Return(sheet) if sheet.is_voluntary == Known::No => {
                    return self.is_of_period(event.entry.on).then_some(true);
                }
                What::Return(sheet) => is_known &= sheet.is_voluntary == Known::Yes,
                // Detained, removed or lost sight of: which, it does not say.
                What::Exit(sheet) => is_known &= !matches!(sheet.reason, WhyExit::Removed | WhyExit::Lost),
                What::Missing(_) => is_known = false,
                _ => {}
            }
        }
        is_known.then_some(false)
    }

    fn challenge(&self, row: &mut Coding<'_>) {
        use ChallengeResult as C;
        let challenges = || {
            self.all(|what| match what {
                What::Reconsideration(sheet) if sheet.challenged != Challenged::Disqualification => {
                    let result = match sheet.stage {
                        ChallengeStage::Asked => C::Pending,
                        ChallengeStage::Refused | ChallengeStage::Upheld => C::Upheld,
                        ChallengeStage::Overturned => C::Overturned,
                    };
                    Some((result, sheet.is_represented))
                }
                What::JudicialReview(sheet) if sheet.challenged != Challenged::Disqualification => {
                    let result = match sheet.stage {
                        // Settled: it is to be decided again.
                        ReviewStage::Letter
                        | ReviewStage::Begun
                        | ReviewStage::PermissionGiven
                        | ReviewStage::Settled => C::Pending,
                        ReviewStage::PermissionRefused | ReviewStage::Lost => C::Upheld,
                        ReviewStage::Won => C::Overturned,
                        ReviewStage::Dropped => C::Dropped,
                    };
                    Some((result, None))
                }
                _ => None,
            })
        };
        // What ended before the period is not of it.
        let last = challenges()
            .next_back()
            .filter(|(on, (result, _))| *result == C::Pending || self.is_of_period(*on))
            .map(|(_, (result, _))| result);
        let none = self.is_referred().map(|_| C::None);
        row.code("challenge", last.or(none).map(C::code));
        if last.is_some() {
            let represented = challenges().rev().find_map(|(_, (_, represented))| known(represented));
            row.flag("challenge_represented", represented);
        }
    }

    fn needs(&self, row: &mut Coding<'_>) {
        let Period { from, until } = self.period;
        // Of those that were met, or ended, before the period another contribution tells.
        let is_past = move |need: &Need| {
            [need.started_on, need.ended_on]
                .into_iter()
                .flatten()
                .any(|on| on < from)
        };
        let recorded = |area: ServiceArea| {
            self.case
                .needs
                .iter()
                .filter(move |need| need.area == area && need.since <= until && !is_past(need))
        };
        // The need that was met first, with the days it took.
        let met = |area: ServiceArea| {
            let met = recorded(area).filter_map(|need| Some((need.started_on.filter(|on| *on <= until)?, need.since)));
            met.min().map(|(on, since)| since.days_until(on))
        };
        self.medical(row, &recorded(ServiceArea::Medical).collect::<Vec<_>>());
        let therapy = recorded(ServiceArea::Counselling).next().is_some();
        row.flag("therapy_need", Some(therapy));
        if therapy {
            row.flag("therapy_started", Some(met(ServiceArea::Counselling).is_some()));
            row.number("therapy_weeks", met(ServiceArea::Counselling).map(|days| days / 7));
        }
        let is_refused = self.case.needs.iter().any(|need| {
            need.refused_on.is_some_and(|on| (from..=until).contains(&on))
                && need.why_refused.contains(&WhyRefused::Cooperation)
        });
        // Why a provider asked someone to leave is not asked.
        let mut exits = self.all(|what| match what {
            What::Exit(sheet) if matches!(sheet.reason, WhyExit::Asked | WhyExit::Other) => Some(()),
            _ => None,
        });
        let is_open = exits.any(|(on, ())| from <= on);
        row.flag(
            "support_cut_for_silence",
            (is_refused || !is_open).then_some(is_refused),
        );
    }

    fn time(&self, row: &mut Coding<'_>) {
        let mut minutes = 0_u32;
        let mut bodies: BTreeMap<OfficialBody, u32> = BTreeMap::new();
        let mut kinds: BTreeMap<TimeKind, u32> = BTreeMap::new();
        let within = self.period.from..=self.period.until;
        let given = self.case.time.iter().filter(|given| within.contains(&given.on));
        // Time that did nobody's public duty is not asked for.
        let counted = given.filter_map(|given| Some((given, body(given.agency)?)));
        for (given, body) in counted.clone() {
            for sum in [
                &mut minutes,
                bodies.entry(body).or_default(),
                kinds.entry(given.kind).or_default(),
            ] {
                *sum = sum.saturating_add(given.minutes);
            }
        }
        row.number("unpaid_hours", i32::try_from(minutes.div_ceil(60)).ok());
        row.number("unpaid_pounds", pounds(counted.map(|(given, _)| given)));
        row.code("unpaid_body", most(&bodies).map(OfficialBody::code));
        row.code("unpaid_activity", most(&kinds).map(TimeKind::code));
    }
}

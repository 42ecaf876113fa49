//! Who the person is beyond their case, and their right to be here: first contact, advice, detention, leave, permits.

use std::collections::BTreeSet;

use domain::Day;
use domain::casework::{
    AdviceStage, Agency, ChallengeStage, Challenged, ExpertWeight, Grounds, Known, PermitStage, RemovalStep,
};
use domain::pack::codes::{
    ExpertKind, ImmigrationStatus, Matter, NationalityGroup, PermitGround, PermitStanding, Renewal,
};

use super::super::coded::known;
use super::super::groups::nationality;
use super::{Coding, Story};
use crate::event::{What, what};

impl Story<'_> {
    /// Everything that is asked beside the mechanism.
    pub(super) fn beside(&self, row: &mut Coding<'_>) {
        self.background(row);
        self.first_contact(row);
        self.experts(row);
        self.reasons(row);
        self.recovery(row);
        self.recovery_over(row);
        self.leave(row);
        self.permit(row);
        self.lawyer(row);
        self.help(row);
        self.compensation(row);
        self.children(row);
        self.offences(row);
        self.measures(row);
        self.outcomes(row);
        self.follow_up(row);
    }

    /// What was said when it was gone through what did not happen: a yes at any time, else the no of the last time.
    pub(super) fn review(&self, ask: impl Fn(&what::Review) -> Option<Known>) -> Option<bool> {
        let answers: Vec<bool> = self
            .all(|what| match what {
                What::Review(sheet) => known(ask(sheet)),
                _ => None,
            })
            .map(|(_, is_so)| is_so)
            .collect();
        if answers.contains(&true) {
            Some(true)
        } else {
            answers.last().copied()
        }
    }

    /// Since when conclusive grounds are affirmed, by the first decision or after a challenge.
    pub(super) fn affirmed_on(&self) -> Option<Day> {
        let affirmed = self.all(|what| match what {
            What::ConclusiveGrounds(sheet) => (sheet.outcome == Grounds::Positive).then_some(()),
            What::Reconsideration(sheet) => (sheet.challenged == Challenged::ConclusiveGrounds
                && sheet.stage == ChallengeStage::Overturned)
                .then_some(()),
            _ => None,
        });
        affirmed.map(|(on, ())| on).next()
    }

    fn background(&self, row: &mut Coding<'_>) {
        let last = |ask: &dyn Fn(&crate::background::Background) -> Option<&'static str>| {
            let said: BTreeSet<&str> = self.case.background.iter().filter_map(ask).collect();
            // Where two people recorded different answers, neither is known.
            said.first().copied().filter(|_| said.len() == 1)
        };
        let is_chosen = self.case.background.iter().any(|of| of.nationality_group.is_some());
        let typed = self.case.person.identity.nationality.as_ref();
        row.code(
            "nationality",
            if is_chosen {
                last(&|of| of.nationality_group.map(NationalityGroup::code))
            } else {
                typed.and_then(nationality).map(NationalityGroup::code)
            },
        );
        row.code(
            "disability",
            last(&|of| known(of.has_disability).map(|is_so| if is_so { "yes" } else { "no" })),
        );
        let at = self.identified_on();
        let status = self
            .all(|what| match what {
                What::Immigration(sheet) => Some(sheet.status),
                _ => None,
            })
            .rfind(|(on, _)| *on <= at);
        let later = self
            .all(|what| match what {
                What::Immigration(sheet) => Some(sheet.status),
                _ => None,
            })
            .next();
        row.code("immigration_status", status.or(later).map(|(_, status)| status.code()));
    }

    fn first_contact(&self, row: &mut Coding<'_>) {
        let told: Vec<(Known, Known)> = self
            .all(|what| match what {
                What::RightsTold(sheet) => Some((sheet.within_day, sheet.own_language)),
                _ => None,
            })
            .map(|(_, told)| told)
            .collect();
        let is_told = told.contains(&(Known::Yes, Known::Yes));
        // Only a no makes it late or in another language; what is not known of one telling is not known of all.
        let is_not = !told.is_empty() && told.iter().all(|(day, own)| *day == Known::No || *own == Known::No);
        row.flag("rights_told_24h", (is_told || is_not).then_some(is_told));

        let referrals: Vec<(Day, Agency, Option<Day>)> = self
            .all(|what| match what {
                What::NrmReferral(sheet) => Some((sheet.agency, sheet.asked_on)),
                _ => None,
            })
            .map(|(on, (agency, asked))| (on, agency, asked))
            .collect();
        let mut requests: BTreeSet<(Day, Agency)> = self
            .all(|what| match what {
                What::ReferralAsked(sheet) => Some(sheet.agency),
                _ => None,
            })
            .collect();
        for (on, agency, asked) in &referrals {
            match asked {
                Some(asked) => requests.insert((*asked, *agency)),
                None if *agency == Agency::Own => requests.insert((*on, *agency)),
                None => false,
            };
        }
        if !requests.is_empty() {
            let met_on = |asked: Day, of: Agency| {
                let mut met = referrals.iter();
                met.find(|(on, agency, _)| *agency == of && (0..=5).contains(&asked.days_until(*on)))
                    .map(|(on, ..)| *on)
            };
            let asked: Vec<(Day, Agency)> = requests.into_iter().collect();
            let (n, n_met) = self.requests(&asked, met_on);
            row.number("referral_requests", i32::try_from(n).ok());
            row.number("referral_requests_met", i32::try_from(n_met).ok());
        }

        let advised: Vec<(Day, Option<Known>)> = self
            .all(|what| match what {
                What::LegalAdvice(sheet) if sheet.stage == AdviceStage::Found => Some(sheet.is_accredited),
                _ => None,
            })
            .collect();
        if let Some(referral) = self.referral {
            let before: Vec<Option<bool>> = advised
                .iter()
                .filter(|(on, _)| *on <= referral)
                .map(|(_, accredited)| known(*accredited))
                .collect();
            let is_advised = if before.contains(&Some(true)) {
                Some(true)
            } else if advised.is_empty() && self.review(|sheet| sheet.lawyer) == Some(false) {
                // Gone through: nobody even looked for one.
                Some(false)
            } else if advised.is_empty() || before.contains(&None) {
                None
            } else {
                Some(false)
            };
            row.flag("advised_before_referral", is_advised);
        }
    }

    fn experts(&self, row: &mut Coding<'_>) {
        let reports: Vec<(ExpertKind, Option<Known>)> = self
            .all(|what| match what {
                What::ExpertReport(sheet) => Some((sheet.expert, sheet.is_addressed)),
                _ => None,
            })
            .map(|(_, report)| report)
            .collect();
        let only = |kinds: BTreeSet<ExpertKind>| kinds.first().copied().filter(|_| kinds.len() == 1);
        let addressed = reports.iter().filter(|(_, addressed)| *addressed == Some(Known::Yes));
        let kind = only(reports.iter().map(|(kind, _)| *kind).collect())
            .or_else(|| only(addressed.map(|(kind, _)| *kind).collect()));
        row.code("expert_kind", kind.map(ExpertKind::code));
    }

    /// What a decision on conclusive grounds did with experts' reports, as it was recorded of the reports.
    pub(super) fn weight_of_reports(&self) -> Option<ExpertWeight> {
        self.cg?;
        let addressed: Vec<bool> = self
            .all(|what| match what {
                What::ExpertReport(sheet) => known(sheet.is_addressed),
                _ => None,
            })
            .map(|(_, is_so)| is_so)
            .collect();
        match (addressed.is_empty(), addressed.contains(&true)) {
            (true, _) => None,
            (false, true) => Some(ExpertWeight::Addressed),
            (false, false) => Some(ExpertWeight::Ignored),
        }
    }

    fn recovery(&self, row: &mut Coding<'_>) {
        let last = |ask: fn(&what::RecoveryReview) -> Known| {
            self.all(|what| match what {
                What::RecoveryReview(sheet) => known(Some(ask(sheet))),
                _ => None,
            })
            .next_back()
            .map(|(_, is_so)| is_so)
        };
        row.flag("recovery_full", last(|sheet| sheet.was_full));
        row.flag("recovery_help", last(|sheet| sheet.had_help));
        let until = self.cg.map_or(self.period.until, |(on, _)| on);
        let steps = self.all(|what| match what {
            What::RemovalStep(sheet) => (sheet.step != RemovalStep::Stopped).then_some(()),
            What::Detained(sheet) => (sheet.is_immigration == Known::Yes).then_some(()),
            _ => None,
        });
        let is_step = self
            .rg_positive
            .is_some_and(|since| steps.into_iter().any(|(on, ())| (since..=until).contains(&on)));
        row.flag(
            "recovery_enforcement",
            if is_step {
                Some(true)
            } else {
                last(|sheet| sheet.enforced)
            },
        );
        if let Some(since) = self.rg_positive {
            row.number("detained_days", self.detained_days(since));
        }
    }

    /// Days in immigration detention from a day on, within the period; `None` where it is not known whether there were any.
    fn detained_days(&self, since: Day) -> Option<i32> {
        let since = since.max(self.period.from);
        let mut began: Option<Day> = None;
        let (mut days, mut is_detained) = (0, false);
        let overlap = |from: Day, until: Day| since.max(from).days_until(until).max(0);
        for event in &self.events {
            match &event.entry.what {
                What::Detained(sheet) => match sheet.is_immigration {
                    Known::Yes => {
                        is_detained = true;
                        began = began.or(Some(event.entry.on));
                    }
                    Known::No => {}
                    Known::Unknown => return None,
                },
                What::Released(_) | What::Return(_) | What::Death(_) => {
                    days += began.take().map_or(0, |from| overlap(from, event.entry.on));
                }
                _ => {}
            }
        }
        days += began.map_or(0, |from| overlap(from, self.period.until));
        match (is_detained, self.review(|sheet| sheet.detained)) {
            (true, _) => Some(days),
            (false, Some(false)) => Some(0),
            (false, _) => None,
        }
    }

    fn leave(&self, row: &mut Coding<'_>) {
        let Some(affirmed) = self.affirmed_on() else { return };
        let status = self
            .all(|what| match what {
                What::Immigration(sheet) => Some(sheet.status),
                _ => None,
            })
            .rfind(|(on, _)| *on <= affirmed);
        row.flag(
            "secure_leave",
            status.and_then(|(_, status)| match status {
                ImmigrationStatus::Citizen | ImmigrationStatus::Settled | ImmigrationStatus::Refugee => Some(true),
                ImmigrationStatus::Asylum | ImmigrationStatus::Without => Some(false),
                // How secure it is, it does not say.
                ImmigrationStatus::Limited | ImmigrationStatus::Visa => None,
            }),
        );
        let allowed: Vec<(Day, bool)> = self
            .all(|what| match what {
                What::RightToWork(sheet) => known(Some(sheet.is_allowed)),
                What::ResidencePermit(sheet) if matches!(sheet.stage, PermitStage::Granted | PermitStage::Renewed) => {
                    known(sheet.may_work)
                }
                _ => None,
            })
            .collect();
        let after = allowed.iter().any(|(on, is_so)| *on >= affirmed && *is_so);
        let before = allowed.iter().rfind(|(on, _)| *on < affirmed).map(|(_, is_so)| *is_so);
        let work = if after {
            Some(true)
        } else {
            before.or(allowed.last().map(|(_, is_so)| *is_so))
        };
        row.flag("work_permitted", work);
        // A year after the decision, give or take what an appointment does.
        let (from, until) = (affirmed.plus_months(11), affirmed.plus_months(15));
        let mut works = self.all(|what| match what {
            What::Outcomes(sheet) => known(sheet.works),
            _ => None,
        });
        row.flag(
            "employed_12m",
            works
                .find(|(on, _)| (from..=until).contains(on))
                .map(|(_, is_so)| is_so),
        );
    }

    fn permit(&self, row: &mut Coding<'_>) {
        let steps: Vec<(Day, &what::ResidencePermit)> = self
            .all(|what| match what {
                What::ResidencePermit(sheet) => Some(sheet),
                _ => None,
            })
            .collect();
        let first = || steps.iter().filter(|(_, sheet)| !sheet.stage.is_renewal());
        let standing = match (first().next_back(), steps.first()) {
            (Some((_, sheet)), _) => Some(match sheet.stage {
                PermitStage::Granted => PermitStanding::Granted,
                PermitStage::Refused => PermitStanding::Refused,
                _ => PermitStanding::Pending,
            }),
            // What is renewed was granted once.
            (None, Some(_)) => Some(PermitStanding::Granted),
            (None, None) => (self.review(|sheet| sheet.permit) == Some(false)).then_some(PermitStanding::None),
        };
        row.code("permit", standing.map(PermitStanding::code));
        let ground = steps.iter().rev().find_map(|(_, sheet)| sheet.ground);
        row.code("permit_ground", ground.map(PermitGround::code));
        let is_decision = |stage| matches!(stage, PermitStage::Granted | PermitStage::Refused);
        let decided = first().find(|(_, sheet)| is_decision(sheet.stage)).map(|(on, _)| *on);
        row.number(
            "permit_days",
            self.affirmed_on()
                .zip(decided)
                .map(|(from, until)| from.days_until(until)),
        );
        let last = first().rfind(|(_, sheet)| is_decision(sheet.stage)).map(|(on, _)| *on);
        row.flag(
            "permit_in_period",
            match (last, standing) {
                (Some(on), _) => Some(self.is_of_period(on)),
                // Renewed, and nobody recorded when it was granted.
                (None, Some(PermitStanding::Granted) | None) => None,
                (None, Some(_)) => Some(false),
            },
        );
        let granted = first().rfind(|(_, sheet)| sheet.stage == PermitStage::Granted);
        let months = granted.and_then(|(_, sheet)| sheet.months);
        row.number("permit_months", months.and_then(|months| i32::try_from(months).ok()));
        let is_renewed = |stage| {
            matches!(
                stage,
                PermitStage::Renewed | PermitStage::RenewalRefused | PermitStage::RanOut
            )
        };
        let renewal = match steps.iter().rfind(|(_, sheet)| sheet.stage.is_renewal()) {
            // Decided before the period: none was due in it, as far as anybody recorded.
            Some((on, sheet)) if !self.is_of_period(*on) && is_renewed(sheet.stage) => Some(Renewal::NotDue),
            Some((_, sheet)) => Some(match sheet.stage {
                PermitStage::Renewed => Renewal::Renewed,
                PermitStage::RenewalRefused => Renewal::Refused,
                PermitStage::RanOut => Renewal::Lapsed,
                _ => Renewal::Pending,
            }),
            None => granted.and_then(|(on, sheet)| {
                let months = sheet.months.and_then(|months| i32::try_from(months.min(1_200)).ok());
                let ends = sheet.ends_on.or(months.map(|months| on.plus_months(months)))?;
                (self.period.until < ends).then_some(Renewal::NotDue)
            }),
        };
        row.code("permit_renewal", renewal.map(Renewal::code));
    }

    fn lawyer(&self, row: &mut Coding<'_>) {
        let all: Vec<(Day, &what::LegalAdvice)> = self
            .all(|what| match what {
                What::LegalAdvice(sheet) => Some(sheet),
                _ => None,
            })
            .collect();
        let mut aided: Vec<_> = all
            .iter()
            .filter(|(_, sheet)| sheet.has_legal_aid() == Some(Known::Yes))
            .collect();
        if aided.is_empty() {
            let is_other = all.iter().all(|(_, sheet)| sheet.has_legal_aid() == Some(Known::No));
            if is_other && self.review(|sheet| sheet.lawyer) == Some(false) {
                row.flag("lawyer_sought", Some(false));
            }
            return;
        }
        // A search that was over before the period is not of it; a new one begins after it.
        let is_end = |stage| matches!(stage, AdviceStage::Found | AdviceStage::Ended);
        let past = aided
            .iter()
            .rposition(|(on, sheet)| is_end(sheet.stage) && !self.is_of_period(*on));
        if let Some(past) = past {
            aided.drain(..=past);
            if aided.iter().all(|(_, sheet)| sheet.stage == AdviceStage::Ended) {
                row.flag("lawyer_sought", Some(false));
                return;
            }
        }
        row.flag("lawyer_sought", Some(true));
        let found = aided
            .iter()
            .find(|(_, sheet)| sheet.stage == AdviceStage::Found)
            .map(|(on, _)| *on);
        let is_found = found.is_some() || aided.iter().any(|(_, sheet)| sheet.stage == AdviceStage::Ended);
        row.flag("lawyer_found", Some(is_found));
        let looking = |stage| matches!(stage, AdviceStage::Sought | AdviceStage::Refused);
        let sought = aided.iter().find(|(_, sheet)| looking(sheet.stage)).map(|(on, _)| *on);
        let until = found.or((!is_found).then_some(self.period.until));
        row.number(
            "lawyer_wait_days",
            sought.zip(until).map(|(from, until)| from.days_until(until)),
        );
        let before: Vec<_> = aided
            .iter()
            .filter(|(on, _)| found.is_none_or(|found| *on <= found))
            .collect();
        let counted = before.iter().rev().find_map(|(_, sheet)| sheet.n_refused);
        let n = before
            .iter()
            .filter(|(_, sheet)| sheet.stage == AdviceStage::Refused)
            .count();
        let refusals = counted
            .and_then(|counted| i32::try_from(counted).ok())
            .max(i32::try_from(n).ok().filter(|n| *n > 0));
        row.number("lawyer_refusals", refusals);
        row.code(
            "lawyer_matter",
            aided.first().map(|(_, sheet)| Matter::code(sheet.matter)),
        );
    }
}

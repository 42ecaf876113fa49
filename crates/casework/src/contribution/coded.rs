//! What is kept, as codes of the pack: bands, groups and regions; `None` where what is kept does not tell.

use std::collections::BTreeMap;

use domain::Day;
use domain::casework::{Agency, Grounds, Known, Leaning, Nation, Reason};
use domain::pack::codes::{AgeBand, Decision, EnglishRegion, LanguageGroup, OfficialBody, ReasonLeaning, Region};

use super::groups;
use crate::case::About;
use crate::event::What;
use crate::person::Identity;
use crate::sheet::PartDay;
use crate::time_entry::{Given, rate};

/// Whether an event tells that somebody was there for the person, and not only that a case was looked at.
pub(super) const fn is_support(what: &What) -> bool {
    !matches!(
        what,
        What::Note(_)
            | What::ContactCheck(_)
            | What::Reminder(_)
            | What::Done(_)
            | What::Struck(_)
            | What::Consent(_)
            | What::PlanAnswered(_)
            | What::Linked(_)
    )
}

/// What has the most minutes; of several the first of the list.
pub(super) fn most<T: Copy + Ord>(minutes: &BTreeMap<T, u32>) -> Option<T> {
    let most = minutes.values().max()?;
    minutes.iter().find(|(_, sum)| *sum == most).map(|(one, _)| *one)
}

/// What was given is worth in whole pounds, each entry at the rate of its day, rounded once to the nearest; `None` where no rate
/// is stated for one of the days, because a sum without it would read as if that time were worth nothing.
pub(super) fn pounds<'a>(mut all: impl Iterator<Item = &'a Given>) -> Option<i32> {
    // Minutes times pence for an hour: 60 times 100 of them are a pound.
    let parts = all.try_fold(0_u64, |sum, given| {
        let rate = rate(given.on)?;
        Some(sum + u64::from(given.minutes) * u64::from(rate.pence))
    })?;
    i32::try_from((parts + 3_000) / 6_000).ok()
}

/// Yes or no; “not known” is left out.
pub(super) fn known(answer: Option<Known>) -> Option<bool> {
    match answer? {
        Known::Yes => Some(true),
        Known::No => Some(false),
        Known::Unknown => None,
    }
}

pub(super) const fn decision(outcome: Grounds) -> Decision {
    match outcome {
        Grounds::Positive => Decision::Positive,
        Grounds::Negative => Decision::Negative,
    }
}

/// What all reasons of a decision lean on; `None` where none was recorded, or another one alone, of which no code tells what it leans
/// on: such a case is missing, and no “procedure”.
pub(super) fn leaning(reasons: &[Reason]) -> Option<ReasonLeaning> {
    use ReasonLeaning as L;
    let leans = |on: Leaning| reasons.iter().any(|reason| reason.leaning() == Some(on));
    let of = match (
        leans(Leaning::Disbelief),
        leans(Leaning::Undeserving),
        leans(Leaning::Criminality),
    ) {
        (true, true, true) => L::AllThree,
        (true, true, false) => L::DisbeliefUndeserving,
        (true, false, true) => L::DisbeliefCriminality,
        (false, true, true) => L::UndeservingCriminality,
        (true, false, false) => L::Disbelief,
        (false, true, false) => L::Undeserving,
        (false, false, true) => L::Criminality,
        (false, false, false) if leans(Leaning::Definition) => L::Definition,
        (false, false, false) => L::Procedure,
    };
    reasons.iter().any(|reason| reason.leaning().is_some()).then_some(of)
}

/// The official body that an agency is; `None` for the others.
pub(super) const fn body(agency: Agency) -> Option<OfficialBody> {
    Some(match agency {
        Agency::Police => OfficialBody::Police,
        Agency::LocalAuthority => OfficialBody::LocalAuthority,
        Agency::Health => OfficialBody::Health,
        Agency::School => OfficialBody::School,
        Agency::Ukvi | Agency::BorderForce | Agency::ImmigrationEnforcement => OfficialBody::Immigration,
        Agency::Nca => OfficialBody::Nca,
        Agency::LabourInspectorate => OfficialBody::LabourInspectorate,
        Agency::Prison => OfficialBody::Prison,
        Agency::Court => OfficialBody::Court,
        Agency::Own | Agency::OtherNgo | Agency::Lawyer | Agency::Themselves | Agency::Other => return None,
    })
}

/// The band of someone's age on a day, where what is known of their birth leaves one only.
pub(super) fn band(born: PartDay, on: Day) -> Option<AgeBand> {
    let first = Day::new(born.year, born.month.unwrap_or(1), born.day.unwrap_or(1))?;
    let last = match (born.month, born.day) {
        (Some(_), Some(_)) => first,
        (Some(_), None) => first.plus_months(1).plus_days(-1),
        (None, _) => first.plus_months(12).plus_days(-1),
    };
    let oldest = band_of(age(first, on)?);
    (band_of(age(last, on)?) == oldest).then_some(oldest)
}

/// Whole years from birth to a day; `None` before birth.
fn age(born: Day, on: Day) -> Option<i16> {
    if on < born {
        return None;
    }
    let is_to_come = (on.month(), on.day_of_month()) < (born.month(), born.day_of_month());
    Some(on.year() - born.year() - i16::from(is_to_come))
}

const fn band_of(age: i16) -> AgeBand {
    match age {
        ..=15 => AgeBand::Under16,
        16..=17 => AgeBand::From16,
        18..=24 => AgeBand::From18,
        25..=34 => AgeBand::From25,
        35..=44 => AgeBand::From35,
        _ => AgeBand::From45,
    }
}

/// The region of a case. England's is the one that was chosen, or that was typed before there was anything to choose.
pub(super) fn region(about: &About) -> Option<Region> {
    match about.nation {
        Nation::Wales => Some(Region::Wales),
        Nation::Scotland => Some(Region::Scotland),
        Nation::NorthernIreland => Some(Region::NorthernIreland),
        Nation::England => about
            .english_region
            .map(EnglishRegion::region)
            .or_else(|| groups::region(about.region.as_ref()?)),
    }
}

/// The group of the language that a person understands best: the one that was chosen, or else that of the language typed.
pub(super) fn language(identity: &Identity) -> Option<LanguageGroup> {
    identity
        .language_group
        .or_else(|| groups::language(identity.language.as_ref()?))
}

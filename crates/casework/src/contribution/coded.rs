//! What is kept, as codes of the pack: bands, groups and regions; `None` where what is kept does not tell.

use std::collections::BTreeMap;

use domain::Day;
use domain::casework::{Agency, Grounds, Known, Nation};
use domain::fold::fold_plain;
use domain::pack::codes::{AgeBand, Decision, LanguageGroup, OfficialBody, Region};

use crate::case::About;
use crate::sheet::{Line, PartDay};

/// What has the most minutes; of several the first of the list.
pub(super) fn most<T: Copy + Ord>(minutes: &BTreeMap<T, u32>) -> Option<T> {
    let most = minutes.values().max()?;
    minutes.iter().find(|(_, sum)| *sum == most).map(|(one, _)| *one)
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

/// The official body that an agency is; `None` for the others, and for a lawyer or court, of which only one is official.
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

/// The region of a case. England's is told where it was typed as the list has it.
pub(super) fn region(about: &About) -> Option<Region> {
    match about.nation {
        Nation::Wales => Some(Region::Wales),
        Nation::Scotland => Some(Region::Scotland),
        Nation::NorthernIreland => Some(Region::NorthernIreland),
        Nation::England => {
            let typed = fold_plain(&about.region.as_ref()?.0);
            let is_english =
                |region: &Region| !matches!(region, Region::Wales | Region::Scotland | Region::NorthernIreland);
            let mut english = Region::ALL.iter().copied().filter(is_english);
            english.find(|region| fold_plain(region.words()) == typed)
        }
    }
}

/// The group of a language that was typed as the list has it.
pub(super) fn language(line: &Line) -> Option<LanguageGroup> {
    let typed = fold_plain(&line.0);
    [
        ("english", LanguageGroup::English),
        ("albanian", LanguageGroup::Albanian),
        ("arabic", LanguageGroup::Arabic),
        ("romanian", LanguageGroup::Romanian),
        ("tigrinya", LanguageGroup::Tigrinya),
        ("amharic", LanguageGroup::Tigrinya),
        ("vietnamese", LanguageGroup::Vietnamese),
    ]
    .into_iter()
    .find_map(|(name, group)| (typed == name).then_some(group))
}

//! The people of a contribution, for linking lists without names: their names leave in a file that a passphrase opens, to be
//! encoded on a machine of the organisation's own by `rapporteur encode`, under the row ids of the contribution.
//!
//! The names are for that machine alone, the row ids for the coalition, and the encodings for the linkage officer: who has two of
//! the three cannot make the third of them.

use std::collections::BTreeMap;

use access::{key, strength};
use age::secrecy::SecretString;
use domain::casework::Gender;
use domain::contribution::ContributionState;
use domain::permission::{Action, Relation};
use interchange::csv_out;
use interchange::table::Cell;
use store::{AppError, Cx};
use uuid::Uuid;

use super::kept::{own, state, unseal};
use crate::case::{self, Caseload};
use crate::person::Person;
use crate::sheet::PartDay;

/// The columns: the row id, then those of the schema that `rapporteur encode` carries.
pub(super) const COLUMNS: [&str; 7] = [
    "row",
    "given_name",
    "family_name",
    "date_of_birth",
    "sex",
    "nationality",
    "place",
];

/// Words that belong to the family name behind them.
const PARTICLES: [&str; 18] = [
    "al", "bin", "binti", "da", "de", "del", "den", "der", "di", "dos", "du", "el", "la", "le", "ter", "van", "von",
    "zu",
];

/// The file, and what it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeopleFile {
    /// The code of the cycle.
    pub cycle: String,
    /// Which of the organisation's contributions to it.
    pub number: i32,
    /// How many people are in it.
    pub n_people: usize,
    /// CSV, sealed with the passphrase in the age format (scrypt).
    pub bytes: Vec<u8>,
}

/// For whom a contribution can be opened for it: its cycle and number.
pub async fn of_people(cx: &Cx<'_>, id: Uuid) -> Result<(String, i32), AppError> {
    let row = own(cx, id, Action::TakePeople).await?;
    match (state(&row)?, row.number) {
        (ContributionState::Approved | ContributionState::Sent, Some(number)) => Ok((row.cycle, number)),
        _ => Err(AppError::Refused(
            "people can be taken of a contribution that was approved or sent, and was not replaced".into(),
        )),
    }
}

/// The people of a contribution that was approved by a second person, sealed with a passphrase: supervisors, who read every case
/// anyway. Whoever took back since that they may be counted is left out. Somebody with several cases in it is in the file
/// once, with the row of the case that was changed last. Nothing of the file is kept; the log says that it was made. A few seconds,
/// most of them for the passphrase.
pub async fn people(cx: &Cx<'_>, caseload: &Caseload, id: Uuid, passphrase: &str) -> Result<PeopleFile, AppError> {
    let (cycle, number) = of_people(cx, id).await?;
    strength::check(passphrase, passphrase, &[]).map_err(AppError::Invalid)?;
    let row = own(cx, id, Action::TakePeople).await?;
    let owner = row.organisation_id;
    let opener = key::opener(cx, owner).await?;
    let of = unseal(cx, &opener, row).await?;
    let shown = cx
        .disclose(Action::TakePeople, Relation::OwnOrganisation, "contribution", &[id])
        .await?;
    let agreed = case::agreed(cx, caseload).await?;
    let rows: BTreeMap<Uuid, Uuid> = of
        .cases(&shown)?
        .into_iter()
        .filter(|(_, case)| agreed.contains(case))
        .map(|(row, case)| (case, row))
        .collect();
    // By person, so that each is there once.
    let mut people: BTreeMap<Uuid, (i64, Uuid, Person)> = BTreeMap::new();
    for opened in case::unseal_all(cx, owner, Action::TakePeople).await? {
        let Some(row) = rows.get(&opened.row.id) else { continue };
        let is_newest = people
            .get(&opened.person.id)
            .is_none_or(|(changed, ..)| *changed < opened.row.changed);
        if is_newest {
            people.insert(opened.person.id, (opened.row.changed, *row, opened.who()?));
        }
    }
    if people.is_empty() {
        return Err(AppError::Refused(
            "nobody in this contribution agrees any longer to being counted".into(),
        ));
    }
    // In the order of their random ids, which tells nothing.
    let mut lines: Vec<Vec<Cell>> = people.values().map(|(_, row, person)| line(*row, person)).collect();
    lines.sort_by_key(|line| line[0].text().to_string());
    let n_people = lines.len();
    let passphrase = SecretString::from(passphrase.to_owned());
    let sealed = tokio::task::spawn_blocking(move || {
        let clear = csv_out::write(&COLUMNS.map(str::to_owned), &lines);
        age::encrypt(&age::scrypt::Recipient::new(passphrase), &clear)
    });
    let bytes = sealed
        .await
        .map_err(|error| AppError::Internal(error.into()))?
        .map_err(|error| AppError::Internal(error.into()))?;
    let work = cx.begin(Action::TakePeople, Relation::OwnOrganisation).await?;
    work.finish(cx, "contribution", Some(id)).await?;
    Ok(PeopleFile {
        cycle,
        number,
        n_people,
        bytes,
    })
}

fn line(row: Uuid, person: &Person) -> Vec<Cell> {
    let of = &person.identity;
    let (given, family) = names(&of.name.0);
    let sex = match of.gender {
        Some(Gender::Female) => "f",
        Some(Gender::Male) => "m",
        Some(Gender::Other) => "x",
        Some(Gender::Unknown) | None => "",
    };
    let text = |line: &Option<crate::sheet::Line>| line.as_ref().map(|line| line.0.clone()).unwrap_or_default();
    [
        row.simple().to_string(),
        given,
        family,
        of.born.map(born).unwrap_or_default(),
        sex.to_owned(),
        text(&of.nationality),
        text(&of.place),
    ]
    .map(Cell::Text)
    .to_vec()
}

/// A name as it was written in one line, as given and family names: the last word and the particles before it are the family
/// name. Where another order is usual it is wrong, and linking compares names that changed places too.
fn names(name: &str) -> (String, String) {
    let words: Vec<&str> = name.split_whitespace().collect();
    let mut at = words.len().saturating_sub(1);
    while at > 1 && PARTICLES.contains(&words[at - 1].to_lowercase().as_str()) {
        at -= 1;
    }
    if words.len() == 1 {
        return (words[0].to_owned(), String::new());
    }
    (words[..at].join(" "), words[at..].join(" "))
}

fn born(born: PartDay) -> String {
    match (born.month, born.day) {
        (Some(month), Some(day)) => format!("{:04}-{month:02}-{day:02}", born.year),
        (Some(month), None) => format!("{:04}-{month:02}", born.year),
        (None, _) => format!("{:04}", born.year),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_and_its_particles_are_the_family_name() {
        for (name, given, family) in [
            ("Anna Specimen", "Anna", "Specimen"),
            ("Anna Maria van der Muster", "Anna Maria", "van der Muster"),
            ("Specimen", "Specimen", ""),
            ("De Specimen", "De", "Specimen"),
            ("", "", ""),
        ] {
            assert_eq!(names(name), (given.to_owned(), family.to_owned()), "{name}");
        }
    }
}

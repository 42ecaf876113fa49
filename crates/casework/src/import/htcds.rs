//! A file of the Human Trafficking Case Data Standard as a file of our own: its fields become the questions that they answer,
//! and what has no question here is kept as words in a note of the case, so that nothing is dropped. What becomes coarser on
//! the way is said before anything is taken.

use std::collections::BTreeMap;

use interchange::Note;
use interchange::date::{self, Precision};
use interchange::htcds::{self, FIELDS, Record};
use interchange::plan::Question;
use interchange::table::{self, Cell, Choice, Epoch, Limits, Row, Table};

use super::Fault;
use super::name;
use super::target::plain;

/// What stands in the file and in a column of ours: their code, ours.
const GENDERS: &[(&str, &str)] = &[
    ("Feminine", "female"),
    ("Masculine", "male"),
    ("TransgenderFeminine", "female"),
    ("TransgenderMasculine", "male"),
    ("NonConforming", "other"),
    ("NonSpecifiedUnknown", "unknown"),
];
const RECRUITMENT: &[(&str, &str)] = &[
    ("AtAPlaceOfBusiness", "employer"),
    ("AtAnEducationalInstitution", "school"),
    ("AtWork", "employer"),
    ("ThroughOnlineSocialNetworks", "online"),
    ("ThroughAnOnlineAdvertisement", "advertisement"),
    ("ThroughATelevisionAdvert", "advertisement"),
    ("ThroughANewspaperAdvert", "advertisement"),
    ("ThroughFamilyOrFamilyEvents", "family"),
    ("ThroughFriendsOrSocialEvents", "friend"),
    ("Other", "other"),
];
const CONTROLS: &[(&str, &str)] = &[
    ("PhysicalThreats", "threats"),
    ("ThreatsLawEnforcement", "threat_of_authorities"),
    ("ThreatensChildrenFamily", "threats_to_family"),
    ("DebtBondage", "debt_bondage"),
    ("FalsePromises", "false_promises"),
    ("PhysicalAbuse", "physical_abuse"),
    ("SexualAbuse", "sexual_abuse"),
    ("TakesEarnings", "takes_earnings"),
    ("RestrictsFinancialAccess", "restricts_money"),
    ("RestrictsMedicalCare", "restricts_medical_care"),
    ("WithholdsNecessities", "withholds_necessities"),
    ("PsychologicalAbuse", "psychological_abuse"),
    ("PsychoactiveSubstance", "substances"),
    ("ExcessiveWorkingHours", "excessive_hours"),
    ("WithholdsDocuments", "withholds_documents"),
    ("Other", "other"),
];
const FORMS: &[(&str, &str)] = &[
    ("ForcedLabour", "labour"),
    ("SexualExploitation", "sexual"),
    ("ChildLabour", "labour"),
    ("ForcedMarriage", "marriage"),
    ("Servitude", "servitude"),
    ("ForcedMilitaryByNonStateActors", "other"),
    ("OrganRemoval", "organs"),
    ("ForcedBegging", "begging"),
    ("ForcedAdoption", "other"),
    ("Surrogacy", "other"),
    ("Other", "other"),
];
const SECTORS: &[(&str, &str)] = &[
    ("A_AgricultureForestryAndFishing", "agriculture"),
    ("C_Manufacturing", "manufacturing"),
    ("F_Construction", "construction"),
    ("H_TransportationAndStorage", "transport"),
    ("I_AccommodationAndFoodServiceActivities", "hospitality"),
    ("Q_HumanHealthAndSocialWorkActivities", "care"),
    ("T_ActivitiesOfHouseholdsAsEmployers", "domestic"),
];

/// Fields that are a way to reach the person, and what a line of ours begins with.
pub(crate) const WAYS: &[(&str, &str)] = &[
    ("prs_Email", "E-mail"),
    ("prs_HomePhone", "Telephone"),
    ("prs_MobilePhone", "Mobile"),
];

/// The columns that a file of the standard becomes, by the codes of what they hold.
const COLUMNS: &[&str] = &[
    "person.name",
    "person.born",
    "person.gender",
    "person.nationality",
    "person.language",
    "person.children",
    "person.references",
    "person.place",
    "contact.how",
    "case.opened_on",
    "consent.support.said",
    "episode.forms",
    "episode.recruitment",
    "episode.controls",
    "episode.sectors",
    "episode.places",
    "event.note.on",
    "event.note.words",
    "event.death.on",
];

/// The column that tells which cases are closed: it holds something in their rows, and nothing in others. No question asks it, so it
/// stands among the columns of a table of which no words are kept (`Table::stray`); the page that asks for columns shows its name.
pub(super) const IS_CLOSED: &str = "Closed in the file (such a case comes in closed, whatever is chosen)";
/// Values of the standard's status of a case that is closed.
const CLOSED: &[&str] = &["Closed", "ClosedReferred"];
/// Headings, in lower case with `_` between words, of columns beside the standard's core: whether the person has died, as the
/// standard asks it, and on which day, which it does not ask and files hold all the same.
const DECEASED: &[&str] = &["prs_deceased", "deceased"];
const DIED_ON: &[&str] = &["date_of_death", "prs_date_of_death", "death_date", "died_on"];

/// Fields that answer a question here; every other is kept in words.
const ANSWERED: &[&str] = &[
    "prs_FirstName",
    "prs_MiddleName",
    "prs_SecondName",
    "con_Consent",
    "prs_Birthdate",
    "prs_Gender",
    "prs_Citizenship",
    "prs_NumberOfChildren",
    "prs_PrimaryLanguage",
    "prs_IdentityNumber",
    "prs_Email",
    "prs_HomePhone",
    "prs_MobilePhone",
    "prs_MailingCity",
    "vic_MethodOfRecruitment",
    "vic_LocationOfRecruitment",
    "vic_MethodsOfControl",
    "vic_TypeOfExploitation",
    "vic_ForcedLabourIndustry",
    "vic_LocationOfExploitation",
    "cas_IncomingReferralDate",
];

/// The same codes the other way: ours, theirs. The first that is mapped to a code of ours is taken for it.
pub(crate) fn theirs(name: &str, ours: &str) -> Option<&'static str> {
    let listed = match name {
        "prs_Gender" => GENDERS,
        "vic_MethodOfRecruitment" => RECRUITMENT,
        "vic_MethodsOfControl" => CONTROLS,
        "vic_TypeOfExploitation" => FORMS,
        "vic_ForcedLabourIndustry" => SECTORS,
        _ => return None,
    };
    listed.iter().find(|(_, code)| *code == ours).map(|(theirs, _)| *theirs)
}

fn codes(values: &[String], listed: &[(&str, &str)]) -> String {
    let mut found: Vec<&str> = Vec::new();
    for value in values {
        let code = listed
            .iter()
            .find(|(theirs, _)| theirs == value)
            .map_or("other", |(_, ours)| *ours);
        if !found.contains(&code) {
            found.push(code);
        }
    }
    found.join("; ")
}

/// Whether a value is told apart from others there, and not here.
fn is_coarser(value: &str, listed: &[(&str, &str)]) -> bool {
    match listed.iter().find(|(theirs, _)| *theirs == value) {
        None => true,
        Some((_, ours)) => listed
            .iter()
            .find(|(_, code)| code == ours)
            .is_some_and(|(first, _)| *first != value),
    }
}

/// The fields whose codes become ours, with the list by which.
const CODED: &[(&str, &[(&str, &str)])] = &[
    ("prs_Gender", GENDERS),
    ("vic_MethodOfRecruitment", RECRUITMENT),
    ("vic_MethodsOfControl", CONTROLS),
    ("vic_TypeOfExploitation", FORMS),
    ("vic_ForcedLabourIndustry", SECTORS),
];

/// What is kept in words: every field that answers no question here, and codes that are finer there.
fn kept_in_words(record: &Record) -> Vec<(&'static str, String)> {
    let mut kept = Vec::new();
    for field in FIELDS {
        let values = record.get(field.name);
        if values.is_empty() {
            continue;
        }
        let listed = CODED
            .iter()
            .find(|(name, _)| *name == field.name)
            .map(|(_, listed)| *listed);
        let is_kept = !ANSWERED.contains(&field.name)
            || listed.is_some_and(|listed| values.iter().any(|value| is_coarser(value, listed)));
        if is_kept {
            kept.push((field.label, values.join("; ")));
        }
    }
    kept
}

/// What a row says of the end of a case.
#[derive(Debug, Default)]
struct End {
    is_closed: bool,
    has_died: bool,
    /// The day of the death, where the file has a whole one.
    died_on: String,
    /// What else it says of a death, with the headings.
    words: Vec<(String, String)>,
}

/// Whether a heading is one of these, whatever its capitals and the groups before it.
fn is_called(heading: &str, names: &[&str]) -> bool {
    let own = heading.rsplit('/').next().unwrap_or_default();
    names.contains(&plain(own).as_str())
}

/// What a row says of the end of a case, by its status and by the columns about a death. Whoever died is not waited for, so
/// their case is closed too; a day that the file does not have is not made up.
fn end(record: &Record, row: Option<&Row>, deaths: &[(usize, String)], epoch: Option<Epoch>) -> End {
    let mut end = End {
        is_closed: CLOSED.contains(&record.one("cas_Status")),
        ..End::default()
    };
    for (at, heading) in deaths {
        let Some(cell) = row.and_then(|row| row.cells.get(*at)).filter(|cell| !cell.is_blank()) else {
            continue;
        };
        let text = cell.text().trim().to_owned();
        if is_called(heading, DIED_ON) {
            let span = date::of(cell, epoch).ok().flatten();
            end.has_died |= span.is_some();
            let whole = span.filter(|span| span.precision == Precision::Day && span.first == span.last);
            if let Some(span) = whole.filter(|_| end.died_on.is_empty()) {
                end.died_on = span.first.to_string();
                continue;
            }
        } else {
            end.has_died |= matches!(text.to_lowercase().as_str(), "true" | "yes" | "1");
        }
        end.words.push((heading.clone(), text));
    }
    end.is_closed |= end.has_died;
    end
}

/// The cells of a case, in the order of [`COLUMNS`].
fn cells(record: &Record, end: &End) -> Vec<Cell> {
    let joined = |fields: &[&str], by: &str| name::joined(fields.iter().map(|field| record.one(field)), by);
    let how: Vec<String> = WAYS
        .iter()
        .filter(|(name, _)| !record.one(name).is_empty())
        .map(|(name, words)| format!("{words}: {}", record.one(name)))
        .collect();
    let of_fields = kept_in_words(record)
        .into_iter()
        .map(|(label, value)| format!("{label}: {value}"));
    let of_death = end.words.iter().map(|(heading, value)| format!("{heading}: {value}"));
    let words: Vec<String> = of_fields.chain(of_death).collect();
    let noted_on = if words.is_empty() {
        ""
    } else {
        record.one("cas_IncomingReferralDate")
    };
    let consent = match record.one("con_Consent") {
        "TRUE" => "given",
        "FALSE" => "refused",
        _ => "",
    };
    [
        joined(&["prs_FirstName", "prs_MiddleName", "prs_SecondName"], " "),
        record.one("prs_Birthdate").to_owned(),
        codes(record.get("prs_Gender"), GENDERS),
        record.one("prs_Citizenship").to_owned(),
        record.one("prs_PrimaryLanguage").to_owned(),
        record.one("prs_NumberOfChildren").to_owned(),
        record.one("prs_IdentityNumber").to_owned(),
        record.one("prs_MailingCity").to_owned(),
        how.join("\n"),
        record.one("cas_IncomingReferralDate").to_owned(),
        consent.to_owned(),
        codes(record.get("vic_TypeOfExploitation"), FORMS),
        codes(record.get("vic_MethodOfRecruitment"), RECRUITMENT),
        codes(record.get("vic_MethodsOfControl"), CONTROLS),
        codes(record.get("vic_ForcedLabourIndustry"), SECTORS),
        joined(&["vic_LocationOfRecruitment", "vic_LocationOfExploitation"], "; "),
        noted_on.to_owned(),
        words.join("\n"),
        end.died_on.clone(),
    ]
    .iter()
    .map(|text| Cell::from(text.as_str()))
    .collect()
}

/// Reads a file as a table. Where nobody has said which row holds the headings and that is in doubt, as in the blank workbook
/// of the standard with its two rows of them, the row with the names of the standard's fields is taken.
pub(super) fn open(bytes: &[u8], name: &str, choice: &Choice, limits: &Limits) -> Result<Table, interchange::Fault> {
    let fault = match table::read(bytes, name, choice, limits) {
        Err(fault) if choice.header_row.is_none() => fault,
        read => return read,
    };
    let Some(Question::HeaderRow(_, rows)) = Question::of(&fault) else {
        return Err(fault);
    };
    let names = |begin: &str| begin.split(" | ").any(|cell| htcds::find(cell).is_some());
    let found = rows.iter().filter(|(_, begin)| names(begin)).find_map(|(row, _)| {
        let choice = Choice {
            header_row: Some(*row),
            ..choice.clone()
        };
        let mut table = table::read(bytes, name, &choice, limits).ok()?;
        table.notes.push(Note(format!(
            "Row {row} holds the names of the standard’s fields, and was read as the headings."
        )));
        htcds::is_one(&table.headers).then_some(table)
    });
    found.ok_or(fault)
}

/// Whether a column only numbers the rows, as the first one of the blank workbook does.
fn is_numbering(table: &Table, at: usize) -> bool {
    let cells = table.rows.iter().filter_map(|row| row.cells.get(at));
    let filled: Vec<&Cell> = cells.filter(|cell| !cell.is_blank()).collect();
    let numbers: Vec<u32> = filled
        .iter()
        .filter_map(|cell| cell.text().trim().parse().ok())
        .collect();
    numbers.len() == filled.len() && numbers.windows(2).all(|pair| pair[1].checked_sub(pair[0]) == Some(1))
}

/// The columns of a file of the standard that are none of its fields, with what to call each beside those of ours.
fn foreign(table: &Table) -> Vec<(usize, String)> {
    htcds::others(table)
        .into_iter()
        .filter(|(at, heading)| !(heading.starts_with("Column ") && is_numbering(table, *at)))
        .map(|(at, heading)| {
            let is_taken = COLUMNS.contains(&heading.as_str()) || heading == IS_CLOSED;
            (
                at,
                if is_taken {
                    format!("{heading} (in the file)")
                } else {
                    heading
                },
            )
        })
        .collect()
}

/// Faults for rows that hold something, and nothing in the fields of the standard: they would be passed over.
fn outside(table: &Table, foreign: &[(usize, String)], read: &[u32]) -> Vec<Fault> {
    let holds = |row: &Row| {
        let said = foreign.iter().find_map(|(at, heading)| {
            let cell = row.cells.get(*at).filter(|cell| !cell.is_blank())?;
            Some((heading.clone(), interchange::excerpt(&cell.text())))
        });
        said.filter(|_| read.binary_search(&row.number).is_err())
            .map(|(column, value)| Fault {
                row: row.number,
                column,
                value,
                message: "The row holds nothing in the columns of the standard.".into(),
                remedy: "Fill those in, or delete the row.".into(),
            })
    };
    table
        .rows
        .iter()
        .filter(|row| !htcds::is_labels(row))
        .filter_map(holds)
        .collect()
}

/// What was made of the cases, for whoever takes them.
fn told(found: &[(&Record, End)]) -> Vec<Note> {
    let mut notes = vec![
        "This is a file of the Human Trafficking Case Data Standard. Its columns were turned into the questions that they answer here.".to_owned(),
    ];
    let mut in_words: BTreeMap<String, usize> = BTreeMap::new();
    for (record, end) in found {
        let of_fields = kept_in_words(record).into_iter().map(|(label, _)| label.to_owned());
        let of_death = end.words.iter().map(|(heading, _)| heading.clone());
        for name in of_fields.chain(of_death) {
            *in_words.entry(name).or_default() += 1;
        }
    }
    if !in_words.is_empty() {
        let list: Vec<String> = in_words.iter().map(|(label, n)| format!("{label} ({n})")).collect();
        notes.push(format!(
            "These have no question here, or are told apart more finely there. They are kept as words, in a note of each case: {}.",
            list.join(", ")
        ));
    }
    let n_closed = found.iter().filter(|(_, end)| end.is_closed).count();
    if n_closed > 0 {
        notes.push(format!(
            "Cases that come in closed, because the file says that they are or that the person has died: {n_closed}."
        ));
    }
    let n_undated = found
        .iter()
        .filter(|(_, end)| end.has_died && end.died_on.is_empty())
        .count();
    if n_undated > 0 {
        notes.push(format!(
            "People of whom the file says that they have died, but not the day: {n_undated}. That is kept in the note. Record the death \
             in the case once you know the day."
        ));
    }
    notes.into_iter().map(Note).collect()
}

/// Turns a table of the standard into one of ours, with the losses in its notes; any other stays as it is. Faults of the
/// standard come beside it.
pub(super) fn translate(table: Table) -> (Table, Vec<Fault>) {
    if !htcds::is_one(&table.headers) {
        return (table, Vec::new());
    }
    let read = htcds::read(&table);
    let beside = foreign(&table);
    let mut known: Vec<u32> = read.good.iter().map(|record| record.row).collect();
    known.extend(read.faults.iter().map(|fault| fault.row));
    known.sort_unstable();
    let mut faults = read.faults;
    faults.extend(outside(&table, &beside, &known));
    let (deaths, foreign): (Vec<_>, Vec<_>) = beside
        .into_iter()
        .partition(|(_, heading)| is_called(heading, DECEASED) || is_called(heading, DIED_ON));
    let sent = |number: u32| {
        let at = table.rows.binary_search_by_key(&number, |row| row.number).ok();
        at.map(|at| &table.rows[at])
    };
    let found: Vec<(&Record, End)> = read
        .good
        .iter()
        .map(|record| (record, end(record, sent(record.row), &deaths, table.epoch)))
        .collect();
    let mut notes = table.notes.clone();
    notes.extend(told(&found));
    let rows = found.iter().map(|(record, end)| {
        let mut cells = cells(record, end);
        cells.push(Cell::from(if end.is_closed { "yes" } else { "" }));
        cells.extend(foreign.iter().map(|(at, _)| {
            let cell = sent(record.row).and_then(|row| row.cells.get(*at));
            cell.cloned().unwrap_or(Cell::Empty)
        }));
        Row {
            number: record.row,
            cells,
        }
    });
    let rows: Vec<Row> = rows.collect();
    let ours = COLUMNS.iter().chain([&IS_CLOSED]).map(|code| (*code).to_owned());
    let headers: Vec<String> = ours.chain(foreign.into_iter().map(|(_, heading)| heading)).collect();
    let ours = Table {
        headers,
        rows,
        // [`IS_CLOSED`].
        stray: vec![COLUMNS.len()],
        notes,
        ..table
    };
    (ours, faults)
}

#[cfg(test)]
mod tests;

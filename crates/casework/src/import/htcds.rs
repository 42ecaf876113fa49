//! A file of the Human Trafficking Case Data Standard as a file of our own: its fields become the questions that they answer,
//! and what has no question here is kept as words in a note of the case, so that nothing is dropped. What becomes coarser on
//! the way is said before anything is taken.

use std::collections::BTreeMap;

use interchange::Note;
use interchange::htcds::{self, FIELDS, Record};
use interchange::plan::Question;
use interchange::table::{self, Cell, Choice, Limits, Row, Table};

use super::Fault;

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
];

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

/// The cells of a case, in the order of [`COLUMNS`].
fn cells(record: &Record) -> Vec<Cell> {
    let joined = |names: &[&str], by: &str| -> String {
        let values: Vec<&str> = names
            .iter()
            .map(|name| record.one(name))
            .filter(|value| !value.is_empty())
            .collect();
        values.join(by)
    };
    let how: Vec<String> = WAYS
        .iter()
        .filter(|(name, _)| !record.one(name).is_empty())
        .map(|(name, words)| format!("{words}: {}", record.one(name)))
        .collect();
    let words: Vec<String> = kept_in_words(record)
        .into_iter()
        .map(|(label, value)| format!("{label}: {value}"))
        .collect();
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
            let is_taken = COLUMNS.contains(&heading.as_str());
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

/// Turns a table of the standard into one of ours, with the losses in its notes; any other stays as it is. Faults of the
/// standard come beside it.
pub(super) fn translate(table: Table) -> (Table, Vec<Fault>) {
    if !htcds::is_one(&table.headers) {
        return (table, Vec::new());
    }
    let read = htcds::read(&table);
    let mut in_words: BTreeMap<&'static str, usize> = BTreeMap::new();
    for (label, _) in read.good.iter().flat_map(kept_in_words) {
        *in_words.entry(label).or_default() += 1;
    }
    let mut notes = table.notes.clone();
    notes.push(Note(
        "This is a file of the Human Trafficking Case Data Standard. Its columns were turned into the questions that they answer here.".to_owned(),
    ));
    if !in_words.is_empty() {
        let list: Vec<String> = in_words.iter().map(|(label, n)| format!("{label} ({n})")).collect();
        notes.push(Note(format!(
            "These have no question here, or are told apart more finely there. They are kept as words, in a note of each case: {}.",
            list.join(", ")
        )));
    }
    let foreign = foreign(&table);
    let mut known: Vec<u32> = read.good.iter().map(|record| record.row).collect();
    known.extend(read.faults.iter().map(|fault| fault.row));
    known.sort_unstable();
    let mut faults = read.faults;
    faults.extend(outside(&table, &foreign, &known));
    let sent = |number: u32| {
        let at = table.rows.binary_search_by_key(&number, |row| row.number).ok();
        at.map(|at| &table.rows[at])
    };
    let rows = read.good.iter().map(|record| {
        let mut cells = cells(record);
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
    let ours = COLUMNS.iter().map(|code| (*code).to_owned());
    let headers: Vec<String> = ours.chain(foreign.into_iter().map(|(_, heading)| heading)).collect();
    let ours = Table {
        headers,
        rows,
        stray: Vec::new(),
        notes,
        ..table
    };
    (ours, faults)
}

#[cfg(test)]
mod tests {
    use domain::casework::{Control, ExploitationForm, Gender, Recruitment, Sector};
    use interchange::htcds::Kind;
    use interchange::table::read;
    use interchange::xlsx_out::{Sheet, write};

    use super::*;
    use crate::import::target;

    #[test]
    fn every_code_of_the_standard_is_one_of_ours_and_every_column_answers_a_question() {
        for (name, listed) in CODED {
            let field = htcds::find(name).expect("a field");
            let (Kind::One(codes) | Kind::Many(codes)) = field.kind else {
                panic!("{name} has no codes");
            };
            // Industries without a trade of ours are “another”.
            if *name != "vic_ForcedLabourIndustry" {
                assert_eq!(listed.iter().map(|(theirs, _)| *theirs).collect::<Vec<_>>(), codes);
            }
            for (_, ours) in *listed {
                let is_known = match *name {
                    "prs_Gender" => Gender::parse(ours).is_ok(),
                    "vic_MethodOfRecruitment" => Recruitment::parse(ours).is_ok(),
                    "vic_MethodsOfControl" => Control::parse(ours).is_ok(),
                    "vic_TypeOfExploitation" => ExploitationForm::parse(ours).is_ok(),
                    _ => Sector::parse(ours).is_ok(),
                };
                assert!(is_known, "{name}: {ours}");
            }
        }
        for code in COLUMNS {
            assert!(target(code).is_some(), "{code}");
        }
        for name in ANSWERED {
            assert!(htcds::find(name).is_some(), "{name}");
        }
    }

    #[test]
    fn nothing_of_a_case_is_dropped_and_the_losses_are_said() {
        let text = "prs_Salutation,prs_FirstName,prs_SecondName,prs_Gender,con_Consent,vic_TypeOfExploitation,cas_IncomingReferralDate,cas_ReasonForCaseClosure,Foreign\n\
            Dr,Sample,Specimen,TransgenderFeminine,TRUE,Surrogacy;ForcedLabour,2025-02-01,Moved on,x\n";
        let table = read(text.as_bytes(), "x.csv", &Choice::default(), &Limits::default()).expect("a table");
        let (ours, faults) = translate(table);
        assert_eq!(faults, []);
        let cell = |code: &str| {
            let at = ours
                .headers
                .iter()
                .position(|heading| heading == code)
                .expect("a column");
            ours.rows[0].cells[at].text().into_owned()
        };
        assert_eq!(cell("person.name"), "Sample Specimen");
        assert_eq!(cell("person.gender"), "female");
        assert_eq!(cell("episode.forms"), "other; labour");
        assert_eq!(cell("consent.support.said"), "given");
        for words in [
            "Salutation: Dr",
            "TransgenderFeminine",
            "Surrogacy",
            "Reason for Case Closure: Moved on",
        ] {
            assert!(cell("event.note.words").contains(words), "{words}");
        }
        let notes: String = ours.notes.iter().map(|note| note.0.as_str()).collect();
        for words in ["Human Trafficking Case Data Standard", "Salutation (1)", "Gender (1)"] {
            assert!(notes.contains(words), "{words} in {notes}");
        }
        assert_eq!(
            cell("Foreign"),
            "x",
            "what is no field of the standard is there to be kept"
        );
    }

    /// A workbook as the standard gives it out: names of fields, then labels, rows numbered in front, a title above or none.
    fn workbook(title: &[&str]) -> Vec<u8> {
        let lines: [&[&str]; 6] = [
            title,
            &[
                "",
                "prs_FirstName",
                "prs_SecondName",
                "prs_Gender",
                "prs_MailingCity",
                "vic_TypeOfExploitation",
                "cas_IncomingReferralDate",
                "",
                "Shoe size",
            ],
            &[
                "",
                "First Name",
                "Second Name",
                "Gender",
                "Mailing Street",
                "Type of Exploitation",
                "Incoming Referral Date",
                "Reason for Outgoing Referral",
                "",
            ],
            &[
                "1",
                "Sample",
                "Specimen",
                "Feminine",
                "Sample Lane",
                "ForcedLabour",
                "2025-02-01",
                "It is nearer",
                "39",
            ],
            &["2"],
            &["3", "", "", "", "", "", "", "", "41"],
        ];
        let cells = |line: &&[&str]| -> Vec<Cell> {
            let cell = |text: &&str| text.parse::<f64>().map_or_else(|_| Cell::from(*text), Cell::Number);
            line.iter().map(cell).collect()
        };
        let lines: Vec<Vec<Cell>> = lines.iter().filter(|line| !line.is_empty()).map(cells).collect();
        let sheet = Sheet {
            name: "Sheet1".to_owned(),
            headers: lines[0].iter().map(|cell| cell.text().into_owned()).collect(),
            rows: lines[1..].to_vec(),
        };
        write(&[sheet], jiff::civil::date(2025, 6, 1)).expect("a workbook")
    }

    #[test]
    fn the_published_workbook_is_known_without_being_told_its_row() {
        let Some(folder) = std::env::var_os("RAPPORTEUR_REFERENCE") else {
            println!("NOT RUN: RAPPORTEUR_REFERENCE is not set");
            return;
        };
        let path = std::path::Path::new(&folder).join("htcds/HTCDS_Excel_v2.0.xlsx");
        let bytes = std::fs::read(path).expect("the workbook");
        let table = open(&bytes, "HTCDS_Excel_v2.0.xlsx", &Choice::default(), &Limits::default()).expect("known");
        let (ours, faults) = translate(table);
        assert_eq!((ours.rows.len(), faults.len()), (0, 0), "it is blank");
    }

    #[test]
    fn the_workbook_of_the_standard_is_known_wherever_its_headings_stand_and_every_cell_of_it_is_told() {
        let titles: [&[&str]; 2] = [&[], &["Cases of the year"]];
        for title in titles {
            let table = open(&workbook(title), "HTCDS.xlsx", &Choice::default(), &Limits::default()).expect("known");
            let (ours, faults) = translate(table);
            assert_eq!(ours.rows.len(), 1, "one case, and no labels: {title:?}");
            let said = |heading: &str| {
                let at = ours.headers.iter().position(|known| known == heading);
                at.map(|at| ours.rows[0].cells[at].text().into_owned())
            };
            assert_eq!(said("person.name").as_deref(), Some("Sample Specimen"));
            assert_eq!(
                said("prs_MailingCity or Mailing Street").as_deref(),
                Some("Sample Lane")
            );
            assert_eq!(
                said("person.place").as_deref(),
                Some(""),
                "nobody can tell which of the two it is"
            );
            assert_eq!(said("Shoe size").as_deref(), Some("39"));
            assert!(
                said("event.note.words")
                    .expect("a note")
                    .contains("Reason for Outgoing Referral: It is nearer")
            );
            assert!(
                !ours.headers.iter().any(|heading| heading.starts_with("Column ")),
                "{:?}",
                ours.headers
            );
            assert_eq!(
                faults.len(),
                1,
                "a row of which only a column that is no field holds something"
            );
            assert!(faults[0].message.contains("nothing in the columns of the standard"));
            assert!(
                ours.notes
                    .iter()
                    .any(|note| note.0.contains("was read as the headings"))
            );
        }
    }
}

//! Turns away tables with columns about people, by the names of the columns, before a row is looked at.
//!
//! Statistics and areas have no use for a name, a birth date or a device's position. A list of names
//! cannot recognise every such column; it stops the exports of the systems that hold them (the Human
//! Trafficking Case Data Standard, referral forms, `KoboToolbox` and ODK) and the usual headings.

use crate::fault::{Fault, Kind};

/// Beginnings of column names that only records about people have.
const PREFIXES: [&str; 3] = ["prs_", "customer.", "customer_"];

/// What data collection tools add about the person who filled in the form, and where.
const TECHNICAL: [&str; 10] = [
    "_submitted_by",
    "submitted_by",
    "submitterid",
    "submittername",
    "deviceid",
    "subscriberid",
    "simserial",
    "phonenumber",
    "username",
    "start-geopoint",
];

/// Runs of words that name something personal, wherever they stand in a heading.
const WORDS: [&str; 33] = [
    "date of birth",
    "dob",
    "birth date",
    "birthdate",
    "birthday",
    "first name",
    "firstname",
    "second name",
    "middle name",
    "last name",
    "lastname",
    "given name",
    "forename",
    "surname",
    "family name",
    "full name",
    "maiden name",
    "victim name",
    "client name",
    "survivor name",
    "passport",
    "national insurance",
    "nhs number",
    "home office reference",
    "identity card",
    "email",
    "e mail",
    "telephone",
    "mobile number",
    "phone",
    "home address",
    "geolocation",
    "gps",
];

/// Refuses headings of which any names something personal.
///
/// # Errors
/// Lists the columns; [`Kind::Personal`] carries them.
pub fn refuse<S: AsRef<str>>(headers: &[S]) -> Result<(), Fault> {
    let columns: Vec<String> = headers
        .iter()
        .map(AsRef::as_ref)
        .filter(|header| is_personal(header))
        .map(str::to_owned)
        .collect();
    if columns.is_empty() {
        return Ok(());
    }
    let list: Vec<String> = columns.iter().map(|column| format!("“{column}”")).collect();
    Err(Fault::new(
        Kind::Personal { columns },
        format!(
            "The file has columns about people: {}. Nothing of it was kept.",
            list.join(", ")
        ),
        "Remove these columns and send the file again. Data about people is never imported here.",
    ))
}

fn is_personal(header: &str) -> bool {
    let lower = header.trim().to_lowercase();
    // Tools write groups before the name: `group/prs_FirstName`.
    let own = lower.rsplit('/').next().unwrap_or_default();
    if PREFIXES.iter().any(|prefix| own.starts_with(prefix)) || TECHNICAL.contains(&own) {
        return true;
    }
    let spaced = format!(" {} ", words(header).join(" "));
    WORDS.iter().any(|name| {
        let plural = format!(" {name}s ");
        spaced.contains(&format!(" {name} ")) || spaced.contains(&plural)
    })
}

/// The words of a heading: parted at signs and at capitals within (`DateOfBirth`), in lower case.
fn words(header: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_small = false;
    for c in header.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && after_small) {
            words.push(String::new());
        }
        if c.is_alphanumeric() {
            words.last_mut().expect("never empty").extend(c.to_lowercase());
        }
        after_small = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_personal_column_is_turned_away() {
        for header in [
            "prs_FirstName",
            "PRS_Birthdate",
            "person/prs_Email",
            "Customer.LastName",
            "_submitted_by",
            "_geolocation",
            "geolocation",
            "Date of birth",
            "date_of_birth",
            "DateOfBirth",
            "DOB",
            "First name",
            "Victim's surname",
            "Surnames",
            "Passport number",
            "Contact e-mail",
            "Phone",
            "deviceid",
        ] {
            let fault = refuse(&["series", header]).expect_err(header);
            assert_eq!(
                fault.kind,
                Kind::Personal {
                    columns: vec![header.to_owned()]
                }
            );
            assert!(fault.message.contains(header), "{fault}");
        }
    }

    #[test]
    fn the_columns_of_statistics_and_areas_pass() {
        let headers = [
            "series",
            "period_start",
            "period_end",
            "breakdown",
            "category",
            "value",
            "unit",
            "as_published_on",
            "vintage_note",
            "source_title",
            "source_url",
            "licence",
            "areaname",
            "official-name",
            "nice-name",
            "area code",
            "first responder",
            "last modified",
            "Number of victims",
            "persons",
            "customers",
        ];
        assert_eq!(refuse(&headers), Ok(()));
    }

    proptest! {
        #[test]
        fn looking_at_headings_never_panics(header in "\\PC{0,30}") {
            let _ = refuse(&[header]);
        }
    }
}

//! The name of a person where it stands in several columns: which headings are parts of one, and in which order they are read.

use super::target::plain;

/// What may stand before a part of a name in a heading, as [`plain`] writes it.
const WHOSE: &[&str] = &["client_", "person_", "survivor_", "victim_", "service_user_"];

/// A part of a name, in the order in which parts are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Given,
    Middle,
    /// A heading that does not say which part it is.
    Other,
    Surname,
}

const GIVEN: &[&str] = &[
    "first_name",
    "firstname",
    "first_names",
    "first_name_s",
    "forename",
    "forenames",
    "forename_s",
    "given_name",
    "given_names",
    "given_name_s",
    "christian_name",
    "first_name_forename",
    "forename_first_name",
];
const MIDDLE: &[&str] = &["middle_name", "middle_names", "middle_name_s"];
const SURNAME: &[&str] = &[
    "surname",
    "surnames",
    "surname_s",
    "last_name",
    "lastname",
    "last_names",
    "last_name_s",
    "family_name",
    "family_names",
    "family_name_s",
    "second_name",
    "surname_family_name",
    "family_name_surname",
    "surname_last_name",
    "last_name_surname",
];

/// Which part of a name a heading is of, as [`plain`] writes it.
fn part(heading: &str) -> Part {
    let own = WHOSE.iter().find_map(|whose| heading.strip_prefix(whose));
    let own = own.or_else(|| heading.strip_suffix("_of_client")).unwrap_or(heading);
    if GIVEN.contains(&own) {
        Part::Given
    } else if MIDDLE.contains(&own) {
        Part::Middle
    } else if SURNAME.contains(&own) {
        Part::Surname
    } else {
        Part::Other
    }
}

/// The columns that probably hold the name, by headings as [`plain`] writes them. `whole`: the column that was taken for all of
/// it. A heading “Name” beside a surname, where none is a first name, is the rest of the name.
pub(super) fn columns(headings: &[String], whole: Option<usize>) -> Vec<usize> {
    let first = |wanted: Part| headings.iter().position(|heading| part(heading) == wanted);
    let (given, surname) = (first(Part::Given), first(Part::Surname));
    match whole {
        Some(at) if headings[at] == "name" && given.is_none() => [Some(at), surname].into_iter().flatten().collect(),
        Some(at) => vec![at],
        None if given.is_none() && surname.is_none() => Vec::new(),
        None => [given, first(Part::Middle), surname].into_iter().flatten().collect(),
    }
}

/// Columns of one name in the order in which they are read: as the file has them, but a first name before a surname.
pub(super) fn in_order(headers: &[String], mut columns: Vec<usize>) -> Vec<usize> {
    let part_at = |at: usize| headers.get(at).map_or(Part::Other, |heading| part(&plain(heading)));
    columns.sort_by_key(|at| (part_at(*at), *at));
    columns
}

/// One text of its parts, such as a name; those that hold nothing are passed over.
pub(super) fn joined<'p>(parts: impl IntoIterator<Item = &'p str>, by: &str) -> String {
    let said: Vec<&str> = parts
        .into_iter()
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    said.join(by)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(of: &[&str]) -> Vec<String> {
        of.iter().map(|heading| (*heading).to_owned()).collect()
    }

    #[test]
    fn a_first_name_is_read_before_a_surname_and_other_columns_as_the_file_has_them() {
        let order = |of: &[&str]| in_order(&headers(of), (0..of.len()).rev().collect());
        assert_eq!(order(&["Surname", "First name(s)"]), [1, 0]);
        assert_eq!(
            order(&["Client family name", "Middle names", "Client given name"]),
            [2, 1, 0]
        );
        assert_eq!(order(&["Last name", "Name"]), [1, 0]);
        assert_eq!(order(&["One", "Two"]), [0, 1]);
        assert_eq!(in_order(&[], vec![1, 0]), [0, 1], "columns without a heading");
    }

    #[test]
    fn parts_of_a_name_are_told_from_names_of_others() {
        let found = |of: &[&str], whole| columns(&headers(of), whole);
        assert_eq!(found(&["surname", "dob", "forename"], None), [2, 0]);
        assert_eq!(found(&["middle_name", "dob"], None), [] as [usize; 0]);
        assert_eq!(
            found(&["caseworker_surname", "social_worker_first_name"], None),
            [] as [usize; 0]
        );
        assert_eq!(found(&["surname", "name"], Some(1)), [1, 0]);
        assert_eq!(found(&["full_name", "surname", "forename"], Some(0)), [0]);
        assert_eq!(found(&["name", "surname", "forename"], Some(0)), [0]);
    }

    #[test]
    fn parts_that_hold_nothing_leave_no_blanks() {
        assert_eq!(joined(["Sample", "", " Specimen "], " "), "Sample Specimen");
        assert_eq!(joined(["Sampleton", " ", "Elsewhere"], "; "), "Sampleton; Elsewhere");
        assert_eq!(joined(["", " "], "; "), "");
    }
}

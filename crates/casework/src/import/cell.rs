//! A cell of a file as an answer to a question: a code, a day, a number or words, or what to write instead.

use domain::fold::fold_plain;
use interchange::date::{self, Precision};
use interchange::excerpt;
use interchange::table::{Cell, Epoch};

use super::same::SAME;
use crate::sheet::{Field, Input};

/// Why a cell is no answer: what is wrong, and what to write.
pub(super) type Bad = (String, String);

/// With more answers than this, those that are alike are named first.
const MANY: usize = 12;
/// How many of them.
const ALIKE: usize = 3;
/// Letters of a word that is worth comparing.
const LONG: usize = 4;

/// Puts a cell into the answers of a form, as names with values. An empty one puts nothing.
pub(super) fn put(
    field: &Field,
    cell: &Cell,
    epoch: Option<Epoch>,
    answers: &mut Vec<(String, String)>,
) -> Result<(), Bad> {
    if cell.is_blank() {
        return Ok(());
    }
    if matches!(cell, Cell::Error(_)) {
        return Err((
            "The cell holds an error of the spreadsheet.".into(),
            "Correct the formula, or type the answer.".into(),
        ));
    }
    let text = cell.text();
    let text = text.trim();
    let mut add = |value: String| answers.push((field.key.to_owned(), value));
    match &field.input {
        Input::Line => add(text.split_whitespace().collect::<Vec<_>>().join(" ")),
        Input::Words | Input::Number | Input::Money => add(text.to_owned()),
        Input::Day(is_part) => add(day(cell, epoch, *is_part)?),
        Input::Choice(listed) => add(code(text, listed)?.to_owned()),
        Input::Boxes(listed) => {
            for code in codes(text, listed)? {
                add(code.to_owned());
            }
        }
    }
    Ok(())
}

/// A day as ISO text, as far as it is known where that is enough.
fn day(cell: &Cell, epoch: Option<Epoch>, is_part: bool) -> Result<String, Bad> {
    let Some(span) = date::of(cell, epoch).map_err(|bad| (bad.message, bad.remedy))? else {
        return Ok(String::new());
    };
    let iso = span.first.to_string();
    match (span.precision, is_part) {
        (Precision::Day, _) if span.first == span.last => Ok(iso),
        (Precision::Month, true) if iso.len() == 10 => Ok(iso[..7].to_owned()),
        (Precision::Year, true) if iso.len() == 10 => Ok(iso[..4].to_owned()),
        (_, true) => Err((
            format!("“{}” is more than a day, a month or a year.", excerpt(&cell.text())),
            "Write the day, the month or the year: 2024-03-31, 2024-03 or 2024.".into(),
        )),
        (_, false) => Err((
            format!("“{}” is not one whole date.", excerpt(&cell.text())),
            "Write the day, month and year, such as 2024-03-31 or 31/03/2024.".into(),
        )),
    }
}

/// How a text is compared with a code or its words.
pub(super) fn folded(text: &str) -> String {
    fold_plain(&text.replace(['_', '-'], " ").replace('’', "'"))
}

fn lookup<'a>(text: &str, listed: &[(&'a str, &'a str)]) -> Option<&'a str> {
    let wanted = folded(text);
    let direct = listed
        .iter()
        .find(|(code, words)| folded(code) == wanted || folded(words) == wanted)
        .map(|(code, _)| *code);
    direct.or_else(|| {
        let (_, same) = SAME.iter().find(|(words, _)| *words == wanted)?;
        same.iter()
            .find_map(|code| listed.iter().find(|(known, _)| known == code))
            .map(|(code, _)| *code)
    })
}

/// The code that a text stands for: the code itself, its words, or what people usually write.
pub(super) fn code<'a>(text: &str, listed: &[(&'a str, &'a str)]) -> Result<&'a str, Bad> {
    lookup(text, listed).ok_or_else(|| unknown(text, listed))
}

/// Several codes in one cell, parted by semicolons, lines or commas.
fn codes<'a>(text: &str, listed: &[(&'a str, &'a str)]) -> Result<Vec<&'a str>, Bad> {
    if let Some(code) = lookup(text, listed) {
        return Ok(vec![code]);
    }
    let by = |separators: &[char]| -> Result<Vec<&'a str>, Bad> {
        let mut found = Vec::new();
        for part in text.split(separators).map(str::trim).filter(|part| !part.is_empty()) {
            let code = code(part, listed)?;
            if !found.contains(&code) {
                found.push(code);
            }
        }
        Ok(found)
    };
    by(&[';', '\n', '|']).or_else(|_| by(&[';', '\n', '|', ',']))
}

/// The answers of a long list that share a word with a text.
fn alike<'a>(text: &str, listed: &[(&'a str, &'a str)]) -> Vec<&'a str> {
    let wanted = folded(&excerpt(text));
    let wanted: Vec<&str> = wanted
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() >= LONG)
        .collect();
    let is_alike = |(code, words): &&(&str, &str)| {
        let known = folded(&format!("{code} {words}"));
        let mut known = known.split(|c: char| !c.is_alphanumeric());
        known.any(|word| wanted.contains(&word))
    };
    listed
        .iter()
        .filter(is_alike)
        .take(ALIKE)
        .map(|(code, _)| *code)
        .collect()
}

fn unknown(text: &str, listed: &[(&str, &str)]) -> Bad {
    let codes: Vec<&str> = listed.iter().map(|(code, _)| *code).collect();
    let near = if listed.len() > MANY {
        alike(text, listed)
    } else {
        Vec::new()
    };
    let perhaps = if near.is_empty() {
        String::new()
    } else {
        format!("Perhaps it is {}. ", near.join(" or "))
    };
    (
        format!("“{}” is not among the answers.", excerpt(text)),
        format!(
            "{perhaps}Write one of: {}. Leave the cell empty where there is no answer yet.",
            codes.join(", ")
        ),
    )
}

#[cfg(test)]
mod tests {
    use domain::casework::{ExploitationForm, Grounds, Known};
    use proptest::prelude::*;

    use super::*;
    use crate::sheet::Answer;

    fn answer<A: Answer>(cell: &Cell) -> Result<Vec<String>, Bad> {
        let mut answers = Vec::new();
        put(&Field::of::<A>("it", "It", ""), cell, None, &mut answers)?;
        Ok(answers.into_iter().map(|(_, value)| value).collect())
    }

    #[test]
    fn a_code_its_words_and_what_people_write_are_one_answer() {
        for text in ["positive", "Positive", " POS ", "yes"] {
            assert_eq!(
                answer::<Grounds>(&Cell::from(text)),
                Ok(vec!["positive".to_owned()]),
                "{text}"
            );
        }
        for text in ["Y", "yes", "TRUE"] {
            assert_eq!(answer::<Known>(&Cell::from(text)), Ok(vec!["yes".to_owned()]), "{text}");
        }
        let (message, remedy) = answer::<Grounds>(&Cell::from("perhaps")).expect_err("no answer");
        assert!(
            message.contains("perhaps") && remedy.contains("positive, negative"),
            "{remedy}"
        );
    }

    #[test]
    fn the_words_of_the_sector_are_answers_where_they_mean_one_thing() {
        use domain::casework::{Agency, Authority, Gender, Sector};
        let one = |answer: Result<Vec<String>, Bad>| answer.map(|mut codes| codes.remove(0));
        for text in ["NGO", "Salvation Army", "The Salvation Army", "Charity"] {
            assert_eq!(
                one(answer::<Agency>(&Cell::from(text))),
                Ok("other_ngo".to_owned()),
                "{text}"
            );
        }
        for text in ["County lines", "Cannabis cultivation", "Child Criminal Exploitation"] {
            let form = answer::<Vec<ExploitationForm>>(&Cell::from(text));
            assert_eq!(one(form), Ok("criminal".to_owned()), "{text}");
        }
        let sector = answer::<Vec<Sector>>(&Cell::from("Cannabis cultivation; County Lines"));
        assert_eq!(sector, Ok(vec!["cannabis".to_owned(), "county_lines".to_owned()]));
        assert_eq!(one(answer::<Gender>(&Cell::from("Non-binary"))), Ok("other".to_owned()));
        // The Home Office is several authorities, and nothing was decided yet.
        assert!(answer::<Authority>(&Cell::from("Home Office")).is_err());
        let (_, remedy) = answer::<Grounds>(&Cell::from("Pending")).expect_err("no answer");
        assert!(remedy.contains("Leave the cell empty"), "{remedy}");
    }

    #[test]
    fn kinds_of_events_are_known_by_the_words_of_the_sector_and_near_ones_are_named_first() {
        use crate::event::Kind;
        let listed = Kind::choices();
        for (text, kind) in [
            ("RG decision", Kind::ReasonableGrounds),
            ("Reasonable grounds", Kind::ReasonableGrounds),
            ("Reasonable Grounds Decision", Kind::ReasonableGrounds),
            ("CG", Kind::ConclusiveGrounds),
            ("NRM referral", Kind::NrmReferral),
            ("Duty to Notify", Kind::Notified),
        ] {
            assert_eq!(code(text, &listed), Ok(kind.code()), "{text}");
        }
        let (_, remedy) = code("Asylum interview", &listed).expect_err("no kind");
        assert!(remedy.starts_with("Perhaps it is interview or asylum. "), "{remedy}");
        let (_, remedy) = code("Birthday", &listed).expect_err("no kind");
        assert!(remedy.starts_with("Write one of: encounter, "), "{remedy}");
    }

    #[test]
    fn several_codes_stand_in_one_cell() {
        let several = answer::<Vec<ExploitationForm>>(&Cell::from("sexual; Forced labour"));
        assert_eq!(several, Ok(vec!["sexual".to_owned(), "labour".to_owned()]));
        let commas = answer::<Vec<ExploitationForm>>(&Cell::from("sexual, labour, sexual"));
        assert_eq!(commas, Ok(vec!["sexual".to_owned(), "labour".to_owned()]));
    }

    #[test]
    fn a_long_text_is_not_repeated_whole_in_its_fault() {
        let long = Cell::Text("never ".repeat(10_000));
        for bad in [
            answer::<Grounds>(&long),
            answer::<domain::Day>(&Cell::Text("3".repeat(10_000))),
        ] {
            let (message, remedy) = bad.expect_err("no answer");
            assert!(message.len() + remedy.len() < 1_000, "{message} {remedy}");
        }
    }

    #[test]
    fn a_whole_date_is_asked_for_where_a_day_is_needed() {
        use crate::sheet::PartDay;
        use domain::Day;
        assert_eq!(
            answer::<Day>(&Cell::from("31/03/2024")),
            Ok(vec!["2024-03-31".to_owned()])
        );
        assert!(answer::<Day>(&Cell::from("March 2024")).is_err());
        assert_eq!(
            answer::<PartDay>(&Cell::from("March 2024")),
            Ok(vec!["2024-03".to_owned()])
        );
        assert_eq!(answer::<PartDay>(&Cell::Number(1999.0)), Ok(vec!["1999".to_owned()]));
    }

    proptest! {
        #[test]
        fn no_text_in_a_cell_panics(text in "\\PC{0,40}") {
            let cell = Cell::Text(text);
            let _ = answer::<Vec<ExploitationForm>>(&cell);
            let _ = answer::<Grounds>(&cell);
            let _ = answer::<crate::sheet::PartDay>(&cell);
        }
    }
}

//! A cell of a file as an answer to a question: a code, a day, a number or words, or what to write instead.

use domain::fold::fold_plain;
use interchange::date::{self, Precision};
use interchange::excerpt;
use interchange::table::{Cell, Epoch};

use super::same::SAME;
use crate::sheet::{Field, Input};

/// Why a cell is no answer: what is wrong, and what to write.
pub(super) type Bad = (String, String);

/// How many answers that are near to what was written are named first.
const NEAR: usize = 3;
/// Letters of a word that is worth comparing.
const LONG: usize = 4;
/// The greatest number that may be an age.
const OLDEST: f64 = 120.0;

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
    if let Some(bad) = cell.error() {
        return Err((bad.message, bad.remedy));
    }
    let text = cell.text();
    let text = text.trim();
    let mut add = |value: String| answers.push((field.key.to_owned(), value));
    match &field.input {
        // A spreadsheet makes a day of a reference such as 3-4 by itself, and what was typed is gone.
        Input::Line if matches!(cell, Cell::Date(_)) => {
            return Err((
                format!("The cell holds a date, {text}, where words belong."),
                "Format the column as text and type the words again, or choose another question for this column."
                    .into(),
            ));
        }
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
    if is_part && is_age(cell) {
        return Err((
            format!("“{}” may be an age, and a date is asked for.", excerpt(&cell.text())),
            "Write the year, such as 1997, or choose nothing for this column: its words are then kept in a note."
                .into(),
        ));
    }
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

/// Whether a cell holds a whole number that may be an age.
fn is_age(cell: &Cell) -> bool {
    let number = match cell {
        Cell::Number(number) => Some(*number),
        Cell::Text(text) => text.trim().parse().ok(),
        Cell::Empty | Cell::Date(_) | Cell::Error(_) => None,
    };
    number.is_some_and(|number| (0.0..=OLDEST).contains(&number) && number.fract() == 0.0)
}

/// How a text is compared with a code or its words.
pub(super) fn folded(text: &str) -> String {
    fold_plain(&text.replace(['_', '-'], " ").replace('’', "'"))
}

/// The code that a text stands for, if it is one's.
pub(super) fn lookup<'a>(text: &str, listed: &[(&'a str, &'a str)]) -> Option<&'a str> {
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
    lookup(text, listed).ok_or_else(|| unknown(text, listed, "Write one of"))
}

/// Several codes in one cell, parted by semicolons, lines or commas.
fn codes<'a>(text: &str, listed: &[(&'a str, &'a str)]) -> Result<Vec<&'a str>, Bad> {
    if let Some(code) = lookup(text, listed) {
        return Ok(vec![code]);
    }
    let by = |separators: &[char]| -> Result<Vec<&'a str>, Bad> {
        let mut found = Vec::new();
        for part in text.split(separators).map(str::trim).filter(|part| !part.is_empty()) {
            let code = lookup(part, listed)
                .ok_or_else(|| unknown(part, listed, "Write one or several of these, parted by semicolons"))?;
            if !found.contains(&code) {
                found.push(code);
            }
        }
        Ok(found)
    };
    by(&[';', '\n', '|']).or_else(|_| by(&[';', '\n', '|', ',']))
}

/// Whether two texts are a slip of the keyboard apart: a letter more, another letter, or two that changed places.
fn is_slip(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() {
        (one.as_bytes(), other.as_bytes())
    } else {
        (other.as_bytes(), one.as_bytes())
    };
    let n_same = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let (short, long) = (&short[n_same..], &long[n_same..]);
    let has_changed_places = match (short, long) {
        ([first, second, one @ ..], [third, fourth, other @ ..]) => first == fourth && second == third && one == other,
        _ => false,
    };
    long.get(1..) == Some(short) || long.get(1..) == short.get(1..) || has_changed_places
}

/// The answers that a text may have meant: those that it is a slip of the keyboard or the beginning of, in their own words or in
/// those that people write; where there is none, those that share a word with it.
fn near<'a>(text: &str, listed: &[(&'a str, &'a str)]) -> Vec<&'a str> {
    let wanted = folded(&excerpt(text));
    let is_long = |word: &str| word.chars().count() >= LONG;
    let is_near = |known: &str| is_long(&wanted) && (is_slip(&wanted, known) || known.starts_with(&wanted));
    let of_list = listed
        .iter()
        .filter(|(code, words)| is_near(&folded(code)) || is_near(&folded(words)))
        .map(|(code, _)| *code);
    let of_people = SAME
        .iter()
        .filter(|(words, _)| is_near(words))
        .filter_map(|(words, _)| lookup(words, listed));
    let mut found: Vec<&str> = Vec::new();
    for code in of_list.chain(of_people) {
        if !found.contains(&code) {
            found.push(code);
        }
    }
    if found.is_empty() {
        let words_of = |text: &str| -> Vec<String> {
            let words = text.split(|c: char| !c.is_alphanumeric());
            words.filter(|word| is_long(word)).map(str::to_owned).collect()
        };
        let wanted = words_of(&wanted);
        let shares = |(code, words): &&(&str, &str)| {
            let known = words_of(&folded(&format!("{code} {words}")));
            known.iter().any(|word| wanted.iter().any(|one| is_slip(one, word)))
        };
        found = listed.iter().filter(shares).map(|(code, _)| *code).collect();
    }
    found.truncate(NEAR);
    found
}

/// Why a text is no answer. `write`: what to do with the list of them.
fn unknown(text: &str, listed: &[(&str, &str)], write: &str) -> Bad {
    let codes: Vec<&str> = listed.iter().map(|(code, _)| *code).collect();
    let near = near(text, listed);
    let perhaps = if near.is_empty() {
        String::new()
    } else {
        format!("Did you mean {}? ", near.join(" or "))
    };
    (
        format!("“{}” is not among the answers.", excerpt(text)),
        format!(
            "{perhaps}{write}: {}. Leave the cell empty where there is no answer yet.",
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
        assert!(remedy.starts_with("Did you mean interview or asylum? "), "{remedy}");
        let (_, remedy) = code("Birthday", &listed).expect_err("no kind");
        assert!(remedy.starts_with("Write one of: encounter, "), "{remedy}");
    }

    #[test]
    fn a_near_word_is_offered_and_never_taken() {
        use domain::casework::Gender;
        let remedy = |answer: Result<Vec<String>, Bad>| answer.expect_err("no answer").1;
        for (text, meant) in [
            ("positve", "positive"),
            ("postiive", "positive"),
            ("Positivee", "positive"),
            ("posit", "positive"),
            ("NEGATIVES", "negative"),
            ("Positive 12/03/2024", "positive"),
        ] {
            let remedy = remedy(answer::<Grounds>(&Cell::from(text)));
            let offered = format!("Did you mean {meant}? Write one of: ");
            assert!(remedy.starts_with(&offered), "{text}: {remedy}");
        }
        // By what people write for it, too.
        let form = remedy(answer::<Vec<ExploitationForm>>(&Cell::from("Labour-explotation")));
        assert!(form.starts_with("Did you mean labour? "), "{form}");
        // Too short to tell.
        let short = remedy(answer::<Gender>(&Cell::from("fm")));
        assert!(short.starts_with("Write one of: "), "{short}");
    }

    #[test]
    fn an_age_is_not_read_as_a_date_nor_a_date_as_a_reference() {
        use crate::sheet::{Line, PartDay};
        for age in [Cell::from("27"), Cell::Number(27.0)] {
            let (message, remedy) = answer::<PartDay>(&age).expect_err("no date");
            assert!(message.contains("“27” may be an age"), "{message}");
            assert!(remedy.contains("such as 1997"), "{remedy}");
        }
        let turned = Cell::Date(jiff::civil::date(2024, 4, 3).at(0, 0, 0, 0));
        let (message, remedy) = answer::<Line>(&turned).expect_err("no reference");
        assert!(message.contains("a date, 2024-04-03"), "{message}");
        assert!(remedy.contains("Format the column as text"), "{remedy}");
    }

    #[test]
    fn several_codes_stand_in_one_cell() {
        let several = answer::<Vec<ExploitationForm>>(&Cell::from("sexual; Forced labour"));
        assert_eq!(several, Ok(vec!["sexual".to_owned(), "labour".to_owned()]));
        let commas = answer::<Vec<ExploitationForm>>(&Cell::from("sexual, labour, sexual"));
        assert_eq!(commas, Ok(vec!["sexual".to_owned(), "labour".to_owned()]));
        // A stroke may mean “or”.
        let (_, remedy) = answer::<Vec<ExploitationForm>>(&Cell::from("sexual/labour")).expect_err("in doubt");
        assert!(
            remedy.starts_with("Did you mean sexual or labour? Write one or several of these, parted by semicolons: "),
            "{remedy}"
        );
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

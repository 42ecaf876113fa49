//! Drawn links: the overlaps of a study again and again, as its links were drawn by their chances. They carry into the intervals
//! what doubtful links do. Counts alone: no row id and no cluster number.

use statistics::linkage::uncertainty;
use statistics::multiple_systems::Histories;
use store::AppError;

use super::MOST;
use super::links::Expected;
use super::tokens::code;

/// The most draws that are taken.
const MOST_DRAWS: usize = 1_000;

/// The overlaps of one draw: bit `n - 1` stands for list `n`.
pub(super) type Draw = Vec<(usize, u64)>;

/// Reads what `rapporteur link --draws` wrote, if its lists are those that were sent; words that say what is wrong otherwise.
pub(super) fn read(bytes: &[u8], expected: &[Expected]) -> Result<Vec<Draw>, String> {
    let text =
        std::str::from_utf8(bytes).map_err(|_| "This is not what `rapporteur link --draws` writes".to_owned())?;
    let draws = uncertainty::read(text.strip_prefix('\u{feff}').unwrap_or(text)).map_err(|error| {
        let words = error.to_string();
        format!("This is not what `rapporteur link --draws` writes: {words}")
    })?;
    if draws.len() > MOST_DRAWS {
        return Err(format!(
            "{} draws are too many: at most {MOST_DRAWS} are taken",
            draws.len()
        ));
    }
    draws.iter().map(|draw| of(draw, expected)).collect()
}

fn of(draw: &Histories, expected: &[Expected]) -> Result<Draw, String> {
    let number = |name: &String| (1..).take(MOST).find(|number| code(*number) == *name);
    let numbers: Vec<i32> = draw.names().iter().filter_map(number).collect();
    let is_whole = numbers.len() == expected.len() && expected.iter().all(|list| numbers.contains(&list.number));
    if !is_whole || numbers.len() != draw.names().len() {
        return Err(format!(
            "The draws are of the lists {}, and not of those that were linked. Leave the names of the token files as they are",
            draw.names().join(", ")
        ));
    }
    for (place, number) in numbers.iter().enumerate() {
        let sent = expected.iter().find(|list| list.number == *number);
        if sent.is_some_and(|list| draw.on_all_of(1 << place) > list.n_people) {
            return Err(format!(
                "A draw has more people on {} than its organisation sent: the draws belong to other token files",
                code(*number)
            ));
        }
    }
    let counted = draw.counts().iter().enumerate().filter(|(_, n)| **n > 0);
    Ok(counted
        .map(|(history, n)| {
            let lists = numbers.iter().enumerate();
            let mask = lists
                .map(|(place, number)| (history >> place & 1) << (number - 1))
                .sum();
            (mask, *n)
        })
        .collect())
}

/// Draws as the methods take them, on the lists with these numbers.
pub(super) fn histories(text: &str, numbers: &[i32]) -> Result<Vec<Histories>, AppError> {
    let draws: Vec<Draw> = serde_json::from_str(text)?;
    let names: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    draws
        .into_iter()
        .map(|draw| {
            let mut counts = vec![0; 1 << numbers.len()];
            for (mask, n) in draw {
                let lists = numbers.iter().enumerate();
                let history: usize = lists.map(|(place, number)| (mask >> (number - 1) & 1) << place).sum();
                counts[history] += n;
            }
            Histories::new(names.iter().cloned(), counts).map_err(|error| AppError::Internal(error.into()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn expected() -> Vec<Expected> {
        [(1, 3), (2, 3), (4, 2)]
            .map(|(number, n_people)| Expected { number, n_people })
            .to_vec()
    }

    const GOOD: &str =
        "draw,list-4,list-1,list-2,count\n1,1,1,1,1\n1,0,1,0,2\n1,1,0,1,1\n2,1,1,1,2\n2,0,1,0,1\n2,0,0,1,1\n";

    #[test]
    fn draws_are_counted_by_the_numbers_of_lists_whatever_their_order() {
        let draws = read(GOOD.as_bytes(), &expected()).expect("read");
        assert_eq!(draws.len(), 2);
        assert_eq!(draws[0].iter().map(|(_, n)| n).sum::<u64>(), 4);
        assert!(draws[0].contains(&(0b1011, 1)) && draws[0].contains(&(0b0001, 2)) && draws[0].contains(&(0b1010, 1)));
        let back = histories(&serde_json::to_string(&draws).expect("JSON"), &[1, 2, 4]).expect("histories");
        assert_eq!(back[0].names(), ["1", "2", "4"]);
        assert_eq!(back[0].counts()[0b111], 1);
        assert_eq!(back[1].on_all_of(0b001), 3);
    }

    #[test]
    fn draws_of_other_lists_or_of_more_people_are_refused() {
        for (from, to, says) in [
            ("list-4", "list-3", "not of those that were linked"),
            ("list-4", "shelter", "not of those that were linked"),
            ("1,0,1,0,2", "1,0,1,0,9", "more people on list-1"),
            ("draw,", "", "not what"),
            ("1,1,1,1,1", "1,1,1,1,x", "draw 1"),
        ] {
            assert!(GOOD.contains(from), "{from}");
            let words = read(GOOD.replacen(from, to, 1).as_bytes(), &expected()).expect_err("it is refused");
            assert!(words.contains(says), "{words}");
        }
        assert!(read(b"\xff", &expected()).is_err());
    }

    proptest! {
        #[test]
        fn any_lines_are_draws_or_words_that_say_why_not(lines in proptest::collection::vec("[0-9x]{1,2},[01x],[01],[01],[0-9]{1,3}", 0..20)) {
            let text = format!("draw,list-1,list-2,list-4,count\n{}\n", lines.join("\n"));
            if let Ok(draws) = read(text.as_bytes(), &expected()) {
                prop_assert!(!draws.is_empty());
            }
        }
    }
}

//! Turns of phrase that pages and PDFs share, so that one thing is said in one way: days, vintages, what a
//! series counts and of whom, what is overdue, what an interest bars from.

use domain::assessment::Grade;
use domain::series::CountingRule;
use domain::time::Day;
use monitoring::edition::frozen::{Edition, Interest, Point, QuestionnaireSection, Recommendation, Series};
use monitoring::gate::Gated;

/// “31 March 2025”; text that is not a day is left as it is.
pub(crate) fn day(iso: &str) -> String {
    Day::parse(iso).map_or_else(|_| iso.to_owned(), |day| day.to_string())
}

/// “2024” for a calendar year, “January to March 2024” for whole months of one year, else both days.
pub(crate) fn period((first, last): &(String, String)) -> String {
    let (Ok(from), Ok(to)) = (Day::parse(first), Day::parse(last)) else {
        return format!("{first} to {last}");
    };
    if from == to {
        return from.to_string();
    }
    let starts_month = from.day_of_month() == 1;
    let ends_month = Day::new(to.year(), to.month(), to.day_of_month() + 1).is_none();
    if !(starts_month && ends_month && from.year() == to.year()) {
        return format!("{from} to {to}");
    }
    if from.month() == 1 && to.month() == 12 {
        return from.year().to_string();
    }
    // A day's words are “1 March 2025”: what follows the day of the month names the month.
    let month = |day: Day| day.to_string().split(' ').nth(1).unwrap_or_default().to_owned();
    if from.month() == to.month() {
        return format!("{} {}", month(from), to.year());
    }
    format!("{} to {} {}", month(from), month(to), to.year())
}

/// The vintage of a figure: its day, and what has to be said of that day. A day that stands in for one that
/// is not recorded never stands alone.
pub(crate) fn vintage(figure: &Gated) -> String {
    let on = day(figure.vintage());
    match figure.vintage_note() {
        "" => on,
        note => format!("{on} ({note})"),
    }
}

/// A unit as a reader knows it.
pub(crate) fn unit(unit: &str) -> &str {
    match unit {
        "%" | "percent" => "per cent",
        "GBP" => "pounds",
        unit => unit,
    }
}

/// The unit of a series and what it counts, to stand after its publisher: “counted in persons”.
pub(crate) fn counted(series: &Series) -> String {
    let unit = unit(&series.unit);
    let rule = CountingRule::ALL
        .iter()
        .find(|rule| rule.words() == series.counting_rule);
    match rule {
        Some(CountingRule::Money) => format!("an amount of money in {unit}"),
        Some(CountingRule::Duration) => format!("a length of time in {unit}"),
        Some(CountingRule::Other) => format!("in {unit}"),
        Some(rule) if rule.words().to_lowercase() == unit => format!("counted in {unit}"),
        Some(rule) => format!("in {unit}; {} are counted", rule.words().to_lowercase()),
        None if series.counting_rule.is_empty() => format!("in {unit}"),
        None => format!("in {unit}. {}", series.counting_rule.trim_end_matches('.')),
    }
}

/// Whom a value of a series is about: “all”, or “age at exploitation: child”.
pub(crate) fn of_whom(point: &Point) -> String {
    let plain = |code: &str| code.replace('_', " ");
    match (point.breakdown.as_str(), point.category.as_str()) {
        ("total", "total") => "all".to_owned(),
        ("total", category) => plain(category),
        (breakdown, "total") => plain(breakdown),
        (breakdown, category) => format!("{}: {}", plain(breakdown), plain(category)),
    }
}

/// What must be said of a recommendation's due date, or nothing. One whose date lies before the day on which
/// the edition appears could not be met by whoever reads it here first, and that is said.
pub(crate) fn overdue(one: &Recommendation, edition: &Edition) -> &'static str {
    let is_done = one.grades.last().is_some_and(|graded| graded.grade == Grade::A);
    if one.is_overdue && one.cycle != edition.cycle {
        "Overdue"
    } else if !is_done && !one.due_on.is_empty() && one.due_on < edition.published_on {
        "Overdue on publication"
    } else {
        ""
    }
}

/// What a declared interest leads to.
pub(crate) fn effect(interest: &Interest) -> String {
    if !interest.barred {
        "Declared, and not barred: its own words say why.".to_owned()
    } else if !interest.effect.is_empty() {
        interest.effect.clone()
    } else if interest.about.is_empty() {
        "May not rate what it is about.".to_owned()
    } else {
        format!("May not rate {}.", interest.about)
    }
}

/// With a capital at its beginning.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What a section of the official monitor's questionnaire is answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// What the edition says of the articles.
    Provisions,
    /// What became of earlier recommendations.
    FollowUp,
    /// The series.
    Statistics,
}

/// Sections that name an article are answered with it. Two kinds of part name none; their titles are of the
/// program's own shipped files.
pub(crate) fn asked(section: &QuestionnaireSection) -> Asked {
    let title = section.title.as_str();
    if !section.articles.is_empty() {
        Asked::Provisions
    } else if title == "Statistics" {
        Asked::Statistics
    } else if title.starts_with("Developments") || title.starts_with("Recommendations") {
        Asked::FollowUp
    } else {
        Asked::Provisions
    }
}

/// The heading of such a section. One without a number has its title alone.
pub(crate) fn section(section: &QuestionnaireSection) -> String {
    match section.section.as_str() {
        "" => section.title.clone(),
        number if number.starts_with("Part") => format!("{number}: {}", section.title),
        number => format!("Section {number}: {}", section.title),
    }
}

/// “Article 15”, “Articles 12 and 15”, or nothing.
pub(crate) fn articles(section: &QuestionnaireSection) -> String {
    match section.articles.as_slice() {
        [] => String::new(),
        [one] => format!("Article {one}"),
        [before @ .., last] => format!("Articles {} and {last}", before.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn periods_read_as_people_write_them() {
        let words = |from: &str, to: &str| period(&(from.to_owned(), to.to_owned()));
        assert_eq!(words("2024-01-01", "2024-12-31"), "2024");
        assert_eq!(words("2024-01-01", "2024-03-31"), "January to March 2024");
        assert_eq!(words("2024-02-01", "2024-02-29"), "February 2024");
        assert_eq!(words("2023-04-01", "2024-03-31"), "1 April 2023 to 31 March 2024");
    }

    #[test]
    fn what_a_series_counts_is_said_in_words() {
        let mut series = sample::edition().series.remove(0);
        for (unit, rule, words) in [
            ("persons", "Persons", "counted in persons"),
            ("percent", "Decisions", "in per cent; decisions are counted"),
            ("reports", "Events", "in reports; events are counted"),
            ("GBP", "Money", "an amount of money in pounds"),
            ("days", "Durations", "a length of time in days"),
            ("places", "Other", "in places"),
        ] {
            series.unit = unit.to_owned();
            series.counting_rule = rule.to_owned();
            assert_eq!(counted(&series), words);
        }
    }

    #[test]
    fn a_part_of_a_total_is_not_called_all() {
        let mut point = sample::edition().series.remove(0).points.remove(0);
        for (breakdown, category, words) in [
            ("total", "total", "all"),
            ("total", "entered", "entered"),
            ("age_at_exploitation", "child", "age at exploitation: child"),
            ("cumulative", "total", "cumulative"),
        ] {
            point.breakdown = breakdown.to_owned();
            point.category = category.to_owned();
            assert_eq!(of_whom(&point), words);
        }
    }

    #[test]
    fn a_due_date_before_publication_is_marked_unless_the_thing_is_done() {
        let edition = sample::edition();
        let mut one = edition.recommendations[1].clone();
        assert_eq!(overdue(&one, &edition), "");
        one.due_on = "2026-06-17".to_owned();
        assert_eq!(overdue(&one, &edition), "Overdue on publication");
        one.due_on.clone_from(&edition.published_on);
        assert_eq!(overdue(&one, &edition), "");
        for earlier in &edition.earlier_recommendations {
            let is_done = earlier.grades.last().is_some_and(|graded| graded.grade == Grade::A);
            assert!(!is_done || overdue(earlier, &edition).is_empty(), "{}", earlier.slug);
        }
    }

    #[test]
    fn an_interest_says_what_it_bars_from() {
        let [barring, open] = &sample::edition().interests[..] else {
            panic!("the sample has two interests")
        };
        assert_eq!(effect(barring), "Its assessors may not rate Article 12(1)a.");
        assert!(effect(open).starts_with("Declared, and not barred"));
        let older = Interest {
            effect: String::new(),
            ..barring.clone()
        };
        assert_eq!(effect(&older), "May not rate 12(1)a.");
    }

    #[test]
    fn a_section_without_number_or_articles_has_no_empty_heading() {
        let bare = QuestionnaireSection {
            round: 4,
            section: String::new(),
            title: "Recommendations of the third round".to_owned(),
            articles: Vec::new(),
            official_no: String::new(),
            provisions: Vec::new(),
        };
        assert_eq!(section(&bare), "Recommendations of the third round");
        assert_eq!(articles(&bare), "");
        assert_eq!(asked(&bare), Asked::FollowUp);
        let named = QuestionnaireSection {
            section: "8".to_owned(),
            articles: vec!["28".to_owned(), "30".to_owned()],
            ..bare
        };
        assert_eq!(section(&named), "Section 8: Recommendations of the third round");
        assert_eq!(articles(&named), "Articles 28 and 30");
        assert_eq!(asked(&named), Asked::Provisions);
    }
}

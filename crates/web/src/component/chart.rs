//! The picture of a series: one mark per period at its place in time, breaks as labelled upright
//! lines, and no line drawn across a break or a missing period.
//!
//! Drawn here and not by a chart library (charts-rs): that one places marks by their order and not by
//! their dates, joins neighbours whatever lies between, and could show a break only as data. Colours
//! are attributes, never `style`, which the pages' content security policy forbids; the plane under
//! the picture is light in either theme.

use std::fmt::Write as _;

use domain::Day;
use monitoring::series::{Figure, value_words};
use store::row::series_break;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 700.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 262.0;

const INK: &str = "#16242a";
const MUTED: &str = "#4b5a60";
const RULE: &str = "#dcd3c5";
const BREAK: &str = "#a03e17";
/// Lines are told apart by the shape of their marks and a name at their end; colour only helps.
const COLOURS: [&str; 5] = ["#0c5865", "#8a4b00", "#5a3d78", "#1d6438", "#4b5a60"];
/// The most categories drawn; more cannot be told apart.
pub(crate) const MOST_LINES: usize = COLOURS.len();
/// More values than these are not written beside their marks: the table has them.
const MOST_LABELS: usize = 16;

/// A value at its place.
struct Mark {
    first: f64,
    last: f64,
    value: Option<f64>,
    words: String,
}

/// Days since 1970.
fn days(day: Day) -> f64 {
    Day::new(1970, 1, 1).map_or(0.0, |epoch| f64::from(epoch.days_until(day)))
}

/// Draws the current values of some figures by category, the largest categories first. `None` where
/// nothing has two periods with a value. Also gives the categories that were left out.
pub(crate) fn series(figures: &[&Figure], breaks: &[series_break::Model]) -> Option<(String, Vec<String>)> {
    let mut lines: Vec<(String, Vec<Mark>)> = Vec::new();
    for figure in figures {
        let Some((first, last)) = figure.period.days() else {
            continue;
        };
        let current = figure.current();
        let doubt = current.is_unverified || current.source_kind == domain::series::SourceKind::Secondary.code();
        let words = format!("{}{}", value_words(current), if doubt { "*" } else { "" });
        let mark = Mark {
            first: days(first),
            last: days(last),
            value: current.value,
            words,
        };
        match lines.iter_mut().find(|(category, _)| *category == figure.category) {
            Some((_, marks)) => marks.push(mark),
            None => lines.push((figure.category.clone(), vec![mark])),
        }
    }
    let highest = |marks: &[Mark]| {
        marks
            .iter()
            .filter_map(|mark| mark.value)
            .fold(f64::NEG_INFINITY, f64::max)
    };
    lines.retain(|(_, marks)| marks.iter().any(|mark| mark.value.is_some()));
    lines.sort_by(|a, b| highest(&b.1).total_cmp(&highest(&a.1)));
    let left_out = lines
        .split_off(lines.len().min(MOST_LINES))
        .into_iter()
        .map(|(category, _)| category)
        .collect();
    for (_, marks) in &mut lines {
        marks.sort_by(|a, b| a.first.total_cmp(&b.first));
    }
    let marks = || lines.iter().flat_map(|(_, marks)| marks);
    let (start, end) = marks().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), mark| {
        (a.min(mark.first), b.max(mark.last))
    });
    if !lines
        .iter()
        .any(|(_, marks)| marks.iter().filter(|mark| mark.value.is_some()).count() > 1)
    {
        return None;
    }
    let (top, step) = scale(marks().filter_map(|mark| mark.value).fold(0.0, f64::max));
    let x = |at: f64| LEFT + (RIGHT - LEFT) * (at - start) / (end - start);
    let y = |value: f64| BOTTOM - (BOTTOM - TOP) * value.max(0.0) / top;

    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="12" aria-hidden="true">"#
    );
    frame(&mut svg, (start, end), (top, step));
    let breaks: Vec<(f64, String)> = breaks
        .iter()
        .filter_map(|at| Day::parse(&at.from_on).ok())
        .map(|day| (days(day), day.to_string()))
        .filter(|(at, _)| *at > start && *at <= end)
        .collect();
    for (at, words) in &breaks {
        let _ = write!(
            svg,
            r#"<line x1="{0:.1}" y1="{1}" x2="{0:.1}" y2="{BOTTOM}" stroke="{BREAK}" stroke-width="1.5" stroke-dasharray="5 4"/>"#,
            x(*at),
            TOP - 10.0
        );
        let (anchor, shift) = if x(*at) > f64::midpoint(LEFT, RIGHT) {
            ("end", -5.0)
        } else {
            ("start", 5.0)
        };
        text(
            &mut svg,
            (x(*at) + shift, TOP - 14.0),
            anchor,
            BREAK,
            &format!("break: {words}"),
        );
    }
    for (nth, (category, marks)) in lines.iter().enumerate() {
        let colour = COLOURS[nth];
        for pair in marks.windows(2) {
            if let (Some(a), Some(b)) = (pair[0].value, pair[1].value)
                && may_join(&pair[0], &pair[1], &breaks)
            {
                let (from, to) = ((x(middle(&pair[0])), y(a)), (x(middle(&pair[1])), y(b)));
                let _ = write!(
                    svg,
                    r#"<line x1="{:.1}" y1="{:.1}" x2="{:.1}" y2="{:.1}" stroke="{colour}" stroke-width="2"/>"#,
                    from.0, from.1, to.0, to.1
                );
            }
        }
        for mark in marks {
            let at = x(middle(mark));
            let Some(value) = mark.value else {
                text(&mut svg, (at, BOTTOM - 5.0), "middle", MUTED, &mark.words);
                continue;
            };
            shape(&mut svg, nth, (at, y(value)), colour);
            if marks.len() * lines.len() <= MOST_LABELS {
                text(&mut svg, (at, y(value) - 9.0), "middle", INK, &mark.words);
            }
        }
        if let Some(last) = marks
            .iter()
            .rev()
            .find(|mark| mark.value.is_some())
            .filter(|_| lines.len() > 1)
        {
            text(
                &mut svg,
                (x(middle(last)).min(RIGHT - 4.0), y(last.value.unwrap_or(0.0)) + 17.0),
                "end",
                colour,
                &category.replace('_', " "),
            );
        }
    }
    svg.push_str("</svg>");
    Some((svg, left_out))
}

fn middle(mark: &Mark) -> f64 {
    f64::midpoint(mark.first, mark.last)
}

/// Whether two neighbours may be joined: alike in length, next to each other, no break between.
fn may_join(a: &Mark, b: &Mark, breaks: &[(f64, String)]) -> bool {
    let length = |mark: &Mark| mark.last - mark.first + 1.0;
    let is_alike = (length(a) / length(b) - 1.0).abs() < 0.15;
    let is_next = b.first > a.last && b.first - a.last < 5.0;
    is_alike && is_next && !breaks.iter().any(|(at, _)| *at > a.first && *at <= b.last)
}

/// The top of the scale and its step: 1, 2, 2.5 or 5 times a power of ten, about four steps.
fn scale(highest: f64) -> (f64, f64) {
    let rough = (highest / 4.0).max(1e-9);
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .iter()
        .map(|times| times * power)
        .find(|step| *step >= rough)
        .unwrap_or(10.0 * power);
    ((highest / step).ceil().max(1.0) * step, step)
}

fn frame(svg: &mut String, (start, end): (f64, f64), (top, step): (f64, f64)) {
    let mut value = 0.0;
    while value <= top + step / 2.0 {
        let y = BOTTOM - (BOTTOM - TOP) * value / top;
        let colour = if value == 0.0 { MUTED } else { RULE };
        let _ = write!(
            svg,
            r#"<line x1="{LEFT}" y1="{y:.1}" x2="{RIGHT}" y2="{y:.1}" stroke="{colour}"/>"#
        );
        text(
            svg,
            (LEFT - 8.0, y + 4.0),
            "end",
            MUTED,
            &monitoring::series::number_words((value * 1000.0).round() / 1000.0),
        );
        value += step;
    }
    let x = |at: f64| LEFT + (RIGHT - LEFT) * (at.clamp(start, end) - start) / (end - start);
    let years: Vec<(i16, f64, f64)> = (1800..2200_i16)
        .filter_map(|year| Some((year, days(Day::new(year, 1, 1)?), days(Day::new(year + 1, 1, 1)?))))
        .filter(|(_, first, next)| *next > start && *first < end)
        .collect();
    let every = years.len().div_ceil(16).max(1);
    for (nth, (year, first, next)) in years.iter().enumerate() {
        let _ = write!(
            svg,
            r#"<line x1="{0:.1}" y1="{BOTTOM}" x2="{0:.1}" y2="{1}" stroke="{MUTED}"/>"#,
            x(*first),
            BOTTOM + 5.0
        );
        if nth.is_multiple_of(every) {
            text(
                svg,
                (f64::midpoint(x(*first), x(*next)), BOTTOM + 20.0),
                "middle",
                MUTED,
                &year.to_string(),
            );
        }
    }
}

/// A mark: disc, square, diamond, triangle, ring.
fn shape(svg: &mut String, nth: usize, (x, y): (f64, f64), colour: &str) {
    let _ = match nth {
        0 => write!(svg, r#"<circle cx="{x:.1}" cy="{y:.1}" r="4" fill="{colour}"/>"#),
        1 => write!(
            svg,
            r#"<rect x="{:.1}" y="{:.1}" width="8" height="8" fill="{colour}"/>"#,
            x - 4.0,
            y - 4.0
        ),
        2 => write!(
            svg,
            r#"<path d="M{x:.1} {:.1}l5 5l-5 5l-5 -5z" fill="{colour}"/>"#,
            y - 5.0
        ),
        3 => write!(svg, r#"<path d="M{x:.1} {:.1}l5 9h-10z" fill="{colour}"/>"#, y - 5.0),
        _ => write!(
            svg,
            r##"<circle cx="{x:.1}" cy="{y:.1}" r="4" fill="#ffffff" stroke="{colour}" stroke-width="2"/>"##
        ),
    };
}

pub(super) fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, colour: &str, words: &str) {
    let words = words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let _ = write!(
        svg,
        r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}" fill="{colour}">{words}</text>"#
    );
}

#[cfg(test)]
mod tests {
    use monitoring::series::figures;
    use store::row::observation::Model;
    use uuid::Uuid;

    use super::*;

    fn year(year: i32, value: Option<f64>, category: &str) -> Model {
        Model {
            id: Uuid::nil(),
            series_id: Uuid::nil(),
            import_id: None,
            period_start: format!("{year}-01-01"),
            period_end: format!("{year}-12-31"),
            breakdown: "total".to_owned(),
            category: category.to_owned(),
            value,
            mark: if value.is_some() {
                String::new()
            } else {
                "<c>".to_owned()
            },
            published_on: "2025-01-01".to_owned(),
            vintage_note: String::new(),
            source_kind: "primary".to_owned(),
            is_unverified: false,
            source_title: String::new(),
            source_url: String::new(),
            licence: String::new(),
        }
    }

    fn at(from_on: &str) -> series_break::Model {
        series_break::Model {
            id: Uuid::nil(),
            series_id: Uuid::nil(),
            from_on: from_on.to_owned(),
            reason: String::new(),
            source: String::new(),
            member_id: None,
            at: 0,
        }
    }

    fn draw(observations: Vec<Model>, breaks: &[series_break::Model]) -> Option<(String, Vec<String>)> {
        let figures = figures(observations);
        series(&figures.iter().collect::<Vec<_>>(), breaks)
    }

    #[test]
    fn no_line_crosses_a_break_or_a_missing_value() {
        let five = || {
            vec![
                year(2020, Some(5.0), "total"),
                year(2021, Some(6.0), "total"),
                year(2022, Some(7.0), "total"),
                year(2023, None, "total"),
                year(2024, Some(9.0), "total"),
            ]
        };
        let joined = |svg: &str| svg.matches("stroke-width=\"2\"").count();
        let (whole, _) = draw(five(), &[]).expect("a chart");
        assert_eq!(joined(&whole), 2);
        assert!(whole.contains("&lt;c&gt;"), "the publisher's mark is printed: {whole}");
        let (broken, _) = draw(five(), &[at("2022-01-01")]).expect("a chart");
        assert_eq!(joined(&broken), 1);
        assert!(broken.contains("break: 1 January 2022") && !broken.contains("style="));
    }

    #[test]
    fn categories_that_cannot_be_told_apart_are_left_out_and_named() {
        let many = (0..7)
            .flat_map(|nth| {
                [
                    year(2020, Some(f64::from(nth)), &format!("c{nth}")),
                    year(2021, Some(1.0), &format!("c{nth}")),
                ]
            })
            .collect();
        let (_, left_out) = draw(many, &[]).expect("a chart");
        assert_eq!(left_out.len(), 2);
    }

    #[test]
    fn one_value_is_no_chart() {
        assert!(draw(vec![year(2020, Some(5.0), "total")], &[]).is_none());
    }
}

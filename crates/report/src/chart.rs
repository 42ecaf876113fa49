//! The chart of a series: one mark per period at its place in time, every vintage shown, breaks as
//! labelled upright lines, and no line drawn across a break or a missing period.
//!
//! Drawn here and not by a chart library: charts-rs has marks at values but not at dates, a break
//! would have to be passed off as data, and its pictures have no description to be read aloud and
//! no classes for a dark style.

use std::collections::BTreeMap;

use domain::Day;
use domain::series::SourceKind;
use monitoring::edition::frozen::{Break, Point, Series};

use crate::svg::{Letters, Look, Svg, width_of};

const WIDTH: f64 = 482.0;
const HEIGHT: f64 = 196.0;
const LEFT: f64 = 42.0;
const RIGHT: f64 = 466.0;
const TOP: f64 = 26.0;
const BOTTOM: f64 = 172.0;
/// Where the labels of breaks stand: above the field, and above those that stand there.
const BREAK_ROWS: [f64; 2] = [TOP - 3.0, TOP - 13.0];

const INK: &str = "#1b2530";
const MUTED: &str = "#55606a";
const RULE: &str = "#dfe2e1";
const BREAK: &str = "#a4461c";
/// Lines are told apart by shape and by a name at their end; colour only helps.
const LINES: [&str; 4] = ["#12495a", "#a4651c", "#5b4a7d", "#4f5d2f"];

/// A point that can be drawn: days since 1970 of its period, and its value where there is one.
struct Mark<'a> {
    first: f64,
    last: f64,
    value: Option<f64>,
    point: &'a Point,
}

impl Mark<'_> {
    fn middle(&self) -> f64 {
        f64::midpoint(self.first, self.last)
    }

    fn length(&self) -> f64 {
        self.last - self.first + 1.0
    }
}

/// Days since 1970; `None` where the text is not a day.
fn day(iso: &str) -> Option<f64> {
    let epoch = Day::new(1970, 1, 1)?;
    Day::parse(iso).ok().map(|day| f64::from(epoch.days_until(day)))
}

/// The breakdown to chart (the total, if it has two periods) by category.
fn lines(series: &Series) -> BTreeMap<&str, Vec<Mark<'_>>> {
    let of = |breakdown: &str| {
        let mut lines: BTreeMap<&str, Vec<Mark<'_>>> = BTreeMap::new();
        for point in series.points.iter().filter(|p| p.breakdown == breakdown) {
            let (Some(first), Some(last)) = (day(&point.period.0), day(&point.period.1)) else {
                continue;
            };
            lines.entry(&point.category).or_default().push(Mark {
                first,
                last,
                value: point.figure.value(),
                point,
            });
        }
        for marks in lines.values_mut() {
            marks.sort_by(|a, b| a.first.total_cmp(&b.first).then(a.last.total_cmp(&b.last)));
        }
        lines.retain(|_, marks| {
            marks
                .iter()
                .filter(|m| !m.point.is_superseded && m.value.is_some())
                .count()
                >= 2
        });
        lines
    };
    let mut breakdowns: Vec<&str> = series.points.iter().map(|p| p.breakdown.as_str()).collect();
    breakdowns.sort_by_key(|b| *b != "total");
    breakdowns.dedup();
    breakdowns
        .into_iter()
        .map(of)
        .find(|lines| !lines.is_empty())
        .unwrap_or_default()
}

/// The top of the scale and its step: 1, 2 or 5 times a power of ten, four to six steps.
fn scale(highest: f64) -> (f64, f64) {
    let rough = (highest / 4.0).max(1e-9);
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .iter()
        .map(|m| m * power)
        .find(|step| *step >= rough)
        .unwrap_or(10.0 * power);
    ((highest / step).ceil().max(1.0) * step, step)
}

/// A tick of the scale, thousands separated; never a figure of the series.
fn tick(value: f64) -> String {
    let whole = format!("{}", (value * 100.0).round() / 100.0);
    let (digits, rest) = whole
        .split_once('.')
        .map_or((whole.as_str(), String::new()), |(d, r)| (d, format!(".{r}")));
    let mut text = String::new();
    for (nth, digit) in digits.chars().enumerate() {
        if nth > 0 && (digits.len() - nth).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + &rest
}

/// Whether two neighbouring marks may be joined: alike in length, next to each other, no break between.
fn may_join(a: &Mark<'_>, b: &Mark<'_>, breaks: &[(f64, String)]) -> bool {
    let alike = (a.length() / b.length() - 1.0).abs() < 0.15;
    let adjacent = b.first - a.last < 5.0 && b.first > a.last;
    alike && adjacent && !breaks.iter().any(|(on, _)| *on > a.first && *on <= b.last)
}

fn words(class: &'static str, colour: &'static str, size: f64, anchor: &'static str) -> Letters {
    Letters {
        look: Look::fill(class, colour),
        size,
        anchor,
        bold: false,
    }
}

fn draw_frame(svg: &mut Svg, (start, end): (f64, f64), (top, step): (f64, f64), unit: &str) {
    let mut value = 0.0;
    while value <= top + step / 2.0 {
        let y = BOTTOM - (BOTTOM - TOP) * value / top;
        svg.line(
            (LEFT, y),
            (RIGHT, y),
            Look::stroke("chart-rule", if value == 0.0 { MUTED } else { RULE }, 0.6),
        );
        svg.text(
            (LEFT - 5.0, y + 2.6),
            &tick(value),
            words("chart-tick", MUTED, 7.5, "end"),
        );
        value += step;
    }
    svg.text((LEFT - 5.0, TOP - 14.0), unit, words("chart-unit", MUTED, 7.5, "start"));
    let epoch = Day::new(1970, 1, 1);
    let years = (1900..2200_i16).filter_map(|year| {
        let (new_year, next) = (Day::new(year, 1, 1)?, Day::new(year.checked_add(1)?, 1, 1)?);
        let (a, b) = (
            f64::from(epoch?.days_until(new_year)),
            f64::from(epoch?.days_until(next)),
        );
        (b > start && a < end).then_some((year, a, b))
    });
    let years: Vec<(i16, f64, f64)> = years.collect();
    let every = years.len().div_ceil(14).max(1);
    for (nth, (year, a, b)) in years.iter().enumerate() {
        let at = |t: f64| LEFT + (RIGHT - LEFT) * (t.clamp(start, end) - start) / (end - start);
        svg.line(
            (at(*a), BOTTOM),
            (at(*a), BOTTOM + 3.0),
            Look::stroke("chart-rule", MUTED, 0.6),
        );
        if nth.is_multiple_of(every) && at(*b) - at(*a) > 18.0 * 0.9 / every as f64 {
            svg.text(
                (f64::midpoint(at(*a), at(*b)), BOTTOM + 12.0),
                &year.to_string(),
                words("chart-tick", MUTED, 7.5, "middle"),
            );
        }
    }
}

/// The field that a series is drawn in.
struct Plot {
    /// First and last day, days since 1970.
    span: (f64, f64),
    /// Highest value of the scale.
    top: f64,
    /// Days on which the series breaks, with the day in words.
    breaks: Vec<(f64, String)>,
    /// Whether there is room for a label at every value.
    is_roomy: bool,
}

impl Plot {
    fn x(&self, day: f64) -> f64 {
        LEFT + (RIGHT - LEFT) * (day - self.span.0) / (self.span.1 - self.span.0)
    }

    fn y(&self, value: f64) -> f64 {
        BOTTOM - (BOTTOM - TOP) * value.max(0.0) / self.top
    }

    fn draw_breaks(&self, svg: &mut Svg) {
        let mut taken: [Vec<(f64, f64)>; BREAK_ROWS.len()] = Default::default();
        for (on, date) in &self.breaks {
            let (x, label) = (self.x(*on), format!("break: {date}"));
            let width = width_of(&label, 7.5);
            let (anchor, start) = if x > f64::midpoint(LEFT, RIGHT) {
                ("end", x - 4.0 - width)
            } else {
                ("start", x + 4.0)
            };
            // Breaks close to each other are labelled one above the other.
            let is_free = |row: &Vec<(f64, f64)>| {
                row.iter()
                    .all(|(from, to)| start >= to + 4.0 || *from >= start + width + 4.0)
            };
            let row = taken.iter().position(is_free).unwrap_or(BREAK_ROWS.len() - 1);
            taken[row].push((start, start + width));
            let y = BREAK_ROWS[row];
            svg.dashed((x, y - 5.0), (x, BOTTOM), Look::stroke("chart-break", BREAK, 1.0));
            let at = if anchor == "end" { x - 4.0 } else { x + 4.0 };
            svg.text((at, y), &label, words("chart-break", BREAK, 7.5, anchor));
        }
    }

    fn draw_joins(&self, svg: &mut Svg, current: &[&Mark<'_>], look: Look) {
        for pair in current.windows(2) {
            if let (Some(a), Some(b)) = (pair[0].value, pair[1].value)
                && may_join(pair[0], pair[1], &self.breaks)
            {
                let ends = [
                    (self.x(pair[0].middle()), self.y(a)),
                    (self.x(pair[1].middle()), self.y(b)),
                ];
                svg.polyline(&ends, look);
            }
        }
    }

    fn draw_mark(&self, svg: &mut Svg, mark: &Mark<'_>, (class, colour): (&'static str, &'static str)) {
        let middle = self.x(mark.middle());
        let Some(value) = mark.value else {
            let letters = words("chart-value", MUTED, 7.5, "middle");
            svg.text((middle, BOTTOM - 4.0), mark.point.figure.mark(), letters);
            return;
        };
        let y = self.y(value);
        // The width of the bar is the period that the value is of.
        let half = (self.x(mark.last) - self.x(mark.first)) / 2.0 - 1.5;
        let weight = if mark.point.is_superseded { 0.6 } else { 2.4 };
        svg.line(
            (middle - half, y),
            (middle + half, y),
            Look::stroke(class, colour, weight),
        );
        if mark.point.is_superseded {
            svg.circle((middle, y), 3.2, Look::stroke("chart-vintage", MUTED, 0.8));
            return;
        }
        svg.circle((middle, y), 2.4, Look::fill(class, colour));
        let label = if is_doubtful(mark) {
            format!("{}*", mark.point.figure)
        } else {
            mark.point.figure.to_string()
        };
        let width = width_of(&label, 7.5);
        // A mark of doubt is never left off its figure.
        if self.is_roomy || width < 2.0 * half + 8.0 || is_doubtful(mark) {
            // A label keeps to its own side of a break line.
            let crowded = self
                .breaks
                .iter()
                .map(|(on, _)| self.x(*on))
                .find(|line| (line - middle).abs() < width);
            let (at, anchor) = match crowded {
                Some(line) if line <= middle => (line + 3.0, "start"),
                Some(line) => (line - 3.0, "end"),
                None => (middle, "middle"),
            };
            svg.text((at, y - 6.0), &label, words("chart-value", INK, 7.5, anchor));
        }
    }
}

/// Whether the figure has to carry a mark on its face.
fn is_doubtful(mark: &Mark<'_>) -> bool {
    mark.point.figure.is_unverified() || mark.point.figure.source_kind() == SourceKind::Secondary
}

/// Draws a series, or gives `None` where fewer than two periods have a value.
///
/// `breaks` are those of the whole edition; the series takes its own. Filled marks are current
/// values, hollow marks earlier vintages, an asterisk marks what is unverified or from a secondary
/// source. Classes for a dark style: `chart-rule`, `chart-tick`, `chart-unit`, `chart-line-0` to
/// `chart-line-3`, `chart-value`, `chart-break`, `chart-vintage`.
pub fn chart_svg(series: &Series, breaks: &[Break]) -> Option<String> {
    let lines = lines(series);
    let marks = || lines.values().flatten();
    let highest = marks().filter_map(|m| m.value).fold(f64::NAN, f64::max);
    let extent = (f64::INFINITY, f64::NEG_INFINITY);
    let (start, end) = marks().fold(extent, |(a, b), m| (a.min(m.first), b.max(m.last)));
    if !highest.is_finite() || end <= start {
        return None;
    }
    let (top, step) = scale(highest);
    let own = breaks.iter().filter(|b| b.code == series.code);
    let plot = Plot {
        span: (start, end),
        top,
        breaks: own
            .filter_map(|b| Some((day(&b.on)?, Day::parse(&b.on).ok()?.to_string())))
            .filter(|(on, _)| *on > start && *on < end)
            .collect(),
        is_roomy: marks().filter(|m| !m.point.is_superseded).count() < 9,
    };

    let mut svg = Svg::default();
    draw_frame(&mut svg, plot.span, (top, step), &series.unit);
    plot.draw_breaks(&mut svg);
    for (nth, (category, marks)) in lines.iter().enumerate() {
        let colour = LINES[nth % LINES.len()];
        let class = ["chart-line-0", "chart-line-1", "chart-line-2", "chart-line-3"][nth % LINES.len()];
        let current: Vec<&Mark<'_>> = marks.iter().filter(|m| !m.point.is_superseded).collect();
        plot.draw_joins(&mut svg, &current, Look::stroke(class, colour, 1.4));
        for mark in marks {
            plot.draw_mark(&mut svg, mark, (class, colour));
        }
        let last = current.iter().rev().find_map(|m| Some((m.middle(), m.value?)));
        if lines.len() > 1
            && let Some((middle, value)) = last
        {
            let place = (plot.x(middle), plot.y(value) + 12.0);
            svg.text(
                place,
                &category.replace('_', " "),
                words("chart-value", INK, 7.5, "middle"),
            );
        }
    }
    if marks().any(is_doubtful) {
        let letters = words("chart-tick", MUTED, 7.5, "end");
        svg.text(
            (RIGHT, HEIGHT - 2.0),
            "* unverified, or known only from a secondary source",
            letters,
        );
    }
    let described = describe(series, marks(), &plot);
    Some(svg.finish(
        &format!("chart-{}", series.code),
        (WIDTH, HEIGHT),
        &series.title,
        &described,
    ))
}

/// Every value and every break in words, to be read aloud.
fn describe<'a>(series: &Series, marks: impl Iterator<Item = &'a Mark<'a>>, plot: &Plot) -> String {
    let one = |m: &Mark<'_>| {
        let point = m.point;
        let vintage = if point.is_superseded { " (earlier vintage)" } else { "" };
        let doubt = if is_doubtful(m) {
            " (unverified, or from a secondary source)"
        } else {
            ""
        };
        let category = if point.category == "total" {
            String::new()
        } else {
            format!(", {}", point.category)
        };
        format!(
            "{} to {}{category}: {}{vintage}{doubt}",
            point.period.0, point.period.1, point.figure
        )
    };
    let said: Vec<String> = marks.map(one).collect();
    let broken = plot.breaks.iter();
    let broken: Vec<String> = broken
        .map(|(_, date)| format!(" Break on {date}: values before and after must not be compared."))
        .collect();
    format!("In {}. {}.{}", series.unit, said.join("; "), broken.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_crosses_a_break_and_the_break_is_labelled() {
        let edition = crate::sample::edition();
        let series = &edition.series[1];
        let svg = chart_svg(series, &edition.breaks).expect("it has values");
        assert!(svg.contains("break: 30 January 2023"));
        // Two quarters before the break are joined; nothing else is.
        assert_eq!(svg.matches("<polyline").count(), 1);
        assert_eq!(
            chart_svg(series, &edition.breaks).expect("it has values"),
            svg,
            "equal input, equal bytes"
        );
    }

    #[test]
    fn labels_of_neighbouring_breaks_stand_one_above_the_other() {
        let edition = crate::sample::edition();
        let series = &edition.series[1];
        let first = edition.breaks.iter().find(|b| b.code == series.code).expect("a break");
        let second = Break {
            on: "2023-07-01".to_owned(),
            ..first.clone()
        };
        let svg = chart_svg(series, &[first.clone(), second]).expect("it has values");
        let height = |label: &str| {
            let text = svg
                .rsplit("<text ")
                .find(|text| text.contains(label))
                .expect("labelled");
            text.split('"').nth(3).expect("a height").to_owned()
        };
        assert_ne!(height("break: 30 January 2023"), height("break: 1 July 2023"));
    }

    #[test]
    fn earlier_vintages_are_shown_hollow_and_never_joined() {
        let edition = crate::sample::edition();
        let svg = chart_svg(&edition.series[0], &edition.breaks).expect("it has values");
        assert_eq!(svg.matches("chart-vintage").count(), 2);
        assert!(svg.contains("16,938 (earlier vintage)"));
    }

    #[test]
    fn a_series_with_one_value_has_no_chart() {
        let mut series = crate::sample::edition().series.remove(1);
        series.points.truncate(1);
        assert_eq!(chart_svg(&series, &[]), None);
    }
}

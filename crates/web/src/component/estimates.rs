//! The picture of several estimates of one number: for each a mark, a line over its interval, and below it how its answers are
//! spread, all on one scale.
//!
//! The scale is logarithmic: what matters is by what factor estimates differ, and one long interval must not press all others
//! together. It knows nothing of where its numbers come from; pages give it what the gate rounded, `rapporteur estimate --plot` what
//! was computed from a file. It is narrow, so that it can be read on a phone. As in `chart`, colours are attributes, and the plane
//! under it is light in either theme.

use std::fmt::Write as _;

use super::chart::text;

const WIDTH: f64 = 300.0;
const LEFT: f64 = 4.0;
const RIGHT: f64 = 296.0;
/// From the top of a row to its words, its line, and the ground and top of its histogram.
const WORDS: f64 = 14.0;
const LINE: f64 = 26.0;
const BARS: (f64, f64) = (38.0, 66.0);
/// How high a row is, without a histogram and with one.
const ROW: (f64, f64) = (44.0, 80.0);
/// Below the rows: the scale.
const SCALE: f64 = 26.0;
/// Numbers of the scale stand no closer than this.
const APART: f64 = 46.0;

const INK: &str = "#16242a";
const MUTED: &str = "#4b5a60";
const RULE: &str = "#dcd3c5";
const BAR: &str = "#75868c";
const TRUTH: &str = "#a03e17";

/// One estimate. Numbers are people, above 0.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row {
    /// What made it.
    pub name: String,
    /// The estimate and its interval in words.
    pub words: String,
    /// The estimate; `None` where it is not shown.
    pub estimate: Option<f64>,
    /// Its interval; `None` where there is none. An end that is `None` lies beyond the picture.
    pub interval: Option<(Option<f64>, Option<f64>)>,
    /// How answers are spread: from, to, and the share between them.
    pub bars: Vec<(f64, f64, f64)>,
}

/// What is said of a picture that stands alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Heading {
    /// What it shows; printed above it.
    pub title: String,
    /// What is read aloud beside that.
    pub description: String,
}

/// People to places across the picture.
struct Scale {
    from: f64,
    to: f64,
}

impl Scale {
    fn of(rows: &[Row], others: impl Iterator<Item = f64>) -> Option<Self> {
        let of_row = |row: &Row| {
            let (lower, upper) = row.interval.unwrap_or_default();
            let bars = row.bars.iter().flat_map(|(from, to, _)| [*from, *to]);
            let ends = [row.estimate, lower, upper].into_iter().flatten();
            ends.chain(bars).collect::<Vec<f64>>()
        };
        let drawn = rows.iter().flat_map(of_row).chain(others);
        let drawn = drawn.filter(|value| value.is_finite() && *value > 0.0);
        let (from, to) = drawn.fold((f64::INFINITY, 0.0_f64), |(a, b), value| (a.min(value), b.max(value)));
        (to > 0.0).then_some(Self {
            from: 0.97 * from,
            to: 1.03 * to,
        })
    }

    fn place(&self, value: f64) -> f64 {
        let share = (value.clamp(self.from, self.to) / self.from).ln() / (self.to / self.from).ln();
        LEFT + share * (RIGHT - LEFT)
    }

    /// Round numbers to mark, far enough apart to be read.
    fn marks(&self) -> Vec<f64> {
        // A wide scale is marked by 1, 2 and 5 times powers of ten, a narrow one by equal steps.
        let (factors, step): (&[f64], f64) = if self.to / self.from > 5.0 {
            (&[1.0, 2.0, 5.0], 0.0)
        } else {
            let rough = (self.to - self.from) / 6.0;
            let power = 10_f64.powf(rough.log10().floor());
            let mut nice = [1.0, 2.0, 5.0, 10.0].into_iter().map(|times| times * power);
            (&[], nice.find(|step| *step >= rough).unwrap_or(power))
        };
        let all: Vec<f64> = if factors.is_empty() {
            let first = (self.from / step).ceil();
            (0..12).map(|nth| (first + f64::from(nth)) * step).collect()
        } else {
            let powers = (0..16).map(|power| 10_f64.powi(power));
            powers
                .flat_map(|power| factors.iter().map(move |times| times * power))
                .collect()
        };
        let mut marks: Vec<f64> = Vec::new();
        for value in all.into_iter().filter(|value| (self.from..=self.to).contains(value)) {
            let is_clear = marks
                .last()
                .is_none_or(|last| self.place(value) - self.place(*last) >= APART);
            if is_clear {
                marks.push(value);
            }
        }
        marks
    }
}

/// Draws estimates below one another. `least` is a number that the scale begins at, at the latest; `truth`, one that is marked
/// through all rows. Without a heading it is hidden from assistive technology, because what it stands in says what it shows.
/// `None` where there is nothing to draw.
pub fn draw(rows: &[Row], least: Option<f64>, truth: Option<f64>, heading: Option<&Heading>) -> Option<String> {
    let scale = Scale::of(rows, least.into_iter().chain(truth))?;
    let top = if heading.is_some() { 34.0 } else { 6.0 };
    let height = |row: &Row| if row.bars.is_empty() { ROW.0 } else { ROW.1 };
    let bottom = top + rows.iter().map(height).sum::<f64>();
    let mut svg = opened(bottom + SCALE, heading);
    for mark in scale.marks() {
        let x = scale.place(mark);
        let _ = write!(
            svg,
            r#"<line x1="{x:.1}" y1="{top}" x2="{x:.1}" y2="{bottom:.1}" stroke="{RULE}"/>"#
        );
        let words = monitoring::series::number_words(mark);
        // A number at the edge leans inwards.
        let anchor = match x {
            x if x < LEFT + 18.0 => "start",
            x if x > RIGHT - 18.0 => "end",
            _ => "middle",
        };
        text(&mut svg, (x, bottom + 17.0), anchor, MUTED, &words);
    }
    let mut y = top;
    for each in rows {
        row(&mut svg, &scale, each, y);
        y += height(each);
    }
    if let Some(truth) = truth {
        let _ = write!(
            svg,
            r#"<line x1="{0:.1}" y1="{top}" x2="{0:.1}" y2="{bottom:.1}" stroke="{TRUTH}" stroke-width="1.5" stroke-dasharray="5 4"/>"#,
            scale.place(truth)
        );
    }
    svg.push_str("</svg>");
    Some(svg)
}

fn opened(height: f64, heading: Option<&Heading>) -> String {
    let size = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" font-family="sans-serif" font-size="12""#
    );
    let Some(heading) = heading else {
        return size + r#" aria-hidden="true">"#;
    };
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut svg = format!(
        "{size} role=\"img\">\n<title>{}</title>\n<desc>{}</desc>\n<rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>\n",
        escaped(&heading.title),
        escaped(&heading.description)
    );
    text(&mut svg, (LEFT, 20.0), "start", INK, &heading.title);
    svg
}

fn row(svg: &mut String, scale: &Scale, row: &Row, top: f64) {
    text(svg, (LEFT, top + WORDS), "start", INK, &row.name);
    text(svg, (RIGHT, top + WORDS), "end", MUTED, &row.words);
    let y = top + LINE;
    if let Some((lower, upper)) = row.interval {
        let from = lower.map_or(LEFT, |value| scale.place(value));
        let to = upper.map_or(RIGHT, |value| scale.place(value));
        let _ = write!(
            svg,
            r#"<line x1="{from:.1}" y1="{y:.1}" x2="{to:.1}" y2="{y:.1}" stroke="{INK}" stroke-width="3"/>"#
        );
        // An end that goes on is an arrow.
        if upper.is_none() {
            let _ = write!(svg, r#"<path d="M{RIGHT} {y:.1}l-9 -5v10z" fill="{INK}"/>"#);
        }
        if lower.is_none() {
            let _ = write!(svg, r#"<path d="M{LEFT} {y:.1}l9 -5v10z" fill="{INK}"/>"#);
        }
    }
    if let Some(estimate) = row.estimate {
        let _ = write!(
            svg,
            r##"<circle cx="{:.1}" cy="{y:.1}" r="5" fill="{INK}" stroke="#ffffff" stroke-width="1.5"/>"##,
            scale.place(estimate)
        );
    }
    let highest = row.bars.iter().map(|(_, _, share)| *share).fold(0.0, f64::max);
    for (from, to, share) in row.bars.iter().filter(|(_, _, share)| *share > 0.0) {
        let (left, right) = (scale.place(*from), scale.place(*to));
        let size = (BARS.1 - BARS.0) * share / highest;
        let _ = write!(
            svg,
            r#"<rect x="{left:.1}" y="{:.1}" width="{:.1}" height="{size:.1}" fill="{BAR}"/>"#,
            top + BARS.1 - size,
            // A hair between neighbours tells wide steps apart.
            if right - left > 3.0 {
                right - left - 0.6
            } else {
                (right - left).max(0.6)
            }
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Row> {
        vec![
            Row {
                name: "Stepwise".into(),
                words: "1,200 (1,100 to 1,400)".into(),
                estimate: Some(1_200.0),
                interval: Some((Some(1_100.0), Some(1_400.0))),
                bars: vec![
                    (1_100.0, 1_200.0, 0.4),
                    (1_200.0, 1_300.0, 0.6),
                    (1_300.0, 1_400.0, 0.0),
                ],
            },
            Row {
                name: "Lower <bound>".into(),
                estimate: Some(950.0),
                interval: Some((None, None)),
                ..Row::default()
            },
        ]
    }

    #[test]
    fn every_estimate_has_its_mark_its_line_and_its_steps() {
        let svg = draw(&rows(), None, Some(1_250.0), None).expect("a picture");
        assert_eq!(svg.matches("<circle").count(), 2);
        assert_eq!(svg.matches("<rect").count(), 2, "an empty step is not drawn: {svg}");
        assert_eq!(svg.matches("<path").count(), 2, "both ends of the second go on");
        assert_eq!(svg.matches("stroke-dasharray").count(), 1);
        assert!(svg.contains("Lower &lt;bound&gt;") && svg.contains("aria-hidden") && !svg.contains("style="));
    }

    #[test]
    fn standing_alone_it_says_what_it_shows() {
        let heading = Heading {
            title: "Estimates & intervals".into(),
            description: "They agree".into(),
        };
        let svg = draw(&rows(), Some(400.0), None, Some(&heading)).expect("a picture");
        assert!(svg.contains("<title>Estimates &amp; intervals</title>") && svg.contains("<desc>They agree</desc>"));
        assert!(svg.contains("role=\"img\"") && !svg.contains("aria-hidden"));
    }

    #[test]
    fn marks_are_round_and_apart() {
        for (from, to) in [(1_067.0, 1_442.0), (97.0, 61_800.0), (990.0, 2_060.0), (11.0, 13.0)] {
            let marks = Scale { from, to }.marks();
            assert!((2..=9).contains(&marks.len()), "{from} to {to}: {marks:?}");
        }
    }

    #[test]
    fn nothing_is_no_picture() {
        assert_eq!(draw(&[], None, None, None), None);
        assert_eq!(draw(&[Row::default()], None, None, None), None);
    }
}

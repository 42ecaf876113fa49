//! The estimates as one SVG picture: a line for each method on a logarithmic scale, with the
//! histogram of its resamples below it.
//!
//! No style sheet, script or font of its own, so that it can stand in any document.

use statistics::multiple_systems::panel::Panel;
use statistics::multiple_systems::{Estimate, Histories};

use super::text::people;

const WIDTH: f64 = 800.0;
const LEFT: f64 = 110.0;
const RIGHT: f64 = 780.0;
const TOP: f64 = 50.0;
const ROW: f64 = 52.0;
const STEPS: usize = 60;

/// People to places across the picture.
struct Scale {
    from: f64,
    to: f64,
}

impl Scale {
    fn of(histories: &Histories, panel: &Panel) -> Self {
        let limits = panel.results.iter().flat_map(|estimate| {
            let limits = estimate
                .interval
                .map_or([estimate.estimate; 2], |interval| [interval.lower, interval.upper]);
            limits
                .into_iter()
                .chain([estimate.estimate])
                .filter(|value| value.is_finite())
        });
        let seen = histories.observed() as f64;
        let to = limits.fold(2.0 * seen, f64::max);
        Self {
            from: seen,
            to: 1.05 * to,
        }
    }

    fn place(&self, value: f64) -> f64 {
        let share = (value.max(self.from) / self.from).ln() / (self.to / self.from).ln();
        LEFT + share.min(1.0) * (RIGHT - LEFT)
    }

    /// Round numbers to mark: 1, 2 and 5 times powers of ten.
    fn marks(&self) -> Vec<f64> {
        let powers = (0..10).map(|power| 10_f64.powi(power));
        powers
            .flat_map(|power| [power, 2.0 * power, 5.0 * power])
            .filter(|value| (self.from..=self.to).contains(value))
            .collect()
    }
}

/// The picture.
pub(super) fn draw(histories: &Histories, panel: &Panel) -> String {
    let scale = Scale::of(histories, panel);
    let bottom = TOP + ROW * panel.results.len() as f64;
    let height = bottom + 40.0;
    let title = format!(
        "Estimates from {} people seen on {} lists",
        people(histories.observed() as f64),
        histories.lists()
    );
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" font-family=\"sans-serif\" font-size=\"13\">\n\
        <title>{}</title>\n<desc>{}</desc>\n<rect width=\"{WIDTH}\" height=\"{height}\" fill=\"white\"/>\n\
        <text x=\"12\" y=\"24\" font-size=\"16\">{}</text>\n",
        escaped(&title),
        escaped(&panel.verdict.to_string()),
        escaped(&title)
    );
    for mark in scale.marks() {
        let x = scale.place(mark);
        svg.push_str(&format!(
            "<line x1=\"{x:.1}\" y1=\"{TOP}\" x2=\"{x:.1}\" y2=\"{bottom}\" stroke=\"#cccccc\"/>\n\
            <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>\n",
            bottom + 18.0,
            people(mark)
        ));
    }
    for (index, estimate) in panel.results.iter().enumerate() {
        row(&mut svg, &scale, estimate, TOP + ROW * index as f64);
    }
    svg.push_str("</svg>\n");
    svg
}

fn row(svg: &mut String, scale: &Scale, estimate: &Estimate, top: f64) {
    let y = top + 14.0;
    svg.push_str(&format!(
        "<text x=\"12\" y=\"{:.1}\">{}</text>\n",
        y + 4.0,
        estimate.method
    ));
    if let Some(resampled) = &estimate.bootstrap {
        let histogram = resampled.histogram(STEPS);
        let highest = histogram.counts.iter().copied().max().unwrap_or(0).max(1) as f64;
        for (index, count) in histogram.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let from = histogram.from + histogram.step * index as f64;
            let (left, right) = (scale.place(from), scale.place(from + histogram.step));
            let size = 20.0 * *count as f64 / highest;
            svg.push_str(&format!(
                "<rect x=\"{left:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{size:.1}\" fill=\"#9db7d5\"/>\n",
                top + 44.0 - size,
                (right - left).max(0.5)
            ));
        }
    }
    if let Some(interval) = estimate.interval {
        let (lower, upper) = (scale.place(interval.lower), scale.place(interval.upper));
        svg.push_str(&format!(
            "<line x1=\"{lower:.1}\" y1=\"{y:.1}\" x2=\"{upper:.1}\" y2=\"{y:.1}\" stroke=\"#1d3f66\" stroke-width=\"3\"/>\n"
        ));
    }
    let x = scale.place(estimate.estimate);
    let words = if x > RIGHT - 60.0 {
        (x - 8.0, "end")
    } else {
        (x + 8.0, "start")
    };
    svg.push_str(&format!(
        "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5\" fill=\"#1d3f66\"/>\n\
        <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{}\">{}</text>\n",
        words.0,
        y - 6.0,
        words.1,
        people(estimate.estimate)
    ));
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

//! The profile: every rated provision as a vessel. Its outline is as high as the letter (structure),
//! its filling as high as the practice (outcome); what is empty is the gap. Last year stands pale
//! beside it. One picture, used on the second page of the PDF and on the website.
//!
//! It reads in greyscale: outline, solid, pale and hatched differ without colour.

use domain::assessment::Score;
use monitoring::edition::frozen::{Chapter, Edition, Provision, Rating, Scores};

use crate::svg::{Letters, Look, Svg, width_of, wrap};

/// Width of the picture: the text width of an A4 page in points.
const WIDTH: f64 = 482.0;
/// It is drawn smaller until it is no higher than this, so that it always fits one page.
const MAX_HEIGHT: f64 = 500.0;
/// Widths tried for a vessel's place, largest first.
const PLACES: [f64; 16] = [
    56.0, 52.0, 48.0, 44.0, 40.0, 36.0, 33.0, 30.0, 27.0, 24.0, 21.0, 18.0, 16.0, 14.0, 12.5, 11.0,
];
/// Above this width a chapter is kept in one row, so that it is seen whole.
const SPLIT_BELOW: f64 = 25.0;
const AXIS: f64 = 16.0;
const GROUP_GAP: f64 = 16.0;
const LABEL: f64 = 7.5;
const HEADING: f64 = 8.5;
/// Ends the heading of a row that goes on with the chapter above it.
const CONTINUED: &str = "continued";
const LEGEND_HEIGHT: f64 = 46.0;

const INK: &str = "#1b2530";
const PRACTICE: &str = "#12495a";
const PALE: &str = "#a3afb4";
const RULE: &str = "#dfe2e1";
const GAP: &str = "#f6e7cf";
const ALARM: &str = "#e0a04a";
const MUTED: &str = "#55606a";

/// A rating with the number it is labelled by.
struct Vessel<'a> {
    label: String,
    now: Scores,
    before: Option<Scores>,
    alarm: bool,
    provision: &'a Provision,
    rating: &'a Rating,
}

/// Vessels of one chapter that stand in one row.
struct Group<'a> {
    heading: Vec<String>,
    vessels: Vec<Vessel<'a>>,
    width: f64,
}

fn vessels<'a>(chapter: &'a Chapter, cycle: &str) -> Vec<Vessel<'a>> {
    let vessels = |provision: &'a Provision| {
        let several = provision.ratings.len() > 1;
        provision.ratings.iter().map(move |rating| Vessel {
            label: if several {
                format!("{} {}", provision.number, rating.jurisdiction.code())
            } else {
                provision.number.clone()
            },
            now: rating.now,
            before: rating
                .earlier
                .iter()
                .rev()
                .find(|(code, _)| code == cycle)
                .map(|(_, scores)| *scores),
            alarm: rating.letter_against_practice,
            provision,
            rating,
        })
    };
    chapter.provisions.iter().flat_map(vessels).collect()
}

/// The cycle before this one: the latest code among the earlier ratings.
fn last_cycle(edition: &Edition) -> String {
    let ratings = edition
        .chapters
        .iter()
        .flat_map(|c| &c.provisions)
        .flat_map(|p| &p.ratings);
    ratings
        .flat_map(|r| &r.earlier)
        .map(|(code, _)| code)
        .max()
        .cloned()
        .unwrap_or_default()
}

fn heading_of(edition: &Edition, chapter: &Chapter) -> String {
    let main = edition.standards.first().map_or("", |s| s.code.as_str());
    let standard = if chapter.standard == main {
        String::new()
    } else {
        format!("{} ", chapter.standard)
    };
    if chapter.number.is_empty() {
        format!("{standard}{}", chapter.title)
    } else {
        format!("{standard}{} · {}", chapter.number, chapter.title)
    }
}

/// Rows of groups for one size of vessel.
fn rows<'a>(edition: &'a Edition, cycle: &str, place: f64) -> Vec<Vec<Group<'a>>> {
    let full = WIDTH - AXIS;
    let mut rows: Vec<Vec<Group<'a>>> = Vec::new();
    let mut used = f64::INFINITY;
    for chapter in &edition.chapters {
        let all = vessels(chapter, cycle);
        let heading = heading_of(edition, chapter);
        let mut rest = all.into_iter().peekable();
        let mut is_first = true;
        while rest.peek().is_some() {
            let wanted = place * rest.len() as f64;
            // A chapter starts beside the one before it if all of it fits there, else in a new row.
            // Never narrower than its heading, or two headings would run into each other.
            let continued = format!("{} {CONTINUED}", chapter.number);
            let minimum = if is_first {
                wanted.max(width_of(&heading, HEADING).min(96.0))
            } else {
                wanted.max(width_of(&continued, HEADING))
            };
            if used + GROUP_GAP + minimum > full {
                rows.push(Vec::new());
                used = 0.0;
            } else {
                used += GROUP_GAP;
            }
            let mut vessels = Vec::new();
            while rest.peek().is_some() && place * (vessels.len() + 1) as f64 <= full - used {
                vessels.extend(rest.next());
            }
            let taken = place * vessels.len() as f64;
            let lines = if is_first {
                wrap(&heading, HEADING, minimum.max(taken).min(full - used))
            } else {
                vec![continued]
            };
            let width = if rest.peek().is_some() {
                full - used
            } else {
                minimum.max(taken)
            };
            is_first = false;
            used += width;
            if let Some(row) = rows.last_mut() {
                row.push(Group {
                    heading: lines,
                    vessels,
                    width,
                });
            }
        }
    }
    rows
}

fn heading_height(row: &[Group<'_>]) -> f64 {
    row.iter().map(|g| g.heading.len()).max().unwrap_or(0) as f64 * (HEADING + 1.5) + 8.0
}

fn label_height(row: &[Group<'_>], place: f64) -> f64 {
    let widest = row
        .iter()
        .flat_map(|g| &g.vessels)
        .map(|v| width_of(&v.label, LABEL))
        .fold(0.0, f64::max);
    if widest + 2.0 > place {
        widest + 6.0
    } else {
        LABEL + 4.0
    }
}

/// Rows that fit the page.
struct Fitted<'a> {
    place: f64,
    /// Height of one step of the scale.
    unit: f64,
    /// Room above the vessels for their numbers.
    above: f64,
    rows: Vec<Vec<Group<'a>>>,
    /// Height of heading and labels of each row.
    heights: Vec<(f64, f64)>,
    total: f64,
}

/// Lays the vessels out at one width; `None` where they would be too high or too flat, or where a
/// chapter would be split although there is a smaller width that may keep it whole.
fn fit<'a>(edition: &'a Edition, before: &str, place: f64) -> Option<Fitted<'a>> {
    let rows = rows(edition, before, place);
    let is_last = PLACES.last().is_some_and(|last| place <= *last);
    let is_split = rows.iter().any(|row| {
        row.iter()
            .any(|group| group.heading.iter().any(|line| line.ends_with(CONTINUED)))
    });
    if is_split && place > SPLIT_BELOW {
        return None;
    }
    let heights: Vec<(f64, f64)> = rows
        .iter()
        .map(|row| (heading_height(row), label_height(row, place)))
        .collect();
    let above = if place >= 24.0 { 10.0 } else { 3.0 };
    let fixed: f64 = heights
        .iter()
        .map(|(heading, label)| heading + above + label + 8.0)
        .sum();
    let steps = 4.0 * rows.len().max(1) as f64;
    let unit = ((MAX_HEIGHT - fixed) / steps).min(place * 1.3);
    // At the smallest width everything is taken: a low picture is better than none.
    if unit < place * 0.4 && !is_last {
        return None;
    }
    let unit = unit.max(3.0);
    Some(Fitted {
        place,
        unit,
        above,
        rows,
        heights,
        total: fixed + steps * unit,
    })
}

/// The layout with the largest vessels.
fn best<'a>(edition: &'a Edition, before: &str) -> Option<Fitted<'a>> {
    let area = |fitted: &Fitted<'_>| fitted.place * fitted.unit;
    PLACES
        .iter()
        .filter_map(|place| fit(edition, before, *place))
        .max_by(|a, b| area(a).total_cmp(&area(b)))
}

/// A score in words that can be read aloud.
fn spoken(score: Score) -> &'static str {
    score.code()
}

fn draw_vessel(svg: &mut Svg, vessel: &Vessel<'_>, (x, base): (f64, f64), (place, unit): (f64, f64)) {
    let (narrow, wide) = (place * 0.22, place * 0.44);
    let left = x + place * 0.11;
    let main = left + narrow + place * 0.06;
    let step = |score: Score| score.step().map(|s| f64::from(s) * unit);

    if let Some(before) = vessel.before {
        let (letter, practice) = (step(before.structure), step(before.outcome));
        if let Some(practice) = practice {
            svg.rect(
                (left, base - practice),
                (narrow, practice),
                Look::fill("profile-before", PALE),
            );
        }
        if let Some(letter) = letter {
            svg.rect(
                (left, base - letter),
                (narrow, letter),
                Look::stroke("profile-before-line", PALE, 0.8),
            );
        }
    }
    let (letter, practice) = (step(vessel.now.structure), step(vessel.now.outcome));
    match (letter, practice) {
        (Some(letter), Some(practice)) if letter > practice => {
            let look = if vessel.alarm {
                Look::fill("profile-alarm", ALARM)
            } else {
                Look::fill("profile-gap", GAP)
            };
            svg.rect((main, base - letter), (wide, letter - practice), look);
            if vessel.alarm {
                hatch(svg, (main, base - letter), (wide, letter - practice));
            }
        }
        (Some(_), None) => {
            svg.text((main + wide / 2.0, base - 3.0), "N", small("middle", place));
        }
        _ => {}
    }
    if let Some(practice) = practice {
        // Nothing done is still drawn, as a thick floor.
        svg.rect(
            (main, base - practice.max(1.6)),
            (wide, practice.max(1.6)),
            Look::fill("profile-practice", PRACTICE),
        );
    }
    match letter {
        Some(letter) => svg.rect(
            (main, base - letter),
            (wide, letter),
            Look::stroke("profile-letter", INK, 1.0),
        ),
        None => svg.text((main + wide / 2.0, base - 3.0), "N", small("middle", place)),
    }
    if place >= 24.0
        && let (Some(height), Some(low)) = (letter, practice)
    {
        svg.text(
            (main + wide / 2.0, base - height.max(low) - 2.5),
            &format!(
                "{}\u{2009}→\u{2009}{}",
                spoken(vessel.now.structure),
                spoken(vessel.now.outcome)
            ),
            small("middle", place),
        );
    }
    let middle = x + place / 2.0;
    let look = Look::fill("profile-label", INK);
    if width_of(&vessel.label, LABEL) + 2.0 > place {
        svg.upright_text(
            (middle + LABEL / 3.0, base + 3.5),
            &vessel.label,
            Letters {
                look,
                size: LABEL,
                anchor: "end",
                bold: vessel.alarm,
            },
        );
    } else {
        svg.text(
            (middle, base + LABEL + 2.0),
            &vessel.label,
            Letters {
                look,
                size: LABEL,
                anchor: "middle",
                bold: vessel.alarm,
            },
        );
    }
}

fn small(anchor: &'static str, place: f64) -> Letters {
    Letters {
        look: Look::fill("profile-note", MUTED),
        size: if place < 18.0 { 5.5 } else { 7.0 },
        anchor,
        bold: false,
    }
}

/// Diagonal strokes, so that the gap is seen without colour.
fn hatch(svg: &mut Svg, (x, y): (f64, f64), (width, height): (f64, f64)) {
    let mut offset = 4.0;
    while offset < width + height {
        let start = (x + (offset - height).max(0.0), y + offset.min(height));
        let end = (x + offset.min(width), y + (offset - width).max(0.0));
        svg.line(start, end, Look::stroke("profile-hatch", INK, 0.45));
        offset += 4.0;
    }
}

fn draw_legend(svg: &mut Svg, y: f64, years: (&str, &str)) {
    let words = |anchor| Letters {
        look: Look::fill("profile-legend", INK),
        size: 8.0,
        anchor,
        bold: false,
    };
    let sample = |svg: &mut Svg, x: f64, last: bool, alarm: bool| {
        if last {
            svg.rect((x, y + 14.0), (6.0, 18.0), Look::fill("profile-before", PALE));
            svg.rect((x, y), (6.0, 32.0), Look::stroke("profile-before-line", PALE, 0.8));
            return;
        }
        let low = if alarm { 8.0 } else { 20.0 };
        svg.rect(
            (x, y),
            (14.0, 32.0 - low),
            Look::fill(
                if alarm { "profile-alarm" } else { "profile-gap" },
                if alarm { ALARM } else { GAP },
            ),
        );
        if alarm {
            hatch(svg, (x, y), (14.0, 32.0 - low));
        }
        svg.rect(
            (x, y + 32.0 - low),
            (14.0, low),
            Look::fill("profile-practice", PRACTICE),
        );
        svg.rect((x, y), (14.0, 32.0), Look::stroke("profile-letter", INK, 1.0));
    };
    sample(svg, AXIS, false, false);
    svg.text(
        (AXIS + 20.0, y + 8.0),
        "outline: the letter (law and structure)",
        words("start"),
    );
    svg.text(
        (AXIS + 20.0, y + 18.5),
        "between: what is promised and not kept",
        words("start"),
    );
    svg.text(
        (AXIS + 20.0, y + 29.0),
        &format!("filled: the practice (outcome), {}", years.0),
        words("start"),
    );
    sample(svg, 205.0, false, true);
    svg.text((225.0, y + 13.0), "letter against practice:", words("start"));
    svg.text(
        (225.0, y + 23.5),
        "letter 3 or more, practice 1 or less",
        words("start"),
    );
    if !years.1.is_empty() {
        sample(svg, 385.0, true, false);
        svg.text((396.0, y + 13.0), &format!("{}, beside it", years.1), words("start"));
        svg.text((396.0, y + 23.5), "N: not assessable", words("start"));
    }
}

fn description(edition: &Edition, rows: &[Vec<Group<'_>>]) -> String {
    let one = |v: &Vessel<'_>| {
        let before = v.before.map_or(String::new(), |b| {
            format!("; the year before {} and {}", spoken(b.structure), spoken(b.outcome))
        });
        let alarm = if v.alarm { ", letter against practice" } else { "" };
        format!(
            "{} ({}): letter {}, practice {}{alarm}{before}.",
            v.provision.number,
            v.rating.jurisdiction,
            spoken(v.now.structure),
            spoken(v.now.outcome)
        )
    };
    let all: Vec<String> = rows.iter().flatten().flat_map(|g| &g.vessels).map(one).collect();
    format!(
        "{}. Letter beside practice on a scale from 0 to 4, N where not assessable. {}",
        edition.title,
        all.join(" ")
    )
}

/// The caption: one sentence to remember.
pub fn caption(edition: &Edition) -> String {
    let ratings: Vec<&Rating> = edition
        .chapters
        .iter()
        .flat_map(|c| &c.provisions)
        .flat_map(|p| &p.ratings)
        .collect();
    let gaps = ratings.iter().filter(|r| r.letter_against_practice).count();
    match gaps {
        0 => format!(
            "In none of {} ratings does the practice fall to a token or to nothing while the letter is kept.",
            ratings.len()
        ),
        1 => format!(
            "In one of {} ratings the letter is kept and the practice is a token or nothing.",
            ratings.len()
        ),
        _ => format!(
            "In {gaps} of {} ratings the letter is kept and the practice is a token or nothing.",
            ratings.len()
        ),
    }
}

/// Draws the profile of all rated provisions, grouped by chapter.
///
/// The picture is 482 units wide and at most about 560 high, whatever the number of provisions. Its
/// shapes carry classes (`profile-letter`, `profile-practice`, `profile-gap`, `profile-alarm`,
/// `profile-hatch`, `profile-before`, `profile-before-line`, `profile-rule`, `profile-label`,
/// `profile-heading`, `profile-note`, `profile-legend`) for a dark style.
pub fn profile_svg(edition: &Edition) -> String {
    let before = last_cycle(edition);
    let Some(Fitted {
        place,
        unit,
        above,
        rows,
        heights,
        total,
    }) = best(edition, &before)
    else {
        return String::new();
    };

    let mut svg = Svg::default();
    draw_legend(&mut svg, 2.0, (&edition.cycle, &before));
    let mut y = LEGEND_HEIGHT;
    for (row, (heading, label)) in rows.iter().zip(&heights) {
        let base = y + heading + above + 4.0 * unit;
        let mut x = AXIS;
        for group in row {
            for (nth, line) in group.heading.iter().enumerate() {
                svg.text(
                    (x, y + HEADING + nth as f64 * (HEADING + 1.5)),
                    line,
                    Letters {
                        look: Look::fill("profile-heading", INK),
                        size: HEADING,
                        anchor: "start",
                        bold: true,
                    },
                );
            }
            for step in 0..=4_u8 {
                let level = base - f64::from(step) * unit;
                svg.line(
                    (x, level),
                    (x + group.width, level),
                    Look::stroke("profile-rule", RULE, if step == 0 { 1.0 } else { 0.5 }),
                );
            }
            x += group.width + GROUP_GAP;
        }
        for step in [0_u8, 2, 4] {
            let level = base - f64::from(step) * unit;
            svg.text((AXIS - 5.0, level + 2.4), &step.to_string(), small("end", place));
        }
        let mut x = AXIS;
        for group in row {
            for (nth, vessel) in group.vessels.iter().enumerate() {
                draw_vessel(&mut svg, vessel, (x + nth as f64 * place, base), (place, unit));
            }
            x += group.width + GROUP_GAP;
        }
        y = base + label + 8.0;
    }
    let title = format!(
        "Profile of all rated provisions: letter beside practice, {}",
        edition.cycle
    );
    svg.finish(
        "profile",
        (WIDTH, LEGEND_HEIGHT + total),
        &title,
        &description(edition, &rows),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_labels_every_rated_provision_and_says_it_in_words() {
        let svg = profile_svg(&crate::sample::edition());
        assert!(svg.contains(">10(3)</text>") && svg.contains(">10(2).1 sct</text>"));
        assert!(svg.contains(
            "10(3) (England and Wales): letter 4, practice 0, letter against practice; the year before 4 and 1."
        ));
        assert!(!svg.contains("style="), "served pages forbid inline styles");
    }

    #[test]
    fn a_profile_of_a_hundred_and_fifty_provisions_fits_one_page() {
        let mut edition = crate::sample::edition();
        for chapter in &mut edition.chapters {
            let once = chapter.provisions.clone();
            for _ in 0..11 {
                chapter.provisions.extend(once.clone());
            }
        }
        let svg = profile_svg(&edition);
        let height: f64 = svg
            .split("viewBox=\"0 0 482 ")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .and_then(|h| h.parse().ok())
            .expect("the picture has a height");
        assert!(height <= 660.0, "{height}");
    }

    #[test]
    fn no_heading_is_wider_than_its_group_however_the_chapters_break_over_rows() {
        let mut edition = crate::sample::edition();
        for more in 0..30 {
            let chapter = more % edition.chapters.len();
            let again = edition.chapters[chapter].provisions.clone();
            edition.chapters[chapter].provisions.extend(again.into_iter().take(3));
            for place in PLACES {
                for group in rows(&edition, "", place).iter().flatten() {
                    for line in &group.heading {
                        // One word alone may be longer than a chapter of one vessel: it is wrapped no further.
                        let fits = width_of(line, HEADING) <= group.width + 0.01 || !line.contains(' ');
                        assert!(fits, "{line:?} in {} at {place}", group.width);
                    }
                }
            }
        }
    }
}

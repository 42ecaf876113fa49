//! The frame around every page, and what its template may ask for.

use std::borrow::Cow;

use domain::assessment::{Confidence, Grade, Score, Stance, Trend, Urgency};
use monitoring::edition::frozen::{
    Edition, Evidence, Interest, Point, Position, Rating, Recommendation, Series, Tombstone,
};
use monitoring::gate::Gated;

use super::map::{ChapterPage, Map};
use super::words::{self, Piece};
use crate::wording;

/// Pages of every edition beside its chapters, in the order of a report.
const FRONT: [(&str, &str); 3] = [
    ("index.html", "Summary"),
    ("profile.html", "Profile of all provisions"),
    ("method.html", "Method and data quality"),
];
const BACK: [(&str, &str); 8] = [
    ("recommendations.html", "Recommendations"),
    ("figures.html", "All figures"),
    ("evidence.html", "Evidence"),
    ("breaks.html", "Breaks, and what was not assessed"),
    ("interests.html", "Declared interests"),
    ("reply.html", "Reply to GRETA’s questions"),
    ("corrections.html", "Corrections"),
    ("about.html", "About, and downloads"),
];

/// One page's place in the folder.
pub(super) struct Frame<'a> {
    /// The edition with its look-ups.
    pub(super) map: &'a Map<'a>,
    /// Path from the folder's root.
    pub(super) path: String,
    /// What a tab says. Neutral: a number or a part of a report, never what it is about.
    pub(super) title: String,
    /// The way back to the root: empty or `../`.
    root: &'static str,
}

/// Templates write `f.day(…)`.
#[expect(
    clippy::unused_self,
    clippy::trivially_copy_pass_by_ref,
    reason = "templates reach helpers through the frame, and askama passes arguments by reference"
)]
impl<'a> Frame<'a> {
    /// The frame of the page at `path`.
    pub(super) fn new(map: &'a Map<'a>, path: impl Into<String>, title: impl Into<String>) -> Self {
        let path = path.into();
        let root = if path.contains('/') { "../" } else { "" };
        Self {
            map,
            path,
            title: title.into(),
            root,
        }
    }

    pub(super) fn edition(&self) -> &'a Edition {
        self.map.edition
    }

    pub(super) fn front(&self) -> &'static [(&'static str, &'static str)] {
        &FRONT
    }

    pub(super) fn back(&self) -> &'static [(&'static str, &'static str)] {
        &BACK
    }

    pub(super) fn chapters(&self) -> &'a [ChapterPage<'a>] {
        &self.map.chapters
    }

    pub(super) fn exit(&self) -> &'static str {
        super::EXIT
    }

    /// A relative link to a path from the folder's root.
    pub(super) fn to(&self, path: &str) -> String {
        format!("{}{path}", self.root)
    }

    pub(super) fn is_here(&self, path: &str) -> bool {
        self.path == path
    }

    pub(super) fn provision(&self, slug: &str) -> String {
        self.to(&format!("provisions/{slug}.html"))
    }

    pub(super) fn has_provision(&self, slug: &str) -> bool {
        self.map.place(slug).is_some()
    }

    /// A figure's row in the annex.
    pub(super) fn figure(&self, slug: &str) -> String {
        self.to(&format!("figures.html#{slug}"))
    }

    /// The table of a series in the annex, if the edition has it.
    pub(super) fn series(&self, code: &str) -> Option<String> {
        self.map
            .series(code)
            .map(|(_, slug)| self.to(&format!("figures.html#series-{slug}")))
    }

    pub(super) fn evidence_link(&self, reference: &u32) -> String {
        self.to(&format!("evidence.html#evidence-{reference}"))
    }

    /// The items that are in the edition, in the order cited.
    pub(super) fn cited(&self, references: &[u32]) -> Vec<&'a Evidence> {
        references
            .iter()
            .filter_map(|reference| self.map.evidence(*reference))
            .collect()
    }

    /// References that the words do not show already.
    pub(super) fn uncited(&self, references: &[u32], words: &str) -> Vec<u32> {
        references
            .iter()
            .copied()
            .filter(|reference| !words.contains(&format!("[{reference}]")))
            .collect()
    }

    /// Positions by stance: the style sheet's word, the words, and who. Silence comes last, and is printed.
    pub(super) fn by_stance<'r>(&self, rating: &'r Rating) -> Vec<(&'static str, &'static str, Vec<&'r Position>)> {
        let stances = Stance::ALL.iter().copied().map(Some).chain([None]);
        let of = |stance: Option<Stance>| {
            let (look, words) = match stance {
                Some(stance @ Stance::Agree) => ("agrees", stance.words()),
                Some(stance @ Stance::Dissent) => ("dissents", stance.words()),
                Some(stance @ Stance::Abstain) => ("abstains", stance.words()),
                None => ("gap", "Did not answer"),
            };
            (
                look,
                words,
                rating
                    .positions
                    .iter()
                    .filter(|position| position.stance == stance)
                    .collect(),
            )
        };
        stances
            .map(of)
            .filter(|(_, _, positions): &(_, _, Vec<_>)| !positions.is_empty())
            .collect()
    }

    pub(super) fn tombstones(&self, slug: &str) -> Vec<&'a Tombstone> {
        self.map.tombstones(slug)
    }

    pub(super) fn day(&self, iso: &str) -> String {
        wording::day(iso)
    }

    pub(super) fn period(&self, days: &(String, String)) -> String {
        wording::period(days)
    }

    pub(super) fn vintage(&self, figure: &Gated) -> String {
        wording::vintage(figure)
    }

    pub(super) fn counted(&self, series: &Series) -> String {
        wording::counted(series)
    }

    pub(super) fn in_words<'t>(&self, unit: &'t str) -> &'t str {
        wording::unit(unit)
    }

    pub(super) fn of_whom(&self, point: &Point) -> String {
        wording::of_whom(point)
    }

    pub(super) fn overdue(&self, one: &Recommendation) -> &'static str {
        wording::overdue(one, self.map.edition)
    }

    pub(super) fn effect(&self, interest: &Interest) -> String {
        wording::effect(interest)
    }

    pub(super) fn capital(&self, text: &str) -> String {
        wording::capital(text)
    }

    pub(super) fn web<'t>(&self, address: &'t str) -> Option<&'t str> {
        words::web(address)
    }

    pub(super) fn pieces<'t>(&self, text: &'t str) -> Vec<Piece<'t>> {
        words::pieces(text, |number| self.map.evidence(number).is_some())
    }

    pub(super) fn score(&self, score: &Score) -> &'static str {
        words::meaning(score.words())
    }

    pub(super) fn grade(&self, grade: &Grade) -> &'static str {
        words::meaning(grade.words())
    }

    pub(super) fn unit<'t>(&self, figure: &'t Gated) -> Cow<'t, str> {
        figure.unit_beside()
    }

    /// The style sheet's word for a trend.
    pub(super) fn trend_look(&self, trend: &Trend) -> &'static str {
        match trend {
            Trend::Better => "better",
            Trend::Worse => "worse",
            Trend::Same => "unchanged",
            Trend::New => "first",
            Trend::Broken => "incomparable",
        }
    }

    /// The outline that tells a trend apart without its colour.
    pub(super) fn trend_path(&self, trend: &Trend) -> &'static str {
        match trend {
            Trend::Better => "M6 1l5.5 9H.5z",
            Trend::Worse => "M6 11L.5 2h11z",
            Trend::Same => "M0 3h12v2H0zM0 7h12v2H0z",
            Trend::New => "M6 1l5 5-5 5-5-5z",
            Trend::Broken => "M0 5h4l-1 2H0zM8 5h4v2H7zM5 11L8 1h1.5l-3 10z",
        }
    }

    /// What stands between an addressee and what it should do.
    pub(super) fn urged(&self, urgency: &Urgency) -> &'static str {
        match urgency {
            Urgency::Urges => "is urged to",
            Urgency::Considers => "should, the audit considers,",
            Urgency::Invites => "is invited to",
        }
    }

    /// How many of three bars are filled.
    pub(super) fn bars(&self, confidence: &Confidence) -> u8 {
        match confidence {
            Confidence::High => 3,
            Confidence::Moderate => 2,
            Confidence::Low => 1,
            Confidence::VeryLow => 0,
        }
    }
}

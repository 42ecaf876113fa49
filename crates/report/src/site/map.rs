//! What stands where: looked up once per edition, so that no page links to nothing.

use std::collections::{BTreeMap, BTreeSet};

use monitoring::edition::frozen::{Chapter, Edition, Evidence, Measurement, Provision, Series, Tombstone};

use super::words;
use crate::chart;
use crate::publish::RenderError;

/// A chapter with its page.
pub(super) struct ChapterPage<'a> {
    /// Path from the folder's root.
    pub(super) path: String,
    /// “Chapter III”, or the standard's code where it has no chapters.
    pub(super) label: String,
    /// What it holds.
    pub(super) chapter: &'a Chapter,
}

impl ChapterPage<'_> {
    /// Whether any of its provisions has a rating.
    pub(super) fn is_rated(&self) -> bool {
        self.chapter
            .provisions
            .iter()
            .any(|provision| !provision.ratings.is_empty())
    }
}

/// A provision with the chapter that it stands in.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// The provision.
    pub(super) provision: &'a Provision,
    /// Position of its chapter among [`Map::chapters`].
    pub(super) chapter: usize,
}

/// A series with what stands for it.
struct Annexed<'a> {
    series: &'a Series,
    /// The word that stands for it in addresses.
    slug: String,
    /// Its chart, if it is worth one.
    svg: Option<String>,
}

/// The edition with everything that pages look up in it.
pub(super) struct Map<'a> {
    /// What is published.
    pub(super) edition: &'a Edition,
    /// Chapters in order.
    pub(super) chapters: Vec<ChapterPage<'a>>,
    /// Provisions in order.
    pub(super) places: Vec<Place<'a>>,
    provisions: BTreeMap<&'a str, usize>,
    evidence: BTreeMap<u32, &'a Evidence>,
    series: BTreeMap<&'a str, Annexed<'a>>,
    anchors: BTreeSet<&'a str>,
}

impl<'a> Map<'a> {
    /// Reads an edition; refuses one in which two things have one address.
    pub(super) fn of(edition: &'a Edition) -> Result<Self, RenderError> {
        let mut chapters: Vec<ChapterPage<'a>> = Vec::new();
        let mut places = Vec::new();
        let mut provisions = BTreeMap::new();
        let mut anchors = BTreeSet::new();
        for (position, chapter) in edition.chapters.iter().enumerate() {
            let label = if chapter.number.is_empty() {
                chapter.standard.clone()
            } else {
                format!("Chapter {}", chapter.number)
            };
            let mut path = format!(
                "chapters/{}.html",
                words::slug(&format!("{} {}", chapter.standard, chapter.number))
            );
            if chapters.iter().any(|page| page.path == path) {
                path = format!("chapters/{}-{}.html", words::slug(&chapter.standard), position + 1);
            }
            chapters.push(ChapterPage { path, label, chapter });
            for provision in &chapter.provisions {
                check(&provision.slug)?;
                if provisions.insert(provision.slug.as_str(), places.len()).is_some() {
                    return Err(RenderError::SameSlug(provision.slug.clone()));
                }
                places.push(Place {
                    provision,
                    chapter: position,
                });
                for finding in &provision.findings {
                    check(&finding.slug)?;
                    anchors.insert(finding.slug.as_str());
                }
                for measurement in provision
                    .indicators
                    .iter()
                    .flat_map(|indicator| &indicator.measurements)
                {
                    check(&measurement.slug)?;
                }
            }
        }
        for recommendation in edition.recommendations.iter().chain(&edition.earlier_recommendations) {
            check(&recommendation.slug)?;
            anchors.insert(recommendation.slug.as_str());
        }
        let mut series = BTreeMap::new();
        for one in &edition.series {
            let slug = words::slug(&one.code);
            let is_taken = series.values().any(|other: &Annexed<'_>| other.slug == slug);
            if slug.is_empty() || is_taken {
                return Err(RenderError::SameSlug(one.code.clone()));
            }
            let svg = chart::chart_svg(one, &edition.breaks);
            series.insert(one.code.as_str(), Annexed { series: one, slug, svg });
        }
        let evidence = edition.evidence.iter().map(|item| (item.reference, item)).collect();
        Ok(Self {
            edition,
            chapters,
            places,
            provisions,
            evidence,
            series,
            anchors,
        })
    }

    /// The provision with this slug.
    pub(super) fn place(&self, slug: &str) -> Option<Place<'a>> {
        self.provisions.get(slug).map(|position| self.places[*position])
    }

    /// The provision that a line of the summary names by slug, by number, or by number and title.
    pub(super) fn named(&self, line: &str) -> Option<Place<'a>> {
        let number = line
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .trim_end_matches([':', ',', ';']);
        self.place(line).or_else(|| {
            self.places
                .iter()
                .find(|place| place.provision.number == number)
                .copied()
        })
    }

    /// The item of evidence with this reference.
    pub(super) fn evidence(&self, reference: u32) -> Option<&'a Evidence> {
        self.evidence.get(&reference).copied()
    }

    /// The series with this code, and the word that stands for it in addresses.
    pub(super) fn series(&self, code: &str) -> Option<(&'a Series, &str)> {
        self.series.get(code).map(|one| (one.series, one.slug.as_str()))
    }

    /// Path of a series' chart, if it has one.
    pub(super) fn chart(&self, code: &str) -> Option<String> {
        let one = self.series.get(code)?;
        one.svg.as_ref().map(|_| chart_path(&one.slug))
    }

    /// Every chart with its path.
    pub(super) fn charts(&self) -> impl Iterator<Item = (String, &str)> {
        self.series
            .values()
            .filter_map(|one| Some((chart_path(&one.slug), one.svg.as_deref()?)))
    }

    /// What was removed at this address.
    pub(super) fn tombstones(&self, slug: &str) -> Vec<&'a Tombstone> {
        self.edition
            .tombstones
            .iter()
            .filter(|tombstone| tombstone.slug == slug)
            .collect()
    }

    /// Removed passages of which nothing is left elsewhere: the page of corrections keeps their address.
    pub(super) fn is_homeless(&self, tombstone: &Tombstone) -> bool {
        let slug = tombstone.slug.as_str();
        let reference = slug.strip_prefix("evidence-").and_then(|number| number.parse().ok());
        !(self.anchors.contains(slug)
            || self.provisions.contains_key(slug)
            || reference.is_some_and(|number| self.evidence.contains_key(&number)))
    }

    /// Every measurement once, in order, with the code of its indicator: one may bear on several provisions.
    pub(super) fn measurements(&self) -> Vec<(&'a str, &'a Measurement)> {
        let mut seen = BTreeSet::new();
        let indicators = self.places.iter().flat_map(|place| &place.provision.indicators);
        let all =
            indicators.flat_map(|indicator| indicator.measurements.iter().map(|one| (indicator.name.as_str(), one)));
        all.filter(|(_, one)| seen.insert(one.slug.as_str())).collect()
    }
}

fn chart_path(slug: &str) -> String {
    format!("charts/series-{slug}.svg")
}

fn check(slug: &str) -> Result<(), RenderError> {
    if words::is_slug(slug) {
        Ok(())
    } else {
        Err(RenderError::Slug(slug.to_owned()))
    }
}

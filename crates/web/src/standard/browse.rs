//! One standard, chapter by chapter, with filters and the newest ratings.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use domain::assessment::Score;
use domain::cycle::Jurisdiction;
use domain::ids::StandardId;
use domain::standard::{Force, Pillar, Verified};
use monitoring::assessment;
use monitoring::standard::{self, Provision, Standard};
use store::AppError;
use store::row::assessment::Model as Assessment;
use uuid::Uuid;

use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::Values;
use crate::page::Page;

/// The filters, by the names they have in addresses.
const FILTERS: [&str; 3] = ["force", "pillar", "verified"];
/// Stands for “no pillar” in the address.
const NO_PILLAR: &str = "none";

#[derive(Template)]
#[template(path = "standard/browse.html")]
struct Browse {
    page: Page,
    standard: Standard,
    chapters: Vec<Chapter>,
    /// Links of the side navigation.
    contents: Vec<(String, String)>,
    pillars: Vec<(&'static str, &'static str)>,
    values: Values,
    chosen: usize,
    n_shown: usize,
    n_all: usize,
    has_ratings: bool,
}

struct Chapter {
    key: String,
    words: String,
    articles: Vec<Article>,
}

struct Article {
    number: String,
    title: String,
    headings: Vec<Heading>,
}

/// A paragraph; its provisions are numbered by us where it has several duties.
struct Heading {
    number: String,
    /// Whether it stands over several provisions, or one with another number.
    is_shown: bool,
    entries: Vec<Entry>,
}

struct Entry {
    row: Provision,
    force: Force,
    verified: Verified,
    pillar: Option<Pillar>,
    rated: Option<Rated>,
}

/// The newest rating of a provision.
struct Rated {
    cycle: String,
    of: Vec<Marks>,
}

/// One jurisdiction's marks; `None` where it could not be assessed.
struct Marks {
    place: &'static str,
    structure: Option<u8>,
    process: Option<u8>,
    outcome: Option<u8>,
}

fn step(score: Option<&String>) -> Option<u8> {
    score.and_then(|code| Score::parse(code).ok()).and_then(Score::step)
}

impl Rated {
    fn new((cycle, rows): (String, Vec<Assessment>)) -> Self {
        let of = rows
            .iter()
            .map(|row| Marks {
                place: Jurisdiction::parse(&row.jurisdiction).map_or("", Jurisdiction::words),
                structure: step(row.structure.as_ref()),
                process: step(row.process.as_ref()),
                outcome: step(row.outcome.as_ref()),
            })
            .collect();
        Self { cycle, of }
    }
}

/// What the reader asked to see.
struct Filter {
    force: Option<Force>,
    /// Code of the pillar asked for; [`NO_PILLAR`] asks for provisions without one.
    pillar: Option<&'static str>,
    verified: Option<Verified>,
}

impl Filter {
    fn read(values: &Values) -> Self {
        let pillar = values.get("pillar");
        Self {
            force: Force::parse(values.get("force")).ok(),
            pillar: if pillar == NO_PILLAR {
                Some(NO_PILLAR)
            } else {
                Pillar::parse(pillar).ok().map(Pillar::code)
            },
            verified: Verified::parse(values.get("verified")).ok(),
        }
    }

    fn keeps(&self, entry: &Entry) -> bool {
        self.force.is_none_or(|force| force == entry.force)
            && self
                .pillar
                .is_none_or(|pillar| pillar == entry.pillar.map_or(NO_PILLAR, Pillar::code))
            && self.verified.is_none_or(|verified| verified == entry.verified)
    }
}

/// Puts entries, which come in order, under their headings, articles and chapters. Linear.
fn arrange(entries: Vec<Entry>) -> Vec<Chapter> {
    let mut chapters: Vec<Chapter> = Vec::new();
    for entry in entries {
        let row = &entry.row;
        let words = match (row.chapter.as_str(), row.chapter_title.as_str()) {
            ("", title) => title.to_owned(),
            (number, "") => format!("Chapter {number}"),
            (number, title) => format!("Chapter {number}: {title}"),
        };
        if chapters.last().is_none_or(|chapter| chapter.words != words) {
            chapters.push(Chapter {
                key: format!("chapter-{}", chapters.len() + 1),
                words,
                articles: Vec::new(),
            });
        }
        let Some(chapter) = chapters.last_mut() else { continue };
        if chapter
            .articles
            .last()
            .is_none_or(|article| article.number != row.article || article.title != row.title)
        {
            chapter.articles.push(Article {
                number: row.article.clone(),
                title: row.title.clone(),
                headings: Vec::new(),
            });
        }
        let Some(article) = chapter.articles.last_mut() else {
            continue;
        };
        if article
            .headings
            .last()
            .is_none_or(|heading| heading.number != row.heading)
        {
            let is_shown = !row.heading.is_empty() && row.heading != row.number;
            article.headings.push(Heading {
                number: row.heading.clone(),
                is_shown,
                entries: Vec::new(),
            });
        }
        if let Some(heading) = article.headings.last_mut() {
            heading.entries.push(entry);
        }
    }
    chapters
}

fn entry(row: Provision, newest: &mut HashMap<Uuid, (String, Vec<Assessment>)>) -> Result<Entry, AppError> {
    let broken = |fault: domain::words::UnknownCode| AppError::Internal(fault.into());
    Ok(Entry {
        force: Force::parse(&row.force).map_err(broken)?,
        verified: Verified::parse(&row.verified).map_err(broken)?,
        pillar: row.pillar.as_deref().map(Pillar::parse).transpose().map_err(broken)?,
        rated: newest.remove(&row.id).map(Rated::new),
        row,
    })
}

pub(super) async fn browse(
    visitor: Visitor,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    let id: StandardId = id
        .parse()
        .map_err(|_| WebError::of(&visitor, AppError::NotFound("standard")))?;
    let values = Values::parse(query.as_deref().unwrap_or_default());
    let cx = visitor.cx();
    let read = async { tokio::try_join!(standard::get(&cx, id), assessment::newest(&cx, id)) };
    let ((row, provisions), mut newest) = read.await.map_err(|error| WebError::of(&visitor, error))?;
    let n_all = provisions.len();
    let mut entries = provisions
        .into_iter()
        .map(|row| entry(row, &mut newest))
        .collect::<Result<Vec<_>, _>>()?;
    let filter = Filter::read(&values);
    entries.retain(|entry| filter.keeps(entry));
    let (n_shown, has_ratings) = (entries.len(), entries.iter().any(|entry| entry.rated.is_some()));
    let chapters = arrange(entries);
    let mut pillars = Pillar::choices();
    pillars.push((NO_PILLAR, "Outside the four pillars"));
    page(&Browse {
        page: Page::new(&visitor, &row.short_title)
            .within("/audit")
            .under("/standards", "Standards"),
        contents: chapters
            .iter()
            .map(|chapter| (format!("#{}", chapter.key), chapter.words.clone()))
            .collect(),
        chosen: FILTERS.iter().filter(|field| !values.get(field).is_empty()).count(),
        standard: row,
        chapters,
        pillars,
        values,
        n_shown,
        n_all,
        has_ratings,
    })
}

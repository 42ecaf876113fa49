//! Building the frozen content of an edition from the database: one query per table, then joins in
//! memory, so the cost is linear in what the cycle holds.

mod evidence;
mod figures;
mod follow_up;
mod provisions;
mod summary;

use std::collections::HashMap;

use domain::ids::CycleId;
use domain::publication::Licence;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use store::AppError;
use store::row::{cycle, cycle_standard, interest, organisation, provision, standard};
use uuid::Uuid;

use super::frozen::{self, Edition};

use crate::standard::{files, slug};

/// What the publisher adds in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// Two or three paragraphs, separated by blank lines.
    pub summary: String,
    /// The findings that matter most, one line each.
    pub headlines: String,
    /// Code of the licence under which others may use the data. There is no default.
    pub licence: String,
}

/// Everything the parts of an edition are built from.
pub(super) struct Source<'a, C> {
    pub(super) db: &'a C,
    pub(super) cycle: cycle::Model,
    /// The cycle and those before it, newest first.
    pub(super) lineage: Vec<cycle::Model>,
    pub(super) standards: Vec<standard::Model>,
    pub(super) provisions: Vec<provision::Model>,
    pub(super) organisations: Vec<organisation::Model>,
    slugs: HashMap<Uuid, String>,
}

impl<C> Source<'_, C> {
    /// The address of a provision in the edition.
    pub(super) fn slug(&self, provision: Uuid) -> String {
        self.slugs.get(&provision).cloned().unwrap_or_default()
    }

    /// The name of an organisation.
    pub(super) fn organisation(&self, id: Uuid) -> String {
        self.organisations
            .iter()
            .find(|row| row.id == id)
            .map(|row| row.name.clone())
            .unwrap_or_default()
    }

    /// The code of a cycle of the lineage.
    pub(super) fn code(&self, cycle: Uuid) -> Option<&str> {
        self.lineage
            .iter()
            .find(|row| row.id == cycle)
            .map(|row| row.code.as_str())
    }
}

/// Builds revision 1 of a cycle's edition.
pub(crate) async fn build(
    db: &impl ConnectionTrait,
    id: CycleId,
    words: &Words,
    licence: Licence,
    published_on: &str,
) -> Result<Edition, AppError> {
    let cycle = crate::cycle::row(db, id).await?;
    let lineage = crate::cycle::lineage(db, id).await?;
    let frozen_standards: Vec<Uuid> = cycle_standard::Entity::find()
        .filter(cycle_standard::Column::CycleId.eq(id.0))
        .all(db)
        .await?
        .into_iter()
        .map(|row| row.standard_id)
        .collect();
    let mut standards = standard::Entity::find()
        .filter(standard::Column::Id.is_in(frozen_standards))
        .order_by_asc(standard::Column::Code)
        .all(db)
        .await?;
    standards.sort_by_key(|row| row.code != files::HOME_STANDARD);
    let mut provisions = provision::Entity::find()
        .filter(provision::Column::StandardId.is_in(standards.iter().map(|row| row.id)))
        .order_by_asc(provision::Column::Position)
        .all(db)
        .await?;
    let rank: HashMap<Uuid, usize> = standards.iter().enumerate().map(|(rank, row)| (row.id, rank)).collect();
    provisions.sort_by_key(|row| (rank.get(&row.standard_id).copied(), row.position));
    let codes: HashMap<Uuid, &str> = standards.iter().map(|row| (row.id, row.code.as_str())).collect();
    let slugs = provisions
        .iter()
        .map(|row| {
            (
                row.id,
                slug(codes.get(&row.standard_id).copied().unwrap_or_default(), &row.number),
            )
        })
        .collect();
    let organisations = organisation::Entity::find()
        .order_by_asc(organisation::Column::NameFolded)
        .all(db)
        .await?;
    let source = Source {
        db,
        cycle,
        lineage,
        standards,
        provisions,
        organisations,
        slugs,
    };

    let mut references = evidence::References::read(&source).await?;
    let measured = figures::Figures::read(&source).await?;
    let chapters = provisions::chapters(&source, &measured, &mut references).await?;
    let (recommendations, earlier_recommendations) = follow_up::recommendations(&source).await?;
    let not_assessed = provisions::not_assessed(&chapters);
    let series = measured.series()?;
    let breaks = measured.breaks();
    let summary = summary::summary(&chapters, words, &series);
    let interests = interests(&source).await?;
    let questionnaire = questionnaire(&source);
    let cycle = &source.cycle;
    Ok(Edition {
        cycle: cycle.code.clone(),
        title: cycle.title.clone(),
        revision: 1,
        published_on: published_on.to_owned(),
        period: (cycle.period_start.clone(), cycle.period_end.clone()),
        cutoff_on: cycle.cutoff_on.clone(),
        is_invented: cycle.is_invented,
        state: "the United Kingdom".to_owned(),
        corrections: Vec::new(),
        standards: source
            .standards
            .iter()
            .map(|row| frozen::StandardEntry {
                code: row.code.clone(),
                title: row.title.clone(),
                version: row.version.clone(),
                source: row.source.clone(),
            })
            .collect(),
        organisations: source
            .organisations
            .iter()
            .filter(|row| row.is_active)
            .map(|row| row.name.clone())
            .collect(),
        summary,
        method: sections(&cycle.method),
        chapters,
        recommendations,
        earlier_recommendations,
        evidence: references.shown(),
        series,
        breaks,
        not_assessed,
        interests,
        questionnaire,
        tombstones: Vec::new(),
        licence: Some(licence),
        checkpoint: None,
    })
}

/// Paragraphs under headings: a line that begins with `## ` is a heading, blank lines separate.
pub(super) fn sections(text: &str) -> Vec<frozen::Section> {
    let mut found: Vec<frozen::Section> = Vec::new();
    for block in text.split("\n\n").map(str::trim).filter(|block| !block.is_empty()) {
        let (heading, rest) = match block.strip_prefix("## ") {
            Some(line) => line
                .split_once('\n')
                .map_or((Some(line), ""), |(heading, rest)| (Some(heading), rest)),
            None => (None, block),
        };
        if let Some(heading) = heading {
            found.push(frozen::Section {
                heading: heading.trim().to_owned(),
                paragraphs: Vec::new(),
            });
        } else if found.is_empty() {
            found.push(frozen::Section {
                heading: "How this audit is made".to_owned(),
                paragraphs: Vec::new(),
            });
        }
        let paragraph = rest.split('\n').map(str::trim).collect::<Vec<_>>().join(" ");
        if let (Some(section), false) = (found.last_mut(), paragraph.trim().is_empty()) {
            section.paragraphs.push(paragraph.trim().to_owned());
        }
    }
    found
}

/// Interests as they are printed: the organisation, never the assessor's name.
async fn interests<C: ConnectionTrait>(source: &Source<'_, C>) -> Result<Vec<frozen::Interest>, AppError> {
    let end = domain::Day::parse(&source.cycle.cutoff_on).map_or(i64::MAX, |day| day.start().plus_seconds(24 * 3600).0);
    let rows = interest::Entity::find()
        .filter(interest::Column::DeclaredAt.lt(end))
        .order_by_asc(interest::Column::DeclaredAt)
        .all(source.db)
        .await?;
    let bodies: HashMap<Uuid, String> = store::row::body::Entity::find()
        .all(source.db)
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect();
    Ok(rows
        .into_iter()
        .map(|row| {
            let body = row.body_id.and_then(|id| bodies.get(&id).cloned());
            let provision = row
                .provision_id
                .and_then(|id| source.provisions.iter().find(|p| p.id == id));
            let about: Vec<String> = body
                .iter()
                .cloned()
                .chain(provision.map(|p| format!("{} {}", p.number, p.title)))
                .collect();
            frozen::Interest {
                organisation: source.organisation(row.organisation_id),
                kind: domain::assessment::InterestKind::parse(&row.kind)
                    .map_or_else(|_| row.kind.clone(), |kind| kind.to_string()),
                about: about.join("; "),
                effect: if row.bars {
                    effect(
                        row.member_id.is_some(),
                        provision.map(|p| p.number.as_str()),
                        body.as_deref(),
                    )
                } else {
                    String::new()
                },
                words: row.words,
                barred: row.bars,
            }
        })
        .collect())
}

/// Who may not rate what: the provision that is named, or else each on which something is recommended
/// to the body. It says what `interest::bars` enforces.
fn effect(is_personal: bool, provision: Option<&str>, body: Option<&str>) -> String {
    let who = if is_personal {
        "The assessor who declared it may"
    } else {
        "Its assessors may"
    };
    match (provision, body) {
        (Some(number), _) => format!("{who} not rate Article {number}."),
        (None, Some(body)) => {
            format!("{who} not rate any provision on which a recommendation is addressed to {body}.")
        }
        (None, None) => format!("{who} not rate what it is about."),
    }
}

/// The verified sections of the official monitor's questionnaires, with the provisions that answer
/// each. They ship with the program; official question numbers stay empty until a person enters them.
fn questionnaire<C>(source: &Source<'_, C>) -> Vec<frozen::QuestionnaireSection> {
    let library = files::shipped();
    let mut found = Vec::new();
    for file in &library.questionnaires {
        let round = file
            .code
            .chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
            .parse()
            .unwrap_or(0);
        for section in &file.sections {
            let key = &section.key;
            let provisions = source
                .provisions
                .iter()
                .filter(|row| serde_json::from_str::<Vec<String>>(&row.asked).is_ok_and(|asked| asked.contains(key)))
                .map(|row| source.slug(row.id))
                .collect();
            found.push(frozen::QuestionnaireSection {
                round,
                section: section.number.clone(),
                title: section.title.clone(),
                articles: section.articles.clone(),
                official_no: String::new(),
                provisions,
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interest_that_bars_says_who_may_not_rate_what() {
        assert_eq!(
            effect(false, Some("12(1)a"), Some("The Office")),
            "Its assessors may not rate Article 12(1)a."
        );
        assert_eq!(
            effect(true, None, Some("The Office")),
            "The assessor who declared it may not rate any provision on which a recommendation is addressed to The Office."
        );
    }

    #[test]
    fn a_method_text_becomes_sections() {
        let found = sections("Opening words.\n\n## Sources\nFirst line\nsecond line.\n\nAnother.");
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].heading, "How this audit is made");
        assert_eq!(found[1].paragraphs, ["First line second line.", "Another."]);
    }
}

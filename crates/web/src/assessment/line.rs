//! An assessment as a line of a list, and the lines of a cycle by chapter.

use domain::assessment::{AssessmentState, Score, letter_against_practice};
use domain::standard::Force;
use monitoring::assessment::{self, Waits};
use store::row::standard;
use uuid::Uuid;

/// Three scores of one provision. Never averaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rating {
    pub(crate) structure: Option<u8>,
    pub(crate) process: Option<u8>,
    pub(crate) outcome: Option<u8>,
    /// Whether the letter is ahead of the practice.
    pub(crate) is_gap: bool,
}

impl Rating {
    /// The scores by their codes; `None` unless all three are there.
    pub(crate) fn of(structure: Option<&str>, process: Option<&str>, outcome: Option<&str>) -> Option<Self> {
        let score = |code: Option<&str>| code.and_then(|code| Score::parse(code).ok());
        let (structure, process, outcome) = (score(structure)?, score(process)?, score(outcome)?);
        Some(Self {
            is_gap: letter_against_practice(structure, outcome),
            structure: structure.step(),
            process: process.step(),
            outcome: outcome.step(),
        })
    }
}

/// What is wanted of a member, in a few words.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
pub(crate) fn wanted(waits: &Waits) -> &'static str {
    match waits {
        Waits::Opinion => "your rating",
        Waits::Reconciliation => "to be reconciled",
        Waits::Position => "your organisation’s position",
    }
}

/// One assessment in a list.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) id: Uuid,
    pub(crate) number: String,
    pub(crate) title: String,
    pub(crate) force: Force,
    pub(crate) qualifier: String,
    pub(crate) jurisdiction: String,
    pub(crate) state: AssessmentState,
    pub(crate) n_in: usize,
    pub(crate) waits: Option<Waits>,
    pub(crate) rating: Option<Rating>,
    standard: Uuid,
    chapter: (String, String),
}

impl Line {
    /// A line of the context's own list. Codes the program does not know are those of a newer one:
    /// the line is then shown as what binds least and is least advanced.
    pub(crate) fn new(line: assessment::Line) -> Self {
        let (row, provision) = (line.row, line.provision);
        Self {
            id: row.id,
            force: Force::parse(&provision.force).unwrap_or(Force::Framework),
            jurisdiction: crate::page::jurisdiction(&row.jurisdiction).to_owned(),
            state: AssessmentState::parse(&row.state).unwrap_or(AssessmentState::Open),
            rating: Rating::of(row.structure.as_deref(), row.process.as_deref(), row.outcome.as_deref()),
            n_in: line.n_in,
            waits: line.waits,
            standard: provision.standard_id,
            chapter: (provision.chapter, provision.chapter_title),
            number: provision.number,
            title: provision.title,
            qualifier: provision.qualifier,
        }
    }

    /// The number by which people call it.
    pub(crate) fn name(&self) -> &str {
        &self.number
    }
}

/// The assessments of one chapter.
pub(crate) struct Chapter {
    pub(crate) heading: String,
    pub(crate) lines: Vec<Line>,
}

/// Lines by chapter, in the order they come in.
pub(crate) fn chapters(lines: Vec<Line>, standards: &[standard::Model]) -> Vec<Chapter> {
    let mut chapters: Vec<Chapter> = Vec::new();
    for line in lines {
        let standard = standards
            .iter()
            .find(|row| row.id == line.standard)
            .map_or("", |row| row.short_title.as_str());
        let heading = match line.chapter.0.as_str() {
            "" => standard.to_owned(),
            number => format!("{standard}, chapter {number}: {}", line.chapter.1),
        };
        match chapters.last_mut().filter(|chapter| chapter.heading == heading) {
            Some(chapter) => chapter.lines.push(line),
            None => chapters.push(Chapter {
                heading,
                lines: vec![line],
            }),
        }
    }
    chapters
}

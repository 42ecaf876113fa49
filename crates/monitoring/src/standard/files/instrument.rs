//! Reading: each file by its place in the folder, and the files of a standard.
//!
//! A file is read as soon as it is taken. What it says about other files is kept with its place, and
//! checked by [`super::links`] when all have been taken.

use std::collections::BTreeMap;

use domain::standard::{Force, Pillar, Verified};
use domain::words::UnknownCode;

use super::fault::{Fault, Place};
use super::indicators::{self, IndicatorRead, MappingRead, QuestionnaireRead};
use super::sheet::{Page, Sheet, Written};
use super::{ChapterFile, CodeFile, CopyFile, Library, ProvisionFile, StandardFile, links};

/// Everything taken so far.
#[derive(Default)]
pub(super) struct Reading {
    root: String,
    pub(super) faults: Vec<Fault>,
    /// A file could not be understood at all, so that nothing can be said about references.
    pub(super) broken: bool,
    pub(super) folders: BTreeMap<String, Folder>,
    pub(super) mappings: Vec<MappingRead>,
    pub(super) indicators: Vec<IndicatorRead>,
    pub(super) questionnaires: Vec<QuestionnaireRead>,
    pub(super) sources: Vec<(Place, CodeFile)>,
    pub(super) breakdowns: Vec<(Place, CodeFile)>,
}

/// The files of one standard.
#[derive(Default)]
pub(super) struct Folder {
    /// From `standard.toml`; its provisions are filled in at the end.
    pub(super) head: Option<Head>,
    /// Whether there was a `standard.toml` at all.
    pub(super) has_head: bool,
    /// A file of it could not be understood, so that nobody can tell which chapter it holds.
    pub(super) broken: bool,
    pub(super) chapters: Vec<ChapterRead>,
}

pub(super) struct Head {
    pub(super) standard: StandardFile,
    pub(super) place: Place,
    /// Of each chapter in the standard, in the same order.
    pub(super) chapter_places: Vec<Place>,
}

pub(super) struct ChapterRead {
    /// The chapter's number, at its place.
    pub(super) number: Written,
    pub(super) provisions: Vec<ProvisionRead>,
}

/// A provision with the places that later checks need.
pub(super) struct ProvisionRead {
    pub(super) number: Written,
    pub(super) article: Written,
    pub(super) heading: Option<Written>,
    pub(super) title: Option<Written>,
    pub(super) asked: Vec<Written>,
    pub(super) asked_unverified: Vec<Written>,
    /// Nothing where another of its lines has a fault.
    pub(super) value: Option<ProvisionFile>,
}

impl Reading {
    pub(super) fn new(root: &str) -> Self {
        Self {
            root: root.trim_end_matches('/').to_owned(),
            ..Self::default()
        }
    }

    /// Reads one file; `name` is its path below the root, with `/`.
    pub(super) fn take(&mut self, name: &str, bytes: &[u8]) {
        // What is computed from cases, and from which columns: the crate `measures` reads and checks these. Signs of
        // trafficking, and texts that people read in their language: `casework` reads and checks them.
        if ["measures/", "pack/", "recognition/", "texts/"]
            .iter()
            .any(|folder| name.starts_with(folder))
        {
            return;
        }
        let file = if self.root.is_empty() {
            name.to_owned()
        } else {
            format!("{}/{name}", self.root)
        };
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                self.mark_broken(name);
                let sound = std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
                let place = Page::new(file, sound).place(sound.len());
                self.faults
                    .push(place.fault("the file is not in UTF-8", "save it again with the encoding UTF-8"));
                return;
            }
        };
        let page = Page::new(file, text);
        let parsed = page.parse();
        if let Some(table) = &parsed {
            let mut sheet = Sheet::new(&page, table.get_ref(), &(0..0));
            self.sort(name, &mut sheet);
            sheet.done();
        } else {
            self.mark_broken(name);
        }
        drop(parsed);
        self.faults.extend(page.into_faults());
    }

    /// Reads a page by where it lies.
    fn sort(&mut self, name: &str, sheet: &mut Sheet<'_>) {
        match name.split_once('/') {
            None if name == "codes.toml" => {
                self.sources.extend(indicators::codes(sheet, "source"));
                self.breakdowns.extend(indicators::codes(sheet, "breakdown"));
            }
            None => sheet.here_fault(
                "this file is not in the folder of a standard",
                "move it into a folder beside its standard.toml; only codes.toml lies outside",
            ),
            Some(("indicators", _)) => self.indicators.extend(indicators::indicators(sheet)),
            Some(("mappings", _)) => self.mappings.extend(indicators::mapping(sheet)),
            Some(("questionnaires", _)) => self.questionnaires.extend(indicators::questionnaire(sheet)),
            Some((folder, "standard.toml")) => {
                let Some(head) = head(sheet) else {
                    return self.mark_broken(name);
                };
                let folder = self.folders.entry(folder.to_owned()).or_default();
                folder.has_head = true;
                folder.head = Some(head);
            }
            Some((folder, _)) => {
                let Some(chapter) = chapter(sheet) else {
                    return self.mark_broken(name);
                };
                self.folders
                    .entry(folder.to_owned())
                    .or_default()
                    .chapters
                    .push(chapter);
            }
        }
    }

    /// Remembers that a file is there though what it holds cannot be known.
    fn mark_broken(&mut self, name: &str) {
        self.broken = true;
        if let Some((folder, file)) = name.split_once('/')
            && !matches!(folder, "indicators" | "mappings" | "questionnaires")
        {
            let folder = self.folders.entry(folder.to_owned()).or_default();
            folder.broken = true;
            folder.has_head |= file == "standard.toml";
        }
    }

    /// Checks what the files say about each other, and answers.
    pub(super) fn finish(mut self) -> Result<Library, Vec<Fault>> {
        let library = links::join(&mut self);
        if self.faults.is_empty() {
            Ok(library)
        } else {
            self.faults.sort();
            self.faults.dedup();
            Err(self.faults)
        }
    }
}

/// `standard.toml`.
fn head(sheet: &mut Sheet<'_>) -> Option<Head> {
    let place = sheet.place("code");
    let code = sheet.text("code");
    if code.as_ref().is_some_and(|code| code.contains(':')) {
        sheet.fault(
            "code",
            "the code has a colon",
            "leave the colon out: references use it to end a code",
        );
    }
    let version = sheet.text("version");
    let title = sheet.text("title");
    let short_title = sheet.text("short_title");
    let adopted = sheet.day("adopted");
    let in_force = sheet.day_or_nothing("in_force");
    let languages = sheet.texts("languages");
    let source = sheet.text("source");
    let mut chapters = Vec::new();
    let mut chapter_places = Vec::new();
    let mut sound = true;
    for mut entry in sheet.sheets("chapter") {
        let place = entry.here();
        match (entry.text("number"), entry.text("title")) {
            (Some(number), Some(title)) => {
                chapters.push(ChapterFile { number, title });
                chapter_places.push(place);
            }
            _ => sound = false,
        }
        entry.done();
    }
    if chapters.is_empty() && sound {
        sheet.fault(
            "chapter",
            "the standard has no chapter",
            "add [[chapter]] with number and title; one is enough",
        );
    }
    let mut copies = Vec::new();
    for mut entry in sheet.sheets("copy") {
        match (entry.text("tag"), entry.text("name")) {
            (Some(tag), Some(name)) => copies.push(CopyFile { tag, name }),
            _ => sound = false,
        }
        entry.done();
    }
    let standard = StandardFile {
        code: code?,
        version: version?,
        title: title?,
        short_title: short_title?,
        adopted: adopted?,
        in_force: in_force?,
        languages: plain(&languages?),
        source: source?,
        chapters,
        copies,
        provisions: Vec::new(),
    };
    sound.then_some(Head {
        standard,
        place,
        chapter_places,
    })
}

/// A chapter's file. Nothing where not even the numbers can be told.
fn chapter(sheet: &mut Sheet<'_>) -> Option<ChapterRead> {
    let number = written(sheet, "chapter");
    let entries = sheet.sheets("provision");
    if entries.is_empty() {
        sheet.fault("provision", "the file has no provision", "add [[provision]] entries");
    }
    let chapter_number = number.as_ref().map(|number| number.text.clone()).unwrap_or_default();
    let mut provisions = Vec::new();
    let mut sound = true;
    for entry in entries {
        match provision(entry, &chapter_number) {
            Some(read) => provisions.push(read),
            None => sound = false,
        }
    }
    let chapter = ChapterRead {
        number: number?,
        provisions,
    };
    sound.then_some(chapter)
}

/// One provision. Nothing where its number or article is missing.
fn provision(mut sheet: Sheet<'_>, chapter: &str) -> Option<ProvisionRead> {
    let number = written(&mut sheet, "number");
    let article = written(&mut sheet, "article");
    let heading = written(&mut sheet, "heading");
    let title = written(&mut sheet, "title");
    let obligation = sheet.text("obligation");
    let force = sheet.word("force", Force::parse);
    let qualifier = sheet.text_or_nothing("qualifier");
    let holder = sheet.text("holder");
    let pillar = sheet.word("pillar_assigned_by_us", pillar);
    let asked = sheet.texts_or_nothing("asked");
    let asked_unverified = sheet.texts_or_nothing("asked_unverified");
    let cases = sheet.texts_or_nothing("cases");
    let verified = sheet.word("verified", Verified::parse);
    let check = sheet.text("check");
    sheet.done();

    let (number, article) = (number?, article?);
    let asked_here = asked.clone().unwrap_or_default();
    let unverified_here = asked_unverified.clone().unwrap_or_default();
    let (heading_here, title_here) = (heading.clone(), title.clone());
    // A closure, so that one missing field leaves the number known to the checks of references.
    let value = || {
        Some(ProvisionFile {
            standard: String::new(),
            number: number.text.clone(),
            chapter: chapter.to_owned(),
            article: article.text.clone(),
            heading: heading?.text,
            title: title?.text,
            obligation: obligation?,
            force: force?,
            qualifier: qualifier?,
            holder: holder?,
            pillar: pillar?,
            asked: plain(&asked?),
            asked_unverified: plain(&asked_unverified?),
            cases: plain(&cases?),
            verified: verified?,
            check: check?,
        })
    };
    let value = value();
    Some(ProvisionRead {
        number,
        article,
        heading: heading_here,
        title: title_here,
        asked: asked_here,
        asked_unverified: unverified_here,
        value,
    })
}

/// One of the four pillars, or `none`, which has to be said.
fn pillar(text: &str) -> Result<Option<Pillar>, UnknownCode> {
    if text == "none" {
        return Ok(None);
    }
    Pillar::parse(text).map(Some).map_err(|unknown| UnknownCode {
        allowed: format!("{}, none", unknown.allowed),
        ..unknown
    })
}

/// A required text with its place.
pub(super) fn written(sheet: &mut Sheet<'_>, key: &'static str) -> Option<Written> {
    let place = sheet.place(key);
    sheet.text(key).map(|text| Written { text, place })
}

/// Texts without their places.
pub(super) fn plain(texts: &[Written]) -> Vec<String> {
    texts.iter().map(|text| text.text.clone()).collect()
}

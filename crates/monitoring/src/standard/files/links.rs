//! What files say about each other: chapters, duplicates, order and references.

use std::collections::{BTreeMap, BTreeSet};

use super::fault::{Fault, Place};
use super::instrument::{ChapterRead, Folder, Head, Reading};
use super::sheet::Written;
use super::{CodeFile, HOME_STANDARD, Library, MappingFile, StandardFile, number};

/// The numbers of provisions by the code of their standard, faulty provisions included, so that a
/// fault in one line does not make every reference to it look wrong.
type Numbers = BTreeMap<String, Vec<String>>;

/// Puts the files together and notes every fault between them.
pub(super) fn join(reading: &mut Reading) -> Library {
    let mut faults = Vec::new();
    let mut numbers = Numbers::new();
    let mut standards: Vec<StandardFile> = Vec::new();
    let mut asked = Vec::new();
    let mut codes = Firsts::new("standard", "give each standard a code of its own");
    for (name, folder) in std::mem::take(&mut reading.folders) {
        if let Some(head) = &folder.head {
            codes.note(&head.standard.code, &head.place, &mut faults);
            let here = folder.chapters.iter().flat_map(|chapter| &chapter.provisions);
            for read in here {
                numbers
                    .entry(head.standard.code.clone())
                    .or_default()
                    .push(read.number.text.clone());
                let is_home = head.standard.code == HOME_STANDARD;
                asked.extend(read.asked.iter().map(|key| Asked::Read {
                    key: key.clone(),
                    article: is_home.then(|| read.article.text.clone()),
                }));
                asked.extend(read.asked_unverified.iter().cloned().map(Asked::Unverified));
            }
        } else if !folder.has_head {
            reading.broken = true;
            if let Some(chapter) = folder.chapters.first() {
                let message = format!("the folder {name} has no standard.toml");
                faults.push(
                    chapter
                        .number
                        .place
                        .fault(message, "add one that says what the standard is"),
                );
            }
        }
        standards.extend(standard(folder, &mut faults));
    }

    let sources = code_list(std::mem::take(&mut reading.sources), "source", &mut faults);
    let breakdowns = code_list(std::mem::take(&mut reading.breakdowns), "breakdown", &mut faults);
    if !reading.broken {
        references(reading, &numbers, &sources, &breakdowns, &mut faults);
        questions(reading, &asked, &mut faults);
    }
    duplicates(reading, &mut faults);
    reading.faults.extend(faults);
    Library {
        standards,
        mappings: std::mem::take(&mut reading.mappings)
            .into_iter()
            .map(|read| read.value)
            .collect(),
        indicators: std::mem::take(&mut reading.indicators)
            .into_iter()
            .filter_map(|read| read.value)
            .collect(),
        questionnaires: std::mem::take(&mut reading.questionnaires)
            .into_iter()
            .map(|read| read.value)
            .collect(),
        sources,
        breakdowns,
    }
}

/// What a provision says about who asks about it.
enum Asked {
    /// A section that was read, with the provision's article where sections list articles of its
    /// standard.
    Read { key: Written, article: Option<String> },
    /// A section or topic that probably asks.
    Unverified(Written),
}

/// Remembers where each name was first seen.
struct Firsts {
    what: &'static str,
    remedy: &'static str,
    seen: BTreeMap<String, Place>,
}

impl Firsts {
    fn new(what: &'static str, remedy: &'static str) -> Self {
        Self {
            what,
            remedy,
            seen: BTreeMap::new(),
        }
    }

    /// Notes a fault where the name was seen before.
    fn note(&mut self, name: &str, place: &Place, faults: &mut Vec<Fault>) {
        if let Some(first) = self.seen.get(name) {
            let message = format!("duplicate {} {name}, first written at {first}", self.what);
            faults.push(place.fault(message, self.remedy));
        } else {
            self.seen.insert(name.to_owned(), place.clone());
        }
    }
}

/// Checks one standard's chapters and provisions, and puts them together.
fn standard(folder: Folder, faults: &mut Vec<Fault>) -> Option<StandardFile> {
    let Folder {
        head,
        mut chapters,
        broken,
        ..
    } = folder;
    if let Some(head) = &head {
        chapters_agree(head, &chapters, broken, faults);
        let order = |chapter: &ChapterRead| {
            head.standard
                .chapters
                .iter()
                .position(|listed| listed.number == chapter.number.text)
                .unwrap_or(usize::MAX)
        };
        chapters.sort_by_key(order);
    }
    let mut firsts = Firsts::new("provision", "delete one, or number them .1 and .2 under a heading");
    let mut titles: BTreeMap<&str, &Written> = BTreeMap::new();
    let mut before: Option<&Written> = None;
    for read in chapters.iter().flat_map(|chapter| &chapter.provisions) {
        let article = &read.article;
        if number::is_article(&article.text) {
            if let Some((message, remedy)) = number::fault(&read.number.text, &article.text) {
                faults.push(read.number.place.fault(message, remedy));
            } else if let Some(heading) = read
                .heading
                .as_ref()
                .filter(|heading| !number::covers(&heading.text, &read.number.text))
            {
                let message = format!(
                    "provision {} cannot stand under the heading {}",
                    read.number.text, heading.text
                );
                faults.push(
                    heading
                        .place
                        .fault(message, "write the paragraph that the number begins with"),
                );
            }
            if let Some(before) = before
                && number::article_order(&article.text) < number::article_order(&before.text)
            {
                let message = format!("article {} comes after article {}", article.text, before.text);
                faults.push(
                    article
                        .place
                        .fault(message, "put provisions in the order of the instrument"),
                );
            }
            before = Some(article);
        } else {
            let message = format!("“{}” is not an article", article.text);
            faults.push(
                article
                    .place
                    .fault(message, "write its number in figures, for example 10, or 52A"),
            );
        }
        firsts.note(&read.number.text, &read.number.place, faults);
        if let Some(title) = &read.title {
            let first = *titles.entry(&article.text).or_insert(title);
            if first.text != title.text {
                let message = format!(
                    "article {} has another title here than at {}",
                    article.text, first.place
                );
                faults.push(title.place.fault(message, "give an article one title"));
            }
        }
    }
    let mut standard = head?.standard;
    standard.provisions = chapters
        .into_iter()
        .flat_map(|chapter| chapter.provisions)
        .filter_map(|read| read.value)
        .map(|mut provision| {
            provision.standard.clone_from(&standard.code);
            provision
        })
        .collect();
    Some(standard)
}

/// Every chapter that is listed has one file, and every file a chapter that is listed.
fn chapters_agree(head: &Head, chapters: &[ChapterRead], broken: bool, faults: &mut Vec<Fault>) {
    let mut listed = Firsts::new("chapter", "list each chapter once");
    for (chapter, place) in head.standard.chapters.iter().zip(&head.chapter_places) {
        listed.note(&chapter.number, place, faults);
        if !broken && !chapters.iter().any(|file| file.number.text == chapter.number) {
            let message = format!("chapter {} is listed but has no file", chapter.number);
            faults.push(place.fault(
                message,
                format!("add a file that begins with chapter = \"{}\"", chapter.number),
            ));
        }
    }
    let mut files = Firsts::new("file for chapter", "keep a chapter in one file");
    for file in chapters {
        files.note(&file.number.text, &file.number.place, faults);
        if !head
            .standard
            .chapters
            .iter()
            .any(|chapter| chapter.number == file.number.text)
        {
            let message = format!("chapter {} is not listed in standard.toml", file.number.text);
            faults.push(
                file.number
                    .place
                    .fault(message, "list it there as [[chapter]], or correct the number"),
            );
        }
    }
}

fn code_list(read: Vec<(Place, CodeFile)>, what: &'static str, faults: &mut Vec<Fault>) -> Vec<CodeFile> {
    let mut firsts = Firsts::new(what, "give each meaning a code of its own");
    for (place, code) in &read {
        firsts.note(&code.code, place, faults);
    }
    read.into_iter().map(|(_, code)| code).collect()
}

/// Whether a reference means anything.
fn means_something(numbers: &Numbers, code: &str, wanted: &str) -> bool {
    numbers
        .get(code)
        .is_some_and(|known| known.iter().any(|number| number::covers(wanted, number)))
}

/// Notes every reference that means nothing.
fn references(
    reading: &Reading,
    numbers: &Numbers,
    sources: &[CodeFile],
    breakdowns: &[CodeFile],
    faults: &mut Vec<Fault>,
) {
    let known_codes = || numbers.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    for indicator in &reading.indicators {
        for reference in &indicator.provisions {
            let (code, wanted) = number::split(&reference.text);
            if !means_something(numbers, code, wanted) {
                let message = format!(
                    "indicator {} names {}, which is no provision of {code}",
                    indicator.id.text, reference.text
                );
                let remedy = format!(
                    "correct the number, or put a code before it with a colon; known codes: {}",
                    known_codes()
                );
                faults.push(reference.place.fault(message, remedy));
            }
        }
        listed(&indicator.source, sources, "source", faults);
        listed(&indicator.disaggregation, breakdowns, "breakdown", faults);
    }
    for mapping in &reading.mappings {
        let mut known = true;
        for side in [&mapping.from, &mapping.to] {
            if !numbers.contains_key(&side.text) {
                known = false;
                let message = format!("there is no standard with the code {}", side.text);
                faults.push(side.place.fault(message, format!("write one of: {}", known_codes())));
            }
        }
        for (from, to) in mapping.pairs.iter().filter(|_| known) {
            for (side, code) in [(from, &mapping.from.text), (to, &mapping.to.text)] {
                if !means_something(numbers, code, &side.text) {
                    let message = format!("the mapping names {}, which is no provision of {code}", side.text);
                    faults.push(side.place.fault(message, "correct the number"));
                }
            }
        }
    }
    for questionnaire in &reading.questionnaires {
        for (topic, section) in &questionnaire.topics {
            if !questionnaire.sections.iter().any(|(key, _)| key.text == section.text) {
                let message = format!(
                    "topic {} belongs to {}, which is no section of this file",
                    topic.text, section.text
                );
                faults.push(section.place.fault(message, "write the key of a section above"));
            }
        }
    }
    for (_, articles) in reading.questionnaires.iter().flat_map(|read| &read.sections) {
        for article in articles {
            if !means_something(numbers, HOME_STANDARD, &article.text) {
                let message = format!(
                    "the section names {}, which is no article of {HOME_STANDARD}",
                    article.text
                );
                faults.push(article.place.fault(message, "correct the number"));
            }
        }
    }
}

/// Notes every section or topic that is not there, and every section that is not known to ask about the article: `asked` is
/// for what was read, `asked_unverified` for the rest.
fn questions(reading: &Reading, asked: &[Asked], faults: &mut Vec<Fault>) {
    let sections: BTreeMap<&str, &Vec<Written>> = reading
        .questionnaires
        .iter()
        .flat_map(|read| &read.sections)
        .map(|(key, articles)| (key.text.as_str(), articles))
        .collect();
    let topics: BTreeSet<&str> = reading
        .questionnaires
        .iter()
        .flat_map(|read| &read.topics)
        .map(|(key, _)| key.text.as_str())
        .collect();
    for line in asked {
        match line {
            Asked::Unverified(key) => {
                if !topics.contains(key.text.as_str()) && !sections.contains_key(key.text.as_str()) {
                    let message = format!("there is no questionnaire topic {}", key.text);
                    faults.push(
                        key.place
                            .fault(message, "correct the key, or add the topic to its questionnaire"),
                    );
                }
            }
            Asked::Read { key, article } => match (sections.get(key.text.as_str()), article) {
                (None, _) => {
                    let known: Vec<_> = sections.keys().copied().collect();
                    let message = format!("there is no questionnaire section {}", key.text);
                    faults.push(key.place.fault(message, format!("write one of: {}", known.join(", "))));
                }
                (Some(articles), Some(article)) if !articles.iter().any(|listed| listed.text == *article) => {
                    let message = format!("section {} is not known to ask about article {article}", key.text);
                    let remedy = "move it to asked_unverified, or add the article to the section";
                    faults.push(key.place.fault(message, remedy));
                }
                _ => {}
            },
        }
    }
}

/// Notes every word that is not in a list of codes.
fn listed(words: &[Written], codes: &[CodeFile], what: &str, faults: &mut Vec<Fault>) {
    for word in words {
        if !codes.iter().any(|code| code.code == word.text) {
            let known: Vec<_> = codes.iter().map(|code| code.code.as_str()).collect();
            let message = format!("“{}” is not a {what} that codes.toml lists", word.text);
            faults.push(
                word.place
                    .fault(message, format!("add it there, or write one of: {}", known.join(", "))),
            );
        }
    }
}

/// Notes indicators, measures, pairs, questionnaires' keys that are written twice.
fn duplicates(reading: &Reading, faults: &mut Vec<Fault>) {
    let mut versions = Firsts::new("indicator", "give it another id, or a new version");
    let mut measures = Firsts::new("measure", "give each measure of an indicator its own letter");
    for indicator in &reading.indicators {
        let Some(version) = indicator.version else { continue };
        versions.note(
            &format!("{} version {version}", indicator.id.text),
            &indicator.id.place,
            faults,
        );
        // Two versions of one indicator share the codes of their measures.
        for code in &indicator.measure_codes {
            measures.note(&format!("{} version {version}", code.text), &code.place, faults);
        }
    }
    let mut pairs = Firsts::new("pair", "keep one of them");
    let mut mappings = BTreeSet::new();
    for mapping in &reading.mappings {
        let MappingFile { from, to, .. } = &mapping.value;
        if !mappings.insert((from, to)) {
            let message = format!("there is a mapping from {from} to {to} already");
            faults.push(mapping.from.place.fault(message, "put its pairs into the other file"));
        }
        for (one, other) in &mapping.pairs {
            pairs.note(
                &format!("{from}:{} to {to}:{}", one.text, other.text),
                &one.place,
                faults,
            );
        }
    }
    let mut keys = Firsts::new("key", "give each section and topic a key of its own");
    for questionnaire in &reading.questionnaires {
        let sections = questionnaire.sections.iter().map(|(key, _)| key);
        for key in sections.chain(questionnaire.topics.iter().map(|(key, _)| key)) {
            keys.note(&key.text, &key.place, faults);
        }
    }
}

//! The files that hang on standards: indicators, mappings, questionnaires and codes.

use domain::indicator::{Direction, IndicatorKind, Statistic};
use domain::standard::{Mapped, Verified};

use super::fault::Place;
use super::instrument::{plain, written};
use super::sheet::{Sheet, Written};
use super::{
    CodeFile, IndicatorFile, MappingFile, MeasureFile, OfficialNumber, PairFile, QuestionnaireFile, SectionFile,
    TopicFile,
};

/// An indicator with the places that later checks need.
pub(super) struct IndicatorRead {
    pub(super) id: Written,
    pub(super) version: Option<i32>,
    pub(super) provisions: Vec<Written>,
    pub(super) source: Vec<Written>,
    pub(super) disaggregation: Vec<Written>,
    pub(super) measure_codes: Vec<Written>,
    /// Nothing where another of its lines has a fault.
    pub(super) value: Option<IndicatorFile>,
}

/// A mapping with the places of its references.
pub(super) struct MappingRead {
    pub(super) from: Written,
    pub(super) to: Written,
    pub(super) pairs: Vec<(Written, Written)>,
    pub(super) value: MappingFile,
}

/// A questionnaire with the places of its keys and references.
pub(super) struct QuestionnaireRead {
    pub(super) sections: Vec<(Written, Vec<Written>)>,
    /// Key and section of each topic.
    pub(super) topics: Vec<(Written, Written)>,
    pub(super) value: QuestionnaireFile,
}

/// The indicators of a file.
pub(super) fn indicators(sheet: &mut Sheet<'_>) -> Vec<IndicatorRead> {
    let entries = sheet.sheets("indicator");
    if entries.is_empty() {
        sheet.here_fault("the file has no indicator", "add [[indicator]] entries");
    }
    entries.into_iter().filter_map(indicator).collect()
}

fn indicator(mut sheet: Sheet<'_>) -> Option<IndicatorRead> {
    let id = written(&mut sheet, "id");
    let version = sheet.ordinal("version");
    let provisions = sheet.texts("provisions");
    if provisions.as_ref().is_some_and(Vec::is_empty) {
        sheet.fault(
            "provisions",
            "the indicator belongs to no provision",
            "name at least one provision or article",
        );
    }
    let kind = sheet.word("kind", IndicatorKind::parse);
    let name = sheet.text("name");
    let definition = sheet.text("definition");
    let direction = sheet.word("direction", Direction::parse);
    let source = sheet.texts("source");
    if source.as_ref().is_some_and(Vec::is_empty) {
        sheet.fault(
            "source",
            "the indicator has no source",
            "name at least one code from codes.toml",
        );
    }
    let disaggregation = sheet.texts_or_nothing("disaggregation");
    let limits = sheet.text("limits");
    let mut measure_codes = Vec::new();
    let mut measures = Some(Vec::new());
    let entries = sheet.sheets("measure");
    if entries.is_empty() {
        sheet.here_fault("the indicator has no measure", "add [[indicator.measure]] below it");
    }
    for mut entry in entries {
        let code = written(&mut entry, "code");
        if let (Some(code), Some(id)) = (&code, &id) {
            let suffix = code.text.strip_prefix(&id.text);
            if !suffix.is_some_and(|letter| letter.len() == 1 && letter.starts_with(|c: char| c.is_ascii_lowercase())) {
                entry.fault(
                    "code",
                    format!("measure {} does not belong to indicator {}", code.text, id.text),
                    format!("write {}a, {}b and so on", id.text, id.text),
                );
            }
        }
        let read = measure(&mut entry, direction, code.as_ref());
        entry.done();
        measure_codes.extend(code);
        measures = measures.zip(read).map(|(mut measures, measure)| {
            measures.push(measure);
            measures
        });
    }
    sheet.done();

    let id = id?;
    let (provisions_here, source_here, disaggregation_here) = (
        provisions.clone().unwrap_or_default(),
        source.clone().unwrap_or_default(),
        disaggregation.clone().unwrap_or_default(),
    );
    // A closure, so that one missing field does not hide the faults of the references.
    let value = || {
        Some(IndicatorFile {
            id: id.text.clone(),
            version: version?,
            provisions: plain(&provisions?),
            kind: kind?,
            name: name?,
            definition: definition?,
            direction: direction?,
            source: plain(&source?),
            disaggregation: plain(&disaggregation?),
            limits: limits?,
            measures: measures?,
        })
    };
    let value = value();
    Some(IndicatorRead {
        id,
        version,
        provisions: provisions_here,
        source: source_here,
        disaggregation: disaggregation_here,
        measure_codes,
        value,
    })
}

fn measure(sheet: &mut Sheet<'_>, inherited: Option<Direction>, code: Option<&Written>) -> Option<MeasureFile> {
    let name = sheet.text("name");
    let statistic = sheet.word("statistic", Statistic::parse);
    let numerator = sheet.text_or_nothing("numerator");
    let denominator = sheet.text_or_nothing("denominator");
    let unit = sheet.text("unit");
    let direction = sheet.word_or("direction", inherited, Direction::parse);
    let levels = sheet.texts_or_nothing("levels");
    if let (Some(statistic), Some(numerator), Some(denominator), Some(levels)) =
        (statistic, &numerator, &denominator, &levels)
    {
        let called = code.map_or("the measure", |code| &code.text);
        if statistic.has_denominator() && denominator.is_empty() {
            sheet.fault(
                "denominator",
                format!("{called} is a {} without a denominator", statistic.code()),
                "say out of what it is taken: denominator = \"...\"",
            );
        }
        let is_ordinal = statistic == Statistic::Ordinal;
        if !is_ordinal && numerator.is_empty() {
            sheet.fault(
                "numerator",
                format!("{called} does not say what is counted or measured"),
                "add numerator = \"...\"",
            );
        }
        if is_ordinal && !(2..=5).contains(&levels.len()) {
            sheet.fault(
                "levels",
                format!("{called} is an ordinal with {} levels", levels.len()),
                "give two to five levels, from 0 up",
            );
        }
        if !is_ordinal && !levels.is_empty() {
            sheet.fault(
                "levels",
                format!("{called} has levels but is a {}", statistic.code()),
                "leave levels out, or make it an ordinal",
            );
        }
    }
    Some(MeasureFile {
        code: code?.text.clone(),
        name: name?,
        statistic: statistic?,
        numerator: numerator?,
        denominator: denominator?,
        unit: unit?,
        direction: direction?,
        levels: plain(&levels?),
    })
}

/// A mapping's file.
pub(super) fn mapping(sheet: &mut Sheet<'_>) -> Option<MappingRead> {
    let from = written(sheet, "from");
    let to = written(sheet, "to");
    let mut places = Vec::new();
    let mut pairs = Vec::new();
    for mut entry in sheet.sheets("pair") {
        let (one, other) = (written(&mut entry, "from"), written(&mut entry, "to"));
        let relation = entry.word("relation", Mapped::parse);
        let note = entry.text("note");
        entry.done();
        if let (Some(one), Some(other)) = (one, other) {
            if let (Some(relation), Some(note)) = (relation, note) {
                pairs.push(PairFile {
                    from: one.text.clone(),
                    to: other.text.clone(),
                    relation,
                    note,
                });
            }
            places.push((one, other));
        }
    }
    let (from, to) = (from?, to?);
    let value = MappingFile {
        from: from.text.clone(),
        to: to.text.clone(),
        pairs,
    };
    Some(MappingRead {
        from,
        to,
        pairs: places,
        value,
    })
}

/// A questionnaire's file.
pub(super) fn questionnaire(sheet: &mut Sheet<'_>) -> Option<QuestionnaireRead> {
    let code = sheet.text("code");
    let title = sheet.text("title");
    let source = sheet.text("source");
    let mut places = Vec::new();
    let mut sections = Vec::new();
    for mut entry in sheet.sheets("section") {
        let key = written(&mut entry, "key");
        let number = entry.text_or_nothing("number");
        let title = entry.text("title");
        let articles = entry.texts("articles");
        let verified = entry.word("verified", Verified::parse);
        let check = entry.text("check");
        entry.done();
        if let (Some(key), Some(number), Some(title), Some(articles), Some(verified), Some(check)) =
            (key, number, title, articles, verified, check)
        {
            let articles_here = plain(&articles);
            sections.push(SectionFile {
                key: key.text.clone(),
                number,
                title,
                articles: articles_here,
                verified,
                check,
            });
            places.push((key, articles));
        }
    }
    let mut topic_places = Vec::new();
    let mut topics = Vec::new();
    for mut entry in sheet.sheets("topic") {
        let key = written(&mut entry, "key");
        let section = written(&mut entry, "section");
        let words = entry.text("words");
        let verified = entry.word("verified", Verified::parse);
        let official = official_number(&mut entry);
        entry.done();
        if let (Some(key), Some(section)) = (key, section) {
            if let (Some(words), Some(verified)) = (words, verified) {
                topics.push(TopicFile {
                    key: key.text.clone(),
                    section: section.text.clone(),
                    words,
                    verified,
                    official,
                });
            }
            topic_places.push((key, section));
        }
    }
    Some(QuestionnaireRead {
        sections: places,
        topics: topic_places,
        value: QuestionnaireFile {
            code: code?,
            title: title?,
            source: source?,
            sections,
            topics,
        },
    })
}

/// An official number, which nobody may enter without saying who read it where.
fn official_number(sheet: &mut Sheet<'_>) -> Option<OfficialNumber> {
    if !sheet.has("official_number") {
        return None;
    }
    let number = sheet.text("official_number");
    let document = sheet.text("document");
    let page = sheet.text("page");
    let checked_by = sheet.text("checked_by");
    let checked_on = sheet.day("checked_on");
    Some(OfficialNumber {
        number: number?,
        document: document?,
        page: page?,
        checked_by: checked_by?,
        checked_on: checked_on?,
    })
}

/// The codes of one kind in `codes.toml`.
pub(super) fn codes(sheet: &mut Sheet<'_>, kind: &'static str) -> Vec<(Place, CodeFile)> {
    let mut codes = Vec::new();
    for mut entry in sheet.sheets(kind) {
        let place = entry.place("code");
        if let (Some(code), Some(words)) = (entry.text("code"), entry.text("words")) {
            codes.push((place, CodeFile { code, words }));
        }
        entry.done();
    }
    codes
}

//! The static folder as a stranger finds it: every link lands, nothing comes from elsewhere, no number of
//! the wrong kind is in it, and the same edition gives the same bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use monitoring::edition::frozen::{Breakdown, Edition, Part, Tombstone};
use monitoring::gate::Gated;
use report::site;
use report::{OutputFile, RenderError, sample};

const STYLE: &str = "body { margin: 0 }";
/// Made by the PDF layout, which this test does not run.
const PRINTED: [&str; 3] = ["edition.pdf", "brief.pdf", "reply.pdf"];

fn folder(edition: &Edition) -> Vec<OutputFile> {
    site::files(edition, STYLE).expect("the sample can be published")
}

fn text(file: &OutputFile) -> &str {
    std::str::from_utf8(&file.bytes).expect("everything but the PDFs is text")
}

fn pages(files: &[OutputFile]) -> BTreeMap<&str, &str> {
    files
        .iter()
        .filter(|file| file.media_type.starts_with("text/html"))
        .map(|file| (file.path.as_str(), text(file)))
        .collect()
}

/// Values of an attribute, each with the name of its element.
fn attributes<'a>(page: &'a str, name: &str) -> Vec<(&'a str, &'a str)> {
    let sign = format!(" {name}=\"");
    let mut found = Vec::new();
    for element in page.split('<').skip(1) {
        let Some(end) = element.find('>') else { continue };
        let element = &element[..end];
        if let Some(at) = element.find(&sign) {
            let value = &element[at + sign.len()..];
            found.push((
                element.split_whitespace().next().unwrap_or_default(),
                value.split('"').next().unwrap_or_default(),
            ));
        }
    }
    found
}

fn anchors(page: &str) -> BTreeSet<&str> {
    attributes(page, "id").into_iter().map(|(_, id)| id).collect()
}

/// A link of a page as a path from the folder's root, and its anchor.
fn resolve(page: &str, link: &str) -> (String, Option<String>) {
    let (path, anchor) = link
        .split_once('#')
        .map_or((link, None), |(path, anchor)| (path, Some(anchor.to_owned())));
    if path.is_empty() {
        return (page.to_owned(), anchor);
    }
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        if part == ".." {
            parts.pop().expect("no link leaves the folder");
        } else {
            parts.push(part);
        }
    }
    (parts.join("/"), anchor)
}

fn is_outside(link: &str) -> bool {
    link.contains("://") || link.starts_with("//")
}

#[test]
fn every_link_leads_to_a_file_and_an_anchor_of_the_folder() {
    let edition = sample::edition();
    let files = folder(&edition);
    let pages = pages(&files);
    let mut known: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(known.len(), files.len(), "two files have one path");
    known.extend(PRINTED);
    for (path, page) in &pages {
        for (element, link) in attributes(page, "href").into_iter().chain(attributes(page, "src")) {
            if is_outside(link) {
                assert_eq!(element, "a", "{path} fetches {link}");
                continue;
            }
            assert!(
                !link.starts_with('/') && !link.contains(':'),
                "{path} links to {link}, which depends on where the folder stands"
            );
            let (target, anchor) = resolve(path, link);
            assert!(
                known.contains(target.as_str()),
                "{path} links to {target}, which is not there"
            );
            if let Some(anchor) = anchor {
                assert!(
                    anchors(pages[target.as_str()]).contains(anchor.as_str()),
                    "{path} links to #{anchor}, which {target} does not have"
                );
            }
        }
    }
}

#[test]
fn a_reader_who_leaves_takes_no_trace_along() {
    for (path, page) in pages(&folder(&sample::edition())) {
        for element in page
            .split('<')
            .filter(|element| element.starts_with("a ") && element.contains("href=\"http"))
        {
            assert!(element.contains("noreferrer"), "{path}: <{element}");
        }
        assert!(
            page.matches(site::EXIT).count() >= 2,
            "{path} has no quick exit at its beginning and its end"
        );
    }
}

#[test]
fn no_page_needs_or_carries_a_script_or_an_inline_style() {
    for (path, page) in pages(&folder(&sample::edition())) {
        for sign in [
            "<script",
            "<style",
            " style=",
            " onclick=",
            " onload=",
            "javascript:",
            "<iframe",
            "@import",
        ] {
            assert!(!page.contains(sign), "{path} has {sign}");
        }
    }
}

#[test]
fn every_page_has_one_heading_a_neutral_title_and_a_language() {
    for (path, page) in pages(&folder(&sample::edition())) {
        assert!(
            page.starts_with("<!doctype html>\n<html lang=\"en-GB\">"),
            "{path} begins otherwise"
        );
        assert_eq!(page.matches("<h1").count(), 1, "{path}");
        assert!(
            page.contains("<a class=\"skip\" href=\"#main\">") && page.contains("<main id=\"main\""),
            "{path} cannot be skipped into"
        );
        let title = page
            .split("<title>")
            .nth(1)
            .and_then(|rest| rest.split("</title>").next())
            .unwrap_or_default()
            .to_lowercase();
        assert!(!title.is_empty(), "{path} has no title");
        for word in ["traffick", "exploit", "slave", "victim", "child", "sex"] {
            assert!(!title.contains(word), "the tab of {path} would say “{title}”");
        }
        let ids: Vec<&str> = attributes(page, "id").into_iter().map(|(_, id)| id).collect();
        assert_eq!(ids.len(), anchors(page).len(), "{path} has an id twice");
    }
}

#[test]
fn headings_go_down_one_step_at_a_time() {
    for (path, page) in pages(&folder(&sample::edition())) {
        let main = page
            .split("<main")
            .nth(1)
            .and_then(|rest| rest.split("</main>").next())
            .expect("a page has a main part");
        let levels = main
            .match_indices("<h")
            .filter_map(|(at, _)| main[at + 2..].chars().next()?.to_digit(10));
        let mut last = 0;
        for level in levels {
            assert!(level <= last + 1, "{path}: h{level} after h{last}");
            last = level;
        }
    }
}

#[test]
fn tables_have_a_caption_and_every_head_a_scope() {
    for (path, page) in pages(&folder(&sample::edition())) {
        assert_eq!(
            page.matches("<table").count(),
            page.matches("<caption").count(),
            "{path}"
        );
        for head in page.split("<th").skip(1).filter(|head| !head.starts_with("ead")) {
            assert!(
                head.split('>').next().unwrap_or_default().contains("scope="),
                "{path}: <th{}",
                &head[..head.len().min(40)]
            );
        }
    }
}

#[test]
fn every_page_says_which_edition_it_is_and_whether_it_was_invented() {
    let edition = sample::edition();
    for (path, page) in pages(&folder(&edition)) {
        assert!(
            page.contains("Audit 2025")
                && page.contains("Revision 2, published 18 June 2026; evidence to 31 March 2026"),
            "{path}"
        );
        assert!(
            page.contains("<strong>Invented data:</strong>"),
            "{path} does not say that it is invented"
        );
    }
    let real = Edition {
        is_invented: false,
        ..edition
    };
    assert!(
        pages(&folder(&real))
            .values()
            .all(|page| !page.contains("Invented data"))
    );
}

#[test]
fn withdrawn_words_are_in_no_file_and_their_address_still_lands() {
    let edition = sample::edition();
    let files = folder(&edition);
    assert!(files.iter().all(|file| !text(file).contains(sample::WITHDRAWN_WORDS)));
    for tombstone in &edition.tombstones {
        assert!(
            pages(&files)
                .values()
                .any(|page| anchors(page).contains(tombstone.slug.as_str())),
            "{} has no address",
            tombstone.slug
        );
    }
}

#[test]
fn a_tombstone_stands_where_the_passage_stood() {
    let mut edition = sample::edition();
    let provision = edition
        .chapters
        .iter_mut()
        .flat_map(|chapter| &mut chapter.provisions)
        .find(|one| !one.findings.is_empty())
        .expect("the sample has findings");
    let finding = &mut provision.findings[0];
    finding.wording = "the removed wording".into();
    let (slug, page) = (finding.slug.clone(), format!("provisions/{}.html", provision.slug));
    edition.tombstones.push(Tombstone {
        what: "A finding".into(),
        slug: slug.clone(),
        on: "2026-07-01".into(),
        reason: "Someone could be found by it.".into(),
        unreachable: "Printed copies.".into(),
    });
    let files = folder(&edition);
    let pages = pages(&files);
    let page = pages[page.as_str()];
    assert!(page.contains("A finding was removed on 1 July 2026.") && page.contains("Someone could be found by it."));
    assert!(anchors(page).contains(slug.as_str()));
    assert!(pages.values().all(|page| !page.contains("the removed wording")));
}

#[test]
fn the_same_edition_gives_the_same_bytes() {
    assert_eq!(folder(&sample::edition()), folder(&sample::edition()));
}

#[test]
fn publishing_tells_each_step_and_adds_the_pdfs() {
    let edition = sample::edition();
    let mut steps = Vec::new();
    let published = report::publish(&edition, STYLE, &mut |step, total, words| {
        steps.push((step, total, words.to_owned()));
    })
    .expect("the sample can be published");
    assert!(
        steps
            .iter()
            .enumerate()
            .all(|(nth, (step, total, words))| *step == nth + 1 && *total == 5 && !words.is_empty()),
        "{steps:?}"
    );
    let (site, printed): (Vec<_>, Vec<_>) = published
        .into_iter()
        .partition(|file| file.media_type != "application/pdf");
    assert_eq!(site, folder(&edition));
    assert_eq!(
        printed.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(),
        PRINTED
    );
    assert!(printed.iter().all(|file| file.bytes.starts_with(b"%PDF-")));
}

#[test]
fn every_printed_figure_leads_to_its_row_and_the_row_to_its_source() {
    let edition = sample::edition();
    let files = folder(&edition);
    let pages = pages(&files);
    let annex = pages["figures.html"];
    let mut seen = 0;
    for provision in edition.chapters.iter().flat_map(|chapter| &chapter.provisions) {
        let page = pages[format!("provisions/{}.html", provision.slug).as_str()];
        for one in provision
            .indicators
            .iter()
            .flat_map(|indicator| &indicator.measurements)
        {
            assert!(
                page.contains(&format!(
                    "<a class=\"number-link\" href=\"../figures.html#{}\">{}</a>",
                    one.slug, one.now
                )),
                "{}",
                one.slug
            );
            let row = annex
                .split(&format!("id=\"{}\"", one.slug))
                .nth(1)
                .and_then(|rest| rest.split("</tbody>").next())
                .expect("a row of the annex");
            assert!(row.contains(one.now.source()), "{} has no source", one.slug);
            assert!(
                one.cites
                    .iter()
                    .all(|reference| row.contains(&format!("evidence.html#evidence-{reference}"))),
                "{} does not lead to its evidence",
                one.slug
            );
            seen += 1;
        }
    }
    assert!(seen > 5, "the sample has measurements");
}

#[test]
fn pages_say_in_words_what_codes_and_bare_marks_would_leave_open() {
    let mut edition = sample::edition();
    edition.series[0].counting_rule = "Persons".to_owned();
    let files = folder(&edition);
    let pages = pages(&files);
    for (path, words) in [
        (
            "figures.html",
            "day of publication not recorded: dated by the day after the period",
        ),
        ("figures.html", "Home Office, counted in persons."),
        ("index.html", "day of publication not recorded"),
        ("recommendations.html", "Overdue on publication"),
        ("interests.html", "Its assessors may not rate Article 12(1)a."),
        ("interests.html", "Declared, and not barred"),
        ("method.html", "<dt>CETS</dt><dd>Council of Europe Treaty Series</dd>"),
        ("about.html", "Creative Commons Attribution 4.0</a>"),
        ("about.html", "Open Government Licence v3.0"),
        ("reply.html", ">Part III: Statistics</h3>"),
        ("reply.html", "Nothing was recorded on this section"),
    ] {
        assert!(pages[path].contains(words), "{path} does not say “{words}”");
    }
    for (path, page) in pages {
        assert!(!page.contains("age_at_exploitation"), "{path} prints a code");
        assert!(
            !page.contains("Article</span>") && !page.contains(">Section :"),
            "{path}"
        );
    }
}

#[test]
fn an_indicator_without_values_was_not_measured_in_this_cycle() {
    let mut edition = sample::edition();
    let provision = edition
        .chapters
        .iter_mut()
        .flat_map(|chapter| &mut chapter.provisions)
        .find(|one| !one.indicators.is_empty())
        .expect("the sample has indicators");
    provision.indicators[0].measurements.clear();
    let page = format!("provisions/{}.html", provision.slug);
    let files = folder(&edition);
    assert!(pages(&files)[page.as_str()].contains("Not measured in this cycle."));
}

#[test]
fn a_median_of_pooled_cases_says_wherever_it_stands_how_many_cases_it_is_of() {
    let median = |cases: u32| -> Gated {
        let frozen = serde_json::json!({
            "value": 18.0, "unit": "working days", "d": cases, "origin": "cases", "source_kind": "primary",
            "is_unverified": false, "source": "Contributions of organisations, of 1,852 cases", "vintage": "2026-01-12",
            "is_invented": true,
        });
        serde_json::from_value(frozen).expect("the gate lets it through again")
    };
    let mut edition = sample::edition();
    let provision = edition
        .chapters
        .iter_mut()
        .flat_map(|chapter| &mut chapter.provisions)
        .find(|one| {
            one.indicators
                .iter()
                .any(|indicator| !indicator.measurements.is_empty())
        })
        .expect("the sample has measurements");
    let page = format!("provisions/{}.html", provision.slug);
    let measured = provision
        .indicators
        .iter_mut()
        .flat_map(|indicator| &mut indicator.measurements)
        .next()
        .expect("one has a value");
    measured.now = median(1347);
    measured.breakdowns = vec![Breakdown {
        column: "gender".to_owned(),
        by: "gender".to_owned(),
        parts: vec![Part {
            code: "female".to_owned(),
            words: "Female".to_owned(),
            figure: median(211),
        }],
        missing: String::new(),
    }];
    let files = folder(&edition);
    let pages = pages(&files);
    for path in [page.as_str(), "figures.html"] {
        assert!(pages[path].contains("of 1,347 cases"), "{path}");
        assert!(pages[path].contains("of 211 cases"), "{path}");
    }
}

#[test]
fn a_source_that_is_no_web_page_is_printed_and_not_linked() {
    let mut edition = sample::edition();
    let claim = edition
        .chapters
        .iter_mut()
        .flat_map(|chapter| &mut chapter.provisions)
        .find_map(|one| one.claims.first_mut())
        .expect("the sample has claims");
    claim.source_url = "javascript:alert(1)".into();
    claim.words = "<b>bold & quoted</b>".into();
    let files = folder(&edition);
    let pages = pages(&files);
    assert!(
        pages
            .values()
            .all(|page| !page.contains("javascript:") && !page.contains("<b>bold"))
    );
    assert!(pages.values().any(|page| page.contains("&#60;b&#62;bold &#38; quoted")));
}

#[test]
fn an_edition_with_an_address_that_is_none_is_refused() {
    let mut edition = sample::edition();
    edition.chapters[0].provisions[0].slug = "../../etc".into();
    assert!(matches!(site::files(&edition, STYLE), Err(RenderError::Slug(_))));
    let mut edition = sample::edition();
    edition.chapters[0].provisions[1].slug = edition.chapters[0].provisions[0].slug.clone();
    assert!(matches!(site::files(&edition, STYLE), Err(RenderError::SameSlug(_))));
}

#[test]
fn an_edition_with_next_to_nothing_in_it_is_published_too() {
    let mut edition = sample::edition();
    edition.chapters.truncate(1);
    edition.chapters[0].provisions.truncate(1);
    let provision = &mut edition.chapters[0].provisions[0];
    provision.ratings.clear();
    provision.indicators.clear();
    provision.claims.clear();
    provision.findings.clear();
    let bare = Edition {
        corrections: Vec::new(),
        recommendations: Vec::new(),
        earlier_recommendations: Vec::new(),
        evidence: Vec::new(),
        series: Vec::new(),
        breaks: Vec::new(),
        not_assessed: Vec::new(),
        interests: Vec::new(),
        tombstones: Vec::new(),
        ..edition
    };
    let files = folder(&bare);
    let pages = pages(&files);
    let page = pages
        .iter()
        .find(|(path, _)| path.starts_with("provisions/"))
        .expect("the one provision has a page")
        .1;
    assert!(page.contains("Not assessed in this audit"));
}

/// Where a frozen edition may hold a number outside the gate: ordinals and counts of provisions.
const ORDINALS: [&str; 10] = [
    "revision",
    "number",
    "reference",
    "derived_from",
    "version",
    "round",
    "trends",
    "cites",
    "supporting",
    "contrary",
];

fn walk(value: &serde_json::Value, key: &str, faults: &mut Vec<String>) {
    match value {
        // A gated figure: whatever numbers it holds have passed the gate.
        serde_json::Value::Object(map) if map.contains_key("origin") && map.contains_key("source_kind") => {}
        serde_json::Value::Object(map) => map.iter().for_each(|(key, value)| walk(value, key, faults)),
        serde_json::Value::Array(values) => values.iter().for_each(|value| walk(value, key, faults)),
        // `evidence` is a list of references under a provision, and a list of items at the top.
        serde_json::Value::Number(number) if number.is_u64() && (ORDINALS.contains(&key) || key == "evidence") => {}
        serde_json::Value::Number(number) => faults.push(format!("{key}: {number}")),
        _ => {}
    }
}

#[test]
fn no_number_about_the_world_is_in_an_edition_outside_the_gate() {
    let frozen = serde_json::to_value(sample::edition()).expect("an edition can be frozen");
    let mut faults = Vec::new();
    walk(&frozen, "", &mut faults);
    assert!(faults.is_empty(), "{faults:?}");
    // The walk finds one if there is one.
    walk(
        &serde_json::json!({"summary": {"referred": 12, "trends": [["better", 3]]}, "share": 0.5}),
        "",
        &mut faults,
    );
    assert_eq!(faults, ["share: 0.5", "referred: 12"]);
}

#[test]
fn no_template_asks_a_figure_for_its_bare_number() {
    let mut read = 0;
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the source is there") {
            let path = entry.expect("the source can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "html") {
                let template = std::fs::read_to_string(&path).expect("a template is text");
                for accessor in [".value()", ".n()", ".d()", ".interval()", "|safe"] {
                    assert!(!template.contains(accessor), "{} says {accessor}", path.display());
                }
                read += 1;
            }
        }
    }
    assert!(read > 10, "the templates were found");
}

//! What every printed edition must hold, checked on the laid-out pages and on the bytes.

use monitoring::edition::frozen::{Breakdown, Part};
use monitoring::gate::Gated;
use typst::layout::{Frame, FrameItem};

use super::view::{INVENTED, Piece, Rich, THIN_SPACE};
use super::*;
use crate::sample;

/// The letters of a page without spaces, because lines break where they like.
fn letters(frame: &Frame) -> String {
    fn collect(frame: &Frame, text: &mut String) {
        for (_, item) in frame.items() {
            match item {
                FrameItem::Text(run) => text.extend(run.text.chars().filter(|c| !c.is_whitespace() && *c != '\u{ad}')),
                FrameItem::Group(group) => collect(&group.frame, text),
                _ => {}
            }
        }
    }
    let mut text = String::new();
    collect(frame, &mut text);
    text
}

fn solid(words: &str) -> String {
    words.chars().filter(|c| !c.is_whitespace()).collect()
}

fn report(edition: &Edition) -> PagedDocument {
    lay_out("edition.typ", edition, &View::of(edition, usize::MAX)).expect("the report can be laid out")
}

fn all_letters(document: &PagedDocument) -> String {
    document.pages().iter().map(|page| letters(&page.frame)).collect()
}

/// The sample with every chapter repeated and every list and text made long.
fn huge() -> Edition {
    let mut edition = sample::edition();
    for chapter in &mut edition.chapters {
        let once = chapter.provisions.clone();
        for copy in 1..10 {
            chapter.provisions.extend(once.iter().cloned().map(|mut provision| {
                provision.slug = format!("{}-{copy}", provision.slug);
                for claim in &mut provision.claims {
                    claim.words = claim.words.repeat(9);
                }
                provision
            }));
        }
    }
    let once = edition.recommendations.clone();
    edition.recommendations.extend(std::iter::repeat_n(once, 9).flatten());
    let once = edition.earlier_recommendations.clone();
    edition
        .earlier_recommendations
        .extend(std::iter::repeat_n(once, 9).flatten());
    for words in edition.summary.words.iter_mut().chain(&mut edition.summary.headlines) {
        *words = words.repeat(5);
    }
    edition
}

#[test]
fn pdf_of_the_same_edition_is_the_same_bytes() {
    let sample = sample::edition();
    assert!(
        edition(&sample).expect("prints") == edition(&sample).expect("prints"),
        "the report's bytes differ"
    );
    assert!(
        brief(&sample).expect("prints") == brief(&sample).expect("prints"),
        "the brief's bytes differ"
    );
}

#[test]
fn pdf_says_on_every_page_that_it_is_invented() {
    let sample = sample::edition();
    let reply = lay_out("reply.typ", &sample, &View::of(&sample, usize::MAX)).expect("the reply can be laid out");
    for document in [report(&sample), brief_document(&sample).expect("fits"), reply] {
        for (nth, page) in document.pages().iter().enumerate() {
            assert!(
                letters(&page.frame).contains(&solid(INVENTED)),
                "page {} of {} does not say it",
                nth + 1,
                document.pages().len()
            );
        }
    }
}

#[test]
fn pdf_of_a_real_edition_does_not_say_that_it_is_invented() {
    let mut sample = sample::edition();
    sample.is_invented = false;
    assert!(!all_letters(&report(&sample)).contains(&solid(INVENTED)));
}

#[test]
fn pdf_brief_has_at_most_four_pages_of_a4_whatever_the_edition_holds() {
    for edition in [sample::edition(), huge()] {
        let document = brief_document(&edition).expect("it fits");
        assert!(
            document.pages().len() <= BRIEF_PAGES,
            "{} pages",
            document.pages().len()
        );
        for page in document.pages() {
            let size = page.frame.size();
            assert_eq!((size.x.to_mm().round(), size.y.to_mm().round()), (210.0, 297.0));
        }
    }
}

#[test]
fn pdf_with_hundreds_of_provisions_is_laid_out() {
    let document = report(&huge());
    assert!(letters(&document.pages()[1].frame).contains("Thepromiseandthepractice"));
    assert!(
        letters(&document.pages()[2].frame).starts_with("Audit2025"),
        "the profile keeps to its own page"
    );
}

#[test]
fn pdf_holds_no_withdrawn_words_and_says_what_was_withdrawn() {
    let withdrawn = sample::edition();
    let mut before = withdrawn.clone();
    let finding = before
        .chapters
        .iter_mut()
        .flat_map(|c| &mut c.provisions)
        .flat_map(|p| &mut p.findings)
        .next()
        .expect("the sample has findings");
    finding.wording = sample::WITHDRAWN_WORDS.to_owned();
    assert!(
        all_letters(&report(&before)).contains(&solid(sample::WITHDRAWN_WORDS)),
        "the words would be seen if they were there"
    );

    let text = all_letters(&report(&withdrawn));
    assert!(!text.contains(&solid(sample::WITHDRAWN_WORDS)));
    assert!(text.contains(&solid(
        "Finding 9 was withdrawn on 18 June 2026 because: A person could have been recognised from it."
    )));
}

#[test]
fn pdf_marks_figures_that_are_unverified_or_from_a_secondary_source() {
    let text = all_letters(&report(&sample::edition()));
    // Once beside the figure and once in its row of the annex.
    assert!(text.matches("UNVERIFIED").count() >= 2);
    assert!(text.matches("SECONDARYSOURCE").count() >= 2);
}

#[test]
fn pdf_prints_dissent_silence_force_and_qualifier() {
    let text = all_letters(&report(&sample::edition()));
    for words in [
        "Dissents: Harbour Demo Shelter",
        "Did not answer: Thistle Demo Aid",
        "Mandatory; the possibility must exist; its use in one case is not owed",
        "Letter against practice.",
    ] {
        assert!(text.contains(&solid(words)), "“{words}” is missing");
    }
}

#[test]
fn pdf_is_tagged_accessible_bookmarked_and_dated_by_the_edition() {
    let bytes = edition(&sample::edition()).expect("prints");
    let has = |needle: &str| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
    for needle in [
        "<pdfuaid:part>1</pdfuaid:part>",
        "/Outlines",
        "/StructTreeRoot",
        "en-GB",
        "2026-06-18",
    ] {
        assert!(has(needle), "{needle} is missing");
    }
}

#[test]
fn references_become_links_only_where_the_evidence_is_printed() {
    let known = [2, 3].into();
    let Rich(pieces) = Rich::of("Told [2][9], not [c] [3]", &known);
    let shown: Vec<String> = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Words(words) => words.clone(),
            Piece::Reference(number) => format!("->{number}"),
        })
        .collect();
    assert_eq!(shown, ["Told ", "->2", "[9], not [c] ", "->3"]);
}

#[test]
fn references_side_by_side_are_kept_apart() {
    let Rich(pieces) = Rich::of("Told [2][3].", &[2, 3].into());
    assert!(matches!(&pieces[2], Piece::Words(words) if words == THIN_SPACE));
    assert_eq!(pieces.len(), 5);
}

#[test]
fn pdf_says_what_a_date_stands_for_where_the_day_of_publication_is_not_recorded() {
    let sample = sample::edition();
    let note = solid("day of publication not recorded: dated by the day after the period");
    for document in [report(&sample), brief_document(&sample).expect("fits")] {
        assert!(all_letters(&document).contains(&note));
    }
}

#[test]
fn pdf_says_of_a_median_of_pooled_cases_and_of_its_parts_how_many_cases_they_are_of() {
    let median = |cases: u32| -> Gated {
        let frozen = serde_json::json!({
            "value": 18.0, "unit": "working days", "d": cases, "origin": "cases", "source_kind": "primary",
            "is_unverified": false, "source": "Contributions of organisations, of 1,852 cases", "vintage": "2026-01-12",
            "is_invented": true,
        });
        serde_json::from_value(frozen).expect("the gate lets it through again")
    };
    let mut sample = sample::edition();
    let provisions = sample.chapters.iter_mut().flat_map(|chapter| &mut chapter.provisions);
    let mut indicators = provisions.flat_map(|provision| &mut provision.indicators);
    let measured = indicators
        .find_map(|indicator| indicator.measurements.first_mut())
        .expect("the sample has measurements");
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
    let letters = all_letters(&report(&sample));
    assert!(letters.contains(&solid("of 1,347 cases")));
    assert!(letters.contains(&solid("18 (of 211 cases)")));
}

#[test]
fn pdf_marks_a_recommendation_that_was_due_before_it_appeared() {
    let sample = sample::edition();
    assert!(all_letters(&report(&sample)).contains("OVERDUEONPUBLICATION"));
    assert!(all_letters(&brief_document(&sample).expect("fits")).contains("overdueonpublication"));
}

#[test]
fn pdf_says_of_an_indicator_without_values_that_it_was_not_measured() {
    let mut sample = sample::edition();
    let provisions = sample.chapters.iter_mut().flat_map(|chapter| &mut chapter.provisions);
    for indicator in provisions.flat_map(|provision| &mut provision.indicators) {
        indicator.measurements.clear();
    }
    assert!(all_letters(&report(&sample)).contains(&solid("Not measured in this cycle.")));
}

#[test]
fn pdf_has_no_nearly_empty_page_before_its_last() {
    let document = report(&sample::edition());
    let pages = document.pages();
    // The cover and the picture speak in drawings, the contents are as long as they are.
    for (nth, page) in pages.iter().enumerate().take(pages.len() - 1).skip(4) {
        let n_letters = letters(&page.frame).chars().count();
        assert!(n_letters > 700, "page {} has {n_letters} letters", nth + 1);
    }
}

#[test]
fn pdf_names_at_the_top_of_a_page_the_part_that_goes_on_there() {
    let document = report(&huge());
    assert!(
        letters(&document.pages()[2].frame).contains("18June2026,revision2Summary"),
        "a page that opens with a heading needs no other"
    );
    let goes_on = sample::edition().chapters[0].provisions[0].number.clone();
    let text = all_letters(&document);
    assert!(text.contains(&format!("18June2026,revision2{goes_on}")), "{goes_on}");
}

#[test]
fn pdf_says_in_words_what_an_interest_leads_to_and_what_a_series_counts() {
    let mut sample = sample::edition();
    sample.series[0].counting_rule = "Persons".to_owned();
    let text = all_letters(&report(&sample));
    for words in [
        "Its assessors may not rate Article 12(1)a.",
        "Declared, and not barred",
        "Home Office, counted in persons.",
        "age at exploitation: child",
    ] {
        assert!(text.contains(&solid(words)), "“{words}” is missing");
    }
}

#[test]
fn the_reply_has_no_empty_headings_and_says_where_nothing_was_recorded() {
    let sample = sample::edition();
    let reply = lay_out("reply.typ", &sample, &View::of(&sample, usize::MAX)).expect("the reply can be laid out");
    let text = all_letters(&reply);
    for fragment in ["Articles.", "Article.", "Section:", "·", "tobeentered"] {
        assert!(!text.contains(fragment), "“{fragment}” is printed");
    }
    for words in [
        "Nothing was recorded on this section in this cycle.",
        "Part III: Statistics",
        "What the official monitor recommended is not recorded in this audit.",
    ] {
        assert!(text.contains(&solid(words)), "“{words}” is missing");
    }
}

#[test]
fn a_letter_is_an_accessible_pdf_of_its_own_words() {
    let parts = vec![("A heading".to_owned(), "One line\n#let x = 1".to_owned())];
    let bytes = letter("What is kept about you", &parts).expect("prints");
    assert!(bytes.starts_with(b"%PDF-"));
    let needle = b"<pdfuaid:part>1</pdfuaid:part>";
    assert!(bytes.windows(needle.len()).any(|window| window == needle));
}

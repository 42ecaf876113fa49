//! The shipped standards are sound, and each kind of fault is named at its line.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

const STANDARD: &str = r#"code = "CETS 197"
version = "1"
title = "A convention"
short_title = "Convention"
adopted = 2005-05-16
languages = ["en"]
source = "A treaty series"

[[chapter]]
number = "I"
title = "First"
"#;

const CHAPTER: &str = r#"chapter = "I"

[[provision]]
number = "10(2).1"
article = "10"
heading = "10(2)"
title = "Identification"
obligation = "The State must identify."
force = "mandatory"
holder = "any Party"
pillar_assigned_by_us = "none"
asked = ["R3-1"]
verified = "no"
check = "own knowledge"

[[provision]]
number = "12"
article = "12"
heading = "12"
title = "Assistance"
obligation = "The State must help."
force = "mandatory"
holder = "any Party"
pillar_assigned_by_us = "support"
verified = "no"
check = "own knowledge"
"#;

const INDICATORS: &str = r#"[[indicator]]
id = "I01"
version = 1
provisions = ["10(2)"]
kind = "process"
name = "Time"
definition = "How long it takes."
direction = "lower"
source = ["HO"]
limits = "It has limits."

[[indicator.measure]]
code = "I01a"
name = "Share within a day"
statistic = "share"
numerator = "decisions within a day"
denominator = "decisions"
unit = "%"
direction = "higher"
"#;

const MAPPING: &str = r#"from = "CETS 197"
to = "CETS 197"

[[pair]]
from = "10"
to = "12"
relation = "related"
note = "Both are about victims."
"#;

const QUESTIONNAIRE: &str = r#"code = "GRETA 3"
title = "Third round"
source = "A page"

[[section]]
key = "R3-1"
number = "1"
title = "Information"
articles = ["10"]
verified = "yes"
check = "read"
"#;

const CODES: &str = r#"[[source]]
code = "HO"
words = "Home Office"
"#;

/// A small folder without a fault.
fn small() -> Vec<(String, Vec<u8>)> {
    [
        ("codes.toml", CODES),
        ("one/standard.toml", STANDARD),
        ("one/chapter-01.toml", CHAPTER),
        ("indicators/time.toml", INDICATORS),
        ("mappings/self.toml", MAPPING),
        ("questionnaires/greta.toml", QUESTIONNAIRE),
    ]
    .map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()))
    .to_vec()
}

/// The small folder with one replacement in one file.
fn with(file: &str, old: &str, new: &str) -> Vec<(String, Vec<u8>)> {
    let mut files = small();
    let (_, bytes) = files.iter_mut().find(|(name, _)| name == file).expect("a file of the small folder");
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.contains(old), "{file} has no {old}");
    *bytes = text.replacen(old, new, 1).into_bytes();
    files
}

fn faults(files: &[(String, Vec<u8>)]) -> Vec<String> {
    load("standards", files).expect_err("a fault").iter().map(ToString::to_string).collect()
}

/// Asserts that a replacement makes exactly one fault, which begins as said.
#[track_caller]
fn one_fault(file: &str, old: &str, new: &str, begins: &str) {
    let found = faults(&with(file, old, new));
    assert!(found.len() == 1 && found[0].starts_with(begins), "expected {begins}\nfound {found:#?}");
}

#[test]
fn the_shipped_folder_has_no_fault() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../standards");
    let library = read(&folder).unwrap_or_else(|faults| {
        panic!("{}", faults.iter().map(|fault| format!("{fault}\n")).collect::<String>());
    });
    assert_eq!(library, shipped(), "the program carries the folder as it is");
}

#[test]
fn the_convention_has_all_its_articles_and_chapters() {
    let library = shipped();
    let convention = library.standard(HOME_STANDARD).expect("shipped");
    assert_eq!(convention.chapters.len(), 10);
    let articles: BTreeSet<u32> = convention.provisions.iter().map(|p| number::article_order(&p.article).0).collect();
    assert_eq!(articles, (1..=47).collect());
    assert_eq!(convention.provisions.len(), 175);
    assert!(convention.provisions.iter().all(|p| p.pillar.is_none() || p.force != Force::Institutional));
}

#[test]
fn provisions_bind_as_the_convention_says() {
    let library = shipped();
    let one = |reference: &str| -> ProvisionFile {
        let found = library.resolve(reference);
        assert_eq!(found.len(), 1, "{reference}");
        found[0].clone()
    };
    for reference in ["25", "26"] {
        assert_eq!(one(reference).force, Force::Mandatory);
        assert!(one(reference).qualifier.contains("not owed"), "{reference}");
    }
    for reference in ["11(3)", "19", "28(5)", "29(4)", "33(2)"] {
        assert_eq!(one(reference).force, Force::Optional, "{reference}");
    }
    assert_eq!(one("31(2)").force, Force::Possibility);
    assert_eq!(one("13(3)").force, Force::Exception);
    assert_eq!(one("15(2)").force, Force::Conditional);
    assert_eq!(one("14(1)").force, Force::Mandatory);
    assert_eq!(one("14(1)").holder, "any Party");
    assert!(one("14(1)").qualifier.starts_with("choice of a, b or both"));
    assert_eq!(one("16(3)").holder, "requested Party");
    assert_eq!(one("12(1)c").asked, ["R3-1", "R4-II"]);
    assert_eq!(one("18").verified, Verified::No);

    let duties: Vec<_> = library.resolve("13(1)").iter().map(|p| (p.number.clone(), p.heading.clone())).collect();
    assert_eq!(duties, ["13(1).1", "13(1).2", "13(1).3", "13(1).4"].map(|n| (n.to_owned(), "13(1)".to_owned())));
    let procedure: Vec<_> = library.resolve("38(2)").iter().map(|p| p.force).collect();
    assert_eq!(procedure, [Force::Institutional, Force::Mandatory]);
}

#[test]
fn there_are_seventy_indicators_and_each_resolves() {
    let library = shipped();
    let ids: Vec<_> = library.indicators.iter().map(|indicator| indicator.id.clone()).collect();
    assert_eq!(ids, (1..=70).map(|n| format!("I{n:02}")).collect::<Vec<_>>());
    for indicator in &library.indicators {
        for reference in &indicator.provisions {
            assert!(!library.resolve(reference).is_empty(), "{} {reference}", indicator.id);
        }
    }
    let time = &library.indicators[12];
    let measures: Vec<_> = time.measures.iter().map(|m| (m.code.as_str(), m.statistic, m.direction)).collect();
    assert_eq!(
        measures,
        [
            ("I13a", Statistic::Median, Direction::Lower),
            ("I13b", Statistic::P90, Direction::Lower),
            ("I13c", Statistic::Share, Direction::Higher),
        ]
    );
    assert_eq!(library.resolve("MSA 2015:52").len(), 1);
    assert_eq!(library.resolve("10(2)").len(), 3);
    assert_eq!(library.resolve("11").len(), 4);
    assert!(library.resolve("99").is_empty());
}

#[test]
fn a_second_standard_lives_beside_the_first() {
    let library = shipped();
    let mapping = &library.mappings[0];
    assert_eq!((mapping.from.as_str(), mapping.to.as_str()), ("ECHR 4", "CETS 197"));
    let non_punishment = mapping.pairs.iter().find(|pair| pair.to == "26").expect("mapped");
    assert_eq!(library.resolve(&format!("{}:{}", mapping.from, non_punishment.from)).len(), 1);
    let cases = library.standard("ECHR 4").expect("shipped");
    assert!(cases.provisions.iter().all(|p| p.verified == Verified::No));
}

#[test]
fn the_small_folder_has_no_fault() {
    let library = load("standards", &small()).expect("no fault");
    assert_eq!(library.resolve("10")[0].reference(), "CETS 197:10(2).1");
    assert_eq!(library.indicators[0].measures[0].direction, Direction::Higher);
}

#[test]
fn broken_syntax_is_named_at_its_line() {
    let found = faults(&with("one/chapter-01.toml", "force = \"mandatory\"", "force = \"mandatory"));
    assert!(found[0].starts_with("standards/one/chapter-01.toml:9: not valid TOML"), "{found:#?}");
    // Nothing is said about references while a file cannot be understood.
    assert!(found.iter().all(|fault| fault.contains("not valid TOML")), "{found:#?}");
}

#[test]
fn a_key_written_twice_is_named_at_its_line() {
    one_fault("codes.toml", "words", "code = \"FOI\"\nwords", "standards/codes.toml:3: not valid TOML (duplicate key");
}

#[test]
fn an_unknown_key_is_named_at_its_line() {
    one_fault(
        "one/chapter-01.toml",
        "check = ",
        "cheque = \"x\"\ncheck = ",
        "standards/one/chapter-01.toml:14: cheque is not a key that is known here; correct it to one of: number, article",
    );
}

#[test]
fn a_missing_key_is_named_at_its_entry() {
    one_fault(
        "one/chapter-01.toml",
        "force = \"mandatory\"\n",
        "",
        "standards/one/chapter-01.toml:3: force is missing; add a line that begins with force =",
    );
    one_fault("one/standard.toml", "version = \"1\"\n", "", "standards/one/standard.toml:1: version is missing");
}

#[test]
fn a_word_outside_its_list_is_named_with_the_list() {
    one_fault(
        "one/chapter-01.toml",
        "\"mandatory\"",
        "\"Mandatory\"",
        "standards/one/chapter-01.toml:9: force cannot be “Mandatory”; write one of: mandatory, conditional, optional",
    );
    one_fault(
        "one/chapter-01.toml",
        "\"none\"",
        "\"prevention\"",
        "standards/one/chapter-01.toml:11: pillar_assigned_by_us cannot be “prevention”; write one of: identification, support, inclusion, justice, none",
    );
    one_fault("indicators/time.toml", "\"lower\"", "\"down\"", "standards/indicators/time.toml:8: direction cannot be “down”");
}

#[test]
fn a_value_of_the_wrong_kind_is_named() {
    one_fault("one/standard.toml", "2005-05-16", "\"2005-05-16\"", "standards/one/standard.toml:5: adopted is a text; write adopted = 2005-05-16");
    one_fault("indicators/time.toml", "version = 1", "version = 0", "standards/indicators/time.toml:3: version is a whole number; write version = 1");
    one_fault("indicators/time.toml", "[\"HO\"]", "\"HO\"", "standards/indicators/time.toml:9: source is a text; write source = [");
    one_fault("indicators/time.toml", "[\"HO\"]", "[\"HO\", 3]", "standards/indicators/time.toml:9: source holds a whole number");
}

#[test]
fn a_duplicate_provision_is_named_with_the_first() {
    one_fault(
        "one/chapter-01.toml",
        "number = \"12\"\narticle = \"12\"\nheading = \"12\"\ntitle = \"Assistance\"",
        "number = \"10(2).1\"\narticle = \"10\"\nheading = \"10(2)\"\ntitle = \"Identification\"",
        "standards/one/chapter-01.toml:17: duplicate provision 10(2).1, first written at standards/one/chapter-01.toml:4; ",
    );
}

#[test]
fn a_duplicate_indicator_is_named() {
    let mut files = small();
    files.push(("indicators/again.toml".to_owned(), INDICATORS.as_bytes().to_vec()));
    files.sort();
    let found = faults(&files);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[0].starts_with("standards/indicators/time.toml:2: duplicate indicator I01 version 1, first written at standards/indicators/again.toml:2"));
    assert!(found[1].starts_with("standards/indicators/time.toml:13: duplicate measure I01a"));
}

#[test]
fn two_versions_of_an_indicator_live_side_by_side() {
    let mut files = small();
    let second = INDICATORS.replace("version = 1", "version = 2");
    files.push(("indicators/second.toml".to_owned(), second.into_bytes()));
    assert_eq!(load("standards", &files).expect("no fault").indicators.len(), 2);
}

#[test]
fn a_reference_to_nothing_is_named_at_its_line() {
    one_fault(
        "indicators/time.toml",
        "[\"10(2)\"]",
        "[\n  \"10(2)\",\n  \"10(9)\",\n]",
        "standards/indicators/time.toml:6: indicator I01 names 10(9), which is no provision of CETS 197",
    );
    one_fault("indicators/time.toml", "10(2)", "MSA 2015:52", "standards/indicators/time.toml:4: indicator I01 names MSA 2015:52");
    one_fault("indicators/time.toml", "HO", "HOME", "standards/indicators/time.toml:9: “HOME” is not a source that codes.toml lists");
    one_fault("one/chapter-01.toml", "R3-1", "R3-9", "standards/one/chapter-01.toml:12: there is no questionnaire section R3-9");
    one_fault("questionnaires/greta.toml", "[\"10\"]", "[\"10\", \"77\"]", "standards/questionnaires/greta.toml:9: the section names 77");
    one_fault("questionnaires/greta.toml", "[\"10\"]", "[\"12\"]", "standards/one/chapter-01.toml:12: section R3-1 is not known to ask about article 10");
}

#[test]
fn a_mapping_to_nothing_is_named_at_its_line() {
    one_fault("mappings/self.toml", "to = \"12\"", "to = \"13\"", "standards/mappings/self.toml:6: the mapping names 13, which is no provision of CETS 197");
    one_fault("mappings/self.toml", "from = \"CETS 197\"", "from = \"CETS 201\"", "standards/mappings/self.toml:1: there is no standard with the code CETS 201");
}

#[test]
fn a_share_without_a_denominator_is_named() {
    one_fault(
        "indicators/time.toml",
        "denominator = \"decisions\"\n",
        "",
        "standards/indicators/time.toml:12: I01a is a share without a denominator",
    );
    one_fault("indicators/time.toml", "numerator = \"decisions within a day\"\n", "", "standards/indicators/time.toml:12: I01a does not say what is counted");
    one_fault("indicators/time.toml", "\"share\"", "\"ordinal\"", "standards/indicators/time.toml:12: I01a is an ordinal with 0 levels");
}

#[test]
fn an_empty_text_is_named_at_its_line() {
    one_fault("one/chapter-01.toml", "The State must identify.", " ", "standards/one/chapter-01.toml:8: obligation is empty");
    one_fault("indicators/time.toml", "It has limits.", "", "standards/indicators/time.toml:10: limits is empty");
}

#[test]
fn a_chapter_without_a_file_is_named() {
    one_fault(
        "one/standard.toml",
        "title = \"First\"\n",
        "title = \"First\"\n\n[[chapter]]\nnumber = \"II\"\ntitle = \"Second\"\n",
        "standards/one/standard.toml:13: chapter II is listed but has no file",
    );
    let found = faults(&with("one/chapter-01.toml", "chapter = \"I\"", "chapter = \"IX\""));
    assert!(found[0].starts_with("standards/one/chapter-01.toml:1: chapter IX is not listed"), "{found:#?}");
    assert!(found[1].starts_with("standards/one/standard.toml:9: chapter I is listed but has no file"), "{found:#?}");
}

#[test]
fn a_folder_without_its_standard_is_named() {
    let files: Vec<_> = small().into_iter().filter(|(name, _)| name != "one/standard.toml").collect();
    assert_eq!(faults(&files), ["standards/one/chapter-01.toml:1: the folder one has no standard.toml; add one that says what the standard is"]);
}

#[test]
fn a_file_in_the_wrong_place_is_named() {
    let mut files = small();
    files.push(("chapter-02.toml".to_owned(), Vec::new()));
    assert!(faults(&files)[0].starts_with("standards/chapter-02.toml:1: this file is not in the folder of a standard"));
}

#[test]
fn articles_out_of_order_or_wrongly_written_are_named() {
    one_fault(
        "one/chapter-01.toml",
        "number = \"12\"\narticle = \"12\"\nheading = \"12\"",
        "number = \"9\"\narticle = \"9\"\nheading = \"9\"",
        "standards/one/chapter-01.toml:18: article 9 comes after article 10",
    );
    let capital = with("one/chapter-01.toml", "number = \"12\"\narticle = \"12\"\nheading = \"12\"", "number = \"12(1)A\"\narticle = \"12\"\nheading = \"12(1)A\"");
    assert!(faults(&capital)[0].starts_with("standards/one/chapter-01.toml:17: provision 12(1)A has a capital letter; write 12(1)a"));
    one_fault("one/chapter-01.toml", "article = \"12\"", "article = \"XII\"", "standards/one/chapter-01.toml:18: “XII” is not an article");
}

#[test]
fn a_file_in_another_encoding_is_named_at_its_first_wrong_byte() {
    let mut files = small();
    files[1].1 = STANDARD.replace("A treaty", "Trait\u{e9} A").bytes().flat_map(|b| if b == 0xc3 { vec![] } else { vec![b] }).collect();
    let found = load("standards", &files).expect_err("not UTF-8");
    assert_eq!((found[0].line, found[0].column), (7, 16));
    assert_eq!(found[0].to_string(), "standards/one/standard.toml:7: the file is not in UTF-8; save it again with the encoding UTF-8");
}

#[test]
fn all_faults_of_a_folder_are_found_at_once() {
    let mut files = with("one/chapter-01.toml", "force = \"mandatory\"", "force = \"must\"");
    files[3].1 = INDICATORS.replace("10(2)", "77").replace("\"process\"", "\"proces\"").into_bytes();
    files[4].1 = MAPPING.replace("\"12\"", "\"78\"").into_bytes();
    let found = faults(&files);
    assert_eq!(found.len(), 4, "{found:#?}");
}

#[test]
fn a_folder_on_disk_is_read_and_named_as_given() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in with("indicators/time.toml", "\"process\"", "\"often\"") {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    std::fs::write(folder.path().join("README.md"), "not read").unwrap();
    let found = read(folder.path()).expect_err("a fault");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].file, folder.path().join("indicators/time.toml").display().to_string());
    assert_eq!(found[0].line, 5);
    let nowhere = read(&folder.path().join("nowhere")).expect_err("no such folder");
    assert!(nowhere[0].message.starts_with("the folder cannot be read"));
}

/// Every fault points into the file it names.
fn assert_faults_point_into(files: &[(String, Vec<u8>)]) {
    for fault in load("", files).err().into_iter().flatten() {
        let (_, bytes) = files.iter().find(|(name, _)| *name == fault.file).expect("a file that was given");
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
        assert!((1..=lines).contains(&fault.line), "{fault}");
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_refused_and_never_panic(place in 0_usize..6, bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut files = small();
        files[place].1 = bytes;
        assert_faults_point_into(&files);
    }

    #[test]
    fn a_file_with_a_piece_cut_out_or_put_in_never_panics(
        place in 0_usize..6,
        start in 0_usize..700,
        length in 0_usize..60,
        piece in "[\\PC\n\"\\[\\]=.:#]{0,12}",
    ) {
        let mut files = small();
        let bytes = &mut files[place].1;
        let start = start.min(bytes.len());
        let end = (start + length).min(bytes.len());
        bytes.splice(start..end, piece.into_bytes());
        assert_faults_point_into(&files);
    }

    #[test]
    fn any_reference_resolves_to_something_or_nothing(reference in "\\PC{0,12}") {
        let library = load("", &small()).expect("no fault");
        prop_assert!(library.resolve(&reference).len() <= 2);
    }
}

//! Each kind of fault is named at its line, in a small folder that has only the one.

mod any_bytes;
mod shipped;

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
asked_unverified = ["R3-1a"]
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

[[provision]]
number = "14"
article = "14"
heading = "14"
title = "Permit"
obligation = "The State must let stay."
force = "mandatory"
holder = "any Party"
pillar_assigned_by_us = "none"
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

[[topic]]
key = "R3-1a"
section = "R3-1"
words = "who tells whom"
verified = "no"
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
    let (_, bytes) = files
        .iter_mut()
        .find(|(name, _)| name == file)
        .expect("a file of the small folder");
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.contains(old), "{file} has no {old}");
    *bytes = text.replacen(old, new, 1).into_bytes();
    files
}

fn faults(files: &[(String, Vec<u8>)]) -> Vec<String> {
    parse("standards", files)
        .expect_err("a fault")
        .iter()
        .map(ToString::to_string)
        .collect()
}

/// Asserts that a replacement makes exactly one fault, which begins as said.
#[track_caller]
fn one_fault(file: &str, old: &str, new: &str, begins: &str) {
    let found = faults(&with(file, old, new));
    assert!(
        found.len() == 1 && found[0].starts_with(begins),
        "expected {begins}\nfound {found:#?}"
    );
}

#[test]
fn the_small_folder_has_no_fault() {
    let library = parse("standards", &small()).expect("no fault");
    assert_eq!(library.resolve("10")[0].reference(), "CETS 197:10(2).1");
    assert_eq!(library.indicators[0].measures[0].direction, Direction::Higher);
}

#[test]
fn broken_syntax_is_named_at_its_line() {
    let found = faults(&with(
        "one/chapter-01.toml",
        "force = \"mandatory\"",
        "force = \"mandatory",
    ));
    assert!(
        found[0].starts_with("standards/one/chapter-01.toml:9: not valid TOML"),
        "{found:#?}"
    );
    // Nothing is said about references while a file cannot be understood.
    assert!(found.iter().all(|fault| fault.contains("not valid TOML")), "{found:#?}");
}

#[test]
fn a_key_written_twice_is_named_at_its_line() {
    one_fault(
        "codes.toml",
        "words",
        "code = \"FOI\"\nwords",
        "standards/codes.toml:3: not valid TOML (duplicate key",
    );
}

#[test]
fn an_unknown_key_is_named_at_its_line() {
    one_fault(
        "one/chapter-01.toml",
        "check = ",
        "cheque = \"x\"\ncheck = ",
        "standards/one/chapter-01.toml:15: cheque is not a key that is known here; correct it to one of: number, article",
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
    one_fault(
        "one/standard.toml",
        "version = \"1\"\n",
        "",
        "standards/one/standard.toml:1: version is missing",
    );
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
    one_fault(
        "indicators/time.toml",
        "\"lower\"",
        "\"down\"",
        "standards/indicators/time.toml:8: direction cannot be “down”",
    );
}

#[test]
fn a_value_of_the_wrong_kind_is_named() {
    one_fault(
        "one/standard.toml",
        "2005-05-16",
        "\"2005-05-16\"",
        "standards/one/standard.toml:5: adopted is a text; write adopted = 2005-05-16",
    );
    one_fault(
        "indicators/time.toml",
        "version = 1",
        "version = 0",
        "standards/indicators/time.toml:3: version is a whole number; write version = 1",
    );
    one_fault(
        "indicators/time.toml",
        "[\"HO\"]",
        "\"HO\"",
        "standards/indicators/time.toml:9: source is a text; write source = [",
    );
    one_fault(
        "indicators/time.toml",
        "[\"HO\"]",
        "[\"HO\", 3]",
        "standards/indicators/time.toml:9: source holds a whole number",
    );
}

#[test]
fn a_duplicate_provision_is_named_with_the_first() {
    one_fault(
        "one/chapter-01.toml",
        "number = \"14\"\narticle = \"14\"\nheading = \"14\"\ntitle = \"Permit\"",
        "number = \"12\"\narticle = \"12\"\nheading = \"12\"\ntitle = \"Assistance\"",
        "standards/one/chapter-01.toml:30: duplicate provision 12, first written at standards/one/chapter-01.toml:18; ",
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
    assert_eq!(parse("standards", &files).expect("no fault").indicators.len(), 2);
}

#[test]
fn a_reference_to_nothing_is_named_at_its_line() {
    one_fault(
        "indicators/time.toml",
        "[\"10(2)\"]",
        "[\n  \"10(2)\",\n  \"10(9)\",\n]",
        "standards/indicators/time.toml:6: indicator I01 names 10(9), which is no provision of CETS 197",
    );
    one_fault(
        "indicators/time.toml",
        "10(2)",
        "MSA 2015:52",
        "standards/indicators/time.toml:4: indicator I01 names MSA 2015:52",
    );
    one_fault(
        "indicators/time.toml",
        "HO",
        "HOME",
        "standards/indicators/time.toml:9: “HOME” is not a source that codes.toml lists",
    );
    one_fault(
        "one/chapter-01.toml",
        "R3-1",
        "R3-9",
        "standards/one/chapter-01.toml:12: there is no questionnaire section R3-9",
    );
    one_fault(
        "questionnaires/greta.toml",
        "[\"10\"]",
        "[\"10\", \"77\"]",
        "standards/questionnaires/greta.toml:9: the section names 77",
    );
    one_fault(
        "questionnaires/greta.toml",
        "[\"10\"]",
        "[\"12\"]",
        "standards/one/chapter-01.toml:12: section R3-1 is not known to ask about article 10",
    );
}

#[test]
fn an_official_number_needs_a_reader_and_a_page() {
    let checked = "official_number = \"2.1\"\ndocument = \"GRETA(2018)26\"\npage = \"4\"\nchecked_by = \"A lawyer\"\nchecked_on = 2026-01-31\n";
    let library = parse(
        "standards",
        &with("questionnaires/greta.toml", "words =", &format!("{checked}words =")),
    )
    .expect("no fault");
    let official = library.questionnaires[0].topics[0].official.as_ref().expect("given");
    assert_eq!(
        (official.number.as_str(), official.checked_on.iso().as_str()),
        ("2.1", "2026-01-31")
    );
    one_fault(
        "questionnaires/greta.toml",
        "words =",
        &format!("{}words =", checked.replace("page = \"4\"\n", "")),
        "standards/questionnaires/greta.toml:13: page is missing",
    );
}

#[test]
fn a_topic_that_is_nowhere_is_named() {
    one_fault(
        "one/chapter-01.toml",
        "\"R3-1a\"",
        "\"R3-1b\"",
        "standards/one/chapter-01.toml:13: there is no questionnaire topic R3-1b",
    );
    one_fault(
        "questionnaires/greta.toml",
        "section = \"R3-1\"",
        "section = \"R3-2\"",
        "standards/questionnaires/greta.toml:15: topic R3-1a belongs to R3-2",
    );
    one_fault(
        "questionnaires/greta.toml",
        "key = \"R3-1a\"",
        "key = \"R3-1a\"\nquestion = 4",
        "standards/questionnaires/greta.toml:15: question is not a key",
    );
}

#[test]
fn a_mapping_to_nothing_is_named_at_its_line() {
    one_fault(
        "mappings/self.toml",
        "to = \"12\"",
        "to = \"13\"",
        "standards/mappings/self.toml:6: the mapping names 13, which is no provision of CETS 197",
    );
    one_fault(
        "mappings/self.toml",
        "from = \"CETS 197\"",
        "from = \"CETS 201\"",
        "standards/mappings/self.toml:1: there is no standard with the code CETS 201",
    );
}

#[test]
fn a_share_without_a_denominator_is_named() {
    one_fault(
        "indicators/time.toml",
        "denominator = \"decisions\"\n",
        "",
        "standards/indicators/time.toml:12: I01a is a share without a denominator",
    );
    one_fault(
        "indicators/time.toml",
        "numerator = \"decisions within a day\"\n",
        "",
        "standards/indicators/time.toml:12: I01a does not say what is counted",
    );
    one_fault(
        "indicators/time.toml",
        "\"share\"",
        "\"ordinal\"",
        "standards/indicators/time.toml:12: I01a is an ordinal with 0 levels",
    );
}

#[test]
fn an_empty_text_is_named_at_its_line() {
    one_fault(
        "one/chapter-01.toml",
        "The State must identify.",
        " ",
        "standards/one/chapter-01.toml:8: obligation is empty",
    );
    one_fault(
        "indicators/time.toml",
        "It has limits.",
        "",
        "standards/indicators/time.toml:10: limits is empty",
    );
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
    assert!(
        found[0].starts_with("standards/one/chapter-01.toml:1: chapter IX is not listed"),
        "{found:#?}"
    );
    assert!(
        found[1].starts_with("standards/one/standard.toml:9: chapter I is listed but has no file"),
        "{found:#?}"
    );
}

#[test]
fn a_folder_without_its_standard_is_named() {
    let files: Vec<_> = small()
        .into_iter()
        .filter(|(name, _)| name != "one/standard.toml")
        .collect();
    assert_eq!(
        faults(&files),
        [
            "standards/one/chapter-01.toml:1: the folder one has no standard.toml; add one that says what the standard is"
        ]
    );
}

#[test]
fn a_file_in_the_wrong_place_is_named() {
    let mut files = small();
    files.push(("chapter-02.toml".to_owned(), Vec::new()));
    assert!(faults(&files)[0].starts_with("standards/chapter-02.toml:1: this file is not in the folder of a standard"));
}

#[test]
fn articles_out_of_order_or_wrongly_written_are_named() {
    let fourteen = "number = \"14\"\narticle = \"14\"\nheading = \"14\"";
    let instead = |number: &str, article: &str, heading: &str, begins: &str| {
        let other = format!("number = \"{number}\"\narticle = \"{article}\"\nheading = \"{heading}\"");
        one_fault("one/chapter-01.toml", fourteen, &other, begins);
    };
    instead(
        "9",
        "9",
        "9",
        "standards/one/chapter-01.toml:31: article 9 comes after article 12",
    );
    instead(
        "14(1)A",
        "14",
        "14(1)",
        "standards/one/chapter-01.toml:30: provision 14(1)A has a capital letter; write 14(1)a",
    );
    instead(
        "14(1)a",
        "14",
        "14(2)",
        "standards/one/chapter-01.toml:32: provision 14(1)a cannot stand under the heading 14(2)",
    );
    instead(
        "15",
        "14",
        "15",
        "standards/one/chapter-01.toml:30: provision 15 does not begin with its article 14",
    );
    instead(
        "XIV",
        "XIV",
        "XIV",
        "standards/one/chapter-01.toml:31: “XIV” is not an article",
    );
}

#[test]
fn a_file_in_another_encoding_is_named_at_its_first_wrong_byte() {
    let mut files = small();
    files[1].1 = STANDARD
        .replace("A treaty", "Trait\u{e9} A")
        .bytes()
        .flat_map(|b| if b == 0xc3 { vec![] } else { vec![b] })
        .collect();
    let found = parse("standards", &files).expect_err("not UTF-8");
    assert_eq!((found[0].line, found[0].column), (7, 16));
    assert_eq!(
        found[0].to_string(),
        "standards/one/standard.toml:7: the file is not in UTF-8; save it again with the encoding UTF-8"
    );
}

#[test]
fn all_faults_of_a_folder_are_found_at_once() {
    let mut files = with("one/chapter-01.toml", "force = \"mandatory\"", "force = \"must\"");
    files[3].1 = INDICATORS
        .replace("10(2)", "77")
        .replace("\"process\"", "\"proces\"")
        .into_bytes();
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
    assert_eq!(
        found[0].file,
        folder.path().join("indicators/time.toml").display().to_string()
    );
    assert_eq!(found[0].line, 5);
    let nowhere = read(&folder.path().join("nowhere")).expect_err("no such folder");
    assert!(nowhere[0].message.starts_with("the folder cannot be read"));
}

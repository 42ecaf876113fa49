//! `rapporteur encode`, `link`, `lists`: from three lists of invented people to the overlaps that `estimate` reads; what
//! cannot be used is refused with the reason.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use age::secrecy::ExposeSecret as _;

const HEADING: &str = "given_name,family_name,date_of_birth,sex,nationality,place";
const SHELTER: &str = "Anna,Specimen,1985-03-12,f,Exampleland,Port\nBerta,Muster,1990-05-06,f,Exampleland,Town\nCarlo,Prueba,1979-11-23,m,Otherland,Port\n";
const CLINIC: &str = "ANNA,Spécimen,12/03/1985,female,,Port\nDora,Vzor,1993-02-03,f,Otherland,Hill\nCarlo,Prueba,1979-11-23,m,Otherland,Bay\n";
const POLICE: &str = "Specimen,Anna,1985-03-12,f,Exampleland,\nEmil,Malli,1988-08-08,m,Exampleland,Hill\n";

struct Study {
    folder: tempfile::TempDir,
    recipient: String,
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rapporteur"))
        .args(arguments)
        .output()
        .expect("the program runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What a command prints when it is done.
fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

impl Study {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let identity = age::x25519::Identity::generate();
        std::fs::write(folder.path().join("officer.key"), identity.to_string().expose_secret()).expect("a key");
        std::fs::write(folder.path().join("secret"), "an invented secret of this test\n").expect("a secret");
        Self {
            folder,
            recipient: identity.to_public().to_string(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn at(&self, name: &str) -> String {
        self.path(name).to_str().expect("a path").to_owned()
    }

    fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).expect("a file");
        self.at(name)
    }

    fn encode(&self, list: &str, people: &str, more: &[&str]) -> Output {
        let people = self.write(&format!("{list}.csv"), &format!("{HEADING}\n{people}"));
        let (secret, out) = (self.at("secret"), self.at(&format!("{list}.tokens")));
        let mut arguments = vec!["encode", &people, "--out", &out, "--to", &self.recipient];
        if !more.contains(&"--secret-file") {
            arguments.extend(["--secret-file", &secret]);
        }
        arguments.extend(more);
        run(&arguments)
    }

    fn link(&self, lists: &[&str], more: &[&str]) -> Output {
        let tokens: Vec<String> = lists.iter().map(|list| self.at(&format!("{list}.tokens"))).collect();
        let (key, out) = (self.at("officer.key"), self.at("links.csv"));
        let mut arguments = vec!["link"];
        arguments.extend(tokens.iter().map(String::as_str));
        arguments.extend(["--identity-file", &key, "--out", &out]);
        arguments.extend(more);
        run(&arguments)
    }

    fn three_lists(&self) {
        for (list, people) in [("shelter", SHELTER), ("clinic", CLINIC), ("police", POLICE)] {
            let output = self.encode(list, people, &[]);
            assert!(output.status.success(), "{output:?}");
        }
    }
}

fn rows(path: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).expect("a file");
    let lines = text.lines().skip(1);
    lines.map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

#[test]
fn three_lists_become_overlaps_and_no_name_leaves_its_organisation() {
    let study = Study::new();
    study.three_lists();
    let sealed = std::fs::read(study.path("shelter.tokens")).expect("tokens");
    assert!(!String::from_utf8_lossy(&sealed).to_lowercase().contains("specimen"));
    let (review, draws) = (study.at("review"), study.at("draws.csv"));
    let more = ["--review", &review, "--draws", &draws, "--n-draws", "20"];
    let output = study.link(&["shelter", "clinic", "police"], &more);
    assert!(output.status.success(), "{output:?}");
    for list in ["shelter", "clinic", "police"] {
        let map = rows(&study.path(&format!("{list}.tokens.rows.csv")));
        for row in rows(&study.path("review").join(format!("{list}.csv"))) {
            assert!(
                map.iter().any(|own| own[0] == row[1]),
                "{list} is given its own rows alone"
            );
        }
    }
    let links = rows(&study.path("links.csv"));
    assert_eq!(links.len(), 8);
    let cluster_of = |list: &str, line: &str| {
        let map = rows(&study.path(&format!("{list}.tokens.rows.csv")));
        let row = &map.iter().find(|row| row[1] == line).expect("a line")[0];
        links
            .iter()
            .find(|link| link[0] == list && link[1] == *row)
            .expect("a link")[2]
            .clone()
    };
    assert_eq!(
        cluster_of("shelter", "2"),
        cluster_of("clinic", "2"),
        "accents and dates"
    );
    assert_eq!(
        cluster_of("shelter", "2"),
        cluster_of("police", "2"),
        "names that changed places"
    );
    assert_eq!(cluster_of("shelter", "4"), cluster_of("clinic", "4"));
    assert_ne!(cluster_of("shelter", "3"), cluster_of("police", "3"));
    let (links, histories) = (study.at("links.csv"), study.at("histories.csv"));
    let output = run(&["lists", &links, "--out", &histories]);
    assert!(output.status.success(), "{output:?}");
    let mut histories = rows(&study.path("histories.csv"));
    histories.sort();
    assert_eq!(
        histories
            .iter()
            .map(|row| row[3].parse::<u32>().expect("a count"))
            .sum::<u32>(),
        5
    );
    assert!(histories.contains(&["1", "1", "1", "1"].map(str::to_owned).to_vec()));
    let overlaps = study.at("histories.csv");
    let output = run(&[
        "estimate",
        &overlaps,
        "--draws",
        &draws,
        "--resamples",
        "0",
        "--json",
        "--method",
        "chao",
    ]);
    assert!(output.status.success(), "{output:?}");
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(answer["links"][0]["method"], "chao");
}

#[test]
fn what_people_decide_of_doubtful_pairs_holds_and_answers_of_other_tokens_are_refused() {
    let study = Study::new();
    study.three_lists();
    let id = |list: &str, line: &str| {
        let map = rows(&study.path(&format!("{list}.tokens.rows.csv")));
        map.iter().find(|row| row[1] == line).expect("a line")[0].clone()
    };
    let answers = |list: &str, given: &[(&str, &str, &str)]| {
        let lines: Vec<String> = given
            .iter()
            .map(|(pair, row, word)| format!("{pair},{row},no,{word}\n"))
            .collect();
        let heading = "pair,row,names changed places,same person (yes or no)\n";
        std::fs::write(
            study.path(&format!("decided/{list}.csv")),
            format!("{heading}{}", lines.concat()),
        )
        .expect("written");
    };
    std::fs::create_dir(study.path("decided")).expect("a folder");
    let (two, three) = (id("shelter", "2"), id("shelter", "3"));
    let (clinic_two, police_three) = (id("clinic", "2"), id("police", "3"));
    // Of the first both agree that they are strangers; of the second one says that they are one person.
    answers("shelter", &[("1", &two, "no"), ("2", &three, "")]);
    answers("clinic", &[("1", &clinic_two, "no")]);
    let folder = study.at("decided");
    let more = ["--decided", folder.as_str()];
    let refused = study.link(&["shelter", "clinic", "police"], &more);
    assert_eq!(refused.status.code(), Some(2), "a list’s file is missing: {refused:?}");
    answers("police", &[("2", &police_three, "Yes")]);
    let output = study.link(&["shelter", "clinic", "police"], &more);
    assert!(output.status.success(), "{output:?}");
    assert!(
        told(&output).contains("1 pairs to be one person and 1 not"),
        "{}",
        told(&output)
    );
    let links = rows(&study.path("links.csv"));
    let cluster = |row: &str| links.iter().find(|link| link[1] == row).expect("a link")[2].clone();
    assert_ne!(cluster(&two), cluster(&clinic_two));
    assert_eq!(cluster(&three), cluster(&police_three));
    std::fs::remove_file(study.path("links.csv")).expect("removed");
    answers("police", &[("2", "000102030405060708090a0b0c0d0e0f", "yes")]);
    let refused = study.link(&["shelter", "clinic", "police"], &more);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("other token files"), "{}", said(&refused));
    answers("police", &[("2", &police_three, "perhaps")]);
    let refused = study.link(&["shelter", "clinic", "police"], &more);
    assert!(
        said(&refused).contains("Line 2: answer yes or no"),
        "{}",
        said(&refused)
    );
    assert!(!study.path("links.csv").exists());
}

#[test]
fn other_secrets_keys_and_schemas_are_refused_with_the_reason() {
    let study = Study::new();
    study.three_lists();
    let other = study.write("other", "another invented secret");
    assert!(
        study
            .encode("ngo", SHELTER, &["--secret-file", &other])
            .status
            .success()
    );
    let refused = study.link(&["shelter", "ngo"], &[]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("another secret"), "{}", said(&refused));
    let schema = include_str!("../../statistics/src/linkage/schema/default.json").replace("150", "151");
    let schema = study.write("schema.json", &schema);
    assert!(study.encode("church", SHELTER, &["--schema", &schema]).status.success());
    let refused = study.link(&["shelter", "church"], &[]);
    assert!(said(&refused).contains("another schema"), "{}", said(&refused));
    let stranger = age::x25519::Identity::generate();
    study.write("officer.key", stranger.to_string().expose_secret());
    let refused = study.link(&["shelter", "clinic"], &[]);
    assert!(said(&refused).contains("another key"), "{}", said(&refused));
    assert!(!study.path("links.csv").exists());
}

#[test]
fn cut_files_single_lists_and_files_that_are_there_are_refused() {
    let study = Study::new();
    study.three_lists();
    let whole = std::fs::read(study.path("clinic.tokens")).expect("tokens");
    for n in [0, 10, 100, whole.len() / 2, whole.len() - 1] {
        std::fs::write(study.path("clinic.tokens"), &whole[..n]).expect("a cut file");
        let refused = study.link(&["shelter", "clinic"], &[]);
        assert_eq!(refused.status.code(), Some(1), "{n}: {refused:?}");
        assert!(said(&refused).contains("ask for it again"), "{n}: {}", said(&refused));
    }
    assert_eq!(study.link(&["shelter"], &[]).status.code(), Some(2));
    assert!(study.link(&["shelter"], &["--with-duplicates"]).status.success());
    let refused = study.encode("shelter", SHELTER, &[]);
    assert!(said(&refused).contains("is there already"), "{}", said(&refused));
}

#[test]
fn people_files_and_secrets_that_cannot_be_used_are_refused() {
    let study = Study::new();
    let nobody = study.encode("empty", "", &[]);
    assert_eq!(nobody.status.code(), Some(1));
    assert!(said(&nobody).contains("nobody"), "{}", said(&nobody));
    let short = study.write("short", "secret");
    let refused = study.encode("list", SHELTER, &["--secret-file", &short]);
    assert!(said(&refused).contains("can be guessed"), "{}", said(&refused));
    let people = study.write("bare.csv", "given_name,family_name\nAnna,Specimen\n");
    let (secret, out) = (study.at("secret"), study.at("bare.tokens"));
    let refused = run(&[
        "encode",
        &people,
        "--secret-file",
        &secret,
        "--to",
        &study.recipient,
        "--out",
        &out,
    ]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        said(&refused).contains("no column date_of_birth, sex, nationality, place"),
        "{}",
        said(&refused)
    );
    let schema = study.write("schema.json", "{\"version\": 3}");
    let refused = study.encode("list", SHELTER, &["--schema", &schema]);
    assert!(said(&refused).contains("clkConfig is missing"), "{}", said(&refused));
}

#[test]
fn the_schema_must_have_the_fingerprint_of_the_study_and_both_commands_print_it() {
    let study = Study::new();
    let right = statistics::linkage::tokens::hex(&statistics::linkage::schema::Schema::default().fingerprint());
    let encoded = study.encode("shelter", SHELTER, &["--schema-fingerprint", &right]);
    assert!(encoded.status.success(), "{encoded:?}");
    assert!(told(&encoded).contains(&right), "{}", told(&encoded));
    let wrong = right.replacen(&right[..1], if right.starts_with('0') { "1" } else { "0" }, 1);
    let refused = study.encode("clinic", CLINIC, &["--schema-fingerprint", &wrong]);
    assert_eq!(refused.status.code(), Some(1));
    let words = said(&refused);
    assert!(
        words.contains(&right) && words.contains(&wrong) && words.contains("--schema"),
        "{words}"
    );
    assert!(!study.path("clinic.tokens").exists());
    let refused = study.encode("clinic", CLINIC, &["--schema-fingerprint", "abc"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(study.encode("clinic", CLINIC, &[]).status.success());
    let linked = study.link(&["shelter", "clinic"], &[]);
    assert!(told(&linked).contains(&right), "{}", told(&linked));
}

#[test]
fn a_schema_that_names_no_kind_is_refused_because_nothing_could_be_linked() {
    let study = Study::new();
    let schema: String = include_str!("../../statistics/src/linkage/schema/default.json")
        .lines()
        .map(|line| {
            let (before, rest) = line.split_once("\"rapporteur\":").unwrap_or((line, ""));
            let after = rest.split_once("},").map_or("", |(_, after)| after);
            format!("{before}{after}\n")
        })
        .collect();
    let schema = study.write("schema.json", &schema);
    let refused = study.encode("shelter", SHELTER, &["--schema", &schema]);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert!(said(&refused).contains("names no kind"), "{}", said(&refused));
}

#[test]
fn other_letters_and_other_commas_are_read_as_other_tables_are() {
    let study = Study::new();
    let heading = HEADING.replace(',', ";");
    let (shelter, clinic) = (SHELTER.replace(',', ";"), CLINIC.replace(',', ";"));
    // Windows-1252, as spreadsheets write it: é is one byte.
    for (list, people) in [("shelter", shelter), ("clinic", clinic)] {
        let text = format!("{heading}\n{people}");
        let bytes: Vec<u8> = text
            .chars()
            .map(|letter| u8::try_from(u32::from(letter)).expect("Latin-1"))
            .collect();
        let path = study.path(&format!("{list}.txt"));
        std::fs::write(&path, bytes).expect("a file");
        let (secret, out) = (study.at("secret"), study.at(&format!("{list}.tokens")));
        let people = path.to_str().expect("a path");
        let encoded = run(&[
            "encode",
            people,
            "--secret-file",
            &secret,
            "--to",
            &study.recipient,
            "--out",
            &out,
        ]);
        assert!(encoded.status.success(), "{encoded:?}");
    }
    let linked = study.link(&["shelter", "clinic"], &[]);
    assert!(
        told(&linked).contains("6 rows of 2 lists are 4 people"),
        "{}",
        told(&linked)
    );
}

#[test]
fn links_that_are_none_are_refused_by_lists_as_by_a_study() {
    let study = Study::new();
    let row = "000102030405060708090a0b0c0d0e0f";
    for (text, says) in [
        ("name,born\n".to_owned(), "its columns are list, row and cluster"),
        (format!("list,row,cluster\na,{row},x\n"), "Line 2"),
        (
            format!("list,row,cluster\na,{row},1\nb,{row},1\n"),
            "stands in the file twice",
        ),
    ] {
        let links = study.write("links.csv", &text);
        let refused = run(&["lists", &links, "--out", &study.at("histories.csv")]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(said(&refused).contains(says), "{}", said(&refused));
    }
}

const ROW: [&str; 3] = [
    "aaaaaaaaaaaa4aaa8aaaaaaaaaaaaaaa",
    "bbbbbbbbbbbb4bbb8bbbbbbbbbbbbbbb",
    "cccccccccccc4ccc8ccccccccccccccc",
];

/// A list with row ids, sealed with a passphrase as the program gives the people of a contribution out.
fn sealed_list(study: &Study, name: &str, rows: &[(&str, &str)]) -> String {
    let lines: String = rows.iter().map(|(id, person)| format!("{id},{person}\n")).collect();
    let recipient = age::scrypt::Recipient::new("an invented passphrase".to_owned().into());
    let sealed = age::encrypt(&recipient, format!("row,{HEADING}\n{lines}").as_bytes()).expect("sealed");
    std::fs::write(study.path(name), sealed).expect("a file");
    study.at(name)
}

#[test]
fn the_people_of_a_contribution_are_encoded_under_their_row_ids_and_come_back_as_clusters_of_rows() {
    let study = Study::new();
    let people = sealed_list(
        &study,
        "people.csv.age",
        &[
            (ROW[0], "Anna,Specimen,1985-03-12,f,Exampleland,Port"),
            (ROW[1], "Berta,Muster,1990-05-06,f,Exampleland,Town"),
        ],
    );
    let (secret, out) = (study.at("secret"), study.at("shelter.tokens"));
    let (good, bad) = (
        study.write("pass", "an invented passphrase\n"),
        study.write("wrong", "another\n"),
    );
    let encode = |passphrase: &str, more: &[&str]| {
        let mut arguments = vec![
            "encode",
            &people,
            "--out",
            &out,
            "--to",
            &study.recipient,
            "--secret-file",
            &secret,
        ];
        arguments.extend(["--passphrase-file", passphrase]);
        arguments.extend(more);
        run(&arguments)
    };
    let wrong = encode(&bad, &["--row-ids", "row"]);
    assert_eq!(wrong.status.code(), Some(1), "{wrong:?}");
    assert!(said(&wrong).contains("does not open with this passphrase"), "{wrong:?}");
    let column = encode(&good, &["--row-ids", "number"]);
    assert!(said(&column).contains("no column number for the row ids"), "{column:?}");
    let known = encode(&good, &["--row-ids", "sex"]);
    assert!(said(&known).contains("row 2: this is no random row id"), "{known:?}");
    assert!(!study.path("shelter.tokens").exists(), "nothing is half-written");
    let done = encode(&good, &["--row-ids", "row"]);
    assert!(done.status.success(), "{done:?}");
    let other = study.encode("clinic", CLINIC, &[]);
    assert!(other.status.success(), "{other:?}");
    let clusters = study.at("clusters.csv");
    let linked = study.link(
        &["shelter", "clinic"],
        &["--row-clusters", &clusters, "--n-draws", "30"],
    );
    assert!(linked.status.success(), "{linked:?}");
    let table = rows(&study.path("clusters.csv"));
    assert_eq!((table.len(), table[0].len()), (5, 2 + 30));
    let ids: Vec<&str> = table.iter().map(|row| row[0].as_str()).collect();
    assert!(ids.is_sorted() && ids.contains(&ROW[0]) && ids.contains(&ROW[1]));
    let text = std::fs::read_to_string(study.path("clusters.csv")).expect("clusters");
    assert!(
        !text.contains("shelter") && !text.contains("clinic"),
        "no list is named"
    );
    let links = rows(&study.path("links.csv"));
    for row in &table {
        let link = links.iter().find(|link| link[1] == row[0]).expect("a link");
        assert_eq!(link[2], row[1]);
    }
    // The same list again: two lists with one row id are no two lists.
    let copied = study.at("copy.tokens");
    std::fs::copy(study.path("shelter.tokens"), &copied).expect("copied");
    std::fs::remove_file(study.path("links.csv")).expect("removed");
    let twice = study.link(&["shelter", "copy"], &["--row-clusters", &study.at("again.csv")]);
    assert!(said(&twice).contains("two lists have a row id in common"), "{twice:?}");
}

#[test]
fn row_ids_that_stand_twice_or_are_not_random_are_refused() {
    let study = Study::new();
    for (id, says) in [
        (ROW[2], "row 3: another row has this row id already"),
        ("00000000000010008000000000000001", "row 3: this is no random row id"),
        ("17", "row 3: this is no random row id"),
    ] {
        let people = format!(
            "row,{HEADING}\n{},Anna,Specimen,1985-03-12,f,Exampleland,Port\n{id},Berta,Muster,1990-05-06,f,Exampleland,Town\n",
            ROW[2]
        );
        let people = study.write("people.csv", &people);
        let (secret, out) = (study.at("secret"), study.at("list.tokens"));
        let arguments = [
            "encode",
            &people,
            "--out",
            &out,
            "--to",
            &study.recipient,
            "--secret-file",
            &secret,
        ];
        let output = run(&[arguments.as_slice(), &["--row-ids", "row"]].concat());
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(said(&output).contains(says), "{output:?}");
    }
}

#[test]
fn clks_are_written_and_linked_as_other_tools_do_it() {
    let study = Study::new();
    let secret = study.at("secret");
    let encode = |list: &str, people: &str, more: &[&str]| {
        let table = study.write(&format!("{list}.csv"), &format!("{HEADING}\n{people}"));
        let out = study.at(&format!("{list}.json"));
        run(&[&["encode", &table, "--secret-file", &secret, "--clks", &out], more].concat())
    };
    for (list, people) in [("shelter", SHELTER), ("clinic", CLINIC), ("police", POLICE)] {
        let output = encode(list, people, &[]);
        assert!(
            output.status.success() && told(&output).contains("not encrypted"),
            "{output:?}"
        );
        assert!(!study.path(&format!("{list}.tokens")).exists());
    }
    let lists = ["shelter", "clinic", "police"].map(|list| study.at(&format!("{list}.json")));
    let link = |files: &[&str], out: &str, more: &[&str]| {
        run(&[&["link"], files, &["--dice", "0.8", "--out", &study.at(out)], more].concat())
    };
    let files: Vec<&str> = lists.iter().map(String::as_str).collect();
    let output = link(&files, "links.csv", &[]);
    assert!(output.status.success(), "{output:?}");
    // Names that changed places are not found: in one filter for everything they are other names.
    assert!(told(&output).contains("8 CLKs of 3 lists are 6 people"), "{output:?}");
    let links = rows(&study.path("links.csv"));
    let cluster = |list: &str, row: &str| {
        let link = links.iter().find(|link| link[0] == list && link[1].ends_with(row));
        link.expect("a link")[2].clone()
    };
    let anna = cluster("shelter", "0000000100000001");
    assert_eq!(anna, cluster("clinic", "0000000200000001"));
    assert_ne!(anna, cluster("police", "0000000300000001"));
    let (links, out) = (study.at("links.csv"), study.at("histories.csv"));
    assert!(
        run(&["lists", &links, "--out", &out]).status.success(),
        "overlaps are counted from it"
    );
    // Noise is other bits each time, and what cannot be used is refused.
    assert!(
        encode("clinic", CLINIC, &["--noise", "0.05"]).status.code() == Some(2),
        "not written over"
    );
    for file in ["clinic.json", "noisy.json"] {
        let _ = std::fs::remove_file(study.path(file));
    }
    assert!(encode("clinic", CLINIC, &["--noise", "0.05"]).status.success());
    assert!(encode("noisy", CLINIC, &["--noise", "0.05"]).status.success());
    let read = |file: &str| std::fs::read(study.path(file)).expect("CLKs");
    assert_ne!(read("clinic.json"), read("noisy.json"));
    for (more, why) in [
        (&["--noise", "0.5"][..], "a share from 0 to 0.2"),
        (&["--to", &study.recipient], "--out"),
    ] {
        let refused = encode("other", CLINIC, more);
        assert!(
            refused.status.code() == Some(2) && said(&refused).contains(why),
            "{refused:?}"
        );
    }
    let short = study.write("short.json", "{\"clks\": [\"AAAAAAAAAAA=\"]}");
    let refused = link(&[files[0], &short], "none.csv", &[]);
    assert!(said(&refused).contains("64 bits and those of"), "{refused:?}");
    let cut = study.write("cut.json", "{\"clks\": [\"AAAA");
    assert!(said(&link(&[files[0], &cut], "none.csv", &[])).contains("not a file of CLKs"));
    let refused = link(&files, "none.csv", &["--review", &study.at("review")]);
    assert_eq!(
        refused.status.code(),
        Some(2),
        "nobody could say which pairs are in doubt"
    );
    let refused = link(&files, "none.csv", &["--threads", "5000"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(!study.path("none.csv").exists());
    let schema = run(&["encode", "--print-schema"]);
    let schema: serde_json::Value = serde_json::from_slice(&schema.stdout).expect("a schema");
    assert_eq!(schema["version"], 3);
}

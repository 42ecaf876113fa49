//! What the fuzz targets of the program's own readers do with their bytes: forms, uploads, standards,
//! frozen editions.
//!
//! Plain functions, so that an ordinary test (`crates/cli/tests/corpus.rs`) replays the corpora on every
//! run of the test suite. They stand apart from the readers of `interchange`, which know nothing of the
//! program.

use monitoring::edition::frozen::Edition;
use monitoring::standard::files;
use web::Values;

/// Any bytes are a form or a query; what was read survives being written and read again, and its dates
/// are days or faults.
pub fn form(bytes: &[u8]) {
    let values = Values::parse(&String::from_utf8_lossy(bytes));
    let again = Values::parse(&values.encode());
    assert_eq!(again.encode(), values.encode());
    for (field, _) in values.iter() {
        let _ = domain::Day::parse(&values.day(field.trim_end_matches("_day")));
        let _ = field.parse::<domain::ids::EvidenceId>();
    }
}

/// The first line is the content type, the rest the body of a form with files: any bytes are a form or a
/// refusal, no file is empty, and no name leads into a folder.
pub fn upload(bytes: &[u8]) {
    let at = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (head, body) = bytes.split_at(at);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime without I/O always starts");
    let taken = runtime.block_on(web::take_in(
        &String::from_utf8_lossy(head),
        body.get(1..).unwrap_or_default().to_vec().into(),
    ));
    if let Ok((_, files)) = taken {
        for file in files {
            assert!(!file.bytes.is_empty());
            assert!(!file.name.contains(['/', '\\', '\0', '\n']));
        }
    }
}

/// Files parted by lines `=== NAME`: any bytes are a library or faults, each in a file and on a line.
pub fn standards(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut folder: Vec<(String, Vec<u8>)> = Vec::new();
    for line in text.split_inclusive('\n') {
        if let Some(name) = line.strip_prefix("=== ") {
            folder.push((name.trim().to_owned(), Vec::new()));
        } else if let Some((_, file)) = folder.last_mut() {
            file.extend(line.as_bytes());
        }
    }
    match files::parse("standards", &folder) {
        Ok(library) => assert!(library.standards.iter().all(|standard| !standard.code.is_empty())),
        Err(faults) => assert!(faults.iter().all(|fault| fault.line > 0 && !fault.message.is_empty())),
    }
}

/// Any bytes are a frozen edition or a fault; an edition survives being written again, and becomes pages
/// or says why it cannot.
pub fn edition(bytes: &[u8]) {
    let Ok(edition) = serde_json::from_slice::<Edition>(bytes) else {
        return;
    };
    let text = serde_json::to_vec(&edition).expect("what was read can be written");
    let again: Edition = serde_json::from_slice(&text).expect("what was written can be read");
    assert_eq!(serde_json::to_vec(&again).expect("it can be written again"), text);
    let _ = report::site::files(&edition, "");
}

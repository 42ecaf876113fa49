//! Replays the fuzzing corpora of the program's own readers through the fuzz targets' own functions; those
//! of `interchange` are replayed beside it.

#[path = "../../../fuzz/src/program.rs"]
#[expect(unreachable_pub, reason = "these functions are the public face of the fuzzing crate")]
mod targets;

use std::path::Path;

/// Runs a target on every file of its corpus, and on each cut short and with a byte changed, so that a
/// seed stands for its neighbours too.
#[expect(clippy::print_stdout, reason = "names the file that a target fails on")]
fn replay(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(name);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    for file in files {
        println!("{}", file.display());
        let bytes = std::fs::read(&file).expect("a file");
        target(&bytes);
        for at in (0..bytes.len()).step_by(bytes.len() / 50 + 1) {
            target(&bytes[..at]);
            let mut changed = bytes.clone();
            changed[at] ^= 0x15;
            target(&changed);
        }
    }
}

#[test]
fn the_corpus_of_forms_holds() {
    replay("form", targets::form);
}

#[test]
fn the_corpus_of_uploads_holds() {
    replay("upload", targets::upload);
}

#[test]
fn the_corpus_of_standards_holds() {
    replay("standards", targets::standards);
}

#[test]
fn the_corpus_of_editions_holds() {
    replay("edition", targets::edition);
}

#[test]
fn the_corpus_of_proofs_holds() {
    replay("proof", targets::proof);
}

#[test]
fn the_corpus_of_envelopes_holds() {
    replay("envelope", targets::envelope);
}

/// The seeds of envelopes are taken, so that changed copies of them come close.
#[test]
fn the_seeds_of_envelopes_are_sound() {
    let whole = include_bytes!("../../../fuzz/corpus/envelope/whole");
    let read = store::envelope::Envelope::read(whole.to_vec()).expect("an envelope");
    assert_eq!(read.head().organisation_name, "Specimen Aid");
    let key = include_str!("../../../fuzz/corpus/envelope/key");
    assert!(key.parse::<store::envelope::Recipient>().is_ok());
}

#[test]
fn the_corpus_of_sealed_values_holds() {
    replay("sealed", targets::sealed);
}

#[test]
fn the_corpus_of_linkage_schemas_holds() {
    replay("schema", targets::schema);
}

#[test]
fn the_corpus_of_clks_holds() {
    replay("clks", targets::clks);
}

#[test]
fn the_corpus_of_tokens_holds() {
    replay("tokens", targets::tokens);
}

#[test]
fn the_corpus_of_histories_holds() {
    replay("histories", targets::histories);
}

#[test]
fn the_corpus_of_contributions_holds() {
    replay("contribution", targets::contribution);
}

/// The seeds of contributions are taken in, so that changed copies of them come close.
#[test]
fn the_seeds_of_contributions_are_sound() {
    let pack = measures::shipped_pack("2026");
    let rows = include_bytes!("../../../fuzz/corpus/contribution/rows.csv");
    assert!(measures::read::csv(&pack, rows.as_slice()).is_ok_and(|rows| rows.len() == 12));
    let coded = include_bytes!("../../../fuzz/corpus/contribution/rows.json");
    assert!(measures::read::contribution(&pack, coded).is_ok());
    let aggregates = include_bytes!("../../../fuzz/corpus/contribution/aggregates.json");
    assert!(measures::read::contribution(&pack, aggregates).is_ok());
}

/// The seeds of tokens are read, so that changed copies of them come close.
#[test]
fn the_seeds_of_tokens_are_sound() {
    let whole = include_bytes!("../../../fuzz/corpus/tokens/whole");
    let tokens = statistics::linkage::tokens::Tokens::read(whole).expect("tokens");
    assert_eq!(tokens.rows.len(), 2);
}

/// The seed of proofs is one that proves something, so that changed copies of it come close.
#[test]
fn the_seed_of_proofs_is_sound() {
    let seed = include_str!("../../../fuzz/corpus/proof/receipt");
    let (key, receipt) = seed.split_once('\n').expect("two parts");
    let key: store::checkpoint::note::Key = key.parse().expect("a key");
    let receipt: store::checkpoint::Receipt = serde_json::from_str(receipt).expect("a receipt");
    assert_eq!(receipt.check(&key).map(|head| head.sequence), Ok(7));
}

#[test]
fn the_corpus_of_reviews_holds() {
    replay("review", targets::review);
}

#[test]
fn the_corpus_of_links_holds() {
    replay("links", targets::links);
}

#[test]
fn the_corpus_of_row_clusters_holds() {
    replay("row_clusters", targets::row_clusters);
}

#[test]
fn the_corpus_of_drawn_overlaps_holds() {
    replay("draws", targets::draws);
}

#[test]
fn the_corpus_of_dates_of_birth_holds() {
    replay("birth", targets::birth);
}

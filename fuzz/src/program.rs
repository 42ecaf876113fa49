//! What the fuzz targets of the program's own readers do with their bytes: forms, uploads, standards,
//! frozen editions, receipts, seals, linkage schemas, CLKs, tokens, links, clusters of rows, overlaps, drawn
//! overlaps, dates of birth, contributions and answers of a review.
//!
//! Plain functions, so that an ordinary test (`crates/cli/tests/corpus.rs`) replays the corpora on every
//! run of the test suite. They stand apart from the readers of `interchange`, which know nothing of the
//! program.

use std::sync::LazyLock;

use domain::pack::Pack;
use measures::pool::Pooled;
use measures::read::Contents;
use measures::{definition, read, shipped_pack, small};
use monitoring::edition::frozen::Edition;
use monitoring::standard::files;
use statistics::linkage::encode::encode;
use statistics::linkage::schema::Schema;
use statistics::linkage::tokens::Tokens;
use statistics::linkage::{clks, links, normalise, review, row_clusters, uncertainty};
use statistics::multiple_systems::Histories;
use store::checkpoint::Receipt;
use store::checkpoint::note::Key;
use store::seal::{self, Identity, PrivateKey, PublicKey, SealKey};
use uuid::Uuid;
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

/// A sealed contribution, or the line of a coalition's key: any bytes are taken or refused, and what is taken is kept as it came.
pub fn envelope(bytes: &[u8]) {
    if let Ok(read) = store::envelope::Envelope::read(bytes.to_vec()) {
        assert_eq!(read.bytes(), bytes);
        assert_eq!(read.head().format, store::envelope::FORMAT);
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(key) = text.parse::<store::envelope::Recipient>()
    {
        assert_eq!(key.to_string(), text.trim());
    }
}

/// The first line is a verification key, the rest a receipt or a signed note: any bytes are refused or prove what
/// they say, and a key survives being written and read again.
pub fn proof(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (first, rest) = text.split_once('\n').unwrap_or((text.as_ref(), ""));
    let Ok(key) = first.parse::<Key>() else { return };
    assert_eq!(key.to_string().parse::<Key>().as_ref(), Ok(&key));
    if let Ok(signed) = key.open(rest) {
        assert!(rest.starts_with(signed));
    }
    if let Ok(receipt) = serde_json::from_str::<Receipt>(rest)
        && let Ok(head) = receipt.check(&key)
    {
        assert_eq!((head.chain, head.sequence), (receipt.chain, receipt.sequence));
    }
}

/// Any bytes are refused where a sealed value, a sealed file, a sealed key or a public key is expected, whatever
/// damaged the database they came from.
pub fn sealed(bytes: &[u8]) {
    let identity = Identity::new("fuzz", Uuid::nil(), "bytes");
    let key = SealKey::from_bytes([7; 32]);
    let _ = key.open(&identity, bytes);
    let _ = key.open_private(&identity, bytes);
    let _ = seal::file::open(&key, &identity, bytes);
    let (head, rest) = bytes.split_at_checked(32).unwrap_or((bytes, &[]));
    if let Ok(public) = PublicKey::from_bytes(head) {
        assert_eq!(public.as_bytes(), head);
    }
    if let Ok(private) = PrivateKey::from_bytes(head) {
        let _ = private.open(&identity, rest);
        let _ = private.open_key(&identity, rest);
        let again = private.public().seal(&identity, rest);
        assert!(
            private
                .open(&identity, &again)
                .is_ok_and(|opened| opened.as_slice() == rest)
        );
    }
}

/// Any text is a linkage schema or a fault; a schema encodes the bytes after the first blank line, cut at tabs, or refuses
/// them, and encodes them again alike.
pub fn schema(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (schema, row) = text.split_once("\n\n").unwrap_or((text.as_ref(), ""));
    let Ok(schema) = Schema::read(schema) else {
        return;
    };
    // A long filter with many folds would only be slow.
    if schema.unfolded() > 1 << 14 {
        return;
    }
    let mut row: Vec<String> = row.split('\t').map(str::to_owned).collect();
    row.resize(schema.features.len(), String::new());
    for value in &row {
        for kind in normalise::Kind::ALL {
            let _ = normalise::value(kind, value);
        }
        let _ = normalise::birth(value);
    }
    let once = encode(&schema, b"a secret that is fuzzed", &[row.clone()]);
    assert_eq!(once, encode(&schema, b"a secret that is fuzzed", &[row]));
}

/// Any text is a file of CLKs or a fault, and what was read is written and read again.
pub fn clks(bytes: &[u8]) {
    if let Ok(read) = clks::read(&String::from_utf8_lossy(bytes)) {
        assert_eq!(clks::read(&clks::write(&read)).as_ref(), Ok(&read));
    }
}

/// Any bytes are a token file or a fault, and what was read is written and read again. The bytes are tried with the
/// sum that belongs behind them, too: otherwise no change would ever get past it.
pub fn tokens(bytes: &[u8]) {
    let _ = Tokens::read(bytes);
    let mut summed = bytes.to_vec();
    summed.extend(Tokens::sum(bytes));
    if let Ok(read) = Tokens::read(&summed) {
        assert_eq!(Tokens::read(&read.write()).as_ref(), Ok(&read));
    }
}

/// Any text is a file of overlaps or a fault, and what was read is written and read again.
pub fn histories(bytes: &[u8]) {
    if let Ok(read) = Histories::read(&String::from_utf8_lossy(bytes)) {
        assert_eq!(Histories::read(&read.write()).as_ref(), Ok(&read));
    }
}

/// Any bytes are answers of a review or a fault; what both organisations say of a pair decides it or leaves it open.
pub fn review(bytes: &[u8]) {
    if let Ok(answers) = review::read(bytes) {
        let n = answers.len();
        if let Ok(decided) = review::decide((0_u32..).zip(answers)) {
            let all = decided.same.len() + decided.apart.len() + decided.contradicted + decided.open;
            assert_eq!(2 * all, n);
        }
    }
}

/// Any bytes are links or a fault, and what was read is written and read again.
pub fn links(bytes: &[u8]) {
    if let Ok(read) = links::read(bytes) {
        let found: Vec<_> = read.into_iter().map(|(_, link)| link).collect();
        let again = links::read(links::write(&found).as_bytes()).expect("what was written");
        assert!(again.into_iter().map(|(_, link)| link).eq(found));
    }
}

/// Any bytes are the clusters of rows or a fault; clusters survive being written and read again, each row once.
pub fn row_clusters(bytes: &[u8]) {
    if let Ok(read) = row_clusters::RowClusters::read(bytes) {
        let again = row_clusters::RowClusters::read(read.write().as_bytes()).expect("what was written can be read");
        assert_eq!(again.rows().len(), read.rows().len());
        assert_eq!(again.write(), read.write());
    }
}

/// Any text is drawn overlaps or a fault, and all draws are of the same lists.
pub fn draws(bytes: &[u8]) {
    if let Ok(draws) = uncertainty::read(&String::from_utf8_lossy(bytes)) {
        assert!(draws.iter().all(|draw| draw.names() == draws[0].names()));
    }
}

/// Any line is a date of birth, a part of one, or none; month and day are those of a calendar.
pub fn birth(bytes: &[u8]) {
    for line in String::from_utf8_lossy(bytes).lines() {
        if let Some((month, day)) = normalise::birth(line).day {
            assert!((1..=12).contains(&month) && (1..=31).contains(&day), "{month} {day}");
        }
    }
}

/// Any bytes are rows as CSV, a contribution file, a pack and a file of measures, or are refused with a reason. What was
/// taken in can be computed, merged, sent and pooled, and nothing small is left of it.
pub fn contribution(bytes: &[u8]) {
    // Reading the shipped files each time would take longer than what is tried.
    static PACK: LazyLock<Pack> = LazyLock::new(|| shipped_pack("2026"));
    let pack = &*PACK;
    let own = match (read::csv(pack, bytes), read::contribution(pack, bytes)) {
        (Ok(rows), _) => Contents::Rows(rows),
        (_, Ok(contents)) => contents,
        (Err(one), Err(other)) => {
            assert!(!one.faults.is_empty() && !other.faults.is_empty());
            let _ = read::pack(bytes).is_ok_and(|other| read::csv(&other, bytes).is_ok());
            let text = String::from_utf8_lossy(bytes);
            let _ = definition::read(&[("fuzzed.toml", &*text)], &pack.schema);
            return;
        }
    };
    let mut aggregates = own
        .aggregates(pack)
        .expect("the shipped definitions fit the shipped schema");
    small::merge_small(&mut aggregates, pack.threshold);
    let mut pooled = Pooled::new();
    pooled
        .add(pack, &aggregates)
        .expect("what was computed here is accepted");
    for measurement in pooled.measurements(pack) {
        let is_shown = |people: u64| people >= pack.threshold;
        assert!(measurement.total.is_none_or(|figure| is_shown(figure.n)));
        for part in measurement.strata {
            assert!(part.missing.is_none_or(|missing| missing == 0 || is_shown(missing)));
        }
    }
}

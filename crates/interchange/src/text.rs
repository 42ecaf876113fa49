//! Bytes to text, without guessing.
//!
//! UTF-8 and UTF-16 declare or prove themselves. Windows-1252 cannot (nearly every byte sequence is
//! valid in it), so it is used only when nothing else fits and is always reported for the user to
//! confirm. UTF-16 without a byte-order mark is refused: its byte order would be a guess.

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::fault::{Fault, Kind, Note, excerpt};

/// How the text was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf16LittleEndian,
    Utf16BigEndian,
    Windows1252,
}

/// Text, free of byte-order marks, with line ends as `\n`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    pub text: String,
    pub encoding: Encoding,
    pub notes: Vec<Note>,
}

/// Where fewer than one byte in so many is 0, a text is not UTF-16.
const STRAY: usize = 20;

const SAVE_AS_UTF8: &str = "Save the file again as UTF-8: in a spreadsheet program choose “CSV UTF-8” in “Save as”; in a \
     text editor choose the encoding UTF-8, or UTF-16 with a byte-order mark (BOM).";

/// A byte-order mark read as Windows-1252 and saved again as UTF-8; some official files carry it.
const EATEN_MARK: &str = "\u{ef}\u{bb}\u{bf}";

/// Decodes a whole file.
///
/// # Errors
/// UTF-16 without a byte-order mark, UTF-32, broken UTF-8 or UTF-16, and bytes that are not text.
pub fn decode(bytes: &[u8]) -> Result<Decoded, Fault> {
    let (text, encoding, mut notes) = match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => {
            return Err(Fault::new(
                Kind::Encoding,
                "The file is in the encoding UTF-32, which is not read here.",
                SAVE_AS_UTF8,
            ));
        }
        [0xff, 0xfe, rest @ ..] => (utf16(rest, UTF_16LE)?, Encoding::Utf16LittleEndian, Vec::new()),
        [0xfe, 0xff, rest @ ..] => (utf16(rest, UTF_16BE)?, Encoding::Utf16BigEndian, Vec::new()),
        [0xef, 0xbb, 0xbf, rest @ ..] => match std::str::from_utf8(rest) {
            Ok(text) => (text.to_owned(), Encoding::Utf8, Vec::new()),
            Err(error) => return Err(broken_utf8(rest, error.valid_up_to())),
        },
        _ => unmarked(bytes)?,
    };
    let text = without_marks(text, &mut notes);
    if text.contains('\0') {
        return Err(not_text());
    }
    Ok(Decoded {
        text: line_feeds(text),
        encoding,
        notes,
    })
}

fn unmarked(bytes: &[u8]) -> Result<(String, Encoding, Vec<Note>), Fault> {
    refuse_nul(bytes)?;
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok((text.to_owned(), Encoding::Utf8, Vec::new()));
    }
    // These five positions are empty in Windows-1252, so bytes there show that it is something else.
    if let Some(at) = bytes
        .iter()
        .position(|byte| matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d))
    {
        return Err(Fault::new(
            Kind::Encoding,
            format!(
                "The encoding of the text cannot be told: it is neither UTF-8 nor Windows-1252 (line {}).",
                line_of(bytes, at)
            ),
            SAVE_AS_UTF8,
        ));
    }
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    let sample = text
        .lines()
        .find(|line| !line.is_ascii())
        .map(excerpt)
        .unwrap_or_default();
    let note = Note(format!(
        "The file is not UTF-8, so it was read as Windows-1252. Check that this line looks right: “{sample}”."
    ));
    Ok((text.into_owned(), Encoding::Windows1252, vec![note]))
}

/// Text in any encoding read here has no NUL byte, except UTF-16, where every Latin letter has one. A stray one among many
/// other bytes is a slip of the program that wrote the file.
fn refuse_nul(bytes: &[u8]) -> Result<(), Fault> {
    let mut nuls = [0_usize; 2];
    for (at, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == 0) {
        nuls[at % 2] += 1;
    }
    let n = nuls[0] + nuls[1];
    // In UTF-16 one stands beside every line end.
    let near = |at: usize| [at.wrapping_sub(1), at + 1].iter().any(|at| bytes.get(*at) == Some(&0));
    let has_plain_end = (0..).zip(bytes).any(|(at, byte)| *byte == b'\n' && !near(at));
    let is_stray = has_plain_end && n <= bytes.len() / STRAY;
    if let Some(at) = bytes.iter().position(|byte| *byte == 0).filter(|_| is_stray) {
        return Err(Fault::new(
            Kind::Encoding,
            format!(
                "The file holds {n} of the byte 0, which no text has: the first is in line {}.",
                line_of(bytes, at)
            ),
            "Take it out with a text editor, or save the file again from the program that made it.",
        ));
    }
    let order = match nuls {
        [0, 0] => return Ok(()),
        [0, _] => "little-endian",
        [_, 0] => "big-endian",
        // In real UTF-16 nearly all NULs stand on one side; a character such as U+0100 may put one on the other.
        [even, odd] if odd > 20 * even => "little-endian",
        [even, odd] if even > 20 * odd => "big-endian",
        _ => return Err(not_text()),
    };
    Err(Fault::new(
        Kind::Encoding,
        format!(
            "The file looks like UTF-16 ({order}) without a byte-order mark, so it cannot be read without guessing."
        ),
        SAVE_AS_UTF8,
    ))
}

fn not_text() -> Fault {
    Fault::new(
        Kind::NotATable,
        "The file is not text: it holds bytes that no text has.",
        "Send a CSV file, or a spreadsheet saved as XLSX, XLS or ODS.",
    )
}

fn utf16(bytes: &[u8], encoding: &'static encoding_rs::Encoding) -> Result<String, Fault> {
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .map(std::borrow::Cow::into_owned)
        .ok_or_else(|| {
            Fault::new(
                Kind::Encoding,
                "The file says that it is UTF-16 but is not: it may have been cut off.",
                SAVE_AS_UTF8,
            )
        })
}

fn broken_utf8(bytes: &[u8], at: usize) -> Fault {
    Fault::new(
        Kind::Encoding,
        format!("The file says that it is UTF-8 but line {} is not.", line_of(bytes, at)),
        SAVE_AS_UTF8,
    )
}

fn line_of(bytes: &[u8], at: usize) -> usize {
    1 + bytes.iter().take(at).filter(|byte| **byte == b'\n').count()
}

/// Takes off every byte-order mark at the start, eaten or not: some files carry several.
fn without_marks(text: String, notes: &mut Vec<Note>) -> String {
    let mut rest = text.as_str();
    let mut eaten = false;
    loop {
        if let Some(after) = rest.strip_prefix('\u{feff}') {
            rest = after;
        } else if let Some(after) = rest.strip_prefix(EATEN_MARK) {
            rest = after;
            eaten = true;
        } else {
            break;
        }
    }
    if eaten {
        notes.push(Note(
            "The first heading began with “ï»¿”, the remains of a byte-order mark; they were left out.".to_owned(),
        ));
    }
    if rest.len() == text.len() {
        text
    } else {
        rest.to_owned()
    }
}

fn line_feeds(text: String) -> String {
    if text.contains('\r') {
        text.replace("\r\n", "\n").replace('\r', "\n")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn utf16_bytes(text: &str, big_endian: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| {
                if big_endian {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn each_marked_or_valid_encoding_gives_the_same_text() {
        let text = "area,note\nTyne,caf\u{e9} \u{20ac}5\n";
        let with = |mark: &[u8], rest: &[u8]| [mark, rest].concat();
        let windows = b"area,note\r\nTyne,caf\xe9 \x805\r\n".to_vec();
        let cases = [
            (text.as_bytes().to_vec(), Encoding::Utf8, 0),
            (with(b"\xef\xbb\xbf", text.as_bytes()), Encoding::Utf8, 0),
            (
                with(b"\xff\xfe", &utf16_bytes(text, false)),
                Encoding::Utf16LittleEndian,
                0,
            ),
            (with(b"\xfe\xff", &utf16_bytes(text, true)), Encoding::Utf16BigEndian, 0),
            (windows, Encoding::Windows1252, 1),
            (with(EATEN_MARK.as_bytes(), text.as_bytes()), Encoding::Utf8, 1),
        ];
        for (bytes, encoding, notes) in cases {
            let decoded = decode(&bytes).expect("readable");
            assert_eq!(decoded.text, text, "{encoding:?}");
            assert_eq!(decoded.encoding, encoding);
            assert_eq!(decoded.notes.len(), notes, "{:?}", decoded.notes);
        }
    }

    #[test]
    fn the_note_on_windows_1252_quotes_a_line_to_check() {
        let decoded = decode(b"a\nplain\ncaf\xe9,1\n").expect("readable");
        assert!(decoded.notes[0].0.contains("“caf\u{e9},1”"), "{:?}", decoded.notes);
    }

    #[test]
    fn utf16_without_a_byte_order_mark_is_refused_with_the_way_out() {
        for big_endian in [false, true] {
            let bytes = utf16_bytes("series,period,\u{100}\nreferrals,2024,1\n", big_endian);
            let fault = decode(&bytes).expect_err("no mark");
            assert_eq!(fault.kind, Kind::Encoding);
            assert!(fault.message.contains("without a byte-order mark"), "{fault}");
            assert!(fault.remedy.contains("UTF-8"), "{fault}");
        }
    }

    #[test]
    fn a_stray_byte_0_is_named_with_its_line_and_is_not_taken_for_utf16() {
        let fault = decode(b"name,nation\nSpecimen One,wales\nSpecimen\0Two,wales\n").expect_err("a byte 0");
        assert!(fault.message.contains("line 3"), "{fault}");
        assert!(!fault.message.contains("UTF-16"), "{fault}");
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        let cases: [&[u8]; 5] = [
            b"\x00\x00\x01\x02\x00\x00\x00binary",
            b"\xff\xfe\x00\x00a\x00\x00\x00",
            b"\xff\xfea",
            b"\xef\xbb\xbfgood\nbad \xff",
            b"\x81\x8d",
        ];
        for bytes in cases {
            assert!(decode(bytes).is_err(), "{bytes:?}");
        }
        let fault = decode(b"\xef\xbb\xbfgood\nbad \xff").expect_err("broken");
        assert!(fault.message.contains("line 2"), "{fault}");
    }

    proptest! {
        #[test]
        fn decoding_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
        }

        #[test]
        fn text_survives_every_encoding(text in "[a-zA-Z0-9 ,\u{e9}\u{20ac}\u{4e2d}\n]{0,60}") {
            let little = [b"\xff\xfe".to_vec(), utf16_bytes(&text, false)].concat();
            let big = [b"\xfe\xff".to_vec(), utf16_bytes(&text, true)].concat();
            for bytes in [text.as_bytes().to_vec(), little, big] {
                prop_assert_eq!(&decode(&bytes).expect("valid").text, &text);
            }
        }
    }
}

//! Token files: what an organisation sends to the linkage officer.
//!
//! A file holds, for each person, a random row id and the filters of their columns, sorted by row id; the fingerprint of the
//! schema; and a check value of the secret. Nothing else: no names, no list's name, no date, not even the order of the rows,
//! and no CLK, which linking does not read and an attacker would.
//!
//! ```text
//! rapporteur tokens 1\n
//! {"check":"…","fields":[…],"rows":3,"schema":"…"}\n
//! 16 bytes of row id, then the words of the fields, big-endian; for each row
//! 32 bytes: SHA-256 of everything before
//! ```

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::bits::{self, Filters};
use super::encode::EncodedList;
use super::field::{Field, Layout, Role};
use super::keys;
use super::schema::Schema;

const HEAD: &str = "rapporteur tokens 1\n";
/// The longest second line.
const MOST_HEADER: usize = 1 << 16;

/// A row's id: random, and known with the row's line to the sender alone.
pub type RowId = [u8; 16];

/// What a token file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// The schema's fingerprint.
    pub schema: [u8; 32],
    /// The check value of the secret.
    pub check: [u8; 16],
    /// Row ids, by size.
    pub rows: Vec<RowId>,
    /// The filters of each row.
    pub fields: Filters,
    /// What those are.
    pub layout: Layout,
}

/// Why a token file is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokensError {
    /// Something else.
    #[error("not a token file: encode people with `rapporteur encode`")]
    NotTokens,
    /// A file that ends early, or was changed.
    #[error("the token file is cut off or was changed: ask for it again")]
    Broken,
    /// Nobody in it.
    #[error("the token file has nobody in it")]
    Empty,
    /// One id twice.
    #[error("two rows of the token file have one id: encode the people again")]
    RepeatedRow,
    /// Encoded with another schema.
    #[error("{second} was encoded with another schema than {first}: both must use the same file")]
    OtherSchema {
        /// One file.
        first: String,
        /// The other.
        second: String,
    },
    /// Encoded with another secret.
    #[error("{second} was encoded with another secret than {first}: both must use the secret of this study")]
    OtherSecret {
        /// One file.
        first: String,
        /// The other.
        second: String,
    },
}

impl Tokens {
    /// Tokens of an encoded list, and for each row of the list its id. `ids` gives random ids, all different. A schema that
    /// names no kind has no fields and makes no tokens.
    pub fn new(schema: &Schema, secret: &[u8], list: &EncodedList, ids: impl FnMut() -> RowId) -> (Self, Vec<RowId>) {
        let ids: Vec<RowId> = std::iter::repeat_with(ids).take(list.fields.len()).collect();
        let mut order: Vec<usize> = (0..ids.len()).collect();
        order.sort_by_key(|row| ids[*row]);
        let mut tokens = Self {
            schema: schema.fingerprint(),
            check: keys::check_value(schema, secret),
            rows: Vec::with_capacity(ids.len()),
            fields: Filters::new(list.fields.bits()),
            layout: list.layout.clone(),
        };
        for row in order {
            tokens.rows.push(ids[row]);
            tokens.fields.push(list.fields.get(row));
        }
        (tokens, ids)
    }

    /// Reads a token file.
    pub fn read(bytes: &[u8]) -> Result<Self, TokensError> {
        let rest = bytes.strip_prefix(HEAD.as_bytes()).ok_or(TokensError::NotTokens)?;
        let end = rest
            .iter()
            .take(MOST_HEADER)
            .position(|byte| *byte == b'\n')
            .ok_or(TokensError::Broken)?;
        let header: Value = serde_json::from_slice(&rest[..end]).map_err(|_| TokensError::Broken)?;
        let header = Header::of(&header).ok_or(TokensError::Broken)?;
        let (body, sum) = rest[end + 1..].split_last_chunk::<32>().ok_or(TokensError::Broken)?;
        let whole = &bytes[..bytes.len() - 32];
        let stride = 16 + 8 * bits::words_of(header.layout.bits());
        if Self::sum(whole) != *sum || header.rows.checked_mul(stride) != Some(body.len()) {
            return Err(TokensError::Broken);
        }
        if header.rows == 0 {
            return Err(TokensError::Empty);
        }
        let mut tokens = Self {
            schema: header.schema,
            check: header.check,
            rows: Vec::with_capacity(header.rows),
            fields: Filters::new(header.layout.bits()),
            layout: header.layout,
        };
        for row in body.chunks_exact(stride) {
            let (id, words) = row.split_first_chunk::<16>().ok_or(TokensError::Broken)?;
            if tokens.rows.last().is_some_and(|last| last >= id) {
                return Err(TokensError::RepeatedRow);
            }
            tokens.rows.push(*id);
            let words: Vec<u64> = bits::words(words).collect();
            tokens.fields.push(&words);
        }
        Ok(tokens)
    }

    /// Writes a token file.
    pub fn write(&self) -> Vec<u8> {
        let fields: Vec<Value> = self
            .layout
            .fields()
            .iter()
            .map(|field| json!({ "role": field.role.code(), "column": field.column, "bits": field.bits }))
            .collect();
        let header = json!({
            "schema": hex(&self.schema),
            "check": hex(&self.check),
            "rows": self.rows.len(),
            "fields": fields,
        });
        let mut bytes = format!("{HEAD}{header}\n").into_bytes();
        for (row, id) in self.rows.iter().enumerate() {
            bytes.extend_from_slice(id);
            bytes.extend(self.fields.get(row).iter().flat_map(|word| word.to_be_bytes()));
        }
        let sum = Self::sum(&bytes);
        bytes.extend_from_slice(&sum);
        bytes
    }

    /// The last bytes of a file: the SHA-256 of all before.
    pub fn sum(before: &[u8]) -> [u8; 32] {
        Sha256::digest(before).into()
    }

    /// Refuses another file's tokens if they cannot be linked with these; the names are the files'.
    pub fn check_with(&self, name: &str, other: &Self, other_name: &str) -> Result<(), TokensError> {
        let (first, second) = (name.to_owned(), other_name.to_owned());
        if self.schema != other.schema || self.layout != other.layout {
            return Err(TokensError::OtherSchema { first, second });
        }
        if self.check != other.check {
            return Err(TokensError::OtherSecret { first, second });
        }
        Ok(())
    }
}

/// The second line.
struct Header {
    schema: [u8; 32],
    check: [u8; 16],
    rows: usize,
    layout: Layout,
}

impl Header {
    fn of(value: &Value) -> Option<Self> {
        let whole = |value: &Value, most: u64| {
            let number = value.as_u64().filter(|number| *number <= most)?;
            usize::try_from(number).ok()
        };
        let fields = value.get("fields")?.as_array()?.iter().map(|field| {
            let role = Role::from_code(field.get("role")?.as_str()?)?;
            Some(Field {
                role,
                column: field.get("column")?.as_str()?.to_owned(),
                bits: whole(field.get("bits")?, 256).filter(|bits| *bits == role.bits())?,
            })
        });
        let fields = fields.collect::<Option<Vec<_>>>()?;
        let repeats = |(place, field): (usize, &Field)| {
            let mut before = fields[..place].iter();
            before.any(|other| (other.role, &other.column) == (field.role, &field.column))
        };
        let n_marks = fields.iter().filter(|field| field.role == Role::Salt).count();
        if n_marks > 1 || fields.iter().enumerate().any(repeats) {
            return None;
        }
        let layout = Layout::new(fields);
        if !(1..=super::compare::MOST_FIELDS).contains(&layout.compared().fields().len()) {
            return None;
        }
        Some(Self {
            schema: unhex(value.get("schema")?.as_str()?)?,
            check: unhex(value.get("check")?.as_str()?)?,
            rows: whole(value.get("rows")?, 1_000_000_000)?,
            layout,
        })
    }
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// So many bytes of hexadecimal digits.
pub fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::linkage::encode::encode;

    fn tokens(secret: &[u8], n: usize) -> (Tokens, Vec<RowId>) {
        let schema = Schema::default();
        let rows: Vec<Vec<String>> = (0..n)
            .map(|number| {
                let name = format!("Specimen{number}");
                ["Anna", &name, "1985", "f", "", ""].map(str::to_owned).to_vec()
            })
            .collect();
        let list = encode(&schema, secret, &rows).unwrap();
        let mut next = 200_u8;
        Tokens::new(&schema, secret, &list, || {
            next -= 7;
            [next; 16]
        })
    }

    #[test]
    fn rows_stand_by_their_random_ids_and_the_sender_learns_which_is_which() {
        let (tokens, ids) = tokens(b"a secret for tests", 3);
        assert_eq!(ids, [[193; 16], [186; 16], [179; 16]]);
        assert_eq!(tokens.rows, [[179; 16], [186; 16], [193; 16]]);
        assert_eq!(Tokens::read(&tokens.write()).unwrap(), tokens);
    }

    #[test]
    fn nothing_but_ids_and_encodings_is_in_a_file() {
        let (tokens, _) = tokens(b"a secret for tests", 2);
        let bytes = tokens.write();
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(!text.contains("specimen") && !text.contains("anna") && !text.contains("secret"));
        let body = 2 * (16 + 152) + 32;
        let head = text.find('}').unwrap();
        assert!(bytes.len() - body > head - 10, "no room for more");
    }

    #[test]
    fn cut_changed_and_empty_files_are_refused_with_the_reason() {
        let bytes = tokens(b"a secret for tests", 2).0.write();
        assert_eq!(Tokens::read(b"row,line\n"), Err(TokensError::NotTokens));
        for end in [HEAD.len(), HEAD.len() + 30, bytes.len() - 40, bytes.len() - 1] {
            assert_eq!(Tokens::read(&bytes[..end]), Err(TokensError::Broken), "{end}");
        }
        let mut changed = bytes.clone();
        let place = bytes.len() - 50;
        changed[place] ^= 1;
        assert_eq!(Tokens::read(&changed), Err(TokensError::Broken));
        assert_eq!(
            Tokens::read(&tokens(b"a secret for tests", 0).0.write()),
            Err(TokensError::Empty)
        );
    }

    #[test]
    fn other_secrets_and_schemas_are_told_by_the_names_of_the_files() {
        let (one, _) = tokens(b"a secret for tests", 1);
        let (other, _) = tokens(b"another for tests!", 1);
        let error = one.check_with("A", &other, "B").unwrap_err().to_string();
        assert!(error.starts_with("B was encoded with another secret than A"), "{error}");
        let mut schema = one.clone();
        schema.schema[0] ^= 1;
        let error = one.check_with("A", &schema, "B").unwrap_err().to_string();
        assert!(error.starts_with("B was encoded with another schema than A"), "{error}");
        assert_eq!(one.check_with("A", &one.clone(), "B"), Ok(()));
    }

    #[test]
    fn a_header_whose_fields_are_not_those_of_a_schema_is_refused() {
        let (tokens, _) = tokens(b"a secret for tests", 1);
        let refused = |change: &dyn Fn(&mut Vec<Field>)| {
            let mut fields = tokens.layout.fields().to_vec();
            change(&mut fields);
            let layout = Layout::new(fields);
            let words = vec![1; bits::words_of(layout.bits()).max(1)];
            let bits = layout.bits().max(64);
            let changed = Tokens {
                fields: Filters::from_words(bits, words),
                layout,
                ..tokens.clone()
            };
            assert_eq!(Tokens::read(&changed.write()), Err(TokensError::Broken));
        };
        refused(&|fields| fields[4].bits = 256);
        refused(&|fields| fields[6].bits = 64);
        refused(&|fields| fields.push(fields[0].clone()));
        refused(&|fields| fields.clear());
        let mark = |column: &str| Field {
            role: Role::Salt,
            column: column.to_owned(),
            bits: 64,
        };
        refused(&|fields| fields.extend([mark("sex"), mark("place")]));
        refused(&|fields| *fields = vec![mark("sex")]);
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(at in any::<prop::sample::Index>(), with in any::<u8>(), end in any::<prop::sample::Index>()) {
            let mut bytes = tokens(b"a secret for tests", 2).0.write();
            let at = at.index(bytes.len());
            bytes[at] = with;
            let _ = Tokens::read(&bytes);
            let _ = Tokens::read(&bytes[..end.index(bytes.len())]);
        }

        #[test]
        fn hexadecimal_digits_are_read_again(bytes in any::<[u8; 16]>()) {
            prop_assert_eq!(unhex(&hex(&bytes)), Some(bytes));
        }
    }
}

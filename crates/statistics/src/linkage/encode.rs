//! Records become encodings: one CLK each, and a filter for each column.
//!
//! Without hardening the CLK has, bit for bit, what clkhash 0.18.3 makes of the same (normalised) values.

use std::collections::HashMap;

use rayon::prelude::*;

use super::bits::{self, Filters};
use super::field::{self, Layout};
use super::harden;
use super::keys;
use super::normalise;
use super::schema::{Feature, Schema};
use super::token::{self, Hasher, Places, ValueError};

/// The most tokens of a column that are remembered, and the most values.
const REMEMBERED: usize = 1 << 14;
/// Rows that one thread encodes at a time.
const ROWS: usize = 8192;

/// A list of people, encoded; in the order of its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedList {
    /// One CLK for each row.
    pub clks: Filters,
    /// The filters of each row's columns, one after the other; empty when the schema names no kind.
    pub fields: Filters,
    /// What those filters are.
    pub layout: Layout,
    /// Rows whose date of birth could not be read in whole, and counts as missing where it could not.
    pub unreadable: Vec<usize>,
}

/// Why a list is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("row {}: {error}", .row + 1)]
pub struct RowError {
    /// The row, from 0.
    pub row: usize,
    /// What is wrong with it.
    pub error: ValueError,
}

/// Encodes the values of one row after another.
#[derive(Debug, Clone)]
struct Encoder<'a> {
    schema: &'a Schema,
    secret: &'a [u8],
    layout: Layout,
    /// For each feature that is encoded: its hasher, and what was seen before.
    features: Vec<Coder>,
    /// For each field of the layout: where its value stands, and what was seen before.
    fields: Vec<FieldCoder>,
    /// For each group of fields and salt: the key, and the places of tokens seen before.
    groups: HashMap<(String, String), Group>,
    /// The key of the salts' marks.
    marks: hmac::Hmac<sha2::Sha256>,
}

/// Encodes the values of one feature.
#[derive(Debug, Clone)]
struct Coder {
    hasher: Hasher,
    tokens: HashMap<String, Places>,
    /// The whole filter of values, where no salt changes it.
    values: HashMap<String, Vec<u64>>,
}

/// Encodes the values of one field.
#[derive(Debug, Clone)]
struct FieldCoder {
    column: usize,
    is_salted: bool,
    group: String,
    values: HashMap<String, Vec<u64>>,
}

#[derive(Debug, Clone)]
struct Group {
    key: hmac::Hmac<sha2::Sha256>,
    places: HashMap<String, [u8; 16]>,
}

/// Encodes rows; each has one value for each feature of the schema, in its order.
pub fn encode<R>(schema: &Schema, secret: &[u8], rows: &[R]) -> Result<EncodedList, RowError>
where
    R: AsRef<[String]> + Sync,
{
    let template = Encoder::new(schema, secret);
    let chunks = rows
        .par_chunks(ROWS)
        .enumerate()
        .map(|(chunk, rows)| {
            let mut encoder = template.clone();
            let mut list = encoder.empty();
            for (index, row) in rows.iter().enumerate() {
                let row_number = chunk * ROWS + index;
                encoder
                    .row(row.as_ref(), row_number, &mut list)
                    .map_err(|error| RowError { row: row_number, error })?;
            }
            Ok(list)
        })
        .collect::<Result<Vec<_>, RowError>>()?;
    let mut whole = template.empty();
    for list in chunks {
        list.clks.iter().for_each(|clk| whole.clks.push(clk));
        if whole.fields.bits() > 0 {
            list.fields.iter().for_each(|fields| whole.fields.push(fields));
        }
        whole.unreadable.extend(list.unreadable);
    }
    Ok(whole)
}

impl<'a> Encoder<'a> {
    fn new(schema: &'a Schema, secret: &'a [u8]) -> Self {
        let keys = keys::of_features(schema, secret);
        let features = schema.features.iter().zip(&keys).filter_map(|(feature, keys)| {
            let encoded = feature.encoded.as_ref()?;
            Some(Coder {
                hasher: Hasher::new(encoded.hash, keys),
                tokens: HashMap::new(),
                values: HashMap::new(),
            })
        });
        let layout = Layout::of(schema);
        let fields = layout.fields().iter().map(|field| FieldCoder {
            column: schema
                .features
                .iter()
                .position(|feature| feature.identifier == field.column)
                .expect("a layout is made of the schema's features"),
            is_salted: harden::is_salted(schema, field),
            group: field::group(field),
            values: HashMap::new(),
        });
        Self {
            fields: fields.collect(),
            schema,
            secret,
            layout,
            features: features.collect(),
            groups: HashMap::new(),
            marks: field::keyed(&keys::of_purpose(secret, &[b"salt"])),
        }
    }

    fn empty(&self) -> EncodedList {
        EncodedList {
            clks: Filters::new(self.schema.bits),
            fields: Filters::new(self.layout.bits()),
            layout: self.layout.clone(),
            unreadable: Vec::new(),
        }
    }

    fn row(&mut self, values: &[String], number: usize, list: &mut EncodedList) -> Result<(), ValueError> {
        let salt = harden::salt(self.schema, values);
        let clk = self.clk(values, &salt)?;
        list.clks.push(&clk);
        let mut is_unreadable = false;
        let mut words = vec![0; bits::words_of(self.layout.bits())];
        let fields = self.layout.fields().iter().zip(self.layout.ranges());
        for ((field, range), coder) in fields.zip(&mut self.fields) {
            let value = values.get(coder.column).map_or("", String::as_str);
            is_unreadable |= field.role == field::Role::BirthDay && normalise::birth(value).is_unreadable;
            let words = &mut words[range];
            if field.role == field::Role::Salt {
                if !salt.is_empty() {
                    words[0] = field::mark(&self.marks, &salt);
                }
                continue;
            }
            let salt = if coder.is_salted { salt.as_str() } else { "" };
            if let Some(known) = coder.values.get(value).filter(|_| salt.is_empty()) {
                words.copy_from_slice(known);
            } else {
                let group = self
                    .groups
                    .entry((coder.group.clone(), salt.to_owned()))
                    .or_insert_with_key(|(group, salt)| Group {
                        key: field::keyed(&keys::of_purpose(
                            self.secret,
                            &[b"field", group.as_bytes(), salt.as_bytes()],
                        )),
                        places: HashMap::new(),
                    });
                for (token, k) in field::tokens(field.role, value) {
                    let places = group.places(token, field.bits);
                    for place in &places[..k] {
                        bits::set(words, usize::from(*place));
                    }
                }
                if salt.is_empty() && coder.values.len() < REMEMBERED {
                    coder.values.insert(value.to_owned(), words.to_vec());
                }
            }
        }
        if !words.is_empty() {
            list.fields.push(&words);
        }
        if is_unreadable {
            list.unreadable.push(number);
        }
        Ok(())
    }

    /// The CLK of a row, folded.
    fn clk(&mut self, values: &[String], salt: &str) -> Result<Vec<u64>, ValueError> {
        let unfolded = self.schema.unfolded();
        let mut filter = vec![0; bits::words_of(unfolded)];
        let encoded = self
            .schema
            .features
            .iter()
            .zip(values)
            .filter(|(feature, _)| feature.encoded.is_some());
        for ((feature, value), coder) in encoded.zip(&mut self.features) {
            let kind = feature.encoded.as_ref().and_then(|encoded| encoded.kind);
            let salt = if kind == self.schema.hardening.salt { "" } else { salt };
            if let Some(known) = coder.values.get(value).filter(|_| salt.is_empty()) {
                filter.iter_mut().zip(known).for_each(|(word, more)| *word |= more);
                continue;
            }
            let mut alone = vec![0; filter.len()];
            insert(feature, value, salt, coder, &mut alone, unfolded).map_err(|reason| ValueError {
                column: feature.identifier.clone(),
                reason,
            })?;
            filter.iter_mut().zip(&alone).for_each(|(word, more)| *word |= more);
            if salt.is_empty() && coder.values.len() < REMEMBERED {
                coder.values.insert(value.clone(), alone);
            }
        }
        Ok(folded(filter, unfolded, self.schema.folds))
    }
}

impl Group {
    fn places(&mut self, token: String, bits: usize) -> [u8; 16] {
        if let Some(places) = self.places.get(&token) {
            return *places;
        }
        let places = field::places(&self.key, &token, bits);
        if self.places.len() < REMEMBERED {
            self.places.insert(token, places);
        }
        places
    }
}

/// Sets the bits of one value.
fn insert(
    feature: &Feature,
    value: &str,
    salt: &str,
    coder: &mut Coder,
    filter: &mut [u64],
    unfolded: usize,
) -> Result<(), String> {
    let Some(encoded) = &feature.encoded else {
        return Ok(());
    };
    let Coder {
        hasher, tokens: seen, ..
    } = coder;
    let normal;
    let value = match encoded.kind {
        None => value,
        Some(kind) => {
            normal = normalise::value(kind, value);
            &normal
        }
    };
    let tokens = token::tokens(encoded.comparison, &token::formatted(encoded, value)?)?;
    let counts = token::inserted(encoded.strategy, tokens.len());
    for (mut token, k) in tokens.into_iter().zip(counts) {
        if !salt.is_empty() {
            token.push('\u{1f}');
            token.push_str(salt);
        }
        if let Some(places) = seen.get(&token)
            && places.are_enough(k)
        {
            for place in places.first(k, unfolded) {
                bits::set(filter, place);
            }
            continue;
        }
        let bytes = token::bytes(encoded.charset, &token).ok_or("only ASCII characters are allowed")?;
        let places = hasher.places(&bytes, k, unfolded);
        for place in places.first(k, unfolded) {
            bits::set(filter, place);
        }
        if seen.len() < REMEMBERED {
            seen.insert(token, places);
        }
    }
    Ok(())
}

/// Folds a filter upon itself by exclusive or, `folds` times.
fn folded(mut filter: Vec<u64>, mut bits: usize, folds: u32) -> Vec<u64> {
    for _ in 0..folds {
        bits /= 2;
        let mut half = vec![0; bits::words_of(bits)];
        for index in 0..bits {
            if bits::is_set(&filter, index) != bits::is_set(&filter, index + bits) {
                bits::set(&mut half, index);
            }
        }
        filter = half;
    }
    filter
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(values: [&str; 6]) -> Vec<String> {
        values.map(str::to_owned).to_vec()
    }

    fn encoded(rows: &[Vec<String>]) -> EncodedList {
        encode(&Schema::default(), b"a secret for tests", rows).unwrap()
    }

    #[test]
    fn a_person_written_differently_is_encoded_alike() {
        let list = encoded(&[
            row([
                "Ana Maria",
                "van der Specimen",
                "1985-03-12",
                "F",
                "Albania",
                "Example Town",
            ]),
            row([
                "ÁNA-MARÍA",
                "SPECIMEN",
                "12/03/1985",
                "female",
                "albania",
                "example-town",
            ]),
        ]);
        assert_eq!(list.fields.get(0), list.fields.get(1));
        assert_eq!(list.clks.get(0), list.clks.get(1));
    }

    #[test]
    fn missing_values_leave_their_filters_empty() {
        let list = encoded(&[row(["", "Unknown", "1985-01-01", "", "", ""])]);
        let set: Vec<u32> = list
            .layout
            .ranges()
            .into_iter()
            .map(|range| bits::count(&list.fields.get(0)[range]))
            .collect();
        assert!(set[2] > 0, "the year is known");
        assert_eq!(set.iter().filter(|count| **count > 0).count(), 1);
    }

    #[test]
    fn a_date_that_cannot_be_read_is_counted() {
        let list = encoded(&[row(["A", "B", "soon", "f", "", ""]), row(["A", "B", "", "f", "", ""])]);
        assert_eq!(list.unreadable, [0]);
    }

    #[test]
    fn nothing_of_two_secrets_agrees_more_than_by_chance() {
        let rows = [row(["Anna", "Specimen", "1985-03-12", "F", "Albania", "Example Town"])];
        let one = encode(&Schema::default(), b"one secret", &rows).unwrap();
        let other = encode(&Schema::default(), b"other secret", &rows).unwrap();
        assert!(bits::dice(one.clks.get(0), other.clks.get(0)) < 0.6);
        assert!(bits::dice(one.fields.get(0), other.fields.get(0)) < 0.35);
    }

    #[test]
    fn a_refused_value_is_told_by_row_and_column_and_not_repeated() {
        let mut schema = Schema::default();
        if let Some(encoded) = &mut schema.features[3].encoded {
            encoded.kind = None;
            encoded.format = crate::linkage::schema::Format::Enum(vec!["f".into()]);
        }
        let rows = [
            row(["A", "B", "1985", "f", "", ""]),
            row(["A", "B", "1985", "secret", "", ""]),
        ];
        let error = encode(&schema, b"a secret for tests", &rows).unwrap_err();
        assert_eq!(error.to_string(), "row 2: column sex: not one of the schema's values");
    }
}

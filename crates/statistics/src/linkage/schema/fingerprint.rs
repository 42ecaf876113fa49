//! What tells one encoding from another.
//!
//! A fingerprint is the SHA-256 of a text that is made by hand, member by member, and never by a derived format: a renamed
//! variant or a newer library must not part two organisations that encode alike.
//!
//! Everything outside the schema that decides an encoding (particles, titles, letters, the sizes of filters, how many bits a
//! token sets) stands for itself behind [`VERSION`]. Whoever changes any of it raises that number, or two releases
//! would say that they encode alike and do not; the tests here hold both.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{Case, Charset, Comparison, Encoded, Format, Hash, KdfHash, Schema, Strategy};
use crate::linkage::field::Layout;
use crate::linkage::tokens::hex;

/// The version of everything that decides an encoding and does not stand in the schema.
pub(crate) const VERSION: &str = "rapporteur linkage 1";

impl Schema {
    /// A fingerprint of everything that decides the encoding: two lists can be linked only when it is the same.
    pub fn fingerprint(&self) -> [u8; 32] {
        Sha256::digest(self.canonical().as_bytes()).into()
    }

    /// The schema as JSON without blanks, its members in this order and none left out.
    fn canonical(&self) -> String {
        let features = self.features.iter().map(|feature| {
            let encoded = feature.encoded.as_ref().map_or_else(null, encoded);
            object(&[("identifier", text(&feature.identifier)), ("encoded", encoded)])
        });
        let layout = Layout::of(self);
        let fields = layout.fields().iter().map(|field| {
            object(&[
                ("role", text(field.role.code())),
                ("column", text(&field.column)),
                ("bits", field.bits.to_string()),
            ])
        });
        let hash = match self.kdf.hash {
            KdfHash::Sha256 => "SHA256",
            KdfHash::Sha512 => "SHA512",
        };
        let kdf = object(&[
            ("hash", text(hash)),
            ("info", text(&hex(&self.kdf.info))),
            ("salt", text(&hex(&self.kdf.salt))),
            ("size", self.kdf.key_size.to_string()),
        ]);
        object(&[
            ("version", text(VERSION)),
            ("bits", self.bits.to_string()),
            ("folds", self.folds.to_string()),
            ("kdf", kdf),
            ("salt", self.hardening.salt.map_or_else(null, |kind| text(kind.code()))),
            ("features", list(features)),
            ("fields", list(fields)),
        ])
    }
}

fn encoded(encoded: &Encoded) -> String {
    let charset = match encoded.charset {
        Charset::Ascii => "ascii",
        Charset::Utf8 => "utf-8",
        Charset::Utf16 => "utf-16",
        Charset::Utf32 => "utf-32",
    };
    let strategy = match encoded.strategy {
        Strategy::PerToken(bits) => object(&[("bitsPerToken", bits.to_string())]),
        Strategy::PerFeature(bits) => object(&[("bitsPerFeature", bits.to_string())]),
    };
    let hash = match encoded.hash {
        Hash::Double { prevent_singularity } => object(&[
            ("type", text("doubleHash")),
            ("prevent_singularity", prevent_singularity.to_string()),
        ]),
        Hash::Blake => object(&[("type", text("blakeHash"))]),
    };
    let missing = encoded.missing.as_ref().map_or_else(null, |(sentinel, instead)| {
        object(&[("sentinel", text(sentinel)), ("replaceWith", text(instead))])
    });
    object(&[
        ("kind", encoded.kind.map_or_else(null, |kind| text(kind.code()))),
        ("format", format(&encoded.format)),
        ("encoding", text(charset)),
        ("comparison", comparison(encoded.comparison)),
        ("strategy", strategy),
        ("hash", hash),
        ("missing", missing),
    ])
}

fn format(format: &Format) -> String {
    match format {
        Format::Text {
            case,
            shortest,
            longest,
        } => {
            let case = match case {
                Case::Upper => "upper",
                Case::Lower => "lower",
                Case::Mixed => "mixed",
            };
            object(&[
                ("type", text("string")),
                ("case", text(case)),
                ("minLength", optional(shortest.as_ref())),
                ("maxLength", optional(longest.as_ref())),
            ])
        }
        Format::Integer { minimum, maximum } => object(&[
            ("type", text("integer")),
            ("minimum", optional(minimum.as_ref())),
            ("maximum", optional(maximum.as_ref())),
        ]),
        Format::Date(format) => object(&[("type", text("date")), ("format", text(format.text()))]),
        Format::Enum(values) => object(&[
            ("type", text("enum")),
            ("values", list(values.iter().map(|value| text(value)))),
        ]),
    }
}

fn comparison(comparison: Comparison) -> String {
    match comparison {
        Comparison::Ngram { n, positional } => object(&[
            ("type", text("ngram")),
            ("n", n.to_string()),
            ("positional", positional.to_string()),
        ]),
        Comparison::Exact => object(&[("type", text("exact"))]),
        Comparison::Numeric {
            step,
            resolution,
            precision,
        } => object(&[
            ("type", text("numeric")),
            ("step", step.to_string()),
            ("resolution", resolution.to_string()),
            ("precision", precision.to_string()),
        ]),
    }
}

fn object(members: &[(&str, String)]) -> String {
    let members = members.iter().map(|(name, value)| format!("{}:{value}", text(name)));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

/// A text with JSON's escapes.
fn text(text: &str) -> String {
    Value::from(text).to_string()
}

fn null() -> String {
    "null".to_owned()
}

fn optional(value: Option<&impl ToString>) -> String {
    value.map_or_else(null, ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linkage::encode::encode;
    use crate::linkage::schema::DEFAULT;

    /// People whose encoding leans on everything outside the schema: particles, titles, scripts, dates that forms made up.
    const PEOPLE: [[&str; 6]; 5] = [
        [
            "Dr. Anna Maria",
            "van der Specimen",
            "1985-03-12",
            "Female",
            "Exampleland",
            "Port (North)",
        ],
        ["Владимир", "Œuvre-Ñandú", "1/1/1990", "m", "Othérland", "Example Town"],
        ["محمد", "bin al Muster", "31.12.1999", "other", "", "Bay"],
        ["Γιώργος", "Straße", "1901-01-01", "unknown", "N/A", "Hill 3"],
        ["", "O'Example", "1979", "2", "Exampleland", ""],
    ];

    /// Whoever makes one of these two fail has changed how people are encoded: raise [`VERSION`], then pin what comes out.
    #[test]
    fn the_shipped_schema_has_the_fingerprint_that_it_had() {
        assert_eq!(VERSION, "rapporteur linkage 1");
        assert_eq!(
            hex(&Schema::default().fingerprint()),
            "e4a95a25cfe3be4598a0c4e7474550776349e16f06e1f64fb6cef9287f0fe16f"
        );
    }

    #[test]
    fn a_fixed_list_is_encoded_as_it_was() {
        let rows: Vec<Vec<String>> = PEOPLE.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
        let list = encode(&Schema::default(), b"an invented secret, pinned", &rows).unwrap();
        let sum = |filters: &crate::linkage::bits::Filters| {
            let bytes: Vec<u8> = filters.words().iter().flat_map(|word| word.to_be_bytes()).collect();
            hex(&<[u8; 32]>::from(Sha256::digest(&bytes)))
        };
        assert_eq!(
            [sum(&list.fields), sum(&list.clks)],
            [
                "b3cca1464151ce94deb3c73fea9f017978ad0a411a1309055c4041cc98fc3517",
                "5ba7390ffd74b0d977b40b5e5d672b4a9f8c9b1386276f5acf7c6991d3f9a5f8"
            ]
        );
    }

    #[test]
    fn the_text_is_json_and_names_every_member_by_hand() {
        let text = Schema::default().canonical();
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["version"], VERSION);
        assert_eq!(value["features"][0]["encoded"]["kind"], "given name");
        assert_eq!(value["features"][0]["encoded"]["comparison"]["n"], 2);
        assert_eq!(value["fields"][0]["bits"], 256);
        assert!(text.starts_with("{\"version\":"), "{text}");
    }

    #[test]
    fn whatever_decides_an_encoding_changes_the_fingerprint() {
        for (from, to) in [
            ("\"l\": 1024", "\"l\": 2048"),
            ("\"l\": 1024", "\"l\": 1024, \"xor_folds\": 1"),
            ("SHA256", "SHA512"),
            ("cmFw", "cmFx"),
            ("\"keySize\": 64", "\"keySize\": 32"),
            ("\"keySize\": 64", "\"keySize\": 64, \"salt\": \"c2FsdA==\""),
            ("\"identifier\": \"place\"", "\"identifier\": \"town\""),
            ("\"kind\": \"place\"", "\"kind\": \"text\""),
            ("\"encoding\": \"utf-8\"", "\"encoding\": \"utf-16\""),
            ("\"case\": \"mixed\"", "\"case\": \"lower\""),
            ("\"minLength\": 0", "\"minLength\": 1"),
            ("\"minLength\": 0", "\"maxLength\": 9"),
            ("\"n\": 2", "\"n\": 3"),
            ("\"n\": 2", "\"n\": 2, \"positional\": true"),
            ("\"type\": \"ngram\", \"n\": 2", "\"type\": \"exact\""),
            ("\"bitsPerFeature\": 150", "\"bitsPerFeature\": 151"),
            ("\"bitsPerFeature\": 150", "\"bitsPerToken\": 150"),
            ("blakeHash", "doubleHash"),
            ("\"features\"", "\"rapporteur\": { \"salt\": \"sex\" }, \"features\""),
        ] {
            assert!(DEFAULT.contains(from), "{from}");
            let changed = Schema::read(&DEFAULT.replacen(from, to, 1)).unwrap_or_else(|error| panic!("{to}: {error}"));
            assert_ne!(changed.fingerprint(), Schema::default().fingerprint(), "{to}");
        }
    }
}

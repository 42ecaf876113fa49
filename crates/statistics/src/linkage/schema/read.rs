//! Reads a schema from JSON. Every fault names the member where it stands.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value};

use super::{
    Case, Charset, Comparison, DateFormat, Encoded, Feature, Format, Hash, Kdf, KdfHash, Schema, SchemaError, Strategy,
};
use crate::linkage::compare::MOST_FIELDS;
use crate::linkage::field::Layout;
use crate::linkage::harden::Hardening;
use crate::linkage::normalise::Kind;

/// The longest CLK, in bits; clkhash sets no limit.
const MOST_BITS: u64 = 1 << 16;
/// The longest CLK before it is folded: a filter of this length is made for every row.
const MOST_BITS_UNFOLDED: usize = 1 << 16;
/// The most bits that a token or a value sets.
const MOST_INSERTED: u64 = 1 << 14;

type Object = Map<String, Value>;

impl Schema {
    /// Reads a schema.
    ///
    /// ```
    /// use statistics::linkage::schema::{DEFAULT, Schema};
    /// let schema = Schema::read(DEFAULT)?;
    /// assert_eq!(schema.bits, 1024);
    /// assert!(Schema::read("{\"version\": 2}").is_err());
    /// # Ok::<(), statistics::linkage::schema::SchemaError>(())
    /// ```
    pub fn read(text: &str) -> Result<Self, SchemaError> {
        let value: Value = serde_json::from_str(text).map_err(|error| SchemaError::NotJson(error.to_string()))?;
        let schema = object(&value, "the schema")?;
        match schema.get("version") {
            Some(version) if version.as_f64() == Some(3.0) => {}
            Some(version) => return Err(SchemaError::Version(version.to_string())),
            None => return Err(missing("version")),
        }
        let config = object(member(schema, "clkConfig", "clkConfig")?, "clkConfig")?;
        let bits = whole(member(config, "l", "clkConfig.l")?, "clkConfig.l", 1, MOST_BITS)?;
        let folds = optional(config, "xor_folds", "clkConfig.xor_folds", 0, 8)?.unwrap_or(0);
        if config.contains_key("xorFolds") && !config.contains_key("xor_folds") {
            return Err(wrong(
                "clkConfig.xorFolds",
                "passed over by clkhash",
                "called xor_folds",
            ));
        }
        if bits << folds > MOST_BITS_UNFOLDED {
            return Err(wrong(
                "clkConfig.xor_folds",
                &folds.to_string(),
                &format!("so few that l before folding is at most {MOST_BITS_UNFOLDED}"),
            ));
        }
        let kdf = kdf(object(member(config, "kdf", "clkConfig.kdf")?, "clkConfig.kdf")?)?;
        let Some(list) = member(schema, "features", "features")?.as_array() else {
            return Err(wrong("features", "no list", "a list"));
        };
        let features = list
            .iter()
            .enumerate()
            .map(|(index, value)| feature(value, &format!("features[{index}]")))
            .collect::<Result<Vec<_>, _>>()?;
        let schema = Self {
            bits,
            folds: u32::try_from(folds).expect("at most 8"),
            kdf,
            features,
            hardening: hardening(schema)?,
        };
        schema.check()?;
        Ok(schema)
    }

    /// What concerns the schema as a whole.
    fn check(&self) -> Result<(), SchemaError> {
        if self.columns().next().is_none() {
            return Err(SchemaError::NothingEncoded);
        }
        let has = |kind| {
            let mut kinds = self
                .features
                .iter()
                .filter_map(|feature| feature.encoded.as_ref()?.kind);
            kinds.any(|other| other == kind)
        };
        if let Some(kind) = self.hardening.salt
            && !has(kind)
        {
            return Err(wrong("rapporteur.salt", kind.code(), "the kind of a feature"));
        }
        for (index, feature) in self.features.iter().enumerate() {
            if self.features[..index]
                .iter()
                .any(|other| other.identifier == feature.identifier)
            {
                return Err(SchemaError::RepeatedName(feature.identifier.clone()));
            }
            let needs_power = feature
                .encoded
                .as_ref()
                .is_some_and(|encoded| encoded.hash == Hash::Blake);
            if needs_power && !self.unfolded().is_power_of_two() {
                return Err(wrong(
                    "clkConfig.l",
                    &self.bits.to_string(),
                    "a power of two, because a feature uses blakeHash",
                ));
            }
        }
        let filters = Layout::of(self).compared().fields().len();
        if filters > MOST_FIELDS {
            return Err(SchemaError::TooManyKinds(filters));
        }
        let most = match self.kdf.hash {
            KdfHash::Sha256 => 255 * 32,
            KdfHash::Sha512 => 255 * 64,
        };
        if 2 * self.features.len() * self.kdf.key_size > most {
            return Err(SchemaError::TooManyKeys {
                features: self.features.len(),
                size: self.kdf.key_size,
                most,
            });
        }
        Ok(())
    }
}

fn hardening(schema: &Object) -> Result<Hardening, SchemaError> {
    let Some(value) = schema.get("rapporteur") else {
        return Ok(Hardening::default());
    };
    let ours = object(value, "rapporteur")?;
    let salt = match ours.get("salt") {
        None => None,
        Some(_) => Kind::from_code(&word(ours, "salt", "rapporteur", &Kind::ALL.map(Kind::code), None)?),
    };
    if let Some(noise) = ours.get("noise") {
        return Err(wrong(
            "rapporteur.noise",
            &shown(noise),
            "left out: from columns' own filters whoever has them takes noise away again. CLKs can have it: `encode --clks --noise`",
        ));
    }
    Ok(Hardening { salt })
}

fn kdf(kdf: &Object) -> Result<Kdf, SchemaError> {
    let place = "clkConfig.kdf";
    word(kdf, "type", place, &["HKDF"], None)?;
    let hash = match word(kdf, "hash", place, &["SHA256", "SHA512"], Some("SHA256"))?.as_str() {
        "SHA512" => KdfHash::Sha512,
        _ => KdfHash::Sha256,
    };
    let bytes = |name: &str| -> Result<Vec<u8>, SchemaError> {
        let Some(value) = kdf.get(name) else {
            return Ok(Vec::new());
        };
        let place = format!("{place}.{name}");
        let text = value.as_str().ok_or_else(|| wrong(&place, &shown(value), "base64"))?;
        BASE64_STANDARD
            .decode(text)
            .map_err(|_| wrong(&place, &shown(value), "base64"))
    };
    Ok(Kdf {
        hash,
        info: bytes("info")?,
        salt: bytes("salt")?,
        // BLAKE2b takes keys of at most 64 bytes.
        key_size: optional(kdf, "keySize", "clkConfig.kdf.keySize", 1, 64)?.unwrap_or(64),
    })
}

fn feature(value: &Value, place: &str) -> Result<Feature, SchemaError> {
    let feature = object(value, place)?;
    let at = |name: &str| format!("{place}.{name}");
    let identifier = text(member(feature, "identifier", &at("identifier"))?, &at("identifier"))?;
    if identifier.trim().is_empty() {
        return Err(wrong(&at("identifier"), "empty", "the heading of a column"));
    }
    let is_ignored = match feature.get("ignored") {
        None => false,
        Some(value) => value
            .as_bool()
            .ok_or_else(|| wrong(&at("ignored"), &shown(value), "true or false"))?,
    };
    let encoded = if is_ignored {
        None
    } else {
        Some(encoded(feature, place)?)
    };
    Ok(Feature { identifier, encoded })
}

fn encoded(feature: &Object, place: &str) -> Result<Encoded, SchemaError> {
    let at = |name: &str| format!("{place}.{name}");
    let kind = match feature.get("rapporteur") {
        None => None,
        Some(value) => {
            let place = at("rapporteur");
            let name = word(object(value, &place)?, "kind", &place, &Kind::ALL.map(Kind::code), None)?;
            Kind::from_code(&name)
        }
    };
    let (format, charset) = format(
        object(member(feature, "format", &at("format"))?, &at("format"))?,
        &at("format"),
    )?;
    let place = at("hashing");
    let hashing = object(member(feature, "hashing", &place)?, &place)?;
    let at = |name: &str| format!("{place}.{name}");
    let hash = match hashing.get("hash") {
        None => Hash::Blake,
        Some(value) => {
            let hash = object(value, &at("hash"))?;
            match word(hash, "type", &at("hash"), &["doubleHash", "blakeHash"], None)?.as_str() {
                "blakeHash" => Hash::Blake,
                _ => Hash::Double {
                    prevent_singularity: hash
                        .get("prevent_singularity")
                        .and_then(Value::as_bool)
                        .unwrap_or(false),
                },
            }
        }
    };
    let strategy = object(member(hashing, "strategy", &at("strategy"))?, &at("strategy"))?;
    let inserted = |name: &str| optional(strategy, name, &format!("{}.{name}", at("strategy")), 1, MOST_INSERTED);
    let strategy = match (inserted("bitsPerToken")?, inserted("bitsPerFeature")?) {
        (Some(bits), None) => Strategy::PerToken(bits),
        (None, Some(bits)) => Strategy::PerFeature(bits),
        (None, None) => return Err(missing(&format!("{}.bitsPerToken or bitsPerFeature", at("strategy")))),
        (Some(_), Some(_)) => {
            return Err(wrong(&at("strategy"), "bitsPerToken and bitsPerFeature", "one of them"));
        }
    };
    let missing = match hashing.get("missingValue") {
        None => None,
        Some(value) => {
            let place = at("missingValue");
            let object = object(value, &place)?;
            let of = |name: &str| {
                object
                    .get(name)
                    .map(|value| text(value, &format!("{place}.{name}")))
                    .transpose()
            };
            let sentinel = of("sentinel")?.ok_or_else(|| missing(&format!("{place}.sentinel")))?;
            let instead = of("replaceWith")?.unwrap_or_else(|| sentinel.clone());
            Some((sentinel, instead))
        }
    };
    Ok(Encoded {
        kind,
        format,
        charset,
        comparison: comparison(
            object(member(hashing, "comparison", &at("comparison"))?, &at("comparison"))?,
            &at("comparison"),
        )?,
        strategy,
        hash,
        missing,
    })
}

fn format(format: &Object, place: &str) -> Result<(Format, Charset), SchemaError> {
    let at = |name: &str| format!("{place}.{name}");
    let kind = word(format, "type", place, &["string", "integer", "date", "enum"], None)?;
    let read = match kind.as_str() {
        "integer" => {
            let limit = |name: &str| {
                format
                    .get(name)
                    .map(|value| {
                        value
                            .as_i64()
                            .ok_or_else(|| wrong(&at(name), &shown(value), "a whole number"))
                    })
                    .transpose()
            };
            Format::Integer {
                minimum: limit("minimum")?,
                maximum: limit("maximum")?,
            }
        }
        "date" => {
            let words = text(member(format, "format", &at("format"))?, &at("format"))?;
            Format::Date(
                DateFormat::parse(&words)
                    .ok_or_else(|| wrong(&at("format"), &words, "of %Y or %y, %m, %b or %B, and %d, once each"))?,
            )
        }
        "enum" => {
            let value = member(format, "values", &at("values"))?;
            let list = value
                .as_array()
                .ok_or_else(|| wrong(&at("values"), &shown(value), "a list"))?;
            Format::Enum(
                list.iter()
                    .map(|value| text(value, &at("values")))
                    .collect::<Result<_, _>>()?,
            )
        }
        _ => {
            let case = match word(format, "case", place, &["upper", "lower", "mixed"], Some("mixed"))?.as_str() {
                "upper" => Case::Upper,
                "lower" => Case::Lower,
                _ => Case::Mixed,
            };
            Format::Text {
                case,
                shortest: optional(format, "minLength", &at("minLength"), 0, MOST_BITS)?,
                longest: optional(format, "maxLength", &at("maxLength"), 1, MOST_BITS)?,
            }
        }
    };
    let names = ["ascii", "utf-8", "utf-16", "utf-32"];
    let charset = match word(format, "encoding", place, &names, Some("utf-8"))?.as_str() {
        "ascii" => Charset::Ascii,
        "utf-16" => Charset::Utf16,
        "utf-32" => Charset::Utf32,
        _ => Charset::Utf8,
    };
    Ok((read, charset))
}

fn comparison(comparison: &Object, place: &str) -> Result<Comparison, SchemaError> {
    let at = |name: &str| format!("{place}.{name}");
    match word(comparison, "type", place, &["ngram", "exact", "numeric"], None)?.as_str() {
        "ngram" => Ok(Comparison::Ngram {
            n: whole(member(comparison, "n", &at("n"))?, &at("n"), 1, 64)?,
            positional: comparison.get("positional").and_then(Value::as_bool).unwrap_or(false),
        }),
        "numeric" => {
            let precision =
                optional(comparison, "fractional_precision", &at("fractional_precision"), 0, 12)?.unwrap_or(0);
            let precision = u32::try_from(precision).expect("at most 12");
            let value = member(comparison, "thresholdDistance", &at("thresholdDistance"))?;
            let distance = value.as_f64().unwrap_or(0.0);
            let step = (distance
                * f64::from(10_u32.pow(precision.min(9)))
                * f64::from(10_u32.pow(precision.saturating_sub(9))))
            .round_ties_even();
            if !(1.0..1e15).contains(&step) {
                return Err(wrong(
                    &at("thresholdDistance"),
                    &shown(value),
                    "above 0, and not 0 when rounded to the precision",
                ));
            }
            #[expect(clippy::cast_possible_truncation, reason = "whole and below 1e15")]
            let step = step as i128;
            let resolution: usize = whole(
                member(comparison, "resolution", &at("resolution"))?,
                &at("resolution"),
                1,
                4096,
            )?;
            Ok(Comparison::Numeric {
                step,
                resolution: i128::try_from(resolution).expect("at most 4,096"),
                precision,
            })
        }
        _ => Ok(Comparison::Exact),
    }
}

fn missing(place: &str) -> SchemaError {
    SchemaError::Missing {
        place: place.to_owned(),
    }
}

fn wrong(place: &str, found: &str, expected: &str) -> SchemaError {
    SchemaError::Value {
        place: place.to_owned(),
        found: found.to_owned(),
        expected: expected.to_owned(),
    }
}

/// A value, short enough for a message.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn member<'a>(object: &'a Object, name: &str, place: &str) -> Result<&'a Value, SchemaError> {
    object.get(name).ok_or_else(|| missing(place))
}

fn object<'a>(value: &'a Value, place: &str) -> Result<&'a Object, SchemaError> {
    value
        .as_object()
        .ok_or_else(|| wrong(place, &shown(value), "an object"))
}

fn text(value: &Value, place: &str) -> Result<String, SchemaError> {
    value
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| wrong(place, &shown(value), "text"))
}

fn whole(value: &Value, place: &str, least: u64, most: u64) -> Result<usize, SchemaError> {
    value
        .as_u64()
        .filter(|number| (least..=most).contains(number))
        .and_then(|number| usize::try_from(number).ok())
        .ok_or_else(|| wrong(place, &shown(value), &format!("a whole number from {least} to {most}")))
}

fn optional(object: &Object, name: &str, place: &str, least: u64, most: u64) -> Result<Option<usize>, SchemaError> {
    object
        .get(name)
        .map(|value| whole(value, place, least, most))
        .transpose()
}

fn word(
    object: &Object,
    name: &str,
    place: &str,
    allowed: &[&str],
    default: Option<&str>,
) -> Result<String, SchemaError> {
    let place = format!("{place}.{name}");
    let Some(value) = object.get(name) else {
        return default.map(str::to_owned).ok_or_else(|| missing(&place));
    };
    match value.as_str() {
        Some(found) if allowed.contains(&found) => Ok(found.to_owned()),
        _ => Err(wrong(&place, &shown(value), &allowed.join(" or "))),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::DEFAULT;
    use super::*;

    fn refused(from: &str, to: &str) -> String {
        assert!(DEFAULT.contains(from), "{from}");
        Schema::read(&DEFAULT.replacen(from, to, 1)).unwrap_err().to_string()
    }

    #[test]
    fn the_shipped_schema_is_read() {
        let schema = Schema::default();
        assert_eq!(schema.features.len(), 6);
        assert!(
            schema
                .features
                .iter()
                .all(|feature| feature.encoded.as_ref().is_some_and(|encoded| encoded.kind.is_some()))
        );
    }

    #[test]
    fn a_fault_names_its_place_and_what_may_stand_there() {
        assert_eq!(
            refused("\"version\": 3", "\"version\": 2"),
            "the schema's version is 2: only version 3 can be read. clkhash converts older ones"
        );
        assert_eq!(
            refused("\"l\": 1024", "\"l\": \"many\""),
            "clkConfig.l is \"many\": it must be a whole number from 1 to 65536"
        );
        assert_eq!(
            refused("\"l\": 1024", "\"l\": 1000"),
            "clkConfig.l is 1000: it must be a power of two, because a feature uses blakeHash"
        );
        assert_eq!(
            refused("\"kind\": \"sex\"", "\"kind\": \"star sign\""),
            "features[3].rapporteur.kind is \"star sign\": it must be given name or family name or date of birth or sex or nationality or place or text or code"
        );
        assert_eq!(
            refused("\"identifier\": \"sex\",", ""),
            "features[3].identifier is missing"
        );
        assert_eq!(
            refused("\"identifier\": \"sex\"", "\"identifier\": \"place\""),
            "two features are called \"place\": a column has one place in a schema"
        );
        assert!(refused("\"l\": 1024", "\"l\": 1024, \"xorFolds\": 1").contains("xor_folds"));
        assert_eq!(
            refused("\"l\": 1024", "\"l\": 65536, \"xor_folds\": 8"),
            "clkConfig.xor_folds is 8: it must be so few that l before folding is at most 65536"
        );
        assert!(
            refused("\"features\"", "\"rapporteur\": { \"noise\": 0.05 }, \"features\"")
                .contains("left out: from columns' own filters")
        );
        let many: Vec<String> = (0..10)
            .map(|number| {
                let kind = "\"rapporteur\": { \"kind\": \"date of birth\" }, \"format\": { \"type\": \"string\" }";
                let hashing = "\"comparison\": { \"type\": \"exact\" }, \"strategy\": { \"bitsPerToken\": 4 }";
                format!("{{ \"identifier\": \"{number}\", {kind}, \"hashing\": {{ {hashing} }} }},")
            })
            .collect();
        let many = format!("\"features\": [ {}", many.concat());
        assert!(refused("\"features\": [", &many).contains("27 filters"));
        assert!(refused("{\n", "{{").starts_with("the schema is not JSON"));
    }

    #[test]
    fn the_fingerprint_changes_with_the_encoding_and_not_with_the_wording() {
        let changed = |from: &str, to: &str| Schema::read(&DEFAULT.replacen(from, to, 1)).unwrap().fingerprint();
        let same = changed("\"version\": 3", "\"version\": 3.0, \"title\": \"x\"");
        assert_eq!(same, Schema::default().fingerprint());
        assert_ne!(changed("150", "151"), Schema::default().fingerprint());
    }

    proptest! {
        #[test]
        fn no_change_of_a_schema_makes_the_reader_panic(at in 0_usize..3000, letter in "[0-9{}\\[\\]\",:a-z-]") {
            let mut text = DEFAULT.to_owned();
            let at = at % text.len();
            text.replace_range(at..=at, &letter);
            let _ = Schema::read(&text);
        }
    }
}

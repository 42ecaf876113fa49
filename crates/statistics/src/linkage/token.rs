//! Values become tokens, and tokens become places in a filter, as clkhash does it.
//!
//! Schnell, Bachteler and Reiher (2011), “A novel error-tolerant anonymous linking code”, German Record Linkage Center
//! Working Paper 2; numbers after Vatsalan and Christen (2016), “Privacy-preserving matching of similar patients”,
//! Journal of Biomedical Informatics 59, 285-298.

use blake2::Blake2bMac512;
use hmac::{Hmac, KeyInit as _, Mac as _};
use md5::Md5;
use sha1::Sha1;

use super::schema::{Case, Charset, Comparison, Encoded, Format, Hash, Strategy};

/// Why a value is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {reason}")]
pub struct ValueError {
    /// Heading of the column.
    pub column: String,
    /// What the value should be. It never holds the value: that may be somebody's name.
    pub reason: String,
}

/// The value as it is cut into tokens: missing ones replaced, numbers and dates in one form.
pub(super) fn formatted(encoded: &Encoded, value: &str) -> Result<String, String> {
    if let Some((sentinel, instead)) = &encoded.missing
        && value == sentinel
    {
        return Ok(instead.clone());
    }
    match &encoded.format {
        Format::Text {
            case,
            shortest,
            longest,
        } => {
            let length = value.chars().count();
            if shortest.is_some_and(|least| length < least) {
                return Err("the text is too short".to_owned());
            }
            if longest.is_some_and(|most| length > most) {
                return Err("the text is too long".to_owned());
            }
            match case {
                Case::Upper if value.to_uppercase() != value => return Err("only capitals are allowed".to_owned()),
                Case::Lower if value.to_lowercase() != value => return Err("no capitals are allowed".to_owned()),
                _ => {}
            }
            Ok(value.to_owned())
        }
        Format::Integer { minimum, maximum } => {
            let number = whole(value).ok_or("not a whole number")?;
            if minimum.is_some_and(|least| number < i128::from(least))
                || maximum.is_some_and(|most| number > i128::from(most))
            {
                return Err("the number is out of range".to_owned());
            }
            Ok(number.to_string())
        }
        Format::Date(format) => format
            .read(value)
            .ok_or_else(|| "not a date of the schema's format".to_owned()),
        Format::Enum(values) => {
            if values.iter().any(|allowed| allowed == value) {
                Ok(value.to_owned())
            } else {
                Err("not one of the schema's values".to_owned())
            }
        }
    }
}

/// A whole number as Python's `int` reads it, without underscores; at most 30 digits.
fn whole(value: &str) -> Option<i128> {
    let value = value.trim();
    let digits = value.strip_prefix(['+', '-']).unwrap_or(value);
    if digits.is_empty() || digits.len() > 30 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    value.strip_prefix('+').unwrap_or(value).parse().ok()
}

/// The tokens of a formatted value, in order; none of an empty value.
pub(super) fn tokens(comparison: Comparison, value: &str) -> Result<Vec<String>, String> {
    if value.is_empty() {
        return Ok(Vec::new());
    }
    match comparison {
        Comparison::Exact => Ok(vec![value.to_owned()]),
        Comparison::Ngram { n, positional } => {
            let blanks = || std::iter::repeat_n(' ', n - 1);
            let letters: Vec<char> = blanks().chain(value.chars()).chain(blanks()).collect();
            Ok(letters
                .windows(n)
                .enumerate()
                .map(|(index, run)| {
                    let run: String = run.iter().collect();
                    if positional {
                        format!("{} {run}", index + 1)
                    } else {
                        run
                    }
                })
                .collect())
        }
        Comparison::Numeric {
            step,
            resolution,
            precision,
        } => {
            let number = scaled(value, precision).ok_or("not a number")?;
            let number = number
                .checked_mul(2 * resolution)
                .filter(|number| number.abs() < 1 << 120)
                .ok_or("the number is too large")?;
            let residue = number.rem_euclid(step);
            let nearest = if 2 * residue < step {
                number - residue
            } else {
                number + (step - residue)
            };
            Ok((-resolution..=resolution)
                .map(|offset| (nearest + offset * step).to_string())
                .collect())
        }
    }
}

/// A number with `precision` digits moved before the point and the rest rounded, as clkhash does it.
fn scaled(value: &str, precision: u32) -> Option<i128> {
    if let Some(number) = whole(value) {
        return number.checked_mul(10_i128.pow(precision));
    }
    let number: f64 = value.trim().parse().ok()?;
    let number = if precision > 0 {
        #[expect(clippy::cast_possible_wrap, reason = "at most 12")]
        let power = 10_f64.powi(precision as i32);
        (number * power).round_ties_even()
    } else {
        number.trunc()
    };
    #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^100")]
    (number.abs() < 1e30).then_some(number as i128)
}

/// The bytes of a token, as Python encodes them.
pub(super) fn bytes(charset: Charset, token: &str) -> Option<Vec<u8>> {
    match charset {
        Charset::Utf8 => Some(token.as_bytes().to_vec()),
        Charset::Ascii => token.is_ascii().then(|| token.as_bytes().to_vec()),
        Charset::Utf16 => {
            let marked = std::iter::once(0xfeff).chain(token.encode_utf16());
            Some(marked.flat_map(u16::to_le_bytes).collect())
        }
        Charset::Utf32 => {
            let marked = std::iter::once(0xfeff).chain(token.chars().map(u32::from));
            Some(marked.flat_map(u32::to_le_bytes).collect())
        }
    }
}

/// How many bits each of `n` tokens sets.
pub(super) fn inserted(strategy: Strategy, n: usize) -> impl Iterator<Item = usize> {
    let (each, more) = match strategy {
        Strategy::PerToken(bits) => (bits, 0),
        Strategy::PerFeature(bits) => (bits / n.max(1), bits % n.max(1)),
    };
    (0..n).map(move |index| each + usize::from(index < more))
}

/// How a feature's tokens become places, with its keys.
#[derive(Debug, Clone)]
pub(super) enum Hasher {
    Double {
        macs: Box<(Hmac<Sha1>, Hmac<Md5>)>,
        prevent_singularity: bool,
    },
    Blake(Vec<u8>),
}

/// Where a token goes: enough to give any number of places.
#[derive(Debug, Clone)]
pub(super) enum Places {
    Double { start: usize, step: usize },
    Listed(Vec<u16>),
}

impl Hasher {
    pub(super) fn new(hash: Hash, keys: &[Vec<u8>; 2]) -> Self {
        match hash {
            Hash::Blake => Self::Blake(keys[0].clone()),
            Hash::Double { prevent_singularity } => Self::Double {
                macs: Box::new((
                    Hmac::new_from_slice(&keys[0]).expect("HMAC takes keys of any length"),
                    Hmac::new_from_slice(&keys[1]).expect("HMAC takes keys of any length"),
                )),
                prevent_singularity,
            },
        }
    }

    /// The places of a token in a filter of `bits`; enough of them for `k`.
    pub(super) fn places(&self, token: &[u8], k: usize, bits: usize) -> Places {
        match self {
            Self::Double {
                macs,
                prevent_singularity,
            } => {
                let (sha1, md5) = &**macs;
                let start = remainder(&sha1.clone().chain_update(token).finalize().into_bytes(), bits);
                let second = |end: &[u8]| {
                    let mac = md5.clone().chain_update(token).chain_update(end);
                    remainder(&mac.finalize().into_bytes(), bits)
                };
                let mut step = second(b"");
                if *prevent_singularity {
                    // A filter of one bit has no other step than 0.
                    let mut ends = (0..=u32::from(u16::MAX)).filter_map(char::from_u32);
                    while step == 0
                        && bits > 1
                        && let Some(end) = ends.next()
                    {
                        step = second(end.encode_utf8(&mut [0; 4]).as_bytes());
                    }
                }
                Places::Double { start, step }
            }
            Self::Blake(key) => {
                let mut places = Vec::with_capacity(k.next_multiple_of(32));
                for round in 0..k.div_ceil(32) {
                    let salt = round.to_string();
                    let mac = Blake2bMac512::new_with_salt_and_personal(Some(key), salt.as_bytes(), b"")
                        .expect("keys of at most 64 bytes and salts of at most 16");
                    let digest = mac.chain_update(token).finalize().into_bytes();
                    places.extend(
                        digest
                            .chunks_exact(2)
                            .map(|pair| u16::from_le_bytes([pair[0], pair[1]])),
                    );
                }
                Places::Listed(places)
            }
        }
    }
}

impl Places {
    /// Whether `k` places are there.
    pub(super) fn are_enough(&self, k: usize) -> bool {
        match self {
            Self::Double { .. } => true,
            Self::Listed(places) => places.len() >= k,
        }
    }

    /// The first `k` places in a filter of `bits`.
    pub(super) fn first(&self, k: usize, bits: usize) -> impl Iterator<Item = usize> + '_ {
        (0..k).map(move |index| match self {
            Self::Double { start, step } => (start + index * step) % bits,
            Self::Listed(places) => usize::from(places[index]) % bits,
        })
    }
}

/// A big-endian number of any length, modulo `bits`.
fn remainder(bytes: &[u8], bits: usize) -> usize {
    bytes
        .iter()
        .fold(0, |rest, byte| (rest * 256 + usize::from(*byte)) % bits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::*;

    fn ngrams(n: usize, positional: bool, value: &str) -> Vec<String> {
        tokens(Comparison::Ngram { n, positional }, value).unwrap()
    }

    #[test]
    fn runs_have_blanks_around_and_may_tell_their_place() {
        assert_eq!(ngrams(2, false, "abc"), [" a", "ab", "bc", "c "]);
        assert_eq!(ngrams(1, true, "85"), ["1 8", "2 5"]);
        assert!(ngrams(2, false, "").is_empty());
    }

    #[test]
    fn near_numbers_share_tokens() {
        let comparison = Comparison::Numeric {
            step: 8,
            resolution: 2,
            precision: 0,
        };
        // The worked example in clkhash's documentation.
        assert_eq!(tokens(comparison, "25").unwrap(), ["88", "96", "104", "112", "120"]);
        assert!(tokens(comparison, "many").is_err());
        assert!(tokens(comparison, "nan").is_err());
    }

    #[test]
    fn a_budget_is_spread_over_the_tokens() {
        assert_eq!(inserted(Strategy::PerFeature(10), 4).collect::<Vec<_>>(), [3, 3, 2, 2]);
        assert_eq!(inserted(Strategy::PerToken(10), 2).collect::<Vec<_>>(), [10, 10]);
        assert_eq!(inserted(Strategy::PerFeature(10), 0).count(), 0);
    }

    proptest! {
        #[test]
        fn every_number_has_as_many_tokens(number in "-?[0-9]{1,12}(\\.[0-9]{1,3})?", precision in 0_u32..4) {
            let comparison = Comparison::Numeric { step: 7, resolution: 3, precision };
            prop_assert_eq!(tokens(comparison, &number).unwrap().len(), 7);
        }
    }
}

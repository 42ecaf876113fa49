//! Filters of their own for the columns of a record, beside its CLK.
//!
//! In one filter for everything a wrong surname and a wrong town weigh what their bits weigh. Filters for each column
//! let the decision learn what each is worth (Vatsalan and Christen 2012; Durham and others 2014, “Composite Bloom
//! filters for secure record linkage”, IEEE TKDE 26, 2956-2968), and let a date be compared as year and day.
//!
//! A year stands alone, without its neighbours: filters of years that share bits with the years beside them sort
//! themselves into a chain, and whoever knows how old people are can tell which end of it is which.
//!
//! Places come from HMAC-SHA-256 in slices, independent of one another, because double hashing can be undone (Niedermeyer
//! and others 2014; Kroll and Steinmetzer 2015).

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::bits;
use super::normalise::{self, Birth, Kind};
use super::schema::{Feature, Schema};

/// What a filter is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Given names.
    GivenName,
    /// Family names.
    FamilyName,
    /// The year of birth.
    BirthYear,
    /// Day and month of birth.
    BirthDay,
    /// Sex.
    Sex,
    /// Nationality.
    Nationality,
    /// A town or region.
    Place,
    /// Other words.
    Text,
    /// Other signs whose place matters.
    Code,
    /// A mark of the salt: only records with the same one are compared. It agrees, and so has no weight.
    Salt,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 10] = [
        Self::GivenName,
        Self::FamilyName,
        Self::BirthYear,
        Self::BirthDay,
        Self::Sex,
        Self::Nationality,
        Self::Place,
        Self::Text,
        Self::Code,
        Self::Salt,
    ];

    /// Its code in token files.
    pub fn code(self) -> &'static str {
        match self {
            Self::GivenName => "given name",
            Self::FamilyName => "family name",
            Self::BirthYear => "birth year",
            Self::BirthDay => "birth day",
            Self::Sex => "sex",
            Self::Nationality => "nationality",
            Self::Place => "place",
            Self::Text => "text",
            Self::Code => "code",
            Self::Salt => "salt",
        }
    }

    /// The role of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// Bits of its filter: a power of two, so that every place is as likely.
    pub fn bits(self) -> usize {
        match self {
            Self::GivenName | Self::FamilyName | Self::BirthDay | Self::Text => 256,
            Self::BirthYear | Self::Nationality | Self::Place | Self::Code => 128,
            Self::Sex | Self::Salt => 64,
        }
    }

    /// Whether the filter grows with the length of a text, so that near values have near filters.
    pub fn is_text(self) -> bool {
        matches!(
            self,
            Self::GivenName | Self::FamilyName | Self::Nationality | Self::Place | Self::Text | Self::Code
        )
    }

    /// How often two people agree by chance, roughly: what is believed before there are people to count.
    pub(super) fn usual(self) -> f64 {
        match self {
            Self::GivenName => 0.005,
            Self::FamilyName => 0.002,
            Self::BirthYear => 0.025,
            Self::BirthDay => 0.003,
            Self::Sex => 0.5,
            Self::Nationality => 0.1,
            Self::Place => 0.05,
            Self::Text | Self::Code => 0.005,
            Self::Salt => 1.0,
        }
    }

    /// The roles that a column of a kind has.
    fn of(kind: Kind) -> &'static [Self] {
        match kind {
            Kind::GivenName => &[Self::GivenName],
            Kind::FamilyName => &[Self::FamilyName],
            Kind::BirthDate => &[Self::BirthYear, Self::BirthDay],
            Kind::Sex => &[Self::Sex],
            Kind::Nationality => &[Self::Nationality],
            Kind::Place => &[Self::Place],
            Kind::Text => &[Self::Text],
            Kind::Code => &[Self::Code],
        }
    }
}

/// One filter of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// What it is about.
    pub role: Role,
    /// The column that it is made of.
    pub column: String,
    /// Its bits, a multiple of 64.
    pub bits: usize,
}

/// The filters of a record, one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layout {
    fields: Vec<Field>,
}

impl Layout {
    /// The part of a date that salts.
    const SALTING_DATE: Role = Role::BirthYear;

    /// The filters that a schema's kinds ask for; none when it names no kind. The mark of the salt, where there is one, is
    /// the last.
    pub fn of(schema: &Schema) -> Self {
        let salt = schema.hardening.salt;
        let kind_of = |feature: &Feature| feature.encoded.as_ref().and_then(|encoded| encoded.kind);
        let fields = schema.features.iter().flat_map(|feature| {
            let kind = kind_of(feature);
            // What salts the other fields is in each of them already: it would be counted twice.
            let roles = kind.map_or(&[][..], Role::of).iter().filter(move |role| match salt {
                Some(Kind::BirthDate) => **role != Self::SALTING_DATE,
                _ => kind != salt,
            });
            roles.map(|role| Field {
                role: *role,
                column: feature.identifier.clone(),
                bits: role.bits(),
            })
        });
        let salting = schema
            .features
            .iter()
            .find(|feature| salt.is_some() && kind_of(feature) == salt);
        let mark = salting.map(|feature| Field {
            role: Role::Salt,
            column: feature.identifier.clone(),
            bits: Role::Salt.bits(),
        });
        Self {
            fields: fields.chain(mark).collect(),
        }
    }

    /// The same without the mark of the salt: the fields that are compared.
    pub fn compared(&self) -> Self {
        let fields = self.fields.iter().filter(|field| field.role != Role::Salt);
        Self {
            fields: fields.cloned().collect(),
        }
    }

    /// A layout of these fields.
    pub fn new(fields: Vec<Field>) -> Self {
        Self { fields }
    }

    /// The fields, in order.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// All bits together.
    pub fn bits(&self) -> usize {
        self.fields.iter().map(|field| field.bits).sum()
    }

    /// The words of each field within a record's words.
    pub fn ranges(&self) -> Vec<std::ops::Range<usize>> {
        let mut start = 0;
        self.fields
            .iter()
            .map(|field| {
                let range = start..start + bits::words_of(field.bits);
                start = range.end;
                range
            })
            .collect()
    }
}

/// A token and how many bits it sets.
type Weighted = (String, usize);

/// The tokens of a column's value, in the filter of one role. A missing value has none.
pub(super) fn tokens(role: Role, value: &str) -> Vec<Weighted> {
    match role {
        Role::GivenName | Role::FamilyName => {
            let kind = if role == Role::GivenName {
                Kind::GivenName
            } else {
                Kind::FamilyName
            };
            runs(&normalise::value(kind, value), 8)
        }
        Role::BirthYear => {
            let Birth { year: Some(year), .. } = normalise::birth(value) else {
                return Vec::new();
            };
            vec![(year.to_string(), 16)]
        }
        Role::BirthDay => {
            let Birth {
                day: Some((month, day)),
                ..
            } = normalise::birth(value)
            else {
                return Vec::new();
            };
            // The pair without its order weighs as much as both: a swap then looks like more than half.
            let (less, more) = (month.min(day), month.max(day));
            vec![
                (format!("month {month}"), 8),
                (format!("day {day}"), 8),
                (format!("pair {less} {more}"), 16),
            ]
        }
        Role::Sex => {
            let sex = normalise::sex(value);
            if sex.is_empty() {
                return Vec::new();
            }
            vec![(sex.to_owned(), 16)]
        }
        Role::Nationality | Role::Place => runs(&normalise::words(value), 6),
        Role::Text => runs(&normalise::words(value), 5),
        Role::Code => normalise::value(Kind::Code, value)
            .chars()
            .enumerate()
            .map(|(index, letter)| (format!("{index} {letter}"), 8))
            .collect(),
        // Its mark is no filter: see `mark`.
        Role::Salt => Vec::new(),
    }
}

/// Pairs of letters of each word with blanks around it, whatever the order of the words; each once.
fn runs(words: &str, k: usize) -> Vec<Weighted> {
    let mut runs: Vec<String> = words
        .split(' ')
        .filter(|word| !word.is_empty())
        .flat_map(|word| {
            let letters: Vec<char> = std::iter::once(' ')
                .chain(word.chars())
                .chain(std::iter::once(' '))
                .collect();
            letters
                .windows(2)
                .map(|pair| pair.iter().collect::<String>())
                .collect::<Vec<_>>()
        })
        .collect();
    runs.sort_unstable();
    runs.dedup();
    runs.into_iter().map(|run| (run, k)).collect()
}

/// The group of fields that share a key.
pub(super) fn group(field: &Field) -> String {
    match field.role {
        Role::GivenName | Role::FamilyName => "names".to_owned(),
        role => format!("{}/{}", role.code(), field.column),
    }
}

/// Sixteen places of a token, in a filter of `bits`.
pub(super) fn places(key: &Hmac<Sha256>, token: &str, bits: usize) -> [u8; 16] {
    let digest = key.clone().chain_update(token.as_bytes()).finalize().into_bytes();
    std::array::from_fn(|index| {
        let number = u16::from_be_bytes([digest[2 * index], digest[2 * index + 1]]);
        u8::try_from(usize::from(number) % bits).expect("filters of fields have at most 256 bits")
    })
}

/// The mark of a salt: the same for the same salt, and never empty.
pub(super) fn mark(key: &Hmac<Sha256>, salt: &str) -> u64 {
    let digest = key.clone().chain_update(salt.as_bytes()).finalize().into_bytes();
    let (first, _) = digest.split_first_chunk::<8>().expect("SHA-256 has 32 bytes");
    u64::from_be_bytes(*first).max(1)
}

/// A key made ready.
pub(super) fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(role: Role, value: &str) -> Vec<String> {
        tokens(role, value).into_iter().map(|(token, _)| token).collect()
    }

    #[test]
    fn a_record_has_a_filter_for_each_kind_and_two_for_a_date() {
        let layout = Layout::of(&Schema::default());
        let roles: Vec<Role> = layout.fields().iter().map(|field| field.role).collect();
        assert_eq!(
            roles,
            [
                Role::GivenName,
                Role::FamilyName,
                Role::BirthYear,
                Role::BirthDay,
                Role::Sex,
                Role::Nationality,
                Role::Place
            ]
        );
        assert_eq!(layout.bits(), 1216);
        assert_eq!(layout.ranges()[2], 8..10);
    }

    #[test]
    fn the_order_of_words_and_their_case_do_not_matter() {
        assert_eq!(
            texts(Role::FamilyName, "Example-Specimen"),
            texts(Role::FamilyName, "SPECIMEN EXAMPLE")
        );
    }

    #[test]
    fn a_placeholder_has_a_year_and_no_day() {
        assert_eq!(texts(Role::BirthYear, "1985-01-01"), ["1985"]);
        assert!(texts(Role::BirthDay, "1985-01-01").is_empty());
    }

    #[test]
    fn a_swapped_day_and_month_share_their_pair() {
        let shared = |one: &str, other: &str| {
            let one = texts(Role::BirthDay, one);
            texts(Role::BirthDay, other)
                .iter()
                .filter(|token| one.contains(token))
                .count()
        };
        assert_eq!(shared("1985-03-12", "1985-12-03"), 1);
        assert_eq!(shared("1985-03-12", "1985-03-13"), 1);
        assert_eq!(shared("1985-03-12", "1985-12-04"), 0);
    }

    #[test]
    fn years_beside_one_another_share_no_token() {
        let years = ["1984", "1985", "1986"].map(|year| texts(Role::BirthYear, year));
        assert!(years.iter().all(|tokens| tokens.len() == 1));
        assert!(years[0] != years[1] && years[1] != years[2]);
    }

    #[test]
    fn a_salted_layout_has_a_mark_that_is_not_compared() {
        let mut schema = Schema::default();
        schema.hardening.salt = Some(Kind::Sex);
        let layout = Layout::of(&schema);
        let last = layout.fields().last().unwrap();
        assert_eq!((last.role, last.column.as_str(), last.bits), (Role::Salt, "sex", 64));
        let compared = layout.compared();
        assert_eq!(compared.fields().len() + 1, layout.fields().len());
        assert!(
            compared
                .fields()
                .iter()
                .all(|field| field.role != Role::Salt && field.role != Role::Sex)
        );
        let key = keyed(b"a key");
        assert_eq!(mark(&key, "f"), mark(&key, "f"));
        assert_ne!(mark(&key, "f"), mark(&key, "m"));
    }
}

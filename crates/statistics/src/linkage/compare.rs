//! Two records become a pattern of agreement: for each field, how alike its two filters are, in a few levels.

use super::pool::Pool;

/// The most fields of a record: a pattern has four bits for each, and one more says whether names are crossed.
pub const MOST_FIELDS: usize = 15;

/// How alike two filters of one field are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Level {
    /// Missing on one side or both: it says nothing.
    Missing = 0,
    /// Dice below 0.35.
    Different = 1,
    /// Below 0.5.
    Remote = 2,
    /// Below 0.65.
    Similar = 3,
    /// Below 0.8.
    Near = 4,
    /// 0.8 or above, but not equal as far as can be told.
    Close = 5,
    /// Equal.
    Equal = 6,
}

/// How many levels say something.
pub const LEVELS: usize = 6;

impl Level {
    /// Every level, by rising likeness.
    pub const ALL: [Self; 7] = [
        Self::Missing,
        Self::Different,
        Self::Remote,
        Self::Similar,
        Self::Near,
        Self::Close,
        Self::Equal,
    ];

    /// The level of a Dice coefficient.
    #[inline]
    pub fn of(dice: f64) -> Self {
        match dice {
            dice if dice < 0.35 => Self::Different,
            dice if dice < 0.5 => Self::Remote,
            dice if dice < 0.65 => Self::Similar,
            dice if dice < 0.8 => Self::Near,
            _ => Self::Close,
        }
    }

    /// A word for it, for a person who reviews.
    pub fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Different => "different",
            Self::Remote => "remotely alike",
            Self::Similar => "somewhat alike",
            Self::Near => "alike",
            Self::Close => "nearly equal",
            Self::Equal => "equal",
        }
    }
}

/// The levels of all fields of a pair, and whether the two names changed places, in 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pattern(u64);

impl Pattern {
    /// The level of field `field`.
    pub fn level(self, field: usize) -> Level {
        Level::ALL[(self.0 >> (4 * field) & 0b111) as usize]
    }

    /// Whether given and family name were compared with one another.
    pub fn is_crossed(self) -> bool {
        self.0 >> 63 == 1
    }

    fn with(self, field: usize, level: Level) -> Self {
        Self(self.0 | (level as u64) << (4 * field))
    }

    /// For tests and for reading patterns back.
    pub fn of(levels: &[Level], is_crossed: bool) -> Self {
        let pattern = (0..)
            .zip(levels)
            .fold(Self(0), |pattern, (field, level)| pattern.with(field, *level));
        Self(pattern.0 | u64::from(is_crossed) << 63)
    }
}

/// The level of two values, each of some field of one group.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "it must be compiled with the caller's instructions for counting bits"
)]
fn level(pool: &Pool, (field, one): (usize, u32), (other_field, other): (usize, u32)) -> Level {
    let (id, other_id) = (pool.id(field, one), pool.id(other_field, other));
    if id == 0 || other_id == 0 {
        return Level::Missing;
    }
    if id == other_id {
        return Level::Equal;
    }
    Level::of(pool.values(field).dice(id, other_id))
}

/// The pattern of two records.
///
/// Names are crossed where that makes the two more alike than they are straight.
pub fn pattern(pool: &Pool, one: u32, other: u32) -> Pattern {
    rest(pool, one, other, names(pool, one, other))
}

/// The part of a pattern that the names make; nothing of it where there are not both.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "it must be compiled with the caller's instructions for counting bits"
)]
pub(super) fn names(pool: &Pool, one: u32, other: u32) -> Pattern {
    let pattern = Pattern(0);
    let Some((given, family)) = pool.names() else {
        return pattern;
    };
    let straight = (
        level(pool, (given, one), (given, other)),
        level(pool, (family, one), (family, other)),
    );
    let likeness = |(one, other): (Level, Level)| one as u8 + other as u8;
    if likeness(straight) < Level::Near as u8 + Level::Different as u8 {
        let crossed = (
            level(pool, (given, one), (family, other)),
            level(pool, (family, one), (given, other)),
        );
        if likeness(crossed) > likeness(straight) + 3 {
            let pattern = pattern.with(given, crossed.0).with(family, crossed.1);
            return Pattern(pattern.0 | 1 << 63);
        }
    }
    pattern.with(given, straight.0).with(family, straight.1)
}

/// A pattern of names with the other fields added.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "it must be compiled with the caller's instructions for counting bits"
)]
pub(super) fn rest(pool: &Pool, one: u32, other: u32, names: Pattern) -> Pattern {
    let done = pool.names();
    (0..pool.layout().fields().len())
        .filter(|field| done.is_none_or(|(given, family)| *field != given && *field != family))
        .fold(names, |pattern, field| {
            pattern.with(field, level(pool, (field, one), (field, other)))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linkage::encode::encode;
    use crate::linkage::schema::Schema;

    fn compared(one: [&str; 6], other: [&str; 6]) -> (Vec<Level>, bool) {
        let rows = [one, other].map(|row| row.map(str::to_owned).to_vec());
        let list = encode(&Schema::default(), b"a secret for tests", &rows).unwrap();
        let pool = Pool::new(&list.layout, &[(&list.fields, false)]).unwrap();
        let pattern = pattern(&pool, 0, 1);
        ((0..7).map(|field| pattern.level(field)).collect(), pattern.is_crossed())
    }

    #[test]
    fn each_field_has_its_level() {
        let (levels, is_crossed) = compared(
            ["Annabella", "Specimen", "1985-03-12", "f", "Albania", ""],
            ["Anabella", "Muster", "1986-12-03", "f", "Albania", "Town"],
        );
        assert!(levels[0] >= Level::Near, "{levels:?}");
        assert!(levels[1] <= Level::Remote, "{levels:?}");
        assert_eq!(
            levels[2],
            Level::Different,
            "a year off by one says no more than another"
        );
        assert!(
            (Level::Similar..=Level::Close).contains(&levels[3]),
            "a swapped day: {levels:?}"
        );
        assert_eq!(levels[4..], [Level::Equal, Level::Equal, Level::Missing]);
        assert!(!is_crossed);
    }

    #[test]
    fn names_that_changed_places_are_found() {
        let (levels, is_crossed) = compared(
            ["Annabella", "Specimen", "1985", "f", "", ""],
            ["Specimen", "Annabela", "1985", "f", "", ""],
        );
        assert!(is_crossed);
        assert!(levels[1] == Level::Equal && levels[0] >= Level::Near, "{levels:?}");
    }

    #[test]
    fn a_pattern_gives_back_its_levels() {
        let levels = Level::ALL;
        let pattern = Pattern::of(&levels, true);
        assert!((0..7).all(|field| pattern.level(field) == levels[field]) && pattern.is_crossed());
    }
}

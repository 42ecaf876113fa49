//! The records of all lists in one pool, with what is known of each field of them.
//!
//! Where equal values have equal filters, each distinct filter gets a number: comparing two numbers is comparing two
//! values, and how often a number occurs is how frequent its value is.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::bits::{self, Filters};
use super::field::{Layout, Role};

/// One list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListOf {
    /// The number of its first record in the pool.
    pub start: u32,
    /// How many records it has.
    pub len: u32,
    /// Whether nobody is on it twice.
    pub is_duplicate_free: bool,
}

/// Why lists cannot be pooled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PoolError {
    /// A list without records.
    #[error("list {0} has nobody on it")]
    EmptyList(usize),
    /// Filters of another form.
    #[error("list {0} has other fields than the first: were two schemas used?")]
    OtherFields(usize),
    /// No fields at all.
    #[error("the encodings have no fields of their own: compare the records' CLKs instead")]
    NoFields,
    /// More fields than a pattern holds.
    #[error("the encodings have {0} fields: at most 15 can be compared")]
    TooManyFields(usize),
    /// More records than can be numbered.
    #[error("too many records: all lists together may have 1,000,000,000")]
    TooMany,
}

/// All records, list after list.
#[derive(Debug, Clone)]
pub struct Pool {
    layout: Layout,
    lists: Vec<ListOf>,
    list_of: Vec<u16>,
    /// For each record, the number of its value in each field, 0 when it is missing.
    ids: Vec<u32>,
    /// The fields of given and family name, where both are there.
    names: Option<(usize, usize)>,
    /// For each group of fields with one key: how often each number occurs, and one record with it.
    values: Vec<Values>,
    /// The group of each field.
    group_of: Vec<usize>,
    keeps_equality: bool,
}

/// The distinct values of a group of fields.
#[derive(Debug, Clone, Default)]
pub(super) struct Values {
    /// For each number the words of its filter; number 0 has none.
    pub(super) filters: Vec<u64>,
    /// Words of a filter.
    pub(super) stride: usize,
    /// For each number, the bits that its filter has set.
    pub(super) set: Vec<u32>,
    /// For each number, how many records have it in any field of the group.
    pub(super) counts: Vec<u32>,
    /// How many records have any value, in all fields of the group.
    pub(super) n: u32,
}

impl Values {
    /// The Dice coefficient of two values by their numbers, neither missing.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "it must be compiled with the caller's instructions for counting bits"
    )]
    pub(super) fn dice(&self, one: u32, other: u32) -> f64 {
        let (one, other) = (one as usize, other as usize);
        let first = &self.filters[one * self.stride..(one + 1) * self.stride];
        let second = &self.filters[other * self.stride..(other + 1) * self.stride];
        let common: u32 = first.iter().zip(second).map(|(a, b)| (a & b).count_ones()).sum();
        f64::from(2 * common) / f64::from(self.set[one] + self.set[other])
    }
}

/// A hash for words that are random already.
#[derive(Default)]
pub(super) struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_ne_bytes(word));
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = mix(self.0 ^ word);
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }
}

/// A mixing of 64 bits (the finaliser of splitmix64).
pub(super) fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

impl Pool {
    /// Pools lists: the filters of each, and whether nobody is on it twice. `keeps_equality` says that equal values have
    /// equal filters: not so where noise was added.
    pub fn new(layout: &Layout, lists: &[(&Filters, bool)], keeps_equality: bool) -> Result<Self, PoolError> {
        if layout.fields().is_empty() {
            return Err(PoolError::NoFields);
        }
        if layout.fields().len() > super::compare::MOST_FIELDS {
            return Err(PoolError::TooManyFields(layout.fields().len()));
        }
        let total: usize = lists.iter().map(|(filters, _)| filters.len()).sum();
        if total > 1_000_000_000 || lists.len() > usize::from(u16::MAX) {
            return Err(PoolError::TooMany);
        }
        let mut words = Vec::with_capacity(total * bits::words_of(layout.bits()));
        let mut pooled = Vec::with_capacity(lists.len());
        let mut list_of = Vec::with_capacity(total);
        for (number, (filters, is_duplicate_free)) in (1..).zip(lists) {
            if filters.bits() != layout.bits() {
                return Err(PoolError::OtherFields(number));
            }
            if filters.is_empty() {
                return Err(PoolError::EmptyList(number));
            }
            let number_of = |n: usize| u32::try_from(n).expect("at most 1,000,000,000");
            pooled.push(ListOf {
                start: number_of(list_of.len()),
                len: number_of(filters.len()),
                is_duplicate_free: *is_duplicate_free,
            });
            let list = u16::try_from(number - 1).expect("at most 65,535 lists");
            list_of.extend(std::iter::repeat_n(list, filters.len()));
            words.extend_from_slice(filters.words());
        }
        let fields = Filters::from_words(layout.bits(), words);
        let mut pool = Self {
            layout: layout.clone(),
            lists: pooled,
            list_of,
            ids: vec![0; total * layout.fields().len()],
            names: None,
            values: Vec::new(),
            group_of: Vec::new(),
            keeps_equality,
        };
        let place = |role| layout.fields().iter().position(|field| field.role == role);
        pool.names = place(Role::GivenName).zip(place(Role::FamilyName));
        pool.number_values(&fields);
        Ok(pool)
    }

    /// Gives numbers to the values of each group of fields.
    fn number_values(&mut self, records: &Filters) {
        let ranges = self.layout.ranges();
        let mut groups: Vec<String> = Vec::new();
        let mut numbers: Vec<HashMap<Box<[u64]>, u32, BuildHasherDefault<Mixed>>> = Vec::new();
        let n_fields = self.layout.fields().len();
        for (index, (field, range)) in self.layout.fields().iter().zip(&ranges).enumerate() {
            let name = super::field::group(field);
            let group = groups.iter().position(|other| *other == name).unwrap_or_else(|| {
                groups.push(name);
                numbers.push(HashMap::default());
                self.values.push(Values {
                    filters: vec![0; range.len()],
                    stride: range.len(),
                    set: vec![0],
                    counts: vec![0],
                    n: 0,
                });
                groups.len() - 1
            });
            self.group_of.push(group);
            let values = &mut self.values[group];
            let numbers = &mut numbers[group];
            for (record, ids) in records.iter().zip(self.ids.chunks_exact_mut(n_fields)) {
                let filter = &record[range.clone()];
                if filter.iter().all(|word| *word == 0) {
                    continue;
                }
                let next = u32::try_from(values.counts.len()).expect("at most one for each record and field");
                let known = if self.keeps_equality {
                    numbers.get(filter).copied()
                } else {
                    None
                };
                let id = known.unwrap_or_else(|| {
                    if self.keeps_equality {
                        numbers.insert(filter.into(), next);
                    }
                    values.filters.extend_from_slice(filter);
                    values.set.push(bits::count(filter));
                    values.counts.push(0);
                    next
                });
                values.counts[id as usize] += 1;
                values.n += 1;
                ids[index] = id;
            }
        }
    }

    /// The fields of a record.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The lists, in order.
    pub fn lists(&self) -> &[ListOf] {
        &self.lists
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.list_of.len()
    }

    /// Whether there are none; there never are.
    pub fn is_empty(&self) -> bool {
        self.list_of.is_empty()
    }

    /// The list of a record.
    pub fn list_of(&self, record: u32) -> u16 {
        self.list_of[record as usize]
    }

    /// Whether equal values have equal filters.
    pub fn keeps_equality(&self) -> bool {
        self.keeps_equality
    }

    /// Whether two records may be one person as far as their lists tell.
    pub fn may_match(&self, one: u32, other: u32) -> bool {
        one != other
            && (self.list_of(one) != self.list_of(other)
                || !self.lists[usize::from(self.list_of(one))].is_duplicate_free)
    }

    /// How many pairs of records may be one person as far as their lists tell.
    pub fn pairs(&self) -> f64 {
        let n = |list: &ListOf| f64::from(list.len);
        let total: f64 = self.lists.iter().map(n).sum();
        let within: f64 = self.lists.iter().map(|list| n(list) * n(list)).sum();
        let duplicates: f64 = self
            .lists
            .iter()
            .filter(|list| !list.is_duplicate_free)
            .map(|list| n(list) * (n(list) - 1.0) / 2.0)
            .sum();
        (total * total - within) / 2.0 + duplicates
    }

    /// The first record that a record may not be compared with, among those before it in the pool.
    pub(super) fn limit(&self, record: u32) -> u32 {
        let list = self.lists[usize::from(self.list_of(record))];
        if list.is_duplicate_free { list.start } else { record }
    }

    #[inline]
    pub(super) fn id(&self, field: usize, record: u32) -> u32 {
        self.ids(record)[field]
    }

    /// The numbers of all values of a record.
    #[inline]
    pub(super) fn ids(&self, record: u32) -> &[u32] {
        let n_fields = self.group_of.len();
        &self.ids[record as usize * n_fields..(record as usize + 1) * n_fields]
    }

    #[inline]
    pub(super) fn values(&self, field: usize) -> &Values {
        &self.values[self.group_of[field]]
    }

    /// The fields of given and family name, where both are there: their values may have changed places.
    pub(super) fn names(&self) -> Option<(usize, usize)> {
        self.names
    }

    /// How frequent a value is among people other than two who agree on it, drawn towards what is usual for its role where
    /// there are few; 1 when it is missing.
    pub(super) fn frequency(&self, field: usize, id: u32) -> f64 {
        let values = self.values(field);
        if id == 0 {
            return 1.0;
        }
        let usual = self.layout.fields()[field].role.usual();
        let others = f64::from(values.counts[id as usize].saturating_sub(2));
        let all = f64::from(values.n.saturating_sub(2));
        (others + 1.0) / (all + 1.0 / usual)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linkage::encode::encode;
    use crate::linkage::schema::Schema;

    fn list(people: &[[&str; 6]]) -> crate::linkage::encode::EncodedList {
        let rows: Vec<Vec<String>> = people.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
        encode(&Schema::default(), b"a secret for tests", &rows, [0; 32]).unwrap()
    }

    #[test]
    fn equal_values_have_one_number_also_across_the_two_names() {
        let one = list(&[
            ["Anna", "Specimen", "1985", "f", "", ""],
            ["Specimen", "Anna", "1986", "f", "", ""],
        ]);
        let pool = Pool::new(&one.layout, &[(&one.fields, true)], true).unwrap();
        assert_eq!(pool.id(0, 0), pool.id(1, 1));
        assert_eq!(pool.id(4, 0), pool.id(4, 1));
        assert_ne!(pool.id(2, 0), pool.id(2, 1));
        assert_eq!(pool.id(5, 0), 0, "a missing nationality");
        assert!(pool.frequency(0, pool.id(0, 0)) < 0.01, "nobody else has it");
    }

    #[test]
    fn records_of_one_list_match_only_where_it_has_duplicates() {
        let people = list(&[["A", "B", "", "", "", ""], ["C", "D", "", "", "", ""]]);
        let pool = |is_free| {
            Pool::new(
                &people.layout,
                &[(&people.fields, is_free), (&people.fields, true)],
                true,
            )
            .unwrap()
        };
        assert!(!pool(true).may_match(0, 1));
        assert!(pool(false).may_match(0, 1) && pool(true).may_match(0, 2));
        assert!((pool(true).pairs() - 4.0).abs() < 1e-9);
        assert!((pool(false).pairs() - 5.0).abs() < 1e-9);
    }

    #[test]
    fn lists_that_do_not_fit_are_refused() {
        let people = list(&[["A", "B", "", "", "", ""]]);
        let empty = list(&[]);
        let error = |lists: &[(&Filters, bool)]| Pool::new(&people.layout, lists, true).unwrap_err();
        assert_eq!(
            error(&[(&people.fields, true), (&empty.fields, true)]),
            PoolError::EmptyList(2)
        );
        let other = Filters::from_words(64, vec![1]);
        assert_eq!(
            error(&[(&people.fields, true), (&other, true)]),
            PoolError::OtherFields(2)
        );
        assert_eq!(
            Pool::new(&Layout::default(), &[], true).unwrap_err(),
            PoolError::NoFields
        );
    }
}

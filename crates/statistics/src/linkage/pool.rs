//! The records of all lists in one pool, with what is known of each field of them.
//!
//! Equal values have equal filters, so each distinct filter gets a number: comparing two numbers is comparing two values,
//! and how often a number occurs is how frequent its value is.
//!
//! Salted records are pooled by the mark of their salt: two of different marks are never compared, and a value is as
//! frequent as it is among those of its mark. That the salting values agree is then known before any field is looked at.

use std::collections::{BTreeMap, HashMap};

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
    #[error("the encodings have no fields: name the kind of at least one column in the schema, and encode again")]
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
    /// For each record, the number of its salt's mark; 0 where it has none.
    marks: Vec<u32>,
    /// All records by mark, and those of one mark by number.
    by_mark: Vec<u32>,
    /// Where the records of each mark begin in `by_mark`, and behind the last where they end.
    of_mark: Vec<usize>,
    /// How many pairs may be one person as far as lists and marks tell.
    pairs: f64,
    /// For each record, the number of its value in each field, 0 when it is missing.
    ids: Vec<u32>,
    /// The fields of given and family name, where both are there.
    names: Option<(usize, usize)>,
    /// For each group of fields with one key: how often each number occurs, and one record with it.
    values: Vec<Values>,
    /// The group of each field.
    group_of: Vec<usize>,
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
    /// For each number, the mark of the records that have it.
    marks: Vec<u32>,
    /// For each mark, how many of its records have any value, in all fields of the group.
    n: Vec<u32>,
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

/// A mixing of 64 bits (the finaliser of splitmix64).
pub(super) fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

impl Pool {
    /// Pools lists: the filters of each, and whether nobody is on it twice.
    pub fn new(layout: &Layout, lists: &[(&Filters, bool)]) -> Result<Self, PoolError> {
        let compared = layout.compared();
        let n_fields = compared.fields().len();
        if n_fields == 0 {
            return Err(PoolError::NoFields);
        }
        if n_fields > super::compare::MOST_FIELDS {
            return Err(PoolError::TooManyFields(n_fields));
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
        let records = Filters::from_words(layout.bits(), words);
        let place = |role| compared.fields().iter().position(|field| field.role == role);
        let mut pool = Self {
            names: place(Role::GivenName).zip(place(Role::FamilyName)),
            layout: compared,
            lists: pooled,
            list_of,
            marks: vec![0; total],
            by_mark: Vec::new(),
            of_mark: Vec::new(),
            pairs: 0.0,
            ids: vec![0; total * n_fields],
            values: Vec::new(),
            group_of: Vec::new(),
        };
        pool.number_marks(layout, &records);
        pool.number_values(layout, &records);
        Ok(pool)
    }

    /// Gives numbers to the marks, and counts the pairs that may be one person.
    fn number_marks(&mut self, layout: &Layout, records: &Filters) {
        let mut n_marks = 1;
        if let Some(mark) = layout.fields().iter().position(|field| field.role == Role::Salt) {
            let range = layout.ranges()[mark].clone();
            let mut numbers: HashMap<&[u64], u32> = HashMap::new();
            for (record, mark) in records.iter().zip(&mut self.marks) {
                let words = &record[range.clone()];
                if words.iter().any(|word| *word != 0) {
                    *mark = *numbers.entry(words).or_insert_with(|| {
                        n_marks += 1;
                        n_marks - 1
                    });
                }
            }
        }
        let n = u32::try_from(self.len()).expect("at most 1,000,000,000");
        self.by_mark = (0..n).collect();
        self.by_mark.sort_by_key(|record| self.marks[*record as usize]);
        self.of_mark = (0..=n_marks)
            .map(|mark| {
                self.by_mark
                    .partition_point(|record| self.marks[*record as usize] < mark)
            })
            .collect();
        // For each mark and list, how many records.
        let mut counts: BTreeMap<(u32, u16), f64> = BTreeMap::new();
        for (mark, list) in self.marks.iter().zip(&self.list_of) {
            *counts.entry((*mark, *list)).or_default() += 1.0;
        }
        let (mut mark_now, mut before) = (0, 0.0);
        for ((mark, list), n) in counts {
            if mark != mark_now {
                (mark_now, before) = (mark, 0.0);
            }
            self.pairs += before * n;
            if !self.lists[usize::from(list)].is_duplicate_free {
                self.pairs += n * (n - 1.0) / 2.0;
            }
            before += n;
        }
    }

    /// Gives numbers to the values of each group of fields.
    fn number_values(&mut self, layout: &Layout, records: &Filters) {
        let mut groups: Vec<String> = Vec::new();
        // The standard hasher is keyed: whoever made a list cannot choose filters that all fall together.
        let mut numbers: Vec<HashMap<(u32, &[u64]), u32>> = Vec::new();
        let n_fields = self.layout.fields().len();
        let compared = layout.fields().iter().zip(layout.ranges());
        let compared = compared.filter(|(field, _)| field.role != Role::Salt);
        for (index, (field, range)) in compared.enumerate() {
            let name = super::field::group(field);
            let group = groups.iter().position(|other| *other == name).unwrap_or_else(|| {
                groups.push(name);
                numbers.push(HashMap::new());
                self.values.push(Values {
                    filters: vec![0; range.len()],
                    stride: range.len(),
                    set: vec![0],
                    counts: vec![0],
                    marks: vec![0],
                    n: vec![0; self.of_mark.len() - 1],
                });
                groups.len() - 1
            });
            self.group_of.push(group);
            let values = &mut self.values[group];
            let of_records = records.iter().zip(&self.marks);
            for ((record, mark), ids) in of_records.zip(self.ids.chunks_exact_mut(n_fields)) {
                let filter = &record[range.clone()];
                if filter.iter().all(|word| *word == 0) {
                    continue;
                }
                let id = *numbers[group].entry((*mark, filter)).or_insert_with(|| {
                    values.filters.extend_from_slice(filter);
                    values.set.push(bits::count(filter));
                    values.marks.push(*mark);
                    values.counts.push(0);
                    u32::try_from(values.counts.len() - 1).expect("at most one for each record and field")
                });
                values.counts[id as usize] += 1;
                values.n[*mark as usize] += 1;
                ids[index] = id;
            }
        }
    }

    /// The fields of a record that are compared.
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

    /// Whether two records may be one person as far as their lists and the marks of their salts tell.
    pub fn may_match(&self, one: u32, other: u32) -> bool {
        one != other
            && self.mark(one) == self.mark(other)
            && (self.list_of(one) != self.list_of(other)
                || !self.lists[usize::from(self.list_of(one))].is_duplicate_free)
    }

    /// How many pairs of records may be one person as far as their lists and marks tell.
    pub fn pairs(&self) -> f64 {
        self.pairs
    }

    /// The number of a record's mark.
    pub(super) fn mark(&self, record: u32) -> u32 {
        self.marks[record as usize]
    }

    /// The records with a record's mark, itself too, by number.
    pub(super) fn alike(&self, record: u32) -> &[u32] {
        let mark = self.mark(record) as usize;
        &self.by_mark[self.of_mark[mark]..self.of_mark[mark + 1]]
    }

    /// The records before a record that it may match.
    pub(super) fn before(&self, record: u32) -> impl Iterator<Item = u32> + '_ {
        let limit = self.limit(record);
        self.alike(record)
            .iter()
            .copied()
            .take_while(move |other| *other < limit)
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

    /// How frequent a value is among people of its mark other than two who agree on it, drawn towards what is usual for its role where
    /// there are few; 1 when it is missing.
    pub(super) fn frequency(&self, field: usize, id: u32) -> f64 {
        let values = self.values(field);
        if id == 0 {
            return 1.0;
        }
        let usual = self.layout.fields()[field].role.usual();
        let others = f64::from(values.counts[id as usize].saturating_sub(2));
        let all = values.n[values.marks[id as usize] as usize];
        let all = f64::from(all.saturating_sub(2));
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
        encode(&Schema::default(), b"a secret for tests", &rows).unwrap()
    }

    #[test]
    fn equal_values_have_one_number_also_across_the_two_names() {
        let one = list(&[
            ["Anna", "Specimen", "1985", "f", "", ""],
            ["Specimen", "Anna", "1986", "f", "", ""],
        ]);
        let pool = Pool::new(&one.layout, &[(&one.fields, true)]).unwrap();
        assert_eq!(pool.id(0, 0), pool.id(1, 1));
        assert_eq!(pool.id(4, 0), pool.id(4, 1));
        assert_ne!(pool.id(2, 0), pool.id(2, 1));
        assert_eq!(pool.id(5, 0), 0, "a missing nationality");
        assert!(pool.frequency(0, pool.id(0, 0)) < 0.01, "nobody else has it");
    }

    #[test]
    fn records_of_one_list_match_only_where_it_has_duplicates() {
        let people = list(&[["A", "B", "", "", "", ""], ["C", "D", "", "", "", ""]]);
        let pool = |is_free| Pool::new(&people.layout, &[(&people.fields, is_free), (&people.fields, true)]).unwrap();
        assert!(!pool(true).may_match(0, 1));
        assert!(pool(false).may_match(0, 1) && pool(true).may_match(0, 2));
        assert!((pool(true).pairs() - 4.0).abs() < 1e-9);
        assert!((pool(false).pairs() - 5.0).abs() < 1e-9);
    }

    #[test]
    fn lists_that_do_not_fit_are_refused() {
        let people = list(&[["A", "B", "", "", "", ""]]);
        let empty = list(&[]);
        let error = |lists: &[(&Filters, bool)]| Pool::new(&people.layout, lists).unwrap_err();
        assert_eq!(
            error(&[(&people.fields, true), (&empty.fields, true)]),
            PoolError::EmptyList(2)
        );
        let other = Filters::from_words(64, vec![1]);
        assert_eq!(
            error(&[(&people.fields, true), (&other, true)]),
            PoolError::OtherFields(2)
        );
        assert_eq!(Pool::new(&Layout::default(), &[]).unwrap_err(), PoolError::NoFields);
    }

    #[test]
    fn salted_records_meet_those_of_their_mark_alone_and_values_are_as_frequent_as_there() {
        let mut schema = Schema::default();
        schema.hardening.salt = Some(crate::linkage::normalise::Kind::BirthDate);
        let rows: Vec<Vec<String>> = [
            ("Anna", "1985"),
            ("Anna", "1985"),
            ("Berta", "1985"),
            ("Anna", "1986"),
            ("Anna", ""),
        ]
        .map(|(name, year)| [name, "Specimen", year, "f", "", ""].map(str::to_owned).to_vec())
        .to_vec();
        let people = encode(&schema, b"a secret for tests", &rows).unwrap();
        let pool = Pool::new(&people.layout, &[(&people.fields, true), (&people.fields, true)]).unwrap();
        assert!(pool.may_match(0, 6) && !pool.may_match(0, 8), "another year");
        assert!(!pool.may_match(0, 9) && pool.may_match(4, 9), "no year meets no year");
        assert_eq!(pool.before(7).collect::<Vec<_>>(), [0, 1, 2]);
        assert!(
            (pool.pairs() - 11.0).abs() < 1e-9,
            "9 of 1985, 1 of 1986, 1 of no year: {}",
            pool.pairs()
        );
        assert_ne!(pool.id(0, 0), pool.id(0, 3), "one name, two marks");
        let place = pool
            .layout()
            .fields()
            .iter()
            .position(|field| field.role == Role::Sex)
            .unwrap();
        // Six of 1985 have a sex, all of them this one.
        let expected = (4.0 + 1.0) / (4.0 + 1.0 / Role::Sex.usual());
        assert!((pool.frequency(place, pool.id(place, 0)) - expected).abs() < 1e-12);
    }
}

//! Bitsets: many filters of one length, side by side in memory.
//!
//! Bit `i` of a filter is bit `63 - i % 64` of word `i / 64`, so that the big-endian bytes of the words are the
//! bytes that clkhash writes.

/// Filters of one length, in the order in which they were added.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filters {
    bits: usize,
    words: Vec<u64>,
}

/// How many 64-bit words `bits` take.
pub const fn words_of(bits: usize) -> usize {
    bits.div_ceil(64)
}

/// Sets bit `index`.
pub(crate) fn set(words: &mut [u64], index: usize) {
    words[index / 64] |= 1 << (63 - index % 64);
}

/// Turns a bit over.
pub(crate) fn flip(words: &mut [u64], index: usize) {
    words[index / 64] ^= 1 << (63 - index % 64);
}

/// Whether bit `index` is set.
pub(crate) fn is_set(words: &[u64], index: usize) -> bool {
    words[index / 64] >> (63 - index % 64) & 1 == 1
}

/// How many bits are set.
#[inline]
pub fn count(words: &[u64]) -> u32 {
    words.iter().map(|word| word.count_ones()).sum()
}

/// How many bits are set in both.
#[inline]
pub fn overlap(one: &[u64], other: &[u64]) -> u32 {
    one.iter()
        .zip(other)
        .map(|(one, other)| (one & other).count_ones())
        .sum()
}

/// Dice's coefficient of two filters: `2 |a AND b| / (|a| + |b|)`; 0 when both are empty.
///
/// Dice (1945), “Measures of the amount of ecologic association between species”, Ecology 26, 297-302.
pub fn dice(one: &[u64], other: &[u64]) -> f64 {
    let total = count(one) + count(other);
    if total == 0 {
        return 0.0;
    }
    f64::from(2 * overlap(one, other)) / f64::from(total)
}

/// The bytes of a filter of `bits`, as clkhash writes them.
pub fn bytes(words: &[u64], bits: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
    bytes.truncate(bits.div_ceil(8));
    bytes
}

/// The words of a filter's bytes.
pub(crate) fn words(bytes: &[u8]) -> impl Iterator<Item = u64> + '_ {
    bytes.chunks(8).map(|chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        u64::from_be_bytes(word)
    })
}

impl Filters {
    /// No filters yet, of `bits` each.
    pub fn new(bits: usize) -> Self {
        Self {
            bits,
            words: Vec::new(),
        }
    }

    /// Filters from their words, `words_of(bits)` for each.
    ///
    /// # Panics
    ///
    /// Panics when the words are not a whole number of filters.
    pub fn from_words(bits: usize, words: Vec<u64>) -> Self {
        assert!(bits > 0 && words.len().is_multiple_of(words_of(bits)), "whole filters");
        Self { bits, words }
    }

    /// How long each is, in bits.
    pub fn bits(&self) -> usize {
        self.bits
    }

    /// How many words each takes.
    pub fn stride(&self) -> usize {
        words_of(self.bits)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.words.len().checked_div(self.stride()).unwrap_or(0)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Filter `index`.
    pub fn get(&self, index: usize) -> &[u64] {
        let stride = self.stride();
        &self.words[index * stride..(index + 1) * stride]
    }

    /// All words, one filter after the other.
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// Adds one.
    ///
    /// # Panics
    ///
    /// Panics when it has another length.
    pub fn push(&mut self, filter: &[u64]) {
        assert_eq!(filter.len(), self.stride(), "a filter of this length");
        self.words.extend_from_slice(filter);
    }

    /// Each filter in turn.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[u64]> {
        self.words.chunks_exact(self.stride().max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bit_is_the_highest_of_the_first_byte() {
        let mut words = [0; 2];
        set(&mut words, 0);
        set(&mut words, 9);
        set(&mut words, 64);
        assert_eq!(bytes(&words, 72), [0x80, 0x40, 0, 0, 0, 0, 0, 0, 0x80]);
        assert!(is_set(&words, 9) && !is_set(&words, 8));
        assert_eq!(count(&words), 3);
    }

    #[test]
    fn dice_is_one_of_a_filter_with_itself_and_zero_of_nothing() {
        assert!((dice(&[0b1011], &[0b1011]) - 1.0).abs() < 1e-12);
        assert!((dice(&[0b1011], &[0b0011]) - 0.8).abs() < 1e-12);
        assert!(dice(&[0], &[0]).abs() < 1e-12);
    }

    #[test]
    fn bytes_and_words_are_one_another_back() {
        let words_in = [0x0123_4567_89ab_cdef, 0xff00_0000_0000_0000];
        let there = bytes(&words_in, 72);
        assert_eq!(there.len(), 9);
        assert_eq!(words(&there).collect::<Vec<_>>(), words_in);
    }
}

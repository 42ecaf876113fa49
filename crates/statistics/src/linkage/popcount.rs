//! The inner loop of comparing filters: how many bits two have in common, eight filters at a time.
//!
//! One plain loop, compiled as it is and for AVX2; and the same written out for AVX-512 with VPOPCNTDQ, because the compiler
//! makes much less of it. What the processor has is asked once, when an [`Engine`] is made. Calling code that needs more than
//! every processor has, and loading eight words at once, are the only unsafe acts of this crate, and they stay in this
//! module; a property test compares the three.

#![expect(
    unsafe_code,
    reason = "code for wider vectors may only be called where the processor has them, and the compiler cannot know that"
)]

/// Filters that are compared at once.
pub const LANES: usize = 8;

/// The same word of eight filters. It fills one line of the cache, so that loading it touches no second one.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(64))]
pub(super) struct Eight(pub(super) [u64; LANES]);

/// How filters are compared on this processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Engine(Kind);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

/// One filter to be compared with many groups of eight.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scan<'a> {
    /// The words of the filter.
    pub(super) filter: &'a [u64],
    /// The groups: word 0 of eight filters, word 1 of the eight, …
    pub(super) groups: &'a [Eight],
    /// The fewest common bits that are worth a closer look.
    pub(super) least: u64,
    /// The fewest common bits among the first words with which that can still be reached.
    pub(super) least_early: u64,
    /// After how many words that is asked; as many as there are means never.
    pub(super) early: usize,
}

impl Engine {
    /// The fastest that this processor has.
    pub fn best() -> Self {
        Self::available().pop().unwrap_or(Self(Kind::Portable))
    }

    /// The one that every processor has.
    pub fn portable() -> Self {
        Self(Kind::Portable)
    }

    /// All that this processor has, the fastest last.
    pub fn available() -> Vec<Self> {
        #[cfg(target_arch = "x86_64")]
        {
            let mut engines = vec![Self(Kind::Portable)];
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt") {
                engines.push(Self(Kind::Avx2));
            }
            if is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512vpopcntdq")
                && is_x86_feature_detected!("popcnt")
            {
                engines.push(Self(Kind::Avx512));
            }
            engines
        }
        #[cfg(not(target_arch = "x86_64"))]
        vec![Self(Kind::Portable)]
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self.0 {
            Kind::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => "AVX2",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => "AVX-512 VPOPCNTDQ",
        }
    }

    /// Writes the numbers of groups in which a filter has enough in common.
    pub(super) fn scan(self, scan: &Scan<'_>, found: &mut Vec<u32>) {
        match self.0 {
            Kind::Portable => by_length(scan, found),
            // SAFETY: an engine of this kind is made only where the processor has AVX2 and POPCNT.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => unsafe { scan_avx2(scan, found) },
            // SAFETY: an engine of this kind is made only where the processor has all that the function needs.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => unsafe { scan_avx512(scan, found) },
        }
    }

    /// Runs `work` in code that counts bits with one instruction where the processor has it.
    pub(super) fn counting<W: Work>(self, work: W) -> W::Answer {
        match self.0 {
            Kind::Portable => work.run(),
            // SAFETY: both engines are made only where the processor has POPCNT.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 | Kind::Avx512 => unsafe { counting_popcnt(work) },
        }
    }
}

/// Work that counts many bits; `run` should be inlined.
pub(super) trait Work {
    /// What comes out.
    type Answer;
    /// Does it.
    fn run(self) -> Self::Answer;
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,popcnt")]
fn scan_avx2(scan: &Scan<'_>, found: &mut Vec<u32>) {
    by_length(scan, found);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vpopcntdq,popcnt")]
fn scan_avx512(scan: &Scan<'_>, found: &mut Vec<u32>) {
    match (scan.filter.len(), scan.early) {
        (16, 4) => eight_at_once::<16, 4>(scan, found),
        (16, 6) => eight_at_once::<16, 6>(scan, found),
        (16, 7) => eight_at_once::<16, 7>(scan, found),
        (16, 8) => eight_at_once::<16, 8>(scan, found),
        (16, 9) => eight_at_once::<16, 9>(scan, found),
        (16, 10) => eight_at_once::<16, 10>(scan, found),
        (16, 12) => eight_at_once::<16, 12>(scan, found),
        (16, 16) => eight_at_once::<16, 16>(scan, found),
        _ => of_any_length(scan, found),
    }
}

/// `fixed`, written out.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vpopcntdq")]
fn eight_at_once<const WORDS: usize, const EARLY: usize>(scan: &Scan<'_>, found: &mut Vec<u32>) {
    use std::arch::x86_64::{
        __m512i, _mm512_add_epi64, _mm512_and_si512, _mm512_cmpge_epu64_mask, _mm512_loadu_si512, _mm512_popcnt_epi64,
        _mm512_set1_epi64, _mm512_setzero_si512,
    };
    let Ok(filter) = <&[u64; WORDS]>::try_from(scan.filter) else {
        return;
    };
    let mut wide = [_mm512_setzero_si512(); WORDS];
    for (wide, word) in wide.iter_mut().zip(filter) {
        *wide = _mm512_set1_epi64(word.cast_signed());
    }
    let least = _mm512_set1_epi64(scan.least.cast_signed());
    let least_early = _mm512_set1_epi64(scan.least_early.cast_signed());
    let groups = scan.groups.chunks_exact(WORDS);
    for (number, group) in (0_u32..).zip(groups) {
        let add = |common: __m512i, word: usize| {
            // SAFETY: eight words are 64 bytes, and this load needs no alignment.
            let eight = unsafe { _mm512_loadu_si512(group[word].0.as_ptr().cast()) };
            _mm512_add_epi64(common, _mm512_popcnt_epi64(_mm512_and_si512(wide[word], eight)))
        };
        let mut common = _mm512_setzero_si512();
        for word in 0..EARLY {
            common = add(common, word);
        }
        if EARLY < WORDS {
            if _mm512_cmpge_epu64_mask(common, least_early) == 0 {
                continue;
            }
            for word in EARLY..WORDS {
                common = add(common, word);
            }
        }
        if _mm512_cmpge_epu64_mask(common, least) != 0 {
            found.push(number);
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "popcnt")]
fn counting_popcnt<W: Work>(work: W) -> W::Answer {
    work.run()
}

/// The loops of known length can be unrolled; the usual lengths have theirs.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "it must be compiled within each of the three, with its instructions"
)]
fn by_length(scan: &Scan<'_>, found: &mut Vec<u32>) {
    match (scan.filter.len(), scan.early) {
        (16, 4) => fixed::<16, 4>(scan, found),
        (16, 6) => fixed::<16, 6>(scan, found),
        (16, 7) => fixed::<16, 7>(scan, found),
        (16, 8) => fixed::<16, 8>(scan, found),
        (16, 9) => fixed::<16, 9>(scan, found),
        (16, 10) => fixed::<16, 10>(scan, found),
        (16, 12) => fixed::<16, 12>(scan, found),
        (16, 16) => fixed::<16, 16>(scan, found),
        _ => of_any_length(scan, found),
    }
}

#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "it must be compiled within each of the three, with its instructions"
)]
fn fixed<const WORDS: usize, const EARLY: usize>(scan: &Scan<'_>, found: &mut Vec<u32>) {
    let Ok(filter) = <&[u64; WORDS]>::try_from(scan.filter) else {
        return;
    };
    let groups = scan.groups.chunks_exact(WORDS);
    for (number, group) in (0_u32..).zip(groups) {
        let mut common = [0_u64; LANES];
        for word in 0..EARLY {
            add(&mut common, filter[word], &group[word]);
        }
        if EARLY < WORDS {
            if !reaches(&common, scan.least_early) {
                continue;
            }
            for word in EARLY..WORDS {
                add(&mut common, filter[word], &group[word]);
            }
        }
        if reaches(&common, scan.least) {
            found.push(number);
        }
    }
}

#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "it must be compiled within each of the three, with its instructions"
)]
fn of_any_length(scan: &Scan<'_>, found: &mut Vec<u32>) {
    let words = scan.filter.len();
    let groups = scan.groups.chunks_exact(words);
    for (number, group) in (0_u32..).zip(groups) {
        let mut common = [0_u64; LANES];
        for (word, eight) in scan.filter.iter().zip(group) {
            add(&mut common, *word, eight);
        }
        if reaches(&common, scan.least) {
            found.push(number);
        }
    }
}

#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "it must be compiled within each of the three, with its instructions"
)]
fn add(common: &mut [u64; LANES], word: u64, eight: &Eight) {
    for (sum, other) in common.iter_mut().zip(&eight.0) {
        *sum += u64::from((word & other).count_ones());
    }
}

#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "it must be compiled within each of the three, with its instructions"
)]
fn reaches(common: &[u64; LANES], least: u64) -> bool {
    // Without branches, so that eight are compared at once.
    common
        .iter()
        .map(|sum| u8::from(*sum >= least))
        .fold(0, |any, one| any | one)
        != 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    struct Sum<'a>(&'a [u64]);

    impl Work for Sum<'_> {
        type Answer = u32;
        #[inline]
        fn run(self) -> u32 {
            self.0.iter().map(|word| word.count_ones()).sum()
        }
    }

    #[test]
    fn the_portable_engine_is_always_there_and_comes_first() {
        assert_eq!(Engine::available()[0], Engine::portable());
        assert!(!Engine::best().name().is_empty());
    }

    proptest! {
        #[test]
        fn every_engine_finds_what_a_plain_loop_finds(
            words in prop_oneof![Just(16_usize), 1_usize..20],
            early in 4_usize..17,
            least in 0_u64..600,
            seed in proptest::collection::vec(any::<u64>(), 20 * 9),
        ) {
            let filter = &seed[..words];
            let words_of_groups: Vec<u64> = seed.iter().cycle().skip(7).take(3 * words * LANES).copied().collect();
            let groups: Vec<Eight> = words_of_groups.as_chunks().0.iter().map(|eight| Eight(*eight)).collect();
            let early = early.min(words);
            let rest: u64 = filter[early..].iter().map(|word| u64::from(word.count_ones())).sum();
            let scan = Scan {
                filter,
                groups: &groups,
                least,
                least_early: least.saturating_sub(rest),
                early,
            };
            let mut expected = Vec::new();
            for (number, group) in (0_u32..).zip(groups.chunks(words)) {
                let reached = (0..LANES).any(|lane| {
                    let common: u32 = (0..words).map(|word| (filter[word] & group[word].0[lane]).count_ones()).sum();
                    u64::from(common) >= least
                });
                if reached {
                    expected.push(number);
                }
            }
            for engine in Engine::available() {
                let mut found = Vec::new();
                engine.scan(&scan, &mut found);
                prop_assert_eq!(&found, &expected, "{}", engine.name());
                prop_assert_eq!(engine.counting(Sum(&seed)), Sum(&seed).run());
            }
        }
    }
}

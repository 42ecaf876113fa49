//! Choosing a passphrase: one that is suggested, or one of the member's own that would not soon be
//! guessed.

use std::sync::LazyLock;

use rand::RngExt as _;
use store::FieldErrors;

use crate::passphrase::MIN_LENGTH;

/// The words that suggestions are made of: common, concrete, and harmless to read.
static WORDS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| include_str!("words.txt").split_ascii_whitespace().collect());

/// How many words a suggestion has. Of 512 words each gives 9 bits: 54 bits in all, beyond reach of
/// guessing against argon2id.
const N_WORDS: usize = 6;

/// The lowest score taken, of 0 to 4 (zxcvbn: Wheeler, USENIX Security 2016): 3 resists an attacker
/// who has stolen a slow hash.
const MIN_SCORE: zxcvbn::Score = zxcvbn::Score::Three;

/// Suggests a passphrase.
pub fn suggest(random: &mut impl rand::CryptoRng) -> String {
    words(random, N_WORDS)
}

fn words(random: &mut impl rand::CryptoRng, n: usize) -> String {
    let words: Vec<&str> = (0..n).map(|_| WORDS[random.random_range(0..WORDS.len())]).collect();
    words.join("-")
}

/// Draws a passphrase of so many words, 9 bits each, from the operating system's randomness: for what lies where the
/// program cannot slow a guesser down.
#[expect(
    clippy::disallowed_methods,
    reason = "the passphrase of a file that leaves is drawn here"
)]
pub fn drawn(n: usize) -> String {
    words(&mut rand::rng(), n)
}

/// Suggests a passphrase from the operating system's randomness. Only the edges of the program call this.
#[expect(clippy::disallowed_methods, reason = "the one place where suggestions are drawn")]
pub fn suggested() -> String {
    suggest(&mut rand::rng())
}

/// Checks a passphrase that was typed twice. `known` is what an attacker knows of the member anyway:
/// names do not count as strength. Faults stand at the fields `passphrase` and `again`.
pub fn check(passphrase: &str, again: &str, known: &[&str]) -> Result<(), FieldErrors> {
    let mut errors = FieldErrors::new();
    if passphrase.chars().count() < MIN_LENGTH {
        errors.add("passphrase", format!("Use at least {MIN_LENGTH} characters"));
    } else if zxcvbn::zxcvbn(passphrase, known).score() < MIN_SCORE {
        errors.add(
            "passphrase",
            "This would soon be guessed: use the suggestion, or several words that do not belong together",
        );
    } else if passphrase != again {
        errors.add("again", "This is not the same as the passphrase above");
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_512_different_words() {
        let mut words = WORDS.clone();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), 512);
    }

    #[test]
    fn a_suggestion_passes_the_check() {
        let suggestion = suggested();
        assert_eq!(suggestion.split('-').count(), N_WORDS);
        assert_eq!(check(&suggestion, &suggestion, &[]), Ok(()));
    }

    #[test]
    fn short_guessable_and_mistyped_passphrases_are_refused_at_their_field() {
        let fault = |passphrase: &str, again: &str, known: &[&str]| {
            let errors = check(passphrase, again, known).expect_err("it is refused");
            errors
                .iter()
                .next()
                .map(|(field, _)| field.to_owned())
                .expect("a fault")
        };
        assert_eq!(fault("kelp raft", "kelp raft", &[]), "passphrase");
        assert_eq!(fault("password1234", "password1234", &[]), "passphrase");
        assert_eq!(
            fault("specimen agency", "specimen agency", &["Specimen Agency"]),
            "passphrase"
        );
        assert_eq!(fault("nettle-quiver-atlas", "nettle-quiver-atlus", &[]), "again");
    }
}

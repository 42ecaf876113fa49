//! Names: apostrophes, hyphens, titles, particles.

use super::words;

/// Words before or inside family names that one clerk writes and the next leaves out.
const PARTICLES: &[&str] = &[
    "al", "el", "ul", "ad", "as", "ash", "an", "ar", "az", "bin", "ben", "ibn", "bint", "binti", "bte", "de", "da",
    "das", "do", "dos", "du", "del", "della", "di", "der", "den", "van", "von", "zu", "la", "le", "las", "los", "y",
    "e", "af", "ter", "thi", "van", "o",
];

/// Forms of address that get into name fields.
const TITLES: &[&str] = &["mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "madam", "master"];

/// Given names as plain words; empty when none is known.
pub fn given_name(value: &str) -> String {
    name(value, &[TITLES])
}

/// Family names as plain words without particles; empty when none is known.
///
/// ```
/// use statistics::linkage::normalise::family_name;
/// assert_eq!(family_name("Al-Specimen"), "specimen");
/// assert_eq!(family_name("O’Example"), "oexample");
/// ```
pub fn family_name(value: &str) -> String {
    name(value, &[TITLES, PARTICLES])
}

fn name(value: &str, left_out: &[&[&str]]) -> String {
    // An apostrophe joins, everything else parts.
    let joined: String = super::latin(value)
        .chars()
        .filter(|letter| !matches!(letter, '\'' | '.'))
        .collect();
    let words = words(&joined);
    let kept: Vec<&str> = words
        .split(' ')
        .filter(|word| !left_out.iter().any(|list| list.contains(word)))
        .collect();
    // Somebody may be called nothing but a particle.
    if kept.is_empty() { words } else { kept.join(" ") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn particles_and_titles_are_left_out_of_names() {
        assert_eq!(family_name("van der Specimen"), "specimen");
        assert_eq!(family_name("DE LA MUESTRA Y PRUEBA"), "muestra prueba");
        assert_eq!(given_name("Dr. Anna-Example"), "anna example");
    }

    #[test]
    fn a_name_that_is_a_particle_stays() {
        assert_eq!(family_name("Van"), "van");
        assert_eq!(family_name("O"), "o");
    }

    #[test]
    fn an_unknown_name_is_no_name() {
        for value in ["", " - ", "Unknown", "LNU", "n/a", "???", "xxx"] {
            assert_eq!(family_name(value), "", "{value}");
        }
    }

    proptest! {
        #[test]
        fn names_have_no_blanks_but_single_ones_inside(text in "\\PC{0,30}") {
            for name in [family_name(&text), given_name(&text)] {
                prop_assert!(!name.contains("  ") && name.trim() == name);
            }
        }
    }
}

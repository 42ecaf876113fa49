//! The lists of signs as they are shipped, and what is refused of one that is not sound.

use super::*;

/// How many signs of each strength a list has in a dimension.
fn counted(set: ReadingSet, dimension: Dimension) -> [usize; 3] {
    Strength::ALL
        .iter()
        .map(|strength| {
            signs()
                .within(set, dimension)
                .filter(|sign| sign.lists[&set] == Some(*strength))
                .count()
        })
        .collect::<Vec<_>>()
        .try_into()
        .expect("three strengths")
}

#[test]
fn the_lists_for_work_have_as_many_signs_as_were_published() {
    let published = [
        (Dimension::DeceptiveRecruitment, 10, 10),
        (Dimension::CoerciveRecruitment, 10, 10),
        (Dimension::VulnerableRecruitment, 16, 15),
        (Dimension::Exploitation, 9, 8),
        (Dimension::Coercion, 15, 15),
        (Dimension::Vulnerability, 7, 7),
    ];
    for (dimension, adults, children) in published {
        let n = |set| counted(set, dimension).iter().sum::<usize>();
        assert_eq!(n(ReadingSet::AdultLabour), adults, "{dimension}");
        assert_eq!(n(ReadingSet::ChildLabour), children, "{dimension}");
        assert_eq!(
            counted(ReadingSet::ChildLabour, dimension)[2],
            0,
            "no sign is weak for a child"
        );
    }
    // Strong, medium and weak, as the table of the list for adults in work has them.
    let strengths = [
        (Dimension::DeceptiveRecruitment, [1, 8, 1]),
        (Dimension::CoerciveRecruitment, [1, 8, 1]),
        (Dimension::VulnerableRecruitment, [0, 12, 4]),
        (Dimension::Exploitation, [1, 7, 1]),
        (Dimension::Coercion, [4, 10, 1]),
        (Dimension::Vulnerability, [0, 5, 2]),
    ];
    for (dimension, found) in strengths {
        assert_eq!(counted(ReadingSet::AdultLabour, dimension), found, "{dimension}");
    }
}

#[test]
fn a_strength_that_was_not_read_is_not_made_up() {
    for set in [ReadingSet::AdultSexual, ReadingSet::ChildSexual] {
        assert!(!signs().checked.contains(&set));
        for dimension in Dimension::ALL {
            assert_eq!(counted(set, *dimension), [0, 0, 0]);
        }
    }
}

#[test]
fn a_file_with_a_fault_is_refused_with_what_is_wrong() {
    let shipped = include_str!("../../../../standards/recognition/signs.toml");
    let fault = |from: &str, to: &str| Signs::read(&shipped.replacen(from, to, 1)).expect_err("refused");
    assert!(fault("code = \"wages\"", "code = \"nature\"").contains("twice"));
    assert!(fault("= \"strong\"", "= \"huge\"").contains("strong, medium, weak, unread"));
    assert!(fault("adult_labour = false", "adults = false").contains("adults"));
    assert!(Signs::read("").is_err());
}

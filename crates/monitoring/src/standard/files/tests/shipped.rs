//! The standards that the program carries are sound, complete, and say what the Convention says.

use std::collections::BTreeSet;

use super::super::*;

#[test]
fn the_shipped_folder_has_no_fault() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../standards");
    let library = match read(&folder) {
        Ok(library) => library,
        Err(faults) => panic!("{faults:#?}"),
    };
    assert_eq!(library, shipped(), "the program carries the folder as it is");
}

#[test]
fn the_convention_has_all_its_articles_and_chapters() {
    let library = shipped();
    let convention = library.standard(HOME_STANDARD).expect("shipped");
    assert_eq!(convention.chapters.len(), 10);
    let articles: BTreeSet<u32> = convention
        .provisions
        .iter()
        .map(|p| number::article_order(&p.article).0)
        .collect();
    assert_eq!(articles, (1..=47).collect());
    assert_eq!(convention.provisions.len(), 175);
    assert!(
        convention
            .provisions
            .iter()
            .all(|p| p.pillar.is_none() || p.force != Force::Institutional)
    );
}

#[test]
fn provisions_bind_as_the_convention_says() {
    let library = shipped();
    let one = |reference: &str| -> ProvisionFile {
        let found = library.resolve(reference);
        assert_eq!(found.len(), 1, "{reference}");
        found[0].clone()
    };
    for reference in ["25", "26"] {
        assert_eq!(one(reference).force, Force::Mandatory);
        assert!(one(reference).qualifier.contains("not owed"), "{reference}");
    }
    for reference in ["11(3)", "19", "28(5)", "29(4)", "33(2)"] {
        assert_eq!(one(reference).force, Force::Optional, "{reference}");
    }
    assert_eq!(one("31(2)").force, Force::Possibility);
    assert_eq!(one("13(3)").force, Force::Exception);
    assert_eq!(one("15(2)").force, Force::Conditional);
    assert_eq!(one("14(1)").force, Force::Mandatory);
    assert_eq!(one("14(1)").holder, "any Party");
    assert!(one("14(1)").qualifier.starts_with("choice of a, b or both"));
    assert_eq!(one("16(3)").holder, "requested Party");
    assert_eq!(one("12(1)c").asked, ["R3-1", "R4-II"]);
    assert_eq!(one("18").verified, Verified::No);

    let duties: Vec<_> = library
        .resolve("13(1)")
        .iter()
        .map(|p| (p.number.clone(), p.heading.clone()))
        .collect();
    assert_eq!(
        duties,
        ["13(1).1", "13(1).2", "13(1).3", "13(1).4"].map(|n| (n.to_owned(), "13(1)".to_owned()))
    );
    let procedure: Vec<_> = library.resolve("38(2)").iter().map(|p| p.force).collect();
    assert_eq!(procedure, [Force::Institutional, Force::Mandatory]);
}

#[test]
fn there_are_seventy_indicators_and_each_resolves() {
    let library = shipped();
    let ids: Vec<_> = library
        .indicators
        .iter()
        .map(|indicator| indicator.id.clone())
        .collect();
    assert_eq!(ids, (1..=70).map(|n| format!("I{n:02}")).collect::<Vec<_>>());
    for indicator in &library.indicators {
        for reference in &indicator.provisions {
            assert!(!library.resolve(reference).is_empty(), "{} {reference}", indicator.id);
        }
    }
    let time = &library.indicators[12];
    let measures: Vec<_> = time
        .measures
        .iter()
        .map(|m| (m.code.as_str(), m.statistic, m.direction))
        .collect();
    assert_eq!(
        measures,
        [
            ("I13a", Statistic::Median, Direction::Lower),
            ("I13b", Statistic::P90, Direction::Lower),
            ("I13c", Statistic::Share, Direction::Higher),
        ]
    );
    assert_eq!(library.resolve("MSA 2015:52").len(), 1);
    assert_eq!(library.resolve("10(2)").len(), 3);
    assert_eq!(library.resolve("11").len(), 4);
    assert!(library.resolve("99").is_empty());
}

#[test]
fn a_second_standard_lives_beside_the_first() {
    let library = shipped();
    let mapping = &library.mappings[0];
    assert_eq!((mapping.from.as_str(), mapping.to.as_str()), ("ECHR 4", "CETS 197"));
    let non_punishment = mapping.pairs.iter().find(|pair| pair.to == "26").expect("mapped");
    assert_eq!(
        library
            .resolve(&format!("{}:{}", mapping.from, non_punishment.from))
            .len(),
        1
    );
    let cases = library.standard("ECHR 4").expect("shipped");
    assert!(cases.provisions.iter().all(|p| p.verified == Verified::No));
}

//! The abbreviations that an edition uses, spelt out for the pages on method. An edition lists those that
//! stand in its own words and no others.

use std::collections::BTreeSet;

use monitoring::edition::frozen::Edition;
use serde_json::Value;

/// Known abbreviations, in the order in which they are listed.
const KNOWN: [(&str, &str); 29] = [
    ("ATMG", "Anti-Trafficking Monitoring Group"),
    ("CETS", "Council of Europe Treaty Series"),
    (
        "CG",
        "conclusive grounds, the final decision on whether a person is a victim",
    ),
    ("CICA", "Criminal Injuries Compensation Authority"),
    ("CPS", "Crown Prosecution Service"),
    (
        "DtN",
        "duty to notify: reports of adults who did not agree to be referred",
    ),
    ("ECHR", "European Convention on Human Rights"),
    ("EEA", "European Economic Area"),
    (
        "FOI",
        "freedom of information: an answer that was asked for under the law",
    ),
    (
        "GRETA",
        "Group of Experts on Action against Trafficking in Human Beings, which monitors the Convention",
    ),
    ("ICTG", "independent child trafficking guardian"),
    ("IECA", "Immigration Enforcement Competent Authority"),
    ("ILO", "International Labour Organization"),
    ("IOM", "International Organization for Migration"),
    ("MSA", "Modern Slavery Act"),
    ("NCA", "National Crime Agency"),
    ("NGO", "non-governmental organisation"),
    ("NHS", "National Health Service"),
    (
        "NRM",
        "National Referral Mechanism, by which the United Kingdom identifies victims",
    ),
    ("ODIHR", "Office for Democratic Institutions and Human Rights"),
    ("OSCE", "Organization for Security and Co-operation in Europe"),
    (
        "RG",
        "reasonable grounds, the first decision on whether a person may be a victim",
    ),
    ("SCA", "Single Competent Authority"),
    ("TARA", "Trafficking Awareness Raising Alliance"),
    ("UK", "United Kingdom"),
    ("UKBA", "UK Border Agency, which was dissolved in 2013"),
    ("UNODC", "United Nations Office on Drugs and Crime"),
    ("VCC", "victim care contract"),
    ("VTS", "permission to stay as a victim of trafficking or slavery"),
];

/// Those that stand in the edition's own words, each with what it stands for.
pub(crate) fn used(edition: &Edition) -> Vec<(&'static str, &'static str)> {
    let mut words = BTreeSet::new();
    if let Ok(Value::Object(mut all)) = serde_json::to_value(edition) {
        // A signature is no text, though its letters may look like some.
        all.remove("checkpoint");
        collect(&Value::Object(all), &mut words);
    }
    if !edition.questionnaire.is_empty() {
        words.insert("GRETA".to_owned());
    }
    KNOWN.into_iter().filter(|(short, _)| words.contains(*short)).collect()
}

/// Every run of letters in every text, without addresses and ids.
fn collect(value: &Value, words: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if !text.contains("://") => {
            let found = text.split(|c: char| !c.is_alphanumeric());
            words.extend(found.filter(|word| word.len() <= 6).map(str::to_owned));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, words)),
        Value::Object(map) => map.values().for_each(|value| collect(value, words)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn an_edition_lists_the_abbreviations_that_it_uses_and_no_others() {
        let mut edition = sample::edition();
        let listed = |edition: &Edition| used(edition).into_iter().map(|(short, _)| short).collect::<Vec<_>>();
        assert!(listed(&edition).contains(&"CETS"));
        assert!(!listed(&edition).contains(&"UNODC"));
        edition.summary.words.push("As the UNODC counts.".to_owned());
        assert!(listed(&edition).contains(&"UNODC"));
    }

    #[test]
    fn the_list_of_abbreviations_is_in_order() {
        assert!(KNOWN.is_sorted_by_key(|(short, _)| short.to_lowercase()));
    }
}

//! Texts that a person reads in their own language: what they are asked to agree to, how to be safe, how to say what they
//! think. Each names the English text that it was made from, who made it, and who checked it; what nobody checked says so.
//!
//! They are files in `standards/texts`, one for each language, that a translator can correct.

use std::sync::LazyLock;

use domain::word_list;
use serde::Deserialize;

word_list! {
    /// A text.
    pub enum TextCode {
        ConsentReferral = "consent_referral", "Agreeing to a referral into the National Referral Mechanism";
        ConsentSharing = "consent_sharing", "Agreeing to another organisation being asked to help";
        ConsentCounting = "consent_counting", "Agreeing to being counted";
        Safety = "safety", "Staying safe when using this program";
        Feedback = "feedback", "Saying what was good and what was bad";
        LabelWords = "label_words", "The question of the feedback page";
        LabelSend = "label_send", "The button of the feedback page";
    }
}

impl TextCode {
    /// Those that are read with a person; the others are parts of a page.
    pub const READ: &'static [Self] = &[
        Self::ConsentReferral,
        Self::ConsentSharing,
        Self::ConsentCounting,
        Self::Safety,
        Self::Feedback,
    ];
}

/// One text in one language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    #[serde(rename = "code")]
    code: String,
    /// The revision of the English text that it is, or was made from.
    pub revision: u32,
    /// Who translated it; empty for the source.
    pub translator: String,
    /// Who, speaking the language, checked it; empty where nobody has.
    pub checked_by: String,
    /// The words, a paragraph on a line.
    pub words: String,
}

impl Text {
    /// Its paragraphs.
    pub fn paragraphs(&self) -> Vec<&str> {
        self.words
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect()
    }
}

/// A language with its texts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Language {
    /// Its tag, as the attribute `lang` takes it.
    #[serde(rename = "language")]
    pub tag: String,
    /// Its name in itself.
    pub name: String,
    /// Its name in English.
    pub english_name: String,
    /// In which direction it is written, as the attribute `dir` takes it.
    pub direction: String,
    #[serde(rename = "text")]
    texts: Vec<Text>,
}

/// The files, the source first.
const FILES: [&str; 7] = [
    include_str!("../../../standards/texts/en.toml"),
    include_str!("../../../standards/texts/sq.toml"),
    include_str!("../../../standards/texts/am.toml"),
    include_str!("../../../standards/texts/ar.toml"),
    include_str!("../../../standards/texts/pl.toml"),
    include_str!("../../../standards/texts/ro.toml"),
    include_str!("../../../standards/texts/vi.toml"),
];

/// Every language there are texts in: English first, then by their English names.
pub fn languages() -> &'static [Language] {
    static LANGUAGES: LazyLock<Vec<Language>> = LazyLock::new(|| {
        FILES
            .iter()
            .map(|file| toml::from_str(file).expect("a test reads every shipped file"))
            .collect()
    });
    &LANGUAGES
}

/// English, the source of all others.
pub fn english() -> &'static Language {
    &languages()[0]
}

/// A language by its tag.
pub fn find(tag: &str) -> Option<&'static Language> {
    languages().iter().find(|language| language.tag == tag)
}

impl Language {
    /// One of its texts.
    ///
    /// # Panics
    ///
    /// Never: a test sees that every language has every text.
    pub fn text(&self, code: TextCode) -> &Text {
        self.texts
            .iter()
            .find(|text| text.code == code.code())
            .expect("a test sees that every language has every text")
    }

    /// Whether a text was made from an older revision of the English one.
    pub fn is_outdated(&self, code: TextCode) -> bool {
        self.text(code).revision < english().text(code).revision
    }

    /// What has to be said of a text before it is relied on; `None` for one that was checked and is up to date.
    pub fn caution(&self, code: TextCode) -> Option<String> {
        let text = self.text(code);
        let outdated = if self.is_outdated(code) {
            " It was made from an older English text."
        } else {
            ""
        };
        match (text.checked_by.is_empty(), text.translator.is_empty()) {
            (true, true) => Some("Checked by: nobody yet.".to_owned()),
            (true, false) => Some(format!(
                "Checked by: nobody yet. Translation {}.{outdated}",
                text.translator
            )),
            (false, _) if !outdated.is_empty() => Some(outdated.trim().to_owned()),
            (false, _) => None,
        }
    }

    /// How a record of consent names a text: which, its revision, the language.
    pub fn wording(&self, code: TextCode) -> String {
        let unchecked = if self.text(code).checked_by.is_empty() {
            ", unchecked"
        } else {
            ""
        };
        format!(
            "{} {}, {}{unchecked}",
            code.code(),
            self.text(code).revision,
            self.english_name
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_text_and_nothing_else_and_says_in_which_direction_it_is_written() {
        assert_eq!(english().tag, "en");
        for language in languages() {
            let mut codes: Vec<&str> = language.texts.iter().map(|text| text.code.as_str()).collect();
            codes.sort_unstable();
            let mut all: Vec<&str> = TextCode::ALL.iter().map(|code| code.code()).collect();
            all.sort_unstable();
            assert_eq!(codes, all, "{}", language.tag);
            assert!(matches!(language.direction.as_str(), "ltr" | "rtl"), "{}", language.tag);
            for code in TextCode::ALL {
                let text = language.text(*code);
                let is_source = language.tag == "en";
                assert_eq!(text.translator.is_empty(), is_source, "{}: {code}", language.tag);
                assert!(
                    text.revision <= english().text(*code).revision,
                    "{}: {code}",
                    language.tag
                );
                assert_eq!(
                    text.paragraphs().len(),
                    english().text(*code).paragraphs().len(),
                    "{}: {code}: a paragraph for each of the English ones",
                    language.tag
                );
            }
        }
        assert_eq!(find("ar").expect("Arabic").direction, "rtl");
    }

    #[test]
    fn a_text_that_nobody_checked_says_so_in_the_record_of_consent_too() {
        let language = find("sq").expect("Albanian");
        assert_eq!(
            language.wording(TextCode::ConsentSharing),
            "consent_sharing 1, Albanian, unchecked"
        );
        let caution = language.caution(TextCode::ConsentSharing).expect("unchecked");
        assert!(caution.starts_with("Checked by: nobody yet. Translation made by machine"));
        let mut checked = language.clone();
        for text in &mut checked.texts {
            text.checked_by = "Specimen Interpreter".to_owned();
        }
        assert_eq!(checked.caution(TextCode::ConsentSharing), None);
        assert_eq!(checked.wording(TextCode::Safety), "safety 1, Albanian");
    }
}

//! Texts that a person reads in their own language: what they are asked to agree to, how to be safe, how to say what they
//! think. Each names the English text that it was made from, who made it, and who checked it; what nobody checked says so.
//!
//! They are files in `standards/texts`, one for each language, that a translator can correct.

use std::sync::LazyLock;

use domain::casework::Purpose;
use domain::fold::fold_plain;
use domain::word_list;
use serde::Deserialize;

word_list! {
    /// A text.
    pub enum TextCode {
        ConsentSupport = "consent_support", "Agreeing to be supported, and to a record of it";
        ConsentReferral = "consent_referral", "Agreeing to a referral into the National Referral Mechanism";
        ConsentSharing = "consent_sharing", "Agreeing to another organisation being asked to help";
        ConsentCounting = "consent_counting", "Agreeing to being counted";
        ConsentPublication = "consent_publication", "Agreeing to one’s own words being printed";
        ConsentLitigation = "consent_litigation", "Agreeing to a record being used in a legal case";
        Safety = "safety", "Staying safe when using this program";
        Feedback = "feedback", "Saying what was good and what was bad";
        FeedbackPage = "feedback_page", "Everything else on the pages of feedback";
    }
}

impl TextCode {
    /// Those that are read with a person; the other is parts of a page.
    pub const READ: &'static [Self] = &[
        Self::ConsentSupport,
        Self::ConsentReferral,
        Self::ConsentSharing,
        Self::ConsentCounting,
        Self::ConsentPublication,
        Self::ConsentLitigation,
        Self::Safety,
        Self::Feedback,
    ];

    /// The text by which a person is asked to agree to something.
    pub const fn asking(purpose: Purpose) -> Self {
        match purpose {
            Purpose::Support => Self::ConsentSupport,
            Purpose::Referral => Self::ConsentReferral,
            Purpose::Sharing => Self::ConsentSharing,
            Purpose::Monitoring => Self::ConsentCounting,
            Purpose::Publication => Self::ConsentPublication,
            Purpose::Litigation => Self::ConsentLitigation,
        }
    }
}

word_list! {
    /// A part of the pages of feedback. The text `feedback_page` has each on a line, after its code: a translator sees what
    /// each is for by the English beside it.
    pub enum Label {
        Title = "title", "Title in the browser: says nothing of what it is about";
        Skip = "skip", "Link past what is the same on each page";
        Exit = "exit", "Button that leaves at once";
        ExitQuick = "exit_quick", "The same, first on the page";
        ExitFirst = "exit_first", "What the first one is called";
        ExitName = "exit_name", "What the button is called";
        ExitOnceMore = "exit_once_more", "After two presses of Shift";
        ExitWords = "exit_words", "What leaving does and does not";
        Languages = "languages", "What the list of languages is called";
        Unchecked = "unchecked", "Who checked the translation";
        InEnglish = "in_english", "Link to the English page";
        Demo = "demo", "Said in a demonstration";
        ReadOnly = "read_only", "Said while nothing can be sent";
        Problem = "problem", "Heading over faults";
        Error = "error", "Word before a fault";
        Choose = "choose", "Heading of the page that lists the organisations";
        ChooseWords = "choose_words", "What to do there";
        ChooseNone = "choose_none", "Where no organisation takes feedback";
        Heading = "heading", "Heading";
        WhoReads = "who_reads", "Who reads it";
        Sealed = "sealed", "What is kept";
        CodeGiven = "code_given", "What the code is for";
        Question = "question", "Question";
        WordsHint = "words_hint", "Help with the question";
        Contact = "contact", "Second question";
        ContactHint = "contact_hint", "Help with the second question";
        Send = "send", "Button that sends";
        WroteBefore = "wrote_before", "Link for who has a code";
        Thanks = "thanks", "Heading once it is sent";
        Arrived = "arrived", "What happened";
        WhoOpens = "who_opens", "Who can open it";
        YourCode = "your_code", "Heading over the code";
        CodeWords = "code_words", "What to do with the code";
        UseCode = "use_code", "Link to use it";
        WhatBecame = "what_became", "Heading of the page for a code";
        CodeHint = "code_hint", "Help with typing a code";
        LookUp = "look_up", "Button that looks a code up";
        Read = "read", "Found, and read";
        ReadWords = "read_words", "What that means";
        Received = "received", "Found, and not read yet";
        ReceivedWords = "received_words", "What that means";
        None = "none", "Not found";
        NoneWords = "none_words", "What that means";
        Erased = "erased", "Erased";
        ErasedWords = "erased_words", "What that means";
        Erase = "erase", "Opens the question whether to erase";
        EraseWords = "erase_words", "What erasing means";
        EraseSure = "erase_sure", "Button that erases";
        FaultEmpty = "fault_empty", "Nothing was written";
        FaultLong = "fault_long", "Too much was written";
        FaultFlood = "fault_flood", "Too much came at once";
        FaultCode = "fault_code", "No code was typed";
        FaultCodes = "fault_codes", "Too many codes were tried";
        FaultPage = "fault_page", "There is no such page";
        FaultOurs = "fault_ours", "Something failed that is no fault of whoever writes";
    }
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

/// The language in which somebody was asked, by what was typed of it, such as “Arabic (Sudan)”; English where there are no
/// texts in it.
pub fn spoken(typed: &str) -> &'static Language {
    let typed = fold_plain(typed);
    let is = |name: &str| {
        let name = fold_plain(name);
        typed
            .strip_prefix(&name)
            .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    };
    languages()
        .iter()
        .find(|language| is(&language.english_name) || is(&language.name) || typed == language.tag)
        .unwrap_or_else(english)
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

    /// A part of the pages of feedback.
    ///
    /// # Panics
    ///
    /// Never: a test sees that every language has every part.
    pub fn label(&self, label: Label) -> &str {
        self.text(TextCode::FeedbackPage)
            .words
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find_map(|(code, words)| (code == label.code()).then_some(words))
            .expect("a test sees that every language has every part")
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
    fn every_language_has_every_part_of_the_feedback_pages_once_with_what_is_filled_in() {
        let filled = |words: &str| -> Vec<&str> {
            ["{house}", "{n}"]
                .into_iter()
                .filter(|one| words.contains(one))
                .collect()
        };
        for language in languages() {
            let lines = language.text(TextCode::FeedbackPage).words.trim().lines();
            let codes: Vec<&str> = lines
                .filter_map(|line| line.split_once(": "))
                .map(|(code, _)| code)
                .collect();
            let all: Vec<&str> = Label::ALL.iter().map(|label| label.code()).collect();
            assert_eq!(codes, all, "{}", language.tag);
            for label in Label::ALL {
                let words = language.label(*label);
                assert!(!words.trim().is_empty(), "{}: {}", language.tag, label.code());
                assert_eq!(
                    filled(words),
                    filled(english().label(*label)),
                    "{}: {}",
                    language.tag,
                    label.code()
                );
                let is_same = words == english().label(*label);
                assert_eq!(
                    is_same,
                    language.tag == "en",
                    "{}: {} is not translated",
                    language.tag,
                    label.code()
                );
            }
        }
    }

    #[test]
    fn each_purpose_has_a_text_of_its_own_and_the_language_is_found_as_people_write_it() {
        let mut asking: Vec<TextCode> = Purpose::ALL.iter().copied().map(TextCode::asking).collect();
        asking.sort_unstable();
        asking.dedup();
        assert_eq!(asking.len(), Purpose::ALL.len());
        assert!(asking.iter().all(|code| TextCode::READ.contains(code)));
        let found = [
            "Arabic (Sudan)",
            "arabic",
            "tiếng việt",
            "ro",
            " Polish ",
            "Polishing",
            "Welsh",
            "",
        ];
        let tags = found.map(|typed| spoken(typed).tag.as_str());
        assert_eq!(tags, ["ar", "ar", "vi", "ro", "pl", "en", "en", "en"]);
    }

    #[test]
    fn a_text_that_nobody_checked_says_so_in_the_record_of_consent_too() {
        let language = find("sq").expect("Albanian");
        assert_eq!(
            language.wording(TextCode::ConsentSharing),
            "consent_sharing 2, Albanian, unchecked"
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

//! Words that may be used now: by use and by what they are about, each with its case, none with a name.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use casework::sheet::Sheet as _;
use casework::voice::{self, Usable};
use domain::casework::{VoiceAbout, VoiceUse};
use store::AppError;

use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::Values;
use crate::page::Page;

/// How many words stand on a page.
const PAGE: usize = 50;

/// A link that chooses which words are shown: address, words, and whether these are shown now.
struct Choice {
    href: String,
    words: &'static str,
    is_current: bool,
}

#[derive(Template)]
#[template(path = "voice/usable.html")]
struct List {
    page: Page,
    uses: Vec<Choice>,
    subjects: Vec<Choice>,
    /// Those of this page, the latest first.
    shown: Vec<Usable>,
    /// How many there are of this use and about this.
    n: usize,
    /// How many there are in all.
    n_all: usize,
    /// The address of this list, up to the number of a page.
    base: String,
    number: usize,
    last: usize,
    /// Why nothing can be opened, where it cannot.
    sealed: String,
}

#[expect(
    clippy::unused_self,
    reason = "the template asks the page for everything that it shows"
)]
impl List {
    /// What is told of words beside themselves and what they are for.
    fn beside(&self, of: &Usable) -> Vec<(&'static str, String)> {
        let mut answers = of.voice.shown();
        let told = ["In which language", "Is this a translation?"];
        answers.retain(|(caption, words)| told.contains(caption) && !words.is_empty());
        answers
    }
}

/// The address of the list of one use and of words about one thing; of all, where that is not chosen.
fn address(of: Option<VoiceUse>, about: Option<VoiceAbout>) -> String {
    format!(
        "/cases/voices?use={}&about={}",
        of.map_or("", VoiceUse::code),
        about.map_or("", VoiceAbout::code)
    )
}

pub(super) async fn list(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let query = Values::parse(&query.unwrap_or_default());
    // A code that is none is no choice: all are shown.
    let of = VoiceUse::parse(query.get("use")).ok();
    let about = VoiceAbout::parse(query.get("about")).ok();
    let (all, sealed) = match voice::usable(&visitor.cx()).await {
        Ok(all) => (all, String::new()),
        Err(AppError::Refused(words)) => (Vec::new(), words),
        Err(error) => return Err(WebError::of(&visitor, error)),
    };
    let n_all = all.len();
    let uses = std::iter::once(None)
        .chain(VoiceUse::ALL.iter().copied().map(Some))
        .map(|one| Choice {
            href: address(one, about),
            words: one.map_or("Every use", VoiceUse::words),
            is_current: one == of,
        })
        .collect();
    // Only what somebody spoke about, and what is chosen, even if nobody did.
    let spoken = |one: VoiceAbout| Some(one) == about || all.iter().any(|words| words.voice.about.contains(&one));
    let subjects = std::iter::once(None)
        .chain(VoiceAbout::ALL.iter().copied().filter(|one| spoken(*one)).map(Some))
        .map(|one| Choice {
            href: address(of, one),
            words: one.map_or("Everything", VoiceAbout::words),
            is_current: one == about,
        })
        .collect();
    let found: Vec<Usable> = all
        .into_iter()
        .filter(|words| of.is_none_or(|of| words.uses.contains(&of)))
        .filter(|words| about.is_none_or(|about| words.voice.about.contains(&about)))
        .collect();
    let n = found.len();
    let last = n.div_ceil(PAGE).max(1);
    let number = query.get("page").parse().unwrap_or(1_usize).clamp(1, last);
    page(&List {
        page: Page::new(&visitor, "Words that may be used")
            .within("/cases")
            .under("/cases", "Cases"),
        uses,
        subjects,
        shown: found.into_iter().skip((number - 1) * PAGE).take(PAGE).collect(),
        n,
        n_all,
        base: format!("{}&page=", address(of, about)),
        number,
        last,
        sealed,
    })
}

//! What anyone sees: the organisations that take feedback, the page of each in their language, the receipt, and the way back
//! with its code. Everything on them is in that language, from the text `feedback_page`.

use access::anonymous::LONGEST_CONTACT;
use access::code::Receipt;
use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use casework::feedback::{self, Give, LONGEST};
use casework::text::{Label, Language, TextCode, english, find, languages};
use domain::mode::Mode;
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use crate::app::App;
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, outcome};
use crate::page::Page;
use crate::receipt::{Kept, Look, Told, Words, secret, too_often};

/// The language that a page is in.
#[derive(Clone, Copy)]
struct Spoken(&'static Language);

impl Spoken {
    /// The language with a tag; English where there is none.
    fn of(tag: &str) -> Self {
        Self(find(tag).unwrap_or_else(english))
    }

    fn say(self, label: Label) -> &'static str {
        self.0.label(label)
    }

    /// A part with a number in it.
    fn count(self, label: Label, n: usize) -> String {
        self.say(label).replace("{n}", &n.to_string())
    }

    /// What is said before a fault.
    fn fault(self) -> String {
        format!("{}: ", self.say(Label::Error))
    }

    fn tag(self) -> &'static str {
        &self.0.tag
    }

    fn direction(self) -> &'static str {
        &self.0.direction
    }

    fn is_english(self) -> bool {
        self.tag() == english().tag
    }

    /// Whether nobody who speaks it has checked every text of the pages.
    fn is_unchecked(self) -> bool {
        [TextCode::FeedbackPage, TextCode::Feedback, TextCode::Safety]
            .iter()
            .any(|code| self.0.caution(*code).is_some())
    }

    fn told(self, heading: Label, meaning: Label) -> Told {
        (self.say(heading), self.say(meaning))
    }
}

#[derive(Template)]
#[template(path = "feedback/error.html")]
struct Failed {
    page: Page,
    spoken: Spoken,
    words: String,
    reference: String,
}

impl Failed {
    #[expect(clippy::unused_self, reason = "the frame asks every page of its own")]
    fn english(&self) -> &'static str {
        "/feedback/to?in=en"
    }
}

/// An error on one of these pages, as a page in the language that the address asks for; `None` on other pages and in English,
/// where the program's own page of an error says more.
pub(crate) fn failed(visitor: &Visitor, status: StatusCode, reference: &str) -> Option<String> {
    let spoken = Spoken::of(&visitor.asked_in);
    if spoken.is_english() || !visitor.path.starts_with("/feedback/") {
        return None;
    }
    let words = match status {
        StatusCode::NOT_FOUND => spoken.say(Label::FaultPage).to_owned(),
        // A form is refused without being shown again only where it is too long to be read.
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNPROCESSABLE_ENTITY => spoken.count(Label::FaultLong, LONGEST),
        _ if visitor.mode == Mode::Closed => spoken.say(Label::ReadOnly).to_owned(),
        _ => spoken.say(Label::FaultOurs).to_owned(),
    };
    let page = Failed {
        page: Page::new(visitor, spoken.say(Label::Title)),
        spoken,
        words,
        reference: reference.to_owned(),
    };
    page.render().ok()
}

#[derive(Template)]
#[template(path = "feedback/choose.html")]
struct Choosing {
    page: Page,
    /// The organisations that take feedback: id and name.
    houses: Vec<(Uuid, String)>,
    spoken: Spoken,
    languages: &'static [Language],
}

impl Choosing {
    #[expect(clippy::unused_self, reason = "the frame asks every page of its own")]
    fn english(&self) -> &'static str {
        "/feedback/to?in=en"
    }
}

pub(super) async fn choose(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let query = Values::parse(&query.unwrap_or_default());
    let spoken = Spoken::of(query.get("in"));
    let houses = feedback::houses(&visitor.cx()).await;
    page(&Choosing {
        page: Page::new(&visitor, spoken.say(Label::Title)),
        houses: houses.map_err(|error| WebError::of(&visitor, error))?,
        spoken,
        languages: languages(),
    })
}

#[derive(Template)]
#[template(path = "feedback/give.html")]
struct Asking {
    page: Page,
    form: Form,
    organisation: Uuid,
    house: String,
    spoken: Spoken,
    languages: &'static [Language],
}

impl Asking {
    fn guidance(&self) -> Vec<&'static str> {
        self.spoken.0.text(TextCode::Feedback).paragraphs()
    }

    fn safety(&self) -> Vec<&'static str> {
        self.spoken.0.text(TextCode::Safety).paragraphs()
    }

    /// A part that names the organisation. Its name keeps its own direction in a line that runs the other way.
    fn about(&self, label: Label) -> String {
        let house = if self.spoken.direction() == "rtl" {
            format!("\u{2068}{}\u{2069}", self.house)
        } else {
            self.house.clone()
        };
        self.spoken.say(label).replace("{house}", &house)
    }

    fn hint(&self) -> String {
        self.spoken.count(Label::WordsHint, LONGEST)
    }

    fn english(&self) -> String {
        format!("/feedback/to/{}?in=en", self.organisation)
    }
}

/// The organisation that an address names; one that names none leads to no page.
fn named(visitor: &Visitor, organisation: &str) -> Result<Uuid, WebError> {
    organisation
        .parse()
        .map_err(|_| WebError::of(visitor, AppError::NotFound("page")))
}

async fn asking(visitor: &Visitor, organisation: Uuid, form: Form, spoken: Spoken) -> Result<Asking, WebError> {
    let house = feedback::house(&visitor.cx(), organisation).await;
    Ok(Asking {
        page: Page::new(visitor, spoken.say(Label::Title)),
        form,
        organisation,
        house: house.map_err(|error| WebError::of(visitor, error))?,
        spoken,
        languages: languages(),
    })
}

pub(super) async fn show(
    Path(organisation): Path<String>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    let organisation = named(&visitor, &organisation)?;
    let query = Values::parse(&query.unwrap_or_default());
    // No draft: what a visitor types leaves their browser once, when they send it.
    let form = Form::small(&visitor);
    page(&asking(&visitor, organisation, form, Spoken::of(query.get("in"))).await?)
}

#[derive(Template)]
#[template(path = "feedback/received.html")]
struct Received {
    page: Page,
    spoken: Spoken,
    receipt: String,
}

impl Received {
    /// The page is shown once, so the English one is that for the code.
    #[expect(clippy::unused_self, reason = "the frame asks every page of its own")]
    fn english(&self) -> &'static str {
        "/feedback/receipt?in=en"
    }
}

/// The faults of what was typed, in the language of whoever typed it.
fn translated(errors: &FieldErrors, words: &str, spoken: Spoken) -> FieldErrors {
    let mut translated = FieldErrors::new();
    for (field, fault) in errors.iter() {
        let fault = match field {
            "words" if words.trim().is_empty() => spoken.say(Label::FaultEmpty).to_owned(),
            "words" => spoken.count(Label::FaultLong, LONGEST),
            "contact" => spoken.count(Label::FaultLong, LONGEST_CONTACT),
            _ if spoken.is_english() => fault.to_owned(),
            _ => spoken.say(Label::FaultOurs).to_owned(),
        };
        translated.add(field, fault);
    }
    translated
}

pub(super) async fn give(
    State(app): State<App>,
    Path(organisation): Path<String>,
    posted: Posted,
) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let organisation = named(&visitor, &organisation)?;
    let spoken = Spoken::of(posted.values.get("in"));
    if !app.anonymous.takes(&visitor.network) {
        let form = posted.again(FieldErrors::of("form", spoken.say(Label::FaultFlood)));
        let response = asking(&visitor, organisation, form, spoken).await?;
        return too_often(&response);
    }
    let receipt = Receipt::of(&secret(&posted));
    let input = Give {
        words: posted.values.get("words").to_owned(),
        contact: posted.values.get("contact").to_owned(),
    };
    let taken = feedback::give(&posted.cx(), organisation, &input, &receipt).await;
    match outcome(taken.map(|()| organisation)).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done::<Uuid>(_) => page(&Received {
            page: Page::new(&visitor, spoken.say(Label::Title)),
            spoken,
            receipt: receipt.text(),
        }),
        Outcome::Again(errors) => {
            let errors = translated(&errors, &input.words, spoken);
            again(&asking(&visitor, organisation, posted.again(errors), spoken).await?)
        }
    }
}

#[derive(Template)]
#[template(path = "feedback/look_up.html")]
struct LookUp {
    page: Page,
    spoken: Spoken,
    look: Look,
}

impl LookUp {
    #[expect(clippy::unused_self, reason = "the frame asks every page of its own")]
    fn english(&self) -> &'static str {
        "/feedback/receipt?in=en"
    }
}

/// Feedback, to whoever has its receipt.
pub(super) struct Written;

impl Kept for Written {
    fn words(tag: &str) -> Words {
        let spoken = Spoken::of(tag);
        Words {
            asks: spoken.say(Label::WhatBecame),
            erase: spoken.say(Label::Erase),
            none: spoken.told(Label::None, Label::NoneWords),
            erased: spoken.told(Label::Erased, Label::ErasedWords),
            no_code: spoken.say(Label::FaultCode),
            too_many: spoken.say(Label::FaultCodes),
        }
    }

    fn page(visitor: &Visitor, tag: &str, look: Look) -> Result<Response, WebError> {
        let spoken = Spoken::of(tag);
        page(&LookUp {
            page: Page::new(visitor, spoken.say(Label::Title)),
            spoken,
            look,
        })
    }

    async fn look_up(cx: &Cx<'_>, receipt: &Receipt, tag: &str) -> Result<Option<Told>, AppError> {
        let spoken = Spoken::of(tag);
        let is_read = feedback::look_up(cx, receipt).await?;
        Ok(is_read.map(|is_read| {
            if is_read {
                spoken.told(Label::Read, Label::ReadWords)
            } else {
                spoken.told(Label::Received, Label::ReceivedWords)
            }
        }))
    }

    async fn withdraw(cx: &Cx<'_>, receipt: &Receipt) -> Result<bool, AppError> {
        feedback::withdraw(cx, receipt).await
    }
}

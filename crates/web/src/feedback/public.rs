//! What anyone sees: the page of an organisation in their language, the receipt, and the way back with its code.

use access::code::Receipt;
use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use casework::feedback::{self, Give, LONGEST};
use casework::text::{Language, TextCode, english, find, languages};
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use crate::app::App;
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, outcome};
use crate::page::Page;
use crate::receipt::{Kept, NEUTRAL, Told, secret, too_often};

#[derive(Template)]
#[template(path = "feedback/give.html")]
struct Asking {
    page: Page,
    form: Form,
    organisation: Uuid,
    house: String,
    language: &'static Language,
    languages: &'static [Language],
}

impl Asking {
    fn guidance(&self) -> Vec<&'static str> {
        self.language.text(TextCode::Feedback).paragraphs()
    }

    fn safety(&self) -> Vec<&'static str> {
        self.language.text(TextCode::Safety).paragraphs()
    }

    fn question(&self) -> &'static str {
        &self.language.text(TextCode::LabelWords).words
    }

    fn send(&self) -> &'static str {
        &self.language.text(TextCode::LabelSend).words
    }

    fn is_english(&self) -> bool {
        self.language.tag == "en"
    }

    fn caution(&self) -> Option<String> {
        self.language.caution(TextCode::Feedback).filter(|_| !self.is_english())
    }
}

async fn asking(visitor: &Visitor, organisation: Uuid, form: Form, tag: &str) -> Result<Asking, WebError> {
    let house = feedback::house(&visitor.cx(), organisation).await;
    Ok(Asking {
        page: Page::new(visitor, NEUTRAL),
        form,
        organisation,
        house: house.map_err(|error| WebError::of(visitor, error))?,
        language: find(tag).unwrap_or_else(english),
        languages: languages(),
    })
}

pub(super) async fn show(
    Path(organisation): Path<Uuid>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    let query = Values::parse(&query.unwrap_or_default());
    // No draft: what a visitor types leaves their browser once, when they send it.
    let form = Form::small(&visitor);
    page(&asking(&visitor, organisation, form, query.get("in")).await?)
}

#[derive(Template)]
#[template(path = "feedback/received.html")]
struct Received {
    page: Page,
    receipt: String,
}

pub(super) async fn give(
    State(app): State<App>,
    Path(organisation): Path<Uuid>,
    posted: Posted,
) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let tag = posted.values.get("in").to_owned();
    if !app.anonymous.takes(&visitor.network) {
        let words = "Much came from your network, or from everywhere, in a short time. Nothing of yours was kept. It still \
                     stands below: try again in an hour";
        let form = posted.again(FieldErrors::of("form", words));
        let response = asking(&visitor, organisation, form, &tag).await?;
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
            page: Page::new(&visitor, NEUTRAL),
            receipt: receipt.text(),
        }),
        Outcome::Again(errors) => again(&asking(&visitor, organisation, posted.again(errors), &tag).await?),
    }
}

/// Feedback, to whoever has its receipt.
pub(super) struct Written;

impl Kept for Written {
    const ADDRESS: &'static str = "/feedback/receipt";
    const ASKS: &'static str = "What became of what you wrote";
    const ERASE: &'static str = "Erase it";
    const NONE: Told = (
        "There is nothing with this code",
        "Compare it with what you wrote down. What was erased has no code any more.",
    );
    const ERASED: Told = ("It is erased", "Its key is destroyed, and its code is no longer known.");

    fn frame(visitor: &Visitor) -> Page {
        Page::new(visitor, NEUTRAL)
    }

    async fn look_up(cx: &Cx<'_>, receipt: &Receipt) -> Result<Option<Told>, AppError> {
        let is_read = feedback::look_up(cx, receipt).await?;
        Ok(is_read.map(|is_read| {
            if is_read {
                ("Read", "Someone who answers for the help has read it.")
            } else {
                ("Received", "What you wrote is here, sealed. Nobody has opened it yet.")
            }
        }))
    }

    async fn withdraw(cx: &Cx<'_>, receipt: &Receipt) -> Result<bool, AppError> {
        feedback::withdraw(cx, receipt).await
    }
}

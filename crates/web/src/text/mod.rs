//! Texts in the language of the person: one is chosen, and read together in both languages side by side, or printed.

#[cfg(test)]
mod tests;

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use axum::routing::get;
use casework::text::{Language, TextCode, english, find, languages};
use domain::permission::Action;
use store::AppError;

use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::Values;
use crate::page::Page;
use crate::routes::{Route, route};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/texts", Action::ReadAudit, get(list)),
        route("/texts/{code}", Action::ReadAudit, get(show)),
    ]
}

#[derive(Template)]
#[template(path = "text/list.html")]
struct List {
    page: Page,
    texts: &'static [TextCode],
    languages: &'static [Language],
}

async fn list(visitor: Visitor) -> Result<Response, WebError> {
    page(&List {
        page: Page::new(&visitor, "Texts in several languages")
            .within("/texts")
            .under("/cases", "Cases"),
        texts: TextCode::READ,
        languages: languages(),
    })
}

#[derive(Template)]
#[template(path = "text/show.html")]
struct Show {
    page: Page,
    code: TextCode,
    english: &'static Language,
    /// The other language; none where English alone is read.
    other: Option<&'static Language>,
    languages: &'static [Language],
}

impl Show {
    /// Its paragraphs in a language.
    fn paragraphs<'a>(&self, language: &'a Language) -> Vec<&'a str> {
        language.text(self.code).paragraphs()
    }

    /// Which revision a language has of it.
    fn revision(&self, language: &Language) -> u32 {
        language.text(self.code).revision
    }

    /// What is to be said of it first.
    fn caution(&self, language: &Language) -> Option<String> {
        language.caution(self.code)
    }

    /// The language that is chosen.
    fn tag(&self) -> &str {
        self.other.map_or("en", |language| language.tag.as_str())
    }

    /// How a record of consent names what was read.
    fn wording(&self) -> String {
        self.other.unwrap_or(self.english).wording(self.code)
    }
}

async fn show(Path(code): Path<String>, visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let code = TextCode::parse(&code).ok().filter(|code| TextCode::READ.contains(code));
    let code = code.ok_or_else(|| WebError::of(&visitor, AppError::NotFound("text")))?;
    let query = Values::parse(&query.unwrap_or_default());
    let other = find(query.get("in")).filter(|language| language.tag != "en");
    page(&Show {
        page: Page::new(&visitor, code.words())
            .within("/texts")
            .under("/cases", "Cases")
            .under("/texts", "Texts"),
        code,
        english: english(),
        other,
        languages: languages(),
    })
}

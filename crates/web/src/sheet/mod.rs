//! The form of a sheet: what casework asks, as one page that every slice of it fills in its own way.

pub(crate) mod part;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use casework::case::Listed;
use casework::sheet::{Field, Input, Typed};
use store::FieldErrors;

use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::{Form, Posted, Values};
use crate::page::Page;

/// A page that asks the questions of a sheet.
#[derive(Template)]
#[template(path = "sheet/form.html")]
pub(crate) struct Asking {
    pub page: Page,
    pub form: Form,
    pub heading: &'static str,
    pub lead: &'static str,
    /// Whom it is about; empty where nobody is yet.
    pub whose: String,
    /// Questions under a heading each, which may be empty.
    pub groups: Vec<(&'static str, Vec<Field>)>,
    /// Where the form is sent.
    pub action: String,
    pub verb: &'static str,
    /// Where to go without sending it.
    pub back: String,
    /// The revision that was read, for what several people amend.
    pub revision: Option<i32>,
    /// More that the form sends: names with values.
    pub hidden: Vec<(&'static str, String)>,
    /// Answers that differ from what someone else stored meanwhile: (caption, stored, typed).
    pub differs: Vec<(&'static str, String, String)>,
    /// Cases of the same name, where a person is to be recorded whom the organisation may have already.
    pub alike: Vec<Listed>,
}

impl Asking {
    /// Of some questions those that stand in view.
    #[expect(
        clippy::unused_self,
        reason = "the template asks the page for everything that it shows"
    )]
    fn usual(&self, questions: &[Field]) -> Vec<Field> {
        questions.iter().filter(|field| !field.is_rare).cloned().collect()
    }

    /// The questions that are seldom answered: folded away under the others.
    fn rare(&self) -> Vec<Field> {
        let all = self.groups.iter().flat_map(|(_, questions)| questions);
        all.filter(|field| field.is_rare).cloned().collect()
    }

    /// Whether one of these was answered, or has a fault: nobody should miss it.
    fn is_rare_open(&self) -> bool {
        self.rare().iter().any(|field| {
            let is_answered = field.keys().iter().any(|key| !self.form.kept(key).is_empty());
            is_answered || !self.form.error(field.key).is_empty()
        })
    }

    /// The page again with its faults: 422, so that a program notices.
    pub(crate) fn again(&self) -> Result<Response, WebError> {
        crate::error::again(self)
    }

    /// The page with what is stored beside what was typed, because someone else changed it meanwhile. Sending the form
    /// again, with both in view, stores what was typed. The form takes the newer revision.
    pub(crate) fn both(mut self, stored: &Values, revision: i32) -> Result<Response, WebError> {
        self.differs = self
            .groups
            .iter()
            .flat_map(|(_, fields)| fields)
            .map(|field| (field.caption, said(field, stored), said(field, &self.form.values)))
            .filter(|(_, now, typed)| now != typed)
            .collect();
        self.revision = Some(revision);
        Ok((StatusCode::CONFLICT, page(&self)?).into_response())
    }
}

/// What was posted, for a command of casework.
pub(crate) fn typed(values: &Values) -> Typed {
    Typed::of(values.iter())
}

/// What a sheet holds, as its form was filled in.
pub(crate) fn filled(kept: Vec<(String, String)>) -> Values {
    let mut values = Values::default();
    for (name, value) in kept {
        values.add(&name, value);
    }
    values
}

/// The form with the fault that another version was stored meanwhile.
pub(crate) fn outdated(posted: Posted) -> Form {
    posted.again(FieldErrors::of(
        "versions",
        "Someone else changed this while you were editing it: compare both versions, then send the form again",
    ))
}

/// The frame of a page of one case.
pub(crate) fn frame(visitor: &Visitor, title: &str, case: uuid::Uuid) -> Page {
    Page::new(visitor, title)
        .within("/cases")
        .under("/cases", "Cases")
        .under(format!("/cases/{case}"), "Case")
}

/// An answer in words, as a form holds it.
fn said(field: &Field, values: &Values) -> String {
    let parts: Vec<String> = field
        .keys()
        .iter()
        .flat_map(|key| values.all(key))
        .map(|value| match &field.input {
            Input::Choice(options) | Input::Boxes(options) => options
                .iter()
                .find(|(code, _)| *code == value)
                .map_or(value, |(_, words)| (*words).to_owned()),
            _ => value,
        })
        .collect();
    parts.join(if matches!(field.input, Input::Day(_)) {
        " "
    } else {
        "; "
    })
}

#[cfg(test)]
mod tests {
    use casework::person::Identity;
    use casework::sheet::Sheet as _;

    use super::*;

    #[test]
    fn answers_are_compared_in_the_words_that_people_read() {
        let fields = Identity::fields();
        let values = Values::parse("name=A&gender=female&born_day=&born_month=4&born_year=1999");
        let of = |key: &str| said(fields.iter().find(|field| field.key == key).expect("a field"), &values);
        assert_eq!([of("name"), of("gender"), of("born")], ["A", "Woman or girl", "4 1999"]);
    }
}

//! Forms: what was typed is kept on error, restored from a draft, and taken in once.

use axum::extract::{FromRequest, Request};
use axum::http::header;
use store::{AppError, Cx, FieldErrors};
use subtle::ConstantTimeEq as _;

use access::secret::Secret;

use crate::app::App;
use crate::door::Visitor;
use crate::error::WebError;

/// Names that belong to the form itself and not to what was typed.
const OWN: [&str; 3] = ["csrf", "once", "revision"];

/// Names of what proves who someone is: never kept in a draft, never carried through another page.
const SECRET: [&str; 9] = [
    "password",
    "passphrase",
    "current",
    "again",
    "one_time_code",
    "receipt",
    "ceremony",
    "credential",
    "prf",
];

/// Values by field, several for a list of boxes. Public for its fuzz target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values(Vec<(String, String)>);

impl Values {
    /// Reads a query string or a form's body.
    pub fn parse(body: &str) -> Self {
        let decode = |text: &str| {
            let spaced = text.replace('+', " ");
            percent_encoding::percent_decode_str(&spaced)
                .decode_utf8_lossy()
                .replace("\r\n", "\n")
        };
        Self(
            body.split('&')
                .filter(|pair| !pair.is_empty())
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (decode(name), decode(value))
                })
                .collect(),
        )
    }

    /// Every field with each of its values, in the order of the form.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The first value of a field, or nothing typed.
    pub fn get(&self, field: &str) -> &str {
        self.0
            .iter()
            .find(|(name, _)| name == field)
            .map_or("", |(_, value)| value)
    }

    /// Every value of a field that is not blank.
    pub fn all(&self, field: &str) -> Vec<String> {
        self.0
            .iter()
            .filter(|(name, value)| name == field && !value.trim().is_empty())
            .map(|(_, value)| value.clone())
            .collect()
    }

    /// The three parts of a date as ISO text; empty when all three are, and as typed when they
    /// cannot be a day, so that the command's message shows what was typed.
    pub fn day(&self, field: &str) -> String {
        let part = |name: &str| self.get(&format!("{field}_{name}")).trim().to_owned();
        let (day, month, year) = (part("day"), part("month"), part("year"));
        if day.is_empty() && month.is_empty() && year.is_empty() {
            return String::new();
        }
        match (year.parse::<i16>(), month.parse::<u8>(), day.parse::<u8>()) {
            (Ok(year), Ok(month), Ok(day)) => format!("{year:04}-{month:02}-{day:02}"),
            _ => format!("{day} {month} {year}"),
        }
    }

    /// Sets a field, replacing what it had.
    pub fn set(&mut self, field: &str, value: impl Into<String>) {
        self.0.retain(|(name, _)| name != field);
        self.0.push((field.to_owned(), value.into()));
    }

    /// Sets the three parts of a date from ISO text.
    pub fn set_day(&mut self, field: &str, iso: &str) {
        if let Ok(day) = domain::Day::parse(iso) {
            self.set(&format!("{field}_day"), day.day_of_month().to_string());
            self.set(&format!("{field}_month"), day.month().to_string());
            self.set(&format!("{field}_year"), day.year().to_string());
        }
    }

    /// Adds one more value to a field.
    pub fn add(&mut self, field: &str, value: impl Into<String>) {
        self.0.push((field.to_owned(), value.into()));
    }

    /// As a form's body, without the form's own fields and without secrets.
    pub fn encode(&self) -> String {
        self.encode_without(&OWN)
    }

    /// Every field with its value, in order.
    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// Leaves out the form's tokens and secrets; the revision it was opened on stays.
    pub(crate) fn without_tokens(mut self) -> Self {
        self.0
            .retain(|(name, _)| name != "csrf" && name != "once" && !SECRET.contains(&name.as_str()));
        self
    }

    /// As a form's body, the revision it was opened on too.
    pub(crate) fn encode_with_revision(&self) -> String {
        self.encode_without(&["csrf", "once"])
    }

    fn encode_without(&self, left_out: &[&str]) -> String {
        let encode =
            |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
        self.0
            .iter()
            .filter(|(name, _)| !left_out.contains(&name.as_str()) && !SECRET.contains(&name.as_str()))
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect::<Vec<_>>()
            .join("&")
    }
}

/// A form that was posted and carries its session's token.
#[derive(Clone)]
pub(crate) struct Posted {
    /// Who posted it.
    pub visitor: Visitor,
    /// What was typed.
    pub values: Values,
}

impl Posted {
    /// The surroundings of the command that this form becomes: a second click repeats nothing.
    pub(crate) fn cx(&self) -> Cx<'_> {
        let once = self.values.get("once");
        Cx {
            once: (!once.is_empty()).then_some(once),
            ..self.visitor.cx()
        }
    }

    /// The revision the form was opened on, for records that several people edit.
    pub(crate) fn revision(&self) -> i32 {
        self.values.get("revision").parse().unwrap_or(0)
    }

    /// The form again, with what was typed and the faults.
    pub(crate) fn again(self, errors: FieldErrors) -> Form {
        Form {
            values: self.values,
            errors,
            csrf: self.visitor.csrf.clone(),
            once: Secret::random().expose().to_owned(),
            is_restored: false,
            draft: self.visitor.path.clone(),
        }
    }
}

impl FromRequest<App> for Posted {
    type Rejection = WebError;

    async fn from_request(request: Request, app: &App) -> Result<Self, WebError> {
        let (mut parts, body) = request.into_parts();
        let visitor = <Visitor as axum::extract::FromRequestParts<App>>::from_request_parts(&mut parts, app).await?;
        let is_form = parts
            .headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
        if !is_form {
            return Err(WebError::of(
                &visitor,
                AppError::Refused("this address takes a form".into()),
            ));
        }
        let bytes = axum::body::to_bytes(body, 2 * 1024 * 1024).await.map_err(|_| {
            WebError::of(
                &visitor,
                AppError::Refused("this form is too long: split what you typed into two records".into()),
            )
        })?;
        let values = Values::parse(&String::from_utf8_lossy(&bytes));
        check_token(&visitor, values.get("csrf"))?;
        Ok(Self { visitor, values })
    }
}

/// Refuses a form that does not carry its session's token. Nobody's forms (signing in) have none.
pub(crate) fn check_token(visitor: &Visitor, token: &str) -> Result<(), WebError> {
    if visitor.csrf.is_empty() || bool::from(visitor.csrf.as_bytes().ct_eq(token.as_bytes())) {
        return Ok(());
    }
    Err(WebError::of(
        visitor,
        AppError::Forbidden(
            "this form was opened in another session: open it again, what you typed is kept as a draft",
        ),
    ))
}

/// What a page needs to show a form.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    /// What was typed, or what the record holds.
    pub values: Values,
    /// Faults by field.
    pub errors: FieldErrors,
    /// The session's token.
    pub csrf: String,
    /// Makes a double click harmless.
    pub once: String,
    /// Whether a draft was restored.
    pub is_restored: bool,
    /// The name under which its draft is kept: the form's own address, where it has one to itself.
    pub draft: String,
}

impl Form {
    /// A form with these values, or with the draft the member left at this address.
    pub(crate) async fn open(visitor: &Visitor, values: Values) -> Result<Self, AppError> {
        Self::open_as(visitor, visitor.path.clone(), values).await
    }

    /// A form with these values, or with the draft the member left under this name.
    pub(crate) async fn open_as(visitor: &Visitor, draft: String, values: Values) -> Result<Self, AppError> {
        let kept = store::draft::find(&visitor.cx(), &draft).await?;
        let is_restored = kept.is_some();
        Ok(Self {
            values: kept.map_or(values, |body| Values::parse(&body)),
            errors: FieldErrors::new(),
            csrf: visitor.csrf.clone(),
            once: Secret::random().expose().to_owned(),
            is_restored,
            draft,
        })
    }

    /// A small form that needs no draft: a button, a choice.
    pub(crate) fn small(visitor: &Visitor) -> Self {
        Self {
            values: Values::default(),
            errors: FieldErrors::new(),
            csrf: visitor.csrf.clone(),
            once: Secret::random().expose().to_owned(),
            is_restored: false,
            draft: String::new(),
        }
    }

    /// What was typed in a field.
    pub(crate) fn kept(&self, field: &str) -> &str {
        self.values.get(field)
    }

    /// The revision that the form was opened on: the one its draft names, or the one that is stored. What someone else
    /// stored since a draft was typed must be seen.
    pub(crate) fn opened_on(&self, stored: i32) -> i32 {
        self.kept("of_revision").parse().unwrap_or(stored)
    }

    /// The values chosen in a list of boxes.
    pub(crate) fn chosen(&self, field: &str) -> Vec<String> {
        self.values.all(field)
    }

    /// The fault of a field, or nothing.
    pub(crate) fn error(&self, field: &str) -> &str {
        self.errors.get(field).unwrap_or("")
    }

    /// Faults for the summary.
    pub(crate) fn faults(&self) -> Vec<(&str, &str)> {
        self.errors.iter().collect()
    }
}

/// What a handler does with a command's answer: go on with the id, show the form again, or fail.
pub(crate) enum Outcome<T> {
    /// Done, or done before by the same form.
    Done(T),
    /// Show the form again with these faults.
    Again(FieldErrors),
}

/// Sorts a command's answer. A refusal of a rule is shown at the top of the form.
pub(crate) fn outcome<T: From<uuid::Uuid>>(answer: Result<T, AppError>) -> Result<Outcome<T>, AppError> {
    match answer {
        Ok(id) => Ok(Outcome::Done(id)),
        Err(AppError::Repeated(Some(id))) => Ok(Outcome::Done(T::from(id))),
        Err(AppError::Invalid(errors)) => Ok(Outcome::Again(errors)),
        Err(AppError::Refused(words)) => Ok(Outcome::Again(FieldErrors::of("form", words))),
        Err(error) => Err(error),
    }
}

/// Forgets the draft of a form that became a record. Failing to is no reason to fail the form.
pub(crate) async fn forget_draft(visitor: &Visitor, form: &str) {
    let Some(member) = visitor.actor.member else { return };
    let forgotten = async {
        let tx = visitor.app.db.begin().await?;
        store::draft::clear(&tx, member.0, form).await?;
        tx.commit().await.map_err(AppError::from)
    };
    if let Err(error) = forgotten.await {
        tracing::warn!(%error, "a draft could not be forgotten");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_survive_encoding() {
        let mut values = Values::default();
        values.set("title", "Délai & coût = 100 %\nsecond line");
        values.add("form", "labour");
        values.add("form", "sexual");
        values.set("password", "never kept");
        let back = Values::parse(&values.encode());
        assert_eq!(back.get("title"), "Délai & coût = 100 %\nsecond line");
        assert_eq!(back.all("form"), ["labour", "sexual"]);
        assert_eq!(back.get("password"), "");
    }

    #[test]
    fn a_date_typed_in_three_parts_becomes_iso_text() {
        let values = Values::parse("on_day=3&on_month=4&on_year=2025&due_day=x&due_month=&due_year=2025");
        assert_eq!(values.day("on"), "2025-04-03");
        assert_eq!(values.day("due"), "x  2025");
        assert_eq!(values.day("other"), "");
    }
}

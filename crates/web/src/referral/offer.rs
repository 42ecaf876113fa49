//! Sending a referral: what is asked, what goes along, a look at exactly that, and only then the seal.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::case::{self, Opened};
use casework::referral::{self, Drawn, OUTSIDE, Offer, Section, may_go};
use casework::text::{TextCode, spoken};
use domain::casework::{Purpose, SaidBy, SharedPart, WhyWithout};
use domain::permission::Action;
use store::{AppError, FieldErrors};
use uuid::Uuid;

use super::sent::Given;
use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::Page;
use crate::sheet::frame;

/// How the person stands to passing details on.
struct Consent {
    /// To whom what may go: name, parts in words, when and who said so.
    agreements: Vec<(String, String, String)>,
    /// In words: when they were asked last, and what they said.
    words: String,
    /// Where the text is that is read with them, in their language.
    text: String,
}

#[derive(Template)]
#[template(path = "referral/form.html")]
struct Asking {
    page: Page,
    form: Form,
    id: Uuid,
    whose: String,
    consent: Consent,
    receivers: Vec<(String, String)>,
    /// The person's needs: (id, words).
    needs: Vec<(String, String)>,
    /// What happened and may go along: (id, words).
    events: Vec<(String, String)>,
    parts: Vec<(&'static str, &'static str)>,
    /// Who can say that they agree.
    speakers: Vec<(&'static str, &'static str)>,
    reasons: Vec<(&'static str, &'static str)>,
}

impl Asking {
    /// What stands first among those who can say that they agree.
    fn on_record(&self) -> &'static str {
        if self.consent.agreements.is_empty() {
            "Nobody was asked yet"
        } else {
            "It is on record already"
        }
    }

    /// Whether what is asked for somebody outside is unfolded: where they were chosen, or somebody began with it.
    fn is_outside_open(&self) -> bool {
        let begun = ["outside", "answer_to"]
            .iter()
            .any(|field| !self.form.kept(field).is_empty());
        begun || self.form.kept("receiver") == OUTSIDE
    }

    /// Whether going without consent is unfolded: where somebody began with it, or nothing is agreed to.
    fn is_without_open(&self) -> bool {
        let begun = ["why", "why_words"]
            .iter()
            .any(|field| !self.form.kept(field).is_empty());
        begun || self.consent.agreements.is_empty()
    }
}

fn consent(of: &Opened) -> Consent {
    let standing = of.consents.iter().find(|standing| standing.purpose == Purpose::Sharing);
    let last = standing.and_then(|standing| standing.last.as_ref());
    let names_nobody = standing.is_some_and(|standing| standing.is_said() && !standing.is_given());
    let words = last.map_or_else(
        || "They have not been asked.".to_owned(),
        |answer| format!("{}, {} ({}).", answer.said, answer.on, answer.said_by),
    );
    let agreements = standing
        .into_iter()
        .flat_map(|standing| &standing.agreements)
        .map(|agreed| {
            let parts: Vec<&str> = agreed.parts.iter().map(|part| part.words()).collect();
            let said = format!("{} ({})", agreed.on, agreed.said_by);
            (agreed.to_whom.clone(), parts.join("; "), said)
        });
    let language = of.person.identity.language.as_ref();
    let code = TextCode::asking(Purpose::Sharing).code();
    Consent {
        agreements: agreements.collect(),
        words: if names_nobody {
            format!("{words} That answer names nobody whom it may go to, so they have to be asked again.")
        } else {
            words
        },
        text: format!(
            "/texts/{code}?in={}",
            spoken(language.map_or("", |line| line.0.as_str())).tag
        ),
    }
}

async fn asking(visitor: &Visitor, id: Uuid, form: Form) -> Result<Asking, AppError> {
    let cx = visitor.cx();
    let of = case::open(&cx, id).await?;
    let mut receivers: Vec<(String, String)> = referral::receivers(&cx)
        .await?
        .into_iter()
        .map(|receiver| {
            let more = if receiver.has_key { "" } else { " (no key yet)" };
            (receiver.id.to_string(), format!("{}{more}", receiver.name))
        })
        .collect();
    receivers.push((OUTSIDE.to_owned(), "Someone who does not use this program".to_owned()));
    let needs = of.needs.iter().map(|kept| {
        let words = format!("{}, {}", kept.sheet.area, kept.sheet.horizon.words().to_lowercase());
        (kept.id.to_string(), words)
    });
    let events = of
        .history
        .standing()
        .rev()
        .filter(|event| may_go(event.entry.what.kind()))
        .map(|event| {
            let words = format!("{}, {}", event.entry.what.kind(), event.entry.on);
            (event.id.to_string(), words)
        });
    Ok(Asking {
        page: frame(visitor, "Refer to another organisation", id),
        form,
        id,
        whose: of.person.identity.name.0.clone(),
        consent: consent(&of),
        receivers,
        needs: needs.collect(),
        events: events.collect(),
        parts: SharedPart::choices(),
        speakers: SaidBy::choices(),
        reasons: WhyWithout::choices(),
    })
}

fn typed(values: &Values) -> Offer {
    Offer {
        receiver: values.get("receiver").to_owned(),
        outside: values.get("outside").to_owned(),
        need: values.get("need").to_owned(),
        summary: values.get("summary").to_owned(),
        answer_to: values.get("answer_to").to_owned(),
        parts: values.all("parts"),
        needs: values.all("needs"),
        events: values.all("events"),
        agreed_by: values.get("agreed_by").to_owned(),
        why: values.get("why").to_owned(),
        why_words: values.get("why_words").to_owned(),
        seen: values.get("seen").to_owned(),
    }
}

pub(super) async fn open(
    Path(id): Path<Uuid>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let query = Values::parse(&query.unwrap_or_default());
    let mut values = Values::default();
    // The least that a receiver needs to be of use; everything else is a choice.
    values.set("parts", SharedPart::Language.code());
    if let Ok(need) = query.get("need").parse::<Uuid>() {
        values.set("need", need.to_string());
        values.set("needs", need.to_string());
    }
    // Opened as a case first: whoever may not see it gets no form.
    let form = Form::open(&visitor, values).await.map_err(shown)?;
    page(&asking(&visitor, id, form).await.map_err(shown)?)
}

#[derive(Template)]
#[template(path = "referral/preview.html")]
struct Preview {
    page: Page,
    form: Form,
    id: Uuid,
    whose: String,
    drawn: Drawn,
    sections: Vec<Section>,
    /// What was typed, to be sent again: names with values.
    hidden: Vec<(String, String)>,
}

/// Names that the look at what goes sends itself.
const OWN: [&str; 5] = ["csrf", "once", "step", "revision", "seen"];

pub(super) async fn offer(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let input = typed(&posted.values);
    let again = async |posted: Posted, errors: FieldErrors, status: StatusCode| -> Result<Response, WebError> {
        let asking = asking(&visitor, id, posted.again(errors)).await.map_err(shown)?;
        Ok((status, page(&asking)?).into_response())
    };
    match posted.values.get("step") {
        "change" => again(posted, FieldErrors::new(), StatusCode::OK).await,
        "send" => {
            let answer = referral::offer(&posted.cx(), id, &input).await;
            let passphrase = answer.as_ref().ok().and_then(|offered| offered.passphrase.clone());
            match outcome(answer.map(|offered| offered.id)).map_err(shown)? {
                Outcome::Done::<Uuid>(made) => {
                    forget_draft(&visitor, &visitor.path).await;
                    match passphrase {
                        Some(passphrase) => page(&Given::new(&visitor, id, made, passphrase)),
                        None => Ok(Redirect::to(&format!("/cases/{id}/referrals/{made}")).into_response()),
                    }
                }
                Outcome::Again(errors) => again(posted, errors, StatusCode::UNPROCESSABLE_ENTITY).await,
            }
        }
        _ => match referral::draw(&visitor.cx(), id, &input).await {
            Ok(drawn) => {
                let whose = case::name(&visitor.cx(), id, Action::OfferReferral)
                    .await
                    .map_err(shown)?;
                let hidden = posted.values.iter().filter(|(name, _)| !OWN.contains(name));
                let seen = drawn.copy.digest().map_err(shown)?;
                page(&Preview {
                    page: frame(&visitor, "Refer to another organisation", id),
                    form: Form::small(&visitor),
                    id,
                    whose,
                    sections: drawn.copy.sections(),
                    drawn,
                    hidden: hidden
                        .chain([("seen", seen.as_str())])
                        .map(|(name, value)| (name.to_owned(), value.to_owned()))
                        .collect(),
                })
            }
            Err(AppError::Invalid(errors)) => again(posted, errors, StatusCode::UNPROCESSABLE_ENTITY).await,
            Err(error) => Err(shown(error)),
        },
    }
}

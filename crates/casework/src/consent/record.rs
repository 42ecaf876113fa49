//! Recording what a person agreed to, all purposes in one conversation and one form.

use domain::Day;
use domain::casework::{ConsentPart, Interpreting, Purpose, Said, SaidBy};
use domain::permission::Action;
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use crate::case;
use crate::event::{self, What, what};
use crate::sheet::{Field, Input, Line, Sheet as _, Typed, take};
use crate::text::{self, TextCode};

/// What a form sends for a purpose that was not asked about: nothing is recorded of it.
pub const NOT_ASKED: &str = "not_asked";
/// What a form sends where the program's own text was given or read: which, and its version, is then recorded by itself.
pub const OUR_TEXT: &str = "our_text";
/// What a form sends where the person was asked in other words.
pub const OTHER_WORDS: &str = "other_words";

/// Whom a referral into the mechanism goes to, which nobody has to type.
const MECHANISM: &str = "The National Referral Mechanism, through a first responder";

/// Those questions of the sheet that are asked in one form for all purposes, by their keys.
fn of_sheet(keys: &[&str]) -> Vec<Field> {
    what::Consent::fields()
        .into_iter()
        .filter(|field| keys.contains(&field.key))
        .collect()
}

/// What is asked once for the whole conversation: the day, who spoke, how it was understood, which text.
pub fn asked() -> Vec<Field> {
    let on = Field::of::<Day>("on", "On which day they were asked", "For example, 27 3 2026");
    let others = of_sheet(&["said_by", "language", "interpreting", "wording"]);
    std::iter::once(on).chain(others).map(offered).collect()
}

/// A question with what its form offers: languages that there are texts in, and the texts by themselves.
pub fn offered(mut field: Field) -> Field {
    match field.key {
        "language" => field.suggested = text::languages().iter().map(|of| of.english_name.clone()).collect(),
        "wording" => {
            field.input = Input::Choice(wordings());
            field.hint = "The name and version of the text are recorded by themselves.";
            field.is_optional = false;
        }
        _ => {}
    }
    field
}

/// Which words a person may have been asked in, as a form offers them.
fn wordings() -> Vec<(&'static str, &'static str)> {
    vec![
        (
            OUR_TEXT,
            "The text under “Texts”: in that language where there is one, in English otherwise",
        ),
        (OTHER_WORDS, "Other words"),
    ]
}

/// One line for each purpose, by its code.
pub fn purposes() -> Vec<Field> {
    let answers = vec![
        (Said::Given.code(), Said::Given.words()),
        (Said::Refused.code(), Said::Refused.words()),
        (NOT_ASKED, "Not asked"),
    ];
    Purpose::ALL
        .iter()
        .map(|purpose| Field {
            key: purpose.code(),
            caption: purpose.words(),
            hint: "",
            input: Input::Choice(answers.clone()),
            is_optional: false,
            is_rare: false,
            suggested: Vec::new(),
        })
        .collect()
}

/// What is asked of passing details on, where the person agrees to it: to whom, and which parts. `receivers`: names that the
/// form offers.
pub fn sharing(receivers: &[String]) -> Vec<Field> {
    let mut fields = of_sheet(&["to_whom", "parts"]);
    for field in &mut fields {
        if field.key == "to_whom" {
            field.hint = "One organisation, by its name. Record another one on the case’s page.";
            field.suggested = receivers.to_vec();
        }
    }
    fields
}

/// Records an answer for each purpose that was asked about: an event and a row in the log for each, all or none of them.
/// What is not asked about stays as it is. Gives the first event.
pub async fn record(cx: &Cx<'_>, case: Uuid, typed: &Typed) -> Result<Uuid, AppError> {
    case::sealed(cx, case, Action::RecordEvent).await?;
    let all = read(cx.now.british_day(), typed).map_err(AppError::Invalid)?;
    let of = case::unseal(cx, case, Action::RecordEvent).await?;
    event::append_each(cx, Action::RecordEvent, &of, all).await
}

/// Fills in what nobody has to type of an answer, and says what is missing: who agrees to passing details on agrees to
/// somebody and to something. What was brought in from a file, or recorded before this was asked, is not held to it: it
/// stays readable and opens nothing.
pub(crate) fn complete(sheet: &mut what::Consent, errors: &mut FieldErrors) {
    match sheet.wording.as_ref().map(|line| line.0.as_str()) {
        // Whoever takes something back is read nothing.
        Some(OUR_TEXT) if sheet.said == Said::Withdrawn => sheet.wording = None,
        Some(OUR_TEXT) => {
            let language = sheet.language.as_ref().map_or("", |line| line.0.as_str());
            let wording = text::spoken(language).wording(TextCode::asking(sheet.purpose));
            sheet.wording = Some(Line(wording));
        }
        Some(OTHER_WORDS) => sheet.wording = Some("Other words".into()),
        _ => {}
    }
    match sheet.purpose {
        Purpose::Sharing if sheet.said == Said::Given => {
            if sheet.to_whom.is_none() {
                errors.add(
                    "to_whom",
                    "Enter whom the details may go to: the person was told who it is",
                );
            }
            if sheet.parts.is_empty() {
                errors.add("parts", "Choose what may go to them");
            }
        }
        Purpose::Referral if sheet.said == Said::Given && sheet.to_whom.is_none() => {
            sheet.to_whom = Some(MECHANISM.into());
        }
        // Nothing goes to anybody for the others, whatever stands there: what may go is read of passing details on alone.
        _ => {}
    }
}

fn read(today: Day, typed: &Typed) -> Result<Vec<(Day, What)>, FieldErrors> {
    let mut errors = FieldErrors::new();
    let (mut on, mut said_by) = (None, None);
    let (mut language, mut interpreting, mut wording) = (None, None, None);
    // In the order of the form, which its summary of faults keeps.
    for field in asked() {
        match field.key {
            "on" => on = event::happened(today, &field, typed, &mut errors),
            "said_by" => said_by = take::<SaidBy>(&field, typed, &mut errors),
            "language" => language = take::<Option<Line>>(&field, typed, &mut errors).flatten(),
            "interpreting" => interpreting = take::<Option<Interpreting>>(&field, typed, &mut errors).flatten(),
            _ => wording = take::<Option<Line>>(&field, typed, &mut errors).flatten(),
        }
    }
    let mut said = Vec::new();
    for purpose in Purpose::ALL {
        match typed.get(purpose.code()) {
            "" | NOT_ASKED => {}
            code => match Said::parse(code) {
                Ok(answer @ (Said::Given | Said::Refused)) => said.push((*purpose, answer)),
                _ => errors.add(purpose.code(), "Choose one of the answers that are listed"),
            },
        }
    }
    if said.is_empty() && errors.is_empty() {
        let first = Purpose::ALL.first().map_or("form", |purpose| purpose.code());
        errors.add(first, "Choose what they said to at least one of these, or go back");
    }
    let (mut to_whom, mut parts) = (None, Vec::new());
    for field in sharing(&[]) {
        if field.key == "to_whom" {
            to_whom = take::<Option<Line>>(&field, typed, &mut errors).flatten();
        } else {
            parts = take::<Vec<ConsentPart>>(&field, typed, &mut errors).unwrap_or_default();
        }
    }
    // Who is asked without a day or a speaker is told that first; the rest is read all the same, for its faults.
    let by = said_by.unwrap_or(SaidBy::Person);
    let mut all = Vec::new();
    for (purpose, said) in said {
        let is_sharing = purpose == Purpose::Sharing;
        let mut consent = what::Consent {
            purpose,
            said,
            said_by: by,
            to_whom: to_whom.clone().filter(|_| is_sharing),
            parts: if is_sharing { parts.clone() } else { Vec::new() },
            language: language.clone(),
            interpreting,
            wording: wording.clone(),
        };
        complete(&mut consent, &mut errors);
        all.push(What::Consent(consent));
    }
    match (on, said_by) {
        (Some(on), Some(_)) if errors.is_empty() => Ok(all.into_iter().map(|what| (on, what)).collect()),
        _ => Err(errors),
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
    use store::row::audit;
    use testkit::on_both;

    use super::*;
    use crate::case::tests::{house, input};
    use crate::consent::standing;

    #[tokio::test]
    async fn one_form_records_an_event_and_a_row_in_the_log_for_each_purpose_that_was_asked_about_or_nothing() {
        on_both(async |stage| {
            let house = house(stage).await;
            let cx = house.worker.cx(stage);
            let id = case::record(&cx, input("Specimen")).await.expect("recorded");
            let acts = async || {
                audit::Entity::find()
                    .filter(audit::Column::Action.eq(Action::RecordEvent.code()))
                    .count(stage.db.reader())
                    .await
                    .expect("counted")
            };
            let faults =
                async |answers: &[(&str, &str)]| match record(&cx, id, &Typed::of(answers.iter().copied())).await {
                    Err(AppError::Invalid(errors)) => errors
                        .iter()
                        .map(|(field, _)| field.to_owned())
                        .collect::<Vec<String>>(),
                    other => vec![format!("{other:?}")],
                };
            assert_eq!(faults(&[("support", "given")]).await, ["on", "said_by"]);
            let who = [("on", "2025-05-21"), ("said_by", "person")];
            assert_eq!(
                faults(&[who.as_slice(), &[("support", NOT_ASKED)]].concat()).await,
                ["support"]
            );
            // Nothing was agreed to yet that could be taken back.
            assert_eq!(
                faults(&[who.as_slice(), &[("support", "given"), ("sharing", "withdrawn")]].concat()).await,
                ["sharing"]
            );
            assert_eq!(
                faults(&[("on", "2099-05-21"), ("said_by", "person"), ("support", "given")]).await,
                ["on"]
            );
            assert_eq!(acts().await, 0);
            assert!(case::open(&cx, id).await.expect("opened").history.all().is_empty());
            // Who agrees to passing details on agrees to somebody and to something.
            let nobody = [who.as_slice(), &[("sharing", "given")]].concat();
            assert_eq!(faults(&nobody).await, ["to_whom", "parts"]);
            assert_eq!(acts().await, 0);
            let answers = [
                who.as_slice(),
                &[
                    ("language", "Arabic (Sudan)"),
                    ("wording", OUR_TEXT),
                    ("support", "given"),
                    ("sharing", "refused"),
                    ("monitoring", "given"),
                    ("litigation", NOT_ASKED),
                ],
            ]
            .concat();
            record(&cx, id, &Typed::of(answers)).await.expect("recorded");
            assert_eq!(acts().await, 3, "a row in the log for each");
            let opened = case::open(&cx, id).await.expect("opened");
            let said: Vec<(Purpose, Option<Said>)> = standing(&opened.history)
                .into_iter()
                .map(|of| (of.purpose, of.last.map(|answer| answer.said)))
                .collect();
            assert_eq!(
                said,
                [
                    (Purpose::Support, Some(Said::Given)),
                    (Purpose::Referral, None),
                    (Purpose::Sharing, Some(Said::Refused)),
                    (Purpose::Monitoring, Some(Said::Given)),
                    (Purpose::Publication, None),
                    (Purpose::Litigation, None),
                ]
            );
            // The name and the version of each text are recorded by themselves; no purpose names a receiver that has none.
            let worded: Vec<_> = opened
                .history
                .standing()
                .filter_map(|event| match &event.entry.what {
                    What::Consent(sheet) => sheet.wording.as_ref().map(|line| line.0.as_str()),
                    _ => None,
                })
                .collect();
            assert_eq!(
                worded,
                [
                    "consent_support 1, Arabic, unchecked",
                    "consent_sharing 2, Arabic, unchecked",
                    "consent_counting 1, Arabic, unchecked"
                ]
            );
            let shared = [
                who.as_slice(),
                &[
                    ("support", "given"),
                    ("sharing", "given"),
                    ("to_whom", "Second"),
                    ("parts", "identity"),
                    ("parts", "legal"),
                    ("wording", OTHER_WORDS),
                ],
            ]
            .concat();
            record(&cx, id, &Typed::of(shared)).await.expect("recorded");
            let opened = case::open(&cx, id).await.expect("opened");
            let agreed = crate::consent::agreed_with(&opened.history, "second").expect("agreed");
            assert_eq!(agreed.parts, [ConsentPart::Identity, ConsentPart::Legal]);
            // Whoever does not work on the case records nothing in it.
            let typed = Typed::of([who.as_slice(), &[("support", "given")]].concat());
            let answer = record(&house.colleague.cx(stage), id, &typed).await;
            assert!(matches!(answer, Err(AppError::NotFound("case"))));
        })
        .await;
    }
}

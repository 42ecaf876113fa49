//! Recording what a person agreed to, all purposes in one conversation and one form.

use domain::Day;
use domain::casework::{Interpreting, Purpose, Said, SaidBy};
use domain::permission::Action;
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use crate::case;
use crate::event::{self, What, what};
use crate::sheet::{Field, Input, Line, Sheet as _, Typed, take};

/// What a form sends for a purpose that was not asked about: nothing is recorded of it.
pub const NOT_ASKED: &str = "not_asked";

/// What is asked once for the whole conversation: the day, who spoke, how it was understood, which text.
pub fn asked() -> Vec<Field> {
    let on = Field::of::<Day>("on", "On which day they were asked", "For example, 27 3 2026");
    let others = what::Consent::fields()
        .into_iter()
        .filter(|field| !matches!(field.key, "purpose" | "said"));
    std::iter::once(on).chain(others).collect()
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
        })
        .collect()
}

/// Records an answer for each purpose that was asked about: an event and a row in the log for each, all or none of them.
/// What is not asked about stays as it is. Gives the first event.
pub async fn record(cx: &Cx<'_>, case: Uuid, typed: &Typed) -> Result<Uuid, AppError> {
    case::sealed(cx, case, Action::RecordEvent).await?;
    let all = read(cx.now.british_day(), typed).map_err(AppError::Invalid)?;
    let of = case::unseal(cx, case, Action::RecordEvent).await?;
    event::append_each(cx, Action::RecordEvent, &of, all).await
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
    match (on, said_by) {
        (Some(on), Some(said_by)) if errors.is_empty() => Ok(said
            .into_iter()
            .map(|(purpose, said)| {
                let consent = what::Consent {
                    purpose,
                    said,
                    said_by,
                    language: language.clone(),
                    interpreting,
                    wording: wording.clone(),
                };
                (on, What::Consent(consent))
            })
            .collect()),
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
            let answers = [
                who.as_slice(),
                &[
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
            // Whoever does not work on the case records nothing in it.
            let typed = Typed::of([who.as_slice(), &[("support", "given")]].concat());
            let answer = record(&house.colleague.cx(stage), id, &typed).await;
            assert!(matches!(answer, Err(AppError::NotFound("case"))));
        })
        .await;
    }
}

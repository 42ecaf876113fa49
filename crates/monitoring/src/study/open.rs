//! Opening a study, and ending the time in which token files are taken.

use access::{member, organisation};
use domain::ids::{MemberId, OrganisationId, StudyId};
use domain::permission::{Action, Relation, Role};
use domain::study::StudyState;
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use store::row::{study, study_list};
use store::{AppError, Cx, FieldErrors};

use super::{FEWEST, MOST, THRESHOLD, expect_state, lists_of, locked, present};

/// The longest title, in characters.
const TITLE: usize = 200;
/// The longest question, in characters.
const QUESTION: usize = 2_000;
/// The highest threshold that makes sense.
const HIGHEST: u32 = 1_000;

/// What it takes to open a study.
#[derive(Debug, Clone, Default)]
pub struct Open {
    /// Its title.
    pub title: String,
    /// What is asked: of whom, where.
    pub question: String,
    /// The first day that the lists cover, as ISO text.
    pub from_on: String,
    /// The last.
    pub to_on: String,
    /// Counts below it are shown to nobody; as typed.
    pub threshold: String,
    /// The organisations that are invited, each with one list.
    pub organisations: Vec<OrganisationId>,
    /// Who links.
    pub officer: Option<MemberId>,
    /// The officer's own age key, `age1…`.
    pub recipient: String,
    /// The fingerprint of the schema, in hexadecimal.
    pub fingerprint: String,
    /// Whether it was invented for a demonstration.
    pub is_invented: bool,
    /// The true number of people, which only an invented study knows.
    pub true_size: Option<u32>,
}

/// Whom a study can be opened with: (id, name).
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// Organisations to invite.
    pub organisations: Vec<(String, String)>,
    /// Members who may link, with their organisations.
    pub officers: Vec<(String, String)>,
}

/// The fingerprint of the schema that the program carries, and `rapporteur encode` uses unless told otherwise.
pub fn default_fingerprint() -> String {
    store::canonical::hex(&statistics::linkage::schema::Schema::default().fingerprint())
}

/// Whom a study can be opened with: coordinators.
pub async fn choices(cx: &Cx<'_>) -> Result<Choices, AppError> {
    cx.permit(Action::OpenStudy, Relation::Coalition)?;
    let organisations = organisation::list(cx).await?;
    let of = |id: uuid::Uuid| {
        let found = organisations.iter().find(|row| row.id == id);
        found.map(|row| row.name.clone()).unwrap_or_default()
    };
    let officers = member::list(cx).await?;
    Ok(Choices {
        officers: officers
            .iter()
            .filter(|listed| listed.member.is_active && links_only(&listed.roles))
            .map(|listed| {
                let words = format!("{}, {}", listed.member.name, of(listed.member.organisation_id));
                (listed.member.id.to_string(), words)
            })
            .collect(),
        organisations: organisations
            .iter()
            .filter(|row| row.is_active)
            .map(|row| (row.id.to_string(), row.name.clone()))
            .collect(),
    })
}

/// Whether these roles let someone link who must not see anything else of the lists: neither the coalition's side of them
/// nor an organisation's.
fn links_only(roles: &[Role]) -> bool {
    let sees_more = |role: &Role| matches!(role, Role::Coordinator | Role::Contributor | Role::Manager);
    roles.contains(&Role::LinkageOfficer) && !roles.iter().any(sees_more)
}

/// Opens a study: coordinators. The officer comes from an organisation that is not invited, because those have the secret.
pub async fn open(cx: &Cx<'_>, input: Open) -> Result<StudyId, AppError> {
    cx.permit(Action::OpenStudy, Relation::Coalition)?;
    let mut errors = FieldErrors::new();
    let title = errors.required("title", &input.title, "Enter a title");
    if title.chars().count() > TITLE {
        errors.add("title", format!("Use at most {TITLE} characters"));
    }
    let question = errors.required("question", &input.question, "Say who is to be counted, and where");
    if question.chars().count() > QUESTION {
        errors.add("question", format!("Use at most {QUESTION} characters"));
    }
    let from_on = errors.day("from_on", &input.from_on);
    let to_on = errors.day("to_on", &input.to_on);
    if let (Some(from_on), Some(to_on)) = (from_on, to_on)
        && to_on < from_on
    {
        errors.add("to_on", "The last day comes before the first");
    }
    let threshold = match input.threshold.trim() {
        "" => THRESHOLD,
        typed => match typed.parse::<u32>() {
            Ok(value) if (THRESHOLD..=HIGHEST).contains(&value) => value,
            _ => {
                errors.add("threshold", format!("Enter a number from {THRESHOLD} to {HIGHEST}"));
                THRESHOLD
            }
        },
    };
    let mut invited = input.organisations.clone();
    invited.sort_unstable();
    invited.dedup();
    if invited.len() < FEWEST {
        errors.add(
            "organisations",
            format!(
                "Invite at least {FEWEST} organisations: with fewer lists nothing shows how they depend on one another"
            ),
        );
    } else if invited.len() > MOST {
        errors.add(
            "organisations",
            format!("Invite at most {MOST}: no method takes more lists"),
        );
    }
    let recipient = input.recipient.trim();
    if recipient.parse::<age::x25519::Recipient>().is_err() {
        errors.add(
            "recipient",
            "Enter the officer’s public key as `age-keygen` prints it: it begins with age1",
        );
    }
    let fingerprint = input.fingerprint.trim().to_lowercase();
    if fingerprint.len() != 64 || !fingerprint.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        errors.add(
            "fingerprint",
            "Enter the schema’s fingerprint: 64 characters, 0 to 9 and a to f",
        );
    }
    if input.true_size.is_some() && !input.is_invented {
        errors.add("form", "Only an invented study knows the true number");
    }
    let officer = officer(cx, input.officer, &invited, &mut errors).await?;
    errors.into_result()?;
    let officer = officer.ok_or_else(|| AppError::Invalid(FieldErrors::of("officer", "Choose who links")))?;
    let work = cx.begin(Action::OpenStudy, Relation::Coalition).await?;
    let id = cx.ids.ordered();
    study::ActiveModel {
        id: Set(id),
        title: Set(title),
        question: Set(question),
        from_on: Set(input.from_on.trim().to_owned()),
        to_on: Set(input.to_on.trim().to_owned()),
        threshold: Set(i32::try_from(threshold).unwrap_or(i32::MAX)),
        officer_id: Set(officer.0),
        recipient: Set(recipient.to_owned()),
        schema_fingerprint: Set(fingerprint),
        state: Set(StudyState::Open.code().to_owned()),
        n_resamples: Set(None),
        result: Set(None),
        draws: Set(None),
        true_size: Set(input.true_size.map(i64::from)),
        published_on: Set(None),
        is_invented: Set(input.is_invented),
        member_id: Set(cx.member()?.0),
        recorded_at: Set(cx.now.0),
    }
    .insert(&work.tx)
    .await?;
    for (number, organisation) in (1..).zip(&invited) {
        study_list::ActiveModel {
            id: Set(cx.ids.ordered()),
            study_id: Set(id),
            organisation_id: Set(organisation.0),
            number: Set(number),
        }
        .insert(&work.tx)
        .await?;
    }
    work.finish(cx, "study", Some(id)).await?;
    Ok(StudyId(id))
}

/// The officer, if they may be one here; also sees that every invited organisation is one.
async fn officer(
    cx: &Cx<'_>,
    chosen: Option<MemberId>,
    invited: &[OrganisationId],
    errors: &mut FieldErrors,
) -> Result<Option<MemberId>, AppError> {
    let known = organisation::list(cx).await?;
    let is_known = |id: &OrganisationId| known.iter().any(|row| row.id == id.0 && row.is_active);
    if !invited.iter().all(is_known) {
        errors.add("organisations", "Choose organisations of this coalition");
    }
    let Some(chosen) = chosen else {
        errors.add("officer", "Choose who links");
        return Ok(None);
    };
    let Some(actor) = member::actor(cx.db, chosen).await? else {
        errors.add("officer", "Choose a member of this coalition");
        return Ok(None);
    };
    if !links_only(&actor.roles) {
        errors.add(
            "officer",
            "Choose a linkage officer who is not a coordinator, manager or contributor as well: whoever sees the tokens sees nothing else of the lists",
        );
    } else if actor.organisation.is_some_and(|own| invited.contains(&own)) {
        errors.add(
            "officer",
            "Choose an officer of an organisation that is not invited: those who are invited have the secret, and whoever links must not",
        );
    }
    Ok(Some(chosen))
}

/// Ends the time in which token files are taken, so that the officer can link: coordinators. Lists that sent nothing are
/// left out.
pub async fn collected(cx: &Cx<'_>, id: StudyId) -> Result<(), AppError> {
    let work = cx.begin(Action::OpenStudy, Relation::Coalition).await?;
    let found = locked(&work.tx, id).await?;
    expect_state(&found, StudyState::Open, "token files are not taken any more")?;
    let mut sent = 0;
    for list in lists_of(&work.tx, id).await? {
        sent += usize::from(present(&work.tx, list.id).await?.is_some());
    }
    if sent < FEWEST {
        return Err(AppError::Refused(format!(
            "at least {FEWEST} organisations must have sent their token files before they can be linked"
        )));
    }
    let mut changed: study::ActiveModel = found.into();
    changed.state = Set(StudyState::Linking.code().to_owned());
    changed.update(&work.tx).await?;
    work.finish(cx, "study", Some(id.0)).await
}

/// Takes token files again, before links are recorded: coordinators. For when a file, or the number of people that came with
/// it, turns out to be wrong; the files that are here stay until their senders send others.
pub async fn reopen(cx: &Cx<'_>, id: StudyId) -> Result<(), AppError> {
    let work = cx.begin(Action::OpenStudy, Relation::Coalition).await?;
    let found = locked(&work.tx, id).await?;
    expect_state(
        &found,
        StudyState::Linking,
        "token files are taken again only between the end of collection and the recording of the links",
    )?;
    let mut changed: study::ActiveModel = found.into();
    changed.state = Set(StudyState::Open.code().to_owned());
    changed.update(&work.tx).await?;
    work.finish(cx, "study", Some(id.0)).await
}

//! Sending a referral, and the sealed file for someone outside.

use access::key;
use access::strength;
use domain::casework::ReferralState;
use domain::permission::{Action, Relation};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
};
use store::row::referral;
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use super::draw::drawn;
use super::open::{note_of, own, sent_of};
use super::rest::{covers, refusal, rests};
use super::{Note, Offer, SealedCopy, Sent, file, note, sealed_copy, sealed_file, steps_to};
use crate::case::{self, Unsealed};
use crate::event::{self, Fresh, What};

/// What somebody outside has to know before anything else, as the letter says it too.
const FIRST: &str =
    "Do not contact the person before you have spoken with us: what looks harmless may put them in danger.";

/// A referral that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// The referral.
    pub id: Uuid,
    /// The passphrase of the sealed file, shown this once; `None` where it went to an organisation here.
    pub passphrase: Option<String>,
}

/// The sealed file of a copy, with its passphrase. A second of computing, off the threads that answer requests.
async fn sealed(cx: &Cx<'_>, copy: &SealedCopy) -> Result<(String, String), AppError> {
    let passphrase = strength::drawn(file::N_WORDS);
    let sender = own_name(cx).await?;
    let mut notes = vec![format!("Made on {} by {sender}.", cx.now.british_day())];
    if copy.answer_to.is_none() {
        notes.push("To answer, ring whoever gave you the passphrase.".to_owned());
    }
    notes.push(FIRST.to_owned());
    let content = file::Content {
        sender,
        notes,
        sections: copy.sections(),
    };
    let words = passphrase.clone();
    let html = tokio::task::spawn_blocking(move || file::seal(&content, &words))
        .await
        .map_err(|error| AppError::Internal(error.into()))??;
    Ok((html, passphrase))
}

/// The name of the member's organisation.
async fn own_name(cx: &Cx<'_>) -> Result<String, AppError> {
    let own = cx.organisation()?.0;
    let row = store::row::organisation::Entity::find_by_id(own)
        .one(cx.db.reader())
        .await?;
    Ok(row.map(|row| row.name).unwrap_or_default())
}

/// Refers a person to another organisation: seals the copy to it and leaves the offer in its inbox; for someone outside,
/// makes the sealed file. Refused where the person does not agree today that what is in it goes to this receiver, unless for
/// safety, which is a row of its own in the log and waits for a supervisor to read. What the form says that they agree to at
/// this moment is recorded with it, in one transaction.
pub async fn offer(cx: &Cx<'_>, case: Uuid, input: &Offer) -> Result<Offered, AppError> {
    let of = case::unseal(cx, case, Action::OfferReferral).await?;
    let drawn = drawn(cx, &of, input).await?;
    if drawn.without.is_some() {
        cx.permit(Action::OverrideConsent, of.relation)?;
    }
    if drawn.consent.is_some() {
        cx.permit(Action::RecordEvent, of.relation)?;
    }
    if !input.seen.is_empty() && input.seen != drawn.copy.digest()? {
        return Err(AppError::Invalid(FieldErrors::of(
            "form",
            "What would go has changed since you looked at it, because somebody recorded something: look at it again",
        )));
    }
    let area = drawn.copy.asked.map(|(area, _)| area);
    let kept = Note {
        copy: drawn.copy,
        receiver: drawn.receiver,
        need: drawn.need,
        area,
        by: cx.member()?.0,
        without: drawn.without,
    };
    let refused = refused(cx, &of, kept.need).await?;
    let id = cx.ids.random();
    let (mut copy_key, mut for_receiver, mut for_outside, mut passphrase) = (None, None, None, None);
    if let Some(receiver) = drawn.to {
        let (key_id, key) = key::person::make(cx, receiver).await?;
        for_receiver = Some(key.seal(&sealed_copy(id), &serde_json::to_vec(&kept.copy)?));
        copy_key = Some(key_id);
    } else {
        let (html, words) = sealed(cx, &kept.copy).await?;
        for_outside = Some(of.key.seal(&sealed_file(id, case), html.as_bytes()));
        passphrase = Some(words);
    }
    let work = cx.begin(Action::OfferReferral, of.relation).await?;
    let counter = case::hold(&work.tx, &of.row).await?;
    if let Some(consent) = drawn.consent {
        let fresh = Fresh::today(cx, What::Consent(consent), String::new());
        let event = event::insert(&work.tx, cx, &of, fresh).await?;
        store::work::log(&work.tx, cx, Action::RecordEvent, "event", Some(event), "done").await?;
    }
    // Asked once more while nobody else writes: consent may have been taken back since the form was opened.
    let holds = kept.copy.holds();
    let history = case::history(&work.tx, &of).await?;
    if kept.without.is_none() && !covers(&history, &kept.receiver, &holds) {
        return Err(refusal(&history, &kept.receiver, &holds));
    }
    referral::ActiveModel {
        id: Set(id),
        sender_id: Set(of.row.organisation_id),
        receiver_id: Set(drawn.to),
        case_id: Set(Some(case)),
        received_case_id: Set(None),
        state: Set(ReferralState::Offered.code().to_owned()),
        offered_on: Set(cx.now.british_day().iso()),
        answered_on: Set(None),
        ended_on: Set(None),
        must_review: Set(kept.without.is_some()),
        has_news: Set(false),
        is_halted: Set(false),
        contact_until: Set(None),
        person_key_id: Set(copy_key),
        sealed_note: Set(Some(of.seal(&note(id, case), &kept)?)),
        sealed_copy: Set(for_receiver),
        sealed_file: Set(for_outside),
        is_invented: Set(of.row.is_invented),
    }
    .insert(&work.tx)
    .await?;
    // Says until when the contact in it is safe; or that it is not, where somebody recorded so since the copy was drawn up.
    case::refresh(&work.tx, cx, &of, counter).await?;
    // Whoever refers anew has read that the one before was refused.
    referral::Entity::update_many()
        .col_expr(referral::Column::HasNews, Expr::value(false))
        .filter(referral::Column::Id.is_in(refused))
        .exec(&work.tx)
        .await?;
    if kept.without.is_some() {
        store::work::log(&work.tx, cx, Action::OverrideConsent, "referral", Some(id), "done").await?;
    }
    work.finish(cx, "referral", Some(id)).await?;
    Ok(Offered { id, passphrase })
}

/// Refuses to let a referral leave once more, as a file or a letter, after the person took back what it rests on.
async fn may_still_go(db: &impl ConnectionTrait, of: &Unsealed, kept: &Note) -> Result<(), AppError> {
    if rests(&case::history(db, of).await?, kept) {
        return Ok(());
    }
    Err(AppError::Refused(format!(
        "the person no longer agrees that this goes to {}, so nothing more goes out: take this referral back, and ask whoever \
         has the file to delete it",
        kept.receiver
    )))
}

/// Referrals of a case about the same need, or about none, that were refused and whose answer nobody has read.
async fn refused(cx: &Cx<'_>, of: &Unsealed, need: Option<Uuid>) -> Result<Vec<Uuid>, AppError> {
    let rows = referral::Entity::find()
        .filter(referral::Column::CaseId.eq(of.row.id))
        .filter(referral::Column::State.eq(ReferralState::Refused.code()))
        .filter(referral::Column::HasNews.eq(true))
        .all(cx.db.reader())
        .await?;
    let mut refused = Vec::new();
    for row in rows {
        if note_of(of, &row)?.need == need {
            refused.push(row.id);
        }
    }
    Ok(refused)
}

/// Makes the sealed file anew, with another passphrase: the one before was not noted, or somebody heard it. The file that
/// was made before still opens with its own. Ways of contact that are not safe today are left out of it, and of what is kept.
pub async fn make_file(cx: &Cx<'_>, case: Uuid, id: Uuid) -> Result<Offered, AppError> {
    let of = case::unseal(cx, case, Action::TakeReferral).await?;
    let row = own(cx, &of, id).await?;
    if row.receiver_id.is_some() {
        return Err(AppError::NotFound("referral"));
    }
    // Only one that still waits: after its end nothing more goes out.
    steps_to(&row, ReferralState::Accepted)?;
    let copy = note_of(&of, &row)?.copy.today(&case::whole(cx, &of).await?)?;
    let (html, passphrase) = sealed(cx, &copy).await?;
    let work = cx.begin(Action::TakeReferral, of.relation).await?;
    let counter = case::hold(&work.tx, &of.row).await?;
    let row = referral::Entity::find_by_id(id)
        .lock_exclusive()
        .one(&work.tx)
        .await?
        .ok_or(AppError::NotFound("referral"))?;
    steps_to(&row, ReferralState::Accepted)?;
    let kept = Note {
        copy,
        ..note_of(&of, &row)?
    };
    may_still_go(&work.tx, &of, &kept).await?;
    referral::ActiveModel {
        id: Set(id),
        sealed_note: Set(Some(of.seal(&note(id, case), &kept)?)),
        sealed_file: Set(Some(of.key.seal(&sealed_file(id, case), html.as_bytes()))),
        ..Default::default()
    }
    .update(&work.tx)
    .await?;
    // It names no unsafe way any more.
    case::refresh(&work.tx, cx, &of, counter).await?;
    work.finish(cx, "referral", Some(id)).await?;
    Ok(Offered {
        id,
        passphrase: Some(passphrase),
    })
}

/// The sealed file, to be downloaded. Its taking is in the log.
pub async fn take_file(cx: &Cx<'_>, case: Uuid, id: Uuid) -> Result<String, AppError> {
    let of = case::unseal(cx, case, Action::TakeReferral).await?;
    let row = own(cx, &of, id).await?;
    let kept = note_of(&of, &row)?;
    may_still_go(cx.db.reader(), &of, &kept).await?;
    if kept.copy.clone().today(&case::whole(cx, &of).await?)? != kept.copy {
        return Err(AppError::Refused(
            "the ways of contact in this file are no longer those that are safe: go back and make the file anew, which leaves \
             them out, and ask whoever has the old one to delete it"
                .to_owned(),
        ));
    }
    let Some(sealed) = row.sealed_file else {
        return Err(AppError::NotFound("file"));
    };
    let opened = of.key.open(&sealed_file(id, case), &sealed)?;
    let html = String::from_utf8_lossy(opened.reveal(&of.shown)?).into_owned();
    cx.disclose(Action::TakeReferral, of.relation, "referral", &[id])
        .await?;
    Ok(html)
}

/// What a letter about a referral is written from: what went, without ways of contact that are not safe today. The opening is in
/// the log.
pub async fn letter(cx: &Cx<'_>, case: Uuid, id: Uuid) -> Result<Sent, AppError> {
    let (of, mut sent) = sent_of(cx, case, id, Action::TakeReferral).await?;
    may_still_go(cx.db.reader(), &of, &sent.note).await?;
    sent.note.copy = sent.note.copy.today(&case::whole(cx, &of).await?)?;
    Ok(sent)
}

/// The relation of everyone who supports people at the receiver to what comes to it.
pub(super) const RECEIVING: Relation = Relation::OwnOrganisation;

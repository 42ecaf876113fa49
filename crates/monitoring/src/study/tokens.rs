//! Token files: taken in as they come, given to the linkage officer, and destroyed.
//!
//! They are encrypted to the officer's key, so nothing here can read them. What can be checked is the envelope: that it is an
//! age file for one key, and not one that a passphrase opens.

use bytes::Bytes;
use domain::ids::{StudyId, TokenFileId};
use domain::permission::{Action, Relation};
use domain::study::StudyState;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use store::files::{MAX_BYTES, sha256};
use store::row::{file, study_list, study_token_file};
use store::{AppError, Cx, FieldErrors};

use super::{expect_state, own_list, present, relation, row, threshold};

/// The largest token file, in bytes: some hundred thousand people.
pub const MOST_BYTES: usize = MAX_BYTES;

/// How an age file begins.
const MAGIC: &[u8] = b"age-encryption.org/v1\n";
/// The longest header that is looked at.
const HEADER: usize = 64 * 1024;

/// What it takes to send a token file.
#[derive(Debug, Clone, Default)]
pub struct Send {
    /// How many people are on the list, as `rapporteur encode` printed it; what comes back is checked against it.
    pub n_people: String,
    /// The file.
    pub bytes: Bytes,
}

/// Takes in an organisation's token file: its contributors and managers, until the study is linked. A file that was sent
/// before is destroyed. Gives the record, whose SHA-256 is the receipt.
pub async fn send(cx: &Cx<'_>, id: StudyId, input: Send) -> Result<TokenFileId, AppError> {
    cx.permit(Action::SendTokens, Relation::OwnOrganisation)?;
    let work = cx.begin(Action::SendTokens, Relation::OwnOrganisation).await?;
    let study = row(&work.tx, id).await?;
    let list = own_list(cx, &work.tx, id).await?.ok_or(AppError::NotFound("study"))?;
    expect_state(
        &study,
        StudyState::Open,
        "this study takes no more token files: ask the coordinator before you send anything",
    )?;
    let mut errors = FieldErrors::new();
    let least = u64::from(threshold(&study));
    let n_people = match input.n_people.trim().parse::<u64>() {
        Ok(n) if n >= least => n,
        Ok(_) => {
            errors.add(
                "n_people",
                format!("A list of fewer than {least} people is too short to take part without pointing at them"),
            );
            0
        }
        Err(_) => {
            errors.add(
                "n_people",
                "Enter the number of people that `rapporteur encode` printed",
            );
            0
        }
    };
    if let Err(words) = check(&input.bytes) {
        errors.add("file", words);
    }
    errors.into_result()?;
    let hash = sha256(&input.bytes);
    let is_here = file::Entity::find()
        .filter(file::Column::Sha256.eq(&hash))
        .one(&work.tx)
        .await?;
    if is_here.is_some() {
        return Err(AppError::Invalid(FieldErrors::of(
            "file",
            "This very file was sent before",
        )));
    }
    if let Some(before) = present(&work.tx, list.id).await? {
        destroy(cx, &work.tx, before, "replaced by a newer file").await?;
    }
    let n_bytes = i64::try_from(input.bytes.len()).unwrap_or(i64::MAX);
    let name = name(&list);
    let kept = cx
        .files
        .keep(&work.tx, cx, &name, "application/octet-stream", input.bytes)
        .await?;
    let record = cx.ids.ordered();
    study_token_file::ActiveModel {
        id: Set(record),
        study_list_id: Set(list.id),
        file_id: Set(Some(kept.0)),
        sha256: Set(hash),
        n_bytes: Set(n_bytes),
        n_people: Set(i64::try_from(n_people).unwrap_or(i64::MAX)),
        member_id: Set(cx.member()?.0),
        sent_at: Set(cx.now.0),
        destroyed_at: Set(None),
        destroyed_by_id: Set(None),
        destroyed_for: Set(None),
    }
    .insert(&work.tx)
    .await?;
    work.finish(cx, "study_token_file", Some(record)).await?;
    Ok(TokenFileId(record))
}

/// What a list's file is called: `rapporteur link` calls a list by its file's name.
fn name(list: &study_list::Model) -> String {
    format!("{}.tokens", code(list.number))
}

/// The name of a list in the links.
pub(super) fn code(number: i32) -> String {
    format!("list-{number}")
}

/// Gives a token file to the study's linkage officer, who alone can open it, and leaves the row of it in the log.
pub async fn take(cx: &Cx<'_>, id: StudyId, record: TokenFileId) -> Result<(String, Bytes), AppError> {
    let db = cx.db.reader();
    let study = row(db, id).await?;
    let relation = relation(cx, &study);
    cx.permit(Action::TakeTokens, relation)?;
    expect_state(
        &study,
        StudyState::Linking,
        "token files are given out between the end of collection and the recording of the links",
    )?;
    let found = study_token_file::Entity::find_by_id(record.0)
        .one(db)
        .await?
        .ok_or(AppError::NotFound("token file"))?;
    let list = study_list::Entity::find_by_id(found.study_list_id)
        .one(db)
        .await?
        .filter(|list| list.study_id == id.0)
        .ok_or(AppError::NotFound("token file"))?;
    let kept = found.file_id.ok_or(AppError::NotFound("token file"))?;
    let (_, bytes) = cx.files.open(db, kept.into()).await?;
    cx.disclose(Action::TakeTokens, relation, "study_token_file", &[record.0])
        .await?;
    Ok((name(&list), bytes))
}

/// Destroys a token file and keeps the record of it: first the bytes, then what points to them, so that the record never
/// says that something is gone which is still here.
pub(super) async fn destroy(
    cx: &Cx<'_>,
    tx: &impl ConnectionTrait,
    record: study_token_file::Model,
    why: &str,
) -> Result<(), AppError> {
    cx.files.remove(&record.sha256).await?;
    let kept = record.file_id;
    let mut changed: study_token_file::ActiveModel = record.into();
    changed.file_id = Set(None);
    changed.destroyed_at = Set(Some(cx.now.0));
    changed.destroyed_by_id = Set(cx.actor.member.map(uuid::Uuid::from));
    changed.destroyed_for = Set(Some(why.to_owned()));
    changed.update(tx).await?;
    if let Some(kept) = kept {
        file::Entity::delete_by_id(kept).exec(tx).await?;
    }
    Ok(())
}

/// Looks at the envelope of a token file (the age format, version 1: a line for each way to open it, then `---`).
fn check(bytes: &[u8]) -> Result<(), &'static str> {
    const OTHER: &str = "This is not a token file: send what `rapporteur encode` wrote, and nothing else";
    if bytes.is_empty() {
        return Err("Choose the token file that `rapporteur encode` wrote");
    }
    if bytes.len() > MOST_BYTES {
        return Err("The token file is too large");
    }
    if bytes.starts_with(b"-----BEGIN AGE") {
        return Err("This age file is written as text: send the file as `rapporteur encode` wrote it");
    }
    let Some(rest) = bytes.strip_prefix(MAGIC) else {
        return Err(OTHER);
    };
    let header = &rest[..rest.len().min(HEADER)];
    let Some(end) = header.windows(5).position(|window| window == b"\n--- ") else {
        return Err("The token file is cut off or was changed: send it again");
    };
    let stanzas: Vec<&[u8]> = header[..end]
        .split(|byte| *byte == b'\n')
        .filter_map(|line| line.strip_prefix(b"-> "))
        .collect();
    if stanzas.iter().any(|stanza| stanza.starts_with(b"scrypt ")) {
        return Err(
            "A passphrase opens this file: encrypt it to the linkage officer’s key with `rapporteur encode --to`",
        );
    }
    match stanzas.iter().filter(|stanza| stanza.starts_with(b"X25519 ")).count() {
        0 => return Err(OTHER),
        1 => {}
        _ => return Err("More than one key opens this file: encrypt it to the linkage officer’s key alone"),
    }
    // After the header come a nonce of 16 bytes and at least one chunk with its tag of 16.
    let after = header[end + 1..].iter().position(|byte| *byte == b'\n');
    match after {
        Some(line) if rest.len() >= end + 1 + line + 1 + 32 => Ok(()),
        _ => Err("The token file is cut off or was changed: send it again"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_age_file_for_one_key_is_taken() {
        let whole = |stanzas: &str| {
            let mut bytes = format!("age-encryption.org/v1\n{stanzas}--- mac\n").into_bytes();
            bytes.extend([7; 40]);
            bytes
        };
        let one = "-> X25519 abc\nbody\n";
        assert_eq!(check(&whole(one)), Ok(()));
        for (bytes, says) in [
            (Vec::new(), "Choose"),
            (b"name,born\n".to_vec(), "not a token file"),
            (b"-----BEGIN AGE ENCRYPTED FILE-----\n".to_vec(), "as text"),
            (whole("-> scrypt abc 18\nbody\n"), "passphrase"),
            (whole("-> ssh-ed25519 abc\nbody\n"), "not a token file"),
            (whole(&format!("{one}{one}")), "More than one key"),
            (whole(one)[..whole(one).len() - 20].to_vec(), "cut off"),
            (whole(one)[..40].to_vec(), "cut off"),
        ] {
            let words = check(&bytes).expect_err("it is refused");
            assert!(words.contains(says), "{words}");
        }
    }
}

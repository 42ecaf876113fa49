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
use store::row::{study_list, study_token_file};
use store::{AppError, Cx, FieldErrors};

use super::destroy::{Why, destroy, give_up};
use super::{expect_state, locked, own_list, present, relation, row, threshold};

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
/// before is destroyed; the same file again is no fault, and may come with another number of people. Gives the record, whose
/// SHA-256 is the receipt.
pub async fn send(cx: &Cx<'_>, id: StudyId, input: Send) -> Result<TokenFileId, AppError> {
    let work = cx.begin(Action::SendTokens, Relation::OwnOrganisation).await?;
    let study = locked(&work.tx, id).await?;
    let list = own_list(cx, &work.tx, id).await?.ok_or(AppError::NotFound("study"))?;
    expect_state(
        &study,
        StudyState::Open,
        "this study takes no more token files: ask the coordinator before you send anything",
    )?;
    let n_people = checked(&input, u64::from(threshold(&study)))?;
    let n_people = i64::try_from(n_people).unwrap_or(i64::MAX);
    let hash = sha256(&input.bytes);
    let before = present(&work.tx, list.id).await?;
    if let Some(same) = before.as_ref().filter(|before| before.sha256 == hash) {
        let record = same.id;
        let mut changed: study_token_file::ActiveModel = same.clone().into();
        changed.n_people = Set(n_people);
        changed.update(&work.tx).await?;
        work.finish(cx, "study_token_file", Some(record)).await?;
        return Ok(TokenFileId(record));
    }
    refuse_known(&work.tx, list.id, &hash).await?;
    let given_up = match before {
        Some(before) => Some(give_up(cx, &work.tx, before, Why::Replaced).await?),
        None => None,
    };
    let n_bytes = i64::try_from(input.bytes.len()).unwrap_or(i64::MAX);
    let kept = cx
        .files
        .keep(&work.tx, cx, &name(&list), "application/octet-stream", input.bytes)
        .await?;
    let record = cx.ids.ordered();
    study_token_file::ActiveModel {
        id: Set(record),
        study_list_id: Set(list.id),
        file_id: Set(Some(kept.0)),
        sha256: Set(hash),
        n_bytes: Set(n_bytes),
        n_people: Set(n_people),
        member_id: Set(cx.member()?.0),
        sent_at: Set(cx.now.0),
        destroyed_at: Set(None),
        destroyed_by_id: Set(None),
        destroyed_for: Set(None),
    }
    .insert(&work.tx)
    .await?;
    work.finish(cx, "study_token_file", Some(record)).await?;
    destroy(cx, given_up.as_slice()).await?;
    Ok(TokenFileId(record))
}

/// How many people the sender says are on the list, if that and the file are as they must be.
fn checked(input: &Send, least: u64) -> Result<u64, AppError> {
    let mut errors = FieldErrors::new();
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
    Ok(n_people)
}

/// Refuses a file that was sent for another list, or that is being destroyed. Only token files are asked: whether anything
/// else in the program has this hash is nobody's to learn.
async fn refuse_known(tx: &impl ConnectionTrait, list: uuid::Uuid, hash: &str) -> Result<(), AppError> {
    let known = study_token_file::Entity::find()
        .filter(study_token_file::Column::Sha256.eq(hash))
        .all(tx)
        .await?;
    if known
        .iter()
        .any(|record| record.study_list_id != list || record.destroyed_at.is_none())
    {
        return Err(AppError::Invalid(FieldErrors::of(
            "file",
            "This very file was sent before: encode the list again",
        )));
    }
    Ok(())
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
        .filter(study_token_file::Column::DestroyedFor.is_null())
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
    // age adds stanzas of random words that open nothing, so that readers learn to pass over what they do not know.
    let is_grease = |stanza: &[u8]| {
        let kind = stanza.split(|byte| *byte == b' ').next().unwrap_or_default();
        kind.ends_with(b"-grease")
    };
    let keys: Vec<&[u8]> = stanzas.into_iter().filter(|stanza| !is_grease(stanza)).collect();
    let is_officers = |stanza: &&[u8]| stanza.starts_with(b"X25519 ");
    match (keys.iter().filter(|stanza| is_officers(stanza)).count(), keys.len()) {
        (0, _) => return Err(OTHER),
        (1, 1) => {}
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
        assert_eq!(check(&whole(&format!("{one}-> x9-grease ab c\nbody\n"))), Ok(()));
        for (bytes, says) in [
            (Vec::new(), "Choose"),
            (b"name,born\n".to_vec(), "not a token file"),
            (b"-----BEGIN AGE ENCRYPTED FILE-----\n".to_vec(), "as text"),
            (whole("-> scrypt abc 18\nbody\n"), "passphrase"),
            (whole("-> ssh-ed25519 abc\nbody\n"), "not a token file"),
            (whole(&format!("{one}{one}")), "More than one key"),
            (whole(&format!("{one}-> ssh-ed25519 abc\nbody\n")), "More than one key"),
            (whole(&format!("{one}-> piv-p256 abc\nbody\n")), "More than one key"),
            (whole(one)[..whole(one).len() - 20].to_vec(), "cut off"),
            (whole(one)[..40].to_vec(), "cut off"),
        ] {
            let words = check(&bytes).expect_err("it is refused");
            assert!(words.contains(says), "{words}");
        }
    }
}

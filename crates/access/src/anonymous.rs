//! What anyone sends without an account, such as an answer to a call or feedback: who sent it is written down nowhere, not even
//! when they are signed in, and they erase it themselves with the code of its [receipt](crate::code::Receipt).

use domain::permission::{Action, Relation};
use domain::{Day, Instant};
use serde::{Deserialize, Serialize};
use store::seal::SealKey;
use store::work::Work;
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use crate::key;

/// The longest way to be reached, in characters.
pub const LONGEST_CONTACT: usize = 300;
/// What is sealed has a multiple of this length, in bytes: the seal would show how much was said.
const STEP: usize = 1024;

/// What somebody wrote, as it is sealed.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// What they wanted to say.
    pub words: String,
    /// A safe way to reach them; may be empty.
    pub contact: String,
}

impl Written {
    /// Takes what was typed, at most `longest` characters of it. `what` begins the sentence that says it is too long, and
    /// `missing` is said where there is nothing.
    pub fn typed(words: &str, contact: &str, longest: usize, (what, missing): (&str, &str)) -> Result<Self, AppError> {
        let mut errors = FieldErrors::new();
        let words = errors.required("words", words, missing);
        if words.chars().count() > longest {
            errors.add("words", format!("{what} is too long: use at most {longest} characters"));
        }
        let contact = contact.trim().to_owned();
        if contact.chars().count() > LONGEST_CONTACT {
            errors.add("contact", format!("Use at most {LONGEST_CONTACT} characters"));
        }
        errors.into_result()?;
        Ok(Self { words, contact })
    }

    /// The bytes to seal, filled up to whole steps with spaces, which JSON passes over.
    pub fn bytes(&self) -> Result<Vec<u8>, AppError> {
        let mut bytes = serde_json::to_vec(self)?;
        bytes.resize(bytes.len().next_multiple_of(STEP), b' ');
        Ok(bytes)
    }
}

/// Makes the key that something is sealed under, for whoever is to read it. The key's row would tell the microsecond: it is
/// dated by the end of the day instead. That end has not come yet, so the key cannot be swept as an orphan before the record is
/// there.
pub async fn make_key(cx: &Cx<'_>, owner: Uuid) -> Result<(Uuid, SealKey), AppError> {
    let dated = Cx {
        now: end_of(cx.now.day()),
        ..cx.clone()
    };
    key::person::make(&dated, owner).await
}

/// The last second of a day.
fn end_of(day: Day) -> Instant {
    day.start().plus_seconds(24 * 60 * 60 - 1)
}

/// Begins to erase something for good: its key goes first, so that no backup of the records gives it back. The caller removes
/// the record in the transaction, and finishes it.
pub async fn begin_erasing(
    cx: &Cx<'_>,
    (action, relation): (Action, Relation),
    (owner, key_id): (Uuid, Uuid),
) -> Result<Work, AppError> {
    let work = cx.begin(action, relation).await?;
    key::person::erase(cx, owner, &[key_id]).await?;
    Ok(work)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_does_not_tell_how_much_was_said() {
        let says = ("This", "Write something first");
        let short = Written::typed(" Thank you ", "", 5_000, says).expect("it may be sent");
        let long = Written::typed(&"word ".repeat(100), "a friend", 5_000, says).expect("it may be sent");
        let (one, other) = (short.bytes().expect("bytes"), long.bytes().expect("bytes"));
        assert_eq!((one.len(), other.len()), (STEP, STEP));
        let opened: Written = serde_json::from_slice(&one).expect("it opens");
        assert!(opened == short);
        assert_eq!(opened.words, "Thank you");
    }

    #[test]
    fn nothing_and_too_much_are_refused_by_field() {
        let says = ("This", "Write something first");
        let answer = Written::typed("  ", &"é".repeat(LONGEST_CONTACT + 1), 3, says);
        let Err(AppError::Invalid(errors)) = answer else {
            panic!("both are at fault")
        };
        assert_eq!(errors.get("words"), Some("Write something first"));
        assert!(errors.get("contact").is_some());
        let answer = Written::typed("ééé", "", 3, says);
        assert!(answer.is_ok(), "characters are counted, not bytes");
        assert!(Written::typed("éééé", "", 3, says).is_err());
    }
}

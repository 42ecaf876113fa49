//! The error that commands and queries share.
//!
//! Each names what the person can do about it; the web layer alone knows status codes. The inside
//! of `Internal` is for the log and never shown.

use std::io::ErrorKind;

use sea_orm::{RuntimeErr, SqlxError};

/// Faults of a form, by field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<(String, String)>);

impl FieldErrors {
    /// No faults yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One fault.
    pub fn of(field: &str, message: impl Into<String>) -> Self {
        let mut errors = Self::new();
        errors.add(field, message);
        errors
    }

    /// Adds a fault of a field. The message says what to do.
    pub fn add(&mut self, field: &str, message: impl Into<String>) {
        self.0.push((field.to_owned(), message.into()));
    }

    /// Adds a fault when the text is blank, and gives the trimmed text back.
    pub fn required(&mut self, field: &str, text: &str, message: &str) -> String {
        let text = text.trim();
        if text.is_empty() {
            self.add(field, message);
        }
        text.to_owned()
    }

    /// Reads a code of a closed list, adding a fault when it is not one.
    pub fn code<T>(&mut self, field: &str, parsed: Result<T, domain::words::UnknownCode>, message: &str) -> Option<T> {
        parsed.map_err(|_| self.add(field, message)).ok()
    }

    /// Reads a day, adding a fault when it is not one.
    pub fn day(&mut self, field: &str, text: &str) -> Option<domain::Day> {
        domain::Day::parse(text.trim())
            .map_err(|fault| self.add(field, fault.to_string()))
            .ok()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first message of a field, if it has one.
    pub fn get(&self, field: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(name, _)| name == field)
            .map(|(_, message)| message.as_str())
    }

    /// All faults in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(field, message)| (field.as_str(), message.as_str()))
    }

    /// `Ok` when there are none.
    pub fn into_result(self) -> Result<(), AppError> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(AppError::Invalid(self))
        }
    }
}

/// What a command or a query may answer instead of a result.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// No such record, or none that this member may know of.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The matrix says no.
    #[error("you may not do this: {0}")]
    Forbidden(&'static str),
    /// A rule of the audit says no, with what is missing.
    #[error("{0}")]
    Refused(String),
    /// The security mode says no: nothing is written now.
    #[error("nothing can be changed now ({0})")]
    Restricted(domain::mode::Mode),
    /// Someone else changed the record meanwhile.
    #[error("someone else changed this {0} while you were editing it")]
    Conflict(&'static str),
    /// The same form was posted before; this is what it made then.
    #[error("this form was sent before")]
    Repeated(Option<uuid::Uuid>),
    /// Faults of a form.
    #[error("some answers need attention")]
    Invalid(FieldErrors),
    /// The database does not answer just now; it may in a moment. Nothing was changed.
    #[error("the database does not answer just now: try again in a minute")]
    Unavailable(anyhow::Error),
    /// There is no room left on the disk. Nothing was changed.
    #[error("the disk is full, and nothing was saved: make room, then try again")]
    Full(anyhow::Error),
    /// Something went wrong that the person cannot mend.
    #[error("something went wrong")]
    Internal(#[from] anyhow::Error),
}

impl From<sea_orm::DbErr> for AppError {
    fn from(error: sea_orm::DbErr) -> Self {
        let state = state(&error);
        let error = anyhow::Error::new(error);
        match state {
            State::Away => Self::Unavailable(error),
            State::Full => Self::Full(error),
            State::Well => Self::Internal(error),
        }
    }
}

impl From<object_store::Error> for AppError {
    fn from(error: object_store::Error) -> Self {
        let error = anyhow::Error::new(error);
        let is_full = error
            .chain()
            .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
            .any(|cause| matches!(cause.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded));
        if is_full {
            Self::Full(error)
        } else {
            Self::Internal(error)
        }
    }
}

/// What an error says about the database itself.
enum State {
    /// It does not answer.
    Away,
    /// It has no room.
    Full,
    /// It answered: the fault is in what it was asked.
    Well,
}

fn state(error: &sea_orm::DbErr) -> State {
    use sea_orm::DbErr::{Conn, ConnectionAcquire, Exec, Query};
    let inside = match error {
        ConnectionAcquire(_) => return State::Away,
        Conn(RuntimeErr::SqlxError(inside))
        | Exec(RuntimeErr::SqlxError(inside))
        | Query(RuntimeErr::SqlxError(inside)) => inside.as_ref(),
        _ => return State::Well,
    };
    match inside {
        SqlxError::Io(_) | SqlxError::PoolTimedOut | SqlxError::PoolClosed | SqlxError::Protocol(_) => State::Away,
        SqlxError::Database(answer) => of_code(answer.code().as_deref().unwrap_or_default()),
        _ => State::Well,
    }
}

/// PostgreSQL's class 08 is a broken connection and 57P01 to 57P03 a server that stops or starts; 53100
/// is its full disk (its manual, appendix A), 13 that of SQLite (`SQLITE_FULL`).
fn of_code(code: &str) -> State {
    match code {
        "57P01" | "57P02" | "57P03" => State::Away,
        "53100" | "13" => State::Full,
        code if code.len() == 5 && code.starts_with("08") => State::Away,
        _ => State::Well,
    }
}

impl From<serde_json::Error> for AppError {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(anyhow::Error::new(error))
    }
}

/// Whether a database error is a broken unique rule. The two databases word it differently, so the
/// text is never read.
pub fn is_duplicate(error: &sea_orm::DbErr) -> bool {
    matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_stops_or_has_no_room_is_told_apart_from_a_wrong_query() {
        for (code, is_away, is_full) in [
            ("57P01", true, false),
            ("08006", true, false),
            ("53100", false, true),
            ("13", false, true),
            ("23505", false, false),
            ("08", false, false),
        ] {
            assert_eq!(matches!(of_code(code), State::Away), is_away, "{code}");
            assert_eq!(matches!(of_code(code), State::Full), is_full, "{code}");
        }
    }

    #[test]
    fn a_disk_without_room_for_a_file_is_no_fault_of_the_program() {
        let error = |kind: ErrorKind| object_store::Error::Generic {
            store: "LocalFileSystem",
            source: Box::new(std::io::Error::from(kind)),
        };
        assert!(matches!(
            AppError::from(error(ErrorKind::StorageFull)),
            AppError::Full(_)
        ));
        assert!(matches!(
            AppError::from(error(ErrorKind::PermissionDenied)),
            AppError::Internal(_)
        ));
    }
}

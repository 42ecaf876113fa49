//! How a command ends when it does not end well: what to say, and which exit code.

use std::process::ExitCode;

use store::AppError;

/// A command that did not end well.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    words: String,
}

impl Failure {
    /// Something was found: faults in a file, a broken proof. Exit code 1.
    pub(crate) fn found(words: impl Into<String>) -> Self {
        Self {
            code: 1,
            words: words.into(),
        }
    }

    /// The command was used wrongly. Exit code 2.
    pub(crate) fn wrong_use(words: impl Into<String>) -> Self {
        Self {
            code: 2,
            words: words.into(),
        }
    }

    /// The command could not do it. Exit code 3.
    pub(crate) fn could_not(words: impl Into<String>) -> Self {
        Self {
            code: 3,
            words: words.into(),
        }
    }

    /// Says it on standard error and gives the exit code.
    pub(crate) fn report(self) -> ExitCode {
        if !self.words.is_empty() {
            eprintln!("rapporteur: {}", self.words);
        }
        ExitCode::from(self.code)
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Internal(inside) => Self::could_not(format!("{inside:#}")),
            AppError::Unavailable(inside) => Self::could_not(format!("the database does not answer: {inside:#}")),
            AppError::Invalid(errors) => {
                Self::wrong_use(errors.iter().map(|(_, words)| words).collect::<Vec<_>>().join("; "))
            }
            AppError::Refused(words) => Self::found(words),
            other => Self::could_not(other.to_string()),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::could_not(error.to_string())
    }
}

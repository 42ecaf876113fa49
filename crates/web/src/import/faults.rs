//! What is wrong with the rows of a file, as its page shows it and as a file to correct. Imports of statistics and of cases
//! share both.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use interchange::RowFault;

use crate::form::Values;

/// Faults on one page.
const SHOWN: usize = 50;

/// A page of the faults of a file.
pub(crate) struct Faults {
    /// How many there are in all.
    pub n: usize,
    /// Those of the page, in the order of the file.
    pub shown: Vec<RowFault>,
    /// The address of a page, without its number.
    pub base: String,
    /// Which page it is, from 1.
    pub current: usize,
    /// Which is the last.
    pub last: usize,
}

impl Faults {
    /// The page that a query asks for. `address`: of the import.
    pub(crate) fn page(all: &[RowFault], address: &str, query: &Values) -> Self {
        let last = all.len().div_ceil(SHOWN).max(1);
        let current = query.get("page").parse().unwrap_or(1).clamp(1, last);
        Self {
            n: all.len(),
            shown: all.iter().skip((current - 1) * SHOWN).take(SHOWN).cloned().collect(),
            base: format!("{address}?page="),
            current,
            last,
        }
    }

    /// What the table is called.
    pub(crate) fn caption(&self) -> String {
        let n = self.n;
        format!(
            "{n} {}, in the order of the file",
            if n == 1 { "fault" } else { "faults" }
        )
    }
}

/// The refused rows, to be corrected and sent again.
pub(crate) fn file((name, bytes): (String, Vec<u8>)) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, bytes).into_response()
}

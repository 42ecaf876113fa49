//! What waits, on both sides: the longest waiting first.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use casework::referral::{self, Listed, STANDARD};
use domain::casework::ReferralState;
use store::AppError;

use super::look;
use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::{Form, Values};
use crate::page::Page;

#[derive(Template)]
#[template(path = "referral/list.html")]
struct List {
    page: Page,
    form: Form,
    /// Whether this is the list of what was sent.
    is_sent: bool,
    tabs: Vec<(&'static str, &'static str)>,
    listed: Vec<Listed>,
    /// Why nothing can be opened, where it cannot.
    sealed: String,
    standard: &'static str,
}

#[expect(
    clippy::unused_self,
    reason = "the template asks the page for everything that it shows"
)]
impl List {
    fn current(&self) -> &'static str {
        if self.is_sent {
            "/referrals?show=sent"
        } else {
            "/referrals?show=received"
        }
    }

    fn look(&self, of: &Listed) -> &'static str {
        of.waits.map_or("framework", look)
    }

    /// Where one is read.
    fn address(&self, of: &Listed) -> String {
        match (self.is_sent, of.case, of.state) {
            (true, Some(case), _) => format!("/cases/{case}/referrals/{}", of.id),
            _ => format!("/referrals/{}", of.id),
        }
    }

    fn is_accepted(&self, of: &Listed) -> bool {
        of.state == ReferralState::Accepted
    }
}

pub(super) async fn list(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let query = Values::parse(&query.unwrap_or_default());
    let is_sent = query.get("show") == "sent";
    let cx = visitor.cx();
    let found = if is_sent {
        referral::from_us(&cx).await
    } else {
        referral::to_us(&cx).await
    };
    let (listed, sealed) = match found {
        Ok(listed) => (listed, String::new()),
        // No key yet, or a session without one: the page says how to come by it.
        Err(AppError::Refused(words)) => (Vec::new(), words),
        Err(error) => return Err(WebError::of(&visitor, error)),
    };
    page(&List {
        page: Page::new(&visitor, "Referrals")
            .within("/referrals")
            .under("/cases", "Cases"),
        form: Form::small(&visitor),
        is_sent,
        tabs: vec![
            ("/referrals?show=received", "To you"),
            ("/referrals?show=sent", "From you"),
        ],
        listed,
        sealed,
        standard: STANDARD,
    })
}

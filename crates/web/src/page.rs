//! What the layout of every page needs.

use domain::mode::Mode;
use domain::permission::Action;

use crate::door::Visitor;

/// The frame around a page.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    /// Title in the browser; neutral on public pages.
    pub title: String,
    /// The member's name; empty for a visitor.
    pub name: String,
    /// Navigation for members: (address, words).
    pub navigation: Vec<(&'static str, &'static str)>,
    /// What the navigation folds away under “More”: (address, words).
    pub more: Vec<(&'static str, &'static str)>,
    /// The address of the current section in the navigation.
    pub section: &'static str,
    /// Pages above this one: (address, words).
    pub trail: Vec<(String, String)>,
    /// The session's token, for the sign-out button.
    pub csrf: String,
    /// Whether everything here was invented.
    pub is_demo: bool,
    /// Where the quick exit leads.
    pub exit: String,
    /// Seconds until the session ends when nothing more is asked for; nought for a visitor.
    pub seconds_left: i64,
    /// When that is, in words.
    pub ends_at: String,
    /// Whether nothing can be changed now.
    pub is_read_only: bool,
}

/// The rooms of the program, by the address they begin with, each with what it takes to enter.
const ROOMS: &[(&str, &str, Action)] = &[
    ("/audit", "Audit", Action::ReadAudit),
    ("/evidence", "Evidence", Action::ReadAudit),
    ("/cases", "Cases", Action::ReadCase),
    ("/editions", "Publish", Action::ReadAudit),
];

/// What stands under “More”, each with what it takes to see it.
const MORE: &[(&str, &str, Action)] = &[
    ("/organisations", "Organisations", Action::ReadAudit),
    ("/bodies", "Public bodies", Action::ReadAudit),
    ("/areas", "Areas", Action::ReadAudit),
    ("/members", "Members", Action::ManageMembers),
    ("/measures", "Measures from cases", Action::ReadAudit),
    ("/referrals", "Referrals", Action::ReadReferral),
    ("/feedback", "Feedback", Action::ReadFeedback),
    ("/texts", "Texts in several languages", Action::ReadReferral),
    ("/calls", "Calls for evidence", Action::ReadAudit),
    ("/contributions", "Contributions", Action::ReadContribution),
    ("/studies", "List studies", Action::ReadStudy),
    ("/keys", "Keys", Action::ReadKeys),
    ("/retention", "How long records are kept", Action::ReviewRetention),
    ("/log", "Log of acts", Action::ReadLog),
    ("/who-can-see-what", "Who can see what", Action::ReadMatrix),
    ("/security", "Security", Action::SetMode),
    ("/log/mine", "Who opened your records", Action::ReadOwnTrace),
    ("/exports", "Exports", Action::AskExport),
];

/// Those of a list that a visitor may enter: (address, words).
fn open_to(visitor: &Visitor, list: &[(&'static str, &'static str, Action)]) -> Vec<(&'static str, &'static str)> {
    list.iter()
        .filter(|(_, _, action)| visitor.may(*action))
        .map(|(href, words, _)| (*href, *words))
        .collect()
}

impl Page {
    /// The frame for a visitor.
    pub(crate) fn new(visitor: &Visitor, title: &str) -> Self {
        Self {
            title: title.to_owned(),
            name: visitor.actor.name.clone(),
            navigation: open_to(visitor, ROOMS),
            more: open_to(visitor, MORE),
            section: "",
            trail: Vec::new(),
            csrf: visitor.csrf.clone(),
            is_demo: visitor.app.settings.is_demo,
            exit: visitor.app.settings.exit.clone(),
            seconds_left: visitor.seconds_left(),
            ends_at: visitor.ends_at.map_or_else(String::new, |at| at.to_string()),
            is_read_only: visitor.mode == Mode::ReadOnly,
        }
    }

    /// The frame where nothing is known of the visitor.
    pub(crate) fn bare(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            name: String::new(),
            navigation: Vec::new(),
            more: Vec::new(),
            section: "",
            trail: Vec::new(),
            csrf: String::new(),
            is_demo: false,
            exit: crate::app::Settings::default().exit,
            seconds_left: 0,
            ends_at: String::new(),
            is_read_only: false,
        }
    }

    /// Says which room the page is in.
    pub(crate) fn within(mut self, section: &'static str) -> Self {
        self.section = section;
        self
    }

    /// Adds a page above this one.
    pub(crate) fn under(mut self, href: impl Into<String>, words: impl Into<String>) -> Self {
        self.trail.push((href.into(), words.into()));
        self
    }
}

/// ISO text as people write a day.
pub(crate) fn day(iso: &str) -> String {
    domain::Day::parse(iso).map_or_else(|_| iso.to_owned(), |day| day.to_string())
}

/// The words of a jurisdiction's code.
pub(crate) fn jurisdiction(code: &str) -> &str {
    domain::cycle::Jurisdiction::parse(code).map_or(code, |known| known.words())
}

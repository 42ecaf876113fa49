//! Security modes: how far the program is open, for everyone on every node at once.

use crate::permission::Action;
use crate::word_list;

word_list! {
    /// How far the program is open.
    pub enum Mode {
        Normal = "normal", "Normal: everyone does their work";
        ReadOnly = "read-only", "Read-only: members read, and nothing can be changed";
        Closed = "closed", "Closed: every session is ended, and only coordinators come in";
    }
}

impl Mode {
    /// Whether a record may be written for this action. In a mode that is not normal nothing may,
    /// but searching cases, coming in, going out, showing who one is, and the way back to normal.
    pub fn allows_write(self, action: Action) -> bool {
        self == Self::Normal
            || matches!(
                action,
                Action::SignIn
                    | Action::SignOut
                    | Action::EndSession
                    | Action::ConfirmIdentity
                    | Action::SetMode
                    // A search for a name is posted, so that the name stands in no address.
                    | Action::ReadCase
            )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restricted_program_can_be_opened_again_and_written_to_by_nothing_else() {
        for mode in [Mode::ReadOnly, Mode::Closed] {
            assert!(mode.allows_write(Action::SetMode) && mode.allows_write(Action::SignIn));
            assert!(!mode.allows_write(Action::RecordEvidence) && !mode.allows_write(Action::ManageMembers));
        }
        assert!(Action::ALL.iter().all(|action| Mode::Normal.allows_write(*action)));
    }
}

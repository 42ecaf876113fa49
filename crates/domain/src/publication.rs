//! Words about editions.

use crate::word_list;

word_list! {
    /// Where one revision of an edition stands.
    pub enum RevisionState {
        Building = "building", "Being built";
        Published = "published", "Published";
        Failed = "failed", "Could not be built";
    }
}

word_list! {
    /// Under what others may use an edition's data. Whoever publishes chooses; there is no default.
    pub enum Licence {
        Attribution = "CC-BY-4.0", "Creative Commons Attribution 4.0: anyone may use them who names the source";
        DataAttribution = "ODC-By-1.0", "Open Data Commons Attribution 1.0: the same, written for databases";
        Zero = "CC0-1.0", "Creative Commons Zero 1.0: anyone may use them, and need not name the source";
        Reserved = "all-rights-reserved", "All rights reserved: nobody may use them without asking";
    }
}

impl Licence {
    /// Its name, without what it means.
    pub fn name(self) -> &'static str {
        self.words().split_once(": ").map_or(self.words(), |(name, _)| name)
    }

    /// Where its text can be read, if it has one.
    pub const fn address(self) -> Option<&'static str> {
        match self {
            Self::Attribution => Some("https://creativecommons.org/licenses/by/4.0/"),
            Self::DataAttribution => Some("https://opendatacommons.org/licenses/by/1-0/"),
            Self::Zero => Some("https://creativecommons.org/publicdomain/zero/1.0/"),
            Self::Reserved => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_that_gives_rights_says_where_its_text_is() {
        for licence in Licence::ALL {
            assert_eq!(licence.address().is_none(), *licence == Licence::Reserved, "{licence}");
            assert!(!licence.name().contains(':'), "{licence}");
        }
    }
}

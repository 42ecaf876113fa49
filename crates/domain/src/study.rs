//! Words about list studies: how many people there are, from lists that overlap.

use crate::word_list;

word_list! {
    /// Where a list study stands.
    pub enum StudyState {
        Open = "open", "Open: organisations send their token files";
        Linking = "linking", "Linking: the linkage officer has the token files";
        Linked = "linked", "Linked: the overlaps are counted, the token files destroyed";
        Estimated = "estimated", "Estimated";
        Closed = "closed", "Closed";
    }
}

impl StudyState {
    /// Its name alone, without what it means.
    pub fn name(self) -> &'static str {
        self.words().split_once(':').map_or(self.words(), |(name, _)| name)
    }
}

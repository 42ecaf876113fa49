//! Words about evidence: how it is graded, who may see it, whom it is about.

use crate::word_list;

word_list! {
    /// How reliable the source is. F means unknown, not worst (Admiralty scale).
    pub enum Reliability {
        A = "A", "A: completely reliable";
        B = "B", "B: usually reliable";
        C = "C", "C: fairly reliable";
        D = "D", "D: not usually reliable";
        E = "E", "E: unreliable";
        F = "F", "F: reliability unknown";
    }
}

word_list! {
    /// How credible the item itself is, judged apart from its source. 6 means unknown, not worst.
    pub enum Credibility {
        One = "1", "1: confirmed by other sources";
        Two = "2", "2: probably true";
        Three = "3", "3: possibly true";
        Four = "4", "4: doubtful";
        Five = "5", "5: improbable";
        Six = "6", "6: truth cannot be judged";
    }
}

word_list! {
    /// Who may see an item.
    pub enum Handling {
        Open = "open", "Open: anyone";
        Coalition = "coalition", "Coalition: members only";
        Named = "named", "Named organisations only";
        SourceOnly = "source_only", "Source only: the organisation that recorded it";
    }
}

word_list! {
    /// Whether an item's words may be quoted in an edition.
    pub enum Quoting {
        Yes = "yes", "May be quoted";
        Anonymised = "anonymised", "May be quoted without naming the source";
        No = "no", "May not be quoted";
    }
}

word_list! {
    /// What kind of item it is.
    pub enum EvidenceKind {
        Document = "document", "Document";
        Statistic = "statistic", "Official statistic";
        FoiAnswer = "foi_answer", "Answer to an information request";
        Judgment = "judgment", "Judgment";
        Study = "study", "Study";
        Interview = "interview", "Interview or testimony";
        Observation = "observation", "Practice observed by a member";
        Media = "media", "Press report";
    }
}

word_list! {
    /// Forms of exploitation, as an audit of all forms needs them.
    pub enum Form {
        Sexual = "sexual", "Sexual exploitation";
        Labour = "labour", "Forced labour or services";
        Servitude = "servitude", "Domestic servitude";
        Criminal = "criminal", "Criminal exploitation";
        Organs = "organs", "Removal of organs";
        Other = "other", "Other forms";
    }
}

word_list! {
    /// Groups of people an item of evidence speaks about.
    pub enum Group {
        Women = "women", "Women";
        Men = "men", "Men";
        Children = "children", "Children";
        UkNationals = "uk", "UK nationals";
        EeaNationals = "eea", "EEA nationals";
        OtherNationals = "other", "Other nationals";
    }
}

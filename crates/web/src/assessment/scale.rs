//! What the levels of a rating mean, in the words an assessor chooses by.

/// Level, its name, and what it means.
pub(super) type Level = (&'static str, &'static str, &'static str);

/// Structure: the letter.
pub(super) const STRUCTURE: [Level; 6] = [
    ("0", "0: no measure", "No law, rule or institution provides for it."),
    (
        "1",
        "1: token",
        "It is named, but nothing binding follows, or most of those it should cover are left out.",
    ),
    (
        "2",
        "2: partial",
        "Part of what is owed stands in law or binding rules; an important part does not.",
    ),
    (
        "3",
        "3: substantial",
        "Most of what is owed stands in law or binding rules; what is missing is small.",
    ),
    ("4", "4: full", "All that is owed stands in law or binding rules."),
    (
        "N",
        "N: not assessable",
        "The evidence does not allow a judgement. This is not a zero, and it is printed as a gap in the monitoring.",
    ),
];

/// Process: what is done.
pub(super) const PROCESS: [Level; 6] = [
    ("0", "0: no measure", "Nothing is done to carry it out."),
    (
        "1",
        "1: token",
        "Isolated or short-lived efforts, without the people, money or training they need.",
    ),
    (
        "2",
        "2: partial",
        "It is carried out in some places or for some people, and not for others.",
    ),
    (
        "3",
        "3: substantial",
        "It is carried out nearly everywhere, with known and small failures.",
    ),
    ("4", "4: full", "It is carried out everywhere, resourced, and checked."),
    ("N", "N: not assessable", "The evidence does not allow a judgement."),
];

/// Outcome: what comes of it for people.
pub(super) const OUTCOME: [Level; 6] = [
    ("0", "0: no measure", "Nobody is seen to be better off for it."),
    ("1", "1: token", "A few are; most of those to whom it is owed are not."),
    ("2", "2: partial", "Many receive what is owed, and many do not."),
    (
        "3",
        "3: substantial",
        "Most receive what is owed; those who do not are few, and known.",
    ),
    ("4", "4: full", "All to whom it is owed receive it."),
    ("N", "N: not assessable", "The evidence does not allow a judgement."),
];

/// How sure one is.
pub(super) const CONFIDENCE: [Level; 4] = [
    ("high", "High", "Several independent sources of good grade agree."),
    (
        "moderate",
        "Moderate",
        "Good sources, but few of them, or they agree only in part.",
    ),
    ("low", "Low", "Few or weak sources, or they disagree."),
    ("very_low", "Very low", "One weak source, or an inference."),
];

/// How it stands beside the cycle before.
pub(super) const TREND: [Level; 5] = [
    (
        "better",
        "Better",
        "What is owed is carried out better than in the cycle before.",
    ),
    ("same", "Same", "No change that matters."),
    (
        "worse",
        "Worse",
        "What is owed is carried out worse than in the cycle before.",
    ),
    ("new", "New this cycle", "It was not rated before."),
    (
        "broken",
        "Cannot be compared",
        "The law, a definition or the evidence changed so that the two ratings are not of one thing. Say why in the reasons.",
    ),
];

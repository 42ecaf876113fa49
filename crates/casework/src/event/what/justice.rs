//! Proceedings, and what concerns children.

use domain::Day;
use domain::casework::{
    AgeStage, Agency, Appeal, GuardianKind, GuardianStage, Known, Measure, MeasureAnswer, OffenderStage, Plea,
    ProceedingStep, ProsecutorDecision, SchoolStage, TracingStage, TreatedAs,
};
use domain::pack::codes::Offence;

use crate::sheet::{Line, PartDay, Words};

crate::sheet! {
    /// The person was treated as an offender.
    pub struct Offender {
        stage: OffenderStage = "What happened", "";
        offence: Option<Offence> = "For which offence", "";
        is_compelled: Option<Known> = "Were they made to do it?", "By those who exploited them, as far as you know.";
        signs_known: Option<Known> = "Had they been referred, or were signs of trafficking noted, by then?", "";
        is_recorded: Option<Known> = "Does the decision about the charge say that they may be a victim?", "";
        is_defence_raised: Option<Known> = "Was the defence for victims raised?", "Section 45 in England and Wales, section 22 in Northern Ireland, the Lord Advocate’s instructions in Scotland.";
        reference: Option<Line> = "Reference", "";
        ..
        act_on: Option<PartDay> = "When they are said to have done it", "As far as it is known: the year alone is enough.";
        raised_by: Option<Agency> = "Who raised that they may be a victim", "";
        raised_on: Option<PartDay> = "When that was raised", "As far as it is known.";
        prosecutor: Option<ProsecutorDecision> = "What the prosecutor decided then", "";
        plea: Option<Plea> = "What the person said to the charge", "";
        is_excluded: Option<Known> = "Is it an offence for which the law gives no such defence?", "In England and Wales, one of Schedule 4 of the Modern Slavery Act 2015.";
        appeal: Option<Appeal> = "How far an appeal has come", "";
        is_expunged: Option<Known> = "Was it taken off their record?", "";
    }
}

crate::sheet! {
    /// A step in the case against those who exploited the person.
    pub struct Proceedings {
        step: ProceedingStep = "What happened", "";
        force: Option<Line> = "Police force or court", "";
        reference: Option<Line> = "Crime or case reference", "";
        ..
        is_intimidated: Option<Known> = "Was the person threatened or put under pressure?", "Because of this case, by anyone.";
        is_protected: Option<Known> = "Were they protected then?", "";
        sentence_months: Option<u32> = "Sentence, in months", "The longest, where several were sentenced.";
        sentence: Option<Line> = "More of the sentence", "";
        assets: Option<u32> = "How many pounds were confiscated", "";
        assets_given: Option<u32> = "How many of these pounds went to the person", "";
    }
}

crate::sheet! {
    /// Help for the person as a witness.
    pub struct SpecialMeasure {
        measure: Measure = "Which help", "";
        answer: MeasureAnswer = "What came of it", "";
    }
}

crate::sheet! {
    /// A step with a guardian.
    pub struct Guardian {
        stage: GuardianStage = "What happened", "";
        is_independent: Option<Known> = "Is the guardian independent of the authorities?", "";
        who: Option<Line> = "Who, and from which service", "";
        ..
        sort: Option<GuardianKind> = "What kind of guardian", "";
        offered_on: Option<Day> = "When one was offered", "";
    }
}

crate::sheet! {
    /// A step in a dispute about the person’s age.
    pub struct AgeDispute {
        stage: AgeStage = "What happened", "";
        by: Option<Agency> = "Who disputes or assesses it", "";
        treated: Option<TreatedAs> = "How were they treated meanwhile?", "Housing, detention, school.";
        method: Option<Words> = "How it was assessed", "";
    }
}

crate::sheet! {
    /// A step with a place in a school or college.
    pub struct School {
        stage: SchoolStage = "What happened", "";
        why: Option<Words> = "Why it was refused, or why they left", "";
    }
}

crate::sheet! {
    /// A step in the search for a family.
    pub struct FamilyTracing {
        stage: TracingStage = "What happened", "";
        is_safe: Option<Known> = "Is the family safe for them?", "";
        by: Option<Line> = "Who searches", "";
    }
}

crate::sheet! {
    /// A child’s best interests were assessed.
    pub struct BestInterests {
        is_written: Known = "Was it written down?", "";
        is_heard: Known = "Was the child heard?", "";
        by: Option<Agency> = "Who assessed them", "";
        result: Option<Words> = "What it says", "";
    }
}

crate::sheet! {
    /// Whether services knew a child before the exploitation was reported.
    pub struct KnownBefore {
        is_known: Known = "Was the child known to services before the exploitation was reported?", "To social services, a school, health services or the police.";
        agencies: Vec<Agency> = "To which", "";
    }
}

//! Legal advice, expert reports, and the right to be in the country.

use domain::Day;
use domain::casework::{
    AdviceStage, AsylumStage, DetentionPower, Funding, Known, LawyerRefusal, PermitStage, ReliedIn,
    RemovalStep as Step, ReportStage, ReportWeight,
};
use domain::pack::codes::{ExpertKind, ImmigrationStatus, Matter, PermitGround};

use crate::sheet::{Line, Words};

crate::sheet! {
    /// A step in the search for legal advice and representation.
    pub struct LegalAdvice {
        matter: Matter = "About what", "";
        stage: AdviceStage = "What happened", "";
        funding: Option<Funding> = "Who pays", "";
        is_accredited: Option<Known> = "Is the lawyer accredited for this matter?", "";
        n_refused: Option<u32> = "How many lawyers have refused so far", "";
        why: Option<Words> = "Why they refused, or why it ended", "";
        lawyer: Option<Line> = "Name of the lawyer or firm", "";
        ..
        is_legal_aid: Option<Known> = "With legal aid?", "Only where you cannot say above who pays.";
        reasons: Vec<LawyerRefusal> = "Reasons of those who refused", "All that any of them gave.";
        miles: Option<u32> = "How many miles to the lawyer", "From where the person is staying.";
    }
}

impl LegalAdvice {
    /// Whether legal aid pays: told by who pays, or by the answer of its own where that is not known.
    pub fn has_legal_aid(&self) -> Option<Known> {
        self.funding.map_or(self.is_legal_aid, |funding| {
            Some(if funding.is_legal_aid() { Known::Yes } else { Known::No })
        })
    }
}

crate::sheet! {
    /// A step with an expert’s report.
    pub struct ExpertReport {
        expert: ExpertKind = "Kind of expert", "";
        stage: ReportStage = "What happened", "";
        is_addressed: Option<Known> = "Did the decision address it?", "Only once the decision has come.";
        why: Option<Words> = "What the decision says of it", "";
        ..
        weight: Option<ReportWeight> = "What weight the decision gave it", "";
        relied_in: Vec<ReliedIn> = "Where it is relied on", "";
        instructed_by: Option<Line> = "Who instructed the expert", "";
        funded_by: Option<Funding> = "Who pays for it", "";
        report_on: Option<Day> = "Date of the report", "";
    }
}

crate::sheet! {
    /// What right the person has to be in the country.
    pub struct Immigration {
        status: ImmigrationStatus = "Right to be in the country", "As it is on that day.";
        ends_on: Option<Day> = "It ends on", "";
    }
}

crate::sheet! {
    /// A step with a residence permit as a victim.
    pub struct ResidencePermit {
        stage: PermitStage = "What happened", "";
        ground: Option<PermitGround> = "On what ground", "";
        months: Option<u32> = "For how many months", "";
        ends_on: Option<Day> = "It ends on", "As the letter says. It is due for renewal by then.";
        may_work: Option<Known> = "May they work with it?", "";
        has_funds: Option<Known> = "Have they recourse to public funds?", "";
        ..
        conditions: Option<Words> = "Other conditions", "As the letter gives them.";
        is_curtailed: Option<Known> = "Was it cut short?", "";
    }
}

crate::sheet! {
    /// A step with an asylum claim.
    pub struct Asylum {
        stage: AsylumStage = "What happened", "";
        is_represented: Option<Known> = "Has the person a lawyer for it?", "";
    }
}

crate::sheet! {
    /// Whether the person may work.
    pub struct RightToWork {
        is_allowed: Known = "May they work?", "";
        source: Option<Line> = "By what", "A permit, a letter, a list of occupations.";
    }
}

crate::sheet! {
    /// The person was detained.
    pub struct Detained {
        is_immigration: Known = "Under immigration powers?", "And not for an offence.";
        place: Option<Line> = "Where", "";
        why: Option<Words> = "What was given as the reason", "";
        ..
        power: Option<DetentionPower> = "Under which power", "";
    }
}

crate::sheet! {
    /// The person was released from detention.
    pub struct Released {
        terms: Option<Words> = "On what terms", "";
    }
}

crate::sheet! {
    /// A step towards removing the person from the country.
    pub struct RemovalStep {
        step: Step = "Which step", "";
        destination: Option<Line> = "To which country", "";
        #[serde(default, skip_serializing_if = "Option::is_none")]
        removal_on: Option<Day> = "The day for which removal is set", "As the letter says.";
        ..
        power: Option<Line> = "Under which power", "As the letter names it.";
    }
}

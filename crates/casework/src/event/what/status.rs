//! Legal advice, expert reports, and the right to be in the country.

use domain::Day;
use domain::casework::{AdviceStage, AsylumStage, Known, PermitStage, RemovalStep as Step, ReportStage};
use domain::pack::codes::{ExpertKind, ImmigrationStatus, Matter, PermitGround};

use crate::sheet::{Line, Words};

crate::sheet! {
    /// A step in the search for legal advice and representation.
    pub struct LegalAdvice {
        matter: Matter = "About what", "";
        stage: AdviceStage = "What happened", "";
        is_legal_aid: Option<Known> = "With legal aid?", "";
        is_accredited: Option<Known> = "Is the lawyer accredited for this matter?", "";
        n_refused: Option<u32> = "How many lawyers have refused so far", "";
        why: Option<Words> = "Why they refused, or why it ended", "";
        lawyer: Option<Line> = "Name of the lawyer or firm", "";
    }
}

crate::sheet! {
    /// A step with an expert’s report.
    pub struct ExpertReport {
        expert: ExpertKind = "Kind of expert", "";
        stage: ReportStage = "What happened", "";
        is_addressed: Option<Known> = "Did the decision address it?", "Only once the decision has come.";
        why: Option<Words> = "What the decision says of it", "";
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
    }
}

//! Who may do what: one list of roles, one list of actions, one matrix. Deny by default.
//!
//! Every command and every page names its [`Action`]; nothing else decides. The matrix depends on
//! the member's roles and on how the record relates to them.

use crate::word_list;

word_list! {
    /// What a member is trusted with. A member may hold several.
    pub enum Role {
        Coordinator = "coordinator", "Coordinator: runs the audit";
        Assessor = "assessor", "Assessor: rates provisions";
        Reviewer = "reviewer", "Reviewer: reviews findings";
        Publisher = "publisher", "Publisher: publishes editions";
        Manager = "manager", "Manager: speaks for an organisation";
        Contributor = "contributor", "Contributor: records evidence";
        Observer = "observer", "Observer: reads";
        Operator = "operator", "Operator: keeps the machine running, sees no record";
    }
}

/// How the record in question relates to the member asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// No particular record, or one that belongs to the coalition as a whole.
    Coalition,
    /// Recorded by the member's own organisation.
    OwnOrganisation,
    /// Recorded by another organisation, which shares it with the member's by name.
    NamedOrganisation,
    /// Recorded by another organisation, for the coalition.
    OtherOrganisation,
    /// Recorded by another organisation, for itself alone.
    Withheld,
    /// Assigned to the member in person.
    OwnAssignment,
}

impl Relation {
    /// Every relation, for the tests of the matrix.
    pub const ALL: &'static [Self] = &[
        Self::Coalition,
        Self::OwnOrganisation,
        Self::NamedOrganisation,
        Self::OtherOrganisation,
        Self::Withheld,
        Self::OwnAssignment,
    ];
}

word_list! {
    /// Everything that can be asked of the program. The code names the audit row.
    pub enum Action {
        ReadPublic = "public.read", "Read what is published";
        SignIn = "session.open", "Sign in";
        SignOut = "session.close", "Sign out";
        ReadAudit = "audit.read", "Read the audit's standards, figures and work";
        SaveDraft = "draft.save", "Keep a draft of a form";
        ManageOrganisations = "organisation.manage", "Add organisations";
        ManageMembers = "member.manage", "Add members and change their roles";
        ReadLog = "log.read", "Read the log of acts";
        ReadOwnTrace = "log.trace", "See who opened or changed a record of one’s own";
        TakeReceipt = "receipt.take", "Download a receipt of the log";
        AskExport = "export.ask", "Ask for an export";
        AgreeExport = "export.agree", "Agree to an export that a colleague asks for, or refuse it";
        TakeExport = "export.take", "Download an export";
        SetExportPolicy = "export.policy", "Say which exports need a second person";
        ManageKeys = "key.manage", "Give, rotate and withdraw the keys of sealed records";
        RecoverKeys = "key.recover", "Recover keys with the printed recovery key";
        LoadStandards = "standard.load", "Load standards and indicators";
        LoadAreas = "area.load", "Load areas";
        RecordBody = "body.record", "Add a public body to the register";
        ProposeIndicator = "indicator.propose", "Propose an indicator or a new version";
        CommentIndicator = "indicator.comment", "Comment on an indicator";
        PositionIndicator = "indicator.position", "Say what an organisation thinks of an indicator";
        AgreeIndicator = "indicator.agree", "Close the agreement of an indicator";
        ReadEvidence = "evidence.read", "Read an item of evidence";
        OpenEvidenceFile = "evidence.open", "Open a file of evidence that is not for everyone here";
        RecordEvidence = "evidence.record", "Record evidence";
        AmendEvidence = "evidence.amend", "Amend evidence";
        RecordSeries = "series.record", "Add a series";
        ImportSeries = "series.import", "Import statistics";
        UndoImport = "series.undo", "Undo an import";
        MarkBreak = "series.break", "Mark a break in a series";
        RecordClaim = "claim.record", "Record what the state says";
        OpenCycle = "cycle.open", "Open a cycle";
        MoveCycle = "cycle.move", "Move a cycle to its next state";
        RecordMeasurement = "measurement.record", "Record a measurement";
        AssignAssessment = "assessment.assign", "Assign two assessors";
        SubmitOpinion = "opinion.submit", "Rate a provision";
        ReconcileAssessment = "assessment.reconcile", "Reconcile two ratings";
        PositionAssessment = "assessment.position", "Sign, dissent or abstain for an organisation";
        DeclareInterest = "interest.declare", "Declare an interest";
        RecordFinding = "finding.record", "Record a finding";
        ReviewFinding = "finding.review", "Review a finding";
        RecordReply = "finding.reply", "Record a right of reply";
        RecordRecommendation = "recommendation.record", "Record a recommendation";
        GradeRecommendation = "recommendation.grade", "Grade the follow-up of a recommendation";
        PublishEdition = "edition.publish", "Publish an edition or a correction";
        ProposeWithdrawal = "withdrawal.propose", "Propose an emergency withdrawal";
        ApproveWithdrawal = "withdrawal.approve", "Approve an emergency withdrawal";
    }
}

/// Whether one role allows an action on a record that relates to the member like this.
fn role_allows(role: Role, action: Action, relation: Relation) -> bool {
    use Action as A;
    use Relation as R;
    use Role::{Assessor, Contributor, Coordinator, Manager, Observer, Operator, Publisher, Reviewer};

    // The operator keeps the machine running and sees no record.
    if role == Operator {
        return matches!(action, A::ReadPublic | A::SignIn | A::SignOut);
    }
    match action {
        A::ReadPublic | A::SignIn | A::SignOut => true,
        A::ReadAudit | A::SaveDraft | A::ReadOwnTrace => true,
        A::ReadEvidence | A::OpenEvidenceFile => relation != R::Withheld,
        A::AskExport => role != Observer,
        // Never the asker: the command sees to that.
        A::AgreeExport => role == Coordinator || (role == Manager && relation == R::OwnOrganisation),
        A::TakeExport => role != Observer && relation == R::OwnAssignment,
        A::SetExportPolicy => role == Coordinator,
        A::ManageOrganisations | A::LoadStandards | A::LoadAreas => role == Coordinator,
        A::ManageMembers => role == Coordinator || (role == Manager && relation == R::OwnOrganisation),
        A::ManageKeys | A::RecoverKeys => {
            (role == Manager && relation == R::OwnOrganisation) || (role == Coordinator && relation == R::Coalition)
        }
        A::ReadLog | A::TakeReceipt => role == Coordinator || (role == Manager && relation == R::OwnOrganisation),
        A::RecordBody | A::RecordSeries | A::ImportSeries | A::MarkBreak | A::RecordClaim | A::RecordMeasurement => {
            matches!(role, Coordinator | Contributor | Assessor)
        }
        A::UndoImport => {
            role == Coordinator || (matches!(role, Contributor | Assessor) && relation == R::OwnOrganisation)
        }
        A::ProposeIndicator | A::CommentIndicator => role != Observer,
        A::PositionIndicator | A::PositionAssessment => role == Manager,
        A::DeclareInterest => role != Observer,
        A::AgreeIndicator | A::OpenCycle | A::MoveCycle | A::AssignAssessment => role == Coordinator,
        A::RecordEvidence => matches!(role, Coordinator | Contributor | Assessor | Reviewer | Manager),
        A::AmendEvidence => {
            relation == R::OwnOrganisation && matches!(role, Coordinator | Contributor | Assessor | Reviewer | Manager)
        }
        A::SubmitOpinion => role == Assessor && relation == R::OwnAssignment,
        A::ReconcileAssessment => role == Coordinator || (role == Assessor && relation == R::OwnAssignment),
        A::RecordFinding | A::RecordReply | A::RecordRecommendation | A::GradeRecommendation => {
            matches!(role, Coordinator | Assessor | Reviewer)
        }
        A::ReviewFinding => role == Reviewer,
        A::PublishEdition | A::ProposeWithdrawal | A::ApproveWithdrawal => matches!(role, Publisher | Coordinator),
    }
}

/// Whether a member with these roles may do this to a record that relates to them like this.
///
/// A member without roles may do nothing but read what is published; nobody at all likewise.
pub fn allows(roles: &[Role], action: Action, relation: Relation) -> bool {
    if matches!(action, Action::ReadPublic | Action::SignIn) {
        return true;
    }
    roles.iter().any(|role| role_allows(*role, action, relation))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_may_only_read_what_is_published_and_sign_in() {
        for action in Action::ALL {
            for relation in Relation::ALL {
                let expected = matches!(action, Action::ReadPublic | Action::SignIn);
                assert_eq!(allows(&[], *action, *relation), expected, "{action}");
            }
        }
    }

    #[test]
    fn the_operator_sees_no_record() {
        assert!(!allows(&[Role::Operator], Action::ReadAudit, Relation::Coalition));
        assert!(!allows(
            &[Role::Operator],
            Action::ReadEvidence,
            Relation::OwnOrganisation
        ));
    }

    #[test]
    fn withheld_evidence_is_read_by_nobody_outside() {
        for role in Role::ALL {
            assert!(!allows(&[*role], Action::ReadEvidence, Relation::Withheld), "{role}");
        }
    }

    #[test]
    fn an_assessor_rates_only_what_is_assigned_to_them() {
        assert!(allows(
            &[Role::Assessor],
            Action::SubmitOpinion,
            Relation::OwnAssignment
        ));
        assert!(!allows(
            &[Role::Assessor],
            Action::SubmitOpinion,
            Relation::OtherOrganisation
        ));
        assert!(!allows(
            &[Role::Coordinator],
            Action::SubmitOpinion,
            Relation::OwnAssignment
        ));
    }

    #[test]
    fn roles_add_up() {
        assert!(allows(
            &[Role::Observer, Role::Publisher],
            Action::PublishEdition,
            Relation::Coalition
        ));
        assert!(!allows(&[Role::Observer], Action::PublishEdition, Relation::Coalition));
    }
}

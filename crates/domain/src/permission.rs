//! Who may do what: one list of roles, one list of actions, one matrix. Deny by default.
//!
//! Every command and every page names its [`Action`]; nothing else decides. The matrix depends on
//! the member's roles and on how the record relates to them.

#[cfg(test)]
mod tests;

use crate::word_list;

word_list! {
    /// What a member is trusted with. A member may hold several.
    pub enum Role {
        Coordinator = "coordinator", "Coordinator: runs the audit";
        Assessor = "assessor", "Assessor: rates provisions";
        Reviewer = "reviewer", "Reviewer: reviews findings";
        Publisher = "publisher", "Publisher: publishes editions";
        Manager = "manager", "Manager: speaks for an organisation";
        Supervisor = "supervisor", "Supervisor: answers for the cases of a team";
        Caseworker = "caseworker", "Caseworker: supports people";
        Contributor = "contributor", "Contributor: records evidence";
        LinkageOfficer = "linkage_officer", "Linkage officer: links the lists of a study, elsewhere";
        Observer = "observer", "Observer: reads";
        Operator = "operator", "Operator: keeps the machine running, sees no record";
    }
}

impl Role {
    /// Its name alone, without what it does.
    pub fn name(self) -> &'static str {
        self.words().split_once(':').map_or(self.words(), |(name, _)| name)
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
        ReadMatrix = "matrix.read", "Read who can see what";
        AcceptInvitation = "invitation.accept", "Accept an invitation or a reset";
        ReadAccount = "account.read", "See one's own sessions and second factors";
        EndSession = "session.end", "End a session of one's own";
        ConfirmIdentity = "session.confirm", "Show again who one is";
        ChangePassphrase = "passphrase.change", "Change one's own passphrase";
        ChangeFactors = "factor.change", "Add or remove one's own second factors";
        RequireFactor = "factor.require", "Say which roles need a second factor";
        SetMode = "mode.set", "Open, restrict or close the program";
        ManageOrganisations = "organisation.manage", "Add organisations";
        ManageMembers = "member.manage", "Invite members, give them roles and end their access";
        ReadLog = "log.read", "Read the log of acts";
        ReadKeys = "key.read", "See who holds the keys of sealed records";
        GiveKeys = "key.give", "Give a key one holds to a colleague whose role reads what it seals";
        ManageKeys = "key.manage", "Make and rotate the keys of sealed records";
        ReadOwnTrace = "log.trace", "See who opened or changed a record of one’s own";
        TakeReceipt = "receipt.take", "Download a receipt of the log";
        AskExport = "export.ask", "Ask for an export";
        AgreeExport = "export.agree", "Agree to an export that a colleague asks for, or refuse it";
        TakeExport = "export.take", "Download an export";
        SetExportPolicy = "export.policy", "Say which exports need a second person";
        RecoverKeys = "key.recover", "Recover keys with the printed recovery key";
        LoadStandards = "standard.load", "Load standards and indicators";
        LoadAreas = "area.load", "Load areas";
        RecordBody = "body.record", "Add a public body to the register";
        ProposeIndicator = "indicator.propose", "Propose an indicator or a new version";
        CommentIndicator = "indicator.comment", "Comment on an indicator";
        PositionIndicator = "indicator.position", "Say what an organisation thinks of an indicator";
        DefineMeasure = "measure.define", "Change how a measure is computed from cases";
        AgreeIndicator = "indicator.agree", "Close the agreement of an indicator";
        ReadEvidence = "evidence.read", "Read an item of evidence";
        ManageCalls = "call.manage", "Open and close calls for evidence";
        AnswerCall = "call.answer", "Answer a call for evidence";
        WithdrawAnswer = "answer.withdraw", "Erase one's own answer with its code";
        ModerateAnswers = "answer.moderate", "Redact answers to a call for evidence, or set them aside";
        UnsealAnswer = "answer.unseal", "Read a sealed answer to a call for evidence";
        ReviewAnswer = "answer.review", "Approve the redacted copy of an answer";
        EraseAnswer = "answer.erase", "Erase an answer to a call for evidence";
        OpenEvidenceFile = "evidence.open", "Open a file of evidence that is not for everyone here";
        RecordEvidence = "evidence.record", "Record evidence";
        AmendEvidence = "evidence.amend", "Amend evidence";
        UnsealEvidence = "personal.unseal", "Open sealed evidence about a person";
        BreakGlass = "personal.break_glass", "Open a colleague's sealed evidence, for a stated reason";
        ReviewGlass = "personal.review_glass", "Review why sealed evidence was opened";
        RedactEvidence = "personal.redact", "Write the redacted copy of sealed evidence";
        ReviewRedaction = "personal.review", "Compare a redacted copy with its sealed original";
        ErasePerson = "personal.erase", "Erase everything sealed about a person";
        AnswerPerson = "personal.answer", "Give a person what is kept about them";
        ReviewRetention = "retention.review", "Say how long sealed records are kept, and review those whose term is over";
        ReadCase = "case.read", "Open a case: one’s own, or one of the team";
        RecordCase = "case.record", "Record a person and their case";
        ImportCases = "case.import", "Bring in cases from a file";
        UndoCaseImport = "case.undo_import", "Undo an import of cases, and erase every person that it brought in";
        ExportCases = "case.export", "Take everything of the organisation’s cases with you";
        AnswerCase = "case.answer", "Give a person what is kept about them in casework";
        AmendCase = "case.amend", "Amend what is kept of a person and their case, close it or open it again";
        AssignCase = "case.assign", "Say who works on a case";
        RecordEvent = "event.record", "Record what happened in a case, and what the person agreed to";
        RecordExploitation = "exploitation.record", "Record an episode of exploitation";
        RecordNeed = "need.record", "Record what a person needs, and what came of it";
        RecordTime = "time.record", "Record unpaid time";
        RecordOwnTime = "own_time.record", "Record unpaid time that belongs to no case";
        CountTime = "time.count", "Add up the organisation’s unpaid time over all its cases";
        RecordVoice = "voice.record", "Record what a person says in their own words, and what it may be used for";
        GiveFeedback = "feedback.give", "Say what one thinks of an organisation’s help";
        WithdrawFeedback = "feedback.withdraw", "Erase one’s own feedback with its code";
        ReadFeedback = "feedback.read", "Read sealed feedback about the organisation’s help";
        EraseFeedback = "feedback.erase", "Erase feedback";
        ReadReferral = "referral.read", "See which referrals to and from other organisations wait for an answer";
        OfferReferral = "referral.offer", "Refer a person to another organisation, with a sealed copy of what was chosen";
        OverrideConsent = "referral.override", "Refer a person who has not agreed, for safety alone";
        ReviewOverride = "referral.review", "Read why a person was referred who had not agreed";
        ReadAnswer = "referral.read_answer", "Say that what was answered to a referral was read";
        RevokeReferral = "referral.revoke", "Take back a referral, and say what became of one by letter";
        TakeReferral = "referral.take", "Download a referral as a sealed file, or print its letter";
        OpenReferral = "referral.open", "Open the sealed copy of a referral to one’s own organisation";
        AnswerReferral = "referral.answer", "Accept, refuse or finish a referral to one’s own organisation";
        ApprovePlan = "plan.answer", "Approve the plan of a need, or send it back";
        ApproveOwnPlan = "plan.answer_own", "Approve a plan that one wrote oneself, where nobody else may";
        SetCasework = "casework.set", "Say what an organisation wants of its casework";
        PrepareContribution = "contribution.prepare", "Code the organisation’s cases for the audit, without a name or a word";
        ReadContribution = "contribution.read", "Look at what the organisation prepared for the audit, and at what it sent";
        ApproveContribution = "contribution.approve", "Approve or refuse what a colleague prepared for the audit";
        SendContribution = "contribution.send", "Send what was approved to the coalition";
        TakePeople = "contribution.people", "Take the names of the people in a contribution, sealed with a passphrase, to encode them elsewhere";
        ForgetPerson = "person.erase", "Erase everything kept of a person in casework";
        RecordSeries = "series.record", "Add a series";
        AmendSeries = "series.amend", "Amend what is said of a series";
        ImportSeries = "series.import", "Import statistics";
        UndoImport = "series.undo", "Undo an import";
        MarkBreak = "series.break", "Mark a break in a series";
        RecordClaim = "claim.record", "Record what the state says";
        AmendClaim = "claim.amend", "Amend what is recorded that the state says";
        OpenCycle = "cycle.open", "Open a cycle";
        MoveCycle = "cycle.move", "Move a cycle to its next state";
        RecordMeasurement = "measurement.record", "Record a measurement";
        HandOverContribution = "contribution.hand_over", "Hand over a sealed contribution, and take its receipt";
        ReceiveContribution = "contribution.receive", "Take in contributions, and say whose signing key is whose";
        ComputeMeasures = "contribution.compute", "Open the contributions and compute the pooled measures";
        AssignAssessment = "assessment.assign", "Assign two assessors";
        SubmitOpinion = "opinion.submit", "Rate a provision";
        ReconcileAssessment = "assessment.reconcile", "Reconcile two ratings";
        PositionAssessment = "assessment.position", "Sign, dissent or abstain for an organisation";
        DeclareInterest = "interest.declare", "Declare an interest";
        RecordFinding = "finding.record", "Record a finding";
        ReviewFinding = "finding.review", "Review a finding";
        WithdrawFinding = "finding.withdraw", "Withdraw a finding before its cycle closes";
        RecordReply = "finding.reply", "Record a right of reply";
        RecordRecommendation = "recommendation.record", "Record a recommendation";
        GradeRecommendation = "recommendation.grade", "Grade the follow-up of a recommendation";
        PublishEdition = "edition.publish", "Publish an edition or a correction";
        ProposeWithdrawal = "withdrawal.propose", "Propose an emergency withdrawal";
        ApproveWithdrawal = "withdrawal.approve", "Approve an emergency withdrawal";
        OpenStudy = "study.open", "Open and close list studies";
        SendTokens = "study.send_tokens", "Send an organisation’s token file to a list study";
        TakeTokens = "study.take_tokens", "Download the token files of a list study";
        RecordLinks = "study.record_links", "Record which rows of a list study are one person, and destroy its token files";
        ReadStudy = "study.read", "Read how far a list study is";
        EstimateStudy = "study.estimate", "Estimate how many people no list holds, and read what the methods say";
        PublishStudy = "study.publish", "Publish the rounded estimate of a list study";
    }
}

/// Whether one role allows an action on a record that relates to the member like this.
fn role_allows(role: Role, action: Action, relation: Relation) -> bool {
    use Action as A;
    use Relation as R;
    use Role::{
        Assessor, Caseworker, Contributor, Coordinator, LinkageOfficer, Manager, Observer, Operator, Publisher,
        Reviewer, Supervisor,
    };

    // The operator keeps the machine running and sees no record; their own account is theirs.
    if role == Operator {
        return is_own_account(action) || matches!(action, A::ReadPublic | A::ReadMatrix);
    }
    match action {
        A::ReadPublic | A::ReadMatrix | A::AnswerCall | A::WithdrawAnswer => true,
        A::GiveFeedback | A::WithdrawFeedback => true,
        A::SignIn | A::SignOut | A::AcceptInvitation | A::ReadAccount | A::EndSession => true,
        A::ConfirmIdentity | A::ChangePassphrase | A::ChangeFactors => true,
        A::RequireFactor | A::SetMode => role == Coordinator,
        A::ReadAudit | A::SaveDraft | A::ReadOwnTrace => true,
        A::ReadEvidence | A::OpenEvidenceFile => relation != R::Withheld,
        A::AskExport => !matches!(role, Observer | Caseworker | LinkageOfficer),
        // Never the asker: the command sees to that.
        A::AgreeExport => role == Coordinator || (role == Manager && relation == R::OwnOrganisation),
        A::TakeExport => !matches!(role, Observer | Caseworker | LinkageOfficer) && relation == R::OwnAssignment,
        A::SetExportPolicy => role == Coordinator,
        A::ManageOrganisations | A::LoadStandards | A::LoadAreas => role == Coordinator,
        A::ManageMembers => role == Coordinator || (role == Manager && relation == R::OwnOrganisation),
        A::ReadKeys | A::GiveKeys => {
            (matches!(role, Manager | Supervisor | Caseworker | Contributor) && relation == R::OwnOrganisation)
                || (role == Coordinator && relation == R::Coalition)
        }
        A::ReviewRetention | A::ManageKeys | A::RecoverKeys => {
            (role == Manager && relation == R::OwnOrganisation) || (role == Coordinator && relation == R::Coalition)
        }
        A::ReadLog | A::TakeReceipt => role == Coordinator || (role == Manager && relation == R::OwnOrganisation),
        A::RecordBody | A::RecordSeries | A::AmendSeries | A::ImportSeries | A::MarkBreak | A::RecordMeasurement => {
            matches!(role, Coordinator | Contributor | Assessor)
        }
        A::RecordClaim | A::AmendClaim => matches!(role, Coordinator | Contributor | Assessor),
        A::UndoImport => {
            role == Coordinator || (matches!(role, Contributor | Assessor) && relation == R::OwnOrganisation)
        }
        A::ProposeIndicator | A::CommentIndicator => !matches!(role, Observer | LinkageOfficer),
        A::PositionIndicator | A::PositionAssessment => role == Manager,
        A::DeclareInterest => role != Observer,
        // Answers are sealed to the coalition's key, which coordinators hold: only they can compare a redacted copy
        // with what was written.
        A::ManageCalls | A::ModerateAnswers | A::UnsealAnswer | A::ReviewAnswer | A::EraseAnswer => {
            role == Coordinator && relation == R::Coalition
        }
        A::AgreeIndicator | A::DefineMeasure | A::OpenCycle | A::MoveCycle | A::AssignAssessment => role == Coordinator,
        A::RecordEvidence => matches!(role, Coordinator | Contributor | Assessor | Reviewer | Manager),
        A::AmendEvidence => {
            relation == R::OwnOrganisation && matches!(role, Coordinator | Contributor | Assessor | Reviewer | Manager)
        }
        A::UnsealEvidence => {
            (role == Manager && relation == R::OwnOrganisation)
                || (matches!(role, Manager | Contributor) && relation == R::OwnAssignment)
        }
        A::BreakGlass => role == Contributor && relation == R::OwnOrganisation,
        A::RedactEvidence => {
            matches!(role, Manager | Contributor) && matches!(relation, R::OwnOrganisation | R::OwnAssignment)
        }
        A::ReviewRedaction => matches!(role, Manager | Contributor) && relation == R::OwnOrganisation,
        A::ReviewGlass | A::ErasePerson | A::AnswerPerson => role == Manager && relation == R::OwnOrganisation,
        // A caseworker sees the cases assigned to them, a supervisor those of their organisation; nobody else any, and
        // a manager none by being one.
        A::ReadCase
        | A::AmendCase
        | A::RecordEvent
        | A::RecordExploitation
        | A::RecordNeed
        | A::RecordTime
        | A::RecordVoice => {
            (role == Supervisor && matches!(relation, R::OwnOrganisation | R::OwnAssignment))
                || (role == Caseworker && relation == R::OwnAssignment)
        }
        A::OfferReferral | A::OverrideConsent | A::ReadAnswer | A::RevokeReferral | A::TakeReferral => {
            (role == Supervisor && matches!(relation, R::OwnOrganisation | R::OwnAssignment))
                || (role == Caseworker && relation == R::OwnAssignment)
        }
        // Not those whom it may be about: who answers for the help reads what is said of it.
        A::ReadFeedback | A::EraseFeedback => matches!(role, Manager | Supervisor) && relation == R::OwnOrganisation,
        A::ReviewOverride => role == Supervisor && matches!(relation, R::OwnOrganisation | R::OwnAssignment),
        // What comes to an organisation is nobody's case yet: whoever supports people there may take it on.
        A::ReadReferral | A::OpenReferral | A::AnswerReferral => {
            matches!(role, Supervisor | Caseworker) && relation == R::OwnOrganisation
        }
        A::RecordCase => matches!(role, Supervisor | Caseworker) && relation == R::OwnOrganisation,
        A::RecordOwnTime => matches!(role, Manager | Supervisor | Caseworker) && relation == R::OwnOrganisation,
        // Whoever brings many in sees whom it points out as known already; every case is opened to add its hours up.
        A::ImportCases | A::ExportCases | A::TakePeople | A::CountTime => {
            role == Supervisor && relation == R::OwnOrganisation
        }
        A::SetCasework => matches!(role, Manager | Supervisor) && relation == R::OwnOrganisation,
        // As final as forgetting a person.
        A::AssignCase | A::ForgetPerson | A::UndoCaseImport | A::AnswerCase => {
            role == Supervisor && matches!(relation, R::OwnOrganisation | R::OwnAssignment)
        }
        // One's own plan only as the one supervisor there is: the command sees to that.
        A::ApprovePlan | A::ApproveOwnPlan => {
            role == Supervisor && matches!(relation, R::OwnOrganisation | R::OwnAssignment)
        }
        // Every case is opened for it, and no more of them is shown than codes, added up.
        A::PrepareContribution | A::ReadContribution | A::SendContribution => {
            matches!(role, Manager | Contributor) && relation == R::OwnOrganisation
        }
        // Never of what they prepared themselves: the command sees to that.
        A::ApproveContribution => role == Manager && relation == R::OwnOrganisation,
        A::HandOverContribution => {
            role == Coordinator || (matches!(role, Manager | Contributor) && relation == R::OwnOrganisation)
        }
        // Contributions are sealed to the coalition's key, which coordinators hold.
        A::ReceiveContribution | A::ComputeMeasures => role == Coordinator && relation == R::Coalition,
        A::SubmitOpinion => role == Assessor && relation == R::OwnAssignment,
        A::ReconcileAssessment => role == Coordinator || (role == Assessor && relation == R::OwnAssignment),
        A::RecordFinding | A::WithdrawFinding | A::RecordReply | A::RecordRecommendation | A::GradeRecommendation => {
            matches!(role, Coordinator | Assessor | Reviewer)
        }
        A::ReviewFinding => role == Reviewer,
        A::PublishEdition | A::ProposeWithdrawal | A::ApproveWithdrawal => matches!(role, Publisher | Coordinator),
        A::OpenStudy | A::EstimateStudy => role == Coordinator,
        A::SendTokens => matches!(role, Contributor | Manager) && relation == R::OwnOrganisation,
        // Of their own study alone, and nobody else at all: whoever sees the tokens sees nothing else of the lists.
        A::TakeTokens | A::RecordLinks => role == LinkageOfficer && relation == R::OwnAssignment,
        A::ReadStudy => matches!(role, Coordinator | Publisher | Contributor | Manager | LinkageOfficer),
        A::PublishStudy => matches!(role, Publisher | Coordinator),
    }
}

/// What concerns nothing but the member's own way in and out.
const fn is_own_account(action: Action) -> bool {
    use Action as A;
    matches!(
        action,
        A::SignIn
            | A::SignOut
            | A::AcceptInvitation
            | A::ReadAccount
            | A::EndSession
            | A::ConfirmIdentity
            | A::ChangePassphrase
            | A::ChangeFactors
    )
}

impl Action {
    /// Whether anyone may do this, with or without a sign-in.
    pub const fn is_public(self) -> bool {
        matches!(
            self,
            Self::ReadPublic
                | Self::SignIn
                | Self::AcceptInvitation
                | Self::AnswerCall
                | Self::WithdrawAnswer
                | Self::GiveFeedback
                | Self::WithdrawFeedback
        )
    }

    /// Whether doing this asks the member to show again who they are, when they last did so more
    /// than a few minutes ago: what gives or takes rights, what cannot be taken back once it is
    /// out, and what leaves the program in bulk. Reading the form that leads to it does not ask.
    pub const fn is_dangerous(self) -> bool {
        matches!(
            self,
            Self::ChangeFactors
                | Self::ManageMembers
                | Self::ManageKeys
                | Self::RecoverKeys
                | Self::BreakGlass
                | Self::ErasePerson
                | Self::ForgetPerson
                | Self::UndoCaseImport
                | Self::AnswerPerson
                | Self::AnswerCase
                | Self::ExportCases
                | Self::RequireFactor
                | Self::SetMode
                | Self::AgreeExport
                | Self::TakeExport
                | Self::SetExportPolicy
                | Self::PublishEdition
                | Self::PrepareContribution
                | Self::ApproveContribution
                | Self::SendContribution
                | Self::TakePeople
                | Self::TakeTokens
                | Self::PublishStudy
                | Self::ProposeWithdrawal
                | Self::ApproveWithdrawal
        )
    }

    /// Whether a member whose role needs a second factor, and who has none yet, may do this: what
    /// sets one up, and leaving.
    pub const fn is_before_factor(self) -> bool {
        self.is_public() || (is_own_account(self) && !matches!(self, Self::ChangePassphrase))
    }
}

/// Whether a member with these roles may do this to a record that relates to them like this.
///
/// A member without roles may do nothing but read what is published, answer a call for evidence and give feedback; nobody
/// at all likewise.
pub fn allows(roles: &[Role], action: Action, relation: Relation) -> bool {
    action.is_public() || roles.iter().any(|role| role_allows(*role, action, relation))
}

//! Who may do what.

use super::*;

#[test]
fn nobody_may_only_read_what_is_published_answer_a_call_and_sign_in() {
    for action in Action::ALL {
        for relation in Relation::ALL {
            let expected = matches!(
                action,
                Action::ReadPublic
                    | Action::SignIn
                    | Action::AcceptInvitation
                    | Action::AnswerCall
                    | Action::WithdrawAnswer
                    | Action::GiveFeedback
                    | Action::WithdrawFeedback
            );
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
fn everyone_with_a_role_looks_after_their_own_account() {
    for role in Role::ALL {
        for action in [Action::ReadAccount, Action::EndSession, Action::ChangeFactors] {
            assert!(allows(&[*role], action, Relation::Coalition), "{role}: {action}");
        }
    }
}

#[test]
fn withheld_evidence_is_read_by_nobody_outside() {
    for role in Role::ALL {
        assert!(!allows(&[*role], Action::ReadEvidence, Relation::Withheld), "{role}");
    }
}

#[test]
fn a_case_is_opened_by_its_caseworkers_and_by_the_supervisors_of_its_organisation_alone() {
    for role in Role::ALL {
        for relation in Relation::ALL {
            let expected = match role {
                Role::Caseworker => *relation == Relation::OwnAssignment,
                Role::Supervisor => matches!(relation, Relation::OwnOrganisation | Relation::OwnAssignment),
                _ => false,
            };
            for action in [
                Action::ReadCase,
                Action::AmendCase,
                Action::RecordEvent,
                Action::RecordTime,
                Action::RecordVoice,
            ] {
                assert_eq!(
                    allows(&[*role], action, *relation),
                    expected,
                    "{role}: {action}, {relation:?}"
                );
            }
        }
    }
}

#[test]
fn a_referral_is_offered_from_ones_cases_and_answered_by_whoever_supports_people_at_the_receiver() {
    for role in Role::ALL {
        for relation in Relation::ALL {
            let may = |action| allows(&[*role], action, *relation);
            let reads_case = may(Action::ReadCase);
            for action in [
                Action::OfferReferral,
                Action::OverrideConsent,
                Action::ReadAnswer,
                Action::RevokeReferral,
                Action::TakeReferral,
            ] {
                assert_eq!(may(action), reads_case, "{role}: {action}, {relation:?}");
            }
            let receives =
                matches!(role, Role::Supervisor | Role::Caseworker) && *relation == Relation::OwnOrganisation;
            for action in [Action::ReadReferral, Action::OpenReferral, Action::AnswerReferral] {
                assert_eq!(may(action), receives, "{role}: {action}, {relation:?}");
            }
            let reviews = *role == Role::Supervisor && reads_case;
            assert_eq!(may(Action::ReviewOverride), reviews, "{role}: {relation:?}");
        }
    }
}

#[test]
fn feedback_is_read_by_those_who_answer_for_the_help_and_not_by_those_who_give_it() {
    for role in Role::ALL {
        for relation in Relation::ALL {
            let expected = matches!(role, Role::Manager | Role::Supervisor) && *relation == Relation::OwnOrganisation;
            for action in [Action::ReadFeedback, Action::EraseFeedback] {
                assert_eq!(allows(&[*role], action, *relation), expected, "{role}: {action}");
            }
        }
    }
}

#[test]
fn a_contribution_is_prepared_from_ones_own_cases_by_whoever_speaks_or_records_for_the_organisation() {
    for role in Role::ALL {
        for relation in Relation::ALL {
            let expected = matches!(role, Role::Contributor | Role::Manager) && *relation == Relation::OwnOrganisation;
            let may = allows(&[*role], Action::PrepareContribution, *relation);
            assert_eq!(may, expected, "{role}: {relation:?}");
        }
    }
}

#[test]
fn a_contribution_is_approved_by_managers_of_its_organisation_and_read_and_sent_by_its_contributors_too() {
    for role in Role::ALL {
        for relation in Relation::ALL {
            let is_own = *relation == Relation::OwnOrganisation;
            let may = |action| allows(&[*role], action, *relation);
            assert_eq!(
                may(Action::ApproveContribution),
                *role == Role::Manager && is_own,
                "{role}: {relation:?}"
            );
            let works = matches!(role, Role::Contributor | Role::Manager) && is_own;
            assert_eq!(may(Action::ReadContribution), works, "{role}: {relation:?}");
            assert_eq!(may(Action::SendContribution), works, "{role}: {relation:?}");
        }
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
fn token_files_are_for_the_linkage_officer_of_the_study_alone() {
    for role in Role::ALL {
        for relation in Relation::ALL {
            for action in [Action::TakeTokens, Action::RecordLinks] {
                let expected = *role == Role::LinkageOfficer && *relation == Relation::OwnAssignment;
                assert_eq!(allows(&[*role], action, *relation), expected, "{role}: {action}");
            }
        }
    }
}

#[test]
fn tokens_are_sent_for_ones_own_organisation_and_never_by_who_links_or_coordinates() {
    for role in Role::ALL {
        for relation in Relation::ALL {
            let expected = matches!(role, Role::Contributor | Role::Manager) && *relation == Relation::OwnOrganisation;
            assert_eq!(allows(&[*role], Action::SendTokens, *relation), expected, "{role}");
        }
    }
}

#[test]
fn a_study_is_opened_and_estimated_by_coordinators_and_published_by_publishers_too() {
    for role in Role::ALL {
        let may = |action| allows(&[*role], action, Relation::Coalition);
        let coordinates = *role == Role::Coordinator;
        assert_eq!(may(Action::OpenStudy), coordinates, "{role}");
        assert_eq!(may(Action::EstimateStudy), coordinates, "{role}");
        assert_eq!(
            may(Action::PublishStudy),
            coordinates || *role == Role::Publisher,
            "{role}"
        );
        let reads = matches!(
            role,
            Role::Coordinator | Role::Publisher | Role::Contributor | Role::Manager | Role::LinkageOfficer
        );
        assert_eq!(may(Action::ReadStudy), reads, "{role}");
    }
}

#[test]
fn the_linkage_officer_exports_nothing_and_reads_no_log() {
    for action in [
        Action::AskExport,
        Action::TakeExport,
        Action::ReadLog,
        Action::EstimateStudy,
    ] {
        for relation in Relation::ALL {
            assert!(!allows(&[Role::LinkageOfficer], action, *relation), "{action}");
        }
    }
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

#[test]
fn whoever_may_forget_a_person_may_undo_an_import_of_cases_and_shows_first_who_they_are() {
    assert!(Action::UndoCaseImport.is_dangerous());
    for role in Role::ALL {
        for relation in Relation::ALL {
            assert_eq!(
                allows(&[*role], Action::UndoCaseImport, *relation),
                allows(&[*role], Action::ForgetPerson, *relation),
                "{role}: {relation:?}"
            );
        }
    }
}

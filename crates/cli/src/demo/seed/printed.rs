//! The sign-ins that a demonstration prints: one for each role, and for some organisations all that one person needs to play both
//! sides of a referral, of an approval and of a plan.

use std::collections::HashMap;
use std::fmt::Write as _;

use domain::permission::Role;

use super::super::content::{Content, Member};

/// Whose sign-ins are printed, each once: one for each role and two coordinators, because what one of them asks the other agrees;
/// then whoever there is something to try with.
fn chosen(content: &Content) -> Vec<&Member> {
    let mut chosen: Vec<&Member> = Vec::new();
    let of_roles = Role::ALL.iter().flat_map(|role| {
        let these = content.members.iter().filter(|member| member.roles.contains(role));
        these.take(if *role == Role::Coordinator { 2 } else { 1 })
    });
    let to_try = content.members.iter().filter(|member| !member.tries.is_empty());
    for member in of_roles.chain(to_try) {
        if !chosen.iter().any(|one| one.key == member.key) {
            chosen.push(member);
        }
    }
    chosen
}

/// What a sign-in is, where, and what can be tried with it.
fn words(content: &Content, member: &Member) -> String {
    let roles: Vec<String> = member
        .roles
        .iter()
        .map(|role| {
            let words = role.to_string();
            words.split(':').next().unwrap_or(&words).to_lowercase()
        })
        .collect();
    let organisation = content
        .organisations
        .iter()
        .find(|organisation| organisation.key == member.organisation);
    let place = organisation.map_or("", |organisation| organisation.name.as_str());
    let mut words = format!("{place}, {}", roles.join(" and "));
    if !member.tries.is_empty() {
        let _ = write!(words, ". {}", member.tries);
    }
    words
}

/// A line for each sign-in that is printed: name, passphrase and what it is for, parted by tabs.
pub(super) fn printed(content: &Content, passwords: &HashMap<&str, String>) -> String {
    chosen(content)
        .into_iter()
        .filter_map(|member| {
            let password = passwords.get(member.key.as_str())?;
            Some(format!("{}\t{password}\t{}\n", member.key, words(content, member)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::content::{self, Answer};

    #[test]
    fn every_role_is_printed_and_each_sign_in_once_with_its_organisation() {
        let content = content::read();
        let passwords = content
            .members
            .iter()
            .map(|member| (member.key.as_str(), "drawn".to_owned()));
        let printed = printed(&content, &passwords.collect());
        let mut names: Vec<&str> = printed.lines().filter_map(|line| line.split('\t').next()).collect();
        assert_eq!(names.first(), Some(&"coordinator"));
        let n = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), n, "{printed}");
        for role in Role::ALL {
            assert!(
                chosen(&content).iter().any(|member| member.roles.contains(role)),
                "{role}"
            );
        }
        assert!(
            printed.contains("shelter-caseworker\tdrawn\tDemonstration Shelter North, caseworker. "),
            "{printed}"
        );
    }

    #[test]
    fn one_person_can_play_both_sides_of_a_referral_of_an_approval_and_of_a_plan() {
        let content = content::read();
        let chosen = chosen(&content);
        let organisations = ["shelter", "scotland", "ni"];
        for organisation in organisations {
            let of = |role: Role| {
                let is_theirs = |member: &&&Member| member.organisation == organisation && member.roles.contains(&role);
                let found = chosen.iter().find(is_theirs);
                found
                    .unwrap_or_else(|| panic!("{organisation} prints no {role}"))
                    .key
                    .clone()
            };
            for (one, other) in [(Role::Caseworker, Role::Supervisor), (Role::Contributor, Role::Manager)] {
                assert_ne!(of(one), of(other), "{organisation}");
            }
            // A referral waits here for an answer, offered by another that prints its caseworker, and a plan for a supervisor.
            let by = |key: &str| content.members.iter().find(|member| member.key == key);
            let is_offered = content.cases.iter().any(|case| {
                let from = by(&case.by).map(|member| member.organisation.as_str());
                let is_here = case.referrals.iter().any(|referred| referred.to == organisation);
                is_here && from.is_some_and(|from| from != organisation && organisations.contains(&from))
            });
            assert!(is_offered, "{organisation}");
            let caseworker = of(Role::Caseworker);
            let is_planned = content.cases.iter().any(|case| {
                let has_plan = |answers: &content::Answers| matches!(answers.get("plan"), Some(Answer::One(_)));
                case.by == caseworker && case.needs.iter().any(|need| has_plan(&need.answers))
            });
            assert!(is_planned, "{organisation}");
        }
    }
}

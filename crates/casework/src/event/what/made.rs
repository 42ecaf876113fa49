//! What comes about by a button and not by a form.

use domain::casework::{Known, LinkedAs, PlanAnswer};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::sheet::{Answer, Input, Typed, Words};

/// What an event is about, by its id. No page shows it as an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct About(pub Uuid);

impl Answer for About {
    fn input() -> Input {
        Input::Line
    }

    fn take(typed: &Typed, key: &str) -> Result<Option<Self>, String> {
        match typed.get(key) {
            "" => Ok(None),
            text => text
                .parse()
                .map(|id| Some(Self(id)))
                .map_err(|_| "This is not the id of anything here".to_owned()),
        }
    }

    fn kept(&self, key: &str) -> Vec<(String, String)> {
        vec![(key.to_owned(), self.0.to_string())]
    }

    fn words(&self) -> String {
        String::new()
    }
}

crate::sheet! {
    /// A supervisor said something to the plan of a need.
    pub struct PlanAnswered {
        need: About = "Need", "";
        plan: Words = "The plan", "As it was when they said it.";
        answer: PlanAnswer = "What the supervisor said", "";
    }
}

crate::sheet! {
    /// Another case of this organisation is of the same person.
    pub struct Linked {
        case: About = "Case", "";
        linked_as: LinkedAs = "Which it is", "";
        is_again: Known = "Was the person trafficked again in between?", "";
    }
}

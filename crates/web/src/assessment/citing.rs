//! Choosing evidence to cite: what bears on the provision, what was found by words, what is chosen.

use std::collections::HashSet;

use domain::ids::EvidenceId;
use monitoring::assessment::Assessment;
use monitoring::evidence::{self, Choice};
use store::AppError;

use crate::door::Visitor;
use crate::form::Values;

/// The button that looks for more evidence and sends nothing.
pub(super) const LOOK: &str = "look";

/// What the boxes offer.
pub(super) struct Citing {
    /// (id, label), what bears on the provision first.
    pub(super) options: Vec<(String, String)>,
    /// How many were found by the words typed; `None` where nobody looked.
    pub(super) n_found: Option<usize>,
}

impl Citing {
    /// Everything that bears on the provision and may be seen, then what the words find, then what is
    /// already chosen. Once the cycle has frozen its evidence, only that is offered.
    pub(super) async fn read(visitor: &Visitor, seen: &Assessment, values: &Values) -> Result<Self, AppError> {
        let cx = visitor.cx();
        let cycle = Some(seen.cycle.id.into());
        let mut found = evidence::choices(&cx, cycle, Some(seen.provision.id.into()), "").await?;
        let words = values.get("words").trim();
        let mut n_found = None;
        if !words.is_empty() {
            let more = evidence::choices(&cx, cycle, None, words).await?;
            n_found = Some(more.len());
            found.extend(more);
        }
        let chosen = evidence::cited(&cx, &chosen(values)).await?;
        found.extend(chosen.into_iter().map(|cited| Choice {
            id: cited.id,
            label: cited.label,
        }));
        let mut known = HashSet::new();
        let options = found
            .into_iter()
            .filter(|choice| known.insert(choice.id))
            .map(|choice| (choice.id.to_string(), choice.label))
            .collect();
        Ok(Self { options, n_found })
    }

    /// What the search found, in words; empty where nobody looked.
    pub(super) fn said(&self) -> String {
        match self.n_found {
            None => String::new(),
            Some(0) => "Nothing you may see holds these words.".to_owned(),
            Some(1) => "One item holds these words; it is among the boxes above.".to_owned(),
            Some(n) => format!("{n} items hold these words; they are among the boxes above."),
        }
    }
}

/// The items chosen.
pub(super) fn chosen(values: &Values) -> Vec<EvidenceId> {
    values.all("cites").iter().filter_map(|id| id.parse().ok()).collect()
}

/// Whether the form was sent to look for evidence.
pub(super) fn is_looking(values: &Values) -> bool {
    values.get(LOOK) == "yes"
}

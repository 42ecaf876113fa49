//! What one organisation keeps for itself, to be looked for from outside.

use domain::ids::EvidenceId;
use monitoring::evidence::{Record, record};
use store::work::Actor;
use testkit::{Stage, provisions};

/// The title of the withheld item.
pub(super) const TITLE: &str = "Kept by the first organisation";
/// A word of its summary, for the full-text search.
pub(super) const WORD: &str = "quillwort";

/// Records an item that only the organisation of this member may see.
pub(super) async fn withheld_evidence(stage: &Stage, actor: &Actor) -> EvidenceId {
    let provisions = provisions(stage, &[("13(1)", "mandatory")]).await;
    let item = Record {
        kind: "document".into(),
        title: TITLE.into(),
        summary: format!("A word found nowhere else: {WORD}"),
        publisher: "Specimen Press".into(),
        effective_on: "2025-03-31".into(),
        reliability: "B".into(),
        credibility: "2".into(),
        handling: "source_only".into(),
        quoting: "no".into(),
        identifies_person: Some(false),
        provisions,
        ..Record::default()
    };
    record(&stage.cx(actor), item).await.expect("it is recorded")
}

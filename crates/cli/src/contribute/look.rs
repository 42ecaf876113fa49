//! `rapporteur contribute look`: what a sealed contribution says in clear, and whether its signature fits.

use std::path::Path;

use store::envelope::{Envelope, MOST_BYTES};

use super::bytes;
use crate::failure::Failure;
use crate::say;

/// Looks at a sealed file without opening it.
pub(super) fn look(file: &Path, json: bool) -> Result<(), Failure> {
    let length = std::fs::metadata(file).map_or(0, |about| about.len());
    if length > MOST_BYTES as u64 {
        return Err(refused(file, json, &store::envelope::NotAnEnvelope::TooLarge));
    }
    let envelope = Envelope::read(bytes(file)?).map_err(|error| refused(file, json, &error))?;
    let head = envelope.head();
    if json {
        say(serde_json::json!({
            "fault": null,
            "cycle": head.cycle,
            "pack": head.pack,
            "organisation": head.organisation,
            "organisation_name": head.organisation_name,
            "number": head.number,
            "made_on": head.made_on,
            "coalition_key": head.coalition_key,
            "sha256": envelope.sha256(),
            "fingerprint": envelope.fingerprint(),
            "signer_fingerprint": envelope.signer_fingerprint(),
        }));
        return Ok(());
    }
    say(format!(
        "{}: number {} of “{}” to cycle {}, pack {}, made on {}; the signature fits",
        file.display(),
        head.number,
        head.organisation_name,
        head.cycle,
        head.pack,
        head.made_on
    ));
    say(format!("Fingerprint of the file: {}", envelope.fingerprint()));
    say(format!("Sender’s signing key: {}", envelope.signer_fingerprint()));
    say(format!("Sealed to the coalition’s key number {}", head.coalition_key));
    say("Compare both fingerprints with the sender’s page by voice: a signature alone does not say who signed.");
    Ok(())
}

fn refused(file: &Path, json: bool, error: &store::envelope::NotAnEnvelope) -> Failure {
    if json {
        say(serde_json::json!({ "fault": error.to_string() }));
    }
    Failure::found(format!("{}: {error}", file.display()))
}

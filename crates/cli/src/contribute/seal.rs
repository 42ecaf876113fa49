//! `rapporteur contribute seal`: the file of an organisation with another system, checked, sealed to the coalition and signed.

use std::path::{Path, PathBuf};

use clap::Args;
use domain::Instant;
use domain::ids::IdSource as _;
use domain::pack::{Body, Contribution, FORMAT, Row};
use measures::Rows;
use measures::read::Contents;
use store::envelope::{Envelope, NotAKey, Recipient, Says, Sender};
use store::work::IDS;
use uuid::{Builder, Uuid};

use super::{bytes, given_pack, report, write_new};
use crate::failure::Failure;
use crate::folder::write_private_bytes;
use crate::say;

/// What is sealed, for whom and by whom.
#[derive(Debug, Args)]
pub(super) struct Seal {
    /// CSV, XLSX (or XLS, ODS) or JSON, as `check` takes it.
    file: PathBuf,
    /// The cycle's pack.
    #[arg(long, value_name = "PACK.json")]
    pack: PathBuf,
    /// A file with the coalition's key: one line, as its coordinators give it.
    #[arg(long, value_name = "KEY.txt")]
    to: PathBuf,
    /// Your organisation's signing key. It is made if the file is not there; keep it, and keep it to yourselves.
    #[arg(long, value_name = "SENDER.key")]
    sender: PathBuf,
    /// Your organisation's name.
    #[arg(long, value_name = "NAME")]
    name: String,
    /// Which contribution to this cycle it is, from 1. Each replaces the one before.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    number: u32,
    /// Where to write it; the file must not be there yet.
    #[arg(long, value_name = "FILE.sealed")]
    out: PathBuf,
}

/// Checks, seals and signs. Nothing is written where the file has a fault.
pub(super) fn seal(given: &Seal) -> Result<(), Failure> {
    let Some(pack) = given_pack(Some(&given.pack), false)? else {
        return Err(Failure::wrong_use("give the cycle’s pack with --pack"));
    };
    let name = given.file.to_string_lossy();
    let contents = monitoring::contribution::contents(&pack, &bytes(&given.file)?, &name)
        .map_err(|refused| report(&refused, &given.file, false))?;
    let file = Contribution {
        format: FORMAT.to_owned(),
        cycle: pack.cycle,
        pack: pack.version,
        body: match contents {
            Contents::Rows(rows) => Body::Rows(as_rows(&rows)),
            Contents::Aggregates(aggregates) => Body::Aggregates(aggregates),
        },
    };
    let line = String::from_utf8_lossy(&bytes(&given.to)?).into_owned();
    let to: Recipient = line
        .parse()
        .map_err(|error: NotAKey| Failure::wrong_use(format!("{}: {error}", given.to.display())))?;
    let sender = sender(&given.sender)?;
    let says = Says {
        cycle: file.cycle.clone(),
        pack: file.pack,
        organisation: organisation(&sender),
        organisation_name: given.name.clone(),
        number: given.number,
        made_on: Instant::now().british_day(),
    };
    let text = serde_json::to_vec(&file).map_err(|error| Failure::could_not(error.to_string()))?;
    let envelope = Envelope::make(&says, &to, &sender, IDS.random(), &text)
        .map_err(|error| Failure::wrong_use(error.to_string()))?;
    write_new(&given.out, envelope.bytes())?;
    say(format!(
        "{}: number {} to cycle {}, sealed to the coalition’s key {} with the fingerprint {}",
        given.out.display(),
        given.number,
        file.cycle,
        to.number,
        to.fingerprint()
    ));
    say(format!("Fingerprint of the file: {}", envelope.fingerprint()));
    say(format!("Your signing key: {}", envelope.signer_fingerprint()));
    say("Ring a coordinator on a number that you know and compare all three: they must be the same on their page.");
    Ok(())
}

fn as_rows(rows: &Rows) -> Vec<Row> {
    let columns = rows.schema().columns();
    let one = |(place, id): (usize, &Uuid)| Row {
        id: *id,
        values: columns
            .iter()
            .enumerate()
            .filter_map(|(at, column)| Some((column.name.clone(), rows.value(place, at)?)))
            .collect(),
    };
    rows.ids().iter().enumerate().map(one).collect()
}

/// The signing key in a file, or a new one that is written there.
fn sender(path: &Path) -> Result<Sender, Failure> {
    if !path.exists() {
        let sender = Sender::generate();
        write_private_bytes(path, sender.secret().as_slice())?;
        return Ok(sender);
    }
    let secret = bytes(path)?;
    let secret = <[u8; 32]>::try_from(secret)
        .map_err(|_| Failure::wrong_use(format!("{} is no signing key of this program", path.display())))?;
    Ok(Sender::from_secret(&secret))
}

/// An organisation that is no record of this program has an id that follows from its key.
fn organisation(sender: &Sender) -> Uuid {
    let hash = store::files::sha256(&sender.public());
    let number = u128::from_str_radix(hash.get(..32).unwrap_or_default(), 16).unwrap_or(1);
    Builder::from_custom_bytes(number.to_be_bytes()).into_uuid()
}

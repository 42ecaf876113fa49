//! What a partner proves with files alone, without the host's database or help: that a signed
//! checkpoint holds the state of their log that their receipt names, and that the acts between two
//! receipts were not rewritten.

use std::path::{Path, PathBuf};

use clap::Args;
use store::checkpoint::note::Key;
use store::checkpoint::{Receipt, Unproved, consistent};
use store::row::audit;

use crate::failure::Failure;
use crate::say;

/// Arguments of the proof with files alone.
#[derive(Debug, Args)]
#[group(id = "files_alone")]
pub(super) struct Arguments {
    /// Prove this receipt (downloaded from the log's page), with files alone.
    #[arg(long, value_name = "FILE", requires = "key")]
    receipt: Option<PathBuf>,
    /// The public key that checkpoints are signed with, or a file that holds it. Compare it with the
    /// one that the coalition prints.
    #[arg(long, value_name = "KEY", requires = "receipt")]
    key: Option<String>,
    /// A checkpoint got elsewhere, for example from a printed edition, instead of the receipt's own.
    #[arg(long, value_name = "FILE", requires = "receipt")]
    checkpoint: Option<PathBuf>,
    /// An earlier receipt: prove that nothing before it was rewritten since.
    #[arg(long, value_name = "FILE", requires_all = ["receipt", "rows"])]
    since: Option<PathBuf>,
    /// The acts between the two receipts: the log, exported as CSV.
    #[arg(long, value_name = "FILE", requires = "since")]
    rows: Option<PathBuf>,
}

/// A proof that was asked for.
pub(super) struct Proof {
    receipt: Receipt,
    key: Key,
    checkpoint: Option<String>,
    since: Option<(Receipt, Vec<audit::Model>)>,
}

impl Arguments {
    /// The proof asked for, its files read; `None` when the data folder is meant.
    pub(super) fn given(&self) -> Result<Option<Proof>, Failure> {
        let (Some(receipt), Some(key)) = (&self.receipt, &self.key) else {
            return Ok(None);
        };
        let text = if Path::new(key).is_file() {
            read(Path::new(key))?
        } else {
            key.clone()
        };
        let key = text
            .trim()
            .parse()
            .map_err(|error| Failure::wrong_use(format!("--key: {error}")))?;
        let since = match (&self.since, &self.rows) {
            (Some(since), Some(file)) => Some((parse(since)?, rows(file)?)),
            _ => None,
        };
        Ok(Some(Proof {
            receipt: parse(receipt)?,
            key,
            checkpoint: self.checkpoint.as_deref().map(read).transpose()?,
            since,
        }))
    }
}

impl Proof {
    /// Says what is proved, or fails with what is not.
    pub(super) fn run(&self, json: bool) -> Result<(), Failure> {
        let between = self.prove().map_err(|fault| Failure::found(fault.to_string()))?;
        let Receipt { chain, sequence, .. } = &self.receipt;
        if json {
            say(serde_json::json!({ "chain": chain, "acts": sequence, "between": between, "faults": [] }));
            return Ok(());
        }
        say(format!(
            "The signed checkpoint holds the log of {chain} up to act {sequence}"
        ));
        if let Some(n) = between {
            say(format!(
                "Nothing before the earlier receipt was rewritten; {n} acts came since"
            ));
        }
        Ok(())
    }

    /// How many acts lie between the receipts, if there are two.
    fn prove(&self) -> Result<Option<i64>, Unproved> {
        let later = match &self.checkpoint {
            Some(checkpoint) => self.receipt.check_against(checkpoint, &self.key)?,
            None => self.receipt.check(&self.key)?,
        };
        let Some((since, rows)) = &self.since else {
            return Ok(None);
        };
        consistent(&since.check(&self.key)?, &later, rows).map(Some)
    }
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::wrong_use(format!("{}: {error}", path.display())))
}

fn parse(path: &Path) -> Result<Receipt, Failure> {
    serde_json::from_str(&read(path)?)
        .map_err(|error| Failure::wrong_use(format!("{} is no receipt: {error}", path.display())))
}

/// Reads the acts of an exported log, in their order. Lines before the headings are passed over.
fn rows(path: &Path) -> Result<Vec<audit::Model>, Failure> {
    let wrong = |words: String| Failure::wrong_use(format!("{}: {words}", path.display()));
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_path(path)
        .map_err(|error| wrong(error.to_string()))?;
    let mut headings: Option<csv::StringRecord> = None;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| wrong(error.to_string()))?;
        let Some(known) = &headings else {
            if record.iter().any(|field| field == "sequence") {
                headings = Some(record);
            }
            continue;
        };
        let line = record.position().map_or(0, csv::Position::line);
        rows.push(act(known, &record).map_err(|column| {
            wrong(format!(
                "line {line}, column {column}: not what an exported log has there"
            ))
        })?);
    }
    if headings.is_none() {
        return Err(wrong(
            "this is no exported log: no column is called “sequence”".to_owned(),
        ));
    }
    rows.sort_by_key(|row| row.sequence);
    Ok(rows)
}

/// One act. `Err` names the column that cannot be read.
fn act(headings: &csv::StringRecord, record: &csv::StringRecord) -> Result<audit::Model, &'static str> {
    let field = |name: &'static str| {
        let at = headings.iter().position(|heading| heading == name).ok_or(name)?;
        record.get(at).ok_or(name)
    };
    let number = |name| field(name)?.parse().map_err(|_| name);
    let id = |name| match field(name)? {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| name),
    };
    Ok(audit::Model {
        id: id("id")?.ok_or("id")?,
        at: number("at")?,
        organisation_id: id("organisation_id")?,
        member_id: id("member_id")?,
        action: field("action")?.to_owned(),
        subject: field("subject")?.to_owned(),
        subject_id: id("subject_id")?,
        outcome: field("outcome")?.to_owned(),
        sequence: number("sequence")?,
        hash: field("hash")?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use domain::export::ExportKind;
    use monitoring::export::{self, Answer, Ask};
    use store::checkpoint::note::Signer;
    use store::checkpoint::{self};
    use testkit::{Coalition, Stage, on_both};

    use super::*;

    /// The files of a manager of the second organisation: two receipts, the log between, the key.
    struct Kept {
        folder: tempfile::TempDir,
        key: String,
    }

    impl Kept {
        async fn on(stage: &Stage) -> Self {
            let coalition = Coalition::on(stage).await;
            let manager = &coalition.second_manager;
            let signer = Signer::new(&[1; 32]);
            let kept = Self {
                folder: tempfile::tempdir().unwrap(),
                key: signer.key().to_string(),
            };
            let receipt = async |number, name| {
                checkpoint::take(&stage.db, &signer, stage.now, None).await.unwrap();
                let receipt = checkpoint::receipt(stage.db.reader(), number, coalition.organisations[1].0).await;
                kept.write(name, &serde_json::to_string(&receipt.unwrap()).unwrap());
            };
            receipt(1, "old.json").await;
            let ask = Ask {
                kind: ExportKind::Log.code().to_owned(),
                series: None,
                reason: "=to prove".to_owned(),
            };
            let id = export::ask(&stage.cx(manager), ask).await.unwrap();
            export::decide(&stage.cx(&coalition.coordinator), id, Answer::Agree)
                .await
                .unwrap();
            receipt(2, "new.json").await;
            export::make(&stage.cx(manager), id).await.unwrap();
            let made = export::take(&stage.cx(manager), id).await.unwrap();
            kept.write("log.csv", std::str::from_utf8(&made.bytes).unwrap());
            kept
        }

        fn write(&self, name: &str, text: &str) {
            std::fs::write(self.folder.path().join(name), text).unwrap();
        }

        fn read(&self, name: &str) -> String {
            std::fs::read_to_string(self.folder.path().join(name)).unwrap()
        }

        fn prove(&self, receipt: &str, since: Option<&str>) -> Result<Option<i64>, String> {
            let path = |name: &str| self.folder.path().join(name);
            let arguments = Arguments {
                receipt: Some(path(receipt)),
                key: Some(self.key.clone()),
                checkpoint: None,
                since: since.map(path),
                rows: since.map(|_| path("log.csv")),
            };
            let proof = arguments.given().map_err(|failure| format!("{failure:?}"))?;
            proof.unwrap().prove().map_err(|fault| fault.to_string())
        }
    }

    #[tokio::test]
    async fn two_receipts_and_the_exported_log_between_prove_that_nothing_was_rewritten() {
        on_both(async |stage| {
            let kept = Kept::on(stage).await;
            assert_eq!(kept.prove("new.json", None), Ok(None));
            assert_eq!(kept.prove("new.json", Some("old.json")), Ok(Some(1)));
            assert_eq!(
                kept.prove("old.json", Some("new.json")).unwrap_err(),
                Unproved::Shorter(0, 1).to_string()
            );
            let log = kept.read("log.csv");
            kept.write("log.csv", &log.replace("export.ask", "export.tell"));
            assert!(
                kept.prove("new.json", Some("old.json"))
                    .unwrap_err()
                    .contains("act 1: it is not what was written")
            );
            kept.write("log.csv", &log.replace(",1,", ",2,"));
            assert!(kept.prove("new.json", Some("old.json")).is_err());
            kept.write("log.csv", "a,b\r\n1,2\r\n");
            assert!(
                kept.prove("new.json", Some("old.json"))
                    .unwrap_err()
                    .contains("no exported log")
            );
            kept.write(
                "log.csv",
                &log.replace("done", "done,one more").replace("export_request", ""),
            );
            assert!(kept.prove("new.json", Some("old.json")).is_err());
            kept.write(
                "other.json",
                &kept.read("new.json").replace("\"sequence\":1", "\"sequence\":2"),
            );
            assert_eq!(
                kept.prove("other.json", None).unwrap_err(),
                Unproved::NotHeld.to_string()
            );
            kept.write("other.json", "{}");
            assert!(kept.prove("other.json", None).unwrap_err().contains("is no receipt"));
        })
        .await;
    }
}

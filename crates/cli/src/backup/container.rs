//! The file that a backup is: a tar, encrypted to an age recipient. age proves every 64 KiB of it and
//! its end, so a changed or cut file is refused before its end is reached.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read as _};
use std::path::{Path, PathBuf};

use age::stream::{StreamReader, StreamWriter};
use age::x25519::Recipient;

use crate::failure::Failure;

/// A backup being written. It gets its name when it is whole; until then, and if it never is, it
/// bears `.part` behind it.
pub(super) struct Writer {
    tar: tar::Builder<StreamWriter<BufWriter<File>>>,
    part: PathBuf,
    path: PathBuf,
}

impl Writer {
    /// Begins a file that only its owner may read. What is there already is not written over.
    pub(super) fn new(path: &Path, recipient: &Recipient) -> Result<Self, Failure> {
        if path.exists() {
            return Err(Failure::wrong_use(format!(
                "{} is there already: backups are not written over",
                path.display()
            )));
        }
        let mut part = path.to_path_buf();
        part.as_mut_os_string().push(".part");
        let mut options = File::options();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let file = options
            .open(&part)
            .map_err(|error| Failure::could_not(format!("{}: {error}", part.display())))?;
        let recipients = std::iter::once(recipient as &dyn age::Recipient);
        let encryptor =
            age::Encryptor::with_recipients(recipients).map_err(|error| Failure::could_not(error.to_string()))?;
        Ok(Self {
            tar: tar::Builder::new(encryptor.wrap_output(BufWriter::new(file))?),
            part,
            path: path.to_path_buf(),
        })
    }

    /// Adds an entry.
    pub(super) fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        Ok(self.tar.append_data(&mut header, name, bytes)?)
    }

    /// Ends the file, and gives it its name once the disk has it.
    pub(super) fn finish(self) -> Result<u64, Failure> {
        let file = self.tar.into_inner()?.finish()?;
        let file = file.into_inner().map_err(|error| Failure::from(error.into_error()))?;
        file.sync_all()?;
        let n_bytes = file.metadata()?.len();
        std::fs::rename(&self.part, &self.path)?;
        Ok(n_bytes)
    }
}

/// A backup being read.
pub(super) struct Reader {
    tar: tar::Archive<StreamReader<BufReader<File>>>,
}

impl Reader {
    /// Opens a backup with the identities of a file, one of which must fit.
    pub(super) fn open(path: &Path, identity: &Path) -> Result<Self, Failure> {
        let named = |what: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", what.display());
        let identities = File::open(identity)
            .map(BufReader::new)
            .and_then(age::IdentityFile::from_buffer)
            .map_err(|error| Failure::wrong_use(named(identity, &error)))?
            .into_identities()
            .map_err(|error| Failure::wrong_use(named(identity, &error)))?;
        let file = File::open(path).map_err(|error| Failure::wrong_use(named(path, &error)))?;
        let stream = age::Decryptor::new(BufReader::new(file))
            .and_then(|decryptor| decryptor.decrypt(identities.iter().map(|one| &**one as &dyn age::Identity)))
            .map_err(|error| Failure::found(named(path, &error)))?;
        Ok(Self {
            tar: tar::Archive::new(stream),
        })
    }

    /// Each entry, in order: its name and its bytes.
    pub(super) fn entries(&mut self) -> Result<impl Iterator<Item = Result<(String, Vec<u8>), Failure>>, Failure> {
        let damaged = |error: std::io::Error| Failure::found(format!("the backup is damaged or cut off: {error}"));
        Ok(self.tar.entries().map_err(damaged)?.map(move |entry| {
            let mut entry = entry.map_err(damaged)?;
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).map_err(damaged)?;
            Ok((name, bytes))
        }))
    }
}

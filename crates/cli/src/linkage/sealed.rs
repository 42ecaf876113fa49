//! Token files on the disk: encrypted to the linkage officer's age key, and opened with it.

use std::fs::File;
use std::io::{BufReader, Read as _, Write as _};
use std::path::Path;

use age::x25519::Recipient;
use statistics::linkage::tokens::Tokens;

use super::of;
use crate::failure::Failure;
use crate::folder::write_private_bytes;

/// The largest token file that is read, in bytes: some ten million people.
const MOST: u64 = 4 << 30;

/// Writes tokens that only the holder of `recipient`'s other half can open.
pub(super) fn write(path: &Path, tokens: &Tokens, recipient: &Recipient) -> Result<(), Failure> {
    let could_not = |error: &dyn std::fmt::Display| Failure::could_not(format!("{}: {error}", path.display()));
    let recipients = std::iter::once(recipient as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(recipients).map_err(|error| could_not(&error))?;
    let mut sealed = Vec::new();
    let mut writer = encryptor.wrap_output(&mut sealed).map_err(|error| could_not(&error))?;
    writer.write_all(&tokens.write()).map_err(|error| could_not(&error))?;
    writer.finish().map_err(|error| could_not(&error))?;
    write_private_bytes(path, &sealed)
}

/// The keys of an identity file.
pub(super) fn identities(path: &Path) -> Result<Vec<Box<dyn age::Identity + Send + Sync>>, Failure> {
    let wrong = |error: &dyn std::fmt::Display| Failure::wrong_use(format!("{}: {error}", path.display()));
    File::open(path)
        .map(BufReader::new)
        .and_then(age::IdentityFile::from_buffer)
        .map_err(|error| wrong(&error))?
        .into_identities()
        .map_err(|error| wrong(&error))
}

/// Opens and reads a token file.
pub(super) fn read(path: &Path, identities: &[Box<dyn age::Identity + Send + Sync>]) -> Result<Tokens, Failure> {
    let file =
        File::open(path).map_err(|error| Failure::wrong_use(format!("{} cannot be read: {error}", path.display())))?;
    let decryptor = age::Decryptor::new(BufReader::new(file)).map_err(|error| match error {
        age::DecryptError::InvalidHeader | age::DecryptError::UnknownFormat | age::DecryptError::Io(_) => {
            of(path, "not a whole token file of `rapporteur encode`: ask for it again")
        }
        other => of(path, other),
    })?;
    let stream = decryptor
        .decrypt(identities.iter().map(|one| &**one as &dyn age::Identity))
        .map_err(|error| match error {
            age::DecryptError::NoMatchingKeys => of(path, "it was encrypted to another key than the identity file's"),
            other => of(path, other),
        })?;
    let mut bytes = Vec::new();
    stream
        .take(MOST)
        .read_to_end(&mut bytes)
        .map_err(|_| of(path, "the token file is cut off or was changed: ask for it again"))?;
    Tokens::read(&bytes).map_err(|error| of(path, error))
}

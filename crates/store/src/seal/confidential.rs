//! What a seal held, and the only way to it.

use std::collections::HashSet;

use uuid::Uuid;
use zeroize::Zeroize;

use crate::AppError;

/// An opened value of one record. It has no way to be formatted, logged, serialised or cloned, and a template
/// cannot take it: only a [`Disclosure`] that names the record reveals it. Wiped from memory when dropped.
pub struct Confidential<T: Zeroize> {
    record: Uuid,
    value: T,
}

impl<T: Zeroize> Confidential<T> {
    /// An opened value.
    pub(crate) const fn new(record: Uuid, value: T) -> Self {
        Self { record, value }
    }

    /// The value, for someone to whom the record was disclosed.
    pub fn reveal(&self, disclosure: &Disclosure) -> Result<&T, AppError> {
        if disclosure.records.contains(&self.record) {
            Ok(&self.value)
        } else {
            Err(AppError::Internal(anyhow::anyhow!(
                "a sealed value was asked for without its disclosure in the log"
            )))
        }
    }

    /// Asks the value a yes-or-no question, which is all that a search over many records needs: nothing of it is
    /// shown to anybody. The question captures nothing, so that nothing but the answer can leave.
    pub fn answers<Q: ?Sized>(&self, question: &Q, ask: fn(&T, &Q) -> bool) -> bool {
        ask(&self.value, question)
    }

    /// Seals it again under another key: what moves from one key to the next is seen by nobody.
    pub fn reseal(&self, key: &super::SealKey, identity: &super::Identity) -> Vec<u8>
    where
        T: AsRef<[u8]>,
    {
        key.seal(identity, self.value.as_ref())
    }
}

impl<T: Zeroize> Drop for Confidential<T> {
    fn drop(&mut self) {
        self.value.zeroize();
    }
}

/// That a member was shown these records, written in the log of acts. Made by [`crate::Cx::disclose`] alone.
pub struct Disclosure {
    records: HashSet<Uuid>,
}

impl Disclosure {
    pub(crate) fn of(records: &[Uuid]) -> Self {
        Self {
            records: records.iter().copied().collect(),
        }
    }
}

//! Files, kept by their SHA-256 in an object store: a folder today, any S3 store with one more line.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use domain::ids::FileId;
use futures_util::TryStreamExt as _;
use object_store::local::LocalFileSystem;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, EntityTrait};
use sha2::{Digest, Sha256};

use crate::error::AppError;
use crate::row;
use crate::work::Cx;

/// The largest file taken in, in bytes.
pub const MAX_BYTES: usize = 50 * 1024 * 1024;

/// Where the bytes are.
#[derive(Debug, Clone)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
}

/// The SHA-256 of some bytes, in lower-case hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            use std::fmt::Write as _;
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// Refuses a file that is larger than is taken in.
pub fn check_size(name: &str, n_bytes: usize) -> Result<(), AppError> {
    if n_bytes > MAX_BYTES {
        return Err(AppError::Refused(format!(
            "“{name}” is larger than {} MB: split it, or leave out pictures",
            MAX_BYTES / 1024 / 1024
        )));
    }
    Ok(())
}

/// Where the bytes of a hash are kept.
fn place(hash: &str) -> object_store::path::Path {
    object_store::path::Path::from(format!("{}/{hash}", hash.get(..2).unwrap_or("xx")))
}

impl Files {
    /// Opens, creating it if needed, the folder `files` of a data folder.
    pub fn open_folder(folder: &Path) -> Result<Self, AppError> {
        let folder = folder.join("files");
        std::fs::create_dir_all(&folder).map_err(|error| AppError::Internal(error.into()))?;
        let store = LocalFileSystem::new_with_prefix(folder)?;
        Ok(Self {
            store: Arc::new(store.with_fsync(true)),
        })
    }

    /// Keeps bytes and gives their hash. Keeping the same bytes twice keeps them once.
    pub async fn put(&self, bytes: Bytes) -> Result<String, AppError> {
        let hash = sha256(&bytes);
        self.store.put(&place(&hash), PutPayload::from_bytes(bytes)).await?;
        Ok(hash)
    }

    /// Reads bytes back. `None` when they are not there.
    pub async fn get(&self, hash: &str) -> Result<Option<Bytes>, AppError> {
        match self.store.get(&place(hash)).await {
            Ok(found) => Ok(Some(found.bytes().await?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The hashes of everything that is kept.
    pub async fn list(&self) -> Result<Vec<String>, AppError> {
        let kept: Vec<_> = self
            .store
            .list(None)
            .try_collect()
            .await
            .map_err(|error| AppError::Internal(error.into()))?;
        let mut hashes: Vec<String> = kept
            .iter()
            .filter_map(|found| found.location.filename().map(ToOwned::to_owned))
            .collect();
        hashes.sort_unstable();
        Ok(hashes)
    }

    /// Removes bytes for good; removing what is not there is no fault.
    pub async fn remove(&self, hash: &str) -> Result<(), AppError> {
        match self.store.delete(&place(hash)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps an uploaded file and its row.
    pub async fn keep(
        &self,
        tx: &impl ConnectionTrait,
        cx: &Cx<'_>,
        name: &str,
        media_type: &str,
        bytes: Bytes,
    ) -> Result<FileId, AppError> {
        check_size(name, bytes.len())?;
        let id = cx.ids.ordered();
        let n_bytes = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        let hash = self.put(bytes).await?;
        row::file::ActiveModel {
            id: Set(id),
            sha256: Set(hash),
            name: Set(name.to_owned()),
            media_type: Set(media_type.to_owned()),
            n_bytes: Set(n_bytes),
            created_at: Set(cx.now.0),
        }
        .insert(tx)
        .await?;
        Ok(FileId(id))
    }

    /// An uploaded file with its row.
    pub async fn open(&self, db: &impl ConnectionTrait, id: FileId) -> Result<(row::file::Model, Bytes), AppError> {
        let row = row::file::Entity::find_by_id(id.0)
            .one(db)
            .await?
            .ok_or(AppError::NotFound("file"))?;
        let bytes = self.get(&row.sha256).await?.ok_or(AppError::NotFound("file"))?;
        Ok((row, bytes))
    }
}

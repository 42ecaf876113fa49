//! Coded rows that are counted once, by what the linkage officer gave back: which row is in which cluster. Nothing of it is
//! written down, and tokens are no part of it: they stay with the officer.

use std::collections::HashMap;

use bytes::Bytes;
use domain::pack::Pack;
use measures::Rows;
use measures::once::{self, Clusters, Drawn};
use measures::pool::{Measurement, Pooled};
use statistics::linkage::row_clusters::RowClusters;
use store::{AppError, FieldErrors};

/// Reads what `rapporteur link --row-clusters` wrote, off the threads that answer requests.
pub(super) async fn read(bytes: Bytes) -> Result<RowClusters, AppError> {
    let read = tokio::task::spawn_blocking(move || RowClusters::read(&bytes)).await;
    read.map_err(|error| AppError::Internal(error.into()))?
        .map_err(|error| AppError::Invalid(FieldErrors::of("clusters", error.to_string())))
}

/// The coded rows of several organisations, and which of them are one person.
pub(super) struct Linked {
    clusters: RowClusters,
    places: HashMap<[u8; 16], usize>,
    rows: Vec<Rows>,
}

impl Linked {
    pub(super) fn new(clusters: RowClusters) -> Self {
        let places = clusters.rows().iter().copied().zip(0..).collect();
        Self {
            clusters,
            places,
            rows: Vec::new(),
        }
    }

    /// Adds the rows of one organisation.
    pub(super) fn add(&mut self, rows: Rows) {
        self.rows.push(rows);
    }

    /// The measures over these rows, each person once, and what was pooled beside them. Refused where no row is in any
    /// cluster: then the links are of other contributions.
    pub(super) fn measured(self, pack: &Pack, mut pooled: Pooled) -> Result<Vec<Measurement>, AppError> {
        let places: Vec<Vec<Option<usize>>> = self
            .rows
            .iter()
            .map(|rows| {
                let place = |id: &uuid::Uuid| self.places.get(id.as_bytes()).copied();
                rows.ids().iter().map(place).collect()
            })
            .collect();
        if places.iter().flatten().all(Option::is_none) {
            return Err(AppError::Invalid(FieldErrors::of(
                "clusters",
                "No coded row that counts here is in this file: it belongs to other contributions, or their senders have \
                 replaced them since. Each contribution has row ids of its own, so lists are encoded and linked again",
            )));
        }
        let of = |clusters: &[u32]| -> Clusters {
            let cluster = |place: &Option<usize>| place.map(|place| clusters[place]);
            places
                .iter()
                .map(|places| places.iter().map(cluster).collect())
                .collect()
        };
        let failed = |_| {
            let words = "the pack has definitions that do not fit its schema";
            AppError::Internal(std::io::Error::other(words).into())
        };
        let mut drawn = Drawn::new();
        for draw in self.clusters.draws() {
            drawn.add(pack, &pooled, &self.rows, &of(draw)).map_err(failed)?;
        }
        once::take(&mut pooled, pack, &self.rows, &of(self.clusters.links())).map_err(failed)?;
        Ok(pooled.measurements_of(pack, drawn))
    }
}

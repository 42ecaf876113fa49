//! Which rows are one person, for coded rows that are counted once: no list is named, and beside the links stands what they
//! were in each draw, so that what is counted can say how far doubtful links carry it.
//!
//! ```text
//! row,cluster,draw-1,draw-2
//! 000102030405060708090a0b0c0d0e0f,7,7,31
//! ```

use std::collections::HashSet;

use super::tokens::{RowId, hex, unhex};

/// The most draws of one file.
pub const MOST_DRAWS: usize = 200;

/// The cluster of each row, by the links and in each draw of them. Rows with one number are one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowClusters {
    rows: Vec<RowId>,
    /// The links first, then each draw.
    clusters: Vec<Vec<u32>>,
}

/// Why a file is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowClustersError {
    /// Something else.
    #[error(
        "This is not what `rapporteur link --row-clusters` writes: its columns are row, cluster, draw-1, draw-2 and so on"
    )]
    NotRowClusters,
    /// Nobody in it.
    #[error("There is no row in this file")]
    Empty,
    /// More draws than are taken.
    #[error("{0} draws are too many: at most {MOST_DRAWS} are taken")]
    Draws(usize),
    /// A line with more or fewer columns.
    #[error("Line {0}: there must be a row id and one number for each of the other columns")]
    Columns(u64),
    /// No row id.
    #[error("Line {0}: this is no row id; row ids have 32 characters, 0 to 9 and a to f")]
    Row(u64),
    /// A row twice.
    #[error("Line {0}: this row stands in the file twice")]
    RowTwice(u64),
    /// No cluster.
    #[error("Line {0}: a cluster must be a whole number of at most 4,294,967,295")]
    Cluster(u64),
}

impl RowClusters {
    /// Of rows, their clusters by the links, and by each draw; `None` where their numbers differ or a row is there twice.
    pub fn new(rows: Vec<RowId>, links: Vec<u32>, draws: Vec<Vec<u32>>) -> Option<Self> {
        let mut clusters = draws;
        clusters.insert(0, links);
        let is_sound = clusters.iter().all(|one| one.len() == rows.len())
            && rows.iter().collect::<HashSet<_>>().len() == rows.len();
        is_sound.then_some(Self { rows, clusters })
    }

    /// The rows, each once.
    pub fn rows(&self) -> &[RowId] {
        &self.rows
    }

    /// The cluster of each row by the links, in the order of the rows.
    pub fn links(&self) -> &[u32] {
        &self.clusters[0]
    }

    /// The same by each draw.
    pub fn draws(&self) -> &[Vec<u32>] {
        &self.clusters[1..]
    }

    /// As CSV, in the order of the row ids: that of the rows would tell of their lists.
    pub fn write(&self) -> String {
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        order.sort_unstable_by_key(|place| self.rows[*place]);
        let mut text = String::from("row,cluster");
        for draw in 1..self.clusters.len() {
            text.push_str(&format!(",draw-{draw}"));
        }
        text.push('\n');
        for place in order {
            text.push_str(&hex(&self.rows[place]));
            for clusters in &self.clusters {
                text.push_str(&format!(",{}", clusters[place]));
            }
            text.push('\n');
        }
        text
    }

    /// Reads it again. A mark that spreadsheets put before a text is passed over. Memory grows with rows times draws, four
    /// bytes each.
    ///
    /// ```
    /// use statistics::linkage::row_clusters::{RowClusters, RowClustersError};
    /// let read = RowClusters::read(b"row,cluster,draw-1\n000102030405060708090a0b0c0d0e0f,7,8\n")?;
    /// assert_eq!((read.links(), read.draws().len()), ([7].as_slice(), 1));
    /// assert_eq!(RowClusters::read(b"list,row,cluster\n"), Err(RowClustersError::NotRowClusters));
    /// # Ok::<(), RowClustersError>(())
    /// ```
    pub fn read(bytes: &[u8]) -> Result<Self, RowClustersError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .flexible(true)
            .from_reader(bytes);
        let not = |_| RowClustersError::NotRowClusters;
        let n_draws = draws_of(reader.headers().map_err(not)?).ok_or(RowClustersError::NotRowClusters)?;
        if n_draws > MOST_DRAWS {
            return Err(RowClustersError::Draws(n_draws));
        }
        let (mut rows, mut seen) = (Vec::new(), HashSet::new());
        let mut clusters = vec![Vec::new(); 1 + n_draws];
        for record in reader.records() {
            let record = record.map_err(not)?;
            let line = record.position().map_or(0, csv::Position::line);
            if record.len() != 2 + n_draws {
                return Err(RowClustersError::Columns(line));
            }
            let row = unhex(&record[0]).ok_or(RowClustersError::Row(line))?;
            if !seen.insert(row) {
                return Err(RowClustersError::RowTwice(line));
            }
            rows.push(row);
            for (kept, cell) in clusters.iter_mut().zip(record.iter().skip(1)) {
                let is_number = cell.bytes().all(|byte| byte.is_ascii_digit());
                let cluster = cell.parse().ok().filter(|_| is_number);
                kept.push(cluster.ok_or(RowClustersError::Cluster(line))?);
            }
        }
        if rows.is_empty() {
            return Err(RowClustersError::Empty);
        }
        Ok(Self { rows, clusters })
    }
}

/// How many draws a heading has; `None` where it is another.
fn draws_of(headings: &csv::StringRecord) -> Option<usize> {
    let mut cells = headings.iter();
    if cells.next() != Some("row") || cells.next() != Some("cluster") {
        return None;
    }
    let is_whole = cells.zip(1..).all(|(cell, number)| cell == format!("draw-{number}"));
    is_whole.then(|| headings.len() - 2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GOOD: &str =
        "row,cluster,draw-1\n000102030405060708090a0b0c0d0e0f,1,1\n100102030405060708090a0b0c0d0e0f,1,2\n";

    #[test]
    fn what_is_no_row_or_cluster_is_refused_with_its_line() {
        assert!(RowClusters::read(GOOD.as_bytes()).is_ok());
        for (from, to, error) in [
            ("draw-1", "draw-2", RowClustersError::NotRowClusters),
            ("row,cluster", "list,row", RowClustersError::NotRowClusters),
            (",1,2\n", ",1\n", RowClustersError::Columns(3)),
            (",1,2\n", ",1,2,3\n", RowClustersError::Columns(3)),
            (",1,2\n", ",1,x\n", RowClustersError::Cluster(3)),
            (",1,2\n", ",+1,2\n", RowClustersError::Cluster(3)),
            (",1,2\n", ",4294967296,2\n", RowClustersError::Cluster(3)),
            ("10010203", "0010203", RowClustersError::Row(3)),
            ("10010203", "00010203", RowClustersError::RowTwice(3)),
        ] {
            assert!(GOOD.contains(from), "{from}");
            let found = RowClusters::read(GOOD.replacen(from, to, 1).as_bytes());
            assert_eq!(found, Err(error), "{from} {to}");
        }
        assert_eq!(RowClusters::read(b"row,cluster\n"), Err(RowClustersError::Empty));
        assert_eq!(RowClusters::read(b"\xff"), Err(RowClustersError::NotRowClusters));
        let many: String = (1..=MOST_DRAWS + 1).map(|draw| format!(",draw-{draw}")).collect();
        let many = RowClusters::read(format!("row,cluster{many}\n").as_bytes());
        assert_eq!(many, Err(RowClustersError::Draws(MOST_DRAWS + 1)));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again_in_the_order_of_the_ids(
            rows in prop::collection::btree_map(any::<RowId>(), prop::array::uniform3(any::<u32>()), 1..30),
            shuffle in any::<prop::sample::Index>(),
        ) {
            let mut mixed: Vec<_> = rows.iter().collect();
            let by = shuffle.index(mixed.len());
            mixed.rotate_left(by);
            let ids = mixed.iter().map(|(row, _)| **row).collect();
            let of = |draw: usize| mixed.iter().map(|(_, clusters)| clusters[draw]).collect::<Vec<_>>();
            let written = RowClusters::new(ids, of(0), vec![of(1), of(2)]).expect("each row once").write();
            let read = RowClusters::read(written.as_bytes()).expect("read");
            prop_assert_eq!(read.rows(), rows.keys().copied().collect::<Vec<_>>());
            prop_assert_eq!(read.links(), rows.values().map(|clusters| clusters[0]).collect::<Vec<_>>());
            prop_assert_eq!(&read.draws()[1], &rows.values().map(|clusters| clusters[2]).collect::<Vec<_>>());
        }

        #[test]
        fn any_lines_are_clusters_or_an_error(lines in prop::collection::vec("([0-9a-f]{32}|.{0,33}),([0-9]{1,11}|.{0,3}),[0-9]{0,3}", 0..20)) {
            let text = format!("row,cluster,draw-1\n{}\n", lines.join("\n"));
            if let Ok(read) = RowClusters::read(text.as_bytes()) {
                prop_assert_eq!(read.rows().len(), read.links().len());
            }
        }
    }
}

//! Links: what the linkage officer gives back. Which row of which list is which person, as CSV with the columns list, row and
//! cluster; rows with one cluster number are one person.

use std::collections::{HashMap, HashSet};

use super::tokens::{RowId, hex, unhex};

/// The columns, in order.
pub const COLUMNS: [&str; 3] = ["list", "row", "cluster"];

/// One row of one list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The list's name.
    pub list: String,
    /// The row's random id.
    pub row: RowId,
    /// The number of the person.
    pub cluster: u64,
}

/// Why links are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinksError {
    /// Something else.
    #[error("This is not what `rapporteur link` writes: its columns are list, row and cluster")]
    NotLinks,
    /// A line with more or fewer columns.
    #[error("Line {0}: there must be a list, a row and a cluster, and nothing else")]
    Columns(u64),
    /// No row id.
    #[error("Line {0}: this is no row id; row ids have 32 characters, 0 to 9 and a to f")]
    Row(u64),
    /// A row twice.
    #[error("Line {0}: this row stands in the file twice")]
    RowTwice(u64),
    /// No cluster.
    #[error("Line {0}: the cluster must be a number")]
    Cluster(u64),
}

/// Writes links.
pub fn write(links: &[Link]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let fits = "memory takes whatever is written";
    writer.write_record(COLUMNS).expect(fits);
    for link in links {
        let record = [link.list.as_str(), &hex(&link.row), &link.cluster.to_string()];
        writer.write_record(record).expect(fits);
    }
    let bytes = writer.into_inner().expect(fits);
    String::from_utf8(bytes).expect("texts were written")
}

/// Reads links, each with the number of its line. A mark that spreadsheets put before a text is passed over.
///
/// ```
/// use statistics::linkage::links;
/// let read = links::read(b"list,row,cluster\nshelter,000102030405060708090a0b0c0d0e0f,7\n")?;
/// assert_eq!((read[0].0, read[0].1.cluster), (2, 7));
/// assert_eq!(links::read(b"name,born\n"), Err(links::LinksError::NotLinks));
/// # Ok::<(), links::LinksError>(())
/// ```
pub fn read(bytes: &[u8]) -> Result<Vec<(u64, Link)>, LinksError> {
    let text = std::str::from_utf8(bytes).map_err(|_| LinksError::NotLinks)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .from_reader(text.as_bytes());
    let headings = reader.headers().map_err(|_| LinksError::NotLinks)?;
    if headings != COLUMNS.as_slice() {
        return Err(LinksError::NotLinks);
    }
    let mut rows = HashSet::new();
    let mut links = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_| LinksError::NotLinks)?;
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() != COLUMNS.len() {
            return Err(LinksError::Columns(line));
        }
        let row = unhex(&record[1]).ok_or(LinksError::Row(line))?;
        if !rows.insert(row) {
            return Err(LinksError::RowTwice(line));
        }
        let is_number = record[2].bytes().all(|byte| byte.is_ascii_digit());
        let cluster = record[2].parse().ok().filter(|_| is_number);
        let link = Link {
            list: record[0].to_owned(),
            row,
            cluster: cluster.ok_or(LinksError::Cluster(line))?,
        };
        links.push((line, link));
    }
    Ok(links)
}

/// For each person the lists that they are on; bit `place` stands for the list of that place. `place` gives `None` for a list
/// that does not belong here, and the link of it is given back.
pub fn clusters<'a>(
    links: impl IntoIterator<Item = &'a Link>,
    mut place: impl FnMut(&str) -> Option<usize>,
) -> Result<HashMap<u64, usize>, &'a Link> {
    let mut clusters: HashMap<u64, usize> = HashMap::new();
    for link in links {
        *clusters.entry(link.cluster).or_default() |= 1 << place(&link.list).ok_or(link)?;
    }
    Ok(clusters)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_link_is_refused_with_its_line() {
        let good = "list,row,cluster\na,000102030405060708090a0b0c0d0e0f,1\nb,100102030405060708090a0b0c0d0e0f,1\n";
        assert_eq!(read(good.as_bytes()).map(|links| links.len()), Ok(2));
        assert_eq!(
            read(format!("\u{feff}{good}").as_bytes()).map(|links| links.len()),
            Ok(2)
        );
        for (from, to, error) in [
            ("cluster", "person", LinksError::NotLinks),
            ("b,1", "b,c,1", LinksError::Columns(3)),
            ("b,10", "b,1", LinksError::Row(3)),
            ("b,10", "b,00", LinksError::RowTwice(3)),
            ("f,1\nb", "f,x\nb", LinksError::Cluster(2)),
            ("f,1\nb", "f,+1\nb", LinksError::Cluster(2)),
            ("f,1\nb", "f,\nb", LinksError::Cluster(2)),
        ] {
            assert!(good.contains(from), "{from}");
            assert_eq!(read(good.replacen(from, to, 1).as_bytes()), Err(error), "{to}");
        }
    }

    #[test]
    fn people_are_told_by_the_lists_they_are_on() {
        let link = |list: &str, row: u8, cluster| Link {
            list: list.into(),
            row: [row; 16],
            cluster,
        };
        let links = [link("a", 1, 7), link("b", 2, 7), link("b", 3, 8)];
        let place = |name: &str| ["a", "b"].iter().position(|known| *known == name);
        assert_eq!(clusters(&links, place), Ok(HashMap::from([(7, 0b11), (8, 0b10)])));
        assert_eq!(clusters(&links, |name| (name == "a").then_some(0)), Err(&links[1]));
    }

    proptest! {
        #[test]
        fn any_bytes_are_links_or_a_fault(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&bytes);
        }

        #[test]
        fn any_lines_are_links_or_a_fault(lines in proptest::collection::vec("(a|.{0,6}),([0-9a-f]{32}|.{0,33}),([0-9]{1,20}|.{0,4})", 0..20)) {
            let text = format!("list,row,cluster\n{}\n", lines.join("\n"));
            if let Ok(read) = read(text.as_bytes()) {
                prop_assert!(read.len() <= lines.len());
            }
        }

        #[test]
        fn what_was_written_is_read_again(rows in proptest::collection::vec(("[a-z][a-z,\" -]{0,8}[a-z]", any::<[u8; 16]>(), any::<u64>()), 0..20)) {
            let links: Vec<Link> = rows.into_iter().map(|(list, row, cluster)| Link { list, row, cluster }).collect();
            let mut ids: Vec<RowId> = links.iter().map(|link| link.row).collect();
            ids.sort_unstable();
            ids.dedup();
            prop_assume!(ids.len() == links.len());
            let read = read(write(&links).as_bytes()).unwrap();
            prop_assert_eq!(read.into_iter().map(|(_, link)| link).collect::<Vec<_>>(), links);
        }
    }
}

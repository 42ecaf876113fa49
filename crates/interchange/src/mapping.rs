//! Which column of a file holds which field, as the user said once and the program remembers.
//!
//! A mapping names columns by their headings, so the next quarter's file fits although its columns have
//! moved. A field may also be a constant: a file of one publisher need not repeat the licence.

use std::collections::BTreeMap;
use std::fmt::Debug;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::fault::{Fault, Kind};
use crate::table::{Cell, Row, Table};

/// The fields of a kind of row, such as those of an observation.
pub trait Field: Copy + Ord + Debug + Serialize + DeserializeOwned + 'static {
    /// All fields in the order in which a form should show them.
    const ALL: &'static [Self];

    /// What the field is called on screen.
    fn label(self) -> &'static str;

    /// Headings that usually mean this field, in lower case with `_` between words, the best first.
    fn usual_headings(self) -> &'static [&'static str];

    /// Why a mapping is not enough, if it is not; the words are shown to the user.
    fn missing(mapping: &Mapping<Self>) -> Option<String>;
}

/// Where a field's value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The column with this heading.
    Column(String),
    /// The same in every row.
    Constant(String),
}

/// Field by field, where its value comes from. Serialises as `{"value": {"column": "Total"}, ...}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent, bound(serialize = "F: Field", deserialize = "F: Field"))]
pub struct Mapping<F: Field>(BTreeMap<F, Origin>);

impl<F: Field> Default for Mapping<F> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<F: Field> Mapping<F> {
    pub fn get(&self, field: F) -> Option<&Origin> {
        self.0.get(&field)
    }

    pub fn has(&self, field: F) -> bool {
        self.0.contains_key(&field)
    }

    pub fn set(&mut self, field: F, origin: Origin) {
        self.0.insert(field, origin);
    }

    pub fn clear(&mut self, field: F) {
        self.0.remove(&field);
    }

    #[must_use]
    pub fn column(mut self, field: F, heading: &str) -> Self {
        self.set(field, Origin::Column(heading.to_owned()));
        self
    }

    #[must_use]
    pub fn constant(mut self, field: F, value: &str) -> Self {
        self.set(field, Origin::Constant(value.to_owned()));
        self
    }

    /// A suggestion from the headings, for the user to confirm; each column is suggested once.
    pub fn guess<S: AsRef<str>>(headers: &[S]) -> Self {
        let mut mapping = Self::default();
        let mut taken = vec![false; headers.len()];
        let plain: Vec<String> = headers.iter().map(|header| plain(header.as_ref())).collect();
        for field in F::ALL {
            let found = field
                .usual_headings()
                .iter()
                .find_map(|usual| plain.iter().position(|header| header == usual))
                .filter(|at| !taken[*at]);
            if let Some(at) = found {
                taken[at] = true;
                mapping.set(*field, Origin::Column(headers[at].as_ref().to_owned()));
            }
        }
        mapping
    }

    /// Fits the mapping to a table.
    ///
    /// # Errors
    /// A field that is required has no origin, or a column is not in the table.
    pub fn bind<'m>(&'m self, table: &'m Table) -> Result<Bound<'m, F>, Fault> {
        if let Some(missing) = F::missing(self) {
            return Err(Fault::new(
                Kind::Mapping,
                missing,
                "Choose a column or a fixed value for it.",
            ));
        }
        let mut sources = BTreeMap::new();
        for (field, origin) in &self.0 {
            let source = match origin {
                Origin::Constant(value) => Source::Constant(Cell::from(value.as_str())),
                Origin::Column(heading) => match table.headers.iter().position(|header| header == heading) {
                    Some(at) => Source::Column(at),
                    None => return Err(absent(field.label(), heading, &table.headers)),
                },
            };
            sources.insert(*field, source);
        }
        Ok(Bound { sources, table })
    }
}

fn absent(label: &str, heading: &str, headers: &[String]) -> Fault {
    Fault::new(
        Kind::Mapping,
        format!("The file has no column “{heading}”, which should hold the {label}."),
        format!("Choose another column for it. The file has: {}.", headers.join(", ")),
    )
}

fn plain(heading: &str) -> String {
    let lower = heading.trim().to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    words.join("_")
}

enum Source {
    Column(usize),
    Constant(Cell),
}

/// A mapping that fits a table.
pub struct Bound<'t, F> {
    sources: BTreeMap<F, Source>,
    table: &'t Table,
}

impl<F: Field> Bound<'_, F> {
    pub fn has(&self, field: F) -> bool {
        self.sources.contains_key(&field)
    }

    /// The cell of a field in a row; empty where the mapping has no origin for it.
    pub fn cell<'r>(&'r self, row: &'r Row, field: F) -> &'r Cell {
        match self.sources.get(&field) {
            Some(Source::Column(at)) => row.cells.get(*at).unwrap_or(&Cell::Empty),
            Some(Source::Constant(cell)) => cell,
            None => &Cell::Empty,
        }
    }

    /// The trimmed text of a field; `None` if there is none.
    pub fn text(&self, row: &Row, field: F) -> Option<String> {
        let text = self.cell(row, field).text();
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// The name of the field for a message: its heading, or its label if it is no column.
    pub fn name(&self, field: F) -> &str {
        match self.sources.get(&field) {
            Some(Source::Column(at)) => &self.table.headers[*at],
            _ => field.label(),
        }
    }

    /// Columns that no field takes, with their cells in a row, so that nothing is lost.
    pub fn rest<'r>(&'r self, row: &'r Row) -> impl Iterator<Item = (usize, &'r str, &'r Cell)> {
        self.table
            .headers
            .iter()
            .zip(&row.cells)
            .enumerate()
            .filter(|(at, (_, cell))| {
                let taken = |source: &Source| matches!(source, Source::Column(column) if column == at);
                !cell.is_blank() && !self.sources.values().any(taken)
            })
            .map(|(at, (header, cell))| (at, header.as_str(), cell))
    }
}

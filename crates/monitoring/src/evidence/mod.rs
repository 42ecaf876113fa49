//! Evidence: one item with its origin, its grades, what it bears on, who may see it, its files, and
//! the very words it is cited for.
//!
//! Who may see an item is decided in [`visible_to`] and nowhere else: every list, search, page, file
//! and chooser adds that condition to its query, so that what may not be seen is not even read.

mod amend;
mod area;
mod choices;
mod freeze;
mod independence;
mod input;
mod item;
mod list;
mod names;
mod record;
mod reindex;
#[cfg(test)]
mod tests;
mod visible;

pub use amend::{Amend, amend};
pub use area::{AreaChoice, areas};
pub use choices::{Choice, Cited, choices, cited, label, provision_choices};
pub use freeze::{Frozen, freeze};
pub use independence::{Sources, independent, sources};
pub use input::{Passage, Record, Upload};
pub use item::{Item, Step, Use, find, open_file};
pub use list::{Filter, Headline, Listed, PAGE, Page, latest, list};
pub use names::{Names, names};
pub use record::record;
pub(crate) use record::{check_record, insert_record};
pub use reindex::reindex;
pub use visible::{require_visible, visible_to};

/// The facet of `evidence_facet` that holds forms of exploitation.
pub const FORM: &str = "form";
/// The facet that holds groups of people.
pub const GROUP: &str = "group";
/// The facet that holds codes of areas.
pub const AREA: &str = "area";

//! Contribution files and packs as JSON.

use domain::pack::{Body, Contribution, FORMAT, Pack, Row};

use super::{Contents, Refused, Taking, aggregates};
use crate::{Rows, definition};

/// Reads a contribution file against the pack it must answer.
///
/// # Errors
///
/// A file that is not a contribution, answers another pack, or every fault of its rows or aggregates.
pub fn contribution(pack: &Pack, bytes: &[u8]) -> Result<Contents, Refused> {
    let read: Contribution = serde_json::from_slice(bytes).map_err(|error| {
        Refused::whole(
            format!("it is not a contribution file ({error})"),
            "compare it with docs/reference/contribution.schema.json",
        )
    })?;
    if read.format != FORMAT {
        return Err(Refused::whole(
            format!("its format is {}", crate::rows::shown(read.format.as_bytes())),
            format!("this program reads {FORMAT}"),
        ));
    }
    if read.cycle != pack.cycle || read.pack != pack.version {
        return Err(Refused::whole(
            format!(
                "it answers version {} of the pack of cycle {}, not version {} of that of {}",
                read.pack,
                crate::rows::shown(read.cycle.as_bytes()),
                pack.version,
                crate::rows::shown(pack.cycle.as_bytes())
            ),
            "fill in the pack of this cycle",
        ));
    }
    match read.body {
        Body::Rows(given) => Ok(Contents::Rows(rows(pack, &given)?)),
        Body::Aggregates(given) => {
            aggregates::check(pack, &given)?;
            Ok(Contents::Aggregates(given))
        }
    }
}

/// Takes in coded rows that were made elsewhere in the program, or read from JSON; they are counted from 1.
///
/// # Errors
///
/// Every fault, by row and column.
pub fn rows(pack: &Pack, given: &[Row]) -> Result<Rows, Refused> {
    let mut taking = Taking::new(pack);
    for (row, number) in given.iter().zip(1..) {
        taking.values(number, row.id, row.values.iter());
    }
    taking.finish()
}

/// Reads a pack and checks its definitions against its schema.
///
/// # Errors
///
/// A file that is not a pack, or every fault of its definitions.
pub fn pack(bytes: &[u8]) -> Result<Pack, Refused> {
    let read: Pack = serde_json::from_slice(bytes).map_err(|error| {
        Refused::whole(
            format!("it is not a pack ({error})"),
            "ask whoever runs the audit for the cycle's pack",
        )
    })?;
    if read.threshold < domain::pack::THRESHOLD {
        return Err(Refused::whole(
            format!("its threshold is {}", read.threshold),
            format!(
                "a cycle may ask for more than {}, never for less",
                domain::pack::THRESHOLD
            ),
        ));
    }
    let mut faults = Vec::new();
    for (index, one) in read.definitions.iter().enumerate() {
        faults.extend(definition::check("the pack", one, &read.schema));
        if read.definitions[..index].iter().any(|other| other.code == one.code) {
            faults.push(definition::Fault {
                file: "the pack".to_owned(),
                measure: one.code.clone(),
                field: "code".to_owned(),
                what: "it is defined twice".to_owned(),
                remedy: "a pack has one version of each measure".to_owned(),
            });
        }
    }
    if faults.is_empty() {
        return Ok(read);
    }
    let mut refused = Refused {
        more: faults.len().saturating_sub(super::MOST_FAULTS) as u64,
        faults: Vec::new(),
    };
    for fault in faults.into_iter().take(super::MOST_FAULTS) {
        let place = format!("{}, {}", fault.measure, fault.field);
        refused
            .faults
            .push(super::Fault::new(None, &place, fault.what, fault.remedy));
    }
    Err(refused)
}

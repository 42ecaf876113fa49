//! Reading a staged file, off the threads that answer requests: a large workbook takes seconds.

use bytes::Bytes;
use interchange::series::Observation;
use interchange::table::{self, Limits, Table};
use interchange::{Fault, Kind, Read, csv_out, personal, series};
use store::AppError;

use super::Plan;

/// What is read at most: official tables have some thousand rows.
const LIMITS: Limits = Limits {
    bytes: store::files::MAX_BYTES,
    rows: 200_000,
    columns: 500,
    cells: 5_000_000,
    unpacked: 256 << 20,
};

fn read_table(bytes: &[u8], name: &str, plan: &Plan) -> Result<Table, Fault> {
    let table = csv_out::corrected(table::read(bytes, name, &plan.choice(), &LIMITS)?);
    personal::refuse(&table.headers)?;
    Ok(table)
}

/// The table of a file, without columns about people.
pub(super) async fn table(bytes: Bytes, name: String, plan: Plan) -> Result<Result<Table, Fault>, AppError> {
    blocking(move || read_table(&bytes, &name, &plan)).await
}

/// The table of a file with its rows as observations and faults.
pub(super) async fn rows(
    bytes: Bytes,
    name: String,
    plan: Plan,
) -> Result<Result<(Table, Read<Observation>), Fault>, AppError> {
    blocking(move || {
        let table = read_table(&bytes, &name, &plan)?;
        let read = series::read(&table, &plan.mapping.unwrap_or_default())?;
        Ok((table, read))
    })
    .await
}

/// Looks at a new file: a fault that no answer of the member can mend, or `None`. Where the row of
/// headings is in doubt, each row that may be it is looked at for columns about people, so that such
/// a file is never kept.
pub(super) async fn hopeless(bytes: Bytes, name: String) -> Result<Option<Fault>, AppError> {
    blocking(move || {
        let fault = read_table(&bytes, &name, &Plan::default()).err()?;
        match &fault.kind {
            Kind::ChooseSheet { .. } => None,
            Kind::ChooseHeader { rows } => rows.iter().take(20).find_map(|(row, _)| {
                let plan = Plan {
                    header_row: Some(*row),
                    ..Plan::default()
                };
                read_table(&bytes, &name, &plan)
                    .err()
                    .filter(|fault| matches!(fault.kind, Kind::Personal { .. }))
            }),
            _ => Some(fault),
        }
    })
    .await
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| AppError::Internal(error.into()))
}

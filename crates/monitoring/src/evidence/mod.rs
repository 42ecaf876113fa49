//! Evidence. (Being written: only the freeze stands here yet.)

use domain::ids::CycleId;
use sea_orm::ConnectionTrait;
use store::AppError;

/// Freezes evidence at a cycle's cut-off.
pub(crate) async fn freeze(_tx: &impl ConnectionTrait, _cycle: CycleId) -> Result<(), AppError> {
    Ok(())
}

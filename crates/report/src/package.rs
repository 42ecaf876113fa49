//! Stub.
use monitoring::edition::frozen::Edition;
use crate::publish::{OutputFile, RenderError};
pub(crate) fn files(_: &Edition) -> Result<Vec<OutputFile>, RenderError> { Ok(Vec::new()) }
pub(crate) fn outline() -> Vec<(&'static str, &'static str)> { Vec::new() }

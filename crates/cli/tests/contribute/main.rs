//! Contributions: what `rapporteur contribute` says of files, and what coding a case lets out of casework.

mod commands;
mod rows;

//! Contributions: what `rapporteur contribute` says of files.

mod commands;

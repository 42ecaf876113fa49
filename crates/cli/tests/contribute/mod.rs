//! Contributions: what `rapporteur contribute` says of files, what coding a case lets out of casework, and of whom
//! a file is that leaves.

mod acts;
mod commands;
mod rows;

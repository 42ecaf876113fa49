//! Linkage from end to end, on invented people: agreement with clkhash, quality, attacks, uncertainty.

mod attacks;
mod clkhash;
mod people;
mod quality;

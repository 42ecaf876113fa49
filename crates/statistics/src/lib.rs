//! Pure computation: numbers in, numbers or a refusal out. No input, no output, no crate of ours.
//!
//! Every method names the paper it comes from and is tested against numbers published there.
//! [`interval`] gives the interval of a share and of a difference; [`comparison`] says whether one
//! figure is better than another, and refuses where nothing honest can be said;
//! [`linkage`] finds which rows of several lists are one person, without their names;
//! [`multiple_systems`] estimates how many people no list holds, from how several lists overlap.

pub mod comparison;
pub mod interval;
pub mod linkage;
pub mod multiple_systems;

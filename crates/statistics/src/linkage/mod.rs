//! Linkage without names: which rows of several lists are the same person, from keyed encodings alone.
//!
//! Each organisation encodes its people with a secret that all of them share and the linkage officer does not have
//! ([`encode`]); the officer compares encodings and gives back which rows are one person ([`link`]).
//!
//! ```
//! use statistics::linkage::encode::encode;
//! use statistics::linkage::link::{Options, link};
//! use statistics::linkage::pool::Pool;
//! use statistics::linkage::schema::Schema;
//!
//! let schema = Schema::default();
//! let people = |rows: &[[&str; 6]]| -> Vec<Vec<String>> {
//!     rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect()
//! };
//! let shelter = people(&[["Anna", "Specimen", "1985-03-12", "f", "Exampleland", "Port"]]);
//! let clinic = people(&[["ANNA", "Spécimen", "12/03/1985", "female", "", "Port"]]);
//! let shelter = encode(&schema, b"a long secret of the coalition", &shelter)?;
//! let clinic = encode(&schema, b"a long secret of the coalition", &clinic)?;
//! let pool = Pool::new(&shelter.layout, &[(&shelter.fields, true), (&clinic.fields, true)])?;
//! let linked = link(&pool, &Options::default())?;
//! assert_eq!(linked.clusters.len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The parts
//!
//! | step | modules |
//! |---|---|
//! | values become comparable | [`normalise`] |
//! | values become bits, as clkhash makes them and in filters of their own | [`schema`], [`keys`], [`encode`], [`field`], [`clks`] |
//! | bits are made harder to attack | [`harden`] |
//! | CLKs are compared, all with all, and linked alone | [`popcount`], [`search`], [`records`] |
//! | records are compared, those that may match | [`pool`], [`blocking`], [`compare`] |
//! | agreement becomes chances, chances become people | [`model`], [`resolve`], [`link`] |
//! | how good it was, and what doubt does to an estimate | [`quality`], [`uncertainty`] |
//! | what people decide of doubtful pairs | [`review`] |
//! | what is sent, and what comes back | [`tokens`], [`links`], [`row_clusters`] |
//! | what somebody without the secret may still find out | [`attack`] |

pub mod attack;
pub mod bits;
pub mod blocking;
pub mod clks;
pub mod compare;
pub mod encode;
pub mod field;
pub mod harden;
pub mod keys;
pub mod link;
pub mod links;
pub mod model;
pub mod normalise;
pub mod pool;
pub mod popcount;
pub mod quality;
pub mod records;
pub mod resolve;
pub mod review;
pub mod row_clusters;
pub mod schema;
pub mod search;
pub(crate) mod token;
pub mod tokens;
pub mod uncertainty;

//! Multiple systems estimation: how many people no list holds, from how several lists overlap.
//!
//! Several organisations each know some of the people. Who is on which lists is one *capture
//! history* per person; [`Histories`] counts them. Every method here is a different assumption about
//! how lists depend on one another, and answers with an [`Estimate`] or a [`Refusal`]. None of them
//! is *the* answer: [`panel`](panel::panel) shows them side by side and says whether they agree.
//!
//! ```
//! use statistics::multiple_systems::{Histories, Method, Settings, panel};
//!
//! // One line for each history that somebody has: people on A alone, on B alone, …
//! let text = "A,B,C,count\n1,0,0,54\n0,1,0,63\n0,0,1,95\n1,1,0,5\n1,0,1,9\n0,1,1,12\n1,1,1,1\n";
//! let histories = Histories::read(text)?;
//! let settings = Settings { resamples: 200, ..Settings::default() };
//! let methods = [Method::Chao, Method::MainEffects, Method::Stepwise, Method::Bic];
//! let panel = panel::panel(&histories, &methods, &settings, |_method| {});
//! for estimate in &panel.results {
//!     assert!(estimate.estimate > histories.observed() as f64);
//! }
//! # Ok::<(), statistics::multiple_systems::HistoriesError>(())
//! ```
//!
//! # Methods, and how many lists they take
//!
//! | method | lists | module |
//! |---|---|---|
//! | Chao's lower bound | 3 to 10 | [`chao`] |
//! | independent lists, all pairs | 3 to 10 | [`poisson`] |
//! | stepwise choice of pairs | 3 to 10 | [`stepwise`] |
//! | lowest BIC of all hierarchical models, pairs only | 3 to 6 | [`hierarchical`] |
//! | lowest BIC of all hierarchical models, any order | 3 to 5 | [`hierarchical`] |
//! | search downhill in BIC from several starts | 3 to 10 | [`downhill`] |
//! | Bayesian threshold | 3 to 10 | [`threshold`] |
//! | average over decomposable graphs | 3 to 6 | [`graphs`] |
//! | latent classes | 3 to 10 | [`classes`] |
//!
//! [`bootstrap`] gives intervals that repeat the choice of a model, [`profile`] those of the likelihood,
//! [`reliability`] what else an estimate would have been, [`spread`] the steps of a histogram, and [`verdict`] the sentence
//! above a panel.
//!
//! # When not to use it
//!
//! The lists must be of the same population, closed during the time they cover; the same person must
//! be recognised on every list; and no group of people may be out of reach of all lists. Nothing in a
//! table shows that the last one fails.
//!
//! # Where the time goes
//!
//! A fit is a few Newton steps; each costs `2^t` exponentials for `t` lists, two sums over subsets and
//! a Cholesky factorisation with as many columns as parameters (`newton`). Five lists take some
//! microseconds, eight some tens. A resample adds one draw for each person and, at each step of a
//! stepwise choice, one check of existence: an elimination modulo a prime that stops at full rank
//! (`existence`).
//!
//! CPU seconds on one thread of a shared two-core machine (`RAYON_NUM_THREADS=1 cargo bench -p statistics --bench
//! multiple_systems`), each with 1,000 resamples that repeat the choice:
//!
//! | what | British lists of 2013, 5 | the same, 6 | New Orleans, 8 |
//! |---|---:|---:|---:|
//! | stepwise | 0.14 | 0.24 | 0.29 |
//! | lowest BIC of 1,024 models, the best 100 resampled | 2.3 | | |
//! | lowest BIC of 6,893 models, the best 100 resampled | 3.0 | | |
//! | downhill | | 3.9 | 15 |
//!
//! The limit is the number of models, not of people: each list more doubles the histories and, in a
//! search, squares the models.

pub mod bootstrap;
pub mod chao;
pub(crate) mod cholesky;
pub mod classes;
pub mod convergence;
pub mod downhill;
pub mod estimate;
pub(crate) mod existence;
pub mod graphs;
pub mod hierarchical;
pub mod histories;
pub mod model;
pub(crate) mod newton;
pub(crate) mod normal;
pub mod panel;
pub mod poisson;
pub mod profile;
pub(crate) mod quantile;
pub mod reliability;
pub mod spread;
pub mod stepwise;
pub(crate) mod stream;
pub(crate) mod table;
pub mod threshold;
pub mod verdict;

pub use estimate::{Checks, Computed, Estimate, Interval, IntervalKind, Method, Refusal, Settings};
pub use histories::{Histories, HistoriesError};
pub use model::Model;

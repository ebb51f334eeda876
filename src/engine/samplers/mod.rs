//! Samplers: one distribution, one file, each with its formula and source.
//!
//! | sampler | words per draw | where used |
//! |---|---|---|
//! | [`Exponential`] | mostly 1 (rejection), exactly 1 by inversion | gaps, sojourns, durations |
//! | [`StandardNormal`], [`Lognormal`], [`Uniform`], [`Geometric`] | 1 | attributes |
//! | [`Empirical`] | 1 | durations |
//! | [`Discrete`], [`Binomial`] | 1 | keys, shares of an entity |
//! | [`Hyperexponential`] | 2 | durations |
//! | [`OrderedPoints`] | 1 for all | arrivals within a stretch |
//! | [`Gamma`], [`Erlang`], [`Poisson`] | varies (rejection) | sequential processes only |
//!
//! An item with an address takes a fixed number of words, so that
//! [`RandomStream::seek`](super::RandomStream::seek) finds it; a sequential process may reject.
//! All mathematics goes through `libm`, which gives the same bits on every platform.
//! Left out: a common trait, which no caller needs.

mod binomial;
mod discrete;
mod empirical;
mod erlang;
mod exponential;
mod gamma;
mod geometric;
mod hyperexponential;
mod lognormal;
mod normal;
mod ordered;
mod poisson;
mod uniform;

#[cfg(test)]
pub(crate) mod goodness;

#[cfg(test)]
mod fixed_values;

pub use binomial::Binomial;
pub use discrete::Discrete;
pub use empirical::Empirical;
pub use erlang::Erlang;
pub use exponential::Exponential;
pub use gamma::Gamma;
pub use geometric::Geometric;
pub use hyperexponential::Hyperexponential;
pub use lognormal::Lognormal;
pub use normal::StandardNormal;
pub use ordered::{OrderedPoints, POINTS_MAX};
pub use poisson::Poisson;
pub use uniform::Uniform;

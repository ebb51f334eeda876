//! How long an invocation takes (S10.1): `(base + n * per_record + k * per_kb) * factor`.

use crate::engine::RandomStream;
use crate::engine::samplers::{
    Empirical, Erlang, Exponential, Hyperexponential, Lognormal, Uniform,
};
use crate::model::observation::Records;
use crate::model::settings::{FunctionDuration, Variation};
use crate::units::Duration;

/// Draws durations of invocations.
#[derive(Debug, Clone)]
pub struct DurationSampler {
    base: Duration,
    per_record: Duration,
    per_kb: Duration,
    factor: Factor,
}

#[derive(Debug, Clone)]
enum Factor {
    One,
    Uniform(Uniform),
    Exponential,
    Erlang(Erlang),
    Hyperexponential(Hyperexponential),
    Lognormal(Lognormal),
    Empirical(Empirical),
}

/// Why a sampler can be made of what a scenario says.
const VALID: &str = "the scenario's variation is valid";

impl DurationSampler {
    /// A sampler for `duration`.
    pub fn new(duration: &FunctionDuration) -> DurationSampler {
        let factor = match &duration.variation {
            Variation::None => Factor::One,
            Variation::Uniform { low, high } => {
                Factor::Uniform(Uniform::new(*low, *high).expect(VALID))
            }
            Variation::Exponential => Factor::Exponential,
            Variation::Erlang { stages } => Factor::Erlang(Erlang::new(*stages).expect(VALID)),
            Variation::Hyperexponential { branches } => {
                let branches = branches.iter().map(|&(chance, mean)| (chance.get(), mean));
                Factor::Hyperexponential(Hyperexponential::new(branches).expect(VALID))
            }
            Variation::Lognormal { p99 } => {
                Factor::Lognormal(Lognormal::new(1.0, *p99).expect(VALID))
            }
            Variation::Empirical { points } => {
                let points = points.iter().map(|&(chance, factor)| (chance.get(), factor));
                Factor::Empirical(Empirical::new(points).expect(VALID))
            }
        };
        DurationSampler {
            base: duration.base,
            per_record: duration.per_record,
            per_kb: duration.per_kb,
            factor,
        }
    }

    /// The duration of an invocation with these records, times `slow`; takes the random stream
    /// only if it needs it.
    pub fn sample(
        &self,
        records: Records<'_>,
        slow: f64,
        mut stream: impl FnMut() -> RandomStream,
    ) -> Duration {
        let mut mean = self.base + self.per_record * u64::from(records.count());
        if !self.per_kb.is_zero() {
            let bytes = records.sum_by_size(u64::from);
            mean += self.per_kb.scaled(bytes as f64 / 1024.0);
        }
        let factor = match &self.factor {
            Factor::One => 1.0,
            Factor::Uniform(factor) => factor.sample(&mut stream()),
            Factor::Exponential => Exponential::invert(&mut stream()),
            Factor::Erlang(factor) => factor.sample(&mut stream()),
            Factor::Hyperexponential(factor) => factor.sample(&mut stream()),
            Factor::Lognormal(factor) => factor.sample(&mut stream()),
            Factor::Empirical(factor) => factor.sample(&mut stream()),
        };
        if factor == 1.0 && slow == 1.0 { mean } else { mean.scaled(factor * slow) }
    }
}

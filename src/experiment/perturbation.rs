//! What it means for an input to be larger: which settings a factor multiplies.
//!
//! | input | settings |
//! |---|---|
//! | rate | rates of all sources; counts of a trace; gaps are divided |
//! | duration | base, per record, per KiB; `fail_after` |
//! | record_size | sizes of all sources |
//! | error_rate | error rates per invocation and per record, at most 1 |
//! | poison_rate | rates and chances of poison records, at most 1 |
//!
//! Left out: traces of times and scripted records, whose rate is what was written down.

use std::sync::Arc;

use crate::model::settings::{
    Arrivals, FaultKind, Gap, PoisonMarks, RecordSize, Settings, Traffic,
};
use crate::units::{Bytes, Probability, Rate};

/// Something that a scenario states but nobody knows exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Input {
    /// How many records are written.
    Rate,
    /// How long invocations take.
    Duration,
    /// How large records are.
    RecordSize,
    /// How often invocations or records fail.
    ErrorRate,
    /// How often records are poison.
    PoisonRate,
}

impl Input {
    /// All inputs with their names; the place is the address of an input's random numbers.
    pub const NAMES: [(&str, Input); 5] = [
        ("rate", Input::Rate),
        ("duration", Input::Duration),
        ("record_size", Input::RecordSize),
        ("error_rate", Input::ErrorRate),
        ("poison_rate", Input::PoisonRate),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Input::NAMES[self as usize].0
    }

    /// Multiplies the input by `factor`, which is above 0. Returns whether there is such an input.
    pub fn multiply(self, settings: &mut Settings, factor: f64) -> bool {
        match self {
            Input::Rate => any(&mut settings.traffic, |traffic| rate(traffic, factor)),
            Input::Duration => {
                let function = &mut settings.function;
                let duration = &mut function.duration;
                for part in [&mut duration.base, &mut duration.per_record, &mut duration.per_kb] {
                    *part = part.scaled(factor);
                }
                function.fail_after = function.fail_after.map(|after| after.scaled(factor));
                true
            }
            Input::RecordSize => any(&mut settings.traffic, |traffic| record_size(traffic, factor)),
            Input::ErrorRate => any(&mut settings.function.faults, |fault| match &mut fault.kind {
                FaultKind::ErrorRate(chance) | FaultKind::PerRecordRate(chance) => {
                    *chance = scaled_chance(*chance, factor);
                    true
                }
                FaultKind::Poison(_)
                | FaultKind::Outage
                | FaultKind::Slow(_)
                | FaultKind::FailsAboveBatch(_)
                | FaultKind::DownstreamLimit(_) => false,
            }),
            Input::PoisonRate => any(&mut settings.function.faults, |fault| {
                let FaultKind::Poison(marks) = &mut fault.kind else { return false };
                match marks {
                    PoisonMarks::Rate(rate) => *rate = scaled_rate(*rate, factor),
                    PoisonMarks::Probability(chance) => *chance = scaled_chance(*chance, factor),
                    PoisonMarks::First { .. } | PoisonMarks::Number { .. } => return false,
                }
                true
            }),
        }
    }
}

/// Does something to all of them; whether it could be done to any.
fn any<T>(all: &mut [T], mut change: impl FnMut(&mut T) -> bool) -> bool {
    // All of them, not only the first that can be changed.
    all.iter_mut().filter_map(|one| change(one).then_some(())).count() > 0
}

fn rate(traffic: &mut Traffic, factor: f64) -> bool {
    match &mut traffic.arrivals {
        Arrivals::Constant { rate, .. }
        | Arrivals::Poisson { rate }
        | Arrivals::Bursts { rate, .. }
        | Arrivals::Diurnal { mean: rate, .. } => *rate = scaled_rate(*rate, factor),
        Arrivals::Profile { points, .. } => {
            let scaled = points.iter().map(|&(at, rate)| (at, scaled_rate(rate, factor)));
            *points = scaled.collect::<Vec<_>>().into();
        }
        Arrivals::OnOff { rates, .. } => *rates = rates.map(|rate| scaled_rate(rate, factor)),
        Arrivals::Renewal { gap } => {
            let shorter = 1.0 / factor;
            *gap = match *gap {
                Gap::Uniform { low, high } => {
                    Gap::Uniform { low: low.scaled(shorter), high: high.scaled(shorter) }
                }
                Gap::Normal { mean, deviation } => {
                    Gap::Normal { mean: mean.scaled(shorter), deviation: deviation.scaled(shorter) }
                }
            };
        }
        Arrivals::TraceCounts { counts, .. } => {
            let scaled = counts.iter().map(|&count| libm::round(count as f64 * factor) as u64);
            *counts = Arc::from(scaled.collect::<Vec<_>>());
        }
        Arrivals::TraceTimes { .. } | Arrivals::Scripted { .. } => return false,
    }
    true
}

fn record_size(traffic: &mut Traffic, factor: f64) -> bool {
    if matches!(traffic.arrivals, Arrivals::Scripted { .. }) {
        return false;
    }
    let scaled =
        |bytes: Bytes| Bytes::new((libm::round(bytes.get() as f64 * factor) as u64).max(1));
    traffic.record_size = match traffic.record_size {
        RecordSize::Constant(bytes) => RecordSize::Constant(scaled(bytes)),
        RecordSize::Uniform { low, high } => {
            RecordSize::Uniform { low: scaled(low), high: scaled(high) }
        }
        RecordSize::Lognormal { p50, p99 } => {
            RecordSize::Lognormal { p50: scaled(p50), p99: scaled(p99) }
        }
    };
    true
}

fn scaled_rate(rate: Rate, factor: f64) -> Rate {
    Rate::new(rate.per_second() * factor).expect("a rate times a factor is a rate")
}

fn scaled_chance(chance: Probability, factor: f64) -> Probability {
    let scaled = (chance.get() * factor).min(1.0);
    Probability::new(scaled).expect("a chance times a factor, at most 1, is a chance")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_input_stands_at_its_place_in_the_list_of_names() {
        for (place, (name, input)) in Input::NAMES.iter().enumerate() {
            assert_eq!((*input as usize, input.name()), (place, *name));
        }
    }
}

//! Scales of sweeps: where a figure or a level stands, and which ticks are labelled how.
//!
//! A scale of figures begins at 0, or is logarithmic where the largest is more than twelve times
//! the smallest. Levels that are numbers stand where they are, on a logarithmic scale where their
//! ratios are more alike than their differences; other levels stand side by side. Left out: breaks.

use super::super::axis::{Axis, Kind};
use crate::report::sweep::words::number;
use crate::results::{MetricUnit, SweepAxis};

/// A scale from 0 (low end) to 1 (high end).
pub struct Scale {
    low: f64,
    high: f64,
    is_logarithmic: bool,
    /// Value and label of each tick.
    pub ticks: Vec<(f64, String)>,
}

/// More than this between the smallest and the largest figure asks for a logarithmic scale.
const RATIO_MAX: f64 = 12.0;

/// Over more than this, powers of ten are ticks enough.
const MANY_DECADES: f64 = 2_000.0;

impl Scale {
    /// A scale on which all figures stand.
    pub fn of_figures(unit: MetricUnit, values: impl Iterator<Item = f64>) -> Scale {
        let values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
        let top = values.iter().copied().fold(0.0, f64::max);
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        if low > 0.0 && top / low > RATIO_MAX {
            return Scale::decades(unit, low, top);
        }
        if low < 0.0 {
            return Scale::linear(unit, low, top);
        }
        match unit {
            MetricUnit::Seconds => {
                let axis = Axis::linear_age(top);
                let high = axis.high();
                Scale { low: 0.0, high, is_logarithmic: false, ticks: axis.ticks }
            }
            MetricUnit::Count => {
                let axis = Axis::values(Kind::Count, values.into_iter(), &[]);
                let high = axis.high();
                Scale { low: 0.0, high, is_logarithmic: false, ticks: axis.ticks }
            }
            MetricUnit::UsDollars | MetricUnit::Ratio => Scale::linear(unit, 0.0, top),
        }
    }

    /// Equal differences.
    fn linear(unit: MetricUnit, low: f64, top: f64) -> Scale {
        let top = if top > low { top } else { low + 1.0 };
        let step = decimal_step((top - low) / 6.0);
        let first = libm::floor(low / step + 1e-9);
        let last = libm::ceil(top * 1.02 / step - 1e-9);
        let count = (last - first) as u32;
        let ticks = (0..=count).map(|index| without_noise((first + f64::from(index)) * step));
        Scale {
            low: first * step,
            high: last * step,
            is_logarithmic: false,
            ticks: ticks.map(|value| (value, number(value, unit))).collect(),
        }
    }

    /// Equal ratios, with ticks at powers of ten, and at 2 and 5 times them where these are few.
    fn decades(unit: MetricUnit, low: f64, top: f64) -> Scale {
        let (low, high) = (low / 1.3, top * 1.3);
        let powers = libm::floor(libm::log10(low)) as i32..=libm::floor(libm::log10(high)) as i32;
        let digits: &[f64] = if high / low > MANY_DECADES { &[1.0] } else { &[1.0, 2.0, 5.0] };
        let ticks = powers.flat_map(|power| {
            digits.iter().map(move |digit| without_noise(digit * libm::pow(10.0, power.into())))
        });
        let ticks = ticks.filter(|value| (low..=high).contains(value));
        Scale {
            low,
            high,
            is_logarithmic: true,
            ticks: ticks.map(|value| (value, number(value, unit))).collect(),
        }
    }

    /// A scale of levels; gives where each stands as well.
    pub fn of_levels(axis: &SweepAxis) -> (Scale, Vec<f64>) {
        let places: Vec<f64> = match &axis.numbers {
            Some(numbers) => numbers.clone(),
            None => (0..axis.levels.len()).map(|index| index as f64).collect(),
        };
        let (low, high) = (places[0], places[places.len() - 1]);
        let ticks: Vec<(f64, String)> =
            places.iter().copied().zip(axis.levels.iter().cloned()).collect();
        let scale = match (low > 0.0 && is_rather_geometric(&places), high > low) {
            (true, true) => {
                let room = libm::pow(high / low, 0.03);
                Scale { low: low / room, high: high * room, is_logarithmic: true, ticks }
            }
            (_, true) => {
                let room = (high - low) * 0.03;
                Scale { low: low - room, high: high + room, is_logarithmic: false, ticks }
            }
            (_, false) => Scale { low: low - 1.0, high: low + 1.0, is_logarithmic: false, ticks },
        };
        (scale, places)
    }

    /// Whether equal lengths are equal ratios.
    pub fn is_logarithmic(&self) -> bool {
        self.is_logarithmic
    }

    /// Where a value stands, 0 at the low end and 1 at the high end; beyond them at the end.
    pub fn position(&self, value: f64) -> f64 {
        let share = if self.is_logarithmic {
            libm::log(value.max(self.low) / self.low) / libm::log(self.high / self.low)
        } else {
            (value - self.low) / (self.high - self.low)
        };
        share.clamp(0.0, 1.0)
    }
}

/// A tick without the last digits that computing adds.
fn without_noise(value: f64) -> f64 {
    format!("{value:.12e}").parse().expect("a printed float is a float")
}

/// Whether the largest ratio of neighbours over the smallest is nearer to 1 than that of
/// differences.
fn is_rather_geometric(values: &[f64]) -> bool {
    if values.len() < 3 {
        return values.len() == 2 && values[1] >= 10.0 * values[0];
    }
    let spread = |of: fn(f64, f64) -> f64| {
        let steps: Vec<f64> = values.windows(2).map(|pair| of(pair[0], pair[1])).collect();
        let (low, high) = steps
            .iter()
            .fold((f64::INFINITY, 0.0_f64), |(low, high), step| (low.min(*step), high.max(*step)));
        high / low
    };
    let ratios = spread(|one, other| libm::log(other / one));
    ratios < spread(|one, other| other - one)
}

/// The smallest of 1, 2, 5 times a power of ten that is at least `least`.
fn decimal_step(least: f64) -> f64 {
    let power = libm::pow(10.0, libm::floor(libm::log10(least)));
    let steps = [1.0, 2.0, 5.0, 10.0].map(|digit| digit * power);
    steps.into_iter().find(|step| *step >= least * 0.999).unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(scale: &Scale) -> String {
        let labels: Vec<&str> = scale.ticks.iter().map(|(_, label)| label.as_str()).collect();
        labels.join("|")
    }

    #[test]
    fn scales_of_figures_have_round_ticks_in_their_unit() {
        let scale = |unit, values: &[f64]| Scale::of_figures(unit, values.iter().copied());
        let cents = scale(MetricUnit::UsDollars, &[0.04, 0.12]);
        assert_eq!(labels(&cents), "$0|$0.02|$0.04|$0.06|$0.08|$0.1|$0.12|$0.14");
        let dollars = scale(MetricUnit::UsDollars, &[0.0012, 0.0046]);
        assert_eq!(labels(&dollars), "$0|$0.001|$0.002|$0.003|$0.004|$0.005");
        let seconds = scale(MetricUnit::Seconds, &[0.3, 1.2]);
        assert_eq!(labels(&seconds), "0|0.2 s|0.4 s|0.6 s|0.8 s|1 s|1.2 s|1.4 s");
        let decades = scale(MetricUnit::Seconds, &[0.02, 60.0]);
        assert!(decades.is_logarithmic(), "{}", labels(&decades));
        assert!(decades.position(0.02) > 0.0 && decades.position(60.0) < 1.0);
    }

    #[test]
    fn levels_stand_where_their_ratios_or_differences_are_even() {
        let axis = |numbers: &[f64]| SweepAxis {
            name: "x".to_owned(),
            levels: numbers.iter().map(ToString::to_string).collect(),
            numbers: Some(numbers.to_vec()),
        };
        assert!(Scale::of_levels(&axis(&[1.0, 10.0, 100.0])).0.is_logarithmic());
        assert!(!Scale::of_levels(&axis(&[10.0, 20.0, 30.0])).0.is_logarithmic());
        assert!(!Scale::of_levels(&axis(&[0.0, 10.0, 100.0])).0.is_logarithmic());
        let (single, places) = Scale::of_levels(&axis(&[5.0]));
        assert_eq!(single.position(places[0]), 0.5);
    }
}

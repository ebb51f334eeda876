//! How many replications a wanted precision takes.
//!
//! Sequential procedure with a relative error `gamma`: replications are added until the
//! half-width of the 95 % interval is at most `gamma / (1 + gamma)` of the estimate, so that the
//! *true* relative error is within `gamma` (Law, *Simulation Modeling and Analysis*, 5th ed.,
//! 9.4.1). The watched figure is IteratorAge p99 of every variant.
//!
//! The procedure may stop by luck when it looks at few values, so it never stops below
//! [`REPLICATIONS_MIN`] (Law: start with 10 at least). How many are missing is estimated from the
//! spread so far, and since that is uncertain itself, a step at most doubles their number.
//!
//! Left out: a variant in which nothing was invoked, which no number of replications makes precise.

use super::estimates::CONFIDENCE;
use super::replication::Replication;
use crate::analysis::{Precision, relative_half_width, replications_needed, t_interval};
use crate::units::Probability;

/// Replications per variant at most.
pub const REPLICATIONS_MAX: u32 = 1_000;

/// Replications per variant before the procedure may stop.
pub const REPLICATIONS_MIN: u32 = 10;

/// Replications are not foretold beyond this.
const OUTLOOK_MAX: usize = 1_000_000;

/// Replications that a step adds at least.
const STEP_MIN: usize = 5;

/// How many replications are wanted in all; `None`: precise enough, or no more allowed.
pub fn replications_wanted(
    replications: &[Vec<Replication>],
    precision: Probability,
) -> Option<u32> {
    let watched: Vec<Vec<f64>> = replications.iter().map(|one| watched(one)).collect();
    next(&watched, replications[0].len(), precision)
}

/// How many replications of `have` the `watched` values of all variants ask for.
fn next(watched: &[Vec<f64>], have: usize, precision: Probability) -> Option<u32> {
    let most = REPLICATIONS_MAX as usize;
    let least = REPLICATIONS_MIN as usize;
    if have < least {
        return Some(REPLICATIONS_MIN);
    }
    let needed = watched.iter().filter(|values| !values.is_empty()).filter_map(|values| {
        let wanted = Precision::Relative(precision.get());
        let needed = || replications_needed(values, CONFIDENCE, wanted, most).unwrap_or(most);
        (!is_reached(values, precision)).then(needed)
    });
    let wanted = needed.max()?.clamp(have + STEP_MIN, have * 2).min(most);
    (wanted > have).then_some(wanted as u32)
}

/// Says which variants did not reach the precision.
pub fn not_reached(
    names: &[&str],
    replications: &[Vec<Replication>],
    precision: Probability,
) -> Option<String> {
    let missed = names.iter().zip(replications).filter_map(|(name, of_variant)| {
        let values = watched(of_variant);
        (!is_reached(&values, precision))
            .then(|| format!("{name} ({})", outlook(&values, precision)))
    });
    let missed: Vec<String> = missed.collect();
    (!missed.is_empty()).then(|| {
        format!(
            "The precision of {} % was not reached with {} replications (the most are {}) in: \
             {}. The intervals show what was reached.",
            precision.get() * 100.0,
            replications[0].len(),
            REPLICATIONS_MAX,
            missed.join(", ")
        )
    })
}

/// How many replications a variant would take, as far as its values tell.
fn outlook(values: &[f64], precision: Probability) -> String {
    if values.is_empty() {
        return "nothing was invoked".to_owned();
    }
    let wanted = Precision::Relative(precision.get());
    match replications_needed(values, CONFIDENCE, wanted, OUTLOOK_MAX) {
        Some(needed) => format!("it would take about {needed}"),
        None => format!("it would take more than {OUTLOOK_MAX}"),
    }
}

fn watched(replications: &[Replication]) -> Vec<f64> {
    replications.iter().filter_map(|replication| replication.iterator_age.p99).collect()
}

fn is_reached(values: &[f64], precision: Probability) -> bool {
    let share = precision.get() / (1.0 + precision.get());
    relative_half_width(&t_interval(values, CONFIDENCE)).is_some_and(|width| width <= share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::samplers::Exponential;
    use crate::engine::{Purpose, RandomSource};

    fn share(value: f64) -> Probability {
        Probability::new(value).expect("a share")
    }

    /// Runs the procedure on exponential values of mean 1; how many it took, and their mean.
    fn run(number: u64, first: usize, precision: Probability) -> (usize, f64) {
        let mut stream = RandomSource::new(5, number).stream(Purpose(1_000), 0);
        let mut values: Vec<f64> = (0..first).map(|_| Exponential::invert(&mut stream)).collect();
        while let Some(wanted) = next(std::slice::from_ref(&values), values.len(), precision) {
            values.resize_with(wanted as usize, || Exponential::invert(&mut stream));
        }
        (values.len(), values.iter().sum::<f64>() / values.len() as f64)
    }

    #[test]
    fn the_true_error_is_within_the_wanted_share_as_often_as_promised() {
        let precision = share(0.1);
        let runs: Vec<(usize, f64)> = (0..1_000).map(|number| run(number, 20, precision)).collect();
        let within = runs.iter().filter(|(_, mean)| (mean - 1.0).abs() <= 0.1).count();
        // Law reports coverages of 0.92 to 0.95 for such values; 400 or so are needed.
        assert!((920..=985).contains(&within), "{within} of 1000 within 10 %");
        assert!(runs.iter().all(|(count, _)| (200..1_000).contains(count)));
    }

    #[test]
    fn few_first_replications_neither_stop_by_luck_nor_jump_to_the_most() {
        let alike = vec![vec![5.0, 5.0]];
        assert_eq!(next(&alike, 2, share(0.05)), Some(REPLICATIONS_MIN));
        assert_eq!(next(&[vec![5.0]], 1, share(0.05)), Some(REPLICATIONS_MIN));
        let wild: Vec<f64> = (0..10).map(|i| f64::from(i * i)).collect();
        assert_eq!(next(&[wild], 10, share(0.01)), Some(20));
    }

    #[test]
    fn it_stops_when_precise_and_at_the_most() {
        assert_eq!(next(&[vec![5.0; 10]], 10, share(0.05)), None);
        let wild: Vec<f64> = (0..1_000).map(|i| f64::from(i % 2) * 100.0).collect();
        assert_eq!(next(std::slice::from_ref(&wild), 1_000, share(0.001)), None);
        assert!(!is_reached(&wild, share(0.001)));
        assert_eq!(next(&[wild[..600].to_vec()], 600, share(0.001)), Some(1_000));
    }

    #[test]
    fn what_was_not_reached_comes_with_what_it_would_take() {
        let wild: Vec<f64> = (0..1_000).map(|i| f64::from(i % 2) * 100.0).collect();
        // 1.96 * 50.025 / sqrt(n) = 0.01 / 1.01 * 50.
        assert_eq!(outlook(&wild, share(0.01)), "it would take about 39229");
        assert_eq!(outlook(&wild, share(0.000_1)), "it would take more than 1000000");
        assert_eq!(outlook(&[], share(0.01)), "nothing was invoked");
    }

    #[test]
    fn the_least_precise_variant_decides_and_an_empty_one_does_not() {
        let precise = vec![5.0; 10];
        let vague: Vec<f64> = (0..10).map(|i| f64::from(i % 2) + 5.0).collect();
        assert_eq!(next(&[precise.clone(), Vec::new()], 10, share(0.05)), None);
        assert!(next(&[precise, vague], 10, share(0.05)).is_some());
    }
}

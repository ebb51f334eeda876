//! How far all measured figures are off, so that knobs without other evidence can be chosen.
//!
//! ```text
//! residual = sum over figures of ((simulated - measured) / (half the width of the band))^2
//! ```
//!
//! A figure at the edge of a band around its value adds 1. Figures that must be met exactly (a
//! band without width) and items that cannot be run add nothing. A knob is tried value by value
//! with the same random numbers; the smallest residual is the best value, as far as the runs can
//! tell values apart. This is weighted least squares with the bands in place of standard errors.

use super::{Item, ItemResult, Options, run_items};
use crate::results::{Calibration, Residual, Trial};
use crate::scenario::Override;

/// How far an item is off; `None` where it cannot be run.
pub fn residual(item: &Item, result: &ItemResult) -> Option<Residual> {
    if result.unsupported.is_some() {
        return None;
    }
    let mut residual = Residual::default();
    for (expected, found) in item.expectations.iter().zip(&result.quantities) {
        residual.outside += usize::from(!found.is_inside);
        let half_width = (expected.high - expected.low) / 2.0;
        if let Some(value) = found.simulated.value.filter(|_| half_width > 0.0) {
            let off = (value - expected.value) / half_width;
            residual.sum += off * off;
            residual.figures += 1;
        }
    }
    Some(residual)
}

/// Runs all items with every change, all of the same knob; `listener` as for [`run_items`].
pub fn calibrate(
    items: &[Item],
    options: &Options,
    changes: &[Override],
    listener: &(dyn Fn(u64) + Sync),
) -> Calibration {
    let mut ids = Vec::new();
    let trial = |change: &Override| {
        let mut options = options.clone();
        options.overrides.push(change.clone());
        let results = run_items(items, &options, listener);
        let residuals = items.iter().zip(&results).map(|(item, result)| residual(item, result));
        let residuals: Vec<Option<Residual>> = residuals.collect();
        let can_run = items.iter().zip(&residuals).filter(|(_, residual)| residual.is_some());
        ids = can_run.map(|(item, _)| item.id.clone()).collect();
        let of_items: Vec<Residual> = residuals.into_iter().flatten().collect();
        Trial { value: change.value().to_owned(), residual: sum(&of_items), of_items }
    };
    let trials = changes.iter().map(trial).collect();
    let knob = changes.first().map_or(String::new(), |change| change.key().to_owned());
    Calibration { knob, seed: options.seed, items: ids, trials }
}

/// All of them together.
fn sum(residuals: &[Residual]) -> Residual {
    let add = |all: Residual, one: &Residual| Residual {
        sum: all.sum + one.sum,
        figures: all.figures + one.figures,
        outside: all.outside + one.outside,
    };
    residuals.iter().fold(Residual::default(), add)
}

#[cfg(test)]
mod tests {
    use super::super::{QuantityResult, parse};
    use super::*;
    use crate::results::Estimate;

    const ITEMS: &str = r#"{"items": [{"id": "i", "config": {"kind": "dynamodb", "shards": 1,
        "duration_s": 0.1, "arrivals": [{"process": "list", "at_s": [0, 1, 2]}], "keys": "one",
        "record_bytes": 100, "run_until": "empty", "BatchSize": 1,
        "StartingPosition": "TRIM_HORIZON"}, "expect": [
        {"quantity": "start_latency_mean_s", "value": 0.6, "lo": 0.5, "hi": 0.7},
        {"quantity": "processed_records", "value": 3, "lo": 3, "hi": 3}]}]}"#;

    fn items() -> Vec<Item> {
        parse(ITEMS, &|path| Err(path.to_owned())).expect("the items are right")
    }

    #[test]
    fn a_figure_at_the_edge_of_its_band_adds_one() {
        let found =
            |value, is_inside| QuantityResult { simulated: Estimate::point(value), is_inside };
        let quantities = vec![found(0.5, true), found(2.0, false)];
        let result = ItemResult { quantities, unsupported: None };
        let residual = residual(&items()[0], &result).expect("it was run");
        assert!((residual.sum - 1.0).abs() < 1e-9, "{residual:?}");
        assert_eq!((residual.figures, residual.outside), (1, 1));
    }

    #[test]
    fn the_value_that_fits_best_is_found() {
        let change = |value| {
            let change = Override::parse(&format!("model.read_visibility={value}"));
            change.expect("it is a change")
        };
        let changes = ["10ms", "350ms", "900ms"].map(change);
        let calibration = calibrate(&items(), &Options::default(), &changes, &|_| ());
        assert_eq!(calibration.knob, "model.read_visibility");
        assert_eq!(calibration.best().expect("there are trials").value, "350ms");
    }
}

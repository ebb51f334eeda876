//! How far a figure could be off because its inputs are not known exactly.
//!
//! Replication i gives Y_i with the inputs as stated, and Y'_i with inputs drawn from what is
//! believed of them, under the same random numbers. What the draw of the inputs does is
//!
//! ```text
//! D_i = Y'_i - Y_i,   figure: mean(Y) + median(D),   interval: mean(Y) + q_(alpha/2)(D) ..
//!                                                              mean(Y) + q_(1-alpha/2)(D)
//! ```
//!
//! The difference takes out most of the chance inside a run, which more replications average
//! away; not knowing the inputs stays whatever the number of replications. The median, since a
//! few draws may overload a mapping and would make up a mean alone. What chance is left in the
//! differences leads at most to the smallest and largest Y'_i, never beyond.
//!
//! Reference: Barton, Nelson and Xie, INFORMS J. Computing 26 (2014) 74 (percentile intervals of
//! input uncertainty); Song, Nelson and Pegden, Proceedings of the Winter Simulation Conference
//! 2014, 162 (what it is and how it differs from the error of a simulation). The quantiles are
//! those of [`super::quantile::empirical_quantile`].
//!
//! Left out: a metamodel of the response, which would take out the rest of the chance in a run.
//! With fewer than 40 draws the ends are within the range that was drawn, and the interval is a
//! little too narrow.

use super::quantile::empirical_quantile;
use crate::results::Estimate;

/// Draws from which the ends of a 95 % interval are more than the extremes.
pub const DRAWS_ENOUGH: u32 = 40;

/// A figure of a replication with the inputs as stated, and as drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Draw {
    /// As stated; finite.
    pub stated: f64,
    /// As drawn; finite.
    pub drawn: f64,
}

/// The figure over uncertain inputs with the interval that holds it with chance `confidence`
/// (strictly between 0 and 1); absent of nothing, without an interval of one draw.
pub fn input_interval(draws: &[Draw], confidence: f64) -> Estimate {
    if draws.is_empty() {
        return Estimate::ABSENT;
    }
    let count = draws.len() as f64;
    let stated = draws.iter().map(|draw| draw.stated).sum::<f64>() / count;
    let mut differences: Vec<f64> = draws.iter().map(|draw| draw.drawn - draw.stated).collect();
    differences.sort_by(f64::total_cmp);
    let least = draws.iter().map(|draw| draw.drawn).fold(f64::INFINITY, f64::min);
    let most = draws.iter().map(|draw| draw.drawn).fold(f64::NEG_INFINITY, f64::max);
    let within = |change: f64| (stated + change).clamp(least, most);
    let at = |q| empirical_quantile(&differences, q).map(within);
    let tail = (1.0 - confidence) / 2.0;
    match draws.len() {
        1 => Estimate { value: at(0.5), low: None, high: None },
        _ => Estimate { value: at(0.5), low: at(tail), high: at(1.0 - tail) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_that_both_sides_share_does_not_count() {
        let draw = |i: u32| {
            let chance = f64::from(i * 7919 % 101);
            Draw { stated: 50.0 + chance, drawn: 50.0 + chance + f64::from(i) - 20.0 }
        };
        let draws: Vec<Draw> = (0..=40).map(draw).collect();
        let stated = draws.iter().map(|draw| draw.stated).sum::<f64>() / 41.0;
        let estimate = input_interval(&draws, 0.95);
        let off = |end: Option<f64>| end.expect("an interval") - stated;
        assert!((off(estimate.low) + 19.0).abs() < 1e-9, "{estimate:?}");
        assert!((off(estimate.high) - 19.0).abs() < 1e-9, "{estimate:?}");
        assert!(off(estimate.value).abs() < 1e-9);
    }

    #[test]
    fn no_draws_have_no_figure_and_no_end_is_beyond_what_was_drawn() {
        assert_eq!(input_interval(&[], 0.95), Estimate::ABSENT);
        assert_eq!(input_interval(&[Draw { stated: 1.0, drawn: 2.0 }], 0.95), Estimate::point(2.0));
        let falls = [Draw { stated: 9.0, drawn: 1.0 }, Draw { stated: 1.0, drawn: 1.0 }];
        assert_eq!(input_interval(&falls, 0.95).low, Some(1.0));
    }
}

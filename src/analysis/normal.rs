//! Quantiles of the standard normal distribution, for intervals from very many values.
//!
//! ```text
//! P(Z > z) = erfc(z / sqrt 2) / 2
//! ```
//!
//! Reference: Abramowitz and Stegun, *Handbook of Mathematical Functions*, 7.1.2 and 26.2.29. The
//! quantile is found by bisection of the tail, as that of [`super::student`] is.
//!
//! Left out: the distribution function and density, which nothing needs.

/// Beyond this the tail is 0 as a double.
const FARTHEST: f64 = 40.0;

/// Halvings at most; a bracket of doubles is exhausted long before.
const HALVINGS_MAX: u32 = 2_000;

/// The value that the absolute value of a standard normal variable stays below with chance
/// `confidence`, which lies strictly between 0 and 1: the factor of a two-sided interval.
pub fn two_sided_quantile(confidence: f64) -> f64 {
    assert!(
        confidence > 0.0 && confidence < 1.0,
        "a confidence lies between 0 and 1, and is not {confidence}"
    );
    let outside = 1.0 - confidence;
    let (mut low, mut high) = (0.0, FARTHEST);
    for _ in 0..HALVINGS_MAX {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return middle;
        }
        // Both tails together.
        if libm::erfc(middle / std::f64::consts::SQRT_2) > outside {
            low = middle;
        } else {
            high = middle;
        }
    }
    panic!("no normal quantile for confidence {confidence}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quantile_agrees_with_printed_tables() {
        // Abramowitz and Stegun, table 26.5.
        for (confidence, printed) in [
            (0.5, 0.674_489_75),
            (0.9, 1.644_853_63),
            (0.95, 1.959_963_98),
            (0.99, 2.575_829_3),
            (0.999, 3.290_526_73),
        ] {
            let ours = two_sided_quantile(confidence);
            assert!((ours - printed).abs() < 1e-8, "{confidence}: {ours}");
        }
    }

    #[test]
    #[should_panic(expected = "between 0 and 1")]
    fn certainty_has_no_quantile() {
        two_sided_quantile(1.0);
    }
}

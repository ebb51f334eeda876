//! Student's t distribution: cumulative distribution function and quantile.
//!
//! ```text
//! P(T <= t) = 1 - I_x(v/2, 1/2)/2,  x = v/(v + t^2),  for t >= 0 and v degrees of freedom
//! ```
//!
//! Reference: Student, Biometrika 6 (1908) 1; Abramowitz and Stegun, *Handbook of Mathematical
//! Functions*, 26.7.1 and 26.5.27. The quantile is found by bisection of the tail, which is slow
//! (some 60 evaluations) but exact to the last bits and free of special cases.
//!
//! Left out: the noncentral distribution and the density, which nothing needs.

use super::beta::{UnitPoint, regularized_incomplete_beta};

/// Halvings at most; a bracket of doubles is exhausted long before.
const HALVINGS_MAX: u32 = 2_000;

/// The chance that a t variable with `degrees_of_freedom` (above 0) is at most `t`.
pub fn cumulative(t: f64, degrees_of_freedom: f64) -> f64 {
    let tail = upper_tail(t.abs(), degrees_of_freedom);
    if t > 0.0 { 1.0 - tail } else { tail }
}

/// The value that the absolute value of a t variable stays below with chance `confidence`, which
/// lies strictly between 0 and 1: the factor of a two-sided interval.
pub fn two_sided_quantile(confidence: f64, degrees_of_freedom: f64) -> f64 {
    assert!(
        confidence > 0.0 && confidence < 1.0,
        "a confidence lies between 0 and 1, and is not {confidence}"
    );
    upper_quantile((1.0 - confidence) / 2.0, degrees_of_freedom)
}

/// P(T > t) for `t >= 0`.
fn upper_tail(t: f64, degrees_of_freedom: f64) -> f64 {
    assert!(
        degrees_of_freedom > 0.0,
        "t needs positive degrees of freedom, not {degrees_of_freedom}"
    );
    let x = UnitPoint::dividing(degrees_of_freedom, t * t);
    0.5 * regularized_incomplete_beta(x, degrees_of_freedom / 2.0, 0.5)
}

/// The `t >= 0` with P(T > t) = `tail`, for `tail` in (0, 1/2].
fn upper_quantile(tail: f64, degrees_of_freedom: f64) -> f64 {
    if tail >= 0.5 {
        return 0.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    while upper_tail(high, degrees_of_freedom) > tail {
        low = high;
        high *= 2.0;
    }
    for _ in 0..HALVINGS_MAX {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return middle;
        }
        if upper_tail(middle, degrees_of_freedom) > tail {
            low = middle;
        } else {
            high = middle;
        }
    }
    panic!("no t quantile for tail {tail} with {degrees_of_freedom} degrees of freedom");
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{ContinuousCDF, StudentsT};

    use super::*;

    /// The value that a t variable with `degrees_of_freedom` (above 0) stays below with chance
    /// `probability`, which lies strictly between 0 and 1.
    fn quantile(probability: f64, degrees_of_freedom: f64) -> f64 {
        assert!(
            probability > 0.0 && probability < 1.0,
            "a t quantile needs a chance between 0 and 1, not {probability}"
        );
        if probability < 0.5 {
            -upper_quantile(probability, degrees_of_freedom)
        } else {
            upper_quantile(1.0 - probability, degrees_of_freedom)
        }
    }

    #[test]
    fn the_quantile_agrees_with_printed_tables() {
        // Abramowitz and Stegun, table 26.10; printed to three decimals.
        for (probability, degrees_of_freedom, printed) in [
            (0.975, 1.0, 12.706),
            (0.975, 2.0, 4.303),
            (0.95, 4.0, 2.132),
            (0.975, 9.0, 2.262),
            (0.975, 19.0, 2.093),
            (0.995, 29.0, 2.756),
            (0.9995, 9.0, 4.781),
            (0.975, 120.0, 1.980),
        ] {
            let ours = quantile(probability, degrees_of_freedom);
            assert!(
                (ours - printed).abs() <= 0.0005,
                "{probability}, {degrees_of_freedom}: {ours} instead of {printed}"
            );
        }
    }

    #[test]
    fn one_and_two_degrees_of_freedom_have_closed_forms() {
        // v = 1 is Cauchy: F(1) = 3/4. v = 2: F(t) = 1/2 + t / (2 sqrt(2 + t^2)).
        assert!((cumulative(1.0, 1.0) - 0.75).abs() < 1e-14);
        for t in [-7.0, -0.3, 0.0, 0.001, 2.5, 40.0] {
            let exact = 0.5 + t / (2.0 * libm::sqrt(2.0 + t * t));
            assert!((cumulative(t, 2.0) - exact).abs() < 1e-14, "t {t}");
        }
    }

    #[test]
    fn the_distribution_agrees_with_an_independent_implementation() {
        for degrees_of_freedom in [1.0, 2.0, 4.0, 19.0, 99.0, 999.0] {
            let theirs = StudentsT::new(0.0, 1.0, degrees_of_freedom).expect("valid parameters");
            for t in [-30.0, -2.093, -0.1, 0.0, 0.7, 1.96, 5.0, 80.0] {
                let ours = cumulative(t, degrees_of_freedom);
                assert!((ours - theirs.cdf(t)).abs() < 1e-9, "{t}, {degrees_of_freedom}");
            }
            for probability in [0.0005, 0.025, 0.3, 0.5, 0.9, 0.975, 0.9995] {
                let ours = quantile(probability, degrees_of_freedom);
                // Their inverse is less exact than their distribution function.
                let back = theirs.cdf(ours);
                assert!(
                    (back - probability).abs() < 1e-9,
                    "{probability}, {degrees_of_freedom}: {back}"
                );
            }
        }
    }

    #[test]
    fn the_quantile_is_odd_and_inverts_the_distribution() {
        for degrees_of_freedom in [1.0, 3.0, 19.0, 400.0] {
            assert_eq!(quantile(0.5, degrees_of_freedom), 0.0);
            for probability in [0.6, 0.75, 0.975, 0.9999] {
                let upper = quantile(probability, degrees_of_freedom);
                let lower = quantile(1.0 - probability, degrees_of_freedom);
                assert!((upper + lower).abs() < 1e-9 * upper);
                assert!((cumulative(upper, degrees_of_freedom) - probability).abs() < 1e-13);
            }
        }
    }

    #[test]
    fn a_two_sided_quantile_leaves_half_of_the_rest_on_each_side() {
        assert!((two_sided_quantile(0.95, 19.0) - quantile(0.975, 19.0)).abs() < 1e-12);
    }

    #[test]
    #[should_panic(expected = "between 0 and 1")]
    fn a_certain_quantile_is_a_bug() {
        quantile(1.0, 5.0);
    }
}

//! A distribution given by percentiles, straight lines between them.
//!
//! The inverse of the piecewise linear distribution function through the points (chance, value):
//! one word per draw. Below the first and above the last point the value is that of the point.

use crate::engine::RandomStream;

/// Draws from a distribution given by its percentiles.
#[derive(Debug, Clone, PartialEq)]
pub struct Empirical {
    points: Box<[(f64, f64)]>,
}

impl Empirical {
    /// The distribution through these points (cumulative chance, value); `None` unless there is a
    /// point, chances rise within `0..=1`, values do not fall, and all are finite.
    pub fn new(points: impl IntoIterator<Item = (f64, f64)>) -> Option<Empirical> {
        let points: Box<[(f64, f64)]> = points.into_iter().collect();
        let in_range = points
            .iter()
            .all(|&(chance, value)| (0.0..=1.0).contains(&chance) && value.is_finite());
        let is_sorted =
            points.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1);
        (!points.is_empty() && in_range && is_sorted).then_some(Empirical { points })
    }

    /// A value from exactly one word.
    pub fn sample(&self, random: &mut RandomStream) -> f64 {
        self.quantile(random.uniform())
    }

    /// The value below which the share `chance` in `0..=1` of all draws lies.
    pub fn quantile(&self, chance: f64) -> f64 {
        let next = self.points.partition_point(|&(at, _)| at <= chance);
        match (next.checked_sub(1).map(|last| self.points[last]), self.points.get(next)) {
            (Some((from, low)), Some(&(to, high))) => {
                low + (high - low) * ((chance - from) / (to - from))
            }
            (Some((_, value)), None) | (None, Some(&(_, value))) => value,
            (None, None) => unreachable!("there is always a point"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::samplers::goodness::{assert_fits, stream};

    #[test]
    fn samples_fit_the_straight_lines() {
        let mut random = stream(13);
        let empirical = Empirical::new([(0.0, 1.0), (0.5, 2.0), (0.9, 4.0), (1.0, 14.0)])
            .expect("points are sorted");
        let cdf = |x: f64| match x {
            x if x < 2.0 => (x - 1.0) * 0.5,
            x if x < 4.0 => 0.5 + (x - 2.0) * 0.2,
            x => 0.9 + (x - 4.0) * 0.01,
        };
        assert_fits(|| empirical.sample(&mut random), cdf);
    }

    #[test]
    fn outside_the_points_the_value_is_that_of_the_nearest_point() {
        let empirical = Empirical::new([(0.1, 3.0), (0.9, 7.0)]).expect("points are sorted");
        let cases = [(0.0, 3.0), (0.1, 3.0), (0.5, 5.0), (0.9, 7.0), (1.0, 7.0)];
        for (chance, value) in cases {
            assert_eq!(empirical.quantile(chance), value, "at {chance}");
        }
    }

    #[test]
    fn unsorted_points_are_refused() {
        assert!(Empirical::new([]).is_none());
        assert!(Empirical::new([(0.5, 1.0), (0.2, 2.0)]).is_none());
        assert!(Empirical::new([(0.2, 2.0), (0.5, 1.0)]).is_none());
        assert!(Empirical::new([(0.2, 2.0), (1.5, 3.0)]).is_none());
    }
}

//! A line of text that shows how IteratorAge moved.
//!
//! Each character is the largest value of its share of the time, on one scale for all variants;
//! the scale is logarithmic when the values span more than three decades. A blank is a time
//! without a sample. Left out: bands over replications; the charts have them.

use crate::results::TimeSeries;

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII: [char; 8] = ['_', '.', ':', '-', '=', '+', '*', '#'];

/// The common scale of several sparklines.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SparkScale {
    low: f64,
    high: f64,
    /// Equal steps of height are equal factors of age.
    pub logarithmic: bool,
}

impl SparkScale {
    /// The scale that shows every value of `series`; `None` without any value above zero.
    pub fn of<'a>(series: impl Iterator<Item = &'a TimeSeries>) -> Option<SparkScale> {
        let values = series.flat_map(|s| s.points.iter().filter_map(|p| p.iterator_age_max));
        let positive = values.map(|band| band.mean).filter(|mean| *mean > 0.0);
        let (low, high) = positive
            .fold((f64::INFINITY, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
        (high > 0.0).then_some(SparkScale { low, high, logarithmic: high / low > 1000.0 })
    }

    /// The largest value on the scale, in seconds.
    pub fn high(&self) -> f64 {
        self.high
    }

    fn level(&self, value: f64) -> usize {
        let share = if self.logarithmic {
            libm::log(value.max(self.low) / self.low) / libm::log(self.high / self.low)
        } else {
            value / self.high
        };
        (libm::ceil(share * 8.0) as usize).clamp(1, 8) - 1
    }
}

/// The sparkline of a series, at most `width` characters.
pub fn sparkline(series: &TimeSeries, scale: SparkScale, width: usize, unicode: bool) -> String {
    let signs = if unicode { BLOCKS } else { ASCII };
    let points = &series.points;
    let columns = width.min(points.len()).max(1);
    let column = |index: usize| {
        let from = index * points.len() / columns;
        let to = (index + 1) * points.len() / columns;
        let values = points[from..to].iter().filter_map(|p| p.iterator_age_max);
        let largest = values.map(|band| band.mean).reduce(f64::max);
        largest.map_or(' ', |value| signs[scale.level(value)])
    };
    (0..columns).map(column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::{Band, MinutePoint};

    fn series(values: &[Option<f64>]) -> TimeSeries {
        let point = |value: &Option<f64>| MinutePoint {
            iterator_age_max: value.map(|mean| Band { mean, low: mean, high: mean }),
            ..MinutePoint::default()
        };
        TimeSeries { step_seconds: 60, points: values.iter().map(point).collect() }
    }

    #[test]
    fn the_largest_value_of_a_column_is_drawn_and_a_time_without_sample_is_blank() {
        let series = series(&[Some(1.0), Some(8.0), None, None, Some(4.0), Some(0.5)]);
        let scale = SparkScale::of([&series].into_iter()).expect("there are values");
        assert_eq!(sparkline(&series, scale, 3, true), "█ ▄");
        assert_eq!(sparkline(&series, scale, 3, false), "# -");
    }

    #[test]
    fn more_than_three_decades_are_drawn_on_a_logarithmic_scale() {
        let series = series(&[Some(0.01), Some(1.0), Some(100.0)]);
        let scale = SparkScale::of([&series].into_iter()).expect("there are values");
        assert!(scale.logarithmic);
        assert_eq!(sparkline(&series, scale, 80, true), "▁▄█");
    }

    #[test]
    fn without_samples_there_is_no_scale() {
        assert_eq!(SparkScale::of([&series(&[None, None])].into_iter()), None);
        assert_eq!(SparkScale::of([&series(&[])].into_iter()), None);
    }
}

//! A measured IteratorAge in words and as a line of a chart.

use super::figures::{Quantity, plain};
use crate::results::{Band, MeasuredSeries, MinutePoint, TimeSeries};

/// One sentence on how the simulated age fits the measured one.
pub(super) fn fit_sentence(series: &MeasuredSeries) -> String {
    let label = &series.label;
    match &series.fit {
        Some(fit) => format!(
            "Measured {label}: {} of {} periods within a factor of 2, median of simulated / \
             measured {:.2}",
            plain(fit.within_factor_2, Quantity::Share),
            plain(fit.periods as f64, Quantity::Count),
            fit.median_ratio
        ),
        None => format!("Measured {label}: no period has both measured and simulated samples"),
    }
}

/// The measured points before `end` seconds as a series with their period as step.
pub(super) fn as_series(series: &MeasuredSeries, end: f64) -> TimeSeries {
    let step = f64::from(series.period_seconds.max(1));
    let mut points: Vec<MinutePoint> = Vec::new();
    for (from, age) in series.points.iter().filter(|(from, _)| *from < end) {
        let index = (from / step) as usize;
        if points.len() <= index {
            points.resize(index + 1, MinutePoint::default());
        }
        let largest = points[index].iterator_age_max.map_or(*age, |known| known.mean.max(*age));
        points[index].iterator_age_max = Some(Band { mean: largest, low: largest, high: largest });
    }
    TimeSeries { step_seconds: series.period_seconds.max(1), points }
}

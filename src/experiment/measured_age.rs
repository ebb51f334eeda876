//! Measured IteratorAge beside the simulated one: how well they fit.
//!
//! ```text
//! within_factor_2 = share of periods with 1/2 <= simulated / measured <= 2
//! median_ratio    = median of simulated / measured
//! ```
//!
//! Ages go from parts of a second to days, so ratios say more than differences; ages below 1 s
//! count as 1 s, the resolution of DynamoDB's time stamps (S1.3). A period counts where both have
//! samples. The 99th percentile of a period is taken as the largest of its minutes.
//! Reference: Chang and Hanna, "Air quality model performance evaluation", Meteorology and
//! Atmospheric Physics 87, 2004 (FAC2, geometric bias).

use crate::results::{MeasuredFit, MeasuredSeries, MinutePoint, TimeSeries};
use crate::scenario::{AgeStatistic, MeasuredAge};

/// Shorter ages count as this, in seconds.
const AGE_FLOOR: f64 = 1.0;

/// The measured series for the report, with its fit to `simulated`.
pub fn beside(measured: &MeasuredAge, simulated: &TimeSeries) -> MeasuredSeries {
    let period = f64::from(measured.period_seconds);
    let ratios: Vec<f64> = measured
        .points
        .iter()
        .filter_map(|(from, age)| {
            let points = between(simulated, *from, from + period);
            let simulated = statistic(points, measured.statistic)?;
            Some(simulated.max(AGE_FLOOR) / age.max(AGE_FLOOR))
        })
        .collect();
    MeasuredSeries {
        variant: measured.variant.clone(),
        label: measured.label.clone(),
        period_seconds: measured.period_seconds,
        points: measured.points.clone(),
        fit: fit(ratios),
    }
}

/// The simulated points that begin in a period; the one that holds it where they are longer.
fn between(simulated: &TimeSeries, from: f64, to: f64) -> &[MinutePoint] {
    let step = f64::from(simulated.step_seconds.max(1));
    let count = simulated.points.len();
    let first = (libm::ceil(from / step) as usize).min(count);
    let behind = (libm::ceil(to / step) as usize).min(count);
    if first < behind {
        return &simulated.points[first..behind];
    }
    let holding = (libm::floor(from / step) as usize).min(count);
    &simulated.points[holding..(holding + 1).min(count)]
}

fn statistic(points: &[MinutePoint], statistic: AgeStatistic) -> Option<f64> {
    let values = |get: fn(&MinutePoint) -> Option<f64>| points.iter().filter_map(get);
    match statistic {
        AgeStatistic::Minimum => values(|p| p.iterator_age_min).reduce(f64::min),
        AgeStatistic::P99 => values(|p| p.iterator_age_p99).reduce(f64::max),
        AgeStatistic::Maximum => {
            values(|p| p.iterator_age_max.map(|band| band.mean)).reduce(f64::max)
        }
        AgeStatistic::Average => {
            let weighted = points.iter().filter_map(|p| Some((p.iterator_age_avg?, p.invocations)));
            let (sum, weight) = weighted
                .fold((0.0, 0.0), |(sum, all), (age, weight)| (sum + age * weight, all + weight));
            (weight > 0.0).then(|| sum / weight)
        }
    }
}

fn fit(mut ratios: Vec<f64>) -> Option<MeasuredFit> {
    if ratios.is_empty() {
        return None;
    }
    ratios.sort_by(f64::total_cmp);
    let near = ratios.iter().filter(|ratio| (0.5..=2.0).contains(*ratio)).count();
    let middle = ratios.len() / 2;
    let median_ratio = match ratios.len() % 2 {
        1 => ratios[middle],
        _ => (ratios[middle - 1] + ratios[middle]) / 2.0,
    };
    Some(MeasuredFit {
        periods: ratios.len() as u64,
        within_factor_2: near as f64 / ratios.len() as f64,
        median_ratio,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::Band;

    fn simulated(ages: &[Option<f64>]) -> TimeSeries {
        let point = |age: &Option<f64>| MinutePoint {
            iterator_age_max: age.map(|mean| Band { mean, low: mean, high: mean }),
            iterator_age_avg: *age,
            invocations: 1.0,
            ..MinutePoint::default()
        };
        TimeSeries { step_seconds: 60, points: ages.iter().map(point).collect() }
    }

    fn fit_of(points: &[(f64, f64)], statistic: AgeStatistic, ages: &[Option<f64>]) -> MeasuredFit {
        let measured = MeasuredAge {
            variant: "base".into(),
            label: "IteratorAge".into(),
            statistic,
            period_seconds: 120,
            points: points.to_vec(),
        };
        beside(&measured, &simulated(ages)).fit.expect("there are periods")
    }

    #[test]
    fn periods_are_compared_with_the_minutes_in_them() {
        let ages = [Some(10.0), Some(30.0), Some(5.0), None, None, None];
        let points = [(0.0, 20.0), (120.0, 50.0), (240.0, 9.0)];
        let largest = fit_of(&points, AgeStatistic::Maximum, &ages);
        assert_eq!((largest.periods, largest.within_factor_2), (2, 0.5));
        assert_eq!(largest.median_ratio, (1.5 + 0.1) / 2.0);
        let average = fit_of(&points[..1], AgeStatistic::Average, &ages);
        assert_eq!(average.median_ratio, 1.0);
    }

    #[test]
    fn differences_below_a_second_do_not_count() {
        let fit = fit_of(&[(0.0, 0.0)], AgeStatistic::Maximum, &[Some(0.9), Some(0.02)]);
        assert_eq!((fit.within_factor_2, fit.median_ratio), (1.0, 1.0));
    }
}

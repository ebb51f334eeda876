//! Minutes over replications: means, and the spread of the largest age.

use super::recorder::minutes::MinuteRow;
use super::replication::Replication;
use crate::results::{Band, MinutePoint, MinuteSums, TimeSeries};

/// The time series of a variant. A minute that only some replications reached (drained runs)
/// counts in those.
pub fn over_replications(replications: &[Replication]) -> TimeSeries {
    let step = replications[0].step;
    let longest = replications.iter().map(|replication| replication.minutes.len()).max();
    let points = (0..longest.unwrap_or(0)).map(|index| {
        let rows = replications.iter().filter_map(|replication| replication.minutes.get(index));
        point(&rows.collect::<Vec<_>>(), step.as_secs_f64())
    });
    TimeSeries { step_seconds: (step.as_nanos() / 1_000_000_000) as u32, points: points.collect() }
}

fn point(rows: &[&MinuteRow], step_seconds: f64) -> MinutePoint {
    let mean = |value: fn(&MinuteRow) -> f64| {
        rows.iter().map(|row| value(row)).sum::<f64>() / rows.len() as f64
    };
    let sampled: Vec<&&MinuteRow> = rows.iter().filter(|row| row.samples > 0).collect();
    let samples: u64 = sampled.iter().map(|row| row.samples).sum();
    let share = 1.0 / sampled.len() as f64;
    let has_samples = samples > 0;
    let fold = |value: fn(&MinuteRow) -> f64, pick: fn(f64, f64) -> f64| {
        sampled.iter().map(|row| value(row)).reduce(pick)
    };
    MinutePoint {
        iterator_age_min: fold(|row| row.age_min, f64::min),
        iterator_age_avg: has_samples
            .then(|| sampled.iter().map(|row| row.age_sum).sum::<f64>() / samples as f64),
        iterator_age_p99: has_samples
            .then(|| sampled.iter().map(|row| row.age_p99).sum::<f64>() * share),
        iterator_age_max: has_samples.then(|| Band {
            mean: sampled.iter().map(|row| row.age_max).sum::<f64>() * share,
            low: fold(|row| row.age_max, f64::min).unwrap_or(0.0),
            high: fold(|row| row.age_max, f64::max).unwrap_or(0.0),
        }),
        true_lag_max: mean(|row| row.lag_max),
        invocations: mean(|row| row.invocations as f64),
        errors: mean(|row| row.errors as f64),
        throttles: mean(|row| row.throttles as f64),
        concurrency_mean: mean(|row| row.in_flight_nanos as f64 / 1e9) / step_seconds,
        concurrency_max: mean(|row| f64::from(row.in_flight_max)),
        backlog_records: mean(|row| row.backlog as f64),
        blocked_shards: mean(|row| row.blocked_nanos as f64 / 1e9) / step_seconds,
        sums: MinuteSums {
            duration: mean(|row| row.sums.duration_nanos as f64 / 1e9),
            duration_max: mean(|row| row.sums.duration_max_nanos as f64 / 1e9),
            polled: mean(|row| row.sums.polled as f64),
            filtered: mean(|row| row.sums.filtered as f64),
            invoked: mean(|row| row.sums.invoked as f64),
            failed: mean(|row| row.sums.failed as f64),
            dropped: mean(|row| row.sums.dropped as f64),
            delivered: mean(|row| row.sums.delivered as f64),
            delivery_failures: mean(|row| row.sums.delivery_failures as f64),
        },
    }
}

#[cfg(test)]
mod tests {
    use crate::experiment::{RunOptions, run};
    use crate::scenario::{Source, load};

    #[test]
    fn the_last_minute_ends_with_the_records_that_are_left() {
        let text = "duration = \"3min\"\nreplications = 2\n[stream]\nkind = \"kinesis\"\n\
                    shards = 1\n[[traffic]]\narrivals = { poisson = { rate = \"10/s\" } }\n\
                    [mapping]\nStartingPosition = \"LATEST\"\nBatchSize = 1\n\
                    [function]\nduration = \"2s\"\n";
        let source = Source { name: "s.toml".into(), text: text.into(), folder: ".".into() };
        let scenario = load(&source, &[]).unwrap_or_else(|errors| panic!("{errors}"));
        let results = run(&scenario, &RunOptions::default(), &|_| ()).expect("it runs");
        let last = results.variants[0].series.points[2].backlog_records;
        assert!(last > 1_500.0, "{last}");
        assert_eq!(Some(last), results.summary.variants[0].ledger.remaining.value);
    }
}

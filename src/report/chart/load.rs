//! Load over time: invocations in flight and throttles; backlog and true lag.
//!
//! Lines are means over replications. Throttles are counted per minute whatever the length of a
//! point. Reference: S9.2, S10.3. Left out: bands over replications.

use super::axis::Kind;
use super::line::{Line, exact};
use super::panel::{Panel, TimeChart, variant_legend};
use super::{Chart, palette, time_end};
use crate::report::figures::{self, Quantity};
use crate::results::{Estimate, MinutePoint, RunResults, VariantSummary};

/// The chart of concurrency and throttles over time.
pub fn concurrency(results: &RunResults) -> Chart {
    let throttled =
        results.variants.iter().any(|v| v.series.points.iter().any(|p| p.throttles > 0.0));
    let mut panels = vec![Panel {
        heading: "Invocations in flight, most per minute".to_owned(),
        kind: Kind::Count,
        height: if throttled { 170.0 } else { 230.0 },
        lines: lines(results, |point, _| point.concurrency_max),
        limits: Vec::new(),
        empty: "Nothing was simulated.",
    }];
    let mut subtitle = vec![results.summary.scenario.clone()];
    if throttled {
        panels.push(Panel {
            heading: "Throttled attempts per minute".to_owned(),
            kind: Kind::Count,
            height: 110.0,
            lines: lines(results, |point, step| point.throttles * 60.0 / step),
            limits: Vec::new(),
            empty: "Nothing was simulated.",
        });
    } else {
        subtitle.push("No attempt was throttled.".to_owned());
    }
    TimeChart {
        name: "concurrency",
        title: if throttled {
            "How many invocations run at once, and how many are refused".to_owned()
        } else {
            "How many invocations run at once".to_owned()
        },
        subtitle,
        description: per_variant(results, "Most invocations at once, and throttles", |v| {
            let most = figures::estimate(&v.concurrency.max, Quantity::Count);
            let refused = figures::estimate(&v.throttles, Quantity::Count);
            format!("{most}, {refused}")
        }),
        panels,
        shaded: &results.shaded,
        end: time_end(results),
        legend: variant_legend(results),
    }
    .draw()
}

/// The chart of the backlog and of the true lag over time.
pub fn backlog(results: &RunResults) -> Chart {
    let panels = vec![
        Panel {
            heading: "Records written but not finished".to_owned(),
            kind: Kind::Count,
            height: 130.0,
            lines: lines(results, |point, _| point.backlog_records),
            limits: Vec::new(),
            empty: "Nothing was simulated.",
        },
        Panel {
            heading: "Age of the oldest unfinished record of any shard".to_owned(),
            kind: Kind::Age,
            height: 150.0,
            lines: lines(results, |point, _| point.true_lag_max),
            limits: Vec::new(),
            empty: "Nothing was simulated.",
        },
    ];
    TimeChart {
        name: "backlog",
        title: "How far processing is behind".to_owned(),
        subtitle: vec![results.summary.scenario.clone()],
        description: per_variant(results, "Largest true lag, and records left at the end", |v| {
            let lag = figures::estimate(&v.true_lag.max, Quantity::Seconds);
            let left: Estimate = v.ledger.remaining;
            format!("{lag}, {}", figures::estimate(&left, Quantity::Count))
        }),
        panels,
        shaded: &results.shaded,
        end: time_end(results),
        legend: variant_legend(results),
    }
    .draw()
}

/// One line per variant of a figure that always exists; `get` is also given the step in seconds.
fn lines(results: &RunResults, get: impl Fn(&MinutePoint, f64) -> f64) -> Vec<Line> {
    let end = time_end(results);
    let variants = results.variants.iter().enumerate();
    variants
        .map(|(index, variant)| {
            let step = f64::from(variant.series.step_seconds.max(1));
            let colour = palette::variant(index);
            let line = Line::new(&variant.series, results.variants.len(), end, colour, |p| {
                Some(exact(get(p, step)))
            });
            let name = results.summary.variants[index].name.clone();
            Line { variant: Some(index), name, ..line }
        })
        .collect()
}

fn per_variant(
    results: &RunResults,
    what: &str,
    get: impl Fn(&VariantSummary) -> String,
) -> String {
    let variants = results.summary.variants.iter();
    let parts: Vec<String> = variants.map(|v| format!("{}: {}", v.name, get(v))).collect();
    format!("{what}. {}", parts.join("; "))
}

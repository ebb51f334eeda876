//! IteratorAge over time: the largest age per minute of each variant, on top of each other.
//!
//! The line is the mean over replications, the band from the lowest to the highest replication.
//! Reference: S9.1. Left out: other percentiles, which are in the table.

use super::axis::Kind;
use super::line::Line;
use super::panel::{Panel, TimeChart, variant_legend};
use super::{Chart, palette, time_end};
use crate::report::figures::{self, Quantity};
use crate::report::measured_age::{as_series, fit_sentence};
use crate::results::RunResults;

/// The chart of IteratorAge over time.
pub fn iterator_age(results: &RunResults) -> Chart {
    let end = time_end(results);
    let with_band = results.summary.replications > 1;
    let lines: Vec<Line> = results
        .variants
        .iter()
        .enumerate()
        .map(|(index, variant)| {
            let colour = palette::variant(index);
            let line = Line::new(&variant.series, results.variants.len(), end, colour, |p| {
                p.iterator_age_max
            });
            let name = results.summary.variants[index].name.clone();
            Line { with_band, variant: Some(index), name, ..line }
        })
        .collect();
    let mut subtitle = vec![results.summary.scenario.clone(), drawn(results, &lines)];
    let mut legend = variant_legend(results);
    let mut lines = lines;
    for series in &results.measured_ages {
        let measured = as_series(series, end);
        let line = Line::new(&measured, 1, end, palette::MEASURED, |p| p.iterator_age_max);
        let name = format!("measured {}", series.label);
        lines.push(Line { width: 1, name: name.clone(), ..line });
        subtitle.push(fit_sentence(series));
        legend.push((palette::MEASURED, name));
    }
    TimeChart {
        name: "iterator-age",
        title: "How old records are when the function gets them".to_owned(),
        subtitle,
        description: description(results),
        panels: vec![Panel {
            heading: "IteratorAge".to_owned(),
            kind: Kind::Age,
            height: 250.0,
            lines,
            limits: results.limit_lines.clone(),
            empty: "No invocation ended, so there is no IteratorAge to show.",
        }],
        shaded: &results.shaded,
        end,
        legend,
    }
    .draw()
}

/// What line and band are.
fn drawn(results: &RunResults, lines: &[Line]) -> String {
    let step = results.variants.iter().map(|v| v.series.step_seconds).max();
    let step = match step {
        Some(60) | None => "minute".to_owned(),
        Some(seconds) => figures::plain(f64::from(seconds), Quantity::Seconds),
    };
    let count = results.summary.replications;
    if lines.iter().all(|line| line.pieces.is_empty()) {
        String::new()
    } else if count > 1 {
        format!(
            "Largest in each {step}. Line: mean of {count} replications; band: lowest to highest"
        )
    } else {
        format!("Largest in each {step}, one replication")
    }
}

fn description(results: &RunResults) -> String {
    let mut parts = Vec::new();
    for (summary, details) in results.summary.variants.iter().zip(&results.variants) {
        let points = details.series.points.iter();
        let peaks = points.filter_map(|p| p.iterator_age_max).map(|band| band.mean);
        parts.push(match peaks.reduce(f64::max) {
            Some(peak) => format!("{}: {}", summary.name, figures::plain(peak, Quantity::Seconds)),
            None => format!("{}: no sample", summary.name),
        });
    }
    let time = figures::plain(time_end(results), Quantity::Seconds);
    let mut text =
        format!("Largest IteratorAge per minute over {time}. Highest point: {}", parts.join("; "));
    for series in &results.measured_ages {
        text += &format!(". {}", fit_sentence(series));
    }
    text
}

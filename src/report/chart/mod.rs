//! Charts, each of which renders itself as SVG text and as PNG bytes.
//!
//! | chart | file |
//! |---|---|
//! | IteratorAge over time | `iterator-age` |
//! | when shards were blocked, and why | `blocked-shards` |
//! | where the age comes from | `age-breakdown` |
//! | invocations in flight, throttles | `concurrency` |
//! | backlog and true lag | `backlog` |
//! | figures of a sweep over its settings | `lines`, `heat-map`, `effects`, `pareto` |
//! | what was tried against its targets | `tune` |
//! | simulated over exact results | `exact` |
//! | simulated beside measured figures | `measured-*` |
//!
//! Rule: a chart is a list of shapes on a canvas 900 units wide; colours are told apart by people
//! with colour-blindness (Okabe and Ito 2008; Tol 2021); a legend stands below the plot and hides
//! nothing. Left out: interaction.

mod age;
mod agreement;
mod axis;
mod blocked;
mod breakdown;
mod canvas;
mod exact;
mod line;
mod load;
mod palette;
mod panel;
mod render;
mod sweep;
mod tuning;

use crate::results::RunResults;
use canvas::Canvas;

pub use age::iterator_age;
pub use agreement::agreements;
pub use blocked::blocked_shards;
pub use breakdown::age_breakdown;
pub use exact::exact;
pub use load::{backlog, concurrency};
pub use sweep::sweep_charts;
pub use tuning::tuning;

/// A finished chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    name: &'static str,
    title: String,
    description: String,
    canvas: Canvas,
}

impl Chart {
    /// The name of its files, without an ending.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What it shows, in plain words.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What it says to those who do not see it.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The chart as SVG text, with its description as text alternative.
    pub fn svg(&self) -> String {
        render::svg(&self.canvas, &self.title, &self.description)
    }

    /// The chart as PNG bytes, twice as large as the SVG in pixels.
    pub fn png(&self) -> Vec<u8> {
        render::png(&self.canvas)
    }
}

/// All charts, IteratorAge first.
pub fn charts(results: &RunResults) -> Vec<Chart> {
    vec![
        iterator_age(results),
        blocked_shards(results),
        age_breakdown(results),
        concurrency(results),
        backlog(results),
    ]
}

/// The end of the time axis in seconds: the longest of the run and its series.
fn time_end(results: &RunResults) -> f64 {
    let simulated = results.summary.simulated_seconds;
    let series = results.variants.iter().map(|variant| &variant.series);
    let ends = series.map(|series| {
        let step = f64::from(series.step_seconds);
        let end = series.points.len() as f64 * step;
        // A last point that is only partly within the run does not stretch the axis.
        if end - simulated < step { 0.0 } else { end }
    });
    ends.fold(simulated, f64::max)
}

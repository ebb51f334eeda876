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
//! nothing. Scripts of a page find parts of a chart by their class, and its figures as JSON
//! ([`timeline`]). Left out: the scripts.

mod age;
mod agreement;
mod axis;
mod blocked;
mod breakdown;
mod canvas;
mod coverage;
mod exact;
mod label;
mod line;
mod load;
mod numbered;
mod palette;
mod panel;
mod png;
mod sheet;
mod svg;
mod sweep;
mod timeline;
mod tuning;

use crate::results::RunResults;
use canvas::Canvas;
use serde_json::Value;

pub use age::iterator_age;
pub use agreement::agreements;
pub use blocked::blocked_shards;
pub use breakdown::age_breakdown;
pub use exact::exact;
pub use load::{backlog, concurrency};
pub use palette::{dark_rules, named_colours, variant as variant_colour};
pub use sweep::sweep_charts;
pub use timeline::ChartTable;
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
        svg::file(&self.canvas, &self.title, &self.description)
    }

    /// The chart as an element of a page, whose style has the dark colours.
    pub fn inline_svg(&self) -> String {
        svg::inline(&self.canvas, &self.title, &self.description)
    }

    /// Tables that say what it shows; of charts that have no figures of their own, none.
    pub fn tables(&self) -> Vec<ChartTable> {
        let of_timeline = self.canvas.timeline.iter().flat_map(|timeline| timeline.tables());
        of_timeline.chain(self.canvas.tables.iter().cloned()).collect()
    }

    /// The figures of a chart over time, for scripts; `None`: it is not over time.
    pub fn figures(&self) -> Option<Value> {
        let timeline = self.canvas.timeline.as_ref()?;
        Some(timeline.json(self.name, self.canvas.height))
    }

    /// The chart as PNG bytes, twice as large as the SVG in pixels.
    pub fn png(&self) -> Vec<u8> {
        png::png(&self.canvas)
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

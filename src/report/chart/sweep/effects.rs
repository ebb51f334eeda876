//! Every point over every axis: which settings matter, where points lie at random or on many axes.
//!
//! One small plot for each axis, two in a row; a dot is a variant of a point, with the colour of
//! the variant. Left out: lines, since neighbours differ in the other settings too.

use super::super::Chart;
use super::super::canvas::{Canvas, MARGIN, WIDTH, fitting};
use super::super::palette::{Colour, variant};
use super::plot::Plot;
use super::scale::Scale;
use super::{reading, title};
use crate::report::sweep::words::{metric_name, rows};
use crate::results::{SweepMetric, SweepResults};

const HEIGHT: f64 = 150.0;
const LEFT: f64 = 74.0;
/// Variants with a colour of their own.
const VARIANTS_MAX: usize = 8;

/// The dots of a metric over every axis.
pub fn effects(results: &SweepResults, metric: &SweepMetric, name: &'static str) -> Chart {
    let rows = rows(results);
    let has_unstable = rows.iter().any(|row| !row.variant.is_stable());
    let stable = rows.iter().filter(|row| row.variant.is_stable());
    let values = stable.filter_map(|row| row.variant.figure(metric).value);
    let up = Scale::of_figures(metric.unit, values);
    let text = format!("{} over every setting", title(metric));
    let mut canvas = Canvas::new();
    let mut lines = reading(results, has_unstable);
    lines[1] = lines[1].replace("; band: 95 % interval", "; a dot is a point");
    let mut top = canvas.heading(&text, &lines) + 14.0;
    let half = WIDTH / 2.0;
    let names = results.variant_names();
    let mut bottom = top;
    for (index, axis) in results.axes.iter().enumerate() {
        let (scale, places) = Scale::of_levels(axis);
        let left = if index % 2 == 0 { LEFT } else { half + LEFT };
        let right = if index % 2 == 0 { half - 10.0 } else { WIDTH - MARGIN - 8.0 };
        let plot = Plot { bounds: [left, top, right, top + HEIGHT], across: &scale, up: &up };
        bottom = plot.frame(&mut canvas, &fitting(&axis.name, 12.0, right - left));
        for row in &rows {
            let of_variant = names.iter().position(|known| *known == row.variant.name);
            let colour = variant(of_variant.unwrap_or(0));
            let x = plot.x(places[row.point.at[index]]);
            match row.variant.figure(metric).value.filter(|_| row.variant.is_stable()) {
                Some(value) => plot.dot(&mut canvas, (x, plot.y(value)), colour.faded(0.7), 2.5),
                None => plot.cross(&mut canvas, x, colour, of_variant.unwrap_or(0)),
            }
        }
        if index % 2 == 1 {
            top = bottom + 14.0;
        }
    }
    let legend: Vec<(Colour, String)> = names
        .iter()
        .take(VARIANTS_MAX)
        .enumerate()
        .map(|(index, name)| (variant(index), (*name).to_owned()))
        .collect();
    let y = if legend.len() > 1 { canvas.legend(bottom + 6.0, &legend) } else { bottom };
    let axes: Vec<&str> = results.axes.iter().map(|axis| axis.name.as_str()).collect();
    let description =
        format!("{} of {} rows over {}", metric_name(metric), rows.len(), axes.join(", "));
    Chart { name, title: text, description, canvas: canvas.finish(y + 8.0) }
}

//! One metric over the other, with the best compromises: `pareto`.
//!
//! A grey dot is a variant of a point; those on the front are coloured, joined by steps, since
//! what lies between two of them is not known to exist, and labelled where there is room.

use super::super::Chart;
use super::super::canvas::{Anchor, Canvas, MARGIN, WIDTH, fitting, text_width};
use super::super::palette::{AXIS, INK, variant};
use super::plot::Plot;
use super::scale::Scale;
use super::title;
use crate::report::sweep::words::{
    Row, figure, front as rows_on_front, metric_name, rows, settings,
};
use crate::results::{SweepMetric, SweepResults};

const LEFT: f64 = 84.0;
const HEIGHT: f64 = 320.0;
/// Labels of points at most.
const LABELS_MAX: usize = 12;

/// The chart of the front.
pub fn front(results: &SweepResults) -> Chart {
    let [across_metric, up_metric] = results.front_metrics();
    let stable: Vec<Row<'_>> =
        rows(results).into_iter().filter(|row| row.variant.is_stable()).collect();
    let values = |metric: &SweepMetric| -> Vec<f64> {
        stable.iter().filter_map(|row| row.variant.figure(metric).value).collect()
    };
    let across = Scale::of_figures(across_metric.unit, values(&across_metric).into_iter());
    let up = Scale::of_figures(up_metric.unit, values(&up_metric).into_iter());
    let text =
        format!("Best compromises: {} over {}", title(&up_metric), metric_name(&across_metric));
    let mut canvas = Canvas::new();
    let left_out = rows(results).len() - stable.len();
    let mut lines = vec![
        results.scenario.clone(),
        "Coloured: nothing is better in one and not worse in the other; grey: the others"
            .to_owned(),
    ];
    if left_out > 0 {
        lines.push(format!("{left_out} are left out, since their load cannot be carried"));
    }
    let top = canvas.heading(&text, &lines) + 14.0;
    let plot =
        Plot { bounds: [LEFT, top, WIDTH - MARGIN - 24.0, top + HEIGHT], across: &across, up: &up };
    let bottom = plot.frame(&mut canvas, &metric_name(&across_metric));
    let place = |row: &Row<'_>| {
        let [x, y] = [&across_metric, &up_metric].map(|metric| row.variant.figure(metric).value);
        Some((plot.x(x?), plot.y(y?)))
    };
    for at in stable.iter().filter_map(place) {
        plot.dot(&mut canvas, at, AXIS, 3.0);
    }
    let best = rows_on_front(results);
    draw_front(&mut canvas, &plot, results, &best, place);
    if stable.is_empty() {
        plot.empty(&mut canvas, "No point can carry its load.");
    }
    let described: Vec<String> = best
        .iter()
        .map(|row| {
            let [x, y] = [&across_metric, &up_metric].map(|metric| figure(row.variant, metric));
            format!("{}: {x}, {y}", settings(results, row))
        })
        .collect();
    let description = format!("On the front: {}", described.join("; "));
    Chart { name: "pareto", title: text, description, canvas: canvas.finish(bottom + 8.0) }
}

fn draw_front(
    canvas: &mut Canvas,
    plot: &Plot<'_>,
    results: &SweepResults,
    best: &[Row<'_>],
    place: impl Fn(&Row<'_>) -> Option<(f64, f64)>,
) {
    let places: Vec<(&Row<'_>, (f64, f64))> =
        best.iter().filter_map(|row| Some((row, place(row)?))).collect();
    let mut steps: Vec<(f64, f64)> = Vec::new();
    for (_, (x, y)) in &places {
        if let Some((_, before)) = steps.last().copied() {
            steps.push((*x, before));
        }
        steps.push((*x, *y));
    }
    if steps.len() > 1 {
        canvas.path(steps, 2, variant(0).faded(0.5));
    }
    let mut taken: Vec<[f64; 4]> = Vec::new();
    for (row, (x, y)) in places {
        plot.dot(canvas, (x, y), variant(0), 4.5);
        let label = fitting(&label(results, row), 12.0, 330.0);
        let width = text_width(&label, 12.0);
        let left = (x + 8.0).min(WIDTH - MARGIN - width);
        // Above the dot, else below it, else nowhere.
        let free = [y - 11.0, y + 14.0].into_iter().find_map(|middle| {
            let bounds = [left, middle - 7.0, left + width, middle + 7.0];
            let overlaps = |other: &[f64; 4]| {
                bounds[0] < other[2]
                    && other[0] < bounds[2]
                    && bounds[1] < other[3]
                    && other[1] < bounds[3]
            };
            (!taken.iter().any(overlaps)).then_some((middle, bounds))
        });
        if let Some((middle, bounds)) = free.filter(|_| taken.len() < LABELS_MAX) {
            canvas.text((left, middle), Anchor::Start, &label, 12.0, INK);
            taken.push(bounds);
        }
    }
}

/// The levels of a point, and its variant where there are several.
fn label(results: &SweepResults, row: &Row<'_>) -> String {
    match results.factors.len() {
        1 | 2 => settings(results, row),
        _ => format!("point {}", row.index + 1),
    }
}

//! A metric over two axes as a map: a field for each combination, darker for larger figures.
//!
//! Shades are of one hue, from light to dark, so that they are in order for every eye and in
//! print; on figures over more than two decades and a half equal steps are equal ratios. Left
//! out: intervals, which the lines show.

use super::super::Chart;
use super::super::canvas::{Anchor, Canvas, MARGIN, WIDTH, fitting, text_width};
use super::super::palette::{Colour, GRID, INK, PAPER, QUIET};
use super::scale::Scale;
use super::{VARIANTS_MAX, title};
use crate::report::sweep::words::{UNSTABLE, number};
use crate::results::{SweepMetric, SweepResults, SweptPoint};

/// Height of a row of fields.
const ROW: f64 = 30.0;
/// Rows are lower where there are more of them than this.
const HIGH_ROWS_MAX: usize = 16;
/// Ends of the shades: light and dark.
const SHADES: [(f64, f64, f64); 2] = [(232.0, 241.0, 250.0), (8.0, 62.0, 120.0)];

/// The map of a metric; the first axis goes up, the second across.
pub fn heat_map(results: &SweepResults, metric: &SweepMetric, name: &'static str) -> Chart {
    let (up, across) = (&results.axes[0], &results.axes[1]);
    let names = results.variant_names();
    let shown = names.len().min(VARIANTS_MAX);
    let stable = results.points.iter().flat_map(|point| &point.variants[..shown]);
    let values: Vec<f64> = stable
        .filter(|variant| variant.is_stable())
        .filter_map(|variant| variant.figure(metric).value)
        .collect();
    let scale = shade_scale(metric, &values);
    let text = format!("{} by {} and {}, as a map", title(metric), up.name, across.name);
    let mut canvas = Canvas::new();
    let how = "Darker is larger; grey: the load cannot be carried, so there is no such figure";
    let mut y = canvas.heading(&text, &[results.scenario.clone(), how.to_owned()]) + 14.0;
    let widths = up.levels.iter().map(|label| text_width(label, 12.0));
    let left = (MARGIN + 12.0 + widths.fold(0.0, f64::max)).min(240.0);
    let width = (WIDTH - MARGIN - left) / across.levels.len() as f64;
    let height = if up.levels.len() > HIGH_ROWS_MAX { 16.0 } else { ROW };
    for (of_variant, heading) in names.iter().take(shown).enumerate() {
        let above = match names.len() {
            1 => format!("{} (upwards)", up.name),
            _ => format!("{heading}: {} (upwards)", up.name),
        };
        canvas.subheading((MARGIN, y + 6.0), &above);
        y += 22.0;
        let bottom = y + height * up.levels.len() as f64;
        for (row, label) in up.levels.iter().enumerate() {
            let middle = bottom - height * (row as f64 + 0.5);
            let label = fitting(label, 12.0, left - MARGIN - 8.0);
            canvas.label((left - 8.0, middle), Anchor::End, &label);
        }
        for point in &results.points {
            let x = left + width * point.at[1] as f64;
            let low = bottom - height * point.at[0] as f64;
            field(
                &mut canvas,
                [x, low - height, x + width, low],
                point,
                of_variant,
                metric,
                &scale,
            );
        }
        y = column_labels(&mut canvas, across, left, width, bottom);
    }
    let description = described(metric, &values);
    Chart { name, title: text, description, canvas: canvas.finish(y + 8.0) }
}

/// Labels below the columns, as many as there is room for; gives where they end.
fn column_labels(
    canvas: &mut Canvas,
    across: &crate::results::SweepAxis,
    left: f64,
    width: f64,
    bottom: f64,
) -> f64 {
    let mut free_from = f64::NEG_INFINITY;
    for (column, label) in across.levels.iter().enumerate() {
        let x = left + width * (column as f64 + 0.5);
        let half = text_width(label, 12.0) / 2.0;
        if x - half >= free_from {
            canvas.label((x, bottom + 12.0), Anchor::Middle, label);
            free_from = x + half + 8.0;
        }
    }
    let middle = (left + width * across.levels.len() as f64 / 2.0, bottom + 30.0);
    canvas.label(middle, Anchor::Middle, &across.name);
    bottom + 46.0
}

fn field(
    canvas: &mut Canvas,
    bounds: [f64; 4],
    point: &SweptPoint,
    of_variant: usize,
    metric: &SweepMetric,
    scale: &Scale,
) {
    let [left, top, right, bottom] = bounds;
    let inner = [left + 1.0, top + 1.0, right - 1.0, bottom - 1.0];
    let variant = &point.variants[of_variant];
    let value = variant.is_stable().then(|| variant.figure(metric).value).flatten();
    let (colour, ink, text) = match value {
        Some(value) => {
            let share = scale.position(value);
            let ink = if share > 0.5 { PAPER } else { INK };
            (shade(share), ink, number(value, metric.unit))
        }
        None => (GRID, QUIET, UNSTABLE.to_owned()),
    };
    canvas.rectangle(inner, colour);
    let size = 12.0;
    if text_width(&text, size) <= right - left - 4.0 && bottom - top >= size + 2.0 {
        let middle = ((left + right) / 2.0, (top + bottom) / 2.0);
        canvas.text(middle, Anchor::Middle, &text, size, ink);
    }
}

/// From the smallest figure to the largest.
fn shade_scale(metric: &SweepMetric, values: &[f64]) -> Scale {
    Scale::of_figures(metric.unit, values.iter().copied())
}

fn shade(share: f64) -> Colour {
    let [light, dark] = SHADES;
    let mixed = |light: f64, dark: f64| libm::round(light + (dark - light) * share) as u8;
    let rgb = (mixed(light.0, dark.0), mixed(light.1, dark.1), mixed(light.2, dark.2));
    Colour { rgb, opacity: 1.0 }
}

fn described(metric: &SweepMetric, values: &[f64]) -> String {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    match low <= high {
        true => format!("From {} to {}", number(low, metric.unit), number(high, metric.unit)),
        false => "No point can carry its load".to_owned(),
    }
}

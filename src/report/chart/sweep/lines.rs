//! A metric over the levels of one axis: a line for each variant, or for each level of a second.
//!
//! With two axes the one with more levels that are numbers is the horizontal one, and variants
//! have a panel each. Left out: a third axis.

use super::super::Chart;
use super::super::canvas::{Canvas, MARGIN, WIDTH};
use super::super::palette::{Colour, variant};
use super::plot::{Dot, Plot};
use super::scale::Scale;
use super::{VARIANTS_MAX, reading, title};
use crate::report::sweep::words::number;
use crate::results::{Estimate, SweepAxis, SweepMetric, SweepResults, SweptPoint};

/// Left end of plots.
const LEFT: f64 = 84.0;
const HEIGHT: f64 = 250.0;
/// Lines of a panel at most: as many as there are colours.
const LINES_MAX: usize = 8;

/// A line with its name.
struct Line {
    name: String,
    colour: Colour,
    dots: Vec<Dot>,
}

/// A metric over a single axis.
pub fn over_one(results: &SweepResults, metric: &SweepMetric, name: &'static str) -> Chart {
    let axis = &results.axes[0];
    let (scale, places) = Scale::of_levels(axis);
    let names = results.variant_names();
    let lines = names.iter().take(LINES_MAX).enumerate().map(|(index, name)| Line {
        name: (*name).to_owned(),
        colour: variant(index),
        dots: dots(results.points.iter(), 0, index, metric, &places),
    });
    let lines: Vec<Line> = lines.collect();
    let text = format!("{} by {}", title(metric), axis.name);
    draw(results, metric, (name, text), (axis, &scale), vec![(String::new(), lines)])
}

/// A metric over two axes.
pub fn over_two(results: &SweepResults, metric: &SweepMetric, name: &'static str) -> Chart {
    let (across, other) = match better_across(&results.axes) {
        0 => (0, 1),
        _ => (1, 0),
    };
    let (axis, second) = (&results.axes[across], &results.axes[other]);
    let (scale, places) = Scale::of_levels(axis);
    let chosen = spread(second.levels.len());
    let names = results.variant_names();
    let panels = names.iter().take(VARIANTS_MAX).enumerate().map(|(of_variant, heading)| {
        let lines = chosen.iter().enumerate().map(|(index, level)| {
            let points = results.points.iter().filter(|point| point.at[other] == *level);
            Line {
                name: format!("{} {}", second.name, second.levels[*level]),
                colour: variant(index),
                dots: dots(points, across, of_variant, metric, &places),
            }
        });
        let heading = if names.len() > 1 { (*heading).to_owned() } else { String::new() };
        (heading, lines.collect())
    });
    let panels: Vec<(String, Vec<Line>)> = panels.collect();
    let text = format!("{} by {} and {}", title(metric), axis.name, second.name);
    draw(results, metric, (name, text), (axis, &scale), panels)
}

/// The number of the axis with more levels that are numbers.
fn better_across(axes: &[SweepAxis]) -> usize {
    let worth = |axis: &SweepAxis| (axis.numbers.is_some(), axis.levels.len());
    usize::from(worth(&axes[1]) > worth(&axes[0]))
}

/// At most as many levels as there are colours, evenly chosen, the first and the last among them.
fn spread(count: usize) -> Vec<usize> {
    match count <= LINES_MAX {
        true => (0..count).collect(),
        false => (0..LINES_MAX).map(|index| index * (count - 1) / (LINES_MAX - 1)).collect(),
    }
}

fn dots<'a>(
    points: impl Iterator<Item = &'a SweptPoint>,
    axis: usize,
    of_variant: usize,
    metric: &SweepMetric,
    places: &[f64],
) -> Vec<Dot> {
    let dot = |point: &SweptPoint| {
        let variant = &point.variants[of_variant];
        Dot {
            across: places[point.at[axis]],
            figure: variant.is_stable().then(|| variant.figure(metric)),
        }
    };
    let mut dots: Vec<Dot> = points.map(dot).collect();
    dots.sort_by(|one, other| one.across.total_cmp(&other.across));
    dots
}

fn draw(
    results: &SweepResults,
    metric: &SweepMetric,
    (name, text): (&'static str, String),
    (axis, scale): (&SweepAxis, &Scale),
    panels: Vec<(String, Vec<Line>)>,
) -> Chart {
    let all = || panels.iter().flat_map(|(_, lines)| lines).flat_map(|line| &line.dots);
    let has_unstable = all().any(|dot| dot.figure.is_none());
    let figures: Vec<Estimate> = all().filter_map(|dot| dot.figure).collect();
    let up = Scale::of_figures(metric.unit, ends(&figures).into_iter());
    let mut canvas = Canvas::new();
    let mut y = canvas.heading(&text, &reading(results, has_unstable)) + 14.0;
    for (heading, lines) in &panels {
        if !heading.is_empty() {
            canvas.subheading((MARGIN, y + 6.0), heading);
            y += 22.0;
        }
        let plot =
            Plot { bounds: [LEFT, y, WIDTH - MARGIN - 8.0, y + HEIGHT], across: scale, up: &up };
        y = plot.frame(&mut canvas, &axis.name);
        for (row, line) in lines.iter().enumerate() {
            let is_joined = axis.numbers.is_some();
            plot.line(&mut canvas, &line.dots, (line.colour, row), is_joined);
        }
        if all().all(|dot| dot.figure.is_none()) {
            plot.empty(&mut canvas, "No point can carry its load.");
        }
        y += 8.0;
    }
    let lines = panels.first().map_or(&[][..], |(_, lines)| lines);
    let legend: Vec<(Colour, String)> =
        lines.iter().map(|line| (line.colour, line.name.clone())).collect();
    let y = if legend.len() > 1 { canvas.legend(y, &legend) } else { y };
    let description = described(metric, &panels);
    Chart { name, title: text, description, canvas: canvas.finish(y + 8.0) }
}

/// Values and ends of intervals. An interval that reaches below what a figure can be (an age below
/// 0) does not stretch the scale to there.
fn ends(figures: &[Estimate]) -> Vec<f64> {
    let values: Vec<f64> = figures.iter().filter_map(|figure| figure.value).collect();
    let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
    let others = figures.iter().flat_map(|figure| [figure.low, figure.high]).flatten();
    let is_possible = |end: &f64| lowest < 0.0 || *end > 0.0;
    values.iter().copied().chain(others.filter(is_possible)).collect()
}

/// The lowest and highest figure of every line.
fn described(metric: &SweepMetric, panels: &[(String, Vec<Line>)]) -> String {
    let mut parts = Vec::new();
    for (heading, lines) in panels {
        for line in lines {
            let values = line.dots.iter().filter_map(|dot| dot.figure?.value);
            let (low, high) = values
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), one| {
                    (low.min(one), high.max(one))
                });
            let range = match low <= high {
                true => {
                    format!("{} to {}", number(low, metric.unit), number(high, metric.unit))
                }
                false => "no figure".to_owned(),
            };
            let before = if heading.is_empty() { "" } else { ", " };
            parts.push(format!("{heading}{before}{}: {range}", line.name));
        }
    }
    parts.join("; ")
}

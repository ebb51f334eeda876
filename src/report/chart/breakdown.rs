//! Where the age of finished batches comes from: a stacked bar per variant (S9.4).
//!
//! Bars are as long as the mean age, so variants compare; when one variant is more than twenty
//! times older than another, every bar is 100 % long instead and says its age. Left out: how the
//! parts change over time.

use super::Chart;
use super::axis::Axis;
use super::canvas::{Anchor, Canvas, MARGIN, Part, WIDTH, fitting, text_width};
use super::palette::{AGE_PARTS, AXIS, GRID, INK};
use super::timeline::ChartTable;
use crate::report::figures::{self, Quantity};
use crate::results::{AgeBreakdown, RunResults};

const PART_NAMES: [&str; 10] = [
    "becoming visible",
    "waiting for the poll",
    "batching window",
    "behind earlier batches",
    "reading held back",
    "waiting for concurrency",
    "failed attempts and backoff",
    "invoke overhead",
    "cold start",
    "running the function",
];

/// Above this ratio of ages, bars show shares.
const COMPARABLE: f64 = 20.0;
const ROW: f64 = 40.0;

struct Bar {
    name: String,
    parts: [f64; 10],
    total: f64,
}

/// The chart of where the age comes from.
pub fn age_breakdown(results: &RunResults) -> Chart {
    let bars: Vec<Bar> = results
        .summary
        .variants
        .iter()
        .map(|variant| Bar::new(&variant.name, &variant.age_breakdown))
        .collect();
    let ages = bars.iter().map(|bar| bar.total).filter(|total| *total > 0.0);
    let (low, high) =
        ages.fold((f64::INFINITY, 0.0_f64), |(low, high), age| (low.min(age), high.max(age)));
    let as_shares = high / low > COMPARABLE;
    let kind = if as_shares {
        "Share of the mean age of a finished batch's last record; ages differ too much for a scale"
    } else {
        "Mean age of a finished batch's last record, split by where the time was spent"
    };
    let title = "Where the age comes from".to_owned();
    let mut canvas = Canvas::new();
    let top = canvas.heading(&title, &[results.summary.scenario.clone(), kind.to_owned()]) + 16.0;
    let bottom = top + ROW * bars.len().max(1) as f64;
    if high > 0.0 {
        let axis = if as_shares { Axis::percent() } else { Axis::linear_age(high) };
        draw_bars(&mut canvas, &bars, &axis, as_shares, (top, bottom));
    } else {
        let middle = (WIDTH / 2.0, (top + bottom) / 2.0);
        canvas.label(middle, Anchor::Middle, "No batch was finished, so there is no age to split.");
    }
    let legend: Vec<_> = (0..10)
        .filter(|part| bars.iter().any(|bar| bar.parts[*part] > 0.0))
        .map(|part| (AGE_PARTS[part], PART_NAMES[part].to_owned()))
        .collect();
    let mut y = bottom;
    canvas.part(Part::Below, |canvas| y = canvas.legend(bottom + 36.0, &legend));
    canvas.tables = table(&bars).into_iter().collect();
    Chart {
        name: "age-breakdown",
        title,
        description: description(&bars),
        canvas: canvas.finish(y + 8.0),
    }
}

impl Bar {
    fn new(name: &str, split: &AgeBreakdown) -> Bar {
        let parts = [
            split.visibility,
            split.poll,
            split.window,
            split.queue,
            split.read_ahead,
            split.concurrency,
            split.retry,
            split.overhead,
            split.cold_start,
            split.execution,
        ]
        .map(|part| part.value.filter(|v| v.is_finite()).unwrap_or(0.0).max(0.0));
        Bar { name: name.to_owned(), parts, total: parts.iter().sum() }
    }

    /// The age, and which part is the largest.
    fn label(&self) -> String {
        let largest = (0..10).max_by(|a, b| self.parts[*a].total_cmp(&self.parts[*b]));
        match largest.filter(|_| self.total > 0.0) {
            None => "no batch finished".to_owned(),
            Some(part) => {
                let age = figures::plain(self.total, Quantity::Seconds);
                let share = libm::round(self.parts[part] / self.total * 100.0);
                format!("{age}: {share} % {}", PART_NAMES[part])
            }
        }
    }
}

fn draw_bars(
    canvas: &mut Canvas,
    bars: &[Bar],
    axis: &Axis,
    as_shares: bool,
    (top, bottom): (f64, f64),
) {
    let names = bars.iter().map(|bar| text_width(&bar.name, 13.0));
    let left = MARGIN + names.fold(60.0, f64::max).min(200.0) + 12.0;
    let labels = bars.iter().map(|bar| text_width(&bar.label(), 13.0));
    let right = WIDTH - MARGIN - labels.fold(60.0, f64::max) - 8.0;
    let place = |value: f64| left + axis.position(value) * (right - left);
    for (index, bar) in bars.iter().enumerate() {
        let y = top + ROW * (index as f64 + 0.5);
        canvas.part(Part::Variant(index, ROW), |canvas| {
            // Lines of the grid belong to rows, so that a row can be taken out.
            let line = |x: f64| vec![(x, y - ROW / 2.0), (x, y + ROW / 2.0)];
            for (value, _) in &axis.ticks {
                canvas.path(line(place(*value)), 1, GRID);
            }
            canvas.path(line(left), 1, AXIS);
            let name = fitting(&bar.name, 13.0, left - MARGIN - 10.0);
            canvas.text((left - 8.0, y), Anchor::End, &name, 13.0, INK);
            let scale = if as_shares && bar.total > 0.0 { 1.0 / bar.total } else { 1.0 };
            let mut sum = 0.0;
            for (part, colour) in bar.parts.iter().zip(AGE_PARTS) {
                let from = place(sum * scale);
                sum += part;
                let to = place(sum * scale);
                if to - from >= 0.5 {
                    canvas.rectangle([from, y - 13.0, to, y + 13.0], colour);
                }
            }
            canvas.text((place(sum * scale) + 8.0, y), Anchor::Start, &bar.label(), 13.0, INK);
        });
    }
    canvas.part(Part::Below, |canvas| {
        for (value, label) in &axis.ticks {
            canvas.label((place(*value), bottom + 14.0), Anchor::Middle, label);
        }
    });
}

/// Every part of every bar; `None`: no batch was finished.
fn table(bars: &[Bar]) -> Option<ChartTable> {
    let seconds = |value: f64| figures::plain(value, Quantity::Seconds);
    let shown = (0..10).filter(|part| bars.iter().any(|bar| bar.parts[*part] > 0.0));
    let row = |part: usize| {
        let cells = bars.iter().map(|bar| seconds(bar.parts[part]));
        [PART_NAMES[part].to_owned()].into_iter().chain(cells).collect()
    };
    let mut rows: Vec<Vec<String>> = shown.map(row).collect();
    if rows.is_empty() {
        return None;
    }
    let totals = bars.iter().map(|bar| seconds(bar.total));
    rows.push(["in all".to_owned()].into_iter().chain(totals).collect());
    let names = bars.iter().map(|bar| bar.name.clone());
    let head = ["Part".to_owned()].into_iter().chain(names).collect();
    Some(ChartTable { caption: "Mean age by where it was spent".to_owned(), head, rows })
}

fn description(bars: &[Bar]) -> String {
    let parts: Vec<String> =
        bars.iter().map(|bar| format!("{}: {}", bar.name, bar.label())).collect();
    format!("Mean age and its largest part. {}", parts.join("; "))
}

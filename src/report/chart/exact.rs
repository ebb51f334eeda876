//! Simulated figures over exact ones, with their intervals, group by group.
//!
//! Each row is one known answer that is estimated from several replications; its line is the 95 %
//! interval of the ratio. Of a hundred right ones about five do not reach 1. Left out: answers that
//! are lists, that are met without randomness, or of which only bounds are known; a ratio says
//! nothing about them, so they are only counted.

use super::Chart;
use super::canvas::{Anchor, Canvas, MARGIN, WIDTH};
use super::palette::{AXIS, GRID, INK, LIMIT, QUIET, variant};
use super::timeline::ChartTable;
use crate::results::{ItemKind, ItemStatus, ValidatedItem, Validation, ValidationGroup};

/// Height of an answer.
const ROW: f64 = 5.0;
/// Ratios further from 1 than this stand at the edge.
const FARTHEST: f64 = 0.1;
/// The axis is at least this wide to both sides.
const NEAREST: f64 = 0.01;

/// One answer.
struct Ratio {
    middle: f64,
    low: f64,
    high: f64,
    passes: bool,
}

/// The chart of ratios.
pub fn exact(validation: &Validation) -> Chart {
    let is_theory = |group: &&ValidationGroup| group.kind == ItemKind::Theory;
    let groups: Vec<(&ValidationGroup, Vec<Ratio>)> = validation
        .groups
        .iter()
        .filter(is_theory)
        .map(|group| (group, group.items.iter().filter_map(ratio).collect()))
        .collect();
    let all = || groups.iter().flat_map(|(_, ratios)| ratios);
    let ends = all().flat_map(|ratio| [ratio.low - 1.0, ratio.high - 1.0]);
    let reach = ends.fold(0.0, |reach: f64, end| reach.max(end.abs()));
    let reach = (reach * 1.05).clamp(NEAREST, FARTHEST);
    let title = "Simulated over exact".to_owned();
    let lines = [
        "Every row is a result that is known exactly; its line is the 95 % interval of the \
         simulated one, as a ratio"
            .to_owned(),
        format!(
            "{} results with an interval; the others are counted beside their group",
            all().count()
        ),
    ];
    let mut canvas = Canvas::new();
    let mut y = canvas.heading(&title, &lines) + 14.0;
    let scale = Scale::new(reach);
    for (group, ratios) in &groups {
        canvas.subheading((MARGIN, y + 8.0), &heading(group));
        canvas.text((WIDTH - MARGIN, y + 8.0), Anchor::End, &counted(group, ratios), 12.0, QUIET);
        y += 22.0;
        scale.grid(&mut canvas, y, y + ROW * ratios.len() as f64);
        for ratio in ratios {
            draw(&mut canvas, &scale, ratio, y + ROW / 2.0);
            y += ROW;
        }
        y += if ratios.is_empty() { 2.0 } else { 10.0 };
    }
    scale.labels(&mut canvas, y);
    canvas.tables = vec![table(&groups)];
    let inside = all().filter(|ratio| ratio.passes).count();
    let description = format!(
        "Ratio of simulated to exact results with 95 % intervals; {inside} of {} agree with their \
         tolerance",
        all().count()
    );
    Chart { name: "exact", title, description, canvas: canvas.finish(y + 46.0) }
}

/// The answer as a ratio; `None` where it is no number with an interval.
fn ratio(item: &ValidatedItem) -> Option<Ratio> {
    let [check] = item.checks.as_slice() else { return None };
    let exact = check.expected.as_f64().filter(|exact| *exact != 0.0)?;
    if check.band.is_some() {
        return None;
    }
    let estimate = check.estimate;
    let width = estimate.half_width().filter(|width| *width > 1e-9 * exact.abs())?;
    let middle = estimate.value? / exact;
    let width = width / exact.abs();
    Some(Ratio {
        middle,
        low: middle - width,
        high: middle + width,
        passes: item.status == ItemStatus::Passed,
    })
}

fn heading(group: &ValidationGroup) -> String {
    match group.title.as_str() {
        "" => format!("Group {}", group.name),
        title => format!("{}  {title}", group.name),
    }
}

/// A row per group, since a ratio each would be a table nobody reads.
fn table(groups: &[(&ValidationGroup, Vec<Ratio>)]) -> ChartTable {
    let percent = |ratio: f64| format!("{:+.2} %", (ratio - 1.0) * 100.0);
    let row = |(group, ratios): &(&ValidationGroup, Vec<Ratio>)| {
        let lowest = ratios.iter().map(|ratio| ratio.middle).reduce(f64::min);
        let highest = ratios.iter().map(|ratio| ratio.middle).reduce(f64::max);
        let absent = || "–".to_owned();
        vec![
            heading(group),
            counted(group, ratios),
            lowest.map_or_else(absent, percent),
            highest.map_or_else(absent, percent),
        ]
    };
    ChartTable {
        caption: "Simulated results less exact ones".to_owned(),
        head: ["Group", "Results", "Lowest", "Highest"].map(str::to_owned).to_vec(),
        rows: groups.iter().map(row).collect(),
    }
}

/// How many answers of a group agree, and how many are no ratio.
fn counted(group: &ValidationGroup, ratios: &[Ratio]) -> String {
    let run = group.items.len() - group.count(ItemStatus::Unsupported);
    let others = run - ratios.len();
    let agree = format!("{} of {run} agree", group.count(ItemStatus::Passed));
    match others {
        0 => agree,
        _ => format!("{agree}; {others} without an interval"),
    }
}

/// The axis of ratios.
struct Scale {
    reach: f64,
    /// Ratio less 1 of every tick.
    ticks: Vec<f64>,
}

impl Scale {
    fn new(reach: f64) -> Scale {
        let steps = [0.002, 0.005, 0.01, 0.02, 0.05];
        let step = steps.into_iter().find(|step| reach / step <= 5.0).unwrap_or(FARTHEST);
        let most = libm::floor(reach / step) as i32;
        Scale { reach, ticks: (-most..=most).map(|tick| f64::from(tick) * step).collect() }
    }

    fn place(&self, ratio: f64) -> f64 {
        let (left, right) = (MARGIN + 30.0, WIDTH - MARGIN - 30.0);
        let share = ((ratio - 1.0) / self.reach).clamp(-1.0, 1.0);
        left + (share + 1.0) / 2.0 * (right - left)
    }

    fn grid(&self, canvas: &mut Canvas, top: f64, bottom: f64) {
        for tick in &self.ticks {
            let x = self.place(1.0 + tick);
            let colour = if *tick == 0.0 { AXIS } else { GRID };
            canvas.path(vec![(x, top), (x, bottom)], 1, colour);
        }
    }

    fn labels(&self, canvas: &mut Canvas, y: f64) {
        for tick in &self.ticks {
            let percent = libm::round(tick * 1000.0) / 10.0;
            let label = if *tick == 0.0 { "exact".to_owned() } else { format!("{percent:+} %") };
            canvas.label((self.place(1.0 + tick), y + 14.0), Anchor::Middle, &label);
        }
        let at = (self.place(1.0), y + 34.0);
        canvas.text(at, Anchor::Middle, "simulated result against the exact one", 12.0, INK);
    }
}

fn draw(canvas: &mut Canvas, scale: &Scale, ratio: &Ratio, y: f64) {
    let colour = if ratio.passes { variant(0) } else { LIMIT };
    let (low, high) = (scale.place(ratio.low), scale.place(ratio.high));
    canvas.path(vec![(low, y), (high.max(low + 1.0), y)], 1, colour);
    let x = scale.place(ratio.middle);
    canvas.rectangle([x - 1.5, y - 1.5, x + 1.5, y + 1.5], colour);
}

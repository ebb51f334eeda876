//! Simulated figures beside measured ones, each with the band in which it agrees.
//!
//! ```text
//! position = (value - measured) / (half the width of the band)
//! ```
//!
//! so that figures of all kinds share one scale: the bar is the band, the line in the middle what
//! was measured, the dot what was simulated, with its 95 % interval. Beyond three half widths a dot
//! stands at the edge. Figures in the same family share a chart.

use super::Chart;
use super::canvas::{Anchor, Canvas, MARGIN, WIDTH, fitting};
use super::palette::{AXIS, Colour, GRID, INK, LIMIT, QUIET, SHADE, variant};
use super::timeline::ChartTable;
use crate::report::figures;
use crate::report::validation::cells;
use crate::results::{ItemCheck, ItemKind, ItemStatus, Validation};

/// Height of a figure.
const ROW: f64 = 18.0;
/// Half widths of the band to both sides of the measured value.
const REACH: f64 = 3.0;
/// Where the plot begins and ends.
const PLOT: (f64, f64) = (370.0, 660.0);
/// Where the column of measured values and that of simulated ones end.
const COLUMNS: (f64, f64) = (750.0, WIDTH - MARGIN);

/// Figures that belong together, by the beginnings of their names.
struct Family {
    name: &'static str,
    title: &'static str,
    prefixes: &'static [&'static str],
}

/// Families in the order of the page; a figure is in the first that it fits.
const FAMILIES: [Family; 4] = [
    Family {
        name: "measured-rates",
        title: "Growth, throughput, backlog and recovery",
        prefixes: &[
            "iterator_age_slope",
            "iterator_age_step",
            "throughput",
            "efficiency",
            "backlog",
            "processed",
            "recovery",
            "invocations_per_minute",
        ],
    },
    Family { name: "measured-ages", title: "IteratorAge", prefixes: &["iterator_age"] },
    Family { name: "measured-concurrency", title: "Concurrency", prefixes: &["concurrency"] },
    Family {
        name: "measured-latencies",
        title: "Latency and the poll grid",
        prefixes: &["latency", "share_over", "start_"],
    },
];

/// A figure.
struct Row<'a> {
    id: &'a str,
    check: &'a ItemCheck,
}

/// The charts of measured figures, without empty ones.
pub fn agreements(validation: &Validation) -> Vec<Chart> {
    let groups = validation.groups.iter().filter(|group| group.kind == ItemKind::Measured);
    let items = groups.flat_map(|group| &group.items);
    let run = items.filter(|item| item.status != ItemStatus::Unsupported);
    let rows: Vec<Row<'_>> =
        run.flat_map(|item| item.checks.iter().map(|check| Row { id: &item.id, check })).collect();
    let of_family = |place: usize| {
        let is_in = |row: &&Row<'_>| family_of(&row.check.what) == Some(place);
        let rows: Vec<&Row<'_>> = rows.iter().filter(is_in).collect();
        (!rows.is_empty()).then(|| chart(&FAMILIES[place], &rows))
    };
    (0..FAMILIES.len()).filter_map(of_family).collect()
}

fn family_of(what: &str) -> Option<usize> {
    FAMILIES.iter().position(|family| family.prefixes.iter().any(|prefix| what.starts_with(prefix)))
}

fn chart(family: &Family, rows: &[&Row<'_>]) -> Chart {
    let title = format!("Simulated against measured: {}", family.title);
    let line = "The bar is the band in which a figure agrees; the dot is the simulated one with \
                its 95 % interval";
    let mut canvas = Canvas::new();
    let top = canvas.heading(&title, &[line.to_owned()]) + 26.0;
    let bottom = top + ROW * rows.len() as f64;
    canvas.label((COLUMNS.0, top - 10.0), Anchor::End, "measured");
    canvas.label((COLUMNS.1, top - 10.0), Anchor::End, "simulated");
    for tick in [-2.0, -1.0, 0.0, 1.0, 2.0] {
        let x = place(tick);
        let colour = if tick == 0.0 { AXIS } else { GRID };
        canvas.path(vec![(x, top), (x, bottom)], 1, colour);
    }
    let mut last_id = "";
    for (index, row) in rows.iter().enumerate() {
        let y = top + ROW * (index as f64 + 0.5);
        if row.id != last_id {
            let above = y - ROW / 2.0;
            canvas.path(vec![(MARGIN, above), (WIDTH - MARGIN, above)], 1, GRID);
            canvas.subheading((MARGIN, y), row.id);
            last_id = row.id;
        }
        draw_row(&mut canvas, row.check, y);
    }
    // The measured value is the same for all, so its line lies above the bands.
    canvas.path(vec![(place(0.0), top), (place(0.0), bottom)], 1, AXIS);
    let labels = [(-2.0, "-2"), (-1.0, "-1"), (0.0, "measured"), (1.0, "+1"), (2.0, "+2")];
    for (tick, label) in labels {
        canvas.label((place(tick), bottom + 14.0), Anchor::Middle, label);
    }
    let middle = (place(0.0), bottom + 32.0);
    canvas.label(middle, Anchor::Middle, "distance in half widths of the band");
    let legend = [(SHADE, "band"), (variant(0), "agrees"), (LIMIT, "does not agree")];
    let legend: Vec<(Colour, String)> =
        legend.into_iter().map(|(colour, name)| (colour, name.to_owned())).collect();
    let y = canvas.legend(bottom + 44.0, &legend);
    let agree = rows.iter().filter(|row| row.check.agrees).count();
    let description = format!("{agree} of {} figures lie in their bands", rows.len());
    canvas.tables = vec![table(&title, rows)];
    Chart { name: family.name, title, description, canvas: canvas.finish(y + 8.0) }
}

/// The same figures as a table.
fn table(title: &str, rows: &[&Row<'_>]) -> ChartTable {
    let cells = |row: &&Row<'_>| {
        let measured = row.check.expected.as_f64().map(|value| format!("{value}"));
        let verdict = if row.check.agrees { "agrees" } else { "does not agree" };
        let (_, simulated) = cells::pair(row.check);
        let measured = measured.unwrap_or_else(|| figures::ABSENT.to_owned());
        let what = format!("{}: {}", row.id, in_words(row.check));
        vec![what, measured, simulated, verdict.to_owned()]
    };
    ChartTable {
        caption: title.to_owned(),
        head: ["Figure", "Measured", "Simulated", "Verdict"].map(str::to_owned).to_vec(),
        rows: rows.iter().map(cells).collect(),
    }
}

fn draw_row(canvas: &mut Canvas, check: &ItemCheck, y: f64) {
    let label = fitting(&in_words(check), 12.0, PLOT.0 - MARGIN - 92.0);
    canvas.text((MARGIN + 84.0, y), Anchor::Start, &label, 12.0, QUIET);
    let measured = check.expected.as_f64();
    let shown = measured.map_or(figures::ABSENT.to_owned(), |value| format!("{value}"));
    canvas.text((COLUMNS.0, y), Anchor::End, &shown, 12.0, INK);
    let (_, simulated) = cells::pair(check);
    canvas.text((COLUMNS.1, y), Anchor::End, &simulated, 12.0, INK);
    let (Some(measured), Some((low, high))) = (measured, check.band) else { return };
    let half_width = (high - low) / 2.0;
    let position = |value: f64| match half_width > 0.0 {
        true => (value - measured) / half_width,
        // A band without width is met or not.
        false if value == measured => 0.0,
        false => REACH * (value - measured) / (value - measured).abs(),
    };
    let edges = (place(position(low)), place(position(high)));
    canvas.rectangle([edges.0, y - 5.0, edges.1.max(edges.0 + 2.0), y + 5.0], SHADE);
    let colour = if check.agrees { variant(0) } else { LIMIT };
    let estimate = check.estimate;
    if let (Some(low), Some(high)) = (estimate.low, estimate.high) {
        canvas.path(vec![(place(position(low)), y), (place(position(high)), y)], 2, colour);
    }
    if let Some(value) = estimate.value {
        let x = place(position(value));
        canvas.rectangle([x - 3.0, y - 3.0, x + 3.0, y + 3.0], colour);
    }
}

/// Where a position stands; beyond the reach at the edge.
fn place(position: f64) -> f64 {
    let share = (position.clamp(-REACH, REACH) / REACH + 1.0) / 2.0;
    PLOT.0 + share * (PLOT.1 - PLOT.0)
}

/// A figure in plain words, with its part of the run.
fn in_words(check: &ItemCheck) -> String {
    const WORDS: [(&str, &str); 20] = [
        ("iterator_age_avg_s", "average age"),
        ("iterator_age_min_s", "lowest age"),
        ("iterator_age_max_s", "highest age"),
        ("iterator_age_minute_avg_mean_s", "mean of minute averages"),
        ("iterator_age_minute_max_min_s", "lowest minute maximum"),
        ("iterator_age_minute_max_max_s", "highest minute maximum"),
        ("iterator_age_slope", "growth of the age, s/s"),
        ("iterator_age_step_sd_s", "unevenness of its growth"),
        ("backlog_records", "backlog, records"),
        ("processed_records", "records processed"),
        ("throughput_per_s", "records per second"),
        ("efficiency", "share of full use"),
        ("invocations_per_minute_min", "fewest invocations a minute"),
        ("invocations_per_minute_max", "most invocations a minute"),
        ("recovery_s", "recovery, s"),
        ("concurrency_mean", "mean concurrency"),
        ("concurrency_max", "highest concurrency"),
        ("start_gap_s", "gap between starts"),
        ("start_gap_grid_share", "gaps on the poll grid"),
        ("start_gap_odd_share", "gaps at odd multiples"),
    ];
    let known = WORDS.iter().find(|(name, _)| *name == check.what);
    let what =
        known.map_or_else(|| latency_in_words(&check.what), |(_, words)| (*words).to_owned());
    match check.during {
        None => what,
        Some((from, to)) if from == to => format!("{what}, at {from:.0} s"),
        Some((from, to)) => format!("{what}, {from:.0} to {to:.0} s"),
    }
}

/// `start_latency_p50_s` as "latency to the start, p50".
fn latency_in_words(name: &str) -> String {
    let statistic = |prefix: &str| name.strip_prefix(prefix)?.strip_suffix("_s");
    match (statistic("latency_"), statistic("start_latency_"), name.strip_prefix("share_over_")) {
        (Some(statistic), _, _) => format!("latency, {statistic}"),
        (_, Some(statistic), _) => format!("latency to the start, {statistic}"),
        (_, _, Some(limit)) => format!("share of latencies over {limit}"),
        (None, None, None) => name.to_owned(),
    }
}

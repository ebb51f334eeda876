//! When shards were blocked, and why: a row per shard, a panel per variant (S9.3).
//!
//! About forty rows in all; of more shards those that were blocked longest. Intervals that almost
//! touch are drawn as one bar, as many as it takes to keep the drawing small; its height is then
//! the share of its time that was blocked, and the subtitle says so. The first replication is
//! shown. Left out: single lanes.

use super::axis::Axis;
use super::canvas::{Anchor, Canvas, MARGIN, Part, WIDTH};
use super::palette::{self, AXIS, Colour, GRID, SHADE};
use super::panel::{Area, LEFT, draw_span, time_axis_below};
use super::timeline::{ShardBar, ShardPanel, Timeline};
use super::{Chart, time_end};
use crate::report::figures::{self, Quantity};
use crate::results::{BlockCause, BlockedInterval, RunResults, Shaded, VariantDetails};

/// Rows in all panels together.
const ROWS_MAX: usize = 40;
/// Rectangles in all panels together; more are merged.
const INTERVALS_MAX: usize = 350;
const CAUSES: [(BlockCause, &str); 4] = [
    (BlockCause::FunctionError, "the function fails"),
    (BlockCause::Throttle, "throttled: no concurrency"),
    (BlockCause::Oversize, "record above the payload limit"),
    (BlockCause::Destination, "the destination"),
];
/// A bar is at least this share of its row high.
const SHARE_SEEN: f64 = 0.1;
/// How strongly a shard is coloured of which some lanes go on.
const PARTLY: f64 = 0.45;

/// The chart of blocked shards.
pub fn blocked_shards(results: &RunResults) -> Chart {
    let end = time_end(results);
    let time = Axis::time(end);
    let rows_each = (ROWS_MAX / results.variants.len().max(1)).max(3);
    let panels: Vec<Panel> = results
        .summary
        .variants
        .iter()
        .zip(&results.variants)
        .map(|(summary, details)| Panel::new(&summary.name, details, rows_each))
        .collect();
    let gap = gap_that_fits(&panels, end);
    let title = "When shards are blocked, and why".to_owned();
    let mut canvas = Canvas::new();
    let subtitle = [results.summary.scenario.clone(), drawn(&panels, gap, end)];
    let mut y = canvas.heading(&title, &subtitle) + 4.0;
    let right = WIDTH - MARGIN - 8.0;
    let first_top = y;
    let mut area = Area { top: y, bottom: y + 20.0, right };
    canvas.part(Part::Shards, |canvas| {
        for panel in &panels {
            canvas.subheading((MARGIN, y + 14.0), &panel.heading());
            let top = y + 28.0;
            let bottom = top + panel.row_height() * panel.rows.len() as f64;
            area = Area { top, bottom, right };
            panel.draw(canvas, &time, &area, gap, &results.shaded);
            y = bottom + 6.0;
        }
        if panels.is_empty() {
            let middle = (WIDTH / 2.0, y + 10.0);
            canvas.label(middle, Anchor::Middle, "Nothing was simulated.");
            y += 24.0;
        } else {
            time_axis_below(canvas, &time, &area);
            y = area.bottom;
        }
    });
    canvas.part(Part::Below, |canvas| {
        y = canvas.legend(y + 44.0, &legend(&panels, &results.shaded));
    });
    canvas.timeline = Some(Timeline {
        end,
        right,
        spans: results.shaded.iter().filter(|span| span.from < end).cloned().collect(),
        plots: Vec::new(),
        top: first_top,
        shards: panels.iter().enumerate().map(|(index, panel)| panel.figures(index, gap)).collect(),
    });
    Chart {
        name: "blocked-shards",
        title,
        description: description(results),
        canvas: canvas.finish(y + 8.0),
    }
}

/// One variant.
struct Panel {
    name: String,
    shards: u32,
    /// Shards shown, in order of their index, with their intervals.
    rows: Vec<(u32, Vec<BlockedInterval>)>,
    blocked_shards: usize,
}

impl Panel {
    fn new(name: &str, details: &VariantDetails, rows_max: usize) -> Panel {
        let mut rows: Vec<(u32, Vec<BlockedInterval>)> = Vec::new();
        let mut intervals = details.blocked.clone();
        intervals.retain(|interval| interval.to > interval.from);
        intervals.sort_by(|a, b| a.shard.cmp(&b.shard).then(a.from.total_cmp(&b.from)));
        for interval in intervals {
            match rows.last_mut() {
                Some((shard, row)) if *shard == interval.shard => row.push(interval),
                Some(_) | None => rows.push((interval.shard, vec![interval])),
            }
        }
        let blocked_shards = rows.len();
        if blocked_shards > 0 && details.shards as usize <= rows_max {
            for shard in 0..details.shards {
                if rows.iter().all(|(other, _)| *other != shard) {
                    rows.push((shard, Vec::new()));
                }
            }
        }
        let time = |row: &[BlockedInterval]| row.iter().map(|i| i.to - i.from).sum::<f64>();
        rows.sort_by(|a, b| time(&b.1).total_cmp(&time(&a.1)).then(a.0.cmp(&b.0)));
        rows.truncate(rows_max);
        rows.sort_by_key(|(shard, _)| *shard);
        Panel { name: name.to_owned(), shards: details.shards, rows, blocked_shards }
    }

    fn heading(&self) -> String {
        let shown = self.rows.len();
        if shown == 0 {
            format!("{}: no shard was blocked", self.name)
        } else if (shown as u64) < u64::from(self.shards) {
            let (blocked, shards) = (self.blocked_shards, self.shards);
            format!(
                "{}: {blocked} of {shards} shards were blocked, the worst {shown} shown",
                self.name
            )
        } else {
            self.name.clone()
        }
    }

    /// The same as figures, for the variant of this number.
    fn figures(&self, variant: usize, gap: f64) -> ShardPanel {
        let bar = |bar: Bar| ShardBar {
            span: (bar.interval.from, bar.interval.to),
            share: bar.share(),
            cause: cause_name(bar.interval.cause),
            colour: colour(&bar.interval),
        };
        let row = |(shard, intervals): &(u32, Vec<BlockedInterval>)| {
            (*shard, merged(intervals, gap).into_iter().map(bar).collect())
        };
        ShardPanel {
            variant,
            name: self.name.clone(),
            heading: self.heading(),
            row_height: self.row_height(),
            rows: self.rows.iter().map(row).collect(),
        }
    }

    fn row_height(&self) -> f64 {
        if self.rows.len() > 12 { 13.0 } else { 18.0 }
    }

    fn draw(&self, canvas: &mut Canvas, time: &Axis, area: &Area, gap: f64, shaded: &[Shaded]) {
        let height = self.row_height();
        let place = |seconds: f64| LEFT + time.position(seconds) * (area.right - LEFT);
        if !self.rows.is_empty() {
            for span in shaded.iter().filter(|span| span.from < time.high()) {
                draw_span(canvas, (place(span.from), place(span.to)), area);
            }
        }
        for (index, (shard, intervals)) in self.rows.iter().enumerate() {
            let top = area.top + height * index as f64;
            let middle = top + height / 2.0;
            canvas.label((LEFT - 8.0, middle), Anchor::End, &format!("shard {shard}"));
            canvas.path(vec![(LEFT, middle), (area.right, middle)], 1, GRID);
            for bar in merged(intervals, gap) {
                let from = place(bar.interval.from);
                let to = place(bar.interval.to).max(from + 1.0);
                let bottom = top + height - 2.0;
                let bar_top = bottom - (height - 4.0) * bar.share().max(SHARE_SEEN);
                canvas.rectangle([from, bar_top, to, bottom], colour(&bar.interval));
            }
        }
    }
}

/// One or several intervals, drawn as one.
struct Bar {
    /// From the first one's start to the last one's end.
    interval: BlockedInterval,
    /// Time blocked in it, seconds.
    blocked: f64,
}

impl Bar {
    /// Share of its time that was blocked.
    fn share(&self) -> f64 {
        self.blocked / (self.interval.to - self.interval.from)
    }
}

/// Intervals with one cause that are less than `gap` seconds apart, joined.
fn merged(intervals: &[BlockedInterval], gap: f64) -> Vec<Bar> {
    let mut joined: Vec<Bar> = Vec::new();
    for interval in intervals {
        let blocked = interval.to - interval.from;
        match joined.last_mut() {
            Some(Bar { interval: last, blocked: so_far })
                if last.cause == interval.cause
                    && interval.from - last.to <= gap
                    && (last.fully == interval.fully || gap > 0.0) =>
            {
                last.to = last.to.max(interval.to);
                last.fully |= interval.fully;
                *so_far += blocked;
            }
            Some(_) | None => joined.push(Bar { interval: *interval, blocked }),
        }
    }
    joined
}

/// The smallest gap, in seconds, with which few enough intervals are left to draw.
fn gap_that_fits(panels: &[Panel], end: f64) -> f64 {
    let count = |gap: f64| {
        let rows = panels.iter().flat_map(|panel| &panel.rows);
        rows.map(|(_, intervals)| merged(intervals, gap).len()).sum::<usize>()
    };
    if count(0.0) <= INTERVALS_MAX {
        return 0.0;
    }
    let mut gap = end / 1600.0;
    while gap < end && count(gap) > INTERVALS_MAX {
        gap *= 2.0;
    }
    gap
}

fn cause_name(cause: BlockCause) -> &'static str {
    let known = CAUSES.iter().find(|(other, _)| *other == cause);
    known.expect("every cause has a name").1
}

fn colour(interval: &BlockedInterval) -> Colour {
    let colour = palette::cause(interval.cause);
    if interval.fully { colour } else { colour.faded(PARTLY) }
}

fn drawn(panels: &[Panel], gap: f64, end: f64) -> String {
    if panels.iter().all(|panel| panel.rows.is_empty()) {
        return "No shard was blocked in the first replication.".to_owned();
    }
    let mut text = "First replication, a row per shard".to_owned();
    if gap > end / 800.0 {
        let gap = figures::plain(gap, Quantity::Seconds);
        text.push_str(&format!(
            "; where pauses were shorter than {gap}, height is the share of time blocked"
        ));
    }
    text
}

fn legend(panels: &[Panel], shaded: &[Shaded]) -> Vec<(Colour, String)> {
    let intervals = || panels.iter().flat_map(|p| &p.rows).flat_map(|(_, row)| row);
    let mut entries: Vec<(Colour, String)> = CAUSES
        .iter()
        .filter(|(cause, _)| intervals().any(|interval| interval.cause == *cause))
        .map(|(cause, name)| (palette::cause(*cause), (*name).to_owned()))
        .collect();
    let partly = intervals().find(|interval| !interval.fully);
    if let Some(interval) = partly {
        entries.push((colour(interval), "paler: other lanes of the shard go on".to_owned()));
    }
    let (spans, moments): (Vec<&Shaded>, Vec<&Shaded>) =
        shaded.iter().partition(|span| span.to > span.from);
    for (colour, marks) in [(SHADE, spans), (AXIS, moments)] {
        let mut labels: Vec<&str> = marks.iter().map(|span| span.label.as_str()).collect();
        labels.dedup();
        if !entries.is_empty() && !labels.is_empty() {
            entries.push((colour, labels.join(", ")));
        }
    }
    entries
}

fn description(results: &RunResults) -> String {
    let variants = results.summary.variants.iter();
    let parts: Vec<String> = variants
        .map(|variant| {
            let time = &variant.blocked_shard_time.total;
            format!("{}: {}", variant.name, figures::estimate(time, Quantity::Seconds))
        })
        .collect();
    format!("Blocked-shard time in all. {}", parts.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(shard: u32, from: f64, to: f64) -> BlockedInterval {
        BlockedInterval { shard, from, to, cause: BlockCause::Throttle, fully: true }
    }

    fn details(shards: u32, blocked: Vec<BlockedInterval>) -> VariantDetails {
        VariantDetails {
            series: crate::results::TimeSeries::default(),
            blocked,
            shards,
            messages: Vec::new(),
            redrive: None,
            changes: Vec::new(),
            sentence: String::new(),
        }
    }

    #[test]
    fn of_many_shards_the_worst_are_shown_and_the_heading_says_so() {
        let blocked = (0..100).map(|s| interval(s, 0.0, f64::from(s) + 1.0)).collect();
        let panel = Panel::new("base", &details(200, blocked), 40);
        assert_eq!(panel.rows.len(), 40);
        assert_eq!(panel.rows[0].0, 60);
        assert_eq!(panel.heading(), "base: 100 of 200 shards were blocked, the worst 40 shown");
    }

    #[test]
    fn thousands_of_intervals_are_merged_until_few_are_left() {
        let blocked = (0..50_000).map(|i| interval(i % 4, f64::from(i), f64::from(i) + 0.5));
        let panel = Panel::new("base", &details(4, blocked.collect()), 40);
        let gap = gap_that_fits(std::slice::from_ref(&panel), 50_000.0);
        let left: usize = panel.rows.iter().map(|(_, row)| merged(row, gap).len()).sum();
        assert!(left <= INTERVALS_MAX, "{left}");
    }

    #[test]
    fn a_joined_bar_says_which_share_of_its_time_was_blocked() {
        let intervals = [interval(0, 0.0, 1.0), interval(0, 3.0, 4.0), interval(0, 30.0, 40.0)];
        let bars = merged(&intervals, 2.0);
        let shares: Vec<f64> = bars.iter().map(Bar::share).collect();
        assert_eq!(shares, [0.5, 1.0]);
    }
}

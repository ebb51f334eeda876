//! What a chart over time shows, as figures: for the scripts of a page, and for tables.
//!
//! The JSON holds what is drawn and nothing more, thinned as the lines are, to four digits:
//!
//! ```text
//! {"name", "end", "left", "right", "height", "spans": [[from, to, label]],
//!  "plots": [{"heading", "kind": "age|count", "top", "bottom", "empty",
//!    "limits": [[value, label]],
//!    "lines": [{"variant", "name", "colour", "width", "step", "gap", "first", "v", "l", "h"}]}],
//!  "top", "shards": [{"variant", "heading", "row", "rows": [[shard, [[from, to, share, cause,
//!    colour, opacity]]]]}]}
//! ```
//!
//! `v` are values from point `first` on, `step` seconds apart, null where there is no sample;
//! `l` and `h` are the band. Left out: what the thinned lines do not show.

use serde_json::{Map, Value, json};

use super::axis::{Kind, time_step};
use super::line::Line;
use super::palette::Colour;
use super::panel::LEFT;
use crate::report::figures::{ABSENT, Quantity, plain};
use crate::results::{LimitLine, Shaded};

/// Most rows of a table of a line.
const ROWS_MAX: f64 = 26.0;

/// A table that says what a chart shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartTable {
    /// What it holds, in a few words.
    pub caption: String,
    /// Heads of its columns.
    pub head: Vec<String>,
    /// Its rows; the first cell of each is its head.
    pub rows: Vec<Vec<String>>,
}

/// What a chart over time shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// End of the time axis, in seconds.
    pub end: f64,
    /// Right end of the plots.
    pub right: f64,
    /// Shaded spans and moments.
    pub spans: Vec<Shaded>,
    /// Plots of lines, from top to bottom.
    pub plots: Vec<Plot>,
    /// Where the first row of shards stands.
    pub top: f64,
    /// Rows of shards, a panel per variant.
    pub shards: Vec<ShardPanel>,
}

/// A plot of lines.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// What it shows.
    pub heading: String,
    /// What it counts.
    pub kind: Kind,
    /// Top and bottom.
    pub edges: (f64, f64),
    /// Its lines.
    pub lines: Vec<Line>,
    /// Its limits.
    pub limits: Vec<LimitLine>,
    /// What is said where there is no line.
    pub empty: &'static str,
}

/// The shards of a variant.
#[derive(Debug, Clone, PartialEq)]
pub struct ShardPanel {
    /// Number of the variant.
    pub variant: usize,
    /// Its name.
    pub name: String,
    /// What stands above the rows.
    pub heading: String,
    /// Height of a row.
    pub row_height: f64,
    /// Shards and their bars in order of time.
    pub rows: Vec<(u32, Vec<ShardBar>)>,
}

/// A time in which a shard was blocked, or several that are drawn as one.
#[derive(Debug, Clone, PartialEq)]
pub struct ShardBar {
    /// From and to, in seconds.
    pub span: (f64, f64),
    /// Share of this time that was blocked.
    pub share: f64,
    /// Why, in words.
    pub cause: &'static str,
    /// Its colour.
    pub colour: Colour,
}

impl Timeline {
    /// The figures for scripts, for a chart of this name and height.
    pub fn json(&self, name: &str, height: f64) -> Value {
        let spans = self.spans.iter();
        let spans: Vec<Value> =
            spans.map(|span| json!([short(span.from), short(span.to), span.label])).collect();
        json!({
            "name": name, "end": short(self.end), "height": short(height),
            "left": short(LEFT), "right": short(self.right), "spans": spans,
            "plots": self.plots.iter().map(Plot::json).collect::<Vec<Value>>(),
            "top": short(self.top),
            "shards": self.shards.iter().map(ShardPanel::json).collect::<Vec<Value>>(),
        })
    }

    /// The figures as tables: one per plot, one for all shards.
    pub fn tables(&self) -> Vec<ChartTable> {
        let plots = self.plots.iter().filter_map(|plot| plot.table(self.end));
        plots.chain(self.shard_table()).collect()
    }

    /// A row per variant, shard and cause; `None`: no shard was blocked.
    fn shard_table(&self) -> Option<ChartTable> {
        let seconds = |value: f64| plain(value, Quantity::Seconds);
        let mut rows = Vec::new();
        for panel in &self.shards {
            for (shard, bars) in &panel.rows {
                let mut causes: Vec<&str> = bars.iter().map(|bar| bar.cause).collect();
                causes.sort_unstable();
                causes.dedup();
                for cause in causes {
                    let of_cause = || bars.iter().filter(|bar| bar.cause == cause);
                    let blocked = of_cause().map(|bar| bar.share * (bar.span.1 - bar.span.0)).sum();
                    let from = of_cause().map(|bar| bar.span.0).fold(f64::INFINITY, f64::min);
                    let to = of_cause().map(|bar| bar.span.1).fold(0.0, f64::max);
                    rows.push(vec![
                        panel.name.clone(),
                        format!("shard {shard}"),
                        cause.to_owned(),
                        seconds(blocked),
                        seconds(from),
                        seconds(to),
                    ]);
                }
            }
        }
        let head = ["Variant", "Shard", "Why", "Blocked", "First at", "Last until"];
        let head = head.map(str::to_owned).to_vec();
        let caption = "Blocked shards, first replication".to_owned();
        (!rows.is_empty()).then_some(ChartTable { caption, head, rows })
    }
}

impl Plot {
    fn json(&self) -> Value {
        let kind = match self.kind {
            Kind::Age => "age",
            Kind::Count => "count",
        };
        let limits = self.limits.iter();
        let limits: Vec<Value> =
            limits.map(|limit| json!([short(limit.seconds), limit.label])).collect();
        json!({
            "heading": self.heading, "kind": kind, "empty": self.empty,
            "top": short(self.edges.0), "bottom": short(self.edges.1), "limits": limits,
            "lines": self.lines.iter().map(line).collect::<Vec<Value>>(),
        })
    }

    /// The largest value of each line in a few parts of the time; `None`: there is no line.
    fn table(&self, end: f64) -> Option<ChartTable> {
        if self.lines.iter().all(|line| line.pieces.is_empty()) {
            return None;
        }
        let step = time_step(end, ROWS_MAX);
        let seconds = |value: f64| plain(value, Quantity::Seconds);
        let quantity = match self.kind {
            Kind::Age => Quantity::Seconds,
            Kind::Count => Quantity::Count,
        };
        let parts = libm::ceil(end / step - 1e-9).max(1.0) as u32;
        let row = |part: u32| {
            let from = f64::from(part) * step;
            let in_part = |line: &Line| {
                let points = line.pieces.iter().flatten();
                let points = points.filter(|point| (from..from + step).contains(&point.time));
                let largest = points.map(|point| point.value.mean).reduce(f64::max);
                largest.map_or(ABSENT.to_owned(), |value| plain(value, quantity))
            };
            let label = format!("{} to {}", seconds(from), seconds((from + step).min(end)));
            [label].into_iter().chain(self.lines.iter().map(in_part)).collect()
        };
        let head = self.lines.iter().map(|line| line.name.clone());
        Some(ChartTable {
            caption: format!("{}: largest in each {}", self.heading, seconds(step)),
            head: ["Time".to_owned()].into_iter().chain(head).collect(),
            rows: (0..parts).map(row).collect(),
        })
    }
}

impl ShardPanel {
    fn json(&self) -> Value {
        let bar = |bar: &ShardBar| {
            let (from, to) = (short(bar.span.0), short(bar.span.1));
            let colour = bar.colour.hex();
            json!([from, to, short(bar.share), bar.cause, colour, bar.colour.opacity])
        };
        let row = |(shard, bars): &(u32, Vec<ShardBar>)| {
            json!([shard, bars.iter().map(bar).collect::<Vec<Value>>()])
        };
        json!({
            "variant": self.variant, "heading": self.heading, "row": short(self.row_height),
            "rows": self.rows.iter().map(row).collect::<Vec<Value>>(),
        })
    }
}

/// A line with its points in a grid, null where there is no sample.
fn line(line: &Line) -> Value {
    let index = |time: f64| libm::floor(time / line.step).max(0.0) as usize;
    let points = || line.pieces.iter().flatten();
    let first = points().next().map_or(0, |point| index(point.time));
    let last = points().last().map_or(0, |point| index(point.time));
    let is_lone = points().count() == 2 && last - first <= 1 && line.is_lone;
    let mut columns = vec![vec![Value::Null; last + 1 - first]; 3];
    for point in points() {
        let place = index(point.time) - first;
        columns[0][place] = short(point.value.mean);
        columns[1][place] = short(point.value.low);
        columns[2][place] = short(point.value.high);
    }
    if is_lone {
        columns.iter_mut().for_each(|column| column.truncate(1));
    }
    let mut object = Map::new();
    object.insert("variant".into(), json!(line.variant));
    object.insert("name".into(), json!(line.name));
    object.insert("colour".into(), json!(line.colour.hex()));
    object.insert("width".into(), json!(line.width));
    object.insert("step".into(), short(line.step));
    object.insert("gap".into(), short(line.gap));
    object.insert("first".into(), json!(first));
    let names = if line.with_band { &["v", "l", "h"][..] } else { &["v"][..] };
    for (name, column) in names.iter().zip(columns) {
        object.insert((*name).to_owned(), Value::Array(column));
    }
    Value::Object(object)
}

/// A number to four significant digits, whole numbers without a point; null if there is none.
fn short(value: f64) -> Value {
    if !value.is_finite() {
        return Value::Null;
    }
    let rounded: f64 = format!("{value:.3e}").parse().expect("a printed float is a float");
    // Times are whole seconds, of which a week has six digits.
    let rounded = if value == libm::trunc(value) { value } else { rounded };
    if rounded == libm::trunc(rounded) && rounded.abs() < 1e15 {
        json!(rounded as i64)
    } else {
        json!(rounded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::chart::line::Point;
    use crate::report::chart::palette::INK;
    use crate::results::Band;

    #[test]
    fn numbers_are_short_and_whole_seconds_are_exact() {
        let numbers = [0.0, 1.0, 604_800.0, 0.123_456, 1234.56, f64::NAN].map(short);
        assert_eq!(json!(numbers).to_string(), "[0,1,604800,0.1235,1235,null]");
    }

    #[test]
    fn a_line_with_missing_samples_keeps_its_places() {
        let point = |time, mean| Point { time, value: Band { mean, low: mean, high: mean } };
        let pieces = vec![vec![point(90.0, 1.0), point(210.0, 3.0)]];
        let made = Line { pieces, step: 60.0, ..Line::empty(INK) };
        let json = line(&made);
        assert_eq!((json["first"].clone(), json["v"].to_string()), (json!(1), "[1,null,3]".into()));
    }

    #[test]
    fn a_table_has_the_largest_value_of_each_part() {
        let point = |time, mean| Point { time, value: Band { mean, low: mean, high: mean } };
        let pieces =
            vec![(0..120).map(|i| point(f64::from(i) * 60.0 + 30.0, f64::from(i))).collect()];
        let line = Line { pieces, step: 60.0, name: "base".into(), ..Line::empty(INK) };
        let plot = Plot {
            heading: "Backlog".into(),
            kind: Kind::Count,
            edges: (0.0, 1.0),
            lines: vec![line],
            limits: Vec::new(),
            empty: "",
        };
        let table = plot.table(7200.0).expect("there is a line");
        assert_eq!(table.caption, "Backlog: largest in each 5 min");
        assert_eq!(table.rows.len(), 24);
        assert_eq!(table.rows[1], ["5 min to 10 min", "9"]);
    }
}

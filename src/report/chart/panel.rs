//! The frame of charts over time: one or more panels above each other on one time axis.
//!
//! From top to bottom: title, subtitle, labels of shaded spans, panels (heading, value axis,
//! lines, limits labelled outside at the right), time axis, legend. Left out: what is drawn.

use super::Chart;
use super::axis::{Axis, Kind};
use super::canvas::{Anchor, Canvas, MARGIN, Part, WIDTH, fitting, text_width};
use super::line::Line;
use super::palette::{AXIS, Colour, GRID, LIMIT, SHADE};
use super::timeline::{Plot, Timeline};
use crate::results::{LimitLine, RunResults, Shaded};

/// Left end of the plots; value labels stand before it.
pub const LEFT: f64 = 74.0;

/// A narrower span is drawn as a line, or it would not be seen.
const MOMENT_WIDTH: f64 = 1.0;

/// One plot of a chart over time.
pub struct Panel {
    /// What its value axis shows, with the unit if labels do not say it.
    pub heading: String,
    /// What it counts.
    pub kind: Kind,
    /// Height of the plot.
    pub height: f64,
    /// Lines, the last on top.
    pub lines: Vec<Line>,
    /// Limits to draw.
    pub limits: Vec<LimitLine>,
    /// What is said instead where there is no line.
    pub empty: &'static str,
}

/// A chart over time before it is drawn.
pub struct TimeChart<'a> {
    /// Name of its files.
    pub name: &'static str,
    /// Title in plain words.
    pub title: String,
    /// Lines below the title.
    pub subtitle: Vec<String>,
    /// For those who do not see it.
    pub description: String,
    /// Plots from top to bottom.
    pub panels: Vec<Panel>,
    /// Spans to shade.
    pub shaded: &'a [Shaded],
    /// End of the time axis, in seconds.
    pub end: f64,
    /// Colours and their names.
    pub legend: Vec<(Colour, String)>,
}

impl TimeChart<'_> {
    /// Draws the chart.
    pub fn draw(self) -> Chart {
        let mut canvas = Canvas::new();
        let time = Axis::time(self.end);
        let right = WIDTH - MARGIN - self.room_for_limits();
        let mut y = canvas.heading(&self.title, &self.subtitle);
        let shaded = self.spans(&time, right);
        let last = self.panels.len().saturating_sub(1);
        let mut plots = Vec::new();
        for (index, panel) in self.panels.into_iter().enumerate() {
            let axis = panel.axis();
            let top = y + if index == 0 && !shaded.is_empty() { 46.0 } else { 34.0 };
            let area = Area { top, bottom: top + panel.height, right };
            canvas.part(Part::Plot(index), |canvas| {
                let scale = if axis.is_logarithmic() { " (logarithmic scale)" } else { "" };
                canvas.subheading((MARGIN, y + 16.0), &format!("{}{scale}", panel.heading));
                if index == 0 {
                    label_spans(canvas, &shaded, y + 36.0, right);
                }
                for (from, to, _) in &shaded {
                    draw_span(canvas, (*from, *to), &area);
                }
                panel.draw(canvas, &time, &axis, &area);
                draw_time_axis(canvas, &time, &area, index == last);
            });
            y = area.bottom + 4.0;
            plots.push(panel.plot(&area));
        }
        y = canvas.legend(y + 42.0, &self.legend);
        let spans = self.shaded.iter().filter(|span| span.from < self.end).cloned().collect();
        let (end, top, shards) = (self.end, 0.0, Vec::new());
        canvas.timeline = Some(Timeline { end, right, spans, plots, top, shards });
        Chart {
            name: self.name,
            title: self.title,
            description: self.description,
            canvas: canvas.finish(y + 8.0),
        }
    }

    fn room_for_limits(&self) -> f64 {
        let limits = self.panels.iter().flat_map(|panel| &panel.limits);
        let widths = limits.map(|limit| text_width(&limit_label(limit), 12.0) + 8.0);
        widths.fold(8.0, f64::max)
    }

    /// Shaded spans as left end, right end and label, within the plot.
    fn spans(&self, time: &Axis, right: f64) -> Vec<(f64, f64, String)> {
        let place = |seconds| LEFT + time.position(seconds) * (right - LEFT);
        let spans = self.shaded.iter().filter(|span| span.from < self.end && span.to >= span.from);
        spans.map(|span| (place(span.from), place(span.to), span.label.clone())).collect()
    }
}

/// Where a plot stands; its left end is always [`LEFT`].
pub struct Area {
    /// Top.
    pub top: f64,
    /// Bottom.
    pub bottom: f64,
    /// Right end.
    pub right: f64,
}

impl Area {
    fn x(&self, time: &Axis, seconds: f64) -> f64 {
        LEFT + time.position(seconds) * (self.right - LEFT)
    }

    fn y(&self, axis: &Axis, value: f64) -> f64 {
        self.bottom - axis.position(value) * (self.bottom - self.top)
    }
}

impl Panel {
    fn axis(&self) -> Axis {
        let limits: Vec<f64> = self.limits.iter().map(|limit| limit.seconds).collect();
        let values = self.lines.iter().flat_map(Line::values);
        Axis::values(self.kind, values, &limits)
    }

    fn plot(self, area: &Area) -> Plot {
        Plot {
            heading: self.heading,
            kind: self.kind,
            edges: (area.top, area.bottom),
            lines: self.lines,
            limits: self.limits,
            empty: self.empty,
        }
    }

    fn draw(&self, canvas: &mut Canvas, time: &Axis, axis: &Axis, area: &Area) {
        if self.lines.iter().all(|line| line.pieces.is_empty()) {
            let middle = ((LEFT + area.right) / 2.0, (area.top + area.bottom) / 2.0);
            canvas.label(middle, Anchor::Middle, self.empty);
            return;
        }
        for (value, label) in &axis.ticks {
            let y = area.y(axis, *value);
            canvas.path(vec![(LEFT, y), (area.right, y)], 1, GRID);
            canvas.label((LEFT - 8.0, y), Anchor::End, label);
        }
        for line in self.lines.iter().filter(|line| line.with_band) {
            draw_band(canvas, line, time, axis, area);
        }
        self.draw_limits(canvas, axis, area);
        for line in &self.lines {
            draw_line(canvas, line, time, axis, area);
        }
    }

    /// Limits with their labels outside the plot, moved apart where they would overlap.
    fn draw_limits(&self, canvas: &mut Canvas, axis: &Axis, area: &Area) {
        let mut limits: Vec<&LimitLine> = self.limits.iter().collect();
        limits.sort_by(|one, other| one.seconds.total_cmp(&other.seconds));
        let mut above = f64::INFINITY;
        for limit in limits {
            let y = area.y(axis, limit.seconds);
            canvas.path(vec![(LEFT, y), (area.right, y)], 1, LIMIT);
            let label = y.min(above - 15.0);
            let at = (area.right + 5.0, label);
            canvas.text(at, Anchor::Start, &limit_label(limit), 12.0, LIMIT);
            above = label;
        }
    }
}

fn limit_label(limit: &LimitLine) -> String {
    fitting(&limit.label, 12.0, 190.0)
}

fn draw_band(canvas: &mut Canvas, line: &Line, time: &Axis, axis: &Axis, area: &Area) {
    for piece in line.pieces.iter().filter(|piece| piece.len() > 1) {
        let upper = piece.iter().map(|p| (area.x(time, p.time), area.y(axis, p.value.high)));
        let lower = piece.iter().rev();
        let lower = lower.map(|p| (area.x(time, p.time), area.y(axis, p.value.low)));
        canvas.polygon(upper.chain(lower).collect(), line.colour.faded(0.18));
    }
}

fn draw_line(canvas: &mut Canvas, line: &Line, time: &Axis, axis: &Axis, area: &Area) {
    for piece in &line.pieces {
        let place = |time_at, value| (area.x(time, time_at), area.y(axis, value));
        let mut points: Vec<(f64, f64)> =
            piece.iter().map(|p| place(p.time, p.value.mean)).collect();
        if let [(x, y)] = points[..] {
            points = vec![(x - 2.0, y), (x + 2.0, y)];
        }
        canvas.path(points, line.width, line.colour);
    }
}

fn draw_time_axis(canvas: &mut Canvas, time: &Axis, area: &Area, with_labels: bool) {
    let bottom = area.bottom;
    canvas.path(vec![(LEFT, bottom), (area.right, bottom)], 1, AXIS);
    for (seconds, label) in &time.ticks {
        let x = area.x(time, *seconds);
        canvas.path(vec![(x, bottom), (x, bottom + 5.0)], 1, AXIS);
        if with_labels {
            canvas.label((x, bottom + 15.0), Anchor::Middle, label);
        }
    }
    if with_labels {
        let middle = (LEFT + area.right) / 2.0;
        canvas.label((middle, bottom + 33.0), Anchor::Middle, "simulated time");
    }
}

/// Shades a span from left to right end, or draws a line where it is a moment.
pub fn draw_span(canvas: &mut Canvas, (from, to): (f64, f64), area: &Area) {
    if to - from < MOMENT_WIDTH {
        canvas.path(vec![(from, area.top), (from, area.bottom)], 1, AXIS);
    } else {
        canvas.rectangle([from, area.top, to, area.bottom], SHADE);
    }
}

/// Writes above shaded spans what they are; a label that would overlap the last is left out.
fn label_spans(canvas: &mut Canvas, spans: &[(f64, f64, String)], y: f64, right: f64) {
    let mut free_from = LEFT;
    for (from, to, label) in spans {
        let half = text_width(label, 12.0) / 2.0;
        let middle = ((from + to) / 2.0).clamp(LEFT + half, (right - half).max(LEFT + half));
        if middle - half >= free_from {
            canvas.label((middle, y), Anchor::Middle, label);
            free_from = middle + half + 8.0;
        }
    }
}

/// The time axis below an area, for charts that draw their own rows.
pub fn time_axis_below(canvas: &mut Canvas, time: &Axis, area: &Area) {
    draw_time_axis(canvas, time, area, true);
}

/// The legend of variants: colour and name in order.
pub fn variant_legend(results: &RunResults) -> Vec<(Colour, String)> {
    let variants = results.summary.variants.iter().enumerate();
    variants
        .map(|(index, variant)| (super::palette::variant(index), variant.name.clone()))
        .collect()
}

//! A series as a line of few points that keeps every maximum.
//!
//! Neighbouring points are merged into one that has the largest value of them, and a band from
//! the smallest to the largest. A line is interrupted where samples are missing for long. Left
//! out: smoothing.

use super::palette::Colour;
use crate::results::{Band, MinutePoint, TimeSeries};

/// Most points of a line.
const POINTS_MAX: usize = 300;
/// Most points of all lines of a plot, as long as lines keep a usable number.
const POINTS_ALL_MAX: usize = 1800;
const POINTS_MIN: usize = 60;
/// Missing samples shorter than this share of the time do not interrupt a line.
const GAP_SHARE: f64 = 0.02;

/// A point of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Time in seconds.
    pub time: f64,
    /// Value and its band.
    pub value: Band,
}

/// A line in one colour, in pieces between missing samples.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Its colour.
    pub colour: Colour,
    /// Stroke width.
    pub width: u32,
    /// Points in order of time.
    pub pieces: Vec<Vec<Point>>,
    /// Whether the band is drawn.
    pub with_band: bool,
    /// Number of its variant; `None`: it was measured.
    pub variant: Option<usize>,
    /// What it is called in tables.
    pub name: String,
    /// Seconds between points.
    pub step: f64,
    /// Missing samples for longer interrupt the line, seconds.
    pub gap: f64,
    /// It has one sample, drawn as long as the time it stands for.
    pub is_lone: bool,
}

impl Line {
    /// A line without points.
    pub fn empty(colour: Colour) -> Line {
        Line {
            colour,
            width: 2,
            pieces: Vec::new(),
            with_band: false,
            variant: None,
            name: String::new(),
            step: 60.0,
            gap: 0.0,
            is_lone: false,
        }
    }

    /// One of `lines` lines of a plot: what `get` takes from each point of `series`, up to `end`
    /// seconds.
    pub fn new(
        series: &TimeSeries,
        lines: usize,
        end: f64,
        colour: Colour,
        get: impl Fn(&MinutePoint) -> Option<Band>,
    ) -> Line {
        let step = f64::from(series.step_seconds);
        let most = (POINTS_ALL_MAX / lines.max(1)).clamp(POINTS_MIN, POINTS_MAX);
        let group = series.points.len().div_ceil(most).max(1);
        let mut points = Vec::new();
        for (index, minutes) in series.points.chunks(group).enumerate() {
            let values = minutes.iter().filter_map(&get).filter(|v| v.mean.is_finite());
            let from = (index * group) as f64 * step;
            let to = (from + minutes.len() as f64 * step).min(end);
            if let Some(value) = values.reduce(widest) {
                let time = (from + to.max(from)) / 2.0;
                points.push(Point { time, value });
            }
        }
        let spacing = group as f64 * step;
        let is_lone = points.len() == 1;
        if let [only] = points[..] {
            points = ends_of_lone_point(only, spacing, end);
        }
        let gap = (end * GAP_SHARE).max(3.5 * spacing);
        let pieces = pieces(points, gap);
        Line { pieces, step: spacing, gap, is_lone, ..Line::empty(colour) }
    }

    /// All values drawn, the band included if it is.
    pub fn values(&self) -> impl Iterator<Item = f64> + '_ {
        let points = self.pieces.iter().flatten();
        points.flat_map(|point| {
            let Band { mean, low, high } = point.value;
            if self.with_band { [mean, low, high] } else { [mean; 3] }
        })
    }
}

/// A number without a band.
pub fn exact(value: f64) -> Band {
    Band { mean: value, low: value, high: value }
}

fn widest(one: Band, other: Band) -> Band {
    Band {
        mean: one.mean.max(other.mean),
        low: one.low.max(other.low),
        high: one.high.max(other.high),
    }
}

/// A single point is drawn as long as the time it stands for, or it would not be seen.
fn ends_of_lone_point(point: Point, spacing: f64, end: f64) -> Vec<Point> {
    let times = [point.time - spacing / 2.0, point.time + spacing / 2.0];
    times.map(|time| Point { time: time.clamp(0.0, end.max(0.0)), value: point.value }).to_vec()
}

fn pieces(points: Vec<Point>, gap: f64) -> Vec<Vec<Point>> {
    let mut pieces: Vec<Vec<Point>> = Vec::new();
    for point in points {
        let last = pieces.last_mut();
        match last {
            Some(piece) if piece.last().is_some_and(|p| point.time - p.time <= gap) => {
                piece.push(point);
            }
            _ => pieces.push(vec![point]),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::chart::palette::INK;

    fn line(values: &[Option<f64>]) -> Line {
        let point = |value: &Option<f64>| MinutePoint {
            iterator_age_max: value.map(exact),
            ..MinutePoint::default()
        };
        let series = TimeSeries { step_seconds: 60, points: values.iter().map(point).collect() };
        Line::new(&series, 1, values.len() as f64 * 60.0, INK, |p| p.iterator_age_max)
    }

    #[test]
    fn thinning_keeps_every_maximum_and_few_points() {
        let mut values = vec![Some(1.0); 10_000];
        values[4321] = Some(99.0);
        let line = line(&values);
        assert!(line.pieces[0].len() <= POINTS_MAX);
        assert_eq!(line.values().fold(0.0, f64::max), 99.0);
    }

    #[test]
    fn a_line_is_interrupted_where_samples_are_missing_for_long() {
        let mut values = vec![Some(1.0); 30];
        values[10] = None;
        assert_eq!(line(&values).pieces.len(), 1);
        values[10..20].fill(None);
        assert_eq!(line(&values).pieces.len(), 2);
        assert!(line(&[None, None]).pieces.is_empty());
    }

    #[test]
    fn a_single_minute_is_a_line_as_long_as_the_minute() {
        let line = line(&[Some(2.0)]);
        let times: Vec<f64> = line.pieces[0].iter().map(|point| point.time).collect();
        assert_eq!(times, [0.0, 60.0]);
    }
}

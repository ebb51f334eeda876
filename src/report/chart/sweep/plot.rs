//! The frame of a plot over levels: heading, both scales with their ticks, dots and lines.
//!
//! Labels of levels that would overlap the one before are left out. Left out: legends.

use super::super::canvas::{Anchor, Canvas, text_width};
use super::super::palette::{AXIS, Colour, GRID, QUIET};
use super::scale::Scale;
use crate::results::Estimate;

/// Space between tick labels.
const GAP: f64 = 8.0;

/// Where a plot stands and what its scales are.
pub struct Plot<'a> {
    /// Left, top, right, bottom.
    pub bounds: [f64; 4],
    /// From left to right.
    pub across: &'a Scale,
    /// From bottom to top.
    pub up: &'a Scale,
}

/// A figure at a place of the horizontal scale.
#[derive(Clone, Copy)]
pub struct Dot {
    /// Where.
    pub across: f64,
    /// What; `None`: the load cannot be carried.
    pub figure: Option<Estimate>,
}

impl Plot<'_> {
    /// Where a value of the horizontal scale stands.
    pub fn x(&self, value: f64) -> f64 {
        let [left, _, right, _] = self.bounds;
        left + self.across.position(value) * (right - left)
    }

    /// Where a value of the vertical scale stands.
    pub fn y(&self, value: f64) -> f64 {
        let [_, top, _, bottom] = self.bounds;
        bottom - self.up.position(value) * (bottom - top)
    }

    /// Draws grid, ticks and the name of the horizontal scale; gives where they end.
    pub fn frame(&self, canvas: &mut Canvas, name: &str) -> f64 {
        let [left, _, right, bottom] = self.bounds;
        for (value, label) in &self.up.ticks {
            let y = self.y(*value);
            canvas.path(vec![(left, y), (right, y)], 1, GRID);
            canvas.label((left - 8.0, y), Anchor::End, label);
        }
        canvas.path(vec![(left, bottom), (right, bottom)], 1, AXIS);
        let mut free_from = f64::NEG_INFINITY;
        for (value, label) in &self.across.ticks {
            let x = self.x(*value);
            canvas.path(vec![(x, bottom), (x, bottom + 5.0)], 1, AXIS);
            let half = text_width(label, 12.0) / 2.0;
            if x - half >= free_from {
                canvas.label((x, bottom + 15.0), Anchor::Middle, label);
                free_from = x + half + GAP;
            }
        }
        let scale = if self.across.is_logarithmic() { " (logarithmic scale)" } else { "" };
        let middle = ((left + right) / 2.0, bottom + 33.0);
        canvas.label(middle, Anchor::Middle, &format!("{name}{scale}"));
        bottom + 40.0
    }

    /// Draws a line through figures with the band of their intervals; a cross where there is none,
    /// in a row for each line.
    pub fn line(
        &self,
        canvas: &mut Canvas,
        dots: &[Dot],
        (colour, row): (Colour, usize),
        is_joined: bool,
    ) {
        let pieces = dots.split(|dot| dot.figure.and_then(|figure| figure.value).is_none());
        for piece in pieces.filter(|piece| !piece.is_empty()) {
            let known: Vec<(f64, Estimate)> =
                piece.iter().filter_map(|dot| Some((self.x(dot.across), dot.figure?))).collect();
            let end = |figure: &Estimate, end: Option<f64>| {
                self.y(end.or(figure.value).unwrap_or_default())
            };
            if is_joined && known.len() > 1 {
                let upper = known.iter().map(|(x, figure)| (*x, end(figure, figure.high)));
                let lower = known.iter().rev().map(|(x, figure)| (*x, end(figure, figure.low)));
                canvas.polygon(upper.chain(lower).collect(), colour.faded(0.18));
                let middle = known.iter().map(|(x, figure)| (*x, end(figure, None)));
                canvas.path(middle.collect(), 2, colour);
            }
            for (x, figure) in &known {
                let (low, high) = (end(figure, figure.low), end(figure, figure.high));
                canvas.path(vec![(*x, low), (*x, high)], 1, colour);
                self.dot(canvas, (*x, end(figure, None)), colour, 3.0);
            }
        }
        for dot in dots.iter().filter(|dot| dot.figure.is_none()) {
            self.cross(canvas, self.x(dot.across), colour, row);
        }
    }

    /// Draws a small square.
    pub fn dot(&self, canvas: &mut Canvas, (x, y): (f64, f64), colour: Colour, half: f64) {
        canvas.rectangle([x - half, y - half, x + half, y + half], colour);
    }

    /// Draws a cross at the upper edge, in one of several rows.
    pub fn cross(&self, canvas: &mut Canvas, x: f64, colour: Colour, row: usize) {
        let y = self.bounds[1] + 7.0 + 11.0 * row as f64;
        for slope in [-4.0, 4.0] {
            canvas.path(vec![(x - 4.0, y - slope), (x + 4.0, y + slope)], 2, colour);
        }
    }

    /// Writes in the middle that there is nothing to show.
    pub fn empty(&self, canvas: &mut Canvas, text: &str) {
        let [left, top, right, bottom] = self.bounds;
        let middle = ((left + right) / 2.0, (top + bottom) / 2.0);
        canvas.text(middle, Anchor::Middle, text, 12.0, QUIET);
    }
}

//! How much of every pixel a shape covers: which of four by four points in it lie inside.
//!
//! Points of a pixel are the bits of a number, four rows of four, so that shapes which overlap
//! unite instead of adding up, and a line of many segments has the same edge as one of few. A
//! polygon is filled by the even-odd rule: every edge inverts its crossing of a row of points,
//! and whatever lies right of an odd number of crossings is inside. The work grows with the length
//! of edges and the box around the shape, never with the product of their numbers. Coordinates are
//! [`FINE`] to a pixel. Left out: colours.

use std::ops::Range;

/// Coordinates of a pixel's width.
pub const FINE: i32 = 16;
/// Points of a pixel that may be covered.
pub const POINTS: u32 = 16;

/// Rows of points in a pixel, and points in such a row.
const SIDE: usize = 4;
/// A row of points, all covered.
const ROW: u16 = 0xF;
/// The first point of every row.
const FIRST_POINTS: u16 = 0x1111;
/// Pixels that are looked at in one step; widths are multiples of it.
const STEP: usize = 8;

/// A point in coordinates of [`FINE`] to a pixel.
pub type Place = (f64, f64);

/// The covered points of all pixels in a box.
#[derive(Default)]
pub struct Coverage {
    columns: Range<usize>,
    rows: Range<usize>,
    /// Pixels from one row to the next.
    stride: usize,
    pixels: Vec<u16>,
}

impl Coverage {
    /// Begins a shape whose corners, plus `reserve`, lie in the box; what is outside a sheet of
    /// `width` by `height` pixels is cut off.
    pub fn begin(&mut self, corners: &[Place], reserve: f64, (width, height): (usize, usize)) {
        let range = |of: fn(&Place) -> f64, most: usize| {
            let least = corners.iter().map(of).fold(f64::INFINITY, f64::min);
            let largest = corners.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
            let pixel = |at: f64| (at / f64::from(FINE)).clamp(0.0, most as f64) as usize;
            pixel(least - reserve)..(pixel(largest + reserve) + 1).min(most)
        };
        self.columns = range(|corner| corner.0, width);
        self.rows = range(|corner| corner.1, height);
        self.stride = self.columns.len().next_multiple_of(STEP);
        // What was painted is zero again.
        let needed = self.stride * self.rows.len();
        self.pixels.resize(self.pixels.len().max(needed), 0);
    }

    /// Covers a convex polygon.
    pub fn add_convex(&mut self, corners: &[Place]) {
        let heights = || corners.iter().map(|corner| corner.1);
        let (top, bottom) =
            (heights().fold(f64::INFINITY, f64::min), heights().fold(f64::NEG_INFINITY, f64::max));
        for row in self.rows_of_points(top, bottom) {
            let y = centre(row);
            let (mut left, mut right) = (f64::INFINITY, f64::NEG_INFINITY);
            for (from, to) in edges(corners) {
                if (from.1 <= y) != (to.1 <= y) {
                    let x = crossing(from, to, y);
                    (left, right) = (left.min(x), right.max(x));
                }
            }
            self.add_span(row, left, right);
        }
    }

    /// Covers a disc.
    pub fn add_disc(&mut self, (x, y): Place, radius: f64) {
        for row in self.rows_of_points(y - radius, y + radius) {
            let off = centre(row) - y;
            let half = libm::sqrt((radius * radius - off * off).max(0.0));
            self.add_span(row, x - half, x + half);
        }
    }

    /// Covers what is inside of a polygon by the even-odd rule; nothing else may be in the box.
    pub fn add_polygon(&mut self, corners: &[Place]) {
        for (from, to) in edges(corners) {
            for row in self.rows_of_points(from.1.min(to.1), from.1.max(to.1)) {
                let point = self.point_from(crossing(from, to, centre(row)));
                // Right of the box nothing is left to invert.
                if point < self.columns.end * SIDE {
                    let (index, shift) = self.index(row, point / SIDE);
                    self.pixels[index] ^= 1 << (point % SIDE) << shift;
                }
            }
        }
        for pixels in self.pixels.chunks_exact_mut(self.stride.max(1)).take(self.rows.len()) {
            let mut is_inside = 0;
            for pixel in &mut pixels[..self.columns.len()] {
                // Every point inverts those right of it, in all four rows at once.
                *pixel ^= (*pixel << 1) & 0xEEEE;
                *pixel ^= (*pixel << 2) & 0xCCCC;
                *pixel ^= is_inside;
                is_inside = ((*pixel >> (SIDE - 1)) & FIRST_POINTS) * ROW;
            }
        }
    }

    /// Gives every run of pixels with as many covered points, and forgets them: the row, the
    /// columns, how many of [`POINTS`].
    pub fn paint(&mut self, mut run: impl FnMut(usize, Range<usize>, u32)) {
        let rows = self.pixels.chunks_exact_mut(self.stride.max(1));
        for (row, pixels) in self.rows.clone().zip(rows) {
            let steps = pixels.as_chunks_mut::<STEP>().0;
            for (from, step) in self.columns.clone().step_by(STEP).zip(steps) {
                if step.iter().fold(0, |any, pixel| any | pixel) == 0 {
                    continue;
                }
                if step.iter().fold(u16::MAX, |all, pixel| all & pixel) == u16::MAX {
                    run(row, from..from + STEP, POINTS);
                } else {
                    for (column, pixel) in (from..).zip(step.iter()).filter(|(_, p)| **p != 0) {
                        run(row, column..column + 1, pixel.count_ones());
                    }
                }
                *step = [0; STEP];
            }
        }
    }

    /// Covers the points of a row between two places.
    fn add_span(&mut self, row: usize, left: f64, right: f64) {
        let (from, to) = (self.point_from(left), self.point_from(right));
        if from >= to {
            return;
        }
        let (index, shift) = self.index(row, from / SIDE);
        let last = index + (to - 1) / SIDE - from / SIDE;
        let first_points = (ROW << (from % SIDE)) & ROW;
        let last_points = ROW >> (SIDE - 1 - (to - 1) % SIDE);
        if index == last {
            self.pixels[index] |= (first_points & last_points) << shift;
        } else {
            self.pixels[index] |= first_points << shift;
            self.pixels[index + 1..last].iter_mut().for_each(|pixel| *pixel |= ROW << shift);
            self.pixels[last] |= last_points << shift;
        }
    }

    /// The rows of points in the box whose middle lies between two heights.
    fn rows_of_points(&self, top: f64, bottom: f64) -> Range<usize> {
        first_point(top, &self.rows)..first_point(bottom, &self.rows)
    }

    /// The first point of a row in the box that is not left of `x`.
    fn point_from(&self, x: f64) -> usize {
        first_point(x, &self.columns)
    }

    /// Where the pixel of a row of points and a column is, and where in it the row begins.
    fn index(&self, row: usize, column: usize) -> (usize, usize) {
        let pixel = (row / SIDE - self.rows.start) * self.stride + column - self.columns.start;
        (pixel, row % SIDE * SIDE)
    }
}

/// The distance between points.
const DISTANCE: f64 = FINE as f64 / SIDE as f64;

/// Where the points of a row or column are.
fn centre(point: usize) -> f64 {
    (point as f64 + 0.5) * DISTANCE
}

/// The first point of these pixels that is not before `at`, or the one behind them.
fn first_point(at: f64, pixels: &Range<usize>) -> usize {
    let ends = ((pixels.start * SIDE) as f64, (pixels.end * SIDE) as f64);
    let point = (at / DISTANCE - 0.5).clamp(ends.0, ends.1);
    let below = point as usize;
    below + usize::from((below as f64) < point)
}

fn edges(corners: &[Place]) -> impl Iterator<Item = (Place, Place)> + '_ {
    corners.iter().copied().zip(corners.iter().copied().cycle().skip(1))
}

/// Where an edge that is not level crosses a height.
fn crossing(from: Place, to: Place, y: f64) -> f64 {
    from.0 + (y - from.1) * (to.0 - from.0) / (to.1 - from.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: (usize, usize) = (20, 10);

    /// Begins with the box of `corners`, covers and gives pixels as row, column, points.
    fn covered(corners: &[Place], cover: impl FnOnce(&mut Coverage)) -> Vec<(usize, usize, u32)> {
        let mut coverage = Coverage::default();
        coverage.begin(corners, f64::from(FINE), SIZE);
        cover(&mut coverage);
        let mut pixels = Vec::new();
        coverage.paint(|row, columns, points| {
            pixels.extend(columns.map(|column| (row, column, points)));
        });
        coverage.paint(|_, _, _| panic!("what was painted is forgotten"));
        pixels
    }

    /// Corners in pixels.
    fn polygon<const N: usize>(corners: [Place; N]) -> [Place; N] {
        corners.map(|(x, y)| (x * f64::from(FINE), y * f64::from(FINE)))
    }

    fn area(pixels: &[(usize, usize, u32)]) -> f64 {
        pixels.iter().map(|(.., points)| f64::from(*points)).sum::<f64>() / f64::from(POINTS)
    }

    #[test]
    fn a_box_between_pixels_covers_its_share_of_each() {
        let corners = polygon([(1.5, 2.25), (3.0, 2.25), (3.0, 4.0), (1.5, 4.0)]);
        let expected = [(2, 1, 6), (2, 2, 12), (3, 1, 8), (3, 2, 16)];
        assert_eq!(covered(&corners, |c| c.add_convex(&corners)), expected);
        assert_eq!(covered(&corners, |c| c.add_polygon(&corners)), expected);
    }

    #[test]
    fn shapes_have_their_area_both_ways() {
        let triangle = polygon([(1.0, 1.0), (17.0, 3.0), (4.0, 9.0)]);
        for pixels in [
            covered(&triangle, |c| c.add_convex(&triangle)),
            covered(&triangle, |c| c.add_polygon(&triangle)),
        ] {
            assert!((area(&pixels) - 61.0).abs() < 0.7, "{}", area(&pixels));
        }
        let [centre, from, to] = polygon([(9.0, 5.0), (5.0, 1.0), (13.0, 9.0)]);
        let disc = covered(&[from, to], |c| c.add_disc(centre, 4.0 * f64::from(FINE)));
        assert!((area(&disc) - 50.27).abs() < 0.7, "{}", area(&disc));
    }

    #[test]
    fn shapes_that_overlap_unite() {
        let square = polygon([(2.0, 2.0), (6.5, 2.0), (6.5, 6.0), (2.0, 6.0)]);
        let once = covered(&square, |c| c.add_convex(&square));
        let twice = covered(&square, |c| {
            c.add_convex(&square);
            c.add_convex(&square);
        });
        assert_eq!(once, twice);
    }

    #[test]
    fn a_polygon_that_crosses_itself_is_empty_where_it_lies_twice() {
        let twice = polygon([(1.0, 1.0), (5.0, 1.0), (5.0, 5.0), (1.0, 5.0)]);
        let twice = [twice, twice].concat();
        assert_eq!(covered(&twice, |c| c.add_polygon(&twice)), []);
    }

    #[test]
    fn what_is_outside_the_sheet_is_cut_off() {
        let all = polygon([(-900.0, -900.0), (900.0, -900.0), (900.0, 900.0), (-900.0, 900.0)]);
        let sheet = (SIZE.0 * SIZE.1) as f64;
        assert_eq!(area(&covered(&all, |c| c.add_convex(&all))), sheet);
        assert_eq!(area(&covered(&all, |c| c.add_polygon(&all))), sheet);
        for (x, y) in [(-50.0, 5.0), (50.0, 5.0), (5.0, -50.0), (5.0, 50.0)] {
            let beside = polygon([(x, y), (x + 4.0, y), (x, y + 4.0)]);
            assert_eq!(covered(&beside, |c| c.add_convex(&beside)), []);
            assert_eq!(covered(&beside, |c| c.add_polygon(&beside)), []);
            assert_eq!(covered(&beside, |c| c.add_disc(beside[0], 16.0)), []);
        }
        let far = [(f64::from(i32::MIN), 0.0), (f64::from(i32::MAX), f64::from(i32::MAX))];
        assert!(covered(&far, |c| c.add_polygon(&far)).is_empty());
        assert!(covered(&[], |c| c.add_polygon(&[])).is_empty());
    }
}

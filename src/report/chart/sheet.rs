//! A sheet of pixels that plotters draws on, each the number of its colour.
//!
//! Own backend, because the bitmap backend of plotters smooths no edges: it had to draw four times
//! as large, and most of a short run's time went there. Coordinates and stroke widths are
//! [`FINE`] to a pixel. Rectangles lie on whole pixels, so that they are sharp and neighbours
//! leave no gap. A line is the union of its segments, with round corners and straight ends.
//! Glyphs come twice as large as they are shown, so that they stand at half pixels, and their base
//! line lies between pixels. Reference: trait `DrawingBackend` of plotters 0.3. Left out: outlines
//! of rectangles and circles, which charts draw as paths; rotated text.

use std::convert::Infallible;

use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};

use super::coverage::{Coverage, FINE, POINTS, Place};
use super::numbered::{Number, NumberedColours, PAPER_NUMBER, WHOLE, share};

/// How much larger glyphs are drawn than they are shown.
pub const GLYPH_SCALE: i32 = 2;

/// Pixels of an image, each as wide as the numbers of its colours: a byte where 256 do, since a
/// short run takes a third less time if it neither asks for twice the memory nor translates it.
pub struct Sheet<N> {
    width: usize,
    height: usize,
    pixels: Vec<N>,
    colours: NumberedColours,
    coverage: Coverage,
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

/// How a pixel holds the number of its colour.
pub trait Pixel: Copy + PartialEq + Into<Number> {
    /// The number, or the paper's if it does not fit.
    fn of(number: Number) -> Self;
}

impl Pixel for u8 {
    fn of(number: Number) -> u8 {
        u8::try_from(number).unwrap_or(PAPER_NUMBER as u8)
    }
}

impl Pixel for Number {
    fn of(number: Number) -> Number {
        number
    }
}

impl<N: Pixel> Sheet<N> {
    /// White paper of so many pixels.
    pub fn new(width: usize, height: usize, colours: NumberedColours) -> Sheet<N> {
        let pixels = vec![N::of(PAPER_NUMBER); width * height];
        Sheet { width, height, pixels, colours, coverage: Coverage::default() }
    }

    /// The pixels row by row, and the colours that their numbers stand for.
    pub fn into_parts(self) -> (Vec<N>, NumberedColours) {
        (self.pixels, self.colours)
    }

    fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// Paints what is covered.
    fn paint(&mut self, colour: BackendColor) {
        let mut ink = Ink::new(colour);
        self.coverage.paint(|row, columns, points| {
            let from = row * self.width;
            let pixels = &mut self.pixels[from + columns.start..from + columns.end];
            ink.lay(pixels, points, &mut self.colours);
        });
    }
}

/// A colour that is laid on pixels.
struct Ink<N> {
    rgb: [u8; 3],
    share: u32,
    /// By points that are covered: what it was laid on last, and what that became.
    known: [Option<(N, N)>; POINTS as usize + 1],
}

impl<N: Pixel> Ink<N> {
    fn new(colour: BackendColor) -> Ink<N> {
        let known = [None; POINTS as usize + 1];
        Ink { rgb: colour.rgb.into(), share: share(colour.alpha), known }
    }

    /// Lays it on neighbouring pixels of which so many points are covered.
    fn lay(&mut self, pixels: &mut [N], points: u32, colours: &mut NumberedColours) {
        let share = self.share * points / POINTS;
        if share == WHOLE {
            return pixels.fill(N::of(colours.number(self.rgb)));
        }
        let known = &mut self.known[points as usize];
        for pixel in pixels {
            *pixel = match *known {
                Some((below, mixed)) if below == *pixel => mixed,
                Some(_) | None => {
                    let mixed = N::of(colours.mixed((*pixel).into(), self.rgb, share));
                    *known = Some((*pixel, mixed));
                    mixed
                }
            };
        }
    }
}

impl<N: Pixel> DrawingBackend for Sheet<N> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        (self.width as u32 * FINE as u32, self.height as u32 * FINE as u32)
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    /// Colours the pixel in which the point lies.
    fn draw_pixel(&mut self, (x, y): BackendCoord, colour: BackendColor) -> Drawn {
        self.draw_rect((x, y), (x, y), &colour, true)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Drawn {
        self.draw_path([from, to], style)
    }

    /// Fills a rectangle, which is at least one pixel wide and high.
    fn draw_rect<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
        _fill: bool,
    ) -> Drawn {
        let pixels = |from: i32, to: i32, most: usize| {
            let from = nearest_pixel(from);
            let to = nearest_pixel(to).max(from + 1);
            let within = |pixel: i32| usize::try_from(pixel).unwrap_or(0).min(most);
            within(from)..within(to)
        };
        let columns = pixels(from.0, to.0, self.width);
        let mut ink = Ink::new(style.color());
        for row in pixels(from.1, to.1, self.height) {
            let from = row * self.width;
            let pixels = &mut self.pixels[from + columns.start..from + columns.end];
            ink.lay(pixels, POINTS, &mut self.colours);
        }
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let points = places(path);
        let half = f64::from(style.stroke_width()) / 2.0;
        self.coverage.begin(&points, half, self.size());
        for pair in points.windows(2) {
            let ((x, y), (to_x, to_y)) = (pair[0], pair[1]);
            let (dx, dy) = (to_x - x, to_y - y);
            let length = libm::sqrt(dx * dx + dy * dy);
            let (aside, down) = (-dy / length * half, dx / length * half);
            self.coverage.add_convex(&[
                (x + aside, y + down),
                (to_x + aside, to_y + down),
                (to_x - aside, to_y - down),
                (x - aside, y - down),
            ]);
        }
        for corner in points.iter().skip(1).take(points.len().saturating_sub(2)) {
            self.coverage.add_disc(*corner, half);
        }
        self.paint(style.color());
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Drawn {
        let corners = places(corners);
        self.coverage.begin(&corners, 0.0, self.size());
        self.coverage.add_polygon(&corners);
        self.paint(style.color());
        Ok(())
    }

    /// Writes a text whose font is [`GLYPH_SCALE`] times as large as it is shown.
    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Drawn {
        let font_error = |error: S::FontError| DrawingErrorKind::FontError(Box::new(error));
        let ((left, top), (right, bottom)) = style.layout_box(text).map_err(font_error)?;
        let (width, height) = (right - left, bottom - top);
        let x = match style.anchor().h_pos {
            HPos::Left => 0,
            HPos::Center => -width / 2,
            HPos::Right => -width,
        };
        let y = match style.anchor().v_pos {
            VPos::Top => 0,
            VPos::Center => -height / 2,
            VPos::Bottom => -height,
        };
        let unit = FINE / GLYPH_SCALE;
        let (x, y) = (x + at.0.div_euclid(unit), y + at.1.div_euclid(unit));
        // Glyphs stand half their font's size below the top.
        let base = style.size() as i32 / 2;
        let y = (y + base) / GLYPH_SCALE * GLYPH_SCALE - base;
        let mut glyphs = Glyphs::new((x, y), width, style.size() as i32);
        let drawn = style.draw(text, (x, y), |x, y, colour| {
            if colour.alpha > 0.0 {
                glyphs.add((x, y), colour.alpha);
            }
            Ok::<(), Infallible>(())
        });
        let Ok(()) = drawn.map_err(font_error)?;
        glyphs.paint(self, Ink::new(BackendColor { alpha: 1.0, ..style.color() }));
        Ok(())
    }
}

/// What glyphs cover of the pixels around a text.
struct Glyphs {
    /// The first pixel's column and row; may be outside the sheet.
    from: (i32, i32),
    columns: usize,
    /// Sums of what parts of a pixel are covered, each up to [`PART`].
    sums: Vec<u16>,
}

/// What a part of a pixel adds to its sum when it is covered.
const PART: f64 = (WHOLE as i32 / GLYPH_SCALE / GLYPH_SCALE) as f64;

impl Glyphs {
    /// Nothing in a box around a text of this width, with the size of its font as reserve.
    fn new((x, y): (i32, i32), width: i32, size: i32) -> Glyphs {
        let from = ((x - size).div_euclid(GLYPH_SCALE), (y - size / 2).div_euclid(GLYPH_SCALE));
        let pixels = |length: i32| (length / GLYPH_SCALE + 1).max(0) as usize;
        let columns = pixels(width + 2 * size);
        Glyphs { from, columns, sums: vec![0; columns * pixels(2 * size)] }
    }

    /// Covers a part of a pixel.
    fn add(&mut self, (x, y): (i32, i32), covered: f64) {
        let column = usize::try_from(x.div_euclid(GLYPH_SCALE) - self.from.0);
        let row = usize::try_from(y.div_euclid(GLYPH_SCALE) - self.from.1);
        if let (Ok(column), Ok(row)) = (column, row)
            && column < self.columns
            && let Some(sum) = self.sums.get_mut(row * self.columns + column)
        {
            *sum += (covered * PART + 0.5) as u16;
        }
    }

    fn paint<N: Pixel>(&self, sheet: &mut Sheet<N>, mut ink: Ink<N>) {
        for (y, sums) in (self.from.1..).zip(self.sums.chunks_exact(self.columns)) {
            let Some(row) = usize::try_from(y).ok().filter(|row| *row < sheet.height) else {
                continue;
            };
            for (x, sum) in (self.from.0..).zip(sums).filter(|(_, sum)| **sum > 0) {
                if let Some(column) = usize::try_from(x).ok().filter(|x| *x < sheet.width) {
                    // As few steps as other edges have, for there are few numbers.
                    let points = ((u32::from(*sum) * POINTS + WHOLE / 2) / WHOLE).min(POINTS);
                    let index = row * sheet.width + column;
                    ink.lay(&mut sheet.pixels[index..=index], points, &mut sheet.colours);
                }
            }
        }
    }
}

fn nearest_pixel(coordinate: i32) -> i32 {
    coordinate.saturating_add(FINE / 2).div_euclid(FINE)
}

/// Points without repetitions.
fn places(points: impl IntoIterator<Item = BackendCoord>) -> Vec<Place> {
    let mut places: Vec<Place> =
        points.into_iter().map(|(x, y)| (f64::from(x), f64::from(y))).collect();
    places.dedup();
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::chart::canvas::Canvas;

    const BLACK: BackendColor = BackendColor { alpha: 1.0, rgb: (0, 0, 0) };

    struct Stroke(u32);

    impl BackendStyle for Stroke {
        fn color(&self) -> BackendColor {
            BLACK
        }
        fn stroke_width(&self) -> u32 {
            self.0
        }
    }

    /// How dark pixels are, from 0 to 255, row by row, on a sheet of twelve by ten pixels.
    fn drawn(draw: impl FnOnce(&mut Sheet<Number>) -> Drawn) -> Vec<u8> {
        let mut sheet = Sheet::new(12, 10, NumberedColours::of(&Canvas::new()));
        draw(&mut sheet).expect("drawing into memory does not fail");
        let (pixels, colours) = sheet.into_parts();
        let (pixels, palette) = colours.indexed(&pixels, 12);
        pixels.iter().map(|place| 255 - palette[usize::from(*place)][0]).collect()
    }

    fn darkness(pixels: &[u8]) -> f64 {
        pixels.iter().map(|dark| f64::from(*dark) / 255.0).sum()
    }

    /// Coordinates of a point in pixels.
    fn at(x: f64, y: f64) -> BackendCoord {
        let coordinate = |pixels: f64| (pixels * f64::from(FINE)) as i32;
        (coordinate(x), coordinate(y))
    }

    #[test]
    fn a_rectangle_lies_on_whole_pixels_and_neighbours_leave_no_gap() {
        let sharp = drawn(|sheet| sheet.draw_rect(at(1.4, 2.3), at(3.6, 2.4), &BLACK, true));
        let expected: Vec<u8> =
            (0..120).map(|i| if (25..28).contains(&i) { 255 } else { 0 }).collect();
        assert_eq!(sharp, expected);
        let faded = BackendColor { alpha: 0.5, ..BLACK };
        let two = drawn(|sheet| {
            sheet.draw_rect(at(0.0, 0.0), at(3.4, 10.0), &faded, true)?;
            sheet.draw_rect(at(3.4, 0.0), at(12.0, 10.0), &faded, true)
        });
        assert_eq!(two, [127; 120]);
    }

    #[test]
    fn a_line_is_as_dark_as_its_area_however_many_segments_it_has() {
        let width = Stroke(2 * FINE as u32);
        let ends = [at(2.0, 2.0), at(10.0, 8.0)];
        let one = drawn(|sheet| sheet.draw_line(ends[0], ends[1], &width));
        assert!((darkness(&one) - 20.0).abs() < 0.7, "{}", darkness(&one));
        let many = [ends[0], at(4.0, 3.5), at(6.0, 5.0), at(8.0, 6.5), ends[1], ends[1]];
        assert_eq!(drawn(|sheet| sheet.draw_path(many, &width)), one);
    }

    #[test]
    fn a_corner_is_round() {
        let width = Stroke(4 * FINE as u32);
        let bent = [at(3.0, 9.0), at(3.0, 3.0), at(11.0, 3.0)];
        let pixels = drawn(|sheet| sheet.draw_path(bent, &width));
        // Two arms that share a square, and a quarter of a disc.
        assert!((darkness(&pixels) - 55.14).abs() < 0.7, "{}", darkness(&pixels));
        assert_eq!(pixels[0], 0);
    }

    #[test]
    fn what_is_outside_the_sheet_is_cut_off() {
        let far = [(i32::MIN, i32::MIN), (i32::MAX, i32::MAX)];
        let all = drawn(|sheet| sheet.draw_rect(far[0], far[1], &BLACK, true));
        assert_eq!(all, [255; 120]);
        let none = drawn(|sheet| {
            sheet.draw_rect(at(-9.0, 1.0), at(-1.0, 2.0), &BLACK, true)?;
            sheet.draw_rect(at(1.0, 11.0), at(2.0, 19.0), &BLACK, true)?;
            sheet.draw_path([at(-9.0, 50.0), at(20.0, 50.0), at(30.0, 9.0)], &Stroke(40))?;
            sheet.draw_path([at(3.0, 3.0); 2], &Stroke(40))?;
            sheet.draw_path([], &Stroke(40))?;
            sheet.fill_polygon([at(20.0, 1.0), at(30.0, 1.0), at(20.0, 9.0)], &BLACK)
        });
        assert_eq!(none, [0; 120]);
        let across = drawn(|sheet| sheet.draw_path(far, &Stroke(2 * FINE as u32)));
        assert_eq!((across[0], across[11]), (255, 0));
    }
}

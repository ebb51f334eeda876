//! Shapes to PNG bytes, drawn by plotters on a [`Sheet`].
//!
//! Two pixels per unit, for dense screens. A level or upright line is a rectangle, which lies on
//! whole pixels and so is sharp. Rows that are like the one above take next to no time and space.
//! Reference: plotters 0.3; PNG, second edition (2003). Left out: how pixels are covered
//! ([`Sheet`]), colour profiles, dark colours.

use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontFamily, FontStyle, TextStyle};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, DrawingBackend, DrawingErrorKind,
};

use super::canvas::{Anchor, Canvas, FAMILY, LINE_PER_EM, Shape, WIDTH, with_font};
use super::coverage::FINE;
use super::numbered::{Number, NumberedColours, Rgb};
use super::palette::Colour;
use super::sheet::{GLYPH_SCALE, Pixel, Sheet};

/// Pixels of a unit.
const PIXELS: f64 = 2.0;
/// Coordinates of a unit.
const COORDINATES: f64 = PIXELS * FINE as f64;
/// How much lower text is written, in ems, so that figures stand in the middle of their line.
const LOWERED: f64 = 0.22;

/// The canvas as PNG bytes, two pixels per unit.
pub fn png(canvas: &Canvas) -> Vec<u8> {
    with_font();
    let (width, height) = ((WIDTH * PIXELS) as usize, (canvas.height * PIXELS) as usize);
    let (pixels, colours) = drawn::<u8>(canvas, width, height);
    let (pixels, palette) = match colours.palette() {
        Some(palette) => (pixels, palette),
        None => {
            let (pixels, colours) = drawn::<Number>(canvas, width, height);
            colours.indexed(&pixels, width)
        }
    };
    encoded(&pixels, palette, width, height)
}

/// The canvas as numbers of colours; there may be too many for a palette.
fn drawn<N: Pixel>(canvas: &Canvas, width: usize, height: usize) -> (Vec<N>, NumberedColours) {
    let mut sheet = Sheet::new(width, height, NumberedColours::of(canvas));
    for shape in &canvas.shapes {
        draw(&mut sheet, shape).expect("drawing into memory does not fail");
    }
    sheet.present().expect("drawing into memory does not fail");
    sheet.into_parts()
}

fn encoded(pixels: &[u8], palette: Vec<Rgb>, width: usize, height: usize) -> Vec<u8> {
    let in_memory = "encoding into memory does not fail";
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette.into_flattened());
    // Most rows are like the one above.
    encoder.set_filter(png::FilterType::Up);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().expect(in_memory);
    writer.write_image_data(pixels).expect(in_memory);
    writer.finish().expect(in_memory);
    bytes
}

struct Stroke {
    colour: BackendColor,
    width: u32,
}

impl BackendStyle for Stroke {
    fn color(&self) -> BackendColor {
        self.colour
    }
    fn stroke_width(&self) -> u32 {
        self.width
    }
}

type Drawn<B> = Result<(), DrawingErrorKind<<B as DrawingBackend>::ErrorType>>;

/// The coordinates of a point.
fn place((x, y): (f64, f64)) -> BackendCoord {
    (coordinate(x), coordinate(y))
}

fn coordinate(units: f64) -> i32 {
    libm::round(units * COORDINATES) as i32
}

/// Draws a shape; what lies outside the image is cut off.
fn draw<B: DrawingBackend>(backend: &mut B, shape: &Shape) -> Drawn<B> {
    match shape {
        Shape::Rectangle { bounds: [left, top, right, bottom], colour } => {
            let (from, to) = (place((*left, *top)), place((*right, *bottom)));
            backend.draw_rect(from, to, &stroke(*colour, 1), true)
        }
        Shape::Path { points, width, colour } => match straight(points, f64::from(*width)) {
            Some((from, to)) => {
                backend.draw_rect(place(from), place(to), &stroke(*colour, 1), true)
            }
            None => {
                let width = coordinate(f64::from(*width)).unsigned_abs();
                backend.draw_path(points.iter().copied().map(place), &stroke(*colour, width))
            }
        },
        Shape::Polygon { points, colour } => {
            backend.fill_polygon(points.iter().copied().map(place), &stroke(*colour, 1))
        }
        Shape::Text { at, text, size, bold, anchor, colour } => {
            let style = text_style(*size, *bold, *anchor, *colour);
            backend.draw_text(text, &style, place((at.0, at.1 + LOWERED * size)))
        }
        Shape::Open(_) | Shape::Close => Ok(()),
    }
}

/// Upper left and lower right of a line, if it is a rectangle: level or upright.
fn straight(points: &[(f64, f64)], width: f64) -> Option<((f64, f64), (f64, f64))> {
    let [(x, y), (to_x, to_y)] = *points else { return None };
    let (left, right) = (x.min(to_x), x.max(to_x));
    let (top, bottom) = (y.min(to_y), y.max(to_y));
    let half = width / 2.0;
    if top == bottom && left < right {
        Some(((left, y - half), (right, y + half)))
    } else if left == right && top < bottom {
        Some(((x - half, top), (x + half, bottom)))
    } else {
        None
    }
}

fn text_style(size: f64, bold: bool, anchor: Anchor, colour: Colour) -> TextStyle<'static> {
    let horizontal = match anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    let style = if bold { FontStyle::Bold } else { FontStyle::Normal };
    let size = size * PIXELS * f64::from(GLYPH_SCALE) * LINE_PER_EM;
    // Not `into_font().style(..)`, which keeps the outlines of the normal style.
    let font = FontDesc::new(FontFamily::from(FAMILY), size, style);
    let mut text = TextStyle::from(font);
    text.color = backend_colour(colour);
    text.pos = Pos::new(horizontal, VPos::Center);
    text
}

fn stroke(colour: Colour, width: u32) -> Stroke {
    Stroke { colour: backend_colour(colour), width }
}

fn backend_colour(colour: Colour) -> BackendColor {
    BackendColor { alpha: colour.opacity, rgb: colour.rgb }
}

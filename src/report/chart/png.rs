//! Shapes to PNG bytes, with the bitmap backend of plotters.
//!
//! Drawn four times as large as the SVG and averaged over squares of two by two, so lines
//! are smooth and the image is sharp on dense screens; band by band, since a whole image of that
//! size takes most of its time for memory that no cache holds. A line is drawn segment by segment,
//! since one polygon along a jagged line has spikes. Pixels are numbers in a palette: an image has
//! few colours, and is so compressed in a fifth of the time. Reference: plotters 0.3. Left out:
//! colour profiles, dark colours.

use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontFamily, FontStyle, TextStyle};
use plotters_backend::{BackendColor, BackendStyle, DrawingBackend, DrawingErrorKind};

use super::canvas::{Anchor, Canvas, FAMILY, LINE_PER_EM, Shape, WIDTH, with_font};
use super::palette::{Colour, PAPER};

/// Factor by which PNGs are drawn larger before they are averaged.
const OVERSIZE: f64 = 4.0;
/// How much lower text is written, in ems, so that figures stand in the middle of their line.
const LOWERED: f64 = 0.22;

/// Rows of the large image that are drawn at a time, an even number.
const BAND: usize = 128;

/// The canvas as PNG bytes, two pixels per unit.
pub fn png(canvas: &Canvas) -> Vec<u8> {
    with_font();
    let (width, height) = ((WIDTH * OVERSIZE) as usize, (canvas.height * OVERSIZE) as usize);
    let mut palette = Palette::of(canvas);
    let mut pixels = Vec::with_capacity(width * height / 4);
    let mut band = vec![0; width * BAND * 3];
    for top in (0..height).step_by(BAND) {
        let rows = BAND.min(height - top);
        let large = &mut band[..width * rows * 3];
        draw_band(canvas, top, large, (width as u32, rows as u32));
        append_halved(large, width, &mut palette, &mut pixels);
    }
    encoded(&pixels, palette, width / 2, height / 2)
}

/// Draws what of a canvas lies on some rows of the large image, from `top` on.
fn draw_band(canvas: &Canvas, top: usize, large: &mut [u8], size: (u32, u32)) {
    large.fill(255);
    let top = top as f64 / OVERSIZE;
    let bottom = top + f64::from(size.1) / OVERSIZE;
    let mut backend = plotters::backend::BitMapBackend::with_buffer(large, size);
    for shape in &canvas.shapes {
        let is_there = |&(from, to): &(f64, f64)| from <= bottom && to >= top;
        if rows_of(shape).as_ref().is_some_and(is_there) {
            draw(&mut backend, shape, top).expect("drawing into memory does not fail");
        }
    }
    backend.present().expect("drawing into memory does not fail");
}

/// Between which heights a shape lies, with some reserve; `None`: there is nothing to see of it.
fn rows_of(shape: &Shape) -> Option<(f64, f64)> {
    let of_points = |points: &[(f64, f64)], reserve: f64| {
        let heights = || points.iter().map(|&(_, y)| y);
        let least = heights().fold(f64::INFINITY, f64::min);
        Some((least - reserve, heights().fold(f64::NEG_INFINITY, f64::max) + reserve))
    };
    match shape {
        Shape::Rectangle { bounds: [_, top, _, bottom], .. } => Some((top - 1.0, bottom + 1.0)),
        Shape::Path { points, width, .. } => of_points(points, f64::from(*width) + 1.0),
        Shape::Polygon { points, .. } => of_points(points, 1.0),
        Shape::Text { at, size, .. } => of_points(&[*at], 2.0 * size),
        Shape::Open(_) | Shape::Close => None,
    }
}

/// Appends every square of two by two pixels averaged into one, as its number in the palette.
fn append_halved(large: &[u8], width: usize, palette: &mut Palette, small: &mut Vec<u8>) {
    let row = width * 3;
    let mut sums = vec![0u16; row];
    // As one number, which is compared in one step.
    let (mut last, mut number) = (u32::MAX, 0);
    let mut above: &[u8] = &[];
    for rows in large.chunks_exact(2 * row) {
        if rows == above {
            small.extend_from_within(small.len() - width / 2..);
            continue;
        }
        above = rows;
        let (upper, lower) = rows.split_at(row);
        for (sum, (upper, lower)) in sums.iter_mut().zip(upper.iter().zip(lower)) {
            *sum = u16::from(*upper) + u16::from(*lower);
        }
        let mean = |left: u16, right: u16| ((left + right + 2) / 4) as u8;
        for pair in sums.as_chunks::<6>().0 {
            let [red, green, blue] =
                [0, 1, 2].map(|channel| mean(pair[channel], pair[channel + 3]));
            let pixel = u32::from_le_bytes([red, green, blue, 0]);
            if pixel != last {
                (last, number) = (pixel, palette.number([red, green, blue]));
            }
            small.push(number);
        }
    }
}

/// At most 256 colours, of which each has a number.
struct Palette {
    /// The paper first, then those of the canvas.
    colours: Vec<[u8; 3]>,
    /// The number of a colour by its upper bits: an eye cannot tell apart what they do not.
    numbers: Vec<Option<u8>>,
}

/// Upper bits of a channel that tell colours apart.
const CHANNEL_BITS: u32 = 5;

impl Palette {
    fn of(canvas: &Canvas) -> Palette {
        let numbers = vec![None; 1 << (3 * CHANNEL_BITS)];
        let mut palette = Palette { colours: Vec::new(), numbers };
        let of_shapes = canvas.shapes.iter().filter_map(Shape::colour);
        for colour in [PAPER].into_iter().chain(of_shapes) {
            palette.number(colour.rgb.into());
        }
        palette
    }

    /// The number of a colour, which gets one if there is room, or that of the nearest.
    fn number(&mut self, colour: [u8; 3]) -> u8 {
        let upper = |bits, channel: &u8| {
            bits << CHANNEL_BITS | usize::from(channel >> (u8::BITS - CHANNEL_BITS))
        };
        let known = &mut self.numbers[colour.iter().fold(0, upper)];
        *known.get_or_insert_with(|| match u8::try_from(self.colours.len()) {
            Ok(next) => {
                self.colours.push(colour);
                next
            }
            Err(_) => nearest(&self.colours, colour),
        })
    }
}

/// The number of the colour that is nearest to another one.
fn nearest(colours: &[[u8; 3]], wanted: [u8; 3]) -> u8 {
    let distance = |colour: &[u8; 3]| -> u32 {
        colour.iter().zip(wanted).map(|(one, other)| u32::from(one.abs_diff(other)).pow(2)).sum()
    };
    let numbered = (0..=u8::MAX).zip(colours);
    let (number, _) = numbered.min_by_key(|(_, colour)| distance(colour)).expect("paper is there");
    number
}

fn encoded(pixels: &[u8], palette: Palette, width: usize, height: usize) -> Vec<u8> {
    let in_memory = "encoding into memory does not fail";
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette.colours.into_flattened());
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

/// The pixel of a point below `top`.
fn place((x, y): (f64, f64), top: f64) -> (i32, i32) {
    (length(x), length(y) - length(top))
}

fn length(units: f64) -> i32 {
    libm::round(units * OVERSIZE) as i32
}

/// Draws a shape; what lies above `top`, or below the image, is cut off.
fn draw<B: DrawingBackend>(backend: &mut B, shape: &Shape, top: f64) -> Drawn<B> {
    match shape {
        Shape::Rectangle { bounds, colour } => {
            let [left, upper, right, lower] = *bounds;
            let (from, to) = (place((left, upper), top), place((right, lower), top));
            backend.draw_rect(from, to, &stroke(*colour, 1), true)
        }
        Shape::Path { points, width, colour } => {
            segments(backend, &corners(points, top), *width, *colour)
        }
        Shape::Polygon { points, colour } => {
            backend.fill_polygon(corners(points, top), &stroke(*colour, 1))
        }
        Shape::Text { at, text, size, bold, anchor, colour } => {
            let style = text_style(*size, *bold, *anchor, *colour);
            let at = (at.0, at.1 + LOWERED * size);
            backend.draw_text(text, &style, place(at, top))
        }
        Shape::Open(_) | Shape::Close => Ok(()),
    }
}

/// Corners in pixels, without repetitions.
fn corners(points: &[(f64, f64)], top: f64) -> Vec<(i32, i32)> {
    let mut corners: Vec<(i32, i32)> = points.iter().map(|p| place(*p, top)).collect();
    corners.dedup();
    corners
}

/// A line as one rectangle per segment and a square at every corner.
fn segments<B: DrawingBackend>(
    backend: &mut B,
    points: &[(i32, i32)],
    width: u32,
    colour: Colour,
) -> Drawn<B> {
    let half = f64::from(width) * OVERSIZE / 2.0;
    let style = stroke(colour, 1);
    for pair in points.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let (dx, dy) = (f64::from(to.0 - from.0), f64::from(to.1 - from.1));
        let length = libm::sqrt(dx * dx + dy * dy);
        let (nx, ny) = (-dy / length * half, dx / length * half);
        let side = |(x, y): (i32, i32), sign: f64| {
            let x = libm::round(f64::from(x) + sign * nx) as i32;
            let y = libm::round(f64::from(y) + sign * ny) as i32;
            (x, y)
        };
        let corners = [side(from, 1.0), side(to, 1.0), side(to, -1.0), side(from, -1.0)];
        backend.fill_polygon(corners, &style)?;
    }
    let reach = libm::round(half * 0.7) as i32;
    for (x, y) in points.iter().skip(1).take(points.len().saturating_sub(2)) {
        let (from, to) = ((x - reach, y - reach), (x + reach, y + reach));
        backend.draw_rect(from, to, &style, true)?;
    }
    Ok(())
}

fn text_style(size: f64, bold: bool, anchor: Anchor, colour: Colour) -> TextStyle<'static> {
    let horizontal = match anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    let style = if bold { FontStyle::Bold } else { FontStyle::Normal };
    // Not `into_font().style(..)`, which keeps the outlines of the normal style.
    let font = FontDesc::new(FontFamily::from(FAMILY), size * OVERSIZE * LINE_PER_EM, style);
    let mut text = TextStyle::from(font);
    text.color = BackendColor { alpha: colour.opacity, rgb: colour.rgb };
    text.pos = Pos::new(horizontal, VPos::Center);
    text
}

fn stroke(colour: Colour, width: u32) -> Stroke {
    Stroke { colour: BackendColor { alpha: colour.opacity, rgb: colour.rgb }, width }
}

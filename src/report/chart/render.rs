//! Shapes to SVG text and to PNG bytes, with the backends of plotters.
//!
//! PNG: drawn four times as large as the SVG and averaged over squares of two by two, so lines
//! are smooth and the image is sharp on dense screens. A line is drawn segment by segment, since
//! one polygon along a jagged line has spikes. Reference: plotters 0.3. Left out: colour profiles.

use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontFamily, FontStyle, TextStyle};
use plotters_backend::{BackendColor, BackendStyle, DrawingBackend, DrawingErrorKind};

use super::canvas::{Anchor, Canvas, FAMILY, LINE_PER_EM, Shape, WIDTH, with_font};
use super::palette::Colour;
use crate::report::text::printable;

/// Factor by which PNGs are drawn larger before they are averaged.
const OVERSIZE: f64 = 4.0;
/// What plotters' SVG backend calls the size of a font, over the size of the em.
const SVG_LINE_PER_EM: f64 = 1.24;

/// The canvas as SVG text.
pub fn svg(canvas: &Canvas, title: &str, description: &str) -> String {
    with_font();
    let mut text = String::new();
    {
        let size = (WIDTH as u32, canvas.height as u32);
        let mut backend = plotters::backend::SVGBackend::with_string(&mut text, size);
        let pen =
            Pen { scale: 1.0, line_per_em: SVG_LINE_PER_EM, by_segment: false, lowered: 0.07 };
        for shape in &canvas.shapes {
            pen.draw(&mut backend, shape).expect("writing SVG to memory does not fail");
        }
        backend.present().expect("writing SVG to memory does not fail");
    }
    // Quotes within texts are escaped, so these replacements meet attributes only.
    let text = text
        .replace(" opacity=\"1\"", "")
        .replace(" stroke=\"none\"", "")
        .replace(&format!(" font-family=\"{FAMILY}\""), "")
        .replace(" \"/>", "\"/>");
    let head = format!(
        "<svg role=\"img\" aria-label=\"{}\" font-family=\"Noto Sans, Arial, {FAMILY}\"",
        escaped(&printable(&format!("{title}. {description}")))
    );
    text.replacen("<svg", &head, 1)
}

/// The canvas as PNG bytes, two pixels per unit.
pub fn png(canvas: &Canvas) -> Vec<u8> {
    with_font();
    let (width, height) = ((WIDTH * OVERSIZE) as usize, (canvas.height * OVERSIZE) as usize);
    let mut large = vec![255; width * height * 3];
    {
        let size = (width as u32, height as u32);
        let mut backend = plotters::backend::BitMapBackend::with_buffer(&mut large, size);
        let pen =
            Pen { scale: OVERSIZE, line_per_em: LINE_PER_EM, by_segment: true, lowered: 0.22 };
        for shape in &canvas.shapes {
            pen.draw(&mut backend, shape).expect("drawing into memory does not fail");
        }
        backend.present().expect("drawing into memory does not fail");
    }
    encoded(&halved(&large, width), width / 2, height / 2)
}

/// Every square of two by two pixels averaged into one.
fn halved(large: &[u8], width: usize) -> Vec<u8> {
    let mut small = Vec::with_capacity(large.len() / 4);
    let row = width * 3;
    for rows in large.chunks_exact(2 * row) {
        let (upper, lower) = rows.split_at(row);
        for (upper, lower) in upper.chunks_exact(6).zip(lower.chunks_exact(6)) {
            let mean = |left: usize| {
                let sum = |row: &[u8]| u32::from(row[left]) + u32::from(row[left + 3]);
                ((sum(upper) + sum(lower) + 2) / 4) as u8
            };
            small.extend_from_slice(&[mean(0), mean(1), mean(2)]);
        }
    }
    small
}

fn encoded(pixels: &[u8], width: usize, height: usize) -> Vec<u8> {
    let in_memory = "encoding into memory does not fail";
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    // Most rows are like the one above.
    encoder.set_filter(png::FilterType::Up);
    encoder.set_compression(png::Compression::Default);
    let mut writer = encoder.write_header().expect(in_memory);
    writer.write_image_data(pixels).expect(in_memory);
    writer.finish().expect(in_memory);
    bytes
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
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

struct Pen {
    scale: f64,
    line_per_em: f64,
    by_segment: bool,
    /// How much lower text is written, in ems, so that figures stand in the middle of their line.
    lowered: f64,
}

type Drawn<B> = Result<(), DrawingErrorKind<<B as DrawingBackend>::ErrorType>>;

impl Pen {
    fn place(&self, (x, y): (f64, f64)) -> (i32, i32) {
        (self.length(x), self.length(y))
    }

    fn length(&self, units: f64) -> i32 {
        libm::round(units * self.scale) as i32
    }

    fn draw<B: DrawingBackend>(&self, backend: &mut B, shape: &Shape) -> Drawn<B> {
        match shape {
            Shape::Rectangle { bounds, colour } => {
                let [left, top, right, bottom] = *bounds;
                let (from, to) = (self.place((left, top)), self.place((right, bottom)));
                backend.draw_rect(from, to, &stroke(*colour, 1), true)
            }
            Shape::Path { points, width, colour } => {
                let points = self.corners(points);
                if self.by_segment {
                    self.segments(backend, &points, *width, *colour)
                } else {
                    backend.draw_path(points, &stroke(*colour, *width))
                }
            }
            Shape::Polygon { points, colour } => {
                backend.fill_polygon(self.corners(points), &stroke(*colour, 1))
            }
            Shape::Text { at, text, size, bold, anchor, colour } => {
                let style = self.text_style(*size, *bold, *anchor, *colour);
                let at = (at.0, at.1 + self.lowered * size);
                backend.draw_text(text, &style, self.place(at))
            }
        }
    }

    /// Corners in pixels, without repetitions.
    fn corners(&self, points: &[(f64, f64)]) -> Vec<(i32, i32)> {
        let mut corners: Vec<(i32, i32)> = points.iter().map(|p| self.place(*p)).collect();
        corners.dedup();
        corners
    }

    /// A line as one rectangle per segment and a square at every corner.
    fn segments<B: DrawingBackend>(
        &self,
        backend: &mut B,
        points: &[(i32, i32)],
        width: u32,
        colour: Colour,
    ) -> Drawn<B> {
        let half = f64::from(width) * self.scale / 2.0;
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

    fn text_style(
        &self,
        size: f64,
        bold: bool,
        anchor: Anchor,
        colour: Colour,
    ) -> TextStyle<'static> {
        let horizontal = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let style = if bold { FontStyle::Bold } else { FontStyle::Normal };
        // Not `into_font().style(..)`, which keeps the outlines of the normal style.
        let font =
            FontDesc::new(FontFamily::from(FAMILY), size * self.scale * self.line_per_em, style);
        let mut text = TextStyle::from(font);
        text.color = BackendColor { alpha: colour.opacity, rgb: colour.rgb };
        text.pos = Pos::new(horizontal, VPos::Center);
        text
    }
}

fn stroke(colour: Colour, width: u32) -> Stroke {
    Stroke { colour: BackendColor { alpha: colour.opacity, rgb: colour.rgb }, width }
}

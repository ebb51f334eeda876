//! A canvas: shapes in drawing order, in units of one SVG pixel, origin at the top left.
//!
//! Text is measured with the font that PNGs are drawn with, plus a reserve, because an SVG is
//! shown in whatever sans-serif font the reader has. Left out: how shapes are rendered.

use std::sync::LazyLock;

use plotters::style::{FontStyle, IntoFont, register_font};

use super::palette::{Colour, INK, PAPER, QUIET};
use super::timeline::{ChartTable, Timeline};
use crate::report::text::{printable, shortened};

/// Width of every chart.
pub const WIDTH: f64 = 900.0;
/// Blank border of a chart.
pub const MARGIN: f64 = 16.0;
/// Family under which the font is registered, and which SVG readers resolve themselves.
pub const FAMILY: &str = "sans-serif";
/// What plotters calls the size of a font, over the size of the letter em, for Noto Sans.
pub const LINE_PER_EM: f64 = 1.362;
/// Reserve for sans-serif fonts that are wider than Noto Sans.
const WIDEST_FONT: f64 = 1.12;

/// Where a text stands relative to its point; its middle is always at the point's height.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// The text begins at the point.
    Start,
    /// The point is its centre.
    Middle,
    /// The text ends at the point.
    End,
}

/// Something drawn.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// A filled rectangle.
    Rectangle {
        /// Left, top, right, bottom.
        bounds: [f64; 4],
        /// Its colour.
        colour: Colour,
    },
    /// Connected line segments.
    Path {
        /// Corners.
        points: Vec<(f64, f64)>,
        /// Stroke width.
        width: u32,
        /// Its colour.
        colour: Colour,
    },
    /// A filled polygon.
    Polygon {
        /// Corners.
        points: Vec<(f64, f64)>,
        /// Its colour.
        colour: Colour,
    },
    /// A line of text.
    Text {
        /// Where.
        at: (f64, f64),
        /// What, without control characters.
        text: String,
        /// Size of the em.
        size: f64,
        /// Bold or not.
        bold: bool,
        /// Horizontal anchor.
        anchor: Anchor,
        /// Its colour.
        colour: Colour,
    },
    /// Begins a part that scripts of a page can find; nothing to see.
    Open(Part),
    /// Ends the last part.
    Close,
}

impl Shape {
    /// What it is drawn in; `None`: nothing is to be seen of it.
    pub fn colour(&self) -> Option<Colour> {
        match self {
            Shape::Rectangle { colour, .. }
            | Shape::Path { colour, .. }
            | Shape::Polygon { colour, .. }
            | Shape::Text { colour, .. } => Some(*colour),
            Shape::Open(_) | Shape::Close => None,
        }
    }
}

/// A part of a chart that scripts of a page draw anew or move.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Part {
    /// The plot of a panel over time, by its number: axes, lines, everything.
    Plot(usize),
    /// Rows of shards, of all variants.
    Shards,
    /// A row of a variant, by its number, and how high it is.
    Variant(usize, f64),
    /// What stands below rows, and moves when some are hidden.
    Below,
}

/// Shapes on a white sheet of [`WIDTH`] by `height`.
#[derive(Debug, Clone, PartialEq)]
pub struct Canvas {
    /// Height in units.
    pub height: f64,
    /// Shapes, the first at the bottom.
    pub shapes: Vec<Shape>,
    /// What a chart over time shows, as figures.
    pub timeline: Option<Timeline>,
    /// What another chart shows, as tables.
    pub tables: Vec<ChartTable>,
}

impl Canvas {
    /// An empty sheet.
    pub fn new() -> Canvas {
        Canvas { height: 0.0, shapes: Vec::new(), timeline: None, tables: Vec::new() }
    }

    /// Sets the height and puts white paper below everything.
    pub fn finish(mut self, height: f64) -> Canvas {
        self.height = libm::ceil(height);
        let bounds = [0.0, 0.0, WIDTH, self.height];
        let paper = Shape::Rectangle { bounds, colour: PAPER };
        self.shapes.insert(0, paper);
        self
    }

    /// Draws a part of the chart that scripts can find.
    pub fn part(&mut self, part: Part, draw: impl FnOnce(&mut Canvas)) {
        self.shapes.push(Shape::Open(part));
        draw(self);
        self.shapes.push(Shape::Close);
    }

    /// Draws a filled rectangle from left, top to right, bottom.
    pub fn rectangle(&mut self, bounds: [f64; 4], colour: Colour) {
        self.shapes.push(Shape::Rectangle { bounds, colour });
    }

    /// Draws connected segments.
    pub fn path(&mut self, points: Vec<(f64, f64)>, width: u32, colour: Colour) {
        self.shapes.push(Shape::Path { points, width, colour });
    }

    /// Fills a polygon.
    pub fn polygon(&mut self, points: Vec<(f64, f64)>, colour: Colour) {
        self.shapes.push(Shape::Polygon { points, colour });
    }

    /// Writes a text in the colour of labels, 12 units high.
    pub fn label(&mut self, at: (f64, f64), anchor: Anchor, text: &str) {
        self.text(at, anchor, text, 12.0, QUIET);
    }

    /// Writes a text.
    pub fn text(&mut self, at: (f64, f64), anchor: Anchor, text: &str, size: f64, colour: Colour) {
        self.write(at, anchor, text, size, colour, false);
    }

    /// Writes the title and lines below it; gives the height at which they end.
    pub fn heading(&mut self, title: &str, lines: &[String]) -> f64 {
        let room = WIDTH - 2.0 * MARGIN;
        let title = fitting(title, 17.0, room);
        self.write((MARGIN, 24.0), Anchor::Start, &title, 17.0, INK, true);
        let mut y = 46.0;
        for line in lines {
            self.text((MARGIN, y), Anchor::Start, &fitting(line, 13.0, room), 13.0, QUIET);
            y += 18.0;
        }
        y - 6.0
    }

    /// Writes a bold line over a panel.
    pub fn subheading(&mut self, at: (f64, f64), text: &str) {
        self.write(at, Anchor::Start, text, 13.0, INK, true);
    }

    /// Writes colour swatches with their names from `top` on; gives the height where they end.
    pub fn legend(&mut self, top: f64, entries: &[(Colour, String)]) -> f64 {
        let (mut x, mut y) = (MARGIN, top + 12.0);
        for (colour, name) in entries {
            let name = fitting(name, 13.0, WIDTH - 2.0 * MARGIN - 24.0);
            let width = 24.0 + text_width(&name, 13.0) + 18.0;
            if x > MARGIN && x + width > WIDTH {
                (x, y) = (MARGIN, y + 21.0);
            }
            self.rectangle([x, y - 6.0, x + 17.0, y + 6.0], *colour);
            self.text((x + 23.0, y), Anchor::Start, &name, 13.0, INK);
            x += width;
        }
        if entries.is_empty() { top } else { y + 10.0 }
    }

    fn write(
        &mut self,
        at: (f64, f64),
        anchor: Anchor,
        text: &str,
        size: f64,
        colour: Colour,
        bold: bool,
    ) {
        self.shapes.push(Shape::Text { at, text: printable(text), size, bold, anchor, colour });
    }
}

/// The text, shortened if it is wider than `room`.
pub fn fitting(text: &str, size: f64, room: f64) -> String {
    let mut kept = text.chars().count();
    let mut candidate = text.to_owned();
    while kept > 1 && text_width(&candidate, size) > room {
        kept -= 1;
        candidate = shortened(text, kept);
    }
    candidate
}

/// The width of a text of this em, with a reserve for wider fonts.
pub fn text_width(text: &str, size: f64) -> f64 {
    with_font();
    // Measured large, because plotters gives whole pixels.
    let font = (FAMILY, 100.0 * LINE_PER_EM).into_font();
    let measured = font.box_size(text).map_or(0, |(width, _)| width);
    f64::from(measured) * size / 100.0 * WIDEST_FONT
}

/// Makes sure that the font is registered; every rendering does it first.
pub fn with_font() {
    static REGISTERED: LazyLock<bool> = LazyLock::new(|| {
        let register = |style, bytes| register_font(FAMILY, style, bytes).is_ok();
        register(FontStyle::Normal, notosans::REGULAR_TTF)
            && register(FontStyle::Bold, notosans::BOLD_TTF)
    });
    assert!(*REGISTERED, "the font of crate notosans is a font");
}

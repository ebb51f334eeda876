//! Shapes to SVG text.
//!
//! Parts become `<g>` elements with a class, so that the scripts of a page find them. On its own
//! an SVG brings its dark colours along; on a page they come from the page's style. Coordinates
//! are whole units. Own code, because the SVG backend of plotters knows no groups and no styles.
//! Reference: SVG 1.1, Second Edition (2011). Left out: scripts.

use std::fmt::{self, Write};

use super::canvas::{Anchor, Canvas, FAMILY, Part, Shape, WIDTH};
use super::palette::{Colour, dark_rules};
use crate::report::text::printable;

/// Size of most texts, which only others have to say.
const USUAL_SIZE: f64 = 12.0;

/// The canvas as a file: light, or dark where the viewer prefers it.
pub fn file(canvas: &Canvas, title: &str, description: &str) -> String {
    let shapes = shapes(canvas);
    let rules = dark_rules("", |colour| shapes.contains(colour));
    let head = head(canvas, title, description, " xmlns=\"http://www.w3.org/2000/svg\"");
    let dark = format!("<style>@media screen and (prefers-color-scheme:dark){{{rules}}}</style>");
    let title = escaped(title);
    format!("{head}<title>{title}</title>{dark}\n{shapes}</svg>\n")
}

/// The canvas as part of a page.
pub fn inline(canvas: &Canvas, title: &str, description: &str) -> String {
    format!("{}\n{}</svg>\n", head(canvas, title, description, ""), shapes(canvas))
}

fn head(canvas: &Canvas, title: &str, description: &str, more: &str) -> String {
    let label = escaped(&format!("{title}. {description}"));
    let (width, height) = (whole(WIDTH), whole(canvas.height));
    format!(
        "<svg role=\"img\" aria-label=\"{label}\" font-family=\"Noto Sans, Arial, {FAMILY}\" \
         font-size=\"{USUAL_SIZE}\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\"{more}>"
    )
}

fn shapes(canvas: &Canvas) -> String {
    let mut text = String::new();
    for shape in &canvas.shapes {
        add(&mut text, shape).expect("a text takes whatever is written into it");
    }
    text
}

fn add(text: &mut String, shape: &Shape) -> fmt::Result {
    match shape {
        Shape::Rectangle { bounds: [left, top, right, bottom], colour } => {
            let (x, y) = (whole(*left), whole(*top));
            let (width, height) = (whole(*right) - x, whole(*bottom) - y);
            let fill = Paint("fill", *colour);
            writeln!(
                text,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"{fill}/>"
            )
        }
        Shape::Path { points, width, colour } => {
            write!(text, "<polyline fill=\"none\"{}", Paint("stroke", *colour))?;
            if *width != 1 {
                write!(text, " stroke-width=\"{width}\"")?;
            }
            add_corners(text, points)
        }
        Shape::Polygon { points, colour } => {
            write!(text, "<polygon{}", Paint("fill", *colour))?;
            add_corners(text, points)
        }
        Shape::Text { at, text: words, size, bold, anchor, colour } => {
            write!(text, "<text x=\"{}\" y=\"{}\" dy=\".36em\"", whole(at.0), whole(at.1))?;
            text.push_str(match anchor {
                Anchor::Start => "",
                Anchor::Middle => " text-anchor=\"middle\"",
                Anchor::End => " text-anchor=\"end\"",
            });
            if *size != USUAL_SIZE {
                write!(text, " font-size=\"{size}\"")?;
            }
            text.push_str(if *bold { " font-weight=\"bold\"" } else { "" });
            writeln!(text, "{}>{}</text>", Paint("fill", *colour), escaped(words))
        }
        Shape::Open(part) => match part {
            Part::Plot(index) => writeln!(text, "<g class=\"plot\" data-plot=\"{index}\">"),
            Part::Shards => writeln!(text, "<g class=\"shards\">"),
            Part::Variant(index, height) => writeln!(
                text,
                "<g class=\"variant\" data-variant=\"{index}\" data-height=\"{}\">",
                whole(*height)
            ),
            Part::Below => writeln!(text, "<g class=\"below\">"),
        },
        Shape::Close => writeln!(text, "</g>"),
    }
}

/// A colour as the attribute of this name, with its opacity where it has one.
struct Paint(&'static str, Colour);

impl fmt::Display for Paint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Paint(name, colour) = self;
        let (red, green, blue) = colour.rgb;
        let rgb = u32::from_be_bytes([0, red, green, blue]);
        write!(out, " {name}=\"#{rgb:06x}\"")?;
        if colour.opacity < 1.0 {
            write!(out, " opacity=\"{}\"", colour.opacity)?;
        }
        Ok(())
    }
}

/// Ends an element with its corners as whole units, without repetitions.
fn add_corners(text: &mut String, points: &[(f64, f64)]) -> fmt::Result {
    text.push_str(" points=\"");
    let mut last = None;
    for corner in points.iter().map(|(x, y)| (whole(*x), whole(*y))) {
        if last != Some(corner) {
            let space = if last.is_some() { " " } else { "" };
            write!(text, "{space}{},{}", corner.0, corner.1)?;
        }
        last = Some(corner);
    }
    writeln!(text, "\"/>")
}

fn whole(units: f64) -> i64 {
    libm::round(units) as i64
}

/// Text in which nothing is markup.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in printable(text).chars() {
        match sign {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_end_its_element() {
        let mut canvas = Canvas::new();
        let name = "</text></script><img src=x onerror=\"alert(1)\">\u{7}";
        canvas.label((0.0, 0.0), Anchor::Start, name);
        for text in [file(&canvas, name, name), inline(&canvas, name, name)] {
            assert!(!text.contains("<img") && !text.contains("</script"), "{text}");
            assert_eq!(text.matches("</text>").count(), 1, "{text}");
            assert!(!text.contains('\u{7}'));
        }
    }
}

//! Shapes to SVG text.
//!
//! Parts become `<g>` elements with a class, so that the scripts of a page find them. On its own
//! an SVG brings its dark colours along; on a page they come from the page's style. Coordinates
//! are whole units. Own code, because the SVG backend of plotters knows no groups and no styles.
//! Reference: SVG 1.1, Second Edition (2011). Left out: scripts.

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
    canvas.shapes.iter().map(shape).collect()
}

fn shape(shape: &Shape) -> String {
    match shape {
        Shape::Rectangle { bounds: [left, top, right, bottom], colour } => {
            let (x, y) = (whole(*left), whole(*top));
            let (width, height) = (whole(*right) - x, whole(*bottom) - y);
            format!(
                "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"{}/>\n",
                paint("fill", *colour)
            )
        }
        Shape::Path { points, width, colour } => {
            let (points, stroke) = (corners(points), paint("stroke", *colour));
            let width = if *width == 1 { String::new() } else { attribute("stroke-width", width) };
            format!("<polyline fill=\"none\"{stroke}{width} points=\"{points}\"/>\n")
        }
        Shape::Polygon { points, colour } => {
            format!("<polygon{} points=\"{}\"/>\n", paint("fill", *colour), corners(points))
        }
        Shape::Text { at, text, size, bold, anchor, colour } => {
            let anchor = match anchor {
                Anchor::Start => "",
                Anchor::Middle => " text-anchor=\"middle\"",
                Anchor::End => " text-anchor=\"end\"",
            };
            let size = match *size == USUAL_SIZE {
                true => String::new(),
                false => attribute("font-size", size),
            };
            let weight = if *bold { " font-weight=\"bold\"" } else { "" };
            format!(
                "<text x=\"{}\" y=\"{}\" dy=\".36em\"{anchor}{size}{weight}{}>{}</text>\n",
                whole(at.0),
                whole(at.1),
                paint("fill", *colour),
                escaped(text)
            )
        }
        Shape::Open(part) => match part {
            Part::Plot(index) => format!("<g class=\"plot\" data-plot=\"{index}\">\n"),
            Part::Shards => "<g class=\"shards\">\n".to_owned(),
            Part::Variant(index, height) => format!(
                "<g class=\"variant\" data-variant=\"{index}\" data-height=\"{}\">\n",
                whole(*height)
            ),
            Part::Below => "<g class=\"below\">\n".to_owned(),
        },
        Shape::Close => "</g>\n".to_owned(),
    }
}

fn paint(name: &str, colour: Colour) -> String {
    let mut paint = attribute(name, colour.hex());
    if colour.opacity < 1.0 {
        paint.push_str(&attribute("opacity", colour.opacity));
    }
    paint
}

fn attribute(name: &str, value: impl std::fmt::Display) -> String {
    format!(" {name}=\"{value}\"")
}

/// Corners as whole units, without repetitions.
fn corners(points: &[(f64, f64)]) -> String {
    let mut corners: Vec<(i64, i64)> = points.iter().map(|(x, y)| (whole(*x), whole(*y))).collect();
    corners.dedup();
    let corners: Vec<String> = corners.iter().map(|(x, y)| format!("{x},{y}")).collect();
    corners.join(" ")
}

fn whole(units: f64) -> i64 {
    libm::round(units) as i64
}

/// Text in which nothing is markup.
fn escaped(text: &str) -> String {
    let text = printable(text).replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
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

//! A comparison as Markdown, for the comment of a pull request.
//!
//! Reference: GitHub Flavored Markdown, "Tables". Left out: colour, which it does not have; what
//! is worse than allowed stands in bold.

use super::super::text::printable;
use super::{cells, sentence};
use crate::results::{Comparison, MetricComparison, PairComparison};

/// The document, ending in a newline.
pub fn comparison_markdown(comparison: &Comparison) -> String {
    let mut text = String::new();
    for pair in &comparison.pairs {
        table(pair, &mut text);
    }
    for note in &comparison.notes {
        text.push_str(&format!("> {}\n\n", escaped(note)));
    }
    format!("{}\n", text.trim_end())
}

fn table(pair: &PairComparison, text: &mut String) {
    let (base, other) = (escaped(&pair.base), escaped(&pair.other));
    text.push_str(&format!("### {other} compared with {base}\n\n"));
    text.push_str(&format!("{}\n\n", escaped(&sentence::sentence(pair))));
    text.push_str(&format!("| metric | {base} | {other} | difference | change | verdict |\n"));
    text.push_str("|---|---:|---:|---:|---:|---|\n");
    for metric in &pair.metrics {
        let [from, to, difference] = cells::figures(metric);
        let (change, verdict) = (cells::relative(metric), verdict(metric));
        let name = &metric.name;
        text.push_str(&format!(
            "| `{name}` | {from} | {to} | {difference} | {change} | {verdict} |\n"
        ));
    }
    text.push('\n');
}

fn verdict(metric: &MetricComparison) -> String {
    match metric.is_regression {
        true => format!("**{}**", cells::verdict(metric)),
        false => cells::verdict(metric).to_owned(),
    }
}

/// Text without a meaning for Markdown or HTML.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for sign in printable(text).chars() {
        match sign {
            '<' => safe.push_str("&lt;"),
            '&' => safe.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '|' | '[' | ']' | '#' | '~' => {
                safe.push('\\');
                safe.push(sign);
            }
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_the_table() {
        assert_eq!(escaped("a|b *c* <img>\n"), "a\\|b \\*c\\* &lt;img> ");
    }
}

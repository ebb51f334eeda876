//! The figures of the charts for the scripts of a page, as JSON within the page.
//!
//! `{"variants": [[name, colour]], "colours": {..}, "charts": [..]}`, a chart as in
//! [`crate::report::chart`]. Signs that could end the element, or mean anything to HTML, are
//! written as JSON escapes, so names from outside stay text. Reference: HTML Living Standard,
//! "Restrictions for contents of script elements". Left out: figures that no chart shows.

use serde_json::{Map, Value, json};

use crate::report::chart::{Chart, named_colours, variant_colour};
use crate::report::text::printable;
use crate::results::RunResults;

/// The JSON, safe within a `script` element.
pub fn figures(results: &RunResults, charts: &[Chart]) -> String {
    let variants = results.summary.variants.iter().enumerate();
    let variants: Vec<Value> = variants
        .map(|(index, variant)| json!([printable(&variant.name), variant_colour(index).hex()]))
        .collect();
    let colours: Map<String, Value> = named_colours()
        .into_iter()
        .map(|(name, colour)| (name.to_owned(), json!(colour.hex())))
        .collect();
    let charts: Vec<Value> = charts.iter().filter_map(Chart::figures).collect();
    inert(&json!({ "variants": variants, "colours": colours, "charts": charts }).to_string())
}

/// JSON in which no sign means anything to HTML or ends a line of JavaScript.
fn inert(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for sign in json.chars() {
        match sign {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                text.push_str(&format!("\\u{:04x}", u32::from(sign)));
            }
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_end_the_script_and_stays_what_it_is() {
        let name = "</script><!-- <script> & \u{2028}";
        let text = inert(&json!([name]).to_string());
        assert!(!text.contains(['<', '>', '&', '\u{2028}']), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).expect("it is JSON"), json!([name]));
    }
}

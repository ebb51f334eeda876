//! Copies of a text in which one setting is broken, each with what was done.
//!
//! | copy | what is done to the value of a setting |
//! |---|---|
//! | deleted | taken away, its key stays |
//! | other type | replaced by a list |
//! | unresolvable | replaced by a reference to what the file does not have, in its own language |
//! | duplicate | a second line of the key before it, with another value |
//!
//! Left out: values that are expressions, which have tests of their own.

/// A copy and what was done.
pub type Copy = (String, String);

/// A setting in a text: where its key begins, and where its value with quotes stands.
struct Site {
    name: &'static str,
    key: usize,
    value: (usize, usize),
}

/// Settings with plain values.
fn sites(text: &str, names: &[&'static str]) -> Vec<Site> {
    let mut sites = Vec::new();
    for name in names {
        for (at, _) in text.match_indices(name) {
            let behind = &text[at + name.len()..];
            let is_key = !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            let gap = behind.len() - behind.trim_start_matches(['"', ':', '=', ' ']).len();
            if !is_key || gap == 0 || behind.starts_with("\",") {
                continue;
            }
            let start = at + name.len() + gap;
            let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
            let value = &text[start..];
            let length = value.find(|c| !is_word(c)).unwrap_or(value.len());
            if length == 0 || value.starts_with("var") || value[length..].starts_with([':', '.']) {
                continue;
            }
            // The quote before a value is its own; the one behind a key of JSON is not.
            let is_quoted = text[..start].ends_with('"') && value[length..].starts_with('"');
            let quotes = usize::from(is_quoted);
            sites.push(Site { name, key: at, value: (start - quotes, start + length + quotes) });
        }
    }
    sites
}

fn replaced(text: &str, site: &Site, by: &str) -> String {
    format!("{}{by}{}", &text[..site.value.0], &text[site.value.1..])
}

/// All copies of a text in the language that the ending of its file says.
pub fn broken_copies(file: &str, text: &str, names: &[&'static str]) -> Vec<Copy> {
    let mut copies = Vec::new();
    for site in sites(text, names) {
        let line = text[..site.key].rfind('\n').map_or(0, |at| at + 1);
        let end = text[site.value.1..].find('\n').map_or(text.len(), |at| site.value.1 + at);
        let what = |done: &str| format!("{} in line {} {done}", site.name, lines(text, site.key));
        let is_serverless = file.ends_with(".yml");
        let reference = match file {
            _ if file.ends_with(".tf") => "var.nowhere",
            _ if file.ends_with(".sh") => "$NOWHERE",
            _ if file.ends_with(".json") => "{\"Ref\": \"Nowhere\"}",
            _ if is_serverless => "${self:custom.nowhere}",
            _ => "!Ref Nowhere",
        };
        copies.push((what("deleted"), replaced(text, &site, "")));
        copies.push((what("refers to nothing"), replaced(text, &site, reference)));
        if !file.ends_with(".sh") {
            copies.push((what("is a list"), replaced(text, &site, "[7, 8]")));
        }
        // A line of its own, so that it can stand twice.
        let is_alone = text[line..site.key].trim().trim_matches(['"', '-']).is_empty();
        if is_alone {
            let other = if text[site.value.0..].starts_with('"') { "\"77\"" } else { "77" };
            let whole = &text[line..end];
            let first = replaced(text, &site, other);
            let shift = other.len() as isize - (site.value.1 - site.value.0) as isize;
            let first = &first[line..end.strict_add_signed(shift)];
            let first = first.trim_end();
            let needs_comma = file.ends_with(".json") && !first.ends_with(',');
            let comma = if needs_comma { "," } else { "" };
            let twice = format!("{}{first}{comma}\n{whole}{}", &text[..line], &text[end..]);
            copies.push((what("stands twice"), twice));
        }
    }
    copies
}

fn lines(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// Copies that end with each of the lines but the last that say something.
pub fn truncated(text: &str) -> Vec<Copy> {
    let mut copies = Vec::new();
    let end = text.trim_end().len();
    for (at, _) in text[..end].match_indices('\n') {
        copies.push((format!("cut off after line {}", lines(text, at)), text[..=at].to_owned()));
    }
    copies
}

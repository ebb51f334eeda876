//! Which layer may import which: the arrows of the architecture, downward or skipping downward.
//!
//! Both `crate::x` and `super::` paths count, in `use` declarations and in the code.

use super::Violation;
use super::source::{SourceFile, has_word};

/// Each layer with the layers it may import. `main` and `cli` may import all.
const ARROWS: &[(&str, &[&str])] = &[
    ("units", &[]),
    ("engine", &["units"]),
    ("model", &["engine", "units"]),
    ("scenario", &["model", "engine", "units"]),
    ("import", &["scenario", "model", "engine", "units"]),
    ("results", &["units"]),
    ("analysis", &["results", "units"]),
    ("experiment", &["scenario", "model", "engine", "analysis", "results", "units"]),
    ("report", &["results", "units"]),
];

/// Layers that may import every other.
const TOP: &[&str] = &["cli", "main", "lib"];

/// Imports of a layer that the arrows do not allow, and files in a layer without arrows.
pub fn upward_or_sideways_imports(file: &SourceFile) -> Vec<Violation> {
    let layer = file.layer();
    if TOP.contains(&layer) {
        return Vec::new();
    }
    let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == layer) else {
        let rule = format!("`{layer}` is no layer of the architecture");
        return vec![Violation { line: 1, rule }];
    };
    imported_layers(file)
        .into_iter()
        .filter(|(_, imported)| imported != layer && !allowed.contains(&imported.as_str()))
        .map(|(line, imported)| Violation {
            line,
            rule: format!("`{layer}` must not import `{imported}`"),
        })
        .collect()
}

/// Line number (from 1) and top folder of everything the file names through the crate's root.
fn imported_layers(file: &SourceFile) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let depths = inline_module_depths(file);
    let text = file.code.join("\n");
    let mut line = 0;
    let mut seen = 0;
    for (at, _) in text.match_indices("::") {
        line += text[seen..at].matches('\n').count();
        seen = at;
        let head = name_before(&text[..at]);
        let is_root = match head {
            "crate" | "shardlag" => true,
            "super" => {
                let supers = 1 + supers_before(&text[..at]);
                !text[at..].starts_with("::super") && supers >= file.module().len() + depths[line]
            }
            _ => false,
        };
        if is_root {
            let names = names_after(&text[at + 2..]);
            found.extend(names.into_iter().map(|name| (line + 1, name)));
        }
    }
    found
}

/// How many inline modules (`mod tests { ... }`) enclose each line.
fn inline_module_depths(file: &SourceFile) -> Vec<usize> {
    let mut open_at: Vec<i32> = Vec::new();
    let mut braces = 0;
    let mut depths = Vec::with_capacity(file.code.len());
    for line in &file.code {
        let opens_module = has_word(line, "mod") && line.trim_end().ends_with('{');
        if opens_module {
            open_at.push(braces);
        }
        depths.push(open_at.len());
        for character in line.chars() {
            match character {
                '{' => braces += 1,
                '}' => braces -= 1,
                _ => {}
            }
        }
        while open_at.last().is_some_and(|&at| braces <= at) {
            open_at.pop();
        }
    }
    depths
}

fn name_before(text: &str) -> &str {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let start = text
        .rfind(|c| !is_name(c))
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    &text[start..]
}

/// The number of `super::` that stand before the last one of `text`.
fn supers_before(text: &str) -> usize {
    let mut rest = text.strip_suffix("super").unwrap_or(text);
    let mut count = 0;
    while let Some(shorter) = rest.strip_suffix("super::") {
        rest = shorter;
        count += 1;
    }
    count
}

/// First name of a path, or first names of all paths of a group `{a::b, c}`.
fn names_after(text: &str) -> Vec<String> {
    let first_name = |part: &str| -> String {
        let is_name = |c: &char| c.is_alphanumeric() || *c == '_';
        part.trim_start().chars().take_while(is_name).collect()
    };
    let Some(group) = text.strip_prefix('{') else {
        return vec![first_name(text)];
    };
    let (mut depth, mut parts, mut part) = (0, Vec::new(), String::new());
    for character in group.chars() {
        match character {
            '}' if depth == 0 => break,
            ',' if depth == 0 => parts.push(std::mem::take(&mut part)),
            other => {
                depth += i32::from(other == '{') - i32::from(other == '}');
                part.push(other);
            }
        }
    }
    parts.push(part);
    let names = parts.iter().map(|part| first_name(part));
    names.filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violations(path: &str, text: &str) -> Vec<(usize, String)> {
        let found = upward_or_sideways_imports(&SourceFile::new(path, text));
        found.into_iter().map(|v| (v.line, v.rule)).collect()
    }

    #[test]
    fn an_upward_import_is_caught() {
        let text = "//! Doc.\nuse crate::units::Bytes;\nuse crate::model::Record;\n";
        let rule = "`engine` must not import `model`".to_owned();
        assert_eq!(violations("engine/calendar.rs", text), [(3, rule)]);
    }

    #[test]
    fn a_sideways_import_is_caught_in_a_group_over_lines() {
        let text = "use crate::{\n    results::{Estimate, Summary},\n    experiment::run,\n};\n";
        let found = violations("report/table.rs", text);
        assert_eq!(found, [(1, "`report` must not import `experiment`".to_owned())]);
    }

    #[test]
    fn a_path_in_the_code_is_caught_like_an_import() {
        let text = "fn f() {\n    crate::cli::run();\n}\n";
        assert_eq!(violations("experiment/run.rs", text).len(), 1);
    }

    #[test]
    fn super_paths_that_leave_the_layer_are_caught() {
        assert_eq!(violations("units/mod.rs", "use super::engine::Purpose;").len(), 1);
        let text = "use super::super::results::Estimate;";
        assert_eq!(violations("model/shard.rs", text).len(), 1);
        let text = "mod tests {\n    use super::super::super::results::Estimate;\n}";
        assert_eq!(violations("model/shard.rs", text).len(), 1);
    }

    #[test]
    fn super_paths_inside_the_layer_are_fine() {
        assert_eq!(violations("model/settings/mapping.rs", "use super::super::record::R;"), []);
        let text = "mod tests {\n    use super::*;\n    use super::super::shard::S;\n}";
        assert_eq!(violations("model/record.rs", text), []);
    }

    #[test]
    fn downward_imports_their_own_layer_and_comments_are_fine() {
        let text = "// crate::cli\nuse crate::units::{Bytes, Rate};\nuse crate::model::Record;\n";
        assert_eq!(violations("model/shard.rs", text), []);
        assert_eq!(violations("cli/run.rs", "use crate::report::table;"), []);
    }

    #[test]
    fn a_folder_without_arrows_is_caught() {
        assert_eq!(violations("helpers/mod.rs", "").len(), 1);
    }
}

//! Sizes: files up to 400 lines, functions up to 70, lines up to 100; and that every file opens
//! with its module documentation.

use super::Violation;
use super::source::{SourceFile, end_of_item, has_word};

const FILE_LINES_MAX: usize = 400;
const FUNCTION_LINES_MAX: usize = 70;
const LINE_CHARACTERS_MAX: usize = 100;

/// Files, functions and lines that are too long.
pub fn too_long(file: &SourceFile) -> Vec<Violation> {
    let mut found = Vec::new();
    let length = file.raw.len();
    if length > FILE_LINES_MAX {
        found.push(Violation {
            line: length,
            rule: format!("the file has {length} lines, more than {FILE_LINES_MAX}"),
        });
    }
    for (number, line) in file.raw.iter().enumerate() {
        let characters = line.chars().count();
        if characters > LINE_CHARACTERS_MAX {
            found.push(Violation {
                line: number + 1,
                rule: format!("{characters} characters, more than {LINE_CHARACTERS_MAX}"),
            });
        }
    }
    for (number, line) in file.code.iter().enumerate() {
        if let Some(name) = function_name(line) {
            let lines = end_of_item(&file.code, number) + 1 - number;
            if lines > FUNCTION_LINES_MAX {
                found.push(Violation {
                    line: number + 1,
                    rule: format!("`{name}` has {lines} lines, more than {FUNCTION_LINES_MAX}"),
                });
            }
        }
    }
    found
}

/// Files whose first line is not module documentation.
pub fn without_module_documentation(file: &SourceFile) -> Vec<Violation> {
    match file.raw.first() {
        Some(first) if first.starts_with("//!") => Vec::new(),
        _ => vec![Violation {
            line: 1,
            rule: "the file does not open with `//!` and its purpose".to_owned(),
        }],
    }
}

/// The name of the function that a line declares; `fn(u32)` is a type, not a declaration.
fn function_name(line: &str) -> Option<&str> {
    if !has_word(line, "fn") {
        return None;
    }
    let after = line.trim_start();
    let after = after.split_once("fn ")?.1;
    let end = after.find(|c: char| !(c.is_alphanumeric() || c == '_'))?;
    (end > 0).then(|| &after[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(text: &str) -> Vec<(usize, String)> {
        let found = too_long(&SourceFile::new("model/x.rs", text));
        found.into_iter().map(|v| (v.line, v.rule)).collect()
    }

    #[test]
    fn a_long_file_is_caught() {
        assert_eq!(rules(&"// x\n".repeat(400)), []);
        let found = rules(&"// x\n".repeat(401));
        assert_eq!(found, [(401, "the file has 401 lines, more than 400".to_owned())]);
    }

    #[test]
    fn a_long_line_is_caught_by_characters_not_bytes() {
        assert_eq!(rules(&"µ".repeat(100)), []);
        assert_eq!(rules(&"µ".repeat(101)).len(), 1);
    }

    #[test]
    fn a_long_function_is_caught_whatever_its_strings_say() {
        let function = |lines: usize| {
            let body = "    call(\"}\", '}'); // }\n".repeat(lines - 2);
            format!("/// Doc.\npub(crate) fn much<T>(x: [T; 2])\n{body}{{}}\n")
        };
        assert_eq!(rules(&function(70)), []);
        let text = format!("fn much() {{\n{}}}\n", "    f(\"}\");\n".repeat(69));
        assert_eq!(rules(&text), [(1, "`much` has 71 lines, more than 70".to_owned())]);
    }

    #[test]
    fn a_file_without_module_documentation_is_caught() {
        let check = |text| without_module_documentation(&SourceFile::new("model/x.rs", text));
        assert_eq!(check("use std::fmt;\n").len(), 1);
        assert_eq!(check("").len(), 1);
        assert_eq!(check("//! What it is for.\n"), []);
    }
}

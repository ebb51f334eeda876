//! A source file as the checks see it: raw lines, and the same lines with comments and the
//! contents of strings blanked out, so that a word in prose is not taken for code.
//!
//! Left out: macros that build code, and anything else that needs a real parser.

use std::fs;
use std::path::Path;

/// One file under `src`.
#[derive(Debug)]
pub struct SourceFile {
    /// Path below `src`, with `/`.
    pub path: String,
    /// Lines as written.
    pub raw: Vec<String>,
    /// The same lines without comments and without the contents of strings.
    pub code: Vec<String>,
    /// For each line, whether it belongs to an item under `#[cfg(test)]`, or to a file of a module
    /// `tests`.
    pub is_test: Vec<bool>,
}

impl SourceFile {
    /// A file at `path` below `src` with this text.
    pub fn new(path: &str, text: &str) -> SourceFile {
        let code: Vec<String> = blank(text).lines().map(str::to_owned).collect();
        SourceFile {
            path: path.to_owned(),
            raw: text.lines().map(str::to_owned).collect(),
            is_test: if path.contains("/tests/") || path.ends_with("/tests.rs") {
                vec![true; code.len()]
            } else {
                test_lines(&code)
            },
            code,
        }
    }

    /// The top folder, or the name of a file at the top without its ending.
    pub fn layer(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or(&self.path);
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// The module path of the file: `model/settings/mod.rs` is `model`, `settings`.
    pub fn module(&self) -> Vec<&str> {
        let path = self.path.strip_suffix(".rs").unwrap_or(&self.path);
        let mut parts: Vec<&str> = path.split('/').collect();
        if matches!(parts.last(), Some(&"mod" | &"lib" | &"main")) {
            parts.pop();
        }
        parts
    }
}

/// All files under `root`, in order of their paths.
pub fn read_all(root: &Path) -> Vec<SourceFile> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a source folder can be listed") {
            let path = entry.expect("a folder entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).expect("source is UTF-8");
                let below = path.strip_prefix(root).expect("it was found below the root");
                let below = below.to_string_lossy().replace('\\', "/");
                files.push(SourceFile::new(&below, &text));
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// Whether `word` stands in `line` as a whole: no letter, digit or `_` touches its ends where the
/// word itself ends in one.
pub fn has_word(line: &str, word: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let open_start = !word.starts_with(is_name);
    let open_end = !word.ends_with(is_name);
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        (open_start || !before.is_some_and(is_name)) && (open_end || !after.is_some_and(is_name))
    })
}

/// Replaces comments and the contents of strings and characters by spaces, line by line.
fn blank(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < characters.len() {
        let end = end_of_hidden(&characters, at);
        if end == at {
            out.push(characters[at]);
            at += 1;
        } else {
            // Quotes stay, so that `"a" "b"` does not become one word.
            let quote = if characters[at] == '/' { ' ' } else { '"' };
            out.push(quote);
            let hidden = characters[at + 1..end].iter();
            out.extend(hidden.map(|&c| if c == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    out
}

/// Where the comment, string or character literal that starts at `at` ends; `at` if none does.
fn end_of_hidden(text: &[char], at: usize) -> usize {
    let peek = |offset: usize| text.get(at + offset).copied().unwrap_or(' ');
    let is_name_before = at > 0 && (text[at - 1].is_alphanumeric() || text[at - 1] == '_');
    match (text[at], peek(1)) {
        ('/', '/') => find(text, at, &['\n']).unwrap_or(text.len()),
        ('/', '*') => end_of_block_comment(text, at),
        ('"', _) => end_of_string(text, at + 1, '"'),
        // A character literal, unless it is a lifetime: `'a` without a closing quote.
        ('\'', '\\') => end_of_string(text, at + 1, '\''),
        ('\'', _) if peek(2) == '\'' => at + 3,
        ('r', '"' | '#') if !is_name_before || text[at - 1] == 'b' => end_of_raw_string(text, at),
        _ => at,
    }
}

fn end_of_string(text: &[char], mut at: usize, quote: char) -> usize {
    while at < text.len() && text[at] != quote {
        at += if text[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(text.len())
}

/// `at` itself for a raw identifier such as `r#type`.
fn end_of_raw_string(text: &[char], at: usize) -> usize {
    let hashes = text[at + 1..].iter().take_while(|&&c| c == '#').count();
    if text.get(at + 1 + hashes) != Some(&'"') {
        return at;
    }
    let mut closing = vec!['"'];
    closing.resize(1 + hashes, '#');
    let inside = at + 2 + hashes;
    find(text, inside, &closing).map_or(text.len(), |end| end + closing.len())
}

fn end_of_block_comment(text: &[char], start: usize) -> usize {
    let mut depth = 0;
    let mut at = start;
    while at + 1 < text.len() {
        match (text[at], text[at + 1]) {
            ('/', '*') => {
                depth += 1;
                at += 2;
            }
            ('*', '/') => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    text.len()
}

fn find(text: &[char], from: usize, wanted: &[char]) -> Option<usize> {
    let rest = text.get(from..)?;
    let found = rest.windows(wanted.len()).position(|part| part == wanted);
    found.map(|at| from + at)
}

/// Marks the lines of every item that follows a `#[cfg(test)]`: to the brace that closes it, or to
/// its semicolon.
fn test_lines(code: &[String]) -> Vec<bool> {
    let mut marks = vec![false; code.len()];
    let mut at = 0;
    while at < code.len() {
        if !code[at].contains("#[cfg(test)]") {
            at += 1;
            continue;
        }
        let end = end_of_item(code, at);
        for mark in &mut marks[at..=end] {
            *mark = true;
        }
        at = end + 1;
    }
    marks
}

/// The last line of the item that starts at line `start`.
pub fn end_of_item(code: &[String], start: usize) -> usize {
    let (mut braces, mut brackets) = (0, 0);
    for (number, line) in code.iter().enumerate().skip(start) {
        for character in line.chars() {
            match character {
                '{' => braces += 1,
                '}' => {
                    braces -= 1;
                    if braces == 0 {
                        return number;
                    }
                }
                '(' | '[' => brackets += 1,
                ')' | ']' => brackets -= 1,
                ';' if braces == 0 && brackets == 0 => return number,
                _ => {}
            }
        }
    }
    code.len() - 1
}

#[test]
fn comments_and_strings_are_no_code() {
    let text = "let a = \"x // y \\\" z\"; // HashMap\n/* a /* b */ HashMap */ f('\"', 'b');\n";
    let file = SourceFile::new("engine/x.rs", text);
    assert_eq!(file.code[0].trim_end(), "let a = \"            ;");
    assert!(file.code[1].trim_start().starts_with("f(\""));
    assert!(!file.code.iter().any(|line| line.contains("HashMap")));
    assert_eq!(file.code.len(), file.raw.len());
}

#[test]
fn raw_strings_lifetimes_and_raw_names_are_told_apart() {
    let text = "let a = r#\"un\"safe { \"#; fn f<'a>(r#type: &'a str) { unsafe_name() }";
    let code = &SourceFile::new("engine/x.rs", text).code[0];
    assert!(!code.contains("safe {"), "{code}");
    assert!(code.contains("fn f<'a>(r#type: &'a str) { unsafe_name() }"), "{code}");
    assert!(!has_word(code, "unsafe"));
    assert!(has_word("unsafe { }", "unsafe"));
}

#[test]
fn a_test_module_ends_at_its_brace() {
    let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() {}\n}\nfn c() {}\n";
    let file = SourceFile::new("engine/x.rs", text);
    assert_eq!(file.is_test, [false, true, true, true, true, false]);
    let file = SourceFile::new("engine/x/tests.rs", "fn a() {}\n");
    assert_eq!(file.is_test, [true]);
}

#[test]
fn a_file_knows_its_layer_and_module() {
    let file = SourceFile::new("model/settings/mod.rs", "");
    assert_eq!((file.layer(), file.module()), ("model", vec!["model", "settings"]));
    let file = SourceFile::new("main.rs", "");
    assert_eq!((file.layer(), file.module()), ("main", vec![]));
}

//! Puts many changes into one build of the program, each behind a switch.
//!
//! `cargo mutants` builds the program anew for every change, which takes minutes each. Here its list
//! of changes is read, and every one becomes a branch of the source:
//!
//! | change | source before | source after |
//! |---|---|---|
//! | operator | `a + b` | `(if mutant(7) { a - b } else { a + b })` |
//! | negation | `!a` | `(if mutant(7) { a } else { !a })` |
//! | guard of a match arm | `if a` | `if (mutant(7) \|\| (a))` |
//! | value of a function | `{ body }` | `{ if mutant(7) { return value; } body }` |
//!
//! `mutant(7)` is true in a process whose variable `SHARDLAG_MUTANT` is 7.
//!
//! Usage: `switchable-mutants LIST TREE DROPPED`: LIST is what `cargo mutants --list --json` says,
//! TREE the tree to change in place, DROPPED a file of numbers that do not compile. Prints the
//! number and the name of every change that is in. `switchable-mutants --blame TREE` reads what
//! `cargo check --message-format=json` says and prints the numbers that do not compile.
//!
//! Left out, and named on standard error: what is evaluated while the program is compiled
//! (constants, `const fn`), deleted match arms, and deleted fields of structures.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{LineColumn, Span};
use serde::Deserialize;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// A change as `cargo mutants` lists it; columns count characters from 1.
#[derive(Debug, Clone, Deserialize)]
struct Mutant {
    name: String,
    file: String,
    genre: String,
    replacement: String,
    span: Range,
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct Range {
    start: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
struct Place {
    line: usize,
    column: usize,
}

/// A piece of a file that changes replace, in bytes.
#[derive(Debug, Clone)]
struct Edit {
    from: usize,
    to: usize,
    kind: Kind,
    /// Numbers with what they put in.
    options: Vec<(usize, String)>,
}

#[derive(Debug, Clone)]
enum Kind {
    /// Ends of the left side, and of the operator.
    Binary(usize, usize),
    /// End of the operator.
    Unary(usize),
    Guard,
    Value,
}

/// Finds the pieces of a file that changes are about.
struct Finder<'a> {
    text: &'a Text<'a>,
    wanted: BTreeMap<Place, Vec<(usize, Mutant)>>,
    /// Depth of what is evaluated by the compiler.
    constant: usize,
    edits: Vec<Edit>,
    found: BTreeSet<usize>,
}

impl Finder<'_> {
    fn edit(&mut self, at: Span, whole: (usize, usize), genre: &str, kind: Kind) {
        let LineColumn { line, column } = at.start();
        let wanted = self.wanted.get(&Place { line, column: column + 1 });
        let options = wanted.into_iter().flatten().filter(|(_, mutant)| mutant.genre == genre);
        let options: Vec<(usize, String)> =
            options.map(|(number, mutant)| (*number, mutant.replacement.clone())).collect();
        if self.constant == 0 && !options.is_empty() {
            self.found.extend(options.iter().map(|(number, _)| *number));
            self.edits.push(Edit { from: whole.0, to: whole.1, kind, options });
        }
    }

    fn range(&self, span: Span) -> (usize, usize) {
        (self.text.offset(span.start()), self.text.offset(span.end()))
    }

    fn body(&mut self, block: &syn::Block, constness: Option<syn::token::Const>) {
        if let (Some(first), None) = (block.stmts.first(), constness) {
            let (from, _) = self.range(first.span());
            self.edit(first.span(), (from, from), "FnValue", Kind::Value);
        }
        self.constant += usize::from(constness.is_some());
        visit::visit_block(self, block);
        self.constant -= usize::from(constness.is_some());
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_expr_binary(&mut self, node: &'ast syn::ExprBinary) {
        let (from, left) = self.range(node.left.span());
        let (operator, right) = (self.range(node.op.span()), self.range(node.right.span()));
        let kind = Kind::Binary(left, operator.1);
        self.edit(node.op.span(), (from, right.1), "BinaryOperator", kind);
        visit::visit_expr_binary(self, node);
    }

    fn visit_expr_unary(&mut self, node: &'ast syn::ExprUnary) {
        let operator = self.range(node.op.span());
        let (_, to) = self.range(node.expr.span());
        self.edit(node.op.span(), (operator.0, to), "UnaryOperator", Kind::Unary(operator.1));
        visit::visit_expr_unary(self, node);
    }

    fn visit_arm(&mut self, node: &'ast syn::Arm) {
        if let Some((_, guard)) = &node.guard {
            let whole = self.range(guard.span());
            self.edit(guard.span(), whole, "MatchArmGuard", Kind::Guard);
        }
        visit::visit_arm(self, node);
    }

    fn visit_item_fn(&mut self, node: &'ast syn::ItemFn) {
        self.body(&node.block, node.sig.constness);
    }

    fn visit_impl_item_fn(&mut self, node: &'ast syn::ImplItemFn) {
        self.body(&node.block, node.sig.constness);
    }

    fn visit_trait_item_fn(&mut self, node: &'ast syn::TraitItemFn) {
        if let Some(block) = &node.default {
            self.body(block, node.sig.constness);
        }
    }

    fn visit_item_const(&mut self, node: &'ast syn::ItemConst) {
        self.constant += 1;
        visit::visit_item_const(self, node);
        self.constant -= 1;
    }

    fn visit_item_static(&mut self, node: &'ast syn::ItemStatic) {
        self.constant += 1;
        visit::visit_item_static(self, node);
        self.constant -= 1;
    }

    fn visit_impl_item_const(&mut self, node: &'ast syn::ImplItemConst) {
        self.constant += 1;
        visit::visit_impl_item_const(self, node);
        self.constant -= 1;
    }

    fn visit_expr_repeat(&mut self, node: &'ast syn::ExprRepeat) {
        self.visit_expr(&node.expr);
    }

    fn visit_type(&mut self, _: &'ast syn::Type) {}
}

/// A text with the offsets of its lines.
struct Text<'a> {
    text: &'a str,
    lines: Vec<usize>,
}

impl<'a> Text<'a> {
    fn new(text: &'a str) -> Text<'a> {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Text { text, lines: std::iter::once(0).chain(breaks).collect() }
    }

    fn offset(&self, place: LineColumn) -> usize {
        let start = self.lines[place.line - 1];
        let mut characters = self.text[start..].char_indices();
        start + characters.nth(place.column).map_or(self.text.len() - start, |(at, _)| at)
    }

    /// The text of a range with all changes that lie in it.
    fn render(&self, (from, to): (usize, usize), edits: &[Edit]) -> String {
        let (mut out, mut at) = (String::new(), from);
        // The first and longest that begins here holds the others.
        let inside = |edit: &&Edit| edit.from >= from && edit.to <= to;
        let mut inner: Vec<&Edit> = edits.iter().filter(inside).collect();
        inner.sort_by_key(|edit| (edit.from, edit.to != edit.from, std::cmp::Reverse(edit.to)));
        for edit in inner {
            if edit.from < at {
                continue;
            }
            out.push_str(&self.text[at..edit.from]);
            out.push_str(&self.changed(edit, edits));
            at = edit.to;
        }
        out + &self.text[at..to]
    }

    fn changed(&self, edit: &Edit, edits: &[Edit]) -> String {
        let others: Vec<Edit> = edits
            .iter()
            .filter(|other| (other.from, other.to) != (edit.from, edit.to))
            .filter(|other| other.from != other.to || other.from != edit.from)
            .cloned()
            .collect();
        let part = |from: usize, to: usize| self.render((from, to), &others);
        // Marks tell whose fault an error of the compiler is.
        let branch = |number: &usize, text: String| {
            format!("if crate::units::mutant({number}) {{ /*<{number}*/{text}/*{number}>*/ }} else ")
        };
        match edit.kind {
            Kind::Binary(left, operator) => {
                let (before, behind) = (part(edit.from, left), part(operator, edit.to));
                let options: String = (edit.options.iter())
                    .map(|(number, put)| branch(number, format!("{before} {put} {behind}")))
                    .collect();
                let original = &self.text[left..operator];
                format!("({options}{{ {before}{original}{behind} }})")
            }
            Kind::Unary(operator) => {
                let (sign, value) = (&self.text[edit.from..operator], part(operator, edit.to));
                let options: String = (edit.options.iter())
                    .map(|(number, _)| branch(number, value.clone()))
                    .collect();
                format!("({options}{{ {sign}{value} }})")
            }
            Kind::Guard => {
                let guard = part(edit.from, edit.to);
                let options: String = (edit.options.iter())
                    .map(|(number, put)| branch(number, put.clone()))
                    .collect();
                format!("({options}{{ {guard} }})")
            }
            Kind::Value => (edit.options.iter())
                .map(|(number, put)| {
                    format!(
                        "if crate::units::mutant({number}) \
                         {{ /*<{number}*/return {put};/*{number}>*/ }} "
                    )
                })
                .collect(),
        }
    }
}

const SWITCH: &str = "
/// Whether the change of this number is switched on.
pub fn mutant(number: usize) -> bool {
    static ACTIVE: std::sync::LazyLock<usize> = std::sync::LazyLock::new(|| {
        std::env::var(\"SHARDLAG_MUTANT\").ok().and_then(|text| text.parse().ok()).unwrap_or(0)
    });
    *ACTIVE == number
}
";

/// Prints the changes that errors of `cargo check --message-format=json` lie in.
fn blame(messages: &str, tree: &str) {
    let mut blamed = BTreeSet::new();
    for line in messages.lines() {
        let Ok(line) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        let message = &line["message"];
        if message["level"] != "error" {
            continue;
        }
        for span in message["spans"].as_array().into_iter().flatten() {
            let file = span["file_name"].as_str().unwrap_or_default();
            let at = span["byte_start"].as_u64().unwrap_or_default() as usize;
            let text = fs::read_to_string(Path::new(tree).join(file)).unwrap_or_default();
            match innermost(&text, at).or_else(|| before_on_line(&text, at)) {
                Some(number) if span["is_primary"] == true => drop(blamed.insert(number)),
                _ if span["is_primary"] == true => eprintln!("{file}:{}: nobody's", span["line_start"]),
                _ => {}
            }
        }
    }
    blamed.iter().for_each(|number| println!("{number}"));
}

/// The number of the innermost change around a byte.
fn innermost(text: &str, at: usize) -> Option<usize> {
    let before = text.get(..at)?.rmatch_indices("/*<");
    let opened = before.filter_map(|(open, _)| {
        let number = text[open + 3..].split_once("*/")?.0;
        let close = open + text[open..].find(&format!("/*{number}>*/"))?;
        (close >= at).then(|| number.parse().ok())?
    });
    opened.into_iter().next()
}

/// The number of the last change before a byte on its line: what stands behind a change may be what
/// does not go together with it.
fn before_on_line(text: &str, at: usize) -> Option<usize> {
    let line = text.get(..at)?.rsplit('\n').next()?;
    let (_, behind) = line.rsplit_once("/*<")?;
    behind.split_once("*/")?.0.parse().ok()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, tree] = &arguments[..]
        && mode == "--blame"
    {
        let messages = std::io::read_to_string(std::io::stdin()).expect("it can be read");
        return blame(&messages, tree);
    }
    let [list, tree, dropped] = &arguments[..] else { panic!("LIST TREE DROPPED") };
    let list = fs::read_to_string(list).expect("the list can be read");
    let list: Vec<Mutant> = serde_json::from_str(&list).expect("it is a list of mutants");
    let dropped = fs::read_to_string(dropped).unwrap_or_default();
    let dropped: BTreeSet<usize> = dropped.lines().filter_map(|line| line.parse().ok()).collect();
    let mut files: BTreeMap<&str, Vec<(usize, Mutant)>> = BTreeMap::new();
    for (number, mutant) in (1..).zip(&list) {
        if !dropped.contains(&number) {
            files.entry(&mutant.file).or_default().push((number, mutant.clone()));
        }
    }
    for (file, mutants) in files {
        let path = Path::new(tree).join(file);
        let source = fs::read_to_string(&path).expect("a file of the list can be read");
        let text = Text::new(&source);
        let mut wanted: BTreeMap<Place, Vec<(usize, Mutant)>> = BTreeMap::new();
        for (number, mutant) in &mutants {
            wanted.entry(mutant.span.start).or_default().push((*number, mutant.clone()));
        }
        let (edits, found) = (Vec::new(), BTreeSet::new());
        let mut finder = Finder { text: &text, wanted, constant: 0, edits, found };
        finder.visit_file(&syn::parse_file(&source).expect("it is Rust"));
        for (number, mutant) in &mutants {
            match finder.found.contains(number) {
                true => println!("{number}\t{}", mutant.name),
                false => eprintln!("{number}\tleft out: {}", mutant.name),
            }
        }
        let changed = text.render((0, source.len()), &finder.edits);
        fs::write(&path, changed).expect("a file of the tree can be written");
    }
    let units = Path::new(tree).join("src/units/mod.rs");
    let text = fs::read_to_string(&units).expect("the tree has units");
    fs::write(&units, text + SWITCH).expect("a file of the tree can be written");
}

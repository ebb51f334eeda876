//! The public items of the crate, read from its sources: what a user of the library can name.
//!
//! | item | line |
//! |---|---|
//! | function, constant, type, trait | its path and its signature |
//! | struct, enum | its path, what it derives, its public fields or its variants |
//! | `impl` of a public type | its public functions; the traits that it implements |
//!
//! Modules are followed as the compiler does: `mod a;` is `a.rs` or `a/mod.rs`. What a public
//! module re-exports by `pub use` counts as its own. Left out: what macros make, of which there is
//! nothing public, and items behind `cfg(test)`.

#![allow(clippy::wildcard_enum_match_arm, reason = "most of the syntax of Rust is no item")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use quote::ToTokens;
use syn::{
    Attribute, Fields, ImplItem, Item, ItemImpl, ItemUse, TraitItem, Type, UseTree, Visibility,
};

/// A module with its items.
struct Module {
    is_public: bool,
    items: Vec<Item>,
}

/// Every public item, one a line, sorted.
pub fn list(source: &Path) -> BTreeSet<String> {
    let mut modules = BTreeMap::new();
    let file = source.join("lib.rs");
    read(&file, source, Vec::new(), true, &mut modules);
    let mut lines = BTreeSet::new();
    let mut types = BTreeMap::new();
    for (path, module) in modules.iter().filter(|(_, module)| module.is_public) {
        for item in &module.items {
            match item {
                Item::Use(item) if is_public(&item.vis) => {
                    for (name, target) in targets(item, path) {
                        re_export(&modules, &target, (path, &name), &mut lines, &mut types);
                    }
                }
                _ => describe(item, path, None, &mut lines, &mut types),
            }
        }
    }
    for (path, module) in &modules {
        for item in &module.items {
            if let Item::Impl(item) = item {
                of_impl(item, path, &types, &mut lines);
            }
        }
    }
    lines
}

/// Reads a module and those below it.
fn read(
    file: &Path,
    folder: &Path,
    path: Vec<String>,
    is_public_path: bool,
    modules: &mut BTreeMap<Vec<String>, Module>,
) {
    let text =
        fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let parsed =
        syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let items: Vec<Item> =
        parsed.items.into_iter().filter(|item| !is_test(attributes(item))).collect();
    for item in &items {
        let Item::Mod(inner) = item else { continue };
        assert!(inner.content.is_none(), "{}: modules have files of their own", file.display());
        let name = inner.ident.to_string();
        let below = folder.join(&name);
        let files = [folder.join(format!("{name}.rs")), below.join("mod.rs")];
        let file: &PathBuf = files.iter().find(|file| file.exists()).expect("a module has a file");
        let mut inner_path = path.clone();
        inner_path.push(name);
        read(file, &below, inner_path, is_public_path && is_public(&inner.vis), modules);
    }
    modules.insert(path, Module { is_public: is_public_path, items });
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Mod(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Const(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        _ => &[],
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|one| text(one).starts_with("#[cfg(test)]"))
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// The names that a `use` brings in, each with the path of what it means.
fn targets(item: &ItemUse, module: &[String]) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    leaves(&item.tree, Vec::new(), &mut found);
    let absolute = |path: Vec<String>| -> Vec<String> {
        match path[0].as_str() {
            "crate" => path[1..].to_vec(),
            "self" => module.iter().chain(&path[1..]).cloned().collect(),
            "super" => module[..module.len() - 1].iter().chain(&path[1..]).cloned().collect(),
            _ => module.iter().chain(&path).cloned().collect(),
        }
    };
    found.into_iter().map(|(name, path)| (name, absolute(path))).collect()
}

fn leaves(tree: &UseTree, mut path: Vec<String>, found: &mut Vec<(String, Vec<String>)>) {
    match tree {
        UseTree::Path(tree) => {
            path.push(tree.ident.to_string());
            leaves(&tree.tree, path, found);
        }
        UseTree::Name(tree) => {
            path.push(tree.ident.to_string());
            found.push((tree.ident.to_string(), path));
        }
        UseTree::Rename(tree) => {
            path.push(tree.ident.to_string());
            found.push((tree.rename.to_string(), path));
        }
        UseTree::Group(tree) => {
            tree.items.iter().for_each(|tree| leaves(tree, path.clone(), found));
        }
        UseTree::Glob(_) => panic!("a glob hides what is public"),
    }
}

/// Where a public name is, and what it is called there.
type Place<'p> = (&'p [String], &'p str);

/// Lists what a re-export means.
fn re_export(
    modules: &BTreeMap<Vec<String>, Module>,
    target: &[String],
    (path, name): Place<'_>,
    lines: &mut BTreeSet<String>,
    types: &mut BTreeMap<(Vec<String>, String), String>,
) {
    let Some((own, parent)) = target.split_last() else { return };
    let Some(module) = modules.get(parent) else { return };
    for item in &module.items {
        match item {
            Item::Use(item) => {
                for (other, inner) in targets(item, parent) {
                    if other == *own && inner != target {
                        re_export(modules, &inner, (path, name), lines, types);
                    }
                }
            }
            _ if named(item).as_deref() == Some(own) => {
                let before = types.len();
                describe(item, path, Some(name), lines, types);
                if types.len() > before {
                    let shown = shown(path, name);
                    types.insert((parent.to_vec(), own.clone()), shown);
                }
            }
            _ => {}
        }
    }
}

fn named(item: &Item) -> Option<String> {
    Some(match item {
        Item::Fn(item) => item.sig.ident.to_string(),
        Item::Struct(item) => item.ident.to_string(),
        Item::Enum(item) => item.ident.to_string(),
        Item::Trait(item) => item.ident.to_string(),
        Item::Const(item) => item.ident.to_string(),
        Item::Static(item) => item.ident.to_string(),
        Item::Type(item) => item.ident.to_string(),
        _ => return None,
    })
}

fn shown(path: &[String], name: &str) -> String {
    path.iter().map(String::as_str).chain([name]).collect::<Vec<&str>>().join("::")
}

/// Adds the lines of a public item.
fn describe(
    item: &Item,
    path: &[String],
    renamed: Option<&str>,
    lines: &mut BTreeSet<String>,
    types: &mut BTreeMap<(Vec<String>, String), String>,
) {
    let Some(own) = named(item) else { return };
    let name = shown(path, renamed.unwrap_or(&own));
    let mut is_type = false;
    let derived = |attributes: &[Attribute]| -> String {
        let derives = attributes.iter().map(text).filter(|one| one.starts_with("#[derive"));
        derives.map(|one| format!(" {one}")).collect()
    };
    match item {
        Item::Fn(item) if is_public(&item.vis) => {
            lines.insert(format!("{name}: {}", text(&item.sig)));
        }
        Item::Const(item) if is_public(&item.vis) => {
            lines.insert(format!("{name}: const {}", text(&item.ty)));
        }
        Item::Static(item) if is_public(&item.vis) => {
            lines.insert(format!("{name}: static {}", text(&item.ty)));
        }
        Item::Type(item) if is_public(&item.vis) => {
            lines.insert(format!("{name}: type {}", text(&item.ty)));
        }
        Item::Struct(item) if is_public(&item.vis) => {
            is_type = true;
            let generics = text(&item.generics);
            lines.insert(format!("{name}: struct{generics}{}", derived(&item.attrs)));
            lines.extend(fields(&item.fields, true).map(|field| format!("{name}.{field}")));
        }
        Item::Enum(item) if is_public(&item.vis) => {
            is_type = true;
            lines.insert(format!("{name}: enum{}{}", text(&item.generics), derived(&item.attrs)));
            for variant in &item.variants {
                let inner: Vec<String> = fields(&variant.fields, false).collect();
                lines.insert(format!("{name}::{} {{{}}}", variant.ident, inner.join(", ")));
            }
        }
        Item::Trait(item) if is_public(&item.vis) => {
            is_type = true;
            lines.insert(format!("{name}: trait {}", text(&item.supertraits)));
            for inner in &item.items {
                if let TraitItem::Fn(function) = inner {
                    let has = if function.default.is_some() { " (provided)" } else { "" };
                    lines.insert(format!("{name}::{}{has}", text(&function.sig)));
                }
            }
        }
        _ => {}
    }
    if is_type {
        types.insert((path.to_vec(), own), name);
    }
}

fn fields(fields: &Fields, only_public: bool) -> impl Iterator<Item = String> {
    let shown =
        fields.iter().enumerate().filter(move |(_, field)| !only_public || is_public(&field.vis));
    shown.map(|(index, field)| {
        let name = field.ident.as_ref().map_or(index.to_string(), ToString::to_string);
        format!("{name}: {}", text(&field.ty))
    })
}

/// Adds what is implemented for a public type.
fn of_impl(
    item: &ItemImpl,
    module: &[String],
    types: &BTreeMap<(Vec<String>, String), String>,
    lines: &mut BTreeSet<String>,
) {
    let Type::Path(path) = &*item.self_ty else { return };
    let Some(last) = path.path.segments.last() else { return };
    let own = last.ident.to_string();
    // The type is of this module, or its name is brought in from another.
    let here = types.get(&(module.to_vec(), own.clone()));
    let elsewhere = || {
        let mut found = types.iter().filter(|((_, name), _)| *name == own);
        found.next().map(|(_, shown)| shown)
    };
    let Some(name) = here.or_else(elsewhere) else { return };
    if let Some((of_trait, _)) = &item.trait_ {
        lines.insert(format!("{name}: impl {}", text(of_trait)));
        return;
    }
    for inner in &item.items {
        match inner {
            ImplItem::Fn(function) if is_public(&function.vis) => {
                lines.insert(format!("{name}::{}", text(&function.sig)));
            }
            ImplItem::Const(constant) if is_public(&constant.vis) => {
                lines.insert(format!("{name}::{}: const {}", constant.ident, text(&constant.ty)));
            }
            _ => {}
        }
    }
}

/// Source as it would be written, without the blanks that tokens are printed with.
fn text(tokens: &impl ToTokens) -> String {
    let words = tokens.to_token_stream().to_string();
    let mut text = String::with_capacity(words.len());
    for (index, word) in words.split_whitespace().enumerate() {
        let before = text.chars().last();
        let first = word.chars().next();
        let is_wordy = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let after_sign = before.is_some_and(|c| ",:>+=".contains(c)) && !text.ends_with("::");
        let is_arrow = word.starts_with("->") || word.starts_with('=') || word == "+";
        let joins = first.is_some_and(|c| ",:;)]>.(<".contains(c)) && !is_arrow;
        let needs = (is_wordy(before) && (is_wordy(first) || first == Some('&'))) || after_sign;
        if index > 0 && ((needs && !joins) || is_arrow) {
            text.push(' ');
        }
        text.push_str(word);
    }
    text
}

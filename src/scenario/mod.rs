//! From the text of a scenario file to valid settings, or to all of its mistakes.
//!
//! ```text
//! text --document--> tree with places --overlay--> tree per variant --resolve--> Settings
//! ```
//!
//! | module | owns |
//! |---|---|
//! | `document`, `overlay` | the tree; `--set` and `[[variant]]` change it before it is read |
//! | `reader`, `quantity`, `problems`, `suggest` | units, ranges, suggestions; all mistakes |
//! | `general`, `stream`, `traffic`, `mapping`, ... | one file per table of the scenario |
//! | `mapping_limits` | what AWS refuses and how it says so (S12) |
//! | `profiles` | defaults of the knobs per profile and stream kind |
//! | [`metrics`], `figures` | what assertions can name |
//! | [`cloudwatch`] | CloudWatch metrics as the AWS CLI and the console write them |
//! | `factors`, [`levels`], `range` | settings that are tried |
//! | `sweep` | which levels are tried together |
//! | `files` | what a scenario names |
//! | [`limits`], `limited` | what a command may take; reading up to a limit |
//! | `tune` | which settings are to be chosen, and what for |
//! | `lints` | warnings |
//! | [`schema`], [`templates`] | the JSON Schema for editors; scenarios to begin with |
//!
//! Reference: DESIGN.md, "The scenario file". Left out: running, and showing carets, which the
//! command line does from the plain data of a [`Diagnostic`].

mod arrivals;
mod assertions;
mod behaviour;
pub mod cloudwatch;
mod concurrency;
mod destination;
mod diagnostic;
mod document;
pub(crate) mod factors;
mod faults;
pub(crate) mod figures;
mod files;
mod fingerprint;
mod function;
mod general;
mod knobs;
pub mod levels;
pub(crate) mod limited;
pub mod limits;
mod lints;
mod mapping;
pub(crate) mod mapping_limits;
mod measured;
mod measured_age;
pub mod metrics;
mod overlay;
mod prices;
mod problems;
pub(crate) mod profiles;
mod quantity;
pub(crate) mod range;
mod reader;
mod reshard;
mod resolve;
mod schedule;
pub mod schema;
mod scripted;
mod source;
mod starting_position;
mod stream;
pub(crate) mod suggest;
pub(crate) mod sweep;
pub mod templates;
mod tolerance;
mod trace;
mod traffic;
mod tune;
mod variants;
mod variation;
mod write_load;

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::model::settings::Settings;
use crate::units::Duration;

pub use assertions::{Assertion, Comparison, DemandedOf, PRESETS, parse_assertion};
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use factors::Factor;
pub use files::Files;
pub(crate) use fingerprint::hash;
pub use general::Analysis;
pub use lints::catalogue::{LINTS, Lint, lint_of};
pub use measured::Measured;
pub use measured_age::{AgeStatistic, MeasuredAge};
pub use prices::Prices;
pub use resolve::ResolvedSetting;
pub use source::{Override, Source};
pub use stream::SHARDS_MAX;
pub use suggest::advice as suggestion;
pub(crate) use suggest::nearest as nearest_name;
pub use sweep::{Design, DesignPoint, Sweep};
pub use tolerance::{Allowed, Tolerance};
pub use tune::{COMBINATIONS_MAX, Ends, Tune};

use document::{Node, Place};
use figures::Asked;
use overlay::Change;
use problems::Problems;
use reader::{Field, Reading};
use source::Origin;
use variants::Changes;

/// A scenario whose settings are all valid.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Its name; the file's name where the file says none.
    pub name: String,
    /// What it says about itself, may be empty.
    pub description: String,
    /// Seed of all random numbers.
    pub seed: u64,
    /// Replications per variant, 1 to 10,000.
    pub replications: u32,
    /// How the figures are to be read.
    pub analysis: Analysis,
    /// All variants; the first is the scenario itself, named `base` or by `base_name`.
    pub variants: Vec<Variant>,
    /// What must hold for every variant.
    pub assertions: Vec<Assertion>,
    /// How much worse a metric may be before `compare` calls it a regression.
    pub tolerances: Vec<Tolerance>,
    /// Values measured on real AWS, to be shown beside the simulated ones.
    pub measured: Vec<Measured>,
    /// IteratorAge measured on real AWS over time.
    pub measured_ages: Vec<MeasuredAge>,
    /// What a sweep tries, where the file says so.
    pub sweep: Option<Sweep>,
    /// What is to be tuned, where the file says so.
    pub tune: Option<Tune>,
    /// Hash of the resolved settings of all variants, seed and replications: 16 hex digits.
    pub fingerprint: String,
    /// Doubts about settings that are valid.
    pub warnings: Vec<Diagnostic>,
}

impl Scenario {
    /// The scenario without any variant's changes.
    pub fn base(&self) -> &Variant {
        &self.variants[0]
    }

    /// The stream that something can be demanded of.
    pub fn demanded_of(&self) -> DemandedOf {
        demanded_of(self.variants.iter())
    }

    /// The variants that are simulated together: the consumers of one stream.
    pub fn runs(&self) -> impl Iterator<Item = &[Variant]> {
        self.variants.chunk_by(|one, other| one.run == other.run)
    }
}

/// One set of settings to run.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// Its name, unique in the scenario.
    pub name: String,
    /// The run it is part of: the consumers of one stream are simulated together.
    pub run: usize,
    /// It is a further consumer of the stream.
    pub is_consumer: bool,
    /// What the model runs.
    pub settings: Settings,
    /// The settings as the file would write them, defaults included.
    pub resolved: Vec<ResolvedSetting>,
    /// Prices in force.
    pub prices: Prices,
    /// Figures beyond those of every summary, each with its name, once.
    pub asked: Vec<(String, Asked)>,
}

impl Variant {
    /// Has these figures counted as well.
    pub fn ask(&mut self, figures: impl Iterator<Item = (String, Asked)>) {
        for (name, asked) in figures {
            if self.asked.iter().all(|(known, _)| *known != name) {
                self.asked.push((name, asked));
            }
        }
    }
}

/// Reads a scenario with the changes of `--set` applied to it.
///
/// # Errors
/// All mistakes of the file and of the overrides, in order of place.
pub fn load(source: &Source, overrides: &[Override]) -> Result<Scenario, Diagnostics> {
    load_with_files(source, overrides, &mut Files::default())
}

/// The same with files that are known already; those that are read are added to them.
///
/// # Errors
/// As [`load`].
pub fn load_with_files(
    source: &Source,
    overrides: &[Override],
    files: &mut Files,
) -> Result<Scenario, Diagnostics> {
    let mut problems = Problems::default();
    let file = problems.add_text(&source.name, &source.text);
    let Some(mut root) = parse(source, file, &mut problems) else {
        return Err(Diagnostics(problems.take(Severity::Error)));
    };
    for change in overrides {
        apply_override(&mut root, change, &mut problems);
    }
    let mut cx = reading(problems, source.folder.clone(), std::mem::take(files));
    let scenario = read(&root, &source.file_stem(), &mut cx);
    *files = std::mem::take(&mut cx.files);
    match scenario {
        Some(mut scenario) if !cx.problems.has_errors() => {
            scenario.warnings = cx.problems.take(Severity::Warning);
            Ok(scenario)
        }
        Some(_) | None => {
            assert!(cx.problems.has_errors(), "a scenario was refused without a reason");
            Err(Diagnostics(cx.problems.take(Severity::Error)))
        }
    }
}

/// The beginning of reading a document, in a folder and with files that are known.
fn reading(mut problems: Problems, folder: PathBuf, files: Files) -> Reading {
    let defaults_text = problems.add_text("default", "");
    Reading {
        problems,
        resolved: Vec::new(),
        folder,
        files,
        traces: BTreeMap::new(),
        seed: 0,
        defaults_text,
        shapes: None,
    }
}

/// The file as a tree.
fn parse(source: &Source, file: usize, problems: &mut Problems) -> Option<Node> {
    let whole = Place { source: file, start: 0, end: 0 };
    if source.text.trim_start_matches('\u{feff}').trim().is_empty() {
        let message = "the file is empty; a scenario needs at least `duration`, `[stream]`, \
                       `[[traffic]]`, `[mapping]` and `[function]`";
        problems.error(whole, "", message.to_owned());
        return None;
    }
    match Node::parse_document(&source.text, file) {
        Ok(root) => Some(root),
        Err(errors) => {
            for error in errors {
                let message = format!("not TOML: {}", error.message);
                problems.error(error.place, "", message);
            }
            None
        }
    }
}

fn apply_override(root: &mut Node, change: &Override, problems: &mut Problems) {
    let key = change.key();
    let mut add = |name| problems.add_text(name, change.text());
    let (text, places) = match change.origin() {
        Origin::Set => (add("--set"), None),
        Origin::Factor => (add("--factor"), None),
        Origin::Level { key, value } => (key.source, Some((key, value))),
    };
    let mut value = Node::parse_value_or_text(change.text(), key.len() + 1, text);
    let whole_key = Place { source: text, start: 0, end: key.len() };
    let key_place = places.map_or(whole_key, |(key_place, _)| key_place);
    if let Some((_, value_place)) = places {
        value.place_at(value_place);
    }
    let change = Change { key, key_place, path: key.to_owned(), value };
    overlay::apply(root, change, problems);
}

/// The variants read so far.
struct Runs<'r> {
    /// Number of variants of the file, the base included.
    count: usize,
    resolved: &'r mut Vec<Option<Variant>>,
}

/// Reads a variant with its consumers.
fn read_run(root: &Node, name: &str, runs: &mut Runs<'_>, cx: &mut Reading) {
    let run = runs.resolved.iter().flatten().filter(|variant| !variant.is_consumer).count();
    let consumers = variants::documents(Changes::Consumer, root, name, cx);
    let mut add = |root: &Node, name: String, is_consumer: bool, cx: &mut Reading| {
        let variant = resolve::resolve(root, &name, cx);
        if let Some(variant) = &variant {
            lints::lint(root, variant, &mut cx.problems);
        }
        runs.resolved.push(variant.map(|variant| Variant { run, is_consumer, ..variant }));
    };
    add(root, name.to_owned(), false, cx);
    for consumer in &consumers {
        let name = match runs.count {
            1 => consumer.name.clone(),
            _ => format!("{name}: {}", consumer.name),
        };
        add(&consumer.root, name, true, cx);
    }
}

/// What can be demanded of the streams of all variants.
fn demanded_of<'v>(variants: impl Iterator<Item = &'v Variant> + Clone) -> DemandedOf {
    let streams = || variants.clone().map(|variant| &variant.settings.stream);
    let retention = streams().map(|stream| stream.retention).min();
    DemandedOf {
        retention: retention.unwrap_or(Duration::from_secs(86_400)),
        // A mistake elsewhere says nothing about the number of shards.
        shards: streams().map(|stream| stream.shards_in_all()).min().unwrap_or(SHARDS_MAX),
    }
}

/// Reads everything that can be read, so that all mistakes are found.
fn read(root: &Node, fallback_name: &str, cx: &mut Reading) -> Option<Scenario> {
    let general = general::general(&Field::of(root, ""), fallback_name, cx);
    cx.seed = general.as_ref().map_or(0, |general| general.seed);
    let base_name = general.as_ref().map_or("base", |general| general.base_name.as_str());
    let documents = variants::documents(Changes::Variant, root, base_name, cx);
    let mut resolved = Vec::new();
    read_run(
        root,
        base_name,
        &mut Runs { count: 1 + documents.len(), resolved: &mut resolved },
        cx,
    );
    for document in &documents {
        cx.problems.enter_variant(Some(&document.name));
        let mut runs = Runs { count: 1 + documents.len(), resolved: &mut resolved };
        read_run(&document.root, &document.name, &mut runs, cx);
    }
    cx.problems.enter_variant(None);
    let names: Vec<String> =
        resolved.iter().flatten().map(|variant: &Variant| variant.name.clone()).collect();
    let field_of = |key: &str| root.child(key).map(|node| Field::of(node, key));
    let asserted =
        assertions::assertions(field_of("assert"), demanded_of(resolved.iter().flatten()), cx);
    let tolerances = tolerance::tolerances(field_of("compare"), cx);
    let measured = measured::measured(field_of("measured"), &names, cx);
    let start =
        resolved.first().and_then(Option::as_ref).map(|base| base.settings.start_unix_nanos);
    let age_field = field_of("measured_age");
    let measured_ages = measured_age::measured_ages(age_field, &names, start.unwrap_or(0), cx);
    let shards = demanded_of(resolved.iter().flatten()).shards;
    let tune = field_of("tune").and_then(|field| tune::tune(&field, shards, cx));
    let sweep = field_of("sweep").and_then(|field| sweep::sweep(&field, cx));
    let seed = cx.seed;
    let of_tune = tune.as_ref().map(|tune| Sweep::crossed(tune.factors.clone()));
    for document in sweep
        .iter()
        .chain(&of_tune)
        .flat_map(|one| one.single_changes(root, seed, cx))
        .collect::<Vec<Node>>()
    {
        // What is wrong with it is reported; what is right is not needed.
        resolve::resolve(&document, base_name, cx);
    }
    let general = general?;
    let mut variants = resolved.into_iter().collect::<Option<Vec<Variant>>>()?;
    for variant in &mut variants {
        variant.ask(asserted.iter().filter_map(|one| Some((one.metric.clone(), one.asked?))));
    }
    general::check_analysis(field_of("analysis"), general.analysis, &variants, cx);
    let fingerprint = fingerprint::fingerprint(&variants, &general);
    Some(Scenario {
        name: general.name,
        description: general.description,
        seed: general.seed,
        replications: general.replications,
        analysis: general.analysis,
        variants,
        assertions: asserted,
        tolerances,
        measured,
        measured_ages,
        sweep,
        tune,
        fingerprint,
        warnings: Vec::new(),
    })
}

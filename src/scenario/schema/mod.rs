//! The JSON Schema of scenario files, for editors: what the readers themselves say they accept.
//!
//! ```text
//! specimens --readers--> shapes --words--> JSON Schema
//! ```
//!
//! The readers of a scenario note which keys they ask for, with their defaults, and how they read
//! each value (`shapes`). They do so while they read `specimens`, which hold every key once. So
//! a new key is in the schema as soon as it is read; a test demands words about it (`words.txt`).
//!
//! Reference: JSON Schema, draft 2020-12 and draft-07; no word of the schema differs between them
//! but its name. Left out: what only a check can know, such as keys that exclude each other, ranges
//! of quantities with units, and the changes in `set`, whose keys are dotted paths.

mod emit;
mod shapes;
mod specimens;

use super::document::Node;
use super::problems::Problems;
use super::{Files, Override, Severity};

pub(super) use shapes::{Scalar, Shapes};

/// Which JSON Schema a schema says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Draft {
    /// Draft 2020-12, the current one.
    Draft202012,
    /// Draft-07, which most editors know.
    Draft07,
}

/// The schema of scenario files.
pub fn json_schema(draft: Draft) -> serde_json::Value {
    emit::schema(&shapes(), draft)
}

/// What a scenario file accepts where.
fn shapes() -> Shapes {
    let mut shapes = Shapes::default();
    for changes in std::iter::once(&"").chain(specimens::CHANGES) {
        read(changes, &mut shapes);
    }
    shapes.key("", "$schema", None, false);
    for (path, scalar) in by_hand() {
        shapes.at(path).scalars.insert(scalar);
    }
    // Their absence is reported by what they hold.
    for key in ["stream", "traffic", "mapping", "function"] {
        shapes.require("", key);
    }
    shapes.require("mapping", "StartingPosition");
    for path in ["variant.0.set", "consumer.0.set", "mapping.schedule.0.set", "compare.tolerance"] {
        let shape = shapes.at(path);
        shape.keys.get_or_insert_default();
        shape.is_open = true;
    }
    shapes
}

/// Reads a specimen and lets the readers say what they accept.
fn read(changes: &str, shapes: &mut Shapes) {
    let mut problems = Problems::default();
    let file = problems.add_text("specimen", specimens::BASE);
    let mut root = Node::parse_document(specimens::BASE, file)
        .unwrap_or_else(|_| panic!("the specimens' base is no TOML"));
    for change in changes.lines() {
        let change = Override::parse(change).unwrap_or_else(|error| panic!("{change}: {error}"));
        super::apply_override(&mut root, &change, &mut problems);
    }
    let texts = specimens::FILES.map(|(name, text)| (name.to_owned(), text.into()));
    let mut cx = super::reading(problems, std::path::PathBuf::new(), Files::of(texts));
    cx.shapes = Some(std::mem::take(shapes));
    super::read(&root, "specimen", &mut cx);
    *shapes = cx.shapes.take().unwrap_or_default();
    let errors = cx.problems.take(Severity::Error);
    assert!(errors.is_empty(), "a specimen has mistakes: {changes}: {errors:?}");
}

/// Values that are not read by the common readers.
fn by_hand() -> Vec<(&'static str, Scalar)> {
    let positions = vec!["TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"];
    let numbers = || Scalar::Number("0".to_owned(), "1e300".to_owned());
    vec![
        ("$schema", Scalar::Text),
        ("mapping.StartingPosition", Scalar::Words(positions)),
        ("mapping.StartingPositionTimestamp", Scalar::Date),
        ("mapping.StartingPositionTimestamp", numbers()),
        ("mapping.FunctionResponseTypes.0", Scalar::Words(vec!["ReportBatchItemFailures"])),
        ("mapping.DestinationConfig.OnSuccess", Scalar::Anything),
        ("mapping.FunctionName", Scalar::Anything),
        ("mapping.KMSKeyArn", Scalar::Anything),
        ("mapping.LoggingConfig", Scalar::Anything),
        ("mapping.MetricsConfig", Scalar::Anything),
        ("mapping.ProvisionedPollerConfig", Scalar::Anything),
        ("mapping.Tags", Scalar::Anything),
        ("model.poll_phase", Scalar::Words(vec!["random"])),
        ("model.refill_below", Scalar::Words(vec!["automatic"])),
        ("model.shard_rollover", Scalar::Words(vec!["never"])),
        ("stream.shards", Scalar::Whole(1, super::SHARDS_MAX.into())),
        ("measured.0.value", Scalar::Anything),
        ("traffic.0.arrivals.trace.times", Scalar::Text),
        ("traffic.0.arrivals.trace.counts", Scalar::Text),
        ("sweep.factor.0.values.0", Scalar::Anything),
        ("sweep.factor.0.from", Scalar::Anything),
        ("sweep.factor.0.to", Scalar::Anything),
        ("tune.factor.0.values.0", Scalar::Anything),
        ("tune.factor.0.from", Scalar::Anything),
        ("tune.factor.0.to", Scalar::Anything),
        ("tune.break_even.from", Scalar::Anything),
        ("tune.break_even.to", Scalar::Anything),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_read_in_a_known_way_and_has_words() {
        let shapes = shapes();
        let words = emit::words();
        let silent: Vec<&str> = shapes
            .paths()
            .filter(|path| !path.is_empty() && !path.ends_with('*') && !words.contains_key(path))
            .collect();
        assert!(silent.is_empty(), "words.txt says nothing about {silent:#?}");
        let unknown: Vec<&&str> = words.keys().filter(|path| shapes.get(path).is_none()).collect();
        assert!(unknown.is_empty(), "words.txt speaks of keys that are not read: {unknown:#?}");
        let shapeless: Vec<&str> =
            shapes.paths().filter(|path| shapes.get(path).is_some_and(emit::is_empty)).collect();
        assert!(shapeless.is_empty(), "nobody knows how these are written: {shapeless:#?}");
    }
}

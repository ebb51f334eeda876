//! The keys at the top of the file: name, length of the run, seed, replications.

use super::Variant;
use super::reader::{Field, Reading, TableReader};
use crate::model::settings::Horizon;
use crate::units::Duration;

const REPLICATIONS_MAX: u32 = 10_000;
/// Cap of a run that ends when drained, unless `duration` gives another.
const DRAINED_AT_MOST: &str = "7d";

/// How the figures of a run are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Analysis {
    /// From a given start to a given end: averages over the whole run.
    Terminating,
    /// The long run: what the start does to the figures is cut off.
    SteadyState {
        /// How much of the start is cut off, above 0; `None`: as much as MSER-5 says.
        warm_up: Option<Duration>,
    },
}

/// The word for each kind; a warm-up is a key of its own.
const ANALYSES: [(&str, bool); 2] = [("terminating", false), ("steady_state", true)];

/// Keys that are of the scenario as a whole; variants cannot set them.
pub(super) const OF_THE_WHOLE: [&str; 14] = [
    "name",
    "description",
    "base_name",
    "seed",
    "replications",
    "confidence",
    "analysis",
    "variant",
    "assert",
    "measured",
    "measured_age",
    "compare",
    "sweep",
    "tune",
];

/// What the file says about the scenario as a whole.
pub(super) struct General {
    pub name: String,
    pub description: String,
    pub base_name: String,
    pub seed: u64,
    pub replications: u32,
    pub analysis: Analysis,
}

/// Reads the keys of [`OF_THE_WHOLE`] but those that are tables of their own.
pub(super) fn general(root: &Field<'_>, fallback_name: &str, cx: &mut Reading) -> Option<General> {
    let mut table = root.table("", cx)?;
    let name = match table.optional("name", cx) {
        Some(field) => non_empty(&field, cx),
        None => Some(fallback_name.to_owned()),
    };
    let description = table.or_default("description", "", cx).text(cx);
    let base_field = table.or_default("base_name", "base", cx);
    let base_name = non_empty(&base_field, cx);
    let seed = table.or_default("seed", "1", cx).whole(0, u64::MAX, cx);
    let replications =
        table.or_default("replications", "20", cx).whole_u32(1, REPLICATIONS_MAX, cx);
    let confidence = table.or_default("confidence", "95%", cx);
    if confidence.probability(cx).is_some_and(|share| share.get() != 0.95) {
        cx.error(&confidence, "only `95%` is possible; leave it out");
    }
    let analysis = match table.optional("analysis", cx) {
        Some(field) => analysis(&field, cx),
        None => Some(Analysis::Terminating),
    };
    Some(General {
        name: name?,
        description: description?,
        base_name: base_name?,
        seed: seed?,
        replications: replications?,
        analysis: analysis?,
    })
}

/// A text with more than blanks in it.
pub(super) fn non_empty(field: &Field<'_>, cx: &mut Reading) -> Option<String> {
    let text = field.text(cx)?;
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        cx.error(field, "must be one line of text that is not empty");
        return None;
    }
    Some(text)
}

fn analysis(field: &Field<'_>, cx: &mut Reading) -> Option<Analysis> {
    let mut table = field.table("{ kind = \"terminating\" }", cx)?;
    let kind = table.or_default("kind", "terminating", cx).word(&ANALYSES, cx);
    let warm_up_field = table.optional("warm_up", cx);
    table.finish(cx);
    let warm_up = match &warm_up_field {
        Some(field) => Some(field.positive_duration("min", cx)?),
        None => None,
    };
    match (kind?, warm_up_field) {
        (true, _) => Some(Analysis::SteadyState { warm_up }),
        (false, None) => Some(Analysis::Terminating),
        (false, Some(field)) => {
            let message = "a terminating run counts from its start; leave `warm_up` out, or write \
                           `kind = \"steady_state\"`";
            cx.error(&field, message);
            None
        }
    }
}

/// Whether the runs of all variants are long enough, and of the right kind, for `analysis`.
pub(super) fn check_analysis(
    field: Option<Field<'_>>,
    analysis: Analysis,
    variants: &[Variant],
    cx: &mut Reading,
) {
    let (Some(field), Analysis::SteadyState { warm_up }) = (field, analysis) else { return };
    for variant in variants {
        match variant.settings.horizon {
            Horizon::Drained { .. } => {
                let message = "a run that ends when drained has no steady state; leave \
                               `until = \"drained\"` out, or write `kind = \"terminating\"`";
                cx.error(&field, message);
                return;
            }
            Horizon::For(length) if warm_up.is_some_and(|warm_up| warm_up * 2 > length) => {
                let message = format!(
                    "the warm-up is more than half of the run of {length} (variant `{}`); \
                     shorten it or lengthen `duration`",
                    variant.name
                );
                cx.error(&field, message);
                return;
            }
            Horizon::For(_) => {}
        }
    }
}

/// `duration`, or `until = "drained"` with `duration` as its cap.
pub(super) fn horizon(table: &mut TableReader<'_>, cx: &mut Reading) -> Option<Horizon> {
    let until = table.optional("until", cx);
    let Some(until) = until else {
        let field = table.required("duration", "\"26h\"", cx)?;
        cx.record_setting("run", "duration", &field, false);
        return field.positive_duration("s", cx).map(Horizon::For);
    };
    let is_default = table.peek("duration").is_none();
    let field = table.or_default("duration", DRAINED_AT_MOST, cx);
    cx.record_setting("run", "until", &until, false);
    cx.record_setting("run", "duration", &field, is_default);
    let at_most = field.positive_duration("s", cx);
    until.word(&[("drained", ())], cx)?;
    at_most.map(|at_most| Horizon::Drained { at_most })
}

/// The date of virtual time zero, nanoseconds since 1970.
pub(super) fn start(table: &mut TableReader<'_>, cx: &mut Reading) -> Option<u64> {
    let is_default = table.peek("start").is_none();
    let field = table.or_default("start", "2026-01-01T00:00:00Z", cx);
    cx.record_setting("run", "start", &field, is_default);
    field.unix_nanos(cx)
}

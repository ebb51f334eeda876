//! `[[assert]] that = "iterator_age.p99 < 60s"`.
//!
//! | a demand | is of |
//! |---|---|
//! | `METRIC < LIMIT` | a figure, see [`super::figures`]: a metric, a percentile, of one shard |
//! | `share_of_minutes(iterator_age.max > LIMIT) < 1%` | minutes whose largest age is above it |
//!
//! A limit on a time may be one of [`PRESETS`], or `half_of_retention`: half of the time that the
//! stream keeps records, the shortest of all variants.
//!
//! Left out: sums and ratios of figures.

use std::ops::Range;

use super::figures::{Asked, Figure};
use super::metrics::Dimension;
use super::prices::parse_dollars;
use super::reader::{Field, Reading};
use super::suggest;
use crate::units::{Duration, parse_duration, parse_probability};

const ASSERTIONS_MAX: usize = 1_000;

/// Limits by name, in seconds: what is usual for alarms on IteratorAge.
pub const PRESETS: [(&str, f64); 3] =
    [("real_time", 1.0), ("near_real_time", 30.0), ("relaxed", 300.0)];

/// The preset that depends on the stream.
const HALF_OF_RETENTION: &str = "half_of_retention";

/// What stands before the parentheses of a share.
const SHARE_OF_MINUTES: &str = "share_of_minutes";

/// How a metric is compared with its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// Whether `value` passes.
    pub fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Comparison::Below => value < limit,
            Comparison::AtMost => value <= limit,
            Comparison::Above => value > limit,
            Comparison::AtLeast => value >= limit,
        }
    }
}

/// What must hold for every variant.
#[derive(Debug, Clone, PartialEq)]
pub struct Assertion {
    /// As written.
    pub text: String,
    /// Name of the figure in the summary of a variant.
    pub metric: String,
    /// How the figure is counted; `None`: every summary has it.
    pub asked: Option<Asked>,
    /// What is demanded is not the metric itself but the share of minutes, 0 to 1, in which it is
    /// above this many seconds.
    pub minutes_above: Option<f64>,
    /// What the metric, or the share, is measured in.
    pub dimension: Dimension,
    /// How they are compared.
    pub comparison: Comparison,
    /// The limit in seconds, records, dollars or as a number.
    pub limit: f64,
    /// Place in the scenario file, in bytes.
    pub span: Range<usize>,
}

/// The stream that something is demanded of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemandedOf {
    /// How long it keeps records.
    pub retention: Duration,
    /// Its shards, the fewest of all variants.
    pub shards: u32,
}

/// Reads all `[[assert]]`.
pub(super) fn assertions(
    field: Option<Field<'_>>,
    stream: DemandedOf,
    cx: &mut Reading,
) -> Vec<Assertion> {
    let Some(field) = field else {
        return Vec::new();
    };
    let example = "{ that = \"iterator_age.p99 < 60s\" }";
    let elements = field.list(ASSERTIONS_MAX, &format!("[{example}]"), cx);
    let mut assertions = Vec::new();
    for element in elements.unwrap_or_default() {
        let Some(mut table) = element.table(example, cx) else {
            continue;
        };
        let that = table.required("that", "\"iterator_age.p99 < 60s\"", cx);
        table.finish(cx);
        assertions.extend(that.and_then(|that| assertion(&that, stream, cx)));
    }
    assertions
}

fn assertion(field: &Field<'_>, stream: DemandedOf, cx: &mut Reading) -> Option<Assertion> {
    let text = field.text(cx)?;
    match parse_assertion(&text, stream) {
        Ok(assertion) => {
            Some(Assertion { span: field.node.place.start..field.node.place.end, ..assertion })
        }
        Err(message) => {
            cx.error(field, message);
            None
        }
    }
}

/// Reads `metric < limit` or `share_of_minutes(metric > limit) < share`, for such a stream.
///
/// # Errors
/// What is wrong and what to write.
pub fn parse_assertion(text: &str, stream: DemandedOf) -> Result<Assertion, String> {
    let assertion = match text.trim().strip_prefix(SHARE_OF_MINUTES) {
        Some(rest) => share_of_minutes(text, rest.trim_start(), stream)?,
        None => demand(text, stream)?,
    };
    Ok(Assertion { text: text.to_owned(), ..assertion })
}

fn share_of_minutes(text: &str, rest: &str, stream: DemandedOf) -> Result<Assertion, String> {
    let example = format!("{SHARE_OF_MINUTES}(iterator_age.max > 60s) < 1%");
    let inner = rest.strip_prefix('(').and_then(|rest| rest.split_once(')'));
    let Some((inner, rest)) = inner else {
        return Err(format!("`{text}` is not understood; write for example `{example}`"));
    };
    let minute = demand(inner, stream)?;
    if minute.metric != "iterator_age.max" || minute.comparison != Comparison::Above {
        return Err(format!(
            "minutes are known by `iterator_age.max > TIME` only, not by `{}`; write for example \
             `{example}`",
            inner.trim()
        ));
    }
    let (behind, comparison, share) = split(text, rest)?;
    if !behind.is_empty() {
        return Err(format!("`{behind}` cannot stand behind the parentheses of `{text}`"));
    }
    let share = parse_probability(share)
        .map_err(|error| format!("`{SHARE_OF_MINUTES}` is a share: {error}"))?;
    Ok(Assertion {
        minutes_above: Some(minute.limit),
        dimension: Dimension::Number,
        comparison,
        limit: share.get(),
        ..minute
    })
}

/// Reads `metric < limit`.
fn demand(text: &str, stream: DemandedOf) -> Result<Assertion, String> {
    let (name, comparison, limit) = split(text, text)?;
    let is_larger_better = match comparison {
        Comparison::Below | Comparison::AtMost => false,
        Comparison::Above | Comparison::AtLeast => true,
    };
    let figure = Figure::parse(name, stream.shards)?.of_worst_shard(is_larger_better);
    let preset = PRESETS.iter().find(|(name, _)| *name == limit).map(|(_, seconds)| *seconds);
    let preset = match limit {
        HALF_OF_RETENTION => Some(stream.retention.as_secs_f64() / 2.0),
        _ => preset,
    };
    let limit = match preset {
        Some(_) if figure.dimension != Dimension::Seconds => {
            return Err(format!("`{limit}` is a time, but `{name}` is not"));
        }
        Some(seconds) => seconds,
        None => parse_limit(limit, name, figure.dimension)?,
    };
    let Figure { name: metric, dimension, asked, direction: _ } = figure;
    let (text, minutes_above, span) = (text.to_owned(), None, 0..0);
    Ok(Assertion { text, metric, asked, minutes_above, dimension, comparison, limit, span })
}

/// What stands on both sides of the comparison of `part`, which is of `text`.
fn split<'t>(text: &str, part: &'t str) -> Result<(&'t str, Comparison, &'t str), String> {
    let no_comparison =
        || format!("`{text}` compares nothing; write for example `iterator_age.p99 < 60s`");
    let at = part.find(['<', '>', '=', '!']).ok_or_else(no_comparison)?;
    let (name, rest) = (part[..at].trim(), &part[at..]);
    let operators = [
        ("<=", Comparison::AtMost),
        (">=", Comparison::AtLeast),
        ("<", Comparison::Below),
        (">", Comparison::Above),
    ];
    let found = operators.iter().find_map(|(operator, comparison)| {
        Some((*comparison, rest.strip_prefix(operator)?.trim()))
    });
    match found {
        Some((comparison, limit)) => Ok((name, comparison, limit)),
        None => Err(format!("in `{text}` the comparison must be one of `<`, `<=`, `>`, `>=`")),
    }
}

pub(super) fn unknown_metric(name: &str, known: &[&str]) -> String {
    if name.is_empty() {
        return "the metric is missing; write for example `iterator_age.p99 < 60s`".to_owned();
    }
    let prefix = format!("{name}.");
    let below: Vec<&str> =
        known.iter().copied().filter(|known| known.starts_with(&prefix)).collect();
    if !below.is_empty() {
        return format!("`{name}` is several metrics; choose one of {}", suggest::listed(&below));
    }
    let advice = match suggest::nearest(name, known) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => "metrics are the paths of summary.json, for example `iterator_age.p99`".to_owned(),
    };
    format!("unknown metric `{name}`; {advice}")
}

/// Reads a limit in a unit that fits the metric, as seconds, dollars or a plain number.
pub(super) fn parse_limit(text: &str, name: &str, dimension: Dimension) -> Result<f64, String> {
    let plain = text.parse::<f64>().ok().filter(|number| number.is_finite());
    match dimension {
        Dimension::Seconds => match plain {
            Some(_) => Err(format!("`{name}` is a time: `{text}` has no unit; write `{text}s`")),
            None => parse_duration(text)
                .map(Duration::as_secs_f64)
                .map_err(|error| format!("`{name}` is a time: {error}")),
        },
        Dimension::Records | Dimension::Count => plain
            .filter(|number| *number >= 0.0)
            .ok_or_else(|| format!("`{name}` is a number of things, `{text}` is not")),
        Dimension::UsDollars => parse_dollars(text).ok_or_else(|| match plain {
            Some(_) => format!("`{name}` is in US dollars: write `${text}`"),
            None => {
                format!("`{name}` is in US dollars, `{text}` is not; write for example `$1.50`")
            }
        }),
        Dimension::Number => plain.map_or_else(
            || {
                parse_probability(text)
                    .map(|share| share.get())
                    .map_err(|_| format!("`{name}` is a number, `{text}` is not"))
            },
            Ok,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: DemandedOf = DemandedOf { retention: Duration::from_secs(86_400), shards: 2 };

    #[test]
    fn limits_have_names_and_minutes_are_counted_by_their_largest_age() {
        let cases = [
            ("iterator_age.p99 < near_real_time", (None, Comparison::Below, 30.0)),
            ("record_age.p50 <= real_time", (None, Comparison::AtMost, 1.0)),
            ("true_lag.max < half_of_retention", (None, Comparison::Below, 43_200.0)),
            (
                "share_of_minutes(iterator_age.max > 60s) < 1%",
                (Some(60.0), Comparison::Below, 0.01),
            ),
            (
                "share_of_minutes ( iterator_age.max > relaxed ) <= 0.5",
                (Some(300.0), Comparison::AtMost, 0.5),
            ),
        ];
        for (text, expected) in cases {
            let one = parse_assertion(text, DAY).expect(text);
            assert_eq!((one.minutes_above, one.comparison, one.limit), expected, "{text}");
        }
    }

    #[test]
    fn mistakes_in_a_share_or_a_preset_say_what_to_write() {
        let cases = [
            ("share_of_minutes < 1%", "`share_of_minutes < 1%` is not understood; write for"),
            (
                "share_of_minutes(iterator_age.p99 > 60s) < 1%",
                "minutes are known by `iterator_age.max > TIME` only, not by `iterator_age.p99",
            ),
            ("share_of_minutes(iterator_age.max > 60s)", "`share_of_minutes(iterator_age.max >"),
            (
                "share_of_minutes(iterator_age.max > 60s) < 1s",
                "`share_of_minutes` is a share: `1s` is not understood",
            ),
            ("share_of_minutes(iterator_ag.max > 60s) < 1%", "unknown metric `iterator_ag.max`"),
            ("errors < real_time", "`real_time` is a time, but `errors` is not"),
        ];
        for (text, expected) in cases {
            let message = parse_assertion(text, DAY).expect_err(text);
            assert!(message.starts_with(expected), "{text}: {message}");
        }
    }
}

//! Random durations: a factor on a duration, or a distribution of times.
//!
//! A distribution of times becomes base times factor: exponential and Erlang with their mean as
//! base, log-normal with its median, uniform and empirical with their largest value, a mixture
//! of exponentials with its largest mean.

use super::arrivals::pair;
use super::reader::{Field, Reading, TableReader};
use crate::model::settings::{FunctionDuration, Variation};
use crate::units::{Duration, Probability};

const KINDS: [&str; 7] =
    ["none", "lognormal", "exponential", "uniform", "erlang", "hyperexponential", "empirical"];
const STAGES_MAX: u32 = 1_000;
const BRANCHES_MAX: usize = 100;
/// Chances of branches may miss 1 by this much.
const SUM_TOLERANCE: f64 = 1e-9;

/// Reads a positive number: a multiple of the duration, or a time.
type ReadNumber = fn(&Field<'_>, &mut Reading) -> Option<f64>;

fn multiple(field: &Field<'_>, cx: &mut Reading) -> Option<f64> {
    field.multiple(cx)
}

fn nanoseconds(field: &Field<'_>, cx: &mut Reading) -> Option<f64> {
    field.positive_duration("ms", cx).map(|time| time.as_nanos() as f64)
}

/// Reads a variation: factors such as `3x`.
pub(super) fn variation(field: &Field<'_>, cx: &mut Reading) -> Option<Variation> {
    let (tag, payload) = field.choice(&KINDS, cx)?;
    match (tag, &payload) {
        ("none", _) => Some(Variation::None),
        ("exponential", _) => Some(Variation::Exponential),
        (_, None) => {
            let example = factor_example(tag);
            let message = format!("`{tag}` needs settings; write `{{ {tag} = {example} }}`");
            cx.error(field, message);
            None
        }
        (_, Some(payload)) => {
            let mut table = payload.table(factor_example(tag), cx)?;
            let read = match tag {
                "lognormal" => lognormal_factor(&mut table, cx),
                "erlang" => stages(&mut table, cx).map(|stages| Variation::Erlang { stages }),
                "uniform" => {
                    let bounds = low_and_high(&mut table, multiple, "\"0.5x\"", "\"1.5x\"", cx);
                    bounds.map(|(low, high)| Variation::Uniform { low, high })
                }
                "hyperexponential" => {
                    branches(&mut table, multiple, "[\"90%\", \"0.5x\"]", cx).map(hyperexponential)
                }
                _ => percentiles(payload, &mut table, multiple, "\"3x\"", cx).map(empirical),
            };
            table.finish(cx);
            read
        }
    }
}

/// Reads a distribution of times.
pub(super) fn direct(tag: &str, payload: &Field<'_>, cx: &mut Reading) -> Option<FunctionDuration> {
    let mut table = payload.table("{ p50 = \"20ms\", p99 = \"80ms\" }", cx)?;
    let read = match tag {
        "exponential" => mean(&mut table, cx).map(|mean| (mean, Variation::Exponential)),
        "erlang" => {
            let stages = stages(&mut table, cx);
            let mean = mean(&mut table, cx);
            mean.zip(stages).map(|(mean, stages)| (mean, Variation::Erlang { stages }))
        }
        "lognormal" => {
            let p50 = table.required("p50", "\"20ms\"", cx);
            let p99 = table.required("p99", "\"80ms\"", cx);
            let p50 = p50.and_then(|p50| nanoseconds(&p50, cx));
            let p99_value = p99.as_ref().and_then(|p99| nanoseconds(p99, cx));
            match (p50, p99_value, &p99) {
                (Some(p50), Some(high), Some(p99)) if high < p50 => {
                    cx.error(p99, format!("{} is below `p50`", p99.written()));
                    None
                }
                (Some(p50), Some(high), _) => Some((p50, Variation::Lognormal { p99: high / p50 })),
                _ => None,
            }
        }
        "uniform" => {
            let bounds = low_and_high(&mut table, nanoseconds, "\"10ms\"", "\"30ms\"", cx);
            bounds.map(|(low, high)| {
                let low = low / high;
                (high, Variation::Uniform { low, high: 1.0 })
            })
        }
        "hyperexponential" => branches(&mut table, nanoseconds, "[\"90%\", \"20ms\"]", cx)
            .map(|points| scaled_to_largest(points, hyperexponential)),
        _ => percentiles(payload, &mut table, nanoseconds, "\"80ms\"", cx)
            .map(|points| scaled_to_largest(points, empirical)),
    };
    table.finish(cx);
    let (base_nanos, variation) = read?;
    Some(FunctionDuration {
        base: Duration::from_nanos(base_nanos as u64),
        per_record: Duration::ZERO,
        per_kb: Duration::ZERO,
        variation,
    })
}

fn factor_example(tag: &str) -> &'static str {
    match tag {
        "lognormal" => "{ p99 = \"3x\" }",
        "erlang" => "{ stages = 4 }",
        "uniform" => "{ low = \"0.5x\", high = \"1.5x\" }",
        "hyperexponential" => "{ branches = [[\"90%\", \"0.5x\"], [\"10%\", \"5.5x\"]] }",
        _ => "{ p0 = \"0.5x\", p50 = \"1x\", p99 = \"3x\", p100 = \"5x\" }",
    }
}

fn hyperexponential(branches: Vec<(Probability, f64)>) -> Variation {
    Variation::Hyperexponential { branches: branches.into() }
}

fn empirical(points: Vec<(Probability, f64)>) -> Variation {
    Variation::Empirical { points: points.into() }
}

fn scaled_to_largest(
    mut points: Vec<(Probability, f64)>,
    variation: fn(Vec<(Probability, f64)>) -> Variation,
) -> (f64, Variation) {
    let largest = points.iter().fold(0.0, |largest: f64, (_, value)| largest.max(*value));
    points.iter_mut().for_each(|(_, value)| *value /= largest);
    (largest, variation(points))
}

fn lognormal_factor(table: &mut TableReader<'_>, cx: &mut Reading) -> Option<Variation> {
    let field = table.required("p99", "\"3x\"", cx)?;
    let p99 = field.multiple(cx)?;
    if p99 < 1.0 {
        let message = format!("{} is below `1x`, the median", field.written());
        cx.error(&field, message);
        return None;
    }
    Some(Variation::Lognormal { p99 })
}

fn stages(table: &mut TableReader<'_>, cx: &mut Reading) -> Option<u32> {
    table.required("stages", "4", cx)?.whole_u32(1, STAGES_MAX, cx)
}

fn mean(table: &mut TableReader<'_>, cx: &mut Reading) -> Option<f64> {
    nanoseconds(&table.required("mean", "\"100ms\"", cx)?, cx)
}

fn low_and_high(
    table: &mut TableReader<'_>,
    read: ReadNumber,
    low_example: &str,
    high_example: &str,
    cx: &mut Reading,
) -> Option<(f64, f64)> {
    let low = table.required("low", low_example, cx);
    let high_field = table.required("high", high_example, cx);
    let low = low.and_then(|low| read(&low, cx));
    let high_field = high_field?;
    let high = read(&high_field, cx);
    let (low, high) = (low?, high?);
    if high < low {
        cx.error(&high_field, format!("{} is below `low`", high_field.written()));
        return None;
    }
    Some((low, high))
}

fn branches(
    table: &mut TableReader<'_>,
    read: ReadNumber,
    example: &str,
    cx: &mut Reading,
) -> Option<Vec<(Probability, f64)>> {
    let field = table.required("branches", &format!("[{example}]"), cx)?;
    let elements = field.list(BRANCHES_MAX, &format!("[{example}]"), cx)?;
    let mut branches = Vec::with_capacity(elements.len());
    for element in &elements {
        let (chance, mean) = pair(element, example, cx)?;
        let (chance, mean) = (chance.probability(cx), read(&mean, cx));
        branches.push((chance?, mean?));
    }
    let sum: f64 = branches.iter().map(|(chance, _)| chance.get()).sum();
    if (sum - 1.0).abs() > SUM_TOLERANCE {
        let message = format!("the chances add up to {:.4}%, not 100%", sum * 100.0);
        cx.error(&field, message);
        return None;
    }
    Some(branches)
}

/// Percentiles as CloudWatch names them: `p0` (or `min`), `p50`, `"p99.9"`, `p100` (or `max`).
fn percentiles(
    whole: &Field<'_>,
    table: &mut TableReader<'_>,
    read: ReadNumber,
    example: &str,
    cx: &mut Reading,
) -> Option<Vec<(Probability, f64)>> {
    let mut points: Vec<(Probability, f64, Field<'_>)> = Vec::new();
    let mut all_read = true;
    for key in table.keys() {
        let Some(field) = table.accept_any(&key, cx) else {
            continue;
        };
        let Some(chance) = percentile(&key) else {
            let message = format!("not a percentile; write for example `p99 = {example}`");
            cx.error(&field, message);
            all_read = false;
            continue;
        };
        match read(&field, cx) {
            Some(value) => points.push((chance, value, field)),
            None => all_read = false,
        }
    }
    all_read.then_some(())?;
    points.sort_by(|left, right| left.0.get().total_cmp(&right.0.get()));
    for neighbours in points.windows(2) {
        let [left, right] = neighbours else { continue };
        if left.0 == right.0 {
            cx.error(&right.2, "the same percentile is given twice");
            return None;
        }
        if right.1 < left.1 {
            let message = format!("{} is below the percentile before it", right.2.written());
            cx.error(&right.2, message);
            return None;
        }
    }
    let is_whole = points.first().is_some_and(|point| point.0 == Probability::ZERO)
        && points.last().is_some_and(|point| point.0 == Probability::ONE);
    if !is_whole {
        cx.error(
            whole,
            "needs `p0` (or `min`) and `p100` (or `max`), the ends of the distribution",
        );
        return None;
    }
    Some(points.into_iter().map(|(chance, value, _)| (chance, value)).collect())
}

fn percentile(key: &str) -> Option<Probability> {
    match key {
        "min" => Some(Probability::ZERO),
        "max" => Some(Probability::ONE),
        _ => {
            let number: f64 = key.strip_prefix('p')?.parse().ok()?;
            Probability::new(number / 100.0)
        }
    }
}

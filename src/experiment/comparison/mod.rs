//! Two sets of settings side by side: what is better, what is worse, what cannot be told.
//!
//! | file | does |
//! |---|---|
//! | [`subject`] | the figures of a scenario's variants, replication by replication |
//! | [`saved`] | the same from a `summary.json`, without replications |
//!
//! Two variants that were run here with the same seed saw the same random numbers, so their
//! differences are paired (`crate::analysis::paired`). Where only a summary is left, or a
//! single long run was cut into batches, the difference has the interval of independent runs
//! (`crate::analysis::unpaired`), which is wider.
//!
//! A regression is a metric that is worse by more than is allowed: the whole interval of its
//! difference lies beyond the tolerance, or beyond 0 where there is none. That a load can no
//! longer be carried is one, whatever the metrics say.
//!
//! Reference: DESIGN.md, exit code 98; Law, *Simulation Modeling and Analysis*, 5th ed. 2015,
//! 10.2. Left out: a winner among more than two, which takes ranking and selection.

pub mod saved;
pub mod subject;

use self::subject::{Subject, SubjectVariant};
use super::estimates::CONFIDENCE;
use super::replication::Replication;
use crate::analysis::unpaired::Side;
use crate::analysis::{paired_difference, unpaired_difference};
use crate::results::{
    Comparison, ComparisonMethod, ComparisonVerdict, Estimate, MetricComparison, MetricUnit,
    PairComparison, Summary,
};
use crate::scenario::metrics::{Dimension, Direction, METRICS, Metric};
use crate::scenario::{Scenario, Tolerance, suggestion};

/// Values that differ by a smaller share are the same but for the rounding of floating point.
const ROUNDING: f64 = 1e-12;

/// What is compared, and how strictly.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CompareOptions {
    /// Every metric, not only the headlines.
    pub all_metrics: bool,
    /// How much worse metrics may be; a later one of the same metric replaces an earlier one.
    pub tolerances: Vec<Tolerance>,
}

impl CompareOptions {
    /// The metrics that are compared: those that were asked for, and all with a tolerance.
    fn metrics(&self) -> impl Iterator<Item = (usize, &'static Metric)> {
        let is_wanted = |metric: &Metric| {
            self.all_metrics || metric.is_headline || self.tolerance(metric).is_some()
        };
        METRICS.iter().enumerate().filter(move |(_, metric)| is_wanted(metric))
    }

    fn tolerance(&self, metric: &Metric) -> Option<&Tolerance> {
        self.tolerances.iter().rev().find(|tolerance| tolerance.metric.name == metric.name)
    }
}

/// Compares the variants of one subject with the base, or with the variant named `base`.
///
/// # Errors
/// When there is no such variant, or nothing to compare it with.
pub fn within(
    subject: &Subject,
    base: Option<&str>,
    options: &CompareOptions,
) -> Result<Comparison, String> {
    let runs = subject.runs();
    let names: Vec<&str> = runs.iter().map(|run| run[0].name.as_str()).collect();
    let chosen = match base {
        None => 0,
        Some(name) => names.iter().position(|known| *known == name).ok_or_else(|| {
            format!("--base: there is no variant `{name}`; {}", suggestion(name, &names))
        })?,
    };
    if runs.len() < 2 {
        return Err(format!(
            "{} has nothing to compare `{}` with; give a second file, or add a `[[variant]]`",
            subject.name, names[chosen]
        ));
    }
    let mut pairs = Vec::new();
    for (_, run) in runs.iter().enumerate().filter(|(index, _)| *index != chosen) {
        for (one, other) in runs[chosen].iter().zip(*run) {
            let names = [one.name.clone(), other.name.clone()];
            pairs.push(pair((subject, one), (subject, other), names, options)?);
        }
    }
    Ok(comparison(pairs, Vec::new()))
}

/// Compares the variants of a scenario that was run with its base; `None`: it has no variants.
pub fn of_variants(
    scenario: &Scenario,
    summary: &Summary,
    replications: &[Vec<Replication>],
) -> Option<Comparison> {
    if scenario.runs().count() < 2 {
        return None;
    }
    let subject = Subject::of(scenario.name.clone(), scenario, summary, replications);
    let options = CompareOptions { all_metrics: false, tolerances: scenario.tolerances.clone() };
    // Nothing can be missing: the figures are of this run, and there are variants.
    within(&subject, None, &options).ok()
}

/// Compares two subjects: the first variants of both, and all that have the same name.
///
/// # Errors
/// When a metric that has a tolerance is not in one of them.
pub fn between(
    base: &Subject,
    other: &Subject,
    options: &CompareOptions,
) -> Result<Comparison, String> {
    let counterpart = |index: usize, one: &SubjectVariant| match index {
        0 => other.variants.first(),
        _ => other.variants[1..].iter().find(|two| two.name == one.name),
    };
    let mut pairs = Vec::new();
    let mut alone: Vec<String> = Vec::new();
    for (index, one) in base.variants.iter().enumerate() {
        let Some(two) = counterpart(index, one) else {
            alone.push(format!("`{}` of {}", one.name, base.name));
            continue;
        };
        let names = match index {
            0 => [base.name.clone(), other.name.clone()],
            _ => [(base, one), (other, two)].map(|(of, one)| format!("{}: {}", of.name, one.name)),
        };
        pairs.push(pair((base, one), (other, two), names, options)?);
    }
    let is_known = |two: &SubjectVariant| base.variants[1..].iter().any(|one| one.name == two.name);
    let more = other.variants[1..].iter().filter(|two| !is_known(two));
    alone.extend(more.map(|two| format!("`{}` of {}", two.name, other.name)));
    let note = (!alone.is_empty()).then(|| {
        format!("Not compared, because the other side has no such variant: {}.", alone.join(", "))
    });
    Ok(comparison(pairs, note.into_iter().collect()))
}

fn comparison(pairs: Vec<PairComparison>, mut notes: Vec<String>) -> Comparison {
    if pairs.iter().any(|pair| pair.method == ComparisonMethod::Unpaired) {
        notes.push(
            "Unpaired: these differences are judged by the intervals of both sides, as if they \
             were independent runs. Paired replications of scenario files tell smaller \
             differences apart."
                .to_owned(),
        );
    }
    let is_single = |pair: &PairComparison| {
        pair.method == ComparisonMethod::Paired && pair.replications[0] == 1
    };
    if pairs.iter().any(is_single) {
        notes.push(
            "One replication gives no interval, so a difference cannot be judged; use \
             --replications 10 or more."
                .to_owned(),
        );
    }
    Comparison { pairs, notes }
}

fn pair(
    base: (&Subject, &SubjectVariant),
    other: (&Subject, &SubjectVariant),
    [base_name, other_name]: [String; 2],
    options: &CompareOptions,
) -> Result<PairComparison, String> {
    let sides = Sides::of(base, other);
    let mut metrics = Vec::new();
    for (index, metric) in options.metrics() {
        let tolerance = options.tolerance(metric);
        let figures = [base, other].map(|(_, variant)| variant.figures[index]);
        let [Some(from), Some(to)] = figures else {
            if tolerance.is_some() {
                let without = if figures[0].is_none() { base.0 } else { other.0 };
                return Err(format!(
                    "--tolerance {}: {} does not have this metric; write it anew with this \
                     version of shardlag",
                    metric.name, without.name
                ));
            }
            continue;
        };
        if from.value.is_none() && to.value.is_none() {
            continue;
        }
        let (difference, is_same) = sides.difference(index, [from, to]);
        let verdict = verdict(metric.direction, &difference, is_same);
        let allowed = tolerance.map(|one| one.allowed.of(from.value.unwrap_or(0.0)));
        let is_regression = verdict == ComparisonVerdict::Worse
            && certain_change(&difference).abs() > allowed.unwrap_or(0.0);
        metrics.push(MetricComparison {
            name: metric.name.to_owned(),
            unit: unit(metric.dimension),
            base: from,
            other: to,
            difference,
            verdict,
            allowed,
            is_regression,
        });
    }
    Ok(PairComparison {
        base: base_name,
        other: other_name,
        method: sides.method(),
        replications: [base, other].map(|(subject, _)| subject.replications),
        stability: [base, other].map(|(_, variant)| variant.stability),
        metrics,
    })
}

/// How the values of two variants are held against each other.
enum Sides<'a> {
    /// Values by metric and replication.
    Paired([&'a [Vec<Option<f64>>]; 2]),
    /// How many values the intervals are of.
    Unpaired([u32; 2]),
}

impl<'a> Sides<'a> {
    fn of(base: (&Subject, &'a SubjectVariant), other: (&Subject, &'a SubjectVariant)) -> Self {
        let is_alike = base.0.seed == other.0.seed && base.0.replications == other.0.replications;
        match (&base.1.values, &other.1.values) {
            (Some(one), Some(two)) if is_alike => Sides::Paired([one, two]),
            (Some(_), _) | (None, _) => {
                Sides::Unpaired([base.0.values_per_interval, other.0.values_per_interval])
            }
        }
    }

    fn method(&self) -> ComparisonMethod {
        match self {
            Sides::Paired(_) => ComparisonMethod::Paired,
            Sides::Unpaired(_) => ComparisonMethod::Unpaired,
        }
    }

    /// The difference, and whether nothing differs at all.
    fn difference(&self, index: usize, [from, to]: [Estimate; 2]) -> (Estimate, bool) {
        match self {
            Sides::Paired(values) => {
                let [base, other] = values.map(|of_side| &of_side[index]);
                let both = base.iter().zip(other);
                let pairs: (Vec<f64>, Vec<f64>) =
                    both.filter_map(|(one, two)| Some(((*one)?, (*two)?))).unzip();
                (paired_difference(&pairs.0, &pairs.1, CONFIDENCE), are_same(base, other))
            }
            Sides::Unpaired([base, other]) => {
                let base = Side { estimate: from, values: *base };
                let other = Side { estimate: to, values: *other };
                (unpaired_difference(&base, &other, CONFIDENCE), from == to)
            }
        }
    }
}

/// Whether no pair differs, or by no more than sums in another order do.
fn are_same(base: &[Option<f64>], other: &[Option<f64>]) -> bool {
    base.iter().zip(other).all(|pair| match pair {
        (Some(one), Some(two)) => (one - two).abs() <= ROUNDING * one.abs().max(two.abs()),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    })
}

fn verdict(
    direction: Option<Direction>,
    difference: &Estimate,
    is_same: bool,
) -> ComparisonVerdict {
    let change = certain_change(difference);
    match direction {
        Some(_) | None if is_same => ComparisonVerdict::Same,
        None => ComparisonVerdict::NotJudged,
        Some(_) if change == 0.0 => ComparisonVerdict::Undecided,
        Some(Direction::Lower) if change < 0.0 => ComparisonVerdict::Better,
        Some(Direction::Higher) if change > 0.0 => ComparisonVerdict::Better,
        Some(Direction::Lower | Direction::Higher) => ComparisonVerdict::Worse,
    }
}

/// The end of the interval that is nearer to 0; 0 where it holds 0 or there is none.
fn certain_change(difference: &Estimate) -> f64 {
    match (difference.low, difference.high) {
        (Some(low), _) if low > 0.0 => low,
        (_, Some(high)) if high < 0.0 => high,
        (Some(_) | None, Some(_) | None) => 0.0,
    }
}

/// The unit of a dimension, for results.
pub(super) fn unit(dimension: Dimension) -> MetricUnit {
    match dimension {
        Dimension::Seconds => MetricUnit::Seconds,
        Dimension::Records | Dimension::Count => MetricUnit::Count,
        Dimension::UsDollars => MetricUnit::UsDollars,
        Dimension::Number => MetricUnit::Ratio,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(low: f64, high: f64) -> Estimate {
        Estimate { value: Some((low + high) / 2.0), low: Some(low), high: Some(high) }
    }

    #[test]
    fn a_verdict_needs_the_whole_interval_on_one_side_of_zero() {
        use ComparisonVerdict::{Better, NotJudged, Same, Undecided, Worse};
        let cases = [
            (Some(Direction::Lower), between(1.0, 3.0), Worse),
            (Some(Direction::Lower), between(-3.0, -1.0), Better),
            (Some(Direction::Higher), between(1.0, 3.0), Better),
            (Some(Direction::Higher), between(-3.0, -1.0), Worse),
            (Some(Direction::Lower), between(-1.0, 3.0), Undecided),
            (Some(Direction::Lower), between(0.0, 3.0), Undecided),
            (Some(Direction::Lower), Estimate::point(3.0), Undecided),
            (Some(Direction::Lower), Estimate::ABSENT, Undecided),
            (None, between(1.0, 3.0), NotJudged),
        ];
        for (direction, difference, expected) in cases {
            assert_eq!(verdict(direction, &difference, false), expected, "{difference:?}");
        }
        assert_eq!(verdict(None, &between(0.0, 0.0), true), Same);
    }
}

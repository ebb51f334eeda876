//! What a search comes to: the standing of every combination, and what every target costs.
//!
//! Figures are means over the replications that a combination was given, with 95 % t intervals;
//! differences are of pairs ([`crate::analysis::paired`]). A combination *cannot be told apart*
//! from the recommended one if the interval of their difference holds 0 and it is not ruled out,
//! with the wanted probability, that it meets the targets. What a target costs is the difference
//! to the best combination that meets all others. Left out: prices between the limits that were
//! given; the figure that the cheaper combination needs is shown instead.

use super::super::comparison::unit;
use super::super::estimates::CONFIDENCE;
use super::TuneOptions;
use super::design::{Design, is_lower_bound};
use super::search::{Found, Runner};
use crate::analysis::selection::{Observed, best};
use crate::analysis::t_interval;
use crate::model::settings::StreamKind;
use crate::results::{
    Aim, Effort, Estimate, Standing, TargetCost, TargetFigure, TunedKey, TunedSettings, TunedValue,
    Tuning, TuningTarget,
};
use crate::scenario::{Assertion, Diagnostic, Override, Scenario};

/// Puts together what was found; `current` is the scenario as it is.
pub(super) fn outcome(
    runner: &Runner<'_>,
    found: &Found,
    current: &Scenario,
    options: &TuneOptions,
    budget: u64,
) -> Tuning {
    let designs = runner.designs;
    let recommended = found.best;
    let settings: Vec<TunedSettings> =
        (0..designs.len()).map(|index| tuned(runner, found, current, options, index)).collect();
    let first = &designs[0];
    let target_count = first.targets.len();
    let nearest = match recommended {
        Some(_) => None,
        None => nearest(found, target_count),
    };
    let is_kinesis = first.base().settings.stream.kind == StreamKind::Kinesis;
    Tuning {
        scenario: current.name.clone(),
        description: current.description.clone(),
        seed: current.seed,
        aim: Aim {
            metric: first.aim.name.clone(),
            unit: unit(first.aim.dimension),
            maximize: options.wanted.maximize,
        },
        targets: targets(first),
        keys: keys(designs, &options.names),
        settings,
        recommended,
        nearest,
        probability: found.probability,
        wanted_probability: options.probability,
        indifference: options.indifference,
        effort: Effort {
            replications: found.replications,
            budget,
            exhaustive: designs.len() as u64 * u64::from(current.replications),
        },
        costs: (0..target_count).map(|target| cost(runner, found, target)).collect(),
        break_even: None,
        stream: if is_kinesis { "kinesis" } else { "dynamodb" }.to_owned(),
        notes: notes(current, designs, found),
        command: options.command.clone(),
    }
}

fn targets(design: &Design) -> Vec<TuningTarget> {
    let target = |one: &Assertion| TuningTarget {
        text: one.text.clone(),
        metric: one.metric.clone(),
        unit: unit(one.dimension),
        limit: one.limit,
        is_lower_bound: is_lower_bound(one.comparison),
    };
    design.targets.iter().map(target).collect()
}

/// Every key that a combination sets, once.
fn keys(designs: &[Design], names: &[(String, String)]) -> Vec<TunedKey> {
    let mut keys: Vec<TunedKey> = Vec::new();
    for change in designs.iter().flat_map(|design| &design.point) {
        if keys.iter().all(|known| known.key != change.key()) {
            let name = names.iter().find(|(key, _)| key == change.key());
            let key = change.key().to_owned();
            keys.push(TunedKey { name: name.map_or(key.clone(), |(_, name)| name.clone()), key });
        }
    }
    keys
}

fn notes(current: &Scenario, designs: &[Design], found: &Found) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(best) = found.best {
        notes.extend(doubts(current, &designs[best], "With the recommended settings"));
    }
    if current.runs().count() > 1 {
        notes.push(
            "The variants of the scenario were left out: combinations are of the scenario itself."
                .to_owned(),
        );
    }
    if designs[0].targets.is_empty() {
        notes.push("Nothing is demanded, so every combination is allowed.".to_owned());
    }
    if found.observed.iter().all(|one| one.objective.iter().flatten().count() == 0) {
        notes.push("No run has a figure that could be compared.".to_owned());
    }
    notes
}

/// What is doubtful about a combination and not about the scenario as it is.
pub(super) fn doubts(current: &Scenario, design: &Design, when: &str) -> Vec<String> {
    let is_new = |one: &&Diagnostic| current.warnings.iter().all(|known| known.rule != one.rule);
    let warnings = design.scenario.warnings.iter().filter(is_new);
    warnings.map(|one| format!("{when}: {}.", one.message)).collect()
}

fn tuned(
    runner: &Runner<'_>,
    found: &Found,
    current: &Scenario,
    options: &TuneOptions,
    index: usize,
) -> TunedSettings {
    let design = &runner.designs[index];
    let observed = &found.observed[index];
    let value = |change: &Override| TunedValue {
        key: change.key().to_owned(),
        value: change.value().to_owned(),
    };
    let rows = &found.rows[index];
    let figure = |target: usize| TargetFigure {
        figure: interval(rows.iter().filter_map(|row| row.targets[target])),
        chance: (!rows.is_empty()).then(|| observed.chance_of_meeting(target)),
    };
    TunedSettings {
        values: design.point.iter().map(value).collect(),
        is_current: design.base().settings == current.base().settings,
        standing: standing(found, options, design, index),
        replications: rows.len() as u32,
        objective: objective(found, index),
        difference: difference(found, runner, index),
        targets: (0..design.targets.len()).map(figure).collect(),
        stability: design.stability.verdict,
    }
}

fn standing(found: &Found, options: &TuneOptions, design: &Design, index: usize) -> Standing {
    let observed = &found.observed[index];
    if design.misses_by_load() {
        return Standing::Unstable;
    }
    let Some(best) = found.best else { return Standing::Misses };
    if index == best {
        return Standing::Recommended;
    }
    let may_meet = observed.chance_of_meeting_at_most() > 1.0 - options.probability;
    if !may_meet {
        return Standing::Misses;
    }
    let best = &found.observed[best];
    let mut differences = observed.differences(best);
    let meets = observed.seems_to_meet(None);
    if meets && differences.clone().count() > 1 && differences.all(|one| one == 0.0) {
        return Standing::Same;
    }
    let interval = interval(observed.differences(best));
    match interval.low.is_some_and(|low| low > 0.0) {
        true if meets => Standing::Worse,
        true => Standing::Misses,
        // If it seems to miss a target, that is not certain enough to rule it out.
        false => Standing::Undecided,
    }
}

fn interval(values: impl Iterator<Item = f64>) -> Estimate {
    t_interval(&values.collect::<Vec<f64>>(), CONFIDENCE)
}

fn objective(found: &Found, index: usize) -> Estimate {
    interval(found.rows[index].iter().filter_map(|row| row.objective))
}

/// How much larger the figure itself is, whether large or small values are wanted.
fn difference(found: &Found, runner: &Runner<'_>, index: usize) -> Estimate {
    let Some(best) = found.best else { return Estimate::ABSENT };
    let sign = if runner.maximize { -1.0 } else { 1.0 };
    let differences = found.observed[index].differences(&found.observed[best]);
    interval(differences.map(|one| one * sign))
}

/// What would be best without a target.
fn cost(runner: &Runner<'_>, found: &Found, target: usize) -> TargetCost {
    let Some(without) = best(&found.observed, Some(target)) else {
        return TargetCost {
            best_without: None,
            objective: Estimate::ABSENT,
            difference: Estimate::ABSENT,
            figure: Estimate::ABSENT,
        };
    };
    // Where the same one is best, or one that is no better, the target costs nothing.
    let gain =
        found.best.map(|best| interval(found.observed[without].differences(&found.observed[best])));
    let without = match (found.best, gain.and_then(|gain| gain.value)) {
        (Some(best), Some(gain)) if gain >= 0.0 => best,
        (Some(_) | None, Some(_) | None) => without,
    };
    TargetCost {
        best_without: Some(without),
        objective: objective(found, without),
        difference: difference(found, runner, without),
        figure: interval(found.rows[without].iter().filter_map(|row| row.targets[target])),
    }
}

/// The combination whose worst excess is smallest, in units of what all of them show of it.
fn nearest(found: &Found, targets: usize) -> Option<usize> {
    let excess = |one: &Observed, target: usize| one.excess(target).map(|excess| excess.mean);
    let scale = |target: usize| {
        let sizes = found.observed.iter().filter(|one| !one.excesses.is_empty());
        let sizes = sizes.filter_map(|one| excess(one, target)).map(f64::abs);
        sizes.fold(f64::MIN_POSITIVE, f64::max)
    };
    let scales: Vec<f64> = (0..targets).map(scale).collect();
    let worst = |index: usize| {
        let one = &found.observed[index];
        if one.objective.is_empty() {
            return None;
        }
        let worst = (0..targets).map(|target| {
            let excess = excess(one, target).unwrap_or(f64::INFINITY);
            excess.max(0.0) / scales[target]
        });
        Some(worst.fold(0.0, f64::max))
    };
    let ranked = (0..found.observed.len()).filter_map(|index| Some((index, worst(index)?)));
    ranked.min_by(|one, other| one.1.total_cmp(&other.1)).map(|(index, _)| index)
}

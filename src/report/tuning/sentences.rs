//! What was found, in plain words: the answer first, then what each target costs, and borders.

use super::super::figures::{self, Quantity};
use super::{figure, plain_value, settings_label, short_key};
use crate::report::metric_words::{capitalised, in_words};
use crate::results::{BreakEven, Estimate, Standing, TargetCost, Tuning};

/// The answer.
pub(super) fn answer(tuning: &Tuning) -> String {
    let runs = tuning.effort.replications;
    let effort =
        format!("{runs} replications; all combinations would take {}", tuning.effort.exhaustive);
    let Some(best) = tuning.recommended.map(|index| &tuning.settings[index]) else {
        return none(tuning, &effort);
    };
    let now = if best.is_current { ", as it is now" } else { "" };
    let value = figure(&best.objective, tuning.aim.unit);
    let sure = match tuning.is_sure() {
        true => format!("The best, with a probability of at least {}", percent(tuning)),
        false => format!(
            "The best as far as can be told: the probability is only known to be {}, {} was \
             wanted; a larger --budget than {} may tell more",
            percent(tuning),
            share(tuning.wanted_probability),
            tuning.effort.budget
        ),
    };
    format!(
        "Recommended: {}{now}. {}: {value}. {sure} ({effort}).{}",
        settings_label(tuning, best),
        capitalised(&tuning.aim.metric),
        ties(tuning)
    )
}

/// No combination meets the targets.
fn none(tuning: &Tuning, effort: &str) -> String {
    let sure = match tuning.is_sure() {
        true => format!("with a probability of at least {}", percent(tuning)),
        false => format!("as far as can be told, with a probability of {}", percent(tuning)),
    };
    let start = format!("No combination of settings meets the targets, {sure} ({effort}).");
    let Some(nearest) = tuning.nearest.map(|index| &tuning.settings[index]) else {
        return format!("No combination of settings can carry the load, so none was run. {start}");
    };
    let pairs = tuning.targets.iter().zip(&nearest.targets);
    let missed = pairs.filter(|(target, found)| {
        found.figure.value.is_none_or(|value| match target.is_lower_bound {
            true => value <= target.limit,
            false => value >= target.limit,
        })
    });
    let missed: Vec<String> = missed
        .map(|(target, found)| {
            format!("`{}` with {}", target.text, figure(&found.figure, target.unit))
        })
        .collect();
    format!(
        "{start} Nearest comes {}: it misses {}.",
        settings_label(tuning, nearest),
        missed.join(", ")
    )
}

/// How many others are as good as far as can be told.
fn ties(tuning: &Tuning) -> String {
    let count = |standing| tuning.settings.iter().filter(|one| one.standing == standing).count();
    let (same, open) = (count(Standing::Same), count(Standing::Undecided));
    let others = |count: usize| match count {
        1 => "1 other combination".to_owned(),
        _ => format!("{count} other combinations"),
    };
    let same = match same {
        0 => String::new(),
        _ => format!(
            " It cannot be told apart from {}, which gave the same in every replication.",
            others(same)
        ),
    };
    let open = match open {
        0 => String::new(),
        _ => format!(" {} cannot be told apart from it.", others(open)),
    };
    format!("{same}{open}")
}

/// What a target costs.
pub(super) fn cost(tuning: &Tuning, target: usize, cost: &TargetCost) -> String {
    let one = &tuning.targets[target];
    let Some(without) = cost.best_without else {
        return format!("Without `{}`, other targets are missed all the same.", one.text);
    };
    if Some(without) == tuning.recommended {
        return format!("`{}` costs nothing: without it the same settings are best.", one.text);
    }
    let value = figure(&cost.objective, tuning.aim.unit);
    let settings = settings_label(tuning, &tuning.settings[without]);
    let takes = figure(&cost.figure, one.unit);
    let metric = in_words(&tuning.aim.metric);
    let saved = match cost.difference.value {
        Some(_) => format!(" ({})", change(&cost.difference, tuning)),
        None => String::new(),
    };
    format!(
        "Without `{}`, {metric} could be {value}{saved}, with {settings}; {} is then {takes}.",
        one.text,
        in_words(&one.metric)
    )
}

/// A difference with its sign before its unit.
pub(super) fn change(difference: &Estimate, tuning: &Tuning) -> String {
    let Some(value) = difference.value else { return figures::ABSENT.to_owned() };
    let size = Estimate {
        value: Some(value.abs()),
        low: difference.half_width().map(|half| value.abs() - half),
        high: difference.half_width().map(|half| value.abs() + half),
    };
    let sign = if value < 0.0 { "-" } else { "+" };
    format!("{sign}{}", figure(&size, tuning.aim.unit))
}

/// How far a setting can go.
pub(super) fn border(border: &BreakEven) -> String {
    let key = short_key(&border.key);
    let word = if border.is_largest { "largest" } else { "smallest" };
    let unsure = border.trials.iter().filter(|trial| !trial.is_sure).count();
    let unsure = match unsure {
        0 => String::new(),
        1 => " 1 of the values tried could not be told for certain.".to_owned(),
        count => format!(" {count} of the values tried could not be told for certain."),
    };
    let found = match (&border.meets, &border.misses) {
        (Some(meets), Some(misses)) => format!(
            "The {word} {key} that meets the targets is {}: {} does not.",
            plain_value(meets),
            plain_value(misses)
        ),
        (Some(_), None) => format!("Every {key} in the range meets the targets, as far as tried."),
        (None, _) => format!("No {key} in the range meets the targets: neither end does."),
    };
    format!("{found}{unsure}")
}

fn percent(tuning: &Tuning) -> String {
    share(tuning.probability)
}

/// A probability in percent; what is certain but for rounding is not called certain.
fn share(probability: f64) -> String {
    match probability {
        1.0 => "100 %".to_owned(),
        one if one > 0.999 => "99.9 %".to_owned(),
        one => figures::plain(libm::floor(one * 1e3) / 1e3, Quantity::Share),
    }
}

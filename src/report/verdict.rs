//! The stability verdict in words, which comes before any statistic.
//!
//! | verdict | said |
//! |---|---|
//! | stable | load of the busiest lane over its capacity, and at the busiest moment |
//! | saturated | the same, and that a backlog builds up at times |
//! | unstable | the same, how fast the age grows, when records are lost, that no mean exists |
//!
//! A headline also says where records are lost: a load that is carried is not all there is to say.
//!
//! Reference: DESIGN.md, "What a run gives". Left out: how the verdict is computed.

use super::figures::{self, Quantity};
use crate::results::{
    AnalysisKind, AnalysisSummary, Estimate, LossReason, Stability, StabilityVerdict, Summary,
    UncertainInput, VariantSummary, WarmUpRule,
};

/// The verdict in one word.
pub fn word(verdict: StabilityVerdict) -> &'static str {
    match verdict {
        StabilityVerdict::Stable => "stable",
        StabilityVerdict::Saturated => "saturated",
        StabilityVerdict::Unstable => "unstable",
    }
}

/// What the verdict rests on, without a full stop.
pub fn reason(stability: &Stability) -> String {
    let share = |value| figures::plain(value, Quantity::Share);
    let load = format!("busiest lane at {} of its capacity", share(stability.worst_utilization));
    let peak = if stability.peak_utilization > stability.worst_utilization * 1.05 {
        format!(", {} at the busiest moment", share(stability.peak_utilization))
    } else {
        String::new()
    };
    match stability.verdict {
        StabilityVerdict::Stable => format!("{load}{peak}"),
        StabilityVerdict::Saturated => format!("{load}{peak}; a backlog builds up at times"),
        StabilityVerdict::Unstable => format!("{load}{peak}; {}", growth(stability)),
    }
}

/// What a variant loses: (to retention, discarded by the mapping).
pub fn losses(variant: &VariantSummary) -> (bool, bool) {
    let is_any = |estimate: &Estimate| estimate.value.is_some_and(|value| value > 0.0);
    let discarded = &variant.ledger.discarded;
    let is_discarded =
        is_any(&discarded.retry_attempts_exhausted) || is_any(&discarded.record_age_exceeded);
    (is_any(&variant.ledger.expired), is_discarded)
}

/// One or two sentences about all variants together, for headlines: load, then losses.
pub fn headline(summary: &Summary) -> String {
    let is_stable = |variant: &VariantSummary| match variant.stability.verdict {
        StabilityVerdict::Stable => true,
        StabilityVerdict::Saturated | StabilityVerdict::Unstable => false,
    };
    let lost = lost(summary);
    match (summary.variants.iter().all(is_stable), lost) {
        // Nobody shall read `stable` and stop there.
        (true, Some(lost)) => format!("The load can be carried all the time, but {lost}."),
        (false, Some(lost)) => format!("{}; {lost}.", carried(summary)),
        (_, None) => format!("{}.", carried(summary)),
    }
}

/// Whether the load can be carried, without a full stop.
fn carried(summary: &Summary) -> String {
    let unstable = names(summary, StabilityVerdict::Unstable);
    let saturated = names(summary, StabilityVerdict::Saturated);
    let total = summary.variants.len();
    match (total, unstable.len(), saturated.len()) {
        (0, _, _) => "Nothing was simulated".to_owned(),
        (1, 0, 0) => "Stable: the load can be carried all the time".to_owned(),
        (1, 0, _) => "Saturated: the load exceeds the capacity at times".to_owned(),
        (1, _, _) => "Unstable: the load cannot be carried".to_owned(),
        (_, 0, 0) => "All variants are stable: the load can be carried all the time".to_owned(),
        (_, 0, _) => {
            format!("The load exceeds the capacity at times in: {}", listed(&saturated))
        }
        (_, count, _) if count == total => {
            "All variants are unstable: the load cannot be carried".to_owned()
        }
        (_, _, _) => format!("The load cannot be carried in: {}", listed(&unstable)),
    }
}

/// Where records are lost and how, without a full stop; `None`: nowhere.
fn lost(summary: &Summary) -> Option<String> {
    let all = &summary.variants;
    let those = |is_lost: fn((bool, bool)) -> bool| {
        let losing = all.iter().filter(|variant| is_lost(losses(variant)));
        let names: Vec<String> = losing.map(|variant| variant.name.clone()).collect();
        match names.len() {
            0 => None,
            1 if all.len() == 1 => Some(String::new()),
            count if count == all.len() => Some(" in every variant".to_owned()),
            _ => Some(format!(" in: {}", listed(&names))),
        }
    };
    let (expired, discarded) = (those(|(expired, _)| expired), those(|(_, discarded)| discarded));
    match (expired, discarded) {
        (None, None) => None,
        (Some(place), None) => Some(format!("records are lost to retention{place}")),
        (None, Some(place)) => Some(format!("records are discarded{place}")),
        (Some(one), Some(other)) if one == other => {
            Some(format!("records are lost to retention and discarded{one}"))
        }
        (Some(one), Some(other)) => {
            Some(format!("records are lost to retention{one}; records are discarded{other}"))
        }
    }
}

/// The run in one line: how long, how often, which seed.
pub fn extent(summary: &Summary) -> String {
    let time = figures::plain(summary.simulated_seconds, Quantity::Seconds);
    let replications = match (summary.replications, summary.analysis.batches) {
        (1, None) => "1 replication (no intervals)".to_owned(),
        (1, Some(batches)) => {
            format!("1 replication in {batches} batches, ± is the 95 % interval")
        }
        (count, _) => format!("{count} replications, ± is the 95 % interval"),
    };
    let seed = summary.seed;
    format!("{time} simulated, {replications}, seed {seed}{}", warm_up(&summary.analysis))
}

/// What the figures leave out, for the end of a sentence.
fn warm_up(analysis: &AnalysisSummary) -> String {
    let time = figures::plain(analysis.warm_up_seconds, Quantity::Seconds);
    match (analysis.kind, analysis.warm_up_by) {
        (AnalysisKind::Terminating, _) => String::new(),
        (AnalysisKind::SteadyState, Some(WarmUpRule::Given)) => {
            format!(", steady state: warm-up {time} as given, left out of all figures")
        }
        (AnalysisKind::SteadyState, _) => {
            format!(", steady state: warm-up {time} by MSER-5, left out of all figures")
        }
    }
}

/// What ranges over uncertain inputs mean, in one sentence; `None`: there are none.
pub fn uncertainty(summary: &Summary) -> Option<String> {
    let uncertainty = summary.variants.first()?.uncertainty.as_ref()?;
    let input = |input: &UncertainInput| {
        let share = figures::plain(input.relative_standard_deviation, Quantity::Share);
        format!("{} ± {share}", input.name.replace('_', " "))
    };
    let inputs: Vec<String> = uncertainty.inputs.iter().map(input).collect();
    Some(format!(
        "Uncertain inputs (standard deviation): {}. With them, 95 % of what a figure could be \
         lies in the ranges; {} draws.",
        inputs.join(", "),
        uncertainty.draws
    ))
}

fn growth(stability: &Stability) -> String {
    let mut parts = Vec::new();
    if let Some(slope) = stability.age_slope {
        let slope = figures::three_digits(slope);
        parts.push(format!("IteratorAge grows {slope} s every second"));
    }
    if let Some(seconds) = stability.seconds_to_loss {
        let time = figures::plain(seconds, Quantity::Seconds);
        let end = match stability.loss_by {
            Some(LossReason::MaximumRecordAge) => "are discarded as too old",
            Some(LossReason::Retention) | None => "expire",
        };
        let rate = figures::three_digits(stability.loss_per_second.unwrap_or(0.0));
        let share = figures::plain(stability.loss_share.unwrap_or(0.0), Quantity::Share);
        parts.push(format!(
            "if that lasts, records {end} after {time}, then {rate} a second ({share} of all)"
        ));
    }
    parts.push("a mean age does not exist".to_owned());
    parts.join("; ")
}

/// Names one after the other, in quotes where one of them has a comma of its own.
fn listed(names: &[String]) -> String {
    match names.iter().any(|name| name.contains(',')) {
        true => names.iter().map(|name| format!("“{name}”")).collect::<Vec<_>>().join(", "),
        false => names.join(", "),
    }
}

fn names(summary: &Summary, verdict: StabilityVerdict) -> Vec<String> {
    let variants = summary.variants.iter();
    variants
        .filter(|variant| variant.stability.verdict == verdict)
        .map(|variant| variant.name.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unstable_variant_names_slope_and_loss_and_denies_a_mean() {
        let stability = Stability {
            verdict: StabilityVerdict::Unstable,
            worst_utilization: 3.004,
            peak_utilization: 3.0,
            age_slope: Some(0.6731),
            seconds_to_expiry: Some(128_400.0),
            seconds_to_loss: Some(128_400.0),
            loss_per_second: Some(0.5604),
            loss_share: Some(0.6731),
            loss_by: Some(LossReason::Retention),
            relaxation_seconds: None,
            sufficient_seconds: None,
        };
        assert_eq!(
            reason(&stability),
            "busiest lane at 300 % of its capacity; IteratorAge grows 0.673 s every second; \
             if that lasts, records expire after 35.7 h, then 0.560 a second (67.3 % of all); \
             a mean age does not exist"
        );
    }
}

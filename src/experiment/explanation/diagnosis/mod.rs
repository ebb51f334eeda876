//! What is wrong with a run, in the terms of a runbook.
//!
//! | what a shard was doing while it became late | diagnosis |
//! |---|---|
//! | a batch of it failed | failing batch; outage where nothing of any shard succeeded |
//! | it was throttled, its record above the payload limit, its reads refused | as named |
//! | the mapping was disabled; it waited for its parents | disabled; roll-over |
//! | it worked, one lane or shard far busier than the others | too few keys |
//! | it worked, most batches closed by the payload limit | payload-bound |
//! | it worked, most batches not full although reads were | reader limit |
//! | it worked while the function was slow by a fault | slow function |
//! | it worked | under-capacity where the verdict is unstable, else burst |
//!
//! A diagnosis explains the largest of four shares: of the lateness (see `late`); of the
//! blocked-shard time where that is at least [`BLOCKED_MIN`] of the run, and less where shards are
//! late for longer than that; of the mean age of finished batches (window, concurrency, retry,
//! refused reads); of the records that were lost. It is made where that is at least [`SHARE_MIN`].
//! Work that is late for less than [`LATE_MIN`] of the run is the ordinary unevenness of traffic
//! and durations.

mod evidence;
mod remedies;
mod work;

use self::work::working;
use super::facts::{Facts, facts};
use super::late::{ByDoing, Doing, Spell};
use super::{ExplainError, Run};
use crate::experiment::offered_load::stability;
use crate::results::{Diagnosis, DiagnosisKind, LateSpell, RunDiagnosis, Stability, WorstMinute};
use crate::units::Instant;

/// A smaller share explains nothing.
const SHARE_MIN: f64 = 0.05;
/// Less blocked time is not worth a diagnosis, as a share of the time of all shards.
const BLOCKED_MIN: f64 = 0.005;
/// Less lateness is ordinary where the shards worked, as a share of the time of all shards.
const LATE_MIN: f64 = 0.002;
/// A window is worth a diagnosis when this share of the mean age is spent in it.
const WINDOW_MIN: f64 = 0.5;
/// Shards named with a diagnosis.
const SHARDS_MAX: usize = 8;
/// Spells and minutes told.
const WORST_MAX: usize = 5;

const KINDS: [DiagnosisKind; 13] = [
    DiagnosisKind::FailingBatch,
    DiagnosisKind::Outage,
    DiagnosisKind::Throttled,
    DiagnosisKind::OversizeRecord,
    DiagnosisKind::ReaderLimit,
    DiagnosisKind::Disabled,
    DiagnosisKind::RollOver,
    DiagnosisKind::TooFewKeys,
    DiagnosisKind::PayloadBound,
    DiagnosisKind::SlowFunction,
    DiagnosisKind::UnderCapacity,
    DiagnosisKind::Burst,
    DiagnosisKind::WindowBound,
];

/// What is wrong with a run, and when it ended.
pub(super) fn explain(run: &Run<'_>) -> Result<(RunDiagnosis, Instant), ExplainError> {
    let facts = facts(run)?;
    let case = Case::new(run, &facts);
    let mut diagnoses: Vec<Diagnosis> =
        KINDS.into_iter().filter_map(|kind| case.diagnosis(kind)).collect();
    // About as much: what makes shards late first, then as in the runbook.
    let rank = |diagnosis: &Diagnosis| libm::round(diagnosis.explains * 20.0);
    diagnoses.sort_by(|one, other| {
        let by_lateness = other.share_of_lateness.total_cmp(&one.share_of_lateness);
        rank(other).total_cmp(&rank(one)).then(by_lateness)
    });
    let spells: Vec<LateSpell> =
        facts.lateness.spells.iter().take(WORST_MAX).map(|spell| case.spell(spell)).collect();
    let tallies = &facts.recorder.tallies;
    let parts: u128 = tallies.parts.iter().sum();
    let diagnosis = RunDiagnosis {
        diagnoses,
        late_above: facts.late_above.as_secs_f64(),
        worst_age: facts.recorder.lags.max(),
        mean_age: (tallies.batches > 0).then(|| parts as f64 / 1e9 / tallies.batches as f64),
        worst_minutes: case.worst_minutes(),
        spells,
        spells_in_all: facts.lateness.spells_in_all,
    };
    Ok((diagnosis, facts.ended_at))
}

/// A run and its figures.
struct Case<'a> {
    run: &'a Run<'a>,
    facts: &'a Facts<'a>,
    stability: Stability,
    /// What it means that a shard worked while it became late, by shard.
    working: Vec<DiagnosisKind>,
    /// Lateness of all shards, s^2.
    lateness: f64,
    /// Time of all shards, seconds.
    shard_time: f64,
    blocked_time: f64,
}

impl<'a> Case<'a> {
    fn new(run: &'a Run<'a>, facts: &'a Facts<'a>) -> Case<'a> {
        let stability = stability(run.settings(), run.seed);
        let shards = &facts.lateness.shards;
        let lateness = shards.iter().flat_map(|shard| shard.area).sum();
        let working = (0..shards.len()).map(|shard| working(run, facts, &stability, shard));
        let shard_time = facts.ended_at.as_secs_f64() * shards.len() as f64;
        let blocked_time = shards.iter().flat_map(|shard| shard.blocked_time).sum();
        let working = working.collect();
        Case { run, facts, stability, working, lateness, shard_time, blocked_time }
    }

    /// What a shard was doing means this.
    fn kind(&self, doing: Doing, shard: usize) -> DiagnosisKind {
        match doing {
            Doing::Working => self.working[shard],
            Doing::Slow => DiagnosisKind::SlowFunction,
            Doing::Failing => DiagnosisKind::FailingBatch,
            Doing::Outage => DiagnosisKind::Outage,
            Doing::Throttled => DiagnosisKind::Throttled,
            Doing::Oversize => DiagnosisKind::OversizeRecord,
            Doing::Refused => DiagnosisKind::ReaderLimit,
            Doing::Disabled => DiagnosisKind::Disabled,
            Doing::Parents => DiagnosisKind::RollOver,
        }
    }

    /// The part of a sum by doing that belongs to a kind.
    fn part(&self, kind: DiagnosisKind, shard: usize, sums: &ByDoing) -> f64 {
        let of_kind = Doing::ALL.into_iter().filter(|&doing| self.kind(doing, shard) == kind);
        of_kind.map(|doing| sums[doing as usize]).sum()
    }

    /// Lateness of a kind by shard, s^2.
    fn lateness_of(&self, kind: DiagnosisKind) -> Vec<f64> {
        let shards = self.facts.lateness.shards.iter().enumerate();
        shards.map(|(index, shard)| self.part(kind, index, &shard.area)).collect()
    }

    /// Blocked time of a kind by shard, seconds.
    fn blocked_of(&self, kind: DiagnosisKind) -> Vec<f64> {
        let shards = self.facts.lateness.shards.iter().enumerate();
        shards.map(|(index, shard)| self.part(kind, index, &shard.blocked_time)).collect()
    }

    fn diagnosis(&self, kind: DiagnosisKind) -> Option<Diagnosis> {
        let (late, blocked) = (self.lateness_of(kind), self.blocked_of(kind));
        let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
        let share_of_lateness = match self.is_ordinary(kind) {
            true => 0.0,
            false => share(late.iter().sum(), self.lateness),
        };
        let is_blocked = self.blocked_time >= BLOCKED_MIN * self.shard_time;
        let of_blocked = share(blocked.iter().sum(), self.blocked_time);
        let share_of_blocked_time = if is_blocked { of_blocked } else { 0.0 };
        // Where shards are late for longer than they are blocked, the blocked time says less.
        let longest = self.late_time().max(self.blocked_time).max(f64::MIN_POSITIVE);
        let weight = self.blocked_time / longest;
        let share_of_age = self.share_of_age(kind, of_blocked);
        let age_min = if kind == DiagnosisKind::WindowBound { WINDOW_MIN } else { 2.0 * SHARE_MIN };
        let counts_age = if share_of_age >= age_min { share_of_age } else { 0.0 };
        let share_of_losses = self.share_of_losses(kind, share_of_lateness);
        let of_delay = share_of_lateness.max(share_of_blocked_time * weight).max(counts_age);
        let explains = of_delay.max(share_of_losses);
        (explains >= SHARE_MIN).then(|| Diagnosis {
            kind,
            explains,
            share_of_lateness,
            share_of_blocked_time,
            share_of_age,
            share_of_losses,
            shards: most_affected(if late.iter().any(|&part| part > 0.0) {
                &late
            } else {
                &blocked
            }),
            evidence: self.evidence(kind),
            remedies: self.remedies(kind),
        })
    }

    fn remedies(&self, kind: DiagnosisKind) -> Vec<&'static str> {
        let mut names = remedies::remedies(self.run.settings(), kind, self.worst_of(kind));
        if kind == DiagnosisKind::ReaderLimit && self.facts.recorder.tallies.read_throttles == 0 {
            names = remedies::against_full_reads(self.run.settings());
        }
        let is_failure = kind == DiagnosisKind::FailingBatch || kind == DiagnosisKind::Outage;
        if is_failure && self.facts.timeouts * 2 > self.facts.recorder.tallies.errors {
            names.insert(0, "Timeout");
        }
        names
    }

    /// Whether a kind is one of shards that worked, and they were hardly ever late.
    fn is_ordinary(&self, kind: DiagnosisKind) -> bool {
        let is_work = match kind {
            DiagnosisKind::TooFewKeys
            | DiagnosisKind::PayloadBound
            | DiagnosisKind::SlowFunction
            | DiagnosisKind::UnderCapacity
            | DiagnosisKind::Burst => true,
            DiagnosisKind::FailingBatch
            | DiagnosisKind::Outage
            | DiagnosisKind::Throttled
            | DiagnosisKind::OversizeRecord
            | DiagnosisKind::ReaderLimit
            | DiagnosisKind::Disabled
            | DiagnosisKind::RollOver
            | DiagnosisKind::WindowBound => false,
        };
        is_work && self.late_time() < LATE_MIN * self.shard_time
    }

    /// Time in which shards were late, seconds.
    fn late_time(&self) -> f64 {
        self.facts.lateness.shards.iter().map(|shard| shard.late_time).sum()
    }

    /// The largest lag that a kind led to, seconds.
    fn worst_of(&self, kind: DiagnosisKind) -> f64 {
        let spells = self.facts.lateness.spells.iter();
        let of_kind = spells.filter(|spell| self.kind(spell.doing, spell.shard as usize) == kind);
        of_kind.map(|spell| spell.worst.as_secs_f64()).fold(0.0, f64::max)
    }

    /// Share of the mean age that is a part of it by itself.
    fn share_of_age(&self, kind: DiagnosisKind, of_blocked: f64) -> f64 {
        let tallies = &self.facts.recorder.tallies;
        let all: u128 = tallies.parts.iter().sum();
        let share = |index: usize| tallies.parts[index] as f64 / all.max(1) as f64;
        match kind {
            DiagnosisKind::WindowBound => share(PART_WINDOW),
            DiagnosisKind::Throttled => share(PART_CONCURRENCY),
            DiagnosisKind::FailingBatch | DiagnosisKind::Outage => share(PART_RETRY) * of_blocked,
            DiagnosisKind::ReaderLimit if tallies.read_throttles * 50 > tallies.polls => {
                // Half an interval is what a poll takes anyway.
                let expected = self.run.settings().knobs.poll_interval.as_secs_f64() / 2.0;
                let expected = expected * tallies.batches as f64 * 1e9 / all.max(1) as f64;
                (share(PART_POLL) - expected).max(0.0)
            }
            DiagnosisKind::ReaderLimit
            | DiagnosisKind::OversizeRecord
            | DiagnosisKind::Disabled
            | DiagnosisKind::RollOver
            | DiagnosisKind::TooFewKeys
            | DiagnosisKind::PayloadBound
            | DiagnosisKind::SlowFunction
            | DiagnosisKind::UnderCapacity
            | DiagnosisKind::Burst => 0.0,
        }
    }

    /// Share of the records lost by a kind. What got too old is lost by what made shards late.
    fn share_of_losses(&self, kind: DiagnosisKind, share_of_lateness: f64) -> f64 {
        let tallies = &self.facts.recorder.tallies;
        let too_old = tallies.record_age_exceeded + tallies.expired;
        let all = tallies.retry_attempts_exhausted + tallies.dropped_at_throttle + too_old;
        let own = self.given_up_by(kind) as f64 + share_of_lateness * too_old as f64;
        if all > 0 { own / all as f64 } else { 0.0 }
    }

    /// Records whose retries were used up by a kind: by the one that blocks for longest.
    fn given_up_by(&self, kind: DiagnosisKind) -> u64 {
        let tallies = &self.facts.recorder.tallies;
        let blocked = |kind| self.blocked_of(kind).iter().sum::<f64>();
        let is_outage = blocked(DiagnosisKind::Outage) > blocked(DiagnosisKind::FailingBatch);
        let is_oversize = tallies.errors == 0;
        let exhausted = |is_it: bool| if is_it { tallies.retry_attempts_exhausted } else { 0 };
        match kind {
            DiagnosisKind::FailingBatch => exhausted(!is_outage && !is_oversize),
            DiagnosisKind::Outage => exhausted(is_outage && !is_oversize),
            DiagnosisKind::OversizeRecord => exhausted(is_oversize),
            DiagnosisKind::Throttled => tallies.dropped_at_throttle,
            DiagnosisKind::ReaderLimit
            | DiagnosisKind::Disabled
            | DiagnosisKind::RollOver
            | DiagnosisKind::TooFewKeys
            | DiagnosisKind::PayloadBound
            | DiagnosisKind::SlowFunction
            | DiagnosisKind::UnderCapacity
            | DiagnosisKind::Burst
            | DiagnosisKind::WindowBound => 0,
        }
    }

    fn spell(&self, spell: &Spell) -> LateSpell {
        LateSpell {
            shard: spell.shard,
            from: spell.from.as_secs_f64(),
            to: spell.to.as_secs_f64(),
            worst_at: spell.worst_at.as_secs_f64(),
            worst_age: spell.worst.as_secs_f64(),
            cause: Some(self.kind(spell.doing, spell.shard as usize)),
        }
    }

    /// The minutes in which spells were worst; without spells, those with the largest lag.
    fn worst_minutes(&self) -> Vec<WorstMinute> {
        let minutes = &self.facts.recorder.minutes;
        let (rows, step) = (minutes.rows(), minutes.step().as_nanos());
        let spells = &self.facts.lateness.spells;
        let mut chosen: Vec<(usize, Option<DiagnosisKind>)> = Vec::new();
        let mut told: Vec<usize> = Vec::new();
        for spell in spells {
            // The end of a minute belongs to it.
            let nanos = spell.worst_at.as_nanos().saturating_sub(1);
            let index = ((nanos / step) as usize).min(rows.len().saturating_sub(1));
            // Another shard may be later in that minute. Spells are kept in order of their worst.
            let at = spell.worst_at;
            let lags = |other: &Spell| other.from <= at && at <= other.to;
            let main = spells.iter().position(lags).unwrap_or(0);
            if chosen.len() < WORST_MAX && !told.contains(&main) {
                told.push(main);
                let main = &spells[main];
                chosen.push((index, Some(self.kind(main.doing, main.shard as usize))));
            }
        }
        if chosen.is_empty() {
            let mut indices: Vec<usize> = (0..rows.len()).collect();
            indices.sort_by(|&one, &other| rows[other].lag_max.total_cmp(&rows[one].lag_max));
            chosen.extend(indices.into_iter().take(3).map(|index| (index, None)));
        }
        let minute = |(index, cause): (usize, Option<DiagnosisKind>)| {
            let row = rows.get(index)?;
            Some(WorstMinute {
                at: Instant::from_nanos(index as u64 * step).as_secs_f64(),
                lag: row.lag_max,
                iterator_age: (row.samples > 0).then_some(row.age_max),
                blocked: row.blocked_nanos as f64 / 1e9,
                cause,
            })
        };
        chosen.into_iter().filter_map(minute).collect()
    }
}

/// Places of parts in [`crate::model::age_parts::AgeParts::named`].
const PART_POLL: usize = 1;
const PART_WINDOW: usize = 2;
const PART_CONCURRENCY: usize = 5;
const PART_RETRY: usize = 6;

/// The shards with the largest parts, at least a tenth of the largest.
fn most_affected(parts: &[f64]) -> Vec<u32> {
    let largest = parts.iter().copied().fold(0.0, f64::max);
    let mut shards: Vec<usize> =
        (0..parts.len()).filter(|&shard| parts[shard] > largest / 10.0).collect();
    shards.sort_by(|&one, &other| parts[other].total_cmp(&parts[one]));
    shards.into_iter().take(SHARDS_MAX).map(|shard| shard as u32).collect()
}

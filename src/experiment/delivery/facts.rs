//! What came of a case: deliveries, discards, how every record ended, and the sums.
//!
//! Records have the numbers of the case: from 1, in the order of its list.

use std::collections::BTreeMap;

use super::as_scenario::by_time;
use super::case::{Case, WrittenRecord};
use crate::engine::RunEnd;
use crate::experiment::recorder::Recorder;
use crate::experiment::recorder::tallies::Tallies;
use crate::model::observation::{Discard, Fetched, Observation, Observer, Records};
use crate::model::settings::{Horizon, Settings};
use crate::model::simulate;
use crate::model::tumbling::Call;
use crate::results::DestinationMessage;
use crate::scenario::Variant;
use crate::units::Instant;

/// More events are taken for a run without an end.
const EVENTS_MAX: u64 = 20_000_000;

/// What came of a case.
#[derive(Debug)]
pub(super) struct Facts {
    /// Batches handed to the function, in order of their starts.
    pub deliveries: Vec<Delivered>,
    /// Batches given up, in order.
    pub discards: Vec<Discarded>,
    /// How each record ended; record 1 is the first.
    pub fates: Vec<Fate>,
    /// CloudWatch sums.
    pub tallies: Tallies,
    /// Where each record lies: shard, and its sequence there; record 1 is the first.
    pub places: Vec<(u32, u64)>,
    /// The limit on events was reached, which no case should do.
    pub is_cut_off: bool,
}

/// One batch handed to the function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Delivered {
    /// Shard index.
    pub shard: u32,
    /// When the handler started.
    pub starts_at: Instant,
    /// Record numbers.
    pub records: Vec<u64>,
    /// It is the final call of a tumbling window, ended early or not.
    pub final_call: Option<FinalCall>,
}

/// The final call of a tumbling window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FinalCall {
    /// The window is ended early.
    pub is_early: bool,
}

/// One batch given up.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Discarded {
    /// Record numbers.
    pub records: Vec<u64>,
    /// What the destination is told.
    pub discard: Discard,
    /// The message about it, where there is a destination.
    pub message: Option<DestinationMessage>,
}

/// How a record ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Not at all: it is still in the stream.
    Unprocessed,
    /// Handled.
    Processed,
    /// Removed by the filter.
    Filtered,
    /// Given up.
    Discarded,
    /// Lost to retention.
    Expired,
    /// Before the starting position.
    Skipped,
}

/// Runs a case that is valid.
pub(super) fn run(case: &Case, variant: &Variant, seed: u64) -> Facts {
    let settings = &variant.settings;
    let mut log = Log::new(case, settings, variant);
    let finished = simulate(settings, seed, 0, EVENTS_MAX, &mut log);
    log.recorder.finish(finished);
    let mut deliveries = log.deliveries;
    deliveries.sort_by_key(|delivery| delivery.starts_at);
    let mut messages = log.recorder.messages.kept().iter().cloned();
    let discards = log.discards.into_iter().map(|(records, discard)| Discarded {
        records,
        message: discard.delivered.and_then(|_| messages.next()),
        discard,
    });
    Facts {
        deliveries,
        discards: discards.collect(),
        fates: log.fates,
        tallies: log.recorder.tallies.clone(),
        places: log.places,
        is_cut_off: matches!(finished.end, RunEnd::EventLimit { .. }),
    }
}

/// Listens to a run beside the standard recorder.
struct Log<'a> {
    recorder: Recorder<'a>,
    records: &'a [WrittenRecord],
    places: Vec<(u32, u64)>,
    number_at: BTreeMap<(u32, u64), u64>,
    /// Sequence of the next unread record, by shard.
    next_unread: BTreeMap<u32, u64>,
    deliveries: Vec<Delivered>,
    discards: Vec<(Vec<u64>, Discard)>,
    fates: Vec<Fate>,
}

impl<'a> Log<'a> {
    fn new(case: &'a Case, settings: &'a Settings, variant: &Variant) -> Log<'a> {
        let horizon = match settings.horizon {
            Horizon::For(length) => length,
            Horizon::Drained { at_most } => at_most,
        };
        let put_unit = variant.prices.kinesis_put_unit;
        let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
        let mut places = vec![(0, 0); case.records.len()];
        for place in by_time(&case.records) {
            let shard = case.records[place].shard;
            let count = counts.entry(shard).or_insert(0);
            places[place] = (shard, *count);
            *count += 1;
        }
        let numbers = places.iter().zip(1..).map(|(place, number)| (*place, number));
        Log {
            recorder: Recorder::new(settings, put_unit, horizon, Vec::new(), true),
            records: &case.records,
            number_at: numbers.collect(),
            places,
            next_unread: BTreeMap::new(),
            deliveries: Vec::new(),
            discards: Vec::new(),
            fates: vec![Fate::Unprocessed; case.records.len()],
        }
    }

    fn number(&self, shard: u32, sequence: u64) -> u64 {
        match self.number_at.get(&(shard, sequence)) {
            Some(number) => *number,
            None => panic!("record {sequence} of shard {shard} was never written"),
        }
    }

    fn numbers(&self, shard: u32, records: Records<'_>) -> Vec<u64> {
        let number = |fetched: Fetched| self.number(shard, fetched.sequence);
        records.iter().map(number).collect()
    }

    fn end(&mut self, shard: u32, records: Records<'_>, fate: Fate) {
        // What is delivered again has met its end before.
        for fetched in records.iter().filter(|fetched| !fetched.is_duplicate) {
            let number = self.number(shard, fetched.sequence);
            self.fates[number as usize - 1] = fate;
        }
    }

    /// Passes the next `count` unread records of a shard; `fate` says how one of them ended.
    fn pass(&mut self, shard: u32, count: u64, fate: impl Fn(&WrittenRecord) -> Option<Fate>) {
        let from = self.next_unread.get(&shard).copied().unwrap_or(0);
        for sequence in from..from + count {
            let place = self.number(shard, sequence) as usize - 1;
            if let Some(fate) = fate(&self.records[place]) {
                self.fates[place] = fate;
            }
        }
        self.next_unread.insert(shard, from + count);
    }
}

impl Observer for Log<'_> {
    fn observe(&mut self, now: Instant, observation: Observation<'_>) {
        self.recorder.observe(now, observation);
        match observation {
            Observation::Read { shard, records, filtered: _ } => {
                let fate = |record: &WrittenRecord| record.filtered.then_some(Fate::Filtered);
                self.pass(shard, records.into(), fate);
            }
            Observation::Skipped { shard, records } => {
                self.pass(shard, records, |_| Some(Fate::Skipped));
            }
            Observation::Expired { shard, records, read: None } => {
                self.pass(shard, records, |_| Some(Fate::Expired));
            }
            Observation::Expired { shard, records: _, read: Some(records) } => {
                self.end(shard, records, Fate::Expired);
            }
            Observation::InvocationSent { lane, invocation, records } => {
                let records = self.numbers(lane.shard, records);
                let starts_at = invocation.starts_at();
                let final_call = match invocation.call {
                    Call::Records => None,
                    Call::Final { is_early, .. } => Some(FinalCall { is_early }),
                };
                let shard = lane.shard;
                self.deliveries.push(Delivered { shard, starts_at, records, final_call });
            }
            Observation::Processed { lane, records, parts: _ } => {
                self.end(lane.shard, records, Fate::Processed);
            }
            Observation::Discarded { lane, records, discard } => {
                self.discards.push((self.numbers(lane.shard, records), discard));
                self.end(lane.shard, records, Fate::Discarded);
            }
            Observation::Polled { .. }
            | Observation::ReadAgain { .. }
            | Observation::Throttled { .. }
            | Observation::ServiceFailed { .. }
            | Observation::InvocationEnded { .. }
            | Observation::OldestUnfinished { .. }
            | Observation::Blocked { .. }
            | Observation::ReadThrottled { .. }
            | Observation::BatchClosed { .. }
            | Observation::BatchSplit { .. }
            | Observation::ShardOpened { .. }
            | Observation::ShardEnded { .. }
            | Observation::Minute { .. } => {}
        }
    }
}

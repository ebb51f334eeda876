//! The trace of a run in Chrome's trace event format, which ui.perfetto.dev opens.
//!
//! | in Perfetto | is |
//! |---|---|
//! | process `shard 3` | a shard of a consumer; `function` has what is of no shard |
//! | thread `poller` | an instant per GetRecords, read, checkpoint, shard opened or ended |
//! | thread `lane 0` | slices that never overlap: what the lane was doing |
//! | thread `blocked` | a slice while the shard is blocked, named after the cause |
//! | counter `IteratorAge (ms)` | per shard, one value per sample |
//! | counter `concurrency` | invocations in flight, per consumer |
//!
//! Slices of a lane are `gathering` (from the first record to the closing of the batch),
//! `invocation: OUTCOME`, `backoff`, `pause after split`, `throttled`, and `not sent` (a record
//! above the payload limit). Times are microseconds with three decimals, so that nothing is lost.
//!
//! Reference: *Trace Event Format*, Google, phases `X`, `i`, `C`, `M`. Left out: waits of batches
//! that are dropped when polling stops, since the trace does not say when.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::results::{RecordRange, TraceEvent, TraceLine};

/// Thread of a shard's poller.
const POLLER: u64 = 1;
/// Thread of a shard's blocked time.
const BLOCKED: u64 = 2;
/// Thread of a shard's lane 0.
const FIRST_LANE: u64 = 10;

/// Turns the lines of a trace into the text of a trace file, part by part.
#[derive(Debug, Default)]
pub struct PerfettoTrace {
    processes: BTreeMap<(Option<String>, Option<u32>), u64>,
    threads: BTreeSet<(u64, u64)>,
    lanes: BTreeMap<(u64, u64), Lane>,
    blocked: BTreeMap<u64, (u64, &'static str)>,
    in_flight: BTreeMap<u64, u64>,
    has_events: bool,
    /// Time of the last line in nanoseconds.
    last: u64,
    text: String,
}

/// What a lane is doing; times in nanoseconds.
#[derive(Debug, Default)]
struct Lane {
    /// End of its last slice.
    free_since: u64,
    /// Start and arguments of the invocation in flight.
    sent: Option<(u64, Value)>,
    /// Start and name of a wait of its batch.
    wait: Option<(u64, &'static str)>,
    /// Records of the shard expired while it waited: perhaps those of its batch.
    expired_at: Option<u64>,
}

impl PerfettoTrace {
    /// What comes before the first event.
    pub fn head() -> &'static str {
        "{\"displayTimeUnit\":\"ms\",\"traceEvents\":["
    }

    /// The text of what a line adds.
    pub fn add(&mut self, line: &TraceLine) -> String {
        let at = nanos(line.at);
        self.last = at;
        let pid = self.process(line.consumer.as_deref(), Some(line.shard));
        match line.lane {
            Some(lane) => self.of_lane(at, pid, lane, line),
            None => self.of_shard(at, pid, &line.event),
        }
        std::mem::take(&mut self.text)
    }

    /// The text of what is still open when the trace ends, and the end of the file.
    pub fn tail(&mut self) -> String {
        let end = self.last;
        for ((pid, tid), lane) in std::mem::take(&mut self.lanes) {
            if let Some((from, arguments)) = lane.sent {
                self.slice((pid, tid), (from, end), "invocation: not ended", &arguments);
            }
            if let Some((from, name)) = lane.wait {
                self.wait((pid, tid), (from, end), name);
            }
        }
        for (pid, (from, cause)) in std::mem::take(&mut self.blocked) {
            self.wait((pid, BLOCKED), (from, end), cause);
        }
        self.text.push_str("\n]}\n");
        std::mem::take(&mut self.text)
    }

    /// Events of a shard as a whole.
    fn of_shard(&mut self, at: u64, pid: u64, event: &TraceEvent) {
        if let TraceEvent::Blocked { cause, fully: _ } = event {
            if let Some((from, before)) = self.blocked.remove(&pid) {
                self.wait((pid, BLOCKED), (from, at), before);
            }
            if let Some(cause) = *cause {
                self.blocked.insert(pid, (at, cause));
            }
        }
        if let TraceEvent::Expired { .. } = event {
            let lanes = self.lanes.range_mut((pid, FIRST_LANE)..(pid + 1, 0));
            lanes.for_each(|(_, lane)| lane.expired_at = Some(at));
        }
        self.instant((pid, POLLER), at, event);
    }

    /// Events of a lane.
    fn of_lane(&mut self, at: u64, pid: u64, number: u32, line: &TraceLine) {
        let track = (pid, FIRST_LANE + u64::from(number));
        let mut lane = self.lanes.remove(&track).unwrap_or_default();
        match &line.event {
            TraceEvent::BatchClosed { read_at, .. } => {
                if let (Some((from, name)), Some(end)) = (lane.wait.take(), lane.expired_at.take())
                {
                    self.wait(track, (from, end.max(from)), name);
                    lane.free_since = end.max(from);
                }
                let from = read_at.map_or(at, nanos).max(lane.free_since).min(at);
                self.wait(track, (from, at), "gathering");
                self.instant(track, at, &line.event);
                lane.wait = Some((at, "not sent"));
            }
            TraceEvent::Throttled | TraceEvent::ServiceError => {
                self.end_wait(track, at, &mut lane);
                self.instant(track, at, &line.event);
                lane.wait = Some((at, "throttled"));
            }
            TraceEvent::InvocationStart { .. } => {
                self.end_wait(track, at, &mut lane);
                lane.sent = Some((at, arguments(&line.event)));
                self.concurrency(at, line.consumer.as_deref(), true);
            }
            TraceEvent::InvocationEnd { outcome, iterator_age, .. } => {
                self.invocation(track, at, &mut lane, &line.event);
                self.concurrency(at, line.consumer.as_deref(), false);
                if let Some(age) = iterator_age {
                    self.counter(pid, at, "IteratorAge (ms)", millis(nanos(*age)));
                }
                lane.wait = (*outcome != "success").then_some((at, "backoff"));
                if *outcome == "partial" && has_progress(&line.event) {
                    lane.wait = Some((at, "pause after split"));
                }
            }
            TraceEvent::Split { .. } => {
                self.instant(track, at, &line.event);
                lane.wait = Some((at, "pause after split"));
            }
            TraceEvent::Discarded { .. } => {
                self.end_wait(track, at, &mut lane);
                self.instant(track, at, &line.event);
            }
            TraceEvent::ShardOpened { .. }
            | TraceEvent::ShardEnded { .. }
            | TraceEvent::Poll { .. }
            | TraceEvent::ReadThrottled
            | TraceEvent::Read { .. }
            | TraceEvent::ReadAgain { .. }
            | TraceEvent::Skipped { .. }
            | TraceEvent::Expired { .. }
            | TraceEvent::Checkpoint { .. }
            | TraceEvent::Blocked { .. } => self.instant(track, at, &line.event),
        }
        self.lanes.insert(track, lane);
    }

    /// The slice of an invocation that ended: what was known at its start and at its end.
    fn invocation(&mut self, track: (u64, u64), at: u64, lane: &mut Lane, ended: &TraceEvent) {
        let Some((from, mut all)) = lane.sent.take() else { return };
        let of_end = arguments(ended);
        if let (Some(all), Some(of_end)) = (all.as_object_mut(), of_end.as_object()) {
            all.extend(of_end.clone());
        }
        let outcome = of_end["outcome"].as_str().unwrap_or("unknown");
        self.slice(track, (from, at), &format!("invocation: {outcome}"), &all);
        lane.free_since = at;
    }

    fn end_wait(&mut self, track: (u64, u64), at: u64, lane: &mut Lane) {
        lane.expired_at = None;
        if let Some((from, name)) = lane.wait.take() {
            self.wait(track, (from, at), name);
            lane.free_since = at;
        }
    }

    /// A slice of waiting, if it took any time.
    fn wait(&mut self, track: (u64, u64), (from, to): (u64, u64), name: &str) {
        if from < to {
            self.slice(track, (from, to), name, &json!({}));
        }
    }

    fn slice(&mut self, track: (u64, u64), (from, to): (u64, u64), name: &str, arguments: &Value) {
        self.name_thread(track);
        let (ts, dur) = (micros(from), micros(to - from));
        let (pid, tid) = track;
        self.push(&json!({ "ph": "X", "pid": pid, "tid": tid, "ts": ts, "dur": dur, "name": name,
            "args": arguments }));
    }

    fn instant(&mut self, track: (u64, u64), at: u64, event: &TraceEvent) {
        self.name_thread(track);
        let mut arguments = arguments(event);
        let name = arguments.as_object_mut().and_then(|all| all.remove("event"));
        let (pid, tid) = track;
        self.push(&json!({ "ph": "i", "s": "t", "pid": pid, "tid": tid, "ts": micros(at),
            "name": name, "args": arguments }));
    }

    fn counter(&mut self, pid: u64, at: u64, name: &str, value: f64) {
        self.push(&json!({ "ph": "C", "pid": pid, "ts": micros(at), "name": name,
            "args": { "value": value } }));
    }

    fn concurrency(&mut self, at: u64, consumer: Option<&str>, is_more: bool) {
        let pid = self.process(consumer, None);
        let count = self.in_flight.entry(pid).or_default();
        *count = if is_more { *count + 1 } else { count.saturating_sub(1) };
        let count = *count;
        self.counter(pid, at, "concurrency", count as f64);
    }

    /// The number of a process, which is named when it is first needed.
    fn process(&mut self, consumer: Option<&str>, shard: Option<u32>) -> u64 {
        let key = (consumer.map(str::to_owned), shard);
        if let Some(&pid) = self.processes.get(&key) {
            return pid;
        }
        let pid = self.processes.len() as u64 + 1;
        let whose = consumer.map_or(String::new(), |consumer| format!("{consumer}: "));
        let name = match shard {
            Some(shard) => format!("{whose}shard {shard}"),
            None => format!("{whose}function"),
        };
        self.processes.insert(key, pid);
        self.push(&json!({ "ph": "M", "pid": pid, "name": "process_name",
            "args": { "name": name } }));
        let order = shard.map_or(0, |shard| u64::from(shard) + 1);
        self.push(&json!({ "ph": "M", "pid": pid, "name": "process_sort_index",
            "args": { "sort_index": order } }));
        pid
    }

    fn name_thread(&mut self, (pid, tid): (u64, u64)) {
        if !self.threads.insert((pid, tid)) {
            return;
        }
        let name = match tid {
            POLLER => "poller".to_owned(),
            BLOCKED => "blocked".to_owned(),
            lane => format!("lane {}", lane - FIRST_LANE),
        };
        self.push(&json!({ "ph": "M", "pid": pid, "tid": tid, "name": "thread_name",
            "args": { "name": name } }));
        self.push(&json!({ "ph": "M", "pid": pid, "tid": tid, "name": "thread_sort_index",
            "args": { "sort_index": tid } }));
    }

    fn push(&mut self, event: &Value) {
        self.text.push_str(if self.has_events { ",\n" } else { "\n" });
        self.has_events = true;
        self.text.push_str(&event.to_string());
    }
}

/// All that the trace says of an event, `event` being its name.
fn arguments(event: &TraceEvent) -> Value {
    serde_json::to_value(event).expect("an event is plain data")
}

fn has_progress(event: &TraceEvent) -> bool {
    match event {
        TraceEvent::InvocationEnd { succeeded, records: RecordRange { count, .. }, .. } => {
            succeeded.is_some_and(|succeeded| 0 < succeeded && succeeded < *count)
        }
        TraceEvent::ShardOpened { .. }
        | TraceEvent::ShardEnded { .. }
        | TraceEvent::Poll { .. }
        | TraceEvent::ReadThrottled
        | TraceEvent::Read { .. }
        | TraceEvent::ReadAgain { .. }
        | TraceEvent::Skipped { .. }
        | TraceEvent::BatchClosed { .. }
        | TraceEvent::Throttled
        | TraceEvent::ServiceError
        | TraceEvent::InvocationStart { .. }
        | TraceEvent::Split { .. }
        | TraceEvent::Discarded { .. }
        | TraceEvent::Expired { .. }
        | TraceEvent::Checkpoint { .. }
        | TraceEvent::Blocked { .. } => false,
    }
}

/// Whole nanoseconds: what the time was before it became seconds.
fn nanos(seconds: f64) -> u64 {
    libm::round(seconds * 1e9) as u64
}

fn micros(nanos: u64) -> f64 {
    nanos as f64 / 1e3
}

fn millis(nanos: u64) -> f64 {
    nanos as f64 / 1e6
}

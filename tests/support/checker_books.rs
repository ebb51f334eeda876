//! The books of the checker beside those of the model and the standard recorder: backlog of a
//! minute, ledger, blocked times (S9).

use shardlag::engine::RunEnd;
use shardlag::experiment::recorder::Recorder;
use shardlag::model::record::Record;
use shardlag::model::settings::ThrottlePolicy;
use shardlag::model::system::Finished;
use shardlag::units::{Duration, Instant};

use super::Checker;

impl Checker<'_> {
    /// Records from the starting position up to and with `until`, all shards together.
    fn arrived(&self, until: Instant) -> u64 {
        let is_there =
            |record: &&Record| record.arrival >= self.position && record.arrival <= until;
        self.logs.iter().map(|log| log.iter().filter(is_there).count() as u64).sum()
    }

    pub(super) fn minute(&self, now: Instant, backlog: u64) {
        let visibility = self.settings.knobs.read_visibility;
        if self.is_closed && !self.may_restart() && now >= Instant::START + visibility {
            let counts = &self.counts;
            let gone = counts.processed + counts.discarded + counts.filtered + counts.expired;
            let arrived = self.arrived(now.saturating_sub(visibility));
            assert_eq!(backlog + gone, arrived, "backlog {backlog}, {counts:?}");
        }
    }

    /// Closes the books beside those of the standard recorder.
    pub fn finish(&mut self, finished: Finished, recorder: &Recorder<'_>) {
        self.check_times(finished.at, recorder);
        let (counts, closing) = (&self.counts, finished.closing);
        assert!(self.now <= finished.at, "{:?} after the end, {finished:?}", self.now);
        assert_eq!(closing.in_flight, self.in_flight);
        let gone = counts.processed + counts.discarded + counts.filtered + counts.expired;
        let written = gone + counts.skipped + closing.remaining;
        assert_eq!(written, closing.written, "{counts:?} {finished:?}");
        if self.is_closed && !self.may_restart() {
            // Records of the very end of a run no longer happen; a drained one has had all.
            let last = match finished.end {
                RunEnd::Exhausted { .. } => Instant::FAR_FUTURE,
                RunEnd::Horizon | RunEnd::EventLimit { .. } | RunEnd::Stopped { .. } => {
                    finished.at.saturating_sub(Duration::from_nanos(1))
                }
            };
            let is_before = |record: &&Record| record.arrival < self.position;
            let skipped: usize = self.logs.iter().map(|l| l.iter().filter(is_before).count()).sum();
            assert_eq!(skipped as u64, counts.skipped);
            assert_eq!(closing.written, self.arrived(last) + counts.skipped, "{finished:?}");
        }
        assert!(counts.vanished <= counts.expired, "{counts:?}");
        match finished.end {
            // A mapping that is disabled leaves what it has not read, and who waits in line for a
            // function that has no concurrency waits for ever.
            RunEnd::Exhausted { .. } => {
                let is_in_line = self.settings.knobs.throttle_policy == ThrottlePolicy::Queue
                    && self.settings.concurrency.reserved == Some(0);
                let may_be_left = self.may_restart() || is_in_line;
                let left = closing.remaining;
                assert!(left == 0 || may_be_left, "nothing goes on, {left} are left: {counts:?}");
            }
            RunEnd::Horizon | RunEnd::Stopped { .. } => {}
            RunEnd::EventLimit { at } => panic!("too many events by {at:?}"),
        }
        let tallies = &recorder.tallies;
        assert_eq!(counts.processed, tallies.processed);
        assert_eq!(counts.invocations, tallies.invocations);
        assert_eq!(counts.throttles, tallies.throttles);
        check_blocked(finished.at, recorder);
    }

    /// Every shard's times are the run's, and those in which it was blocked are the recorder's.
    fn check_times(&mut self, end: Instant, recorder: &Recorder<'_>) {
        let mut blocked = Duration::ZERO;
        for (number, shard) in self.shards.iter_mut().enumerate() {
            shard.book_time(end);
            let times = shard.times;
            let sum = times.busy + times.waiting + times.idle;
            assert_eq!(Instant::START + sum, end, "shard {number}: {times:?}");
            blocked += times.blocked;
        }
        assert_eq!(blocked, recorder.blocked.total, "blocked-shard time");
    }
}

/// Blocked intervals lie inside the run, do not overlap per shard and add up (S9.3).
fn check_blocked(end: Instant, recorder: &Recorder<'_>) {
    let intervals = recorder.blocked.intervals();
    for interval in &intervals {
        assert!(interval.from < interval.to && interval.to <= end.as_secs_f64(), "{interval:?}");
    }
    for pair in intervals.windows(2) {
        assert!(pair[0].shard < pair[1].shard || pair[0].to <= pair[1].from, "{pair:?}");
    }
    let sum: f64 = intervals.iter().map(|interval| interval.to - interval.from).sum();
    let total = recorder.blocked.total.as_secs_f64();
    assert!((sum - total).abs() < 1e-6 || recorder.blocked.is_truncated, "{sum} s of {total} s");
}

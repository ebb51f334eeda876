//! What the checker asks of an invocation that is sent: its records, their lane, age and payload,
//! its attempt, and concurrency (S3.1, S3.3, S4.1, S5.1, S5.5, S10.3).

use shardlag::model::event::LaneId;
use shardlag::model::function::Invocation;
use shardlag::model::observation::{Fetched, Records};
use shardlag::model::settings::{LaneAssignment, Mapping, StreamKind};
use shardlag::units::{Bytes, Instant, Limit};

use super::Checker;

impl Checker<'_> {
    pub(super) fn sent(&mut self, id: LaneId, invocation: &Invocation, records: Records<'_>) {
        assert_eq!(invocation.sent_at, self.now);
        assert!(invocation.ends_at >= self.now, "{invocation:?}");
        assert!(invocation.duration <= self.settings.function.timeout, "{invocation:?}");
        assert_eq!(invocation.records, records.count());
        self.in_flight += 1;
        self.shards[id.shard as usize].busy_lanes += 1;
        let limit = self.concurrency_limit();
        assert!(limit.allows(self.in_flight), "{} in flight of {limit:?}", self.in_flight);
        let lane = self.lane(id);
        assert!(lane.in_flight.is_none(), "{id:?} sends while {:?}", lane.in_flight);
        lane.in_flight = Some(*invocation);
        lane.ended = None;
        let retries =
            |mapping: &Mapping| mapping.maximum_retry_attempts.allows(invocation.attempt - 1);
        assert!(self.some_mapping(retries), "attempt {}", invocation.attempt);
        if records.count() == 0 {
            let has_windows = |mapping: &Mapping| !mapping.tumbling_window.is_zero();
            assert!(self.some_mapping(has_windows), "{invocation:?} has no records");
            return;
        }
        self.check_size(records);
        let mut previous: Option<Fetched> = None;
        for fetched in records.iter() {
            if let Some(previous) = previous {
                assert!(previous.sequence < fetched.sequence, "{previous:?} before {fetched:?}");
                assert!(previous.record.arrival <= fetched.record.arrival);
            }
            previous = Some(fetched);
            self.check_record(id, fetched);
        }
        let (now, retention) = (self.now, self.settings.stream.retention);
        let (first, last) = (records.first().sequence, records.last().sequence);
        let may_restart = self.may_restart();
        let lane = self.lane(id);
        if may_restart {
            lane.undone.clear();
            lane.attempts.clear();
        }
        // S5.5: nothing newer of the lane while an older record has no end, unless it expired.
        let mut vanished = 0;
        while let Some((&oldest, &arrival)) = lane.undone.first_key_value() {
            if oldest >= first {
                break;
            }
            assert!(now - arrival > retention, "{oldest} is undone, {first}.. is sent in {id:?}");
            lane.undone.remove(&oldest);
            vanished += 1;
        }
        let same = lane.attempts.entry((first, last)).or_insert(0);
        *same += 1;
        assert!(*same <= invocation.attempt, "attempt {same} is said to be {invocation:?}");
        lane.undone.extend(records.iter().map(|f| (f.sequence, f.record.arrival)));
        self.counts.vanished += vanished;
    }

    fn check_size(&self, records: Records<'_>) {
        let fits = |mapping: &Mapping| records.count() <= mapping.batch_size;
        assert!(self.some_mapping(fits), "{} records", records.count());
        let cost = |bytes: u64| match self.settings.stream.kind {
            StreamKind::DynamoDb => bytes + 450,
            StreamKind::Kinesis => bytes.div_ceil(3) * 4 + 500,
        };
        let costs = records.iter().map(|fetched| cost(fetched.record.bytes.into()));
        let payload = Bytes::new(14 + costs.sum::<u64>());
        let limit = self.settings.knobs.payload_limit;
        assert!(limit.allows(payload), "a payload of {payload} above {limit:?}");
    }

    fn check_record(&mut self, id: LaneId, fetched: Fetched) {
        let (record, sequence) = (&fetched.record, fetched.sequence);
        assert!(self.shards[id.shard as usize].open.is_some(), "{id:?} is not open");
        if self.is_numbered() {
            assert_eq!(*record, self.logs[id.shard as usize][sequence as usize], "{fetched:?}");
        }
        assert!(!record.marks.filtered, "a filtered record is sent: {fetched:?}");
        let readable = record.arrival + self.settings.knobs.read_visibility;
        assert!(readable <= fetched.read_at && fetched.read_at <= self.now, "{fetched:?}");
        assert!(record.arrival >= self.position, "{fetched:?} is before the starting position");
        let age = self.now - record.arrival;
        assert!(age <= self.settings.stream.retention, "{fetched:?} is sent {age} old");
        let age = self.now - self.created(record.arrival);
        let is_young = |mapping: &Mapping| mapping.maximum_record_age.allows(age);
        assert!(self.some_mapping(is_young), "{fetched:?} is sent {age} old");
        let has_lane = |mapping: &Mapping| id.lane < mapping.parallelization_factor;
        assert!(self.some_mapping(has_lane), "{id:?}");
        let may_restart = self.may_restart();
        let lanes = self.settings.mapping.parallelization_factor;
        let shard = &mut self.shards[id.shard as usize];
        let is_again = may_restart && fetched.is_duplicate;
        assert!(is_again || !shard.ended.contains(&sequence), "{fetched:?} is sent after its end");
        if lanes > 1
            && !may_restart
            && self.settings.knobs.lane_assignment == LaneAssignment::StaticHash
        {
            let lane = *shard.lane_of_key.entry(record.key_hash).or_insert(id.lane);
            assert_eq!(lane, id.lane, "the key of {fetched:?} changes its lane");
        }
    }

    /// S1.3, written anew.
    pub(super) fn created(&self, arrival: Instant) -> Instant {
        let resolution = self.settings.knobs.timestamp_resolution.as_nanos().max(1);
        let start = self.settings.start_unix_nanos;
        let date = start + arrival.as_nanos();
        Instant::from_nanos((date / resolution * resolution).saturating_sub(start))
    }

    /// S10.3, written anew.
    fn concurrency_limit(&self) -> Limit<u32> {
        let concurrency = &self.settings.concurrency;
        let used = concurrency.other_functions.iter().rev().find(|(from, _)| *from <= self.now);
        let used = used.map_or(0, |(_, used)| *used);
        match (concurrency.reserved, concurrency.account_limit) {
            (Some(reserved), _) => Limit::Limited(reserved),
            (None, Limit::Limited(limit)) => Limit::Limited(limit.saturating_sub(used)),
            (None, Limit::Unlimited) => Limit::Unlimited,
        }
    }
}

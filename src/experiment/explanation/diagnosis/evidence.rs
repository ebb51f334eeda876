//! The figures of a run that show a diagnosis.

use super::Case;
use super::work::{lane_shares, offered_rates};
use crate::experiment::explanation::moment::disabled_spans;
use crate::model::observation::ClosedBy;
use crate::results::{DiagnosisKind, Evidence};
use crate::units::Instant;

impl Case<'_> {
    /// What shows a kind, the most telling first.
    pub(super) fn evidence(&self, kind: DiagnosisKind) -> Vec<Evidence> {
        let tallies = &self.facts.recorder.tallies;
        let lost = tallies.retry_attempts_exhausted + tallies.record_age_exceeded;
        let mut found = match kind {
            DiagnosisKind::FailingBatch => self.of_failing_batch(),
            DiagnosisKind::Outage => self.of_outages(),
            DiagnosisKind::Throttled => self.of_throttling(),
            DiagnosisKind::OversizeRecord => vec![count("discarded_records", lost)],
            DiagnosisKind::ReaderLimit if tallies.read_throttles == 0 => vec![
                figure("mean_read", self.facts.mean_read(), "records"),
                figure("mean_batch", tallies.batch_mean().unwrap_or(0.0), "records"),
                count("batch_size", self.run.settings().mapping.batch_size.into()),
            ],
            DiagnosisKind::ReaderLimit => {
                let refused = tallies.read_throttles as f64 / tallies.polls.max(1) as f64;
                let poll = tallies.parts[super::PART_POLL] as f64 / 1e9;
                vec![
                    share("refused_reads", refused),
                    count("reads", tallies.polls),
                    seconds("mean_wait_for_poll", poll / tallies.batches.max(1) as f64),
                ]
            }
            DiagnosisKind::Disabled => {
                let end = self.facts.ended_at;
                let spans = disabled_spans(self.run.settings());
                let length = |&(from, to): &(Instant, Instant)| to.min(end).since(from);
                let off = spans.iter().map(length).map(|length| length.as_secs_f64()).sum();
                vec![seconds("disabled_for", off)]
            }
            DiagnosisKind::RollOver => vec![
                count("child_shards", self.facts.generations),
                seconds("longest_wait_for_child", self.facts.longest_gap.as_secs_f64()),
            ],
            DiagnosisKind::TooFewKeys => self.of_keys(),
            DiagnosisKind::PayloadBound => vec![
                share("closed_by_payload", self.facts.share_closed(ClosedBy::PayloadLimit)),
                figure("mean_batch", tallies.batch_mean().unwrap_or(0.0), "records"),
                count("batch_size", self.run.settings().mapping.batch_size.into()),
            ],
            DiagnosisKind::SlowFunction => {
                let mean = tallies.duration.as_secs_f64() / tallies.invocations.max(1) as f64;
                vec![seconds("mean_duration", mean)]
            }
            DiagnosisKind::UnderCapacity => {
                let slope = self.stability.age_slope.unwrap_or(0.0);
                vec![
                    share("utilization", self.stability.worst_utilization),
                    figure("age_growth", slope, "s/s"),
                ]
            }
            DiagnosisKind::Burst => vec![
                share("utilization", self.stability.worst_utilization),
                share("peak_utilization", self.stability.peak_utilization),
            ],
            DiagnosisKind::WindowBound => {
                let window = self.run.settings().mapping.batching_window;
                vec![
                    share("share_of_age", self.share_of_age(kind, 0.0)),
                    seconds("window", window.as_secs_f64()),
                    figure("mean_batch", tallies.batch_mean().unwrap_or(0.0), "records"),
                ]
            }
        };
        found.extend(self.of_all_kinds(kind));
        found
    }

    /// Figures that every kind may have.
    fn of_all_kinds(&self, kind: DiagnosisKind) -> Vec<Evidence> {
        let mut found = Vec::new();
        let blocked: f64 = self.blocked_of(kind).iter().sum();
        if blocked > 0.0 {
            found.push(seconds("blocked_shard_time", blocked));
        }
        let worst = self.worst_of(kind);
        if worst > 0.0 {
            found.push(seconds("worst_age", worst));
        }
        if self.facts.recorder.tallies.expired > 0 && worst > 0.0 {
            found.push(count("expired_records", self.facts.recorder.tallies.expired));
        }
        found
    }

    fn of_failing_batch(&self) -> Vec<Evidence> {
        let tallies = &self.facts.recorder.tallies;
        let share_failed = tallies.errors as f64 / tallies.invocations.max(1) as f64;
        let mut found = vec![count("errors", tallies.errors), share("error_share", share_failed)];
        if let Some(batch) = self.facts.worst_batch {
            found.push(count("shard", batch.lane.shard.into()));
            found.extend(batch.records.first.map(|first| count("first_record", first)));
            found.extend(batch.records.last.map(|last| count("last_record", last)));
            found.push(count("failed_attempts", batch.attempts));
            found.push(seconds("failing_from", batch.since.as_secs_f64()));
            found.push(seconds("failing_for", batch.last.since(batch.since).as_secs_f64()));
        }
        found.extend(self.of_timeouts());
        let discarded = tallies.retry_attempts_exhausted + tallies.record_age_exceeded;
        if discarded > 0 {
            found.push(count("discarded_records", discarded));
        }
        found
    }

    fn of_outages(&self) -> Vec<Evidence> {
        let outages = &self.facts.outages;
        let length = |&(from, to): &(Instant, Instant)| to.since(from).as_secs_f64();
        let mut found = vec![
            seconds("nothing_succeeded_for", outages.iter().map(length).sum()),
            count("times", outages.len() as u64),
        ];
        found.extend(outages.first().map(|(from, _)| seconds("from", from.as_secs_f64())));
        found.push(count("failed_attempts", self.facts.recorder.tallies.errors));
        found.extend(self.of_timeouts());
        found
    }

    fn of_timeouts(&self) -> Option<Evidence> {
        (self.facts.timeouts > 0).then(|| count("timeouts", self.facts.timeouts))
    }

    fn of_throttling(&self) -> Vec<Evidence> {
        let tallies = &self.facts.recorder.tallies;
        let tries = tallies.throttles + tallies.invocations;
        let rows = self.facts.recorder.minutes.rows().iter();
        let most = rows.map(|row| row.in_flight_max).max().unwrap_or(0);
        let mut found = vec![
            share("throttled_attempts", tallies.throttles as f64 / tries.max(1) as f64),
            count("throttles", tallies.throttles),
            count("most_at_once", most.into()),
        ];
        let reserved = self.run.settings().concurrency.reserved;
        found.extend(reserved.map(|reserved| count("reserved", reserved.into())));
        found
    }

    fn of_keys(&self) -> Vec<Evidence> {
        let late = self.lateness_of(DiagnosisKind::TooFewKeys);
        let worst = super::most_affected(&late).first().copied().unwrap_or(0);
        let lanes = self.run.settings().mapping.parallelization_factor;
        let mut found = vec![count("shard", worst.into())];
        if let Some((most, others)) = lane_shares(self.run, self.facts, worst as usize) {
            found.push(count("lanes", lanes.into()));
            found.push(share("busiest_lane", most));
            found.push(share("other_lanes", others));
        }
        let rates = offered_rates(self.run);
        if let (Some(own), true) = (rates.get(worst as usize), rates.len() > 1) {
            found.push(share("records_of_shard", own / rates.iter().sum::<f64>()));
            found.push(count("shards", rates.len() as u64));
        }
        found
    }
}

fn figure(figure: &'static str, value: f64, unit: &'static str) -> Evidence {
    Evidence { figure, value, unit }
}

fn seconds(name: &'static str, value: f64) -> Evidence {
    figure(name, value, "s")
}

fn share(name: &'static str, value: f64) -> Evidence {
    figure(name, value, "share")
}

fn count(name: &'static str, value: u64) -> Evidence {
    figure(name, value as f64, "count")
}

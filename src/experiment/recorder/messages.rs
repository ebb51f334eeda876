//! What the on-failure destination got, and how long that leaves to act on it (S8).

use crate::model::observation::{
    Discard, DiscardCondition, Fetched, LastResponse, Records, WindowFacts,
};
use crate::model::settings::{OnFailure, Settings, StreamKind};
use crate::model::system::created;
use crate::results::{DestinationMessage, FunctionError, MessageWindow, Redrive};
use crate::scenario::limits::MESSAGES_MAX;
use crate::units::{Duration, Instant};

/// The messages of one replication.
#[derive(Debug, Clone)]
pub struct Messages {
    kept: Option<Vec<DestinationMessage>>,
    kept_max: u64,
    count: u64,
    shortest_margin: Option<Duration>,
    margin_sum: f64,
}

impl Messages {
    /// No message yet; they are kept if `keeps`, else only counted.
    pub fn new(keeps: bool) -> Messages {
        Messages {
            kept: keeps.then(Vec::new),
            kept_max: MESSAGES_MAX,
            count: 0,
            shortest_margin: None,
            margin_sum: 0.0,
        }
    }

    /// If messages are kept, then the first of them, up to this many.
    pub fn keep_at_most(&mut self, messages: u64) {
        self.kept_max = messages;
    }

    /// A batch was given up; it is a message only where there is a destination.
    pub fn discarded(
        &mut self,
        settings: &Settings,
        now: Instant,
        shard: u32,
        records: Records<'_>,
        discard: &Discard,
    ) {
        let (Some(delivered), Some(destination)) = (discard.delivered, destination(settings, now))
        else {
            return;
        };
        let number = self.count;
        self.count += 1;
        let ends = (records.count() > 0).then(|| (records.first(), records.last()));
        if let (true, Some((first, _))) = (delivered, ends) {
            // S8.2: whoever reads the message must fetch its records before they expire.
            let age = now.since(first.record.arrival);
            let margin = settings.stream.retention.saturating_sub(age);
            self.margin_sum += margin.as_secs_f64();
            self.shortest_margin =
                Some(self.shortest_margin.map_or(margin, |shortest| shortest.min(margin)));
        }
        let Some(kept) = self.kept.as_mut().filter(|_| number < self.kept_max) else {
            return;
        };
        let unix = |at: Instant| settings.start_unix_nanos + at.as_nanos();
        let creation = |fetched: &Fetched| unix(created(settings, fetched.record.arrival));
        kept.push(DestinationMessage {
            number,
            is_kinesis: settings.stream.kind == StreamKind::Kinesis,
            shard,
            sent_unix_nanos: unix(now),
            condition: condition_name(discard.condition),
            invoke_count: discard.invoke_count,
            response: discard.response.map(|response| match response {
                LastResponse::Unhandled => FunctionError::Unhandled,
                LastResponse::PartialFailure => FunctionError::Null,
            }),
            first_sequence: ends.map_or(0, |(first, _)| first.sequence),
            last_sequence: ends.map_or(0, |(_, last)| last.sequence),
            first_arrival_unix_nanos: ends.map_or(0, |(first, _)| creation(&first)),
            last_arrival_unix_nanos: ends.map_or(0, |(_, last)| creation(&last)),
            batch_size: records.count(),
            window: discard.window.map(message_window),
            destination_arn: destination.destination_arn.clone(),
            delivered,
        });
    }

    /// The kept messages in order of time.
    pub fn kept(&self) -> &[DestinationMessage] {
        self.kept.as_deref().unwrap_or_default()
    }

    /// Whether messages were left out.
    pub fn is_truncated(&self) -> bool {
        self.kept.is_some() && self.count > self.kept_max
    }

    /// How long the delivered messages leave.
    pub fn redrive(&self) -> Option<Redrive> {
        let shortest = self.shortest_margin?;
        Some(Redrive {
            messages: self.count,
            shortest_seconds: shortest.as_secs_f64(),
            mean_seconds: self.margin_sum / self.count as f64,
        })
    }
}

/// The destination last asked for by `now`.
fn destination(settings: &Settings, now: Instant) -> Option<&OnFailure> {
    let past = settings.schedule.iter().rev().filter(|change| change.at <= now);
    let mappings = past.map(|change| &change.mapping).chain([&settings.mapping]);
    mappings.filter_map(|mapping| mapping.on_failure.as_ref()).next()
}

fn message_window(window: WindowFacts) -> MessageWindow {
    let WindowFacts { start_unix_nanos, end_unix_nanos, is_final, is_early } = window;
    MessageWindow { start_unix_nanos, end_unix_nanos, is_final, is_early }
}

fn condition_name(condition: DiscardCondition) -> &'static str {
    match condition {
        DiscardCondition::RetryAttemptsExhausted => "RetryAttemptsExhausted",
        DiscardCondition::RecordAgeExceeded => "RecordAgeExceeded",
        DiscardCondition::Dropped => "Dropped",
    }
}

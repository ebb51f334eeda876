//! What a replication costs in US dollars (S10.7).
//!
//! Lambda: requests, and GB-seconds billed per started millisecond, initialisation included.
//! Kinesis: open shards per hour and PUT payload units. Lambda reads DynamoDB streams for free.

use super::recorder::tallies::Tallies;
use crate::model::settings::{Stream, StreamKind};
use crate::scenario::Variant;

/// Cost of a replication in US dollars.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Dollars {
    /// Lambda requests.
    pub requests: f64,
    /// Lambda GB-seconds.
    pub compute: f64,
    /// The stream.
    pub stream: f64,
}

impl Dollars {
    /// The cost of a replication of `variant` that covered `seconds`.
    pub fn of(variant: &Variant, tallies: &Tallies, seconds: f64) -> Dollars {
        let (prices, settings) = (&variant.prices, &variant.settings);
        let gigabytes = settings.function.memory.get() as f64 / (1u64 << 30) as f64;
        let stream = match settings.stream.kind {
            StreamKind::DynamoDb => 0.0,
            StreamKind::Kinesis => {
                let shard_hours = shard_seconds(&settings.stream, seconds) / 3600.0;
                let units = tallies.put_units_per_record() * tallies.written as f64;
                shard_hours * prices.kinesis_per_shard_hour
                    + units / 1e6 * prices.kinesis_per_million_put_units
            }
        };
        Dollars {
            requests: tallies.invocations as f64 / 1e6 * prices.lambda_per_million_requests,
            compute: tallies.billed_millis as f64 / 1e3 * gigabytes * prices.lambda_per_gb_second,
            stream,
        }
    }

    /// Everything together.
    pub fn total(&self) -> f64 {
        self.requests + self.compute + self.stream
    }
}

/// Time that shards are open up to `seconds`, all shards together, in seconds.
fn shard_seconds(stream: &Stream, seconds: f64) -> f64 {
    let from_start = f64::from(stream.shards) * seconds;
    let changes = stream.reshards.iter().map(|reshard| {
        let more = reshard.open.len() as f64 - reshard.close.len() as f64;
        more * (seconds - reshard.at.as_secs_f64()).max(0.0)
    });
    from_start + changes.sum::<f64>()
}

//! What a script makes of a try at a batch: the first rule that holds decides.
//!
//! | counted | throttled tries and service errors |
//! |---|---|
//! | attempts at this very batch | do not count (S5.2) |
//! | invocations of the shard | do not count |
//!
//! Reference: S5.1, S5.2. What a scripted response means is in [`super::response`].

use crate::model::observation::Records;
use crate::model::settings::{BehaviourCondition, BehaviourRule, RecordAddress, ScriptedAnswer};
use crate::model::tumbling::Call;
use crate::units::Instant;

/// A function's script and how far it is.
#[derive(Debug, Clone)]
pub struct Behaviour {
    rules: Vec<BehaviourRule>,
    /// Invocations so far, by shard.
    invocations: Vec<u64>,
}

/// A try at a batch.
#[derive(Debug, Clone, Copy)]
pub struct Try<'a> {
    /// When it happens.
    pub now: Instant,
    /// Shard index.
    pub shard: u32,
    /// Which attempt at this very batch it is, from 1, if it reaches the function.
    pub attempt: u32,
    /// What the call is for.
    pub call: Call,
    /// The records.
    pub records: Records<'a>,
}

/// Why a try does not reach the function (S5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceRefusal {
    /// A throttle.
    Throttle,
    /// A service error.
    ServiceError,
}

impl Behaviour {
    /// The script `rules` for the shards of a stream.
    pub fn new(rules: &[BehaviourRule], shards: u32) -> Behaviour {
        let shards = if rules.is_empty() { 0 } else { shards };
        Behaviour { rules: rules.to_vec(), invocations: vec![0; shards as usize] }
    }

    /// What the script says of a try; `None`: no rule holds.
    #[inline]
    pub fn answer(&self, attempt: &Try<'_>) -> Option<&ScriptedAnswer> {
        if self.rules.is_empty() {
            return None;
        }
        let number = self.invocations[attempt.shard as usize] + 1;
        let rule = self.rules.iter().find(|rule| holds(&rule.when, attempt, number))?;
        Some(&rule.then)
    }

    /// Whether the script keeps a try from reaching the function.
    pub fn refusal(&self, attempt: &Try<'_>) -> Option<ServiceRefusal> {
        match self.answer(attempt)? {
            ScriptedAnswer::Throttle => Some(ServiceRefusal::Throttle),
            ScriptedAnswer::ServiceError => Some(ServiceRefusal::ServiceError),
            ScriptedAnswer::Raise | ScriptedAnswer::TimeOut | ScriptedAnswer::Respond(_) => None,
        }
    }

    /// Counts an invocation for a shard.
    pub fn invoked(&mut self, shard: u32) {
        if !self.rules.is_empty() {
            self.invocations[shard as usize] += 1;
        }
    }
}

fn holds(when: &BehaviourCondition, attempt: &Try<'_>, number: u64) -> bool {
    let contains = |wanted: &Vec<RecordAddress>| {
        attempt.records.iter().any(|fetched| {
            let address = fetched.record.address(attempt.shard);
            wanted.binary_search(&address).is_ok()
        })
    };
    when.contains.as_ref().is_none_or(contains)
        && when.attempts.as_ref().is_none_or(|wanted| wanted.contains(&attempt.attempt))
        && when.invocations.as_ref().is_none_or(|wanted| wanted.contains(&number))
        && when.between.is_none_or(|(from, to)| from <= attempt.now && attempt.now < to)
        && when.is_final.is_none_or(|is_final| is_final == (attempt.call != Call::Records))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::observation::Fetched;
    use crate::model::record::{Marks, Record};
    use crate::model::record_queue::RecordQueue;
    use crate::units::Duration;

    fn queue() -> RecordQueue {
        let record = |index| Record {
            arrival: Instant::START,
            index,
            key_hash: 0,
            bytes: 1,
            source: 0,
            marks: Marks { poison: false, filtered: false },
        };
        let fetched = |index| Fetched {
            record: record(index),
            sequence: index,
            read_at: Instant::START,
            held: Duration::ZERO,
            is_duplicate: false,
        };
        RecordQueue::Singles((4..7).map(fetched).collect())
    }

    fn holds_for(when: BehaviourCondition) -> bool {
        let queue = queue();
        let records = Records::new(&queue, 3);
        let now = Instant::from_secs(10);
        let call = Call::Records;
        holds(&when, &Try { now, shard: 1, attempt: 2, call, records }, 5)
    }

    #[test]
    fn all_given_parts_of_a_condition_must_hold() {
        let at = |shard, index| RecordAddress { shard, source: 0, index };
        let secs = Instant::from_secs;
        let none = BehaviourCondition::default;
        let table = [
            (none(), true),
            (BehaviourCondition { contains: Some(vec![at(0, 5), at(1, 6)]), ..none() }, true),
            (BehaviourCondition { contains: Some(vec![at(0, 5), at(1, 7)]), ..none() }, false),
            (BehaviourCondition { contains: Some(vec![]), ..none() }, false),
            (BehaviourCondition { attempts: Some(vec![1, 2]), ..none() }, true),
            (BehaviourCondition { attempts: Some(vec![1, 3]), ..none() }, false),
            (BehaviourCondition { invocations: Some(vec![5]), ..none() }, true),
            (BehaviourCondition { invocations: Some(vec![4]), ..none() }, false),
            (BehaviourCondition { between: Some((secs(10), secs(11))), ..none() }, true),
            (BehaviourCondition { between: Some((secs(9), secs(10))), ..none() }, false),
            (BehaviourCondition { is_final: Some(true), ..none() }, false),
            (BehaviourCondition { is_final: Some(false), ..none() }, true),
            (
                BehaviourCondition {
                    attempts: Some(vec![2]),
                    invocations: Some(vec![4]),
                    ..none()
                },
                false,
            ),
        ];
        for (when, expected) in table {
            let text = format!("{when:?}");
            assert_eq!(holds_for(when), expected, "{text}");
        }
    }
}

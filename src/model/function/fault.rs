//! Whether an invocation fails (S10.4): poison records, error rates, outages, batch size and
//! downstream limits.

use super::{BatchAddress, chance_of};
use crate::engine::{Purpose, RandomSource};
use crate::model::observation::{Fetched, Records};
use crate::model::purposes;
use crate::model::settings::{Arrivals, Fault, FaultKind, Settings, Traffic};
use crate::units::{Instant, Probability};

/// What decides whether an invocation fails.
#[derive(Debug, Clone, Copy)]
pub struct InvocationFacts<'a> {
    /// When the handler starts.
    pub starts_at: Instant,
    /// Invocations of the function that run already.
    pub others: u32,
    /// Address of its random numbers.
    pub address: BatchAddress,
    /// Its records.
    pub records: Records<'a>,
}

/// How an invocation goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Every record is handled.
    Succeeds,
    /// The invocation fails whatever its records are.
    FailsWhole,
    /// It fails because of its records.
    FailsAt {
        /// Position of the first failing record, from 0.
        first: u32,
    },
}

impl Verdict {
    /// Whether anything failed.
    pub fn is_failure(self) -> bool {
        self != Verdict::Succeeds
    }
}

/// The faults of a function.
#[derive(Debug, Clone)]
pub struct Faults {
    faults: Vec<Fault>,
    /// Whether a record can be poison.
    has_poison: bool,
}

impl Faults {
    /// The faults of `settings`; poison marks are on the records and need nothing here.
    pub fn new(settings: &Settings) -> Faults {
        let is_poison = |fault: &Fault| matches!(fault.kind, FaultKind::Poison(_));
        let (poison, faults): (Vec<Fault>, Vec<Fault>) =
            settings.function.faults.iter().cloned().partition(is_poison);
        let is_scripted = |traffic: &Traffic| matches!(traffic.arrivals, Arrivals::Scripted { .. });
        let has_poison = !poison.is_empty() || settings.traffic.iter().any(is_scripted);
        Faults { faults, has_poison }
    }

    /// How an invocation goes. Every chance is drawn at an address of its own, so one fault does
    /// not move the draws of another.
    pub fn verdict(&self, facts: &InvocationFacts<'_>, random: &RandomSource) -> Verdict {
        if self.fails_whole(facts, random) {
            return Verdict::FailsWhole;
        }
        let is_poison = |fetched: Fetched| fetched.record.marks.poison;
        let poison = match self.has_poison {
            true => facts.records.iter().position(is_poison),
            false => None,
        };
        let failed = self.first_failing(facts, random, poison.unwrap_or(usize::MAX));
        match failed {
            usize::MAX => Verdict::Succeeds,
            first => Verdict::FailsAt { first: first as u32 },
        }
    }

    /// By how much an invocation that starts at `starts_at` is slowed down, at least 0.
    pub fn slow_factor(&self, starts_at: Instant) -> f64 {
        let mut product = 1.0;
        for fault in self.active(starts_at) {
            if let FaultKind::Slow(factor) = fault.kind {
                product *= factor;
            }
        }
        product
    }

    fn active(&self, at: Instant) -> impl Iterator<Item = &Fault> {
        self.faults.iter().filter(move |fault| fault.from <= at && at < fault.to)
    }

    fn fails_whole(&self, facts: &InvocationFacts<'_>, random: &RandomSource) -> bool {
        self.active(facts.starts_at).enumerate().any(|(number, fault)| match fault.kind {
            FaultKind::Outage => true,
            FaultKind::FailsAboveBatch(limit) => facts.records.count() > limit,
            FaultKind::DownstreamLimit(limit) => facts.others >= limit,
            FaultKind::ErrorRate(chance) => {
                let purpose = numbered(purposes::INVOCATION_ERRORS, number);
                chance_of(random, purpose, facts) < chance.get()
            }
            FaultKind::Poison(_) | FaultKind::PerRecordRate(_) | FaultKind::Slow(_) => false,
        })
    }

    /// Position of the first record that fails by chance before `bound`, or `bound`.
    fn first_failing(
        &self,
        facts: &InvocationFacts<'_>,
        random: &RandomSource,
        bound: usize,
    ) -> usize {
        let mut first = bound;
        for (number, fault) in self.active(facts.starts_at).enumerate() {
            if let FaultKind::PerRecordRate(chance) = fault.kind {
                let purpose = numbered(purposes::RECORD_ERRORS, number);
                first = first_by_chance(facts, random, purpose, chance, first);
            }
        }
        first
    }
}

/// Every record's chance is drawn at (record, delivery), whatever batch it is in.
fn first_by_chance(
    facts: &InvocationFacts<'_>,
    random: &RandomSource,
    purpose: Purpose,
    chance: Probability,
    bound: usize,
) -> usize {
    let purpose = Purpose(purpose.0 | u64::from(facts.address.delivery) << 32);
    let mut stream = None;
    let mut expected = None;
    for (position, fetched) in facts.records.iter().enumerate().take(bound) {
        let address = (fetched.record.source, fetched.record.index);
        // Neighbours in a stream are read on; only a gap costs a jump.
        if expected != Some(address) {
            let entity = purposes::entity(address.0.into(), facts.address.shard);
            stream = Some(random.stream(purpose, entity).at(address.1, 1));
        }
        expected = Some((address.0, address.1 + 1));
        if stream.as_mut().is_some_and(|stream| stream.uniform() < chance.get()) {
            return position;
        }
    }
    bound
}

/// The purpose of the `number`-th fault of a kind.
fn numbered(purpose: Purpose, number: usize) -> Purpose {
    Purpose(purpose.0 | (number as u64) << 16)
}

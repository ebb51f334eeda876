//! The rows of the metric table, the same for the terminal and for the page.
//!
//! A row is one metric, a cell one variant. A row in which every variant has nothing is left out,
//! except IteratorAge, processed records and blocked-shard time, whose nothing is an answer.
//! Reference: metrics S9.1, S9.3, S9.6. Left out: which cells are better; see `page::compared`.

use super::figures::{self, Quantity};
use crate::results::{
    Estimate, MetricUnit, StabilityVerdict, Summary, UncertaintySummary, VariantSummary,
};

/// One metric over all variants.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Heading under which the row stands.
    pub section: &'static str,
    /// What is shown.
    pub label: String,
    /// One text per variant.
    pub cells: Vec<String>,
    /// Only the page has room for it.
    pub detail: bool,
}

/// All rows that say something, in the order in which they are shown.
pub fn rows(summary: &Summary) -> Vec<Row> {
    let mut table = Table { variants: &summary.variants, rows: Vec::new(), section: "" };
    table.ages();
    table.blocked();
    table.records();
    table.function();
    table.cost();
    table.asked();
    table.uncertain();
    table.rows
}

/// A figure over uncertain inputs.
type UncertainGet = fn(&UncertaintySummary) -> Estimate;

/// Whether a row without any figure is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    Always,
    IfAny,
    InDetail,
}

type Get = fn(&VariantSummary) -> Estimate;

struct Table<'a> {
    variants: &'a [VariantSummary],
    rows: Vec<Row>,
    section: &'static str,
}

impl Table<'_> {
    fn add(
        &mut self,
        label: &str,
        quantity: Quantity,
        keep: Keep,
        get: impl Fn(&VariantSummary) -> Estimate,
    ) {
        let estimates: Vec<Estimate> = self.variants.iter().map(get).collect();
        let says_something = |e: &Estimate| e.value.is_some_and(|value| value != 0.0);
        if keep != Keep::Always && !estimates.iter().any(says_something) {
            return;
        }
        self.rows.push(Row {
            section: self.section,
            label: label.to_owned(),
            cells: estimates.iter().map(|e| figures::estimate(e, quantity)).collect(),
            detail: keep == Keep::InDetail,
        });
    }

    fn add_all(&mut self, quantity: Quantity, rows: &[(&str, Keep, Get)]) {
        for (label, keep, get) in rows {
            self.add(label, quantity, *keep, get);
        }
    }

    fn ages(&mut self) {
        self.section = "Age of records";
        let rows: [(&str, Keep, Get); 4] = [
            ("IteratorAge p50", Keep::Always, |v| v.iterator_age.p50),
            ("IteratorAge p90", Keep::Always, |v| v.iterator_age.p90),
            ("IteratorAge p99", Keep::Always, |v| v.iterator_age.p99),
            ("IteratorAge max", Keep::Always, |v| v.iterator_age.max),
        ];
        self.add_all(Quantity::Seconds, &rows);
        self.add("IteratorAge mean", Quantity::Seconds, Keep::IfAny, mean_age);
        let rows: [(&str, Keep, Get); 4] = [
            ("age at finish p50", Keep::IfAny, |v| v.age_at_finish.p50),
            ("age at finish p99", Keep::IfAny, |v| v.age_at_finish.p99),
            ("age of a record p99", Keep::InDetail, |v| v.record_age.p99),
            ("true lag max", Keep::InDetail, |v| v.true_lag.max),
        ];
        self.add_all(Quantity::Seconds, &rows);
        for limit in self.limits() {
            let label = format!("minutes above {}", figures::plain(limit, Quantity::Seconds));
            self.add(&label, Quantity::Share, Keep::Always, |variant| {
                let share = variant.minutes_above.iter().find(|s| s.limit_seconds == limit);
                share.map_or(Estimate::ABSENT, |s| s.share)
            });
        }
    }

    fn asked(&mut self) {
        self.section = "Asked for";
        for index in 0..self.variants.iter().map(|v| v.asked.len()).max().unwrap_or(0) {
            let Some(one) = self.variants.iter().find_map(|v| v.asked.get(index)) else { continue };
            let quantity = match one.unit {
                MetricUnit::Seconds => Quantity::Seconds,
                MetricUnit::Count | MetricUnit::Ratio => Quantity::Count,
                MetricUnit::UsDollars => Quantity::Dollars,
            };
            self.add(&one.name, quantity, Keep::Always, |variant| {
                variant.asked.get(index).map_or(Estimate::ABSENT, |asked| asked.figure)
            });
        }
    }

    /// The asserted limits of all variants, each once, in order of first mention.
    fn limits(&self) -> Vec<f64> {
        let mut limits: Vec<f64> = Vec::new();
        for share in self.variants.iter().flat_map(|v| &v.minutes_above) {
            if !limits.contains(&share.limit_seconds) {
                limits.push(share.limit_seconds);
            }
        }
        limits
    }

    fn blocked(&mut self) {
        self.section = "Blocked shards";
        let rows: [(&str, Keep, Get); 7] = [
            ("blocked-shard time", Keep::Always, |v| v.blocked_shard_time.total),
            ("all lanes blocked", Keep::IfAny, |v| v.blocked_shard_time.fully),
            ("worst shard", Keep::IfAny, |v| v.blocked_shard_time.worst_shard),
            ("by function errors", Keep::IfAny, |v| v.blocked_shard_time.by_cause.function_error),
            ("by throttles", Keep::IfAny, |v| v.blocked_shard_time.by_cause.throttle),
            ("by oversize records", Keep::IfAny, |v| v.blocked_shard_time.by_cause.oversize),
            ("by the destination", Keep::IfAny, |v| v.blocked_shard_time.by_cause.destination),
        ];
        self.add_all(Quantity::Seconds, &rows);
    }

    fn records(&mut self) {
        self.section = "Records";
        let rows: [(&str, Keep, Get); 10] = [
            ("there at first", Keep::IfAny, |v| v.ledger.carried_over),
            ("written", Keep::IfAny, |v| v.ledger.written),
            ("processed", Keep::Always, |v| v.ledger.processed),
            ("filtered out", Keep::IfAny, |v| v.ledger.filtered),
            ("discarded: retries", Keep::IfAny, |v| v.ledger.discarded.retry_attempts_exhausted),
            ("discarded: too old", Keep::IfAny, |v| v.ledger.discarded.record_age_exceeded),
            ("expired (lost)", Keep::IfAny, |v| v.ledger.expired),
            ("skipped at start", Keep::IfAny, |v| v.ledger.skipped),
            ("duplicated", Keep::IfAny, |v| v.ledger.duplicates),
            ("remaining at end", Keep::IfAny, |v| v.ledger.remaining),
        ];
        self.add_all(Quantity::Count, &rows);
    }

    fn function(&mut self) {
        self.section = "Function";
        let rows: [(&str, Keep, Get); 8] = [
            ("invocations", Keep::IfAny, |v| v.invocations),
            ("errors", Keep::IfAny, |v| v.errors),
            ("throttles", Keep::IfAny, |v| v.throttles),
            ("GetRecords calls", Keep::InDetail, |v| v.polls),
            ("reads throttled", Keep::IfAny, |v| v.read_throttles),
            ("records per call", Keep::IfAny, |v| v.batch_size.mean),
            ("concurrency mean", Keep::IfAny, |v| v.concurrency.mean),
            ("concurrency max", Keep::IfAny, |v| v.concurrency.max),
        ];
        self.add_all(Quantity::Count, &rows);
    }

    /// Ranges over uncertain inputs, and how often they make a variant unstable.
    fn uncertain(&mut self) {
        self.section = "With uncertain inputs";
        let rows: [(&str, Quantity, UncertainGet); 9] = [
            ("IteratorAge p50", Quantity::Seconds, |u| u.iterator_age.p50),
            ("IteratorAge p99", Quantity::Seconds, |u| u.iterator_age.p99),
            ("IteratorAge max", Quantity::Seconds, |u| u.iterator_age.max),
            ("blocked-shard time", Quantity::Seconds, |u| u.blocked_shard_time.total),
            ("expired (lost)", Quantity::Count, |u| u.ledger.expired),
            ("remaining at end", Quantity::Count, |u| u.ledger.remaining),
            ("invocations", Quantity::Count, |u| u.invocations),
            ("concurrency max", Quantity::Count, |u| u.concurrency.max),
            ("cost", Quantity::Dollars, |u| u.cost_usd.total),
        ];
        for (label, quantity, get) in rows {
            let estimates = self.variants.iter().map(|variant| uncertain(variant, get));
            let estimates: Vec<Estimate> = estimates.collect();
            if estimates.iter().any(|e| e.high.is_some_and(|high| high != 0.0)) {
                let cells = estimates.iter().map(|e| figures::range(e, quantity)).collect();
                self.row(label, cells);
            }
        }
        let share =
            |variant: &VariantSummary| variant.uncertainty.as_ref().map(|u| u.unstable_share);
        if self.variants.iter().filter_map(share).any(|share| share > 0.0) {
            let text = |variant| {
                share(variant).map_or(figures::ABSENT.to_owned(), |share| {
                    figures::plain(share, Quantity::Share)
                })
            };
            let cells = self.variants.iter().map(text).collect();
            self.row("unstable draws", cells);
        }
    }

    fn row(&mut self, label: &str, cells: Vec<String>) {
        let (section, label) = (self.section, label.to_owned());
        self.rows.push(Row { section, label, cells, detail: false });
    }

    fn cost(&mut self) {
        self.section = "Cost";
        let rows: [(&str, Keep, Get); 5] = [
            ("cost", Keep::IfAny, |v| v.cost_usd.total),
            ("per million records", Keep::InDetail, |v| v.cost_usd.per_million_records),
            ("of it requests", Keep::InDetail, |v| v.cost_usd.requests),
            ("of it compute", Keep::InDetail, |v| v.cost_usd.compute),
            ("of it stream", Keep::InDetail, |v| v.cost_usd.stream),
        ];
        self.add_all(Quantity::Dollars, &rows);
    }
}

/// What a figure could be with other inputs, as a range.
fn uncertain(variant: &VariantSummary, get: fn(&UncertaintySummary) -> Estimate) -> Estimate {
    variant.uncertainty.as_ref().map_or(Estimate::ABSENT, get)
}

/// The mean age, which an unstable variant does not have whatever was averaged.
fn mean_age(variant: &VariantSummary) -> Estimate {
    match variant.stability.verdict {
        StabilityVerdict::Stable | StabilityVerdict::Saturated => variant.iterator_age.mean,
        StabilityVerdict::Unstable => Estimate::ABSENT,
    }
}

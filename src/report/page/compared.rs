//! Variants held against the first one, metric by metric.
//!
//! A difference is stated only where the 95 % intervals do not overlap, which is cautious since
//! variants see the same traffic; without intervals it is stated and the page says so. Left out:
//! paired intervals of differences, which `compare` computes.

use maud::{Markup, html};

use crate::report::figures::{self, Quantity};
use crate::results::{Estimate, RunResults, VariantSummary};

type Metric = (&'static str, Quantity, fn(&VariantSummary) -> Estimate);

const METRICS: [Metric; 5] = [
    ("IteratorAge p99", Quantity::Seconds, |v| v.iterator_age.p99),
    ("blocked-shard time", Quantity::Seconds, |v| v.blocked_shard_time.total),
    ("records lost", Quantity::Count, lost),
    ("invocations", Quantity::Count, |v| v.invocations),
    ("cost", Quantity::Dollars, |v| v.cost_usd.total),
];

/// The section, if there are variants to compare.
pub fn section(results: &RunResults) -> Markup {
    let Some((base, others)) = results.summary.variants.split_first() else {
        return html! {};
    };
    if others.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 { "Variants compared" }
            p {
                "Each variant against “" (base.name) "”, with the same traffic. "
                @if results.summary.replications > 1 {
                    "A change is given where the 95 % intervals do not overlap."
                } @else {
                    "One replication only: small changes may be chance."
                }
            }
            div.scroll { table {
                thead { tr {
                    th scope="col" { "Variant" }
                    @for (name, _, _) in METRICS { th scope="col" { (name) } }
                } }
                tbody {
                    tr {
                        th scope="row" { (base.name) }
                        @for (_, quantity, get) in METRICS {
                            td { (figures::estimate(&get(base), quantity)) }
                        }
                    }
                    @for variant in others { tr {
                        th scope="row" { (variant.name) }
                        @for (_, quantity, get) in METRICS { td {
                            (figures::estimate(&get(variant), quantity))
                            br;
                            span.quiet { (change(&get(base), &get(variant))) }
                        } }
                    } }
                }
            } }
        }
    }
}

/// Discarded and expired records together, with intervals added up, which is cautious.
pub fn lost(variant: &VariantSummary) -> Estimate {
    let ledger = &variant.ledger;
    let discarded = &ledger.discarded;
    let parts = [discarded.retry_attempts_exhausted, discarded.record_age_exceeded, ledger.expired];
    let sum = |get: fn(&Estimate) -> Option<f64>| parts.iter().map(get).sum::<Option<f64>>();
    Estimate {
        value: sum(|part| part.value),
        low: sum(|part| part.low),
        high: sum(|part| part.high),
    }
}

/// How a figure differs from the base, in words.
fn change(base: &Estimate, variant: &Estimate) -> String {
    let (Some(before), Some(after)) = (base.value, variant.value) else {
        return String::new();
    };
    if before == after {
        return "same".to_owned();
    }
    let low = |e: &Estimate| e.low.or(e.value);
    let high = |e: &Estimate| e.high.or(e.value);
    if low(base) <= high(variant) && low(variant) <= high(base) {
        return "no clear change".to_owned();
    }
    let ratio = after / before;
    if before == 0.0 {
        "from nothing".to_owned()
    } else if after == 0.0 {
        "to nothing".to_owned()
    } else if ratio >= 2.0 {
        format!("{} times as much", figures::three_digits(ratio))
    } else if ratio <= 0.5 {
        format!("{} times less", figures::three_digits(1.0 / ratio))
    } else {
        format!("{:+.0} %", (ratio - 1.0) * 100.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(value: f64, half_width: f64) -> Estimate {
        Estimate {
            value: Some(value),
            low: Some(value - half_width),
            high: Some(value + half_width),
        }
    }

    #[test]
    fn a_change_is_stated_only_where_intervals_do_not_overlap() {
        let base = around(100.0, 5.0);
        let cases = [
            (around(104.0, 5.0), "no clear change"),
            (around(120.0, 5.0), "+20 %"),
            (around(80.0, 5.0), "-20 %"),
            (around(300.0, 5.0), "3 times as much"),
            (around(20.0, 5.0), "5 times less"),
            (Estimate::point(0.0), "to nothing"),
            (base, "same"),
            (Estimate::ABSENT, ""),
        ];
        for (variant, expected) in cases {
            assert_eq!(change(&base, &variant), expected);
        }
    }
}

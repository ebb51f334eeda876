//! Metrics of the summary in words, for headings and axes: as the table of a run calls them.

/// Metrics that have words of their own.
const KNOWN: [(&str, &str); 15] = [
    ("cost_usd.total", "cost"),
    ("cost_usd.per_million_records", "cost per million records"),
    ("blocked_shard_time.total", "blocked-shard time"),
    ("blocked_shard_time.fully", "time with all lanes blocked"),
    ("blocked_shard_time.worst_shard", "blocked time of the worst shard"),
    ("ledger.lost", "records lost"),
    ("ledger.processed", "records processed"),
    ("ledger.expired", "records expired"),
    ("ledger.discarded", "records discarded"),
    ("ledger.remaining", "records remaining"),
    ("ledger.duplicates", "duplicates"),
    ("batch_size.mean", "records per call"),
    ("concurrency.mean", "concurrency mean"),
    ("concurrency.max", "concurrency max"),
    ("read_throttles", "reads throttled"),
];

/// What ages are called before their statistic.
const AGES: [(&str, &str); 4] = [
    ("iterator_age.", "IteratorAge "),
    ("age_at_finish.", "age at finish "),
    ("record_age.", "age of a record "),
    ("true_lag.", "true lag "),
];

/// A metric in words; one that has none keeps its name.
pub fn in_words(metric: &str) -> String {
    if let Some((_, words)) = KNOWN.iter().find(|(name, _)| *name == metric) {
        return (*words).to_owned();
    }
    for (prefix, words) in AGES {
        if let Some(statistic) = metric.strip_prefix(prefix) {
            return format!("{words}{statistic}");
        }
    }
    metric.to_owned()
}

/// The same as the beginning of a sentence.
pub fn capitalised(metric: &str) -> String {
    let words = in_words(metric);
    let mut letters = words.chars();
    match letters.next() {
        Some(first) if words != metric => first.to_uppercase().chain(letters).collect(),
        Some(_) | None => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_metrics_have_words_and_others_keep_their_names() {
        assert_eq!(in_words("ledger.lost"), "records lost");
        assert_eq!(capitalised("ledger.lost"), "Records lost");
        assert_eq!(in_words("iterator_age.p99.9"), "IteratorAge p99.9");
        assert_eq!(capitalised("shard(3).ledger.lost"), "shard(3).ledger.lost");
    }
}

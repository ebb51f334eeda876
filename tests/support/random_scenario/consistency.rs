//! What keys of a scenario must have in common: those that do not go together are left out, and
//! numbers of shards are of shards that are there.

use super::Written;
use super::gaps::{Gaps, time};

/// Keys of a scenario by table and name.
struct Keys<'w>(&'w mut Vec<Written>);

impl Keys<'_> {
    fn get(&self, table: &str, key: &str) -> Option<&str> {
        let is_it = |one: &&Written| (one.slot.table, one.slot.key) == (table, key);
        self.0.iter().find(is_it).map(|one| one.value.as_str())
    }

    fn leave_out(&mut self, table: &str, key: &str) {
        self.leave_out_if(table, key, |_| true);
    }

    fn leave_out_if(&mut self, table: &str, key: &str, is_wrong: impl Fn(&Written) -> bool) {
        self.0.retain(|one| (one.slot.table, one.slot.key) != (table, key) || !is_wrong(one));
    }

    fn each(&mut self, table: &str, key: &str) -> impl Iterator<Item = &mut Written> {
        self.0.iter_mut().filter(move |one| (one.slot.table, one.slot.key) == (table, key))
    }

    fn is_kinesis(&self) -> bool {
        self.get("stream", "kind") == Some("'kinesis'")
    }
}

/// Leaves out or changes what does not go together.
pub fn make_consistent(written: &mut Vec<Written>, gaps: &Gaps) {
    let mut keys = Keys(written);
    of_the_kind(&mut keys);
    let first_reshard = reshards(&mut keys, gaps);
    of_traffic(&mut keys);
    of_the_mapping(&mut keys);
    of_the_start(&mut keys, gaps);
    of_the_function(&mut keys);
    of_consumers(&mut keys);
    fill_shards(&mut keys, first_reshard);
}

/// What exists on one kind of stream only.
fn of_the_kind(keys: &mut Keys<'_>) {
    let is_kinesis = keys.is_kinesis();
    if is_kinesis {
        for one in keys.each("mapping", "EventSourceArn") {
            one.value = match one.template {
                "consumer" => {
                    "'arn:aws:kinesis:us-east-1:123456789012:stream/s/consumer/c:1'".to_owned()
                }
                _ => "'arn:aws:kinesis:us-east-1:123456789012:stream/s'".to_owned(),
            };
        }
    } else {
        keys.leave_out("stream", "retention");
        keys.leave_out("traffic 1", "aggregated");
        keys.leave_out_if("mapping", "EventSourceArn", |one| one.template == "consumer");
        for one in keys.each("mapping", "EventSourceArn") {
            one.value = "'arn:aws:dynamodb:us-east-1:123456789012:table/t/stream/s'".to_owned();
        }
        for one in keys.each("mapping", "StartingPosition") {
            if one.template == "'AT_TIMESTAMP'" {
                (one.template, one.value) = ("'LATEST'", "'LATEST'".to_owned());
            }
        }
    }
    if keys.get("traffic 1", "aggregated").is_some() {
        keys.leave_out("traffic 1", "keys");
    }
}

/// Reshards of shards that are open then; when the first one is, in milliseconds.
fn reshards(keys: &mut Keys<'_>, gaps: &Gaps) -> u64 {
    let is_kinesis = keys.is_kinesis();
    let shards = shards(keys);
    if keys.get("stream", "split_above").is_some() {
        keys.leave_out("stream", "reshard[]");
    }
    if !is_kinesis {
        keys.leave_out_if("stream", "reshard[]", |one| one.template == "merge");
    }
    let mut open: Vec<u32> = (0..shards).collect();
    let (mut next, mut at, mut first, mut is_counted) = (shards, 1, gaps.length_ms, false);
    for one in keys.each("stream", "reshard[]") {
        let [when, which, count] = one.numbers.map(u64::from);
        at += when * gaps.length_ms / 3 / 65_536;
        first = first.min(at);
        let at = time(at);
        let mut close = || open.remove(which as usize % open.len());
        let (what, opened) = match one.template {
            // The shards that are open behind it are not known here.
            _ if is_counted => (format!("shards = {}", 6 + 2 * count), 0),
            "split" => (format!("split = {}", close()), 2),
            "roll_over" => (format!("roll_over = {}", close()), 1),
            "merge" if open.len() > 1 => {
                let (one, other) = (open.remove(which as usize % open.len()), open.remove(0));
                (format!("merge = [{one}, {other}]"), 1)
            }
            _ => {
                is_counted = true;
                let few = if is_kinesis { 1 + count % 6 } else { open.len() as u64 + count % 3 };
                (format!("shards = {few}"), 0)
            }
        };
        open.extend(next..next + opened);
        next += opened;
        one.value = format!("{{ at = '{at}', {what} }}");
    }
    // What opens behind a number of shards is left to those that are read above.
    let mut is_counted = false;
    keys.0.retain(|one| {
        let is_reshard = one.slot.key == "reshard[]";
        let is_behind = is_reshard && is_counted;
        is_counted |= is_reshard && one.value.contains("shards =");
        !is_behind
    });
    first
}

fn shards(keys: &Keys<'_>) -> u32 {
    keys.get("stream", "shards").and_then(|shards| shards.parse().ok()).unwrap_or(4)
}

/// A second source needs arrivals, and a run that drains must have an end of its traffic.
fn of_traffic(keys: &mut Keys<'_>) {
    if keys.get("traffic 2", "arrivals").is_none() {
        keys.0.retain(|one| one.slot.table != "traffic 2");
    }
    if keys.get("", "until").is_some() {
        keys.leave_out("", "analysis");
        let is_endless = |arrivals: &str| {
            !["trace", "scripted", "'0/s'"].iter().any(|ending| arrivals.contains(ending))
        };
        for table in ["traffic 1", "traffic 2"] {
            let has_end = keys.get(table, "to").is_some();
            for one in keys.each(table, "arrivals") {
                if !has_end && is_endless(&one.value) {
                    // Constant arrivals as a trace has them, which end by themselves.
                    (one.template, one.value) = (TRACE, TRACE.to_owned());
                }
            }
        }
    }
}

const TRACE: &str = "{ trace = { file = 'arrivals.csv', times = 1 } }";

/// What AWS does not take together (S11.1), and what has no destination.
fn of_the_mapping(keys: &mut Keys<'_>) {
    if keys.get("mapping", "TumblingWindowInSeconds").is_some() {
        keys.leave_out("mapping", "ParallelizationFactor");
        keys.leave_out("mapping", "FilterCriteria");
        let has_lanes = |one: &Written| one.template.contains("ParallelizationFactor");
        keys.leave_out_if("mapping", "schedule[]", has_lanes);
    }
    if keys.get("mapping", "DestinationConfig").is_none() {
        keys.leave_out("destination", "delivery_failure");
        keys.leave_out("destination", "failing_deliveries");
    }
}

/// AT_TIMESTAMP counts from the start of the run.
fn of_the_start(keys: &mut Keys<'_>, gaps: &Gaps) {
    let start = match keys.get("", "start") {
        None => 1_767_225_600.0,
        Some(start) if start.starts_with("'2025") => 1_767_225_599.5,
        Some(_) => 1_709_188_200.0,
    };
    for one in keys.each("mapping", "StartingPosition") {
        if one.template == "'AT_TIMESTAMP'" {
            let share = f64::from(one.numbers[0]) / 65_536.0;
            let at = start + share * gaps.length_ms as f64 / 2_000.0;
            one.value = format!("'AT_TIMESTAMP'\nStartingPositionTimestamp = {at:.3}");
        }
    }
}

/// Rules that name records need records that are scripted.
fn of_the_function(keys: &mut Keys<'_>) {
    let is_scripted =
        |table: &str| keys.get(table, "arrivals").is_some_and(|one| one.contains("scripted"));
    let scripted = ["traffic 1", "traffic 2"].iter().filter(|table| is_scripted(table)).count();
    if scripted != 1 {
        keys.leave_out_if("function", "behaviour[]", |one| {
            one.template.contains("contains") || one.template.contains("$seq")
        });
    }
}

/// Consumers have names; one that starts at the latest record has no time to start at.
fn of_consumers(keys: &mut Keys<'_>) {
    let position = keys.get("mapping", "StartingPosition");
    if position.is_some_and(|position| position.contains("Timestamp")) {
        keys.leave_out_if("", "consumer[]", |one| one.template.contains("LATEST"));
    }
    for (number, one) in keys.each("", "consumer[]").enumerate() {
        one.value = format!("{{ name = 'consumer {number}', set = {} }}", one.value);
    }
}

/// Names shards that are there: of a scripted record and of a marked one.
fn fill_shards(keys: &mut Keys<'_>, first_reshard: u64) {
    let shards = u64::from(shards(keys));
    for one in keys.0.iter_mut() {
        while let Some(start) = one.value.find("{shard ").or(one.value.find("{record ")) {
            let end = start + one.value[start..].find('}').expect("it was written with one");
            let words: Vec<u64> =
                one.value[start..end].split(' ').filter_map(|word| word.parse().ok()).collect();
            let filled = match words.as_slice() {
                [shard] => (shard % shards).to_string(),
                [number, next] => record(*number, *next, shards, first_reshard),
                other => panic!("{other:?} in {}", one.value),
            };
            one.value.replace_range(start..=end, &filled);
        }
    }
}

/// A record of a shard of the beginning, while that is open; keys are of one shard.
fn record(number: u64, next: u64, shards: u64, first_reshard: u64) -> String {
    let at = next * first_reshard.min(60_000) / 65_536;
    let (shard, key) = (number % shards, number / 7 % 3);
    let bytes = if number % 11 == 10 { 7_000_000 } else { 1 + number % 3_000 };
    let (filtered, poison) = (number % 13 == 12, number % 5 == 4);
    format!(
        "{{ at = '{}', shard = {shard}, key = 'k{key}-{shard}', bytes = '{bytes}B', \
         filtered = {filtered}, poison = {poison} }}",
        time(at)
    )
}

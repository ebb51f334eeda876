//! What happens at known times, to be marked in charts over time: spans and moments.
//!
//! | mark | from | to |
//! |---|---|---|
//! | `outage`, `slow` | a fault of the base | its end |
//! | `disabled` | the mapping is disabled, or begins so | it is enabled |
//! | `new settings` | other settings of the mapping | the same moment |
//! | `8 shards` | shards are split or merged (S1.7) | the same moment |
//!
//! What happens in some of the variants only says so. Left out: roll-overs, which every
//! replication has at times of its own.

use std::collections::BTreeMap;

use crate::model::settings::{FaultKind, Mapping, Settings};
use crate::results::Shaded;
use crate::scenario::Variant;
use crate::units::Instant;

/// All marks in order of time.
pub fn marks(variants: &[Variant]) -> Vec<Shaded> {
    let mut of_variants: BTreeMap<(Instant, Instant), (Vec<String>, usize)> = BTreeMap::new();
    for variant in variants {
        for (span, label) in changes(&variant.settings) {
            let (labels, count) = of_variants.entry(span).or_default();
            *count += 1;
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
    }
    let changes = of_variants.into_iter().map(|((from, to), (labels, count))| {
        let some = if count < variants.len() { " (some)" } else { "" };
        shaded(from, to, format!("{}{some}", labels.join(", ")))
    });
    let mut marks: Vec<Shaded> = faults(&variants[0].settings).chain(changes).collect();
    marks.sort_by(|one, other| one.from.total_cmp(&other.from));
    marks
}

fn shaded(from: Instant, to: Instant, label: String) -> Shaded {
    Shaded { from: from.as_secs_f64(), to: to.as_secs_f64(), label }
}

fn faults(settings: &Settings) -> impl Iterator<Item = Shaded> + '_ {
    settings.function.faults.iter().filter_map(|fault| {
        let label = match fault.kind {
            FaultKind::Outage => "outage",
            FaultKind::Slow(_) => "slow",
            FaultKind::Poison(_)
            | FaultKind::ErrorRate(_)
            | FaultKind::PerRecordRate(_)
            | FaultKind::FailsAboveBatch(_)
            | FaultKind::DownstreamLimit(_) => return None,
        };
        Some(shaded(fault.from, fault.to, label.to_owned()))
    })
}

type Change = ((Instant, Instant), String);

fn changes(settings: &Settings) -> Vec<Change> {
    let mut changes = mapping_changes(settings);
    let mut shards = settings.stream.shards as usize;
    let mut counts: BTreeMap<Instant, usize> = BTreeMap::new();
    for reshard in &settings.stream.reshards {
        shards = shards + reshard.open.len() - reshard.close.len();
        counts.insert(reshard.at, shards);
    }
    changes.extend(counts.into_iter().map(|(at, shards)| {
        let label = if shards == 1 { "1 shard".to_owned() } else { format!("{shards} shards") };
        ((at, at), label)
    }));
    changes
}

fn mapping_changes(settings: &Settings) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut mapping = &settings.mapping;
    let mut disabled_at = (!mapping.enabled).then_some(Instant::START);
    for change in &settings.schedule {
        let is_other =
            change.mapping != Mapping { enabled: change.mapping.enabled, ..mapping.clone() };
        match (disabled_at, change.mapping.enabled) {
            (Some(from), true) => changes.push(((from, change.at), "disabled".to_owned())),
            (None, true) if is_other => {
                changes.push(((change.at, change.at), "new settings".to_owned()));
            }
            (Some(_), false) | (None, true | false) => {}
        }
        disabled_at = match change.mapping.enabled {
            true => None,
            false => disabled_at.or(Some(change.at)),
        };
        mapping = &change.mapping;
    }
    if let Some(from) = disabled_at {
        changes.push(((from, Instant::FAR_FUTURE), "disabled".to_owned()));
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Source, load};

    fn marks_of(text: &str) -> Vec<(f64, f64, String)> {
        let text = format!(
            "duration = \"1h\"\n[stream]\nkind = \"kinesis\"\nshards = 2\n{text}\n\
             [[traffic]]\narrivals = {{ poisson = {{ rate = \"1/s\" }} }}\n\
             [function]\nduration = \"20ms\"\n"
        );
        let source = Source { name: "s.toml".into(), text, folder: ".".into() };
        let scenario = load(&source, &[]).unwrap_or_else(|errors| panic!("{errors}"));
        let marks = marks(&scenario.variants).into_iter();
        marks.map(|mark| (mark.from, mark.to, mark.label)).collect()
    }

    #[test]
    fn pauses_are_spans_and_reshards_and_new_settings_moments() {
        let marks = marks_of(
            "reshard = [{ at = \"10s\", shards = 4 }]\n[mapping]\n\
             StartingPosition = \"LATEST\"\nschedule = [\n\
             { at = \"20s\", set = { Enabled = false } },\n\
             { at = \"30s\", set = { Enabled = true } },\n\
             { at = \"40s\", set = { BatchSize = 7 } }]\n",
        );
        let expected =
            [(10.0, 10.0, "4 shards"), (20.0, 30.0, "disabled"), (40.0, 40.0, "new settings")];
        assert_eq!(marks, expected.map(|(from, to, label)| (from, to, label.to_owned())));
    }

    #[test]
    fn what_happens_in_one_of_two_variants_says_so() {
        let marks = marks_of(
            "[mapping]\nStartingPosition = \"LATEST\"\n[[variant]]\nname = \"split\"\n\
             set = { \"stream.reshard\" = [{ at = \"10s\", split = 0 }] }\n",
        );
        assert_eq!(marks, [(10.0, 10.0, "3 shards (some)".to_owned())]);
    }
}

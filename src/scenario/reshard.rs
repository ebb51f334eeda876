//! `[[stream.reshard]]`: shards that split, are merged or roll over during the run (S1.7).
//!
//! ```toml
//! [[stream.reshard]]
//! at = "1h"
//! split = 0              # or merge = [1, 2], roll_over = 3, or shards = 8 (UpdateShardCount)
//! ```
//!
//! New shards get the next free numbers in the order of the file's times. `shards` splits shards
//! into two, or merges neighbours, from the lowest number on, as often as it takes. Left out:
//! where UpdateShardCount places the limits between shards when the number is no doubling.

use super::reader::{Field, Reading};
use super::stream::SHARDS_MAX;
use crate::model::settings::{Reshard, StreamKind};
use crate::units::Instant;

const RESHARDS_MAX: usize = 10_000;
const EXAMPLE: &str = "{ at = \"1h\", split = 0 }";

/// What happens at one time, as written.
enum Change {
    Split(u32),
    Merge(u32, u32),
    RollOver(u32),
    Count(u32),
}

/// Reads all reshards of a stream that starts with `shards` shards.
pub(super) fn reshards(
    field: &Field<'_>,
    kind: StreamKind,
    shards: u32,
    cx: &mut Reading,
) -> Option<Vec<Reshard>> {
    let elements = field.list(RESHARDS_MAX, EXAMPLE, cx)?;
    let read: Vec<Option<(Instant, Change, &Field<'_>)>> = elements
        .iter()
        .map(|element| change(element, kind, cx).map(|(at, change)| (at, change, element)))
        .collect();
    let mut changes = read.into_iter().collect::<Option<Vec<_>>>()?;
    changes.sort_by_key(|&(at, ..)| at);
    let mut numbering = Numbering::new(shards, kind == StreamKind::Kinesis);
    for (at, change, element) in changes {
        if let Err(message) = numbering.apply(at, &change) {
            cx.error(element, message).rule("S1.7");
            return None;
        }
    }
    Some(numbering.done)
}

fn change(field: &Field<'_>, kind: StreamKind, cx: &mut Reading) -> Option<(Instant, Change)> {
    let mut table = field.table(EXAMPLE, cx)?;
    let at = table.required("at", "\"1h\"", cx);
    let mut found = Vec::new();
    for key in ["split", "merge", "roll_over", "shards"] {
        if let Some(value) = table.optional(key, cx) {
            found.push((key, value));
        }
    }
    table.finish(cx);
    let at = at?.positive_duration("h", cx)?;
    let [(key, value)] = found.as_slice() else {
        let message = "say what happens with one of `split = 0`, `merge = [1, 2]`, \
                       `roll_over = 3` and `shards = 8`";
        cx.error(field, message);
        return None;
    };
    let change = match *key {
        "split" => Change::Split(value.whole_u32(0, u32::MAX, cx)?),
        "roll_over" => Change::RollOver(value.whole_u32(0, u32::MAX, cx)?),
        "shards" => Change::Count(value.whole_u32(1, SHARDS_MAX, cx)?),
        _ => merge(value, kind, cx)?,
    };
    Some((Instant::START + at, change))
}

fn merge(value: &Field<'_>, kind: StreamKind, cx: &mut Reading) -> Option<Change> {
    if kind == StreamKind::DynamoDb {
        cx.error(value, "shards of a DynamoDB stream are never merged").rule("S1.7");
        return None;
    }
    let elements = value.list(2, "[1, 2]", cx)?;
    let shards: Option<Vec<u32>> =
        elements.iter().map(|element| element.whole_u32(0, u32::MAX, cx)).collect();
    match shards?.as_slice() {
        [one, other] if one != other => Some(Change::Merge(*one, *other)),
        _ => {
            cx.error(value, "two different shards are merged, for example `[1, 2]`");
            None
        }
    }
}

/// Which shards are open, and what the next one is called.
pub(super) struct Numbering {
    open: Vec<u32>,
    next: u32,
    may_merge: bool,
    done: Vec<Reshard>,
}

impl Numbering {
    /// Shards `0..shards` are open; `may_merge`: there may be fewer later.
    pub fn new(shards: u32, may_merge: bool) -> Numbering {
        Numbering { open: (0..shards).collect(), next: shards, may_merge, done: Vec::new() }
    }

    /// How many shards are open.
    pub fn open_shards(&self) -> u32 {
        self.open.len() as u32
    }

    /// Splits every open shard.
    pub fn split_all(&mut self, at: Instant) -> Result<(), String> {
        self.count(at, self.open_shards().saturating_mul(2))
    }

    /// What was done, by time.
    pub fn into_reshards(self) -> Vec<Reshard> {
        self.done
    }

    fn apply(&mut self, at: Instant, change: &Change) -> Result<(), String> {
        match *change {
            Change::Split(shard) => self.reshard(at, vec![shard], 2),
            Change::Merge(one, other) => self.reshard(at, vec![one, other], 1),
            Change::RollOver(shard) => self.reshard(at, vec![shard], 1),
            Change::Count(count) => self.count(at, count),
        }
    }

    fn reshard(&mut self, at: Instant, close: Vec<u32>, opened: u32) -> Result<(), String> {
        for shard in &close {
            let Some(place) = self.open.iter().position(|open| open == shard) else {
                return Err(format!(
                    "shard {shard} is not open then; open are {}",
                    listed(&self.open)
                ));
            };
            self.open.remove(place);
        }
        if self.next.saturating_add(opened) > SHARDS_MAX {
            return Err(format!("the stream gets too many shards; the most is {SHARDS_MAX}"));
        }
        let open: Vec<u32> = (self.next..self.next + opened).collect();
        self.next += opened;
        self.open.extend(&open);
        self.done.push(Reshard { at, close, open });
        Ok(())
    }

    /// UpdateShardCount: splits or merges shards from the lowest number on, as often as it takes.
    fn count(&mut self, at: Instant, count: u32) -> Result<(), String> {
        while self.open.len() != count as usize {
            self.open.sort_unstable();
            let (shards, now) = (self.open.clone(), self.open.len() as u32);
            if count > now {
                // Those with the lowest numbers have been open longest.
                let split = shards.into_iter().take((count - now) as usize);
                split.map(|shard| vec![shard]).try_for_each(|one| self.reshard(at, one, 2))?;
            } else if !self.may_merge {
                return Err(format!("{now} shards of a DynamoDB stream never become {count}"));
            } else {
                let pairs = shards.chunks_exact(2).take((now - count) as usize);
                pairs.map(<[u32]>::to_vec).try_for_each(|pair| self.reshard(at, pair, 1))?;
            }
        }
        Ok(())
    }
}

fn listed(shards: &[u32]) -> String {
    let mut shards = shards.to_vec();
    shards.sort_unstable();
    let first: Vec<String> = shards.iter().take(10).map(u32::to_string).collect();
    let more = if shards.len() > 10 { ", ..." } else { "" };
    format!("{}{more}", first.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_shards_get_the_next_numbers() {
        let mut numbering = Numbering::new(2, true);
        let at = Instant::from_secs(1);
        numbering.apply(at, &Change::Split(1)).expect("it is open");
        numbering.apply(at, &Change::Merge(0, 3)).expect("they are open");
        let expected = [(vec![1], vec![2, 3]), (vec![0, 3], vec![4])];
        let done = numbering.done.iter().map(|done| (done.close.clone(), done.open.clone()));
        assert_eq!(done.collect::<Vec<_>>(), expected);
        let error = numbering.apply(at, &Change::Split(0)).expect_err("it is closed");
        assert_eq!(error, "shard 0 is not open then; open are 2, 4");
    }

    #[test]
    fn a_new_number_of_shards_splits_or_merges_all() {
        let mut numbering = Numbering::new(2, true);
        numbering.apply(Instant::from_secs(1), &Change::Count(4)).expect("twice as many");
        assert_eq!(numbering.open, [2, 3, 4, 5]);
        numbering.apply(Instant::from_secs(2), &Change::Count(2)).expect("half as many");
        assert_eq!(numbering.open, [6, 7]);
        numbering.apply(Instant::from_secs(3), &Change::Count(3)).expect("one more");
        assert_eq!(numbering.open, [7, 8, 9]);
        numbering.apply(Instant::from_secs(4), &Change::Count(1)).expect("one");
        assert_eq!(numbering.open.len(), 1);
    }
}

//! Which shards split, where a measured run says only how many are open (S1.7).
//!
//! | from n to m open shards | what happens at that time |
//! |---|---|
//! | m > n | the oldest open shard is split in two, until m are open |
//! | m < n | the two oldest open shards are merged, until m are open |
//!
//! Shards are numbered in the order in which they open. **Assumption**: the published runs do not
//! say which shards split; keys are random, so it makes no difference which.

use super::config::Words;
use crate::model::settings::Reshard;
use crate::units::{Duration, Instant};

/// More shards than this are taken for a mistake.
const SHARDS_MAX: u32 = 10_000;

/// All splits and merges, with times after `writer_starts`.
///
/// # Errors
/// A number of shards that makes no sense, as a sentence.
pub fn reshards(words: &Words, writer_starts: Instant) -> Result<Vec<Reshard>, String> {
    let mut open: Vec<u32> = (0..words.shards).collect();
    let mut next = words.shards;
    let mut done = Vec::new();
    let mut last = 0.0;
    for split in &words.splits {
        if !(1..=SHARDS_MAX).contains(&split.shards) || !(last..=1e8).contains(&split.at_s) {
            return Err("`splits` have 1 to 10000 shards, and times in their order".to_owned());
        }
        last = split.at_s;
        let at = writer_starts + Duration::from_secs_f64(split.at_s);
        while open.len() as u32 != split.shards {
            let (closing, opening) =
                if (open.len() as u32) < split.shards { (1, 2) } else { (2, 1) };
            let close: Vec<u32> = open.drain(..closing).collect();
            let opened: Vec<u32> = (next..next + opening).collect();
            next += opening;
            open.extend(&opened);
            done.push(Reshard { at, close, open: opened });
        }
    }
    Ok(done)
}

/// Shards that are open at a time, in seconds.
pub fn shards_at(words: &Words, seconds: f64) -> u32 {
    let until = words.splits.iter().take_while(|split| split.at_s <= seconds);
    until.last().map_or(words.shards, |split| split.shards)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(splits: &str) -> Words {
        let json = format!(
            r#"{{"kind": "kinesis", "shards": 2, "duration_s": 1, "keys": "one",
            "record_bytes": 1, "arrivals": [], "run_until": "empty", "splits": [{splits}]}}"#
        );
        serde_json::from_str(&json).expect("the words are right")
    }

    #[test]
    fn the_oldest_shards_split_until_as_many_are_open_as_said() {
        let words = words(r#"{"at_s": 5, "shards": 3}, {"at_s": 9, "shards": 2}"#);
        let found = reshards(&words, Instant::from_secs(100)).expect("it makes sense");
        let reshard = |at, close: &[u32], open: &[u32]| Reshard {
            at: Instant::from_secs(at),
            close: close.to_vec(),
            open: open.to_vec(),
        };
        assert_eq!(found, [reshard(105, &[0], &[2, 3]), reshard(109, &[1, 2], &[4])]);
        let open = [0.0, 5.0, 8.9, 9.0].map(|at| shards_at(&words, at));
        assert_eq!(open, [2, 3, 3, 2]);
    }

    #[test]
    fn numbers_that_make_no_sense_are_refused() {
        for splits in [r#"{"at_s": 5, "shards": 0}"#, r#"{"at_s": -5, "shards": 3}"#] {
            assert!(reshards(&words(splits), Instant::START).is_err(), "{splits}");
        }
    }
}

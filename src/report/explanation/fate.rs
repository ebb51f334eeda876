//! How a record ended, and what other settings would have made of it.

use super::{counted, heading, length, marked, offset};
use crate::report::screen::Screen;
use crate::results::{RecordEnd, RecordFate, RecordStory, WhatIf};

/// How it ended, as what comes behind `it was`.
pub(super) fn ended(fate: &RecordFate) -> String {
    match fate.end {
        RecordEnd::Processed => "handled by the function".to_owned(),
        RecordEnd::Filtered => "removed by the filter, without an invocation".to_owned(),
        RecordEnd::RetryAttemptsExhausted => {
            format!("discarded because its retries were used up{}", lost_with(fate))
        }
        RecordEnd::RecordAgeExceeded => {
            format!("discarded because it was too old{}", lost_with(fate))
        }
        RecordEnd::Dropped => format!("dropped when it was throttled{}", lost_with(fate)),
        RecordEnd::Expired => "lost: the stream keeps no record for longer".to_owned(),
        RecordEnd::Skipped => "passed over: it lies before the starting position".to_owned(),
        RecordEnd::Waiting => "still waiting at the end of the run".to_owned(),
    }
}

fn lost_with(fate: &RecordFate) -> String {
    match (fate.lost_with_it, fate.good_lost_with_it) {
        (0, _) => ", alone".to_owned(),
        (lost, good) if lost == good => {
            format!(", and {} with it", counted(good.into(), "good record"))
        }
        (lost, good) => {
            format!(", and {} with it, {good} of them good", counted(lost.into(), "record"))
        }
    }
}

/// Adds what other settings would have made of it.
pub(super) fn show(screen: &mut Screen, story: &RecordStory) {
    if story.fate.end == RecordEnd::Filtered || story.fate.end == RecordEnd::Skipped {
        return;
    }
    heading(screen, "What would have changed it (run with the same random numbers)");
    if story.what_ifs.is_empty() {
        let none = "No setting was found that would have made a difference worth telling.";
        screen.wrapped(none);
    }
    for what_if in &story.what_ifs {
        for set in &what_if.set {
            // As it can be typed.
            screen.wrapped(&format!("--set '{set}'"));
        }
        marked(screen, "  ", &outcome(what_if, &story.fate));
    }
}

fn outcome(what_if: &WhatIf, actual: &RecordFate) -> String {
    let WhatIf { fate, before, after, set: _ } = what_if;
    let mut text = match fate.at {
        Some(at) => {
            let age = fate.age.map_or(String::new(), |age| format!(", {} old", length(age)));
            format!("At {}{age}, it would have been {}.", offset(at), ended(fate))
        }
        None => format!("It would have been {}.", ended(fate)),
    };
    if fate.end == actual.end && fate.at == actual.at {
        text = format!("It would have been {}, at the same time.", ended(fate));
    }
    let blocked = |seconds: f64| length(seconds);
    if blocked(before.blocked_shard_time) != blocked(after.blocked_shard_time) {
        let (was, is) = (before.blocked_shard_time, after.blocked_shard_time);
        text += &format!(" Shards blocked for {} instead of {}.", blocked(is), blocked(was));
    }
    let lost = |discarded: u64, expired: u64| match (discarded, expired) {
        (0, 0) => "nothing".to_owned(),
        (discarded, 0) => format!("{} discarded", counted(discarded, "record")),
        (0, expired) => format!("{} expired", counted(expired, "record")),
        (discarded, expired) => {
            format!("{} discarded and {expired} expired", counted(discarded, "record"))
        }
    };
    let (was, is) = (lost(before.discarded, before.expired), lost(after.discarded, after.expired));
    match was == is {
        true => text += &format!(" Lost in the whole run: {is}, as it was."),
        false => text += &format!(" Lost in the whole run: {is} instead of {was}."),
    }
    text
}

//! The story of a record.

use super::fate::{self, ended};
use super::{counted, heading, length, marked, offset, percent, records};
use crate::report::screen::Screen;
use crate::results::{AgePart, BatchAhead, RecordRange, RecordStory, StoryEvent, StoryStep};

/// Adds what happened to a record.
pub(super) fn show(screen: &mut Screen, story: &RecordStory) {
    let RecordStory { shard, sequence, fate, .. } = story;
    let age = fate.age.map_or(String::new(), |age| match fate.at {
        Some(_) => format!(" It was {} old then.", length(age)),
        None => format!(" It is {} old then.", length(age)),
    });
    let what = format!("Record {sequence} of shard {shard} was {}.{age}", ended(fate));
    screen.wrapped_in(&what, "1");
    screen.text.push('\n');
    for (number, step) in story.steps.iter().enumerate() {
        if number == story.left_out_after as usize && story.steps_left_out > 0 {
            let left_out = counted(story.steps_left_out, "further step");
            marked(screen, "         ...", &format!("{left_out} of the same kind"));
        }
        marked(screen, &offset(step.at), &told(story, step));
    }
    if let Some(ahead) = &story.ahead {
        screen.text.push('\n');
        screen.wrapped(&waited_for(story, ahead));
    } else if story.batches_ahead > 0 {
        screen.text.push('\n');
        screen.wrapped(&batches_before(story));
    }
    breakdown(screen, story);
    fate::show(screen, story);
}

fn told(story: &RecordStory, step: &StoryStep) -> String {
    match &step.event {
        StoryEvent::Written => {
            let size = story.bytes.map_or(String::new(), |bytes| format!(" ({bytes} bytes)"));
            let poison = if story.is_poison { "; every attempt at it will fail" } else { "" };
            format!("It is written{size}{poison}.")
        }
        StoryEvent::Skipped => "Reading starts behind it.".to_owned(),
        StoryEvent::Read { waited, held_back } => {
            let mut text = format!("A poll reads it, {} after it could be read", length(*waited));
            if *held_back > 0.0 {
                let held = length(*held_back);
                text += &format!("; for {held} records read before it were not finished");
            }
            text + "."
        }
        StoryEvent::Filtered => "The filter removes it.".to_owned(),
        StoryEvent::BatchClosed { by, records, position } => closed(story, by, records, *position),
        StoryEvent::Throttled { times: 1, .. } => {
            "No concurrency: its batch is throttled and waits.".to_owned()
        }
        StoryEvent::Throttled { times, until } => format!(
            "No concurrency: its batch is throttled, {times} times until {}.",
            offset(*until)
        ),
        StoryEvent::Attempt { attempt, records, ended, outcome, succeeded } => {
            let batch = counted(u64::from(*records), "record");
            let outcome = match (*outcome, succeeded) {
                ("success", _) => "success",
                ("error", _) => "error",
                ("timeout", _) => "timeout",
                ("partial", Some(0) | None) => "the function reports that the first one failed",
                ("partial", Some(_)) => "the function reports a failure",
                (_, _) => "not ended when the run ends",
            };
            let behind = match succeeded {
                Some(done @ 1..) => format!(" behind {}", counted((*done).into(), "record")),
                Some(0) | None => String::new(),
            };
            let end = ended.map_or(String::new(), |ended| format!(" at {}", offset(ended)));
            format!("Attempt {attempt} at its batch of {batch}: {outcome}{behind}{end}.")
        }
        StoryEvent::Split { left, right, is_left } => {
            let half = if *is_left { "the half that goes first" } else { "the other half" };
            format!("The batch is split into {left} and {right}; it is in {half}.")
        }
        StoryEvent::ReadAgain => {
            "Polling began anew behind the checkpoint, and it is read again.".to_owned()
        }
        StoryEvent::Processed => "It is done.".to_owned(),
        StoryEvent::Discarded => {
            let count = story.fate.invoke_count.unwrap_or(1);
            format!("Given up: {} (invoke count {count}).", ended(&story.fate))
        }
        StoryEvent::Expired => "It is older than the retention of the stream.".to_owned(),
    }
}

fn closed(story: &RecordStory, by: &str, range: &RecordRange, position: u32) -> String {
    let why = match by {
        "batch_size" => "BatchSize is reached",
        "payload_limit" => "the next record would exceed the payload limit",
        "batching_window" => "the batching window is over",
        "tumbling_window" => "the next record is in another tumbling window",
        _ => "the lane is free and there are no more",
    };
    let place = match range.count {
        1 => String::new(),
        _ => format!("; it is number {}", position + 1),
    };
    let lane = story.lane.unwrap_or(0);
    format!("Lane {lane} closes its batch of {}: {why}{place}.", records(range))
}

fn batches_before(story: &RecordStory) -> String {
    let batches = match story.batches_ahead {
        1 => "1 batch".to_owned(),
        batches => format!("{batches} batches"),
    };
    let throttled = match story.throttles_ahead {
        0 => String::new(),
        throttles => format!(", which were throttled {}", counted(throttles, "time")),
    };
    format!("Before it was in a batch, its shard had to finish {batches}{throttled}.")
}

fn waited_for(story: &RecordStory, ahead: &BatchAhead) -> String {
    let BatchAhead { lane, records: range, from, to, failed, throttled } = ahead;
    let whose = match story.lane == Some(*lane) {
        true => "its lane".to_owned(),
        false => format!("lane {lane}, which kept its shard from being read,"),
    };
    let busy = match to {
        Some(to) => format!("from {} to {}", offset(*from), offset(*to)),
        None => format!("from {} to the end of the run", offset(*from)),
    };
    let mut trouble = Vec::new();
    if *failed > 0 {
        trouble.push(format!("failed {}", counted(*failed, "time")));
    }
    if *throttled > 0 {
        trouble.push(format!("was throttled {}", counted(*throttled, "time")));
    }
    let trouble = match trouble.is_empty() {
        true => String::new(),
        false => format!(", which {}", trouble.join(" and ")),
    };
    let records = records(range);
    format!("While it waited, {whose} was busy with a batch of {records} {busy}{trouble}.")
}

/// Adds where the age comes from.
fn breakdown(screen: &mut Screen, story: &RecordStory) {
    let total: f64 = story.age_breakdown.iter().map(|part| part.seconds).sum();
    if total <= 0.0 {
        return;
    }
    heading(screen, &format!("Where its age of {} comes from", length(total)));
    for &AgePart { part, seconds } in &story.age_breakdown {
        let (value, share) = (length(seconds), percent(seconds / total));
        screen.text.push_str(&screen.signs(&format!("{part:<12}{value:>10}{share:>9}  ")));
        screen.text.push_str(meaning(part));
        screen.text.push('\n');
    }
}

fn meaning(part: &str) -> &'static str {
    match part {
        "visibility" => "until it could be read",
        "poll" => "until the poll that read it",
        "window" => "waiting for the batching window",
        "queue" => "behind earlier batches of its lane",
        "read_ahead" => "records read before were not finished",
        "concurrency" => "throttled",
        "retry" => "failed attempts and backoff",
        "overhead" => "sending the event",
        "cold_start" => "cold start",
        _ => "in the handler",
    }
}

//! What a shard was doing at a time.

use super::{counted, heading, length, marked, offset, records};
use crate::report::screen::Screen;
use crate::results::{BlockedSpell, LaneMoment, LaneState, ShardMoment, ShardStage};

/// Adds what a shard was doing.
pub(super) fn show(screen: &mut Screen, moment: &ShardMoment) {
    let ShardMoment { shard, at, .. } = moment;
    let state = match moment.stage {
        ShardStage::NotYetOpen => "does not exist yet",
        ShardStage::NotYetRead => {
            "is not read yet: its parents are not finished, or it was not found"
        }
        ShardStage::Open => "is open",
        ShardStage::Closed => "is closed: nothing new is written to it, and it is read to its end",
        ShardStage::Ended => "is closed and finished",
    };
    screen.wrapped_in(&format!("At {}, shard {shard} {state}.", offset(*at)), "1");
    if moment.is_disabled {
        screen.wrapped("Polling is off: the mapping is disabled, or not enabled yet.");
    }
    backlog(screen, moment);
    if let Some(blocked) = &moment.blocked {
        screen.wrapped(&blockage(blocked, *at));
    }
    if moment.lanes.is_empty() || moment.stage == ShardStage::NotYetOpen {
        return;
    }
    heading(screen, "Its lanes");
    for lane in &moment.lanes {
        marked(screen, &format!("lane {}", lane.lane), &doing(lane, *at));
    }
}

fn backlog(screen: &mut Screen, moment: &ShardMoment) {
    let read = match moment.read {
        0 => String::new(),
        read => format!(", {read} of them already read"),
    };
    match moment.backlog {
        Some(0) => screen.wrapped("Nothing waits: all records that can be read are finished."),
        Some(backlog) => {
            let waiting = counted(backlog, "readable record");
            screen.wrapped(&format!("Not finished: {waiting}{read}."));
        }
        None if moment.read > 0 => {
            let read = counted(moment.read, "record");
            screen.wrapped(&format!("{read} were read and are not finished."));
        }
        None => {}
    }
    let Some(oldest) = &moment.oldest else { return };
    let age = length(moment.at - oldest.written);
    let end = match oldest.finished {
        Some(finished) => format!("it meets its end at {}", offset(finished)),
        None => "it waits until the end of the run".to_owned(),
    };
    screen.wrapped(&format!(
        "The oldest is record {}, written at {}, {age} before; {end}.",
        oldest.sequence,
        offset(oldest.written)
    ));
}

fn blockage(blocked: &BlockedSpell, at: f64) -> String {
    let cause = match blocked.cause {
        "throttle" => "a batch is throttled",
        "oversize" => "a record is above the payload limit",
        _ => "a batch fails",
    };
    let how = if blocked.fully { "Nothing of it moves" } else { "A part of it stands still" };
    let until = match blocked.until {
        Some(until) => format!("It goes on at {}, {} later", offset(until), length(until - at)),
        None => "It does not go on before the end of the run".to_owned(),
    };
    let since = offset(blocked.since);
    let lasted = length(at - blocked.since);
    format!("{how}, because {cause}: blocked since {since}, for {lasted}. {until}.")
}

fn doing(lane: &LaneMoment, at: f64) -> String {
    let since = format!("since {}", offset(lane.since));
    let doing = match lane.state {
        LaneState::Free if lane.since > 0.0 => format!("free {since}"),
        LaneState::Free => "free".to_owned(),
        LaneState::Invoking => format!("in the function {since}"),
        LaneState::BackingOff => format!("waits {since} to try its batch again"),
        LaneState::Throttled => format!("waits for concurrency {since}"),
        LaneState::NotSent => format!("has a record that is too large to be sent, {since}"),
    };
    let Some(range) = &lane.records else { return format!("{doing}.") };
    let mut text = format!("{doing}: {}", records(range));
    if let Some(closed) = lane.closed {
        text += &format!(" of a batch closed at {}", offset(closed));
    }
    if lane.failed > 0 {
        text += &format!(", failed {} so far", counted(lane.failed, "time"));
    }
    if lane.throttled > 0 {
        text += &format!(", throttled {} so far", counted(lane.throttled, "time"));
    }
    match lane.done {
        Some(done) => text += &format!(". Done at {}, {} later.", offset(done), length(done - at)),
        None => text += ". Not done before the end of the run.",
    }
    text
}

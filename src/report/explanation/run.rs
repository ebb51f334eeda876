//! What is wrong with a run.

use super::evidence::{cause, remedy, shown, title};
use super::{heading, length, marked, offset, percent};
use crate::report::screen::Screen;
use crate::results::{Diagnosis, LateSpell, RunDiagnosis, WorstMinute};

/// Adds what is wrong.
pub(super) fn show(screen: &mut Screen, run: &RunDiagnosis, simulated: f64) {
    if run.diagnoses.is_empty() {
        screen.wrapped_in("Nothing is wrong.", "1;32");
        let mean = run.mean_age.map_or(String::new(), |age| {
            format!(" Records are {} old on average when their batch is done.", length(age))
        });
        screen.wrapped(&format!(
            "In {} no shard was blocked or late for a time worth telling.{mean} The oldest \
             unfinished record was {} old at most.",
            length(simulated),
            length(run.worst_age)
        ));
    }
    for (number, diagnosis) in run.diagnoses.iter().enumerate() {
        if number > 0 {
            screen.text.push('\n');
        }
        screen.wrapped_in(&format!("{}. {}", number + 1, title(diagnosis.kind)), "1");
        marked(screen, "  ", &explained(diagnosis));
        marked(screen, "  ", &shown(diagnosis));
        marked(screen, "  ", &format!("What helps: {}", remedy(diagnosis)));
    }
    spells(screen, run);
    minutes(screen, run);
}

fn explained(diagnosis: &Diagnosis) -> String {
    let shares = [
        (diagnosis.share_of_lateness, "of the lateness"),
        (diagnosis.share_of_blocked_time, "of the blocked-shard time"),
        (diagnosis.share_of_age, "of the mean age"),
        (diagnosis.share_of_losses, "of the records lost"),
    ];
    let told = shares.iter().filter(|(share, _)| *share >= 0.005);
    let told: Vec<String> = told.map(|(share, of)| format!("{} {of}", percent(*share))).collect();
    let shards = match diagnosis.shards.as_slice() {
        [] => String::new(),
        [one] => format!(" Most affected: shard {one}."),
        several => {
            let names: Vec<String> = several.iter().map(u32::to_string).collect();
            format!(" Most affected: shards {}.", names.join(", "))
        }
    };
    format!("It explains {}.{shards}", told.join(", "))
}

fn spells(screen: &mut Screen, run: &RunDiagnosis) {
    if run.spells.is_empty() {
        return;
    }
    let rest = run.spells_in_all - run.spells.len() as u64;
    let more = if rest > 0 { format!(" ({rest} more)") } else { String::new() };
    let above = length(run.late_above);
    heading(screen, &format!("When shards were latest{more}; late is above {above}"));
    for LateSpell { shard, from, to, worst_at, worst_age, cause: of } in &run.spells {
        let why = of.map_or(String::new(), |kind| format!(": {}", cause(kind)));
        let (until, worst) = (offset(*to), length(*worst_age));
        let at = offset(*worst_at);
        let text = format!("shard {shard}, until {until}, worst at {at} with {worst}{why}");
        marked(screen, &offset(*from), &text);
    }
}

fn minutes(screen: &mut Screen, run: &RunDiagnosis) {
    if run.worst_minutes.is_empty() {
        return;
    }
    heading(screen, "The worst minutes");
    for WorstMinute { at, lag, iterator_age, blocked, cause: of } in &run.worst_minutes {
        let age = match iterator_age {
            Some(age) => format!("IteratorAge up to {}", length(*age)),
            None => "no IteratorAge, since nothing was invoked".to_owned(),
        };
        let blocked = match *blocked > 0.0 {
            true => format!(", {} blocked", length(*blocked)),
            false => String::new(),
        };
        let why = of.map_or(String::new(), |kind| format!(": {}", cause(kind)));
        let text = format!("oldest record {} old, {age}{blocked}{why}", length(*lag));
        marked(screen, &offset(*at), &text);
    }
}

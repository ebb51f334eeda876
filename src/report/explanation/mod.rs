//! What `shardlag explain` prints: plain sentences with times as offsets `hh:mm:ss.mmm`.
//!
//! | file | text of |
//! |---|---|
//! | `record` | the story of a record |
//! | `fate` | how it ended, and what would have changed that |
//! | `shard` | what a shard was doing |
//! | `run` | what is wrong with a run |
//! | `evidence` | how a diagnosis shows, and what helps |
//!
//! The JSON document is the plain data itself, schema `shardlag.explain/1`.

mod evidence;
mod fate;
mod record;
mod run;
mod shard;

use super::TerminalStyle;
use super::figures::{Quantity, plain};
use super::screen::Screen;
use super::text::{printable, wrap};
use crate::results::{Explained, Explanation, RecordRange};

/// The document, ending in a newline.
pub fn explanation_json(explanation: &Explanation) -> String {
    let text = serde_json::to_string_pretty(explanation).expect("it is plain data");
    format!("{text}\n")
}

/// What people read, for a terminal of `width` columns.
pub fn explanation_terminal(
    explanation: &Explanation,
    width: usize,
    style: TerminalStyle,
) -> String {
    let mut screen = Screen::new(width, style);
    let Explanation { scenario, variant, replication, seed, .. } = explanation;
    screen.wrapped_in(scenario, "1");
    screen.wrapped(&format!("Variant {variant}, replication {replication}, seed {seed}."));
    screen.text.push('\n');
    match &explanation.subject {
        Explained::Record(story) => record::show(&mut screen, story),
        Explained::Shard(moment) => shard::show(&mut screen, moment),
        Explained::Run(diagnosis) => {
            run::show(&mut screen, diagnosis, explanation.simulated_seconds);
        }
    }
    screen.text
}

/// A time since the start: `26:03:04.567`.
fn offset(seconds: f64) -> String {
    let millis = libm::floor(seconds * 1000.0 + 1e-6) as u64;
    let (whole, rest) = (millis / 1000, millis % 1000);
    let (hours, minutes) = (whole / 3600, whole / 60 % 60);
    format!("{hours:02}:{minutes:02}:{:02}.{rest:03}", whole % 60)
}

/// A length of time.
fn length(seconds: f64) -> String {
    plain(seconds, Quantity::Seconds)
}

/// A share in percent.
fn percent(share: f64) -> String {
    match share {
        share if share >= 0.995 => "100 %".to_owned(),
        share if share >= 0.0095 => format!("{:.0} %", share * 100.0),
        share if share >= 0.0005 => format!("{:.1} %", share * 100.0),
        share if share > 0.0 => "< 0.1 %".to_owned(),
        _ => "0 %".to_owned(),
    }
}

/// `1 record`, `12 records`.
fn counted(count: u64, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

/// `record 7`, `7 records, 7 to 13`; lanes leave out records of others.
fn records(range: &RecordRange) -> String {
    match (range.count, range.first, range.last) {
        (1, Some(first), _) => format!("record {first}"),
        (count, Some(first), Some(last)) => format!("{count} records, {first} to {last}"),
        (count, _, _) => counted(count.into(), "record"),
    }
}

/// Adds a text behind a time or another mark; further lines begin below the text.
fn marked(screen: &mut Screen, mark: &str, text: &str) {
    let indent = mark.chars().count() + 2;
    let lines = wrap(&screen.signs(&printable(text)), screen.width.saturating_sub(indent).max(20));
    for (number, line) in lines.iter().enumerate() {
        let start = if number == 0 { format!("{mark}  ") } else { " ".repeat(indent) };
        screen.text.push_str(&start);
        screen.text.push_str(line);
        screen.text.push('\n');
    }
}

/// Adds a heading behind an empty line.
fn heading(screen: &mut Screen, text: &str) {
    screen.text.push('\n');
    screen.wrapped_in(text, "1");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_offsets_with_milliseconds() {
        assert_eq!(offset(0.0), "00:00:00.000");
        assert_eq!(offset(3600.893), "01:00:00.893");
        assert_eq!(offset(90_000.25), "25:00:00.250");
        assert_eq!(offset(360_000.0), "100:00:00.000");
    }
}

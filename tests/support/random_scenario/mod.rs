//! Random scenarios as text: whatever a scenario file may say, in any combination that is right.
//!
//! ```text
//! choices --gaps filled--> written keys --consistency--> written keys --> TOML
//! ```
//!
//! A scenario is made of a length and one [`Choice`] per slot of [`SLOTS`], and these of bytes, so
//! that any bytes make one: those that a test draws, or those of a fuzzer. All zeros are the
//! simplest scenario, so bytes that are made smaller make one with fewer keys. Short runs take minutes; long ones
//! more than a day, so that records expire.

mod consistency;
mod gaps;
mod slots;

use std::fmt::Write;

use consistency::make_consistent;
use gaps::Gaps;
pub use slots::{SLOTS, Slot};

/// What is chosen for a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Choice {
    /// Whether it is written: where the slot's chance says so.
    pub is_written: u8,
    /// Which value it has.
    pub which: u8,
    /// What its gaps are filled with.
    pub numbers: [u16; 3],
}

/// Bytes that make a choice.
const CHOICE_BYTES: usize = 8;
/// Bytes that make all choices.
pub const BYTES: usize = 2 + CHOICE_BYTES * SLOTS.len();

/// A scenario before it is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choices {
    length: u16,
    of_slots: Vec<Choice>,
}

impl Choices {
    /// The scenario that bytes make; those that are missing are zeros.
    pub fn of_bytes(bytes: &[u8]) -> Choices {
        let mut bytes = bytes.to_vec();
        bytes.resize(BYTES, 0);
        let (length, rest) = bytes.split_at(2);
        let pair = |pair: &[u8]| u16::from_le_bytes([pair[0], pair[1]]);
        let choice = |bytes: &[u8]| Choice {
            is_written: bytes[0],
            which: bytes[1],
            numbers: [pair(&bytes[2..]), pair(&bytes[4..]), pair(&bytes[6..])],
        };
        Choices {
            length: pair(length),
            of_slots: rest.chunks_exact(CHOICE_BYTES).map(choice).collect(),
        }
    }

    /// The length of the run in milliseconds: one to ten minutes, or 25 to 31 hours for one in 16.
    fn length_ms(&self) -> u64 {
        let (number, hour) = (u64::from(self.length >> 4), 3_600_000);
        match self.length % 16 {
            15 => 25 * hour + number * 6 * hour / 4096,
            _ => 60_000 + number * 540_000 / 4096,
        }
    }
}

/// A key of a scenario.
#[derive(Debug, Clone)]
struct Written {
    slot: &'static Slot,
    /// The value as its slot has it.
    template: &'static str,
    value: String,
    /// Numbers that nothing else uses.
    numbers: [u16; 3],
}

/// A scenario as text.
#[derive(Debug, Clone)]
pub struct RandomScenario {
    /// The file.
    pub text: String,
    /// What it says, as its slots have it.
    pub features: Vec<String>,
}

/// Writes the scenario of some choices.
pub fn scenario(choices: &Choices) -> RandomScenario {
    let gaps = Gaps { length_ms: choices.length_ms() };
    let mut written: Vec<Written> = Vec::new();
    for (slot, choice) in SLOTS.iter().zip(&choices.of_slots) {
        // The simplest choice is to leave a key out.
        let chance = u16::from(slot.chance) * 16;
        if u16::from(choice.is_written) + chance < 256 {
            continue;
        }
        let template = slot.values[usize::from(choice.which) % slot.values.len()];
        let value = gaps.filled(template, choice.numbers);
        written.push(Written { slot, template, value, numbers: choice.numbers });
    }
    make_consistent(&mut written, &gaps);
    let feature = |written: &Written| {
        format!("{}.{} = {}", written.slot.table, written.slot.key, written.template)
    };
    RandomScenario { text: text(&written), features: written.iter().map(feature).collect() }
}

fn text(written: &[Written]) -> String {
    let mut text = String::new();
    let mut table = "";
    let mut lists: Vec<(&str, &str)> = Vec::new();
    for one in written {
        let slot = one.slot;
        if slot.table != table {
            table = slot.table;
            let header = match table.starts_with("traffic") {
                true => "[[traffic]]".to_owned(),
                false => format!("[{table}]"),
            };
            writeln!(text, "\n{header}").expect("a string takes any text");
        }
        let Some(list) = slot.key.strip_suffix("[]") else {
            writeln!(text, "{} = {}", slot.key, one.value).expect("a string takes any text");
            continue;
        };
        if lists.contains(&(table, list)) {
            continue;
        }
        lists.push((table, list));
        let is_of_list = |other: &&Written| (other.slot.table, other.slot.key) == (table, slot.key);
        let elements: Vec<&str> =
            written.iter().filter(is_of_list).map(|other| other.value.as_str()).collect();
        writeln!(text, "{list} = [\n    {},\n]", elements.join(",\n    "))
            .expect("a string takes any text");
    }
    text
}

/// The files that a random scenario may name, with their texts.
pub const FILES: [(&str, &str); 2] = [
    (
        "arrivals.csv",
        "time,records\n0.5,3\n1,0\n1.25,40\n9,1\n9,1\n30,12\n55.5,2\n58,7\n59,100\n61,5\n",
    ),
    (
        "metrics.json",
        "{\"Label\": \"IncomingRecords\", \"Datapoints\": [\n\
         {\"Timestamp\": \"2026-01-01T00:00:00Z\", \"Sum\": 40.0, \"Unit\": \"Count\"},\n\
         {\"Timestamp\": \"2026-01-01T00:01:00Z\", \"Sum\": 0.0, \"Unit\": \"Count\"},\n\
         {\"Timestamp\": \"2026-01-01T00:02:00Z\", \"Sum\": 75.0, \"Unit\": \"Count\"}]}\n",
    ),
];

//! Values with gaps, and numbers that suit a run of some length to fill them with.

/// What fills gaps.
#[derive(Debug)]
pub struct Gaps {
    /// The length of the run in milliseconds.
    pub length_ms: u64,
}

impl Gaps {
    /// A value whose gaps are filled; zeros fill them with the simplest numbers.
    pub fn filled(&self, template: &str, numbers: [u16; 3]) -> String {
        let mut text = String::new();
        let mut rest = template;
        let mut count = 0_u16;
        while let Some(start) = rest.find('{') {
            let (before, from) = rest.split_at(start);
            text += before;
            let end = from.find('}').unwrap_or(from.len() - 1);
            let number = nth(numbers, count);
            match self.gap(&from[1..end], number, nth(numbers, count + 1)) {
                Some(value) => {
                    (text, rest, count) = (text + &value, &from[end + 1..], count + 1);
                }
                // A brace of TOML.
                None => (text, rest) = (text + "{", &from[1..]),
            }
        }
        text + rest
    }

    fn gap(&self, name: &str, number: u16, next: u16) -> Option<String> {
        let length = self.length_ms;
        let of = |low: u64, high: u64| low + u64::from(number) * (high - low) / 65_536;
        let third = |which: u64| time(1 + length * which / 3 + of(0, length / 3 - 2));
        Some(match name {
            "length" => time(length),
            "t" => time(1 + of(0, length - 1)),
            "early" => third(0),
            "middle" => third(1),
            "late" => third(2),
            "short" => time(of(1, 1_501)),
            "gap" => time(length / of(1, 301)),
            "rate" => format!("{}/h", (of(1, 301) * 3_600_000).div_ceil(length)),
            "few" => of(1, 9).to_string(),
            "many" => of(1, 301).to_string(),
            "share" => format!("{}%", of(0, 101)),
            "size" => format!("{}B", of(1, 60_001)),
            "shard" => format!("{{shard {number}}}"),
            "record" => format!("{{record {number} {next}}}"),
            _ => return None,
        })
    }
}

/// A time as a scenario writes it.
pub fn time(ms: u64) -> String {
    format!("{ms}ms")
}

/// Another number for every gap; zeros stay zeros.
fn nth(numbers: [u16; 3], count: u16) -> u16 {
    let factor = 1 + (count / 3).wrapping_mul(40_502);
    numbers[usize::from(count % 3)].wrapping_mul(factor)
}

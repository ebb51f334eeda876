//! Axes: where a value stands, and which ticks are labelled how.
//!
//! Time and ages tick at steps people count in (1, 2, 5, 10, 15, 30 s and min; 1, 2, 3, 4, 6, 12 h;
//! days), counts at 1, 2, 5 times a power of ten. An age axis is logarithmic when its values span
//! more than three decades or a limit is far above them. Left out: dates.

/// What an axis counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Ages, in seconds.
    Age,
    /// Numbers of things.
    Count,
}

/// A scale from 0 (low end) to 1 (high end) with labelled ticks.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    low: f64,
    high: f64,
    logarithmic: bool,
    /// Value and label of each tick.
    pub ticks: Vec<(f64, String)>,
}

/// More than this between smallest and largest value asks for a logarithmic axis.
const DECADES_THREE: f64 = 1000.0;
/// A limit that many times above the largest value does so too.
const FAR_LIMIT: f64 = 8.0;

const MINUTE: f64 = 60.0;
const HOUR: f64 = 3600.0;
const DAY: f64 = 86_400.0;

/// Steps people count time in, in seconds, from a second up.
const TIME_STEPS: [f64; 26] = [
    1.0,
    2.0,
    5.0,
    10.0,
    15.0,
    20.0,
    30.0,
    MINUTE,
    2.0 * MINUTE,
    5.0 * MINUTE,
    10.0 * MINUTE,
    15.0 * MINUTE,
    20.0 * MINUTE,
    30.0 * MINUTE,
    HOUR,
    2.0 * HOUR,
    3.0 * HOUR,
    4.0 * HOUR,
    6.0 * HOUR,
    12.0 * HOUR,
    DAY,
    2.0 * DAY,
    5.0 * DAY,
    10.0 * DAY,
    20.0 * DAY,
    50.0 * DAY,
];

/// Ticks of a logarithmic age axis.
const AGE_LADDER: [(f64, &str); 12] = [
    (1e-3, "1 ms"),
    (1e-2, "10 ms"),
    (0.1, "100 ms"),
    (1.0, "1 s"),
    (10.0, "10 s"),
    (MINUTE, "1 min"),
    (10.0 * MINUTE, "10 min"),
    (HOUR, "1 h"),
    (6.0 * HOUR, "6 h"),
    (DAY, "1 d"),
    (7.0 * DAY, "7 d"),
    (70.0 * DAY, "70 d"),
];

impl Axis {
    /// The axis of simulated time from 0 to `end` seconds, which is exact.
    pub fn time(end: f64) -> Axis {
        let end = if end > 0.0 { end } else { MINUTE };
        let step = time_step(end, 9.0);
        let last = libm::floor(end / step + 1e-9) as u32;
        Axis {
            low: 0.0,
            high: end,
            logarithmic: false,
            ticks: (0..=last)
                .map(|index| f64::from(index) * step)
                .map(|value| (value, time_label(value, step, end)))
                .collect(),
        }
    }

    /// An axis on which all `values` and `limits` stand.
    pub fn values(kind: Kind, values: impl Iterator<Item = f64>, limits: &[f64]) -> Axis {
        let (mut low, mut high) = (f64::INFINITY, 0.0_f64);
        for value in values.filter(|value| *value > 0.0 && value.is_finite()) {
            (low, high) = (low.min(value), high.max(value));
        }
        let limit = limits.iter().copied().fold(0.0, f64::max);
        let top = high.max(limit);
        let spread = high / low > DECADES_THREE || (high > 0.0 && limit > FAR_LIMIT * high);
        match kind {
            Kind::Age if spread => Axis::logarithmic_age(low.max(1e-3), top),
            Kind::Age => Axis::linear_age(top),
            Kind::Count => Axis::count(top),
        }
    }

    /// A linear axis of shares from 0 to 100 %.
    pub fn percent() -> Axis {
        let ticks = (0..=5_u32).map(|fifth| (f64::from(fifth) / 5.0, format!("{} %", fifth * 20)));
        Axis { low: 0.0, high: 1.0, logarithmic: false, ticks: ticks.collect() }
    }

    /// A linear axis of ages from 0.
    pub fn linear_age(top: f64) -> Axis {
        let top = if top > 0.0 { top } else { 1.0 };
        let step = time_step(top, 6.0);
        Axis::linear(top, step, |value| time_label(value, step, top))
    }

    /// A linear axis of counts from 0.
    fn count(top: f64) -> Axis {
        let top = if top > 0.0 { top } else { 1.0 };
        Axis::linear(top, decimal_step(top, 6.0), count_label)
    }

    fn linear(top: f64, step: f64, label: impl Fn(f64) -> String) -> Axis {
        let last = libm::ceil(top * 1.02 / step - 1e-9) as u32;
        Axis {
            low: 0.0,
            high: f64::from(last) * step,
            logarithmic: false,
            ticks: (0..=last)
                .map(|index| f64::from(index) * step)
                .map(|value| (value, label(value)))
                .collect(),
        }
    }

    fn logarithmic_age(low: f64, top: f64) -> Axis {
        let (low, high) = (low / 1.3, top * 1.5);
        let ladder = AGE_LADDER.iter().filter(|(value, _)| (low..=high).contains(value));
        Axis {
            low,
            high,
            logarithmic: true,
            ticks: ladder.map(|(value, label)| (*value, (*label).to_owned())).collect(),
        }
    }

    /// Whether equal lengths are equal factors.
    pub fn is_logarithmic(&self) -> bool {
        self.logarithmic
    }

    /// The high end.
    pub fn high(&self) -> f64 {
        self.high
    }

    /// Where a value stands, 0 at the low end and 1 at the high end; beyond them at the end.
    pub fn position(&self, value: f64) -> f64 {
        let share = if self.logarithmic {
            libm::log(value.max(self.low) / self.low) / libm::log(self.high / self.low)
        } else {
            (value - self.low) / (self.high - self.low)
        };
        share.clamp(0.0, 1.0)
    }
}

/// The smallest step with which `top` has at most `most` steps.
pub fn time_step(top: f64, most: f64) -> f64 {
    if top / most <= 0.5 {
        return decimal_step(top, most);
    }
    let fitting = TIME_STEPS.into_iter().find(|step| top / step <= most);
    fitting.unwrap_or_else(|| decimal_step(top / DAY, most) * DAY)
}

/// The smallest of 1, 2, 5 times a power of ten with which `top` has at most `most` steps.
fn decimal_step(top: f64, most: f64) -> f64 {
    let power = libm::pow(10.0, libm::floor(libm::log10(top / most)));
    let steps = [1.0, 2.0, 5.0, 10.0].map(|digit| digit * power);
    let fitting = steps.into_iter().find(|step| top / step <= most);
    fitting.unwrap_or(10.0 * power)
}

fn time_label(value: f64, step: f64, top: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let (unit, name) = match step {
        _ if top < 1e-3 => (1e-6, "µs"),
        _ if top < 1.0 => (1e-3, "ms"),
        _ if step < MINUTE => (1.0, "s"),
        _ if step < HOUR => (MINUTE, "min"),
        _ if step < DAY => (HOUR, "h"),
        _ => (DAY, "d"),
    };
    format!("{} {name}", short(value / unit))
}

fn count_label(value: f64) -> String {
    match value {
        _ if value < 1e3 => short(value),
        _ if value < 1e6 => format!("{} k", short(value / 1e3)),
        _ if value < 1e9 => format!("{} M", short(value / 1e6)),
        _ => format!("{} G", short(value / 1e9)),
    }
}

/// At most three decimals, without trailing zeros; enough for every step there is.
fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|(_, label)| label.as_str()).collect()
    }

    #[test]
    fn time_ticks_are_ones_people_count_in() {
        let cases = [
            (60.0, "0|10 s|20 s|30 s|40 s|50 s|60 s"),
            (900.0, "0|2 min|4 min|6 min|8 min|10 min|12 min|14 min"),
            (93_600.0, "0|3 h|6 h|9 h|12 h|15 h|18 h|21 h|24 h"),
            (604_800.0, "0|1 d|2 d|3 d|4 d|5 d|6 d|7 d"),
        ];
        for (end, expected) in cases {
            assert_eq!(labels(&Axis::time(end)).join("|"), expected);
        }
    }

    #[test]
    fn ages_over_many_decades_are_logarithmic_with_round_labels() {
        let axis = Axis::values(Kind::Age, [0.2, 86_000.0].into_iter(), &[]);
        assert!(axis.is_logarithmic());
        assert_eq!(labels(&axis).join("|"), "1 s|10 s|1 min|10 min|1 h|6 h|1 d");
        assert!(axis.position(0.2) > 0.0 && axis.position(86_000.0) < 1.0);
    }

    #[test]
    fn linear_axes_start_at_zero_and_hold_their_values() {
        let axis = Axis::values(Kind::Age, [0.2, 1.3].into_iter(), &[1.0]);
        assert_eq!(labels(&axis).join("|"), "0|0.5 s|1 s|1.5 s");
        let axis = Axis::values(Kind::Count, [3.0, 1_900_000.0].into_iter(), &[]);
        assert_eq!(labels(&axis).join("|"), "0|500 k|1 M|1.5 M|2 M");
    }

    #[test]
    fn a_limit_far_above_the_values_does_not_flatten_them() {
        let axis = Axis::values(Kind::Age, [0.2, 0.5].into_iter(), &[60.0]);
        assert!(axis.is_logarithmic());
        assert!(axis.position(0.5) - axis.position(0.2) > 0.1);
    }

    #[test]
    fn an_axis_without_values_is_still_an_axis() {
        for kind in [Kind::Age, Kind::Count] {
            let axis = Axis::values(kind, [0.0, f64::NAN].into_iter(), &[]);
            assert_eq!(axis.position(0.0), 0.0);
            assert!(axis.high() > 0.0);
        }
        assert_eq!(Axis::time(0.0).position(60.0), 1.0);
    }
}

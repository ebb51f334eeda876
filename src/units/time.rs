//! Virtual time: whole nanoseconds since the scenario's start (S1.1).

use std::fmt;
use std::ops::{Add, AddAssign, Mul, Sub};

const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// A point of virtual time, in whole nanoseconds since the scenario's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(u64);

/// A length of virtual time, in whole nanoseconds; at most about 584 years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Duration(u64);

impl Instant {
    /// The start of the scenario.
    pub const START: Instant = Instant(0);
    /// Later than everything that can happen; stands for "not within this run".
    pub const FAR_FUTURE: Instant = Instant(u64::MAX);

    /// The instant `nanos` nanoseconds after the start.
    pub const fn from_nanos(nanos: u64) -> Instant {
        Instant(nanos)
    }

    /// The instant `seconds` whole seconds after the start.
    pub const fn from_secs(seconds: u64) -> Instant {
        Instant(seconds * NANOS_PER_SECOND)
    }

    /// Nanoseconds since the start.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Seconds since the start, for statistics and display only.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / NANOS_PER_SECOND as f64
    }

    /// The time from `earlier` to `self`; zero when `earlier` is later.
    pub fn since(self, earlier: Instant) -> Duration {
        Duration(self.0.saturating_sub(earlier.0))
    }

    /// `self + length`, or [`Instant::FAR_FUTURE`] where that would overflow.
    pub fn saturating_add(self, length: Duration) -> Instant {
        Instant(self.0.saturating_add(length.0))
    }

    /// `self - length`, or the start where that would be before it.
    pub fn saturating_sub(self, length: Duration) -> Instant {
        Instant(self.0.saturating_sub(length.0))
    }
}

impl Duration {
    /// No time at all.
    pub const ZERO: Duration = Duration(0);

    /// A length of `nanos` nanoseconds.
    pub const fn from_nanos(nanos: u64) -> Duration {
        Duration(nanos)
    }

    /// A length of `millis` milliseconds.
    pub const fn from_millis(millis: u64) -> Duration {
        Duration(millis * 1_000_000)
    }

    /// A length of `seconds` seconds.
    pub const fn from_secs(seconds: u64) -> Duration {
        Duration(seconds * NANOS_PER_SECOND)
    }

    /// A length of `seconds` seconds rounded to the nearest nanosecond; negative and NaN give
    /// zero, what does not fit gives the longest length.
    pub fn from_secs_f64(seconds: f64) -> Duration {
        Duration(libm::round(seconds * NANOS_PER_SECOND as f64) as u64)
    }

    /// Whole nanoseconds.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Seconds, for statistics and display only.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / NANOS_PER_SECOND as f64
    }

    /// Whether this is no time at all.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// `self - other`, or zero.
    pub fn saturating_sub(self, other: Duration) -> Duration {
        Duration(self.0.saturating_sub(other.0))
    }

    /// This length times `factor`, rounded to the nearest nanosecond; `factor` is finite and not
    /// negative.
    pub fn scaled(self, factor: f64) -> Duration {
        Duration(libm::round(self.0 as f64 * factor) as u64)
    }
}

impl Add<Duration> for Instant {
    type Output = Instant;
    #[inline]
    fn add(self, length: Duration) -> Instant {
        match self.0.checked_add(length.0) {
            Some(sum) => Instant(sum),
            None => panic!("virtual time overflows: {} ns + {} ns", self.0, length.0),
        }
    }
}

impl Sub<Instant> for Instant {
    type Output = Duration;
    #[inline]
    fn sub(self, earlier: Instant) -> Duration {
        match self.0.checked_sub(earlier.0) {
            Some(length) => Duration(length),
            None => panic!("time runs backwards: {} ns - {} ns", self.0, earlier.0),
        }
    }
}

impl Add for Duration {
    type Output = Duration;
    #[inline]
    fn add(self, other: Duration) -> Duration {
        match self.0.checked_add(other.0) {
            Some(sum) => Duration(sum),
            None => panic!("duration overflows: {} ns + {} ns", self.0, other.0),
        }
    }
}

impl AddAssign for Duration {
    #[inline]
    fn add_assign(&mut self, other: Duration) {
        *self = *self + other;
    }
}

impl Mul<u64> for Duration {
    type Output = Duration;
    #[inline]
    fn mul(self, count: u64) -> Duration {
        match self.0.checked_mul(count) {
            Some(product) => Duration(product),
            None => panic!("duration overflows: {} ns x {count}", self.0),
        }
    }
}

impl fmt::Display for Duration {
    /// Two significant units at most: `250 ms`, `1.5 s`, `12 min 5 s`, `2 h 10 min`, `3 d 4 h`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.as_secs_f64();
        if self.0 == 0 {
            f.write_str("0 s")
        } else if self.0 < 1_000 {
            write!(f, "{} ns", self.0)
        } else if self.0 < 1_000_000 {
            write!(f, "{} µs", trimmed(seconds * 1e6))
        } else if self.0 < NANOS_PER_SECOND {
            write!(f, "{} ms", trimmed(seconds * 1e3))
        } else if seconds < 60.0 {
            write!(f, "{} s", trimmed(seconds))
        } else {
            let whole = self.0 / NANOS_PER_SECOND;
            let (minutes, hours, days) = (whole / 60, whole / 3600, whole / 86_400);
            let (major, unit, minor, minor_unit) = if days > 0 {
                (days, "d", hours % 24, "h")
            } else if hours > 0 {
                (hours, "h", minutes % 60, "min")
            } else {
                (minutes, "min", whole % 60, "s")
            };
            match minor {
                0 => write!(f, "{major} {unit}"),
                _ => write!(f, "{major} {unit} {minor} {minor_unit}"),
            }
        }
    }
}

/// Three significant decimals at most, without trailing zeros.
fn trimmed(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

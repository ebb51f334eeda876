//! Rates in events per second.

/// A rate in events per second: finite and not negative.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Rate(f64);

impl Rate {
    /// A rate of `per_second` events per second; `None` if negative, infinite or not a number.
    pub fn new(per_second: f64) -> Option<Rate> {
        (per_second.is_finite() && per_second >= 0.0).then_some(Rate(per_second))
    }

    /// Events per second.
    pub const fn per_second(self) -> f64 {
        self.0
    }
}

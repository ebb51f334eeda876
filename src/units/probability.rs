//! Chances between 0 and 1.

/// A chance in `0..=1`.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Probability(f64);

impl Probability {
    /// Never.
    pub const ZERO: Probability = Probability(0.0);
    /// Always.
    pub const ONE: Probability = Probability(1.0);

    /// A chance of `value`; `None` outside `0..=1`.
    pub fn new(value: f64) -> Option<Probability> {
        (0.0..=1.0).contains(&value).then_some(Probability(value))
    }

    /// The chance as a number in `0..=1`.
    pub const fn get(self) -> f64 {
        self.0
    }
}

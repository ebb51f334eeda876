//! A bound that may be absent: the place of AWS's `-1`, "for ever".

/// A bound on a quantity, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Limit<T> {
    /// At most this much; the bound itself is allowed.
    Limited(T),
    /// No bound: AWS writes `-1`.
    Unlimited,
}

impl<T: PartialOrd + Copy> Limit<T> {
    /// Whether `value` is within the bound, the bound itself included.
    pub fn allows(self, value: T) -> bool {
        match self {
            Limit::Limited(bound) => value <= bound,
            Limit::Unlimited => true,
        }
    }

    /// The bound, if there is one.
    pub fn bound(self) -> Option<T> {
        match self {
            Limit::Limited(bound) => Some(bound),
            Limit::Unlimited => None,
        }
    }
}

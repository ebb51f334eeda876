//! A figure with its confidence interval.

use serde::{Deserialize, Serialize};

/// A figure and its 95 % confidence interval over replications.
///
/// `value` is `None` where the figure does not exist (the mean age of an unstable queue, a
/// quantile of nothing); `low` and `high` are `None` with a single replication.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Estimate {
    /// The point estimate.
    pub value: Option<f64>,
    /// Lower end of the interval.
    pub low: Option<f64>,
    /// Upper end of the interval.
    pub high: Option<f64>,
}

impl Estimate {
    /// A figure that does not exist.
    pub const ABSENT: Estimate = Estimate { value: None, low: None, high: None };

    /// A figure known exactly or from one replication only.
    pub fn point(value: f64) -> Estimate {
        Estimate { value: Some(value), low: None, high: None }
    }

    /// Half the width of the interval, if there is one.
    pub fn half_width(&self) -> Option<f64> {
        Some((self.high? - self.low?) / 2.0)
    }
}

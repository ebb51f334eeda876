//! How long a run must be for its load: precision of a mean wait, and time until a queue settles.
//!
//! Waits inside one run depend on each other the more, the higher the load. For the M/M/1 queue
//! with utilization rho and service rate mu the variance of the mean wait of n records tends to
//!
//! ```text
//! sigma^2 / n,   sigma^2 = rho (2 + 5 rho - 4 rho^2 + rho^3) / (mu^2 (1 - rho)^4)
//! ```
//!
//! so that the half-width is a share g of the mean wait `W = rho / (mu (1 - rho))` for
//!
//! ```text
//! n = (z / (g W))^2 sigma^2,   z = normal quantile of (1 + confidence) / 2
//! ```
//!
//! What is left of an empty start falls as `e^(-t/T)` with the relaxation time
//!
//! ```text
//! T = v / (mu (1 - sqrt rho)^2),   v = (c_a^2 + c_s^2) / 2
//! ```
//!
//! exactly for M/M/1 (v = 1); v carries the squared coefficients of variation of gaps and service
//! times. After 4 T the mean wait is within 2 % of its long-run value, and a run of 40 T has at
//! most a tenth of its time in that.
//!
//! Reference: Daley, J. Appl. Prob. 5 (1968) 683 (correlations); Whitt, Management Science 35
//! (1989) 1341 (run lengths); Odoni and Roth, Operations Research 31 (1983) 432 (4 T, and the form
//! of v; their fit has 1/1.4 of it); Morse, *Queues, Inventories and Maintenance*, 1958 (M/M/1).
//!
//! Left out: the exact variance of other queues, for which M/M/1 is the yardstick.

use super::normal;

/// Relaxation times until an empty start is forgotten to 2 %.
const SETTLED: f64 = 4.0;

/// The settling time is at most this share of a long enough run.
const SHARE_SETTLING: f64 = 0.1;

/// An M/M/1 queue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MarkovQueue {
    /// Offered load over capacity, strictly between 0 and 1.
    pub utilization: f64,
    /// Records per second that it can serve, above 0.
    pub service_rate: f64,
}

impl MarkovQueue {
    /// Mean wait in seconds before service, in the long run.
    pub fn mean_wait(&self) -> f64 {
        self.utilization / (self.service_rate * (1.0 - self.utilization))
    }

    /// What the variance of the mean wait of n records tends to, times n, in s^2.
    pub fn asymptotic_variance(&self) -> f64 {
        let rho = self.utilization;
        let idle = (1.0 - rho) * (1.0 - rho) * self.service_rate;
        rho * (2.0 + rho * (5.0 + rho * (rho - 4.0))) / (idle * idle)
    }

    /// Records, not rounded, after which the two-sided interval of `confidence` (strictly between
    /// 0 and 1) of the mean wait has a half-width of `relative_half_width` (above 0) of it.
    pub fn records_needed(&self, confidence: f64, relative_half_width: f64) -> f64 {
        let half_width = relative_half_width * self.mean_wait();
        let ratio = normal::two_sided_quantile(confidence) / half_width;
        ratio * ratio * self.asymptotic_variance()
    }
}

/// The relaxation time in seconds of a lane with `utilization` (0 to below 1) that serves a batch
/// in `service_seconds`, where gaps and service times have the `variability` v.
pub fn relaxation_time(utilization: f64, service_seconds: f64, variability: f64) -> f64 {
    assert!((0.0..1.0).contains(&utilization), "a load of {utilization} never settles");
    let rest = 1.0 - libm::sqrt(utilization);
    variability * service_seconds / (rest * rest)
}

/// The length in seconds of a run that is long for a queue with this relaxation time.
pub fn sufficient_run_length(relaxation_time: f64) -> f64 {
    SETTLED * relaxation_time / SHARE_SETTLING
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variance_scales_with_the_square_of_the_service_time() {
        let unit = MarkovQueue { utilization: 0.5, service_rate: 1.0 };
        // 0.5 (2 + 2.5 - 1 + 0.125) / 0.0625 = 29.
        assert!((unit.asymptotic_variance() - 29.0).abs() < 1e-12);
        let fast = MarkovQueue { utilization: 0.5, service_rate: 10.0 };
        assert!((fast.asymptotic_variance() - 0.29).abs() < 1e-12);
        let needed = |queue: MarkovQueue| queue.records_needed(0.95, 0.1);
        assert!((needed(unit) / needed(fast) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn precision_costs_its_square() {
        let queue = MarkovQueue { utilization: 0.8, service_rate: 1.0 };
        let ratio = queue.records_needed(0.95, 0.01) / queue.records_needed(0.95, 0.05);
        assert!((ratio - 25.0).abs() < 1e-9);
    }

    #[test]
    fn the_relaxation_time_explodes_near_saturation() {
        assert_eq!(relaxation_time(0.0, 2.0, 1.0), 2.0);
        assert!((relaxation_time(0.81, 1.0, 1.0) - 100.0).abs() < 1e-9);
        assert!((relaxation_time(0.81, 1.0, 0.5) - 50.0).abs() < 1e-9);
        assert!((sufficient_run_length(100.0) - 4000.0).abs() < 1e-9);
    }
}

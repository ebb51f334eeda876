//! Known answers for the statistics code: procedures that [`crate::analysis`] has.
//!
//! | procedure | function |
//! |---|---|
//! | `t_interval` | [`t_interval`] |
//! | `quantile_interval` | [`quantile_interval`] |
//! | `batch_means_ar1` | [`bias_on_autoregression`] |
//! | `mser5` | [`mser5`] |
//! | `ocba` | [`ocba_allocation`] |
//! | `mm1_run_length` | [`MarkovQueue`] |
//!
//! Left out: procedures about another random number generator than the one in use; they are told
//! apart from unknown ones.

use std::collections::BTreeMap;

use super::item::{Answer, Tolerance};
use super::verdict::{Verdict, allowed_by, judge};
use crate::analysis::batch_means::bias_on_autoregression;
use crate::analysis::ranking::{Candidate, ocba_allocation};
use crate::analysis::run_length::MarkovQueue;
use crate::analysis::{mser5, quantile_interval, t_interval};
use crate::results::Estimate;

/// Procedures of the schema without code to hold against them, and the reason.
const WITHOUT_CODE: [&str; 2] = ["mrg32k3a_uniforms", "mrg32k3a_jump"];
const NO_SUCH_GENERATOR: &str =
    "random numbers are those of ChaCha8; the generator MRG32k3a is not offered";

/// A result by its names.
type Named = BTreeMap<String, Answer>;

/// The input of a procedure.
struct Input<'a> {
    procedure: &'a str,
    values: &'a BTreeMap<String, Answer>,
}

impl Input<'_> {
    fn number(&self, name: &str) -> Result<f64, String> {
        match self.values.get(name) {
            Some(Answer::Number(number)) => Ok(*number),
            Some(Answer::List(_) | Answer::Rows(_) | Answer::Named(_)) | None => {
                Err(format!("`{}` needs the number `{name}`", self.procedure))
            }
        }
    }

    /// A number strictly between two others.
    fn between(&self, name: &str, low: f64, high: f64) -> Result<f64, String> {
        let number = self.number(name)?;
        match low < number && number < high {
            true => Ok(number),
            false => Err(format!("`{name}` must lie between {low} and {high}, not {number}")),
        }
    }

    /// A whole number of at least `least`.
    fn count(&self, name: &str, least: u64) -> Result<u64, String> {
        let number = self.number(name)?;
        match number >= least as f64 && number < 1e15 && number == libm::floor(number) {
            true => Ok(number as u64),
            false => Err(format!("`{name}` must be a whole number from {least}, not {number}")),
        }
    }

    fn list(&self, name: &str) -> Result<&[f64], String> {
        match self.values.get(name) {
            Some(Answer::List(values)) => Ok(values),
            Some(Answer::Number(_) | Answer::Rows(_) | Answer::Named(_)) | None => {
                Err(format!("`{}` needs the list `{name}`", self.procedure))
            }
        }
    }
}

/// The verdict on a procedure's known answer.
///
/// # Errors
/// Why it cannot be computed, as a sentence.
pub fn verdict(
    procedure: &str,
    input: &BTreeMap<String, Answer>,
    tolerance: Tolerance,
    value: &Answer,
) -> Result<Verdict, String> {
    let got = result(&Input { procedure, values: input })?;
    let Answer::Named(expected) = value else {
        return Err("the value of a procedure has named numbers".to_owned());
    };
    let verdicts = expected.iter().map(|(name, expected)| {
        let verdict = judge(tolerance, expected, got.get(name).cloned().as_slice());
        (verdict.passes, format!("{name}: {}", verdict.detail))
    });
    let verdicts: Vec<(bool, String)> = verdicts.collect();
    Ok(Verdict {
        passes: verdicts.iter().all(|(passes, _)| *passes),
        estimate: Estimate::ABSENT,
        allowed: allowed_by(tolerance, value),
        got: Some(Answer::Named(got)),
        detail: verdicts.into_iter().map(|(_, detail)| detail).collect::<Vec<_>>().join("; "),
    })
}

fn result(input: &Input<'_>) -> Result<Named, String> {
    match input.procedure {
        "t_interval" => {
            let confidence = input.between("confidence", 0.0, 1.0)?;
            let interval = t_interval(input.list("values")?, confidence);
            Ok(numbers([("mean", interval.value), ("half_width", interval.half_width())]))
        }
        "quantile_interval" => {
            let count = input.count("n", 1)?;
            let confidence = input.between("confidence", 0.0, 1.0)?;
            let interval = quantile_interval(count, input.between("q", 0.0, 1.0)?, confidence);
            // An unbounded end has the rank 0 or n + 1.
            let lower = interval.lower_rank.unwrap_or(0) as f64;
            let upper = interval.upper_rank.unwrap_or(count + 1) as f64;
            Ok(numbers([
                ("lower_rank", Some(lower)),
                ("upper_rank", Some(upper)),
                ("coverage", Some(interval.coverage)),
            ]))
        }
        "batch_means_ar1" => {
            let batches = input.count("batches", 2)?;
            let count = input.count("n", batches)?;
            let bias = bias_on_autoregression(input.between("phi", -1.0, 1.0)?, count, batches);
            Ok(numbers([
                ("variance_of_mean", Some(bias.variance_of_mean)),
                ("expected_estimate", Some(bias.expected_estimate)),
                ("ratio", Some(bias.ratio)),
            ]))
        }
        "mser5" => {
            let cut = mser5(input.list("values")?).ok_or("`values` needs at least 5 numbers")?;
            Ok(numbers([("truncate", Some(cut.values as f64)), ("statistic", Some(cut.statistic))]))
        }
        "ocba" => ocba(input),
        "mm1_run_length" => {
            let queue = MarkovQueue {
                utilization: input.between("utilization", 0.0, 1.0)?,
                service_rate: input.between("service_rate", 0.0, f64::INFINITY)?,
            };
            let confidence = input.between("confidence", 0.0, 1.0)?;
            let half_width = input.between("rel_half_width", 0.0, f64::INFINITY)?;
            Ok(numbers([
                ("asymptotic_variance", Some(queue.asymptotic_variance())),
                ("records", Some(queue.records_needed(confidence, half_width))),
            ]))
        }
        other if WITHOUT_CODE.contains(&other) => Err(NO_SUCH_GENERATOR.to_owned()),
        other => Err(format!("procedure `{other}` is unknown")),
    }
}

fn ocba(input: &Input<'_>) -> Result<Named, String> {
    let (means, deviations) = (input.list("means")?, input.list("sds")?);
    if means.len() != deviations.len() {
        return Err(format!("{} `means` and {} `sds`", means.len(), deviations.len()));
    }
    let candidate = |(&mean, &standard_deviation)| Candidate { mean, standard_deviation };
    let candidates: Vec<Candidate> = means.iter().zip(deviations).map(candidate).collect();
    let budget = input.between("budget", 0.0, f64::INFINITY)?;
    let shares = ocba_allocation(&candidates, budget).map_err(|reason| reason.to_string())?;
    Ok(Named::from([("allocation".to_owned(), Answer::List(shares))]))
}

/// Those of the numbers that exist.
fn numbers<const COUNT: usize>(numbers: [(&str, Option<f64>); COUNT]) -> Named {
    let exists =
        |(name, number): (&str, Option<f64>)| Some((name.to_owned(), Answer::Number(number?)));
    numbers.into_iter().filter_map(exists).collect()
}

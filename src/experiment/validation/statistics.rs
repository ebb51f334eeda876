//! Known answers for the statistics code: procedures that [`crate::analysis`] has.
//!
//! | procedure | function |
//! |---|---|
//! | `t_interval` | [`t_interval`] |
//! | `quantile_interval` | [`quantile_interval`] |
//!
//! Left out: procedures for which there is no code here (batch means, MSER-5, OCBA, run lengths,
//! another random number generator); they are told apart from unknown ones.

use std::collections::BTreeMap;

use super::item::{Answer, Tolerance};
use super::verdict::{Verdict, allowed_by, judge};
use crate::analysis::{quantile_interval, t_interval};
use crate::results::Estimate;

/// Procedures of the schema without code to hold against them, each with the reason.
const WITHOUT_CODE: [(&str, &str); 6] = [
    ("batch_means_ar1", "intervals come from replications, not from batches of one run"),
    ("mser5", "runs count from the start, so no warm-up is detected"),
    ("ocba", "variants are compared in pairs, not ranked"),
    ("mm1_run_length", "replications are added until a wanted precision is reached"),
    ("mrg32k3a_uniforms", "random numbers are those of ChaCha8"),
    ("mrg32k3a_jump", "random numbers are those of ChaCha8"),
];

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
    let number = |name: &str| match input.get(name) {
        Some(Answer::Number(number)) => Ok(*number),
        Some(Answer::List(_) | Answer::Rows(_) | Answer::Named(_)) | None => {
            Err(format!("`{procedure}` needs the number `{name}`"))
        }
    };
    let got = match procedure {
        "t_interval" => {
            let Some(Answer::List(values)) = input.get("values") else {
                return Err(format!("`{procedure}` needs the list `values`"));
            };
            let interval = t_interval(values, number("confidence")?);
            vec![("mean", interval.value), ("half_width", interval.half_width())]
        }
        "quantile_interval" => {
            let count = number("n")?;
            let interval = quantile_interval(count as u64, number("q")?, number("confidence")?);
            // An unbounded end has the rank 0 or n + 1.
            let lower = interval.lower_rank.map_or(0.0, |rank| rank as f64);
            let upper = interval.upper_rank.map_or(count + 1.0, |rank| rank as f64);
            let coverage = Some(interval.coverage);
            vec![("lower_rank", Some(lower)), ("upper_rank", Some(upper)), ("coverage", coverage)]
        }
        other => {
            let reason = WITHOUT_CODE.iter().find(|(name, _)| *name == other);
            return Err(reason.map_or_else(
                || format!("procedure `{other}` is unknown"),
                |(_, reason)| (*reason).to_owned(),
            ));
        }
    };
    let got: BTreeMap<String, Answer> = got
        .into_iter()
        .filter_map(|(name, number)| Some((name.to_owned(), Answer::Number(number?))))
        .collect();
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

//! Uncertain inputs: the replications once more, with inputs drawn from what is believed of them.
//!
//! An input that is known to a relative standard deviation c is multiplied by
//!
//! ```text
//! F = e^(s Z - s^2 / 2),   s^2 = ln(1 + c^2),   Z standard normal
//! ```
//!
//! which has mean 1 and standard deviation c. There is one draw per replication and input, the
//! same for all variants, and all other random numbers are those of the replication as stated, so
//! that differences are the inputs' doing (`crate::analysis::input_uncertainty`).
//!
//! Reference: Law, *Simulation Modeling and Analysis*, 5th ed. 2015, section 6.2.2 (log-normal).
//! Left out: inputs that depend on each other.

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::offered_load::stability;
use super::perturbation::Input;
use super::replication::{self, Measuring, Replication, ReplicationPlan};
use super::{Progress, RunError, RunOptions};
use crate::analysis::input_uncertainty::DRAWS_ENOUGH;
use crate::engine::RandomSource;
use crate::engine::samplers::StandardNormal;
use crate::model::purposes;
use crate::model::settings::Settings;
use crate::results::StabilityVerdict;
use crate::scenario::{Scenario, Variant};
use crate::units::{Instant, Probability, parse_probability};

/// Replications, and so draws, without which nothing can be said.
pub const DRAWS_MIN: u32 = 10;

/// How well inputs are known.
#[derive(Debug, Clone, PartialEq)]
pub struct Uncertainty {
    /// Inputs, each once, with their relative standard deviation, above 0.
    inputs: Vec<(Input, Probability)>,
}

impl Uncertainty {
    /// Reads a list such as `rate=10%,duration=20%`.
    ///
    /// # Errors
    /// What is wrong with it and what to write instead.
    pub fn parse(text: &str) -> Result<Uncertainty, String> {
        let mut inputs: Vec<(Input, Probability)> = Vec::new();
        for part in text.split(',') {
            let Some((name, share)) = part.split_once('=') else {
                return Err(format!("`{part}` is no input with a share; write `rate=10%`"));
            };
            let (name, share) = (name.trim(), share.trim());
            let known = Input::NAMES.iter().find(|(known, _)| *known == name);
            let Some(&(_, input)) = known else {
                let names: Vec<&str> = Input::NAMES.iter().map(|(name, _)| *name).collect();
                return Err(format!("`{name}` is no input; write one of {}", names.join(", ")));
            };
            let deviation = parse_probability(share).map_err(|error| error.to_string())?;
            if deviation.get() == 0.0 {
                return Err(format!("{name}: write a share above 0 %, for example `10%`"));
            }
            if inputs.iter().any(|(other, _)| *other == input) {
                return Err(format!("`{name}` is given twice"));
            }
            inputs.push((input, deviation));
        }
        inputs.sort_by_key(|(input, _)| *input);
        Ok(Uncertainty { inputs })
    }

    /// Names of the inputs with their relative standard deviations.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, f64)> + '_ {
        self.inputs.iter().map(|(input, deviation)| (input.name(), deviation.get()))
    }

    /// Whether the scenario has these inputs, and enough replications.
    ///
    /// # Errors
    /// What is missing and what to do about it.
    pub fn check(&self, scenario: &Scenario) -> Result<(), String> {
        for (input, _) in &self.inputs {
            let has = |variant: &Variant| input.multiply(&mut variant.settings.clone(), 1.0);
            if !scenario.variants.iter().any(has) {
                return Err(match input {
                    Input::Rate => "no source has a rate that could be uncertain: traces of \
                                    times and scripted records are as they were written"
                        .to_owned(),
                    Input::Duration | Input::RecordSize | Input::ErrorRate | Input::PoisonRate => {
                        let name = input.name();
                        format!("the scenario states no {name} that could be uncertain")
                    }
                });
            }
        }
        if scenario.replications < DRAWS_MIN {
            return Err(format!(
                "uncertain inputs are drawn once per replication, and {} are too few; add \
                 --replications {DRAWS_ENOUGH}",
                scenario.replications
            ));
        }
        Ok(())
    }

    /// `settings` with the inputs of one replication.
    fn drawn(&self, settings: &Settings, seed: u64, number: u32) -> Settings {
        let random = RandomSource::new(seed, number.into());
        let mut settings = settings.clone();
        for &(input, deviation) in &self.inputs {
            let mut stream = random.stream(purposes::UNCERTAIN_INPUTS, input as u64);
            let factor = factor(deviation.get(), StandardNormal::sample(&mut stream));
            input.multiply(&mut settings, factor);
        }
        settings
    }

    /// What the user should know about the number of draws.
    pub fn warning(&self, draws: u32) -> Option<String> {
        (draws < DRAWS_ENOUGH).then(|| {
            format!(
                "The ranges over uncertain inputs rest on {draws} draws and are a little too \
                 narrow; --replications {DRAWS_ENOUGH} or more are better."
            )
        })
    }
}

/// A log-normal factor with mean 1.
fn factor(deviation: f64, normal: f64) -> f64 {
    let variance = libm::log1p(deviation * deviation);
    libm::exp(libm::sqrt(variance) * normal - variance / 2.0)
}

/// What the drawn inputs did to a variant.
#[derive(Debug, Clone, Default)]
pub struct Drawn {
    /// A replication per draw.
    pub replications: Vec<Replication>,
    /// Draws with which the load cannot be carried.
    pub unstable: u32,
}

/// Runs `draws` replications of every variant with drawn inputs.
///
/// # Errors
/// When a replication reaches a limit.
pub fn run(
    uncertainty: &Uncertainty,
    scenario: &Scenario,
    options: &RunOptions,
    warm_up: Instant,
    draws: u32,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Vec<Drawn>, RunError> {
    let planned = u64::from(draws) * scenario.runs().count() as u64;
    let mut all: Vec<Drawn> = Vec::new();
    for (done, variants) in (1..).zip(scenario.runs()) {
        let run_one = |number: u32| {
            let drawn = |variant: &Variant| Variant {
                settings: uncertainty.drawn(&variant.settings, scenario.seed, number),
                ..variant.clone()
            };
            let variants: Vec<Variant> = variants.iter().map(drawn).collect();
            let verdict = |variant: &Variant| stability(&variant.settings, scenario.seed).verdict;
            let verdicts: Vec<StabilityVerdict> = variants.iter().map(verdict).collect();
            let plan = ReplicationPlan {
                variants: &variants,
                seed: scenario.seed,
                number,
                spans: &[],
                limits: options.limits,
                measuring: Measuring { warm_up, batch: None },
            };
            Ok(verdicts.into_iter().zip(replication::run(&plan)?).collect())
        };
        let finished: Result<Vec<Vec<(StabilityVerdict, Replication)>>, RunError> =
            (0..draws).into_par_iter().map(run_one).collect();
        let mut of_run = vec![Drawn::default(); variants.len()];
        for consumers in finished? {
            for (drawn, (verdict, replication)) in of_run.iter_mut().zip(consumers) {
                drawn.unstable += u32::from(verdict == StabilityVerdict::Unstable);
                drawn.replications.push(replication);
            }
        }
        all.extend(of_run);
        progress(Progress { done: u64::from(draws) * done, planned });
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Purpose;

    #[test]
    fn a_list_of_inputs_is_read_and_mistakes_are_said() {
        let read = Uncertainty::parse("duration=20%, rate=10%").expect("it is right");
        let named: Vec<(&str, f64)> = read.named().collect();
        assert_eq!(named, [("rate", 0.1), ("duration", 0.2)]);
        for (text, expected) in [
            ("", "`` is no input with a share; write `rate=10%`"),
            ("rate", "`rate` is no input with a share; write `rate=10%`"),
            (
                "load=10%",
                "`load` is no input; write one of rate, duration, record_size, error_rate, \
                 poison_rate",
            ),
            ("rate=0%", "rate: write a share above 0 %, for example `10%`"),
            ("rate=10%,rate=20%", "`rate` is given twice"),
        ] {
            assert_eq!(Uncertainty::parse(text), Err(expected.to_owned()));
        }
        assert!(Uncertainty::parse("rate=10").is_err_and(|said| said.contains("10")));
        assert!(Uncertainty::parse("rate=500%").is_err());
    }

    #[test]
    fn factors_have_mean_one_and_the_stated_deviation() {
        let mut stream = RandomSource::new(1, 2).stream(Purpose(1_000), 3);
        let mut draw = || factor(0.3, StandardNormal::sample(&mut stream));
        let values: Vec<f64> = (0..200_000).map(|_| draw()).collect();
        let mean = values.iter().sum::<f64>() / 200_000.0;
        let squares = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>();
        let deviation = libm::sqrt(squares / 200_000.0);
        assert!(
            (mean - 1.0).abs() < 0.003 && (deviation - 0.3).abs() < 0.003,
            "{mean} {deviation}"
        );
    }
}

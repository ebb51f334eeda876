//! A sweep as one document that can be carried to other machines: schema `shardlag.sweep-plan/1`.
//!
//! It holds the scenario's text and the files it names, the levels of every point, and for every
//! point the fingerprint of what it means. Files above 8 MiB in all are not held; they are named
//! with their hash and have to lie where they lay.
//!
//! ```text
//! hash = FNV-1a(version, keys of the factors, levels and fingerprint of every point)
//! ```
//!
//! so a comment or a name may change, and nothing that decides a figure. Left out: results.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::SweepError;
use crate::results::SweepFactor;
use crate::scenario::limited::read_text;
use crate::scenario::{
    Diagnostics, Files, Override, Scenario, Source, Sweep, hash, load_with_files,
};

/// What a plan calls itself.
pub const SCHEMA: &str = "shardlag.sweep-plan/1";
/// Files of more bytes in all are named, not held.
const HELD_BYTES_MAX: usize = 8 << 20;
/// A larger plan is taken for a mistake, in bytes.
const PLAN_BYTES_MAX: u64 = 1 << 30;

/// All points of a sweep and what is needed to run them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Always `shardlag.sweep-plan/1`.
    pub schema: String,
    /// Version of the program that made it.
    pub version: String,
    /// Hash of everything that decides a figure: 16 hex digits.
    pub hash: String,
    /// The command that made it.
    pub command: String,
    /// The scenario.
    pub scenario: PlannedScenario,
    /// Changes that all points have, as `--set` takes them.
    pub changes: Vec<String>,
    /// What is varied.
    pub factors: Vec<PlannedFactor>,
    /// Every combination of levels is there.
    pub is_crossed: bool,
    /// The two metrics of the front.
    pub pareto: [String; 2],
    /// The points.
    pub points: Vec<PlannedPoint>,
}

/// The scenario of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedScenario {
    /// Name of its file, as in errors.
    pub file: String,
    /// Folder of files that are not held.
    pub folder: PathBuf,
    /// Its text.
    pub text: String,
    /// The files it names.
    pub files: Vec<PlannedFile>,
}

/// A file that a scenario names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedFile {
    /// As the scenario names it.
    pub name: String,
    /// Hash of its text: 16 hex digits.
    pub hash: String,
    /// Its text, where the plan holds it.
    pub text: Option<String>,
}

/// A factor of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedFactor {
    /// The dotted key.
    pub key: String,
    /// What it is called.
    pub name: String,
    /// Factors of the same group move together.
    pub zip: Option<String>,
}

/// A point of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedPoint {
    /// The level of every factor, as `--set` takes it.
    pub levels: Vec<String>,
    /// What the scenario means with them.
    pub fingerprint: String,
}

/// A scenario with what is to be tried of it.
#[derive(Debug, Clone, Copy)]
pub struct Planning<'a> {
    /// The scenario's text.
    pub source: &'a Source,
    /// Changes that all points have.
    pub changes: &'a [Override],
    /// What is tried.
    pub sweep: &'a Sweep,
    /// Seed of the scenario with these changes.
    pub seed: u64,
    /// Points at most.
    pub points_max: u32,
    /// The command that repeats it.
    pub command: &'a str,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq)]
pub enum PlanError {
    /// A point is no valid scenario.
    Scenario(Diagnostics),
    /// There are too many points, or none can be made.
    Sweep(String),
}

impl Plan {
    /// Plans a sweep: every point is read and checked.
    ///
    /// # Errors
    /// When there are too many points, or one of them is no valid scenario.
    pub fn new(planning: &Planning<'_>) -> Result<Plan, PlanError> {
        let sweep = planning.sweep;
        let points = sweep.points(planning.seed, planning.points_max).map_err(PlanError::Sweep)?;
        let mut files = Files::default();
        let mut planned = Vec::with_capacity(points.len());
        for point in &points {
            let changes = point.changes(&sweep.factors);
            let changes = [planning.changes, &changes].concat();
            let scenario = load_with_files(planning.source, &changes, &mut files);
            let scenario = scenario.map_err(PlanError::Scenario)?;
            planned.push(PlannedPoint {
                levels: point.levels.iter().map(|level| level.text().to_owned()).collect(),
                fingerprint: scenario.fingerprint,
            });
        }
        let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
        let file = |(name, text): (&str, &str)| PlannedFile {
            name: name.to_owned(),
            hash: format!("{:016x}", hash(text)),
            text: (bytes <= HELD_BYTES_MAX).then(|| text.to_owned()),
        };
        let factors = sweep.factors.iter().map(|factor| PlannedFactor {
            key: factor.key.clone(),
            name: factor.name.clone(),
            zip: factor.zip.clone(),
        });
        let mut plan = Plan {
            schema: SCHEMA.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            hash: String::new(),
            command: planning.command.to_owned(),
            scenario: PlannedScenario {
                file: planning.source.name.clone(),
                folder: planning.source.folder.clone(),
                text: planning.source.text.clone(),
                files: files.iter().map(file).collect(),
            },
            changes: planning.changes.iter().map(|change| change.text().to_owned()).collect(),
            factors: factors.collect(),
            is_crossed: sweep.is_crossed(),
            pareto: sweep.pareto.map(|metric| metric.name.to_owned()),
            points: planned,
        };
        plan.hash = plan.computed_hash();
        Ok(plan)
    }

    /// Reads a plan and checks that it is whole and of this version.
    ///
    /// # Errors
    /// When it cannot be read, is no plan, was changed, is of another version, or has no points.
    pub fn read(path: &Path) -> Result<Plan, SweepError> {
        let wrong = |message: String| SweepError::Document(path.to_owned(), message);
        let remedy = "make one with `shardlag sweep plan SCENARIO --out PLAN.json`";
        let unreadable = |error: io::Error| match error.kind() == ErrorKind::NotFound {
            true => wrong(format!("there is no such plan; {remedy}")),
            false => wrong(format!("cannot read this plan: {error}")),
        };
        if fs::metadata(path).map_err(unreadable)?.len() > PLAN_BYTES_MAX {
            return Err(wrong("is larger than 1 GiB, so it is no plan".to_owned()));
        }
        let text = read_text(path, PLAN_BYTES_MAX).map_err(unreadable)?;
        let json: serde_json::Value = serde_json::from_str(&text)
            .map_err(|error| wrong(format!("is no plan of a sweep: {error}")))?;
        match json.get("schema").and_then(serde_json::Value::as_str) {
            Some(SCHEMA) => {}
            Some(other) => {
                return Err(wrong(format!("its schema is `{other}`, not `{SCHEMA}`")));
            }
            None => {
                return Err(wrong(format!("is no plan of a sweep; {remedy}")));
            }
        }
        let plan: Plan = serde_json::from_value(json)
            .map_err(|error| wrong(format!("is no plan of a sweep: {error}")))?;
        plan.check().map_err(wrong)?;
        Ok(plan)
    }

    /// Whether it is of this version, as it was made, and has points with a level of every factor.
    fn check(&self) -> Result<(), String> {
        if self.version != env!("CARGO_PKG_VERSION") {
            return Err(format!(
                "was made by shardlag {}, and this is {}; use that version or plan anew",
                self.version,
                env!("CARGO_PKG_VERSION")
            ));
        }
        if self.hash != self.computed_hash() {
            return Err("was changed after it was made; plan the sweep anew".to_owned());
        }
        if self.points.is_empty() {
            return Err("has no points, so nothing can be run; plan the sweep anew".to_owned());
        }
        let factors = self.factors.len();
        let is_odd = |point: &PlannedPoint| point.levels.len() != factors;
        match self.points.iter().position(is_odd) {
            Some(index) => Err(format!(
                "does not say for every factor what its level is at point {}: factors {factors}, \
                 levels {}; plan the sweep anew",
                index + 1,
                self.points[index].levels.len()
            )),
            None => Ok(()),
        }
    }

    /// The document, ending in a newline.
    pub fn to_json(&self) -> String {
        let json = serde_json::to_string_pretty(self);
        format!("{}\n", json.expect("a plan is plain data"))
    }

    fn computed_hash(&self) -> String {
        let mut text = format!("{};", self.version);
        for factor in &self.factors {
            text += &format!("{:?};", factor.key);
        }
        for point in &self.points {
            text += &format!("{:?};{};", point.levels, point.fingerprint);
        }
        format!("{:016x}", hash(&text))
    }

    /// What is varied.
    pub fn sweep_factors(&self) -> Vec<SweepFactor> {
        let of = |factor: &PlannedFactor| SweepFactor {
            key: factor.key.clone(),
            name: factor.name.clone(),
        };
        self.factors.iter().map(of).collect()
    }

    /// The files that the scenario names.
    ///
    /// # Errors
    /// When one that is not held is missing or was changed.
    pub fn files(&self) -> Result<Files, SweepError> {
        let mut texts: BTreeMap<String, Arc<str>> = BTreeMap::new();
        for file in &self.scenario.files {
            let path = self.scenario.folder.join(&file.name);
            let text = match &file.text {
                Some(text) => text.clone(),
                None => read_text(&path, PLAN_BYTES_MAX)
                    .map_err(|error| SweepError::File(path.clone(), error))?,
            };
            if format!("{:016x}", hash(&text)) != file.hash {
                let message = "is not the file that was planned with; plan the sweep anew";
                return Err(SweepError::Document(path, message.to_owned()));
            }
            texts.insert(file.name.clone(), text.into());
        }
        Ok(Files::of(texts))
    }

    /// The scenario of a point, by its number from 0.
    ///
    /// # Errors
    /// When it cannot be read, or no longer means what was planned.
    pub fn scenario(&self, index: usize, files: &Files) -> Result<Scenario, SweepError> {
        let planned = &self.points[index];
        let source = Source {
            name: self.scenario.file.clone(),
            text: self.scenario.text.clone(),
            folder: self.scenario.folder.clone(),
        };
        let levels = self.factors.iter().zip(&planned.levels);
        let levels = levels.map(|(factor, level)| format!("{}={level}", factor.key));
        let changes = self.changes.iter().cloned().chain(levels);
        let changes: Result<Vec<Override>, Diagnostics> =
            changes.map(|change| Override::parse(&change)).collect();
        let scenario = changes.and_then(|all| load_with_files(&source, &all, &mut files.clone()));
        let point = index + 1;
        let scenario = scenario.map_err(|errors| SweepError::Point { point, errors })?;
        if scenario.fingerprint != planned.fingerprint {
            let (planned, found) = (planned.fingerprint.clone(), scenario.fingerprint);
            return Err(SweepError::Changed { point, planned, found });
        }
        Ok(scenario)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::load;

    const SWEPT: &str = "
        duration = '10m'
        stream = { kind = 'dynamodb', shards = 1 }
        traffic = [{ arrivals = { poisson = { rate = '5/s' } } }]
        mapping = { StartingPosition = 'TRIM_HORIZON' }
        function = { duration = '40ms' }
        sweep = { factor = [{ key = 'mapping.BatchSize', values = [10, 100] }] }
    ";

    fn plan() -> Plan {
        let source = Source::of_text(SWEPT);
        let scenario = load(&source, &[]).unwrap_or_else(|errors| panic!("{errors}"));
        let planning = Planning {
            source: &source,
            changes: &[],
            sweep: scenario.sweep.as_ref().expect("it has a sweep"),
            seed: 1,
            points_max: 10,
            command: "shardlag sweep",
        };
        Plan::new(&planning).expect("two points")
    }

    /// What is wrong with a plan that was changed, by somebody who computes its hash anew.
    fn wrong(change: fn(&mut Plan)) -> Option<String> {
        let mut plan = plan();
        change(&mut plan);
        plan.hash = plan.computed_hash();
        plan.check().err()
    }

    #[test]
    fn a_plan_without_points_or_with_other_levels_than_factors_is_refused_whatever_its_hash() {
        assert_eq!(wrong(|_| ()), None);
        let none = wrong(|plan| plan.points.clear()).expect("it is refused");
        assert_eq!(none, "has no points, so nothing can be run; plan the sweep anew");
        let odd = "does not say for every factor what its level is at point 2: factors 1, levels ";
        let few = wrong(|plan| plan.points[1].levels.clear()).expect("it is refused");
        assert_eq!(few, format!("{odd}0; plan the sweep anew"));
        let many = wrong(|plan| plan.points[1].levels.push("7".to_owned()));
        assert_eq!(many.expect("it is refused"), format!("{odd}2; plan the sweep anew"));
    }
}

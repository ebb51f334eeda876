//! `sweep.json`, a stable contract: schema `shardlag.sweep/1`. Keys may be added, none renamed.
//!
//! Times are in seconds, sizes in bytes, costs in dollars; `front` lists the best compromises by
//! the number of their point and the name of their variant.

use std::collections::BTreeMap;

use serde::Serialize;

use super::words::{Row, front};
use crate::results::{Estimate, StabilityVerdict, SweepFactor, SweepResults, SweptPoint};

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    version: &'a str,
    scenario: &'a str,
    plan: &'a str,
    seed: u64,
    replications: u32,
    factors: &'a [SweepFactor],
    pareto: Front<'a>,
    points: Vec<Point<'a>>,
}

#[derive(Serialize)]
struct Front<'a> {
    metrics: [&'a str; 2],
    front: Vec<Place<'a>>,
}

#[derive(Serialize)]
struct Place<'a> {
    point: usize,
    variant: &'a str,
}

#[derive(Serialize)]
struct Point<'a> {
    point: usize,
    levels: BTreeMap<&'a str, &'a str>,
    variants: Vec<Variant<'a>>,
}

#[derive(Serialize)]
struct Variant<'a> {
    name: &'a str,
    stability: StabilityVerdict,
    on_front: bool,
    figures: &'a BTreeMap<String, Estimate>,
}

/// The document, ending in a newline.
pub fn sweep_json<'a>(results: &'a SweepResults) -> String {
    let front = front(results);
    let place = |row: &Row<'a>| Place { point: row.index + 1, variant: &row.variant.name };
    let document = Document {
        schema: "shardlag.sweep/1",
        version: &results.version,
        scenario: &results.scenario,
        plan: &results.plan,
        seed: results.seed,
        replications: results.replications,
        factors: &results.factors,
        pareto: Front {
            metrics: results.pareto.map(|index| results.metrics[index].name),
            front: front.iter().map(place).collect(),
        },
        points: results.points.iter().enumerate().map(|one| point(results, one)).collect(),
    };
    let json = serde_json::to_string_pretty(&document);
    let mut text = json.expect("a sweep has text keys only, so it is always valid JSON");
    text.push('\n');
    text
}

fn point<'a>(results: &'a SweepResults, (index, point): (usize, &'a SweptPoint)) -> Point<'a> {
    let levels = results.factors.iter().zip(&point.levels);
    Point {
        point: index + 1,
        levels: levels.map(|(factor, level)| (factor.key.as_str(), level.as_str())).collect(),
        variants: point
            .variants
            .iter()
            .map(|variant| Variant {
                name: &variant.name,
                stability: variant.stability,
                on_front: variant.is_on_front,
                figures: &variant.figures,
            })
            .collect(),
    }
}

//! `[sweep]`: which levels of several factors are tried together.
//!
//! ```toml
//! [sweep]
//! design = { latin_hypercube = { points = 40 } }    # or "crossed", the default
//! pareto = ["cost_usd.total", "iterator_age.p99"]
//! ```
//!
//! | design | points |
//! |---|---|
//! | `crossed` | every combination, the last factor moves first |
//! | `latin_hypercube` | n; each of n equal parts of every factor is tried once |
//!
//! Factors with the same `zip` count as one. In a Latin hypercube the order of the parts is a
//! random permutation and the place within a part is uniform; a factor with listed levels is
//! divided among them as evenly as can be. The random numbers have the scenario's seed and the
//! factor's key as their address: adding a factor moves no other. Reference: McKay, Beckman and
//! Conover, Technometrics 21(2), 1979. Left out: designs that look at results.

use super::document::Node;
use super::factors::{Factor, Levels, factors};
use super::fingerprint::hash;
use super::levels::{Level, numbers};
use super::limits::{POINTS_LIMIT, POINTS_MAX};
use super::metrics::{Metric, metric, metric_names};
use super::reader::{Field, Reading};
use super::source::Override;
use super::{apply_override, assertions};
use crate::engine::{Purpose, RandomSource};

/// Where nothing else is said.
const PARETO: [&str; 2] = ["cost_usd.total", "iterator_age.p99"];
/// The order and place of the points of a Latin hypercube; the entity is the hash of a factor's
/// key. The numbers of the model and of the experiment are below.
const LATIN_HYPERCUBE: Purpose = Purpose(65);

/// Factors and how they are combined.
#[derive(Debug, Clone, PartialEq)]
pub struct Sweep {
    /// At least one.
    pub factors: Vec<Factor>,
    /// Which combinations are tried.
    pub design: Design,
    /// The two metrics whose best compromises are wanted.
    pub pareto: [&'static Metric; 2],
}

/// Which combinations of levels are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Design {
    /// All of them.
    Crossed,
    /// So many points, spread evenly over each factor.
    LatinHypercube {
        /// How many, at least 2.
        points: u32,
    },
}

/// One combination: a level for each factor, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesignPoint {
    /// The levels.
    pub levels: Vec<Level>,
}

impl DesignPoint {
    /// The changes of the scenario that make this point.
    pub fn changes(&self, factors: &[Factor]) -> Vec<Override> {
        factors.iter().zip(&self.levels).map(|(factor, level)| factor.change(level)).collect()
    }
}

impl Sweep {
    /// All combinations of these factors.
    pub fn crossed(factors: Vec<Factor>) -> Sweep {
        Sweep { factors, design: Design::Crossed, pareto: default_pareto() }
    }

    /// Whether all combinations are tried.
    pub fn is_crossed(&self) -> bool {
        self.design == Design::Crossed
    }

    /// All points, at most `points_max` of them, in an order that never changes.
    ///
    /// # Errors
    /// When there are more, when factors that move together have different numbers of levels, or
    /// when a range does not say how many it has.
    pub fn points(&self, seed: u64, points_max: u32) -> Result<Vec<DesignPoint>, String> {
        let groups = self.groups();
        match self.design {
            Design::Crossed => crossed(&self.factors, &groups, points_max),
            Design::LatinHypercube { points } if points > points_max => {
                Err(too_many(u128::from(points), points_max))
            }
            Design::LatinHypercube { points } => {
                latin_hypercube(&self.factors, &groups, seed, points)
            }
        }
    }

    /// The numbers of the factors that move together, in the order of their first ones.
    fn groups(&self) -> Vec<Vec<usize>> {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for (index, factor) in self.factors.iter().enumerate() {
            let is_together = |group: &&mut Vec<usize>| {
                self.factors[group[0]].zip.as_ref() == factor.zip.as_ref()
            };
            match groups.iter_mut().find(is_together).filter(|_| factor.zip.is_some()) {
                Some(group) => group.push(index),
                None => groups.push(vec![index]),
            }
        }
        groups
    }
}

/// A level, written as TOML, as people write it.
pub fn level_label(text: &str) -> String {
    Level::new(text.to_owned(), None).label()
}

/// Levels, written as TOML, as numbers; `None`: they are not numbers of the same kind.
pub fn level_numbers(texts: &[&str]) -> Option<Vec<f64>> {
    let levels: Vec<Level> =
        texts.iter().map(|text| Level::new((*text).to_owned(), None)).collect();
    numbers(&levels)
}

/// The metrics of a Pareto front where nothing else is said.
pub fn default_pareto() -> [&'static Metric; 2] {
    PARETO.map(|name| metric(name).expect("it is a metric"))
}

/// The two metrics of a Pareto front.
///
/// # Errors
/// When they are not two different metrics that can be better or worse.
pub fn pareto_of(names: &[&str]) -> Result<[&'static Metric; 2], String> {
    let [one, other] = names else {
        return Err("a front needs two metrics, such as `cost_usd.total,iterator_age.p99`".into());
    };
    let find = |name: &str| -> Result<&'static Metric, String> {
        let name = name.trim();
        let metric =
            metric(name).ok_or_else(|| assertions::unknown_metric(name, &metric_names()))?;
        match metric.direction {
            Some(_) => Ok(metric),
            None => Err(format!("more or less of `{name}` is neither better nor worse")),
        }
    };
    let front = [find(one)?, find(other)?];
    match front[0] == front[1] {
        true => Err(format!("`{}` is there twice; name two metrics", front[0].name)),
        false => Ok(front),
    }
}

/// Numbers of levels and the levels of every factor; those of a group are as many.
fn levels_of(factors: &[Factor], group: &[usize]) -> Result<Vec<Vec<Level>>, String> {
    let levels = group.iter().map(|index| factors[*index].levels());
    let levels = levels.collect::<Result<Vec<Vec<Level>>, String>>()?;
    match levels.iter().position(|of_one| of_one.len() != levels[0].len()) {
        None => Ok(levels),
        Some(at) => {
            let (one, other) = (&factors[group[0]], &factors[group[at]]);
            Err(format!(
                "`{}` has {} levels and `{}` has {}, but they move together (zip = \"{}\")",
                one.name,
                levels[0].len(),
                other.name,
                levels[at].len(),
                one.zip.as_deref().unwrap_or_default()
            ))
        }
    }
}

fn crossed(
    factors: &[Factor],
    groups: &[Vec<usize>],
    points_max: u32,
) -> Result<Vec<DesignPoint>, String> {
    let levels = groups.iter().map(|group| levels_of(factors, group));
    let levels = levels.collect::<Result<Vec<Vec<Vec<Level>>>, String>>()?;
    let counts: Vec<usize> = levels.iter().map(|group| group[0].len()).collect();
    let total = counts.iter().fold(1_u128, |product, count| product.saturating_mul(*count as u128));
    if total > u128::from(points_max) {
        return Err(too_many(total, points_max));
    }
    let point = |number: usize| {
        let mut rest = number;
        let mut chosen: Vec<Option<Level>> = vec![None; factors.len()];
        for (group, (count, levels)) in groups.iter().zip(counts.iter().zip(&levels)).rev() {
            for (index, of_one) in group.iter().zip(levels) {
                chosen[*index] = Some(of_one[rest % count].clone());
            }
            rest /= count;
        }
        DesignPoint { levels: chosen.into_iter().flatten().collect() }
    };
    Ok((0..total as usize).map(point).collect())
}

fn latin_hypercube(
    factors: &[Factor],
    groups: &[Vec<usize>],
    seed: u64,
    points: u32,
) -> Result<Vec<DesignPoint>, String> {
    let mut chosen: Vec<Vec<Option<Level>>> = vec![vec![None; factors.len()]; points as usize];
    let source = RandomSource::new(seed, 0);
    for group in groups {
        let entity = hash(&factors[group[0]].key);
        let mut stream = source.stream(LATIN_HYPERCUBE, entity);
        let mut order: Vec<u32> = (0..points).collect();
        for last in (1..order.len()).rev() {
            order.swap(last, stream.below(last as u64 + 1) as usize);
        }
        for (part, point) in order.into_iter().zip(&mut chosen) {
            let share = stream.uniform();
            for index in group {
                point[*index] = Some(level_at(&factors[*index], part, points, share)?);
            }
        }
    }
    let point =
        |levels: Vec<Option<Level>>| DesignPoint { levels: levels.into_iter().flatten().collect() };
    Ok(chosen.into_iter().map(point).collect())
}

/// The level of a factor in a part of a Latin hypercube.
fn level_at(factor: &Factor, part: u32, parts: u32, share: f64) -> Result<Level, String> {
    match &factor.levels {
        Levels::Range(range) if range.points().is_none() => {
            Ok(range.level_within(part, parts, share))
        }
        Levels::Range(_) | Levels::Listed(_) => {
            let levels = factor.levels()?;
            let index = u64::from(part) * levels.len() as u64 / u64::from(parts);
            Ok(levels[index as usize].clone())
        }
    }
}

fn too_many(points: u128, points_max: u32) -> String {
    let advice = match points <= u128::from(POINTS_LIMIT) {
        true => format!(", or allow them with `--max-points {points}`"),
        false => String::new(),
    };
    format!(
        "these factors make {points} points, more than {points_max}; take fewer levels or factors, \
         spread points with `design = {{ latin_hypercube = {{ points = 100 }} }}` \
         (`--latin-hypercube 100`){advice}"
    )
}

/// Reads `[sweep]`.
pub(super) fn sweep(field: &Field<'_>, cx: &mut Reading) -> Option<Sweep> {
    let mut table = field.table("{ factor = [...] }", cx)?;
    let list =
        table.required("factor", "[{ key = \"mapping.BatchSize\", values = [10, 100] }]", cx);
    let design_field = table.or_default("design", "crossed", cx);
    let pareto = table.optional("pareto", cx);
    table.finish(cx);
    let factors = list.and_then(|list| factors(&list, cx));
    let design = design(&design_field, cx);
    let pareto = match pareto {
        None => Some(default_pareto()),
        Some(field) => front(&field, cx),
    };
    let sweep = Sweep { factors: factors?, design: design?, pareto: pareto? };
    match sweep.levels_alone() {
        Ok(()) => Some(sweep),
        Err((index, message)) => {
            let place = sweep.factors[index].place().unwrap_or(field.node.place);
            cx.problems.error(place, &format!("{}.factor.{index}", field.path), message);
            None
        }
    }
}

fn design(field: &Field<'_>, cx: &mut Reading) -> Option<Design> {
    let (tag, payload) = field.choice(&["crossed", "latin_hypercube"], cx)?;
    match (tag, payload) {
        ("crossed", None) => Some(Design::Crossed),
        ("crossed", Some(payload)) => {
            cx.error(&payload, "`crossed` stands alone; write `design = \"crossed\"`");
            None
        }
        (_, None) => {
            let message = "says not how many points; write \
                           `{ latin_hypercube = { points = 40 } }`";
            cx.error(field, message);
            None
        }
        (_, Some(payload)) => {
            let mut table = payload.table("{ points = 40 }", cx)?;
            let points = table.required("points", "40", cx);
            table.finish(cx);
            let points = points?.whole_u32(2, POINTS_LIMIT, cx)?;
            Some(Design::LatinHypercube { points })
        }
    }
}

fn front(field: &Field<'_>, cx: &mut Reading) -> Option<[&'static Metric; 2]> {
    let elements = field.list(2, "[\"cost_usd.total\", \"iterator_age.p99\"]", cx)?;
    let names = elements.iter().map(|name| name.text(cx)).collect::<Option<Vec<String>>>()?;
    match pareto_of(&names.iter().map(String::as_str).collect::<Vec<&str>>()) {
        Ok(front) => Some(front),
        Err(message) => {
            cx.error(field, message);
            None
        }
    }
}

impl Sweep {
    /// What is wrong with the levels of a factor, or with those that move together with it.
    fn levels_alone(&self) -> Result<(), (usize, String)> {
        let needs_points = self.design == Design::Crossed;
        for (index, factor) in self.factors.iter().enumerate() {
            let is_open =
                matches!(&factor.levels, Levels::Range(range) if range.points().is_none());
            if needs_points || !is_open {
                factor.levels().map_err(|message| (index, message))?;
            }
        }
        for group in self.groups().iter().filter(|_| needs_points) {
            let last = group.last().copied().unwrap_or(0);
            levels_of(&self.factors, group).map_err(|message| (last, message))?;
        }
        Ok(())
    }

    /// Documents that hold every level of every factor at least once, where the others are as in
    /// the scenario; for finding mistakes.
    pub(super) fn single_changes(&self, root: &Node, seed: u64, cx: &mut Reading) -> Vec<Node> {
        let design = Sweep { factors: Vec::new(), ..self.clone() };
        let mut documents = Vec::new();
        for group in self.groups() {
            let factors: Vec<Factor> =
                group.iter().map(|index| self.factors[*index].clone()).collect();
            let alone = Sweep { factors, ..design.clone() };
            for point in alone.points(seed, POINTS_MAX).unwrap_or_default() {
                let mut document = root.clone();
                for change in point.changes(&alone.factors) {
                    apply_override(&mut document, &change, &mut cx.problems);
                }
                documents.push(document);
            }
        }
        documents
    }
}

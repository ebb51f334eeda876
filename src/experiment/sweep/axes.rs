//! The directions in which points lie: factors that move together are one.
//!
//! Levels of an axis are sorted by their numbers where they are numbers, and stay in the order of
//! the plan otherwise.

use std::collections::BTreeMap;

use super::Plan;
use crate::results::SweepAxis;
use crate::scenario::sweep::{level_label, level_numbers};

/// The axes, and for every point the number of its level on each.
pub(super) fn axes(plan: &Plan) -> (Vec<SweepAxis>, Vec<Vec<usize>>) {
    let mut places: Vec<Vec<usize>> = vec![Vec::new(); plan.points.len()];
    let mut axes = Vec::new();
    for group in groups(plan) {
        let of_point = |levels: &[String]| -> Vec<String> {
            group.iter().map(|index| levels[*index].clone()).collect()
        };
        let mut levels: Vec<Vec<String>> = Vec::new();
        let mut known: BTreeMap<Vec<String>, usize> = BTreeMap::new();
        for point in &plan.points {
            let level = of_point(&point.levels);
            known.entry(level).or_insert_with_key(|level| {
                levels.push(level.clone());
                levels.len() - 1
            });
        }
        let firsts: Vec<&str> = levels.iter().map(|level| level[0].as_str()).collect();
        let numbers = level_numbers(&firsts);
        if let Some(numbers) = &numbers {
            let mut order: Vec<usize> = (0..levels.len()).collect();
            order.sort_by(|one, other| numbers[*one].total_cmp(&numbers[*other]));
            levels = order.into_iter().map(|index| levels[index].clone()).collect();
            known = levels.iter().cloned().zip(0..).collect();
        }
        for (point, place) in plan.points.iter().zip(&mut places) {
            let at = known.get(&of_point(&point.levels)).copied();
            place.push(at.expect("every level of a point is on the axis"));
        }
        // A parameter of the mapping is called as AWS calls it.
        let name = |index: &usize| {
            let name = plan.factors[*index].name.as_str();
            name.strip_prefix("mapping.").unwrap_or(name)
        };
        let names: Vec<&str> = group.iter().map(name).collect();
        let label = |level: &Vec<String>| {
            let labels: Vec<String> = level.iter().map(|level| level_label(level)).collect();
            labels.join(" / ")
        };
        axes.push(SweepAxis {
            name: names.join(" / "),
            levels: levels.iter().map(label).collect(),
            numbers: numbers.filter(|_| group.len() == 1).map(|mut numbers| {
                numbers.sort_by(f64::total_cmp);
                numbers
            }),
        });
    }
    (axes, places)
}

/// The numbers of the factors that move together.
fn groups(plan: &Plan) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (index, factor) in plan.factors.iter().enumerate() {
        let is_together = |group: &&mut Vec<usize>| plan.factors[group[0]].zip == factor.zip;
        match groups.iter_mut().find(is_together).filter(|_| factor.zip.is_some()) {
            Some(group) => group.push(index),
            None => groups.push(vec![index]),
        }
    }
    groups
}

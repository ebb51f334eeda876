//! Which of several designs is the best one that meets its targets, and how sure that is.
//!
//! Designs share their random numbers, so objectives are compared in pairs: `d_i` is the mean of
//! `f_i - f_b` over the replications that design i and the best one b both have, `g_ij` the mean
//! by which design i exceeds target j. With Student posteriors of these means,
//!
//! ```text
//! P(correct) >= P(b meets all) - sum_(i != b) min(P(d_i < -delta), min_j P(g_ij <= 0))
//! ```
//!
//! because i is missed only if it is better by more than the indifference delta and meets every
//! target. Further replications go where the bound is weakest: with `s` standard deviations,
//!
//! ```text
//! N_i  ~  min((s(d_i) / (d_i + delta))^2,  min_(j: g_ij > 0) (s(g_ij) / g_ij)^2)
//! N_b  ~  max_j (s(g_bj) / g_bj)^2,  and at least the N_i of all that are compared with it
//! ```
//!
//! given out one by one to the design that has the smallest part of its share.
//!
//! References: Lee, Pujowidianto, Li, Chen and Yap, IEEE Transactions on Automatic Control 57
//! (2012) 2940 (OCBA-CO: the two ways to exclude a design, and shares by the easier one); Branke,
//! Chick and Schmidt, Management Science 53 (2007) 1916 (posterior of a good selection as stopping
//! rule, with indifference); Chen and Lee, *Stochastic Simulation Optimization*, 2011, 3.4 ("most
//! starving"); Law, *Simulation Modeling and Analysis*, 5th ed. 2015, 11.2 (pairs).
//!
//! Left out: dependence between the terms, which the sum bounds; a correction for looking again
//! and again. A figure that never varied is taken for constant.

use super::student;

/// Larger quotients of noise and distance all count as this.
const RATIO_MAX: f64 = 1e12;

/// What the replications of a design have shown so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Observed {
    /// The figure that is to be small, by replication; `None`: this one has no such figure.
    pub objective: Vec<Option<f64>>,
    /// By target and replication: how far the figure is on the wrong side of its limit.
    pub excesses: Vec<Vec<Option<f64>>>,
}

/// Mean of some values with what tells how sure it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mean {
    /// The mean.
    pub mean: f64,
    /// Standard deviation of the values, 0 or more; `None`: there is only one.
    pub deviation: Option<f64>,
    /// How many there are.
    pub count: usize,
}

/// What is best so far, and how sure that is.
#[derive(Debug, Clone, PartialEq)]
pub struct Selection {
    /// The best that meets all targets; `None`: none seems to.
    pub best: Option<usize>,
    /// At least so probable is it that this is right, 0 to 1.
    pub probability: f64,
    /// The part of the next replications that each design should have, up to a factor.
    pub shares: Vec<f64>,
}

impl Mean {
    /// Of the values there are; `None`: there are none.
    pub fn of(values: impl Iterator<Item = f64> + Clone) -> Option<Mean> {
        let count = values.clone().count();
        let first = values.clone().next()?;
        // Around the first value, so that values that are all alike have exactly no deviation.
        let mean = first + values.clone().map(|value| value - first).sum::<f64>() / count as f64;
        let squares: f64 = values.map(|value| (value - mean) * (value - mean)).sum();
        let deviation = (count > 1).then(|| libm::sqrt(squares / (count - 1) as f64));
        Some(Mean { mean, deviation, count })
    }

    /// The chance that the true mean is at most `limit`; an even one where that cannot be told.
    pub fn chance_at_most(&self, limit: f64) -> f64 {
        let distance = limit - self.mean;
        match self.deviation {
            None => 0.5,
            Some(deviation) if deviation > 0.0 => {
                let error = deviation / libm::sqrt(self.count as f64);
                student::cumulative(distance / error, (self.count - 1) as f64)
            }
            Some(_) => f64::from(u8::from(distance >= 0.0)),
        }
    }

    /// Squared quotient of noise and distance from `limit`: how many replications it takes.
    fn ratio(&self, limit: f64) -> f64 {
        let distance = self.mean - limit;
        match self.deviation {
            Some(0.0) => 0.0,
            Some(deviation) if distance != 0.0 => {
                let quotient = deviation / distance;
                (quotient * quotient).min(RATIO_MAX)
            }
            Some(_) | None => RATIO_MAX,
        }
    }
}

impl Observed {
    /// Mean of the objective.
    pub fn mean(&self) -> Option<Mean> {
        Mean::of(self.objective.iter().copied().flatten())
    }

    /// Mean excess of a target; `None`: there is no such figure, so it is not met.
    pub fn excess(&self, target: usize) -> Option<Mean> {
        Mean::of(self.excesses[target].iter().copied().flatten())
    }

    /// Whether the means meet all targets, but for `without`.
    pub fn seems_to_meet(&self, without: Option<usize>) -> bool {
        let targets = (0..self.excesses.len()).filter(|target| Some(*target) != without);
        self.mean().is_some()
            && targets
                .into_iter()
                .all(|target| self.excess(target).is_some_and(|excess| excess.mean <= 0.0))
    }

    /// The chance that a target is met.
    pub fn chance_of_meeting(&self, target: usize) -> f64 {
        self.excess(target).map_or(0.0, |excess| excess.chance_at_most(0.0))
    }

    /// At least so probable are all targets met together.
    pub fn chance_of_meeting_all(&self) -> f64 {
        let missed = (0..self.excesses.len()).map(|target| 1.0 - self.chance_of_meeting(target));
        (1.0 - missed.sum::<f64>()).max(0.0)
    }

    /// At most so probable are all targets met together.
    pub fn chance_of_meeting_at_most(&self) -> f64 {
        if self.mean().is_none() {
            return 0.0;
        }
        let met = (0..self.excesses.len()).map(|target| self.chance_of_meeting(target));
        met.fold(1.0, f64::min)
    }

    /// How much larger the objective is than that of `best`, over the replications of both.
    pub fn difference(&self, best: &Observed) -> Option<Mean> {
        Mean::of(self.differences(best))
    }

    /// The differences replication by replication.
    pub fn differences<'a>(&'a self, best: &'a Observed) -> impl Iterator<Item = f64> + Clone + 'a {
        let pairs = self.objective.iter().zip(&best.objective);
        pairs.filter_map(|(own, best)| Some((*own)? - (*best)?))
    }
}

/// The mean of every design's objective, as far as it is from that of the design with the most
/// replications: what a design owes to its replications having been lucky ones is taken out.
pub fn adjusted_means(designs: &[Observed]) -> Vec<Option<f64>> {
    let counted = designs.iter().enumerate();
    let most = counted.max_by_key(|(index, one)| (one.objective.len(), usize::MAX - index));
    let Some((_, reference)) = most else { return Vec::new() };
    let Some(base) = reference.mean() else {
        return designs.iter().map(|one| one.mean().map(|mean| mean.mean)).collect();
    };
    let adjusted = |one: &Observed| match one.difference(reference) {
        Some(difference) => Some(base.mean + difference.mean),
        None => one.mean().map(|mean| mean.mean),
    };
    designs.iter().map(adjusted).collect()
}

/// The index of the best of the designs that meet all targets but `without`: of equals the first.
pub fn best(designs: &[Observed], without: Option<usize>) -> Option<usize> {
    let adjusted = adjusted_means(designs);
    let meeting = (0..designs.len()).filter(|index| designs[*index].seems_to_meet(without));
    let known = meeting.filter_map(|index| Some((index, adjusted[index]?)));
    known.min_by(|one, other| one.1.total_cmp(&other.1)).map(|(index, _)| index)
}

/// Selects among designs whose objectives differ in truth only by more than `indifference`.
pub fn select(designs: &[Observed], indifference: f64) -> Selection {
    let Some(best) = best(designs, None) else { return none_meets(designs) };
    let chosen = &designs[best];
    let mut probability = chosen.chance_of_meeting_all();
    let mut shares = vec![0.0; designs.len()];
    let mut compared_most: f64 = 0.0;
    for (index, one) in designs.iter().enumerate().filter(|(index, _)| *index != best) {
        let meeting = one.chance_of_meeting_at_most();
        let difference = one.difference(chosen);
        let better = difference.map_or(meeting, |mean| mean.chance_at_most(-indifference));
        // A difference of exactly nothing is none, whatever the indifference.
        let is_same = difference.is_some_and(|mean| mean.mean == 0.0 && is_constant(&mean));
        if is_same {
            continue;
        }
        probability -= better.min(meeting);
        let by_objective = match difference {
            Some(mean) if mean.mean > -indifference => mean.ratio(-indifference),
            Some(_) | None => RATIO_MAX,
        };
        let by_targets = easiest_violation(one);
        shares[index] = by_objective.min(by_targets);
        if by_objective <= by_targets {
            compared_most = compared_most.max(shares[index]);
        }
    }
    let targets = (0..chosen.excesses.len()).filter_map(|target| chosen.excess(target));
    let own = targets.map(|excess| excess.ratio(0.0)).fold(0.0, f64::max);
    shares[best] = own.max(compared_most);
    Selection { best: Some(best), probability: probability.max(0.0), shares }
}

/// No design seems to meet the targets.
fn none_meets(designs: &[Observed]) -> Selection {
    let missed: f64 = designs.iter().map(Observed::chance_of_meeting_at_most).sum();
    let shares = designs.iter().map(|one| match one.mean() {
        Some(_) => easiest_violation(one),
        None => 0.0,
    });
    Selection { best: None, probability: (1.0 - missed).max(0.0), shares: shares.collect() }
}

/// How many replications it takes to see that one of the targets is missed.
fn easiest_violation(design: &Observed) -> f64 {
    let violated = (0..design.excesses.len()).map(|target| match design.excess(target) {
        None => 0.0,
        Some(excess) if excess.mean > 0.0 => excess.ratio(0.0),
        Some(_) => RATIO_MAX,
    });
    violated.fold(RATIO_MAX, f64::min)
}

fn is_constant(mean: &Mean) -> bool {
    mean.deviation.is_some_and(|deviation| deviation == 0.0)
}

/// Gives out `count` replications one by one to the design with the smallest part of its share;
/// nobody gets more than `most` in all. Gives the new numbers of replications.
pub fn most_starving(have: &[usize], shares: &[f64], count: usize, most: usize) -> Vec<usize> {
    let mut have = have.to_vec();
    for _ in 0..count {
        let hungry = (0..have.len()).filter(|index| shares[*index] > 0.0 && have[*index] < most);
        let part = |index: &usize| have[*index] as f64 / shares[*index];
        let next = hungry.min_by(|one, other| part(one).total_cmp(&part(other)));
        let Some(next) = next else { break };
        have[next] += 1;
    }
    have
}

#[cfg(test)]
mod tests {
    use super::*;

    fn design(objective: &[f64], excess: &[f64]) -> Observed {
        let some = |values: &[f64]| values.iter().copied().map(Some).collect::<Vec<_>>();
        Observed { objective: some(objective), excesses: vec![some(excess)] }
    }

    #[test]
    fn a_pair_of_designs_has_the_probability_worked_out_by_hand() {
        // Differences 1, 2, 3: mean 2, s = 1, n = 3; t = -2 sqrt 3 with 2 degrees of freedom,
        // where F(t) = 1/2 + t / (2 sqrt(2 + t^2)).
        let designs = [design(&[5.0, 5.0, 5.0], &[-1.0; 3]), design(&[6.0, 7.0, 8.0], &[-1.0; 3])];
        let selection = select(&designs, 0.0);
        let t = -2.0 * libm::sqrt(3.0);
        let worse = 0.5 + t / (2.0 * libm::sqrt(2.0 + t * t));
        assert_eq!(selection.best, Some(0));
        assert!((selection.probability - (1.0 - worse)).abs() < 1e-12, "{selection:?}");
        // With an indifference of 1 the distance is 3.
        let t = -3.0 * libm::sqrt(3.0);
        let worse = 0.5 + t / (2.0 * libm::sqrt(2.0 + t * t));
        assert!((select(&designs, 1.0).probability - (1.0 - worse)).abs() < 1e-12);
    }

    #[test]
    fn a_better_design_that_misses_a_target_costs_only_its_chance_to_meet_it() {
        let designs = [
            design(&[5.0, 5.5, 5.2], &[-3.0, -3.0, -3.0]),
            design(&[1.0, 1.5, 1.1], &[4.0, 5.0, 6.0]),
        ];
        let selection = select(&designs, 0.0);
        let meets = designs[1].chance_of_meeting(0);
        assert_eq!(selection.best, Some(0));
        assert!(meets > 0.0 && meets < 0.02, "{meets}");
        assert!((selection.probability - (1.0 - meets)).abs() < 1e-12);
        // It is excluded by its target, so it alone needs replications.
        assert_eq!(selection.shares[0], 0.0);
        assert!((selection.shares[1] - 1.0 / 25.0).abs() < 1e-12, "(1/5)^2");
    }

    #[test]
    fn designs_that_are_the_same_do_not_lower_the_probability_and_the_first_is_taken() {
        let one = design(&[3.0, 4.0, 3.5], &[-1.0, -2.0, -1.5]);
        let selection = select(&[one.clone(), one.clone(), one], 0.0);
        assert_eq!(selection.best, Some(0));
        assert!(selection.probability > 0.9);
        assert_eq!(selection.shares[1..], [0.0, 0.0]);
    }

    #[test]
    fn replications_that_were_lucky_are_taken_out() {
        // The third replication is a cheap one for both; the second design has not seen it.
        let all = [design(&[10.0, 11.0, 1.0], &[-1.0; 3]), design(&[9.0, 10.0], &[-1.0; 2])];
        let means = adjusted_means(&all);
        assert!((means[1].expect("it has values") - (22.0 / 3.0 - 1.0)).abs() < 1e-12);
        assert_eq!(best(&all, None), Some(1));
    }

    #[test]
    fn where_none_meets_the_targets_that_is_the_answer() {
        let designs = [design(&[1.0; 4], &[2.0, 2.1, 2.2, 2.0]), design(&[1.0; 4], &[0.0; 4])];
        assert_eq!(select(&designs[..1], 0.0).best, None);
        let probability = select(&designs[..1], 0.0).probability;
        let chance = designs[0].chance_of_meeting_at_most();
        assert!(probability > 0.99 && (probability - (1.0 - chance)).abs() < 1e-12);
        assert_eq!(select(&designs, 0.0).best, Some(1), "a limit that is just met is met");
        let mut unknown = design(&[1.0; 2], &[]);
        unknown.excesses = vec![vec![None, None]];
        assert_eq!(select(&[unknown], 0.0).best, None);
    }

    #[test]
    fn replications_go_to_whoever_has_the_smallest_part_of_its_share() {
        assert_eq!(most_starving(&[4, 4, 4], &[1.0, 2.0, 0.0], 6, 100), [5, 9, 4]);
        assert_eq!(most_starving(&[4, 4], &[1.0, 1.0], 6, 5), [5, 5]);
    }
}

//! The best compromises between two figures that both are to be small.
//!
//! ```text
//! a dominates b:  a.x <= b.x and a.y <= b.y, and one of them is smaller
//! the front:      what nothing dominates
//! ```
//!
//! Sorted by x, then y, the front is where y falls below all before; equal points are all on it.
//! Reference: Kung, Luccio and Preparata, Journal of the ACM 22(4), 1975. Left out: intervals;
//! points that are nearly as good as the front may be on it by another seed.

/// Which points are on the front; a point with an absent figure is not.
pub fn pareto_front(points: &[Option<(f64, f64)>]) -> Vec<bool> {
    let mut order: Vec<(f64, f64, usize)> = points
        .iter()
        .enumerate()
        .filter_map(|(index, point)| point.map(|(x, y)| (x, y, index)))
        .filter(|(x, y, _)| x.is_finite() && y.is_finite())
        .collect();
    order.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.total_cmp(&other.1)));
    let mut is_on_front = vec![false; points.len()];
    let mut best: Option<(f64, f64)> = None;
    for (x, y, index) in order {
        if best.is_none_or(|(best_x, best_y)| y < best_y || (x == best_x && y == best_y)) {
            is_on_front[index] = true;
            best = Some((x, y));
        }
    }
    is_on_front
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_front_is_what_nothing_dominates() {
        let points = [
            Some((1.0, 9.0)),
            Some((2.0, 5.0)),
            Some((2.0, 6.0)),
            Some((3.0, 5.0)),
            Some((4.0, 1.0)),
            None,
            Some((4.0, 1.0)),
            Some((0.5, f64::NAN)),
        ];
        let expected = [true, true, false, false, true, false, true, false];
        assert_eq!(pareto_front(&points), expected);
        let by_definition = |index: usize| {
            let Some((x, y)) = points[index].filter(|(_, y)| !y.is_nan()) else { return false };
            let dominates = |(a, b): (f64, f64)| a <= x && b <= y && (a < x || b < y);
            !points.iter().flatten().any(|point| dominates(*point))
        };
        assert_eq!((0..points.len()).map(by_definition).collect::<Vec<bool>>(), expected);
    }
}

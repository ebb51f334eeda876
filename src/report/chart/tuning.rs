//! What was tried by `tune`: the figure that is to be small or large against every target's figure,
//! with the side of the limit that is allowed shaded and the recommended settings marked.
//!
//! ```text
//! place of x on a wide scale = log(1 + x/c) / log(1 + top/c),  c the smallest figure above 0
//! ```
//!
//! which has a place for 0, as a logarithm has not. Reference: Webber, Measurement Science and
//! Technology 24 (2013) 027001 (the same for both signs). Left out: combinations that were not run,
//! targets that are the same for all, and those beyond the third.

use super::Chart;
use super::canvas::{Anchor, Canvas, MARGIN, WIDTH};
use super::label::Occupied;
use super::palette::{AXIS, Colour, GRID, INK, LIMIT, MEETS, variant};
use crate::report::figures::{self, Quantity};
use crate::report::metric_words::{capitalised, in_words};
use crate::report::tuning::{quantity, settings_label};
use crate::results::{Estimate, Standing, TunedSettings, Tuning};

/// Left and right end of the plots.
const LEFT: f64 = 92.0;
const RIGHT: f64 = WIDTH - MARGIN - 10.0;
const HEIGHT: f64 = 330.0;
/// Of a point, of the recommended one, and of the ring around the one in force.
const RADIUS: f64 = 5.0;
const RECOMMENDED_RADIUS: f64 = 9.0;
const RING_RADIUS: f64 = 9.5;

/// More targets are not drawn.
const PANELS_MAX: usize = 3;

/// A larger quotient of largest and smallest figure asks for a wide scale.
const WIDE: f64 = 30.0;

/// Draws the chart.
pub fn tuning(tuning: &Tuning) -> Chart {
    let aim = capitalised(&tuning.aim.metric);
    let word = if tuning.aim.maximize { "most" } else { "least" };
    let title = format!("{aim}: the {word} that the targets allow");
    let lines = [match tuning.recommended {
        Some(index) => format!("Recommended: {}", settings_label(tuning, &tuning.settings[index])),
        None => "No combination of settings meets all targets".to_owned(),
    }];
    let mut canvas = Canvas::new();
    let mut y = canvas.heading(&title, &lines);
    for target in panels(tuning) {
        y = panel(&mut canvas, tuning, target, y);
    }
    y = canvas.legend(y, &legend(tuning));
    let description = format!(
        "{aim} of {} combinations of settings against what is demanded; the shaded side meets \
         the target",
        tuning.settings.len()
    );
    Chart { name: "tune", title, description, canvas: canvas.finish(y + 8.0) }
}

/// The targets that tell combinations apart, else the first one; `None`: there is none.
fn panels(tuning: &Tuning) -> Vec<Option<usize>> {
    let figures = |target: usize| {
        let settings = tuning.settings.iter();
        settings.filter_map(move |one| one.targets[target].figure.value)
    };
    let differs = |target: &usize| {
        let first = figures(*target).next();
        figures(*target).any(|value| Some(value) != first)
    };
    let telling: Vec<Option<usize>> =
        (0..tuning.targets.len()).filter(differs).map(Some).take(PANELS_MAX).collect();
    match telling.is_empty() {
        true => vec![(!tuning.targets.is_empty()).then_some(0)],
        false => telling,
    }
}

/// A combination as a point with its intervals.
struct Dot<'a> {
    of: &'a TunedSettings,
    x: Estimate,
    y: Estimate,
}

fn panel(canvas: &mut Canvas, tuning: &Tuning, target: Option<usize>, above: f64) -> f64 {
    let dots = dots(tuning, target);
    let aim = quantity(tuning.aim.unit);
    let (heading, across, limit) = match target {
        Some(index) => {
            let one = &tuning.targets[index];
            (in_words(&one.metric), quantity(one.unit), Some(one.limit))
        }
        None => ("in order, as nothing is demanded".to_owned(), Some(Quantity::Count), None),
    };
    let top = above + 30.0;
    canvas.subheading(
        (MARGIN, above + 14.0),
        &format!("{} against {heading}", capitalised(&tuning.aim.metric)),
    );
    let bottom = top + HEIGHT;
    let x = Scale::of(dots.iter().map(|dot| dot.x), limit, across);
    let y = Scale::of(dots.iter().map(|dot| dot.y), None, aim);
    let at = |dot: (f64, f64)| {
        (LEFT + x.place(dot.0) * (RIGHT - LEFT), bottom - y.place(dot.1) * HEIGHT)
    };
    if let (Some(limit), Some(index)) = (limit, target) {
        let edge = at((limit, 0.0)).0;
        let is_lower = tuning.targets[index].is_lower_bound;
        let (from, to) = if is_lower { (edge, RIGHT) } else { (LEFT, edge) };
        canvas.rectangle([from, top, to, bottom], MEETS);
    }
    for (value, label) in &y.ticks {
        let height = at((0.0, *value)).1;
        canvas.path(vec![(LEFT, height), (RIGHT, height)], 1, GRID);
        canvas.label((LEFT - 8.0, height), Anchor::End, label);
    }
    for (value, label) in &x.ticks {
        let place = at((*value, 0.0)).0;
        canvas.path(vec![(place, bottom), (place, bottom + 5.0)], 1, AXIS);
        canvas.label((place, bottom + 15.0), Anchor::Middle, label);
    }
    canvas.path(vec![(LEFT, bottom), (RIGHT, bottom)], 1, AXIS);
    if let Some(limit) = limit {
        let edge = at((limit, 0.0)).0;
        canvas.path(vec![(edge, top), (edge, bottom)], 2, LIMIT);
    }
    for dot in &dots {
        draw(canvas, dot, &at);
    }
    let centre = |dot: &Dot<'_>| Some(at((dot.x.value?, dot.y.value?)));
    let mut occupied = Occupied {
        plot: [LEFT, top, RIGHT, bottom],
        points: dots.iter().filter_map(centre).collect(),
        radius: RADIUS,
        lines: limit.map(|limit| at((limit, 0.0)).0).into_iter().collect(),
        labels: dots.iter().flat_map(|dot| interval_boxes(dot, &at)).collect(),
    };
    for dot in dots.iter().rev() {
        mark(canvas, dot, &mut occupied, &at);
    }
    let demanded = |index: usize| format!("demanded: {}", tuning.targets[index].text);
    let name = target.map_or(String::new(), demanded);
    let middle = ((LEFT + RIGHT) / 2.0, bottom + 33.0);
    canvas.text(middle, Anchor::Middle, &name, 12.0, INK);
    bottom + 48.0
}

/// What was run and has both figures, the recommended one last, so that it lies on top.
fn dots(tuning: &Tuning, target: Option<usize>) -> Vec<Dot<'_>> {
    let run = tuning.settings.iter().filter(|one| one.objective.value.is_some());
    let mut dots: Vec<Dot<'_>> = run
        .filter_map(|of| {
            let x = match target {
                Some(index) => of.targets[index].figure,
                None => Estimate::point(0.0),
            };
            x.value.map(|_| Dot { of, x, y: of.objective })
        })
        .collect();
    if target.is_none() {
        dots.sort_by(|one, other| one.y.value.partial_cmp(&other.y.value).expect("figures"));
        for (rank, dot) in dots.iter_mut().enumerate() {
            dot.x = Estimate::point((rank + 1) as f64);
        }
    }
    dots.sort_by_key(|dot| match dot.of.standing {
        Standing::Misses | Standing::Unstable => 0,
        Standing::Worse => 1,
        Standing::Undecided => 2,
        Standing::Same => 3,
        Standing::Recommended => 4,
    });
    dots
}

fn colour(standing: Standing) -> Colour {
    match standing {
        Standing::Recommended => variant(1),
        Standing::Same | Standing::Undecided => variant(4),
        Standing::Worse => variant(0),
        Standing::Misses | Standing::Unstable => AXIS,
    }
}

/// Where the intervals of a point are drawn: left, top, right and bottom end of each.
fn interval_boxes(dot: &Dot<'_>, at: &dyn Fn((f64, f64)) -> (f64, f64)) -> Vec<[f64; 4]> {
    let (Some(x), Some(y)) = (dot.x.value, dot.y.value) else { return Vec::new() };
    let across = dot.x.low.zip(dot.x.high).map(|(low, high)| [at((low, y)), at((high, y))]);
    let along = dot.y.low.zip(dot.y.high).map(|(low, high)| [at((x, high)), at((x, low))]);
    let line = |[from, to]: [(f64, f64); 2]| [from.0, from.1, to.0, to.1];
    // What is shorter than its point hides nothing.
    let is_seen =
        |room: &[f64; 4]| room[2] - room[0] > 2.0 * RADIUS || room[3] - room[1] > 2.0 * RADIUS;
    across.into_iter().chain(along).map(line).filter(is_seen).collect()
}

fn draw(canvas: &mut Canvas, dot: &Dot<'_>, at: &dyn Fn((f64, f64)) -> (f64, f64)) {
    let (Some(x), Some(y)) = (dot.x.value, dot.y.value) else { return };
    let colour = colour(dot.of.standing);
    if let (Some(low), Some(high)) = (dot.x.low, dot.x.high) {
        canvas.path(vec![at((low, y)), at((high, y))], 1, colour.faded(0.5));
    }
    if let (Some(low), Some(high)) = (dot.y.low, dot.y.high) {
        canvas.path(vec![at((x, low)), at((x, high))], 1, colour.faded(0.5));
    }
    let is_recommended = dot.of.standing == Standing::Recommended;
    let radius = if is_recommended { RECOMMENDED_RADIUS } else { RADIUS };
    canvas.polygon(disc(at((x, y)), radius), colour);
}

/// Says which point is recommended and which one is in force.
fn mark(
    canvas: &mut Canvas,
    dot: &Dot<'_>,
    occupied: &mut Occupied,
    at: &dyn Fn((f64, f64)) -> (f64, f64),
) {
    let word = match (dot.of.standing, dot.of.is_current) {
        (Standing::Recommended, true) => "recommended, as it is now",
        (Standing::Recommended, false) => "recommended",
        (_, true) => "now",
        (_, false) => return,
    };
    let (Some(x), Some(y)) = (dot.x.value, dot.y.value) else { return };
    let place = at((x, y));
    if dot.of.is_current {
        let mut ring = disc(place, RING_RADIUS);
        ring.push(ring[0]);
        canvas.path(ring, 2, INK);
    }
    let (place, anchor) = occupied.place((place, RING_RADIUS), word, 13.0);
    canvas.text(place, anchor, word, 13.0, INK);
}

/// A polygon that looks round.
fn disc((x, y): (f64, f64), radius: f64) -> Vec<(f64, f64)> {
    let corner = |step: u32| {
        let angle = f64::from(step) / 20.0 * std::f64::consts::TAU;
        (x + radius * libm::cos(angle), y + radius * libm::sin(angle))
    };
    (0..20).map(corner).collect()
}

fn legend(tuning: &Tuning) -> Vec<(Colour, String)> {
    let has = |standing: Standing| tuning.settings.iter().any(|one| one.standing == standing);
    let mut entries = Vec::new();
    if has(Standing::Recommended) {
        entries.push((colour(Standing::Recommended), "recommended"));
    }
    if has(Standing::Same) || has(Standing::Undecided) {
        entries.push((colour(Standing::Same), "cannot be told apart from it"));
    }
    if has(Standing::Worse) {
        entries.push((colour(Standing::Worse), "meets all targets, worse"));
    }
    if has(Standing::Misses) {
        entries.push((colour(Standing::Misses), "misses a target"));
    }
    if !tuning.targets.is_empty() {
        entries.push((MEETS, "meets this target"));
    }
    entries.into_iter().map(|(colour, name)| (colour, name.to_owned())).collect()
}

/// A linear or a wide scale from 0 to 1 with ticks.
struct Scale {
    low: f64,
    high: f64,
    /// Where a wide scale turns from linear to logarithmic.
    bend: Option<f64>,
    ticks: Vec<(f64, String)>,
}

impl Scale {
    /// A scale for estimates and a limit.
    fn of(
        estimates: impl Iterator<Item = Estimate> + Clone,
        limit: Option<f64>,
        quantity: Option<Quantity>,
    ) -> Scale {
        let values: Vec<f64> = estimates.filter_map(|one| one.value).chain(limit).collect();
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let least = values.iter().copied().filter(|value| *value > 0.0);
        let least = least.fold(f64::INFINITY, f64::min);
        if values.is_empty() {
            return Scale { low: 0.0, high: 1.0, bend: None, ticks: Vec::new() };
        }
        let is_wide = low >= 0.0 && high > WIDE * least;
        let mut scale = match is_wide {
            true => Scale { low: 0.0, high: high * 1.6, bend: Some(least), ticks: Vec::new() },
            false => {
                let room = if high > low { (high - low) * 0.08 } else { high.abs().max(1.0) * 0.1 };
                let from = if low >= 0.0 { (low - room).max(0.0) } else { low - room };
                Scale { low: from, high: high + room, bend: None, ticks: Vec::new() }
            }
        };
        let ticks = if is_wide { scale.wide_ticks(quantity) } else { scale.even_ticks() };
        let label = |value: f64| match quantity {
            Some(quantity) => figures::plain(value, quantity),
            None => figures::three_digits(value),
        };
        scale.ticks = ticks.into_iter().map(|value| (value, label(value))).collect();
        scale
    }

    fn place(&self, value: f64) -> f64 {
        let share = match self.bend {
            Some(bend) => libm::log1p(value.max(0.0) / bend) / libm::log1p(self.high / bend),
            None => (value - self.low) / (self.high - self.low),
        };
        share.clamp(0.0, 1.0)
    }

    fn even_ticks(&self) -> Vec<f64> {
        let room = self.high - self.low;
        let power = libm::pow(10.0, libm::floor(libm::log10(room / 5.0)));
        let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
        let step = steps.into_iter().find(|step| room / step <= 6.0).unwrap_or(room);
        let first = libm::ceil(self.low / step);
        let ticks = (0..=8).map(|index| (first + f64::from(index)) * step);
        ticks.filter(|value| *value <= self.high).collect()
    }

    /// 0 and round figures that do not stand too close.
    fn wide_ticks(&self, quantity: Option<Quantity>) -> Vec<f64> {
        let round: Vec<f64> = match quantity {
            Some(Quantity::Seconds) => {
                vec![0.01, 0.1, 1.0, 10.0, 60.0, 600.0, 3600.0, 21_600.0, 86_400.0, 604_800.0]
            }
            Some(Quantity::Count | Quantity::Share | Quantity::Dollars) | None => {
                (-6..=12).map(|power| libm::pow(10.0, f64::from(power))).collect()
            }
        };
        let mut ticks = vec![0.0];
        for value in round.into_iter().filter(|value| *value <= self.high) {
            let last = ticks.last().copied().unwrap_or(0.0);
            if self.place(value) - self.place(last) >= 0.06 {
                ticks.push(value);
            }
        }
        ticks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_scale_has_a_place_for_nothing_and_keeps_the_order() {
        let values = [0.0, 2.0, 300.0, 90_000.0].map(Estimate::point);
        let scale = Scale::of(values.into_iter(), Some(600.0), Some(Quantity::Seconds));
        let places = [0.0, 2.0, 300.0, 90_000.0].map(|value| scale.place(value));
        assert!(places.is_sorted() && places[0] == 0.0 && places[3] < 1.0, "{places:?}");
        let labels: Vec<&str> = scale.ticks.iter().map(|(_, label)| label.as_str()).collect();
        assert_eq!(labels, ["0 s", "10 s", "60 s", "10 min", "1 h", "6 h", "24 h"]);
    }

    #[test]
    fn a_narrow_scale_does_not_begin_at_nothing() {
        let values = [1.02, 1.03, 1.05].map(Estimate::point);
        let scale = Scale::of(values.into_iter(), None, Some(Quantity::Dollars));
        assert!(scale.place(1.02) < 0.15 && scale.place(1.05) > 0.85);
        assert_eq!(scale.ticks[0].1, "$1.02");
    }
}

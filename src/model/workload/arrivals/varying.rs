//! A Poisson process whose rate is made of pieces: profiles and on-off sources.
//!
//! Inversion of the integrated rate: if `E` is exponential with mean 1, the next record is where
//! `∫ rate dt = E` (Çinlar 1975, Introduction to Stochastic Processes, 4.7). On a straight piece
//! that starts at rate `a` and rises by `b` per second: `x = 2E / (a + sqrt(a² + 2bE))`. One
//! exponential per record.

use std::sync::Arc;

use super::whole_nanos;
use crate::engine::RandomStream;
use crate::engine::samplers::Exponential;
use crate::units::{Duration, Instant, Rate};

/// Position in a Poisson process with a rate in pieces.
#[derive(Debug, Clone)]
pub(in crate::model) struct Varying {
    gaps: RandomStream,
    exponential: Exponential,
    curve: Curve,
    piece: Piece,
    now: Instant,
    end: Instant,
}

/// A straight piece of the rate: records per second at its start and at its end.
#[derive(Debug, Clone, Copy)]
struct Piece {
    start: Instant,
    end: Instant,
    first: f64,
    last: f64,
}

/// Where the pieces come from.
#[derive(Debug, Clone)]
pub(super) enum Curve {
    /// Points of a profile.
    Points { points: Arc<[(Instant, Rate)]>, linear: bool, weight: f64, next: usize },
    /// Two states with exponential sojourns.
    Switching {
        rates: [f64; 2],
        sojourns: [Duration; 2],
        switches: Box<RandomStream>,
        is_second: bool,
    },
}

impl Curve {
    /// The rate through `points`, times `weight`, to be read from `from` on.
    pub(super) fn points(
        points: Arc<[(Instant, Rate)]>,
        linear: bool,
        weight: f64,
        from: Instant,
    ) -> Curve {
        let next = points.partition_point(|&(at, _)| at <= from);
        Curve::Points { points, linear, weight, next }
    }

    /// Two rates in turn, the first one first, with mean `sojourns`.
    pub(super) fn switching(
        rates: [f64; 2],
        sojourns: [Duration; 2],
        switches: RandomStream,
    ) -> Curve {
        Curve::Switching { rates, sojourns, switches: Box::new(switches), is_second: false }
    }

    /// The piece that begins at or before `now` and ends after it, or at it.
    fn next_piece(&mut self, now: Instant) -> Piece {
        match self {
            Curve::Points { points, linear, weight, next } => {
                let point = |place: usize| {
                    points.get(place).map(|&(at, rate)| (at, rate.per_second() * *weight))
                };
                let before = next.checked_sub(1).and_then(point);
                let after = point(*next);
                *next += 1;
                match (before, after) {
                    (Some((start, first)), Some((end, rate))) => {
                        Piece { start, end, first, last: if *linear { rate } else { first } }
                    }
                    (None, Some((end, rate))) => Piece { start: now, end, first: rate, last: rate },
                    (Some((start, rate)), None) => {
                        Piece { start, end: Instant::FAR_FUTURE, first: rate, last: rate }
                    }
                    (None, None) => {
                        Piece { start: now, end: Instant::FAR_FUTURE, first: 0.0, last: 0.0 }
                    }
                }
            }
            Curve::Switching { rates, sojourns, switches, is_second } => {
                let state = usize::from(*is_second);
                *is_second = !*is_second;
                let length = sojourns[state].scaled(Exponential::invert(switches));
                Piece {
                    start: now,
                    end: now.saturating_add(length),
                    first: rates[state],
                    last: rates[state],
                }
            }
        }
    }
}

impl Varying {
    /// The process along `curve` from `from` to before `end`.
    pub(super) fn new(
        mut curve: Curve,
        gaps: RandomStream,
        from: Instant,
        end: Instant,
    ) -> Varying {
        let piece = curve.next_piece(from);
        Varying { gaps, exponential: Exponential::new(), curve, piece, now: from, end }
    }

    pub(super) fn advance(&mut self) -> Option<Instant> {
        let mut need = self.exponential.sample(&mut self.gaps);
        while self.now < self.end {
            let piece = self.piece;
            let length = piece.end.since(self.now).as_secs_f64();
            let first = piece.rate_at(self.now);
            let mass = (first + piece.last) / 2.0 * length;
            if need < mass {
                let slope = (piece.last - first) / length;
                let root = libm::sqrt((first * first + 2.0 * slope * need).max(0.0));
                let wait = whole_nanos(2e9 * need / (first + root));
                self.now = self.now.saturating_add(wait).min(piece.end);
                return (self.now < self.end).then_some(self.now);
            }
            need -= mass;
            self.now = piece.end;
            self.piece = self.curve.next_piece(piece.end);
        }
        None
    }
}

impl Piece {
    /// Records per second at a time within the piece.
    fn rate_at(&self, now: Instant) -> f64 {
        let whole = self.end.since(self.start).as_secs_f64();
        if self.first == self.last || whole == 0.0 {
            return self.first;
        }
        let share = now.since(self.start).as_secs_f64() / whole;
        self.first + (self.last - self.first) * share
    }
}

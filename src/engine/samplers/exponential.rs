//! The exponential distribution with mean 1: density `e^-x`.
//!
//! [`Exponential::sample`] is the ziggurat of 256 layers (Marsaglia and Tsang 2000, J. Stat.
//! Software 5(8), with the layer and the mantissa from disjoint bits as Doornik 2005 asks): one
//! word in 98.9 % of the draws, no logarithm. [`Exponential::invert`] is `-ln U`: always one word.
//! The tables are computed once with `libm`. Left out: other means, which are a factor.

use std::sync::LazyLock;

use crate::engine::RandomStream;

/// Layers of the ziggurat.
const LAYERS: usize = 256;
/// Where the tail begins; solves for equal areas of 256 layers.
const TAIL: f64 = 7.697_117_470_131_05;

/// Edges `x` (falling, from the widened base layer to 0) and densities `e^-x` of the layers.
struct Tables {
    edges: [f64; LAYERS + 1],
    densities: [f64; LAYERS + 1],
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let area = (TAIL + 1.0) * libm::exp(-TAIL);
    let mut edges = [0.0; LAYERS + 1];
    edges[0] = area / libm::exp(-TAIL);
    edges[1] = TAIL;
    for layer in 2..LAYERS {
        let below = edges[layer - 1];
        edges[layer] = -libm::log(libm::exp(-below) + area / below);
    }
    Tables { edges, densities: edges.map(|edge| libm::exp(-edge)) }
});

/// Draws from the exponential distribution with mean 1.
#[derive(Clone, Copy)]
pub struct Exponential {
    tables: &'static Tables,
}

impl Exponential {
    /// The distribution with mean 1; computes the tables at the first call of the process.
    pub fn new() -> Exponential {
        Exponential { tables: &TABLES }
    }

    /// A value `>= 0` with mean 1 from one word or more.
    #[inline]
    pub fn sample(&self, random: &mut RandomStream) -> f64 {
        let word = random.next_u64();
        let layer = (word & 0xff) as usize;
        let x = mantissa(word) * self.tables.edges[layer];
        if x < self.tables.edges[layer + 1] { x } else { self.outside(layer, x, random) }
    }

    /// A value `>= 0` with mean 1 from exactly one word: `-ln U`.
    #[inline]
    pub fn invert(random: &mut RandomStream) -> f64 {
        -libm::log(random.uniform_positive())
    }

    /// The point is not surely under the curve: decide, and draw anew if it is above.
    #[cold]
    fn outside(&self, mut layer: usize, mut x: f64, random: &mut RandomStream) -> f64 {
        let Tables { edges, densities } = self.tables;
        loop {
            if layer == 0 {
                return TAIL - libm::log(random.uniform_positive());
            }
            let height = random.uniform();
            let density = densities[layer + 1] + (densities[layer] - densities[layer + 1]) * height;
            if density < libm::exp(-x) {
                return x;
            }
            let word = random.next_u64();
            layer = (word & 0xff) as usize;
            x = mantissa(word) * edges[layer];
            if x < edges[layer + 1] {
                return x;
            }
        }
    }
}

impl Default for Exponential {
    fn default() -> Exponential {
        Exponential::new()
    }
}

impl std::fmt::Debug for Exponential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Exponential")
    }
}

/// The upper 53 bits as a number in `[0, 1)`.
#[inline]
fn mantissa(word: u64) -> f64 {
    (word >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::samplers::goodness::{assert_fits, stream};

    #[test]
    fn the_layers_of_the_ziggurat_have_equal_areas() {
        let Tables { edges, densities } = &*TABLES;
        let area = edges[0] * densities[1];
        for layer in 1..LAYERS {
            let this = edges[layer] * (densities[layer + 1] - densities[layer]);
            assert!((this / area - 1.0).abs() < 1e-11, "layer {layer}: {this} is not {area}");
        }
    }

    #[test]
    fn both_methods_fit_the_exponential_distribution() {
        let mut random = stream(2);
        let exponential = Exponential::new();
        assert_fits(|| exponential.sample(&mut random), |x| -libm::expm1(-x));
        assert_fits(|| Exponential::invert(&mut random), |x| -libm::expm1(-x));
    }

    #[test]
    fn the_tail_behind_the_ziggurat_has_its_mass() {
        let mut random = stream(3);
        let exponential = Exponential::new();
        let far = (0..4_000_000).filter(|_| exponential.sample(&mut random) > TAIL).count();
        let expected = 4e6 * libm::exp(-TAIL);
        let deviation = (far as f64 - expected) / libm::sqrt(expected);
        assert!(deviation.abs() < 4.5, "{far} draws in the tail, {expected} expected");
    }
}

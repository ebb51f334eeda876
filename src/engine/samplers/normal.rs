//! The standard normal distribution, by its inverse.
//!
//! `z = Φ⁻¹(p)` with the rational approximations of Wichura 1988 (Algorithm AS 241, PPND16,
//! Applied Statistics 37(3)), relative error about 1e-16: one word per draw. The word gives a
//! side and a tail probability in `(0, 1/2)`, so that both tails are equally fine.
//! Left out: mean and deviation, which the caller applies.

use crate::engine::RandomStream;

const CENTRE: [[f64; 8]; 2] = [
    [
        3.387_132_872_796_366_5,
        133.141_667_891_784_38,
        1_971.590_950_306_551_3,
        13_731.693_765_509_46,
        45_921.953_931_549_87,
        67_265.770_927_008_7,
        33_430.575_583_588_13,
        2_509.080_928_730_122_7,
    ],
    [
        1.0,
        42.313_330_701_600_91,
        687.187_007_492_057_9,
        5_394.196_021_424_751,
        21_213.794_301_586_597,
        39_307.895_800_092_71,
        28_729.085_735_721_943,
        5_226.495_278_852_854,
    ],
];
const NEAR_TAIL: [[f64; 8]; 2] = [
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        0.241_780_725_177_450_6,
        0.022_723_844_989_269_184,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        0.689_767_334_985_1,
        0.148_103_976_427_480_08,
        0.015_198_666_563_616_457,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
];
const FAR_TAIL: [[f64; 8]; 2] = [
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        0.296_560_571_828_504_87,
        0.026_532_189_526_576_124,
        1.242_660_947_388_078_4e-3,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        0.599_832_206_555_888,
        0.136_929_880_922_735_8,
        0.014_875_361_290_850_615,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_7e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
];

/// Draws from the normal distribution with mean 0 and deviation 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StandardNormal;

impl StandardNormal {
    /// A value from exactly one word, rising with the word.
    #[inline]
    pub fn sample(random: &mut RandomStream) -> f64 {
        const HALF: u64 = 1 << 52;
        let bits = random.next_u64() >> 11;
        let tail = |steps: u64| (steps as f64 + 0.5) * (1.0 / (1u64 << 53) as f64);
        if bits < HALF {
            -StandardNormal::upper_quantile(tail(bits))
        } else {
            StandardNormal::upper_quantile(tail(2 * HALF - 1 - bits))
        }
    }

    /// The value that is exceeded with chance `tail`, `0 < tail <= 1/2`.
    pub fn upper_quantile(tail: f64) -> f64 {
        let from_centre = 0.5 - tail;
        if from_centre <= 0.425 {
            return from_centre * ratio(&CENTRE, 0.180_625 - from_centre * from_centre);
        }
        let depth = libm::sqrt(-libm::log(tail));
        if depth <= 5.0 { ratio(&NEAR_TAIL, depth - 1.6) } else { ratio(&FAR_TAIL, depth - 5.0) }
    }
}

/// A ratio of two polynomials of degree 7 at `x`, lowest coefficient first.
#[inline]
fn ratio(polynomials: &[[f64; 8]; 2], x: f64) -> f64 {
    let [above, below] = polynomials.map(|coefficients| {
        coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient)
    });
    above / below
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::samplers::goodness::{assert_fits, stream};

    /// Chance of exceeding `z`.
    fn tail_beyond(z: f64) -> f64 {
        0.5 * libm::erfc(z * std::f64::consts::FRAC_1_SQRT_2)
    }

    #[test]
    fn quantiles_are_those_of_the_tables() {
        let cases = [
            (0.5, 0.0),
            (0.25, 0.674_489_750_196_081_7),
            (0.1, 1.281_551_565_544_600_4),
            (0.01, 2.326_347_874_040_841),
            (1e-3, 3.090_232_306_167_813),
            (1e-9, 5.997_807_015_007_687),
            (1e-16, 8.222_082_216_130_435),
        ];
        for (tail, expected) in cases {
            let value = StandardNormal::upper_quantile(tail);
            assert!((value - expected).abs() <= 1e-14 * expected.abs(), "{tail}: {value}");
        }
    }

    #[test]
    fn the_quantile_inverts_the_complementary_error_function() {
        for step in 1..2_000 {
            let tail = libm::exp(-f64::from(step) * 0.018) / 2.0;
            let z = StandardNormal::upper_quantile(tail);
            // The tail's relative slope is about z, hence the factor.
            let error = (tail_beyond(z) / tail - 1.0).abs();
            assert!(error < 2e-15 * (2.0 + z * z), "tail {tail}: off by {error}");
        }
    }

    #[test]
    fn samples_fit_the_normal_distribution() {
        let mut random = stream(4);
        assert_fits(|| StandardNormal::sample(&mut random), |z| tail_beyond(-z));
    }
}

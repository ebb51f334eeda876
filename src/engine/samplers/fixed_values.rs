//! The samplers' first draws, bit for bit: a change of any of them changes every scenario.

use super::goodness::stream;
use super::{
    Binomial, Discrete, Empirical, Erlang, Exponential, Gamma, Geometric, Hyperexponential,
    Lognormal, Poisson, StandardNormal, Uniform,
};
use crate::engine::RandomStream;

/// A checksum of the bits of 10,000 draws, which take in every branch of a sampler.
fn checksum(mut draw: impl FnMut(&mut RandomStream) -> u64) -> u64 {
    let mut random = stream(99);
    (0..10_000).fold(0u64, |sum, _| sum.rotate_left(7) ^ draw(&mut random))
}

/// Fails with the checksums that are not as expected.
fn assert_checksums<const CASES: usize>(cases: [(&str, u64, u64); CASES]) {
    let wrong: Vec<String> = cases
        .iter()
        .filter(|(_, expected, seen)| expected != seen)
        .map(|(name, _, seen)| format!("{name} now gives {seen:#018x}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn draws_of_numbers_have_the_bits_they_have_always_had() {
    let exponential = Exponential::new();
    let uniform = Uniform::new(1.0, 3.0).expect("1 is below 3");
    let lognormal = Lognormal::new(600.0, 8192.0).expect("600 is below 8192");
    let gammas = [0.5, 2.5].map(|shape| Gamma::new(shape).expect("the shape is above 0"));
    let erlangs = [3, 20].map(|stages| Erlang::new(stages).expect("there are stages"));
    let mixture = Hyperexponential::new([(0.9, 0.5), (0.1, 5.5)]).expect("chances add up");
    let bits = |draw: &dyn Fn(&mut RandomStream) -> f64| checksum(|random| draw(random).to_bits());
    assert_checksums([
        ("exponential", 0x2523_ab5a_acb0_3e97, bits(&|random| exponential.sample(random))),
        ("exponential by inversion", 0x3032_44a6_ae41_057e, bits(&Exponential::invert)),
        ("normal", 0x086c_0fc6_c68e_592b, bits(&StandardNormal::sample)),
        ("uniform", 0xa116_0e38_a2c3_27e4, bits(&|random| uniform.sample(random))),
        ("lognormal", 0x4afd_a5b8_c3e0_7621, bits(&|random| lognormal.sample(random))),
        ("gamma below 1", 0x25f2_1ac6_85f1_1f05, bits(&|random| gammas[0].sample(random))),
        ("gamma above 1", 0xa12b_6644_46ac_92cc, bits(&|random| gammas[1].sample(random))),
        ("few stages", 0xc183_db67_22ac_269e, bits(&|random| erlangs[0].sample(random))),
        ("many stages", 0xbc93_a9e8_b556_9700, bits(&|random| erlangs[1].sample(random))),
        ("hyperexponential", 0x4a6f_b9c3_c0ce_48bd, bits(&|random| mixture.sample(random))),
    ]);
}

#[test]
fn draws_of_counts_and_choices_have_the_bits_they_have_always_had() {
    let poissons = [3.0, 200.0].map(|mean| Poisson::new(mean).expect("the mean is in range"));
    let geometric = Geometric::new(0.01).expect("the chance is above 0");
    let empirical = Empirical::new([(0.0, 1.0), (0.5, 2.0), (1.0, 9.0)]).expect("sorted");
    let discrete = Discrete::new(&[1.0, 0.5, 0.25, 0.0, 2.0]).expect("there are weights");
    let both = |random: &mut RandomStream| {
        empirical.sample(random).to_bits() ^ u64::from(discrete.sample(random))
    };
    let binomial = |random: &mut RandomStream| {
        Binomial::sample(40, 0.1, random) << 32 | Binomial::sample(5000, 0.7, random)
    };
    assert_checksums([
        ("small Poisson", 0xc4fd_8966_54c1_8dc3, checksum(|random| poissons[0].sample(random))),
        ("large Poisson", 0x982c_1788_94ea_3b60, checksum(|random| poissons[1].sample(random))),
        ("geometric", 0x78ba_c6c6_1d8c_b2f2, checksum(|random| geometric.sample(random))),
        ("empirical and discrete", 0x4825_fc48_eccd_5173, checksum(both)),
        ("binomial", 0x2d55_a270_6a3a_bc3c, checksum(binomial)),
    ]);
}

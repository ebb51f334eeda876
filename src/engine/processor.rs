//! What the processor that runs the program can do at once.

use fearless_simd::Level;

/// The level at which loops over many numbers are compiled for this processor: they take the same
/// steps at each, with the same results, for more or fewer numbers at a time. Above AVX2 whole
/// runs took 4 % longer.
pub fn simd_level() -> Level {
    let level = Level::new();
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    let level = level.as_avx2().map_or(level, Level::Avx2);
    level
}

/// All levels that this processor has.
#[cfg(test)]
pub(crate) fn levels() -> Vec<Level> {
    let level = Level::new();
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    let others = [
        level.as_sse2().map(Level::Sse2),
        level.as_sse4_2().map(Level::Sse4_2),
        level.as_avx2().map(Level::Avx2),
    ];
    #[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
    let others = [None];
    others.into_iter().flatten().chain([level]).collect()
}

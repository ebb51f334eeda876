//! What is tried with arbitrary bytes: every text that the program reads, and whole simulations.
//!
//! | target | bytes are | user's way to it |
//! |---|---|---|
//! | [`scenario`] | a scenario, then changes of `--set` | `check`, `run` |
//! | [`import`] | a file of the AWS world | `import` |
//! | [`trace`] | arrivals as CSV, CloudWatch metrics | `trace` of a scenario, `import --as` |
//! | [`items`] | items with what is expected of them | `validate --items` |
//! | [`saved`] | a summary, a plan, a point of a sweep | `compare`, `sweep run`, `sweep merge` |
//! | [`simulation`] | the choices of a valid scenario | `run` |
//!
//! Rule: no bytes make the program panic or hang, what it refuses it refuses with a reason, and
//! what it writes it can read. `cargo fuzz` looks for bytes that do; the test `corpus` tries those
//! that are kept in this folder, without `cargo fuzz`. Left out: the arguments of the command
//! line, files that cannot be read, and full disks, which tests of the program itself try.

pub mod import;
pub mod items;
pub mod saved;
pub mod scenario;
pub mod simulation;
pub mod trace;

/// A target: its name, and what is done with the bytes.
pub type Target = (&'static str, fn(&[u8]));

/// All targets; their bytes are in `corpus/NAME` and `regressions/NAME`.
pub const TARGETS: [Target; 6] = [
    ("scenario", scenario::try_bytes),
    ("import", import::try_bytes),
    ("trace", trace::try_bytes),
    ("items", items::try_bytes),
    ("saved", saved::try_bytes),
    ("simulation", simulation::try_bytes),
];

/// The first byte chooses one of the kinds `a`, `b`, ...; the rest is its text. Texts that are not
/// UTF-8 are refused by the readers of files, which are not tried here.
fn kind_and_text(bytes: &[u8], kinds: usize) -> Option<(usize, &str)> {
    let (first, rest) = bytes.split_first()?;
    let kind = usize::from(first.wrapping_sub(b'a')) % kinds;
    Some((kind, std::str::from_utf8(rest).ok()?))
}

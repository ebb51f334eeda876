//! `[sweep]` of a scenario file: which points it makes, and what is said about mistakes in it.

use shardlag::scenario::levels::Level;
use shardlag::scenario::limits::POINTS_MAX;
use shardlag::scenario::{Design, Factor, Override, Source, Sweep, load};

const BASE: &str = r#"name = "Base"
duration = "10m"
stream = { kind = "dynamodb", shards = 2 }
traffic = [{ arrivals = { poisson = { rate = "20/s" } } }]
mapping = { StartingPosition = "TRIM_HORIZON" }
function = { duration = { base = "40ms" } }
"#;

fn source(sweep: &str) -> Source {
    Source { name: "s.toml".to_owned(), ..Source::of_text(&format!("{BASE}{sweep}")) }
}

fn sweep(text: &str) -> Sweep {
    let scenario = load(&source(text), &[]).unwrap_or_else(|errors| panic!("{errors}"));
    scenario.sweep.expect("there is a sweep")
}

/// The points as the labels of their levels.
fn points(text: &str) -> Vec<String> {
    let points = sweep(text).points(1, POINTS_MAX).expect("points");
    let labels = |levels: &[Level]| levels.iter().map(Level::label).collect::<Vec<_>>().join(" ");
    points.iter().map(|point| labels(&point.levels)).collect()
}

#[test]
fn factors_are_crossed_and_the_last_moves_first() {
    let found = points(
        "[sweep]\nfactor = [\n{ key = \"mapping.BatchSize\", values = [10, 100] },\n\
         { key = \"function.duration.base\", from = \"10ms\", to = \"1s\", points = 3, \
         scale = \"logarithmic\" },\n]\n",
    );
    assert_eq!(found, ["10 10ms", "10 100ms", "10 1s", "100 10ms", "100 100ms", "100 1s"]);
}

#[test]
fn factors_of_a_zip_move_together_and_are_crossed_with_the_others() {
    let found = points(
        "[sweep]\nfactor = [\n\
         { key = \"mapping.BatchSize\", values = [10, 100], zip = \"a\" },\n\
         { key = \"stream.shards\", values = [1, 2] },\n\
         { key = \"function.timeout\", values = [\"5s\", \"50s\"], zip = \"a\" },\n]\n",
    );
    assert_eq!(found, ["10 1 5s", "10 2 5s", "100 1 50s", "100 2 50s"]);
}

const HYPERCUBE: &str = "[sweep]\ndesign = { latin_hypercube = { points = 40 } }\nfactor = [\n\
     { key = \"function.duration.base\", from = \"10ms\", to = \"1s\", scale = \"logarithmic\" },\n\
     { key = \"mapping.BatchSize\", from = 1, to = 1000 },\n\
     { key = \"mapping.ParallelizationFactor\", values = [1, 2, 5, 10] },\n]\n";

#[test]
fn a_latin_hypercube_has_one_point_in_each_part_of_every_range() {
    let sweep = sweep(HYPERCUBE);
    let points = sweep.points(7, POINTS_MAX).expect("points");
    assert_eq!(points.len(), 40);
    let column = |index: usize| -> Vec<f64> {
        let levels: Vec<Level> = points.iter().map(|point| point.levels[index].clone()).collect();
        shardlag::scenario::levels::numbers(&levels).expect("numbers")
    };
    let mut logarithmic: Vec<usize> =
        column(0).iter().map(|seconds| (20.0 * libm::log10(seconds / 0.01)) as usize).collect();
    logarithmic.sort_unstable();
    assert_eq!(logarithmic, (0..40).collect::<Vec<usize>>());
    let mut linear: Vec<usize> =
        column(1).iter().map(|size| ((size - 1.0) / 25.0) as usize).collect();
    linear.sort_unstable();
    assert_eq!(linear, (0..40).collect::<Vec<usize>>());
    for level in [1.0, 2.0, 5.0, 10.0] {
        assert_eq!(column(2).iter().filter(|found| **found == level).count(), 10, "{level}");
    }
    assert_ne!(column(0), column(1), "the factors are shuffled apart");
}

#[test]
fn a_latin_hypercube_depends_on_the_seed_and_on_no_other_factor() {
    let sweep = sweep(HYPERCUBE);
    let points = sweep.points(7, POINTS_MAX).expect("points");
    assert_eq!(sweep.points(7, POINTS_MAX).expect("points"), points);
    assert_ne!(sweep.points(8, POINTS_MAX).expect("points"), points);
    let alone = Sweep { factors: vec![sweep.factors[1].clone()], ..sweep.clone() };
    let alone = alone.points(7, POINTS_MAX).expect("points");
    let is_same = points.iter().zip(&alone).all(|(all, one)| all.levels[1] == one.levels[0]);
    assert!(is_same);
}

#[test]
fn too_many_points_are_refused_with_their_number() {
    let factors = ["mapping.BatchSize=1..1000", "function.timeout=1s..100s/100"];
    let factors: Vec<Factor> =
        factors.iter().map(|text| Factor::parse(text).expect("a factor")).collect();
    let message = Sweep::crossed(factors.clone()).points(1, POINTS_MAX).expect_err("too many");
    assert!(message.starts_with("these factors make 100000 points, more than 10000"), "{message}");
    assert!(message.contains("--max-points 100000"), "{message}");
    assert_eq!(Sweep::crossed(factors).points(1, 100_000).map(|points| points.len()), Ok(100_000));
}

#[test]
fn a_point_is_the_same_as_its_changes_by_hand() {
    let text = "[sweep]\nfactor = [{ key = \"traffic.0.arrivals.poisson.rate\", \
                values = [\"10/s\", \"50/s\"] }]\n";
    let sweep = sweep(text);
    assert_eq!(sweep.design, Design::Crossed);
    let point = &sweep.points(1, POINTS_MAX).expect("points")[1];
    let swept = load(&source(text), &point.changes(&sweep.factors)).expect("a valid point");
    let by_hand = Override::parse("traffic.0.arrivals.poisson.rate=50/s").expect("a change");
    let by_hand = load(&source(text), &[by_hand]).expect("a valid scenario");
    assert_eq!(swept.fingerprint, by_hand.fingerprint);
    assert_ne!(swept.fingerprint, load(&source(text), &[]).expect("valid").fingerprint);
}

/// A sweep and the beginning of what is said about it, places counted from its first line.
const MISTAKES: [(&str, &str); 14] = [
    (
        "[sweep]\nfactor = [{ key = \"mapping.BatchSiz\", values = [1, 2] }]",
        "s.toml:8:19: mapping.BatchSiz: unknown key; did you mean `BatchSize`?",
    ),
    (
        "[sweep]\nfactor = [{ key = \"mapping.BatchSize\", values = [1, 20000] }]",
        "s.toml:8:53: mapping.BatchSize: ",
    ),
    (
        "[sweep]\nfactor = [{ key = \"function.duration.base\", values = [\"1s\", 20] }]",
        "s.toml:8:61: function.duration.base: `20` has no unit; write `20ms`",
    ),
    (
        "[sweep]\nfactor = [{ key = \"function.duration.base\", from = \"1s\", to = \"2KiB\", \
         points = 3 }]",
        "s.toml:8:52: sweep.factor.0.from: `1s` and `2KiB` are not two numbers with the same unit",
    ),
    (
        "[sweep]\nfactor = [{ key = \"function.timeout\", from = \"1s\", to = \"2s\" }]",
        "s.toml:8:19: sweep.factor.0: the factor `function.timeout` says not how many `points`",
    ),
    ("[sweep]\n", "s.toml:7:1: sweep.factor: missing; write for example"),
    ("[sweep]\nfactor = []", "s.toml:8:10: sweep.factor: empty; write for example"),
    ("[sweep]\nfactors = []", "s.toml:7:1: sweep.factor: missing"),
    (
        "[sweep]\nfactor = [{ key = \"mapping.BatchSize\" }]",
        "s.toml:8:11: sweep.factor.0: has no levels; write `values = [10, 100]`",
    ),
    (
        "[sweep]\nfactor = [{ key = \"stream.shards\", values = [1, 1] }]",
        "s.toml:8:49: sweep.factor.0.values.1: `1` is tried twice",
    ),
    (
        "[sweep]\nfactor = [{ key = \"stream.shards\", values = [1, 2], zip = \"a\" },\n\
         { key = \"mapping.BatchSize\", values = [1, 2, 3], zip = \"a\" }]",
        "s.toml:9:9: sweep.factor.1: `stream.shards` has 2 levels and `mapping.BatchSize` has 3",
    ),
    (
        "[sweep]\nfactor = [{ key = \"sweep.design\", values = [1, 2] }]",
        "s.toml:8:19: sweep.factor.0.key: `sweep.design` cannot be a factor",
    ),
    (
        "[sweep]\ndesign = \"latin\"\nfactor = [{ key = \"stream.shards\", values = [1, 2] }]",
        "s.toml:8:10: sweep.design: `latin` is unknown; ",
    ),
    (
        "[sweep]\npareto = [\"cost_usd.total\", \"iterator_age.p98\"]\n\
         factor = [{ key = \"stream.shards\", values = [1, 2] }]",
        "s.toml:8:10: sweep.pareto: unknown metric `iterator_age.p98`; did you mean",
    ),
];

#[test]
fn mistakes_in_a_sweep_have_their_place_and_a_remedy() {
    for (text, expected) in MISTAKES {
        let errors = load(&source(text), &[]).expect_err(expected);
        let found: Vec<String> = errors.0.iter().map(ToString::to_string).collect();
        assert!(found.iter().any(|line| line.starts_with(expected)), "{expected}: {found:#?}");
    }
}

#[test]
fn a_variant_cannot_change_the_sweep() {
    let text = "[[variant]]\nname = \"other\"\nset = { \"sweep.design\" = \"crossed\" }\n";
    let errors = load(&source(text), &[]).expect_err("it is refused").to_string();
    assert!(errors.contains("`sweep` is of the whole scenario"), "{errors}");
}

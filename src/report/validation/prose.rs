//! What the page of a validation says in words and tables.

use super::status_word;
use crate::results::{ItemCheck, ItemKind, ItemStatus, ValidatedItem, Validation};

/// What the page is.
pub(super) const WHAT_IT_IS: &str = "The simulator held against what is known: deliveries \
recorded on AWS or documented, results that queueing theory and enumeration give exactly, and \
runs measured on AWS. The items are part of the program, none of them is treated apart from the \
others, and what does not agree is shown as such.";

/// What nothing is held against.
pub(super) const NOT_VALIDATED: [&str; 11] = [
    "Exact results show that the model computes what its rules say. They do not show that AWS \
     follows these rules.",
    "The measured runs are those that the knobs of profile `measured` were calibrated on, and \
     some of their bands were chosen with a model of the same kind at hand. Their agreement is \
     therefore not a prediction of new runs.",
    "Nearly all measured load is of one author, DynamoDB Streams, BatchSize 1, and \
     ParallelizationFactor 1 or 10. Reading ahead with larger batches and other factors is \
     inferred; one derived capacity with BatchSize 100 is all there is.",
    "No published run has errors, retries, bisecting or throttles together with rates and ages. \
     What is delivered in these cases is recorded; how IteratorAge and blocked time come out under \
     load is not.",
    "Kinesis is held against captures of a few records each, not against load. Enhanced fan-out \
     and several consumers of one stream have no measured load either.",
    "Reserved concurrency, the account's limit and the rate at which environments start are held \
     against queueing theory only. Cold starts appear in two measured runs.",
    "Tumbling windows and filters are held against deliveries, not against measured times.",
    "Blocked-shard time and the true lag have no counterpart in CloudWatch. They are checked by \
     exact results and by properties that every run must have.",
    "Costs follow a list of prices with its date. No bill was compared.",
    "Times to enable, disable and change a mapping are single recordings.",
    "The measurements are of 2024 to 2026, in two regions, one of 2017. AWS changes without \
     notice.",
];

/// Commands that repeat the page and the calibration, each with what it does.
pub(super) const REPEAT: [(&str, &str); 2] = [
    (
        "This page is written by the first command; the second shows every item on the terminal.",
        "shardlag validate --out reports/validation\nshardlag validate --list",
    ),
    (
        "The knobs of profile `measured` that have no other evidence were chosen by trying values \
         on the measured runs. A residual is the sum of squared distances of simulated to measured \
         figures, in half widths of their bands; the smallest is the best.",
        "shardlag validate --calibrate model.refill_below=2..12\n\
         shardlag validate --calibrate model.invoke_overhead=12ms,14ms,16ms,17ms,18ms,20ms\n\
         shardlag validate --calibrate model.idle_poll_interval=250ms,500ms",
    ),
];

/// The parts of the page that depend on the results.
pub(super) struct Parts {
    /// Its title.
    pub title: &'static str,
    /// One sentence.
    pub verdict: String,
    /// A row per group; the first is the head.
    pub groups: Vec<Vec<String>>,
    /// A row per measured run with its residual; the first is the head.
    pub residuals: Vec<Vec<String>>,
    /// What fails, and what is known of it.
    pub failing: Vec<(String, String)>,
    /// What could not be run, and why.
    pub unsupported: Vec<(String, String)>,
}

impl Parts {
    /// The parts of a validation.
    pub(super) fn new(validation: &Validation) -> Parts {
        Parts {
            title: "Validation",
            verdict: verdict(validation),
            groups: groups(validation),
            residuals: residuals(validation),
            failing: with_status(validation, ItemStatus::Failed, failure),
            unsupported: with_status(validation, ItemStatus::Unsupported, |item| {
                item.detail.clone()
            }),
        }
    }
}

fn verdict(validation: &Validation) -> String {
    let [passed, failed, unsupported] =
        [ItemStatus::Passed, ItemStatus::Failed, ItemStatus::Unsupported]
            .map(|status| validation.count(status));
    let short =
        if validation.is_short { " This was a short check of the cheap items." } else { "" };
    format!(
        "{passed} of {} items agree, {failed} do not, {unsupported} could not be run.{short}",
        passed + failed + unsupported
    )
}

fn groups(validation: &Validation) -> Vec<Vec<String>> {
    let head = ["group", "about", "items", "agree", "do not", "not run"].map(str::to_owned);
    let row = |group: &crate::results::ValidationGroup| {
        let statuses = [ItemStatus::Passed, ItemStatus::Failed, ItemStatus::Unsupported];
        let counts = statuses.map(|status| group.count(status).to_string());
        let [passed, failed, unsupported] = counts;
        let items = group.items.len().to_string();
        vec![group.name.clone(), group.title.clone(), items, passed, failed, unsupported]
    };
    std::iter::once(head.to_vec()).chain(validation.groups.iter().map(row)).collect()
}

/// Every measured run with its residual; those that could not be run without.
fn residuals(validation: &Validation) -> Vec<Vec<String>> {
    let head = ["run", "tests", "figures", "outside", "residual", "verdict"].map(str::to_owned);
    let groups = validation.groups.iter().filter(|group| group.kind == ItemKind::Measured);
    let row = |item: &ValidatedItem| {
        let is_run = item.status != ItemStatus::Unsupported;
        let outside = item.checks.iter().filter(|check| !check.agrees).count().to_string();
        let residual = format!("{:.1}", item.checks.iter().filter_map(squared).sum::<f64>());
        let none = || "–".to_owned();
        vec![
            item.id.clone(),
            item.title.clone(),
            item.checks.len().to_string(),
            if is_run { outside } else { none() },
            if is_run { residual } else { none() },
            status_word(item.status).to_owned(),
        ]
    };
    std::iter::once(head.to_vec()).chain(groups.flat_map(|group| &group.items).map(row)).collect()
}

/// The squared distance of a figure to the measured one, in half widths of its band.
fn squared(check: &ItemCheck) -> Option<f64> {
    let (low, high) = check.band.filter(|(low, high)| low < high)?;
    let off = (check.estimate.value? - check.expected.as_f64()?) / ((high - low) / 2.0);
    Some(off * off)
}

fn with_status(
    validation: &Validation,
    status: ItemStatus,
    text: impl Fn(&ValidatedItem) -> String,
) -> Vec<(String, String)> {
    let items = validation.groups.iter().flat_map(|group| &group.items);
    let items = items.filter(|item| item.status == status);
    items
        .map(|item| {
            let head = match item.title.as_str() {
                "" => item.id.clone(),
                title => format!("{} ({title})", item.id),
            };
            (head, text(item))
        })
        .collect()
}

/// What of an item does not agree, and what is known of it.
fn failure(item: &ValidatedItem) -> String {
    let checks = item.checks.iter().filter(|check| !check.agrees);
    let figure = |check: &ItemCheck| {
        let (expected, found) = super::cells::pair(check);
        format!("{}: {expected} expected, {found} found", check.what).replace('\n', " ")
    };
    let figures: Vec<String> = checks.map(figure).collect();
    let analysis = match item.analysis.as_str() {
        "" => "No explanation is known.",
        analysis => analysis,
    };
    format!("{}. {analysis}", figures.join("; "))
}

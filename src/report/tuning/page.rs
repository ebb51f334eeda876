//! `tune.html`: the answer on one page, offline and without scripts.
//!
//! Order: the answer, the chart, every combination, what each target costs, how far a setting can
//! go, how to deploy, how to repeat it. Left out: the date.

use maud::{DOCTYPE, Markup, html};

use super::{
    Fragments, columns, figure, in_order, name, plain_value, sentences, short_key, shown_value,
    standing,
};
use crate::report::metric_words::in_words;
use crate::report::{chart, page};
use crate::results::{BreakEven, Standing, TunedSettings, Tuning};

/// The page as HTML text.
pub fn tuning_page(tuning: &Tuning) -> String {
    let chart = chart::tuning(tuning);
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            (page::head(&format!("{} · tuned", tuning.scenario)))
            body {
                header {
                    h1 { (tuning.scenario) }
                    @if !tuning.description.is_empty() { p { (tuning.description) } }
                }
                main {
                    section {
                        h2 { "What to set" }
                        p.headline { (sentences::answer(tuning)) }
                        @for note in &tuning.notes { p.quiet { (note) } }
                        (page::figure(&chart))
                    }
                    (deploy(tuning))
                    (costs(tuning))
                    @if let Some(border) = &tuning.break_even { (borders(border)) }
                    (combinations(tuning))
                    (repeat(tuning))
                }
                footer { p.quiet { "shardlag " (env!("CARGO_PKG_VERSION")) } }
            }
        }
    };
    markup.into_string()
}

fn deploy(tuning: &Tuning) -> Markup {
    let Some(chosen) = tuning.recommended.map(|index| &tuning.settings[index]) else {
        return html! {};
    };
    let others = Fragments::others(chosen);
    html! {
        section {
            h2 { "How to deploy it" }
            @if let Some(fragments) = Fragments::of(chosen) {
                pre { code { (fragments.command) } }
                details {
                    summary { "CloudFormation" }
                    pre { code { (fragments.cloudformation) } }
                }
                details { summary { "Terraform" } pre { code { (fragments.terraform) } } }
            }
            @if !others.is_empty() {
                p { "Outside of the event source mapping, as keys of the scenario:" }
                ul { @for other in &others { li { code { (other) } } } }
            }
        }
    }
}

fn costs(tuning: &Tuning) -> Markup {
    if tuning.costs.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 { "What each target costs" }
            ul { @for (target, cost) in tuning.costs.iter().enumerate() {
                li { (with_code(&sentences::cost(tuning, target, cost))) }
            } }
        }
    }
}

/// A sentence whose back quotes mark code.
fn with_code(text: &str) -> Markup {
    html! {
        @for (index, part) in text.split('`').enumerate() {
            @if index % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

fn borders(border: &BreakEven) -> Markup {
    html! {
        section {
            h2 { "How far " (short_key(&border.key)) " can go" }
            p { (with_code(&sentences::border(border))) }
            div.scroll { table {
                thead { tr {
                    th scope="col" { code { (border.key) } }
                    th scope="col" { "Targets" } th scope="col" { "Certain" }
                    th scope="col" { "Replications" }
                } }
                tbody { @for trial in &border.trials { tr {
                    th scope="row" { (plain_value(&trial.value)) }
                    td { @if trial.meets { "met" } @else { "missed" } }
                    td { @if trial.is_sure { "yes" } @else { "no" } }
                    td { (trial.replications) }
                } } }
            } }
            p.quiet {
                "By bisection, which finds one border: where targets are met and missed in turns, "
                "there may be others. No replications: the load cannot be carried."
            }
        }
    }
}

fn combinations(tuning: &Tuning) -> Markup {
    let figures = |one: &TunedSettings| {
        html! {
            td { (figure(&one.objective, tuning.aim.unit)) }
            td {
                @if one.standing != Standing::Recommended {
                    (sentences::change(&one.difference, tuning))
                }
            }
            @for (target, found) in tuning.targets.iter().zip(&one.targets) {
                td { (figure(&found.figure, target.unit)) }
            }
            td { (one.replications) }
        }
    };
    html! {
        section {
            h2 { "Every combination" }
            div.scroll { table {
                thead { tr {
                    @for key in columns(tuning) { th scope="col" { (name(key)) } }
                    th scope="col" { "Verdict" }
                    th scope="col" { (in_words(&tuning.aim.metric)) }
                    th scope="col" { "difference" }
                    @for target in &tuning.targets { th scope="col" { (in_words(&target.metric)) } }
                    th scope="col" { "Replications" }
                } }
                tbody { @for one in in_order(tuning) { tr {
                    @for (column, key) in columns(tuning).into_iter().enumerate() {
                        @let value = one.values.iter().find(|value| value.key == key.key);
                        @let text = value.map_or(String::new(), |one| shown_value(tuning, one));
                        @if column == 0 { th scope="row" { (text) } } @else { td { (text) } }
                    }
                    td {
                        span.badge.(badge(one.standing)) { (standing(one)) }
                        @if one.is_current { " " span.badge { "now" } }
                    }
                    (figures(one))
                } } }
            } }
            p.quiet {
                "± is the 95 % interval over the replications of a combination; a difference is to "
                "the recommended one, replication by replication under the same random numbers."
            }
        }
    }
}

fn badge(standing: Standing) -> &'static str {
    match standing {
        Standing::Recommended => "good",
        Standing::Same | Standing::Undecided => "doubtful",
        Standing::Misses | Standing::Unstable => "bad",
        Standing::Worse => "quiet",
    }
}

fn repeat(tuning: &Tuning) -> Markup {
    html! {
        section {
            h2 { "How to repeat this" }
            pre { code { (tuning.command) } }
            p.quiet {
                "Seed " (tuning.seed) ". Replications went where the answer was least certain, "
                "after a first few of every combination; the same version, scenario and seed give "
                "the same bytes."
            }
        }
    }
}

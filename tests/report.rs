//! What users see of results: contracts of files, widths, escaping, same bytes, safe writing.

#[path = "report/contracts.rs"]
mod contracts;
#[path = "report/fixture.rs"]
mod fixture;

use std::fs;
use std::path::PathBuf;

use fixture::{HOUR, MINUTE, empty, results};
use shardlag::report::{
    Chart, Outputs, PngCharts, TerminalStyle, charts, page, terminal, validation_page, write_all,
};
use shardlag::results::{
    Estimate, ItemCheck, ItemKind, ItemStatus, RunResults, StabilityVerdict, ValidatedItem,
    Validation, ValidationGroup,
};

const UNICODE: TerminalStyle = TerminalStyle { colour: false, unicode: true };
const ASCII: TerminalStyle = TerminalStyle { colour: false, unicode: false };

/// Long and short runs with one to six variants, and runs without anything.
fn many() -> Vec<RunResults> {
    vec![
        results(MINUTE, 1),
        results(15.0 * MINUTE, 2),
        results(26.0 * HOUR, 5),
        results(26.0 * HOUR, 6),
        results(7.0 * 24.0 * HOUR, 2),
        empty(0),
        empty(2),
    ]
}

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("report-{name}"));
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("an old test folder can be removed");
    }
    folder
}

#[test]
fn no_line_on_the_terminal_is_longer_than_its_width() {
    for results in many() {
        for width in [40, 60, 80, 120, 200] {
            for style in [UNICODE, ASCII] {
                let text = terminal(&results, width, style);
                for line in text.lines() {
                    assert!(line.chars().count() <= width, "{width}: {line}\n{text}");
                }
                assert!(style.unicode || text.is_ascii(), "{text}");
            }
        }
    }
}

#[test]
fn colour_adds_escape_sequences_and_nothing_else() {
    let results = results(26.0 * HOUR, 6);
    let mut coloured = terminal(&results, 80, TerminalStyle { colour: true, ..UNICODE });
    assert!(coloured.contains('\u{1b}'));
    for code in ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[32m", "\u{1b}[33m", "\u{1b}[1;31m"] {
        coloured = coloured.replace(code, "");
    }
    assert_eq!(coloured, terminal(&results, 80, UNICODE));
}

#[test]
fn the_verdict_comes_first_and_an_unstable_variant_has_no_mean() {
    let mut results = results(26.0 * HOUR, 6);
    results.summary.variants[5].iterator_age.mean = Estimate::point(4321.0);
    results.summary.variants.drain(..5);
    results.variants.drain(..5);
    let text = terminal(&results, 80, UNICODE);
    let place = |what: &str| text.find(what).unwrap_or_else(|| panic!("no {what} in\n{text}"));
    assert!(place("unstable") < place("0.673 s every second"));
    assert!(place("35.7 h") < place("IteratorAge p50"));
    assert!(!text.contains("IteratorAge mean"));
    assert!(!page(&results).contains("IteratorAge mean"));
}

#[test]
fn a_headline_says_where_records_are_lost_although_the_load_is_carried() {
    use StabilityVerdict::{Saturated, Stable};
    let headline = |verdict: StabilityVerdict, lost: &[(f64, f64)]| {
        let mut results = empty(lost.len());
        for (variant, (expired, discarded)) in results.summary.variants.iter_mut().zip(lost) {
            variant.stability.verdict = verdict;
            variant.ledger.expired = Estimate::point(*expired);
            variant.ledger.discarded.record_age_exceeded = Estimate::point(*discarded);
        }
        let page = page(&results);
        let (_, rest) = page.split_once("<p class=\"headline\">").expect("a headline");
        rest.split_once("</p>").expect("it ends").0.to_owned()
    };
    let carried = "The load can be carried all the time, but records are";
    let cases = [
        (Stable, &[(0.0, 0.0)][..], "Stable: the load can be carried all the time.".to_owned()),
        (Stable, &[(2.0, 0.0)], format!("{carried} lost to retention.")),
        (Stable, &[(2.0, 0.5)], format!("{carried} lost to retention and discarded.")),
        (Stable, &[(0.0, 1.0), (0.0, 1.0)], format!("{carried} discarded in every variant.")),
        (
            Stable,
            &[(2.0, 0.0), (0.0, 1.0), (0.0, 1.0)],
            format!(
                "{carried} lost to retention in: base; records are discarded in: “2 retries”, \
                 “2 retries, bisect”."
            ),
        ),
        (
            Saturated,
            &[(0.0, 1.0)],
            "Saturated: the load exceeds the capacity at times; records are discarded.".to_owned(),
        ),
    ];
    for (verdict, lost, expected) in cases {
        assert_eq!(headline(verdict, lost), expected);
    }
}

#[test]
fn rows_without_any_figure_are_left_out_but_for_the_answers() {
    let text = terminal(&empty(2), 80, UNICODE);
    for kept in ["IteratorAge p50", "processed", "blocked-shard time"] {
        assert!(text.contains(kept), "{kept}\n{text}");
    }
    for dropped in ["expired", "filtered", "duplicated", "by throttles", "age at finish"] {
        assert!(!text.contains(dropped), "{dropped}\n{text}");
    }
}

#[test]
fn measured_values_stand_beside_simulated_ones() {
    for text in [terminal(&results(MINUTE, 1), 80, UNICODE), page(&results(MINUTE, 1))] {
        assert!(text.contains("0.673 s/s"), "{text}");
        assert!(text.contains("0.669 ± 0.004 s/s"), "{text}");
    }
}

#[test]
fn names_from_outside_are_escaped_everywhere() {
    for evil in [
        "<script>alert('x')</script> & \"quotes\"\u{7}",
        "</script><img src=x onerror=alert(1)>",
        "</title></style><!--<img src=x onerror=alert(1)>",
        "'\"><img src=x onerror=alert(1)>\u{2028}",
    ] {
        let mut results = results(15.0 * MINUTE, 2);
        let name = evil.to_owned();
        results.summary.scenario = name.clone();
        results.summary.variants[1].name = name.clone();
        results.variants[1].sentence = name.clone();
        results.variants[1].changes[0].value = name.clone();
        results.shaded[0].label = name.clone();
        results.limit_lines[0].label = name.clone();
        results.settings[0].value = name.clone();
        results.measured[0].source = name.clone();
        let pair = &mut results.comparison.as_mut().expect("there are variants").pairs[0];
        pair.other = name.clone();
        results.command = name.clone();
        results.description = name.clone();
        results.warnings = vec![name];
        let page = page(&results);
        assert!(!page.contains("<img") && !page.contains("<!--"), "{evil}");
        assert_eq!(page.matches("<script").count(), 2, "{evil}");
        assert_eq!(page.matches("</script").count(), 2, "{evil}");
        assert_eq!(page.matches("</style").count(), 1, "{evil}");
        for chart in charts(&results) {
            let svg = chart.svg();
            assert!(!svg.contains("<script") && !svg.contains("<img"), "{}", chart.name());
            assert!(!svg.contains('\u{7}'), "{}", chart.name());
        }
        assert!(!terminal(&results, 80, UNICODE).contains('\u{7}'));
    }
}

#[test]
fn the_page_of_a_validation_escapes_names_too() {
    let evil = || "</script></title><img src=x onerror=alert(1)>".to_owned();
    let check = ItemCheck {
        what: format!("iterator_age {}", evil()),
        during: None,
        expected: 3.0.into(),
        unit: evil(),
        allowed: evil(),
        band: Some((2.0, 4.0)),
        got: Some(evil().into()),
        estimate: Estimate::point(5.0),
        agrees: false,
    };
    let item = ValidatedItem {
        id: evil(),
        title: evil(),
        source: evil(),
        status: ItemStatus::Failed,
        checks: vec![check],
        detail: evil(),
        analysis: evil(),
    };
    let group =
        |kind| ValidationGroup { name: evil(), title: evil(), kind, items: vec![item.clone()] };
    let groups = [ItemKind::Theory, ItemKind::Measured].map(group).to_vec();
    let page = validation_page(&Validation { seed: 1, is_short: false, groups });
    assert!(page.contains("&lt;img") && !page.contains("<img"), "{page}");
    assert!(!page.contains("</script"), "{page}");
    assert_eq!(page.matches("<details class=\"behind\">").count(), 2);
}

#[test]
fn the_page_is_one_file_that_may_load_nothing() {
    let text = page(&results(26.0 * HOUR, 5));
    for outside in ["<link", "src=", "@import", "innerHTML", "fetch(", "http://", "https://"] {
        // The name of the SVG language is no address.
        let text = text.replace("http://www.w3.org/2000/svg", "");
        assert!(!text.contains(outside), "{outside}");
    }
    assert!(text.contains("Content-Security-Policy\" content=\"default-src 'none';"));
    assert_eq!(text.matches("<svg role=\"img\" aria-label=\"").count(), 5);
    for said in [
        "shardlag run scenarios/",
        "5f0c9a1be2d47a36",
        "S2.4",
        ">AWS default</span>",
        "MaximumRetryAttempts = 2",
        ">better</strong>",
        ">undecided</strong>",
    ] {
        assert!(text.contains(said), "{said}");
    }
}

#[test]
fn a_page_stays_small_and_has_a_table_behind_every_chart() {
    for results in many() {
        let text = page(&results);
        assert!(text.len() < 400_000, "{} bytes", text.len());
        let is_empty = results.variants.iter().all(|one| one.series.points.is_empty());
        let expected = if is_empty { 0 } else { 5 };
        assert_eq!(text.matches("<details class=\"behind\">").count(), expected);
    }
}

#[test]
fn headings_are_in_order_and_every_head_of_a_table_has_a_scope() {
    let text = page(&results(26.0 * HOUR, 5));
    assert_eq!(text.matches("<h1").count(), 1);
    assert!(!text.contains("<h3") && text.find("<h1") < text.find("<h2"));
    assert!(text.contains("<html lang=\"en\">"));
    for landmark in ["<header>", "<main>", "<footer>"] {
        assert_eq!(text.matches(landmark).count(), 1, "{landmark}");
    }
    for head in text.match_indices("<th").filter(|(at, _)| !text[*at..].starts_with("<thead")) {
        let element = text[head.0..].split('>').next().expect("an element ends");
        assert!(element.contains("scope="), "{element}");
    }
}

#[test]
fn charts_are_small_svgs_with_real_text_and_legible_legends() {
    for results in many() {
        for chart in charts(&results) {
            let svg = chart.svg();
            assert!(svg.len() < 60_000, "{} has {} bytes", chart.name(), svg.len());
            assert!(svg.contains("<text") && svg.contains("sans-serif"), "{}", chart.name());
            assert!(svg.ends_with("</svg>\n"), "{}", chart.name());
        }
        let chart = &charts(&results)[0];
        for variant in &results.summary.variants {
            assert!(chart.svg().contains(&variant.name), "{}", variant.name);
        }
    }
}

#[test]
fn charts_of_many_variants_stay_small() {
    let mut results = results(26.0 * HOUR, 6);
    for index in 0..6 {
        let mut summary = results.summary.variants[index].clone();
        summary.name.push_str(", again");
        results.summary.variants.push(summary);
        let details = results.variants[index].clone();
        results.variants.push(details);
    }
    for chart in charts(&results) {
        let size = chart.svg().len();
        assert!(size < 60_000, "{} has {size} bytes", chart.name());
    }
}

#[test]
fn charts_of_nothing_say_so() {
    let said: Vec<String> = charts(&empty(1)).iter().map(Chart::svg).collect();
    assert!(said[0].contains("no IteratorAge to show"));
    assert!(said[1].contains("no shard was blocked"));
    assert!(said[2].contains("no age to split"));
}

#[test]
fn a_png_has_twice_the_size_of_the_svg() {
    let chart = &charts(&results(15.0 * MINUTE, 2))[0];
    let png = chart.png();
    assert_eq!(&png[1..4], b"PNG");
    let width = u32::from_be_bytes(png[16..20].try_into().expect("four bytes"));
    assert_eq!(width, 1800);
    assert!(chart.svg().contains("width=\"900\""));
}

fn contents(folder: &PathBuf) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let mut files: Vec<(String, Vec<u8>)> = entries
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, fs::read(&path).unwrap_or_default())
        })
        .collect();
    files.sort();
    files
}

#[test]
fn the_same_results_give_the_same_bytes() {
    let outputs = Outputs { png: PngCharts::All, ..Outputs::default() };
    let (one, two) = (folder("one"), folder("two/deeper"));
    let written = write_all(&results(26.0 * HOUR, 2), &one, &outputs).expect("it can be written");
    write_all(&results(26.0 * HOUR, 2), &two, &outputs).expect("it can be written");
    let files = contents(&one);
    assert_eq!(files, contents(&two));
    assert_eq!(files.len(), written.len());
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    for name in [
        "summary.json",
        "report.html",
        "iterator-age.svg",
        "iterator-age.png",
        "timeseries.csv",
        "destination.jsonl",
    ] {
        assert!(names.contains(&name), "{name} is not among {names:?}");
    }
    assert!(files.iter().all(|(_, bytes)| !bytes.is_empty()));
}

#[test]
fn an_error_names_the_path_and_leaves_the_old_report_as_it_was() {
    let folder = folder("error");
    let outputs = Outputs { png: PngCharts::Off, ..Outputs::default() };
    write_all(&results(MINUTE, 1), &folder, &outputs).expect("it can be written");
    fs::remove_file(folder.join("timeseries.csv")).expect("it was written");
    fs::create_dir(folder.join("timeseries.csv")).expect("the name is free");
    let before = contents(&folder);
    let error =
        write_all(&results(MINUTE, 3), &folder, &outputs).expect_err("a folder is in the way");
    assert!(error.to_string().contains("timeseries.csv: this is a folder"), "{error}");
    assert_eq!(contents(&folder), before);
    let file = folder.join("summary.json");
    let error = write_all(&results(MINUTE, 1), &file, &outputs).expect_err("it is a file");
    assert!(error.to_string().contains("summary.json: this is a file"), "{error}");
    let error = write_all(&results(MINUTE, 1), &file.join("below"), &outputs)
        .expect_err("a file cannot hold a folder");
    assert!(error.to_string().contains("below: cannot create this folder"), "{error}");
}

#[test]
fn a_report_without_messages_removes_the_messages_of_the_last_one() {
    let folder = folder("outdated");
    let outputs = Outputs::default();
    write_all(&results(MINUTE, 1), &folder, &outputs).expect("it can be written");
    assert!(folder.join("destination.jsonl").exists());
    write_all(&empty(1), &folder, &outputs).expect("it can be written");
    assert!(!folder.join("destination.jsonl").exists());
}

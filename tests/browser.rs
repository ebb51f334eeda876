//! Pages in a real browser: headless Chromium opens, uses and prints them.
//!
//! A page around them holds the same pages at several widths, each with a script at its end that
//! hovers, zooms and switches as a reader would and says what it saw. Chromium is `CHROMIUM`, or
//! the first that is installed; without one these tests say so and pass. Left out: other browsers.

#[allow(dead_code, reason = "other tests use more of it")]
#[path = "report/fixture.rs"]
mod fixture;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use shardlag::report::page;

const WIDTHS: [u32; 3] = [390, 1280, 1920];
const REPORTS: [&str; 4] =
    ["poison-record", "reshard-with-backlog", "two-consumers-too-many", "orders-pipeline"];

/// The browser, if there is one.
fn chromium() -> Option<String> {
    let chosen = std::env::var("CHROMIUM").ok();
    let known = ["chromium", "chromium-browser", "google-chrome"].map(str::to_owned);
    let starts = |name: &String| {
        let output = Command::new(name).arg("--version").output();
        output.is_ok_and(|output| output.status.success())
    };
    let found = chosen.into_iter().chain(known).find(starts);
    if found.is_none() {
        eprintln!("skipped: Chromium is not installed; set CHROMIUM, or install `chromium`");
    }
    found
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("browser-{name}"));
    std::fs::remove_dir_all(&folder).ok();
    std::fs::create_dir_all(&folder).expect("a folder for the test can be made");
    folder
}

/// What the browser prints to standard output and to standard error.
fn browse(chromium: &str, folder: &Path, file: &str, more: &[&str]) -> (String, String) {
    let profile = folder.join("profile");
    let output = Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--enable-logging=stderr", "--log-level=0", "--virtual-time-budget=20000"])
        .args(["--window-size=1280,1000"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .args(more)
        .arg(format!("file://{}", folder.join(file).display()))
        .output()
        .expect("Chromium starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (said, log) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{log}");
    let console: Vec<&str> = log.lines().filter(|line| line.contains("CONSOLE")).collect();
    assert!(console.is_empty(), "{}", console.join("\n"));
    (said, log)
}

/// The pages: those of committed reports, and one with names that are markup.
fn pages() -> Vec<(String, String)> {
    let reports = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports");
    let committed = REPORTS.iter().map(|name| {
        let text = std::fs::read_to_string(reports.join(name).join("report.html"));
        ((*name).to_owned(), text.expect("the report is committed"))
    });
    let mut results = fixture::results(26.0 * fixture::HOUR, 3);
    results.summary.variants[1].name = EVIL.to_owned();
    results.summary.scenario = EVIL.to_owned();
    results.shaded[0].label = EVIL.to_owned();
    committed.chain([("evil".to_owned(), page(&results))]).collect()
}

const EVIL: &str = "</script><img src=x onerror=\"console.error('injected')\">";

/// What the script saw on every page at every width.
fn seen(chromium: &str, folder: &Path, more: &[&str]) -> Vec<Value> {
    let probe = include_str!("browser/probe.js");
    let mut frames = String::new();
    for (name, text) in pages() {
        let probe = probe.replace("PAGE;", &format!("{name:?};"));
        let copy = text.replace("</body>", &format!("<script>{probe}</script></body>"));
        std::fs::write(folder.join(format!("{name}.html")), copy).expect("it can be written");
        for width in WIDTHS {
            frames.push_str(&format!(
                "<iframe src=\"{name}.html\" style=\"width:{width}px;height:900px;border:0\">\
                 </iframe>\n"
            ));
        }
    }
    let around = format!(
        "<!DOCTYPE html><meta charset=\"utf-8\"><body><script>onmessage = (event) => {{\
         const line = document.createElement(\"pre\"); line.textContent = btoa(unescape(\
         encodeURIComponent(event.data))); document.body.append(line); }};</script>\n{frames}"
    );
    std::fs::write(folder.join("around.html"), around).expect("it can be written");
    let arguments = [&["--dump-dom"], more].concat();
    let (dom, _) = browse(chromium, folder, "around.html", &arguments);
    let lines = dom.split("<pre>").skip(1).map(|rest| rest.split("</pre>").next().unwrap_or(""));
    let seen: Vec<Value> = lines
        .map(|line| serde_json::from_slice(&decoded(line)).expect("the script says JSON"))
        .collect();
    assert_eq!(seen.len(), WIDTHS.len() * (REPORTS.len() + 1), "{dom}");
    seen
}

/// Base 64, so that no sign of the JSON meets the HTML around it (RFC 4648).
fn decoded(text: &str) -> Vec<u8> {
    const SIGNS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut buffer, mut bits) = (Vec::new(), 0_u32, 0);
    for value in text.chars().filter_map(|sign| SIGNS.find(sign)) {
        buffer = (buffer << 6 | value as u32) & 0xffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits) as u8);
        }
    }
    bytes
}

fn number(seen: &Value, key: &str) -> f64 {
    seen[key].as_f64().unwrap_or_else(|| panic!("{key} of {seen}"))
}

fn text<'a>(seen: &'a Value, key: &str) -> &'a str {
    seen[key].as_str().unwrap_or_else(|| panic!("{key} of {seen}"))
}

/// What holds in light and dark, at every width.
fn assert_readable(seen: &Value) {
    let about = format!("{} at {} pixels", seen["page"], seen["width"]);
    assert!(number(seen, "content") <= number(seen, "width"), "{about} is too wide: {seen}");
    assert_eq!(number(seen, "requests"), 0.0, "{about} loads something");
    assert_eq!((number(seen, "images"), number(seen, "scripts")), (0.0, 3.0), "{about}");
    let contrast = &seen["contrast"];
    assert!(number(contrast, "ratio") >= 4.5, "{about}: {contrast}");
}

/// What scripts do.
fn assert_works(seen: &Value) {
    let about = format!("{} at {} pixels", seen["page"], seen["width"]);
    assert_eq!((&seen["tipBefore"], &seen["tipAfter"]), (&true.into(), &true.into()), "{about}");
    assert!(text(seen, "tip").lines().count() > 1, "{about}: {}", seen["tip"]);
    assert!(number(seen, "dots") >= 1.0, "{about} shows no value");
    assert_ne!(seen["static"], seen["zoomed"], "{about} does not zoom");
    assert!(text(seen, "shown").contains(" to "), "{about}: {}", seen["shown"]);
    assert!(text(seen, "zoomedIn").contains(" to "), "{about}: {}", seen["zoomedIn"]);
    assert_eq!(seen["isBack"], true, "{about} is not as it was after zooming back");
    if number(seen, "variants") > 0.0 {
        assert!(number(seen, "polylinesWithout") < number(seen, "polylines"), "{about}: {seen}");
        assert_eq!(seen["polylinesAgain"], seen["polylines"], "{about}");
        assert_eq!(number(seen, "lower"), 40.0, "{about} keeps the row of a hidden variant");
        assert_ne!(seen["tipWithout"], seen["tip"], "{about}");
    }
    if let Some(lower) = seen["rowsLower"].as_f64() {
        assert!(lower > 0.0, "{about} keeps the rows of a hidden shard");
        assert_eq!(number(seen, "rowsAgain"), 0.0, "{about}");
    }
    assert!(text(seen, "blockedTip").lines().count() > 1, "{about}: {}", seen["blockedTip"]);
}

#[test]
fn pages_open_and_work_at_every_width() {
    let Some(chromium) = chromium() else { return };
    let seen = seen(&chromium, &folder("light"), &[]);
    for seen in &seen {
        assert_readable(seen);
        assert_works(seen);
        assert_eq!((&seen["isDark"], text(seen, "paper")), (&false.into(), "rgb(255, 255, 255)"));
    }
    let evil = seen.iter().find(|seen| seen["page"] == "evil").expect("it is among them");
    assert!(text(evil, "tip").contains(EVIL), "{}", evil["tip"]);
}

#[test]
fn pages_are_dark_where_that_is_preferred() {
    let Some(chromium) = chromium() else { return };
    let dark = ["--blink-settings=preferredColorScheme=0"];
    for seen in seen(&chromium, &folder("dark"), &dark) {
        assert_eq!(seen["isDark"], true);
        assert_readable(&seen);
        assert_ne!(text(&seen, "paper"), "rgb(255, 255, 255)");
        assert_ne!(text(&seen, "chart"), "rgb(255, 255, 255)");
    }
}

#[test]
fn a_page_prints() {
    let Some(chromium) = chromium() else { return };
    let folder = folder("print");
    let (_, text) = pages().swap_remove(0);
    std::fs::write(folder.join("page.html"), text).expect("it can be written");
    let pdf = folder.join("page.pdf");
    let target = format!("--print-to-pdf={}", pdf.display());
    browse(&chromium, &folder, "page.html", &[&target, "--no-pdf-header-footer"]);
    let bytes = std::fs::read(pdf).expect("it was printed");
    assert!(bytes.starts_with(b"%PDF"));
    let sheets = bytes.windows(12).filter(|window| window.starts_with(b"/Type /Page\n")).count();
    assert!((3..=12).contains(&sheets), "{sheets} sheets");
}

//! What was checked as JUnit XML, which build servers show as tests.
//!
//! One suite, a case per check. Reference: the format that Jenkins, GitLab and GitHub read
//! (`testsuites`, `testsuite`, `testcase`, `failure`); it has no normative text. Left out: times,
//! which would differ from run to run, and standard output.

use crate::results::CheckedCase;

/// The document, ending in a newline.
pub fn junit(suite: &str, cases: &[CheckedCase]) -> String {
    let failures = cases.iter().filter(|case| case.failure.is_some()).count();
    let counts = format!("tests=\"{}\" failures=\"{failures}\" errors=\"0\"", cases.len());
    let suite = escaped(suite);
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"shardlag\" {counts}>\n  \
         <testsuite name=\"{suite}\" {counts} skipped=\"0\">\n"
    );
    for case in cases {
        let (group, name) = (escaped(&case.group), escaped(&case.name));
        let start = format!("    <testcase classname=\"{group}\" name=\"{name}\"");
        text.push_str(&match &case.failure {
            None => format!("{start}/>\n"),
            Some(failure) => {
                let failure = escaped(failure);
                format!(
                    "{start}>\n      <failure message=\"{failure}\">{failure}</failure>\n    \
                     </testcase>\n"
                )
            }
        });
    }
    text.push_str("  </testsuite>\n</testsuites>\n");
    text
}

/// Text for an attribute or an element. Characters that XML 1.0 cannot hold (2.2) become spaces.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => safe.push(' '),
            other if other.is_control() => safe.push(' '),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_checked_is_a_suite_of_cases_with_escaped_text() {
        let case = |group: &str, name: &str, failure: Option<&str>| CheckedCase {
            group: group.to_owned(),
            name: name.to_owned(),
            failure: failure.map(str::to_owned),
        };
        let cases = [
            case("base", "errors < 3", None),
            case("a \"b\" & c", "iterator_age.p99 < 60s", Some("found\u{1b} 61 > 60")),
        ];
        let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="shardlag" tests="2" failures="1" errors="0">
  <testsuite name="it&apos;s" tests="2" failures="1" errors="0" skipped="0">
    <testcase classname="base" name="errors &lt; 3"/>
    <testcase classname="a &quot;b&quot; &amp; c" name="iterator_age.p99 &lt; 60s">
      <failure message="found  61 &gt; 60">found  61 &gt; 60</failure>
    </testcase>
  </testsuite>
</testsuites>
"#;
        assert_eq!(junit("it's", &cases), expected);
    }
}

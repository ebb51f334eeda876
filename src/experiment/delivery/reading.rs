//! Reads a file of delivery cases: one JSON object per line.

use std::collections::BTreeMap;

use serde_json::Value;

use super::case::Case;

/// A line that is no case.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("line {line}{}: {message}", in_case(.id.as_deref()))]
pub struct CaseError {
    /// Line of the file, from 1.
    pub line: usize,
    /// Id of the case where it can be read.
    pub id: Option<String>,
    /// What is wrong.
    pub message: String,
}

/// Reads cases, one JSON object per line; blank lines are passed over.
///
/// # Errors
/// Every line that is no case, and ids that occur twice.
pub fn read_cases(text: &str) -> Result<Vec<Case>, Vec<CaseError>> {
    let mut cases: Vec<Case> = Vec::new();
    let mut errors = Vec::new();
    let mut line_of: BTreeMap<String, usize> = BTreeMap::new();
    for (index, text) in text.lines().enumerate() {
        let line = index + 1;
        if text.trim().is_empty() {
            continue;
        }
        match serde_json::from_str::<Case>(text) {
            Ok(case) => match line_of.insert(case.id.clone(), line) {
                None => cases.push(case),
                Some(first) => {
                    let message = format!("the id occurs in line {first} already");
                    errors.push(CaseError { line, id: Some(case.id), message });
                }
            },
            Err(error) => {
                let json: Option<Value> = serde_json::from_str(text).ok();
                let id = json.as_ref().and_then(|json| json.get("id")).and_then(Value::as_str);
                let id = id.map(str::to_owned);
                errors.push(CaseError { line, id, message: plain(&error) });
            }
        }
    }
    if errors.is_empty() { Ok(cases) } else { Err(errors) }
}

fn in_case(id: Option<&str>) -> String {
    id.map_or_else(String::new, |id| format!(" (case `{id}`)"))
}

/// The parser's message with the column of the one line it saw.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    match text.strip_suffix(&place) {
        Some(message) => format!("{message}, column {}", error.column()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(id: &str, more: &str) -> String {
        format!(r#"{{"id": "{id}", "stream": {{"kind": "kinesis"}}, "mapping": {{}}{more}}}"#)
    }

    #[test]
    fn every_line_that_is_no_case_is_reported_with_its_id() {
        let lines = [
            case("a", r#", "expect": {}"#),
            String::new(),
            case("b", r#", "expect": {}, "record": []"#),
            "nonsense".to_owned(),
            case("a", r#", "expect": {}"#),
            case("c", r#", "expect": {"deliverys": []}"#),
        ];
        let errors = read_cases(&lines.join("\n")).expect_err("four lines are wrong");
        let texts: Vec<String> = errors.iter().map(CaseError::to_string).collect();
        assert_eq!(texts.len(), 4, "{texts:?}");
        assert!(texts[0].starts_with("line 3 (case `b`): unknown field `record`"), "{texts:?}");
        assert!(texts[1].starts_with("line 4: expected"), "{texts:?}");
        assert_eq!(texts[2], "line 5 (case `a`): the id occurs in line 1 already");
        assert!(texts[3].starts_with("line 6 (case `c`): unknown field `deliverys`"), "{texts:?}");
    }

    #[test]
    fn a_function_error_of_null_is_not_the_same_as_none_given() {
        let discarded = |keys: &str| {
            let more = format!(r#", "expect": {{"discarded": [{{"records": [1]{keys}}}]}}"#);
            let cases = read_cases(&case("a", &more)).expect("the case is right");
            cases[0].expect.discarded.clone().expect("given")[0].function_error.clone()
        };
        assert_eq!(discarded(""), None);
        assert_eq!(discarded(r#", "functionError": null"#), Some(Value::Null));
    }
}

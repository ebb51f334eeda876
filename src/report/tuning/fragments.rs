//! The chosen settings of the event source mapping as they are deployed.
//!
//! | in | as |
//! |---|---|
//! | the AWS CLI | `aws lambda update-event-source-mapping`, `BatchSize` is `--batch-size` |
//! | CloudFormation | properties of `AWS::Lambda::EventSourceMapping`, under the API's names |
//! | Terraform | arguments of `aws_lambda_event_source_mapping`, `BatchSize` is `batch_size` |
//!
//! References: AWS CLI, CloudFormation and Terraform AWS provider documentation of these names.
//! Left out: keys of the scenario that are no parameters of the mapping; they are listed instead.

use toml::Value;

use super::plain_value;
use crate::results::{TunedSettings, TunedValue};

/// The settings in three languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragments {
    /// A command, ending in a newline.
    pub command: String,
    /// A template, ending in a newline.
    pub cloudformation: String,
    /// A block, ending in a newline.
    pub terraform: String,
}

impl Fragments {
    /// Those of the parameters of the mapping; `None`: there are none.
    pub fn of(settings: &TunedSettings) -> Option<Fragments> {
        let parameters: Vec<(&str, Value)> = settings.values.iter().filter_map(parameter).collect();
        if parameters.is_empty() {
            return None;
        }
        let words: Vec<String> = parameters.iter().map(option).collect();
        let command = format!(
            "aws lambda update-event-source-mapping --uuid \"$MAPPING_UUID\" \\\n    {}\n",
            words.join(" \\\n    ")
        );
        let mut cloudformation = "Resources:\n  EventSourceMapping:\n    \
                                  Type: AWS::Lambda::EventSourceMapping\n    Properties:\n"
            .to_owned();
        let mut terraform = "resource \"aws_lambda_event_source_mapping\" \"this\" {\n".to_owned();
        for (name, value) in &parameters {
            // JSON is YAML, and for these values also HCL.
            let value = json(value);
            cloudformation.push_str(&format!("      {name}: {value}\n"));
            terraform.push_str(&format!("  {} = {value}\n", joined(name, '_')));
        }
        terraform.push_str("}\n");
        Some(Fragments { command, cloudformation, terraform })
    }

    /// What else is to be changed: keys of the scenario with their values.
    pub fn others(settings: &TunedSettings) -> Vec<String> {
        let others = settings.values.iter().filter(|one| parameter(one).is_none());
        others.map(|one| format!("{} = {}", one.key, plain_value(&one.value))).collect()
    }
}

/// A parameter of the mapping with its value.
fn parameter(setting: &TunedValue) -> Option<(&str, Value)> {
    let name = setting.key.strip_prefix("mapping.").filter(|name| !name.contains('.'))?;
    let document: Result<toml::Table, _> = toml::from_str(&format!("value = {}", setting.value));
    let value = document.ok().and_then(|mut table| table.remove("value"));
    // A text may stand without quotes, as on the command line.
    Some((name, value.unwrap_or_else(|| Value::String(setting.value.clone()))))
}

/// The option of the AWS CLI.
fn option((name, value): &(&str, Value)) -> String {
    let name = joined(name, '-');
    match value {
        Value::Boolean(true) => format!("--{name}"),
        Value::Boolean(false) => format!("--no-{name}"),
        Value::Integer(number) => format!("--{name} {number}"),
        Value::String(_)
        | Value::Float(_)
        | Value::Datetime(_)
        | Value::Array(_)
        | Value::Table(_) => {
            format!("--{name} '{}'", json(value).replace('\'', "'\\''"))
        }
    }
}

fn json(value: &Value) -> String {
    serde_json::to_string(value).expect("a TOML value has text keys only")
}

/// `MaximumRetryAttempts` as `maximum-retry-attempts`.
fn joined(name: &str, by: char) -> String {
    let mut words = String::new();
    for sign in name.chars() {
        if sign.is_ascii_uppercase() && !words.is_empty() {
            words.push(by);
        }
        words.push(sign.to_ascii_lowercase());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::{Estimate, StabilityVerdict, Standing};

    fn settings(values: &[(&str, &str)]) -> TunedSettings {
        let value = |(key, value): &(&str, &str)| TunedValue {
            key: (*key).to_owned(),
            value: (*value).to_owned(),
        };
        TunedSettings {
            values: values.iter().map(value).collect(),
            is_current: false,
            standing: Standing::Recommended,
            replications: 4,
            objective: Estimate::point(1.0),
            difference: Estimate::ABSENT,
            targets: Vec::new(),
            stability: StabilityVerdict::Stable,
        }
    }

    #[test]
    fn parameters_have_the_names_of_each_language() {
        let chosen = settings(&[
            ("mapping.MaximumRetryAttempts", "-1"),
            ("mapping.BisectBatchOnFunctionError", "false"),
            ("mapping.FunctionResponseTypes", "[\"ReportBatchItemFailures\"]"),
            ("stream.shards", "8"),
        ]);
        let fragments = Fragments::of(&chosen).expect("there are parameters");
        let expected = "aws lambda update-event-source-mapping --uuid \"$MAPPING_UUID\" \\\n    \
                        --maximum-retry-attempts -1 \\\n    \
                        --no-bisect-batch-on-function-error \\\n    \
                        --function-response-types '[\"ReportBatchItemFailures\"]'\n";
        assert_eq!(fragments.command, expected);
        assert!(fragments.cloudformation.contains("      MaximumRetryAttempts: -1\n"));
        let argument = "  function_response_types = [\"ReportBatchItemFailures\"]\n";
        assert!(fragments.terraform.contains(argument), "{}", fragments.terraform);
        assert_eq!(Fragments::others(&chosen), ["stream.shards = 8"]);
        assert_eq!(Fragments::of(&settings(&[("stream.shards", "8")])), None);
    }
}

//! Settings whose key stands without a value, where the tool of the file refuses that.
//!
//! `BatchSize:` with nothing behind it is null in YAML. CloudFormation refuses a template with
//! one (`'null' values are not allowed in templates`), and so does the schema of the Serverless
//! Framework; taking the default would be a guess. `!Ref AWS::NoValue` is how a template leaves a
//! setting out. Left out: keys that decide nothing here, and tools where null means absent
//! (Terraform).

use super::problem::Problems;
use super::tree::{Node, Value};

/// Reports every entry below `node` that has one of these keys and no value.
pub fn report(node: &Node, keys: &[&str], problems: &mut Problems) {
    for entry in node.entries() {
        if entry.node.value == Value::Null && keys.contains(&entry.key.as_str()) {
            let key = &entry.key;
            let message = format!("`{key}` has no value; give it one, or remove the key");
            problems.error(entry.node.place, message);
        }
        report(&entry.node, keys, problems);
    }
    for element in node.elements() {
        report(element, keys, problems);
    }
}

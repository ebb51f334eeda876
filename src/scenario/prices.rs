//! `[prices]`: what requests, compute and streams cost, in US dollars (S10.7).
//!
//! Defaults are data: `prices.toml` beside this file, with their date and source.

use super::document::{Node, Value};
use super::reader::{Field, Reading, TableReader};
use super::schema::Scalar;
use crate::units::Bytes;

/// Prices of one variant. The function's own rounding rules are the recorder's.
#[derive(Debug, Clone, PartialEq)]
pub struct Prices {
    /// US dollars per million requests to the function.
    pub lambda_per_million_requests: f64,
    /// US dollars per GB-second (2^30 bytes for one second).
    pub lambda_per_gb_second: f64,
    /// US dollars per open shard and hour; Kinesis only.
    pub kinesis_per_shard_hour: f64,
    /// US dollars per million PUT payload units; Kinesis only.
    pub kinesis_per_million_put_units: f64,
    /// Size of a PUT payload unit; a record takes whole units.
    pub kinesis_put_unit: Bytes,
    /// Date on which the defaults were recorded.
    pub recorded: String,
    /// Where the defaults are from.
    pub source: String,
}

const PRICES_TOML: &str = include_str!("prices.toml");

/// A million dollars per unit is a slip of the pen.
const PRICE_MAX: f64 = 1e6;

/// Reads `[prices]`.
pub(super) fn prices(mut table: TableReader<'_>, cx: &mut Reading) -> Option<Prices> {
    let defaults = Node::parse_document(PRICES_TOML, cx.defaults_text)
        .unwrap_or_else(|_| panic!("prices.toml is part of this crate and must parse"));
    let default = |key: &str| match defaults.child(key).map(|node| &node.value) {
        Some(Value::Text(text)) => text.clone(),
        other => panic!("prices.toml must give {key} as a text, not {other:?}"),
    };
    let mut price = |key: &'static str, cx: &mut Reading| {
        dollars(&table.or_default(key, &default(key), cx), cx)
    };
    let lambda_per_million_requests = price("lambda_per_million_requests", cx);
    let lambda_per_gb_second = price("lambda_per_gb_second", cx);
    let kinesis_per_shard_hour = price("kinesis_per_shard_hour", cx);
    let kinesis_per_million_put_units = price("kinesis_per_million_put_units", cx);
    let unit_field = table.or_default("kinesis_put_unit", &default("kinesis_put_unit"), cx);
    let kinesis_put_unit = unit_field.bytes(cx).filter(|unit| {
        if unit.get() == 0 {
            cx.error(&unit_field, "`0B` is not above 0");
        }
        unit.get() > 0
    });
    table.finish(cx);
    Some(Prices {
        lambda_per_million_requests: lambda_per_million_requests?,
        lambda_per_gb_second: lambda_per_gb_second?,
        kinesis_per_shard_hour: kinesis_per_shard_hour?,
        kinesis_per_million_put_units: kinesis_per_million_put_units?,
        kinesis_put_unit: kinesis_put_unit?,
        recorded: default("recorded"),
        source: default("source"),
    })
}

/// An amount such as `$0.20`.
fn dollars(field: &Field<'_>, cx: &mut Reading) -> Option<f64> {
    cx.note(&field.path, || Scalar::Amount);
    let text = match &field.node.value {
        Value::Text(text) => text.trim(),
        Value::Integer(_) | Value::Float(_) => {
            let number = field.node.to_string();
            cx.error(field, format!("`{number}` has no unit; write `${number}`"));
            return None;
        }
        Value::Boolean(_) | Value::Date(_) | Value::List(_) | Value::Table(_) => {
            cx.wrong_kind(field, "an amount such as `$0.20`");
            return None;
        }
    };
    match parse_dollars(text) {
        Some(amount) if amount <= PRICE_MAX => Some(amount),
        Some(_) | None => {
            let message = match text.parse::<f64>() {
                Ok(number) if number.is_finite() && number >= 0.0 => {
                    format!("`{text}` has no unit; write `${text}`")
                }
                Ok(_) | Err(_) => {
                    format!("`{text}` is not an amount from $0 to $1000000 such as `$0.20`")
                }
            };
            cx.error(field, message);
            None
        }
    }
}

/// `$0.20` or `0.20 USD`, finite and not negative.
pub(super) fn parse_dollars(text: &str) -> Option<f64> {
    let text = text.trim();
    let number = text.strip_prefix('$').or_else(|| {
        let cut = text.len().checked_sub(3)?;
        let (number, unit) = text.split_at_checked(cut)?;
        unit.eq_ignore_ascii_case("usd").then_some(number)
    })?;
    let number = number.trim();
    let is_plain = number.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let amount: f64 = number.parse().ok().filter(|_| is_plain)?;
    amount.is_finite().then_some(amount)
}

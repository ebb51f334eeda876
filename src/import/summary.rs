//! What an import found, as text for people and as JSON (`shardlag.import/1`).

use serde_json::{Value, json};

use super::mapping::{ImportedMapping, KindEvidence, Unresolved};
use super::scenario_text::{ScenarioText, kind_name};
use super::{Found, Imported, Problem, Weight};

/// The list of mappings, and all about the chosen one.
pub fn human(
    imported: &Imported,
    chosen: Option<(&ImportedMapping, &ScenarioText)>,
    files: &str,
) -> String {
    let count = imported.mappings.len();
    let noun = if count == 1 { "mapping" } else { "mappings" };
    let mut text = format!("{files}: {}, {count} {noun}\n", imported.format.name());
    if count > 1 {
        for (index, mapping) in imported.mappings.iter().enumerate() {
            let kind = mapping.kind.map_or("?", |(kind, _)| kind_name(kind));
            let place = imported.place(mapping.place);
            text += &format!("  {:>2}  {:<40} {kind:<9} {place}\n", index + 1, mapping.id);
        }
    }
    if let Some((mapping, scenario)) = chosen {
        text += &one_mapping(imported, mapping);
        text += &lacking(imported, mapping, scenario);
    }
    text
}

fn one_mapping(imported: &Imported, mapping: &ImportedMapping) -> String {
    let mut rows: Vec<[String; 3]> = Vec::new();
    let mut row = |name: &str, value: String, origin: String| {
        rows.push([name.to_owned(), value, origin]);
    };
    if let Some((kind, evidence)) = mapping.kind {
        let how = match evidence {
            KindEvidence::Stated => imported.place(mapping.place),
            KindEvidence::FilterKeys => "inferred from the keys of the filter".to_owned(),
            KindEvidence::Name => "inferred from a name".to_owned(),
            KindEvidence::Given => "--set".to_owned(),
        };
        row("kind of stream", kind_name(kind).to_owned(), how);
    }
    for setting in &mapping.settings {
        let text = setting.value.as_str().map(str::to_owned);
        let value = text.unwrap_or_else(|| setting.value.to_string());
        row(setting.name, value, imported.origin(setting.origin));
    }
    if let Some(found) = &mapping.on_failure {
        row("on-failure destination", found.value.clone(), imported.origin(found.origin));
    }
    if let Some(first) = mapping.filters.first() {
        let count = mapping.filters.len().to_string();
        row("filter patterns", count, imported.origin(first.origin));
    }
    if mapping.enhanced_fan_out {
        row("enhanced fan-out", "yes".to_owned(), imported.place(mapping.place));
    }
    let mut fact = |name: &str, found: &Option<Found<i64>>, unit: &str| {
        if let Some(found) = found {
            row(name, format!("{}{unit}", found.value), imported.origin(found.origin));
        }
    };
    fact("shards", &mapping.stream.shards, "");
    fact("retention", &mapping.stream.retention_hours, " h");
    fact("function memory", &mapping.function.memory_mb, " MB");
    fact("function timeout", &mapping.function.timeout_s, " s");
    fact("reserved concurrency", &mapping.function.reserved, "");
    let mut text = format!("{}\n", mapping.id);
    for [name, value, origin] in rows {
        text += &format!("  {name:<31} {value:<14} {origin}\n");
    }
    text
}

fn lacking(imported: &Imported, mapping: &ImportedMapping, scenario: &ScenarioText) -> String {
    let mut text = String::new();
    if !mapping.unresolved.is_empty() {
        text += "Unresolved (the file does not tell):\n";
    }
    for unresolved in &mapping.unresolved {
        let Unresolved { setting, place, why, supply, is_needless } = unresolved;
        text += &format!("  {}: {setting}: {why}\n", imported.place(*place));
        if *is_needless {
            text += "      no figure depends on it\n";
        } else {
            text += &format!("      supply it with {}\n", supply.join(" or "));
        }
    }
    if mapping.unresolved_needed().next().is_some() {
        text += "  `shardlag check` refuses the scenario until these are supplied";
        text += match mapping.absent_is_open {
            true => "; --accept-defaults takes\n  the defaults of AWS for what is not named\n",
            false => "\n",
        };
    }
    if !scenario.to_supply.is_empty() {
        text += "To supply (placeholders in the scenario, such files do not hold it):\n";
    }
    for (key, what) in &scenario.to_supply {
        text += &format!("  {key:<23} {what}\n");
    }
    text
}

/// Everything as one JSON document.
pub fn json(imported: &Imported, scenario: Option<(&ImportedMapping, &ScenarioText)>) -> Value {
    json!({
        "schema": "shardlag.import/1",
        "format": imported.format.name(),
        "mappings": imported.mappings.iter().map(|m| mapping_json(imported, m)).collect::<Value>(),
        "problems": problems_json(&imported.problems),
        "mapping": scenario.map(|(mapping, _)| &mapping.id),
        "to_supply": scenario.map(|(_, text)| keys(text)),
        "scenario": scenario.map(|(_, text)| &text.text),
    })
}

fn keys(text: &ScenarioText) -> Vec<&str> {
    text.to_supply.iter().map(|(key, _)| key.as_str()).collect()
}

/// Problems as JSON.
pub fn problems_json(problems: &[Problem]) -> Value {
    let item = |problem: &Problem| {
        let severity = match problem.weight {
            Weight::Error => "error",
            Weight::Warning => "warning",
        };
        json!({
            "severity": severity,
            "file": problem.file,
            "line": problem.line,
            "message": problem.message,
        })
    };
    problems.iter().map(item).collect()
}

fn mapping_json(imported: &Imported, mapping: &ImportedMapping) -> Value {
    let fact = |found: &Option<Found<i64>>| {
        found.as_ref().map(|f| json!({"value": f.value, "origin": imported.origin(f.origin)}))
    };
    let settings: serde_json::Map<String, Value> = mapping
        .settings
        .iter()
        .map(|setting| {
            let origin = imported.origin(setting.origin);
            (setting.name.to_owned(), json!({"value": setting.value, "origin": origin}))
        })
        .collect();
    let unresolved: Value = mapping
        .unresolved
        .iter()
        .map(|unresolved| {
            json!({
                "setting": unresolved.setting,
                "origin": imported.place(unresolved.place),
                "why": unresolved.why,
                "supply": unresolved.supply,
                "needed": !unresolved.is_needless,
            })
        })
        .collect();
    json!({
        "id": mapping.id,
        "origin": imported.place(mapping.place),
        "kind": mapping.kind.map(|(kind, _)| kind_name(kind)),
        "kind_inferred": mapping.kind.is_some_and(|(_, evidence)| match evidence {
            KindEvidence::FilterKeys | KindEvidence::Name => true,
            KindEvidence::Stated | KindEvidence::Given => false,
        }),
        "settings": settings,
        "on_failure": mapping.on_failure.as_ref().map(|found| &found.value),
        "filters": mapping.filters.iter().map(|f| &f.value).collect::<Vec<_>>(),
        "enhanced_fan_out": mapping.enhanced_fan_out,
        "function": {
            "name": mapping.function.name,
            "memory_mb": fact(&mapping.function.memory_mb),
            "timeout_s": fact(&mapping.function.timeout_s),
            "reserved_concurrency": fact(&mapping.function.reserved),
        },
        "stream": {
            "name": mapping.stream.name,
            "shards": fact(&mapping.stream.shards),
            "retention_hours": fact(&mapping.stream.retention_hours),
            "on_demand": mapping.stream.on_demand,
        },
        "unresolved": unresolved,
    })
}

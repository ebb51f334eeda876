//! What a calibration shows: how far all measured figures are off for every value of a knob.

use comfy_table::Table;
use serde_json::{Value, json};

use super::super::screen::Screen;
use crate::report::TerminalStyle;
use crate::results::{Calibration, Residual, Trial};

/// The values with their residuals, for a terminal `width` characters wide; item by item if
/// `of_items`. Ends in a newline.
pub fn calibration_terminal(
    calibration: &Calibration,
    width: usize,
    style: TerminalStyle,
    of_items: bool,
) -> String {
    let mut screen = Screen::new(width, style);
    let mut table = screen.empty_table();
    let heads = [calibration.knob.as_str(), "residual", "figures", "outside of their bands"];
    table.set_header(screen.row(&heads));
    for trial in &calibration.trials {
        let residual = trial.residual;
        let counts = [residual.figures, residual.outside].map(|count| count.to_string());
        let sum = format!("{:.1}", residual.sum);
        table.add_row(screen.row(&[&trial.value, &sum, &counts[0], &counts[1]]));
    }
    screen.push(&table);
    if of_items {
        screen.push(&items_table(&screen, calibration));
    }
    if let Some(best) = calibration.best() {
        let sentence = format!(
            "The smallest residual is that of {} = {}. A residual is the sum of squared distances \
             to the measured figures, in half widths of their bands. Seed {}.",
            calibration.knob, best.value, calibration.seed
        );
        screen.wrapped(&sentence);
    }
    screen.text
}

/// A row for each item, a column for each value; as many values as fit.
fn items_table(screen: &Screen, calibration: &Calibration) -> Table {
    let columns = screen.width.saturating_sub(16) / 9;
    let shown: Vec<&Trial> = calibration.trials.iter().take(columns.max(1)).collect();
    let mut table = screen.empty_table();
    let values = shown.iter().map(|trial| trial.value.as_str());
    let heads: Vec<&str> = std::iter::once("item").chain(values).collect();
    table.set_header(screen.row(&heads));
    for (place, id) in calibration.items.iter().enumerate() {
        let sum = |trial: &&Trial| format!("{:.1}", trial.of_items[place].sum);
        let sums: Vec<String> = shown.iter().map(sum).collect();
        let sums = sums.iter().map(String::as_str);
        let cells: Vec<&str> = std::iter::once(id.as_str()).chain(sums).collect();
        table.add_row(screen.row(&cells));
    }
    table
}

/// The same as a JSON document of schema `shardlag.calibration/1`, ending in a newline.
pub fn calibration_json(calibration: &Calibration) -> String {
    let figures = |residual: &Residual| {
        json!({
            "residual": residual.sum,
            "figures": residual.figures,
            "outside": residual.outside,
        })
    };
    let trial = |trial: &Trial| {
        let items = calibration.items.iter().zip(&trial.of_items);
        let items: serde_json::Map<String, Value> =
            items.map(|(id, residual)| (id.clone(), figures(residual))).collect();
        json!({ "value": trial.value, "all": figures(&trial.residual), "items": items })
    };
    let document = json!({
        "schema": "shardlag.calibration/1",
        "knob": calibration.knob,
        "seed": calibration.seed,
        "best": calibration.best().map(|best| &best.value),
        "trials": calibration.trials.iter().map(trial).collect::<Vec<Value>>(),
    });
    format!("{document:#}\n")
}

//! `--parquet`: the rows of the CSV with types, read back by the reader of the package `parquet`.
//!
//! Needs `cargo test --features parquet --test parquet`; without the feature, only the error is
//! tested. Left out: other readers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use assert_cmd::cargo::cargo_bin;

// Nothing is written in the second half of the time: its minutes have no IteratorAge.
const SCENARIO: &str = r#"
name = "Columns"
duration = "10m"
replications = 3
start = 2026-11-02T00:00:00Z
stream = { kind = "dynamodb", shards = 2 }
traffic = [{ arrivals = { poisson = { rate = "20/s" } }, to = "5m" }]
mapping = { StartingPosition = "TRIM_HORIZON" }
function = { duration = { base = "40ms", variation = "exponential" } }

[[variant]]
name = "lanes, \"four\" of them: Ümlaut"
set = { "mapping.ParallelizationFactor" = 4 }

[sweep]
[[sweep.factor]]
key = "mapping.BatchSize"
values = [1, 100]
[[sweep.factor]]
key = "function.duration.base"
values = ["20ms", "2s"]
[[sweep.factor]]
key = "mapping.BisectBatchOnFunctionError"
values = [true, false]
"#;

/// A folder of a test's own with the scenario in it.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("parquet").join(name);
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(&folder).expect("the target folder can be written");
    fs::write(folder.join("s.toml"), SCENARIO).expect("it can be written");
    folder
}

fn shardlag(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(cargo_bin("shardlag"));
    command.current_dir(folder).args(arguments).output().expect("it starts")
}

#[cfg(not(feature = "parquet"))]
#[test]
fn without_the_feature_the_error_says_how_to_build_with_it_before_anything_is_run() {
    let folder = folder("without");
    let plan = ["sweep", "plan", "s.toml", "--out", "plan.json"];
    assert!(shardlag(&folder, &plan).status.success());
    let commands = [
        &["run", "s.toml", "--parquet", "--out", "r"][..],
        &["sweep", "s.toml", "--parquet", "--out", "r"],
        &["sweep", "merge", "plan.json", "--parquet", "--out", "r"],
    ];
    for arguments in commands {
        let output = shardlag(&folder, arguments);
        let said = String::from_utf8(output.stderr).expect("output is UTF-8");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.starts_with("error: --parquet: this shardlag is built without"), "{said}");
        assert!(said.contains("`cargo install --path . --locked --features parquet`"), "{said}");
        assert!(!folder.join("r").exists(), "{arguments:?} wrote something");
    }
}

#[cfg(feature = "parquet")]
mod with_the_feature {
    use ::parquet::basic::{ConvertedType, Type};
    use ::parquet::file::reader::{FileReader, SerializedFileReader};
    use ::parquet::record::Field;
    use serde_json::Value;

    use super::*;

    fn fine(folder: &Path, arguments: &[&str]) {
        let output = shardlag(folder, arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {said}");
    }

    fn reader(path: &Path) -> SerializedFileReader<fs::File> {
        let file = fs::File::open(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        SerializedFileReader::new(file).expect("it is a Parquet file")
    }

    /// A cell as the CSV writes it.
    fn text(field: &Field) -> String {
        if let Field::Str(text) = field {
            return text.clone();
        }
        if let Field::Double(number) = field {
            return number.to_string();
        }
        if *field == Field::Null {
            return String::new();
        }
        // Whole numbers and truths; any other type is written in another way than in the CSV.
        field.to_string()
    }

    /// Header and rows, which are those of the CSV of the same name.
    fn same_as_csv(folder: &Path, name: &str) -> Vec<Vec<String>> {
        let csv = fs::read(folder.join(format!("{name}.csv"))).expect("the CSV is there");
        let csv = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_slice());
        let csv: Vec<Vec<String>> = csv
            .into_records()
            .map(|row| row.expect("a row").iter().map(str::to_owned).collect())
            .collect();
        let reader = reader(&folder.join(format!("{name}.parquet")));
        let fields = reader.metadata().file_metadata().schema().get_fields().to_vec();
        let mut found = vec![fields.iter().map(|field| field.name().to_owned()).collect()];
        for row in reader.get_row_iter(None).expect("it has rows") {
            let row = row.expect("a row");
            found.push(row.get_column_iter().map(|(_, field)| text(field)).collect::<Vec<_>>());
        }
        assert_eq!(found.len(), csv.len());
        for (number, (found, expected)) in found.iter().zip(&csv).enumerate() {
            assert_eq!(found, expected, "row {number} of {name}");
        }
        found
    }

    /// The type of each column whose name is given.
    fn types(path: &Path, names: &[&str]) -> Vec<(Type, bool)> {
        let reader = reader(path);
        let columns = reader.metadata().file_metadata().schema_descr().columns().to_vec();
        let one = |name: &&str| {
            let column = columns.iter().find(|column| column.name() == *name).expect("a column");
            (column.physical_type(), column.converted_type() == ConvertedType::UTF8)
        };
        names.iter().map(one).collect()
    }

    /// What the metadata say about the table.
    fn about(path: &Path) -> Value {
        let reader = reader(path);
        let file = reader.metadata().file_metadata();
        let expected = concat!("shardlag version ", env!("CARGO_PKG_VERSION"));
        assert_eq!(file.created_by(), Some(expected));
        let pairs = file.key_value_metadata().expect("there are metadata");
        let found = pairs.iter().find(|pair| pair.key == "shardlag").expect("the program's");
        serde_json::from_str(found.value.as_deref().expect("a value")).expect("JSON")
    }

    const TEXT: (Type, bool) = (Type::BYTE_ARRAY, true);
    const WHOLE: (Type, bool) = (Type::INT64, false);
    const NUMBER: (Type, bool) = (Type::DOUBLE, false);
    const TRUTH: (Type, bool) = (Type::BOOLEAN, false);

    #[test]
    fn a_time_series_has_every_cell_of_the_csv_with_types_and_units() {
        let folder = folder("run");
        fine(&folder, &["run", "s.toml", "--parquet", "--out", "r"]);
        let rows = same_as_csv(&folder.join("r"), "timeseries");
        assert_eq!(rows.len(), 1 + 2 * 10);
        assert_eq!(rows[11][0], "lanes, \"four\" of them: Ümlaut");
        let age = rows[0].iter().position(|name| name == "iterator_age_p99_s").expect("a column");
        let ages: Vec<bool> = rows[1..].iter().map(|row| row[age].is_empty()).collect();
        assert!(ages.contains(&true) && ages.contains(&false), "{ages:?}");
        let file = folder.join("r/timeseries.parquet");
        let names = ["variant", "start_s", "step_s", "iterator_age_p99_s", "invocations"];
        assert_eq!(types(&file, &names), [TEXT, WHOLE, WHOLE, NUMBER, NUMBER]);
        let about = about(&file);
        assert_eq!(about["schema"], "shardlag.timeseries/1");
        assert_eq!(about["scenario"], "Columns");
        assert_eq!(about["replications"], 3);
        assert_eq!(about["start"], "2026-11-02T00:00:00Z");
        assert_eq!(about["units"]["iterator_age_p99_s"], "seconds");
        assert_eq!(about["units"]["invocations"], "count");
        assert_eq!(about["units"]["variant"], Value::Null);
    }

    #[test]
    fn a_sweep_has_every_cell_of_the_csv_and_levels_of_their_type() {
        let folder = folder("sweep");
        fine(&folder, &["sweep", "s.toml", "--parquet", "--out", "r", "--quiet"]);
        let rows = same_as_csv(&folder.join("r"), "sweep");
        assert_eq!(rows.len(), 1 + 8 * 2);
        assert!(rows[1..].iter().any(|row| row.iter().any(String::is_empty)), "no cell is empty");
        let file = folder.join("r/sweep.parquet");
        let names = [
            "point",
            "mapping.BatchSize",
            "function.duration.base",
            "mapping.BisectBatchOnFunctionError",
            "variant",
            "stability",
            "on_front",
            "iterator_age.p99.high",
        ];
        let expected = [WHOLE, WHOLE, TEXT, TRUTH, TEXT, TEXT, TRUTH, NUMBER];
        assert_eq!(types(&file, &names), expected);
        let about = about(&file);
        assert_eq!(about["schema"], "shardlag.sweep-table/1");
        assert_eq!(about["units"]["cost_usd.total"], "us_dollars");
        assert_eq!(about["units"]["iterator_age.p99.high"], "seconds");

        // The same points, put together from a plan.
        fine(&folder, &["sweep", "plan", "s.toml", "--out", "plan.json", "--quiet"]);
        fine(&folder, &["sweep", "run", "plan.json", "--quiet"]);
        fine(&folder, &["sweep", "merge", "plan.json", "--parquet", "--out", "m", "--quiet"]);
        let merged = fs::read(folder.join("m/sweep.parquet")).expect("it is there");
        assert!(merged == fs::read(file).expect("it is there"), "the files differ");
    }

    #[test]
    fn the_bytes_are_the_same_in_every_process_and_for_any_number_of_threads() {
        let folder = folder("bytes");
        for (threads, out) in [("1", "one"), ("3", "three")] {
            fine(&folder, &["run", "s.toml", "--parquet", "--threads", threads, "--out", out]);
        }
        let bytes = |out| fs::read(folder.join(out).join("timeseries.parquet")).expect("written");
        assert!(bytes("one") == bytes("three"), "the files differ");
    }

    #[test]
    fn a_report_without_parquet_removes_that_of_the_last_one() {
        let folder = folder("outdated");
        let (run, sweep) = (["run", "s.toml", "--out", "r"], ["sweep", "s.toml", "--out", "r"]);
        for (command, name) in [(run, "timeseries.parquet"), (sweep, "sweep.parquet")] {
            fine(&folder, &[&command[..], &["--parquet"]].concat());
            assert!(folder.join("r").join(name).is_file(), "{name} was not written");
            fine(&folder, &command);
            assert!(!folder.join("r").join(name).exists(), "{name} is of an earlier report");
        }
    }

    #[test]
    fn where_the_file_cannot_be_written_nothing_of_the_report_is() {
        let folder = folder("whole");
        fs::create_dir_all(folder.join("r/timeseries.parquet")).expect("it can be made");
        let output = shardlag(&folder, &["run", "s.toml", "--parquet", "--out", "r"]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("timeseries.parquet: this is a folder"), "{said}");
        let entries = fs::read_dir(folder.join("r")).expect("it is there").count();
        assert_eq!(entries, 1, "only the folder in the way");
    }
}

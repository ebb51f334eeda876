//! A table as the bytes of a Parquet file: one row group, no compression.
//!
//! Numbers are optional, since a cell can be empty; everything else is required. The file does not
//! depend on the clock, and on the version of the package that writes it by its layout only.
//! Reference: parquet.apache.org. Left out: compression; see the module above.

use std::sync::Arc;

use ::parquet::basic::{LogicalType, Repetition, Type as Physical};
use ::parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use ::parquet::errors::Result;
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use ::parquet::schema::types::Type;
use serde_json::{Map, Value, json};

use crate::report::table::{Cells, Column, Table};

/// Key of the file's metadata.
const KEY: &str = "shardlag";

/// The file.
pub fn write(table: &Table) -> Result<Vec<u8>> {
    let fields: Result<Vec<Arc<Type>>> = table.columns.iter().map(field).collect();
    let schema = Type::group_type_builder("table").with_fields(fields?).build()?;
    let about = KeyValue::new(KEY.to_owned(), about(table).to_string());
    let properties = WriterProperties::builder()
        .set_created_by(concat!("shardlag version ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_key_value_metadata(Some(vec![about]))
        .build();
    let mut file = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties))?;
    let mut group = file.next_row_group()?;
    for column in &table.columns {
        let mut out = group.next_column()?.expect("the schema has a field for each column");
        write_cells(&mut out, &column.cells)?;
        out.close()?;
    }
    group.close()?;
    file.into_inner()
}

/// The type of a column.
fn field(column: &Column) -> Result<Arc<Type>> {
    let (physical, repetition, logical) = match &column.cells {
        Cells::Text(_) => (Physical::BYTE_ARRAY, Repetition::REQUIRED, Some(LogicalType::String)),
        Cells::Whole(_) => (Physical::INT64, Repetition::REQUIRED, None),
        Cells::Number(_) => (Physical::DOUBLE, Repetition::OPTIONAL, None),
        Cells::Truth(_) => (Physical::BOOLEAN, Repetition::REQUIRED, None),
    };
    let builder = Type::primitive_type_builder(&column.name, physical);
    let built = builder.with_repetition(repetition).with_logical_type(logical).build();
    built.map(Arc::new)
}

fn write_cells(out: &mut SerializedColumnWriter<'_>, cells: &Cells) -> Result<()> {
    match cells {
        Cells::Text(texts) => {
            let bytes: Vec<ByteArray> =
                texts.iter().map(|text| ByteArray::from(text.as_str())).collect();
            out.typed::<ByteArrayType>().write_batch(&bytes, None, None)?;
        }
        Cells::Whole(numbers) => {
            out.typed::<Int64Type>().write_batch(numbers, None, None)?;
        }
        Cells::Number(numbers) => {
            let present: Vec<f64> = numbers.iter().flatten().copied().collect();
            let levels: Vec<i16> = numbers.iter().map(|one| i16::from(one.is_some())).collect();
            out.typed::<DoubleType>().write_batch(&present, Some(&levels), None)?;
        }
        Cells::Truth(truths) => {
            out.typed::<BoolType>().write_batch(truths, None, None)?;
        }
    }
    Ok(())
}

/// What the table is of, with the units of its columns.
fn about(table: &Table) -> Value {
    let mut about: Map<String, Value> =
        table.about.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let units = table.columns.iter().filter_map(|column| Some((column.name.clone(), column.unit?)));
    let units: Map<String, Value> = units.map(|(name, unit)| (name, json!(unit))).collect();
    about.insert("units".to_owned(), Value::Object(units));
    Value::Object(about)
}

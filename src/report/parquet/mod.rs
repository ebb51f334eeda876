//! Parquet files of what is otherwise written as CSV: `timeseries.parquet`, `sweep.parquet`.
//!
//! | cells | type in Parquet |
//! |---|---|
//! | text | `BYTE_ARRAY` (UTF-8 string) |
//! | whole number | `INT64` |
//! | number | `DOUBLE`; an empty cell is null |
//! | truth | `BOOLEAN` |
//!
//! Rows, columns, their names and every digit are those of the CSV. The key `shardlag` of the
//! file's metadata is a JSON document: `schema`, `version`, `scenario` and more of what the table
//! is of, and `units`, the unit of each column that has one (`seconds`, `count`, `us_dollars`,
//! `ratio`). Times are seconds since the start of the run. The same results give the same bytes.
//!
//! Writing needs the feature `parquet` of the package; without it there is a clear error.
//! Reference: parquet.apache.org, format 1.0. Left out: compression, since a file is small and
//! its bytes would depend on the version of a compressor; Arrow.

#[cfg(feature = "parquet")]
mod writer;

use super::table::Table;

/// This program cannot write Parquet files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this shardlag is built without Parquet; build it with `cargo install --path . --locked \
     --features parquet`, or read the CSV, which has the same rows"
)]
pub struct WithoutParquet;

/// Whether this program can write Parquet files, to be asked before a long run.
///
/// # Errors
/// When it is built without the feature `parquet`.
pub fn parquet_support() -> Result<(), WithoutParquet> {
    match cfg!(feature = "parquet") {
        true => Ok(()),
        false => Err(WithoutParquet),
    }
}

/// The bytes of a file with this table.
#[cfg(feature = "parquet")]
pub(super) fn bytes(table: &Table) -> Result<Vec<u8>, WithoutParquet> {
    Ok(writer::write(table).expect("a table has columns of one length, and memory does not fail"))
}

/// There are no bytes without the feature.
#[cfg(not(feature = "parquet"))]
pub(super) fn bytes(_: &Table) -> Result<Vec<u8>, WithoutParquet> {
    Err(WithoutParquet)
}

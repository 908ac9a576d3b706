//! Tables of our own making, as Parquet: findings files and samples. Not the way to rewrite somebody else's file.

use std::io::Write;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, ListArray, RecordBatch, StringArray,
    StructArray, UInt64Array,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::{Cause, Error, Place};

/// Rows that are gathered before they are handed to Parquet; bounds what a writer holds beside Parquet's own pages.
const ROWS_AT_ONCE: usize = 4096;

/// Rows in a row group: small enough that a reader can hold one.
const ROWS_IN_GROUP: usize = 128 * 1024;

/// What a column holds. Every column may hold null.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// UTF-8 text.
    Text,
    /// Signed integers of 64 bits.
    Int64,
    /// Unsigned integers of 64 bits.
    UInt64,
    /// Floating-point numbers of 64 bits.
    Float64,
    /// True or false.
    Bool,
    /// Days since 1970-01-01.
    Date,
    /// Lists of one type.
    List(Box<ColumnType>),
    /// A fixed set of named parts.
    Struct(Vec<(String, ColumnType)>),
}

impl ColumnType {
    fn arrow(&self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Int64 => DataType::Int64,
            Self::UInt64 => DataType::UInt64,
            Self::Float64 => DataType::Float64,
            Self::Bool => DataType::Boolean,
            Self::Date => DataType::Date32,
            Self::List(item) => DataType::List(Arc::new(Field::new("element", item.arrow(), true))),
            Self::Struct(parts) => DataType::Struct(fields(parts)),
        }
    }
}

fn fields(columns: &[(String, ColumnType)]) -> Fields {
    columns.iter().map(|(name, kind)| Field::new(name, kind.arrow(), true)).collect()
}

/// One cell of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// No value; fits every column.
    Null,
    /// For [`ColumnType::Text`].
    Text(String),
    /// For [`ColumnType::Int64`].
    Int64(i64),
    /// For [`ColumnType::UInt64`].
    UInt64(u64),
    /// For [`ColumnType::Float64`].
    Float64(f64),
    /// For [`ColumnType::Bool`].
    Bool(bool),
    /// For [`ColumnType::Date`]: days since 1970-01-01.
    Date(i32),
    /// For [`ColumnType::List`].
    List(Vec<Value>),
    /// For [`ColumnType::Struct`]: the parts in the order of the type.
    Struct(Vec<Value>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// Writes rows to a sink as one Parquet file. The sink decides when the file appears.
pub struct TableWriter<W: Write + Send> {
    name: String,
    columns: Vec<(String, ColumnType)>,
    schema: SchemaRef,
    cells: Vec<Vec<Value>>,
    rows: usize,
    writer: ArrowWriter<W>,
}

impl<W: Write + Send> TableWriter<W> {
    /// Starts a table; `name` stands in errors.
    ///
    /// # Errors
    /// What the sink says.
    pub fn new(name: &str, sink: W, columns: &[(&str, ColumnType)]) -> Result<Self, Error> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(ROWS_IN_GROUP));
        Self::with(properties.build(), name, sink, columns)
    }

    /// The same, written in another way.
    pub(crate) fn with(
        properties: WriterProperties,
        name: &str,
        sink: W,
        columns: &[(&str, ColumnType)],
    ) -> Result<Self, Error> {
        let columns: Vec<_> = columns.iter().map(|(name, kind)| ((*name).to_owned(), kind.clone())).collect();
        let schema = Arc::new(Schema::new(fields(&columns)));
        let writer = ArrowWriter::try_new(sink, Arc::clone(&schema), Some(properties))
            .map_err(|error| failed(name, error.into()))?;
        let cells = columns.iter().map(|_| Vec::new()).collect();
        Ok(Self { name: name.to_owned(), columns, schema, cells, rows: 0, writer })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// A row that is not of the table's types, or what the sink says.
    pub fn append(&mut self, row: Vec<Value>) -> Result<(), Error> {
        let fits = row.len() == self.columns.len()
            && row.iter().zip(&self.columns).all(|(value, (_, kind))| fits(value, kind));
        if !fits {
            return Err(failed(&self.name, Cause::Unsupported("a row is not of its table's types")));
        }
        for (cells, value) in self.cells.iter_mut().zip(row) {
            cells.push(value);
        }
        self.rows += 1;
        if self.rows == ROWS_AT_ONCE { self.flush() } else { Ok(()) }
    }

    /// Writes what is left and the footer, and gives the sink back.
    ///
    /// # Errors
    /// What the sink says.
    pub fn finish(mut self) -> Result<W, Error> {
        self.flush()?;
        let Self { name, writer, .. } = self;
        writer.into_inner().map_err(|error| failed(&name, error.into()))
    }

    fn flush(&mut self) -> Result<(), Error> {
        if self.rows == 0 {
            return Ok(());
        }
        let arrays = self.columns.iter().zip(&mut self.cells).map(|((_, kind), cells)| {
            let cells = std::mem::take(cells);
            array(kind, &cells.iter().collect::<Vec<_>>())
        });
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays.collect())
            .expect("every row was checked against the columns");
        self.rows = 0;
        self.writer.write(&batch).map_err(|error| failed(&self.name, error.into()))
    }
}

fn failed(name: &str, cause: Cause) -> Error {
    Error { place: Place::object(name), cause }
}

fn fits(value: &Value, kind: &ColumnType) -> bool {
    match (value, kind) {
        (Value::Null, _)
        | (Value::Text(_), ColumnType::Text)
        | (Value::Int64(_), ColumnType::Int64)
        | (Value::UInt64(_), ColumnType::UInt64)
        | (Value::Float64(_), ColumnType::Float64)
        | (Value::Bool(_), ColumnType::Bool)
        | (Value::Date(_), ColumnType::Date) => true,
        (Value::List(items), ColumnType::List(kind)) => items.iter().all(|item| fits(item, kind)),
        (Value::Struct(values), ColumnType::Struct(parts)) => {
            values.len() == parts.len()
                && values.iter().zip(parts).all(|(value, (_, kind))| fits(value, kind))
        }
        _ => false,
    }
}

/// The cells as an array. They were checked by [`fits`], so that whatever is of another type is null.
fn array(kind: &ColumnType, cells: &[&Value]) -> ArrayRef {
    macro_rules! plain {
        ($array:ty, $variant:ident) => {
            Arc::new(<$array>::from_iter(cells.iter().map(|cell| match cell {
                Value::$variant(value) => Some(value.clone()),
                _ => None,
            })))
        };
    }
    let nulls = || cells.iter().map(|cell| !matches!(cell, Value::Null)).collect::<NullBuffer>();
    match kind {
        ColumnType::Text => plain!(StringArray, Text),
        ColumnType::Int64 => plain!(Int64Array, Int64),
        ColumnType::UInt64 => plain!(UInt64Array, UInt64),
        ColumnType::Float64 => plain!(Float64Array, Float64),
        ColumnType::Bool => plain!(BooleanArray, Bool),
        ColumnType::Date => plain!(Date32Array, Date),
        ColumnType::List(item) => {
            let lists = || {
                cells.iter().map(|cell| match cell {
                    Value::List(items) => items.as_slice(),
                    _ => &[],
                })
            };
            let items: Vec<_> = lists().flatten().collect();
            Arc::new(ListArray::new(
                Arc::new(Field::new("element", item.arrow(), true)),
                OffsetBuffer::from_lengths(lists().map(<[Value]>::len)),
                array(item, &items),
                Some(nulls()),
            ))
        }
        ColumnType::Struct(parts) => {
            let arrays = parts.iter().enumerate().map(|(at, (_, kind))| {
                let cells: Vec<_> = cells
                    .iter()
                    .map(|cell| match cell {
                        Value::Struct(values) => &values[at],
                        _ => &Value::Null,
                    })
                    .collect();
                array(kind, &cells)
            });
            Arc::new(
                StructArray::try_new_with_length(fields(parts), arrays.collect(), Some(nulls()), cells.len())
                    .expect("every part has the struct's length"),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::RowAccessor;

    use super::*;

    #[test]
    fn a_table_is_read_back_as_it_was_written() {
        let address =
            ColumnType::Struct(vec![("city".into(), ColumnType::Text), ("no".into(), ColumnType::Int64)]);
        let columns = [
            ("name", ColumnType::Text),
            ("count", ColumnType::UInt64),
            ("share", ColumnType::Float64),
            ("ok", ColumnType::Bool),
            ("born", ColumnType::Date),
            ("homes", ColumnType::List(Box::new(address))),
        ];
        let mut table = TableWriter::new("t", Vec::new(), &columns).unwrap();
        let home = |city: &str| Value::Struct(vec![city.into(), Value::Int64(7)]);
        table
            .append(vec![
                "a".into(),
                Value::UInt64(u64::MAX),
                Value::Float64(0.5),
                Value::Bool(true),
                Value::Date(-1),
                Value::List(vec![home("x"), Value::Null]),
            ])
            .unwrap();
        table.append(vec![Value::Null; 6]).unwrap();
        let file = table.finish().unwrap();

        let reader = SerializedFileReader::new(Bytes::from(file)).unwrap();
        let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string()).collect();
        assert_eq!(
            rows,
            [
                "{name: \"a\", count: 18446744073709551615, share: 0.5, ok: true, born: 1969-12-31, \
                 homes: [{city: \"x\", no: 7}, null]}",
                "{name: null, count: null, share: null, ok: null, born: null, homes: null}",
            ]
        );
    }

    #[test]
    fn many_rows_go_through_in_order() {
        let mut table = TableWriter::new("t", Vec::new(), &[("n", ColumnType::Int64)]).unwrap();
        let rows = i64::try_from(ROWS_AT_ONCE).unwrap() * 2 + 1;
        for n in 0..rows {
            table.append(vec![Value::Int64(n)]).unwrap();
        }
        let reader = SerializedFileReader::new(Bytes::from(table.finish().unwrap())).unwrap();
        let read = reader.get_row_iter(None).unwrap().map(|row| row.unwrap().get_long(0).unwrap());
        assert!(read.eq(0..rows));
    }

    #[test]
    fn a_row_of_other_types_is_refused_with_the_table_named() {
        let mut table = TableWriter::new("findings", Vec::new(), &[("n", ColumnType::Int64)]).unwrap();
        let error = table.append(vec!["secret".into()]).unwrap_err();
        assert_eq!(error.to_string(), "findings: a row is not of its table's types");
        assert!(table.append(vec![]).is_err());
    }
}

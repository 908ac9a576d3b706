//! What stands beside the records of a table: names of fields, metadata of the schema and of single fields.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef, Fields, Metadata};

use crate::{Kind, Occurrences, Texts};

/// Metadata of a schema that programs write for programs, in a form that is no text.
const MACHINE_KEYS: [&str; 1] = ["ARROW:schema"];

/// Beginnings of the keys of a field's metadata that say how it is stored, and nothing about anybody.
const STORAGE_KEYS: [&str; 3] = ["ARROW:extension:", "PARQUET:", "_PL_CATEGORICAL"];

/// Whether a schema's metadata of this key is text to look at.
pub(crate) fn is_looked_at(key: &str) -> bool {
    !MACHINE_KEYS.contains(&key)
}

/// The metadata of a field that is text to look at: keys and values.
pub(crate) fn metadata_of(field: &Field) -> impl Iterator<Item = (&String, &String)> {
    field.metadata().iter().filter(|(key, _)| !STORAGE_KEYS.iter().any(|start| key.starts_with(start)))
}

/// Cells that stand beside the records: in a batch they belong to record 0.
pub(crate) fn texts<'t>(field: &str, kind: Kind, cells: impl IntoIterator<Item = &'t String>) -> Texts {
    let (mut buffer, mut ends) = (String::new(), Vec::new());
    for cell in cells {
        buffer.push_str(cell);
        ends.push(buffer.len() as u32);
    }
    let occurrences = Occurrences::One(vec![0; ends.len()]);
    let (nullable, named) = (kind == Kind::Metadata, Vec::new());
    Texts { field: field.into(), kind, nullable, buffer, ends, occurrences, named }
}

/// The fields with other metadata: `change` is given each field, those nested in others too, and its number in this
/// order, and returns the new metadata, or `None` where the old one stays.
pub(crate) fn with_metadata(
    fields: &Fields,
    change: &mut dyn FnMut(usize, &Field) -> Option<Metadata>,
) -> Fields {
    each(fields, &mut 0, change)
}

fn each(
    fields: &Fields,
    next: &mut usize,
    change: &mut dyn FnMut(usize, &Field) -> Option<Metadata>,
) -> Fields {
    let mut one = |field: &FieldRef| {
        let number = std::mem::replace(next, *next + 1);
        let metadata = change(number, field).unwrap_or_else(|| field.metadata().clone());
        let mut below = |item: &FieldRef| each(&Fields::from(vec![item.clone()]), next, change)[0].clone();
        let of = match field.data_type() {
            DataType::List(item) => DataType::List(below(item)),
            DataType::LargeList(item) => DataType::LargeList(below(item)),
            DataType::ListView(item) => DataType::ListView(below(item)),
            DataType::LargeListView(item) => DataType::LargeListView(below(item)),
            DataType::FixedSizeList(item, size) => DataType::FixedSizeList(below(item), *size),
            DataType::Map(entries, sorted) => DataType::Map(below(entries), *sorted),
            DataType::RunEndEncoded(ends, values) => DataType::RunEndEncoded(below(ends), below(values)),
            DataType::Struct(parts) => DataType::Struct(parts.iter().map(below).collect()),
            other => other.clone(),
        };
        Arc::new(Field::clone(field).with_data_type(of).with_metadata(metadata))
    };
    fields.iter().map(&mut one).collect()
}

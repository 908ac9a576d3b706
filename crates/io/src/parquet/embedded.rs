//! The Arrow schema that some writers put beside Parquet's own: metadata of the file stand in it a second time or alone,
//! those of single fields alone, and readers that know it take them from there.

use arrow::datatypes::{Metadata, Schema};
use arrow::ipc::convert::try_fb_to_schema;
use arrow::ipc::root_as_message;
use data_encoding::BASE64;
use parquet::arrow::{ARROW_SCHEMA_META_KEY, encode_arrow_schema};
use parquet::file::metadata::KeyValue;

use crate::beside;

/// What stands in the schema and in no entry beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// Of which field, counted from the first column with what is below it; of none, the schema itself.
    field: Option<usize>,
    pub(super) key: String,
    pub(super) value: String,
}

/// All that stands in it alone.
pub(super) fn alone(entries: &[KeyValue]) -> Vec<Said> {
    let schema = entries.iter().find(|entry| entry.key == ARROW_SCHEMA_META_KEY);
    let Some(schema) = schema.and_then(|entry| decoded(entry.value.as_deref()?)) else { return Vec::new() };
    let own = |key: &str| entries.iter().all(|entry| entry.key != key);
    let said =
        |field, (key, value): (&String, &String)| Said { field, key: key.clone(), value: value.clone() };
    let of_schema = schema.metadata().iter().filter(|(key, _)| own(key)).map(|entry| said(None, entry));
    let mut all: Vec<_> = of_schema.collect();
    beside::with_metadata(schema.fields(), &mut |number, field| {
        all.extend(beside::metadata_of(field).map(|entry| said(Some(number), entry)));
        None
    });
    all
}

/// Makes its metadata what the entries beside it have become, and what stood in it alone has become. Where it cannot be
/// read it is left out: readers do without.
pub(super) fn follow(entries: &mut Vec<KeyValue>, alone: &[(&Said, Option<String>)]) {
    let beside: Vec<_> = entries.iter().map(|entry| (entry.key.clone(), entry.value.clone())).collect();
    let now = |of: Option<usize>, mut said: Metadata| {
        let beside = beside.iter().filter(|_| of.is_none()).map(|(key, value)| (key, value));
        let alone = alone.iter().filter(|(was, _)| was.field == of).map(|(was, value)| (&was.key, value));
        for (key, value) in beside.chain(alone) {
            match value {
                _ if !said.contains_key(key) => None,
                Some(value) => said.insert(key, value),
                None => said.remove(key),
            };
        }
        said
    };
    entries.retain_mut(|entry| {
        if entry.key != ARROW_SCHEMA_META_KEY {
            return true;
        }
        let schema = entry.value.as_deref().and_then(decoded);
        entry.value = schema.map(|schema| {
            let fields = beside::with_metadata(schema.fields(), &mut |number, field| {
                Some(now(Some(number), field.metadata().clone()))
            });
            encode_arrow_schema(&Schema::new_with_metadata(fields, now(None, schema.metadata().clone())))
        });
        entry.value.is_some()
    });
}

/// As written: a message of Arrow's, behind a mark and its length where it is not an old one
/// (<https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format>).
fn decoded(text: &str) -> Option<Schema> {
    let bytes = BASE64.decode(text.as_bytes()).ok()?;
    let message = bytes.strip_prefix(&[0xff; 4]).map_or(Some(&bytes[..]), |rest| rest.get(4..))?;
    try_fb_to_schema(root_as_message(message).ok()?.header_as_schema()?).ok()
}

#[cfg(test)]
mod tests {
    use arrow::datatypes::{DataType, Field};

    use super::*;

    fn entry(key: &str, value: &str) -> KeyValue {
        KeyValue::new(key.to_owned(), value.to_owned())
    }

    #[test]
    fn the_schema_says_what_is_said_beside_it_and_keeps_its_types() {
        let of = DataType::Dictionary(DataType::Int16.into(), DataType::LargeUtf8.into());
        let schema = Schema::new(vec![Field::new("a", of, true)]);
        let said = Metadata::default()
            .with("note", "of ann")
            .with("by", "x")
            .with("own", "of bob")
            .with("kept", "y");
        let encoded = encode_arrow_schema(&schema.clone().with_metadata(said));
        let gone = KeyValue { key: "by".into(), value: None };
        let mut entries = vec![entry("note", "of <NAME>"), entry(ARROW_SCHEMA_META_KEY, &encoded), gone];
        let own = alone(&entries);
        let said: Vec<_> = own.iter().map(|said| (&*said.key, &*said.value)).collect();
        assert_eq!(said, [("kept", "y"), ("own", "of bob")]);
        follow(&mut entries, &[(&own[1], Some("of <NAME>".into()))]);
        let now = decoded(entries[1].value.as_deref().expect("it is there")).expect("a schema");
        let said = Metadata::default().with("note", "of <NAME>").with("own", "of <NAME>").with("kept", "y");
        assert_eq!(now, schema.with_metadata(said));
        assert_eq!(entries[0], entry("note", "of <NAME>"));
    }

    #[test]
    fn what_fields_say_of_themselves_is_said_at_any_depth() {
        let note = |text: &str| Metadata::default().with("note", text).with("PARQUET:field_id", "7");
        let schema = |first: &str, second: &str| {
            let part = Field::new("b", DataType::Utf8, true).with_metadata(note(second));
            let parts = Field::new("item", DataType::Struct(vec![part].into()), true);
            let list = Field::new("a", DataType::List(parts.into()), true).with_metadata(note(first));
            encode_arrow_schema(&Schema::new(vec![Field::new("id", DataType::Int64, false), list]))
        };
        let mut entries = vec![entry(ARROW_SCHEMA_META_KEY, &schema("of ann", "of bob"))];
        let own = alone(&entries);
        assert_eq!(own.iter().map(|said| &*said.value).collect::<Vec<_>>(), ["of ann", "of bob"]);
        follow(&mut entries, &[(&own[1], Some("of <NAME>".into()))]);
        assert_eq!(entries, [entry(ARROW_SCHEMA_META_KEY, &schema("of ann", "of <NAME>"))]);
    }

    #[test]
    fn a_schema_that_cannot_be_read_is_left_out() {
        for text in ["AAAA", "not base 64", "", "/////w=="] {
            let mut entries = vec![entry(ARROW_SCHEMA_META_KEY, text), entry("note", "x")];
            follow(&mut entries, &[]);
            assert_eq!(entries, [entry("note", "x")], "{text}");
        }
    }
}

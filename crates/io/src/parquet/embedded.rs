//! The Arrow schema that some writers put beside Parquet's own: metadata of the file stand in it a second time or alone,
//! and readers that know it take them from there.

use arrow::datatypes::Schema;
use arrow::ipc::convert::try_fb_to_schema;
use arrow::ipc::root_as_message;
use data_encoding::BASE64;
use parquet::arrow::{ARROW_SCHEMA_META_KEY, encode_arrow_schema};
use parquet::file::metadata::KeyValue;

/// What stands in it and in no entry beside it, by key.
pub(super) fn alone(entries: &[KeyValue]) -> Vec<(String, String)> {
    let schema = entries.iter().find(|entry| entry.key == ARROW_SCHEMA_META_KEY);
    let schema = schema.and_then(|entry| decoded(entry.value.as_deref()?));
    let said = schema.as_ref().into_iter().flat_map(Schema::metadata);
    let own = |key: &str| entries.iter().all(|entry| entry.key != key);
    said.filter(|(key, _)| own(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Makes its metadata what the entries beside it have become, and what `alone` has become. Where it cannot be read it
/// is left out: readers do without.
pub(super) fn follow(entries: &mut Vec<KeyValue>, alone: &[(&str, Option<String>)]) {
    let beside = entries.iter().map(|entry| (entry.key.clone(), entry.value.clone()));
    let alone = alone.iter().map(|(key, value)| ((*key).to_owned(), value.clone()));
    let now: Vec<_> = beside.chain(alone).collect();
    entries.retain_mut(|entry| {
        if entry.key != ARROW_SCHEMA_META_KEY {
            return true;
        }
        let schema = entry.value.as_deref().and_then(decoded);
        entry.value = schema.map(|schema| {
            let mut said = schema.metadata().clone();
            for (key, value) in now.iter().filter(|(key, _)| schema.metadata().contains_key(key)) {
                match value {
                    Some(value) => said.insert(key, value),
                    None => said.remove(key),
                };
            }
            encode_arrow_schema(&schema.with_metadata(said))
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
    use arrow::datatypes::{DataType, Field, Metadata};

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
        let own = [("kept", "y"), ("own", "of bob")].map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(alone(&entries), own);
        follow(&mut entries, &[("own", Some("of <NAME>".into()))]);
        let now = decoded(entries[1].value.as_deref().expect("it is there")).expect("a schema");
        let said = Metadata::default().with("note", "of <NAME>").with("own", "of <NAME>").with("kept", "y");
        assert_eq!(now, schema.with_metadata(said));
        assert_eq!(entries[0], entry("note", "of <NAME>"));
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

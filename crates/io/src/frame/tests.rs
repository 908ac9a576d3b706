//! What is handed in comes back, and only what an edit names is changed.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, DictionaryArray, Int64Array, ListArray, MapBuilder, RecordBatch,
    RecordBatchIterator, StringArray, StringBuilder, StructArray, UnionArray,
};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, Field, Int8Type, Int32Type, Schema, UnionFields, UnionMode};

use super::*;
use crate::{Change, Kind, Splice};

/// Reads a frame, replaces every text that begins with `!`, and drops the cells and records that begin with `?` and `#`.
fn rewritten(batches: Vec<RecordBatch>, piece: usize) -> (Vec<String>, Result<Vec<RecordBatch>, Error>) {
    let schema = batches[0].schema();
    let reader = RecordBatchIterator::new(batches.into_iter().map(Ok), schema);
    let frame = Frame::new("frame", Box::new(reader), Vec::new());
    let Opened { mut source, format, .. } = open(&frame, piece).expect("opens");
    let mut output = Box::new(create(&frame));
    let mut cells = Vec::new();
    while let Some(piece) = source.next().expect("reads") {
        let batch = format.decode(piece).expect("decodes");
        let mut edits = Vec::new();
        for (at, cell, row) in batch.cells() {
            let texts = &batch.texts[at];
            cells.push(format!(
                "{} {} {}",
                texts.field,
                batch.first_record + u64::from(row),
                texts.get(cell)
            ));
        }
        for unread in &batch.unread {
            cells.push(format!("{} unread {}", unread.field, unread.cells));
        }
        for (at, texts) in batch.texts.iter().enumerate() {
            for (cell, text) in texts.iter().enumerate() {
                let span = 0..text.len() as u32;
                let change = match text.bytes().next() {
                    Some(b'!') => Change::Splice(vec![Splice { span, text: "<X>".into() }]),
                    Some(b'?') => Change::Null,
                    Some(b'#') => Change::DropRecord,
                    Some(b'7') if texts.kind == Kind::Integer => Change::Null,
                    _ => continue,
                };
                edits.push(Edit { texts: at as u32, cell: cell as u32, change });
            }
        }
        match format.encode(&batch, &edits) {
            Ok(rendered) => output.append(rendered).expect("appends"),
            Err(error) => return (cells, Err(error)),
        }
    }
    let done = output.finish(&mut |_| Ok(())).map(|_| frame.take_written().expect("written").batches);
    (cells, done)
}

/// The cells of a column, and how many could not be looked at.
pub(crate) fn read(name: &str, column: ArrayRef) -> (u64, Vec<String>) {
    let (table, mut cells) = (batch(vec![(name, column)]), Vec::new());
    let reader = RecordBatchIterator::new([Ok(table.clone())], table.schema());
    let frame = Frame::new("frame", Box::new(reader), Vec::new());
    let Opened { mut source, format, .. } = open(&frame, 1 << 20).expect("opens");
    let batch = format.decode(source.next().expect("reads").expect("a piece")).expect("decodes");
    for texts in batch.texts.iter().filter(|texts| texts.kind != Kind::Key) {
        cells.extend(texts.iter().map(str::to_owned));
    }
    (batch.binary.iter().map(|(_, cells)| cells).sum(), cells)
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)))
        .expect("a batch")
}

fn strings(array: &dyn Array) -> Vec<Option<String>> {
    let text = arrow::compute::cast(array, &DataType::Utf8).expect("text");
    text.as_string::<i32>().iter().map(|text| text.map(str::to_owned)).collect()
}

fn texts(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

#[test]
fn every_kind_of_text_is_read_and_rewritten() {
    let values = [Some("!a"), None, Some("b"), Some(""), Some("!c"), Some("?d")];
    for of in [
        DataType::Utf8,
        DataType::LargeUtf8,
        DataType::Utf8View,
        DataType::Binary,
        DataType::LargeBinary,
        DataType::BinaryView,
        DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8)),
        DataType::Dictionary(Box::new(DataType::UInt32), Box::new(DataType::Utf8View)),
    ] {
        let array = arrow::compute::cast(&texts(&values), &of).expect("a cast");
        // A part of a longer array, so that offsets count.
        let column = array.slice(1, 5);
        let (cells, done) = rewritten(vec![batch(vec![("t", column)])], 1 << 20);
        assert_eq!(cells.iter().filter(|cell| cell.starts_with("t ")).count(), 4, "{of}: {cells:?}");
        let done = done.expect("rewritten");
        assert_eq!(done[0].column(0).data_type(), &of);
        let expected = [None, Some("b"), Some(""), Some("<X>"), None].map(|text| text.map(str::to_owned));
        assert_eq!(strings(done[0].column(0)), expected, "{of}");
    }
}

#[test]
fn what_has_no_edit_is_the_very_buffer_that_came() {
    let (plain, edited) =
        (texts(&[Some("a"), Some("b"), Some("c")]), texts(&[Some("x"), Some("!y"), Some("z")]));
    let at = |array: &ArrayRef| array.to_data().buffers()[1].as_ptr();
    let (_, done) = rewritten(vec![batch(vec![("p", plain.clone()), ("e", edited.clone())])], 1 << 20);
    let done = done.expect("rewritten");
    assert_eq!(at(done[0].column(0)), at(&plain));
    assert_ne!(at(done[0].column(1)), at(&edited));
    // In small pieces as well; a batch without any edit is itself again.
    let (_, done) = rewritten(vec![batch(vec![("p", plain.clone())]), batch(vec![("p", edited)])], 1);
    let done = done.expect("rewritten");
    assert_eq!(at(done[0].column(0)), at(&plain));
    let rows: Vec<_> = done.iter().map(RecordBatch::num_rows).collect();
    assert_eq!(rows, [3, 1, 1, 1]);
    assert_eq!(strings(done[2].column(0)), [Some("<X>".to_owned())]);
}

/// A part of an array holds all of it: pickled or sent on, it would take along what was rewritten elsewhere.
#[test]
fn nothing_that_was_rewritten_stays_in_the_buffers_of_what_was_not() {
    fn holds(data: &arrow::array::ArrayData, text: &[u8]) -> bool {
        let here = data.buffers().iter().any(|buffer| buffer.windows(text.len()).any(|bytes| bytes == text));
        here || data.child_data().iter().any(|child| holds(child, text))
    }
    let long = |text: &str| format!("{text} and more than fits into a view");
    let (found, plain) = (long("!secret"), long("plain"));
    let one = texts(&[Some(&found), Some(&plain), Some(&plain)]);
    let view = arrow::compute::cast(&one, &DataType::Utf8View).expect("a cast");
    let inner = Field::new("t", DataType::Utf8View, true);
    let parts: ArrayRef = Arc::new(StructArray::new(vec![inner].into(), vec![view.clone()], None));
    let ends = arrow::buffer::OffsetBuffer::from_lengths([1, 1, 1]);
    let item = Arc::new(Field::new("item", parts.data_type().clone(), true));
    let list: ArrayRef = Arc::new(ListArray::new(item, ends, parts.clone(), None));
    for column in [one, view, parts, list] {
        let whole = batch(vec![("t", column.clone())]);
        // Cut here, and cut by the caller.
        for batches in [vec![whole.clone()], (0..3).map(|row| whole.slice(row, 1)).collect()] {
            let (_, done) = rewritten(batches, 1);
            let done = done.expect("rewritten");
            assert_eq!(done.iter().map(RecordBatch::num_rows).sum::<usize>(), 3);
            for batch in done {
                assert!(!holds(&batch.column(0).to_data(), b"secret"), "{}", column.data_type());
            }
        }
    }
    let dropped =
        batch(vec![("d", texts(&[Some("#x"), Some("y")])), ("t", texts(&[Some("secret"), Some("z")]))]);
    for batch in rewritten(vec![dropped.slice(0, 1), dropped.slice(1, 1)], 1).1.expect("rewritten") {
        assert!(!holds(&batch.column(1).to_data(), b"secret"), "of a record that went");
    }
}

#[test]
fn nested_texts_stand_in_the_rows_that_hold_them() {
    let list = ListArray::from_iter_primitive::<Int32Type, _, _>(vec![
        Some(vec![Some(1), Some(2)]),
        None,
        Some(vec![]),
        Some(vec![Some(3)]),
    ]);
    let (item, ends, _, nulls) = list.into_parts();
    let inner = Field::new("name", DataType::Utf8, true);
    let parts = StructArray::new(vec![inner].into(), vec![texts(&[Some("!a"), Some("b"), Some("!c")])], None);
    let item = Arc::new(Field::clone(&item).with_data_type(parts.data_type().clone()));
    let column: ArrayRef = Arc::new(ListArray::new(item, ends, Arc::new(parts), nulls));
    let (cells, done) = rewritten(vec![batch(vec![("users", column)])], 1 << 20);
    assert_eq!(cells[..3], ["users[].name 0 !a", "users[].name 0 b", "users[].name 3 !c"]);
    assert!(cells.contains(&"users[] 0 name".to_owned()), "names are looked at: {cells:?}");
    let done = done.expect("rewritten");
    let values = done[0].column(0).as_list::<i32>().values().as_struct().column(0).clone();
    let expected = [Some("<X>"), Some("b"), Some("<X>")].map(|text| text.map(str::to_owned));
    assert_eq!(strings(&values), expected);
}

#[test]
fn what_lies_under_a_null_is_not_seen_and_not_kept_where_something_changes() {
    let inner = Field::new("t", DataType::Utf8, true);
    let nulls = NullBuffer::from(vec![true, false]);
    let parts =
        StructArray::new(vec![inner].into(), vec![texts(&[Some("!a"), Some("!hidden")])], Some(nulls));
    let (cells, done) = rewritten(vec![batch(vec![("s", Arc::new(parts) as ArrayRef)])], 1 << 20);
    assert!(!cells.iter().any(|cell| cell.contains("hidden")), "{cells:?}");
    let done = done.expect("rewritten");
    assert_eq!(strings(done[0].column(0).as_struct().column(0)), [Some("<X>".to_owned()), None]);
}

#[test]
fn maps_have_keys_and_values() {
    let mut map = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
    map.keys().append_value("k");
    map.values().append_value("!v");
    map.append(true).expect("an entry");
    let (cells, done) = rewritten(vec![batch(vec![("m", Arc::new(map.finish()) as ArrayRef)])], 1 << 20);
    assert_eq!(cells[..2], ["m.key 0 k", "m.value 0 !v"]);
    let done = done.expect("rewritten");
    assert_eq!(strings(done[0].column(0).as_map().values()), [Some("<X>".to_owned())]);
}

/// Keys are never null, not even those of entries that a slice leaves out.
#[test]
fn a_slice_of_a_map_is_rewritten() {
    let mut map = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
    for (key, value) in [("!gone", "!gone"), ("!k", "v"), ("k", "!v")] {
        map.keys().append_value(key);
        map.values().append_value(value);
        map.append(true).expect("an entry");
    }
    map.append(false).expect("no entries");
    let slice = batch(vec![("m", Arc::new(map.finish()) as ArrayRef)]).slice(1, 3);
    let (cells, done) = rewritten(vec![slice], 1 << 20);
    assert_eq!(cells[..4], ["m.key 0 !k", "m.key 1 k", "m.value 0 v", "m.value 1 !v"]);
    let done = done.expect("rewritten");
    let map = done[0].column(0).as_map();
    assert!(map.is_null(2));
    let entries = [map.value(0), map.value(1)].map(|entry| {
        let texts = [strings(entry.column(0)), strings(entry.column(1))].concat();
        texts.into_iter().map(|text| text.expect("no null")).collect::<Vec<_>>()
    });
    assert_eq!(entries, [["<X>", "v"], ["k", "<X>"]]);
}

#[test]
fn a_dictionary_stays_distinct_and_loses_what_no_row_has() {
    let values = texts(&[Some("!a"), Some("!b"), Some("c"), Some("!unused"), Some("#d")]);
    let keys = arrow::array::Int8Array::from(vec![Some(0), Some(1), None, Some(2), Some(4)]);
    let column: ArrayRef = Arc::new(DictionaryArray::<Int8Type>::new(keys, values));
    let (_, done) = rewritten(vec![batch(vec![("d", column)])], 1 << 20);
    let done = done.expect("rewritten");
    let column = done[0].column(0).as_dictionary::<Int8Type>();
    assert_eq!(strings(column.values()), [Some("<X>".to_owned()), Some("c".to_owned())]);
    let expected = [Some("<X>"), Some("<X>"), None, Some("c")].map(|text| text.map(str::to_owned));
    assert_eq!(strings(column), expected, "and the record went");
}

#[test]
fn numbers_become_null_and_nothing_of_them_stays() {
    let column: ArrayRef = Arc::new(Int64Array::from(vec![Some(12), Some(71), None, Some(-3)]));
    let (cells, done) = rewritten(vec![batch(vec![("n", column)])], 1 << 20);
    assert_eq!(cells[..3], ["n 0 12", "n 1 71", "n 3 -3"]);
    let done = done.expect("rewritten");
    let column = done[0].column(0).as_primitive::<arrow::datatypes::Int64Type>();
    assert_eq!(column.iter().collect::<Vec<_>>(), [Some(12), None, None, Some(-3)]);
    assert_eq!(column.values()[1], 0);
}

#[test]
fn names_and_metadata_are_rewritten_and_names_stay_apart() {
    let table = batch(vec![("!one", texts(&[Some("x")])), ("two", texts(&[Some("y")]))]);
    let metadata = [("note".to_owned(), "!m".to_owned()), ("ARROW:schema".to_owned(), "!raw".to_owned())];
    let schema = Arc::new(Schema::clone(&table.schema()).with_metadata(metadata));
    let table = table.with_schema(schema).expect("the same columns");
    let (_, done) = rewritten(vec![table], 1 << 20);
    let schema = done.expect("rewritten")[0].schema();
    assert_eq!(schema.field(0).name(), "<X>");
    assert_eq!(schema.metadata()["note"], "<X>");
    assert_eq!(schema.metadata()["ARROW:schema"], "!raw");

    let inner = Field::new("!part", DataType::Utf8, true);
    let parts = StructArray::new(vec![inner].into(), vec![texts(&[Some("a")])], None);
    let (_, done) = rewritten(vec![batch(vec![("s", Arc::new(parts) as ArrayRef)])], 1 << 20);
    let done = done.expect("rewritten");
    assert_eq!(done[0].column(0).as_struct().column_names(), ["<X>"]);

    let twins = batch(vec![("!one", texts(&[Some("x")])), ("!two", texts(&[Some("y")]))]);
    let error = rewritten(vec![twins], 1 << 20).1.expect_err("a collision");
    assert!(error.to_string().contains("two columns would get one name"), "{error}");
    let fields = ["!one", "!two"].map(|name| Field::new(name, DataType::Utf8, true)).to_vec();
    let parts = StructArray::new(fields.into(), vec![texts(&[Some("x")]), texts(&[Some("y")])], None);
    let twins = batch(vec![("s", Arc::new(parts) as ArrayRef)]);
    let error = rewritten(vec![twins], 1 << 20).1.expect_err("a collision below a column");
    assert!(error.to_string().contains("two fields would get one name"), "{error}");
}

/// Also at any depth, and key by key: what says how a field is stored is for programs.
#[test]
fn metadata_of_single_fields_is_rewritten() {
    let said = |note: &str| {
        [("note", note), ("ARROW:extension:name", "!raw")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
    };
    let inner = Field::new("a", DataType::Utf8, true).with_metadata(said("!inner"));
    let parts = StructArray::new(vec![inner].into(), vec![texts(&[Some("x")])], None);
    let outer = Field::new("s", parts.data_type().clone(), true);
    let twin = Field::new("s", DataType::Utf8, true).with_metadata(said("stays"));
    let gone = Field::new("g", DataType::Utf8, true).with_metadata(said("?gone"));
    let schema = Arc::new(Schema::new(vec![outer, twin, gone]));
    let columns = vec![Arc::new(parts) as ArrayRef, texts(&[Some("y")]), texts(&[Some("z")])];
    let table = RecordBatch::try_new(schema, columns).expect("a batch");
    let (cells, done) = rewritten(vec![table], 1 << 20);
    assert_eq!(cells[3..].iter().filter(|cell| cell.starts_with("note 0 ")).count(), 3, "{cells:?}");
    let done = &done.expect("rewritten")[0];
    let DataType::Struct(parts) = done.schema().field(0).data_type().clone() else { panic!("a struct") };
    let note = |field: &Field| field.metadata().get("note").cloned();
    assert_eq!(note(&parts[0]).as_deref(), Some("<X>"));
    assert_eq!(parts[0].metadata()["ARROW:extension:name"], "!raw");
    assert_eq!(done.column(0).data_type(), done.schema().field(0).data_type());
    assert_eq!(note(done.schema().field(1)).as_deref(), Some("stays"));
    assert_eq!(note(done.schema().field(2)), None);
}

/// A run is one value in several rows; the slice begins within one, and cuts the last off.
#[test]
fn run_end_encoded_texts_are_read_and_rewritten() {
    let ends = arrow::array::Int32Array::from(vec![2, 4, 5, 6, 8]);
    let values = StringArray::from(vec![Some("!a"), Some("b"), None, Some("#c"), Some("!hidden")]);
    let runs = arrow::array::RunArray::<Int32Type>::try_new(&ends, &values).expect("runs");
    let column: ArrayRef = Arc::new(runs.slice(1, 5));
    let (cells, done) = rewritten(vec![batch(vec![("r", column.clone())])], 1 << 20);
    assert_eq!(cells[..4], ["r 0 !a", "r 1 b", "r 2 b", "r 4 #c"]);
    let done = done.expect("rewritten");
    assert_eq!(done[0].column(0).data_type(), column.data_type());
    let expected = [Some("<X>"), Some("b"), Some("b"), None].map(|text| text.map(str::to_owned));
    assert_eq!(strings(done[0].column(0)), expected, "and the record went");
    let stored = done[0].column(0).as_run::<Int32Type>().values().clone();
    assert!(
        !strings(&stored).iter().flatten().any(|text| text.contains(['!', '#'])),
        "nothing stays beside the rows"
    );
}

#[test]
fn what_cannot_be_looked_at_is_said() {
    let fields = UnionFields::try_new(vec![0], vec![Field::new("a", DataType::Utf8, true)]).expect("fields");
    let union = UnionArray::try_new(
        fields.clone(),
        vec![0_i8; 2].into(),
        None,
        vec![texts(&[Some("!a"), Some("b")])],
    );
    let column: ArrayRef = Arc::new(union.expect("a union"));
    assert_eq!(column.data_type(), &DataType::Union(fields, UnionMode::Sparse));
    let (cells, done) = rewritten(vec![batch(vec![("u", column)])], 1 << 20);
    assert_eq!(cells, ["$ 0 u", "u unread 2"]);
    assert_eq!(done.expect("handed back")[0].num_rows(), 2);
}

#[test]
fn a_column_that_takes_no_null_is_an_error_with_its_place() {
    let schema = Arc::new(Schema::new(vec![Field::new("t", DataType::Utf8, false)]));
    let table = RecordBatch::try_new(schema, vec![texts(&[Some("a"), Some("?b")])]).expect("a batch");
    let error = rewritten(vec![table], 1 << 20).1.expect_err("null is not allowed");
    assert_eq!((error.place.record, error.place.field.as_deref()), (Some(1), Some("t")));
}

#[test]
fn an_empty_frame_has_its_names_looked_at() {
    let none = RecordBatch::new_empty(batch(vec![("!a", texts(&[]))]).schema());
    let (cells, done) = rewritten(vec![none], 1 << 20);
    assert_eq!(cells, ["$ 0 !a"]);
    assert_eq!(done.expect("rewritten")[0].schema().field(0).name(), "<X>");
    let none = RecordBatch::new_empty(batch(vec![("#a", texts(&[]))]).schema());
    let error = rewritten(vec![none], 1 << 20).1.expect_err("a name is no record").to_string();
    assert!(error.contains("the name of a column would be dropped"), "{error}");
}

#[test]
fn a_large_dictionary_is_looked_at_a_quarter_as_often_as_there_are_rows() {
    let values: ArrayRef = Arc::new(StringArray::from_iter_values((0..1_000).map(|n| format!("value {n}"))));
    let keys = arrow::array::Int32Array::from_iter_values((0..20_000).map(|row| row % 1_000));
    let table = batch(vec![("d", Arc::new(DictionaryArray::<Int32Type>::new(keys, values)) as ArrayRef)]);
    let looked_at = |piece: usize| -> usize {
        let schema = table.schema();
        let reader = RecordBatchIterator::new([Ok(table.clone())], schema);
        let frame = Frame::new("frame", Box::new(reader), Vec::new());
        let Opened { mut source, format, .. } = open(&frame, piece).expect("opens");
        let pieces = std::iter::from_fn(|| source.next().expect("reads"));
        let texts = pieces.flat_map(|piece| format.decode(piece).expect("decodes").texts);
        texts.filter(|texts| texts.kind == Kind::Text).map(|texts| texts.len()).sum()
    };
    assert_eq!(looked_at(1 << 20), 1_000, "one piece");
    assert_eq!(looked_at(4_000), 20_000 / SHARE, "pieces of 4,000 rows");
    assert!(looked_at(400) > 20_000 / SHARE, "a piece has its bounds all the same");
}

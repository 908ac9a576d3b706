//! What Arrow's writer makes of its types of text: of whichever a column is, its texts stand in one buffer.

use arrow::array::{
    Array, ArrayRef, BinaryArray, BinaryViewArray, DictionaryArray, FixedSizeBinaryArray, FixedSizeListArray,
    Int32Array, LargeBinaryArray, LargeListArray, LargeStringArray, ListArray, MapArray, RecordBatch,
    RunArray, StringArray, StringViewArray, StructArray,
};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, Fields, Int8Type, Int32Type};
use parquet::arrow::ArrowWriter;

use super::*;

/// Of one length, in bytes.
const ALL: [&str; 4] = ["ann@x.example", "bob@x.example", "zoë, née Ω", "ann@x.example"];

fn columns() -> Vec<(&'static str, ArrayRef)> {
    let plain = || -> ArrayRef { Arc::new(StringArray::from(ALL.to_vec())) };
    let large = || -> ArrayRef { Arc::new(LargeStringArray::from(ALL.to_vec())) };
    let view = || -> ArrayRef { Arc::new(StringViewArray::from(ALL.to_vec())) };
    let bytes = || ALL.map(str::as_bytes).to_vec();
    let item = |kind: DataType| Arc::new(Field::new("item", kind, true));
    let two = || OffsetBuffer::from_lengths([1, 3]);
    let parts = Fields::from(vec![
        Field::new("a", DataType::Utf8View, true),
        Field::new("b", DataType::LargeUtf8, true),
    ]);
    let entries = Fields::from(vec![
        Field::new("keys", DataType::Utf8, false),
        Field::new("values", DataType::Utf8View, true),
    ]);
    let entries = StructArray::new(entries, vec![plain(), view()], None);
    let entry = Arc::new(Field::new("entries", entries.data_type().clone(), false));
    let few = || DictionaryArray::<Int8Type>::from_iter(ALL);
    let lists = ListArray::new(item(DataType::Utf8View), two(), view(), None);
    let lists = ListArray::new(
        item(lists.data_type().clone()),
        OffsetBuffer::from_lengths([1, 1]),
        Arc::new(lists),
        None,
    );
    vec![
        ("plain", plain()),
        ("large", large()),
        ("view", view()),
        ("few", Arc::new(few())),
        (
            "few_large",
            Arc::new(DictionaryArray::<Int32Type>::new(Int32Array::from_iter_values(0..4), large())),
        ),
        (
            "few_views",
            Arc::new(DictionaryArray::<Int32Type>::new(Int32Array::from_iter_values(0..4), view())),
        ),
        ("runs", Arc::new(RunArray::try_new(&Int32Array::from(vec![1, 2, 3, 4]), &plain()).unwrap())),
        ("binary", Arc::new(BinaryArray::from_vec(bytes()))),
        ("large_binary", Arc::new(LargeBinaryArray::from_vec(bytes()))),
        ("binary_view", Arc::new(BinaryViewArray::from_iter_values(bytes()))),
        ("fixed", Arc::new(FixedSizeBinaryArray::try_from_iter(ALL.iter()).unwrap())),
        ("list", Arc::new(ListArray::new(item(DataType::Utf8), two(), plain(), None))),
        (
            "large_list",
            Arc::new(LargeListArray::new(
                item(DataType::LargeUtf8),
                OffsetBuffer::from_lengths([1, 3]),
                large(),
                None,
            )),
        ),
        ("fixed_list", Arc::new(FixedSizeListArray::new(item(DataType::Utf8View), 2, view(), None))),
        (
            "list_of_few",
            Arc::new(ListArray::new(item(few().data_type().clone()), two(), Arc::new(few()), None)),
        ),
        ("lists", Arc::new(lists)),
        ("parts", Arc::new(StructArray::new(parts, vec![view(), large()], None))),
        ("map", Arc::new(MapArray::new(entry, two(), entries, None, false))),
    ]
}

fn file(name: &str, column: &ArrayRef, properties: WriterProperties) -> Bytes {
    let batch = RecordBatch::try_from_iter_with_nullable([(name, column.clone(), true)]).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes.into()
}

#[test]
fn every_type_of_text_is_one_buffer_however_it_was_written() {
    for (name, column) in columns() {
        for dictionary in [false, true] {
            let properties = WriterProperties::builder().set_dictionary_enabled(dictionary).build();
            let batch = read(&file(name, &column, properties), 1 << 20).unwrap().remove(0);
            let fields = batch.texts.iter().filter(|texts| texts.kind != Kind::Key);
            let fields: Vec<_> = fields.map(|texts| &*texts.field).collect();
            let below: &[&str] = match name {
                "parts" => &[".a", ".b"],
                "map" => &[".key", ".value"],
                "lists" => &["[][]"],
                name if name.contains("list") => &["[]"],
                _ => &[""],
            };
            let expected: Vec<_> = below.iter().map(|below| format!("{name}{below}")).collect();
            assert_eq!(fields, expected, "a leaf is one buffer");
            for field in fields {
                let all = cells(std::slice::from_ref(&batch)).into_iter().filter(|cell| cell.0 == field);
                let mut expected = ALL.to_vec();
                expected.sort_unstable();
                let mut all: Vec<_> = all.map(|cell| cell.2).collect();
                all.sort();
                assert_eq!(all, expected, "{field}, dictionary {dictionary}");
            }
        }
    }
}

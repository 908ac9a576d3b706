//! What Arrow's writer makes of its types of text: of whichever a column is, its texts stand in one buffer.

use arrow::array::{
    Array, ArrayRef, BinaryArray, BinaryViewArray, Date32Array, Decimal128Array, Decimal256Array,
    DictionaryArray, FixedSizeBinaryArray, FixedSizeListArray, Float16Array, Float64Array, Int32Array,
    Int64Array, LargeBinaryArray, LargeListArray, LargeStringArray, ListArray, MapArray, RecordBatch,
    RunArray, StringArray, StringViewArray, StructArray, TimestampMillisecondArray, UInt64Array,
};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{ArrowPrimitiveType, DataType, Field, Fields, Float16Type, Int8Type, Int32Type, i256};
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

/// Every type in which a number with sixteen digits, a day or text in another encoding can stand.
#[test]
fn what_a_value_can_stand_in_is_read_as_people_write_it() {
    let card = 4_111_111_111_111_111_i64;
    let wide = i256::from_i128(i128::from(card));
    let latin = b"Ren\xe9, rene@x.example".as_slice();
    let noise = b"\x00\xff\x01".as_slice();
    let columns: Vec<(&str, ArrayRef, &str)> = vec![
        ("integer", Arc::new(Int64Array::from(vec![card])), "4111111111111111"),
        ("unsigned", Arc::new(UInt64Array::from(vec![u64::MAX])), "18446744073709551615"),
        ("float", Arc::new(Float64Array::from(vec![card as f64])), "4111111111111111"),
        ("half", Arc::new(Float16Array::from(vec![half(95.0)])), "95"),
        ("no_number", Arc::new(Float64Array::from(vec![f64::NAN])), ""),
        ("decimal", Arc::new(decimals(i128::from(card), 18, 0)), "4111111111111111"),
        ("decimal_38", Arc::new(decimals(i128::from(card) * 100, 38, 2)), "4111111111111111"),
        ("decimal_76", Arc::new(wide_decimals(wide, 76, 0)), "4111111111111111"),
        ("day", Arc::new(Date32Array::from(vec![490])), "1971-05-06"),
        ("moment", Arc::new(TimestampMillisecondArray::from(vec![42_336_000_000])), "1971-05-06T00:00:00"),
        ("latin", Arc::new(BinaryArray::from_vec(vec![latin])), "Ren\u{fffd}, rene@x.example"),
        ("noise", Arc::new(BinaryArray::from_vec(vec![noise])), "not looked at"),
    ];
    for (name, column, expected) in columns {
        let batch = read(&file(name, &column, WriterProperties::default()), 1 << 20).unwrap().remove(0);
        let seen = match &*batch.binary {
            [] => cells(&[batch]).pop().map_or(String::new(), |cell| cell.2),
            [(field, 1)] if **field == *name => "not looked at".to_owned(),
            other => unreachable!("{other:?}"),
        };
        assert_eq!(seen, expected, "{name} of a file");
        let (seen, expected) = match (crate::frame::tests::read(name, column), expected) {
            ((1, cells), "not looked at") => (cells, vec![]),
            ((not, cells), expected) => {
                assert_eq!(not, 0, "{name}");
                (cells, Vec::from_iter(Some(expected).filter(|text| !text.is_empty())))
            }
        };
        assert_eq!(seen, expected, "{name} of a frame");
    }
}

#[test]
fn documents_and_uuids_are_read_by_what_the_schema_says_of_them() {
    let message = "message m {
        required binary event (BSON);
        optional group extra (VARIANT) { required binary metadata; optional binary value; }
        required fixed_len_byte_array(16) id (UUID);
    }";
    let document = b"\x1a\x00\x00\x00\x02mail\x00\x08\x00\x00\x00a@x.example\x00\xff\x00".as_slice();
    let bytes = |bytes: &[u8]| Values::Bytes(vec![bytes.into()]);
    let id = FixedLenByteArray::from(ByteArray::from((0..16).map(|n| n * 17).collect::<Vec<u8>>()));
    let row = vec![
        Chunk(bytes(document), vec![], vec![]),
        Chunk(bytes(b"\x01\x00\xfe"), vec![1], vec![]),
        Chunk(bytes(document), vec![2], vec![]),
        Chunk(Values::Fixed(vec![id]), vec![], vec![]),
    ];
    let batches = read(&write(message, WriterProperties::builder(), &[row]), 1 << 20).unwrap();
    let cells = cells(&batches);
    for (field, part) in [
        ("event", "\0a@x.example\0"),
        ("extra.value", "\0a@x.example\0"),
        ("id", "00112233-4455-6677-8899-aabbccddeeff"),
    ] {
        assert!(cells.iter().any(|cell| cell.0 == field && cell.2.contains(part)), "{field}");
    }
    assert!(batches[0].binary.is_empty());
}

fn half(value: f32) -> <Float16Type as ArrowPrimitiveType>::Native {
    <Float16Type as ArrowPrimitiveType>::Native::from_f32(value)
}

fn decimals(unscaled: i128, precision: u8, scale: i8) -> Decimal128Array {
    Decimal128Array::from(vec![unscaled]).with_precision_and_scale(precision, scale).unwrap()
}

fn wide_decimals(unscaled: i256, precision: u8, scale: i8) -> Decimal256Array {
    Decimal256Array::from(vec![unscaled]).with_precision_and_scale(precision, scale).unwrap()
}

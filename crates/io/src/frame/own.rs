//! Arrays that are a part of a longer one, and copies that hold nothing but what is seen of them.

use arrow::array::{Array, ArrayData, AsArray, MutableArrayData, make_array};
use arrow::datatypes::{ArrowNativeType, DataType};
use arrow::error::ArrowError;

/// Whether the buffers of an array hold texts that are not its own. The values of a dictionary are, whichever are used.
pub(super) fn is_part(data: &ArrayData) -> bool {
    let covers = |(first, last): (usize, usize), held: usize| first == 0 && last == held;
    match data.data_type() {
        DataType::Utf8 | DataType::Binary => !covers(ends::<i32>(data), data.buffers()[1].len()),
        DataType::LargeUtf8 | DataType::LargeBinary => !covers(ends::<i64>(data), data.buffers()[1].len()),
        // What is used of their buffers only a walk over all views would tell.
        DataType::Utf8View | DataType::BinaryView => data.buffers().len() > 1,
        DataType::List(_) | DataType::Map(..) => {
            !covers(ends::<i32>(data), data.child_data()[0].len()) || is_part(&data.child_data()[0])
        }
        DataType::LargeList(_) => {
            !covers(ends::<i64>(data), data.child_data()[0].len()) || is_part(&data.child_data()[0])
        }
        DataType::Struct(_) | DataType::FixedSizeList(..) | DataType::RunEndEncoded(..) => {
            data.offset() > 0 || data.child_data().iter().any(is_part)
        }
        _ => false,
    }
}

/// Where the first of the values begins that an array with offsets sees, and where the last ends.
fn ends<O: ArrowNativeType>(data: &ArrayData) -> (usize, usize) {
    // An empty array may come without any offset.
    let ends = data.buffers()[0].typed_data::<O>().get(data.offset()..=data.offset() + data.len());
    ends.map_or((0, 0), |ends| (ends[0].as_usize(), ends[data.len()].as_usize()))
}

/// The same array in buffers of its own.
pub(super) fn copied(data: &ArrayData) -> Result<ArrayData, ArrowError> {
    let mut copy = MutableArrayData::new(vec![data], false, data.len());
    copy.try_extend(0, 0, data.len())?;
    views_compacted(copy.freeze())
}

/// The array, with the buffers of the views in it made anew: copying it copies the views alone.
fn views_compacted(data: ArrayData) -> Result<ArrayData, ArrowError> {
    match data.data_type() {
        DataType::Utf8View => Ok(make_array(data).as_string_view().gc().to_data()),
        DataType::BinaryView => Ok(make_array(data).as_binary_view().gc().to_data()),
        _ if data.child_data().is_empty() => Ok(data),
        _ => {
            let children = data.child_data().iter().cloned().map(views_compacted);
            let children = children.collect::<Result<_, _>>()?;
            data.into_builder().child_data(children).build()
        }
    }
}

//! Rows into a batch, and the edits of a batch into new arrays. Arrays without an edit are passed on.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryBuilder, BinaryViewBuilder, BooleanArray, Int64Array, LargeBinaryBuilder,
    LargeStringBuilder, MutableArrayData, RecordBatch, RecordBatchOptions, StringBuilder, StringViewBuilder,
    UInt64Array, make_array,
};
use arrow::compute::{cast, filter_record_batch, take};
use arrow::datatypes::{DataType, Schema, SchemaRef};
use arrow::error::ArrowError;

use super::leaf::{Leaf, Leaves, Slots};
use super::text::{self, Cells};
use super::{Rows, Whole};
use crate::{Batch, Cause, Change, Edit, Kind, Layout, Occurrences, beside, pairs, splice};

/// Where the cells of a batch stand in the frame.
pub struct Places {
    rows: Rows,
    batch: RecordBatch,
    leaves: Vec<(usize, Leaf)>,
    origins: Vec<Origin>,
}

/// Shows no text.
impl std::fmt::Debug for Places {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Places").field("rows", &self.rows).finish_non_exhaustive()
    }
}

/// Where the cells of one [`Texts`](crate::Texts) come from.
enum Origin {
    /// Which leaf, and the slots of each cell if they are not its rows; of a dictionary, the number of its value.
    Leaf(usize, Option<Occurrences>),
    /// Names of fields, below this path.
    Names(String),
    /// A value of the schema's metadata, or of a field's by the number that [`beside::with_metadata`] gives the field.
    Metadata(Option<usize>, String),
}

/// The batch of some rows; the first one also has what stands beside the rows.
pub(super) fn decode(rows: Rows, begins: bool) -> Result<Batch, Cause> {
    let slice = rows.whole.batch.slice(rows.first, rows.count);
    let mut batch = Batch { records: rows.count as u32, ..Batch::default() };
    let mut places = Places { rows, batch: slice, leaves: Vec::new(), origins: Vec::new() };
    let schema = places.batch.schema();
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (column, (field, array)) in schema.fields().iter().zip(places.batch.columns()).enumerate() {
        let mut found = Leaves::default();
        found.column(field, array);
        for (parent, name) in found.names {
            names.entry(parent).or_default().push(name);
        }
        for leaf in found.found {
            let (cells, nothing) = text::texts(&leaf);
            if nothing > 0 {
                batch.binary.push((leaf.field.clone(), nothing));
            }
            for Cells { texts, slots } in cells {
                if u32::try_from(texts.buffer.len()).is_err() {
                    return Err(Cause::Unsupported("a row has 4 GiB of text in one column; split it"));
                }
                places.origins.push(Origin::Leaf(places.leaves.len(), slots));
                batch.texts.push(texts);
            }
            places.leaves.push((column, leaf));
        }
        // Of every piece, as all their cells count.
        batch.unread.extend(found.unread);
    }
    join(&mut batch, &places);
    if begins {
        beside(&schema, names, &mut batch, &mut places);
    }
    batch.layout = Layout::Frame(places);
    Ok(batch)
}

/// Joins cells with what names them.
fn join(batch: &mut Batch, places: &Places) {
    let paths: Vec<_> = places.leaves.iter().map(|(_, leaf)| &*leaf.field).collect();
    let mut named_by = pairs::of_leaves(&paths);
    // Of runs, slots are numbered otherwise.
    let alike = |leaf: usize, name: usize| places.leaves[leaf].1.slots == places.leaves[name].1.slots;
    for (leaf, names) in named_by.iter_mut().enumerate() {
        names.retain(|name| alike(leaf, *name));
    }
    if named_by.iter().all(Vec::is_empty) {
        return;
    }
    let slots = |origin: &Origin| match origin {
        Origin::Leaf(leaf, slots) => {
            let slots = slots.clone().map(|slots| text::slots(&places.leaves[*leaf].1, slots));
            Some((*leaf, slots))
        }
        _ => None,
    };
    let slots: Vec<_> = places.origins.iter().map(slots).collect();
    let leaves: Vec<_> =
        slots.iter().map(|leaf| leaf.as_ref().map(|(leaf, slots)| (*leaf, slots.as_ref()))).collect();
    batch.names = pairs::join(&mut batch.texts, &leaves, &named_by);
}

/// Adds the names of fields, the metadata of the schema, and that of single fields.
fn beside(schema: &Schema, names: BTreeMap<String, Vec<String>>, batch: &mut Batch, places: &mut Places) {
    let mut add = |texts, origin| {
        batch.texts.push(texts);
        places.origins.push(origin);
    };
    for (parent, names) in names {
        add(beside::texts(&parent, Kind::Key, &names), Origin::Names(parent));
    }
    let mut add_metadata = |field, metadata: BTreeMap<&String, &String>| {
        for (key, value) in metadata {
            add(beside::texts(key, Kind::Metadata, [value]), Origin::Metadata(field, key.clone()));
        }
    };
    add_metadata(None, schema.metadata().iter().filter(|(key, _)| beside::is_looked_at(key)).collect());
    beside::with_metadata(schema.fields(), &mut |number, field| {
        add_metadata(Some(number), beside::metadata_of(field).collect());
        None
    });
}

/// By field (none: the schema itself) and key: metadata and what it becomes.
pub(super) type Metadata = BTreeMap<(Option<usize>, String), Option<String>>;

/// What becomes of some rows.
pub struct Changes {
    pub(super) whole: Arc<Whole>,
    pub(super) rows: RecordBatch,
    pub(super) touched: bool,
    /// By the path of what holds them: names of fields and what they become.
    pub(super) names: HashMap<(String, String), String>,
    pub(super) metadata: Metadata,
    /// Columns of which a value changed.
    pub(super) columns: BTreeSet<usize>,
    /// Rows of the frame that go.
    pub(super) dropped: Vec<u64>,
}

impl Changes {
    pub(super) fn dropped(&self) -> u32 {
        self.dropped.len() as u32
    }
}

/// A cell that cannot be changed as asked: why, and its row and field.
type Refused = (Cause, Option<(u32, Arc<str>)>);

/// The rows with the edits done.
pub(super) fn encode(places: &Places, batch: &Batch, edits: &[Edit]) -> Result<Changes, Refused> {
    let mut changes = Changes {
        whole: places.rows.whole.clone(),
        rows: places.batch.clone(),
        touched: !edits.is_empty(),
        names: HashMap::new(),
        metadata: Metadata::new(),
        columns: BTreeSet::new(),
        dropped: Vec::new(),
    };
    let mut stay = vec![true; batch.records as usize];
    // By leaf: slots, or values of its dictionary, with their new text or null.
    let mut cells: BTreeMap<usize, HashMap<u32, Option<String>>> = BTreeMap::new();
    for edit in edits {
        let texts = &batch.texts[edit.texts as usize];
        let refuse = |cause: Cause| {
            let row = texts.occurrences.rows(edit.cell).next().unwrap_or(0);
            (cause, Some((row, texts.field.clone())))
        };
        let origin = &places.origins[edit.texts as usize];
        let new = match &edit.change {
            Change::DropRecord | Change::Null if matches!(origin, Origin::Names(_)) => {
                let why = "the name of a column would be dropped; rename the column, or replace names";
                return Err(refuse(Cause::Unsupported(why)));
            }
            Change::DropRecord => {
                texts.occurrences.rows(edit.cell).for_each(|row| stay[row as usize] = false);
                None
            }
            Change::Null if !texts.nullable => return Err(refuse(Cause::NotNullable)),
            Change::Null => None,
            Change::Splice(_) if !texts.kind.takes_text() => {
                let why = "text does not fit this column; drop the cell or keep it";
                return Err(refuse(Cause::Unsupported(why)));
            }
            Change::Splice(splices) => Some(splice(texts.get(edit.cell), splices)),
        };
        match origin {
            Origin::Names(parent) => {
                let new = new.expect("no name is dropped");
                changes.names.insert((parent.clone(), texts.get(edit.cell).to_owned()), new);
            }
            Origin::Metadata(field, key) => {
                changes.metadata.insert((*field, key.clone()), new);
            }
            Origin::Leaf(leaf, slots) => {
                let in_dictionary =
                    matches!(places.leaves[*leaf].1.array.data_type(), DataType::Dictionary(..));
                if edit.change == Change::DropRecord && !in_dictionary {
                    continue; // its row goes; a dictionary's value would stay
                }
                let cells = cells.entry(*leaf).or_default();
                for slot in slots.as_ref().unwrap_or(&texts.occurrences).rows(edit.cell) {
                    cells.insert(slot, new.clone());
                }
            }
        }
    }
    let plain = |error: arrow::error::ArrowError| (arrow_cause(&error), None);
    let mut columns = changes.rows.columns().to_vec();
    for (leaf, cells) in cells {
        let (column, leaf) = &places.leaves[leaf];
        changes.columns.insert(*column);
        columns[*column] = replace(&columns[*column], &leaf.steps, leaf, &cells).map_err(plain)?;
    }
    changes.rows = records(changes.rows.schema(), columns, changes.rows.num_rows()).map_err(plain)?;
    let rows = (batch.first_record..).zip(&stay);
    changes.dropped = rows.filter(|(_, stays)| !**stays).map(|(row, _)| row).collect();
    if !changes.dropped.is_empty() {
        changes.rows = filter_record_batch(&changes.rows, &BooleanArray::from(stay)).map_err(plain)?;
    }
    Ok(changes)
}

/// A batch of so many rows, which one without columns cannot tell by itself.
pub(super) fn records(
    schema: SchemaRef,
    columns: Vec<ArrayRef>,
    rows: usize,
) -> Result<RecordBatch, ArrowError> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(schema, columns, &options)
}

/// What Arrow says, without what it may quote.
pub(super) fn arrow_cause(error: &ArrowError) -> Cause {
    match error {
        ArrowError::OffsetOverflowError(_) => {
            Cause::Unsupported("a column outgrows its type; cast it to one with larger offsets")
        }
        _ => Cause::Unsupported("the rewritten rows are no valid batch; please report it, without the data"),
    }
}

/// The column with a leaf in it rewritten.
fn replace(
    array: &ArrayRef,
    steps: &[usize],
    leaf: &Leaf,
    cells: &HashMap<u32, Option<String>>,
) -> Result<ArrayRef, ArrowError> {
    let Some((step, further)) = steps.split_first() else {
        return match array.data_type() {
            DataType::Dictionary(..) => dictionary(array, cells),
            _ => plain(array, &leaf.slots, leaf.nullable, cells),
        };
    };
    let data = array.to_data();
    let mut children = data.child_data().to_vec();
    let child = make_array(children[*step].clone());
    children[*step] = replace(&child, further, leaf, cells)?.to_data();
    Ok(make_array(data.into_builder().child_data(children).build()?))
}

/// A leaf with new texts in some slots. What lies under a null, or beside the rows, is not taken along: where no null may
/// stand, as in the keys of a map, the empty text takes its place.
fn plain(
    array: &ArrayRef,
    slots: &Slots,
    nullable: bool,
    cells: &HashMap<u32, Option<String>>,
) -> Result<ArrayRef, ArrowError> {
    let seen = match slots {
        Slots::Rows => vec![true; array.len()],
        Slots::Some(slots) => {
            let mut seen = vec![false; array.len()];
            for (slot, _) in slots {
                seen[*slot as usize] = true;
            }
            seen
        }
    };
    // What stands in a slot now, and whether it comes from the array.
    let new = |slot: usize| match cells.get(&(slot as u32)) {
        Some(new) => New::Is(new.as_deref()),
        None if array.is_null(slot) => New::Is(None),
        None if !seen[slot] => New::Is((!nullable).then_some("")),
        None => New::Stays,
    };
    macro_rules! rebuilt {
        ($builder:expr, $old:expr, $bytes:expr) => {{
            let mut builder = $builder;
            for slot in 0..array.len() {
                match new(slot) {
                    New::Is(Some(text)) => builder.append_value($bytes(text)),
                    New::Is(None) => builder.append_null(),
                    New::Stays => builder.append_value($old.value(slot)),
                }
            }
            Ok(Arc::new(builder.finish()))
        }};
    }
    let text = |text| text;
    match array.data_type() {
        DataType::Utf8 => rebuilt!(StringBuilder::new(), array.as_string::<i32>(), text),
        DataType::LargeUtf8 => rebuilt!(LargeStringBuilder::new(), array.as_string::<i64>(), text),
        DataType::Utf8View => rebuilt!(StringViewBuilder::new(), array.as_string_view(), text),
        DataType::Binary => rebuilt!(BinaryBuilder::new(), array.as_binary::<i32>(), str::as_bytes),
        DataType::LargeBinary => rebuilt!(LargeBinaryBuilder::new(), array.as_binary::<i64>(), str::as_bytes),
        DataType::BinaryView => rebuilt!(BinaryViewBuilder::new(), array.as_binary_view(), str::as_bytes),
        _ => with_nulls(array, |slot| !matches!(new(slot), New::Stays)),
    }
}

enum New<'a> {
    Stays,
    Is(Option<&'a str>),
}

/// The array with null in some slots, and nothing left of what stood there.
fn with_nulls(array: &ArrayRef, null: impl Fn(usize) -> bool) -> Result<ArrayRef, ArrowError> {
    let data = array.to_data();
    let mut new = MutableArrayData::new(vec![&data], true, array.len());
    let mut kept = 0;
    for slot in (0..array.len()).filter(|slot| null(*slot)) {
        new.try_extend(0, kept, slot)?;
        new.try_extend_nulls(1)?;
        kept = slot + 1;
    }
    new.try_extend(0, kept, array.len())?;
    Ok(make_array(new.freeze()))
}

/// The keys of a dictionary array, as numbers of its values, and the values.
pub(super) fn dictionary_keys(array: &ArrayRef) -> (Int64Array, ArrayRef) {
    let dictionary = array.as_any_dictionary();
    let keys =
        cast(dictionary.keys(), &DataType::Int64).expect("keys are integers, and fit: they count values");
    (keys.as_primitive().clone(), dictionary.values().clone())
}

/// A dictionary array with new values. Values stay distinct, as some of its readers demand.
fn dictionary(array: &ArrayRef, cells: &HashMap<u32, Option<String>>) -> Result<ArrayRef, ArrowError> {
    let (keys, values) = dictionary_keys(array);
    let values = plain(&values, &Slots::Rows, true, cells)?;
    // Where each value went, and the values that are left.
    let (mut now, mut kept, mut seen) = (Vec::new(), Vec::new(), HashMap::new());
    let text = cast(&values, &DataType::LargeUtf8).or_else(|_| cast(&values, &DataType::LargeBinary))?;
    for number in 0..values.len() {
        if values.is_null(number) {
            now.push(None);
            continue;
        }
        let identity = match text.data_type() {
            DataType::LargeUtf8 => text.as_string::<i64>().value(number).as_bytes(),
            _ => text.as_binary::<i64>().value(number),
        };
        let place = *seen.entry(identity).or_insert_with(|| {
            kept.push(number as u64);
            kept.len() as u64 - 1
        });
        now.push(Some(place));
    }
    let keys: UInt64Array = keys.iter().map(|key| now[usize::try_from(key?).ok()?]).collect();
    let DataType::Dictionary(key, _) = array.data_type() else {
        unreachable!("called for dictionaries");
    };
    let keys = cast(&keys, key)?.to_data();
    let values = take(&values, &UInt64Array::from(kept), None)?;
    let data = keys.into_builder().data_type(array.data_type().clone()).child_data(vec![values.to_data()]);
    Ok(make_array(data.build()?))
}

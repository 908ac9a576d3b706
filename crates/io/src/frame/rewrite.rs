//! Rows into a batch, and the edits of a batch into new arrays. Arrays without an edit are passed on.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use arrow::array::{
    Array, ArrayData, ArrayRef, AsArray, BinaryBuilder, BinaryViewBuilder, BooleanArray, Int64Array,
    LargeBinaryBuilder, LargeStringBuilder, MutableArrayData, RecordBatch, RecordBatchOptions, StringBuilder,
    StringViewBuilder, UInt64Array, make_array,
};
use arrow::compute::{cast, filter_record_batch, take};
use arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema, SchemaRef};
use arrow::error::ArrowError;

use super::leaf::{Leaf, Leaves, Slots};
use super::text::{self, Cells};
use super::{Rows, Whole, Written};
use crate::{Batch, Cause, Change, Edit, Kind, Layout, Occurrences, Texts, splice};

/// Metadata that is written by programs for programs, in a form that is no text.
const MACHINE_KEYS: [&str; 1] = ["ARROW:schema"];

/// What a field says of itself that is not looked at, because it is not about anybody.
pub(crate) const FIELD_KEYS: [&str; 3] = ["ARROW:extension:", "PARQUET:", "_PL_CATEGORICAL"];

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

/// Where the cells of one [`Texts`] come from.
enum Origin {
    /// Which leaf, and the slots of each cell if they are not its rows; of a dictionary, the number of its value.
    Leaf(usize, Option<Occurrences>),
    /// Names of fields, below this path.
    Names(String),
    /// A value of the schema's metadata, by its key.
    Metadata(String),
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
    if begins {
        beside(&schema, names, &mut batch, &mut places);
    }
    batch.layout = Layout::Frame(places);
    Ok(batch)
}

/// Adds the names of fields and the metadata of the schema.
fn beside(schema: &Schema, names: BTreeMap<String, Vec<String>>, batch: &mut Batch, places: &mut Places) {
    let mut add = |field: &str, kind, nullable, cells: &[String], origin| {
        let mut texts = Texts {
            field: field.into(),
            kind,
            nullable,
            buffer: String::new(),
            ends: Vec::new(),
            occurrences: Occurrences::One(vec![0; cells.len()]),
        };
        for cell in cells {
            texts.buffer.push_str(cell);
            texts.ends.push(texts.buffer.len() as u32);
        }
        batch.texts.push(texts);
        places.origins.push(origin);
    };
    for (parent, names) in names {
        add(&parent, Kind::Key, false, &names, Origin::Names(parent.clone()));
    }
    let metadata: BTreeMap<_, _> = schema.metadata().iter().collect();
    for (key, value) in metadata.into_iter().filter(|(key, _)| !MACHINE_KEYS.contains(&key.as_str())) {
        add(key, Kind::Metadata, true, std::slice::from_ref(value), Origin::Metadata(key.clone()));
    }
    for field in schema.fields() {
        let own = |key: &&String| !FIELD_KEYS.iter().any(|known| key.starts_with(known));
        if field.metadata().keys().any(|key| own(&key)) {
            batch.unread.push(super::Unread {
                field: field.name().as_str().into(),
                cells: 0,
                reason: "metadata of a single field is not read; take it away".into(),
            });
        }
    }
}

/// What becomes of some rows.
pub struct Changes {
    whole: Arc<Whole>,
    rows: RecordBatch,
    touched: bool,
    /// By the path of what holds them: names of fields and what they become.
    names: HashMap<(String, String), String>,
    metadata: Vec<(String, Option<String>)>,
    /// Columns of which a value changed.
    columns: BTreeSet<usize>,
    /// Rows of the frame that go.
    dropped: Vec<u64>,
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
        metadata: Vec::new(),
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
            Origin::Metadata(key) => changes.metadata.push((key.clone(), new)),
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
fn records(schema: SchemaRef, columns: Vec<ArrayRef>, rows: usize) -> Result<RecordBatch, ArrowError> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(schema, columns, &options)
}

/// What Arrow says, without what it may quote.
fn arrow_cause(error: &ArrowError) -> Cause {
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

/// The batches that are written back, as they come.
pub(super) struct Writing {
    written: Written,
    names: HashMap<(String, String), String>,
    metadata: Vec<(String, Option<String>)>,
    /// The batch whose rows come now, what came of it, and whether any of that was touched.
    current: Option<(Arc<Whole>, Vec<RecordBatch>, bool)>,
}

impl Writing {
    pub(super) fn new(schema: SchemaRef) -> Self {
        let written = Written { schema, batches: Vec::new(), changed: BTreeSet::new(), dropped: Vec::new() };
        Self { written, names: HashMap::new(), metadata: Vec::new(), current: None }
    }

    pub(super) fn add(&mut self, changes: Changes) {
        self.names.extend(changes.names);
        self.metadata.extend(changes.metadata);
        self.written.changed.extend(changes.columns);
        self.written.dropped.extend(changes.dropped);
        match &mut self.current {
            Some((whole, rows, touched)) if Arc::ptr_eq(whole, &changes.whole) => {
                rows.push(changes.rows);
                *touched |= changes.touched;
            }
            _ => {
                self.complete();
                self.current = Some((changes.whole, vec![changes.rows], changes.touched));
            }
        }
    }

    /// A batch in which nothing changed is the one that came.
    fn complete(&mut self) {
        match self.current.take() {
            Some((whole, _, false)) => self.written.batches.push(whole.batch.clone()),
            Some((_, rows, true)) => self.written.batches.extend(rows),
            None => {}
        }
    }

    pub(super) fn finish(mut self) -> Result<Written, Cause> {
        self.complete();
        if self.names.is_empty() && self.metadata.is_empty() {
            return Ok(self.written);
        }
        let old = self.written.schema.clone();
        let twins = "two columns would get one name; rename them first";
        let fields = self.all_renamed(old.fields(), "$", "", twins)?;
        for (at, field) in fields.iter().enumerate() {
            if field.data_type() != old.field(at).data_type() {
                self.written.changed.insert(at);
            }
        }
        let mut metadata = old.metadata().clone();
        for (key, value) in std::mem::take(&mut self.metadata) {
            match value {
                Some(value) => metadata.insert(key, value),
                None => metadata.remove(&key),
            };
        }
        let schema = Arc::new(Schema::new_with_metadata(fields, metadata));
        let retyped = |batch: &RecordBatch| {
            let columns = batch.columns().iter().zip(schema.fields());
            let columns =
                columns.map(|(column, field)| retyped(column.to_data(), field.data_type()).map(make_array));
            records(schema.clone(), columns.collect::<Result<_, _>>()?, batch.num_rows())
        };
        let batches = self.written.batches.iter().map(retyped).collect::<Result<_, _>>();
        let batches = batches.map_err(|error| arrow_cause(&error))?;
        Ok(Written { schema, batches, ..self.written })
    }

    /// Fields that stand beside each other, with the new names. `twins` is what is said where two would get one name.
    fn all_renamed(
        &self,
        old: &Fields,
        holder: &str,
        parent: &str,
        twins: &'static str,
    ) -> Result<Fields, Cause> {
        let new: Fields =
            old.iter().map(|field| self.renamed(field, holder, parent)).collect::<Result<_, _>>()?;
        let mut names: HashMap<&str, u32> = HashMap::new();
        new.iter().for_each(|field| *names.entry(field.name()).or_insert(0) += 1);
        let one_name =
            |(old, new): (&FieldRef, &FieldRef)| old.name() != new.name() && names[new.name().as_str()] > 1;
        if old.iter().zip(&new).any(one_name) { Err(Cause::Unsupported(twins)) } else { Ok(new) }
    }

    /// A field with the new names in it and below it. `holder` is how its names are found, `parent` how its path begins.
    fn renamed(&self, field: &FieldRef, holder: &str, parent: &str) -> Result<FieldRef, Cause> {
        let path =
            if parent.is_empty() { field.name().clone() } else { format!("{parent}.{}", field.name()) };
        let below = self.retype(field.data_type(), &path)?;
        let name = self.names.get(&(holder.to_owned(), field.name().clone())).unwrap_or(field.name());
        if name == field.name() && below == *field.data_type() {
            return Ok(field.clone());
        }
        Ok(Arc::new(Field::clone(field).with_name(name).with_data_type(below)))
    }

    fn retype(&self, of: &DataType, path: &str) -> Result<DataType, Cause> {
        let item = |item: &FieldRef| -> Result<FieldRef, Cause> {
            let below = self.retype(item.data_type(), &format!("{path}[]"))?;
            Ok(Arc::new(Field::clone(item).with_data_type(below)))
        };
        Ok(match of {
            DataType::Struct(fields) => {
                let twins = "two fields would get one name; rename them first";
                DataType::Struct(self.all_renamed(fields, path, path, twins)?)
            }
            DataType::List(of) => DataType::List(item(of)?),
            DataType::LargeList(of) => DataType::LargeList(item(of)?),
            DataType::FixedSizeList(of, size) => DataType::FixedSizeList(item(of)?, *size),
            DataType::Map(entries, sorted) => {
                let DataType::Struct(parts) = entries.data_type() else { return Ok(of.clone()) };
                let part = |(part, name): (&FieldRef, &str)| -> Result<FieldRef, Cause> {
                    let below = self.retype(part.data_type(), &format!("{path}.{name}"))?;
                    Ok(Arc::new(Field::clone(part).with_data_type(below)))
                };
                let parts = parts.iter().zip(["key", "value"]).map(part).collect::<Result<_, _>>()?;
                let parts = DataType::Struct(parts);
                DataType::Map(Arc::new(Field::clone(entries).with_data_type(parts)), *sorted)
            }
            other => other.clone(),
        })
    }
}

/// The same data under other names of nested fields.
fn retyped(data: ArrayData, to: &DataType) -> Result<ArrayData, ArrowError> {
    if data.data_type() == to {
        return Ok(data);
    }
    let types: Vec<&DataType> = match to {
        DataType::Struct(fields) => fields.iter().map(|field| field.data_type()).collect(),
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            vec![item.data_type()]
        }
        DataType::Map(entries, _) => vec![entries.data_type()],
        _ => Vec::new(),
    };
    let children = data.child_data().iter().cloned().zip(types).map(|(child, to)| retyped(child, to));
    let children = children.collect::<Result<_, _>>()?;
    data.into_builder().data_type(to.clone()).child_data(children).build()
}

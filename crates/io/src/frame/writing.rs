//! Rewritten batches gathered into the frame that is handed back, under the names and with the metadata that stand there
//! now. What was rewritten away does not stay behind in the buffers of what was not.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use arrow::array::{Array, ArrayData, RecordBatch, make_array};
use arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema, SchemaRef};
use arrow::error::ArrowError;

use super::own;
use super::rewrite::{Changes, Metadata, arrow_cause, records};
use super::{Whole, Written};
use crate::{Cause, beside};

/// The batches that are written back, as they come.
pub(super) struct Writing {
    written: Written,
    names: HashMap<(String, String), String>,
    metadata: Metadata,
    /// The batch whose rows come now, what came of it, and whether any of that was touched.
    current: Option<(Arc<Whole>, Vec<RecordBatch>, bool)>,
}

impl Writing {
    pub(super) fn new(schema: SchemaRef) -> Self {
        let written = Written { schema, batches: Vec::new(), changed: BTreeSet::new(), dropped: Vec::new() };
        Self { written, names: HashMap::new(), metadata: Metadata::new(), current: None }
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
        self.part_from_neighbours().map_err(|error| arrow_cause(&error))?;
        if self.names.is_empty() && self.metadata.is_empty() {
            return Ok(self.written);
        }
        let old = self.written.schema.clone();
        let twins = "two columns would get one name; rename them first";
        let fields = self.all_renamed(old.fields(), "$", "", twins)?;
        let fields = beside::with_metadata(&fields, &mut |number, field| {
            Some(self.now(Some(number), field.metadata().clone()))
        });
        for (at, field) in fields.iter().enumerate() {
            if field.data_type() != old.field(at).data_type() {
                self.written.changed.insert(at);
            }
        }
        let metadata = self.now(None, old.metadata().clone());
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

    /// Gives buffers of their own to arrays that are a part of a longer one of which something was rewritten or dropped:
    /// the rest of it is not seen, but whoever pickles the part takes all along.
    fn part_from_neighbours(&mut self) -> Result<(), ArrowError> {
        let Written { batches, changed, dropped, .. } = &mut self.written;
        for batch in batches {
            let mut columns = batch.columns().to_vec();
            for (at, column) in columns.iter_mut().enumerate() {
                if changed.contains(&at) || !dropped.is_empty() {
                    let data = column.to_data();
                    if own::is_part(&data) {
                        *column = make_array(own::copied(&data)?);
                    }
                }
            }
            *batch = records(batch.schema(), columns, batch.num_rows())?;
        }
        Ok(())
    }

    /// What the metadata of a field, or of the schema, has become.
    fn now(
        &self,
        field: Option<usize>,
        mut metadata: arrow::datatypes::Metadata,
    ) -> arrow::datatypes::Metadata {
        for ((_, key), value) in self.metadata.iter().filter(|((of, _), _)| *of == field) {
            match value {
                Some(value) => metadata.insert(key.clone(), value.clone()),
                None => metadata.remove(key),
            };
        }
        metadata
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
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::ListView(item)
        | DataType::LargeListView(item)
        | DataType::FixedSizeList(item, _)
        | DataType::Map(item, _) => vec![item.data_type()],
        DataType::RunEndEncoded(ends, values) => vec![ends.data_type(), values.data_type()],
        _ => Vec::new(),
    };
    let children = data.child_data().iter().cloned().zip(types).map(|(child, to)| retyped(child, to));
    let children = children.collect::<Result<_, _>>()?;
    data.into_builder().data_type(to.clone()).child_data(children).build()
}

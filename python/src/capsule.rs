//! Arrow tables in and out of Python by its capsule protocol: pointers handed over, no data copied.
//!
//! Source: <https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html>

#![expect(unsafe_code, reason = "the capsules hold structs of the Arrow C interface behind bare pointers")]

use std::ffi::CStr;
use std::ptr::NonNull;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use sievert::io::Written;
use sievert::io::frame::ffi::{
    Array, FFI_ArrowArray, FFI_ArrowArrayStream, FFI_ArrowSchema, RecordBatch, RecordBatchIterator,
    RecordBatchReader, RecordBatchStreamReader, StructArray, from_ffi,
};

const STREAM: &CStr = c"arrow_array_stream";
const ARRAY: &CStr = c"arrow_array";
const SCHEMA: &CStr = c"arrow_schema";

/// The batches of anything that exports Arrow records.
pub(crate) fn reader(data: &Bound<'_, PyAny>) -> PyResult<Box<dyn RecordBatchReader + Send>> {
    let bad = |_| PyValueError::new_err("the Arrow stream does not hold records that can be read");
    if data.hasattr("__arrow_c_stream__")? {
        let capsule = data.call_method0("__arrow_c_stream__")?.cast_into::<PyCapsule>()?;
        let stream = content::<FFI_ArrowArrayStream>(&capsule, STREAM)?;
        // SAFETY: the protocol says that a capsule of this name points to a stream, which whoever takes it owns and
        // marks as taken; `from_raw` does both. The capsule is alive meanwhile.
        let stream = unsafe { FFI_ArrowArrayStream::from_raw(stream.as_ptr()) };
        return Ok(Box::new(RecordBatchStreamReader::try_new(stream).map_err(bad)?));
    }
    if data.hasattr("__arrow_c_array__")? {
        let pair = data.call_method0("__arrow_c_array__")?;
        let (schema, array): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair.extract()?;
        let (schema, array) = (schema.cast_into::<PyCapsule>()?, array.cast_into::<PyCapsule>()?);
        let about = content::<FFI_ArrowSchema>(&schema, SCHEMA)?;
        let held = content::<FFI_ArrowArray>(&array, ARRAY)?;
        // SAFETY: as above; `from_raw` takes the array out of its capsule. The schema is only read, and its capsule is
        // alive until after that.
        let data =
            unsafe { from_ffi(FFI_ArrowArray::from_raw(held.as_ptr()), about.as_ref()) }.map_err(bad)?;
        let parts = sievert::io::frame::ffi::make_array(data);
        let records =
            parts.as_any().downcast_ref::<StructArray>().filter(|records| records.null_count() == 0);
        let batch = records.map(RecordBatch::from);
        let batch = batch.ok_or_else(|| PyValueError::new_err("the Arrow array does not hold records"))?;
        let schema = batch.schema();
        return Ok(Box::new(RecordBatchIterator::new([Ok(batch)], schema)));
    }
    Err(PyTypeError::new_err("the data does not export Arrow records"))
}

fn content<T>(capsule: &Bound<'_, PyCapsule>, name: &CStr) -> PyResult<NonNull<T>> {
    capsule.pointer_checked(Some(name)).map(NonNull::cast)
}

/// A frame that was rewritten, for whoever imports Arrow.
#[pyclass(frozen, module = "sievert._native")]
pub(crate) struct Batches(pub(crate) Written);

#[pymethods]
impl Batches {
    /// The frame as an Arrow stream. May be called again and again.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema; // a wish, which the protocol lets us pass over
        let batches = self.0.batches.clone().into_iter().map(Ok);
        let reader = RecordBatchIterator::new(batches, self.0.schema.clone());
        PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(reader)), STREAM)
    }

    /// What to do with it. A column's name may be personal, so none is shown.
    fn __repr__(&self) -> String {
        let rows: usize = self.0.batches.iter().map(RecordBatch::num_rows).sum();
        let columns = self.0.schema.fields().len();
        format!(
            "<{rows} rewritten rows of {columns} columns: pyarrow.table, polars.DataFrame and DuckDB read them>"
        )
    }

    /// The places of the columns of which a value changed, or the name of a field in them.
    #[getter]
    fn changed(&self) -> Vec<usize> {
        self.0.changed.iter().copied().collect()
    }

    /// The numbers of the rows that went.
    #[getter]
    fn dropped(&self) -> Vec<u64> {
        self.0.dropped.clone()
    }

    /// The names of the columns, as they are now.
    #[getter]
    fn names(&self) -> Vec<String> {
        self.0.schema.fields().iter().map(|field| field.name().clone()).collect()
    }
}

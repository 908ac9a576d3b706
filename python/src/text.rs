//! A `str` as the scanner wants it, and the scanner's bytes as Python counts: in code points.

use std::borrow::Cow;
use std::ops::Range;

use pyo3::exceptions::PyUnicodeEncodeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

/// What a `str` holds. Lone surrogates, which UTF-8 does not have, show as U+FFFD: three bytes and one code point
/// like themselves, so that every offset is the same.
#[derive(Default)]
pub(crate) struct Text<'a> {
    pub(crate) shown: Cow<'a, str>,
    /// The bytes with the surrogates in them, where there are any.
    raw: Option<Vec<u8>>,
}

impl<'a> Text<'a> {
    pub(crate) fn new(text: &'a Bound<'_, PyString>) -> PyResult<Self> {
        match text.to_str() {
            Ok(shown) => Ok(Self { shown: Cow::Borrowed(shown), raw: None }),
            Err(error) if error.is_instance_of::<PyUnicodeEncodeError>(text.py()) => {
                let bytes = text.call_method1("encode", ("utf-8", "surrogatepass"))?;
                let raw = bytes.cast_into::<PyBytes>()?.as_bytes().to_vec();
                Ok(Self { shown: Cow::Owned(without_surrogates(&raw)), raw: Some(raw) })
            }
            Err(error) => Err(error),
        }
    }

    /// A new `str` with stretches of this one replaced.
    pub(crate) fn spliced<'py>(
        &self,
        py: Python<'py>,
        splices: &[sievert::Splice],
    ) -> PyResult<Bound<'py, PyString>> {
        let raw = self.raw.as_deref().unwrap_or(self.shown.as_bytes());
        let mut out = Vec::with_capacity(raw.len());
        let mut at = 0;
        for splice in splices {
            out.extend_from_slice(&raw[at..splice.span.start as usize]);
            out.extend_from_slice(splice.text.as_bytes());
            at = splice.span.end as usize;
        }
        out.extend_from_slice(&raw[at..]);
        match std::str::from_utf8(&out) {
            Ok(text) => Ok(PyString::new(py, text)),
            Err(_) => Ok(PyBytes::new(py, &out)
                .call_method1("decode", ("utf-8", "surrogatepass"))?
                .cast_into::<PyString>()?),
        }
    }
}

/// UTF-8 as Python's `surrogatepass` writes it, with a U+FFFD for each surrogate.
fn without_surrogates(raw: &[u8]) -> String {
    let mut bytes = raw.to_vec();
    for at in 0..bytes.len().saturating_sub(2) {
        if bytes[at] == 0xED && bytes[at + 1] >= 0xA0 {
            bytes[at..at + 3].copy_from_slice("\u{fffd}".as_bytes());
        }
    }
    String::from_utf8(bytes).expect("surrogates were all that was not UTF-8")
}

/// Turns rising byte offsets of one text into offsets in code points.
pub(crate) struct Points<'t> {
    text: &'t str,
    ascii: bool,
    byte: usize,
    point: usize,
}

impl<'t> Points<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, ascii: text.is_ascii(), byte: 0, point: 0 }
    }

    /// Both ends of a stretch; stretches come in order of their starts.
    pub(crate) fn of(&mut self, bytes: &Range<usize>) -> Range<usize> {
        if self.ascii {
            return bytes.clone();
        }
        self.point += self.text[self.byte..bytes.start].chars().count();
        self.byte = bytes.start;
        self.point..self.point + self.text[bytes.clone()].chars().count()
    }
}

//! The bytes of an object, fetched by ranges, as the Parquet crate wants them. Knows no Parquet.

use std::io::{self, Read};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

use crate::{Blob, Cause};

type Fetch = dyn Fn(Range<u64>) -> Result<Bytes, Cause> + Send + Sync;

/// An object that is read by ranges. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Ranges {
    len: u64,
    fetch: Arc<Fetch>,
}

impl Ranges {
    /// An object of `len` bytes; `fetch` gives the bytes of ranges that lie within them.
    pub(super) fn new(
        len: u64,
        fetch: impl Fn(Range<u64>) -> Result<Bytes, Cause> + Send + Sync + 'static,
    ) -> Self {
        Self { len, fetch: Arc::new(fetch) }
    }

    /// How many bytes it has.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    pub(super) fn get(&self, range: Range<u64>) -> Result<Bytes, Cause> {
        if range.start > range.end || range.end > self.len {
            return Err(Cause::Damaged("the Parquet file points outside itself"));
        }
        let bytes = (self.fetch)(range.clone())?;
        if bytes.len() as u64 == range.end - range.start { Ok(bytes) } else { Err(Cause::Changed) }
    }

    /// A reader for the bytes of `range`, which fetches `ahead` bytes at a time.
    pub(super) fn window(&self, range: Range<u64>, ahead: u64) -> Window {
        Window { ranges: self.clone(), end: range.end, ahead, held: Arc::new(Mutex::new((0, Bytes::new()))) }
    }
}

impl From<&Blob> for Ranges {
    fn from(blob: &Blob) -> Self {
        let blob = blob.clone();
        Self::new(blob.stamp().size, move |range| blob.range(range).map_err(|error| error.cause))
    }
}

#[cfg(test)]
impl From<Bytes> for Ranges {
    fn from(bytes: Bytes) -> Self {
        Self::new(bytes.len() as u64, move |range| Ok(bytes.slice(range.start as usize..range.end as usize)))
    }
}

/// A stretch of the object, read mostly from front to back.
#[derive(Clone)]
pub(super) struct Window {
    ranges: Ranges,
    end: u64,
    ahead: u64,
    /// The bytes fetched last, and where they start.
    held: Arc<Mutex<(u64, Bytes)>>,
}

impl Window {
    /// At least `least` bytes from `start` on.
    fn from(&self, start: u64, least: u64) -> Result<Bytes> {
        let end = start.checked_add(least).filter(|&end| end <= self.end);
        let end = end.ok_or_else(|| ParquetError::EOF("a page reaches beyond its column".into()))?;
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let held_to = held.0 + held.1.len() as u64;
        if start < held.0 || end > held_to {
            let to = end.max(start.saturating_add(self.ahead).min(self.end));
            let bytes = self.ranges.get(start..to).map_err(io::Error::from)?;
            *held = (start, bytes);
        }
        Ok(held.1.slice((start - held.0) as usize..))
    }
}

impl Length for Window {
    fn len(&self) -> u64 {
        self.end
    }
}

impl ChunkReader for Window {
    type T = WindowRead;

    fn get_read(&self, start: u64) -> Result<WindowRead> {
        Ok(WindowRead { window: self.clone(), at: start })
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        Ok(self.from(start, length as u64)?.slice(..length))
    }
}

/// Reads on from a place in a [`Window`].
pub(super) struct WindowRead {
    window: Window,
    at: u64,
}

impl Read for WindowRead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.window.end || buffer.is_empty() {
            return Ok(0);
        }
        let bytes = self.window.from(self.at, 1).map_err(io::Error::other)?;
        let read = bytes.len().min(buffer.len());
        buffer[..read].copy_from_slice(&bytes[..read]);
        self.at += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_gives_the_bytes_of_its_range_whatever_it_fetches_ahead() {
        let ranges = Ranges::from(Bytes::from((0..200u8).collect::<Vec<_>>()));
        for ahead in [0, 1, 7, 1000] {
            let window = ranges.window(10..150, ahead);
            assert_eq!(window.get_bytes(20, 3).unwrap(), [20, 21, 22].as_slice());
            assert_eq!(window.get_bytes(15, 2).unwrap(), [15, 16].as_slice());
            let mut rest = Vec::new();
            window.get_read(140).unwrap().read_to_end(&mut rest).unwrap();
            assert_eq!(rest, (140..150).collect::<Vec<_>>());
            assert!(window.get_bytes(149, 2).is_err());
        }
    }
}

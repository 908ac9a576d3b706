//! The bytes of an object, fetched by ranges, as the Parquet crate wants them. Knows no Parquet.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::mem;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};
use tokio::sync::Semaphore;

use crate::store::{Pending, waited};
use crate::{Blob, Cause};

/// Requests for one object that are on their way at once; those of further columns wait for their turn.
const REQUESTS: usize = 8;

/// Bytes between two ranges that are fetched with them, as a request of its own costs more.
const GAP: u64 = 64 << 10;

type Fetch = dyn Fn(Range<u64>) -> Pending<Bytes> + Send + Sync;

/// An object that is read by ranges. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Ranges {
    len: u64,
    fetch: Arc<Fetch>,
}

impl Ranges {
    /// An object of `len` bytes; `fetch` begins to get the bytes of ranges that lie within them.
    pub(super) fn new(
        len: u64,
        fetch: impl Fn(Range<u64>) -> Pending<Bytes> + Send + Sync + 'static,
    ) -> Self {
        Self { len, fetch: Arc::new(fetch) }
    }

    /// A file of our own.
    pub(super) fn from_file(file: File) -> Result<Self, Cause> {
        let len = file.metadata()?.len();
        let file = Mutex::new(file);
        Ok(Self::new(len, move |range| {
            let mut bytes = vec![0; (range.end - range.start) as usize];
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            let read = file.seek(SeekFrom::Start(range.start)).and_then(|_| file.read_exact(&mut bytes));
            done(read.map(|()| bytes.into()).map_err(Cause::from))
        }))
    }

    /// How many bytes it has.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    pub(super) fn get(&self, range: Range<u64>) -> Result<Bytes, Cause> {
        self.begin(range)?.wait()
    }

    fn begin(&self, range: Range<u64>) -> Result<Begun, Cause> {
        if range.start > range.end || range.end > self.len {
            return Err(Cause::Damaged("the Parquet file points outside itself"));
        }
        Ok(Begun { pending: (self.fetch)(range.clone()), range })
    }

    /// Begins to fetch some ranges, `ahead` bytes at a time; those that touch, or nearly do, as one.
    pub(super) fn together(&self, mut wanted: Vec<Range<u64>>, ahead: u64) -> Result<Fetching, Cause> {
        wanted.sort_unstable_by_key(|range| range.start);
        let mut runs: Vec<Range<u64>> = Vec::new();
        for range in wanted {
            match runs.last_mut() {
                Some(last) if range.start <= last.end.saturating_add(GAP) => {
                    last.end = last.end.max(range.end);
                }
                _ => runs.push(range),
            }
        }
        let run = |run: Range<u64>| {
            let steps = run.clone().step_by(ahead as usize);
            steps.map(|start| self.begin(start..start.saturating_add(ahead).min(run.end))).collect()
        };
        Ok(Fetching { len: self.len, runs: runs.into_iter().map(run).collect::<Result<_, Cause>>()? })
    }

    /// A reader for the bytes of `range`. It fetches `ahead` bytes at a time, and has so many `ranges` of them on their
    /// way while it is read from front to back.
    pub(super) fn window(&self, range: Range<u64>, ahead: u64, ranges: usize) -> Window {
        let held = Held { start: range.start, bytes: Bytes::new(), pending: VecDeque::new() };
        Window { ranges: self.clone(), end: range.end, ahead, most: ranges, held: Arc::new(Mutex::new(held)) }
    }
}

/// A range that is on its way.
struct Begun {
    range: Range<u64>,
    pending: Pending<Bytes>,
}

impl Begun {
    fn wait(self) -> Result<Bytes, Cause> {
        let bytes = waited(&self.pending)?;
        if bytes.len() as u64 == self.range.end - self.range.start { Ok(bytes) } else { Err(Cause::Changed) }
    }
}

/// Stretches of an object that are on their way: each in parts that touch.
pub(super) struct Fetching {
    len: u64,
    runs: Vec<Vec<Begun>>,
}

impl Fetching {
    /// The object, of which no more than these stretches can be read.
    pub(super) fn wait(self) -> Result<Ranges, Cause> {
        let mut runs = Vec::new();
        for run in self.runs.into_iter().filter(|run| !run.is_empty()) {
            let start = run[0].range.start;
            let parts = run.into_iter().map(Begun::wait).collect::<Result<Vec<_>, Cause>>()?;
            runs.push((start, joined(parts)));
        }
        Ok(Ranges::new(self.len, move |range| {
            let run = runs.partition_point(|(start, _)| *start <= range.start).checked_sub(1);
            let within = run.and_then(|run| {
                let (start, bytes) = &runs[run];
                let (from, to) = ((range.start - start) as usize, (range.end - start) as usize);
                (to <= bytes.len()).then(|| bytes.slice(from..to))
            });
            done(within.ok_or(Cause::Damaged("the Parquet file points outside itself")))
        }))
    }
}

fn joined(mut parts: Vec<Bytes>) -> Bytes {
    parts.retain(|part| !part.is_empty());
    if parts.len() == 1 { parts.remove(0) } else { parts.concat().into() }
}

/// What is there already.
fn done(bytes: Result<Bytes, Cause>) -> Pending<Bytes> {
    let (sender, receiver) = mpsc::sync_channel(1);
    let _ = sender.send(bytes); // there is room for one
    receiver
}

impl From<&Blob> for Ranges {
    fn from(blob: &Blob) -> Self {
        let (blob, turns) = (blob.clone(), Arc::new(Semaphore::new(REQUESTS)));
        Self::new(blob.stamp().size, move |range| blob.begin_in_turn(range, turns.clone()))
    }
}

#[cfg(test)]
pub(super) type Asked = Arc<Mutex<Vec<Range<u64>>>>;

#[cfg(test)]
impl Ranges {
    /// Some bytes, and the ranges of them that were asked for.
    pub(super) fn watched(bytes: Bytes) -> (Self, Asked) {
        let asked = Asked::default();
        let note = asked.clone();
        let ranges = Self::new(bytes.len() as u64, move |range| {
            note.lock().unwrap_or_else(PoisonError::into_inner).push(range.clone());
            done(Ok(bytes.slice(range.start as usize..range.end as usize)))
        });
        (ranges, asked)
    }
}

#[cfg(test)]
impl From<Bytes> for Ranges {
    fn from(bytes: Bytes) -> Self {
        Self::watched(bytes).0
    }
}

/// A stretch of the object, read mostly from front to back.
#[derive(Clone)]
pub(super) struct Window {
    ranges: Ranges,
    end: u64,
    ahead: u64,
    most: usize,
    held: Arc<Mutex<Held>>,
}

/// The bytes fetched last, where they start, and the ranges behind them that are on their way, without a gap.
struct Held {
    start: u64,
    bytes: Bytes,
    pending: VecDeque<Begun>,
}

impl Held {
    fn end(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }
}

impl Window {
    /// Begins to fetch the first bytes. What is wrong shows when they are read.
    pub(super) fn begin(&self) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = self.ask(&mut held);
    }

    /// Begins to fetch what comes next, until enough is on its way.
    fn ask(&self, held: &mut Held) -> Result<(), Cause> {
        let mut next = held.pending.back().map_or(held.end(), |begun| begun.range.end);
        while held.pending.len() < self.most && next < self.end {
            let end = next.saturating_add(self.ahead).min(self.end);
            held.pending.push_back(self.ranges.begin(next..end)?);
            next = end;
        }
        Ok(())
    }

    /// At least `least` bytes from `start` on.
    fn from(&self, start: u64, least: u64) -> Result<Bytes> {
        let end = start.checked_add(least).filter(|&end| end <= self.end);
        let end = end.ok_or_else(|| ParquetError::EOF("a page reaches beyond its column".into()))?;
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let jumps = start < held.start || start > held.end();
        if jumps {
            *held = Held { start, bytes: Bytes::new(), pending: VecDeque::new() };
        }
        if end > held.end() {
            self.fetch(&mut held, start, end).map_err(io::Error::from)?;
            // After a jump it is not known whether reading goes on there.
            if !jumps {
                self.ask(&mut held).map_err(io::Error::from)?;
            }
        }
        Ok(held.bytes.slice((start - held.start) as usize..))
    }

    /// Holds the bytes from `start`, which lies within those held, to `end`. However many these are, little more than
    /// them is in memory.
    fn fetch(&self, held: &mut Held, start: u64, end: u64) -> Result<(), Cause> {
        let mut one = held.bytes.slice((start - held.start) as usize..);
        let mut several = Vec::new();
        *held = Held { start: held.end(), bytes: Bytes::new(), pending: mem::take(&mut held.pending) };
        while held.start < end {
            if held.pending.is_empty() {
                let to = held.start.saturating_add(self.ahead).min(self.end);
                held.pending.push_back(self.ranges.begin(held.start..to)?);
            }
            let begun = held.pending.pop_front().expect("pushed above");
            held.start = begun.range.end;
            if held.start < end {
                self.ask(held)?;
            }
            let part = begun.wait()?;
            if one.is_empty() && several.is_empty() {
                one = part;
            } else {
                if several.is_empty() {
                    several.reserve_exact((end - start + self.ahead) as usize);
                    several.extend(mem::take(&mut one));
                }
                several.extend_from_slice(&part);
            }
        }
        held.start = start;
        held.bytes = if several.is_empty() { one } else { several.into() };
        Ok(())
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
        for (ahead, most) in [(1, 1), (1, 3), (7, 2), (1000, 1)] {
            let window = ranges.window(10..150, ahead, most);
            window.begin();
            assert_eq!(window.get_bytes(10, 1).unwrap(), [10].as_slice());
            assert_eq!(window.get_bytes(20, 3).unwrap(), [20, 21, 22].as_slice());
            assert_eq!(window.get_bytes(15, 2).unwrap(), [15, 16].as_slice());
            let mut rest = Vec::new();
            window.get_read(17).unwrap().read_to_end(&mut rest).unwrap();
            assert_eq!(rest, (17..150).collect::<Vec<_>>());
            assert!(window.get_bytes(149, 2).is_err());
        }
    }

    /// An object of 100 bytes, and the ranges of it that were asked for.
    fn watched() -> (Ranges, Asked) {
        Ranges::watched((0..100).collect())
    }

    #[test]
    fn while_some_bytes_are_read_the_next_ones_are_on_their_way() {
        let (ranges, asked) = watched();
        let window = ranges.window(0..40, 10, 2);
        window.begin();
        assert_eq!(*asked.lock().unwrap(), [0..10, 10..20]);
        window.get_bytes(0, 1).unwrap();
        assert_eq!(*asked.lock().unwrap(), [0..10, 10..20, 20..30]);
        // One that is larger than all that is on its way.
        assert_eq!(window.get_bytes(5, 35).unwrap(), (5..40).collect::<Vec<_>>());
        assert_eq!(*asked.lock().unwrap(), [0..10, 10..20, 20..30, 30..40]);
    }

    #[test]
    fn ranges_that_touch_are_fetched_as_one_and_nothing_else_can_be_read() {
        let (ranges, asked) = watched();
        let fetching = ranges.together(vec![50..60, 10..30, 30..35], 20).unwrap();
        assert_eq!(*asked.lock().unwrap(), [10..30, 30..50, 50..60], "near ones are one");
        let there = fetching.wait().unwrap();
        assert_eq!(there.get(28..55).unwrap(), (28..55).collect::<Vec<_>>());
        for beyond in [5..12, 55..61, 80..90] {
            assert!(matches!(there.get(beyond), Err(Cause::Damaged(_))));
        }
    }

    #[test]
    fn after_a_jump_nothing_is_fetched_ahead() {
        let (ranges, asked) = watched();
        let window = ranges.window(0..100, 10, 2);
        for start in [50, 20, 80] {
            window.get_bytes(start, 4).unwrap();
        }
        assert_eq!(*asked.lock().unwrap(), [50..60, 20..30, 80..90]);
    }
}

//! An object that is read by ranges, some ahead, and that must stay what it was when it was listed.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use object_store::path::Path as Key;
use object_store::{Attributes, ObjectMeta};
use tokio::sync::Semaphore;

use super::{Pending, Runtime, Store, waited};
use crate::{Cause, Error, Place};

/// What is asked for at a time, and how many such ranges are on their way at once: the disk answers at once, a network
/// wants several requests in flight.
const LOCAL: Ahead = Ahead { bytes: 1 << 20, ranges: 1 };
const REMOTE: Ahead = Ahead { bytes: 4 << 20, ranges: 4 };

#[derive(Clone, Copy)]
struct Ahead {
    bytes: u64,
    ranges: usize,
}

/// What a stored object looked like when it was listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Stored bytes.
    pub size: u64,
    /// When it was last written, as the store says.
    pub modified: SystemTime,
}

/// An object that can be read by ranges. Every read checks that it is still the object that was listed.
#[derive(Clone, Debug)]
pub struct Blob {
    runtime: Runtime,
    store: Store,
    key: Key,
    /// Where a local object stands, links followed.
    local: Option<PathBuf>,
    name: Arc<str>,
    stamp: Stamp,
    /// The entity tag, without quotes.
    tag: Option<Arc<str>>,
    /// The first range, asked for before the object's turn.
    begun: Arc<Mutex<Option<Pending<Bytes>>>>,
    /// What the store says beside the bytes, once some were read.
    attributes: Arc<Mutex<Option<Attributes>>>,
}

impl Blob {
    /// A local file; `name` is what errors call it.
    ///
    /// # Errors
    /// It is not there, not readable or not a regular file.
    pub fn local(runtime: &Runtime, path: &Path, name: &str) -> Result<Self, Error> {
        let place = || Place::object(name);
        let local = path.canonicalize().map_err(|error| Cause::from(error).at(place()))?;
        let about = local.metadata().map_err(|error| Cause::from(error).at(place()))?;
        if !about.is_file() {
            return Err(Cause::Unsupported("not a regular file; name a file or a folder, or pipe it to `-`")
                .at(place()));
        }
        if about.len() == 0 && holds_bytes(&local).map_err(|error| Cause::from(error).at(place()))? {
            let why = "its size is said to be 0 and it holds more, as what a system makes up while it is read; pipe it \
                       to `-`";
            return Err(Cause::Unsupported(why).at(place()));
        }
        let modified = about.modified().map_err(|error| Cause::from(error).at(place()))?;
        let key = Key::from_absolute_path(&local).map_err(|_| {
            let why = "a file whose name or folder has control characters, or is not UTF-8, is not read; rename it, or \
                       pipe it to `-`";
            Cause::Unsupported(why).at(place())
        })?;
        let stamp = Stamp { size: about.len(), modified };
        Ok(Self::new(runtime, runtime.local.clone(), key, Some(local), name, stamp, None))
    }

    /// A local file that [`Blob::local`] has looked at before.
    pub(crate) fn again(runtime: &Runtime, path: PathBuf, name: &str, stamp: Stamp) -> Option<Self> {
        let key = Key::from_absolute_path(&path).ok()?;
        Some(Self::new(runtime, runtime.local.clone(), key, Some(path), name, stamp, None))
    }

    /// Its store, and its key there.
    pub(crate) fn place_in_store(&self) -> (&Store, &Key) {
        (&self.store, &self.key)
    }

    /// An object as its store lists it.
    pub(crate) fn remote(runtime: &Runtime, store: &Store, meta: ObjectMeta, name: &str) -> Self {
        let stamp = Stamp { size: meta.size, modified: meta.last_modified.into() };
        let tag = meta.e_tag.as_deref().map(|tag| plain(tag).into());
        Self::new(runtime, store.clone(), meta.location, None, name, stamp, tag)
    }

    fn new(
        runtime: &Runtime,
        store: Store,
        key: Key,
        local: Option<PathBuf>,
        name: &str,
        stamp: Stamp,
        tag: Option<Arc<str>>,
    ) -> Self {
        let (begun, attributes) = Default::default();
        Self { runtime: runtime.clone(), store, key, local, name: name.into(), stamp, tag, begun, attributes }
    }

    /// What it looked like when it was listed.
    pub fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// The entity tag that its store gives it, without quotes.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// Where it stands on this machine; `None` for an object of a store.
    pub fn path(&self) -> Option<&Path> {
        self.local.as_deref()
    }

    /// The whole name of an object: a path, or `s3://bucket/key`. Holds no secret.
    pub fn uri(&self) -> String {
        match &self.local {
            Some(path) => path.to_string_lossy().into_owned(),
            None => format!("{}/{}", self.store.root(), self.key),
        }
    }

    /// Its place in errors.
    pub fn place(&self) -> Place {
        Place::object(&*self.name)
    }

    /// The bytes of a range that lies within the size.
    ///
    /// # Errors
    /// What the store says, or [`Cause::Changed`].
    pub fn range(&self, range: Range<u64>) -> Result<Bytes, Error> {
        waited(&self.begin(range)).map_err(|cause| cause.at(self.place()))
    }

    /// Whether it still is the object that was listed.
    ///
    /// # Errors
    /// [`Cause::Changed`] if not, or what the store says.
    pub fn check(&self) -> Result<(), Error> {
        if self.tag.as_ref().is_some_and(|tag| !tag.starts_with("W/")) {
            return Ok(()); // every range was of this tag
        }
        let (store, key, was) = (self.store.clone(), self.key.clone(), self.was());
        let task = async move { was.is(&store.head(&key).await?.0) };
        self.runtime.wait(task).map_err(|cause| cause.at(self.place()))
    }

    /// Asks for the first bytes of an object whose turn is near, so that many small ones do not wait one by one.
    pub fn warm(&self) {
        if self.store.is_remote() && self.stamp.size > 0 {
            let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
            if begun.is_none() {
                *begun = Some(self.begin(0..self.stamp.size.min(REMOTE.bytes)));
            }
        }
    }

    /// Content type and the like. The store has told them with the bytes, if there were any.
    pub(crate) fn attributes(&self) -> Result<Attributes, Error> {
        if let Some(told) = self.attributes.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            return Ok(told);
        }
        let (store, key) = (self.store.clone(), self.key.clone());
        let asked = self.runtime.wait(async move { Ok(store.head(&key).await?.1) });
        asked.map_err(|cause| cause.at(self.place()))
    }

    /// Reads it from `start` to its listed end, some ranges ahead. `read` counts the bytes handed out.
    pub(crate) fn reader(&self, start: u64, read: Arc<AtomicU64>) -> BlobReader {
        BlobReader { blob: self.clone(), next: start, pending: VecDeque::new(), chunk: Bytes::new(), read }
    }

    fn was(&self) -> Was {
        Was { stamp: self.stamp, tag: self.tag.clone(), remote: self.store.is_remote() }
    }

    /// Begins to get the bytes of a range that lies within the size, when there is a turn.
    pub(crate) fn begin_in_turn(&self, range: Range<u64>, turns: Arc<Semaphore>) -> Pending<Bytes> {
        let task = self.get(range);
        self.runtime.begin(async move {
            let _turn = turns.acquire().await;
            task.await
        })
    }

    fn begin(&self, range: Range<u64>) -> Pending<Bytes> {
        self.runtime.begin(self.get(range))
    }

    fn get(&self, range: Range<u64>) -> impl Future<Output = Result<Bytes, Cause>> + Send + 'static {
        let (store, key, was) = (self.store.clone(), self.key.clone(), self.was());
        let told = self.attributes.clone();
        async move {
            if range.is_empty() {
                return Ok(Bytes::new());
            }
            let wanted = range.end - range.start;
            // Servers without ranges still give whole objects.
            let part = (wanted < was.stamp.size || !was.remote).then_some(range);
            match store.get(&key, part, was.tag.as_deref()).await {
                Ok((meta, attributes, bytes)) => {
                    was.is(&meta)?;
                    *told.lock().unwrap_or_else(PoisonError::into_inner) = Some(attributes);
                    if bytes.len() as u64 == wanted { Ok(bytes) } else { Err(Cause::Changed) }
                }
                Err(cause @ (Cause::GaveUp { .. } | Cause::Credentials(_) | Cause::Denied)) => Err(cause),
                // A range that is no longer there, or another error: an object that changed says more than either.
                Err(cause) => match store.head(&key).await {
                    Ok((meta, _)) => was.is(&meta).and(Err(cause)),
                    Err(_) => Err(cause),
                },
            }
        }
    }
}

fn holds_bytes(path: &Path) -> io::Result<bool> {
    Ok(File::open(path)?.read(&mut [0])? > 0)
}

/// What an object must still be.
struct Was {
    stamp: Stamp,
    tag: Option<Arc<str>>,
    remote: bool,
}

impl Was {
    fn is(&self, now: &ObjectMeta) -> Result<(), Cause> {
        let same_time = |now: SystemTime| match self.remote {
            // Lists may tell fractions of a second that headers do not.
            true => seconds(now) == seconds(self.stamp.modified),
            false => now == self.stamp.modified,
        };
        let same = match (&self.tag, now.e_tag.as_deref()) {
            (Some(was), Some(now)) => **was == *plain(now),
            _ => same_time(now.last_modified.into()),
        };
        if same && now.size == self.stamp.size { Ok(()) } else { Err(Cause::Changed) }
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}

/// An entity tag without its quotes: some lists leave them out.
fn plain(tag: &str) -> &str {
    tag.trim_matches('"')
}

/// A blob from front to back in bounded memory.
pub(crate) struct BlobReader {
    blob: Blob,
    /// Where the next range begins that is not asked for.
    next: u64,
    pending: VecDeque<Pending<Bytes>>,
    chunk: Bytes,
    read: Arc<AtomicU64>,
}

impl BlobReader {
    /// Asks for ranges until enough are on their way or the end is reached.
    fn ask(&mut self) {
        let ahead = if self.blob.store.is_remote() { REMOTE } else { LOCAL };
        while self.pending.len() < ahead.ranges && self.next < self.blob.stamp.size {
            let end = (self.next + ahead.bytes).min(self.blob.stamp.size);
            let begun = match self.next {
                0 => self.blob.begun.lock().unwrap_or_else(PoisonError::into_inner).take(),
                _ => None,
            };
            self.pending.push_back(begun.unwrap_or_else(|| self.blob.begin(self.next..end)));
            self.next = end;
        }
    }
}

impl Read for BlobReader {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.chunk.is_empty() {
            self.ask();
            let Some(pending) = self.pending.pop_front() else { return Ok(0) };
            self.chunk = waited(&pending)?;
            self.ask();
        }
        let count = self.chunk.len().min(to.len());
        to[..count].copy_from_slice(&self.chunk.split_to(count));
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

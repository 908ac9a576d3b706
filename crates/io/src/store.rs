//! Where bytes are stored: the runtime that is handed in, and objects read by ranges. Knows no format.

use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::SystemTime;

use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::{GetOptions, ObjectStore, ObjectStoreExt};

use crate::{Cause, Error, Place};

/// Bytes asked of a store at a time; one such range is read ahead.
const CHUNK: u64 = 1 << 20;

/// The threads that wait for stores, owned by the caller of this crate: there is no global one. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Runtime {
    threads: Arc<Threads>,
    local: Arc<dyn ObjectStore>,
}

#[derive(Debug)]
struct Threads(Option<tokio::runtime::Runtime>);

/// In the background, so that the last clone may be dropped anywhere, even on another runtime's thread.
impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Runtime {
    /// Starts the threads.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub fn start() -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("sievert-io")
            .build()?;
        Ok(Self { threads: Arc::new(Threads(Some(runtime))), local: Arc::new(LocalFileSystem::new()) })
    }

    /// Starts a task. Its result is awaited without the caller's thread entering the runtime, so that callers may
    /// themselves stand on a thread of some other runtime.
    fn begin<T: Send + 'static>(&self, task: impl Future<Output = T> + Send + 'static) -> mpsc::Receiver<T> {
        let (sender, receiver) = mpsc::sync_channel(1);
        let runtime = self.threads.0.as_ref().expect("taken only when the last clone is dropped");
        runtime.spawn(async move {
            // Nobody waits any more when the reader was dropped: then the result is not needed.
            let _ = sender.send(task.await);
        });
        receiver
    }
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
    store: Arc<dyn ObjectStore>,
    key: object_store::path::Path,
    /// Where a local object stands, links followed.
    local: PathBuf,
    name: Arc<str>,
    stamp: Stamp,
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
            return Err(Cause::Unsupported("not a regular file; name a file or a folder").at(place()));
        }
        let modified = about.modified().map_err(|error| Cause::from(error).at(place()))?;
        let key = object_store::path::Path::from_absolute_path(&local).map_err(|_| {
            Cause::Unsupported("the file's name cannot be used with object stores; rename it").at(place())
        })?;
        Ok(Self {
            runtime: runtime.clone(),
            store: runtime.local.clone(),
            key,
            local,
            name: name.into(),
            stamp: Stamp { size: about.len(), modified },
        })
    }

    /// What it looked like when it was listed.
    pub fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// Where it stands on this machine.
    pub fn path(&self) -> &Path {
        &self.local
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
        self.finished(&self.begin(range))
    }

    /// Whether it still is the object that was listed.
    ///
    /// # Errors
    /// [`Cause::Changed`] if not, or what the store says.
    pub fn check(&self) -> Result<(), Error> {
        let (store, key, stamp) = (self.store.clone(), self.key.clone(), self.stamp);
        let pending = self.runtime.begin(async move {
            let meta = store.head(&key).await.map_err(|error| cause(&error))?;
            unchanged(&meta, stamp)
        });
        self.finished(&pending)
    }

    /// Reads it from `start` to its listed end, a range ahead. `read` counts the bytes handed out.
    pub(crate) fn reader(&self, start: u64, read: Arc<AtomicU64>) -> BlobReader {
        BlobReader { blob: self.clone(), next: start, pending: None, chunk: Bytes::new(), read }
    }

    fn begin(&self, range: Range<u64>) -> mpsc::Receiver<Result<Bytes, Cause>> {
        let (store, key, stamp) = (self.store.clone(), self.key.clone(), self.stamp);
        self.runtime.begin(async move {
            if range.is_empty() {
                return Ok(Bytes::new());
            }
            let wanted = range.end - range.start;
            let options = GetOptions { range: Some(range.into()), ..GetOptions::default() };
            let read = async {
                let got = store.get_opts(&key, options).await?;
                Ok((got.meta.clone(), got.bytes().await?))
            };
            match read.await {
                Ok((meta, bytes)) => {
                    unchanged(&meta, stamp)?;
                    if bytes.len() as u64 == wanted { Ok(bytes) } else { Err(Cause::Changed) }
                }
                // A range that is no longer there, or another error: an object that changed says more than either.
                Err(error) => {
                    let meta = store.head(&key).await.map_err(|_| cause(&error))?;
                    unchanged(&meta, stamp)?;
                    Err(cause(&error))
                }
            }
        })
    }

    fn finished<T>(&self, pending: &mpsc::Receiver<Result<T, Cause>>) -> Result<T, Error> {
        let done = pending.recv().unwrap_or_else(|_| Err(Cause::Io(io::ErrorKind::Interrupted.into())));
        done.map_err(|cause| cause.at(self.place()))
    }
}

fn unchanged(meta: &object_store::ObjectMeta, stamp: Stamp) -> Result<(), Cause> {
    let now = Stamp { size: meta.size, modified: meta.last_modified.into() };
    if now == stamp { Ok(()) } else { Err(Cause::Changed) }
}

/// The store's error without its text, which may hold paths of this machine.
fn cause(error: &object_store::Error) -> Cause {
    match error {
        object_store::Error::NotFound { .. } => return Cause::NotFound,
        object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => {
            return Cause::Denied;
        }
        object_store::Error::AlreadyExists { .. } => return Cause::Exists,
        object_store::Error::Precondition { .. } => return Cause::Changed,
        _ => {}
    }
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return error
                .raw_os_error()
                .map_or_else(|| error.kind().into(), io::Error::from_raw_os_error)
                .into();
        }
        source = error.source();
    }
    Cause::Unsupported("the store refused; look at its own log")
}

/// A blob from front to back in bounded memory.
pub(crate) struct BlobReader {
    blob: Blob,
    /// Where the next range begins that is not asked for.
    next: u64,
    pending: Option<mpsc::Receiver<Result<Bytes, Cause>>>,
    chunk: Bytes,
    read: Arc<AtomicU64>,
}

impl BlobReader {
    fn ask(&mut self) {
        let end = (self.next + CHUNK).min(self.blob.stamp.size);
        self.pending = (self.next < end).then(|| self.blob.begin(self.next..end));
        self.next = end;
    }
}

impl Read for BlobReader {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.chunk.is_empty() {
            if self.pending.is_none() {
                self.ask();
            }
            let Some(pending) = self.pending.take() else { return Ok(0) };
            self.chunk = self.blob.finished(&pending).map_err(|error| error.cause)?;
            self.ask();
        }
        let count = self.chunk.len().min(to.len());
        to[..count].copy_from_slice(&self.chunk.split_to(count));
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

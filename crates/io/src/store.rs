//! Where bytes are stored: the threads that wait for stores, and the stores that were opened. Knows no format.

#[cfg(feature = "clouds")]
mod added;
mod address;
mod blob;
mod bucket;
#[cfg(feature = "clouds")]
mod cloud;
#[cfg(feature = "clouds")]
mod credentials;
#[cfg(feature = "clouds")]
mod door;
mod patience;
#[cfg(feature = "profiles")]
mod profile;
mod terms;
mod upload;

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError, mpsc};

pub use address::{Address, Remote};
pub use blob::{Blob, Stamp};
pub(crate) use bucket::{Page, Store};
pub use patience::Patience;
use patience::Retries;
pub use terms::{Encryption, Residence};
pub(crate) use upload::Upload;

use crate::Cause;

/// The threads that wait for stores, owned by the caller of this crate: there is no global one. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Runtime {
    threads: Arc<Threads>,
    local: Store,
    /// By bucket or server: each is opened once.
    remote: Arc<Mutex<HashMap<String, Store>>>,
    #[cfg_attr(not(feature = "clouds"), expect(dead_code, reason = "the local disk is asked once"))]
    retries: Arc<Retries>,
    #[cfg_attr(not(feature = "clouds"), expect(dead_code, reason = "a disk is not asked to encrypt"))]
    encryption: Option<Arc<Encryption>>,
    /// What a profile of AWS says of where its buckets are; looked up once.
    #[cfg(feature = "profiles")]
    profile: Arc<std::sync::OnceLock<cloud::ProfilePlace>>,
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

/// What was begun and is waited for.
pub(crate) type Pending<T> = mpsc::Receiver<Result<T, Cause>>;

impl Runtime {
    /// Starts the threads, with the usual patience; how stores encrypt is for their settings to say.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub fn start() -> io::Result<Self> {
        Self::with(Patience::default(), None)
    }

    /// Starts the threads. Stores are asked to encrypt what is written so.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub fn with(patience: Patience, encryption: Option<Encryption>) -> io::Result<Self> {
        can_open(DESCRIPTORS)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("sievert-io")
            .enable_all()
            .build()?;
        Ok(Self {
            threads: Arc::new(Threads(Some(runtime))),
            local: Store::local(),
            remote: Arc::default(),
            retries: Arc::new(Retries::new(patience)),
            encryption: encryption.map(Arc::new),
            #[cfg(feature = "profiles")]
            profile: Arc::default(),
        })
    }

    /// What settings tell of the place where an address is; asks nobody.
    pub fn residence(&self, address: &Address) -> Residence {
        match address {
            #[cfg(feature = "clouds")]
            Address::Remote(remote) => {
                cloud::residence(remote, self.encryption.as_deref(), &self.profile(remote))
            }
            _ => Residence::local(),
        }
    }

    /// What a profile says of where a bucket is.
    #[cfg(feature = "profiles")]
    fn profile(&self, remote: &Remote) -> cloud::ProfilePlace {
        let look = || self.wait(async { Ok(profile::place().await) }).unwrap_or_default();
        match remote.scheme {
            address::Scheme::S3 => self.profile.get_or_init(look).clone(),
            _ => cloud::ProfilePlace::default(),
        }
    }

    #[cfg(all(feature = "clouds", not(feature = "profiles")))]
    #[expect(clippy::unused_self, reason = "as with profiles")]
    fn profile(&self, _: &Remote) -> cloud::ProfilePlace {
        cloud::ProfilePlace::default()
    }

    /// The store of an address; opened once, however often it is named.
    pub(crate) fn store(&self, remote: &Remote) -> Result<Store, Cause> {
        #[cfg_attr(not(feature = "clouds"), expect(unused_mut, reason = "nothing is ever opened"))]
        let mut opened = self.remote.lock().unwrap_or_else(PoisonError::into_inner);
        // What stands behind a `?` belongs to one object: such an address has a client of its own.
        let own = format!("{} {} {}", remote.root, remote.secret.0, remote.secret.1);
        if let Some(store) = opened.get(&own) {
            return Ok(store.clone());
        }
        #[cfg(feature = "clouds")]
        {
            let store =
                cloud::connect(remote, self.encryption.as_deref(), &self.profile(remote), &self.retries)?;
            opened.insert(own, store.clone());
            Ok(store)
        }
        #[cfg(not(feature = "clouds"))]
        Err(Cause::Unsupported("this build reads local paths only; build it with the feature `clouds`"))
    }

    /// Starts a task. Its result is awaited without the caller's thread entering the runtime, so that callers may
    /// themselves stand on a thread of some other runtime.
    pub(crate) fn begin<T: Send + 'static>(
        &self,
        task: impl Future<Output = Result<T, Cause>> + Send + 'static,
    ) -> Pending<T> {
        let (sender, receiver) = mpsc::sync_channel(1);
        let runtime = self.threads.0.as_ref().expect("taken only when the last clone is dropped");
        runtime.spawn(async move {
            // Nobody waits any more when the reader was dropped: then the result is not needed.
            let _ = sender.send(task.await);
        });
        receiver
    }

    /// Does a task and waits for it.
    pub(crate) fn wait<T: Send + 'static>(
        &self,
        task: impl Future<Output = Result<T, Cause>> + Send + 'static,
    ) -> Result<T, Cause> {
        waited(&self.begin(task))
    }
}

/// What the threads need open, with some room. Without one of them tokio panics.
const DESCRIPTORS: usize = 8;

/// Whether the system has so many descriptors to give.
#[cfg(unix)]
fn can_open(descriptors: usize) -> io::Result<()> {
    use std::os::fd::AsFd;
    let open = (0..descriptors).map(|_| io::stderr().as_fd().try_clone_to_owned());
    open.collect::<io::Result<Vec<_>>>().map(drop)
}

#[cfg(not(unix))]
fn can_open(_: usize) -> io::Result<()> {
    Ok(())
}

/// Waits for what was begun.
pub(crate) fn waited<T>(pending: &Pending<T>) -> Result<T, Cause> {
    pending.recv().unwrap_or_else(|_| Err(Cause::Io(io::ErrorKind::Interrupted.into())))
}

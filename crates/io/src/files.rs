//! Small files of our own beside the data, wherever that is: reports, marks, states. Whole or not at all.

use std::io::{self, Read, Write};
use std::path::Path;

use object_store::Attributes;
use object_store::path::Path as Key;

use crate::output::{Sink, Target, WholeFile, temporary};
use crate::store::{Remote, Upload};
use crate::{Access, Address, Cause, Error, Kept, Place, Reached, Runtime};

/// A file, or an object of a store, that appears when it is finished. Dropped before that, nothing is left of it.
pub struct NewFile {
    sink: Box<dyn Sink>,
    place: Place,
}

impl std::fmt::Debug for NewFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewFile").field("place", &self.place).finish_non_exhaustive()
    }
}

impl NewFile {
    /// Begins one. In a store, who may read it is for the bucket to say.
    ///
    /// # Errors
    /// It exists and may not be replaced, or cannot be written there.
    pub fn create(runtime: &Runtime, target: &Target, access: Access) -> Result<Self, Error> {
        let address = Address::parse(&target.path)?;
        let place = Place::object(address.to_string());
        let sink: Box<dyn Sink> = match address {
            Address::Local(path) => Box::new(WholeFile::create(&Target { path, ..target.clone() }, access)?),
            Address::Remote(remote) => {
                let upload = Upload::new(runtime, &remote, target.overwrite, Attributes::new(), 0);
                Box::new(upload.map_err(|cause| cause.at(place.clone()))?)
            }
        };
        Ok(Self { sink, place })
    }

    /// Goes on behind what another run has kept on this machine.
    ///
    /// # Errors
    /// It is not there.
    pub fn go_on(target: &Target, kept: &Kept) -> Result<Self, Error> {
        let place = Place::object(target.path.to_string_lossy());
        Ok(Self { sink: Box::new(WholeFile::go_on(target, kept)?), place })
    }

    /// What keeps its bytes so far, on this machine; `None` in a store, as it has none of so few.
    ///
    /// # Errors
    /// What the system says.
    pub fn keep(&mut self) -> Result<Option<Kept>, Error> {
        let Some(bytes) = self.sink.written() else { return Ok(None) };
        let by = self.sink.keep(bytes).map_err(|cause| cause.at(self.place.clone()))?;
        Ok(by.map(|by| Kept { reached: Reached { bytes, values: false }, by }))
    }

    /// What was kept stays when this is dropped.
    pub fn leave(&mut self) {
        self.sink.leave();
    }

    /// Makes it appear, whole and durable.
    ///
    /// # Errors
    /// What the system or the store says; nothing appears.
    pub fn finish(self) -> Result<(), Error> {
        self.sink.appear(&mut |_| Ok(())).map(|_| ()).map_err(|cause| cause.at(self.place))
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.sink.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

/// Writes a file at once.
///
/// # Errors
/// As [`NewFile::create`] and [`NewFile::finish`].
pub fn write_file(runtime: &Runtime, target: &Target, access: Access, bytes: &[u8]) -> Result<(), Error> {
    let mut file = NewFile::create(runtime, target, access)?;
    file.write_all(bytes).map_err(|error| Cause::from(error).at(file.place.clone()))?;
    file.finish()
}

/// All bytes of a small file.
///
/// # Errors
/// It is not there or cannot be read.
pub fn read_file(runtime: &Runtime, path: &Path) -> Result<Vec<u8>, Error> {
    let address = Address::parse(path)?;
    let read = match &address {
        Address::Local(path) => {
            let mut bytes = Vec::new();
            let read = std::fs::File::open(path).and_then(|mut file| file.read_to_end(&mut bytes));
            read.map(|_| bytes).map_err(Cause::from)
        }
        Address::Remote(remote) => key(remote).and_then(|key| {
            let store = runtime.store(remote)?;
            runtime.wait(async move { Ok(store.get(&key, None, None).await?.2.to_vec()) })
        }),
    };
    read.map_err(|cause| cause.at(Place::object(address.to_string())))
}

/// Removes a file; one that is not there is removed.
///
/// # Errors
/// What the system or the store says.
pub fn remove_file(runtime: &Runtime, path: &Path) -> Result<(), Error> {
    let address = Address::parse(path)?;
    let removed = match &address {
        Address::Local(path) => match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        },
        Address::Remote(remote) => key(remote).and_then(|key| {
            let store = runtime.store(remote)?;
            runtime.wait(async move { store.delete(&key).await })
        }),
    };
    removed.map_err(|cause| cause.at(Place::object(address.to_string())))
}

/// Whether a file's name is that of something that one of these runs was writing.
pub fn is_leftover(name: &str, runs: &[String]) -> bool {
    let name = name.rsplit('/').next().unwrap_or_default();
    name.starts_with('.')
        && name.strip_suffix(".part").is_some_and(|name| {
            runs.iter().any(|run| name.strip_suffix(run.as_str()).is_some_and(|name| name.ends_with('.')))
        })
}

/// Removes what runs that have ended were writing in a folder of this machine and below it; nothing in a store has a
/// name before it is whole.
///
/// # Errors
/// A file does not go.
pub fn remove_leftovers(folder: &Path, runs: &[String]) -> Result<(), Error> {
    let Address::Local(folder) = Address::parse(folder)? else { return Ok(()) };
    if runs.is_empty() {
        return Ok(());
    }
    for entry in walkdir::WalkDir::new(&folder).into_iter().flatten() {
        let name = entry.file_name().to_string_lossy();
        if entry.file_type().is_file() && is_leftover(&name, runs) {
            std::fs::remove_file(entry.path())
                .map_err(|error| Cause::from(error).at(Place::object(entry.path().to_string_lossy())))?;
        }
    }
    Ok(())
}

/// Removes what runs that have ended were writing of one file of this machine.
///
/// # Errors
/// It does not go.
pub fn remove_leftovers_of(file: &Path, runs: &[String]) -> Result<(), Error> {
    for leftover in runs.iter().filter_map(|run| Some(temporary(file, run)?.1)) {
        match std::fs::remove_file(&leftover) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(Cause::from(error).at(Place::object(leftover.to_string_lossy())));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The names of the files right in a folder, sorted; none if there is no folder.
///
/// # Errors
/// What the system or the store says.
pub fn file_names(runtime: &Runtime, folder: &Path) -> Result<Vec<String>, Error> {
    let address = Address::parse(folder)?;
    let names = match &address {
        Address::Local(path) => local_names(path).map_err(Cause::from),
        Address::Remote(remote) => remote_names(runtime, remote),
    };
    let mut names = names.map_err(|cause| cause.at(Place::object(address.to_string())))?;
    names.sort();
    Ok(names)
}

fn local_names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(names)
}

fn remote_names(runtime: &Runtime, folder: &Remote) -> Result<Vec<String>, Cause> {
    let store = runtime.store(folder)?;
    let prefix = format!("{}/", folder.key.trim_end_matches('/'));
    let (mut names, mut from) = (Vec::new(), None);
    loop {
        let (store, at, of) = (store.clone(), from.take(), prefix.clone());
        let page: crate::store::Page =
            runtime.wait(async move { store.page(&of, None, at.as_deref(), None).await })?;
        let keys = page.objects.iter().map(|object| object.location.as_ref());
        let below = keys.filter_map(|key| key.strip_prefix(&prefix));
        names.extend(below.filter(|name| !name.contains('/')).map(str::to_owned));
        match page.next {
            Some(next) => from = Some(next),
            None => return Ok(names),
        }
    }
}

fn key(remote: &Remote) -> Result<Key, Cause> {
    Key::parse(&remote.key).map_err(|_| Cause::Unsupported("the key has an empty part, `.` or `..`"))
}

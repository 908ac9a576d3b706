//! The right to write somewhere, held by one run at a time. On a disk it is a lock, which ends with its process; in a
//! store it is a small object that says who holds it and until when, made and renewed on condition.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::{Duration, SystemTime};

use object_store::path::Path as Key;
use object_store::{PutMode, UpdateVersion};
use serde::{Deserialize, Serialize};

use crate::store::Store;
use crate::{Address, Cause, Error, Place, Runtime};

/// The right to write somewhere; given back when it is dropped.
#[derive(Debug)]
pub struct Lease {
    held: Held,
    place: Place,
}

#[derive(Debug)]
enum Held {
    /// The system gives the lock back, whatever becomes of the process.
    Lock(#[expect(dead_code, reason = "held, not read")] File),
    Object(Box<Object>),
}

#[derive(Debug)]
struct Object {
    runtime: Runtime,
    store: Store,
    key: Key,
    run: String,
    holds: Duration,
    until: SystemTime,
    version: UpdateVersion,
}

/// What stands in the object.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    run: String,
    /// Seconds since 1970.
    until: u64,
    /// The system on which `process` can be looked for.
    system: Option<String>,
    process: u32,
}

impl Lease {
    /// Takes the right that a file or object stands for: if nobody has it, or its holder is dead or did not renew it. In a
    /// store it `holds` for so long without being renewed; clocks of machines may differ by less than two thirds of that.
    ///
    /// # Errors
    /// [`Cause::Taken`], or what the system or the store says.
    pub fn take(runtime: &Runtime, path: &Path, run: &str, holds: Duration) -> Result<Self, Error> {
        let address = Address::parse(path)?;
        let place = Place::object(address.to_string());
        let held = match &address {
            Address::Local(path) => lock(path).map(Held::Lock),
            Address::Remote(remote) => runtime.store(remote).and_then(|store| {
                let key = Key::parse(&remote.key).map_err(|_| Cause::Unsupported("not a key"))?;
                Object::take(runtime, &store, key, run, holds).map(|object| Held::Object(Box::new(object)))
            }),
        };
        match held {
            Ok(held) => Ok(Self { held, place }),
            Err(cause) => Err(cause.at(place)),
        }
    }

    /// Makes sure that the right is still held: to be asked before anything is published.
    ///
    /// # Errors
    /// [`Cause::Taken`]: it was not renewed in time, and another has it.
    pub fn keep(&mut self) -> Result<(), Error> {
        match &mut self.held {
            Held::Lock(_) => Ok(()),
            Held::Object(object) => object.keep().map_err(|cause| cause.at(self.place.clone())),
        }
    }
}

fn lock(path: &Path) -> Result<File, Cause> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Cause::Taken),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

impl Object {
    fn take(runtime: &Runtime, store: &Store, key: Key, run: &str, holds: Duration) -> Result<Self, Cause> {
        let (asked, at) = (store.clone(), key.clone());
        let there = runtime.wait(async move {
            match asked.get(&at, None, None).await {
                Ok((meta, _, bytes)) => Ok(Some((meta, bytes))),
                Err(Cause::NotFound) => Ok(None),
                Err(cause) => Err(cause),
            }
        })?;
        let version = match there {
            None => None,
            Some((meta, bytes)) => {
                // What cannot be read is no claim of anybody.
                if serde_json::from_slice(&bytes).is_ok_and(|note: Note| note.holds()) {
                    return Err(Cause::Taken);
                }
                Some(UpdateVersion { e_tag: meta.e_tag, version: meta.version })
            }
        };
        let (runtime, store, run) = (runtime.clone(), store.clone(), run.to_owned());
        let (until, none) = (SystemTime::UNIX_EPOCH, UpdateVersion { e_tag: None, version: None });
        let mut object = Self { runtime, store, key, run, holds, until, version: none };
        object.write(version.map_or(PutMode::Create, PutMode::Update))?;
        Ok(object)
    }

    fn write(&mut self, mode: PutMode) -> Result<(), Cause> {
        let until = SystemTime::now() + self.holds;
        let seconds = until.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let (run, process) = (self.run.clone(), std::process::id());
        let note = Note { run, until: seconds, system: system(), process };
        let bytes = serde_json::to_vec(&note).expect("texts and numbers are JSON");
        let (store, key) = (self.store.clone(), self.key.clone());
        let written = self.runtime.wait(async move { store.put_if(&key, bytes.into(), mode).await });
        self.version = written.map_err(|cause| match cause {
            Cause::Exists | Cause::Changed | Cause::NotFound => Cause::Taken,
            cause => cause,
        })?;
        self.until = until;
        Ok(())
    }

    /// Renews it when a third of its time is over. A renewal has the last version as its condition, so one that goes
    /// well also proves that nobody else had it meanwhile.
    fn keep(&mut self) -> Result<(), Cause> {
        let left = self.until.duration_since(SystemTime::now()).unwrap_or_default();
        if left > self.holds * 2 / 3 {
            return Ok(());
        }
        match self.write(PutMode::Update(self.version.clone())) {
            // As long as it holds, a store that is not well for a moment takes nothing away.
            Err(Cause::GaveUp { .. }) if SystemTime::now() < self.until => Ok(()),
            done => done,
        }
    }
}

/// Best effort: what is not given back runs out.
impl Drop for Object {
    fn drop(&mut self) {
        if self.keep().is_ok() {
            let (store, key) = (self.store.clone(), self.key.clone());
            let _ = self.runtime.wait(async move { store.delete(&key).await });
        }
    }
}

impl Note {
    /// Whether somebody may still believe to hold it.
    fn holds(&self) -> bool {
        let dead = self.system.is_some()
            && self.system == system()
            && !Path::new(&format!("/proc/{}", self.process)).exists();
        !dead && SystemTime::UNIX_EPOCH + Duration::from_secs(self.until) > SystemTime::now()
    }
}

/// What tells this system, since it was started and as far as process numbers reach, from another; where that can be
/// known.
fn system() -> Option<String> {
    let started = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let processes = std::fs::read_link("/proc/self/ns/pid").ok()?;
    Some(format!("{} {}", started.trim(), processes.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_has_one_holder() {
        let runtime = Runtime::start().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("below/lease");
        let take = |run| Lease::take(&runtime, &path, run, Duration::ZERO);
        let mut first = take("one").unwrap();
        assert!(matches!(take("two").unwrap_err().cause, Cause::Taken), "a lock does not run out");
        first.keep().unwrap();
        drop(first);
        take("two").unwrap();
    }

    #[test]
    fn an_object_has_one_holder_and_runs_out() {
        let runtime = Runtime::start().unwrap();
        let store = Store::in_memory();
        let take =
            |run, holds| Object::take(&runtime, &store, "lease".into(), run, Duration::from_secs(holds));
        let first = take("one", 60).unwrap();
        assert!(matches!(take("two", 60), Err(Cause::Taken)), "it is held");
        drop(first);
        let mut late = take("two", 0).unwrap();
        let mut third = take("three", 60).unwrap();
        assert!(matches!(late.keep(), Err(Cause::Taken)), "it ran out, and another has it");
        drop(late);
        third.keep().unwrap();
        assert!(matches!(take("four", 60), Err(Cause::Taken)), "who lost it takes nothing from who has it");
        drop(third);
        let mut renewed = take("five", 0).unwrap();
        renewed.keep().unwrap(); // it ran out, and nobody else had it
    }

    #[test]
    fn the_dead_hold_nothing() {
        let soon = SystemTime::now() + Duration::from_secs(30);
        let until = soon.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        let note = |system, process| Note { run: "one".into(), until, system, process };
        assert!(note(None, 1).holds() && note(Some("another".into()), u32::MAX).holds());
        if system().is_some() {
            assert!(note(system(), std::process::id()).holds());
            assert!(!note(system(), u32::MAX).holds(), "no process has this number");
        }
    }
}

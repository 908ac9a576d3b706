//! Objects that were listed, kept on disk once they are many: a million of them take the memory of a thousand.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Chain, Cursor, Read, Write};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use object_store::ObjectMeta;
use object_store::path::Path as Key;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::{Location, Object};
use crate::store::Store;
use crate::{Blob, Compression, FormatName, Frame, Runtime, Stamp};

/// Bytes of lines in memory before they go to the file.
const IN_MEMORY: usize = 1 << 20;

/// Objects in the order in which they were added.
#[derive(Debug)]
pub struct Objects {
    runtime: Runtime,
    stores: Vec<Store>,
    frames: Vec<Frame>,
    file: Option<NamedTempFile>,
    memory: Vec<u8>,
    count: u64,
    bytes: u64,
}

/// An object as a line.
#[derive(Serialize, Deserialize)]
struct Line {
    name: String,
    /// Which of the stores; none for standard input and frames.
    store: Option<usize>,
    /// Which of the frames.
    frame: Option<usize>,
    key: String,
    path: Option<PathBuf>,
    size: u64,
    /// Before or after 1970, and how far.
    modified: (bool, Duration),
    tag: Option<String>,
    format: Option<String>,
    compression: String,
}

impl Objects {
    /// None yet.
    pub fn new(runtime: &Runtime) -> Self {
        let (stores, frames, memory) = Default::default();
        Self { runtime: runtime.clone(), stores, frames, file: None, memory, count: 0, bytes: 0 }
    }

    /// How many there are.
    pub fn len(&self) -> u64 {
        self.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Stored bytes of all.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Adds one.
    ///
    /// # Errors
    /// There is no room for temporary files.
    pub fn push(&mut self, object: &Object) -> io::Result<()> {
        let mut line = Line {
            name: object.name.clone(),
            store: None,
            frame: None,
            key: String::new(),
            path: None,
            size: object.size,
            modified: (false, Duration::ZERO),
            tag: None,
            format: object.format.map(|format| format.name().to_owned()),
            compression: object.compression.name().to_owned(),
        };
        if let Location::Frame(frame) = &object.location {
            line.frame = Some(self.frames.len());
            self.frames.push(frame.clone());
        }
        if let Location::Blob(blob) = &object.location {
            let (store, key) = blob.place_in_store();
            let known = self.stores.iter().position(|known| known.is(store));
            line.store = Some(known.unwrap_or_else(|| {
                self.stores.push(store.clone());
                self.stores.len() - 1
            }));
            line.key = key.to_string();
            line.path = blob.path().map(PathBuf::from);
            line.modified = match blob.stamp().modified.duration_since(SystemTime::UNIX_EPOCH) {
                Ok(after) => (false, after),
                Err(before) => (true, before.duration()),
            };
            line.tag = blob.tag().map(str::to_owned);
        }
        serde_json::to_writer(&mut self.memory, &line)?;
        self.memory.push(b'\n');
        self.count += 1;
        self.bytes += object.size;
        if self.memory.len() > IN_MEMORY {
            let file = match &mut self.file {
                Some(file) => file,
                none => none.insert(NamedTempFile::new()?),
            };
            file.write_all(&self.memory)?;
            self.memory.clear();
        }
        Ok(())
    }

    /// All of them, in order.
    ///
    /// # Errors
    /// The temporary file cannot be opened again.
    pub fn read(&self) -> io::Result<ReadObjects> {
        let file = match &self.file {
            Some(file) => Some(file.reopen()?),
            None => None,
        };
        Ok(ReadObjects {
            runtime: self.runtime.clone(),
            stores: self.stores.clone(),
            frames: self.frames.clone(),
            lines: OptionalFile(file.map(BufReader::new)).chain(Cursor::new(self.memory.clone())),
        })
    }
}

/// Reads [`Objects`] from the first to the last.
#[derive(Debug)]
pub struct ReadObjects {
    runtime: Runtime,
    stores: Vec<Store>,
    frames: Vec<Frame>,
    lines: Chain<OptionalFile, Cursor<Vec<u8>>>,
}

impl ReadObjects {
    fn object(&self, line: Line) -> io::Result<Object> {
        let broken = || io::Error::from(io::ErrorKind::InvalidData);
        let location = match line.store {
            None => match line.frame {
                Some(frame) => Location::Frame(self.frames.get(frame).ok_or_else(broken)?.clone()),
                None => Location::Stdin,
            },
            Some(store) => {
                let modified = match line.modified {
                    (false, after) => SystemTime::UNIX_EPOCH + after,
                    (true, before) => SystemTime::UNIX_EPOCH - before,
                };
                let meta = ObjectMeta {
                    location: Key::parse(line.key).map_err(|_| broken())?,
                    last_modified: modified.into(),
                    size: line.size,
                    e_tag: line.tag,
                    version: None,
                };
                let store = self.stores.get(store).ok_or_else(broken)?;
                let stamp = Stamp { size: line.size, modified };
                Location::Blob(match line.path {
                    Some(path) => Blob::again(&self.runtime, path, &line.name, stamp).ok_or_else(broken)?,
                    None => Blob::remote(&self.runtime, store, meta, &line.name),
                })
            }
        };
        if let Location::Frame(_) = location {
            let (format, compression) = (Some(FormatName::Frame), Compression::None);
            return Ok(Object { name: line.name, location, size: line.size, format, compression });
        }
        let format = line.format.map(|name| FormatName::from_name(&name).ok_or_else(broken)).transpose()?;
        let compression = Compression::from_name(&line.compression).ok_or_else(broken)?;
        Ok(Object { name: line.name, location, size: line.size, format, compression })
    }
}

impl Iterator for ReadObjects {
    type Item = io::Result<Object>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut bytes = Vec::new();
        match self.lines.read_until(b'\n', &mut bytes) {
            Ok(0) => return None,
            Ok(_) => {}
            Err(error) => return Some(Err(error)),
        }
        let line = serde_json::from_slice(&bytes).map_err(|_| io::ErrorKind::InvalidData.into());
        Some(line.and_then(|line| self.object(line)))
    }
}

/// A file, or nothing.
#[derive(Debug)]
struct OptionalFile(Option<BufReader<File>>);

impl Read for OptionalFile {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.0.as_mut().map_or(Ok(0), |file| file.read(to))
    }
}

impl BufRead for OptionalFile {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.0.as_mut().map_or(Ok(&[]), BufReader::fill_buf)
    }

    fn consume(&mut self, amount: usize) {
        if let Some(file) = &mut self.0 {
            file.consume(amount);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_objects_come_back_as_they_were_added() {
        let runtime = Runtime::start().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a b.csv");
        std::fs::write(&path, "x\n").unwrap();
        let local = Blob::local(&runtime, &path, "a b.csv").unwrap();
        let meta = |at: usize| ObjectMeta {
            location: Key::parse(format!("of/{at}/%41 \u{e9}.json.gz")).unwrap(),
            last_modified: SystemTime::now().into(),
            size: at as u64,
            e_tag: at.is_multiple_of(2).then(|| format!("\"{at}\"")),
            version: None,
        };
        let mut objects = Objects::new(&runtime);
        let mut expected = Vec::new();
        for at in 0..20_000 {
            let (name, location) = match at {
                7 => ("-".to_owned(), Location::Stdin),
                8 => ("a b.csv".to_owned(), Location::Blob(local.clone())),
                at => {
                    (format!("{at}"), Location::Blob(Blob::remote(&runtime, &Store::local(), meta(at), "n")))
                }
            };
            let (format, compression) = (FormatName::of_name("x.json.gz").0, Compression::Gzip);
            let size = if at == 8 { 2 } else { at as u64 };
            let object = Object { name, location, size, format, compression };
            objects.push(&object).unwrap();
            expected.push(object);
        }
        assert!(objects.file.is_some() && objects.memory.len() <= 2 * IN_MEMORY, "they went to disk");
        assert_eq!((objects.len(), objects.bytes()), (20_000, (0..20_000).sum::<u64>() - 6));
        let told = |object: &Object| match &object.location {
            Location::Frame(_) => unreachable!("none was added"),
            Location::Stdin => format!("{} {:?} {:?}", object.name, object.format, object.compression),
            Location::Blob(blob) => {
                let (stamp, tag, path) = (blob.stamp(), blob.tag(), blob.path());
                format!("{} {:?} {} {stamp:?} {tag:?} {path:?}", object.name, object.format, blob.uri())
            }
        };
        for (found, expected) in objects.read().unwrap().zip(&expected) {
            assert_eq!(told(&found.unwrap()), told(expected));
        }
        assert_eq!(objects.read().unwrap().count(), 20_000, "and again");
    }
}

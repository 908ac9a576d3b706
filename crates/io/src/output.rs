//! Files and objects that appear whole or not at all. A file has a temporary name in the same folder, is flushed to the
//! device, then renamed; an object of a store is uploaded.

use std::fs::{self, File, Metadata, OpenOptions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::compression::Writer;
use crate::parquet::Rewriter;
use object_store::{Attribute, Attributes};

use crate::mark::KeptBy;
use crate::store::Upload;
use crate::{
    Address, Blob, Cause, Compression, Description, Encoding, Error, FormatName, Kept, Location, Object,
    Output, Place, Publish, Reached, Rendered, Runtime, Stamp,
};

/// Where an output goes.
#[derive(Clone, Debug)]
pub struct Target {
    /// A file, the URL of an object, or `-` for standard output.
    pub path: PathBuf,
    /// Whether a file that is there is replaced.
    pub overwrite: bool,
    /// What distinguishes the temporary files of this run.
    pub run: String,
}

/// An output for what comes from an object, written as it was: same format, encoding and compression. From store to
/// store, its content type and the like stay too; of what its owner said of it (metadata, the name to save it under)
/// stays what `may_stay`, asked with name and value. With `kept`, it goes on behind what another run has written.
///
/// # Errors
/// The target exists and may not be replaced, or the folder cannot be written.
pub fn create(
    runtime: &Runtime,
    object: &Object,
    description: &Description,
    target: &Target,
    kept: Option<&Kept>,
    may_stay: &mut dyn FnMut(&str, &str) -> bool,
) -> Result<Box<dyn Output>, Error> {
    if let Location::Frame(frame) = &object.location {
        return Ok(Box::new(crate::frame::create(frame)));
    }
    let address = Address::parse(&target.path)?;
    let place = Place::object(address.to_string());
    let sink: Box<dyn Sink> = match &address {
        _ if target.path == Path::new("-") => Box::new(Stdout { written: 0 }),
        Address::Local(path) => {
            let target = Target { path: path.clone(), ..target.clone() };
            Box::new(match kept {
                Some(kept) => WholeFile::go_on(&target, kept)?,
                None => WholeFile::create(&target, Access::Shared)?,
            })
        }
        Address::Remote(remote) => {
            let told = match &object.location {
                Location::Blob(blob) => blob.attributes()?,
                Location::Stdin | Location::Frame(_) => Attributes::new(),
            };
            let attributes = typed(remaining(&told, may_stay), description);
            let upload = Upload::new(runtime, remote, target.overwrite, attributes, object.size);
            let upload = upload.and_then(|upload| match kept {
                Some(kept) => upload.go_on(kept),
                None => Ok(upload),
            });
            Box::new(upload.map_err(|cause| cause.at(place.clone()))?)
        }
    };
    if description.format == FormatName::Parquet {
        let Location::Blob(blob) = &object.location else {
            return Err(
                Cause::Unsupported("Parquet is not read from standard input; name the file").at(place)
            );
        };
        let spill = match &address {
            Address::Local(path) if target.path != Path::new("-") => folder(path).to_owned(),
            _ => std::env::temp_dir(),
        };
        return Ok(Box::new(Rewriter::new(blob.into(), place, sink, spill)?));
    }
    let sink = description.compression.writer(sink).map_err(|cause| cause.at(place.clone()))?;
    Ok(Box::new(TextOutput {
        sink,
        encoding: description.encoding,
        encoded: Vec::new(),
        original: match &object.location {
            Location::Blob(blob) if description.compression != Compression::None => Some(blob.clone()),
            _ => None,
        },
        values: kept.is_some_and(|kept| kept.reached.values),
        place,
    }))
}

/// Whether what another run has kept of an output is still there, as far as can be told without asking a store.
pub fn is_kept(target: &Path, kept: &Kept) -> bool {
    match (Address::parse(target), &kept.by) {
        (Ok(Address::Local(path)), KeptBy::File { run }) => {
            temporary(&path, run).is_some_and(|(_, temporary)| {
                fs::metadata(temporary)
                    .is_ok_and(|about| about.is_file() && about.len() >= kept.reached.bytes)
            })
        }
        (Ok(Address::Remote(_)), KeptBy::Parts { .. }) => true,
        _ => false,
    }
}

/// Bytes that a temporary name has of the name that it stands for: systems take 255 for all of it.
const REPEATED: usize = 128;

/// The folder of a file, and its name there until it is whole. Of a long name a hash stands for the end.
pub(crate) fn temporary<'p>(path: &'p Path, run: &str) -> Option<(&'p Path, PathBuf)> {
    let folder = folder(path);
    let mut name = path.file_name()?.to_string_lossy();
    if name.len() > REPEATED {
        let mut hash = DefaultHasher::new();
        name.hash(&mut hash);
        let start = &name[..name.floor_char_boundary(REPEATED - 16)];
        name = format!("{start}{:016x}", hash.finish()).into();
    }
    Some((folder, folder.join(format!(".{name}.{run}.part"))))
}

/// What is said of an object that may be said of its output too.
fn remaining(told: &Attributes, may_stay: &mut dyn FnMut(&str, &str) -> bool) -> Attributes {
    let mut words = Vec::new();
    let mut remaining = Attributes::new();
    for (attribute, value) in told {
        match attribute {
            Attribute::ContentType
            | Attribute::ContentEncoding
            | Attribute::ContentLanguage
            | Attribute::CacheControl => drop(remaining.insert(attribute.clone(), value.clone())),
            Attribute::ContentDisposition => words.push(("content-disposition", attribute, value)),
            Attribute::Metadata(name) => words.push((name, attribute, value)),
            _ => {}
        }
    }
    words.sort_by_key(|(name, ..)| *name);
    for (name, attribute, value) in words {
        if may_stay(name, value) {
            remaining.insert(attribute.clone(), value.clone());
        }
    }
    remaining
}

/// The attributes with a content type: the one that the object had, else the one of its format.
fn typed(mut attributes: Attributes, description: &Description) -> Attributes {
    let told = attributes.get(&Attribute::ContentType).is_some();
    if !told && description.compression == Compression::None {
        attributes.insert(Attribute::ContentType, description.format.content_type().into());
    }
    attributes
}

/// Where the bytes of an object go.
pub(crate) trait Sink: Write + Send {
    /// Begins anew; false where that cannot be done.
    fn restart(&mut self) -> io::Result<bool>;

    /// How many bytes were written; `None` where another run could not go on behind them.
    fn written(&self) -> Option<u64> {
        None
    }

    /// What keeps the first so many bytes, once they are durable; `None` before.
    fn keep(&mut self, bytes: u64) -> Result<Option<KeptBy>, Cause> {
        let _ = bytes;
        Ok(None)
    }

    /// What was kept stays when this is dropped.
    fn leave(&mut self) {}

    /// Makes the bytes appear, once `publish` agrees; returns how many.
    fn appear(self: Box<Self>, publish: &mut Publish<'_>) -> Result<u64, Cause>;
}

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Who may read the file that it replaces; else whom the system's defaults say.
    Shared,
    /// The owner alone (0600): findings, quarantine, reports, state.
    Owner,
}

/// A file that appears under its name when it is whole. Dropped before that, nothing is left of it. A device or a pipe
/// that its user names for a private file is written to as it is: it must not become a file.
#[derive(Debug)]
pub struct WholeFile {
    file: File,
    /// Another name until it is whole; none for a device or a pipe.
    temporary: Option<PathBuf>,
    target: PathBuf,
    overwrite: bool,
    /// Whose temporary file it is.
    run: String,
    written: u64,
    finished: bool,
}

impl WholeFile {
    /// Begins one; folders above it are made.
    ///
    /// # Errors
    /// The target exists and may not be replaced, or the folder cannot be written.
    pub fn create(target: &Target, access: Access) -> Result<Self, Error> {
        let place = Place::object(target.path.to_string_lossy());
        let fail = |cause: Cause| cause.at(place.clone());
        if !target.overwrite && target.path.symlink_metadata().is_ok() {
            return Err(fail(Cause::Exists));
        }
        let (folder, temporary) = temporary(&target.path, &target.run)
            .ok_or_else(|| fail(Cause::Unsupported("not the name of a file")))?;
        if access == Access::Owner && fs::metadata(&target.path).is_ok_and(|about| is_special(&about)) {
            let file = OpenOptions::new().write(true).open(&target.path);
            let file = file.map_err(|error| fail(error.into()))?;
            return Ok(Self::new(file, None, target));
        }
        fs::create_dir_all(folder).map_err(|error| match error.kind() {
            // A folder that is there already is no error: it is another kind of file.
            io::ErrorKind::AlreadyExists => fail(io::Error::from(io::ErrorKind::NotADirectory).into()),
            _ => fail(error.into()),
        })?;
        let replaced = match access {
            Access::Shared => fs::metadata(&target.path).ok().filter(Metadata::is_file),
            Access::Owner => None,
        };
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if access == Access::Owner || replaced.is_some() {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        let file = options.open(&temporary).map_err(|error| fail(error.into()))?;
        let file = Self::new(file, Some(temporary), target);
        if let Some(replaced) = replaced {
            // Where that cannot be set, it stays its owner's.
            let _ = file.file.set_permissions(replaced.permissions());
        }
        Ok(file)
    }

    fn new(file: File, temporary: Option<PathBuf>, target: &Target) -> Self {
        let Target { path, overwrite, run } = target.clone();
        Self { file, temporary, target: path, overwrite, run, written: 0, finished: false }
    }

    /// Goes on behind what another run has kept.
    pub(crate) fn go_on(target: &Target, kept: &Kept) -> Result<Self, Error> {
        let fail = |cause: Cause| cause.at(Place::object(target.path.to_string_lossy()));
        let gone = Cause::Unsupported("what an earlier run had written of it is gone; run again");
        let KeptBy::File { run } = &kept.by else { return Err(fail(gone)) };
        let Some((_, temporary)) = temporary(&target.path, run) else { return Err(fail(gone)) };
        let bytes = kept.reached.bytes;
        let open = || {
            let mut file = OpenOptions::new().write(true).open(&temporary)?;
            file.set_len(bytes)?;
            file.seek(io::SeekFrom::Start(bytes))?;
            Ok(file)
        };
        let file = open().map_err(|error: io::Error| fail(error.into()))?;
        let target = Target { run: run.clone(), ..target.clone() };
        let mut file = Self::new(file, Some(temporary), &target);
        file.written = bytes;
        Ok(file)
    }

    /// Makes it appear, whole and durable. Returns its bytes.
    ///
    /// # Errors
    /// What the system says, or [`Cause::Exists`] if the name was taken meanwhile; nothing appears.
    pub fn finish(mut self) -> Result<u64, Error> {
        let appeared = self.publish(&mut |_| Ok(()));
        appeared.map_err(|cause| cause.at(Place::object(self.target.to_string_lossy())))?;
        Ok(self.written)
    }

    fn publish(&mut self, publish: &mut Publish<'_>) -> Result<(), Cause> {
        let Some(temporary) = &self.temporary else {
            self.finished = true;
            return publish(None);
        };
        self.file.sync_all()?;
        let about = self.file.metadata()?;
        publish(Some(Stamp { size: about.len(), modified: about.modified()? }))?;
        if self.overwrite {
            fs::rename(temporary, &self.target)?;
        } else {
            take_name(temporary, &self.target, |from, to| fs::hard_link(from, to))?;
        }
        self.finished = true;
        Ok(File::open(folder(&self.target))?.sync_all()?)
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.written += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        if let (false, Some(temporary)) = (self.finished, &self.temporary) {
            // Nothing can be done about a file that does not go; its name begins with a dot and is never read as data.
            let _ = fs::remove_file(temporary);
        }
    }
}

/// Gives a file a name that is free. A link refuses one that is taken, where a rename would replace it in silence; where
/// there are no links (exFAT, many mounts), a look before has to do.
fn take_name(temporary: &Path, name: &Path, link: impl Fn(&Path, &Path) -> io::Result<()>) -> io::Result<()> {
    match link(temporary, name) {
        Ok(()) => fs::remove_file(temporary),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        Err(_) => match fs::symlink_metadata(name) {
            Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => fs::rename(temporary, name),
            Err(error) => Err(error),
        },
    }
}

fn is_special(about: &Metadata) -> bool {
    !about.is_file() && !about.is_dir()
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

impl Sink for WholeFile {
    fn restart(&mut self) -> io::Result<bool> {
        self.file.rewind()?;
        self.file.set_len(0)?;
        self.written = 0;
        Ok(true)
    }

    fn written(&self) -> Option<u64> {
        self.temporary.as_ref().map(|_| self.written)
    }

    fn keep(&mut self, _: u64) -> Result<Option<KeptBy>, Cause> {
        self.file.sync_data()?;
        File::open(folder(&self.target))?.sync_all()?; // its name
        Ok(Some(KeptBy::File { run: self.run.clone() }))
    }

    fn leave(&mut self) {
        self.finished = true;
    }

    fn appear(mut self: Box<Self>, publish: &mut Publish<'_>) -> Result<u64, Cause> {
        self.publish(publish)?;
        Ok(self.written)
    }
}

/// Standard output: nothing can be taken back.
struct Stdout {
    written: u64,
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = io::stdout().write(bytes)?;
        self.written += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().flush()
    }
}

impl Sink for Stdout {
    fn restart(&mut self) -> io::Result<bool> {
        Ok(false)
    }

    fn appear(mut self: Box<Self>, publish: &mut Publish<'_>) -> Result<u64, Cause> {
        publish(None)?;
        self.flush()?;
        Ok(self.written)
    }
}

/// The output of a text format.
struct TextOutput {
    sink: Writer,
    encoding: Encoding,
    /// Room for text in another encoding.
    encoded: Vec<u8>,
    /// What to copy at the end if every piece was verbatim: two runs of a compressor need not agree on a byte.
    original: Option<Blob>,
    /// Whether a JSON value was written.
    values: bool,
    place: Place,
}

impl Output for TextOutput {
    fn append(&mut self, rendered: Rendered) -> Result<(), Error> {
        if !rendered.verbatim {
            self.original = None;
        }
        let text = rendered.body.into_bytes(&mut self.values);
        let mut write = || -> Result<(), Cause> {
            if self.encoding == Encoding::Utf8 {
                return Ok(self.sink.write_all(&text)?);
            }
            self.encoded.clear();
            self.encoding.encode(&text, &mut self.encoded)?;
            Ok(self.sink.write_all(&self.encoded)?)
        };
        write().map_err(|cause| cause.at(self.place.clone()))
    }

    fn reached(&mut self) -> Result<Option<Reached>, Error> {
        // A compressor holds more than what it has written.
        let Writer::None(file) = &mut self.sink else { return Ok(None) };
        file.flush().map_err(|error| Cause::from(error).at(self.place.clone()))?;
        let bytes = file.get_ref().written();
        Ok(bytes.map(|bytes| Reached { bytes, values: self.values }))
    }

    fn keep(&mut self, reached: Reached) -> Result<Option<Kept>, Error> {
        let Writer::None(file) = &mut self.sink else { return Ok(None) };
        let by = file.get_mut().keep(reached.bytes).map_err(|cause| cause.at(self.place.clone()))?;
        Ok(by.map(|by| Kept { reached, by }))
    }

    fn leave(&mut self) {
        if let Writer::None(file) = &mut self.sink {
            file.get_mut().leave();
        }
    }

    fn finish(self: Box<Self>, publish: &mut Publish<'_>) -> Result<u64, Error> {
        let Self { sink, original, place, .. } = *self;
        let finish = || -> Result<u64, Cause> {
            let mut sink = sink.finish()?;
            if let Some(blob) = original
                && sink.restart()?
            {
                io::copy(&mut blob.reader(0, Arc::default()), &mut sink)?;
                blob.check().map_err(|error| error.cause)?;
            }
            sink.appear(publish)
        };
        finish().map_err(|cause| cause.at(place))
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;
    use crate::Body;

    #[test]
    fn a_name_is_taken_once_with_links_and_without() {
        let none: fn(&Path, &Path) -> io::Result<()> = |_, _| Err(io::ErrorKind::PermissionDenied.into());
        for link in [none, |from, to| fs::hard_link(from, to)] {
            let folder = tempfile::tempdir().expect("a folder");
            let [temporary, name] = [".new", "out.csv"].map(|name| folder.path().join(name));
            fs::write(&temporary, "new").expect("written");
            take_name(&temporary, &name, link).expect("it was free");
            assert!(!temporary.exists());
            fs::write(&temporary, "newer").expect("written");
            let taken = take_name(&temporary, &name, link).expect_err("it is taken");
            assert_eq!(taken.kind(), io::ErrorKind::AlreadyExists);
            assert_eq!(fs::read_to_string(&name).expect("it is there"), "new");
        }
    }

    /// The device that is always full.
    struct Full(File);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            self.0.flush()
        }
    }

    impl Sink for Full {
        fn restart(&mut self) -> io::Result<bool> {
            Ok(false)
        }

        fn appear(self: Box<Self>, _: &mut Publish<'_>) -> Result<u64, Cause> {
            Ok(0)
        }
    }

    #[test]
    fn a_full_device_is_named_whenever_the_bytes_reach_it() {
        for compression in [Compression::None, Compression::Gzip, Compression::Zstd] {
            for size in [10, 1 << 20] {
                let full = Full(OpenOptions::new().write(true).open("/dev/full").unwrap());
                let mut output = Box::new(TextOutput {
                    sink: compression.writer(Box::new(full)).unwrap(),
                    encoding: Encoding::Utf8,
                    encoded: Vec::new(),
                    original: None,
                    values: false,
                    place: Place::object("out.csv"),
                });
                let body = Body::Bytes(vec![b'x'; size]);
                let error = output
                    .append(Rendered { body, ..Rendered::default() })
                    .and_then(|()| output.finish(&mut |_| Ok(())).map(|_| ()))
                    .unwrap_err();
                assert!(matches!(error.cause, Cause::NoSpace), "{error}");
            }
        }
    }
}

//! What there is to read: files, folders, globs and prefixes of stores as a list of objects, in the order of their
//! names, with everything that was left out and why. Opens a local file only where its name does not say its format.

mod names;
mod remote;
mod spool;
mod walk;

use std::path::PathBuf;

pub use names::Shard;
pub use spool::{Objects, ReadObjects};

use crate::{Address, Blob, Cause, Compression, Error, FormatName, Runtime};
use names::Filter;

/// What the user named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A file, a folder, a glob, or a URL of any of them.
    Path(PathBuf),
    /// Standard input.
    Stdin,
    /// A table in memory.
    Frame(crate::Frame),
}

impl Input {
    /// `-` is standard input, anything else a path or URL.
    pub fn parse(text: &str) -> Self {
        if text == "-" { Self::Stdin } else { Self::Path(text.into()) }
    }
}

/// What of a folder is wanted.
#[derive(Clone, Debug, Default)]
pub struct ListOptions {
    /// Globs over names; empty takes all. `*.csv` looks at the last part of a name, `a/*.csv` at the whole.
    pub include: Vec<String>,
    /// Globs over names that are not wanted.
    pub exclude: Vec<String>,
    /// The format of everything, whatever it is called.
    pub format: Option<FormatName>,
    /// Only the part of the objects that is this machine's.
    pub shard: Option<Shard>,
}

/// An object to read.
#[derive(Clone, Debug)]
pub struct Object {
    /// Its name as shown and as its output is called: relative to the input, parts joined by `/`.
    pub name: String,
    /// Where its bytes are.
    pub location: Location,
    /// Stored bytes; 0 for standard input and frames, whose size shows in the end.
    pub size: u64,
    /// Its format, unless only its content can tell.
    pub format: Option<FormatName>,
    /// How its bytes are stored.
    pub compression: Compression,
}

/// Where the bytes of an object are.
#[derive(Clone, Debug)]
pub enum Location {
    /// In a store.
    Blob(Blob),
    /// They come once.
    Stdin,
    /// In memory.
    Frame(crate::Frame),
}

/// What a listing found.
#[derive(Debug, Default)]
pub struct Listing {
    /// The objects to read, by name.
    pub objects: Vec<Object>,
    /// What is not read, by name.
    pub skipped: Vec<Skipped>,
}

/// One thing that a listing found.
#[derive(Debug)]
pub enum Entry {
    /// To be read.
    Object(Object),
    /// Not read.
    Skipped(Skipped),
}

/// An entry that is not read.
#[derive(Debug)]
pub struct Skipped {
    /// Its name, relative to the input.
    pub name: String,
    /// Stored bytes, as far as known.
    pub size: u64,
    /// Why.
    pub reason: Reason,
}

/// Why an entry is not read.
#[derive(Debug)]
#[non_exhaustive]
pub enum Reason {
    /// Its name begins with `_` or `.`: by the convention of data folders it is not data.
    Hidden,
    /// Its name ends in `.sievert`: it is what an earlier run says about itself and has put aside.
    OfARun,
    /// An exclude glob fits, or no include glob does.
    Excluded,
    /// Its content is of no known format: wanted, not examined.
    UnknownFormat,
    /// A link back to a folder that it stands in.
    Loop,
    /// An empty object of a store whose name tells no format: it marks a folder.
    Marker,
    /// It could not be looked at: wanted, not examined.
    Failed(Cause),
}

impl Reason {
    /// Whether the user wanted it and did not get it.
    pub fn not_examined(&self) -> bool {
        matches!(self, Self::UnknownFormat | Self::Failed(_))
    }
}

/// Lists an input at once. For one that may be large, take [`list_each`].
///
/// # Errors
/// As [`list_each`].
pub fn list(runtime: &Runtime, input: &Input, options: &ListOptions) -> Result<Listing, Error> {
    let mut listing = Listing::default();
    list_each(runtime, input, options, &mut |entry| match entry {
        Entry::Object(object) => listing.objects.push(object),
        Entry::Skipped(skipped) => listing.skipped.push(skipped),
    })?;
    Ok(listing)
}

/// Lists an input, entry by entry: objects in the order of their names. Of a store, no more than a page is in memory.
///
/// # Errors
/// The input itself is not there or cannot be looked at, or a glob cannot be read.
pub fn list_each(
    runtime: &Runtime,
    input: &Input,
    options: &ListOptions,
    each: &mut dyn FnMut(Entry),
) -> Result<(), Error> {
    let filter = Filter::new(options)?;
    let mut mine = |entry: Entry| {
        let name = match &entry {
            Entry::Object(object) => &object.name,
            Entry::Skipped(skipped) => &skipped.name,
        };
        if options.shard.is_none_or(|shard| shard.holds(name)) {
            each(entry);
        }
    };
    let mut given = |name: &str, location, format| {
        let object = Object { name: name.into(), location, size: 0, format, compression: Compression::None };
        mine(Entry::Object(object));
        Ok(())
    };
    match input {
        Input::Stdin => given("-", Location::Stdin, options.format),
        Input::Frame(frame) => given(frame.name(), Location::Frame(frame.clone()), Some(FormatName::Frame)),
        Input::Path(named) => match Address::parse(named)? {
            Address::Local(path) => walk::local(runtime, &path, options, filter, &mut mine),
            Address::Remote(remote) => remote::remote(runtime, &remote, options, &filter, &mut mine),
        },
    }
}

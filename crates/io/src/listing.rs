//! What there is to read: files, folders and globs as a list of objects, sorted by name, with everything that was left
//! out and why. Opens a file only where its name does not say its format.

use std::path::{Path, PathBuf};

use globset::{Glob, GlobSet, GlobSetBuilder};
use walkdir::WalkDir;

use crate::{Blob, Cause, Compression, Error, FormatName, Place, Runtime};

/// What the user named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A file, a folder or a glob.
    Path(PathBuf),
    /// Standard input.
    Stdin,
}

impl Input {
    /// `-` is standard input, anything else a path.
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
}

/// An object to read.
#[derive(Clone, Debug)]
pub struct Object {
    /// Its name as shown and as its output is called: relative to the input, parts joined by `/`.
    pub name: String,
    /// Where its bytes are.
    pub location: Location,
    /// Stored bytes; 0 for standard input.
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
}

/// What a listing found.
#[derive(Debug, Default)]
pub struct Listing {
    /// The objects to read, by name.
    pub objects: Vec<Object>,
    /// What is not read, by name.
    pub skipped: Vec<Skipped>,
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
    /// An exclude glob fits, or no include glob does.
    Excluded,
    /// Its content is of no known format: wanted, not examined.
    UnknownFormat,
    /// A link back to a folder that it stands in.
    Loop,
    /// It could not be looked at: wanted, not examined.
    Failed(Cause),
}

impl Reason {
    /// Whether the user wanted it and did not get it.
    pub fn not_examined(&self) -> bool {
        matches!(self, Self::UnknownFormat | Self::Failed(_))
    }
}

/// Lists an input.
///
/// # Errors
/// The input itself is not there or cannot be looked at, or a glob cannot be read.
pub fn list(runtime: &Runtime, input: &Input, options: &ListOptions) -> Result<Listing, Error> {
    let path = match input {
        Input::Stdin => {
            let object = Object {
                name: "-".into(),
                location: Location::Stdin,
                size: 0,
                format: options.format,
                compression: Compression::None,
            };
            return Ok(Listing { objects: vec![object], skipped: Vec::new() });
        }
        Input::Path(path) => path,
    };
    let shown = path.to_string_lossy();
    if shown.contains("://") {
        return Err(Cause::Unsupported("only local paths can be read; copy the data here first")
            .at(Place::object(shown)));
    }
    let mut walk =
        Walk { runtime, options, filter: Filter::new(options)?, glob: None, listing: Listing::default() };
    match path.metadata() {
        Ok(about) if about.is_dir() => walk.folder(path),
        Ok(_) => {
            let name = path
                .file_name()
                .map_or_else(|| shown.to_string(), |name| name.to_string_lossy().into_owned());
            walk.file(path, name);
        }
        Err(error) if shown.contains(['*', '?', '[', '{']) => {
            let root = fixed_part(path);
            if !root.as_os_str().is_empty() && !root.is_dir() {
                return Err(Cause::from(error).at(Place::object(shown)));
            }
            let rest = path.strip_prefix(&root).expect("root is made of the first parts of path");
            walk.glob = Some(globs(&[rest.to_string_lossy().into_owned()], false)?);
            walk.folder(if root.as_os_str().is_empty() { Path::new(".") } else { &root });
            if walk.listing.objects.is_empty() && walk.listing.skipped.is_empty() {
                return Err(Cause::NotFound.at(Place::object(shown)));
            }
        }
        Err(error) => return Err(Cause::from(error).at(Place::object(shown))),
    }
    let mut listing = walk.listing;
    listing.objects.sort_by(|a, b| a.name.cmp(&b.name));
    listing.skipped.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(listing)
}

/// The leading parts of a glob that hold no special character.
fn fixed_part(glob: &Path) -> PathBuf {
    glob.components()
        .take_while(|part| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']))
        .collect()
}

/// Globs over names; with `anywhere`, one without `/` looks at the last part of a name.
fn globs(patterns: &[String], anywhere: bool) -> Result<GlobSet, Error> {
    let mut set = GlobSetBuilder::new();
    let bad = |pattern: &String| {
        Cause::Unsupported("not a glob; see the syntax of --include").at(Place::object(pattern))
    };
    for pattern in patterns {
        let glob =
            globset::GlobBuilder::new(pattern).literal_separator(true).build().map_err(|_| bad(pattern))?;
        set.add(glob);
        if anywhere && !pattern.contains('/') {
            set.add(Glob::new(&format!("**/{pattern}")).map_err(|_| bad(pattern))?);
        }
    }
    set.build().map_err(|_| Cause::Unsupported("globs too large together; use fewer").at(Place::default()))
}

struct Filter {
    include: Option<GlobSet>,
    exclude: GlobSet,
}

impl Filter {
    fn new(options: &ListOptions) -> Result<Self, Error> {
        let include = (!options.include.is_empty()).then(|| globs(&options.include, true)).transpose()?;
        Ok(Self { include, exclude: globs(&options.exclude, true)? })
    }

    fn wants(&self, name: &str) -> bool {
        !self.exclude.is_match(name) && self.include.as_ref().is_none_or(|include| include.is_match(name))
    }
}

struct Walk<'a> {
    runtime: &'a Runtime,
    options: &'a ListOptions,
    filter: Filter,
    /// What the user's glob selects; the rest of the folder was not named.
    glob: Option<GlobSet>,
    listing: Listing,
}

impl Walk<'_> {
    fn skip(&mut self, name: String, size: u64, reason: Reason) {
        self.listing.skipped.push(Skipped { name, size, reason });
    }

    fn folder(&mut self, root: &Path) {
        let relative = |path: &Path| {
            let parts = path.strip_prefix(root).unwrap_or(path).components();
            parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect::<Vec<_>>().join("/")
        };
        let mut entries = WalkDir::new(root).follow_links(true).sort_by_file_name().into_iter();
        while let Some(entry) = entries.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let name = error.path().map(relative).unwrap_or_default();
                    let reason = if error.loop_ancestor().is_some() {
                        Reason::Loop
                    } else {
                        Reason::Failed(error.into_io_error().map_or(Cause::NotFound, Cause::from))
                    };
                    self.skip(name, 0, reason);
                    continue;
                }
            };
            let name = relative(entry.path());
            let hidden = entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with(['_', '.']);
            if entry.file_type().is_dir() {
                if hidden {
                    entries.skip_current_dir();
                    if self.glob.is_none() {
                        self.skip(name, 0, Reason::Hidden);
                    }
                }
                continue;
            }
            if self.glob.as_ref().is_some_and(|glob| !glob.is_match(&name)) {
                continue;
            }
            let size = entry.metadata().map_or(0, |about| about.len());
            if hidden {
                self.skip(name, size, Reason::Hidden);
            } else if self.filter.wants(&name) {
                self.file(entry.path(), name);
            } else {
                self.skip(name, size, Reason::Excluded);
            }
        }
    }

    fn file(&mut self, path: &Path, name: String) {
        let blob = match Blob::local(self.runtime, path, &name) {
            Ok(blob) => blob,
            Err(error) => return self.skip(name, 0, Reason::Failed(error.cause)),
        };
        let size = blob.stamp().size;
        let (mut format, mut compression) = FormatName::of_name(&name);
        if let Some(named) = self.options.format {
            format = Some(named);
        } else if format.is_none() {
            match crate::open::sniff(&blob) {
                Ok(Some((found, stored))) => (format, compression) = (Some(found), stored),
                Ok(None) => return self.skip(name, size, Reason::UnknownFormat),
                Err(error) => return self.skip(name, size, Reason::Failed(error.cause)),
            }
        }
        self.listing.objects.push(Object { name, location: Location::Blob(blob), size, format, compression });
    }
}

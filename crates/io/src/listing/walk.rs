//! Files, folders and globs of this machine.

use std::path::{Path, PathBuf};

use globset::GlobSet;
use walkdir::WalkDir;

use super::names::{Filter, SPECIAL, globs, no_data};
use super::{Blob, Cause, Entry, Error, FormatName, ListOptions, Location, Object, Reason, Runtime, Skipped};
use crate::Place;

/// Lists a path.
pub(super) fn local(
    runtime: &Runtime,
    path: &Path,
    options: &ListOptions,
    filter: Filter,
    each: &mut dyn FnMut(Entry),
) -> Result<(), Error> {
    let shown = path.to_string_lossy();
    let mut walk = Walk { runtime, options, filter, glob: None, objects: Vec::new(), skipped: Vec::new() };
    match path.metadata() {
        Ok(about) if about.is_dir() => walk.folder(path),
        Ok(_) => {
            let name = path
                .file_name()
                .map_or_else(|| shown.to_string(), |name| name.to_string_lossy().into_owned());
            walk.file(path, name);
        }
        Err(error) if shown.contains(SPECIAL) => {
            let root = fixed_part(path);
            if !root.as_os_str().is_empty() && !root.is_dir() {
                return Err(Cause::from(error).at(Place::object(shown)));
            }
            let rest = path.strip_prefix(&root).expect("root is made of the first parts of path");
            walk.glob = Some(globs(&[rest.to_string_lossy().into_owned()], false)?);
            walk.folder(if root.as_os_str().is_empty() { Path::new(".") } else { &root });
            if walk.objects.is_empty() && walk.skipped.is_empty() {
                return Err(Cause::NotFound.at(Place::object(shown)));
            }
        }
        Err(error) => return Err(Cause::from(error).at(Place::object(shown))),
    }
    let Walk { mut objects, mut skipped, .. } = walk;
    objects.sort_by(|a, b| a.name.cmp(&b.name));
    skipped.sort_by(|a, b| a.name.cmp(&b.name));
    objects.into_iter().map(Entry::Object).chain(skipped.into_iter().map(Entry::Skipped)).for_each(each);
    Ok(())
}

/// The leading parts of a glob that hold no special character.
fn fixed_part(glob: &Path) -> PathBuf {
    glob.components().take_while(|part| !part.as_os_str().to_string_lossy().contains(SPECIAL)).collect()
}

struct Walk<'a> {
    runtime: &'a Runtime,
    options: &'a ListOptions,
    filter: Filter,
    /// What the user's glob selects; the rest of the folder was not named.
    glob: Option<GlobSet>,
    objects: Vec<Object>,
    skipped: Vec<Skipped>,
}

impl Walk<'_> {
    fn skip(&mut self, name: String, size: u64, reason: Reason) {
        self.skipped.push(Skipped { name, size, reason });
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
            let named = (entry.depth() > 0).then(|| entry.file_name().to_string_lossy());
            let no_data = named.and_then(|name| no_data(&name));
            if entry.file_type().is_dir() {
                if let Some(reason) = no_data {
                    entries.skip_current_dir();
                    if self.glob.is_none() {
                        self.skip(name, 0, reason);
                    }
                }
                continue;
            }
            if self.glob.as_ref().is_some_and(|glob| !glob.is_match(&name)) {
                continue;
            }
            let size = entry.metadata().map_or(0, |about| about.len());
            if let Some(reason) = no_data {
                self.skip(name, size, reason);
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
            Err(error) => {
                let size = path.metadata().map_or(0, |about| about.len());
                return self.skip(name, size, Reason::Failed(error.cause));
            }
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
        self.objects.push(Object { name, location: Location::Blob(blob), size, format, compression });
    }
}

//! Objects, prefixes and globs of a store, a page at a time.

use globset::GlobSet;
use object_store::ObjectMeta;
use object_store::path::Path as Key;

use super::names::{Filter, SPECIAL, globs, no_data};
use super::{Blob, Cause, Entry, Error, FormatName, ListOptions, Location, Object, Reason, Runtime, Skipped};
use crate::Place;
use crate::store::{Page, Remote, Store};

/// Lists what an address names: an object of exactly this key, else what a glob selects, else what stands below it.
pub(super) fn remote(
    runtime: &Runtime,
    remote: &Remote,
    options: &ListOptions,
    filter: &Filter,
    each: &mut dyn FnMut(Entry),
) -> Result<(), Error> {
    let fail = |cause: Cause| cause.at(Place::object(remote.to_string()));
    let store = runtime.store(remote).map_err(fail)?;
    let key = remote.key.as_str();
    let mut of_key = Err(Cause::NotFound);
    if let Ok(exact) = Key::parse(key)
        && !key.is_empty()
        && !key.ends_with('/')
    {
        let store = store.clone();
        of_key = runtime.wait(async move { Ok(store.head(&exact).await?.0) });
    }
    let (base, prefix, glob) = match of_key {
        Ok(meta) => {
            let name = key.rsplit('/').next().unwrap_or(key).to_owned();
            each(Entry::Object(object(runtime, &store, meta, name, options)));
            return Ok(());
        }
        // Who may list but not look at single objects is told that they are denied, whether they are there or not.
        Err(Cause::NotFound | Cause::Denied | Cause::Unsupported(_)) if store.lists() => parts(key)?,
        Err(cause) => return Err(fail(cause)),
    };
    let mut pages = Pages { runtime, options, filter, store: &store, base, glob, found: 0, hidden: None };
    pages.all(&prefix, each).map_err(fail)?;
    match pages.found {
        0 => Err(fail(Cause::NotFound)),
        _ => Ok(()),
    }
}

/// The folder to which names are relative, the first part of all keys that are wanted, and the glob over what follows
/// the folder.
fn parts(key: &str) -> Result<(String, String, Option<GlobSet>), Error> {
    let Some(special) = key.find(SPECIAL) else {
        let slash = if key.is_empty() || key.ends_with('/') { "" } else { "/" };
        let folder = format!("{key}{slash}");
        return Ok((folder.clone(), folder, None));
    };
    let folder = key[..special].rfind('/').map_or(0, |slash| slash + 1);
    let glob = globs(&[key[folder..].to_owned()], false)?;
    Ok((key[..folder].to_owned(), key[..special].to_owned(), Some(glob)))
}

fn object(runtime: &Runtime, store: &Store, meta: ObjectMeta, name: String, options: &ListOptions) -> Object {
    let size = meta.size;
    let blob = Blob::remote(runtime, store, meta, &name);
    let (format, compression) = FormatName::of_name(&name);
    // What the name does not tell, the content tells when the object is opened.
    let format = options.format.or(format);
    Object { name, location: Location::Blob(blob), size, format, compression }
}

struct Pages<'a> {
    runtime: &'a Runtime,
    options: &'a ListOptions,
    filter: &'a Filter,
    store: &'a Store,
    base: String,
    glob: Option<GlobSet>,
    found: u64,
    /// A folder that is left out, and the bytes in it so far.
    hidden: Option<(String, u64)>,
}

impl Pages<'_> {
    fn all(&mut self, prefix: &str, each: &mut dyn FnMut(Entry)) -> Result<(), Cause> {
        // Where a page begins, as the store says, or behind which key; and how many keys it may have.
        let (mut from, mut after, mut most): (Option<String>, Option<String>, Option<usize>) =
            Default::default();
        loop {
            let (store, prefix) = (self.store.clone(), prefix.to_owned());
            let (at, behind) = (from.clone(), after.clone());
            let page = async move { store.page(&prefix, behind.as_deref(), at.as_deref(), most).await };
            let Page { objects, next, odd } = self.runtime.wait(page)?;
            match odd {
                // The client gives up a whole page for one key that it cannot name: get to just before it, then pass it.
                Some(odd) if most == Some(1) => {
                    let reason = "the key has an empty part, `.` or `..`, or a control character; rename it";
                    let reason = Reason::Failed(Cause::Unsupported(reason));
                    self.skip(relative(&odd, &self.base), 0, reason, each);
                    (from, after, most) = (None, Some(odd), None);
                }
                Some(_) => most = Some((most.unwrap_or(1_000) / 2).max(1)),
                None => {
                    for meta in objects {
                        self.entry(meta, each);
                    }
                    if next.is_none() {
                        break;
                    }
                    // No key of the page says where the next one begins: of `folder/` the client drops the slash.
                    (from, after) = (next, None);
                }
            }
        }
        self.leave_hidden(each);
        Ok(())
    }

    fn skip(&mut self, name: &str, size: u64, reason: Reason, each: &mut dyn FnMut(Entry)) {
        self.found += 1;
        each(Entry::Skipped(Skipped { name: name.to_owned(), size, reason }));
    }

    fn entry(&mut self, meta: ObjectMeta, each: &mut dyn FnMut(Entry)) {
        let key = meta.location.to_string();
        let name = relative(&key, &self.base);
        if name.is_empty() || self.glob.as_ref().is_some_and(|glob| !glob.is_match(name)) {
            return;
        }
        if let Some((end, _)) = no_data_end(name) {
            let folder = &name[..end];
            match &mut self.hidden {
                Some((same, size)) if same == folder => *size += meta.size,
                _ => {
                    self.leave_hidden(each);
                    self.hidden = Some((folder.to_owned(), meta.size));
                }
            }
            return;
        }
        self.leave_hidden(each);
        if !self.filter.wants(name) {
            return self.skip(name, meta.size, Reason::Excluded, each);
        }
        let name = name.to_owned();
        let object = object(self.runtime, self.store, meta, name, self.options);
        if object.size == 0 && object.format.is_none() {
            return self.skip(&object.name, 0, Reason::Marker, each);
        }
        self.found += 1;
        each(Entry::Object(object));
    }

    /// A hidden folder is one entry, as on a disk.
    fn leave_hidden(&mut self, each: &mut dyn FnMut(Entry)) {
        if let Some((name, size)) = self.hidden.take()
            && let Some((_, reason)) = no_data_end(&name)
        {
            self.skip(&name, size, reason, each);
        }
    }
}

/// A key without the folder to which names are relative; the marker of that folder has no name.
fn relative<'k>(key: &'k str, base: &str) -> &'k str {
    key.strip_prefix(base).unwrap_or(if base.strip_suffix('/') == Some(key) { "" } else { key })
}

/// Where the first part of a name ends that makes it no data, and why.
fn no_data_end(name: &str) -> Option<(usize, Reason)> {
    let mut end = 0;
    for part in name.split('/') {
        end += part.len();
        if let Some(reason) = no_data(part) {
            return Some((end, reason));
        }
        end += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_becomes_a_folder_a_prefix_and_a_glob() {
        for (key, folder, prefix, glob) in [
            ("", "", "", false),
            ("a", "a/", "a/", false),
            ("a/b/", "a/b/", "a/b/", false),
            ("a/b*.csv", "a/", "a/b", true),
            ("*.csv", "", "", true),
            ("a/{x,y}/*.csv", "a/", "a/", true),
        ] {
            let (found_folder, found_prefix, found_glob) = parts(key).unwrap();
            assert_eq!(
                (found_folder.as_str(), found_prefix.as_str(), found_glob.is_some()),
                (folder, prefix, glob)
            );
        }
    }

    #[test]
    fn the_first_part_of_a_name_that_is_no_data_is_found() {
        assert!(no_data_end("a/b.csv").is_none());
        assert!(matches!(no_data_end("_delta_log/0.json"), Some((10, Reason::Hidden))));
        assert!(matches!(no_data_end("a/.b/c.sievert"), Some((4, Reason::Hidden))));
        assert!(matches!(no_data_end("a/_SUCCESS"), Some((10, Reason::Hidden))));
        assert!(matches!(no_data_end("a/b.csv.sievert/report.json"), Some((15, Reason::OfARun))));
    }
}

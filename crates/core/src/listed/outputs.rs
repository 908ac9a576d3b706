//! What a rewrite would write, and whether it may: all that can be refused before a byte is read.

use std::collections::{BTreeMap, HashSet};
#[cfg(unix)]
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use sievert_io::{
    Address, Cause, Entry, Input, ListOptions, Location, Object, Reason, Runtime, Skipped, list_each,
};

use crate::Error;
use crate::job::{Destination, Job, Task};
use crate::report::LookAt;
use crate::shown::Names;
use crate::state::Earlier;

/// The output folder holds data alone: what is said about the run must not stand in it.
pub(super) fn apart(job: &Job) -> Result<(), Error> {
    let Task::Redact { to: Destination::Folder(out), state, .. } = &job.task else { return Ok(()) };
    let [state, out] = [state, out].map(|place| Address::parse(place).map_err(Error::Mark));
    let (state, out) = (state?, out?);
    let whole = |address: &Address| match address {
        Address::Local(path) => std::path::absolute(path).unwrap_or_else(|_| path.clone()),
        Address::Remote(remote) => PathBuf::from(remote.to_string()),
    };
    match whole(&state).starts_with(whole(&out)) {
        true => Err(Error::StateInOutput(state.to_string())),
        false => Ok(()),
    }
}

/// Whether the policy allows that this job writes where it would: a frame is written to memory, and a scan writes no
/// data.
pub(super) fn residence(job: &Job, runtime: &Runtime) -> Result<(), Error> {
    let Task::Redact { to, state, .. } = &job.task else { return Ok(()) };
    let paths = || job.inputs.iter().filter(|input| !matches!(input, Input::Frame(_)));
    let mut places: Vec<PathBuf> = match to {
        _ if paths().next().is_none() => return Ok(()),
        Destination::Folder(folder) => vec![folder.clone()],
        Destination::InPlace => paths().map(|input| shown(input).into()).collect(),
        Destination::Stdout => vec!["-".into()],
    };
    places.push(state.clone());
    for place in places {
        let address = Address::parse(&place).map_err(Error::Mark)?;
        if let Some(why) = job.plan.output().refuses(&runtime.residence(&address)) {
            return Err(Error::Residence { place: address.to_string(), why });
        }
    }
    Ok(())
}

/// What a rewrite would write, and whether it may.
pub(super) struct Outputs<'j> {
    job: &'j Job,
    /// Whether an output may take the place of one that is there.
    replace: bool,
    /// Where this run writes, the output folder first: what stands there is not read.
    places: Vec<Address>,
    /// Of an output folder in a store: what is there already.
    there: HashSet<String>,
    /// With several inputs, two objects may want one place.
    taken: HashSet<PathBuf>,
    /// Digests of where objects stand and what is made of them there: a folder may hold a million.
    known: HashSet<[u8; 16]>,
    /// Of an output folder that may hold more than this run makes: digests of what it makes. Of one shard nobody can say
    /// what others make.
    made: Option<HashSet<[u8; 16]>>,
    /// Of files with several names (hard links) that are rewritten in place, by device and number: the first name, and how
    /// many are not rewritten.
    linked: BTreeMap<(u64, u64), (String, u64)>,
}

impl<'j> Outputs<'j> {
    pub(super) fn new(job: &'j Job, runtime: &Runtime, replace: bool) -> Result<Self, Error> {
        let (mut places, mut there, mut made) = (Vec::new(), HashSet::new(), None);
        if let Task::Redact { to, state, .. } = &job.task {
            if let Destination::Folder(out) = to {
                let address = Address::parse(out).map_err(Error::Mark)?;
                if matches!(address, Address::Remote(_)) && !replace {
                    there = names_in(runtime, out)?;
                }
                let is_new = matches!(&address, Address::Local(folder) if !folder.is_dir());
                made = (!is_new && job.list.shard.is_none()).then(HashSet::new);
                places.push(address);
            }
            places.push(Address::parse(state).map_err(Error::Mark)?);
        } else if let Some(state) = &job.resume.state {
            places.push(Address::parse(state).map_err(Error::Mark)?);
        }
        for place in &mut places {
            if let Address::Local(folder) = place
                && let Ok(real) = folder.canonicalize()
            {
                *folder = real;
            }
        }
        let (taken, known, linked) = Default::default();
        Ok(Self { job, replace, places, there, taken, known, made, linked })
    }

    /// Whether an object stands where this run writes.
    pub(super) fn hold(&self, object: &Object) -> bool {
        self.places.iter().any(|place| stands_in(object, place))
    }

    /// Whether an object stands in the output folder.
    pub(super) fn among_copies(&self, object: &Object) -> bool {
        matches!(&self.job.task, Task::Redact { to: Destination::Folder(_), .. })
            && self.places.first().is_some_and(|folder| stands_in(object, folder))
    }

    /// Whether the object came before: two inputs name it, or a link leads to it. A copy is made under each of its names,
    /// and it is looked at again where another name says another format.
    pub(super) fn again(&mut self, object: &Object) -> bool {
        let place = match &object.location {
            // No link stands in a store, so a long listing of one need not be kept.
            Location::Blob(blob) if blob.path().is_none() && self.job.inputs.len() == 1 => return false,
            Location::Blob(blob) => blob.uri(),
            Location::Stdin => "-".into(),
            Location::Frame(_) => return false,
        };
        let made = match &self.job.task {
            Task::Redact { to, .. } => target(to, object),
            Task::Scan => object.format.map(|format| format.name().into()),
        };
        let made = made.unwrap_or_default();
        !self.known.insert(digest(&[place.as_bytes(), made.as_os_str().as_encoded_bytes()]))
    }

    /// A rewritten file takes one name of the old one, which the others still lead to.
    pub(super) fn count_name(&mut self, object: &Object) {
        #[cfg(unix)]
        if let (Task::Redact { to: Destination::InPlace, .. }, Location::Blob(blob)) =
            (&self.job.task, &object.location)
            && let Some(about) = blob.path().and_then(|path| path.metadata().ok())
            && about.nlink() > 1
        {
            let first = || (object.name.clone(), about.nlink());
            let (_, left) = self.linked.entry((about.dev(), about.ino())).or_insert_with(first);
            *left = left.saturating_sub(1); // a name may have been made since
        }
    }

    /// Files that keep what they held under a name that nobody has given.
    pub(super) fn left_behind(&self, names: &Names<'_>) -> impl Iterator<Item = LookAt> {
        self.linked.values().filter(|(_, left)| *left > 0).map(|(name, left)| LookAt {
            detector: String::new(),
            place: names.shown(name).to_string(),
            note: format!(
                "its other names (hard links: {left}) still lead to what was there; rewrite or remove them too"
            ),
        })
    }

    /// What stands in the output folder and is made of no input of this run, such as the copy of a file that was removed
    /// since: whoever reads the folder reads it too. It is not this run's to remove.
    pub(super) fn of_no_input(&self, runtime: &Runtime, names: &Names<'_>) -> Result<Option<LookAt>, Error> {
        let (Some(made), Task::Redact { to: Destination::Folder(out), .. }) = (&self.made, &self.job.task)
        else {
            return Ok(None);
        };
        let (mut first, mut more) = (None, 0_u64);
        each_in(runtime, out, &mut |entry| {
            let name = match entry {
                Entry::Skipped(Skipped { reason: Reason::Hidden, .. }) => return, // no data, by convention
                Entry::Skipped(skipped) => skipped.name,
                Entry::Object(object) => object.name,
            };
            match made.contains(&path_digest(&out.join(&name))) {
                true => {}
                false if first.is_none() => first = Some(name),
                false => more += 1,
            }
        })?;
        let others = if more > 0 { format!(", as {more} more") } else { String::new() };
        Ok(first.map(|name| LookAt {
            detector: String::new(),
            place: names.shown(&name).to_string(),
            note: format!(
                "stands in the output folder{others}, made of no input of this run; remove what should not be there"
            ),
        }))
    }

    /// Whether the object's output may be written.
    pub(super) fn check(
        &mut self,
        object: &Object,
        names: &Names<'_>,
        earlier: &mut Earlier,
    ) -> Result<(), Error> {
        let Task::Redact { to, overwrite, .. } = &self.job.task else { return Ok(()) };
        if matches!((to, &object.location), (Destination::InPlace, Location::Stdin)) {
            return Err(Error::NoPlace);
        }
        let Some(target) = target(to, object) else { return Ok(()) };
        if let Some(made) = &mut self.made {
            made.insert(path_digest(&target));
        }
        let exists = || self.there.contains(&object.name) || target.symlink_metadata().is_ok();
        if matches!(to, Destination::Folder(_)) && !self.replace && exists() {
            return Err(Error::OutputExists(names.shown(&object.name).to_string()));
        }
        if matches!(to, Destination::Folder(_)) && self.replace && is_at(object, &target) {
            return Err(Error::OverInput(names.shown(&object.name).to_string()));
        }
        // That a run is resumed is no leave to write over what it has made of something else.
        if matches!(to, Destination::Folder(_)) && !overwrite && earlier.holds_another(self.job, object) {
            return Err(Error::OutputOfAnother(names.shown(&object.name).to_string()));
        }
        if self.job.inputs.len() > 1 && !self.taken.insert(target) {
            return Err(Error::SameOutput(names.shown(&object.name).to_string()));
        }
        Ok(())
    }
}

/// Whether an object stands where its output would be put. A link in place of the output itself is replaced, and leads
/// nowhere then; one in place of a folder is followed.
fn is_at(object: &Object, output: &Path) -> bool {
    let Location::Blob(blob) = &object.location else { return false };
    let (Some(path), Some(folder), Some(name)) = (blob.path(), output.parent(), output.file_name()) else {
        return false;
    };
    path.file_name() == Some(name) && folder.canonicalize().is_ok_and(|folder| folder.join(name) == path)
}

fn stands_in(object: &Object, folder: &Address) -> bool {
    let Location::Blob(blob) = &object.location else { return false };
    match (folder, blob.path()) {
        (Address::Local(folder), Some(path)) => path.starts_with(folder),
        (Address::Remote(folder), None) => {
            let folder = folder.to_string();
            blob.uri().strip_prefix(folder.trim_end_matches('/')).is_some_and(|rest| rest.starts_with('/'))
        }
        _ => false,
    }
}

/// The names of all objects in a folder of a store.
pub(crate) fn names_in(runtime: &Runtime, folder: &Path) -> Result<HashSet<String>, Error> {
    let mut names = HashSet::new();
    each_in(runtime, folder, &mut |entry| {
        names.insert(match entry {
            Entry::Object(object) => object.name,
            Entry::Skipped(skipped) => skipped.name,
        });
    })?;
    Ok(names)
}

/// Lists an output folder, which need not be there.
fn each_in(runtime: &Runtime, folder: &Path, each: &mut dyn FnMut(Entry)) -> Result<(), Error> {
    let mut url = folder.to_string_lossy().into_owned();
    url.truncate(url.trim_end_matches('/').len());
    let input = Input::Path((url + "/").into());
    match list_each(runtime, &input, &ListOptions::default(), each) {
        Err(error) if !matches!(error.cause, Cause::NotFound) => Err(Error::Mark(error)),
        _ => Ok(()),
    }
}

fn path_digest(path: &Path) -> [u8; 16] {
    digest(&[path.as_os_str().as_encoded_bytes()])
}

fn digest(parts: &[&[u8]]) -> [u8; 16] {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
        digest.update([0]); // stands in no place
    }
    *digest.finalize().first_chunk().expect("twice as long")
}

/// An input as the user named it.
pub(super) fn shown(input: &Input) -> String {
    match input {
        Input::Path(path) => path.to_string_lossy().into_owned(),
        Input::Stdin => "-".into(),
        Input::Frame(frame) => frame.name().into(),
    }
}

/// Where the rewritten object goes; `None`: to standard output, or back to who handed it in.
pub(crate) fn target(to: &Destination, object: &Object) -> Option<PathBuf> {
    match (to, &object.location) {
        (Destination::Folder(folder), Location::Stdin) => Some(folder.join("stdin")),
        (Destination::Folder(folder), Location::Blob(_)) => Some(folder.join(Path::new(&object.name))),
        (Destination::InPlace, Location::Blob(blob)) => Some(blob.uri().into()),
        (Destination::InPlace, Location::Stdin) | (Destination::Stdout, _) | (_, Location::Frame(_)) => None,
    }
}

//! The objects of all inputs and what is left out, and whether their outputs can be written: everything that can be
//! refused before a byte is read.

use std::collections::{BTreeMap, HashSet};
#[cfg(unix)]
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sievert_io::{
    Address, Cause, Entry, Input, ListOptions, Location, Object, Objects, Reason, Runtime, is_leftover,
    list_each,
};

use crate::job::{Destination, Job, Task};
use crate::ledger::Ledger;
use crate::report::{LookAt, NotExamined, Skipped, keep, keep_gap};
use crate::run::LOOK_AT_KEPT;
use crate::sample::{Sample, SampleSize, Sampler};
use crate::shown::Names;
use crate::{Error, Plan};

/// What a job will read, and what it will not.
#[derive(Debug)]
pub struct Listed {
    /// The objects, in the order in which they are read.
    pub objects: Objects,
    /// Entries left out on purpose.
    pub skipped: Vec<Skipped>,
    /// How many further entries `skipped` would have.
    pub skipped_more: u64,
    /// Entries that were wanted and cannot be read.
    pub not_examined: Vec<NotExamined>,
    /// How many further entries `not_examined` would have.
    pub not_examined_more: u64,
    /// Objects that deserve a person's eyes, before anything in them does.
    pub look_at: Vec<LookAt>,
    /// The share of the objects that was drawn, of a sample of objects.
    pub(crate) share: f64,
    /// The ledger so far: everything that is not in `objects`.
    pub(crate) ledger: Ledger,
}

impl Listed {
    /// Lists the inputs of a job and checks its outputs; reads no data.
    ///
    /// # Errors
    /// An input is not there, two objects would be written to one place, or a place is taken.
    pub fn new(job: &Job, runtime: &Runtime) -> Result<Self, Error> {
        let (earlier, replace) = crate::state::earlier(job, runtime)?;
        Self::with(job, runtime, replace, &earlier.runs)
    }

    /// The same, told whether an output may take the place of one that is there, and which runs of this job have ended:
    /// what they were writing is not there for it.
    pub(crate) fn with(job: &Job, runtime: &Runtime, replace: bool, ended: &[String]) -> Result<Self, Error> {
        let mut listed = Self {
            objects: Objects::new(runtime),
            skipped: Vec::new(),
            skipped_more: 0,
            not_examined: Vec::new(),
            not_examined_more: 0,
            look_at: Vec::new(),
            share: 1.0,
            ledger: Ledger::default(),
        };
        apart(job)?;
        residence(job, runtime)?;
        let names = Names::new(&job.plan);
        let mut outputs = Outputs::new(job, runtime, replace)?;
        for input in &job.inputs {
            let (mut some, before) = (false, listed.objects.len());
            let (mut beside, mut failed) = (None, None);
            list_each(runtime, input, &job.list, &mut |entry| match entry {
                Entry::Object(object) if outputs.hold(&object) => {
                    some = true;
                    if beside.is_none() && outputs.among_copies(&object) {
                        beside = Some(object.name.clone());
                    }
                    let why = "it stands where this run writes".into();
                    listed.skip(&names, &object.name, object.size, why);
                }
                Entry::Object(object) if outputs.again(&object) => {
                    let why = "it is read already, under this or another name".into();
                    listed.skip(&names, &object.name, 0, why); // its bytes are counted there
                }
                Entry::Object(object) => {
                    some = true;
                    let checked = outputs.check(&object, &names);
                    outputs.count_name(&object);
                    let added = checked.and_then(|()| listed.objects.push(&object).map_err(Error::Spool));
                    failed = failed.take().or(added.err());
                }
                Entry::Skipped(entry) if is_leftover(&entry.name, ended) => {}
                Entry::Skipped(entry) => {
                    let why = reason(&entry.reason);
                    match entry.reason.not_examined() {
                        true => listed.miss(&names, &entry.name, entry.size, why),
                        false => listed.skip(&names, &entry.name, entry.size, why),
                    }
                }
            })
            .map_err(|mut error| {
                // Who takes one function for another hands in a text here.
                error.place.object = names.shown(&error.place.object).to_string();
                Error::Input(error)
            })?;
            failed.map_or(Ok(()), Err)?;
            if some && listed.objects.len() == before {
                return Err(Error::OutputIsInput(names.shown(&shown(input)).to_string()));
            }
            // As it is, it would stand among the safe copies.
            if let Some(name) = beside.filter(|_| !replace) {
                return Err(Error::OutputExists(names.shown(&name).to_string()));
            }
        }
        listed.look_at = outputs.left_behind(&names).take(LOOK_AT_KEPT).collect();
        if let Some(sample) = job.sample.filter(|sample| sample.size.is_of_objects()) {
            listed.draw(sample, runtime)?;
        }
        match &job.task {
            Task::Redact { to: Destination::Stdout, .. } if listed.objects.len() != 1 => {
                Err(Error::OneInput(usize::try_from(listed.objects.len()).unwrap_or(usize::MAX)))
            }
            _ => Ok(listed),
        }
    }

    /// Leaves only the objects that are drawn.
    fn draw(&mut self, sample: Sample, runtime: &Runtime) -> Result<(), Error> {
        self.share = match sample.size {
            SampleSize::Objects(wanted) => (wanted as f64 / self.objects.len() as f64).min(1.0),
            SampleSize::ObjectShare(share) => share,
            SampleSize::Share(_) | SampleSize::Rows(_) => 1.0,
        };
        let sampler = Sampler { sample, share: self.share };
        let all = std::mem::replace(&mut self.objects, Objects::new(runtime));
        for object in all.read().map_err(Error::Spool)? {
            let object = object.map_err(Error::Spool)?;
            if sampler.takes_object(&object.name) {
                self.objects.push(&object).map_err(Error::Spool)?;
            } else {
                self.ledger.objects.sampled += 1;
                self.ledger.objects.total += 1;
                self.ledger.bytes.sampled += object.size;
                self.ledger.bytes.total += object.size;
            }
        }
        Ok(())
    }

    /// Stored bytes of the objects to be read.
    pub fn bytes(&self) -> u64 {
        self.objects.bytes()
    }

    /// The objects, each with its name as shown: personal parts replaced by their type.
    ///
    /// # Errors
    /// The list cannot be read back.
    pub fn read<'p>(
        &self,
        plan: &'p Plan,
    ) -> Result<impl Iterator<Item = Result<(Object, Arc<str>), Error>> + use<'p>, Error> {
        let names = Names::new(plan);
        let objects = self.objects.read().map_err(Error::Spool)?;
        Ok(objects.map(move |object| {
            let object = object.map_err(Error::Spool)?;
            let name = names.shown(&object.name);
            Ok((object, name))
        }))
    }

    fn skip(&mut self, names: &Names<'_>, name: &str, bytes: u64, reason: String) {
        self.ledger.objects.skipped += 1;
        self.ledger.objects.total += 1;
        self.ledger.bytes.skipped += bytes;
        self.ledger.bytes.total += bytes;
        let entry = Skipped { name: names.shown(name).to_string(), bytes, reason };
        keep(&mut self.skipped, &mut self.skipped_more, entry);
    }

    fn miss(&mut self, names: &Names<'_>, name: &str, bytes: u64, reason: String) {
        self.ledger.objects.failed += 1;
        self.ledger.objects.total += 1;
        self.ledger.bytes.failed += bytes;
        self.ledger.bytes.total += bytes;
        let object = names.shown(name).to_string();
        let gap = NotExamined { object, record: None, bytes, reason };
        keep_gap(&mut self.not_examined, &mut self.not_examined_more, gap);
    }
}

/// The output folder holds data alone: what is said about the run must not stand in it.
fn apart(job: &Job) -> Result<(), Error> {
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
fn residence(job: &Job, runtime: &Runtime) -> Result<(), Error> {
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
struct Outputs<'j> {
    job: &'j Job,
    /// Whether an output may take the place of one that is there.
    replace: bool,
    /// Where this run writes, the output folder first: what stands there is not read.
    places: Vec<Address>,
    /// Of an output folder in a store: what is there already.
    there: HashSet<String>,
    /// With several inputs, two objects may want one place.
    taken: HashSet<PathBuf>,
    /// Where objects stand, and what is made of them there.
    known: HashSet<(String, PathBuf)>,
    /// Of files with several names (hard links) that are rewritten in place, by device and number: the first name, and how
    /// many are not rewritten.
    linked: BTreeMap<(u64, u64), (String, u64)>,
}

impl<'j> Outputs<'j> {
    fn new(job: &'j Job, runtime: &Runtime, replace: bool) -> Result<Self, Error> {
        let (mut places, mut there) = (Vec::new(), HashSet::new());
        if let Task::Redact { to, state, .. } = &job.task {
            if let Destination::Folder(out) = to {
                let address = Address::parse(out).map_err(Error::Mark)?;
                if matches!(address, Address::Remote(_)) && !replace {
                    there = names_in(runtime, out)?;
                }
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
        Ok(Self { job, replace, places, there, taken, known, linked })
    }

    /// Whether an object stands where this run writes.
    fn hold(&self, object: &Object) -> bool {
        self.places.iter().any(|place| stands_in(object, place))
    }

    /// Whether an object stands in the output folder.
    fn among_copies(&self, object: &Object) -> bool {
        matches!(&self.job.task, Task::Redact { to: Destination::Folder(_), .. })
            && self.places.first().is_some_and(|folder| stands_in(object, folder))
    }

    /// Whether the object came before: two inputs name it, or a link leads to it. A copy is made under each of its names,
    /// and it is looked at again where another name says another format.
    fn again(&mut self, object: &Object) -> bool {
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
        !self.known.insert((place, made.unwrap_or_default()))
    }

    /// A rewritten file takes one name of the old one, which the others still lead to.
    fn count_name(&mut self, object: &Object) {
        #[cfg(unix)]
        if let (Task::Redact { to: Destination::InPlace, .. }, Location::Blob(blob)) =
            (&self.job.task, &object.location)
            && let Some(about) = blob.path().and_then(|path| path.metadata().ok())
            && about.nlink() > 1
        {
            let first = || (object.name.clone(), about.nlink());
            self.linked.entry((about.dev(), about.ino())).or_insert_with(first).1 -= 1;
        }
    }

    /// Files that keep what they held under a name that nobody has given.
    fn left_behind(&self, names: &Names<'_>) -> impl Iterator<Item = LookAt> {
        self.linked.values().filter(|(_, left)| *left > 0).map(|(name, left)| LookAt {
            detector: String::new(),
            place: names.shown(name).to_string(),
            note: format!(
                "its other names (hard links: {left}) still lead to what was there; rewrite or remove them too"
            ),
        })
    }

    /// Whether the object's output may be written.
    fn check(&mut self, object: &Object, names: &Names<'_>) -> Result<(), Error> {
        let Task::Redact { to, .. } = &self.job.task else { return Ok(()) };
        if matches!((to, &object.location), (Destination::InPlace, Location::Stdin)) {
            return Err(Error::NoPlace);
        }
        let Some(target) = target(to, object) else { return Ok(()) };
        let exists = || self.there.contains(&object.name) || target.symlink_metadata().is_ok();
        if matches!(to, Destination::Folder(_)) && !self.replace && exists() {
            return Err(Error::OutputExists(names.shown(&object.name).to_string()));
        }
        if self.job.inputs.len() > 1 && !self.taken.insert(target) {
            return Err(Error::SameOutput(names.shown(&object.name).to_string()));
        }
        Ok(())
    }
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
    let mut url = folder.to_string_lossy().into_owned();
    url.truncate(url.trim_end_matches('/').len());
    let input = Input::Path((url + "/").into());
    let listed = list_each(runtime, &input, &ListOptions::default(), &mut |entry| {
        names.insert(match entry {
            Entry::Object(object) => object.name,
            Entry::Skipped(skipped) => skipped.name,
        });
    });
    match listed {
        Err(error) if !matches!(error.cause, Cause::NotFound) => Err(Error::Mark(error)),
        _ => Ok(names),
    }
}

/// An input as the user named it.
fn shown(input: &Input) -> String {
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

fn reason(reason: &Reason) -> String {
    match reason {
        Reason::Hidden => "its name begins with _ or .".into(),
        Reason::OfARun => "its name ends in .sievert: what an earlier run says about itself".into(),
        Reason::Excluded => "--include or --exclude leaves it out".into(),
        Reason::Marker => "an empty object without a known ending: it marks a folder".into(),
        Reason::Loop => "a link back to a folder that it stands in".into(),
        Reason::UnknownFormat => "of no known format; name one with --input-format".into(),
        Reason::Failed(cause) => cause.to_string(),
        other => format!("{other:?}"),
    }
}

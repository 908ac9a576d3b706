//! The objects of all inputs and what is left out, and whether their outputs can be written: everything that can be
//! refused before a byte is read.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sievert_io::{Input, Location, Object, Reason, Runtime, list};

use crate::Error;
use crate::job::{Destination, Job, Task};
use crate::ledger::Ledger;
use crate::report::{NotExamined, Skipped};
use crate::shown::Names;

/// What a job will read, and what it will not.
#[derive(Debug, Default)]
pub struct Listed {
    /// The objects, in the order in which they are read.
    pub objects: Vec<Object>,
    /// Their names as shown: with personal parts replaced by their type.
    pub names: Vec<Arc<str>>,
    /// Entries left out on purpose.
    pub skipped: Vec<Skipped>,
    /// Entries that were wanted and cannot be read.
    pub not_examined: Vec<NotExamined>,
    /// The ledger so far: everything that is not in `objects`.
    pub(crate) ledger: Ledger,
}

impl Listed {
    /// Lists the inputs of a job and checks its outputs; reads no data.
    ///
    /// # Errors
    /// An input is not there, two objects would be written to one place, or a place is taken.
    pub fn new(job: &Job, runtime: &Runtime) -> Result<Self, Error> {
        let mut listed = Self::default();
        let names = Names::new(job.plan.scanner());
        let written = written_to(&job.task);
        for input in &job.inputs {
            let listing = list(runtime, input, &job.list).map_err(Error::Input)?;
            let read = listed.objects.len();
            let some = !listing.objects.is_empty();
            for object in listing.objects {
                match &object.location {
                    Location::Blob(blob) if written.iter().any(|to| blob.path().starts_with(to)) => {
                        listed.skip(
                            &names,
                            &object.name,
                            object.size,
                            "it stands where this run writes".into(),
                        );
                    }
                    _ => {
                        listed.names.push(names.shown(&object.name));
                        listed.objects.push(object);
                    }
                }
            }
            if some && listed.objects.len() == read {
                return Err(Error::OutputIsInput(names.shown(&shown(input)).to_string()));
            }
            for entry in listing.skipped {
                match entry.reason.not_examined() {
                    true => listed.miss(&names, &entry.name, entry.size, reason(&entry.reason)),
                    false => listed.skip(&names, &entry.name, entry.size, reason(&entry.reason)),
                }
            }
        }
        listed.check_outputs(job)?;
        Ok(listed)
    }

    /// Stored bytes of the objects to be read.
    pub fn bytes(&self) -> u64 {
        self.objects.iter().map(|object| object.size).sum()
    }

    fn skip(&mut self, names: &Names<'_>, name: &str, bytes: u64, reason: String) {
        self.ledger.objects.skipped += 1;
        self.ledger.objects.total += 1;
        self.ledger.bytes.skipped += bytes;
        self.ledger.bytes.total += bytes;
        self.skipped.push(Skipped { name: names.shown(name).to_string(), bytes, reason });
    }

    fn miss(&mut self, names: &Names<'_>, name: &str, bytes: u64, reason: String) {
        self.ledger.objects.failed += 1;
        self.ledger.objects.total += 1;
        self.ledger.bytes.failed += bytes;
        self.ledger.bytes.total += bytes;
        let object = names.shown(name).to_string();
        self.not_examined.push(NotExamined { object, record: None, bytes, reason });
    }

    fn check_outputs(&self, job: &Job) -> Result<(), Error> {
        let Task::Redact { to, overwrite, .. } = &job.task else { return Ok(()) };
        if matches!(to, Destination::Stdout) && self.objects.len() != 1 {
            return Err(Error::OneInput(self.objects.len()));
        }
        let piped = self.objects.iter().any(|object| matches!(object.location, Location::Stdin));
        if matches!(to, Destination::InPlace) && piped {
            return Err(Error::NoPlace);
        }
        let mut taken = HashSet::new();
        for (object, name) in self.objects.iter().zip(&self.names) {
            let Some(target) = target(to, object) else { continue };
            let exists =
                matches!(to, Destination::Folder(_)) && !overwrite && target.symlink_metadata().is_ok();
            if exists {
                return Err(Error::OutputExists(name.to_string()));
            }
            if !taken.insert(target) {
                return Err(Error::SameOutput(name.to_string()));
            }
        }
        Ok(())
    }
}

/// The folders that a rewrite writes to: its outputs, and beside them what it has to say.
fn written_to(task: &Task) -> Vec<PathBuf> {
    let Task::Redact { to, state, .. } = task else { return Vec::new() };
    let out = match to {
        Destination::Folder(out) => Some(out.as_path()),
        Destination::InPlace | Destination::Stdout => None,
    };
    out.into_iter().chain([state.as_path()]).filter_map(|folder| folder.canonicalize().ok()).collect()
}

/// An input as the user named it.
fn shown(input: &Input) -> String {
    match input {
        Input::Path(path) => path.to_string_lossy().into_owned(),
        Input::Stdin => "-".into(),
    }
}

/// Where the rewritten object goes; `None`: to standard output.
pub(crate) fn target(to: &Destination, object: &Object) -> Option<PathBuf> {
    match (to, &object.location) {
        (Destination::Folder(folder), Location::Stdin) => Some(folder.join("stdin")),
        (Destination::Folder(folder), Location::Blob(_)) => Some(folder.join(Path::new(&object.name))),
        (Destination::InPlace, Location::Blob(blob)) => Some(blob.path().to_owned()),
        (Destination::InPlace, Location::Stdin) | (Destination::Stdout, _) => None,
    }
}

fn reason(reason: &Reason) -> String {
    match reason {
        Reason::Hidden => "its name begins with _ or .".into(),
        Reason::Excluded => "--include or --exclude leaves it out".into(),
        Reason::Loop => "a link back to a folder that it stands in".into(),
        Reason::UnknownFormat => "of no known format; name one with --input-format".into(),
        Reason::Failed(cause) => cause.to_string(),
        other => format!("{other:?}"),
    }
}

//! What a run has done, kept durably beside its output, so that a later run need not do it again. One small file every
//! second; each holds what happened since the one before: objects that were finished, how far a large one has come,
//! and rows of the findings file.

mod earlier;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sievert_io::{
    Access, Address, Input, Kept, Lease, Location, Mark, Object, Runtime, Stamp, Target, file_names,
    remove_file, remove_leftovers, remove_leftovers_of, write_file,
};

use crate::Error;
use crate::findings::Spelled;
use crate::job::{Destination, Job, Task};
use crate::listed::target;
use crate::report::Report;
pub(crate) use earlier::{Before, Earlier, earlier};

/// How often what was done is written down: so much work is lost with a machine. Sooner at first, so that runs that
/// never live long come to an end too.
const EVERY: Duration = Duration::from_secs(1);
const FIRST: Duration = Duration::from_millis(20);
/// How often it is written down how far an object has come: its share of the report goes with it.
const MARKS: Duration = Duration::from_secs(5);
/// How coarse the times of files may be.
const TICK: Duration = Duration::from_secs(2);
/// Bytes of rows that are held at most.
const ROWS: usize = 1 << 20;
/// The right to write the output and this state; begins with a dot, as it is no record of what was done.
const LEASE: &str = ".lease";

/// Stands first in every file.
#[derive(Serialize, Deserialize)]
struct Header {
    /// Identifies the job: see [`job_id`].
    job: String,
    /// The name of the run that wrote it, which its temporary files carry.
    run: String,
}

/// What stands behind it, a line each.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Line<'a> {
    /// An object was done.
    Done {
        /// Where what was made of it stands: see [`place_id`].
        place: String,
        /// Which object it was, in whatever state.
        of: String,
        /// Identifies it in its state when it was done; of one rewritten in place, as it is afterwards.
        id: String,
        /// The id under which its rows stand: that of its state when it was read.
        rows: String,
        report: Box<Report>,
    },
    /// An object has come so far.
    Begun { id: String, begun: Box<Begun> },
    /// What was written of it is there no longer.
    Gone { id: String },
    /// The findings in a piece of an object.
    Rows { id: String, piece: u64, rows: Vec<Spelled<'a>> },
}

/// How far an object has come.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Begun {
    /// In what is read.
    pub(crate) mark: Mark,
    /// In its stored bytes.
    pub(crate) position: u64,
    /// In what is written, if something is.
    pub(crate) output: Option<Kept>,
    /// In what is quarantined, if something was.
    pub(crate) quarantine: Option<Kept>,
    /// Its share of what the run tells.
    pub(crate) report: Report,
    /// By field: cells that cannot be looked at, and why.
    pub(crate) unread: Vec<(String, u64, String)>,
}

/// Where what this run does is written down.
#[derive(Debug)]
pub(crate) struct State<'r> {
    runtime: &'r Runtime,
    /// No two runs write into one output.
    lease: Lease,
    folder: PathBuf,
    job: String,
    run: String,
    /// The runs of this job that were begun before.
    runs: Vec<String>,
    pending: Vec<u8>,
    written: Instant,
    /// When to write the next time.
    pause: Duration,
    marked: Instant,
    mark_pause: Duration,
    files: u32,
}

/// The folder of a job's state, if it keeps one. What comes once cannot be resumed; nor can what is rewritten in place in
/// a store, as nobody knows by which tag an object will be known before it is there.
fn folder(job: &Job) -> Option<PathBuf> {
    if job.inputs.contains(&Input::Stdin) {
        return None;
    }
    let state = match &job.task {
        Task::Redact { to: Destination::Folder(_), .. } | Task::Scan => job.resume.state.as_ref(),
        Task::Redact { to: Destination::InPlace, .. } if job.inputs.iter().all(is_local) => {
            job.resume.state.as_ref()
        }
        Task::Redact { .. } => None,
    }?;
    Some(state.join(match job.list.shard {
        Some(shard) => format!("done-{:05}-of-{:05}", shard.index(), shard.of()),
        None => "done".into(),
    }))
}

fn is_local(input: &Input) -> bool {
    matches!(input, Input::Path(path) if matches!(Address::parse(path), Ok(Address::Local(_))))
}

impl<'r> State<'r> {
    /// Begins to write down what is done, where this job keeps that. A run that does not resume forgets what others
    /// have done: it will write what they have written.
    pub(crate) fn begin(
        job: &Job,
        runtime: &'r Runtime,
        run: &str,
        earlier: &mut Earlier,
    ) -> Result<Option<Self>, Error> {
        let Some(folder) = folder(job) else { return Ok(None) };
        let lease = Lease::take(runtime, &folder.join(LEASE), run, job.limits.lease).map_err(Error::State)?;
        let kept = earlier.kept();
        let mut gone: Vec<_> = earlier.runs.iter().filter(|run| !kept.contains(*run)).cloned().collect();
        if !job.resume.on {
            let mut names = file_names(runtime, &folder).map_err(Error::State)?;
            names.retain(|name| name != LEASE);
            gone.extend(names.iter().filter_map(|name| Some(name.rsplit_once('-')?.0.to_owned())));
            for name in names {
                remove_file(runtime, &folder.join(name)).map_err(Error::State)?;
            }
        }
        remove_unfinished(job, &gone)?;
        let mut state = State {
            runtime,
            lease,
            folder,
            job: job_id(job),
            run: run.to_owned(),
            runs: earlier.runs.clone(),
            pending: Vec::new(),
            written: Instant::now(),
            pause: FIRST / 2,
            marked: Instant::now(),
            mark_pause: FIRST,
            files: 0,
        };
        state.write()?;
        Ok(Some(state))
    }

    /// Where it stands.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes sure that no other run writes here: before anything is published.
    pub(crate) fn keep(&mut self) -> Result<(), Error> {
        self.lease.keep().map_err(Error::State)
    }

    /// Notes that an object was done; its output is there.
    pub(crate) fn done(&mut self, job: &Job, object: &Object, report: Report) -> Result<(), Error> {
        self.line_of_done(job, object, object_id(object), report);
        if self.written.elapsed() >= self.pause { self.write() } else { Ok(()) }
    }

    /// Writes down that an object was done, just before what was made of it takes its place and looks so.
    pub(crate) fn replaced(
        &mut self,
        job: &Job,
        object: &Object,
        by: Stamp,
        report: Report,
    ) -> Result<(), Error> {
        let before = self.pending.len();
        self.line_of_done(job, object, id_as(object, by, None), report);
        self.write_or_forget(before)
    }

    fn line_of_done(&mut self, job: &Job, object: &Object, id: String, report: Report) {
        let (place, of, rows) = (place_id(job, object), whole_name(object), object_id(object));
        self.line(&Line::Done { place, of, id, rows, report: Box::new(report) });
    }

    /// Whether it is time to write down how far an object has come.
    pub(crate) fn is_due(&self) -> bool {
        self.marked.elapsed() >= self.mark_pause
    }

    /// Writes down how far an object has come.
    pub(crate) fn begun(&mut self, object: &Object, begun: Begun) -> Result<(), Error> {
        let before = self.pending.len();
        self.line(&Line::Begun { id: object_id(object), begun: Box::new(begun) });
        self.marked = Instant::now();
        self.mark_pause = (self.mark_pause * 2).min(MARKS);
        self.write_or_forget(before)
    }

    /// Writes down that nothing is left of an object that was begun.
    pub(crate) fn gone(&mut self, object: &Object) -> Result<(), Error> {
        self.line(&Line::Gone { id: object_id(object) });
        self.write()
    }

    /// Notes the findings in a piece of an object.
    pub(crate) fn rows(&mut self, object: &Object, piece: u64, rows: Vec<Spelled<'_>>) -> Result<(), Error> {
        self.line(&Line::Rows { id: object_id(object), piece, rows });
        if self.pending.len() >= ROWS { self.write() } else { Ok(()) }
    }

    fn line(&mut self, line: &Line<'_>) {
        serde_json::to_writer(&mut self.pending, line).expect("a report is JSON");
        self.pending.push(b'\n');
    }

    /// Writes down at once what stands behind `before`, or lets it go.
    fn write_or_forget(&mut self, before: usize) -> Result<(), Error> {
        self.write().inspect_err(|_| self.pending.truncate(before))
    }

    /// Writes down what was done since the last time; what cannot be written is kept for the next one.
    pub(crate) fn write(&mut self) -> Result<(), Error> {
        if self.files > 0 && self.pending.is_empty() {
            return Ok(());
        }
        let header = Header { job: self.job.clone(), run: self.run.clone() };
        let mut bytes = serde_json::to_vec(&header).expect("two texts are JSON");
        bytes.push(b'\n');
        let head = bytes.len();
        bytes.append(&mut self.pending);
        let path = self.folder.join(format!("{}-{:06}.jsonl", self.run, self.files));
        let target = Target { path, overwrite: false, run: self.run.clone() };
        write_file(self.runtime, &target, Access::Owner, &bytes).map_err(|error| {
            self.pending = bytes.split_off(head);
            Error::State(error)
        })?;
        self.files += 1;
        self.written = Instant::now();
        self.pause = (self.pause * 2).min(EVERY);
        Ok(())
    }

    /// At the end: nothing that runs before this one have begun is needed any more.
    pub(crate) fn finish(&mut self, job: &Job) -> Result<(), Error> {
        self.write()?;
        remove_unfinished(job, &self.runs)
    }
}

/// Removes what runs that have ended were writing, wherever this job writes.
fn remove_unfinished(job: &Job, runs: &[String]) -> Result<(), Error> {
    let mut folders: Vec<PathBuf> = job.resume.state.iter().cloned().collect();
    if let Task::Redact { to, state, .. } = &job.task {
        folders.push(state.clone());
        folders.dedup();
        match to {
            Destination::Folder(out) => folders.push(out.clone()),
            Destination::InPlace => folders.extend(job.inputs.iter().filter_map(walked)),
            Destination::Stdout => {}
        }
    }
    folders.iter().try_for_each(|folder| remove_leftovers(folder, runs)).map_err(Error::State)?;
    // Beside the findings file stands what is nobody's business here.
    let removed = job.findings.iter().try_for_each(|file| remove_leftovers_of(file, runs));
    removed.map_err(Error::Findings)
}

/// The folder that an input of this machine is listed from.
fn walked(input: &Input) -> Option<PathBuf> {
    let Input::Path(path) = input else { return None };
    let Ok(Address::Local(path)) = Address::parse(path) else { return None };
    let glob = |path: &Path| path.to_string_lossy().contains(['*', '?', '[', '{']);
    let plain = path.ancestors().find(|path| path.exists() || !glob(path))?;
    match plain.is_dir() {
        true => Some(plain.to_owned()),
        false => plain
            .parent()
            .map(|folder| if folder.as_os_str().is_empty() { ".".into() } else { folder.to_owned() }),
    }
}

/// Identifies a job: the program, the plan with its key, how objects are read, and where outputs go.
fn job_id(job: &Job) -> String {
    let to = match &job.task {
        Task::Scan => None,
        Task::Redact { to, .. } => Some(to),
    };
    let all = format!("{} {:?} {to:?} {:?}", read_how(job), job.sample, job.findings.is_some());
    digest(&[env!("CARGO_PKG_VERSION"), job.plan.hash(), &all])
}

/// What decides, beside the plan and an object itself, what is found in it.
fn read_how(job: &Job) -> String {
    let key = job.plan.redactor().key().map(sievert_redact::Key::id);
    let read = &job.read;
    let how = (&read.format, &read.header, &read.delimiter, &read.quote, &read.encoding, &read.text_record);
    format!("{key:?} {how:?} {:?}", (read.piece_bytes, read.record_limit))
}

/// Identifies, for a later run, an object in its present state and the way it is read; `None` where nothing can.
pub(crate) fn identity(job: &Job, object: &Object) -> Option<String> {
    let Location::Blob(_) = &object.location else { return None };
    Some(digest(&[&object_id(object), &read_how(job)]))
}

/// Whether an object that changes from now on will show it. A tag shows every change; times are as coarse as two seconds
/// (FAT), so what was written just now may be written once more without another time; some servers tell neither.
pub(crate) fn shows_change(object: &Object, now: SystemTime) -> bool {
    let Location::Blob(blob) = &object.location else { return false };
    let modified = blob.stamp().modified;
    let strong = blob.tag().is_some_and(|tag| !tag.starts_with("W/"));
    strong || modified > SystemTime::UNIX_EPOCH && modified + TICK <= now
}

/// Identifies an object, in whatever state.
fn whole_name(object: &Object) -> String {
    let Location::Blob(blob) = &object.location else { return String::new() };
    digest(&[&object.name, &blob.uri()])
}

/// Identifies the place of what is made of an object; where nothing is, the object.
fn place_id(job: &Job, object: &Object) -> String {
    let made = match &job.task {
        Task::Redact { to, .. } => target(to, object),
        Task::Scan => None,
    };
    made.map_or_else(|| whole_name(object), |place| digest(&[&place.to_string_lossy()]))
}

/// Identifies an object in its present state.
fn object_id(object: &Object) -> String {
    let Location::Blob(blob) = &object.location else { return String::new() };
    id_as(object, blob.stamp(), blob.tag())
}

/// Identifies an object in the state that `stamp` and `tag` describe.
fn id_as(object: &Object, stamp: Stamp, tag: Option<&str>) -> String {
    let Location::Blob(blob) = &object.location else { return String::new() };
    let since = stamp.modified.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
    // A tag tells more than a time, which some stores change with a copy.
    let version = tag.map_or_else(|| since.to_string(), str::to_owned);
    digest(&[&object.name, &blob.uri(), &stamp.size.to_string(), &version])
}

fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    HEXLOWER.encode(&hash.finalize()[..16])
}

//! What a run has done, kept durably beside its output, so that a later run need not do it again. One small file every
//! second; each holds the reports of the objects that were finished since the one before.

use std::collections::{HashMap, HashSet};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sievert_io::{
    Access, Address, Input, Lease, Location, Object, Runtime, Target, file_names, read_file, remove_file,
    remove_leftovers, write_file,
};

use crate::Error;
use crate::job::{Destination, Job, Task};
use crate::listed::{names_in, target};
use crate::report::Report;

/// How often what was done is written down: so much work is lost with a machine. Sooner at first, so that runs that
/// never live long come to an end too.
const EVERY: Duration = Duration::from_secs(1);
const FIRST: Duration = Duration::from_millis(20);
/// The right to write the output and this state; begins with a dot, as it is no record of what was done.
const LEASE: &str = ".lease";

/// Stands first in every file.
#[derive(Serialize, Deserialize)]
struct Header {
    /// What tells this job from another.
    job: String,
    /// What distinguishes the temporary files of the run that wrote it.
    run: String,
}

/// An object that was done.
#[derive(Serialize, Deserialize)]
struct Line {
    /// What tells this object, as it was, from another.
    id: String,
    report: Report,
}

/// What earlier runs of this job have done.
#[derive(Debug)]
pub(crate) struct Earlier {
    /// By id: where its line stands, and how long it is.
    lines: HashMap<String, (u64, usize)>,
    text: tempfile::SpooledTempFile,
    /// The runs of this job that were begun before.
    runs: Vec<String>,
    /// Of an output folder in a store: what is there.
    there: Option<HashSet<String>>,
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
    pending: Vec<u8>,
    written: Instant,
    /// When to write the next time.
    pause: Duration,
    files: u32,
}

/// The folder of a job's state, if it keeps one. What comes once cannot be resumed.
fn folder(job: &Job) -> Option<PathBuf> {
    if job.inputs.contains(&Input::Stdin) {
        return None;
    }
    let state = match &job.task {
        Task::Redact { to: Destination::Folder(_), .. } | Task::Scan => job.resume.state.as_ref(),
        Task::Redact { .. } => None,
    }?;
    Some(state.join(match job.list.shard {
        Some(shard) => format!("done-{:05}-of-{:05}", shard.index(), shard.of()),
        None => "done".into(),
    }))
}

/// What earlier runs have done, if this one resumes, and whether an output may take the place of one that is there:
/// outputs of this very job may.
pub(crate) fn earlier(job: &Job, runtime: &Runtime) -> Result<(Earlier, bool), Error> {
    let mut earlier = Earlier::new();
    if job.resume.on {
        let folder = folder(job).ok_or(Error::NothingKept)?;
        if job.findings.is_some() {
            return Err(Error::ResumeFindings);
        }
        let id = job_id(job);
        for name in file_names(runtime, &folder).map_err(Error::State)? {
            // What a run was writing when it ended begins with a dot.
            if !name.starts_with('.') {
                earlier.add(runtime, &id, &folder.join(name))?;
            }
        }
        if let Task::Redact { to: Destination::Folder(out), .. } = &job.task
            && let Address::Remote(_) = Address::parse(out).map_err(Error::State)?
        {
            earlier.there = Some(names_in(runtime, out)?);
        }
    }
    let replace = match &job.task {
        Task::Redact { to: Destination::InPlace, .. } => true,
        Task::Redact { overwrite, .. } => *overwrite || !earlier.runs.is_empty(),
        Task::Scan => false,
    };
    Ok((earlier, replace))
}

impl Earlier {
    fn new() -> Self {
        Self {
            lines: HashMap::new(),
            text: tempfile::SpooledTempFile::new(1 << 20),
            runs: Vec::new(),
            there: None,
        }
    }

    fn add(&mut self, runtime: &Runtime, id: &str, path: &Path) -> Result<(), Error> {
        let bytes = read_file(runtime, path).map_err(Error::State)?;
        let mut lines = bytes.split_inclusive(|byte| *byte == b'\n');
        let header = lines.next().and_then(|line| serde_json::from_slice::<Header>(line).ok());
        let Some(header) = header.filter(|header| header.job == id) else {
            return Err(Error::OtherJob(path.to_owned()));
        };
        if self.runs.last() != Some(&header.run) {
            self.runs.push(header.run); // a run's files stand together
        }
        let at = self.text.seek(SeekFrom::End(0)).map_err(Error::Spool)?;
        self.text.write_all(&bytes).map_err(Error::Spool)?;
        let mut start = at + (bytes.split(|byte| *byte == b'\n').next().map_or(0, <[u8]>::len) + 1) as u64;
        for line in lines {
            #[derive(Deserialize)]
            struct Id {
                id: String,
            }
            if let Ok(Id { id }) = serde_json::from_slice(line) {
                self.lines.insert(id, (start, line.len()));
            }
            start += line.len() as u64;
        }
        Ok(())
    }

    /// The report of an object, if it was done as it is now and its output is still there.
    pub(crate) fn report(&mut self, job: &Job, object: &Object) -> Option<Report> {
        if let Task::Redact { to, .. } = &job.task {
            let there = match &self.there {
                Some(names) => names.contains(&object.name),
                None => target(to, object).is_some_and(|output| output.is_file()),
            };
            if !there {
                return None;
            }
        }
        let (start, length) = *self.lines.get(&object_id(object))?;
        let mut line = vec![0; length];
        self.text.seek(SeekFrom::Start(start)).ok()?;
        self.text.read_exact(&mut line).ok()?;
        // What cannot be read back is done again.
        serde_json::from_slice::<Line>(&line).ok().map(|line| line.report)
    }
}

impl<'r> State<'r> {
    /// Begins to write down what is done, where this job keeps that. A run that does not resume forgets what others
    /// have done: it will write what they have written.
    pub(crate) fn begin(
        job: &Job,
        runtime: &'r Runtime,
        run: &str,
        earlier: &Earlier,
    ) -> Result<Option<Self>, Error> {
        let Some(folder) = folder(job) else { return Ok(None) };
        let lease = Lease::take(runtime, &folder.join(LEASE), run).map_err(Error::State)?;
        if let Task::Redact { to: Destination::Folder(out), state, .. } = &job.task {
            for folder in [out, state] {
                remove_leftovers(folder, &earlier.runs).map_err(Error::State)?;
            }
        }
        if !job.resume.on {
            let names = file_names(runtime, &folder).map_err(Error::State)?;
            for name in names.iter().filter(|name| *name != LEASE) {
                remove_file(runtime, &folder.join(name)).map_err(Error::State)?;
            }
        }
        let (job, run, pending) = (job_id(job), run.to_owned(), Vec::new());
        let mut state = State {
            runtime,
            lease,
            folder,
            job,
            run,
            pending,
            written: Instant::now(),
            pause: FIRST / 2,
            files: 0,
        };
        state.write()?;
        Ok(Some(state))
    }

    /// Makes sure that no other run writes here: before anything is published.
    pub(crate) fn keep(&mut self) -> Result<(), Error> {
        self.lease.keep().map_err(Error::State)
    }

    /// Notes that an object was done; its output is there.
    pub(crate) fn note(&mut self, object: &Object, report: Report) -> Result<(), Error> {
        let line = Line { id: object_id(object), report };
        serde_json::to_writer(&mut self.pending, &line).expect("a report is JSON");
        self.pending.push(b'\n');
        if self.written.elapsed() >= self.pause { self.write() } else { Ok(()) }
    }

    /// Writes down what was done since the last time.
    pub(crate) fn write(&mut self) -> Result<(), Error> {
        if self.files > 0 && self.pending.is_empty() {
            return Ok(());
        }
        let header = Header { job: self.job.clone(), run: self.run.clone() };
        let mut bytes = serde_json::to_vec(&header).expect("two texts are JSON");
        bytes.push(b'\n');
        bytes.append(&mut self.pending);
        let path = self.folder.join(format!("{}-{:06}.jsonl", self.run, self.files));
        let target = Target { path, overwrite: false, run: self.run.clone() };
        write_file(self.runtime, &target, Access::Owner, &bytes).map_err(Error::State)?;
        self.files += 1;
        self.written = Instant::now();
        self.pause = (self.pause * 2).min(EVERY);
        Ok(())
    }
}

/// What tells a job from another: the program, the plan with its key, how objects are read, and where outputs go.
fn job_id(job: &Job) -> String {
    let key = job.plan.redactor().key().map(sievert_redact::Key::id);
    let read = &job.read;
    let how = (&read.format, &read.header, &read.delimiter, &read.quote, &read.encoding, &read.text_record);
    let sizes = (read.piece_bytes, read.record_limit, &job.sample);
    let to = match &job.task {
        Task::Scan => None,
        Task::Redact { to, .. } => Some(to),
    };
    digest(&[env!("CARGO_PKG_VERSION"), job.plan.hash(), &format!("{key:?} {how:?} {sizes:?} {to:?}")])
}

/// What tells an object, as it is, from another.
fn object_id(object: &Object) -> String {
    let Location::Blob(blob) = &object.location else { return String::new() };
    let stamp = blob.stamp();
    let since = stamp.modified.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
    // A tag tells more than a time, which some stores change with a copy.
    let version = blob.tag().map_or_else(|| since.to_string(), str::to_owned);
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

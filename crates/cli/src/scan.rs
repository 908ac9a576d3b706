//! `scan` and `redact`: a job made from the arguments, run, and its report shown.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, stdin, stdout};
use std::path::{Path, PathBuf};

use sievert::io::{Access, Address, Cause, Header, Input, Runtime, Target, WholeFile, write_file};
use sievert::render::{Next, summary, to_json};
use sievert::report::SCHEMA;
use sievert::{
    Destination, Job, KeyChoice, Listed, Overrides, Plan, Policy, Resume, Sample, Since, Task, run,
};

use crate::args::{Common, Redact, Scan, Shown, YesNo};
use crate::exit::Failure;
use crate::out;
use crate::progress::{Watch, interrupted};

pub(crate) fn scan(args: &Scan) -> Result<u8, Failure> {
    let mut job = job(&args.common, Task::Scan)?;
    job.sample = args.sample.map(|size| Sample { size, seed: args.seed });
    job.since.clone_from(&args.since);
    if args.show_values {
        if args.common.format == Shown::Json {
            return Err(Failure::new(
                "--show-values prints text; leave out --format json, or name a --report",
            ));
        }
        job.excerpts = args.limit;
    }
    finish(&args.common, &job, args.common.state.as_deref())
}

pub(crate) fn redact(args: &Redact) -> Result<u8, Failure> {
    let to = match &args.out {
        Some(out) if out == Path::new("-") && out::was_closed(stdout()) => {
            return Err(Failure::new("standard output is closed; name a folder with --out"));
        }
        Some(out) if out == Path::new("-") => Destination::Stdout,
        Some(out) => Destination::Folder(match Address::parse(out)? {
            Address::Local(path) => path, // of a file:// URL too
            Address::Remote(_) => out.clone(),
        }),
        None => Destination::InPlace,
    };
    let state = match &args.common.state {
        Some(state) => state.clone(),
        None => beside(&to, &args.common.inputs)?,
    };
    let task = Task::Redact { to, overwrite: args.overwrite, state: state.clone() };
    let mut job = job(&args.common, task)?;
    job.resume.state = Some(state.clone());
    finish(&args.common, &job, Some(&state))
}

/// `clean.sievert` beside `clean`; without an output folder, beside the first input.
fn beside(to: &Destination, inputs: &[String]) -> Result<PathBuf, Failure> {
    let anchor = match (to, inputs.first().map(String::as_str)) {
        (Destination::Folder(out), _) => out.clone(),
        (_, Some("-") | None) => PathBuf::from("stdin"),
        (_, Some(input)) => PathBuf::from(input.trim_end_matches(['/', '*'])),
    };
    if let Address::Remote(remote) = Address::parse(&anchor)?
        && remote.is_root()
    {
        let why = "nothing stands beside a bucket; say with --state where the report goes";
        return Err(Failure::new(format!("{remote}: {why}")));
    }
    let mut name = anchor.file_name().unwrap_or("out".as_ref()).to_owned();
    name.push(".sievert");
    Ok(anchor.with_file_name(name))
}

/// The policy that the arguments name, and the plan it comes to.
pub(crate) fn plan(policy: Option<&str>, overrides: &Overrides) -> Result<Plan, Failure> {
    let policy = match policy {
        Some(name) => Policy::load(name)?,
        None => Policy::default(),
    };
    Ok(sievert::plan(&policy, overrides)?)
}

fn job(args: &Common, task: Task) -> Result<Job, Failure> {
    let out = match &task {
        Task::Redact { to: Destination::Folder(out), .. } => Some(out.as_path()),
        _ => None,
    };
    told_apart(args, out)?;
    // Nothing came, and nothing would be found in it: that is not what was asked for.
    if args.inputs.iter().any(|input| input == "-") && out::was_closed(stdin()) {
        return Err(Failure::new(
            "standard input is closed or the null device; pipe the data to it, or name a file",
        ));
    }
    if args.resume && args.ephemeral_key {
        let why =
            "--resume continues with the key of the run before, and --ephemeral-key forgets it; name a key";
        return Err(Failure::new(why));
    }
    let key = if args.ephemeral_key { KeyChoice::Ephemeral } else { KeyChoice::Policy };
    let overrides = Overrides {
        detectors: args.detectors.clone(),
        min_confidence: args.min_confidence,
        key,
        ..Overrides::default()
    };
    let header = match args.header {
        None => Header::Auto,
        Some(YesNo::Yes) => Header::Yes,
        Some(YesNo::No) => Header::No,
    };
    let plan = plan(args.policy.as_deref(), &overrides)?;
    let inputs = args.inputs.iter().map(|input| Input::parse(input)).collect();
    let mut job = Job::new(plan, inputs, task);
    job.list.include.clone_from(&args.include);
    job.list.exclude.clone_from(&args.exclude);
    job.list.format = args.input_format;
    job.list.shard = args.shard;
    job.read.format = args.input_format;
    job.read.header = header;
    job.read.stop = interrupted();
    job.findings.clone_from(&args.findings);
    job.limits.threads = args.threads.map_or(job.limits.threads, usize::from);
    job.limits.memory = usize::try_from(args.memory.as_u64()).unwrap_or(usize::MAX);
    job.resume = Resume { on: args.resume, state: args.state.clone() };
    Ok(job)
}

/// What is said about a run takes the place of none of its inputs, and of nothing else that is said about it; and it
/// does not stand in the output folder.
fn told_apart(args: &Common, out: Option<&Path>) -> Result<(), Failure> {
    let options = [("--report", &args.report), ("--findings", &args.findings)];
    let named = options.into_iter().filter_map(|(option, path)| Some((option, path.as_deref()?)));
    let mut taken: Vec<&Path> = args.inputs.iter().map(Path::new).collect();
    for (option, path) in named {
        let refuse = |why: &str| Err(Failure::new(format!("{option} {} {why}", path.display())));
        if path == Path::new("-") {
            return refuse(
                "would be a file of that name; name a file, or say --format json to print the report",
            );
        }
        let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        if out.is_some_and(|out| whole(path).starts_with(whole(out))) {
            return refuse("stands in the output folder, which holds data alone; name another file");
        }
        let same = |other: &&Path| {
            let real = |path: &Path| path.canonicalize().ok().filter(|path| path.is_file());
            *other == path || real(path).is_some_and(|path| real(other) == Some(path))
        };
        if taken.iter().any(same) || args.inputs.iter().any(|input| takes_in(input, path)) && !ours(path) {
            return refuse("would take the place of an input or of another output; name another file");
        }
        if option == "--findings" {
            if path.to_str().is_some_and(Address::is_url) {
                return refuse("is a URL, and findings are written to this machine; name a file");
            }
            // A pipe has the name that it has.
            let file = path.metadata().map_or(true, |there| there.is_file());
            if file && !path.extension().is_some_and(|ending| ending == "jsonl" || ending == "parquet") {
                return refuse("does not say its form; name a file that ends in .jsonl or .parquet");
            }
        }
        taken.push(path);
    }
    Ok(())
}

/// Whether a file is there, in the folder that an input names, or of a glob begins with.
fn takes_in(input: &str, file: &Path) -> bool {
    let Ok(Address::Local(input)) = Address::parse(Path::new(input)) else { return false };
    let begins = input.ancestors().find_map(|folder| match folder.as_os_str().is_empty() {
        true => Path::new(".").canonicalize().ok(),
        false => folder.canonicalize().ok(),
    });
    let file = file.canonicalize().ok().filter(|file| file.is_file());
    file.zip(begins).is_some_and(|(file, folder)| file.starts_with(folder))
}

/// Whether nobody misses what a file holds: nothing, or what an earlier run has told there. Reports name their schema
/// at their beginning, and findings files their columns at one of their ends.
fn ours(path: &Path) -> bool {
    const ENDS: u64 = 1 << 14;
    let ends = || -> std::io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        let mut bytes = Vec::new();
        Read::by_ref(&mut file).take(ENDS).read_to_end(&mut bytes)?;
        let last = file.metadata()?.len().saturating_sub(ENDS);
        file.seek(SeekFrom::Start(last))?;
        file.take(ENDS).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    ends().is_ok_and(|bytes| {
        let holds = |word: &str| bytes.windows(word.len()).any(|there| there == word.as_bytes());
        bytes.is_empty() || holds(&format!("\"schema\": \"{SCHEMA}\"")) || holds("start_utf16")
    })
}

/// Inputs as they are typed in a shell.
fn typed(inputs: &[String]) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-./:@%+=,*?".contains(c);
    let word = |input: &String| match input.chars().all(plain) && !input.is_empty() {
        true => input.clone(),
        false => format!("'{}'", input.replace('\'', r"'\''")),
    };
    inputs.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// Runs the job, writes its report, prints its summary, and says how to exit.
fn finish(args: &Common, job: &Job, state: Option<&Path>) -> Result<u8, Failure> {
    if args.dry_run {
        return dry_run(job);
    }
    args.report.as_deref().map_or(Ok(()), can_be_written)?;
    let watch = Watch::start(args.quiet)?;
    let done = run(job, &watch);
    watch.finish()?; // a closed pipe is why the run was cancelled, if it was
    let report = done?;

    let json = to_json(&report).map_err(|error| Failure::new(format!("the report: {error}")))?;
    let name = match args.shard {
        Some(shard) => format!("report-{:05}-of-{:05}.json", shard.index(), shard.of()),
        None => "report.json".into(),
    };
    let beside = state.map(|state| state.join(name));
    let runtime = job.runtime()?;
    let write = |path: &PathBuf| write_file(&runtime, &private(path), Access::Owner, json.as_bytes());
    let written = args.report.iter().chain(&beside).try_for_each(write);
    let code = args.verdict.on(&report);
    let shown = match args.format {
        Shown::Json => json,
        Shown::Text => {
            // What came through a pipe is gone, and a name that is personal is not said again.
            let again = |input: &String| input != "-" && job.plan.shown(input) == *input;
            let inputs = if args.inputs.iter().all(again) { typed(&args.inputs) } else { String::new() };
            let told = beside.as_ref().or(args.report.as_ref());
            let told = told.map_or(String::new(), |path| typed(&[job.plan.shown(&path.to_string_lossy())]));
            summary(&report, &Next { inputs, report: told, exit: code, fail_on: args.verdict.fail_on })
        }
    };
    match &job.task {
        _ if args.quiet => {}
        Task::Redact { to: Destination::Stdout, .. } => eprint!("{shown}"),
        _ => out::text(&shown)?,
    }
    // Only now, as what took hours to find is told in any case.
    written.map_err(|error| match error.cause {
        Cause::NoSpace => Failure::NoRoom(error.to_string()),
        _ => error.into(),
    })?;
    Ok(code)
}

/// What takes hours should not end in a report that cannot be written.
fn can_be_written(path: &Path) -> Result<(), Failure> {
    let Address::Local(path) = Address::parse(path)? else { return Ok(()) };
    match path.metadata() {
        Ok(there) if there.is_dir() => {
            let why = format!("{} is a folder; name a file for the report", path.display());
            return Err(Failure::new(why));
        }
        Ok(there) if !there.is_file() => {} // a pipe: its reader waits for one writer
        _ => drop(WholeFile::create(&private(&path), Access::Owner)?),
    }
    Ok(())
}

/// A file for its owner alone, whole or not at all.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let runtime = Runtime::start().map_err(sievert::Error::Threads)?;
    Ok(write_file(&runtime, &private(path), Access::Owner, bytes)?)
}

fn private(path: &Path) -> Target {
    Target { path: path.to_owned(), overwrite: true, run: std::process::id().to_string() }
}

fn dry_run(job: &Job) -> Result<u8, Failure> {
    let runtime = job.runtime()?;
    let since = Since::new(job, &runtime)?;
    let listed = Listed::new(job, &runtime)?;
    let mut text = String::new();
    for object in listed.read(&job.plan)? {
        let (object, name) = object?;
        let format = object.format.map_or("by content", |format| format.name());
        let verb = if since.holds(job, &object) { "same" } else { "read" };
        let _ = writeln!(text, "{verb}  {:>14}  {format:<10}  {name}", object.size);
        if text.len() > 1 << 16 {
            out::text(&std::mem::take(&mut text))?; // a million lines need not be held
        }
    }
    for skipped in &listed.skipped {
        let _ = writeln!(text, "skip  {:>14}  {}  ({})", skipped.bytes, skipped.name, skipped.reason);
    }
    for gap in &listed.not_examined {
        let _ = writeln!(text, "miss  {:>14}  {}  ({})", gap.bytes, gap.object, gap.reason);
    }
    let _ = writeln!(text, "\n{} files, {} bytes\n", listed.objects.len(), listed.bytes());
    text += &job.plan.show();
    out::text(&text)?;
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposal_can_be_typed() {
        let typed =
            |inputs: &[&str]| typed(&inputs.iter().map(|input| (*input).to_owned()).collect::<Vec<_>>());
        assert_eq!(typed(&["data/*.csv", "s3://b/k", "-"]), "data/*.csv s3://b/k -");
        assert_eq!(typed(&["in put/it's", "a;b"]), r"'in put/it'\''s' 'a;b'");
    }
}

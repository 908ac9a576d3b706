//! The main job from its first line to its last. Read this file first: everything else in the crate is a part of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ahash::RandomState;
use jiff::Timestamp;
use sievert_io::{Access, Address, Cause, Place, Runtime, Target, remove_file, write_file};

use crate::Error;
use crate::commit::{Commit, Done, SUCCESS, ThisRun};
use crate::feed::{Feed, Step, Ticket};
use crate::job::{Destination, Job, Progress, Task};
use crate::listed::Listed;
use crate::order::{Budget, Unneeded};
use crate::report::{PlanSummary, Report, SCHEMA, Shards};
use crate::sample::Sampler;
use crate::since::Since;
use crate::state::{self, State};
use crate::work::Worker;

/// Places worth a look that a report keeps.
pub(crate) const LOOK_AT_KEPT: usize = 100;

/// Reads the inputs of a job, scans them, rewrites them if asked to, and reports.
///
/// Pieces are handed out in order, worked on in parallel and committed in order, so that outputs, findings and
/// reports depend on input and plan alone, on any number of threads. Works inside a tokio runtime as well as
/// without one.
///
/// # Errors
/// What keeps the run as a whole from starting or going on. What keeps one object from being examined is in the
/// report instead.
pub fn run(job: &Job, progress: &dyn Progress) -> Result<Report, Error> {
    let (started, clock) = (Timestamp::now(), Instant::now());
    let runtime = job.runtime()?;
    if job.sample.is_some() && !matches!(job.task, Task::Scan) {
        return Err(Error::SampledRewrite);
    }
    let since = Since::new(job, &runtime)?;
    let since_report = since.report.clone();
    let (mut earlier, replace) = state::earlier(job, &runtime)?;
    let run_name = earlier.next_run(started.as_nanosecond());
    let listed = Listed::with(job, &runtime, replace, &mut earlier)?;
    let sampler = job.sample.map(|sample| Sampler::new(sample, &listed, &job.read)).transpose()?;
    let state = State::begin(job, &runtime, &run_name, &mut earlier)?;
    let out = prepare_folder(job, &runtime)?;

    let unneeded = Unneeded::default();
    let budget = Budget::new(job.limits.memory);
    let objects = listed.objects.read().map_err(Error::Spool)?;
    let feed = Mutex::new(Feed::new(job, objects, earlier, since, &budget, &unneeded));
    let this_run =
        ThisRun { runtime: &runtime, name: run_name, began: started.into(), replace, sampler, state };
    let commit = Mutex::new(Commit::new(job, &listed, progress, &budget, &unneeded, this_run)?);
    let run_key = RandomState::new();

    let threads = job.limits.threads.max(1);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|_| Error::Pool)?;
    pool.scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|_| {
                let mut worker = Worker::new(job, sampler.map(Sampler::within), &run_key);
                while let Some(Ticket { number, object, name, step }) = next(&feed) {
                    let done = match step {
                        Step::Work(format, piece, at) => {
                            let cost = piece.cost;
                            let result = guarded(&name, || worker.piece(&name, &*format, piece));
                            Done::Piece(result.map(Box::new), at, cost)
                        }
                        Step::Done(done) => done,
                    };
                    lock(&commit).push(number, object, &name, done);
                }
            });
        }
    });

    let mut report = commit.into_inner().unwrap_or_else(PoisonError::into_inner).finish()?;
    // Of one shard nobody can say that the folder is whole.
    if let Some(folder) = out
        && report.complete()
        && job.list.shard.is_none()
    {
        let target = Target { path: folder.join(SUCCESS), overwrite: true, run: "mark".into() };
        write_file(&runtime, &target, Access::Shared, b"").map_err(Error::Mark)?;
    }
    report.since = since_report;
    describe(&mut report, job, started, clock.elapsed());
    Ok(report)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The next step. A function of its own, so that the feed is free again before the step is worked on.
fn next(feed: &Mutex<Feed<'_>>) -> Option<Ticket> {
    lock(feed).next()
}

/// A defect that panics costs its object, not the run, and does not leave the other workers waiting for ever.
pub(crate) fn guarded<T>(
    object: &str,
    work: impl FnOnce() -> Result<T, sievert_io::Error>,
) -> Result<T, sievert_io::Error> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let why = "a defect in sievert stopped the work on this object; please report it, without the data";
        Err(Cause::Unsupported(why).at(Place::object(object)))
    })
}

/// The output folder, made, and no longer marked as whole.
fn prepare_folder<'j>(job: &'j Job, runtime: &Runtime) -> Result<Option<&'j Path>, Error> {
    let Task::Redact { to: Destination::Folder(folder), .. } = &job.task else { return Ok(None) };
    if let Address::Local(folder) = Address::parse(folder).map_err(Error::Mark)? {
        std::fs::create_dir_all(&folder).map_err(|source| Error::Folder { folder, source })?;
    }
    remove_file(runtime, &folder.join(SUCCESS)).map_err(Error::Mark)?;
    Ok(Some(folder))
}

/// Adds what the plan and the clock know. A clock that is set meanwhile makes no run end before it started.
fn describe(report: &mut Report, job: &Job, started: Timestamp, took: Duration) {
    let ended = started.saturating_add(took).expect("a duration has no calendar");
    report.schema = SCHEMA.into();
    report.version = env!("CARGO_PKG_VERSION").into();
    report.command = if matches!(job.task, Task::Scan) { "scan" } else { "redact" }.into();
    report.started = started.to_string();
    report.ended = ended.to_string();
    report.seconds = took.as_secs_f64();
    report.shards = job.list.shard.map(|shard| Shards { of: shard.of(), present: vec![shard.index()] });
    let plan = &job.plan;
    report.plan = PlanSummary {
        policy: plan.name().into(),
        hash: plan.hash().into(),
        looked_for: plan.looked_for().map(str::to_owned).collect(),
        not_looked_for: plan.not_looked_for().map(str::to_owned).collect(),
        accepted_gaps: plan
            .accepted_gaps()
            .iter()
            .map(|gap| (gap.name.clone(), gap.reason.clone()))
            .collect(),
        key: plan.key_kind().to_string(),
        scheme: plan.redactor().key().map(|_| sievert_redact::SCHEME),
    };
}

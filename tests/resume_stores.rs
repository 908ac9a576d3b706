//! Runs that die while they write to a store, and are continued: what stands there is what one undisturbed run makes.
//! S3 and Google by a double, Azure by azurite where it is installed.
#![expect(clippy::print_stdout, reason = "the figures of a long run are told")]

mod kills;
mod program;
mod servers;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kills::{Again, MAIL, killed, killed_when_begun, kills, large, table};
use program::{Ran, bytes_of, folder, report, write};
use servers::double::Double;
use servers::{Settings, cleared, gcs, installed, s3};

fn done(mut run: Command) -> Ran {
    run.output().expect("it ran").into()
}

/// Kills runs at random times until all is done; `below` tells what stands in the store under a name.
fn rewrite_with_kills(settings: &Settings, base: &str, at: &Path, below: &dyn Fn(&str) -> Stored) {
    let [input, plain] = ["in", "plain"].map(|name| format!("{base}/{name}"));
    done(cleared(settings, ["redact", &input, "--out", &plain, MAIL], at)).good();
    let expected = below("plain");
    assert_eq!(expected.len(), 41, "and the mark that they are all");
    let job = Again {
        start: &|name, again| {
            let out = format!("{base}/{name}");
            let arguments = ["redact", &input, "--out", &out, MAIL].into_iter();
            cleared(settings, arguments.chain(again.then_some("--resume")), at)
        },
        done: &|name| below(name).len(),
        of: 41,
        end: &|name, ran| {
            let told = ran.good().stdout;
            println!("{}", told.lines().find(|line| line.starts_with("DONE BEFORE")).unwrap_or("at once"));
            assert!(below(name) == expected, "{base}");
        },
    };
    println!("{} runs killed", killed(kills(), &job));
}

/// Kills a run in the middle of a large object, and goes on with it: how many of its parts need not be sent again.
fn rewrite_large_with_a_kill(settings: &Settings, base: &str, at: &Path, between: impl Fn()) -> usize {
    let [input, plain, out] = ["in", "plain", "out"].map(|name| format!("{base}/{name}"));
    let run = |out: &str, more: &[&str]| {
        let fixed = ["redact", &input, "--threads=1", "--out", out, "--state", "state", MAIL];
        cleared(settings, fixed.iter().chain(more).copied(), at)
    };
    done(run(&plain, &[])).good();
    let begun = killed_when_begun(|| run(&out, &["--overwrite"]), &at.join("state/done"));
    between();
    done(run(&out, &["--resume"])).good();
    assert_eq!(report(at, "state/report.json")["continued"], 1, "{base}");
    begun["output"]["by"]["Parts"]["there"].as_array().expect("parts").len()
}

/// Names and bytes of what is in a store.
type Stored = BTreeMap<String, Vec<u8>>;

/// How a double is spoken to, and by which address.
type Dialect = (fn(u16) -> Settings, &'static str);

const DIALECTS: [Dialect; 2] = [(s3, "s3://data"), (gcs, "gs://data")];

#[test]
fn runs_that_are_killed_come_to_the_same_objects() {
    for (settings, base) in DIALECTS {
        let double = Double::start();
        for number in 0..40 {
            double.put(&format!("/data/in/part-{number:03}.csv"), table(number, 2_000));
        }
        rewrite_with_kills(&settings(double.port()), base, folder().path(), &|name| {
            double.below(&format!("/data/{name}/"))
        });
    }
}

/// What was sent stays, by the id of the upload and the tags of its parts; what was read is not asked for again.
#[test]
fn a_large_object_is_gone_on_with_where_a_killed_run_had_come_to() {
    for (settings, base) in DIALECTS {
        let folder = folder();
        let double = Double::start();
        double.put("/data/in/large.csv", large("csv").repeat(2));
        let there = rewrite_large_with_a_kill(&settings(double.port()), base, folder.path(), || {
            assert_eq!(double.bucket().unfinished(), 1);
            double.bucket().asked.clear();
        });
        let out = double.below("/data/out/");
        let asked = double.bucket().asked.clone();
        let parts = out["large.csv"].len().div_ceil(8 << 20);
        assert!((1..parts).contains(&there), "{there} of {parts}");
        for part in 1..=parts {
            let named = format!("partNumber={part}&");
            let sent = asked.iter().any(|asked| asked.contains(&named));
            assert_eq!(sent, part > there, "part {part}, {there} were there: {asked:?}");
        }
        assert!(out == double.below("/data/plain/"), "{base}");
        assert_eq!(double.bucket().unfinished(), 0);
    }
}

/// A store that has removed the parts meanwhile is told of, whether that shows at once or at the end, and the next run
/// begins anew.
#[test]
fn parts_that_a_store_has_forgotten_are_sent_again() {
    for late in [false, true] {
        let folder = folder();
        let at = folder.path();
        let forgets = Arc::new(AtomicBool::new(false));
        let now = forgets.clone();
        let double = Double::meddled(Box::new(move |request, bucket| {
            let completes = request.method == "POST" && request.query("uploadId").is_some();
            if completes && now.load(Ordering::Relaxed) {
                bucket.forget_uploads();
            }
            None
        }));
        double.put("/data/in/large.csv", large("csv"));
        let settings = s3(double.port());
        let run = |out: &str, more: &[&str]| {
            let fixed = ["redact", "s3://data/in", "--threads=1", "--out", out, "--state", "state", MAIL];
            cleared(&settings, fixed.iter().chain(more).copied(), at)
        };
        killed_when_begun(|| run("s3://data/out", &["--overwrite"]), &at.join("state/done"));
        match late {
            true => forgets.store(true, Ordering::Relaxed),
            false => double.bucket().forget_uploads(),
        }
        let ran = done(run("s3://data/out", &["--resume"])).ends_with(3);
        assert!(ran.stdout.contains("no longer has the parts"), "{}", ran.stdout);
        forgets.store(false, Ordering::Relaxed);
        done(run("s3://data/out", &["--resume"])).good();
        assert_eq!(report(at, "state/report.json")["continued"], 0, "begun anew");
        fs::remove_dir_all(at.join("state")).expect("removed");
        done(run("s3://data/plain", &[])).good();
        assert!(double.below("/data/out/") == double.below("/data/plain/"));
    }
}

/// Files of a folder put into the container as they are, and what came of them there.
struct Azure {
    settings: Settings,
    _server: installed::Installed,
}

impl Azure {
    fn start(at: &Path) -> Option<Self> {
        let (server, settings) = installed::azurite(at)?;
        let azure = Self { settings, _server: server };
        azure.copy("in", "az://data/in", at).good();
        Some(azure)
    }

    fn copy(&self, from: &str, to: &str, at: &Path) -> Ran {
        done(cleared(&self.settings, ["redact", from, "--out", to, "--detector=nl.bsn"], at))
    }

    /// What stands under a name, copied back, and that copy's mark that it is whole.
    fn below(&self, name: &str) -> Stored {
        let back = folder();
        let ran = self.copy(&["az://data/", name].concat(), "back", back.path());
        if ran.code == 0 { bytes_of(&back.path().join("back")) } else { Stored::new() }
    }
}

#[test]
fn runs_that_are_killed_come_to_the_same_blobs() {
    let folder = folder();
    let at = folder.path();
    for number in 0..40 {
        write(at, &[(&format!("in/part-{number:03}.csv"), &table(number, 2_000))]);
    }
    let Some(azure) = Azure::start(at) else { return };
    rewrite_with_kills(&azure.settings, "az://data", at, &|name| azure.below(name));
}

#[test]
fn a_large_blob_is_gone_on_with_where_a_killed_run_had_come_to() {
    let folder = folder();
    let at = folder.path();
    write(at, &[("in/large.csv", &large("csv").repeat(2))]);
    let Some(azure) = Azure::start(at) else { return };
    rewrite_large_with_a_kill(&azure.settings, "az://data", at, || {});
    assert!(azure.below("out") == azure.below("plain"));
}

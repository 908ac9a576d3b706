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
use std::time::Duration;

use kills::{MAIL, killed, killed_when_begun, kills, large, table};
use program::{Ran, bytes_of, folder, report, write};
use servers::double::Double;
use servers::{Settings, cleared, gcs, installed, s3};

fn done(mut run: Command) -> Ran {
    run.output().expect("it ran").into()
}

/// Kills runs at random times until all is done.
fn rewrite_with_kills(settings: &Settings, base: &str, at: &Path) {
    let [input, plain, out] = ["in", "plain", "out"].map(|name| format!("{base}/{name}"));
    done(cleared(settings, ["redact", &input, "--out", &plain, MAIL], at)).good();
    let (ran, died) = killed(kills(), Duration::from_millis(500), |again| {
        let arguments = ["redact", &input, "--out", &out, MAIL].into_iter();
        cleared(settings, arguments.chain(again.then_some("--resume")), at)
    });
    let told = ran.good().stdout;
    let told = told.lines().find(|line| line.starts_with("DONE BEFORE")).unwrap_or("nothing done before");
    println!("{died} runs killed, {told}");
    assert!(died > 0, "some were");
}

/// Kills a run in the middle of a large object, and goes on with it.
fn rewrite_large_with_a_kill(settings: &Settings, base: &str, at: &Path, between: impl Fn()) {
    let [input, plain, out] = ["in", "plain", "out"].map(|name| format!("{base}/{name}"));
    let run = |out: &str, more: &[&str]| {
        let fixed = ["redact", &input, "--threads=1", "--out", out, "--state", "state", MAIL];
        cleared(settings, fixed.iter().chain(more).copied(), at)
    };
    done(run(&plain, &[])).good();
    fs::remove_dir_all(at.join("state")).expect("removed");
    killed_when_begun(run(&out, &[]), &at.join("state/done"));
    between();
    done(run(&out, &["--resume"])).good();
    assert_eq!(report(at, "state/report.json")["continued"], 1, "{base}");
}

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
        rewrite_with_kills(&settings(double.port()), base, folder().path());
        assert_eq!(double.below("/data/out/").len(), 41, "and the mark that they are all");
        assert!(double.below("/data/out/") == double.below("/data/plain/"), "{base}");
    }
}

/// What was sent stays, by the id of the upload and the tags of its parts; what was read is not asked for again.
#[test]
fn a_large_object_is_gone_on_with_where_a_killed_run_had_come_to() {
    for (settings, base) in DIALECTS {
        let folder = folder();
        let double = Double::start();
        double.put("/data/in/large.csv", large("csv").repeat(2));
        rewrite_large_with_a_kill(&settings(double.port()), base, folder.path(), || {
            assert_eq!(double.bucket().unfinished(), 1);
            double.bucket().asked.clear();
        });
        let asked = double.bucket().asked.clone();
        let parts = |part: &str| {
            let part = format!("partNumber={part}&");
            asked.iter().filter(|asked| asked.contains(&part)).count()
        };
        assert_eq!(parts("1"), 0, "the first part was there: {asked:?}");
        assert!(parts("3") > 0, "{asked:?}");
        assert!(double.below("/data/out/") == double.below("/data/plain/"), "{base}");
        assert_eq!(double.bucket().unfinished(), 0);
    }
}

/// A store that has removed the parts meanwhile is told of, and the next run begins anew.
#[test]
fn parts_that_a_store_has_forgotten_are_sent_again() {
    let folder = folder();
    let at = folder.path();
    let double = Double::start();
    double.put("/data/in/large.csv", large("csv"));
    let settings = s3(double.port());
    let run = |out: &str, more: &[&str]| {
        let fixed = ["redact", "s3://data/in", "--threads=1", "--out", out, "--state", "state", MAIL];
        cleared(&settings, fixed.iter().chain(more).copied(), at)
    };
    killed_when_begun(run("s3://data/out", &[]), &at.join("state/done"));
    double.bucket().forget_uploads();
    let ran = done(run("s3://data/out", &["--resume"])).ends_with(3);
    assert!(ran.stdout.contains("no longer has the parts"), "{}", ran.stdout);
    done(run("s3://data/out", &["--resume"])).good();
    fs::remove_dir_all(at.join("state")).expect("removed");
    done(run("s3://data/plain", &[])).good();
    assert!(double.below("/data/out/") == double.below("/data/plain/"));
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
        azure.copy("in", "az://data/in", at);
        Some(azure)
    }

    fn copy(&self, from: &str, to: &str, at: &Path) {
        done(cleared(&self.settings, ["redact", from, "--out", to, "--detector=nl.bsn"], at)).good();
    }

    fn below(&self, name: &str, at: &Path) -> BTreeMap<String, Vec<u8>> {
        let back = ["back-", name].concat();
        self.copy(&["az://data/", name].concat(), &back, at);
        bytes_of(&at.join(back))
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
    rewrite_with_kills(&azure.settings, "az://data", at);
    let out = azure.below("out", at);
    assert_eq!(out.len(), 41, "and the mark that they are all");
    assert!(out == azure.below("plain", at));
}

#[test]
fn a_large_blob_is_gone_on_with_where_a_killed_run_had_come_to() {
    let folder = folder();
    let at = folder.path();
    write(at, &[("in/large.csv", &large("csv").repeat(2))]);
    let Some(azure) = Azure::start(at) else { return };
    rewrite_large_with_a_kill(&azure.settings, "az://data", at, || {});
    assert!(azure.below("out", at) == azure.below("plain", at));
}

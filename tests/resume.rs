//! Runs that die, are continued, and are shared among machines: what comes out is what one undisturbed run makes.
//! `SIEVERT_KILLS=50` kills so many runs.
#![expect(clippy::print_stdout, reason = "the figures of a long run are told")]

mod kills;
mod program;
mod servers;

use std::fs;
use std::path::Path;

use kills::{Again, MAIL, killed, killed_when_begun, kills, large, table};
use program::{Ran, bytes_of, command, files, folder, report, sievert, write};
use serde_json::json;
use servers::double::Double;
use servers::{s3, sievert_with};

/// What must not depend on how often a run was begun. `distinct` is a lower bound after one.
fn told(report: &serde_json::Value) -> Vec<serde_json::Value> {
    let mut report = report.clone();
    for field in report["fields"].as_object_mut().expect("fields").values_mut() {
        for found in field["detectors"].as_object_mut().expect("detectors").values_mut() {
            found["distinct"] = 0.into();
        }
    }
    ["ledger", "detectors", "fields", "objects", "not_examined", "skipped", "look_at", "actions", "left"]
        .map(|part| report[part].clone())
        .to_vec()
}

/// Files of some kinds; one record that cannot be parsed.
fn make_input(at: &Path, count: usize, rows: usize) {
    for number in 0..count {
        write(at, &[(&format!("in/of/part-{number:03}.csv"), &table(number, rows))]);
    }
    write(at, &[("in/torn.jsonl", b"{\"a\":\"ben@example.org\"}\n{\"a\":\n{\"a\":1}\n")]);
}

/// How many files in a folder have their name.
fn whole(at: &Path) -> usize {
    let names = if at.is_dir() { files(at) } else { Vec::new() };
    names.iter().filter(|name| !name.split('/').any(|part| part.starts_with('.'))).count()
}

/// A job to this output has told and quarantined what the one to `plain` has: its report.
fn same_is_told(at: &Path, out: &str) -> serde_json::Value {
    let ours = report(at, &[out, ".sievert/report.json"].concat());
    assert_eq!(told(&ours), told(&report(at, "plain.sievert/report.json")));
    let quarantined = |out: &str| bytes_of(&at.join([out, ".sievert/quarantine"].concat()));
    assert_eq!(quarantined(out), quarantined("plain"));
    ours
}

#[test]
fn runs_that_are_killed_come_to_the_same_bytes() {
    let folder = folder();
    let at = folder.path();
    make_input(at, 60, 3_000);
    sievert(["redact", "in", "--out", "plain", MAIL], at).ends_with(3);
    let job = Again {
        start: &|out, again| {
            let arguments = ["redact", "in", "--out", out, MAIL].into_iter();
            command(arguments.chain(again.then_some("--resume")), at)
        },
        done: &|out| whole(&at.join(out)),
        of: 61,
        end: &|out, ran| {
            ran.ends_with(3); // one record was quarantined
            assert!(bytes_of(&at.join(out)) == bytes_of(&at.join("plain")), "and nothing else is left there");
            println!("{} of 61 objects done before", same_is_told(at, out)["resumed"]);
        },
    };
    println!("{} runs killed", killed(kills(), &job));
}

/// Of a large object only what is behind the last durable place is done again: bytes, report and findings are those of
/// an undisturbed run.
#[test]
fn a_large_object_is_gone_on_with_where_a_killed_run_had_come_to() {
    for ending in ["csv", "jsonl", "json", "txt"] {
        let folder = folder();
        let at = folder.path();
        write(at, &[(&format!("in/large.{ending}"), &large(ending)), ("in/small.csv", &table(1, 3))]);
        let run = |out: &str, findings: &str, more: &[&str]| {
            let fixed = ["redact", "in", "--threads=1", "--out", out, MAIL, "--findings", findings];
            command(fixed.iter().chain(more).copied(), at)
        };
        let end = if ending == "jsonl" { 3 } else { 0 };
        let done = |mut run: std::process::Command| Ran::from(run.output().expect("it ran")).ends_with(end);
        done(run("plain", "plain.jsonl", &[]));
        killed_when_begun(|| run("out", "out.jsonl", &["--overwrite"]), &at.join("out.sievert/done"));
        assert!(!at.join("out/_SUCCESS").exists());
        let again = done(run("out", "out.jsonl", &["--resume"]));
        let told_again = report(at, "out.sievert/report.json");
        assert_eq!((&told_again["continued"], &told_again["resumed"]), (&1.into(), &0.into()), "{ending}");
        assert!(again.stdout.contains("GONE ON WITH     1 file"), "{}", again.stdout);
        assert!(
            bytes_of(&at.join("out")) == bytes_of(&at.join("plain")),
            "{ending}: and nothing else is left there"
        );
        assert_eq!(told(&told_again), told(&report(at, "plain.sievert/report.json")), "{ending}");
        assert!(
            fs::read(at.join("out.jsonl")).expect("read") == fs::read(at.join("plain.jsonl")).expect("read"),
            "{ending}"
        );
        let quarantine = |of: &str| at.join(of).join("quarantine/large.jsonl");
        assert_eq!(fs::read(quarantine("out.sievert")).ok(), fs::read(quarantine("plain.sievert")).ok());
        // Done as a whole, it is left alone by a third one, which still tells everything.
        done(run("out", "third.jsonl", &["--resume"]));
        assert!(
            fs::read(at.join("third.jsonl")).expect("read")
                == fs::read(at.join("plain.jsonl")).expect("read")
        );
    }
}

/// A scan has no output to be kept: it goes on in objects of any kind.
#[test]
fn a_scan_goes_on_in_a_compressed_object() {
    let folder = folder();
    let at = folder.path();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, &large("jsonl")).expect("packed");
    write(at, &[("in/large.jsonl.gz", &packed.finish().expect("packed"))]);
    let run = |state: &str, more: &[&str]| {
        let fixed = ["scan", "in", "--threads=1", "--state", state, "--findings", "found.jsonl", MAIL];
        command(fixed.iter().chain(more).copied(), at)
    };
    let done = |mut run: std::process::Command| Ran::from(run.output().expect("it ran")).ends_with(3);
    done(run("plain", &[]));
    killed_when_begun(|| run("state", &[]), &at.join("state/done"));
    let half = |name: &String| Path::new(name).extension().is_some_and(|ending| ending == "part");
    assert!(files(at).iter().any(half), "the findings so far");
    write(at, &[("state/done/.x.part", b"of nobody")]);
    done(run("state", &["--resume"]));
    assert_eq!(files(at).into_iter().filter(half).collect::<Vec<_>>(), ["state/done/.x.part"]);
    let again = report(at, "state/report.json");
    assert_eq!(again["continued"], 1);
    assert_eq!(told(&again), told(&report(at, "plain/report.json")));
}

/// What takes the place of its input cannot be told from it by its name: it is known by its size and time, which are
/// written down before.
#[test]
fn a_rewrite_in_place_is_resumed() {
    let folder = folder();
    let at = folder.path();
    make_input(at, 40, 2_000);
    sievert(["redact", "in", "--out", "plain", MAIL], at).ends_with(3);
    let mut expected = bytes_of(&at.join("plain"));
    expected.remove("_SUCCESS");
    let job = Again {
        start: &|data, again| {
            if !again {
                for (name, bytes) in bytes_of(&at.join("in")) {
                    write(at, &[(&[data, "/", &name].concat(), &bytes)]);
                }
            }
            let arguments = ["redact", data, "--in-place", MAIL].into_iter();
            command(arguments.chain(again.then_some("--resume")), at)
        },
        done: &|data| {
            let there = bytes_of(&at.join(data));
            there.iter().filter(|(name, bytes)| expected.get(*name) == Some(bytes)).count()
        },
        of: 41,
        end: &|data, ran| {
            ran.ends_with(3);
            assert!(bytes_of(&at.join(data)) == expected, "and nothing else is left there");
            same_is_told(at, data);
        },
    };
    println!("{} runs killed in place", killed(kills(), &job));
}

#[test]
fn what_was_done_is_not_read_again_unless_it_changed() {
    let folder = folder();
    let at = folder.path();
    make_input(at, 3, 10);
    fs::remove_file(at.join("in/torn.jsonl")).expect("removed");
    let scan = |more: &[&str]| {
        let arguments = ["scan", "in", MAIL, "--state", "state", "--report", "now.json"];
        sievert(arguments.iter().chain(more).copied(), at).ends_with(1);
        report(at, "now.json")
    };
    let first = scan(&[]);
    let again = scan(&["--resume"]);
    assert_eq!(again["resumed"], 3);
    assert_eq!(told(&again), told(&first));
    write(at, &[("in/of/part-001.csv", b"id,mail\n1,new@example.org\n2,newer@example.org\n")]);
    let changed = scan(&["--resume"]);
    assert_eq!((&changed["resumed"], &changed["ledger"]["records"]["total"]), (&2.into(), &22.into()));

    // Another policy is another job; a run that does not resume begins anew.
    let other = ["scan", "in", "--detector=global.ipv4", "--state", "state", "--resume"];
    let refused = sievert(other, at).ends_with(2);
    assert!(refused.stderr.contains("of another job"), "{}", refused.stderr);
    assert_eq!(scan(&[])["resumed"], 0);
    for (arguments, why) in [
        (&["scan", "in", "--resume"][..], "nothing is kept"),
        (&["redact", "s3://data/in", "--in-place", "--resume"], "rewrite it with --out to another prefix"),
        (&["redact", "in", "--out", "o", "--resume", "--ephemeral-key"], "--ephemeral-key"),
    ] {
        let refused = sievert(arguments.iter().copied(), at).ends_with(2);
        assert!(refused.stderr.contains(why), "{}", refused.stderr);
    }
}

#[test]
fn an_output_that_went_missing_is_made_again() {
    let folder = folder();
    let at = folder.path();
    make_input(at, 3, 3);
    let redact = |more: &[&str]| {
        let arguments = ["redact", "in", "--out", "out", MAIL];
        sievert(arguments.iter().chain(more).copied(), at).ends_with(3);
    };
    redact(&[]);
    let whole = bytes_of(&at.join("out"));
    fs::remove_file(at.join("out/of/part-001.csv")).expect("removed");
    redact(&["--resume"]);
    assert_eq!(bytes_of(&at.join("out")), whole);
    assert_eq!(report(at, "out.sievert/report.json")["resumed"], 3);
}

/// Copied back from a backup, an input looks as it did when it was done; what stands in its place in the output was made
/// of it as it was meanwhile.
#[test]
fn an_input_that_is_put_back_is_done_again() {
    let folder = folder();
    let at = folder.path();
    let redact = |more: &[&str]| {
        let arguments = ["redact", "in", "--out", "out", MAIL];
        sievert(arguments.iter().chain(more).copied(), at).good();
        let report = report(at, "out.sievert/report.json");
        (fs::read_to_string(at.join("out/a.csv")).expect("written"), report["resumed"].clone())
    };
    let put = |text: &str, seconds: u64| {
        write(at, &[("in/a.csv", text.as_bytes())]);
        let file = fs::File::options().write(true).open(at.join("in/a.csv")).expect("opened");
        let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        file.set_modified(time).expect("a time can be set");
    };
    let old = ("id\nold\n", 1_000);
    put(old.0, old.1);
    redact(&[]);
    put("id\nnew\nnewer\n", 2_000);
    assert_eq!(redact(&["--resume"]), ("id\nnew\nnewer\n".into(), 0.into()));
    put(old.0, old.1);
    assert_eq!(redact(&["--resume"]), (old.0.into(), 0.into()));
    assert_eq!(redact(&["--resume"]), (old.0.into(), 1.into()));
}

/// Whoever reads the output reads it too; that is not the program's to remove.
#[test]
fn the_copy_of_an_input_that_is_gone_is_told_and_stays() {
    let folder = folder();
    let at = folder.path();
    make_input(at, 3, 3);
    fs::remove_file(at.join("in/torn.jsonl")).expect("removed");
    let redact = |more: &[&str]| {
        let arguments = ["redact", "in", "--out", "out", MAIL];
        sievert(arguments.iter().chain(more).copied(), at).good();
        let report = report(at, "out.sievert/report.json");
        assert_eq!(report["ledger"]["objects"]["total"], files(&at.join("in")).len(), "of inputs alone");
        report["look_at"].clone()
    };
    assert_eq!(redact(&[]), json!([]));
    assert_eq!(redact(&["--resume"]), json!([]));
    fs::remove_file(at.join("in/of/part-000.csv")).expect("removed");
    let told = |others: &str| {
        let note = "made of no input of this run; remove what should not be there";
        let note = format!("stands in the output folder{others}, {note}");
        json!([{"detector": "", "place": "of/part-000.csv", "note": note}])
    };
    assert_eq!(redact(&["--resume"]), told(""));
    // Whether it was a run of this job that has put it there makes no difference to a reader.
    write(at, &[("out/raw.txt", b"anna@example.org\n"), ("out/.hidden", b"no data")]);
    assert_eq!(redact(&["--resume"]), told(", as 1 more"));
    assert_eq!(redact(&["--overwrite"]), told(", as 1 more"));
    assert_eq!(fs::read(at.join("out/raw.txt")).expect("left alone"), b"anna@example.org\n");
    assert!(at.join("out/of/part-000.csv").exists());
    // Of one shard nobody can say what the others make.
    for shard in ["1/2", "2/2"] {
        sievert(["redact", "in", "--out", "out", MAIL, "--overwrite", "--shard", shard], at).good();
        let report = report(at, &format!("out.sievert/report-0000{}-of-00002.json", &shard[..1]));
        assert_eq!(report["look_at"], json!([]));
    }
}

/// Day by day into one folder: what was made of another day's file of the same name is not lost.
#[test]
fn a_resumed_run_does_not_write_over_what_was_made_of_another_input() {
    let folder = folder();
    let at = folder.path();
    write(at, &[("monday/a.csv", b"id\n1\n"), ("tuesday/a.csv", b"id\n2\n"), ("tuesday/b.csv", b"id\n3\n")]);
    let redact = |day: &str, more: &[&str]| {
        let arguments = ["redact", day, "--out", "out", "--resume", MAIL];
        sievert(arguments.iter().chain(more).copied(), at)
    };
    redact("monday", &[]).good();
    let refused = redact("tuesday", &[]).ends_with(2);
    assert!(
        refused.stderr.contains("a.csv in the output folder was made of another input"),
        "{}",
        refused.stderr
    );
    assert_eq!(fs::read(at.join("out/a.csv")).expect("read"), b"id\n1\n");
    redact("tuesday", &["--exclude", "a.csv"]).good();
    redact("tuesday", &["--overwrite"]).good();
    assert_eq!(fs::read(at.join("out/a.csv")).expect("read"), b"id\n2\n");
    fs::remove_file(at.join("out/a.csv")).expect("removed");
    redact("monday", &[]).good();
    assert_eq!(fs::read(at.join("out/a.csv")).expect("read"), b"id\n1\n", "its place was free");
}

/// A sum of what chance makes of each object is not what it makes of all, in the last digit.
#[test]
fn what_chance_would_make_does_not_depend_on_who_counted() {
    let folder = folder();
    let at = folder.path();
    for number in 0..3 {
        let cards = (0..6).map(|row| (4_556_737_500_000_000_u64 + row * 7_919 + number).to_string());
        let rows: Vec<String> = std::iter::once("card".to_owned()).chain(cards).collect();
        write(at, &[(&format!("in/{number}.csv"), rows.join("\n").as_bytes())]);
    }
    let scan = |more: &[&str]| {
        let arguments = ["scan", "in", "--detector=global.payment_card", "--state", "state", "--exit-zero"];
        sievert(arguments.iter().chain(more).copied(), at).good();
        report(at, "state/report.json")
    };
    let (first, again) = (scan(&[]), scan(&["--resume"]));
    assert_eq!(first["fields"]["card"]["detectors"]["global.payment_card"]["tried"], 18);
    assert_eq!(again["resumed"], 3);
    assert_eq!(told(&again), told(&first));
}

/// Two runs must never both write one output: the second is refused as long as the first has the right to.
#[test]
fn of_two_runs_one_writes() {
    let folder = folder();
    let at = folder.path();
    make_input(at, 1, 2);
    fs::remove_file(at.join("in/torn.jsonl")).expect("removed");
    fs::create_dir_all(at.join("out.sievert/done")).expect("a folder");
    let lock = fs::File::create(at.join("out.sievert/done/.lease")).expect("a file");
    lock.lock().expect("nobody has it");
    for more in [&[][..], &["--resume"]] {
        let arguments = ["redact", "in", "--out", "out", MAIL].iter().chain(more);
        let refused = sievert(arguments.copied(), at).ends_with(2);
        assert!(refused.stderr.contains("another run writes here"), "{}", refused.stderr);
    }
    drop(lock);
    sievert(["redact", "in", "--out", "out", MAIL], at).good();

    let double = Double::start();
    double.put("/data/in/a.csv", table(1, 2));
    let run =
        || sievert_with(&s3(double.port()), ["redact", "s3://data/in", "--out", "s3://data/out", MAIL], at);
    let lease =
        |until: u64| format!("{{\"run\":\"other\",\"until\":{until},\"system\":\"other\",\"process\":1}}");
    double.put("/data/out.sievert/done/.lease", lease(u64::from(u32::MAX)));
    let refused = run().ends_with(2);
    assert!(refused.stderr.contains("another run writes here"), "{}", refused.stderr);
    assert!(double.below("/data/out/").is_empty());
    double.put("/data/out.sievert/done/.lease", lease(1));
    run().good();
    assert_eq!(double.below("/data/out/").len(), 2);
    assert!(!double.below("/data/out.sievert/").contains_key("done/.lease"), "it is given back");
}

/// `--resume` is no licence to overwrite what is of no run of this job.
#[test]
fn an_output_of_somebody_else_is_not_resumed_over() {
    let folder = folder();
    let at = folder.path();
    make_input(at, 2, 3);
    write(at, &[("out/of/part-000.csv", b"precious")]);
    let refused = sievert(["redact", "in", "--out", "out", MAIL, "--resume"], at).ends_with(2);
    assert!(refused.stderr.contains("exists in the output folder"), "{}", refused.stderr);
    assert_eq!(fs::read(at.join("out/of/part-000.csv")).expect("read"), b"precious");
}

#[test]
fn shards_make_together_what_one_run_makes() {
    let folder = folder();
    let at = folder.path();
    make_input(at, 20, 5);
    sievert(["redact", "in", "--out", "plain", MAIL], at).ends_with(3);
    for shard in ["1/3", "2/3", "3/3"] {
        let ran = sievert(["redact", "in", "--out", "out", MAIL, "--shard", shard], at);
        assert!([0, 3].contains(&ran.code), "{}", ran.stderr);
    }
    assert_eq!(bytes_of(&at.join("out")), bytes_of(&at.join("plain")), "no shard says that all is there");
    let reports = [1, 2, 3].map(|shard| format!("out.sievert/report-{shard:05}-of-00003.json"));
    let merge =
        |which: &[&str]| sievert(["report", "merge", "--out", "sum.json"].iter().chain(which).copied(), at);
    let [one, two, three] = reports.each_ref().map(String::as_str);
    merge(&[three, one, two]).ends_with(3); // the quarantined record
    let (sum, plain) = (report(at, "sum.json"), report(at, "plain.sievert/report.json"));
    assert_eq!(sum["ledger"], plain["ledger"]);
    assert_eq!(sum["actions"], plain["actions"]);
    let missing = merge(&[one, three]).ends_with(3);
    assert!(missing.stderr.contains("these are missing: 2"), "{}", missing.stderr);
    let twice = merge(&[one, one]).ends_with(3);
    assert!(twice.stderr.contains("two reports are of shard 1"), "{}", twice.stderr);
}

#[test]
fn a_sample_is_drawn_by_its_seed_and_says_what_it_knows() {
    let folder = folder();
    let at = folder.path();
    let rows: String =
        (0..20_000).map(|at| if at % 50 == 0 { "ann@example.org\n" } else { "nothing here\n" }).collect();
    write(at, &[("in/a.csv", ["mail\n", &rows].concat().as_bytes())]);
    let scan = |arguments: &[&str]| {
        let fixed = ["scan", "in", "--detector=global.email", "--report", "r.json", "--exit-zero"];
        let ran = sievert(fixed.iter().chain(arguments).copied(), at).good();
        (ran.stdout, report(at, "r.json"))
    };
    let (text, ten) = scan(&["--sample", "10%"]);
    assert!(text.contains("at most"), "{text}");
    let records = &ten["ledger"]["records"];
    let (total, scanned, sampled) =
        (&records["total"], records["scanned"].as_u64().expect("n"), records["sampled"].as_u64().expect("n"));
    assert_eq!((total.as_u64(), scanned + sampled), (Some(20_000), 20_000));
    assert!((1_800..2_200).contains(&scanned), "{scanned}");
    let bytes = &ten["ledger"]["bytes"];
    assert!(bytes["sampled"].as_u64() > bytes["scanned"].as_u64(), "{bytes}");
    let held = &ten["sample"]["detectors"]["global.email"];
    let at_most = held["at_most"].as_f64().expect("a share");
    assert!((0.02..0.04).contains(&at_most), "1 in 50 holds one: {held}");
    assert_eq!(ten["sample"]["records"], scanned);

    assert_eq!(scan(&["--sample", "10%"]).1["detectors"], ten["detectors"], "the same seed");
    assert_ne!(
        scan(&["--sample", "10%", "--seed", "2"]).1["sample"]["detectors"],
        ten["sample"]["detectors"]
    );
    let about = scan(&["--sample", "rows=1000"]).1["sample"]["records"].as_u64().expect("a number");
    assert!((800..1_200).contains(&about), "{about}");
    let (_, all) = scan(&["--sample", "100%"]);
    assert_eq!(all["ledger"]["records"]["scanned"], 20_000);
}

/// One file tells nothing of how large the records of another are.
#[test]
fn as_many_rows_are_drawn_of_files_that_are_nothing_alike() {
    let (short, long) = (|_| "short\n".to_owned(), |_| "long ".repeat(800) + "\n");
    let many = |line: fn(usize) -> String, lines: usize| (0..lines).map(line).collect::<String>();
    for (small, large) in [(many(short, 2), many(long, 2_500)), (many(long, 1), many(short, 60_000))] {
        let folder = folder();
        let at = folder.path();
        for number in 0..100 {
            write(at, &[(&format!("in/{number:03}.txt"), small.as_bytes())]);
        }
        write(at, &[("in/large.txt", large.as_bytes())]);
        let arguments = ["scan", "in", "--detector=us.ssn", "--sample=rows=500", "--report=r.json"];
        sievert(arguments, at).good();
        let drawn = report(at, "r.json")["sample"]["records"].as_u64().expect("a number");
        assert!((400..600).contains(&drawn), "{drawn}");
    }
}

#[test]
fn a_sample_of_files_reads_no_other_and_speaks_of_files() {
    let folder = folder();
    let at = folder.path();
    for number in 0..200 {
        let row: &[u8] = if number % 10 == 0 { b"ann@example.org\n" } else { b"nothing here\n" };
        write(at, &[(&format!("in/{number:03}.csv"), &[b"mail\n", &row.repeat(50)[..]].concat())]);
    }
    let scan = |arguments: &[&str]| {
        let fixed = ["scan", "in", "--detector=global.email", "--report", "r.json", "--exit-zero"];
        let ran = sievert(fixed.iter().chain(arguments).copied(), at).good();
        (ran.stdout, report(at, "r.json"))
    };
    let (text, half) = scan(&["--sample", "files=50%"]);
    let number = |value: &serde_json::Value| value.as_u64().expect("a number");
    let (objects, drawn) = (&half["ledger"]["objects"], number(&half["sample"]["objects"]));
    assert!((80..120).contains(&drawn), "{drawn}");
    assert_eq!((number(&objects["scanned"]), number(&objects["sampled"])), (drawn, 200 - drawn));
    assert_eq!(half["ledger"]["bytes"]["total"], 180 * 655 + 20 * 805);
    assert_eq!(half["ledger"]["records"]["total"], drawn * 50, "of these, every record");
    let held = &half["sample"]["detectors"]["global.email"];
    assert_eq!(number(&held["records"]), number(&held["objects"]) * 50);
    let at_most = held["at_most"].as_f64().expect("a share");
    assert!((0.1..0.3).contains(&at_most), "1 in 10 holds one: {held}");
    assert!(text.contains(" of all files (95 %)"), "{text}");

    let some = number(&scan(&["--sample", "files=20", "--seed", "3"]).1["sample"]["objects"]);
    assert!((8..36).contains(&some), "{some}");

    // The others can be anything: no byte of them is read.
    let read: Vec<_> =
        half["objects"].as_array().expect("objects").iter().map(|o| o["object"].clone()).collect();
    for name in files(&at.join("in")) {
        if !read.contains(&name.as_str().into()) {
            fs::write(at.join("in").join(name), b"\x1f\x8bno gzip").expect("written");
        }
    }
    assert_eq!(scan(&["--sample", "files=50%"]).1["detectors"], half["detectors"]);
    let dry = sievert(["scan", "in", "--sample", "files=50%", "--dry-run"], at).good().stdout;
    assert!(dry.contains(&format!("\n{drawn} files, ")), "{dry}");

    // Machines that share the files draw as one that has them all.
    for shard in ["1/2", "2/2"] {
        let report = format!("r{}.json", &shard[..1]);
        let arguments =
            ["scan", "in", "--detector=global.email", "--exit-zero", "--sample", "files=50%", "--shard"];
        sievert(arguments.into_iter().chain([shard, "--report", &report]), at).good();
    }
    sievert(["report", "merge", "r1.json", "r2.json", "--exit-zero", "--out", "sum.json"], at).good();
    assert_eq!(report(at, "sum.json")["sample"], half["sample"]);
}

/// Runs a script of the shell in a folder with a disk of one megabyte at `small`; `None` where none can be mounted.
#[cfg(target_os = "linux")]
fn on_a_small_disk(script: &str, settings: &servers::Settings, at: &Path) -> Option<()> {
    fs::create_dir(at.join("small")).expect("a folder");
    let script = format!("mount -t tmpfs -o size=1m tmpfs small || exit 77\n{script}");
    let mut unshare = std::process::Command::new("unshare");
    unshare.args(["-rm", "sh", "-c", &script]).current_dir(at);
    let ran = servers::apart(unshare, settings, at).output().ok();
    let Some(ran) = ran.filter(|ran| ran.status.success() || at.join("code").exists()) else {
        println!("NOT CHECKED: no disk of one's own can be mounted here");
        return None;
    };
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    Some(())
}

/// On a disk of one megabyte that grows afterwards.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_named_and_the_rest_is_done_when_there_is_room() {
    let folder = folder();
    let at = folder.path();
    make_input(at, 30, 3_000);
    fs::remove_file(at.join("in/torn.jsonl")).expect("removed");
    let redact = format!("{} redact in --out small/out --state state {MAIL}", env!("CARGO_BIN_EXE_sievert"));
    let script = format!(
        "{redact} > first; echo $? > code; ls -A small/out > there; cp state/report.json .
         mount -o remount,size=64m small || exit 77
         {redact} --resume && cp -r small/out big"
    );
    let Some(()) = on_a_small_disk(&script, &Vec::new(), at) else { return };
    let text = |name: &str| fs::read_to_string(at.join(name)).expect("written by the script");
    assert_eq!(text("code").trim(), "3");
    assert!(text("first").contains("no space left on the device of the output"), "{}", text("first"));
    assert!(!text("there").contains(".part") && !text("there").contains("_SUCCESS"), "{}", text("there"));
    // From the first object on that finds no room, all are left for later.
    let report = report(at, "report.json");
    let gaps = report["not_examined"].as_array().expect("a list");
    let [done, left] = ["scanned", "failed"].map(|part| report["ledger"]["objects"][part].clone());
    assert_eq!((&report["ledger"]["objects"]["total"], &left), (&30.into(), &gaps.len().into()));
    assert_eq!(gaps[0]["object"], format!("of/part-{:03}.csv", done.as_u64().expect("a number")));
    sievert(["redact", "in", "--out", "plain", MAIL], at).good();
    assert_eq!(bytes_of(&at.join("big")), bytes_of(&at.join("plain")));
}

/// The state stands beside the output, and finds no room either.
#[test]
#[cfg(target_os = "linux")]
fn a_disk_that_is_full_for_the_state_too_ends_the_run_as_one_for_outputs() {
    let folder = folder();
    let at = folder.path();
    make_input(at, 30, 3_000);
    fs::remove_file(at.join("in/torn.jsonl")).expect("removed");
    let program = env!("CARGO_BIN_EXE_sievert");
    let redact = format!("{program} redact in --out small/out {MAIL}");
    let script = format!(
        "{redact} > first 2> told; echo $? > code
         mount -o remount,size=64m small || exit 77
         {redact} --resume && cp -r small/out big"
    );
    let Some(()) = on_a_small_disk(&script, &Vec::new(), at) else { return };
    let text = |name: &str| fs::read_to_string(at.join(name)).expect("written by the script");
    assert_eq!(text("code").trim(), "3", "{}{}", text("first"), text("told"));
    let full = "no space left on the device of the output; free some and run again";
    assert!(text("first").contains(full), "{}", text("first"));
    sievert(["redact", "in", "--out", "plain", MAIL], at).good();
    assert_eq!(bytes_of(&at.join("big")), bytes_of(&at.join("plain")));
}

/// A scan writes no output; where its state finds no room, the rest is for another run.
#[test]
#[cfg(target_os = "linux")]
fn a_scan_whose_state_finds_no_room_is_gone_on_with() {
    let folder = folder();
    let at = folder.path();
    make_input(at, 30, 3_000);
    fs::remove_file(at.join("in/torn.jsonl")).expect("removed");
    let program = env!("CARGO_BIN_EXE_sievert");
    let scan = format!("{program} scan in --state small/state --findings found.jsonl --exit-zero {MAIL}");
    let script = format!(
        "head -c 900k /dev/zero > small/filler
         {scan} > first 2> told; echo $? > code; rm small/filler
         mount -o remount,size=64m small || exit 77
         {scan} --resume > second || exit 1
         dd if=/dev/zero of=small/filler 2> dd
         {program} scan in --report small/r.json > third 2> told; echo $? > last"
    );
    let Some(()) = on_a_small_disk(&script, &Vec::new(), at) else { return };
    let text = |name: &str| fs::read_to_string(at.join(name)).expect("written by the script");
    assert_eq!(text("code").trim(), "3", "{}{}", text("first"), text("told"));
    assert!(text("first").contains("no space left on the device"), "{}", text("first"));
    let no_report = "small/r.json: no space left on the device";
    assert!(text("last").trim() == "3" && text("told").contains(no_report), "{}", text("told"));
    sievert(["scan", "in", "--findings", "plain.jsonl", "--exit-zero", MAIL], at).good();
    assert_eq!(text("found.jsonl"), text("plain.jsonl"));
}

/// What cannot be written is not read: neither the rest of a large object nor those behind it.
#[test]
#[cfg(target_os = "linux")]
fn where_no_room_is_left_nothing_more_is_read() {
    let folder = folder();
    let at = folder.path();
    let double = Double::start();
    double.put("/data/in/a.csv", table(1, 1_000_000));
    for number in 0..300 {
        double.put(&format!("/data/in/b-{number:03}.csv"), table(number, 5));
    }
    let redact = format!(
        "{} redact s3://data/in --out small/out --state state --memory 4MiB {MAIL}",
        env!("CARGO_BIN_EXE_sievert")
    );
    let script = format!(
        "{redact} > first; echo $? > code; cp state/report.json .
         mount -o remount,size=64m small || exit 77
         {redact} --resume && cp -r small/out big"
    );
    let Some(()) = on_a_small_disk(&script, &s3(double.port()), at) else { return };
    let first = report(at, "report.json");
    assert_eq!(first["ledger"]["objects"]["failed"], 301);
    let asked = std::mem::take(&mut double.bucket().asked);
    let mut runs = asked.split(|asked| asked.contains("list-type")).skip(1);
    let [first, second] = [runs.next(), runs.next()].map(|run| run.expect("it listed").len());
    assert!(first < 20 && second > 300, "{first} requests, then {second}");
    sievert_with(&s3(double.port()), ["redact", "s3://data/in", "--out", "plain", MAIL], at).good();
    assert!(bytes_of(&at.join("big")) == bytes_of(&at.join("plain")));
}

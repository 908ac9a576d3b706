//! Runs that are killed, and data for them.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::program::{Ran, files};
use crate::servers::proxy::mixed;

pub(crate) const MAIL: &str = "--detector=global.email";

/// Some rows with an address each.
pub(crate) fn table(number: usize, rows: usize) -> Vec<u8> {
    let row =
        |at: usize| ["x", &at.to_string(), ",ann", &(at * 7 + number).to_string(), "@example.org\n"].concat();
    std::iter::once("id,mail\n".to_owned()).chain((0..rows).map(row)).collect::<String>().into_bytes()
}

/// A job that is done again and again, each time to a name of its own.
pub(crate) struct Again<'a> {
    /// Begins it, or goes on with what a run that was killed has left.
    pub(crate) start: &'a dyn Fn(&str, bool) -> Command,
    /// How many of its objects are done.
    pub(crate) done: &'a dyn Fn(&str) -> usize,
    /// How many there are.
    pub(crate) of: usize,
    /// What must hold once a run has ended by itself.
    pub(crate) end: &'a dyn Fn(&str, Ran),
}

/// Kills runs at random moments and goes on with them until one ends by itself; as many jobs as it needs for so many
/// kills, at least one of them when something was done and not all. The moments are a share of what a run takes, which
/// is found out by the way: machines differ.
pub(crate) fn killed(kills: u64, job: &Again<'_>) -> u64 {
    let (mut takes, mut died, mut halfway) = (Duration::from_millis(200), 0, false);
    let mut draws = 0;
    for number in 0.. {
        let name = format!("out-{number}");
        let (mut again, mut half) = (false, false);
        let ran = loop {
            assert!(draws < 1_000 + kills, "no run is killed when something was done and not all");
            let mut child = (job.start)(&name, again).spawn().expect("the program starts");
            if died < kills || !halfway {
                std::thread::sleep(takes.mul_f64((mixed(7, draws) % 1_000) as f64 / 1_000.0));
                draws += 1;
                if child.try_wait().expect("a child can be asked").is_none() {
                    child.kill().expect("it can be killed");
                    child.wait().expect("it is dead");
                    (died, again) = (died + 1, true);
                    half |= (1..job.of).contains(&(job.done)(&name));
                    halfway |= half;
                    takes = takes.mul_f64(if half { 1.0 } else { 1.25 });
                    continue;
                }
            }
            break child.wait_with_output().expect("it ended").into();
        };
        takes = takes.mul_f64(if half { 1.0 } else { 0.75 });
        (job.end)(&name, ran);
        if died >= kills && halfway {
            return died;
        }
    }
    unreachable!("numbers do not end")
}

/// Kills a run as soon as it has written down under `state` how far an object has come, and it has not come to its end:
/// how far. A run that gets away is begun again.
pub(crate) fn killed_when_begun(start: impl Fn() -> Command, state: &Path) -> serde_json::Value {
    let lines = || -> Vec<serde_json::Value> {
        let mut names = if state.is_dir() { files(state) } else { Vec::new() };
        names.retain(|name| !name.starts_with('.') && !name.contains("/."));
        let texts = names.iter().filter_map(|name| fs::read_to_string(state.join(name)).ok());
        texts
            .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
            .map(|line| serde_json::from_str(&line).expect("whole lines"))
            .collect()
    };
    let last = |what: &str| lines().iter().rev().find_map(|line| line.get(what).cloned());
    for _ in 0..50 {
        if state.exists() {
            fs::remove_dir_all(state).expect("removed");
        }
        let mut child = start().spawn().expect("the program starts");
        while last("begun").is_none() && child.try_wait().expect("a child can be asked").is_none() {
            std::thread::sleep(Duration::from_millis(2));
        }
        child.kill().expect("it can be killed");
        child.wait().expect("it is dead");
        if let (Some(begun), None) = (last("begun"), last("done")) {
            return begun["begun"].clone();
        }
    }
    panic!("every run ended before it could be killed");
}

/// How many runs are killed, if the caller names no other number by `SIEVERT_KILLS`.
pub(crate) fn kills() -> u64 {
    std::env::var("SIEVERT_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(6)
}

/// Some megabytes of records with an address each, in the shapes in which an object is gone on with at its byte; one of
/// them is torn.
pub(crate) fn large(ending: &str) -> Vec<u8> {
    let words = "lorem ipsum dolor sit amet ".repeat(8);
    let mail = |at: usize| ["ann", &at.to_string(), "@example.org"].concat();
    let rows = 0..60_000;
    let text: String = match ending {
        "csv" => {
            let row = |at| format!("{at},\"{words}\n{words}\",{}\n", mail(at));
            std::iter::once("id,text,mail\n".into()).chain(rows.map(row)).collect()
        }
        "jsonl" => rows
            .map(|at| match at {
                7 => "{\"torn\": \n".to_owned(),
                _ => format!("{{\"id\":{at},\"text\":\"{words}\",\"mail\":\"{}\"}}\n", mail(at)),
            })
            .collect(),
        "json" => {
            let row = |at| {
                format!(
                    "{}{{\"id\":{at},\"mail\":\"{}{words}{words}\"}}",
                    if at == 0 { "[" } else { ",\n" },
                    mail(at)
                )
            };
            rows.map(row).chain(["]\n".to_owned()]).collect()
        }
        _ => rows.map(|at| [words.as_str(), &words, &mail(at), "\n"].concat()).collect(),
    };
    text.into_bytes()
}

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

/// Kills runs at random times within some time until one ends by itself; that one's end, and how many were killed.
pub(crate) fn killed(kills: u64, within: Duration, mut start: impl FnMut(bool) -> Command) -> (Ran, u64) {
    let mut died = 0;
    loop {
        let mut child = start(died > 0).spawn().expect("the program starts");
        if died < kills {
            std::thread::sleep(within.mul_f64((mixed(7, died) % 1_000) as f64 / 1_000.0));
        }
        if died == kills || child.try_wait().expect("a child can be asked").is_some() {
            return (child.wait_with_output().expect("it ended").into(), died);
        }
        child.kill().expect("it can be killed");
        child.wait().expect("it is dead");
        died += 1;
    }
}

/// Kills a run as soon as it has written down under `state` how far an object has come.
pub(crate) fn killed_when_begun(mut run: Command, state: &Path) {
    let mut child = run.spawn().expect("the program starts");
    let begun = || {
        let names = if state.is_dir() { files(state) } else { Vec::new() };
        let mut lines = names.iter().filter(|name| !name.starts_with('.') && !name.contains("/."));
        lines
            .any(|name| fs::read_to_string(state.join(name)).is_ok_and(|text| text.contains("\n{\"begun\":")))
    };
    while !begun() {
        assert!(
            child.try_wait().expect("a child can be asked").is_none(),
            "it ended before it had come anywhere"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().expect("it can be killed");
    child.wait().expect("it is dead");
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

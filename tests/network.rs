//! No network connection is opened that the user did not name: the system calls of whole runs are watched.
#![cfg(target_os = "linux")]
#![expect(clippy::print_stdout, reason = "what was not checked is said")]

mod program;

use std::fs;
use std::process::Command;

use program::{folder, sievert, write};

/// Calls that open, bind or use a socket; `socketpair` joins threads of one process and reaches nobody.
fn reaches_out(call: &str) -> bool {
    !call.contains("socketpair(") && !call.contains("+++") && !call.contains("---") && call.contains('(')
}

/// The network calls of a program and all its children, as strace tells them.
fn calls(program: &str, arguments: &[&str], at: &std::path::Path) -> (Option<i32>, Vec<String>) {
    let done = Command::new("strace")
        .args(["-f", "-q", "-e", "trace=network", "-o", "calls.txt", program])
        .args(arguments)
        .current_dir(at)
        .output()
        .expect("strace was found a moment ago");
    let told = fs::read_to_string(at.join("calls.txt")).expect("strace tells");
    (done.status.code(), told.lines().filter(|call| reaches_out(call)).map(str::to_owned).collect())
}

#[test]
fn no_connection_is_opened() {
    let folder = folder();
    let at = folder.path();
    let works = |name: &str| Command::new(name).arg("-V").output().is_ok_and(|done| done.status.success());
    if !works("strace") || calls("true", &[], at).0 != Some(0) {
        println!("NOT CHECKED: strace is not installed, or may not watch here");
        assert!(std::env::var_os("SIEVERT_NEEDS_STRACE").is_none(), "the gate checks this");
        return;
    }
    // A program that does reach out is seen to: the check can fail.
    let (_, seen) = calls("bash", &["-c", "exec 3<>/dev/udp/127.0.0.1/9"], at);
    assert!(seen.iter().any(|call| call.contains("socket(AF_INET")), "{seen:?}");

    sievert(["sample", "--out", "in", "--rows", "20"], at).good();
    // Names of machines, links and credentials: what a program might be tempted to look up.
    let key = ["AKIA", "QYLPMN5HFIQR7XYA"].concat();
    let tempting = format!("see http://127.0.0.1:9/x and maria@localhost, {key}\n");
    write(at, &[("in/links.txt", tempting.as_bytes())]);
    for (arguments, code) in [
        (&["scan", "in", "--findings", "found.parquet"][..], 1),
        (&["redact", "in", "--out", "out"], 0),
        (&["policy", "show"], 0),
    ] {
        let (ended, seen) = calls(env!("CARGO_BIN_EXE_sievert"), arguments, at);
        assert_eq!(ended, Some(code), "{arguments:?}");
        assert_eq!(seen, [""; 0], "{arguments:?}");
    }
}

//! The program: arguments in, the library called, text and an exit code out.

#![expect(clippy::print_stderr, reason = "the program is what speaks to people")]

mod args;
mod demo;
mod detectors;
mod eval;
mod exit;
mod key;
mod out;
mod policy;
mod progress;
mod report;
mod sample;
mod scan;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::args::{Cli, Command, PolicyCommand, ReportCommand};
use crate::exit::Failure;

fn main() -> ExitCode {
    quiet_panics();
    outlive_file_limit();
    let cli = Cli::try_parse().unwrap_or_else(|error| exit::unquoted(error).exit());
    let done = match cli.command {
        Command::Demo(args) => demo::show(&args),
        Command::Scan(args) => scan::scan(&args),
        Command::Redact(args) => scan::redact(&args),
        Command::Eval(args) => eval::run(&args),
        Command::Sample(args) => sample::run(&args),
        Command::Detectors(args) => detectors::list(&args),
        Command::Explain { id } => detectors::explain(&id),
        Command::Policy(PolicyCommand::Init { file }) => policy::init(file.as_deref()),
        Command::Policy(PolicyCommand::Check { policy }) => policy::check(&policy),
        Command::Policy(PolicyCommand::Show { policy }) => policy::show(policy.as_deref()),
        Command::Report(ReportCommand::Merge(args)) => report::merge(&args),
        Command::Key(args::KeyCommand::New { file }) => key::new(&file),
        Command::Completions { shell } => completions(shell),
        Command::Man => man(),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(failure) => failure.report(),
    }
}

/// A panic is a defect, unless a damaged file brought it about; its message may hold a value, so only its place is told.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        if sievert::io::is_panic_damage() {
            return;
        }
        let place = panic.location().map_or_else(String::new, |at| format!(" ({}:{})", at.file(), at.line()));
        eprintln!("sievert: a defect stopped a part of the work{place}; please report it, without the data");
    }));
}

/// Beyond the limit of sizes of files (`ulimit -f`) a system ends the program, unless that is put off: then it is an
/// error of the file. All threads are begun later, and have it of this one.
fn outlive_file_limit() {
    #[cfg(unix)]
    {
        use nix::sys::signal::{SigSet, Signal};
        let put_off = SigSet::from_iter([Signal::SIGXFSZ]).thread_block();
        put_off.expect("a set of signals that there are can be blocked");
    }
}

fn completions(shell: clap_complete::Shell) -> Result<u8, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "sievert", &mut text);
    out::bytes(&text)?;
    Ok(0)
}

fn man() -> Result<u8, Failure> {
    let mut text = Vec::new();
    clap_mangen::Man::new(Cli::command())
        .render(&mut text)
        .map_err(|error| Failure::new(error.to_string()))?;
    out::bytes(&text)?;
    Ok(0)
}

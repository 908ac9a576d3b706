//! The command line as data. What it means is decided in the modules of the commands.

use std::path::PathBuf;

use bytesize::ByteSize;
use clap::builder::NonEmptyStringValueParser as Filled; // an unset variable of a shell is no input, glob or id
use clap::{Args, Parser, Subcommand, ValueEnum};
use sievert::io::{FormatName, Shard};
use sievert::{Confidence, SampleSize};

/// Find and rewrite personal, health and secret data in CSV, JSON, Parquet and text files
#[derive(Debug, Parser)]
#[command(name = "sievert", version, about, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a small sample, scan it, rewrite it, and show both
    Demo(Demo),
    /// Look for sensitive data
    Scan(Scan),
    /// Write a safe copy
    Redact(Redact),
    /// Measure precision and recall on labelled text
    Eval(Eval),
    /// Write sample data with the truth beside it
    Sample(Sample),
    /// List the detectors
    Detectors(Detectors),
    /// Tell what a detector looks for, and how
    Explain {
        /// Id or alias, such as nl.bsn or `US_SSN`
        id: String,
    },
    /// Write, check and show policies
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Work with reports
    #[command(subcommand)]
    Report(ReportCommand),
    /// Make keys for pseudonyms
    #[command(subcommand)]
    Key(KeyCommand),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Write a policy to start from
    Init {
        /// The file to write; standard output if none is named
        file: Option<PathBuf>,
    },
    /// Find mistakes in a policy: unknown keys and ids, entries never reached, failing examples
    Check {
        /// A file or the name of a built-in policy
        policy: String,
    },
    /// Print what a policy comes to
    Show {
        /// A file or the name of a built-in policy; the default policy if none is named
        policy: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// Add up the reports of several runs of one job; exits as one run over all of it would, and with 3 where a shard
    /// is missing
    Merge(Merge),
}

#[derive(Debug, Args)]
pub(crate) struct Merge {
    /// Reports in JSON
    #[arg(required = true, value_name = "REPORT")]
    pub(crate) reports: Vec<PathBuf>,
    /// Write the sum here
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) verdict: Verdict,
    /// What to print
    #[arg(long, value_enum, default_value_t = Shown::Text)]
    pub(crate) format: Shown,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Write a new key of 32 random bytes, readable by its owner alone
    New {
        /// The file to write; it must not exist
        file: PathBuf,
    },
}

/// How what was found decides the exit code.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Verdict {
    /// Findings at or above this make exit code 1
    #[arg(long, value_name = "C", default_value = "likely")]
    pub(crate) fail_on: Confidence,
    /// Exit with 0 in spite of findings
    #[arg(long)]
    pub(crate) exit_zero: bool,
}

/// What to read, what to look for, what to print.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// Files, folders, globs, URLs of them (s3, gs, az, abfss, http, https); - for standard input
    #[arg(required = true, value_name = "INPUT", value_parser = Filled::new())]
    pub(crate) inputs: Vec<String>,
    /// A policy file, or the name of a built-in policy
    #[arg(long, value_name = "FILE|NAME", value_parser = Filled::new())]
    pub(crate) policy: Option<String>,
    /// Look for these only: ids, globs, country:nl, category:credential
    #[arg(long = "detector", value_name = "ID", value_parser = Filled::new())]
    pub(crate) detectors: Vec<String>,
    /// Leave out findings below this: possible, likely, certain
    #[arg(long, value_name = "C")]
    pub(crate) min_confidence: Option<Confidence>,
    #[command(flatten)]
    pub(crate) verdict: Verdict,
    /// The format of everything: csv, tsv, jsonl, json, text, parquet
    #[arg(long, value_name = "F", value_parser = format_name)]
    pub(crate) input_format: Option<FormatName>,
    /// Whether the first record of a CSV names the columns; found out if not said
    #[arg(long, value_enum, value_name = "yes|no")]
    pub(crate) header: Option<YesNo>,
    /// Read only what fits: *.csv looks at the last part of a name, a/*.csv at the whole
    #[arg(long, value_name = "GLOB", value_parser = Filled::new())]
    pub(crate) include: Vec<String>,
    /// Do not read what fits
    #[arg(long, value_name = "GLOB", value_parser = Filled::new())]
    pub(crate) exclude: Vec<String>,
    /// Read only this machine's share of the objects: the third of sixteen is 3/16
    #[arg(long, value_name = "I/N", value_parser = shard)]
    pub(crate) shard: Option<Shard>,
    /// Do not read again what an earlier run has finished and what is unchanged since
    #[arg(long)]
    pub(crate) resume: bool,
    /// The folder, or its URL, for what is said about the run and for what it has done; for a rewrite, beside the
    /// output if not said
    #[arg(long, value_name = "DIR|URL")]
    pub(crate) state: Option<PathBuf>,
    /// Write the report here, in JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Write a row for each finding here: places and reasons, no values
    #[arg(long, value_name = "FILE.jsonl|.parquet")]
    pub(crate) findings: Option<PathBuf>,
    /// What to print
    #[arg(long, value_enum, default_value_t = Shown::Text)]
    pub(crate) format: Shown,
    /// Print nothing but errors
    #[arg(long)]
    pub(crate) quiet: bool,
    /// Tell what would be read, looked for and done; read no data
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Use a random key for pseudonyms and fingerprints, forgotten after the run
    #[arg(long)]
    pub(crate) ephemeral_key: bool,
    /// Worker threads; as many as there are processors if not said
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// Memory for data in flight
    #[arg(long, value_name = "SIZE", default_value = "256MiB", value_parser = size)]
    pub(crate) memory: ByteSize,
}

#[derive(Debug, Args)]
pub(crate) struct Scan {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The report of an earlier scan with --since, or its URL: files that are unchanged since are not read again, and
    /// count as then. The first time there is none yet, and all are read
    #[arg(long, value_name = "REPORT.json")]
    pub(crate) since: Option<PathBuf>,
    /// Look at some of the records only: 1%, or about so many: rows=10000. Or at some of the files, and read no other:
    /// files=1%, files=100
    #[arg(long, value_name = "P%|rows=N|files=N", value_parser = sample_size)]
    pub(crate) sample: Option<SampleSize>,
    /// The same seed draws the same sample
    #[arg(long, value_name = "S", default_value_t = 1, requires = "sample")]
    pub(crate) seed: u64,
    /// Print findings with the text around them
    #[arg(long)]
    pub(crate) show_values: bool,
    /// How many findings --show-values prints
    #[arg(long, value_name = "N", default_value_t = 20, requires = "show_values")]
    pub(crate) limit: usize,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("to").required(true).args(["out", "in_place"]))]
pub(crate) struct Redact {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The folder for the safe copies, or its URL; - for standard output
    #[arg(long, value_name = "DIR|URL|-")]
    pub(crate) out: Option<PathBuf>,
    /// Replace the inputs by their safe copies, one by one, each whole or not at all
    #[arg(long)]
    pub(crate) in_place: bool,
    /// Replace outputs that exist
    #[arg(long)]
    pub(crate) overwrite: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Eval {
    /// Labelled text, a JSON object a line: text, and spans with start, end and label; offsets in code points
    #[arg(value_name = "GOLD.jsonl")]
    pub(crate) gold: PathBuf,
    /// Which detectors stand for which label: a JSON object of lists of ids and globs
    #[arg(long, value_name = "FILE.json")]
    pub(crate) map: Option<PathBuf>,
    /// A policy file, or the name of a built-in policy
    #[arg(long, value_name = "FILE|NAME", value_parser = Filled::new())]
    pub(crate) policy: Option<String>,
    /// Leave out findings below this
    #[arg(long, value_name = "C")]
    pub(crate) min_confidence: Option<Confidence>,
    /// What to print
    #[arg(long, value_enum, default_value_t = Shown::Text)]
    pub(crate) format: Shown,
}

#[derive(Debug, Args)]
pub(crate) struct Sample {
    /// The folder to write into
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Records of each file
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    pub(crate) rows: u64,
    /// The same seed makes the same files
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Records of each file
    #[arg(long, value_name = "N", default_value_t = 300)]
    pub(crate) rows: u64,
    /// Leave the sample and its safe copy here; they are removed if not said
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Detectors {
    /// Only these: ids, globs, country:nl, category:credential
    #[arg(value_name = "ID")]
    pub(crate) which: Vec<String>,
    /// How the scanner finds each, and at how many places of a text it has to look; your policy's own included
    #[arg(long)]
    pub(crate) cost: bool,
    /// A policy file, or the name of a built-in policy
    #[arg(long, value_name = "FILE", requires = "cost")]
    pub(crate) policy: Option<String>,
    /// What to print
    #[arg(long, value_enum, default_value_t = Shown::Text)]
    pub(crate) format: Shown,
}

/// For people or for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shown {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum YesNo {
    Yes,
    No,
}

fn format_name(word: &str) -> Result<FormatName, String> {
    let names: Vec<_> = FormatName::ALL.iter().map(|format| format.name()).collect();
    FormatName::from_name(word).ok_or_else(|| format!("expected one of {}", names.join(", ")))
}

fn size(word: &str) -> Result<ByteSize, String> {
    word.parse().map_err(|_| "expected a size such as 256MiB".into())
}

fn shard(word: &str) -> Result<Shard, String> {
    Shard::parse(word).ok_or_else(|| "expected a share such as 3/16".into())
}

fn sample_size(word: &str) -> Result<SampleSize, String> {
    SampleSize::parse(word)
        .ok_or_else(|| "expected a share such as 1%, or rows=10000, files=1%, files=100".into())
}

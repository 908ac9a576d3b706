//! The program as a user starts it.
#![allow(dead_code, reason = "not every test file needs all of it")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// Insists on exit code 0.
    pub(crate) fn good(self) -> Self {
        self.ends_with(0)
    }

    /// Insists on an exit code.
    pub(crate) fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}{}", self.stdout, self.stderr);
        self
    }
}

impl From<Output> for Ran {
    fn from(done: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program prints UTF-8");
        let code = done.status.code().expect("no signal");
        Self { code, stdout: text(done.stdout), stderr: text(done.stderr) }
    }
}

/// The program with its arguments in a folder, nothing on standard input, everything it says kept.
pub(crate) fn command<'a>(arguments: impl IntoIterator<Item = &'a str>, at: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sievert"));
    command
        .args(arguments)
        .current_dir(at)
        .env_remove("SIEVERT_KEY")
        .env_remove("COLUMNS")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs the program in a folder, with nothing on standard input.
pub(crate) fn sievert<'a>(arguments: impl IntoIterator<Item = &'a str>, at: &Path) -> Ran {
    command(arguments, at).output().expect("the program starts").into()
}

/// Runs the program in a folder, with these bytes on standard input.
pub(crate) fn piped<'a>(arguments: impl IntoIterator<Item = &'a str>, at: &Path, bytes: &[u8]) -> Ran {
    let mut file = tempfile::tempfile().expect("a temporary file");
    std::io::Write::write_all(&mut file, bytes).expect("written");
    std::io::Seek::rewind(&mut file).expect("rewound");
    command(arguments, at).stdin(file).output().expect("the program starts").into()
}

/// A folder of its own for a test.
pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// Writes files into a folder; folders above them are made.
pub(crate) fn write(at: &Path, files: &[(&str, &[u8])]) {
    for (name, bytes) in files {
        let path = at.join(name);
        std::fs::create_dir_all(path.parent().expect("a name has a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("written");
    }
}

/// The names of all files under a folder, sorted.
pub(crate) fn files(at: &Path) -> Vec<String> {
    let mut names = Vec::new();
    let mut folders = vec![at.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path())
        {
            match entry.is_dir() {
                true => folders.push(entry),
                false => names.push(entry.strip_prefix(at).expect("below it").to_string_lossy().into_owned()),
            }
        }
    }
    names.sort();
    names
}

/// The same without what runs keep to be resumed from, whose names are never the same.
pub(crate) fn results(at: &Path) -> Vec<String> {
    let mut names = files(at);
    names.retain(|name| !name.contains(".sievert/done/") && !name.starts_with("done/"));
    names
}

/// The bytes of all files under a folder.
pub(crate) fn bytes_of(at: &Path) -> BTreeMap<String, Vec<u8>> {
    files(at).into_iter().map(|name| (name.clone(), std::fs::read(at.join(name)).expect("read"))).collect()
}

/// A report of a run in a folder.
pub(crate) fn report(at: &Path, name: &str) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(at.join(name)).expect("a report")).expect("JSON")
}

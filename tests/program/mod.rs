//! The program as a user starts it.

use std::path::Path;
use std::process::{Command, Stdio};

/// What came of a run.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// Insists on exit code 0.
    #[allow(dead_code, reason = "not every test file needs it")]
    pub(crate) fn good(self) -> Self {
        assert_eq!(self.code, 0, "{}{}", self.stdout, self.stderr);
        self
    }
}

/// Runs the program in a folder, with nothing on standard input.
pub(crate) fn sievert<'a>(arguments: impl IntoIterator<Item = &'a str>, at: &Path) -> Ran {
    let done = Command::new(env!("CARGO_BIN_EXE_sievert"))
        .args(arguments)
        .current_dir(at)
        .env_remove("SIEVERT_KEY")
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program prints UTF-8");
    Ran { code: done.status.code().expect("no signal"), stdout: text(done.stdout), stderr: text(done.stderr) }
}

/// A folder of its own for a test.
pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

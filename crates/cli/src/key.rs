//! `key new`: a key in a file, never on a terminal or command line.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use sievert::Key;

use crate::exit::Failure;
use crate::out;

pub(crate) fn new(file: &Path) -> Result<u8, Failure> {
    let fail = |error: &dyn std::fmt::Display| Failure::new(format!("{}: {error}", file.display()));
    let bytes = Key::random_bytes().map_err(|error| fail(&error))?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut handle = options.open(file).map_err(|error| {
        Failure::new(format!(
            "{}: {error}; name a file that does not exist, in a folder that does",
            file.display()
        ))
    })?;
    handle.write_all(&*bytes).and_then(|()| handle.sync_all()).map_err(|error| fail(&error))?;
    let name = file.display();
    out::text(&format!(
        "wrote a key of 32 bytes to {name}; name it in a policy:\n\n[key]\nfrom = \"file:{name}\"\n\n\
         Keep it: without it, tokens made from it cannot be made again.\n"
    ))?;
    Ok(0)
}

//! `policy init`, `check` and `show`.

use std::path::Path;

use sievert::policy::KeyKind;
use sievert::{KeyChoice, Overrides, Policy};

use crate::exit::Failure;
use crate::{out, scan};

pub(crate) fn init(file: Option<&Path>) -> Result<u8, Failure> {
    let Some(file) = file else {
        out::text(Policy::template())?;
        return Ok(0);
    };
    let write = std::fs::File::create_new(file)
        .and_then(|mut handle| std::io::Write::write_all(&mut handle, Policy::template().as_bytes()));
    write.map_err(|error| {
        Failure::new(format!("{}: {error}; name a file that does not exist", file.display()))
    })?;
    out::text(&format!("wrote {}; see what it comes to with: sievert policy show {0}\n", file.display()))?;
    Ok(0)
}

/// A policy is looked at without its key: the machine that checks need not hold it.
fn without_key() -> Overrides {
    Overrides { key: KeyChoice::Unread, ..Overrides::default() }
}

pub(crate) fn check(policy: &str) -> Result<u8, Failure> {
    let plan = scan::plan(Some(policy), &without_key())?;
    let key = match plan.key_kind() {
        // Good but for its key: what a run would be told.
        KeyKind::None => match scan::plan(Some(policy), &Overrides::default()) {
            Err(Failure::Cannot(needs)) => format!("a run will need a key: {needs}\n"),
            _ => String::new(),
        },
        place => format!("a run will need the key ({place}), which was not looked at\n"),
    };
    let (detectors, hash) = (plan.scanner().len(), plan.hash());
    out::text(&format!("{policy}: good; {detectors} detectors, plan {hash}\n{key}"))?;
    Ok(0)
}

pub(crate) fn show(policy: Option<&str>) -> Result<u8, Failure> {
    out::text(&scan::plan(policy, &without_key())?.show())?;
    Ok(0)
}

//! `sample`: data with the truth beside it.

use std::fmt::Write as _;

use sievert_corpora::{Object, Options, TRUTH, generate};

use crate::args::Sample;
use crate::exit::Failure;
use crate::out;

pub(crate) fn run(args: &Sample) -> Result<u8, Failure> {
    let options = Options { rows: args.rows, seed: args.seed };
    let manifest = generate(&options, sievert::detectors(), &args.out)
        .map_err(|error| Failure::new(error.to_string()))?;
    let mut text = String::new();
    for object in &manifest.objects {
        let Object { name, records, planted } = object;
        let _ = writeln!(text, "{name}: {records} records, {planted} values planted");
    }
    let _ = writeln!(text, "{TRUTH}: where each value stands");
    out::text(&text)?;
    Ok(0)
}

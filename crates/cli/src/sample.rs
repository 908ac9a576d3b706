//! `sample`: data with the truth beside it.

use sievert_corpora::{Options, TRUTH, generate};

use crate::args::Sample;
use crate::exit::Failure;
use crate::out;

pub(crate) fn run(args: &Sample) -> Result<u8, Failure> {
    let options = Options { rows: args.rows, seed: args.seed };
    let manifest = generate(&options, sievert::detectors(), &args.out)
        .map_err(|error| Failure::new(error.to_string()))?;
    let mut text = String::new();
    for object in &manifest.objects {
        text += &format!("{}: {} records, {} values planted\n", object.name, object.records, object.planted);
    }
    text += &format!("{TRUTH}: where each value stands\n");
    out::text(&text)?;
    Ok(0)
}

//! `eval`: precision and recall on labelled text.

use std::fmt::Write as _;
use std::fs::File;
use std::io::BufReader;

use sievert::eval::{Evaluation, LabelMap, Score, Scores, evaluate, read};
use sievert::{Confidence, KeyChoice, Overrides};

use crate::args::{Eval, Shown};
use crate::exit::Failure;
use crate::{out, scan};

pub(crate) fn run(args: &Eval) -> Result<u8, Failure> {
    let overrides = Overrides {
        min_confidence: args.min_confidence,
        key: KeyChoice::Unread, // nothing is rewritten
        ..Overrides::default()
    };
    let plan = scan::plan(args.policy.as_deref(), &overrides)?;
    let fail = |error: &dyn std::fmt::Display| Failure::new(format!("{}: {error}", args.gold.display()));
    let file = File::open(&args.gold).map_err(|error| fail(&format_args!("{error}; check the path")))?;
    let gold = read(BufReader::new(file)).map_err(|error| fail(&error))?;
    let map = match &args.map {
        None => LabelMap::by_name(&plan),
        Some(path) => {
            let fail = |error: &dyn std::fmt::Display| Failure::new(format!("{}: {error}", path.display()));
            let text = std::fs::read_to_string(path)
                .map_err(|error| fail(&format_args!("{error}; check the path")))?;
            LabelMap::parse(&text, &plan).map_err(|error| fail(&error))?
        }
    };
    let evaluation = evaluate(&plan, &gold, &map);
    out::text(&match args.format {
        Shown::Json => serde_json::to_string_pretty(&evaluation).expect("numbers are JSON") + "\n",
        Shown::Text => table(&evaluation),
    })?;
    Ok(0)
}

fn table(evaluation: &Evaluation) -> String {
    let mut text = format!("{} texts\n", evaluation.texts);
    for (name, scores) in [("OVERLAP", &evaluation.overlap), ("STRICT", &evaluation.strict)] {
        section(&mut text, name, scores);
    }
    let _ = writeln!(text, "\nDETECTORS (overlap)            findings   right  precision");
    for (id, score) in &evaluation.overlap.detectors {
        findings_line(&mut text, id, score);
    }
    let _ = writeln!(text, "\nGROUPS (overlap)");
    for (group, score) in &evaluation.overlap.groups {
        findings_line(&mut text, group, score);
    }
    let _ = writeln!(text, "\nCONFIDENCE (overlap): precision must rise");
    for level in Confidence::ALL {
        let score = evaluation.overlap.confidences.get(level.name()).copied().unwrap_or_default();
        findings_line(&mut text, level.name(), &score);
    }
    if evaluation.not_judged > 0 {
        let spans = evaluation.not_judged;
        let _ = writeln!(
            text,
            "\nNOT JUDGED  spans with labels for which no detector stands: {spans}; name some with --map"
        );
    }
    text
}

fn section(text: &mut String, name: &str, scores: &Scores) {
    let _ = writeln!(
        text,
        "\n{name:<20} {:>7} {:>8} {:>9} {:>7} {:>7} {:>7}",
        "gold", "findings", "precision", "recall", "F1", "F2"
    );
    for (label, score) in scores.labels.iter().map(|(l, s)| (l.as_str(), s)).chain([("ALL", &scores.all)]) {
        if score.gold + score.findings == 0 {
            continue;
        }
        let _ = writeln!(
            text,
            "{label:<20} {:>7} {:>8} {:>9.3} {:>7.3} {:>7.3} {:>7.3}",
            score.gold,
            score.findings,
            score.precision(),
            score.recall(),
            score.f(1.0),
            score.f(2.0)
        );
    }
}

fn findings_line(text: &mut String, name: &str, score: &Score) {
    let precision = match score.findings {
        0 => "-".into(), // nothing was said, so nothing was right or wrong
        _ => format!("{:.3}", score.precision()),
    };
    let _ = writeln!(text, "{name:<30} {:>8} {:>7} {precision:>10}", score.findings, score.right);
}

//! `detectors` and `explain`: the catalogue as people and programs read it.

use std::fmt::Write as _;

use serde_json::json;
use sievert::{Cost, Detector, Error, KeyChoice, Overrides, Plan, Policy, Route, Scanner};

use crate::args::{Detectors, Shown};
use crate::exit::Failure;
use crate::out;

pub(crate) fn list(args: &Detectors) -> Result<u8, Failure> {
    let policy = args.policy.as_deref().map(Policy::load).transpose()?.unwrap_or_default();
    let plan = plan(&policy, &args.which, "detectors")?;
    if args.cost {
        out::text(&cost(plan.scanner(), args.format))?;
        return Ok(0);
    }
    let chosen: Vec<_> = plan.looked_for().filter_map(sievert::detector).collect();
    let text = match args.format {
        Shown::Json => {
            let all: Vec<_> = chosen.iter().map(|detector| as_json(detector)).collect();
            serde_json::to_string_pretty(&all).expect("strings and numbers are JSON") + "\n"
        }
        Shown::Text => {
            let mut text = String::new();
            for detector in &chosen {
                let context = if detector.needs_context { "needs context" } else { "" };
                let _ = writeln!(
                    text,
                    "{:<28} {:<12} {:<14} {}",
                    detector.id,
                    detector.category.name(),
                    context,
                    detector.title
                );
            }
            let _ = writeln!(text, "\n{} detectors; `sievert explain ID` tells more of one", chosen.len());
            text
        }
    };
    out::text(&text)?;
    Ok(0)
}

/// The plan of what a command names: errors speak of the command, not of an option that nobody typed.
fn plan(policy: &Policy, which: &[String], command: &str) -> Result<Plan, Error> {
    let overrides = Overrides { detectors: which.to_owned(), key: KeyChoice::Unread, ..Overrides::default() };
    sievert::plan(policy, &overrides).map_err(|error| match error {
        Error::Policy(mut problems) => {
            for problem in problems.iter_mut().filter(|problem| problem.place == "--detector") {
                command.clone_into(&mut problem.place);
            }
            Error::Policy(problems)
        }
        other => other,
    })
}

/// What leads to the candidates of each detector, the costliest first.
fn cost(scanner: &Scanner, format: Shown) -> String {
    let mut all: Vec<_> = scanner.detectors().map(|(index, about)| (about.id, scanner.cost(index))).collect();
    all.sort_by(|(_, one), (_, other)| other.places.total_cmp(&one.places));
    if matches!(format, Shown::Json) {
        let rows = all
            .iter()
            .map(|(id, Cost { route, places })| json!({ "id": id, "route": route.name(), "places": places }));
        return serde_json::to_string_pretty(&rows.collect::<Vec<_>>())
            .expect("strings and numbers are JSON")
            + "\n";
    }
    let mut text = String::new();
    for (id, Cost { route, places }) in &all {
        let one_in = match 1.0 / places {
            rare if rare > 1e9 => "hardly a place".to_owned(),
            places => format!("1 place in {places:.0}"),
        };
        let looked_at = if *route == Route::Label { "" } else { &one_in };
        let _ = writeln!(text, "{id:<28} {:<12} {looked_at}", route.name());
    }
    text + "\nplaces of a usual text, by a rough guess; `everywhere` is slow: a rarer beginning, or a word that is always \
            there, helps\n"
}

pub(crate) fn explain(id: &str) -> Result<u8, Failure> {
    let Some(detector) = sievert::detector(id) else {
        // The plan knows what was probably meant.
        let error = plan(&Policy::default(), &[id.to_owned()], "explain").err();
        let many = || Failure::new(format!("{id} names more than one; see `sievert detectors {id}`"));
        return Err(error.map_or_else(many, Failure::from));
    };
    out::text(&sievert::explain(detector))?;
    Ok(0)
}

fn as_json(detector: &Detector) -> serde_json::Value {
    json!({
        "id": detector.id,
        "title": detector.title,
        "about": detector.about,
        "category": detector.category.name(),
        "placeholder": detector.placeholder,
        "needs_context": detector.needs_context,
        "chance": detector.chance,
        "labels": detector.labels,
        "context": detector.context,
        "aliases": detector.aliases,
        "sources": detector.sources,
    })
}

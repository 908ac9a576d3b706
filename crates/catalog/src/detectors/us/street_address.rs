//! Street addresses as they are written in the United States.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

pub static DETECTOR: Detector = Detector {
    id: "us.street_address",
    title: "US street address",
    about: "House number, capitalised name and a street suffix of the Postal Service, or a PO box; unit, city, state and \
            ZIP code belong to it when they follow. In small letters it needs a label. Streets without a suffix are not \
            covered.",
    sources: &["USPS Publication 28, appendices B and C"],
    aliases: &["STREET_ADDRESS", "US_STREET_ADDRESS"],
    category: Category::Location,
    placeholder: "ADDRESS",
    pattern: r"(?x)
        (?: [1-9][0-9]{0,5}[A-Z]?(?:-[0-9]{1,4})? \x20
            (?:(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West)\.?\x20)?
            (?:(?:[A-Z][A-Za-z'’.-]{0,20}|[0-9]{1,3}(?:st|nd|rd|th))\x20){1,4}
            (?:Street|St|Avenue|Ave|Boulevard|Blvd|Road|Rd|Drive|Dr|Lane|Ln|Court|Ct|Circle|Cir|Place|Pl|Way|Parkway|Pkwy
              |Terrace|Ter|Highway|Hwy|Trail|Trl|Square|Sq|Loop|Alley|Plaza|Plz|Turnpike|Tpke|Expressway|Crescent|Cres) \.?
            (?:\x20(?:NE|NW|SE|SW|N|S|E|W)\.?)?
          | (?i:p\.?\x20?o\.?\x20?box)\x20[0-9]{1,6} )
        (?:,?\s{1,2}(?:(?:(?:Apt|Apartment|Suite|Ste|Unit|Floor|Fl|Room|Rm|Building|Bldg)\.?\x20?\#?|\#\x20?)[0-9A-Za-z-]{1,6}
            |[0-9]{1,3}(?:st|nd|rd|th)\x20Floor))?
        (?:,?\s{1,2}[A-Z][A-Za-z.'-]{1,20}(?:\x20[A-Z][A-Za-z.'-]{1,20}){0,2},?\s{1,2}[A-Z]{2}(?:,?\s{1,2}[0-9]{5}(?:-[0-9]{4})?)?)?",
    labelled: r"(?xi)
        [1-9][0-9]{0,5}[a-z]?\x20 (?:[a-z0-9'’.-]{1,20}\x20){1,4}
        (?:street|st|avenue|ave|boulevard|blvd|road|rd|drive|dr|lane|ln|court|ct|circle|cir|place|pl|way|parkway|pkwy
          |terrace|highway|hwy|trail|square|sq)
        (?:,?\x20(?:(?:apt|apartment|suite|ste|unit)\.?\x20?\#?|\#\x20?)[0-9a-z-]{1,6})?
        (?:,\x20[a-z.'\x20-]{2,25},\x20[a-z]{2}(?:\x20[0-9]{5}(?:-[0-9]{4})?)?)?",
    labels: &[
        "address",
        "address line",
        "addr line",
        "add line",
        "street address",
        "home address",
        "mailing address",
        "billing address",
        "shipping address",
        "residential address",
        "addr",
        "lives at",
        "live at",
        "residing at",
        "resides at",
        "located at",
        "street",
    ],
    context: &[
        "address",
        "lives",
        "living",
        "moved",
        "ship",
        "deliver",
        "mail",
        "home",
        "house",
        "apartment",
        "resident",
    ],
    validate,
    sample,
    examples: &[
        "123 Main Street",
        "742 N Evergreen Ter., Apt 4B, Springfield, IL 62704",
        "1600 Pennsylvania Ave NW, Washington, DC 20500",
        "PO Box 1234",
        "350 Fifth Avenue, 34th Floor, New York, NY 10118",
        "55 Oak Street\nApt 4B\nSpringfield, IL 62704",
        "address: [[55 oak hill road, apt 3]]",
        "i live at [[55 oak hill road, springfield, il 62704]]",
    ],
    counter_examples: &["123 main street", "3 Way Street", "100 Best Practices", "section 5 Road", "12 St"],
    ..Detector::BLANK
};

const STATES: &[&str] = &[
    "AK", "AL", "AR", "AS", "AZ", "CA", "CO", "CT", "DC", "DE", "FL", "GA", "GU", "HI", "IA", "ID", "IL",
    "IN", "KS", "KY", "LA", "MA", "MD", "ME", "MI", "MN", "MO", "MP", "MS", "MT", "NC", "ND", "NE", "NH",
    "NJ", "NM", "NV", "NY", "OH", "OK", "OR", "PA", "PR", "RI", "SC", "SD", "TN", "TX", "UT", "VA", "VI",
    "VT", "WA", "WI", "WV", "WY",
];

fn validate(c: &Candidate<'_>) -> Verdict {
    let mut words = c.text.split([' ', ',', '\n']).filter(|word| !word.is_empty()).rev();
    let last = words.next().unwrap_or_default();
    let zip = last.len() >= 5 && last.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    match words.next() {
        Some(state) if zip && STATES.iter().any(|known| known.eq_ignore_ascii_case(state)) => {
            Verdict::Checked
        }
        Some(before) if zip && !before.eq_ignore_ascii_case("box") => Verdict::No,
        Some(_) if is_code(last) && !STATES.contains(&last) => Verdict::No,
        // `3 Way Street`: nobody lives in a number.
        Some(name) if matches!(name, "Way" | "Wall") && c.text.len() < 14 => Verdict::No,
        _ => Verdict::Plain,
    }
}

/// Two capitals that are no part of a street: a state, or something else.
fn is_code(word: &str) -> bool {
    word.len() == 2 && word.bytes().all(|b| b.is_ascii_uppercase()) && !matches!(word, "NW" | "SE" | "SW")
}

fn sample(draw: &mut Draw) -> String {
    let name = *draw.pick(&["Oak", "Maple", "Cedar", "Elm", "Lake", "Hill"]);
    let suffix = *draw.pick(&["Street", "Ave", "Road", "Lane", "Dr"]);
    format!(
        "{} {name} {suffix}, Springfield, {} {}",
        draw.number(1, 9999),
        draw.pick(STATES),
        draw.fill("9####")
    )
}

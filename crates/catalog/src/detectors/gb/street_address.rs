//! Street addresses as they are written in the United Kingdom.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

pub static DETECTOR: Detector = Detector {
    id: "gb.street_address",
    title: "UK street address",
    about: "House number, capitalised name and a kind of street, with localities and postcode when they follow. Without \
            a postcode a word of the country must stand near; those found in the US form are `us.street_address`.",
    sources: &[
        "BS 7666-0:2006",
        "https://www.royalmail.com/personal/help-and-support/how-do-i-address-my-mail",
    ],
    aliases: &["UK_STREET_ADDRESS", "GB_STREET_ADDRESS"],
    category: Category::Location,
    placeholder: "ADDRESS",
    pattern: r"(?x)
        (?:(?:Flat|Unit|Apartment)\x20[0-9A-Z]{1,4},?\x20)? [1-9][0-9]{0,3}[A-Za-z]?,?\x20
        (?:[A-Z][A-Za-z'’.-]{1,20}\x20){1,3}
        (?:Road|Rd|Street|St|Lane|Ln|Avenue|Ave|Close|Crescent|Gardens|Grove|Mews|Terrace|Drive|Way|Place|Square|Hill|Green
          |Court|Row|Walk|Parade|Rise|View)\.?
        (?: (?:,?\s{1,2}[A-Z][A-Za-z'’-]{1,20}(?:[-\x20][A-Za-z][A-Za-z'’-]{1,20}){0,3}){0,3}
            ,?\s{1,2}[A-Z]{1,2}[0-9][0-9A-Z]?\x20[0-9][A-Z]{2} )?",
    context: &[
        "london",
        "england",
        "scotland",
        "wales",
        "northern ireland",
        "uk",
        "united kingdom",
        "postcode",
        "manchester",
        "birmingham",
        "leeds",
        "glasgow",
        "edinburgh",
        "bristol",
    ],
    validate,
    sample,
    examples: &[
        "10 Downing Street, London, SW1A 2AA",
        "Flat 2, 14 Mill Lane, Oxford OX1 2JD",
        "in England: [[14 Mill Lane]]",
    ],
    counter_examples: &["14 Mill Lane"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let inward = c.text.rsplit(' ').next().unwrap_or_default().as_bytes();
    let postcode = matches!(inward, [digit, a, b] if digit.is_ascii_digit() && a.is_ascii_uppercase() && b.is_ascii_uppercase());
    if postcode { Verdict::Checked } else { Verdict::Weak }
}

fn sample(draw: &mut Draw) -> String {
    let name = *draw.pick(&["Mill", "Church", "Station", "Park", "Victoria"]);
    let kind = *draw.pick(&["Road", "Lane", "Street", "Close", "Gardens"]);
    format!("{} {name} {kind}, London, N{} {}AA", draw.number(1, 199), draw.number(1, 9), draw.number(1, 9))
}

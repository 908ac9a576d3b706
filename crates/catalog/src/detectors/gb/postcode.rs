//! Postcodes of the United Kingdom.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

pub static DETECTOR: Detector = Detector {
    id: "gb.postcode",
    title: "UK postcode",
    about: "Outward and inward code of one of the 124 postcode areas, or GIR 0AA. No checksum: a word of an address \
            must stand near. Those inside a whole address are part of `gb.street_address`.",
    sources: &["https://www.royalmail.com/find-a-postcode", "BS 7666-0:2006", "ONS Postcode Directory"],
    aliases: &["UK_POSTCODE", "GB_POSTCODE"],
    category: Category::Location,
    placeholder: "POSTCODE",
    pattern: "GIR 0AA|[A-PR-UWYZ][A-HK-Y]?[0-9][0-9A-HJKMNPR-Y]? [0-9][ABD-HJLNP-UW-Z]{2}",
    labelled: "(?i)[a-z]{1,2}[0-9][0-9a-z]? ?[0-9][a-z]{2}",
    labels: &["postcode", "post code", "postal code"],
    context: &[
        "address",
        "street",
        "road",
        "lane",
        "avenue",
        "close",
        "house",
        "flat",
        "london",
        "england",
        "scotland",
        "wales",
        "uk",
        "united kingdom",
        "lives",
        "living",
    ],
    needs_context: true,
    validate,
    sample,
    examples: &["postcode [[SW1A 1AA]]", "10 Downing Street, London [[SW1A 2AA]]", "Postcode: [[m11ae]]"],
    counter_examples: &["SW1A 1AA", "address of R2 2DD and XX1 1AA"],
    ..Detector::BLANK
};

const AREAS: &[&str] = &[
    "AB", "AL", "B", "BA", "BB", "BD", "BH", "BL", "BN", "BR", "BS", "BT", "CA", "CB", "CF", "CH", "CM",
    "CO", "CR", "CT", "CV", "CW", "DA", "DD", "DE", "DG", "DH", "DL", "DN", "DT", "DY", "E", "EC", "EH",
    "EN", "EX", "FK", "FY", "G", "GIR", "GL", "GU", "GY", "HA", "HD", "HG", "HP", "HR", "HS", "HU", "HX",
    "IG", "IM", "IP", "IV", "JE", "KA", "KT", "KW", "KY", "L", "LA", "LD", "LE", "LL", "LN", "LS", "LU", "M",
    "ME", "MK", "ML", "N", "NE", "NG", "NN", "NP", "NR", "NW", "OL", "OX", "PA", "PE", "PH", "PL", "PO",
    "PR", "RG", "RH", "RM", "S", "SA", "SE", "SG", "SK", "SL", "SM", "SN", "SO", "SP", "SR", "SS", "ST",
    "SW", "SY", "TA", "TD", "TF", "TN", "TQ", "TR", "TS", "TW", "UB", "W", "WA", "WC", "WD", "WF", "WN",
    "WR", "WS", "WV", "YO", "ZE",
];

fn validate(c: &Candidate<'_>) -> Verdict {
    let area: String = c.text.chars().take_while(char::is_ascii_alphabetic).collect();
    match AREAS.binary_search(&area.to_ascii_uppercase().as_str()) {
        Ok(_) => Verdict::Plain,
        Err(_) => Verdict::Failed,
    }
}

fn sample(draw: &mut Draw) -> String {
    let area = *draw.pick(&["B", "EH", "LS", "M", "OX", "SW"]);
    format!("{area}{} {}{}", draw.number(1, 9), draw.number(1, 9), draw.letters("ABDEFGHJLNPQRSTUWXYZ", 2))
}

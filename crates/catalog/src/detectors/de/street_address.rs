//! Street addresses as they are written in Germany, Austria and Switzerland.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict};

pub static DETECTOR: Detector = Detector {
    id: "de.street_address",
    title: "Anschrift (German street address)",
    about: "A street name that ends in Straße, Weg, Platz and the like, and a house number; postal code and place belong \
            to it when they follow. Streets without such an ending are not covered.",
    sources: &["DIN 5008", "https://www.deutschepost.de/de/b/briefe-richtig-adressieren.html"],
    aliases: &["DE_STREET_ADDRESS"],
    category: Category::Location,
    placeholder: "ADDRESS",
    pattern: r"(?x)
        (?:(?:Am|An\x20de[rnm]|Auf\x20de[rm]|Im|In\x20der|Zum|Zur|Alte[rs]?|Neue[rs]?|Kleine[rs]?|Große[rs]?|Obere|Untere|Lange)\x20)?
        [A-ZÄÖÜ][a-zäöüß]{1,25}(?:-[A-ZÄÖÜ][a-zäöüß]{1,20}){0,3}
        (?: (?:straße|strasse|str\.|weg|platz|allee|gasse|damm|ufer|chaussee|steig|stieg|pfad|graben)
          | [-\x20](?:Straße|Strasse|Str\.|Weg|Platz|Allee|Gasse|Ring|Damm|Ufer|Chaussee|Steig|Pfad) )
        \x20[1-9][0-9]{0,2}(?:\x20?[a-z])?(?:\x20?[-/]\x20?[0-9]{1,4}[a-z]?)?
        (?:,?\s{1,2}(?:D-|DE-|A-|CH-)?[0-9]{4,5}\x20[A-ZÄÖÜ][A-Za-zäöüß.-]{1,25}(?:\x20(?:am|an\x20der|im|in\x20der|ob\x20der|[A-ZÄÖÜ][A-Za-zäöüß().-]{1,25})){0,3})?",
    labels: &[
        "anschrift",
        "adresse",
        "straße",
        "strasse",
        "stras",
        "wohnhaft",
        "wohnanschrift",
        "postanschrift",
        "street",
        "address",
    ],
    context: &["anschrift", "adresse", "wohnhaft", "wohnt", "wohnung", "haus"],
    validate,
    sample,
    examples: &[
        "Lindenstraße 12",
        "Berliner Straße 5a, 10115 Berlin",
        "Am Mühlenweg 3",
        "Karl-Marx-Allee 101",
        "Hauptstr. 7, 80331 München",
    ],
    counter_examples: &[
        "die Straße 5",
        "Lindenstraße",
        "unterwegs 12",
        "During 1971",
        "Remembering 25 years",
    ],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    // A postal code behind the house number: two numbers that fit each other.
    let numbers = c.text.split(|c: char| !c.is_ascii_digit()).filter(|part| part.len() >= 4);
    if numbers.count() > 0 { Verdict::Checked } else { Verdict::Plain }
}

fn sample(draw: &mut Draw) -> String {
    let name = *draw.pick(&["Linden", "Garten", "Bahnhof", "Schiller", "Wald"]);
    let kind = *draw.pick(&["straße", "weg", "platz", "allee"]);
    format!("{name}{kind} {}, {} Musterstadt", draw.number(1, 199), draw.fill("1####"))
}

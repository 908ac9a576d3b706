//! Places on Earth as coordinates.

use sievert_detect::{Borders, Candidate, Category, Detector, Draw, Verdict};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "global.gps",
    title: "GPS coordinates",
    about: "Degrees, minutes and seconds; `geo:` URIs; decimal pairs of four decimals or more (about ten metres), which \
            need a word near because plots and vector graphics are full of them. Single numbers need a label.",
    sources: &["RFC 5870", "ISO 6709"],
    aliases: &["GPS_COORDINATES", "GPS", "COORDINATES"],
    category: Category::Location,
    placeholder: "GPS",
    pattern: r#"(?x)
        (?i:geo):-?[0-9]{1,2}\.[0-9]{2,10},-?[0-9]{1,3}\.[0-9]{2,10}
        | [0-9]{1,2}\x20?[°º]\x20?[0-9]{1,2}\x20?['′’]\x20?(?:[0-9]{1,2}(?:\.[0-9]{1,4})?\x20?(?:["″”]|'')\x20?)?[NS]
          [,;]?\x20?[0-9]{1,3}\x20?[°º]\x20?[0-9]{1,2}\x20?['′’]\x20?(?:[0-9]{1,2}(?:\.[0-9]{1,4})?\x20?(?:["″”]|'')\x20?)?[EWO]
        | [-+]?[0-9]{1,2}\.[0-9]{4,15}\x20?°?\x20?[NS]?\x20?[,;]?\x20?[-+]?[0-9]{1,3}\.[0-9]{4,15}(?:\x20?°?\x20?[EWO])?"#,
    labelled: r"[-+]?[0-9]{1,3}\.[0-9]{4,15}(?:\x20?[,;]\x20?[-+]?[0-9]{1,3}\.[0-9]{4,15})?",
    labels: &[
        "latitude",
        "longitude",
        "lat",
        "lng",
        "lon",
        "lat/lon",
        "lat/lng",
        "lat lon",
        "gps",
        "gps coordinates",
        "coordinates",
        "geolocation",
        "latlng",
        "breitengrad",
        "längengrad",
        "latitud",
        "longitud",
        "coordenadas",
        "coordonnées",
        "coordinate",
        "szerokość",
        "długość",
        "纬度",
        "经度",
        "緯度",
        "経度",
    ],
    borders: Borders::Digit,
    context: &["location", "position", "geo", "map", "maps", "pin", "located at"],
    validate,
    normalize: |text| text.chars().filter(|c| !c.is_whitespace()).collect::<String>().into(),
    sample: |draw: &mut Draw| {
        // In the South Atlantic, where nobody lives.
        format!(
            "-{}.{:06}, -{}.{:06}",
            draw.number(30, 49),
            draw.number(0, 999_999),
            draw.number(15, 24),
            draw.number(0, 999_999)
        )
    },
    examples: &[
        "geo:48.2010,16.3695",
        "40°26'46\"N 79°58'56\"W",
        "GPS: [[40.446111, -79.982222]]",
        "lat=[[40.446111]]",
        "map pin at [[40.446111,-79.982222]]",
    ],
    counter_examples: &[
        "40.446111, -79.982222",
        "map 95.446111, 10.982222",
        "lat 40.4",
        "M 10.4461 20.1234 L",
        "location 1.2345.6789",
    ],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let told = c.text.contains(['°', 'º']) || c.text.as_bytes()[0].eq_ignore_ascii_case(&b'g');
    // Rows of decimals are many such pairs.
    if !told && shape::is_alone(c) {
        return Verdict::No;
    }
    let part = c.before().ends_with(['.', '_'])
        || c.after().starts_with('.') && c.after()[1..].starts_with(|c: char| c.is_ascii_digit());
    match !part && on_earth(c.text) {
        true if told => Verdict::Unmistakable,
        true => Verdict::Weak,
        false => Verdict::No,
    }
}

fn on_earth(text: &str) -> bool {
    let numbers = text.split(|sign: char| !sign.is_ascii_digit() && sign != '.');
    let degrees: Vec<f64> = numbers.filter_map(|number| number.parse().ok()).collect();
    match degrees[..] {
        [one] => one <= 180.0,
        [lat, lon] | [lat, _, lon, _] | [lat, _, _, lon, _, _] => lat <= 90.0 && lon <= 180.0,
        _ => false,
    }
}

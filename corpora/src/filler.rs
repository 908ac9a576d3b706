//! Harmless texts that look like sensitive ones: versions, hashes, times, prices. What a scan must leave alone.

use sievert_detect::Draw;

/// Makes one text.
pub(crate) type Fill = fn(&mut Draw) -> String;

/// Fillers by the name that templates use, without the `~`.
pub(crate) const FILLERS: &[(&str, Fill)] = &[
    ("birthday", |draw| date(draw, 1935, 2008)),
    ("build", |draw| draw.fill("#####")),
    ("date", |draw| date(draw, 2019, 2025)),
    ("decimal", |draw| one(draw, &["#.####", "##.##", "0.#########", "1##.###", "0.####"])),
    ("epoch", |draw| draw.number(1_600_000_000, 1_760_000_000).to_string()),
    ("epoch_ms", |draw| draw.number(1_600_000_000_000, 1_760_000_000_000).to_string()),
    ("hash", |draw| hex(draw, 40)),
    ("hex6", |draw| hex(draw, 6)),
    ("hex8", |draw| hex(draw, 8)),
    ("isbn", isbn),
    ("order", |draw| one(draw, &["########", "2025-######", "A#######", "######"])),
    ("path", |draw| format!("/srv/data/part-{:05}.csv", draw.number(0, 99_999))),
    ("policy", |draw| draw.fill("HP-@@-######")),
    ("price", |draw| one(draw, &["$##.99", "##.50 EUR", "1,###.00 USD", "#.###,00 €"])),
    ("sha256", |draw| hex(draw, 64)),
    ("thousands", |draw| one(draw, &["1,###,###", "##,###", "#####", "1 ### ###"])),
    ("time", |draw| format!("{:02}:{:02}", draw.number(0, 23), draw.number(0, 59))),
    ("timestamp", |draw| {
        format!("{}T{:02}:{}Z", date(draw, 2019, 2025), draw.number(0, 23), draw.fill("3#:1#"))
    }),
    ("user", |draw| one(draw, &["batch##", "importer", "night-shift", "system#"])),
    ("uuid", uuid),
    ("version", |draw| one(draw, &["v#.1#.#", "#.##.0", "20##.#.1", "#.0.0-rc.#", "10.#.1#.2##"])),
    ("zip", |draw| draw.fill("##-###")),
];

/// A filler by name.
pub(crate) fn filler(name: &str, draw: &mut Draw) -> String {
    FILLERS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, fill)| fill(draw))
        .expect("the name stands in the table")
}

fn one(draw: &mut Draw, templates: &[&str]) -> String {
    let template = *draw.pick(templates);
    draw.fill(template)
}

fn hex(draw: &mut Draw, count: usize) -> String {
    draw.letters("0123456789abcdef", count)
}

fn uuid(draw: &mut Draw) -> String {
    let mut group = |count| hex(draw, count);
    format!("{}-{}-4{}-a{}-{}", group(8), group(4), group(3), group(3), group(12))
}

fn date(draw: &mut Draw, first: u64, last: u64) -> String {
    format!("{}-{:02}-{:02}", draw.number(first, last), draw.number(1, 12), draw.number(1, 28))
}

/// ISBN-13 with its check digit: weights 1 and 3 in turn, sum divisible by 10 (ISO 2108).
fn isbn(draw: &mut Draw) -> String {
    draw.fill_until("978-#-##-######-#", |text| {
        let digits = text.bytes().filter(u8::is_ascii_digit).map(|byte| u32::from(byte - b'0'));
        digits.enumerate().map(|(at, digit)| digit * [1, 3][at % 2]).sum::<u32>().is_multiple_of(10)
    })
}

//! Tax file numbers of Australia.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict, checksum};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "au.tfn",
    title: "Australian Tax File Number",
    about: "Nine digits, written 3-3-3, whose weighted sum divides by 11. A word must stand near. The eight digits of \
            old numbers are taken behind a label only.",
    sources: &[
        "https://www.ato.gov.au/individuals-and-families/tax-file-number",
        "https://www.oaic.gov.au/privacy/tax-file-numbers",
    ],
    aliases: &["AU_TFN", "AUSTRALIA_TAX_FILE_NUMBER", "TFN"],
    category: Category::NationalId,
    placeholder: "TFN",
    pattern: "[0-9]{3}[- ][0-9]{3}[- ][0-9]{3}|[0-9]{9}",
    labelled: "[0-9]{3}[- ]?[0-9]{3}[- ]?[0-9]{2,4}",
    labels: &["tfn", "tax file number", "tax file no"],
    context: &["ato", "australian tax", "tax return", "superannuation", "super fund", "australia"],
    needs_context: true,
    validate,
    chance: 0.09,
    sample,
    examples: &["TFN [[123 456 782]]", "tax file number: [[876543210]]", "TFN: [[123 456 783]]"],
    counter_examples: &["123 456 782", "ATO 123 456 783"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let Some(digits) = shape::digits::<9>(c) else { return shape::mistyped(c) };
    Verdict::checked(passes(digits))
}

fn passes(digits: impl IntoIterator<Item = u8>) -> bool {
    checksum::weighted_sum(digits, &[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11)
}

fn sample(draw: &mut Draw) -> String {
    draw.fill_until("### ### ###", |text| passes(shape::digits_of(text)))
}

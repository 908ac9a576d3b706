//! Driver's licences of the states of the US, and whatever is labelled as one.

use sievert_detect::{Category, Detector, Draw, Verdict};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "us.driving_licence",
    title: "US driver's license number",
    about: "Every state has its own form and none a public checksum; most are a letter and digits. The telling forms \
            need a word near; plain digits and every other form need a label.",
    sources: &[
        "AAMVA DL/ID Card Design Standard, annex D",
        "https://www.mass.gov/info-details/driver-license-formats-by-state",
    ],
    aliases: &["US_DRIVER_LICENSE", "US_DRIVERS_LICENSE_NUMBER", "DRIVER_LICENSE"],
    category: Category::NationalId,
    placeholder: "DRIVER_LICENSE",
    // A letter and digits (AZ, CA, FL, IL, KY, MA, MD, MI, MN, NJ, NY, VA, WI), dashed as FL, MD, MI, MN and WI print
    // it; ID; NH; IA; WA.
    pattern: r"(?x)
        [A-Z][0-9]{7,14} | [A-Z][0-9]{3}-[0-9]{3}-[0-9]{2,3}-[0-9]{3}(?:-[0-9])? | [A-Z][0-9]{3}-[0-9]{4}-[0-9]{4}(?:-[0-9]{2})?
        | [A-Z]{2}[0-9]{6}[A-Z] | [0-9]{2}[A-Z]{3}[0-9]{5} | [0-9]{3}[A-Z]{2}[0-9]{4} | WDL[0-9A-Z]{9}",
    labelled: shape::IDENTIFIER,
    labels: &[
        "driver's license",
        "driver’s license",
        "drivers license",
        "driver license",
        "driver's licence",
        "drivers licence",
        "driver licence",
        "driving license",
        "driver's license number",
        "drivers license number",
        "driver license number",
        "driver's lic",
        "dl number",
        "dl no",
        "dl#",
        "dln",
        "license #",
        "licencia de conducir",
    ],
    context: &["license", "licence", "dmv", "driver", "drivers", "driving", "dl"],
    needs_context: true,
    // Columns of differences of logarithms are called `dln_...`.
    validate: |c| match c.anchored.named() {
        true => shape::issued(c),
        false => Verdict::plain(!shape::is_part(c)),
    },
    sample: |draw: &mut Draw| draw.fill("@############"),
    examples: &[
        "driver's license number is [[F162823540116]]",
        "my driver's license number is [[2270-66-1551]]",
        "DMV record [[A123-456-78-901-0]]",
        "DL# [[6940579]]",
    ],
    counter_examples: &[
        "F162823540116",
        "2270-66-1551",
        "driver's license expires 2025-01-15",
        "driver license 2.0",
    ],
    ..Detector::BLANK
};

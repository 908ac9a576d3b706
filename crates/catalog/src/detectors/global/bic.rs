//! Codes of banks.

use sievert_detect::{Borders, Candidate, Category, Detector, Draw, Verdict};

pub static DETECTOR: Detector = Detector {
    id: "global.bic",
    title: "Business Identifier Code (BIC, SWIFT code)",
    about: "Eight or eleven characters with a country in the middle. Many words look so and there is no checksum: \
            reported only where words or the field's name vouch for it.",
    sources: &["ISO 9362:2022", "ISO 3166-1"],
    aliases: &["SWIFT_CODE", "SWIFT_BIC"],
    category: Category::Financial,
    placeholder: "BIC",
    pattern: r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?",
    labelled: r"(?i:[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)",
    labels: &[
        "bic",
        "swift code",
        "swift",
        "bic code",
        "swift-bic",
        "bic/swift",
        "swift/bic",
        "bankleitcode",
    ],
    borders: Borders::Word,
    context: &["iban", "bank code", "wire transfer", "correspondent bank", "beneficiary bank"],
    needs_context: true,
    validate,
    sample,
    examples: &[
        "BIC: [[DEUTDEFF]]",
        "swift code [[NEDSZAJJXXX]]",
        "IBAN NL02ABNA0123456789, [[ABNANL2A]]",
        "IBAN DE89370400440532013001 [[COBADEFF]]",
    ],
    counter_examples: &[
        "DEUTDEFF",
        "BIC: DATABASE64",
        "swift: SOFTWARE",
        "ABNAQQ2A",
        "IBAN: NL02ABNA0123456789 PAYMENTS",
        "/TRTP/SEPA OVERBOEKING/IBAN/NL02ABNA0123456789/EREF/NOTPROVIDED",
    ],
    ..Detector::BLANK
};

/// The countries of ISO 3166-1, and Kosovo, whose banks use `XK`.
const COUNTRIES: &str = "\
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC \
    CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD \
    GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH \
    KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW \
    MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC \
    SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY \
    UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

fn validate(c: &Candidate<'_>) -> Verdict {
    let country = &c.text.as_bytes()[4..6];
    let exists = COUNTRIES.as_bytes().chunks(3).any(|code| code[..2].eq_ignore_ascii_case(country));
    // One capitalised word in three has a country in its middle.
    let told = || c.anchored.named() || c.text.bytes().any(|b| b.is_ascii_digit()) || of_account(c);
    // Lower-case words behind "swift" are prose.
    let written =
        c.text.bytes().all(|b| !b.is_ascii_lowercase()) || c.text.bytes().any(|b| b.is_ascii_digit());
    if exists && written && told() { Verdict::Weak } else { Verdict::No }
}

/// Whether an account of the same country stands near: `DE89370400440532013000 COBADEFF`.
fn of_account(c: &Candidate<'_>) -> bool {
    const NEAR: usize = 100;
    let country = &c.text.as_bytes()[4..6];
    let within = |bytes: &[u8]| {
        bytes.windows(4).any(|four| &four[..2] == country && four[2..].iter().all(u8::is_ascii_digit))
    };
    let (before, after) = (c.before().as_bytes(), c.after().as_bytes());
    within(&before[before.len().saturating_sub(NEAR)..]) || within(&after[..after.len().min(NEAR)])
}

/// With a party that starts with `ZZ`, of which there is none.
fn sample(draw: &mut Draw) -> String {
    let country = draw.pick(&["NL", "DE", "GB", "FR", "US", "IN"]);
    let branch = if draw.chance(50) { "XXX" } else { "" };
    draw.fill(&format!("ZZ@@{country}2@{branch}"))
}

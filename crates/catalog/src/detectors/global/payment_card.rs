//! Numbers of payment cards.

use sievert_detect::{Borders, Candidate, Category, Detector, Draw, Verdict, checksum};

pub static DETECTOR: Detector = Detector {
    id: "global.payment_card",
    title: "Payment card number (PAN)",
    about: "12 to 19 digits with a valid check digit in a range that an issuer holds today, Mastercard 2221-2720, Mir, \
            UnionPay, RuPay, Verve, Troy and Elo included. Digits of decimals, epoch times and longer numbers are left \
            out; published test numbers are examples.",
    sources: &[
        "ISO/IEC 7812-1",
        "https://www.mastercard.com/global/en/business/support/bin-2-series.html",
        "https://developer.paypal.com/api/rest/sandbox/card-testing/",
        "https://docs.stripe.com/testing",
    ],
    aliases: &["CREDIT_CARD", "CREDIT_CARD_NUMBER", "PAN"],
    category: Category::Financial,
    placeholder: "CARD",
    // Without a break, in the groups that are printed on cards, or in two halves.
    pattern: r"(?x) [0-9]{12,19}
        | [0-9]{4} [\x20.-] [0-9]{4} [\x20.-] [0-9]{4} (?: [\x20.-] [0-9]{4} )? (?: [\x20.-] [0-9]{3} )?
        | [0-9]{4} [\x20.-] [0-9]{6} [\x20.-] [0-9]{4,5}
        | [0-9]{6} [\x20.-] (?: [0-9]{10} | [0-9]{13} )
        | [0-9]{8} [\x20.-] [0-9]{8}",
    // People put more between the groups than issuers, and wrap lines.
    labelled: r"[0-9](?:[ \r\n./_-]{0,3}[0-9]){11,18}",
    labels: &[
        "card",
        "card number",
        "credit card",
        "credit card number",
        "debit card",
        "card no",
        "cc",
        "ccn",
        "pan",
        "cardnumber",
        "creditcard",
        "card #",
        "visa",
        "mastercard",
        "amex",
        "american express",
        "kreditkarte",
        "carte",
        "tarjeta",
        "cartão",
    ],
    borders: Borders::Word,
    context: &[
        "payment",
        "cvv",
        "cvc",
        "expiry",
        "exp",
        "expires",
        "maestro",
        "unionpay",
        "rupay",
        "jcb",
        "diners",
        "discover",
        "mir",
        "cardholder",
    ],
    negative_context: &[
        "isbn",
        "epoch",
        "timestamp",
        "ean",
        "gtin",
        "upc",
        "imei",
        "uuid",
        "guid",
        "commit",
        "version",
    ],
    validate,
    chance: 0.1,
    sample,
    examples: &[
        "4111 1111 1111 1111",
        "4532015112830366",
        "2223000048400011",
        "maestro [[6799990100000000019]]",
        "2200-0000-0000-0053",
        "3782 822463 10005",
        "in 1234 [[4532015112830366]]",
        "4532.0151.1283.0366",
        "card number: [[4532015112830367]]",
        "\"pan\":\"[[4532015112830366]]\"",
        "my cc [[180020497005751]]",
        "card: [[4532  0151  1283  0366]]",
        "card no. [[4532 - 0151 - 1283 - 0366]]",
        "card: [[45320151\n12830366]]",
    ],
    counter_examples: &[
        "4532015112830367",
        "0.4532015112830366",
        "4532015112830366.25",
        "829335.6968772264",
        "45320151-12830366",
        "4532 0151-1283 0366",
        "1609459200000",
        "1609459200000000",
        "978-3-16-148410-0",
        "ISBN 4532015112830366",
        "f4532015112830366",
        "a1b2c3d4-4532015112830366",
        "0000000000000000",
        "5555555555555555",
        "543E 5426 544E 5427 5446 5443 5433 5448 5442 541B",
        "5112 5118 5114 5110 5115 5180 5190",
        "(4951948911778577463, 20370359763344860)",
        "M4532 0151 1283 0366",
        "path d=\"M12.4532015112830366 1\"",
    ],
    ..Detector::BLANK
};

/// Ranges of issuers: first digits from and to, and the lengths in use.
/// <https://en.wikipedia.org/wiki/Payment_card_number#Issuer_identification_number_(IIN)>, checked against the
/// issuers' own pages where they publish them.
const ISSUED: &[Range] = &[
    range(4, 4, &[16]),               // Visa
    range(51, 55, &[16]),             // Mastercard
    range(2221, 2720, &[16]),         // Mastercard, since 2017
    range(34, 34, &[15]),             // American Express
    range(37, 37, &[15]),             // American Express
    range(300, 305, &[14, 16]),       // Diners Club
    range(3095, 3095, &[14, 16]),     // Diners Club
    range(36, 36, &[14, 16]),         // Diners Club
    range(38, 39, &[14, 16]),         // Diners Club
    range(3528, 3589, &[16]),         // JCB
    range(6011, 6011, &[16]),         // Discover
    range(644, 649, &[16]),           // Discover
    range(65, 65, &[16]),             // Discover, RuPay, Troy, Verve, Elo
    range(60, 60, &[16]),             // RuPay, Hipercard
    range(62, 62, &[16, 17, 18, 19]), // UnionPay
    range(81, 82, &[16]),             // UnionPay, RuPay
    range(508, 508, &[16]),           // RuPay
    range(353, 353, &[16]),           // RuPay with JCB
    range(356, 356, &[16]),           // RuPay with JCB
    range(2200, 2205, &[16]),         // Mir, Borica
    range(9792, 9792, &[16]),         // Troy
    range(506_099, 506_198, &[16]),   // Verve
    range(507_865, 507_964, &[16]),   // Verve
    range(5066, 5067, &[16]),         // Elo
    range(509, 509, &[16]),           // Elo
    range(636, 639, &[16]),           // Elo, InstaPayment
    range(5019, 5019, &[16]),         // Dankort
    range(8600, 8600, &[16]),         // Uzcard
    range(9860, 9860, &[16]),         // Humo
];

/// Wide or retired ranges and long numbers, where a lone number is a constant more often than a card: Maestro, Visa of
/// 13 and all of 19 digits but `UnionPay`'s, the old JCB.
const RARE: &[Range] = &[
    range(50, 50, &[12, 13, 14, 15, 16, 17, 18, 19]),
    range(56, 59, &[12, 13, 14, 15, 16, 17, 18, 19]),
    range(6, 6, &[12, 13, 14, 15, 16, 17, 18, 19]),
    range(4, 4, &[13, 19]),
    range(3528, 3589, &[19]),
    range(81, 82, &[19]),
    range(2200, 2205, &[19]),
    range(1800, 1800, &[15]),
    range(2131, 2131, &[15]),
];

/// Published for tests by the payment services named under `sources`.
const TEST_NUMBERS: &[u64] = &[
    4_111_111_111_111_111,
    4_012_888_888_881_881,
    4_242_424_242_424_242,
    4_000_056_655_665_556,
    4_222_222_222_222,
    5_555_555_555_554_444,
    5_105_105_105_105_100,
    5_200_828_282_828_210,
    2_223_003_122_003_222,
    378_282_246_310_005,
    371_449_635_398_431,
    378_734_493_671_000,
    6_011_111_111_111_117,
    6_011_000_990_139_424,
    6_011_981_111_111_113,
    3_530_111_333_300_000,
    3_566_002_020_360_505,
    30_569_309_025_904,
    38_520_000_023_237,
    36_227_206_271_667,
    3_056_930_009_020_004,
    6_200_000_000_000_005,
    6_205_500_000_000_000_004,
    2_200_000_000_000_053,
];

/// How issuers group the digits.
const GROUPS: &[&[usize]] =
    &[&[4, 4, 4, 4], &[4, 6, 5], &[4, 6, 4], &[4, 4, 4, 4, 3], &[4, 4, 4, 3], &[4, 4, 4], &[6, 13], &[6, 10]];

/// Cards of one issuer.
struct Range {
    low: u64,
    high: u64,
    /// Digits of `low` and of `high`.
    count: usize,
    /// How many digits the cards have, as bits.
    lengths: u32,
}

const fn range(low: u64, high: u64, lengths: &[u32]) -> Range {
    let mut range = Range { low, high, count: low.ilog10() as usize + 1, lengths: 0 };
    let mut nth = 0;
    while nth < lengths.len() {
        range.lengths |= 1 << lengths[nth];
        nth += 1;
    }
    range
}

/// The most of [`GROUPS`].
const MOST_GROUPS: usize = 5;

/// The most that a card has: ISO/IEC 7812-1.
const MOST_DIGITS: usize = 19;

fn validate(c: &Candidate<'_>) -> Verdict {
    if !grouped(c.text, c.anchored.named()) || part_of_more(c) {
        return Verdict::No;
    }
    let mut room = [0; MOST_DIGITS];
    let length = room.iter_mut().zip(c.digits()).map(|(place, digit)| *place = digit).count();
    let digits = &room[..length];
    if digits.iter().all(|digit| *digit == digits[0]) {
        return Verdict::No;
    }
    // By count: the number that so many of the first digits spell.
    let mut leads = [0; MOST_DIGITS + 1];
    for (nth, digit) in digits.iter().enumerate() {
        leads[nth + 1] = leads[nth] * 10 + u64::from(*digit);
    }
    let number = leads[length];
    let issued = |table: &[Range]| {
        table.iter().any(|range| {
            (range.low..=range.high).contains(&leads[range.count]) && range.lengths >> length & 1 != 0
        })
    };
    let holds = checksum::luhn(digits.iter().copied());
    // Whatever stands behind these digits, test environments take it.
    let tests = || leads[14] == 40_000_000_000_000;
    match issued(ISSUED) {
        _ if TEST_NUMBERS.contains(&number) || holds && tests() => Verdict::Example,
        // Inside a path or a hyphenated name it is an order, a post or a picture.
        true if holds && (c.before().ends_with(['/', '-', '_', '+']) || in_a_row(c)) => Verdict::Weak,
        true => Verdict::checked(holds),
        false if holds && issued(RARE) => Verdict::Weak,
        // A label vouches for a mistyped number of the usual lengths only: others are two numbers in a row.
        false if matches!(length, 15 | 16) => Verdict::Failed,
        false => Verdict::No,
    }
}

/// Whether the digits stand together, or in the groups that are printed on cards with one kind of separator; where a
/// label says that this is a card, with any, or in two halves.
fn grouped(text: &str, named: bool) -> bool {
    if named {
        let digits = |c: char| !c.is_ascii_digit();
        let mut sizes = text.split(digits).map(str::len).filter(|size| *size > 0);
        let sizes: [usize; MOST_GROUPS + 1] = std::array::from_fn(|_| sizes.next().unwrap_or(0));
        let groups = sizes.split(|size| *size == 0).next().unwrap_or_default();
        return groups.len() == 1 || groups == [8, 8] || GROUPS.contains(&groups);
    }
    let Some(first) = text.bytes().position(|byte| !byte.is_ascii_digit()) else { return true };
    // By the first number, most rows of them are told from cards.
    if GROUPS.iter().all(|sizes| sizes[0] != first) {
        return false;
    }
    let separator = text.as_bytes()[first];
    let mut sizes = [0; MOST_GROUPS + 1];
    let mut nth = 0;
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => sizes[nth] += 1,
            _ if byte == separator && nth < MOST_GROUPS => nth += 1,
            _ => return false,
        }
    }
    // One dot makes a decimal: `829335.6968772264`.
    (separator != b'.' || nth > 1) && GROUPS.contains(&&sizes[..=nth])
}

/// Whether the groups of four go on, as in tables of code points: two more on a side, or one that is hexadecimal.
fn in_a_row(c: &Candidate<'_>) -> bool {
    fn goes_on<'a>(words: impl Iterator<Item = &'a str>) -> bool {
        let fours: Vec<_> = words
            .take(2)
            .take_while(|word| word.len() == 4 && word.bytes().all(|b| b.is_ascii_hexdigit()))
            .collect();
        fours.len() == 2 || fours.iter().any(|word| word.bytes().any(|b| b.is_ascii_alphabetic()))
    }
    c.text.contains(' ')
        && (goes_on(c.before().split_ascii_whitespace().rev()) || goes_on(c.after().split_ascii_whitespace()))
}

/// Whether the digits are only a part of a decimal or of a hyphenated number. A fraction of `.0` is a whole number
/// that a program wrote as a float.
fn part_of_more(c: &Candidate<'_>) -> bool {
    let fraction = |rest: &str| {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        !digits.is_empty() && digits != "0"
    };
    c.before().ends_with(['.', ','])
        && c.before().trim_end_matches(['.', ',']).ends_with(|b: char| b.is_ascii_digit())
        || c.before()
            .strip_suffix('-')
            .is_some_and(|head| head.ends_with(|b: char| b.is_ascii_alphanumeric()))
        || c.before().ends_with('.')
        || c.after().strip_prefix(['.', '-']).is_some_and(fraction)
}

/// In Visa's and Mastercard's shapes, from the prefixes that test environments use.
fn sample(draw: &mut Draw) -> String {
    let (template, spaced) = *draw.pick(&[
        ("453201##########", true),
        ("555555##########", true),
        ("222300##########", true),
        ("37144963#######", false),
    ]);
    let number = draw.fill_until(template, |n| checksum::luhn(n.bytes().map(|b| b - b'0')));
    if spaced && draw.chance(50) {
        return [&number[..4], &number[4..8], &number[8..12], &number[12..]].join(*draw.pick(&[" ", "-"]));
    }
    number
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    #[test]
    fn the_shape_has_the_groups_that_the_validator_takes() {
        let whole = Regex::new(&format!("^(?:{})$", DETECTOR.pattern)).expect("the scanner compiles it");
        let halves: &[usize] = &[8, 8];
        for sizes in GROUPS.iter().copied().chain([halves]) {
            let digits: Vec<_> = sizes.iter().map(|size| "5".repeat(*size)).collect();
            for separator in [" ", ".", "-"] {
                assert!(whole.is_match(&digits.join(separator)), "{sizes:?} with {separator:?}");
            }
        }
        for other in ["5555 55555 555 5555", "55 55 55 55 55 55", "5555 5555 5555 55555", "55555 5555555"] {
            assert!(!whole.is_match(other), "{other}");
        }
    }
}

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
    pattern: r"[0-9](?:[ .-]?[0-9]){11,18}",
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
    ],
    counter_examples: &[
        "4532015112830367",
        "0.4532015112830366",
        "4532015112830366.25",
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
const ISSUED: &[(u32, u32, &[usize])] = &[
    (4, 4, &[16]),               // Visa
    (51, 55, &[16]),             // Mastercard
    (2221, 2720, &[16]),         // Mastercard, since 2017
    (34, 34, &[15]),             // American Express
    (37, 37, &[15]),             // American Express
    (300, 305, &[14, 16]),       // Diners Club
    (3095, 3095, &[14, 16]),     // Diners Club
    (36, 36, &[14, 16]),         // Diners Club
    (38, 39, &[14, 16]),         // Diners Club
    (3528, 3589, &[16]),         // JCB
    (6011, 6011, &[16]),         // Discover
    (644, 649, &[16]),           // Discover
    (65, 65, &[16]),             // Discover, RuPay, Troy, Verve, Elo
    (60, 60, &[16]),             // RuPay, Hipercard
    (62, 62, &[16, 17, 18, 19]), // UnionPay
    (81, 82, &[16]),             // UnionPay, RuPay
    (508, 508, &[16]),           // RuPay
    (353, 353, &[16]),           // RuPay with JCB
    (356, 356, &[16]),           // RuPay with JCB
    (2200, 2205, &[16]),         // Mir, Borica
    (9792, 9792, &[16]),         // Troy
    (506_099, 506_198, &[16]),   // Verve
    (507_865, 507_964, &[16]),   // Verve
    (5066, 5067, &[16]),         // Elo
    (509, 509, &[16]),           // Elo
    (636, 639, &[16]),           // Elo, InstaPayment
    (5019, 5019, &[16]),         // Dankort
    (8600, 8600, &[16]),         // Uzcard
    (9860, 9860, &[16]),         // Humo
];

/// Wide or retired ranges and long numbers, where a lone number is a constant more often than a card: Maestro, Visa of
/// 13 and all of 19 digits but `UnionPay`'s, the old JCB.
const RARE: &[(u32, u32, &[usize])] = &[
    (50, 50, &[12, 13, 14, 15, 16, 17, 18, 19]),
    (56, 59, &[12, 13, 14, 15, 16, 17, 18, 19]),
    (6, 6, &[12, 13, 14, 15, 16, 17, 18, 19]),
    (4, 4, &[13, 19]),
    (3528, 3589, &[19]),
    (81, 82, &[19]),
    (2200, 2205, &[19]),
    (1800, 1800, &[15]),
    (2131, 2131, &[15]),
];

/// Published for tests by the payment services named under `sources`, without a separator.
const TEST_NUMBERS: &[&str] = &[
    "4111111111111111",
    "4012888888881881",
    "4242424242424242",
    "4000056655665556",
    "4222222222222",
    "5555555555554444",
    "5105105105105100",
    "5200828282828210",
    "2223003122003222",
    "378282246310005",
    "371449635398431",
    "378734493671000",
    "6011111111111117",
    "6011000990139424",
    "6011981111111113",
    "3530111333300000",
    "3566002020360505",
    "30569309025904",
    "38520000023237",
    "36227206271667",
    "3056930009020004",
    "6200000000000005",
    "6205500000000000004",
    "2200000000000053",
];

/// How issuers group the digits.
const GROUPS: &[&[usize]] =
    &[&[4, 4, 4, 4], &[4, 6, 5], &[4, 6, 4], &[4, 4, 4, 4, 3], &[4, 4, 4, 3], &[4, 4, 4], &[6, 13], &[6, 10]];

fn validate(c: &Candidate<'_>) -> Verdict {
    let digits: String = c.text.chars().filter(char::is_ascii_digit).collect();
    let one_digit = digits.bytes().all(|b| b == digits.as_bytes()[0]);
    if one_digit || !grouped(c.text) || part_of_more(c) {
        return Verdict::No;
    }
    let issued = |table: &[(u32, u32, &[usize])]| {
        table.iter().any(|(low, high, lengths)| {
            let prefix = &digits[..low.to_string().len()];
            lengths.contains(&digits.len()) && prefix.parse().is_ok_and(|p: u32| (*low..=*high).contains(&p))
        })
    };
    let holds = checksum::luhn(c.digits());
    match issued(ISSUED) {
        _ if TEST_NUMBERS.contains(&&*digits) || digits.starts_with("40000000000000") && holds => {
            Verdict::Example
        }
        // Inside a path or a hyphenated name it is an order, a post or a picture.
        true if holds && (c.before().ends_with(['/', '-', '_', '+']) || in_a_row(c)) => Verdict::Weak,
        true => Verdict::checked(holds),
        false if holds && issued(RARE) => Verdict::Weak,
        // A label vouches for a mistyped number of the usual lengths only: others are two numbers in a row.
        false if matches!(digits.len(), 15 | 16) => Verdict::Failed,
        false => Verdict::No,
    }
}

/// Whether the digits stand together, or in the groups that are printed on cards with one kind of separator.
fn grouped(text: &str) -> bool {
    let Some(separator) = text.chars().find(|c| !c.is_ascii_digit()) else { return true };
    let sizes: Vec<_> = text.split(separator).map(str::len).collect();
    GROUPS.contains(&&*sizes) && text.chars().all(|c| c.is_ascii_digit() || c == separator)
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

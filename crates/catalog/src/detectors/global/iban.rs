//! International bank account numbers.

use sievert_detect::{Borders, Candidate, Category, Detector, Draw, Verdict, checksum};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "global.iban",
    title: "International Bank Account Number (IBAN)",
    about: "Country, two check digits and an account number of the length and structure that the country registered, \
            in any case, with or without blanks; MOD 97-10 holds.",
    sources: &[
        "ISO 13616-1",
        "https://www.swift.com/standards/data-standards/iban-international-bank-account-number",
    ],
    aliases: &["IBAN_CODE", "IBAN"],
    category: Category::Financial,
    placeholder: "IBAN",
    // Where a text lost its blanks, `IBAN` is grown together with the number.
    pattern: r"(?:IBAN|iban)?[A-Za-z]{2}[0-9]{2}(?:[ -]?[0-9A-Za-z]){11,30}",
    // People put dots or two blanks between the groups.
    labelled: r"[A-Za-z]{2}[ .-]{0,2}[0-9]{2}(?:[ .\n-]{0,2}[0-9A-Za-z]){11,30}",
    labels: &[
        "iban",
        "iban code",
        "account",
        "bank account",
        "account number",
        "konto",
        "kontonummer",
        "rekening",
        "rekeningnummer",
        "compte",
        "cuenta",
    ],
    borders: Borders::Word,
    validate,
    normalize: |text| shape::capitals(bare(text)).into(),
    chance: 1.0 / 97.0,
    sample,
    examples: &[
        "GB82 WEST 1234 5698 7654 32",
        "DE89370400440532013000",
        "my iban is [[gb42nawi04454264788619]]",
        "pay [[NL02ABNA0123456789]] now",
        "Konto [[DE89 3704 0044 0532 0130 01]]",
        "([[FR14 2004 1010 0505 0001 3M02 606]])",
        "NO93 8601 1117 947",
        "MT84MALT011000012345MTLCAST001S",
        "IBAN: [[NL02  ABNA  0123  4567  89]]",
        "IBAN: [[NL02.ABNA.0123.4567.89]]",
        ":25:[[NL02ABNA0123456789EUR]]",
        "payable to [[IBANNL02ABNA0123456789]] BIC ABNANL2A",
    ],
    counter_examples: &[
        "DE89370400440532013001",
        "DE8937040044053201300",
        "ZZ89370400440532013000",
        "GB82 1234 1234 5698 7654 32",
        "de89b7f0400440532013000aa",
        "be0a6f7d1c2b3a4958677685940312fe",
    ],
    ..Detector::BLANK
};

/// Country, in order, and structure of the account number, of the SWIFT registry (release 100): `n` digits, `a`
/// letters, `c` both.
/// Territories that use the numbers of France or Denmark stand under the code that their accounts carry.
const REGISTRY: &[(&str, &str)] = &[
    ("AD", "8n12c"),
    ("AE", "19n"),
    ("AL", "8n16c"),
    ("AT", "16n"),
    ("AZ", "4a20c"),
    ("BA", "16n"),
    ("BE", "12n"),
    ("BG", "4a6n8c"),
    ("BH", "4a14c"),
    ("BI", "23n"),
    ("BR", "23n1a1c"),
    ("BY", "4c4n16c"),
    ("CH", "5n12c"),
    ("CR", "17n"),
    ("CY", "8n16c"),
    ("CZ", "20n"),
    ("DE", "18n"),
    ("DJ", "23n"),
    ("DK", "14n"),
    ("DO", "4c20n"),
    ("EE", "16n"),
    ("EG", "25n"),
    ("ES", "20n"),
    ("FI", "14n"),
    ("FK", "2a12n"),
    ("FO", "14n"),
    ("FR", "10n11c2n"),
    ("GB", "4a14n"),
    ("GE", "2a16n"),
    ("GI", "4a15c"),
    ("GL", "14n"),
    ("GR", "7n16c"),
    ("GT", "24c"),
    ("HN", "4a20n"),
    ("HR", "17n"),
    ("HU", "24n"),
    ("IE", "4a14n"),
    ("IL", "19n"),
    ("IQ", "4a15n"),
    ("IS", "22n"),
    ("IT", "1a10n12c"),
    ("JO", "4a4n18c"),
    ("KW", "4a22c"),
    ("KZ", "3n13c"),
    ("LB", "4n20c"),
    ("LC", "4a24c"),
    ("LI", "5n12c"),
    ("LT", "16n"),
    ("LU", "3n13c"),
    ("LV", "4a13c"),
    ("LY", "21n"),
    ("MC", "10n11c2n"),
    ("MD", "20c"),
    ("ME", "18n"),
    ("MK", "3n10c2n"),
    ("MN", "16n"),
    ("MR", "23n"),
    ("MT", "4a5n18c"),
    ("MU", "4a19n3a"),
    ("NI", "4a20n"),
    ("NL", "4a10n"),
    ("NO", "11n"),
    ("OM", "3n16c"),
    ("PK", "4a16c"),
    ("PL", "24n"),
    ("PS", "4a21c"),
    ("PT", "21n"),
    ("QA", "4a21c"),
    ("RO", "4a16c"),
    ("RS", "18n"),
    ("RU", "14n15c"),
    ("SA", "2n18c"),
    ("SC", "4a20n3a"),
    ("SD", "14n"),
    ("SE", "20n"),
    ("SI", "15n"),
    ("SK", "20n"),
    ("SM", "1a10n12c"),
    ("SO", "19n"),
    ("ST", "21n"),
    ("SV", "4a20n"),
    ("TL", "19n"),
    ("TN", "20n"),
    ("TR", "6n16c"),
    ("UA", "6n19c"),
    ("VA", "18n"),
    ("VG", "4a16n"),
    ("XK", "16n"),
    ("YE", "4a4n18c"),
];

/// The examples that the registry itself and most documentation print.
const PRINTED: &[&str] = &[
    "GB82WEST12345698765432",
    "GB29NWBK60161331926819",
    "GB33BUKB20201555555555",
    "DE89370400440532013000",
    "FR1420041010050500013M02606",
    "NL91ABNA0417164300",
    "ES9121000418450200051332",
    "BE68539007547034",
    "IT60X0542811101000000123456",
    "NO9386011117947",
    "MT84MALT011000012345MTLCAST001S",
];

/// The number without the word that it is grown together with; no country has the code `IB`.
fn bare(text: &str) -> &str {
    text.strip_prefix("IBAN").or_else(|| text.strip_prefix("iban")).unwrap_or(text)
}

fn validate(c: &Candidate<'_>) -> Verdict {
    let text = bare(c.text);
    let country = text[..2].to_ascii_uppercase();
    let Ok(place) = REGISTRY.binary_search_by_key(&&*country, |(country, _)| country) else {
        return Verdict::No;
    };
    let shape = || expand(REGISTRY[place].1);
    let length = 4 + shape().count();
    let count = text.bytes().filter(u8::is_ascii_alphanumeric).count();
    // `:25:NL02ABNA0123456789EUR` of a statement.
    let currency = || {
        let code = text.len().checked_sub(3).and_then(|at| text.get(at..));
        c.before().ends_with(":25:") && code.is_some_and(|code| code.bytes().all(|b| b.is_ascii_uppercase()))
    };
    // Most candidates: a part of the number, or words behind it.
    if count != length && !(count == length + 3 && currency()) {
        return Verdict::No;
    }
    let characters = text.bytes().filter(u8::is_ascii_alphanumeric).take(length);
    let iban: String = characters.map(|byte| char::from(byte.to_ascii_uppercase())).collect();
    let fits = iban[4..].bytes().zip(shape()).all(|(byte, kind)| match kind {
        'n' => byte.is_ascii_digit(),
        'a' => byte.is_ascii_uppercase(),
        _ => true,
    });
    match fits && checksum::mod97_10(iban[4..].bytes().chain(iban[..4].bytes())) == 1 {
        true if PRINTED.contains(&&*iban) => Verdict::Example,
        // One in 97 passes the checksum, and far fewer the country, the length and the structure.
        true => Verdict::Unmistakable,
        // A label vouches for a mistyped one, not for the words that happen to fill its length.
        false if iban[4..].bytes().filter(u8::is_ascii_digit).count() >= 8 => Verdict::Failed,
        false => Verdict::No,
    }
}

/// `4a2n` as `aaaann`.
fn expand(structure: &str) -> impl Iterator<Item = char> {
    structure.split_inclusive(['n', 'a', 'c']).flat_map(|part| {
        let (count, kind) = part.split_at(part.len() - 1);
        let count = count.parse().expect("the registry's structures are counts and kinds");
        kind.chars().flat_map(move |kind| std::iter::repeat_n(kind, count))
    })
}

/// With bank codes that nobody holds.
fn sample(draw: &mut Draw) -> String {
    let template = draw.pick(&[
        "GB##XXXX00############",
        "NL##XXXX0#########",
        "DE##99999999##########",
        "ES##9999999999##########",
    ]);
    let holds = |iban: &str| checksum::mod97_10(iban[4..].bytes().chain(iban[..4].bytes())) == 1;
    let iban = draw.fill_until(template, holds);
    if draw.chance(50) {
        return iban;
    }
    let fours: Vec<_> = iban.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four)).collect();
    fours.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_stand_in_order_and_structures_can_be_read() {
        assert!(REGISTRY.is_sorted());
        assert_eq!(expand("2a3n1c").collect::<String>(), "aannnc");
        for (country, structure) in REGISTRY {
            let length = 4 + expand(structure).count();
            assert!((15..=34).contains(&length), "{country}: {length} characters");
        }
    }
}

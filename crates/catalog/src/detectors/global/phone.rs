//! Telephone and fax numbers of all countries. `numbering` has the plans and reads what is written; here is which
//! spellings are numbers.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use crate::numbering::{self, Dialled, Written};
use crate::shape;
use sievert_detect::{Anchored, Borders, Candidate, Category, Detector, Draw, Region, Verdict};

pub static DETECTOR: Detector = Detector {
    id: "global.phone",
    title: "Telephone number",
    about: "Telephone, mobile and fax numbers, with extensions. International ones (`+49 ...`, `0049 ...`) are checked \
            against the numbering plan of their country; national ones against the plans of the regions that policy \
            or field name. Without a region, `(212) 555-0123` and `212-555-0123` are taken for numbers of the North \
            American plan, and others need a label or a word that speaks of telephones. Not covered: short codes, \
            numbers in words or letters (1-800-FLOWERS).",
    sources: &[
        "ITU-T E.164",
        "ITU-T E.123",
        "RFC 3966",
        "https://github.com/google/libphonenumber",
        "https://www.nanpa.com/numbering",
    ],
    aliases: &["PHONE_NUMBER", "PHONE", "FAX_NUMBER", "TELEPHONE"],
    category: Category::Contact,
    placeholder: "PHONE",
    // International; area code and number as in North America; a trunk 0.
    pattern: r"(?x) (?:
          (?: \+\x20? | 00[\x20-]? | 011[\x20-] ) \(?[1-9](?: (?:[\x20./-]|\x20?\(0?|\)\x20?|\x20-\x20)?[0-9] ){5,14}
        | (?:1[\x20.-]?)? \([0-9]{3}\) [\x20./-]? [0-9]{3} [\x20./-] [0-9]{4}
        | (?:1[\x20.-])? [0-9]{3} (?:[\x20./-]|\x20-\x20) [0-9]{3} (?:[\x20./-]|\x20-\x20) [0-9]{4}
        | 0[0-9]{1,4} (?: (?:[\x20./-]|\x20-\x20)?[0-9]{2,5} ){2,5}
        ) (?: [;,]?\x20?(?i:ext(?:ension|n)?[.:=]?|x|\#)\x20?[0-9]{1,7} )?",
    // Area code in parentheses; groups of together at least six digits, of which the first may be a trunk 1. Digits
    // without a break are the last shape with empty separators.
    in_context: r"(?x) (?:
          (?:1[\x20.-]?)? \([0-9]{2,5}\) [\x20./-]? [0-9]{2,5} (?: [\x20./-]?[0-9]{2,5} ){1,3}
        | (?:1[\x20.-])? (?: [0-9]{2,5} (?: (?:[\x20./-]|\x20-\x20)?[0-9]{2,5} ){2,5}
            | [0-9]{3}(?:[\x20./-]|\x20-\x20)[0-9]{3} )
        ) (?: [;,]?\x20?(?i:ext(?:ension|n)?[.:=]?|x|\#)\x20?[0-9]{1,7} )?",
    labelled: r"(?x) (?: \+\x20? )? \(?[0-9] (?: [\x20./()-]{0,3}[0-9] ){3,17}
        (?: [;,]?\x20?(?i:ext(?:ension|n)?[.:=]?|x|\#)\x20?[0-9]{1,7} )?",
    labels: LABELS,
    borders: Borders::Number,
    context: CONTEXT,
    negative_context: NOT_PHONES,
    validate,
    chance: 0.3,
    normalize,
    sample,
    examples: &[
        "+1 212-555-0123",
        "+442079460123",
        "tel:[[+1-201-555-0123]]",
        "+44 (0)20 7946 0123",
        "+44.2079460123",
        "(212) 555-0123",
        "212-555-0123",
        "Call [[1-800-555-0199 ext. 123]], please.",
        "Phone: [[555-123-4567]]",
        "customerPhone=[[2125550123]]",
        "her contact is [[(555) 678-1234]].",
        "Fax: [[463-612-6138x036]]",
        "Tel. [[030 23125 123]]",
        "Please call me at [[0491 570 156]].",
        "0044 20 7946 0123",
        "Téléphone : [[01 99 00 12 34]]",
        "手机号：[[13100000000]]",
        "phoneNumber=[[030 23125 123]]",
        "Tél. : [[01 99 00 12 34]]",
        "Ruf mich an unter [[0171 1234567]].",
    ],
    counter_examples: &[
        "1700000000",
        "1700000000000",
        "x = alloc_cell(100000);",
        "phone: unknown, ssn: 536904399",
        "pub const ND_IOCTL_CALL: u32 = 3225439754;",
        "33 22 11 00 55 44 77 66 88 99 aa",
        "9080 3800 0046 5499 4290 2066",
        "[+4.36755379, 2.14480498]",
        "2023-07-26 01:07:00.230431-0300",
        "started 2023-10-10 12:30:00, ended 2023-10-11",
        "ISBN 978-3-16-148410-0",
        "192.168.100.200",
        "0.12345678901",
        "version 10.15.7.1234",
        "4111 1111 1111 1111",
        "123e4567-e89b-12d3-a456-426614174000",
        "order 2125550123",
        "12-3456789",
        "123.456.789",
        "call on 2023-10-10",
        "$212-555-0123",
        "+1 212-555-01",
    ],
    ..Detector::BLANK
};

#[rustfmt::skip]
const LABELS: &[&str] = &[
    // English
    "phone", "phones", "phone number", "phone no", "phone 1", "phone 2", "telephone", "telephone number", "telecom", "tel", "mobile", "mob",
    "cell", "cellphone", "cell phone", "mobile phone", "mobile number", "home phone", "work phone", "fax", "telefax",
    "facsimile", "hotline", "helpline", "landline", "desk", "call me at", "call me on", "contact is", "contact number",
    "contact no", "ph no", "caller number", "calling number", "calling party number", "called number", "called party number", "my number", "msisdn", "whatsapp", "caller id", "callback",
    // Grown together with whose it is, as code spells names
    "clientphone", "contactphone", "customermobile", "customerphone", "customerphonenumber", "patientphone", "usermobile",
    "userphone", "userphonenumber",
    // German, Dutch, Nordic
    "telefon", "telefonnummer", "telefonnr", "tel nr", "mobiltelefon", "handy", "handynummer", "handynr", "mobil",
    "mobilnummer", "rufnummer", "durchwahl", "festnetz", "telefoon", "telefoonnummer", "mobiel", "mobielnummer", "mobiele nummer", "gsm",
    "tlf", "puhelin", "puhelinnumero", "sími",
    // French, Spanish, Italian, Portuguese, Romanian
    "téléphone", "tél", "telephone portable", "portable", "numéro de téléphone", "num tel", "télécopie", "teléfono", "telefono",
    "móvil", "movil", "tfno", "telf", "telfs", "teléf", "celular", "número de teléfono", "num telefono", "cellulare",
    "recapito telefonico", "numero di telefono",
    "telefone", "telemóvel", "telemovel", "fone", "număr de telefon",
    // Slavic, Hungarian, Greek, Turkish
    "nr tel", "numer telefonu", "komórka", "telefonní číslo", "mobilní", "телефон", "тел", "моб", "мобильный",
    "факс", "номер телефона", "telefonszám", "τηλέφωνο", "τηλ", "κινητό", "cep telefonu", "telefon numarası",
    "cep",
    // Asian, Arabic, Hebrew
    "电话", "电话号码", "手机", "手机号", "手机号码", "联系电话", "传真", "電話", "電話番号", "携帯", "携帯電話", "手機", "전화", "전화번호", "휴대폰",
    "휴대전화", "연락처", "팩스", "फ़ोन", "फोन", "मोबाइल", "điện thoại", "số điện thoại", "telepon", "nomor telepon",
    "โทร", "โทรศัพท์", "هاتف", "رقم الهاتف", "جوال", "تلفن", "طلفون", "טלפון", "נייד",
];

/// Phrases rather than words where the word alone is common in names of fields: `messages`, `extension`.
#[rustfmt::skip]
const CONTEXT: &[&str] = &[
    "call", "called from", "calling from", "dial", "ring me", "ring us", "contact", "reach me", "reach us", "reach him",
    "reach her", "reach them", "reached at", "text me", "answering", "answered at", "message to", "messages to",
    "message on", "voicemail", "sms", "office", "anrufen", "ruf mich an", "rufen sie", "meine nummer", "erreichbar",
    "bellen", "bel me", "bel mij", "mijn nummer", "bereikbaar", "mon numéro", "mi número", "mi numero", "il mio numero",
    "meu número", "meu numero", "мой номер", "我的号码",
    "appeler", "joindre", "appelez", "llamar", "llámame", "llame", "chiamare", "chiamami", "ligar", "ligue",
    "zadzwoń", "dzwonić", "позвоните", "звоните", "请致电", "拨打", "联系", "お電話", "전화",
];

/// Words for the many numbers of the same shape that are none.
#[rustfmt::skip]
const NOT_PHONES: &[&str] = &[
    "order", "invoice", "ticket", "tracking", "isbn", "issn", "sku", "serial", "version", "build", "account",
    "iban", "card", "case", "reference", "ref", "id", "transaction", "imei", "timestamp", "epoch", "hash",
    "bestellung", "rechnung", "commande", "facture", "pedido", "factura", "订单",
];

fn validate(c: &Candidate<'_>) -> Verdict {
    let alone = shape::is_alone(c);
    if alone && cannot_be_proven(c) {
        return Verdict::No;
    }
    let named = c.anchored.named();
    // Most bare numbers are not even read.
    if !named && !BARE.contains(&c.text.len()) && c.text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Verdict::No;
    }
    let number = Written::new(c.text);
    let bare = number.is_bare();
    if bare && !named && !BARE.contains(&number.digits) {
        return Verdict::No;
    }
    let rather_another = is_something_else(&number) || !number.balanced;
    if rather_another || !stands_free(c) || !named && (priced(c) || computed(c, &number)) {
        return Verdict::No;
    }
    // `alloc_cell(100000)`: what a function is called with.
    let called = |name: &str| name.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    if bare && c.before().strip_suffix('(').is_some_and(called) {
        return Verdict::No;
    }
    match proof(&number, c.regions, named) {
        Verdict::No => {}
        _ if bare && !named => return common(c, &number),
        found => return found,
    }
    if alone {
        return Verdict::No;
    }
    let international = number.text.starts_with('+');
    let most = if international { 15 } else { 12 + usize::from(number.text.starts_with('0')) };
    let verdict = match number.digits {
        count if !(6..=most).contains(&count) => Verdict::No,
        _ if named && (international || !c.regions.is_empty()) => Verdict::Failed,
        _ if named => Verdict::Plain,
        7.. if international => Verdict::Weak,
        _ => common(c, &number),
    };
    // `+1 212-555-0123 2024`: the shorter candidate is the number.
    let mut shorter = number.text.match_indices(separates).map(|(at, _)| Written::new(&number.text[..at]));
    let proven = |shorter: Written<'_>| proof(&shorter, c.regions, named) != Verdict::No;
    if verdict != Verdict::No && shorter.any(proven) { Verdict::No } else { verdict }
}

/// Digits without a break are a number where no label says so only if there are so many.
const BARE: RangeInclusive<usize> = 9..=12;

/// `+4.36755379`, `const CALL: u32 = 3225439754`, a part of a dump such as `33 22 11 00 55 44 77 66 88 99 aa`, the seconds
/// of a time.
fn computed(c: &Candidate<'_>, number: &Written<'_>) -> bool {
    let [first, others @ ..] = number.groups() else { return false };
    let even =
        first.starts_with("00") && others.len() > 1 && others.iter().all(|group| group.len() == first.len());
    let time = first.len() == 2
        && number.has(b".")
        && c.before()
            .strip_suffix(':')
            .is_some_and(|minutes| minutes.ends_with(|c: char| c.is_ascii_digit()));
    // Registries of domains write `+44.2079460123`.
    let decimal =
        number.text.starts_with('+') && number.has(b".") && others.len() == 1 && !numbering::is_code(first);
    decimal || number.is_bare() && c.before().ends_with(" = ") || even && shape::is_in_a_row(c) || time
}

/// `$212`, `#123`, `50 %`.
fn priced(c: &Candidate<'_>) -> bool {
    c.before().trim_end().ends_with(['$', '€', '£', '¥', '₩', '#']) || c.after().starts_with('%')
}

/// Most of all numbers in a text: what [`proof`] says no to without a look at the groups.
fn cannot_be_proven(c: &Candidate<'_>) -> bool {
    let american = || c.text.contains(['-', '.', ')']) && c.digits().nth(9).is_some();
    c.regions.is_empty() && !c.text.starts_with(['+', '0']) && !american()
}

/// What the digits and the spelling prove by themselves.
fn proof(number: &Written<'_>, regions: &[Region], named: bool) -> Verdict {
    let text = number.text;
    // Most candidates in a text are no more than this, and cost no walk through the plans.
    if regions.is_empty() && !text.starts_with(['+', '0']) {
        return Verdict::plain(north_american(number));
    }
    let Some(dialled) = Dialled::new(digits(text)) else { return Verdict::No };
    // A `(0)` is dialled at home alone.
    let parts = if number.has(b"(") { text.split_once("(0)") } else { None };
    let short = parts.and_then(|(code, rest)| Dialled::new(digits(code).chain(digits(rest))));
    let either = |holds: fn(&Dialled) -> bool| short.as_ref().is_some_and(holds) || holds(&dialled);
    let holds = if text.starts_with('+') {
        either(numbering::international)
    } else {
        regions.iter().any(|region| numbering::dialled_in(*region, &dialled, named))
            || !number.is_bare() && either(numbering::dialled_abroad)
    };
    if holds { Verdict::Checked } else { Verdict::plain(north_american(number)) }
}

/// `(212) 555-0123`, `212-555-0123`, `212.555.0123`, each with a 1 before it or not: area and exchange begin with
/// 2 to 9 (NANPA), and the separators are not only blanks.
fn north_american(number: &Written<'_>) -> bool {
    let groups = match number.groups() {
        ["1", groups @ ..] if number.text.starts_with('1') => groups,
        groups => groups,
    };
    let high = |group: &str| group.starts_with(|first| ('2'..='9').contains(&first));
    matches!(groups, [area, exchange, line]
        if [area.len(), exchange.len(), line.len()] == [3, 3, 4] && high(area) && high(exchange))
        && number.has(b"-.)")
}

/// The shapes that need a word beside them: [`Verdict::Weak`] where nothing speaks against it.
fn common(c: &Candidate<'_>, number: &Written<'_>) -> Verdict {
    let Written { text, digits: count, .. } = *number;
    let digit = |c: char| c.is_ascii_digit();
    let crowded = c.before().strip_suffix(' ').is_some_and(|before| before.ends_with(digit))
        || c.after().strip_prefix(' ').is_some_and(|after| after.starts_with(digit));
    let plausible = match number.groups() {
        [bare] => {
            // A cell of digits in a field like `call_id` needs a label.
            let cell = c.around.len() == c.text.len() && c.anchored == Anchored::Context;
            // Seconds since 1970, and dates with hours.
            let epoch = count == 10 && bare.starts_with('1') || count == 12 && bare.starts_with(['1', '2']);
            BARE.contains(&count) && !epoch && !cell
        }
        // 12345-6789 and `22 31200` are postal codes, the second behind a house number.
        [a, b] => {
            number.has(b" -/)")
                && (7..=12).contains(&count)
                && (a.starts_with('0') || ![(5, 4), (3, 5), (2, 5)].contains(&(a.len(), b.len())))
        }
        // 123-45-6789 is somebody else's.
        [a, b, c] if number.has(b"-") => [a.len(), b.len(), c.len()] != [3, 2, 4],
        _ => (7..=12).contains(&count),
    };
    // `1 155 635`: a trunk 1 stands before ten digits.
    let thousands = text.starts_with('1') && text[1..].starts_with(separates) && count != 11;
    // Of a column of `2024-00123` each cell has the same shape, which proves nothing: it takes a trunk 0, or an area
    // code in parentheses.
    let in_groups =
        c.anchored == Anchored::Alone && number.groups().len() > 1 && !text.starts_with(['0', '(']);
    // A house number and a postal code: `Campanar, 21 - 46009`.
    let address = number.has(b"-") && text.contains(" - ") && !text.starts_with('0');
    if in_groups || crowded || thousands || address || !plausible || named_otherwise(c.before()) {
        Verdict::No
    } else {
        Verdict::Weak
    }
}

/// What names another kind of number where it stands right before it, and may well stand near a telephone's.
const OTHERS: &[&str] = &[
    "ssn", "sin", "tin", "ein", "npi", "nhs", "bsn", "dni", "nif", "nie", "pesel", "aadhaar", "tfn", "utr",
    "mrn", "dob", "zip", "plz", "bic", "pin",
];

/// Whether one of the last words names another kind of number.
fn named_otherwise(before: &str) -> bool {
    before
        .rsplit(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(2)
        .any(|word| NOT_PHONES.iter().chain(OTHERS).any(|other| word.eq_ignore_ascii_case(other)))
}

/// Whether the candidate is no part of a longer number or word. Scripts that write without blanks may touch it.
fn stands_free(c: &Candidate<'_>) -> bool {
    let joins = |c: char| c == '_' || c.is_alphanumeric() && c < '\u{2E80}';
    let digit = |c: char| c.is_ascii_digit();
    let (before, after) = (c.before(), c.after());
    let signs = before.bytes().rev().take_while(|byte| b"-./,".contains(byte)).count();
    let tail = &before[..before.len() - signs];
    let part = signs > 0
        && if c.anchored.named() {
            tail.ends_with(digit)
        } else {
            tail.ends_with(|c: char| joins(c) && c.is_ascii())
        };
    let goes_on = after.strip_prefix(['-', '.', '/', ':']).is_some_and(|rest| rest.starts_with(digit));
    !part && !goes_on && !before.ends_with(joins) && !before.ends_with('+') && !after.starts_with(joins)
}

/// Dates, pairs of years, addresses of computers, decimals, and one digit all the way.
fn is_something_else(number: &Written<'_>) -> bool {
    let value = |group: &str| group.parse::<u32>().unwrap_or(u32::MAX);
    let year = |group: &str| group.len() == 4 && (1900..2100).contains(&value(group));
    let month_and_day = |a: &str, b: &str| {
        a.len() <= 2 && b.len() <= 2 && {
            let (low, high) = (value(a).min(value(b)), value(a).max(value(b)));
            (1..=12).contains(&low) && (1..=31).contains(&high)
        }
    };
    let dotted = || number.text.matches('.').count() == 3;
    number.is_monotonous()
        || match *number.groups() {
            _ if number.text.starts_with('+') => false,
            [a, b] => year(a) && year(b) || number.has(b".") && !number.has(b" ("),
            [a, b, c, d] if number.has(b".") && dotted() => [a, b, c, d]
                .into_iter()
                .all(|part| value(part) < 256 && (part == "0" || !part.starts_with('0'))),
            [a, b, c, ..] => year(a) && month_and_day(b, c) || year(c) && month_and_day(a, b),
            _ => false,
        }
}

fn separates(c: char) -> bool {
    " -./()".contains(c)
}

fn digits(text: &str) -> impl Iterator<Item = u8> {
    text.bytes().filter(u8::is_ascii_digit).map(|byte| byte - b'0')
}

/// `+` and digits where the country is known, else the digits; without extension.
fn normalize(text: &str) -> Cow<'_, str> {
    let number = Written::new(text);
    let plain = match number.has(b"(") {
        true => number.text.replacen("(0)", "", 1).into(),
        false => Cow::from(number.text),
    };
    let mut normal = String::with_capacity(plain.len());
    normal.extend(plain.starts_with('+').then_some('+'));
    normal.extend(plain.chars().filter(char::is_ascii_digit));
    let abroad = || Dialled::new(digits(&plain)).is_some_and(|dialled| numbering::dialled_abroad(&dialled));
    if let Some(prefix) = ["00", "011"].into_iter().find(|prefix| normal.starts_with(prefix))
        && abroad()
    {
        normal.replace_range(..prefix.len(), "+");
    }
    normal.into()
}

/// Only ranges that the regulators keep for films and books: NANPA 555-0100 to 0199, Ofcom, ARCEP 2018-0881,
/// Bundesnetzagentur Mitteilung 148/2021, ACMA, PTS, `ComReg` 15/136.
fn sample(draw: &mut Draw) -> String {
    let area =
        *draw.pick(&["201", "206", "212", "303", "312", "404", "415", "512", "617", "702", "808", "917"]);
    let template = draw.pick(&[
        "+1 AAA-555-01##",
        "+1 (AAA) 555-01##",
        "+1AAA55501##",
        "(AAA) 555-01##",
        "AAA-555-01##",
        "1-AAA-555-01##",
        "AAA-555-01## ext. ###",
        "+44 20 7946 0###",
        "+44 (0)7700 900###",
        "+441632960###",
        "0044 161 496 0###",
        "+33 1 99 00 ## ##",
        "+33 6 39 98 ## ##",
        "+49 30 23125 ###",
        "+49 (0)221 4710 ###",
        "+61 2 5550 ####",
        "+61 3 7010 ####",
        "+46 8 465 004 ##",
        "+46701740 6##",
        "+353 20 91# ####",
    ]);
    draw.fill(&template.replace("AAA", area))
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;
    use proptest::string::string_regex;
    use regex::Regex;

    use super::*;

    fn verdict(text: &str, region: &str, anchored: Anchored) -> Verdict {
        let regions: Vec<_> = Region::new(region).into_iter().collect();
        validate(&Candidate { text, around: text, start: 0, regions: &regions, anchored })
    }

    #[test]
    fn a_country_code_and_its_plan_are_a_proof() {
        for number in [
            "+1 212-555-0123",
            "+49 (0)30 23125 123",
            "0044 20 7946 0123",
            "+442079460123",
            "+39 (0)2 1234 5678",
        ] {
            assert_eq!(verdict(number, "", Anchored::Alone), Verdict::Checked, "{number}");
        }
        assert_eq!(verdict("+1 212-555-01", "", Anchored::Alone), Verdict::Weak);
        assert_eq!(verdict("+1 212-555-01", "", Anchored::Label), Verdict::Failed);
        assert_eq!(
            verdict("0044207946012", "", Anchored::Alone),
            Verdict::No,
            "bare digits beginning with 00"
        );
    }

    #[test]
    fn a_national_number_is_as_good_as_its_region() {
        assert_eq!(verdict("020 7946 0123", "GB", Anchored::Alone), Verdict::Checked);
        assert_eq!(verdict("020 7946 0123", "", Anchored::Alone), Verdict::Weak);
        assert_eq!(verdict("02079460123", "GB", Anchored::Alone), Verdict::Weak, "bare");
        assert_eq!(verdict("02079460123", "GB", Anchored::Context), Verdict::No, "`call_id`");
        assert_eq!(verdict("020 7946 0123", "", Anchored::Label), Verdict::Plain);
        assert_eq!(verdict("020 7946 012", "GB", Anchored::Label), Verdict::Failed);
        assert_eq!(verdict("(212) 555-0123", "", Anchored::Alone), Verdict::Plain);
        assert_eq!(verdict("(212) 555-0123", "US", Anchored::Alone), Verdict::Checked);
        assert_eq!(verdict("(123) 456-7890", "", Anchored::Alone), Verdict::Weak);
    }

    #[test]
    fn the_number_ends_where_its_plan_says() {
        assert_eq!(verdict("+1 212-555-0123 2024", "", Anchored::Label), Verdict::No);
        assert_eq!(verdict("212-555-0123 10", "", Anchored::Label), Verdict::No);
        assert_eq!(verdict("212-555-0123", "", Anchored::Label), Verdict::Plain);
    }

    #[test]
    fn other_numbers_are_left_alone() {
        for other in [
            "1700000000",
            "2023-10-10",
            "10.10.2023",
            "192.168.100.200",
            "1234.56789",
            "123-45-6789",
            "0000000000",
        ] {
            assert_eq!(verdict(other, "", Anchored::Context), Verdict::No, "{other}");
        }
        let around = "978-212-555-0123";
        let part =
            Candidate { text: &around[4..], around, start: 4, regions: &[], anchored: Anchored::Alone };
        assert_eq!(validate(&part), Verdict::No);
    }

    #[test]
    fn one_number_has_one_normal_form() {
        for spelling in
            ["+44 (0)20 7946 0123", "0044 20 7946 0123", "+442079460123", "+44-20-7946-0123 ext. 4"]
        {
            assert_eq!(normalize(spelling), "+442079460123");
        }
        assert_eq!(normalize("(212) 555-0123 x9"), "2125550123");
    }

    proptest! {
        /// What `in_context` takes and `pattern` does not is never asked about where nothing speaks for it.
        #[test]
        fn what_proves_itself_has_the_shape_that_needs_no_word(text in shape_in_context()) {
            let around = format!("in {text} of");
            let alone =
                Candidate { text: &text, around: &around, start: 3, regions: &[], anchored: Anchored::Alone };
            let proven = !matches!(validate(&alone), Verdict::No | Verdict::Weak);
            prop_assert!(!proven || NEEDS_NO_WORD.is_match(&text), "{text}");
        }
    }

    static NEEDS_NO_WORD: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(&format!("^(?:{})$", DETECTOR.pattern)).expect("the scanner compiles it")
    });

    /// Nearly all groups as North America has them, or after a prefix of international calls, so that many are numbers.
    fn shape_in_context() -> impl Strategy<Value = String> {
        let any = string_regex(DETECTOR.in_context).expect("the scanner compiles it");
        let near =
            r"(1[ .-]?)?(\([2-9][0-9]{2}\)|[2-9][0-9]{2})( - |[ ./-])?[2-9][0-9]{2}( - |[ ./-])?[0-9]{4}";
        let abroad = r"(00|01 1|011|00[ ./-]|011[ ./-])(44|1|49|33)([ ./-]?[0-9]{2,5}){2,4}";
        let made = string_regex(&format!("{near}|{abroad}")).expect("it is well formed");
        let whole = Regex::new(&format!("^(?:{})$", DETECTOR.in_context)).expect("the scanner compiles it");
        prop_oneof![any, made.prop_filter("not the shape", move |text| whole.is_match(text))]
    }

    #[test]
    fn samples_prove_themselves() {
        let mut draw = Draw::new(1);
        for _ in 0..1000 {
            let number = sample(&mut draw);
            assert!(
                matches!(verdict(&number, "", Anchored::Alone), Verdict::Checked | Verdict::Plain),
                "{number}"
            );
        }
    }
}

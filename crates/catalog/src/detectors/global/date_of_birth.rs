//! Dates of birth, where a word says so.

use std::borrow::Cow;

use sievert_detect::{Borders, Candidate, Category, Detector, Draw, Verdict};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "global.date_of_birth",
    title: "Date of birth",
    about: "A day of the calendar between 1900 and 2100 behind a label or in a field that names a birth: ISO 8601, \
            numbers in any order, month names in nine languages. Other dates are not of this type.",
    sources: &["ISO 8601", "45 CFR 164.514(b)(2)(i)(C)"],
    aliases: &["DATE_OF_BIRTH", "DOB"],
    category: Category::Personal,
    placeholder: "DATE_OF_BIRTH",
    labelled: r"(?x)
        [0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2} | [0-9]{8}
        | [0-9]{1,2}(?:[-/.]|\.?\x20)[0-9]{1,2}(?:[-/.]|\.?\x20)(?:[0-9]{4}|[0-9]{2})
        | [0-9]{1,2}(?:st|nd|rd|th|er|\.|º)?[-/\x20]?(?:de\x20|of\x20)?[A-Za-zÀ-žА-я]{3,12}\.?,?[-/\x20]?(?:de\x20|del\x20)?(?:[0-9]{4}|['’]?[0-9]{2})
        | [A-Za-z]{3,9}\.?\x20[0-9]{1,2}(?:st|nd|rd|th)?,?\x20[0-9]{4}
        | [0-9]{4}[年년]\x20?[0-9]{1,2}[月월]\x20?[0-9]{1,2}[日일]",
    labels: &[
        "date of birth",
        "birth date",
        "birthdate",
        "birth dt",
        "gebdat",
        "geb.-dat.",
        "gbdat",
        "date naiss",
        "bdate",
        "dob",
        "bday",
        "bday;value=date",
        "d.o.b.",
        "birthday",
        "birth day",
        "born on",
        "born",
        "geburtsdatum",
        "geburtstag",
        "geboren am",
        "geboren",
        "geb.",
        "geb. am",
        "geb.-datum",
        "geboortedatum",
        "geboren op",
        "fecha de nacimiento",
        "fecha nacimiento",
        "f. nacimiento",
        "nacido el",
        "nacida el",
        "fecha nac",
        "nacido",
        "nacida",
        "date de naissance",
        "date naissance",
        "né le",
        "née le",
        "ne le",
        "nee le",
        "né(e) le",
        "data di nascita",
        "data nascita",
        "nato il",
        "nata il",
        "data de nascimento",
        "nascido em",
        "nascida em",
        "nascimento",
        "nasc",
        "data urodzenia",
        "urodzony",
        "urodzona",
        "ur.",
        "födelsedatum",
        "född",
        "fødselsdato",
        "født",
        "syntymäaika",
        "datum narození",
        "születési idő",
        "data nașterii",
        "ημερομηνία γέννησης",
        "doğum tarihi",
        "дата рождения",
        "родился",
        "родилась",
        "дата народження",
        "תאריך לידה",
        "تاريخ الميلاد",
        "जन्म तिथि",
        "ngày sinh",
        "tanggal lahir",
        "出生日期",
        "出生年月",
        "生年月日",
        "생년월일",
        // Grown together with whose it is, as code spells names.
        "customerdateofbirth",
        "customerdob",
        "employeedob",
        "memberdob",
        "patientdateofbirth",
        "patientdob",
        "userdateofbirth",
        "userdob",
    ],
    borders: Borders::Digit,
    validate,
    normalize,
    sample: |draw: &mut Draw| {
        format!("{}-{:02}-{:02}", draw.number(1930, 2010), draw.number(1, 12), draw.number(1, 28))
    },
    examples: &[
        "DOB: [[1980-03-12]]",
        "member{memberDob=[[1980-03-12]], plan=3}",
        "date of birth is [[03/25/1980]]",
        "born on [[12th of March 1980]]",
        "born [[March 12, 1980]]",
        "geboren am [[12. März 1980]]",
        "Fecha de nacimiento: [[12 de marzo de 1980]]",
        "née le [[1er août 1975]]",
        "出生日期：[[1980年3月12日]]",
        "\"birthDate\": \"[[1980-03-12]]T00:00:00Z\"",
        "D.O.B. [[12.03.80]]",
        "DOB (dd/mm/yyyy): [[12/03/1980]]",
        "Geburtsdatum (TT.MM.JJJJ): [[12.03.1980]]",
        "<tr><td>Date of birth</td>\n<td class=\"v\">[[1980-03-12]]</td></tr>",
        "<b>DOB</b>&nbsp;: [[12.03.80]]",
        "BDAY:[[19800312]]",
        "BDAY;VALUE=date:[[1980-03-12]]",
        "DOB [[12MAR1980]]",
        "born [[12 Mar '80]]",
        "Анна, дата рождения: [[12 марта 1980]] г.",
        "Doğum tarihi: [[12.03.1980]]",
    ],
    counter_examples: &[
        "1980-03-12",
        "DOB: 1980-13-32",
        "born 12345678 bytes",
        "born on 31/31/1980",
        "born 12 pounds 1980",
        "DOB: 12ABC1980",
    ],
    ..Detector::BLANK
};

/// The first letters of the months in English, German, French, Spanish, Italian, Portuguese, Dutch, Polish and Russian.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "gen", "sty", "янв"],
    &["feb", "fév", "fev", "lut", "фев"],
    &["mar", "mär", "mrt", "maa", "мар"],
    &["apr", "abr", "avr", "kwi", "апр"],
    &["may", "mai", "mag", "mei", "maj", "мая", "май"],
    &["jun", "juin", "giu", "cze", "июн"],
    &["jul", "juil", "lug", "lip", "июл"],
    &["aug", "ago", "aoû", "aou", "sie", "авг"],
    &["sep", "set", "wrz", "сен"],
    &["oct", "okt", "ott", "out", "paź", "окт"],
    &["nov", "lis", "ноя"],
    &["dec", "déc", "dez", "dic", "gru", "дек"],
];

fn validate(c: &Candidate<'_>) -> Verdict {
    Verdict::plain(day(c.text).is_some())
}

/// Year, month and day; where both orders are days, the day comes first.
fn day(text: &str) -> Option<(u32, u32, u32)> {
    let mut numbers = text.as_bytes().split(|byte| !byte.is_ascii_digit()).filter(|part| !part.is_empty());
    let number = |digits: &[u8]| {
        let mut digits = digits.iter().map(|byte| u32::from(byte - b'0'));
        digits.try_fold(0_u32, |number, digit| number.checked_mul(10)?.checked_add(digit))
    };
    let year = |digits: &[u8]| match digits.len() {
        2 => number(digits).map(|year| 1900 + year),
        _ => number(digits).filter(|year| (1900..2100).contains(year)),
    };
    let (year, order, other) = match std::array::from_fn(|_| numbers.next()) {
        [Some(compact), None, None, None] if compact.len() == 8 => {
            (year(&compact[..4])?, (number(&compact[4..6])?, number(&compact[6..])?), None)
        }
        [Some(day), Some(last), None, None] => (year(last)?, (month(text)?, number(day)?), None),
        [Some(first), Some(a), Some(b), None] if first.len() == 4 => {
            (year(first)?, (number(a)?, number(b)?), None)
        }
        [Some(a), Some(b), Some(last), None] => {
            let (a, b) = (number(a)?, number(b)?);
            (year(last)?, (b, a), Some((a, b)))
        }
        _ => return None,
    };
    [Some(order), other]
        .into_iter()
        .flatten()
        .find(|(month, day)| shape::is_day(year, *month, *day))
        .map(|(month, day)| (year, month, day))
}

fn month(text: &str) -> Option<u32> {
    let text = text.to_lowercase();
    let named = |word: &str| MONTHS.iter().position(|names| names.iter().any(|name| word.starts_with(name)));
    text.split(|c: char| !c.is_alphabetic()).find_map(named).map(|month| month as u32 + 1)
}

fn normalize(text: &str) -> Cow<'_, str> {
    // Nearly all dates; one that is no day has no other form.
    let written =
        |(at, byte): (usize, u8)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() };
    if text.len() == 10 && text.bytes().enumerate().all(written) {
        return text.into();
    }
    in_numbers(text).map_or(text.into(), Cow::from)
}

/// Year, month, day.
fn in_numbers(text: &str) -> Option<String> {
    day(text).map(|(year, month, day)| format!("{year}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_short_way_to_a_normal_form_leads_to_the_same(
            text in "(1[89]|20|[0-9]{2})[0-9]{2}-(0[1-9]|1[0-9]|[0-9]{2})-[0-9]{2}|[0-9/.-]{10}",
        ) {
            prop_assert_eq!(normalize(&text), in_numbers(&text).unwrap_or(text.clone()));
        }
    }
}

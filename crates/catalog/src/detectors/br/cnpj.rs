//! Taxpayer numbers of companies in Brazil.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict, checksum};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "br.cnpj",
    title: "Cadastro Nacional da Pessoa Jurídica (CNPJ)",
    about: "Twelve digits, or since July 2026 capital letters and digits, and two check digits modulo 11. Written \
            00.000.000/0000-00 it cannot be mistaken; bare digits and letters need a word near.",
    sources: &[
        "https://www.gov.br/receitafederal/pt-br/acesso-a-informacao/acoes-e-programas/programas-e-atividades/cnpj-alfanumerico",
        "Instrução Normativa RFB nº 2.229/2024",
    ],
    aliases: &["BR_CNPJ", "BRAZIL_CNPJ_NUMBER", "CNPJ"],
    category: Category::NationalId,
    placeholder: "CNPJ",
    pattern: r"[0-9A-Z]{2}\.[0-9A-Z]{3}\.[0-9A-Z]{3}/[0-9A-Z]{4}-[0-9]{2}|[0-9A-Z]{12}[0-9]{2}",
    labelled: r"(?i)[0-9a-z]{2}[. ]?[0-9a-z]{3}[. ]?[0-9a-z]{3}[/ ]?[0-9a-z]{4}[- ]?[0-9]{1,2}",
    labels: &["cnpj", "c.n.p.j.", "cnpj/mf", "cadastro nacional da pessoa jurídica", "cgc"],
    context: &["cnpj", "razão social", "receita federal", "ltda", "empresa"],
    validate,
    chance: 0.01,
    sample,
    examples: &[
        "11.222.333/0001-81",
        "12.ABC.345/01DE-35",
        "CNPJ [[11222333000181]]",
        "CNPJ: [[11.222.333/0001-82]]",
    ],
    counter_examples: &["11.222.333/0001-82", "11222333000181", "12ABC34501DE35", "00.000.000/0000-00"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let plain: Vec<u8> =
        c.text.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_uppercase()).collect();
    match passes(&plain) {
        true if c.text.contains('/') => Verdict::Unmistakable,
        true if c.anchored == sievert_detect::Anchored::Alone => Verdict::Weak,
        true => Verdict::Checked,
        false if c.digits().count() < 2 => Verdict::No,
        false => shape::mistyped(c),
    }
}

fn passes(plain: &[u8]) -> bool {
    const WEIGHTS: [u32; 13] = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];
    // A letter counts its ASCII code less 48.
    let values: Vec<u8> = plain.iter().map(|b| b - b'0').collect();
    let check = |count: usize| {
        let sum = checksum::weighted_sum(values[..count].iter().copied(), &WEIGHTS[13 - count..]);
        sum * 10 % 11 % 10 == u32::from(values[count])
    };
    values.len() == 14 && values.iter().any(|value| *value > 0) && check(12) && check(13)
}

fn sample(draw: &mut Draw) -> String {
    let root = if draw.chance(50) { "##.###.###/0001-##" } else { "##.@##.#@#/0001-##" };
    draw.fill_until(root, |text| passes(&text.bytes().filter(u8::is_ascii_alphanumeric).collect::<Vec<_>>()))
}

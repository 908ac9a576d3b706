//! Taxpayer numbers of persons in Brazil.

use sievert_detect::{Candidate, Category, Detector, Draw, Verdict, checksum};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "br.cpf",
    title: "Cadastro de Pessoas Físicas (CPF)",
    about: "Eleven digits, the last two check digits modulo 11; written 000.000.000-00 it cannot be mistaken. Bare \
            digits need a word near. Eleven equal digits pass but are never issued.",
    sources: &[
        "https://www.gov.br/receitafederal/pt-br/assuntos/meu-cpf",
        "Instrução Normativa RFB nº 1.548/2015",
    ],
    aliases: &["BR_CPF", "BRAZIL_CPF_NUMBER", "CPF"],
    category: Category::NationalId,
    placeholder: "CPF",
    pattern: r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}|[0-9]{9}-[0-9]{2}|[0-9]{11}",
    labelled: r"[0-9]{3}[. ]?[0-9]{3}[. ]?[0-9]{3} ?[-./]? ?[0-9]{1,3}",
    labels: &["cpf", "c.p.f.", "cpf/mf", "cadastro de pessoas físicas", "cadastro de pessoa física"],
    context: &["national id", "cpf", "contribuinte", "receita federal", "titular", "portador", "rg"],
    validate,
    chance: 0.01,
    sample,
    examples: &[
        "529.982.247-25",
        "CPF [[52998224725]]",
        "CPF nº [[529.982.247-26]]",
        "CPF: [[529.982.247 - 25]]",
        "inscrito no CPF sob o nº [[390.533.447-05]]",
    ],
    counter_examples: &["529.982.247-26", "52998224725", "111.111.111-11", "10:22:33.529982247-25"],
    ..Detector::BLANK
};

fn validate(c: &Candidate<'_>) -> Verdict {
    let Some(digits) = shape::digits::<11>(c) else { return shape::mistyped(c) };
    match passes(&digits) {
        // `10:22:33.529982247-25:00`: billionths of a second and a time zone.
        true if !c.anchored.named() && shape::is_part(c) => Verdict::No,
        true if c.text.contains('.') => Verdict::Unmistakable,
        true => shape::checked_unless_bare(c),
        false => Verdict::Failed,
    }
}

fn passes(digits: &[u8]) -> bool {
    const WEIGHTS: [u32; 10] = [11, 10, 9, 8, 7, 6, 5, 4, 3, 2];
    let check = |count: usize| {
        let sum = checksum::weighted_sum(digits[..count].iter().copied(), &WEIGHTS[10 - count..]);
        sum * 10 % 11 % 10 == u32::from(digits[count])
    };
    digits.iter().any(|digit| *digit != digits[0]) && check(9) && check(10)
}

fn sample(draw: &mut Draw) -> String {
    draw.fill_until("###.###.###-##", |text| passes(&shape::digits_of(text)))
}

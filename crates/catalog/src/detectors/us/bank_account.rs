//! Bank account numbers where a label says so.

use sievert_detect::{Category, Detector, Draw, Verdict};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "us.bank_account",
    title: "US bank account number",
    about: "Four to seventeen digits of the bank's own making: found behind a label or in a named field only.",
    sources: &["https://www.nacha.org/rules", "ABA Key to Routing Numbers"],
    aliases: &["US_BANK_NUMBER", "US_BANK_ACCOUNT", "BANK_ACCOUNT"],
    category: Category::Financial,
    placeholder: "BANK_ACCOUNT",
    labelled: "[0-9]{4,17}|[0-9]{2,6}(?:[- ][0-9]{2,6}){1,4}",
    labels: &[
        "bank account",
        "bank account number",
        "bank account no",
        "bank acct",
        "bankn",
        "konto nr",
        "numero compte",
        "numero de compte",
        "numero cuenta",
        "numero de cuenta",
        "numero conta",
        "número da conta",
        "checking account",
        "savings account",
        "checking acct",
        "account number",
        "account no",
        "acct",
        "beneficiary account",
        "kto",
        "kto.-nr.",
        "acct no",
        "acct number",
        "a/c no",
        "cuenta bancaria",
        "número de cuenta",
        "kontonummer",
        "numéro de compte",
        "numero di conto",
        "numer konta",
        "rekeningnummer",
    ],
    validate: |c| match shape::identifier(c) {
        Verdict::Plain if c.digits().count() <= 17 => Verdict::Plain,
        _ => Verdict::No,
    },
    sample: |draw: &mut Draw| {
        let count = draw.number(8, 12) as usize;
        draw.digits(count)
    },
    examples: &[
        "account number: [[000123456789]]",
        "bank account no. [[12-3456-7890]]",
        "checking account [[9876543210]]",
    ],
    counter_examples: &["000123456789", "account number of 2023", "savings account opened 2021-03-04"],
    ..Detector::BLANK
};

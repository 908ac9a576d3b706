//! Numbers of customers, clients, accounts and sites.

use sievert_detect::{Category, Detector, Draw};

use crate::shape;

pub static DETECTOR: Detector = Detector {
    id: "global.customer_id",
    title: "Customer or account identifier",
    about: "The number under which a business keeps a person or an account. Every business makes its own form, so it is \
            found behind a label or in a named field only. Bank accounts are `us.bank_account`.",
    sources: &["45 CFR 164.514(b)(2)(i)(J) and (R)"],
    aliases: &["CUSTOMER_ID", "ACCOUNT_ID"],
    category: Category::Other,
    placeholder: "CUSTOMER_ID",
    labelled: shape::IDENTIFIER,
    labels: &[
        "customer id",
        "customer number",
        "customer no",
        "customer #",
        "cust id",
        "cust no",
        "client number",
        "client no",
        "client #",
        "account id",
        "account #",
        "acct #",
        "acct id",
        "site id",
        "loyalty number",
        "membership number",
        "kundennummer",
        "kunden-nr",
        "kundennr",
        "kunden-id",
        "klantnummer",
        "klant-id",
        "numéro client",
        "numéro de client",
        "n° client",
        "número de cliente",
        "nº de cliente",
        "codice cliente",
        "numero cliente",
        "número do cliente",
        "numer klienta",
        "nr klienta",
        "客户编号",
        "顧客番号",
        "고객번호",
    ],
    validate: shape::identifier,
    sample: |draw: &mut Draw| draw.fill("C-######"),
    examples: &[
        "Acct#: [[SH-456789]]",
        "Site ID: [[98765]]",
        "customer number is [[C-10293]]",
        "Kundennummer: [[4711-0815]]",
    ],
    counter_examples: &["SH-456789", "customer id unknown", "site id of 12", "account of 2021"],
    ..Detector::BLANK
};

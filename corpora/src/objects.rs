//! The three files of a sample, record by record, and the truth beside them.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use sievert_detect::Draw;
use sievert_io::{ColumnType, TableWriter, Value};

use crate::filler::filler;
use crate::locale::World;
use crate::template::Passage;
use crate::{Error, Manifest, Object, Options};

const PATIENTS: &str = "patients.csv";
const TICKETS: &str = "tickets.jsonl";
const PAYMENTS: &str = "payments.parquet";
/// The file that says what is planted where. By its underscore it is not data: a scan of the folder leaves it out.
pub const TRUTH: &str = "_truth.jsonl";

/// Writes all files of a sample.
pub(crate) fn write_all(world: &World, options: &Options, folder: &Path) -> Result<Manifest, Error> {
    let mut truth = Truth { out: Sink::create(folder, TRUTH)?, manifest: Manifest::default() };
    patients(world, options, folder, &mut truth)?;
    tickets(world, options, folder, &mut truth)?;
    payments(world, options, folder, &mut truth)?;
    truth.out.flush()?;
    Ok(truth.manifest)
}

/// The choices for one record: a sequence of its own, so that a column that is added does not change other records.
fn choices(options: &Options, object: u64, record: u64) -> Draw {
    Draw::new(Draw::new(options.seed).bits() ^ Draw::new(object << 56 | record).bits())
}

/// A table of people from several countries, with text that breaks lines inside quotes.
fn patients(world: &World, options: &Options, folder: &Path, truth: &mut Truth) -> Result<(), Error> {
    let columns = [
        "patient_id",
        "name",
        "date_of_birth",
        "country",
        "email",
        "phone",
        "address",
        "national_id",
        "insurance_no",
        "payment_card",
        "notes",
        "updated_at",
    ];
    let mut sink = Sink::create(folder, PATIENTS)?;
    sink.csv(&columns)?;
    truth.object(PATIENTS, options.rows);
    for record in 0..options.rows {
        let mut draw = choices(options, 1, record);
        let draw = &mut draw;
        let speaker = world.speaker(draw);
        let notes = if draw.chance(60) { speaker.note(draw) } else { world.noise(draw) };
        let insurance = either(speaker.health_id(draw), filler("policy", draw));
        let row = [
            either(world.value("health.mrn", draw), format!("P-{:06}", record + 1)),
            Passage::plain(speaker.locale.person(draw)),
            either(world.value("global.date_of_birth", draw), filler("birthday", draw)),
            Passage::plain(speaker.locale.country.to_uppercase()),
            world.value("global.email", draw),
            sometimes(70, draw, |draw| world.value("global.phone", draw)),
            speaker.address(draw),
            speaker.national_id(draw),
            insurance,
            sometimes(50, draw, |draw| world.value("global.payment_card", draw)),
            notes,
            Passage::plain(filler("timestamp", draw)),
        ];
        for (column, cell) in columns.iter().zip(&row) {
            truth.note(record, column, cell)?;
        }
        sink.csv(&row.each_ref().map(|cell| cell.text.as_str()))?;
    }
    sink.flush()
}

#[derive(Serialize)]
struct Ticket<'t> {
    id: String,
    opened_at: u64,
    language: &'t str,
    customer: Customer<'t>,
    messages: Vec<Message<'t>>,
    meta: Meta,
}

#[derive(Serialize)]
struct Customer<'t> {
    name: String,
    email: &'t str,
    phones: Vec<&'t str>,
}

#[derive(Serialize)]
struct Message<'t> {
    role: &'static str,
    content: &'t str,
}

#[derive(Serialize)]
struct Meta {
    version: String,
    trace: String,
    took_ms: String,
}

/// Conversations: nested records in several languages.
fn tickets(world: &World, options: &Options, folder: &Path, truth: &mut Truth) -> Result<(), Error> {
    let mut sink = Sink::create(folder, TICKETS)?;
    truth.object(TICKETS, options.rows);
    for record in 0..options.rows {
        let mut draw = choices(options, 2, record);
        let draw = &mut draw;
        let speaker = world.speaker(draw);
        let email = world.value("global.email", draw);
        let phones: Vec<_> = (0..draw.number(0, 2)).map(|_| world.value("global.phone", draw)).collect();
        let contents: Vec<_> = (0..draw.number(2, 5))
            .map(|turn| match draw.number(1, 100) {
                _ if turn % 2 == 1 => speaker.answer(draw),
                1..=60 => world.message_of(speaker, draw),
                61..=85 => world.noise(draw),
                _ => speaker.answer(draw),
            })
            .collect();
        truth.note(record, "customer.email", &email)?;
        for phone in &phones {
            truth.note(record, "customer.phones[]", phone)?;
        }
        for content in &contents {
            truth.note(record, "messages[].content", content)?;
        }
        let role = |turn: usize| if turn.is_multiple_of(2) { "user" } else { "assistant" };
        sink.json(&Ticket {
            id: format!("T-{:07}", 4_000_000 + record),
            opened_at: draw.number(1_600_000_000, 1_760_000_000),
            language: &speaker.locale.language,
            customer: Customer {
                name: speaker.locale.person(draw),
                email: &email.text,
                phones: phones.iter().map(|phone| phone.text.as_str()).collect(),
            },
            messages: contents
                .iter()
                .enumerate()
                .map(|(turn, content)| Message { role: role(turn), content: &content.text })
                .collect(),
            meta: Meta {
                version: filler("version", draw),
                trace: filler("uuid", draw),
                took_ms: filler("decimal", draw),
            },
        })?;
    }
    sink.flush()
}

/// A typed table: numbers that hold cards and social security numbers (leading zeros lost), dates, nested parts.
fn payments(world: &World, options: &Options, folder: &Path, truth: &mut Truth) -> Result<(), Error> {
    let text = || ColumnType::Text;
    let payer =
        ColumnType::Struct(vec![("name".into(), text()), ("email".into(), text()), ("iban".into(), text())]);
    let columns = [
        ("payment_id", text()),
        ("paid_on", ColumnType::Date),
        ("amount", ColumnType::Float64),
        ("currency", text()),
        ("order_no", ColumnType::Int64),
        ("card_number", ColumnType::Int64),
        ("ssn", ColumnType::Int64),
        ("payer", payer),
        ("lines", ColumnType::List(Box::new(text()))),
        ("memo", text()),
    ];
    let file = Sink::create(folder, PAYMENTS)?;
    let mut table = TableWriter::new(PAYMENTS, file.out, &columns)?;
    truth.object(PAYMENTS, options.rows);
    for record in 0..options.rows {
        let mut draw = choices(options, 3, record);
        let draw = &mut draw;
        let speaker = world.speaker(draw);
        let card = number(&sometimes(80, draw, |draw| world.value("global.payment_card", draw)));
        let ssn = number(&sometimes(60, draw, |draw| world.value("us.ssn", draw)));
        let email = world.value("global.email", draw);
        let iban = sometimes(70, draw, |draw| world.value("global.iban", draw));
        let lines: Vec<_> = (0..draw.number(1, 3)).map(|_| world.noise(draw)).collect();
        let memo = if draw.chance(50) { world.message_of(speaker, draw) } else { speaker.answer(draw) };
        for (field, cell) in [
            ("card_number", &card),
            ("ssn", &ssn),
            ("payer.email", &email),
            ("payer.iban", &iban),
            ("memo", &memo),
        ] {
            truth.note(record, field, cell)?;
        }
        table.append(vec![
            Value::Text(filler("uuid", draw)),
            Value::Date(draw.number(17_900, 20_300) as i32),
            Value::Float64(draw.number(100, 99_999) as f64 / 100.0),
            (*draw.pick(&["EUR", "USD", "GBP", "PLN", "BRL"])).into(),
            Value::Int64(draw.number(10_000_000, 99_999_999).cast_signed()),
            card.text.parse().map_or(Value::Null, Value::Int64),
            ssn.text.parse().map_or(Value::Null, Value::Int64),
            Value::Struct(vec![
                Value::Text(speaker.locale.person(draw)),
                Value::Text(email.text),
                if iban.text.is_empty() { Value::Null } else { Value::Text(iban.text) },
            ]),
            Value::List(lines.into_iter().map(|line| Value::Text(line.text)).collect()),
            Value::Text(memo.text),
        ])?;
    }
    Sink { out: table.finish()?, path: file.path }.flush()
}

/// The value, or a harmless text where no detector makes one.
fn either(value: Passage, harmless: String) -> Passage {
    if value.text.is_empty() { Passage::plain(harmless) } else { value }
}

/// Nothing, in the other cases.
fn sometimes(percent: u64, draw: &mut Draw, make: impl FnOnce(&mut Draw) -> Passage) -> Passage {
    if draw.chance(percent) { make(draw) } else { Passage::default() }
}

/// The value as a column of integers holds it: its digits, without leading zeros.
fn number(value: &Passage) -> Passage {
    let digits: String = value.text.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_start_matches('0').to_owned();
    match value.planted.first() {
        Some(planted) if !digits.is_empty() => Passage::planted(planted.detector, digits),
        _ => Passage::default(),
    }
}

/// What is planted where, written beside the data.
struct Truth {
    out: Sink,
    manifest: Manifest,
}

#[derive(Serialize)]
struct Row<'t> {
    object: &'t str,
    record: u64,
    field: &'t str,
    start: u32,
    end: u32,
    detector: &'t str,
}

impl Truth {
    fn object(&mut self, name: &'static str, records: u64) {
        self.manifest.objects.push(Object { name, records, planted: 0 });
    }

    /// The values of one cell of the object that was started last.
    fn note(&mut self, record: u64, field: &str, cell: &Passage) -> Result<(), Error> {
        let object = self.manifest.objects.last_mut().expect("an object was started");
        for planted in &cell.planted {
            let (start, end, detector) = (planted.start, planted.end, planted.detector);
            self.out.json(&Row { object: object.name, record, field, start, end, detector })?;
            object.planted += 1;
            *self.manifest.planted.entry(detector).or_default() += 1;
        }
        Ok(())
    }
}

/// A new file and its name, for errors.
struct Sink {
    out: BufWriter<File>,
    path: PathBuf,
}

impl Sink {
    fn create(folder: &Path, name: &str) -> Result<Self, Error> {
        let path = folder.join(name);
        match File::create_new(&path) {
            Ok(file) => Ok(Self { out: BufWriter::new(file), path }),
            Err(source) => Err(Error::Write { path, source }),
        }
    }

    fn done(&self, result: std::io::Result<()>) -> Result<(), Error> {
        result.map_err(|source| Error::Write { path: self.path.clone(), source })
    }

    fn json(&mut self, row: &impl Serialize) -> Result<(), Error> {
        let line = serde_json::to_string(row).expect("plain structs of texts and numbers");
        let result = writeln!(self.out, "{line}");
        self.done(result)
    }

    /// RFC 4180, with plain line ends.
    fn csv(&mut self, cells: &[&str]) -> Result<(), Error> {
        let quoted = |cell: &&str| {
            if cell.contains(['"', ',', '\n', '\r']) {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                (*cell).to_owned()
            }
        };
        let result = writeln!(self.out, "{}", cells.iter().map(quoted).collect::<Vec<_>>().join(","));
        self.done(result)
    }

    fn flush(mut self) -> Result<(), Error> {
        let result = self.out.flush();
        self.done(result)
    }
}

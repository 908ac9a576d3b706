//! What the leaves of a Parquet schema are called and what their values mean.
//!
//! Names follow JSON paths: `users[].name`. All spellings of a list (`list.element`, `bag.array_element`, `array`, a
//! bare repeated field) read as `[]`; a map reads as `name.key` and `name.value`.

use std::collections::BTreeMap;
use std::sync::Arc;

use parquet::basic::{ConvertedType, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::schema::types::{ColumnDescriptor, SchemaDescriptor, Type};

use crate::Kind;

/// Deeper schemas are refused: everything that walks a schema may recurse.
pub(super) const DEPTH: usize = 64;

/// A column as Parquet stores it: nothing below it.
pub(super) struct Leaf {
    /// Its path as in JSON.
    pub(super) field: Arc<str>,
    /// Whether null may stand in place of a value.
    pub(super) nullable: bool,
    /// Whether a row may hold several values.
    pub(super) repeated: bool,
    pub(super) meaning: Meaning,
}

/// What the values of a leaf stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Said to be UTF-8.
    Text,
    /// Bytes that may or may not be text.
    Bytes,
    /// Bytes in which texts stand between others.
    Document,
    /// Sixteen bytes that are written in hexadecimal.
    Uuid,
    Integer,
    /// The stored integers are read without a sign.
    Unsigned,
    Float,
    /// An integer with this many decimal places.
    Decimal(i32),
    /// Days since 1970-01-01.
    Date,
    /// Units since midnight, this many a second.
    Time(i64),
    /// Units since 1970-01-01, this many a second.
    Timestamp(i64),
    /// Nothing that could be looked at: booleans.
    Nothing,
}

impl Meaning {
    /// What cells are that stand for it.
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Text => Kind::Text,
            Self::Bytes | Self::Document | Self::Uuid => Kind::Binary,
            Self::Date | Self::Time(_) | Self::Timestamp(_) => Kind::Time,
            Self::Float | Self::Decimal(_) => Kind::Float,
            Self::Integer | Self::Unsigned | Self::Nothing => Kind::Integer,
        }
    }

    /// Bytes of the longest text of a value, as [`typed`](crate::typed) writes it.
    pub(super) fn longest(self) -> usize {
        match self {
            Self::Text | Self::Bytes | Self::Document | Self::Uuid => usize::MAX,
            // Of a year beyond those with an ISO form, its seconds.
            Self::Date | Self::Time(_) | Self::Timestamp(_) => "-009999-01-01T00:00:00.000000000".len(),
            Self::Integer | Self::Unsigned | Self::Nothing => "-9223372036854775808".len(),
            Self::Float => "-0.0000000012345678901234567".len(),
            // 77 digits at most, or zeros up to its places.
            Self::Decimal(places) => "-0.".len() + 77.max(usize::try_from(places).unwrap_or(0)),
        }
    }
}

/// The leaves in the order of the schema, and the names of fields; `None` if the schema is too deep.
pub(super) fn leaves(schema: &SchemaDescriptor) -> Option<(Vec<Leaf>, FieldNames)> {
    let mut names = Names { paths: Vec::new(), fields: FieldNames::new(), in_variant: false };
    for field in schema.root_schema().get_fields() {
        names.field(field, "", DEPTH)?;
    }
    let leaves = names.paths.into_iter().zip(schema.columns()).map(|((path, in_variant), column)| Leaf {
        field: path.into(),
        nullable: column.self_type().is_optional(),
        repeated: column.max_rep_level() > 0,
        meaning: match meaning(column) {
            Meaning::Bytes if in_variant => Meaning::Document,
            meaning => meaning,
        },
    });
    Some((leaves.collect(), names.fields))
}

struct Names {
    /// With whether they are parts of a variant.
    paths: Vec<(String, bool)>,
    fields: FieldNames,
    in_variant: bool,
}

/// The names of fields by the path of what holds them; `$` holds the columns.
pub(super) type FieldNames = BTreeMap<String, Vec<String>>;

impl Names {
    /// A field under the path of its parent.
    fn field(&mut self, field: &Type, parent: &str, depth: usize) -> Option<()> {
        let mut path = String::from(parent);
        if !parent.is_empty() {
            path.push('.');
        }
        path.push_str(field.name());
        if is_repeated(field) {
            path.push_str("[]");
        }
        let holder = if parent.is_empty() { "$" } else { parent };
        self.fields.entry(holder.to_owned()).or_default().push(field.name().to_owned());
        self.below(field, path, depth)
    }

    /// What is below a field whose path is known.
    fn below(&mut self, field: &Type, path: String, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        if field.is_primitive() {
            self.paths.push((path, self.in_variant));
            return Some(());
        }
        let fields = field.get_fields();
        match (shape(field), fields) {
            (Shape::List, [item]) if is_repeated(item) => {
                let path = path + "[]";
                if let Some(element) = element(field, item) {
                    return self.below(element, path, depth);
                }
                self.below(item, path, depth)
            }
            (Shape::Map, [entry]) if is_repeated(entry) && entry.is_group() => {
                for (part, name) in entry.get_fields().iter().zip(["key", "value"]) {
                    self.below(part, format!("{path}.{name}"), depth)?;
                }
                // A map has no third part; if a file says otherwise, nothing of it may be missed.
                entry.get_fields().iter().skip(2).try_for_each(|part| self.field(part, &path, depth))
            }
            (Shape::Variant, _) if !self.in_variant => {
                self.in_variant = true;
                let all = fields.iter().try_for_each(|part| self.field(part, &path, depth));
                self.in_variant = false;
                all
            }
            _ => fields.iter().try_for_each(|part| self.field(part, &path, depth)),
        }
    }
}

enum Shape {
    List,
    Map,
    Variant,
    Struct,
}

fn shape(group: &Type) -> Shape {
    let about = group.get_basic_info();
    match (about.logical_type_ref(), about.converted_type()) {
        (Some(LogicalType::List), _) | (_, ConvertedType::LIST) => Shape::List,
        (Some(LogicalType::Map), _) | (_, ConvertedType::MAP | ConvertedType::MAP_KEY_VALUE) => Shape::Map,
        (Some(LogicalType::Variant(_)), _) => Shape::Variant,
        _ => Shape::Struct,
    }
}

/// The element of a list in three levels; `None` if the repeated field is itself the element.
/// Source: <https://github.com/apache/parquet-format/blob/master/LogicalTypes.md#backward-compatibility-rules>
fn element<'a>(list: &Type, item: &'a Type) -> Option<&'a Type> {
    if item.is_primitive() || item.name() == "array" || item.name() == format!("{}_tuple", list.name()) {
        return None;
    }
    match item.get_fields() {
        [element] if !is_repeated(element) => Some(element),
        _ => None,
    }
}

fn is_repeated(field: &Type) -> bool {
    let about = field.get_basic_info();
    about.has_repetition() && about.repetition() == Repetition::REPEATED
}

fn per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::MILLIS => 1_000,
        TimeUnit::MICROS => 1_000_000,
        TimeUnit::NANOS => 1_000_000_000,
    }
}

fn meaning(column: &ColumnDescriptor) -> Meaning {
    let plain = match column.physical_type() {
        Physical::BOOLEAN => Meaning::Nothing,
        Physical::INT32 | Physical::INT64 => Meaning::Integer,
        Physical::INT96 => Meaning::Timestamp(1_000_000_000),
        Physical::FLOAT | Physical::DOUBLE => Meaning::Float,
        Physical::BYTE_ARRAY | Physical::FIXED_LEN_BYTE_ARRAY => Meaning::Bytes,
    };
    match column.logical_type_ref() {
        Some(LogicalType::String | LogicalType::Json | LogicalType::Enum) => Meaning::Text,
        Some(LogicalType::Integer(integer)) if !integer.is_signed => Meaning::Unsigned,
        Some(LogicalType::Decimal(decimal)) => Meaning::Decimal(decimal.scale),
        Some(LogicalType::Date) => Meaning::Date,
        Some(LogicalType::Time(time)) => Meaning::Time(per_second(time.unit)),
        Some(LogicalType::Timestamp(time)) => Meaning::Timestamp(per_second(time.unit)),
        Some(LogicalType::Float16) => Meaning::Float,
        Some(LogicalType::Uuid) => Meaning::Uuid,
        Some(LogicalType::Bson) => Meaning::Document,
        Some(_) => plain,
        None => match column.converted_type() {
            ConvertedType::BSON => Meaning::Document,
            ConvertedType::UTF8 | ConvertedType::JSON | ConvertedType::ENUM => Meaning::Text,
            ConvertedType::UINT_8
            | ConvertedType::UINT_16
            | ConvertedType::UINT_32
            | ConvertedType::UINT_64 => Meaning::Unsigned,
            ConvertedType::DECIMAL => Meaning::Decimal(column.type_scale()),
            ConvertedType::DATE => Meaning::Date,
            ConvertedType::TIME_MILLIS => Meaning::Time(1_000),
            ConvertedType::TIME_MICROS => Meaning::Time(1_000_000),
            ConvertedType::TIMESTAMP_MILLIS => Meaning::Timestamp(1_000),
            ConvertedType::TIMESTAMP_MICROS => Meaning::Timestamp(1_000_000),
            _ => plain,
        },
    }
}

#[cfg(test)]
mod tests {
    use parquet::schema::parser::parse_message_type;

    use super::*;

    fn paths(message: &str) -> Vec<String> {
        let schema = SchemaDescriptor::new(Arc::new(parse_message_type(message).unwrap()));
        leaves(&schema).unwrap().0.iter().map(|leaf| leaf.field.to_string()).collect()
    }

    #[test]
    fn every_spelling_of_a_list_reads_alike() {
        let lists = [
            "optional group a (LIST) { repeated group list { optional binary element (UTF8); } }",
            "optional group a (LIST) { repeated group bag { optional binary array_element (UTF8); } }",
            "optional group a (LIST) { repeated group list { optional binary item (UTF8); } }",
            "optional group a (LIST) { repeated binary element (UTF8); }",
            "repeated binary a (UTF8);",
        ];
        for list in lists {
            assert_eq!(paths(&format!("message m {{ {list} }}")), ["a[]"], "{list}");
        }
        let structs = [
            "optional group a (LIST) { repeated group list { optional group element { optional binary b (UTF8); } } }",
            "optional group a (LIST) { repeated group array { optional binary b (UTF8); } }",
            "optional group a (LIST) { repeated group a_tuple { optional binary b (UTF8); } }",
            "repeated group a { optional binary b (UTF8); }",
        ];
        for list in structs {
            assert_eq!(paths(&format!("message m {{ {list} }}")), ["a[].b"], "{list}");
        }
    }

    #[test]
    fn maps_and_structs_have_their_parts_behind_dots() {
        let message = "message m {
            optional group tags (MAP) {
                repeated group map (MAP_KEY_VALUE) {
                    required binary str (UTF8);
                    optional group num (LIST) { repeated group list { optional int64 element; } }
                }
            }
            required group who { optional group home { optional binary city (UTF8); } }
        }";
        assert_eq!(paths(message), ["tags.key", "tags.value[]", "who.home.city"]);
    }

    #[test]
    fn a_schema_without_end_is_refused() {
        let deep = (0..80)
            .fold("optional int32 x;".to_owned(), |inner, _| format!("optional group g {{ {inner} }}"));
        let message = parse_message_type(&format!("message m {{ {deep} }}")).unwrap();
        assert!(leaves(&SchemaDescriptor::new(Arc::new(message))).is_none());
    }
}

//! Small objects, of which a program reads one or two.
//!
//! What serde derives for a type is some KB of code for each of them. One reader of texts and numbers does for all
//! small ones.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Unexpected, Visitor};

/// A field that may be in an object.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    name: &'static str,
    kind: Kind,
    /// Without it, the object is not what it should be.
    is_required: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Text,
    Number,
}

/// What a field holds.
pub(crate) enum Value<'a> {
    Text(Cow<'a, str>),
    Number(i32),
}

impl Field {
    pub(crate) const fn text(name: &'static str) -> Self {
        let (kind, is_required) = (Kind::Text, true);
        Self {
            name,
            kind,
            is_required,
        }
    }

    pub(crate) const fn number(name: &'static str) -> Self {
        Self {
            kind: Kind::Number,
            ..Self::text(name)
        }
    }

    /// May be left out or null.
    pub(crate) const fn or_none(self) -> Self {
        Self {
            is_required: false,
            ..self
        }
    }
}

/// The values of an object, in the order of these fields.
pub(crate) struct Values<'a>(std::vec::IntoIter<Option<Value<'a>>>);

impl<'a> Values<'a> {
    pub(crate) fn read<D: Deserializer<'a>>(
        deserializer: D,
        fields: &'static [Field],
    ) -> Result<Self, D::Error> {
        let values = deserializer.deserialize_map(Object { fields })?;
        Ok(Self(values.into_iter()))
    }

    /// Reads a whole text, as `serde_json::from_str` does.
    pub(crate) fn from_str(text: &'a str, fields: &'static [Field]) -> serde_json::Result<Self> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let values = Self::read(&mut deserializer, fields)?;
        deserializer.end()?;
        Ok(values)
    }

    /// The text of the next field, unless it is left out.
    pub(crate) fn text_or_none(&mut self) -> Option<Cow<'a, str>> {
        match self.0.next().flatten()? {
            Value::Text(text) => Some(text),
            Value::Number(_) => None,
        }
    }

    /// The text of the next field.
    pub(crate) fn text(&mut self) -> String {
        self.text_or_none().unwrap_or_default().into_owned()
    }

    /// The number of the next field.
    pub(crate) fn number(&mut self) -> i32 {
        match self.0.next().flatten() {
            Some(Value::Number(number)) => number,
            _ => 0,
        }
    }
}

struct Object {
    fields: &'static [Field],
}

impl<'de> Visitor<'de> for Object {
    type Value = Vec<Option<Value<'de>>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let mut values: Self::Value = self.fields.iter().map(|_| None).collect();
        while let Some(name) = object.next_key_seed(Name(self.fields))? {
            let Some(place) = name else {
                object.next_value::<IgnoredAny>()?;
                continue;
            };
            let field = self.fields[place];
            if values[place].is_some() {
                return Err(A::Error::duplicate_field(field.name));
            }
            values[place] = object.next_value_seed(field)?;
        }
        let pairs = self.fields.iter().zip(&values);
        for (field, value) in pairs {
            if field.is_required && value.is_none() {
                return Err(A::Error::missing_field(field.name));
            }
        }
        Ok(values)
    }
}

/// The name of a field, read as its place among the known ones.
struct Name(&'static [Field]);

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().position(|field| field.name == name))
    }
}

impl<'de> DeserializeSeed<'de> for Field {
    type Value = Option<Value<'de>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        match self.kind {
            // With some features of serde_json, a number that may be anything comes as an object.
            Kind::Number => deserializer.deserialize_i64(self),
            Kind::Text => deserializer.deserialize_any(self),
        }
    }
}

impl Field {
    /// What comes is of this kind: an error when it should be of the other.
    fn check<E: Error>(self, kind: Kind, found: Unexpected<'_>) -> Result<(), E> {
        if self.kind == kind {
            Ok(())
        } else {
            Err(E::invalid_type(found, &self))
        }
    }
}

impl<'de> Visitor<'de> for Field {
    type Value = Option<Value<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            Kind::Text => "a string",
            Kind::Number => "i32",
        })
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        self.check(Kind::Text, Unexpected::Str(text))?;
        Ok(Some(Value::Text(Cow::Borrowed(text))))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        self.check(Kind::Text, Unexpected::Str(text))?;
        Ok(Some(Value::Text(Cow::Owned(text.to_owned()))))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        let found = Unexpected::Signed(number);
        self.check(Kind::Number, found)?;
        match number.try_into() {
            Ok(number) => Ok(Some(Value::Number(number))),
            Err(_) => Err(E::invalid_value(found, &self)),
        }
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        let found = Unexpected::Unsigned(number);
        self.check(Kind::Number, found)?;
        match number.try_into() {
            Ok(number) => Ok(Some(Value::Number(number))),
            Err(_) => Err(E::invalid_value(found, &self)),
        }
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        if self.is_required {
            return Err(E::invalid_type(Unexpected::Unit, &self));
        }
        Ok(None)
    }
}

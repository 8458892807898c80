//! Rows: lines of which there may be millions, read in the order in which restic prints their fields.
//!
//! That takes a third of what serde needs, which has to be ready for any order. Whatever is not exactly as restic
//! prints it, down to a blank, is not a row here and returns `None`: serde then reads it, and says what is wrong with it.
//! So a row means what serde would make of it, or there is no row. Fields that a newer restic adds behind the others
//! change nothing of that.

use std::borrow::Cow;

use serde::de::IgnoredAny;
use serde_json::Deserializer;

use crate::time::Time;

/// A row that is being read.
pub(crate) struct Row<'a> {
    text: &'a str,
    /// Where what is not read yet begins.
    at: usize,
}

impl<'a> Row<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn rest(&self) -> &'a [u8] {
        &self.text.as_bytes()[self.at..]
    }

    /// Goes past this if it comes next. Says whether it did.
    #[inline]
    pub(crate) fn skip(&mut self, expected: &str) -> bool {
        let is_next = self.rest().starts_with(expected.as_bytes());
        if is_next {
            self.at += expected.len();
        }
        is_next
    }

    /// Goes past this, which has to come next.
    #[inline]
    pub(crate) fn expect(&mut self, expected: &str) -> Option<()> {
        self.skip(expected).then_some(())
    }

    /// A field that may be left out.
    #[inline]
    pub(crate) fn optional<T>(
        &mut self,
        key: &str,
        value: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<Option<T>> {
        if self.skip(key) {
            value(self).map(Some)
        } else {
            Some(None)
        }
    }

    /// A string.
    #[inline]
    pub(crate) fn string(&mut self) -> Option<Cow<'a, str>> {
        self.expect("\"")?;
        let begin = self.at;
        self.at += memchr::memchr2(b'"', b'\\', self.rest())?;
        if self.text.as_bytes()[self.at] == b'\\' {
            return self.escaped(begin).map(Cow::Owned);
        }
        let text = self.text.get(begin..self.at)?;
        self.at += 1;
        Some(Cow::Borrowed(text))
    }

    /// The rest of a string that began here and has escapes, of which this is the first.
    #[cold]
    fn escaped(&mut self, begin: usize) -> Option<String> {
        while self.text.as_bytes()[self.at] == b'\\' {
            // An escaped character, perhaps a quote, does not end it.
            self.at += 2;
            self.at += memchr::memchr2(b'"', b'\\', self.text.as_bytes().get(self.at..)?)?;
        }
        self.at += 1;
        serde_json::from_str(self.text.get(begin - 1..self.at)?).ok()
    }

    /// A string that is a word, without escapes.
    #[inline]
    pub(crate) fn word<T: From<&'a str>>(&mut self) -> Option<T> {
        match self.string()? {
            Cow::Borrowed(word) => Some(word.into()),
            Cow::Owned(_) => None,
        }
    }

    /// A whole number of up to 19 digits, all of which fit.
    #[inline]
    pub(crate) fn number(&mut self) -> Option<u64> {
        let rest = self.rest();
        let mut number = 0_u64;
        let mut count = 0;
        while let Some(byte) = rest.get(count)
            && byte.is_ascii_digit()
        {
            // A number with too many digits is not one, whatever comes of this.
            number = number.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
            count += 1;
        }
        self.at += count;
        let is_number = (1..20).contains(&count) && (rest[0] != b'0' || count == 1);
        is_number.then_some(number)
    }

    /// A smaller one.
    #[inline]
    pub(crate) fn small_number(&mut self) -> Option<u32> {
        self.number()?.try_into().ok()
    }

    /// A number that may have a fraction, but no exponent.
    pub(crate) fn fraction(&mut self) -> Option<f64> {
        let begin = self.at;
        let is_zero = self.skip("0");
        // No digits come behind a zero, and some have to come elsewhere.
        if (self.skip_digits() > 0) == is_zero || self.skip(".") && self.skip_digits() == 0 {
            return None;
        }
        // Both this and serde_json, as it is built here, give the nearest number.
        let number: f64 = self.text.get(begin..self.at)?.parse().ok()?;
        number.is_finite().then_some(number)
    }

    /// Skips all digits that come next, and returns their number.
    fn skip_digits(&mut self) -> usize {
        let is_digit = |byte: &&u8| byte.is_ascii_digit();
        let count = self.rest().iter().take_while(is_digit).count();
        self.at += count;
        count
    }

    /// A time.
    #[inline]
    pub(crate) fn time(&mut self) -> Option<Time> {
        self.expect("\"")?;
        let (time, rest) = Time::parse_prefix(self.rest())?;
        self.at = self.text.len() - rest.len();
        self.expect("\"")?;
        Some(time)
    }

    /// Goes past fields that this crate does not know, of a newer restic perhaps, up to the end or to a field with one
    /// of these names: those that it knows come once, and elsewhere.
    pub(crate) fn added(&mut self, known: &[&str]) -> Option<()> {
        while self.rest().starts_with(b",\"") {
            let begin = self.at;
            self.at += 1;
            let Cow::Borrowed(name) = self.string()? else {
                return None;
            };
            if known.contains(&name) {
                self.at = begin;
                return Some(());
            }
            self.expect(":")?;
            self.ignored()?;
        }
        Some(())
    }

    /// A value of any kind, which is only looked at as far as serde does.
    fn ignored(&mut self) -> Option<()> {
        let rest = Deserializer::from_str(self.text.get(self.at..)?);
        let mut values = rest.into_iter::<IgnoredAny>();
        values.next()?.ok()?;
        self.at += values.byte_offset();
        Some(())
    }

    /// The end, which has to come next.
    pub(crate) fn end(self) -> Option<()> {
        // In a string they would have to be escaped; elsewhere there are none.
        let has_control = |found, byte: &u8| found | (*byte < b' ');
        let is_clean = !self.text.as_bytes().iter().fold(false, has_control);
        (is_clean && self.at == self.text.len()).then_some(())
    }
}

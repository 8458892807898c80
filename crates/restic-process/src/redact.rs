mod location;
mod needle;
mod pattern;
mod places;
mod quoted;
mod spelt;
#[cfg(test)]
mod tests;
mod variables;
mod variants;
mod vocabulary;
mod words;

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use restic_types::search::contains;

use self::places::places;
use self::variants::{Secrets, add_variants};
use crate::{Argument, Invocation, Secret};

pub use self::location::password_of;
pub use self::needle::Needle;
pub use self::variables::{holds_location, holds_secret};
pub use self::vocabulary::are_all_of as is_own_word;

/// What stands in place of a secret.
const MASK: &str = "***";

/// Takes the secrets of a call out of what restic says.
///
/// restic masks passwords in URLs, but not in one that it cannot parse, and helper programs
/// print what they like. Secrets are looked for as they are, percent-encoded in whole or in
/// part, and as JSON and Go quote them, however often: the passwords of repositories, those
/// inside locations, and the values of variables that are named like credentials. Where a
/// location stands with its password, all of it is masked. Those of fewer than 4 bytes are
/// not, and those that are words of restic's own, such as `password`, only in the place of a
/// URL's password and of the holder of a lock: in restic's sentences they reveal nothing, and a
/// gap there would reveal what they are.
///
/// Clones share what they look for. Most runs say nothing that could have a secret in it, and
/// all those forms are made when something has to be looked through for the first time.
#[derive(Clone, Default)]
pub struct Redactor(Arc<Sought>);

/// What a redactor looks for.
#[derive(Default)]
struct Sought {
    secrets: Vec<Given>,
    /// The forms in which they are looked for.
    needles: OnceLock<Vec<Needle>>,
}

/// A secret as restic is given it.
struct Given {
    secret: Secret,
    is_location: bool,
}

impl Redactor {
    /// Looks for the secrets of this call.
    #[must_use]
    pub fn of(invocation: &Invocation) -> Self {
        let mut sought = Sought::default();
        for argument in &invocation.arguments {
            if let Argument::SecretFile { flag, content } = argument {
                sought.add(content, contains(flag, "repository"));
            }
        }
        for (name, value) in &invocation.environment {
            sought.add_variable(name, value);
        }
        for name in &invocation.inherited {
            if let Some(value) = std::env::var_os(name) {
                sought.add_variable(name, &value.into());
            }
        }
        Self(Arc::new(sought))
    }

    /// The text without the secrets; untouched, and not copied, when there are none in it.
    #[must_use]
    pub fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let found = places(self.0.needles(), text);
        if found.is_empty() {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(masked(text, found))
        }
    }

    /// A part of a text without the secrets, and without what it has of a secret that begins
    /// before it or ends behind it.
    #[must_use]
    pub fn redact_part(&self, text: &str, part: Range<usize>) -> String {
        let mut found = places(self.0.needles(), text);
        for place in &mut found {
            let start = place.start.saturating_sub(part.start);
            let end = place.end.min(part.end).saturating_sub(part.start);
            *place = start.min(end)..end;
        }
        masked(text.get(part).unwrap_or_default(), found)
    }

    /// A message in JSON without the secrets in what restic says in it. All else in it is
    /// data, such as the names of files, and stays as it is: a name may be a secret by
    /// chance.
    #[must_use]
    pub fn redact_words<'a>(&self, json: &'a str) -> Cow<'a, str> {
        if self.0.secrets.is_empty() || !words::may_be_in(json) {
            return json.into();
        }
        words::change(json, words::KEYS, &|text| self.redact(text))
    }

    /// A text in JSON, of which it is not known what is data, without the secrets.
    #[must_use]
    pub fn redact_json<'a>(&self, json: &'a str) -> Cow<'a, str> {
        words::change(json, &[""], &|text| self.redact(text))
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redactor({} secrets)", self.0.secrets.len())
    }
}

impl Sought {
    fn add(&mut self, secret: &Secret, is_location: bool) {
        self.secrets.push(Given {
            secret: secret.clone(),
            is_location,
        });
    }

    fn add_variable(&mut self, name: &OsStr, value: &Secret) {
        let is_location = holds_location(name);
        if is_location || holds_secret(name, value.expose()) {
            self.add(value, is_location);
        }
    }

    fn needles(&self) -> &[Needle] {
        self.needles.get_or_init(|| {
            let mut secrets = Secrets::new();
            for given in &self.secrets {
                let secret = given.secret.expose().trim_ascii();
                match given.is_location {
                    true => location::add(secret, &mut secrets),
                    false => add_variants(secret, &mut secrets),
                }
            }
            let mut needles = Vec::with_capacity(secrets.len());
            for secret in secrets {
                let is_word = std::str::from_utf8(&secret).is_ok_and(is_own_word);
                needles.push(Needle {
                    is_word,
                    ..Needle::new(secret)
                });
            }
            needles
        })
    }
}

/// The text with one mask in the place of all that touches.
fn masked(text: &str, found: Vec<Range<usize>>) -> String {
    // Places overlap, and come in no order: marks need none.
    let mut is_secret = vec![false; text.len()];
    for place in found {
        if let Some(marks) = is_secret.get_mut(place) {
            marks.fill(true);
        }
    }
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(first) = is_secret.get(at) {
        let begin = at;
        while is_secret.get(at) == Some(first) {
            at += 1;
        }
        masked.push_str(match first {
            true => MASK,
            false => text.get(begin..at).unwrap_or_default(),
        });
    }
    masked
}

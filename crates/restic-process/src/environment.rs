//! What a program is given of an environment: sorted lists, since there are a dozen variables at
//! most, for which a tree of nodes would be more code than data.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::slice;
use std::sync::Arc;

use crate::Secret;

/// Variables and their values, in the order of their names. Each name has one value.
///
/// Clones share what they hold until one of them changes.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment(Arc<Vec<(OsString, Secret)>>);

impl Environment {
    /// Without any variable.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a variable, and returns the value that it had before.
    pub fn insert(&mut self, name: OsString, value: Secret) -> Option<Secret> {
        let place = self.place(&name);
        let variables = self.own();
        match place {
            Ok(at) => Some(std::mem::replace(&mut variables[at].1, value)),
            Err(at) => {
                variables.insert(at, (name, value));
                None
            }
        }
    }

    /// Sets those variables that are not set yet.
    pub fn extend_missing(&mut self, others: &Self) {
        for (name, value) in others {
            if !self.contains_key(name) {
                self.insert(name.clone(), value.clone());
            }
        }
    }

    /// Takes a variable away, and returns the value that it had.
    pub fn remove(&mut self, name: &OsStr) -> Option<Secret> {
        let at = self.place(name).ok()?;
        Some(self.own().remove(at).1)
    }

    /// The value of a variable. Absent when it is not set.
    #[must_use]
    pub fn get(&self, name: &OsStr) -> Option<&Secret> {
        let at = self.place(name).ok()?;
        Some(&self.0[at].1)
    }

    /// Whether a variable is set.
    #[must_use]
    pub fn contains_key(&self, name: &OsStr) -> bool {
        self.place(name).is_ok()
    }

    /// Each variable with its value.
    pub fn iter(&self) -> slice::Iter<'_, (OsString, Secret)> {
        self.0.iter()
    }

    /// The names of the variables.
    pub fn keys(&self) -> impl Iterator<Item = &OsString> {
        self.0.iter().map(|(name, _)| name)
    }

    /// How many variables are set.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no variable is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[inline(never)] // All that a copy of the list is, once.
    fn own(&mut self) -> &mut Vec<(OsString, Secret)> {
        Arc::make_mut(&mut self.0)
    }

    /// Where a variable is, or else where it belongs.
    #[inline(never)]
    fn place(&self, name: &OsStr) -> Result<usize, usize> {
        self.0
            .binary_search_by(|(known, _)| known.as_os_str().cmp(name))
    }
}

impl<'a> IntoIterator for &'a Environment {
    type Item = &'a (OsString, Secret);
    type IntoIter = slice::Iter<'a, (OsString, Secret)>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Extend<(OsString, Secret)> for Environment {
    fn extend<I: IntoIterator<Item = (OsString, Secret)>>(&mut self, variables: I) {
        for (name, value) in variables {
            self.insert(name, value);
        }
    }
}

impl FromIterator<(OsString, Secret)> for Environment {
    fn from_iter<I: IntoIterator<Item = (OsString, Secret)>>(variables: I) -> Self {
        let mut environment = Self::new();
        environment.extend(variables);
        environment
    }
}

/// The values are secret.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let variables = self.0.iter().map(|(name, value)| (name, value));
        f.debug_map().entries(variables).finish()
    }
}

/// Names of variables, each once and in order.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct VariableNames(Arc<Vec<OsString>>);

impl VariableNames {
    /// Adds a name. Returns whether it is a new one.
    pub fn insert(&mut self, name: OsString) -> bool {
        let place = self.0.binary_search(&name);
        if let Err(at) = place {
            Arc::make_mut(&mut self.0).insert(at, name);
        }
        place.is_err()
    }

    /// Whether this name is among them.
    #[must_use]
    pub fn contains(&self, name: &OsStr) -> bool {
        self.0.iter().any(|known| known == name)
    }

    /// Each of the names.
    pub fn iter(&self) -> slice::Iter<'_, OsString> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a VariableNames {
    type Item = &'a OsString;
    type IntoIter = slice::Iter<'a, OsString>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromIterator<OsString> for VariableNames {
    fn from_iter<I: IntoIterator<Item = OsString>>(names: I) -> Self {
        let mut collected = Self::default();
        for name in names {
            collected.insert(name);
        }
        collected
    }
}

impl fmt::Debug for VariableNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// Whether two names are of one variable.
pub(crate) fn same_variable(a: &OsStr, b: &OsStr) -> bool {
    same_name(a.as_encoded_bytes(), b.as_encoded_bytes())
}

/// Names of variables that differ in case only are one variable on Windows.
pub(crate) fn same_name(a: &[u8], b: &[u8]) -> bool {
    if cfg!(windows) {
        a.eq_ignore_ascii_case(b)
    } else {
        a == b
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_has_one_value() {
        let mut environment = Environment::new();
        for (name, value) in [("B", "1"), ("A", "2"), ("B", "3")] {
            environment.insert(name.into(), value.into());
        }
        assert_eq!(environment.keys().collect::<Vec<_>>(), ["A", "B"]);
        let b = OsStr::new("B");
        assert_eq!(environment.get(b), Some(&"3".into()));
        assert_eq!(environment.remove(b), Some("3".into()));
        assert_eq!(environment.remove(b), None);
        assert_eq!(format!("{environment:?}"), r#"{"A": Secret(..)}"#);
    }

    #[test]
    fn what_is_set_stays_beside_what_was_missing() {
        let variables = |all: &[(&str, &str)]| -> Environment {
            let all = all.iter();
            all.map(|(name, value)| ((*name).into(), (*value).into()))
                .collect()
        };
        let mut environment = variables(&[("B", "own")]);
        environment.extend_missing(&variables(&[("C", "c"), ("B", "other"), ("A", "a")]));
        let expected = variables(&[("A", "a"), ("B", "own"), ("C", "c")]);
        assert_eq!(environment, expected);
    }

    #[test]
    fn the_order_of_names_does_not_matter() {
        let names = |all: &[&str]| -> VariableNames { all.iter().map(OsString::from).collect() };
        assert_eq!(names(&["B", "A", "B"]), names(&["A", "B"]));
        assert!(names(&["A"]).contains(OsStr::new("A")));
        assert!(!names(&["A"]).contains(OsStr::new("B")));
    }
}

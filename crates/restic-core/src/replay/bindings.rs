use std::collections::BTreeMap;
use std::sync::Arc;

/// What placeholders stand for in one replay. Clones share it until one of them changes.
#[derive(Clone, Debug, Default)]
pub(super) struct Bindings(Arc<BTreeMap<String, String>>);

impl PartialEq for Bindings {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl Bindings {
    pub(super) fn set(&mut self, name: &str, value: String) {
        Arc::make_mut(&mut self.0).insert(name.to_owned(), value);
    }

    /// Gives this value to the placeholders of a recorded text that have none yet.
    pub(super) fn set_unset(&mut self, recorded: &str, value: &str) {
        let mut rest = recorded;
        while let Some((_, name, after)) = placeholder(rest) {
            if self.get(name).is_none() {
                self.set(name, value.to_owned());
            }
            rest = after;
        }
    }

    /// Whether a word is the recorded one. A placeholder that has no value yet takes it from
    /// the word.
    pub(super) fn matches(&mut self, recorded: &str, word: &str) -> bool {
        let (mut recorded, mut word) = (recorded, word);
        // A loop: a stranger's recording may have any number of placeholders in a word.
        while let Some((before, name, after)) = placeholder(recorded) {
            let Some(rest) = word.strip_prefix(before) else {
                return false;
            };
            let Some(end) = self.end(name, after, rest) else {
                return false;
            };
            let (value, rest) = rest.split_at(end);
            if self.get(name).is_none() {
                // What was two directories when it was recorded is two now.
                if !value.is_empty() && self.0.values().any(|taken| taken == value) {
                    return false;
                }
                self.set(name, value.to_owned());
            }
            (recorded, word) = (after, rest);
        }
        recorded == word
    }

    /// Where the value of a placeholder ends that a word begins with. Absent when the word
    /// begins with another value.
    fn end(&self, name: &str, after: &str, word: &str) -> Option<usize> {
        if let Some(value) = self.get(name) {
            return word.starts_with(value).then_some(value.len());
        }
        // What follows the placeholder in the recording says where its value ends.
        let literal = placeholder(after).map_or(after, |(before, ..)| before);
        if literal.is_empty() {
            Some(word.len())
        } else {
            word.rfind(literal)
        }
    }

    pub(super) fn all(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

/// The first `{{name}}` in a text, with what is before and after it.
fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = split_at_braces(text)?;
    let (name, after) = rest.split_once("}}")?;
    Some((before, name, after))
}

/// What is before the first two braces, and after them. A search for one byte is three
/// times faster than one for two, and this sees every word of a call and every byte of large
/// listings.
pub(super) fn split_at_braces(text: &str) -> Option<(&str, &str)> {
    let mut from = 0;
    loop {
        let at = from + text.get(from..)?.find('{')?;
        if let Some(after) = text[at + 1..].strip_prefix('{') {
            return Some((&text[..at], after));
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_take_the_first_value_and_keep_it() {
        let mut bindings = Bindings::default();
        assert!(bindings.matches("--repo={{repo}}", "--repo=/srv/a"));
        assert!(bindings.matches("{{repo}}/sub", "/srv/a/sub"));
        assert!(!bindings.matches("{{repo}}/sub", "/srv/b/sub"));
        assert!(!bindings.matches("--repo={{repo}}", "--repo=/srv/ab"));
        assert!(bindings.matches("{{src}}/a:{{target}}", "/data/a:/out"));
        assert_eq!(bindings.0["src"], "/data");
        assert_eq!(bindings.0["target"], "/out");
        assert!(bindings.matches("plain {{", "plain {{"));
        assert!(
            bindings.matches(&"{{}}".repeat(100_000), ""),
            "no deep recursion"
        );
    }
}

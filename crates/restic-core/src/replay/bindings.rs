use std::collections::BTreeMap;

/// What placeholders stand for in one replay.
#[derive(Clone, Debug, Default)]
pub(super) struct Bindings(BTreeMap<String, String>);

impl Bindings {
    pub(super) fn set(&mut self, name: &str, value: String) {
        self.0.insert(name.to_owned(), value);
    }

    /// Gives this value to the placeholders of a recorded text that have none yet.
    pub(super) fn set_unset(&mut self, recorded: &str, value: &str) {
        let mut rest = recorded;
        while let Some((_, name, after)) = placeholder(rest) {
            self.0
                .entry(name.to_owned())
                .or_insert_with(|| value.to_owned());
            rest = after;
        }
    }

    /// Whether a word is the recorded one. A placeholder that has no value yet takes it from
    /// the word.
    pub(super) fn matches(&mut self, recorded: &str, word: &str) -> bool {
        let Some((before, name, after)) = placeholder(recorded) else {
            return recorded == word;
        };
        let Some(word) = word.strip_prefix(before) else {
            return false;
        };
        if let Some(value) = self.0.get(name).cloned() {
            return word
                .strip_prefix(&*value)
                .is_some_and(|rest| self.matches(after, rest));
        }
        // What follows the placeholder in the recording says where its value ends.
        let literal = placeholder(after).map_or(after, |(before, ..)| before);
        let end = if literal.is_empty() {
            Some(word.len())
        } else {
            word.rfind(literal)
        };
        let Some(end) = end else { return false };
        self.set(name, word[..end].to_owned());
        self.matches(after, &word[end..])
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

/// The first `{{name}}` in a text, with what is before and after it.
fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("{{")?;
    let (name, after) = rest.split_once("}}")?;
    Some((before, name, after))
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
    }
}

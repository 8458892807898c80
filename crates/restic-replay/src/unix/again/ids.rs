//! Ids that restic gives once more, in the place of the recorded ones.

use std::collections::BTreeMap;

use serde_json::Value;

/// Digits by which ids are known.
const SHORT: usize = 8;

/// Real ids by the beginnings of the recorded ones.
#[derive(Default)]
pub(super) struct Ids(BTreeMap<String, String>);

impl Ids {
    /// A word with real ids in it.
    pub(super) fn real(&self, word: &str) -> String {
        let (mut real, mut token) = (String::new(), String::new());
        for c in word.chars().map(Some).chain([None]) {
            match c {
                Some(c) if c.is_ascii_alphanumeric() => token.push(c),
                end => {
                    real += &self.token(&token);
                    token.clear();
                    real.extend(end);
                }
            }
        }
        real
    }

    fn token(&self, token: &str) -> String {
        let known = token.get(..SHORT).and_then(|short| self.0.get(short));
        match known {
            Some(id) if is_id(token) => id[..token.len().min(id.len())].to_owned(),
            _ => token.to_owned(),
        }
    }

    /// Learns from what a call printed when it was recorded, and from what it prints now.
    pub(super) fn learn(&mut self, recorded: &[u8], now: &[u8]) {
        let ids = [recorded, now].map(|bytes| found(&String::from_utf8_lossy(bytes)));
        for (place, id) in &ids[0] {
            if let Some(now) = ids[1].get(place) {
                let known = self.0.entry(id[..SHORT].to_owned()).or_default();
                if known.len() < now.len() {
                    known.clone_from(now);
                }
            }
        }
    }
}

fn is_id(word: &str) -> bool {
    [8, 10, 64].contains(&word.len()) && word.chars().all(|c| c.is_ascii_hexdigit())
}

/// Ids by where they are said: in which field, or after which words, and for which time.
fn found(text: &str) -> BTreeMap<(String, usize), String> {
    let mut found = BTreeMap::new();
    let mut add = |place: &str, word: &str| {
        if is_id(word) {
            let times = found.keys().filter(|(known, _)| known == place).count();
            found.insert((place.to_owned(), times), word.to_owned());
        }
    };
    for line in text.lines() {
        match serde_json::from_str::<Value>(line) {
            Ok(document) => each_string(&document, "", &mut add),
            Err(_) => {
                let words: Vec<_> = line.split_whitespace().collect();
                for pair in words.windows(2) {
                    let word = pair[1].trim_matches(|c: char| !c.is_ascii_alphanumeric());
                    add(pair[0], word);
                }
            }
        }
    }
    found
}

fn each_string(value: &Value, path: &str, add: &mut impl FnMut(&str, &str)) {
    match value {
        Value::String(text) => add(path, text),
        Value::Array(items) => items.iter().for_each(|item| each_string(item, path, add)),
        Value::Object(members) => members
            .iter()
            .for_each(|(name, member)| each_string(member, name, add)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_of_this_time() {
        let mut ids = Ids::default();
        let (old, new) = ("00000002".repeat(8), "ab".repeat(32));
        ids.learn(
            b"{\"snapshot_id\":\"00000002\"}\nsnapshot 00000003 saved\n",
            b"{\"snapshot_id\":\"abababab\"}\nsnapshot 12345678 saved\n",
        );
        assert_eq!(ids.real("00000002:/a"), "abababab:/a");
        assert_eq!(ids.real("00000003"), "12345678");
        ids.learn(
            format!("[{{\"id\":\"{old}\"}}]").as_bytes(),
            format!("[{{\"id\":\"{new}\"}}]").as_bytes(),
        );
        assert_eq!(ids.real(&old), new);
        assert_eq!(ids.real("latest 2026"), "latest 2026");
    }
}

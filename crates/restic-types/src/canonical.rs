//! What restic prints, in a form that is the same each time: ids, times and machines have fixed
//! names, and what refers to the same thing still does.
//!
//! Recordings of restic are kept in this form, so that one that is made again differs only where
//! restic does.
//!
//! ```
//! use restic_types::canonical::{Canonical, Said};
//!
//! let printed = "snapshot 5e0bb0c6 saved in 0:07\n";
//! let canonical = Canonical::of([Said::Printed(printed)], Vec::new());
//! assert_eq!(canonical.output(printed), "snapshot 00000001 saved in 0:01\n");
//! ```

use std::collections::{BTreeMap, BTreeSet};

mod masks;
mod progress;
mod sentences;
mod tokens;

use masks::masked;
use progress::StatusLines;
use tokens::{LONG, hex_tokens, is_exact, is_short_id, replace_word, time_key, time_tokens};

use progress::STATUS;

pub use progress::{LINES_BEFORE_SIGNAL, progress_lines};

/// A text, and who said it.
#[derive(Clone, Copy, Debug)]
pub enum Said<'a> {
    /// The program that calls restic, as an argument. Ids and times that it knows before restic has
    /// printed them stay as they are.
    Given(&'a str),
    /// restic.
    Printed(&'a str),
}

/// What a directory, host or user was called, and the placeholder or word that stands for it.
pub type Names = Vec<(String, String)>;

/// Gives the texts of several calls their canonical form, together: an id has one name in all.
#[derive(Clone, Debug)]
pub struct Canonical {
    ids: BTreeMap<String, String>,
    times: BTreeMap<String, usize>,
    /// Ids and times that the program knew by itself, and will say again.
    programs: BTreeSet<String>,
    names: Names,
}

/// What is in the texts.
#[derive(Default)]
struct Seen<'a> {
    longs: Vec<&'a str>,
    shorts: Vec<&'a str>,
    /// Those with a fraction, which restic takes from the clock.
    times: BTreeSet<String>,
    /// All tokens that restic has printed so far.
    printed: BTreeSet<&'a str>,
    programs: BTreeSet<String>,
}

impl<'a> Seen<'a> {
    fn look_at(&mut self, text: Said<'a>) {
        match text {
            Said::Given(text) => self.look_at_given(text),
            Said::Printed(text) => self.look_at_printed(text),
        }
    }

    fn look_at_given(&mut self, text: &str) {
        for (_, token) in hex_tokens(text) {
            let next = self.printed.range(token..).next();
            if !next.is_some_and(|printed| printed.starts_with(token)) {
                self.programs.insert(token.to_owned());
            }
        }
        for (_, time, _) in time_tokens(text) {
            let key = time_key(time);
            if !self.times.contains(&key) {
                self.programs.insert(key);
            }
        }
    }

    fn look_at_printed(&mut self, text: &'a str) {
        for (at, token) in hex_tokens(text) {
            self.printed.insert(token);
            if token.len() == LONG {
                self.longs.push(token);
            } else if is_short_id(text, at, token) {
                self.shorts.push(token);
            }
        }
        for line in text.lines().filter(|line| !line.starts_with(STATUS)) {
            let line = masked(line);
            for (_, time, _) in time_tokens(&line).filter(|(_, time, _)| is_exact(time)) {
                let key = time_key(time);
                if !self.programs.contains(&key) {
                    self.times.insert(key);
                }
            }
        }
    }
}

impl Canonical {
    /// Looks at all texts, in the order in which they were said.
    pub fn of<'a>(texts: impl IntoIterator<Item = Said<'a>>, mut names: Names) -> Self {
        let mut seen = Seen::default();
        texts.into_iter().for_each(|text| seen.look_at(text));
        // The longest directory first: the others may be above it.
        names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        let mut canonical = Self {
            ids: BTreeMap::new(),
            times: seen.times.into_iter().zip(1..).collect(),
            programs: seen.programs,
            names,
        };
        for token in seen.longs.into_iter().chain(seen.shorts) {
            if canonical.id(token).is_none() && !canonical.programs.contains(token) {
                let number = canonical.ids.len() + 1;
                canonical
                    .ids
                    .insert(token.to_owned(), format!("{number:08x}").repeat(8));
            }
        }
        canonical
    }

    /// The name of an id that is known, or begins as one.
    fn id(&self, token: &str) -> Option<&str> {
        let (known, name) = self.ids.range(token.to_owned()..).next()?;
        known.starts_with(token).then(|| &name[..token.len()])
    }

    /// An argument or another short text.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let mut text = self.times(&self.ids(text));
        for (name, placeholder) in &self.names {
            text = replace_word(&text, name, placeholder);
        }
        text
    }

    /// The path of a file with placeholders for the directories in it.
    #[must_use]
    pub fn path(&self, path: &str) -> String {
        let is_placeholder = |(_, with): &&(String, String)| with.starts_with("{{");
        let names = self.names.iter().filter(is_placeholder);
        names.fold(path.to_owned(), |path, (name, placeholder)| {
            replace_word(&path, name, placeholder)
        })
    }

    /// What restic printed, with its progress thinned.
    #[must_use]
    pub fn output(&self, text: &str) -> String {
        self.with_progress(text, &StatusLines::of(text).all())
    }

    /// What restic printed until a signal came: progress that stops in the middle.
    #[must_use]
    pub fn cut_off(&self, text: &str) -> String {
        self.with_progress(text, &StatusLines::of(text).until_now())
    }

    /// What restic printed after a signal. How much progress is among it is a matter of luck.
    #[must_use]
    pub fn last_words(&self, text: &str) -> String {
        self.with_progress(text, "")
    }

    /// Puts these lines in the place of all progress.
    fn with_progress(&self, text: &str, progress: &str) -> String {
        let (mut canonical, mut has_progress) = (String::with_capacity(text.len()), false);
        let mut last = String::new();
        for line in text.split_inclusive('\n') {
            if line.starts_with(STATUS) {
                if !std::mem::replace(&mut has_progress, true) {
                    canonical += &self.text(progress);
                }
                continue;
            }
            let line = self.text(&masked(line));
            // How often it tries again depends on the moment.
            if line != last || !line.contains("retrying after") {
                canonical += &line;
            }
            last = line;
        }
        canonical
    }

    fn ids(&self, text: &str) -> String {
        let (mut replaced, mut end) = (String::with_capacity(text.len()), 0);
        for (at, token) in hex_tokens(text) {
            let is_id = token.len() == LONG || token.len() == 8 || token.len() == 10;
            if let Some(name) = self.id(token).filter(|_| is_id) {
                replaced += &text[end..at];
                // A pack is in a directory that has the beginning of its name.
                let directory = format!("/{}/", &token[..2]);
                if replaced.ends_with(&directory) && token.len() == LONG {
                    replaced.truncate(replaced.len() - 3);
                    replaced += &name[..2];
                    replaced.push('/');
                }
                replaced += name;
                end = at + token.len();
            }
        }
        replaced + &text[end..]
    }

    /// Times of restic's clock keep their order, and are the same for all where they have no
    /// fraction. In JSON they always have one: a time without was given to restic.
    fn times(&self, text: &str) -> String {
        let (mut replaced, mut end) = (String::with_capacity(text.len()), 0);
        for (at, time, separator) in time_tokens(text) {
            let key = time_key(time);
            if self.programs.contains(&key) || (separator == 'T' && !is_exact(time)) {
                continue;
            }
            let rank = self.times.get(&key).copied().unwrap_or(0);
            replaced += &text[end..at];
            let (hour, minute, second) = (rank / 3600 % 24, rank / 60 % 60, rank % 60);
            replaced += &format!("2020-01-01{separator}{hour:02}:{minute:02}:{second:02}");
            if rank > 0 {
                replaced += ".123456789";
            }
            end = at + time.len();
        }
        replaced + &text[end..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(texts: &[&str]) -> Vec<String> {
        let names = vec![
            ("/tmp/x1/repo".to_owned(), "{{repo}}".to_owned()),
            ("/tmp/x1".to_owned(), "{{tmp}}".to_owned()),
        ];
        let said = texts.iter().copied().map(Said::Printed);
        let canonical = Canonical::of(said, names);
        texts.iter().map(|text| canonical.output(text)).collect()
    }

    #[test]
    fn ids_keep_what_they_refer_to() {
        let (a, b) = ("a".repeat(64), "5".repeat(64));
        let texts = canonical(&[
            "snapshot aaaaaaaa saved\n",
            &format!("{{\"parent\":\"{b}\",\"id\":\"{a}\"}}\n"),
            "created restic repository 836cf66f0e at /tmp/x1/repo\n",
            "deadbeef and 12345678 are names of files\n",
        ]);
        assert_eq!(texts[0], "snapshot 00000002 saved\n");
        let (one, two) = ("00000001".repeat(8), "00000002".repeat(8));
        assert_eq!(
            texts[1],
            format!("{{\"parent\":\"{one}\",\"id\":\"{two}\"}}\n")
        );
        assert_eq!(
            texts[2],
            "created restic repository 0000000300 at {{repo}}\n"
        );
        assert_eq!(texts[3], "deadbeef and 12345678 are names of files\n");
    }

    #[test]
    fn times_keep_their_order_and_their_form() {
        let texts = canonical(&[
            "[\"2026-11-28T05:45:50.2Z\",\"2026-11-28T05:45:48.87+01:00\"]\n",
            "at 2026-11-28 05:45:50.200000000 +0000 UTC and 2026-11-28 05:45:50\n",
        ]);
        assert_eq!(
            texts[0],
            "[\"2020-01-01T00:00:02.123456789Z\",\"2020-01-01T00:00:01.123456789+01:00\"]\n"
        );
        assert_eq!(
            texts[1],
            "at 2020-01-01 00:00:02.123456789 +0000 UTC and 2020-01-01 00:00:00\n"
        );
    }

    #[test]
    fn directories_are_replaced_where_they_are_whole() {
        let texts = canonical(&["/tmp/x1/repo/a /tmp/x1/repos /tmp/x12 /tmp/x1\n"]);
        assert_eq!(texts[0], "{{repo}}/a {{tmp}}/repos /tmp/x12 {{tmp}}\n");
    }

    #[test]
    fn what_depends_on_the_moment_is_masked() {
        let texts = canonical(&[
            "{\"data_added\":123,\"inode\":5,\"mtime\":\"2026-01-01T00:00:00.5Z\",\"size\":5}\n",
            "  \"chunker_polynomial\": \"3e05938043ac55\"\n",
            "frees 4.567 KiB, locked by PID 4711 on host, [0:12] 1.23%  2 / 2 packs\n",
            "remaining: 7 blobs (1.3 MiB stored) in 0:07\nsaved as [0123abcd]\n",
            "to delete: 0 blobs / 0 B\nunused: 0 B (0.00% of all), 5 B (0.12% of all)\n",
        ]);
        assert_eq!(texts[1], "  \"chunker_polynomial\": \"25b468838dcb75\"\n");
        assert_eq!(
            texts[3],
            "remaining: 1 blobs (1 KiB stored) in 0:01\nsaved as [00000001]\n"
        );
        assert_eq!(
            texts[4],
            "to delete: 0 blobs / 0 B\nunused: 0 B (0.00% of all), 1 KiB (1.00% of all)\n"
        );
        assert_eq!(
            texts[0],
            "{\"data_added\":4096,\"inode\":1,\"mtime\":\"2020-01-01T00:00:00Z\",\"size\":5}\n"
        );
        assert_eq!(
            texts[2],
            "frees 1 KiB, locked by PID 1 on host, [0:00] 1.00%  2 / 2 packs\n"
        );
    }

    fn status(percent: f64, bytes: u64) -> String {
        format!(
            "{{\"message_type\":\"status\",\"percent_done\":{percent},\"total_files\":4,\
             \"files_done\":1,\"total_bytes\":{bytes},\"bytes_done\":33}}\n"
        )
    }

    #[test]
    fn progress_is_kept_when_there_is_enough_of_it() {
        let line = |percent: u32| status(f64::from(percent) / 100.0, 100);
        assert_eq!(canonical(&[&line(33).repeat(20)])[0], "", "it only waits");
        let many: String = (10..30).map(line).collect();
        let many = many + "{\"message_type\":\"summary\"}\n";
        let text = &canonical(&[&many])[0];
        assert_eq!(text.lines().count(), 5);
        assert_eq!(
            text.lines().nth(1),
            Some(
                "{\"message_type\":\"status\",\"seconds_elapsed\":1,\"seconds_remaining\":2,\
                 \"percent_done\":0.5,\"total_files\":4,\"files_done\":2,\"total_bytes\":100,\
                 \"bytes_done\":50}"
            )
        );
    }

    #[test]
    fn progress_of_much_is_the_same_however_often_restic_reported_it() {
        let bytes = 1 << 30;
        let often: String = (0..=100)
            .map(|percent| status(f64::from(percent) / 100.0, bytes))
            .collect();
        let rarely = status(0.0, 0) + &status(0.7, bytes);
        let unchanged = status(0.0001, bytes) + &status(0.9999, bytes);
        let texts = canonical(&[&often, &rarely, &unchanged]);
        assert_eq!(texts[0], texts[1]);
        assert_eq!(texts[2], "", "it was done at once");
        // Files may all be done in the end.
        let unfinished = status(0.4, bytes).replace(",\"files_done\":1", "");
        assert_eq!(canonical(&[&unfinished])[0], texts[0]);
        assert_eq!(texts[0].lines().count(), 4);
    }

    #[test]
    fn who_recorded_it_is_masked() {
        let texts =
            canonical(&["{\"username\":\"alice\",\"uid\":0,\"gid\":7,\"user\":\"alice\"}\n"]);
        assert_eq!(
            texts[0],
            "{\"username\":\"user\",\"uid\":1000,\"gid\":1000,\"user\":\"user\"}\n"
        );
    }
}

//! Files to save, where a recording says that there were some.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use restic_core::Scenario;

use super::words::Words;

/// As long as it takes to signal a backup: a file without content takes no room on a disk.
const LONG: u64 = 64 << 30;

/// Paths with placeholders that recorded calls printed.
pub(super) struct Sources {
    paths: BTreeSet<String>,
}

impl Sources {
    pub(super) fn of(scenario: &Scenario) -> Result<Self, String> {
        let mut paths = BTreeSet::new();
        for call in scenario.calls() {
            for stream in [call.stdout(), call.stderr()] {
                let bytes = stream.map_err(|error| error.to_string())?;
                paths.extend(paths_in(&String::from_utf8_lossy(&bytes)));
            }
        }
        Ok(Self { paths })
    }

    /// Makes what a backup of these wants to read, or changes what it has made before. A long one
    /// takes its time.
    pub(super) fn make(&self, paths: &[PathBuf], words: &Words, is_long: bool) -> io::Result<()> {
        for source in paths {
            if !source.exists() {
                self.make_one(source, words)?;
            }
            if source.is_dir() {
                let changed = source.join("changed.txt");
                let file = File::options().create(true).append(true).open(changed);
                file?.write_all(b"a few more words\n")?;
                let long = source.join("long");
                match is_long {
                    true => File::create(long)?.set_len(LONG)?,
                    false if long.exists() => fs::remove_file(long)?,
                    false => {}
                }
            }
        }
        Ok(())
    }

    fn make_one(&self, source: &Path, words: &Words) -> io::Result<()> {
        let filled = |path: &String| words.filled(path);
        let below: Vec<_> = self.paths.iter().map(filled).collect();
        let below: Vec<_> = below
            .iter()
            .map(Path::new)
            .filter(|path| path.starts_with(source) && *path != source)
            .collect();
        fs::create_dir_all(source)?;
        for path in &below {
            let is_above = below
                .iter()
                .any(|other| other.starts_with(path) && other != path);
            let is_plain = path.components().all(|part| part.as_os_str() != "..");
            if is_above || !is_plain {
                continue;
            }
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(path, format!("words of {}\n", path.display()))?;
        }
        fs::write(source.join("file.txt"), "a few words\n")
    }
}

/// What follows a placeholder up to the end of a word or string.
fn paths_in(text: &str) -> impl Iterator<Item = String> {
    text.match_indices("{{").filter_map(|(at, _)| {
        let rest = &text[at..];
        let end = rest.find(['"', '\n', '\\', '\'', ',', ' ']);
        let path = &rest[..end.unwrap_or(rest.len())];
        path.contains("}}/").then(|| path.to_owned())
    })
}

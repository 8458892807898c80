//! `data/flags.json`: what restic's help does not say.

use restic_types::ResticVersion;
use restic_types::cli::Span;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Data {
    #[serde(rename = "about")]
    _about: Vec<String>,
    /// The releases whose help the table is made from, oldest first.
    pub(super) releases: Vec<ResticVersion>,
    /// Variants of `Value` and what takes them. A flag with a placeholder that is not here takes `Text`.
    values: BTreeMap<String, Vec<String>>,
    choice: BTreeMap<String, Vec<String>>,
    choices: BTreeMap<String, Vec<String>>,
    changed: Vec<Changed>,
    since: BTreeMap<ResticVersion, Vec<String>>,
    until: BTreeMap<ResticVersion, Vec<String>>,
    hidden: Vec<Hidden>,
    builds: Vec<Builds>,
    pub(super) older_help: Vec<OlderHelp>,
}

/// A flag that took something else before.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Changed {
    what: Vec<String>,
    pub(super) since: ResticVersion,
    pub(super) before: String,
    #[serde(rename = "why")]
    _why: String,
}

/// Commands and flags that some releases take without listing them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hidden {
    what: Vec<String>,
    since: ResticVersion,
    until: Option<ResticVersion>,
    /// Where no help shows the flag: what stands for its value, if it takes one.
    pub(super) placeholder: Option<String>,
    pub(super) deprecated: Option<String>,
}

/// Commands and flags that not every build has.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Builds {
    what: Vec<String>,
    note: String,
}

/// Commands whose help used to be that of another command.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OlderHelp {
    pub(super) what: Vec<String>,
    /// The last release in which it was so.
    pub(super) until: ResticVersion,
    pub(super) part_of: String,
    /// The flags of that other command which had a meaning here.
    pub(super) flags: Vec<String>,
    #[serde(rename = "why")]
    _why: String,
}

impl Data {
    pub(super) fn read() -> Result<Self, Box<dyn Error>> {
        let data = serde_json::from_str(include_str!("../../data/flags.json"));
        data.map_err(|error| format!("xtask/data/flags.json: {error}").into())
    }

    /// What this flag takes, if it is not plain text: a variant of `Value`, and its words.
    pub(super) fn value(&self, key: Key<'_>) -> Option<String> {
        let words = |map, variant| {
            listed(map, key).map(|words: &Vec<String>| format!("{variant} {}", words.join(",")))
        };
        words(&self.choice, "Choice")
            .or_else(|| words(&self.choices, "Choices"))
            .or_else(|| {
                key.in_any(self.values.iter(), |(_, what)| what)
                    .map(|(variant, _)| variant.clone())
            })
    }

    pub(super) fn changed(&self, key: Key<'_>) -> Option<&Changed> {
        key.in_any(&self.changed, |changed| &changed.what)
    }

    pub(super) fn since(&self, key: Key<'_>) -> Option<ResticVersion> {
        key.in_any(&self.since, |(_, what)| what)
            .map(|(release, _)| *release)
    }

    pub(super) fn until(&self, key: Key<'_>) -> Option<ResticVersion> {
        key.in_any(&self.until, |(_, what)| what)
            .map(|(release, _)| *release)
    }

    pub(super) fn hidden(&self, key: Key<'_>) -> Option<&Hidden> {
        key.in_any(&self.hidden, |hidden| &hidden.what)
    }

    pub(super) fn builds(&self, key: Key<'_>) -> Option<&str> {
        key.in_any(&self.builds, |builds| &builds.what)
            .map(|builds| builds.note.as_str())
    }

    /// The entry about this command in this release, when help is that of another one.
    pub(super) fn older_help(&self, command: &str, release: ResticVersion) -> Option<&OlderHelp> {
        self.older_help
            .iter()
            .find(|older| older.until >= release && older.what.iter().any(|what| what == command))
    }

    /// The commands that help does not always list.
    pub(super) fn hidden_commands(&self) -> impl Iterator<Item = &str> {
        self.hidden
            .iter()
            .flat_map(|hidden| &hidden.what)
            .map(String::as_str)
            .filter(|what| !what.contains("--"))
    }

    /// The flags of a command that help need not show: hidden ones, and those of other builds.
    pub(super) fn unlisted_flags(&self, command: &str) -> impl Iterator<Item = &str> {
        let what = self.hidden.iter().flat_map(|hidden| &hidden.what);
        let what = what.chain(self.builds.iter().flat_map(|builds| &builds.what));
        what.filter_map(move |what| what.strip_prefix(command)?.strip_prefix(" --"))
    }

    /// Everything that the file speaks of, for finding what is gone.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        let maps = [&self.choice, &self.choices]
            .into_iter()
            .flat_map(BTreeMap::keys);
        let lists = self
            .values
            .values()
            .chain(self.since.values())
            .chain(self.until.values());
        let lists = lists.chain(self.changed.iter().map(|changed| &changed.what));
        let lists = lists.chain(self.hidden.iter().map(|hidden| &hidden.what));
        let lists = lists.chain(self.builds.iter().map(|builds| &builds.what));
        let lists = lists.chain(self.older_help.iter().map(|older| &older.what));
        maps.chain(lists.flatten()).map(String::as_str)
    }
}

impl Hidden {
    pub(super) fn span(&self) -> Span {
        Span {
            since: self.since,
            until: self.until,
        }
    }
}

/// What the file is asked about: a command, or a flag of one, or a global flag.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key<'a> {
    /// Empty for a global flag.
    pub(super) command: &'a str,
    /// Empty for the command itself.
    pub(super) flag: &'a str,
}

impl Key<'_> {
    /// The item that names this one, rather by command and flag than by flag alone.
    fn in_any<T>(
        self,
        items: impl IntoIterator<Item = T>,
        what: impl Fn(&T) -> &Vec<String>,
    ) -> Option<T> {
        let mut loose = None;
        for item in items {
            if what(&item).iter().any(|name| *name == self.to_string()) {
                return Some(item);
            }
            if what(&item).iter().any(|name| self.covered_by(name)) {
                loose = Some(item);
            }
        }
        loose
    }

    /// Whether an entry under this name speaks of it.
    pub(super) fn covered_by(self, name: &str) -> bool {
        name == self.to_string()
            || (!self.flag.is_empty() && name.strip_prefix("--") == Some(self.flag))
    }
}

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.command, self.flag) {
            (command, "") => write!(f, "{command}"),
            ("", flag) => write!(f, "--{flag}"),
            (command, flag) => write!(f, "{command} --{flag}"),
        }
    }
}

fn listed<'a, T>(map: &'a BTreeMap<String, T>, key: Key<'_>) -> Option<&'a T> {
    map.get(&key.to_string())
        .or_else(|| map.get(&format!("--{}", key.flag)))
}

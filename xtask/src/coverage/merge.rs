//! Making the table: the help of several releases, and what the data adds.

use super::availability::Availability;
use super::binary::{Binary, HelpCommand};
use super::data::{Data, Key};
use super::help::HelpFlag;
use restic_types::ResticVersion;
use restic_types::cli::{OLDEST, Span};
use std::collections::{BTreeMap, BTreeSet};

/// The table, as it will be printed.
pub(super) struct Table {
    /// The releases that it was made from.
    pub(super) releases: Vec<ResticVersion>,
    pub(super) global: Vec<Flag>,
    pub(super) commands: Vec<Command>,
}

/// A command of the table.
pub(super) struct Command {
    pub(super) name: String,
    pub(super) operands: String,
    pub(super) facts: Facts,
    pub(super) flags: Vec<Flag>,
}

/// A flag of the table.
pub(super) struct Flag {
    pub(super) name: String,
    pub(super) short: Option<char>,
    /// A variant of `restic_types::cli::Value`, and its words.
    pub(super) value: String,
    pub(super) placeholder: Option<String>,
    pub(super) changed: Option<(ResticVersion, String)>,
    pub(super) facts: Facts,
}

/// What commands and flags have in common.
pub(super) struct Facts {
    pub(super) since: ResticVersion,
    pub(super) until: Option<ResticVersion>,
    pub(super) hidden: Option<Span>,
    pub(super) deprecated: Option<String>,
    pub(super) builds: Option<String>,
}

/// Makes the table from these binaries, oldest first.
pub(super) fn table(binaries: &[&Binary], data: &Data) -> Result<Table, String> {
    let maker = Maker { binaries, data };
    let names: BTreeSet<_> = binaries
        .iter()
        .flat_map(|binary| binary.commands.keys())
        .collect();
    let global: Vec<_> = binaries
        .iter()
        .map(|binary| (binary.release, binary.global.clone()))
        .collect();
    let table = Table {
        releases: binaries.iter().map(|binary| binary.release).collect(),
        global: maker.flags("", &global, OLDEST)?,
        commands: names
            .into_iter()
            .map(|name| maker.command(name))
            .collect::<Result<_, _>>()?,
    };
    ensure_all_used(&table, data)?;
    Ok(table)
}

/// The flags of one command, release by release.
type Pages = [(ResticVersion, BTreeMap<String, HelpFlag>)];

struct Maker<'a> {
    binaries: &'a [&'a Binary],
    data: &'a Data,
}

impl Maker<'_> {
    fn command(&self, name: &str) -> Result<Command, String> {
        let pages: Vec<_> = self
            .binaries
            .iter()
            .filter_map(|it| self.page(it, name))
            .collect();
        let all = self.binaries.iter().map(|binary| binary.release).collect();
        let facts = self.facts(
            Key {
                command: name,
                flag: "",
            },
            releases(&pages),
            all,
            OLDEST,
        )?;
        let newest = self
            .binaries
            .iter()
            .rev()
            .find_map(|binary| binary.commands.get(name));
        Ok(Command {
            name: name.to_owned(),
            operands: newest.map(|help| operands(help, name)).unwrap_or_default(),
            flags: self.flags(name, &pages, facts.since)?,
            facts,
        })
    }

    /// The flags that this binary's help gives the command.
    fn page(
        &self,
        binary: &Binary,
        name: &str,
    ) -> Option<(ResticVersion, BTreeMap<String, HelpFlag>)> {
        let flags = match self.data.older_help(name, binary.release) {
            None => binary.commands.get(name)?.page.flags.clone(),
            Some(older) => {
                let mut flags = binary.commands.get(&older.part_of)?.page.flags.clone();
                flags.retain(|flag, _| older.flags.contains(flag));
                flags
            }
        };
        Some((binary.release, flags))
    }

    fn flags(
        &self,
        command: &str,
        pages: &Pages,
        command_since: ResticVersion,
    ) -> Result<Vec<Flag>, String> {
        let mut names: BTreeSet<_> = pages
            .iter()
            .flat_map(|(_, flags)| flags.keys())
            .map(String::as_str)
            .collect();
        names.extend(self.data.unlisted_flags(command));
        let flags = names
            .into_iter()
            .map(|flag| self.flag(Key { command, flag }, pages, command_since));
        let flags: Vec<_> = flags.collect::<Result<_, _>>()?;
        ensure_letters_differ(command, &flags)?;
        Ok(flags)
    }

    fn flag(
        &self,
        key: Key<'_>,
        pages: &Pages,
        command_since: ResticVersion,
    ) -> Result<Flag, String> {
        let showing = pages
            .iter()
            .filter(|(_, flags)| flags.contains_key(key.flag));
        let newest = showing
            .clone()
            .next_back()
            .and_then(|(_, flags)| flags.get(key.flag));
        let hidden = self.data.hidden(key);
        let placeholder = match newest {
            Some(flag) => flag.placeholder.clone(),
            None => hidden.and_then(|hidden| hidden.placeholder.clone()),
        };
        let plain = if placeholder.is_some() {
            "Text"
        } else {
            "Switch"
        };
        let changed = self.data.changed(key);
        Ok(Flag {
            name: key.flag.to_owned(),
            short: newest.and_then(|flag| flag.short),
            value: self.data.value(key).unwrap_or_else(|| plain.to_owned()),
            placeholder,
            changed: changed.map(|changed| (changed.since, changed.before.clone())),
            facts: self.facts(key, releases(showing), releases(pages), command_since)?,
        })
    }

    /// What the data says, checked against the releases whose help shows the thing.
    fn facts(
        &self,
        key: Key<'_>,
        seen: Vec<ResticVersion>,
        among: Vec<ResticVersion>,
        earliest: ResticVersion,
    ) -> Result<Facts, String> {
        let (hidden, builds) = (self.data.hidden(key), self.data.builds(key));
        let availability = Availability {
            seen,
            among,
            earliest,
            elusive: hidden.is_some() || builds.is_some(),
        };
        let named = |error| format!("{key}: {error}");
        Ok(Facts {
            since: availability.since(self.data.since(key)).map_err(named)?,
            until: availability.until(self.data.until(key)).map_err(named)?,
            hidden: hidden.map(|hidden| hidden.span()),
            deprecated: hidden.and_then(|hidden| hidden.deprecated.clone()),
            builds: builds.map(str::to_owned),
        })
    }
}

fn releases<'a, T: 'a>(
    pages: impl IntoIterator<Item = &'a (ResticVersion, T)>,
) -> Vec<ResticVersion> {
    pages.into_iter().map(|(release, _)| *release).collect()
}

/// What the usage line says after the command's name, without `[flags]`.
fn operands(command: &HelpCommand, name: &str) -> String {
    let usage = command
        .page
        .usage
        .strip_prefix("restic ")
        .and_then(|usage| usage.strip_prefix(name))
        .unwrap_or_default();
    usage
        .split(' ')
        .filter(|word| !word.is_empty() && *word != "[flags]")
        .collect::<Vec<_>>()
        .join(" ")
}

/// A letter means one thing within a command, in all releases together: the parser relies on it.
fn ensure_letters_differ(command: &str, flags: &[Flag]) -> Result<(), String> {
    let mut letters = BTreeMap::new();
    for flag in flags {
        if let Some(other) = flag
            .short
            .and_then(|letter| letters.insert(letter, &flag.name))
        {
            return Err(format!(
                "{command}: --{} and --{other} share a letter",
                flag.name
            ));
        }
    }
    Ok(())
}

/// An entry of the data that speaks of nothing is a mistake, or outlived what it spoke of.
fn ensure_all_used(table: &Table, data: &Data) -> Result<(), String> {
    let global = table.global.iter().map(|flag| Key {
        command: "",
        flag: &flag.name,
    });
    let own = table.commands.iter().flat_map(|command| {
        let flags = command.flags.iter().map(|flag| flag.name.as_str());
        flags.chain([""]).map(|flag| Key {
            command: &command.name,
            flag,
        })
    });
    let keys: Vec<_> = global.chain(own).collect();
    match data
        .keys()
        .find(|name| !keys.iter().any(|key| key.covered_by(name)))
    {
        Some(name) => Err(format!(
            "xtask/data/flags.json speaks of `{name}`, which is nowhere"
        )),
        None => Ok(()),
    }
}

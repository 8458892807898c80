//! The table against what restic's source has at every release: `data/releases.txt`.
//!
//! There are binaries of a few releases only, and between two of them anything may have changed.

use restic_types::ResticVersion;
use restic_types::cli::{self, Command, Flag, Place, Value, ValueGate};
use std::collections::{BTreeMap, BTreeSet};

/// The facts, and which of them the table is known to differ from.
pub(super) struct Facts {
    releases: Vec<ResticVersion>,
    /// Commands that are not in every release, by name.
    commands: BTreeMap<&'static str, Stretch>,
    values: Vec<Gated>,
    flags: BTreeMap<(&'static str, &'static str), Vec<Known>>,
    otherwise: BTreeSet<(&'static str, &'static str)>,
}

#[derive(Clone, Copy)]
struct Stretch {
    first: ResticVersion,
    last: Option<ResticVersion>,
}

/// A flag in some releases.
struct Known {
    letter: Option<char>,
    go_type: &'static str,
    stretch: Stretch,
    is_plain: bool,
}

/// Values that not every release takes.
struct Gated {
    command: &'static str,
    place: &'static str,
    values: Vec<&'static str>,
    since: ResticVersion,
}

/// What the table says of a flag in one release.
#[derive(PartialEq, Eq)]
struct Said {
    letter: Option<char>,
    value: Value,
    is_plain: bool,
}

impl Facts {
    pub(super) fn read() -> Result<Self, String> {
        let mut facts = Self {
            releases: Vec::new(),
            commands: BTreeMap::new(),
            values: Vec::new(),
            flags: BTreeMap::new(),
            otherwise: BTreeSet::new(),
        };
        let lines = include_str!("../../data/releases.txt").lines();
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            facts
                .add(line)
                .ok_or_else(|| format!("{line:?} in data/releases.txt"))?;
        }
        Ok(facts)
    }

    fn add(&mut self, line: &'static str) -> Option<()> {
        let fields: Vec<_> = line.split('\t').collect();
        match fields[..] {
            ["release", release] => self.releases.push(release.parse().ok()?),
            ["command", name, first, last] => {
                self.commands.insert(name, Stretch::read(first, last)?);
            }
            ["value", command, place, values, since] => self.values.push(Gated {
                command,
                place,
                values: values.split(',').collect(),
                since: since.parse().ok()?,
            }),
            ["otherwise", command, flag, why] if !why.is_empty() => {
                self.otherwise.insert((command, flag));
            }
            [command, flag, letter, go_type, first, last, mark] => {
                self.flags.entry((command, flag)).or_default().push(Known {
                    letter: (letter != "-").then(|| letter.chars().next()).flatten(),
                    go_type,
                    stretch: Stretch::read(first, last)?,
                    is_plain: mark == "-",
                });
            }
            _ => return None,
        }
        Some(())
    }
}

impl Stretch {
    fn read(first: &str, last: &str) -> Option<Self> {
        let last = match last {
            "-" => None,
            last => Some(last.parse().ok()?),
        };
        Some(Self {
            first: first.parse().ok()?,
            last,
        })
    }

    fn contains(self, release: ResticVersion) -> bool {
        self.first <= release && self.last.is_none_or(|last| release <= last)
    }
}

impl Known {
    /// Whether the table says the same.
    fn is(&self, said: &Said) -> bool {
        self.letter == said.letter
            && self.is_plain == said.is_plain
            && takes(self.go_type, said.value)
    }
}

/// Whether a flag of this type in Go's source takes this. A text may be one of a few words, which only its command
/// knows.
fn takes(go_type: &str, value: Value) -> bool {
    match go_type {
        "Bool" => value == Value::Switch,
        "Count" => value == Value::Count,
        "Int" => value == Value::Int,
        "Uint" => value == Value::UInt,
        "Duration" => value == Value::Duration,
        "String" => matches!(value, Value::Text | Value::Choice(_) | Value::Choices(_)),
        "StringArray" => value == Value::List,
        "StringSlice" => value == Value::CommaList,
        "Tags" | "AddTags" | "RemoveTags" | "SetTags" | "KeepTags" => value == Value::TagList,
        "Last" | "Hourly" | "Daily" | "Weekly" | "Monthly" | "Yearly" => value == Value::Limit,
        "GroupBy" => matches!(value, Value::Choices(_)),
        "Compression" | "Overwrite" | "Sort" => matches!(value, Value::Choice(_)),
        within => within.starts_with("Within") && value == Value::CalendarDuration,
    }
}

/// Where the table and the facts differ, one line for each flag, command or value, and what is listed as different
/// and is not.
pub(super) fn differences(facts: &Facts) -> Vec<String> {
    let mut found: BTreeMap<(&str, &str), Vec<ResticVersion>> = BTreeMap::new();
    let sections = cli::commands()
        .iter()
        .map(|command| (command.name, command.flags));
    let sections: Vec<_> = sections.chain([("*", cli::global_flags())]).collect();
    for release in &facts.releases {
        for (command, flags) in &sections {
            for flag in *flags {
                let key = (*command, flag.name);
                // Those that cobra adds are not in restic's source.
                if flag.name != "help" && !agrees(facts, key, Some(flag), *release) {
                    found.entry(key).or_default().push(*release);
                }
            }
        }
        let is_unknown = |(command, name): &&(&str, &str)| {
            let section = sections.iter().find(|section| section.0 == *command);
            let flags = section.map_or(&[][..], |section| section.1);
            flags.iter().all(|flag| flag.name != *name)
        };
        for key in facts.flags.keys().filter(is_unknown) {
            if !agrees(facts, *key, None, *release) {
                found.entry(*key).or_default().push(*release);
            }
        }
    }
    let wrong = found
        .iter()
        .filter(|(key, _)| !facts.otherwise.contains(*key));
    let list = |releases: &[ResticVersion]| {
        let names: Vec<_> = releases.iter().map(ToString::to_string).collect();
        names.join(", ")
    };
    let mut lines: Vec<_> = wrong
        .map(|((command, flag), releases)| {
            format!(
                "`{command} --{flag}` is another in the source of {}",
                list(releases)
            )
        })
        .collect();
    let same = facts
        .otherwise
        .iter()
        .filter(|key| key.1 != "-" && !found.contains_key(*key));
    lines.extend(same.map(|(command, flag)| {
        format!("`{command} --{flag}` is listed as another, and is the same")
    }));
    lines.extend(facts.command_differences());
    lines.extend(facts.value_differences());
    lines
}

/// Whether the table says of a flag in a release what the facts say.
fn agrees(facts: &Facts, key: (&str, &str), flag: Option<&Flag>, release: ResticVersion) -> bool {
    let known = facts.flags.get(&key).map_or(&[][..], Vec::as_slice);
    let known = known.iter().find(|known| known.stretch.contains(release));
    let command = cli::command(key.0);
    let is_there = command.is_none_or(|command| command.available_in(release));
    let flag = flag.filter(|flag| is_there && flag.available_in(release));
    match (known, flag) {
        (None, None) => true,
        (Some(known), Some(flag)) => known.is(&Said {
            letter: flag.short,
            value: flag.value_in(release),
            is_plain: !flag.hidden_in(release),
        }),
        _ => false,
    }
}

impl Facts {
    fn command_differences(&self) -> Vec<String> {
        let differs = |command: &&Command| {
            let known = self.commands.get(command.name);
            let is_there =
                |release: &ResticVersion| known.is_none_or(|known| known.contains(*release));
            let mut releases = self.releases.iter();
            let is_listed = self.otherwise.contains(&(command.name, "-"));
            let differs = releases.any(|it| command.available_in(*it) != is_there(it));
            differs != is_listed
        };
        let wrong = cli::commands().iter().filter(differs);
        let wrong = wrong.map(|command| format!("`{}` is in other releases", command.name));
        let is_unknown = |name: &&&str| cli::command(name).is_none();
        let unknown = self.commands.keys().filter(is_unknown);
        let unknown = unknown.map(|name| format!("`{name}` is not in the table"));
        wrong.chain(unknown).collect()
    }

    /// Values that the table does not gate as the facts do, and gates without a fact.
    fn value_differences(&self) -> Vec<String> {
        let is_gated = |gated: &&Gated| {
            let mut values = gated.values.iter();
            values.all(|value| gated.gates(value).any(|gate| gate.since == gated.since))
        };
        let wrong = self.values.iter().filter(|gated| !is_gated(gated));
        let wrong = wrong.map(|gated| {
            let Gated { command, place, .. } = gated;
            format!("values of `{command} {place}` are gated in another way")
        });
        let has_fact = |gate: &&ValueGate| {
            let mut facts = self.values.iter();
            facts.any(|gated| {
                let mut values = gated.values.iter();
                values.any(|value| gated.gates(value).any(|it| it == *gate))
            })
        };
        // What depends on the system is no fact of a release.
        let is_of_source = |gate: &&ValueGate| gate.place != Place::Flag("exclude-cloud-files");
        let gates = cli::value_gates().iter().filter(is_of_source);
        let without = gates.filter(|gate| !has_fact(gate));
        let without = without.map(|gate| format!("no fact is known for {gate:?}"));
        wrong.chain(without).collect()
    }
}

impl Gated {
    /// The gates of the table for one of the values.
    fn gates(&self, value: &'static str) -> impl Iterator<Item = &'static ValueGate> {
        let (command, flag) = (self.command, self.place.strip_prefix("--"));
        cli::value_gates().iter().filter(move |gate| {
            let is_of_command = match command {
                "*" => gate.commands.is_empty(),
                command => gate.commands.contains(&command),
            };
            let is_place = match gate.place {
                Place::Flag(name) => flag == Some(name),
                _ => flag.is_none(),
            };
            is_of_command && is_place && gate.form.fits(value)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the table says of every flag in every release is what restic's source says.
    #[test]
    fn the_table_agrees_with_the_source_of_every_release() {
        let facts = Facts::read().unwrap();
        assert_eq!((facts.releases.len(), facts.flags.len() > 240), (24, true));
        let differences = differences(&facts);
        assert!(differences.is_empty(), "{}", differences.join("\n"));
    }

    #[test]
    fn what_differs_is_found() {
        let mut facts = Facts::read().unwrap();
        let key = ("backup", "skip-if-unchanged");
        facts.flags.get_mut(&key).unwrap()[0].stretch.first = "0.16.5".parse().unwrap();
        facts.flags.remove(&("tag", "set"));
        facts.commands.remove("rewrite");
        facts.values[0].since = "0.18.0".parse().unwrap();
        facts.otherwise.insert(("ls", "long"));
        assert_eq!(
            differences(&facts),
            [
                "`backup --skip-if-unchanged` is another in the source of 0.16.5",
                "`tag --set` is another in the source of 0.11.0, 0.12.0, 0.12.1, 0.13.0, 0.13.1, 0.14.0, 0.15.0, \
                 0.15.1, 0.15.2, 0.16.0, 0.16.1, 0.16.2, 0.16.3, 0.16.4, 0.16.5, 0.17.0, 0.17.1, 0.17.2, 0.17.3, \
                 0.18.0, 0.18.1, 0.19.0, 0.19.1, 0.20.0",
                "`ls --long` is listed as another, and is the same",
                "`rewrite` is in other releases",
                "values of `* --compression` are gated in another way",
            ]
        );
    }
}

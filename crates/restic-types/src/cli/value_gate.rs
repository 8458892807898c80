//! Values that not every release takes although it has the flag.

use super::table::begins;
use crate::restic_version::ResticVersion;

/// A value that only newer releases take, or that older ones take without doing anything. They may refuse it, find
/// nothing by it, or do something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ValueGate {
    /// The commands that it is about, in restic's own words. Empty: every command.
    pub commands: &'static [&'static str],
    /// Where the value stands.
    pub place: Place,
    /// Which values it is about.
    pub form: ValueForm,
    /// The first release that does what the value asks for.
    pub since: ResticVersion,
}

/// Where a value stands in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// It is given to the flag with this name, without dashes.
    Flag(&'static str),
    /// It is one of the first operands, up to this many, which name snapshots.
    Snapshots(usize),
}

/// Which values are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueForm {
    /// Every value.
    Any,
    /// One of these words.
    Words(&'static [&'static str]),
    /// A percentage, `5%`.
    Percentage,
    /// A size, `500M`.
    Size,
    /// A directory of a snapshot, `latest:/srv`.
    Directory,
}

/// Every value that not every supported release takes.
#[must_use]
pub fn value_gates() -> &'static [ValueGate] {
    GATES
}

/// Whether some command has a flag with this name, without dashes, of which not every release takes every value.
pub(super) const fn is_gated(flag: &str) -> bool {
    let mut number = 0;
    while number < GATES.len() {
        if let Place::Flag(name) = GATES[number].place
            && is_same(name, flag)
        {
            return true;
        }
        number += 1;
    }
    false
}

const fn is_same(name: &str, flag: &str) -> bool {
    let (name, flag) = (name.as_bytes(), flag.as_bytes());
    name.len() == flag.len() && begins(name, 0, flag)
}

/// The values of this call that not every release takes: flags with their names, without dashes, and operands.
pub fn gated_values<'a>(
    command: &'a str,
    flags: &'a [(&'a str, &'a str)],
    operands: &'a [&'a str],
) -> impl Iterator<Item = (&'static ValueGate, &'a str)> {
    let of_command =
        move |gate: &&ValueGate| gate.commands.is_empty() || gate.commands.contains(&command);
    GATES.iter().filter(of_command).flat_map(move |gate| {
        let (flag, count) = match gate.place {
            Place::Flag(name) => (Some(name), 0),
            Place::Snapshots(count) => (None, count),
        };
        let flags = flags
            .iter()
            .filter(move |(name, _)| Some(*name) == flag)
            .map(|(_, value)| *value);
        let values = flags.chain(operands.iter().take(count).copied());
        values
            .filter(|value| gate.form.fits(value))
            .map(move |value| (gate, value))
    })
}

impl ValueForm {
    /// Whether a value is one of those that are meant.
    #[must_use]
    pub fn fits(self, value: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Words(words) => words.contains(&value),
            Self::Percentage => value.ends_with('%'),
            Self::Size => value.ends_with(|c: char| c.is_ascii_alphabetic()),
            Self::Directory => value.contains(':'),
        }
    }
}

const fn gate(
    commands: &'static [&'static str],
    place: Place,
    form: ValueForm,
    since: ResticVersion,
) -> ValueGate {
    ValueGate {
        commands,
        place,
        form,
        since,
    }
}

/// `unlimited` is no number before.
const fn unlimited(flag: &'static str) -> ValueGate {
    gate(
        &["forget"],
        Place::Flag(flag),
        ValueForm::Words(&["unlimited"]),
        ResticVersion::new(0, 16, 0),
    )
}

const GATES: &[ValueGate] = &[
    gate(
        &[],
        Place::Flag("compression"),
        ValueForm::Words(&["fastest", "better"]),
        ResticVersion::new(0, 19, 0),
    ),
    unlimited("keep-last"),
    unlimited("keep-hourly"),
    unlimited("keep-daily"),
    unlimited("keep-weekly"),
    unlimited("keep-monthly"),
    unlimited("keep-yearly"),
    gate(
        &["check"],
        Place::Flag("read-data-subset"),
        ValueForm::Percentage,
        ResticVersion::new(0, 12, 0),
    ),
    gate(
        &["check"],
        Place::Flag("read-data-subset"),
        ValueForm::Size,
        ResticVersion::new(0, 13, 0),
    ),
    gate(
        &["stats"],
        Place::Flag("mode"),
        ValueForm::Words(&["debug"]),
        ResticVersion::new(0, 16, 0),
    ),
    // Before, they are looked for as ids of snapshots.
    gate(
        &["dump", "ls", "restore"],
        Place::Snapshots(1),
        ValueForm::Directory,
        ResticVersion::new(0, 16, 0),
    ),
    gate(
        &["diff"],
        Place::Snapshots(2),
        ValueForm::Directory,
        ResticVersion::new(0, 16, 0),
    ),
    // Before, they are taken and not looked at.
    gate(
        &["key passwd"],
        Place::Flag("host"),
        ValueForm::Any,
        ResticVersion::new(0, 19, 0),
    ),
    gate(
        &["key passwd"],
        Place::Flag("user"),
        ValueForm::Any,
        ResticVersion::new(0, 19, 0),
    ),
    // 0.18 has it in builds for Windows only.
    #[cfg(target_os = "macos")]
    gate(
        &["backup"],
        Place::Flag("exclude-cloud-files"),
        ValueForm::Any,
        ResticVersion::new(0, 19, 0),
    ),
];

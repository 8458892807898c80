//! restic's commands and flags, as data.
//!
//! [`commands`] and [`global_flags`] list everything that restic 0.11 to 0.20 understands on its command line: which
//! release brought a flag, what kind of value it takes, what is hidden or deprecated. [`CommandLine::parse`] reads
//! a command line the way restic does.
//!
//! ```
//! use restic_types::ResticVersion;
//! use restic_types::cli::{self, CommandLine};
//!
//! let backup = cli::command("backup").expect("every restic has it");
//! let flag = backup.flag("skip-if-unchanged").expect("newer ones have it");
//! assert_eq!(flag.since, ResticVersion::new(0, 17, 0));
//! assert!(!flag.available_in(ResticVersion::new(0, 14, 0)));
//!
//! let line = CommandLine::parse(["-r", "/srv/repo", "backup", "--tag=nightly", "/data"])?;
//! assert_eq!(line.command.name, "backup");
//! assert_eq!(line.operands, ["/data"]);
//! # Ok::<(), cli::ParseError>(())
//! ```
//!
//! What a build leaves out (`self-update` in many distributions, `mount` on Windows) is in the table all the same:
//! whether the installed restic has it can only be found out by asking it. The field `builds` marks it.

mod changes;
mod command;
mod flag;
mod line;
mod span;
mod table;
mod value;
mod value_gate;

pub use command::Command;
pub use flag::Flag;
pub use line::{CommandLine, ParseError, ParseErrorKind, ParsedFlag, Seen};
pub use span::{OLDEST, Span};
pub use value::Value;
pub use value_gate::{Place, ValueForm, ValueGate, gated_values, value_gates};

/// Every command, by name. Commands with two words (`key add`) follow their first word (`key`).
#[must_use]
pub fn commands() -> &'static [Command] {
    &table::TABLE.commands
}

/// The command with this name, in restic's own words: `"backup"`, `"key add"`.
#[must_use]
pub fn command(name: &str) -> Option<&'static Command> {
    commands().iter().find(|command| command.name == name)
}

/// The flags that every command takes, by name.
#[must_use]
pub fn global_flags() -> &'static [Flag] {
    table::TABLE.global
}

/// The global flag with this name, without its dashes.
#[must_use]
pub fn global_flag(name: &str) -> Option<&'static Flag> {
    global_flags().iter().find(|flag| flag.name == name)
}

/// The releases that have a command. Returns `None` when no restic has it.
///
/// This reads no more of the table than it has to, and is what a program should ask that wants to know nothing else.
#[must_use]
pub fn command_releases(name: &str) -> Option<Span> {
    table::command_releases(name)
}

/// The releases that have a flag, of a command or of all, by its long name without dashes. Returns `None` when the
/// command has no such flag in any restic. As [`command_releases`].
#[must_use]
pub fn flag_releases(command: &str, flag: &str) -> Option<Span> {
    table::flag_releases(command, flag)
}

/// Whether some command has a flag with this name (with its dashes) that not every supported release has, or of which
/// not every one takes every value.
#[doc(hidden)]
#[must_use]
pub const fn is_gated(flag: &str) -> bool {
    let (_, name) = flag.split_at(2);
    table::is_gated(name) || value_gate::is_gated(name)
}

impl Command {
    /// The flag with this name (without dashes) that this command takes: its own, or a global one.
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<&'static Flag> {
        self.find(|flag| flag.name == name)
    }

    /// The flag with this letter. Letters collide between commands: `-H` is `--host`, but `--keep-hourly` in `forget`.
    #[must_use]
    pub fn short(&self, letter: char) -> Option<&'static Flag> {
        self.find(|flag| flag.short == Some(letter))
    }

    fn find(&self, wanted: impl Fn(&Flag) -> bool) -> Option<&'static Flag> {
        self.flags
            .iter()
            .chain(global_flags())
            .find(|flag| wanted(flag))
    }
}

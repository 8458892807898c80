//! restic's commands and flags, as data.
//!
//! [`commands`] and [`global_flags`] list everything that restic 0.11 to 0.19 understands on its command line: which
//! release brought a flag, what kind of value it takes, what is hidden or deprecated. [`CommandLine::parse`] reads
//! a command line the way restic does.
//!
//! ```
//! use restic_types::cli::{self, CommandLine, Release};
//!
//! let backup = cli::command("backup").expect("every restic has it");
//! let flag = backup.flag("skip-if-unchanged").expect("newer ones have it");
//! assert_eq!(flag.since, Release::new(0, 17, 0));
//! assert!(!flag.available_in(Release::new(0, 14, 0)));
//!
//! let line = CommandLine::parse(["-r", "/srv/repo", "backup", "--tag=nightly", "/data"])?;
//! assert_eq!(line.command.name, "backup");
//! assert_eq!(line.operands, ["/data"]);
//! # Ok::<(), cli::ParseError>(())
//! ```
//!
//! What a build leaves out (`self-update` in many distributions, `mount` on Windows) is in the table all the same:
//! whether the restic at hand has it can only be seen by asking that restic. The field `builds` marks it.

mod line;
mod release;
mod table;
mod value;

pub use line::{CommandLine, ParseError, ParseErrorKind, ParsedFlag, Seen};
pub use release::{OLDEST, Release, Span};
pub use value::Value;

/// Every command, by name. Commands with two words (`key add`) follow their first word (`key`).
#[must_use]
pub fn commands() -> &'static [Command] {
    table::COMMANDS
}

/// The command with this name, in restic's own words: `"backup"`, `"key add"`.
#[must_use]
pub fn command(name: &str) -> Option<&'static Command> {
    commands().iter().find(|command| command.name == name)
}

/// The flags that every command takes, by name.
#[must_use]
pub fn global_flags() -> &'static [Flag] {
    table::GLOBAL_FLAGS
}

/// The global flag with this name, without its dashes.
#[must_use]
pub fn global_flag(name: &str) -> Option<&'static Flag> {
    global_flags().iter().find(|flag| flag.name == name)
}

/// One restic command.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Command {
    /// Its words on the command line, with one space between them: `"backup"`, `"key add"`.
    pub name: &'static str,
    /// What follows the flags, as the usage line of the newest restic that has the command writes it:
    /// `"[FILE/DIR] ..."`. Empty when there is nothing.
    pub operands: &'static str,
    /// The flags of this command alone, by name. See [`Command::flag`] for these and the global ones.
    pub flags: &'static [Flag],
    /// The first release that has the command, [`OLDEST`] when it is older than what we support.
    pub since: Release,
    /// The last release that has the command. Absent when the newest restic still has it.
    pub until: Option<Release>,
    /// The releases that do not list the command in their help, although they have it. Absent when all of them do.
    pub hidden: Option<Span>,
    /// What to use instead. Absent when the command is not deprecated.
    pub deprecated: Option<&'static str>,
    /// Which builds have the command, as a note for people. Absent when every build does.
    pub builds: Option<&'static str>,
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

    /// Whether this release has the command, leaving aside what its build may have left out.
    #[must_use]
    pub fn available_in(&self, release: Release) -> bool {
        Span {
            since: self.since,
            until: self.until,
        }
        .contains(release)
    }

    /// Whether this release has the command without listing it in its help.
    #[must_use]
    pub fn hidden_in(&self, release: Release) -> bool {
        self.available_in(release) && self.hidden.is_some_and(|span| span.contains(release))
    }

    fn find(&self, wanted: impl Fn(&Flag) -> bool) -> Option<&'static Flag> {
        self.flags
            .iter()
            .chain(global_flags())
            .find(|flag| wanted(flag))
    }

    const fn new(name: &'static str, operands: &'static str, flags: &'static [Flag]) -> Self {
        Self {
            name,
            operands,
            flags,
            since: OLDEST,
            until: None,
            hidden: None,
            deprecated: None,
            builds: None,
        }
    }
}

/// One flag of a command, or of all of them.
///
/// Two commands may have a flag of the same name which differ in all the rest: `backup --host` is one text,
/// `snapshots --host` a list.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Flag {
    /// Its long form without the dashes: `"keep-daily"`.
    pub name: &'static str,
    /// Its one-letter form, without the dash. Absent when it has none.
    pub short: Option<char>,
    /// What it takes, in the newest release. See [`Flag::value_in`] for older ones.
    pub value: Value,
    /// What the help calls its value: `"file"`, `"pattern"`, `"n"`. Absent when it takes none.
    pub placeholder: Option<&'static str>,
    /// The first release that has the flag, [`OLDEST`] when it is older than what we support.
    pub since: Release,
    /// The last release that has the flag. Absent when the newest restic still has it.
    pub until: Option<Release>,
    /// What it took before: the first release with the value of today, and the value until then.
    /// Absent when it never changed.
    pub changed: Option<(Release, Value)>,
    /// The releases that do not list the flag in their help, although they have it. Absent when all of them do.
    pub hidden: Option<Span>,
    /// What to use instead. Absent when the flag is not deprecated.
    pub deprecated: Option<&'static str>,
    /// Which builds have the flag, as a note for people. Absent when every build does.
    pub builds: Option<&'static str>,
}

impl Flag {
    /// Whether this release has the flag.
    #[must_use]
    pub fn available_in(&self, release: Release) -> bool {
        Span {
            since: self.since,
            until: self.until,
        }
        .contains(release)
    }

    /// Whether this release has the flag without listing it in its help.
    #[must_use]
    pub fn hidden_in(&self, release: Release) -> bool {
        self.available_in(release) && self.hidden.is_some_and(|span| span.contains(release))
    }

    /// What the flag takes in this release.
    ///
    /// `backup --tag=a,b` gives two tags since restic 0.12.0; before, it gave one with a comma in it.
    #[must_use]
    pub fn value_in(&self, release: Release) -> Value {
        match self.changed {
            Some((today, before)) if release < today => before,
            _ => self.value,
        }
    }

    const fn new(name: &'static str, value: Value) -> Self {
        Self {
            name,
            short: None,
            value,
            placeholder: None,
            since: OLDEST,
            until: None,
            changed: None,
            hidden: None,
            deprecated: None,
            builds: None,
        }
    }
}

/// The words of the generated table: what is not said keeps the default of `new`.
macro_rules! setters {
    ($type:ident { $($name:ident($($argument:ident: $kind:ty),+) => $value:expr;)+ }) => {
        impl $type {
            $(const fn $name(mut self, $($argument: $kind),+) -> Self {
                self.$name = $value;
                self
            })+
        }
    };
}

setters!(Command {
    since(major: u16, minor: u16, patch: u16) => Release::new(major, minor, patch);
    hidden(span: Span) => Some(span);
    deprecated(instead: &'static str) => Some(instead);
    builds(note: &'static str) => Some(note);
});

setters!(Flag {
    short(letter: char) => Some(letter);
    placeholder(word: &'static str) => Some(word);
    since(major: u16, minor: u16, patch: u16) => Release::new(major, minor, patch);
    until(major: u16, minor: u16, patch: u16) => Some(Release::new(major, minor, patch));
    changed(since: Release, before: Value) => Some((since, before));
    hidden(span: Span) => Some(span);
    deprecated(instead: &'static str) => Some(instead);
    builds(note: &'static str) => Some(note);
});

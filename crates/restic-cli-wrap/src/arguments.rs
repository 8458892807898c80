mod flag;
pub(crate) mod new_password;
pub(crate) mod pruning;
#[cfg(test)]
mod tests;

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::sync::Arc;

use restic_process::{Invocation, Secret, Stdin};
use restic_types::ResticVersion;
use restic_types::cli::{CommandLine, Span};
use restic_types::search::split;

use crate::code::Code;
use crate::gate::Gate;
use crate::held::Held;
use crate::repository::Repository;
use crate::second_look::Silence;

pub use flag::FlagValue;
pub(crate) use flag::{Flag, joined};

/// What one command puts on restic's command line, before anything is known of the restic
/// that will read it.
///
/// This is the vocabulary of [`Command::arguments`](crate::Command::arguments): flags in
/// the order they were set, operands after them.
///
/// Clones share what they hold until one of them changes.
#[derive(Clone, PartialEq, Eq)]
pub struct Arguments(Arc<Held<Given>>);

/// What [`Arguments`] hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) command: &'static str,
    pub(crate) flags: Vec<Flag>,
    pub(crate) operands: Vec<OsString>,
    pub(crate) extra: Vec<OsString>,
    /// What finds out what these ask for.
    pub(crate) reader: Option<Reader>,
    /// Flags that name a file, and what is secret in it.
    pub(crate) secrets: Vec<(&'static str, Secret)>,
    pub(crate) stdin: Stdin,
    /// restic refuses `--json` with what is asked for.
    pub(crate) no_json: bool,
    /// With `--quiet`, a success and nothing done at all would look the same.
    pub(crate) never_quiet: bool,
    pub(crate) source: Option<Repository>,
    /// Before restic 0.14.0 the second repository of this command is where it copies to.
    pub(crate) copies: bool,
    pub(crate) refusal: Option<String>,
    /// Before which release no restic must be given this, and why.
    pub(crate) old_refusal: Option<(ResticVersion, String)>,
    /// In which releases there is something to know about this, and what.
    pub(crate) old_warning: Option<(Span, &'static str)>,
    /// In which releases this says nothing of a repository that cannot be used, and what does.
    pub(crate) silent: Option<Silence>,
    /// In which releases this has to be enabled as a feature, and its name.
    pub(crate) experiment: Option<(Span, &'static str)>,
    /// What not every supported restic has although its command and flags are there.
    pub(crate) needs: Vec<(&'static str, ResticVersion)>,
    /// Whether the installed restic has to be looked at for any of this.
    pub(crate) gate: Gate,
}

/// Reads the words of a call as restic does. Only a program that passes on words as they are has one, and with it
/// the table of restic's flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reader(Code<fn(&str, &Invocation) -> bool>);

impl Reader {
    /// Whether a switch is on.
    pub(crate) fn is_on(self, switch: &str, invocation: &Invocation) -> bool {
        (self.0.0)(switch, invocation)
    }
}

fn is_on(switch: &str, invocation: &Invocation) -> bool {
    match CommandLine::parse(invocation.masked_arguments()) {
        Ok(line) => line.is_on(switch),
        // A word that is newer than this library.
        Err(_) => {
            let word = OsString::from(format!("--{switch}"));
            invocation.masked_arguments().any(|it| it == word)
        }
    }
}

impl Default for Arguments {
    /// Those of no command: what all of them have in common.
    fn default() -> Self {
        Self::ungated("")
    }
}

impl fmt::Debug for Arguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Arguments {
    /// The arguments of a command that was given none yet. A command of two words is one
    /// text, such as `key add`.
    #[must_use]
    pub fn new(command: &'static str) -> Self {
        // Set afterwards: what makes all arguments does not name what is behind the gate.
        let mut arguments = Self::ungated(command);
        arguments.gated();
        arguments
    }

    /// The same of a command that every supported restic has. Flags that not every one of them has
    /// need a [`gate`](Self::gate) then.
    pub(crate) fn ungated(command: &'static str) -> Self {
        Self(Arc::new(Held::new(Given {
            command,
            ..Given::default()
        })))
    }

    /// What was given so far.
    pub(crate) fn given(&self) -> &Given {
        &self.0
    }

    /// The same, to change it.
    #[inline(never)] // All that a copy is, once.
    pub(crate) fn own(&mut self) -> &mut Given {
        let held: &mut Held<Given> = Arc::make_mut(&mut self.0);
        held
    }

    /// Adds that something may be in here that not every restic has. It is never taken back.
    pub(crate) fn gate(&mut self, gate: Gate) {
        let given = self.own();
        given.gate = given.gate.or(gate);
    }

    // Whoever gives a flag in one of these ways may give one that not every restic has.

    /// Sets or takes back a switch.
    pub fn switch(&mut self, name: &'static str, on: bool) {
        self.gated().switch(name, on);
    }

    /// Sets a flag that is given once; the last value counts.
    pub fn set(&mut self, name: &'static str, value: impl FlagValue) {
        self.gated().set(name, value);
    }

    /// Adds one more of a flag that may be given several times.
    pub fn add(&mut self, name: &'static str, value: impl FlagValue) {
        self.gated().add(name, value);
    }

    /// Sets a flag that names a file with something secret in it, such as
    /// `--new-password-file`. The file exists for as long as restic runs, and only for it.
    pub fn secret_file(&mut self, name: &'static str, content: impl Into<Secret>) {
        self.gated().secret_file(name, content.into());
    }

    fn gated(&mut self) -> &mut Given {
        let given = self.own();
        given.gate = Gate::VERSION;
        given
    }

    /// Adds an operand: a path, an id. It reaches restic as data whatever it looks like.
    pub fn operand(&mut self, operand: impl Into<OsString>) {
        self.own().operands.push(operand.into());
    }

    /// Adds a word as it is, before the operands.
    pub fn extra(&mut self, word: impl Into<OsString>) {
        let given = self.own();
        given.extra.push(word.into());
        given.reader = Some(Reader(Code(is_on)));
    }

    /// Sets what restic reads from standard input.
    pub fn stdin(&mut self, stdin: Stdin) {
        self.own().stdin = stdin;
    }

    /// Leaves out `--json`, which goes before everything else, for the few calls that restic
    /// refuses it with.
    #[doc(alias = "--json")]
    pub fn without_json(&mut self) {
        self.own().no_json = true;
    }

    /// Sets the second repository, from which this command reads.
    pub fn source(&mut self, repository: Repository) {
        self.gated().source = Some(repository);
    }

    /// Sets the second repository, from which this command copies into the client's. Before
    /// restic 0.14.0 the two are named the other way round.
    pub fn source_of_copy(&mut self, repository: Repository) {
        let given = self.gated();
        given.source = Some(repository);
        given.copies = true;
    }

    /// Says why no restic must be given this: the client then fails with
    /// [`Usage`](crate::ErrorKind::Usage) before anything is started.
    pub fn refuse(&mut self, why: impl Into<String>) {
        self.own().refusal = Some(why.into());
    }

    /// Says why no restic older than this release must be given this: the client then asks
    /// for the version, and fails with [`Usage`](crate::ErrorKind::Usage) on such a one
    /// before anything else is started.
    pub fn refuse_before(&mut self, release: ResticVersion, why: impl Into<String>) {
        self.gated().old_refusal = Some((release, why.into()));
    }

    /// Says that this is only for restic from a release on, where neither the command nor a
    /// flag says.
    pub(crate) fn needs(&mut self, what: &'static str, since: ResticVersion) {
        self.gated().needs.push((what, since));
    }
}

/// What sets flags, without a gate.
impl Given {
    pub(crate) fn switch(&mut self, name: &'static str, on: bool) {
        self.flags.retain(|flag| flag.name != name);
        if on {
            self.flags.push(Flag { name, value: None });
        }
    }

    pub(crate) fn set(&mut self, name: &'static str, value: impl FlagValue) {
        self.flags.retain(|flag| flag.name != name);
        self.add(name, value);
    }

    pub(crate) fn add(&mut self, name: &'static str, value: impl FlagValue) {
        self.flags.push(Flag {
            name,
            value: Some(value.render()),
        });
    }

    pub(crate) fn secret_file(&mut self, name: &'static str, content: Secret) {
        self.flags.retain(|flag| flag.name != name);
        self.secrets.retain(|(flag, _)| *flag != name);
        self.secrets.push((name, content));
    }
}

impl Given {
    /// Whether restic is asked to change nothing.
    pub(crate) fn is_dry_run(&self) -> bool {
        let command = split(self.command, b' ').map(OsString::from);
        let flags = self.flags.iter().map(|flag| flag.word().masked());
        let words = command.chain(flags).chain(self.extra.iter().cloned());
        match CommandLine::parse(words) {
            Ok(line) => line.is_on("dry-run"),
            // A word that is newer than this library. Restic itself decides.
            Err(_) => self.has("--dry-run") || self.extra.iter().any(is_dry_run),
        }
    }

    /// The values given for a flag.
    pub(crate) fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a OsStr> {
        self.flags
            .iter()
            .filter(move |flag| flag.name == name)
            .filter_map(|flag| flag.value.as_deref())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.flags.iter().any(|flag| flag.name == name)
    }
}

/// Whether a word by itself makes restic change nothing.
fn is_dry_run(word: &OsString) -> bool {
    ["--dry-run", "--dry-run=true", "-n"]
        .iter()
        .any(|known| word == known)
}

/// Writes the setters of a command: one line of what restic does, the setter's name, the
/// flag and the type of its value.
///
/// * `switch name: "--flag";` takes a `bool`, so that configuration maps straight through.
/// * `value name: "--flag" = Type;` is given once; the last value counts.
/// * `number name: "--flag";` is a plain `u32`, so that literals fit.
/// * `each name names: "--flag" = Type;` adds one, or many.
///
/// The flags are collected in `FLAGS`, which a test compares with restic's own.
macro_rules! setters {
    ($command:ident $(<$type_parameter:ident>)?: $($(#[doc = $doc:literal])+ $kind:ident $name:ident $($plural:ident)?: $flag:literal $(= $type:ty)?;)*) => {
        impl $(<$type_parameter>)? $command $(<$type_parameter>)? {
            /// The flags that have a setter here.
            #[cfg(test)]
            pub(crate) const FLAGS: &[&str] = &[$($flag),*];

            $($crate::arguments::setters!(@$kind [$($doc)+] $name $($plural)? $flag $($type)?);)*

            /// Adds a word as it is, for a flag that is newer than this library. Nothing
            /// checks whether the installed restic knows it. Anybody on the machine can see
            /// it while restic runs.
            pub fn arg(mut self, word: impl Into<std::ffi::OsString>) -> Self {
                self.arguments.extra(word);
                self
            }
        }
    };
    (@switch [$($doc:literal)+] $name:ident $flag:literal) => {
        $(#[doc = $doc])+
        #[doc(alias = $flag)]
        pub fn $name(mut self, on: bool) -> Self {
            self.arguments.own().switch($flag, on);
            self.arguments.gate(const { $crate::gate::Gate::of_flag($flag) });
            self
        }
    };
    (@value [$($doc:literal)+] $name:ident $flag:literal $type:ty) => {
        $(#[doc = $doc])+
        #[doc(alias = $flag)]
        pub fn $name(mut self, value: impl Into<$type>) -> Self {
            let value: $type = value.into();
            self.arguments.own().set($flag, value);
            self.arguments.gate(const { $crate::gate::Gate::of_flag($flag) });
            self
        }
    };
    (@number [$($doc:literal)+] $name:ident $flag:literal) => {
        $(#[doc = $doc])+
        #[doc(alias = $flag)]
        pub fn $name(mut self, number: u32) -> Self {
            self.arguments.own().set($flag, number);
            self.arguments.gate(const { $crate::gate::Gate::of_flag($flag) });
            self
        }
    };
    (@each [$($doc:literal)+] $name:ident $plural:ident $flag:literal $type:ty) => {
        $(#[doc = $doc])+
        #[doc(alias = $flag)]
        pub fn $name(mut self, value: impl Into<$type>) -> Self {
            let value: $type = value.into();
            self.arguments.own().add($flag, value);
            self.arguments.gate(const { $crate::gate::Gate::of_flag($flag) });
            self
        }

        #[doc = concat!("Adds each of these, as [`", stringify!($name), "`](Self::", stringify!($name), ") adds one.")]
        pub fn $plural<I>(mut self, values: I) -> Self
        where
            I: IntoIterator,
            I::Item: Into<$type>,
        {
            for value in values {
                self = self.$name(value);
            }
            self
        }
    };
}
pub(crate) use setters;

/// Writes the setters of a command that chooses among snapshots: those that all such commands
/// share, and its own.
macro_rules! filtering_setters {
    ($command:ident: $($own:tt)*) => {
        $crate::arguments::setters! { $command:
            /// Considers only snapshots made on this host, or on another one that is given. A
            /// snapshot named by its id is taken whatever the filters say.
            each host hosts: "--host" = std::ffi::OsString;
            /// Considers only snapshots with this tag, or with all of a list `a,b`. Given
            /// several times, any of them is enough.
            each tag tags: "--tag" = $crate::values::TagList;
            /// Considers only snapshots that contain this path, and every other one that is
            /// given.
            each path paths: "--path" = std::ffi::OsString;
            $($own)*
        }
    };
}
pub(crate) use filtering_setters;

/// Writes the setters of a command that takes snapshots as operands, with what one does.
macro_rules! snapshot_operands {
    ($command:ident: $(#[doc = $doc:literal])+) => {
        impl $command {
            $(#[doc = $doc])+
            pub fn snapshot(mut self, snapshot: impl Into<$crate::values::SnapshotRef>) -> Self {
                let snapshot: $crate::values::SnapshotRef = snapshot.into();
                self.arguments.operand(snapshot);
                self
            }

            /// Names each of these, as [`snapshot`](Self::snapshot) names one.
            pub fn snapshots<I>(self, snapshots: I) -> Self
            where
                I: IntoIterator,
                I::Item: Into<$crate::values::SnapshotRef>,
            {
                snapshots.into_iter().fold(self, Self::snapshot)
            }
        }
    };
}
pub(crate) use snapshot_operands;

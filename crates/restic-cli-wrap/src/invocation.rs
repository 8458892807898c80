//! Making the call of restic that a command is.

use std::ffi::{OsStr, OsString};

use restic_process::{Argument, Environment, Invocation};
use restic_types::ResticVersion;
use restic_types::search::split;

use crate::arguments::{Flag, Given};
use crate::gate::Gate;
use crate::repository::flags::{FIRST, FROM, OWN, SECOND};
use crate::repository::{Location, Repository};
use crate::second_look::loud;
use crate::settings::Settings;
use crate::version::Versions;

/// A call of restic, before it is one: what a client and a command say, and what is known of
/// the restic that will read it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) arguments: &'a Given,
    pub(crate) versions: &'a Versions,
}

/// What all calls of a client have in common, without any argument.
pub(crate) fn blank(settings: &Settings) -> Invocation {
    let mut invocation = Invocation::default();
    invocation.environment.clone_from(&settings.environment);
    invocation.inherited.clone_from(&settings.inherited);
    invocation.current_dir.clone_from(&settings.current_dir);
    invocation.deadlines = settings.deadlines;
    invocation
}

impl<'a> Call<'a> {
    /// What knows how supported restics differ in what this call is made of, if they do.
    pub(crate) fn gate(self) -> Gate {
        let Self {
            settings,
            arguments,
            ..
        } = self;
        let global = settings.arguments.given();
        arguments.gate.or(global.gate).or(settings.gate)
    }

    /// The call as restic is started with it. A restic whose version is not known is the newest.
    pub(crate) fn invocation(self) -> Invocation {
        let Self {
            settings,
            arguments,
            ..
        } = self;
        let keeper = self.gate().keeper();
        let known = keeper.and_then(|keeper| keeper.known(self.versions));
        let is_before = |minor| known.is_some_and(|known| known < ResticVersion::new(0, minor, 0));

        let mut invocation = blank(settings);
        // More than almost every call has, so that the list grows once.
        let words = 16 + arguments.flags.len() + arguments.operands.len();
        invocation.arguments.reserve(words);
        invocation.stdin = arguments.stdin.clone();
        for variables in self.environments().into_iter().flatten() {
            invocation.environment.extend_missing(variables);
        }
        if let Some(host) = &settings.host_environment {
            (host.add_to.0)(&mut invocation.environment, settings, arguments);
        }
        if let Some(keeper) = keeper
            && let Some((releases, feature)) = arguments.experiment
            && known.is_some_and(|known| releases.contains(known))
        {
            keeper.enable(feature, &mut invocation.environment);
        }

        // First of all: errors in what follows are then printed as JSON, too.
        if !arguments.no_json {
            push_word(&mut invocation.arguments, "--json".as_ref());
        }
        let own = settings.access();
        let source = arguments.source.as_ref().map(Repository::access);
        // Another repository is the second one there, and not the one to read from.
        let has_second = source.is_some() && is_before(14);
        let (first, second) = match (source, keeper) {
            // It copies from its own repository to the second one.
            (Some(source), Some(keeper)) if has_second && arguments.copies => {
                keeper.swap_repositories(&mut invocation.environment);
                (source, Some(own))
            }
            _ => (own, source),
        };
        let (first_flags, second_flags) = match has_second {
            true => (&FIRST, &SECOND),
            // Its `init` does not look into a file.
            false if self.makes_secret_place() && is_before(12) => (&FIRST, &FROM),
            false => (&OWN, &FROM),
        };
        first.append_to(&mut invocation, first_flags);
        let global = settings.arguments.given();
        let words = &mut invocation.arguments;
        push_flags(words, &global.flags);
        if let Some((keeper, patience)) = keeper.zip(settings.retry_lock)
            && !is_before(16)
        {
            words.push(keeper.patience(patience.limit));
        }
        push_words(words, &global.extra);
        for word in split(arguments.command, b' ') {
            push_word(words, word.as_ref());
        }
        if let Some(second) = second {
            second.append_to(&mut invocation, second_flags);
        }
        let words = &mut invocation.arguments;
        push_flags(words, &arguments.flags);
        for (flag, secret) in &arguments.secrets {
            words.push(Argument::secret_file(flag, secret.clone()));
        }
        push_words(words, &arguments.extra);
        match keeper {
            // Older ones cannot read such a file.
            Some(keeper) if self.has_many_paths() && !is_before(12) => {
                words.push(keeper.listed(&arguments.operands));
            }
            _ if arguments.operands.is_empty() => {}
            _ => {
                // After it nothing is taken for a flag.
                push_word(words, "--".as_ref());
                push_words(words, &arguments.operands);
            }
        }
        if arguments.never_quiet {
            loud(&mut invocation);
        }
        invocation
    }

    /// Whether the paths of a backup are too many for a command line, and go by a file if the
    /// installed restic can read it.
    pub(crate) fn has_many_paths(self) -> bool {
        let Given {
            command,
            flags,
            extra,
            operands,
            gate,
            ..
        } = self.arguments;
        let keeper = gate.keeper();
        keeper.is_some_and(|keeper| keeper.are_many(command, flags, extra, operands))
    }

    /// Variables that are set for a call: by the builder, and for its repositories.
    pub(crate) fn environments(self) -> [Option<&'a Environment>; 3] {
        let Self {
            settings,
            arguments,
            ..
        } = self;
        let source = arguments.source.as_ref();
        [
            Some(&settings.environment),
            Some(&settings.repository_environment),
            source.map(|source| &source.environment),
        ]
    }

    /// Whether a repository is to be made in a place that is secret.
    pub(crate) fn makes_secret_place(self) -> bool {
        let is_secret = matches!(self.settings.repository, Some(Location::Secret(_)));
        is_secret && self.arguments.command == "init"
    }
}

fn push_flags(words: &mut Vec<Argument>, flags: &[Flag]) {
    for flag in flags {
        words.push(flag.word());
    }
}

fn push_words(words: &mut Vec<Argument>, given: &[OsString]) {
    for word in given {
        push_word(words, word);
    }
}

#[inline(never)] // Once, for all that a call is made of.
fn push_word(words: &mut Vec<Argument>, word: &OsStr) {
    words.push(Argument::from(word));
}

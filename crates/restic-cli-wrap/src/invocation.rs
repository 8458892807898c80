//! Making the call of restic that a command is.

use std::ffi::{OsStr, OsString};

use restic_process::{Argument, Environment, Invocation, Secret};
use restic_types::ResticVersion;

use crate::arguments::{Flag, FlagValue as _, Given};
use crate::host_environment;
use crate::listed_paths;
use crate::repository::flags::{
    FIRST, FROM, OWN, RepositoryAccess, RepositoryFlags, SECOND, joined,
};
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
    /// The call as restic is started with it.
    pub(crate) fn invocation(self) -> Invocation {
        let Self {
            settings,
            arguments,
            ..
        } = self;
        let mut invocation = blank(settings);
        // More than almost every call has, so that the list grows once.
        let words = 16 + arguments.flags.len() + arguments.operands.len();
        invocation.arguments.reserve(words);
        invocation.stdin = arguments.stdin.clone();
        for variables in self.environments() {
            invocation.environment.extend_missing(variables);
        }
        host_environment::add_to(&mut invocation.environment, settings, arguments);

        if let Some((_, feature)) = arguments
            .experiment
            .filter(|(releases, _)| self.versions.are_in(*releases))
        {
            enable(feature, &mut invocation.environment);
        }

        // First of all: errors in what follows are then printed as JSON, too.
        if !arguments.no_json {
            invocation.arguments.push("--json".into());
        }
        if self.needs_swap() {
            swap_repositories(&mut invocation.environment);
        }
        let (first, second) = self.repositories();
        let (first_flags, second_flags) = self.repository_flags();
        first.append_to(&mut invocation, first_flags);
        let words = &mut invocation.arguments;
        words.extend(settings.arguments.given().flags.iter().map(Flag::word));
        if let Some(patience) = settings
            .retry_lock
            .filter(|_| retries_by_itself(self.versions))
        {
            words.push(joined("--retry-lock", patience.limit.render()));
        }
        words.extend(settings.arguments.given().extra.iter().map(Argument::from));
        words.extend(arguments.command.split(' ').map(Argument::from));
        if let Some(second) = second {
            second.append_to(&mut invocation, second_flags);
        }
        let words = &mut invocation.arguments;
        words.extend(arguments.flags.iter().map(Flag::word));
        let secrets = arguments.secrets.iter();
        words.extend(secrets.map(|(flag, secret)| Argument::secret_file(flag, secret.clone())));
        words.extend(arguments.extra.iter().map(Argument::from));
        if self.lists_paths() {
            words.push(listed_paths::flag(&arguments.operands));
        } else if !arguments.operands.is_empty() {
            // After it nothing is taken for a flag.
            words.push("--".into());
            words.extend(arguments.operands.iter().map(Argument::from));
        }
        if arguments.never_quiet {
            loud(&mut invocation);
        }
        invocation
    }

    /// Whether the paths of a backup are too many for a command line, and go by a file, which the installed
    /// restic can read.
    fn lists_paths(self) -> bool {
        listed_paths::are_many(self.arguments) && !self.versions.are_before(listed_paths::SINCE)
    }

    /// Variables that are set for a call: by the builder, and for its repositories.
    pub(crate) fn environments(self) -> impl Iterator<Item = &'a Environment> {
        let settings = self.settings;
        let source = self
            .arguments
            .source
            .as_ref()
            .map(|source| &source.environment);
        [&settings.environment, &settings.repository_environment]
            .into_iter()
            .chain(source)
    }

    /// The repository that restic works on, and a second one, as the installed restic sees it.
    pub(crate) fn repositories(self) -> (RepositoryAccess<'a>, Option<RepositoryAccess<'a>>) {
        let own = self.settings.access();
        match self.arguments.source.as_ref().map(Repository::access) {
            Some(source) if self.needs_swap() => (source, Some(own)),
            source => (own, source),
        }
    }

    /// What the installed restic calls the flags of the two.
    fn repository_flags(self) -> (RepositoryFlags, RepositoryFlags) {
        if self.arguments.source.is_some() && self.has_second_repository() {
            (FIRST, SECOND)
        } else if self.makes_secret_place()
            && self.versions.are_before(ResticVersion::new(0, 12, 0))
        {
            // Its `init` does not look into a file.
            (FIRST, FROM)
        } else {
            (OWN, FROM)
        }
    }

    /// Whether a repository is to be made in a place that is secret.
    pub(crate) fn makes_secret_place(self) -> bool {
        let is_secret = matches!(self.settings.repository, Some(Location::Secret(_)));
        is_secret && self.arguments.command == "init"
    }

    /// Whether the installed restic copies from its own repository to the second one.
    fn needs_swap(self) -> bool {
        self.arguments.copies && self.has_second_repository()
    }

    /// Whether the installed restic calls another repository the second one, and not the one
    /// to read from.
    pub(crate) fn has_second_repository(self) -> bool {
        self.versions.are_before(ResticVersion::new(0, 14, 0))
    }
}

/// Whether the installed restic has `--retry-lock`; one that is not known is the newest.
pub(crate) fn retries_by_itself(versions: &Versions) -> bool {
    !versions.are_before(ResticVersion::new(0, 16, 0))
}

/// Lets what the environment says of the two repositories change places.
fn swap_repositories(environment: &mut Environment) {
    for what in [
        "REPOSITORY",
        "REPOSITORY_FILE",
        "PASSWORD",
        "PASSWORD_FILE",
        "PASSWORD_COMMAND",
        "KEY_HINT",
    ] {
        let name = |prefix: &str, suffix: &str| OsString::from(format!("{prefix}{what}{suffix}"));
        let own = environment.remove(&name("RESTIC_", ""));
        let source = environment.remove(&name("RESTIC_FROM_", ""));
        if let Some(own) = own {
            environment.insert(name("RESTIC_", "2"), own);
        }
        if let Some(source) = source {
            environment.insert(name("RESTIC_", ""), source);
        }
    }
}

/// Enables a feature beside those that the user has set.
fn enable(feature: &str, environment: &mut Environment) {
    let name = OsStr::new("RESTIC_FEATURES");
    let set = environment.get(name).map_or(&[][..], Secret::expose);
    let set = String::from_utf8_lossy(set).into_owned();
    let mut names = set.split(',').map(|part| part.split('=').next());
    if names.any(|name| name == Some(feature)) {
        return;
    }
    let both = [set.as_str(), feature].join(",");
    let both = Secret::from(both.trim_start_matches(','));
    environment.insert(name.to_owned(), both);
}

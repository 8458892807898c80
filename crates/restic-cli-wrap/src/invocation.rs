//! Making the call of restic that a command is.

use std::collections::BTreeMap;
use std::ffi::OsString;

use restic_core::{Argument, Invocation, Secret};
use restic_types::ResticVersion;

use crate::Restic;
use crate::arguments::{Arguments, Flag, FlagValue as _};
use crate::repository::flags::{
    FIRST, FROM, OWN, RepositoryAccess, RepositoryFlags, SECOND, joined,
};
use crate::repository::{Location, Repository};

impl Restic {
    /// What all calls have in common, without any argument.
    pub(crate) fn blank_invocation(&self) -> Invocation {
        let settings = self.settings();
        let mut invocation = Invocation::default();
        invocation.environment.clone_from(&settings.environment);
        invocation.inherited.clone_from(&settings.inherited);
        invocation.working_folder.clone_from(&settings.current_dir);
        invocation.deadlines = settings.deadlines;
        invocation
    }

    pub(crate) fn build_invocation(&self, arguments: &Arguments) -> Invocation {
        let settings = self.settings();
        let mut invocation = self.blank_invocation();
        invocation.stdin = arguments.stdin.clone();
        for (name, value) in self.environments(arguments).flatten() {
            let variable = invocation.environment.entry(name.clone());
            variable.or_insert_with(|| value.clone());
        }

        // First of all: errors in what follows are then told as JSON, too.
        if !arguments.no_json {
            invocation.arguments.push("--json".into());
        }
        if self.needs_swap(arguments) {
            swap_repositories(&mut invocation.environment);
        }
        let (first, second) = self.opened(arguments);
        let (its, seconds) = self.spellings(arguments);
        first.name(its, &mut invocation);
        let words = &mut invocation.arguments;
        words.extend(settings.arguments.flags.iter().map(Flag::word));
        if let Some(patience) = settings.retry_lock.filter(|_| self.retries_by_itself()) {
            words.push(joined("--retry-lock", patience.render()));
        }
        words.extend(settings.arguments.extra.iter().map(Argument::from));
        words.extend(arguments.command.split(' ').map(Argument::from));
        if let Some(second) = second {
            second.name(seconds, &mut invocation);
        }
        let words = &mut invocation.arguments;
        words.extend(arguments.flags.iter().map(Flag::word));
        let secrets = arguments.secrets.iter();
        words.extend(secrets.map(|(flag, secret)| Argument::secret_file(flag, secret.clone())));
        words.extend(arguments.extra.iter().map(Argument::from));
        if !arguments.operands.is_empty() {
            // After it nothing is taken for a flag.
            words.push("--".into());
            words.extend(arguments.operands.iter().map(Argument::from));
        }
        invocation
    }

    /// The repository that restic works on, and a second one, as the restic at hand sees it.
    pub(crate) fn opened<'a>(
        &'a self,
        arguments: &'a Arguments,
    ) -> (RepositoryAccess<'a>, Option<RepositoryAccess<'a>>) {
        let own = self.settings().opened();
        match arguments.source.as_ref().map(Repository::opened) {
            Some(source) if self.needs_swap(arguments) => (source, Some(own)),
            source => (own, source),
        }
    }

    /// What the restic at hand calls the flags of the two.
    fn spellings(&self, arguments: &Arguments) -> (RepositoryFlags, RepositoryFlags) {
        if arguments.source.is_some() && self.has_second_repository() {
            (FIRST, SECOND)
        } else if self.makes_secret_place(arguments)
            && self.is_older_than(ResticVersion::new(0, 12, 0))
        {
            // Its `init` does not look into a file.
            (FIRST, FROM)
        } else {
            (OWN, FROM)
        }
    }

    /// Whether a repository is to be made in a place that is secret.
    pub(crate) fn makes_secret_place(&self, arguments: &Arguments) -> bool {
        let is_secret = matches!(self.settings().repository, Some(Location::Secret(_)));
        is_secret && arguments.command == "init"
    }

    /// Whether the restic at hand copies from its own repository to the second one.
    fn needs_swap(&self, arguments: &Arguments) -> bool {
        arguments.copies && self.has_second_repository()
    }

    /// Whether the restic at hand calls another repository the second one, and not the one
    /// to read from.
    pub(crate) fn has_second_repository(&self) -> bool {
        self.is_older_than(ResticVersion::new(0, 14, 0))
    }
}

/// Lets what the environment says of the two repositories change places.
fn swap_repositories(environment: &mut BTreeMap<OsString, Secret>) {
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

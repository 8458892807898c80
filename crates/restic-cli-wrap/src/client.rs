use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use restic_core::{
    Argument, Executor, InputReader, Invocation, Process, Runner, StartError, Stdin, Stop,
    Supervised, SystemClock,
};
use restic_types::ResticVersion;

use crate::arguments::{Arguments, Flag, FlagValue as _};
use crate::async_run::{AsyncRun, Settling};
use crate::builder::{Builder, Settings};
use crate::command::Command;
use crate::commands::Version;
use crate::repository::{Location, Password, Repository};
use crate::retry_lock::RetryLock;
use crate::run::{Assembly, Run};
use crate::spelling::{FROM, OWN, SECOND, joined};
use crate::trace::RunSpan;
use crate::version::{Program, VersionCache, needs};
use crate::{Error, ErrorKind, Result};

/// A restic to work with: the program, the repository, and what every call has in common.
///
/// Cheap to clone, and used from as many threads as there are. The environment and the
/// folder of the calling process are never changed.
#[derive(Clone, Debug)]
pub struct Restic {
    shared: Arc<Shared>,
    stop: Option<Stop>,
}

#[derive(Debug)]
struct Shared {
    executor: Arc<dyn Executor>,
    /// The executor again, when it is the real one.
    runner: Option<Arc<Runner>>,
    settings: Settings,
    versions: VersionCache,
    settling: Arc<Settling>,
}

impl Restic {
    /// Begins with the `restic` in `PATH`, no repository and no password.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// A client that calls this executor, which may be the real one.
    pub(crate) fn new(
        executor: Arc<dyn Executor>,
        runner: Option<Arc<Runner>>,
        settings: Settings,
    ) -> Self {
        let (versions, settling) = (VersionCache::default(), Arc::default());
        let shared = Shared {
            executor,
            runner,
            settings,
            versions,
            settling,
        };
        Self {
            shared: Arc::new(shared),
            stop: None,
        }
    }

    /// Runs a command to its end.
    ///
    /// # Errors
    ///
    /// When restic did not do what was asked.
    pub fn run<C: Command>(&self, command: C) -> Result<C::Output> {
        self.start(command)?.finish()
    }

    /// Starts a command, to follow its events.
    ///
    /// # Errors
    ///
    /// When restic could not be started, or does not have what the command needs.
    pub fn start<C: Command>(&self, command: C) -> Result<Run<C>> {
        let arguments = command.arguments();
        self.check(&arguments)?;
        self.start_unchecked(&arguments, command.decoder())
    }

    /// Starts a command that reads from standard input what this reader gives.
    ///
    /// The reader is read on a thread of its own while restic runs. When it fails, restic is
    /// stopped, and nothing is saved: a part is never taken for the whole.
    ///
    /// ```no_run
    /// # use restic_cli_wrap::{Restic, commands::Backup};
    /// # fn example(restic: Restic, dump: std::process::ChildStdout) -> restic_cli_wrap::Result<()> {
    /// let backup = Backup::from_input().stdin_filename("database.sql");
    /// let outcome = restic.start_with_input(backup, dump)?.finish()?;
    /// # drop(outcome);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub fn start_with_input<C: Command>(
        &self,
        command: C,
        input: impl Read + Send + 'static,
    ) -> Result<Run<C>> {
        let mut arguments = command.arguments();
        arguments.stdin(Stdin::Reader(InputReader::new(input)));
        self.check(&arguments)?;
        self.start_unchecked(&arguments, command.decoder())
    }

    /// Runs a command to its end, as a future for any runtime.
    ///
    /// restic is started when the future is first polled. Dropping the future stops restic
    /// in the background; [`settle_async`](Self::settle_async) waits for that.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    pub fn run_async<C: Command>(
        &self,
        command: C,
    ) -> impl Future<Output = Result<C::Output>> + Send + 'static {
        let run = self.start_async(command);
        async move { run.finish().await }
    }

    /// Starts a command, to follow its events from asynchronous code on any runtime.
    ///
    /// restic is started when the run is first polled.
    pub fn start_async<C: Command>(&self, command: C) -> AsyncRun<C> {
        AsyncRun::new(self.clone(), command)
    }

    /// The same restic, whose runs this stop reaches.
    #[must_use]
    pub fn with_stop(&self, stop: &Stop) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            stop: Some(stop.clone()),
        }
    }

    /// Waits until everything that goes on in the background has ended: runs whose futures
    /// were dropped still stop restic and remove its lock. False when that takes longer
    /// than `timeout`.
    ///
    /// A program that ends right after dropping a future should call this first.
    #[must_use = "false means that restic still runs"]
    pub fn settle(&self, timeout: Duration) -> bool {
        self.shared.settling.wait(timeout)
    }

    /// Waits like [`settle`](Self::settle), as a future and without a limit: the ladder of
    /// stopping has one.
    pub fn settle_async(&self) -> impl Future<Output = ()> + Send + 'static {
        Arc::clone(&self.shared.settling).wait_async()
    }

    pub(crate) fn settling(&self) -> &Arc<Settling> {
        &self.shared.settling
    }

    fn start_unchecked<C: Command>(
        &self,
        arguments: &Arguments,
        decoder: C::Decoder,
    ) -> Result<Run<C>> {
        self.start_invocation(self.build_invocation(arguments), decoder)
    }

    fn start_invocation<C: Command>(
        &self,
        invocation: Invocation,
        decoder: C::Decoder,
    ) -> Result<Run<C>> {
        if self.stop.as_ref().is_some_and(Stop::is_stopped) {
            let message = "the run was cancelled before restic was started";
            return Err(Error::new(ErrorKind::Cancelled, message).with_invocation(invocation));
        }
        let process = self
            .start_process(&invocation)
            .map_err(|error| Error::from(error).with_invocation(invocation.clone()))?;
        let clock = self
            .settings()
            .clock
            .clone()
            .unwrap_or_else(|| Arc::new(SystemClock));
        let mut process = Supervised::with_clock(process, invocation.deadlines, clock)
            .ladder(self.settings().ladder);
        if let Some(stop) = &self.stop {
            process = process.stopped_by(stop);
        }
        let quiet = self.settings().arguments.has("--quiet");
        let version = || self.known_version().ok().flatten();
        let span = RunSpan::begin(version, &invocation);
        Ok(Run::new(
            process,
            Assembly::new(decoder, invocation, quiet, span),
        ))
    }

    /// Starts restic, and where it cannot wait for a lock by itself, something that does.
    fn start_process(&self, invocation: &Invocation) -> Result<Box<dyn Process>, StartError> {
        let executor = &self.shared.executor;
        match self.settings().retry_lock {
            Some(patience) if !self.retries_by_itself() => {
                RetryLock::start(Arc::clone(executor), invocation, patience)
            }
            _ => executor.start(invocation),
        }
    }

    /// Whether the restic at hand has `--retry-lock`; one that is not known is the newest.
    fn retries_by_itself(&self) -> bool {
        let version = self.known_version().ok().flatten();
        version.is_none_or(|version| version >= ResticVersion::new(0, 16, 0))
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.shared.settings
    }
}

/// Building calls, and checking them against the restic at hand.
impl Restic {
    /// Refuses what the restic at hand does not have, before it is started. It is asked for
    /// its version only when that matters, and once.
    fn check(&self, arguments: &Arguments) -> Result<()> {
        if let Some(error) = self.refusal(arguments) {
            return Err(error.with_invocation(self.build_invocation(arguments)));
        }
        let mut needs = needs(arguments.command, self.flags(arguments));
        needs.extend(self.needed_by_backends(arguments));
        // A second repository is named in another way before 0.14, and a lock is not waited
        // for before 0.16.
        let depends = arguments.source.is_some() || self.settings().retry_lock.is_some();
        if needs.is_empty() && !depends {
            return Ok(());
        }
        let found = self.version()?;
        needs.iter().try_for_each(|need| need.check(&found))
    }

    /// The flags of a call that depend on the version, global ones too.
    fn flags<'a>(&'a self, arguments: &'a Arguments) -> impl Iterator<Item = &'static str> + 'a {
        let settings = self.settings();
        let own = (settings.password == Some(Password::None)).then_some(OWN.no_password);
        let source = arguments.source.as_ref();
        let source = source.filter(|source| source.password == Some(Password::None));
        let passwords = own.into_iter().chain(source.map(|_| FROM.no_password));
        let flags = settings.arguments.flags.iter().chain(&arguments.flags);
        let secrets = arguments.secrets.iter().map(|(flag, _)| *flag);
        passwords.chain(flags.map(|flag| flag.name)).chain(secrets)
    }

    /// Whether the program that is started is a real one.
    pub(crate) fn is_real(&self) -> bool {
        self.shared.runner.is_some()
    }

    fn version(&self) -> Result<ResticVersion> {
        if let Some(known) = self.known_version()? {
            return Ok(known);
        }
        // Without any global flag: this restic may not know it.
        let mut invocation = self.blank_invocation();
        invocation
            .arguments
            .extend(["--json", "version"].map(Argument::from));
        let info = self
            .start_invocation::<Version>(invocation, Version::new().decoder())?
            .finish()?;
        let version = parse_version(&info.version)?;
        self.shared.versions.set(self.program(), version.clone());
        Ok(version)
    }

    /// The version as far as it is known without asking restic.
    fn known_version(&self) -> Result<Option<ResticVersion>> {
        match &self.settings().version {
            Some(text) => parse_version(text).map(Some),
            None => Ok(self.shared.versions.get(self.program().as_ref())),
        }
    }

    fn program(&self) -> Option<Program> {
        Program::at(self.shared.runner.as_ref()?.program().ok()?)
    }

    /// What all calls have in common, without any argument.
    fn blank_invocation(&self) -> Invocation {
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
        let words = &mut invocation.arguments;
        if !arguments.no_json {
            words.push("--json".into());
        }
        words.extend(
            settings
                .repository
                .iter()
                .map(|location| OWN.location(location)),
        );
        words.extend(
            settings
                .password
                .iter()
                .map(|password| OWN.password(password)),
        );
        words.extend(settings.key_hint.iter().map(|key| OWN.key_hint(key)));
        words.extend(settings.arguments.flags.iter().map(Flag::word));
        if let Some(patience) = settings.retry_lock.filter(|_| self.retries_by_itself()) {
            words.push(joined("--retry-lock", patience.render()));
        }
        words.extend(settings.arguments.extra.iter().map(Argument::from));
        words.extend(arguments.command.split(' ').map(Argument::from));
        if let Some(source) = &arguments.source {
            self.add_source(source, &mut invocation);
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

    /// Names a second repository in the way of the restic at hand.
    fn add_source(&self, source: &Repository, invocation: &mut Invocation) {
        let version = self.known_version().ok().flatten();
        let old = version.is_some_and(|version| version < ResticVersion::new(0, 14, 0));
        let spelling = if old { SECOND } else { FROM };
        match &source.location {
            // Older than 0.12.1 has no flag for this.
            Location::Secret(secret) if old => {
                invocation
                    .environment
                    .insert("RESTIC_REPOSITORY2".into(), secret.clone());
            }
            location => invocation.arguments.push(spelling.location(location)),
        }
        let words = &mut invocation.arguments;
        words.extend(
            source
                .password
                .iter()
                .map(|password| spelling.password(password)),
        );
        words.extend(source.key_hint.iter().map(|key| spelling.key_hint(key)));
    }
}

fn parse_version(text: &str) -> Result<ResticVersion> {
    text.parse().map_err(|error| {
        let message = format!("{text:?} is not a version of restic such as 0.19.1: {error}");
        Error::new(ErrorKind::BadOutput, message)
    })
}

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use restic_core::{
    Argument, Clock, Deadlines, Executor, InputReader, Invocation, Ladder, Process, Runner, Secret,
    StartError, Stdin, Stop, Supervised, SystemClock,
};
use restic_types::ResticVersion;

use crate::arguments::{Arguments, Flag, FlagValue as _, setters};
use crate::async_run::{AsyncRun, Settling};
use crate::command::Command;
use crate::commands::Version;
use crate::repository::{Location, Password, Repository};
use crate::retry_lock::RetryLock;
use crate::run::{Assembly, Run};
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

/// Collects what a [`Restic`] is made of.
///
/// Options that restic takes with every command have their setters here.
#[must_use]
#[derive(Clone, Debug)]
pub struct Builder {
    binary: OsString,
    executor: Option<Arc<dyn Executor>>,
    /// Global flags.
    arguments: Arguments,
    settings: Settings,
}

#[derive(Clone, Debug, Default)]
struct Settings {
    repository: Option<Location>,
    password: Option<Password>,
    key_hint: Option<OsString>,
    /// Global flags.
    arguments: Arguments,
    environment: BTreeMap<OsString, Secret>,
    inherited: BTreeSet<OsString>,
    current_dir: Option<PathBuf>,
    retry_lock: Option<Duration>,
    deadlines: Deadlines,
    ladder: Ladder,
    /// Absent: the system's.
    clock: Option<Arc<dyn Clock>>,
    version: Option<String>,
}

impl Restic {
    /// Begins with the `restic` in `PATH`, no repository and no password.
    pub fn builder() -> Builder {
        Builder {
            binary: "restic".into(),
            executor: None,
            arguments: Arguments::default(),
            settings: Settings::default(),
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

    fn settings(&self) -> &Settings {
        &self.shared.settings
    }
}

/// Building calls, and checking them against the restic at hand.
impl Restic {
    /// Refuses what the restic at hand does not have, before it is started. It is asked for
    /// its version only when that matters, and once.
    fn check(&self, arguments: &Arguments) -> Result<()> {
        if let Some(why) = &arguments.refusal {
            let invocation = self.build_invocation(arguments);
            return Err(Error::new(ErrorKind::Usage, why).with_invocation(invocation));
        }
        let needs = needs(arguments.command, self.flags(arguments));
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
        passwords.chain(flags.map(|flag| flag.name))
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

/// What the flags are called that name and open a repository.
#[derive(Clone, Copy, Debug)]
struct Spelling {
    location: &'static str,
    location_file: &'static str,
    password_file: &'static str,
    password_command: &'static str,
    no_password: &'static str,
    key_hint: &'static str,
}

/// The repository that a command is about.
const OWN: Spelling = Spelling {
    location: "--repo",
    location_file: "--repository-file",
    password_file: "--password-file",
    password_command: "--password-command",
    no_password: "--insecure-no-password",
    key_hint: "--key-hint",
};

/// The repository that a command reads from. Since restic 0.14.0.
const FROM: Spelling = Spelling {
    location: "--from-repo",
    location_file: "--from-repository-file",
    password_file: "--from-password-file",
    password_command: "--from-password-command",
    no_password: "--from-insecure-no-password",
    key_hint: "--from-key-hint",
};

/// The second repository before restic 0.14.0.
const SECOND: Spelling = Spelling {
    location: "--repo2",
    location_file: "--repository-file2",
    password_file: "--password-file2",
    password_command: "--password-command2",
    no_password: "--from-insecure-no-password",
    key_hint: "--key-hint2",
};

impl Spelling {
    fn location(self, location: &Location) -> Argument {
        match location {
            Location::Plain(text) => joined(self.location, text.clone()),
            Location::Secret(secret) => Argument::secret_file(self.location_file, secret.clone()),
            Location::File(path) => joined(self.location_file, path.clone().into()),
        }
    }

    fn password(self, password: &Password) -> Argument {
        match password {
            Password::Given(secret) => Argument::secret_file(self.password_file, secret.clone()),
            Password::File(path) => joined(self.password_file, path.clone().into()),
            Password::Command(command) => joined(self.password_command, command.clone()),
            Password::None => Argument::from(self.no_password),
        }
    }

    fn key_hint(self, key: &OsString) -> Argument {
        joined(self.key_hint, key.clone())
    }
}

fn joined(flag: &'static str, value: OsString) -> Argument {
    Flag {
        name: flag,
        value: Some(value),
    }
    .word()
}

fn parse_version(text: &str) -> Result<ResticVersion> {
    text.parse().map_err(|error| {
        let message = format!("{text:?} is not a version of restic such as 0.19.1: {error}");
        Error::new(ErrorKind::BadOutput, message)
    })
}

impl Builder {
    /// Runs this program: a path, or a name that is looked up in `PATH`.
    pub fn binary(mut self, program: impl Into<OsString>) -> Self {
        self.binary = program.into();
        self
    }

    /// Runs restic by this executor instead of a real process: a replayed recording, a
    /// mock, one of your own.
    pub fn executor(mut self, executor: Arc<dyn Executor>) -> Self {
        self.executor = Some(executor);
        self
    }

    /// Works on this repository. How it is opened is taken over from a [`Repository`] that
    /// says so.
    #[doc(alias = "--repo")]
    #[doc(alias = "--repository-file")]
    pub fn repository(mut self, repository: impl Into<Repository>) -> Self {
        let Repository {
            location,
            password,
            key_hint,
        } = repository.into();
        self.settings.repository = Some(location);
        self.settings.password = password.or(self.settings.password);
        self.settings.key_hint = key_hint.or(self.settings.key_hint);
        self
    }

    /// Opens the repository with this password, which reaches restic through a private
    /// file: neither its arguments nor its environment hold it.
    pub fn password(mut self, password: impl Into<Secret>) -> Self {
        self.settings.password = Some(Password::Given(password.into()));
        self
    }

    /// Opens the repository with the password in this file.
    #[doc(alias = "--password-file")]
    pub fn password_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.settings.password = Some(Password::File(path.into()));
        self
    }

    /// Opens the repository with the password that this command prints. restic splits it
    /// into words by itself, without a shell.
    #[doc(alias = "--password-command")]
    pub fn password_command(mut self, command: impl Into<OsString>) -> Self {
        self.settings.password = Some(Password::Command(command.into()));
        self
    }

    /// Opens a repository that has no password. Since restic 0.17.0.
    #[doc(alias = "--insecure-no-password")]
    pub fn no_password(mut self) -> Self {
        self.settings.password = Some(Password::None);
        self
    }

    /// Tries the key with this id first.
    #[doc(alias = "--key-hint")]
    pub fn key_hint(mut self, key: impl Into<OsString>) -> Self {
        self.settings.key_hint = Some(key.into());
        self
    }

    /// Sets a variable for restic, on top of what it inherits. The value is secret.
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<Secret>) -> Self {
        self.settings.environment.insert(name.into(), value.into());
        self
    }

    /// Lets restic see a variable of this process although its name begins with `RESTIC_`.
    /// Without this, none of them is passed on: they would change what a call means.
    pub fn inherit_env(mut self, name: impl Into<OsString>) -> Self {
        self.settings.inherited.insert(name.into());
        self
    }

    /// Runs restic in this folder; relative paths in commands start there.
    pub fn current_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.settings.current_dir = Some(folder.into());
        self
    }

    /// Tries again for so long when the repository is locked, with pauses that grow from 5
    /// to 60 seconds. restic does so itself since 0.16.0; before, it is started anew. Locks
    /// are never removed by this.
    #[doc(alias = "--retry-lock")]
    pub fn retry_lock(mut self, patience: Duration) -> Self {
        self.settings.retry_lock = Some(patience);
        self
    }

    /// Stops every run that takes longer than this, from its start to its end.
    pub fn total_deadline(mut self, limit: Duration) -> Self {
        self.settings.deadlines.total = Some(limit);
        self
    }

    /// Stops every run in which restic prints nothing for longer than this. Only waiting
    /// counts, not the time that the caller spends with events.
    ///
    /// Many commands are silent for long: a backup with [`quiet`](Self::quiet), a `prune`.
    pub fn idle_deadline(mut self, limit: Duration) -> Self {
        self.settings.deadlines.idle = Some(limit);
        self
    }

    /// Keeps deadlines by this clock instead of the system's, for tests with scripted
    /// processes.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.settings.clock = Some(clock);
        self
    }

    /// How long restic may take to clean up after it was interrupted; 15 seconds unless
    /// set. Then it is ended without asking.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.settings.ladder.grace = grace;
        self
    }

    /// Prints so many `status` messages a second, at most 60, also with
    /// [`quiet`](Self::quiet). restic 0.11 ignores it for backups.
    #[doc(alias = "RESTIC_PROGRESS_FPS")]
    pub fn progress_fps(self, per_second: u32) -> Self {
        self.env("RESTIC_PROGRESS_FPS", per_second.to_string())
    }

    /// Trusts that restic has this version, such as `0.19.1`, instead of asking it. For
    /// executors that cannot answer: mocks, and scripts of your own.
    pub fn restic_version(mut self, version: impl Into<String>) -> Self {
        self.settings.version = Some(version.into());
        self
    }

    /// The finished client. Nothing is looked up or started yet.
    #[must_use]
    pub fn build(self) -> Restic {
        let (executor, runner) = match self.executor {
            Some(executor) => (executor, None),
            None => {
                let runner = Arc::new(Runner::new(self.binary));
                (Arc::clone(&runner) as Arc<dyn Executor>, Some(runner))
            }
        };
        let settling = Arc::default();
        let versions = VersionCache::default();
        let settings = Settings {
            arguments: self.arguments,
            ..self.settings
        };
        Restic {
            shared: Arc::new(Shared {
                executor,
                runner,
                settings,
                versions,
                settling,
            }),
            stop: None,
        }
    }
}

setters! { Builder:
    /// Trusts the certificate authorities in this PEM file instead of the system's.
    each cacert cacerts: "--cacert" = OsString;
    /// Keeps the cache in this folder.
    value cache_dir: "--cache-dir" = OsString;
    /// Removes old cache folders at the start.
    switch cleanup_cache: "--cleanup-cache";
    /// Compresses what is written: `auto`, `off`, `max`; since restic 0.19.0 also `fastest`
    /// and `better`. Since restic 0.14.0.
    value compression: "--compression" = OsString;
    /// Calls itself this to HTTP servers. Since restic 0.17.0.
    value http_user_agent: "--http-user-agent" = OsString;
    /// Does not verify the certificates of servers. Since restic 0.13.0.
    switch insecure_tls: "--insecure-tls";
    /// Downloads at most so many KiB a second.
    value limit_download: "--limit-download" = u32;
    /// Uploads at most so many KiB a second.
    value limit_upload: "--limit-upload" = u32;
    /// Uses no cache.
    switch no_cache: "--no-cache";
    /// Does not verify data again before it is uploaded. Since restic 0.16.4.
    switch no_extra_verify: "--no-extra-verify";
    /// Makes no lock, for reading a repository that cannot be written. `forget` and `prune`
    /// refuse it since restic 0.17, `backup` ignores it.
    switch no_lock: "--no-lock";
    /// Sets an extended option of a backend, as `key=value`. A comma splits it in two unless
    /// the whole is in double quotes.
    each option options: "--option" = OsString;
    /// Aims at packs of this size, in MiB from 4 to 128. Since restic 0.14.0.
    value pack_size: "--pack-size" = u32;
    /// Prints less: no `status` messages since restic 0.13.
    switch quiet: "--quiet";
    /// Gives up on a request to a server that is stuck for so long. Since restic 0.17.1.
    value stuck_request_timeout: "--stuck-request-timeout" = Duration;
    /// Shows the client certificate and key in this PEM file to servers.
    value tls_client_cert: "--tls-client-cert" = OsString;
    /// Prints more: with 1 a backup tells every file (with restic 0.11 and 0.12 it needs 2),
    /// with 2 a restore does, too (since restic 0.17.0).
    value verbose: "--verbose" = u32;
}

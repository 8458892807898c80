use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{Read, Write};
use std::sync::Arc;
use std::time::Duration;

use restic_core::{
    Argument, Executor, InputReader, Invocation, Process, Runner, Secret, StartError, Stdin, Stop,
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
use crate::spelling::{FIRST, FROM, OWN, Opened, SECOND, Spelling, joined};
use crate::trace::RunSpan;
use crate::version::{Need, Program, VersionCache, needs, release};
use crate::{Error, ErrorKind, Result};

/// A restic to work with: the program, the repository, and what every call has in common.
///
/// Cheap to clone, and used from as many threads as there are. The environment and the
/// folder of the calling process are never changed.
#[derive(Clone, Debug)]
pub struct Restic {
    shared: Arc<Shared>,
    /// What reaches its runs.
    stops: Vec<Stop>,
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
            stops: Vec::new(),
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

    /// Runs a command whose output is bytes, and writes them as they come: a
    /// [`Dump`](crate::commands::Dump), a [`CatBlob`](crate::commands::CatBlob), a
    /// [`CatPack`](crate::commands::CatPack). Gives how many bytes there were.
    ///
    /// It takes the memory of a few chunks, whatever the size. A writer that is slow slows
    /// restic down.
    ///
    /// ```no_run
    /// # use restic_cli_wrap::{Restic, commands::Dump};
    /// # fn example(restic: Restic) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut file = std::fs::File::create("/restored/database.sql")?;
    /// restic.dump_to(Dump::new("latest", "/srv/database.sql"), &mut file)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When restic did not do what was asked, which is only known after its last byte: what
    /// was written until then is a part, and may look like all. When the writer fails, restic
    /// is stopped, and the kind is [`CannotWrite`](ErrorKind::CannotWrite).
    pub fn dump_to<C>(&self, command: C, writer: &mut impl Write) -> Result<u64>
    where
        C: Command<Event = Vec<u8>>,
    {
        let mut run = self.start(command)?;
        let mut written = 0;
        while let Some(bytes) = run.next() {
            let bytes = bytes?;
            if let Err(error) = writer.write_all(&bytes) {
                return Err(run.refuse(error));
            }
            written += bytes.len() as u64;
        }
        match writer.flush() {
            Ok(()) => run.finish().map(|_| written),
            Err(error) => Err(run.refuse(error)),
        }
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
            stops: vec![stop.clone()],
        }
    }

    /// The same, beside the stop that reaches its runs already.
    pub(crate) fn with_another_stop(mut self, stop: &Stop) -> Self {
        self.stops.push(stop.clone());
        self
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
        if self.stops.iter().any(Stop::is_stopped) {
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
        for stop in &self.stops {
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
        !self.is_older_than(ResticVersion::new(0, 16, 0))
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.shared.settings
    }
}

/// Building calls, and checking them against the restic at hand.
impl Restic {
    /// Refuses what the restic at hand does not have, before it is started. It is asked for
    /// its version only when that matters, and once.
    pub(crate) fn check(&self, arguments: &Arguments) -> Result<()> {
        if let Some(error) = self.refusal(arguments) {
            return Err(error.with_invocation(self.build_invocation(arguments)));
        }
        let mut known = needs(arguments.command, self.flags(arguments));
        let more = arguments.needs.iter();
        known.extend(more.filter_map(|(what, since)| Need::of((*what).to_owned(), *since, None)));
        known.extend(self.needed_by_backends(arguments));
        // `init` is told a secret location in another way before 0.12, every command a second
        // repository before 0.14, and a lock is not waited for before 0.16.
        let depends = arguments.source.is_some()
            || self.settings().retry_lock.is_some()
            || arguments.old_refusal.is_some()
            || self.makes_secret_place(arguments);
        if known.is_empty() && !depends {
            return Ok(());
        }
        let found = self.version()?;
        let more = needs(arguments.command, self.flag_of_files(arguments));
        let mut all = known.iter().chain(&more);
        all.try_for_each(|need| need.check(&found))?;
        match &arguments.old_refusal {
            Some((since, why)) if release(&found) < *since => {
                let message = format!("{why}; this is restic {found}");
                let invocation = self.build_invocation(arguments);
                Err(Error::new(ErrorKind::Usage, message).with_invocation(invocation))
            }
            _ => Ok(()),
        }
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

    pub(crate) fn version(&self) -> Result<ResticVersion> {
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
        if !arguments.no_json {
            invocation.arguments.push("--json".into());
        }
        if self.turns_round(arguments) {
            turn_round(&mut invocation.environment);
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
    fn opened<'a>(&'a self, arguments: &'a Arguments) -> (Opened<'a>, Option<Opened<'a>>) {
        let own = self.settings().opened();
        match arguments.source.as_ref().map(Repository::opened) {
            Some(source) if self.turns_round(arguments) => (source, Some(own)),
            source => (own, source),
        }
    }

    /// What the restic at hand calls the flags of the two.
    fn spellings(&self, arguments: &Arguments) -> (Spelling, Spelling) {
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
    fn makes_secret_place(&self, arguments: &Arguments) -> bool {
        let is_secret = matches!(self.settings().repository, Some(Location::Secret(_)));
        is_secret && arguments.command == "init"
    }

    /// Whether the restic at hand is older than this; one that is not known is not.
    fn is_older_than(&self, version: ResticVersion) -> bool {
        let known = self.known_version().ok().flatten();
        known.is_some_and(|known| known < version)
    }

    /// The flag without which two repositories cannot be told apart whose places are in
    /// files.
    fn flag_of_files(&self, arguments: &Arguments) -> Option<&'static str> {
        let (first, second) = self.opened(arguments);
        let second = second.filter(|_| self.has_second_repository())?;
        (first.is_in_file() || second.is_in_file()).then_some(SECOND.location_file)
    }

    /// Whether the restic at hand copies from its own repository to the second one.
    fn turns_round(&self, arguments: &Arguments) -> bool {
        arguments.copies && self.has_second_repository()
    }

    /// Whether the restic at hand calls another repository the second one, and not the one
    /// to read from.
    fn has_second_repository(&self) -> bool {
        self.is_older_than(ResticVersion::new(0, 14, 0))
    }
}

/// Lets what the environment says of the two repositories change places.
fn turn_round(environment: &mut BTreeMap<OsString, Secret>) {
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

fn parse_version(text: &str) -> Result<ResticVersion> {
    text.parse().map_err(|error| {
        let message = format!("{text:?} is not a version of restic such as 0.19.1: {error}");
        Error::new(ErrorKind::BadOutput, message)
    })
}

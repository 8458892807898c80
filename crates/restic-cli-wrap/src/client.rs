use std::io::{Read, Write};
use std::sync::Arc;
use std::time::Duration;

use restic_core::{
    Argument, Executor, InputReader, Invocation, Process, Runner, StartError, Stdin, Stop,
    Supervised, SystemClock,
};
use restic_types::ResticVersion;
use restic_types::cli::CommandLine;

use crate::arguments::Arguments;
use crate::command::Command;
use crate::commands::Version;
use crate::invocation::{self, Call};
use crate::preflight;
use crate::repository::Location;
use crate::retry_lock::RetryLock;
use crate::run::{Assembly, Run};
use crate::settings::Settings;
use crate::settling::Settling;
use crate::trace::RunSpan;
use crate::version::Versions;
use crate::{Error, ErrorKind, Result};

/// A restic to work with: the program, the repository, and what every call has in common.
///
/// Cheap to clone, and used from as many threads as there are. The environment and the
/// directory of the calling process are never changed.
#[derive(Clone, Debug)]
pub struct Restic {
    shared: Arc<Shared>,
    /// What reaches its runs.
    stops: Vec<Stop>,
}

#[derive(Debug)]
struct Shared {
    executor: Arc<dyn Executor>,
    settings: Settings,
    versions: Versions,
    settling: Arc<Settling>,
}

impl Restic {
    /// A client that calls this executor, which may be the real one.
    pub(crate) fn new(
        executor: Arc<dyn Executor>,
        runner: Option<Arc<Runner>>,
        settings: Settings,
    ) -> Self {
        let shared = Shared {
            executor,
            versions: Versions::new(settings.version.clone(), runner),
            settings,
            settling: Arc::default(),
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

    /// The same restic, whose runs this stop reaches as well. Stops add up: any of those that a
    /// client has ends its runs.
    #[must_use]
    pub fn with_stop(&self, stop: &Stop) -> Self {
        let mut client = self.clone();
        client.stops.push(stop.clone());
        client
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
        self.start_invocation(self.call(arguments).invocation(), decoder)
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
            .stop_policy(self.settings().stop_policy);
        for stop in &self.stops {
            process = process.stopped_by(stop);
        }
        let quiet = is_quiet(&invocation);
        let repository = self.settings().repository.as_ref();
        let is_on_server = repository.is_some_and(Location::is_on_server);
        let version = || self.shared.versions.known().ok().flatten();
        let span = RunSpan::begin(version, &invocation);
        Ok(Run::new(
            process,
            Assembly::new(decoder, invocation, quiet, span)
                .on_server(is_on_server)
                .on_notice(self.settings().on_notice.clone()),
        ))
    }

    /// Starts restic, and where it cannot wait for a lock by itself, something that does.
    fn start_process(&self, invocation: &Invocation) -> Result<Box<dyn Process>, StartError> {
        let executor = &self.shared.executor;
        match self.settings().retry_lock {
            Some(patience) if !invocation::retries_by_itself(&self.shared.versions) => {
                RetryLock::start(Arc::clone(executor), invocation, patience)
            }
            _ => executor.start(invocation),
        }
    }

    fn settings(&self) -> &Settings {
        &self.shared.settings
    }
}

/// Looking before starting.
impl Restic {
    /// The call that this client would make for a command, without making it.
    ///
    /// Its `Debug` and `Display` are safe to print, and `Display` is one line for a shell.
    /// Whether the installed restic knows every flag is not checked here. Where the spelling
    /// depends on the version, and it is not known yet, it is that of the newest restic.
    ///
    /// ```
    /// # use restic_cli_wrap::{Restic, commands::Snapshots};
    /// let restic = Restic::builder().repository("/srv/repo").password("secret").build();
    /// let call = restic.invocation(&Snapshots::new().host("srv1"));
    /// assert_eq!(
    ///     call.to_string(),
    ///     "restic --json --repo=/srv/repo '--password-file={{secret}}' snapshots --host=srv1"
    /// );
    /// ```
    pub fn invocation<C: Command>(&self, command: &C) -> Invocation {
        self.call(&command.arguments()).invocation()
    }

    /// Refuses what the installed restic does not have.
    pub(crate) fn check(&self, arguments: &Arguments) -> Result<()> {
        preflight::check(self.call(arguments), || self.version())
    }

    pub(crate) fn version(&self) -> Result<ResticVersion> {
        let versions = &self.shared.versions;
        if let Some(known) = versions.known()? {
            return Ok(known);
        }
        // Without any global flag: this restic may not know it.
        let mut question = invocation::blank(self.settings());
        question
            .arguments
            .extend(["--json", "version"].map(Argument::from));
        let run = self.start_invocation::<Version>(question, Version::new().decoder())?;
        versions.learn(&run.finish()?.version)
    }

    fn call<'a>(&'a self, arguments: &'a Arguments) -> Call<'a> {
        Call {
            settings: self.settings(),
            arguments,
            versions: &self.shared.versions,
        }
    }
}

/// Whether restic is asked to print less, by a setter or by a word that is passed on as it is.
fn is_quiet(invocation: &Invocation) -> bool {
    let line = CommandLine::parse(invocation.masked_arguments());
    line.map_or_else(
        |_| invocation.masked_arguments().any(|word| word == "--quiet"),
        |line| line.is_on("quiet"),
    )
}

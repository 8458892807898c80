use std::ffi::OsStr;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use restic_process::{
    Argument, InputReader, Invocation, Process, StartError, Stdin, Stop, Supervised, SystemClock,
};
use restic_types::ResticVersion;
use restic_types::cli::Span;

use crate::arguments::{Arguments, Given};
use crate::asking::{self, Asker};
use crate::assembly::Intake;
use crate::begun::Begun;
use crate::command::Command;
use crate::decode::Decoder as _;
use crate::framing::NewOutput;
use crate::gate::{Gate, Keeper};
use crate::held::{Held, HeldByOne};
use crate::invocation::{self, Call};
use crate::origin::Origin;
use crate::preflight;
use crate::repository::is_on_server;
use crate::run::Run;
use crate::second_look::{self, Doubt};
use crate::settings::Settings;
use crate::settling::Settling;
use crate::slots::{self, Request, Slot};
use crate::trace::RunSpan;
use crate::version::Versions;
use crate::{Error, Result};

/// The client: a restic program, a repository, and the options that all calls share.
///
/// Cheap to clone, and usable from any number of threads. The environment and the
/// directory of the calling process are never changed.
#[derive(Clone, Debug)]
pub struct Restic {
    shared: Arc<Held<Shared>>,
    /// What reaches its runs.
    stops: Vec<Stop>,
}

#[derive(Debug)]
struct Shared {
    origin: Origin,
    settings: Held<Settings>,
}

impl Restic {
    pub(crate) fn new(origin: Origin, settings: Held<Settings>, stops: Vec<Stop>) -> Self {
        let shared = Arc::new(Held::new(Shared { origin, settings }));
        Self { shared, stops }
    }

    /// Runs a command to its end, and returns its result.
    ///
    /// ```
    /// # use restic_cli_wrap::{Restic, Scripted, commands::Snapshots};
    /// # let restic = Restic::builder().executor(Scripted::executor([Scripted::new().stdout("[]\n")])).build();
    /// for snapshot in restic.run(Snapshots::new().host("srv1"))? {
    ///     println!("{} {}", snapshot.short_id, snapshot.time);
    /// }
    /// # Ok::<(), restic_cli_wrap::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When restic could not be started, was stopped, or did not do what was asked. The
    /// [`kind`](Error::kind) of the error says which, see [`ErrorKind`](crate::ErrorKind).
    pub fn run<C: Command>(&self, command: C) -> Result<C::Output> {
        self.start(command)?.finish()
    }

    /// Starts a command, to follow its events: iterate over the [`Run`], then call
    /// [`finish`](Run::finish) for the result.
    ///
    /// # Errors
    ///
    /// When restic could not be started, or does not have what the command needs.
    pub fn start<C: Command>(&self, command: C) -> Result<Run<C>> {
        self.start_in(None, command, None)
    }

    /// Starts a command whose standard input comes from this reader.
    ///
    /// The reader is read on a thread of its own while restic runs. When it fails, restic is
    /// stopped and nothing is saved, so that a truncated input is never taken for the whole.
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
        self.start_in(None, command, Some(InputReader::new(input)))
    }

    /// Starts a command in this slot, if there is one already, which reads from standard input
    /// what this reader gives, if there is one.
    pub(crate) fn start_in<C: Command>(
        &self,
        slot: Option<Slot>,
        command: C,
        input: Option<InputReader>,
    ) -> Result<Run<C>> {
        let mut arguments = command.arguments();
        if let Some(input) = input {
            arguments.stdin(Stdin::Reader(input));
        }
        let decoder = command.decoder();
        let output = const { C::Decoder::STDOUT.output() };
        let begun = self.begin(slot, arguments.given(), output)?;
        Ok(Run::new(begun, decoder))
    }

    /// A client like this one whose runs this [`Stop`] ends. Stops add up: a run ends when any of
    /// its client's stops is used. See [`guide::stopping`](crate::guide::stopping).
    #[must_use]
    pub fn with_stop(&self, stop: &Stop) -> Self {
        let mut client = self.clone();
        client.stops.push(stop.clone());
        client
    }

    /// Waits until everything that goes on in the background has ended: runs whose futures
    /// were dropped, or that were [stopped in the background](Run::stop_in_background), may still
    /// be waiting for restic to remove its lock. Returns false when that takes longer than
    /// `timeout`.
    ///
    /// Call this before the program exits, if it has dropped or stopped runs in such a way.
    #[must_use = "false means that restic still runs"]
    pub fn settle(&self, timeout: Duration) -> bool {
        self.shared.origin.settling.wait(timeout)
    }

    /// Waits like [`settle`](Self::settle), as a future and without a timeout: the
    /// [grace period](crate::ResticBuilder::grace) already limits how long stopping takes.
    pub fn settle_async(&self) -> impl Future<Output = ()> + Send + use<> {
        Arc::clone(&self.shared.origin.settling).wait_async()
    }

    pub(crate) fn settling(&self) -> &Arc<Settling> {
        &self.shared.origin.settling
    }

    /// Starts a call, whatever will read its output.
    fn begin(&self, mut slot: Option<Slot>, arguments: &Given, output: NewOutput) -> Result<Begun> {
        self.check(&mut slot, arguments)?;
        let warning = self.warning(&mut slot, arguments);
        let doubt = self.doubt(&mut slot, arguments);
        let mut invocation = self.call(arguments).invocation();
        if doubt.is_some() {
            second_look::loud(&mut invocation);
        }
        let quiet = self.is_quiet(arguments, &invocation);
        let invocation = Arc::new(invocation);
        if let Err(error) = self.wait_for_slot(&mut slot) {
            return Err(error.with_invocation(invocation));
        }
        let mut begun = self.start_invocation(slot, invocation, doubt, output, quiet)?;
        if let Some(words) = warning {
            begun.intake.warn(words);
        }
        Ok(begun)
    }

    /// Waits until there may be one more run, unless there is a slot for it already.
    fn wait_for_slot(&self, slot: &mut Option<Slot>) -> Result<()> {
        if slot.is_none()
            && let Some(slots) = self.shared.origin.slots.as_ref()
        {
            *slot = Some(Arc::clone(slots).wait(self.stops.clone())?);
        }
        Ok(())
    }

    /// What waits for a slot. Absent when any number of runs is allowed.
    pub(crate) fn slot_request(&self) -> Option<Request> {
        let slots = Arc::clone(self.shared.origin.slots.as_ref()?);
        Some(slots.request(self.stops.clone()))
    }

    /// What the user should know about a call of the installed restic, which is asked for its
    /// version when that matters.
    fn warning(&self, slot: &mut Option<Slot>, arguments: &Given) -> Option<&'static str> {
        let (releases, words) = arguments.old_warning?;
        self.is_in(slot, arguments.gate, releases).then_some(words)
    }

    /// How to find out whether this call has failed without a word, as it does with some
    /// releases. The installed restic is asked for its version when that matters.
    fn doubt(&self, slot: &mut Option<Slot>, arguments: &Given) -> Option<Doubt> {
        let silence = arguments.silent?;
        let other = Arguments::ungated(silence.other);
        let question = || self.call(other.given()).invocation();
        let is_silent = self.is_in(slot, arguments.gate, silence.releases);
        is_silent.then(|| Doubt::new(silence, question()))
    }

    /// Whether the installed restic is one of these releases, which it is asked.
    fn is_in(&self, slot: &mut Option<Slot>, gate: Gate, releases: Span) -> bool {
        let Some(keeper) = gate.keeper() else {
            return false;
        };
        let versions = &self.shared.origin.versions;
        if versions.are_of_a_program() {
            // Without an answer nothing is known of it.
            let _ = keeper.version(&mut Asking { restic: self, slot });
        }
        let known = keeper.known(versions);
        known.is_some_and(|known| releases.contains(known))
    }

    fn start_invocation(
        &self,
        slot: Option<Slot>,
        invocation: Arc<Invocation>,
        doubt: Option<Doubt>,
        output: NewOutput,
        quiet: bool,
    ) -> Result<Begun> {
        if self.stops.iter().any(Stop::is_stopped) {
            return Err(Error::from(slots::Stopped).with_invocation(invocation));
        }
        let process = match self.start_process(&invocation, doubt) {
            Ok(process) => process,
            Err(error) => return Err(Error::from(error).with_invocation(invocation)),
        };
        let process = match slot {
            Some(slot) => slot.around(process),
            None => process,
        };
        let clock = self
            .settings()
            .clock
            .clone()
            .unwrap_or_else(|| Arc::new(SystemClock));
        let mut process = Supervised::with_clock(process, invocation.deadlines, clock)
            .stop_policy(self.settings().stop_policy);
        let own_stop = Stop::new();
        for stop in self.stops.iter().chain([&own_stop]) {
            process = process.stopped_by(stop);
        }
        let repository = self.settings().repository.as_ref();
        let is_on_server = match repository {
            Some(location) => location.is_on_server(),
            None => {
                let set = invocation.environment.get(OsStr::new("RESTIC_REPOSITORY"));
                set.is_some_and(|place| is_on_server(place.expose()))
            }
        };
        let versions = &self.shared.origin.versions;
        let span = RunSpan::begin(|| versions.known().ok().flatten(), &invocation);
        let mut intake = Intake::new(output, invocation, quiet, span);
        intake.on_server(is_on_server);
        intake.behind(self.shared.origin.wrapper());
        intake.on_notice(self.settings().on_notice.clone());
        intake.teaching(Arc::clone(versions));
        let settling = Arc::clone(self.settling());
        Ok(Begun {
            process: HeldByOne::by_one(process),
            intake,
            stop: own_stop,
            settling,
        })
    }

    /// Starts restic, and where it cannot wait for a lock by itself, or say why it fails,
    /// something that does.
    fn start_process(
        &self,
        invocation: &Invocation,
        doubt: Option<Doubt>,
    ) -> Result<Box<dyn Process>, StartError> {
        let executor = &self.shared.origin.executor;
        if let Some(doubt) = doubt {
            return doubt.start(Arc::clone(executor), invocation);
        }
        let Settings {
            retry_lock, gate, ..
        } = &**self.settings();
        let known = |keeper: &dyn Keeper| keeper.known(&self.shared.origin.versions);
        match (retry_lock, gate.keeper().and_then(known)) {
            (Some(patience), Some(known)) if !retries_by_itself(known) => {
                patience.start(executor, invocation)
            }
            _ => executor.start(invocation),
        }
    }

    pub(crate) fn settings(&self) -> &Held<Settings> {
        &self.shared.settings
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.shared.origin
    }

    pub(crate) fn stops(&self) -> &[Stop] {
        &self.stops
    }
}

/// A client that asks for the version in a slot, which is kept for the run that wants to know.
struct Asking<'a> {
    restic: &'a Restic,
    slot: &'a mut Option<Slot>,
}

impl Asker for Asking<'_> {
    fn versions(&self) -> &Versions {
        &self.restic.shared.origin.versions
    }

    fn blank(&self) -> Invocation {
        invocation::blank(self.restic.settings())
    }

    fn start(&mut self, invocation: Invocation, output: NewOutput) -> Result<Begun> {
        self.restic.wait_for_slot(self.slot)?;
        self.restic
            .start_invocation(None, invocation.into(), None, output, false)
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
        self.call(command.arguments().given()).invocation()
    }

    /// Refuses what the installed restic does not have.
    pub(crate) fn check(&self, slot: &mut Option<Slot>, arguments: &Given) -> Result<()> {
        preflight::check(self.call(arguments), &mut Asking { restic: self, slot })
    }

    /// The version of restic.
    ///
    /// restic is asked once, and again when its program has changed; what a run of
    /// [`Version`](crate::commands::Version) answered counts as well. A client that [trusts](crate::ResticBuilder::restic_version)
    /// a version does not ask. This blocks while restic is asked;
    /// [`version_async`](Self::version_async) does not.
    ///
    /// # Errors
    ///
    /// When restic could not be asked, or its answer is no version.
    pub fn version(&self) -> Result<ResticVersion> {
        self.version_in(&mut None)
    }

    /// The same, with a slot that is kept for the run that wants to know.
    pub(crate) fn version_in(&self, slot: &mut Option<Slot>) -> Result<ResticVersion> {
        asking::version(&mut Asking { restic: self, slot })
    }

    /// The version as far as it is known without asking restic.
    pub(crate) fn known_version(&self) -> Result<Option<ResticVersion>> {
        self.shared.origin.versions.known()
    }

    /// Like [`version`](Self::version), as a future for any runtime.
    ///
    /// # Errors
    ///
    /// As `version`.
    pub fn version_async(&self) -> impl Future<Output = Result<ResticVersion>> + Send + use<> {
        let restic = self.clone();
        async move {
            if let Some(known) = restic.known_version()? {
                return Ok(known);
            }
            let ask = |restic: &Restic, mut slot| restic.version_in(&mut slot);
            restic.in_slot_in_background(ask).await
        }
    }

    /// Whether restic is asked to print less.
    fn is_quiet(&self, arguments: &Given, invocation: &Invocation) -> bool {
        let given = [self.settings().arguments.given(), arguments];
        match given.iter().find_map(|arguments| arguments.reader) {
            Some(reader) => reader.is_on("quiet", invocation),
            // By the setter, unless the command itself has to be loud.
            None => has_word("--quiet", invocation),
        }
    }

    fn call<'a>(&'a self, arguments: &'a Given) -> Call<'a> {
        Call {
            settings: self.settings(),
            arguments,
            versions: &self.shared.origin.versions,
        }
    }
}

/// Whether this restic has `--retry-lock`.
fn retries_by_itself(version: ResticVersion) -> bool {
    version >= ResticVersion::new(0, 16, 0)
}

/// Whether this word is among those of a call that may be flags.
fn has_word(word: &str, invocation: &Invocation) -> bool {
    for argument in &invocation.arguments {
        match argument {
            Argument::Plain(it) if it == "--" => return false,
            Argument::Plain(it) if it == word => return true,
            _ => {}
        }
    }
    false
}

mod flags;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use restic_process::{Clock, Executor, Runner, Secret, Stop};

use crate::arguments::Arguments;
use crate::client::Restic;
use crate::code::Code;
use crate::diagnostics::{Notice, NoticeHandler};
use crate::gate::Gate;
use crate::held::Held;
use crate::host_environment;
use crate::origin::Origin;
#[cfg(feature = "record")]
use crate::recorded_test::TestRun;
use crate::repository::{Password, Repository};
use crate::retry_lock::Patience;
use crate::settings::Settings;
use crate::slots::Limit;

/// Builds a [`Restic`]: begin with [`Restic::builder`].
///
/// It has setters for restic's global flags, and for how restic is started, opened and stopped.
/// Nothing is run until the client is used.
#[must_use]
#[derive(Clone, Debug)]
pub struct ResticBuilder {
    /// Global flags.
    arguments: Arguments,
    parts: Held<Parts>,
}

/// What is set so far, besides flags.
#[derive(Clone, Debug, Default)]
struct Parts {
    binary: Option<OsString>,
    terminal: Option<bool>,
    wrapper: Option<Wrapper>,
    executor: Option<Arc<dyn Executor>>,
    /// What starts restic for the client that this was made from.
    origin: Option<Origin>,
    /// What reaches the runs of that client.
    stops: Vec<Stop>,
    max_running: Option<Limit>,
    settings: Held<Settings>,
}

/// What runs restic, and how a runner is given that: only programs that set one have the code
/// for it.
#[derive(Clone, Debug)]
struct Wrapper {
    words: Vec<OsString>,
    set: Code<fn(Runner, Vec<OsString>) -> Runner>,
}

impl Restic {
    /// A builder for the `restic` in `PATH`, with no repository and no password.
    ///
    /// ```
    /// use std::time::Duration;
    /// use restic_cli_wrap::Restic;
    ///
    /// let restic = Restic::builder()
    ///     .repository("/srv/repo")
    ///     .password_file("/etc/restic/password")
    ///     .retry_lock(Duration::from_secs(600))
    ///     .total_deadline(Duration::from_secs(8 * 3600))
    ///     .build();
    /// # drop(restic);
    /// ```
    pub fn builder() -> ResticBuilder {
        ResticBuilder {
            arguments: Arguments::default(),
            parts: Held::new(Parts::default()),
        }
    }
}

/// A client in a test that is recorded.
#[cfg(feature = "record")]
impl Restic {
    /// A client with the executor, the repository and the password of this run of a
    /// [`RecordedTest`](crate::RecordedTest), and with a cache in its directory.
    ///
    /// ```no_run
    /// use restic_cli_wrap::{RecordedTest, Restic, commands::{Backup, Init}};
    ///
    /// // A test, with `#[test]` before it:
    /// fn nightly_backup() {
    ///     RecordedTest::new("nightly").run(|test| {
    ///         test.write("src/notes.txt", "a few words\n")?;
    ///         let restic = Restic::for_test(test);
    ///         // The program under test would be here.
    ///         restic.run(Init::new())?;
    ///         let saved = restic.run(Backup::new([test.path("src")]).host("example"))?;
    ///         assert_eq!(saved.summary().map(|summary| summary.files_new), Some(1));
    ///         Ok(())
    ///     });
    /// }
    /// ```
    #[must_use]
    pub fn for_test(test: &TestRun) -> Self {
        Self::builder()
            .executor(test.executor())
            .repository(test.repository())
            .password(test.password())
            .cache_dir(test.path("cache"))
            .build()
    }
}

/// Clients made from a client.
///
/// The new client shares with the first what is known of restic's version, the background work
/// that [`settle`](Restic::settle) waits for, and the stops that reach its runs. The first client
/// does not change.
impl Restic {
    /// A builder with all settings of this client.
    pub fn to_builder(&self) -> ResticBuilder {
        let settings = Held::clone(self.settings());
        ResticBuilder {
            arguments: settings.arguments.clone(),
            parts: Held::new(Parts {
                origin: Some(self.origin().clone()),
                stops: self.stops().to_vec(),
                settings,
                ..Parts::default()
            }),
        }
    }

    /// The same client with other settings, such as for one call:
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use restic_cli_wrap::{Restic, commands::{Check, Prune}};
    /// # fn example(restic: Restic) -> restic_cli_wrap::Result<()> {
    /// let hour = Duration::from_secs(3600);
    /// restic.with(|it| it.total_deadline(hour).limit_download(500)).run(Check::new())?;
    /// restic.run(Prune::new())?; // as long as it takes
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with(&self, change: impl FnOnce(ResticBuilder) -> ResticBuilder) -> Self {
        change(self.to_builder()).build()
    }

    /// The same client on another repository, which is opened with the same password unless the
    /// [`Repository`] has one of its own.
    #[must_use]
    pub fn with_repository(&self, repository: impl Into<Repository>) -> Self {
        self.with(|mut builder| {
            // It is the name of a key of the first one.
            builder.parts.settings.key_hint = None;
            builder.repository(repository)
        })
    }
}

impl ResticBuilder {
    /// Runs this program as restic: a path, or a name that is looked up in `PATH`. `restic` unless
    /// set.
    pub fn binary(mut self, program: impl Into<OsString>) -> Self {
        self.parts.binary = Some(program.into());
        self
    }

    /// Lets restic and its helpers ask the user at the terminal of this program, as ssh does for a
    /// passphrase. Unless set, they find no terminal, and fail instead of waiting for an answer.
    /// The drawback is that a Ctrl-C then reaches them, too: see
    /// [`Runner::terminal`](restic_core::Runner::terminal). A client made from another keeps this
    /// setting unless it is given a binary of its own.
    pub fn terminal(mut self, may_ask: bool) -> Self {
        self.parts.terminal = Some(may_ask);
        self
    }

    /// Runs restic through another program. The command line begins with these words, followed by
    /// the name of restic and its arguments:
    ///
    /// ```no_run
    /// # use restic_cli_wrap::{Restic, commands::{Backup, Snapshots}};
    /// # fn example() -> restic_cli_wrap::Result<()> {
    /// let restic = Restic::builder()
    ///     .wrapper(["setpriv", "--reuid", "backup", "--regid", "backup", "--clear-groups"])
    ///     .repository("/srv/repo")
    ///     .password("hunter2")
    ///     .build();
    /// restic.run(Snapshots::new())?;
    /// // Or for one call:
    /// restic.with(|it| it.wrapper(["nice", "-n", "10"])).run(Backup::new(["/data"]))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Passwords, and repository locations that contain a secret, reach such a restic through its
    /// environment, which it and the helpers that it starts can read.
    /// [`guide::hosts`](crate::guide::hosts#through-another-program) describes what `nice`, `sudo`,
    /// `systemd-run`, containers and others need, and which of them pass on a stop. An empty list
    /// means no wrapper, and an [executor](Self::executor) makes this setting moot. A client made
    /// from another keeps its wrapper unless it is given one or a binary of its own.
    pub fn wrapper<I>(mut self, words: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<OsString>,
    {
        self.parts.wrapper = Some(Wrapper {
            words: words.into_iter().map(Into::into).collect(),
            set: Code(Runner::wrapper),
        });
        self
    }

    /// Uses this executor instead of starting a real process: a replayed recording, a mock, or
    /// [one of your own](crate::guide::own_executor).
    pub fn executor(mut self, executor: Arc<dyn Executor>) -> Self {
        self.parts.executor = Some(executor);
        self
    }

    /// Calls this for each [`Notice`] as restic prints it: that it retries a request, that it
    /// waits for a lock, what a helper program prints. They are also in the error of the run, and
    /// in [`Run::finish_with_notices`](crate::Run::finish_with_notices).
    ///
    /// It is called on the thread that drives the run: the one that waits in a
    /// [`Run`](crate::Run), or the background thread of an [`AsyncRun`](crate::AsyncRun). Nothing
    /// is read from restic until it returns. A second call replaces the first.
    ///
    /// ```
    /// use restic_cli_wrap::{Restic, Scripted, commands::Snapshots};
    ///
    /// let answer = Scripted::new()
    ///     .stderr("Load(<snapshot/5f3a>) failed: connection refused, retrying\n")
    ///     .stdout("[]\n");
    /// let (sender, receiver) = std::sync::mpsc::channel();
    /// let restic = Restic::builder()
    ///     .executor(Scripted::executor([answer]))
    ///     .repository("rest:http://backup.example/")
    ///     .on_notice(move |notice| drop(sender.send(notice.text.clone())))
    ///     .build();
    /// restic.run(Snapshots::new())?;
    /// assert!(receiver.recv().is_ok_and(|line| line.contains("retrying")));
    /// # Ok::<(), restic_cli_wrap::Error>(())
    /// ```
    pub fn on_notice(mut self, handle: impl Fn(&Notice) + Send + Sync + 'static) -> Self {
        self.parts.settings.on_notice = Some(NoticeHandler::new(handle));
        self
    }

    /// Works on this repository: a path or location as restic takes it, or a [`Repository`], whose
    /// password, if it has one, replaces that of the client. [`backend`](crate::backend) shows all
    /// kinds. A second call replaces the first.
    #[doc(alias = "--repo")]
    #[doc(alias = "--repository-file")]
    pub fn repository(self, repository: impl Into<Repository>) -> Self {
        self.opening(repository.into())
    }

    /// Opens the repository with this password, which reaches restic through a private file, not
    /// through its arguments or environment (except behind a [wrapper](Self::wrapper)). restic
    /// trims white space around a password that it reads from a file: a repository whose password
    /// begins or ends with white space, set through `RESTIC_PASSWORD`, can be opened only through
    /// that variable.
    pub fn password(self, password: impl Into<Secret>) -> Self {
        self.opened_by(Password::Given(password.into()))
    }

    /// Opens the repository with the password in this file. restic trims white space around it.
    #[doc(alias = "--password-file")]
    pub fn password_file(self, path: impl Into<PathBuf>) -> Self {
        self.opened_by(Password::File(path.into()))
    }

    /// Opens the repository with the password that this command prints. restic splits the command
    /// into words itself, without a shell. The command is visible to anybody on the machine.
    #[doc(alias = "--password-command")]
    pub fn password_command(self, command: impl Into<OsString>) -> Self {
        self.opened_by(Password::Command(command.into()))
    }

    /// Opens a repository that has no password. Since restic 0.17.0.
    #[doc(alias = "--insecure-no-password")]
    pub fn no_password(mut self) -> Self {
        self.parts.settings.gate = Gate::VERSION;
        self.opened_by(Password::None)
    }

    /// Tries the key with this id first.
    #[doc(alias = "--key-hint")]
    pub fn key_hint(mut self, key: impl Into<OsString>) -> Self {
        self.parts.settings.key_hint = Some(key.into());
        self
    }

    /// Sets a variable for restic, on top of what it inherits. The value is secret.
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<Secret>) -> Self {
        self.parts
            .settings
            .environment
            .insert(name.into(), value.into());
        self
    }

    /// Passes the `RESTIC_*` variables of this program, as they are now, on to restic: for programs
    /// that are configured by `RESTIC_REPOSITORY`, `RESTIC_PASSWORD_FILE` and so on, as scripts
    /// are. Without this, none of them is passed on, because they would change what a call means.
    ///
    /// Settings of the client win over related variables as a group: with a
    /// [`repository`](Self::repository), none of `RESTIC_REPOSITORY`, `RESTIC_REPOSITORY_FILE` and
    /// `RESTIC_KEY_HINT` is passed on; with a password of any kind, none of `RESTIC_PASSWORD`,
    /// `RESTIC_PASSWORD_FILE` and `RESTIC_PASSWORD_COMMAND`; the same holds for a second
    /// repository. Flags and [`env`](Self::env) win over a variable that means the same. Passwords
    /// in the variables are masked like others.
    ///
    /// ```
    /// # use restic_cli_wrap::Restic;
    /// let restic = Restic::builder().inherit_restic_env().build();
    /// # drop(restic);
    /// ```
    pub fn inherit_restic_env(mut self) -> Self {
        self.parts.settings.host_environment = Some(host_environment::read());
        self
    }

    /// Passes one variable of this process on to restic although its name begins with `RESTIC_`;
    /// [`inherit_restic_env`](Self::inherit_restic_env) passes on all of them.
    pub fn inherit_env(mut self, name: impl Into<OsString>) -> Self {
        self.parts.settings.inherited.insert(name.into());
        self
    }

    /// Runs restic in this directory; relative paths in commands start there.
    pub fn current_dir(mut self, directory: impl Into<PathBuf>) -> Self {
        self.parts.settings.current_dir = Some(directory.into());
        self
    }

    /// Retries for up to this long when the repository is locked, with pauses that grow from 5
    /// to 60 seconds. restic does so itself since 0.16.0. An older one is started again, which is
    /// impossible for a run with a [reader](Restic::start_with_input). This never removes a lock.
    #[doc(alias = "--retry-lock")]
    pub fn retry_lock(mut self, patience: Duration) -> Self {
        self.parts.settings.retry_lock = Some(Patience::new(patience));
        self.parts.settings.gate = Gate::VERSION;
        self
    }

    /// Stops every run that takes longer than this in total. The error is
    /// [`TimedOut`](crate::ErrorKind::TimedOut). No limit unless set.
    pub fn total_deadline(mut self, limit: Duration) -> Self {
        self.parts.settings.deadlines.total = Some(limit);
        self
    }

    /// Stops every run in which restic prints nothing for longer than this. Time that the caller
    /// spends on handling events does not count. The error is
    /// [`TimedOut`](crate::ErrorKind::TimedOut). No limit unless set.
    ///
    /// Many commands are silent for a long time, such as a backup with [`quiet`](Self::quiet) or
    /// a `prune`.
    pub fn idle_deadline(mut self, limit: Duration) -> Self {
        self.parts.settings.deadlines.idle = Some(limit);
        self
    }

    /// Runs up to this many restic processes at once; further runs wait and are started in the
    /// order in which they came. Without this there is no bound. 0 counts as 1.
    ///
    /// This client, its clones and all clients made from it share one bound, unless they are given
    /// one of their own. Blocking and asynchronous runs, dumps, mounts and the query for restic's
    /// version all count. A run counts until restic has ended: a [mount](Restic::mount) for as long
    /// as it is mounted, and a run that was dropped until restic has stopped.
    ///
    /// * An asynchronous run that waits costs neither a thread nor a descriptor. It joins the queue
    ///   when it is first polled, and leaves it when it is dropped.
    /// * Blocking code waits in [`start`](Restic::start), [`run`](Restic::run) and similar methods.
    ///   With a bound of 1, a thread that starts another run inside the loop over a run's events
    ///   waits for itself: a deadlock.
    /// * A [`Stop`](crate::Stop) that [reaches](Restic::with_stop) the client, or
    ///   [`AsyncRun::stop`](crate::AsyncRun::stop), ends the wait:
    ///   [`Cancelled`](crate::ErrorKind::Cancelled). Deadlines begin when restic is started, and
    ///   the wait is not counted.
    ///
    /// What a run costs is in [`guide::hosts`](crate::guide::hosts#what-a-run-costs).
    ///
    /// ```
    /// # use restic_cli_wrap::{Restic, Scripted, commands::Snapshots};
    /// # let answers = (0..3).map(|_| Scripted::new().stdout("[]\n"));
    /// # let builder = Restic::builder().executor(Scripted::executor(answers));
    /// let restic = builder.max_running(2).build();
    /// let repositories = ["/srv/a", "/srv/b", "/srv/c"];
    /// let lists = repositories.map(|it| restic.with_repository(it).run_async(Snapshots::new()));
    /// let lists = futures_util::future::join_all(lists); // two at once, then the third
    /// # let lists = futures_executor::block_on(lists);
    /// # assert!(lists.into_iter().all(|list| list.is_ok()));
    /// ```
    pub fn max_running(mut self, count: usize) -> Self {
        self.parts.max_running = Some(Limit::new(count));
        self
    }

    /// Measures deadlines with this clock instead of the system's, for tests with scripted
    /// processes. See [`ManualClock`](crate::ManualClock).
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.parts.settings.clock = Some(clock);
        self
    }

    /// How long restic may take to clean up after it was interrupted; 15 seconds unless
    /// set. After that it is terminated, and may leave its lock behind: see
    /// [`guide::stopping`](crate::guide::stopping).
    pub fn grace(mut self, grace: Duration) -> Self {
        self.parts.settings.stop_policy.grace = grace;
        self
    }

    /// Prints this many `status` messages per second, at most 60, also with
    /// [`quiet`](Self::quiet). restic 0.11 ignores it for backups.
    #[doc(alias = "RESTIC_PROGRESS_FPS")]
    pub fn progress_fps(self, per_second: u32) -> Self {
        self.env("RESTIC_PROGRESS_FPS", per_second.to_string())
    }

    /// Assumes that restic has this version, such as `0.19.1`, instead of asking it: for
    /// executors that cannot answer, such as mocks and scripts of your own.
    pub fn restic_version(mut self, version: impl Into<String>) -> Self {
        self.parts.settings.version = Some(version.into());
        self
    }

    /// The finished client. Nothing is looked up or started yet.
    #[must_use]
    pub fn build(self) -> Restic {
        let Parts {
            binary,
            terminal,
            wrapper,
            executor,
            origin,
            stops,
            max_running,
            mut settings,
        } = self.parts.into_inner();
        settings.arguments = self.arguments;
        let other = match executor {
            Some(executor) => Some(Origin::executor(executor)),
            None => runner(binary, terminal, wrapper, origin.as_ref()).map(Origin::program),
        };
        let origin = match (other, origin) {
            (Some(other), Some(origin)) => other.sharing_with(&origin),
            (other, origin) => other
                .or(origin)
                .unwrap_or_else(|| Origin::program(Runner::new("restic"))),
        };
        let origin = match max_running {
            Some(limit) => origin.with_slots(limit.bound()),
            None => origin,
        };
        let origin = origin.trusting(settings.version.as_deref());
        Restic::new(origin, settings, stops)
    }

    /// Works on this repository, opened as it says or as was said before.
    fn opening(mut self, repository: Repository) -> Self {
        let Repository {
            location,
            password,
            key_hint,
            environment,
            gate,
            ..
        } = repository;
        let settings = &mut self.parts.settings;
        settings.gate = settings.gate.or(gate);
        settings.repository = Some(location);
        settings.repository_environment = environment;
        if password.is_some() {
            settings.password = password;
        }
        if key_hint.is_some() {
            settings.key_hint = key_hint;
        }
        self
    }

    fn opened_by(mut self, password: Password) -> Self {
        self.parts.settings.password = Some(password);
        self
    }
}

/// What starts the program of a client that is given one, or another way to start that of the
/// client it is made from.
fn runner(
    binary: Option<OsString>,
    terminal: Option<bool>,
    wrapper: Option<Wrapper>,
    origin: Option<&Origin>,
) -> Option<Runner> {
    let is_given = binary.is_some() || terminal.is_some() || wrapper.is_some();
    let runner = match (binary, origin) {
        _ if !is_given => return None,
        (Some(binary), _) => Runner::new(binary),
        (None, None) => Runner::new("restic"),
        (None, Some(origin)) => origin.runner()?.clone(),
    };
    let runner = match terminal {
        Some(may_ask) => runner.terminal(may_ask),
        None => runner,
    };
    Some(match wrapper {
        Some(wrapper) => (wrapper.set.0)(runner, wrapper.words),
        None => runner,
    })
}

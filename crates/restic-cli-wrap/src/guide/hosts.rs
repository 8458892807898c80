//! # Containers, services, terminals, low limits
//!
//! A library is a guest in a program. What the program is to expect of this one, in the
//! surroundings in which programs run, and what it has to do itself:
//!
//! | the program | what is promised | what it does |
//! |---|---|---|
//! | runs [in a container](#containers), as its first process | no zombie of restic's stays; no `/proc`, no `/dev/shm` and no home directory are needed | hands SIGTERM on to a [`Stop`](crate::Stop), within the time that the container has to end |
//! | is [a service](#services) | a stop leaves no lock | `KillMode=mixed`, and a cache directory |
//! | has [a terminal](#terminals) | nobody is asked anything there, and Ctrl-C does not reach restic | hands Ctrl-C on to a `Stop` |
//! | runs [many at once](#what-a-run-costs), or with low limits | no secret is left, whatever runs out, and what runs out is said | sets [`max_running`](crate::ResticBuilder::max_running) |
//! | has [signal settings](#signals) of its own | none of them reaches restic or is changed | does not ignore SIGCHLD |
//! | runs restic [through another program](#through-another-program) | secrets arrive, a stop reaches restic | sets [`wrapper`](crate::ResticBuilder::wrapper) |
//! | has [a window](#threads-that-must-not-wait) | | [`stop_in_background`](crate::Run::stop_in_background), [`settle`](crate::Restic::settle) |
//! | is configured [by the environment](#the-environment) | | [`inherit_restic_env`](crate::ResticBuilder::inherit_restic_env) |
//!
//! In all of them [nobody else is signalled](#nobody-else-is-signalled).
//!
//! ## What a run costs
//!
//! Measured on Linux, while restic runs, beside the process of restic itself:
//!
//! | | threads | descriptors |
//! |---|---|---|
//! | a blocking run | none: the calling thread waits | 4: standard output, standard error, the end of restic, the wish to be heard |
//! | an asynchronous run | 1, which waits | 4 |
//! | a password, or a repository with a secret in its place | | 1 each |
//! | an input: bytes, [a reader](crate::Restic::start_with_input) | for a reader 1 | 1 |
//! | in the moment of the start | | 3 more |
//! | a [mount](crate::Restic::mount) | 1 | as a blocking run |
//! | a run that waits for its turn | asynchronous: none | none |
//!
//! macOS and Linux before 5.4 take one thread more for the end of each restic.
//! [`max_running`](crate::ResticBuilder::max_running) bounds how many runs there are at once: for
//! a thousand asynchronous runs under `ulimit -n 256`, a bound of 16 leaves more than half of the
//! descriptors to the program.
//!
//! ```
//! # use restic_cli_wrap::Restic;
//! let restic = Restic::builder().repository("/srv/repo").max_running(16).build();
//! # drop(restic);
//! ```
//!
//! When descriptors, processes or memory run out all the same, the run fails with
//! [`CannotStart`](crate::ErrorKind::CannotStart), it
//! [may be tried again](crate::Error::is_retryable), and the
//! [`io::Error`](std::io::Error) of the system is its source. A password never goes to the disk
//! because descriptors ran out.
//!
//! ## Through another program
//!
//! [`wrapper`](crate::ResticBuilder::wrapper) runs restic through a program that runs another, the
//! question for its version as well:
//!
//! ```
//! # use restic_cli_wrap::Restic;
//! let restic = Restic::builder()
//!     .wrapper(["sudo", "-u", "backup", "--preserve-env=RESTIC_PASSWORD"])
//!     .repository("/srv/repo")
//!     .password("hunter2")
//!     .build();
//! # drop(restic);
//! ```
//!
//! | wrapper | what it needs | a stop reaches restic |
//! |---|---|---|
//! | `nice`, `ionice`, `chrt`, `taskset`, `env`, `setpriv`, `runuser -u`, `chroot`, `systemd-run --scope` | nothing | yes |
//! | `unshare --pid --fork`, `nsenter` | nothing: without `--fork` Go programs do not run | yes, on Linux |
//! | `sudo -u` | `--preserve-env=RESTIC_PASSWORD`, and what else restic is to get; `--non-interactive`, or it asks nobody for a password and fails | yes, if this program is root's; else it may signal nobody: after the grace the error is [`Io`](crate::ErrorKind::Io), and restic goes on |
//! | `docker run --rm -i`, `podman run` | `--env RESTIC_PASSWORD`; restic needs a place for its cache | by the client, which hands it on |
//! | `systemd-run --pipe --wait` | `--setenv=RESTIC_PASSWORD` | **no**: the client ends, and the service goes on |
//! | `docker exec`, `kubectl exec` | `--env RESTIC_PASSWORD` | **no**: the client ends, and restic goes on in the container |
//!
//! `nice`, `env`, `setpriv`, `unshare`, `sudo` and `chroot` are tested with four releases of restic;
//! the others were not tried. Where a stop does not reach restic, an [executor](super::own_executor)
//! that knows the other side can do better.
//!
//! * **Secrets.** A wrapper may run restic where no private file of this program can be read. So the
//!   passwords that were given, and repositories with a secret in their place, go by the
//!   environment: `RESTIC_PASSWORD`, `RESTIC_REPOSITORY`, `RESTIC_FROM_PASSWORD`,
//!   `RESTIC_FROM_REPOSITORY`, before restic 0.14 `RESTIC_PASSWORD2` and `RESTIC_REPOSITORY2`. That
//!   can be read by the user that restic runs as, by root, and by what restic starts, such as
//!   ssh. [`password_file`](crate::ResticBuilder::password_file) names a file that restic has to find
//!   where it runs. For the new password of a key there is no variable: behind a wrapper that
//!   changes the user, give it [in a file](crate::commands::KeyAdd::password_file). The same holds for
//!   a backup of more paths than fit on a command line.
//! * **Stopping.** On Linux the interrupt goes to restic itself, found below the wrapper by its
//!   command line; the wrapper ends when restic has. Killing, after the grace, ends all of
//!   them. On other systems the interrupt goes to the wrapper.
//! * **Errors.** A wrapper that is missing is [`BinaryNotFound`](crate::ErrorKind::BinaryNotFound)
//!   before anything is started, and so is a restic that the wrapper does not find, by its exit
//!   codes 126 and 127. A variable that it has not handed on is named.
//! * A script in the place of the [`binary`](crate::ResticBuilder::binary) works as long as it ends
//!   in `exec restic "$@"` and changes neither user nor namespaces.
//!
//! ## Containers
//!
//! * **The first process** of a container is the parent of all orphans. What restic leaves
//!   behind, such as an ssh that was killed with it, is waited for by this library then, each by
//!   its own descriptor; the children of the program itself are left to it. (On Linux since 5.4.)
//!   Orphans of others stay zombies as they would without restic: an init such as
//!   [tini](https://github.com/krallin/tini), `docker run --init`, sees to all of them. A program
//!   that is not the first process and wants the orphans asks for them with
//!   `PR_SET_CHILD_SUBREAPER`, and waits for them by itself.
//! * **The end** of a container is a SIGTERM to its first process, which ignores it unless it has a
//!   handler, and after a while, 10 seconds with docker, SIGKILL for everybody. Hand the SIGTERM on
//!   to a [`Stop`](crate::Stop), and let the [grace](crate::ResticBuilder::grace) fit into that
//!   time: it is 15 seconds unless set. A restic that is killed leaves its lock, and in the next
//!   container with the same name of its host [`Unlock`](crate::commands::Unlock) may take it for
//!   that of a process that still runs, until it is half an hour old.
//! * **Without `/proc`**, and where another user or a security module keeps it shut, secrets are
//!   private files in `TMPDIR`, removed with the run. A container with a read-only root needs a
//!   `TMPDIR` anyhow: restic keeps what it packs there.
//! * **A cache** needs `HOME` or `XDG_CACHE_HOME`. Without them restic 0.19 fails and older ones
//!   go on without: set [`cache_dir`](crate::ResticBuilder::cache_dir) or
//!   [`no_cache`](crate::ResticBuilder::no_cache).
//!
//! ```
//! # use std::time::Duration;
//! # use restic_cli_wrap::{Restic, Stop};
//! let stop = Stop::new(); // for the handler of SIGTERM
//! let restic = Restic::builder()
//!     .repository("/srv/repo")
//!     .cache_dir("/var/cache/restic")
//!     .grace(Duration::from_secs(8))
//!     .build()
//!     .with_stop(&stop);
//! # drop(restic);
//! ```
//!
//! ## Services
//!
//! systemd sends its SIGTERM to all processes of a service at once, and so to restic and the ssh
//! or rclone that it needs to remove its lock: up to restic 0.16 it dies of that. `KillMode=mixed`
//! sends it to the program alone, which stops restic in good order; `TimeoutStopSec=` has to be
//! longer than the [grace](crate::ResticBuilder::grace). Services have no `HOME` unless they have a
//! user: see the cache above.
//!
//! ```text
//! [Service]
//! ExecStart=/usr/local/bin/backup-agent
//! KillMode=mixed
//! TimeoutStopSec=30
//! CacheDirectory=restic
//! ```
//!
//! ## Terminals
//!
//! restic runs in a session of its own: a Ctrl-C reaches the program alone
//! ([how to hand it on](super::stopping#ctrl-c)), and what restic starts finds no terminal. An ssh
//! that would ask for a passphrase or about an unknown host fails at once, with its words in the
//! error, instead of waiting for an answer that nobody knows it wants. A program whose user is to be
//! asked sets [`terminal`](crate::ResticBuilder::terminal). The path by which programs are started
//! costs the same in a small program and in one with gigabytes of memory.
//!
//! ## Signals
//!
//! | in the program | in restic, and for its runs |
//! |---|---|
//! | a signal is blocked | it is not blocked in restic |
//! | SIGINT, SIGTERM, SIGPIPE or SIGCHLD is ignored | it is not ignored in restic; SIGHUP stays as it is, for `nohup` |
//! | SIGPIPE has its default | writing to a restic that has ended does not raise it |
//! | SIGCHLD is ignored, or the program waits for all of its children | how restic ended is lost. Where its closing document proves a good end, the result is returned all the same; otherwise the error says what to change. macOS and Linux before 5.4 refuse to start restic |
//! | SIGCHLD has a handler | it is called for restic as for any child; a handler that waits for all children is the row above |
//!
//! The library sets no handler, changes no mask and keeps no child that it has not started.
//!
//! ## Threads that must not wait
//!
//! [`Run::finish`](crate::Run::finish) and a drop wait until restic has ended, after a stop for as
//! long as the [grace](crate::ResticBuilder::grace). [`Stop::stop`](crate::Stop::stop) and
//! [`Run::stop`](crate::Run::stop) only ask, and return at once;
//! [`Run::stop_in_background`](crate::Run::stop_in_background) leaves the waiting to a thread. The
//! program waits for all of them before it ends:
//!
//! ```
//! # use std::time::Duration;
//! # use restic_cli_wrap::{Restic, Scripted, commands::Backup};
//! # let restic = Restic::builder().executor(Scripted::executor([Scripted::new().hang()])).build();
//! let run = restic.start(Backup::new(["/data"]))?;
//! // The window is closed:
//! run.stop_in_background();
//! // At the end of `main`:
//! if !restic.settle(Duration::from_secs(20)) {
//!     eprintln!("restic still runs");
//! }
//! # Ok::<(), restic_cli_wrap::Error>(())
//! ```
//!
//! The example `gui_state` keeps a run on a thread of its own.
//!
//! ## The environment
//!
//! restic inherits the environment but for what begins with `RESTIC_`. A program whose users set
//! `RESTIC_REPOSITORY` and `RESTIC_PASSWORD_FILE`, as for restic itself, has
//! [`inherit_restic_env`](crate::ResticBuilder::inherit_restic_env). Without it, the error for a
//! missing repository or password names the variable that was not handed on.
//!
//! ## Nobody else is signalled
//!
//! A process id is given to somebody else once its process was waited for, be it by a program that
//! ignores SIGCHLD. So none is signalled by its number alone:
//!
//! * **Linux** since 5.4: restic, and what it has started, is signalled and waited for by a
//!   descriptor (pidfd), which never leads to another process. What it has started is found by its
//!   parent and session, opened, and looked at again: the descriptor is kept only if it is
//!   still what was found.
//! * **macOS**, other Unix systems and older Linux: there is only the number. Before each signal the
//!   system is asked whether it is still that of a child of this program that nobody has waited
//!   for; its zombie keeps the number until this library waits. After a wait that failed nothing is
//!   signalled any more, and a program that ignores SIGCHLD, where the system would wait by itself,
//!   is refused before the start. A program that waits for *all* of its children on another thread can
//!   come between the question and the signal: wait for children by their ids there.
//! * **Windows**: a process is ended by its handle, and its id, by which the console knows its
//!   group, is not given away while the handle is open, which is until the run is over.
//!
//! Groups are signalled only where restic leads one of its own, and never with
//! [`terminal`](crate::ResticBuilder::terminal), where it shares that of the program.

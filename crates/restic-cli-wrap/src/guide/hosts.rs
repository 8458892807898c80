//! # Containers, services, terminals, low limits
//!
//! What your program can expect of this library in the environments in which programs run, and
//! what it must do itself:
//!
//! | your program | this library promises | your program must |
//! |---|---|---|
//! | runs [in a container](#containers), as its first process | restic leaves no zombie; no `/proc`, `/dev/shm` or home directory is needed | pass SIGTERM on to a [`Stop`](crate::Stop), and end within the time that the container has |
//! | is [a service](#services) | a stop leaves no lock | have `KillMode=mixed`, and a cache directory |
//! | has [a terminal](#terminals) | nothing prompts there, and Ctrl-C does not reach restic | pass Ctrl-C on to a `Stop` |
//! | runs [many at once](#what-a-run-costs), or with low limits | whatever runs out, no secret is left behind, and the error says what ran out | set [`max_running`](crate::ResticBuilder::max_running) |
//! | has [signal settings](#signals) of its own | they are not changed, and do not reach restic | not ignore SIGCHLD |
//! | runs restic [through another program](#through-another-program) | secrets arrive, a stop reaches restic | set [`wrapper`](crate::ResticBuilder::wrapper) |
//! | has [a user interface](#threads-that-must-not-wait) | | use [`stop_in_background`](crate::Run::stop_in_background) and [`settle`](crate::Restic::settle) |
//! | is configured [by the environment](#the-environment) | | use [`inherit_restic_env`](crate::ResticBuilder::inherit_restic_env) |
//!
//! In all of these [no other process is signalled](#nobody-else-is-signalled).
//!
//! ## What a run costs
//!
//! Measured on Linux, while restic runs, in addition to the process of restic itself:
//!
//! | | threads | descriptors |
//! |---|---|---|
//! | a blocking run | none: the calling thread waits | 4: standard output, standard error, restic's exit, and one to wake the waiting thread |
//! | an asynchronous run | 1, which waits | 4 |
//! | a password, or a repository location with a secret in it | | 1 each |
//! | an input: bytes, [a reader](crate::Restic::start_with_input) | 1 for a reader | 1 |
//! | while restic is being started | | 3 more |
//! | a [mount](crate::Restic::mount) | 1 | as a blocking run |
//! | a run that waits for its turn | none when asynchronous | none |
//!
//! macOS and Linux before 5.4 need one more thread for each run, to wait for restic's exit.
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
//! If descriptors, processes or memory run out nevertheless, the run fails with
//! [`CannotStart`](crate::ErrorKind::CannotStart), is
//! [retryable](crate::Error::is_retryable), and the system's [`io::Error`](std::io::Error) is its
//! source. A password is never written to disk because descriptors ran out.
//!
//! ## Through another program
//!
//! [`wrapper`](crate::ResticBuilder::wrapper) runs restic, including the query for its version,
//! through a program that runs another:
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
//! | `unshare --pid --fork`, `nsenter` | nothing, but `--fork`: Go programs do not run without it | yes, on Linux |
//! | `sudo -u` | `--preserve-env=RESTIC_PASSWORD` and any other variable that restic needs; `--non-interactive`, so that it fails instead of prompting | yes, if this program runs as root; otherwise it may not signal restic: after the grace period the error is [`Io`](crate::ErrorKind::Io), and restic goes on |
//! | `docker run --rm -i`, `podman run` | `--env RESTIC_PASSWORD`; restic needs a place for its cache | through the client, which passes it on |
//! | `systemd-run --pipe --wait` | `--setenv=RESTIC_PASSWORD` | **no**: the client ends, and the service goes on |
//! | `docker exec`, `kubectl exec` | `--env RESTIC_PASSWORD` | **no**: the client ends, and restic goes on in the container |
//!
//! `nice`, `env`, `setpriv`, `unshare`, `sudo` and `chroot` are tested with four releases of restic;
//! the others have not been tested. Where a stop does not reach restic, an
//! [executor](super::own_executor) that knows the other side can do better.
//!
//! * **Secrets.** A wrapper may run restic where it cannot read private files of this program. So
//!   passwords, and repository locations with a secret in them, are passed through the
//!   environment: `RESTIC_PASSWORD`, `RESTIC_REPOSITORY`, `RESTIC_FROM_PASSWORD`,
//!   `RESTIC_FROM_REPOSITORY`, before restic 0.14 `RESTIC_PASSWORD2` and `RESTIC_REPOSITORY2`. The
//!   environment can be read by the user that restic runs as, by root, and by what restic starts,
//!   such as ssh. [`password_file`](crate::ResticBuilder::password_file) must name a file that exists
//!   where restic runs. There is no variable for the new password of a key: behind a wrapper that
//!   changes the user, pass it [in a file](crate::commands::KeyAdd::password_file). Likewise, for
//!   a backup of more paths than fit on a command line, use
//!   [a list](crate::commands::Backup::listed_in) that restic can read.
//! * **Stopping.** On Linux the interrupt goes to restic itself, which is found below the wrapper by
//!   its command line; the wrapper ends when restic has. Killing, after the grace period, ends all
//!   of them. On other systems the interrupt goes to the wrapper.
//! * **Errors.** A missing wrapper is [`BinaryNotFound`](crate::ErrorKind::BinaryNotFound) before
//!   anything is started. A restic that the wrapper does not find is the same kind, recognised by
//!   the exit codes 126 and 127. If the wrapper did not pass a variable on, the error names it.
//! * A script in the place of the [`binary`](crate::ResticBuilder::binary) works as long as it ends
//!   in `exec restic "$@"` and changes neither user nor namespaces.
//!
//! ## Containers
//!
//! * **The first process** of a container is the parent of all orphans. In that case this library
//!   reaps what restic leaves behind, such as an ssh that was killed with it, each through its own
//!   descriptor; it never reaps your program's own children. (On Linux since 5.4.) Orphans of other
//!   programs stay zombies, as they would without restic: an init such as
//!   [tini](https://github.com/krallin/tini), or `docker run --init`, takes care of all of them. A
//!   program that is not the first process and wants the orphans asks for them with
//!   `PR_SET_CHILD_SUBREAPER`, and must wait for them itself.
//! * **The end** of a container is a SIGTERM to its first process, which ignores it unless it has a
//!   handler, and after a while, 10 seconds with docker, SIGKILL to all processes. Pass the SIGTERM
//!   on to a [`Stop`](crate::Stop), and set a [grace period](crate::ResticBuilder::grace) that fits
//!   into that time: it is 15 seconds unless set. A restic that is killed leaves its lock. In the
//!   next container with the same host name, [`Unlock`](crate::commands::Unlock) may take it for
//!   the lock of a running process until it is half an hour old.
//! * **Without `/proc`**, or where another user or a security module makes it unusable, secrets are
//!   private files in `TMPDIR`, removed with the run. A container with a read-only root needs a
//!   `TMPDIR` anyway: restic assembles its packs there.
//! * **A cache** needs `HOME` or `XDG_CACHE_HOME`. Without them restic 0.19 fails, and older versions
//!   run without a cache: set [`cache_dir`](crate::ResticBuilder::cache_dir) or
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
//! By default systemd sends SIGTERM to all processes of a service at once, including restic, which
//! dies of it up to 0.16, and the ssh or rclone that it needs to remove its lock. With
//! `KillMode=mixed` only your program gets the signal and can stop restic properly;
//! `TimeoutStopSec=` must be longer than the [grace period](crate::ResticBuilder::grace). Services
//! have no `HOME` unless they have a user: see the cache above.
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
//! restic runs in a session of its own: a Ctrl-C reaches only your program
//! ([how to pass it on](super::stopping#ctrl-c)), and what restic starts finds no terminal. An ssh
//! that would ask for a passphrase or about an unknown host fails at once, with its message in the
//! error, instead of waiting for an answer that nobody knows it wants. To let it ask your user, set
//! [`terminal`](crate::ResticBuilder::terminal). Starting restic takes the same time in a small
//! program as in one that uses gigabytes of memory.
//!
//! ## Signals
//!
//! | in the program | in restic, and for its runs |
//! |---|---|
//! | a signal is blocked | it is not blocked in restic |
//! | SIGINT, SIGTERM, SIGPIPE or SIGCHLD is ignored | it is not ignored in restic; SIGHUP stays as it is, for `nohup` |
//! | SIGPIPE has its default action | writing to a restic that has ended does not raise it |
//! | SIGCHLD is ignored, or the program waits for all of its children | restic's exit status is lost. If its closing document proves success, the result is returned nevertheless; otherwise the error says what to change. On macOS and Linux before 5.4 restic is not started |
//! | SIGCHLD has a handler | it is called for restic as for any child; for a handler that waits for all children see the row above |
//!
//! The library installs no signal handler, changes no signal mask, and waits for no child that it
//! did not start (except [in a container](#containers), for what restic started).
//!
//! ## Threads that must not wait
//!
//! [`Run::finish`](crate::Run::finish) and a drop wait until restic has ended; after a stop that
//! takes up to the [grace period](crate::ResticBuilder::grace). [`Stop::stop`](crate::Stop::stop) and
//! [`Run::stop`](crate::Run::stop) only ask, and return at once;
//! [`Run::stop_in_background`](crate::Run::stop_in_background) leaves the waiting to a background
//! thread. Wait for those threads before your program exits:
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
//! restic inherits the environment, except variables that begin with `RESTIC_`. If your users set
//! `RESTIC_REPOSITORY` and `RESTIC_PASSWORD_FILE`, as for restic itself, use
//! [`inherit_restic_env`](crate::ResticBuilder::inherit_restic_env). Without it, the error for a
//! missing repository or password names the variable that was not passed on.
//!
//! ## Nobody else is signalled
//!
//! The system may reuse a process id as soon as its process has been waited for. So no process is
//! signalled by its id alone:
//!
//! * **Linux** since 5.4: restic, and what it has started, is signalled and waited for through a
//!   descriptor (pidfd), which never refers to another process. What restic has started is found by
//!   its parent and session, opened, and checked again: the descriptor is kept only if the process
//!   is still the one that was found.
//! * **macOS**, other Unix systems and older Linux have only the id. Before each signal the
//!   system is asked whether the id is still that of a child of this program that nobody has waited
//!   for; the zombie keeps its id until this library waits for it. After a failed wait nothing is
//!   signalled any more. If the program ignores SIGCHLD, so that the system reaps its children by
//!   itself, restic is not started. A program that waits for *all* of its children on another thread
//!   can come between the check and the signal: on these systems wait for children by their ids.
//! * **Windows**: a process is ended through its handle. Its id, by which the console knows its
//!   group, is not reused while the handle is open, which is until the run is over.
//!
//! Process groups are signalled only when restic leads a group of its own, and never with
//! [`terminal`](crate::ResticBuilder::terminal), where it shares that of the program.

//! # Containers, services, terminals, low limits
//!
//! A library is a guest in a program. What the program is to expect of this one, in the
//! surroundings in which programs run.
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
//! | `sudo -u` | `--preserve-env=RESTIC_PASSWORD`, and what else restic is to get; `--non-interactive`, or it asks nobody for a password and fails | yes, if this program is root's; else it may signal nobody, and a run ends when restic does |
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

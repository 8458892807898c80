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

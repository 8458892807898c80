//! # Secrets
//!
//! Passwords, credentials and locations with a password in them are
//! [`Secret`](crate::Secret)s: they have no `Display` and no `Serialize`, their `Debug` output is
//! always the same, and they are wiped from memory when dropped.
//!
//! How they reach restic:
//!
//! | what | how |
//! |---|---|
//! | [`password`](crate::ResticBuilder::password), of a second repository too | a file that only restic can read |
//! | a repository location with a password in it | the same; restic 0.11 gets the location of a new repository, and of a second one, through its environment |
//! | the login of a REST server | as part of its location |
//! | credentials of other [backends](crate::backend), and [`env`](crate::ResticBuilder::env) | restic's environment |
//! | [`password_file`](crate::ResticBuilder::password_file) | the path on the command line |
//! | [`password_command`](crate::ResticBuilder::password_command), [`option`](crate::ResticBuilder::option), `arg` | the command line: **anybody on the machine can see it** |
//!
//! Behind a [wrapper](super::hosts#through-another-program) the first two rows use environment
//! variables instead of files.
//!
//! On Linux the files of the first two rows are anonymous memory, reached through `/proc` and gone
//! with the run. Elsewhere, and where `/proc` does not work, they are files with mode 0600 in a
//! directory with mode 0700, removed when the run ends, unless your program is killed.
//!
//! # The environment
//!
//! restic inherits the environment of your program, since it and its backends need a part of
//! it (`HOME`, `TMPDIR`, `AWS_PROFILE`, `RCLONE_CONFIG`, `SSH_AUTH_SOCK`, …), except variables
//! that begin with `RESTIC_`: these would change what a call means, or contradict it. Pass one on
//! by name with [`inherit_env`](crate::ResticBuilder::inherit_env), or all that no setting overrides
//! with [`inherit_restic_env`](crate::ResticBuilder::inherit_restic_env). Variables set with
//! [`ResticBuilder::env`](crate::ResticBuilder::env) or for a [`Repository`](crate::Repository)
//! override inherited ones, and your program's own environment is never changed.
//!
//! restic passes its environment on to the programs that it starts: `ssh`, rclone, a password
//! command. It keeps its own variables from rclone, but not the credentials of other backends.
//!
//! # What restic prints
//!
//! Before anybody sees restic's messages, they are searched for the secrets of the call, which are
//! replaced by `***`: restic itself masks the password of a URL, but not when it cannot parse the
//! URL.
//!
//! The value of a variable counts as a secret here when its name looks like one (`..KEY..`,
//! `..SECRET..`, `..PASS..`, `..TOKEN..`, `..SAS..`, `..CREDENTIAL..`). Secrets of fewer than 4
//! bytes are not masked: they occur in too many words by chance. A secret that is one of restic's
//! own words, such as `password`, is masked only where a URL has its password: in a well-known
//! sentence the gap would reveal it. Data, such as the names of files, is returned as it is.
//!
//! ```
//! use restic_cli_wrap::{Repository, Restic, Scripted, commands::Snapshots};
//!
//! let words = "Fatal: parse \"http://alice:wonderland@bad host/\": invalid character\n";
//! let restic = Restic::builder()
//!     .executor(Scripted::executor([Scripted::new().stderr(words).exit(1)]))
//!     .repository(Repository::rest("http://bad host/").login("alice", "wonderland"))
//!     .build();
//! let error = restic.run(Snapshots::new()).unwrap_err();
//! assert!(error.message().contains("***"));
//! assert!(!error.message().contains("wonderland"));
//! ```
//!
//! # Printing a call
//!
//! `Display` and `Debug` of clients and calls mask every secret:
//!
//! ```
//! use restic_cli_wrap::{Command, Restic, commands::Snapshots};
//!
//! let restic = Restic::builder()
//!     .repository("rest:https://alice:wonderland@backup.example/alice")
//!     .password("correct horse")
//!     .env("AWS_SECRET_ACCESS_KEY", "battery staple")
//!     .build();
//! let call = restic.invocation(&Snapshots::new());
//! assert_eq!(
//!     call.to_string(),
//!     "restic --json '--repository-file={{secret}}' '--password-file={{secret}}' snapshots"
//! );
//! let debug = format!("{restic:?} {call:?}");
//! for secret in ["wonderland", "horse", "staple"] {
//!     assert!(!debug.contains(secret));
//! }
//! ```

//! The programs that are measured, and what they read.

use std::env;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::task::Result;

/// Built with the release profile, as users do.
#[derive(Debug)]
pub(super) struct Programs {
    /// Reads an output in one way.
    pub(super) bench: PathBuf,
    /// Where generated outputs are kept.
    directory: PathBuf,
}

impl Programs {
    pub(super) fn build() -> Result<Self> {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--release", "--quiet", "--package", "restic-bench"]);
        if !build.status()?.success() {
            return Err("restic-bench cannot be built".into());
        }
        let directory = target().join("bench");
        fs::create_dir_all(&directory)?;
        Ok(Self {
            bench: target().join("release/restic-bench"),
            directory,
        })
    }

    /// An output with this many rows, in a file.
    pub(super) fn output(&self, listing: &str, rows: u64) -> Result<PathBuf> {
        let path = self.directory.join(format!("{listing}-{rows}"));
        let mut print = Command::new(&self.bench);
        print.args([listing, "print", &rows.to_string()]);
        if !print.stdout(File::create(&path)?).status()?.success() {
            return Err("no output could be generated".into());
        }
        Ok(path)
    }

    /// A program that acts like a restic that prints this file, whatever it is asked.
    pub(super) fn fake_restic(&self, output: &Path) -> Result<PathBuf> {
        let path = self.directory.join("restic");
        let mut file = File::create(&path)?;
        let version = r#"{"message_type":"version","version":"0.19.1","go_version":"go1.25.1","go_os":"linux","go_arch":"amd64"}"#;
        write!(
            file,
            "#!/bin/sh\ncase \"$*\" in *version*) echo '{version}' ;; *) exec cat '{}' ;; esac\n",
            output.display()
        )?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            file.set_permissions(fs::Permissions::from_mode(0o755))?;
        }
        Ok(path)
    }

    /// A directory below that of the outputs.
    pub(super) fn directory(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }
}

/// Where cargo puts what it builds.
pub(super) fn target() -> PathBuf {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target");
    env::var_os("CARGO_TARGET_DIR").map_or_else(default, PathBuf::from)
}

/// Whether a program can be started.
pub(super) fn is_there(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdin(Stdio::null());
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

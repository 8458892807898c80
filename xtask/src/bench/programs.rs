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
            bench: target().join("release/restic-bench").canonicalize()?,
            directory: directory.canonicalize()?,
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

    /// A program that acts like a restic that does this, in words for a shell, whatever it is asked.
    pub(super) fn fake_restic(&self, name: &str, does: &str) -> Result<PathBuf> {
        let directory = self.directory(&format!("fake-{name}"));
        fs::create_dir_all(&directory)?;
        let path = directory.join("restic");
        let mut file = File::create(&path)?;
        let version = r#"{"message_type":"version","version":"0.19.1","go_version":"go1.25.1","go_os":"linux","go_arch":"amd64"}"#;
        write!(
            file,
            "#!/bin/sh\ncase \"$*\" in *version*) echo '{version}' ;; *) exec {does} ;; esac\n"
        )?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            file.set_permissions(fs::Permissions::from_mode(0o755))?;
        }
        Ok(path)
    }

    /// A program that prints such an output, as a restic does.
    pub(super) fn restic_that_prints(&self, listing: &str, rows: u64) -> Result<PathBuf> {
        let output = self.output(listing, rows)?;
        self.fake_restic(listing, &format!("cat '{}'", output.display()))
    }

    /// Reads what a restic lists, in one way.
    pub(super) fn reads(&self, way: &str, restic: &Path, repository: &Path) -> Command {
        let mut command = Command::new(&self.bench);
        command.args(["ls", way]).arg(restic).arg(repository);
        command
    }

    /// Lets restic-bench measure something by itself.
    pub(super) fn measure(&self, arguments: &[&str]) -> Result<Measured> {
        let output = Command::new(&self.bench).args(arguments).output()?;
        if output.status.success() {
            Ok(Measured(String::from_utf8(output.stdout)?))
        } else {
            let said = String::from_utf8_lossy(&output.stderr);
            Err(format!("restic-bench {}: {said}", arguments.join(" ")).into())
        }
    }

    /// A directory below that of the outputs.
    pub(super) fn directory(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }
}

/// What restic-bench has measured: lines of a name and a number.
#[derive(Debug)]
pub(super) struct Measured(String);

impl Measured {
    pub(super) fn get(&self, name: &str) -> Result<f64> {
        let mut pairs = self.0.lines().filter_map(|line| line.split_once(' '));
        let found = pairs.find(|(known, _)| *known == name);
        let (_, number) = found.ok_or_else(|| format!("restic-bench has not measured {name}"))?;
        Ok(number.parse()?)
    }
}

/// An example of a package, built with the release profile.
pub(super) fn example(package: &str, name: &str) -> Result<PathBuf> {
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--release", "--quiet", "--package", package]);
    if !build.args(["--example", name]).status()?.success() {
        return Err(format!("the example {name} cannot be built").into());
    }
    Ok(target()
        .join("release/examples")
        .join(name)
        .canonicalize()?)
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

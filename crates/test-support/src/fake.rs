//! A restic that is a shell script: the smallest program that prints, lingers and dies as a
//! test wants.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use restic_cli_wrap::{Restic, ResticBuilder};

pub struct Fake {
    directory: tempfile::TempDir,
}

/// The last line of a backup that went well.
pub const SUMMARY: &str = r#"{"message_type":"summary","files_new":1,"files_changed":0,"files_unmodified":0,"dirs_new":0,"dirs_changed":0,"dirs_unmodified":0,"data_blobs":1,"tree_blobs":1,"data_added":5,"total_files_processed":1,"total_bytes_processed":5,"total_duration":0.5,"snapshot_id":"a3a41cf6a3a41cf6a3a41cf6a3a41cf6a3a41cf6a3a41cf6a3a41cf6a3a41cf6"}"#;

/// A line of progress.
pub const STATUS: &str =
    r#"{"message_type":"status","percent_done":0.5,"total_files":2,"files_done":1}"#;

impl Fake {
    /// A restic that does this, after writing its arguments to the file `calls`. `$here` is
    /// a directory of its own.
    pub fn new(script: &str) -> Self {
        let fake = Self {
            directory: tempfile::tempdir().unwrap(),
        };
        fake.becomes(script);
        fake
    }

    /// Replaces the program by another.
    pub fn becomes(&self, script: &str) {
        let here = self.directory.path().display();
        let text = format!(
            "#!/bin/sh\n[ \"$1\" = --ready ] && exit\nhere={here}\necho \"$*\" >> $here/calls\n{script}\n"
        );
        write_program(&self.path("restic"), &text);
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn builder(&self) -> ResticBuilder {
        Restic::builder()
            .binary(self.path("restic"))
            .repository("/srv/repo")
    }

    pub fn restic(&self) -> Restic {
        self.builder().build()
    }

    /// The arguments of each call so far.
    pub fn calls(&self) -> Vec<String> {
        let calls = fs::read_to_string(self.path("calls")).unwrap_or_default();
        calls.lines().map(str::to_owned).collect()
    }

    /// Waits until the script has made this file.
    pub fn wait_for(&self, name: &str) {
        let begin = std::time::Instant::now();
        while !self.path(name).exists() {
            assert!(begin.elapsed().as_secs() < 20, "{name} never came");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }
}

/// Makes a shell script that any restic may start.
#[allow(dead_code, reason = "used by one of the two test crates")]
pub fn make_program(path: &Path, script: &str) {
    write_program(
        path,
        &format!("#!/bin/sh\n[ \"$1\" = --ready ] && exit\n{script}\n"),
    );
}

fn write_program(path: &Path, text: &str) {
    let fresh = path.with_extension("fresh");
    fs::write(&fresh, text).unwrap();
    fs::set_permissions(&fresh, fs::Permissions::from_mode(0o755)).unwrap();
    // While a process that another test has just forked still holds the file open for
    // writing, it cannot be executed.
    let is_busy = |error: std::io::Error| error.kind() == std::io::ErrorKind::ExecutableFileBusy;
    while Command::new(&fresh)
        .arg("--ready")
        .status()
        .is_err_and(is_busy)
    {
        std::thread::yield_now();
    }
    fs::rename(fresh, path).unwrap();
}

/// A backup that goes on until it is interrupted, then cleans up as restic does.
pub fn lingering() -> String {
    format!(
        "trap 'echo interrupted >> $here/signals; exit 130' INT\n\
         echo '{STATUS}'\ntouch $here/started\nwhile :; do sleep 0.02; done"
    )
}

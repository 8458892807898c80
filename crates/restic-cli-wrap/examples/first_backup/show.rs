//! What the program shows on a terminal: a progress bar, and a report with short ids, times
//! and sizes for people.

use indicatif::{BinaryBytes, MultiProgress, ProgressBar, ProgressStyle};
use restic_cli_wrap::types::{BackupStatus, BackupSummary, Snapshot, Time};

use crate::program::Report;

/// The progress of two backups, each with a bar of its own that stays on the screen.
pub(crate) struct Bars {
    pub(crate) first: ProgressBar,
    pub(crate) second: ProgressBar,
}

impl Bars {
    pub(crate) fn new() -> Self {
        let screen = MultiProgress::new();
        let [first, second] = ["first backup", "second backup"].map(|name| screen.add(bar(name)));
        Self { first, second }
    }

    /// Shows how far the backup that runs now has come.
    pub(crate) fn update(&self, status: &BackupStatus) {
        let running = if self.first.is_finished() {
            &self.second
        } else {
            &self.first
        };
        running.set_length(status.total_bytes);
        running.set_position(status.bytes_done);
    }

    /// Fills the second bar: a backup that reads little is over before restic reports on it.
    pub(crate) fn finish(&self, second: &BackupSummary) {
        self.second.set_length(second.total_bytes_processed);
        self.second.finish();
    }
}

fn bar(name: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template(
        "{prefix:13} [{bar:30}] {percent:>3} %  {binary_bytes} of {binary_total_bytes}",
    );
    ProgressBar::no_length()
        .with_prefix(name)
        .with_style(style.unwrap().progress_chars("=> "))
}

pub(crate) fn report(report: &Report) {
    let repository = &report.repository;
    println!();
    println!(
        "repository    {} in {}",
        repository.id.short(),
        repository.repository
    );
    backup("first backup ", &report.first);
    backup("second backup", &report.second);
    println!();
    println!("{:<10}{:<22}{:<10}directory", "snapshot", "time", "host");
    report.snapshots.iter().for_each(row);
    println!();
    println!(
        "The newest one has {} files and directories, {}.",
        report.saved.len(),
        BinaryBytes(report.bytes)
    );
    for group in &report.forgotten {
        let (kept, removed) = (group.keep.len(), group.remove.len());
        println!("Forget kept {kept} snapshot and removed {removed}.");
    }
}

fn backup(name: &str, summary: &BackupSummary) {
    println!(
        "{name} {} in {:.1} s: {} new files, {} changed, {} added",
        summary
            .snapshot_id
            .as_ref()
            .map_or("no snapshot", |id| id.short()),
        summary.took().as_secs_f32(),
        summary.files_new,
        summary.files_changed,
        BinaryBytes(summary.data_added),
    );
}

fn row(snapshot: &Snapshot) {
    let time = minute(&snapshot.time);
    let paths = snapshot.paths.join(", ");
    println!(
        "{:<10}{time:<22}{:<10}{paths}",
        snapshot.short_id, snapshot.hostname
    );
}

/// A time to the minute, as its machine's clock showed it: `2026-11-22 11:16`.
fn minute(time: &Time) -> String {
    time.to_string()
        .chars()
        .take(16)
        .collect::<String>()
        .replace('T', " ")
}

pub(crate) const NEXT: &str = "
What to look at next:
  crates/restic-cli-wrap/examples/first_backup/program.rs   all that was done here, in 80 lines
  crates/restic-cli-wrap/examples/                          async, a GUI, metrics of many repositories
  cargo doc --open --package restic-cli-wrap                the guide, and a table of all commands
";

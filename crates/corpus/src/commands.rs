//! The commands that can be made again, each with its setters.

mod keeping;
mod mending;
mod reading;
mod row;

use super::call::{Call, Unbuildable};
use super::rebuild::{self, Json, Rebuild, Reported, Way, rebuild, setters};
use restic_cli_wrap::commands::{
    Backup, Check, CheckReport, Forget, ForgetSnapshots, Generate, Init, Ls, LsNcdu, Migrate,
    Migrations, Prune, RebuildIndex, Recover, RepairIndex, RepairPacks, RepairSnapshots, Restore,
    SelfUpdate, SnapshotGroups, Snapshots, Stats, StatsDebug, Unlock, Version,
};
use restic_types::cli::ParsedFlag;
use restic_types::{BackupMessage, CheckMessage, LsMessage, RestoreMessage};
use row::{Row, row};
use std::ffi::OsString;

/// What is examined. Of several with the same words the first that fits a call counts.
pub(super) fn rows() -> impl Iterator<Item = &'static Row> {
    COMMANDS
        .iter()
        .chain(keeping::COMMANDS)
        .chain(reading::READING)
}

/// The one for a call.
pub(super) fn row_for(call: &Call) -> Option<&'static Row> {
    rows().find(|row| row.name == call.name && (row.is_for)(call))
}

const COMMANDS: &[Row] = &[
    row::<Backup>(),
    row::<Check>(),
    row::<Forget>(),
    row::<ForgetSnapshots>(),
    row::<Generate>(),
    row::<Init>(),
    row::<LsNcdu>(),
    row::<Ls>(),
    row::<Migrations>(),
    row::<Migrate>(),
    row::<Prune>(),
    row::<RebuildIndex>(),
    row::<Recover>(),
    row::<RepairIndex>(),
    row::<RepairPacks>(),
    row::<RepairSnapshots>(),
    row::<Restore>(),
    row::<SelfUpdate>(),
    row::<SnapshotGroups>(),
    row::<Snapshots>(),
    row::<StatsDebug>(),
    row::<Stats>(),
    row::<Unlock>(),
    row::<Version>(),
];

rebuild! { Backup: "backup", Json::Always, [BackupMessage], {
    switch: dry_run exclude_caches exclude_cloud_files force ignore_ctime ignore_inode no_scan one_file_system
        skip_if_unchanged use_fs_snapshot with_atime;
    text: exclude exclude_file exclude_if_present exclude_larger_than files_from files_from_raw files_from_verbatim
        group_by host hostname iexclude iexclude_file parent stdin_filename tag time;
    number: read_concurrency;
}

    fn new(call: &mut Call) -> Result<Self, Unbuildable> {
        Ok(if call.take_switch("stdin") {
            Self::stdin(call.stdin.clone())
        } else if call.take_switch("stdin-from-command") {
            Self::stdin_from_command(call.take_operands())
        } else {
            Self::new(call.take_operands())
        })
    }
}

rebuild! { Check: "check", Json::Since(18), [CheckMessage], {
    switch: check_unused read_data with_cache;
    text: host path read_data_subset tag;
}

    fn new(_: &mut Call) -> Result<Self, Unbuildable> {
        Ok(Self::new())
    }

    fn has_findings(report: &CheckReport) -> bool {
        !report.is_ok()
    }
}

rebuild! { Init: "init", Json::Since(15), [], {
    switch: copy_chunker_params;
    text: repository_version;
}

    fn new(call: &mut Call) -> Result<Self, Unbuildable> {
        let init = Self::new();
        Ok(match call.take_source() {
            Some(source) => init.from(source),
            None => init,
        })
    }
}

rebuild! { Generate: "generate", Json::Never, [], {
    text: bash_completion fish_completion man powershell_completion zsh_completion;
}

    fn new(_: &mut Call) -> Result<Self, Unbuildable> {
        Ok(Self::new())
    }
}

rebuild! { Ls: "ls", Json::Always, [LsMessage], {
    switch: human_readable long recursive reverse;
    text: host path sort tag;
}

    fn new(call: &mut Call) -> Result<Self, Unbuildable> {
        Ok(Self::new(call.first("Ls takes a snapshot")?))
    }

    fn operand(self, operand: OsString) -> Self {
        self.directory(operand)
    }
}

/// It is made of an [`Ls`] with its settings.
impl Rebuild for LsNcdu {
    const NAME: &'static str = "ls";
    const JSON: Json = Json::Never;
    const STREAMS: bool = false;

    fn is_for(call: &Call) -> bool {
        call.has("ncdu")
    }

    fn new(call: &mut Call) -> Result<Self, Unbuildable> {
        call.take("ncdu");
        Ok(rebuild::command::<Ls>(call.take_all(), Way::Setters)?.ncdu())
    }

    fn flag(self, _: &ParsedFlag) -> Result<Self, Self> {
        Err(self)
    }

    fn word(self, _: OsString) -> Self {
        self
    }

    fn reported(event: &Self::Event) -> Reported {
        match *event {}
    }

    fn json(output: &Self::Output) -> serde_json::Value {
        rebuild::as_json(output)
    }

    fn read_again(output: &Self::Output) -> Option<String> {
        rebuild::read_again(output)
    }
}

rebuild! { Restore: "restore", Json::Since(16), [RestoreMessage], {
    switch: delete dry_run ownership_by_name sparse verify;
    text: exclude exclude_file exclude_xattr host iexclude iexclude_file iinclude iinclude_file include include_file
        include_xattr overwrite path tag target;
}

    fn new(call: &mut Call) -> Result<Self, Unbuildable> {
        Ok(Self::new(call.last("Restore takes a snapshot")?))
    }
}

rebuild! { SelfUpdate: "self-update", Json::Never, [], {
    text: output;
}

    fn new(_: &mut Call) -> Result<Self, Unbuildable> {
        Ok(Self::new())
    }
}

rebuild! { SnapshotGroups: "snapshots", Json::Always, [], {
    switch: compact last;
    text: host path tag;
    number: latest;
}

    fn is_for(call: &Call) -> bool {
        call.value("group-by").is_some_and(|list| !list.is_empty())
    }

    fn new(call: &mut Call) -> Result<Self, Unbuildable> {
        Ok(Self::new(call.take_value("group-by").unwrap_or_default()))
    }

    fn operand(self, operand: OsString) -> Self {
        self.snapshot(operand)
    }
}

rebuild! { Snapshots: "snapshots", Json::Always, [], {
    switch: compact last;
    text: host path tag;
    number: latest;
}

    fn new(_: &mut Call) -> Result<Self, Unbuildable> {
        Ok(Self::new())
    }

    fn operand(self, operand: OsString) -> Self {
        self.snapshot(operand)
    }
}

rebuild! { StatsDebug: "stats", Json::Never, [], {}

    fn is_for(call: &Call) -> bool {
        call.value("mode").is_some_and(|mode| mode == "debug")
    }

    fn new(call: &mut Call) -> Result<Self, Unbuildable> {
        call.take("mode");
        Ok(Self::new())
    }
}

rebuild! { Stats: "stats", Json::Always, [], {
    mode: mode;
    text: host path tag;
}

    fn new(_: &mut Call) -> Result<Self, Unbuildable> {
        Ok(Self::new())
    }

    fn operand(self, operand: OsString) -> Self {
        self.snapshot(operand)
    }
}

rebuild! { Unlock: "unlock", Json::Never, [Counter], {
    switch: remove_all;
}

    fn new(_: &mut Call) -> Result<Self, Unbuildable> {
        Ok(Self::new())
    }
}

rebuild! { Version: "version", Json::Since(17), [], {}

    fn new(_: &mut Call) -> Result<Self, Unbuildable> {
        Ok(Self::new())
    }
}

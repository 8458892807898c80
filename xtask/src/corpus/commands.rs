//! The commands that can be made again, each with its setters.

use super::call::{Call, Unbuildable};
use super::judge::{self, Examine};
use super::rebuild::{Json, Rebuild, Told, rebuild, setters};
use restic_cli_wrap::commands::{Backup, Init, Snapshots};
use restic_types::BackupMessage;
use restic_types::cli::ParsedFlag;
use std::ffi::OsString;

/// A command and how a recording of it is examined.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) is_for: fn(&Call) -> bool,
    pub(super) examine: Examine,
}

const fn row<C: Rebuild>() -> Row {
    Row {
        name: C::NAME,
        is_for: C::is_for,
        examine: judge::examine::<C>,
    }
}

/// What is examined; everything else is not yet.
pub(super) const COMMANDS: &[Row] = &[row::<Backup>(), row::<Init>(), row::<Snapshots>()];

rebuild! { Backup: "backup", Json::Always, [BackupMessage], {
    switch: dry_run exclude_caches exclude_cloud_files force ignore_ctime ignore_inode no_scan one_file_system
        skip_if_unchanged use_fs_snapshot with_atime;
    text: exclude exclude_file exclude_if_present exclude_larger_than files_from files_from_raw files_from_verbatim
        group_by host iexclude iexclude_file parent stdin_filename tag time;
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

rebuild! { Snapshots: "snapshots", Json::Always, [], {
    switch: compact;
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

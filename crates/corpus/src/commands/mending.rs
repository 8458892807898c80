//! The commands that remove what is not needed, and that mend what is damaged.

use crate::call::{Call, Unbuildable};
use crate::rebuild::{Json, Rebuild, Reported, rebuild, setters};
use restic_cli_wrap::commands::{
    Forget, ForgetSnapshots, Migrate, Migrations, Prune, RebuildIndex, Recover, RepairIndex,
    RepairPacks, RepairSnapshots,
};
use restic_types::cli::ParsedFlag;
use std::ffi::OsString;

rebuild! { Forget: "forget", Json::Always, [Counter], {
    switch: compact dry_run prune repack_cacheable_only repack_small repack_uncompressed unsafe_allow_remove_all;
    text: group_by host hostname keep_tag keep_within keep_within_daily keep_within_hourly keep_within_monthly
        keep_within_weekly keep_within_yearly max_repack_size max_unused path repack_smaller_than tag;
    keep: keep_daily keep_hourly keep_last keep_monthly keep_weekly keep_yearly;
}

    fn is_for(call: &Call) -> bool {
        call.operands.is_empty()
    }

    fn new(_: &mut Call) -> Result<Self, Unbuildable> {
        Ok(Self::new())
    }
}

// Without a policy it prints no JSON.
rebuild! { ForgetSnapshots: "forget", Json::Never, [Counter], {
    switch: dry_run prune repack_cacheable_only repack_small repack_uncompressed;
    text: host max_repack_size max_unused path repack_smaller_than tag;
}

    fn new(call: &mut Call) -> Result<Self, Unbuildable> {
        Ok(Self::new(call.take_operands()))
    }
}

rebuild! { Prune: "prune", Json::Never, [Counter], {
    switch: dry_run repack_cacheable_only repack_small repack_uncompressed;
    text: max_repack_size max_unused repack_smaller_than unsafe_recover_no_free_space;
}

    fn new(_: &mut Call) -> Result<Self, Unbuildable> {
        Ok(Self::new())
    }
}

rebuild! { Migrations: "migrate", Json::Never, [Counter], {}

    fn is_for(call: &Call) -> bool {
        call.operands.is_empty()
    }

    fn new(_: &mut Call) -> Result<Self, Unbuildable> {
        Ok(Self::new())
    }
}

rebuild! { Migrate: "migrate", Json::Never, [Counter], {
    switch: force;
}

    fn new(call: &mut Call) -> Result<Self, Unbuildable> {
        Ok(Self::new(call.first("Migrate takes a name")?))
    }

    fn operand(self, operand: OsString) -> Self {
        self.migration(operand)
    }
}

rebuild! { RebuildIndex: "rebuild-index", Json::Never, [Counter], {
    switch: read_all_packs;
}

    fn new(_: &mut Call) -> Result<Self, Unbuildable> {
        Ok(Self::new())
    }
}

rebuild! { Recover: "recover", Json::Never, [Counter], {}

    fn new(_: &mut Call) -> Result<Self, Unbuildable> {
        Ok(Self::new())
    }
}

rebuild! { RepairIndex: "repair index", Json::Never, [Counter], {
    switch: read_all_packs;
}

    fn new(_: &mut Call) -> Result<Self, Unbuildable> {
        Ok(Self::new())
    }
}

rebuild! { RepairPacks: "repair packs", Json::Never, [Counter], {}

    fn new(call: &mut Call) -> Result<Self, Unbuildable> {
        Ok(Self::new(call.take_operands()))
    }
}

rebuild! { RepairSnapshots: "repair snapshots", Json::Never, [Counter], {
    switch: dry_run forget;
    text: host path tag;
}

    fn new(_: &mut Call) -> Result<Self, Unbuildable> {
        Ok(Self::new())
    }

    fn operand(self, operand: OsString) -> Self {
        self.snapshot(operand)
    }
}

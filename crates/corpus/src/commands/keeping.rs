//! Commands about what surrounds snapshots: keys, tags, copies, the cache, what restic can do.

use super::super::call::{Call, Unbuildable};
use super::super::rebuild::{Json, Rebuild, Reported, rebuild, setters};
use super::row::{Row, row};
use restic_cli_wrap::commands::{
    Cache, Copy, Features, KeyAdd, KeyList, KeyPasswd, KeyRemove, Mount, Options, Rewrite, Tag,
};
use restic_types::TagMessage;
use restic_types::cli::ParsedFlag;
use std::ffi::OsString;

pub(super) const COMMANDS: &[Row] = &[
    row::<Cache>(),
    row::<Copy>(),
    row::<Features>(),
    row::<KeyAdd>(),
    row::<KeyList>(),
    row::<KeyPasswd>(),
    row::<KeyRemove>(),
    row::<Mount>(),
    row::<Options>(),
    row::<Rewrite>(),
    row::<Tag>(),
];

rebuild! { Cache: "cache", Json::Never, [Counter], {
    switch: cleanup no_size;
    number: max_age;
}

    fn new(_: &mut Call) -> Result<Self, Unbuildable> {
        Ok(Self::new())
    }
}

rebuild! { Copy: "copy", Json::Never, [Counter], {
    text: host path tag;
}

    fn new(call: &mut Call) -> Result<Self, Unbuildable> {
        let missing = Unbuildable("Copy takes a repository to copy from");
        Ok(Self::from(call.take_source().ok_or(missing)?))
    }

    fn operand(self, operand: OsString) -> Self {
        self.snapshot(operand)
    }
}

rebuild! { Features: "features", Json::Never, [Counter], {}

    fn new(_: &mut Call) -> Result<Self, Unbuildable> {
        Ok(Self::new())
    }
}

rebuild! { KeyAdd: "key add", Json::Never, [Counter], {
    text: host user;
}

    fn new(call: &mut Call) -> Result<Self, Unbuildable> {
        new_key(call, Self::password_file, Self::no_password)
    }
}

rebuild! { KeyList: "key list", Json::Always, [], {}

    fn new(_: &mut Call) -> Result<Self, Unbuildable> {
        Ok(Self::new())
    }
}

rebuild! { KeyPasswd: "key passwd", Json::Never, [Counter], {
    text: host user;
}

    fn new(call: &mut Call) -> Result<Self, Unbuildable> {
        new_key(call, Self::password_file, Self::no_password)
    }
}

rebuild! { KeyRemove: "key remove", Json::Never, [Counter], {}

    fn new(call: &mut Call) -> Result<Self, Unbuildable> {
        Ok(Self::new(call.last("KeyRemove takes a key")?))
    }
}

rebuild! { Mount: "mount", Json::Never, [MountEvent], {
    switch: allow_other no_default_permissions owner_root;
    text: host path path_template snapshot_template tag time_template;
}

    fn new(call: &mut Call) -> Result<Self, Unbuildable> {
        Ok(Self::new(call.last("Mount takes a directory")?))
    }
}

rebuild! { Options: "options", Json::Never, [Counter], {}

    fn new(_: &mut Call) -> Result<Self, Unbuildable> {
        Ok(Self::new())
    }
}

rebuild! { Rewrite: "rewrite", Json::Never, [Counter], {
    switch: dry_run forget snapshot_summary;
    text: exclude exclude_file host iexclude iexclude_file iinclude iinclude_file include include_file new_host
        new_time path tag;
}

    fn new(_: &mut Call) -> Result<Self, Unbuildable> {
        Ok(Self::new())
    }

    fn operand(self, operand: OsString) -> Self {
        self.snapshot(operand)
    }
}

rebuild! { Tag: "tag", Json::Since(18), [TagMessage], {
    text: add host path remove set tag;
}

    fn new(_: &mut Call) -> Result<Self, Unbuildable> {
        Ok(Self::new())
    }

    fn operand(self, operand: OsString) -> Self {
        self.snapshot(operand)
    }
}

/// A command that makes a key, with the password that the call names.
fn new_key<C>(
    call: &mut Call,
    password_file: fn(OsString) -> C,
    no_password: fn() -> C,
) -> Result<C, Unbuildable> {
    if let Some(file) = call.take_value("new-password-file") {
        Ok(password_file(file))
    } else if call.take_switch("new-insecure-no-password") {
        Ok(no_password())
    } else {
        Err(Unbuildable(
            "the new password is asked for, which no command does",
        ))
    }
}

use super::{Command, Flag};
pub(super) const COMMANDS: &[Command] = &[];
pub(super) const GLOBAL_FLAGS: &[Flag] = &[];

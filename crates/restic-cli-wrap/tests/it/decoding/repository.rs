//! A repository as a whole.

use restic_cli_wrap::commands::*;

use super::run;

#[test]
fn unlock() {
    let unlock = |stdout| run(Unlock::new(), 0, stdout, "").unwrap();
    let old = unlock("successfully removed locks\n");
    assert_eq!((old.removed, old.text.len()), (None, 1));
    assert_eq!(unlock("successfully removed 2 locks\n").removed, Some(2));
    assert_eq!(unlock(""), Unlocked::default());
}

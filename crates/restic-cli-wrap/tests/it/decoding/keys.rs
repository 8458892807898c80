//! Keys.

use restic_cli_wrap::ErrorKind;
use restic_cli_wrap::commands::*;

use super::{fails, run_and_reread as run};

#[test]
fn a_new_key_is_known_by_its_id_or_by_all_the_rest() {
    let old = "saved new key as <Key of bob@other, created on 2026-11-22 11:17:45.755427739 +0100 CET m=+5.191230121>\n";
    let new =
        "saved new key with ID 951d1eca00461a0b1f1ca65732dfa59d392c94ce3a939d3bd9c2d197460f36e2\n";
    let key = run(KeyAdd::new("x"), 0, old, "").unwrap();
    assert_eq!(key.username.as_deref(), Some("bob"));
    assert_eq!(key.hostname.as_deref(), Some("other"));
    let created = key.created.unwrap().to_string();
    assert_eq!(created, "2026-11-22T11:17:45.755427739+01:00");
    assert_eq!((key.id, key.text.len()), (None, 1));
    let key = run(KeyPasswd::new("x"), 0, new, "").unwrap();
    assert_eq!(key.id.unwrap().short(), "951d1eca");
    for cut in ["", "saved new key with ID 951d1eca0046", "saved new key\n"] {
        fails(KeyAdd::new("x"), 0, cut, "", ErrorKind::BadOutput);
    }
}

#[test]
fn keys_are_a_document() {
    let listed = r#"[{"current":true,"id":"c9f2f054","userName":"alice","hostName":"srv1","created":"2026-11-22 11:16:07"}]"#;
    let keys = run(KeyList::new(), 0, &format!("{listed}\n"), "").unwrap();
    assert_eq!(keys[0].user_name, "alice");
    fails(KeyList::new(), 0, &listed[..80], "", ErrorKind::BadOutput);
    fails(KeyList::new(), 0, "", "", ErrorKind::BadOutput);
}

#[test]
fn a_key_is_removed_and_restic_may_say_so() {
    let printed = "removed key 9c53ac9c2e4d58bc479e67e8246b2e3547e8a4c02a90e06808d4b75c66f2fb44\n";
    let removed = run(KeyRemove::new("9c53"), 0, printed, "").unwrap();
    assert_eq!(removed.id.unwrap().short(), "9c53ac9c");
    assert_eq!(run(KeyRemove::new("9c53"), 0, "", "").unwrap().id, None);
    for (stderr, kind) in [
        (
            "Fatal: refusing to remove key currently used to access repository\n",
            ErrorKind::Usage,
        ),
        (
            "no matching ID found\ngithub.com/restic/restic/internal/restic.init\n",
            ErrorKind::NotFound,
        ),
        (
            "{\"message_type\":\"exit_error\",\"code\":1,\"message\":\"no matching ID found for prefix \\\"deadbeef\\\"\"}\n",
            ErrorKind::NotFound,
        ),
    ] {
        fails(KeyRemove::new("deadbeef"), 1, "", stderr, kind);
    }
}

use restic_types::{Key, KeyId};

use crate::support::document;

#[test]
fn old_and_new() {
    let old: Vec<Key> = document(
        r#"[{"current":true,"id":"c9f2f054","userName":"alice","hostName":"srv1","created":"2026-11-22 11:16:07"}]"#,
    );
    assert_eq!(old[0].id, KeyId::from("c9f2f054"));
    assert_eq!(old[0].created.minute(), 16);
    let new: Vec<Key> = document(
        r#"[{"current":false,"id":"f12975ab83c323b36283da4e9e2cfe5c52f1d5ace3db1b79c810f5f193ffebaf","userName":"bob","hostName":"other","created":"2026-11-22 11:18:42"}]"#,
    );
    assert_eq!(new[0].id.short(), "f12975ab");
    assert_eq!(
        (&*new[0].user_name, &*new[0].host_name, new[0].current),
        ("bob", "other", false)
    );
}

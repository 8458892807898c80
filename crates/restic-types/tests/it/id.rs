use restic_types::serde_json;
use restic_types::{KeyId, SnapshotId};

const ID: &str = "fd82b0ce218d5d19077109ffc0ce7111f5864051a8e3483b76f36032999a4084";

#[test]
fn an_id_is_its_text() {
    let id = SnapshotId::from(ID);
    assert_eq!(id.to_string(), ID);
    assert_eq!(id.as_ref(), ID);
    assert_eq!(format!("{id:?}"), format!("SnapshotId({ID:?})"));
    assert_eq!(serde_json::to_string(&id).unwrap(), format!("{ID:?}"));
    assert_eq!(
        serde_json::from_str::<SnapshotId>(&format!("{ID:?}")).unwrap(),
        id
    );
    assert!(SnapshotId::from("a") < SnapshotId::from("b".to_owned()));
}

#[test]
fn the_short_form_never_panics() {
    let cases = [
        (ID, "fd82b0ce"),
        ("fd82b0ce", "fd82b0ce"),
        ("fd8", "fd8"),
        ("", ""),
        ("ääääääääää", "ääääääää"),
    ];
    for (id, short) in cases {
        assert_eq!(KeyId::from(id).short(), short);
    }
}

#[test]
fn an_id_is_text_in_json() {
    for json in ["null", "7", "{}", "[\"fd82b0ce\"]"] {
        assert!(serde_json::from_str::<SnapshotId>(json).is_err(), "{json}");
    }
}

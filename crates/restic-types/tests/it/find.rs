use restic_types::{
    BlobLocation, BlobType, FoundNode, FoundObject, NodeType, ObjectType, SnapshotMatches,
    serde_json,
};

use crate::support::document;

const OLD: &str = r#"{"path":"/data/fifo","type":"fifo","mtime":"2026-11-25T08:59:48Z","atime":"2026-11-25T08:59:48Z","ctime":"2026-11-25T08:59:48Z","uid":0,"gid":0}"#;
const FULL: &str = r#"{"path":"/data/bad\ufffdlink","permissions":"Lrwxrwxrwx","type":"symlink","mode":134218239,"mtime":"2026-11-25T08:59:48.097153854Z","atime":"2026-11-25T08:59:48.097153854Z","ctime":"2026-11-25T08:59:48.097153854Z","uid":1000,"gid":1001,"user":"alice","group":"staff","inode":10298188,"device_id":65024,"size":5,"links":1,"linktarget":"tar\ufffdget","error":"unreadable"}"#;

#[test]
fn nodes() {
    let old: FoundNode = document(OLD);
    assert_eq!(
        (&*old.path, &old.node_type),
        ("/data/fifo", &NodeType::Fifo)
    );
    assert_eq!(
        (old.inode, old.size, old.links, old.device_id),
        (None, 0, 0, 0)
    );
    let full: FoundNode = document(FULL);
    assert_eq!(full.mode.to_string(), full.permissions);
    assert_eq!((&*full.user, &*full.group), ("alice", "staff"));
    assert_eq!((full.inode, full.device_id), (Some(10_298_188), 65024));
    assert_eq!((full.size, full.links), (5, 1));
    assert_eq!(
        (&*full.linktarget, &*full.error),
        ("tar\u{fffd}get", "unreadable")
    );
}

#[test]
fn snapshots() {
    let json = format!(r#"[{{"matches":[{OLD},{FULL}],"hits":2,"snapshot":"b3d5"}}]"#);
    let found: Vec<SnapshotMatches> = document(&json);
    assert_eq!((found[0].hits, found[0].snapshot.as_str()), (2, "b3d5"));
    assert_eq!(found[0].matches.len(), 2);
}

#[test]
fn objects() {
    let found: Vec<FoundObject> = document(
        r#"[{"object_type":"blob","id":"c4fa","path":"/data/readme.md","parent_tree":"c114","snapshot":"0d6b","time":"2026-11-22T11:27:28.61508705+01:00"},{"object_type":"tree","id":"c114","path":"/data","snapshot":"0d6b","time":"2026-11-22T11:27:28.61508705+01:00"},{"object_type":"novel","id":"x","path":"","snapshot":"y","time":"2026-11-22T11:27:28Z"}]"#,
    );
    assert_eq!(found[0].object_type, ObjectType::Blob);
    assert_eq!(found[0].parent_tree.as_ref().unwrap().as_str(), "c114");
    assert_eq!(
        (&found[1].object_type, &found[1].parent_tree),
        (&ObjectType::Tree, &None)
    );
    assert_eq!(found[2].object_type, ObjectType::Unknown("novel".into()));
}

#[test]
fn locations() {
    let pack =
        "Object belongs to pack ba1e6f7ef83ee9aaac5ddbbc7c8068aeb5b024ecaf1107ae7cffeb4e0bbbce84";
    let read = |blob: &str| BlobLocation::read(pack, blob);
    let old = read(" ... Pack ba1e6f7e: <Blob (data) 88ad293f, offset 0, length 532>").unwrap();
    assert_eq!(
        (&old.blob_type, old.blob.as_str()),
        (&BlobType::Data, "88ad293f")
    );
    assert_eq!(
        (old.offset, old.length, old.uncompressed_length),
        (Some(0), Some(532), None)
    );
    document::<BlobLocation>(&serde_json::to_string(&old).unwrap());
    assert_eq!(
        read(" ... Pack 00000000: <Blob (data) 88ad293f, offset 0, length 532>"),
        None
    );
    assert_eq!(
        read(" ... Pack ba1e6f7e: <Blob (data) 88ad293f, offset 0"),
        None
    );
    assert_eq!(BlobLocation::read("[]", "[]"), None);
}

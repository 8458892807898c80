use restic_types::{
    BlobType, IndexFile, KeyFile, LockFile, RepositoryConfig, SnapshotData, serde_json,
};

use crate::support::document;

#[test]
fn config() {
    let config: RepositoryConfig = document(
        r#"{
  "version": 2,
  "id": "e54f459531fcc2804596c76e871eb0972d0c5feab72ab331c1fa338f58b648b2",
  "chunker_polynomial": "2cd25bafae5feb"
}"#,
    );
    assert_eq!((config.version, config.id.short()), (2, "e54f4595"));
    assert_eq!(config.chunker_polynomial, "2cd25bafae5feb");
}

#[test]
fn index_old_minimal() {
    let index: IndexFile = document(
        r#"{"packs":[{"id":"ba1e","blobs":[{"id":"88ad","type":"data","offset":0,"length":532}]}]}"#,
    );
    assert!(index.supersedes.is_empty());
    let blob = &index.packs[0].blobs[0];
    assert_eq!((blob.offset, blob.length), (0, 532));
    assert_eq!(
        (&blob.blob_type, blob.uncompressed_length),
        (&BlobType::Data, None)
    );
    assert_eq!(
        document::<IndexFile>(r#"{"packs":null}"#),
        IndexFile::default()
    );
}

#[test]
fn index_all_the_fields() {
    let index: IndexFile = document(
        r#"{"supersedes":["1ba8"],"packs":[{"id":"55a6","blobs":[{"id":"8935","type":"tree","offset":370,"length":264,"uncompressed_length":749},{"id":"0","type":"novel","offset":1,"length":2}]}]}"#,
    );
    assert_eq!(index.supersedes[0].as_str(), "1ba8");
    let blobs = &index.packs[0].blobs;
    assert_eq!(
        (&blobs[0].blob_type, blobs[0].uncompressed_length),
        (&BlobType::Tree, Some(749))
    );
    assert_eq!(blobs[1].blob_type, BlobType::Unknown("novel".into()));
}

#[test]
fn key() {
    let key: KeyFile = document(
        r#"{"created":"2026-11-22T11:16:07.585111254+01:00","username":"alice","hostname":"srv1","kdf":"scrypt","N":32768,"r":8,"p":2,"salt":"DPRkUUI9yv8=","data":"pZ9HOPCY"}"#,
    );
    assert_eq!(
        (&*key.username, &*key.hostname, &*key.kdf),
        ("alice", "srv1", "scrypt")
    );
    assert_eq!((key.n, key.r, key.p), (32768, 8, 2));
    assert_eq!(key.salt, [0x0c, 0xf4, 0x64, 0x51, 0x42, 0x3d, 0xca, 0xff]);
    assert_eq!(key.data.len(), 6);
    let broken = r#"{"created":"2026-11-22T11:16:07Z","kdf":"scrypt","N":1,"r":8,"p":2,"salt":"!","data":""}"#;
    assert!(serde_json::from_str::<KeyFile>(broken).is_err());
}

#[test]
fn lock() {
    let lock: LockFile = document(
        r#"{"time":"2026-11-22T11:19:54.920606797+01:00","exclusive":true,"hostname":"srv1","username":"alice","pid":24908,"uid":1000,"gid":1001}"#,
    );
    assert!(lock.exclusive);
    assert_eq!((&*lock.hostname, &*lock.username), ("srv1", "alice"));
    assert_eq!((lock.pid, lock.uid, lock.gid), (24908, 1000, 1001));
    let root = r#"{"time":"2026-11-22T11:19:54Z","exclusive":false,"hostname":"srv1","username":"root","pid":1}"#;
    assert_eq!(document::<LockFile>(root).uid, 0);
}

#[test]
fn a_snapshot_without_its_id() {
    let snapshot: SnapshotData = document(
        r#"{"time":"2026-11-22T11:16:15.8+01:00","tree":"be2e","paths":["/data/src"],"hostname":"srv1","username":"alice","uid":1000,"gid":1000}"#,
    );
    assert!(snapshot.id.is_none());
}

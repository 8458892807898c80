//! What is in a repository.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use restic_cli_wrap::ErrorKind;
use restic_cli_wrap::commands::*;
use restic_cli_wrap::types::{BlobType, NodeType, Tree, serde_json};

use super::{Bench, files_in, is_unsupported, on_each};

const NOWHERE: &str = "0000000000000000000000000000000000000000000000000000000000000000";

#[test]
fn everything_is_listed_and_shown() {
    on_each("everything_is_listed_and_shown", |bench| {
        let restic = &bench.restic;
        let id = bench.backup();

        let config = restic.run(CatConfig::new()).unwrap();
        assert_eq!(config.version, 1);
        let snapshots = restic.run(List::snapshots()).unwrap();
        assert_eq!(snapshots.len(), 1);
        assert!(snapshots[0].as_str().starts_with(&id));
        let snapshot = restic.run(CatSnapshot::new(&id)).unwrap();
        assert_eq!(snapshot.paths, [bench.path("data").display().to_string()]);

        let packs = restic.run(List::packs()).unwrap();
        let mut files = files_in(&bench.path("repo/data"));
        let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
        files.sort();
        let mut listed: Vec<_> = packs.iter().map(|pack| pack.as_str().to_owned()).collect();
        listed.sort();
        let named: Vec<_> = files.iter().map(|path| name(path)).collect();
        assert_eq!(listed, named);
        let pack = restic.run(CatPack::new(&named[0])).unwrap();
        assert_eq!(pack, fs::read(&files[0]).unwrap());

        let index = restic.run(List::index()).unwrap();
        let index = restic.run(CatIndex::new(index[0].as_str())).unwrap();
        assert_eq!(index.packs.len(), packs.len());
        let indexed: usize = index.packs.iter().map(|pack| pack.blobs.len()).sum();
        let blobs = restic.run(List::blobs()).unwrap();
        assert_eq!(blobs.len(), indexed);
        let data = blobs.iter().filter(|blob| blob.blob_type == BlobType::Data);
        assert_eq!(data.count(), 2, "two files");

        let keys = restic.run(List::keys()).unwrap();
        let key = restic.run(CatKey::new(keys[0].as_str())).unwrap();
        assert_eq!((&*key.kdf, key.salt.len()), ("scrypt", 64));
        let master = restic.run(CatMasterKey::new()).unwrap();
        assert_eq!(master.encrypt.expose().len(), 44);

        let root = restic.run(CatBlob::new(snapshot.tree.as_str())).unwrap();
        let root: Tree = serde_json::from_slice(&root).unwrap();
        assert_eq!(root.nodes[0].node_type, NodeType::Dir);

        assert_eq!(
            bench.kind(CatSnapshot::new("deadbeef")),
            ErrorKind::NotFound
        );
        assert_eq!(bench.kind(CatBlob::new(NOWHERE)), ErrorKind::NotFound);
        assert_eq!(bench.kind(CatIndex::new("x")), ErrorKind::Usage);
    });
}

#[test]
fn locks_are_listed_and_shown() {
    on_each("locks_are_listed_and_shown", |bench| {
        let (reader, writer) = io::pipe().unwrap();
        let backup = Backup::from_input().stdin_filename("held");
        // It holds its lock while its input has no end.
        let mut run = bench.restic.start_with_input(backup, reader).unwrap();
        let begin = Instant::now();
        // Until it is whole, the file has a longer name.
        let is_lock = |path: &PathBuf| path.file_name().unwrap().len() == 64;
        let lock = loop {
            let mut files = files_in(&bench.path("repo/locks")).into_iter();
            if let Some(lock) = files.find(is_lock) {
                break lock;
            }
            assert!(begin.elapsed().as_secs() < 20, "no lock");
            thread::sleep(Duration::from_millis(20));
        };
        let id = lock.file_name().unwrap();
        let listed = bench.restic.run(List::locks()).unwrap();
        assert!(listed.iter().any(|lock| OsStr::new(lock.as_str()) == id));
        let lock = bench.restic.run(CatLock::new(id)).unwrap();
        assert!(!lock.exclusive && lock.pid > 0);
        drop(writer);
        run.by_ref().for_each(|event| drop(event.unwrap()));
    });
}

#[test]
fn trees_keep_every_byte_of_a_name() {
    on_each("trees_keep_every_byte_of_a_name", |bench| {
        let name: &[u8] = b"bad\xff \"quoted\"\n\\";
        fs::write(bench.path("data").join(OsStr::from_bytes(name)), "x").unwrap();
        symlink(OsStr::from_bytes(b"to\xff"), bench.path("data/odd")).unwrap();
        let id = bench.backup();
        let directory = format!("{id}:{}", bench.path("data").display());
        let tree = match bench.restic.run(CatTree::new(directory)) {
            Ok(tree) => tree,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
                assert!(bench.is_older_than(15));
                return;
            }
        };
        let names: Vec<_> = tree.nodes.iter().map(|node| node.name.to_bytes()).collect();
        assert!(names.iter().any(|found| **found == *name), "{names:?}");
        let link = |node: &&_| {
            let node: &restic_cli_wrap::types::TreeNode = node;
            node.name.to_string() == "odd"
        };
        let link = tree.nodes.iter().find(link).unwrap();
        assert_eq!(link.link_target(), b"to\xff");
    });
}

#[test]
fn files_and_blobs_are_found() {
    on_each("files_and_blobs_are_found", |bench| {
        let restic = &bench.restic;
        let ids = [bench.backup(), bench.backup()];
        let found = restic.run(Find::new(["*.txt", "b.*"])).unwrap();
        assert_eq!(found.len(), 2);
        for found in &found {
            assert!(ids.iter().any(|id| found.snapshot.as_str().starts_with(id)));
            assert_eq!((found.hits, found.matches.len()), (2, 2));
        }
        let nodes = &found[0].matches;
        let file = nodes.iter().find(|node| node.path.ends_with("/data/a.txt"));
        assert_eq!(file.unwrap().size, 6);
        assert_eq!(restic.run(Find::new(["no such name"])).unwrap(), []);
        let one = Find::new(["A.TXT"]).ignore_case(true).snapshot(&ids[0]);
        let mut run = restic.start(one).unwrap();
        assert!(matches!(run.next().unwrap().unwrap(), FindEvent::Match(_)));
        assert_eq!(run.finish().unwrap()[0].matches, []);
        let unknown = Find::new(["a.txt"]).snapshot("deadbeef");
        assert_eq!(bench.kind(unknown), ErrorKind::NotFound);
        let reverse = Find::new(["a.txt"]).reverse(true);
        match restic.run(reverse) {
            Ok(found) => assert!(found[0].snapshot.as_str().starts_with(&ids[0])),
            Err(error) => assert!(is_unsupported(&error) && bench.is_older_than(18)),
        }

        let blobs = restic.run(List::blobs()).unwrap();
        let data = blobs.iter().find(|blob| blob.blob_type == BlobType::Data);
        let blob = data.unwrap().id.as_str();
        let command = FindObjects::blobs([blob]).show_pack_id(true);
        let found = restic.run(command).unwrap();
        assert!(!found.objects.is_empty());
        assert!(
            found
                .objects
                .iter()
                .all(|object| object.id.as_str() == blob)
        );
        assert_eq!(found.locations[0].blob.as_str(), &blob[..8]);
        let pack = found.locations[0].pack.as_str();
        let found = restic.run(FindObjects::packs([pack])).unwrap();
        assert!(
            found
                .objects
                .iter()
                .any(|object| object.id.as_str() == blob)
        );
        let snapshot = restic.run(CatSnapshot::new(&ids[0])).unwrap();
        let tree = restic.run(CatBlob::new(snapshot.tree.as_str())).unwrap();
        let tree: Tree = serde_json::from_slice(&tree).unwrap();
        let subtree = tree.nodes[0].subtree.as_ref().unwrap().as_str();
        assert!(
            !restic
                .run(FindObjects::trees([subtree]))
                .unwrap()
                .objects
                .is_empty()
        );
        let nothing = restic.run(FindObjects::blobs([NOWHERE])).unwrap();
        assert_eq!(nothing, FoundObjects::default());
        match restic.run(FindObjects::packs([NOWHERE])) {
            Ok(found) => assert!(found.objects.is_empty() && bench.is_older_than(14)),
            Err(error) => assert_eq!(error.kind(), ErrorKind::NotFound),
        }
    });
}

#[test]
fn a_lost_directory_is_damage() {
    on_each("a_lost_directory_is_damage", |bench| {
        // An old restic tries to read it for most of a minute.
        if bench.is_older_than(18) {
            return;
        }
        bench.backup();
        let listed = restic_files(&bench);
        fs::write(bench.path("data/docs/b.bin"), "other").unwrap();
        bench.backup();
        // The new trees are in a pack of their own.
        for pack in restic_files(&bench) {
            let bytes = fs::read(&pack).unwrap();
            if !listed.contains(&pack) && bytes.len() > 500 {
                fs::remove_file(&pack).unwrap();
            }
        }
        let error = bench.restic.run(Find::new(["b.bin"])).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Damaged, "{error}");
        let found = error.partial::<Find>().unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
    });
}

fn restic_files(bench: &Bench) -> Vec<PathBuf> {
    files_in(&bench.path("repo/data"))
}

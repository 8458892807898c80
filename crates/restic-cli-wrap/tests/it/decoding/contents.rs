//! What is in a repository.

use restic_cli_wrap::commands::*;
use restic_cli_wrap::types::{BlobType, IndexId, LsMessage, NodeType, Tree, serde_json};
use restic_cli_wrap::{Error, ErrorKind, Exit, Restic, Scripted};

use super::{fails, restic, run, script};

mod ls {
    use super::*;

    const OLD: &str = r#"{"time":"2026-11-22T11:16:22.619640531+01:00","tree":"be2ed472354eeb3d8cd2fa660ba1237c2e36f30291135d6dcbef0193e58724f3","paths":["/data/src"],"hostname":"srv1","username":"alice","uid":1000,"gid":1000,"id":"8763075ddf6854b2a1cb19034c23cbc4c3d86e63265bf010c7ed51f4ca751d7b","short_id":"8763075d","struct_type":"snapshot"}
{"name":"data","type":"dir","path":"/data","uid":1000,"gid":1000,"mode":2147484141,"mtime":"2026-11-22T11:16:04.37051652+01:00","atime":"2026-11-22T11:16:04.37051652+01:00","ctime":"2026-11-22T11:16:04.37051652+01:00","struct_type":"node"}
{"name":"a.txt","type":"file","path":"/data/src/a.txt","uid":1000,"gid":1000,"size":12,"mode":420,"mtime":"2023-11-14T23:15:00+01:00","atime":"2023-11-14T23:15:00+01:00","ctime":"2026-11-22T11:16:17.329813264+01:00","struct_type":"node"}
"#;

    #[test]
    fn collects_what_nobody_takes() {
        let listing = run(Ls::new("latest"), 0, OLD, "").unwrap();
        assert_eq!(listing.snapshot.unwrap().short_id.as_str(), "8763075d");
        assert_eq!(listing.nodes.len(), 2);
        assert_eq!(listing.nodes[1].node_type, NodeType::File);
    }

    #[test]
    fn what_was_taken_is_not_collected() {
        let mut run = restic(script(0, OLD, "")).start(Ls::new("latest")).unwrap();
        let first = run.next().unwrap().unwrap();
        assert!(matches!(first, LsMessage::Snapshot(_)));
        let second = run.next().unwrap().unwrap();
        assert!(matches!(second, LsMessage::Node(_)));
        let listing = run.finish().unwrap();
        assert_eq!((listing.snapshot, listing.nodes.len()), (None, 1));
    }

    #[test]
    fn an_unknown_snapshot_is_not_found() {
        let check =
            |exit, stderr| fails(Ls::new("deadbeef"), exit, "", stderr, ErrorKind::NotFound);
        check(0, "Ignoring \"deadbeef\", it is not a snapshot id\n");
        check(
            0,
            "Ignoring \"deadbeef\": no matching ID found for prefix \"deadbeef\"\n",
        );
        check(
            1,
            r#"{"message_type":"exit_error","code":1,"message":"no matching ID found for prefix \"deadbeef\""}"#,
        );
        fails(Ls::new("latest"), 0, "", "", ErrorKind::BadOutput);
    }

    #[test]
    fn a_lost_tree_fails_with_the_rows_until_then() {
        let stderr = "id f1e4b3204b769eddc406483080fc5f2b7de8fa821dd699025a54c89345592b45 not found in repository\n\
            github.com/restic/restic/internal/repository.(*Repository).LoadBlob\n\
            \tgithub.com/restic/restic/internal/repository/repository.go:156\n\
            main.runLs\n\
            \tgithub.com/restic/restic/cmd/restic/cmd_ls.go:197\n";
        let error = fails(Ls::new("latest"), 1, OLD, stderr, ErrorKind::Damaged);
        assert!(error.message().ends_with("not found in repository"));
        assert_eq!(error.partial::<Ls>().unwrap().nodes.len(), 2);
    }
}

mod ls_ncdu {
    use super::*;

    const DOCUMENT: &str = "[1, 2, {\"time\":\"2026-11-22T11:16:20.079243599+01:00\"}, [{\"name\":\"/\"},\n  \
        {\"name\":\"data\",\"asize\":0}\n]\n]\n";

    #[test]
    fn the_document_is_given_as_it_is() {
        assert_eq!(
            run(Ls::new("latest").ncdu(), 0, DOCUMENT, "").unwrap(),
            DOCUMENT
        );
        let command = Ls::new("latest").host("srv1").ncdu();
        let call = restic(Scripted::new()).invocation(&command).to_string();
        assert_eq!(call, "restic ls --host=srv1 --ncdu -- latest");
    }

    #[test]
    fn a_document_cut_short_is_no_success() {
        let half = &DOCUMENT[..DOCUMENT.len() / 2];
        let error = fails(Ls::new("latest").ncdu(), 0, half, "", ErrorKind::BadOutput);
        assert!(error.partial::<LsNcdu>().unwrap().starts_with(half));
    }
}

const BLOB: &str = "88ad293f09e1b22287968123648c4e577c32ad8cf4496b95de63bca412cd9f62";

mod cat {
    use super::*;

    const CONFIG: &str = "{\n  \"version\": 2,\n  \"id\": \"e54f459531fcc2804596c76e871eb0972d0c5feab72ab331c1fa338f58b648b2\",\n  \"chunker_polynomial\": \"2cd25bafae5feb\"\n}\n";
    const KEY: &str = "{\n  \"created\": \"2026-11-22T11:16:07.585111254+01:00\",\n  \"username\": \"alice\",\n  \"hostname\": \"srv1\",\n  \"kdf\": \"scrypt\",\n  \"N\": 32768,\n  \"r\": 8,\n  \"p\": 2,\n  \"salt\": \"DPRkUUI9yv8=\",\n  \"data\": \"pZ9HOPCY\"\n}\n";
    const MASTER_KEY: &str = "{\n  \"mac\": {\n    \"k\": \"KKKKKKKKKKKKKKKKKKKKKw==\",\n    \"r\": \"RRRRRRRRRRRRRRRRRRRRRg==\"\n  },\n  \"encrypt\": \"EEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEE=\"\n}\n";
    const TREE: &str = r#"{"nodes":[{"name":"bad\\xffname","type":"file","mode":420,"mtime":"2026-11-25T08:59:48.097003432Z","atime":"2026-11-25T08:59:48.097003432Z","ctime":"2026-11-25T08:59:48.097003432Z","uid":0,"gid":0,"user":"root","group":"root","inode":10298186,"device_id":65024,"size":1,"links":1,"content":["2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"]}]}
"#;

    #[test]
    fn a_document_may_have_many_lines_and_text_around_it() {
        let asked = "reading repository password from stdin\n";
        for printed in [CONFIG.to_owned(), format!("{asked}{CONFIG}")] {
            let config = run(CatConfig::new(), 0, &printed, "").unwrap();
            assert_eq!((config.version, config.id.short()), (2, "e54f4595"));
        }
        let key = run(CatKey::new("c9f2f054"), 0, KEY, "").unwrap();
        assert_eq!((key.n, key.salt.len()), (32768, 8));
        let tree = run(CatTree::new("b88e3963"), 0, TREE, "").unwrap();
        assert_eq!(&*tree.nodes[0].name.to_bytes(), b"bad\xffname");
    }

    #[test]
    fn data_is_not_masked_for_being_the_password() {
        let restic = Restic::builder()
            .executor(Scripted::executor([script(0, KEY, "")]))
            .password("alice")
            .build();
        assert_eq!(
            restic.run(CatKey::new("c9f2f054")).unwrap().username,
            "alice"
        );
    }

    #[test]
    fn half_a_document_is_none() {
        for length in 1..CONFIG.len() - 2 {
            fails(
                CatConfig::new(),
                0,
                &CONFIG[..length],
                "",
                ErrorKind::BadOutput,
            );
        }
        fails(CatConfig::new(), 0, "", "", ErrorKind::BadOutput);
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        let unknown = || CatSnapshot::new("deadbeef");
        let words = "Fatal: could not find snapshot: no matching ID found\n\n";
        fails(unknown(), 1, "", words, ErrorKind::NotFound);
        let words = r#"{"message_type":"exit_error","code":1,"message":"Fatal: blob not found"}"#;
        fails(CatBlob::new(BLOB), 1, "", words, ErrorKind::NotFound);
        let words = "Fatal: unable to parse ID: invalid length for hash\n\n";
        fails(CatBlob::new("88ad"), 1, "", words, ErrorKind::Usage);
    }

    #[test]
    fn trees_need_restic_0_16() {
        let executor = Scripted::executor([]);
        let restic = Restic::builder()
            .executor(executor.clone())
            .restic_version("0.14.0")
            .build();
        let error = restic.run(CatTree::new("b88e3963")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(
            error.message().contains("cat tree needs restic 0.16.0"),
            "{error}"
        );
        assert!(executor.calls().is_empty());
    }

    #[test]
    fn blobs_and_packs_are_bytes() {
        let bytes = b"\xff\x00[{\"\n\r\n half a line";
        let restic = restic(Scripted::new().stdout(bytes).in_chunks_of(3));
        assert_eq!(restic.run(CatPack::new("b44cbcf3")).unwrap(), bytes);
        let tree = run(CatBlob::new(BLOB), 0, TREE, "").unwrap();
        let tree: Tree = serde_json::from_slice(&tree).unwrap();
        assert_eq!(tree.nodes.len(), 1);
    }

    /// The parts of the key that must be nowhere.
    fn has_secret(text: &str) -> bool {
        ["KKKK", "RRRR", "EEEE"]
            .iter()
            .any(|part| text.contains(part))
    }

    #[test]
    fn the_master_key_is_a_secret() {
        for printed in [
            MASTER_KEY.to_owned(),
            format!("reading repository password\n{MASTER_KEY}"),
        ] {
            let restic = restic(Scripted::new().stdout(printed).in_chunks_of(7));
            let run = restic.start(CatMasterKey::new()).unwrap();
            let (key, notices) = run.finish_with_notices().unwrap();
            assert_eq!(key.mac_k.expose(), b"KKKKKKKKKKKKKKKKKKKKKw==");
            assert_eq!(key.mac_r.expose(), b"RRRRRRRRRRRRRRRRRRRRRg==");
            assert_eq!(key.encrypt.expose().len(), 44);
            assert_eq!(key.json.expose(), MASTER_KEY.as_bytes());
            assert!(!has_secret(&format!("{key:?}{notices:?}")));
        }
    }

    #[test]
    fn no_failure_has_the_master_key_in_it() {
        let broken = MASTER_KEY.replace("\"EEEE", "7, \"EEEE");
        let text = MASTER_KEY.replace('{', "");
        let half = &MASTER_KEY[..MASTER_KEY.len() - 4];
        for printed in [&broken, &text, half, "", "\"KKKK\"", "{\"mac\":\"KKKK\"}"] {
            let error = fails(CatMasterKey::new(), 0, printed, "", ErrorKind::BadOutput);
            assert!(!has_secret(&whole(&error)), "{error:?}");
        }
        let error = fails(CatMasterKey::new(), 1, MASTER_KEY, "", ErrorKind::Failed);
        assert!(!has_secret(&whole(&error)), "{error:?}");
        let killed = restic(Scripted::new().stdout(MASTER_KEY).exits(Exit::Signal(9)));
        let error = killed.run(CatMasterKey::new()).unwrap_err();
        assert!(!has_secret(&whole(&error)), "{error:?}");
    }

    fn whole(error: &Error) -> String {
        let notices = error.notices();
        let partial = error.partial::<CatMasterKey>();
        format!(
            "{error} {error:?} {} {notices:?} {partial:?}",
            error.stderr_tail()
        )
    }
}

mod list {
    use super::*;

    #[test]
    fn rows_are_typed() {
        let rows = format!("data {BLOB}\ntree {BLOB}\nnovel {BLOB}\n");
        let blobs = run(List::blobs(), 0, &rows, "").unwrap();
        let types: Vec<_> = blobs.iter().map(|blob| blob.blob_type.as_str()).collect();
        assert_eq!(types, ["data", "tree", "novel"]);
        assert_eq!(
            (&blobs[0].blob_type, blobs[0].id.as_str()),
            (&BlobType::Data, BLOB)
        );
        let rows = format!("{BLOB}\n{BLOB}\n");
        assert_eq!(run(List::packs(), 0, &rows, "").unwrap().len(), 2);
        assert_eq!(run(List::locks(), 0, "", "").unwrap(), []);
    }

    #[test]
    fn rows_that_are_taken_are_not_kept() {
        let rows = format!("{BLOB}\n{BLOB}\n");
        let mut run = restic(script(0, &rows, ""))
            .start(List::snapshots())
            .unwrap();
        assert_eq!(run.next().unwrap().unwrap().as_str(), BLOB);
        assert_eq!(run.finish().unwrap().len(), 1);
    }

    #[test]
    fn text_between_is_a_notice_and_half_a_row_an_error() {
        let text = "reading repository password from stdin\n";
        let printed = format!("{text}{BLOB}\n{}\n", &BLOB[1..]);
        let run = restic(script(0, &printed, "")).start(List::keys()).unwrap();
        let (keys, notices) = run.finish_with_notices().unwrap();
        assert_eq!((keys.len(), notices.len()), (1, 2));
        for length in [1, 63, 64] {
            let printed = format!("{BLOB}\n{}", &BLOB[..length]);
            let error = fails(List::index(), 0, &printed, "", ErrorKind::BadOutput);
            assert_eq!(error.partial::<List<IndexId>>().map(Vec::len), Some(1));
        }
    }

    #[test]
    fn rows_are_not_masked_for_having_the_password_in_them() {
        let rows = format!("{BLOB}\n");
        let restic = Restic::builder()
            .executor(Scripted::executor([script(0, &rows, "")]))
            .password("293f09")
            .build();
        assert_eq!(restic.run(List::packs()).unwrap()[0].as_str(), BLOB);
    }
}

mod find {
    use super::*;

    const NODE: &str = r#"{"path":"/data/a.txt","permissions":"-rw-r--r--","type":"file","mode":420,"mtime":"2026-11-25T08:59:57.813011602Z","atime":"2026-11-25T08:59:57.813011602Z","ctime":"2026-11-25T08:59:57.813011602Z","uid":0,"gid":0,"user":"root","group":"root","inode":10298172,"device_id":65024,"size":15,"links":1}"#;
    const OBJECT: &str = r#"{"object_type":"blob","id":"c4faa63bad916c982359a0282b5d95ce31f2c5b4a8f5ef9405f58f10564d15a6","path":"/data/src/docs/readme.md","parent_tree":"c11400b895b96b42290974ee80418d3f16af8746f4c64cb098ebe0c3c5e6eabc","snapshot":"0d6b68f7088a8138bf01a17d1610ac2c899141ef2ba5e0240c029f0754fa7c36","time":"2026-11-22T11:27:28.61508705+01:00"}"#;

    fn document() -> String {
        format!(
            r#"[{{"matches":[{NODE},{NODE}],"hits":2,"snapshot":"9a4e"}},{{"matches":[{NODE}],"hits":1,"snapshot":"854a"}}]"#
        ) + "\n"
    }

    fn find() -> Find {
        Find::new(["a.txt"])
    }

    #[test]
    fn matches_are_grouped_by_their_snapshots() {
        let found = run(find(), 0, &document(), "").unwrap();
        let counts: Vec<_> = found
            .iter()
            .map(|found| (found.snapshot.as_str(), found.hits, found.matches.len()))
            .collect();
        assert_eq!(counts, [("9a4e", 2, 2), ("854a", 1, 1)]);
        assert_eq!(run(find(), 0, "[]\n", "").unwrap(), []);
    }

    #[test]
    fn each_match_comes_alone_wherever_the_chunks_are_cut() {
        for size in [1, 2, 7, 64, 1000, 10_000] {
            let script = Scripted::new().stdout(document()).in_chunks_of(size);
            let mut run = restic(script).start(find()).unwrap();
            let reported: Vec<_> = run
                .by_ref()
                .map(|event| match event.unwrap() {
                    FindEvent::Match(node) => node.path,
                    FindEvent::Snapshot(found) => format!("{} in {}", found.hits, found.snapshot),
                    other => panic!("{other:?}"),
                })
                .collect();
            let path = "/data/a.txt";
            assert_eq!(reported, [path, path, "2 in 9a4e", path, "1 in 854a"]);
            assert_eq!(run.finish().unwrap(), []);
        }
    }

    /// Printed by 0.18.0; 0.11 to 0.19 print alike.
    #[test]
    fn a_lost_directory_is_damage_with_what_was_found() {
        let lost = "Unable to load tree 200fa93c63a730336800694fdabef924b4dfadae3ea111052be4e3738f534a0f\n ... which belongs to snapshot 9a4e64a2aacef38fd843c495781f4497b77ecbdd5fc24eceb55f1cc3793b492d\n";
        let matches =
            |text| format!(r#"[{{"matches":[{NODE}{text}],"hits":1,"snapshot":"9a4e"}}]"#);
        for (printed, found) in [
            (format!("{lost}{}\n", matches(lost)), 1),
            (format!("{lost}{}\n", matches("")), 1),
            (format!("{}\n", matches(lost)), 1),
            (format!("{lost}[]\n"), 0),
        ] {
            let error = fails(find(), 0, &printed, "", ErrorKind::Damaged);
            assert!(
                error.message().starts_with("Unable to load tree 200fa93c"),
                "{error}"
            );
            assert_eq!(error.partial::<Find>().unwrap().len(), found, "{printed}");
            assert!(error.notices().len() >= 2);
        }
        let objects = format!("[{OBJECT}{lost},{OBJECT}]\n");
        let command = FindObjects::blobs(["c4faa63b"]);
        let error = fails(command, 0, &objects, "", ErrorKind::Damaged);
        assert_eq!(error.partial::<FindObjects>().unwrap().objects.len(), 2);
    }

    #[test]
    fn what_is_cut_is_no_result() {
        let whole = document();
        for length in 0..whole.len() - 2 {
            let error = fails(find(), 0, &whole[..length], "", ErrorKind::BadOutput);
            assert!(error.partial::<Find>().is_some());
        }
        // A helper's words without a line end, which hide a match.
        let hidden = whole.replacen(",{\"path\"", "warning: ,{\"path\"", 1);
        let hidden = hidden.replacen("],\"hits\"", "a line end\n],\"hits\"", 1);
        let error = fails(find(), 0, &hidden, "", ErrorKind::BadOutput);
        assert!(error.message().contains("1 matches have come"), "{error}");
        let broken = whole.replace(r#""size":15"#, r#""size":"15""#);
        let error = fails(find(), 0, &broken, "", ErrorKind::BadOutput);
        assert!(error.message().contains("invalid type"), "{error}");
    }

    #[test]
    fn a_snapshot_that_is_not_there_is_not_found() {
        let words = "Ignoring \"deadbeef\": no matching ID found for prefix \"deadbeef\"\n";
        let error = fails(find(), 0, &document(), words, ErrorKind::NotFound);
        assert_eq!(error.partial::<Find>().unwrap().len(), 2);
        fails(find(), 0, "[]\n", words, ErrorKind::NotFound);
        let words = "Fatal: unable to find pack(s): [0000]";
        fails(
            FindObjects::packs(["0000"]),
            1,
            "",
            words,
            ErrorKind::NotFound,
        );
    }

    #[test]
    fn packs_are_reported_as_text() {
        let printed = format!(
            "[{OBJECT}]\nObject belongs to pack 82212f5069d015057596c171d7c15b889730bf7a41f04414db33e2828b36b983\n ... Pack 82212f50: <Blob (data) c4faa63b, offset 106, length 59, uncompressed length 200>\nObject [null] not found in the index\n"
        );
        let command = FindObjects::blobs(["c4faa63b"]).show_pack_id(true);
        let run = restic(script(0, &printed, "")).start(command).unwrap();
        let (found, notices) = run.finish_with_notices().unwrap();
        assert_eq!((found.objects.len(), found.locations.len()), (1, 1));
        let location = &found.locations[0];
        assert_eq!(
            (location.pack.short(), location.uncompressed_length),
            ("82212f50", Some(200))
        );
        assert_eq!(notices.len(), 3);
    }
}

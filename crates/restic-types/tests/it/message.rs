use restic_types::{
    BackupMessage, CheckMessage, LsMessage, Message, RestoreMessage, UnknownMessage, serde_json,
};

fn unknown(line: &str) -> UnknownMessage {
    match BackupMessage::read(line) {
        Some(BackupMessage::Unknown(unknown)) => unknown,
        other => panic!("{line} became {other:?}"),
    }
}

#[test]
fn text_is_no_message() {
    let lines = [
        "",
        "\r",
        "Fatal: unable to open repository",
        "[0:00] 100.00%  9 / 9 packs",
        "[]",
        "null",
        "\"{}\"",
        "\u{feff}",
    ];
    for line in lines {
        assert_eq!(BackupMessage::read(line), None, "{line:?}");
        assert_eq!(RestoreMessage::read(line), None, "{line:?}");
        assert_eq!(LsMessage::read(line), None, "{line:?}");
        assert_eq!(CheckMessage::read(line), None, "{line:?}");
    }
}

#[test]
fn what_surrounds_the_object_is_ignored() {
    let line = r#"{"message_type":"status","percent_done":0.5}"#;
    let message = BackupMessage::read(line);
    assert!(matches!(message, Some(BackupMessage::Status(_))));
    for line in [
        format!("\u{feff}{line}"),
        format!("{line}\r\n"),
        format!(" \t{line} \u{feff}\n"),
    ] {
        assert_eq!(BackupMessage::read(&line), message, "{line:?}");
    }
}

#[test]
fn a_newer_type_is_kept_without_a_problem() {
    let line = r#"{"message_type":"novel_item","item":"/data/cache","n":1.50}"#;
    let kept = unknown(&format!("{line}\r"));
    assert_eq!(kept.message_type.as_deref(), Some("novel_item"));
    assert_eq!(kept.raw, line);
    assert_eq!(kept.problem, None);
    assert_eq!(unknown(r#"{"item":"/"}"#).problem, None);
    assert_eq!(unknown("{}").message_type, None);
    assert_eq!(unknown(r#"{"message_type":null}"#).problem, None);
}

#[test]
fn a_misfit_says_why() {
    let line = r#"{"message_type":"status","percent_done":"half"}"#;
    let kept = unknown(line);
    assert_eq!(kept.message_type.as_deref(), Some("status"));
    assert_eq!(kept.raw, line);
    assert_eq!(
        kept.problem.as_deref(),
        Some("invalid type: string \"half\", expected f64 at line 1 column 47")
    );
    assert!(
        unknown(r#"{"message_type":"summary"}"#)
            .problem
            .unwrap()
            .contains("missing field `files_new`")
    );
    assert!(
        unknown(r#"{"message_type":7}"#)
            .problem
            .unwrap()
            .contains("expected a string")
    );
}

#[test]
fn broken_objects_say_where() {
    let lines = [
        "{",
        r#"{"message_type":"status"#,
        r#"{"message_type":"status","percent_done":0.5"#,
        r#"{"message_type":"status","percent_done":0.5} {}"#,
        r#"{"message_type":"novel_item","item":"/da"#,
        r#"{"percent_done":0.5,"message_type":"status""#,
        r#"{signal interrupt received, cleaning up}"#,
        r#"{"message_type":"novel_item","item":"\ud800"} text"#,
    ];
    for line in lines {
        let kept = unknown(line);
        assert_eq!(kept.raw, line);
        assert!(kept.problem.unwrap().contains("line 1 column"), "{line}");
    }
}

#[test]
fn the_tag_may_be_anywhere_and_escaped() {
    let lines = [
        r#"{"percent_done":0.5,"message_type":"status"}"#,
        r#" { "message_type" : "status" , "percent_done" : 0.5 }"#,
        r#"{"message_type":"st\u0061tus","percent_done":0.5}"#,
        r#"{"new":{"message_type":"summary"},"percent_done":0.5,"message_type":"status"}"#,
        r#"{"new":"\"message_type\":\"summary\"","message_type":"status","percent_done":0.5}"#,
        // `message_type` counts before the tag that only `ls` has.
        r#"{"message_type":"status","percent_done":0.5,"struct_type":"node"}"#,
        r#"{"new":1,"message_type":"status","percent_done":0.5,"struct_type":"node"}"#,
        r#"{"new":1,"message_type":"status","percent_done":0.5,"struct_type":"node","new2":1}"#,
    ];
    for line in lines {
        let Some(BackupMessage::Status(status)) = BackupMessage::read(line) else {
            panic!("{line}")
        };
        assert!(status.percent_done > 0.49);
    }
    assert_eq!(
        unknown(r#"{"message_type":"status\"","percent_done":0.5}"#)
            .message_type
            .as_deref(),
        Some("status\"")
    );
}

#[test]
fn unknown_messages_come_out_as_they_went_in() {
    fn check<
        M: Message + serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
    >() {
        let object = r#"{"message_type":"new","big":18446744073709551615,"b":1.50,"a":"\u003c"}"#;
        let message = M::read(object).unwrap();
        assert_eq!(serde_json::to_string(&message).unwrap(), object);
        assert_eq!(serde_json::from_str::<M>(object).unwrap(), message);

        let misfit = r#"{"message_type":"error","error":7}"#;
        let message = M::read(misfit).unwrap();
        assert_eq!(serde_json::to_string(&message).unwrap(), misfit);
        assert_eq!(M::read(misfit).unwrap(), message);

        let broken = M::read(r#"{"message_type":"new","#).unwrap();
        let printed = serde_json::to_string(&broken).unwrap();
        assert_eq!(printed, r#""{\"message_type\":\"new\",""#);
        assert_eq!(serde_json::from_str::<M>(&printed).unwrap(), broken);
        assert!(serde_json::from_str::<M>("[]").is_err());
        assert!(serde_json::from_str::<M>("\"text\"").is_err());
    }
    check::<BackupMessage>();
    check::<RestoreMessage>();
    check::<CheckMessage>();
    check::<LsMessage>();
}

#[test]
fn messages_are_read_from_inside_other_json() {
    let messages = r#"[ {"message_type":"status", "percent_done":1}, {"message_type":"new"} ]"#;
    let [status, new] = serde_json::from_str::<[BackupMessage; 2]>(messages).unwrap();
    assert!(matches!(status, BackupMessage::Status(_)));
    assert!(matches!(new, BackupMessage::Unknown(_)));
    let value = serde_json::to_value(&status).unwrap();
    assert_eq!(
        serde_json::from_value::<BackupMessage>(value).unwrap(),
        status
    );
}

#[test]
fn an_unknown_message_by_itself_keeps_its_problem() {
    let kept = unknown(r#"{"message_type":"status"}"#);
    let printed = serde_json::to_string(&kept).unwrap();
    assert_eq!(
        serde_json::from_str::<UnknownMessage>(&printed).unwrap(),
        kept
    );
}

use restic_types::{CheckMessage, CheckSummary, PackId};

use crate::support::message;

#[test]
fn summary() {
    let CheckMessage::Summary(fine) = message(
        r#"{"message_type":"summary","num_errors":0,"broken_packs":null,"suggest_repair_index":false,"suggest_prune":false}"#,
    ) else {
        panic!()
    };
    assert_eq!(fine, CheckSummary::default());

    let CheckMessage::Summary(damaged) = message(
        r#"{"message_type":"summary","num_errors":1,"broken_packs":["73c3fa44233023d0d47e9c0eb2b328ec48924ae3550a86c036f9bbb620b3fe70"],"suggest_repair_index":true,"suggest_prune":true}"#,
    ) else {
        panic!()
    };
    assert_eq!(
        damaged
            .broken_packs
            .iter()
            .map(PackId::short)
            .collect::<Vec<_>>(),
        ["73c3fa44"]
    );
    assert_eq!(
        (
            damaged.num_errors,
            damaged.suggest_repair_index,
            damaged.suggest_prune
        ),
        (1, true, true)
    );
}

#[test]
fn error() {
    let CheckMessage::Error(error) =
        message(r#"{"message_type":"error","message":"restic repair snapshots --forget\n\n"}"#)
    else {
        panic!()
    };
    assert_eq!(error.message, "restic repair snapshots --forget\n\n");
}

use restic_types::Stats;

use crate::support::document;

#[test]
fn old_minimal() {
    let stats: Stats = document(r#"{"total_size":43921,"total_file_count":108}"#);
    assert_eq!(
        (
            stats.total_size,
            stats.total_file_count,
            stats.snapshots_count
        ),
        (43921, 108, None)
    );
    assert_eq!(document::<Stats>(r#"{"total_size":0}"#), Stats::default());
}

#[test]
fn all_the_fields() {
    let stats: Stats = document(
        r#"{"total_size":47488,"total_file_count":3,"total_uncompressed_size":59642,"compression_ratio":1.2559383423180592,"compression_progress":100,"compression_space_saving":20.378256933033768,"total_blob_count":31,"snapshots_count":14}"#,
    );
    assert_eq!(
        (stats.total_size, stats.total_uncompressed_size),
        (47488, Some(59642))
    );
    assert_eq!(
        (
            stats.total_file_count,
            stats.total_blob_count,
            stats.snapshots_count
        ),
        (3, 31, Some(14))
    );
    assert_eq!(
        (stats.compression_ratio, stats.compression_progress),
        (Some(1.255_938_342_318_059_2), Some(100.0))
    );
    assert_eq!(stats.compression_space_saving, Some(20.378_256_933_033_768));
}

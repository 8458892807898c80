//! A repository that costs nothing to make and to open.

use std::fs;
use std::io;
use std::path::Path;

/// Makes a repository with the password "secret", as restic 0.11.0 made it. Only its key is
/// another: one that takes no second to open.
pub fn make(path: &Path) -> io::Result<()> {
    for directory in ["data", "index", "keys", "locks", "snapshots"] {
        fs::create_dir_all(path.join(directory))?;
    }
    fs::write(path.join("config"), CONFIG)?;
    fs::write(path.join("keys").join(KEY_ID), KEY)
}

/// Makes a file to back up that is huge and takes no space: saving it ends when it is stopped.
pub fn make_endless(path: &Path) -> io::Result<()> {
    fs::File::create(path)?.set_len(1 << 40)
}

const CONFIG: &[u8] = b"\xab\x8e\x98\x82\x97\x42\x9b\x78\x7e\xc1\xf2\x48\x76\x0d\x0d\x0f\xce\x0f\x87\xa3\xcb\xb6\xc5\x91\x51\x8e\x49\x1b\x42\x85\xbf\x63\x6e\x42\x49\x37\x12\x56\x31\xe2\xbb\xbf\xf3\x54\xac\xd7\x10\x4e\x03\x9a\xe5\x1b\x02\xfe\x58\x3c\x21\x8a\xe5\xee\x2c\x50\x48\x8f\x83\xc3\xc0\xa4\xc7\x40\x11\x3e\xca\x91\x72\x14\x62\x33\xa8\x4c\x8b\xd3\xab\xa3\xb5\xe2\xb3\xa4\x95\xeb\x71\xf0\x2a\x1a\xf7\xf8\x36\x2b\xf6\xe8\xb0\x4c\x4c\xad\x44\x70\x17\x1e\x05\xc2\x91\x45\x1f\x5b\xc1\xc0\x3f\xfe\x5c\x6c\xda\xef\xdc\x22\x67\xbe\x6b\x37\xa1\xf3\xd1\x8b\x0f\xb2\xe7\x4c\x7e\xf2\x4b\xa1\x28\x8d\x7b\xb3\x9d\x43\x35\x0f\xd1\x0d\xb3\x57\x9a\x14\xbb";

const KEY_ID: &str = "4784717bb94b8c50e60f4020a0802b740cd4d79f64dcef8e8259b57a8d211770";

const KEY: &str = r#"{"created":"2026-01-01T00:00:00Z","username":"alice","hostname":"srv1","kdf":"scrypt","N":16,"r":1,"p":1,"salt":"F9ajpD0eI6y7cbwHSMVUonAAbehtdA8jUvpOA6MT+gU7zG4T5Z9GqCoFyhUya60RGfJVs65VQYj7XHLEYxNIng==","data":"ECpoqyfPx9+4HJCfSVBBDZ9xpY/1uauzLHXosAhPOM/6CWhkHOyf7WZrtnpX/hgIC6yAL0x243XCUdWxk8z6MTYI5KROnGQLRgiUiwS2zDf0ivm8DGHLrIl7yjtbuTVyUBj3/cLFHef1xW7eaSSvRJ68FYbjW+yH1TKEQQYQjUq4IIgy4XqjXuigs19YikjpH9J/ECSfgYsOx6YxZxWFWg=="}"#;

use super::*;

fn pieces(splits_lists: bool, chunks: &[&[u8]]) -> Vec<String> {
    let mut pieces = JsonSplitter::new(splits_lists);
    let mut found = Vec::new();
    let mut take = |pieces: &mut JsonSplitter| {
        while let Some(piece) = pieces.next() {
            found.push(match piece {
                Line::Text(text) => text.into_owned(),
                Line::Last(text) => format!("LAST {text}"),
                Line::TooLong => "TOO LONG".into(),
            });
        }
    };
    for chunk in chunks {
        pieces.push(chunk.to_vec());
        take(&mut pieces);
    }
    pieces.end();
    take(&mut pieces);
    found
}

#[track_caller]
fn check(splits_lists: bool, stream: &str, expected: &[&str]) {
    for size in 1..=stream.len().max(1) {
        let chunks: Vec<&[u8]> = stream.as_bytes().chunks(size).collect();
        assert_eq!(pieces(splits_lists, &chunks), expected, "chunks of {size}");
    }
    // More may come before anybody reads.
    let mut pieces = JsonSplitter::new(splits_lists);
    let mut found = Vec::new();
    for byte in stream.bytes() {
        pieces.push(vec![byte]);
    }
    while let Some(Line::Text(text)) = pieces.next() {
        found.push(text.into_owned());
    }
    let whole = expected.iter().filter(|piece| !piece.starts_with("LAST"));
    assert_eq!(found, whole.copied().collect::<Vec<_>>());
}

#[test]
fn values_of_lists_are_given_one_by_one() {
    check(true, "[]\n", &["[]"]);
    check(
        true,
        "[{\"a\":1},{\"b\":{\"c\":[2,{}]}}]\n",
        &["{\"a\":1}", "{\"b\":{\"c\":[2,{}]}}", "[]"],
    );
    check(
        true,
        "[{\"matches\":[{\"path\":\"/a\"},{\"path\":\"/b\"}],\"hits\":2,\"snapshot\":\"x\"},{\"matches\":[{}],\"hits\":1}]\n",
        &[
            "{\"path\":\"/a\"}",
            "{\"path\":\"/b\"}",
            "{\"matches\":[],\"hits\":2,\"snapshot\":\"x\"}",
            "{}",
            "{\"matches\":[],\"hits\":1}",
            "[]",
        ],
    );
    // Only the lists that are known are taken apart.
    check(
        true,
        "[{\"more\":[{\"a\":1}]}]",
        &["{\"more\":[{\"a\":1}]}", "[]"],
    );
    check(
        true,
        "[{\"a\":{\"matches\":[{}]}}]",
        &["{\"a\":{\"matches\":[{}]}}", "[]"],
    );
}

#[test]
fn brackets_in_strings_are_none() {
    let tricky = r#"{"a":"}]\"[{\\","\"matches\":[":"é\u0022]"}"#;
    check(
        true,
        &format!("[{tricky},{tricky}]"),
        &[tricky, tricky, "[]"],
    );
    check(false, tricky, &[tricky]);
    check(
        true,
        r#"[{"a":"}"},{"b":"},{"},{"c":"[]","d":"}"},{"e\\":"}"}]"#,
        &[
            r#"{"a":"}"}"#,
            r#"{"b":"},{"}"#,
            r#"{"c":"[]","d":"}"}"#,
            r#"{"e\\":"}"}"#,
            "[]",
        ],
    );
}

#[test]
fn text_stands_anywhere() {
    check(
        true,
        "a helper\r\n[0:00] 100.00%  9 / 9 packs\n\n[{\"matches\":[{\"a\":1}Unable to load [{\"x\"\n ... which\n,{\"a\":2}],\"hits\":2}]Object\nlast",
        &[
            "a helper",
            "[0:00] 100.00%  9 / 9 packs",
            "",
            "{\"a\":1}",
            "Unable to load [{\"x\"",
            "... which",
            "{\"a\":2}",
            "{\"matches\":[],\"hits\":2}",
            "[]",
            "Object",
            "LAST last",
        ],
    );
}

#[test]
fn what_is_cut_is_reported() {
    check(true, "[{\"a\":1},{\"b", &["{\"a\":1}", "LAST {\"b"]);
    check(true, "[{\"a\":1}", &["{\"a\":1}", "LAST ["]);
    check(true, "[", &["LAST ["]);
    check(false, "{\n  \"a\": 1\n", &["LAST {\n  \"a\": 1\n"]);
    check(true, "", &[]);
}

#[test]
fn whole_values_keep_their_lines() {
    let value = "{\n  \"a\": [\n    1\n  ]\n}";
    check(
        false,
        &format!("text\n{value}\nmore\n"),
        &["text", value, "more"],
    );
}

#[test]
fn a_value_over_the_limit_is_reported_and_the_next_one_read() {
    let long = vec![b'x'; LIMIT];
    let chunks: [&[u8]; 3] = [b"[{\"a\":\"", &long, b"\"},{\"b\":1}]"];
    assert_eq!(pieces(true, &chunks), ["TOO LONG", "{\"b\":1}", "[]"]);
}

#[test]
fn a_byte_order_mark_is_no_text() {
    assert_eq!(pieces(true, &["\u{feff}[]\n".as_bytes()]), ["[]"]);
}

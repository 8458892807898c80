/// How much of a call an error shows: one may name very many paths.
const CALL: usize = 4 * 1024;

/// How much of restic's own words an error has.
const MESSAGE: usize = 16 * 1024;

/// A call as it is shown beside other things.
pub(crate) fn call(call: String) -> String {
    shortened(call, CALL)
}

/// restic's words as a message.
pub(crate) fn message(words: String) -> String {
    shortened(words, MESSAGE)
}

fn shortened(text: String, limit: usize) -> String {
    if text.len() <= limit {
        return text;
    }
    let end = (0..=limit).rev().find(|&end| text.is_char_boundary(end));
    let kept = &text[..end.unwrap_or(0)];
    format!("{kept}… and {} bytes more", text.len() - kept.len())
}

//! Forms that carry files, and what happens to a body that is too large.
//!
//! A browser that is refused while it still sends shows “connection reset” and not our page. So a
//! body that is too large is read to its end, up to a bound and without keeping it, and then
//! answered with a page that says what to do.

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts as _, Multipart, Request};
use axum::http::{HeaderMap, header};
use store::{AppError, FieldErrors};

use crate::app::App;
use crate::door::{MAX_BODY, Visitor};
use crate::error::WebError;
use crate::form::{Posted, Values, check_token};

/// How much of a body that is too large is read and thrown away, in bytes. A sender of more gets no
/// page, only an end.
const MAX_DRAINED: u64 = 1 << 30;
/// The longest answer in a field that is not a file, in bytes.
const MAX_FIELD: usize = 512 * 1024;

/// A file that came with a form.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The form's field.
    pub field: String,
    /// The file's own name, without folders.
    pub name: String,
    /// What the browser takes it for; never trusted.
    pub media_type: String,
    /// The bytes; never empty.
    pub bytes: Bytes,
}

/// A form with files that was posted and carries its session's token.
pub(crate) struct Upload {
    /// Who posted it, and what was typed. Of a file that was chosen and is empty, its name.
    pub posted: Posted,
    /// The files, in the order of the form. A file field left empty gives none.
    pub files: Vec<Sent>,
}

impl Upload {
    /// The first file of a field, if one was chosen.
    pub(crate) fn file(&self, field: &str) -> Option<&Sent> {
        self.files.iter().find(|file| file.field == field)
    }

    /// The file of a field in which one is to be imported; without one, what to do.
    pub(crate) fn chosen(&self, field: &str) -> Result<&Sent, AppError> {
        self.file(field).ok_or_else(|| {
            AppError::Invalid(FieldErrors::of(
                field,
                "Choose the file to import; it must not be empty",
            ))
        })
    }
}

impl FromRequest<App> for Upload {
    type Rejection = WebError;

    async fn from_request(request: Request, app: &App) -> Result<Self, WebError> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, app).await?;
        let is_multipart = parts
            .headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
        if !is_multipart {
            // A browser that could not send the file sends the form alone; so does a program without a file.
            return Err(WebError::of(
                &visitor,
                AppError::Refused("This address takes a form with a file: choose one".into()),
            ));
        }
        let Some(bytes) = read(body, MAX_BODY).await else {
            return Err(WebError::too_large(&visitor));
        };
        let media_type = parts
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok());
        let (values, files) = take_in(media_type.unwrap_or_default(), bytes)
            .await
            .map_err(|words| WebError::of(&visitor, AppError::Refused(words.into())))?;
        check_token(&visitor, values.get("csrf"))?;
        Ok(Self {
            posted: Posted { visitor, values },
            files,
        })
    }
}

/// Reads the body of a form with files: what was typed, and the files, or what to do when it cannot be
/// read. A file that was chosen and is empty leaves its name among what was typed, so that a page can refuse it. Public for its
/// fuzz target.
///
/// # Errors
/// Words for the member.
pub async fn take_in(media_type: &str, body: Bytes) -> Result<(Values, Vec<Sent>), &'static str> {
    const UNREADABLE: &str = "The form cannot be read: open the page again";
    const CUT_OFF: &str = "The form was cut off on its way: send it again";
    let mut request = Request::builder()
        .header(header::CONTENT_TYPE, media_type)
        .body(Body::from(body))
        .map_err(|_| UNREADABLE)?;
    // Who calls this has bounded the body already.
    DefaultBodyLimit::disable().apply(&mut request);
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| UNREADABLE)?;
    let mut values = Values::default();
    let mut files = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|_| CUT_OFF)? {
        let key = field.name().unwrap_or_default().to_owned();
        let Some(name) = field.file_name().map(own_name) else {
            let text = field.bytes().await.map_err(|_| CUT_OFF)?;
            if text.len() > MAX_FIELD {
                return Err("One of the answers is too long: put part of it in the file, or split it into two records");
            }
            values.add(&key, String::from_utf8_lossy(&text).replace("\r\n", "\n"));
            continue;
        };
        let media_type = field.content_type().unwrap_or("application/octet-stream").to_owned();
        let bytes = field.bytes().await.map_err(|_| CUT_OFF)?;
        if !bytes.is_empty() {
            files.push(Sent {
                field: key,
                name,
                media_type,
                bytes,
            });
        } else if !name.is_empty() {
            values.add(&key, name);
        }
    }
    Ok((values, files))
}

/// A file's name without the folders that some browsers send, and without control characters.
fn own_name(sent: &str) -> String {
    let name = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    name.chars().filter(|c| !c.is_control()).take(200).collect()
}

/// Whether a request says itself that its body is larger than any that is taken in.
pub(crate) fn is_announced_too_large(headers: &HeaderMap) -> bool {
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    length.is_some_and(|length| length > MAX_BODY as u64)
}

/// Reads a body and throws it away, so that the sender is ready to hear the answer.
pub(crate) async fn drain(body: Body) {
    let _ = read(body, 0).await;
}

/// Reads a body to its end. `None` when it is longer than `limit` or is cut off; what is over the
/// limit is not kept.
async fn read(mut body: Body, limit: usize) -> Option<Bytes> {
    let mut kept = Vec::with_capacity(usize::try_from(body.size_hint().lower()).unwrap_or(0).min(limit));
    let mut seen: u64 = 0;
    while let Some(frame) = std::future::poll_fn(|cx| std::pin::Pin::new(&mut body).poll_frame(cx)).await {
        let Ok(data) = frame.ok()?.into_data() else { continue };
        seen += data.len() as u64;
        if seen > MAX_DRAINED {
            return None;
        }
        if seen <= limit as u64 {
            kept.extend_from_slice(&data);
        } else {
            kept = Vec::new();
        }
    }
    (seen <= limit as u64).then(|| Bytes::from(kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_by_its_own_name_alone() {
        assert_eq!(own_name("C:\\Users\\x\\table.csv"), "table.csv");
        assert_eq!(own_name("../../etc/passwd"), "passwd");
        assert_eq!(own_name("a\nb.csv"), "ab.csv");
    }

    #[tokio::test]
    async fn what_is_over_the_limit_is_read_and_not_kept() {
        assert_eq!(read(Body::from("12345"), 5).await.as_deref(), Some(&b"12345"[..]));
        assert_eq!(read(Body::from("123456"), 5).await, None);
    }
}

//! A client in process: it asks pages and posts forms as a browser without scripts would.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use store::work::Actor;
use tower::ServiceExt as _;

use crate::cast;
use crate::stage::Stage;

/// Asks as one member, or as nobody.
#[derive(Clone)]
pub struct Client {
    router: Router,
    cookie: Option<String>,
    csrf: String,
    /// More headers of every request.
    headers: Vec<(&'static str, String)>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// Where it leads, if it is a redirect.
    pub location: String,
    /// The headers.
    pub headers: axum::http::HeaderMap,
    /// The text.
    pub body: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// Asserts a status, showing the page when it is another.
    ///
    /// # Panics
    /// When it is another.
    #[track_caller]
    pub fn expect(self, status: StatusCode) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    /// Asserts that the page says this.
    ///
    /// # Panics
    /// When it does not.
    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(
            self.body.contains(words),
            "the page does not say “{words}”:\n{}",
            self.body
        );
        self
    }

    /// Asserts that the page does not say this.
    ///
    /// # Panics
    /// When it does.
    #[track_caller]
    pub fn lacks(self, words: &str) -> Self {
        assert!(!self.body.contains(words), "the page says “{words}”:\n{}", self.body);
        self
    }

    /// The value of a hidden field, as a browser would send it.
    pub fn hidden(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        self.body
            .split_once(&mark)
            .and_then(|(_, rest)| rest.split_once('"'))
            .map_or_else(String::new, |(value, _)| value.replace("&#38;", "&"))
    }
}

impl Client {
    /// A visitor without a sign-in.
    pub fn visitor(router: &Router) -> Self {
        Self {
            router: router.clone(),
            cookie: None,
            csrf: String::new(),
            headers: Vec::new(),
        }
    }

    /// A signed-in member.
    pub async fn member(router: &Router, stage: &Stage, actor: &Actor) -> Self {
        let (secret, csrf) = cast::session(stage, actor).await;
        Self {
            router: router.clone(),
            cookie: Some(format!("rapporteur_session={}", secret.expose())),
            csrf,
            headers: Vec::new(),
        }
    }

    /// With cookies that an answer set; draws the form token from the account's page, if there is one.
    pub async fn carrying(&self, cookies: &str) -> Self {
        let mut client = Self {
            cookie: Some(cookies.to_owned()),
            ..self.clone()
        };
        client.csrf = client.get("/account").await.hidden("csrf");
        client
    }

    /// With one more header in every request.
    pub fn with(&self, name: &'static str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.push((name, value.to_owned()));
        client
    }

    /// With the token of another session's forms.
    pub fn with_token_of(&self, other: &Self) -> Self {
        Self {
            csrf: other.csrf.clone(),
            ..self.clone()
        }
    }

    /// The same member at another router, such as one whose clock is later.
    pub fn on(&self, router: &Router) -> Self {
        Self {
            router: router.clone(),
            ..self.clone()
        }
    }

    /// Whoever holds this cookie, as a sign-in set it.
    pub fn holding(router: &Router, cookie: &str) -> Self {
        Self {
            router: router.clone(),
            cookie: cookie.split(';').next().map(ToOwned::to_owned),
            csrf: String::new(),
            headers: Vec::new(),
        }
    }

    /// The token that this member's forms carry.
    pub fn csrf(&self) -> &str {
        &self.csrf
    }

    /// Asks a page.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path), Body::empty()).await
    }

    /// Posts a form as a browser would: with the session's token and a single-use token drawn from
    /// the form page where `fields` does not bring one.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let encode =
            |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
        let mut pairs = vec![format!("csrf={}", encode(&self.csrf))];
        pairs.extend(
            fields
                .iter()
                .map(|(name, value)| format!("{}={}", encode(name), encode(value))),
        );
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, Body::from(pairs.join("&"))).await
    }

    /// Posts a form with a file.
    pub async fn upload(&self, path: &str, fields: &[(&str, &str)], file: (&str, &str, &[u8])) -> Answer {
        let boundary = "boundary-of-this-form";
        let mut body = Vec::new();
        for (name, value) in [("csrf", self.csrf.as_str())].iter().chain(fields) {
            body.extend(
                format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                    .into_bytes(),
            );
        }
        let (field, name, bytes) = file;
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        );
        body.extend(head.into_bytes());
        body.extend(bytes);
        body.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
        let request = Request::post(path).header(
            header::CONTENT_TYPE,
            format!("multipart/form-data; boundary={boundary}"),
        );
        self.send(request, Body::from(body)).await
    }

    async fn send(&self, request: axum::http::request::Builder, body: Body) -> Answer {
        let request = match &self.cookie {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        };
        let request = self
            .headers
            .iter()
            .fold(request, |request, (name, value)| request.header(*name, value));
        let request = request.header(header::HOST, "localhost").body(body).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("the router answers");
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX)
            .await
            .expect("a whole body")
            .to_vec();
        let location = parts
            .headers
            .get(header::LOCATION)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        Answer {
            status: parts.status,
            location,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
            bytes,
        }
    }
}

//! The little HTTP that chores need: one request to a server of this machine, its status and its cookie.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, Result};

/// How long an answer may take.
const LIMIT: Duration = Duration::from_secs(30);

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status code.
    pub(crate) status: u16,
    text: String,
}

impl Answer {
    /// The first cookie that the answer sets, as `name=value`.
    pub(crate) fn cookie(&self) -> Option<&str> {
        self.text.lines().take_while(|line| !line.is_empty()).find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("set-cookie")
                .then(|| value.split(';').next().unwrap_or(value).trim())
        })
    }
}

/// Asks the server on this port of the loopback address for a page; `cookie` may be empty.
pub(crate) fn get(port: u16, path: &str, cookie: &str) -> Result<Answer> {
    let cookie = if cookie.is_empty() {
        String::new()
    } else {
        format!("Cookie: {cookie}\r\n")
    };
    ask(
        port,
        &format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{cookie}Connection: close\r\n\r\n"),
    )
    .with_context(|| format!("`GET {path}` got no answer"))
}

/// Sends a form, already encoded, to the server on this port of the loopback address.
pub(crate) fn post(port: u16, path: &str, form: &str) -> Result<Answer> {
    let length = form.len();
    ask(
        port,
        &format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{form}"
        ),
    )
    .with_context(|| format!("`POST {path}` got no answer"))
}

fn ask(port: u16, request: &str) -> Result<Answer> {
    let mut stream =
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).with_context(|| format!("nobody listens on port {port}"))?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.write_all(request.as_bytes())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let status = status_of(&text).context("what came back is no HTTP")?;
    Ok(Answer { status, text })
}

fn status_of(answer: &str) -> Option<u16> {
    answer.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// Answers one request and returns it.
    fn server(answer: &'static str) -> (u16, thread::JoinHandle<String>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 512];
            let length = stream.read(&mut request).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8_lossy(&request[..length]).into_owned()
        });
        (port, server)
    }

    #[test]
    fn a_page_is_asked_for_with_the_cookie() {
        let (port, server) = server("HTTP/1.1 404 Not Found\r\n\r\nnothing here");
        assert_eq!(get(port, "/lost", "session=1").unwrap().status, 404);
        let request = server.join().unwrap();
        assert!(request.starts_with("GET /lost HTTP/1.1\r\n"), "{request}");
        assert!(request.contains("\r\nCookie: session=1\r\n"), "{request}");
    }

    #[test]
    fn a_form_is_sent_whole_and_its_cookie_read() {
        let (port, server) = server("HTTP/1.1 303 See Other\r\nset-cookie: session=abc; Path=/\r\n\r\n");
        let answer = post(port, "/sign-in", "name=a").unwrap();
        assert_eq!((answer.status, answer.cookie()), (303, Some("session=abc")));
        let request = server.join().unwrap();
        assert!(
            request.contains("Content-Length: 6\r\n") && request.ends_with("\r\n\r\nname=a"),
            "{request}"
        );
    }

    #[test]
    fn what_is_no_http_has_no_status() {
        assert_eq!(status_of("SSH-2.0-server"), None);
    }
}

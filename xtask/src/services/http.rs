//! The little HTTP that chores need: one request to a server of this machine, its status and its text.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, Result};

/// How long an answer may take.
const LIMIT: Duration = Duration::from_secs(30);

/// Asks the server on this port of the loopback address; returns the status code and everything that was answered.
pub(crate) fn get(port: u16, path: &str) -> Result<(u16, String)> {
    let mut stream =
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).with_context(|| format!("nobody listens on port {port}"))?;
    stream.set_read_timeout(Some(LIMIT))?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let answer = String::from_utf8_lossy(&bytes).into_owned();
    let status = status_of(&answer).with_context(|| format!("`GET {path}` got no HTTP answer"))?;
    Ok((status, answer))
}

fn status_of(answer: &str) -> Option<u16> {
    answer.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    #[test]
    fn status_and_text_of_an_answer_are_read() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 256];
            let length = stream.read(&mut request).unwrap();
            stream.write_all(b"HTTP/1.1 404 Not Found\r\n\r\nnothing here").unwrap();
            String::from_utf8_lossy(&request[..length]).into_owned()
        });
        let (status, answer) = get(port, "/lost").unwrap();
        assert_eq!(status, 404);
        assert!(answer.ends_with("nothing here"));
        assert!(server.join().unwrap().starts_with("GET /lost HTTP/1.1\r\n"));
    }

    #[test]
    fn what_is_no_http_has_no_status() {
        assert_eq!(status_of("SSH-2.0-server"), None);
    }
}

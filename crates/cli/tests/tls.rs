//! The program speaks TLS itself, with a certificate from files: a client that trusts the certificate is served over TLS 1.3
//! and told to come back over nothing else; whoever speaks without TLS, or expects another host, is not served.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::process::Child;
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, ProtocolVersion, RootCertStore, StreamOwned};
use testkit::Stage;

/// The program, stopped when the test ends.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks for the page of signing in as a host of this name; the answer's head, or why there is none.
fn asked(port: u16, trusted: &CertificateDer<'static>, host: &'static str) -> Result<String, std::io::Error> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(host).expect("a name");
    let connection = ClientConnection::new(Arc::new(config), name).expect("a client");
    let mut stream = StreamOwned::new(connection, TcpStream::connect((Ipv4Addr::LOCALHOST, port))?);
    write!(
        stream,
        "GET /sign-in HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    // The server may end the connection without the closing message of TLS: what came before counts.
    let _ = stream.read_to_end(&mut answer);
    assert_eq!(stream.conn.protocol_version(), Some(ProtocolVersion::TLSv1_3));
    let text = String::from_utf8_lossy(&answer);
    Ok(text.split("\r\n\r\n").next().unwrap_or_default().to_lowercase())
}

#[tokio::test]
async fn the_program_is_served_over_tls_and_over_nothing_else() {
    let stage = Stage::sqlite().await;
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let (cert, key) = (
        stage.folder.path().join("cert.pem"),
        stage.folder.path().join("key.pem"),
    );
    std::fs::write(&cert, made.cert.pem()).expect("written");
    std::fs::write(&key, made.signing_key.serialize_pem()).expect("written");
    let mut command = crate::served::command(&stage);
    command.args(["--origin", "https://localhost"]);
    command.arg("--tls-cert").arg(&cert).arg("--tls-key").arg(&key);
    let (child, line, port) = crate::served::start(command);
    let served = Served(child);
    assert!(line.starts_with("Rapporteur is at https://localhost:"), "{line}");

    let trusted = made.cert.der().clone();
    let head = asked(port, &trusted, "localhost").expect("it answers");
    assert!(head.starts_with("http/1.1 200"), "{head}");
    assert!(head.contains("strict-transport-security: max-age=63072000"), "{head}");
    for cookie in head.lines().filter(|line| line.starts_with("set-cookie:")) {
        assert!(cookie.contains("__host-") && cookie.contains("secure"), "{cookie}");
    }
    assert!(
        asked(port, &trusted, "elsewhere.example").is_err(),
        "another host’s name is not served"
    );
    let stranger = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    assert!(
        asked(port, stranger.cert.der(), "localhost").is_err(),
        "another certificate is not trusted"
    );

    let mut plain = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("it listens");
    plain
        .write_all(b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .expect("sent");
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP/1.1 200"), "it is served without TLS");
    drop(served);
    stage.db.close().await.expect("the database closes");
}

//! Ends connections whose client says nothing, so that nobody keeps others out by holding connections open.

use std::io;
use std::pin::Pin;
use std::time::Duration;

use axum_server::accept::Accept;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::time::timeout;

/// Hands a connection on once its first byte is there; one that stays silent for `wait` is ended. From then on the
/// server's own limit for the head of a request applies, which does not begin before that byte.
#[derive(Debug, Clone)]
pub(crate) struct Prompt<A> {
    pub(crate) inner: A,
    pub(crate) wait: Duration,
}

/// What an accepted connection becomes.
type Accepted<T, S> = Pin<Box<dyn Future<Output = io::Result<(BufReader<T>, S)>> + Send>>;

impl<A, I, S> Accept<I, S> for Prompt<A>
where
    A: Accept<I, S>,
    A::Stream: AsyncRead + Unpin + Send + 'static,
    A::Service: Send + 'static,
    A::Future: Send + 'static,
{
    type Stream = BufReader<A::Stream>;
    type Service = A::Service;
    type Future = Accepted<A::Stream, A::Service>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let (accepted, wait) = (self.inner.accept(stream, service), self.wait);
        Box::pin(async move {
            let (stream, service) = accepted.await?;
            let mut stream = BufReader::new(stream);
            if timeout(wait, stream.fill_buf()).await??.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            Ok((stream, service))
        })
    }
}

#[cfg(test)]
mod tests {
    use axum_server::accept::DefaultAcceptor;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    /// Waits for no time at all: what is there is taken, and anything else is silence.
    const PROMPT: Prompt<DefaultAcceptor> = Prompt {
        inner: DefaultAcceptor,
        wait: Duration::ZERO,
    };

    #[tokio::test]
    async fn a_connection_that_says_nothing_is_ended() {
        let (_client, server) = duplex(64);
        let ended = PROMPT.accept(server, ()).await.expect_err("silence");
        assert_eq!(ended.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_connection_that_speaks_is_handed_on_with_its_first_words() {
        let (mut client, server) = duplex(64);
        client.write_all(b"GET /").await.expect("room");
        let (mut stream, ()) = PROMPT.accept(server, ()).await.expect("it spoke");
        let mut words = [0; 5];
        stream.read_exact(&mut words).await.expect("the same words");
        assert_eq!(&words, b"GET /");
    }

    #[tokio::test]
    async fn a_connection_closed_without_a_word_is_no_request() {
        let (client, server) = duplex(64);
        drop(client);
        let ended = PROMPT.accept(server, ()).await.expect_err("closed");
        assert_eq!(ended.kind(), io::ErrorKind::UnexpectedEof);
    }
}

//! ChromeDriver for one run of the tests.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::thread;

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use super::http;
use crate::process::Service;

/// A running ChromeDriver. Dropping it closes every browser it still drives, stops it, and removes what they wrote.
pub(crate) struct ChromeDriver {
    port: u16,
    _server: Service,
    _folder: TempDir,
}

impl ChromeDriver {
    /// Starts ChromeDriver on a port that it chooses itself.
    pub(crate) fn start(chromedriver: &Path) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("rapporteur-browser-").tempdir()?;
        let mut server = Service::start("ChromeDriver", chromedriver, "TERM", None, |command| {
            command
                .arg("--port=0")
                .env("TMPDIR", folder.path())
                .stdout(Stdio::piped());
        })?;
        let output = server.child().stdout.take().context("ChromeDriver has no output")?;
        let mut lines = BufReader::new(output).lines();
        let port = lines
            .find_map(|line| line.ok().as_deref().and_then(port_announced))
            .context("ChromeDriver ended before it said which port it listens on")?;
        // It must never wait for somebody to read what else it prints.
        thread::spawn(move || lines.for_each(drop));
        Ok(Self {
            port,
            _server: server,
            _folder: folder,
        })
    }

    /// Where WebDriver clients connect.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Has ChromeDriver quit its sessions and itself; a test that panicked may have left a browser open.
    fn shut_down(&self) -> Result<()> {
        http::get(self.port, "/shutdown", "")?;
        Ok(())
    }
}

impl Drop for ChromeDriver {
    fn drop(&mut self) {
        if let Err(error) = self.shut_down() {
            eprintln!("ChromeDriver did not close its browsers: {error:#}");
        }
    }
}

/// The port in "ChromeDriver was started successfully on port 41234."
fn port_announced(line: &str) -> Option<u16> {
    let (_, port) = line.split_once("started successfully on port ")?;
    port.trim_end().trim_end_matches('.').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_announced_port_is_read() {
        assert_eq!(
            port_announced("ChromeDriver was started successfully on port 41234."),
            Some(41234)
        );
        assert_eq!(port_announced("Only local connections are allowed."), None);
    }
}

//! The servers that tests talk to, each on a free port, in a folder of its own, gone when dropped.

mod chromedriver;
pub(crate) mod http;
mod postgres;

pub(crate) use chromedriver::ChromeDriver;
pub(crate) use postgres::Postgres;

use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Context as _, Result};

/// A port of the loopback address that nobody listens on now.
pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port on the loopback")?;
    Ok(listener.local_addr()?.port())
}

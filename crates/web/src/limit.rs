//! How often one may knock at the doors, or send something without an account, and where that comes from.
//!
//! This is the first line, in the memory of each node: it spares the database a flood. The second line, which
//! every node shares and which grows with each failure, is `access::attempt`.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Knocks from one network: two a second, a minute's worth at once.
const PER_NETWORK: NonZeroU32 = NonZeroU32::new(120).expect("not nought");
/// Knocks at one account from browsers it does not know: one every two seconds, a minute's worth at once.
const PER_ACCOUNT: NonZeroU32 = NonZeroU32::new(30).expect("not nought");
/// What is sent without an account from one network in an hour: a shelter's residents share one.
const SENT_PER_NETWORK: NonZeroU32 = NonZeroU32::new(20).expect("not nought");
/// The same from everywhere in an hour: more than people can read, so more are a flood.
const SENT: NonZeroU32 = NonZeroU32::new(500).expect("not nought");
/// Receipts looked up from one network in a minute.
const LOOK_UPS: NonZeroU32 = NonZeroU32::new(20).expect("not nought");
/// When more keys than this are kept, those that are full again are forgotten.
const MANY: usize = 10_000;

/// The limits of one node.
pub struct Limits {
    networks: DefaultKeyedRateLimiter<String>,
    accounts: DefaultKeyedRateLimiter<String>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            networks: RateLimiter::keyed(Quota::per_minute(PER_NETWORK)),
            accounts: RateLimiter::keyed(Quota::per_minute(PER_ACCOUNT)),
        }
    }
}

impl std::fmt::Debug for Limits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Limits(..)")
    }
}

impl Limits {
    /// Whether one more knock from this network is let through.
    pub(crate) fn network(&self, network: &str) -> bool {
        is_let_through(&self.networks, network)
    }

    /// Whether one more knock at this account, from a browser it does not know, is let through.
    pub(crate) fn account(&self, account: &str) -> bool {
        is_let_through(&self.accounts, account)
    }
}

/// How often one network, and all of them together, may send something without an account and look receipts up. No address
/// is ever written down.
pub struct Anonymous {
    sent: DefaultKeyedRateLimiter<String>,
    all_sent: DefaultDirectRateLimiter,
    look_ups: DefaultKeyedRateLimiter<String>,
}

impl Default for Anonymous {
    fn default() -> Self {
        Self {
            sent: RateLimiter::keyed(Quota::per_hour(SENT_PER_NETWORK)),
            all_sent: RateLimiter::direct(Quota::per_hour(SENT)),
            look_ups: RateLimiter::keyed(Quota::per_minute(LOOK_UPS)),
        }
    }
}

impl Anonymous {
    /// Whether one more answer from this network is taken. A flood from one does not use up what all share.
    pub(crate) fn takes(&self, network: &str) -> bool {
        is_let_through(&self.sent, network) && self.all_sent.check().is_ok()
    }

    /// Whether one more receipt may be looked up from this network.
    pub(crate) fn looks_up(&self, network: &str) -> bool {
        is_let_through(&self.look_ups, network)
    }
}

fn is_let_through(limiter: &DefaultKeyedRateLimiter<String>, key: &str) -> bool {
    if limiter.len() > MANY {
        limiter.retain_recent();
    }
    limiter.check_key(&key.to_owned()).is_ok()
}

/// The network a request comes from: a /24 of IPv4, a /48 of IPv6. Behind a proxy of ours, the last address
/// that it added; anything a visitor writes there themselves stands before that and is not read.
pub(crate) fn network(parts: &Parts, trusts_proxy: bool) -> String {
    let peer = parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip());
    let told = parts
        .headers
        .get_all("x-forwarded-for")
        .iter()
        .next_back()
        .and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse::<IpAddr>().ok());
    let address = if trusts_proxy { told.or(peer) } else { peer };
    address.map_or_else(String::new, prefix)
}

fn prefix(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(v6) => {
            let [a, b, c, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(forwarded: Option<&str>) -> Parts {
        let mut request = axum::http::Request::get("/");
        if let Some(forwarded) = forwarded {
            request = request.header("x-forwarded-for", forwarded);
        }
        let (mut parts, ()) = request.body(()).expect("a request").into_parts();
        parts
            .extensions
            .insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 7], 4000))));
        parts
    }

    #[test]
    fn a_flood_from_one_network_is_stopped_and_another_still_heard() {
        let limits = Anonymous::default();
        let taken = (0..100).filter(|_| limits.takes("192.0.2.0/24")).count();
        assert_eq!(taken, 20);
        assert!(limits.takes("198.51.100.0/24"));
        let found = (0..100).filter(|_| limits.looks_up("192.0.2.0/24")).count();
        assert_eq!(found, 20);
    }

    #[test]
    fn a_flood_from_everywhere_is_stopped_too() {
        let limits = Anonymous::default();
        let taken = (0..1_000).filter(|n| limits.takes(&format!("network {n}"))).count();
        assert_eq!(taken, 500);
    }

    #[test]
    fn neighbours_share_a_network_and_only_a_trusted_proxy_is_believed() {
        assert_eq!(network(&parts(None), false), "192.0.2.0/24");
        assert_eq!(network(&parts(Some("203.0.113.9")), false), "192.0.2.0/24");
        assert_eq!(network(&parts(Some("10.9.9.9, 203.0.113.9")), true), "203.0.113.0/24");
        assert_eq!(network(&parts(Some("nonsense")), true), "192.0.2.0/24");
        assert_eq!(
            prefix("2001:db8:1:2::3".parse().expect("an address")),
            "2001:db8:1::/48"
        );
        assert_eq!(prefix("::ffff:192.0.2.1".parse().expect("an address")), "192.0.2.0/24");
    }

    #[test]
    fn a_flood_from_one_network_does_not_close_the_door_to_another() {
        let limits = Limits::default();
        let let_through = (0..500).filter(|_| limits.network("192.0.2.0/24")).count();
        assert!((120..130).contains(&let_through), "{let_through}");
        assert!(limits.network("198.51.100.0/24"));
    }
}

//! Socket addresses between text, Rust and the system.
use std::mem::{size_of, zeroed};
use std::net::{IpAddr, SocketAddr, SocketAddrV6};

/// Of a numeric address: names are looked up before.
pub fn parse(address: &str, port: u16) -> Result<SocketAddr, String> {
    let (bare, scope) = address.split_once('%').unwrap_or((address, "0"));
    let ip: IpAddr = bare.parse().map_err(|_| format!("{address} is no numeric address"))?;
    match (ip, scope.parse::<u32>()) {
        (IpAddr::V4(v4), _) => Ok(SocketAddr::new(v4.into(), port)),
        (IpAddr::V6(v6), Ok(scope)) => Ok(SocketAddrV6::new(v6, port, 0, scope).into()),
        (IpAddr::V6(_), Err(_)) => Err(format!("{address}: a zone is a number here")),
    }
}

/// As the system wants it.
pub struct RawAddress {
    storage: libc::sockaddr_storage,
    length: libc::socklen_t,
}

impl RawAddress {
    pub fn empty() -> RawAddress {
        // SAFETY: zeros are a sockaddr_storage of no family.
        let storage = unsafe { zeroed() };
        RawAddress { storage, length: size_of::<libc::sockaddr_storage>() as u32 }
    }

    pub fn of(address: &SocketAddr) -> RawAddress {
        let mut raw = RawAddress::empty();
        match address {
            SocketAddr::V4(v4) => {
                let sin = libc::sockaddr_in {
                    sin_family: libc::AF_INET as u16,
                    sin_port: v4.port().to_be(),
                    sin_addr: libc::in_addr { s_addr: u32::from_ne_bytes(v4.ip().octets()) },
                    sin_zero: [0; 8],
                };
                raw.put(sin);
            }
            SocketAddr::V6(v6) => {
                let sin6 = libc::sockaddr_in6 {
                    sin6_family: libc::AF_INET6 as u16,
                    sin6_port: v6.port().to_be(),
                    sin6_flowinfo: v6.flowinfo(),
                    sin6_addr: libc::in6_addr { s6_addr: v6.ip().octets() },
                    sin6_scope_id: v6.scope_id(),
                };
                raw.put(sin6);
            }
        }
        raw
    }

    fn put<T>(&mut self, address: T) {
        const { assert!(size_of::<T>() <= size_of::<libc::sockaddr_storage>()) };
        // SAFETY: a sockaddr_storage is as long and as aligned as any socket address.
        unsafe { (&raw mut self.storage).cast::<T>().write(address) };
        self.length = size_of::<T>() as u32;
    }

    pub fn pointer(&self) -> *const libc::sockaddr {
        (&raw const self.storage).cast()
    }

    pub fn length(&self) -> libc::socklen_t {
        self.length
    }

    /// For a call that fills it.
    pub fn parts(&mut self) -> (*mut libc::sockaddr, *mut libc::socklen_t) {
        ((&raw mut self.storage).cast(), &raw mut self.length)
    }

    pub fn port(&self) -> u16 {
        // SAFETY: the port stands at the same place in both kinds of internet address.
        let sin = unsafe { &*(&raw const self.storage).cast::<libc::sockaddr_in>() };
        u16::from_be(sin.sin_port)
    }
}

#[cfg(test)]
mod tests {
    use super::{RawAddress, parse};

    #[test]
    fn numeric_addresses_are_read_and_names_are_not() {
        assert_eq!(parse("127.0.0.1", 80).unwrap().to_string(), "127.0.0.1:80");
        assert_eq!(parse("::1", 9).unwrap().to_string(), "[::1]:9");
        assert_eq!(parse("fe80::1%2", 9).unwrap().to_string(), "[fe80::1%2]:9");
        assert!(parse("localhost", 80).unwrap_err().contains("no numeric address"));
        assert!(parse("fe80::1%eth0", 80).unwrap_err().contains("zone"));
        assert!(parse("", 80).is_err());
    }

    #[test]
    fn the_system_gets_family_and_port_in_its_own_order() {
        for text in ["10.1.2.3", "::1"] {
            let raw = RawAddress::of(&parse(text, 4711).unwrap());
            assert_eq!(raw.port(), 4711);
            // SAFETY: the address was just written.
            let family = i32::from(unsafe { (*raw.pointer()).sa_family });
            assert_eq!(family, if text.contains(':') { libc::AF_INET6 } else { libc::AF_INET });
        }
    }
}

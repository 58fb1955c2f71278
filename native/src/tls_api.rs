//! TLS as JavaScript has it; absent from an addon that was built without.
use std::sync::{Arc, Mutex};

use napi::Result;
use napi_derive::napi;

use crate::address;
use crate::layout::SOCKET_CONNECTING;
use crate::socket_api::{NativeSocketLoop, SocketBuffers, refused};
use crate::sys;
use crate::tls_client::{Client, Wish};

/// PEM all of it; what each means stands in native/index.ts.
#[napi(object)]
pub struct TlsWish {
    pub name: String,
    pub authorities: String,
    pub certificate: String,
    pub key: String,
    pub is_tls13_only: bool,
    pub ciphers: Vec<String>,
}

#[napi]
pub struct TlsClient {
    client: Client,
}

#[napi]
impl TlsClient {
    #[napi(constructor)]
    pub fn new(wish: TlsWish) -> Result<TlsClient> {
        let TlsWish { name, authorities, certificate, key, is_tls13_only, ciphers } = wish;
        let wish = Wish { name, authorities, certificate, key, is_tls13_only, ciphers };
        Ok(TlsClient { client: Client::new(&wish).map_err(refused)? })
    }
}

#[napi]
impl NativeSocketLoop {
    /// 0 = under way, else errno.
    #[napi]
    pub fn connect_secure(
        &self,
        slot: u32,
        to: String,
        port: u16,
        from: Option<String>,
        buffers: SocketBuffers,
        client: &TlsClient,
    ) -> Result<i32> {
        let to = address::parse(&to, port).map_err(refused)?;
        let from = from.map(|own| address::parse(&own, 0)).transpose().map_err(refused)?;
        let channel = client.client.channel().map_err(refused)?;
        let errno = self.add(slot, SOCKET_CONNECTING, &buffers, |_| sys::connect(&to, from.as_ref()))?;
        self.with(|sockets| {
            if errno == 0
                && let Some(socket) = sockets.socket(slot as usize)
            {
                socket.secure_with(Arc::new(Mutex::new(channel)));
            }
            errno
        })
    }
}

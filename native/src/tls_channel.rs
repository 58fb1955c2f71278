//! TLS of a connection that we have made, by rustls, which sees no socket: ciphertext goes from the wire into its buffer,
//! what the peer said from there into RX; what lies in TX is sealed a record at a time and stays in TX until the wire has
//! all of the record. So no buffer grows: one record of ours, what one read completes of the peer's.
use std::io::{self, BufRead, Read, Write};

use rustls::{ClientConnection, ProtocolVersion};

use crate::channel::{Channel, Standing};
use crate::layout::SOCKET_ERRNO_TLS;
use crate::sys::Outcome;
use crate::tls_problem::text_of;

/// What a record holds.
const RECORD_BYTES_MAX: usize = 16_384;
/// Of one key of AES-GCM, some below the 2^24 where rustls stops.
const RECORDS_MAX: u64 = (1 << 24) - 1024;
const KEYS_USED_UP: &str = "TLS: 16 million records are what a TLS 1.2 connection may send: it has to be made again (TLS \
                            1.3 renews its keys)";
const CUT_IN_HANDSHAKE: &str = "TLS: the peer closed the connection in the TLS handshake: is it TLS that it speaks there, in a \
                                version and with ciphers of ours?";
const CUT_AFTER_HANDSHAKE: &str = "TLS: the peer closed the connection right after the handshake, without a word: does it \
                                   take our certificate, if it wants one?";
const CUT_WITHOUT_NOTICE: &str =
    "TLS: the peer closed the connection without saying so in TLS: its last bytes may be missing";

pub struct TlsChannel {
    connection: ClientConnection,
    is_admitted: bool,
    has_more: bool,
    has_ended: bool,
    /// The peer has said something.
    has_heard: bool,
    /// So many bytes at the front of TX are in a record that has not left wholly.
    sealed: usize,
    records: u64,
    records_max: u64,
    problem: Option<String>,
}

impl TlsChannel {
    pub fn new(connection: ClientConnection) -> TlsChannel {
        TlsChannel {
            connection,
            is_admitted: false,
            has_more: false,
            has_ended: false,
            has_heard: false,
            sealed: 0,
            records: 0,
            records_max: RECORDS_MAX,
            problem: None,
        }
    }

    fn look_for_more(&mut self) {
        self.has_more = self.connection.reader().fill_buf().is_ok_and(|bytes| !bytes.is_empty());
    }

    /// Up to TLS 1.2 keys are not renewed, and rustls drops what they may not seal any more.
    fn count_record(&mut self) -> Outcome<()> {
        self.records += 1;
        if self.records <= self.records_max
            || self.connection.protocol_version() == Some(ProtocolVersion::TLSv1_3)
        {
            return Ok(());
        }
        self.problem = Some(KEYS_USED_UP.to_string());
        Err(SOCKET_ERRNO_TLS as i32)
    }

    /// True = all that was to be written is.
    fn flush(&mut self, wire: &mut dyn Write) -> Outcome<bool> {
        while self.connection.wants_write() {
            match self.connection.write_tls(wire) {
                Ok(0) => return Ok(false),
                Ok(_) => {}
                Err(error) => {
                    return match errno_of(&error) {
                        libc::EAGAIN => Ok(false),
                        errno => Err(errno),
                    };
                }
            }
        }
        Ok(true)
    }
}

impl Channel for TlsChannel {
    fn take_in(&mut self, wire: &mut dyn Read) -> Outcome<()> {
        if self.has_ended || self.problem.is_some() {
            return Ok(());
        }
        match self.connection.read_tls(wire) {
            Ok(0) if self.connection.is_handshaking() => self.problem = Some(CUT_IN_HANDSHAKE.to_string()),
            Ok(0) if !self.has_heard => self.problem = Some(CUT_AFTER_HANDSHAKE.to_string()),
            Ok(0) => self.problem = Some(CUT_WITHOUT_NOTICE.to_string()),
            Ok(_) => match self.connection.process_new_packets() {
                Ok(state) => self.has_ended = state.peer_has_closed(),
                Err(error) => self.problem = Some(text_of(&error, self.connection.is_handshaking())),
            },
            Err(error) => return Err(errno_of(&error)),
        }
        self.look_for_more();
        self.has_heard |= self.has_more;
        Ok(())
    }

    fn hand_over(&mut self, room: &mut [u8]) -> usize {
        let mut end = 0;
        while end < room.len() {
            match self.connection.reader().read(&mut room[end..]) {
                Ok(0) | Err(_) => break,
                Ok(count) => end += count,
            }
        }
        self.look_for_more();
        end
    }

    fn has_more(&self) -> bool {
        self.has_more
    }

    fn send(&mut self, bytes: &[u8], wire: &mut dyn Write) -> Outcome<usize> {
        let mut left = 0;
        while self.flush(wire)? {
            left += std::mem::take(&mut self.sealed);
            if left == bytes.len() || !self.is_admitted || self.problem.is_some() {
                break;
            }
            self.count_record()?;
            let record = &bytes[left..bytes.len().min(left + RECORD_BYTES_MAX)];
            self.connection.writer().write_all(record).map_err(|error| errno_of(&error))?;
            self.sealed = record.len();
        }
        Ok(left)
    }

    fn wants_write(&self) -> bool {
        self.connection.wants_write()
    }

    fn admit(&mut self) {
        self.is_admitted = true;
    }

    fn close(&mut self) {
        self.connection.send_close_notify();
    }

    fn standing(&self) -> Standing {
        match &self.problem {
            _ if self.has_more && self.is_admitted => Standing::Talking,
            Some(_) => Standing::Failed,
            None if self.connection.is_handshaking() => Standing::Greeting,
            None if !self.is_admitted => Standing::Greeted,
            None if self.has_ended => Standing::Ended,
            None => Standing::Talking,
        }
    }

    fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    fn peer_certificate(&self) -> Option<&[u8]> {
        self.connection.peer_certificates()?.first().map(AsRef::as_ref)
    }
}

fn errno_of(error: &io::Error) -> i32 {
    match error.kind() {
        io::ErrorKind::WouldBlock => libc::EAGAIN,
        _ => error.raw_os_error().unwrap_or(libc::EPROTO),
    }
}

#[cfg(test)]
#[path = "tls_channel_tests.rs"]
mod tests;

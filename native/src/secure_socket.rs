//! What a socket with TLS does otherwise: its handshake, what it reads from the wire before RX and seals after TX, and how
//! it ends.
use std::os::fd::{AsRawFd, RawFd};

use crate::channel::{Channel, SharedChannel, Standing, lock};
use crate::clock::real_at;
use crate::layout::*;
use crate::socket::{Buffers, Socket};
use crate::sys::Outcome;
use crate::wire::Wire;

/// A record of the peer's comes in pieces; after so many reads the others have their turn.
const READS_MAX: usize = 8;

/// How many of `bytes` are with the kernel wholly, and whether something of the protocol's own is not.
pub fn send_secure(fd: RawFd, channel: &SharedChannel, bytes: &[u8]) -> Outcome<(usize, bool)> {
    let mut channel = lock(channel);
    let sent = channel.send(bytes, &mut Wire::new(fd))?;
    Ok((sent, channel.wants_write()))
}

impl Socket {
    /// The connection stands. True = something is to be told.
    pub fn greet(&mut self) {
        self.set_state(SOCKET_SECURING);
        self.tell(SOCKET_EVENT_SECURING);
        self.send();
    }

    /// The owner has looked at whom it speaks to.
    pub fn admit(&mut self) {
        if self.state() == SOCKET_SECURED
            && let Some(channel) = &self.channel
        {
            lock(channel).admit();
            self.set_state(SOCKET_OPEN);
        }
    }

    /// False as well while another thread is sending, which sends that, too.
    pub(crate) fn channel_wants_write(&self) -> bool {
        let channel = self.channel.as_ref();
        channel.is_some_and(|channel| channel.try_lock().is_ok_and(|channel| channel.wants_write()))
    }

    /// True = something is to be told.
    pub(crate) fn receive_secure(&mut self) -> bool {
        let Some(shared) = self.channel.clone() else { return false };
        // Another thread is sending: the bytes are there again in the next look.
        let Ok(mut channel) = shared.try_lock() else { return false };
        let mut wire = Wire::new(self.fd.as_raw_fd());
        let before = channel.standing();
        for _ in 0..READS_MAX {
            if channel.has_more() || channel.standing() != before {
                break;
            }
            match channel.take_in(&mut wire) {
                Ok(()) => {}
                Err(libc::EAGAIN) => break,
                Err(error) => {
                    self.fail(error);
                    return true;
                }
            }
        }
        if let Some(now_ns) = wire.received_ns {
            self.memory.set_wide(self.row + SOC_RECEIVED_MONO_NS, now_ns);
            self.memory.set_wide(self.row + SOC_RECEIVED_REAL_NS, real_at(&self.memory, now_ns));
        }
        let is_told = self.settle(&mut *channel);
        let wants_write = channel.wants_write();
        drop(channel);
        let is_owed = wants_write && !self.is_blocked && self.state() != SOCKET_OVER;
        // Blocked by that: only the next turn tells epoll.
        let is_next = is_owed && (self.send() || self.is_blocked);
        is_told | is_next
    }

    /// What waits in the channel since RX was full, and what came after it. True = something is to be told.
    pub(crate) fn settle_rest(&mut self) -> bool {
        let may_tell = self.state() == SOCKET_OPEN && !self.is_paused() && self.has_room();
        match self.channel.clone() {
            Some(shared) if may_tell => shared.try_lock().is_ok_and(|mut channel| self.settle(&mut *channel)),
            _ => false,
        }
    }

    fn settle(&mut self, channel: &mut dyn Channel) -> bool {
        match channel.standing() {
            Standing::Greeted if self.state() == SOCKET_SECURING => {
                self.set_state(SOCKET_SECURED);
                self.tell(SOCKET_EVENT_SECURED);
                true
            }
            Standing::Talking => self.take_over(channel),
            Standing::Ended => {
                channel.close();
                self.send_last(channel);
                self.end_of_peer();
                true
            }
            Standing::Failed => {
                self.send_last(channel);
                self.fail(SOCKET_ERRNO_TLS as i32);
                true
            }
            Standing::Greeting | Standing::Greeted => false,
        }
    }

    /// An alert says to the peer what is wrong; nobody waits until it has left.
    fn send_last(&mut self, channel: &mut dyn Channel) {
        let _ = channel.send(&[], &mut Wire::new(self.fd.as_raw_fd()));
    }

    fn take_over(&mut self, channel: &mut dyn Channel) -> bool {
        if !channel.has_more() {
            return false;
        }
        let Some(end) = self.make_room() else { return true };
        let Buffers { rx, rx_bytes, rx_words, .. } = self.buffers;
        let room = rx_bytes - end;
        // SAFETY: RX is the socket's own; `room` bytes behind the last one are free, and nobody else looks at them.
        let free = unsafe { std::slice::from_raw_parts_mut(self.memory.bytes(rx + end, room), room) };
        let count = channel.hand_over(free);
        if count == 0 {
            return false;
        }
        self.memory.set(rx_words + 4, (end + count) as i32);
        self.memory.add_wide(self.row + SOC_BYTES_IN, count as i64);
        self.tell(SOCKET_EVENT_READABLE);
        true
    }

    /// All of TX has left. True = the socket is at its end, which is to be told.
    pub(crate) fn wind_up(&mut self) -> bool {
        if let Some(channel) = &self.channel {
            lock(channel).close();
            if !self.is_blocked {
                self.send();
            }
            if self.state() == SOCKET_OVER {
                return true;
            }
            if self.has_unsent() {
                return false;
            }
        }
        self.finish();
        true
    }
}

#[cfg(all(test, feature = "tls"))]
#[path = "secure_socket_tests.rs"]
mod tests;

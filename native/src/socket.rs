//! One socket and its row in the shared memory: receives straight into the owner's RX, sends straight from its TX.
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::channel::{SharedChannel, enter, forget};
use crate::clock::real_at;
use crate::layout::*;
use crate::memory::Memory;
use crate::secure_socket::send_secure;
use crate::session_lock::{take, try_take};
use crate::sys;

pub const NO_FD: i32 = -1;
/// A thread that died while it was sending is not waited for for ever.
const LEAVE_WAIT: Duration = Duration::from_secs(1);

/// Where the bytes of a socket lie; |start|end| of RX and |end| of TX are words of the owner's.
#[derive(Clone, Copy, Debug)]
pub struct Buffers {
    pub rx: usize,
    pub rx_bytes: usize,
    pub rx_words: usize,
    pub tx: usize,
    pub tx_bytes: usize,
    pub tx_words: usize,
}

impl Buffers {
    pub fn fit(&self, memory: &Memory) -> bool {
        let words = [(self.rx_words, 8), (self.tx_words, 4)];
        words.iter().all(|&(at, length)| at.is_multiple_of(4) && memory.holds(at, length))
            && memory.holds(self.rx, self.rx_bytes)
            && memory.holds(self.tx, self.tx_bytes)
    }
}

pub struct Socket {
    pub fd: OwnedFd,
    pub(crate) memory: Memory,
    pub(crate) row: usize,
    pub(crate) buffers: Buffers,
    /// TLS; None = all goes over the wire as it is (secure_socket.rs has what differs).
    pub channel: Option<SharedChannel>,
    /// What epoll watches it for; None = it is not watched.
    pub watched: Option<u32>,
    /// The kernel did not take all: it says when it has room.
    pub is_blocked: bool,
}

impl Socket {
    /// The row is its own from now on.
    pub fn new(memory: Memory, row: usize, fd: OwnedFd, state: usize, buffers: Buffers) -> Socket {
        for at in (row..row + SOC_LOCK).step_by(4) {
            memory.set(at, 0);
        }
        let words = [
            (SOC_RX, buffers.rx),
            (SOC_RX_BYTES, buffers.rx_bytes),
            (SOC_RX_WORDS, buffers.rx_words),
            (SOC_TX, buffers.tx),
            (SOC_TX_BYTES, buffers.tx_bytes),
            (SOC_TX_WORDS, buffers.tx_words),
        ];
        for (at, value) in words {
            memory.set(row + at, value as i32);
        }
        memory.set(row + SOC_FD, fd.as_raw_fd());
        memory.word(row + SOC_STATE).store(state as i32, Ordering::Release);
        Socket { fd, memory, row, buffers, channel: None, watched: None, is_blocked: false }
    }

    /// Before anything is sent: all goes through the channel.
    pub fn secure_with(&mut self, channel: SharedChannel) {
        enter(&self.memory, self.row, &channel);
        self.channel = Some(channel);
    }

    pub fn state(&self) -> usize {
        self.memory.get(self.row + SOC_STATE) as usize
    }

    pub fn set_state(&self, state: usize) {
        self.memory.set(self.row + SOC_STATE, state as i32);
    }

    pub fn tell(&self, event: usize) {
        let events = self.memory.get(self.row + SOC_EVENTS);
        self.memory.set(self.row + SOC_EVENTS, events | event as i32);
    }

    pub fn fail(&mut self, error: i32) {
        self.memory.set(self.row + SOC_ERRNO, error);
        self.set_state(SOCKET_OVER);
        self.is_blocked = false;
        self.tell(SOCKET_EVENT_FAILED);
    }

    pub fn is_paused(&self) -> bool {
        self.memory.get(self.row + SOC_IS_PAUSED) != 0
    }

    pub fn has_unsent(&self) -> bool {
        self.memory.get(self.buffers.tx_words) != 0 || self.channel_wants_write()
    }

    /// The unread bytes move to the front of RX; where they end. None = its words are no longer right.
    pub(crate) fn make_room(&mut self) -> Option<usize> {
        let Buffers { rx, rx_bytes, rx_words, .. } = self.buffers;
        let memory = self.memory;
        let (start, mut end) = (memory.get(rx_words) as usize, memory.get(rx_words + 4) as usize);
        if start > end || end > rx_bytes {
            self.fail(libc::EOVERFLOW);
            return None;
        }
        if start > 0 {
            memory.move_down(rx, start, end);
            end -= start;
            memory.set(rx_words, 0);
            memory.set(rx_words + 4, end as i32);
        }
        Some(end)
    }

    /// New bytes come behind the unread ones. True = something is to be told.
    pub fn receive(&mut self) -> bool {
        if self.channel.is_some() {
            return self.receive_secure();
        }
        let Some(end) = self.make_room() else { return true };
        let Buffers { rx, rx_bytes, rx_words, .. } = self.buffers;
        let (memory, fd) = (self.memory, self.fd.as_raw_fd());
        let room = rx_bytes - end;
        if room == 0 {
            return false;
        }
        // SAFETY: RX is the socket's own; `room` bytes behind the last one are free.
        match unsafe { sys::receive(fd, memory.bytes(rx + end, room), room) } {
            Ok(0) => self.end_of_peer(),
            Ok(count) => {
                let now_ns = sys::monotonic_ns();
                memory.set_wide(self.row + SOC_RECEIVED_MONO_NS, now_ns);
                memory.set_wide(self.row + SOC_RECEIVED_REAL_NS, real_at(&memory, now_ns));
                memory.set(rx_words + 4, (end + count) as i32);
                memory.add_wide(self.row + SOC_BYTES_IN, count as i64);
                self.tell(SOCKET_EVENT_READABLE);
            }
            Err(libc::EAGAIN) => return false,
            Err(error) => self.fail(error),
        }
        true
    }

    pub fn has_room(&self) -> bool {
        let words = self.buffers.rx_words;
        self.memory.get(words + 4) - self.memory.get(words) < self.buffers.rx_bytes as i32
    }

    pub(crate) fn end_of_peer(&mut self) {
        self.set_state(SOCKET_OVER);
        self.is_blocked = false;
        self.tell(SOCKET_EVENT_ENDED);
    }

    /// Sends what lies in TX, as far as the kernel takes it. A session that another thread is sending for is left to
    /// it. True = something is to be told.
    pub fn send(&mut self) -> bool {
        let Some(_held) = try_take(&self.memory, self.row + SOC_LOCK, LOCK_LOOP) else { return false };
        let outcome = send_held(&self.memory, self.row, self.channel.as_ref());
        let was_blocked = self.is_blocked;
        let is_left = matches!(outcome, Ok(left) if left > 0);
        // A channel keeps what it may not send yet, too.
        self.is_blocked = is_left && (self.channel.is_none() || self.channel_wants_write());
        if let Err(error) = outcome {
            self.fail(error);
            return true;
        }
        if was_blocked && !self.is_blocked {
            self.tell(SOCKET_EVENT_SENT);
        }
        was_blocked && !self.is_blocked
    }

    /// After the last byte: the peer is told, and what it may still have sent is thrown away, since bytes that nobody
    /// reads would make the kernel reset the connection and lose ours.
    pub fn finish(&mut self) {
        sys::end_sending(&self.fd);
        let Buffers { rx, rx_bytes, rx_words, .. } = self.buffers;
        let fd = self.fd.as_raw_fd();
        // SAFETY: RX is the socket's own and nobody reads it any more.
        while let Ok(1..) = unsafe { sys::receive(fd, self.memory.bytes(rx, rx_bytes), rx_bytes) } {}
        self.memory.set(rx_words, 0);
        self.memory.set(rx_words + 4, 0);
        self.end_of_peer();
    }

    /// The row is free again; the descriptor closes with the socket.
    pub fn leave(self) {
        // Whoever is sending finishes first: the descriptor must not become another connection's under its hands.
        let _held = take(&self.memory, self.row + SOC_LOCK, LOCK_LOOP, LEAVE_WAIT);
        if self.channel.is_some() {
            forget(&self.memory, self.row);
        }
        self.memory.set(self.row + SOC_FD, NO_FD);
        self.set_state(SOCKET_FREE);
    }
}

/// How much is left in TX, at least 1 while TLS has something of its own to send; whoever calls holds the lock of the row.
pub fn send_held(memory: &Memory, row: usize, channel: Option<&SharedChannel>) -> sys::Outcome<usize> {
    let (tx, words) = (memory.get(row + SOC_TX) as usize, memory.get(row + SOC_TX_WORDS) as usize);
    let end = memory.get(words) as usize;
    let fd = memory.get(row + SOC_FD);
    if end == 0 && channel.is_none() {
        return Ok(0);
    }
    if fd == NO_FD {
        return Err(libc::ENOTCONN);
    }
    if end > memory.get(row + SOC_TX_BYTES) as usize {
        return Err(libc::EOVERFLOW);
    }
    let from = memory.bytes(tx, end);
    let now_ns = sys::monotonic_ns();
    // SAFETY: `end` bytes of TX are written (checked against its length); the lock keeps others away from them.
    let outcome = unsafe {
        match channel {
            None => sys::send(fd, from, end).map(|sent| (sent, false)),
            Some(channel) => send_secure(fd, channel, std::slice::from_raw_parts(from, end)),
        }
    };
    let (sent, has_more) = match outcome {
        Ok(done) => done,
        Err(libc::EAGAIN) => (0, false),
        Err(error) => return Err(error),
    };
    if sent > 0 {
        memory.set_wide(row + SOC_SENT_MONO_NS, now_ns);
        memory.set_wide(row + SOC_SENT_REAL_NS, real_at(memory, now_ns));
        memory.add_wide(row + SOC_BYTES_OUT, sent as i64);
    }
    if sent < end {
        memory.add_wide(row + SOC_BLOCKED, 1);
        memory.move_down(tx, sent, end);
    }
    memory.set(words, (end - sent) as i32);
    Ok((end - sent).max(usize::from(has_more)))
}

//! What a socket asks of the TLS between it and its peer, and where another thread finds the TLS of a socket. A channel
//! has no socket of its own: it is given the wire for each call.
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::memory::Memory;
use crate::sys::Outcome;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// In the handshake.
    Greeting,
    /// The handshake is over; nothing is said or heard until the owner has looked at whom it speaks to (`admit`).
    Greeted,
    Talking,
    /// The peer has said that nothing follows, and all before that is handed over.
    Ended,
    /// `problem` says why; all that came before is handed over.
    Failed,
}

pub trait Channel: Send {
    /// Reads from the wire once. What the peer has said before must have been handed over.
    fn take_in(&mut self, wire: &mut dyn Read) -> Outcome<()>;
    /// Moves what the peer has said into `room`; how much that was.
    fn hand_over(&mut self, room: &mut [u8]) -> usize;
    /// There is something to hand over.
    fn has_more(&self) -> bool;
    /// How many of `bytes`, from the front, are with the wire wholly. The caller keeps the others and brings them again,
    /// as the first ones: a part of them may have left.
    fn send(&mut self, bytes: &[u8], wire: &mut dyn Write) -> Outcome<usize>;
    /// Bytes that the wire has not taken yet, of messages or of the protocol itself.
    fn wants_write(&self) -> bool;
    fn admit(&mut self);
    /// The peer is told that nothing follows, with the next `send`.
    fn close(&mut self);
    fn standing(&self) -> Standing;
    fn problem(&self) -> Option<&str>;
    /// DER.
    fn peer_certificate(&self) -> Option<&[u8]>;
}

/// The loop's thread receives and sends, another one sends under the session's lock; neither holds it for longer than one
/// call of the system's.
pub type SharedChannel = Arc<Mutex<dyn Channel>>;

pub fn lock(channel: &SharedChannel) -> MutexGuard<'_, dyn Channel + 'static> {
    channel.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Of all open sockets with TLS, by memory and row: a thread that sends for a session knows nothing else of it.
static CHANNELS: Mutex<BTreeMap<(usize, usize), SharedChannel>> = Mutex::new(BTreeMap::new());

fn channels() -> MutexGuard<'static, BTreeMap<(usize, usize), SharedChannel>> {
    CHANNELS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// None = what lies in TX is sent as it is.
pub fn channel_of(memory: &Memory, row: usize) -> Option<SharedChannel> {
    channels().get(&(memory.address(), row)).cloned()
}

pub fn enter(memory: &Memory, row: usize, channel: &SharedChannel) {
    channels().insert((memory.address(), row), channel.clone());
}

pub fn forget(memory: &Memory, row: usize) {
    channels().remove(&(memory.address(), row));
}

//! A socket with TLS over real sockets, against rustls on a blocking stream of the standard library.
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::{JoinHandle, spawn};
use std::time::Instant;

use rustls::{ServerConnection, StreamOwned};

use crate::channel::{channel_of, lock};
use crate::layout::*;
use crate::memory::Memory;
use crate::session_lock::take;
use crate::socket::send_held;
use crate::socket_loop::row_of;
use crate::sys;
use crate::test_rig::{BUFFER_BYTES, DEADLINE, MEMORY_BYTES, Rig, buffers, pattern, rig};
use crate::test_tls::{BOTH, Certificates, certificates, server_of, wish};
use crate::tls_client::Client;

/// A word behind all buffers.
const NEXT_NUMBER: usize = SOCKETS_MAX * 3 * BUFFER_BYTES;

type Peer = StreamOwned<ServerConnection, TcpStream>;

/// A rig whose socket 0 is on its way to a peer that does this.
fn under_way<T: Send + 'static>(work: impl FnOnce(Peer) -> T + Send + 'static) -> (Rig, JoinHandle<T>) {
    let Certificates { authority, venue, .. } = certificates();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let channel = Client::new(&wish(&authority)).unwrap().channel().unwrap();
    let mut rig = rig();
    assert_eq!(rig.connect(0, port), 0);
    rig.sockets.socket(0).unwrap().secure_with(Arc::new(Mutex::new(channel)));
    let server = server_of(&venue, None, BOTH);
    let thread = spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        work(StreamOwned::new(server, stream))
    });
    (rig, thread)
}

fn admitted<T: Send + 'static>(work: impl FnOnce(Peer) -> T + Send + 'static) -> (Rig, JoinHandle<T>) {
    let (mut rig, thread) = under_way(work);
    rig.until(0, SOCKET_EVENT_SECURED);
    rig.sockets.socket(0).unwrap().admit();
    (rig, thread)
}

/// All that the peer says, until its end.
fn hear_all(rig: &mut Rig, mut on_read: impl FnMut(&mut Rig)) -> Vec<u8> {
    rig.memory.set_wide(SLO_WAIT_NS, 1_000_000);
    let (mut heard, deadline) = (Vec::new(), Instant::now() + DEADLINE);
    while rig.state(0) != SOCKET_OVER {
        assert!(Instant::now() < deadline, "the peer ends; heard {}", heard.len());
        rig.sockets.turn();
        heard.extend(rig.take(0));
        on_read(rig);
    }
    heard
}

#[test]
fn nothing_is_said_or_heard_before_the_peer_is_admitted() {
    let (mut rig, peer) = under_way(|mut peer| {
        peer.write_all(b"35=A from the venue").unwrap();
        let mut heard = [0; 4];
        peer.read_exact(&mut heard).unwrap();
        heard
    });
    rig.put(0, b"35=A");
    rig.until(0, SOCKET_EVENT_SECURED);
    assert_eq!(rig.state(0), SOCKET_SECURED);
    rig.memory.set_wide(SLO_WAIT_NS, 20_000_000);
    for _ in 0..5 {
        rig.sockets.turn();
        rig.sockets.send(0);
    }
    assert_eq!((rig.take(0).len(), rig.memory.get(buffers(0).tx_words)), (0, 4));
    assert_eq!(rig.memory.get_wide(row_of(0) + SOC_BYTES_OUT), 0);
    rig.sockets.socket(0).unwrap().admit();
    rig.until(0, SOCKET_EVENT_READABLE);
    assert_eq!(rig.take(0), b"35=A from the venue");
    assert_eq!(&peer.join().unwrap(), b"35=A");
    let row = row_of(0);
    assert!(rig.memory.get_wide(row + SOC_RECEIVED_MONO_NS) <= sys::monotonic_ns());
    assert!(rig.memory.get_wide(row + SOC_SENT_MONO_NS) > 0);
    assert_eq!((rig.memory.get_wide(row + SOC_BYTES_IN), rig.memory.get_wide(row + SOC_BYTES_OUT)), (19, 4));
}

#[test]
fn more_than_rx_holds_waits_with_the_peer_and_comes_whole() {
    let all = pattern(5 * BUFFER_BYTES + 123);
    let said = all.clone();
    let (mut rig, peer) = admitted(move |mut peer| {
        peer.write_all(&said).unwrap();
        peer.conn.send_close_notify();
        peer.flush().unwrap();
        // Kept open: only TLS says that it is over.
        assert!(matches!(peer.read(&mut [0; 8]), Ok(0)));
    });
    let mut turns = 0;
    let heard = hear_all(&mut rig, |rig| {
        turns += 1;
        // Now and then the owner does not read for a while.
        rig.memory.set(row_of(0) + SOC_IS_PAUSED, i32::from(turns % 7 < 3));
    });
    assert!(heard == all, "{} of {}", heard.len(), all.len());
    assert_eq!(rig.memory.get(row_of(0) + SOC_ERRNO), 0);
    assert_eq!(rig.memory.get_wide(row_of(0) + SOC_BYTES_IN), all.len() as i64);
    rig.sockets.close(0);
    peer.join().unwrap();
}

#[test]
fn a_slow_peer_gets_all_in_order_then_our_end() {
    let (begin, may_begin) = mpsc::channel();
    let (mut rig, peer) = admitted(move |mut peer| {
        peer.conn.complete_io(&mut peer.sock).unwrap();
        may_begin.recv().unwrap();
        let mut heard = Vec::new();
        peer.read_to_end(&mut heard).unwrap();
        heard
    });
    let chunk = pattern(BUFFER_BYTES);
    let mut given = Vec::new();
    while rig.memory.get(buffers(0).tx_words) == 0 {
        rig.put(0, &chunk);
        given.extend(&chunk);
        rig.sockets.send(0);
    }
    assert!(rig.memory.get_wide(row_of(0) + SOC_BLOCKED) > 0);
    rig.sockets.socket(0).unwrap().set_state(SOCKET_ENDING);
    begin.send(()).unwrap();
    rig.until(0, SOCKET_EVENT_ENDED);
    assert_eq!(rig.memory.get_wide(row_of(0) + SOC_BYTES_OUT), given.len() as i64);
    rig.sockets.close(0);
    assert!(peer.join().unwrap() == given, "all, then the end of TLS");
}

#[test]
fn a_cut_is_told_after_the_last_bytes_with_its_text() {
    let (mut rig, peer) = admitted(|mut peer| {
        peer.write_all(b"the last words").unwrap();
    });
    assert_eq!(hear_all(&mut rig, |_| {}), b"the last words");
    assert_eq!(rig.memory.get(row_of(0) + SOC_ERRNO), SOCKET_ERRNO_TLS as i32);
    let channel = channel_of(&rig.memory, row_of(0)).unwrap();
    assert!(lock(&channel).problem().unwrap().contains("without saying so in TLS"));
    rig.sockets.close(0);
    assert!(channel_of(&rig.memory, row_of(0)).is_none());
    peer.join().unwrap();
}

/// A number of four bytes after the other, each once and in order.
#[test]
fn two_threads_seal_for_one_session_and_no_record_is_lost() {
    const MESSAGES: u32 = 2_000;
    let (mut rig, peer) = admitted(|mut peer| {
        let mut heard = Vec::<u8>::new();
        let mut bytes = [0; 4096];
        loop {
            match peer.read(&mut bytes) {
                Ok(0) => return heard,
                Ok(count) => {
                    heard.extend(&bytes[..count]);
                    // Answers: the loop receives while the other thread sends.
                    peer.write_all(&bytes[..count]).unwrap();
                }
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => return heard,
                Err(error) => panic!("{error}"),
            }
        }
    });
    let at = rig.memory.bytes(0, MEMORY_BYTES) as usize;
    let put_next = move |memory: &Memory| {
        let number = memory.get(NEXT_NUMBER);
        memory.set(NEXT_NUMBER, number + 1);
        let end = memory.get(buffers(0).tx_words) as usize;
        // SAFETY: inside TX, under the session's lock.
        unsafe { memory.bytes(buffers(0).tx + end, 4).cast::<[u8; 4]>().write(number.to_be_bytes()) };
        memory.set(buffers(0).tx_words, (end + 4) as i32);
    };
    let mut heard = Vec::new();
    std::thread::scope(|scope| {
        let other = scope.spawn(move || {
            // SAFETY: the rig outlives the scope.
            let memory = unsafe { Memory::new(at as *mut u8, MEMORY_BYTES) };
            let channel = channel_of(&memory, row_of(0)).unwrap();
            for _ in 0..MESSAGES {
                let _held = take(&memory, row_of(0) + SOC_LOCK, LOCK_CONTROL, DEADLINE).unwrap();
                put_next(&memory);
                assert_eq!(send_held(&memory, row_of(0), Some(&channel)), Ok(0));
            }
        });
        rig.memory.set_wide(SLO_WAIT_NS, 1_000_000);
        let deadline = Instant::now() + DEADLINE;
        let mut sent = 0;
        while heard.len() < 8 * MESSAGES as usize {
            assert!(Instant::now() < deadline, "{} are heard", heard.len());
            if sent < MESSAGES {
                let held = take(&rig.memory, row_of(0) + SOC_LOCK, LOCK_LOOP, DEADLINE).unwrap();
                put_next(&rig.memory);
                drop(held);
                rig.sockets.send(0);
                sent += 1;
            }
            if sent == MESSAGES || sent.is_multiple_of(10) {
                rig.sockets.turn();
                heard.extend(rig.take(0));
            }
        }
        other.join().unwrap();
    });
    rig.sockets.close(0);
    let expected: Vec<u8> = (0..2 * MESSAGES).flat_map(u32::to_be_bytes).collect();
    assert!(heard == expected && peer.join().unwrap() == expected);
}

//! A channel against rustls as a server, over pipes of bytes that are cut anywhere.
use std::collections::VecDeque;
use std::io::{self, Read, Write};

use rustls::ServerConnection;

use super::TlsChannel;
use crate::channel::{Channel, Standing};
use crate::layout::SOCKET_ERRNO_TLS;
use crate::test_certificates::{FAR, Request, issue};
use crate::test_tls::{BOTH, Certificates, OLD, certificates, server_of, wish, with_own};
use crate::tls_client::{Client, Wish};

/// Bytes on their way; a reader gets at most `piece` of them at once, a writer may fill it up to `room`.
struct Pipe {
    bytes: VecDeque<u8>,
    piece: usize,
    room: usize,
    is_over: bool,
}

impl Pipe {
    fn new(piece: usize) -> Pipe {
        Pipe { bytes: VecDeque::new(), piece, room: usize::MAX, is_over: false }
    }
}

impl Read for Pipe {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.bytes.is_empty() && !self.is_over {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let length = to.len().min(self.piece);
        self.bytes.read(&mut to[..length])
    }
}

impl Write for Pipe {
    fn write(&mut self, from: &[u8]) -> io::Result<usize> {
        let length = from.len().min(self.room.saturating_sub(self.bytes.len()));
        if length == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.bytes.extend(&from[..length]);
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Rig {
    channel: TlsChannel,
    server: ServerConnection,
    to_server: Pipe,
    to_channel: Pipe,
    /// What each has heard.
    server_heard: Vec<u8>,
    channel_heard: Vec<u8>,
    server_error: Option<rustls::Error>,
}

impl Rig {
    fn new(wish: &Wish, server: ServerConnection, piece: usize) -> Rig {
        Rig {
            channel: Client::new(wish).unwrap().channel().unwrap(),
            server,
            to_server: Pipe::new(piece),
            to_channel: Pipe::new(piece),
            server_heard: Vec::new(),
            channel_heard: Vec::new(),
            server_error: None,
        }
    }

    fn plain(piece: usize) -> Rig {
        let Certificates { authority, venue, .. } = certificates();
        Rig::new(&wish(&authority), server_of(&venue, None, BOTH), piece)
    }

    /// Until neither has anything more to do; `bytes` are what lies in TX. How many of them have left.
    fn run(&mut self, bytes: &[u8]) -> usize {
        let mut left = 0;
        loop {
            let before = (self.to_server.bytes.len(), self.to_channel.bytes.len(), left);
            left += self.channel.send(&bytes[left..], &mut self.to_server).unwrap();
            let moved = self.serve() | self.listen();
            if !moved && before == (self.to_server.bytes.len(), self.to_channel.bytes.len(), left) {
                return left;
            }
        }
    }

    fn listen(&mut self) -> bool {
        let count = self.to_channel.bytes.len();
        match self.channel.take_in(&mut self.to_channel) {
            Ok(()) | Err(libc::EAGAIN) => {}
            Err(error) => panic!("errno {error}"),
        }
        let mut room = [0; 1000];
        while self.channel.standing() == Standing::Talking && self.channel.has_more() {
            let length = self.channel.hand_over(&mut room);
            self.channel_heard.extend(&room[..length]);
        }
        count != self.to_channel.bytes.len()
    }

    fn serve(&mut self) -> bool {
        if self.server_error.is_some() {
            return false;
        }
        let is_read = self.server.read_tls(&mut self.to_server).is_ok_and(|count| count > 0);
        self.server_error = self.server.process_new_packets().err();
        let mut heard = vec![0; 100_000];
        while let Ok(count @ 1..) = self.server.reader().read(&mut heard) {
            self.server_heard.extend(&heard[..count]);
        }
        let mut is_written = false;
        while self.server.wants_write() && self.server.write_tls(&mut self.to_channel).is_ok() {
            is_written = true;
        }
        is_read | is_written
    }

    fn say(&mut self, bytes: &[u8]) {
        self.server.set_buffer_limit(None);
        self.server.writer().write_all(bytes).unwrap();
    }

    fn talking(wish: &Wish, server: ServerConnection, piece: usize) -> Rig {
        let mut rig = Rig::new(wish, server, piece);
        assert_eq!(rig.run(b"never sent"), 0);
        assert_eq!(
            rig.channel.standing(),
            Standing::Greeted,
            "{:?} {:?}",
            rig.channel.problem(),
            rig.server_error
        );
        rig.channel.admit();
        rig
    }
}

fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251) as u8).collect()
}

#[test]
fn both_versions_talk_in_pieces_of_any_size() {
    let Certificates { authority, venue, .. } = certificates();
    for versions in [BOTH, OLD] {
        for piece in [1, 2, 3, 5, 6, 17, 1000, usize::MAX] {
            let mut rig = Rig::talking(&wish(&authority), server_of(&venue, None, versions), piece);
            assert_eq!(rig.channel.peer_certificate(), Some(venue.certificate.as_slice()));
            let (ours, theirs) = (pattern(20_000), pattern(50_000));
            rig.say(&theirs);
            assert_eq!(rig.run(&ours), ours.len());
            assert!(rig.server_heard == ours && rig.channel_heard == theirs, "pieces of {piece}");
        }
    }
}

#[test]
fn a_stream_that_is_cut_in_two_at_any_byte_is_heard_whole() {
    let mut rig = Rig::plain(usize::MAX);
    rig.run(b"");
    rig.channel.admit();
    let mut said = Vec::new();
    for length in 0..60 {
        let message = pattern(length + 1);
        rig.say(&message);
        said.extend(&message);
        rig.serve();
        let whole: Vec<u8> = rig.to_channel.bytes.drain(..).collect();
        let (first, rest) = whole.split_at(length % whole.len());
        rig.to_channel.bytes.extend(first);
        rig.listen();
        assert!(rig.channel_heard.len() < said.len(), "half a record is nothing yet");
        rig.to_channel.bytes.extend(rest);
        rig.listen();
        assert_eq!(rig.channel_heard, said);
    }
}

#[test]
fn a_peer_that_does_not_read_leaves_all_but_a_record_in_tx() {
    let Certificates { authority, venue, .. } = certificates();
    let mut rig = Rig::talking(&wish(&authority), server_of(&venue, None, BOTH), usize::MAX);
    let all = pattern(100_000);
    let mut gone = 0;
    // So much is with the wire after each step, whatever the records are.
    for room in [0, 1, 16_000, 16_405, 16_406, 16_407, 40_000] {
        rig.to_server.room = room;
        gone += rig.channel.send(&all[gone..], &mut rig.to_server).unwrap();
        assert!(rig.channel.wants_write());
        assert!(gone <= room, "what counts as sent is with the wire: {gone} of {room}");
        assert!(room < gone + 16_406 + 100, "no more than a record is under way");
    }
    assert!(gone > 0);
    rig.to_server.room = usize::MAX;
    gone += rig.run(&all[gone..]);
    assert_eq!(gone, all.len());
    assert!(rig.server_heard == all);
    assert!(!rig.channel.wants_write());
}

#[test]
fn what_the_owner_has_no_room_for_waits_and_nothing_more_is_read() {
    let mut rig = Rig::plain(usize::MAX);
    rig.run(b"");
    rig.channel.admit();
    let all = pattern(16_000);
    rig.say(&all);
    rig.serve();
    while !rig.channel.has_more() {
        rig.channel.take_in(&mut rig.to_channel).unwrap();
    }
    let mut heard = Vec::<u8>::new();
    let mut room = [0; 7];
    while rig.channel.has_more() {
        let count = rig.channel.hand_over(&mut room);
        heard.extend(&room[..count]);
    }
    assert!(heard == all);
    assert_eq!(rig.channel.hand_over(&mut room), 0);
}

#[test]
fn an_end_is_said_and_heard_and_a_cut_is_not_taken_for_one() {
    let mut rig = Rig::plain(usize::MAX);
    rig.run(b"");
    rig.channel.admit();
    rig.say(b"the last words");
    rig.server.send_close_notify();
    rig.run(b"");
    assert_eq!(rig.channel_heard, b"the last words");
    assert_eq!(rig.channel.standing(), Standing::Ended);
    rig.channel.close();
    rig.run(b"");
    assert!(
        matches!(rig.server.reader().read(&mut [0; 8]), Ok(0)),
        "the server hears that we have ended, too"
    );

    let mut cut = Rig::plain(usize::MAX);
    cut.run(b"");
    cut.channel.admit();
    cut.say(b"the last words");
    cut.serve();
    cut.to_channel.is_over = true;
    while cut.channel.standing() == Standing::Talking {
        cut.listen();
    }
    assert_eq!(cut.channel_heard, b"the last words");
    assert_eq!(cut.channel.standing(), Standing::Failed);
    assert!(cut.channel.problem().unwrap().contains("without saying so in TLS"));

    let mut silent = Rig::plain(usize::MAX);
    silent.run(b"");
    silent.channel.admit();
    silent.to_channel.is_over = true;
    silent.listen();
    assert!(silent.channel.problem().unwrap().contains("right after the handshake"));
}

#[test]
fn keys_that_may_seal_no_more_end_a_tls12_connection_with_a_text_and_are_renewed_in_tls13() {
    let Certificates { authority, venue, .. } = certificates();
    for (versions, is_renewed) in [(OLD, false), (BOTH, true)] {
        let mut rig = Rig::talking(&wish(&authority), server_of(&venue, None, versions), usize::MAX);
        rig.channel.records_max = 3;
        assert_eq!(rig.run(b"one"), 3);
        assert_eq!(rig.run(b"two"), 3);
        assert_eq!(rig.run(b"three"), 5);
        let outcome = rig.channel.send(b"four", &mut rig.to_server);
        assert_eq!(outcome, if is_renewed { Ok(4) } else { Err(SOCKET_ERRNO_TLS as i32) });
        assert_eq!(rig.channel.problem().is_some(), !is_renewed);
    }
}

#[test]
fn a_peer_that_renews_its_keys_and_wants_ours_renewed_is_answered() {
    let mut rig = Rig::plain(usize::MAX);
    rig.run(b"");
    rig.channel.admit();
    rig.server.refresh_traffic_keys().unwrap();
    rig.say(b"under new keys");
    assert_eq!(rig.run(b"under ours"), 10);
    assert_eq!(rig.run(b", new as well"), 13);
    assert_eq!(
        (rig.channel_heard.as_slice(), rig.server_heard.as_slice()),
        (&b"under new keys"[..], &b"under ours, new as well"[..])
    );
}

#[test]
fn a_certificate_of_ours_is_shown_to_a_peer_that_asks_and_its_lack_told() {
    let Certificates { authority, venue, engine } = certificates();
    for versions in [BOTH, OLD] {
        let server = || server_of(&venue, Some(&authority), versions);
        let mut rig = Rig::talking(&with_own(&authority, &engine), server(), usize::MAX);
        assert_eq!(rig.run(b"35=A"), 4);
        assert_eq!(rig.server_heard, b"35=A");
        let mut without = Rig::new(&wish(&authority), server(), usize::MAX);
        without.run(b"");
        without.channel.admit();
        without.run(b"35=A");
        assert_eq!(without.channel.standing(), Standing::Failed);
        let problem = without.channel.problem().unwrap();
        assert!(problem.contains("certificate of ours"), "{problem}");
        let stranger = issue(&Request { name: "stranger", issuer: None, is_authority: false, until: FAR });
        let mut refused = Rig::new(&with_own(&authority, &stranger), server(), usize::MAX);
        refused.run(b"");
        refused.channel.admit();
        refused.run(b"35=A");
        let problem = refused.channel.problem().unwrap();
        assert!(problem.contains("does not know the authority that has issued it"), "{problem}");
    }
}

#[test]
fn a_peer_that_shows_the_certificate_that_we_hold_is_believed() {
    for is_authority in [true, false] {
        let own = issue(&Request { name: "venue.example", issuer: None, is_authority, until: FAR });
        let mut rig = Rig::talking(&wish(&own), server_of(&own, None, BOTH), usize::MAX);
        assert_eq!(rig.run(b"35=A"), 4);
    }
}

#[test]
fn whom_we_do_not_believe_is_named_with_the_reason() {
    let Certificates { authority, venue, .. } = certificates();
    let stranger = issue(&Request { name: "stranger", issuer: None, is_authority: true, until: FAR });
    let over =
        issue(&Request { name: "venue.example", issuer: None, is_authority: true, until: "20010909000000Z" });
    let leaf = |until| {
        issue(&Request { name: "venue.example", issuer: Some(&authority), is_authority: false, until })
    };
    let cases = [
        (wish(&stranger), server_of(&venue, None, BOTH), "issuer that is none of our authorities"),
        (wish(&authority), server_of(&leaf("20010909000000Z"), None, BOTH), "has expired, on 2001-09-09"),
        (
            wish(&authority),
            server_of(&stranger, None, BOTH),
            "of an authority (CA:TRUE) that is none of ours",
        ),
        (wish(&over), server_of(&over, None, BOTH), "has expired, on 2001-09-09"),
        (
            Wish { is_tls13_only: true, ..wish(&authority) },
            server_of(&venue, None, OLD),
            "refuses our versions of TLS",
        ),
        (
            Wish { ciphers: vec!["ECDHE-RSA-AES128-GCM-SHA256".to_string()], ..wish(&authority) },
            server_of(&venue, None, BOTH),
            "no cipher or key exchange in common",
        ),
    ];
    for (wish, server, expected) in cases {
        let mut rig = Rig::new(&wish, server, usize::MAX);
        rig.run(b"");
        assert_eq!(rig.channel.standing(), Standing::Failed, "{expected}");
        let problem = rig.channel.problem().unwrap();
        assert!(problem.starts_with("TLS: ") && problem.contains(expected), "{problem}");
        assert!(rig.server_error.is_some(), "the peer is told");
    }
}

#[test]
fn a_peer_without_tls_is_told_apart_from_one_that_goes_away() {
    for (said, expected) in [
        (&b"8=FIX.4.4\x019=5\x0135=5\x0110=000\x01"[..], "does it speak TLS on this port?"),
        (&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], "does it speak TLS on this port?"),
        (&b""[..], "closed the connection in the TLS handshake"),
    ] {
        let mut rig = Rig::plain(usize::MAX);
        rig.to_channel.bytes.extend(said);
        rig.to_channel.is_over = true;
        rig.listen();
        assert_eq!(rig.channel.standing(), Standing::Failed);
        assert!(rig.channel.problem().unwrap().contains(expected), "{:?}", rig.channel.problem());
    }
}

#[test]
fn wishes_that_cannot_be_met_are_refused_with_what_to_do() {
    let Certificates { authority, engine, .. } = certificates();
    let key_of_another = Wish { key: authority.key_pem(), ..with_own(&authority, &engine) };
    let ciphers = |names: &[&str]| names.iter().map(|name| name.to_string()).collect();
    let cases = [
        (Wish { name: "no name".to_string(), ..wish(&authority) }, "neither a DNS name nor an address"),
        (Wish { authorities: String::new(), ..wish(&authority) }, "none of the authorities can be used"),
        (key_of_another, "cannot use the key and certificate"),
        (Wish { key: "what?".to_string(), ..with_own(&authority, &engine) }, "the key cannot be read"),
        (
            Wish { ciphers: ciphers(&["HIGH"]), ..wish(&authority) },
            "the addon has no HIGH; it has TLS_AES_256",
        ),
        (
            Wish {
                ciphers: ciphers(&["ECDHE-RSA-AES128-GCM-SHA256"]),
                is_tls13_only: true,
                ..wish(&authority)
            },
            "none of the ciphers is for TLS 1.3",
        ),
    ];
    for (wish, expected) in cases {
        let problem = Client::new(&wish).err().unwrap();
        assert!(problem.contains(expected), "{problem}");
    }
}

/// xorshift64*: the same garbage in every run.
struct Garbage(u64);

impl Garbage {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

/// Of a record, |type u8|version u16|length u16|: not every reader reads the version.
fn is_version_byte(records: &[u8], at: usize) -> bool {
    let mut start = 0;
    while let Some([_, _, _, high, low]) = records.get(start..start + 5) {
        if (start + 1..start + 3).contains(&at) {
            return true;
        }
        start += 5 + usize::from(u16::from_be_bytes([*high, *low]));
    }
    false
}

#[test]
fn changed_bytes_are_an_error_and_never_heard() {
    let Certificates { authority, venue, .. } = certificates();
    for seed in 1..200u64 {
        let mut garbage = Garbage(seed);
        let mut rig = Rig::talking(
            &wish(&authority),
            server_of(&venue, None, if seed % 2 == 0 { BOTH } else { OLD }),
            usize::MAX,
        );
        let said = pattern(500);
        for message in said.chunks(50) {
            rig.say(message);
            rig.serve();
        }
        let whole: Vec<u8> = rig.to_channel.bytes.iter().copied().collect();
        let at = garbage.below(whole.len());
        rig.to_channel.bytes[at] ^= 1 << garbage.below(8);
        rig.to_channel.piece = 1 + garbage.below(40);
        rig.to_channel.is_over = true;
        while rig.channel.standing() == Standing::Talking {
            rig.listen();
        }
        assert_eq!(rig.channel.standing(), Standing::Failed, "seed {seed}");
        assert!(said.starts_with(&rig.channel_heard), "seed {seed}");
        assert!(rig.channel_heard.len() < said.len() || is_version_byte(&whole, at), "seed {seed}");
    }
}

#[test]
fn garbage_at_any_time_is_an_error_and_takes_no_memory_without_end() {
    for seed in 1..300u64 {
        let mut garbage = Garbage(seed);
        let mut rig = Rig::plain(usize::MAX);
        if seed % 3 == 0 {
            rig.run(b"");
            rig.channel.admit();
        }
        let mut taken = 0;
        while rig.channel.standing() != Standing::Failed {
            let looks_right = [22, 3, 3, 64, 0];
            let is_header = garbage.below(4) == 0;
            let bytes: Vec<u8> = (0..garbage.below(3000)).map(|_| garbage.next() as u8).collect();
            rig.to_channel.bytes.extend(if is_header { &looks_right[..] } else { &bytes[..] });
            taken += rig.to_channel.bytes.len();
            rig.listen();
            assert!(taken < 1_000_000, "seed {seed}");
        }
        assert!(rig.channel_heard.is_empty() && rig.channel.problem().is_some());
        assert_eq!(rig.channel.take_in(&mut rig.to_channel), Ok(()), "nothing is read after that");
    }
}

//! A non-blocking TCP connection that is polled without a pause: bytes come into one buffer and leave
//! from another; neither grows without end.
use crate::fault::{fault, Checked};
use crate::fields::{next_frame, Frame};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::ops::Range;

const RX_BYTES: usize = 1 << 20;
/// Above this much unsent nothing more is added.
const TX_BYTES_FULL: usize = 256 * 1024;

pub struct Connection {
    stream: TcpStream,
    rx: Vec<u8>,
    start: usize,
    end: usize,
    /// What is still to be sent, from `sent` on.
    pub tx: Vec<u8>,
    sent: usize,
}

impl Connection {
    pub fn new(stream: TcpStream) -> Checked<Connection> {
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        Ok(Connection {
            stream,
            rx: vec![0; RX_BYTES],
            start: 0,
            end: 0,
            tx: Vec::with_capacity(RX_BYTES),
            sent: 0,
        })
    }

    /// One read; how many bytes came.
    #[inline]
    pub fn poll(&mut self) -> Checked<usize> {
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
        } else if self.start > RX_BYTES / 2 {
            self.rx.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        match self.stream.read(&mut self.rx[self.end..]) {
            Ok(0) => fault("the other side has closed the connection"),
            Ok(count) => {
                self.end += count;
                Ok(count)
            }
            Err(error) if is_transient(error.kind()) => Ok(0),
            Err(error) => Err(error.into()),
        }
    }

    /// Where in the receive buffer the body of the next whole message lies, until the next poll.
    #[inline]
    pub fn next_body(&mut self) -> Checked<Option<Range<usize>>> {
        let Some(frame) = next_frame(&self.rx[self.start..self.end])? else { return Ok(None) };
        let Frame { body_start, body_end, end } = frame;
        let body = self.start + body_start..self.start + body_end;
        self.start += end;
        Ok(Some(body))
    }

    /// Both buffers at once: a message is read while its answer is written.
    #[inline]
    pub fn buffers(&mut self) -> (&[u8], &mut Vec<u8>) {
        (&self.rx, &mut self.tx)
    }

    pub fn has_room(&self) -> bool {
        self.tx.len() < TX_BYTES_FULL
    }

    /// Sends what the socket takes.
    #[inline]
    pub fn flush(&mut self) -> Checked<()> {
        while self.sent < self.tx.len() {
            match self.stream.write(&self.tx[self.sent..]) {
                Ok(count) => self.sent += count,
                Err(error) if is_transient(error.kind()) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
        self.tx.clear();
        self.sent = 0;
        Ok(())
    }
}

fn is_transient(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

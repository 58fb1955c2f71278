//! A connected socket as something that is read from and written to, with the time of the last bytes.
use std::io::{Error, Read, Result, Write};
use std::os::fd::RawFd;

use crate::sys;

pub struct Wire {
    fd: RawFd,
    /// CLOCK_MONOTONIC when bytes came; None = none did.
    pub received_ns: Option<i64>,
}

impl Wire {
    /// Nobody closes the descriptor as long as the wire is used.
    pub fn new(fd: RawFd) -> Wire {
        Wire { fd, received_ns: None }
    }
}

impl Read for Wire {
    fn read(&mut self, to: &mut [u8]) -> Result<usize> {
        // SAFETY: the slice may be written.
        let count =
            unsafe { sys::receive(self.fd, to.as_mut_ptr(), to.len()) }.map_err(Error::from_raw_os_error)?;
        if count > 0 {
            self.received_ns = Some(sys::monotonic_ns());
        }
        Ok(count)
    }
}

impl Write for Wire {
    fn write(&mut self, from: &[u8]) -> Result<usize> {
        // SAFETY: the slice may be read.
        unsafe { sys::send(self.fd, from.as_ptr(), from.len()) }.map_err(Error::from_raw_os_error)
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

//! The events that wake a blocked loop. They are never closed but handed on: somebody who wakes a loop at the moment it
//! ends must not write into a socket that got the same number.
use std::os::fd::OwnedFd;
use std::sync::{Mutex, PoisonError};

use crate::sys;

/// Of loops that have ended; as many as there ever were loops at the same time.
static IDLE: Mutex<Vec<OwnedFd>> = Mutex::new(Vec::new());

pub fn take() -> sys::Outcome<OwnedFd> {
    let idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop();
    idle.map_or_else(sys::event_fd, Ok)
}

pub fn give_back(event: OwnedFd) {
    IDLE.lock().unwrap_or_else(PoisonError::into_inner).push(event);
}

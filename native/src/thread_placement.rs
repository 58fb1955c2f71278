//! On which cores the calling thread may run.
use std::mem::{size_of, zeroed};

use napi::{Error, Result, Status};
use napi_derive::napi;

/// The cores that this thread may run on.
#[napi]
pub fn cores_available() -> Result<Vec<u32>> {
    // SAFETY: zeros are a set without cores.
    let mut set: libc::cpu_set_t = unsafe { zeroed() };
    // SAFETY: 0 is the calling thread; the set is ours and as long as is said.
    if unsafe { libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), &mut set) } != 0 {
        return Err(refused(format!("the cores are not known: {}", std::io::Error::last_os_error())));
    }
    // SAFETY: the core is below the size of the set.
    let is_in = |core: &u32| unsafe { libc::CPU_ISSET(*core as usize, &set) };
    Ok((0..libc::CPU_SETSIZE as u32).filter(is_in).collect())
}

/// The calling thread runs on this core alone from now on.
#[napi]
pub fn pin_thread(core: u32) -> Result<()> {
    let available = cores_available()?;
    if !available.contains(&core) {
        return Err(refused(format!(
            "core {core} is none of those that this process may use: {available:?}"
        )));
    }
    // SAFETY: as above; the core is one that the system has named.
    let outcome = unsafe {
        let mut set: libc::cpu_set_t = zeroed();
        libc::CPU_SET(core as usize, &mut set);
        libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &set)
    };
    if outcome != 0 {
        return Err(refused(format!("core {core}: {}", std::io::Error::last_os_error())));
    }
    Ok(())
}

fn refused(reason: String) -> Error {
    Error::new(Status::InvalidArg, reason)
}

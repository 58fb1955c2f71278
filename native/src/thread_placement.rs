//! On which cores the threads of this process may run.
use std::mem::{size_of, zeroed};
use std::sync::OnceLock;

use napi::{Error, Result, Status};
use napi_derive::napi;

/// Where the process might run before a thread of it was given a core: later ones begin without that core.
static FIRST_CORES: OnceLock<Vec<u32>> = OnceLock::new();

/// The cores that this thread may run on.
#[napi]
pub fn cores_available() -> Result<Vec<u32>> {
    let set =
        cores_of(CALLING_THREAD).map_err(|error| refused(format!("the cores are not known: {error}")))?;
    // SAFETY: the core is below the size of the set.
    let is_in = |core: &u32| unsafe { libc::CPU_ISSET(*core as usize, &set) };
    Ok((0..libc::CPU_SETSIZE as u32).filter(is_in).collect())
}

/// The calling thread runs on this core alone from now on.
#[napi]
pub fn pin_thread(core: u32) -> Result<()> {
    let here = cores_available()?;
    let available = FIRST_CORES.get_or_init(|| here);
    if !available.contains(&core) {
        return Err(refused(format!(
            "core {core} is none of those that this process may use: {available:?}"
        )));
    }
    // SAFETY: zeros are a set without cores; the core is one that the system has named.
    let set = unsafe {
        let mut set: libc::cpu_set_t = zeroed();
        libc::CPU_SET(core as usize, &mut set);
        set
    };
    set_cores_of(CALLING_THREAD, &set).map_err(|error| refused(format!("core {core}: {error}")))
}

/// The process's other threads leave this core, as far as they have another one: how many did. One that begins or ends
/// meanwhile may be missed.
#[napi]
pub fn keep_core(core: u32) -> Result<u32> {
    // SAFETY: takes nothing.
    let own = unsafe { libc::gettid() };
    let tasks =
        std::fs::read_dir("/proc/self/task").map_err(|error| refused(format!("/proc/self/task: {error}")))?;
    let threads = tasks.filter_map(|task| task.ok()?.file_name().to_str()?.parse::<libc::pid_t>().ok());
    Ok(threads.filter(|&thread| thread != own && leave(thread, core)).count() as u32)
}

/// False = it was not there, or has no other core, or is gone.
fn leave(thread: libc::pid_t, core: u32) -> bool {
    let Ok(mut set) = cores_of(thread) else { return false };
    if core >= libc::CPU_SETSIZE as u32 {
        return false;
    }
    // SAFETY: the core is below the size of the set.
    let is_left = unsafe {
        let was_there = libc::CPU_ISSET(core as usize, &set);
        libc::CPU_CLR(core as usize, &mut set);
        was_there && libc::CPU_COUNT(&set) > 0
    };
    is_left && set_cores_of(thread, &set).is_ok()
}

const CALLING_THREAD: libc::pid_t = 0;

fn cores_of(thread: libc::pid_t) -> std::io::Result<libc::cpu_set_t> {
    // SAFETY: zeros are a set without cores.
    let mut set: libc::cpu_set_t = unsafe { zeroed() };
    // SAFETY: the set is ours and as long as is said.
    let outcome = unsafe { libc::sched_getaffinity(thread, size_of::<libc::cpu_set_t>(), &mut set) };
    if outcome == 0 { Ok(set) } else { Err(std::io::Error::last_os_error()) }
}

fn set_cores_of(thread: libc::pid_t, set: &libc::cpu_set_t) -> std::io::Result<()> {
    // SAFETY: the set is ours and as long as is said.
    let outcome = unsafe { libc::sched_setaffinity(thread, size_of::<libc::cpu_set_t>(), set) };
    if outcome == 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) }
}

fn refused(reason: String) -> Error {
    Error::new(Status::InvalidArg, reason)
}

//! The sockets as JavaScript has them: a class for what is rare, and two raw functions for each turn, which take nothing
//! but their own data pointer.
use std::cell::RefCell;
use std::ffi::c_void;
use std::ptr;
use std::rc::Rc;

use napi::bindgen_prelude::{Uint8Array, Unknown};
use napi::{Env, Error, Result, Status, sys as napi_sys};
use napi_derive::napi;

use crate::address;
use crate::channel::lock;
use crate::layout::*;
use crate::memory::Memory;
use crate::node_loop::NodeLoop;
use crate::socket::Buffers;
use crate::socket_loop::SocketLoop;
use crate::sys::{self, Outcome};

/// The loop, and the view that keeps its memory alive; the loop is dropped first.
struct Shared {
    sockets: RefCell<SocketLoop>,
    _view: Uint8Array,
}

#[napi(js_name = "SocketLoop")]
pub struct NativeSocketLoop {
    shared: Option<Rc<Shared>>,
}

#[napi(object)]
pub struct SocketBuffers {
    pub rx: u32,
    pub rx_bytes: u32,
    pub rx_words: u32,
    pub tx: u32,
    pub tx_bytes: u32,
    pub tx_words: u32,
}

#[napi]
impl NativeSocketLoop {
    #[napi(constructor)]
    pub fn new(env: Env, view: Uint8Array) -> Result<NativeSocketLoop> {
        if view.len() < SOCKET_ROWS + SOCKETS_MAX * SOCKET_ROW_BYTES {
            return Err(refused("the view is not over the whole memory".to_string()));
        }
        // SAFETY: the view is over the WebAssembly memory, which never grows; `Shared` keeps it as long as the loop.
        let memory = unsafe { Memory::new(view.as_ptr().cast_mut(), view.len()) };
        let sockets = SocketLoop::open(memory, node_loop(&env)).map_err(|error| match error {
            libc::EBUSY => refused("this memory's sockets belong to another loop".to_string()),
            _ => refused(format!("epoll: {}", text(error))),
        })?;
        Ok(NativeSocketLoop { shared: Some(Rc::new(Shared { sockets: RefCell::new(sockets), _view: view })) })
    }

    /// 0 = under way, else errno.
    #[napi]
    pub fn connect(
        &self,
        slot: u32,
        to: String,
        port: u16,
        from: Option<String>,
        buffers: SocketBuffers,
    ) -> Result<i32> {
        let to = address::parse(&to, port).map_err(refused)?;
        let from = from.map(|own| address::parse(&own, 0)).transpose().map_err(refused)?;
        self.add(slot, SOCKET_CONNECTING, &buffers, |_| sys::connect(&to, from.as_ref()))
    }

    #[napi]
    pub fn listen(&self, slot: u32, at: String, port: u16, backlog: i32) -> Result<i32> {
        let at = address::parse(&at, port).map_err(refused)?;
        let none = SocketBuffers { rx: 0, rx_bytes: 0, rx_words: 0, tx: 0, tx_bytes: 0, tx_words: 0 };
        self.add(slot, SOCKET_LISTENING, &none, |_| sys::listen(&at, backlog))
    }

    /// EAGAIN = nobody waits any more.
    #[napi]
    pub fn accept(&self, listener: u32, slot: u32, buffers: SocketBuffers) -> Result<i32> {
        self.add(slot, SOCKET_OPEN, &buffers, |sockets| match sockets.socket(listener as usize) {
            Some(socket) => sys::accept(&socket.fd),
            None => Err(libc::ENOTCONN),
        })
    }

    #[napi]
    pub fn local_port(&self, slot: u32) -> Result<i32> {
        self.with(|sockets| match sockets.socket(slot as usize).map(|socket| sys::local_port(&socket.fd)) {
            Some(Ok(port)) => i32::from(port),
            _ => -1,
        })
    }

    /// 0 = set, else errno.
    #[napi]
    pub fn busy_poll(&self, slot: u32, us: i32) -> Result<i32> {
        self.with(|sockets| {
            match sockets.socket(slot as usize).map(|socket| sys::busy_poll(&socket.fd, us)) {
                Some(outcome) => outcome.err().unwrap_or(0),
                None => libc::ENOTCONN,
            }
        })
    }

    /// Sends what is in TX, tells the peer that nothing follows, then says SOCKET_EVENT_ENDED.
    #[napi]
    pub fn end(&self, slot: u32) -> Result<()> {
        self.with(|sockets| {
            if let Some(socket) = sockets.socket(slot as usize)
                && socket.state() == SOCKET_OPEN
            {
                socket.set_state(SOCKET_ENDING);
            }
        })
    }

    #[napi]
    pub fn close(&self, slot: u32) -> Result<()> {
        self.with(|sockets| sockets.close(slot as usize))
    }

    /// TLS stands and its owner has looked at the peer's certificate: from now on bytes are sent and received.
    #[napi]
    pub fn admit(&self, slot: u32) -> Result<()> {
        self.with(|sockets| {
            if let Some(socket) = sockets.socket(slot as usize) {
                socket.admit();
            }
        })
    }

    /// What TLS has against the connection; none = nothing, or there is no TLS.
    #[napi]
    pub fn tls_problem(&self, slot: u32) -> Result<Option<String>> {
        self.with(|sockets| {
            let channel = sockets.socket(slot as usize)?.channel.clone()?;
            lock(&channel).problem().map(str::to_string)
        })
    }

    /// DER.
    #[napi]
    pub fn peer_certificate(&self, slot: u32) -> Result<Option<Uint8Array>> {
        self.with(|sockets| {
            let channel = sockets.socket(slot as usize)?.channel.clone()?;
            lock(&channel).peer_certificate().map(Uint8Array::with_data_copied)
        })
    }

    /// All sockets are closed, and the memory is another loop's to take.
    #[napi]
    pub fn dispose(&mut self) -> Result<()> {
        if let Some(shared) = self.shared.take() {
            let busy = |_| refused("the loop is in its turn".to_string());
            shared.sockets.try_borrow_mut().map_err(busy)?.shut();
        }
        Ok(())
    }

    /// () => TURN_* bits.
    #[napi]
    pub fn turn_function<'env>(&self, env: &'env Env) -> Result<Unknown<'env>> {
        self.function(env, c"turn", turn)
    }

    /// (slot) => void: sends what is in the TX of one socket now.
    #[napi]
    pub fn send_function<'env>(&self, env: &'env Env) -> Result<Unknown<'env>> {
        self.function(env, c"send", send)
    }

    pub(crate) fn add(
        &self,
        slot: u32,
        state: usize,
        buffers: &SocketBuffers,
        fd: impl FnOnce(&mut SocketLoop) -> Outcome<std::os::fd::OwnedFd>,
    ) -> Result<i32> {
        let slot = slot as usize;
        let buffers = Buffers {
            rx: buffers.rx as usize,
            rx_bytes: buffers.rx_bytes as usize,
            rx_words: buffers.rx_words as usize,
            tx: buffers.tx as usize,
            tx_bytes: buffers.tx_bytes as usize,
            tx_words: buffers.tx_words as usize,
        };
        self.with(|sockets| {
            if slot >= SOCKETS_MAX || sockets.has(slot) {
                return Err(refused(format!("there is no free socket {slot}")));
            }
            if !sockets.fits(&buffers) {
                return Err(refused(format!("{buffers:?} are not inside the memory")));
            }
            let fd = fd(sockets);
            Ok(sockets.add(slot, fd, state, buffers))
        })?
    }

    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut SocketLoop) -> T) -> Result<T> {
        let shared = self.shared.as_ref().ok_or_else(|| refused("the loop is disposed of".to_string()))?;
        let mut sockets =
            shared.sockets.try_borrow_mut().map_err(|_| refused("the loop is in its turn".to_string()))?;
        Ok(work(&mut sockets))
    }

    fn function<'env>(
        &self,
        env: &'env Env,
        name: &std::ffi::CStr,
        callback: RawCallback,
    ) -> Result<Unknown<'env>> {
        let shared = self.shared.as_ref().ok_or_else(|| refused("the loop is disposed of".to_string()))?;
        let data = Rc::into_raw(shared.clone()).cast_mut().cast::<c_void>();
        let mut function = ptr::null_mut();
        // SAFETY: the name outlives the call; `data` is freed by the finalizer, which outlives the function.
        let made = unsafe {
            let length = name.to_bytes().len() as isize;
            let made = napi_sys::napi_create_function(
                env.raw(),
                name.as_ptr(),
                length,
                Some(callback),
                data,
                &mut function,
            );
            if made == napi_sys::Status::napi_ok {
                napi_sys::napi_add_finalizer(
                    env.raw(),
                    function,
                    data,
                    Some(drop_shared),
                    ptr::null_mut(),
                    ptr::null_mut(),
                )
            } else {
                made
            }
        };
        if made != napi_sys::Status::napi_ok {
            return Err(refused(format!("a function could not be made: {made}")));
        }
        // SAFETY: the value was made in this scope by this environment.
        Ok(unsafe { Unknown::from_raw_unchecked(env.raw(), function) })
    }
}

type RawCallback =
    unsafe extern "C" fn(napi_sys::napi_env, napi_sys::napi_callback_info) -> napi_sys::napi_value;

/// # Safety
/// Node-API calls it once, when the function is gone, with the pointer of `Rc::into_raw`.
unsafe extern "C" fn drop_shared(_env: napi_sys::napi_env, data: *mut c_void, _hint: *mut c_void) {
    // SAFETY: see above.
    drop(unsafe { Rc::from_raw(data.cast::<Shared>().cast_const()) });
}

/// # Safety
/// Called by Node-API with the data of `function`.
unsafe extern "C" fn turn(
    env: napi_sys::napi_env,
    info: napi_sys::napi_callback_info,
) -> napi_sys::napi_value {
    let (mut data, mut result) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: the data is a Shared that lives as long as the function.
    unsafe {
        napi_sys::napi_get_cb_info(env, info, ptr::null_mut(), ptr::null_mut(), ptr::null_mut(), &mut data);
        let shared = &*data.cast::<Shared>();
        let flags = shared.sockets.borrow_mut().turn();
        napi_sys::napi_create_int32(env, flags as i32, &mut result);
    }
    result
}

/// # Safety
/// Called by Node-API with the data of `function`.
unsafe extern "C" fn send(
    env: napi_sys::napi_env,
    info: napi_sys::napi_callback_info,
) -> napi_sys::napi_value {
    let mut data = ptr::null_mut();
    let mut arguments = [ptr::null_mut(); 1];
    let mut count = arguments.len();
    let mut slot = -1i32;
    // SAFETY: as above; a missing argument is `undefined`, which leaves -1.
    unsafe {
        let pointer = arguments.as_mut_ptr();
        napi_sys::napi_get_cb_info(env, info, &mut count, pointer, ptr::null_mut(), &mut data);
        napi_sys::napi_get_value_int32(env, arguments[0], &mut slot);
        let shared = &*data.cast::<Shared>();
        shared.sockets.borrow_mut().send(slot as usize);
    }
    ptr::null_mut()
}

fn node_loop(env: &Env) -> Option<NodeLoop> {
    let mut uv = ptr::null_mut();
    // SAFETY: asks for the libuv loop of this environment's thread, which outlives the environment.
    unsafe {
        let status = napi_sys::napi_get_uv_event_loop(env.raw(), &mut uv);
        if status == napi_sys::Status::napi_ok { NodeLoop::new(uv.cast()) } else { None }
    }
}

fn text(error: i32) -> String {
    std::io::Error::from_raw_os_error(error).to_string()
}

pub(crate) fn refused(reason: String) -> Error {
    Error::new(Status::GenericFailure, reason)
}

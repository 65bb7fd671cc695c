// SPDX-License-Identifier: Apache-2.0
//! Behind `plugin!`: the C tables of a provider type, its ladder of states, and the wall that no panic passes.

use crate::abi::*;
use crate::{Host, Provider, Status};
use std::ffi::CStr;
use std::mem::size_of;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::ptr::{null, null_mut};
use std::slice::{from_raw_parts, from_raw_parts_mut};
use std::sync::Mutex;

#[derive(Clone, Copy, PartialEq)]
enum State {
    Opened,
    Inited,
    Started,
    Stopped,
    Closed,
}

struct Instance<P> {
    table: tompion_provider_t,
    host: Host,
    state: State,
    provider: Option<P>,
}

// The last few instances that were closed, and how each is freed: a host's call after close finds a closed provider and not freed memory.
static CLOSED: Mutex<Vec<(usize, unsafe fn(usize))>> = Mutex::new(Vec::new());
const CLOSED_LIMIT: usize = 16;

/// Keeps a closed instance, and frees the oldest of more than a few.
fn keep<P>(instance: usize) {
    // Sound: the address came from Box::into_raw in `open`, and leaves the list once.
    unsafe fn free<P>(instance: usize) {
        drop(Box::from_raw(instance as *mut Instance<P>));
    }
    let Ok(mut closed) = CLOSED.lock() else { return };
    closed.push((instance, free::<P>));
    if closed.len() > CLOSED_LIMIT {
        let (oldest, free) = closed.remove(0);
        unsafe { free(oldest) }
    }
}

struct Tables<P>(std::marker::PhantomData<P>);

impl<P: Provider> Tables<P> {
    const DESCRIPTOR: &'static tompion_descriptor_t = &P::DESCRIPTOR;
    const SCHEMA: &'static tompion_settings_schema_t = &tompion_settings_schema_t {
        size: size_of::<tompion_settings_schema_t>() as u32,
        count: P::SETTINGS.len() as u32,
        entries: P::SETTINGS.as_ptr(),
    };
    const TIMERS: &'static tompion_timer_receiver_t = &tompion_timer_receiver_t {
        size: size_of::<tompion_timer_receiver_t>() as u32,
        reserved: 0,
        expired: Some(expired::<P>),
    };
    const PACKETS: &'static tompion_packet_receiver_t = &tompion_packet_receiver_t {
        size: size_of::<tompion_packet_receiver_t>() as u32,
        reserved: 0,
        worker_open: None,
        worker_close: None,
        receive: Some(receive::<P>),
        transmitted: Some(transmitted::<P>),
        failed: Some(failed::<P>),
    };
    const NAMES: &'static tompion_resolve_receiver_t = &tompion_resolve_receiver_t {
        size: size_of::<tompion_resolve_receiver_t>() as u32,
        reserved: 0,
        resolved: Some(resolved::<P>),
    };
}

/// The module table of a plugin with one provider.
pub const fn module<P: Provider>() -> tompion_module_t {
    tompion_module_t {
        size: size_of::<tompion_module_t>() as u32,
        abi_major: TOMPION_ABI_MAJOR as u16,
        abi_minor: TOMPION_ABI_MINOR as u16,
        descriptor_count: 1,
        reserved: 0,
        descriptor: Some(descriptor::<P>),
        open: Some(open::<P>),
    }
}

unsafe extern "C" fn descriptor<P: Provider>(index: u32) -> *const tompion_descriptor_t {
    if index == 0 { Tables::<P>::DESCRIPTOR } else { null() }
}

unsafe extern "C" fn open<P: Provider>(id: *const c_char, host: *const tompion_host_t) -> *const tompion_provider_t {
    if id.is_null() || host.is_null() || CStr::from_ptr(id) != CStr::from_ptr(Tables::<P>::DESCRIPTOR.id) {
        return null();
    }
    if ((*host).size as usize) < size_of::<tompion_host_t>() || (*host).abi_major != TOMPION_ABI_MAJOR as u16 {
        return null();
    }
    let host = Host::from_raw(host);
    let provider = match guarded(host, None, || P::new(host)) {
        Some(provider) => provider,
        None => return null(),
    };
    let table = tompion_provider_t {
        size: size_of::<tompion_provider_t>() as u32,
        reserved: 0,
        provider_data: null_mut(),
        descriptor: Tables::<P>::DESCRIPTOR,
        init: Some(init::<P>),
        start: Some(start::<P>),
        stop: Some(stop::<P>),
        close: Some(close::<P>),
        command: Some(command::<P>),
        poll: Some(poll::<P>),
        get_extension: Some(get_extension::<P>),
    };
    let instance = Box::into_raw(Box::new(Instance { table, host, state: State::Opened, provider: Some(provider) }));
    (*instance).table.provider_data = instance as *mut c_void;
    &(*instance).table
}

/// Runs `body`; a panic is logged and becomes `fallback`.
fn guarded<T>(host: Host, fallback: T, body: impl FnOnce() -> T) -> T {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(value) => value,
        Err(panic) => {
            let text = panic.downcast_ref::<&str>().map(|text| text.to_string()).or_else(|| panic.downcast_ref::<String>().cloned());
            host.log(TOMPION_LOG_ERROR, &format!("panicked: {}", text.unwrap_or_default()));
            fallback
        }
    }
}

/// Sound: the pointer is the table that `open` returned, whose data is its instance for ever; the host's calls never overlap.
unsafe fn of<'a, P>(provider: *const tompion_provider_t) -> &'a mut Instance<P> {
    &mut *((*provider).provider_data as *mut Instance<P>)
}

/// Calls the provider if it is in one of `states`, and moves it to `then` on success.
unsafe fn climb<P: Provider>(
    provider: *const tompion_provider_t, states: &[State], then: Option<State>, body: impl FnOnce(&mut P) -> Result<(), Status>,
) -> tompion_status {
    let instance = of::<P>(provider);
    if !states.contains(&instance.state) {
        return TOMPION_WRONG_STATE;
    }
    let (host, inner) = (instance.host, &mut instance.provider);
    match guarded(host, Err(Status::ERROR), || inner.as_mut().map_or(Err(Status::WRONG_STATE), body)) {
        Ok(()) => {
            instance.state = then.unwrap_or(instance.state);
            TOMPION_OK
        }
        Err(status) => status.0,
    }
}

unsafe fn started<P: Provider>(provider: *const tompion_provider_t, body: impl FnOnce(&mut P)) {
    climb::<P>(provider, &[State::Started], None, |p| {
        body(p);
        Ok(())
    });
}

unsafe extern "C" fn init<P: Provider>(provider: *const tompion_provider_t) -> tompion_status {
    climb::<P>(provider, &[State::Opened], Some(State::Inited), P::init)
}

unsafe extern "C" fn start<P: Provider>(provider: *const tompion_provider_t) -> tompion_status {
    climb::<P>(provider, &[State::Inited, State::Stopped], Some(State::Started), P::start)
}

unsafe extern "C" fn stop<P: Provider>(provider: *const tompion_provider_t) {
    if of::<P>(provider).state == State::Started {
        of::<P>(provider).state = State::Stopped;
        climb::<P>(provider, &[State::Stopped], None, |p| {
            p.stop();
            Ok(())
        });
    }
}

unsafe extern "C" fn close<P: Provider>(provider: *const tompion_provider_t) {
    stop::<P>(provider);
    let instance = of::<P>(provider);
    if instance.state == State::Closed {
        return;
    }
    instance.state = State::Closed;
    let inner = instance.provider.take();
    guarded(instance.host, (), || drop(inner));
    keep::<P>(instance as *mut Instance<P> as usize);
}

unsafe extern "C" fn command<P: Provider>(provider: *const tompion_provider_t, command: *const tompion_command_t) -> tompion_status {
    if command.is_null() || ((*command).size as usize) < size_of::<tompion_command_t>() {
        return TOMPION_INVALID;
    }
    climb::<P>(provider, &[State::Inited, State::Started, State::Stopped], None, |p| p.command(&*command))
}

unsafe extern "C" fn poll<P: Provider>(provider: *const tompion_provider_t, now: i64) { started::<P>(provider, |p| p.poll(now)) }

unsafe extern "C" fn expired<P: Provider>(provider: *const tompion_provider_t, timer: u32, now: i64) {
    started::<P>(provider, |p| p.expired(timer, now))
}

unsafe extern "C" fn receive<P: Provider>(
    provider: *const tompion_provider_t, _worker: *mut c_void, socket: u32, packets: *mut tompion_packet_t, count: u32,
) {
    // Sound: `count` packets are the provider's for the call.
    if count > 0 && !packets.is_null() {
        started::<P>(provider, |p| p.receive(socket, from_raw_parts_mut(packets, count as usize)))
    }
}

unsafe extern "C" fn transmitted<P: Provider>(
    provider: *const tompion_provider_t, transmitted: *const tompion_transmitted_t, count: u32,
) {
    if count > 0 && !transmitted.is_null() {
        started::<P>(provider, |p| p.transmitted(from_raw_parts(transmitted, count as usize)))
    }
}

unsafe extern "C" fn failed<P: Provider>(provider: *const tompion_provider_t, socket: u32, status: tompion_status) {
    started::<P>(provider, |p| p.failed(socket, Status(status)))
}

unsafe extern "C" fn resolved<P: Provider>(
    provider: *const tompion_provider_t, token: u64, status: tompion_status, addresses: *const tompion_address_t, count: u32,
    _text: *const c_char,
) {
    let found = if count > 0 && !addresses.is_null() { from_raw_parts(addresses, count as usize) } else { &[] };
    started::<P>(provider, |p| p.resolved(token, Status::check(status).map(|_| found)))
}

unsafe extern "C" fn get_extension<P: Provider>(_provider: *const tompion_provider_t, id: *const c_char) -> *const c_void {
    if id.is_null() {
        return null();
    }
    match CStr::from_ptr(id).to_str() {
        Ok(TOMPION_SETTINGS_SCHEMA_ID) => Tables::<P>::SCHEMA as *const _ as *const c_void,
        Ok(TOMPION_TIMER_ID) => Tables::<P>::TIMERS as *const _ as *const c_void,
        Ok(TOMPION_PACKET_IO_ID) => Tables::<P>::PACKETS as *const _ as *const c_void,
        Ok(TOMPION_RESOLVE_ID) => Tables::<P>::NAMES as *const _ as *const c_void,
        Ok(other) => catch_unwind(|| P::extension(other)).unwrap_or(null()),
        Err(_) => null(),
    }
}

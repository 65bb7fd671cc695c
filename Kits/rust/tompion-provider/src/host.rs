// SPDX-License-Identifier: Apache-2.0
//! The host as a provider sees it.

use crate::abi::*;
use crate::Status;
use std::ffi::{CStr, CString};
use std::mem::{size_of, zeroed};

/// The host's core table; copied freely. It must not outlive its provider, which owns it from `Provider::new` to its drop.
#[derive(Clone, Copy)]
pub struct Host {
    table: *const tompion_host_t,
}

// The tables behind it are the host's, which says per function on which threads it may be called.
unsafe impl Send for Host {}

/// One value of the configuration.
pub struct Setting {
    pub index: u32,
    /// Tables and arrays are flattened: "source[0].address", "allow[2]".
    pub path: String,
    pub value: Value,
}

pub enum Value {
    Text(String),
    Integer(i64),
    Real(f64),
    Boolean(bool),
}

impl Value {
    /// The number, of an integer too.
    pub fn real(&self) -> Option<f64> {
        match self {
            Value::Real(number) => Some(*number),
            Value::Integer(number) => Some(*number as f64),
            _ => None,
        }
    }
}

impl Host {
    /// # Safety
    /// `table` is what the host gave to `open`, which lives until close returns.
    pub unsafe fn from_raw(table: *const tompion_host_t) -> Host { Host { table } }

    pub fn as_ptr(&self) -> *const tompion_host_t { self.table }

    // Sound, here and below: the host fills every pointer of its tables, and a table and its owner live until close.
    fn core(&self) -> &tompion_host_t { unsafe { &*self.table } }

    /// The host's side of a capability, `None` = absent.
    ///
    /// # Safety
    /// `T` is the table that `id` names.
    pub unsafe fn extension<T>(&self, id: &str) -> Option<&'static T> {
        // Ids are short; a buffer instead of a CString, so that this may be called anywhere.
        let mut text = [0u8; 80];
        if id.len() >= text.len() {
            return None;
        }
        text[..id.len()].copy_from_slice(id.as_bytes());
        let found = (self.core().get_extension?)(self.table, text.as_ptr() as *const c_char);
        (found as *const T).as_ref()
    }

    /// False = the ring is full or the sample is not valid. [capture & started]
    pub fn publish(&self, sample: &tompion_sample_t) -> bool {
        self.core().publish.map_or(false, |f| unsafe { f(self.table, sample, 1) == 1 })
    }

    /// CLOCK_MONOTONIC_RAW, or the simulator's counter. [any]
    pub fn now_raw(&self) -> i64 { self.core().now_raw.map_or(0, |f| unsafe { f(self.table) }) }

    /// Reads the system clock as now. [any]
    pub fn now(&self) -> Option<tompion_stamp_t> {
        let mut stamp: tompion_stamp_t = unsafe { zeroed() };
        let status = unsafe { (self.core().now?)(self.table, TOMPION_CLOCK_SYSTEM as u16, &mut stamp) };
        (status == TOMPION_OK).then(|| stamp)
    }

    /// [any]
    pub fn random(&self, bytes: &mut [u8]) {
        if let Some(f) = self.core().random {
            unsafe { f(self.table, bytes.as_mut_ptr() as *mut c_void, bytes.len() as u32) }
        }
    }

    /// Asks for `Provider::poll`. [any]
    pub fn request_poll(&self) {
        if let Some(f) = self.core().request_poll {
            unsafe { f(self.table) }
        }
    }

    /// One line for people: `host.log(TOMPION_LOG_NOTICE, "...")`. Allocates, so not in real-time callbacks. [any]
    pub fn log(&self, level: i32, text: &str) {
        let table = unsafe { self.extension::<tompion_log_t>(TOMPION_LOG_ID) };
        if let (Some(write), Ok(text)) = (table.and_then(|t| t.write), CString::new(text.replace('\0', " "))) {
            unsafe { write(self.table, level as u32, text.as_ptr()) }
        }
    }

    /// [control or capture & inited]
    pub fn arm(&self, timer: u32, deadline_raw_ns: i64) -> Result<(), Status> {
        let table = unsafe { self.extension::<tompion_timer_t>(TOMPION_TIMER_ID) };
        let arm = table.and_then(|t| t.arm).ok_or(Status::UNSUPPORTED)?;
        Status::check(unsafe { arm(self.table, timer, deadline_raw_ns) })
    }

    /// [control or capture & inited]
    pub fn disarm(&self, timer: u32) {
        let table = unsafe { self.extension::<tompion_timer_t>(TOMPION_TIMER_ID) };
        if let Some(disarm) = table.and_then(|t| t.disarm) {
            unsafe { disarm(self.table, timer) }
        }
    }

    /// All values, in the file's order. [control & opened or inited]
    pub fn settings(&self) -> Vec<Setting> {
        let mut all = Vec::new();
        let table = unsafe { self.extension::<tompion_settings_t>(TOMPION_SETTINGS_ID) };
        let (count, at) = match table.map(|t| (t.count, t.at)) {
            Some((Some(count), Some(at))) => (count, at),
            _ => return all,
        };
        for index in 0..unsafe { count(self.table) } {
            let mut one: tompion_setting_t = unsafe { zeroed() };
            one.size = size_of::<tompion_setting_t>() as u32;
            if unsafe { at(self.table, index, &mut one) } != TOMPION_OK {
                continue;
            }
            // Strings live until the next update-config, and are copied here.
            let text = |pointer: *const c_char| unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned();
            let value = match one.r#type as i32 {
                TOMPION_SETTING_INTEGER => Value::Integer(one.integer),
                TOMPION_SETTING_REAL => Value::Real(one.real),
                TOMPION_SETTING_BOOLEAN => Value::Boolean(one.integer != 0),
                _ => Value::Text(text(one.string)),
            };
            all.push(Setting { index, path: text(one.path), value });
        }
        all
    }

    /// Says what would be right; returns `Status::INVALID`, for init to fail with. [control & opened or inited]
    pub fn refuse(&self, setting: &Setting, what_would_be_right: &str) -> Status {
        let table = unsafe { self.extension::<tompion_settings_t>(TOMPION_SETTINGS_ID) };
        if let (Some(refuse), Ok(text)) = (table.and_then(|t| t.refuse), CString::new(what_would_be_right)) {
            unsafe { refuse(self.table, setting.index, text.as_ptr()) }
        }
        Status::INVALID
    }
}

/// A time source, removed when it is dropped. Keep `info` current and call `update`.
pub struct Source {
    host: Host,
    table: &'static tompion_source_t,
    id: u32,
    pub info: tompion_source_info_t,
}

impl Source {
    /// What people see of a source that has no more than a name.
    pub fn info(name: &str, address: &str) -> tompion_source_info_t {
        let mut info: tompion_source_info_t = unsafe { zeroed() };
        info.size = size_of::<tompion_source_info_t>() as u32;
        Source::set(&mut info.name, name);
        Source::set(&mut info.address, address);
        info
    }

    /// Copies a text into one of info's, cut at a character's end where it is too long.
    pub fn set(field: &mut [c_char], text: &str) {
        let mut length = text.len().min(field.len() - 1);
        while !text.is_char_boundary(length) {
            length -= 1;
        }
        for (index, place) in field.iter_mut().enumerate() {
            *place = if index < length { text.as_bytes()[index] as c_char } else { 0 };
        }
    }

    /// [control or capture & inited]
    pub fn add(host: Host, info: tompion_source_info_t) -> Result<Source, Status> {
        let table = unsafe { host.extension::<tompion_source_t>(TOMPION_SOURCE_ID) }.ok_or(Status::UNSUPPORTED)?;
        let mut id = 0;
        Status::check(unsafe { (table.add.ok_or(Status::UNSUPPORTED)?)(host.as_ptr(), &info, &mut id) })?;
        Ok(Source { host, table, id, info })
    }

    pub fn id(&self) -> u32 { self.id }

    /// [control or capture & inited]
    pub fn update(&self) {
        if let Some(update) = self.table.update {
            unsafe { update(self.host.as_ptr(), self.id, &self.info) };
        }
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        if let Some(remove) = self.table.remove {
            unsafe { remove(self.host.as_ptr(), self.id) };
        }
    }
}

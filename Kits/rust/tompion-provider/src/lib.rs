// SPDX-License-Identifier: Apache-2.0
//! Providers for Tompion in Rust: implement [`Provider`] and end the crate with `tompion_provider::plugin!(YourType);`.
//!
//! [`abi`] is the C headers, declaration by declaration; what they say of roles (`[control]`, `[capture]`, `[any]`) and states holds
//! here. No panic crosses to the host: it is caught, logged and becomes `TOMPION_ERROR`. Nothing of `std` is needed at run time but
//! its allocator and its panic handler.

pub mod abi;
mod host;
#[doc(hidden)]
pub mod plugin;

pub use host::{Host, Setting, Source, Value};

use abi::*;

/// Why something was refused: a negative `tompion_status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(pub tompion_status);

impl Status {
    pub const ERROR: Status = Status(TOMPION_ERROR);
    pub const UNSUPPORTED: Status = Status(TOMPION_UNSUPPORTED);
    pub const INVALID: Status = Status(TOMPION_INVALID);
    pub const WRONG_STATE: Status = Status(TOMPION_WRONG_STATE);

    /// `Ok` for 0, the status itself for everything else.
    pub fn check(status: tompion_status) -> Result<(), Status> {
        if status == TOMPION_OK { Ok(()) } else { Err(Status(status)) }
    }
}

/// A NUL-terminated text as a constant: `cstr!("gps")`.
#[macro_export]
macro_rules! cstr {
    ($text:expr) => {
        concat!($text, "\0").as_ptr() as *const $crate::abi::c_char
    };
}

/// What a provider overrides. Dropping it is the ABI's close. A call out of its state is answered by this crate and never arrives.
pub trait Provider: Sized + Send + 'static {
    /// See [`describe!`].
    const DESCRIPTOR: tompion_descriptor_t;
    /// The keys that may stand under `[provider.NAME]`; see [`setting!`].
    const SETTINGS: &'static [tompion_setting_schema_t] = &[];

    /// Makes a provider. Only `Host::log` may be used yet; `None` refuses. [control]
    fn new(host: Host) -> Option<Self>;
    /// Reads settings, adds sources. [control & opened]
    fn init(&mut self) -> Result<(), Status> { Ok(()) }
    /// Opens sockets, arms timers. [control & inited or stopped]
    fn start(&mut self) -> Result<(), Status> { Ok(()) }
    /// [control & started]
    fn stop(&mut self) {}
    /// Within 500 ms. [control & inited]
    fn command(&mut self, _command: &tompion_command_t) -> Result<(), Status> { Err(Status::UNSUPPORTED) }
    /// About once a second, if asked for by `Host::request_poll`. Real-time. [capture & started]
    fn poll(&mut self, _now_raw_ns: i64) {}
    /// A timer's deadline has come. Real-time. [capture & started]
    fn expired(&mut self, _timer: u32, _now_raw_ns: i64) {}
    /// Datagrams came; replies are made in place by `reply_length`. Real-time. [capture & started]
    fn receive(&mut self, _socket: u32, _packets: &mut [tompion_packet_t]) {}
    /// Packets that asked for it have left. Real-time. [capture & started]
    fn transmitted(&mut self, _transmitted: &[tompion_transmitted_t]) {}
    /// The kernel reported an error for a socket. Real-time. [capture & started]
    fn failed(&mut self, _socket: u32, _status: Status) {}
    /// A name was looked up. Real-time. [capture & started]
    fn resolved(&mut self, _token: u64, _result: Result<&[tompion_address_t], Status>) {}
    /// The provider's side of a capability that this crate does not know, as a pointer to its table; null = absent. [any]
    fn extension(_id: &str) -> *const abi::c_void { core::ptr::null() }
}

/// A descriptor from literals: `describe!(INPUT bits, "org.example.gps", "gps", "example.org", "0.1.0", "one line")`.
#[macro_export]
macro_rules! describe {
    ($capabilities:expr, $id:expr, $name:expr, $vendor:expr, $version:expr, $description:expr) => {
        $crate::abi::tompion_descriptor_t {
            size: core::mem::size_of::<$crate::abi::tompion_descriptor_t>() as u32,
            capabilities: $capabilities,
            id: $crate::cstr!($id),
            name: $crate::cstr!($name),
            vendor: $crate::cstr!($vendor),
            version: $crate::cstr!($version),
            description: $crate::cstr!($description),
        }
    };
}

/// A setting from literals: path, type, description, default as one would write it, and for numbers both bounds.
#[macro_export]
macro_rules! setting {
    ($path:expr, $kind:expr, $description:expr, $default:expr) => {
        $crate::setting!($path, $kind, $description, $default, 1.0, 0.0)
    };
    ($path:expr, $kind:expr, $description:expr, $default:expr, $minimum:expr, $maximum:expr) => {
        $crate::abi::tompion_setting_schema_t {
            size: core::mem::size_of::<$crate::abi::tompion_setting_schema_t>() as u32,
            r#type: $kind as u32,
            path: $crate::cstr!($path),
            description: $crate::cstr!($description),
            default_text: $crate::cstr!($default),
            minimum: $minimum,
            maximum: $maximum,
            choices: $crate::cstr!(""),
            required: 0,
            reserved: 0,
        }
    };
}

/// Makes the one symbol of a plugin from a provider type.
#[macro_export]
macro_rules! plugin {
    ($provider:ty) => {
        /// The plugin's module table (tompion/module.h).
        #[no_mangle]
        pub extern "C" fn tompion_module_v1() -> *const $crate::abi::tompion_module_t {
            static MODULE: $crate::abi::tompion_module_t = $crate::plugin::module::<$provider>();
            &MODULE
        }
    };
}

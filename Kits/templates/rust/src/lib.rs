// SPDX-License-Identifier: Apache-2.0
//! example-clock: one time source, measured once a second. `measure` is the place for your device or protocol; everything else is
//! what any provider does. What each function may do, and when, is in tompion/*.h.

use tompion_provider::abi::*;
use tompion_provider::{describe, plugin, setting, Host, Provider, Source, Status, Value};

struct ExampleClockProvider {
    host: Host,
    source: Option<Source>,
    sequence: u32,
    offset_ns: i64,
}

impl ExampleClockProvider {
    /// What the reference says at the moment at which the clock was read as `now`. Here: the clock itself, off by a setting.
    fn measure(&self, now: &tompion_stamp_t) -> i64 { now.nanoseconds + self.offset_ns }

    /// Reads the settings; returns the source's flags.
    fn read_settings(&mut self) -> Result<u32, Status> {
        let (mut offset, mut noselect) = (0.0, true);
        for setting in self.host.settings() {
            match (setting.path.as_str(), &setting.value) {
                ("offset", value) => match value.real() {
                    // Not-a-number is in no range.
                    Some(number) if (-10.0..=10.0).contains(&number) => offset = number,
                    _ => return Err(self.host.refuse(&setting, "a number of seconds from -10 to 10")),
                },
                ("noselect", Value::Boolean(flag)) => noselect = *flag,
                ("noselect", _) => return Err(self.host.refuse(&setting, "true or false")),
                _ => return Err(self.host.refuse(&setting, "one of: offset, noselect")),
            }
        }
        self.offset_ns = (offset * 1e9) as i64;
        Ok(if noselect { TOMPION_SOURCE_NOSELECT } else { 0 })
    }
}

impl Provider for ExampleClockProvider {
    const DESCRIPTOR: tompion_descriptor_t = describe!(
        TOMPION_CAPABILITY_INPUT,
        "org.example.example-clock",
        "example-clock",
        "example.org",
        "0.1.0",
        "Reads the host's clock and adds a set offset"
    );
    // The keys that may stand under [provider.example-clock]. The host checks types and ranges before anything starts.
    const SETTINGS: &'static [tompion_setting_schema_t] = &[
        setting!("offset", TOMPION_SETTING_REAL, "reference minus clock, s", "0.0", -10.0, 10.0),
        setting!("noselect", TOMPION_SETTING_BOOLEAN, "only look at the source, do not follow it", "true"),
    ];

    fn new(host: Host) -> Option<Self> { Some(ExampleClockProvider { host, source: None, sequence: 0, offset_ns: 0 }) }

    fn init(&mut self) -> Result<(), Status> {
        let mut info = Source::info("example-clock", "local");
        info.stratum = 1;
        info.reference_id = 0x58504c31;
        info.flags = self.read_settings()?;
        self.source = Some(Source::add(self.host, info)?);
        Ok(())
    }

    fn start(&mut self) -> Result<(), Status> {
        self.host.request_poll();
        Ok(())
    }

    fn command(&mut self, command: &tompion_command_t) -> Result<(), Status> {
        match command.kind as i32 {
            TOMPION_COMMAND_UPDATE_CONFIG => {
                let flags = self.read_settings()?;
                if let Some(source) = &mut self.source {
                    source.info.flags = flags;
                    source.update();
                }
                Ok(())
            }
            TOMPION_COMMAND_QUERY
            | TOMPION_COMMAND_POLL_NOW
            | TOMPION_COMMAND_POLL_INTERVAL_CHANGED
            | TOMPION_COMMAND_TIME_JUMPED
            | TOMPION_COMMAND_NETWORK_CHANGED
            | TOMPION_COMMAND_SHUTDOWN => Ok(()),
            _ => Err(Status::UNSUPPORTED),
        }
    }

    // About once a second. Real-time: nothing here allocates, locks or blocks.
    fn poll(&mut self, _now_raw_ns: i64) {
        let now = match self.host.now() {
            Some(now) => now,
            None => return,
        };
        let reference_ns = self.measure(&now);
        let source = match &mut self.source {
            Some(source) => source,
            None => return,
        };
        let sample = tompion_sample_t {
            size: core::mem::size_of::<tompion_sample_t>() as u32,
            source: source.id(),
            sequence: self.sequence,
            flags: TOMPION_SAMPLE_ONE_WAY | TOMPION_SAMPLE_REPLY,
            local_ns: now.nanoseconds,
            reference_ns,
            raw_ns: now.raw_nanoseconds,
            delay_ns: 0,
            dispersion_ns: 1_000_000, // how wrong a measurement can be; be honest, the clock's bounds rest on it
            root_delay_ns: 0,
            root_dispersion_ns: 0,
            asymmetry_bound_ns: u64::MAX,
            turnaround_ns: 0,
            frequency: 0,
            era: now.era,
            reference_id: source.info.reference_id,
            local_subns: now.subns,
            reference_subns: now.subns,
            clock: now.clock,
            tai_offset: 0,
            timescale: TOMPION_TIMESCALE_UTC as u8,
            leap: TOMPION_LEAP_NONE as u8,
            stratum: 1,
            precision: -20,
            poll: 0,
            rx_kind: now.kind,
            tx_kind: now.kind,
            reserved8: 0,
            reserved64: 0,
        };
        self.sequence = self.sequence.wrapping_add(1);
        source.info.polls += 1;
        if self.host.publish(&sample) {
            source.info.replies += 1;
            source.info.last_reply_raw_ns = now.raw_nanoseconds;
        }
        source.info.reach = source.info.reach << 1 | 1;
        source.update();
    }
}

plugin!(ExampleClockProvider);

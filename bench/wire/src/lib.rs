//! What the neutral client and the floor of the wire bench share: FIX framing and building, the
//! session's checks, a busy-polled socket, histograms. The client measures, the floor is the engine
//! that ratios refer to; neither knows the engines under test.
#![deny(clippy::all)]

pub mod args;
pub mod clock;
pub mod connection;
pub mod fault;
pub mod fields;
pub mod floor_orders;
pub mod floor_ticks;
pub mod histogram;
pub mod limits;
pub mod load;
pub mod market;
pub mod message;
pub mod order_client;
pub mod price_book;
pub mod random;
pub mod report;
pub mod session;
pub mod tick_client;

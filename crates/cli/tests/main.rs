//! What the whole program does, in one binary, so that long tests run beside each other. Three stand alone: `canary` reads
//! everything that its process logs, `faults` and `killed` break the machine under the program.

mod contribute;
mod corpus;
mod demonstration;
mod doors;
mod estimate;
mod host;
mod linkage;
mod once;
mod pooled;
mod refusals;
mod served;
mod tls;
mod whole_path;

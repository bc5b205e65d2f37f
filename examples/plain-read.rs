//! Reads every object below a prefix by `object_store` alone and throws the bytes away: what `benches/fleet.py` holds a worker
//! against. The bucket is reached as the environment says, like a worker's.
//!
//! usage: plain-read BUCKET PREFIX
#![allow(clippy::print_stdout, clippy::expect_used)]

use futures_util::StreamExt;
use object_store::aws::AmazonS3Builder;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use std::time::Instant;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [bucket, prefix] = words.as_slice() else {
        println!("usage: plain-read BUCKET PREFIX");
        return;
    };
    let store = AmazonS3Builder::from_env().with_bucket_name(bucket).with_allow_http(true).build();
    let store = store.expect("the environment says how to reach the bucket");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("an event loop");
    let began = Instant::now();
    let bytes = runtime.block_on(async {
        let mut bytes = 0_u64;
        let mut objects = store.list(Some(&Path::from(prefix.as_str())));
        while let Some(object) = objects.next().await {
            let object = object.expect("a listing");
            let mut pieces = store.get(&object.location).await.expect("an object").into_stream();
            while let Some(piece) = pieces.next().await {
                bytes += piece.expect("bytes").len() as u64;
            }
        }
        bytes
    });
    println!("{{\"bytes\": {bytes}, \"seconds\": {}}}", began.elapsed().as_secs_f64());
}

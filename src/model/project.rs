//! Facts across files: what a compose service builds, which Dockerfile an image comes from.

#!/usr/bin/env bash
# Writes the digest that the base image's tag has now into deploy/Dockerfile (needs Docker with buildx, and the network).
set -euo pipefail
cd "$(dirname "$0")"

base=$(sed -n 's/^ARG BASE=//p' Dockerfile)
tag=${base%%@*}
digest=$(docker buildx imagetools inspect "$tag" --format '{{.Manifest.Digest}}') || {
  echo "base-digest: Docker could not ask the registry for $tag: is the daemon running, and the network there?" >&2
  exit 1
}
if [[ ! $digest =~ ^sha256:[0-9a-f]{64}$ ]]; then
  echo "base-digest: what Docker said of $tag is no digest: '$digest'" >&2
  exit 1
fi
if [[ $base == "$tag@$digest" ]]; then
  echo "base-digest: $tag is still $digest"
  exit
fi
changed=$(sed "s|^ARG BASE=.*|ARG BASE=$tag@$digest|" Dockerfile)
printf '%s\n' "$changed" >Dockerfile
echo "base-digest: $tag is now $digest; build and try the image before you commit that."

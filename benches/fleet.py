#!/usr/bin/env python3
"""How fast `fleet work` is from S3 on loopback, as a ratio to a plain read of the same bytes in the same run.

usage: fleet.py PROGRAM PLAIN [GIB [ROUNDS]]

PROGRAM is a release build with the feature `fleet`, PLAIN the example `plain-read` of the same build, which reads by
`object_store` alone and throws the bytes away. The store is a small server of this script that keeps objects in memory: `moto`
would be slower than what is measured. A worker does more by design: it hashes what comes, keeps it in a scratch folder, and looks
into it.
"""
import email.utils
import hashlib
import http.server
import json
import multiprocessing
import os
import re
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse


def serve(port_of, objects):
    """Put where there is nothing, get by ranges, list: what a fleet asks for."""
    store = {key: (value, hashlib.md5(value).hexdigest()) for key, value in objects.items()}
    lock = threading.Lock()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def tell(self, status, body=b"", tag=None):
            self.send_response_only(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Last-Modified", email.utils.formatdate(usegmt=True))
            if tag:
                self.send_header("ETag", f'"{tag}"')
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def do_GET(self):
            path, _, query = self.path.partition("?")
            if "list-type" in query:
                prefix = urllib.parse.parse_qs(query).get("prefix", [""])[0]
                bucket = path.strip("/")
                rows = "".join(
                    f"<Contents><Key>{urllib.parse.quote(key.split('/', 1)[1])}</Key><Size>{len(value)}</Size>"
                    f'<ETag>"{tag}"</ETag><LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>'
                    for key, (value, tag) in sorted(store.items())
                    if key.startswith(f"{bucket}/{prefix}")
                )
                return self.tell(200, f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>".encode())
            found = store.get(urllib.parse.unquote(path).strip("/"))
            if not found:
                return self.tell(404)
            value, tag = found
            wanted = re.match(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
            if wanted:
                first, last = map(int, wanted.groups())
                return self.tell(206, memoryview(value)[first : last + 1], tag)
            self.tell(200, value, tag)

        do_HEAD = do_GET

        def do_PUT(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            key = urllib.parse.unquote(self.path).strip("/")
            with lock:
                if key in store:
                    return self.tell(412)
                store[key] = (body, hashlib.md5(body).hexdigest())
            self.tell(200, tag=store[key][1])

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    port_of.put(server.server_port)
    server.serve_forever()


def main():
    program = os.path.abspath(sys.argv[1])
    reader = os.path.abspath(sys.argv[2])
    size = int(float(sys.argv[3] if len(sys.argv) > 3 else 1) * (1 << 30))
    rounds = int(sys.argv[4] if len(sys.argv) > 4 else 3)
    with tempfile.TemporaryDirectory() as dir:

        def touchmark(*words, **environment):
            done = subprocess.run([program, *words], env=dict(os.environ, **environment), capture_output=True, text=True)
            assert done.returncode == 0, (words, done.returncode, done.stdout, done.stderr)
            return done.stdout

        workspace, key = f"{dir}/workspace", f"{dir}/key.pem"
        touchmark("init", workspace)
        touchmark("key", "generate", key, "--no-password")
        # Four models of one file each.
        objects, each = {}, size // 4
        head = json.dumps({"w": {"dtype": "U8", "shape": [each], "data_offsets": [0, each]}}).encode()
        for number in range(4):
            model = f"{dir}/hub/acme/model-{number}"
            os.makedirs(model)
            with open(f"{model}/model.safetensors", "wb") as file:
                file.write(struct.pack("<Q", len(head)) + head)
                file.write(os.urandom(1 << 20) * (each >> 20) + bytes(each & ((1 << 20) - 1)))
            touchmark("sign", "key", model, "--private-key", key)
            for name in ("model.safetensors", "model.sig"):
                with open(f"{model}/{name}", "rb") as file:
                    objects[f"models/hub/acme/model-{number}/{name}"] = file.read()
                os.remove(f"{model}/{name}")
        port_of = multiprocessing.Queue()
        server = multiprocessing.Process(target=serve, args=(port_of, objects), daemon=True)
        server.start()
        port = port_of.get()
        total = sum(len(value) for value in objects.values())
        del objects
        reach = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ACCESS_KEY_ID": "AKIDTEST",
            "AWS_SECRET_ACCESS_KEY": "of-nobody",
            "AWS_REGION": "us-east-1",
        }
        ratios = []
        for number in range(rounds):
            done = subprocess.run([reader, "models", "hub"], env=dict(os.environ, **reach), capture_output=True, text=True)
            assert done.returncode == 0, done
            plain = json.loads(done.stdout)
            assert plain["bytes"] == total, plain
            read = plain["seconds"]
            planned = touchmark("fleet", "plan", "--source", "s3://models/hub", "--out", f"s3://audit/{number}",
                                "--shards", "1", "--workspace", workspace, "--format", "json", **reach)
            run = json.loads(planned)["place"]
            began, used = time.monotonic(), os.times()
            worked = touchmark("fleet", "work", "--plan", run, "--shard", "0", "--private-key", key, "--scratch", dir,
                               "--format", "json", **reach)
            took, now = time.monotonic() - began, os.times()
            cpu = (now.children_user - used.children_user, now.children_system - used.children_system)
            assert json.loads(worked)["records"] == 4, worked
            ratios.append(took / read)
            print(f"plain read {total / read / 1e6:6.0f} MB/s   fleet work {total / took / 1e6:6.0f} MB/s   ratio {took / read:.2f}"
                  f"   (worker: {cpu[0]:.1f} s user, {cpu[1]:.1f} s system of {took:.1f} s)")
        print(f"ratio, the best of {rounds}: {min(ratios):.2f}")
        server.terminate()


main()

"""Downloads from hosts that misbehave: a local HTTP server plays them."""

import contextlib
import errno
import hashlib
import io
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import textwrap
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from cnnkit import datasets
from cnnkit.datasets import catalogue, extracting, fetching
from cnnkit.datasets.catalogue import CATALOGUE, Entry, describe, entry

CONTENT = bytes(range(256)) * 2000  # 512,000 bytes
SHA = hashlib.sha256(CONTENT).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        server = self.server
        server.requests.append((self.path, self.headers.get("Range")))
        getattr(self, "serve_" + self.path.strip("/").split("/")[0])()

    def do_HEAD(self):
        self.server.requests.append((self.path, "HEAD"))
        kind = self.path.strip("/")
        status = {"good": 200, "page": 200, "redirect": 302, "circle": 302, "silent": 405}.get(kind, 404)
        self.send_response(status)
        self.send_header("Content-Length", str(len(self.server.content)))
        if kind == "page":
            self.send_header("Content-Type", "text/html")
        if status == 302:
            self.send_header("Location", "/good" if kind == "redirect" else "/circle")
        self.end_headers()

    def _send(self, body, status=200, length=None, **headers):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def serve_good(self):
        self._send(self.server.content)

    def serve_missing(self):
        self._send(b"<html>404</html>", 404)

    def serve_wrong(self):
        self._send(bytes(len(self.server.content)))

    def serve_page(self):
        self._send(b"<html>please log in</html>", Content_Type="text/html")

    def serve_half(self):  # and says that it is whole
        self._send(self.server.content[: len(self.server.content) // 2])

    def serve_redirect(self):
        self._send(b"", 302, Location="/good")

    def serve_circle(self):
        self._send(b"", 302, Location="/circle")

    def serve_unwell(self):  # 503 twice, then well
        sick = sum(path == "/unwell" for path, _ in self.server.requests) <= 2
        self._send(b"busy", 503) if sick else self.serve_good()

    def serve_broken(
        self,
    ):  # breaks off each time, after half of the whole; goes on where asked
        self._broken(resumes=True)

    def serve_forgetful(self):  # breaks off the first time, and always begins anew
        if sum(path == "/forgetful" for path, _ in self.server.requests) > 1:
            self.serve_good()
        else:
            self._broken(resumes=False)

    def _broken(self, resumes):
        content, start = self.server.content, 0
        asked = self.headers.get("Range")
        if asked and resumes:
            start = int(asked.split("=")[1].rstrip("-"))
        rest = content[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(rest)))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        self.wfile.write(rest[: max(len(content) // 2, 1)])
        self.wfile.flush()
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def serve_silent(self):
        time.sleep(3)

    def serve_dripping(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.server.content)))
        self.end_headers()
        with contextlib.suppress(OSError):
            for byte in self.server.content[:40]:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(0.1)

    def serve_slow(self):  # right, but takes its time; for kill -9 and for two processes
        content, start = self.server.content, 0
        asked = self.headers.get("Range")
        if asked:
            start = int(asked.split("=")[1].rstrip("-"))
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        with contextlib.suppress(OSError):
            for at in range(start, len(content), 16384):
                self.wfile.write(content[at : at + 16384])
                self.wfile.flush()
                time.sleep(0.05)


@pytest.fixture
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.requests, server.content = [], CONTENT
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch, tmp_path):
    monkeypatch.delenv("CNNKIT_OFFLINE", raising=False)
    monkeypatch.setenv("CNNKIT_DATA", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(fetching, "WAIT_SECONDS", 0.01)
    monkeypatch.setattr(fetching, "CONNECT_SECONDS", 2)
    monkeypatch.setattr(fetching, "READ_SECONDS", 1)


@pytest.fixture
def offer(server, monkeypatch):
    """Put an entry into the catalogue whose mirrors are paths of the server."""

    def offered(*mirrors, **options):
        urls = tuple(mirror if "://" in mirror else f"{server.url}/{mirror}" for mirror in mirrors)
        options = {"place": "thing.bin", "sha256": SHA, "size": len(CONTENT), **options}
        one = Entry(name="thing", what="a thing", mirrors=urls, without='source="drawn"', **options)
        monkeypatch.setitem(CATALOGUE, "thing", one)
        return one

    return offered


def _left(cache):
    """Everything in the cache but the lock."""
    return sorted(
        str(path.relative_to(cache))
        for path in cache.rglob("*")
        if ".locks" not in path.parts and path.is_file()
    )


# ------------------------------------------------------------------------------------ good and bad hosts


def test_a_good_mirror(offer, server, tmp_path):
    offer("good")
    path = datasets.download("thing")
    assert path == tmp_path / "cache" / "thing.bin"
    assert path.read_bytes() == CONTENT
    assert _left(tmp_path / "cache") == ["thing.bin"]
    datasets.download("thing")
    assert len(server.requests) == 1


def test_the_md5_is_verified_where_no_sha256_is_known(offer):
    offer("good", sha256=None, md5=hashlib.md5(CONTENT).hexdigest())
    assert datasets.download("thing").read_bytes() == CONTENT
    datasets.download("thing").unlink()
    offer("good", sha256=None, md5="0" * 32)
    with pytest.raises(OSError, match=r"md5 .* where 0000"):
        datasets.download("thing")


BAD = {
    "missing": "404",
    "wrong": "sent other bytes: sha256",
    "page": "26 bytes where 512,000 are expected",
    "half": "256,000 bytes where 512,000 are expected",
    "circle": "redirects",
    "silent": "did not answer in time",
    "dripping": "too slow",
    "http://127.0.0.1:9/closed": "refuses connections",
    "http://no-such-host.invalid/": "cannot be resolved|proxy|cannot be reached",
}


@pytest.mark.parametrize("mirror", BAD)
def test_a_bad_mirror_alone_is_an_error_that_says_all_and_leaves_nothing(offer, mirror, tmp_path):
    offer(mirror)
    with pytest.raises(fetching.DownloadError, match=BAD[mirror]) as caught:
        datasets.download("thing")
    text = str(caught.value)
    assert ("127.0.0.1" in text) or ("no-such-host.invalid" in text)
    assert "set CNNKIT_DATA" in text
    assert "python -m cnnkit data download thing" in text
    assert 'source="drawn"' in text
    assert caught.value.short == "no mirror could deliver it"
    assert _left(tmp_path / "cache") == []


@pytest.mark.parametrize("mirror", [*BAD, "broken_for_good"])
def test_the_second_mirror_saves_the_day(offer, mirror, tmp_path, monkeypatch):
    if mirror == "broken_for_good":
        mirror = "broken"
        monkeypatch.setattr(fetching, "ATTEMPTS", 1)
    offer(mirror, "good")
    assert datasets.download("thing").read_bytes() == CONTENT
    assert _left(tmp_path / "cache") == ["thing.bin"]


def test_a_redirect_is_followed(offer):
    offer("redirect")
    assert datasets.download("thing").read_bytes() == CONTENT


def test_a_host_that_is_unwell_is_asked_again(offer, server):
    offer("unwell")
    assert datasets.download("thing").read_bytes() == CONTENT
    assert len(server.requests) == 3


def test_a_connection_that_breaks_is_taken_up_where_it_broke(offer, server):
    offer("broken")
    assert datasets.download("thing").read_bytes() == CONTENT
    assert [asked for _, asked in server.requests] == [None, "bytes=256000-"]


def test_without_a_hash_a_broken_transfer_begins_anew(offer, server):
    offer("forgetful", sha256=None)
    assert datasets.download("thing").read_bytes() == CONTENT
    assert [asked for _, asked in server.requests] == [None, None]


def test_a_host_that_does_not_resume_begins_anew(offer, server):
    offer("forgetful")
    assert datasets.download("thing").read_bytes() == CONTENT
    assert [asked for _, asked in server.requests] == [None, "bytes=256000-"]


def test_offline_nothing_is_asked(offer, server, monkeypatch, tmp_path):
    monkeypatch.setenv("CNNKIT_OFFLINE", "1")
    offer("good")
    with pytest.raises(OSError, match=r"CNNKIT_OFFLINE forbids downloads \(not asked: 127.0.0.1\)"):
        datasets.download("thing")
    assert server.requests == []
    assert not (tmp_path / "cache").exists()


def test_offline_what_lies_in_the_cache_is_used(offer, monkeypatch, tmp_path):
    monkeypatch.setenv("CNNKIT_OFFLINE", "1")
    offer("good")
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "thing.bin").write_bytes(b"mine")
    assert datasets.download("thing").read_bytes() == b"mine"


def test_an_unknown_name_offers_near_ones():
    with pytest.raises(ValueError, match=r"received 'uc_mercd'. Did you mean 'uc_merced'"):
        datasets.download("uc_mercd")


# ------------------------------------------------------------------------------------ processes


def _process(url, cache):
    code = f"""
        import sys
        from cnnkit.datasets import catalogue, fetching
        catalogue.CATALOGUE["thing"] = catalogue.Entry(
            name="thing", what="a thing", place="thing.bin", mirrors=({url!r},),
            sha256={SHA!r}, size={len(CONTENT)})
        print("ready", flush=True)
        print(fetching.download("thing").stat().st_size)
    """
    env = {**os.environ, "CNNKIT_DATA": str(cache), "NO_PROXY": "127.0.0.1"}
    env.pop("CNNKIT_OFFLINE", None)
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True, env=env
    )


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9 on Windows")
def test_killed_in_mid_download_then_again_it_completes(server, tmp_path):
    cache = tmp_path / "cache"
    first = _process(f"{server.url}/slow", cache)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        parts = list(cache.glob(".thing.bin.part"))
        if parts and parts[0].stat().st_size > 50_000:
            break
        time.sleep(0.01)
    first.kill()
    first.wait()
    assert not (cache / "thing.bin").exists()
    assert parts
    second = _process(f"{server.url}/slow", cache)
    assert second.communicate(timeout=60)[0].split() == ["ready", str(len(CONTENT))]
    assert (cache / "thing.bin").read_bytes() == CONTENT
    assert _left(cache) == ["thing.bin"]
    assert server.requests[-1][1].startswith("bytes=")  # taken up, not begun anew


def test_two_processes_at_once_download_once(server, tmp_path):
    cache = tmp_path / "cache"
    both = [_process(f"{server.url}/slow", cache) for _ in range(2)]
    for one in both:
        assert one.communicate(timeout=60)[0].split() == ["ready", str(len(CONTENT))]
        assert one.returncode == 0
    assert len(server.requests) == 1
    assert (cache / "thing.bin").read_bytes() == CONTENT


def test_rubbish_from_a_killed_process_is_replaced(offer, tmp_path):
    offer("good")
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / ".thing.bin.part").write_bytes(b"rubbish")
    assert datasets.download("thing").read_bytes() == CONTENT


def test_rubbish_that_is_taken_up_is_noticed_and_the_next_mirror_asked(offer, tmp_path):
    offer("slow", "good")
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / ".thing.bin.part").write_bytes(b"rubbish" * 70_000)
    assert datasets.download("thing").read_bytes() == CONTENT


# ------------------------------------------------------------------------------------ disks


def test_too_little_room_is_noticed_before_anything_is_asked(offer, server, tmp_path, monkeypatch):
    offer("good")
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(fetching.shutil, "disk_usage", lambda path: usage._replace(free=100))
    with pytest.raises(OSError, match=r"needs about 1 MB in .*disk is full. Make room, or set CNNKIT_DATA"):
        datasets.download("thing")
    assert server.requests == []
    assert _left(tmp_path / "cache") == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_disk_that_fills_in_mid_download(server, tmp_path):
    code = f"""
        import resource, sys
        from cnnkit.datasets import catalogue, fetching
        import requests, pooch, filelock
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        catalogue.CATALOGUE["thing"] = catalogue.Entry(
            name="thing", what="a thing", place="thing.bin", mirrors=("{server.url}/good",), sha256={SHA!r})
        try:
            fetching.download("thing")
        except fetching.DownloadError as error:
            print(error)
    """
    env = {**os.environ, "CNNKIT_DATA": str(tmp_path / "cache"), "NO_PROXY": "127.0.0.1"}
    env.pop("CNNKIT_OFFLINE", None)
    command = [sys.executable, "-c", textwrap.dedent(code)]
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=True)
    assert "the disk is full. Make room" in done.stdout
    assert "Nothing was left half-written" in done.stdout
    assert _left(tmp_path / "cache") == []


def test_a_cache_that_cannot_be_written(offer, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("CNNKIT_DATA", str(tmp_path / "file"))
    offer("good")
    with pytest.raises(OSError, match=r"cannot be written: .*Set CNNKIT_DATA to a folder of your own"):
        datasets.download("thing")


def test_a_read_only_cache(offer, tmp_path, monkeypatch):
    offer("good")

    def refuse(*args, **kwargs):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(fetching.Path, "mkdir", refuse)
    with pytest.raises(OSError, match="cannot be written: Read-only file system"):
        datasets.download("thing")


# ------------------------------------------------------------------------------------ archives


def _zip(*members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for member, data in members:
            file.writestr(member, data)
    return out.getvalue()


@pytest.fixture
def offer_zip(offer, server):
    def offered(data, *mirrors, **options):
        server.content = data
        options = {
            "place": "set",
            "sha256": None,
            "size": None,
            "unpack": (("top/a/", "a"), ("top/b/", "b")),
            "complete": ("a", "b"),
            **options,
        }
        return offer(*(mirrors or ("good",)), **options)

    return offered


GOOD = [("top/a/1.jpg", b"one"), ("top/b/deep/2.jpg", b"two"), ("other/3.jpg", b"three")]


def test_an_archive_is_unpacked_into_the_layout_of_the_cache(offer_zip, tmp_path):
    offer_zip(_zip(*GOOD, ("top/b/0.jpg", b"zero")), pictures=3)
    path = datasets.download("thing")
    assert _left(path) == ["a/1.jpg", "b/0.jpg", "b/deep/2.jpg"]
    assert _left(tmp_path / "cache") == ["set/a/1.jpg", "set/b/0.jpg", "set/b/deep/2.jpg"]


def _link():
    info = zipfile.ZipInfo("top/a/link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


EVIL = {
    "../": (_zip(*GOOD, ("top/a/../../../../evil.txt", b"x")), "leads outside"),
    "absolute": (_zip(*GOOD, ("/tmp/evil.txt", b"x")), "leads outside"),
    "backslash": (_zip(*GOOD, ("top\\a\\..\\..\\..\\evil.txt", b"x")), "leads outside"),
    "drive": (_zip(*GOOD, ("C:/evil.txt", b"x")), "leads outside"),
    "link": (_zip(*GOOD, (_link(), b"/etc/passwd")), "holds a link"),
    "bomb": (_zip(*GOOD, ("top/a/bomb", bytes(5_000_000))), "bomb"),
    "half": (_zip(*GOOD)[:-30], "damaged or no ZIP"),
    "page": (b"<html>log in</html>", "damaged or no ZIP"),
    "other": (_zip(("elsewhere/1.jpg", b"x")), "holds nothing below top/a/"),
    "count": (_zip(*GOOD), "2 files where 7 are expected"),
}


@pytest.mark.parametrize("kind", EVIL)
def test_a_hostile_or_broken_archive_is_refused_and_leaves_nothing(offer_zip, kind, tmp_path):
    data, why = EVIL[kind]
    offer_zip(data, pictures=7)
    with pytest.raises(OSError, match=why):
        datasets.download("thing")
    assert _left(tmp_path) == []


def test_a_damaged_file_inside_an_archive_is_noticed(offer_zip, tmp_path):
    data = bytearray(_zip(("top/a/1.jpg", os.urandom(4000)), ("top/b/2.jpg", b"two")))
    data[2000] ^= 0xFF
    offer_zip(bytes(data))
    with pytest.raises(OSError, match="damaged or no ZIP"):
        datasets.download("thing")
    assert _left(tmp_path) == []


def test_limits_on_files_and_bytes(tmp_path):
    archive = tmp_path / "a.zip"
    archive.write_bytes(_zip(*((f"top/a/{n}", os.urandom(1000)) for n in range(20))))
    for limits, message in (
        ({"most_files": 19}, "20 files, more than 19"),
        ({"most_bytes": 9999}, "takes more than"),
    ):
        with pytest.raises(extracting.UnsafeArchive, match=message):
            extracting.unpack(archive, tmp_path / "out", (("top/", ""),), **limits)


def test_sizes_that_lie_are_not_believed(tmp_path):
    data = bytearray(_zip(("top/a/1", os.urandom(50_000))))
    at = data.rindex(b"PK\x01\x02") + 24
    data[at : at + 4] = (100).to_bytes(4, "little")
    archive = tmp_path / "a.zip"
    archive.write_bytes(bytes(data))
    with pytest.raises(extracting.UnsafeArchive):
        extracting.unpack(archive, tmp_path / "out", (("top/", ""),), most_bytes=10_000)
    written = sum(path.stat().st_size for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert written <= 10_000


def test_what_the_owner_put_there_is_not_overwritten(offer_zip, tmp_path):
    (tmp_path / "cache" / "set" / "a").mkdir(parents=True)
    (tmp_path / "cache" / "set" / "a" / "mine.jpg").write_bytes(b"mine")
    offer_zip(_zip(*GOOD))
    with pytest.raises(OSError, match=r"exists but is not complete.*Move it away"):
        datasets.download("thing")
    assert _left(tmp_path / "cache") == ["set/a/mine.jpg"]


# ------------------------------------------------------------------------------------ the catalogue


@pytest.mark.parametrize("name", catalogue.names())
def test_each_entry_of_the_catalogue_is_complete(name):
    one = entry(name)
    assert one.mirrors
    assert all(url.startswith(("https://", "http://weegee")) for url in one.mirrors)
    assert one.licence
    assert one.without
    assert one.hash_from
    for algorithm, digits in (("sha256", 64), ("md5", 32)):
        value = getattr(one, algorithm)
        assert value is None or (len(value) == digits and set(value) <= set("0123456789abcdef"))
    if not one.sha256 and not one.md5:
        assert "unverified" in one.verification()
        assert "unverified" in str(describe(name))
    assert one.licence in str(describe(name))
    assert one.mirrors[0] in describe(name)._repr_html_()


def test_the_hashes_are_those_of_keras():
    import importlib.util
    from pathlib import Path

    keras = Path(importlib.util.find_spec("keras").origin).parent / "src"
    mnist = (keras / "datasets" / "mnist.py").read_text()
    vgg = (keras / "applications" / "vgg16.py").read_text()
    names = (keras / "applications" / "imagenet_utils.py").read_text()
    assert entry("mnist").sha256 in mnist
    assert entry("vgg16").md5 in vgg
    assert entry("vgg16_no_top").md5 in vgg
    assert entry("imagenet_class_index").md5 in names


def test_a_downloaded_set_is_used(offer, server, monkeypatch, capsys):
    """The whole way, with a small set under the name of the real one."""
    from PIL import Image

    def jpeg(colour):
        out = io.BytesIO()
        Image.new("RGB", (20, 20), colour).save(out, "JPEG")
        return out.getvalue()

    folders = [
        f"cats_and_dogs_filtered/{split}/{one}"
        for split in ("train", "validation")
        for one in ("cats", "dogs")
    ]
    members = [
        (f"{folder}/{n}.jpg", jpeg((n, len(folder), 9))) for folder in folders for n in range(0, 200, 20)
    ]
    server.content = _zip(*members)
    known = entry("cats_vs_dogs")
    small = Entry(**{**vars(known), "mirrors": (f"{server.url}/good",), "size": None, "pictures": 40})
    monkeypatch.setitem(CATALOGUE, "cats_vs_dogs", small)
    ours = datasets.cats_vs_dogs(image_size=8)
    assert capsys.readouterr().out == (
        "cats_vs_dogs: real, photographs of cats and dogs, 40 pictures, downloaded.\n"
    )
    assert ours.counts["test"] == 20
    assert ours.counts["train"] + ours.counts["validation"] == 20
    assert ours.licence
    assert ours.citation
    datasets.cats_vs_dogs(image_size=8)
    assert "from the cache" in capsys.readouterr().out


# Asking the mirrors without fetching


@pytest.mark.parametrize(
    ("path", "size", "trouble"),
    [
        ("/good", len(CONTENT), ""),
        ("/redirect", None, ""),
        ("/good", 17, "it offers 512,000 bytes where 17 are expected"),
        ("/missing", None, "404 Not Found"),
        ("/page", None, "it sends a page in place of the file"),
        ("/circle", None, "it redirects in a circle"),
    ],
)
def test_a_mirror_is_asked_for_the_head_of_its_file(server, path, size, trouble):
    assert fetching.probe(server.url + path, size) == trouble
    assert {method for _, method in server.requests} == {"HEAD"}, "nothing is fetched"


def test_a_host_that_answers_get_only_is_asked_so(server, monkeypatch):
    monkeypatch.setattr(_Handler, "serve_silent", _Handler.serve_good)
    assert fetching.probe(f"{server.url}/silent", len(CONTENT)) == ""
    assert [method for _, method in server.requests] == ["HEAD", None]


def test_the_probe_names_every_mirror_that_fails(server, monkeypatch, capsys):
    from cnnkit import __main__ as command_line

    one = Entry(
        "one", "a file", "one.bin", (f"{server.url}/good", f"{server.url}/missing"), size=len(CONTENT)
    )
    monkeypatch.setattr(catalogue, "CATALOGUE", {"one": one})
    monkeypatch.setenv("CNNKIT_OFFLINE", "0")
    assert command_line.main(["data", "probe"]) == 1
    said = capsys.readouterr().out
    assert f"ok      one  {server.url}/good\n" in said
    assert f"FAILED  one  {server.url}/missing: 404 Not Found\n" in said
    assert "1 of 2 mirrors failed" in said
    monkeypatch.setenv("CNNKIT_OFFLINE", "1")
    assert command_line.main(["data", "probe"]) == 1
    assert "received CNNKIT_OFFLINE=1, which forbids that. Unset it" in capsys.readouterr().err


def test_a_mirror_that_is_gone_is_told_in_words():
    assert fetching.probe("http://127.0.0.1:9/x") == "it refuses connections"

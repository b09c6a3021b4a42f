"""Downloads: mirrors in turn, retried, resumed, verified, unpacked safely, and one process at a time."""

import contextlib
import errno
import os
import shutil
import sys
import time
import urllib.parse
from pathlib import Path

from . import cache
from .catalogue import entry
from .extracting import UnsafeArchive, unpack

__all__ = ["DownloadError", "available", "download", "probe"]

CONNECT_SECONDS = 10  # for a connection to come about
READ_SECONDS = 30  # between two pieces
SLOWEST = 2000  # bytes a second, on average over READ_SECONDS; below it the next mirror is asked
ATTEMPTS = 3  # at each mirror, for connections that break
WAIT_SECONDS = 1  # before the second attempt; doubled before the third
_PIECE = 2**18


class DownloadError(OSError):
    """A download that did not succeed; nothing half-written is left.

    Attributes:
        short: the reason in few words.
    """

    def __init__(self, message, short):
        super().__init__(message)
        self.short = short


class _MirrorFailed(Exception):
    """This mirror is no use; its text says why. `again` says whether another attempt may help."""

    def __init__(self, why, again=False):
        super().__init__(why)
        self.again = again


def available(name):
    """Say whether `name` lies in the cache, so that no download is needed."""
    return entry(name).present()


def download(name, *, progress=None):
    """Make sure that `name` lies in the cache, downloading it if it does not.

    The mirrors of the catalogue are tried in turn, each several times. A connection that breaks is taken up
    where it broke. The file is verified, archives are unpacked safely, and only what is whole and right gets
    its final name. If another process is downloading the same, this one waits for it.

    Args:
        name: a name in the catalogue: ``"mnist"``, ``"cats_vs_dogs"``, ``"uc_merced"`` …
        progress: whether to show a bar; `None` shows one in a terminal and in a notebook.

    Returns:
        The path of the file or folder.

    Raises:
        ValueError: if the catalogue has no such name.
        DownloadError: (an OSError) if it is forbidden or impossible; the message names the hosts, the reason
            and the ways out.
    """
    what = entry(name)
    if what.present():
        return what.path
    if cache.offline():
        raise _failure(what, "CNNKIT_OFFLINE forbids downloads", f"not asked: {_hosts(what)}")
    try:
        what.path.parent.mkdir(parents=True, exist_ok=True)
        with _lock(what):
            if not what.present():  # the process that we waited for has done it
                _fetch(what, progress)
    except DownloadError:
        raise
    except OSError as error:
        raise _cannot_write(what, error) from error
    return what.path


def probe(url, size=None):
    """Ask a mirror whether it would still send a file, without fetching it.

    Args:
        url: the file's address.
        size: how many bytes it should have, or `None` where unknown.

    Returns:
        What is wrong, a str; "" when all is well.
    """
    import requests

    headers = {"User-Agent": "cnnkit", "Accept-Encoding": "identity"}
    settings = {"headers": headers, "timeout": (CONNECT_SECONDS, READ_SECONDS), "allow_redirects": True}
    try:
        with requests.head(url, **settings) as response:
            answer = response
        if answer.status_code in (403, 405, 501):  # some hosts answer GET only
            with requests.get(url, stream=True, **settings) as response:
                answer = response
    except requests.exceptions.TooManyRedirects:
        return "it redirects in a circle"
    except requests.exceptions.RequestException as error:
        return _plain(error)
    if answer.status_code >= 400:
        return f"{answer.status_code} {answer.reason}".strip()
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        return "it sends a page in place of the file"
    length = int(answer.headers.get("Content-Length") or 0)
    if size and length and length != size:
        return f"it offers {length:,} bytes where {size:,} are expected"
    return ""


def _hosts(what):
    hosts = dict.fromkeys(urllib.parse.urlsplit(url).hostname or url for url in what.mirrors)
    return " and ".join(hosts)


def _failure(what, short, detail):
    return DownloadError(
        f"{what.name} is not in the cache ({what.path}), and it cannot be downloaded: {short} ({detail}).\n"
        f"Three ways out:\n"
        f"  1. if the files are on this machine, set CNNKIT_DATA to the folder that holds {what.place};\n"
        f"  2. where there is network, run `python -m cnnkit data download {what.name}`, and copy the folder "
        f"that `python -m cnnkit data path` names;\n"
        f"  3. do without: {what.without}.",
        short,
    )


def _cannot_write(what, error):
    folder = cache.cache_folder()
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return _full(what, 0)
    reason = error.strerror or str(error)
    return DownloadError(
        f"{what.name} should be downloaded into {folder}, but that folder cannot be written: {reason}. It "
        "may be read-only or belong to someone else. Set CNNKIT_DATA to a folder of your own. Nothing was "
        "left half-written.",
        f"the cache cannot be written: {reason}",
    )


def _full(what, need):
    folder = cache.cache_folder()
    need = f"about {need / 1e6:,.0f} MB" if need else "more room than there is"
    return DownloadError(
        f"{what.name} needs {need} in {folder}, and the disk is full. Make room, or set CNNKIT_DATA to a "
        "folder on another disk. Nothing was left half-written.",
        "the disk is full",
    )


@contextlib.contextmanager
def _lock(what):
    from filelock import FileLock, Timeout

    # Beside the data and never deleted: a lock that is removed is a lock that two can hold.
    folder = cache.cache_folder() / ".locks"
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / f"{what.name}.lock")
    try:
        lock.acquire(timeout=0.2)
    except Timeout:
        print(f"{what.name}: another process is downloading it; waiting for that.", file=sys.stderr)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _fetch(what, progress):
    """Download, verify and put into place; we hold the lock."""
    part = what.path.parent / f".{what.path.name}.part"  # left by a process that was killed: taken up again
    unpacked = what.path.parent / f".{what.path.name}.unpacking"
    need = (what.size or 0) * (2 if what.unpack else 1)
    there = part.stat().st_size if part.exists() else 0
    if need and shutil.disk_usage(what.path.parent).free < need - there:
        part.unlink(missing_ok=True)
        raise _full(what, need)
    troubles = []
    try:
        for url in what.mirrors:
            host = urllib.parse.urlsplit(url).hostname or url
            try:
                _from_mirror(what, url, part, progress)
                _verify(what, part)
                _put_in_place(what, part, unpacked)
                return
            except _MirrorFailed as error:
                troubles.append(f"{host}: {error}")
                part.unlink(missing_ok=True)
                shutil.rmtree(unpacked, ignore_errors=True)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise error if isinstance(error, DownloadError) else _cannot_write(what, error) from error
    except BaseException:  # Ctrl-C
        part.unlink(missing_ok=True)
        raise
    finally:
        shutil.rmtree(unpacked, ignore_errors=True)
    raise _failure(what, "no mirror could deliver it", "; ".join(troubles))


def _from_mirror(what, url, part, progress):
    """Download `url` into `part`, taking up again where a connection broke."""
    wait = WAIT_SECONDS
    for attempt in range(ATTEMPTS):
        try:
            return _transfer(what, url, part, progress)
        except _MirrorFailed as error:
            if not error.again or attempt == ATTEMPTS - 1:
                raise
            time.sleep(wait)
            wait *= 2


def _transfer(what, url, part, progress):
    import requests
    import urllib3

    # Bytes of an unknown file cannot be trusted to belong together: without a hash, begin anew.
    verifiable = what.sha256 or what.md5
    start = part.stat().st_size if part.exists() and verifiable else 0
    if what.size and start >= what.size:
        start = 0
    headers = {"User-Agent": "cnnkit", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    try:
        with requests.get(
            url, headers=headers, stream=True, timeout=(CONNECT_SECONDS, READ_SECONDS), allow_redirects=True
        ) as response:
            if response.status_code == 416:  # what we have is no beginning of what they have
                part.unlink(missing_ok=True)
                raise _MirrorFailed("it refused to go on where the transfer broke", again=True)
            if response.status_code >= 400:
                text = f"{response.status_code} {response.reason}".strip()
                raise _MirrorFailed(
                    text, again=response.status_code in (408, 429) or response.status_code >= 500
                )
            if response.status_code != 206:
                start = 0
            length = int(response.headers.get("Content-Length") or 0)
            total = start + length if length else what.size
            if what.size and length and total != what.size:
                raise _MirrorFailed(f"it offers {total:,} bytes where {what.size:,} are expected")
            _receive(what, response, part, start, total, progress)
    except (requests.exceptions.ConnectTimeout, requests.exceptions.SSLError) as error:
        raise _MirrorFailed(_plain(error)) from error
    except requests.exceptions.ConnectionError as error:
        raise _MirrorFailed(_plain(error), again=part.exists()) from error
    except requests.exceptions.TooManyRedirects as error:
        raise _MirrorFailed("it redirects in a circle") from error
    except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError) as error:
        raise _MirrorFailed(_plain(error), again=True) from error


def _plain(error):
    """Say in plain words what requests means."""
    import requests

    text = str(error)
    if isinstance(error, requests.exceptions.Timeout) or "timed out" in text:
        return "it did not answer in time"
    for sign, words in (
        ("NameResolution", "its name cannot be resolved: is there network?"),
        ("getaddrinfo", "its name cannot be resolved: is there network?"),
        ("refused", "it refuses connections"),
        ("unreachable", "it cannot be reached: is there network?"),
        ("certificate", "its certificate is not trusted"),
        ("IncompleteRead", "the connection broke"),
        ("reset", "the connection broke"),
        ("Remote end closed", "the connection broke"),
        ("aborted", "the connection broke"),
        ("ProxyError", "the proxy refuses"),
    ):
        if sign in text:
            return words
    return f"{type(error).__name__}: {text[:200]}"


def _receive(what, response, part, start, total, progress):
    with _bar(what, start, total, progress) as move, open(part, "ab" if start else "wb") as file:
        got, since, at = 0, time.monotonic(), 0
        for piece in _pieces(response.raw):
            file.write(piece)
            move(len(piece))
            got += len(piece)
            now = time.monotonic()
            if now - since >= READ_SECONDS:
                if (got - at) / (now - since) < SLOWEST:
                    raise _MirrorFailed(f"too slow: {(got - at) / (now - since):,.0f} bytes a second")
                since, at = now, got
    if total and start + got != total:
        raise _MirrorFailed(f"the connection broke after {start + got:,} of {total:,} bytes", again=True)


def _pieces(raw):
    """Yield bytes as they arrive; `iter_content` waits for a full piece, and loses it in a break."""
    read = getattr(raw, "read1", None)  # urllib3 2.1 and newer
    while piece := (read(_PIECE) if read else raw.read(4096)):
        yield piece


@contextlib.contextmanager
def _bar(what, start, total, progress):
    if progress is None:
        progress = sys.stderr.isatty() or "ipykernel" in sys.modules
    if not progress:
        yield lambda n: None
        return
    from tqdm import tqdm

    with tqdm(
        total=total,
        initial=start,
        unit="B",
        unit_scale=True,
        unit_divisor=1000,
        desc=what.name,
        mininterval=0.5,
    ) as bar:
        yield bar.update


def _verify(what, part):
    import pooch

    size = part.stat().st_size
    if what.size and size != what.size:
        raise _MirrorFailed(f"it sent {size:,} bytes where {what.size:,} are expected")
    for algorithm in ("sha256", "md5"):
        expected = getattr(what, algorithm)
        if expected:
            found = pooch.file_hash(part, alg=algorithm)
            if found != expected:
                raise _MirrorFailed(f"it sent other bytes: {algorithm} {found} where {expected} is expected")
            return


def _put_in_place(what, part, unpacked):
    if not what.unpack:
        os.replace(part, what.path)
        return
    shutil.rmtree(unpacked, ignore_errors=True)
    unpacked.mkdir()
    try:
        count = unpack(part, unpacked, what.unpack)
    except UnsafeArchive as error:
        raise _MirrorFailed(f"the archive was not unpacked: {error}") from error
    if what.pictures and count != what.pictures:
        raise _MirrorFailed(f"the archive holds {count:,} files where {what.pictures:,} are expected")
    _replace_folder(what, unpacked)
    part.unlink(missing_ok=True)


def _replace_folder(what, unpacked):
    if what.path.exists() and any(what.path.iterdir()):
        raise DownloadError(
            f"{what.path} exists but is not complete: {what.name} should have {', '.join(what.complete[:4])} "
            "… in it. It is not overwritten, since it may be yours. Move it away, then download again.",
            f"{Path(what.place)} in the cache is incomplete",
        )
    if what.path.exists():
        what.path.rmdir()
    os.replace(unpacked, what.path)

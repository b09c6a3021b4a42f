"""Unpacking an archive that may be hostile: nothing outside the folder, no bomb, no link."""

import os
import re
import stat
import zipfile
import zlib
from pathlib import PurePosixPath

__all__ = ["UnsafeArchive", "unpack"]

MOST_FILES = 200_000
MOST_RATIO = 200  # unpacked bytes to packed ones; photographs hardly pack at all


class UnsafeArchive(OSError):
    """An archive that was not unpacked, or not whole; nothing of it was left behind."""


def unpack(archive, folder, prefixes, *, most_bytes=4 * 2**30, most_files=MOST_FILES):
    """Unpack the wanted parts of a ZIP archive into an empty folder.

    Args:
        archive: path of the archive.
        folder: where to; its content counts as half-written until this returns.
        prefixes: pairs (prefix in the archive, folder below `folder`); everything else in it is left out.
        most_bytes, most_files: limits on what is unpacked.

    Returns:
        How many files were written.

    Raises:
        UnsafeArchive: on a path that leads outside, a link, too many files or bytes, too high a ratio, or
            damage.
    """
    written, count = 0, 0
    try:
        with zipfile.ZipFile(archive) as file:
            members = file.infolist()
            if len(members) > most_files:
                raise UnsafeArchive(f"it holds {len(members):,} files, more than {most_files:,}")
            for member in members:
                _check(member)
            if sum(member.file_size for member in members) > most_bytes:
                raise UnsafeArchive(f"unpacked it takes more than {most_bytes / 1e6:,.0f} MB")
            for member in members:
                target = _target(member.filename, folder, prefixes)
                if target is None or member.is_dir():
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                with file.open(member) as source, open(target, "xb") as out:
                    # The sizes in the archive may lie: what counts is what comes out.
                    while piece := source.read(2**20):
                        written += len(piece)
                        if written > most_bytes:
                            raise UnsafeArchive(f"unpacked it takes more than {most_bytes / 1e6:,.0f} MB")
                        out.write(piece)
                count += 1
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise UnsafeArchive(f"it is damaged or no ZIP archive ({error})") from error
    except FileExistsError as error:
        raise UnsafeArchive(f"it holds the same file twice ({os.path.basename(error.filename)})") from error
    if not count:
        wanted = ", ".join(prefix for prefix, _ in prefixes)
        raise UnsafeArchive(f"it holds nothing below {wanted}")
    return count


def _check(member):
    """Refuse a member whose path leads outside, that is a link, encrypted, or packed as a bomb."""
    name = member.filename.replace("\\", "/")
    parts = PurePosixPath(name).parts
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in parts or "\0" in name:
        raise UnsafeArchive(f"it holds a path that leads outside the folder: {member.filename!r}")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise UnsafeArchive(f"it holds a link: {member.filename!r}")
    if member.flag_bits & 1:
        raise UnsafeArchive(f"it is encrypted: {member.filename!r}")
    if member.file_size > 2**20 and member.file_size > MOST_RATIO * max(member.compress_size, 1):
        raise UnsafeArchive(
            f"{member.filename!r} is packed like a bomb: {member.file_size:,} bytes in little"
        )


def _target(name, folder, prefixes):
    name = name.replace("\\", "/")
    for prefix, below in prefixes:
        if name.startswith(prefix) and len(name) > len(prefix):
            return folder.joinpath(*PurePosixPath(below, name[len(prefix) :]).parts)
    return None

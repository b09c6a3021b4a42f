"""Drawings and figures as files of their own: a web page around them, and never over another file."""

import html

__all__ = ["document", "write_new"]


def document(title, body):
    """A web page, text: light or dark as the reader's system has it, as wide as the screen.

    Args:
        title: plain text.
        body: HTML.
    """
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        # an empty icon, so that no browser asks a server for one
        '<link rel="icon" href="data:,">\n'
        f"<title>{html.escape(title)}</title>\n"
        "<style>:root { color-scheme: light dark } body { margin: 1rem }</style>\n"
        f"</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def write_new(path, text):
    """Write `text` to `path`, a `pathlib.Path`, and return that.

    Raises:
        FileExistsError: if there is a file already.
    """
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise FileExistsError(
            f"`path` must name a new file; received {str(path)!r}, which exists already. Files are never overwritten: "
            "choose another name, or delete that one first."
        ) from None
    return path

"""A Sphinx extension: what the course's pages have besides their text.

Pictures get their sentence as alt text, the notebooks lie ready for download.
"""

import shutil
from pathlib import Path


def _alt_texts(app, doctree):
    """Gives each picture that a cell drew the sentence that stands beside it as text/plain."""
    from docutils import nodes

    for bundle in doctree.findall(nodes.container):
        if bundle.get("nb_element") != "mime_bundle":
            continue
        kinds = {part.get("mime_type"): part for part in bundle.children if isinstance(part, nodes.Element)}
        sentence = kinds["text/plain"].astext().strip() if "text/plain" in kinds else ""
        if not sentence or sentence.startswith("<"):
            continue
        for kind, part in kinds.items():
            if kind and kind.startswith("image/"):
                for image in part.findall(nodes.image):
                    image["alt"] = " ".join(sentence.split())


def _notebooks(app, error):
    """Lays the notebooks beside the pages, so that the landing page can offer them."""
    if error or app.builder.format != "html":
        return
    target = Path(app.outdir) / "notebooks"
    target.mkdir(exist_ok=True)
    for notebook in Path(app.srcdir).glob("*.ipynb"):
        shutil.copy(notebook, target / notebook.name)
    if (Path(app.srcdir) / "images").is_dir():
        shutil.copytree(Path(app.srcdir) / "images", target / "images", dirs_exist_ok=True)


def setup(app):
    """Connects both."""
    # Before MyST-NB keeps only the richest form of each output.
    app.connect("doctree-read", _alt_texts)
    app.connect("build-finished", _notebooks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

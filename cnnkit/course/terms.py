"""A Sphinx extension: the glossary and the lectures, linked both ways.

The notebooks know nothing of it, so that they read well on Colab. Where a lecture first prints a word of the glossary
in **bold**, the word becomes a link, with its meaning as the tooltip. In the glossary the role {lecture}`5` behind
a meaning leads to that place in lecture 5.
"""

import re

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

_GLOSSARY = "glossary"
_LECTURE = re.compile(r"(\d\d)_\w+")
_log = logging.getLogger(__name__)


class _lecture(nodes.Inline, nodes.Element):
    """A link to where a lecture explains a word, until all pages have been read."""


class _Role(SphinxRole):
    def run(self):
        numbers = re.findall(r"\d+", self.text)
        return [_lecture(number=number.zfill(2)) for number in numbers], []


def find(word, terms):
    """Finds the term of the glossary that a bold word means.

    Args:
        word: as a lecture prints it: "Receptive fields", "same" for "same padding", "test" for "test pictures".
        terms: the terms of the glossary in lower case.

    Returns:
        One of `terms`, or `None`.
    """
    word = " ".join(word.lower().split()).rstrip(".:,")
    singular = word.removesuffix("s")
    forms = (word, singular, f"{word} padding", f"{word} pictures")
    return next((form for form in forms if form in terms), None)


def bold_words(doctree, terms):
    """Finds the first bold place of each term on a page.

    Args:
        doctree: the page as docutils nodes.
        terms: the terms of the glossary in lower case.

    Returns:
        `{term: node}`, in the order of the page.
    """
    first = {}
    for node in doctree.findall(nodes.strong):
        term = find(node.astext(), terms)
        inside = node.parent
        while inside is not None and not isinstance(inside, nodes.title | nodes.reference):
            inside = inside.parent
        if term and inside is None:
            first.setdefault(term, node)
    return first


def _anchor(term):
    return f"where-{nodes.make_id(term)}"


def _terms(env):
    """What the glossary holds: `{term: (anchor, meaning)}`."""
    if _GLOSSARY not in env.all_docs:
        return {}
    found = {}
    for item in env.get_doctree(_GLOSSARY).findall(nodes.definition_list_item):
        meaning = item.next_node(nodes.definition).astext()
        for term in item.findall(nodes.term):
            found[term.astext().lower()] = (term["ids"][0], " ".join(meaning.split()))
    return found


def _collect(app, env):
    """When all pages have been read: which lecture prints which word in bold."""
    terms = _terms(env)
    pages = [name for name in sorted(env.all_docs) if _LECTURE.fullmatch(name)]
    app.cnnkit_terms = terms
    app.cnnkit_bold = {name: set(bold_words(env.get_doctree(name), terms)) for name in pages}
    return []


def _link(app, doctree, docname):
    if docname == _GLOSSARY:
        _link_to_lectures(app, doctree)
    elif docname in app.cnnkit_bold:
        _link_to_glossary(app, doctree, docname)


def _link_to_glossary(app, doctree, docname):
    page = app.builder.get_relative_uri(docname, _GLOSSARY)
    for term, node in bold_words(doctree, app.cnnkit_terms).items():
        anchor, meaning = app.cnnkit_terms[term]
        link = nodes.reference(
            "", "", refuri=f"{page}#{anchor}", internal=True, reftitle=meaning, ids=[_anchor(term)]
        )
        link["classes"].append("glossary-term")
        node.replace_self(link)
        link += node


def _link_to_lectures(app, doctree):
    numbers = {_LECTURE.fullmatch(name)[1]: name for name in app.cnnkit_bold}
    for node in list(doctree.findall(_lecture)):
        item = node.parent
        while not isinstance(item, nodes.definition_list_item):
            item = item.parent
        term = item.next_node(nodes.term).astext().lower()
        page = numbers.get(node["number"])
        if page is None:  # a lecture that is still to be written
            node.parent.remove(node)
            continue
        if term not in app.cnnkit_bold[page]:
            _log.warning("lecture %s does not print %r in bold, as the glossary says", page, term)
        uri = f"{app.builder.get_relative_uri(_GLOSSARY, page)}#{_anchor(term)}"
        link = nodes.reference("", f"Lecture {int(node['number'])}", refuri=uri, internal=True)
        # Twenty links of one name would all sound alike; a screen reader says the whole.
        link["reftitle"] = f"{term} in lecture {int(node['number'])}"
        node.replace_self(link)


def setup(app):
    """Registers the role, and links when all pages have been read."""
    app.add_node(_lecture)
    app.add_role("lecture", _Role())
    app.connect("env-updated", _collect)
    app.connect("doctree-resolved", _link)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

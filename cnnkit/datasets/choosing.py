"""Real or twin? One rule for every data set, and one printed line that says what was chosen and why."""

from . import cache

__all__ = ["choose"]


# What could not be downloaded in this process: not tried again unless it is insisted on, since to wait for
# hosts that do not answer takes long.
_FAILED = {}


def choose(name, source, *, offline_word, real, twin, **options):
    """Return the real data set or its offline twin, and print one line that says which and why.

    Args:
        name: name in the catalogue.
        source: ``"auto"``, ``"real"`` or `offline_word`.
        offline_word: what the twin is called: ``"embedded"`` or ``"drawn"``.
        real: function that loads the real set from the cache; raises ValueError where the files are damaged.
        twin: function that makes the twin.
        options: passed to both.

    Returns:
        A `Dataset`.
    """
    if source not in ("auto", "real", offline_word):
        slip = {"embedded", "drawn", "offline", "synthetic"} - {offline_word}
        hint = f' The offline twin of {name} is called "{offline_word}".' if source in slip else ""
        raise ValueError(f'`source` must be "auto", "real" or "{offline_word}"; received {source!r}.{hint}')
    if source == offline_word:
        return _say(twin(**options), "as asked")
    from . import fetching

    if fetching.available(name):
        try:
            return _say(real(**options), "from the cache")
        except ValueError as error:
            if source == "real":
                raise
            reason = f"the real files in the cache are damaged ({_first_sentence(error)})"
            return _say(twin(**options), f"because {reason}")
    try:
        if source == "auto" and name in _FAILED and not cache.offline():
            raise _FAILED[name]
        fetching.download(name)
    except OSError as error:
        if source == "real":
            raise
        if not cache.offline():
            _FAILED[name] = error
        reason = getattr(error, "short", str(error))
        return _say(twin(**options), f"because the real pictures are not in the cache and {reason}")
    return _say(real(**options), "downloaded")


def _first_sentence(error):
    return str(error).split(". ")[0]


def _say(dataset, why):
    total = f"{sum(dataset.counts.values()):,} pictures"
    print(f"{dataset.name}: {dataset.source}, {dataset.note}, {total}, {why}.")
    return dataset

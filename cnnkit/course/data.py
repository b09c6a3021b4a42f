"""`python -m cnnkit data list | download | probe | scan | path`: the data sets from the command line."""

import sys

__all__ = ["add_arguments", "main"]


def add_arguments(parser):
    """Adds the arguments of `python -m cnnkit data`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="action")
    listing = actions.add_parser("list", help="what there is, and what lies in the cache")
    listing.add_argument("names", nargs="*", metavar="NAME", help="tell all about these")
    download = actions.add_parser("download", help="download, verify and unpack into the cache")
    download.add_argument("names", nargs="+", metavar="NAME", help="a name that `list` shows")
    probe = actions.add_parser("probe", help="ask every mirror whether it still has its file, fetch nothing")
    probe.add_argument("names", nargs="*", metavar="NAME", help="only these")
    scan = actions.add_parser(
        "scan", help="decode every picture of a folder, and name the broken and the odd"
    )
    scan.add_argument("folder", help="a folder of class folders, or of pictures")
    scan.add_argument("--all", action="store_true", help="list the odd ones too, not only the broken")
    actions.add_parser("path", help="print the folder of the cache")


def main(args):
    """Runs one of the actions and returns its exit status: 1 where something failed or files are broken."""
    action = {"list": _list, "download": _download, "probe": _probe, "scan": _scan, "path": _path}[
        args.action
    ]
    return action(args)


def _list(args):
    from ..datasets import catalogue

    if args.names:
        try:
            found = [catalogue.describe(name) for name in args.names]
        except ValueError as error:
            print(error, file=sys.stderr)
            return 1
        print("\n\n".join(str(one) for one in found))
        return 0
    names = catalogue.names()
    width = max(len(name) for name in names)
    for name in names:
        one = catalogue.entry(name)
        size = f"{one.size / 1e6:6.0f} MB" if one.size else "         "
        print(f"{name:<{width}}  {'present' if one.present() else '   -   '}  {size}  {one.what}")
    print(f"\nThe cache: {catalogue.cache.cache_folder()}")
    print("`python -m cnnkit data list NAME` tells all about one: source, licence, how it is verified.")
    return 0


def _download(args):
    from ..datasets import catalogue, fetching

    status = 0
    for name in args.names:
        try:
            here = fetching.available(name)
            path = fetching.download(name)
        except (ValueError, OSError) as error:
            print(error, file=sys.stderr)
            status = 1
            continue
        one = catalogue.entry(name)
        if here:
            print(f"{name}: lies in the cache already, {path}")
            continue
        print(f"{name}: {path}\n  verified by: {one.verification()}\n  licence: {one.licence}")
        if one.citation:
            print(f"  cite: {one.citation}")
    return status


def _probe(args):
    from ..datasets import cache, catalogue, fetching

    if cache.offline():
        print(
            "Expected to ask the mirrors; received CNNKIT_OFFLINE=1, which forbids that. Unset it, and try again.",
            file=sys.stderr,
        )
        return 1
    try:
        entries = [catalogue.entry(name) for name in args.names or catalogue.names()]
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    troubles = 0
    for one in entries:
        for url in one.mirrors:
            trouble = fetching.probe(url, one.size)
            troubles += bool(trouble)
            print(
                f"{'FAILED' if trouble else 'ok':6}  {one.name}  {url}" + (f": {trouble}" if trouble else "")
            )
    print(f"\n{troubles or 'none'} of {sum(len(one.mirrors) for one in entries)} mirrors failed")
    return 1 if troubles else 0


def _scan(args):
    from ..datasets import folders

    try:
        report = folders.scan(args.folder)
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    lines = str(report).split("\n")
    print("\n".join(line for line in lines if args.all or not line.startswith("  converted")))
    if report.odd and not args.all:
        print(f"`--all` names the {len(report.odd):,} that are converted.")
    return 1 if report.bad else 0


def _path(args):
    from ..datasets import cache

    print(cache.cache_folder())
    return 0

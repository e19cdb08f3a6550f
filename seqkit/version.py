"""The version that is installed."""


def installed_version() -> str:
    """The version that is installed; "0+unknown" where the package is only on the path, not installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("seqkit")
    except PackageNotFoundError:
        return "0+unknown"

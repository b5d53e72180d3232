"""publish: one Markdown source, gettext catalogues, HTML and PDF editions in every language.

The command line (`publish.cli`) is the public face; its contract is in README.md.
"""

__version__ = "0.1.0"

__all__ = ["__version__"]

"""Settings of Sphinx; `-D language=…` says which language is built."""

import json
import os

from sphinx.builders.dirhtml import DirectoryHTMLBuilder

project = "Notes on Measures"
extensions = ["myst_parser"]
locale_dirs = ["../locale"]
gettext_compact = False
html_theme = "notes"
html_theme_path = ["../themes"]
html_copy_source = html_show_sourcelink = False
html_use_index = html_domain_indices = False
html_permalinks = False
suppress_warnings = ["myst.header"]
DirectoryHTMLBuilder.search = False  # no index for a search

spoken = os.environ["SITE_LANGUAGE"]
with open(f"../data_{spoken}.json", encoding="utf-8") as file:
    data = json.load(file)
html_context = {"data": data, "tag": spoken}
html_additional_pages = {path + "index": "page.html" for path in data["lists"] if path}

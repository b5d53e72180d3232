"""Builds every language in one process."""

import sys

from pelican import main

for language in sys.argv[1:]:
    # Pelican leaves the settings' folder in the path, and modules loaded.
    main(["content/" + language, "-s", f"settings_{language}.py", "-o", "public/" + language, "-q"])

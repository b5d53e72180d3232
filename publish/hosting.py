"""How a server hands the site out: headers, caching, content types, the page for what is missing.

`_headers` for hosts that read it, and configurations for nginx and Caddy. Pure: settings in, text
out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from . import urls
from .model import Artefact, Settings

Moved = tuple[str, str]
"""An old address and the one that it leads to; paths below the site's base, from a slash on."""

# Names of pages never change, so every visit asks whether there is a newer one. Files that have
# their content's hash in their name never change.
_FRESH = "public, max-age=0, must-revalidate"
_FOR_EVER = "public, max-age=31536000, immutable"

# What a page of text has no use for. Browsers warn of names that they do not know: these are the
# ones that Chromium does.
_DENIED = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "storage-access",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)

# The site's own list, so that no server's table decides: types that browsers show stay inline.
_TYPES = {
    "html": "text/html",
    "css": "text/css",
    "js": "text/javascript",
    "json": "application/json",
    "wasm": "application/wasm",
    "xml": "application/xml",
    "txt": "text/plain",
    "bib": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "woff2": "font/woff2",
}
_BINARY = ("wasm", "pdf", "png", "jpg", "jpeg", "woff2")
_FEED = "application/atom+xml"
_UTF_8 = "; charset=utf-8"

# Files for hosts that read them; a server of one's own has no use for them.
_FOR_HOSTS = (urls.HEADERS, urls.REDIRECTS)


_PATH = re.compile(r"/[A-Za-z0-9._~/-]*\Z")
"""An address of the site: its slugs need no escapes."""


def policy(*, search: bool) -> str:
    """The Content-Security-Policy of every answer.

    A page has a policy of its own in a `<meta>`, and both hold: this one adds what a `<meta>`
    cannot say, and is as wide as the widest page, that of the search, needs it. Structured data
    needs nothing: browsers do not run it, and so do not ask.
    """
    directives = {
        "default-src": "'none'",
        "script-src": "'self' 'wasm-unsafe-eval'" if search else "'none'",
        "connect-src": "'self'" if search else "'none'",
        "style-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "form-action": "'self'" if search else "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def headers(settings: Settings) -> Mapping[str, str]:
    """What every answer says, whatever it is."""
    address = urlsplit(settings.base_url)
    found = {
        "Content-Security-Policy": policy(search=settings.search),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": ", ".join(f"{name}=()" for name in _DENIED),
        "Cross-Origin-Opener-Policy": "same-origin",
        # Others may show the images and PDFs: all that is published is public, and no answer
        # depends on who asks.
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    # It binds a whole host; a site below a path shares the host with others.
    if address.scheme == "https" and not address.path:
        found["Strict-Transport-Security"] = "max-age=31536000"
    return found


def artefacts(settings: Settings) -> Iterator[Artefact]:
    """`_headers`, which Netlify, Cloudflare Pages and others read.

    Where several rules hold for an address, hosts join the values of one header or choose one:
    here no header is named twice for any address. Hosts count paths from their own root.
    """
    folders = [f"{urls.front(locale)}*" for locale in settings.languages]
    rules: dict[str, Mapping[str, str]] = {"*": headers(settings)}
    files = (urls.CHOOSER, urls.NOT_FOUND, urls.SITEMAP, urls.ROBOTS, *_engine(settings))
    rules |= {path: {"Cache-Control": _FRESH} for path in (*files, *folders)}
    rules |= {f"{path}*": {"Cache-Control": _FOR_EVER} for path in _hashed(settings)}
    rules |= {path: {"Content-Type": _FEED + _UTF_8} for path in _feeds(settings)}
    prefix = _prefix(settings.base_url)
    lines = []
    for path, fields in rules.items():
        lines.append(f"{prefix}/{path}")
        lines += [f"  {name}: {value}" for name, value in fields.items()]
    yield Artefact(urls.HEADERS, ("\n".join(lines) + "\n").encode())


def moved(redirects: str, base_url: str) -> tuple[Moved, ...]:
    """The pairs in the text of a `_redirects`, without the path of `base_url`."""
    prefix = _prefix(base_url)
    found: dict[str, str] = {}
    for line in redirects.splitlines():
        fields = line.partition("#")[0].split()
        if len(fields) >= 2 and all(map(_PATH.match, fields[:2])):
            old, new = (field.removeprefix(prefix) for field in fields[:2])
            found.setdefault(old, new)  # the first line for an address holds
    return tuple(found.items())


# ── Servers ──────────────────────────────────────────────────────────────────────────────────


def nginx(settings: Settings, folder: str, redirects: Sequence[Moved] = ()) -> str:
    """What goes into the `server { … }` of the site; `folder` is where the server finds it."""
    prefix, host = _prefix(settings.base_url), urlsplit(settings.base_url).netloc
    text = ", ".join(kind for ending, kind in _TYPES.items() if ending not in _BINARY)
    charsets = text.replace("text/html, ", "").replace(",", "") + f" {_FEED}"
    lines = [
        f"# {settings.base_url}: include this in the `server {{ … }}` of {host},",
        "# beside listen, server_name and the certificate.",
        "# Print it again when a setting or a slug has changed: publish hosting nginx",
        "",
    ]
    if prefix:
        lines += [
            f"location = {prefix} {{",
            "    absolute_redirect off;",
            f"    return 301 {prefix}/;",
            "}",
            "",
        ]
    lines += [
        f"location ^~ {prefix}/ {{",
        f'    alias "{folder}/";' if prefix else f'    root "{folder}";',
        "    index index.html;",
        "    absolute_redirect off;",
        f"    error_page 403 404 =404 {prefix}/{urls.NOT_FOUND};",
        "",
        "    charset utf-8;",
        f"    charset_types {charsets};",
        "    default_type application/octet-stream;",
        "    types {",
        *(f"        {kind} {ending};" for ending, kind in _TYPES.items()),
        "    }",
        "",
        "    # A location with an add_header of its own loses all of these; hence the variable.",
        f'    set $publish_cache "{_FRESH}";',
        "    add_header Cache-Control $publish_cache always;",
    ]
    fields = headers(settings).items()
    lines += [f'    add_header {name} "{value}" always;' for name, value in fields]
    fresh, for_ever = (f'set $publish_cache "{value}";' for value in (_FRESH, _FOR_EVER))
    lines += _location(f"= {prefix}/{urls.NOT_FOUND}", fresh, "internal;")
    for path in _hashed(settings):
        lines += _location(f"{prefix}/{path}", for_ever)
    for path in _feeds(settings):
        lines += _location(f"= {prefix}/{path}", fresh, "types { }", f"default_type {_FEED};")
    for name in _FOR_HOSTS:
        lines += _location(f"= {prefix}/{name}", fresh, "return 404;")
    for old, new in redirects:
        lines += _location(f"= {prefix}{old}", fresh, f"return 301 {prefix}{new};")
    return "\n".join([*lines, "}", ""])


def _location(what: str, *directives: str) -> list[str]:
    return ["", f"    location {what} {{", *(f"        {one}" for one in directives), "    }"]


def caddy(settings: Settings, folder: str, redirects: Sequence[Moved] = ()) -> str:
    """The site's block in a Caddyfile; `folder` is where the server finds it."""
    prefix, address = _prefix(settings.base_url), urlsplit(settings.base_url)
    inside = f"{prefix}/*"
    lines = [
        "# Print it again when a setting or a slug has changed: publish hosting caddy",
        f"{address.scheme}://{address.netloc} {{",
    ]
    lines += [f"\tredir {prefix} {prefix}/ permanent", ""] if prefix else []
    hashed = " ".join(f"/{path}*" for path in _hashed(settings))
    lines += [
        f"\thandle_path {inside} {{" if prefix else "\thandle {",
        f'\t\troot * "{folder}"',
        "\t\tencode zstd gzip",
        "",
        "\t\theader {",
        *(f'\t\t\t{name} "{value}"' for name, value in headers(settings).items()),
        "\t\t}",
        "",
        f"\t\t@hashed path {hashed}",
        f'\t\theader @hashed Cache-Control "{_FOR_EVER}"',
        f"\t\t@others not path {hashed}",
        f'\t\theader @others Cache-Control "{_FRESH}"',
        "",
    ]
    feeds = _feeds(settings)
    if feeds:
        lines += [
            f"\t\t@feeds path {' '.join('/' + path for path in feeds)}",
            f'\t\theader @feeds Content-Type "{_FEED}{_UTF_8}"',
        ]
    for ending in (*(("xml",) if not feeds else ()), "bib", "ris"):
        lines += [
            f"\t\t@{ending} path *.{ending}",
            f'\t\theader @{ending} Content-Type "{_TYPES[ending]}{_UTF_8}"',
        ]
    lines += [""] + [f"\t\tredir {old} {prefix}{new} permanent" for old, new in redirects]
    lines += [
        *([""] if redirects else []),
        "\t\tfile_server {",
        f"\t\t\thide {' '.join(_FOR_HOSTS)}",
        "\t\t}",
        "\t}",
        "",
        "\thandle_errors {",
        f"\t\thandle {inside} {{",
        f'\t\t\troot * "{folder}"',
        f'\t\t\theader Cache-Control "{_FRESH}"',
        f'\t\t\theader Content-Type "{_TYPES["html"]}{_UTF_8}"',
        f"\t\t\trewrite * /{urls.NOT_FOUND}",
        "\t\t\tfile_server",
        "\t\t}",
        "\t}",
        "}",
        "",
    ]
    return "\n".join(lines)


SNIPPETS: Mapping[str, Callable[[Settings, str, Sequence[Moved]], str]] = {
    "nginx": nginx,
    "caddy": caddy,
}
"""Server → what makes its configuration."""


def folder_fault(folder: str) -> str:
    """Why no configuration can name this folder, or an empty string where each can."""
    if not folder.startswith("/"):
        return "does not begin with a slash"
    odd = sorted({char for char in folder if char in '"\\${}`' or not char.isprintable()})
    return (
        f"holds {', '.join(map(ascii, odd))}, which has a meaning of its own there" if odd else ""
    )


def _prefix(base_url: str) -> str:
    """The path below which the site stands, without a slash at its end; mostly empty."""
    return urlsplit(base_url).path.rstrip("/")


def _hashed(settings: Settings) -> tuple[str, ...]:
    """Folders whose files have their content's hash in their name."""
    index = ("pagefind/fragment/", "pagefind/index/") if settings.search else ()
    return ("assets/", *index)


def _engine(settings: Settings) -> tuple[str, ...]:
    """What a search loads that keeps its name while it changes."""
    if not settings.search:
        return ()
    known = dict.fromkeys(locale.tag.partition("-")[0] for locale in settings.languages)
    names = ("pagefind.js", "pagefind-entry.json", *(f"wasm.{one}.pagefind" for one in known))
    return tuple(f"{urls.BUNDLE}{name}" for name in (*names, "wasm.unknown.pagefind"))


def _feeds(settings: Settings) -> tuple[str, ...]:
    languages = settings.languages if settings.feeds else ()
    return tuple(urls.feed(locale) for locale in languages)

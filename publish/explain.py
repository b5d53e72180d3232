"""`publish explain`: what one rule demands, what it holds back, and who may set it aside."""

from __future__ import annotations

import difflib

from .errors import RULES, Severity, Stops, Waiver

EXAMPLES: dict[str, tuple[str, str, str]] = {
    "E1": ("Keep **the light** burning.", "**“Işığı”**nı yakın.", "“**Işığı**” yakın."),
    "E2": ("One.[^1]", "Bir.", "Bir.[^1]"),
    "E3": ("See [this](a.md).", "Bkz. [bu](b.md).", "Bkz. [bu](a.md)."),
    "E4": ("The [دفتر]{lang=fa}.", "[Defter]{lang=fa}.", "[دفتر]{lang=fa} (defter)."),
    "E5": ("Run `make`.", "Çalıştırın: `yap`.", "Çalıştırın: `make`."),
    "E6": ("One two.", "Bir <b>iki</b>.", "Bir iki."),
    "E7": ("Dear {{name}}.", "Sayın {{ad}}.", "Sayın {{name}}."),
    "E8": ("One\\\ntwo.", "Bir iki.", "Bir\\\niki."),
    "E9": ("One two.", "Bir\u200b iki.", "Bir iki."),
    "E10": ("One two.", "…", "Bir iki."),
    "E12": ("One word.", "Bir kеlime.", "Bir kelime."),
    "E13": ("One light.", "Bir ışık 💡.", "Bir ışık."),
    "W1": ("In all 48 lamps.", "Toplam 84 lamba.", "Toplam 48 lamba."),
    "W2": ("Will it burn?", "Yanacak mı", "Yanacak mı?"),
    "W3": ("One (two) three.", "Bir (iki üç.", "Bir (iki) üç."),
    "W4": ("One light.", "Bir ışık ışık.", "Bir ışık."),
    "W5": (
        "Keep the light burning here.",
        "Keep the light burning here.",
        "Işığı burada yanık tutun.",
    ),
    "W6": (
        "Keep the light burning until the morning comes.",
        "Sabah light burning until the morning comes.",
        "Sabah gelinceye kadar ışığı yanık tutun.",
    ),
    "W7": (
        "Keep the light burning until the very last ship has passed the cape.",
        "Işığı yakın.",
        "Son gemi burnu geçinceye kadar ışığı yanık tutun.",
    ),
    "W8": ("One *two*.", "Bir iki.", "Bir *iki*."),
    "W10": ("The lights of Iran.", "Iran’ın ışıkları.", "İran’ın ışıkları."),
    "W13": ("Run `make`.", "`make`, `build`.", "`make` çalıştırın."),
    "N1": ("One two.", "Bir  iki.", "Bir iki."),
    "N2": ("One.[^1]", "Bir. [^1]", "Bir.[^1]"),
    "N3": ("One light.", "BİR IŞIK.", "Bir ışık."),
    "N4": ("One two…", "Bir iki...", "Bir iki…"),
    "N5": ("One[^1] two[^2].", "İki[^2] bir[^1].", "Bir[^1] iki[^2]."),
    "N6": ("Two lights.", "2 ışık.", "İki ışık."),
    "N7": ("One Yandex.", "Bir Яndex.", "Bir Yandex."),
    "N8": ("One — two.", "Bir - iki.", "Bir — iki."),
    "N13": ("One “two”.", "Bir «iki».", "Bir “iki”."),
    "N15": ("One two:", "Bir iki.", "Bir iki:"),
}
"""Code → an original, a translation into Turkish that breaks the rule, and one that keeps it."""

_HOLDS = {
    Stops.BUILD: "the whole build: output/ stays as it was",
    Stops.PASSAGE: "the passage: readers see the original in its place",
    Stops.EXCHANGE: "taking the file back: what is here stays as it was",
    Stops.START: "beginning the site: the folder stays as it was",
    Stops.NOTHING: "nothing",
}


def explain(code: str) -> str | None:
    """What the rule demands, as lines of text; None where there is no such rule."""
    rule = next((r for r in RULES.values() if r.code.casefold() == code.casefold()), None)
    if rule is None:
        return None
    severity = rule.severity.value
    if rule.severity is Severity.NOTE:
        severity += ", shown by publish check --verbose"
    lines = [
        f"{rule.code}  {rule.meaning}",
        "",
        f"severity     {severity}",
        f"holds back   {_HOLDS[rule.stops]}",
        f"set aside    {_waived(rule.code, rule.waived_by)}",
    ]
    if rule.code in EXAMPLES:
        original, bad, good = (
            text.replace("\n", "\n             ") for text in EXAMPLES[rule.code]
        )
        lines += ["", f"original     {original}", f"not so       {bad}", f"but so       {good}"]
    return "\n".join(lines)


def _waived(code: str, by: Waiver) -> str:
    front = f"front matter, check_ignore: {{{code}: reason}}, or the settings"
    return {
        Waiver.NOBODY: "by nobody",
        Waiver.EDITOR: f"by the editor: {front}",
        Waiver.TRANSLATOR: f"in a comment of the message: # check-ignore: {code} reason"
        f"\n             by the editor: {front}",
    }[by]


def near(code: str) -> str:
    """The rule whose code is nearest."""
    known = {name.casefold(): name for name in RULES}
    found = difflib.get_close_matches(code.casefold(), known, 1, 0)
    return known[found[0]] if found else "E1"

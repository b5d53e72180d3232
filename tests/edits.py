"""A piece of seventeen paragraphs, what an author may do to it, and the truth about each edit.

Every block knows whose translation may stand in its place; so a merge can be held against what
really happened, and not against what it looks like.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

CLOCKS = """
The first public clock of the town hung above the grain market. It had one hand, and nobody
complained about the other. Farmers needed the hour, not the minute.

Its keeper was a locksmith called Bertel. He climbed the tower twice a day to wind the weights,
and was paid in firewood. When he fell ill, the town lost an afternoon.

Bells came before dials. Long after every church had a clock, people still spoke of what they had
heard rather than of what they had seen. To tell the time was to listen.

Sundials corrected all of this. Each noon a boy with a flag stood on the south wall, and the
keeper moved the hand to where the sun wanted it. On cloudy days the clock was free to dream.

The pendulum changed the bargain. A clock that strayed by a quarter of an hour now strayed by a
minute, and a second hand appeared. With it came the first quarrels about lateness.

Schools were the earliest victims. A register of 1741 lists eleven pupils beaten for arriving
after the bell. In the margin a teacher notes that the bell itself was early.

Merchants, by contrast, loved exactness. Contracts began to name hours, and a cargo of hemp was
once refused because it came at six instead of five. The judge sent a clerk to look at the tower.

Then the railway arrived with a time of its own. For nineteen years the station clock stood eight
minutes ahead of the market. Travellers set their watches at the bridge in between.

Nobody has explained the third clock. It appears on a postcard, over the door of the pharmacy, and
shows twenty past four. The pharmacy burned down the year before.

Telegraph wires ended the dispute. At nine each morning a signal ran from the observatory, and
both clocks obeyed. The bridge lost its purpose, though lovers still met there.

War took the bells, and later the copper of the roof. What remained of the movement was packed in
straw and hidden in a cellar. An inventory calls it agricultural machinery.

After the peace, a committee debated for six years. Should the tower have four dials or one? In
the end the money sufficed for two, facing the rich quarters.

Electricity made the keeper superfluous. The last of them, a widow named Rosa, was given a medal
and a radio. She said the radio was two seconds slow.

Quartz followed, then a receiver that takes its orders from an atomic clock in another country.
The hands move without anyone’s help. Pigeons nest on the minute hand none the less.

Today the clock is wrong twice a year, for one night each. The program that changes summer time
was written by someone who has retired. The mayor calls this tradition.

Visitors photograph the dial and look at their telephones to see when they did so. A guide tells
them about Bertel, the boy with the flag, and Rosa. He leaves out the hemp.

What a public clock gives is not the time, which everyone now carries in a pocket. It gives a
place to meet under. That, at least, has never been late.
"""

PARAGRAPHS = tuple(" ".join(text.split()) for text in CLOCKS.split("\n\n"))

RIVERS = """
Of the four rivers that meet below the mill only one has a name that everybody agrees on. The
others are called after whoever owned the meadow.

Fishermen kept no records, which is a pity. What we know of the sturgeon comes from a monastery
that bought it on Fridays and wrote down the price.

In dry summers children crossed to the island on foot. They brought back flints, and once the
skull of an animal that no one could identify.

A dam was planned in every decade of the last century. Each plan was cheaper than the one before,
and each failed for the same lack of money.

Otters have come back without being asked. Nobody has counted them, but the nets of the trout
farm tell a story of their own.
"""

OTHERS = tuple(" ".join(text.split()) for text in RIVERS.split("\n\n"))
"""Paragraphs of another piece."""


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph of a piece that is being edited."""

    text: str
    """Its text."""

    origins: frozenset[int] = frozenset()
    """Numbers of the old paragraphs that it is made from: their translations may stand here."""

    like: frozenset[int] = frozenset()
    """Numbers of the old paragraphs whose text it only resembles."""


def blocks(texts: Sequence[str] = PARAGRAPHS) -> tuple[Block, ...]:
    """The piece before any edit."""
    return tuple(Block(text, frozenset({number})) for number, text in enumerate(texts))


# ── Edits of one text ────────────────────────────────────────────────────────────────────────


def word_added(text: str) -> list[str]:
    words = text.split(" ")
    return [" ".join([*words[:4], "quietly", *words[4:]])]


def first_sentence_dropped(text: str) -> list[str]:
    return [sentences(text).partition("⏎")[2].replace("⏎", " ")]


def cut_to_its_first_third(text: str) -> list[str]:
    words = text.split(" ")
    return [" ".join(words[: len(words) // 3])]


def split_in_two(text: str) -> list[str]:
    first, _, rest = sentences(text).partition("⏎")
    return [first, rest.replace("⏎", " ")]


def split_late(text: str) -> list[str]:
    first, _, rest = sentences(text).rpartition("⏎")
    return [first.replace("⏎", " "), rest]


def sentences(text: str) -> str:
    return text.replace(". ", ".⏎").replace("? ", "?⏎")


EDITS = (word_added, first_sentence_dropped, cut_to_its_first_third, split_in_two, split_late)


# ── Edits of a piece ─────────────────────────────────────────────────────────────────────────

Edit = Callable[[Sequence[Block], int, random.Random], list[Block]]
"""An edit of the block at a place; the random numbers decide what else is to be decided."""


def _of_text(change: Callable[[str], list[str]]) -> Edit:
    def edit(piece: Sequence[Block], at: int, chance: random.Random) -> list[Block]:
        block = piece[at]
        parts = [dataclasses.replace(block, text=part) for part in change(block.text) if part]
        return [*piece[:at], *(parts or [block]), *piece[at + 1 :]]

    return edit


def _word_changed(text: str) -> list[str]:
    words = text.split(" ")
    words[len(words) // 2] = "elsewhere"
    return [" ".join(words)]


def merged_with_its_neighbour(
    piece: Sequence[Block], at: int, chance: random.Random
) -> list[Block]:
    """The block and the next one become one; the last goes with the one before it."""
    at = min(at, len(piece) - 2)
    if at < 0:
        return list(piece)
    one, other = piece[at : at + 2]
    text = f"{one.text} {other.text}"
    both = Block(text, one.origins | other.origins, one.like | other.like)
    return [*piece[:at], both, *piece[at + 2 :]]


def moved_three_places(piece: Sequence[Block], at: int, chance: random.Random) -> list[Block]:
    """The block stands three places further on, or further back near the end."""
    rest = [*piece[:at], *piece[at + 1 :]]
    to = at + 3 if at + 3 <= len(rest) else max(at - 3, 0)
    return [*rest[:to], piece[at], *rest[to:]]


def _moved_anywhere(piece: Sequence[Block], at: int, chance: random.Random) -> list[Block]:
    rest = [*piece[:at], *piece[at + 1 :]]
    to = chance.randrange(len(rest) + 1)
    return [*rest[:to], piece[at], *rest[to:]]


def _deleted(piece: Sequence[Block], at: int, chance: random.Random) -> list[Block]:
    return [*piece[:at], *piece[at + 1 :]] if len(piece) > 1 else list(piece)


def _inserted(piece: Sequence[Block], at: int, chance: random.Random) -> list[Block]:
    return [*piece[:at], Block(chance.choice(OTHERS)), *piece[at:]]


def resembling_a_sibling(piece: Sequence[Block], at: int, chance: random.Random) -> list[Block]:
    """A new block stands in the piece that says nearly the same as the block, which stays."""
    model = piece[at]
    [text] = word_added(model.text)
    like = model.origins | model.like
    to = chance.randrange(len(piece) + 1)
    return [*piece[:to], Block(text, like=like), *piece[to:]]


SINGLE: dict[str, Edit] = {
    "a word added": _of_text(word_added),
    "first sentence dropped": _of_text(first_sentence_dropped),
    "cut to its first third": _of_text(cut_to_its_first_third),
    "split in two": _of_text(split_in_two),
    "merged with its neighbour": merged_with_its_neighbour,
    "moved three places": moved_three_places,
}
"""What is done to one paragraph of a piece."""

MANY: dict[str, Edit] = SINGLE | {
    "a word changed": _of_text(_word_changed),
    "split late": _of_text(split_late),
    "moved anywhere": _moved_anywhere,
    "deleted": _deleted,
    "another one inserted": _inserted,
    "one like it inserted": resembling_a_sibling,
}
"""What several edits at once are drawn from."""


def script(piece: Sequence[Block], names: Sequence[str], seed: int) -> tuple[Block, ...]:
    """The piece after the named edits, each at a place that chance decides; texts stand once."""
    chance = random.Random(seed)
    for name in names:
        piece = MANY[name](piece, chance.randrange(len(piece)), chance)
    seen: dict[str, Block] = {}
    for block in piece:
        seen.setdefault(block.text, block)
    return tuple(seen.values())


# ── The truth ────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a merge has done."""

    asked: int
    """Old paragraphs that live on in the edited piece."""

    carried: int
    """Those whose translation stands, for review or confirmed, where they live on."""

    wrong: int
    """Blocks that have the translation of a paragraph that they do not come from."""


def judge(piece: Sequence[Block], held: Sequence[frozenset[int]]) -> Verdict:
    """Hold against the truth which old translations each block of the edited piece has got.

    What resembles a paragraph may not have its translation while that paragraph stands. Once it
    was edited nobody could say which of the two is which, and either will do.
    """
    lives = frozenset().union(*(block.origins for block in piece))
    unedited = {number for number, text in enumerate(PARAGRAPHS) for b in piece if b.text == text}
    fair = [block.origins | (block.like - unedited) for block in piece]
    carried = lives & frozenset().union(*(a & b for a, b in zip(fair, held, strict=True)))
    wrong = sum(bool(got - one) for got, one in zip(held, fair, strict=True))
    return Verdict(len(lives), len(carried), wrong)

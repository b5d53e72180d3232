"""What templates say: messages with context, plural, notes and places."""

from __future__ import annotations

import pytest

from publish.errors import PublishError
from publish.extract import messages
from publish.model import Segment


def read(**templates: str) -> tuple[Segment, ...]:
    texts = {f"{name}.html": text for name, text in templates.items()}
    return messages(texts, {name: f"templates/{name}" for name in texts})


def test_the_three_ways_to_say_a_sentence_are_read() -> None:
    found = read(
        a="{{ _('One') }}\n{{ pgettext('menu', 'Two') }}\n"
        "{{ ngettext('%(count)s page', '%(count)s pages', n) }}"
    )
    assert [(s.key, s.plural, s.span.line) for s in found] == [
        (("", "One"), "", 1),
        (("menu", "Two"), "", 2),
        (("", "%(count)s page"), "%(count)s pages", 3),
    ]
    assert [s.flags for s in found] == [(), (), ("python-format",)]


def test_messages_in_blocks_attributes_and_arguments_are_read() -> None:
    found = read(a="{% if x %}<a title=\"{{ _('A') }}\">{{ f(x, name=_('B')) }}</a>{% endif %}")
    assert [s.key[1] for s in found] == ["A", "B"]


def test_the_same_message_stands_once_and_a_plural_wins() -> None:
    found = read(a="{{ _('page') }}", b="{{ ngettext('page', 'pages', n) }}{{ _('page') }}")
    assert [(s.key, s.plural) for s in found] == [(("", "page"), "pages")]


def test_templates_are_read_in_the_order_of_their_names() -> None:
    found = read(b="{{ _('second') }}", a="{{ _('first') }}")
    assert [s.key[1] for s in found] == ["first", "second"]


def test_translators_are_told_what_the_template_says_to_them() -> None:
    found = read(a="{# translators: a kind of ship #}\n{{ _('tender') }}")
    assert found[0].notes == ("a kind of ship",)


def test_style_sheets_have_no_messages() -> None:
    assert messages({"a.css": "{{ _('no') }}"}, {"a.css": "templates/a.css"}) == ()


def test_a_template_that_does_not_parse_is_a_problem_with_its_line() -> None:
    with pytest.raises(PublishError) as caught:
        read(a="fine\n{% if %}")
    (problem,) = caught.value.problems
    assert (problem.code, problem.span.path, problem.span.line) == ("T1", "templates/a.html", 2)

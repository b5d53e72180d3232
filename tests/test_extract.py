"""What templates say to translators."""

from __future__ import annotations

import pytest

from publish.errors import PublishError, Span
from publish.extract import messages
from publish.model import Segment


def said(**templates: str) -> tuple[Segment, ...]:
    texts = {f"{name}.html": text for name, text in templates.items()}
    return messages(texts, {name: f"templates/{name}" for name in texts})


def test_messages_are_extracted_with_their_place() -> None:
    assert said(a='<p>\n{{ _("Authors") }}</p>') == (
        Segment(("", "Authors"), "interface", Span("templates/a.html", 2)),
    )


def test_contexts_tell_messages_apart() -> None:
    found = said(a='{{ pgettext("menu", "Home") }} {{ pgettext("page", "Home") }} {{ _("Home") }}')
    assert [segment.key for segment in found] == [("menu", "Home"), ("page", "Home"), ("", "Home")]


def test_what_is_counted_has_its_plural() -> None:
    [found] = said(a='{{ ngettext("%(n)s page", "%(n)s pages", n, n=n) }}')
    assert (found.key, found.plural) == (("", "%(n)s page"), "%(n)s pages")


def test_placeholders_are_flagged() -> None:
    plain, percent, plural = said(
        a='{{ _("a") }} {{ _("%(x)s") }} {{ ngettext("one", "%(n)s", n) }}'
    )
    assert plain.flags == ()
    assert percent.flags == plural.flags == ("python-format",)


def test_a_comment_above_speaks_to_translators() -> None:
    found = said(a='{# translators: a verb #}\n{{ _("Print") }}\n{# not this #}\n{{ _("Read") }}')
    assert [segment.notes for segment in found] == [("a verb",), ()]


def test_messages_come_in_the_order_of_files_and_lines_each_once() -> None:
    found = said(b='{{ _("one") }}', a='{{ _("two") }}\n{{ _("one") }}\n{{ _("two") }}')
    assert [(segment.key[1], segment.span.path, segment.span.line) for segment in found] == [
        ("two", "templates/a.html", 1),
        ("one", "templates/a.html", 2),
    ]


def test_a_message_that_is_counted_anywhere_is_counted() -> None:
    [found] = said(a='{{ _("page") }}', b='{{ ngettext("page", "pages", n) }}')
    assert found.plural == "pages"
    assert found.span.path == "templates/b.html"


def test_letters_of_any_language_are_read() -> None:
    [found] = said(a='{{ _("Ünlü «свет» دفتر") }}')
    assert found.key[1] == "Ünlü «свет» دفتر"


def test_messages_inside_tags_and_blocks_are_found() -> None:
    found = said(
        a='{% block x %}{% if _("a") %}<a title="{{ _(\'b\') }}">{% endif %}{% endblock %}'
    )
    assert [segment.key[1] for segment in found] == ["a", "b"]


def test_what_no_translator_can_know_is_left_out() -> None:
    assert (
        said(a='{{ _(name) }} {{ ngettext("a", b, n) }} {{ gettext("c") }} {# {{ _("d") }} #}')
        == ()
    )


def test_only_pages_are_read() -> None:
    assert messages({"a.css": '{{ _("x") }}'}, {"a.css": "templates/a.css"}) == ()


def test_without_templates_there_are_no_messages() -> None:
    assert messages({}, {}) == ()


@pytest.mark.parametrize("text", ["ok\n{% if %}", "ok\n{{ a b }}", "ok\n{% endif %}", "\n{{ 'a }}"])
def test_a_template_that_does_not_parse_is_a_problem_on_its_line(text: str) -> None:
    with pytest.raises(PublishError) as caught:
        said(a=text)
    [problem] = caught.value.problems
    assert (problem.code, problem.span.path, problem.span.line) == ("T1", "templates/a.html", 2)
    assert problem.message

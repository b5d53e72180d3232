"""Related pieces and the pages of series, which Pelican itself has not got."""

from collections import Counter, defaultdict

from pelican import signals

RELATED = 3


def relate(generator):
    having = defaultdict(list)
    for number, article in enumerate(generator.articles):
        for subject in subjects(article):
            having[subject].append(number)
    for number, article in enumerate(generator.articles):
        shared = Counter(other for subject in subjects(article) for other in having[subject])
        del shared[number]
        best = sorted(shared.items(), key=lambda item: (-item[1], item[0]))[:RELATED]
        article.related = [generator.articles[other] for other, _ in best]


def subjects(article):
    return [*(("tag", tag.slug) for tag in article.tags), *(("author", one.slug) for one in article.authors)]


def write_series(generator, writer):
    parts = defaultdict(list)
    for article in generator.articles:
        if hasattr(article, "series"):
            parts[article.series].append(article)
    template = generator.get_template("series")
    for name, articles in parts.items():
        writer.write_file(
            f"series/{name}/index.html",
            template,
            generator.context,
            series=name,
            articles=sorted(articles, key=lambda article: article.date),
            url=f"series/{name}/",
        )


def register():
    signals.article_generator_finalized.connect(relate)
    signals.article_writer_finalized.connect(write_series)

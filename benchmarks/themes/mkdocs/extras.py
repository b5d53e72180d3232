"""Gives templates what lists show, which MkDocs itself has not got."""

import functools
import json


@functools.cache
def data(language):
    with open(f"data_{language}.json", encoding="utf-8") as file:
        return json.load(file)


def on_env(env, config, files):
    env.globals["data_of"] = data
    return env

"""What PyYAML makes of texts: reads {"texts": [...]} and writes, for each, its documents or why it can't be read."""

import json
import sys

import yaml


def plain(value):
    """JSON has what the documents should have; anything else is shown by its type."""
    if value is None or isinstance(value, (bool, str, int)):
        return value
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {"fields": [[name(key), plain(field)] for key, field in value.items()]}
    return {"fields": [["!" + type(value).__name__, str(value)]]}


def name(key):
    return key if isinstance(key, str) else f"!{type(key).__name__} {key}"


def documents(text):
    try:
        return [plain(document) for document in yaml.safe_load_all(text)]
    except (yaml.YAMLError, ValueError) as error:
        return str(error)


json.dump([documents(text) for text in json.load(sys.stdin)["texts"]], sys.stdout)

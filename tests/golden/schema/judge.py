#!/usr/bin/env python3
"""Judges pipeline files by a JSON Schema, with a validator that is not ours.

usage: judge.py SCHEMA FILE...   prints "FILE: valid", or "FILE: " and the first fault; exit 1 if a file is not valid
"""
import json
import sys

import jsonschema
import yaml


class Loader(yaml.SafeLoader):
    """As an editor reads a file: dates stay text."""


Loader.yaml_implicit_resolvers = {
    first: [rule for rule in rules if rule[0] != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def fault(validator, path):
    with open(path, encoding="utf-8") as text:
        document = yaml.load(text, Loader)
    error = jsonschema.exceptions.best_match(validator.iter_errors(document))
    return None if error is None else f"{'.'.join(map(str, error.absolute_path))}: {error.message}"


def main(schema_path, paths):
    with open(schema_path, encoding="utf-8") as text:
        schema = json.load(text)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    faults = {path: fault(validator, path) for path in paths}
    for path, found in faults.items():
        print(f"{path}: {found or 'valid'}")
    return 1 if any(faults.values()) else 0


sys.exit(main(sys.argv[1], sys.argv[2:]))

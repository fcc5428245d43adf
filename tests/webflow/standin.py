#!/usr/bin/env python3
"""A stand-in for Webflow's Data API v2 on loopback, which misbehaves on demand.

usage: standin.py [--port N] [--seed FILE]    prints its address, then serves until it is killed

It follows the published API: sites, collections with their fields, items staged and live, one item; offset paging,
sortBy, lastUpdated/lastPublished/createdOn filters, cmsLocaleId; errors with their codes; X-RateLimit headers over a
budget that it counts. Numbers keep the digits they were given. Only GET is served of the API itself.

POST /_admin/<call> with a JSON body steers it:
  load      {sites, collections, items: {collection_id: [item…]}}   replaces everything; may hold settings, too
  put       {collection, items: [item…]}     adds or changes; fields left out stay; times are set where missing
  remove    {collection, ids}                deletes
  fields    {collection, fields}             replaces the fields; items lose the values of those that are gone
  settings  {honour_sort, refuse_sort, ignore_filter, shuffle, touch, limit_per_minute, manual_clock, token, seed}
  faults    [{kind, times, path, after}]     kinds: throttle unavailable error html truncate hold hang revoked no_list
                                             empty_page; the first that fits a request answers it, once `after` others
                                             that it fits have passed; what `hold` fits is answered when faults are
                                             posted again
  advance   {ms}                             moves a manual clock
GET /_admin/stats   {requests, refused, most_in_a_minute, item_pages}
"""
import argparse
import json
import random
import re
import sys
import threading
import time
from datetime import datetime, timezone
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PRIMARY_LOCALE = "653ad57de882f528b32e810e"  # of items that name none, and of requests that name none
NUMBER = "\u0001number:"  # marks the text of a number on its way through json


def read_json(text):
    keep = lambda digits: NUMBER + digits
    return json.loads(text, parse_float=keep, parse_int=keep)


def plain(value):
    """The value with its marked numbers as Python numbers: for settings, not for items."""
    if isinstance(value, str) and value.startswith(NUMBER):
        digits = value[len(NUMBER):]
        return float(digits) if re.search(r"[.eE]", digits) else int(digits)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return value


def write_json(value):
    return re.sub(r'"\\u0001number:([^"]*)"', r"\1", json.dumps(value))


def iso(ms):
    return datetime.fromtimestamp(ms / 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03d}Z"


class Problem(Exception):
    def __init__(self, status, code, message, headers=None):
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, headers or {}


class Site:
    """Everything the stand-in holds, behind one lock."""

    def __init__(self):
        self.lock = threading.Lock()
        self.sites, self.collections, self.items = [], {}, {}
        self.settings = {"honour_sort": True, "refuse_sort": False, "ignore_filter": False, "shuffle": False,
                         "touch": 0, "limit_per_minute": 60, "manual_clock": False, "token": None, "seed": 1}
        self.faults, self.times = [], []
        self.released = threading.Event()
        self.refused = self.item_pages = self.most_in_a_minute = 0
        self.clock_ms = int(time.time() * 1000)
        self.random = random.Random(1)

    def now_ms(self):
        return self.clock_ms if self.settings["manual_clock"] else int(time.time() * 1000)

    # --- what tests say

    def admin(self, call, body):
        if call == "load":
            self.sites = plain(body.get("sites", []))
            self.collections = {c["id"]: plain(c) for c in body.get("collections", [])}
            self.settings.update(plain(body.get("settings", {})))
            self.items = {}
            for collection, items in body.get("items", {}).items():
                self.put(collection, items)
        elif call == "put":
            self.put(body["collection"], body["items"])
        elif call == "remove":
            for item in body["ids"]:
                for version in [key for key in self.items[body["collection"]] if key[0] == item]:
                    del self.items[body["collection"]][version]
        elif call == "fields":
            self.collections[body["collection"]]["fields"] = plain(body["fields"])
            slugs = [field["slug"] for field in body["fields"]]
            for item in self.items[body["collection"]].values():
                item["fieldData"] = {slug: value for slug, value in item["fieldData"].items() if slug in slugs}
        elif call == "settings":
            self.settings.update(plain(body))
            self.random = random.Random(self.settings["seed"])
        elif call == "faults":
            self.faults = plain(body)
            self.released.set()
            self.released = threading.Event()
        elif call == "advance":
            self.clock_ms += plain(body["ms"])
        else:
            raise Problem(404, "resource_not_found", f"no such call: {call}")

    def put(self, collection, items):
        known = self.items.setdefault(collection, {})
        for given in items:
            now = iso(self.now_ms())
            locale = given.get("cmsLocaleId", PRIMARY_LOCALE)
            item = known.setdefault((given["id"], locale), {
                "id": given["id"], "cmsLocaleId": locale, "lastPublished": now, "lastUpdated": now, "createdOn": now,
                "isArchived": False, "isDraft": False, "fieldData": {}})
            fields = {**item["fieldData"], **given.get("fieldData", {})}
            item.update({"lastUpdated": now}, **given)
            item["fieldData"] = fields

    # --- the API

    def spend(self):
        now = self.now_ms()
        limit = self.settings["limit_per_minute"]
        window = [t for t in self.times if t > now - 60_000]
        remaining = limit - len(window) - 1
        headers = {"X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": str(max(remaining, 0))}
        if remaining < 0:
            self.refused += 1
            wait = (window[len(window) - limit] + 60_000 - now + 999) // 1000
            raise Problem(429, "too_many_requests", "Rate limit hit", {**headers, "Retry-After": str(wait)})
        self.times.append(now)
        self.most_in_a_minute = max(self.most_in_a_minute, len(window) + 1)
        return headers

    def collection(self, identity):
        if identity not in self.collections:
            raise Problem(404, "collection_not_found", "Requested resource not found: the collection does not exist")
        return self.collections[identity]

    def answer(self, path, query):
        parts = path.strip("/").split("/")
        if parts == ["v2", "sites"]:
            return {"sites": self.sites}
        if len(parts) == 4 and parts[1] == "sites" and parts[3] == "collections":
            if parts[2] not in [site["id"] for site in self.sites]:
                raise Problem(404, "resource_not_found", "Requested resource not found: the site does not exist")
            return {"collections": [{k: v for k, v in c.items() if k not in ("fields", "siteId")}
                                    for c in self.collections.values() if c["siteId"] == parts[2]]}
        if len(parts) == 3 and parts[1] == "sites":
            for site in self.sites:
                if site["id"] == parts[2]:
                    return site
        if len(parts) == 3 and parts[1] == "collections":
            return {k: v for k, v in self.collection(parts[2]).items() if k != "siteId"}
        if len(parts) >= 4 and parts[1] == "collections" and parts[3] == "items":
            self.collection(parts[2])
            live = parts[-1] == "live"
            rest = parts[4:-1] if live else parts[4:]
            if not rest:
                return self.list_items(parts[2], live, query)
            if len(rest) == 1:
                return self.one_item(parts[2], rest[0], live, query)
        raise Problem(404, "resource_not_found", "Requested resource not found")

    def visible(self, collection, live, query):
        locales = query.get("cmsLocaleId", PRIMARY_LOCALE).split(",")
        items = [i for i in self.items.get(collection, {}).values() if i["cmsLocaleId"] in locales]
        if live:
            items = [i for i in items if i["lastPublished"] is not None and not i["isArchived"]]
        return items

    def one_item(self, collection, identity, live, query):
        for item in self.visible(collection, live, query):
            if item["id"] == identity:
                return item
        raise Problem(404, "item_not_found", "Requested resource not found: the item does not exist")

    def list_items(self, collection, live, query):
        limit, offset = self.number(query, "limit", 100, 1, 100), self.number(query, "offset", 0, 0, 10**9)
        items = self.filtered(self.visible(collection, live, query), query)
        items = self.sorted(items, query)
        self.item_pages += 1
        page = items[offset:offset + limit]
        for _ in range(self.settings["touch"]):  # somebody edits without changing anything that matters
            if items:
                self.random.choice(items)["lastUpdated"] = iso(self.now_ms())
        return {"items": page, "pagination": {"limit": limit, "offset": offset, "total": len(items)}}

    def filtered(self, items, query):
        for name in ("name", "slug"):
            if name in query:
                items = [i for i in items if i["fieldData"].get(name) == query[name]]
        for name, value in query.items():
            bound = re.fullmatch(r"(lastUpdated|lastPublished|createdOn)\[(gte|lte)\]", name)
            if not bound or self.settings["ignore_filter"]:
                continue
            at = datetime.fromisoformat(value.replace("Z", "+00:00"))
            keep = (lambda t: t >= at) if bound[2] == "gte" else (lambda t: t <= at)
            items = [i for i in items
                     if i[bound[1]] and keep(datetime.fromisoformat(i[bound[1]].replace("Z", "+00:00")))]
        return items

    def sorted(self, items, query):
        by = query.get("sortBy")
        known = ["lastPublished", "name", "slug"] + ([] if self.settings["refuse_sort"] else ["lastUpdated", "createdOn"])
        if by is not None and by not in known:
            raise Problem(400, "validation_error", f"Validation Error: sortBy must be one of {', '.join(known)}")
        if self.settings["shuffle"]:
            items = items[:]
            self.random.shuffle(items)
        elif by is None or not self.settings["honour_sort"]:
            items = sorted(items, key=lambda i: (i["lastUpdated"], i["id"]), reverse=True)
        else:
            value = (lambda i: i["fieldData"].get(by) or "") if by in ("name", "slug") else (lambda i: i[by] or "")
            items = sorted(items, key=lambda i: (value(i), i["id"]), reverse=query.get("sortOrder") == "desc")
        return items

    @staticmethod
    def number(query, name, default, least, most):
        text = query.get(name, str(default))
        if not re.fullmatch(r"\d{1,9}", text) or not least <= int(text) <= most:
            raise Problem(400, "validation_error", f"Validation Error: {name} must be from {least} to {most}")
        return int(text)

    def fault(self, path):
        for fault in self.faults:
            if fault.get("times", 1) == 0 or not re.search(fault.get("path", ""), path):
                continue
            counter = "after" if fault.get("after", 0) > 0 else "times"
            fault[counter] = fault.get(counter, 1) - 1
            if counter == "times":
                return fault["kind"]
        return None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 20  # head and body in one piece
    disable_nagle_algorithm = True
    site = Site()

    def do_POST(self):
        body = read_json(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            with self.site.lock:
                self.site.admin(self.path.removeprefix("/_admin/"), body)
            self.send(200, "{}")
        except (Problem, KeyError) as problem:
            self.send(400, json.dumps({"message": repr(problem)}))

    def do_GET(self):
        url = urlsplit(self.path)
        if url.path == "/_admin/stats":
            site = self.site
            return self.send(200, json.dumps({"requests": len(site.times), "refused": site.refused,
                                              "most_in_a_minute": site.most_in_a_minute,
                                              "item_pages": site.item_pages}))
        query = {name: values[-1] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
        try:
            with self.site.lock:
                kind = self.site.fault(url.path)
                released = self.site.released
                self.authorize(kind)
                headers = self.site.spend()
                if kind not in (None, "no_list", "empty_page", "truncate", "hold"):
                    return self.misbehave(kind)
                answer = self.site.answer(url.path, query)
                if kind == "no_list":
                    answer = {"message": "maintenance"}
                if kind == "empty_page":
                    answer["items"] = []
                body = write_json(answer)
            if kind == "truncate":
                return self.truncate(body)
            if kind == "hold" and not released.wait(60):
                raise Problem(504, "internal_error", "nobody released the page that was held")
            self.send(200, body, headers)
        except Problem as problem:
            self.send(problem.status, json.dumps({"message": problem.message, "code": problem.code,
                                                  "externalReference": None, "details": []}), problem.headers)

    def authorize(self, kind):
        token = self.site.settings["token"]
        given = self.headers.get("Authorization", "")
        if kind == "revoked" or not given.startswith("Bearer ") or token not in (None, given.removeprefix("Bearer ")):
            raise Problem(401, "not_authorized", "Request not authorized")

    def misbehave(self, kind):
        if kind == "throttle":
            raise Problem(429, "too_many_requests", "Rate limit hit", {"Retry-After": "1"})
        if kind == "unavailable":
            raise Problem(503, "internal_error", "Service unavailable")
        if kind == "error":
            raise Problem(500, "internal_error", "An internal error occurred")
        if kind == "html":
            return self.send(200, "<!DOCTYPE html><title>Checking your browser</title>", {}, "text/html")
        if kind == "hang":
            return self.rfile.read(1)  # until the client goes away
        raise Problem(400, "bad_request", f"unknown fault {kind}")

    def truncate(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:len(body) // 2].encode())
        self.close_connection = True

    def send(self, status, body, headers=None, kind="application/json"):
        content = body.encode()
        self.send_response_only(status)
        self.send_header("Date", formatdate(self.site.now_ms() / 1000, usegmt=True))
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


def main():
    arguments = argparse.ArgumentParser(description="a stand-in for Webflow's Data API v2")
    arguments.add_argument("--port", type=int, default=0)
    arguments.add_argument("--seed", help="a JSON file to load first")
    given = arguments.parse_args()
    if given.seed:
        with open(given.seed, encoding="utf-8") as file:
            Handler.site.admin("load", read_json(file.read()))
    ThreadingHTTPServer.daemon_threads = True
    server = ThreadingHTTPServer(("127.0.0.1", given.port), Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()

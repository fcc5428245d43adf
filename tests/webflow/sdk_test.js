// Webflow's own JavaScript SDK reads the stand-in, and finds what the stand-in was given. NODE_PATH leads to the
// package webflow-api.
const assert = require("node:assert/strict");
const { after, before, test } = require("node:test");
const { Webflow, WebflowClient } = require("webflow-api");
const { site, startStandin } = require("./standin.js");

const [donations] = site.collections;
const items = site.items[donations.id];
let standin, webflow;

function client(token) {
  const v2 = `${standin.url}/v2`;
  const environment = { base: v2, dataApi: v2, contentDeliveryApi: v2 };
  return new WebflowClient({ accessToken: token, environment });
}

before(async () => {
  standin = await startStandin();
  await standin.steer("settings", { token: "canary", limit_per_minute: 1000 });
  webflow = client("canary");
});
after(() => standin.stop());

// As the SDK gives it: without what is null.
const withoutNull = (value) => Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
const itemAsRead = (item) => withoutNull({ isArchived: false, isDraft: false, ...item });
const byId = (list) => [...list].sort((a, b) => (a.id < b.id ? -1 : 1));

// `expected` names what is compared; times are texts there, and may be dates in what the SDK gives.
function holds(actual, expected) {
  const picked = Object.keys(expected).map((name) => [name, actual[name]]);
  assert.deepEqual(JSON.parse(JSON.stringify(Object.fromEntries(picked))), expected);
}

test("sites are those it was given", async () => {
  const { sites } = await webflow.sites.list();
  assert.equal(sites.length, 1);
  holds(sites[0], site.sites[0]);
  holds(await webflow.sites.get(site.sites[0].id), site.sites[0]);
});

test("collections and their fields are those it was given", async () => {
  const { collections } = await webflow.collections.list(site.sites[0].id);
  assert.deepEqual(collections.map((collection) => collection.slug), ["donations", "funds"]);
  const read = await webflow.collections.get(donations.id);
  assert.equal(read.slug, "donations");
  assert.equal(read.fields.length, donations.fields.length);
  donations.fields.forEach((field, i) => holds(read.fields[i], field));
});

test("items arrive with every value", async () => {
  const page = await webflow.collections.items.listItems(donations.id);
  assert.deepEqual(page.pagination, { limit: 100, offset: 0, total: 4 });
  byId(page.items).forEach((item, i) => holds(item, itemAsRead(items[i])));
});

test("pages follow one another in the order that was asked for", async () => {
  const seen = [];
  for (let offset = 0; offset < 4; offset += 3) {
    const order = { sortBy: "name", sortOrder: "asc" };
    const page = await webflow.collections.items.listItems(donations.id, { limit: 3, offset, ...order });
    assert.equal(page.pagination.total, 4);
    seen.push(...page.items.map((item) => item.fieldData.name));
  }
  assert.deepEqual(seen, ["D-0001", "D-0002", "D-0003", "D-0004"]);
});

test("a window and a slug choose items", async () => {
  const window = { gte: new Date("2026-01-03T00:00:00Z"), lte: new Date("2026-01-03T23:00:00Z") };
  const inWindow = await webflow.collections.items.listItems(donations.id, { lastPublished: window });
  assert.deepEqual(inWindow.items.map((item) => item.fieldData.name), ["D-0002"]);
  const named = await webflow.collections.items.listItems(donations.id, { slug: "d-0004" });
  assert.deepEqual(named.items.map((item) => item.fieldData.name), ["D-0004"]);
});

test("live items are those that are published", async () => {
  const { items: live } = await webflow.collections.items.listItemsLive(donations.id);
  assert.deepEqual(byId(live).map((item) => item.fieldData.name), ["D-0001", "D-0002"]);
});

test("one item is found by its id, staged and live", async () => {
  holds(await webflow.collections.items.getItem(donations.id, items[2].id), itemAsRead(items[2]));
  holds(await webflow.collections.items.getItemLive(donations.id, items[0].id), itemAsRead(items[0]));
  await assert.rejects(webflow.collections.items.getItemLive(donations.id, items[2].id), Webflow.NotFoundError);
});

test("what is refused is an error of its class, with its code", async () => {
  const codeOf = (kind, code) => (error) => error instanceof kind && error.body.code === code;
  await assert.rejects(client("stolen").sites.list(), codeOf(Webflow.UnauthorizedError, "not_authorized"));
  const nobody = "000000000000000000000000";
  await assert.rejects(webflow.collections.get(nobody), codeOf(Webflow.NotFoundError, "collection_not_found"));
  await assert.rejects(webflow.collections.items.getItem(donations.id, nobody),
    codeOf(Webflow.NotFoundError, "item_not_found"));
  await assert.rejects(webflow.collections.items.listItems(donations.id, { limit: 101 }),
    codeOf(Webflow.BadRequestError, "validation_error"));
});

test("a 429 with Retry-After is waited for and asked again", async () => {
  await standin.steer("faults", [{ kind: "throttle", times: 1 }]);
  const before = await standin.stats();
  assert.equal((await webflow.sites.list()).sites.length, 1);
  assert.equal((await standin.stats()).requests - before.requests, 2);
  await standin.steer("faults", [{ kind: "throttle", times: 9 }]);
  await assert.rejects(webflow.sites.list({ maxRetries: 0 }), Webflow.TooManyRequestsError);
  await standin.steer("faults", []);
});

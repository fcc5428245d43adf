// Prism judges the stand-in's answers by Webflow's published OpenAPI. NODE_PATH leads to the package
// @stoplight/prism-cli; SENTINEL_TEST_WEBFLOW_SPEC names the description, openapi/v2.yml of
// github.com/webflow/openapi-spec.
const assert = require("node:assert/strict");
const { spawn } = require("node:child_process");
const { after, before, test } = require("node:test");
const path = require("node:path");
const { printed, site, startStandin } = require("./standin.js");

const [donations] = site.collections;
const items = site.items[donations.id];
const list = `/collections/${donations.id}/items`;
let standin, prism, judge;

before(async () => {
  const spec = process.env.SENTINEL_TEST_WEBFLOW_SPEC;
  assert.ok(spec, "SENTINEL_TEST_WEBFLOW_SPEC must name Webflow's OpenAPI description, a downloaded openapi/v2.yml");
  standin = await startStandin();
  await standin.steer("settings", { limit_per_minute: 1000 });
  const program = path.join(path.dirname(require.resolve("@stoplight/prism-cli/package.json")), "dist/index.js");
  prism = spawn(process.execPath, [program, "proxy", spec, `${standin.url}/v2`, "--errors", "--port", "0"]);
  [, judge] = await printed(prism, /Prism is listening on (http:\S+)/);
});
after(() => {
  prism?.kill();
  standin?.stop();
});

// The description asks for a text where the service itself answers null, as its documentation and examples do.
const isNullOfTheService = (fault) => fault.code === "type" &&
  /^response\.body\.((items\.\d+\.)?lastPublished|externalReference)$/.test(fault.location.join(".")) &&
  fault.message.endsWith("must be string");

// The status of the stand-in's answer, or what is wrong with it: one line a fault.
async function judged(resource, token = "canary") {
  const answer = await fetch(judge + resource, { headers: { Authorization: `Bearer ${token}` } });
  const body = await answer.json();
  const verdict = /^https:\/\/stoplight.io\/prism\/errors#(.*)$/.exec(body.type)?.[1];
  if (verdict === undefined) return answer.status;
  assert.equal(verdict, "VIOLATIONS", `${resource}: ${JSON.stringify(body)}`);
  return body.validation.filter((fault) => !isNullOfTheService(fault)).map((fault) => fault.message);
}

test("sites and collections are as described", async () => {
  const { id } = site.sites[0];
  for (const resource of ["/sites", `/sites/${id}`, `/sites/${id}/collections`, `/collections/${donations.id}`])
    assert.equal(await judged(resource), 200, resource);
});

test("items are as described, but for a null that the service gives", async () => {
  assert.deepEqual(await judged(list), []);
  assert.deepEqual(await judged(`${list}/${items[2].id}`), []);
  for (const resource of [`${list}/live`, `${list}/${items[0].id}`, `${list}/${items[0].id}/live`,
    `${list}?limit=1&offset=1&sortBy=name&sortOrder=asc`, `${list}?lastPublished%5Bgte%5D=2026-01-04T00:00:00.000Z`])
    assert.equal(await judged(resource), 200, resource);
});

test("errors are as described, but for a null that the service gives", async () => {
  const nobody = "0".repeat(24);
  for (const resource of [`/collections/${nobody}`, `${list}/${nobody}`, `${list}?limit=101`])
    assert.deepEqual(await judged(resource), [], resource);
  await standin.steer("settings", { token: "canary" });
  assert.deepEqual(await judged("/sites", "stolen"), []);
  for (const kind of ["throttle", "error"]) {
    await standin.steer("faults", [{ kind, times: 1 }]);
    assert.deepEqual(await judged(list), [], kind);
  }
});

test("planted faults are named", async () => {
  const wrong = { id: "62b720ef280c7a7a3be8cab9", isArchived: "no", lastUpdated: null, fieldData: { name: "W" } };
  await standin.steer("put", { collection: donations.id, items: [wrong] });
  assert.deepEqual((await judged(`${list}/${wrong.id}`)).sort(), [
    "Response body property fieldData must have required property 'slug'",
    "Response body property isArchived must be boolean",
    "Response body property lastUpdated must be string",
  ]);
});

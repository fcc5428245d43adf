// Starts the stand-in with the donations of site.json, and steers it; for the tests that know Webflow from elsewhere.
const { spawn } = require("node:child_process");
const { readFileSync } = require("node:fs");
const path = require("node:path");

const seed = path.join(__dirname, "site.json");

// What a program prints to standard output until `pattern` is there: the match. Rejects where it ends before.
function printed(process, pattern) {
  return new Promise((resolve, reject) => {
    let text = "";
    const see = (piece) => {
      text += piece;
      const match = pattern.exec(text);
      if (match) resolve(match);
    };
    process.stdout.on("data", see);
    process.stderr.on("data", see);
    process.on("error", reject);
    process.on("exit", (code) => reject(new Error(`${process.spawnfile} ended with ${code}: ${text}`)));
  });
}

async function startStandin() {
  const process = spawn(path.join(__dirname, "standin.py"), ["--seed", seed]);
  const [url] = await printed(process, /http:\/\/\S+/);
  const steer = async (call, body) => {
    const answer = await fetch(`${url}/_admin/${call}`, { method: "POST", body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(await answer.text());
  };
  return { url, steer, stats: async () => (await fetch(`${url}/_admin/stats`)).json(), stop: () => process.kill() };
}

module.exports = { printed, startStandin, site: JSON.parse(readFileSync(seed, "utf-8")) };

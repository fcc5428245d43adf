# The stand-in with its donations and twenty more, two of them made at each moment. Sourced by tests/conformance/shipped.sh.
standin=$SENTINEL_SOURCE_DIR/tests/webflow
python3 - "$standin/site.json" >"$CONFORMANCE_DIR/site.json" <<'END'
import json, sys
site = json.load(open(sys.argv[1]))
donations = site["collections"][0]["id"]
site["items"][donations] += [
    {"id": f"62b720ef280c7a7a3be8cb{i}", "createdOn": f"2026-02-01T08:00:{i // 2}.000Z",
     "fieldData": {"name": f"D-{i}", "slug": f"d-{i}", "amount-kobo": 100 * i}} for i in range(20, 40)]
json.dump({**site, "settings": {"limit_per_minute": 100000}}, sys.stdout)
END
coproc webflow { exec "$standin/standin.py" --seed "$CONFORMANCE_DIR/site.json"; }
clean_up_case() { kill "$webflow_PID" 2>/dev/null || true; }
read -r WEBFLOW_URL <&"${webflow[0]}"
export WEBFLOW_URL WEBFLOW_TOKEN=canary

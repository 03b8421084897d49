"""How heavy pages are and how soon they show, in real Chromium on a slow line, first visit.

    python -m benchmarks.loading        a table of pages: bytes over the wire, of them scripts, first and largest paint

The line is WebPageTest's "3G" (1.6 Mbit/s down, 768 kbit/s up, 300 ms a round trip), set through DevTools. DevTools
delays each request by a round trip; connecting, which costs one or two more, is not delayed, because the server runs here.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from playwright.sync_api import Browser, sync_playwright

from benchmarks.building import command

PORT = 8766
PAGES = (
    "/es/",
    "/es/buscar/?q=apoyo+psicosocial+para+ni%C3%B1ez+desplazada",
    "/es/practicas/sv-a-tu-lado-support-spaces/",
    "/en/practices/mx-local-integration-programme/",
    "/es/comparar/?id=sv-a-tu-lado-support-spaces&id=hn-idp-profiling",
    "/es/practicas/",
)
LINE = {"offline": False, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 768_000 / 8, "latency": 300}
VISITS = 3
PAINTS = """() => new Promise(done => new PerformanceObserver(seen => done([
    performance.getEntriesByName("first-contentful-paint")[0].startTime, seen.getEntries().at(-1).startTime
])).observe({type: "largest-contentful-paint", buffered: true}))"""


def main() -> None:
    with browser_beside_server() as browser:
        print("| page | kB | scripts, kB | requests | first paint, s | largest paint, s |")
        print("|---|---|---|---|---|---|")
        for page in PAGES:
            print(_row(browser, page))


@contextmanager
def browser_beside_server() -> Iterator[Browser]:
    """Chromium, and `kb serve` on `PORT` for as long as it is needed."""
    process = subprocess.Popen(
        command("serve", "--port", str(PORT)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(f"http://127.0.0.1:{PORT}/api/v1/health")
        with sync_playwright() as playwright:
            chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            yield browser
            browser.close()
    finally:
        process.terminate()
        process.wait()


def _row(browser: Browser, path: str) -> str:
    visits = [_visit(browser, path) for _ in range(VISITS + 1)][1:]
    middle = [statistics.median(values) for values in zip(*visits, strict=True)]
    total, scripts, requests, first, largest = middle
    return f"| {path} | {total / 1000:.1f} | {scripts / 1000:.1f} | {requests:.0f} | {first / 1000:.2f} | {largest / 1000:.2f} |"


def _visit(browser: Browser, path: str) -> tuple[float, float, float, float, float]:
    """Bytes, bytes of scripts, requests, first and largest paint in milliseconds, with an empty cache."""
    context = browser.new_context(base_url=f"http://127.0.0.1:{PORT}", viewport={"width": 1280, "height": 800})
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", LINE)
    kinds: dict[str, str] = {}
    sizes: dict[str, float] = {}
    devtools.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
    devtools.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    page.goto(path, wait_until="networkidle")
    first, largest = page.evaluate(PAINTS)
    context.close()
    scripts = sum(size for request, size in sizes.items() if kinds.get(request) == "Script")
    return sum(sizes.values()), scripts, len(sizes), first, largest


def _wait(url: str) -> None:
    """Returns when a server answers.

    Raises:
        SystemExit: it does not within half a minute.
    """
    for _ in range(300):
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise SystemExit("The server did not start; run `kb build` first.")


if __name__ == "__main__":
    main()

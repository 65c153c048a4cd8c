"""The page of a library in a browser: its script runs under its own policy, and search, links and paper work."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.support import csbot, write_library

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="there is no browser here"),
]
# What is asked of the page, in the page; the answer becomes its title. Its policy would not let this run.
PROBE = """
<script>
const after = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
(async () => {
  const search = document.getElementById("search"), tools = document.getElementById("tools"), said = {};
  await after(300);
  const target = document.getElementById("situation-payment.invoice");
  target.scrollIntoView();
  await after(100);
  said.hidden = target.getBoundingClientRect().top < tools.getBoundingClientRect().bottom;
  said.tools = Math.round(tools.getBoundingClientRect().top);
  said.wide = document.documentElement.scrollWidth > innerWidth;
  document.dispatchEvent(new KeyboardEvent("keydown", {key: "/", bubbles: true, cancelable: true}));
  said.focused = document.activeElement === search;
  search.value = "电子发票怎么下载";
  search.dispatchEvent(new Event("input"));
  await after(300);
  said.found = document.getElementById("found").textContent;
  said.shown = [...document.querySelectorAll("article:not([hidden])")].map((each) => each.id);
  said.open = [...document.querySelectorAll("article:not([hidden]) details")].map((each) => each.open);
  search.dispatchEvent(new KeyboardEvent("keydown", {key: "Escape", bubbles: true}));
  said.all = document.querySelectorAll("article[hidden]").length === 0;
  for (const each of document.querySelectorAll("details")) each.open = false;
  dispatchEvent(new Event("beforeprint"));
  said.printed = [...document.querySelectorAll("details")].every((each) => each.open);
  dispatchEvent(new Event("afterprint"));
  said.closed = [...document.querySelectorAll("details")].every((each) => !each.open);
  document.getElementById("theme").click();
  said.paper = getComputedStyle(document.body).backgroundColor;
  document.title = JSON.stringify(said);
})();
</script>
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    done = csbot("--library", str(write_library(folder / "ours")), "page", str(folder / "page.html"))
    assert done.returncode == 0, done.stderr
    return folder / "page.html"


def dom_of(page: Path, width: int = 1200) -> str:
    assert BROWSER is not None
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={page.parent / 'profile'}"]
    options += [f"--window-size={width},700", "--virtual-time-budget=5000", "--dump-dom"]
    arguments = [BROWSER, *options, page.as_uri()]
    return subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=True).stdout


def test_the_script_runs_under_the_policy_of_the_page(page: Path) -> None:
    assert '<div id="tools">' in dom_of(page), "the script shows what works by it alone"


@pytest.mark.parametrize("width", [1200, 500])
def test_a_reader_finds_what_is_looked_for(page: Path, width: int) -> None:
    text = page.read_text(encoding="utf-8")
    probed = page.with_name("probed.html")
    probed.write_text(re.sub("<meta http-equiv=[^>]*>", "", text).replace("</body>", f"{PROBE}</body>"), "utf-8")
    dom = dom_of(probed, width).partition("<title>")[2]
    said: dict[str, Any] = json.loads(dom.partition("</title>")[0])
    assert not said["wide"], "nothing has to be scrolled sideways"
    assert (said["tools"], said["hidden"]) == (0, False), "the search stays in sight, and hides no heading"
    assert said["focused"]
    assert (said["found"], said["shown"], said["open"]) == ("找到 1 处", ["situation-payment.invoice"], [True])
    assert said["all"]
    assert said["printed"]
    assert said["closed"]
    assert said["paper"] == "rgb(23, 24, 26)"

// Search results change in place; addresses, the back button and the focus behave as if a page had been loaded.
// Without this script the same form and links load pages.
const form = document.getElementById("searching");
const said = document.getElementById("said");
let asked = 0;

function address() {
  const url = new URL(form.action);
  url.search = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
  return url;
}

async function load(url, { push = true, focus = "" } = {}) {
  const turn = ++asked;
  const answer = document.getElementById("answer");
  answer.classList.add("busy");
  let page;
  try {
    const response = await fetch(url, { headers: { Accept: "text/html" } });
    page = new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    location.assign(url);
    return;
  }
  if (turn !== asked) return; // A later question was asked meanwhile.
  const fresh = page.getElementById("answer");
  if (!fresh) return location.assign(url);
  const opened = [...answer.querySelectorAll("details")].map((one) => [name(one), one.open]);
  answer.replaceWith(fresh);
  for (const one of fresh.querySelectorAll("details")) {
    const before = opened.find(([key]) => key === name(one));
    if (before) one.open = before[1];
  }
  document.title = page.title;
  for (const what of [".language", "link[rel=alternate]"]) {
    const there = page.querySelectorAll(what);
    document.querySelectorAll(what).forEach((one, index) => { one.href = there[index].getAttribute("href"); });
  }
  if (push) history.pushState(null, "", url);
  said.textContent = "";
  const heading = fresh.querySelector("#found") ?? fresh.querySelector("[role=alert]");
  setTimeout(() => { said.textContent = heading?.textContent ?? ""; }, 60);
  if (focus === "results") fresh.querySelector("#found")?.focus();
  else if (focus) fresh.querySelector(focus)?.focus({ preventScroll: true });
  document.dispatchEvent(new Event("answer"));
}

// Facets have no id of their own: the name of their first box tells them apart.
function name(details) {
  return details.querySelector("input")?.name + (details.parentElement.closest("details") ? " more" : "");
}

form.addEventListener("submit", (event) => {
  if (!form.elements.q.value.trim()) return;
  event.preventDefault();
  load(address(), { focus: "results" });
});

document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.form !== form || box.type !== "checkbox") return;
  load(address(), { focus: `input[name="${box.name}"][value="${CSS.escape(box.value)}"]` });
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#answer .chips a, #answer .sorting a:not(.to-filters), #answer nav a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  load(link.href, { focus: "results" });
});

addEventListener("popstate", () => {
  if (location.hash) return;
  form.elements.q.value = new URLSearchParams(location.search).get("q") ?? "";
  load(location.href, { push: false });
});

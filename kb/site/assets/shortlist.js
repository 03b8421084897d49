// A list of practices that lives in this browser: no account, nothing is sent. Without this script the pages lack
// only the buttons "Add to my list".
const KEY = "shortlist", MOST = 20;
const link = document.getElementById("my-list");
const words = link.dataset;

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    return Array.isArray(kept) ? kept.filter((id) => typeof id === "string").slice(0, MOST) : [];
  } catch {
    return [];
  }
}

function write(ids) {
  try {
    localStorage.setItem(KEY, JSON.stringify(ids));
  } catch {
    // Storage is closed or full: the list lasts as long as the page.
  }
}

let listed = read();

function show() {
  const url = new URL(link.href);
  url.search = new URLSearchParams(listed.map((id) => ["id", id]));
  link.href = url;
  link.querySelector(".badge")?.remove();
  if (listed.length) {
    const badge = document.createElement("span");
    badge.className = "badge";
    badge.textContent = listed.length;
    const rest = document.createElement("span");
    rest.className = "hidden";
    rest.textContent = " " + words.counted;
    badge.append(rest);
    link.append(" ", badge);
  }
  for (const place of document.querySelectorAll("[data-practice]")) {
    const button = place.firstElementChild ?? place.appendChild(newButton());
    const kept = listed.includes(place.dataset.practice);
    button.setAttribute("aria-pressed", kept);
    button.textContent = kept ? "✓ " + words.added : listed.length >= MOST ? words.full : words.add;
    button.setAttribute("aria-label", (kept ? words.added : button.textContent) + ": " + place.dataset.title);
    button.disabled = !kept && listed.length >= MOST;
  }
}

function newButton() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  return button;
}

function change(id, kept) {
  listed = read().filter((one) => one !== id);
  if (kept) listed.push(id);
  write(listed);
  show();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-practice] button");
  if (button) change(button.parentElement.dataset.practice, button.getAttribute("aria-pressed") !== "true");
  const out = event.target.closest?.("[data-take-out]");
  if (out) change(out.dataset.takeOut, false);
});
// Another tab changed the list, or search results were replaced, or the page came back from the browser's memory.
addEventListener("storage", () => { listed = read(); show(); });
addEventListener("pageshow", () => { listed = read(); show(); });
document.addEventListener("answer", show);
show();

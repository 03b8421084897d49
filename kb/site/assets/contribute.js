// Makes a content file out of the form. Nothing is sent: the file is downloaded, or shown in the repository's own page.
"use strict";

// Longer addresses are cut or refused by servers on the way.
const LONGEST_ADDRESS = 7000;
const SHORT_PAGE = 120;
const ASIDE = new Set("a al con de del e el en for in la las los of on para por the to un una with y and".split(" "));

const form = document.querySelector("form.contribute");
const made = document.getElementById("made");
document.getElementById("form").hidden = false;

// A field of type "number" would read 1.250 without a word, each browser in its own way.
const NUMBER = /^-?(\d{1,15}|\d{1,3}([ \u00a0]\d{3})+|\d{1,15}[.,]\d{1,2}|\d{1,3}(,\d{3})+\.\d{1,2}|0[.,]\d{1,9}|\d{1,9}\.\d{4,9})$/;
const THOUSANDS = new RegExp(`^(?:${form.dataset.thousands})`);

// A JSON string is a quoted string of YAML too.
const quoted = (text) => JSON.stringify(text.replace(/\s+/g, " ").trim());
// The mark that a list in Word or in a mail has before each line is no part of it.
const BULLET = /^(?:[•◦▪●‣·]\s*|[*–—-]\s+)/;
const lines = (text) => text.split("\n").map((line) => line.trim().replace(BULLET, "")).filter(Boolean);
const words = (text) => text.split(/\s+/).filter(Boolean).length;
const day = (date) => `"${date.toISOString().slice(0, 10)}"`;

function numberIn(text) {
  const bare = text.replace(/\s/g, "");
  return Number(bare.includes(".") ? bare.replaceAll(",", "") : bare.replace(",", "."));
}

function field(key) {
  return form.querySelector(`[data-key="${key}"]`);
}

function terms(key) {
  return [...field(key).querySelectorAll("input:checked")].map((box) => box.value);
}

function list(key) {
  const asked = field(key);
  const found = asked.tagName === "TEXTAREA" ? lines(asked.value) : [...asked.querySelectorAll("[data-line]")].map((one) => one.value.trim());
  return found.filter(Boolean);
}

function rows(key) {
  return [...field(key).querySelectorAll(".row")].map((row) => [...row.querySelectorAll("[data-column]")])
    .filter((cells) => cells.some((cell) => cell.tagName === "INPUT" && cell.value.trim()))
    .map((cells) => cells.filter((cell) => cell.value.trim()).map((cell) =>
      `${cell.dataset.column}: ${"number" in cell.dataset ? numberIn(cell.value) : quoted(cell.value)}`));
}

function block(key, items) {
  return items.length ? [`${key}:`, ...items.map((item) => `  - ${item}`)] : [];
}

function fileName(title) {
  const plain = title.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const parts = (plain.match(/[a-z0-9]+/g) || []).filter((part) => !ASIDE.has(part));
  return parts.slice(0, 7).join("-").slice(0, 60).replace(/-+$/, "") || "practice";
}

function path(title) {
  const countries = terms("countries");
  const folder = countries.length === 1 ? countries[0].toLowerCase() : "regional";
  return `practices/${folder}/${fileName(title)}.${form.dataset.lang}.md`;
}

function sections() {
  return [...form.querySelectorAll('[data-answer="section"]')].map((one) => [one.dataset.heading, one.value.trim()]);
}

function frontMatter() {
  const now = new Date();
  const next = new Date(now);
  next.setUTCFullYear(now.getUTCFullYear() + 1);
  const text = sections().map(([, written]) => written).join(" ");
  const period = ["start", "end"].map((key) => `${key}: ${field(key).value.trim() ? quoted(field(key).value) : "null"}`);
  return [
    "---",
    `title: ${quoted(field("title").value)}`,
    `summary: ${quoted(field("summary").value)}`,
    ...block("questions", list("questions").map(quoted)),
    `countries: [${terms("countries").join(", ")}]`,
    ...block("places", list("places").map(quoted)),
    ...block("implementers", list("implementers").map(quoted)),
    ...block("partners", list("partners").map(quoted)),
    `period: {${period.join(", ")}}`,
    `status: ${terms("status")[0]}`,
    `evidence: ${terms("evidence")[0]}`,
    `themes: [${terms("themes").join(", ")}]`,
    `populations: [${terms("populations").join(", ")}]`,
    ...(words(text) < SHORT_PAGE ? ["tier: snapshot"] : []),
    ...block("results", rows("figures").map((cells) => `{${cells.join(", ")}}`)),
    ...block("costs", rows("costs").map((cells) => `{${cells.join(", ")}}`)),
    ...block("sources", rows("sources").map((cells, index) => `{n: ${index + 1}, ${cells.join(", ")}}`)),
    `last_reviewed: ${day(now)}`,
    `review_by: ${day(next)}`,
    "review: {status: draft}",
    "---",
  ];
}

function content() {
  const body = sections().map(([heading, text]) => `## ${heading}\n\n${text || form.dataset.undocumented}\n`);
  return `${frontMatter().join("\n")}\n\n${body.join("\n")}`;
}

function notes() {
  const text = sections().map(([, written]) => written).join(" ");
  const cited = new Set([...text.matchAll(/\[(\d{1,2}(?:,\s?\d{1,2})*)\]/g)].flatMap((mark) => mark[1].split(",").map(Number)));
  const known = rows("sources").map((_, index) => index + 1);
  for (const row of form.querySelectorAll('[data-column="source"]')) if (row.value) cited.add(Number(row.value));
  const said = known.filter((n) => !cited.has(n)).map((n) => form.dataset.uncited.replaceAll("{n}", n));
  return [...said, ...[...cited].filter((n) => !known.includes(n)).map((n) => form.dataset.unknown.replaceAll("{n}", n))];
}

function complaintOfFigure(text) {
  if (!text || (NUMBER.test(text) && !THOUSANDS.test(text))) return "";
  return THOUSANDS.test(text) ? form.dataset.twoWays.replace("{found}", text) : form.dataset.number;
}

// Of a year and a day in it neither is the earlier one.
function complaintOfEnd(first, last) {
  const before = first && last && last.slice(0, first.length) < first.slice(0, last.length);
  return before ? form.dataset.before.replace("{last}", last).replace("{first}", first) : "";
}

// A browser that does not know a sign of a pattern leaves that rule to `kb check`.
function compiled([pattern, flags]) {
  try {
    return new RegExp(pattern, flags);
  } catch {
    return /(?!)/g;
  }
}

const RULES = JSON.parse(form.dataset.rules);
for (const rule of [...RULES.slips, ...RULES.shapes]) rule.at = compiled(rule.at);
for (const shape of RULES.shapes) shape.nobodys = shape.nobodys.map(compiled);
RULES.address = compiled(RULES.address);

function slipIn(line, isSection) {
  for (const { at, told, everywhere } of RULES.slips) {
    const found = everywhere || isSection ? line.match(at) : null;
    if (found) return told.replace("{found}", () => found[0]);
  }
  return "";
}

function isPersonal(shape, found) {
  const digits = (found.match(/\d/g) || []).length;
  return shape.least <= digits && digits <= shape.most && !shape.nobodys.some((pattern) => found.search(pattern) >= 0);
}

// Long numbers in web addresses mean nothing, but for coordinates, which maps carry.
function personalIn(line, isSource) {
  const plain = line.replace(RULES.address, (address) => " ".repeat(address.length));
  for (const shape of RULES.shapes) {
    if (isSource && shape.kind === "person") continue; // a citation names its authors
    for (const match of (shape.kind === "coordinates" ? line : plain).matchAll(shape.at)) {
      const found = ((match.groups && match.groups.found) || match[0]).trim();
      if (isPersonal(shape, found)) return RULES.personal.replace("{found}", () => found);
    }
  }
  return "";
}

function complaintOfWords(one) {
  if (!(one.tagName === "TEXTAREA" || ["text", "url"].includes(one.type)) || "number" in one.dataset) return "";
  const isSource = Boolean(one.closest('[data-key="sources"]'));
  const isSection = one.dataset.answer === "section";
  for (const line of one.value.split("\n")) {
    const said = personalIn(line, isSource) || (isSource ? "" : slipIn(line, isSection));
    if (said) return said;
  }
  return "";
}

// The page is reviewed on the day on which it is written: nothing that it tells of can be later.
function complaintOfDate(date) {
  const today = new Date().toISOString().slice(0, date.length);
  return date > today ? form.dataset.later.replace("{date}", date) : "";
}

// What is wrong with an answer in the language of the page: the browser would say it in its own.
function complaint(one) {
  const { validity, dataset } = one;
  const said = form.dataset;
  if (validity.valueMissing) return said.missing;
  if (validity.badInput) return said.number;
  if (validity.stepMismatch) return said.whole;
  if (validity.rangeUnderflow || validity.rangeOverflow) return said.range.replace("{least}", one.min).replace("{most}", one.max);
  if (validity.typeMismatch || validity.patternMismatch) return "line" in dataset ? said.question : dataset.column === "url" ? said.url : said.date;
  if (dataset.key === "end") return complaintOfEnd(field("start").value.trim(), one.value.trim());
  if (dataset.column === "source" && Number(one.value) > rows("sources").length) return said.noSource.replace("{n}", one.value);
  if (dataset.column === "value") return complaintOfFigure(one.value.trim());
  if (["date", "year"].includes(dataset.column)) return complaintOfDate(one.value.trim());
  if (dataset.words && words(one.value) > Number(dataset.words)) return said.tooMany.replace("{n}", dataset.words);
  return complaintOfWords(one);
}

function checkAnswers() {
  for (const one of form.querySelectorAll("input, select, textarea")) {
    one.setCustomValidity("");
    one.setCustomValidity(complaint(one));
  }
  for (const group of form.querySelectorAll('[data-answer="choices"][data-least]')) {
    const most = Number(group.dataset.most || Infinity);
    const count = group.querySelectorAll("input:checked").length;
    const message = count < 1 ? form.dataset.chooseOne : count > most ? form.dataset.chooseFewer.replace("{most}", most) : "";
    group.querySelector("input").setCustomValidity(message);
  }
}

function openAddress(where, text) {
  if (form.dataset.forge === "gitlab") return [`${form.dataset.new}?file_name=${encodeURIComponent(where)}`, true];
  const short = `${form.dataset.new}?filename=${encodeURIComponent(where)}`;
  const full = `${short}&value=${encodeURIComponent(text)}`;
  return full.length > LONGEST_ADDRESS ? [short, true] : [full, false];
}

function show() {
  const where = path(field("title").value);
  const text = content();
  document.getElementById("made-path").textContent = `content/${where}`;
  document.getElementById("made-text").value = text;
  document.getElementById("made-notes").replaceChildren(...notes().map((note) => Object.assign(document.createElement("li"), { textContent: note })));
  const download = document.getElementById("made-download");
  URL.revokeObjectURL(download.href);
  download.href = URL.createObjectURL(new Blob([text], { type: "text/markdown" }));
  download.download = where.split("/").pop();
  const open = document.getElementById("made-open");
  if (open) {
    const [address, toPaste] = openAddress(`content/${where}`, text);
    open.href = address;
    document.getElementById("made-paste").hidden = !toPaste;
    open.onclick = () => { if (toPaste && navigator.clipboard) navigator.clipboard.writeText(text).catch(() => {}); };
  }
  made.hidden = false;
  made.focus();
}

// Said below the answer as soon as its author goes on, and taken away with the mistake; a row of a table says one at a time.
function tell(one) {
  const place = one.closest(".row, .ask, fieldset");
  const said = one.validationMessage;
  const old = place.querySelector(".wrong");
  if (old && (said || old.dataset.of === one.id)) old.remove();
  if (!said) return;
  const note = Object.assign(document.createElement("p"), { className: "wrong", textContent: said });
  note.dataset.of = one.id;
  note.setAttribute("role", "alert");
  place.append(note);
}

form.addEventListener("input", checkAnswers);
form.addEventListener("change", (event) => {
  tell(event.target);
  // A mistake may be mended from elsewhere: the end of a period by its start, the source of a figure by a source.
  for (const note of form.querySelectorAll(".wrong")) {
    const of = document.getElementById(note.dataset.of);
    if (of && !of.validationMessage) note.remove();
  }
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  show();
});
checkAnswers();

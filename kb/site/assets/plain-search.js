// Search on a host of plain files: asks Pagefind's index of each language and shows one list, a practice once.

const READER = document.documentElement.lang;
const LANGUAGES = [READER, READER === "es" ? "en" : "es"];
const PAGE = 10;
const FEW = 3;
const SHORTEST = 4;

const found = document.getElementById("found");
const count = document.getElementById("count");
const hits = document.getElementById("hits");
const asked = new URLSearchParams(location.search);

// Each index ranks on its own scale, so lists are merged by place: 1 / (place + 10), summed over a practice's pages.
function add(ranking, results, lang, weight) {
  results.forEach((result, place) => {
    const known = ranking.get(result.meta.id) ?? { score: 0, result, lang };
    known.score += weight / (place + 10);
    ranking.set(result.meta.id, known);
  });
}

async function searchIn(pagefind, query, filters) {
  const answer = await pagefind.search(query, { filters });
  return Promise.all(answer.results.slice(0, 5 * PAGE).map((result) => result.data()));
}

async function rank(query, filters) {
  // A module holds one index: two instances of the same module would write into each other's memory.
  const opened = await Promise.allSettled(LANGUAGES.map(async (lang) => {
    const basePath = `${found.dataset.bundle}${lang}/`;
    const { createInstance } = await import(`${basePath}pagefind.js`);
    return { lang, pagefind: createInstance({ basePath, baseUrl: "/", noWorker: true }) };
  }));
  const indexes = opened.filter((one) => one.status === "fulfilled").map((one) => one.value);
  // A language in which there is no practice has no index.
  if (indexes.length === 0) throw opened[0].reason;
  const ranking = new Map();
  for (const { lang, pagefind } of indexes) add(ranking, await searchIn(pagefind, query, filters), lang, 1);
  // Pagefind wants all words on one page; a question in a whole sentence is asked word by word too.
  const words = new Set(query.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
  if (ranking.size < FEW && words.size > 1) {
    for (const { lang, pagefind } of indexes) {
      for (const word of words) {
        if (word.length >= SHORTEST) add(ranking, await searchIn(pagefind, word, filters), lang, 0.5);
      }
    }
  }
  return [...ranking.values()].sort((one, other) => other.score - one.score);
}

// The excerpt comes with <mark> around the words found; everything else in it is text.
function excerpt(text, lang) {
  const paragraph = document.createElement("p");
  paragraph.className = "snippet";
  if (lang !== READER) paragraph.lang = lang;
  const plain = document.createElement("textarea");
  text.split(/<\/?mark>/).forEach((part, index) => {
    plain.innerHTML = part;
    const piece = document.createElement(index % 2 ? "mark" : "span");
    piece.textContent = plain.value;
    paragraph.append(piece);
  });
  return paragraph;
}

function card({ result, lang }) {
  const article = document.createElement("article");
  article.className = "card";
  const heading = document.createElement("h3");
  const link = document.createElement("a");
  link.href = result.meta[`url_${READER}`];
  link.textContent = result.meta[`title_${READER}`];
  if (result.meta[`lang_${READER}`] !== READER) heading.lang = result.meta[`lang_${READER}`];
  heading.append(link);
  const states = document.createElement("p");
  states.className = "meta";
  const names = document.getElementById("country").options;
  states.textContent = (result.filters.country ?? [])
    .map((code) => [...names].find((option) => option.value === code)?.textContent ?? code).join(", ");
  article.append(heading, states, excerpt(result.excerpt, lang));
  return article;
}

function show(ranked, shown) {
  hits.append(...ranked.slice(shown, shown + PAGE).map(card));
  if (ranked.length > shown + PAGE) {
    const more = document.createElement("button");
    more.type = "button";
    more.textContent = found.dataset.more;
    more.addEventListener("click", () => {
      const next = hits.querySelectorAll("article").length;
      more.remove();
      show(ranked, shown + PAGE);
      hits.querySelectorAll("article a")[next]?.focus();
    });
    hits.append(more);
  }
}

async function main() {
  const query = (asked.get("q") ?? "").trim();
  const filters = {};
  for (const name of ["country", "theme", "status", "evidence"]) {
    const terms = asked.getAll(name).filter(Boolean);
    if (terms.length) filters[name] = { any: terms };
    const field = document.getElementById(name);
    if (field && terms.length) field.value = terms[0];
  }
  document.getElementById("without-script").hidden = true;
  document.getElementById("q").value = query;
  if (!query) return;
  document.title = `${query} — ${document.title}`;
  count.textContent = found.dataset.searching;
  try {
    const ranked = await rank(query, filters);
    const { one, many, none } = found.dataset;
    count.textContent = ranked.length === 0 ? none : ranked.length === 1 ? one : `${many} ${ranked.length}`;
    show(ranked, 0);
  } catch (error) {
    count.textContent = found.dataset.failed;
    throw error;
  }
}

main();

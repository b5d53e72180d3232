/* Searches the texts of one language. All words that it says stand in search.html. The index is made by publish/search.py,
   which folds letters as `spellings` does here. */

const PAGE = 10;

const form = document.querySelector("form[role=search]");
const field = form.elements.q;
const said = document.querySelector(".said");
const list = document.querySelector(".found");
const more = document.querySelector(".more button");
const language = document.documentElement.lang;

/* What may have been meant, the likeliest first. What the spellings of one row find is one result; a row is tried when those
   before it find nothing. */
function spellings(query) {
  const typed = query.normalize("NFC");
  switch (language.split("-")[0]) {
    case "tr": {
      // By the rules of Turkish; then by those of a keyboard that has no ı, or made İ of every i.
      const lower = typed.toLocaleLowerCase("tr");
      const hard = lower.replace(/ğ(?=[aeıioöuü])/g, "k");
      const dotted = (text) => text.replaceAll("ı", "i");
      return [[lower, hard], [dotted(lower), dotted(hard)]];
    }
    case "ru": {
      const plain = typed.toLocaleLowerCase("ru").replaceAll("ё", "е");
      return [[plain, plain.replace(/([бвгджзклмнпрстфхцчшщ])[ео]([кц])(?![а-я])/g, "$1$2а")]];
    }
    default:
      return [[typed]];
  }
}

let engine;

/* Loaded when it is first needed. In this page's own thread, so that its policy holds for it. */
function loaded() {
  engine ??= start();
  return engine;
}

async function start() {
  const bundle = new URL(form.dataset.bundle, document.baseURI).href;
  const { createInstance } = await import(`${bundle}pagefind.js`);
  const instance = createInstance({ basePath: bundle, noWorker: true });
  await instance.init();
  return instance;
}

async function found(query) {
  const instance = await loaded();
  for (const row of spellings(query)) {
    const results = new Map();
    for (const spelling of new Set(row)) {
      for (const result of (await instance.search(spelling)).results) {
        if (!results.has(result.id)) results.set(result.id, result);
      }
    }
    if (results.size) return [...results.values()];
  }
  return [];
}

function say(name, query = "", count = 0) {
  const template = name && document.querySelector(`template[data-say="${name}"]`);
  said.replaceChildren(...(template ? [template.content.cloneNode(true)] : []));
  for (const place of said.querySelectorAll(".query")) place.textContent = query;
  const walker = document.createTreeWalker(said, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (!text.parentElement.closest(".query")) {
      text.data = text.data.replace("{n}", new Intl.NumberFormat(language).format(count));
    }
  }
}

function category(count) {
  return new Intl.PluralRules(language).select(count);
}

let turn = 0;
let rest = [];

/* The next results, and the first of them. */
async function show(mine) {
  const cards = await Promise.all(rest.slice(0, PAGE).map((result) => result.data()));
  if (mine !== turn) return null;
  rest = rest.slice(PAGE);
  const items = cards.map(({ meta }) => {
    const card = document.createElement("template");
    card.innerHTML = meta.card; // made by this site's own templates
    return card.content.querySelector("li");
  });
  list.append(...items);
  list.hidden = items.length === 0;
  more.hidden = rest.length === 0;
  return items[0];
}

async function search(query) {
  const mine = ++turn;
  list.replaceChildren();
  list.hidden = true;
  more.hidden = true;
  rest = [];
  if (!query) {
    say("");
    return;
  }
  say("searching");
  try {
    const results = await found(query);
    if (mine !== turn) return;
    rest = results;
    await show(mine);
    if (mine === turn) say(results.length ? category(results.length) : "nothing", query, results.length);
  } catch (error) {
    console.error(error);
    engine = undefined;
    if (mine === turn) say("failed");
  }
}

function asked() {
  return (new URLSearchParams(location.search).get("q") ?? "").trim().slice(0, field.maxLength);
}

function read() {
  field.value = asked();
  search(asked());
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const query = field.value.trim();
  if (query !== asked()) {
    history.pushState(null, "", query ? `?${new URLSearchParams({ q: query })}` : location.pathname);
  }
  search(query);
});
field.addEventListener("focus", () => loaded().catch(() => (engine = undefined)), { once: true });
more.addEventListener("click", async () => {
  try {
    (await show(turn))?.querySelector("a").focus();
  } catch (error) {
    console.error(error);
    say("failed");
  }
});
addEventListener("popstate", read);

form.hidden = false;
read();

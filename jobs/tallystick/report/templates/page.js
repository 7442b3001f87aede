"use strict";
/* Sorts tables, filters rows, folds findings. Without it every row and every finding is there to be read. */
const language = document.documentElement.lang;
const collator = new Intl.Collator(language, { numeric: true });
const grouped = new Intl.NumberFormat(language);
const point = grouped.formatToParts(1.5).find((part) => part.type === "decimal").value;
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

/* Sorting: numbers by their value, exactly, then texts, then what is unknown; rows that are alike stay as they were. */

const numberOf = (text, decimal) => {
  const plain = text.replace(decimal === "," ? /\s/g : /[\s,]/g, "").replace(decimal, ".").replace("\u2212", "-");
  const found = /^([-+]?\d+)(?:\.(\d{1,9}))?\D*$/.exec(plain);
  return found && BigInt(found[1] + (found[2] ?? "").padEnd(9, "0"));
};

const linesOf = (cell) => {
  const lines = [""];
  for (const node of cell.childNodes) {
    if (["BR", "SMALL"].includes(node.nodeName)) lines.push(node.textContent, "");
    else lines[lines.length - 1] += node.textContent;
  }
  return lines.map((line) => line.trim()).filter(Boolean);
};

const valueOf = (cell) => {
  const stated = cell?.dataset.value ?? cell?.querySelector("time")?.dateTime;
  const lines = stated === undefined && cell ? linesOf(cell) : [stated ?? ""];
  const looked = cell?.classList.contains("n") ? lines.slice(0, 2) : lines.slice(0, 1);
  const number = looked.map((line) => numberOf(line, stated === undefined ? point : ".")).find((each) => each !== null);
  if (number !== undefined) return { rank: 0, is: number };
  const text = lines[0] ?? "";
  return { rank: ["", "\u2013"].includes(text) ? 2 : 1, is: text.replace(/^(\d\d)\/(\d\d)\/(\d{4})/, "$3-$2-$1") };
};

const compared = (one, other) => {
  if (one.rank === 1) return collator.compare(one.is, other.is);
  return one.is < other.is ? -1 : Number(one.is > other.is);
};

const sorted = (rows, column, direction) => rows
  .map((row) => ({ row, last: row.classList.contains("total"), value: valueOf(row.cells[column]) }))
  .sort((one, other) => one.last - other.last || one.value.rank - other.value.rank
    || direction * compared(one.value, other.value))
  .map((each) => each.row);

const makeSortable = (table) => {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  if (rows.length < 2) return;
  for (const head of heads) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const next = { ascending: "descending", descending: null }[head.ariaSort];
      for (const each of heads) each.ariaSort = null;
      head.ariaSort = next === undefined ? "ascending" : next;
      const direction = { ascending: 1, descending: -1 }[head.ariaSort];
      body.append(...(direction ? sorted(rows, head.cellIndex, direction) : rows));
    });
  }
};

/* Filtering: of the rows of a table, and of the finding or clause that each row leads to. */

const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ").trim();
const SEARCHED = "h3, blockquote, .source, tbody th, tbody td, :is(p, li):has(bdi), code";

const makeFilter = (bar) => {
  const search = bar.querySelector("input");
  const choices = all("select", bar);
  const entries = all("tbody tr", document.getElementById(bar.dataset.of)).map((row) => {
    const target = document.getElementById(row.querySelector("a[href^='#']")?.hash.slice(1));
    return { row, target, text: null };
  });
  const textOf = (entry) => {
    const parts = entry.target ? all(SEARCHED, entry.target) : [];
    entry.text ??= folded([...entry.row.cells, ...parts].map((part) => part.textContent).join(" "));
    return entry.text;
  };
  const apply = () => {
    const words = folded(search.value).split(" ");
    const fits = (entry) => choices.every(({ name, value }) => !value || entry.row.dataset[name] === value)
      && words.every((word) => word === "" || textOf(entry).includes(word));
    let shown = 0;
    for (const entry of entries) {
      const out = !fits(entry);
      shown += !out;
      entry.row.classList.toggle("out", out);
      entry.target?.classList.toggle("out", out);
    }
    bar.querySelector(".shown").textContent = grouped.format(shown);
    bar.classList.toggle("active", shown < entries.length);
  };
  const clear = () => {
    for (const field of [search, ...choices]) field.value = "";
    apply();
  };
  bar.addEventListener("input", apply);
  bar.querySelector(".clear").addEventListener("click", clear);
  bar.hidden = false;
  return clear;
};

/* Drill-down: findings are folded to their sentence, and open from a link to them, by hand, or all at once. */

const WHOLE = "details.whole";
const openOrFold = (open) => {
  for (const whole of all(WHOLE)) whole.open = open;
};

for (const table of all("table.sortable")) makeSortable(table);
const clearing = all(".filter").map(makeFilter);

const reveal = (hash) => {
  const target = hash.length > 1 && document.getElementById(hash.slice(1));
  if (!target) return;
  const wasOut = target.closest(".out");
  if (wasOut) for (const clear of clearing) clear();
  for (const details of [target.closest("details"), target.querySelector(`:scope > ${WHOLE}`)]) {
    if (details) details.open = true;
  }
  if (wasOut) target.scrollIntoView();
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  if (link) reveal(link.hash);
  const button = event.target.closest("[data-open]");
  if (button) openOrFold(button.dataset.open === "all");
});
window.addEventListener("hashchange", () => reveal(location.hash));

openOrFold(false);
for (const button of all("[data-open]")) button.hidden = false;
reveal(location.hash);
if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();

/* On paper everything is open. */

let wereFolded = [];
window.addEventListener("beforeprint", () => {
  wereFolded = all("details:not([open], .data)");
  for (const details of wereFolded) details.open = true;
});
window.addEventListener("afterprint", () => {
  for (const details of wereFolded) details.open = false;
});

// Shared by all figures: numbers, small page elements, grids, and the player that steps through outputs.

// ---- Numbers: the same rules as `show` in _figure.py --------------------------------------------------

function show(value) {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  value = Number(value.toPrecision(10)); // forget the rounding errors of a sum
  const size = Math.abs(value);
  if (size < 1e-12) return "0";
  let text;
  if (Number.isInteger(value) && size < 1e7) text = String(size);
  else if (size >= 1e7) text = size.toExponential(2).replace("+", "");
  else if (size < 0.001) text = size.toExponential(1).replace("+", "");
  else text = size.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : 3).replace(/\.?0+$/, "");
  return value < 0 ? "−" + text : text;
}

const factor = (value) => (value < 0 ? `(${show(value)})` : show(value));

// What a student may type: 2, −1, 0.5, 0,5, 1/3, 1e3. Anything else gives NaN.
function parse(text) {
  const parts = text.trim().replace(/−/g, "-").replace(/,/g, ".").split("/");
  const good = parts.every((part) => /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(part));
  if (!good || parts.length > 2) return NaN;
  const value = parts.length === 2 ? Number(parts[0]) / Number(parts[1]) : Number(parts[0]);
  return Number.isFinite(value) ? value : NaN;
}

// ---- Page elements ------------------------------------------------------------------------------------

// element("td", { class: "x", onclick: f }, "text", child, …)
function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children); // text goes in as text, never as HTML
  return node;
}

function button(text, description, onclick, main) {
  return element("button", { type: "button", "aria-label": description, title: description, onclick, class: main ? "ck-main" : null }, text);
}

// A labelled list of choices: [[value, text], …]
function choice(label, options, value, onchange) {
  const select = element("select", { name: label, onchange: () => onchange(select.value) });
  for (const [option, text] of options) select.append(element("option", { value: option, selected: option === value }, text));
  return element("label", {}, label, select);
}

function checkbox(label, value, onchange) {
  const box = element("input", { type: "checkbox", name: label, checked: value, onchange: () => onchange(box.checked) });
  return element("label", {}, box, label);
}

// A field for a whole number; onchange is called only with one that lies between low and high.
function whole(label, value, low, high, onchange, warn) {
  const field = element("input", { type: "number", name: label, value, min: low, max: high, step: 1, oninput: () => {
    const number = Number(field.value);
    const good = field.value !== "" && Number.isInteger(number) && number >= low && number <= high;
    field.setAttribute("aria-invalid", String(!good));
    warn(good ? "" : `${label} must be a whole number from ${low} to ${high}; the last good value stays in use.`);
    if (good) onchange(number);
  } });
  return element("label", {}, label, field);
}

// ---- Grids --------------------------------------------------------------------------------------------

// The twin of class Grid in _figure.py. `cells[r][c]` are the table cells; `set` writes a number,
// `mark` gives a cell its kinds ("pad", "win", "now" …), `frame` draws the sliding frame around a block.
class Grid {
  constructor({ role, caption, height, width, rows, cols, tiny, edit, pick, hover, name, one }) {
    this.caption = element("div", { class: "ck-caption", "aria-hidden": "true" }, caption);
    this.table = element("table", { class: `ck-grid ck-${role}${tiny ? " ck-tiny" : ""}${one ? " ck-one" : ""}`, role: edit || pick ? "grid" : null, "aria-label": caption });
    this.frameBox = element("div", { class: "ck-frame", hidden: true });
    this.box = element("div", { class: "ck-box", "data-grid": name || role }, this.caption, this.table, this.frameBox);
    this.cells = [];
    if (cols) {
      const head = element("tr");
      if (rows) head.append(element("th"));
      cols.forEach((label) => head.append(element("th", { scope: "col" }, String(label))));
      this.table.append(head);
    }
    for (let r = 0; r < height; r++) {
      const line = element("tr");
      if (rows) line.append(element("th", { scope: "row" }, String(rows[r])));
      this.cells.push([]);
      for (let c = 0; c < width; c++) {
        const cell = element("td");
        if (edit && edit.at(r, c)) this.makeField(cell, r, c, edit);
        else cell.append(document.createTextNode(""));
        if (pick) this.makePick(cell, r, c, pick);
        if (hover) {
          cell.addEventListener("pointerenter", () => hover(r, c));
          cell.addEventListener("pointerleave", () => hover(null));
        }
        this.cells[r].push(cell);
        line.append(cell);
      }
      this.table.append(line);
    }
    if (pick) this.reach(0, 0);
    // the frame sits on the cells: place it again whenever the grid changes its size
    if (window.ResizeObserver) new ResizeObserver(() => this.placeFrame()).observe(this.table);
  }

  // A cell that can be edited. `edit` = { at(r, c), name(r, c), change(r, c, value), warn(text) }
  makeField(cell, r, c, edit) {
    const field = element("input", { type: "text", inputmode: "text", autocomplete: "off", "aria-label": edit.name(r, c) });
    field.addEventListener("input", () => {
      const value = parse(field.value);
      const bad = Number.isNaN(value);
      field.setAttribute("aria-invalid", String(bad));
      edit.warn(bad ? `“${field.value}” is not a number. Type one such as 2, −1, 0.5 or 1/3; until then the last good value counts.` : "");
      if (!bad) { field.dataset.good = value; edit.change(r, c, value); this.fit(); }
    });
    field.addEventListener("focus", () => field.select());
    field.addEventListener("blur", () => { // leave a tidy number behind
      field.value = show(Number(field.dataset.good));
      field.setAttribute("aria-invalid", "false");
      edit.warn("");
    });
    field.addEventListener("keydown", (event) => {
      const step = { ArrowUp: -1, ArrowDown: 1, Enter: 1 }[event.key];
      event.stopPropagation(); // the notebook has its own use for keys
      if (!step) return;
      event.preventDefault();
      const next = this.cells[r + step]?.[c]?.querySelector("input");
      if (next) next.focus();
      else if (event.key === "Enter") field.select();
    });
    cell.append(field);
  }

  // A cell that can be chosen by mouse, finger or keyboard.
  makePick(cell, r, c, pick) {
    cell.setAttribute("role", "gridcell");
    cell.tabIndex = -1;
    cell.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse") pick.choose(r, c); });
    cell.addEventListener("click", () => { this.focus(r, c); pick.choose(r, c); });
    cell.addEventListener("focus", () => pick.choose(r, c));
    cell.addEventListener("keydown", (event) => {
      const height = this.cells.length, width = this.cells[0].length;
      const to = {
        ArrowLeft: [r, c - 1], ArrowRight: [r, c + 1], ArrowUp: [r - 1, c], ArrowDown: [r + 1, c],
        Home: [0, 0], End: [height - 1, width - 1],
      }[event.key];
      if (event.key === " ") pick.space();
      if (to || event.key === " ") { event.preventDefault(); event.stopPropagation(); }
      if (to && this.cells[to[0]]?.[to[1]]) this.focus(to[0], to[1]);
    });
  }

  reach(r, c) { // one cell of the grid takes part in the order of the Tab key
    for (const cell of this.cells.flat()) cell.tabIndex = -1;
    this.cells[r][c].tabIndex = 0;
  }

  focus(r, c) {
    this.reach(r, c);
    this.cells[r][c].focus({ preventScroll: true });
  }

  set(r, c, value, label) {
    const cell = this.cells[r][c], field = cell.querySelector("input");
    const text = typeof value === "number" ? show(value) : value;
    if (field) {
      field.dataset.good = value;
      if (field !== field.getRootNode().activeElement) { field.value = text; field.setAttribute("aria-invalid", "false"); }
    } else cell.firstChild.data = text;
    if (label) cell.setAttribute("aria-label", label);
  }

  text(r, c) {
    const cell = this.cells[r][c], field = cell.querySelector("input");
    return field ? field.value : cell.firstChild.data;
  }

  mark(r, c, ...kinds) {
    this.cells[r][c].className = kinds.filter(Boolean).map((kind) => "ck-" + kind).join(" ");
  }

  // the small number in the corner: the weight that this cell meets
  weight(r, c, text) {
    const cell = this.cells[r][c];
    cell.querySelector(".ck-weight")?.remove();
    cell.classList.toggle("ck-weighted", text != null);
    if (text != null) cell.append(element("span", { class: "ck-weight", "aria-hidden": "true" }, text));
  }

  fit() { // all cells as wide as the longest number needs
    let longest = 0;
    this.cells.forEach((row, r) => row.forEach((_, c) => { longest = Math.max(longest, this.text(r, c).length); }));
    this.table.style.setProperty("--w", Math.max(2.7, 0.62 * longest + 0.9) + "em");
  }

  frame(first, last) { // [r, c] of the first and the last cell; nothing hides it
    this.framed = first && [this.cells[first[0]]?.[first[1]], this.cells[last[0]]?.[last[1]]];
    this.coming ??= requestAnimationFrame(() => { this.coming = null; this.placeFrame(); });
  }

  placeFrame() {
    const [a, b] = this.framed || [];
    this.frameBox.hidden = !(a && b && a.offsetWidth);
    if (this.frameBox.hidden) return;
    const box = this.box.getBoundingClientRect(), from = a.getBoundingClientRect(), to = b.getBoundingClientRect();
    const left = from.left - box.left + this.box.scrollLeft - 2, top = from.top - box.top - 2;
    Object.assign(this.frameBox.style, {
      left: left + "px", top: top + "px", width: to.right - from.left + 4 + "px", height: to.bottom - from.top + 4 + "px",
    });
  }
}

// A row of grids and signs ("⊛", "="); a sign never parts from the grid behind it.
function shelf(...things) {
  const row = element("div", { class: "ck-stage" });
  let sign = null;
  for (const thing of things) {
    if (typeof thing === "string") sign = element("span", { class: "ck-sign", "aria-hidden": "true" }, thing);
    else if (sign) { row.append(element("div", { class: "ck-pair" }, sign, thing.box)); sign = null; } else row.append(thing.box);
  }
  return row;
}

// ---- A sum written out: "name = a·b + c·d … = result", one line per row of the kernel ------------------

function writeSum(place, name, lines, result, sign = "+") {
  const rows = lines.flatMap((terms, i) => [
    element("span", {}, i === 0 ? name + " =" : ""),
    element("span", {}, ...terms.flatMap((term, j) => [i + j ? ` ${sign} ` : "", term.node]),
      ...(i === lines.length - 1 ? [" = ", element("span", { class: "ck-result" }, result)] : [])),
  ]);
  rows.forEach((row, i) => { if (i % 2 === 0) row.style.textAlign = "right"; });
  place.replaceChildren(element("div", { class: "ck-lines" }, ...rows));
}

// One product of a sum: the number from the input underlined in blue, the weight in orange.
function product(x, w) {
  const node = element("span", { class: "ck-term" + (x * w === 0 ? " ck-null" : "") },
    element("span", { class: "ck-x" }, factor(x)), "·", element("span", { class: "ck-k" }, factor(w)));
  return { node, text: `${factor(x)} times ${factor(w)}` };
}

// ---- The player: steps through `count()` places, shows each with `go(step)` ----------------------------

class Player {
  constructor(count, go) {
    this.count = count;
    this.go = go;
    this.step = 0;
    this.timer = null;
    this.playButton = button("Play", "Play through all steps (space bar)", () => this.toggle(), true);
    this.bar = [
      button("Back", "One step back", () => this.move(-1)),
      this.playButton,
      button("Next", "One step forward", () => this.move(1)),
    ];
  }

  at(step) { // show a step without stopping the play
    this.step = Math.max(0, Math.min(step, this.count() - 1));
    this.go(this.step);
  }

  move(by) {
    this.pause();
    const count = this.count();
    if (count) this.at((this.step + by + count) % count);
  }

  toggle() { this.timer ? this.pause() : this.play(); }

  play() {
    if (!this.count()) return;
    if (this.step >= this.count() - 1) this.at(0);
    this.playButton.textContent = "Pause";
    // a short figure plays slowly enough to follow, a long one does not take for ever
    this.timer = setInterval(() => {
      if (!this.playButton.isConnected) this.pause(); // the figure left the page
      else if (this.step >= this.count() - 1) this.pause();
      else this.at(this.step + 1);
    }, Math.max(250, Math.min(1000, 15000 / this.count())));
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.playButton.textContent = "Play";
  }
}

// ---- Start: give every figure of this kind on the page its life, once ---------------------------------

function start(kind, make) {
  const script = document.currentScript;
  const places = new Set([document, script?.getRootNode() || document]);
  const roots = [...places].flatMap((place) => [...place.querySelectorAll(`.cnnkit-figure[data-cnnkit="${kind}"]`)]);
  for (const root of roots) {
    if (root.dataset.alive) continue;
    const source = root.querySelector('script[type="application/json"]');
    if (!source) continue; // still being read: its own script will come
    const old = root.querySelector(".ck-static");
    const data = JSON.parse(source.textContent);
    const title = element("p", { class: "ck-title" }, element("b", {}, root.getAttribute("aria-label")));
    const bar = element("div", { class: "ck-bar" }), settings = element("div", { class: "ck-bar" });
    const stage = element("div"), sum = element("div", { class: "ck-sum" }), note = element("p", { class: "ck-note" });
    const warning = element("p", { class: "ck-warn", role: "alert" });
    const live = element("p", { class: "ck-live", "aria-live": "polite" });
    const body = element("div", {}, title, bar, settings, warning, stage, sum, note, live);
    make({
      data, root, bar, settings, stage, sum, note, title,
      warn: (text) => { if (warning.textContent !== text) warning.textContent = text; },
      say: (text) => { live.textContent = text; },
    });
    root.dataset.alive = "yes"; // set last: a figure that fails keeps its static tables
    old.replaceWith(body);
  }
}

// ---- One axis of a sliding window: the twin of `axis` in _figure.py -------------------------------------

function axis(n, k, stride, padding, dilation) {
  const span = dilation * (k - 1) + 1;
  let before = 0, after = 0;
  if (padding === "same") { // the odd zero goes to the end, as Keras puts it
    const total = Math.max((Math.ceil(n / stride) - 1) * stride + span - n, 0);
    before = Math.floor(total / 2);
    after = total - before;
  } else if (padding === "full") before = after = span - 1;
  else if (padding !== "valid") before = after = padding;
  const padded = before + n + after;
  const size = padded >= span ? Math.floor((padded - span) / stride) + 1 : 0;
  const window = (o) => Array.from({ length: k }, (_, a) => o * stride + a * dilation);
  const used = new Set();
  for (let o = 0; o < size; o++) window(o).forEach((cell) => used.add(cell));
  const inside = (cell) => cell >= before && cell < before + n;
  const labels = Array.from({ length: padded }, (_, cell) => (inside(cell) ? cell - before : ""));
  return { n, k, stride, dilation, span, before, after, padded, size, window, used, inside, labels };
}

const sizeText = (rows, columns, dims = 2) => (dims === 2 ? `${rows} × ${columns}` : String(columns));
const copy = (table) => table.map((row) => [...row]);
const turned = (table) => copy(table).reverse().map((row) => row.reverse());

// Shapes: type i, k, s, p and d; see the formula, the result and both grids.

function shapes({ data, bar, settings, stage, sum, note, warn, say }) {
  const DRAWN = 24; // cells along one side that are still drawn
  let state, o, line, grids, player, fields;

  function transposed(i, k, s, p, extra) {
    if (p === "valid") o = (i - 1) * s + (extra == null ? Math.max(k, s) : k + extra);
    else if (p === "same") o = extra == null ? i * s : (i - 1) * s + (k % 2) + extra;
    else o = (i - 1) * s + k - 2 * p + (extra ?? 0);
    if (extra != null && extra >= s) return `Output padding must be smaller than the stride: ${extra} is not smaller than ${s}.`;
    if (o < 1) return "So much is cut off that no output is left: take less padding.";
    if (typeof p === "number" && p >= k) return `Padding is cut off here: with a kernel of ${k} it must be smaller than ${k}.`;
    const back = axis(o, k, s, p, 1);
    if (back.size !== i) return `A convolution would not shrink ${o} cells back to ${i}: choose another output padding.`;
    const before = back.before, front = k - 1 - before;
    const source = (cell) => (cell - front) % s === 0 && cell >= front && cell <= front + (i - 1) * s;
    const around = (cell) => cell < front || cell > front + (i - 1) * s;
    line = { before, cut: (i - 1) * s + k - o, padded: o + k - 1, size: o, source, around, window: (j) => Array.from({ length: k }, (_, a) => j + a) };
    return "";
  }

  function compute() { // what is wrong, or an empty text
    const { kind, i, k, s, p, d, extra } = state;
    if (kind === "transpose") return transposed(i, k, s, p === "full" ? "valid" : p, extra);
    if (kind === "pool" && typeof p === "number" && p >= k) return "Padding of a pooling must be smaller than the window, or some windows would hold nothing else.";
    line = axis(i, k, s, p, kind === "pool" ? 1 : d);
    o = line.size;
    return o ? "" : `The kernel spans ${line.span} cells, but the padded input has only ${line.padded}: no output is left.`;
  }

  // ---- words: the same as in _shapes.py -------------------------------------------------------------
  function formula() {
    const { kind, i, k, s, p, extra } = state, d = kind === "conv" ? state.d : 1;
    if (kind === "transpose") {
      if (p === "valid") return "o = (i − 1)·s + " + (extra == null ? `max(k, s) = (${i} − 1)·${s} + max(${k}, ${s})` : `k + output padding = (${i} − 1)·${s} + ${k} + ${extra}`) + " = ";
      if (p === "same") return extra == null ? `o = i·s = ${i}·${s} = ` : `o = (i − 1)·s + k mod 2 + output padding = (${i} − 1)·${s} + ${k % 2} + ${extra} = `;
      const [more, number] = extra == null ? ["", ""] : [" + output padding", ` + ${extra}`];
      return `o = (i − 1)·s + k − 2·p${more} = (${i} − 1)·${s} + ${k} − 2·${p}${number} = `;
    }
    if (p === "same") return `o = ⌈i / s⌉ = ⌈${i} / ${s}⌉ = `;
    const pad = p === "valid" ? 0 : p === "full" ? line.span - 1 : p;
    if (d > 1) return `o = ⌊(i + 2·p − (d·(k − 1) + 1)) / s⌋ + 1 = ⌊(${i} + 2·${pad} − (${d}·(${k} − 1) + 1)) / ${s}⌋ + 1 = `;
    return `o = ⌊(i + 2·p − k) / s⌋ + 1 = ⌊(${i} + 2·${pad} − ${k}) / ${s}⌋ + 1 = `;
  }

  function padding() {
    const { kind, i, k, s, p } = state, d = kind === "conv" ? state.d : 1;
    if (p !== "same") return "";
    if (kind === "transpose") {
      if (line.cut <= 0) return "";
      return `The stamps cover ${(i - 1) * s + k} cells; ${line.before} are cut off at the start, ${line.cut - line.before} at the end. `;
    }
    return `same adds max((o − 1)·s + ${d === 1 ? "k" : "d·(k − 1) + 1"} − i, 0) = ${line.before + line.after}: ${line.before} before, ${line.after} after. The odd one goes to the end. `;
  }

  function keras() {
    const { kind, k, s, p, extra } = state, d = kind === "conv" ? state.d : 1;
    const word = p === "valid" || p === "same" ? p : "valid";
    if (kind === "transpose") {
      const more = extra == null ? "" : `, output_padding=${extra}`, last = word !== p && p ? `, then Cropping2D(${p})` : "";
      return `Conv2DTranspose(filters, ${k}, strides=${s}, padding="${word}"${more})${last}`;
    }
    const first = word === p ? "" : `ZeroPadding2D(${p === "full" ? d * (k - 1) : p}), then `;
    if (kind === "pool") return `${first}MaxPooling2D(${k}, strides=${s}, padding="${word}")`;
    return `${first}Conv2D(filters, ${k}, strides=${s}, padding="${word}"${d === 1 ? "" : `, dilation_rate=${d}`})`;
  }

  // ---- drawing --------------------------------------------------------------------------------------
  function build() {
    player.pause();
    player.step = 0;
    grids = null;
    const trouble = compute();
    warn(trouble);
    stage.replaceChildren();
    if (trouble) { sum.replaceChildren(); note.textContent = ""; say(trouble); return; }
    sum.replaceChildren(formula(), element("span", { class: "ck-result" }, String(o)));
    const drawn = Math.max(line.padded, o) <= DRAWN;
    const dashed = state.kind !== "transpose" && line.padded > state.i ? "Dashed cells are padding. " : "";
    const unused = state.kind !== "transpose" && line.used.size < line.padded ? "No window reaches the hatched cells. " : "";
    const refused = state.kind === "conv" && state.s > 1 && state.d > 1 ? " (Keras refuses stride and dilation above 1 together.)" : "";
    note.textContent = padding() + dashed + unused + (drawn ? "" : `Grids are drawn up to ${DRAWN} cells. `) + "In Keras: " + keras() + refused;
    if (drawn) draw();
    say(formula() + o);
  }

  function draw() {
    const { kind, i } = state, transposing = kind === "transpose";
    const square = (n) => ({ height: n, width: n, tiny: true });
    const size = (n) => sizeText(n, n);
    grids = {
      wide: new Grid({
        role: "input", name: "padded", ...square(line.padded),
        caption: transposing ? `zeros put in ${size(line.padded)}` : `input ${size(i)}` + (line.padded > i ? `, padded to ${size(line.padded)}` : ""),
      }),
      output: new Grid({
        role: "output", ...square(o), caption: `output ${size(o)}`,
        pick: {
          choose: (r, c) => { if (player.step !== r * o + c) { player.pause(); player.at(r * o + c); } },
          space: () => player.toggle(),
        },
      }),
    };
    grids.output.cells.forEach((row, r) => row.forEach((cell, c) => cell.setAttribute("aria-label", `output, row ${r}, column ${c}`)));
    const plain = transposing ? [new Grid({ role: "input", ...square(i), caption: `input ${size(i)}` }), "→"] : [];
    stage.replaceChildren(shelf(...plain, grids.wide, "→", grids.output));
    player.at(0);
  }

  function kinds(r, c) {
    if (state.kind === "transpose") return [line.around(r) || line.around(c) ? "pad" : line.source(r) && line.source(c) ? "" : "zero"];
    return [line.inside(r) && line.inside(c) ? "" : "pad", line.used.has(r) && line.used.has(c) ? "" : "unused"];
  }

  function paint(step) {
    if (!grids) return;
    const r = Math.floor(step / o), c = step % o, rows = line.window(r), columns = line.window(c);
    grids.wide.cells.forEach((row, a) => row.forEach((_, b) => {
      grids.wide.mark(a, b, ...kinds(a, b), rows.includes(a) && columns.includes(b) ? "win" : "");
    }));
    grids.wide.frame([rows[0], columns[0]], [rows.at(-1), columns.at(-1)]);
    grids.output.cells.forEach((row, a) => row.forEach((_, b) => grids.output.mark(a, b, a === r && b === c ? "now" : "")));
    grids.output.reach(r, c);
  }

  // ---- controls -------------------------------------------------------------------------------------
  function controls() {
    const number = (label, name, high, low = 1) => whole(label, state[name], low, high, (value) => { state[name] = value; build(); }, warn);
    const words = state.kind === "conv" ? ["valid", "same", "full", "number"] : ["valid", "same", "number"];
    const word = typeof state.p === "number" ? "number" : state.p;
    const p = whole("p", typeof state.p === "number" ? state.p : 1, 0, 64, (value) => { state.p = value; build(); }, warn);
    p.hidden = word !== "number";
    const list = ["conv", "pool", "transpose"].map((one) => [one, { conv: "convolution", pool: "pooling", transpose: "transposed convolution" }[one]]);
    settings.replaceChildren(
      choice("layer", list, state.kind, (kind) => {
        state.kind = kind;
        if (kind === "pool") state.s = state.k;
        if (kind !== "conv" && state.p === "full") state.p = "valid";
        controls();
        build();
      }),
      number("i", "i", 512), number("k", "k", 32), number("s", "s", 32),
      choice("padding", words.map((one) => [one, one]), word, (chosen) => {
        p.hidden = chosen !== "number";
        state.p = chosen === "number" ? Number(p.querySelector("input").value) : chosen;
        build();
      }),
      p,
      ...(state.kind === "conv" ? [number("d", "d", 16)] : []),
      ...(state.kind === "transpose" ? [choice("output padding", ["none", "0", "1", "2", "3"].map((one) => [one, one]), state.extra == null ? "none" : String(state.extra),
        (chosen) => { state.extra = chosen === "none" ? null : Number(chosen); build(); })] : []),
    );
  }

  player = new Player(() => (grids ? o * o : 0), paint);
  const reset = () => { state = { ...data }; controls(); build(); };
  bar.append(...player.bar, button("Reset", "Back to the first numbers", reset));
  reset();
}

start("shapes", shapes);

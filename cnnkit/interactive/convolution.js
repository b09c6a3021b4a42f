// Convolution: slide a kernel over the input and write out the sum of every window.

function convolution({ data, bar, settings, stage, sum, note, title, warn, say }) {
  const { dims, labels } = data;
  const [inName, kerName, outName] = labels;
  let state, geometry, output, grids, player;

  function begin() { // also what Reset does
    state = { ...data, x: copy(data.x), kernel: copy(data.kernel) };
  }

  // ---- arithmetic -----------------------------------------------------------------------------------
  function measure() {
    const pad = (i) => (Array.isArray(state.padding) ? state.padding[i] : state.padding);
    geometry = [0, 1].map((i) => {
      const size = [[state.x.length, state.kernel.length], [state.x[0].length, state.kernel[0].length]][i];
      return axis(size[0], size[1], state.strides[i], pad(i), state.dilation[i]);
    });
  }
  const weights = () => (state.flip ? turned(state.kernel) : state.kernel);
  const inside = (r, c) => geometry[0].inside(r) && geometry[1].inside(c);
  const value = (r, c) => (inside(r, c) ? state.x[r - geometry[0].before][c - geometry[1].before] : 0);

  function compute() {
    const kernel = weights();
    output = Array.from({ length: geometry[0].size }, (_, i) => Array.from({ length: geometry[1].size }, (_, j) => {
      let total = 0;
      geometry[0].window(i).forEach((r, a) => geometry[1].window(j).forEach((c, b) => { total += value(r, c) * kernel[a][b]; }));
      return total;
    }));
  }

  // ---- drawing: build when the sizes change, paint at every step ------------------------------------
  const count = () => geometry[0].size * geometry[1].size;
  const place = (step) => [Math.floor(step / geometry[1].size), step % geometry[1].size];
  const cellName = (what, r, c) => (dims === 2 ? `${what}, row ${r}, column ${c}` : `${what}, cell ${c}`);

  function build() {
    measure();
    const [v, h] = geometry;
    const padded = sizeText(v.padded, h.padded, dims), plain = sizeText(v.n, h.n, dims);
    grids = {};
    grids.input = new Grid({
      role: "input", one: dims === 1, height: dims === 2 ? v.padded : 3, width: h.padded,
      caption: `${inName} ${plain}` + (padded === plain ? "" : `, padded to ${padded}`),
      rows: dims === 2 ? v.labels : [inName, "× " + (state.flip ? "flipped " : "") + kerName, "= product"], cols: h.labels,
      edit: {
        at: (r, c) => (dims === 2 || r === 0) && inside(r, c),
        name: (r, c) => cellName(inName, r - v.before, c - h.before),
        change: (r, c, number) => { state.x[r - v.before][c - h.before] = number; refresh(); },
        warn,
      },
      hover: (r, c) => feeds(r, c),
    });
    grids.kernel = new Grid({
      role: "kernel", one: dims === 1 && !state.flip, height: v.k, width: h.k, caption: `${kerName} ${sizeText(v.k, h.k, dims)}`,
      rows: dims === 1 && !state.flip ? [kerName] : null,
      edit: {
        at: () => true,
        name: (r, c) => cellName(kerName, r, c),
        change: (r, c, number) => { state.kernel[r][c] = number; refresh(); },
        warn,
      },
    });
    if (state.flip) {
      grids.turned = new Grid({ role: "kernel", name: "flipped", height: v.k, width: h.k, caption: `${kerName}, flipped` });
    }
    if (count()) {
      grids.output = new Grid({
        role: "output", one: dims === 1, height: v.size, width: h.size, caption: `${outName} ${sizeText(v.size, h.size, dims)}`,
        rows: dims === 2 ? Array.from({ length: v.size }, (_, i) => i) : [outName],
        cols: Array.from({ length: h.size }, (_, j) => j),
        pick: {
          choose: (i, j) => { if (player.step !== i * h.size + j) { player.pause(); player.at(i * h.size + j); } },
          space: () => player.toggle(),
        },
      });
    }
    const kernels = grids.turned ? [grids.kernel, "→", grids.turned] : [grids.kernel];
    const out = grids.output ? [grids.output] : [];
    stage.replaceChildren(...(dims === 2
      ? [shelf(grids.input, "⊛", ...kernels, ...(out.length ? ["=", ...out] : []))]
      : [shelf(...kernels), shelf(grids.input), shelf(...out)]));
    const kind = state.flip ? "Convolution (the kernel is flipped)" : "Cross-correlation (what Keras calls convolution)";
    title.firstChild.textContent = data.title ?? kind + ", step by step";
    explainSize();
    refresh();
  }

  function explainSize() {
    const ways = geometry.map((g, i) => {
      const way = dims === 2 ? ["rows: ", "columns: "][i] : "";
      return `${way}⌊(${g.n} + ${g.before + g.after} − ${g.span}) / ${g.stride}⌋ + 1 = ${g.size}`;
    }).slice(2 - dims);
    const notes = [`Output size, ⌊(input + zeros added − kernel) / stride⌋ + 1: ${ways.join("; ")}.`];
    const [v, h] = geometry;
    if (v.before + v.after + h.before + h.after) {
      const ends = dims === 2
        ? `${v.before} above, ${v.after} below, ${h.before} left, ${h.after} right`
        : `${h.before} at the start, ${h.after} at the end`;
      notes.push(`Zeros added (dashed cells): ${ends}.`);
    }
    if (v.used.size < v.padded || h.used.size < h.padded) notes.push("No window reaches the hatched cells.");
    if (Math.max(...state.strides) > 1 && Math.max(...state.dilation) > 1) notes.push("Keras itself refuses stride and dilation above 1 together.");
    note.textContent = notes.join(" ");
    if (!count()) {
      const g = geometry.find((one) => !one.size);
      warn(`The kernel spans ${g.span} cells, but the padded input has only ${g.padded}: no output is left. Take more padding or a smaller dilation.`);
    } else warn("");
  }

  function refresh() { // numbers have changed, sizes have not
    compute();
    const [v, h] = geometry;
    for (let r = 0; r < v.padded; r++) for (let c = 0; c < h.padded; c++) grids.input.set(r, c, value(r, c));
    state.kernel.forEach((row, a) => row.forEach((number, b) => grids.kernel.set(a, b, number)));
    if (grids.turned) weights().forEach((row, a) => row.forEach((number, b) => grids.turned.set(a, b, number)));
    output.forEach((row, i) => row.forEach((number, j) => grids.output.set(i, j, number)));
    Object.values(grids).forEach((grid) => grid.fit());
    player.at(player.step);
  }

  const kinds = (r, c) => [inside(r, c) ? "" : "pad", geometry[0].used.has(r) && geometry[1].used.has(c) ? "" : "unused"];

  function paint(step) {
    const [v, h] = geometry;
    for (let r = 0; r < v.padded; r++) for (let c = 0; c < h.padded; c++) {
      grids.input.mark(r, c, ...kinds(r, c));
      if (dims === 2) grids.input.weight(r, c, null);
      else [1, 2].forEach((line) => { grids.input.mark(line, c, "ghost"); grids.input.set(line, c, ""); });
    }
    if (!count()) { grids.input.frame(null); sum.replaceChildren(); say("No output is left."); return; }
    const [i, j] = place(step), kernel = weights();
    const rows = v.window(i), columns = h.window(j);
    const lines = rows.map((r, a) => columns.map((c, b) => {
      grids.input.mark(r, c, ...kinds(r, c), "win");
      if (dims === 2) grids.input.weight(r, c, "×" + show(kernel[a][b]));
      else { grids.input.set(1, c, kernel[a][b]); grids.input.set(2, c, value(r, c) * kernel[a][b]); }
      return product(value(r, c), kernel[a][b]);
    }));
    grids.input.fit();
    grids.input.frame([rows[0], columns[0]], dims === 2 ? [rows.at(-1), columns.at(-1)] : [2, columns.at(-1)]);
    output.forEach((row, a) => row.forEach((_, b) => grids.output.mark(a, b, a === i && b === j ? "now" : "")));
    grids.output.reach(i, j);
    const where = dims === 2 ? `${outName}[${i}, ${j}]` : `${outName}[${j}]`;
    writeSum(sum, where, lines, show(output[i][j]));
    if (!player.timer) say(`${cellName(outName, i, j)}: ${lines.flat().map((term) => term.text).join(" plus ")} equals ${show(output[i][j])}`);
  }

  // Which outputs does an input cell feed?
  function feeds(r, c) {
    if (!grids.output) return;
    const [v, h] = geometry;
    output.forEach((row, i) => row.forEach((_, j) => {
      const fed = r != null && (dims === 1 || v.window(i).includes(r)) && h.window(j).includes(c);
      grids.output.cells[i][j].classList.toggle("ck-fed", fed);
    }));
  }

  // ---- controls -------------------------------------------------------------------------------------
  // Lists of choices; a pair such as strides=(1, 2) that comes from Python gets an entry of its own.
  const text = (pair) => (Array.isArray(pair) ? (dims === 1 || pair[0] === pair[1] ? String(pair[1]) : pair.join(" × ")) : pair);
  const pair = (name) => (chosen) => {
    if (chosen === text(data[name])) state[name] = data[name];
    else if (/^\d+$/.test(chosen)) state[name] = [dims === 2 ? Number(chosen) : name === "padding" ? 0 : 1, Number(chosen)];
    else state[name] = chosen;
    build();
  };
  function controls() {
    const select = (label, name, standard) => {
      const current = text(data[name]), list = standard.includes(current) ? standard : [...standard, current];
      return choice(label, list.map((one) => [one, one]), current, pair(name));
    };
    settings.replaceChildren(
      select("stride", "strides", ["1", "2", "3", "4"]),
      select("padding", "padding", ["valid", "same", "full", "1", "2", "3"]),
      select("dilation", "dilation", ["1", "2", "3"]),
      checkbox("flip the kernel", data.flip, (on) => { state.flip = on; build(); }),
    );
  }

  begin();
  player = new Player(count, paint);
  bar.append(...player.bar, button("Reset", "Back to the first numbers", () => { player.pause(); player.step = 0; begin(); controls(); build(); }));
  controls();
  build();
}

start("convolution", convolution);

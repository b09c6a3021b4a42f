// Transposed convolution: stamps that add up (scatter), or zeros put in between and slid over (gather).

function convTranspose({ data, bar, settings, stage, sum, note, title, warn, say }) {
  const { dims, labels } = data;
  const [inName, kerName, outName] = labels;
  let state, axes, output, counts, grids, player, asked;

  function begin() {
    state = { ...data, x: copy(data.x), kernel: copy(data.kernel) };
  }

  // ---- arithmetic -----------------------------------------------------------------------------------
  // One axis: input i stamps the output cells i · stride − before + (0, 1, … k − 1).
  function transposed(n, k, stride, padding, extra) {
    let size;
    if (padding === "valid") size = (n - 1) * stride + (extra == null ? Math.max(k, stride) : k + extra);
    else if (padding === "same") size = extra == null ? n * stride : (n - 1) * stride + (k % 2) + extra;
    else size = (n - 1) * stride + k - 2 * padding + (extra ?? 0);
    const back = axis(size, k, stride, padding, 1); // the convolution that this one is the transpose of
    if (extra != null && extra >= stride) return { trouble: `Output padding must be smaller than the stride: ${extra} is not smaller than ${stride}.` };
    if (size < 1) return { trouble: "So much is cut off that no output is left: take less padding." };
    if (typeof padding === "number" && padding >= k) return { trouble: `Padding is cut off here: with a kernel of ${k} it must be smaller than ${k}.` };
    if (back.size !== n) return { trouble: `A convolution would not shrink ${size} cells back to ${n}: choose another output padding.` };
    const before = back.before, front = k - 1 - before;
    const stamp = (i) => Array.from({ length: k }, (_, a) => [a, i * stride - before + a]).filter(([, o]) => o >= 0 && o < size);
    const source = (cell) => { // the input in a cell of the spread-out axis; −1 for a zero
      const i = (cell - front) / stride;
      return Number.isInteger(i) && i >= 0 && i < n ? i : -1;
    };
    return { n, k, stride, size, before, cut: (n - 1) * stride + k - size, front, padded: size + k - 1, stamp, source };
  }

  const zeros = () => Array.from({ length: axes[0].size }, () => Array(axes[1].size).fill(0));

  function stampOn(table, i, j, value, kernel) {
    for (const [a, r] of axes[0].stamp(i)) for (const [b, c] of axes[1].stamp(j)) table[r][c] += kernel ? value * kernel[a][b] : 1;
  }

  function upTo(last) { // the output after the stamps 0 … last
    const table = zeros();
    for (let step = 0; step <= last; step++) {
      const [i, j] = place(step);
      stampOn(table, i, j, state.x[i][j], state.kernel);
    }
    return table;
  }

  // Which input meets which weight in output cell (r, c)?
  function meeting(r, c) {
    const found = [];
    state.x.forEach((row, i) => row.forEach((value, j) => {
      const a = axes[0].stamp(i).find(([, o]) => o === r), b = axes[1].stamp(j).find(([, o]) => o === c);
      if (a && b) found.push({ i, j, value, weight: state.kernel[a[0]][b[0]], a: a[0], b: b[0] });
    }));
    return found;
  }

  // ---- drawing --------------------------------------------------------------------------------------
  const scattered = () => state.view === "scatter";
  const inputs = () => state.x.length * state.x[0].length;
  const count = () => (axes.some((one) => one.trouble) ? 0 : scattered() ? inputs() : axes[0].size * axes[1].size);
  const place = (step) => {
    const width = scattered() ? state.x[0].length : axes[1].size;
    return [Math.floor(step / width), step % width];
  };
  const at = (name, r, c) => (dims === 2 ? `${name}[${r}, ${c}]` : `${name}[${c}]`);
  const numbers = (length) => Array.from({ length }, (_, i) => i);

  function build() {
    const sizes = [state.x, state.kernel].map((table) => [table.length, table[0].length]);
    const pick = (pair, i) => (Array.isArray(pair) ? pair[i] : pair);
    axes = [0, 1].map((i) => transposed(sizes[0][i], sizes[1][i], state.strides[i], pick(state.padding, i), pick(state.extra, i)));
    const trouble = axes.find((one) => one.trouble)?.trouble;
    warn(trouble ?? (Math.max(axes[0].size, axes[1].size) > 40 ? "This output is large: a smaller stride is easier to read." : ""));
    if (trouble) { stage.replaceChildren(); sum.replaceChildren(); note.textContent = ""; return; }
    const [v, h] = axes;
    const heads = (height, width) => ({ height, width, rows: dims === 2 ? numbers(height) : null, cols: numbers(width) });
    const field = (name, table) => ({
      at: () => true, warn,
      name: (r, c) => (dims === 2 ? `${name}, row ${r}, column ${c}` : `${name}, cell ${c}`),
      change: (r, c, number) => { table[r][c] = number; refresh(); },
    });
    grids = {
      input: new Grid({ role: "input", caption: `${inName} ${sizeText(v.n, h.n, dims)}`, ...heads(v.n, h.n), edit: field(inName, state.x) }),
      kernel: new Grid({ role: "kernel", caption: `${kerName} ${sizeText(v.k, h.k, dims)}`, height: v.k, width: h.k, edit: field(kerName, state.kernel) }),
      output: new Grid({
        role: "output", caption: `${outName} ${sizeText(v.size, h.size, dims)}`, ...heads(v.size, h.size),
        pick: { choose: ask, space: () => player.toggle() },
      }),
      counts: new Grid({ role: "plain", name: "counts", caption: "stamps that meet in each cell", ...heads(v.size, h.size) }),
    };
    if (!scattered()) {
      grids.spread = new Grid({ role: "input", name: "spread", height: v.padded, width: h.padded, caption: `${inName} with zeros put in, ${sizeText(v.padded, h.padded, dims)}` });
      grids.turned = new Grid({ role: "kernel", name: "flipped", height: v.k, width: h.k, caption: `${kerName}, flipped` });
    }
    const { input, kernel, spread, turned: flipped } = grids;
    const rows = dims === 2
      ? (scattered() ? [[input, "→", kernel, "→", grids.output, grids.counts]] : [[input, kernel], [spread, "⊛", flipped, "=", grids.output], [grids.counts]])
      : (scattered() ? [[input, kernel], [grids.output], [grids.counts]] : [[input, kernel], [spread], [flipped], [grids.output], [grids.counts]]);
    stage.replaceChildren(...rows.map((row) => shelf(...row)));
    title.firstChild.textContent = data.title ?? (scattered() ? "Transposed convolution: stamps that add up" : "Transposed convolution: zeros put in, then an ordinary convolution");
    explain();
    if (scattered()) player.step = inputs() - 1; // all stamps are there; Play starts with the first
    refresh();
  }

  function explain() {
    const ways = axes.map((one, i) => {
      const cut = one.cut > 0 ? ` − ${one.cut}` : one.cut < 0 ? ` + ${-one.cut}` : "";
      return (dims === 2 ? ["rows: ", "columns: "][i] : "") + `(${one.n} − 1)·${one.stride} + ${one.k}${cut} = ${one.size}`;
    }).slice(2 - dims);
    const even = axes.slice(2 - dims).every((one) => one.k % one.stride === 0);
    note.textContent = `Output size, (input − 1)·stride + kernel, less what is cut off: ${ways.join("; ")}. ` + (even
      ? "The stride divides the kernel size: away from the border all cells are met equally often."
      : "The stride does not divide the kernel size: the counts alternate, and so do checkerboards.");
  }

  function refresh() {
    output = zeros();
    counts = zeros();
    state.x.forEach((row, i) => row.forEach((value, j) => { stampOn(output, i, j, value, state.kernel); stampOn(counts, i, j, 1); }));
    state.x.forEach((row, i) => row.forEach((value, j) => grids.input.set(i, j, value)));
    state.kernel.forEach((row, a) => row.forEach((value, b) => grids.kernel.set(a, b, value)));
    if (grids.turned) turned(state.kernel).forEach((row, a) => row.forEach((value, b) => grids.turned.set(a, b, value)));
    const most = Math.max(...counts.flat());
    counts.forEach((row, r) => row.forEach((number, c) => {
      grids.counts.set(r, c, number);
      grids.counts.mark(r, c, number ? "l" + Math.ceil((4 * number) / most) : "");
    }));
    if (grids.spread) {
      for (let r = 0; r < axes[0].padded; r++) for (let c = 0; c < axes[1].padded; c++) grids.spread.set(r, c, spreadValue(r, c));
    }
    output.forEach((row, r) => row.forEach((number, c) => grids.output.set(r, c, number)));
    Object.values(grids).forEach((grid) => grid.fit());
    asked = null;
    player.at(player.step);
  }

  const spreadValue = (r, c) => {
    const i = axes[0].source(r), j = axes[1].source(c);
    return i < 0 || j < 0 ? 0 : state.x[i][j];
  };

  function zeroKind(r, c) { // a zero between the numbers, or one around them
    const around = (one, cell) => cell < one.front || cell > one.front + (one.n - 1) * one.stride;
    if (around(axes[0], r) || around(axes[1], c)) return "pad";
    return axes[0].source(r) < 0 || axes[1].source(c) < 0 ? "zero" : "";
  }

  function clean() { // take all marks away
    for (const grid of [grids.input, grids.kernel, grids.output]) {
      grid.cells.forEach((row, r) => row.forEach((_, c) => { grid.mark(r, c); grid.weight(r, c, null); }));
      grid.frame(null);
    }
    if (grids.spread) {
      grids.spread.cells.forEach((row, r) => row.forEach((_, c) => {
        grids.spread.mark(r, c, zeroKind(r, c));
        grids.spread.weight(r, c, null);
      }));
    }
  }

  function paint(step) {
    if (!count()) return;
    asked = null;
    scattered() ? paintStamp(step) : paintWindow(...place(step));
  }

  function paintStamp(step) { // one stamp, and the sum so far
    clean();
    const [i, j] = place(step), value = state.x[i][j], last = step === inputs() - 1;
    upTo(step).forEach((row, r) => row.forEach((number, c) => {
      grids.output.set(r, c, number);
      grids.output.mark(r, c);
    }));
    grids.input.mark(i, j, "win");
    const rows = axes[0].stamp(i), columns = axes[1].stamp(j);
    for (const [a, r] of rows) for (const [b, c] of columns) {
      grids.output.mark(r, c, "win");
      grids.output.weight(r, c, (value * state.kernel[a][b] < 0 ? "" : "+") + show(value * state.kernel[a][b]));
    }
    if (rows.length && columns.length) grids.output.frame([rows[0][1], columns[0][1]], [rows.at(-1)[1], columns.at(-1)[1]]);
    grids.output.caption.textContent = `${outName} ${sizeText(axes[0].size, axes[1].size, dims)}` + (last ? "" : `, after stamp ${step + 1} of ${inputs()}`);
    sum.replaceChildren(`Stamp ${step + 1} of ${inputs()}: ${at(inName, i, j)} = `, element("span", { class: "ck-x" }, show(value)),
      ` times the ${kerName} is added in the framed cells.` + (last ? ` All stamps are there: point at a cell of the ${outName} for its sum.` : ""));
    if (!player.timer) say(`Stamp ${step + 1} of ${inputs()}: ${at(inName, i, j)} is ${show(value)}`);
  }

  function ask(r, c) { // the sum behind one output cell
    if (!scattered()) {
      const step = r * axes[1].size + c;
      if (player.step !== step) { player.pause(); player.at(step); }
      return;
    }
    if (asked === `${r},${c}`) return;
    player.pause();
    player.step = inputs() - 1;
    asked = `${r},${c}`;
    clean();
    output.forEach((row, a) => row.forEach((number, b) => grids.output.set(a, b, number)));
    grids.output.caption.textContent = `${outName} ${sizeText(axes[0].size, axes[1].size, dims)}`;
    grids.output.mark(r, c, "now");
    const found = meeting(r, c);
    for (const { i, j, weight, a, b } of found) {
      grids.input.mark(i, j, "win");
      grids.input.weight(i, j, "×" + show(weight));
      grids.kernel.mark(a, b, "win");
    }
    write(r, c, [found.map(({ value, weight }) => product(value, weight))]);
  }

  function paintWindow(r, c) { // the ordinary convolution over the zeros
    clean();
    const kernel = turned(state.kernel);
    const lines = kernel.map((row, a) => row.map((weight, b) => {
      grids.spread.mark(r + a, c + b, zeroKind(r + a, c + b), "win");
      grids.spread.weight(r + a, c + b, "×" + show(weight));
      return product(spreadValue(r + a, c + b), weight);
    }));
    for (const { i, j } of meeting(r, c)) grids.input.mark(i, j, "win");
    grids.spread.frame([r, c], [r + kernel.length - 1, c + kernel[0].length - 1]);
    grids.output.mark(r, c, "now");
    grids.output.reach(r, c);
    write(r, c, lines);
  }

  function write(r, c, lines) {
    const result = show(output[r][c]);
    if (lines[0].length) writeSum(sum, at(outName, r, c), lines, result);
    else sum.replaceChildren(`${at(outName, r, c)} = ${result}: no stamp reaches this cell.`);
    if (!player.timer) say(`${at(outName, r, c)}: ${lines.flat().map((term) => term.text).join(" plus ")} equals ${result}`);
  }

  // ---- controls -------------------------------------------------------------------------------------
  const text = (pair) => (pair === null ? "none" : Array.isArray(pair) ? (dims === 1 || pair[0] === pair[1] ? String(pair[1]) : pair.join(" × ")) : pair);
  function controls() {
    const select = (label, name, standard, still) => {
      const current = text(data[name]), list = standard.includes(current) ? standard : [...standard, current];
      return choice(label, list.map((one) => [one, one]), current, (chosen) => {
        if (chosen === current) state[name] = data[name];
        else if (chosen === "none") state[name] = null;
        else state[name] = /^\d+$/.test(chosen) ? [dims === 2 ? Number(chosen) : still, Number(chosen)] : chosen;
        build();
      });
    };
    settings.replaceChildren(
      choice("view", [["scatter", "scatter: stamps"], ["gather", "gather: zeros put in"]], data.view, (view) => { state.view = view; player.pause(); player.step = 0; build(); }),
      select("stride", "strides", ["1", "2", "3", "4"], 1),
      select("padding", "padding", ["valid", "same", "1", "2"], 0),
      select("output padding", "extra", ["none", "0", "1", "2"], 0),
    );
  }

  begin();
  player = new Player(count, paint);
  bar.append(...player.bar, button("Reset", "Back to the first numbers", () => { player.pause(); player.step = 0; begin(); controls(); build(); }));
  controls();
  build();
}

start("conv_transpose", convTranspose);

// Pooling: keep the largest, the mean or the smallest number of every window.

function pooling({ data, bar, settings, stage, sum, note, title, warn, say }) {
  const [inName, outName] = data.labels;
  let state, geometry, output, grids, player, unshifted;

  function begin() {
    state = { ...data, x: copy(data.x) };
    unshifted = null;
  }

  // ---- arithmetic: padded cells never count ---------------------------------------------------------
  const strides = () => state.strides ?? state.pool;
  const inside = (r, c) => geometry[0].inside(r) && geometry[1].inside(c);
  const value = (r, c) => state.x[r - geometry[0].before][c - geometry[1].before];
  const cells = (i, j) => geometry[0].window(i).flatMap((r) => geometry[1].window(j).map((c) => [r, c]));
  const numbers = (i, j) => cells(i, j).filter(([r, c]) => inside(r, c)).map(([r, c]) => value(r, c));
  const keep = {
    max: (all) => Math.max(...all),
    average: (all) => all.reduce((a, b) => a + b, 0) / all.length,
    min: (all) => Math.min(...all),
  };
  const pooled = () => Array.from({ length: geometry[0].size }, (_, i) =>
    Array.from({ length: geometry[1].size }, (_, j) => keep[state.kind](numbers(i, j))));

  // ---- drawing --------------------------------------------------------------------------------------
  const count = () => geometry[0].size * geometry[1].size;

  function build() {
    const sizes = [state.x.length, state.x[0].length];
    geometry = [0, 1].map((i) => axis(sizes[i], state.pool[i], strides()[i], state.padding, 1));
    const [v, h] = geometry;
    const plain = sizeText(v.n, h.n), padded = sizeText(v.padded, h.padded);
    grids = {
      input: new Grid({
        role: "input", height: v.padded, width: h.padded, rows: v.labels, cols: h.labels,
        caption: `${inName} ${plain}` + (plain === padded ? "" : `, padded to ${padded}`),
        edit: {
          at: inside,
          name: (r, c) => `${inName}, row ${r - v.before}, column ${c - h.before}`,
          change: (r, c, number) => { state.x[r - v.before][c - h.before] = number; unshifted = null; refresh(); },
          warn,
        },
        hover: (r, c) => output.forEach((row, i) => row.forEach((_, j) => {
          const fed = r != null && v.window(i).includes(r) && h.window(j).includes(c);
          grids.output.cells[i][j].classList.toggle("ck-fed", fed);
        })),
      }),
    };
    if (count()) {
      grids.output = new Grid({
        role: "output", height: v.size, width: h.size, caption: `${outName} ${sizeText(v.size, h.size)}`,
        rows: Array.from({ length: v.size }, (_, i) => i), cols: Array.from({ length: h.size }, (_, j) => j),
        pick: {
          choose: (i, j) => { if (player.step !== i * h.size + j) { player.pause(); player.at(i * h.size + j); } },
          space: () => player.toggle(),
        },
      });
      warn("");
    } else warn("The window is larger than the image: no output is left. Take a smaller window, or same padding.");
    stage.replaceChildren(grids.output ? shelf(grids.input, "→", grids.output) : shelf(grids.input));
    refresh();
  }

  function explain() {
    const name = state.kind[0].toUpperCase() + state.kind.slice(1);
    title.firstChild.textContent = data.title ?? `${name} pooling, window by window`;
    const [v, h] = geometry;
    const ways = geometry.map((g, i) => `${["rows", "columns"][i]}: ⌊(${g.n} + ${g.before + g.after} − ${g.k}) / ${g.stride}⌋ + 1 = ${g.size}`);
    const notes = [`Output size, ⌊(input + cells added − window) / stride⌋ + 1: ${ways.join("; ")}. Nothing to learn: no weights.`];
    if (v.padded > v.n || h.padded > h.n) notes.push("Dashed cells are padding: they never count.");
    if (v.used.size < v.padded || h.used.size < h.padded) notes.push("No window reaches the hatched cells.");
    if (unshifted && unshifted.output.length === output.length && unshifted.output[0]?.length === output[0]?.length) {
      const same = (a, b) => a.flat().filter((number, i) => Math.abs(number - b.flat()[i]) < 1e-9).length;
      notes.push(`After the shift ${same(unshifted.x, state.x)} of ${v.n * h.n} inputs are what they were, `
        + `and ${same(unshifted.output, output)} of ${count()} outputs.`);
    }
    note.textContent = notes.join(" ");
  }

  function refresh() {
    output = pooled();
    const [v, h] = geometry;
    for (let r = 0; r < v.padded; r++) for (let c = 0; c < h.padded; c++) grids.input.set(r, c, inside(r, c) ? value(r, c) : "");
    output.forEach((row, i) => row.forEach((number, j) => grids.output.set(i, j, number)));
    Object.values(grids).forEach((grid) => grid.fit());
    explain();
    player.at(player.step);
  }

  function paint(step) {
    const [v, h] = geometry;
    const kinds = (r, c) => [inside(r, c) ? "" : "pad", v.used.has(r) && h.used.has(c) ? "" : "unused"];
    for (let r = 0; r < v.padded; r++) for (let c = 0; c < h.padded; c++) grids.input.mark(r, c, ...kinds(r, c));
    if (!count()) { grids.input.frame(null); sum.replaceChildren(); say("No output is left."); return; }
    const i = Math.floor(step / h.size), j = step % h.size, result = output[i][j];
    for (const [r, c] of cells(i, j)) {
      const wins = state.kind !== "average" && inside(r, c) && value(r, c) === result;
      grids.input.mark(r, c, ...kinds(r, c), "win", wins ? "best" : "");
    }
    grids.input.frame([v.window(i)[0], h.window(j)[0]], [v.window(i).at(-1), h.window(j).at(-1)]);
    output.forEach((row, a) => row.forEach((_, b) => grids.output.mark(a, b, a === i && b === j ? "now" : "")));
    grids.output.reach(i, j);
    const all = numbers(i, j);
    const how = state.kind === "average"
      ? `(${all.map(factor).join(" + ")}) / ${all.length}`
      : `${state.kind}(${all.map(show).join(", ")})`;
    sum.replaceChildren(`${outName}[${i}, ${j}] = ${how} = `, element("span", { class: "ck-result" }, show(result)));
    if (!player.timer) say(`${outName}, row ${i}, column ${j}: the ${state.kind} of ${all.map(show).join(", ")} is ${show(result)}`);
  }

  // Everything one cell on; what leaves on one side comes in on the other.
  function shift(down, right) {
    const height = state.x.length, width = state.x[0].length;
    unshifted ??= { x: state.x, output };
    state.x = state.x.map((row, r) => row.map((_, c) => state.x[(r - down + height) % height][(c - right + width) % width]));
    refresh();
  }

  // ---- controls -------------------------------------------------------------------------------------
  const text = (pair) => (pair === null ? "as window" : pair[0] === pair[1] ? String(pair[1]) : pair.join(" × "));
  function controls() {
    const pick = (label, name, standard) => {
      const current = text(data[name]), list = standard.includes(current) ? standard : [...standard, current];
      return choice(label, list.map((one) => [one, one]), current, (chosen) => {
        state[name] = chosen === current ? data[name] : chosen === "as window" ? null : [Number(chosen), Number(chosen)];
        unshifted = null;
        build();
      });
    };
    settings.replaceChildren(
      choice("keep", ["max", "average", "min"].map((one) => [one, one]), data.kind, (kind) => { state.kind = kind; unshifted = null; refresh(); }),
      pick("window", "pool", ["1", "2", "3", "4"]),
      pick("stride", "strides", ["as window", "1", "2", "3", "4"]),
      choice("padding", [["valid", "valid"], ["same", "same"]], data.padding, (padding) => { state.padding = padding; unshifted = null; build(); }),
      button("Shift →", "Shift the input one column to the right; what leaves comes in on the left", () => shift(0, 1)),
      button("Shift ↓", "Shift the input one row down; what leaves comes in on top", () => shift(1, 0)),
    );
  }

  begin();
  player = new Player(count, paint);
  bar.append(...player.bar, button("Reset", "Back to the first numbers", () => { player.pause(); player.step = 0; begin(); controls(); build(); }));
  controls();
  build();
}

start("pooling", pooling);

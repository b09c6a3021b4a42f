// A network to walk through: the page computes every layer itself, and shows each number's sum.

function network({ data, bar, settings, stage, sum, note, warn, say }) {
  const { columns, classes, labels, units } = data;
  const MAPS = [[33, 102, 172], [247, 247, 247], [178, 24, 43]]; // below 0, 0, above
  const WEIGHTS = [[84, 39, 136], [247, 247, 247], [179, 88, 6]];
  const TYPED = 7; // blocks up to this size are shown number by number
  const SMALL = 48; // cells along a side of a small picture
  const BARS = 20; // so many numbers of a layer get a line each, with a bar
  const state = { picture: 0, column: 0, unit: 0, spot: [0, 0], channel: null };
  let values, limits; // of the picture on show: the numbers of each column, and what is drawn in full colour

  // ---- numbers that came with the page --------------------------------------------------------------
  // float32 as base64: four bytes each, or the upper three; pictures may be one byte a number.
  function unpack({ n, b }) {
    const bytes = Uint8Array.from(atob(b), (letter) => letter.charCodeAt(0));
    if (n === 1) return Float32Array.from(bytes);
    const whole = new Uint8Array((bytes.length / n) * 4);
    for (let at = 0, to = 4 - n; at < bytes.length; at += n, to += 4) whole.set(bytes.subarray(at, at + n), to);
    return new Float32Array(whole.buffer);
  }
  for (const column of columns) {
    for (const [name, held] of Object.entries(column)) if (held?.b != null) column[name] = unpack(held);
    column.maps = column.shape.length === 3;
    column.depth = column.shape.at(-1);
    column.cells = column.shape.slice(0, -1).reduce((a, b) => a * b, 1);
  }
  const pictures = unpack(data.pictures), told = unpack(data.outputs);
  const pixels = columns[0].shape.reduce((a, b) => a * b, 1), answers = columns.at(-1).shape.at(-1);
  const count = pictures.length / pixels;
  const source = (column) => columns[column.from[0]];

  // ---- arithmetic -----------------------------------------------------------------------------------
  function erf(x) { // Abramowitz and Stegun 7.1.26, to 1.5e-7
    const t = 1 / (1 + 0.3275911 * Math.abs(x));
    const rest = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t * Math.exp(-x * x);
    return Math.sign(x) * (1 - rest);
  }
  const ACTIVATIONS = {
    linear: [(z) => z, (z) => z],
    relu: [(z, a) => Math.min(Math.max(0, z), a.max ?? Infinity), (z, a) => (a.max == null ? `max(0, ${z})` : `min(max(0, ${z}), ${show(a.max)})`), "ReLU"],
    relu6: [(z) => Math.min(Math.max(0, z), 6), (z) => `min(max(0, ${z}), 6)`, "ReLU6"],
    leaky_relu: [(z, a) => (z < 0 ? a.slope * z : z), (z, a) => (z.startsWith("−") ? `${show(a.slope)}·(${z})` : z), "LeakyReLU"],
    elu: [(z, a) => (z < 0 ? (a.alpha ?? 1) * Math.expm1(z) : z), (z, a) => (z.startsWith("−") ? `${show(a.alpha ?? 1)}·(e^(${z}) − 1)` : z), "ELU"],
    selu: [(z) => 1.0507009873554805 * (z < 0 ? 1.6732632423543772 * Math.expm1(z) : z), (z) => (z.startsWith("−") ? `1.0507·1.6733·(e^(${z}) − 1)` : `1.0507·${z}`), "SELU"],
    gelu: [(z) => 0.5 * z * (1 + erf(z / Math.SQRT2)), (z) => `${z} · Φ(${z})`, "GELU"],
    silu: [(z) => z / (1 + Math.exp(-z)), (z) => `${z} / (1 + e^(−(${z})))`, "SiLU"],
    sigmoid: [(z) => 1 / (1 + Math.exp(-z)), (z) => `1 / (1 + e^(−(${z})))`, "sigmoid"],
    softplus: [(z) => (z > 30 ? z : Math.log1p(Math.exp(z))), (z) => `ln(1 + e^(${z}))`, "softplus"],
    tanh: [(z) => Math.tanh(z), (z) => `tanh(${z})`, "tanh"],
  };
  const activate = (activation, z) => ACTIVATIONS[activation.name][0](z, activation);
  const called = (activation) => ACTIVATIONS[activation.name][2];

  const axes = (column) => { // how the window moves, down and right
    const size = column.kind === "conv" ? column.size : column.pool, before = source(column).shape;
    return [0, 1].map((i) => axis(before[i], size[i], column.strides[i], column.padding, column.dilation?.[i] ?? 1));
  };

  const COMPUTE = {
    same: (x) => x,
    flatten: (x) => x,
    rescale: (x, { scale, offset, depth }) => x.map((one, at) => one * scale[at % depth] + offset[at % depth]),
    activation: (x, { activation }) => x.map((one) => activate(activation, one)),
    norm: (x, { mean, variance, gamma, beta, epsilon, depth }) => {
      const factors = gamma.map((one, k) => one / Math.sqrt(variance[k] + epsilon));
      return x.map((one, at) => (one - mean[at % depth]) * factors[at % depth] + beta[at % depth]);
    },
    conv: (x, column) => {
      const { kernel, bias, depth, activation } = column, [v, h] = axes(column), deep = source(column).depth;
      const rows = source(column).shape[0], across = source(column).shape[1];
      const out = new Float32Array(v.size * h.size * depth), total = new Float64Array(depth);
      for (let r = 0, to = 0; r < v.size; r++) for (let c = 0; c < h.size; c++, to += depth) {
        total.set(bias);
        for (let a = 0; a < v.k; a++) {
          const y = r * v.stride + a * v.dilation - v.before;
          if (y < 0 || y >= rows) continue;
          for (let b = 0; b < h.k; b++) {
            const z = c * h.stride + b * h.dilation - h.before;
            if (z < 0 || z >= across) continue;
            let at = (y * across + z) * deep, weight = (a * h.k + b) * deep * depth;
            for (let k = 0; k < deep; k++, at++, weight += depth) {
              const one = x[at];
              if (one) for (let u = 0; u < depth; u++) total[u] += one * kernel[weight + u];
            }
          }
        }
        for (let u = 0; u < depth; u++) out[to + u] = activate(activation, total[u]);
      }
      return out;
    },
    pool: (x, column) => {
      const [v, h] = axes(column), { depth, how } = column, [rows, across] = source(column).shape;
      const out = new Float32Array(v.size * h.size * depth), mean = how !== "max", kept = new Float64Array(depth);
      for (let r = 0, to = 0; r < v.size; r++) for (let c = 0; c < h.size; c++, to += depth) {
        kept.fill(mean ? 0 : -Infinity);
        let n = 0; // cells in the padding do not count
        for (let a = 0; a < v.k; a++) for (let b = 0; b < h.k; b++) {
          const y = r * v.stride + a - v.before, z = c * h.stride + b - h.before;
          if (y < 0 || y >= rows || z < 0 || z >= across) continue;
          n++;
          for (let k = 0, from = (y * across + z) * depth; k < depth; k++, from++) {
            if (mean) kept[k] += x[from];
            else if (x[from] > kept[k]) kept[k] = x[from];
          }
        }
        for (let k = 0; k < depth; k++) out[to + k] = mean ? kept[k] / n : kept[k];
      }
      return out;
    },
    global: (x, column) => Float32Array.from({ length: column.depth }, (_, k) => {
      const all = x.filter((__, at) => at % column.depth === k);
      return pooled(column, all);
    }),
    dense: (x, { kernel, bias, depth, activation }) => {
      const total = Float64Array.from(bias);
      x.forEach((one, i) => { if (one) for (let u = 0; u < depth; u++) total[u] += one * kernel[i * depth + u]; });
      return Float32Array.from(total, (z) => activate(activation, z));
    },
    softmax: (x) => {
      const highest = Math.max(...x), powers = Array.from(x, (z) => Math.exp(z - highest));
      const all = powers.reduce((a, b) => a + b, 0);
      return Float32Array.from(powers, (one) => one / all);
    },
  };
  const pooled = ({ how }, all) => (how === "max" ? all.reduce((a, b) => Math.max(a, b), -Infinity) : all.reduce((a, b) => a + b, 0) / all.length);

  // The numbers under the window of one output cell in one map; null in the padding.
  function windowOf(column, [v, h], r, c, k, x) {
    const { shape, depth } = source(column);
    return v.window(r).map((y) => h.window(c).map((z) => (v.inside(y) && h.inside(z)
      ? x[((y - v.before) * shape[1] + z - h.before) * depth + k] : null)));
  }

  function compute() {
    values = [];
    columns.forEach((column, place) => {
      if (column.kind === "picture") values.push(pictures.subarray(state.picture * pixels, (state.picture + 1) * pixels));
      else if (column.kind === "other") {
        const size = column.values.length / count;
        values.push(column.values.subarray(state.picture * size, (state.picture + 1) * size));
      } else values.push(COMPUTE[column.kind](values[column.from[0]], column));
      column.held = values[place].length / column.cells; // a stored column may hold some of its maps only
    });
    columns.forEach((column, place) => { // the look of the picture lasts as long as only its scale changes
      const from = column.from.length && source(column);
      if (place === 0) column.greys = data.range;
      else if (column.kind === "same") column.greys = from.greys;
      else if (column.kind === "rescale" && from.greys) {
        const ends = from.greys.flatMap((grey) => [...column.scale].map((scale, k) => grey * scale + column.offset[k]));
        column.greys = [Math.min(...ends), Math.max(...ends)];
      }
    });
    limits = values.map((all) => all.reduce((a, b) => Math.max(a, Math.abs(b)), 0) || 1);
    const off = columns.at(-1).maps ? 0 : told.subarray(state.picture * answers, (state.picture + 1) * answers)
      .reduce((most, one, k) => Math.max(most, Math.abs(one - values.at(-1)[k]) / (1 + Math.abs(one))), 0);
    warn(off > 1e-3 ? `The page computes other answers than Keras did: they differ by ${show(off)}. Please report this.` : "");
  }

  const at = (place, unit, spot) => (columns[place].maps
    ? values[place][(spot[0] * columns[place].shape[1] + spot[1]) * columns[place].held + unit] : values[place][unit]);

  // ---- colours --------------------------------------------------------------------------------------
  const blend = ([low, zero, high], value, limit) => {
    const share = Math.min(1, Math.abs(value) / limit), end = value < 0 ? low : high;
    return zero.map((one, k) => (1 - share) * one + share * end[k]);
  };
  function colour(place, unit, value) {
    const { greys, depth } = columns[place];
    if (!greys) return blend(MAPS, value, limits[place]);
    const grey = Math.max(0, Math.min(255, (255 * (value - greys[0])) / (greys[1] - greys[0] || 1)));
    return depth === 3 ? [0, 1, 2].map((k) => (k === unit ? grey : 0)) : [grey, grey, grey];
  }
  function draw(canvas, rows, across, colourOf) {
    if (canvas.width !== across || canvas.height !== rows) Object.assign(canvas, { width: across, height: rows });
    const context = canvas.getContext("2d"), image = context.createImageData(across, rows);
    for (let r = 0, to = 0; r < rows; r++) for (let c = 0; c < across; c++, to += 4) {
      image.data.set(colourOf(r, c), to);
      image.data[to + 3] = 255;
    }
    context.putImageData(image, 0, 0);
  }
  function drawMap(canvas, place, unit, most = Infinity) { // `most`: a small picture needs not every cell
    const [rows, across] = columns[place].shape, step = Math.max(1, Math.floor(Math.max(rows, across) / most));
    draw(canvas, Math.ceil(rows / step), Math.ceil(across / step), (r, c) => colour(place, unit, at(place, unit, [r * step, c * step])));
  }
  function drawPicture(canvas, picture) {
    const [rows, across, depth] = columns[0].shape, [low, high] = data.range;
    draw(canvas, rows, across, (r, c) => {
      const from = picture * pixels + (r * across + c) * depth;
      return [0, 1, 2].map((k) => (255 * (pictures[from + (depth === 3 ? k : 0)] - low)) / (high - low || 1));
    });
  }
  const shade = (colours, value, limit) => { // behind a number: light enough to read it
    const [red, green, blue] = colours[value < 0 ? 0 : 2];
    return `color-mix(in srgb, rgb(${red} ${green} ${blue}) ${Math.round(45 * Math.min(1, Math.abs(value) / (limit || 1)))}%, transparent)`;
  };

  // ---- words ----------------------------------------------------------------------------------------
  const unitName = (place, unit) => {
    const column = columns[place];
    const last = place === columns.length - 1, logits = place === columns.length - 2 && columns.at(-1).kind === "softmax";
    if ((last || logits) && answers === classes.length) return /^\d+$/.test(classes[unit]) ? `class ${classes[unit]}` : classes[unit];
    if (last && answers === 1 && !column.maps) return classes[1];
    if (column.greys && column.depth === 3) return ["red", "green", "blue"][unit];
    return (column.maps ? "map " : "unit ") + unit;
  };
  const shapeText = (column) => column.shape.join(" × ");
  function does(column) { // a few words for the head of a column
    const and = column.activation && column.activation.name !== "linear" && column.kind !== "activation" ? " +\u00a0" + called(column.activation) : "";
    const stride = column.strides && column.strides.some((one) => one > 1) && column.kind === "conv" ? `, stride ${column.strides[0]}` : "";
    switch (column.kind) {
      case "picture": return "input";
      case "conv": return `Conv2D ${column.size.join(" × ")}${stride}${and}`;
      case "pool": return `${column.how === "max" ? "max" : "mean"} of ${column.pool.join(" × ")}`;
      case "global": return `${column.how === "max" ? "max" : "mean"} of each map`;
      case "norm": return "batch norm";
      case "flatten": return "all in a row";
      case "softmax": return "shares of 1";
      case "activation": return called(column.activation) ?? "linear";
      case "dense": return "Dense" + and;
      default: return column.type;
    }
  }
  function explanation(column) {
    const from = column.from.length ? source(column) : null;
    const makes = column.activation && column.activation.name !== "linear"
      ? ` ${called(column.activation)} is applied to the sum${column.activation.name === "relu" ? ": what is negative becomes 0" : ""}.` : "";
    const sees = (n) => (n === 1 ? "the input map" : `each of the ${n} input maps`);
    switch (column.kind) {
      case "picture": return "The picture as the network gets it: a table of numbers for each channel.";
      case "rescale": return "Every number is multiplied and shifted, so that the numbers are small.";
      case "conv": return `A kernel of its own lies over a window of ${sees(from.depth)}. Number times number, all products added up, plus the bias.${makes}`;
      case "pool": return column.how === "max" ? "The largest number of each window stays. Nothing is learned here." : "The mean of each window stays. Nothing is learned here.";
      case "global": return `One number is left of each map: its ${column.how === "max" ? "largest" : "mean"}.`;
      case "norm": return "Each map is brought to mean 0 and spread 1, as measured in training, then stretched by γ and shifted by β, which are learned.";
      case "activation": return `${called(column.activation) ?? "The activation"} works on each number alone${column.activation.name === "relu" ? ": what is negative becomes 0" : ""}.`;
      case "same": return `${column.type} works in training only. Here it passes its input on.`;
      case "flatten": return "The numbers of all maps, one after the other: row by row, and at each place map by map.";
      case "dense": return `Every one of the ${from.depth} numbers before it is multiplied by a weight. All products added up, plus the bias.${makes}`;
      case "softmax": return "e to the power of each number, divided by the sum of all of them: positive shares that add up to 1." + (column.type === "Softmax" ? "" : " The network itself ends before this: in training the loss does it.");
      default: return column.left_out
        ? `Its ${column.left_out.toLocaleString("en")} weights would make the page too large: it is shown by what it gives.`
        : `A layer of type ${column.type} is not taken apart here: it is shown by what it gives.`;
    }
  }
  const answer = (picture) => { // what Keras said
    if (columns.at(-1).maps) return { best: null, text: "" };
    const all = told.subarray(picture * answers, (picture + 1) * answers);
    if (answers === 1) return all[0] >= 0 && all[0] <= 1 ? { best: all[0] > 0.5 ? 1 : 0, text: `${classes[1]}: ${show(all[0])}` } : { best: null, text: show(all[0]) };
    const best = all.indexOf(Math.max(...all));
    return { best, text: `${classes[best]} (${show(all[best])})` };
  };

  // ---- the strip of columns ---------------------------------------------------------------------------
  const strip = element("div", { class: "ck-net-strip", role: "group", "aria-label": "The layers, from the picture to the answer. Arrow keys move from unit to unit." });
  const inner = element("div", { class: "ck-net-inner" });
  const lines = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  lines.setAttribute("class", "ck-net-lines");
  lines.setAttribute("aria-hidden", "true");
  inner.append(lines);
  strip.append(inner);

  const heads = columns.map((column, place) => {
    const shown = column.maps ? Math.min(column.depth, units) : column.depth;
    const head = element("div", { class: "ck-net-head" }, element("b", { title: column.name }, column.name), element("span", {}, does(column)), element("span", {}, shapeText(column)));
    const view = { shown, box: element("div", { class: "ck-net-column", "data-column": column.name }, head) };
    const handlers = (unit) => ({ onclick: () => choose(place, unit(), { focus: true }), onkeydown: (event) => walk(event), tabindex: -1 });
    if (column.maps || shown <= BARS) {
      view.units = Array.from({ length: shown }, (_, unit) => {
        const inside = column.maps ? [element("canvas", { "aria-hidden": "true" })]
          : [element("span", { class: "ck-net-name" }, unitName(place, unit).replace(/^(unit|class) /, "")), element("span", { class: "ck-net-bar" }, element("i")), element("span", { class: "ck-net-value" })];
        return element("button", { type: "button", class: column.maps ? "ck-net-unit" : "ck-net-unit ck-net-line", "data-unit": unit, ...handlers(() => unit) }, ...inside);
      });
      const box = element("div", { class: "ck-net-units" }, ...view.units);
      box.style.setProperty("--n", column.maps ? Math.ceil(shown / 8) : 1);
      view.box.append(box);
      if (shown < column.depth) view.box.append(element("span", { class: "ck-net-more" }, `and ${column.depth - shown} more`));
    } else { // many numbers: one small square for each
      view.rows = shown <= 40 ? shown : Math.max(24, Math.ceil(Math.sqrt(3 * shown)));
      view.across = Math.ceil(shown / view.rows);
      view.side = Math.max(2, Math.min(14, Math.floor(350 / view.rows)));
      view.canvas = element("canvas", { role: "img", "aria-hidden": "true" });
      view.canvas.style.width = view.across * view.side + "px";
      view.marker = element("span", { class: "ck-net-marker", hidden: true });
      view.button = element("button", { type: "button", class: "ck-net-unit ck-net-many", ...handlers(() => state.unit) }, view.canvas, view.marker);
      view.button.addEventListener("click", (event) => {
        const box = view.canvas.getBoundingClientRect();
        if (!event.detail) return; // from the keyboard
        const r = Math.floor(((event.clientY - box.top) / box.height) * view.rows), c = Math.floor(((event.clientX - box.left) / box.width) * view.across);
        const unit = Math.max(0, Math.min(view.across - 1, c)) * view.rows + Math.max(0, Math.min(view.rows - 1, r));
        event.stopImmediatePropagation();
        choose(place, Math.min(unit, shown - 1), { focus: true });
      }, true);
      view.box.append(view.button);
    }
    inner.append(view.box);
    return view;
  });
  const nodeOf = (place, unit) => heads[place].button ?? heads[place].units[unit];

  function paintStrip() {
    columns.forEach((column, place) => {
      const view = heads[place];
      if (column.maps) view.units.forEach((node, unit) => drawMap(node.firstChild, place, unit, SMALL));
      else if (view.units) {
        const shares = column.kind === "softmax" || (place === columns.length - 1 && column.activation?.name === "sigmoid");
        view.units.forEach((node, unit) => {
          const value = at(place, unit), part = 100 * Math.min(1, Math.abs(value) / (shares ? 1 : limits[place]));
          node.querySelector("i").style.cssText = `width:${part}%;background:${value < 0 ? "var(--neg)" : shares ? "var(--out-line)" : "var(--pos)"}`;
          node.querySelector(".ck-net-value").textContent = show(value);
        });
      } else {
        draw(view.canvas, view.rows, view.across, (r, c) => {
          const unit = c * view.rows + r;
          return unit < view.shown ? colour(place, unit, at(place, unit)) : [247, 247, 247];
        });
        view.button.setAttribute("aria-label", `${column.name}: ${view.shown} units. Arrow up and down move through them.`);
      }
      (view.units ?? []).forEach((node, unit) => node.setAttribute("aria-label", `${column.name}, ${unitName(place, unit)}` + (column.maps ? "" : `: ${show(at(place, unit))}`)));
    });
  }

  function walk(event) {
    const { column, unit } = state, last = columns.length - 1;
    const to = {
      ArrowUp: [column, unit - 1], ArrowDown: [column, unit + 1], ArrowLeft: [column - 1, unit], ArrowRight: [column + 1, unit],
      Home: [0, 0], End: [last, strongest(last)],
    }[event.key];
    if (!to) return;
    event.preventDefault();
    event.stopPropagation();
    if (heads[to[0]] && to[1] >= 0) choose(to[0], Math.min(to[1], heads[to[0]].shown - 1), { focus: true });
  }

  function strongest(place) { // the unit with the largest number
    let best = 0, most = -Infinity;
    values[place].forEach((value, i) => {
      const unit = columns[place].maps ? i % columns[place].held : i;
      if (value > most && unit < heads[place].shown) { most = value; best = unit; }
    });
    return best;
  }
  function peak(place, unit) { // the place of its largest number
    const [rows, across] = columns[place].shape;
    let best = [0, 0], most = -Infinity;
    for (let r = 0; r < rows; r++) for (let c = 0; c < across; c++) {
      const value = at(place, unit, [r, c]);
      if (value > most) { most = value; best = [r, c]; }
    }
    return best;
  }

  // Which units before it does a unit take its input from?
  function feeders(place, unit) {
    const column = columns[place];
    if (!column.from.length) return [];
    const before = column.from[0], { shown } = heads[before];
    if (column.kind === "flatten") return [[before, unit % columns[before].depth]];
    if (["conv", "softmax"].includes(column.kind) || (column.kind === "dense" && shown <= BARS)) return Array.from({ length: shown }, (_, k) => [before, k]);
    if (column.kind === "dense") return strongestTerms(column, unit, 12).map(({ k }) => [before, k]);
    if (column.kind === "other") return [];
    return [[before, unit]];
  }

  function strongestTerms(column, unit, most) { // the products that weigh most in the sum of a dense unit
    const x = values[column.from[0]];
    return Array.from(x, (one, k) => ({ k, x: one, w: column.kernel[k * column.depth + unit], product: one * column.kernel[k * column.depth + unit] }))
      .sort((a, b) => Math.abs(b.product) - Math.abs(a.product)).slice(0, most);
  }

  function link() { // lines from the units before to the chosen one
    const box = inner.getBoundingClientRect();
    const spot = ([place, unit], right) => {
      const view = heads[place], node = nodeOf(place, unit);
      if (!node) return null;
      const where = (view.canvas ?? node).getBoundingClientRect();
      if (!view.canvas) return [(right ? where.right : where.left) - box.left, (where.top + where.bottom) / 2 - box.top];
      return [where.left - box.left + (Math.floor(unit / view.rows) + (right ? 1 : 0)) * view.side, where.top - box.top + ((unit % view.rows) + 0.5) * (where.height / view.rows)];
    };
    lines.setAttribute("width", inner.scrollWidth);
    lines.setAttribute("height", inner.scrollHeight);
    lines.replaceChildren();
    const end = spot([state.column, state.unit], false);
    const from = feeders(state.column, state.unit);
    heads.forEach((view) => (view.units ?? []).forEach((node) => node.classList.remove("ck-net-feeds")));
    for (const one of from) {
      const begin = spot(one, true);
      if (!begin || !end) continue;
      const middle = (begin[0] + end[0]) / 2, path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      path.setAttribute("d", `M${begin}C${middle},${begin[1]} ${middle},${end[1]} ${end}`);
      lines.append(path);
      if (heads[one[0]].units) heads[one[0]].units[one[1]].classList.add("ck-net-feeds");
    }
  }

  function reveal() { // bring the chosen column and the one before it into the strip, without moving the page
    const view = heads[state.column].box, before = heads[Math.max(0, state.column - 1)].box;
    const left = before.offsetLeft - 12, right = view.offsetLeft + view.offsetWidth + 12;
    if (left < strip.scrollLeft) strip.scrollLeft = left;
    else if (right > strip.scrollLeft + strip.clientWidth) strip.scrollLeft = Math.min(left, right - strip.clientWidth);
  }

  // ---- the chosen unit --------------------------------------------------------------------------------
  const detail = element("div", { class: "ck-net-detail", role: "group" });
  let look = () => {}; // shows the sum of one cell; each kind of layer puts its own here
  let slider = null;

  function choose(place, unit, { focus, spot } = {}) {
    const other = place !== state.column || unit !== state.unit;
    Object.assign(state, { column: place, unit });
    if (other) state.channel = null; // the input map that weighs most
    for (const view of heads) for (const node of view.units ?? [view.button]) { node.tabIndex = -1; node.removeAttribute("aria-current"); }
    const node = nodeOf(place, unit), column = columns[place];
    node.tabIndex = 0;
    node.setAttribute("aria-current", "true");
    heads.forEach((view, i) => {
      view.box.classList.toggle("ck-net-now", i === place);
      if (!view.marker) return;
      view.marker.hidden = i !== place;
      if (i === place) {
        view.marker.style.cssText = `left:${Math.floor(unit / view.rows) * view.side}px;top:${(unit % view.rows) * view.side}px;width:${view.side}px;height:${view.side}px`;
        view.button.setAttribute("aria-label", `${column.name}, ${unitName(place, unit)}: ${show(at(place, unit))}. ${view.shown} units: arrow up and down move through them.`);
      }
    });
    if (!player.timer) player.step = place;
    if (focus) node.focus({ preventScroll: true });
    if (column.maps) state.spot = spot ?? (other || !state.spot ? peak(place, unit) : state.spot);
    reveal();
    build();
    link();
  }

  // A map as a large picture, with a frame; `pick` makes it answer to mouse, finger and keys.
  function screen(name, caption, place, unit, pick) {
    const [rows, across] = columns[place].shape;
    const canvas = element("canvas", { role: "img", tabindex: pick?.keys ? 0 : null, "aria-label": caption + (pick?.keys ? ". Arrow keys move to another place." : "") });
    const frame = element("div", { class: "ck-frame", hidden: true });
    const head = element("div", { class: "ck-caption" }, caption), foot = element("div", { class: "ck-net-foot" });
    const box = element("div", { class: "ck-box ck-photo", "data-picture": name }, head, element("div", { class: "ck-canvas" }, canvas, frame), foot);
    canvas.style.width = Math.round(Math.min(176, (176 * across) / rows)) + "px";
    if (unit == null) drawPicture(canvas, state.picture);
    else drawMap(canvas, place, unit);
    if (pick) {
      const point = (event) => {
        const box = canvas.getBoundingClientRect();
        return [[event.clientY - box.top, box.height, rows], [event.clientX - box.left, box.width, across]]
          .map(([where, size, n]) => Math.max(0, Math.min(n - 1, Math.floor((where / size) * n))));
      };
      canvas.addEventListener("click", (event) => { slider?.pause(); pin(pick.at(point(event))); });
      canvas.addEventListener("pointermove", (event) => { if (event.pointerType === "mouse" && !pick.still && !slider?.timer) look(pick.at(point(event)), true); });
      canvas.addEventListener("pointerleave", () => { if (!pick.still && !slider?.timer) look(state.spot, true); });
      canvas.addEventListener("keydown", (event) => {
        const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
        if (event.key === " ") slider?.toggle();
        if (by || event.key === " ") { event.preventDefault(); event.stopPropagation(); }
        if (by) { slider?.pause(); pin(pick.at([state.spot[0] + by[0], state.spot[1] + by[1]])); }
      });
    }
    const put = (top, left, tall, wide) => {
      Object.assign(frame.style, { top: (100 * top) / rows + "%", left: (100 * left) / across + "%", height: (100 * tall) / rows + "%", width: (100 * wide) / across + "%" });
      frame.hidden = false;
    };
    return { box, canvas, put, say: (text) => { foot.textContent = text; }, head };
  }
  function pin(spot) {
    state.spot = spot;
    if (slider) slider.step = spot[0] * columns[state.column].shape[1] + spot[1];
    look(spot);
  }
  const inside = ([r, c]) => [Math.max(0, Math.min(columns[state.column].shape[0] - 1, r)), Math.max(0, Math.min(columns[state.column].shape[1] - 1, c))];

  // The picture with the part that a cell sees.
  function eye(place) {
    const { reach } = columns[place];
    const view = screen("picture", "the picture", 0, null);
    return { ...view, see: (spot) => {
      if (!reach) { view.put(0, 0, ...columns[0].shape.slice(0, 2)); view.say("seen: all of it"); return; }
      const [r, c] = spot, [top, left] = [r * reach[0][2] + reach[0][0], c * reach[1][2] + reach[1][0]], [rows, across] = columns[0].shape;
      view.put(top, left, reach[0][1], reach[1][1]);
      const span = (from, size, n) => (size === 1 ? `${from}` : `${Math.max(0, from)}–${Math.min(n - 1, from + size - 1)}`);
      view.say(`seen: rows ${span(top, reach[0][1], rows)}, columns ${span(left, reach[1][1], across)}`);
    } };
  }

  // Inside a block three decimals are enough, so that three blocks stand side by side.
  const brief = (value) => (value && Math.abs(value) < 0.001 ? (value < -0.0005 ? "−" : "") + Math.abs(value).toFixed(3) : show(value));

  // A block of numbers: a table where they can be read, otherwise a picture.
  function block(role, name, caption, rows, across, colours) {
    if (Math.max(rows, across) <= TYPED) {
      const grid = new Grid({ role, name, height: rows, width: across, caption });
      return { box: grid.box, head: grid.caption, fill: (table, marks) => {
        const limit = Math.max(...table.flat().map((one) => Math.abs(one ?? 0)));
        table.forEach((row, r) => row.forEach((one, c) => {
          grid.set(r, c, one == null ? "" : brief(one));
          grid.mark(r, c, ...(marks?.(r, c) ?? []));
          const cell = grid.cells[r][c], marked = cell.classList.contains("ck-best") || cell.classList.contains("ck-pad");
          cell.style.background = colours && !marked ? shade(colours, one ?? 0, limit) : "";
        }));
        const longest = Math.max(...table.flat().map((one) => (one == null ? 0 : brief(one).length)));
        grid.table.style.setProperty("--w", Math.max(2.4, 0.58 * longest + 0.7) + "em");
      } };
    }
    const canvas = element("canvas", { role: "img", "aria-label": caption }), head = element("div", { class: "ck-caption" }, caption);
    canvas.style.width = Math.round(Math.min(130, (130 * across) / rows)) + "px";
    const box = element("div", { class: "ck-box ck-photo", "data-grid": name }, head, element("div", { class: "ck-canvas" }, canvas));
    return { box, head, fill: (table) => {
      const limit = Math.max(...table.flat().map((one) => Math.abs(one ?? 0))) || 1;
      draw(canvas, rows, across, (r, c) => blend(colours ?? MAPS, table[r][c] ?? 0, limit));
    } };
  }

  // One button for each input map: the map, its kernel, and what the two add to the sum.
  function channels(place, kernelOf, rows, across) {
    const { depth } = columns[place], shown = Math.min(depth, 32);
    let limit = 0;
    for (let k = 0; k < shown; k++) limit = Math.max(limit, ...kernelOf(k).flat().map(Math.abs));
    const all = Array.from({ length: shown }, (_, k) => {
      const map = element("canvas", { "aria-hidden": "true" }), kernel = element("canvas", { "aria-hidden": "true" });
      drawMap(map, place, k, SMALL);
      const table = kernelOf(k);
      draw(kernel, rows, across, (r, c) => blend(WEIGHTS, table[r][c], limit || 1));
      const text = element("span", { class: "ck-net-part" });
      const node = element("button", { type: "button", class: "ck-net-channel", "data-channel": k, tabindex: -1, onclick: () => turn(k) }, map, element("span", { "aria-hidden": "true" }, "⊛"), kernel, element("span", { "aria-hidden": "true" }, "="), text);
      node.addEventListener("keydown", (event) => {
        const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
        if (!by) return;
        event.preventDefault();
        event.stopPropagation();
        if (all[k + by]) turn(k + by, true);
      });
      return { node, text };
    });
    const rest = element("span", { class: "ck-net-part" });
    const box = element("div", { class: "ck-net-channels", role: "group", "aria-label": "The input maps with their kernels; arrow keys go from one to the next" }, ...all.map(({ node }) => node), ...(shown < depth ? [rest] : []));
    let turned = () => {};
    function turn(k, focus) {
      state.channel = k;
      all.forEach(({ node }, i) => { node.tabIndex = i === k ? 0 : -1; node.setAttribute("aria-pressed", String(i === k)); });
      if (focus) all[k].node.focus({ preventScroll: true });
      turned(k);
    }
    return {
      box, shown, turn,
      ready: (f) => { turned = f; },
      tell: (parts) => {
        all.forEach(({ node, text }, k) => {
          text.textContent = show(parts[k]);
          node.setAttribute("aria-label", `${unitName(place, k)}: ${show(parts[k])}`);
        });
        rest.textContent = `${depth - shown} more: ${show(parts.slice(shown).reduce((a, b) => a + b, 0))}`;
      },
    };
  }

  // ---- formulas ---------------------------------------------------------------------------------------
  const blue = (value) => element("span", { class: "ck-x" }, factor(value));
  const orange = (value) => element("span", { class: "ck-k" }, factor(value));
  const result = (value) => element("span", { class: "ck-result" }, show(value));
  function formula(...rows) { // each row: what stands left of the first "=", and the rest
    sum.replaceChildren(element("div", { class: "ck-lines ck-net-formula" }, ...rows.flatMap(([left, ...right]) => [
      element("span", {}, left), element("span", {}, "= ", ...right)])));
  }
  const joined = (nodes, sign = " + ") => nodes.flatMap((node, i) => (i ? [sign, node] : [node]));
  const named = (place, unit, spot) => `${columns[place].name}, ${unitName(place, unit)}` + (spot && columns[place].maps ? `, row ${spot[0]}, column ${spot[1]}` : "");

  // the last rows of a sum: parts + bias, then the activation
  function total(place, unit, spot, parts, bias, quiet, word) {
    const { activation } = columns[place], z = parts.reduce((a, b) => a + b, 0) + bias, MOST = parts.length === 9 ? 9 : 8;
    const linear = activation.name === "linear";
    const order = parts.length > MOST ? [...parts].sort((a, b) => Math.abs(b) - Math.abs(a)) : parts; // many: the largest first
    const nodes = order.slice(0, MOST).map(blue);
    if (parts.length > MOST) {
      const left = order.slice(MOST).reduce((a, b) => a + b, 0);
      nodes.push(element("span", {}, blue(left), element("small", {}, ` (${parts.length - MOST} other ${word})`)));
    }
    const first = ["sum", ...joined(nodes), " + ", orange(bias), element("small", {}, " (bias)"), " = ", linear ? result(z) : element("b", {}, show(z))];
    const rows = [first];
    const name = called(activation);
    if (!linear) rows.push([`${name}(${show(z)})`, ACTIVATIONS[activation.name][1](show(z), activation), " = ", result(activate(activation, z))]);
    formula(...rows);
    if (!quiet) say(`${named(place, unit, spot)}: the parts and the bias ${show(bias)} add up to ${show(z)}` + (linear ? "." : `; ${name} gives ${show(activate(activation, z))}.`));
  }

  // ---- what the detail shows for each kind of layer -----------------------------------------------------
  const row = (...things) => shelf(...things);

  function build() {
    slider?.pause();
    slider = null;
    const { column: place, unit } = state, column = columns[place];
    const head = element("p", { class: "ck-net-title" }, element("b", {}, `${column.name}, ${unitName(place, unit)}`), ` ${explanation(column)}`);
    detail.setAttribute("aria-label", `${column.name}, ${unitName(place, unit)}`);
    sum.replaceChildren();
    look = () => {};
    const parts = (KINDS[column.kind] ?? KINDS.other)(place, unit, column);
    detail.replaceChildren(head, ...parts);
    if (column.maps && column.kind !== "picture" && column.kind !== "other") {
      const [rows, across] = column.shape;
      slider = new Player(() => rows * across, (step) => { state.spot = [Math.floor(step / across), step % across]; look(state.spot, true); });
      slider.step = state.spot[0] * across + state.spot[1];
      label(slider, "place", "Slide over all places (space bar on a map)");
      head.after(element("div", { class: "ck-bar" }, element("span", { class: "ck-net-what" }, "place"), ...slider.bar));
    }
    look(state.spot);
  }
  function label(one, what, play) {
    const texts = [`One ${what} back`, play, `One ${what} forward`];
    one.bar.forEach((node, i) => { node.title = texts[i]; node.setAttribute("aria-label", texts[i]); });
  }

  // Layers in which a cell looks at the same cell of one map.
  function pointwise(place, unit, column, write) {
    const before = column.from[0];
    const finish = (spot, quiet) => {
      const x = at(before, unit, spot), y = at(place, unit, spot);
      write(x, y);
      if (!quiet) say(`${named(place, unit, spot)}: ${show(x)} becomes ${show(y)}`);
    };
    if (!column.maps) { look = (spot, quiet) => finish(null, quiet); return []; }
    const picked = { at: inside, keys: false };
    const picture = eye(place), input = screen("input", named(before, unit), before, unit, picked), output = screen("output", named(place, unit), place, unit, { ...picked, keys: true });
    look = (spot, quiet) => {
      picture.see(spot);
      for (const view of [input, output]) view.put(...spot, 1, 1);
      input.say(show(at(before, unit, spot)));
      output.say(`row ${spot[0]}, column ${spot[1]}: ${show(at(place, unit, spot))}`);
      finish(spot, quiet);
    };
    return [row(picture, "→", input, "→", output)];
  }

  // The maps of a conv or pooling layer: picture, input map and output map with their frames.
  function windows(place, unit, channel) {
    const column = columns[place], before = column.from[0], [v, h] = axes(column);
    const middle = ([r, c]) => inside([[r, v], [c, h]].map(([n, g]) => Math.round((n + g.before - (g.span - 1) / 2) / g.stride)));
    const picture = eye(place);
    const input = screen("input", named(before, channel), before, channel, { at: middle });
    const output = screen("output", named(place, unit), place, unit, { at: inside, keys: true });
    const follow = (spot) => {
      picture.see(spot);
      input.put(spot[0] * v.stride - v.before, spot[1] * h.stride - h.before, v.span, h.span);
      input.say(`window ${sizeText(v.k, h.k)}`);
      output.put(...spot, 1, 1);
      output.say(`row ${spot[0]}, column ${spot[1]}: ${show(at(place, unit, spot))}`);
    };
    return { v, h, before, picture, input, output, follow };
  }

  const KINDS = {
    picture(place, unit) {
      const view = screen("output", named(0, unit), 0, unit, { at: inside, keys: true });
      look = (spot, quiet) => {
        view.put(...spot, 1, 1);
        view.say(`row ${spot[0]}, column ${spot[1]}: ${show(at(0, unit, spot))}`);
        if (!quiet) say(`${named(0, unit, spot)}: ${show(at(0, unit, spot))}`);
      };
      const whole = screen("picture", "the picture", 0, null);
      return [columns[0].depth === 3 ? row(whole, "→", view) : row(view)];
    },

    rescale: (place, unit, column) => pointwise(place, unit, column, (x, y) => formula(
      ["output", blue(x), "·", orange(column.scale[unit]), " + ", orange(column.offset[unit]), " = ", result(y)])),

    activation: (place, unit, column) => pointwise(place, unit, column, (x, y) => formula(
      [`${called(column.activation) ?? "linear"}(${show(x)})`, ACTIVATIONS[column.activation.name][1](show(x), column.activation), " = ", result(y)])),

    same: (place, unit, column) => pointwise(place, unit, column, (x, y) => formula(["output", "input = ", result(y)])),

    norm: (place, unit, column) => pointwise(place, unit, column, (x, y) => {
      const { mean, variance, gamma, beta, epsilon } = column;
      const spread = Math.sqrt(variance[unit] + epsilon), normal = (x - mean[unit]) / spread;
      formula(
        ["normalised", "(", blue(x), " − ", orange(mean[unit]), ") / √(", orange(variance[unit]), ` + ${show(epsilon)}) = `, element("b", {}, show(normal))],
        ["γ · normalised + β", orange(gamma[unit]), " · ", factor(normal), " + ", orange(beta[unit]), " = ", result(y)],
      );
    }),

    conv(place, unit, column) {
      const before = column.from[0], { depth: deep } = columns[before], { kernel, bias, depth } = column;
      const [v, h] = axes(column);
      const kernelOf = (k) => Array.from({ length: v.k }, (_, a) => Array.from({ length: h.k }, (__, b) => kernel[((a * h.k + b) * deep + k) * depth + unit]));
      const kernels = Array.from({ length: deep }, (_, k) => kernelOf(k));
      const list = channels(before, kernelOf, v.k, h.k);
      const maps = element("div"), numbers = element("div", { class: "ck-net-numbers" });
      let view, blocks;
      list.ready((k) => {
        view = windows(place, unit, k);
        blocks = ["window", "kernel", "product"].map((name, i) => block(["input", "kernel", "plain"][i], name, "", v.k, h.k, [MAPS, WEIGHTS, MAPS][i]));
        maps.replaceChildren(row(view.picture, "→", view.input, "→", view.output));
        numbers.replaceChildren(row(blocks[0], "×", blocks[1], "=", blocks[2]));
        look(state.spot, true);
      });
      const measure = (spot) => {
        const tables = kernels.map((table, k) => {
          const seen = windowOf(column, [v, h], ...spot, k, values[before]);
          return { seen, products: seen.map((line, a) => line.map((one, b) => (one ?? 0) * table[a][b])) };
        });
        return [tables, tables.map(({ products }) => products.flat().reduce((a, b) => a + b, 0))];
      };
      look = (spot, quiet) => {
        const [tables, parts] = measure(spot);
        list.tell(parts);
        const k = state.channel, { seen, products } = tables[k];
        view.follow(spot);
        const pads = (a, b) => (seen[a][b] == null ? ["pad"] : []);
        blocks[0].fill(seen.map((line) => line.map((one) => one ?? 0)), pads);
        blocks[1].fill(kernels[k]);
        blocks[2].fill(products);
        blocks[0].head.textContent = `window on ${unitName(before, k)}`;
        blocks[1].head.textContent = deep === 1 ? "kernel" : `kernel for ${unitName(before, k)}`;
        blocks[2].head.textContent = `products, together ${show(parts[k])}`;
        total(place, unit, spot, parts, bias[unit], quiet, "maps");
      };
      list.turn(state.channel ?? heaviest(measure(state.spot)[1].slice(0, list.shown)));
      const caption = element("p", { class: "ck-net-what" }, `${deep === 1 ? "The input map" : `All ${deep} input maps`}, each with its kernel and its part of the sum${deep === 1 ? "" : "; choose one to see its numbers"}:`);
      return [maps, numbers, ...(deep === 1 ? [] : [caption, list.box])];
    },

    pool(place, unit, column) {
      const view = windows(place, unit, unit), { v, h, before } = view;
      const seen = block("input", "window", "window", v.k, h.k, MAPS);
      look = (spot, quiet) => {
        view.follow(spot);
        const table = windowOf(column, [v, h], ...spot, unit, values[before]), all = table.flat().filter((one) => one != null);
        const best = column.how === "max" ? pooled(column, all) : null;
        seen.fill(table, (r, c) => (table[r][c] == null ? ["pad"] : table[r][c] === best ? ["best"] : []));
        const y = at(place, unit, spot), nodes = all.length <= 25 ? joined(all.map(blue), best == null ? " + " : ", ") : [`the ${all.length} numbers of the window`];
        formula(["output", ...(best == null ? ["(", ...nodes, `) / ${all.length}`] : ["max(", ...nodes, ")"]), " = ", result(y)]);
        if (!quiet) say(`${named(place, unit, spot)}: ${best == null ? "the mean" : "the largest"} of ${all.map(show).join(", ")} is ${show(y)}`);
      };
      return [row(view.picture, "→", view.input, "→", view.output), element("div", { class: "ck-net-numbers" }, row(seen))];
    },

    global(place, unit, column) {
      const before = column.from[0], input = screen("input", named(before, unit), before, unit), picture = eye(place);
      look = (spot, quiet) => {
        const { depth, cells } = columns[before], all = values[before].filter((_, i) => i % depth === unit);
        const y = at(place, unit), added = all.reduce((a, b) => a + b, 0);
        picture.see();
        formula(column.how === "max"
          ? ["output", `the largest of the ${cells} numbers of the map = `, result(y)]
          : ["output", `(the ${cells} numbers of the map added up) / ${cells} = `, blue(added), ` / ${cells} = `, result(y)]);
        if (!quiet) say(`${named(place, unit)}: ${show(y)}`);
      };
      return [row(picture, "→", input)];
    },

    flatten(place, unit, column) {
      const before = column.from[0], { shape, depth } = columns[before];
      const cell = Math.floor(unit / depth), k = unit % depth, spot = [Math.floor(cell / shape[1]), cell % shape[1]];
      const input = screen("input", named(before, k), before, k, { still: true, at: (where) => { choose(place, (where[0] * shape[1] + where[1]) * depth + k); return state.spot; } });
      look = (_, quiet) => {
        input.put(...spot, 1, 1);
        input.say(`row ${spot[0]}, column ${spot[1]}: ${show(at(place, unit))}`);
        formula(
          ["place in the row", `(row ${spot[0]} · ${shape[1]} columns + column ${spot[1]}) · ${depth} maps + map ${k} = `, element("b", {}, String(unit))],
          ["number", `${columns[before].name}[${spot[0]}, ${spot[1]}, ${k}] = `, result(at(place, unit))],
        );
        if (!quiet) say(`${named(place, unit)} is ${named(before, k, spot)}: ${show(at(place, unit))}`);
      };
      return [row(input)];
    },

    dense(place, unit, column) {
      let flat = columns[column.from[0]];
      while (flat.kind === "same") flat = source(flat);
      return flat.kind === "flatten" ? denseOnMaps(place, unit, column, flat.from[0]) : denseOnNumbers(place, unit, column);
    },

    softmax(place, unit, column) {
      const before = column.from[0], z = values[before], highest = Math.max(...z), shift = highest > 15 || highest < -15 ? highest : 0;
      const powers = Array.from(z, (one) => Math.exp(one - shift)), all = powers.reduce((a, b) => a + b, 0);
      const order = Array.from(z.keys()).sort((a, b) => z[b] - z[a]).slice(0, BARS);
      if (!order.includes(unit)) order[order.length - 1] = unit;
      const less = shift ? ` − ${factor(shift)}` : "";
      const table = element("table", { class: "ck-net-bars", "data-grid": "softmax" },
        element("tr", {}, ...["class", "z", shift ? `e^(z${less})` : "e^z", "share", ""].map((text) => element("th", { scope: "col" }, text))),
        ...order.map((k) => element("tr", { class: k === unit ? "ck-net-chosen" : null },
          element("th", { scope: "row" }, reference(unitName(place, k).replace(/^class /, ""), () => choose(place, k))),
          element("td", {}, element("span", { class: "ck-x" }, show(z[k]))), element("td", {}, show(powers[k])), element("td", {}, show(values[place][k])),
          element("td", {}, element("span", { class: "ck-net-bar" }, element("i", { style: `width:${100 * values[place][k]}%;background:var(--out-line)` }))))));
      look = (_, quiet) => {
        const terms = order.slice(0, 6).map((k) => show(powers[k])), y = values[place][unit];
        const power = (value) => element("span", {}, "e", element("sup", {}, show(value) + less));
        formula(
          [`share of ${unitName(place, unit)}`, power(z[unit]), " / (", ...joined(order.slice(0, 6).map((k) => power(z[k]))), z.length > 6 ? " + …" : "", ")"],
          ["", show(powers[unit]), ` / (${terms.join(" + ")}${z.length > 6 ? " + …" : ""}) = ${show(powers[unit])} / ${show(all)} = `, result(y)],
        );
        if (!quiet) say(`${unitName(place, unit)}: e to the ${show(z[unit])} divided by the sum of all is ${show(y)}`);
      };
      const more = z.length > order.length ? [element("p", { class: "ck-net-what" }, `The ${order.length} highest of ${z.length} are shown.`)] : [];
      return [element("div", { class: "ck-stage" }, table), ...more];
    },

    other(place, unit, column) {
      const write = (y, quiet, spot) => {
        formula(["output", result(y)]);
        if (!quiet) say(`${named(place, unit, spot)}: ${show(y)}`);
      };
      if (!column.maps) { look = (_, quiet) => write(at(place, unit), quiet); return []; }
      const picture = eye(place), output = screen("output", named(place, unit), place, unit, { at: inside, keys: true });
      look = (spot, quiet) => {
        if (column.reach) picture.see(spot);
        output.put(...spot, 1, 1);
        output.say(`row ${spot[0]}, column ${spot[1]}: ${show(at(place, unit, spot))}`);
        write(at(place, unit, spot), quiet, spot);
      };
      return [row(picture, "→", output)];
    },
  };

  const reference = (text, onclick) => element("button", { type: "button", class: "ck-net-link", onclick }, text);

  const heaviest = (parts) => parts.reduce((best, one, k) => (Math.abs(one) > Math.abs(parts[best]) ? k : best), 0);

  // A dense unit behind Flatten: its weights are kernels as large as the maps.
  function denseOnMaps(place, unit, column, before) {
    const { shape: [rows, across, deep] } = columns[before], { kernel, bias, depth } = column, x = values[column.from[0]];
    const tableOf = (of) => (k) => Array.from({ length: rows }, (_, r) => Array.from({ length: across }, (__, c) => of((r * across + c) * deep + k)));
    const kernelOf = tableOf((i) => kernel[i * depth + unit]), mapOf = tableOf((i) => x[i]), productOf = tableOf((i) => x[i] * kernel[i * depth + unit]);
    const list = channels(before, kernelOf, rows, across), numbers = element("div", { class: "ck-net-numbers" });
    const parts = Array.from({ length: deep }, (_, k) => productOf(k).flat().reduce((a, b) => a + b, 0));
    list.ready((k) => {
      const blocks = [["input", "window", named(before, k), MAPS, mapOf], ["kernel", "kernel", "its weights", WEIGHTS, kernelOf], ["plain", "product", `products, together ${show(parts[k])}`, MAPS, productOf]]
        .map(([role, name, caption, colours, of]) => { const one = block(role, name, caption, rows, across, colours); one.fill(of(k)); return one; });
      numbers.replaceChildren(row(blocks[0], "×", blocks[1], "=", blocks[2]));
    });
    list.tell(parts);
    list.turn(heaviest(parts.slice(0, list.shown)));
    look = (_, quiet) => total(place, unit, null, parts, bias[unit], quiet, "maps");
    return [numbers, element("p", { class: "ck-net-what" }, `All ${deep} maps of ${columns[before].name}, each with its weights and its part of the sum; choose one to see its numbers:`), list.box];
  }

  // A dense unit behind a row of numbers: the products that weigh most, as bars.
  function denseOnNumbers(place, unit, column) {
    const before = column.from[0], all = strongestTerms(column, unit, columns[before].depth), shown = all.slice(0, 12);
    const most = Math.abs(shown[0]?.product) || 1;
    const rest = all.slice(shown.length).reduce((a, one) => a + one.product, 0);
    const table = element("table", { class: "ck-net-bars", "data-grid": "terms" },
      element("tr", {}, ...[columns[before].name, "number", "weight", "product", ""].map((text) => element("th", { scope: "col" }, text))),
      ...shown.map(({ k, x, w, product }) => element("tr", {},
        element("th", { scope: "row" }, reference(unitName(before, k), () => choose(before, k, { focus: true }))),
        element("td", {}, element("span", { class: "ck-x" }, show(x))), element("td", {}, element("span", { class: "ck-k" }, show(w))), element("td", {}, show(product)),
        element("td", {}, element("span", { class: "ck-net-bar ck-net-both" }, element("i", { style: `${product < 0 ? "right" : "left"}:50%;width:${(50 * Math.abs(product)) / most}%;background:var(${product < 0 ? "--neg" : "--pos"})` }))))),
      ...(all.length > shown.length ? [element("tr", {}, element("th", { scope: "row" }, `${all.length - shown.length} others`), element("td"), element("td"), element("td", {}, show(rest)), element("td"))] : []));
    look = (_, quiet) => total(place, unit, null, all.map(({ product }) => product), column.bias[unit], quiet, "products");
    return [element("p", { class: "ck-net-what" }, all.length > shown.length ? `The ${shown.length} products that weigh most:` : "Its products:"), element("div", { class: "ck-stage" }, table)];
  }

  // ---- controls -------------------------------------------------------------------------------------
  const player = new Player(() => columns.length, (step) => choose(step, step === state.column ? state.unit : strongest(step)));
  label(player, "layer", "Walk through all layers");
  player.playButton.textContent = "Play";

  const buttons = Array.from({ length: count }, (_, picture) => {
    const canvas = element("canvas", { "aria-hidden": "true" }), { best, text } = answer(picture);
    drawPicture(canvas, picture);
    const right = labels ? classes[labels[picture]] : null, good = labels && best === labels[picture];
    const said = element("span", { class: labels && best != null ? (good ? "ck-net-right" : "ck-net-wrong") : null }, (labels && best != null ? (good ? "✓ " : "✗ ") : "") + text);
    const described = `Picture ${picture}` + (right == null ? "" : `, which is ${right}`) + (text ? `; the network says ${text}` : "");
    return element("button", { type: "button", class: "ck-net-picture", "aria-label": described, title: described, onclick: () => turnTo(picture) },
      canvas, element("span", {}, right ?? `picture ${picture}`), said);
  });

  function turnTo(picture) {
    state.picture = picture;
    buttons.forEach((node, i) => node.setAttribute("aria-pressed", String(i === picture)));
    compute();
    paintStrip();
    legend();
    choose(state.column, state.unit, { spot: columns[state.column].maps ? state.spot : null });
  }

  function legend() {
    const swatch = ([low, zero, high]) => element("span", { class: "ck-net-swatch", "aria-hidden": "true", style: `background:linear-gradient(90deg, rgb(${low}), rgb(${zero}), rgb(${high}))` });
    const hidden = columns.some((column) => column.maps && column.depth > units) ? ` Layers with more than ${units} maps show the first ${units}; all are computed with.` : "";
    note.replaceChildren("Maps ", swatch(MAPS), " blue below 0, white 0, red above, in full colour at the largest number of the layer. Weights ", swatch(WEIGHTS), ` violet below 0, orange above. Click a unit, then a place on a map; the arrow keys do the same.${hidden}`);
  }

  bar.append(...buttons);
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "The pictures");
  settings.append(element("span", { class: "ck-net-what" }, "layer"), ...player.bar);
  stage.replaceChildren(strip, detail);
  if (window.ResizeObserver) new ResizeObserver(() => link()).observe(inner);
  compute();
  paintStrip();
  state.column = Math.max(0, columns.findIndex((column) => column.kind === "conv"));
  state.unit = strongest(state.column);
  state.spot = columns[state.column].maps ? peak(state.column, state.unit) : [0, 0];
  buttons.forEach((node, i) => node.setAttribute("aria-pressed", String(i === 0)));
  legend();
  choose(state.column, state.unit, { spot: state.spot });
}

start("network", network);

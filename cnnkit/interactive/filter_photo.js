// A kernel on a photograph: type its numbers, and the picture answers at once.

function filterPhoto({ data, root, settings, stage, sum, note, warn, say }) {
  const { height, width, channels } = data, TYPED = 7;
  const COLOURS = { negative: [33, 102, 172], zero: [247, 247, 247], positive: [178, 24, 43] };
  const source = pixels(root.querySelector("img").src); // numbers 0–255, channel after channel of each pixel
  let state, v, h, output, grids, spot;

  // The pixels of the figure's own PNG, which are stored uncompressed (see _picture.py).
  function pixels(url) {
    const bytes = Uint8Array.from(atob(url.split(",")[1]), (letter) => letter.charCodeAt(0));
    const row = width * channels, stored = new Uint8Array(height * (row + 1)), all = new Uint8Array(height * row);
    let from = 8 + 25 + 8 + 2, to = 0, last = false; // after the signature, IHDR, and the head of IDAT
    while (!last) {
      last = bytes[from] === 1;
      const length = bytes[from + 1] + 256 * bytes[from + 2];
      stored.set(bytes.subarray(from + 5, from + 5 + length), to);
      from += 5 + length;
      to += length;
    }
    for (let r = 0; r < height; r++) all.set(stored.subarray(r * (row + 1) + 1, (r + 1) * (row + 1)), r * row);
    return all;
  }

  // ---- arithmetic -----------------------------------------------------------------------------------
  const value = (r, c, channel) => { // of the padded photograph
    r -= v.before;
    c -= h.before;
    return r < 0 || c < 0 || r >= height || c >= width ? 0 : source[(r * width + c) * channels + channel];
  };

  function compute() {
    output = new Float64Array(v.size * h.size * channels);
    const terms = state.kernel.flatMap((row, a) => row.map((weight, b) => [a, b, weight])).filter(([, , weight]) => weight);
    for (const [a, b, weight] of terms) {
      for (let r = 0; r < v.size; r++) {
        const y = r + a - v.before;
        if (y < 0 || y >= height) continue;
        const first = Math.max(0, h.before - b), end = Math.min(h.size, width + h.before - b);
        let at = (r * h.size + first) * channels, from = (y * width + first + b - h.before) * channels;
        for (let n = (end - first) * channels; n > 0; n--) output[at++] += weight * source[from++];
      }
    }
  }

  const grey = (r, c) => {
    let total = 0;
    for (let k = 0; k < channels; k++) total += output[(r * h.size + c) * channels + k];
    return total / channels;
  };

  // ---- drawing --------------------------------------------------------------------------------------
  function picture(name, rows, columns, caption) {
    const canvas = element("canvas", { width: columns, height: rows, role: "img", tabindex: name === "output" ? 0 : null });
    const frame = element("div", { class: "ck-frame", hidden: true });
    const box = element("div", { class: "ck-box ck-photo", "data-picture": name },
      element("div", { class: "ck-caption" }, caption), element("div", { class: "ck-canvas" }, canvas, frame));
    canvas.style.width = 2 * columns + "px";
    return { canvas, frame, box, context: canvas.getContext("2d") };
  }

  function put(view, rows, columns, colour) {
    const image = view.context.createImageData(columns, rows);
    for (let r = 0, at = 0; r < rows; r++) for (let c = 0; c < columns; c++) {
      image.data.set(colour(r, c), at); // rounds and clips to 0 … 255
      image.data[at + 3] = 255;
      at += 4;
    }
    view.context.putImageData(image, 0, 0);
  }

  function build() {
    const pad = (i) => (Array.isArray(state.padding) ? state.padding[i] : state.padding);
    v = axis(height, state.kernel.length, 1, pad(0), 1);
    h = axis(width, state.kernel[0].length, 1, pad(1), 1);
    const small = Math.max(v.k, h.k) <= TYPED;
    grids = {
      input: picture("input", height, width, `input ${sizeText(height, width)}`),
      kernel: new Grid({
        role: "kernel", height: small ? v.k : 1, width: small ? h.k : 1, caption: `${state.name ? state.name + " " : ""}kernel ${sizeText(v.k, h.k)}`,
        edit: small && {
          at: () => true, warn,
          name: (r, c) => `kernel, row ${r}, column ${c}`,
          change: (r, c, number) => { state.kernel[r][c] = number; refresh(); },
        },
      }),
      output: picture("output", v.size, h.size, `output ${sizeText(v.size, h.size)}`),
    };
    grids.window = small && new Grid({ role: "input", name: "window", height: v.k, width: h.k, caption: "window" });
    stage.replaceChildren(shelf(grids.input, "⊛", grids.kernel, "=", grids.output), ...(small ? [shelf(grids.window, { box: sum })] : []));
    put(grids.input, height, width, (r, c) => {
      const at = (r * width + c) * channels;
      return channels === 3 ? source.subarray(at, at + 3) : [source[at], source[at], source[at]];
    });
    grids.input.canvas.setAttribute("aria-label", `The photograph, ${sizeText(height, width)} pixels`);
    if (!small) grids.kernel.set(0, 0, "…");
    listen();
    spot = spot && spot[0] < v.size && spot[1] < h.size ? spot : [v.size >> 1, h.size >> 1];
    refresh();
  }

  function refresh() {
    compute();
    const small = !!grids.window;
    if (small) { state.kernel.forEach((row, a) => row.forEach((weight, b) => grids.kernel.set(a, b, weight))); grids.kernel.fit(); }
    let low = Infinity, high = -Infinity;
    output.forEach((number) => { low = Math.min(low, number); high = Math.max(high, number); });
    // full colour at the largest of all but one in a hundred: the zeros at the border make large numbers
    const sizes = new Float64Array(v.size * h.size).map((_, at) => Math.abs(grey(Math.floor(at / h.size), at % h.size))).sort();
    const limit = sizes[Math.floor(0.99 * (sizes.length - 1))] || sizes.at(-1) || 1;
    put(grids.output, v.size, h.size, (r, c) => {
      if (state.view === "signed") {
        const number = grey(r, c), share = Math.min(1, Math.abs(number) / limit), end = number < 0 ? COLOURS.negative : COLOURS.positive;
        return COLOURS.zero.map((zero, k) => (1 - share) * zero + share * end[k]);
      }
      const at = (r * h.size + c) * channels;
      return channels === 3 ? output.subarray(at, at + 3) : [output[at], output[at], output[at]];
    });
    const scale = state.view === "clipped"
      ? "Shown clipped: below 0 is black, above 255 full."
      : `Blue is −${show(limit)} and less, white 0, red ${show(limit)} and more.${channels === 3 ? " The three channels are averaged." : ""}`;
    const total = state.kernel.flat().reduce((a, b) => a + b, 0);
    note.textContent = `The kernel's numbers add up to ${show(total)}; the output runs from ${show(low)} to ${show(high)}. ${scale} `
      + "Point at a pixel, or move with the arrow keys, for its sum.";
    grids.output.canvas.setAttribute("aria-label", `The filtered photograph: from ${show(low)} to ${show(high)}. Arrow keys move the window.`);
    look(...spot);
  }

  // ---- one pixel ------------------------------------------------------------------------------------
  function look(r, c) {
    spot = [r, c];
    // where the window lies in the photograph, and where its result; in parts of the whole, for CSS
    const part = (frame, top, left, tall, wide, rows, columns) => {
      Object.assign(frame.style, { top: (100 * top) / rows + "%", left: (100 * left) / columns + "%", height: (100 * tall) / rows + "%", width: (100 * wide) / columns + "%" });
      frame.hidden = false;
    };
    part(grids.input.frame, r - v.before, c - h.before, v.k, h.k, height, width);
    part(grids.output.frame, r, c, 1, 1, v.size, h.size);
    const result = show(grey(r, c));
    if (!grids.window) {
      sum.replaceChildren(`output[${r}, ${c}] = the sum of ${v.k * h.k} products = `, element("span", { class: "ck-result" }, result));
      return;
    }
    const average = (y, x) => { let all = 0; for (let k = 0; k < channels; k++) all += value(y, x, k); return all / channels; };
    const lines = state.kernel.map((row, a) => row.map((weight, b) => {
      const number = average(r + a, c + b), outside = !(v.inside(r + a) && h.inside(c + b));
      grids.window.set(a, b, number);
      grids.window.mark(a, b, outside ? "pad" : "");
      grids.window.weight(a, b, "×" + show(weight));
      return product(number, weight);
    }));
    grids.window.fit();
    // the weights, three quarters as large, need room as well
    const longest = Math.max(...state.kernel.flat().map((weight) => show(weight).length + 1)), { style } = grids.window.table;
    style.setProperty("--w", Math.max(parseFloat(style.getPropertyValue("--w")), 0.47 * longest + 0.5) + "em");
    grids.window.caption.textContent = `window at (${r}, ${c})` + (channels === 3 ? ", mean of the channels" : "");
    writeSum(sum, `output[${r}, ${c}]`, lines, result);
    say(`output, row ${r}, column ${c}: ${result}`);
  }

  function listen() {
    for (const name of ["input", "output"]) {
      const { canvas } = grids[name];
      const point = (event) => {
        const box = canvas.getBoundingClientRect();
        let r = Math.floor(((event.clientY - box.top) / box.height) * canvas.height);
        let c = Math.floor(((event.clientX - box.left) / box.width) * canvas.width);
        if (name === "input") { r += v.before - (v.k >> 1); c += h.before - (h.k >> 1); }
        look(Math.max(0, Math.min(v.size - 1, r)), Math.max(0, Math.min(h.size - 1, c)));
      };
      canvas.addEventListener("click", point);
      canvas.addEventListener("pointermove", (event) => { if (event.pointerType === "mouse") point(event); });
    }
    grids.output.canvas.addEventListener("keydown", (event) => {
      const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
      if (!by) return;
      event.preventDefault();
      event.stopPropagation();
      const step = event.shiftKey ? 10 : 1;
      look(Math.max(0, Math.min(v.size - 1, spot[0] + step * by[0])), Math.max(0, Math.min(h.size - 1, spot[1] + step * by[1])));
    });
  }

  // ---- controls -------------------------------------------------------------------------------------
  function controls() {
    const own = data.name ? [] : [["own", "as given"]];
    const padding = Array.isArray(data.padding) ? [...new Set(data.padding)].join(" × ") : data.padding;
    const list = ["same", "valid", "full"];
    settings.replaceChildren(
      choice("kernel", [...own, ...Object.keys(data.presets).map((name) => [name, name])], data.name ?? "own", (name) => {
        state.kernel = copy(name === "own" ? data.kernel : name === data.name ? data.kernel : data.presets[name]);
        state.name = name === "own" ? null : name;
        build();
      }),
      choice("view", [["clipped", "clipped to 0–255"], ["signed", "signed: blue − red +"]], data.view, (view) => { state.view = view; refresh(); }),
      choice("padding", (list.includes(padding) ? list : [...list, padding]).map((one) => [one, one]), padding, (chosen) => {
        state.padding = chosen === padding ? data.padding : chosen;
        build();
      }),
      button("Reset", "Back to the first kernel", reset),
    );

  }

  function reset() {
    state = { ...data, kernel: copy(data.kernel) };
    controls();
    build();
  }
  reset();
}

start("filter_photo", filterPhoto);

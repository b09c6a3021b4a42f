// Makes everything fit, then hands over to reveal.js.
(() => {
  "use strict";
  const SIZES = [1.2, 1.1, 1, 0.96, 0.92, 0.88, 0.84, 0.8, 0.76, 0.73, 0.7]; // 31 pixels down to 18; 26 is the usual size

  const WIDE = "pre, table, math, .shown, li, .text, .lead, .question, .box";

  // Does what stands in the body have room, in height and in width?
  function fits(body) {
    if (body.scrollHeight > body.clientHeight + 1 || body.scrollWidth > body.clientWidth + 1) return false;
    const right = body.getBoundingClientRect().right + 1;
    return [...body.querySelectorAll(WIDE)].every((one) => one.scrollWidth <= one.clientWidth + 1 || !one.clientWidth || one.tagName === "math")
      && [...body.querySelectorAll("math, table")].every((one) => one.getBoundingClientRect().right <= right);
  }

  // The largest size of text with which it fits. If there is none, the body scrolls: nothing is cut off.
  function fit(body) {
    const figures = [...body.querySelectorAll(":scope > .item")];
    // Text shrinks so that a figure keeps its share of the slide. It grows only where there is plenty of room.
    const beside = body.classList.contains("beside");
    if (!beside) figures.forEach((one) => (one.style.minHeight = `${Math.min(300, (body.clientHeight * 0.55) / figures.length)}px`));
    for (const size of SIZES) {
      if (size > 1 && figures.length) continue;
      body.style.setProperty("--k", size);
      body.style.maxHeight = size > 1 ? `${body.parentElement.clientHeight * 0.62}px` : "";
      if (fits(body)) break;
      if (size === SIZES.at(-1)) {
        figures.forEach((one) => (one.style.minHeight = ""));
        body.classList.toggle("scrolls", !fits(body));
      }
    }
    body.style.maxHeight = "";
  }

  // A figure that answers is as large as it can be in its frame. A very tall one scrolls, so that it can be read.
  function enlarge(frame) {
    const room = frame.closest(".live"), page = frame.contentDocument?.documentElement;
    const inside = frame.contentDocument?.querySelector(".cnnkit-figure");
    if (!page || !inside || !room.clientWidth) return;
    for (let percent = 200; percent >= 80; percent -= 5) {
      const k = percent / 100;
      Object.assign(frame.style, { width: `${room.clientWidth / k}px`, height: `${room.clientHeight / k}px`, transform: `scale(${k})` });
      const box = inside.getBoundingClientRect();
      if (box.bottom <= frame.clientHeight && page.scrollWidth <= frame.clientWidth && inside.scrollWidth <= inside.clientWidth) break;
    }
  }

  // A key that the figure has no use for goes to the slides.
  function pass(frame) {
    const page = frame.contentDocument;
    if (!page || "passes" in frame.dataset) return;
    frame.dataset.passes = "";
    page.addEventListener("keydown", (event) => {
      const control = event.target.closest?.("input, select, button, textarea, [tabindex]");
      const always = ["PageDown", "PageUp", "Escape"].includes(event.key);
      if (event.defaultPrevented || (control && !always)) return;
      focus(); // from here on the keys are the slides' again
      if (event.key !== "Escape") Reveal.triggerKey(event.keyCode);
    });
  }

  function frames(slide) {
    for (const frame of slide?.querySelectorAll(".live iframe") ?? []) { pass(frame); enlarge(frame); }
  }

  async function begin() {
    await document.fonts?.load('20px "Course Math"').catch(() => null);
    const slides = document.querySelector(".reveal .slides");
    // Measured as on a slide of 1280 × 720, before reveal.js hides what is not shown.
    slides.parentElement.classList.add("measured");
    slides.querySelectorAll(".body").forEach(fit);
    slides.parentElement.classList.remove("measured");
    Reveal.on("slidechanged", (event) => {
      frames(event.currentSlide);
      // Whoever comes back to a section begins with its first slide, not where it was left.
      slides.querySelectorAll("[data-previous-indexv]").forEach((stack) => stack.removeAttribute("data-previous-indexv"));
    });
    Reveal.on("pdf-ready", () => frames(document));
    await Reveal.initialize({
      width: 1280, height: 720, margin: 0, minScale: 0.2, maxScale: 3, center: false, hash: true, slideNumber: "c/t", controls: false,
      navigationMode: "linear", transition: "none", backgroundTransition: "none", pdfSeparateFragments: false, pdfMaxPagesPerSlide: 1,
      plugins: [RevealNotes],
    });
    frames(Reveal.getCurrentSlide());
    document.documentElement.dataset.ready = "";
    for (const frame of document.querySelectorAll(".live iframe")) frame.addEventListener("load", () => frames(Reveal.getCurrentSlide()));
  }

  if (document.readyState === "complete") begin(); else addEventListener("load", begin);
})();

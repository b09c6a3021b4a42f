"use strict";

// A page opened as a file may not fetch the excerpts of what a search found; then the links must do.
if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS !== "undefined") {
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}

// Who reads with the keyboard can scroll what is too wide: outputs, tables, code.
function reachable() {
  for (const node of document.querySelectorAll("article :is(.output, .output pre, div.highlight pre, .pst-scrollable-table-container)")) {
    if (node.scrollWidth > node.clientWidth) node.tabIndex = 0;
  }
}
addEventListener("load", reachable);
addEventListener("resize", reachable);

// What a search shows of a page is its text, without the buttons above it.
document.addEventListener("DOMContentLoaded", () => {
  if (typeof Search === "undefined") return;
  const textOf = Search.htmlToText;
  Search.htmlToText = (page, anchor) => {
    const article = new DOMParser().parseFromString(page, "text/html").querySelector("article");
    return textOf(`<div role="main">${article ? article.innerHTML : ""}</div>`, anchor);
  };
});

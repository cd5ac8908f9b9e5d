/* The keyboard in the list of people, on top of a page where Tab reaches everything:
   / goes to the search, j and k to the next and the previous person, ? opens or closes the help.
   Enter opens the person, as on any link. */
(() => {
  "use strict";

  const typing = "input, textarea, select, [contenteditable]";

  const move = (step) => {
    const rows = [...document.querySelectorAll("[data-row]")];
    if (rows.length) {
      const here = rows.indexOf(document.activeElement);
      const next = here < 0 ? (step > 0 ? 0 : rows.length - 1) : here + step;
      rows[Math.min(Math.max(next, 0), rows.length - 1)].focus();
    }
  };

  const help = () => {
    const keys = document.querySelector("[data-keys]");
    if (keys) {
      keys.open = !keys.open;
      if (keys.open) {
        keys.querySelector("summary").focus();
      }
    }
  };

  const search = () => {
    const field = document.querySelector("input[type=search]");
    if (field) {
      field.focus();
      field.select();
    }
  };

  const keys = { "/": search, j: () => move(1), k: () => move(-1), "?": help };

  document.addEventListener("keydown", (event) => {
    const isTyped = event.target.closest && event.target.closest(typing);
    if (isTyped || event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) {
      return;
    }
    keys[event.key]();
    event.preventDefault();
  });
})();

/* Small comforts on top of pages that work without them:
   - after a refused form, the focus goes to the summary of its errors;
   - after a part of the page has changed, the focus goes to the heading that says what is asked now;
   - under a search field, the arrows move through the suggestions and Escape closes them, or leaves the choice
     that took the place of the field. */
(() => {
  "use strict";

  const summary = document.querySelector("[data-error-summary]");
  if (summary) {
    summary.focus();
  }

  document.addEventListener("htmx:after:swap", () => {
    const heading = document.querySelector("[data-focus]");
    if (heading && document.activeElement === document.body) {
      heading.focus();
    }
  });

  const choices = (search) => [...search.querySelectorAll(".suggestions :is(a, button)")];

  const close = (search) => {
    const list = search.querySelector(".suggestions");
    if (list) {
      list.replaceChildren();
    }
  };

  document.addEventListener("keydown", (event) => {
    const search = event.target.closest(".search");
    if (!search) {
      return;
    }
    const field = search.querySelector("input[type=search]");
    const cancel = search.querySelector("[data-cancel]");
    if (event.key === "Escape" && cancel) {
      cancel.click();
    } else if (event.key === "Escape") {
      close(search);
      field.focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const stops = [field, ...choices(search)].filter(Boolean);
      if (stops.length > 1) {
        const step = event.key === "ArrowDown" ? 1 : -1;
        const here = stops.indexOf(document.activeElement);
        stops[(here + step + stops.length) % stops.length].focus();
        event.preventDefault();
      }
    }
  });

  document.addEventListener("click", (event) => {
    for (const search of document.querySelectorAll(".search")) {
      if (!search.contains(event.target) && !search.querySelector("[data-cancel]")) {
        close(search);
      }
    }
  });
})();

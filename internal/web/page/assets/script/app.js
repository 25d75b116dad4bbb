// Conveniences on top of pages that work without them.
"use strict";

document.documentElement.classList.add("has-script");

// A control marked data-submit sends its form when it changes; the button
// that does so without script is hidden by the style sheet.
document.addEventListener("change", (event) => {
  const control = event.target.closest("[data-submit]");
  if (control && control.form) control.form.requestSubmit();
});

// A form marked data-once is sent once: further clicks do nothing until the
// browser leaves or comes back to the page.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "true";
  const button = event.submitter;
  if (button) button.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }
});

// A form that came back with problems puts the focus on their summary.
const summary = document.querySelector("[data-focus]");
if (summary) summary.focus();

// A part of the page that was exchanged says what it now shows.
document.addEventListener("htmx:after:swap", () => {
  const said = document.querySelector("[data-announce]");
  const speaker = document.getElementById("announcement");
  if (said && speaker) speaker.textContent = said.textContent.trim();
});

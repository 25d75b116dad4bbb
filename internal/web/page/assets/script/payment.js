// The payment step: mounts the gateway's own card fields and puts the token that stands for the card into the form. Card
// data stays between the browser and the gateway. Without this script, or when the gateway's does not come within three
// seconds, the form leads to the gateway's own page instead.
"use strict";

(() => {
  const form = document.querySelector("form[data-payment]");
  if (!form) return;
  const place = form.querySelector("[data-payment-element]");
  const hosted = form.querySelector("[data-payment-hosted]");
  const token = form.querySelector("input[name=paymentToken]");
  const message = form.querySelector("[data-payment-message]");
  const waiting = 3000;

  const say = (text) => {
    message.textContent = text;
    message.hidden = text === "";
  };

  // load resolves when the gateway's script has run, and rejects when it failed or took too long.
  const load = (url) => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const timer = setTimeout(() => reject(new Error("the script did not come in time")), waiting);
    script.src = url;
    script.onload = () => { clearTimeout(timer); resolve(); };
    script.onerror = () => { clearTimeout(timer); reject(new Error("the script did not come")); };
    document.head.append(script);
  });

  // The ways of speaking to a gateway's script; each gives a function that makes a token.
  const elements = {
    async stripe(options, mount) {
      const stripe = window.Stripe(options.publishableKey, { locale: options.locale });
      const settings = { mode: options.mode || "payment" };
      for (const name of ["currency", "captureMethod", "setupFutureUsage"]) {
        if (options[name]) settings[name] = options[name];
      }
      if (settings.mode === "payment") settings.amount = Number(options.amount);
      if (options.paymentMethodTypes) settings.paymentMethodTypes = options.paymentMethodTypes.split(" ");
      const group = stripe.elements(settings);
      group.create("payment", { layout: "tabs" }).mount(mount);
      return async () => {
        const checked = await group.submit();
        if (checked.error) throw new Error(checked.error.message);
        const made = await stripe.createConfirmationToken({ elements: group });
        if (made.error) throw new Error(made.error.message);
        return made.confirmationToken.id;
      };
    },
  };

  let makeToken = null;
  const offerHosted = () => {
    makeToken = null;
    place.hidden = true;
    if (hosted) hosted.hidden = false;
  };

  const start = async () => {
    const element = elements[form.dataset.payment];
    if (!element) return offerHosted();
    if (hosted) hosted.hidden = true;
    place.hidden = false;
    place.setAttribute("aria-busy", "true");
    try {
      await load(form.dataset.script);
      makeToken = await element(JSON.parse(form.dataset.options), place);
    } catch {
      offerHosted();
    } finally {
      place.removeAttribute("aria-busy");
    }
  };

  let busy = false;
  form.addEventListener("submit", async (event) => {
    if (!makeToken || token.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (busy) return;
    busy = true;
    say("");
    const button = event.submitter;
    if (button) button.setAttribute("aria-busy", "true");
    try {
      token.value = await makeToken();
      // A form that is still being sent cannot be sent again: the gateway may have answered at once.
      await new Promise((resolve) => { setTimeout(resolve); });
      form.requestSubmit(button);
    } catch (error) {
      say(error.message);
      if (button) button.removeAttribute("aria-busy");
    } finally {
      busy = false;
    }
  });

  // Back from a later page the token is used up.
  window.addEventListener("pageshow", () => { token.value = ""; });
  start();
})();

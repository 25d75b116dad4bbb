// What a shop needs of Stripe.js: Stripe(key).elements(…).create("payment").mount(…), elements.submit() and
// createConfirmationToken({elements}). The card fields are in a frame of this script's own origin.
(function () {
	"use strict";
	var origin = new URL(document.currentScript.src).origin;
	var numbers = 0;

	function PaymentElement(owner) {
		this.owner = owner;
		this.handlers = {};
	}
	PaymentElement.prototype.on = function (name, handler) {
		(this.handlers[name] = this.handlers[name] || []).push(handler);
		return this;
	};
	PaymentElement.prototype.emit = function (name, event) {
		(this.handlers[name] || []).forEach(function (handler) { handler(event || {}); });
	};
	PaymentElement.prototype.mount = function (target) {
		var place = typeof target === "string" ? document.querySelector(target) : target;
		if (!place) throw new Error("The element cannot be mounted: there is no " + target + ".");
		var self = this, owner = this.owner, frame = document.createElement("iframe");
		frame.src = origin + "/elements/payment?key=" + encodeURIComponent(owner.key) +
			"&locale=" + encodeURIComponent(owner.options.locale || document.documentElement.lang || "en");
		frame.title = "Secure payment input frame";
		frame.width = "100%";
		frame.height = "230";
		frame.setAttribute("frameborder", "0");
		frame.setAttribute("allow", "payment *");
		frame.addEventListener("load", function () { owner.ready = true; self.emit("ready", { elementType: "payment" }); });
		window.addEventListener("message", function (message) { // the frame tells how high its fields are
			if (message.origin === origin && message.source === frame.contentWindow && message.data && message.data.height > 0) {
				frame.height = String(Math.min(Math.ceil(message.data.height), 600));
			}
		});
		frame.addEventListener("error", function () { self.emit("loaderror", { error: { message: "The payment element cannot be loaded." } }); });
		place.replaceChildren(frame);
		this.frame = frame;
	};
	PaymentElement.prototype.unmount = function () {
		if (this.frame) this.frame.remove();
		this.frame = null;
	};
	PaymentElement.prototype.destroy = PaymentElement.prototype.unmount;

	// ask sends a question to the frame and gives its answer.
	PaymentElement.prototype.ask = function (question) {
		var frame = this.frame, number = ++numbers;
		return new Promise(function (resolve) {
			if (!frame || !frame.contentWindow) {
				resolve({ error: { type: "validation_error", message: "The payment element is not mounted." } });
				return;
			}
			function heard(message) {
				if (message.origin !== origin || message.source !== frame.contentWindow || !message.data || message.data.number !== number) return;
				window.removeEventListener("message", heard);
				resolve(message.data.answer);
			}
			window.addEventListener("message", heard);
			frame.contentWindow.postMessage(Object.assign({ number: number }, question), origin);
		});
	};

	function Elements(key, options) {
		if (!options || (options.mode !== "payment" && options.mode !== "setup" && !options.clientSecret)) {
			throw new Error("elements() needs a mode (payment or setup).");
		}
		if (options.mode === "payment" && (!Number.isInteger(options.amount) || options.amount < 1 || !options.currency)) {
			throw new Error("elements() in payment mode needs an amount in the currency's smallest unit and a currency.");
		}
		if (options.captureMethod && ["automatic", "automatic_async", "manual"].indexOf(options.captureMethod) < 0) {
			throw new Error("elements(): captureMethod must be automatic, automatic_async or manual.");
		}
		this.key = key;
		this.options = options;
	}
	Elements.prototype.create = function (type) {
		if (type !== "payment") throw new Error("This simulator has only the payment element, not " + type + ".");
		this.element = new PaymentElement(this);
		return this.element;
	};
	Elements.prototype.getElement = function (type) { return type === "payment" ? this.element || null : null; };
	Elements.prototype.update = function (options) { Object.assign(this.options, options); };
	// made is what the element was made for, which an intent has to agree with.
	Elements.prototype.made = function () {
		var o = this.options;
		return { mode: o.mode, currency: o.currency, capture_method: o.captureMethod, setup_future_usage: o.setupFutureUsage,
			payment_method_types: o.paymentMethodTypes || [] };
	};
	Elements.prototype.submit = function () {
		if (!this.element) return Promise.resolve({ error: { type: "validation_error", message: "There is no payment element." } });
		var self = this;
		return this.element.ask({ ask: "check" }).then(function (answer) {
			self.submitted = !answer.error;
			return answer.error ? answer : { selectedPaymentMethod: "card" };
		});
	};

	window.Stripe = function (key, options) {
		if (!key || key.indexOf("pk_") !== 0) throw new Error("Stripe() needs a publishable key (pk_…).");
		return {
			elements: function (given) { return new Elements(key, Object.assign({}, { locale: options && options.locale }, given)); },
			createConfirmationToken: function (given) {
				var elements = given && given.elements;
				if (!elements || !elements.submitted) {
					return Promise.resolve({ error: { type: "validation_error", message: "Call elements.submit() before createConfirmationToken()." } });
				}
				var back = given.params && given.params.return_url;
				return elements.element.ask({ ask: "token", key: key, back: back || "", made: elements.made() });
			}
		};
	};
	window.Stripe.version = "dahlia";
})();

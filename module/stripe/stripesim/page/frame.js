// The card fields' side of the element: it answers the page that holds the frame, and gives it nothing but a token.
(function () {
	"use strict";
	var form = document.getElementById("card");
	var problem = document.getElementById("problem");
	if (!form) return;
	form.addEventListener("submit", function (event) { event.preventDefault(); });

	new ResizeObserver(function () { window.parent.postMessage({ height: form.offsetHeight + 8 }, "*"); }).observe(form);

	function value(name) { return form.elements[name].value.trim(); }
	function show(message) {
		problem.hidden = !message;
		problem.textContent = message || "";
	}
	function check() {
		var number = value("number").replace(/[ -]/g, "");
		if (!/^\d{12,19}$/.test(number)) return "number";
		if (!/^\d{1,2}$/.test(value("month"))) return "month";
		if (!/^\d{2,4}$/.test(value("year"))) return "year";
		if (!/^\d{3,4}$/.test(value("cvc"))) return "cvc";
		return "";
	}
	function token(key, back, made) {
		var body = new URLSearchParams();
		body.set("payment_method_data[type]", "card");
		body.set("payment_method_data[card][number]", value("number").replace(/[ -]/g, ""));
		body.set("payment_method_data[card][exp_month]", value("month"));
		body.set("payment_method_data[card][exp_year]", value("year"));
		body.set("payment_method_data[card][cvc]", value("cvc"));
		if (back) body.set("return_url", back);
		Object.keys(made || {}).forEach(function (name) {
			[].concat(made[name] || []).forEach(function (value) {
				body.append("element[" + name + "]" + (Array.isArray(made[name]) ? "[]" : ""), value);
			});
		});
		return fetch("/v1/confirmation_tokens", { method: "POST", body: body, headers: { "Authorization": "Bearer " + key } })
			.then(function (response) { return response.json(); })
			.then(function (answer) {
				if (answer.error) {
					show(answer.error.message);
					return { error: answer.error };
				}
				return { confirmationToken: answer };
			}, function () { return { error: { type: "api_connection_error", message: "The payment service cannot be reached." } }; });
	}
	window.addEventListener("message", function (message) {
		if (message.source !== window.parent || !message.data || !message.data.number) return;
		function answer(said) { window.parent.postMessage({ number: message.data.number, answer: said }, message.origin); }
		show("");
		if (message.data.ask === "check") {
			var wrong = check();
			if (!wrong) return answer({});
			var label = form.querySelector("label[for=" + wrong + "]").textContent;
			show(label + ": ?");
			form.elements[wrong].focus();
			return answer({ error: { type: "validation_error", code: "incomplete_" + wrong, message: "Your card's details are incomplete: " + label + "." } });
		}
		if (message.data.ask === "token") token(message.data.key, message.data.back, message.data.made).then(answer);
	});
})();

package payment

// WhoseSQL is whoseSQL for the test of its plan.
const WhoseSQL = whoseSQL

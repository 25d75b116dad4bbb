package payment

// Statements for the test of their plans.
const (
	WhoseSQL     = whoseSQL
	ClaimDueSQL  = claimDueSQL
	ClaimNextSQL = claimNextSQL
)

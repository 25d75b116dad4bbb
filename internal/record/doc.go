// Package record turns definitions into SQL, and is the only one that does: a query becomes one statement, a change set
// becomes set-based writes, and a preview compares without writing.
package record

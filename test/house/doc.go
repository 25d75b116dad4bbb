// Package house holds tests of the rules by which the whole tree is written; each failure names its rule's reason.
package house

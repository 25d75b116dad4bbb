package sample

import "fmt"

// gtin13 makes a GTIN-13 that no one else owns: prefixes 20 to 29 are for use within a company (GS1 General
// Specifications, section 1.4), and the last digit checks the others (section 7.9).
func gtin13(product int) string {
	digits := fmt.Sprintf("29%010d", product)
	sum := 0
	for i, d := range digits {
		weight := 1
		if i%2 == 1 {
			weight = 3
		}
		sum += weight * int(d-'0')
	}
	return fmt.Sprintf("%s%d", digits, (10-sum%10)%10)
}
